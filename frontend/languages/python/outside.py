"""Dependencies by a path that leads out of the app's directory: what is built with the app, and ships with it."""

from collections.abc import Iterator
from posixpath import commonpath, normpath
from typing import Any

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.python import manifests
from frontend.languages.python.requirements import Requirements, logical, option_of, unquoted
from frontend.paths import joined


def root_of(tree: SourceTree, app: str, listed: Requirements | None) -> str | None:
    """The directory of the context that holds the app in a directory and all it depends on by path; None where the app
    has all of it. Raises PlanError for a path that leads out of the context.

    `listed` are the requirements files of an app that pip installs.
    """
    places = {app}
    left = [app]
    while left:
        directory = left.pop()
        here = tree.under(directory)
        for path, at in paths_of(here, listed if directory == app else None):
            found = joined(directory, path)
            if normpath(f"{directory or '.'}/{path}").startswith(".."):
                raise PlanError(
                    f"the dependency {path} is outside of the build context",
                    at=at,
                    hint="build from a directory above both, and set PROJECT_PATH to the app's directory",
                )
            if found not in places and tree.is_dir(found):
                places.add(found)
                left.append(found)
    if all(not app or place == app or place.startswith(f"{app}/") for place in places):
        return None
    return commonpath([f"/{place}" for place in places]).strip("/")


def paths_of(here: SourceTree, listed: Requirements | None) -> Iterator[tuple[str, Location]]:
    """The paths of dependencies that lead out of a directory, as they are written, each with its place."""
    for path in listed.files if listed is not None else ():
        for number, line in logical(here.read_lines(path) or []):
            option, value = option_of(line)
            text = unquoted(value) if option in ("-e", "--editable") else line if not option else ""
            text = text.partition(";")[0].rpartition("@")[2].strip().removeprefix("file:").partition("[")[0].strip()
            if is_above(text):
                yield text, here.at(path, number)
    if not here.has(manifests.PYPROJECT):
        return
    data = manifests.pyproject(here)
    sources = manifests.table(data, "tool", "uv").get("sources")
    for value in (*(sources.values() if isinstance(sources, dict) else ()), *poetry_values(data)):
        for one in value if isinstance(value, list) else [value]:
            named = one.get("path") if isinstance(one, dict) else None
            if isinstance(named, str) and is_above(named):
                yield named, here.line_of(manifests.PYPROJECT, named)


def is_named(here: SourceTree, data: dict[str, Any]) -> bool:
    """Whether a manifest without a lockfile names a dependency by a path: of uv, Poetry, PDM or Pipenv."""
    sources = manifests.table(data, "tool", "uv").get("sources")
    values = [*(sources.values() if isinstance(sources, dict) else ()), *poetry_values(data)]
    groups = manifests.table(data, "tool", "poetry", "group")
    values += [
        one
        for group in groups.values()
        if isinstance(group, dict)
        for one in manifests.table(group, "dependencies").values()
    ]
    values += manifests.table(manifests.pipfile(here), "packages").values() if here.has("Pipfile") else ()
    tables = [one for value in values for one in (value if isinstance(value, list) else [value])]
    texts = manifests.table(data, "project").get("dependencies") or ()
    return any(isinstance(one, dict) and {"path", "file", "workspace"} & set(one) for one in tables) or any(
        isinstance(text, str) and "@ file:" in text for text in texts
    )


def poetry_values(data: dict[str, Any]) -> Iterator[Any]:
    """What Poetry's table gives the dependencies."""
    yield from manifests.table(data, "tool", "poetry", "dependencies").values()


def is_above(path: str) -> bool:
    """Whether a path begins with a directory above."""
    return path == ".." or path.startswith("../")
