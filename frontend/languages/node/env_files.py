"""Env files that a start command reads by dotenv, dotenvx or env-cmd: Node.js reads those that ship, as process 1.

Sources: https://nodejs.org/api/cli.html#--env-filefile, https://github.com/entropitor/dotenv-cli#readme,
https://dotenvx.com/docs/advanced/run, https://github.com/toddbluhm/env-cmd#readme
"""

import re

from msgspec import Struct

from frontend.commands.unwrap import Unwrapped
from frontend.commands.words import Word, literal
from frontend.errors import Location
from frontend.languages.node.repository import Repository
from frontend.languages.node.versions import at_least
from frontend.paths import joined, relative
from frontend.plan.model import Warning

OPTIONS = frozenset(("--env-file", "--env-file-if-exists"))  # of Node.js
READS = "20.6.0"  # Node.js reads env files from this version on
DEFAULT = ".env"
NAMES = {"dotenv": ("-e",), "dotenvx": ("-f", "--env-file"), "env-cmd": ("-f", "--file")}  # their options for a file
REPLACES = {"dotenv": ("-o", "--override"), "dotenvx": ("-o", "--overload"), "env-cmd": ()}
KEEPS = {"env-cmd": ("--no-override",)}  # of those that replace variables by default
TABLES = ("-e", "--environments", "-r", "--rc-file")  # of env-cmd: a table of environments, in a format of its own
REFERS = re.compile(r"^[^#\n]*=[^#\n]*\$\{?[A-Za-z_]", re.MULTILINE)  # dotenv expands it, Node.js does not
ENCRYPTED = "encrypted:"
SET = "set its variables on the container"


class EnvFile(Struct, frozen=True):
    """A file that the program `by` reads, by its path in the project. `replaces`: its variables win over others."""

    by: str
    path: str
    replaces: bool = False


def named(runner: Unwrapped, dir: str) -> tuple[EnvFile, ...]:
    """The files that dotenv, dotenvx or env-cmd reads in a directory, the strongest first."""
    name = runner.name
    given = {one.name for one in runner.options}
    paths = [one.value.text for one in runner.options if one.name in NAMES[name] and one.value is not None]
    cascade = next((one.value.text for one in runner.options if one.name == "-c" and one.value is not None), "")
    if name == "env-cmd" and not given.isdisjoint(TABLES):
        paths = [next((o.value.text for o in runner.options if o.name in TABLES[2:] and o.value), ".env-cmdrc")]
    elif name == "env-cmd" and not paths and runner.words and runner.words[0].text.startswith("."):
        paths = [runner.words[0].text]  # before version 9
    elif name == "dotenv" and cascade:
        paths = [
            f"{one}{end}" for one in paths or [DEFAULT] for end in (f".{cascade}.local", ".local", f".{cascade}", "")
        ]
    replaces = bool(given & {*REPLACES[name]}) or (name in KEEPS and given.isdisjoint(KEEPS[name]))
    return tuple(EnvFile(name, joined(dir, path), replaces) for path in paths or [DEFAULT])


class Read(Struct, frozen=True):
    """The options by which Node.js reads files, the last of which is the strongest, and the doubts about the files."""

    options: tuple[Word, ...] = ()
    warnings: tuple[Warning, ...] = ()


def read(repository: Repository, files: tuple[EnvFile, ...], dir: str, by_node: bool, at: Location | None) -> Read:
    """How files are read by what is started in a directory; `by_node` says that Node.js runs it.

    Of several that are not in the image one is named: the last is the one without a suffix.
    """
    shipped = [one for one in files if repository.ships(one.path)]
    absent = [one for one in files if one not in shipped]
    warnings = []
    if absent and not shipped:
        one = absent[-1]
        told = f"{one.by} reads its variables from {one.path}, which is not in the image: set them on the container"
        warnings.append(Warning("env-file", told, at, "env files are never copied into the image"))
    options: list[Word] = []
    for one in reversed(shipped):
        told = reason(repository, one, by_node)
        if told:
            warnings.append(Warning("env-file", told, at, SET))
            continue
        inside = not dir or one.path.startswith(f"{dir}/")
        path = relative(dir, one.path) if inside else repository.project.inside(one.path)
        options.append(literal(f"--env-file={path}"))
        warnings += doubts(repository, one, at)
    return Read(tuple(options), tuple(warnings))


def reason(repository: Repository, file: EnvFile, by_node: bool) -> str:
    """Why Node.js cannot read a file that ships; "" where it can."""
    text = repository.tree.read_text(file.path) or ""
    if not by_node or file.path.rpartition("/")[2].startswith(".env-cmdrc") or text.lstrip().startswith("{"):
        return f"{file.by} is left out of the start, and nothing else reads {file.path}"
    if ENCRYPTED in text:
        return f"{file.path} is encrypted: {file.by}, which is left out of the start, reads it alone"
    if not at_least(repository.version.value, READS):
        return f"Node.js {repository.version.value} does not read {file.path}: {file.by} is left out of the start"
    return ""


def doubts(repository: Repository, file: EnvFile, at: Location | None) -> list[Warning]:
    """Where Node.js reads a file in another way than the program did."""
    found = []
    text = repository.tree.read_text(file.path) or ""
    refers = REFERS.search(text) if file.by != "env-cmd" else None
    if refers is not None:
        line = text.count("\n", 0, refers.end()) + 1
        told = f"{file.path} refers to another variable, which Node.js takes as it is written"
        found.append(Warning("env-file", told, repository.tree.at(file.path, line), "write the value itself"))
    if file.replaces:
        told = f"{file.by} would replace variables of the container by those of {file.path}: Node.js does not"
        found.append(Warning("env-file", told, at, "leave out of the container what the file sets"))
    return found
