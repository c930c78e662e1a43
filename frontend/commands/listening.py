"""The port that a command gives a server, where the container's PORT should hold: the tables are the languages'."""

import re
from collections.abc import Callable, Container, Iterator, Mapping

from msgspec import Struct

from frontend.commands.options import Option, split_options
from frontend.commands.script import Command, Script, parse
from frontend.commands.unwrap import Runner, unwrap
from frontend.commands.words import Word
from frontend.errors import Location
from frontend.plan.model import Warning

FIXED = re.compile(r"((?:tcp://|http://)?[\w.\[\]:*-]*:)?(\d{2,5})")
Words = tuple[Word, ...]


class Servers(Struct, frozen=True):
    """The servers of a language: by program, the options for a port, or for an address with one.

    `takes` are the options with a value, `interpreted` gives the words of a server that an interpreter runs, `runners`
    are programs that run one.
    """

    options: Mapping[str, tuple[str, ...]]
    takes: Container[str]
    interpreted: Callable[[Words], Words]
    runners: Mapping[str, Runner]


def on_port(script: Script, at: Location | None, port: int, servers: Servers) -> tuple[Script, tuple[Warning, ...]]:
    """A command with $PORT in the place of the port that it gives a server; and what there is to say, where that is not
    the image's `port`. One that gives several is left alone."""
    text, warnings = script.text, []
    for command in reversed(script.commands):
        given = ((one, value, FIXED.fullmatch(value.text)) for one, value in ports(command, servers))
        found = [(one, value, fixed) for one, value, fixed in given if fixed is not None]
        if len(found) != 1:
            continue
        option, value, fixed = found[0]
        written = f"{fixed[1] or ''}$PORT"
        written = written if value.raw == value.text else f'"{written}"'
        text = f"{text[: value.start]}{written}{text[value.end :]}"
        if int(fixed[2]) != port:
            told = f"the start command fixes the port {fixed[2]} ({option.name}): the app listens on PORT instead"
            warnings.append(Warning("fixed-port", told, at, "write $PORT in its place"))
    return (parse(text, at), tuple(warnings)) if text != script.text else (script, ())


def ports(command: Command, servers: Servers) -> Iterator[tuple[Option, Word]]:
    """The options by which a command tells a known server where to listen, with their values."""
    words = server(command, servers)
    names = servers.options.get(words[0].text.rpartition("/")[2], ()) if words else ()
    if names:
        for one in split_options(words[1:], servers.takes, joined=names, anywhere=True).options:
            if one.name in names and one.value is not None:
                yield one, one.value


def server(command: Command, servers: Servers) -> Words:
    """The program that a command runs in the end, and its arguments."""
    words = command.program
    while (found := unwrap(words, servers.runners)) is not None and found.words:
        words = found.words
    return servers.interpreted(words)
