"""How the texts of errors are gathered for review."""

from pathlib import Path

import pytest

from frontend.errors import ConfigError, Location, PlanError
from tests import errors
from tests.errors import Met, Recorder, calls, check, fails, found, modules, skeleton, texts

WORDS = errors.FRONTEND / "settings" / "options.py"


def test_an_error_is_checked_by_class_place_and_names() -> None:
    error = PlanError("no start in package.json", at=Location("package.json", 3), hint="set RUN_COMMAND")
    check(error, PlanError, "package.json", "RUN_COMMAND", at="package.json:3", hides=("s3cr3t",))
    with pytest.raises(AssertionError):
        check(error, ConfigError)
    with pytest.raises(AssertionError):
        check(error, PlanError, "Procfile")
    with pytest.raises(AssertionError):
        check(error, PlanError, at="package.json")
    with pytest.raises(AssertionError):
        check(error, PlanError, hides=("RUN_COMMAND",))
    with fails(PlanError, at="package.json:3") as caught:
        raise error
    assert caught.error is error


def test_every_call_is_known_by_its_message_as_it_is_written() -> None:
    every = [call for path in modules() for call in calls(path)]
    assert len(every) > 100
    assert {"settings", "context", "languages-node", "build"} <= {call.room for call in every}
    assert found(WORDS, next(call.first for call in calls(WORDS))) == calls(WORDS)[0]
    assert found(WORDS, 1) is None


def test_an_example_is_kept_of_each_call_and_the_rest_are_listed() -> None:
    call = next(call for call in calls(WORDS) if call.is_one_text)
    met = {Met(str(WORDS), call.first, f"error: {text}") for text in ("a", "it reads best when it is this long " * 4)}
    files = texts(met)
    assert files.keys() == {"settings.txt", errors.UNREACHED}
    assert files["settings.txt"].count("error: ") == 1
    assert "reads best" in files["settings.txt"]
    assert str(call) not in files[errors.UNREACHED].splitlines()


def test_texts_that_differ_in_names_alone_are_one() -> None:
    assert skeleton('error: the key "port" is there 2 times\nhint: x') == skeleton(
        'error: the key "env" is there 3 times'
    )
    assert skeleton("error: the key is there") != skeleton("error: the key is gone")


def test_what_a_test_makes_itself_is_no_example() -> None:
    recorder = Recorder()
    recorder.note(None, PlanError("made here"))
    recorder.end(kept=True)
    assert recorder.met == set()
    assert Path(errors.__file__).parent not in errors.FRONTEND.parents
