"""Sites that Ruby builds and nothing of it serves: Jekyll, Middleman, nanoc."""

import re

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.static.site import Site, served
from frontend.paths import joined, within
from frontend.plan.model import Evidence, Plan
from frontend.settings.model import Setting, Settings

IDLE = "ruby -run -e httpd"  # a start for the plan of the build: the site's own takes its place


class Generator(Struct, frozen=True):
    """What makes a site: the gem that tells, its configuration, the command that builds, and where it puts the site.

    `output` and `base` are patterns of the configuration's lines that say otherwise, and below which path it is served.
    """

    title: str
    gem: str
    file: str
    build: str
    directory: str
    output: str = ""
    base: str = ""
    env: tuple[tuple[str, str], ...] = ()


GENERATORS = (
    Generator(
        "Jekyll",
        "jekyll",
        "_config.yml",
        "bundle exec jekyll build",
        "_site",
        r"^destination:\s*['\"]?([\w./-]+)",
        r"^baseurl:\s*['\"]?(/[\w./-]+)",
        (("JEKYLL_ENV", "production"),),
    ),
    Generator(
        "Middleman",
        "middleman",
        "config.rb",
        "bundle exec middleman build",
        "build",
        r"^\s*set :build_dir, *['\"]([\w./-]+)",
    ),
    Generator(
        "nanoc",
        "nanoc",
        "nanoc.yaml",
        "bundle exec nanoc compile",
        "output",
        r"^output_dir:\s*['\"]?([\w./-]+)",
    ),
)


class NoServerError(PlanError):
    """An app is a site without a server, which `generator` makes."""

    def __init__(self, generator: Generator, at: Location | None) -> None:
        super().__init__(f"this is a static site, made by {generator.title}: it has no server to start", at=at)
        self.generator = generator


def of_app(tree: SourceTree, gems: frozenset[str]) -> NoServerError | None:
    """The site that an app with these gems is; None for none."""
    names = gems | ({"jekyll"} if "github-pages" in gems else frozenset())
    found = next((one for one in GENERATORS if one.gem in names), None)
    if found is None:
        return None
    tree.need(found.file)
    return NoServerError(found, tree.at(found.file, 1) if tree.has(found.file) else None)


def building(found: NoServerError, settings: Settings) -> Settings:
    """The settings for the build of a site: by the user's command, else by its generator."""
    return structs.replace(
        settings,
        build_command=settings.build_command or Setting(found.generator.build, "platform", found.at),
        run_command=Setting(IDLE, "platform", found.at),
    )


def plan(tree: SourceTree, settings: Settings, app: str, built: Plan, found: NoServerError) -> Plan:
    """The plan of a site, whose build is that of an app."""
    generator = found.generator
    text = tree.read_text(within(app, generator.file)) or ""
    output, base = (re.search(p, text, re.MULTILINE) if p else None for p in (generator.output, generator.base))
    site = Site(
        generator.title,
        built.steps[-1].name,
        (f"/app/{joined('', output[1]) if output else generator.directory}",),
        found.at,
        base=f"/{joined('', base[1])}" if base else "",
    )
    last = built.steps[-1]
    steps = (*built.steps[:-1], structs.replace(last, env=(*last.env, *generator.env)))
    return served(
        tree,
        settings,
        app,
        site,
        steps=steps,
        versions=built.versions,
        evidence=(*(one for one in built.evidence if one.what != "start"), Evidence("site", found.message, found.at)),
        warnings=built.warnings,
    )
