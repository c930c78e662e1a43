"""The optional sets of dependencies that an app's commands need: extras, dependency groups, categories.

A command may name one (`uv run --group prod …`), or a program that only such a set has: gunicorn among the development
dependencies.
"""

from typing import Any

from msgspec import Struct

from frontend.commands import process
from frontend.commands.script import Script
from frontend.commands.unwrap import program, unwrap
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import managed, manifests, requirements, setup_files
from frontend.languages.python.requirements import Requirement, normal, parse
from frontend.plan.model import Warning
from frontend.settings.model import Settings

PROGRAMS = {  # a program that serves or works -> the packages that have it
    **{name: (name,) for name in ("gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "celery", "streamlit",
                                  "flask", "alembic", "dramatiq", "rq", "supervisord", "honcho")},
    "waitress-serve": ("waitress",),
    "uwsgi": ("uwsgi", "pyuwsgi"),
    "fastapi": ("fastapi-cli",),
    "huey_consumer": ("huey",),
}  # fmt: skip
ALL = {"--all-extras": "extra", "--all-groups": "group"}
NAMING = {"--extra": "extra", "--group": "group", "--only-group": "group"}


class OneSet(Struct, frozen=True):
    """A set of dependencies: `kind` is "extra", "group" or "category" (Pipenv's), `texts` what it lists."""

    kind: str
    name: str
    texts: tuple[str, ...]

    @property
    def packages(self) -> frozenset[str]:
        """The names of its packages, normalised."""
        return frozenset(one.name for text in self.texts if (one := parse(text)) is not None)


class Sets(Struct, frozen=True):
    """The sets that are installed besides the dependencies, and the doubts about those that nobody named."""

    chosen: tuple[OneSet, ...] = ()
    warnings: tuple[Warning, ...] = ()

    def names(self, *kinds: str) -> tuple[str, ...]:
        """The names of those of some kinds."""
        return tuple(one.name for one in self.chosen if one.kind in kinds)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that they list."""
        return tuple(dict.fromkeys(text for one in self.chosen for text in one.texts))

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What they list, as dependencies."""
        return tuple(one for text in self.texts if (one := parse(text)) is not None)


def find(
    tree: SourceTree, settings: Settings, data: dict[str, Any], kind: str, names: frozenset[str], locked: frozenset[str]
) -> Sets:
    """The sets that the commands of the app in a directory need.

    `kind` is the manager's, `names` the direct dependencies, `locked` what is installed by the lockfile without them.
    """
    known = available(tree, data, kind)
    if not known:
        return Sets()
    entries = process.read(tree, settings)
    chosen = [one for entry in entries for one in named(entry.script, known)]
    have = names | locked | frozenset(name for one in chosen for name in one.packages)
    warnings: list[Warning] = []
    scripts = managed.scripts_of(tree, data)
    for entry in entries:
        words = program(managed.without_managers(entry.script, scripts, entry.at))
        packages = PROGRAMS.get(words[0].text, ()) if words else ()
        found = next((one for one in known if one.packages & set(packages)), None)
        if found is None or have & set(packages):
            continue
        chosen.append(found)
        have |= found.packages
        warnings.append(doubt(tree, words[0].text, found, entry.at))
    return Sets(tuple(dict.fromkeys(chosen)), tuple(warnings))


def doubt(tree: SourceTree, name: str, found: OneSet, at: Location | None) -> Warning:
    """The warning that a set is installed because a command needs a program of it."""
    what = f"the {found.kind} {found.name}"
    message = f"{name} is not among the dependencies, but in {what}: {what} is installed too"
    return Warning("set-installed", message, at, f"add {name} to the dependencies to install it alone")


def named(script: Script, known: tuple[OneSet, ...]) -> list[OneSet]:
    """The sets that the options of a manager's `run` name, in the commands of a script."""
    found: list[OneSet] = []
    for command in script.commands:
        run = unwrap(command.program, managed.RUNNERS)
        for option in run.options if run is not None else ():
            if option.name in ALL:
                found += [one for one in known if one.kind == ALL[option.name]]
            elif option.name in NAMING and option.value is not None:
                kind, name = NAMING[option.name], normal(option.value.text)
                found += [one for one in known if one.kind == kind and normal(one.name) == name]
    return found


def available(tree: SourceTree, data: dict[str, Any], kind: str) -> tuple[OneSet, ...]:
    """The sets that the app's manifests have, extras first, those for development last."""
    if kind == "pipenv":
        found = of_pipfile(tree)
    else:
        groups = manifests.table(data, "dependency-groups")
        found = [
            *(OneSet("extra", name, texts) for name, texts in extras(tree, data).items()),
            *(OneSet("group", name, group_texts(groups, name)) for name in groups),
            *(of_poetry(data) if kind == "poetry" else ()),
        ]
    return tuple(sorted(found, key=lambda one: one.name in ("dev", "dev-packages", "test", "tests", "docs", "lint")))


def extras(tree: SourceTree, data: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The extras of the project by name, each with what it lists, those that it includes of its own too."""
    project = manifests.table(data, "project")
    table = project.get("optional-dependencies")
    listed = {
        str(name): tuple(text for text in texts if isinstance(text, str))
        for name, texts in (table.items() if isinstance(table, dict) else ())
        if isinstance(texts, list)
    } or setup_files.extras(tree)
    own = normal(str(project.get("name") or setup_files.read(tree).name))

    def whole(name: str, above: frozenset[str]) -> list[str]:
        texts: list[str] = []
        for text in listed.get(name, ()):
            one = parse(text)
            if one is None or one.name != own:
                texts.append(text)
            else:
                texts += [inner for extra in one.extras if extra not in above for inner in whole(extra, above | {name})]
        return texts

    return {name: tuple(whole(name, frozenset((name,)))) for name in listed}


def group_texts(groups: dict[str, Any], name: str, above: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What a dependency group lists, with what those list that it includes."""
    texts: list[str] = []
    for one in groups.get(name) or () if name not in above else ():
        if isinstance(one, str):
            texts.append(one)
        elif isinstance(one, dict) and "include-group" in one:
            texts += group_texts(groups, one["include-group"], above | {name})
    return tuple(texts)


def of_poetry(data: dict[str, Any]) -> list[OneSet]:
    """Poetry's own groups, by the names of their packages alone, and the extras of its table."""
    poetry = manifests.table(data, "tool", "poetry")
    tables = poetry.get("group")
    groups = (
        {name: one.get("dependencies") for name, one in tables.items() if isinstance(one, dict)}
        if isinstance(tables, dict)
        else {}
    )
    groups["dev"] = groups.get("dev") or poetry.get("dev-dependencies")
    found = [OneSet("group", name, tuple(map(str, one))) for name, one in groups.items() if isinstance(one, dict)]
    listed = poetry.get("extras")
    return [
        *found,
        *(
            OneSet("extra", name, tuple(map(str, one)))
            for name, one in (listed.items() if isinstance(listed, dict) else ())
            if isinstance(one, list)
        ),
    ]


def of_pipfile(tree: SourceTree) -> list[OneSet]:
    """The categories of a Pipfile besides its packages.

    Source: https://pipenv.pypa.io/en/latest/pipfile.html#package-category-groups
    """
    others = ("packages", "source", "requires", "scripts", "pipenv", "pipfile")
    tables = manifests.pipfile(tree).items()
    return [
        OneSet("category", name, tuple(map(str, one)))
        for name, one in tables
        if name not in others and isinstance(one, dict)
    ]


def of_itself(tree: SourceTree, data: dict[str, Any], wanted: tuple[str, ...]) -> tuple[Requirement, ...]:
    """What the app itself depends on, when a requirements file installs it with some of its extras."""
    known = {normal(name): texts for name, texts in extras(tree, data).items()}
    texts = [text for name in wanted for text in known.get(name, ())]
    own = (*requirements.of_project(tree, data), *requirements.of_poetry(tree, data), *requirements.of_setup(tree))
    return (*own, *(one for text in texts if (one := parse(text)) is not None))
