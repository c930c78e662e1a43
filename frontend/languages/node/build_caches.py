"""The caches that builds of Node.js apps keep: those whose entries are found by the content that they were made of.

A cache is for one app with one lockfile: webpack takes a package in node_modules for unchanged while its version is the
same. Where something other than an install changes packages (patches, install scripts of the project, copies of
workspaces), none is kept. It is for one configuration and one set of build variables too: what a compiler's plugins
read is not all known to its cache. Tools that go by file times are kept from being wrong by `frontend/lower/kept.py`.
DECISIONS.md has the caches that are left out, each with its reason.
Sources: https://nextjs.org/docs/app/guides/ci-build-caching, https://webpack.js.org/configuration/cache/,
https://webpack.js.org/loaders/babel-loader/#options, https://docs.astro.build/en/reference/configuration-reference/#cachedir,
https://parceljs.org/features/production/#caching, https://create-react-app.dev/docs/troubleshooting/
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.languages.node.frameworks import next_dist
from frontend.languages.node.work import Work
from frontend.paths import joined, within
from frontend.plan.model import CacheMount
from frontend.rules import build_caches

BABEL, NEXT = "babel-loader", "next"  # dependencies
PACKAGES = ("node_modules",)
PATCHERS = frozenset(("patch-package", "custom-patch"))  # dependencies that change others
BABEL_CACHE = "node_modules/.cache/babel-loader"  # where its option `cacheDirectory` is set
# Of `.next/cache`: what webpack compiled, the checked types, and the keys that Next.js draws for each build otherwise
# (those of server actions are part of what webpack's cache is found by). Not what was fetched (`fetch-cache`).
NEXT_KEEPS = ("webpack", ".tsbuildinfo", ".rscinfo", ".previewinfo")
CONFIGURES = (  # names of files that say how an app is compiled
    "*.config.*",
    ".babelrc*",
    ".browserslistrc",
    ".parcelrc",
    ".postcssrc*",
    ".swcrc",
    "config-overrides.js",
    "jsconfig*.json",
    "package.json",
    "tsconfig*.json",
    "*.prisma",  # its client is made in node_modules
    "prisma/*.prisma",
    "prisma/schema/*.prisma",
)
BABEL_CONFIGURES = (".babelrc*", "babel.config.*")
CODE = "/root/.cache/node-compile-cache"
CODE_SINCE = 22  # the line of Node.js that has it: from 22.1 on, a variable that 22.0 passes over
LOCAL_NAME = re.compile(r"""['"]\.{1,2}/""")  # of a module of the app
LOCAL_MODULE = re.compile(r"""\b(require(\.resolve)?\s*\(|from|import\s*\(?)\s*['"]\.{1,2}/""")


def of(tree: SourceTree, work: Work) -> tuple[CacheMount, ...]:
    """The cache mounts for the programs of a build. `tree` is that of the project's root."""
    lockfile = work.manager.lockfile
    if not lockfile or work.hooks or work.injected:
        return ()
    if any(one.dependencies.keys() & PATCHERS for one in work.project.manifests):
        return ()
    app = work.project.app
    kept = tuple(directories(tree, work))
    if not kept:
        return ()
    configured = [part for pair in configuration(tree, work).items() for part in pair]
    variables = [part for pair in sorted(work.build_env) for part in pair]
    told = (
        *(app.name, joined(work.project.root, app.dir), text(tree, lockfile)),
        *(str(len(configured)), *configured, *variables),
    )
    return tuple(
        build_caches.mount(work.project.inside(joined(app.dir, path)), tool, *told, only=only, packages=PACKAGES)
        for tool, path, only in kept
    )


def of_code(tree: SourceTree, work: Work) -> CacheMount | None:
    """What V8 compiled of the build's own tools: the compilers and bundlers, most of what a small build takes. An entry
    is found by the digest of the module's text, and V8 compares its own version and flags before it takes one.

    Source: https://nodejs.org/api/module.html#module-compile-cache
    """
    version, lockfile = work.version.value.partition(".")[0], work.manager.lockfile
    if not lockfile or not work.by_node or not version.isdecimal() or int(version) < CODE_SINCE:
        return None
    app = work.project.app
    told = (app.name, joined(work.project.root, app.dir), text(tree, lockfile))
    mount = build_caches.mount(CODE, "node-compile-cache", *told)
    return structs.replace(mount, by_content=True)


def directories(tree: SourceTree, work: Work) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The tools of an app that have caches; where each is, relative to the app; what of it is kept, () for all."""
    app = work.project.app
    has = app.dependencies
    if {BABEL, "react-scripts", "@vue/cli-plugin-babel"} & has.keys() and not has_plugins(tree, work):
        yield BABEL, BABEL_CACHE, ()
    if NEXT in has and (dist := next_dist(tree, app)):
        yield NEXT, f"{dist}/cache", NEXT_KEEPS
    if "webpack" in has and asks_webpack(tree, work):
        yield "webpack", "node_modules/.cache/webpack", ()
    if "parcel" in has:
        yield "parcel", ".parcel-cache", ()
    if "@angular/build" in has and asks_angular(tree, work):
        yield "angular", ".angular/cache", ()
    if "astro" in has and keeps_images(tree, work):
        yield "astro", "node_modules/.astro", ("assets",)


def configuration(tree: SourceTree, work: Work) -> dict[str, str]:
    """The files that say how the app is compiled, the repository's and its own: texts by path."""
    patterns = [within(dir, name) for dir in dict.fromkeys(("", work.project.app.dir)) for name in CONFIGURES]
    tree.need(*patterns)
    found = {path for pattern in patterns for path in tree.glob(pattern)}
    return {path: text(tree, path) for path in sorted(found)}


def text(tree: SourceTree, path: str) -> str:
    """A file's text; what is none too, since a lockfile may be binary."""
    return (tree.read_bytes(path) or b"").decode(errors="replace")


def has_plugins(tree: SourceTree, work: Work) -> bool:
    """Whether Babel may have plugins of the app's own: its loader's cache does not know them."""
    if LOCAL_NAME.search(str(work.project.app.data.get("babel", ""))):
        return True
    return any(
        (LOCAL_NAME if any(fnmatchcase(name, pattern) for pattern in BABEL_CONFIGURES) else LOCAL_MODULE).search(text)
        for path, text in configuration(tree, work).items()
        for name in (path.rpartition("/")[2],)
        if name == ".babelrc.json" or not name.endswith(".json")
    )


def asks_webpack(tree: SourceTree, work: Work) -> bool:
    """Whether webpack is configured to have a cache, at its own place."""
    texts = [text for path, text in configuration(tree, work).items() if "webpack" in path]
    return any("filesystem" in text for text in texts) and not any("cacheDirectory" in text for text in texts)


def asks_angular(tree: SourceTree, work: Work) -> bool:
    """Whether Angular is configured to have a cache where CI is set, which it is in every build, at its own place.

    Source: https://angular.dev/cli/cache
    """
    settings = tree.read_json(within(work.project.app.dir, "angular.json"))
    for name in ("cli", "cache"):
        settings = settings.get(name) if isinstance(settings, dict) else None
    if not isinstance(settings, dict) or "path" in settings:
        return False
    return settings.get("environment") in ("all", "ci") and settings.get("enabled", True) is True


def keeps_images(tree: SourceTree, work: Work) -> bool:
    """Whether Astro's cache of images is at its usual place, and made by the service that Astro has: their names are
    made of the image and of what is done with it, not of the service's code or options."""
    texts = [text for path, text in configuration(tree, work).items() if "astro.config." in path]
    return not any(word in text for text in texts for word in ("cacheDir", "service"))
