"""What Node.js does not run of TypeScript by itself: it takes types away, and changes nothing else.

Source: https://nodejs.org/api/typescript.html#type-stripping
"""

import re
from collections.abc import Iterator

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node.imports import top_level
from frontend.languages.node.manifest import Manifest
from frontend.paths import joined, within

TYPESCRIPT = (".ts", ".mts", ".cts")
MAX_FILES = 40  # that an entry is followed through
PATHS = re.compile(r'"paths"\s*:\s*\{([^{}]*)\}')
ALIAS = re.compile(r'"([^"*]+)\*?"\s*:')
SYNTAX = (  # what has to be compiled, at the beginning of a line
    (re.compile(r"(?m)^(?:export )?(?:const )?enum \w"), "has an enum"),
    (re.compile(r"(?m)^[ \t]*@[A-Z]\w*\("), "has decorators"),
    (re.compile(r"(?m)^(?:export )?namespace \w+ \{"), "has a namespace"),
    (re.compile(r"\bconstructor\s*\(\s*(?:private|public|protected|readonly) \w"), "has parameter properties"),
)


def check(tree: SourceTree, app: Manifest, file: str) -> None:
    """Raises PlanError, at its line, for what Node.js cannot run of a file and of those of the app that it imports."""
    for why, at in reasons(tree, app, joined(app.dir, file)):
        raise PlanError(
            f"Node.js does not run {file} as it is: {at.file} {why}",
            at=at,
            hint="npm install tsx, which runs it; or compile it to JavaScript in the build script",
        )


def reasons(tree: SourceTree, app: Manifest, path: str) -> Iterator[tuple[str, Location]]:
    """Why a file cannot be run by taking its types away, and where."""
    waiting = [path]
    aliases = aliased(tree, app)
    for path in waiting:
        text = tree.read_text(path) if path.endswith(TYPESCRIPT) and tree.has(path) else None
        if text is None:
            continue
        for pattern, why in SYNTAX:
            if (match := pattern.search(text)) is not None:
                yield why, tree.at(path, text.count("\n", 0, match.start()) + 1)
        for one in (one for one in top_level(text) if one.sure):
            target = joined(path.rpartition("/")[0], one.name)
            if one.name[0] == "." and not tree.has(target):
                if any(tree.has(f"{target.removesuffix('.js')}{end}") for end in (*TYPESCRIPT, "/index.ts")):
                    yield f"imports {one.name} without the ending of the file", tree.at(path, one.line)
            elif one.name.startswith(aliases):
                yield f"imports {one.name}, which tsconfig.json alone explains", tree.at(path, one.line)
            elif one.name[0] == "." and target not in waiting and len(waiting) < MAX_FILES:
                waiting.append(target)


def aliased(tree: SourceTree, app: Manifest) -> tuple[str, ...]:
    """What the names of imports begin with that tsconfig.json has paths for."""
    path = within(app.dir, "tsconfig.json")
    found = PATHS.search((tree.read_text(path) or "") if tree.has(path) else "")
    names = (match[1] for match in ALIAS.finditer(found[1])) if found is not None else ()
    return tuple(name for name in names if name.rstrip("/") and name.rstrip("/") not in app.dependencies)
