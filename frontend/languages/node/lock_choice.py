"""Which of several lockfiles is the one to use: that of the package manager by which other files install the app, else
the first that fits its package.json."""

import re
from collections.abc import Iterator

from frontend.context.tree import SourceTree
from frontend.errors import SourceError
from frontend.languages.node import lockfiles
from frontend.languages.node.manifest import Manifest
from frontend.settings.model import Settings

DOCKERFILE = "Dockerfile"
INSTALL = re.compile(
    r"\b(?:(npm)\s+(?:ci|clean-install|install|i)|(yarn)(?:\s+install)?|(pnpm|bun)\s+(?:install|i|ci))(?P<rest>\s[^&;|\n]*|$)"
)
RUN = re.compile(r"^\s*RUN\b((?:[^\n]*\\\r?\n)*[^\n]*)", re.MULTILINE | re.IGNORECASE)
COPIED = re.compile(r"^\s*(?:COPY|ADD)\b([^\n]*)", re.MULTILINE | re.IGNORECASE)
OPTION = re.compile(r"^-")
TABLES = ("dependencies", "devDependencies", "optionalDependencies")


def chosen(tree: SourceTree, settings: Settings, present: tuple[str, ...], manifest: Manifest) -> str:
    """The lockfile to use of those of several package managers.

    What installs is the build command of another platform's file, or a Dockerfile; its `COPY` may name the lockfile.
    """
    managers = dict(lockfiles.FILES)
    known = {managers[file] for file in present}
    if len(known) < 2:
        return present[0]
    for name in stated(tree, settings, present):
        if name in known:
            return next(file for file in present if managers[file] == name)
    return next((file for file in present if fits(tree, file, manifest) is not False), present[0])


def stated(tree: SourceTree, settings: Settings, present: tuple[str, ...]) -> Iterator[str]:
    """The package managers by which other files install the app, the most deliberate first."""
    for command in (settings.whole_build, settings.build_command):
        if command is not None and command.by == "platform":
            yield from installers(command.value)
    text = tree.unfiltered().glance(DOCKERFILE) if settings.deploy_files else ""  # ignore files leave it out of builds
    copied = " ".join(COPIED.findall(text)).split()
    named = [file for file in present if file in copied or f"./{file}" in copied]
    if len(named) == 1:
        yield dict(lockfiles.FILES)[named[0]]
    for command in RUN.findall(text):
        yield from installers(command)


def installers(text: str) -> Iterator[str]:
    """The package managers by which a text of the shell installs the app: with options alone, and nothing globally."""
    for match in INSTALL.finditer(text):
        words = (match["rest"] or "").replace("\\", " ").split()
        if all(OPTION.match(word) for word in words) and not {"-g", "--global"} & set(words):
            yield match[1] or match[2] or match[3]


def fits(tree: SourceTree, lockfile: str, manifest: Manifest) -> bool | None:
    """Whether a lockfile can be read, and has what a package.json asks for; None where its format does not tell."""
    try:
        return has(tree, lockfile, manifest)
    except SourceError:
        return False


def has(tree: SourceTree, lockfile: str, manifest: Manifest) -> bool | None:
    """Whether a lockfile has what a package.json asks for, likewise. Raises SourceError for one that is broken."""
    asked = {name: spec for table in TABLES for name, spec in manifest.table(table).items()}
    if lockfile in lockfiles.OF["npm"]:
        data = tree.read_json(lockfile) or {}
        packages = data.get("packages")
        top = packages.get("") if isinstance(packages, dict) else None
        if not isinstance(top, dict):
            return None
        own = Manifest("", top)
        return {name: spec for table in TABLES for name, spec in own.table(table).items()} == asked
    if lockfile == "yarn.lock":
        text = tree.read_text(lockfile) or ""
        plain = {name: spec for name, spec in asked.items() if spec[:1].isdigit() or spec[:1] in "^~*<>="}
        return all(f"{name}@{spec}" in text or f"{name}@npm:{spec}" in text for name, spec in plain.items())
    if lockfile in lockfiles.OF["pnpm"]:
        text = tree.read_text(lockfile) or ""
        locked = pnpm_specifiers(text)
        return locked == asked if locked and "\noverrides:" not in text else None
    return None


def pnpm_specifiers(text: str) -> dict[str, str]:
    """What pnpm's lockfile has of the root's package.json: `specifier:` below each name of its importer.

    Nothing for a format without importers. Source: https://github.com/pnpm/spec/blob/master/lockfile/9.0.md
    """
    found: dict[str, str] = {}
    section = owner = name = ""
    for row in text.splitlines():
        depth, word = len(row) - len(row.lstrip(" ")), row.strip()
        key = word.rstrip(":").strip("'")
        if depth == 0 and word:
            section = key
        elif section != "importers":
            continue
        elif depth == 2:
            owner = key
        elif depth == 6:
            name = key
        elif depth == 8 and owner == "." and word.startswith("specifier: "):
            found[name] = word.removeprefix("specifier: ").strip("'\"")
    return found
