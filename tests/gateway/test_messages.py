"""Messages written and read by hand, beside protobuf's own."""

import pytest

from frontend.gateway import messages
from frontend.gateway.client import SMALL_BYTES, Caps, Ref, ResolvedImage, _caps, _image, _ref_of, to_stat
from frontend.gateway.names import read_names
from frontend.gateway.pb import gateway_pb2 as pb
from frontend.gateway.pb.stat_pb2 import Stat
from frontend.gateway.pb.status_pb2 import Status

BIG = (1 << 63) - 1


@pytest.mark.parametrize("evaluate", [True, False])
@pytest.mark.parametrize("definition", [b"", b"\x0a\x01x" * 200])
def test_a_solve(definition: bytes, evaluate: bool) -> None:
    asked = pb.SolveRequest.FromString(messages.solve(definition, evaluate=evaluate))
    wanted = pb.SolveRequest(allowResultReturn=True, allowResultArrayRef=True, Evaluate=evaluate)
    wanted.Definition.ParseFromString(definition)
    assert asked == wanted


@pytest.mark.parametrize("extent", [None, (0, 256), (1 << 40, 8 << 20), (0, 0)])
def test_reading_a_file(extent: tuple[int, int] | None) -> None:
    asked = pb.ReadFileRequest.FromString(messages.read_file("ref", "a/é", extent))
    wanted = pb.ReadFileRequest(Ref="ref", FilePath="a/é")
    if extent is not None:
        wanted.Range.SetInParent()
        wanted.Range.Offset, wanted.Range.Length = extent
    assert asked == wanted


@pytest.mark.parametrize("platform", ["", "linux/arm/v7", "linux/amd64"])
def test_resolving_an_image(platform: str) -> None:
    target = messages.platform(*(*platform.split("/"), "", "")[:3]) if platform else b""
    data = messages.resolve_source("docker-image://x", {"a": "", "b": "2"}, target, "name" * 50, "pull")
    wanted = pb.ResolveSourceMetaRequest(LogName="name" * 50, ResolveMode="pull")
    wanted.Source.identifier = "docker-image://x"
    wanted.Source.attrs.update({"a": "", "b": "2"})
    if platform:
        parts = (*platform.split("/"), "", "")
        wanted.Platform.OS, wanted.Platform.Architecture, wanted.Platform.Variant = parts[:3]
    assert pb.ResolveSourceMetaRequest.FromString(data) == wanted


def test_an_image() -> None:
    answer = pb.ResolveSourceMetaResponse()
    answer.Image.Digest, answer.Image.Config = "sha256:1", b"{}" * 100
    assert _image("docker-image://a", answer.SerializeToString()) == ResolvedImage(
        "a", "sha256:1", b"{}" * 100, "docker-image://a"
    )
    answer.Source.identifier = "docker-image://b"
    answer.Source.attrs["k"] = "v"
    assert _image("docker-image://a", answer.SerializeToString()).identifier == "docker-image://b"


def test_asking_for_a_stat() -> None:
    assert pb.StatFileRequest.FromString(messages.stat_file("ref", "a/é")) == pb.StatFileRequest(Ref="ref", Path="a/é")


@pytest.mark.parametrize("ref", ["", "r"])
def test_a_result(ref: str) -> None:
    wanted = pb.ReturnRequest()
    wanted.result.ref.id = ref
    wanted.result.metadata["a"] = b""
    wanted.result.metadata["é"] = b"v" * 200
    assert pb.ReturnRequest.FromString(messages.result_of(ref, {"a": b"", "é": b"v" * 200})) == wanted


@pytest.mark.parametrize("refs", [{}, {"linux/amd64": "r", "linux/arm64": ""}])
def test_results(refs: dict[str, str]) -> None:
    wanted = pb.ReturnRequest()
    wanted.result.refs.SetInParent()
    for platform, ref in refs.items():
        wanted.result.refs.refs[platform].id = ref
    wanted.result.metadata["a"] = b"v"
    assert pb.ReturnRequest.FromString(messages.results_of(refs, {"a": b"v"})) == wanted


def test_the_details_of_an_error() -> None:
    status = Status(code=2, message="no")
    status.details.add(type_url="a/b", value=b"v")
    status.details.add()
    assert list(messages.details(status.SerializeToString())) == [("a/b", b"v"), ("", b"")]


def test_capabilities() -> None:
    answer = pb.PongResponse()
    for name, enabled in (("a", True), ("b", False)):
        answer.FrontendAPICaps.add(ID=name, Enabled=enabled, Deprecated=True, DisabledReasonMsg="x")
        answer.LLBCaps.add(ID=f"llb.{name}", Enabled=enabled)
    answer.Workers.add(ID="worker")
    caps = _caps(answer.SerializeToString())
    assert isinstance(caps, Caps)
    assert (set(caps.gateway), set(caps.llb)) == ({"a"}, {"llb.a"})


def test_the_ref_of_a_solve() -> None:
    answer = pb.SolveResponse()
    answer.result.metadata["k"] = b"v"
    answer.result.ref.id = "r"
    getattr(answer.result.ref, "def").metadata["d"].ignore_cache = True
    assert _ref_of(answer.SerializeToString()) == Ref("r", getattr(answer.result.ref, "def").SerializeToString())
    assert _ref_of(b"") == Ref("")


@pytest.mark.parametrize(
    "stat",
    [
        Stat(path="a", mode=0o644, size=3, modTime=BIG),
        Stat(path="d/é", mode=1 << 31 | 0o755, uid=1000, gid=1000, devmajor=7, devminor=1, xattrs={"user.x": b"\1"}),
        Stat(path="l", mode=1 << 27 | 0o777, linkname="../a"),
        Stat(path="old", modTime=-1),
        Stat(),
    ],
)
def test_a_stat(stat: Stat) -> None:
    assert to_stat(messages.Stat(stat.SerializeToString())) == to_stat(stat)


@pytest.mark.parametrize("count", [2, SMALL_BYTES])
def test_names_are_the_same_by_hand_and_by_protobuf(count: int) -> None:
    rows = [Stat(path=f"file-{n}", mode=0o644, size=n).SerializeToString() for n in range(count)]
    rows.insert(1, b"\x0a\x02\xff\xfe")  # a name that is no UTF-8
    found = list(read_names(b"".join(len(row).to_bytes(4, "little") + row for row in rows)))
    assert [(stat.path, stat.size) for stat in found] == [(f"file-{n}", n) for n in range(count)]


@pytest.mark.parametrize("data", [b"\x0a\x05ab", b"\x08", b"\x0b", b"\x09\0"])
def test_what_is_no_message_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"truncated|wire type"):
        list(messages.fields(data))


def test_fixed_numbers_are_passed_over() -> None:
    assert list(messages.fields(b"\x09" + bytes(8) + b"\x15" + bytes(4) + b"\x18\x96\x01"))[-1] == (3, 150)
