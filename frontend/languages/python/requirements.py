"""What an app depends on: requirements files with their includes, and the manifests of each package manager."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.python import code, manifests, markers, setup_files
from frontend.paths import beside
from frontend.rules import credentials
from frontend.texts import snippet

DEPTH = 8  # requirements files that include one the other
MISNAMED_LINES = 500  # of a text file that may be one
MAIN = (
    "requirements.txt",
    *(f"requirements/{name}.txt" for name in ("production", "prod", "requirements", "main", "base")),
    *(f"requirements{mark}{name}.txt" for name in ("prod", "production") for mark in "-_."),
)
OF_APPS = ("manage.py", "main.py", "app.py", "run.py", "server.py", "bot.py", "wsgi.py", "__init__.py")  # beside a list
INCLUDES = ("-r", "--requirement", "-c", "--constraint")
OPERATORS = "=<>!~;@ ["
INDEXES = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links")


ELSEWHERE = {  # packages that nothing but another system can install -> the system, and its marker
    **dict.fromkeys(("pywin32", "pypiwin32", "pywinpty", "windows-curses"), ("Windows", "win32")),
    **dict.fromkeys(("pyobjc", "pyobjc-core", "pyobjc-framework-cocoa"), ("macOS", "darwin")),
}


class Requirement(Struct, frozen=True):
    """A direct dependency: its normalised name, its extras, and where it stands.

    It is one only where its `marker` (PEP 508) holds, and for the Pythons that `python` (Poetry's constraint) allows.
    `pin` is the one version that it may be, "" where it may be several: then `below` is its specifier, if that has an
    end ("<2", "^1.5").
    """

    name: str
    extras: tuple[str, ...] = ()
    at: Location | None = None
    marker: str = ""
    python: str = ""
    pin: str = ""
    below: str = ""

    def applies(self, python: str) -> bool:
        """Whether it is a dependency in the image of a Python's version."""
        return markers.applies(self.marker, python) and markers.allows(self.python, python)


class Requirements(Struct, frozen=True):
    """A requirements file with all it includes: the files, the dependencies, and whether it installs the app itself.

    `local` says that a requirement is a path in the app ("." or "-e ./lib"): installing then needs the sources.
    `no_binary` are the packages to build from source. `unnamed` says that more is installed than is found: a
    requirement is a URL or a path, or the file of another host is included. `itself` are the extras with which the app
    itself is installed (".[web]"), None where it is not.
    """

    files: tuple[str, ...] = ()
    found: tuple[Requirement, ...] = ()
    local: bool = False
    no_binary: tuple[str, ...] = ()
    unnamed: bool = False
    itself: tuple[str, ...] | None = None
    constraints: tuple[Requirement, ...] = ()


NOTHING = Requirements()


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it: "Flask_SQLAlchemy" is "flask-sqlalchemy"."""
    out = name.strip().lower().replace("_", "-").replace(".", "-")
    while "--" in out:
        out = out.replace("--", "-")
    return out


def parse(text: str, at: Location | None = None) -> Requirement | None:
    """A requirement specifier's name and extras (PEP 508); None for a URL or a path without a name."""
    head = text.strip()
    end = min((i for i in map(head.find, OPERATORS) if i >= 0), default=len(head))
    name = head[:end].strip()
    if not name or not name[0].isalnum() or "/" in name or ":" in name:
        return None
    rest = head[end:].lstrip()
    extras = rest[1:].partition("]")[0] if rest.startswith("[") else ""
    marker = markers.of_line(text) if ";" in text else ""
    named = tuple(normal(e) for e in extras.split(",") if e.strip())
    text = rest.partition("]")[2] if extras else rest
    return Requirement(normal(name), named, at, marker, pin=pin_of(text), below=below_of(text))


def pin_of(text: str) -> str:
    """The version of a specifier that allows just one: "==1.2.3 ; marker", "(==1.2.3)"; "" for any other."""
    specifier = text.partition(";")[0].partition(" --")[0].strip().strip("()").strip()
    version = specifier.lstrip("=").strip()
    equal = specifier[: len(specifier) - len(specifier.lstrip("="))] in ("==", "===")
    return version if equal and not any(sign in version for sign in "*,<>!~ @") else ""


def below_of(text: str) -> str:
    """The specifier of several versions that has an end: "<2", "~=1.5", "^1.5", "==1.*"; "" for any other."""
    specifier = text.partition(";")[0].partition(" --")[0].strip().strip("()").strip()
    return specifier if any(sign in specifier for sign in "<~^*") and "@" not in specifier and specifier != "*" else ""


def read(tree: SourceTree, path: str) -> Requirements:
    """A requirements file and all it includes; what is at a URL is left to pip.

    Raises PlanError for an include that is not there, and for a line that pip cannot or should not read.

    Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
    """
    return _read(tree, path, None, (), frozenset())


def _read(
    tree: SourceTree, path: str, by: Location | None, above: tuple[str, ...], known: frozenset[str]
) -> Requirements:
    """A file with all it includes, without the files that are `known` already.

    `by` is the line that includes it, `above` the files around it, the outermost first.
    """
    if path in above:
        raise PlanError(f"{path} includes itself", at=by, hint="remove the line: the files include each other")
    if path in known:
        return NOTHING
    lines = tree.read_lines(path)
    if lines is None:
        raise PlanError(f"{path} does not exist", at=by, hint="remove the line, or add the file")
    if len(above) >= DEPTH:
        raise PlanError(f"{path} is nested below more than 8 includes", at=by, hint="flatten the includes")
    conflict = code.conflict_line(lines)
    if conflict:
        raise PlanError(
            f"{path} contains an unresolved merge conflict",
            at=tree.at(path, conflict),
            hint="resolve the conflict and remove git's markers",
            snippet=snippet("\n".join(lines), conflict),
        )
    parts = [Requirements((path,))]
    known = known | {path}
    for number, line in logical(lines):
        option, value = option_of(line)
        at = tree.at(path, number)
        credentials.refuse(line, at, "index" if option in INDEXES else "requirement")
        if option in INCLUDES:
            part = _included(tree, (*above, path), option, unquoted(value), at, known)
            known = known.union(part.files)
        else:
            part = _of_line(line, option, value, at)
        parts.append(part)
    return _together(parts)


def _included(
    tree: SourceTree, above: tuple[str, ...], option: str, name: str, at: Location, known: frozenset[str]
) -> Requirements:
    """What the file is that a line includes; of a file of constraints all but the requirements."""
    constrains = option in ("-c", "--constraint")
    if not name:
        raise PlanError(f"{option} has no file name", at=at, hint="remove the line, or add the file name")
    check_inside(name, at)
    if "://" in name:
        return Requirements(unnamed=not constrains)
    part = _read(tree, beside(above[-1], name), at, above, known)
    return structs.replace(part, found=(), constraints=(*part.constraints, *part.found)) if constrains else part


def _of_line(line: str, option: str, value: str, at: Location) -> Requirements:
    """What a line that includes no file adds."""
    if option in ("-e", "--editable", "-f", "--find-links"):
        editable = option in ("-e", "--editable")
        if editable:
            check_inside(unquoted(value), at)
        itself = own_extras(unquoted(value)) if editable else None
        return Requirements(
            local="://" not in value or value.startswith("file:"), unnamed=editable and itself is None, itself=itself
        )
    if option == "--no-binary":
        names = (name for name in value.split(",") if name)
        return Requirements(no_binary=tuple(name if name[0] == ":" else normal(name) for name in names))
    if option:
        return NOTHING
    itself = own_extras(line)
    if itself is not None:
        return Requirements(local=True, itself=itself)
    requirement = parse(line, at)
    check_inside(line, at)
    return Requirements(
        found=() if requirement is None else (requirement,),
        local=is_local(line),
        unnamed=requirement is None,
    )


def _together(parts: list[Requirements]) -> Requirements:
    """The parts of a file as one, in their order."""
    return Requirements(
        files=tuple(file for part in parts for file in part.files),
        found=tuple(requirement for part in parts for requirement in part.found),
        local=any(part.local for part in parts),
        no_binary=tuple(name for part in parts for name in part.no_binary),
        unnamed=any(part.unnamed for part in parts),
        itself=next((part.itself for part in parts if part.itself is not None), None),
        constraints=tuple(requirement for part in parts for requirement in part.constraints),
    )


def own_extras(text: str) -> tuple[str, ...] | None:
    """The extras of a requirement that is the app itself, "." or ".[web,jobs]"; None for any other."""
    path, bracket, rest = text.strip().partition("[")
    if path.strip() not in (".", "./") or (bracket and not rest.endswith("]")):
        return None
    return tuple(normal(one) for one in rest.rstrip("]").split(",") if one.strip())


def option_of(line: str) -> tuple[str, str]:
    """The option that a line is, and its value: "-r" and "base.txt"; "" and "" for a requirement."""
    if not line.startswith("-"):
        return "", ""
    if not line.startswith("--"):
        return line[:2], line[2:].strip()
    end = min((i for i in (line.find(" "), line.find("=")) if i >= 0), default=len(line))
    return line[:end], line[end + 1 :].strip()


def unquoted(name: str) -> str:
    """A name without the quotes around it: pip reads options as a shell would."""
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" else name


def check_inside(text: str, at: Location) -> None:
    """Raises PlanError for a requirement that is an absolute path: another machine's, as `pip freeze` may write it.

    One with an environment marker is left to pip, which may skip it; so is a path with a variable in it.
    """
    word = text.split(" --")[0].strip()
    path = word if word[:1] == "/" or word[1:3] in (":/", ":\\") else word.rpartition("@")[2].strip()
    if path.startswith("file:/"):
        path = "/" + path.removeprefix("file:").lstrip("/")
    absolute = path[:1] == "/" or path[1:3] in (":/", ":\\")
    if not absolute or ";" in word or "$" in word or f"{path}/".startswith("/app/"):
        return
    raise PlanError(
        f"this path is outside the app: {path}",
        at=at,
        hint="name the package and its version instead (pip list --format=freeze does), or copy it into the app: ./lib",
    )


def is_local(line: str) -> bool:
    """Whether a requirement is a directory or an archive of the app: "./lib", "vendor/x.whl", "x @ file:./lib"."""
    word = line.split(";")[0].split(" --")[0].strip()
    url = word.partition("@")[2].strip() if "@" in word else word
    if url.startswith("file:"):
        return True
    return "://" not in word and (word[:1] == "." or "/" in word or word.endswith((".whl", ".tar.gz", ".zip")))


def logical(lines: list[str]) -> list[tuple[int, str]]:
    """The lines with comments dropped and continuations joined, each with the number of its first."""
    out: list[tuple[int, str]] = []
    pending, first = "", 0
    for number, raw in enumerate(lines, 1):
        text = raw.strip() if not pending else f"{pending} {raw.strip()}"
        first = first or number
        if text.endswith("\\"):
            pending = text[:-1].strip()
            continue
        text = "" if text.startswith("#") else text.partition(" #")[0].strip()
        if text:
            out.append((first, text))
        pending, first = "", 0
    if pending:
        out.append((first, pending))
    return out


def of_project(tree: SourceTree, data: dict[str, Any]) -> tuple[Requirement, ...]:
    """The dependencies of `[project]` in pyproject.toml."""
    return _parsed(tree, "pyproject.toml", manifests.table(data, "project").get("dependencies", []))


def of_groups(tree: SourceTree, data: dict[str, Any], groups: tuple[str, ...]) -> tuple[Requirement, ...]:
    """The dependencies of some of the `[dependency-groups]` of pyproject.toml, with those of the groups they include.

    Source: https://peps.python.org/pep-0735/
    """
    tables = manifests.table(data, "dependency-groups")
    texts: list[str] = []
    wanted = list(groups)
    for group in wanted:
        for one in tables.get(group) or ():
            if isinstance(one, str):
                texts.append(one)
            elif isinstance(one, dict) and one.get("include-group", group) not in wanted:
                wanted.append(one["include-group"])
    return _parsed(tree, "pyproject.toml", texts)


def of_poetry(tree: SourceTree, data: dict[str, Any]) -> tuple[Requirement, ...]:
    """The dependencies of `[tool.poetry.dependencies]`, optional ones left out."""
    return _of_table(tree, manifests.PYPROJECT, data, "tool.poetry.dependencies")


def of_pipfile(tree: SourceTree) -> tuple[Requirement, ...]:
    """The packages of a Pipfile."""
    return _of_table(tree, manifests.PIPFILE, manifests.pipfile(tree), "packages")


def of_setup(tree: SourceTree) -> tuple[Requirement, ...]:
    """The `install_requires` of setup.cfg and setup.py."""
    listed = setup_files.read(tree).requires
    for text, at in listed:
        check(text, at)
    found = (parse(text, at) for text, at in listed)
    return tuple(requirement for requirement in found if requirement is not None)


def apart(tree: SourceTree) -> str | None:
    """The only requirements.txt of an app's subdirectories, where none is beside its code; None for that of an app of
    its own, and where there are several.
    """
    found = list(tree.glob("*/requirements.txt"))
    if len(found) != 1 or not next(iter(tree.glob("*.py")), None):
        return None
    directory = found[0].rpartition("/")[0]
    return None if tree.first(*(f"{directory}/{name}" for name in OF_APPS)) else found[0]


def misnamed(tree: SourceTree, package: str) -> str | None:
    """A file at the root, of another name than what is read, that lists a package as a requirement; None without."""
    for path in (*tree.glob("*.txt"), *tree.glob("*.pip")):
        lines = (parse(line) for _, line in logical(tree.read_lines(path) or [])[:MISNAMED_LINES])
        if any(one is not None and one.name == normal(package) for one in lines):
            return path
    return None


def repositories(
    tree: SourceTree, data: dict[str, Any], files: tuple[str, ...], others: Iterable[str]
) -> Iterator[str]:
    """The texts that may name git repositories: lockfiles and requirements, the manifests' dependencies, and others."""
    for path in files:
        yield tree.read_text(path) or ""
    for keys in manifests.DEPENDENCIES:
        *above, last = keys.split(".")
        yield from manifests.sources(manifests.table(data, *above).get(last))
    if tree.has(manifests.PIPFILE):
        yield from manifests.sources(manifests.pipfile(tree))
    yield from (text for text, _ in setup_files.read(tree).requires)
    yield from others


def check_system(found: Iterable[Requirement]) -> None:
    """Raises PlanError for a package of another system, which no image can install."""
    for one in found:
        if one.name in ELSEWHERE:
            system, marker = ELSEWHERE[one.name]
            raise PlanError(
                f"{one.name} can be installed on {system} only",
                at=one.at,
                hint=f"remove it, or restrict it to that system: {one.name}; sys_platform == '{marker}'",
            )


def check(text: str, at: Location) -> None:
    """Raises PlanError for a requirement that shows a password, or that is a path of another machine."""
    credentials.refuse(text, at)
    check_inside(text, at)


def _parsed(tree: SourceTree, path: str, texts: list[str]) -> tuple[Requirement, ...]:
    listed = [(text, tree.line_of(path, text.strip())) for text in texts if text.strip()]
    for text, at in listed:
        check(text, at)
    found = (parse(text, at) for text, at in listed)
    return tuple(requirement for requirement in found if requirement is not None)


def _of_table(tree: SourceTree, path: str, data: dict[str, Any], keys: str) -> tuple[Requirement, ...]:
    out = []
    for name, value in manifests.table(data, *keys.split(".")).items():
        for one in value if isinstance(value, list) else [value]:  # Poetry: one for each Python, or platform
            given: dict[str, Any] = one if isinstance(one, dict) else {}
            if name == "python" or given.get("optional"):
                continue
            for text in given.values():
                if isinstance(text, str) and "://" in text:
                    credentials.refuse(text, manifests.place(tree, path, f"{keys}.{name}"))
            extras = tuple(normal(extra) for extra in given.get("extras", ()))
            python = given["python"] if isinstance(given.get("python"), str) else ""
            at = tree.line_of(path, name)
            version = str(given.get("version", "") if given else one)
            marker, pin, below = markers.of_table(given), pin_of(version), below_of(version)
            out.append(Requirement(normal(name), extras, at, marker, python, pin, below))
    return tuple(out)
