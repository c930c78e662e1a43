"""Stand-ins of hardened images: of Docker (`dhi.io`), distroless (`gcr.io`), Chainguard (`cgr.dev`), and odd ones.

Each is made from the standard stand-in of the same version (`images/hardened/`), and keeps what a builder has to cope
with: accounts, configured user, entrypoint, `PATH`, where the interpreter is, which libraries and time zones there are,
whether there is a shell. The odd ones (`dhi.io/odd/…`) are called hardened and are not what the name promises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.lab.recipe import RECIPES, Image, See

VERSION = r"\d+(?:\.\d+){0,2}"
DIRECTORY = RECIPES / "hardened"


class Kind(NamedTuple):
    """Images whose name in the registry matches `pattern`, built by `images/hardened/LANGUAGE.Dockerfile`.

    The pattern's groups are `version`, where the name has one (else `version` of the kind), and what ends the name of
    the target. `args` are build-args.
    """

    language: str
    pattern: str
    base: str  # the standard stand-in, with {version}
    target: str
    args: Mapping[str, str]
    version: str = ""
    unset: tuple[str, ...] = ()


NONROOT = "nonroot:65532"
LATEST = r"(?P<target>latest|nonroot)"
OF_NODE, OF_PYTHON, OF_RUBY = "node:{version}-trixie-slim", "python:{version}-slim-trixie", "ruby:{version}-slim-trixie"
OF_ASPNET, OF_DOTNET = (f"mcr.microsoft.com/dotnet/{name}:{{version}}-noble" for name in ("aspnet", "runtime"))
DHI_NODE = {"SUITE": "trixie", "AT": "usr/bin", "ACCOUNT": "node:1000"}
OF_BUN, DHI_BUN = "oven/bun:{version}-slim", {"SUITE": "trixie", "ACCOUNT": NONROOT}
DHI_PYTHON = {"ACCOUNT": NONROOT, "PACKAGES": "libstdc++6 tzdata"}
DHI_RUBY = {"AT": "usr/local/bin", "ACCOUNT": NONROOT}
KINDS = (
    Kind("node", rf"node:(?P<version>{VERSION})(?:-debian13)?", OF_NODE, "dhi", DHI_NODE, unset=("PATH",)),
    Kind("node", rf"node:(?P<version>{VERSION})(?:-debian13)?-dev", OF_NODE, "dev", DHI_NODE),
    Kind(
        "node", rf"distroless/nodejs(?P<version>\d+)-debian13:{LATEST}", OF_NODE,
        "distroless-{target}", {"SUITE": "trixie", "AT": "nodejs/bin", "ACCOUNT": NONROOT},
    ),
    Kind(
        "node", r"chainguard/node:latest", OF_NODE, "chainguard",
        {"SUITE": "forky", "AT": "usr/bin", "ACCOUNT": NONROOT}, version="26",
    ),
    Kind(
        "node", rf"odd/node:(?P<version>{VERSION})-(?P<target>root|no-user|unknown-name|unknown-uid|busybox|musl)",
        OF_NODE, "odd-{target}", DHI_NODE, unset=("PATH",),
    ),
    Kind("bun", rf"bun:(?P<version>{VERSION})(?:-debian13)?", OF_BUN, "dhi", DHI_BUN),
    Kind("python", rf"python:(?P<version>{VERSION})(?:-debian13)?", OF_PYTHON, "dhi", DHI_PYTHON, unset=("PATH",)),
    Kind("python", rf"python:(?P<version>{VERSION})(?:-debian13)?-dev", OF_PYTHON, "dev", DHI_PYTHON),
    Kind(
        "python", rf"distroless/python3-debian13:{LATEST}", OF_PYTHON, "distroless-{target}",
        {"ACCOUNT": NONROOT, "PACKAGES": "libgomp1 libgssapi-krb5-2 libstdc++6 tzdata"}, version="3.13",
    ),
    Kind(
        "python", r"chainguard/python:latest", OF_PYTHON, "chainguard",
        {"ACCOUNT": NONROOT, "PACKAGES": "libstdc++6"}, version="3.14",
    ),
    Kind(
        "python", rf"odd/python:(?P<version>{VERSION})-(?P<target>root|unknown-uid)", OF_PYTHON, "odd-{target}",
        DHI_PYTHON, unset=("PATH",),
    ),
    Kind("ruby", rf"ruby:(?P<version>{VERSION})(?:-debian13)?", OF_RUBY, "dhi", DHI_RUBY),
    Kind("ruby", rf"ruby:(?P<version>{VERSION})(?:-debian13)?-dev", "ruby:{version}-trixie", "dev", DHI_RUBY),
    Kind(
        "ruby", r"chainguard/ruby:latest", OF_RUBY, "chainguard", {"AT": "usr/bin", "ACCOUNT": NONROOT}, version="3.3"
    ),
    Kind(
        "ruby", rf"odd/ruby:(?P<version>{VERSION})-(?P<target>root|unknown-uid|empty-element)", OF_RUBY,
        "odd-{target}", DHI_RUBY,
    ),
    Kind(
        "deno", rf"deno:(?P<version>{VERSION})(?:-debian13)?", "denoland/deno:{version}", "dhi",
        {"ACCOUNT": "deno:1993"},
    ),
    Kind(
        "dotnet", rf"aspnetcore:(?P<version>{VERSION})(?:-debian13)?", OF_ASPNET, "aspnetcore",
        {"PART": "aspnet", "AT": "opt/dotnet", "ACCOUNT": NONROOT},
    ),
    Kind(
        "dotnet", rf"dotnet:(?P<version>{VERSION})(?:-debian13)?", OF_DOTNET, "dotnet",
        {"PART": "runtime", "AT": "usr/lib/dotnet", "ACCOUNT": NONROOT},
    ),
    Kind(
        "cc", r"distroless/static-debian13:(?P<target>latest|nonroot)", "debian:trixie-slim", "distroless-{target}",
        {"ACCOUNT": NONROOT, "PACKAGES": "tzdata"},
    ),
    Kind(
        "cc", rf"distroless/cc-debian13:{LATEST}", "debian:trixie-slim", "distroless-{target}",
        {"ACCOUNT": NONROOT, "PACKAGES": "libgomp1 libssl3t64 libstdc++6 libzstd1 tzdata zlib1g"},
    ),
)  # fmt: skip
# What apps are put on in the tests; those of .NET where there is its SDK.
DOTNET = ("dhi.io/aspnetcore:10.0-debian13", "dhi.io/dotnet:10.0-debian13")
TESTED = (
    "dhi.io/node:24-debian13", "dhi.io/bun:1.4-debian13", "dhi.io/python:3.13-debian13", "dhi.io/ruby:3.3-debian13",
    "dhi.io/deno:2.9.6-debian13",
    "gcr.io/distroless/nodejs24-debian13:nonroot", "gcr.io/distroless/python3-debian13:nonroot",
    "gcr.io/distroless/cc-debian13:nonroot",
    *(f"cgr.dev/chainguard/{name}:latest" for name in ("node", "python", "ruby")),
    *(f"dhi.io/odd/node:24-{name}" for name in ("root", "no-user", "unknown-name", "unknown-uid", "busybox", "musl")),
)  # fmt: skip
# The names of one image, from its shortest: what a version may be followed by.
SAME = {"": ("", "-debian13"), "-dev": ("-dev", "-debian13-dev")}


def recipe(language: str) -> Path:
    """The Dockerfile of a language's images: beside the standard ones, where it has a directory of its own."""
    own = RECIPES / language / "hardened.Dockerfile"
    return own if own.exists() else DIRECTORY / f"{language}.Dockerfile"


def image(name: str, see: See) -> Image | None:
    """How to build the hardened image of that name in the registry, its base being there; None for another image."""
    for kind in KINDS:
        if match := re.fullmatch(kind.pattern, name):
            words = match.groupdict()
            version = words.get("version") or kind.version
            scripts = (DIRECTORY / "tree.sh", DIRECTORY / f"{kind.language}.sh")
            base = see(kind.base.format(version=version))
            if "SUITE" in kind.args:
                see(f"debian:{kind.args['SUITE']}-slim")
            exact = max((tag_version(known) for known in base.names), key=len)
            return Image(
                names(name, version, exact),
                recipe(kind.language),
                kind.target.format_map(words),
                {**kind.args, f"{kind.language.upper()}_VERSION": exact, "VERSION": version, "MINOR": minor(exact)},
                {path.name: path for path in scripts if path.exists()},
                unset=kind.unset,
            )
    return None


def tag_version(name: str) -> str:
    """The version that a tag starts with: `24.21.0` of `library/node:24.21.0-trixie-slim`."""
    return name.partition(":")[2].partition("-")[0]


def minor(version: str) -> str:
    """`3.13` of `3.13.5`."""
    return ".".join(version.split(".")[:2])


def names(name: str, version: str, exact: str) -> tuple[str, ...]:
    """All names of the image. `dhi.io` has it with and without the suite, for the version asked and the exact one."""
    repo, _, tag = name.partition(":")
    if "/" in repo:
        return (name,)
    endings = SAME["-dev" if tag.endswith("-dev") else ""]
    return tuple(dict.fromkeys((name, *(f"{repo}:{each}{ending}" for each in (version, exact) for ending in endings))))


__all__ = ["DOTNET", "KINDS", "TESTED", "image"]
