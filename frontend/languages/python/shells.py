"""What the sources of a Python app run by a shell: `os.system`, `shell=True`, `["sh", "-c", …]`.

Scripts of packages start without one: their `#!` line is the interpreter of the virtual environment.
Source: https://docs.python.org/3/library/subprocess.html
"""

import ast
from collections.abc import Iterator

from frontend.commands.unwrap import SHELLS
from frontend.context.tree import SourceTree
from frontend.languages.python import app_candidates, code, modules
from frontend.languages.python.programs import MAX_FILES, OWNERS, text_of
from frontend.plan.model import Warning
from frontend.rules import without_shell
from frontend.rules.without_shell import Start
from frontend.settings.model import Settings

HARDENED = "hardened"
BY_SHELL = frozenset(
    ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell")
)
STARTS = frozenset(f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output"))
WAY_OUT = "give subprocess.run the program and its arguments in a list, without shell=True"


def doubts(tree: SourceTree, settings: Settings) -> tuple[Warning, ...]:
    """The warning for what the sources of the app in a directory run by a shell, where the image has none."""
    if settings.flavour is None or settings.flavour.value != HARDENED:
        return ()
    found: list[Start] = []
    for path in app_candidates.files(tree)[0][:MAX_FILES]:
        text = tree.read_text(path) or ""
        if any(owner in text for owner in OWNERS) and (module := code.parsed(text)) is not None:
            found += (Start(program, tree.at(path, line)) for line, program in sorted(starts(module)))
    return without_shell.doubt(found, WAY_OUT)


def starts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """The lines of a module that run a shell, and how that is told."""
    names = modules.imported(module)
    for node in code.walked(module):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called, text = modules.called(node, names), text_of(node.args[0])
        shell = any(
            one.arg == "shell" and isinstance(one.value, ast.Constant) and one.value.value is True
            for one in node.keywords
        )
        if called in BY_SHELL or (called in STARTS and shell):
            yield node.lineno, without_shell.shell(text)
        elif called in STARTS and text.partition(" ")[0].rpartition("/")[2] in SHELLS:
            yield node.lineno, text.partition(" ")[0]
