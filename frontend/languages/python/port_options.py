"""Servers whose options fix a port in the user's command, where the container's PORT should hold."""

import re

from frontend.commands import listening
from frontend.commands.listening import Servers, Words
from frontend.commands.options import AllBut
from frontend.commands.script import Script
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
PYTHON = re.compile(r"python[\d.]*")


def module(words: Words) -> Words:
    """The words behind `python -m`; of another command all."""
    named = len(words) > 2 and PYTHON.fullmatch(words[0].text.rpartition("/")[2]) and words[1].text == "-m"
    return words[2:] if named else words


SERVERS = Servers(OPTIONS, AllBut(FLAGS), module, SHELL_RUNNERS)


def on_port(script: Script, at: Location | None, port: int) -> tuple[Script, tuple[Warning, ...]]:
    """A command with $PORT in the place of the port that it gives a server, and the warning that says so."""
    return listening.on_port(script, at, port, SERVERS)
