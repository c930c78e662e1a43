"""The apps of the comparison can be built with the dependency that is added to each."""

import json
from pathlib import Path

import pytest

from bench.cases import CASES, Case


@pytest.mark.parametrize(
    "case", [one for one in CASES if (one.app / "package-lock.json").exists()], ids=lambda one: one.name
)
def test_another_dependency_leaves_the_others_as_they_are(case: Case, tmp_path: Path) -> None:
    for number in range(case.warm_turns):
        case.depend(case.app, tmp_path, number)
        before, after = (
            json.loads((app / "package-lock.json").read_text())["packages"] for app in (case.app, tmp_path)
        )
        assert {path: after[path] for path in before if path} == {path: before[path] for path in before if path}
        assert len(after) == len(before) + 1
