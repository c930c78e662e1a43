"""Definitions for people."""

import io
import sys

import pytest

import llb
from llb import show

A, B = llb.image("alpine"), llb.image("busybox")
LOCAL = llb.local("ctx", session_id="s")


def shown(state: llb.State) -> list[str]:
    """The tree without digests."""
    lines = show.to_tree(state.marshal()).splitlines()
    return ["  ".join(part for part in line.split("  ") if not part.startswith("sha256:")) for line in lines]


def test_a_tree_keeps_chains_in_a_column_and_dashes_inputs() -> None:
    ran = A.run(["sh", "-c", "echo hi"], name="hello", mounts=[llb.bind("/m", LOCAL), llb.scratch_mount("/out")])
    copied = llb.scratch().copy(ran.output("/out"), "/", "/o").file(llb.rm("/o/x"))
    assert shown(llb.merge([A, copied, llb.diff(A, ran)], name="image").run(["true"])) == [
        "exec true",
        "merge  [image]",
        "- docker-image://docker.io/library/alpine:latest",
        "- rm /o/x",
        "  copy / /o",
        "  exec sh -c 'echo hi'  [hello]  output 2",
        "  - /: docker-image://docker.io/library/alpine:latest  (above)",
        "  - /m: local://ctx",
        "- diff",
        "  - lower: docker-image://docker.io/library/alpine:latest  (above)",
        "  - upper: exec sh -c 'echo hi'  [hello]  (above)",
    ]


ONE_LINES = [
    (llb.scratch().file(llb.mkdir("/a"), llb.mkfile("/b", b""), llb.rm("/c")), "mkdir /a, mkfile /b, rm /c"),
    (llb.scratch().file(llb.symlink("a", "/b")), "symlink /b -> a"),
    (llb.local("x").build(), "build"),
    (A.requires("ready", [LOCAL]), "passthrough ready"),
    (A.run(["echo", "x" * 200]), "exec echo " + "x" * 89 + "…"),
    (A.run(["sh", "-c", "a\n  b"]), "exec sh -c 'a b'"),
]


@pytest.mark.parametrize(("state", "line"), ONE_LINES)
def test_an_operation_in_a_line(state: llb.State, line: str) -> None:
    assert shown(state)[0] == line


def test_an_empty_filesystem() -> None:
    assert show.to_tree(llb.scratch().marshal()) == "scratch\n"
    assert show.to_json(llb.scratch().marshal()) == {"ops": [], "source": {}}
    assert show.to_dot(llb.scratch().marshal()).startswith("digraph llb {\n")


def test_dot_names_operations_and_what_they_use() -> None:
    dot = show.to_dot(llb.diff(A, A.run(["echo", '"\\']), name='a "name"').marshal())
    assert '[label="a \\"name\\"\\ndiff\\nsha256:' in dot
    assert 'n0 -> n2 [label="lower"];' in dot
    assert 'n1 -> n2 [label="upper"];' in dot


def test_json_has_the_fields_of_the_messages() -> None:
    state = A.run(["x"], mounts=[llb.tmpfs("/t")], name="n", at=llb.SourceMap("f", b"1\n").at(1))
    found = show.to_json(state.marshal())
    op = found["ops"][1]
    assert op["op"]["exec"]["mounts"][1]["mountType"] == "TMPFS"
    assert op["metadata"]["description"] == {"llb.customname": "n"}
    assert found["source"]["infos"] == [{"filename": "f", "data": "MQo="}]
    assert found["source"]["locations"][op["digest"]]["locations"][0]["ranges"][0]["start"] == {"line": 1}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff", "error: data: not a Definition: truncated\n"),
        (b"\x0a\x03\x08\x01\x08", "error: data: not an operation"),
        (b"\x0a\x04\x0a\x02\x0a\x00", "error: data: the input  is not in the Definition\n"),
        (b"\x0a\x00", "error: data: the last operation does not name one result\n"),
        (b"\x0a\x05\x0a\x03\x0a\x01\x1b", "error: data: the input \\x1b is not in the Definition\n"),
    ],
)
def test_what_is_no_definition_is_told_in_a_line(
    data: bytes, message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["show"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert show.main() == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(message)
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (b"\x1a\x05\x12\x03\x1a\x01\xff", "data: not source files"),  # SourceInfo.definition
        (b"\x12\x0c\x0a\x04\x61\x61\x61\x61\x12\x04\x32\x02\x0a\xff", "data: not a Definition"),
        (b"\x0a\x06\x1a\x04\x0a\x02\xff\xff", "data: not an operation"),  # SourceOp.identifier
    ],
)
def test_json_of_a_broken_part_is_told(definition: bytes, message: str) -> None:
    with pytest.raises(llb.LLBError, match=f"^{message}"):
        show.to_json(llb.read(definition))


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    state = A.run(
        ["echo", "\x1b[31m\u202e\x9b"], name="\x1b]0;x\x07é", mounts=[llb.bind("/\x1b", LOCAL), llb.bind("/\u2066", B)]
    )
    for text in (show.to_tree(state.marshal()), show.to_dot(state.marshal())):
        assert all(line.isprintable() for line in text.splitlines())
    tree = show.to_tree(state.marshal())
    assert "exec echo '\\x1b[31m\\u202e\\x9b'  [\\x1b]0;x\\x07é]" in tree
    assert "- /\\x1b: local://ctx" in tree
