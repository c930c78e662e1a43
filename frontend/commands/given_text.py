"""The text that a command gives to a shell: `sh -c "uvicorn main:app"`."""

from collections.abc import Callable, Iterator

from msgspec import Struct, structs

from frontend.commands.script import Command, Script, parse
from frontend.commands.unwrap import SHELL_RUNNERS, SHELLS, Unwrapped, unwrap
from frontend.commands.words import Word, quoted
from frontend.errors import Location, PlanError
from frontend.plan.model import Warning

OF_BASH = ("[[", "&>", "<(", "<<<", "source", "shopt", "declare", "pushd", "popd", "function", "select", "pipefail")
LOGINS = ("-lc", "-cl")  # options of a login shell with a text
Change = Callable[[Script], tuple[Script, tuple[Warning, ...]]]


class GivenText(Struct, frozen=True):
    """A text for a shell: the word that it is, and what that shell reads.

    `doubly`: it is in double quotes, for the variables in it.
    """

    word: Word
    inside: str
    doubly: bool

    @property
    def fixed(self) -> bool:
        """Whether no other text can be written in its place: it has quotes inside of its double ones."""
        return self.doubly and (self.word.raw != f'"{self.inside}"' or bool(set(self.inside) & set('"\\')))

    def written(self, text: str) -> str | None:
        """The word for another text; None where its quotes have no place for that."""
        if self.fixed or (self.doubly and '"' in text):
            return None
        return f'"{text}"' if self.doubly else quoted(text)


def of_unwrapped(found: Unwrapped) -> GivenText:
    """The text that a runner, which is known to run one, is given."""
    word = next(one.value for one in found.options if one.value is not None and one.value.text == found.text)
    return GivenText(word, word.text, not word.plain)


def of_command(command: Command) -> GivenText | None:
    """The text that a command gives to a shell; None where it gives none."""
    words = command.program
    while (found := unwrap(words, SHELL_RUNNERS)) is not None and found.words:
        words = found.words
    return of_unwrapped(found) if found is not None and found.text is not None else None


def each(script: Script, at: Location | None, change: Change) -> tuple[Script, tuple[Warning, ...]]:
    """A script changed, and with it the texts that its commands give to a shell; and what there is to say of that."""
    script, warnings = change(script)
    text = script.text
    for command, given, inner in reversed(list(_texts(script, at))):
        changed, told = each(inner, at, change)
        word = given.written(changed.text)
        if changed.text == inner.text:
            warnings += told
        elif word is None:
            name = command.words[0].text
            warnings += tuple(_left(one, name) for one in told)
        else:
            text = f"{text[: given.word.start]}{word}{text[given.word.end :]}"
            warnings += told
    return (parse(text, at) if text != script.text else script), warnings


def _texts(script: Script, at: Location | None) -> Iterator[tuple[Command, GivenText, Script]]:
    """The commands of a script that give a text to a shell, with that as a script."""
    for command in script.commands:
        given = of_command(command)
        try:
            if given is not None and given.inside:
                yield command, given, parse(given.inside, at)
        except PlanError:  # the shell will tell
            continue


def _left(warning: Warning, shell: str) -> Warning:
    """The warning for a change that was not made, in the place of the one that tells of it."""
    message = f"{warning.message.partition(': ')[0]}: its text for {shell} has quotes in quotes, and is left as it is"
    return structs.replace(warning, message=message)


def unwrapped(script: Script, at: Location | None) -> Script:
    """The text that a script gives to a shell, where it does nothing else: the image's own shell reads it as well, or
    none is needed, and the program takes its place. A text for bash stays where it may be no other shell's.

    A login shell is none: it would set PATH as Debian has it, without the programs of the app's packages.
    """
    command = script.only
    if command is None or command.redirections or command.assignments:
        return script
    words = command.program[1:] if command.program[0].text == "exec" else command.program
    found = unwrap(words, SHELL_RUNNERS)
    if found is None or found.name not in SHELLS or not found.text:
        return script
    given = of_unwrapped(found)
    option = words[1].text
    if option in LOGINS:
        option = "-c"
        start, end = words[1].start, words[1].end
        script = parse(f"{script.text[:start]}{option}{script.text[end:]}", at)
    if option != "-c" or words[-1] is not given.word or len(words) != len(("sh", "-c", "text")) or given.fixed:
        return script
    if found.name == "bash" and is_of_bash(given.inside):
        return script
    try:
        return parse(given.inside, at)
    except PlanError:  # the shell will tell
        return script


def is_of_bash(text: str) -> bool:
    """Whether a text may be for bash alone: it has more than commands, their words, and variables."""
    try:
        script = parse(text)
    except PlanError:
        return False
    parts = [part for command in script.commands for word in command.words for part in word.parts]
    expanded = any(part.kind == "opaque" or (not part.quoted and set(part.text) & set("{$")) for part in parts)
    return expanded or script.defines or any(mark in script.text for mark in OF_BASH)
