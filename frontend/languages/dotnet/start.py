"""How a published project starts: what the user names, with files where they are in the image, or the project itself.

The container's port is known when it starts, and ASP.NET Core reads it from variables of its own. An assembly of ours
sets these before the app's first line (https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md):
the command stays the app itself, with no shell. A trimmed app loads no such assembly, so its port is set by a shell.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from frontend.commands import process as processes
from frontend.commands.procfile import WEB, Entry
from frontend.commands.script import parse
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.dotnet.listening import Listening
from frontend.languages.dotnet.question import Project
from frontend.plan.model import Process, Warning
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

HOOK = "/opt/migetpacks/Migetpacks.Port.dll"
EXTRACTED = "/tmp/.net"  # noqa: S108 - the only place to write on a read-only root
QUIET = (("DOTNET_EnableDiagnostics_IPC", "0"), ("DOTNET_EnableDiagnostics_Debugger", "0"))  # from .NET 8 on
ASSIGNED = r"((?:[A-Za-z_]\w*=\S*\s+)*)"  # variables in front of a program
MOVED = re.compile(r"cd\s+[\"']?([^\s\"';&]+)[\"']?\s*(?:&&|;)\s*(?=\S)")
RUN = re.compile(ASSIGNED + r"dotnet\s+(?:watch(?:\s+run)?\b|run\b|(?=\S+\.cs\b))(?P<rest>.*)", re.DOTALL)
OUTPUT = re.compile(r"(^|/)(bin|out|publish|output)(/|$)")


class App(Struct, frozen=True):
    """What a start is chosen from: the app's directory, the project, and how it is published.

    `program` says that it is a program of its own, `web` that it serves, `trimmed` that it loads no assembly of ours,
    `old` that it runs on .NET 7 or older, `listening` that it has an address of its own.
    """

    tree: SourceTree
    project: Project
    program: bool
    web: bool
    trimmed: bool
    old: bool = False
    listening: Listening | None = None

    @property
    def args(self) -> tuple[str, ...]:
        """The command that starts it from the directory of what is published."""
        return (f"./{self.project.assembly}",) if self.program else ("dotnet", f"{self.project.assembly}.dll")


class Start(Struct, frozen=True):
    """The processes of an app, web first, why web is started so, the image's variables, and the doubts."""

    processes: tuple[Process, ...]
    because: str
    at: Location | None
    env: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Warning, ...] = ()


def find(app: App, settings: Settings) -> Start:
    """How an app starts. Raises BuildError for a command that is none."""
    entries = tuple(in_image(app, entry) for entry in processes.read(app.tree, settings))
    named = tuple(processes.process(*entry) for entry in entries)
    env = (*environment(app, settings.port), *processes.web_env(entries))
    if named and named[0].name == WEB:
        return Start(named, " ".join(named[0].args), named[0].at, env)
    because = f"what {app.project.path} builds"
    told = (*left_out(settings), *(processes.supervised(settings) if not named else ()))
    return Start((default(app), *named), because, Location(app.project.path), env, told)


def in_browser(app: App, settings: Settings) -> Start:
    """How an app that browsers run starts: not at all, for its files are a site. A command that starts the project is
    the server of its developers. Raises PlanError for another one that the user names, for its program is not there."""
    own = " ".join(app.args)
    other = next(
        (one for one in processes.read(app.tree, settings) if not in_image(app, one).script.text.startswith(own)), None
    )
    if other is None:
        return Start((), "", None)
    message = f"{app.project.path} is Blazor WebAssembly, which Caddy serves: {shown(other.script.text)} is not run"
    if settings.run_command is None or settings.run_command.by != "platform":
        hint = "remove the command, or name by PROJECT the project that it starts"
        raise PlanError(message, at=other.at, hint=hint)
    return Start((), "", None, warnings=(Warning("start-left-out", message, other.at),))


def left_out(settings: Settings) -> Iterator[Warning]:
    """The warning for a script that a Dockerfile starts: what it does besides is not done."""
    stated = settings.candidate
    script = re.search(r"[\w./-]+\.sh\b", stated.value) if stated is not None and settings.deploy_files else None
    if stated is not None and script is not None:
        yield Warning(
            "entrypoint-left-out",
            f"{script[0]}, which the Dockerfile starts, is not run: the image starts the app itself",
            stated.at,
            "if it does more than that, such as to start another server, give that an image of its own",
        )


def default(app: App) -> Process:
    """The project itself."""
    if app.web and app.trimmed:
        told = "ASPNETCORE_HTTP_PORTS=$PORT" if app.listening is None else f"{app.listening.variable}=http://+:$PORT"
        text = f"export {told}; exec {app.args[0]}"
        return processes.process(WEB, parse(text, None))
    return Process(WEB, app.args)


def environment(app: App, port: int) -> tuple[tuple[str, str], ...]:
    """The image's variables: the port, and what lets .NET start on a root that cannot be written.

    Sockets for debuggers and tools would be made in the directory of temporary files, which may not be there; profilers
    need none, and stay.
    """
    env = [("DOTNET_EnableDiagnostics", "0")] if app.old else [*QUIET]
    if app.web:
        env.append(("ASPNETCORE_HTTP_PORTS", str(port)))
    if hooked(app):
        env.append(("DOTNET_STARTUP_HOOKS", HOOK))
    if app.project.says("PublishSingleFile"):
        env.append(("DOTNET_BUNDLE_EXTRACT_BASE_DIR", EXTRACTED))
    return tuple(env)


def hooked(app: App) -> bool:
    """Whether an assembly of ours sets the port."""
    return app.web and not app.trimmed


def in_image(app: App, entry: Entry) -> Entry:
    """A process as it is in the image: what is published lies in its working directory, and there is no SDK.

    `cd Api/bin/Release/net10.0/publish && dotnet Api.dll`, `./out/Api` and `dotnet run --project Api` start the same.
    """
    text = entry.script.text.strip()
    moved = MOVED.match(text)
    if moved is not None and (OUTPUT.search(moved[1]) or moved[1].strip("./") == app.project.directory):
        text = text[moved.end() :]
    name = re.escape(app.project.assembly)
    command = " ".join(app.args)
    built = re.match(
        ASSIGNED
        + rf"(?:exec\s+)?(?:dotnet\s+(?:exec\s+)?[\"']?(?:[^\s\"']*/)?{name}\.dll|(?:[^\s\"']*/)?{name})[\"']?(?=\s|$)",
        text,
    )
    run = RUN.fullmatch(text)
    if built is not None:
        text = f"{built[1]}{command}{text[built.end() :]}"
    elif run is not None:
        text = f"{run[1]}{command} {run['rest'].partition(' -- ')[2].strip()}".rstrip()
    if text == entry.script.text.strip():
        return entry
    return Entry(entry.name, parse(text, entry.at), entry.at)
