"""Graphs that a walk without care would not survive, and what makes two states equal."""

import copy
import pickle
import subprocess
import sys
from hashlib import sha256

import pytest

import llb
from llb import wire
from llb.pb import ops_pb2 as pb
from llb.show import to_tree

A, B = llb.image("alpine"), llb.image("busybox")
DEPTH = 2_000  # twice the depth of calls that Python allows
DOUBLINGS = 40


def chain(length: int) -> llb.State:
    state = A
    for number in range(length):
        state = state.run(["step", str(number)]) if number % 2 else state.file(llb.mkdir(f"/{number}"))
    return state


def doubled(times: int) -> llb.State:
    """A graph in which the number of paths from the result to the image doubles each time."""
    state: llb.State = A.run(["start"])
    for number in range(times):
        left, right = state.run(["left", str(number)]), state.run(["right", str(number)])
        state = llb.merge([left, right])
    return state


def test_a_deep_chain_is_marshalled_compared_and_read_back() -> None:
    state = chain(DEPTH)
    definition = state.marshal()
    assert len(definition.ops) == DEPTH + 2
    assert llb.from_definition(definition.to_bytes()).marshal().ops == definition.ops
    assert state == chain(DEPTH)
    assert state != chain(DEPTH + 2)
    assert len({state, chain(DEPTH)}) == 1
    assert repr(state).startswith("<llb.State sha256:")
    assert len(to_tree(definition).splitlines()) == DEPTH + 1


def test_shared_branches_are_visited_once() -> None:
    state = doubled(DOUBLINGS)
    definition = state.marshal()
    assert len(definition.ops) == 2 + DOUBLINGS * 3 + 1
    assert llb.from_definition(definition.to_bytes()).marshal().ops == definition.ops
    assert state == doubled(DOUBLINGS)
    assert len(to_tree(definition).splitlines()) == 1 + DOUBLINGS * 4 + 1  # each merge's base is named a second time


def test_a_copy_chain_of_sub_chains_is_deep() -> None:
    actions = llb.scratch().actions(llb.mkfile("/f", b"x"))
    for _ in range(100):
        actions = llb.scratch().actions(llb.copy(actions, "/f", "/f"))
    definition = llb.scratch().file(llb.copy(actions, "/f", "/f")).marshal()
    assert len(pb.Op.FromString(definition.ops[0]).file.actions) == 102


def test_sub_chains_may_be_any_depth_and_shared_any_number_of_ways() -> None:
    deep = A.actions(llb.mkfile("/f", b"x"))
    shared = deep
    for _ in range(DEPTH):
        deep = llb.scratch().actions(llb.copy(deep, "/f", "/f"))
    for _ in range(DOUBLINGS):
        shared = llb.scratch().actions(llb.copy(shared, "/f", "/f"), llb.copy(shared, "/f", "/g"))
    for actions, count in ((deep, DEPTH + 2), (shared, 2 * DOUBLINGS + 2)):
        state = B.file(llb.copy(actions, "/f", "/f"))
        found = pb.Op.FromString(state.marshal().ops[2]).file.actions
        assert len(found) == count
        assert [action.secondaryInput for action in found[1:3]] == [2, 2 if actions is shared else 3]
        assert state == B.file(llb.copy(actions, "/f", "/f"))


def test_operations_are_read_in_any_order() -> None:
    definition = doubled(3).marshal()
    *ops, last = definition.ops
    turned = b"".join([wire.field(1, op) for op in (*reversed(ops), last)])
    again = llb.from_definition(turned).marshal()
    assert again.ops == definition.ops
    assert to_tree(llb.read(turned)) == to_tree(again)


def test_every_input_is_marshalled_before_what_uses_it() -> None:
    definition = doubled(3).marshal()
    known: set[str] = set()
    for digest, data in definition:
        assert digest == "sha256:" + sha256(data).hexdigest()
        assert {given.digest for given in pb.Op.FromString(data).inputs} <= known
        known.add(digest)


def test_the_same_operation_made_twice_is_written_once_with_the_metadata_of_both() -> None:
    first = A.run(["true"], description={"a": "1", "b": "1"}, caps=["file.base"])
    second = llb.image("alpine").run(["true"], description={"b": "2"}, ignore_cache=True, export_cache=False)
    definition = llb.merge([first, second]).marshal()
    assert len(definition.ops) == 4
    metadata = definition.metadata[first.marshal().head]
    assert metadata.description == {"a": "1", "b": "2"}
    assert (metadata.ignore_cache, metadata.export_cache) == (True, False)
    assert metadata.caps == {"exec.meta.base", "exec.mount.bind", "file.base"}


def test_equal_states_stand_on_equal_operations_and_have_equal_settings() -> None:
    base = A.dir("/app").env("A", "1").user("app")
    assert base == llb.image("docker.io/library/alpine:latest").env("A", "1").user("app").dir("/app")
    assert base.run(["true"]) == base.run(["true"])
    assert base.run(["true"]) == base.run(["true"], name="names are not in the bytes")
    for other in (
        A,
        base.dir("x"),
        base.env("A", "2"),
        base.user("b"),
        base.platform("linux/arm64"),
        base.run(["true"]),
    ):
        assert other != base
    assert base.run(["true"]) != base.run(["false"])
    ran = base.run(["true"], mounts=[llb.scratch_mount("/a"), llb.scratch_mount("/b")])
    assert ran.output("/a") != ran.output("/b")
    assert llb.scratch() == llb.scratch()
    assert base != "base"


def test_no_method_changes_a_state() -> None:
    base = A.dir("/app").env("A", "1")
    before = (base.settings, base.marshal().to_bytes())
    base.env("A", "2").env("B", "3").dir("x").user("u").hostname("h").network("none").security("insecure")
    base.host("h", "::1").ulimit("nofile", 1).cgroup_parent("g").platform("linux/arm64")
    base.run(["true"], env={"C": "1"}, dir="y").file(llb.mkdir("/x")).copy(A, "/a", "/b")
    base.marshal(caps=[], name="named", platform="linux/arm64")
    assert (base.settings, base.marshal().to_bytes()) == before


def test_a_local_source_without_a_session_is_this_builds_own() -> None:
    local = llb.local("context")
    assert local.marshal().head != local.marshal().head
    assert local.marshal(unique_id="u").head == local.marshal(unique_id="u").head
    assert local == llb.local("context"), "states are compared without it"
    fixed = llb.local("context", unique_id="u")
    assert fixed.marshal().head == local.marshal(unique_id="u").head
    assert fixed.marshal().metadata[fixed.marshal().head].caps == {"source.local", "source.local.unique"}
    attrs = pb.Op.FromString(local.marshal(unique_id="").ops[0]).source.attrs
    assert dict(attrs) == {}


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_bytes_do_not_depend_on_the_process(seed: str) -> None:
    program = (
        "import sys; from tests.llb.test_graphs import everything;"
        " sys.stdout.buffer.write(everything().marshal(unique_id='u', caps=['a']).to_bytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=60
    )
    assert done.stdout == everything().marshal(unique_id="u", caps=["a"]).to_bytes()


def everything() -> llb.State:
    """A graph with much that is written sorted."""
    source = llb.git("github.com/moby/buildkit", keep_git_dir=True, checksum="abc", mtime="commit")
    base = A.env("B", "1").env("A", "2")
    ran = base.run(
        ["true"],
        description={"z": "1", "y": "2", "x": "3"},
        mounts=[llb.bind("/z", source), llb.tmpfs("/y", size_bytes=1), llb.cache("/x", id="x"), llb.secret(env="T")],
        at=[llb.SourceMap("f", b"a\nb\n").at(1), llb.SourceMap("g", b"a\n").at(1)],
    )
    return llb.merge([ran, llb.local("b").copy(llb.local("a", include=["x"]), "/", "/")])


MAP = llb.SourceMap("f", b"1\n", "", A)
RAN = A.run(["true"], mounts=[llb.bind("/x", A)])
VALUES: list[tuple[object, str]] = [
    (A, "settings"),
    (A, "output_"),
    (RAN, "vertex"),
    (RAN, "base"),
    (RAN.vertex, "args"),
    (RAN.vertex, "mounts"),
    (llb.bind("/x", A), "dest"),
    (llb.copy(A, "/a", "/b"), "path"),
    (llb.mkdir("/a"), "path"),
    (llb.mkfile("/a", b""), "content"),
    (llb.rm("/a"), "path"),
    (llb.symlink("/a", "/b"), "old"),
    (A.actions(llb.rm("/a")), "actions"),
    (MAP, "data"),
    (MAP.at(1), "ranges"),
    (llb.ProgressGroup("a"), "id"),
]


@pytest.mark.parametrize(("value", "name"), VALUES)
def test_a_value_cannot_be_changed(value: object, name: str) -> None:
    before = getattr(value, name)
    with pytest.raises(AttributeError):
        setattr(value, name, before)
    with pytest.raises(AttributeError):
        delattr(value, name)
    assert getattr(value, name) is before
    assert not hasattr(value, "__dict__")


def test_a_value_can_be_copied_and_pickled() -> None:
    state = RAN.file(llb.copy(A, "/a", "/b"), llb.mkdir("/c")).run(["x"], at=MAP.at(1))
    for again in (copy.copy(state), copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
        assert again.marshal().to_bytes() == state.marshal().to_bytes()


def test_a_list_that_was_given_may_be_changed_afterwards() -> None:
    args, patterns, ranges = ["x"], ["a"], [((1, 0), (1, 0))]
    place = llb.Location(MAP, ranges)  # type: ignore[arg-type]
    state = A.run(args, at=place).file(llb.copy(llb.local("c", include=patterns), "/", "/", include=patterns))
    before = state.marshal(unique_id="").to_bytes()
    args.append("y")
    patterns.append("b")
    ranges.append(((2, 0), (2, 0)))
    assert state.marshal(unique_id="").to_bytes() == before
