"""The caches that builds of Node.js apps keep: those whose entries are found by the content that they were made of.

A cache is for one app with one lockfile: webpack takes a package in node_modules for unchanged while its version is the
same. Where something other than an install changes packages (patches, install scripts of the project, copies of
workspaces), none is kept. Left out are caches that can make a build wrong:
- TypeScript's build info, which also vouches for output that is not there, and Parcel's, which goes by file times;
- those of Turborepo and Nx, whose outputs are listed by hand: what is not listed is missing where a task is not run;
- what a build fetched (`.next/cache/fetch-cache`).
Turbopack's is an experiment of Next.js 16, and Angular's is off where CI is set. `.nuxt` and `.svelte-kit` are output,
`node_modules/.vite` is for development alone.
Sources: https://nextjs.org/docs/app/guides/ci-build-caching,
https://webpack.js.org/configuration/other-options/#managedpaths, https://webpack.js.org/loaders/babel-loader/#options
"""

from frontend.context.tree import SourceTree
from frontend.languages.node.frameworks import next_dist
from frontend.languages.node.work import Work
from frontend.paths import joined
from frontend.plan.model import CacheMount
from frontend.rules import build_caches

BABEL, NEXT = "babel-loader", "next"  # dependencies
PATCHERS = frozenset(("patch-package", "custom-patch"))  # dependencies that change others


def of(tree: SourceTree, work: Work) -> tuple[CacheMount, ...]:
    """The cache mounts for the programs of a build. `tree` is that of the project's root."""
    kept, lockfile = directories(tree, work), work.manager.lockfile
    if not kept or not lockfile or work.hooks or work.injected or work.pruned:
        return ()
    if any(one.dependencies.keys() & PATCHERS for one in work.project.manifests):
        return ()
    app = work.project.app
    told = (app.name, joined(work.project.root, app.dir), (tree.read_bytes(lockfile) or b"").decode(errors="replace"))
    return tuple(
        build_caches.mount(work.project.inside(joined(app.dir, path)), tool, *told) for tool, path in kept.items()
    )


def directories(tree: SourceTree, work: Work) -> dict[str, str]:
    """Where the app's framework and its compilers keep them, relative to the app, by the name of the tool."""
    app = work.project.app
    found = {}
    if BABEL in app.dependencies:
        found[BABEL] = "node_modules/.cache/babel-loader"  # where its option `cacheDirectory` is set
    if NEXT in app.dependencies and (dist := next_dist(tree, app)):
        found["next-webpack"] = f"{dist}/cache/webpack"
    return found
