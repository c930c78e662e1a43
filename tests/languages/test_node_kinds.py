"""What is no app that a container runs is told what it is."""

from typing import Any

import pytest

from frontend.errors import PlanError
from tests.errors import fails
from tests.languages.node import plan, tree, web

TOLD: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [  # files, fields, what it is, where that is said
    ({"out/extension.js": ""}, {"main": "out/extension.js", "engines": {"vscode": "^1.100"}}, "Visual Studio", "5"),
    ({}, {"n8n": {"nodes": []}}, "nodes for n8n", "3"),
    ({}, {"node-red": {"nodes": {}}}, "nodes for Node-RED", "3"),
    ({}, {"directus:extension": {"type": "interface"}}, "extension of Directus", "3"),
    ({}, {"keywords": ["ghost-theme"]}, "theme of Ghost", "3"),
    ({"main.js": ""}, {"main": "main.js", "devDependencies": {"electron": "30"}}, "Electron", "5"),
    ({"vite.config.ts": ""}, {"scripts": {"build": "vite build && electron-builder"}, "devDependencies": {"electron": "30", "vite": "5"}}, "Electron", "7"),
    ({}, {"scripts": {"start": "react-native start"}, "dependencies": {"react-native": "0.83"}}, "React Native", "7"),
    ({"index.js": ""}, {"scripts": {"start": "npm run shell", "shell": "firebase functions:shell"}, "dependencies": {"firebase-functions": "5"}}, "Cloud Functions", "8"),
    ({"esbuild.config.mjs": "", "src/main.ts": ""}, {"scripts": {"dev": "node esbuild.config.mjs"}, "devDependencies": {"obsidian": "1"}}, "plugin of Obsidian", "7"),
    ({}, {"scripts": {"dev": "wxt"}, "devDependencies": {"wxt": "0.20"}}, "WXT", "7"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "fields", "what", "line"), TOLD)
def test_it_is_told_what_it_is(files: dict[str, Any], fields: dict[str, Any], what: str, line: str) -> None:
    with fails(PlanError, what, "RUN_COMMAND", at=f"package.json:{line}"):
        plan(tree(files, **fields))


def test_a_meteor_app_is_told() -> None:
    files = {".meteor/release": "METEOR@3.3", "server/main.js": ""}
    with fails(PlanError, "Meteor", "meteor build", at=".meteor/release:1"):
        plan(tree(files, scripts={"start": "meteor run"}))


@pytest.mark.parametrize(
    ("files", "fields", "command"),
    [
        (
            {"server.js": ""},
            {"scripts": {"start": "node server.js"}, "devDependencies": {"electron": "30"}},
            "server.js",
        ),
        ({"server.js": ""}, {"scripts": {"start": "node server.js"}, "engines": {"vscode": "1"}}, "server.js"),
    ],
)
def test_a_server_beside_it_is_started(files: dict[str, Any], fields: dict[str, Any], command: str) -> None:
    assert web(tree(files, **fields))[-1] == command


def test_a_command_of_the_user_is_followed() -> None:
    found = plan(tree({"server.js": ""}, engines={"vscode": "1"}), run_command="node server.js")
    assert found.runtime.processes[0].args == ("node", "server.js")


def test_an_app_of_phones_that_is_a_site_too() -> None:
    fields = {
        "scripts": {"start": "expo start"},
        "dependencies": {"expo": "54", "react-native": "0.81", "react-native-web": "0.21", "react-dom": "19"},
    }
    assert plan(tree({"app.json": "{}"}, **fields)).language == "static"


def test_a_site_that_a_desktop_program_shows_too_is_served() -> None:
    fields = {
        "scripts": {"build": "vite build", "desktop": "electron ."},
        "devDependencies": {"electron": "30", "vite": "5"},
    }
    assert plan(tree({"vite.config.ts": "", "index.html": ""}, **fields)).language == "static"
