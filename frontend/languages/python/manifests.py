"""pyproject.toml, Pipfile and Pipfile.lock, read with what is used of them checked for its type."""

from collections.abc import Iterator
from typing import Any

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.rules import credentials

PYPROJECT, PIPFILE, PIPFILE_LOCK = "pyproject.toml", "Pipfile", "Pipfile.lock"
SHAPES: dict[str, dict[str, type]] = {  # file -> keys, outer ones first -> what is there if anything is
    PYPROJECT: {
        "project": dict,
        "project.name": str,
        "project.requires-python": str,
        "project.dependencies": list,
        "project.dynamic": list,
        "project.scripts": dict,
        "build-system": dict,
        "build-system.requires": list,
        "dependency-groups": dict,
        "tool": dict,
        "tool.poetry": dict,
        "tool.poetry.name": str,
        "tool.poetry.dependencies": dict,
        "tool.poetry.scripts": dict,
        "tool.pdm": dict,
        "tool.hatch": dict,
        "tool.hatch.envs": dict,
        "tool.hatch.envs.default": dict,
        "tool.uv": dict,
        "tool.uv.workspace": dict,
    },
    PIPFILE: {
        "packages": dict,
        "requires": dict,
        "requires.python_version": str,
        "requires.python_full_version": str,
    },
    PIPFILE_LOCK: {"default": dict},
}
WITH_EXTRAS = {PYPROJECT: "tool.poetry.dependencies", PIPFILE: "packages"}
DEPENDENCIES = (  # where pyproject.toml names what is installed
    "project.dependencies", "project.optional-dependencies", "build-system.requires", "dependency-groups",
    "tool.uv.sources", "tool.uv.dev-dependencies", "tool.poetry.dependencies", "tool.poetry.dev-dependencies",
    "tool.poetry.group", "tool.pdm.dev-dependencies",
)  # fmt: skip
SOURCES = {  # where the URLs of indexes and repositories are
    PYPROJECT: ("tool.uv.index", "tool.uv.sources", "tool.uv.index-url", "tool.uv.extra-index-url",
                "tool.uv.find-links", "tool.uv.pip", "tool.poetry.source", "tool.pdm.source"),
    PIPFILE: ("source",),
    PIPFILE_LOCK: (),
}  # fmt: skip
WORDS: dict[type, str] = {dict: "a table", list: "a list", str: "a string"}
EXAMPLES = {
    "project.dependencies": '["flask"]',
    "project.dynamic": '["version"]',
    "build-system.requires": '["hatchling"]',
    "project.requires-python": '">=3.13"',
    "requires.python_version": '"3.13"',
    "requires.python_full_version": '"3.13.1"',
}


def pyproject(tree: SourceTree) -> dict[str, Any]:
    """The tables of pyproject.toml; {} when it is absent. Raises PlanError for what has a type it cannot have."""
    return checked(tree, PYPROJECT, tree.read_toml(PYPROJECT) or {})


def pipfile(tree: SourceTree) -> dict[str, Any]:
    """The tables of a Pipfile, as `pyproject` gives those of pyproject.toml."""
    return checked(tree, PIPFILE, tree.read_toml(PIPFILE) or {})


def pipfile_lock(tree: SourceTree) -> dict[str, Any]:
    """The object of a Pipfile.lock, as `pyproject` gives the tables of pyproject.toml."""
    return checked(tree, PIPFILE_LOCK, tree.read_json(PIPFILE_LOCK) or {})


def table(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The table below some keys of a manifest that was read here; {} where there is none."""
    for key in keys:
        data = data.get(key) or {}
    return data


def checked(tree: SourceTree, path: str, data: dict[str, Any]) -> dict[str, Any]:
    """A manifest's data, all types as they are used. Raises PlanError with the line of what is another."""
    for dotted, kind in SHAPES[path].items():
        *above, key = dotted.split(".")
        outer = table(data, *above)
        if key not in outer:
            continue
        value = outer[key]
        if not isinstance(value, kind):
            hint = "regenerate it: pipenv lock" if path == PIPFILE_LOCK else how(dotted, kind, value)
            raise wrong(tree, path, dotted, f"is not {WORDS[kind]}", hint)
        if kind is list and not all(isinstance(one, str) for one in outer[key]):
            raise wrong(tree, path, dotted, "is not a list of strings", how(dotted, kind, ""))
    for dotted in SOURCES[path]:
        *above, key = dotted.split(".")
        for text in texts(table(data, *above).get(key)):
            credentials.refuse_password(text, tree.line_of(path, text))
    if path in WITH_EXTRAS:
        check_extras(tree, path, data)
    if path == PYPROJECT:
        check_groups(tree, data)
    return data


def texts(value: Any) -> Iterator[str]:
    """All texts in a value of a manifest."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def sources(value: Any) -> Iterator[str]:
    """The texts in a value of a manifest, with git's prefix where a key says that one is a repository."""
    if isinstance(value, dict):
        for key, one in value.items():
            named = key == "git" and isinstance(one, str) and "://" in one and not one.startswith("git+")
            yield from (f"git+{one}",) if named else sources(one)
    elif isinstance(value, list):
        for one in value:
            yield from sources(one)
    elif isinstance(value, str):
        yield value


def check_extras(tree: SourceTree, path: str, data: dict[str, Any]) -> None:
    """Raises PlanError for a dependency whose extras are no list of texts."""
    keys = WITH_EXTRAS[path]
    listed = table(data, *keys.split(".")).items()
    for name, value in ((name, one) for name, all in listed for one in (all if isinstance(all, list) else [all])):
        extras = value.get("extras", []) if isinstance(value, dict) else []
        if not isinstance(extras, list) or not all(isinstance(one, str) for one in extras):
            what = "has extras that are not a list of strings"
            raise wrong(tree, path, f"{keys}.{name}", what, 'write extras = ["NAME"]')


def check_groups(tree: SourceTree, data: dict[str, Any]) -> None:
    """Raises PlanError for a dependency group that is no list of texts and includes, or groups of uv that are none.

    Source: https://peps.python.org/pep-0735/
    """
    for name, value in table(data, "dependency-groups").items():
        for one in value if isinstance(value, list) else [None]:
            if not isinstance(one.get("include-group", "") if isinstance(one, dict) else one, str):
                what = "is not a list of strings"
                raise wrong(tree, PYPROJECT, f"dependency-groups.{name}", what, f'write {name} = ["NAME"]')
    groups = table(data, "tool", "uv").get("default-groups", "all")
    if groups != "all" and not (isinstance(groups, list) and all(isinstance(one, str) for one in groups)):
        what, hint = "is not a list of strings", 'write default-groups = ["NAME"]'
        raise wrong(tree, PYPROJECT, "tool.uv.default-groups", what, hint)


def how(dotted: str, kind: type, value: Any) -> str:
    """The hint: how to write what has another type."""
    key = dotted.rpartition(".")[2]
    if kind is dict:
        return f"write it as a table: [{dotted}]"
    if kind is list and isinstance(value, str) and value.strip() and "://" not in value:
        import json

        return f"write {key} = {json.dumps([line.strip() for line in value.splitlines() if line.strip()])}"
    example = EXAMPLES.get(dotted, '"NAME"')
    return f"write {key} = {example}"


def wrong(tree: SourceTree, path: str, dotted: str, what: str, hint: str) -> PlanError:
    """The error about what is at some keys of a manifest."""
    above, _, key = dotted.rpartition(".")
    return PlanError(
        f"{key} of [{above}] {what}" if above else f"{key} {what}", at=place(tree, path, dotted), hint=hint
    )


def place(tree: SourceTree, path: str, dotted: str) -> Location:
    """The line of a manifest that has some keys, as a table's name or in front of "="; the file alone without one."""
    if path == PIPFILE_LOCK:
        return tree.line_of(path, *(f'"{key}"' for key in dotted.split(".")))
    wanted = dotted.split(".")
    header: list[str] = []
    for number, line in enumerate(tree.read_lines(path) or (), 1):
        text = line.strip()
        if text.startswith("["):
            named = header = keys_of(text.strip("[").partition("]")[0])
        else:
            named = [*header, *keys_of(text.partition("=")[0])]
        if named[: len(wanted)] == wanted:
            return tree.at(path, number)
    return tree.at(path)


def keys_of(text: str) -> list[str]:
    """The keys of a dotted key, without quotes."""
    return [key.strip(" \t\"'") for key in text.split(".")]
