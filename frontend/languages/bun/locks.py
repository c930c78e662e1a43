"""The formats of Bun's lockfiles, and the first Bun that reads each."""

import re

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location, SourceError
from frontend.rules.versions import key

TEXT, BINARY = "bun.lock", "bun.lockb"
VERSION = re.compile(r'"lockfileVersion"\s*:\s*(\d+)')
SINCE = {0: "1.1.39", 1: "1.2.0", 2: "1.4.0"}  # of bun.lock, by the newest Bun of each line that npm has
HEAD = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n"
BINARY_SINCE = {1: "1.0.0", 2: "1.0.0", 3: "1.2.0"}


class Lock(Struct, frozen=True):
    """A lockfile, and the first Bun that reads its format."""

    file: str
    since: str
    at: Location


def needed(tree: SourceTree) -> Lock | None:
    """The lockfile of a project, and the Bun that it needs; None without one, and for one that does not say.

    Raises SourceError for a format that is newer than any that is known.
    """
    text = tree.read_text(TEXT) if tree.has(TEXT) else None
    if text is not None:
        found = VERSION.search(text[:400])
        if found is None:
            return None
        at = tree.at(TEXT, text.count("\n", 0, found.start()) + 1)
        return Lock(TEXT, since(SINCE, int(found[1]), TEXT, at), at)
    data = tree.read_bytes(BINARY) if tree.has(BINARY) else None
    if data is None or not data.startswith(HEAD):
        return None
    number = int.from_bytes(data[len(HEAD) : len(HEAD) + 4], "little")
    at = tree.at(BINARY)
    return Lock(BINARY, since(BINARY_SINCE, number, BINARY, at), at)


def since(known: dict[int, str], number: int, file: str, at: Location) -> str:
    """The first Bun that reads a format."""
    if number not in known:
        newest = max(known)
        raise SourceError(
            f"{file} has the format {number}, which is newer than any known here ({newest})",
            at=at,
            hint=f"run bun install with Bun {known[newest]} and commit the lockfile, or set BUN_VERSION to its Bun",
        )
    return known[number]


def is_older(version: str, least: str) -> bool:
    """Whether a version is older than another; a line ("1.2") is as new as its newest release may be."""
    have = key(version)
    return have < key(least)[: len(have)]
