"""Of every run of the tests: the errors that the unit tests meet are noted (see tests/errors.py)."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests import errors

RECORDER = errors.Recorder()
RECORDER.install()
SLOW = ("e2e", "parity")
PARTS = ("e2e", "e2e and not kube", "kube", "parity")  # what `-m` says where the unit tests do not run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-errors", action="store_true", help="rewrite tests/golden/errors")


def pytest_collection_finish() -> None:
    """Spares the collector of garbage what is there for the whole run: thousands of tests."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Takes down what a unit test has met."""
    try:
        return (yield)
    finally:
        RECORDER.end(kept=not any(item.get_closest_marker(name) for name in SLOW))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Compares what was met with what was reviewed, where all unit tests have run."""
    config = session.config
    if not is_whole(config):
        if config.option.write_errors:
            print("\nFAILED --write-errors: run all unit tests, for they meet the errors")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
    elif config.option.write_errors:
        errors.write(errors.texts(RECORDER.met))
    elif exitstatus == pytest.ExitCode.OK:
        wrong = errors.differences(errors.texts(RECORDER.met))
        if wrong:
            print(
                f"\nFAILED tests/golden/errors: {', '.join(wrong)}: run make golden (or pytest --write-errors), review"
            )
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_whole(config: pytest.Config) -> bool:
    """Whether no test was left out by name."""
    option = config.option
    chosen = option.keyword or option.lf or option.deselect or option.collectonly or option.markexpr in PARTS
    return config.args_source is config.ArgsSource.TESTPATHS and not chosen
