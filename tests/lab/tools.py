"""BuildKit, buildx and others, compiled by Go from their modules (`go/*/go.mod`), and Go where there is none."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.lab.fetch import download
from tests.lab.machine import find
from tests.lab.place import HERE, Place
from tests.lab.progress import Line
from tests.lab.shared import making, ran, tried

GO_MINIMUM = (1, 26, 3)  # the `go` line of the go.mod files
GO_VERSION = "1.26.8"  # downloaded where no such Go is installed; the toolchain is an ordinary module of the Go proxy
GO_SHA256 = "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7"
GO_PROXY = "https://proxy.golang.org"


@dataclass(frozen=True)
class Tool:
    """A Go module of ours that names programs, as `tool`s. `version_of` are the variables of their version."""

    name: str
    version: str
    version_of: tuple[str, ...]
    packages: tuple[str, ...]

    @property
    def source(self) -> Path:
        """The directory with its go.mod and go.sum."""
        return HERE / "go" / self.name

    @property
    def programs(self) -> tuple[str, ...]:
        """The names of its programs."""
        return tuple(package.rpartition("/")[2] for package in self.packages)

    def directory(self, place: Place) -> Path:
        """Where the compiled programs are: another one for every version and every change of the lock file."""
        lock = hashlib.sha256((self.source / "go.sum").read_bytes()).hexdigest()[:12]
        return place.cache / "tools" / f"{self.name}-{self.version}-{lock}"


BUILDKIT = Tool(
    "buildkit",
    "v0.32.2",
    ("github.com/moby/buildkit/version.Version",),
    (
        "github.com/moby/buildkit/cmd/buildctl",
        "github.com/moby/buildkit/cmd/buildkitd",
        "github.com/moby/buildkit/frontend/dockerfile/cmd/dockerfile-frontend",
    ),
)
BUILDX = Tool(
    "buildx", "v0.38.2", ("github.com/docker/buildx/version.Version",), ("github.com/docker/buildx/cmd/buildx",)
)
ROOTLESSKIT = Tool(
    "rootlesskit",
    "v3.0.1",  # of BuildKit's own rootless image
    (),
    ("github.com/rootless-containers/rootlesskit/v3/cmd/rootlesskit",),
)
KUBERNETES = Tool(
    "kubernetes",
    "v1.34.4",
    ("k8s.io/component-base/version.gitVersion", "k8s.io/client-go/pkg/version.gitVersion"),
    tuple(
        f"k8s.io/kubernetes/cmd/{program}"
        for program in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubelet")
    ),
)

CADDY = Tool(
    "caddy",
    "v2.11.9",
    ("github.com/caddyserver/caddy/v2.CustomVersion",),
    ("github.com/caddyserver/caddy/v2/cmd/caddy",),
)


def go_program(place: Place) -> Path:
    """A Go that is new enough: the installed one, or ours from the cache, downloaded when it is not there."""
    installed = find("go")
    if installed and go_version(installed) >= GO_MINIMUM:
        return Path(installed)
    target = place.cache / "go" / GO_VERSION
    if not target.exists():
        with making(target) as partial:
            if partial is not None:
                install_go(place, partial)
    return target / "bin/go"


def go_version(program: str) -> tuple[int, ...]:
    """The version of an installed Go, (0,) when it does not say one."""
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    done = subprocess.run([program, "version"], check=False, capture_output=True, text=True, env=environment)
    found = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(part or 0) for part in found.groups()) if found else (0,)


def install_go(place: Place, target: Path) -> None:
    """Makes `target` from Go's toolchain module, whose files sit below a directory named after the module."""
    version = f"v0.0.1-go{GO_VERSION}.linux-amd64"
    proxies = [part for part in re.split(r"[,|]", os.environ.get("GOPROXY", "")) if part.startswith("http")]
    url = f"{(proxies or [GO_PROXY])[0].rstrip('/')}/golang.org/toolchain/@v/{version}.zip"
    archive = download(url, place.cache / "downloads" / f"{version}.zip", GO_SHA256)
    unpacked = target.with_name("unpacked")
    with zipfile.ZipFile(archive) as file:
        file.extractall(unpacked)
    tree = unpacked / f"golang.org/toolchain@{version}"
    for directory in ("bin", "pkg/tool"):
        for path in (tree / directory).rglob("*"):
            path.chmod(0o755)
    tree.rename(target)
    archive.unlink()


def compiled(place: Place, tool: Tool, line: Line) -> Path:
    """The directory of a tool's programs, compiled when they are not in the cache."""
    target = tool.directory(place)
    with making(target) as partial:
        if partial is None:
            line.reuse()
        else:
            version = "".join(f" -X {variable}={tool.version}" for variable in tool.version_of)
            flags = ("-trimpath", "-buildvcs=false", "-ldflags", f"-s -w{version}")
            go_build(place, tool.source, partial, *flags, *tool.packages, part=f"{tool.name} {tool.version}")
    return target


def module(place: Place, tool: Tool, path: str) -> Path:
    """The directory of a module that a tool is compiled from, as the proxy has it."""
    command = (go_program(place), "mod", "download", "-json", path)
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    answer = tried(f"the module {path}", lambda: ran(*command, cwd=tool.source, env=environment))
    return Path(json.loads(answer)["Dir"])


def go_build(place: Place, source: Path, target: Path, *args: str, part: str) -> None:
    """Compiles with Go: programs into the new directory `target`. Raises LabError with the end of Go's output.

    Go's modules come over the network, so it is tried again.
    """
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    command = (str(go_program(place)), "build", "-o", f"{target}/", *args)
    target.mkdir()
    tried(f"{part}, compiled", lambda: ran(*command, cwd=source, env=environment), attempts=3)
