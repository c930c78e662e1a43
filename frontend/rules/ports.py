"""Ports that a start command fixes, where the container is asked on another."""

import re

OPTION = re.compile(
    r"(?<!\S)(?:(-p|--(?:server[.-])?port)[= ]|(-b|--bind|--http|--http-socket)[= ]?[^\s:]*:"
    r"|(http\.server|runserver) (?:[\w.\[\]:]*:)?)(\d{2,5})(?!\S)"
)


def fixed(text: str) -> tuple[str, str] | None:
    """The option and the number by which a command says where it listens; None where it has none."""
    found = OPTION.search(text)
    return (found[1] or found[2] or found[3], found[4]) if found is not None else None


def told(option: str, number: str, port: int) -> str:
    """The message about a fixed port."""
    return f"the start command fixes the port {number} ({option}), but the image's PORT is {port}"
