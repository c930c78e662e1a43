"""A RUN instruction of a Dockerfile, which is read and never run."""

import re

from frontend.commands.script import parse
from frontend.errors import BuildError, Location

MOUNTS = re.compile(r"(?:--\w+=\S+\s+)*")


def commands(text: str, at: Location | None) -> list[list[str]]:
    """The commands of an instruction, as words: "" for one that a shell would expand. None of a heredoc, and of what no
    shell would accept."""
    found = MOUNTS.match(text)
    try:
        script = parse(text[found.end() :] if found is not None else text, at)
    except BuildError:
        return []
    return [[word.text if word.plain else "" for word in command.words] for command in script.commands]
