"""Lines of puma's configuration that cannot work in a container: the image has it without them.

They are of servers where puma is a daemon behind nginx: pid, state and log files below the app, whose directories a
container has not and cannot write; sockets there; directories of that server; puma in the background.
"""

import re

from frontend.context.tree import SourceTree
from frontend.languages.ruby.gemfile import without_comment
from frontend.languages.ruby.servers import SERVERS
from frontend.plan.model import Process, Warning

FILES = next(server.configs for server in SERVERS if server.gem == "puma")
STATEMENT = re.compile(r"(daemonize|stdout_redirect|pidfile|state_path|activate_control_app|bind|directory)\b(.*)")
WRITES = ("pidfile", "state_path")
SOCKETS = ("bind", "activate_control_app")
# what a line may name: a variable that the image sets, and what can be written on a read-only root
WRITABLE = re.compile(r"PIDFILE|^[\s(]*['\"]/(tmp|dev)/|Dir\.tmpdir")
SOCKET = re.compile(r"unix:(?!//+(tmp|dev)/)")
ELSEWHERE = re.compile(r"[\s(]*['\"]/(?!app\b)")
CONDITION = re.compile(r"\s(if|unless)\s[^'\"]*ENV")
MAKES = re.compile(r"(?=.*\b(mkdir(_p)?|mkpath|makedirs)\b)(?=.*(?<![\w/])tmp\b)")  # a directory tmp of the app


def files(tree: SourceTree, processes: tuple[Process, ...]) -> tuple[str, ...]:
    """The configurations that puma reads: those it finds, and one that a command names."""
    named = [word for one in processes for word in one.args if word.endswith(".rb") and "puma" in word]
    texts = dict.fromkeys((*FILES, *(word.removeprefix("./") for word in named)))
    return tuple(path for path in texts if tree.has(path))


def fit(tree: SourceTree, processes: tuple[Process, ...]) -> tuple[tuple[tuple[str, str], ...], tuple[Warning, ...]]:
    """The configurations without what cannot work, by path, and the warnings that say so."""
    changed: list[tuple[str, str]] = []
    warnings: list[Warning] = []
    for path in files(tree, processes):
        lines = list(tree.read_lines(path) or ())
        found: dict[int, str] = {}
        inside = ""
        for number, line in enumerate(lines):
            inside = inside or unfit(line)
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
                "puma-config",
                f"{path} has what cannot work in a container, and is used without it: {names}",
                tree.at(path, min(found) + 1),
                'let variables decide: pidfile ENV["PIDFILE"] if ENV["PIDFILE"]',
            )
        )
    return tuple(changed), tuple(warnings)


def unfit(line: str) -> str:
    """The statement of a line that cannot work in a container; "" for any other line."""
    found = STATEMENT.match(without_comment(line)[0].strip())
    if found is None or CONDITION.search(line):
        return ""
    name, rest = found[1], found[2]
    if name in WRITES:
        return "" if not rest.strip() or WRITABLE.search(rest) else name
    if name in SOCKETS:
        return f"{name} unix" if SOCKET.search(rest) else ""
    if name == "directory":
        return name if ELSEWHERE.match(rest) else ""
    if name == "daemonize":
        return "" if rest.strip(" ()") == "false" else name
    return name


def makes_tmp(tree: SourceTree, processes: tuple[Process, ...]) -> bool:
    """Whether a configuration of puma makes the app's own `tmp`, in which the app has nothing of its own."""
    lines = (line for path in files(tree, processes) for line in tree.read_lines(path) or ())
    if not any(MAKES.match(without_comment(line)[0]) for line in lines):
        return False
    return all(name.startswith(".") or entry.kind == "dir" for name, entry in tree.entries("tmp").items())
