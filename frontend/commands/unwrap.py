"""Programs that run other programs: `poetry run X`, `npx X`, `env A=b X`, `sh -c "X"`.

The tables are the languages': this module knows the shell's own alone.
"""

from collections.abc import Container, Iterator, Mapping, Sequence

from msgspec import Struct

from frontend.commands.options import Option, split_options
from frontend.commands.script import BUILTINS, Command, Script, parse
from frontend.commands.words import Word, is_name, partition
from frontend.errors import Location, PlanError

MAX_DEPTH = 16  # runners that run runners
MOVES = ("cd", "pushd", "source", ".")  # what is started behind them is not said by its name alone


class Runner(Struct, frozen=True):
    """How the words of a program that runs another are read.

    `verbs` are the words of which one has to follow, options aside ("run"); none has to for (). `takes` and `joined`
    are as in `split_options`. `assigns`: words NAME=value in front of the program are variables it gets. `line`: the
    words together are a line for a shell. `text` are the options whose value is such a line; with `only_text` there is
    nothing else that it would run.
    """

    verbs: Container[str] = ()
    takes: Container[str] = ()
    joined: Container[str] = ()
    assigns: bool = False
    line: bool = False
    text: Container[str] = ()
    only_text: bool = False


class Unwrapped(Struct, frozen=True):
    """What a runner runs: `words`, the program and its arguments, or a `text` for a shell; () and None for nothing.

    `name` is the runner's without its directory, `verb` the one it was given, `options` its own, in front of the verb
    or behind it, `assigned` the variables it sets.
    """

    name: str
    verb: str
    options: tuple[Option, ...]
    assigned: tuple[Word, ...]
    words: tuple[Word, ...]
    text: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it runs nothing."""
        return not self.words and not self.text


class _Clustered:
    """For `takes`: short options in one word, the last of which takes a value: `-lc TEXT`, `-euo pipefail`."""

    def __init__(self, letters: str) -> None:
        self.letters = letters

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name[:1] == "-" and name[1:2] != "-" and name[-1:] in self.letters


_SH = Runner(takes=_Clustered("co"), text=_Clustered("c"), only_text=True)
SHELLS = ("sh", "bash", "dash", "ash")
SHELL_RUNNERS: dict[str, Runner] = {
    "env": Runner(takes=frozenset(("-u", "--unset", "-C", "--chdir")), assigns=True),
    "exec": Runner(takes=frozenset(("-a",))),
    "command": Runner(),
    "nohup": Runner(),
    "time": Runner(),
    "nice": Runner(takes=frozenset(("-n", "--adjustment"))),
    **dict.fromkeys(SHELLS, _SH),
}


def unwrap(words: Sequence[Word], runners: Mapping[str, Runner]) -> Unwrapped | None:
    """What the program in front of these words runs; None where it is no runner, or is told something else."""
    if not words:
        return None
    name = words[0].text.rpartition("/")[2]
    runner = runners.get(name)
    if runner is None:
        return None
    options, rest = split_options(words[1:], runner.takes, joined=runner.joined)
    verb = ""
    if runner.verbs:
        if not rest or rest[0].text not in runner.verbs:
            return None
        verb = rest[0].text
        more, rest = split_options(rest[1:], runner.takes, joined=runner.joined)
        options = (*options, *more)
    text = next((one.value.text for one in options if one.name in runner.text and one.value is not None), None)
    if text is None and runner.only_text:
        return None
    assigned: list[Word] = []
    while runner.assigns and rest and is_name(partition(rest[0])[0]) and "=" in rest[0].text:
        assigned.append(rest[0])
        rest = rest[1:]
    if runner.line and text is None:
        text, rest = " ".join(word.text for word in rest), ()  # quotes are gone before its shell reads it
    return Unwrapped(name, verb, options, tuple(assigned), () if text is not None else rest, text)


def nothing_to_run(found: Unwrapped, at: Location | None) -> PlanError:
    """The error for a runner with nothing behind it."""
    name = f"{found.name} {found.verb}".strip()
    return PlanError(f'"{name}" in the command starts no program', at=at, hint="write the program after it")


def program(script: Script, runners: Mapping[str, Runner] = SHELL_RUNNERS) -> tuple[Word, ...]:
    """The program that a script is in the end, with its arguments: that of its last command, runners taken away.

    Of a pipeline it is the first program, of other compound commands the first that is not the shell's own. () where a
    shell decides on all of it.
    """
    for _ in range(MAX_DEPTH):
        words = next(_candidates(script), ())
        while (found := unwrap(words, runners)) is not None and found.text is None and found.words:
            words = found.words
        if found is None or not found.text:
            return words
        try:
            script = parse(found.text)
        except PlanError:
            return ()
    return ()


def programs(script: Script) -> Iterator[tuple[Word, ...]]:
    """The programs of a script with their arguments: first what it is in the end, then the others in their order."""
    last = program(script)
    if last:
        yield last
    for command in (command for one in nested(script) for command in one.commands):
        words: tuple[Word, ...] = command.program
        while (found := unwrap(words, SHELL_RUNNERS)) is not None and found.words:
            words = found.words
        if words and words[0].text not in BUILTINS:
            yield words


def runs(script: Script, names: Container[str]) -> bool:
    """Whether one of a script's commands is called by one of these names, also in a text that is given to a shell."""
    commands = (command.program for one in nested(script) for command in one.commands)
    return any(words[0].text in names for words in commands if words)


def nested(script: Script) -> Iterator[Script]:
    """A script, and those that its commands give to a shell: `sh -c "…"`."""
    yield script
    for command in script.commands:
        found = unwrap(command.program, SHELL_RUNNERS)
        while found is not None and found.words:
            found = unwrap(found.words, SHELL_RUNNERS)
        if found is not None and found.text:
            try:
                inner = parse(found.text)
            except PlanError:  # the shell will tell
                continue
            yield from nested(inner)


def _candidates(script: Script) -> Iterator[tuple[Word, ...]]:
    """The programs of a script's last item, without what is the shell's own, with their arguments."""
    last = script.items[-1]
    inside: tuple[Command, ...] = tuple(one for one in script.commands if last.start <= one.start < last.end)
    for command in inside:
        words = command.program
        if words and (words[0].text not in BUILTINS or words[0].text in SHELL_RUNNERS):
            yield words
