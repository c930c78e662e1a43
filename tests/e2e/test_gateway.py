"""The gateway client and the frontend image against a real BuildKit.

The frontends under test are the frontend image with `frontends/gateway.py` in the place of its `build.py`. They are run
from an OCI layout. BUILDKIT_HOST names the BuildKit (`. .lab/env`); one on this machine, for we look at its processes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.e2e

IMAGE = os.environ.get("MIGETPACKS_IMAGE", "docker.io/miget/migetpacks:latest")
SHELL_IMAGE = os.environ.get("MIGETPACKS_SHELL_IMAGE", "docker.io/library/debian:trixie-slim")
SCENARIOS = Path(__file__).parent / "frontends" / "gateway.py"
IMAGE_LIMIT_BYTES = 35 << 20
MEMORY_LIMIT_KIB = 60 << 10
PATIENCE_S = 30  # for what must happen at all; how fast is measured by `make bench`
# Started by file, for the image's own start takes the module it has in its one file of modules.
FRONTEND_DOCKERFILE = f"""\
FROM {IMAGE}
COPY build.py /opt/migetpacks/frontend/build.py
ENTRYPOINT ["/usr/local/bin/python3", "-I", "-S", "-B", "-X", "utf8", "/opt/migetpacks/frontend/__main__.pyc"]
"""
APP_DOCKERFILE = f"""\
FROM {SHELL_IMAGE} AS failing
RUN echo output of the step; exit 7

FROM {SHELL_IMAGE} AS slow
RUN --network=none sleep 1000

FROM scratch
COPY . /
"""


class Frontend(NamedTuple):
    """A frontend image in an OCI layout."""

    layout: Path
    digest: str


class Outcome(NamedTuple):
    """What a build ended with: exit code, all it printed, the metadata it gave."""

    code: int
    output: str
    metadata: dict[str, Any]

    @property
    def told(self) -> Any:
        """What a scenario told by its metadata."""
        return json.loads(self.metadata["frontend.told"])


Build = Callable[..., Outcome]


def buildctl(*args: str | Path) -> list[str | Path]:
    if "BUILDKIT_HOST" not in os.environ:
        pytest.fail("there is no BuildKit to test with: run `make lab-up` and `. .lab/env`")
    return ["buildctl", "build", "--progress=plain", *args]


def build_image(directory: Path, dockerfile: str, *output: str | Path) -> None:
    (directory / "Dockerfile").write_text(dockerfile)
    local = ("--local", f"context={directory}", "--local", f"dockerfile={directory}")
    subprocess.run(buildctl("--frontend", "dockerfile.v0", *local, *output), check=True, capture_output=True)


@pytest.fixture(scope="module")
def frontend(tmp_path_factory: pytest.TempPathFactory) -> Frontend:
    directory = tmp_path_factory.mktemp("frontend")
    layout = tmp_path_factory.mktemp("layout")
    (directory / "build.py").write_text(SCENARIOS.read_text())
    build_image(directory, FRONTEND_DOCKERFILE, "--output", f"type=oci,tar=false,dest={layout}")
    (manifest,) = json.loads((layout / "index.json").read_text())["manifests"]
    return Frontend(layout, manifest["digest"])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("app")
    (directory / "Dockerfile").write_text(APP_DOCKERFILE)
    (directory / "package.json").write_text('{\n  "engines": {\n    "node": "abc"\n  }\n}\n')
    (directory / "five.bin").write_bytes(bytes(range(256)) * (5 << 12))
    (directory / "seventeen.bin").write_bytes(bytes(reversed(range(256))) * (17 << 12))
    (directory / "link").symlink_to("package.json")
    return directory


def command(frontend: Frontend, app: Path, scenario: str, *more: str | Path) -> list[str | Path]:
    source = f"oci-layout://frontend@{frontend.digest}"
    return buildctl(
        *("--frontend", "gateway.v0", "--opt", "source=tests/gateway", "--opt", f"context:tests/gateway={source}"),
        *("--oci-layout", f"frontend={frontend.layout}", "--opt", f"build-arg:SCENARIO={scenario}"),
        *("--local", f"context={app}", "--local", f"dockerfile={app}", *more),
    )


@pytest.fixture
def build(frontend: Frontend, app: Path, tmp_path: Path) -> Build:
    """Runs a scenario: `build("files")`, `build("caps", "--opt", "target=x")`."""

    def build(scenario: str, *more: str | Path) -> Outcome:
        metadata = tmp_path / "metadata.json"
        line = command(frontend, app, scenario, "--metadata-file", metadata, *more)
        done = subprocess.run(line, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        told = json.loads(metadata.read_text()) if metadata.exists() and done.returncode == 0 else {}
        return Outcome(done.returncode, done.stdout, told)

    return build


def test_starts_and_probes_what_buildkit_can_do(build: Build) -> None:
    told = build("caps", "--opt", "build-arg:LINES=a=b\nc").told
    assert "mergeop" in told["llb"]
    assert {"source.metaresolver", "gateway.warnings", "readfile"} <= set(told["gateway"])
    assert told["opts"]["build-arg:LINES"] == "a=b\nc"
    assert told["platforms"][0].startswith("linux/")
    assert told["session"]
    assert told["inputs"] == {}


def test_does_not_import_what_it_does_not_need(build: Build) -> None:
    loaded = set(build("caps").told["modules"])
    assert not loaded & {"asyncio", "grpc", "inspect", "jinja2", "logging", "pydantic", "ssl", "typing_extensions"}


def test_stays_small_in_memory(build: Build) -> None:
    metadata = build("prints", "--opt", "build-arg:MIGETPACKS_TRACE=1").metadata
    assert 5_000 < json.loads(metadata["frontend.migetpacks.trace"])["peak_rss_kib"] <= MEMORY_LIMIT_KIB


def test_reads_files_of_any_size(build: Build, app: Path) -> None:
    told = build("files").told
    digests = {name: hashlib.sha256((app / name).read_bytes()).hexdigest() for name in ("five.bin", "seventeen.bin")}
    package = hashlib.sha256((app / "package.json").read_bytes()).hexdigest()
    assert told["digests"] == {**digests, "link": package, "absent": None}
    assert told["part"] == "03040506"
    assert told["kinds"]["link"] == "link"
    assert told["link"] == "file"
    assert told["absent"] == [None, None]


def test_an_error_shows_the_offending_lines(build: Build) -> None:
    outcome = build("error")
    assert outcome.code != 0
    assert "the engine is unknown" in outcome.output
    assert "hint: name another one" in outcome.output
    assert "package.json:3" in outcome.output
    assert '3 | >>>     "node": "abc"' in outcome.output


@pytest.mark.parametrize("scenario", ["step", "late_step"])
def test_a_failing_step_keeps_its_output_and_its_lines(build: Build, scenario: str) -> None:
    outcome = build(scenario)
    assert outcome.code != 0
    assert "output of the step" in outcome.output
    assert "exit code: 7" in outcome.output
    assert "2 | >>> RUN echo output of the step; exit 7" in outcome.output
    assert "Traceback" not in outcome.output


def test_a_failing_step_is_named_in_one_line(build: Build) -> None:
    last = build("step").output.strip().splitlines()[-1]
    assert (
        last == 'error: failed to solve: step "[failing 2/2] RUN echo output of the step; exit 7" failed: exit code 7'
    )


def test_a_warning_is_shown(build: Build) -> None:
    outcome = build("warning", "--progress=rawjson")  # plain lines have it only where its step is printed later
    assert outcome.code == 0
    assert base64.b64encode(b"this runtime is near its end").decode() in outcome.output


def test_a_stray_print_does_no_harm(build: Build) -> None:
    assert build("prints").code == 0


def test_a_bug_is_told_in_one_line(build: Build) -> None:
    outcome = build("bug")
    assert outcome.code != 0
    assert "bug in migetpacks: KeyError" in outcome.output
    assert "Traceback" not in outcome.output


def test_an_empty_return_never_reaches_buildkit(build: Build) -> None:
    outcome = build("empty")
    assert outcome.code != 0
    assert "neither a result nor an error" in outcome.output
    assert build("caps").code == 0, "BuildKit is still there"


@pytest.mark.parametrize("scenario", ["computes", "waits"])
def test_a_client_that_goes_away_ends_the_frontend(frontend: Frontend, app: Path, scenario: str) -> None:
    token = uuid.uuid4().hex
    line = command(frontend, app, scenario, "--opt", f"build-arg:TOKEN={token}")
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        assert eventually(lambda: list(processes(token))), "the frontend runs"
        client.send_signal(signal.SIGINT)
        client.wait()
    assert eventually(lambda: not list(processes(token))), "the frontend has ended"


def eventually(happens: Callable[[], bool | list[int]]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not happens():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def processes(token: str) -> Iterator[int]:
    """The processes that were started with a frontend option that ends in `token`."""
    for directory in Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            environ = (directory / "environ").read_bytes()
        except OSError:
            continue  # it has ended
        if f"TOKEN={token}".encode() in environ:
            yield int(directory.name)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The frontend image: its files, and its manifest with the config in place of the config's descriptor."""
    directory, layout, root = (tmp_path_factory.mktemp(name) for name in ("image", "layout", "root"))
    build_image(directory, f"FROM {IMAGE}\n", "--output", f"type=oci,tar=false,dest={layout}")
    build_image(directory, f"FROM {IMAGE}\n", "--output", f"type=local,dest={root}")

    def blob(digest: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((layout / "blobs" / digest.replace(":", "/")).read_text())
        return found

    manifest = blob(json.loads((layout / "index.json").read_text())["manifests"][0]["digest"])
    return root, {**manifest, "config": blob(manifest["config"]["digest"])["config"]}


def test_the_image_is_small_and_holds_no_shell(image: tuple[Path, dict[str, Any]]) -> None:
    root, manifest = image
    assert sum(layer["size"] for layer in manifest["layers"]) <= IMAGE_LIMIT_BYTES
    names = {path.name for path in root.rglob("*")}
    assert not names & {"sh", "bash", "dash", "busybox", "pip", "apt", "ssl.pyc"}
    assert not list((root / "opt").rglob("*.py")), "modules are bytecode only"


def test_the_image_is_a_frontend_of_a_plain_user(image: tuple[Path, dict[str, Any]]) -> None:
    _, manifest = image
    config = manifest["config"]
    assert config["User"] == "65532:65532"
    assert config["Labels"]["moby.buildkit.frontend.network.none"] == "true"
    caps = config["Labels"]["moby.buildkit.frontend.caps"].split(",")
    assert {f"moby.buildkit.frontend.{name}" for name in ("inputs", "subrequests", "contexts")} <= set(caps)
    assert not config.get("Cmd")


def test_without_a_session_it_says_what_it_is(image: tuple[Path, dict[str, Any]]) -> None:
    root, manifest = image
    root.chmod(0o755)
    line = [
        shutil.which("chroot") or "/usr/sbin/chroot",
        "--userspec=65532:65532",
        str(root),
        *manifest["config"]["Entrypoint"],
    ]
    done = subprocess.run(line, check=False, capture_output=True, text=True, env={}, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "BuildKit frontend" in done.stderr
    assert "docker build -f" in done.stderr
    assert done.stdout == ""
