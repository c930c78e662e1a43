"""The stand-ins of Microsoft's .NET images, made from an archive of the SDK: no package registry has it.

The archive has `library-packs/`, a directory that NuGet takes for a source of packages: the stand-in of the SDK names
it in its NuGet.Config, as a company's image names a mirror.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.lab.place import ROOT
from tests.lab.shared import FinalError

VARIABLE = "MIGETPACKS_DOTNET_SDK"
ARCHIVE = "dotnet-sdk-10.0.401-linux-x64-trimmed.tar.xz"
BESIDE = ROOT.parent / "shared" / "dotnet" / ARCHIVE  # where it is looked for if the variable is not set
SDK_VERSION, RUNTIME_VERSION = "10.0.401", "10.0.12"  # what is in it
SUITE = "noble"
TAG = re.compile(rf"dotnet/(sdk|aspnet|runtime|runtime-deps):([\d.]+)-{SUITE}(-chiseled(?:-extra)?)?")
REGISTRY = "mcr.microsoft.com/"
STANDARD = (
    *(f"{REGISTRY}dotnet/sdk:{version}-{SUITE}" for version in ("10.0", SDK_VERSION)),
    *(f"{REGISTRY}dotnet/{name}:10.0-{SUITE}" for name in ("runtime-deps", "runtime", "aspnet")),
)


def place() -> Path:
    """Where the archive is, or has to be: a directory that the variable names may hold it."""
    path = Path(os.environ.get(VARIABLE) or BESIDE)
    return path / ARCHIVE if path.is_dir() else path


def found() -> Path | None:
    """The archive; None where this machine has none."""
    return place() if place().is_file() else None


def archive() -> Path:
    """The archive. Raises FinalError where this machine has none."""
    path = found()
    if path is None:
        raise FinalError(
            f"the .NET SDK that the stand-ins of Microsoft's images are made from is not at {place()}",
            hint=f"set {VARIABLE} to the path of {ARCHIVE}",
        )
    return path


def recipe(name: str) -> tuple[str, tuple[str, ...]] | None:
    """The Dockerfile's target and all names of an image of the lab's registry; None for one that it does not make."""
    match = TAG.fullmatch(name)
    if match is None:
        return None
    kind, version, chiseled = match.groups(default="")
    newest = SDK_VERSION if kind == "sdk" else RUNTIME_VERSION
    if version not in ("10.0", newest) or (kind == "sdk" and chiseled):
        return None
    tags = dict.fromkeys((version, "10.0", newest))
    return f"{kind}{chiseled}", tuple(f"dotnet/{kind}:{tag}-{SUITE}{chiseled}" for tag in tags)
