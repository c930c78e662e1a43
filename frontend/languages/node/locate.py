"""Which package of a repository is the app."""

from frontend import processes
from frontend.errors import Location, PlanError
from frontend.languages.node import (
    frameworks,
    lifecycle,
    workspaces,
)
from frontend.languages.node.entry import entry_file
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import FILE, Manifest, parents, read, within
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.start import Resolver, shell_text
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
    if project.app is not project.top or not project.has_workspaces:
        return project
    named = named_workspace(tree, settings, project)
    if named == "":
        return project
    if named:
        chosen = next(member for member in project.all if member.dir == named)
    else:
        starts = tuple(member for member in project.all if can_start(tree, member))
        chosen = workspaces.choose(tree, settings, manifest, starts)
    return workspaces.project(manifest, chosen, project.all)


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
    if settings.run_command or entry_file(tree, empty) or tree.has(within(app, processes.PROCFILE)):
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
