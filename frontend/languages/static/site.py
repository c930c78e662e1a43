"""What every site shares, whatever makes it: the value `Site`, and the image that serves it.

This module is what other languages use: they build a site by steps of their own, and say where its files are; the rest
of the plan is `served`. Which directory the files are in, the build decides: a step that stands on the build looks at
the candidates in order, and takes the first that has an index.html. Looking in a step costs no round trip to BuildKit,
and an unchanged site none at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.registry import STATIC
from frontend.languages.static import caddyfile, outputs, own, pages
from frontend.paths import within
from frontend.plan.model import (
    Evidence,
    Exec,
    FromContext,
    FromImage,
    FromStep,
    ImageRef,
    Input,
    Layer,
    Need,
    Plan,
    Process,
    Runtime,
    Step,
    StepRef,
    TextFile,
    ToolVersion,
    Warning,
)
from frontend.rules import cleanup
from frontend.settings.model import Settings

NAME = STATIC.name
PACKAGE = "package.json"  # beside pages, of tools that make a part of them
SERVER = "caddy:2"
BASE = "debian:trixie-slim"
ROOT = "/app"
CONFIG = "/etc/caddy/Caddyfile"
START = ("caddy", "run", "--config", CONFIG, "--adapter", "caddyfile")
PROGRAM, TYPES = "/usr/bin/caddy", "/etc/mime.types"
RULES = tuple(f"**/{name}" for name in (own.REDIRECTS, own.HEADERS))
CADDY, CHECK, SITE = "server", "server-config", "site"  # steps


class Site(Struct, frozen=True):
    """A site that a build made, or that is in the source as it is.

    `made_by` is what makes it, in a sentence. `step` is the step that has its files, `directories` are where
    they may be, in order: absolute paths, or patterns of a shell. Without a step the files are in the source, in the
    first of the directories, which is relative to the app. `at` is what said so.

    `fallback` is the page (relative to the site) that answers for a path of a client router, "" where the framework has
    none. `base` is the path that the site was built to be served below: "/docs", "" for the root. `immutable` are paths
    of the site ("/_next/static") whose files never change, for a hash is in their names or a directory's; `hashed` are
    those that have such files beside others, "" for the root. `home` is where the app's directory is in the image.
    """

    made_by: str
    step: str
    directories: tuple[str, ...]
    at: Location | None = None
    fallback: str = ""
    base: str = ""
    immutable: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    home: str = ROOT


def served(
    tree: SourceTree,
    settings: Settings,
    app: str,
    site: Site,
    *,
    wishes: own.Wishes | None = None,
    steps: Sequence[Step] = (),
    versions: tuple[ToolVersion, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    warnings: tuple[Warning, ...] = (),
) -> Plan:
    """The plan of the site of the app in a directory of the context, which `steps` build.

    What they make is the same for every platform, so they run on that of the build environment. `wishes` are those of
    the app's own files, where they are read already. Raises PlanError for a line of these that means nothing, and for a
    site without a page that nothing builds.
    """
    here = tree.under(app)
    wishes = wishes or own.read(tree, settings, app)
    site = wishes.of_site(site)
    built = tuple(structs.replace(step, native=True) for step in steps)
    collecting = collected(here, site, settings, kept=bool(wishes.caddyfile)) if site.step else ()
    files: Input = FromStep(
        SITE, outputs.COLLECTED, to=ROOT, exclude=(*RULES, *cleanup.excludes(NAME, (), settings.keep))
    )
    doubts: tuple[Warning, ...] = ()
    if not site.step:
        files = source(here, site, settings, app, wishes)
        doubts = pages.in_other_encoding(here, site.directories[0])
        if here.has(PACKAGE) and wishes.caddyfile is None:
            doubts += pages.not_there(here, site.directories[0])
    checking, config = configuration(here, settings, app, site, wishes)
    return Plan(
        language=NAME,
        runtime=Runtime(
            base=BASE,
            layers=(
                Layer("packages", "Caddy", (FromStep(CADDY, PROGRAM), FromImage(SERVER, TYPES))),
                Layer("application", "the site", (files, config)),
            ),
            processes=(Process("web", START, at=wishes.caddyfile or site.at, needs=needs(site, wishes)),),
            port=settings.port,
        ),
        steps=(*built, *collecting, server(), *checking),
        evidence=(*evidence, *wishes.evidence),
        versions=versions,
        warnings=(*warnings, *wishes.warnings, *doubts),
    )


def has_page(tree: SourceTree, directory: str) -> bool:
    """Whether a directory of the source has a page that no build has to make."""
    return pages.is_finished(tree, directory)


def configured(tree: SourceTree, *directories: str) -> str:
    """The first of some directories that has the app's own configuration of the server; the first of all for none."""
    return next((one for one in directories if tree.under(one).has(own.CADDYFILE)), directories[0])


def needs(site: Site, wishes: own.Wishes) -> tuple[Need, ...]:
    """What has to be in the image: the first page, where the server's configuration is ours."""
    if wishes.caddyfile is not None:
        return ()
    return (Need("the site's index.html", (f"{ROOT}{site.base}/index.html",)),)


def server() -> Step:
    """Caddy's program without its file capability: the kernel starts no program that has one in a container that drops
    all capabilities."""
    return Step(
        CADDY,
        ImageRef(BASE),
        "a copy of Caddy that needs no capability",
        inputs=(FromImage(SERVER, PROGRAM, to="/opt/caddy"),),
        run=(Exec(("cp", "/opt/caddy", PROGRAM), "copy Caddy without its capabilities", offline=True),),
        dir="/",
    )


def collected(here: SourceTree, site: Site, settings: Settings, *, kept: bool) -> tuple[Step, ...]:
    """The step that finds the site in what was built. `kept` says that it stays in its directory of the app.

    A directory that the user names is the only one, one that a file for another host names the first; where the source
    has a page in it, which no build made, the last.
    """
    directories, at, named = site.directories, site.at, settings.output_dir
    if named is not None:
        own = f"{site.home}/{named.value}".rstrip("/")
        if named.by != "platform":
            directories, at = (own,), named.at
        elif here.has(within(named.value, pages.PAGE)):
            directories = tuple(dict.fromkeys((*directories, own)))
        else:
            directories, at = tuple(dict.fromkeys((own, *directories))), named.at
    return (
        Step(
            SITE,
            StepRef(site.step),
            f"what {site.made_by} made",
            run=(outputs.finding(directories, "" if kept else site.base, site.made_by, at, kept=kept),),
            dir=ROOT,
            native=True,
        ),
    )


def source(here: SourceTree, site: Site, settings: Settings, app: str, wishes: own.Wishes) -> FromContext:
    """The files of a site that nothing builds. Raises PlanError where it has no page."""
    root = within(app, site.directories[0])
    if wishes.caddyfile is not None:
        return FromContext(to=ROOT, root=app, exclude=cleanup.excludes(NAME, keep=settings.keep))
    pages.check(here, site.directories[0], site.at)
    return FromContext(to=f"{ROOT}{site.base}", root=root, exclude=cleanup.excludes(NAME, keep=settings.keep))


def configuration(
    here: SourceTree, settings: Settings, app: str, site: Site, wishes: own.Wishes
) -> tuple[tuple[Step, ...], Input]:
    """The server's configuration, and the step that checks the user's own."""
    if wishes.caddyfile is None:
        return (), TextFile(CONFIG, caddyfile.text(ROOT, settings.port, site, wishes))
    check = Step(
        CHECK,
        StepRef(CADDY),
        "the app's own Caddyfile is checked",
        inputs=(FromContext((own.CADDYFILE,), to="/etc/caddy", root=app),),
        run=(
            Exec(
                ("caddy", "validate", "--config", CONFIG, "--adapter", "caddyfile"),
                "caddy validate",
                env=(("PORT", str(settings.port)),),
                offline=True,
                at=wishes.caddyfile,
            ),
        ),
        dir="/",
    )
    return (check,), FromStep(CHECK, CONFIG)
