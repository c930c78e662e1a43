"""What the operations say, beyond the bytes of the vectors: settings, inputs, capabilities, source maps."""

import pytest

import llb
from llb.pb import ops_pb2 as pb

A, B = llb.image("alpine"), llb.image("busybox")
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def head(state: llb.State, **options: object) -> pb.Op:
    """The operation a state stands on."""
    return pb.Op.FromString(state.marshal(unique_id="u", **options).ops[-2])  # type: ignore[arg-type]


def caps(state: llb.State) -> set[str]:
    definition = state.marshal(unique_id="u")
    return definition.metadata[definition.head].caps


# --- settings


def test_options_of_a_program_do_not_last() -> None:
    base = A.env("A", "1").dir("/app")
    ran = base.run(["a"], env={"A": "2", "B": "3"}, dir="sub", user="u", hostname="h", network="host")
    meta = head(ran).exec.meta
    assert (list(meta.env), meta.cwd, meta.user, meta.hostname) == (["A=2", "B=3"], "/app/sub", "u", "h")
    after = head(ran.run(["b"])).exec
    assert (list(after.meta.env), after.meta.cwd, after.meta.user, after.network) == (["A=1"], "/app", "", pb.UNSET)


def test_the_environment_is_in_the_order_of_the_last_settings() -> None:
    state = A.env("B", "1").env("A", "2").env("C", "3").env("B", "4").env("C", None)
    assert list(head(state.run(["x"])).exec.meta.env) == ["A=2", "B=4"]


def test_an_image_config_gives_environment_directory_and_platform() -> None:
    config = {
        "os": "windows",
        "architecture": "amd64",
        "os.version": "10.0.17763",
        "os.features": ["win32k"],
        "config": {"Env": ["A=1=2", "B", "=x", "PATH=/bin"], "WorkingDir": "/app", "User": "app"},
    }
    op = head(A.image_config(config).run(["x"]))
    assert list(op.exec.meta.env) == ["A=1=2", "B=", "PATH=/bin"]
    assert (op.exec.meta.cwd, op.exec.meta.user) == ("/app", "")
    assert (op.platform.OS, op.platform.OSVersion, list(op.platform.OSFeatures)) == (
        "windows",
        "10.0.17763",
        ["win32k"],
    )
    empty = head(A.dir("/x").image_config({"config": None}).run(["x"]))
    assert (empty.exec.meta.cwd, empty.platform.OS) == ("/x", "linux")


def test_the_output_of_a_mount_has_the_settings_of_what_was_mounted() -> None:
    ran = A.env("A", "1").run(["x"], mounts=[llb.bind("/m", B.env("B", "2").dir("/b")), llb.scratch_mount("/s")])
    mounted = head(ran.output("/m").run(["y"]))
    assert (list(mounted.exec.meta.env), mounted.exec.meta.cwd) == (["B=2"], "/b")
    assert (mounted.inputs[0].index, head(ran.output("/s").run(["y"])).inputs[0].index) == (1, 2)
    assert list(head(ran.output("/s").run(["y"])).exec.meta.env) == []
    assert list(head(ran.output("/").run(["y"])).exec.meta.env) == ["A=1"]


def test_the_output_of_a_read_only_mount_is_what_was_mounted() -> None:
    state = B.env("B", "2")
    assert A.run(["x"], mounts=[llb.bind("/m", state, readonly=True)]).output("/m") == state
    assert A.run(["x"], readonly_root=True) == A


def test_reset_takes_the_settings_of_another_state() -> None:
    other = B.env("B", "2").dir("/b").user("u")
    assert A.env("A", "1").reset(other) == A.env("B", "2").user("u").dir("/")
    arm = llb.image("alpine", platform="linux/arm64")
    assert arm.reset(other) == arm.env("B", "2").user("u").dir("/b")


def test_an_operations_platform_is_that_of_its_filesystem() -> None:
    for source in (
        llb.image("alpine", platform="linux/arm64"),
        llb.local("x", platform="linux/arm64/v8"),
        A.run(["x"], platform="linux/arm64"),
        A.run(["x"], platform="linux/arm64", mounts=[llb.scratch_mount("/m")]).output("/m"),
    ):
        assert head(source.run(["y"])).platform.Architecture == "arm64"
        assert head(source.file(llb.mkdir("/x")).run(["y"])).platform.Variant == ""
    assert head(A.run(["x"], platform="linux/arm64/v8")).platform.Variant == "v8"
    assert head(A.run(["y"]), platform="linux/s390x").platform.Architecture == "s390x"
    assert head(llb.merge([A.platform("linux/arm64"), B]).run(["x"])).platform.Architecture == "arm64"


def test_worker_filters_are_those_of_all_then_those_of_the_operation() -> None:
    op = head(A.run(["x"], worker=["b", "c"]), worker="a")
    assert list(op.constraints.filter) == ["a", "b", "c"]


def test_a_path_is_set_only_for_a_buildkit_that_does_not_set_one() -> None:
    assert list(head(A.run(["x"])).exec.meta.env) == []
    assert list(head(A.run(["x"]), caps=[]).exec.meta.env) == [PATH]
    assert list(head(A.env("PATH", "/x").run(["x"]), caps=[]).exec.meta.env) == ["PATH=/x"]
    assert list(head(A.run(["x"]), caps=[], platform="windows/amd64").exec.meta.env) == []
    assert list(head(A.run(["x"], mounts=[llb.ssh()]), caps=[]).exec.meta.env) == [
        "SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0",
        PATH,
    ]
    known = A.run(["x"]).marshal(caps=["exec.meta.setsdefaultpath"])
    assert list(pb.Op.FromString(known.ops[-2]).exec.meta.env) == []
    assert "exec.meta.setsdefaultpath" in known.metadata[known.head].caps


# --- capabilities

CAPS: list[tuple[llb.State, set[str]]] = [
    (llb.image("a", resolve_mode="local"), {"source.image"}),
    (llb.image("a", resolve_mode="pull", layer_limit=0), {"source.image", "source.image.resolvemode", "source.image.layerlimit"}),
    (llb.local("a", session_id="s", differ="none"), {"source.local", "source.local.sessionid", "source.local.differ"}),
    (llb.git("git@h:x"), {"source.git", "source.git.fullurl", "source.git.knownsshhosts", "source.git.mountsshsock"}),
    (llb.git("h/x", auth_token_secret="", auth_header_secret=""), {"source.git", "source.git.fullurl"}),
    (llb.git("h/x", auth_header_secret="H"), {"source.git", "source.git.fullurl", "source.git.httpauth"}),
    (llb.http("https://h/x", uid=1, header={}), {"source.http", "soruce.http.uidgid", "source.http.header"}),
    (llb.http("https://h/x", signature=("k", "")), {"source.http", "source.http.signatureverify"}),
    (A.file(llb.rm("/x", wildcard=True), llb.symlink("a", "b")), {"file.base"}),
    (llb.diff(A, B), {"diffop"}),
    (llb.merge([A, B]), {"mergeop"}),
    (A.requires("x", [B]), {"passthroughop"}),
    (A.build(), {"source.buildop.llbfilename"}),
    (A.run(["x"], caps=["exec.cgroup"]), {"exec.meta.base", "exec.mount.bind", "exec.cgroup"}),
    (llb.scratch().run(["x"], mounts=[llb.secret(env="A")]), {"exec.meta.base", "exec.mount.secret", "exec.secretenv"}),
    (llb.scratch().run(["x"], resources=llb.Resources()), {"exec.meta.base", "exec.meta.linux.resources"}),
    (llb.scratch().run(["x"], valid_exit_codes=[1], ulimits=[llb.ulimit("cpu", 1)]), {"exec.meta.base", "exec.validexitcode", "exec.meta.ulimit"}),
    (llb.scratch().run(["x"], mounts=[llb.tmpfs("/t")]), {"exec.meta.base", "exec.mount.tmpfs"}),
    (llb.scratch().run(["x"], mounts=[llb.cache("/t", id="x", source=A, source_path="/p")]), {"exec.meta.base", "exec.mount.cache", "exec.mount.cache.sharing", "exec.mount.selector"}),
]  # fmt: skip


@pytest.mark.parametrize(("state", "wanted"), CAPS)
def test_an_operation_demands_what_it_needs_and_no_more(state: llb.State, wanted: set[str]) -> None:
    assert caps(state) == wanted


def test_the_last_operation_demands_what_the_metadata_needs() -> None:
    def last(state: llb.State) -> set[str]:
        definition = state.marshal()
        return definition.metadata[definition.digests[-1]].caps - {"constraints", "platform"}

    assert last(A) == set()
    assert last(A.run(["x"], name="n").run(["y"], ignore_cache=True)) == {"meta.description", "meta.ignorecache"}
    assert last(A.run(["x"], export_cache=False)) == {"meta.exportcache"}


# --- metadata


def test_metadata_reads_as_the_message_it_is() -> None:
    state = A.run(
        ["x"],
        name="the name",
        description={"k": "v"},
        export_cache=True,
        progress=llb.ProgressGroup("id", "group", weak=True),
        resources=llb.Resources(1, -1, 2, 3, -1, "0-1", "0"),
    )
    definition = state.marshal()
    metadata = pb.OpMetadata.FromString(definition.metadata[definition.head].encoded())
    assert dict(metadata.description) == {"k": "v", "llb.customname": "the name"}
    assert metadata.export_cache.Value
    assert (metadata.progress_group.id, metadata.progress_group.name, metadata.progress_group.weak) == (
        "id",
        "group",
        True,
    )
    limits = metadata.linux_resources
    assert (limits.memory, limits.memorySwap, limits.cpuQuota, limits.cpusetCpus) == (1, -1, -1, "0-1")


def test_options_of_marshal_are_for_every_operation_and_its_own_come_later() -> None:
    definition = A.run(["x"], name="mine").marshal(name="all", ignore_cache=True)
    names = [definition.metadata[digest].description.get("llb.customname") for digest in definition.digests]
    assert names == ["all", "mine", None]
    assert [definition.metadata[digest].ignore_cache for digest in definition.digests] == [True, True, False]


def test_source_maps_say_where_operations_come_from() -> None:
    app, again, other = (
        llb.SourceMap("app", b"1\n2\n"),
        llb.SourceMap("app", b"1\n2\n"),
        llb.SourceMap("b", b"", "Go", A),
    )
    state = A.run(["x"], at=app.at(1, 2)).run(["y"], at=[other.at(3, start_character=4), again.at(2)])
    definition = pb.Definition.FromString(state.marshal().to_bytes())
    source = definition.Source
    assert [(info.filename, info.language, info.data) for info in source.infos] == [
        ("app", "", b"1\n2\n"),
        ("b", "Go", b""),
    ]
    assert len(getattr(source.infos[1].definition, "def")) == 2
    digests = state.marshal().digests
    assert set(source.locations) == set(digests[:-1]), "every operation has an entry, the result none"
    assert [(place.sourceIndex, place.ranges[0].start.line, place.ranges[0].end.line) for place in source.locations[digests[1]].locations] == [(0, 1, 2)]  # fmt: skip
    assert [place.sourceIndex for place in source.locations[digests[2]].locations] == [1, 0]
    assert source.locations[digests[2]].locations[0].ranges[0].start.character == 4


def test_a_definition_read_back_keeps_source_maps_and_metadata_and_can_be_built_on() -> None:
    state = llb.image("alpine", platform="linux/arm64").run(["x"], name="n", at=llb.SourceMap("f", b"1\n", "", B).at(1))
    first = state.marshal()
    again = llb.from_definition(first.to_bytes())
    assert again.marshal().to_bytes() == first.to_bytes()
    assert llb.read(first.to_bytes()).to_bytes() == first.to_bytes()
    assert head(again.run(["y"])).platform.Architecture == "amd64", "it has no settings"
    more = again.run(["y"]).marshal()
    assert more.ops[:2] == first.ops[:2]
    assert more.locations[first.head] == first.locations[first.head]


def test_fields_of_a_later_buildkit_are_no_error() -> None:
    later = b"\xa2\x06\x01\xff" + b"\xa9\x06" + b"\0" * 8 + b"\xad\x06" + b"\0" * 4 + b"\xa0\x06\x01"
    first = A.run(["x"], name="n").marshal()
    definition = pb.Definition.FromString(first.to_bytes())
    definition.metadata[first.head].MergeFromString(later)
    definition.Source.MergeFromString(later)
    again = llb.from_definition(definition.SerializeToString() + later).marshal()
    assert again.ops == first.ops
    assert again.metadata[first.head].description == {"llb.customname": "n"}


def test_a_copy_takes_the_options_of_the_operation_too() -> None:
    state = A.copy(B, "/a", "/b", owner="root", name="n", ignore_cache=True, platform="linux/arm64")
    definition = state.marshal()
    assert definition.metadata[definition.head].description == {"llb.customname": "n"}
    assert definition.metadata[definition.head].ignore_cache


def test_a_definition_of_an_output_keeps_its_index() -> None:
    ran = A.run(["x"], mounts=[llb.scratch_mount("/a"), llb.scratch_mount("/b")])
    again = llb.from_definition(ran.output("/b").marshal().to_bytes())
    assert pb.Op.FromString(again.marshal().ops[-1]).inputs[0].index == 2


# --- operations


def test_mounts_are_sorted_and_an_input_is_used_once() -> None:
    ran = A.run(
        ["x"], mounts=[llb.bind("/z", B), llb.secret("/s"), llb.bind("/a", B, readonly=True), llb.bind("/m", A)]
    )
    op = head(ran).exec
    assert [mount.dest for mount in op.mounts] == ["/", "/a", "/m", "/z", "/s"]
    assert [mount.input for mount in op.mounts] == [0, 1, 0, 1, -1]
    assert [mount.output for mount in op.mounts] == [0, -1, 1, 2, 0]


def test_a_merge_leaves_out_what_is_empty() -> None:
    assert llb.merge([llb.scratch(), A]) == A
    assert llb.merge([]) == llb.scratch()
    assert head(llb.merge([A.env("A", "1"), B]).run(["x"])).exec.meta.env == ["A=1"]


def test_a_diff_from_nothing_is_the_upper_filesystem() -> None:
    assert llb.diff(llb.scratch(), A) == A
    assert llb.diff(llb.scratch(), llb.scratch()) == llb.scratch()
    assert head(llb.diff(A, llb.scratch())).diff.upper.input == -1


def test_a_passthrough_gives_the_states_that_are_kept() -> None:
    first, second = llb.passthrough("id", [A.env("A", "1"), llb.scratch(), B], keep=[2, 0])
    assert [pb.Op.FromString(state.marshal().ops[-1]).inputs[0].index for state in (first, second)] == [0, 1]
    assert list(head(first).passthrough.outputs) == [0, 1]
    assert list(head(first.run(["x"])).exec.meta.env) == []
    assert list(head(A.env("A", "1").requires("id", [B]).run(["x"])).exec.meta.env) == ["A=1"]
    assert A.requires("id", []) == A


def test_a_build_keeps_the_settings() -> None:
    assert list(head(A.env("A", "1").build(filename="f").run(["x"])).exec.meta.env) == ["A=1"]


def test_an_owner_may_be_a_pair_with_a_gap() -> None:
    action = head(A.file(llb.mkdir("/x", owner=(None, "staff")))).file.actions[0]
    assert not action.mkdir.owner.HasField("user")
    assert (action.mkdir.owner.group.byName.name, action.mkdir.owner.group.byName.input) == ("staff", 0)


OWNERS = [
    ("root", (0, None)),
    ("a:b", ("a", "b")),
    ("1000:wheel", (1000, "wheel")),
    (":5", (0, 5)),
    ("u:", ("u", 0)),
    ("", (0, None)),
    ("-1", (4294967295, None)),
    ("+5", (5, None)),
    ("4294967295", ("4294967295", None)),
    ("a:b:c", ("a", "b:c")),
]


@pytest.mark.parametrize(("text", "wanted"), OWNERS)
def test_an_owner_as_text(text: str, wanted: tuple[int | str | None, ...]) -> None:
    owner = head(A.file(llb.mkdir("/x", owner=text))).file.actions[0].mkdir.owner
    found: list[int | str | None] = []
    for name, who in (("user", owner.user), ("group", owner.group)):
        if not owner.HasField(name):  # type: ignore[arg-type]
            found.append(None)
        else:
            found.append(who.byName.name if who.WhichOneof("user") == "byName" else who.byID)
    assert tuple(found) == wanted


PATHS = [  # as given, mkdir, copy's destination, copy's source; the directory is /abc, the source's /src
    ("foo", "/abc/foo", "/abc/foo", "/src/foo"),
    ("foo/", "/abc/foo", "/abc/foo/", "/src/foo"),
    ("", "/abc", "/abc", "/src"),
    (".", "/abc", "/abc", "/src"),
    ("./", "/abc", "/abc/", "/src"),
    ("a/.", "/abc/a", "/abc/a/.", "/src/a"),
    ("a/./", "/abc/a", "/abc/a/", "/src/a"),
    ("/.", "/", "/.", "/"),
    ("..", "/", "/", "/"),
    ("../x", "/x", "/x", "/x"),
    ("/a//b/", "/a/b", "/a/b/", "/a/b"),
]


@pytest.mark.parametrize(("given", "mkdir", "dest", "source"), PATHS)
def test_paths_are_seen_from_the_directory(given: str, mkdir: str, dest: str, source: str) -> None:
    state = A.dir("/abc").file(llb.mkdir(given), llb.copy(B.dir("/src"), given, given))
    first, second = head(state).file.actions
    assert (first.mkdir.path, second.copy.dest, second.copy.src) == (mkdir, dest, source)


def test_a_filesystem_of_a_graph_needs_no_second_marshalling() -> None:
    base = llb.image("docker.io/library/alpine:3.22")
    made = base.run(["make"], name="make it")
    whole = llb.merge([base, llb.scratch().copy(made, "/a", "/a")])
    definition = whole.marshal(unique_id="")
    for part in (base, made, whole):
        assert definition.part(part).to_bytes() == part.marshal(unique_id="").to_bytes()
    for other in (base.run(["other"]), llb.scratch()):
        with pytest.raises(llb.LLBError, match="not in the graph"):
            definition.part(other)
