"""The file in which BuildKit keeps the names of a directory that was transferred without contents.

It is a sequence of fsutil Stat messages, each with its length in front of it, four bytes, little-endian.
Source: github.com/tonistiigi/fsutil, receive.go
"""

from __future__ import annotations

from collections.abc import Iterator

from frontend.gateway import messages
from frontend.gateway.client import Stat, readable, to_stat

SMALL_BYTES = 1 << 14  # of a file that is read by hand in less time than protobuf takes to import


def read_names(data: bytes) -> Iterator[Stat]:
    """The stats in such a file; their paths are whole, relative to the root. One whose name is no UTF-8 is left out."""
    if len(data) <= SMALL_BYTES:
        yield from map(to_stat, filter(None, map(by_hand, pieces(data))))
    else:
        yield from map(to_stat, filter(None, map(readable, pieces(data))))


def by_hand(data: bytes) -> messages.Stat | None:
    """A Stat message; None for one whose name is no UTF-8."""
    try:
        return messages.Stat(data)
    except UnicodeDecodeError:
        return None


def pieces(data: bytes) -> Iterator[bytes]:
    """The messages in such a file."""
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "little")
        yield data[at + 4 : end]
        at = end
