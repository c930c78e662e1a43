"""Which hardened image is made of which standard one, and what it is called."""

import json
import re
from pathlib import Path

import pytest

from tests.lab import hardened, storage
from tests.lab.storage import Record


def see(name: str) -> Record:
    """A base that is there, with the exact version among its names."""
    repo, _, tag = name.partition(":")
    version, _, rest = tag.partition("-")
    return Record((f"library/{name}", f"library/{repo}:{version}.9-{rest}"), "0" * 64, ())


@pytest.mark.parametrize(
    ("name", "target", "names"),
    [
        ("node:24", "dhi", ("node:24", "node:24-debian13", "node:24.9", "node:24.9-debian13")),
        ("node:24-dev", "dev", ("node:24-dev", "node:24-debian13-dev", "node:24.9-dev", "node:24.9-debian13-dev")),
        ("distroless/nodejs24-debian13:nonroot", "distroless-nonroot", ("distroless/nodejs24-debian13:nonroot",)),
        ("chainguard/node:latest", "chainguard", ("chainguard/node:latest",)),
        ("odd/node:24-unknown-uid", "odd-unknown-uid", ("odd/node:24-unknown-uid",)),
        ("python:3.13", "dhi", ("python:3.13", "python:3.13-debian13", "python:3.13.9", "python:3.13.9-debian13")),
        ("distroless/python3-debian13:latest", "distroless-latest", ("distroless/python3-debian13:latest",)),
        ("ruby:3.3-dev", "dev", ("ruby:3.3-dev", "ruby:3.3-debian13-dev", "ruby:3.3.9-dev", "ruby:3.3.9-debian13-dev")),
        ("deno:2.9", "dhi", ("deno:2.9", "deno:2.9-debian13", "deno:2.9.9", "deno:2.9.9-debian13")),
        ("distroless/cc-debian13:nonroot", "distroless-nonroot", ("distroless/cc-debian13:nonroot",)),
    ],
)  # fmt: skip
def test_a_name_is_one_image(name: str, target: str, names: tuple[str, ...]) -> None:
    image = hardened.image(name, see)
    assert image is not None
    assert (image.target, image.names) == (target, names)
    assert f"AS {target}\n" in image.dockerfile.read_text()


def test_each_kind_has_a_recipe_and_its_targets() -> None:
    for kind in hardened.KINDS:
        text = hardened.recipe(kind.language).read_text()
        words = re.search(r"\(\?P<target>([^)]*)\)", kind.pattern)
        for word in words[1].split("|") if words else [""]:
            assert f"AS {kind.target.format(target=word)}\n" in text


@pytest.mark.parametrize("name", ["library/node:24", "node:24-alpine3.24", "odd/node:24", "chainguard/node:24"])
def test_another_name_is_none(name: str) -> None:
    assert hardened.image(name, see) is None


def test_a_variable_is_taken_out_of_an_image(tmp_path: Path) -> None:
    cache = tmp_path
    config, _ = storage.keep(cache, {"config": {"Env": ["PATH=/bin", "NODE_VERSION=24"]}})
    manifest, _ = storage.keep(cache, {"schemaVersion": 2, "config": {"digest": config, "size": 1}, "layers": []})
    before = Record(("node:24",), manifest[7:], (manifest[7:], config[7:], "layer"))
    after = storage.without_variables(before, cache, ("PATH",))
    changed = json.loads((cache / "blobs/sha256" / after.digest).read_text())
    blob = cache / "blobs/sha256" / changed["config"]["digest"].removeprefix("sha256:")
    assert json.loads(blob.read_text()) == {"config": {"Env": ["NODE_VERSION=24"]}}
    assert changed["config"]["size"] == blob.stat().st_size
    assert after.blobs == (after.digest, blob.name, "layer")
