"""The programs that a script names at first sight, without the scripts it runs in turn."""

from collections.abc import Container
from typing import NamedTuple

from frontend.commands.script import BUILTINS, parse
from frontend.commands.unwrap import unwrap
from frontend.commands.words import Word
from frontend.errors import PlanError
from frontend.languages.node.runners import CLIS, RUN, RUNNERS, STARTS, words_run

SHELLS_OWN = BUILTINS - {"exec"}
CONTAINERS = ("docker", "docker-compose", "podman", "podman-compose")


class Program(NamedTuple):
    """A program's name, "" for none, and the texts of its arguments."""

    name: str
    arguments: tuple[str, ...] = ()


def programs(text: str, scripts: Container[str] = ()) -> tuple[Program, ...]:
    """The programs of a text's commands, without what only wraps them.

    `scripts` are those of the package. A text that the shell would refuse is a program that nobody knows.
    """
    try:
        script = parse(text) if text.strip(" \t\r\n;") else None
    except PlanError:
        return (Program(text),)
    return tuple(program(command.program, scripts) for command in script.commands) if script is not None else ()


def started(text: str, scripts: Container[str] = ()) -> Program:
    """The program that a text starts: that of its last command, of a pipeline the first; "" for none that is known."""
    try:
        script = parse(text) if text.strip(" \t\r\n;") else None
    except PlanError:
        return Program(text)
    if script is None:
        return Program("")
    last = script.items[-1]
    inside = (one.program for one in script.commands if last.start <= one.start < last.end)
    return next((program(words, scripts) for words in inside if words and words[0].text not in SHELLS_OWN), Program(""))


def program(words: tuple[Word, ...], scripts: Container[str] = ()) -> Program:
    """The program that a command's words run in the end."""
    while (runner := unwrap(words, RUNNERS)) is not None:
        if runner.text:
            return started(runner.text, scripts)
        words = words_run(runner)
    if not words:
        return Program("")
    name = words[0].text.rpartition("/")[2]
    if name in ("yarn", "pnpm") and len(words) > 1:
        verb = words[1].text
        own = (CLIS[name].own or frozenset()) | CLIS[name].all | {*RUN, *STARTS}
        if verb not in own and verb not in scripts and not verb.startswith("-"):
            return program(words[1:], scripts)
    return Program(name.partition("@")[0] or name, tuple(word.text for word in words[1:]))


def starts_containers(text: str, scripts: Container[str] = ()) -> bool:
    """Whether a script starts containers on the machine of who runs it: it says nothing of what is in an image."""
    return started(text, scripts).name in CONTAINERS
