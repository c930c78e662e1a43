"""PM2: what it starts, without what looks after a daemon, which a container does not have.

Sources: https://pm2.keymetrics.io/docs/usage/pm2-doc-single-page/, https://pm2.keymetrics.io/docs/usage/docker-pm2-nodejs/
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from frontend.commands.options import split_options
from frontend.commands.script import Script
from frontend.commands.words import Word, literal
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.paths import joined

if TYPE_CHECKING:
    from frontend.languages.node.scripts import Command

RUNTIME = "pm2-runtime"  # starts the same in the foreground
BACKGROUND = ("--no-daemon", "--attach")
# what is asked of the daemon, before or after a start
MANAGES = frozenset(
    "logs log status list ls l ps save dump startup unstartup monit dashboard plus flush delete del kill stop update"
    " resurrect describe show info reset".split()
)
TAKES = frozenset(
    "-n --name -i --instances --max-memory-restart --log -l -o --output -e --error -p --pid --cron-restart -c --env"
    " --watch-delay --ignore-watch --node-args --interpreter --interpreter-args --namespace -N --cwd --log-date-format"
    " --exp-backoff-restart-delay --restart-delay --kill-timeout --listen-timeout --max-restarts -u --uid --gid".split()
)
USUAL = ("server.js", "bin/www", "bin/server.js", "index.js", "app.js", "src/server.js", "src/index.js")
CONFIGURATIONS = re.compile(r"\.config\.[cm]?js$|\.(?:json5?|ya?ml)$")
SCRIPT = re.compile(r"""(?m)^(?!\s*//).*?["']?\bscript["']?\s*:\s*["'`]([^"'`\n]+)["'`]""")


def alone(commands: "Iterable[Command]", script: Script) -> "tuple[Command, ...]":
    """The commands of a script without those that ask something of a daemon, where one of them starts the app."""
    texts = [[word.text for word in one.program] for one in script.commands]
    starts = any(words[-1:] != ["pm2"] and "start" in words[words.index("pm2") :] for words in texts if "pm2" in words)
    return tuple(one for one in commands if not (starts and one.name == "pm2" and MANAGES & {*one.arguments[:1]}))


def program(tree: SourceTree, dir: str, rest: tuple[Word, ...], at: Location | None) -> tuple[Word, ...]:
    """The words that start, by Node.js, what PM2 is told to start in a directory: `start app.js -i max -- --quiet`.

    Raises PlanError where this is no file of the app.
    """
    given = rest[1:] if rest and rest[0].text == "start" else rest
    end = next((index for index, word in enumerate(given) if word.text == "--"), len(given))
    operands = split_options(given[:end], TAKES, anywhere=True).rest
    file = named = operands[0].text if operands and operands[0].plain else ""
    if CONFIGURATIONS.search(file):
        scripts = list(dict.fromkeys(SCRIPT.findall(tree.read_text(joined(dir, file)) or "")))
        file = scripts[0] if len(scripts) == 1 else ""
    path = tree.first(*(joined(dir, f"{file}{end}") for end in ("", ".js", "/index.js"))) if file else None
    built = file.removeprefix("./").startswith(("dist/", "build/", "lib/", "out/"))
    if path is None and not built:
        message, way = "the app is started by pm2, which is not among its dependencies", "npm install pm2"
        if CONFIGURATIONS.search(named) and not tree.has(joined(dir, named)):
            message, way = f"pm2 is told to start what {named} says, which does not exist", f"commit {named}"
        entry = next((one for one in USUAL if tree.has(joined(dir, one))), USUAL[0])
        raise PlanError(message, at=at, hint=f"{way}; or start the file itself: node {entry}")
    return (literal("node"), literal(file), *given[end + 1 :])
