"""Servers whose options fix a port in the user's command, where the container's PORT should hold."""

import re
from collections.abc import Iterator

from frontend.commands.options import AllBut, Option, split_options
from frontend.commands.script import Command, Script, parse
from frontend.commands.unwrap import SHELL_RUNNERS, unwrap
from frontend.commands.words import Word
from frontend.errors import Location
from frontend.languages.python.started import FLAGS
from frontend.plan.model import Warning

_PORT = ("-p", "--port")
_BIND = ("-b", "--bind")
SERVERS: dict[str, tuple[str, ...]] = {  # program -> its options for a port, or for an address with one
    "gunicorn": _BIND,
    "hypercorn": _BIND,
    "uvicorn": ("--port",),
    "waitress-serve": ("--port", "--listen"),
    "waitress": ("--port", "--listen"),
    "streamlit": ("--server.port",),
    **dict.fromkeys(("fastapi", "granian", "panel", "shiny", "marimo", "chainlit"), ("--port",)),
    **dict.fromkeys(("flask", "daphne", "sanic", "litestar"), _PORT),
}
FIXED = re.compile(r"([\w.\[\]:*-]*:)?(\d{2,5})")
PYTHON = re.compile(r"python[\d.]*")


def on_port(script: Script, at: Location | None, port: int) -> tuple[Script, tuple[Warning, ...]]:
    """A command with $PORT in the place of the port that it gives a server; and what there is to say, where that is not
    the image's `port`. One that gives several is left alone."""
    text, warnings = script.text, []
    for command in reversed(script.commands):
        fixed = [(one, value, found) for one, value in options(command) if (found := FIXED.fullmatch(value.text))]
        if len(fixed) != 1:
            continue
        option, value, found = fixed[0]
        written = f"{found[1] or ''}$PORT"
        written = written if value.raw == value.text else f'"{written}"'
        text = f"{text[: value.start]}{written}{text[value.end :]}"
        if int(found[2]) != port:
            told = f"the start command fixes the port {found[2]} ({option.name}): the app listens on PORT instead"
            warnings.append(Warning("fixed-port", told, at, "write $PORT in its place"))
    return (parse(text, at), tuple(warnings)) if text != script.text else (script, ())


def options(command: Command) -> Iterator[tuple[Option, Word]]:
    """The options by which a command tells a server of SERVERS where to listen, with their values."""
    words = command.program
    while (found := unwrap(words, SHELL_RUNNERS)) is not None and found.words:
        words = found.words
    if len(words) > 2 and PYTHON.fullmatch(words[0].text.rpartition("/")[2]) and words[1].text == "-m":
        words = words[2:]
    names = SERVERS.get(words[0].text.rpartition("/")[2], ()) if words else ()
    if names:
        for one in split_options(words[1:], AllBut(FLAGS), joined=names, anywhere=True).options:
            if one.name in names and one.value is not None:
                yield one, one.value
