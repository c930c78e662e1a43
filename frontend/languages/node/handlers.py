"""Builds that make a fetch handler and nothing that listens: srvx serves them, the app's own or one that is added.

Sources: https://srvx.h3.dev/guide/cli, https://tanstack.com/start/latest/docs/framework/react/guide/hosting
"""

from msgspec import structs

from frontend.languages.node import package_managers, start
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.manifest import line
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.repository import Repository
from frontend.languages.node.start import Start
from frontend.plan.model import Command, Exec, ImageRef, Need, Step, Warning
from frontend.settings.model import Settings

SERVER = "srvx"
VERSION = "1.0.8"  # the newest on 2026-11-29, without dependencies; it needs Node.js 20.16
STEP = "server"  # the name of what SKIP leaves out, too
PLACE = "/opt/server"
FILE = f"node_modules/{SERVER}/bin/srvx.mjs"


def framework_start(repository: Repository, framework: Framework) -> Start:
    """The start of an app whose framework makes a fetch handler."""
    at = line(repository.tree, repository.project.app, framework.package)
    tails = [("--prod", "-s", framework.assets, file) for file in framework.handler]
    home = repository.project.inside
    places = tuple(home(f"{repository.project.app.dir}/{file}".lstrip("/")) for file in framework.handler)
    made = Need(f"{framework.handler[0]}, which {SERVER} serves,", places)
    if SERVER in repository.dependencies:
        first, *others = (start.of_words(repository, (SERVER, *tail), at) for tail in tails)
        added = ""
    else:
        program = FILE if not repository.project.app.dir else home(FILE)
        first, *others = (Start(("node", program, *tail), tool=SERVER, words=tail, at=at) for tail in tails)
        added = SERVER
    elsewhere = tuple(Command(one.args) for one in others)
    return structs.replace(first, adds=added, files=(*first.files, made), otherwise=(*first.otherwise, *elsewhere))


def step(base: ImageRef, manager: Manager) -> Step:
    """The step that installs the server that is added."""
    named = f"{SERVER}@{VERSION}"
    run = Exec(
        args=("npm", "install", f"--prefix={PLACE}", "--no-audit", "--no-fund", "--no-save", named),
        name=f"install {named}",
        caches=(package_managers.CACHES["npm"],),
        secrets=package_managers.SECRETS,
        fetches=True,
    )
    return Step(
        name=STEP,
        base=base,
        why="the server of an app that has none",
        env=package_managers.env(manager),
        run=(run,),
        dir="/",
    )


def warnings(web: Start, settings: Settings) -> tuple[Warning, ...]:
    """The note that a server is added."""
    if not web.adds or STEP in settings.skip:
        return ()
    return (
        Warning(
            "server-added",
            f"the build makes a fetch handler, and nothing that listens: {SERVER} {VERSION} is added",
            web.at,
            f"add {web.adds} to the dependencies to choose its version, or set SKIP=server to install none",
        ),
    )
