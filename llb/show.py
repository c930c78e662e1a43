"""A Definition for people and tests: as JSON, as an indented tree, as a DOT graph.

`python -m llb.show [--json|--tree|--dot] < definition`
"""

import sys
from collections.abc import Callable
from typing import Any

from google.protobuf.json_format import MessageToDict

from llb import reader
from llb.errors import LLBError
from llb.marshal import Definition
from llb.meta import CUSTOM_NAME
from llb.pb import ops_pb2 as pb

INDENT = "  "


def to_json(definition: Definition) -> dict[str, Any]:
    """The Definition as plain values: `ops` in order, each with `digest`, `op` and `metadata`; and `source`.

    Messages are in protobuf's JSON form with the fields' own names; bytes are base64.
    """
    ops = []
    for digest, data in definition:
        metadata = definition.metadata.get(digest)
        message = pb.OpMetadata.FromString(metadata.encoded() if metadata is not None else b"")
        ops.append({"digest": digest, "op": plain(parsed(data)), "metadata": plain(message)})
    return {"ops": ops, "source": plain(pb.Source.FromString(definition.source()))}


def parsed(data: bytes) -> pb.Op:
    """An operation as a message. Raises LLBError."""
    from google.protobuf.message import DecodeError

    try:
        return pb.Op.FromString(data)
    except DecodeError as error:
        raise LLBError(f"data: a malformed operation: {error}") from None


def plain(message: Any) -> dict[str, Any]:
    """A message as plain values."""
    return MessageToDict(message, preserving_proto_field_name=True)


def summary(op: pb.Op, name: str = "") -> str:
    """An operation in one line: its kind, what it does, and its display name."""
    kind = op.WhichOneof("op") or "result"
    text = DETAILS[kind](op) if kind in DETAILS else ""
    return " ".join(part for part in (kind, text, f"[{name}]" if name else "") if part)


def _exec(op: pb.Op) -> str:
    found: pb.ExecOp = getattr(op, "exec")  # noqa: B009 - a statement's name in other Pythons
    return " ".join(found.meta.args)


def _file(op: pb.Op) -> str:
    words = []
    for action in op.file.actions:
        kind = action.WhichOneof("action") or ""
        change = getattr(action, kind)
        if kind == "copy":
            words.append(f"copy {change.src} {change.dest}")
        elif kind == "symlink":
            words.append(f"symlink {change.oldpath} {change.newpath}")
        else:
            words.append(f"{kind} {change.path}")
    return ", ".join(words)


DETAILS: dict[str, Callable[[pb.Op], str]] = {
    "exec": _exec,
    "file": _file,
    "source": lambda op: op.source.identifier,
    "passthrough": lambda op: op.passthrough.id,
    "build": lambda op: op.build.attrs.get("llbbuild.filename", ""),
}


def lines_of(definition: Definition) -> dict[str, str]:
    """The one-line summary of each operation, by digest."""
    found = {}
    for digest, data in definition:
        metadata = definition.metadata.get(digest)
        found[digest] = summary(parsed(data), metadata.description.get(CUSTOM_NAME, "") if metadata else "")
    return found


def to_tree(definition: Definition) -> str:
    """The graph from its result down, what an operation stands on indented below it.

    An operation that is used again is written once; its later places say so by its number.
    """
    if not definition.ops:
        return "scratch\n"
    lines = lines_of(definition)
    ops = dict(definition)
    numbers = {digest: number for number, digest in enumerate(definition.digests)}
    shown: set[str] = set()
    out: list[str] = []
    stack = [(definition.digests[-1], 0, 0)]
    while stack:
        digest, index, depth = stack.pop()
        output = f" (output {index})" if index else ""
        mark = f"#{numbers[digest]}"
        if digest in shown:
            out.append(f"{INDENT * depth}{mark}{output} again")
            continue
        shown.add(digest)
        out.append(f"{INDENT * depth}{mark}{output} {lines[digest]}")
        inputs = [(below, number, depth + 1) for below, number in reader.inputs_of(ops[digest])]
        stack.extend(reversed(inputs))
    return "\n".join(out) + "\n"


def to_dot(definition: Definition) -> str:
    """The graph in Graphviz' language, an arrow from each operation to those that stand on it."""
    out = ["digraph llb {", "  node [shape=box fontname=monospace];"]
    lines = lines_of(definition)
    for digest, data in definition:
        ident = digest[7:19]
        out.append(f'  "{ident}" [label="{escaped(lines[digest])}"];')
        for below, index in reader.inputs_of(data):
            label = f' [label="{index}"]' if index else ""
            out.append(f'  "{below[7:19]}" -> "{ident}"{label};')
    return "\n".join([*out, "}"]) + "\n"


def escaped(text: str) -> str:
    """A text inside DOT's quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def main(arguments: list[str]) -> int:
    """Shows the Definition on stdin; 0, or 1 when there is none."""
    import json

    forms: dict[str, Callable[[Definition], str]] = {
        "--json": lambda definition: json.dumps(to_json(definition), indent=2) + "\n",
        "--tree": to_tree,
        "--dot": to_dot,
    }
    form = arguments[0] if arguments else "--tree"
    if form not in forms or len(arguments) > 1:
        sys.stderr.write("usage: python -m llb.show [--json|--tree|--dot] < definition\n")
        return 2
    try:
        sys.stdout.write(forms[form](reader.read(sys.stdin.buffer.read())))
    except LLBError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
