"""The examples of README.md, built and started."""

from pathlib import Path

import pytest

from tests.e2e.apps import build, started
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
NAMES = sorted(path.name for path in EXAMPLES.glob("hello-*"))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_built_and_answers(lab: Lab, engine: Engine, name: str) -> None:
    with started(engine, build(lab, EXAMPLES / name, name=f"example-{name}").reference) as container:
        answer = container.get("/")
        assert (answer.status, "hello" in answer.text) == (200, True)
        assert container.stop()[1] < 10
