"""The table as text: from which release on a package is for which Pythons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name
from packaging.version import Version

from frontend.languages.python import wheels
from frontend.languages.python.wheels import AARCH64, ALL, NONE, X86_64, Minors
from tools.pins.index import File, pinned, releases

WORKERS = 12
CONDITIONS = ("python_version", "sys_platform", "platform_system", "platform_machine")  # of a tie that may not hold
Companion = tuple[str, str, str]  # the extra that brings it ("" for none), its name, its version


@dataclass(frozen=True)
class Release:
    """The Pythons that a release is for on each machine."""

    x86_64: Minors
    aarch64: Minors

    def both(self, other: Release) -> Release:
        """The Pythons of two releases that are installed together."""
        return Release(self.x86_64 & other.x86_64, self.aarch64 & other.aarch64)

    def text(self) -> str:
        """As the table has it: `8-12`, or `8-12/9-12` where aarch64 differs."""
        first, second = wheels.text_of(self.x86_64), wheels.text_of(self.aarch64)
        return first if first == second else f"{first}/{second}"


@dataclass
class Package:
    """A package's releases, oldest first, and those of other packages that each of its releases is tied to."""

    name: str
    files: dict[Version, list[File]]
    companions: dict[Version, list[Companion]] = field(default_factory=dict)


def last_compiled(package: Package) -> Version | None:
    """The last release of a package that has a wheel with compiled parts for Linux; None for one without any.

    A package may give that up, as psycopg2 did with 2.8: from then on it is compiled wherever it is installed.
    """
    found = [version for version, files in package.files.items() if any(map(has_compiled, files))]
    return max(found, default=None)


def has_compiled(file: File) -> bool:
    """Whether a file is a wheel with compiled parts for Linux."""
    if not file.is_wheel or file.name.endswith("-none-any.whl"):
        return False
    return any(wheels.of_wheel(file.name, machine) for machine in (X86_64, AARCH64))


def of_files(files: Iterable[File], *, compiled: bool) -> Release:
    """What a release is for, by its files. Of a package with compiled parts only wheels count, of another all files."""
    x86_64, aarch64 = NONE, NONE
    for file in files:
        if file.is_wheel or not compiled:
            x86_64 |= allowed(file, wheels.of_wheel(file.name, X86_64) if compiled else ALL)
            aarch64 |= allowed(file, wheels.of_wheel(file.name, AARCH64) if compiled else ALL)
    return Release(x86_64, aarch64)


def allowed(file: File, found: Minors) -> Minors:
    """Those of some Pythons that a file's `Requires-Python` allows, each in its late releases."""
    if file.requires is None:
        return found
    return frozenset(minor for minor in found if file.requires.contains(f"3.{minor}.30"))


def gather(names: list[str]) -> dict[str, Package]:
    """The packages with those names, from the index."""
    with ThreadPoolExecutor(WORKERS) as pool:
        found = {name: Package(name, files) for name, files in zip(names, pool.map(releases, names), strict=True)}
        tied = dict(zip(names, pool.map(newest_tied, found.values()), strict=True))
        for name, requirements in tied.items():
            if any(other in found for other in requirements):
                package = found[name]
                all_tied = pool.map(tied_to, package.files.values())
                package.companions = dict(zip(package.files, all_tied, strict=True))
    return found


def newest_tied(package: Package) -> list[str]:
    """The names that the newest release of a package is tied to."""
    return [name for _, name, _ in tied_to(next(reversed(package.files.values()), []))]


def tied_to(files: list[File]) -> list[Companion]:
    """The packages that a pure release is tied to by `==`, with the extra that brings each."""
    wheel = next((file for file in files if file.name.endswith("-none-any.whl")), None)
    found: list[Companion] = []
    for requirement in pinned(wheel) if wheel is not None else ():
        marker = str(requirement.marker or "")
        extra = marker.partition("extra == ")[2].strip("\"' )")
        if not any(word in marker for word in CONDITIONS):
            name, specifier = canonicalize_name(requirement.name), next(iter(requirement.specifier))
            found.append((extra, name, specifier.version))
    return found


def known(packages: Mapping[str, Package]) -> dict[str, dict[Version, Release]]:
    """What each release is for, with the releases it is tied to; an extra is a package `name[extra]`.

    Of an extra those ties count that are to the same version: such packages are released together.
    """
    alone = {}
    for name, package in packages.items():
        last = last_compiled(package)
        alone[name] = {
            version: of_files(files, compiled=last is not None and version <= last)
            for version, files in package.files.items()
        }
    found = {name: dict(releases) for name, releases in alone.items()}
    for name, package in packages.items():
        for version, companions in package.companions.items():
            for extra, other, tied in companions:
                release = alone.get(other, {}).get(Version(tied))
                if release is not None and (not extra or Version(tied) == version):
                    key = f"{name}[{extra}]" if extra else name
                    releases = found.setdefault(key, {})
                    releases[version] = releases.get(version, found[name][version]).both(release)
    return found


def lines(packages: Mapping[str, Package]) -> list[str]:
    """The lines of the table, by name: `numpy 1.26.0:9-12 2.1.0:10-13`."""
    made = ((name, line(releases)) for name, releases in sorted(known(packages).items()))
    return [f"{name} {text}" for name, text in made if text]


def line(releases: Mapping[Version, Release]) -> str:
    """A package's break points; "" for one whose releases are for every Python."""
    parts: list[str] = []
    last = ""
    for version, release in sorted(releases.items()):
        if release.text() != last:
            last = release.text()
            parts.append(f"{version}:{last}")
    everywhere = len(parts) == 1 and last == wheels.text_of(ALL)
    return "" if everywhere else " ".join(parts)
