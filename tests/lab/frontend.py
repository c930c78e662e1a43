"""The frontend image of this tree: built by the lab's BuildKit, pushed as docker.io/miget/migetpacks:latest."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.lab import state, storage
from tests.lab.images import recipes_digest
from tests.lab.place import CA_BUNDLE, Place, locked
from tests.lab.progress import Line
from tests.lab.shared import tried, write_text

NAME = "miget/migetpacks:latest"
INPUTS = ("Dockerfile", ".dockerignore", "requirements/runtime.txt", "image", "llb", "frontend")


def files(root: Path) -> Iterator[Path]:
    """The files the image is made of, in a fixed order."""
    for name in INPUTS:
        path = root / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)


def inputs_digest(root: Path) -> str:
    """Changes with any file of the image, its path or its content, and with the recipes of its base images."""
    digest = hashlib.sha256(recipes_digest("library/python").encode())
    for file in files(root):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def push(place: Place, buildctl: Callable[..., subprocess.CompletedProcess[str]], line: Line) -> None:
    """Sees to it that the registry's frontend image is that of the tree as it is now."""
    with locked(place.lab / "frontend.lock"):
        inputs = inputs_digest(place.root)
        now = state.read(place)
        if now.frontend == inputs:
            return line.reuse()
        kept = place.cache / "frontends" / f"{inputs}.json"
        if kept.exists() and not now.live:
            storage.install(storage.loads(kept.read_text()), place.cache, place.registry_storage)
            line.reuse()
        else:
            tried("the frontend image", lambda: build(place, buildctl, now.port), attempts=2)
            record = storage.extract(place.registry_storage, (NAME,), place.cache)
            write_text(kept, record.dumps())
        state.change(place, frontend=inputs)
    return None


def build(place: Place, buildctl: Callable[..., subprocess.CompletedProcess[str]], port: int) -> None:
    """Builds and pushes the image. Raises LabError with the build's output."""
    secret = (f"--secret=id=ca-certificates,src={CA_BUNDLE}",) if CA_BUNDLE.exists() else ()
    buildctl(
        "build", "--progress=plain", "--frontend=dockerfile.v0", f"--local=context={place.root}",
        f"--local=dockerfile={place.root}", *secret,
        f"--output=type=image,name=127.0.0.1:{port}/{NAME},push=true",
    )  # fmt: skip
