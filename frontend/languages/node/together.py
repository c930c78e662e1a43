"""Packages below a root that are started together: by one start command, or by scripts for development alone."""

import re
from collections.abc import Collection, Iterable, Iterator

from frontend.commands.options import split_options
from frontend.commands.script import parse
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node import builds, frameworks, lifecycle, locate, nx, scripts, served, sites, start, workspaces
from frontend.languages.node.manifest import BUILD_SCRIPTS, FILE, Manifest, line, read
from frontend.languages.node.runners import PARALLEL, SEQUENCES
from frontend.languages.node.scripts import Command, Scope
from frontend.languages.node.versions import TITLE
from frontend.languages.node.work import Work
from frontend.languages.node.workspaces import Project
from frontend.paths import within
from frontend.plan.model import Warning
from frontend.rules.monorepo import App, SeveralAppsError
from frontend.settings.model import Settings

BESIDE = frozenset(("run-p", *SEQUENCES))  # of npm-run-all, which says that it does by an option


def check(tree: SourceTree, settings: Settings, project: Project) -> None:
    """Raises SeveralAppsError for a root that starts several packages below it side by side. `tree` is the project's.

    Where the user names the build command, or the root's own scripts install what is below, that is the root's work.
    """
    top = project.top
    named = (*BUILD_SCRIPTS, *lifecycle.ORDER)
    if settings.build_command is not None or any(builds.installs(top, name) for name in named):
        return
    commands = locate.commands_of_root(tree, settings, project) or ()
    if not commands or any(scripts.is_install(command) for command in commands):
        return
    at = settings.run_command.at if settings.run_command else line(tree, top, "scripts", locate.start_of(top))
    scope = Scope(tree, project, at)
    dirs = dict.fromkeys(dir for command in commands for dir in started(scope, command))
    below = [dir for dir in dirs if dir and (manifest := read(tree, dir)) is not None and manifest.production]
    if len(below) > 1:
        raise SeveralAppsError([App(within(project.root, dir), TITLE) for dir in below], at)


def started(scope: Scope, command: Command, depth: int = 0) -> Iterator[str]:
    """The directories of the packages that a command starts something in."""
    if command.name == "cd" or depth > scripts.MAX_DEPTH:
        return
    if not command.opaque and command.name not in (*start.SIDE_BY_SIDE, *BESIDE):
        yield command.dir
        return
    try:
        found = tuple(parts(scope, command))
    except PlanError:  # is told where it is started
        return
    for one in found:
        yield from started(scope, one, depth + 1)


def parts(scope: Scope, command: Command) -> Iterator[Command]:
    """The commands that one runs side by side. Raises PlanError as `scripts.of_script` does."""
    if command.opaque:
        script = parse(command.opaque, scope.at)
        first = 0
        for item in script.items:
            if item.then != "&&":
                text = script.text[first : item.end].strip(" &;\n")
                first = item.end + len(item.then)
                if text != command.opaque.strip() and item.command is not None:
                    yield from scripts.of_text(scope, text, command.manifest).commands
    elif command.name in start.SIDE_BY_SIDE:
        words = split_options(command.words[1:], start.SIDE_BY_SIDE[command.name], anywhere=True).rest
        for text in (text for word in words for text in start.spelled_out(word.text, command.manifest)):
            yield from scripts.of_text(scope, text, command.manifest).commands
    else:
        rest = tuple(word for word in command.words[1:] if word.text not in PARALLEL)
        name = command.name if command.name in SEQUENCES else "npm-run-all"
        for call in scripts.sequence(scope, name, rest, command.manifest) or ():
            yield from scripts.of_script(scope.tree, scope.project, call.manifest, call.script).commands


def left_out(tree: SourceTree, settings: Settings, project: Project, built: Collection[str]) -> Iterator[Warning]:
    """The warnings for sites beside the app that are in no image, where the user has not chosen the app.

    `tree` is the whole context, `built` are the directories of it that the app's own build makes.
    """
    app = within(project.root, project.app.dir)
    if settings.app is not None or not app or project.started:
        return
    if project.has_workspaces:
        dirs = [within(project.root, one.dir) for one in project.all]
    else:
        around = dict.fromkeys(("", app.rpartition("/")[0]))
        paths = (path for dir in around for path in tree.glob(within(dir, f"*/{FILE}")))
        dirs = list(dict.fromkeys(path.rpartition("/")[0] for path in paths))
    for dir in dirs:
        skipped = not workspaces.SKIPPED.isdisjoint(dir.split("/"))
        manifest = read(tree, dir) if dir not in (app, *built) and not skipped else None
        if manifest is None or not locate.is_site(manifest) or locate.can_start(tree, manifest):
            continue
        generator = sites.generator(manifest)
        title = generator.title if generator is not None else ""
        yield site_apart(dir, title, line(tree, manifest, "name"))
    yield from sites_of_nx(tree, project, app, built)


def below_root(tree: SourceTree, work: Work, words: Iterable[str], served_dirs: Collection[str]) -> Iterator[Warning]:
    """The warnings for what is in directories below an app in the root that nothing builds, serves or starts: front
    ends, and servers. `words` are those of the start commands."""
    kept = {*served_dirs, *work.nested, *re.split(r"[^\w.-]+", " ".join(words))}
    usual = [dir for dir in tree.entries() if dir in served.PARTS and dir not in kept and tree.is_dir(dir)]
    tree.need(*(within(dir, FILE) for dir in usual))
    tree.need_entries(*usual)
    for dir in usual:
        manifest = read(tree, dir)
        if manifest is None or builds.makes(work.project, dir, (*work.hooks, *work.builds)):
            continue
        at = line(tree, manifest, "name")
        starts = locate.can_start(tree, manifest)
        if dir in served.FRONT_ENDS and not starts and locate.is_site(manifest):
            committed = any(tree.is_dir(within(dir, one)) for one in served.OUTPUTS)  # made elsewhere
            generator = sites.generator(manifest)
            yield from (site_apart(dir, generator.title if generator is not None else "", at),) * (not committed)
        elif dir in served.BACK_ENDS and starts and manifest.production:
            title = (frameworks.title(manifest) or (TITLE,))[0]
            message = f"{dir} is an app of its own ({title}): it is not in the image"
            yield Warning("app-apart", message, at, f"PROJECT_PATH={dir} builds it")


def sites_of_nx(tree: SourceTree, project: Project, app: str, built: Collection[str]) -> Iterator[Warning]:
    """The same for sites that have no package.json, but a project of Nx."""
    here = tree.under(project.root)
    for dir in nx.applications(here, sites=True) if here.has(nx.WORKSPACE) else ():
        manifest = Manifest(dir, {})
        where = within(project.root, dir)
        if where not in (app, *built) and not here.has(manifest.path) and nx.makes_site(here, manifest):
            yield site_apart(where, "Nx", here.at(within(dir, nx.PROJECT), 1))


def site_apart(dir: str, title: str, at: Location) -> Warning:
    """The warning for a site in a directory beside the app."""
    message = f"{dir} is a site of its own ({title}): it is not in the image"
    return Warning("site-apart", message, at, f"PROJECT_PATH={dir} builds it")
