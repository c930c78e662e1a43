"""Builds by a webpack that hashes with MD4, which the OpenSSL of Node.js 17 and newer refuses.

Source: https://nodejs.org/en/blog/release/v17.0.0#openssl-30, https://github.com/webpack/webpack/releases/tag/v5.61.0
"""

from collections.abc import Iterable

from frontend.context.tree import SourceTree
from frontend.languages.node import lockfiles, versions
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import Manifest, line
from frontend.plan.model import ToolVersion, Warning
from frontend.rules.versions import key

OPTIONS = ("NODE_OPTIONS", "--openssl-legacy-provider")
SINCE = "17.0.0"  # the Node.js that refuses
WITHOUT = (5, 61)  # the webpack that hashes by itself
# direct dependencies, and their first major that brings a newer webpack or none
BUILDERS = {
    "webpack": 5,
    "react-scripts": 5,
    "@vue/cli-service": 5,
    "@angular-devkit/build-angular": 13,
    "next": 12,
    "nuxt": 3,
    "gatsby": 4,
    "laravel-mix": 6,
    "@rails/webpacker": 6,
}


def doubts(
    tree: SourceTree, manifests: Iterable[Manifest], locked: Locked, version: ToolVersion
) -> tuple[Warning, ...]:
    """The warning for a package that builds with an old webpack on a Node.js that refuses; () for none.

    A lockfile beside a package.json, or the project's `locked`, says which webpack there is; without one the range.
    """
    if not versions.at_least(version.value, SINCE):
        return ()
    for manifest in manifests:
        name = next((name for name in BUILDERS if name in manifest.dependencies), None)
        if name is None:
            continue
        own = next(iter(lockfiles.present(tree.under(manifest.dir))), "") if manifest.dir else ""
        known = lockfiles.read(tree.under(manifest.dir), own) if own else locked
        if is_old(name, manifest.dependencies[name], known):
            told = f"{name} builds with a webpack that hashes by MD4, which {versions.TITLE} {version.value} refuses"
            hint = "the build runs with --openssl-legacy-provider; upgrade it, or set NODE_VERSION=16"
            return (Warning("legacy-hashes", told, line(tree, manifest, name), hint),)
    return ()


def is_old(name: str, spec: str, known: Locked) -> bool:
    """Whether a package builds with an old webpack: by the lockfile, else by the major of its range."""
    locked = known.versions.get("webpack", ())
    if locked:
        return any(key(version)[:2] < WITHOUT for version in locked)
    major = spec.lstrip("^~>=v ").partition(".")[0]
    return major.isdigit() and int(major) < BUILDERS[name]
