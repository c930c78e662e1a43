"""What Bundler installs for an app, and what may be wrong with its Gemfile and lockfile."""

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError, SourceError
from frontend.languages.ruby import gemfile, lockfile, system_packages
from frontend.languages.ruby.gemfile import Gemfile
from frontend.languages.ruby.lockfile import Lockfile
from frontend.paths import within
from frontend.plan.model import Evidence, GitAccess, Warning
from frontend.rules import credentials, git, lockfiles
from frontend.settings.model import Settings

PATH = "/app/vendor/bundle"
DEVELOPMENT = ("development", "test")
LINUX = re.compile(r"ruby|(x86_64|aarch64|arm64)-linux(-gnu)?")
OF_MACHINES = (
    ("x86_64-linux", re.compile(r"ruby|x86_64-linux(-gnu)?")),
    ("aarch64-linux", re.compile(r"ruby|(aarch64|arm64)-linux(-gnu)?")),
)
CHECKS_SUMS = (2, 6)  # the first Bundler that refuses a frozen lockfile with a checksum missing
CONFIG, SUBMODULES = ".bundle/config", ".gitmodules"
SETTING = re.compile(r"(BUNDLE_\w+):(.*)")
# settings that say where gems are, or how they are fetched
OF_PLACE = frozenset(
    f"BUNDLE_{name}"
    for name in "PATH PATH__SYSTEM BIN SYSTEM_BINDIR SHEBANG CONSOLE GEMFILE APP_CONFIG CACHE_PATH CACHE_ALL CLEAN "
    "JOBS CACHE_ALL_PLATFORMS RETRY TIMEOUT DEPLOYMENT FROZEN DISABLE_SHARED_GEMS SILENCE_ROOT_WARNING".split()
)
SHOWN = 5  # names in a message
EXTENSION = re.compile(r"\s*\w+\.extensions\s*(=|<<)")
RUNS_GIT = re.compile(r"git ls-files|%w\[git |\"git\"|'git'")
FILE_NAME = re.compile(r"[\w.-]*(/[\w.-]+)+|[\w-]*\.[\w.]+|[A-Z]+")  # of a literal in a gemspec


class Bundle(Struct, frozen=True):
    """What Bundler installs. `names` are the gems that are installed; `inputs` the files that the install reads.

    `without` are the groups that are left out, `optional` those that are asked for. `asks_git` says that a gemspec of
    the app runs git, wherever it is read.
    """

    gemfile: Gemfile
    lock: Lockfile | None
    at: Location
    names: frozenset[str]
    without: tuple[str, ...]
    optional: tuple[str, ...]
    inputs: tuple[str, ...]
    git: GitAccess | None
    asks_git: bool
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]

    @property
    def installs(self) -> bool:
        """Whether anything is installed: a Gemfile may list gems for development alone, or none."""
        return bool(self.names) or (self.lock is None and bool(self.gemfile.gemspecs))

    @property
    def shipped(self) -> Lockfile | None:
        """The lockfile with the gems alone that are installed; None without one."""
        if self.lock is None:
            return None
        return structs.replace(
            self.lock, gems={name: gem for name, gem in self.lock.gems.items() if name in self.names}
        )

    def version_of(self, name: str) -> str:
        """The version of a gem that the lockfile has; "" where it is not known."""
        known = self.lock.gems.get(name) if self.lock is not None else None
        return known.version if known is not None else ""


def find(tree: SourceTree, settings: Settings) -> Bundle | None:
    """What is installed for the app in the root of a tree; None without a Gemfile.

    Raises SourceError for a lockfile without one, and for an unfinished merge; PlanError for a lockfile without Linux.
    """
    declared = gemfile.read(tree)
    if declared is None:
        alone = next((lock for _, lock in gemfile.NAMES if tree.has(lock)), None)
        if alone is not None:
            raise SourceError(
                f"there is {alone}, but no Gemfile", at=tree.at(alone), hint="commit the Gemfile beside its lockfile"
            )
        return None
    lock = lockfile.read(tree, declared.lockfile)
    without, optional = groups(settings)
    excluded = declared.left_out(frozenset(without))
    if lock is not None:
        check_platforms(lock)
        check_checksums(lock)
        names = lock.installed(excluded)
    else:
        names = system_packages.brought(frozenset(gem.name for gem in declared.gems) - excluded)
    refuse_credentials(tree, declared, lock)
    check_directories(tree, declared, lock)
    gemspecs = tuple(gemspecs_of(tree, declared, lock))
    texts = [tree.read_text(path) or "" for path in (declared.path, declared.lockfile) if tree.has(path)]
    return Bundle(
        gemfile=declared,
        lock=lock,
        at=tree.at(declared.lockfile if lock is not None else declared.path),
        names=names,
        without=without,
        optional=optional,
        inputs=inputs(tree, declared, lock, gemspecs),
        git=git.access(texts, settings) or (GitAccess(settings.git_known_hosts) if uses_git(declared, lock) else None),
        asks_git=any(RUNS_GIT.search(tree.read_text(path) or "") for path in gemspecs),
        evidence=(
            Evidence("Bundler", declared.lockfile if lock is not None else declared.path, tree.at(declared.path)),
            *left_out(settings, without),
        ),
        warnings=(*doubts(tree, declared, lock), *extensions(tree, settings, gemspecs)),
    )


def groups(settings: Settings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The groups that are left out, and those that are asked for: by DEPENDENCY_GROUPS, or Bundler's own variable."""
    asked = tuple(one.value for one in settings.dependency_groups)
    given = {**dict(settings.build_env), **dict(settings.run_env)}
    if "BUNDLE_WITHOUT" in given:
        return tuple(re.split(r"[:,\s]+", given["BUNDLE_WITHOUT"])) if given["BUNDLE_WITHOUT"].strip() else (), asked
    return tuple(group for group in DEVELOPMENT if group not in asked), asked


def left_out(settings: Settings, without: tuple[str, ...]) -> Iterator[Evidence]:
    """What says that other groups are left out than usually are, where that is a Dockerfile."""
    stated = dict(settings.candidate_env).get("BUNDLE_WITHOUT")
    if stated is not None and set(without) != set(DEVELOPMENT):
        yield Evidence("groups left out", ", ".join(without) or "none", stated.at)


def uses_git(declared: Gemfile, lock: Lockfile | None) -> bool:
    """Whether a gem is cloned from a repository."""
    return any(gem.git for gem in declared.gems) or (
        lock is not None and any(kind == "GIT" for kind, _, _ in lock.remotes)
    )


# --- what the install reads


def inputs(tree: SourceTree, declared: Gemfile, lock: Lockfile | None, gemspecs: tuple[str, ...]) -> tuple[str, ...]:
    """The files that an install reads: the manifests, gemspecs and what these read, the directories of path gems."""
    paths = [declared.path, *((declared.lockfile,) if lock is not None else ()), *declared.reads]
    paths += directories(declared, lock)
    for path in gemspecs:
        paths += [path, *read_by(tree, path)]
    if "cache" in tree.entries("vendor"):
        paths.append("vendor/cache")
    return tuple(dict.fromkeys(paths))


def directories(declared: Gemfile, lock: Lockfile | None) -> list[str]:
    """The directories of gems that are in the repository, without the app's own. Raises PlanError for one outside."""
    paths = []
    for path, at in placed(declared, lock):
        plain = path.removeprefix("./").rstrip("/")
        if plain.startswith(("..", "/")):
            raise PlanError(
                f"a gem comes from {path}, which is outside of the app's directory",
                at=at,
                hint="move it below the app, or name it by its git repository",
            )
        paths += [plain] if plain not in ("", ".") else []
    return sorted(set(paths))


def placed(declared: Gemfile, lock: Lockfile | None) -> list[tuple[str, Location]]:
    """Where gems with a path come from, as it is written, each with its place."""
    if lock is not None:
        return [(remote, at) for kind, remote, at in lock.remotes if kind == "PATH"]
    return [(gem.path, gem.at) for gem in declared.gems if gem.path]


def gemspecs_of(tree: SourceTree, declared: Gemfile, lock: Lockfile | None) -> Iterator[str]:
    """The gemspecs of the app's own gems: in its directory, and of those in directories of the repository."""
    for dir in dict.fromkeys((*declared.gemspecs, *directories(declared, lock))):
        tree.need(within(dir, "*.gemspec"))
        yield from tree.glob(within(dir, "*.gemspec"))


def read_by(tree: SourceTree, path: str) -> Iterator[str]:
    """The files that a gemspec reads, by its literals: `require_relative "lib/a/version"`, `File.read("VERSION")`."""
    base = path.rpartition("/")[0]
    for text in gemfile.strings(tree.read_text(path) or ""):
        if FILE_NAME.fullmatch(text) and not text.startswith(("/", "..")):
            names = (text, f"{text}.rb", f"lib/{text}.rb")
            yield from (within(base, name) for name in names if tree.has(within(base, name)))


# --- what may be wrong


def check_platforms(lock: Lockfile) -> None:
    """Raises PlanError for a lockfile that was made for other systems than Linux: Bundler would refuse it."""
    if not lock.platforms or any(LINUX.fullmatch(platform) for platform in lock.platforms):
        return
    libc = " with glibc" if any("musl" in platform for platform in lock.platforms) else ""
    raise PlanError(
        f"{lock.path} is locked for {', '.join(lock.platforms)}, and not for Linux{libc}",
        at=lock.platforms_at,
        hint=f"run {add_platforms(lock)} and commit {lock.path}",
    )


def check_checksums(lock: Lockfile) -> None:
    """Raises PlanError for a lockfile with checksums that has none of some gem.

    Bundler 2.6 and newer refuse it when the lockfile is frozen; an entry without a value is for them to judge, for a
    source may have none.
    """
    if lock.checksums is None or not at_least(lock.bundler, CHECKS_SUMS):
        return
    lacking = [gem.name for gem in lock.gems.values() if gem.source == "GEM" and gem.name not in lock.checksums]
    if lacking:
        raise PlanError(
            f"{lock.path} has no checksum of {', '.join(lacking[:SHOWN])}{' and others' if lacking[SHOWN:] else ''}",
            at=lock.checksums_at,
            hint=f"run bundle lock --add-checksums and commit {lock.path}",
        )


def at_least(version: str, oldest: tuple[int, int]) -> bool:
    """Whether a version is not older than another one; False for a text that is none."""
    found = re.match(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= oldest


def check_directories(tree: SourceTree, declared: Gemfile, lock: Lockfile | None) -> None:
    """Raises PlanError for a gem whose directory is empty: Bundler needs those of groups that are left out too."""
    empty = [dir for dir in directories(declared, lock) if not tree.entries(dir)]
    if not empty:
        return
    at = next((at for path, at in placed(declared, lock) if path.removeprefix("./").rstrip("/") == empty[0]), None)
    fetched = tree.unfiltered().has(SUBMODULES)
    raise PlanError(
        f"a gem comes from {empty[0]}, which is empty, or not in the build context",
        at=at,
        hint="fetch it before the build: git submodule update --init"
        if fetched
        else "commit it (does an ignore file leave it out?)",
    )


def add_platforms(lock: Lockfile) -> str:
    """The command that adds the platforms of images to a lockfile."""
    missing = [name for name, known in OF_MACHINES if not any(known.fullmatch(one) for one in lock.platforms)]
    return f"bundle lock --add-platform {' '.join(missing)}"


def refuse_credentials(tree: SourceTree, declared: Gemfile, lock: Lockfile | None) -> None:
    """Raises PlanError for a source whose URL has a password."""
    for path in (declared.path, *((lock.path,) if lock is not None else ())):
        for number, line in enumerate(tree.read_lines(path) or (), 1):
            if "://" in line:
                credentials.refuse(line.partition("#{")[0], tree.at(path, number), "source", "bundle")


def extensions(tree: SourceTree, settings: Settings, gemspecs: tuple[str, ...]) -> Iterator[Warning]:
    """The warnings about extensions of gems in directories of the app: Bundler compiles those of others alone."""
    for path in gemspecs if settings.build_command is None else ():
        for number, line in enumerate(tree.read_lines(path) or (), 1):
            if EXTENSION.match(line):
                dir = path.rpartition("/")[0] or "."
                yield Warning(
                    "path-extension",
                    f"Bundler does not compile the extension of the gem in {dir}",
                    tree.at(path, number),
                    "compile it by BUILD_COMMAND, as it is done where the app is developed: bundle exec rake compile",
                )
                break


def is_ours(name: str, value: str) -> bool:
    """Whether a setting of Bundler's changes nothing that the build has not settled."""
    return name in OF_PLACE or (name == "BUNDLE_WITHOUT" and set(re.findall(r"\w+", value)) <= set(DEVELOPMENT))


def doubts(tree: SourceTree, declared: Gemfile, lock: Lockfile | None) -> Iterator[Warning]:
    """The warnings about the manifests of an app."""
    if lock is None:
        yield lockfiles.missing("Bundler", declared.lockfile, "bundle lock", tree.at(declared.path))
    elif not lock.platforms:
        return
    whole = tree.unfiltered()
    lines = enumerate(whole.glance(CONFIG).splitlines() if whole.has(CONFIG) else (), 1)
    found = [
        (match[1], number) for number, line in lines if (match := SETTING.match(line)) and not is_ours(*match.groups())
    ]
    if found:
        yield Warning(
            "bundle-config",
            f"{CONFIG} is not used, as the build has its own settings for Bundler: {', '.join(n for n, _ in found)}",
            tree.at(CONFIG, found[0][1]),
            "give mirrors and logins as the secret bundle-config, other settings by BUILD_ENV_BUNDLE_NAME=value",
        )
