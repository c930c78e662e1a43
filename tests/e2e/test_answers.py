"""What golden plans take for the build environment's answers is what it answers."""

import pytest

from tests import answers
from tests.e2e.apps import apps
from tests.golden_plans import ANSWERS
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e
ASKED = [app.name for app in apps() if app.name in answers.apps()]


@pytest.mark.parametrize("name", ASKED)
def test_the_recorded_answers_are_the_real_ones(name: str, lab: Lab) -> None:
    found = answers.asked_about(name)
    assert found, "nothing was asked"
    assert {path.name: text for path, text in found.items()} == {
        path.name: path.read_text() for path in ANSWERS.glob(f"{name}.*.txt")
    }, f"python -m tests.answers --write {name}"
