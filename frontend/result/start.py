"""The start of an image, looked up in the built filesystem before the image is returned.

An image that cannot find its own start program never leaves the builder. What is looked up is what a container runtime
and the kernel will look for: the working directory, the program (by PATH where its name has no "/"), its permission to
be executed, the interpreter that its `#!` line names, the script that an interpreter is given, and what the plan says
that a command needs. Of a process with several candidates the first that finds all it needs is taken.

What a start that is right will be asked for leaves in one round, the program's first bytes included. Only PATH is asked
little by little: BuildKit answers for a file that is not there with a stack trace.
Sources: execve(2), https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09_01_04
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from posixpath import join, normpath
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from frontend.commands.script import ENV_PROGRAMS, without_env
from frontend.errors import GatewayError, Location, PlanError
from frontend.languages.registry import Interpreter
from frontend.paths import escaped
from frontend.plan.model import Command, Need, Process, Warning

if TYPE_CHECKING:
    from typing import Protocol

    from frontend.gateway.client import Gateway, Pending, Ref, Stat

    class FileInfo(Protocol):
        """What is at a path, links followed: "file" or "dir" or other, and its permission bits, owner and group."""

        @property
        def kind(self) -> str: ...
        @property
        def mode(self) -> int: ...
        @property
        def uid(self) -> int: ...
        @property
        def gid(self) -> int: ...

    class Files(Protocol):
        """The built filesystem. Paths are absolute; links are followed inside it. Answers are remembered."""

        def ask(self, paths: Iterable[str]) -> None:
            """Asks what is at some paths, without waiting for the answers."""
            ...

        def stat(self, path: str) -> FileInfo | None:
            """What is at a path; None when nothing is, or a link leads nowhere."""
            ...

        def head(self, path: str) -> bytes:
            """The first HEAD_BYTES of a file; b"" for what cannot be read."""
            ...

        def names(self, path: str) -> tuple[str, ...]:
            """The names in a directory, sorted; () when it is absent."""
            ...

        def link(self, path: str) -> str:
            """What a symbolic link says; "" for what is none."""
            ...

        def begin(self, paths: Iterable[str], limit: int) -> None:
            """Asks for the first `limit` bytes of files, without waiting for the answers."""
            ...

        def read(self, paths: Iterable[str], limit: int) -> dict[str, bytes | None]:
            """The first `limit` bytes of files, asked for together; None for what is no file."""
            ...


HEAD_BYTES = 256  # of a file: the kernel reads as much of a `#!` line
SHELL = "/bin/sh"
SHOWN = 6  # names of a directory that a message lists
ASKED_AT_ONCE = 2  # directories of PATH: most programs are in one of the first two, and each miss is 3 KB to decode
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Account(Struct, frozen=True):
    """Whom the process runs as."""

    uid: int
    gid: int


class Image(Struct, frozen=True):
    """What processes are started in: the filesystem, the working directory, the environment, whom they run as, and the
    interpreters by program name."""

    files: Files
    directory: str
    env: Mapping[str, str]
    account: Account
    scripts: Mapping[str, Interpreter]

    def having(self, given: Mapping[str, str]) -> Image:
        """The same with more in its environment."""
        return structs.replace(self, env={**self.env, **given}) if given else self


class Missing(Struct, frozen=True):
    """What a command does not find: `what` in words, and `instead`, what is there in its place."""

    what: str
    instead: str = ""


class Chosen(Struct, frozen=True):
    """The processes as the image can start them, the doubts about those beside the first that it cannot, and whether
    the image has a shell."""

    processes: tuple[Process, ...]
    warnings: tuple[Warning, ...] = ()
    shell: bool = True


Rewrite = Callable[[Image, Command, Location | None], Command | Missing]
"""A command as another image has it, for the process at a place."""


def as_written(_image: Image, command: Command, _at: Location | None) -> Command:
    """A command as it is."""
    return command


def choose(image: Image, processes: tuple[Process, ...], rewrite: Rewrite = as_written) -> Chosen:
    """The processes, each with the first of its candidates that the image can start, rewritten; and whether the image
    has a shell.

    Raises PlanError for the first process; another one is a warning, for an image may be right without it. A candidate
    that corrects what was written is a warning too.
    """
    commands = (Command(one.args, one.shell, one.needs, env=one.env, dir=one.dir) for one in processes)
    image.files.ask([SHELL, *(path for command in commands for path in expected(image, command))])
    image.files.begin(likely_programs(image, processes[:1]), HEAD_BYTES)
    found: list[Process] = []
    warnings: list[Warning] = []
    for process in processes:
        command = Command(process.args, process.shell, process.needs, env=process.env, dir=process.dir)
        candidates = (command, *process.otherwise)
        problems: list[Missing] = []
        for candidate in candidates:
            written = rewrite(image, candidate, process.at)
            result = written if isinstance(written, Missing) else looked_up(image, written)
            if not isinstance(result, Missing):
                found.append(started(process, result))
                warnings += [corrected(process, problems[0], candidate)] if candidate.corrects else []
                break
            problems.append(result)
        else:
            message, hint = explained(process, candidates, problems)
            if process.name == processes[0].name:
                raise PlanError(message, at=process.at, hint=hint)
            warnings.append(Warning("process-not-found", message, process.at, hint))
            found.append(structs.replace(process, otherwise=()))
    return Chosen(tuple(found), tuple(warnings), has_shell(image.files, image.account))


def has_shell(files: Files, account: Account) -> bool:
    """Whether a filesystem has the shell that commands may be given to, and an account may execute it."""
    found = files.stat(SHELL)
    return found is not None and found.kind == "file" and executable(found, account)


def started(process: Process, command: Command) -> Process:
    """A process with the command that starts it."""
    return structs.replace(
        process, args=command.args, shell=command.shell, env=command.env, dir=command.dir, otherwise=()
    )


def corrected(process: Process, missing: Missing, candidate: Command) -> Warning:
    """The warning for a process that another file than the named one starts."""
    instead = " ".join(candidate.args)
    message = f'the process "{process.name}" is started by {instead}: {missing.what}'
    return Warning("start-corrected", message, process.at, f"write {instead} in the start command")


def expected(image: Image, command: Command) -> Iterator[str]:
    """The paths that a command which can be started will be asked for."""
    yield image.directory
    yield from (absolute(image.directory, path) for need in command.needs for path in need.paths)
    if command.shell:
        yield SHELL
        return
    words, given = without_env(command.args)
    yield from places(image.having(given), words[0])[:ASKED_AT_ONCE]
    rule = image.scripts.get(words[0].rpartition("/")[2])
    if rule is not None and (script := script_of(words, rule)):
        yield absolute(command.dir or image.directory, script)


def likely_programs(image: Image, processes: tuple[Process, ...]) -> Iterator[str]:
    """Where the programs of processes most likely are: no start command is one for the administration of a system."""
    for process in processes:
        words, given = without_env(process.args)
        if not process.shell:
            found = places(image.having(given), words[0])
            yield next((path for path in found if "/sbin/" not in path), found[0])


def places(image: Image, program: str) -> list[str]:
    """Where a program may be: the one path that it names, or one in each directory of PATH."""
    if "/" in program:
        return [absolute(image.directory, program)]
    path = image.env.get("PATH", DEFAULT_PATH)
    return [join(absolute(image.directory, one or "."), program) for one in path.split(":")]


def explained(process: Process, candidates: tuple[Command, ...], problems: list[Missing]) -> tuple[str, str]:
    """The message for a process that the image cannot start, and the hint: what is there instead."""
    first = problems[0]
    message = f'the process "{process.name}" cannot start: {first.what}'
    if len(candidates) > 1:
        rest = ", ".join(" ".join(candidate.args) for candidate in candidates[1:SHOWN])
        message += f" (also looked for: {rest})"
    return message, first.instead or "check the start command, and what the build makes"


def looked_up(image: Image, command: Command) -> Command | Missing:
    """The command as it can be started, by /bin/sh where its program is a script without `#!`; or what misses."""
    image = structs.replace(image, directory=command.dir or image.directory).having(dict(command.env))
    home = image.files.stat(image.directory)
    if home is None or home.kind != "dir":
        return Missing(
            f"the working directory {image.directory} is not in the image", beside(image.files, image.directory)
        )
    for need in command.needs:
        if (missing := need_missing(image, need)) is not None:
            return missing
    if command.shell:
        return in_shell(image, command) or command
    words, given = without_env(command.args)
    image = image.having(given)
    place = program_place(image, words[0])
    if isinstance(place, Missing):
        return place
    started = interpreter_missing(image, place)
    if isinstance(started, Missing):
        return started
    missing = script_missing(image, words)
    if missing is not None:
        return missing
    if started == SHELL:  # execve refuses it, a shell would run it itself
        before = command.args[: len(command.args) - len(words)]
        return structs.replace(command, args=(*before, SHELL, *words))
    return command


def in_shell(image: Image, command: Command) -> Missing | None:
    """What misses of a command that a shell runs: the shell, a program, or the script of the only one."""
    from frontend.result import shell

    if image.files.stat(SHELL) is None:
        return Missing(f"the image has no shell ({SHELL})")
    for run in shell.runs(command.args[-1], image.directory):
        words, given = without_env(run.words)
        if words[0] in ("env", *ENV_PROGRAMS):
            continue  # its values are the shell's to know, and the program behind them
        here = structs.replace(image, directory=run.directory).having(given)
        place = program_place(here, words[0])
        missing = place if isinstance(place, Missing) else None
        if missing is None and run.alone:
            missing = script_missing(here, words)
        if missing is not None:
            return missing
    return None


def need_missing(image: Image, need: Need) -> Missing | None:
    """What is said when none of a need's paths is there; None when one is."""
    files = image.files
    paths = [absolute(image.directory, path) for path in need.paths]
    files.ask(paths)
    if any(files.stat(path) is not None for path in paths):
        return None
    return Missing(f"{need.what} is not in the image", need.hint or beside(files, paths[0]) if paths else need.hint)


def program_place(image: Image, program: str) -> str | Missing:
    """Where a program is; or that it is nowhere, or may not be executed."""
    files, account = image.files, image.account
    paths = places(image, program)
    if "/" in program:
        path = paths[0]
        found = files.stat(path)
        if found is None:
            return Missing(f"{program} is not in the image", beside(files, path))
        if found.kind == "dir":
            return Missing(f"{program} is a directory", "name a program in it")
        if not executable(found, account):
            return Missing(
                f"{program} has no permission to be executed",
                f"run chmod +x {program} and commit it (git update-index --chmod=+x {program})",
            )
        return path
    files.ask(paths[:ASKED_AT_ONCE])
    for path in paths:
        found = files.stat(path)
        if found is not None and found.kind == "file" and executable(found, account):
            return path
    return Missing(
        f"the program {program} is not in the image (looked in {', '.join(path.rpartition('/')[0] for path in paths)})",
        close_program(files, program, paths),
    )


def executable(found: FileInfo, account: Account) -> bool:
    """Whether an account may execute a file."""
    if found.uid == account.uid:
        return bool(found.mode & 0o100)
    return bool(found.mode & (0o010 if found.gid == account.gid else 0o001))


def interpreter_missing(image: Image, path: str) -> str | Missing:
    """The shell for a script that names no interpreter, "" for a program that runs as it is; or what misses."""
    head = image.files.head(path)
    if head[:4] == b"\x7fELF" or not head:
        return ""
    if head[:2] != b"#!":
        return SHELL if is_text(head) else ""
    line = head.partition(b"\n")[0][2:].decode("utf-8", "replace")
    if line.endswith("\r"):
        return Missing(
            f"the first line of {path} ends in CR LF: the kernel looks for an interpreter with that name",
            "save the file with LF line ends (git: *.sh text eol=lf in .gitattributes)",
        )
    words = line.split()
    if not words:
        return SHELL
    if words[0] in ENV_PROGRAMS:
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        if not words:
            return ""
        place = program_place(structs.replace(image, directory="/"), words[0])
        return (
            Missing(f"{path} is run by {words[0]}, which is not in the image") if isinstance(place, Missing) else place
        )
    if image.files.stat(words[0]) is None:
        return Missing(f"{path} is run by {words[0]}, which is not in the image", f"its first line is #!{line.strip()}")
    return ""


def is_text(head: bytes) -> bool:
    """Whether a file looks like a script: a shell takes no file with a NUL in its first line."""
    return b"\0" not in head.partition(b"\n")[0]


def script_missing(image: Image, words: tuple[str, ...]) -> Missing | None:
    """What is said when the script that an interpreter is given is not there; None when it is, or there is none."""
    files = image.files
    rule = image.scripts.get(words[0].rpartition("/")[2])
    script = script_of(words, rule) if rule is not None else ""
    if rule is None or not script:
        return None
    path = absolute(image.directory, script)
    found = files.stat(path)
    if found is not None and (found.kind == "file" or not rule.tried):
        return None
    others = [path + suffix for suffix in rule.tried]
    files.ask(others)
    if any(other.kind == "file" for one in others if (other := files.stat(one)) is not None):
        return None
    return Missing(f"{script} is not in the image", beside(files, path))


def script_of(words: tuple[str, ...], rule: Interpreter) -> str:
    """The script among the words of a command: the first that is no option, and no option's value; "" for none, and
    for one that an interpreter with verbs fetches (`npm:cowsay`)."""
    index = 2 if len(words) > 1 and words[1] in rule.verbs else 1
    while index < len(words):
        word = words[index]
        if word in rule.ends or (word[1:].isalpha() and f"-{word[-1]}" in rule.ends):  # `python -um`
            return ""
        if word == "--":
            return words[index + 1] if index + 1 < len(words) else ""
        if not word.startswith("-") or word == "-":
            return "" if word == "-" or (rule.verbs and ":" in word) else word
        index += 2 if word in rule.takes else 1
    return ""


# --- what is there instead --------------------------------------------------------------------------------------------


def beside(files: Files, path: str) -> str:
    """What is where a path was expected: the names of the nearest directory above it that exists."""
    directory, name = path, ""
    while directory not in ("", "/"):
        directory, _, name = directory.rpartition("/")
        found = files.stat(directory or "/")
        if found is not None and found.kind == "dir":
            break
    names = files.names(directory or "/")
    if not names:
        return f"{directory or '/'} is empty"
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=1, cutoff=0.75)
    if close:
        return f"did you mean {join(directory or '/', close[0])}?"
    listed = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    return f"{directory or '/'} contains {listed}"


def close_program(files: Files, program: str, paths: list[str]) -> str:
    """The program in PATH whose name is nearest to one that is not there; a general hint when none is near."""
    from difflib import get_close_matches

    known = {name for path in paths for name in files.names(path.rpartition("/")[0])}
    close = get_close_matches(program, sorted(known), n=1, cutoff=0.75)
    if close:
        return f"did you mean {close[0]}?"
    return f"add the package that has {program} to the dependencies, or its Debian package to RUN_PACKAGES"


def absolute(directory: str, path: str) -> str:
    """A path as the kernel sees it from a working directory."""
    return normpath(join(directory, path))


# --- the built filesystem, as BuildKit tells it -----------------------------------------------------------------------


class RefFiles:
    """The files of a solved filesystem; each question is asked once."""

    def __init__(self, gateway: Gateway, ref: Ref) -> None:
        self._gateway = gateway
        self._ref = ref
        self._asked: dict[str, Pending[Stat | None]] = {}
        self._reads: dict[tuple[str, int], Pending[bytes | None]] = {}
        self._entries: dict[str, Pending[tuple[Stat, ...] | None]] = {}

    def ask(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self._asked:
                self._asked[path] = self._gateway.start_stat_file(self._ref, path)

    def stat(self, path: str) -> Stat | None:
        self.ask([path])
        return self._asked[path].result()

    def head(self, path: str) -> bytes:
        self.begin([path], HEAD_BYTES)
        return self._reads[path, HEAD_BYTES].result() or b""

    def names(self, path: str) -> tuple[str, ...]:
        return tuple(entry.path for entry in self._gateway.read_dir(self._ref, path) or ())

    def link(self, path: str) -> str:
        entry = self.entry(path)
        return entry.linkname if entry is not None else ""

    def begin_entry(self, path: str) -> None:
        """Asks for a path as its directory has it, without waiting for the answer."""
        if path not in self._entries:
            directory, _, name = path.rpartition("/")
            self._entries[path] = self._gateway.start_read_dir(self._ref, directory or "/", include=escaped(name))

    def entry(self, path: str) -> Stat | None:
        """A path as its directory has it: a link is not followed."""
        self.begin_entry(path)
        name = path.rpartition("/")[2]
        return next((entry for entry in self._entries[path].result() or () if entry.path == name), None)

    def begin(self, paths: Iterable[str], limit: int) -> None:
        for path in paths:
            if (path, limit) not in self._reads:
                pending = self._gateway.start_read_file(self._ref, path, offset=0, length=limit)
                self._reads[path, limit] = pending

    def read(self, paths: Iterable[str], limit: int) -> dict[str, bytes | None]:
        """The first `limit` bytes of files, asked for together; None for what is no file."""
        paths = tuple(paths)
        self.begin(paths, limit)
        return {path: self._answer(self._reads[path, limit]) for path in paths}

    def _answer(self, pending: Pending[bytes | None]) -> bytes | None:
        try:
            return pending.result()
        except GatewayError:  # a directory
            return None
