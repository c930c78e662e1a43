"""The plan of every app below tests/apps, as JSON in tests/golden/plans. `--write` rewrites them; the diff is reviewed.

An app that cannot be built has its error's text there. The settings are those of the app: its migetpacks.yaml, and the
build-args that tests/apps/NAME.json lists.
"""

import json
import sys
from pathlib import Path
from typing import Any

from frontend import build
from frontend.context import open as context
from frontend.context.tree import DirTree
from frontend.errors import BuildError
from frontend.languages.base import Answer
from frontend.plan import serial
from frontend.plan.model import Question
from frontend.result import result
from frontend.settings import options

TESTS = Path(__file__).resolve().parent
APPS = TESTS / "apps"
GOLDEN = TESTS / "golden" / "plans"
ANSWERS = TESTS / "golden" / "answers"
DOCS = TESTS.parent / "docs"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TODAY = "2026-11-24"  # decides warnings about versions out of support


def names() -> list[str]:
    """The apps, sorted."""
    return sorted(path.name for path in APPS.iterdir() if path.is_dir())


def described(name: str) -> dict[str, Any]:
    """How an app is built and asked: tests/apps/NAME.json; README.md there has the keys."""
    path = APPS / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def answer_file(name: str, question: Question) -> Path:
    """Where what a build environment answered to a question about an app is kept: `python -m tests.answers`."""
    return ANSWERS / f"{name}.{question.step.name}.txt"


def recorded(name: str) -> Answer:
    """The answers about an app, as they were recorded."""

    def answer(question: Question) -> str:
        path = answer_file(name, question)
        assert path.exists(), f"python -m tests.answers --write {name}"
        return path.read_text()

    return answer


def planned(name: str) -> bytes:
    """An app's plan as JSON, or its error."""
    whole = DirTree(APPS / name)
    given = options.parse({f"build-arg:{key}": value for key, value in described(name).get("args", {}).items()})
    try:
        source = context.seen(whole, given)
        plan = build.make_plan(source.tree, source.config, given, TODAY, answer=recorded(name))
        return serial.to_json(plan)
    except BuildError as error:
        return json.dumps({"error": str(error)}, indent=2).encode() + b"\n"


def golden(name: str) -> Path:
    """Where an app's plan is kept."""
    return GOLDEN / f"{name}.json"


def write() -> list[str]:
    """Rewrites all plans; the names of those that changed, or whose app is gone."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    changed = []
    for name in names():
        path, text = golden(name), planned(name)
        if not path.exists() or path.read_bytes() != text:
            path.write_bytes(text)
            changed.append(name)
    for path in GOLDEN.glob("*.json"):
        if path.stem not in names():
            path.unlink()
            changed.append(path.stem)
    return changed


def schemas() -> dict[Path, str]:
    """The JSON Schemas of a plan and of what a build tells, by the file of docs/ that has each."""
    made = {
        "plan": ("The plan of a migetpacks build", serial.schema()),
        "result": ("The result of a migetpacks build", result.schema()),
    }
    return {
        DOCS / f"{name}.schema.json": json.dumps({"$schema": DRAFT, "title": title, **schema}, indent=2) + "\n"
        for name, (title, schema) in made.items()
    }


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.golden_plans --write")
    for path, text in schemas().items():
        path.write_text(text)
    for one in write():
        print("changed", one)
