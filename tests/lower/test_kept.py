"""What starts a program that has caches of its app: a cache that could make the build wrong is emptied."""

import os
import subprocess
from pathlib import Path

import pytest

from frontend.lower import kept, wrapper
from frontend.plan.model import CacheMount

TIME = 1_700_000_000


class App:
    """An app in a directory, with a source and a cache."""

    def __init__(self, directory: Path) -> None:
        self.start = directory / "start"
        self.start.write_text(kept.START.replace(wrapper.WORK_DIR, str(directory / "work")))
        self.home = directory / "app"
        self.cache = self.home / ".cache"
        self.cache.mkdir(parents=True)

    def write(self, text: str, at: int, name: str = "src/it is.js") -> None:
        """A source with a time of modification."""
        path = self.home / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
        os.utime(path, (at, at))

    def built(self, *command: str, only: tuple[str, ...] = (), check: bool = True) -> list[str]:
        """What the program finds in the cache, to which it adds a file."""
        cache = CacheMount(str(self.cache), "x", "private", "app", only, ("node_modules",))
        program = command or ("sh", "-c", 'ls "$1" && touch "$1/entry"', "sh", str(self.cache))
        args = kept.started(program, [str(self.home)], [cache])
        done = subprocess.run(["sh", str(self.start), *args[2:]], capture_output=True, text=True, check=check)
        return done.stdout.split()


@pytest.fixture
def app(tmp_path: Path) -> App:
    found = App(tmp_path)
    found.write("one", TIME)
    assert found.built() == []
    return found


def test_a_cache_is_there_in_the_next_build_whatever_changed(app: App) -> None:
    app.write("two", TIME + 1)
    app.write("new", TIME, "src/new\nline.js")
    assert app.built() == ["entry"]
    app.write("one", TIME)
    assert app.built() == ["entry"]


@pytest.mark.parametrize("between", [(), (("two", TIME + 5),)])
def test_it_is_emptied_when_a_file_has_another_content_and_a_time_that_it_had(
    app: App, between: tuple[tuple[str, int], ...]
) -> None:
    for text, at in between:
        app.write(text, at)
        assert app.built() == ["entry"]
    app.write("other", TIME)
    assert app.built() == []
    assert app.built() == ["entry"]


def test_a_build_that_failed_counts_as_one(app: App) -> None:
    app.write("two", TIME + 5)
    app.built("false", check=False)
    app.write("three", TIME + 5)
    assert app.built() == []


def test_a_file_that_was_gone_in_between_counts_too(app: App) -> None:
    (app.home / "src/it is.js").unlink()
    assert app.built() == ["entry"]
    app.write("other", TIME)
    assert app.built() == []


def test_packages_and_the_cache_itself_are_no_sources(app: App) -> None:
    for number in range(2):
        app.write(str(number), TIME, "node_modules/x/index.js")
        app.write(str(number), TIME, ".cache/pack")
        assert app.built() == ["entry", "pack"]


def test_of_a_shared_cache_the_rest_is_removed(app: App) -> None:
    app.write("", TIME, ".cache/fetched/data")
    app.write("", TIME, ".cache/.hidden")
    assert app.built(only=("entry",)) == ["entry"]
    assert {one.name for one in app.cache.iterdir()} == {"entry", kept.SEEN}


def test_it_begins_anew_when_it_knows_too_much(app: App) -> None:
    lines = "".join(f"{number} {'0' * 64}  {'n' * 1000}\n" for number in range(kept.MAX_BYTES // 1000))
    (app.cache / kept.SEEN).write_text(lines)
    assert app.built() == []


def test_the_program_has_its_words_and_its_status(app: App) -> None:
    assert app.built("printf", "%s|", "a b", "--", "*") == ["a", "b|--|*|"]
    with pytest.raises(subprocess.CalledProcessError) as error:
        app.built("sh", "-c", "exit 3")
    assert error.value.returncode == 3


def test_a_cache_is_emptied_where_nothing_can_be_known(app: App) -> None:
    (app.home / "src").rename(app.home / "gone")
    missing = CacheMount(str(app.cache), "x", "private", "app")
    args = kept.started(("ls", str(app.cache)), [str(app.home / "src")], [missing])
    done = subprocess.run(["sh", str(app.start), *args[2:]], capture_output=True, text=True, check=True)
    assert done.stdout == ""
