"""The frontends of a comparison, and how a client asks for each."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.figures import BUILT_IN, OURS
from tests.lab.api import Lab
from tests.lab.place import LabError

IMAGE = "miget/migetpacks"  # ours, of the lab's registry
DOCKERFILE_FRONTEND = "dockerfile-frontend"  # BuildKit's external one, compiled with the lab's BuildKit
LABELS = (
    'LABEL moby.buildkit.frontend.network.none="true" '
    'moby.buildkit.frontend.caps="moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,'
    'moby.buildkit.frontend.contexts"\n'
)


def external(directory: Path, binary: str | None) -> Path:
    """Makes a build context for the image of BuildKit's external Dockerfile frontend. Raises LabError without it."""
    if binary is None:
        raise LabError(f"{DOCKERFILE_FRONTEND} is not on the PATH", hint="run `make lab-up` and `. .lab/env`")
    directory.mkdir(parents=True)
    shutil.copy(binary, directory / DOCKERFILE_FRONTEND)
    text = f'FROM scratch\nCOPY {DOCKERFILE_FRONTEND} /\n{LABELS}ENTRYPOINT ["/{DOCKERFILE_FRONTEND}"]\n'
    (directory / "Dockerfile").write_text(text)
    return directory


def external_name(lab: Lab) -> str:
    """The external Dockerfile frontend in the lab's registry."""
    return f"{lab.registry}/bench/{DOCKERFILE_FRONTEND}:latest"


def push_external(lab: Lab, directory: Path) -> None:
    """Puts it there. Raises LabError when that fails."""
    context = external(directory / "external", str(lab.place.bin / DOCKERFILE_FRONTEND))
    options = ("--frontend=dockerfile.v0", f"--local=context={context}", f"--local=dockerfile={context}")
    output = f"--output=type=image,name={external_name(lab)},push=true,registry.insecure=true"
    build(lab, "the external Dockerfile frontend", lab.buildkit_host, *options, output)


def options(lab: Lab, side: str, context: Path, dockerfile: Path, image: str) -> list[str]:
    """The options of `buildctl build` for an app in a directory. `image` is our frontend's."""
    if side == OURS:
        return ["--frontend=gateway.v0", f"--opt=source={image}", f"--local=context={context}"]
    frontend = (
        ["--frontend=dockerfile.v0"]
        if side == BUILT_IN
        else ["--frontend=gateway.v0", f"--opt=source={external_name(lab)}"]
    )
    local = [f"--local=context={context}", f"--local=dockerfile={dockerfile.parent}"]
    return [*frontend, f"--opt=filename={dockerfile.name}", *local]


def traced(lab: Lab, part: str, address: str, *options: str) -> dict[str, Any]:
    """The trace of our frontend in a build. Raises LabError when that fails."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "metadata.json"
        build(lab, part, address, *options, "--opt=build-arg:MIGETPACKS_TRACE=1", f"--metadata-file={path}")
        trace: dict[str, Any] = json.loads(json.loads(path.read_text())["frontend.migetpacks.trace"])
    return trace


def build(lab: Lab, part: str, address: str, *options: str) -> None:
    """A build of a BuildKit, with the lab's secrets. Raises LabError, with the end of its output, when it fails."""
    secrets = (f"--secret={secret}" for secret in lab.secrets)
    command = ("--addr", address, "build", "--progress=plain", *options, *secrets)
    try:
        done = lab.buildctl(*command, check=False)
    except subprocess.TimeoutExpired as error:
        raise LabError(f"not built after {error.timeout:.0f} s", part=part) from error
    if done.returncode:
        raise LabError("the build failed", part=part, output=(done.stdout + done.stderr)[-3000:])
