"""Every app's plan is the one that was reviewed."""

import pytest

from frontend.plan.model import from_json
from tests import golden_plans


@pytest.mark.parametrize("name", golden_plans.names())
def test_the_plan_is_the_reviewed_one(name: str) -> None:
    path = golden_plans.golden(name)
    assert path.exists(), "python -m tests.golden_plans --write"
    assert golden_plans.planned(name).decode() == path.read_text(), "python -m tests.golden_plans --write, and review"


def test_no_plan_is_left_of_an_app_that_is_gone() -> None:
    assert sorted(path.stem for path in golden_plans.GOLDEN.glob("*.json")) == golden_plans.names()


@pytest.mark.parametrize("name", golden_plans.names())
def test_an_app_gives_a_plan_that_reloads_or_the_error_it_is_there_for(name: str) -> None:
    text = golden_plans.planned(name)
    wanted = golden_plans.described(name).get("error")
    if wanted:
        assert wanted in text.decode()
    else:
        assert from_json(text).runtime.processes[0].name == "web"


def test_the_published_schema_of_the_result_is_that_of_the_code() -> None:
    assert golden_plans.RESULT_SCHEMA.read_text() == golden_plans.result_schema()
