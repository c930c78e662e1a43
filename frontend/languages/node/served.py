"""A front end beside the server: its source names what that build makes, and no build of the app's own makes it."""

import re
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.node import builds, fixed_ports, lockfiles
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.entry_file import SUFFIXES
from frontend.languages.node.manifest import FILE, Manifest, line, read
from frontend.languages.node.repository import Repository
from frontend.languages.node.start import Start
from frontend.paths import joined, parents, within
from frontend.rules import monorepo

OUTPUTS = ("dist", "build", "out", "www")
SITE_BUILDS = ("generate", "build")  # scripts of a front end; the first is the one of those that make static files
LOADS = re.compile(r"""(?:\brequire\(|\bfrom|\bimport\(?)\s*['"](\.{1,2}/[^'"]+)['"]""")
DEPTH = 4  # of scripts that run scripts
MODULES = 12  # of the server's source that are read for what they serve
KINDS = {"npm": "npm", "yarn": "yarn1", "pnpm": "pnpm", "bun": "bun"}  # of a lockfile, as managers are called


class Served(Struct, frozen=True):
    """The front end in the directory `site`, whose files in `output` are served."""

    site: Manifest
    output: str


def sites(repository: Repository, web: Start) -> tuple[Served, ...]:
    """The front ends that the started source serves from an output that is not in the repository."""
    tree, project = repository.tree, repository.project
    app = project.app
    if project.has_workspaces or app.dir:
        return ()
    found = [read(tree, dir) for dir in monorepo.having(tree, "", FILE)]
    beside = [site for site in found if site is not None and any(name in site.scripts for name in SITE_BUILDS)]
    texts = list(modules(tree, fixed_ports.source_of(repository, web))) if beside else []
    return tuple(
        Served(site, output)
        for site in beside
        for output in OUTPUTS
        if not tree.is_dir(within(site.dir, output)) and any(names(text, site.dir, output) for text in texts)
    )


def modules(tree: SourceTree, path: str) -> Iterator[str]:
    """The texts of a source file and of those that it loads by a relative path, in turn, those nearest first."""
    waiting, seen = [path] if path else [], {path}
    while waiting and len(seen) <= MODULES:
        here = waiting.pop(0)
        text = tree.read_text(here) or ""
        yield text
        for module in LOADS.findall(text):
            named = joined(parents(here)[0], module)
            stem = named.rpartition(".")[0] if named.endswith(SUFFIXES) else named
            file = tree.first(
                named, *(f"{stem}{end}" for end in SUFFIXES), *(f"{named}/index{end}" for end in SUFFIXES)
            )
            if file is not None and file.endswith(SUFFIXES) and file not in seen:
                seen.add(file)
                waiting.append(file)


def names(text: str, site: str, output: str) -> bool:
    """Whether a source names a directory, as "../client/dist" or as the words 'client', 'dist' of a path."""
    between = r"""(?:/|['"`]\s*,\s*['"`])"""
    return re.search(rf"""['"`/]{re.escape(site)}{between}{output}\b""", text) is not None


def commands(repository: Repository, web: Start, own: tuple[BuildCommand, ...]) -> tuple[BuildCommand, ...]:
    """What builds the front ends that are served and that none of the app's `own` builds names; () for none.

    A script of the root that installs and builds one is the owner's word; else its own build script is run.
    """
    app = repository.project.app
    written = {word for one in own for word in words(app, one.args[-1])}
    found: list[BuildCommand] = []
    for served in sites(repository, web):
        site = served.site
        if site.dir in written:
            continue
        name = next((name for name in app.scripts if makes(app, name, site.dir)), None)
        scripted = builds.script_command(repository.tree, repository.project, app, name) if name else None
        found += (scripted,) if scripted is not None else of_site(repository, site)
    return tuple(dict.fromkeys(found))


def words(app: Manifest, name: str, depth: int = 0) -> set[str]:
    """The words of a script and of those that it names, in turn: a directory of them is what it works on."""
    found = set(re.split(r"[^\w.:-]+", app.scripts.get(name, ""))) if depth < DEPTH else set()
    return found.union(*(words(app, one, depth + 1) for one in found if one in app.scripts))


def makes(app: Manifest, name: str, site: str) -> bool:
    """Whether a script of the root goes into a front end's directory, installs it and builds it."""
    text = app.scripts[name]
    goes = re.search(rf"(?:\bcd|--prefix|--cwd|-C)[ =](?:\./)?{re.escape(site)}(?![\w-])", text)
    return goes is not None and builds.installs(app, name) and any(one in text.split() for one in SITE_BUILDS)


def of_site(repository: Repository, site: Manifest) -> tuple[BuildCommand, ...]:
    """The install of a front end and its build, by npm or the app's own manager; () where it has another."""
    tree = repository.tree
    lockfile = next(iter(lockfiles.present(tree.under(site.dir))), "")
    program = dict(lockfiles.FILES).get(lockfile, "npm")
    if program != "npm" and KINDS[program] != repository.manager.kind:
        return ()
    script = next(name for name in reversed(SITE_BUILDS) if name in site.scripts)
    at = line(tree, site, "scripts", script)
    install = ("npm", "ci") if lockfile and program == "npm" else (program, "install")
    return (
        BuildCommand(install, site.dir, at, f"{' '.join(install)} in {site.dir}", fetches=True),
        BuildCommand((program, "run", script), site.dir, at, f"{program} run {script} in {site.dir}"),
    )
