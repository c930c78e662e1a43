"""Every app's plan is the one that was reviewed."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from frontend.plan.serial import from_json
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
    text = golden_plans.golden(name).read_bytes()
    wanted = golden_plans.described(name).get("error")
    if wanted:
        assert wanted in text.decode()
    else:
        assert from_json(text).runtime.processes[0].name == "web"


@pytest.mark.parametrize("path", golden_plans.schemas(), ids=lambda path: path.name)
def test_the_published_schemas_are_those_of_the_code(path: Path) -> None:
    assert path.read_text() == golden_plans.schemas()[path], "python -m tests.golden_plans --write"


def test_plans_have_the_shape_of_their_published_schema() -> None:
    shape = jsonschema.Draft202012Validator(json.loads((golden_plans.DOCS / "plan.schema.json").read_text()))
    plans = [json.loads(golden_plans.golden(name).read_text()) for name in golden_plans.names()]
    for plan in plans:
        if "error" not in plan:
            shape.validate(plan)


def test_a_plan_of_another_version_is_refused() -> None:
    text = golden_plans.golden("node-express").read_bytes()
    with pytest.raises(msgspec.ValidationError, match="plan_version"):
        from_json(text.replace(b'"plan_version": 1', b'"plan_version": 2'))
