"""Places in files that operations come from, so that BuildKit can show the lines of one that fails."""

from collections.abc import Iterable

from llb.errors import Frozen, LLBError, check_utf8, int_in, items, put
from llb.handles import Handle, state_in
from llb.values import Record

MAX_INT32 = (1 << 31) - 1


class SourceMap(Frozen):
    """A file that operations come from, so that BuildKit can show the lines of one that fails.

    `language` is a name of GitHub's linguist. `state` is where the file itself comes from, if it is known; a serialised
    Definition does as well. Two maps with the same name, text and language are one.
    """

    __slots__ = ("data", "filename", "language", "state")

    filename: str
    data: bytes
    language: str
    state: Handle | bytes | None

    def __init__(self, filename: str, data: bytes, language: str = "", state: Handle | bytes | None = None) -> None:
        if not isinstance(data, bytes):
            raise LLBError(f"data: the text of {filename!r} is not bytes")
        if state is not None and not isinstance(state, bytes):
            state_in("state", state)
        put(self, "filename", check_utf8("filename", filename))
        put(self, "data", data)
        put(self, "language", check_utf8("language", language))
        put(self, "state", state)

    def at(self, start: int, end: int = 0, *, start_character: int = 0, end_character: int = 0) -> "Location":
        """Lines `start` to `end` (1-based, inclusive; `end` 0: the one line)."""
        for argument, value in (
            ("start", start), ("end", end), ("start_character", start_character), ("end_character", end_character)
        ):  # fmt: skip
            int_in(argument, value, 0, MAX_INT32)
        if start < 1 or (end and end < start):
            raise LLBError(f"start, end: lines {start} to {end} are not in a file; the first line is 1")
        return Location(self, (((start, start_character), (end or start, end_character)),))


Position = tuple[int, int]  # line, character


class Location(Record):
    """Ranges of one file, each from one (line, character) to another."""

    __slots__ = ()

    source: SourceMap
    ranges: tuple[tuple[Position, Position], ...]


def locations_of(at: Location | Iterable[Location]) -> tuple[Location, ...]:
    """The places an operation comes from. Raises LLBError for what is none."""
    given = (at,) if isinstance(at, Location) else items("at", at)
    return tuple([checked_location(place) for place in given])


def checked_location(place: Location) -> Location:
    """The place, with ranges that nobody can change. Raises LLBError for what is none."""
    if not isinstance(place, Location) or not isinstance(place.source, SourceMap):
        raise LLBError(f"at: {place!r} is not a Location")
    ranges: list[tuple[Position, Position]] = []
    for given in items("at", place.ranges):
        try:
            (line, character), (end_line, end_character) = given
        except (TypeError, ValueError):
            raise LLBError(f"at: {given!r} is not a range, (line, character) twice") from None
        for number in (line, character, end_line, end_character):
            int_in("at", number, 0, MAX_INT32)
        ranges.append(((line, character), (end_line, end_character)))
    return Location(place.source, tuple(ranges))
