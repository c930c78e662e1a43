"""Names, records and lines of the lab."""

import io
import tarfile
from pathlib import Path

import pytest

from tests.lab import state, up
from tests.lab.engine import ENGINES, spec
from tests.lab.fetch import download
from tests.lab.network import bridge_name
from tests.lab.place import LabError, Place
from tests.lab.progress import Progress
from tests.lab.roots import as_image, sources


def test_two_checkouts_share_no_name() -> None:
    one, two = Place(Path("/a"), Path("/cache")), Place(Path("/b"), Path("/cache"))
    assert not {one.id, one.name, bridge_name(one, 0)} & {two.id, two.name, bridge_name(two, 0)}
    assert len({bridge_name(one, engine.number) for engine in ENGINES}) == len(ENGINES)


def test_names_are_short_enough_for_the_kernel() -> None:
    place = Place(Path("/a/very/long/path" * 20), Path("/cache"))
    for engine in ENGINES:
        assert len(str(engine.socket(place))) < 108
        assert len(bridge_name(place, engine.number)) <= 15


@pytest.mark.parametrize("text", [None, "", "{", '{"port": 5', '{"port": "x"}', "[]"])
def test_a_lost_or_half_written_record_is_an_empty_one(text: str | None, tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    place.lab.mkdir()
    if text is not None:
        place.state_file.write_text(text)
    assert state.read(place) == state.State()
    state.change(place, port=7)
    assert state.change(place, frontend="x") == state.State(port=7, frontend="x") == state.read(place)


def test_an_unknown_engine_is_named_with_those_there_are() -> None:
    assert spec("26.1", "containerd").suite == "trixie"
    with pytest.raises(LabError, match=r"no engine 19\.03/overlay2; there are 28\.5/overlay2"):
        spec("19.03", "overlay2")


def test_progress_numbers_its_lines_and_tells_what_was_cached(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    with progress.step("first") as line:
        line.reuse()
    with pytest.raises(LabError), progress.step("second"):
        raise LabError("no")
    lines = capsys.readouterr().err.splitlines()
    assert [line[:4] for line in lines] == ["[ 1]", "[ 1]", "[ 2]", "[ 2]"]
    assert lines[1].endswith("first: cached")
    assert lines[3].endswith("second: FAILED")
    assert "1 of 2 steps from the cache" in progress.table()


def test_a_download_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("content")
    url = (tmp_path / "source").as_uri()
    assert download(url, tmp_path / "target").read_text() == "content"


@pytest.mark.parametrize("slim", [True, False])
def test_an_image_has_nothing_of_this_machine(tmp_path: Path, slim: bool) -> None:
    names = ("etc/hostname", "etc/resolv.conf", "usr/share/doc/a/copyright", "usr/share/doc/a/README", "bin/sh")
    with tarfile.open(tmp_path / "in.tar", "w") as tar:
        for name in names:
            tar.addfile(tarfile.TarInfo(f"./{name}"), io.BytesIO())
    as_image(tmp_path / "in.tar", tmp_path / "out.tar", "trixie", slim=slim)
    with tarfile.open(tmp_path / "out.tar") as tar:
        found = {name.removeprefix("./") for name in tar.getnames()}
    assert {"bin/sh", "usr/share/doc/a/copyright", "etc/apt/sources.list.d/debian.sources"} <= found
    assert not {"etc/hostname", "etc/resolv.conf"} & found
    assert ("usr/share/doc/a/README" in found) is not slim
    assert ("etc/dpkg/dpkg.cfg.d/docker" in found) is slim


def test_only_stable_suites_have_a_security_archive() -> None:
    assert "trixie-security" in sources("trixie")
    assert "security" not in sources("forky")


def test_images_of_one_group_do_not_wait_for_each_other() -> None:
    groups = up.image_groups(["node:24-trixie", "node:24-trixie-slim", "debian:trixie", "debian:trixie-slim"])
    assert groups == [["debian:trixie", "debian:trixie-slim"], ["node:24-trixie-slim"], ["node:24-trixie"]]
