"""The gem registry: when it is made again, and how it is served."""

import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.lab import gem_registry
from tests.lab.gem_server import Handler
from tests.lab.place import Place
from tests.lab.progress import Line


def test_other_recipes_make_another_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path, tmp_path / "cache")
    monkeypatch.setattr(gem_registry, "RECIPES", tmp_path)
    (tmp_path / "trixie.packages").write_text("puma\n")
    first = gem_registry.directory(place)
    (tmp_path / "trixie.packages").write_text("puma\nruby-rack\n")
    assert gem_registry.directory(place) != first
    assert first.parent == place.cache / "gems"


def test_it_is_made_once(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path / "cache")
    builds: list[str] = []

    def buildctl(*args: str) -> None:
        builds.append(args[-1])
        Path(args[-1].partition("dest=")[2]).mkdir()

    for _ in range(2):
        gem_registry.make(place, buildctl)  # type: ignore[arg-type]
    assert len(builds) == 1
    assert gem_registry.directory(place).is_dir()


def test_gems_that_builds_have_kept_go_with_the_registry_they_are_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, tmp_path / "cache")
    place.lab.mkdir()
    calls: list[str] = []

    def buildctl(*args: str) -> None:
        calls.append(args[0])
        if args[0] == "build":
            Path(args[-1].partition("dest=")[2]).mkdir()

    monkeypatch.setattr(gem_registry, "is_up", lambda place: True)
    monkeypatch.setattr(gem_registry, "RECIPES", tmp_path / "recipes")
    (tmp_path / "recipes").mkdir()
    for packages in ("puma\n", "puma\n", "puma\nruby-rack\n"):
        (tmp_path / "recipes/trixie.packages").write_text(packages)
        gem_registry.ensure(place, buildctl, Line(0, "", 0.0))  # type: ignore[arg-type]
        assert (place.lab / "gems").resolve() == gem_registry.directory(place)
    assert calls == ["build", "build", "prune"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The URL of a server with one gem's lines."""
    (tmp_path / "info").mkdir()
    (tmp_path / "info/rack").write_text("---\n3.1.20 |checksum:00\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_files_are_served_as_they_are(served: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{served}/info/rack") as answer:
        assert answer.read() == b"---\n3.1.20 |checksum:00\n"
        assert answer.headers["Content-Type"] == "application/octet-stream"
