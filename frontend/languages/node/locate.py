"""Which package of a repository is the app."""

from frontend import processes
from frontend.errors import Location, PlanError
from frontend.languages.node import (
    builds,
    frameworks,
    lifecycle,
    workspaces,
)
from frontend.languages.node.entry import entry_file
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import FILE, Manifest, parents, read, within
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.start import Resolver, is_install, shell_text
from frontend.languages.node.workspaces import Project
from frontend.settings import Settings
from frontend.source import SourceTree

ORCHESTRATORS = ("turbo", "nx", "lerna", "concurrently", "wsrun", "wireit", "npm-run-all", "run-p", "run-s", "moon")


def locate(tree: SourceTree, settings: Settings, app: str) -> Project:
    """The app's package and what belongs to it. Raises PlanError when the repository has several apps."""
    manifest = read(tree, app)
    if manifest is None:
        return without_manifest(tree, settings, app)
    project = workspaces.find(tree, manifest)
    if project.app is not project.top:
        return project
    if not project.has_workspaces:
        return delegated(tree, settings, project) or project
    named = named_workspace(tree, settings, project)
    if named == "":
        return project
    if named:
        chosen = next(member for member in project.all if member.dir == named)
        script = next((manifest.scripts[name] for name in builds.BUILD_SCRIPTS if name in manifest.scripts), "")
        rooted = bool(script) and lifecycle.program(tuple(script.split()))[0] not in ORCHESTRATORS
        beside = beside_it(tree, project, script) if rooted else ()
        started = "start" in manifest.scripts and not orchestrated(tree, project)
        return workspaces.project(manifest, chosen, project.all, rooted=rooted, started=started, beside=beside)
    starts = tuple(member for member in project.all if can_start(tree, member))
    return workspaces.project(manifest, workspaces.choose(tree, settings, manifest, starts), project.all)


def orchestrated(tree: SourceTree, project: Project) -> bool:
    """Whether the root's start script is for a tool that starts packages: it names no program."""
    segments = Resolver(tree, project, Manager("npm"), Locked()).segments("start")
    return any(segment.tool in ORCHESTRATORS for segment in segments)


def beside_it(tree: SourceTree, project: Project, script: str) -> tuple[str, ...]:
    """The workspaces whose files an app may serve: front ends without a server, those the root's build script names."""
    words = set(script.replace("=", " ").replace("/", " ").split())
    named = (m for m in project.all if {m.name, m.dir.rpartition("/")[2]} & words)
    sites = (m for m in project.all if not can_start(tree, m) and frameworks.static_site(tree, m) is not None)
    return tuple(dict.fromkeys(member.dir for member in (*named, *sites)))


def delegated(tree: SourceTree, settings: Settings, project: Project) -> Project | None:
    """The project below that a root without packages of its own starts: `cd backend && npm start`; None for others.

    A root whose scripts install what is below it (`postinstall`, `build`) builds the whole instead.
    """
    top = project.top
    if top.production or "start" not in top.scripts or processes.read(tree, project.root, settings)[0]:
        return None
    if any(builds.installs(top, name) for name in (*builds.BUILD_SCRIPTS, *lifecycle.ORDER)):
        return None
    *before, last = Resolver(tree, project, Manager("npm"), Locked()).segments("start")
    below = read(tree, last.dir) if last.dir != project.root else None
    if below is None or last.opaque or any(one.tool != "cd" and not is_install(one) for one in before):
        return None
    text = " ".join((*(f"{name}={value}" for name, value in last.env), *(arg.raw for arg in last.args)))
    return workspaces.find(tree, Manifest(below.dir, {**below.data, "scripts": {**below.scripts, "start": text}}))


def named_workspace(tree: SourceTree, settings: Settings, project: Project) -> str | None:
    """The workspace that the root's own start command names; "" when the root itself is the app; None for neither."""
    given, _ = processes.read(tree, project.root, settings)
    if given and given[0].name == "web":
        text = shell_text(given[0])
    elif "start" in project.top.scripts:
        text = "npm run start"
    else:
        root_serves = frameworks.find(project.top) is not None or frameworks.title(project.top) is not None
        return "" if root_serves and entry_file(tree, project.top) else None
    resolver = Resolver(tree, project, Manager("npm"), Locked())
    found = resolver.resolve(text, given[0].at if given else None)
    if found.workspace:
        return found.workspace
    if found.tool in ORCHESTRATORS:
        word = next((w.partition("=")[2] for w in found.words if w.startswith("--filter=")), "").strip("./")
        return next((m.dir for m in project.all if word and word in (m.name, m.dir)), None)
    return ""


def can_start(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a workspace says how it is started, as something that serves."""
    text = manifest.scripts.get("start", "")
    tool = lifecycle.program(tuple(text.split()))
    framework = frameworks.find(manifest)
    if text and not frameworks.is_development(framework, tool[0], tool[1]):
        return True
    if framework is not None:
        return True
    return tree.has(within(manifest.dir, "Procfile")) or (
        frameworks.title(manifest) is not None and entry_file(tree, manifest) is not None
    )


def without_manifest(tree: SourceTree, settings: Settings, app: str) -> Project:
    """A directory without package.json: a lone server file, an Nx application, or one with apps in directories."""
    empty = Manifest(app, {})
    if tree.has(within(app, "project.json")):
        for dir in parents(app):
            top = read(tree, dir)
            if top is not None and tree.has(within(dir, "nx.json")):
                return Project(
                    root=dir, app=Manifest(app, {**top.data, "name": app, "scripts": {}, "main": ""}), top=top
                )
    lone = entry_file(tree, empty)
    if lone is not None and tree.has(within(app, f"{lone.rpartition('/')[0]}/{FILE}")):
        lone = None  # a file of a package below
    if settings.run_command or lone or tree.has(within(app, processes.PROCFILE)):
        return Project(root=app, app=empty, top=empty)
    apps = nested_apps(tree, app)
    if len(apps) == 1:
        return workspaces.find(tree, apps[0])
    if apps:
        raise PlanError(
            f"this repository has {len(apps)} apps: {', '.join(m.dir for m in apps)}",
            at=Location(apps[0].path, 1),
            hint=f"name one: PROJECT_PATH={apps[0].dir} (build-arg), or app: {apps[0].dir} in migetpacks.yaml",
        )
    raise PlanError(
        "there is no package.json and no file to start", hint=f"looked for {FILE}, server.js, index.js, app.js, main.js"
    )


def nested_apps(tree: SourceTree, app: str) -> tuple[Manifest, ...]:
    """The packages one or two directories down that can be started."""
    found = []
    for pattern in ("*/package.json", "*/*/package.json"):
        for path in tree.glob(within(app, pattern)):
            dir = path.rpartition("/")[0]
            if not any(part in workspaces.SKIPPED for part in dir.split("/")):
                manifest = read(tree, dir)
                if manifest is not None and can_start(tree, manifest):
                    found.append(manifest)
    return tuple(found)
