"""Filesystems from filesystems: merge, diff, builds within a build, and the passthrough."""

from __future__ import annotations

from collections.abc import Iterable

from llb import wire
from llb.graph import Marshalling, Output, Vertex
from llb.meta import Meta


class MergeVertex(Vertex):
    """Filesystems laid over each other, the later ones on top."""

    __slots__ = ("outputs",)
    has_platform = False

    def __init__(self, outputs: tuple[Output, ...], meta: Meta) -> None:
        self.outputs = outputs
        self.meta = meta

    def inputs(self) -> tuple[Output, ...]:
        return self.outputs

    def body(self, marshalling: Marshalling) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        encoded = b"".join([wire.field(1, wire.number(1, number)) for number in range(len(self.outputs))])
        return self.outputs, wire.field(6, encoded), ("mergeop",)


class DiffVertex(Vertex):
    """What the upper filesystem has that the lower has not, deletions too. Without an upper one: nothing but those."""

    __slots__ = ("outputs",)
    has_platform = False

    def __init__(self, lower: Output, upper: Output | None, meta: Meta) -> None:
        self.outputs = (lower,) if upper is None else (lower, upper)
        self.meta = meta

    def inputs(self) -> tuple[Output, ...]:
        return self.outputs

    def body(self, marshalling: Marshalling) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        upper = wire.number(1, 1 if len(self.outputs) > 1 else -1)
        return self.outputs, wire.field(7, wire.field(1, b"") + wire.field(2, upper)), ("diffop",)


class PassthroughVertex(Vertex):
    """Filesystems handed on as they are, once all inputs have been made (BuildKit v0.31).

    `kept` are the numbers of the inputs that are outputs too.
    """

    __slots__ = ("ident", "kept", "outputs")
    has_platform = False

    def __init__(self, ident: str, outputs: tuple[Output, ...], kept: tuple[int, ...], meta: Meta) -> None:
        self.ident = ident
        self.outputs = outputs
        self.kept = kept
        self.meta = meta

    def inputs(self) -> tuple[Output, ...]:
        return self.outputs

    def body(self, marshalling: Marshalling) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        encoded = wire.text(1, self.ident) + wire.packed(2, self.kept)
        return self.outputs, wire.field(8, encoded), ("passthroughop",)


class BuildVertex(Vertex):
    """The build that a Definition in a file of a filesystem describes."""

    __slots__ = ("filename", "output")

    def __init__(self, output: Output, filename: str, meta: Meta) -> None:
        self.output = output
        self.filename = filename
        self.meta = meta

    def inputs(self) -> tuple[Output, ...]:
        return (self.output,)

    def body(self, marshalling: Marshalling) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        encoded = wire.number(1, -1) + wire.mapping(2, {"buildkit.llb.definition": wire.field(2, b"")})
        if self.filename:
            encoded += wire.text_map(4, {"llbbuild.filename": self.filename})
        return (self.output,), wire.field(5, encoded), ("source.buildop.llbfilename",)
