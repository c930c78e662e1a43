"""The library used alone: values, deep graphs, definitions read back, and what it needs to be imported."""

import json
import subprocess
import sys
from pathlib import Path

import llb
from llb import show
from proto.compile import PLACES, ROOT, compile_to

A = llb.image("alpine")


def test_a_state_is_a_value() -> None:
    assert A.env("CI", "1") != A
    assert A.env("CI", "1") == llb.image("alpine").env("CI", "1")
    assert hash(A) == hash(llb.image("docker.io/library/alpine:latest"))
    assert A.run(["a"], name="x") == A.run(["a"], name="y")
    assert A.run(["a"]) != A.run(["b"])
    assert A.env("A", "1").env("A", None) == A
    assert "sha256:a7f9733e307d" in repr(A)


def test_options_of_a_program_do_not_flow_on() -> None:
    ran = A.run(["a"], dir="/x", env={"A": "1"}, user="u")
    assert ran.settings == A.settings


def test_a_chain_ten_thousand_deep() -> None:
    state: llb.State = A
    for number in range(10_000):
        state = state.run(["true", str(number)])
    definition = state.marshal()
    assert len(definition.ops) == 10_002
    assert len(llb.from_definition(definition.to_bytes()).marshal().ops) == 10_002
    assert state == state.env("A", "1").env("A", None)
    assert show.to_tree(definition).count("\n") == 10_001


def test_a_graph_with_2_to_the_40_paths() -> None:
    state: llb.State = A
    for _ in range(40):
        state = llb.merge([state.file(llb.mkdir("/a")), state.file(llb.mkdir("/b"))])
    definition = state.marshal()
    assert len(definition.ops) == 1 + 3 * 40 + 1
    assert show.to_tree(definition).endswith("\n")
    assert state == llb.from_definition(definition.to_bytes()) or state.settings != llb.scratch().settings


def test_metadata_of_equal_operations_is_joined() -> None:
    first = A.run(["true"], name="one", ignore_cache=True)
    second = llb.image("alpine").run(["true"], description={"x": "y"})
    definition = llb.merge([first, second]).marshal()
    metadata = definition.metadata[definition.digests[1]]
    assert metadata.ignore_cache
    assert metadata.description == {"llb.customname": "one", "x": "y"}


def test_source_maps_are_shared_and_every_operation_has_an_entry() -> None:
    file, again = llb.SourceMap("app.yaml", b"a\nb\n"), llb.SourceMap("app.yaml", b"a\nb\n")
    state = A.run(["a"], at=file.at(1)).run(["b"], at=[again.at(2), again.at(1, 2)])
    definition = state.marshal()
    source = show.to_json(definition)["source"]
    assert [info["filename"] for info in source["infos"]] == ["app.yaml"]
    assert len(source["locations"]) == 3
    assert len(source["locations"][definition.digests[2]]["locations"]) == 2


def test_path_is_set_where_buildkit_does_not() -> None:
    old, new = A.run(["a"]).marshal(caps=[]), A.run(["a"]).marshal(caps=["exec.meta.setsdefaultpath"])
    assert b"PATH=/usr/local/sbin:" in old.ops[1]
    assert b"PATH" not in new.ops[1]
    assert "exec.meta.setsdefaultpath" in new.metadata[new.head].caps


def test_the_three_forms_of_a_definition(tmp_path: Path) -> None:
    state = A.run(["echo", 'a "b"'], mounts=[llb.scratch_mount("/out")], name="say").output("/out")
    data = state.marshal().to_bytes()

    def shown(form: str) -> str:
        done = subprocess.run([sys.executable, "-m", "llb.show", form], input=data, capture_output=True, check=True)
        return done.stdout.decode()

    tree = shown("--tree").splitlines()
    assert tree == [
        "exec echo 'a \"b\"'  [say]  output 1  sha256:094bc07ba350",
        "docker-image://docker.io/library/alpine:latest  sha256:a7f9733e307d",
    ]
    found = json.loads(shown("--json"))
    assert found["ops"][1]["op"]["exec"]["meta"]["args"] == ["echo", 'a "b"']
    assert found["ops"][1]["metadata"]["description"] == {"llb.customname": "say"}
    dot = shown("--dot")
    assert dot.startswith("digraph llb {\n")
    assert '[label="say\\nexec echo \'a \\"b\\"\'\\nsha256:094bc07ba350"];' in dot
    wrong = subprocess.run([sys.executable, "-m", "llb.show"], input=b"\xff", capture_output=True, check=False)
    assert (wrong.returncode, wrong.stderr) == (1, b"error: data: not a Definition: truncated\n")


def test_it_is_imported_without_grpc_and_without_protobuf() -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('grpc', 'google', 'google.protobuf', 'msgspec', 'pydantic')))\n"
        "from llb import image, local\n"
        "state = image('alpine').run(['true']).copy(local('x'), '/', '/')\n"
        "assert state == state.env('A', '1').env('A', None)\n"
        "print(len(state.marshal().ops))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "5\n"


def test_it_imports_nothing_that_takes_long() -> None:
    """What a build pays for at every start; hashlib and typing are what it needs, and what they bring."""
    program = (
        "import sys, hashlib, typing; before = set(sys.modules)\n"
        "import llb; llb.local('x').run(['true']).marshal().to_bytes()\n"
        "print(*sorted(name for name in set(sys.modules) - before if name.partition('.')[0] != 'llb'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"__future__", "gc"}


def test_every_public_name_is_there_and_documented() -> None:
    for name in llb.__all__:
        assert getattr(llb, name).__doc__, name
    page = (ROOT / "docs/llb.md").read_text()
    missing = [name for name in llb.__all__ if name not in page]
    assert missing == []


def test_the_stubs_are_those_of_the_proto_files(tmp_path: Path) -> None:
    compile_to(tmp_path)
    for place in PLACES.values():
        made = {file.name: file.read_text() for file in (tmp_path / place).glob("*_pb2.py*")}
        held = {file.name: file.read_text() for file in (ROOT / place).glob("*_pb2.py*")}
        assert made == held, "the stubs have drifted: run `make proto`"
