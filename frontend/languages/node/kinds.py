"""What is no app that a container runs: it is told what it is, and what runs it.

Only what starts nothing by itself is told: an app with a server beside its desktop program or extension is that server.
"""

import re

from frontend.errors import Location, PlanError
from frontend.languages.node import programs, sites
from frontend.languages.node.manifest import Manifest, line
from frontend.languages.node.repository import Repository
from frontend.languages.node.runners import CLIS, RUN_BY
from frontend.paths import within

METEOR = ".meteor/release"
# a dependency that tells, what the app is, what runs it
DEPENDENCIES = (
    ("electron", "a desktop app (Electron)", "a container has no display"),
    ("nw", "a desktop app (NW.js)", "a container has no display"),
    ("firebase-functions", "code of Cloud Functions (Firebase)", "that platform runs it"),
    ("obsidian", "a plugin of Obsidian", "the editor runs it"),
    ("plasmo", "an extension of browsers (Plasmo)", "a browser runs it"),
    ("wxt", "an extension of browsers (WXT)", "a browser runs it"),
)
# packages whose build makes a program for desktops, or an extension
PACKED = ("vite-plugin-electron", "electron-vite", "@electron-forge/", "electron-forge", "plasmo", "wxt")
WEB = ("react-native-web", "@expo/metro-runtime")  # packages by which an app of phones is a site too
SERVED = 'if it has a server too, name it in the "start" script, or set RUN_COMMAND'


def check(repository: Repository) -> None:
    """Raises PlanError for what is no app that a container runs."""
    tree, app = repository.tree, repository.project.app
    meteor = within(app.dir, METEOR)
    if tree.has(meteor):
        raise PlanError(
            "this is a Meteor app, which Meteor's own program builds: npm does not have it",
            at=tree.at(meteor, 1),
            hint="meteor build --directory OUT where Meteor is installed, and build OUT/bundle: node main.js, with"
            " npm install in programs/server",
        )
    if starts_server(app):
        return
    told = of_manifest(repository, app) or of_dependency(repository, app)
    if told is not None:
        what, why, at = told
        raise PlanError(f"this is {what}: {why}", at=at, hint=SERVED)


def starts_server(app: Manifest) -> bool:
    """Whether the start script runs a program of the app's own, or a server."""
    text = app.scripts.get("start", "")
    program, words = programs.started(text, app.scripts)
    return program in RUN_BY and any(re.search(r"\.[cm]?[jt]s$", word) for word in words)


def of_manifest(repository: Repository, app: Manifest) -> tuple[str, str, Location] | None:
    """What the fields of a package.json say that it is, why no container runs it, and where; None for nothing."""
    tree, data = repository.tree, app.data
    engines = app.table("engines")
    keywords = data.get("keywords")
    words = [word for word in keywords if isinstance(word, str)] if isinstance(keywords, list) else []
    if "vscode" in engines:
        return "an extension of Visual Studio Code", "the editor runs it", line(tree, app, "engines", "vscode")
    if isinstance(data.get("n8n"), dict):
        return "a package of nodes for n8n", "it is installed there", line(tree, app, "n8n")
    if isinstance(data.get("directus:extension"), dict):
        return (
            "an extension of Directus",
            "it is installed there, in extensions/",
            line(tree, app, "directus:extension"),
        )
    if "ghost-theme" in words or "ghost-api" in engines:
        at = line(tree, app, "keywords" if "ghost-theme" in words else "engines")
        return "a theme of Ghost", "it is uploaded there", at
    if "node-red" in data and isinstance(data["node-red"], dict) and "nodes" in data["node-red"]:
        return "a package of nodes for Node-RED", "it is installed there", line(tree, app, "node-red")
    return None


def of_dependency(repository: Repository, app: Manifest) -> tuple[str, str, Location] | None:
    """What a dependency says that an app is, likewise; None where something of it is served."""
    tree, own = repository.tree, app.dependencies
    if repository.framework is not None:
        return None
    for name, what, why in DEPENDENCIES:
        if name in own and desktop(app):
            return what, why, line(tree, app, name)
    if "react-native" in own and not any(name in own for name in WEB):
        why = "a phone runs it (for the web: npx expo install react-native-web react-dom)"
        return "a mobile app (React Native)", why, line(tree, app, "react-native")
    return None


def desktop(app: Manifest) -> bool:
    """Whether the app is a program for desktops alone: nothing else is started, and its build is no site's."""
    program, words = programs.started(app.scripts.get("start", ""), app.scripts)
    if program in CLIS and words[:1] == ("run",) and words[1:] and words[1] in app.scripts:  # npm run shell
        program = programs.started(app.scripts[words[1]], app.scripts).name
    if program not in ("vite", "electron-builder", "plasmo", "wxt", "firebase", ""):
        return False
    packed = any(name.startswith(PACKED) for name in app.dependencies)
    return packed or "electron" in app.scripts.get("build", "") or sites.generator(app) is None
