"""The language that a command is of, by the programs it starts."""

from frontend.commands import unwrap
from frontend.commands.script import Script
from frontend.languages import registry
from frontend.languages.registry import Entry


def of_script(script: Script) -> tuple[str, Entry] | None:
    """The first program of a script that starts apps of a language, and that language; None for none."""
    names = (words[0].text for words in unwrap.programs(script))
    return next(((name, owner) for name in names if (owner := of_program(name)) is not None), None)


def of_program(name: str) -> Entry | None:
    """The language whose apps a program starts, by its path or by its name alone; None for none."""
    return registry.of_program(name) or registry.of_program(name.rpartition("/")[2])
