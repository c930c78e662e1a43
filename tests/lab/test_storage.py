"""Images as files in a registry's storage."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.lab import storage
from tests.lab.place import LabError
from tests.lab.storage import Record


def put(registry: Path, content: bytes) -> str:
    """A blob in a registry's storage; its sha256 hex."""
    hexes = hashlib.sha256(content).hexdigest()
    path = storage.blob_path(registry, hexes)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return hexes


def pushed(registry: Path, name: str) -> tuple[str, str, str]:
    """An image in a registry's storage as a push leaves it: manifest, config, layer."""
    config, layer = put(registry, b'{"architecture": "amd64"}'), put(registry, b"layer")
    manifest = {
        "schemaVersion": 2,
        "config": {"digest": f"sha256:{config}"},
        "layers": [{"digest": f"sha256:{layer}"}],
    }
    digest = put(registry, json.dumps(manifest).encode())
    repo, _, tag = name.rpartition(":")
    storage.write_link(storage.repository(registry, repo) / "_manifests/tags" / tag / "current/link", digest)
    return digest, config, layer


def test_an_image_goes_from_one_registry_to_another(tmp_path: Path) -> None:
    digest, config, layer = pushed(tmp_path / "one", "library/node:24")
    record = storage.extract(tmp_path / "one", ("library/node:24", "library/node:24.1.0"), tmp_path / "cache")
    assert record == Record(("library/node:24", "library/node:24.1.0"), digest, (digest, config, layer))
    assert storage.loads(record.dumps()) == record

    storage.install(record, tmp_path / "cache", tmp_path / "two")

    two = tmp_path / "two"
    assert storage.tag_digest(two, "library/node:24") == storage.tag_digest(two, "library/node:24.1.0") == digest
    assert storage.blob_path(two, layer).read_bytes() == b"layer"
    repo = storage.repository(two, "library/node")
    assert sorted(path.parent.name for path in repo.glob("_layers/sha256/*/link")) == sorted((config, layer))
    assert [path.parent.name for path in repo.glob("_manifests/revisions/sha256/*/link")] == [digest]


def test_an_index_brings_its_manifests(tmp_path: Path) -> None:
    digest, *_ = pushed(tmp_path / "one", "x:child")
    children = [{"digest": f"sha256:{digest}"}]
    index = put(tmp_path / "one", json.dumps({"schemaVersion": 2, "manifests": children}).encode())
    storage.write_link(storage.repository(tmp_path / "one", "x") / "_manifests/tags/all/current/link", index)
    record = storage.extract(tmp_path / "one", ("x:all",), tmp_path / "cache")
    storage.install(record, tmp_path / "cache", tmp_path / "two")
    manifests = storage.repository(tmp_path / "two", "x").glob("_manifests/revisions/sha256/*")
    assert {path.name for path in manifests} == {index, digest}


def test_an_absent_tag_is_an_error(tmp_path: Path) -> None:
    assert storage.tag_digest(tmp_path, "library/node:24") is None
    with pytest.raises(LabError, match="library/node:24"):
        storage.extract(tmp_path, ("library/node:24",), tmp_path / "cache")


def test_a_moved_tag_leaves_the_other_registry_alone(tmp_path: Path) -> None:
    record = Record(("a/b:latest",), put(tmp_path / "x", b"{}"), ())
    storage.install(record, tmp_path, tmp_path / "one")
    storage.install(record, tmp_path, tmp_path / "two")
    storage.install(Record(("a/b:latest",), "0" * 64, ()), tmp_path, tmp_path / "two")
    assert storage.tag_digest(tmp_path / "one", "a/b:latest") == record.digest
    assert storage.tag_digest(tmp_path / "two", "a/b:latest") == "0" * 64
