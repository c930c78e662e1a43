"""The Node.js that locked packages allow: chosen where nobody states a version, checked where somebody does.

What does not install or run counts most, support that has ended next, then what a package only asks for: npm warns of
`engines`, and installs.
"""

import json
from collections.abc import Iterator, Sequence

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.node import breaks, lifecycle, programs
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import line
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.versions import NODE, RELEASES, TITLE, Choice, npm_range
from frontend.languages.node.workspaces import Project
from frontend.paths import within
from frontend.plan.model import Evidence, ToolVersion, Warning
from frontend.rules import ranges
from frontend.rules.pins import SHOWN, place, warning
from frontend.rules.versions import Asked, Release, is_exact, is_version, plain

YARN_ENDS = 23  # the first Node.js on which a yarn `is_of_old_node` installs nothing
OLDEST = 16  # that other package managers are chosen for: none of their newest releases runs on it
GULP, YARNRC = "gulp", ".yarnrc"
REPLACED = ("overrides", "resolutions", "pnpm")  # keys of package.json that replace versions
LINES = {release.line: release for release in RELEASES}


class Pin(Struct, frozen=True):
    """A package at one version that is not for every Node.js: the `lines` it is for, and `why` not others.

    `is_hard` says that it does not install or run on others; otherwise it only asks for those lines. `fix` is what to
    do about it, "" for an update of the package.
    """

    name: str
    version: str
    at: Location | None
    lines: frozenset[str]
    why: str
    is_hard: bool = True
    fix: str = ""

    def reason(self, release: str) -> str:
        """Why it stands against a line: "config 3.1.0 does not run on Node.js 24"."""
        return f"{self.name} {self.version} {self.why} {TITLE} {release}"

    @property
    def has(self) -> str:
        """The newest line it is for, in words."""
        newest = max(map(int, self.lines), default=0)
        return f"it is for {TITLE} {newest} and older" if newest else f"it is for a {TITLE} that has no base image"


def node(tree: SourceTree, project: Project, manager: Manager, locked: Locked, usual: ToolVersion) -> Choice:
    """The Node.js for a project that would run on `usual`: a stated version stays, of a range a part is chosen."""
    current = usual.value.partition(".")[0]
    if current not in LINES:
        return Choice(usual)
    asked = Asked(usual.asked, usual.by, usual.at) if usual.by != "default" else None
    hard = (*of_yarn(manager), *enforced(tree, project, manager), *known_breaks(tree, project, manager, locked))
    if asked is not None and is_exact(NODE, asked):
        return Choice(usual, (), doubts(hard, current, usual))
    pins = (*hard, *asking(tree, manager, locked))
    lines = [one for one in candidates(asked) if manager.kind in ("npm", "yarn1") or int(one.line) >= OLDEST]
    best = min(lines, key=lambda one: rank(one, current, pins), default=LINES[current]).line
    deciding = [pin for pin in pins if current not in pin.lines and best in pin.lines]
    if best == current or not deciding:
        return Choice(usual, (), doubts(hard, current, usual))
    first = deciding[0]
    wanted = f"{first.name} {first.version}" if first.fix else f"{first.name}@{first.version}"
    version = ToolVersion(NODE.name, best, wanted, "file", first.at)
    why = tuple(Evidence(f"{TITLE} {best}", pin.reason(current), pin.at) for pin in deciding[:SHOWN])
    return Choice(version, why, doubts(hard, best, version))


def of_yarn(manager: Manager) -> Iterator[Pin]:
    """The yarn that newer releases of Node.js do not run."""
    version = manager.version
    if manager.is_of_old_node and version is not None:
        lines = frozenset(one for one in LINES if int(one) < YARN_ENDS)
        yield Pin("yarn", version.value, version.at, lines, "installs nothing on")


def enforced(tree: SourceTree, project: Project, manager: Manager) -> Iterator[Pin]:
    """The packages of the repository whose `engines` yarn 1 enforces when it installs any of them.

    Source: https://classic.yarnpkg.com/en/docs/package-json#toc-engines
    """
    if manager.kind != "yarn1" or ignores_engines(tree, project):
        return
    for one in {manifest.dir: manifest for manifest in (project.top, project.app, *project.all)}.values():
        text = one.table("engines").get("node")
        try:
            allowed = npm_range(plain(NODE, text)) if text else ranges.ANY
        except ValueError:
            continue
        lines = frozenset(release for release in LINES if ranges.both(allowed, ranges.line(release)))
        if len(lines) < len(LINES):
            at = line(tree, one, "engines", "node")
            name = one.name or one.path
            yield Pin(name, f'(engines "{text}")', at, lines, "is refused by yarn 1 on", fix="correct its engines")


def ignores_engines(tree: SourceTree, project: Project) -> bool:
    """Whether the repository's .yarnrc has yarn 1 install in spite of `engines`.

    Source: https://classic.yarnpkg.com/en/docs/yarnrc#toc-cli-arguments
    """
    places = dict.fromkeys((project.top.dir, project.app.dir))
    return any("ignore-engines true" in (tree.read_text(within(dir, YARNRC)) or "") for dir in places)


def candidates(asked: Asked | None) -> list[Release]:
    """The lines to choose from: all, or those of a range that is asked for."""
    allowed = npm_range(plain(NODE, asked.text)) if asked is not None else ranges.ANY
    return [release for release in RELEASES if ranges.contains(allowed, release.newest)]


def rank(release: Release, usual: str, pins: Sequence[Pin]) -> tuple[int, bool, int, bool, bool, int]:
    """The place of a line among others, the best lowest."""
    against = [pin for pin in pins if release.line not in pin.lines]
    hard = sum(pin.is_hard for pin in against)
    ended = release.eol <= NODE.date
    return hard, ended, len(against) - hard, release.line != usual, not release.lts, -int(release.line)


def doubts(pins: Sequence[Pin], used: str, version: ToolVersion) -> tuple[Warning, ...]:
    """The warning for packages that do not work on the Node.js that is used; () for none."""
    against = [pin for pin in pins if used not in pin.lines]
    if not against:
        return ()
    first = against[0]
    told = [f"{pin.reason(used)}{place(pin.at)}: {pin.has}" for pin in against]
    others = [
        f"{pin.name} {pin.version}{place(pin.at)}: {pin.has}"
        for pin in pins
        if used in pin.lines and not pin.lines & first.lines
    ]
    usable = next((release.line for release in RELEASES if release.lts and release.line in first.lines), "")
    setting = f", or set the build-arg NODE_VERSION={usable}" if usable else ""
    return (warning(told, others, first.at or version.at, f"{first.fix or f'update {first.name}'}{setting}"),)


def known_breaks(tree: SourceTree, project: Project, manager: Manager, locked: Locked) -> Iterator[Pin]:
    """The packages of the table that an install or the app needs, each in each version that breaks on some Node.js.

    Without a lockfile, those that package.json pins, and the newest that its ranges allow.
    """
    builds = any("build" in manifest.scripts for manifest in project.manifests)
    left = set() if builds else {*locked.development, *(name for m in project.manifests for name in m.development)}
    found: list[tuple[str, str, str, Location]] = []  # with the version as it is written
    if locked.versions:
        for name in breaks.NAMES & locked.versions.keys() - left:
            for version in locked.versions[name]:
                found.append((name, version, version, in_lock(tree, manager.lockfile, name, version)))
    else:
        for manifest in project.manifests:
            asked = {**(manifest.development if builds else {}), **manifest.production}
            for name in breaks.NAMES & asked.keys():
                found.append((name, newest_of(asked[name]), asked[name], line(tree, manifest, name)))
    for name, version, written, at in sorted(found, key=lambda one: one[:2]):
        broken = breaks.of(name, version, manager.kind) if is_version(version) and version.count(".") == 2 else None
        if broken is not None and (name != GULP or runs_gulp(project, locked)):
            lines = frozenset(one for one in LINES if int(one) <= broken.last)
            yield Pin(name, written, at, lines, broken.why)


def runs_gulp(project: Project, locked: Locked) -> bool:
    """Whether a script that an install, a build or a start runs needs a gulp 3 as it was published: what breaks is the
    package `natives`, which a newer graceful-fs in its place does not have.

    Source: https://github.com/gulpjs/gulp/issues/2324
    """
    if locked.versions and "natives" not in locked.versions:
        return False
    if any(
        name in json.dumps(project.top.data.get(key) or {}) for key in REPLACED for name in ("graceful-fs", "natives")
    ):
        return False
    texts = ((one, text) for one in project.manifests for text in lifecycle.run_anyway(one))
    return any(call.name == GULP for one, text in texts for call in programs.programs(text, one.scripts))


def newest_of(spec: str) -> str:
    """A version that nothing newer in a range is above: "4.99999.0" for "^4.1.0"; a version is itself."""
    text = spec.removeprefix("=")
    if is_version(text) or spec[:1] not in "^~" or not is_version(spec[1:]):
        return text
    major, minor, *_ = f"{spec[1:]}.0".split(".")
    return f"{major}.{minor}.{LAST}" if spec[0] == "~" or major == "0" else f"{major}.{LAST}.0"


LAST = 99999  # above every part of a version that there is


def asking(tree: SourceTree, manager: Manager, locked: Locked) -> Iterator[Pin]:
    """The production packages whose `engines` end before our usual Node.js, where the lockfile tells."""
    newest = LINES[NODE.default].newest
    for one in locked.engines:
        try:
            allowed = npm_range(one.text)
        except ValueError:
            continue
        if allowed and ranges.highest(allowed).high is not None and not ranges.contains(allowed, newest):
            lines = frozenset(release.line for release in RELEASES if ranges.contains(allowed, release.newest))
            at = tree.line_of(manager.lockfile, one.key)
            yield Pin(one.name, one.version, at, lines, "is not for", is_hard=False)


def in_lock(tree: SourceTree, lockfile: str, name: str, version: str) -> Location:
    """Where a lockfile has a package."""
    match lockfile:
        case "yarn.lock":
            return tree.line_of(lockfile, f"{name}@", version)
        case "pnpm-lock.yaml":
            later = tree.line_of(lockfile, f"{name}@{version}")
            return later if later.line else tree.line_of(lockfile, f"/{name}/{version}")
        case "bun.lock":
            return tree.line_of(lockfile, f'"{name}@{version}"')
    found = tree.line_of(lockfile, f'node_modules/{name}": ', f'"version": "{version}"')
    return found if found.line else tree.line_of(lockfile, '"dependencies"', f'"{name}": ', f'"version": "{version}"')
