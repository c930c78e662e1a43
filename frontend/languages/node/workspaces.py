"""Repositories with several packages: which one is the app, and which others it needs.

Source: https://docs.npmjs.com/cli/using-npm/workspaces, https://pnpm.io/pnpm-workspace_yaml,
https://yarnpkg.com/features/workspaces
"""

from collections.abc import Callable
from fnmatch import fnmatchcase

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node.manifest import FILE, Manifest, read
from frontend.languages.node.versions import TITLE
from frontend.paths import parents, relative, within
from frontend.rules.monorepo import App, SeveralAppsError

PNPM = "pnpm-workspace.yaml"
SKIPPED = frozenset(("node_modules", ".git", ".yarn", "dist", "build", ".next", ".nuxt", ".output", "coverage"))
MAX_DEPTH = 4  # of `**`: deeper trees of packages are not known to exist, and each directory costs a listing
PROTOCOLS = ("npm:", "http:", "https:", "git", "github:")


class Project(Struct, frozen=True):
    """What is built together: the directory that becomes `home` in the image, and the packages in it.

    `root` is relative to the context; all other paths, those of the packages too, are relative to `root`, and read from
    the context's tree under it. `app` is the package that is started, `top` the one in `root` (the same where there are
    no workspaces). `builds` are the other workspaces the app is built with, `runs` those it runs with, each
    after those it needs. `others` are the directories of the rest. `rooted` says that the root's own scripts start the
    app and build it: everything is installed for that build. `started` is the root's script that starts it, if any.
    """

    root: str
    app: Manifest
    top: Manifest
    builds: tuple[Manifest, ...] = ()
    runs: tuple[Manifest, ...] = ()
    others: tuple[str, ...] = ()
    all: tuple[Manifest, ...] = ()
    rooted: bool = False
    started: str = ""
    home: str = "/app"

    @property
    def has_workspaces(self) -> bool:
        """Whether the root lists workspaces."""
        return bool(self.all)

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The packages of the build: the root's, the app's, those the app needs."""
        everything = self.all if self.rooted else self.builds
        found = {manifest.dir: manifest for manifest in (self.top, *everything, self.app)}
        return tuple(found.values())

    def inside(self, path: str = "") -> str:
        """A path as it is called in the image: below `home`."""
        return within(self.home, path)

    def in_context(self, manifest: Manifest) -> Manifest:
        """A package as the whole context has it, for what looks above the root."""
        return structs.replace(manifest, dir=within(self.root, manifest.dir))


def patterns(tree: SourceTree, manifest: Manifest) -> tuple[str, ...]:
    """The workspace patterns of a tree's own package; () when it has none."""
    value = manifest.data.get("workspaces")
    value = value.get("packages") if isinstance(value, dict) else value
    found = [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
    listed = tree.read_yaml(PNPM) if tree.has(PNPM) else None
    if isinstance(listed, dict) and isinstance(listed.get("packages"), list):
        found += [text for text in listed["packages"] if isinstance(text, str)]
    return tuple(text.removeprefix("./").rstrip("/") for text in found if text not in (".", "./"))  # the root itself


def members(tree: SourceTree, root: Manifest) -> tuple[Manifest, ...]:
    """The workspaces of a tree's own package, sorted by directory."""
    wanted = patterns(tree, root)
    named = (dir for pattern in wanted if not pattern.startswith("!") for dir in expand(tree, "", pattern.split("/")))
    dirs = [dir for dir in dict.fromkeys(named) if dir]
    tree.need(*(within(dir, FILE) for dir in dirs))
    found = {dir: manifest for dir in dirs if (manifest := read(tree, dir)) is not None}
    refused = [pattern[1:].removeprefix("./").replace("/**", "/*") for pattern in wanted if pattern.startswith("!")]
    kept = [dir for dir in found if not any(fnmatchcase(dir, pattern) for pattern in refused)]
    return tuple(found[dir] for dir in sorted(kept))


def expand(tree: SourceTree, base: str, parts: list[str]) -> list[str]:
    """The directories a pattern names; `**` stands for any number of directories."""
    if not parts:
        return [base]
    part, rest = parts[0], parts[1:]
    if part == "**":
        found = below(tree, base)
    elif any(mark in part for mark in "*?[{"):
        names = [name for name in directories(tree, base) if any(fnmatchcase(name, one) for one in braces(part))]
        found = [within(base, name) for name in names]
    else:
        found = [within(base, part)] if tree.is_dir(within(base, part)) else []
    if rest:
        tree.need_entries(*found)
    return [dir for one in found for dir in expand(tree, one, rest)]


def below(tree: SourceTree, base: str) -> list[str]:
    """A directory and those below it, to MAX_DEPTH."""
    found = level = [base]
    for _ in range(MAX_DEPTH):
        tree.need_entries(*level)
        level = [within(dir, name) for dir in level for name in directories(tree, dir)]
        found = [*found, *level]
    return found


def directories(tree: SourceTree, base: str) -> list[str]:
    """The subdirectories a pattern may match: none that tools fill."""
    return [e.name for e in tree.entries(base).values() if e.kind == "dir" and e.name not in SKIPPED]


def braces(pattern: str) -> list[str]:
    """`{a,b}-x` as its alternatives."""
    before, brace, rest = pattern.partition("{")
    inside, closed, after = rest.partition("}")
    if not brace or not closed:
        return [pattern]
    return [text for one in inside.split(",") for text in braces(f"{before}{one}{after}")]


def find(tree: SourceTree, dir: str, manifest: Manifest) -> Project:
    """The project of the app in a directory: the nearest directory above that lists it as a workspace, or its own.

    `tree` is the whole context, `manifest` the app's package.json.
    """
    for root in (dir, *parents(dir)):
        here = tree.under(root)
        top = structs.replace(manifest, dir="") if root == dir else read(here, "")
        if top is None or not patterns(here, top):
            continue
        found = members(here, top)
        if root == dir:
            return project(root, top, top, found)
        if any(member.dir == relative(root, dir) for member in found):
            return project(root, top, structs.replace(manifest, dir=relative(root, dir)), found)
    own = structs.replace(manifest, dir="")
    return Project(root=dir, app=own, top=own)


def project(
    root: str,
    top: Manifest,
    app: Manifest,
    found: tuple[Manifest, ...],
    *,
    rooted: bool = False,
    started: str = "",
    beside: tuple[str, ...] = (),
) -> Project:
    """The project of an app among the workspaces of `root`. A root that is the app itself is built and run with all.

    `beside` are directories of workspaces that the app does not depend on, and whose files it ships with.
    """
    named = {member.name: member for member in found if member.name}
    starts = (app,) if app is not top else (top, *found)
    builds = closure(starts, named, lambda m: {**m.dependencies})
    runs = closure(starts, named, lambda m: {**m.table("peerDependencies"), **m.production})
    if app is top:
        builds, runs = (ordered(found, builds), ordered(found, runs))
    needed = {member.dir for member in (*builds, *runs, app)} | set(beside)
    return Project(
        root=root,
        app=app,
        top=top,
        builds=builds,
        runs=runs,
        others=tuple(member.dir for member in found if member.dir not in needed),
        all=found,
        rooted=rooted,
        started=started,
    )


def injects(tree: SourceTree, project: Project) -> bool:
    """Whether pnpm copies workspaces that the app needs into node_modules, instead of linking them.

    Sources: https://pnpm.io/package_json#dependenciesmetainjected, https://pnpm.io/settings#injectworkspacepackages
    """
    if not project.builds:
        return False
    settings = tree.read_yaml(PNPM) if tree.has(PNPM) else None
    rows = (row.replace(" ", "") for row in (tree.read_text(".npmrc") or "").splitlines())
    everything = isinstance(settings, dict) and settings.get("injectWorkspacePackages") is True
    if everything or "inject-workspace-packages=true" in rows:
        return True
    names = {member.name for member in project.builds}
    tables = [manifest.data.get("dependenciesMeta") for manifest in (project.top, project.app, *project.builds)]
    entries = (item for table in tables if isinstance(table, dict) for item in table.items())
    return any(name in names and isinstance(entry, dict) and entry.get("injected") is True for name, entry in entries)


def ordered(found: tuple[Manifest, ...], first: tuple[Manifest, ...]) -> tuple[Manifest, ...]:
    """All of `found`, those in `first` before the others."""
    return tuple({member.dir: member for member in (*first, *found)}.values())


def closure(
    starts: tuple[Manifest, ...], named: dict[str, Manifest], edges: Callable[[Manifest], dict[str, str]]
) -> tuple[Manifest, ...]:
    """The workspaces that `starts` depend on, in turn too, each after those it depends on."""
    order: dict[str, Manifest] = {}
    seen: set[str] = {starts[0].dir}

    def visit(manifest: Manifest) -> None:
        for name, spec in edges(manifest).items():
            needed = named.get(name)
            if needed is None or needed.dir in seen or spec.startswith(PROTOCOLS):
                continue
            seen.add(needed.dir)
            visit(needed)
            order[needed.dir] = needed

    for manifest in starts:
        visit(manifest)
    return tuple(order.values())


def choose(tree: SourceTree, project: Project, starts: tuple[Manifest, ...]) -> Manifest:
    """The workspace to start, of those that say how they are started. Raises PlanError when that is not one."""
    if len(starts) == 1:
        return starts[0]
    top = project.top
    at = tree.line_of(top.path, '"workspaces"') if "workspaces" in top.data else tree.at(PNPM, 1)
    if not starts:
        listed = ", ".join(member.dir for member in project.all) or "none"
        raise PlanError(
            "this repository has workspaces, but none of them has a start command",
            at=at,
            hint=f'add a "start" script to one of {listed}, or choose the app with PROJECT_PATH',
        )
    raise SeveralAppsError([App(within(project.root, member.dir), TITLE) for member in starts], at)


def replacements(tree: SourceTree, manifest: Manifest) -> list[str]:
    """What a manifest, or pnpm's settings, put in the place of dependencies of dependencies."""
    tables = [manifest.data.get("overrides"), manifest.data.get("resolutions")]
    own = manifest.data.get("pnpm")
    tables.append(own.get("overrides") if isinstance(own, dict) else None)
    if not manifest.dir and tree.has(PNPM):
        listed = tree.read_yaml(PNPM)
        tables.append(listed.get("overrides") if isinstance(listed, dict) else None)
    found: list[str] = []
    while tables:
        table = tables.pop(0)
        for value in table.values() if isinstance(table, dict) else ():  # npm's may be nested
            found += [value] if isinstance(value, str) else []
            tables += [value] if isinstance(value, dict) else []
    return found
