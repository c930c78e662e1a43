"""The options of a command line, and what is behind them: read once, by a table of those that take a value."""

from collections.abc import Container, Iterable
from typing import NamedTuple

from msgspec import structs

from frontend.commands.words import Word, partition


class Option(NamedTuple):
    """An option: its name, its value (None where it has none), and the one or two words it was written as."""

    name: str
    value: Word | None
    words: tuple[Word, ...]


class Split(NamedTuple):
    """The options of a command line in their order, and its other words. A `--` between them is in neither."""

    options: tuple[Option, ...]
    rest: tuple[Word, ...]

    def option(self, *names: str) -> Option | None:
        """The last option of one of these names, which is the one that counts; None without one."""
        return next((option for option in reversed(self.options) if option.name in names), None)

    def value(self, *names: str) -> str:
        """The value of the last option of one of these names; "" where there is none."""
        return next((one.value.text for one in reversed(self.options) if one.name in names and one.value), "")


class AllBut:
    """For `takes`: every option but these takes a value, of a program whose flags are fewer than its other options.

    `-w4` takes none: it has its own, or is several flags.
    """

    __slots__ = ("flags",)

    def __init__(self, flags: frozenset[str]) -> None:
        self.flags = flags

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name not in self.flags and (name.startswith("--") or len(name) == 2)


def split_options(
    words: Iterable[Word],
    takes: Container[str] = (),
    *,
    joined: Container[str] = (),
    ends: Container[str] = (),
    anywhere: bool = False,
) -> Split:
    """The options in front of the first other word (`anywhere`: also behind it), and the rest.

    `takes` are the options whose value is the word behind them, where none is joined by `=`. `joined` are the short
    ones that may have theirs in the same word: `-fvalue`. All that is behind `--`, or behind an option of `ends` with
    its value, is rest.
    """
    options: list[Option] = []
    rest: list[Word] = []
    given = list(words)
    position = 0
    while position < len(given) and not (options and options[-1].name in ends):
        word = given[position]
        position += 1
        if word.text == "--":
            break
        if not word.text.startswith("-") or word.text == "-":
            if not anywhere:
                position -= 1
                break
            rest.append(word)
            continue
        short, behind = word.text[:2], word.text[2:]
        name, value = partition(word)
        if short in joined and behind and not behind.startswith("=") and short != "--":
            options.append(Option(short, _behind(word), (word,)))
        elif value is None and name in takes and position < len(given):
            options.append(Option(name, given[position], (word, given[position])))
            position += 1
        else:
            options.append(Option(name, value, (word,)))
    return Split(tuple(options), (*rest, *given[position:]))


def _behind(word: Word) -> Word:
    """The value in a word `-fvalue`."""
    first = word.parts[0]
    if first.kind != "literal" or len(first.text) < 2 or not word.raw.startswith(word.text[:2]):
        return structs.replace(word, text=word.text[2:])
    parts = (structs.replace(first, text=first.text[2:]), *word.parts[1:])
    return structs.replace(word, parts=parts, text=word.text[2:], raw=word.raw[2:], start=word.start + 2)
