"""How a stand-in image is built, and what it is called: by the image's users, and in the lab's registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.place import HERE
from tests.lab.storage import Record

RECIPES = HERE / "images"
# Registries that the lab stands in for, as the mirror of each. Their repositories are at the same path in the lab's
# registry; those of docker.io all have a directory (`library/node`), and so differ from those of dhi.io (`node`).
HOSTS = ("docker.io", "mcr.microsoft.com", "dhi.io", "gcr.io", "cgr.dev")
See = Callable[[str], Record]  # sees to an image that another is built from


@dataclass(frozen=True)
class Image:
    """How an image is built: a target of a Dockerfile, its build-args, the files of its context, all its names."""

    names: tuple[str, ...]
    dockerfile: Path
    target: str = ""
    args: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    without: str = ""  # lines of the Dockerfile with this word are left out
    unset: tuple[str, ...] = ()  # variables that BuildKit gives every image, and the real one does not have


def full_name(reference: str) -> str:
    """A reference as the lab's registry has it: `node:24` is `library/node:24`, `dhi.io/node:24` is `node:24`."""
    host, _, path = reference.partition("/")
    if host in HOSTS and host != "docker.io":
        return path
    name = path if host == "docker.io" else reference
    return name if "/" in name else f"library/{name}"


def host_of(reference: str) -> str:
    """The registry that a reference names."""
    host = reference.partition("/")[0]
    return host if host in HOSTS else "docker.io"
