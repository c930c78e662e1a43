"""Definitions made by BuildKit v0.32's Go client, by the digest of the head operation, its size, the number of
operations, and the digest of the last one. Marshalled for linux/amd64 with the unique id "uniq"."""

from collections.abc import Callable

import pytest

import llb
from llb import State

A, B, S = llb.image("alpine"), llb.image("busybox"), llb.scratch()
T = A.run(["true"])
ECHO = A.run(["sh", "-c", "echo hi"])
ONES, TWOS, ZEROS = (f"sha256:{digit * 64}" for digit in "120")


def mounted() -> llb.ExecState:
    """The program with a mount of every kind."""
    return A.run(
        ["true"],
        mounts=[
            llb.scratch_mount("/out"),
            llb.cache("/cache", id="id", sharing="locked"),
            llb.tmpfs("/tmp"),
            llb.tmpfs("/tmps", size_bytes=10),
            llb.bind("/ro", B, source_path="/bin", readonly=True),
            llb.bind("/aaa", A, no_output=True),
            llb.bind("/roscratch", S, readonly=True),
            llb.bind("/zcc", B, content_cache="off"),
        ],
    )


def sub_chain() -> State:
    """A copy from actions of the same operation."""
    base, source = A.dir("/abc"), S.dir("/ced")
    chain = source.actions(llb.mkdir("./foo", 0o755), llb.mkfile("./foo/bar", b"q", 0o600))
    return base.file(llb.mkdir("./bar", 0o700), llb.copy(chain, "./foo", "./baz"))


VECTORS: list[tuple[str, Callable[[], State], str, int, int, str]] = [
    ("image", lambda: A, "a7f9733e307dd352c82d43053b783dd17bb2ec2c36214908ce393e41545c8b51", 68, 2, "91d1ea452bdb"),
    ("image, pull", lambda: llb.image("docker.io/library/alpine:3.20", resolve_mode="pull"), "413117fe5afbc543b34df0754dc14f4b7b99643f44804976f1e4b900e3f58564", 93, 2, "864fce75f339"),
    ("image, options", lambda: llb.image("alpine", resolve_mode="local", layer_limit=2, checksum=ZEROS), "544a0f27b0b8a952fc87177cfbb321382d0818ce4be40b16d87ec85476e2bf63", 211, 2, "1f6ca3788e01"),
    ("image, arm64", lambda: llb.image("alpine", platform="linux/arm64"), "b0d9490e2a3b169a74c6c225835d313171410e0926b667a0c8c5d61f5e6bed1d", 68, 2, "ffc08fe03b10"),
    ("image, arm/v7", lambda: llb.image("alpine", platform="linux/arm/v7"), "cb4a685375054ef5c04065c4271bbd6aa3ed6f8f6c3792dca109b7f47904b13f", 70, 2, "39afd14987bb"),
    ("image, worker", lambda: llb.image("alpine", worker="worker==x"), "dfe1da846bbd447465de0d1b8fda6807f512aa5cfdc96b480546b4fbd4dad017", 79, 2, "98b0cdbe796e"),
    ("local", lambda: llb.local("context"), "19d932e87aa1213af389782ffd72fb88f34acef96be99ea2f9b51038d47e9b4d", 43, 2, "ae3ffe1da038"),
    ("local, options", lambda: llb.local("context", session_id="sess", include=["a", "b<c>&\u2028é"], exclude=["x"], follow=["p"], shared_key_hint="hint", differ="none", differ_required=False), "e3ce4c5a04e33b8f64d7e5e7165f6c68ccbf7e11c308459b123d4c03f02a40b5", 218, 2, "adac8e42f9b7"),
    ("local, metadata", lambda: llb.local("context", session_id="sess", differ="metadata", metadata_only=True, metadata_except=["keep"]), "735f6dd4f78c302647d3e056b0c5ecbba5ca712a63140683a1cc0860862a0b42", 146, 2, "2736ac349fe5"),
    ("git", lambda: llb.git("https://github.com/moby/buildkit.git", "v0.11.6:sub/../dir"), "c6eaaab16d019a447b6b0634674541240a1adf7bba4a2d035aa0a1add89290c2", 186, 2, "b395e533037f"),
    ("git, options", lambda: llb.git("github.com/moby/buildkit.git", "main", keep_git_dir=True, checksum="abc", skip_submodules=True, mtime="commit", fetch_by_commit=True, auth_token_secret="T"), "ba52522703f60186d92f3ab1213749ecfec6e836c890d9e5c78502fca5ceceff", 287, 2, "f8a49dd7915a"),
    ("git, ssh", lambda: llb.git("git@github.com:moby/buildkit.git", known_ssh_hosts="kh"), "160f835fabe393fb782e7534a78ca39622ce7ca37a9d5987d1e10744c730ead6", 225, 2, "48563f062b21"),
    ("http", lambda: llb.http("https://example.com/a.tar", filename="f", checksum=ONES, mode=0o644, uid=1, gid=2, header={"accept": "a/b", "user-agent": "ua"}, auth_header_secret="S"), "9a7f0f07a87f15aa7e5273ae28eb1b1a3a63bfb901caef2ca6e8c2dad3402cd9", 276, 2, "50c028c38037"),
    ("oci layout", lambda: llb.oci_layout(f"docker.io/library/base@{TWOS}", session_id="sess", store_id="store", layer_limit=3), "842ca5078f177fa0a02acde740bf7debe89bea8e494d51c4ba3ebe32fd1c8457", 192, 2, "576dc2776a64"),
    ("image blob", lambda: llb.image_blob(f"docker.io/library/x@{TWOS}", filename="f"), "e3a76f779cbb333f731c4c76e2c8c69e9fe3d0aabe78b0762b53af8f5f0820fa", 138, 2, "fe5cc31cc2b1"),
    ("run", lambda: ECHO, "cb0f8d19a030dd58b691be9c2ec82a713579e4a859fd75a40656190e08f4e36e", 124, 3, "ba60c58f034d"),
    ("run, settings", lambda: A.env("B", "2").env("A", "1").env("B", "3").dir("/x").dir("y").user("u:g").hostname("h").run(["a", "b"]), "1adbd99fcb890d53e1fd00c58fcb2c29d1e5f430aeddd169768fb88638e0ef4b", 134, 3, "29530bd4e8b7"),
    ("run, limits", lambda: A.host("h1", "1.2.3.4").host("h2", "::1").ulimit("nofile", 1, 2).cgroup_parent("cg").run(["true"], valid_exit_codes=[0, 3]), "9cd5d1ccc47b8a3404493fbd1b2bcffda1e2fb7ef51b3ea72c83572615929500", 161, 3, "083239772d2f"),
    ("run, modes", lambda: A.network("host").security("insecure").run(["true"]), "2ece6d7c44fecac668073e8933a1a9434e6ab632260829ff8be4f512ca274e79", 117, 3, "8d0cf3340a40"),
    ("run, empty proxy", lambda: A.run(["true"], proxy={}), "371d70e61c1c433196756b1fb868c06263fef9904d11a482090f684a0657e108", 115, 3, "86641cfc79a0"),
    ("run, proxy", lambda: A.run(["true"], proxy={"http": "p", "all": "a"}), "3288514c6f9da2515beaf1f2766db2e269ab07fd923c32019f6cfd96e543ec49", 121, 3, "60055693f295"),
    ("run, mounts", mounted, "81b80825a2393fd9554fa8ebb90412c59ce47f391cbea1507b110c7bf604fc9b", 426, 4, "2aeb00355e32"),
    ("run, mounts, an output", lambda: mounted().output("/out"), "81b80825a2393fd9554fa8ebb90412c59ce47f391cbea1507b110c7bf604fc9b", 426, 4, "fe667f9d7845"),
    ("run, read-only root", lambda: A.run(["true"], mounts=[llb.scratch_mount("/out")], readonly_root=True).output("/out"), "d83cd66eed1fed0c1d7dada4885cb082721d1f145167640655cfcd508d6d1f17", 145, 3, "9a6c2fa9beac"),
    ("run, secrets", lambda: A.run(["true"], mounts=[llb.secret("/run/secrets/a", id="sid", uid=1, gid=2, mode=0o444, optional=True), llb.secret(env="ENVN"), llb.secret("/both", env="BOTH"), llb.ssh(), llb.ssh("/sock", id="x", optional=True)]), "6599e681f74faa5865740f42e72450c85efdc63cea089a422469987a3aa19d6b", 348, 3, "82ff0f7b8ac2"),
    ("run, device", lambda: A.run(["true"], mounts=[llb.Device("vendor.com/gpu=0", optional=True)]), "b7381be2c963cc3751126d34fc5fdd8f13a0982fdca2ba27a30e789e2924c529", 135, 3, "6eb6f3b68247"),
    ("run, true", lambda: T, "953660fee644301ff966d20c6a83536fe270b4d5d97a505f2c6f9999674c1c23", 113, 3, "212e146a2725"),
    ("run, metadata is not in the bytes", lambda: A.run(["true"], name="x", ignore_cache=True, export_cache=False, description={"a": "b"}, resources=llb.Resources(memory=1), progress=llb.ProgressGroup("g"), at=llb.SourceMap("f", b"x").at(1)), "953660fee644301ff966d20c6a83536fe270b4d5d97a505f2c6f9999674c1c23", 113, 3, "212e146a2725"),
    ("run on scratch", lambda: S.run(["/bin/x"]), "4e3fe680f444964cfc1790bb5076c2317c3dad201baa30ccb5c01f8b0f43d34b", 51, 2, "d09092488f09"),
    ("run, the same image again", lambda: A.run(["true"], mounts=[llb.bind("/m", llb.image("alpine"), readonly=True)]), "997524fe4f144e51fa76de23a933b0a6e2ba60c3e2f00ad1946af6984fe6e2db", 132, 3, "599ef634e6d9"),
    ("run, arm64 by option", lambda: A.run(["true"], platform="linux/arm64"), "1b4033613fe5995da61fce2cd0dca83c9ac63f5a3fa05deca185863e38c6f362", 113, 3, "8af67adb30d3"),
    ("run, arm64 by state", lambda: A.platform("linux/arm64").run(["true"]), "1b4033613fe5995da61fce2cd0dca83c9ac63f5a3fa05deca185863e38c6f362", 113, 3, "8af67adb30d3"),
    ("run on arm/v7", lambda: llb.image("alpine", platform="linux/arm/v7").run(["true"]), "9061c53b06194c06e352657b4d8763f8e81583e5b5be28a1cb03ead454182343", 115, 3, "a27394065e51"),
    ("run after mkdir on arm/v7", lambda: llb.image("alpine", platform="linux/arm/v7").file(llb.mkdir("/x")).run(["true"]), "5630d722e7637ab973a6f17e32f322ae0e6266d008f8dade0d0b1c37ceca5f3d", 115, 4, "781e42516443"),
    ("mkdir on scratch", lambda: S.file(llb.mkdir("foo")), "affe1314931f45f2bf32a9189195bb42dfc3c15f1330ec98d56f4b9730b8dee4", 50, 2, "a2da99b5dce4"),
    ("mkdir, options", lambda: A.dir("/abc").file(llb.mkdir("foo/", 0o777, parents=True, owner=(0, 5), time_ns=1_000_000_005)), "a23414b8c659fba2658b3d288ba559db72f99c65b9f44725220adda268aa2cc7", 125, 3, "2c7111488f77"),
    ("mkfile", lambda: A.file(llb.mkfile("/a/../b", b"data", 0o100644, owner="nobody:0")), "e7823c088438ecaf59b062bb517b16c79c05843fd09a66ca8db66080f2514a92", 136, 3, "bcca67d37526"),
    ("mkfile, empty", lambda: A.file(llb.mkfile("/e", b"", 0)), "47c76938f5685fe6e2925d30aef97fa4f603ae69e87a5b6dec7cd60c350cd119", 109, 3, "1d668272c53b"),
    ("rm", lambda: A.file(llb.rm("/x*", missing_ok=True, wildcard=True)), "4501b4c36d8c71b1ed61f272be2f353a79148a92ad95119bbf81796109c56c8a", 103, 3, "85b6d27c208d"),
    ("symlink", lambda: A.dir("/d").file(llb.symlink("old", "new", owner="root")), "417f77f562b53c598dd1d628139ec0d4e3d25ba8cb4a056dc1756f73d1134ffd", 121, 3, "a3de63a668d4"),
    ("copy", lambda: S.copy(A, "etc/", "dst/"), "9868e263ee7aa5f21b394130535f29f50bba89e5dc7c027f6dfcffc643aa98bf", 129, 3, "63f6c62e20bb"),
    ("copy, options", lambda: A.dir("/w").copy(A.dir("/s"), "rel/x/.", "d/.", mode=0o755, follow_symlinks=True, dir_contents=True, unpack=True, create_dest_path=True, allow_wildcard=True, allow_empty_wildcard=True, replace_existing=True, include=["i"], exclude=["e", "e2"], required_paths=["r"]), "8b474bbdf5456f99fed99bc191dd90b14ff2405c2320aafec7af2a25322943cc", 143, 3, "5020fa062b49"),
    ("copy, mode as text", lambda: A.copy(A, "/a", "/b", mode="u=rwX,go=rX"), "6588edcb81cc328d763d5e182bd0e778bb769579e8fa291daf9c8bf6b2870582", 115, 3, "69909c9169d4"),
    ("four actions", lambda: A.file(llb.mkdir("/a"), llb.mkfile("/a/b", b"x"), llb.copy(B, "/bin/ls", "/a/ls"), llb.rm("/a/b")), "b3dc117c571abc294db5d9f773b9f20eaa49f1bdcd883d4cb6404580b61d7f07", 330, 4, "b4f8a0d0bf90"),
    ("copy from a sub-chain", sub_chain, "f330d16958447189e698b5b84b5402f3c1fb8b13b2c294a8524ce8e6e91ac3ce", 300, 3, "fd9ae97e6ee5"),
    ("copy from scratch", lambda: A.copy(S, "/", "/x"), "82e4c45c84e74e2398d096902b7a8fc6698505ff8c4f1e8e3175968992ee46fe", 123, 3, "a172f785e1f3"),
    ("merge", lambda: llb.merge([A, S, B]), "44c74488bc91fcdb57d28daf5a5ed73fcf6ef651197870ce9fb9a1961c71ec60", 160, 4, "2c83467230eb"),
    ("merge with itself", lambda: llb.merge([A, A]), "8339227f8adcaaee4d199c48fcff23a0af8ec7d1dd787a1a0f66cf2763caa7cd", 160, 3, "2a1d3bb8f4b8"),
    ("diff", lambda: llb.diff(A, ECHO), "a174d25d91e1ba376d0211b2cad70ee60160b2c85f374308e5612dc0e3a1e257", 160, 4, "8800e7ed0173"),
    ("diff to scratch", lambda: llb.diff(A, S), "60264a9c6f9ec4afc0c3534b8f0e1eb65401af32f34cfb6d7653da540f4e50ab", 94, 3, "8577b715c810"),
    ("requires", lambda: A.requires("id1", [ECHO, S]), "eacc75d7d1fbec0f8afc890151422ac78b664fdd394781b1736ca3eb9ae36c51", 162, 4, "629abf4fdd43"),
    ("passthrough", lambda: llb.passthrough("id", [A, ECHO, B], keep=[1, 2])[1], "5f0423915bb91ebd7c6abec36d64f499175b1c8688952385cfefa94f456a00f3", 237, 5, "81b033a41a60"),
    ("build", lambda: llb.local("ctx", session_id="s").build(filename="f"), "da0f0654b941f2f74edef74a97ea813af6eeab3a79c99122d5099fc486402dc4", 159, 3, "5bced5d43c3b"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "head", "size", "count", "last"), [v[1:] for v in VECTORS], ids=[v[0] for v in VECTORS]
)
def test_the_bytes_are_those_of_go(make: Callable[[], State], head: str, size: int, count: int, last: str) -> None:
    definition = make().marshal(platform="linux/amd64", unique_id="uniq")
    assert (definition.head, len(definition.ops[-2])) == (f"sha256:{head}", size), definition.ops[-2].hex()
    assert len(definition.ops) == count
    assert definition.digests[-1].startswith(f"sha256:{last}")


@pytest.mark.parametrize("make", [v[1] for v in VECTORS], ids=[v[0] for v in VECTORS])
def test_a_definition_read_back_and_written_again_is_the_same(make: Callable[[], State]) -> None:
    first = make().marshal(platform="linux/amd64", unique_id="uniq")
    again = llb.from_definition(first.to_bytes()).marshal()
    assert again.ops == first.ops
    assert {k: v.encoded() for k, v in again.metadata.items()} == {k: v.encoded() for k, v in first.metadata.items()}


def test_scratch_is_an_empty_definition() -> None:
    definition = S.marshal()
    assert definition.ops == []
    assert definition.to_bytes() == b""
    assert llb.from_definition(b"") == S
