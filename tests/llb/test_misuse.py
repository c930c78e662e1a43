"""Misuse is told at the call, and the argument is named."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

import llb
from llb.pb import ops_pb2 as pb

A = llb.image("alpine")
MAP = llb.SourceMap("f", b"1\n")

MISUSES: list[tuple[Callable[[], object], str]] = [
    (lambda: llb.image("alpine", platform="linux/potato"), "platform: 'linux/potato' has an unknown architecture 'potato'"),
    (lambda: llb.image("alpine", platform="beos/amd64"), "platform: 'beos/amd64' has an unknown operating system 'beos'"),
    (lambda: llb.image("alpine", platform=""), "platform: '' is not a platform such as linux/amd64"),
    (lambda: llb.image("alpine", platform="a/b/c/d"), "platform: 'a/b/c/d' is not a platform: write os/arch or os/arch/variant"),
    (lambda: A.marshal(platform="linux"), "platform: 'linux' is not a platform: write it as os/arch, e.g. linux/amd64"),
    (lambda: llb.image("Alpine"), "ref: 'Alpine' is not an image reference (it must be lower case)"),
    (lambda: llb.image("alpine:"), "ref: 'alpine:' has a malformed tag ''"),
    (lambda: llb.image("alpine@sha256:12"), "ref: 'sha256:12' is not a digest such as sha256:…"),
    (lambda: llb.image("alpine", resolve_mode="always"), "resolve_mode: 'always' is not default, pull or local"),  # type: ignore[arg-type]
    (lambda: llb.image("alpine", layer_limit=-1), "layer_limit: -1 is negative"),
    (lambda: llb.image("alpine", typo=1), "this operation takes no unexpected keyword argument 'typo'"),  # type: ignore[call-arg]
    (lambda: llb.oci_layout("base:latest"), "ref: 'base:latest' has no digest; an image of an OCI layout needs one"),
    (lambda: llb.image_blob("base:latest"), "ref: 'base:latest' is not name@digest, as a blob needs it"),
    (lambda: llb.local(""), "name: a local directory of the client has a name"),
    (lambda: llb.local("x", exclude=".git"), "exclude: '.git' is a text, not a list"),
    (lambda: llb.git("ftp://example.com/x.git"), "remote: 'ftp://example.com/x.git' has the scheme 'ftp', not http, https, ssh, git"),
    (lambda: llb.http("example.com"), "url: 'example.com' is not an http or https URL"),
    (lambda: A.run("npm ci"), "args: 'npm ci' is a text; write a list, or llb.shell(text)"),
    (lambda: A.run([]), "args: the list is empty"),
    (lambda: A.run(["a", 1]), "args: 1 is not a text"),  # type: ignore[list-item]
    (lambda: A.run(["\ud800"]), "args: '\\ud800' is not UTF-8"),
    (lambda: A.run(["a"], network="bridge"), "network: 'bridge' is not one of sandbox, host, none"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], proxy={"htp": "x"}), "proxy: 'htp' is not one of http, https, ftp, no, all"),
    (lambda: A.run(["a"], mounts=[llb.tmpfs("/x"), llb.scratch_mount("/x")]), "mounts: two mounts at /x"),
    (lambda: A.run(["a"], mounts=[llb.secret("/x"), llb.scratch_mount("/x")]), "mounts: two mounts at /x"),
    (lambda: A.run(["a"], mounts=[llb.scratch_mount("/")]), "mounts: two mounts at /"),
    (lambda: A.run(["a"]).output("/x"), "dest: there is no mount at /x"),
    (lambda: A.run(["a"], mounts=[llb.tmpfs("/x")]).output("/x"), "dest: the mount at /x keeps no output"),
    (lambda: llb.tmpfs("/x", size_bytes=-1), "size_bytes: -1 is negative"),
    (lambda: llb.cache("cache", id="x"), "dest: 'cache' is not an absolute path"),
    (lambda: llb.cache("/x", id=""), "id: a cache mount needs one"),
    (lambda: llb.cache("/x", id="x", sharing="all"), "sharing: 'all' is not one of shared, private, locked"),  # type: ignore[arg-type]
    (lambda: llb.secret(), "dest, env: a secret needs a path or a variable"),
    (lambda: llb.secret("/x", mode=-1), "mode: -1 is negative"),
    (lambda: llb.ulimit("nofiles", 1), "name: 'nofiles' is not one of core, cpu, data, fsize, locks"),
    (lambda: llb.ulimit("nofile", 2, 1), "soft: 2 is above hard, 1"),
    (lambda: A.host("h", "1.2.3"), "ip: '1.2.3' is not an IP address"),
    (lambda: A.env("A=B", "c"), "name: 'A=B' is not the name of a variable"),
    (lambda: A.dir(""), "path: a working directory cannot be empty"),
    (lambda: A.file(), "actions: a file operation needs at least one"),
    (lambda: llb.copy(A, "/a", "/b", include=["/etc"]), "include: '/etc' is absolute; patterns are relative to the copied path"),
    (lambda: llb.copy(A, "/a", "/b", exclude=["!/etc"]), "exclude: '!/etc' is absolute; patterns are relative to the copied path"),
    (lambda: llb.copy(A, "/a", "/b", include="x"), "include: 'x' is a text, not a list of patterns"),
    (lambda: llb.copy(A, "/a", "/b", mode=-1), "mode: -1 is negative"),
    (lambda: llb.copy(A, "/a", "/b", owner=(-1, 0)), "owner: -1 is negative"),
    (lambda: llb.mkdir("/a", -1), "mode: -1 is negative"),
    (lambda: llb.mkdir("/a\0b"), "path: '/a\\x00b' is not a path"),
    (lambda: llb.scratch().build(), "build: an empty filesystem holds no definition"),
    (lambda: llb.passthrough("", [A], keep=[0]), "ident: a passthrough needs one"),
    (lambda: llb.SourceMap("f", b"").at(0), "start, end: lines 0 to 0 are not in a file; the first line is 1"),
    (lambda: llb.image("a", resources=llb.Resources(memory=-1)), "resources: memory is negative"),
    (lambda: A.run(["a"], mounts=[llb.scratch_mount("/x"), llb.tmpfs("/x/")]), "mounts: two mounts at /x"),
    (lambda: A.run(["a"], mounts=[llb.ssh(), llb.ssh("/run/buildkit/ssh_agent.0")]), "mounts: two mounts at /run/buildkit/ssh_agent.0"),
    (lambda: A.run(["a"], mounts=["/x"]), "mounts: '/x' is not a mount"),  # type: ignore[list-item]
    (lambda: A.run(["a"], valid_exit_codes=[-1]), "valid_exit_codes: -1 is negative"),
    (lambda: A.run(["a"], valid_exit_codes=[1 << 31]), "valid_exit_codes: 2147483648 is out of range"),
    (lambda: A.run(["a"], hosts=[("h", "fe80::1%eth0")]), "ip: 'fe80::1%eth0' is not an IP address"),
    (lambda: A.run(["a"], ulimits=[llb.Ulimit("nofile", -1, 5)]), "soft: -1 is above hard, 5"),
    (lambda: A.run(["a"], cgroup_parent="\ud800"), "cgroup_parent: '\\ud800' is not UTF-8"),
    (lambda: A.run(["a"], proxy={"http": "\ud800"}), "proxy: '\\ud800' is not UTF-8"),
    (lambda: A.run(["a"], worker=[""]), "worker: a filter is empty"),
    (lambda: A.run(["a"], caps="file.base"), "caps: 'file.base' is a text, not a list"),
    (lambda: A.run(["a"], name="\ud800"), "name: '\\ud800' is not UTF-8"),
    (lambda: A.run(["a"], description={"a": 1}), "description: 1 is not a text"),  # type: ignore[dict-item]
    (lambda: A.marshal(caps="file.base"), "caps: 'file.base' is a text, not a list"),
    (lambda: A.marshal(unique_id="\ud800"), "unique_id: '\\ud800' is not UTF-8"),
    (lambda: A.env("A", "\ud800"), "value: '\\ud800' is not UTF-8"),
    (lambda: A.user("\ud800"), "user: '\\ud800' is not UTF-8"),
    (lambda: A.host("", "::1"), "name: a host has a name"),
    (lambda: A.requires("", [A]), "ident: a passthrough needs one"),
    (lambda: llb.scratch().requires("x", [A]), "requires: an empty filesystem requires nothing"),
    (lambda: llb.passthrough("x", [A], keep=[1]), "keep: there are 1 states, counted from 0"),
    (lambda: llb.passthrough("x", [A]), "keep: none of the states is kept"),
    (lambda: llb.secret(env="A=B"), "env: 'A=B' is not the name of a variable"),
    (lambda: llb.secret("run/x"), "dest: 'run/x' is not an absolute path"),
    (lambda: llb.ssh("/x", uid=1 << 32), "uid: 4294967296 is out of range"),
    (lambda: llb.bind("/x", A, content_cache="maybe"), "content_cache: 'maybe' is not one of default, on, off"),  # type: ignore[arg-type]
    (lambda: llb.bind("/x", A, source_path="\ud800"), "source_path: '\\ud800' is not UTF-8"),
    (lambda: llb.tmpfs("/x", size_bytes=1.5), "size_bytes: 1.5 is not a whole number"),  # type: ignore[arg-type]
    (lambda: llb.mkfile("/x", "text"), "content: it is not bytes; encode the text"),  # type: ignore[arg-type]
    (lambda: llb.mkdir("/x", time_ns=-1), "time_ns: -1 is negative"),
    (lambda: llb.mkdir("/x", owner=(0, 1, 2)), "owner: (0, 1, 2) is not a pair of user and group"),  # type: ignore[arg-type]
    (lambda: llb.mkdir("\ud800"), "path: '\\ud800' is not UTF-8"),
    (lambda: llb.copy(A, "/a", 1), "dest: 1 is not a text"),  # type: ignore[arg-type]
    (lambda: llb.local("x", include=["\ud800"]), "include: '\\ud800' is not UTF-8"),
    (lambda: llb.local("x", differ="all"), "differ: 'all' is not none or metadata"),  # type: ignore[arg-type]
    (lambda: llb.git("h/x", checksum="v1.0"), "checksum: 'v1.0' is not a commit"),
    (lambda: llb.git("h/x", bundle="oci-layout+blob://x"), "bundle: a bundle needs a checksum"),
    (lambda: llb.git("h/x", mtime="now"), "mtime: 'now' is not checkout or commit"),
    (lambda: llb.http("https://h", header={"Cookie": "x"}), "header: 'Cookie' is not accept or user-agent"),
    (lambda: llb.http("https://h", mode=-1), "mode: -1 is negative"),
    (lambda: llb.http("https://h", checksum="sha256:x"), "checksum: 'sha256:x' is not a digest"),
    (lambda: llb.image("a", record_type="x"), "record_type: 'x' is not internal or frontend"),
    (lambda: llb.oci_layout("a@sha256:1"), "ref: 'sha256:1' is not a digest"),
    (lambda: llb.SourceMap("f", "text"), "data: the text of 'f' is not bytes"),  # type: ignore[arg-type]
    (lambda: llb.SourceMap("f", b"").at(3, 2), "start, end: lines 3 to 2 are not in a file"),
    (lambda: llb.image("a", resources=llb.Resources(cpu_quota=-2)), "resources: cpu_quota is below -1"),
    (lambda: llb.from_definition(b"\xff"), "data: not a Definition: truncated"),
    (lambda: llb.from_definition(b"\x0a\x01\x00"), "data: a Definition has at least two operations"),
    # what was taken for something else, or dropped, without a word
    (lambda: llb.copy(None, "/a", "/b"), "source: None is not a state"),  # type: ignore[arg-type]
    (lambda: llb.bind("/x", None), "state: None is not a state"),  # type: ignore[arg-type]
    (lambda: llb.cache("/x", id="x", source="alpine"), "source: 'alpine' is not a state"),  # type: ignore[arg-type]
    (lambda: llb.from_definition(bytearray(A.marshal().to_bytes())), "data: it is of type bytearray, not bytes"),  # type: ignore[arg-type]
    (lambda: llb.from_definition(memoryview(A.marshal().to_bytes())), "data: it is of type memoryview, not bytes"),  # type: ignore[arg-type]
    (lambda: llb.copy(A, "/a", "/b", mode=""), "mode: '' is not a mode such as u=rwX,go=rX"),
    (lambda: A.run(["a"], resources=llb.Resources(memory=1 << 63)), "resources: memory: 9223372036854775808 is out of range"),
    (lambda: A.run(["a"], resources=llb.Resources(cpu_shares=1 << 64)), "resources: cpu_shares: 18446744073709551616 is out of range"),
    (lambda: MAP.at(1 << 40), "start: 1099511627776 is out of range"),
    (lambda: MAP.at(1, start_character=-1), "start_character: -1 is negative"),
    (lambda: A.run(["a"], at=llb.Location(MAP, (((-1, 0), (-1, 0)),))), "at: -1 is negative"),
    (lambda: llb.mkdir("/x", owner=b"ab"), "owner: b'ab' is not a pair of user and group"),  # type: ignore[arg-type]
    (lambda: A.run({"a", "b"}), "args: a set has no order, which counts here; give a list"),
    (lambda: llb.local("x", include={"a", "b"}), "include: a set has no order"),
    (lambda: llb.copy(A, "/a", "/b", exclude=frozenset("a")), "exclude: a set has no order"),
    (lambda: llb.merge({A}), "states: a set has no order"),
    (lambda: A.image_config({"config": {"Env": "A=b"}}), "config: Env: 'A=b' is a text, not a list"),
    (lambda: A.marshal(at=MAP.at(1)), "at: it is for one operation, not for all of them"),  # type: ignore[call-arg]
    (lambda: llb.local("x", metadata_except=["a"]), "metadata_except: it is for metadata_only"),
    (lambda: llb.git("h/x", bundle_session_id="s"), "bundle_session_id, bundle_store_id: they are for a bundle, and there is none"),
    (lambda: llb.merge([A], platform="bogus"), "platform: 'bogus' is not a platform"),
    (lambda: llb.merge([], foo=1), "this operation takes no unexpected keyword argument 'foo'"),  # type: ignore[call-arg]
    (lambda: llb.diff(llb.scratch(), A, foo=1), "this operation takes no unexpected keyword argument 'foo'"),  # type: ignore[call-arg]
    (lambda: A.requires("x", [], foo=1), "this operation takes no unexpected keyword argument 'foo'"),  # type: ignore[call-arg]
    # what was told only when the graph was marshalled
    (lambda: A.file("x"), "actions: 'x' is not a file action"),  # type: ignore[arg-type]
    (lambda: A.file([llb.mkdir("/x")]), "actions: [<llb.file.Mkdir"),  # type: ignore[arg-type]
    (lambda: A.file(None), "actions: None is not a file action"),  # type: ignore[arg-type]
    (lambda: A.actions("x"), "actions: 'x' is not a file action"),  # type: ignore[arg-type]
    (lambda: llb.copy("ctx", "/a", "/b"), "source: 'ctx' is not a state"),  # type: ignore[arg-type]
    (lambda: llb.copy(llb.mkdir("/x"), "/a", "/b"), "source: <llb.file.Mkdir"),  # type: ignore[arg-type]
    (lambda: A.copy("ctx", "/a", "/b"), "source: 'ctx' is not a state"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], progress="g"), "progress: 'g' is not a ProgressGroup"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], progress=llb.ProgressGroup("\ud800")), "progress: id: '\\ud800' is not UTF-8"),
    (lambda: A.run(["a"], progress=llb.ProgressGroup("a", None)), "progress: name: None is not a text"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], resources=llb.Resources(memory=1.5)), "resources: memory: 1.5 is not a whole number"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], resources=llb.Resources(cpuset_cpus=3)), "resources: cpuset_cpus: 3 is not a text"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], at="x"), "at: 'x' is a text, not a list"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], at=[5]), "at: 5 is not a Location"),  # type: ignore[list-item]
    (lambda: A.run(["a"], at=llb.Location(MAP, [5])), "at: 5 is not a range, (line, character) twice"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], at=llb.Location("f", ())), "at: Location(source='f', ranges=()) is not a Location"),  # type: ignore[arg-type]
    (lambda: llb.SourceMap("f", b"", state="foo"), "state: 'foo' is not a state"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], caps=[5]), "caps: 5 is not a text"),  # type: ignore[list-item]
    (lambda: A.run(["a"], caps=["\ud800"]), "caps: '\\ud800' is not UTF-8"),
    (lambda: A.run(["a"], mounts=[llb.Device(5)]), "mounts: name: 5 is not a text"),  # type: ignore[arg-type]
    # what was an error of Python's, with no argument named
    (lambda: A.run(None), "args: None is not a list"),  # type: ignore[arg-type]
    (lambda: A.run(b"ab"), "args: b'ab' is not a list"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], env=["A=1"]), "env: 'A=1' is not a pair"),  # type: ignore[list-item]
    (lambda: A.run(["a"], env=None), "env: None is not a list"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], env={1: "a"}), "name: 1 is not a text"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], hosts=["a=1.2.3.4"]), "hosts: 'a=1.2.3.4' is not a pair"),  # type: ignore[list-item]
    (lambda: A.run(["a"], ulimits=["nofile=1"]), "ulimits: 'nofile=1' is not a limit: (name, soft, hard)"),  # type: ignore[list-item]
    (lambda: A.run(["a"], ulimits=llb.ulimit("nofile", 1)), "ulimits: 'nofile' is not a limit"),
    (lambda: A.run(["a"], valid_exit_codes=0), "valid_exit_codes: 0 is not a list"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], mounts=llb.bind("/x", A)), "mounts: <llb.exec.Mount"),  # type: ignore[arg-type]
    (lambda: A.run(["a"], network=[]), "network: [] is not one of sandbox, host, none"),  # type: ignore[arg-type]
    (lambda: llb.ulimit([], 1), "name: [] is not a text"),  # type: ignore[arg-type]
    (lambda: llb.merge("ab"), "states: 'ab' is a text, not a list"),  # type: ignore[arg-type]
    (lambda: llb.merge([None]), "states: None is not a state"),  # type: ignore[list-item]
    (lambda: llb.merge(A), "states: <llb.State sha256:"),  # type: ignore[arg-type]
    (lambda: llb.diff(None, A), "lower: None is not a state"),  # type: ignore[arg-type]
    (lambda: llb.diff(A, "x"), "upper: 'x' is not a state"),  # type: ignore[arg-type]
    (lambda: llb.passthrough("x", [A], keep=0), "keep: 0 is not a list"),  # type: ignore[arg-type]
    (lambda: llb.passthrough("x", "ab", keep=[0]), "states: 'ab' is a text, not a list"),  # type: ignore[arg-type]
    (lambda: A.requires("x", ["y"]), "states: 'y' is not a state"),  # type: ignore[list-item]
    (lambda: A.reset(None), "other: None is not a state"),  # type: ignore[arg-type]
    (lambda: llb.bind("/x", "alpine"), "state: 'alpine' is not a state"),  # type: ignore[arg-type]
    (lambda: A.image_config(b"{}"), "config: b'{}' is not a mapping, parsed JSON"),  # type: ignore[arg-type]
    (lambda: A.image_config({"config": [1]}), "config: [1] is not a mapping, parsed JSON"),
    (lambda: llb.local("x", include=None), "include: None is not a list"),  # type: ignore[arg-type]
    (lambda: llb.copy(A, "/a", "/b", include=None), "include: None is not a list"),  # type: ignore[arg-type]
    (lambda: llb.http("https://h", header=[("accept",)]), "header: ('accept',) is not a pair"),  # type: ignore[arg-type]
    (lambda: llb.http("https://h", signature=("a",)), "signature: it is not a pair"),  # type: ignore[arg-type]
    (lambda: llb.image("a", name=5), "name: 5 is not a text"),  # type: ignore[arg-type]
    (lambda: llb.image("a", description=["a"]), "description: 'a' is not a pair"),  # type: ignore[arg-type]
    (lambda: llb.image("a", resources={"memory": 1}), "resources: {'memory': 1} is not a Resources"),  # type: ignore[arg-type]
    (lambda: llb.image("a", checksum=5), "checksum: 5 is not a text"),  # type: ignore[arg-type]
    (lambda: llb.image("a", worker=5), "worker: 5 is not a list"),  # type: ignore[arg-type]
    (lambda: llb.mkdir("/x", owner=5), "owner: 5 is not a pair of user and group"),  # type: ignore[arg-type]
    (lambda: MAP.at("1"), "start: '1' is not a whole number"),  # type: ignore[arg-type]
    (lambda: llb.read(None), "data: it is of type NoneType, not bytes"),  # type: ignore[arg-type]
    # what no BuildKit takes
    (lambda: llb.scratch().file(llb.mkdir("/x", owner="bob")), "owner: 'bob' is a name, and an empty filesystem knows none"),
    (lambda: llb.scratch().actions(llb.copy(A, "/x", "/y", owner=(0, "bob"))), "owner: 'bob' is a name"),
    (lambda: llb.copy(A, "/a", "/b", mode="zzz"), "mode: 'zzz' is not a mode"),
    (lambda: llb.copy(A, "/a", "/b", include=["[a"]), "include: '[a' is malformed"),
    (lambda: llb.local("x", exclude=["a\\"]), "exclude: 'a\\\\' is malformed"),
    (lambda: llb.local("x", include=["!"]), "include: '!' excepts nothing"),
    (lambda: A.run(["a\0b"]), "args: 'a\\x00b' has a NUL byte"),
    (lambda: A.run(["a"], env={"A": "a\0b"}), "value: 'a\\x00b' has a NUL byte"),
    (lambda: A.run(["a"], dir="/a\0b"), "path: '/a\\x00b' has a NUL byte"),
    (lambda: llb.shell("a\0b"), "text: 'a\\x00b' has a NUL byte"),
    (lambda: llb.tmpfs("/a\0b"), "dest: '/a\\x00b' has a NUL byte"),
    (lambda: A.run(["a"], mounts=[llb.Device("")]), "mounts: a device has a name"),
    (lambda: A.run(["a"], caps=[""]), "caps: the id of a capability is empty"),
    (lambda: llb.git("h/x", fetch_by_commit=True), "fetch_by_commit: it needs a checksum, or a commit as ref"),
    (lambda: llb.git("h/x", checkout_bundle=True, keep_git_dir=True), "checkout_bundle: it goes with no keep_git_dir"),
    (lambda: llb.git("h/x", ":dir", checkout_bundle=True), "checkout_bundle: it goes with no subdir"),
    (lambda: llb.git("h/x", checksum="abc", bundle="foo"), "bundle: 'foo' does not begin with docker-image+blob:// or oci-layout+blob://"),
    (lambda: llb.http("http://x/\n"), "url: 'http://x/\\n' has a control character"),
    (lambda: llb.oci_layout("@sha256:" + "0" * 64), "ref: '@sha256:" + "0" * 64 + "' has no name"),
]  # fmt: skip


@pytest.mark.parametrize(("misuse", "message"), MISUSES, ids=[message for _, message in MISUSES])
def test_the_argument_is_named(misuse: Callable[[], object], message: str) -> None:
    with pytest.raises(llb.LLBError) as caught:
        misuse()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_name_that_is_wrong_is_told_the_same_way_each_time(seed: str) -> None:
    """Whatever Python's hashes: errors are read, and compared, too."""
    program = (
        "import llb\ntry: llb.image('a').run(['a'], proxy={'x': '1', 'y': '2'})\nexcept llb.LLBError as e: print(e)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
    )
    assert done.stdout == "proxy: 'x' is not one of http, https, ftp, no, all\n"


def test_an_error_inside_an_argument_is_not_taken_for_misuse() -> None:
    def broken() -> Iterator[str]:
        raise TypeError("mine")
        yield ""

    calls: list[Callable[[], object]] = [
        lambda: A.run(broken()),
        lambda: llb.local("x", include=broken()),
        lambda: A.run(["a"], caps=broken()),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="mine"):
            call()


MODES = ["0", "755", "7777", "u+x", "a=rX", "u=rwX,go=", "+x", "u+r-w", "g=u", "o+t,u+s"]
NO_MODES = ["8", "10000", "u", "u+x,", ",u+x", "x", "u+z", "rwx", "u x", "+x ", "٣"]


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_as_text(mode: str) -> None:
    copied = pb.Op.FromString(llb.scratch().copy(A, "/a", "/b", mode=mode).marshal().ops[1]).file.actions[0].copy
    assert copied.modeStr == mode


@pytest.mark.parametrize("mode", NO_MODES)
def test_what_is_no_mode_is_told(mode: str) -> None:
    with pytest.raises(llb.LLBError, match=r"^mode: .* is not a mode such as"):
        llb.copy(A, "/a", "/b", mode=mode)


PATTERNS = ["[a]", "[^a-z]", "[a-z0-9]*", "\\[", "a\\\\", "[\\]]", "x]", "", "pages/[id].js", "{", "!a"]
NO_PATTERNS = ["[", "[a", "[]", "[^]", "[a-]", "[-a]", "a\\", "a\\ ", "[a\\", "x/[", "*[a"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern(pattern: str) -> None:
    llb.copy(A, "/a", "/b", include=[pattern], exclude=[pattern])
    llb.local("x", include=[pattern], exclude=[pattern])


@pytest.mark.parametrize("pattern", NO_PATTERNS)
def test_what_is_no_pattern_is_told(pattern: str) -> None:
    with pytest.raises(llb.LLBError, match=r"^exclude: .* is malformed"):
        llb.copy(A, "/a", "/b", exclude=[pattern])


def test_what_is_allowed_next_to_what_is_not() -> None:
    A.run(["a"], hosts={"h": "::1"}, ulimits=[llb.Ulimit("nofile", 1, 2)], caps={"a", "b"})
    A.file(llb.mkdir("/x", owner="1" * 5000), llb.mkdir("/y", owner="0" * 5000 + "7"), llb.mkdir("/z", time_ns=-2))
    llb.scratch().file(llb.mkdir("/x", owner="1000:1000"), llb.mkdir("/y", owner=(None, 5)))
    llb.git("h/x", "0" * 40, fetch_by_commit=True)
    llb.passthrough("x", [A, A], keep={0, 1})
