"""The forms a build context comes in, each loaded by a real BuildKit from where it really is.

The frontend under test is the frontend image with `frontends/context.py` in the place of its `build.py`: it tells
what it finds, and returns the context. It is run from an OCI layout. BUILDKIT_HOST names the BuildKit (`. .lab/env`);
git and http contexts are served on loopback, so it has to be one on this machine with the host's network.
"""

from __future__ import annotations

import http.server
import json
import os
import socket
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import golden_plans

pytestmark = pytest.mark.e2e

IMAGE = os.environ.get("MIGETPACKS_IMAGE", "docker.io/miget/migetpacks:latest")
# Started by file, for the image's own start takes the module it has in its one file of modules.
DOCKERFILE = f"""\
FROM {IMAGE}
COPY build.py /opt/migetpacks/frontend/build.py
ENTRYPOINT ["/usr/local/bin/python3", "-I", "-S", "-B", "-X", "utf8", "/opt/migetpacks/frontend/__main__.pyc"]
"""
SCENARIO = Path(__file__).parent / "frontends" / "context.py"
PATIENCE_S = 30
NPMRC = "legacy-peer-deps=true\n//registry.npmjs.org/:_authToken=npm_{}\n".format("a" * 36)
FILES = {
    "package.json": '{"name": "app"}',
    "main.py": "print(1)",
    "src/deep/x.txt": "deep",
    "web/package.json": "{}",
    "web/[id]/page.tsx": "page",
    "node_modules/x/package.json": "{}",
    ".npmrc": NPMRC,
    ".env": "SECRET=1",
    ".env.example": "SECRET=",
}
SHIPPED = {
    ".env.example",
    ".npmrc",
    "main.py",
    "package.json",
    "src/deep/x.txt",
    "web/[id]/page.tsx",
    "web/package.json",
}


class Outcome(NamedTuple):
    """What a build ended with: exit code, all it printed, what the scenario told, the files of the result."""

    code: int
    output: str
    told: dict[str, Any]
    files: set[str]
    directory: Path


Build = Callable[..., Outcome]


def write(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def buildctl(*args: str | Path) -> list[str | Path]:
    if "BUILDKIT_HOST" not in os.environ:
        pytest.fail("there is no BuildKit to test with: run `make lab-up` and `. .lab/env`")
    return ["buildctl", "build", "--progress=plain", *args]


class Layout(NamedTuple):
    """An image in an OCI layout."""

    directory: Path
    digest: str


def layout(directory: Path, files: Path) -> Layout:
    """An image that `Dockerfile` in `files` makes, in an OCI layout at `directory`."""
    local = ("--local", f"context={files}", "--local", f"dockerfile={files}")
    output = ("--output", f"type=oci,tar=false,dest={directory}")
    subprocess.run(buildctl("--frontend", "dockerfile.v0", *local, *output), check=True, capture_output=True)
    (manifest,) = json.loads((directory / "index.json").read_text())["manifests"]
    return Layout(directory, manifest["digest"])


@pytest.fixture(scope="module")
def frontend(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    files = write(tmp_path_factory.mktemp("frontend"), {"build.py": SCENARIO.read_text(), "Dockerfile": DOCKERFILE})
    return layout(tmp_path_factory.mktemp("layout"), files)


@pytest.fixture
def build(frontend: Layout, tmp_path: Path) -> Build:
    """Runs the scenario: `build("--local", "context=DIR")`; `ask` are the paths it reads."""

    def build(*more: str | Path, ask: str = "", syntax: bool = False) -> Outcome:
        metadata, out = tmp_path / "metadata.json", tmp_path / "out"
        source = f"oci-layout://frontend@{frontend.digest}"
        start = ("dockerfile.v0",) if syntax else ("gateway.v0", "--opt", "source=tests/context")
        line = buildctl(
            *("--frontend", *start, "--opt", f"context:tests/context={source}"),
            *("--oci-layout", f"frontend={frontend.directory}"),
            *("--output", f"type=local,dest={out}", "--metadata-file", metadata, *more),
            *(("--opt", f"build-arg:RUN_ENV_ASK={ask}") if ask else ()),
        )
        done = subprocess.run(line, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        told = json.loads(metadata.read_text())["frontend.told"] if done.returncode == 0 else {}
        files = {str(path.relative_to(out)) for path in out.rglob("*") if not path.is_dir() or path.is_symlink()}
        return Outcome(done.returncode, done.stdout, json.loads(told) if isinstance(told, str) else told, files, out)

    return build


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app", FILES)


def local(directory: Path) -> tuple[str, ...]:
    return ("--local", f"context={directory}")


def check(outcome: Outcome) -> None:
    """The app is seen, and is loaded, as the ignore patterns have it; nothing that is a secret is in it."""
    assert outcome.code == 0, outcome.output
    assert outcome.told["package.json"]
    assert outcome.told["programs"] == ["main.py"]
    assert outcome.told["manifests"] == ["web/package.json"]
    assert outcome.files == SHIPPED == set(outcome.told["files"])
    assert (outcome.directory / ".npmrc").read_text() == "legacy-peer-deps=true\n"
    assert "npm_aaa" not in outcome.output


# a directory of the client


def test_a_local_directory(build: Build, app: Path) -> None:
    outcome = build(*local(app), ask="src/deep/x.txt .npmrc .env absent/x web/[id]/page.tsx")
    check(outcome)
    assert outcome.told["read"] == {
        "src/deep/x.txt": "deep",
        ".npmrc": "legacy-peer-deps=true\n",
        ".env": None,
        "absent/x": None,
        "web/[id]/page.tsx": "page",
    }
    assert outcome.told["config"] is None
    assert outcome.told["ignore_file"] == ""


def test_the_apps_own_ignore_file(build: Build, app: Path) -> None:
    (app / ".dockerignore").write_text("*\n!main.py\n!web\nweb/[[]id]\n!.env.example\n")
    outcome = build(*local(app))
    assert outcome.files == {"main.py", "web/package.json", ".env.example"}
    assert not outcome.told["package.json"]
    assert outcome.told["listing"] == [".env.example", "main.py", "web/"]


@pytest.mark.parametrize(
    "text",
    [
        "**/*.json",
        "*\n!web",
        "*\n!**/*.json",
        "web\n!web/package.json",
        "**\n!src/**",
        "src/*\n!src/deep/x.txt",
        "# all\n/*\n!/web/\nweb/p*",
        "**/deep/**\nw?b",
        "[!a-m]*",
        "node_modules/x\n!**/x",
    ],
)
def test_a_language_sees_exactly_what_buildkit_loads(build: Build, app: Path, text: str) -> None:
    (app / ".dockerignore").write_text(text)
    outcome = build(*local(app))
    assert outcome.code == 0, outcome.output
    assert outcome.files == set(outcome.told["files"])


def test_files_that_are_none(build: Build, app: Path) -> None:
    (app / "dangling").symlink_to("nowhere")
    (app / "outside").symlink_to("../../../etc/passwd")
    (app / "loop").symlink_to("loop")
    (app / "link").symlink_to("src/deep/x.txt")
    (app / "dir").symlink_to("src")
    (app / "a.json").mkdir()
    (app / "big.json").write_bytes(bytes(20 << 20))
    (app / "wide.json").write_text("{}", encoding="utf-16")
    os.mkfifo(app / "fifo")
    outcome = build(*local(app), ask="dangling outside loop link dir/deep/x.txt a.json big.json wide.json fifo")
    assert outcome.code == 0, outcome.output
    told = outcome.told["read"]
    assert told["link"] == told["dir/deep/x.txt"] == "deep"
    for name in ("dangling", "outside", "loop"):
        assert told[name] == {"error": f"{name} is a symbolic link whose target is not in the build context"}
    assert told["a.json"] == {"error": "a.json is a directory, not a file"}
    assert told["big.json"]["error"].startswith("big.json is too large: 20.0 MiB")
    assert told["wide.json"] == {"error": "wide.json is UTF-16, not UTF-8"}
    assert told["fifo"] == {"error": "fifo is not a regular file"}


def test_only_what_is_asked_for_is_sent_to_decide(build: Build, app: Path) -> None:
    for number in range(2000):
        write(app, {f"node_modules/p{number % 40}/f{number}.js": "x" * 100})
    (app / "huge.bin").write_bytes(bytes(30 << 20))
    outcome = build(*local(app))
    asked = outcome.output.partition("[internal] load build context")[0]
    assert "MB" not in asked


def test_no_context(build: Build, app: Path) -> None:
    for given in ((), ("--local", f"other={app}")):
        outcome = build(*given)
        assert outcome.code == 1
        assert 'there is no build context: the client provides no directory named "context"' in outcome.output
        assert "--local context=DIR" in outcome.output


def test_an_empty_context(build: Build, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    outcome = build(*local(tmp_path / "empty"))
    assert outcome.code == 1
    assert "the build context is empty" in outcome.output


# the config file


def test_a_config_file_in_the_context(build: Build, app: Path) -> None:
    write(app, {"migetpacks.yaml": "port: 8080\n", ".dockerignore": "*.yaml\nnode_modules\n.env*\n"})
    told = build(*local(app)).told
    assert (told["config"], told["port"]) == ("migetpacks.yaml", 8080)
    assert "migetpacks.yaml" not in told["listing"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.yaml", "# syntax=tests/context\nport: 8081\n"),
        ("Dockerfile", "# syntax=tests/context\nport: 8081\n"),
        ("package.json", '{"syntax": "tests/context", "migetpacks": {"port": 8081}}'),
        ("x.conf", "// syntax=tests/context\nport: 8081\n"),
    ],
)
def test_a_syntax_file(build: Build, app: Path, name: str, text: str) -> None:
    write(app, {name: text, f"{name}.dockerignore": "main.py"})
    outcome = build(*local(app), "--local", f"dockerfile={app}", "--opt", f"filename={name}", syntax=True)
    assert outcome.code == 0, outcome.output
    assert (outcome.told["config"], outcome.told["port"]) == (name, 8081)
    assert outcome.told["ignore_file"] == f"{name}.dockerignore"
    assert outcome.told["programs"] == []


def test_a_mistake_in_the_syntax_file_is_shown(build: Build, app: Path) -> None:
    write(app, {"app.yaml": "# syntax=tests/context\nlanguage: python\nprot: 80\n"})
    outcome = build(*local(app), "--local", f"dockerfile={app}", "--opt", "filename=app.yaml", syntax=True)
    assert outcome.code == 1
    assert 'unknown key "prot"' in outcome.output
    assert "did you mean port?" in outcome.output
    assert "3 | >>> prot: 80" in outcome.output


def test_instructions_in_the_syntax_file(build: Build, app: Path) -> None:
    write(app, {"Dockerfile": "# syntax=tests/context\n\nFROM node:24\nRUN npm ci\n"})
    outcome = build(*local(app), "--local", f"dockerfile={app}", syntax=True)
    assert outcome.code == 1
    assert "Dockerfile contains Dockerfile instructions" in outcome.output
    assert "3 | >>> FROM node:24" in outcome.output


# contexts from elsewhere


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def git_url(app: Path, tmp_path: Path) -> Iterator[str]:
    """The app as a git repository, served by git's own daemon."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for args in (("init", "-q", "-b", "main"), ("add", "-A", "-f"), (*identity, "commit", "-q", "-m", "app")):
        subprocess.run(["git", *args], cwd=app, check=True)
    bare = tmp_path / "srv" / "app.git"
    subprocess.run(["git", "clone", "-q", "--bare", app, bare], check=True)
    port = free_port()
    options = ("--export-all", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={bare.parent}")
    daemon = subprocess.Popen(["git", "daemon", *options, bare.parent], stderr=subprocess.DEVNULL)
    try:
        reachable(port)
        yield f"git://127.0.0.1:{port}/app.git"
    finally:
        daemon.terminate()
        daemon.wait()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server's URL, and the directory it serves."""
    directory = tmp_path / "web"
    directory.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(directory)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", directory
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reachable(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nothing listens on port {port}")


def test_a_git_repository(build: Build, git_url: str) -> None:
    check(build("--opt", f"context={git_url}"))


@pytest.mark.parametrize("suffix", ["#main:web", "?branch=main&subdir=web"])
def test_a_directory_of_a_git_repository(build: Build, git_url: str, suffix: str) -> None:
    outcome = build("--opt", f"context={git_url}{suffix}")
    assert outcome.code == 0, outcome.output
    assert outcome.files == {"package.json", "[id]/page.tsx"}


def test_a_git_repository_that_is_not_there(build: Build, git_url: str) -> None:
    outcome = build("--opt", f"context={git_url.replace('app.git', 'other.git')}")
    assert outcome.code == 1
    assert "cannot be loaded" in outcome.output
    assert "the builder can reach it" in outcome.output


@pytest.mark.parametrize(("name", "mode"), [("app.tar", "w"), ("app.tar.gz", "w:gz"), ("app.txz", "w:xz")])
def test_an_archive_of_a_web_server(build: Build, app: Path, web: tuple[str, Path], name: str, mode: Any) -> None:
    url, directory = web
    with tarfile.open(directory / name, mode) as archive:
        archive.add(app, arcname=".")
    check(build("--opt", f"context={url}/{name}"))


def test_a_directory_of_an_archive(build: Build, app: Path, web: tuple[str, Path]) -> None:
    url, directory = web
    with tarfile.open(directory / "app.tar", "w") as archive:
        archive.add(app, arcname="app-main")
    check(build("--opt", f"context={url}/app.tar", "--opt", "contextsubdir=app-main"))


def test_a_single_file_is_no_context(build: Build, web: tuple[str, Path]) -> None:
    url, directory = web
    (directory / "main.py").write_text("print(1)")
    outcome = build("--opt", f"context={url}/main.py")
    assert outcome.code == 1
    assert "is a single file, not an archive" in outcome.output
    assert "cannot be loaded" in build("--opt", f"context={url}/missing.tar").output


def test_an_oci_layout(build: Build, app: Path, tmp_path: Path) -> None:
    files = write(tmp_path / "files", {"Dockerfile": "FROM scratch\nCOPY app /\n"})
    app.rename(files / "app")
    image = layout(tmp_path / "image", files)
    store = ("--oci-layout", f"store={image.directory}")
    check(build(*store, "--opt", f"context:context=oci-layout://store@{image.digest}"))


def test_another_directory_of_the_client(build: Build, app: Path) -> None:
    check(build("--local", f"other={app}", "--opt", "context:context=local:other"))


def test_a_text_that_is_no_context(build: Build) -> None:
    outcome = build("--opt", "context=nowhere")
    assert outcome.code == 1
    assert '"nowhere" is not a build context' in outcome.output


# the whole frontend


@pytest.mark.parametrize("name", golden_plans.names())
def test_a_plan_made_through_buildkit_is_that_of_the_directory(name: str) -> None:
    args = [f"build-arg:{key}={value}" for key, value in golden_plans.described(name).get("args", {}).items()]
    options = [word for text in (*args, "requestid=frontend.migetpacks.plan") for word in ("--opt", text)]
    line = buildctl("--frontend", "gateway.v0", "--opt", f"source={IMAGE}", *local(golden_plans.APPS / name), *options)
    done = subprocess.run(line, check=False, capture_output=True, text=True)
    expected = json.loads(golden_plans.planned(name))
    if "error" in expected:
        assert expected["error"].splitlines()[0] in done.stderr
        return
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for key in ("language", "versions", "warnings"):
        assert found.get(key) == expected.get(key)
    assert [step["name"] for step in found.get("steps", ())] == [step["name"] for step in expected.get("steps", ())]
    assert found["runtime"]["processes"] == expected["runtime"]["processes"]
