"""Rails apps: what is precompiled, what the image has for a read-only root, and what cannot be kept in a container."""

import re
from collections.abc import Iterator

from msgspec import Struct

from frontend.commands import process
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.ruby import boot, jobs
from frontend.languages.ruby.boot import Needs
from frontend.languages.ruby.bundle import Bundle
from frontend.languages.ruby.versions import numbers
from frontend.plan.model import Evidence, Exec, Process, SecretMount, Warning
from frontend.rules import ranges
from frontend.settings.model import Settings

APPLICATION = "config/application.rb"
ASSETS = "config/initializers/assets.rb"
PRODUCTION_RB = "config/environments/production.rb"
DATABASES = "config/database.yml"
COMPILED = "public/assets"  # where assets:precompile puts them
CACHE_DIR = "/app/vendor/bootsnap"  # not in tmp, over which a tmpfs may be mounted
PIPELINES = (  # gems with the task assets:precompile, or that hook into it
    "propshaft", "sprockets-rails", "sprockets", "webpacker", "shakapacker", "vite_rails", "vite_ruby",
    "tailwindcss-rails", "dartsass-rails", "jsbundling-rails", "cssbundling-rails",
)  # fmt: skip
# gems whose part of assets:precompile runs Node.js with the app's packages
RUN_NODE = ("vite_ruby", "shakapacker", "webpacker", "jsbundling-rails", "cssbundling-rails")
# what keeps them from installing these packages again
INSTALLED = (("VITE_RUBY_SKIP_ASSETS_PRECOMPILE_INSTALL", "true"), ("SKIP_YARN_INSTALL", "1"))
# where it is there, assets:precompile of Rails before 7.2 installs with it. Source: railties, lib/rails/tasks/yarn.rake
YARN = "bin/yarn"
RAKEFILE, TASKS = "Rakefile", "lib/tasks"
RUNS_NODE = re.compile(
    r"""[^#]*(?:\b(?:sh|system|exec|spawn|run)\b|`|%x).*?["'`(\[{ ](npm|npx|yarn|pnpm|bunx?|node)(?=["'`, ])"""
)
IN_PACKAGES = re.compile(r"[^#]*\bnode_modules\b")
MANIFESTS = (".manifest.json", ".sprockets-manifest*.json", "manifest*.json")  # of propshaft and sprockets
# a database that is nowhere: a build that asks it for nothing needs no more than its adapter
DATABASE_URLS = {"pg": "postgresql", "mysql2": "mysql2", "trilogy": "trilogy"}
NO_DATABASE = "://127.0.0.1:1/none"
DUMMY = ("SECRET_KEY_BASE_DUMMY", "1")  # since Rails 7.1
# before that a value is needed; it is none: sessions of a running app are signed by what that is given
OLDER_DUMMY = ("SECRET_KEY_BASE", "not-a-secret-of-this-build-step-alone")
MASTER_KEY = SecretMount("rails-master-key", env="RAILS_MASTER_KEY")
NEEDS_KEY = re.compile(r"\s*config\.require_master_key\s*=\s*true")
PROCESSOR = re.compile(r"[^#]*active_storage\.variant_processor\s*=\s*:(vips|mini_magick)")
LOGS_TO_STDOUT = re.compile(r"STDOUT|\$stdout", re.IGNORECASE)
COMPILED_GEMS = [("BOOTSNAP_CACHE_DIR", CACHE_DIR), ("BOOTSNAP_READONLY", "1")]
OLDEST_BOOTSNAP = "1.12.0"  # the first that leaves its cache alone where it is told to


class Rails(Struct, frozen=True):
    """What is special about a Rails app.

    `assets` says that they are precompiled, `reproducible` that the same assets give the same files, `bootsnap` that
    the gems' code is precompiled. `node` says why precompiling needs Node.js, None where it does not. `master_key_at`
    is the line that says that a key is required. `jobs` is the process that runs the app's background jobs, where the
    user named none. `by_dockerfile` are variables that a Dockerfile gives the precompilation.
    """

    version: str
    assets: bool
    bootsnap: bool
    node: Evidence | None = None
    database: str = ""
    master_key_at: Location | None = None
    jobs: Process | None = None
    reproducible: bool = False
    needs: Needs = Needs()
    by_dockerfile: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    warnings: tuple[Warning, ...] = ()

    @property
    def assets_at(self) -> Location | None:
        """Where a precompilation that fails is to be looked into: the line that requires a key, or the app itself."""
        return (
            self.master_key_at
            or self.needs.credentials
            or next((one.at for one in self.evidence if one.what == "assets"), None)
        )


def find(tree: SourceTree, settings: Settings, gems: Bundle, processes: tuple[Process, ...]) -> Rails | None:
    """What is special about the Rails app in the root of a tree; None for another app. `processes` are those known."""
    if not gems.names & {"rails", "railties"} or not tree.has(APPLICATION):
        return None
    pipeline = next((name for name in PIPELINES if name in gems.names), "")
    wanted = bool(pipeline) and "assets" not in settings.skip and not is_run(settings)
    made = (path for pattern in MANIFESTS for path in tree.glob(f"public/assets/{pattern}"))
    committed = next(made, "") if wanted and "assets" in tree.entries("public") else ""
    told = []
    if committed:
        told.append(Evidence("assets", f"{committed} is there: they are precompiled already", tree.at(committed)))
    assets = wanted and not committed
    if assets:
        told.append(Evidence("assets", f"precompiled by {pipeline}", tree.at(APPLICATION)))
    lines = boot.text_of(tree, PRODUCTION_RB).splitlines()
    key = next((number for number, line in enumerate(lines, 1) if NEEDS_KEY.match(line)), 0)
    needs = boot.find(tree)
    stated = boot.of_dockerfile(tree) if assets and settings.deploy_files else ()
    if stated:
        names = ", ".join(name for name, _ in stated)
        told.append(Evidence("assets", f"precompiled with {names}, as the Dockerfile does", tree.at(boot.DOCKERFILE)))
    worker = jobs.find(tree, settings, gems.names, processes)
    return Rails(
        version_of(gems),
        assets,
        "bootsnap" not in settings.skip and has_bootsnap(gems),
        runs_node(tree, gems) if assets else None,
        next((scheme for gem, scheme in DATABASE_URLS.items() if gem in gems.names), ""),
        tree.at(PRODUCTION_RB, key) if key else None,
        worker.process if worker is not None else None,
        assets and "propshaft" in gems.names and "sprockets" not in gems.names,  # whose manifest has a random name
        needs,
        stated,
        tuple(told),
        (
            *doubts(tree, settings, gems),
            *boot.doubts(needs, settings),
            *((worker.doubt,) if worker is not None else ()),
        ),
    )


def version_of(gems: Bundle) -> str:
    """The version of Rails; "" where it is not known."""
    return gems.version_of("railties") or gems.version_of("rails")


def is_run(settings: Settings) -> bool:
    """Whether the user's build command precompiles the assets itself."""
    build = settings.build_command
    return build is not None and "assets:precompile" in process.of_setting("build_command", build).text


def runs_node(tree: SourceTree, gems: Bundle) -> Evidence | None:
    """Why precompiling assets runs Node.js or reads its packages; None where it does not, or for no package.json."""
    if not tree.has("package.json"):
        return None
    gem = next((name for name in RUN_NODE if name in gems.names), "")
    if gem:
        return Evidence("front end", f"{gem} builds it with Node.js", gems.at)
    if tree.has(YARN) and ranges.contains(ranges.gem("< 7.2"), numbers(version_of(gems))):
        return Evidence("front end", f"the assets are precompiled with {YARN}", tree.at(YARN))
    for path in (ASSETS, APPLICATION):
        for number, line in enumerate(boot.text_of(tree, path).splitlines(), 1):
            if IN_PACKAGES.match(line):
                return Evidence("front end", "assets are looked for in node_modules", tree.at(path, number))
    return next(of_tasks(tree, "precompile"), None)


def of_tasks(tree: SourceTree, about: str = "") -> Iterator[Evidence]:
    """The tasks of Rake that run Node.js: the first line of each file that has one, and has a text `about` it."""
    tree.need(RAKEFILE, f"{TASKS}/*")
    listed = [f"{TASKS}/{name}" for name in sorted(tree.entries(TASKS)) if name.endswith(".rake")]
    for path in (RAKEFILE, *listed):
        text = boot.text_of(tree, path)
        for number, line in enumerate(text.splitlines() if about in text else (), 1):
            if (found := RUNS_NODE.match(line)) is not None:
                yield Evidence("front end", f"{path} runs {found[1]}", tree.at(path, number))
                break


def has_bootsnap(gems: Bundle) -> bool:
    """Whether the gems' code is compiled ahead: bootsnap knows how to leave that alone."""
    version = gems.version_of("bootsnap")
    try:
        return "bootsnap" in gems.names and ranges.contains(ranges.gem(f">= {OLDEST_BOOTSNAP}"), version)
    except ValueError:
        return False


def precompile(rails: Rails, settings: Settings) -> Exec:
    """The program that precompiles the assets: without a real secret, and without a database."""
    env = INSTALLED if rails.node is not None else ()
    given = {name for name, _ in settings.build_env}
    return Exec(
        ("bundle", "exec", "rails", "assets:precompile"),
        "rails assets:precompile",
        (*loading(rails, settings), *(pair for pair in env if pair[0] not in given)),
        secrets=(MASTER_KEY,),
        at=rails.assets_at,
        hint=f"see the output above{boot.hint(rails.needs, given)}; SKIP=assets leaves this step out",
    )


def loading(rails: Rails, settings: Settings) -> tuple[tuple[str, str], ...]:
    """The variables of a build that loads the app: no real secret, no database, the gems as they were compiled."""
    given = {name for name, _ in settings.build_env}
    env = [DUMMY if ranges.contains(ranges.gem(">= 7.1"), numbers(rails.version)) else OLDER_DUMMY]
    env += [("DATABASE_URL", f"{rails.database}{NO_DATABASE}")] if rails.database else []
    env += [pair for pair in (*rails.by_dockerfile, *rails.needs.stand_ins) if pair[0] not in dict(env)]
    env += COMPILED_GEMS if rails.bootsnap else []
    return tuple(pair for pair in env if pair[0] not in given)


def image_processor(tree: SourceTree) -> str:
    """What variants of images are made with: "mini_magick" where the app says so, else "vips", as in a new app."""
    for path in (APPLICATION, PRODUCTION_RB, "config/initializers/active_storage.rb"):
        for line in boot.text_of(tree, path).splitlines():
            found = PROCESSOR.match(line)
            if found is not None:
                return found[1]
    return "vips"


def doubts(tree: SourceTree, settings: Settings, gems: Bundle) -> Iterator[Warning]:
    """The warnings about what is not kept, or not seen, in a container."""
    text = boot.text_of(tree, PRODUCTION_RB)
    if text and not LOGS_TO_STDOUT.search(text) and "rails_12factor" not in gems.names:
        yield Warning(
            "log-file",
            f"{PRODUCTION_RB} sends the log to a file, which nobody sees in a container",
            tree.at(PRODUCTION_RB),
            "write config.logger = ActiveSupport::Logger.new($stdout)",
        )
    database = sqlite(tree) if "sqlite3" in gems.names else None
    if database is not None and "DATABASE_URL" not in dict(settings.run_env):
        yield Warning(
            "sqlite-file",
            "the production database is a SQLite file of the container: it is lost with it, and cannot be written on a "
            "read-only root",
            database,
            "mount a volume at its directory, or give the container another DATABASE_URL",
        )


def sqlite(tree: SourceTree) -> Location | None:
    """The line of database.yml that names the file of the production database; None for another database."""
    if not tree.has(DATABASES):
        return None
    inside, adapter, file = False, "", 0
    default = ""
    for number, line in enumerate(tree.read_lines(DATABASES) or (), 1):
        name = line.partition(":")[0]
        if line[:1].strip() and not line.startswith("#"):
            inside = name == "production"
        found = re.match(r"\s+(adapter|database|url):\s*(.+)", line)
        if found is None:
            continue
        if found[1] == "adapter":
            default = default or found[2]
            adapter = found[2] if inside else adapter
        elif inside and found[1] == "database" and not file:
            file = number
    return tree.at(DATABASES, file) if file and "sqlite3" in (adapter or default) else None
