"""A language is one entry: what all other parts do for it follows from that, without a change to any of them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

APP = Path(__file__).parent / "app"
ROOT = Path(__file__).resolve().parents[2]
PLANNED = f"""
import json, sys
from tests.toy.entry import register
register()
from frontend import build
from frontend.context import open as context
from frontend.context.tree import DirTree
from frontend.errors import OptionError
from frontend.plan.serial import to_json
from frontend.secrets.ids import IDS, how_to_give
from frontend.settings import options

asked = options.parse({{"build-arg:TOY_VERSION": "2"}})
tree = context.seen(DirTree({str(APP)!r}), asked).tree
asked = options.parse({{"build-arg:TOY_VERSION": "2"}})
plan = json.loads(to_json(build.make_plan(tree, None, asked, "2026-11-24")))
try:
    options.parse({{"build-arg:TOYS_VERSION": "2"}})
except OptionError as error:
    unknown = error.hint
print(json.dumps({{
    "plan": plan, "seen": sorted(tree.entries()), "rc": tree.read_text(".toyrc"), "unknown": unknown,
    "ids": list(IDS), "hint": how_to_give("TOY_PASSWORD"), "modules": sorted(sys.modules),
}}))
"""


def planned() -> dict[str, Any]:
    """What a fresh interpreter says of the app, once Toy is registered."""
    done = subprocess.run([sys.executable, "-c", PLANNED], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_language_is_one_entry() -> None:
    found = planned()
    plan = found["plan"]
    assert plan["language"] == "toy"
    assert plan["evidence"][0]["because"] == "app.toy"
    assert plan["versions"] == [{"tool": "toy", "value": "2", "asked": "2", "by": "build-arg"}]
    assert "**/*.draft" in plan["steps"][0]["inputs"][0]["exclude"]
    assert "did you mean TOY_VERSION?" in found["unknown"]
    assert found["seen"] == [".toyrc", "app.toy", "notes.draft"]  # no toy_packages: left out without an ignore file
    assert found["rc"] == "name=ann\n"
    assert "toy-token" in found["ids"]
    assert "--secret id=toy-token" in found["hint"]
    assert not [
        name for name in found["modules"] if name.startswith(("frontend.languages.node", "frontend.languages.p"))
    ]
