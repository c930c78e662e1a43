"""Operations and how they hang together. A vertex is an operation; an output is one filesystem it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llb import meta as metas
from llb.errors import Frozen, LLBError, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from llb.marshal import Marshaller
    from llb.platforms import Platform
    from llb.state import State


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


class Filesystem(Frozen):
    """What a state is to the operations made of it: `State` alone is one."""

    __slots__ = ()


def state_in(argument: str, value: State) -> State:
    """The state itself. Raises LLBError for what is none."""
    if not isinstance(value, Filesystem):
        raise LLBError(f"{argument}: {value!r} is not a state")
    return value


class Vertex:
    """An operation. A subclass says what it stands on, and how its bytes are made."""

    __slots__ = ("_digest", "meta")

    meta: metas.Meta
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
    def locations(self) -> tuple[metas.Location, ...]:
        """The places in files it comes from."""
        return self.meta.locations

    def inputs(self) -> Sequence[Output]:
        """The outputs it stands on, in the order the graph is walked."""
        raise NotImplementedError

    def index_of(self, key: str) -> int:
        """The number of an output."""
        raise NotImplementedError

    def body(self, marshaller: Marshaller) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        """Its inputs in the op's order, its oneof field encoded, and the capabilities it needs."""
        raise NotImplementedError

    def own_platform(self) -> Platform | None:
        """The platform it was given; None: that of the whole definition."""
        return self.meta.platform
