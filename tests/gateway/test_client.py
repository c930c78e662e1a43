"""The gateway client: what it sends, and what it makes of answers and errors."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import grpc
import pytest

from frontend.errors import GatewayError, Location, SolveError, SourceError
from frontend.gateway import trace
from frontend.gateway.client import Caps, Pending, Ref, ResolvedSource, Stat, Worker, read_options
from frontend.gateway.pb import gateway_pb2 as pb
from frontend.gateway.pb import status_pb2
from tests.errors import check, fails
from tests.gateway.bridge import Bridge, failing, pong

MISSING = "open /package.json: no such file or directory"
REF = Ref("ref-1")


def status_with(**details: object) -> bytes:
    """A serialised Status with JSON details, by the tail of their type name, `.` written as `_`."""
    status = status_pb2.Status(code=2, message="process did not complete")
    for name, value in details.items():
        type_url = f"github.com/moby/buildkit/{name.replace('_', '.')}+json"
        status.details.add(type_url=type_url, value=json.dumps(value).encode())
    return status.SerializeToString()


# starting


def test_options_are_sorted_and_split_at_the_first_equals_sign() -> None:
    environ = {
        "BUILDKIT_FRONTEND_OPT_1": "build-arg:A=1=2",
        "BUILDKIT_FRONTEND_OPT_0": "target=",
        "BUILDKIT_FRONTEND_OPT_10": "build-arg:LINES=a\nb",
        "OTHER": "x=y",
    }
    options = read_options(environ)
    assert options == {"build-arg:A": "1=2", "build-arg:LINES": "a\nb", "target": ""}
    assert list(options) == sorted(options)


def test_workers_are_read_from_the_environment(tmp_path: Path) -> None:
    platforms = [{"architecture": "arm64", "os": "linux", "variant": "v8"}, {"architecture": "amd64", "os": "linux"}]
    rows = json.dumps([{"id": "w1", "platforms": platforms}, {"id": "w2"}])
    with Bridge().gateway(tmp_path, BUILDKIT_WORKERS=rows) as gateway:
        assert gateway.workers == (Worker("w1", ("linux/arm64/v8", "linux/amd64")), Worker("w2", ()))


def test_only_enabled_capabilities_are_supported(tmp_path: Path) -> None:
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        assert gateway.caps.supports("mergeop")
        assert gateway.caps.gateway_supports("gateway.warnings")
        for cap in ("disabled", "unknown"):
            assert not gateway.caps.supports(cap)
            assert not gateway.caps.gateway_supports(cap)
    assert [method for method, _ in bridge.asked] == ["Ping"]


def test_an_llb_capability_is_not_a_gateway_capability() -> None:
    caps = Caps(gateway=("a",), llb=("b",))
    assert not caps.supports("a")
    assert not caps.gateway_supports("b")


# solving


def solved(ref: str) -> pb.SolveResponse:
    answer = pb.SolveResponse()
    answer.result.ref.id = ref
    getattr(getattr(answer.result.ref, "def"), "def").append(b"op")
    answer.result.metadata["key"] = b"value"
    return answer


def test_solve_sends_the_definition_and_the_cache_imports(tmp_path: Path) -> None:
    definition = pb.SolveRequest()
    getattr(definition.Definition, "def").append(b"op")
    raw = definition.Definition.SerializeToString()
    bridge = Bridge(Solve=solved("r1"))
    with bridge.gateway(tmp_path) as gateway:
        ref = gateway.solve(raw, evaluate=True, cache_imports=[("registry", {"ref": "cache"})])
    assert ref == Ref("r1", raw)
    (sent,) = map(pb.SolveRequest.FromString, bridge.requests("Solve"))
    assert sent.Definition.SerializeToString() == raw
    assert (sent.allowResultReturn, sent.allowResultArrayRef, sent.Evaluate) == (True, True, True)
    assert [(entry.Type, dict(entry.Attrs)) for entry in sent.CacheImports] == [("registry", {"ref": "cache"})]


def test_solve_frontend_gives_all_refs_and_metadata(tmp_path: Path) -> None:
    answer = pb.SolveResponse()
    answer.result.refs.refs["linux/amd64"].id = "a"
    answer.result.refs.refs["linux/arm64"].id = "b"
    answer.result.metadata["key"] = b"value"
    bridge = Bridge(Solve=answer)
    with bridge.gateway(tmp_path) as gateway:
        result = gateway.solve_frontend("dockerfile.v0", {"target": "x"}, inputs={"context": b""})
    assert {name: ref.id for name, ref in result.refs.items()} == {"linux/amd64": "a", "linux/arm64": "b"}
    assert result.metadata == {"key": b"value"}
    (sent,) = map(pb.SolveRequest.FromString, bridge.requests("Solve"))
    assert (sent.Frontend, dict(sent.FrontendOpt), list(sent.FrontendInputs)) == (
        "dockerfile.v0",
        {"target": "x"},
        ["context"],
    )
    assert not sent.HasField("Definition")


def test_a_failing_step_is_named_with_its_exit_code(tmp_path: Path) -> None:
    details = status_with(
        errdefs_Solve={"description": {"llb.customname": "install dependencies"}, "op": {"exec": {}}},
        moby_buildkit_v1_frontend_ExitMessage={"Code": 7},
    )
    with (
        Bridge(Solve=failing("boom", details=details)).gateway(tmp_path) as gateway,
        pytest.raises(SolveError) as caught,
    ):
        gateway.solve(b"", evaluate=True)
    error = caught.value
    assert (error.step, error.exit_code, error.method, error.status) == ("install dependencies", 7, "Solve", details)
    check(error, SolveError, '"install dependencies"', "7")


def test_a_failing_step_without_a_name_shows_its_command(tmp_path: Path) -> None:
    details = status_with(errdefs_Solve={"op": {"exec": {"meta": {"args": ["npm", "ci"]}}}})
    with (
        Bridge(Evaluate=failing("cannot start", details=details)).gateway(tmp_path) as gateway,
        pytest.raises(SolveError, match="cannot start") as caught,
    ):
        gateway.evaluate(REF)
    assert (caught.value.step, caught.value.exit_code) == ("npm ci", None)


def test_another_failure_is_no_failed_step(tmp_path: Path) -> None:
    refused = failing("no such image", code=grpc.StatusCode.NOT_FOUND)
    with Bridge(ResolveSourceMeta=refused).gateway(tmp_path) as gateway, pytest.raises(GatewayError) as caught:
        gateway.resolve_image("docker.io/library/node:99")
    assert not isinstance(caught.value, SolveError)
    assert (caught.value.method, caught.value.code, caught.value.message) == ("ResolveSourceMeta", 5, "no such image")


# files


def test_a_file_is_read_whole_without_a_range(tmp_path: Path) -> None:
    bridge = Bridge(ReadFile=pb.ReadFileResponse(Data=b"{}"))
    with bridge.gateway(tmp_path) as gateway:
        assert gateway.read_file(REF, "package.json") == b"{}"
    (sent,) = map(pb.ReadFileRequest.FromString, bridge.requests("ReadFile"))
    assert (sent.Ref, sent.FilePath, sent.HasField("Range")) == ("ref-1", "package.json", False)


def test_a_file_above_the_message_limit_is_read_in_ranges(tmp_path: Path) -> None:
    data = bytes(range(256)) * (17 << 12)

    def read(request: bytes, context: grpc.ServicerContext) -> bytes:
        asked = pb.ReadFileRequest.FromString(request)
        if not asked.HasField("Range"):
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "trying to send message larger than max")
        part = data[asked.Range.Offset : asked.Range.Offset + asked.Range.Length]
        return pb.ReadFileResponse(Data=part).SerializeToString()

    with Bridge(ReadFile=read).gateway(tmp_path) as gateway:
        assert gateway.read_file(REF, "big") == data
        assert gateway.read_file(REF, "big", offset=3, length=4) == data[3:7]


@pytest.mark.parametrize("text", [MISSING, "lstat a/b: not a directory"])
def test_what_is_absent_is_none(tmp_path: Path, text: str) -> None:
    absent = failing(text)
    with Bridge(ReadFile=absent, ReadDir=absent, StatFile=absent).gateway(tmp_path) as gateway:
        assert gateway.read_file(REF, "package.json") is None
        assert gateway.read_dir(REF, "lib") is None
        assert gateway.stat_file(REF, "package.json") is None


@pytest.mark.parametrize(
    "answer",
    [
        failing("failed to read: is a directory"),
        failing(MISSING, code=grpc.StatusCode.UNAVAILABLE),
        failing(MISSING, details=status_with(errdefs_Vertex={"digest": "sha256:1"})),
    ],
)
def test_what_cannot_be_read_is_an_error(tmp_path: Path, answer: object) -> None:
    bridge = Bridge(ReadFile=answer, ReadDir=answer, StatFile=answer)  # type: ignore[arg-type]
    with bridge.gateway(tmp_path) as gateway:
        for call in (gateway.read_file, gateway.read_dir, gateway.stat_file):
            with pytest.raises(GatewayError):
                call(REF, "package.json")


def test_a_name_that_is_no_utf_8_is_passed_over(tmp_path: Path) -> None:
    answer = pb.ReadDirResponse()
    for name in ("a", "xx", "b" * 200):
        answer.entries.add(path=name, mode=0o644)
    broken = answer.SerializeToString().replace(b"xx", b"\xff\xfe")
    with Bridge(ReadDir=lambda _request, _context: broken).gateway(tmp_path) as gateway:
        assert [stat.path for stat in gateway.read_dir(Ref("x")) or ()] == ["a", "b" * 200]


def test_the_empty_filesystem_is_not_asked(tmp_path: Path) -> None:
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        assert gateway.read_file(Ref(""), "a") is None
        assert gateway.stat_file(Ref(""), "a") is None
        assert gateway.read_dir(Ref("")) == ()
        assert gateway.read_dir(Ref(""), "lib") is None
        gateway.caps.supports("x")
    assert [method for method, _ in bridge.asked] == ["Ping"]


@pytest.mark.parametrize(
    ("mode", "kind", "permissions"),
    [
        (0o644, "file", 0o644),
        (0x80000000 | 0o755, "dir", 0o755),
        (0x08000000 | 0o777, "link", 0o777),
        (0x02000000 | 0o600, "other", 0o600),
        (0x01000000 | 0o600, "other", 0o600),
    ],
)
def test_file_kinds_are_read_from_go_mode_bits(tmp_path: Path, mode: int, kind: str, permissions: int) -> None:
    answer = pb.StatFileResponse()
    answer.stat.path, answer.stat.mode, answer.stat.size, answer.stat.uid = "x", mode, 3, 1000
    with Bridge(StatFile=answer).gateway(tmp_path) as gateway:
        assert gateway.stat_file(REF, "x") == Stat("x", kind, permissions, 3, "", 1000, 0, 0)


# sources


def test_an_image_is_resolved_by_its_source(tmp_path: Path) -> None:
    answer = pb.ResolveSourceMetaResponse()
    answer.Source.identifier = "docker-image://mirror.example/node:24"
    answer.Image.Digest, answer.Image.Config = "sha256:1", b"{}"
    bridge = Bridge(ResolveSourceMeta=answer)
    with bridge.gateway(tmp_path) as gateway:
        image = gateway.resolve_image("docker.io/library/node:24", platform="linux/arm64", resolve_mode="local")
    assert (image.ref, image.digest, image.config) == ("docker.io/library/node:24", "sha256:1", b"{}")
    assert image.identifier == "docker-image://mirror.example/node:24"
    (sent,) = map(pb.ResolveSourceMetaRequest.FromString, bridge.requests("ResolveSourceMeta"))
    assert (sent.Source.identifier, sent.ResolveMode) == ("docker-image://docker.io/library/node:24", "local")
    assert (sent.Platform.OS, sent.Platform.Architecture, sent.Platform.Variant) == ("linux", "arm64", "")


def test_the_same_image_is_asked_for_once(tmp_path: Path) -> None:
    answer = pb.ResolveSourceMetaResponse()
    answer.Image.Digest, answer.Image.Config = "sha256:1", b"{}"
    bridge = Bridge(ResolveSourceMeta=answer)
    with bridge.gateway(tmp_path) as gateway:
        found = [gateway.resolve_image("a", platform=platform).digest for platform in (None, "linux/arm64", None)]
    assert found == ["sha256:1"] * 3
    assert len(bridge.requests("ResolveSourceMeta")) == 2


def test_an_older_buildkit_is_asked_by_the_older_call(tmp_path: Path) -> None:
    answer = pb.ResolveImageConfigResponse(Digest="sha256:1", Config=b"{}")
    bridge = Bridge(Ping=pong(gateway=()), ResolveImageConfig=answer)
    with bridge.gateway(tmp_path) as gateway:
        image = gateway.resolve_image("docker.io/library/node:24", platform="linux/arm/v7")
        attrs = {"oci.store": "store"}
        layout = gateway.resolve_image("oci-layout://docker.io/library/base@sha256:2", attrs=attrs)
    assert (image.digest, image.identifier) == ("sha256:1", "docker-image://docker.io/library/node:24")
    assert layout.identifier == "oci-layout://docker.io/library/base@sha256:2"
    first, second = map(pb.ResolveImageConfigRequest.FromString, bridge.requests("ResolveImageConfig"))
    assert (first.Ref, first.Platform.Variant, first.ResolverType) == ("docker.io/library/node:24", "v7", 0)
    assert (second.ResolverType, second.SessionID, second.StoreID) == (1, "session", "store")
    assert second.Ref == "docker.io/library/base@sha256:2"


def test_git_and_http_sources_are_resolved(tmp_path: Path) -> None:
    answer = pb.ResolveSourceMetaResponse()
    answer.Source.identifier = "git://example.com/app.git#main"
    answer.Git.Checksum, answer.Git.Ref = "abc", "refs/heads/main"
    with Bridge(ResolveSourceMeta=answer).gateway(tmp_path) as gateway:
        source = gateway.resolve_source("git://example.com/app.git#main", attrs={"git.fullurl": "x"})
    assert (source.checksum, source.ref) == ("abc", "refs/heads/main")


@pytest.mark.parametrize(
    ("method", "start"),
    [("ReadFile", "start_read_file"), ("ReadDir", "start_read_dir"), ("StatFile", "start_stat_file")],
)
def test_a_file_call_can_be_asked_whether_its_answer_is_there(tmp_path: Path, method: str, start: str) -> None:
    go_on = threading.Event()

    def wait(_request: bytes, _context: grpc.ServicerContext) -> bytes:
        go_on.wait(30)
        return b""

    with Bridge(**{method: wait}).gateway(tmp_path) as gateway:
        call: Pending[Any] = getattr(gateway, start)(REF, "x")
        assert not call.ready(0.01)
        go_on.set()
        assert call.ready(30)
        call.result()


def test_a_source_is_what_was_given_where_buildkit_does_not_tell_more(tmp_path: Path) -> None:
    bridge = Bridge(Ping=pong(gateway=()))
    with bridge.gateway(tmp_path) as gateway:
        source = gateway.resolve_source("git://example.com/app.git#main", attrs={"git.fullurl": "x"})
    assert source == ResolvedSource("git://example.com/app.git#main", {"git.fullurl": "x"}, "")
    assert [method for method, _ in bridge.asked] == ["Ping"]


def test_inputs_are_definitions_by_name(tmp_path: Path) -> None:
    answer = pb.InputsResponse()
    getattr(answer.Definitions["context"], "def").append(b"op")
    with Bridge(Inputs=answer).gateway(tmp_path) as gateway:
        assert gateway.inputs() == {"context": answer.Definitions["context"].SerializeToString()}


# the end


def test_a_result_is_returned_with_its_metadata(tmp_path: Path) -> None:
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        gateway.return_ref(REF, {"containerimage.config": b"{}"})
    sent = bridge.returned()
    assert sent.result.ref.id == "ref-1"
    assert dict(sent.result.metadata) == {"containerimage.config": b"{}"}
    assert not sent.HasField("error")


def test_results_are_returned_by_platform(tmp_path: Path) -> None:
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        gateway.return_refs({"linux/amd64": REF, "linux/arm64": Ref("ref-2")}, {})
    refs = bridge.returned().result.refs.refs
    assert {name: refs[name].id for name in refs} == {"linux/amd64": "ref-1", "linux/arm64": "ref-2"}


def test_a_result_without_refs_is_still_a_result(tmp_path: Path) -> None:
    """An empty Return ends BuildKit v0.32 itself."""
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        gateway.return_metadata({})
        gateway.return_refs({}, {})
    for request in bridge.requests("Return"):
        assert pb.ReturnRequest.FromString(request).HasField("result")


def test_an_error_without_a_code_is_never_sent(tmp_path: Path) -> None:
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway, fails(GatewayError):
        gateway._return_status(b"")
    assert bridge.requests("Return") == []


def test_an_error_shows_the_lines_it_is_about(tmp_path: Path) -> None:
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        gateway.quote = lambda _path, _line: b'{\n "engines"\n}\n'
        gateway.return_error(SourceError("it is not JSON", at=Location("package.json", 2, 3), hint="mend it"))
    error = bridge.returned().error
    assert (error.code, error.message) == (2, "it is not JSON\n  package.json:2\nhint: mend it")
    (detail,) = error.details
    assert detail.type_url == "github.com/moby/buildkit/errdefs.Source+json"
    position = {"line": 2, "character": 2}
    assert json.loads(detail.value) == {
        "info": {"filename": "package.json", "data": "ewogImVuZ2luZXMiCn0K"},
        "ranges": [{"start": position, "end": position}],
    }


def test_a_received_error_keeps_its_details(tmp_path: Path) -> None:
    details = status_with(errdefs_Source={"info": {"filename": "x"}}, errdefs_Vertex={"digest": "d"})
    bridge = Bridge(Solve=failing("boom", details=details))
    with bridge.gateway(tmp_path) as gateway:
        with pytest.raises(GatewayError) as caught:
            gateway.solve(b"")
        gateway.return_error(caught.value)
    assert list(bridge.returned().error.details) == list(status_pb2.Status.FromString(details).details)


def test_a_bug_is_one_line(tmp_path: Path) -> None:
    bridge = Bridge()
    with bridge.gateway(tmp_path) as gateway:
        gateway.return_bug("bug in migetpacks: KeyError: 'x'")
    assert (bridge.returned().error.code, bridge.returned().error.message) == (2, "bug in migetpacks: KeyError: 'x'")


# warnings


def test_a_warning_names_its_line(tmp_path: Path) -> None:
    bridge = Bridge(Warn=pb.WarnResponse())
    with bridge.gateway(tmp_path) as gateway:
        gateway.quote = lambda _path, _line: b"{}\n"
        gateway.warn("sha256:1", "old", detail=["more"], url="https://example.com", at=Location("package.json", 1))
        gateway.return_ref(REF, {})
    (sent,) = map(pb.WarnRequest.FromString, bridge.requests("Warn"))
    assert (sent.digest, sent.level, sent.short, list(sent.detail)) == ("sha256:1", 1, b"old", [b"more"])
    assert (sent.info.filename, sent.info.data) == ("package.json", b"{}\n")
    assert [(found.start.line, found.end.line) for found in sent.ranges] == [(1, 1)]


def test_a_warning_may_quote_a_lone_surrogate(tmp_path: Path) -> None:
    bridge = Bridge(Warn=pb.WarnResponse())
    with bridge.gateway(tmp_path) as gateway:
        gateway.quote = lambda _path, _line: b"{}\n"
        gateway.warn("sha256:1", "a\ud800", detail=["b\ud800"], url="c\ud800", at=Location("d\ud800", 1))
        gateway.return_ref(REF, {})
    (sent,) = map(pb.WarnRequest.FromString, bridge.requests("Warn"))
    assert (sent.short, list(sent.detail), sent.url, sent.info.filename) == (b"a?", [b"b?"], "c?", "d?")


def test_a_buildkit_without_warnings_is_not_asked(tmp_path: Path) -> None:
    bridge = Bridge(Ping=pong(gateway=()))
    with bridge.gateway(tmp_path) as gateway:
        gateway.warn("sha256:1", "old")
        gateway.return_ref(REF, {})
    assert [method for method, _ in bridge.asked] == ["Ping", "Return"]


def test_a_refused_warning_does_not_fail_the_build(tmp_path: Path) -> None:
    bridge = Bridge(Warn=failing("no"))
    with bridge.gateway(tmp_path) as gateway:
        gateway.warn("sha256:1", "old")
        gateway.return_ref(REF, {})
    assert bridge.returned().result.ref.id == "ref-1"


# the trace


def test_the_trace_is_given_when_asked_for(tmp_path: Path) -> None:
    bridge = Bridge()
    with bridge.gateway(tmp_path, BUILDKIT_FRONTEND_OPT_0="build-arg:MIGETPACKS_TRACE=1") as gateway:
        with trace.span("detect"):
            gateway.caps.supports("x")
        gateway.return_ref(REF, {})
    told = json.loads(bridge.returned().result.metadata[trace.METADATA_KEY])
    assert {"Ping", "detect"} <= {span["name"] for span in told["spans"]}
    assert all(span["took_ms"] >= 0 for span in told["spans"])
    assert set(told) == {"start_ms", "total_ms", "peak_rss_kib", "spans"}
