"""Front ends that a server's source names by what their build makes: `express.static("../web/dist")`, `"client/dist"`.

Which folders they are, and whether the app's own scripts make them. How one is built otherwise is in `front_end`.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.node import builds, fixed_ports
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.entry_file import SUFFIXES
from frontend.languages.node.manifest import FILE, Manifest, read
from frontend.languages.node.repository import Repository
from frontend.languages.node.start import Start
from frontend.languages.node.workspaces import Project
from frontend.paths import joined, parents, within
from frontend.rules import monorepo
from frontend.settings.model import Setting

# usual names of what is beside an app in the root; not "server", where an app usually has its own files
FRONT_ENDS = frozenset("client frontend front-end front web webapp ui admin dashboard".split())
BACK_ENDS = frozenset("backend back-end back api bot worker".split())
PARTS = FRONT_ENDS | BACK_ENDS
OUTPUTS = ("build", "dist", "out", "www")
SITE_BUILDS = ("build", "generate")  # scripts of a front end
TEXT = re.compile(r"""(['"`])([^'"`\n]*)\1""")
BETWEEN = re.compile(r"[\s,/]*")  # what stands between the parts of one path: `join(here, "..", "web", "dist")`
LOADS = re.compile(r"""(?:\brequire\(|\bfrom|\bimport\(?)\s*['"](\.{1,2}/[^'"]+)['"]""")
LOADED = re.compile(r"(?:\brequire\(|\bfrom|\bimport\(?)\s*$")  # what stands before the name of a module
VARIABLE = re.compile(r"^\$?\{[^{}]*\}/?")  # `${__dirname}/dist`
SOURCES = ("*.js", "*.mjs", "*.cjs", "*.ts", "*.mts")
PLACES = ("", "src/", "server/", "app/", "src/server/")
COMMENTS = ("//", "#", "*", "/*")
MODULES = 12  # of the server's source that are followed
MAX_FILES = 40  # read for it


class Served(Struct, frozen=True):
    """A front end in `dir`, what its build makes, and what of that is named `at` a place. Paths are in the context.

    `command` builds it in the context's root, None for its own script.
    """

    dir: str
    output: str
    named: str
    at: Location
    command: Setting | None = None


def find(tree: SourceTree, app: str, files: Iterable[str]) -> tuple[Served, ...]:
    """The front ends whose builds the sources of the app in a directory name, each at its first place.

    `tree` is the whole context, `files` are the sources in it. What the source already has needs no build.
    """
    dirs, above = front_ends(tree, app), site_above(tree, app)
    found: dict[str, Served] = {}
    for file in list(dict.fromkeys(files))[:MAX_FILES] if dirs or above is not None else ():
        here = file.rpartition("/")[0]
        for text, number in texts(tree.read_text(file) or ""):
            for base in dict.fromkeys((here, app, *parents(here))):
                path = joined(base, text)
                dir = next((one for one in dirs if path.startswith(f"{one}/")), None)
                if dir is not None and dir not in found and is_made(tree, dir, path):
                    found[dir] = served(dir, path, tree.at(file, number))
                elif above is not None and above.dir not in found and base in (here, app):
                    output = next((one for one in above.outputs if f"{path}/".startswith(f"{one}/")), None)
                    if output is not None and not (tree.is_dir(path) or tree.has(path)):
                        named = parents(path)[0] if "." in path[len(output) :].rpartition("/")[2] else path
                        found[above.dir] = Served(above.dir, output, named, tree.at(file, number))
    return tuple(found.values())


class Above(Struct, frozen=True):
    """A site in a directory above an app, and the directories of the context that its build may make."""

    dir: str
    outputs: tuple[str, ...]


def site_above(tree: SourceTree, app: str) -> Above | None:
    """The site in the nearest directory above an app that has a package.json: the app may be the server below it, in
    `server/`. None for none, and for a root of workspaces, which builds the app itself."""
    dir = next((one for one in parents(app) if tree.has(within(one, FILE))), None)
    manifest = read(tree, dir) if dir is not None else None
    if manifest is None or not any(name in manifest.scripts for name in SITE_BUILDS):
        return None
    from frontend.languages.node import outside, sites, workspaces

    if sites.generator(manifest) is None or workspaces.patterns(tree.under(manifest.dir), manifest):
        return None
    stated = (joined(manifest.dir, text) for text, _ in outside.outputs(tree, manifest))
    return Above(manifest.dir, tuple(dict.fromkeys((*stated, *(within(manifest.dir, one) for one in OUTPUTS)))))


def server_of(tree: SourceTree, site: str) -> str | None:
    """The directory in that of a site whose server serves what the site's build makes; None for none, and for several.

    `tree` is the whole context.
    """
    from frontend.languages.node import locate

    found = []
    for path in tree.glob(within(site, f"*/{FILE}")):
        dir = parents(path)[0]
        manifest = read(tree, dir)
        if manifest is not None and manifest.production and locate.can_start(tree, manifest):
            found += [dir] if any(one.dir == site for one in find(tree, dir, sources(tree, dir))) else []
    return found[0] if len(found) == 1 else None


def is_made(tree: SourceTree, dir: str, path: str) -> bool:
    """Whether a path in a front end's directory is what its build makes: it is not there, nor is the folder that it is
    in, unless that has the usual name of an output in it (`public/build`).
    """
    if tree.is_dir(path) or tree.has(path):
        return False
    first, *below = path[len(dir) + 1 :].split("/")
    return not tree.is_dir(within(dir, first)) or any(name in OUTPUTS for name in below)


def of_server(tree: SourceTree, repository: Repository, web: Start) -> tuple[Served, ...]:
    """The front ends that a Node.js app serves: its started file, what that loads, and the usual sources name them."""
    project = repository.project
    app = within(project.root, project.app.dir)
    source = fixed_ports.source_of(repository, web)
    return find(tree, app, (*modules(tree, within(project.root, source) if source else ""), *sources(tree, app)))


def served(dir: str, path: str, at: Location) -> Served:
    """A front end by a path in its directory: of a file's path its directory counts."""
    below = path[len(dir) + 1 :].split("/")
    folder = below[:-1] if "." in below[-1] and len(below) > 1 else below
    return Served(dir, within(dir, folder[0]), within(dir, "/".join(folder)), at)


def front_ends(tree: SourceTree, app: str) -> tuple[str, ...]:
    """The directories beside the app, and in it, whose package.json has a build script, the deepest first."""
    found = []
    for base in dict.fromkeys((app, *parents(app))):
        for dir in monorepo.having(tree, base, FILE):
            manifest = read(tree, dir) if not f"{app}/".startswith(f"{dir}/") else None
            if manifest is not None and any(name in manifest.scripts for name in SITE_BUILDS):
                found.append(dir)
    return tuple(sorted(found, key=len, reverse=True))


def texts(source: str) -> Iterator[tuple[str, int]]:
    """The paths that a source spells in quotes, with their lines; texts that stand side by side are parts of one.

    Names of modules and comments are none.
    """
    parts: list[str] = []
    end, line, counted = 0, 1, 0
    number = 1
    for match in TEXT.finditer(source):
        begin = match.start()
        before = source[source.rfind("\n", 0, begin) + 1 : begin]
        line, counted = line + source.count("\n", counted, begin), begin
        if before.lstrip().startswith(COMMENTS) or LOADED.search(before):
            continue
        if parts and not BETWEEN.fullmatch(source, end, begin):
            yield from paths(parts, number)
            parts = []
        number = number if parts else line
        parts.append(VARIABLE.sub("", match[2]))
        end = match.end()
    yield from paths(parts, number)


def paths(parts: list[str], number: int) -> Iterator[tuple[str, int]]:
    """The path of some parts, and each part that is a path itself: a list of folders looks the same."""
    if parts:
        yield "/".join(parts), number
    for part in parts if len(parts) > 1 else ():
        if "/" in part:
            yield part, number


def sources(tree: SourceTree, app: str) -> list[str]:
    """The sources of a Node.js app that may serve a folder, relative to the context."""
    patterns = [within(app, f"{place}{name}") for place in PLACES for name in SOURCES]
    tree.need(*patterns)
    return [path for pattern in patterns for path in tree.glob(pattern) if ".config." not in path]


def modules(tree: SourceTree, path: str) -> list[str]:
    """A source file and those that it loads by a relative path, in turn, those nearest first; [] for none."""
    found = [path] if path else []
    for here in found:
        for module in LOADS.findall(tree.read_text(here) or "") if len(found) < MODULES else ():
            named = joined(parents(here)[0], module)
            stem = named.rpartition(".")[0] if named.endswith(SUFFIXES) else named
            file = tree.first(
                named, *(f"{stem}{end}" for end in SUFFIXES), *(f"{named}/index{end}" for end in SUFFIXES)
            )
            if file is not None and file.endswith(SUFFIXES) and file not in found:
                found.append(file)
    return found


def not_made(
    repository: Repository, fronts: tuple[Served, ...], commands: tuple[BuildCommand, ...]
) -> tuple[tuple[tuple[Served, BuildCommand], ...], tuple[Served, ...]]:
    """The front ends that the app's own `commands` do not make: those that a script of the app makes which nobody
    calls, and that is the owner's word, each with it; and those that have none.
    """
    project = repository.project
    scripted = []
    others = []
    for one in fronts:
        if builds.makes(project, one.dir, commands):
            continue
        below = one.dir[len(project.root) :].lstrip("/") if f"{one.dir}/".startswith(project.root) else ""
        name = next((name for name in project.app.scripts if below and goes_to(project.app, name, below)), None)
        if name is None:
            others.append(one)
        else:
            scripted.append((one, builds.script_command(repository.tree, project, project.app, name)))
    return tuple(scripted), tuple(others)


def goes_to(app: Manifest, name: str, dir: str) -> bool:
    """Whether a script of the app goes into a front end's directory, installs it and builds it."""
    text = app.scripts[name]
    goes = re.search(rf"(?:\bcd|--prefix|--cwd|-C)[ =](?:\./)?{re.escape(dir)}(?![\w-])", text)
    return goes is not None and builds.installs(app, name) and any(one in text.split() for one in SITE_BUILDS)


def inside(project: Project, fronts: tuple[Served, ...]) -> list[str]:
    """The directories of front ends within a project, relative to its root."""
    root = f"{project.root}/".lstrip("/")
    return [one.dir[len(root) :] for one in fronts if one.dir.startswith(root)]
