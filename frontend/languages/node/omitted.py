"""What `npm ci --omit=dev` leaves out of node_modules, read from npm's lockfile.

npm itself goes by these marks. With them the packages of the image are a part of those of the build, and a second
install, which would resolve, fetch and unpack the same packages again, is not needed.

Source: https://docs.npmjs.com/cli/configuring-npm/package-lock-json#packages
"""

from typing import Any

from frontend.context.tree import SourceTree
from frontend.languages.node.manifest import Manifest
from frontend.languages.node.system_packages import BROWSERS
from frontend.languages.node.work import Work
from frontend.paths import escaped

ROOT = "node_modules"
HIDDEN_LOCKFILE = ".package-lock.json"  # npm's note of what it installed, those for development among it
TABLES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


def of(tree: SourceTree, work: Work, places: dict[str, Any]) -> tuple[str, ...]:
    """What to leave out of the full install's node_modules, as patterns relative to it; () for a second install.

    That is for a workspace, where it is limited to what the app needs; where packages for development ship; where
    shared libraries or a browser are looked for among the packages of the image; where links lead to a store
    (`install-strategy=linked`); and for npm 6, which has other marks. `places` are the entries of the lockfile.
    """
    project, manager = work.project, work.manager
    if work.pruned or work.self_contained or work.moved or project.has_workspaces or manager.major < 7:
        return ()
    if any(one.compiles for one in work.native.values()) or any(name in work.native for name in BROWSERS):
        return ()
    if tree.has(".npmrc") and "linked" in (tree.read_text(".npmrc") or ""):
        return ()
    return patterns(places, project.top)


def patterns(places: dict[str, Any], manifest: Manifest) -> tuple[str, ...]:
    """What to leave out of node_modules, as patterns relative to it; () where the lockfile does not tell all of it.

    `places` are the entries of the lockfile, `manifest` is the project's. npm works the marks out anew where
    package.json has other dependencies than the lockfile. A program that packages of both kinds bring is linked to
    either: that is not told apart.
    """
    own = places.get("")
    if not isinstance(own, dict) or any((own.get(key) or {}) != (manifest.data.get(key) or {}) for key in TABLES):
        return ()
    found: dict[str, bool] = {}  # place, whether it is for development alone
    for place, entry in places.items():
        if not place.startswith(f"{ROOT}/") or not isinstance(entry, dict):
            continue
        dev = bool(entry.get("dev"))
        found[place] = dev
        for program in programs(place, entry):
            link = f"{place.rpartition(ROOT)[0]}{ROOT}/.bin/{program}"
            if found.setdefault(link, dev) != dev:
                return ()
    if all(found.values()):
        return ()
    left = topmost(found)
    return (HIDDEN_LOCKFILE, *(escaped(path.removeprefix(f"{ROOT}/")) for path in left)) if left else ()


def programs(place: str, entry: dict[str, Any]) -> list[str]:
    """The names of a package's programs."""
    bins = entry.get("bin")
    if isinstance(bins, str):
        return [place.rpartition("/")[2]]
    return list(bins) if isinstance(bins, dict) else []


def topmost(found: dict[str, bool]) -> list[str]:
    """The places to leave out, and in place of all that a directory holds the directory: npm leaves none empty."""
    kept = {""}
    for place, dev in found.items():
        while not dev and place not in kept:
            kept.add(place)
            place = place.rpartition("/")[0]
    left = dict[str, None]()
    for place, dev in found.items():
        if dev:
            while (above := place.rpartition("/")[0]) not in kept:
                place = above
            left[place] = None
    return list(left)
