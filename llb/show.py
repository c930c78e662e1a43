"""Definitions for people: as JSON, as an indented tree, as DOT for Graphviz.

python -m llb.show --tree < definition
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError

from llb.errors import LLBError
from llb.meta import CUSTOM_NAME
from llb.pb import ops_pb2 as pb
from llb.reader import read

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from llb.marshal import Definition

M = TypeVar("M", bound="Message")
Json = dict[str, Any]
SHOWN_CHARACTERS = 100
MAX_INDENT = 40  # levels; a deeper graph is wider than any screen
SHORT_DIGEST = len("sha256:") + 12


class Node(NamedTuple):
    """An operation: its inputs are numbers of nodes, each with the number of its output and what it is used for."""

    digest: str
    text: str
    name: str
    inputs: tuple[tuple[int, int, str], ...]


def to_json(definition: Definition) -> Json:
    """The Definition as plain values: `ops` in order, each with `digest`, `op` and `metadata`; and `source`.

    Messages are in protobuf's JSON form with the fields' own names; bytes are base64.
    """
    ops = []
    for digest, data in definition:
        metadata = definition.metadata.get(digest)
        message = parsed(pb.OpMetadata, metadata.encoded() if metadata is not None else b"", "metadata")
        ops.append({"digest": digest, "op": plain(parsed(pb.Op, data)), "metadata": plain(message)})
    return {"ops": ops, "source": plain(parsed(pb.Source, definition.source(), "source files"))}


def to_tree(definition: Definition) -> str:
    """One line for each operation, from the result down to the sources; what it stands on is below it.

    A chain stays in one column; several inputs of one operation are indented, each with a dash. What is below an
    operation that was shown before is not shown again.
    """
    nodes = graph(definition)
    if not nodes:
        return "scratch\n"
    if len(nodes[-1].inputs) != 1:
        raise LLBError("data: the last operation does not name one result")
    head, index, _ = nodes[-1].inputs[0]
    lines = []
    seen: set[int] = set()
    stack = [(head, index, "", 0, False)]
    while stack:
        number, index, use, depth, dash = stack.pop()
        node = nodes[number]
        again = number in seen
        seen.add(number)
        parts = [
            "  " * min(depth, MAX_INDENT - dash) + ("- " if dash else "") + (f"{use}: " if use else "") + node.text,
            f"[{node.name}]" if node.name else "",
            f"output {index}" if index else "",
            node.digest[:SHORT_DIGEST],
            "(above)" if again else "",
        ]
        lines.append("  ".join(part for part in parts if part))
        if not again:
            several = len(node.inputs) > 1
            deeper = depth + dash
            stack += [(below, output, place, deeper, several) for below, output, place in reversed(node.inputs)]
    return "\n".join(lines) + "\n"


def to_dot(definition: Definition) -> str:
    """A graph for Graphviz, with an arrow from each operation to those that use it."""
    lines = ["digraph llb {", "  rankdir=LR;", '  node [shape=box, fontname="monospace"];']
    nodes = graph(definition)
    for number, node in enumerate(nodes):
        label = "\n".join(part for part in (node.name, node.text, node.digest[:SHORT_DIGEST]) if part)
        lines.append(f"  n{number} [label={quoted(label)}];")
    for number, node in enumerate(nodes):
        for below, index, use in node.inputs:
            text = " ".join(part for part in (use, f"({index})" if index else "") if part)
            lines.append(f"  n{below} -> n{number}{f' [label={quoted(text)}]' if text else ''};")
    return "\n".join([*lines, "}"]) + "\n"


def quoted(text: str) -> str:
    """A DOT string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def graph(definition: Definition) -> list[Node]:
    """The operations in the Definition's order, the result last. Raises LLBError for an input that is not there."""
    number = {digest: index for index, digest in enumerate(definition.digests)}
    nodes = []
    for digest, data in zip(definition.digests, definition.ops, strict=True):
        op = parsed(pb.Op, data)
        uses = list(map(shortened, input_uses(op)))
        inputs = []
        for position, given in enumerate(op.inputs):
            if given.digest not in number:
                raise LLBError(f"data: the input {given.digest} is not in the Definition")
            inputs.append((number[given.digest], given.index, uses[position] if position < len(uses) else ""))
        metadata = definition.metadata.get(digest)
        name = metadata.description.get(CUSTOM_NAME, "") if metadata else ""
        nodes.append(Node(digest, shortened(describe(op)), shortened(name), tuple(inputs)))
    return nodes


def parsed(kind: type[M], data: bytes, what: str = "an operation") -> M:
    """A message. Raises LLBError for what is none."""
    try:
        return kind.FromString(data)
    except DecodeError as error:
        raise LLBError(f"data: not {what}: {error}") from None


def plain(message: Any) -> Json:
    """A message as plain values."""
    found: Json = MessageToDict(message, preserving_proto_field_name=True)
    return found


def shortened(text: str) -> str:
    """The text in one line of bounded length."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


def printable(text: str) -> str:
    """The text with what a terminal would obey, or hide, written as an escape: control and direction characters."""
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() else c.encode("unicode_escape").decode() for c in text])


def describe(op: pb.Op) -> str:
    """What an operation does, in a few words."""
    match op.WhichOneof("op"):
        case "source":
            return op.source.identifier
        case "exec":
            return "exec " + shlex.join(op.exec.meta.args)
        case "file":
            return ", ".join(map(describe_action, op.file.actions))
        case "merge":
            return "merge"
        case "diff":
            return "diff"
        case "build":
            return "build"
        case "passthrough":
            return f"passthrough {op.passthrough.id}"
        case _:
            return "result"


def describe_action(action: pb.FileAction) -> str:
    """What a file action does."""
    match action.WhichOneof("action"):
        case "copy":
            return f"copy {action.copy.src} {action.copy.dest}"
        case "mkfile":
            return f"mkfile {action.mkfile.path}"
        case "mkdir":
            return f"mkdir {action.mkdir.path}"
        case "rm":
            return f"rm {action.rm.path}"
        case "symlink":
            return f"symlink {action.symlink.newpath} -> {action.symlink.oldpath}"
        case _:
            return "unknown action"


def input_uses(op: pb.Op) -> Iterator[str]:
    """What each input is used for: where an exec mounts it, which side of a diff it is."""
    match op.WhichOneof("op"):
        case "exec":
            places: dict[int, list[str]] = {}
            for mount in op.exec.mounts:
                places.setdefault(mount.input, []).append(mount.dest)
            if len(op.inputs) > 1:
                yield from (" ".join(places.get(number, ())) for number in range(len(op.inputs)))
        case "file":
            copied = {action.secondaryInput for action in op.file.actions if action.WhichOneof("action") == "copy"}
            if len(op.inputs) > 1:
                yield from ("from" if number in copied else "on" for number in range(len(op.inputs)))
        case "diff":
            yield from ("lower", "upper")


FORMATS: dict[str, Callable[[Definition], str]] = {
    "json": lambda definition: json.dumps(to_json(definition), indent=2, ensure_ascii=False) + "\n",
    "tree": to_tree,
    "dot": to_dot,
}


def main() -> int:
    """Reads a Definition from standard input and prints it; 1 when it is none."""
    parser = argparse.ArgumentParser(prog="python -m llb.show", description="Shows an LLB definition.")
    chosen = parser.add_mutually_exclusive_group()
    for name in FORMATS:
        chosen.add_argument(f"--{name}", action="store_const", const=name, dest="format")
    name = parser.parse_args().format or "tree"
    try:
        sys.stdout.write(FORMATS[name](read(sys.stdin.buffer.read())))
    except LLBError as error:
        sys.stderr.write(f"error: {printable(str(error))}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
