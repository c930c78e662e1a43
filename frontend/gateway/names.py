"""The file in which BuildKit keeps the names of a directory that was transferred without contents.

It is a sequence of fsutil Stat messages, each with its length in front of it, four bytes, little-endian.
Source: github.com/tonistiigi/fsutil, receive.go
"""

from __future__ import annotations

from collections.abc import Iterator

from frontend.gateway.client import SMALL_BYTES, Stat, by_hand, readable, to_stat


def read_names(data: bytes) -> Iterator[Stat]:
    """The stats in such a file; their paths are whole, relative to the root. One whose name is no UTF-8 is left out."""
    read = by_hand if len(data) <= SMALL_BYTES else readable
    return (to_stat(stat) for stat in map(read, pieces(data)) if stat is not None)


def pieces(data: bytes) -> Iterator[bytes]:
    """The messages in such a file."""
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "little")
        yield data[at + 4 : end]
        at = end
