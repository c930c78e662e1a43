"""Images in the storage of a Docker registry, read and written as files.

The cache keeps blobs (`blobs/sha256/HEX`) and records (`images/NAME.json`). A lab's registry gets a record installed by
hard links: filling an empty registry with all stand-ins takes a tenth of a second. The registry never writes into a
blob's file once it is there, so the links are safe to share; the small `link` files are each registry's own.
Layout: https://github.com/distribution/distribution/blob/v2.8.2/registry/storage/paths.go
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.lab.place import LabError
from tests.lab.shared import replacing, write_text


@dataclass(frozen=True)
class Record:
    """An image: its `names` (`repo:tag`), the `digest` of its manifest, all its `blobs`, as sha256 hex."""

    names: tuple[str, ...]
    digest: str
    blobs: tuple[str, ...]

    def renamed(self, *names: str) -> Record:
        """The same image under other names."""
        return Record(names, self.digest, self.blobs)

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps({"names": self.names, "digest": self.digest, "blobs": self.blobs}, indent=1) + "\n"


def loads(text: str) -> Record:
    """A record from its JSON."""
    value = json.loads(text)
    return Record(tuple(value["names"]), value["digest"], tuple(value["blobs"]))


def blob_path(storage: Path, hexes: str) -> Path:
    """The file of a blob in a registry's storage."""
    return storage / "docker/registry/v2/blobs/sha256" / hexes[:2] / hexes / "data"


def repository(storage: Path, name: str) -> Path:
    """The directory of a repository in a registry's storage."""
    return storage / "docker/registry/v2/repositories" / name


def tag_digest(storage: Path, name: str) -> str | None:
    """The sha256 hex that a `repo:tag` names, None when the registry has no such tag."""
    repo, _, tag = name.rpartition(":")
    link = repository(storage, repo) / "_manifests/tags" / tag / "current/link"
    return link.read_text().strip().removeprefix("sha256:") if link.exists() else None


def extract(storage: Path, names: tuple[str, ...], cache: Path) -> Record:
    """Takes an image, pushed under `names[0]`, out of a registry's storage into the cache's blobs."""
    digest = tag_digest(storage, names[0])
    if digest is None:
        raise LabError(f"{names[0]} is not in the registry at {storage}")
    blobs: list[str] = []
    waiting = [digest]
    while waiting:
        manifest = waiting.pop()
        content = json.loads(blob_path(storage, manifest).read_text())
        waiting += [child["digest"].removeprefix("sha256:") for child in content.get("manifests", ())]
        parts = [content["config"], *content["layers"]] if "config" in content else []
        blobs += [manifest, *(part["digest"].removeprefix("sha256:") for part in parts)]
    for hexes in blobs:
        share(blob_path(storage, hexes), cache / "blobs/sha256" / hexes)
    return Record(names, digest, tuple(dict.fromkeys(blobs)))


def install(record: Record, cache: Path, storage: Path) -> None:
    """Puts a recorded image into a registry's storage, under all its names."""
    for hexes in record.blobs:
        share(cache / "blobs/sha256" / hexes, blob_path(storage, hexes))
    for name in record.names:
        repo, _, tag = name.rpartition(":")
        directory = repository(storage, repo)
        manifests = [hexes for hexes in record.blobs if is_manifest(cache / "blobs/sha256" / hexes)]
        for hexes in record.blobs:
            kind = "_manifests/revisions" if hexes in manifests else "_layers"
            write_link(directory / kind / "sha256" / hexes / "link", hexes)
        tags = directory / "_manifests/tags" / tag
        write_link(tags / "index/sha256" / record.digest / "link", record.digest)
        write_link(tags / "current/link", record.digest)


def without_variables(record: Record, cache: Path, names: tuple[str, ...]) -> Record:
    """The same image, of one platform, without these variables in its configuration; its blobs are in the cache.

    BuildKit's Dockerfile frontend gives each image a PATH, and no line of a Dockerfile takes a variable away.
    """
    manifest = json.loads((cache / "blobs/sha256" / record.digest).read_text())
    old = manifest["config"]["digest"].removeprefix("sha256:")
    config = json.loads((cache / "blobs/sha256" / old).read_text())
    config["config"]["Env"] = [each for each in config["config"]["Env"] if each.partition("=")[0] not in names]
    manifest["config"]["digest"], manifest["config"]["size"] = keep(cache, config)
    digest, _ = keep(cache, manifest)
    kept = [hexes for hexes in record.blobs if hexes not in (record.digest, old)]
    new = [each.removeprefix("sha256:") for each in (digest, manifest["config"]["digest"])]
    return Record(record.names, new[0], (*new, *kept))


def keep(cache: Path, document: object) -> tuple[str, int]:
    """Writes a JSON document into the cache's blobs: its digest, and its size in bytes."""
    text = json.dumps(document, separators=(",", ":"))
    hexes = hashlib.sha256(text.encode()).hexdigest()
    write_text(cache / "blobs/sha256" / hexes, text)
    return f"sha256:{hexes}", len(text.encode())


def is_manifest(path: Path) -> bool:
    """Whether a blob is an image manifest or an index: a small JSON object with a schema version."""
    if path.stat().st_size > 1 << 20:
        return False
    with path.open("rb") as file:
        start = file.read(1)
    return start == b"{" and b'"schemaVersion"' in path.read_bytes()


def write_link(path: Path, hexes: str) -> None:
    """Writes a registry's `link` file, which the registry may be reading."""
    text = f"sha256:{hexes}"
    if not path.exists() or path.read_text() != text:
        write_text(path, text)


def share(source: Path, target: Path) -> None:
    """Makes `target` the same file as `source`, or a copy where the two are on different filesystems."""
    if target.exists():
        return
    with replacing(target) as partial:
        try:
            os.link(source, partial)
        except OSError:
            shutil.copyfile(source, partial)
