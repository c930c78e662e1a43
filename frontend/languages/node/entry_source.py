"""What the source of the file that is to be started says, where no script starts it: that it is none to be started."""

import re

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import engines
from frontend.languages.node.entry_file import SUFFIXES
from frontend.languages.node.imports import Import, skeleton, top_level
from frontend.languages.node.launchers import package_name
from frontend.languages.node.manifest import FILE, Manifest, read
from frontend.languages.node.reached import BUILTINS
from frontend.paths import joined, within

BUN = "bun"
SERVED = re.compile(r"^export\s+default\b", re.MULTILINE)  # an object with `fetch`, or an app that has it
MAX_FILES = 20  # that an entry is followed through
OF_BUN = re.compile(r"(?<![\w$.])Bun\.(?:serve|file|env|write|listen|sql|redis)\b")
ASKED = ("typeof Bun", "globalThis.Bun", "process.versions.bun")  # of a file that runs without it
DECLARES = re.compile(r"(?:\bfunction\s*\*?\s*[\w$]*|\brequire|\bObject\.(?:defineProperty|freeze)|=|:|=>)\s*\(")
RUNS = re.compile(r"[\w$)\]]\s*\(|\b(?:new|await|if|for|while|do|try|switch|import\s*\"\")(?!\w)|`")
EXPORTS = re.compile(r"\bexports?\b")


def check(tree: SourceTree, app: Manifest, file: str, *, by_node: bool = True) -> None:
    """Raises OtherLanguageError for an entry of Bun that Node.js is to run, PlanError for one that only exports: a
    library has no server.

    `file` is relative to the package. What is not in the source is not judged.
    """
    path = within(app.dir, file)
    text = tree.read_text(path) if tree.has(path) else None
    if text is None:
        return
    used = next((one for one in top_level(text) if one.name == "bun" or one.name.startswith("bun:")), None)
    global_ = OF_BUN.search(text) if not any(one in text for one in ASKED) else None
    if by_node and (used is not None or global_ is not None):
        number = used.line if used is not None else text.count("\n", 0, global_.start() if global_ else 0) + 1
        raise engines.of_source(tree, path, number, f"uses {global_[0] if global_ else used.name if used else BUN}")
    if not by_node and SERVED.search(text):
        return
    if EXPORTS.search(text) and only_declares(tree, path, set()):
        raise PlanError(
            f"{path} only exports: it starts nothing",
            at=tree.at(path, 1),
            hint='add "start": "node FILE" to the scripts of package.json, or set RUN_COMMAND',
        )


def only_declares(tree: SourceTree, path: str, seen: set[str]) -> bool:
    """Whether a file, and those of the app that it imports, only declare: no call, no condition, nothing to wait for.

    False for what is not certain. `seen` are the files that were looked at.
    """
    seen.add(path)
    text = tree.read_text(path) if len(seen) <= MAX_FILES else None
    if text is None:
        return False
    try:
        outside = skeleton(text)
    except ValueError:
        return False
    if RUNS.search(DECLARES.sub(" ", outside)):
        return False
    for name in (one.name for one in top_level(text) if one.name[0] == "."):
        base = joined(path.rpartition("/")[0], name)
        stem = base.rpartition(".")[0] if base.endswith(SUFFIXES) else base
        other = tree.first(base, *(f"{one}{end}" for one in (stem, f"{base}/index") for end in SUFFIXES))
        if other is None or (other not in seen and not only_declares(tree, other, seen)):
            return False
    return True


def require_manifest(tree: SourceTree, file: str) -> None:
    """Raises PlanError for a file that imports packages where no package.json names any: nothing would be installed."""
    used = next(filter(is_package, top_level(tree.read_text(file) or "")), None)
    if used is None:
        return
    package = package_name(used.name)
    manifests = (read(tree, path.rpartition("/")[0]) for path in tree.glob(f"*/{FILE}"))
    other = next((one for one in manifests if one is not None and package in one.production), None)
    raise PlanError(
        f"{file} imports {package}, but there is no {FILE} beside it: nothing would be installed",
        at=tree.at(file, used.line),
        hint=f"{other.path} names it: copy it to the root of the app, or set PROJECT_PATH={other.dir}"
        if other is not None
        else f"add a {FILE} that names {package}",
    )


def is_package(one: Import) -> bool:
    """Whether an import is of a package that has to be installed."""
    return one.sure and one.name[0] not in "./#" and ":" not in one.name and one.name not in BUILTINS
