"""Misuse is told at the call, and the argument is named."""

from collections.abc import Callable

import pytest

import llb

A = llb.image("alpine")

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
]  # fmt: skip


@pytest.mark.parametrize(("misuse", "message"), MISUSES, ids=[message for _, message in MISUSES])
def test_the_argument_is_named(misuse: Callable[[], object], message: str) -> None:
    with pytest.raises(llb.LLBError) as caught:
        misuse()
    assert str(caught.value).startswith(message)
