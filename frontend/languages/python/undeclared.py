"""What a script imports at its start of that which nothing installs, in an app without any dependencies."""

import ast
import sys

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.python import bundled, modules, started
from frontend.languages.python.modules import Module, Modules
from frontend.plan.model import Process

# modules of older Pythons, which the one that runs this may lack; source: https://peps.python.org/pep-0594/
OLDER = frozenset(("asynchat", "asyncore", "imp", "smtpd", "cgi", "cgitb", "chunk", "crypt", "imghdr", "mailcap",
                   "nntplib", "pipes", "sndhdr", "telnetlib", "uu", "xdrlib", "audioop", "aifc", "sunau",
                   "msilib", "nis", "ossaudiodev", "spwd", "binhex", "formatter", "parser", "symbol",
                   "lib2to3"))  # fmt: skip
OWN = frozenset((*sys.stdlib_module_names, *OLDER, *bundled.MODULES))
MAX_FILES = 20  # modules of the app that are followed from its script


def check(tree: SourceTree, process: Process) -> None:
    """Raises PlanError for a script that imports a package when it starts, although the app installs none.

    What a function imports, or an `if` or a `try`, may never be needed.
    """
    path = started.file_of(started.words_of(process))
    known = Modules(tree)
    left = [path] if path is not None else []
    for path in left:
        module = known.read(path)
        if module is None:
            continue
        for name, line in imports(module):
            if name not in OWN and not is_own(tree, name, (path, left[0])):
                raise PlanError(
                    f"{path} imports {name}, but no manifest lists a dependency",
                    at=tree.at(path, line),
                    hint=f"write a requirements.txt or a pyproject.toml that names the package of {name}",
                )
        left += [one for one in sorted(known.imports(module)) if one not in left][: MAX_FILES - len(left)]


def imports(module: Module) -> list[tuple[str, int]]:
    """The first parts of the modules that a module surely imports, with their lines; its own package's left out."""
    found: list[tuple[str, int]] = []
    for node in module.tree.body:
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.append((modules.source_of(node, ()), node.lineno))
    return [(name.partition(".")[0], line) for name, line in found]


def is_own(tree: SourceTree, name: str, beside: tuple[str, ...]) -> bool:
    """Whether the app has a module of a name, in its directory, in src, or beside one of some files."""
    places = ("", "src", *(path.rpartition("/")[0] for path in beside))
    return any(entry.partition(".")[0] == name for place in dict.fromkeys(places) for entry in tree.entries(place))
