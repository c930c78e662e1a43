"""How a Ruby app starts: what the user names, Rails, a server for config.ru, or a script."""

import re

from msgspec import Struct, structs

from frontend.commands import process as processes
from frontend.commands.options import split_options
from frontend.commands.process import script_of
from frontend.commands.procfile import WEB, Entry
from frontend.commands.script import Script, exec_form, parse
from frontend.commands.script_files import run_by
from frontend.commands.unwrap import unwrap
from frontend.commands.words import Word
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.registry import RUBY
from frontend.languages.ruby import boot, entrypoint, gemfile, own_libraries, port_options, servers
from frontend.plan.model import Need, Process, Warning
from frontend.rules import ports
from frontend.settings.model import Settings

SCRIPTS = ("app.rb", "main.rb", "server.rb", "web.rb", "run.rb", "start.rb", "bot.rb", "index.rb")
OF_SITE = "config.rb"  # the configuration of a site's generator, and a script in other apps
GENERATORS = ("jekyll", "middleman", "nanoc", "bridgetown")  # programs that build sites, and serve them while written
BRIDGETOWN = "bridgetown"  # its sites have a config.ru, which serves what is built
DUMMIES = ("test/dummy/config.ru", "spec/dummy/config.ru", "spec/internal/config.ru")
SINATRA = re.compile(r"""^\s*require\s*\(?\s*['"]sinatra['"]""", re.MULTILINE)
CONTROLS = re.compile(r"^\s*Daemons\.run\b", re.MULTILINE)  # starts another script in the background
# programs of buildpacks that start the command behind them -> how the image gets what they are for
BUILDPACKS = {"jemalloc.sh": "set RUN_PACKAGES=libjemalloc2 and RUN_ENV_LD_PRELOAD=libjemalloc.so.2 for jemalloc"}
UNSETS = re.compile(r"\bunset\s+(?:-v\s+)?PORT\b|\benv\s+-u\s*PORT\b")
RAILS_SERVER = (*servers.EXEC, "rails", "server", "-b", "0.0.0.0")  # noqa: S104 - a container has to
INTERPRETER = RUBY.interpreters[0]


class App(Struct, frozen=True):
    """What a start is chosen from: the app's directory, and the names of the gems that are installed.

    `rack` is the version of Rack, "" where it is not known.
    """

    tree: SourceTree
    gems: frozenset[str]
    rack: str = ""


class Start(Struct, frozen=True):
    """The processes of an app, web first, why web is started so, its variables, and the doubts.

    `scripts` are shell scripts of the app that are other in the image: their paths and texts.
    """

    processes: tuple[Process, ...]
    because: str
    at: Location | None
    env: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Warning, ...] = ()
    scripts: tuple[tuple[str, str], ...] = ()


class Web(Struct, frozen=True):
    """The web process, and why it is started so. `loads` is the program of a gem that Ruby is made to load."""

    args: tuple[str, ...]
    because: str
    at: Location | None
    shell: bool = False
    env: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Warning, ...] = ()
    loads: str = ""


def find(app: App, settings: Settings, bin_dirs: tuple[str, ...]) -> Start:
    """How an app starts. `bin_dirs` are where the programs of gems are. Raises PlanError when nothing says so."""
    entries, bare = without_buildpack(processes.read(app.tree, settings))
    moved: tuple[Warning, ...] = ()
    if entries and entries[0].name == WEB:
        script, moved = port_options.on_port(app.tree, entries[0].script, entries[0].at, settings.port)
        entries = (entries[0]._replace(script=script), *entries[1:])
    named = tuple(with_needs(processes.process(*entry), bin_dirs) for entry in entries)
    if named and named[0].name == WEB:
        env = processes.web_env(entries)
        scripts, told = changed(app.tree, entries[0].script, settings.port)
        doubts = (*bare, *moved, *told, *fixed_port(named[0], settings.port), *without_port(named[0]))
        for process in named:
            own_libraries.check(app.tree, process)
        return Start(named, " ".join(named[0].args), named[0].at, env, doubts, scripts)
    web = of_dockerfile(app.tree, settings) or default(app) or of_process(named)
    if web is None:
        raise unknown(app, named)
    needs = (of_gem(web.loads, bin_dirs),) if web.loads else ()
    process = with_needs(Process(WEB, web.args, web.shell, web.at, needs), bin_dirs)
    own_libraries.check(app.tree, process)
    prepared = entrypoint.release(app.tree, settings, (process, *named))
    release, told = ((prepared[0],), (prepared[1],)) if prepared is not None else ((), ())
    told = (*told, *entrypoint.tasks(app.tree, settings))
    doubts = (*bare, *web.warnings, *told, *(processes.supervised(settings) if not named else ()))
    return Start((process, *named, *release), web.because, web.at, web.env, doubts)


def without_buildpack(entries: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], tuple[Warning, ...]]:
    """The processes without a buildpack's program in front, which no image has, and the warning that says so."""
    found: list[Entry] = []
    warnings: list[Warning] = []
    for entry in entries:
        name, _, rest = entry.script.text.partition(" ")
        if name in BUILDPACKS and rest.strip():
            entry = entry._replace(script=parse(rest.strip(), entry.at))
            told = f"{name} is a buildpack's: {entry.name} is started without it"
            warnings += [] if warnings else [Warning("buildpack-program", told, entry.at, BUILDPACKS[name])]
        found.append(entry)
    return tuple(found), tuple(warnings)


def changed(tree: SourceTree, script: Script, port: int) -> tuple[tuple[tuple[str, str], ...], tuple[Warning, ...]]:
    """The shell scripts of the app that a command runs, where their server does not listen on the container's port."""
    found: list[tuple[str, str]] = []
    warnings: list[Warning] = []
    for file in run_by(tree, script):
        moved, told = port_options.on_port(tree, file.script, tree.at(file.path), port)
        if told:
            start = file.text.find(file.script.text)
            found.append((file.path, file.text[:start] + moved.text + file.text[start + len(file.script.text) :]))
            warnings += told
    return tuple(found), tuple(warnings)


def of_dockerfile(tree: SourceTree, settings: Settings) -> Web | None:
    """The start that a Dockerfile states; None without one, for a script that fixes the port of what it starts, and for
    the server of a site's generator: that is for those who write it."""
    stated = processes.candidate(settings, RUBY.name)
    if stated is None:
        return None
    form = exec_form(stated.script)
    if "thrust" in " ".join(form.args):
        return None  # it listens on port 80, and gives the server a port of its own
    words = form.args[len(servers.EXEC) :] if form.args[: len(servers.EXEC)] == servers.EXEC else form.args
    if words[:1] and words[0] in GENERATORS:
        return None
    fixed = (ports.fixed(item.text) for item in entrypoint.started(tree, stated.script))
    if any(option is not None and int(option[1]) != settings.port for option in fixed):
        return None
    note = processes.followed(stated.at.file, ("start command",), stated.at) if stated.at is not None else None
    script, moved = port_options.on_port(tree, stated.script, stated.at, settings.port)
    form = exec_form(script) if moved else form
    told = (*((note,) if note is not None else ()), *moved)
    return Web(form.args, " ".join(form.args), stated.at, form.shell, form.env, told)


def of_process(named: tuple[Process, ...]) -> Web | None:
    """The one process that the user named, under another name than "web": what a worker runs; None for others."""
    process = processes.only(named)
    if process is None:
        return None
    because = f"{process.name}, the only process of {process.at.file if process.at is not None else ''}"
    return Web(process.args, because, process.at, process.shell)


def default(app: App) -> Web | None:
    """What the app shows: a Rails app, a config.ru, a script; None where there is none.

    Raises PlanError for a static site, and for an app without a server.
    """
    tree = app.tree
    if app.gems & {"rails", "railties"} and tree.has("config/application.rb"):
        return rails(app)
    if BRIDGETOWN in app.gems:
        from frontend.languages.ruby import sites

        site = sites.of_app(tree, app.gems)
        if site is not None and not sites.serves(tree):
            raise site
    if tree.has("config.ru"):
        return rack(app, "config.ru")
    path = script(tree)
    if path in (None, OF_SITE):
        from frontend.languages.ruby import sites

        site = sites.of_app(tree, app.gems)
        if site is not None:
            raise site
    if path is None:
        return None
    if SINATRA.search(boot.text_of(tree, path)):
        check_sinatra(app, path)
        return Web((*prefix(app), "ruby", path), f"the Sinatra app {path}", tree.at(path))
    return Web((*prefix(app), "ruby", path), path, tree.at(path))


def rails(app: App) -> Web:
    """A Rails app: its own command reads PORT, and the configuration of its server but for falcon's."""
    at = app.tree.at("config/application.rb")
    server = servers.choose(app.gems)
    if server is None:
        raise without_server(app, "Rails", at)
    served = servers.serve(app.tree, server) if server is servers.FALCON else None
    if served is not None and not served.loads:
        return Web(served.args, f"a Rails app, served by {server.gem} as {server.configs[0]} says", at)
    return Web(RAILS_SERVER, f"a Rails app, served by {server.gem}", at)


def rack(app: App, path: str) -> Web:
    """A Rack app: by the server among its gems."""
    at = app.tree.at(path)
    server = servers.choose(app.gems)
    if server is None or (server is servers.WEBRICK and not has_rackup(app)):
        raise without_server(app, "Rack", at)
    served = servers.serve(app.tree, server)
    return Web(served.args, f"{path}, served by {server.gem}", at, warnings=moved(served), loads=served.loads)


def moved(served: servers.Served) -> tuple[Warning, ...]:
    """The warning that a server's configuration says another port than the container's; () without one."""
    if served.bound is None:
        return ()
    message = f"{served.bound.file} binds {served.server.gem} to an address without PORT: it listens on PORT instead"
    line = 'listen ENV.fetch("PORT", 3000)' if "listen" in served.server.binds else 'port ENV.fetch("PORT", 3000)'
    line = 'url "http://0.0.0.0:#{ENV.fetch("PORT", 3000)}"' if "url" in served.server.binds else line
    return (Warning("port-overridden", message, served.bound, f"read it there: {line}"),)


def script(tree: SourceTree) -> str | None:
    """The script that starts an app: one of a usual name, else the only one of Ruby's files in its directory.

    Beside a gemspec that one is no app: a template for those who use the gem, or a benchmark.
    """
    for path in SCRIPTS:
        if tree.has(path) and not CONTROLS.search(boot.text_of(tree, path)):
            return path
    if gemspec(tree) is not None:
        return None
    found = [path for path in tree.glob("*.rb") if path != "gems.rb"]
    web = [path for path in found if SINATRA.search(boot.text_of(tree, path))]
    if len(web) == 1:
        return web[0]
    return found[0] if len(found) == 1 else None


def gemspec(tree: SourceTree) -> str | None:
    """The gemspec in the root of a tree: it is a gem then, and may have no app."""
    return next(iter(tree.glob("*.gemspec")), None)


def prefix(app: App) -> tuple[str, ...]:
    """What is in front of a script: Bundler, where there are gems."""
    return servers.EXEC if app.gems else ()


def has_rackup(app: App) -> bool:
    """Whether the program rackup is installed: Rack had it up to version 2."""
    return "rackup" in app.gems or ("rack" in app.gems and app.rack.partition(".")[0] in ("1", "2"))


def check_sinatra(app: App, path: str) -> None:
    """Raises PlanError where Sinatra finds no server, and so would stop at its start."""
    at = app.tree.at(path)
    if "sinatra" not in app.gems and not has_gemfile(app):
        raise without_server(app, "Sinatra", at)
    if "sinatra" not in app.gems:
        hint = "add it: bundle add sinatra"
        raise PlanError(f"{path} requires sinatra, which is not among the gems that are installed", at=at, hint=hint)
    if servers.choose(app.gems) is None:
        raise without_server(app, "Sinatra", at)
    if not has_rackup(app) and app.rack:
        raise PlanError(
            "Sinatra needs the gem rackup to start a server, which is not among the gems that are installed",
            at=at,
            hint="add it: bundle add rackup",
        )


def has_gemfile(app: App) -> bool:
    """Whether gems are installed for an app at all."""
    return any(app.tree.has(path) for path, _ in gemfile.NAMES)


def without_server(app: App, framework: str, at: Location) -> PlanError:
    """The error for an app that no gem can serve."""
    if not has_gemfile(app):
        return PlanError(
            f"this {framework} app has no Gemfile, so that none of the gems it requires is installed",
            at=at,
            hint=f"write one: bundle init, bundle add puma and each gem that {at.file} requires; commit the lockfile",
        )
    return PlanError(
        f"this {framework} app has no server among the gems that are installed",
        at=at,
        hint=f"add one: bundle add puma; looked for {', '.join(servers.NAMES)}",
    )


def unknown(app: App, named: tuple[Process, ...]) -> PlanError:
    """The error where the start command cannot be determined."""
    gem = gemspec(app.tree)
    if gem is not None and not named:
        dummy = next((path for path in DUMMIES if app.tree.has(path)), None)
        beside = f"; {dummy.rpartition('/')[0]} is there for its tests alone" if dummy is not None else ""
        return PlanError(
            f"this is a gem, not an app: nothing in it is started{beside}",
            at=app.tree.at(gem),
            hint="build the app that uses it, or set RUN_COMMAND to what starts one of it",
        )
    hint = f"looked for a Procfile, config/application.rb, config.ru, {', '.join(SCRIPTS[:4])}; "
    hint += "set RUN_COMMAND, or add a Procfile: web: bundle exec puma"
    at, why = None, ""
    if named:
        at, why = named[0].at, f": the Procfile has {', '.join(p.name for p in named)}, but no web"
    return PlanError(f"cannot determine the start command of this Ruby app{why}", at=at, hint=hint)


def fixed_port(web: Process, port: int) -> tuple[Warning, ...]:
    """The warning that the user's command names another port than the container's; () without one."""
    option = ports.fixed(" ".join(web.args))
    if option is None or int(option[1]) == port:
        return ()
    hint = f"write $PORT in its place, or set the build-arg PORT={option[1]}"
    return (Warning("fixed-port", ports.told(*option, port), web.at, hint),)


def without_port(web: Process) -> tuple[Warning, ...]:
    """The warning that the user's command takes PORT from its server; () without one."""
    if not UNSETS.search(" ".join(web.args)):
        return ()
    told = "the start command unsets PORT: the server listens on a port of its own"
    return (Warning("fixed-port", told, web.at, "remove that, or set the build-arg PORT to the server's port"),)


# --- what a command needs


def with_needs(process: Process, bin_dirs: tuple[str, ...]) -> Process:
    """A process with the script, or the program of a gem, that `bundle exec` is told to run as a need."""
    words = bundled(process)
    script = script_of_ruby(words)
    name = script or (words[0].text if words and words[0].plain and words[0].text != INTERPRETER.program else "")
    if not name:
        return process
    is_file = bool(script) or "/" in name
    need = Need(name, (name,)) if is_file else of_gem(name, bin_dirs)
    return structs.replace(process, needs=(*process.needs, need))


def of_gem(name: str, bin_dirs: tuple[str, ...]) -> Need:
    """The need of a program that a gem has."""
    hint = f"add the gem that has {name}, or check that its group is not left out"
    return Need(f"the program {name}", tuple(f"{dir}/{name}" for dir in bin_dirs), hint)


def script_of_ruby(words: tuple[Word, ...]) -> str:
    """The script that these words give Ruby to run; "" for other programs, and for a text that they give it."""
    if not words or words[0].text != INTERPRETER.program:
        return ""
    options, rest = split_options(words[1:], INTERPRETER.takes, ends=INTERPRETER.ends)
    given = any(one.name in INTERPRETER.ends for one in options)
    return rest[0].text if rest and rest[0].plain and not given else ""


def bundled(process: Process) -> tuple[Word, ...]:
    """The words that `bundle exec` runs; () for another command, and for one that a shell decides on."""
    script = script_of(process)
    words = script.only.program if script.only is not None else ()
    inside = False
    while (found := unwrap(words, port_options.RUNNERS)) is not None and found.words:
        words, inside = found.words, found.name == "bundle"
    return words if inside else ()
