"""What started files run by a shell, which an image without one has to be told of."""

import pytest

from frontend.languages import node
from frontend.plan.model import Imports, Process, Runtime
from tests.result.test_start import Rootfs

REQUIRE = 'const { exec, execSync, spawn } = require("child_process")\n'
TOLD: list[tuple[str, str]] = [
    ('execSync("git log | head")', "a shell (git)"),
    ("child_process.exec(`convert ${a}`)", "a shell (convert)"),
    ("exec(command, done)", "a shell"),
    ("const run = promisify(exec)", "a shell"),
    ('spawn("convert", [a], { shell: true })', "a shell"),
    ('spawn("npx", ["prisma", "migrate", "deploy"])', "npx"),
    ('execFile("./node_modules/.bin/tsc", [])', "./node_modules/.bin/tsc"),
    ('spawn("bash", ["-c", "x"])', "bash"),
    ('(0, child_process_1.execSync)("ls -l | wc")', "a shell (ls)"),
    ('(0, import_child_process.spawn)("npx", [])', "npx"),
]
FINE = [
    'spawn("convert", [a, b])',
    'execFile("git", ["log"])',
    "spawn(process.execPath, [file])",
    "const found = /a/.exec(text)",
    "pattern.exec(text)",
    '// exec("ls")',
    " * exec(command)",
    "function exec(a) {}",
    "async exec(sql) {}",
    "fork(file)",
]


def told(text: str, *, shell: bool = False) -> list[tuple[str, str]]:
    """What is told of a file that is started: the message and its place."""
    rootfs = Rootfs({"/app/server.js": (text.encode(), 0o644)})
    process = Process("web", ("node", "server.js"))
    runtime = Runtime("node", (), (process,), imports=Imports(plain=True), shell=shell)
    found = node.lacking(rootfs, runtime).warnings
    return [(one.message, str(one.at)) for one in found if one.code == "code-starts-scripts"]


@pytest.mark.parametrize(("line", "program"), TOLD, ids=[row[0] for row in TOLD])
def test_what_needs_a_shell_is_told_where_there_is_none(line: str, program: str) -> None:
    ((message, at),) = told(REQUIRE + line)
    assert message.startswith(f"the code starts {program}, which this image cannot run")
    assert at == "server.js:2"
    assert told(REQUIRE + line, shell=True) == []


@pytest.mark.parametrize("line", FINE)
def test_what_needs_none_is_not(line: str) -> None:
    assert told(REQUIRE + line) == []
    assert told('exec("a module of its own")') == []


def missing(text: str, *packages: str) -> list[tuple[str, str, str]]:
    """The programs that an image of these packages lacks for a file: the message, its place and the hint."""
    rootfs = Rootfs({"/app/server.js": (text.encode(), 0o644)})
    process = Process("web", ("node", "server.js"))
    runtime = Runtime("node", (), (process,), packages=packages, imports=Imports(plain=True))
    found = node.lacking(rootfs, runtime).warnings
    return [(one.message, str(one.at), one.hint or "") for one in found if one.code == "program-missing"]


@pytest.mark.parametrize(
    ("line", "program", "package"),
    [
        ('spawn("ffmpeg", ["-i", a])', "ffmpeg", "ffmpeg"),
        ("execSync(`pdftotext ${a}`)", "pdftotext", "poppler-utils"),
        ('execFile("git", ["log"])', "git", "git"),
        ('(0, child_process_1.execFile)("/usr/bin/convert", [a])', "convert", "imagemagick"),
        ('spawn("yt-dlp", [url])', "yt-dlp", "yt-dlp"),
    ],
)
def test_a_program_that_the_image_lacks_is_told(line: str, program: str, package: str) -> None:
    ((message, at, hint),) = missing(REQUIRE + line)
    assert message == f"the code starts {program}, which the image does not have"
    assert at == "server.js:2"
    assert f"RUN_PACKAGES={package}" in hint
    assert missing(REQUIRE + line, package) == []


@pytest.mark.parametrize(
    "line",
    ['execSync("git rev-parse HEAD")', 'execFile("git", ["rev-parse", "HEAD"])', 'spawn("node", [a])', "spawn(a)"],
)
def test_other_programs_are_not(line: str) -> None:
    assert missing(REQUIRE + line) == []


def test_a_package_manager_that_no_image_has_is_told() -> None:
    (told,) = missing(REQUIRE + 'spawn("pnpm", ["--filter", "api", "start"])')
    assert told[:2] == ("the code starts pnpm, which the image does not have", "server.js:2")
    assert missing(REQUIRE + 'spawn("npm", ["start"])') == []
