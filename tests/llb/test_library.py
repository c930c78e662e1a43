"""The library used alone: what it needs to be imported, its page of documentation, its command, its stubs."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import llb
from proto.compile import PLACES, ROOT, compile_to

A = llb.image("alpine")


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


ORDER = (  # each imports those before it only
    *("errors", "values", "wire", "paths", "platforms", "handles", "places", "meta", "graph", "exec", "file", "merge"),
    *("hashes", "marshal", "state", "sources", "reader", "show"),
)


def test_no_module_imports_one_that_imports_it() -> None:
    modules = {path.stem: ast.parse(path.read_text()) for path in (ROOT / "llb").glob("*.py")}
    assert set(ORDER) == set(modules) - {"__init__"}
    for number, name in enumerate(ORDER):
        for node in ast.walk(modules[name]):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "llb":
                wanted = [alias.name for alias in node.names] if node.module == "llb" else [str(node.module)[4:]]
                assert set(wanted) <= {*ORDER[:number], "pb"}, f"{name} imports {wanted}"


def test_the_program_of_the_documentation_runs(tmp_path: Path) -> None:
    program = (ROOT / "docs/llb.md").read_text().partition("```python\n")[2].partition("```")[0]
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=True)
    definition = llb.read((tmp_path / "definition").read_bytes())
    assert "install dependencies" in {entry.description.get("llb.customname") for entry in definition.metadata.values()}


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


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "llb").glob("*.py")), ids=lambda path: path.name)
def test_an_example_runs_as_it_says(path: Path) -> None:
    (named,) = re.findall(r"PYTHONPATH=\. python (\S+)", path.read_text())
    assert ROOT / named == path
    done = subprocess.run(
        [sys.executable, named], cwd=ROOT, env={"PYTHONPATH": "."}, capture_output=True, check=True, timeout=60
    )
    assert len(llb.read(done.stdout).ops) > 1
