"""The files of a filesystem that BuildKit has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from frontend.context.tree import Entry, SourceTree, dangling, is_directory
from frontend.errors import BuildError, DetectionError, GatewayError
from frontend.paths import within

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway, Pending, Ref, Stat

METADATA_FILE = ".fsutil-metadata"  # where BuildKit puts the names that came without contents
SMALL_BYTES = 1 << 16  # of a file that is asked for before anybody wants it
NOT_A_FILE = ("is a directory", "not a regular file")
LINK_LOOP = "too many links"
NO_LOCAL = ("no local sources enabled", "no access allowed to dir", "no active session")


class RefTree(SourceTree):
    """The files of a solved filesystem. `links` are the targets of the symbolic links met so far, by their path.

    It comes from the directory the client calls `local`, or from what a context's option `remote` names.
    """

    def __init__(self, gateway: Gateway, pending: Pending[Ref], local: str = "", remote: str = "") -> None:
        super().__init__()
        self._gateway = gateway
        self._pending = pending
        self._local = local
        self._remote = remote
        self._ref: Ref | None = None
        self._root: Pending[tuple[Stat, ...] | None] | None = None
        self._reading: dict[str, Pending[bytes | None]] = {}  # contents that were asked for before anybody wants them
        self.links: dict[str, str] = {}

    @property
    def ref(self) -> Ref:
        """The filesystem; waits for it."""
        if self._ref is None:
            try:
                self._ref = self._pending.result()
            except GatewayError as error:
                raise self._explained(error) from error
        return self._ref

    def start(self) -> None:
        """Has BuildKit load it: until its first question a solve has only been noted."""
        if self._root is None:
            self._root = self._gateway.start_read_dir(self.ref, "")

    def _list(self, path: str) -> Iterable[Entry]:
        if path and ((own := self.entry(path)) is None or own.kind not in ("dir", "link")):
            return ()
        try:
            if path:
                found = self._gateway.read_dir(self.ref, path) or ()
            else:
                self.start()
                found = (self._root.result() if self._root is not None else None) or ()
        except GatewayError as error:
            if error.message.endswith(LINK_LOOP):
                return ()
            raise self._explained(error) from error
        self.links.update((within(path, stat.path), stat.linkname) for stat in found if stat.kind == "link")
        return tuple(Entry(stat.path, stat.kind, stat.size) for stat in found)

    def _read(self, path: str) -> bytes:
        pending = self._reading.pop(path, None) or self._gateway.start_read_file(self.ref, path)
        try:
            data = pending.result()
        except GatewayError as error:
            if error.message.endswith(LINK_LOOP):
                raise dangling(path) from error
            if error.message.endswith(NOT_A_FILE):
                raise is_directory(path) from error
            raise self._explained(error) from error
        if data is None:
            raise dangling(path)
        return data

    def _explained(self, error: GatewayError) -> BuildError:
        """The error, with what it means where the filesystem could not be loaded."""
        if self._remote:
            from frontend.context.remote import not_loaded

            return not_loaded(self._remote, error)
        if not self._local or not any(text in error.message for text in NO_LOCAL):
            return error
        return DetectionError(
            f'there is no build context: the client provides no directory named "{self._local}"',
            hint=f"pass it with --local {self._local}=DIR (docker build: the last argument)",
        )


class NamesTree(RefTree):
    """The names and sizes in directories of the client, all in one file that BuildKit makes; contents of few files.

    Those among `held` that are there and small are asked for at once: a plan reads most of them, one after the other.
    """

    def __init__(self, gateway: Gateway, pending: Pending[Ref], local: str = "", held: Iterable[str] = ()) -> None:
        super().__init__(gateway, pending, local)
        self._names: Pending[bytes | None] | None = None
        self._held = frozenset(held)

    def start(self) -> None:
        if self._names is None:
            self._names = self._gateway.start_read_file(self.ref, METADATA_FILE)

    def _list(self, path: str) -> Iterable[Entry]:
        if not self._listings:  # all come at once
            for directory, entries in self._load().items():
                self._listings[directory] = {e.name: e for e in sorted(entries)}
        return self._listings.get(path, {}).values()

    def _load(self) -> dict[str, list[Entry]]:
        from frontend.gateway.names import read_names

        self.start()
        try:
            data = self._names.result() if self._names is not None else None
        except GatewayError as error:
            raise self._explained(error) from error
        found: dict[str, list[Entry]] = {}
        for stat in read_names(data or b""):
            parent, _, name = stat.path.rpartition("/")
            found.setdefault(parent, []).append(Entry(name, stat.kind, stat.size))
            if stat.path in self._held and stat.kind == "file" and stat.size <= SMALL_BYTES:
                self._reading[stat.path] = self._gateway.start_read_file(self.ref, stat.path)
            if stat.kind == "link":
                self.links[stat.path] = stat.linkname
        return found
