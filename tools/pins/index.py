"""The package index: the files of a package, and the requirements of a release.

Sources: https://packaging.python.org/en/latest/specifications/simple-repository-api/, PEP 658 for metadata files
"""

from __future__ import annotations

import email.parser
import io
import json
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

SIMPLE = "https://pypi.org/simple"
JSON = "application/vnd.pypi.simple.v1+json"
ATTEMPTS, TIMEOUT_S = 4, 60
SMALL_BYTES = 3 << 20  # of a wheel that is read for its metadata


@dataclass(frozen=True)
class File:
    """A file of a release. `requires` is its `Requires-Python`, None where it is missing or cannot be read."""

    name: str
    url: str
    requires: SpecifierSet | None
    size_bytes: int

    @property
    def is_wheel(self) -> bool:
        return self.name.endswith(".whl")


def read(url: str, accept: str) -> bytes | None:
    """What is at a URL; None for a page that is not there."""
    request = urllib.request.Request(url, headers={"Accept": accept, "User-Agent": "migetpacks-pins"})
    for attempt in range(ATTEMPTS):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                body: bytes = answer.read()
                return body
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            if attempt == ATTEMPTS - 1:
                raise
        except OSError:
            if attempt == ATTEMPTS - 1:
                raise
        time.sleep(2**attempt)
    return None


def releases(name: str) -> dict[Version, list[File]]:
    """The files of each final release of a package, oldest release first; {} for one that the index does not have."""
    body = read(f"{SIMPLE}/{name}/", JSON)
    found: dict[Version, list[File]] = {}
    for one in json.loads(body)["files"] if body is not None else ():
        version = version_of(one["filename"])
        if version is not None and not version.is_prerelease:
            found.setdefault(version, []).append(file_of(one))
    return dict(sorted(found.items()))


def version_of(name: str) -> Version | None:
    """The version in a file's name; None for a file that is neither a wheel nor a source distribution."""
    try:
        return parse_wheel_filename(name)[1] if name.endswith(".whl") else parse_sdist_filename(name)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def file_of(one: dict[str, Any]) -> File:
    """A file as the index lists it."""
    try:
        requires = SpecifierSet(one["requires-python"]) if one.get("requires-python") else None
    except InvalidSpecifier:
        requires = None
    return File(one["filename"], one["url"], requires, one.get("size") or 0)


def metadata(file: File) -> bytes | None:
    """The metadata of a wheel: what the index has beside it, or the file in a small one, for a mirror may lack that."""
    body = read(f"{file.url}.metadata", "*/*")
    if body is None and file.size_bytes <= SMALL_BYTES:
        with zipfile.ZipFile(io.BytesIO(read(file.url, "*/*") or b"")) as wheel:
            name = next((one for one in wheel.namelist() if one.endswith(".dist-info/METADATA")), "")
            body = wheel.read(name) if name else None
    return body


def pinned(file: File) -> list[Requirement]:
    """The requirements of a wheel that are tied by `==`."""
    body = metadata(file)
    if body is None:
        return []
    message = email.parser.HeaderParser().parsestr(body.decode("utf-8", "replace"))
    found = []
    for text in message.get_all("Requires-Dist") or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        specifiers = list(requirement.specifier)
        if len(specifiers) == 1 and specifiers[0].operator == "==" and "*" not in specifiers[0].version:
            found.append(requirement)
    return found
