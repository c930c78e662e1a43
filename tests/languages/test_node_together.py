"""Several packages that one command starts, and sites that are left beside the app."""

from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.rules.monorepo import SeveralAppsError
from tests.languages.node import codes, plan, tree, web

SITE: dict[str, Any] = {"name": "web", "scripts": {"build": "vite build", "dev": "vite"}, "dependencies": {"vite": "7"}}
SERVER: dict[str, Any] = {"name": "api", "scripts": {"start": "node index.js"}, "dependencies": {"express": "5"}}
BOTH = {"web/package.json": SITE, "api/package.json": SERVER, "api/index.js": ""}
TOOLS = {"concurrently": "9", "npm-run-all": "4"}


def root(start: str, **scripts: str) -> DictTree:
    return tree({**BOTH, "package.json": {"scripts": {**scripts, "start": start}, "dependencies": TOOLS}})


@pytest.mark.parametrize(
    "start",
    [
        'concurrently "npm start --prefix api" "npm run dev --prefix web"',
        'concurrently -n a,b "cd api && npm start" "cd web && npm run dev"',
        'concurrently "npm:run:*"',
        "npm-run-all --parallel run:api run:web",
        "run-p run:*",
        "npm start --prefix api & npm run dev --prefix web",
        "cd api && npm start & cd web && npm run dev",
    ],
)
def test_packages_that_are_started_side_by_side_are_listed(start: str) -> None:
    scripts = {"run:api": "cd api && npm start", "run:web": "cd web && npm run dev"}
    with pytest.raises(SeveralAppsError) as raised:
        plan(root(start, **scripts))
    assert {one.dir for one in raised.value.apps} == {"api", "web"}
    assert raised.value.at is not None
    assert raised.value.at.file == "package.json"


def test_a_root_that_installs_what_it_starts_is_the_app() -> None:
    found = root("concurrently npm:api npm:api", api="cd api && npm start", postinstall="npm install --prefix api")
    assert "cd api && exec node index.js" in web(found)


@pytest.mark.parametrize("workspaces", [True, False])
def test_a_site_beside_the_server_that_was_chosen_is_told(workspaces: bool) -> None:
    top = {"workspaces": ["web", "api"]} if workspaces else None
    source = tree({**BOTH, **({"package.json": top} if top else {})})
    found = plan(source)
    (doubt,) = (one for one in found.warnings if one.code == "site-apart")
    assert (str(doubt.at), doubt.hint) == ("web/package.json:2", "PROJECT_PATH=web builds it")
    assert "site-apart" not in codes(plan(source, "api"))


def test_a_site_beside_a_server_further_down_is_told() -> None:
    found = plan(tree({f"shop/{path}": file for path, file in BOTH.items()}))
    assert [one.hint for one in found.warnings if one.code == "site-apart"] == ["PROJECT_PATH=shop/web builds it"]


@pytest.mark.parametrize(
    ("files", "scripts", "told"),
    [
        ({"client/package.json": SITE}, {}, 1),
        ({"client/package.json": SITE}, {"build": "cd client && npm install && npm run build"}, 0),
        ({"client/package.json": SITE, "client/dist/index.html": ""}, {}, 0),
        ({"client/package.json": SITE, "index.js": "static('client/dist')"}, {}, 0),
        ({"docs/package.json": SITE}, {}, 0),
        ({"client/package.json": SERVER}, {}, 0),
    ],
)
def test_a_front_end_below_a_server_in_the_root_is_told_where_nothing_builds_it(
    files: dict[str, Any], scripts: dict[str, str], told: int
) -> None:
    own = {"scripts": {**scripts, "start": "node index.js"}, "dependencies": {"express": "5"}}
    found = plan(tree({"package.json": own, "index.js": "", **files}))
    assert codes(found).count("site-apart") == told


@pytest.mark.parametrize(
    ("dir", "start", "told"),
    [
        ("backend", "next start", 1),
        ("bot", "next start", 1),
        ("backend", "node backend/index.js", 0),
        ("backend", "cd backend && node index.js", 0),
        ("examples", "next start", 0),
    ],
)
def test_a_server_below_an_app_in_the_root_is_told_where_nothing_starts_it(dir: str, start: str, told: int) -> None:
    own = {"scripts": {"build": "next build", "start": start}, "dependencies": {"next": "16", "express": "5"}}
    found = plan(tree({"package.json": own, f"{dir}/package.json": SERVER, f"{dir}/index.js": ""}))
    assert codes(found).count("app-apart") == told
