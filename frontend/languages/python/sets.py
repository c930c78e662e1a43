"""The optional sets of dependencies that are installed: extras, dependency groups, categories, requirements files.

The user names one by a setting, or a command does (`uv run --group prod …`); or a command runs a program that only such
a set has: gunicorn among the development dependencies.
"""

from typing import Any

from msgspec import Struct, structs

from frontend.commands import process, script_files
from frontend.commands.procfile import WEB, Entry
from frontend.commands.script import Script
from frontend.commands.unwrap import program, unwrap
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.python import locks, managed, manifests, pylock, requirements, setup_files
from frontend.languages.python.requirements import Requirement, normal, parse
from frontend.languages.registry import PYTHON
from frontend.plan.model import Warning
from frontend.settings.model import Settings

PROGRAMS = {  # a program whose package has another name -> the packages that have it
    "waitress-serve": ("waitress",),
    "django-admin": ("django",),
    "supervisord": ("supervisor",),
    "jupyter": ("jupyter", "jupyter-core", "notebook", "jupyterlab", "voila"),
    "uwsgi": ("uwsgi", "pyuwsgi"),
    "fastapi": ("fastapi-cli",),
    "huey_consumer": ("huey",),
}
FILES = ("requirements*.txt", "*requirements.txt", "requirements/*.txt")  # further requirements files
LATE = (
    "dev",
    "development",
    "dev-packages",
    "local",
    "test",
    "tests",
    "testing",
    "docs",
    "lint",
)  # if nothing else has a program
RELOCK = {"pdm": "run pdm lock -G :all and commit pdm.lock", "pipenv": "run pipenv lock and commit Pipfile.lock"}
ALL = {"--all-extras": "extra", "--all-groups": "group"}
NAMING = {"--extra": "extra", "--group": "group", "--only-group": "group"}


class OneSet(Struct, frozen=True):
    """A set of dependencies: `kind` is "extra", "group", "category" (Pipenv's) or "file", `texts` what it lists.

    `files` is a requirements file and what it includes, `local` says that it has a directory of the app.
    """

    kind: str
    name: str
    texts: tuple[str, ...]
    files: tuple[str, ...] = ()
    local: bool = False

    @property
    def called(self) -> tuple[str, ...]:
        """The names that a user may give it: "requirements-dev.txt" is "dev" too."""
        stem = self.name.rpartition("/")[2].removesuffix(".txt") if self.files else self.name
        return self.name, normal(normal(stem).replace("requirements", "").strip("-") if self.files else stem)

    @property
    def packages(self) -> frozenset[str]:
        """The names of its packages, normalised."""
        return frozenset(one.name for text in self.texts if (one := parse(text)) is not None)


class Sets(Struct, frozen=True):
    """The sets that are installed besides the dependencies, and the doubts about those that nobody named.

    `default` are groups of a pylock.toml that are installed unless another is named: then they have to be named too.
    """

    chosen: tuple[OneSet, ...] = ()
    warnings: tuple[Warning, ...] = ()
    default: tuple[str, ...] = ()

    def names(self, *kinds: str) -> tuple[str, ...]:
        """The names of those of some kinds."""
        return tuple(one.name for one in self.chosen if one.kind in kinds)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that they list, but for those of files."""
        return tuple(dict.fromkeys(text for one in self.chosen if not one.files for text in one.texts))

    @property
    def files(self) -> tuple[str, ...]:
        """The requirements files among them, with all that they include."""
        return tuple(dict.fromkeys(file for one in self.chosen for file in one.files))

    @property
    def local(self) -> bool:
        """Whether one of them has a directory of the app."""
        return any(one.local for one in self.chosen)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What they list, as dependencies."""
        texts = dict.fromkeys(text for one in self.chosen for text in one.texts)
        return tuple(one for text in texts if (one := parse(text)) is not None)


class Known(Struct, frozen=True):
    """What is known of an app's dependencies: the `kind` of its manager, its `lock` ("" without), the `files` it reads,
    the `names` of the direct dependencies, what is `locked` without the sets here."""

    kind: str
    lock: str
    files: tuple[str, ...]
    names: frozenset[str]
    locked: frozenset[str]


def find(tree: SourceTree, settings: Settings, data: dict[str, Any], known: Known) -> Sets:
    """The sets that the settings and the commands of the app in a directory need.

    Raises PlanError for one that a setting names and the app, or its lockfile, does not have.
    """
    manifest = available(tree, data, known)
    entries = [
        one
        for entry in stated(tree, settings)
        for one in (
            entry,
            *(Entry(entry.name, f.script, tree.at(f.path)) for f in script_files.run_by(tree, entry.script)),
        )
    ]
    chosen = [*asked(tree, settings, manifest, known), *(one for e in entries for one in named(e.script, manifest))]
    have = known.names | known.locked | frozenset(name for one in chosen for name in one.packages)
    warnings: list[Warning] = []
    scripts = managed.scripts_of(tree, data)
    for entry in entries if "groups" not in settings.skip else ():
        name = program_of(managed.without_managers(entry.script, scripts, entry.at))
        packages = set(PROGRAMS.get(name, (normal(name),)))
        if not name or have & packages:
            continue
        every = (*manifest, *files(tree, known))
        found = next((one for one in every if one.packages & packages), None)
        if found is not None:
            chosen.append(found)
            have |= found.packages
            warnings.append(doubt(tree, name, found, entry.at))
    chosen = list(dict.fromkeys(chosen))
    for one in chosen:
        if locks.lacks(tree, known.lock, one.kind, one.name):
            raise PlanError(
                f"{known.lock} does not have the {one.kind} {one.name}", at=tree.at(known.lock), hint=RELOCK[known.kind]
            )
    default = pylock.defaults(tree, known.lock) if known.kind == "pylock" else ()
    return Sets(tuple(chosen), tuple(warnings), default)


def having(
    tree: SourceTree, data: dict[str, Any], known: Known, sets: Sets, package: str, at: Location | None
) -> Sets | None:
    """The sets with one more, that has a package which the start needs and nothing else installs; None where it is not
    sure that nothing does, and where no set has it."""
    have = known.names | known.locked | frozenset(name for one in sets.chosen for name in one.packages)
    if normal(package) in have or not (known.lock or not known.names):
        return None
    every = (*available(tree, data, known), *files(tree, known))
    found = next((one for one in every if normal(package) in one.packages), None)
    if found is None or locks.lacks(tree, known.lock, found.kind, found.name):
        return None
    told = doubt(tree, package, found, at)
    return structs.replace(sets, chosen=(*sets.chosen, found), warnings=(*sets.warnings, told))


def stated(tree: SourceTree, settings: Settings) -> tuple[Entry, ...]:
    """The commands that the user states: a Dockerfile's counts where nothing else says how the app serves."""
    entries = process.read(tree, settings)
    other = None if entries and entries[0].name == WEB else process.candidate(settings, PYTHON.name)
    return entries if other is None else (*entries, other)


def program_of(script: Script) -> str:
    """The program that a script runs, or the module of `python -m`."""
    words = [word.text for word in program(script)]
    return (
        words[2] if words[:1] in (["python"], ["python3"]) and words[1:2] == ["-m"] and words[2:] else (*words, "")[0]
    )


def asked(tree: SourceTree, settings: Settings, manifest: tuple[OneSet, ...], known: Known) -> list[OneSet]:
    """The sets that the setting names. Raises PlanError for one that there is not."""
    found: list[OneSet] = []
    for setting in settings.dependency_groups:
        name = setting.value
        if known.lock == f"pylock.{name}.toml":
            continue
        every = (*manifest, *files(tree, known))
        meant = [one for one in every if name in one.called or normal(name) in one.called]
        if not meant:
            names = ", ".join(one.called[-1] or one.name for one in every)
            raise PlanError(
                f"the app has no dependency group, extra or category {name}",
                at=setting.at,
                hint=f"it has {names}" if names else "remove it from DEPENDENCY_GROUPS: the app has none",
            )
        found += meant
    return found


def doubt(tree: SourceTree, name: str, found: OneSet, at: Location | None) -> Warning:
    """The warning that a set is installed because a command needs a program of it."""
    what = found.name if found.files else f"the {found.kind} {found.name}"
    message = f"{name} is not among the dependencies, but in {what}: {what} is installed too"
    hint = f"add {name} to the dependencies to install it alone, or set SKIP=groups to leave it out"
    return Warning("set-installed", message, at, hint)


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


def available(tree: SourceTree, data: dict[str, Any], known: Known) -> tuple[OneSet, ...]:
    """The sets that the app's manifests have, extras first, those for development last."""
    if known.kind == "pipenv":
        found = of_pipfile(tree)
    elif known.kind == "pylock":
        found = [OneSet(*one, texts) for one, texts in pylock.sets(tree, known.lock).items()]
    else:
        groups = manifests.table(data, "dependency-groups")
        found = [
            *(OneSet("extra", name, texts) for name, texts in extras(tree, data).items()),
            *(OneSet("group", name, group_texts(groups, name)) for name in groups),
            *(of_poetry(data) if known.kind == "poetry" else ()),
        ]
    return tuple(sorted(found, key=lambda one: one.name in LATE))


def files(tree: SourceTree, known: Known) -> tuple[OneSet, ...]:
    """The requirements files that an app which pip installs has besides those it reads, those for development last."""
    if known.kind not in ("pip", "project"):
        return ()
    found = []
    for path in dict.fromkeys(path for pattern in FILES for path in sorted(tree.glob(pattern))):
        listed = requirements_in(tree, path) if path not in known.files else None
        if listed is not None and listed.found:
            texts = tuple(f"{r.name}[{','.join(r.extras)}]" if r.extras else r.name for r in listed.found)
            found.append(OneSet("file", path, texts, listed.files, listed.local))
    return tuple(sorted(found, key=lambda one: one.called[1] in LATE))


def requirements_in(tree: SourceTree, path: str) -> requirements.Requirements | None:
    """A requirements file; None for one that pip could not read: nothing says yet that it is wanted."""
    try:
        return requirements.read(tree, path)
    except PlanError:
        return None


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
