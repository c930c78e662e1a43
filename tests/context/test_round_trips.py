"""A plan asks the client for files in few requests: each is a round trip of every build."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from frontend import detect
from frontend.context.patterns import parse_pattern
from frontend.deploy import files as platforms
from frontend.languages.base import load
from frontend.settings import options, precedence
from tests.context.test_context import tree_of

APPS = Path(__file__).resolve().parent.parent / "apps"


@pytest.mark.parametrize(("app", "most"), [("node-express", 1), ("python-flask", 1), ("python-fastapi-uv", 2)])
def test_a_plan_asks_in_few_requests(app: str, most: int) -> None:
    whole = {str(path.relative_to(APPS / app)): path.read_text() for path in (APPS / app).rglob("*") if path.is_file()}
    assert requests(whole) <= most


def workspaces(count: int) -> dict[str, str]:
    """A repository with so many packages, one of which serves."""
    root = {
        "package.json": json.dumps({"name": "all", "private": True}),
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
        "pnpm-workspace.yaml": "packages: ['apps/*', 'packages/**']\n",
        "apps/web/package.json": json.dumps({"name": "web", "scripts": {"start": "node server.js"}}),
        "apps/web/server.js": "require('http').createServer().listen(process.env.PORT)\n",
    }
    places = (f"packages/{'group/' * (n % 2)}p{n}" for n in range(count))
    return root | {f"{place}/package.json": json.dumps({"name": place.rpartition("/")[2]}) for place in places}


def packages(count: int) -> dict[str, str]:
    """A Python app with so many packages beside the one that has its app object."""
    root = {"requirements.txt": "flask==3.1.2\ngunicorn==23.0.0\n", "site/web.py": "import flask\n"}
    root["shop/views/main.py"] = "from flask import Flask\napp = Flask(__name__)\n"
    return root | {f"p{n}/{name}/__init__.py": "" for n in range(count) for name in ("models", "views")}


@pytest.mark.parametrize("repository", [workspaces, packages])
def test_requests_do_not_grow_with_the_packages_of_a_repository(repository: Callable[[int], dict[str, str]]) -> None:
    assert requests(repository(40)) == requests(repository(4))


def requests(files: dict[str, str]) -> int:
    """How many requests a plan of these files takes."""
    tree, client = tree_of(files)
    tree.look(*detect.markers(""), names=detect.likely())
    settings = precedence.read(options.parse({}), None, parse_pattern)
    stated = platforms.apply(tree, settings, detect.markers)
    settings = stated.settings if stated is not None else settings
    language = detect.choose(tree, settings).language
    tree.need(*language.wanted)
    load(language).plan(tree, settings, "", "2026-11-24")
    return len(client.sent)
