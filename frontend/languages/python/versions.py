"""Which Python: a dated table, the files that ask for a version, and their range syntaxes."""

from typing import Any

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import manifests, setup_files
from frontend.rules.versions import Asked, Release, is_version
from frontend.settings.model import Settings

# 2026-11. Sources: https://devguide.python.org/versions/ and the tags of docker.io/library/python
RELEASES = (
    Release("3.15", "3.15.2", "2031-10-31", (("trixie", "3.15.0"),)),
    Release("3.14", "3.14.10", "2030-10-31", (("trixie", "3.14.0"),)),
    Release("3.13", "3.13.15", "2029-10-31", (("trixie", "3.13.6"), ("bookworm", "3.13.0"))),
    Release("3.12", "3.12.15", "2028-10-31", (("trixie", "3.12.11"), ("bookworm", "3.12.0"))),
    Release("3.11", "3.11.17", "2027-10-31", (("trixie", "3.11.13"), ("bookworm", "3.11.4"), ("bullseye", "3.11.0"))),
    Release("3.10", "3.10.22", "2026-10-31", (("trixie", "3.10.18"), ("bookworm", "3.10.12"), ("bullseye", "3.10.0"))),
    Release("3.9", "3.9.25", "2025-10-31", (("trixie", "3.9.23"), ("bookworm", "3.9.17"), ("bullseye", "3.9.7"))),
    Release("3.8", "3.8.20", "2024-10-07", (("bookworm", "3.8.17"), ("bullseye", "3.8.12"))),
)
DEFAULT = "3.13"
FILES = (".python-version", "runtime.txt", ".tool-versions", "mise.toml", ".mise.toml")


def asked_version(tree: SourceTree, settings: Settings, data: dict[str, Any], shared: SourceTree) -> Asked | None:
    """Who asks for which version: build-arg, config, a version file, Pipfile, then pyproject.toml; None for nobody.

    `tree` is the app's directory, `data` its parsed pyproject.toml, `shared` the root of its workspace, or `tree`.
    """
    setting = settings.versions.get("python")
    if setting is not None:
        return Asked(setting.value, setting.by, setting.at)
    for place in dict.fromkeys((tree, shared)):
        for path in FILES:
            found = in_file(place, path)
            if found is not None:
                return found
    return in_pipfile(tree) or in_pyproject(tree, data) or in_lock(shared) or in_setup(tree)


def in_file(tree: SourceTree, path: str) -> Asked | None:
    """The version a version file names; None when it is absent, empty, or about other tools."""
    for number, raw in enumerate(tree.read_lines(path) or (), 1):
        line = raw.partition("#")[0].strip()
        at = Location(tree.line_of(path).file, number)
        if not line:
            continue
        if path in (".tool-versions", "mise.toml", ".mise.toml"):
            name, _, rest = line.replace("=", " ").partition(" ")
            words = rest.replace('"', " ").replace("'", " ").split()
            if name == "python" and words and words[0][0].isdigit():
                return Asked(words[0], "file", at)
            continue
        text = line.removeprefix("python-").removeprefix("cpython-")
        return Asked(text, "file", at)
    return None


def in_pipfile(tree: SourceTree) -> Asked | None:
    """The version a Pipfile requires."""
    requires = manifests.table(manifests.pipfile(tree), "requires")
    for key in ("python_full_version", "python_version"):
        if key in requires:
            return Asked(requires[key], "file", tree.line_of("Pipfile", key))
    return None


def in_pyproject(tree: SourceTree, data: dict[str, Any]) -> Asked | None:
    """`requires-python`, or Poetry's dependency `python`."""
    text = manifests.table(data, "project").get("requires-python")
    if isinstance(text, str):
        return Asked(text, "file", tree.line_of("pyproject.toml", "requires-python"))
    dependencies = manifests.table(data, "tool", "poetry", "dependencies")
    text = dependencies.get("python")
    if isinstance(text, str):
        return Asked(text, "file", tree.line_of("pyproject.toml", "dependencies]", "python"))
    return None


def in_lock(tree: SourceTree) -> Asked | None:
    """What uv.lock was made for; Poetry's and PDM's lockfiles only repeat pyproject.toml."""
    for number, line in enumerate(tree.read_lines("uv.lock") or () if tree.has("uv.lock") else (), 1):
        key, equals, value = line.partition("=")
        if equals and key.strip() == "requires-python":
            return Asked(value.strip().strip('"'), "file", Location(tree.line_of("uv.lock").file, number))
    return None


def in_setup(tree: SourceTree) -> Asked | None:
    """`python_requires` of setup.cfg or setup.py."""
    found = setup_files.read(tree)
    return Asked(found.python, "file", found.python_at) if found.python else None


def plain(text: str) -> str:
    """The text as a tag has it: "3.11.x" and "==3.11.*" are "3.11", while "3" alone is any release of it."""
    short = text.strip().removeprefix("==").strip()
    for end in (".x", ".*"):
        short = short.removesuffix(end)
    if not is_version(short):
        return text
    return short if "." in short else f"{short}.*"


def allows(text: str, version: str) -> bool:
    """Whether a range allows a version: PEP 440, or Poetry's caret, tilde and `||`. ValueError when it is none.

    Sources: https://peps.python.org/pep-0440/#version-specifiers, https://python-poetry.org/docs/dependency-specification/
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return any(
            SpecifierSet(",".join(pep440(part.strip()) for part in either.split(",") if part.strip())).contains(version)
            for either in text.split("||")
        )
    except InvalidSpecifier as error:
        raise ValueError(str(error)) from error


def pep440(part: str) -> str:
    """One of Poetry's constraints as PEP 440 has it."""
    if part == "*":
        return ">=0"
    if part[0] == "^":
        numbers = part[1:].strip().split(".")
        return f">={part[1:].strip()},<{int(numbers[0]) + 1}"
    if part[0] == "~" and part[:2] != "~=":
        numbers = part[1:].strip().split(".")
        above = [numbers[0], str(int(numbers[1]) + 1)] if len(numbers) > 1 else [str(int(numbers[0]) + 1)]
        return f">={part[1:].strip()},<{'.'.join(above)}"
    if part[0].isdigit():
        return f"=={part}" if part.count(".") == 2 or part.endswith("*") else f"=={part}.*"
    return part
