"""Which package of a repository is the app."""

import re

from frontend.commands import process, procfile
from frontend.commands.words import Word, quoted
from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import (
    builds,
    engines,
    frameworks,
    lifecycle,
    nx,
    programs,
    scripts,
    sites,
    tasks,
    workspaces,
)
from frontend.languages.node.entry_file import SUFFIXES, entry_file
from frontend.languages.node.manifest import BUILD_SCRIPTS, FILE, START_SCRIPTS, Manifest, line, read
from frontend.languages.node.page_file import LISTENS
from frontend.languages.node.scripts import RECURSIVE, Command, Scope
from frontend.languages.node.versions import TITLE
from frontend.languages.node.workspaces import Project
from frontend.languages.registry import PROCFILES
from frontend.paths import joined, parents, relative, within
from frontend.rules.monorepo import App, SeveralAppsError
from frontend.settings.model import Settings

ORCHESTRATORS = (
    RECURSIVE,
    "turbo",
    "nx",
    "lerna",
    "concurrently",
    "wsrun",
    "wireit",
    "npm-run-all",
    "run-p",
    "run-s",
    "moon",
)


DOCKERFILE = "Dockerfile"
APART = frozenset(  # directories of what nobody deploys
    "example examples demo demos doc docs test tests e2e fixture fixtures template templates playground".split()
)
STANDS_IN = re.compile(r"(?:^|[-_])(?:fake|mock|stub|dummy)s?(?:[-_]|$)")  # for a server, where others are tested
ROOT_STARTS = ("start", "start:prod", "start:production", "production", "prod")  # scripts that start in production


def locate(tree: SourceTree, settings: Settings, app: str) -> Project:
    """The app's package and what belongs to it. Raises PlanError when the repository has several apps.

    `tree` is the whole context: a workspace's root is above the app, and what a root starts may be below it.
    """
    here = tree.under(app)
    manifest = read(here, "")
    if manifest is None:
        return without_manifest(tree, settings, app)
    project = workspaces.find(tree, app, manifest)
    if project.app is not project.top:
        return project
    if not project.has_workspaces:
        below = (
            delegated(tree, settings, project)
            or nx_application(tree, settings, project)
            or below_tools(tree, settings, project)
        )
        if below is None:
            from frontend.languages.node import together

            together.check(here, settings, project)
        return below or project
    named = named_workspace(here, settings, project)
    if named == "":
        return project
    if named:
        chosen = next(member for member in project.all if member.dir == named)
        script = next((manifest.scripts[name] for name in BUILD_SCRIPTS if name in manifest.scripts), "")
        rooted = bool(script) and programs.started(script, manifest.scripts).name not in ORCHESTRATORS
        beside = beside_it(here, project, script) if rooted else ()
        started = started_by(here, project)
        return workspaces.project(app, manifest, chosen, project.all, rooted=rooted, started=started, beside=beside)
    starts = startable(here, project)
    return workspaces.project(app, manifest, workspaces.choose(here, project, starts), project.all)


def started_by(tree: SourceTree, project: Project) -> str:
    """The root's script that starts it; "" for none, and for one whose tool starts packages: it names no program."""
    name = start_of(project.top)
    found = scripts.of_script(tree, project, project.top, name).commands if name else ()
    return "" if any(command.name in ORCHESTRATORS for command in found) else name


def commands_of_root(tree: SourceTree, settings: Settings, project: Project) -> tuple[Command, ...] | None:
    """The commands that start the root: those the user names, else its start script's; None without either."""
    entries = process.read(tree, settings)
    if entries and entries[0].name == procfile.WEB:
        return scripts.flatten(Scope(tree, project, entries[0].at), entries[0].script, project.top).commands
    name = start_of(project.top)
    return scripts.of_script(tree, project, project.top, name).commands if name else None


def start_of(top: Manifest) -> str:
    """The script of a root that starts in production; "" for none, and for one that starts containers."""
    return next((one for one in ROOT_STARTS if starts_program(top, one)), "")


def starts_program(top: Manifest, name: str) -> bool:
    """Whether a script is there and starts something of the app's, not containers (`docker compose up`)."""
    return name in top.scripts and not programs.starts_containers(top.scripts[name], top.scripts)


def beside_it(tree: SourceTree, project: Project, script: str) -> tuple[str, ...]:
    """The workspaces whose files an app may serve: front ends without a server, those the root's build script names."""
    words = set(script.replace("=", " ").replace("/", " ").split())
    named = (m for m in project.all if {m.name, m.dir.rpartition("/")[2]} & words)
    built = (m for m in project.all if not can_start(tree, m) and frameworks.static_site(tree, m) is not None)
    return tuple(dict.fromkeys(member.dir for member in (*named, *built)))


def delegated(tree: SourceTree, settings: Settings, project: Project) -> Project | None:
    """The project below that a root without packages of its own starts: `cd backend && npm start`; None for others.

    A root whose scripts install what is below it (`postinstall`, `build`) builds the whole instead. `tree` is the whole
    context.
    """
    here = tree.under(project.root)
    if project.top.production or settings.run_command or is_stated(settings):
        return None
    if any(builds.installs(project.top, name) for name in (*BUILD_SCRIPTS, *lifecycle.ORDER)):
        return None
    commands = commands_of_root(here, settings, project)
    if not commands:
        return None
    *before, last = commands
    if last.opaque or any(one.name != "cd" and not scripts.is_install(one) for one in before):
        return None
    below = read(here, last.dir) if last.dir else package_of_file(here, last)
    if below is None:
        return None
    prefix = relative(last.dir, below.dir) + "/" if below.dir != last.dir else ""  # `node backend/index.js`
    words = [*(f"{name}={written(value)}" for name, value in last.env), *map(written, last.words)]
    text = " ".join(word.removeprefix("./").removeprefix(prefix) if prefix else word for word in words)
    started = Manifest(below.dir, {**below.data, "scripts": {**below.scripts, "start": text}})
    return workspaces.find(tree, within(project.root, below.dir), started)


def is_stated(settings: Settings) -> bool:
    """Whether a file for another platform says how the root itself is built or started: its commands go below."""
    build = settings.build_command
    return (build is not None and build.by == "platform") or bool(settings.processes)


def written(word: Word) -> str:
    """A word as a shell reads it."""
    return quoted(word.text) if word.plain else word.raw


def package_of_file(tree: SourceTree, command: Command) -> Manifest | None:
    """The package below that the file belongs to which a command runs; None for a file of the directory's own."""
    for argument in command.arguments:
        path = joined(command.dir, argument)
        if not argument.startswith("-") and "/" in path and tree.first(path, f"{path}.js"):
            owner = next((d for d in parents(path) if tree.has(within(d, FILE))), command.dir)
            return read(tree, owner) if owner != command.dir else None
    return None


def below_tools(tree: SourceTree, settings: Settings, project: Project) -> Project | None:
    """The app below a root that starts nothing of its own; None for others. `tree` is the whole context.

    Such a root has scripts for developers (`"server": "cd backend && npm run dev"`), tools, or packages that were
    installed there by chance. Raises SeveralAppsError for several apps.
    """
    here, top = tree.under(project.root), project.top
    if settings.run_command or settings.candidate or is_published(top):
        return None
    if frameworks.title(top) or frameworks.find(top) or sites.generator(top) or starts_own(here, settings, project):
        return None
    apps = [one for one in nested_apps(here) if APART.isdisjoint(one.dir.split("/"))]
    if len(apps) > 1:
        raise SeveralAppsError([App(within(project.root, one.dir), TITLE) for one in apps], here.at(apps[0].path, 1))
    if not apps:
        return None
    dir = within(project.root, apps[0].dir)
    if settings.build_command is not None:
        raise PlanError(
            f"the app is in {dir}, but the build command is written for the directory above it",
            at=settings.build_command.at,
            hint=f"set PROJECT_PATH={dir}: the command of another platform's file is then run for it",
        )
    return workspaces.find(tree, dir, apps[0])


def starts_own(tree: SourceTree, settings: Settings, project: Project) -> bool:
    """Whether a root starts something that no package below it has: a process, a script's command, or a file."""
    top = project.top
    if commands_of_root(tree, settings, project) is not None:
        return True
    name = next((one for one in START_SCRIPTS if starts_program(top, one)), None)
    commands = scripts.of_script(tree, project, top, name).commands if name is not None else ()
    if any(not one.dir and one.name != "cd" and package_of_file(tree, one) is None for one in commands):
        return True
    file = entry_file(tree, top)
    return file is not None and not any(tree.has(within(dir, FILE)) for dir in parents(file) if dir)


def nx_application(tree: SourceTree, settings: Settings, project: Project) -> Project | None:
    """The application of an Nx repository that the root starts by Nx, or its only one; None for others.

    `tree` is the whole context. Raises PlanError when there are several.
    """
    here = tree.under(project.root)
    if not here.has(nx.WORKSPACE) or nx.builds(here, project.top):
        return None
    commands = commands_of_root(here, settings, project)
    last = commands[-1] if commands else None
    if (last is None or last.name != "nx") and (commands is not None or entry_file(here, project.top)):
        return None
    apps = tuple(nx.applications(here)) or tuple(nx.applications(here, sites=True))
    task = tasks.read("nx", last.words[1:]) if last is not None else None
    named = (task.package if task else "") or str((here.read_json(nx.WORKSPACE) or {}).get("defaultProject") or "")
    known = [dir for dir in nx.applications(here, sites=True) if nx.name(here, Manifest(dir, {})) == named]
    found = [within(project.root, dir) for dir in (known or apps)]
    if len(found) > 1:
        raise SeveralAppsError([App(dir, TITLE) for dir in found], here.at(nx.WORKSPACE, 1))
    return without_manifest(tree, settings, found[0]) if found else None


def named_workspace(tree: SourceTree, settings: Settings, project: Project) -> str | None:
    """The workspace that the root's own start command names; "" when the root itself is the app; None for neither."""
    top = project.top
    commands = commands_of_root(tree, settings, project)
    if commands is None:
        root_serves = frameworks.find(top) is not None or frameworks.title(top) is not None
        return "" if root_serves and entry_file(tree, top) else None
    last = commands[-1] if commands else None
    if last is not None and last.workspace:
        return last.dir
    return None if last is not None and last.name in ORCHESTRATORS else ""


def startable(tree: SourceTree, project: Project) -> tuple[Manifest, ...]:
    """The workspaces that are apps: no command-line tools, nor what only looks like a server and is for another one.
    Where nothing serves these are the sites.

    Raises PlanError where a tool is all that there is to start.
    """
    tree.need_entries(*(member.dir for member in project.all))
    tree.need(*(within(member.dir, name) for member in project.all for name in (nx.PROJECT, DOCKERFILE, *PROCFILES)))
    every = tuple(member for member in project.all if can_start(tree, member))
    found = tuple(member for member in every if not is_tool(tree, member))
    if every and not found:
        tool = every[0]
        raise PlanError(
            f"of the workspaces only a command-line tool has a start command: {tool.dir}",
            at=line(tree, tool, "bin"),
            hint=f'add a "start" script to the app, or set PROJECT_PATH={within(project.root, tool.dir)} for the tool',
        )
    sites_too = tuple(filter(is_site, project.all))
    real = tuple(member for member in found if not STANDS_IN.search(member.dir.rpartition("/")[2]))
    found = real if real or sites_too else found
    used = {name for member in project.all for name in member.production}
    whole = tree.unfiltered()
    own = ("start" in m.scripts or whole.has(within(m.dir, DOCKERFILE)) for m in found)  # though others take its types
    apps = tuple(m for m, is_app in zip(found, own, strict=True) if is_app or m.name not in used)
    return apps or found or sites_too


def is_site(manifest: Manifest) -> bool:
    """Whether a package is a site without a server, and not made for others to install."""
    return sites.generator(manifest) is not None and not is_published(manifest)


def can_start(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a workspace says how it is started, as something that serves."""
    own, framework = manifest.scripts, frameworks.find(manifest)
    texts = (own[name] for name in ROOT_STARTS if starts_program(manifest, name))
    if any(text and not frameworks.is_development(framework, *programs.started(text, own)) for text in texts):
        return True
    if nx.serves(tree, manifest) or procfile.find(tree.under(manifest.dir)) is not None:
        return True
    if is_published(manifest):
        return False
    if serves_by_bun(tree, manifest):
        return True
    return framework is not None or (frameworks.title(manifest) is not None and entry_file(tree, manifest) is not None)


def serves_by_bun(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a package's only start is its development script, where Bun runs a file that listens: its start too."""
    program = programs.started(manifest.scripts.get("dev", ""), manifest.scripts)
    files = (word for word in program.arguments if word.endswith(SUFFIXES))
    paths = (within(manifest.dir, joined("", word)) for word in files)
    return program.name == engines.BUN and any(
        LISTENS.search(tree.read_text(path) or "") for path in paths if tree.has(path)
    )


def is_published(manifest: Manifest) -> bool:
    """Whether a package is made for others to install: an adapter for Express has Express among its dependencies too.

    Source: https://docs.npmjs.com/cli/configuring-npm/package-json#files
    """
    return not manifest.data.get("private") and any(
        key in manifest.data for key in ("publishConfig", "files", "exports")
    )


def is_tool(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a package is a command-line tool that others install: it is published with a program, and serves nothing.

    Source: https://docs.npmjs.com/cli/configuring-npm/package-json#bin
    """
    if not manifest.data.get("bin") or manifest.data.get("private") or frameworks.title(manifest) is not None:
        return False
    files = (word for word in programs.started(manifest.scripts.get("start", ""), manifest.scripts).arguments)
    paths = (within(manifest.dir, joined("", word)) for word in files if word.endswith(SUFFIXES))
    serves = any(LISTENS.search(tree.read_text(path) or "") for path in paths if tree.has(path))
    return not serves and procfile.find(tree.under(manifest.dir)) is None


def without_manifest(tree: SourceTree, settings: Settings, app: str) -> Project:
    """A directory without package.json: a lone server file, an Nx application, or one with apps in directories.

    `tree` is the whole context.
    """
    here = tree.under(app)
    empty = Manifest("", {})
    if here.has(nx.PROJECT):
        for dir in parents(app):
            top = read(tree.under(dir), "")
            if top is not None and tree.under(dir).has(nx.WORKSPACE):
                where = relative(dir, app)
                return Project(dir, Manifest(where, {**top.data, "name": where, "scripts": {}, "main": ""}), top)
    lone = entry_file(here, empty)
    if lone is not None and here.has(f"{lone.rpartition('/')[0]}/{FILE}"):
        lone = None  # a file of a package below
    own = Project(root=app, app=empty, top=empty)
    if lone and not settings.build_command:
        from frontend.languages.node import entry_source

        entry_source.require_manifest(here, lone)
    if settings.run_command or lone or procfile.find(here) is not None:
        return own if lone else delegated(tree, settings, own) or own
    apps = nested_apps(here)
    if len(apps) == 1:
        return workspaces.find(tree, within(app, apps[0].dir), apps[0])
    if apps:
        raise SeveralAppsError([App(within(app, manifest.dir), TITLE) for manifest in apps], here.at(apps[0].path, 1))
    below = here.first(*here.glob(f"*/{FILE}"))
    if below is not None:
        dir = here.at(below).file.rpartition("/")[0]
        raise PlanError(
            f"there is no {FILE} here, and the package in {dir}/ has no start script and no file to start",
            at=here.at(below, 1),
            hint=f"add a start script to it, or set PROJECT_PATH={dir}; an app in another language needs its manifest",
        )
    raise PlanError(
        "there is no package.json and no file to start", hint=f"looked for {FILE}, server.js, index.js, app.js, main.js"
    )


def nested_apps(tree: SourceTree) -> tuple[Manifest, ...]:
    """The packages one or two directories down that can be started; the sites where there are none."""
    found, built = [], []
    for pattern in ("*/package.json", "*/*/package.json"):
        for path in tree.glob(pattern):
            dir = path.rpartition("/")[0]
            if not any(part in workspaces.SKIPPED for part in dir.split("/")):
                manifest = read(tree, dir)
                if manifest is not None and can_start(tree, manifest):
                    found.append(manifest)
                elif manifest is not None and is_site(manifest):
                    built.append(manifest)
    return tuple(found or built)
