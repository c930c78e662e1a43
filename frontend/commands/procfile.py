"""The processes a user named: in a Procfile, or by the setting `run_command`."""

from frontend.commands.words import Command, parse, secret_variable
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.plan.model import Process
from frontend.secrets.detection import is_secret_value
from frontend.secrets.ids import how_to_give
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

PROCFILE = "Procfile"


def read(tree: SourceTree, app: str, settings: Settings) -> tuple[tuple[Process, ...], tuple[tuple[str, str], ...]]:
    """The processes in the file's order, "web" first, and the environment that web's text put in front of its program.

    `run_command` replaces the Procfile's "web"; its other processes stay. () when the user named none; no "web" when
    the Procfile has none: the language's default is used then. Raises PlanError with the line of a malformed one.
    Source: https://devcenter.heroku.com/articles/procfile
    """
    named: dict[str, tuple[Command, Location | None]] = {**procfile(tree.under(app))}
    if settings.run_command is not None:
        at = settings.run_command.at
        named = {"web": (parse(settings.run_command.value, at), at), **{k: v for k, v in named.items() if k != "web"}}
    order = sorted(named, key=lambda name: name != "web")
    processes = tuple(process(name, named[name][0], named[name][1]) for name in order)
    return processes, named["web"][0].env if "web" in named else ()


def process(name: str, command: Command, at: Location | None = None) -> Process:
    """A process of a command. A worker's own variables are set by `env`: an image has one environment, that of web."""
    args = command.args
    if command.env and name != "web":
        args = ("env", *(f"{key}={value}" for key, value in command.env), *args)
    return Process(name, args, command.shell, at)


def procfile(tree: SourceTree) -> dict[str, tuple[Command, Location]]:
    """The commands of a Procfile by process name, each with its line; {} when there is no such file."""
    lines = tree.read_lines(PROCFILE)
    found: dict[str, tuple[Command, Location]] = {}
    for number, line in enumerate(lines or (), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        at = tree.at(PROCFILE, number)
        name, colon, command = text.partition(":")
        name = name.strip()
        if not colon or not name.replace("-", "_").isidentifier():
            raise PlanError(
                f"this line is not NAME: COMMAND: {shown(text)}", at=at, hint="write it as: web: node server.js"
            )
        if name in found:
            raise PlanError(
                f'the process "{name}" is named twice', at=at, hint=f"the first is in line {found[name][1].line}"
            )
        check_secret(command, at)
        found[name] = (parse(command, at), at)
    return found


def check_secret(command: str, at: Location) -> None:
    """Raises PlanError for a command with a secret in it. The line is told in words, for no client to print it."""
    variable = secret_variable(command)
    if variable is None and not is_secret_value(command):
        return
    what = f"the variable {variable} looks like a secret" if variable else "this command holds a secret"
    raise PlanError(
        f"{what}; an image and its history are readable (line {at.line})",
        at=Location(at.file),
        hint=how_to_give(variable or ""),
    )
