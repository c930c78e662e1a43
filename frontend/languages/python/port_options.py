"""Servers whose options fix a port in the user's command, where the container's PORT should hold."""

import re
from collections.abc import Sequence

from msgspec import Struct

from frontend.commands import given_text, listening
from frontend.commands.listening import Servers, Words
from frontend.commands.options import AllBut
from frontend.commands.script import Script, parse
from frontend.commands.unwrap import SHELL_RUNNERS
from frontend.errors import Location
from frontend.languages.python.started import FLAGS
from frontend.plan.model import Warning

_PORT = ("-p", "--port")
_BIND = ("-b", "--bind")
OPTIONS: dict[str, tuple[str, ...]] = {  # program -> its options for a port, or for an address with one
    "gunicorn": _BIND,
    "hypercorn": _BIND,
    "uvicorn": ("--port",),
    "waitress-serve": ("--port", "--listen"),
    "waitress": ("--port", "--listen"),
    "streamlit": ("--server.port",),
    **dict.fromkeys(("fastapi", "granian", "panel", "shiny", "marimo", "chainlit"), ("--port",)),
    **dict.fromkeys(("flask", "daphne", "sanic", "litestar"), _PORT),
}


class Address(Struct, frozen=True):
    """How a server is told where to listen, of those that by themselves listen on a port of their own, most of them at
    127.0.0.1: neither can be asked in a container.

    `word` is the subcommand that serves, "" for none. `host` and `port` are the options for each, the first one is
    written; an option of `port` may be for an address with a port, `address` says that the first one is. A server whose
    `host` is () listens at all addresses by itself. `others` are further options that say where it listens.
    """

    word: str = ""
    host: tuple[str, ...] = ("--host",)
    port: tuple[str, ...] = ("--port",)
    others: tuple[str, ...] = ()
    address: bool = False


RUN = Address("run")
ADDRESSES = {  # gunicorn reads PORT itself
    "uvicorn": Address(others=("--uds", "--fd")),
    "granian": Address(others=("--uds",)),
    "hypercorn": Address("", (), _BIND[::-1], ("-c", "--config", "--insecure-bind", "--quic-bind"), address=True),
    "daphne": Address("", ("-b", "--bind"), _PORT, ("-u", "--unix-socket", "--fd", "-e", "--endpoint")),
    "waitress-serve": Address("", (), ("--port", "--listen"), ("--unix-socket",)),
    "flask": Address("run", ("--host", "-h"), _PORT[::-1]),
    "streamlit": Address("run", (), ("--server.port",)),
    "fastapi": Address("run", (), ("--port",)),  # of fastapi-cli before 0.0.12: newer ones read PORT
    **dict.fromkeys(("shiny", "chainlit", "litestar", "marimo"), RUN),
}
PYTHON = re.compile(r"python[\d.]*")


def module(words: Words) -> Words:
    """The words behind `python -m`; of another command all."""
    named = len(words) > 2 and PYTHON.fullmatch(words[0].text.rpartition("/")[2]) and words[1].text == "-m"
    return words[2:] if named else words


SERVERS = Servers(OPTIONS, AllBut(FLAGS), module, SHELL_RUNNERS)


def on_port(script: Script, at: Location | None, port: int) -> tuple[Script, tuple[Warning, ...]]:
    """A command with $PORT in the place of the port that it gives a server, or where it gives it none, and the warning
    that says so; and so the texts that it gives to a shell."""

    def moved(one: Script) -> tuple[Script, tuple[Warning, ...]]:
        fixed, warnings = listening.on_port(one, at, port, SERVERS)
        placed, missing = _with_address(fixed, at)
        return placed, (*warnings, *missing)

    return given_text.each(script, at, moved)


def with_address(script: Script, at: Location | None) -> tuple[Script, tuple[Warning, ...]]:
    """A command with the address and the port that it does not give the one server which it starts, and the warning
    that says so; and so the texts that it gives to a shell."""
    return given_text.each(script, at, lambda one: _with_address(one, at))


def _with_address(script: Script, at: Location | None) -> tuple[Script, tuple[Warning, ...]]:
    started = [words for command in script.commands if (words := listening.server(command, SERVERS)) and serves(words)]
    address = ADDRESSES.get(program(started[0])) if len(started) == 1 else None
    if address is None or any(has(started[0], (one,)) for one in address.others):
        return script, ()
    added = [] if has(started[0], address.host) or not address.host else [f"{address.host[0]} 0.0.0.0"]
    if not has(started[0], address.port):
        added.append(f"{address.port[0]} {'0.0.0.0:' if address.address else ''}$PORT")
    if not added:
        return script, ()
    written = " ".join(added)
    own = [word.text for word in started[0]]
    behind = started[0][own.index("--") - 1 if "--" in own else -1].end  # what follows is the script's
    told = f"the start command does not tell {program(started[0])} where to listen: {written} is added"
    warning = Warning("port-added", told, at, f"write {written} in the command")
    return parse(f"{script.text[:behind]} {written}{script.text[behind:]}", at), (warning,)


def program(words: Words) -> str:
    """The name of a program, without its directory."""
    return words[0].text.rpartition("/")[2]


def serves(words: Words) -> bool:
    """Whether a program is a server, with the subcommand that serves."""
    address = ADDRESSES.get(program(words))
    named = address is None or not address.word or any(word.text == address.word for word in words[1:])
    return program(words) in OPTIONS and named


def has(words: Words, options: Sequence[str]) -> bool:
    """Whether one of some options is given: `--port 80`, `--port=80`, `-p80`."""
    given = [word.text for word in words[1:]]
    return any(
        text.partition("=")[0] == one or (len(one) == 2 and text.startswith(one)) for text in given for one in options
    )
