"""Files that a server is told to write, or to run in, where a container has no place for them: its start ends then.

gunicorn's `errorlog`, `accesslog`, `pidfile` and `chdir`, uWSGI's `logto`, supervisord's `logfile`, those of Celery; in
a configuration of theirs, or as options. A server that is told to go to the background ends its container, too.
Sources: https://docs.gunicorn.org/en/stable/settings.html, https://uwsgi-docs.readthedocs.io/en/latest/Options.html,
http://supervisord.org/configuration.html, https://docs.celeryq.dev/en/stable/reference/cli.html
"""

import ast
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import Final, Literal

from msgspec import Struct

from frontend.commands.options import AllBut, split_options
from frontend.commands.script_files import place_inside
from frontend.commands.words import Word
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import started
from frontend.languages.python.modules import Modules, top_level
from frontend.languages.python.spelled import UNKNOWN, Reader, Text, scope_of
from frontend.languages.python.start import Start
from frontend.paths import relative, within
from frontend.plan.model import Warning
from frontend.rules import writes

Kind = Literal["log", "file", "directory", "background", "user"]
SUPERVISOR_CONF = ("supervisord.conf", "etc/supervisord.conf")  # where it looks by itself, in its directory
LOG: Final = "log"
FILE: Final = "file"
DIRECTORY: Final = "directory"
BACKGROUND: Final = "background"
USER: Final = "user"
GUNICORN: dict[str, Kind] = {  # a setting -> what it names
    "errorlog": LOG,
    "accesslog": LOG,
    "pidfile": FILE,
    "chdir": DIRECTORY,
    "worker_tmp_dir": DIRECTORY,
    "daemon": BACKGROUND,
    "user": USER,
    "group": USER,
}
GUNICORN_OPTIONS = {
    "--error-logfile": "errorlog",
    "--log-file": "errorlog",
    "--access-logfile": "accesslog",
    "--pid": "pidfile",
    "-p": "pidfile",
    "--chdir": "chdir",
    "--worker-tmp-dir": "worker_tmp_dir",
    "--daemon": "daemon",
    "-D": "daemon",
    "--user": "user",
    "-u": "user",
    "--group": "group",
    "-g": "group",
}
UWSGI: dict[str, Kind] = {
    "logto": LOG,
    "logto2": LOG,
    "req-logger": LOG,
    "daemonize": BACKGROUND,
    "daemonize2": BACKGROUND,
    "pidfile": FILE,
    "pidfile2": FILE,
    "safe-pidfile": FILE,
    "chdir": DIRECTORY,
}
CELERY: dict[str, Kind] = {
    "--logfile": LOG,
    "-f": LOG,
    "--pidfile": FILE,
    "--schedule": FILE,
    "-s": FILE,
    "--detach": BACKGROUND,
}
HYPERCORN: dict[str, Kind] = {
    "--access-logfile": LOG,
    "--error-logfile": LOG,
    "--log-file": LOG,
    "-p": FILE,
    "--pid": FILE,
}
OPTIONS: dict[str, dict[str, Kind]] = {
    "gunicorn": {option: GUNICORN[name] for option, name in GUNICORN_OPTIONS.items()},
    "uwsgi": {f"--{name}": kind for name, kind in UWSGI.items()},
    "celery": CELERY,
    "hypercorn": HYPERCORN,
    "daphne": {"--access-log": LOG},
}
CONFIGS = {"gunicorn": ("-c", "--config"), "uwsgi": ("--ini",), "supervisord": ("-c", "--configuration")}
BEAT = "celerybeat-schedule"  # what Celery's scheduler writes where it is started
TOP = frozenset(
    "bin boot dev etc home lib media mnt opt proc root run sbin srv sys tmp usr var".split()
)  # in any image
STANDARD = ("-", "stdout", "stderr", "syslog", "stdio")  # no file
FLAGS = started.FLAGS | {
    "--master",
    "--die-on-term",
    "--need-app",
    "--enable-threads",
    "--vacuum",
    "--detach",
    "--beat",
    "-B",
    "-n",
    "-E",
}


class Told(Struct, frozen=True):
    """A setting of a program: its name and what it names, its value, and its place."""

    program: str
    name: str
    kind: Kind
    value: Text
    at: Location | None


def doubts(here: SourceTree, start: Start, home: str, env: Mapping[str, str], *, builds: bool) -> Iterator[Warning]:
    """The warnings for the processes of the app in a directory, which is `home` in the image.

    `env` are variables of the image; `builds` says that a build command may make directories.
    """
    seen: set[tuple[str, Location | None]] = set()
    for one in told(here, start, home, env):
        warning = doubt(here, one, home, builds)
        if warning is not None and (warning.message, warning.at) not in seen:
            seen.add((warning.message, warning.at))
            yield warning


def told(here: SourceTree, start: Start, home: str, env: Mapping[str, str]) -> Iterator[Told]:
    """What the processes' programs are told, in their configurations and by options."""
    for process in start.processes:
        words = started.words_of(process)
        if words and words[0].text in started.PYTHONS and len(words) > 2 and words[1].text == "-m":
            words = words[2:]
        program = words[0].text if words else ""
        options, rest = split_options(words[1:], AllBut(FLAGS), joined=("-c",), anywhere=True)
        for option in options:
            kind = OPTIONS.get(program, {}).get(option.name)
            if kind == BACKGROUND or (kind is not None and option.value is not None and option.value.plain):
                yield Told(program, option.name, kind, Text(option.value.text if option.value else ""), process.at)
        if program == "celery" and schedules(words, rest):
            yield Told(program, "--schedule", FILE, Text(BEAT), process.at)
        named = [one.value.text for one in options if one.name in CONFIGS.get(program, ()) and one.value is not None]
        named += [word.text for word in rest if program == "uwsgi" and word.text.endswith(".ini")]
        in_front = any(option.name in ("-n", "--nodaemon") for option in options)
        for one in configured(here, program, named, home, env):
            if one.name != "nodaemon" or not in_front:
                yield one
    bound = start.web.bound.file if start.web.bound is not None else ""
    if start.web.server == "gunicorn" or bound.endswith(".py"):
        path = relative(here.at("").file, bound) if bound else started.GUNICORN_CONF
        yield from of_gunicorn(here, path, home, env)


def schedules(words: tuple[Word, ...], rest: tuple[Word, ...]) -> bool:
    """Whether Celery is to run its own scheduler, which keeps a file, and no option says where."""
    texts = [word.text.partition("=")[0] for word in words]
    runs = any(word.text == "beat" for word in rest) or any(text in ("-B", "--beat") for text in texts)
    return runs and not any(text in ("-s", "--schedule", "-S", "--scheduler") for text in texts)


def configured(here: SourceTree, program: str, named: list[str], home: str, env: Mapping[str, str]) -> Iterator[Told]:
    """What the configurations say that a program reads: those that are named, else its own."""
    paths = [path for name in named if (path := place_inside(name.removeprefix("python:")))]
    if program == "gunicorn":
        for path in paths or [started.GUNICORN_CONF]:
            yield from of_gunicorn(here, path, home, env)
    elif program in ("uwsgi", "supervisord"):
        own = here.first(*SUPERVISOR_CONF) if program == "supervisord" else None
        for path in paths or ([own] if own else []):
            yield from of_uwsgi(here, path) if program == "uwsgi" else of_supervisor(here, path)


def of_gunicorn(here: SourceTree, path: str, home: str, env: Mapping[str, str]) -> Iterator[Told]:
    """The settings of gunicorn's configuration, which is Python."""
    module = Modules(here).read(path) if here.has(path) else None
    if module is None:
        return
    reader, scope = Reader(home, env, lambda scope, dotted: None), scope_of(within(home, path), module)
    for node in top_level(module.tree):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if not isinstance(node, ast.Assign) or not isinstance(target, ast.Name) or target.id not in GUNICORN:
            continue
        kind = GUNICORN[target.id]
        is_on = isinstance(node.value, ast.Constant) and node.value.value is True
        value = Text("") if kind == BACKGROUND and is_on else reader.read(node.value, scope)
        if value is not None and (value.text or is_on):
            yield Told("gunicorn", target.id, kind, value, here.at(path, node.value.lineno))


def of_uwsgi(here: SourceTree, path: str) -> Iterator[Told]:
    """The settings of uWSGI's configuration."""
    for section, name, value, line in ini(here, path):
        if section == "uwsgi" and name in UWSGI and value:
            yield Told("uwsgi", name, UWSGI[name], Text(value), here.at(path, line))


def of_supervisor(here: SourceTree, path: str) -> Iterator[Told]:
    """The settings of supervisord's configuration, and what it does where there are none."""
    found = {(section, name): (value, line) for section, name, value, line in ini(here, path)}
    _, section = found.get(("supervisord", ""), ("", 1))
    kinds: dict[str, Kind] = {"logfile": LOG, "pidfile": FILE, "file": FILE, "childlogdir": DIRECTORY}
    for name in ("logfile", "pidfile"):
        value, line = found.get(("supervisord", name), (f"supervisord.{name[:3]}", section))
        yield Told("supervisord", name, kinds[name], Text(value), here.at(path, line))
    value, line = found.get(("supervisord", "nodaemon"), ("false", section))
    if value.lower() not in ("true", "1", "yes", "on"):
        yield Told("supervisord", "nodaemon", BACKGROUND, Text(""), here.at(path, line))
    for (section_name, name), (value, line) in found.items():
        if name == "user" and value.isidentifier():
            yield Told("supervisord", name, USER, Text(value), here.at(path, line))
        elif (
            section_name.startswith("program:")
            and name in ("stdout_logfile", "stderr_logfile")
            and value not in ("AUTO", "NONE")
        ):
            yield Told("supervisord", name, LOG, Text(value), here.at(path, line))
        elif (section_name, name) in (("unix_http_server", "file"), ("supervisord", "childlogdir")):
            yield Told("supervisord", name, kinds[name], Text(value), here.at(path, line))


def ini(here: SourceTree, path: str) -> Iterator[tuple[str, str, str, int]]:
    """The entries of an INI file: section, name, value without a comment behind it, line; "" names a section itself."""
    section = ""
    for number, line in enumerate((here.read_lines(path) or ()) if here.has(path) else (), 1):
        text = line.strip()
        if text.startswith("[") and "]" in text:
            section = text[1 : text.index("]")].strip()
            yield section, "", "", number
        elif "=" in text and not text.startswith((";", "#")):
            name, _, value = text.partition("=")
            yield section, name.strip(), value.partition(" ;")[0].strip(), number


def doubt(here: SourceTree, one: Told, home: str, builds: bool) -> Warning | None:
    """The warning about one setting; None for one that works."""
    name = f"{one.program}'s {one.name}"
    if one.kind == BACKGROUND:
        hint = f"set {one.name}=true" if one.program == "supervisord" else f"leave {one.name} out"
        return Warning(
            "server-file",
            f"{one.program} goes to the background ({one.name}), and the container ends with what it was started as",
            one.at,
            f"{hint}: a container's program stays in the foreground",
        )
    if one.kind == USER:
        if one.value.text in ("miget", "1000"):
            return None
        hint = f"leave {one.name} out: the image's user is 1000, without rights to become another"
        return Warning("server-file", f"{name} is {one.value.text}, which the start cannot change to", one.at, hint)
    text = one.value.text
    if UNKNOWN in text or "%(" in text or "$(" in text or text.lower() in STANDARD or ":" in text:
        return None
    path = normpath(join(home, text))
    directory = path if one.kind == DIRECTORY else dirname(path)
    why = refusal(here, directory, home, builds, runs=one.name.endswith("chdir"))
    if not why:
        return None
    return Warning("server-file", f"{name} is {text}: {why}", one.at, advice(one, path))


def refusal(here: SourceTree, directory: str, home: str, builds: bool, *, runs: bool) -> str:
    """Why nothing can be written in a directory, or with `runs` nothing be started there; "" where it can."""
    inside = f"{directory}/".startswith(f"{home}/")
    there = inside and (builds or is_there(here, relative(home, directory)))
    if f"{directory}/".startswith(writes.WRITABLE):
        made = directory in {one.rstrip("/") for one in writes.WRITABLE} or directory.startswith(("/dev/", "/proc/"))
        return "" if made else f"{directory} is not in the image, and the start does not make it"
    if runs and directory.strip("/") in TOP:
        return ""  # what is there shows when it starts
    if runs:
        return "" if there else f"{directory} is not in the image, and the start ends in an error"
    if there:
        return "the root of the container may be read-only"
    if inside:
        return f"{directory} is not in the image, and the start ends in an error"
    if writes.is_system(directory):
        return "the image's user cannot write there, and the start ends in an error"
    return ""


def is_there(here: SourceTree, path: str) -> bool:
    """Whether a directory of the app has anything in it."""
    here.need_entries(path)
    return not path or bool(here.entries(path))


def advice(one: Told, path: str) -> str:
    """What to do about a setting that names a path."""
    if one.name.endswith("chdir"):
        return f"leave {one.name} out: the app is in /app"
    if one.value.variable:
        return f"set {one.value.variable} to a path below /tmp, or on a volume"
    name = path.rpartition("/")[2]
    if one.kind == LOG and one.program == "supervisord":
        return f"set {one.name} to {'/dev/null' if one.name == 'logfile' else '/dev/stdout'}"
    if one.kind == LOG:
        standard = "/dev/stdout" if one.program in ("uwsgi", "celery") else "-"
        return f"set {one.name} to {standard}: a container logs to its standard output"
    return f"set {one.name} to a path below /tmp, such as /tmp/{name}, or leave it out"
