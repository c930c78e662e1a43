"""JSON as items: read with the line of each value, with comments and trailing commas, as the platforms read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, decoder

from frontend.deploy.reading import Item
from frontend.errors import Location, SourceError
from frontend.texts import snippet

BLANK = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
SCALAR = re.compile(r"[-+.\w]+")


class Reader:
    """A JSON text, read from its beginning on."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.position = 0

    def whole(self) -> Item:
        """The value that the text is. Raises SourceError with the line where it is none."""
        try:
            found = self.value()
            if self.next():
                raise JSONDecodeError("Extra data", self.text, self.position)
        except JSONDecodeError as error:
            raise SourceError(
                f"{self.file} is not JSON: {error.msg}",
                at=Location(self.file, error.lineno, error.colno),
                hint="fix the syntax error",
                snippet=snippet(self.text, error.lineno),
            ) from error
        return found

    def next(self) -> str:
        """The next character that is neither blank nor comment; "" at the end."""
        found = BLANK.match(self.text, self.position)
        self.position = found.end() if found else self.position
        return self.text[self.position : self.position + 1]

    def here(self) -> Location:
        """The place that the text is read up to."""
        return Location(self.file, self.text.count("\n", 0, self.position) + 1)

    def value(self) -> Item:
        """A value, and all that is in it."""
        first, at = self.next(), self.here()
        if first == "{":
            return Item(dict(self.members("}", named=True)), at)
        if first == "[":
            return Item([item for _, item in self.members("]", named=False)], at)
        if first == '"':
            return Item(self.string(), at)
        found = SCALAR.match(self.text, self.position)
        if found is None:
            raise JSONDecodeError("Expecting value", self.text, self.position)
        self.position = found.end()
        if found[0] == "null":
            return Item(None, at)
        return Item(found[0], at, "boolean" if found[0] in ("true", "false") else "number")

    def string(self) -> str:
        """A text in quotes."""
        text, self.position = decoder.scanstring(self.text, self.position + 1, False)  # type: ignore[attr-defined]
        return str(text)

    def members(self, end: str, *, named: bool) -> Iterator[tuple[str, Item]]:
        """The members of an object, or of a list, which have no names."""
        self.position += 1
        while (first := self.next()) != end:
            name = ""
            if named:
                if first != '"':
                    raise JSONDecodeError("Expecting property name enclosed in double quotes", self.text, self.position)
                name = self.string()
                self.mark(":")
            yield name, self.value()
            if self.next() != end:
                self.mark(",")
        self.position += 1

    def mark(self, expected: str) -> None:
        """Passes over a mark that has to be there."""
        if self.next() != expected:
            raise JSONDecodeError(f"Expecting '{expected}' delimiter", self.text, self.position)
        self.position += 1
