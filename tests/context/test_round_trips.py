"""A plan asks the client for files in few requests: each is a round trip of every build."""

from pathlib import Path

import pytest

from frontend import detect
from frontend.context.patterns import parse_pattern
from frontend.deploy import files as platforms
from frontend.languages.base import load
from frontend.settings import options, precedence
from tests.context.test_context import tree_of

APPS = Path(__file__).resolve().parent.parent / "apps"


@pytest.mark.parametrize(("app", "most"), [("node-express", 5), ("python-flask", 4), ("python-fastapi-uv", 4)])
def test_a_plan_asks_in_few_requests(app: str, most: int) -> None:
    whole = {str(path.relative_to(APPS / app)): path.read_text() for path in (APPS / app).rglob("*") if path.is_file()}
    tree, client = tree_of(whole)
    tree.need(*detect.markers(""))
    settings = precedence.read(options.parse({}), None, parse_pattern)
    stated = platforms.apply(tree, settings, detect.markers)
    settings = stated.settings if stated is not None else settings
    language = detect.choose(tree, settings).language
    tree.need(*language.wanted)
    load(language).plan(tree, settings, "", "2026-11-24")
    assert len(client.sent) <= most
