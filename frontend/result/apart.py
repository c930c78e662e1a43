"""The files of an image that BuildKit has as layers side by side, each layer looked at by itself.

A merge costs BuildKit nothing until somebody reads a file of it: then it makes a hard link for each file of all layers
above the base, which is 2 s for the gems of a Rails app, and nobody but the look-up of the start needs them. So files
are looked up as an overlay filesystem does: the highest layer that has a path decides, and links lead on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from posixpath import join, normpath
from typing import TYPE_CHECKING, TypeVar

from frontend.result.start import HEAD_BYTES, RefFiles

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway, Pending, Ref, Stat

T = TypeVar("T")
Places = tuple[str, ...]
LINKS = 40  # that lead from one to another: as many as the kernel follows


class Part:
    """A layer, or the base below all of them. `places` are where its files are; `beside` says what may be elsewhere:
    "libraries", or "any" file.

    Its filesystem is asked for with the first question: `solve` starts that.
    """

    def __init__(self, gateway: Gateway, places: Places, beside: str, solve: Callable[[], Pending[Ref]]) -> None:
        self.places = places
        self.beside = beside
        self._gateway = gateway
        self._solve = solve
        self._pending: Pending[Ref] | None = None
        self._files: RefFiles | None = None

    def begin(self) -> None:
        """Asks for the filesystem, without waiting for it."""
        if self._pending is None:
            self._pending = self._solve()

    @property
    def files(self) -> RefFiles:
        """Its files."""
        if self._files is None:
            self.begin()
            assert self._pending is not None
            self._files = RefFiles(self._gateway, self._pending.result())
        return self._files

    def fills(self, path: str) -> bool:
        """Whether a path may be one of its files or directories."""
        return any(path == place or path.startswith(f"{place}/") for place in self.places)

    def may_have(self, path: str) -> bool:
        """Whether a path that is at none of its places may be a file of it: programs are no shared libraries."""
        return self.beside == "any" or (self.beside == "libraries" and ".so" in path.rpartition("/")[2])

    def leads_to(self, path: str) -> bool:
        """Whether a path is a directory above its places."""
        return any(place.startswith(f"{path.rstrip('/')}/") for place in self.places)


class LayerFiles:
    """`Files` of layers, the highest first, above a base."""

    def __init__(self, layers: Sequence[Part], base: Part) -> None:
        self._layers = layers
        self._base = base

    def ask(self, paths: Iterable[str]) -> None:
        for path in paths:
            for part in self._likely(path):
                part.files.ask((path,))

    def stat(self, path: str) -> Stat | None:
        self.ask((path,))
        return self._found(path, lambda files, at: files.stat(at))

    def head(self, path: str) -> bytes:
        return self.read((path,), HEAD_BYTES)[path] or b""

    def names(self, path: str) -> tuple[str, ...]:
        for at in self._led(path):
            found = {name for part in (*self._layers, self._base) for name in part.files.names(at)}
            if found:
                return tuple(sorted(found))
        return ()

    def link(self, path: str) -> str:
        found = self._found(path, lambda files, at: files.entry(at))
        return found.linkname if found is not None else ""

    def begin(self, paths: Iterable[str], limit: int) -> None:
        for path in paths:
            for part in self._likely(path):
                part.files.begin((path,), limit)

    def read(self, paths: Iterable[str], limit: int) -> dict[str, bytes | None]:
        paths = tuple(paths)
        self.begin(paths, limit)
        return {path: self._found(path, lambda files, at: files.read((at,), limit)[at]) for path in paths}

    def _found(self, path: str, ask: Callable[[RefFiles, str], T | None]) -> T | None:
        """What the highest part that has a path answers."""
        for at in self._led(path):
            for part in self._in_order(at):
                answer = ask(part.files, at)
                if answer is not None:
                    return answer
        return None

    def _likely(self, path: str) -> list[Part]:
        """The parts that a path is most likely in, the highest first."""
        filled = [part for part in self._layers if part.fills(path)]
        return filled or [next((part for part in self._layers if part.leads_to(path)), self._base)]

    def _in_order(self, path: str) -> Iterator[Part]:
        """The parts that a path may be in, the likely ones first."""
        likely = self._likely(path)
        yield from likely
        yield from (part for part in (self._base, *self._layers) if part not in likely and part.may_have(path))

    def _led(self, path: str) -> Iterator[str]:
        """A path, and those that links on the way lead to which end in another part."""
        for _ in range(LINKS):
            yield path
            target = self._target(path)
            if not target:
                return
            path = target

    def _target(self, path: str) -> str:
        """Where the first link on the way leads; "" where there is none. In the base BuildKit has followed them."""
        words = path.split("/")
        ways = ["/".join(words[:end]) for end in range(2, len(words) + 1)]
        asked = [(way, part) for way in ways for part in self._layers if part.fills(way)]
        for way, part in asked:
            part.files.begin_entry(way)
        for way, part in asked:
            entry = part.files.entry(way)
            if entry is not None and entry.linkname:
                return normpath(join(way.rpartition("/")[0] or "/", entry.linkname, path[len(way) + 1 :]))
        return ""
