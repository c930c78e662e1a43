"""The Debian packages that native packages of npm need: to be compiled, and to run.

The build image (`node:24-trixie`) has compilers, Python and the headers of the usual libraries already; listed are what
it lacks. Names are those of Debian 12 and 13; libraries whose name differs between the two are not named: they come
with the package that needs them, or are copied from the build image as what an extension's ELF file NEEDs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import Manifest
from frontend.languages.node.workspaces import Project
from frontend.rules.native import Native

if TYPE_CHECKING:
    from frontend.languages.node.nested import Nested

BROWSER = (  # what Chromium, Firefox and WebKit load; https://playwright.dev/docs/browsers#install-system-dependencies
    "libnss3",
    "libnspr4",
    "libdbus-1-3",
    "libdrm2",
    "libgbm1",
    "libxkbcommon0",
    "libxcomposite1",
    "libxdamage1",
    "libxfixes3",
    "libxrandr2",
    "libpango-1.0-0",
    "libcairo2",
    "libexpat1",
    "fonts-liberation",
)


CHROMIUM = Native(  # Debian's own browser: the download of puppeteer is neither in a registry nor there for arm64
    run=("chromium", "fonts-liberation"),
    compiles=False,
    install_env=(("PUPPETEER_SKIP_DOWNLOAD", "true"), ("PUPPETEER_SKIP_CHROMIUM_DOWNLOAD", "true")),
    run_env=(("PUPPETEER_EXECUTABLE_PATH", "/usr/bin/chromium"),),
)
BROWSERS_PATH = ("PLAYWRIGHT_BROWSERS_PATH", "/app/node_modules/.playwright")
PLAYWRIGHT = Native(run=BROWSER, compiles=False, install_env=(BROWSERS_PATH,), run_env=(BROWSERS_PATH,))

CANVAS = Native(
    build=("libcairo2-dev", "libpango1.0-dev", "libgif-dev", "librsvg2-dev", "libjpeg-dev"),
    run=("fontconfig", "fonts-dejavu-core"),  # text is drawn with a font, or not at all
)
PACKAGES: dict[str, Native] = {
    "argon2": Native(),
    "bcrypt": Native(),
    "better-sqlite3": Native(),
    "bufferutil": Native(),
    "canvas": CANVAS,
    "concurrently": Native(run=("procps",), compiles=False),  # ends its processes by ps
    "cpu-features": Native(),
    "deasync": Native(),
    "fastify-cli": Native(compiles=False, run_env=(("FASTIFY_ADDRESS", "0.0.0.0"),)),  # noqa: S104 - all of a container
    "fluent-ffmpeg": Native(run=("ffmpeg",), compiles=False),
    "gm": Native(run=("graphicsmagick", "imagemagick"), compiles=False),
    "imagemagick": Native(run=("imagemagick",), compiles=False),
    "pdf2pic": Native(run=("ghostscript", "graphicsmagick"), compiles=False),  # which reads PDF by Ghostscript
    "isolated-vm": Native(),
    "kerberos": Native(build=("libkrb5-dev",), run=("libgssapi-krb5-2",)),
    "libpq": Native(build=("libpq-dev",), run=("libpq5",)),
    "node-canvas": CANVAS,
    "node-rdkafka": Native(build=("librdkafka-dev",), run=("librdkafka1",)),
    "node-sass": Native(),
    "node-poppler": Native(run=("poppler-utils",), compiles=False),
    "node-tesseract-ocr": Native(run=("tesseract-ocr",), compiles=False),
    "odbc": Native(build=("unixodbc-dev",), run=("unixodbc",)),
    "pg-native": Native(build=("libpq-dev",), run=("libpq5",)),
    "ping": Native(run=("iputils-ping",), compiles=False),
    "playwright": PLAYWRIGHT,
    "playwright-chromium": PLAYWRIGHT,
    "pm2": Native(run=("procps",), compiles=False, run_env=(("PM2_HOME", "/tmp/.pm2"),)),  # noqa: S108 - read-only root
    "prisma": Native(run=("openssl",), compiles=False),
    "@prisma/client": Native(run=("openssl",), compiles=False),
    "puppeteer": CHROMIUM,
    "puppeteer-core": CHROMIUM,
    "re2": Native(),
    "serialport": Native(),
    "sharp": Native(compiles=False),
    "simple-git": Native(run=("git",), compiles=False),
    "sqlite3": Native(),
    "usb": Native(build=("libudev-dev",), run=("libudev1",)),
    "utf-8-validate": Native(),
    "zeromq": Native(),
}
# node-gyp before version 10 needs Python's distutils, which Python 3.12 and newer have no more; setuptools brings it
DISTUTILS = ("python3-setuptools",)
WITHOUT_DISTUTILS = 10
OWN_SETTINGS = 12  # node-gyp from this major on reads the variables that npm 11 does not warn of
HEADERS = ("npm_config_nodedir", "/usr/local")
NODE_GYP = {"node-sass": 8, "sqlite3": 8}  # packages that bring a node-gyp of their own, with its major
# have install scripts that compile nothing
SCRIPTED_ONLY = frozenset(
    "@nestjs/core @parcel/watcher @prisma/client @prisma/engines @scarf/scarf @swc/core core-js core-js-pure cypress"
    " electron esbuild fsevents husky msw nodemon nx prisma protobufjs puppeteer sharp unrs-resolver vue-demi".split()
)
NOT_COMPILED = frozenset(name for name, one in PACKAGES.items() if not one.compiles)
SHORT = 4  # letters of a name that binary data may have by chance
PRISMA_WITHOUT_ENGINES = 7  # from this major on Prisma has no native engine
BROWSERS = ("playwright", "playwright-chromium")
# package that downloads a browser when it is installed -> the variable that says not to; packages that depend on it
DOWNLOADS = (
    ("cypress", (), ("CYPRESS_INSTALL_BINARY", "0")),
    ("puppeteer", ("puppeteer-cluster", "@mermaid-js/mermaid-cli", "jest-puppeteer"), ("PUPPETEER_SKIP_DOWNLOAD", "1")),
    ("playwright", ("@playwright/test", "playwright-chromium"), ("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")),
    ("chromedriver", (), ("CHROMEDRIVER_SKIP_DOWNLOAD", "true")),
    ("geckodriver", (), ("GECKODRIVER_SKIP_DOWNLOAD", "true")),
    ("electron", (), ("ELECTRON_SKIP_BINARY_DOWNLOAD", "1")),
)
TESTERS = frozenset(("cypress",))  # need a display, and have no part in a server
OPTIONAL = frozenset(
    (
        "canvas",
        "bufferutil",
        "utf-8-validate",
        "pg-native",
        "better-sqlite3",
        "sqlite3",
        "prisma",
        "@prisma/client",
        "playwright",
        "playwright-chromium",
        "kerberos",
        "odbc",
    )
)  # often in a lockfile as an optional peer only


def of_project(
    project: Project,
    locked: Locked,
    moved: tuple[str, ...] = (),
    brought: int | None = None,
    nested: tuple[Nested, ...] = (),
) -> tuple[dict[str, Native], bool]:
    """What a project's native packages need, by package; and whether one is compiled when it is installed, or may be.

    `moved` are the development dependencies that ship, `brought` is the major of an old node-gyp that the package
    manager brings, `nested` are packages below with an install of their own.
    """
    native = listed(project.manifests, locked, moved)
    for one in nested:
        native.update(listed((one.manifest,), one.locked, ()))
    locks = (locked, *(one.locked for one in nested))
    compiled = any(compiles(native, lock) for lock in locks)
    if compiled:
        for lock in locks:
            native.update(own_node_gyp(native, lock, brought))
    return native, compiled


def own_node_gyp(native: dict[str, Native], locked: Locked, brought: int | None) -> dict[str, Native]:
    """What a node-gyp needs, among the packages or the package manager's, that is older than npm's own; {} for none.

    Without a lockfile the packages tell that bring one.
    """
    majors = [int(major) for one in locked.versions.get("node-gyp", ()) if (major := one.partition(".")[0]).isdigit()]
    if not locked.versions:
        majors = [major for name, major in NODE_GYP.items() if name in native]
    oldest = min((*majors, *((brought,) if brought else ())), default=OWN_SETTINGS)
    if oldest >= OWN_SETTINGS:
        return {}
    return {"node-gyp": Native(build=DISTUTILS if oldest < WITHOUT_DISTUTILS else (), install_env=(HEADERS,))}


def without_downloads(project: Project, moved: tuple[str, ...]) -> dict[str, str]:
    """The variables of an install that keep tools for development from downloading browsers: no image needs one.

    What is a production dependency too, or ships because the start needs it (`moved`), downloads as it always does;
    what only ever tests does not.
    """
    ships = ({name for m in project.manifests for name in m.production} - TESTERS) | set(moved)
    only = {name for m in project.manifests for name in m.dependencies} - ships
    return {
        variable: value
        for package, others, (variable, value) in DOWNLOADS
        if not only.isdisjoint((package, *others)) and ships.isdisjoint((package, *others))
    }


def listed(manifests: tuple[Manifest, ...], locked: Locked, moved: tuple[str, ...]) -> dict[str, Native]:
    """What the table says of the direct and locked dependencies."""
    direct = {name for m in manifests for name in m.production} | set(moved)
    whole = set(locked.versions) if not any(m.development for m in manifests) else set()
    dev = {name for m in manifests for name in m.development} - direct
    return needed(sorted(direct | ((whole | deep(manifests, locked)) - dev)), prisma_major(manifests, locked))


def deep(manifests: tuple[Manifest, ...], locked: Locked) -> set[str]:
    """The packages of the table that others of production need, as the lockfile says; what may be optional does not
    count where that is not known."""
    known = {name for name in locked.versions if name in PACKAGES}
    if not known:
        return set()
    from frontend.languages.node import lock_graph

    reached = lock_graph.needed(locked, manifests)
    return known - OPTIONAL if reached is None else known & reached


def prisma_major(manifests: tuple[Manifest, ...], locked: Locked) -> int:
    """The major version of Prisma; 0 where it is not known."""
    spec = next((m.dependencies[n] for m in manifests for n in ("@prisma/client", "prisma") if n in m.dependencies), "")
    version = locked.version("@prisma/client") or spec.lstrip("^~>=v ")
    major = version.partition(".")[0]
    return int(major) if major.isdigit() else 0


def compiles(native: dict[str, Native], locked: Locked) -> bool:
    """Whether a package is compiled when it is installed, or may be: only npm's lockfile says which have scripts."""
    unknown = bool(locked.versions) and not locked.places
    scripted = bool(locked.scripted - SCRIPTED_ONLY)
    return unknown or scripted or any(one.compiles for one in native.values())


def needed(names: Iterable[str], prisma_major: int = 0) -> dict[str, Native]:
    """What of the table the named packages need, by package."""
    found = {name: PACKAGES[name] for name in names if name in PACKAGES}
    if prisma_major >= PRISMA_WITHOUT_ENGINES:
        found = {name: native for name, native in found.items() if name not in ("prisma", "@prisma/client")}
    return found


def compiled_by_bun(project: Project, native: dict[str, Native], lock: bytes | None) -> bool:
    """Whether Bun compiles a package: it runs install scripts of those alone that it trusts, or the project does.

    `lock` is a binary lockfile, in which names stand as they are; None for a text one, whose packages are in `native`.
    Source: https://bun.sh/docs/install/lifecycle
    """
    listed = project.top.data.get("trustedDependencies")
    trusted = {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()
    known = {name for name, one in PACKAGES.items() if one.compiles and name not in OPTIONAL}
    inside = any(name.encode() in lock for name in known if len(name) > SHORT) if lock is not None else False
    return inside or any(one.compiles for one in native.values()) or bool(trusted - SCRIPTED_ONLY - NOT_COMPILED)
