"""Operations and how they hang together. A vertex is an operation; an output is one filesystem it makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from llb.errors import put
from llb.handles import Handle
from llb.meta import Meta
from llb.places import Location
from llb.platforms import Platform


class Output:
    """One of a vertex's filesystems. `key` is what the vertex finds its number by; `platform` that of programs on it,
    normalized, None where its maker was given none."""

    __slots__ = ("key", "platform", "vertex")

    def __init__(self, vertex: Vertex, key: int | str = 0, platform: Platform | None = None) -> None:
        self.vertex = vertex
        self.key = key
        self.platform = platform

    @property
    def index(self) -> int:
        """Its number among the vertex's outputs."""
        return self.key if isinstance(self.key, int) else self.vertex.index_of(self.key)


class Filesystem(Handle):
    """What a state is to the operations made of it: a filesystem (None: empty) and a working directory."""

    __slots__ = ()

    output_: Output | None

    @property
    def directory(self) -> str:
        """The working directory."""
        raise NotImplementedError


class Vertex:
    """An operation. A subclass says what it stands on, and how its bytes are made."""

    __slots__ = ("_digest", "meta")

    meta: Meta
    has_platform = True  # whether the wire carries a platform

    @property
    def digest(self) -> bytes:
        """Its digest under default settings, b"" until states that stand on it were compared."""
        found: bytes = getattr(self, "_digest", b"")
        return found

    def know_digest(self, digest: bytes) -> None:
        """Keeps its digest under default settings."""
        put(self, "_digest", digest)

    @property
    def locations(self) -> tuple[Location, ...]:
        """The places in files it comes from."""
        return self.meta.locations

    def inputs(self) -> Sequence[Output]:
        """The outputs it stands on, in the order the graph is walked."""
        raise NotImplementedError

    def index_of(self, key: str) -> int:
        """The number of an output."""
        raise NotImplementedError

    def body(self, marshalling: Marshalling) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        """Its inputs in the op's order, its oneof field encoded, and the capabilities it needs."""
        raise NotImplementedError

    def own_platform(self) -> Platform | None:
        """The platform it was given; None: that of the whole definition."""
        return self.meta.platform


class Marshalling:
    """What an operation is encoded with: the settings for all operations, and the digests of those it stands on.

    `platform` is that of operations without one. `caps` are the capabilities of the BuildKit that will build, None if
    unknown. `unique_id` is written into local sources with no session, so that two builds do not share one.
    """

    __slots__ = ("caps", "digests", "platform", "unique_id")

    def __init__(self, platform: Platform, caps: frozenset[str] | None, unique_id: str) -> None:
        self.platform = platform
        self.caps = caps
        self.unique_id = unique_id
        self.digests: dict[Vertex, bytes] = {}
