"""The file in which BuildKit keeps the names of a directory that was transferred without contents.

It is a sequence of fsutil Stat messages, each with its length in front of it, four bytes, little-endian.
Source: github.com/tonistiigi/fsutil, receive.go
"""

from __future__ import annotations

from collections.abc import Iterator

from frontend.gateway.client import Stat, readable, to_stat


def read_names(data: bytes) -> Iterator[Stat]:
    """The stats in such a file; their paths are whole, relative to the root."""
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "little")
        stat = readable(data[at + 4 : end])
        if stat is not None:
            yield to_stat(stat)
        at = end
