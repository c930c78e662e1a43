"""The start of an image is looked up in the built filesystem: program, permissions, `#!` line, script, candidates."""

from collections.abc import Iterable

import pytest
from msgspec import Struct

from frontend.errors import Location, PlanError
from frontend.languages import registry
from frontend.plan.model import Command, Need, Process
from frontend.result import start
from frontend.result.start import Account

ENV = {"PATH": "/usr/local/bin:/bin"}
ACCOUNT = Account(1000, 1000)
ELF = b"\x7fELF\x02\x01"
SCRIPTS = {one.program: one for one in (*registry.NODE.interpreters, *registry.PYTHON.interpreters)}
BASE = {"/bin/sh": (ELF, 0o755), "/usr/local/bin/node": (ELF, 0o755), "/usr/local/bin/python": (ELF, 0o755)}


class Info(Struct, frozen=True):
    kind: str
    mode: int
    uid: int = 0
    gid: int = 0


class Rootfs:
    """A filesystem of a mapping: path to (content, mode)."""

    def __init__(self, files: dict[str, tuple[bytes, int]]) -> None:
        self.files = {**BASE, **files}

    def ask(self, paths: Iterable[str]) -> None:
        pass

    def begin(self, paths: Iterable[str], limit: int) -> None:
        pass

    def stat(self, path: str) -> Info | None:
        if path in self.files:
            return Info("file", self.files[path][1], 1000 if path.startswith("/app") else 0)
        return Info("dir", 0o755) if any(name.startswith(f"{path.rstrip('/')}/") for name in self.files) else None

    def head(self, path: str) -> bytes:
        return self.files[path][0][: start.HEAD_BYTES]

    def read(self, paths: Iterable[str], limit: int) -> dict[str, bytes | None]:
        return {path: self.files[path][0][:limit] if path in self.files else None for path in paths}

    def link(self, path: str) -> str:
        return ""

    def names(self, path: str) -> tuple[str, ...]:
        below = f"{path.rstrip('/')}/"
        return tuple(sorted({name[len(below) :].split("/")[0] for name in self.files if name.startswith(below)}))


def image(files: "start.Files") -> start.Image:
    return start.Image(files, "/app", ENV, ACCOUNT, SCRIPTS)


def chosen(files: dict[str, tuple[bytes, int]], *processes: Process) -> start.Chosen:
    return start.choose(image(Rootfs(files)), processes)


def args(files: dict[str, tuple[bytes, int]], *words: str) -> tuple[str, ...]:
    return chosen(files, Process("web", words)).processes[0].args


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (("node", "server.js"), {"/app/server.js": (b"", 0o644)}),
        (("node", "server"), {"/app/server.js": (b"", 0o644)}),
        (("node", "dist"), {"/app/dist/index.js": (b"", 0o644)}),
        (("node", "-r", "dotenv/config", "a.js"), {"/app/a.js": (b"", 0o644)}),
        (("node", "-e", "import('x')"), {"/app/x": (b"", 0o644)}),
        (("python", "-m", "shop"), {"/app/x": (b"", 0o644)}),
        (("python", "-um", "shop"), {"/app/x": (b"", 0o644)}),
        (("node", "."), {"/app/package.json": (b"", 0o644)}),
        (("python", "main.py"), {"/app/main.py": (b"", 0o644)}),
        (("python", "pkg"), {"/app/pkg/__main__.py": (b"", 0o644)}),
        (("env", "A=b", "node", "a.js"), {"/app/a.js": (b"", 0o644)}),
        (("./run",), {"/app/run": (b"#!/bin/sh\nexec node a.js\n", 0o755)}),
        (("./run",), {"/app/run": (b"#!/usr/bin/env -S node --x\n", 0o755)}),
        (("./server",), {"/app/server": (ELF, 0o755)}),
    ],
)
def test_a_start_that_is_there_stays_as_it_is(words: tuple[str, ...], files: dict[str, tuple[bytes, int]]) -> None:
    assert args(files, *words) == words


def test_a_script_without_an_interpreter_is_run_by_the_shell() -> None:
    assert args({"/app/start.sh": (b"exec node server.js\n", 0o755)}, "./start.sh", "a") == (
        "/bin/sh",
        "./start.sh",
        "a",
    )


@pytest.mark.parametrize(
    ("words", "files", "what", "hint"),
    [
        (("gunicorn", "app:app"), {"/app/a": (b"", 0o644)}, "gunicorn", "RUN_PACKAGES"),
        (("nod", "a.js"), {"/app/a.js": (b"", 0o644)}, "nod", "did you mean node?"),
        (("node", "server.js"), {"/app/servr.js": (b"", 0o644)}, "server.js", "did you mean /app/servr.js?"),
        (("node", "dist/main.js"), {"/app/dist/src/main.js": (b"", 0o644)}, "dist/main.js", "/app/dist contains src"),
        (("node", "dist/main.js"), {"/app/package.json": (b"", 0o644)}, "dist/main.js", "/app contains package.json"),
        (("./run",), {"/app/run": (b"#!/bin/sh\n", 0o644)}, "no permission", "chmod +x"),
        (("./run",), {"/app/run": (b"#!/bin/bash\n", 0o755)}, "/bin/bash", "#!/bin/bash"),
        (("./run",), {"/app/run": (b"#!/usr/bin/env ruby\n", 0o755)}, "ruby", ""),
        (("./run",), {"/app/run": (b"#!/bin/sh\r\nx\r\n", 0o755)}, "CR LF", "LF line ends"),
        (("./dist",), {"/app/dist/a": (b"", 0o755)}, "is a directory", "name a program"),
    ],
)
def test_what_is_not_there_is_an_error_at_the_line_of_the_process(
    words: tuple[str, ...], files: dict[str, tuple[bytes, int]], what: str, hint: str
) -> None:
    at = Location("Procfile", 3)
    with pytest.raises(PlanError) as error:
        chosen(files, Process("web", words, at=at))
    assert what in error.value.message
    assert hint in error.value.hint
    assert error.value.at == at


SCRIPT = {"/app/server.js": (b"", 0o644), "/app/api/run": (b"#!/bin/sh\n", 0o755)}


@pytest.mark.parametrize(
    "text",
    [
        "exec node server.js --port $PORT",
        "cd api && exec ./run $PORT",
        "node server.js && exec node made.js",  # the first may make it
        "node server.js && exec ./made",
        "exec env A=$X node gone.js",
        "hugo || true; exec node server.js",
        "exec $TOOL server.js",
        "PATH=/opt/x:$PATH exec hugo",
        "hugo() { :; }; hugo",
        "exec node $FILE",
        "(hugo); exec node server.js",
        "hugo & exec node server.js",
        "cd $DIR && exec ./hugo",
    ],
)
def test_a_start_in_a_shell_that_may_be_right_stays_as_it_is(text: str) -> None:
    process = Process("web", ("/bin/sh", "-c", text), shell=True)
    assert chosen(SCRIPT, process).processes == (process,)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("exec hugo server --port $PORT", "the program hugo"),
        ("exec env A=b hugo $X", "the program hugo"),
        ("hugo && exec node server.js", "the program hugo"),
        ("exec node gone.js $X", "gone.js"),
        ("cd api && exec node server.js $X", "server.js"),
        ("cd api && exec ./gone $X", "./gone"),
        ("rm -rf x && exec /opt/gone", "the program rm"),
    ],
)
def test_what_a_shell_would_not_find_is_an_error(text: str, what: str) -> None:
    process = Process("web", ("/bin/sh", "-c", text), shell=True, at=Location("package.json", 6))
    with pytest.raises(PlanError) as error:
        chosen(SCRIPT, process)
    assert what in error.value.message


def test_another_process_that_cannot_start_is_a_warning_at_its_line() -> None:
    at = Location("Procfile", 2)
    found = chosen(
        {"/app/a.js": (b"", 0o644)}, Process("web", ("node", "a.js")), Process("worker", ("celery", "worker"), at=at)
    )
    assert [process.args for process in found.processes] == [("node", "a.js"), ("celery", "worker")]
    assert [(one.code, one.at) for one in found.warnings] == [("process-not-found", at)]


def test_the_first_candidate_that_is_there_is_taken() -> None:
    process = Process(
        "web", ("node", "dist/main.js"), otherwise=(Command(("node", "dist/src/main.js")), Command(("node", "x.js")))
    )
    found = chosen({"/app/dist/src/main.js": (b"", 0o644), "/app/x.js": (b"", 0o644)}, process)
    assert found.processes == (Process("web", ("node", "dist/src/main.js")),)


def test_a_candidate_that_corrects_the_named_file_is_told_at_its_line() -> None:
    at = Location("package.json", 5)
    there = {"/app/dist/src/main.js": (b"", 0o644)}
    process = Process(
        "web", ("node", "dist/main"), at=at, otherwise=(Command(("node", "dist/src/main"), corrects=True),)
    )
    found = chosen(there, process)
    assert found.processes[0].args == ("node", "dist/src/main")
    assert [(one.code, one.at) for one in found.warnings] == [("start-corrected", at)]
    assert chosen({**there, "/app/dist/main.js": (b"", 0o644)}, process).warnings == ()


def test_a_command_needs_one_of_the_paths_of_each_need() -> None:
    module = Need("the module shop", ("shop.py", "shop/__init__.py", "/opt/shop.py"), "is it spelt right?")
    process = Process("web", ("node", "a.js"), needs=(module,))
    assert chosen({"/app/a.js": (b"", 0o644), "/opt/shop.py": (b"", 0o644)}, process).processes[0].args
    with pytest.raises(PlanError, match="the module shop") as error:
        chosen({"/app/a.js": (b"", 0o644)}, process)
    assert error.value.hint == "is it spelt right?"


def test_a_working_directory_that_is_not_there_is_an_error() -> None:
    with pytest.raises(PlanError, match="working directory /app"):
        start.choose(image(Rootfs({})), (Process("web", ("node", "-e", "1")),))


class Counted(Rootfs):
    """A filesystem that counts how often it is asked for what it was not asked before: round trips."""

    def __init__(self, files: dict[str, tuple[bytes, int]]) -> None:
        super().__init__(files)
        self.asked: set[str] = set()
        self.begun: set[str] = set()
        self.rounds = 0

    def ask(self, paths: Iterable[str]) -> None:
        new = set(paths) - self.asked
        self.rounds += bool(new)
        self.asked |= new

    def stat(self, path: str) -> Info | None:
        self.ask([path])
        return super().stat(path)

    def begin(self, paths: Iterable[str], limit: int) -> None:
        self.begun |= set(paths)

    def head(self, path: str) -> bytes:
        self.rounds += path not in self.begun
        return super().head(path)


@pytest.mark.parametrize("words", [("node", "dist/main.js"), ("gunicorn", "app:app"), ("./dist/main.js",)])
def test_a_start_that_is_right_is_asked_for_in_one_round(words: tuple[str, ...]) -> None:
    files = Counted({"/app/dist/main.js": (ELF, 0o755), "/usr/local/bin/gunicorn": (ELF, 0o755)})
    web = Process("web", words, needs=(Need("the output", ("dist",)),))
    start.choose(image(files), (web,))
    assert files.rounds == 1


def test_a_process_with_a_directory_of_its_own_is_looked_for_there() -> None:
    module = Need("the module shop", ("/app/web/shop.py",))
    process = Process("web", ("node", "a.js"), needs=(module,), dir="/app/web")
    there = {"/app/web/a.js": (b"", 0o644), "/app/web/shop.py": (b"", 0o644), "/app/b.js": (b"", 0o644)}
    assert chosen(there, process).processes[0].dir == "/app/web"
    with pytest.raises(PlanError, match=r"b\.js is not in the image"):
        chosen(there, Process("web", ("node", "b.js"), dir="/app/web"))
