"""Files of people's projects as text: XML and code may be in another encoding than UTF-8, which MSBuild reads."""

import codecs

from frontend.context.tree import SourceTree
from frontend.errors import Location

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def text(tree: SourceTree, path: str) -> str:
    """The text of a file, what cannot be decoded replaced; "" where it is absent."""
    data = tree.read_bytes(path) if tree.has(path) else None
    if data is None:
        return ""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return data.decode(errors="replace")


def lines(tree: SourceTree, path: str) -> list[str]:
    """The lines of a file; [] where it is absent."""
    return text(tree, path).splitlines()


def line_of(tree: SourceTree, path: str, *needles: str) -> Location:
    """Where some texts stand in a file, each after the one before: the line of the last one found, or the file."""
    whole = text(tree, path)
    position = found = -1
    for needle in needles:
        position = whole.find(needle, position + 1)
        if position < 0:
            break
        found = position
    return tree.at(path, whole.count("\n", 0, found) + 1 if found >= 0 else 0)
