"""Sites that Ruby builds and nothing of it serves: Jekyll, Middleman, nanoc, Bridgetown."""

import re

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.static.site import Site, served
from frontend.paths import joined, within
from frontend.plan.model import Evidence, Plan
from frontend.settings.model import Setting, Settings
from frontend.texts import yaml_root

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
    Generator(
        "Bridgetown",
        "bridgetown",
        "bridgetown.config.yml",
        "bundle exec bridgetown build",
        "output",
        r"^destination:\s*['\"]?([\w./-]+)",
        r"^base_path:\s*['\"]?(/[\w./-]+)",
        (("BRIDGETOWN_ENV", "production"),),
    ),
)
BRIDGETOWN = GENERATORS[-1]
DEPLOYS = re.compile(r"^\s*task\s+:?deploy\b", re.MULTILINE)  # in a Rakefile: the front end, then the site
# what has pages made when they are asked for: the site has a server then. Source: https://www.bridgetownrb.com/docs/routes
SERVES = re.compile(
    r"^[^#\n]*(\bplugin\s*\(?:bridgetown_(ssr|routes)|\binit\s*\(?:ssr|\br\.(on|get|post|is)\b)", re.MULTILINE
)
SERVER = ("server/roda_app.rb", "config/initializers.rb")
MANAGERS = (("yarn.lock", "yarn"), ("pnpm-lock.yaml", "pnpm"), ("bun.lock", "bun"), ("bun.lockb", "bun"))


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
    at = tree.at(found.file, 1) if tree.has(found.file) else None
    return NoServerError(structs.replace(found, build=command(tree, found)), at)


def command(tree: SourceTree, generator: Generator) -> str:
    """What builds a site: its generator, and before it the build of a front end, or what does both."""
    scripts = (tree.read_json("package.json") or {}).get("scripts") if tree.has("package.json") else None
    scripts = scripts if isinstance(scripts, dict) else {}
    if generator is BRIDGETOWN:
        if DEPLOYS.search((tree.read_text("Rakefile") or "") if tree.has("Rakefile") else ""):
            return "bundle exec rake deploy"
        return f"{manager(tree)} run deploy" if "deploy" in scripts else generator.build
    build = scripts.get("build")
    if not isinstance(build, str):
        return generator.build
    run = f"{manager(tree)} run build"
    return run if generator.gem in build else f"{run} && {generator.build}"


def manager(tree: SourceTree) -> str:
    """The package manager of Node.js, by its lockfile."""
    return next((name for lock, name in MANAGERS if tree.has(lock)), "npm")


def serves(tree: SourceTree) -> bool:
    """Whether a Bridgetown site has a server of its own: routes, or pages that are made when they are asked for."""
    if any(name.endswith(".rb") for name in tree.entries("server/routes")):
        return True
    return any(SERVES.search(tree.read_text(path) or "") for path in SERVER if tree.has(path))


def rendered(tree: SourceTree, gems: frozenset[str], settings: Settings) -> Settings:
    """The settings of a Bridgetown site that has a server: it serves what is built too."""
    if BRIDGETOWN.gem not in gems or not serves(tree):
        return settings
    built = settings.build_command or Setting(command(tree, BRIDGETOWN), "platform", tree.at(BRIDGETOWN.file))
    given = dict(settings.run_env)
    env = tuple(pair for pair in BRIDGETOWN.env if pair[0] not in given)
    return structs.replace(
        settings, build_command=built, build_env=(*settings.build_env, *env), run_env=(*settings.run_env, *env)
    )


def runs_node(tree: SourceTree, gems: frozenset[str]) -> Evidence | None:
    """Why a Bridgetown site's build needs Node.js; None for another app, and for one without a front end."""
    if BRIDGETOWN.gem not in gems or not tree.has("package.json"):
        return None
    return Evidence("front end", "Bridgetown builds it with Node.js", tree.at("package.json", 1))


def building(found: NoServerError, settings: Settings) -> Settings:
    """The settings for the build of a site: by the user's command, else by its generator."""
    return structs.replace(
        settings,
        build_command=settings.build_command or Setting(found.generator.build, "platform", found.at),
        run_command=Setting(IDLE, "platform", found.at),
    )


def plan(tree: SourceTree, settings: Settings, app: str, built: Plan, found: NoServerError) -> Plan:
    """The plan of a site, whose build is that of an app. Raises SourceError for a configuration that cannot be read."""
    generator = found.generator
    path = within(app, generator.file)
    if generator.file.endswith((".yml", ".yaml")):
        yaml_root(path, tree.read_text(path) or "")
    text = tree.read_text(path) or ""
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
