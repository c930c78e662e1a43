"""Lines of a server's configuration that cannot work in a container: the image has it without them.

They are of machines where puma or unicorn is a daemon behind nginx: pid, state and log files below the app, whose
directories a container has not and cannot write; sockets there; directories of that machine; a start in the background.
"""

import re

from frontend.context.tree import SourceTree
from frontend.languages.ruby.gemfile import without_comment
from frontend.languages.ruby.servers import SERVERS
from frontend.plan.model import Process, Warning

SOCKET_URL = re.compile(r"unix:(?!//+(tmp|dev)/)")
SOCKET_PATH = re.compile(r"['\"](?!/(tmp|dev)/)(unix:|[^'\":]*/)")
CONFIGURED = ("puma", "unicorn")
STATEMENTS = {
    "puma": "daemonize|stdout_redirect|pidfile|state_path|activate_control_app|bind|directory",
    "unicorn": "pid|stderr_path|stdout_path|listen|working_directory",
}
WRITES = ("pidfile", "state_path", "pid", "stderr_path", "stdout_path")
SOCKETS = {"bind": SOCKET_URL, "activate_control_app": SOCKET_URL, "listen": SOCKET_PATH}
ADVICE = {"puma": 'pidfile ENV["PIDFILE"] if ENV["PIDFILE"]', "unicorn": 'pid ENV["PIDFILE"] if ENV["PIDFILE"]'}
PLACES = ("directory", "working_directory")
# what a line may name: a variable that the image sets, and what can be written on a read-only root
WRITABLE = re.compile(r"PIDFILE|^[\s(]*['\"]/(tmp|dev)/|Dir\.tmpdir")
ELSEWHERE = re.compile(r"[\s(]*['\"]/(?!app\b)")
CONDITION = re.compile(r"\s(if|unless)\s[^'\"]*ENV")
MAKES = re.compile(r"(?=.*\b(mkdir(_p)?|mkpath|makedirs)\b)(?=.*(?<![\w/])tmp\b)")  # a directory tmp of the app


def files(tree: SourceTree, gems: frozenset[str], processes: tuple[Process, ...]) -> tuple[tuple[str, str], ...]:
    """The configurations that the installed servers find, or a command names, each with its server."""
    found: dict[str, str] = {}
    for server in SERVERS:
        if server.gem in CONFIGURED and server.gem in gems:
            named = [word for one in processes for word in one.args if word.endswith(".rb") and server.gem in word]
            paths = (*server.configs, *(word.removeprefix("./") for word in named))
            found |= {path: server.gem for path in paths if path not in found and tree.has(path)}
    return tuple(found.items())


def fit(
    tree: SourceTree, gems: frozenset[str], processes: tuple[Process, ...]
) -> tuple[tuple[tuple[str, str], ...], tuple[Warning, ...]]:
    """The configurations without what cannot work, by path, and the warnings that say so."""
    changed: list[tuple[str, str]] = []
    warnings: list[Warning] = []
    for path, server in files(tree, gems, processes):
        lines = list(tree.read_lines(path) or ())
        found: dict[int, str] = {}
        inside = ""
        for number, line in enumerate(lines):
            inside = inside or unfit(server, line)
            if inside:
                found[number] = inside
            if not without_comment(line)[0].rstrip().endswith((",", "(", "\\")):
                inside = ""
        if not found:
            continue
        text = "\n".join(f"# {line}" if number in found else line for number, line in enumerate(lines))
        changed.append((path, f"{text}\n"))
        names = ", ".join(dict.fromkeys(found.values()))
        warnings.append(
            Warning(
                "server-config",
                f"{path} has what cannot work in a container, and is used without it: {names}",
                tree.at(path, min(found) + 1),
                f"let a variable decide: {ADVICE[server]}",
            )
        )
    return tuple(changed), tuple(warnings)


def unfit(server: str, line: str) -> str:
    """The statement of a line that cannot work in a container; "" for any other line."""
    found = re.match(rf"({STATEMENTS[server]})\b(?!\s*=)(.*)", without_comment(line)[0].strip())
    if found is None or CONDITION.search(line):
        return ""
    name, rest = found[1], found[2]
    if name in WRITES:
        return "" if not rest.strip() or WRITABLE.search(rest) else name
    if name in SOCKETS:
        return f"{name} unix" if SOCKETS[name].search(rest) else ""
    if name in PLACES:
        return name if ELSEWHERE.match(rest) else ""
    if name == "daemonize":
        return "" if rest.strip(" ()") == "false" else name
    return name


def makes_tmp(tree: SourceTree, gems: frozenset[str], processes: tuple[Process, ...]) -> bool:
    """Whether a configuration of a server makes the app's own `tmp`, in which the app has nothing of its own."""
    lines = (line for path, _ in files(tree, gems, processes) for line in tree.read_lines(path) or ())
    if not any(MAKES.match(without_comment(line)[0]) for line in lines):
        return False
    return all(name.startswith(".") or entry.kind == "dir" for name, entry in tree.entries("tmp").items())
