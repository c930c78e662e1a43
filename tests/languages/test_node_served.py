"""A front end beside the server: built where the server's source serves what only that build makes."""

from typing import Any

import pytest

from frontend.plan.model import FromStep, Plan
from tests.languages.node import LOCK, plan, runs, tree

SITE = {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}
SERVES = "app.use(express.static('client/dist'))\n"
START = {"start": "node server.js"}


def app(source: str = SERVES, files: dict[str, Any] | None = None, **fields: Any) -> Plan:
    """The plan of a server in server.js beside the front end in client/."""
    every = {"server.js": source, "client/package.json": SITE, **(files or {})}
    return plan(tree(every, **{"scripts": START, "dependencies": {"express": "5"}, **fields}))


NPM = [("npm", "install"), ("npm", "run", "build")]


@pytest.mark.parametrize(
    ("source", "files"),
    [
        (SERVES, {}),
        ('const dir = path.join(__dirname, "client", "build")', {}),
        ('res.sendFile(path.resolve(__dirname, "../client/dist/index.html"))', {}),
        ("require('./lib/app')", {"lib/app.js": "const x = require('./site/')", "lib/site/index.js": SERVES}),
        ("import { app } from './app.js'", {"app.ts": SERVES}),
    ],
)
def test_a_front_end_that_is_served_is_installed_and_built(source: str, files: dict[str, str]) -> None:
    found = app(source, files)
    assert runs(found, "build") == NPM
    assert {run.dir for step in found.steps if step.name == "build" for run in step.run} == {"/app/client"}
    assert "NODE_ENV" not in {key for step in found.steps if step.name == "build" for key, _ in step.env}
    (application,) = [one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep)]
    assert "client/node_modules" in application.exclude


@pytest.mark.parametrize(
    ("scripts", "commands"),
    [
        ({"client": "cd client && npm ci && npm run build"}, [("npm", "run", "client")]),
        ({"web": "npm i --prefix ./client && npm run build --prefix ./client"}, [("npm", "run", "web")]),
        ({"client": "cd client && npm start"}, NPM),
        ({"setup": "cd client2 && npm ci && npm run build"}, NPM),
        ({"build": "npm run ui", "ui": "npm run build --prefix client"}, [("npm", "run", "build")]),
        ({"build": "tsc"}, [*NPM, ("npm", "run", "build")]),
        ({"postinstall": "cd client && npm install && npm run build"}, [("npm", "run", "postinstall")]),
    ],
)
def test_the_root_s_own_script_is_what_builds_it(scripts: dict[str, str], commands: list[tuple[str, ...]]) -> None:
    assert runs(app(scripts={**START, **scripts}), "build") == commands


@pytest.mark.parametrize(
    ("lockfile", "commands"),
    [
        ({"client/package-lock.json": LOCK}, [("npm", "ci"), ("npm", "run", "build")]),
        ({"client/yarn.lock": "", "yarn.lock": ""}, [("yarn", "install"), ("yarn", "run", "build")]),
    ],
)
def test_its_own_lockfile_says_who_installs_it(lockfile: dict[str, str], commands: list[tuple[str, ...]]) -> None:
    assert runs(app(files=lockfile), "build") == commands


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("app.use(express.static('public'))", {}),
        ("fetch('http://client/distance')", {}),
        (SERVES, {"client/dist/index.html": ""}),  # it is in the repository
        (SERVES, {"client/package.json": {"scripts": {"start": "vite"}}}),
    ],
)
def test_what_is_not_served_is_left(source: str, files: dict[str, Any]) -> None:
    assert [step.name for step in app(source, files).steps] == ["install"]


def test_a_build_command_replaces_it() -> None:
    source = tree({"server.js": SERVES, "client/package.json": SITE}, scripts=START, dependencies={"express": "5"})
    assert runs(plan(source, build_command="make site"), "build") == [("make", "site")]
