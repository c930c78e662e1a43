"""The package managers: which one an app uses, in what version, and how it installs."""

import re
from typing import Literal, get_args

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node import lockfiles
from frontend.languages.node.manifest import Manifest, line
from frontend.languages.node.versions import at_least, npm_brought, npm_range
from frontend.plan.model import CacheMount, Exec, GitAccess, SecretMount, ToolVersion, Warning
from frontend.rules import lockfiles as warnings
from frontend.rules.version_files import by_setting
from frontend.rules.versions import Asked, Package, choose_package, is_version, major
from frontend.settings.model import Settings

Kind = Literal["npm", "yarn1", "yarn", "pnpm", "bun"]
Linker = Literal["node-modules", "pnp", "pnpm"]  # https://yarnpkg.com/configuration/yarnrc#nodeLinker

TOOLS_DIR = "/opt/tools"
BASE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TOOLS_PATH = ("PATH", f"{TOOLS_DIR}/bin:{BASE_PATH}")


class Stop(Struct, frozen=True):
    """Releases of a package manager, as a range, that fail from a version of Node.js on; the one to take instead."""

    name: str
    releases: str
    node: str
    instead: str


# Newest of each major on 2026-11-28, and the oldest Node.js that runs it; a range takes the first that it allows.
VERSIONS: dict[str, tuple[Package, ...]] = {
    "npm": (
        Package("12.2.2", "22.22.2"),
        Package("11.21.2", "20.17.0"),
        Package("10.9.9", "18.17.0"),
        Package("9.9.4", "14.17.0"),
        Package("8.19.4", "12.13.0"),
        Package("7.24.2", "10.0.0"),
        Package("6.14.18"),
    ),
    "pnpm": (
        Package("10.34.9", "18.12.0"),
        Package("12.21.0", "18.0.0"),
        Package("11.28.11", "22.13.0"),
        Package("9.15.9", "18.12.0"),
        Package("8.15.9", "16.14.0"),
        Package("7.33.7", "14.6.0"),
        Package("6.35.1", "12.17.0"),
    ),
    "yarn": (
        Package("4.18.1", "18.12.0"),
        Package("4.14.1", "18.12.0"),
        Package("4.13.0", "18.12.0"),
        Package("3.8.7", "12.0.0"),
        Package("2.4.2", "12.0.0"),
        Package("1.22.22"),
    ),
    "bun": (Package("1.4.5"),),
}
YARN_1 = VERSIONS["yarn"][-1].version
BEFORE_APPROVALS = "9.15.9"  # the last pnpm that runs all install scripts
# a lockfile's own version -> the newest manager that keeps it as it is
PNPM_LOCKS = {
    "9.0": "10.34.9", "6.1": "8.15.9", "6.0": "8.15.9",
    "5.4": "7.33.7", "5.3": "7.33.7", "5.2": "7.33.7", "5.1": "7.33.7",
}  # fmt: skip
# releases that do not work on newer versions of Node.js, and the one that does and keeps their lockfile as it is: every
# download fails in ERR_INVALID_THIS, and is tried again for minutes. https://github.com/pnpm/pnpm/issues/6424
STOPS = (
    Stop("pnpm", "<7.32.5", "20.0.0", "7.33.7"),
    Stop("pnpm", ">=8.0.0 <8.3.1", "20.0.0", "8.15.9"),
)
# variables with which an install for production takes no packages out
KEEPS_DEVELOPMENT = {"npm": (("npm_config_include", "dev"),), "yarn1": (("YARN_PRODUCTION", "false"),)}
YARN_LOCKS = {
    "1": "1.22.22", "4": "2.4.2", "5": "3.1.1", "6": "3.8.7", "8": "4.13.0", "9": "4.14.1", "10": "4.18.1",
}  # fmt: skip
YARN_WITHOUT_CACHE_KEY = "4.0.2"  # lockfiles of version 8 whose checksums do not name the kind of cache

NPMRC = SecretMount("npmrc", path="/root/.npmrc")
NETRC = SecretMount("netrc", path="/root/.netrc")
NPM_TOKEN = SecretMount("npm-token", env="NPM_TOKEN")
YARNRC = SecretMount("yarnrc.yml", path="/root/.yarnrc.yml")
SECRETS = (NPMRC, NETRC, NPM_TOKEN)

VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)[^}]*\}")
OF_BUNFIG = re.compile(r"=\s*[\"']\$\{?([A-Za-z_]\w*)")  # token = "$NPM_TOKEN"
OF_A_STEP = frozenset(("HOME", "PATH", "PWD", "USER", "CI", "NPM_TOKEN"))  # set by us, or a secret of its own

PNPM_STORE = "/root/.pnpm-store"
CACHES: dict[str, CacheMount] = {
    "npm": CacheMount("/root/.npm", "npm"),
    # yarn 1 breaks its cache when two of it write there at the same time
    "yarn1": CacheMount("/root/.cache/yarn", "yarn1", "locked"),
    "yarn": CacheMount("/root/.yarn/berry", "yarn"),
    # its linker "pnpm" makes hard links to files beside the archives: those have to be in the file system of the app
    "yarn-pnpm": CacheMount("/root/.yarn/berry/cache", "yarn-archives"),
    "pnpm": CacheMount(PNPM_STORE, "pnpm"),
    "bun": CacheMount("/root/.bun/install/cache", "bun"),
}
ENV: dict[str, tuple[tuple[str, str], ...]] = {
    "npm": (("npm_config_update_notifier", "false"),),
    "yarn1": (("YARN_CACHE_FOLDER", "/root/.cache/yarn"),),
    "yarn": (("YARN_ENABLE_TELEMETRY", "0"), ("YARN_GLOBAL_FOLDER", "/root/.yarn/berry")),
    "pnpm": (),
    "bun": (("BUN_INSTALL_CACHE_DIR", "/root/.bun/install/cache"),),
}
HINTS = {  # the first of the usual reasons; the lines above the error tell which it is
    kind: f"see the output above; if the lockfile is out of date, run {program} install and commit {lockfile}"
    for kind, program, lockfile in (
        ("npm", "npm", "package-lock.json"),
        ("yarn1", "yarn", "yarn.lock"),
        ("yarn", "yarn", "yarn.lock"),
        ("pnpm", "pnpm", "pnpm-lock.yaml"),
        ("bun", "bun", "bun.lock"),
    )
}
# node-gyp would download headers from nodejs.org; the build image has them. npm 11 warns of variables `npm_config_*`
# that it does not know, and its node-gyp has names of its own; older ones, and other managers', may lack those.
# https://github.com/nodejs/node-gyp#environment-variables
NODEDIR, NODEDIR_OF_NPM = "npm_package_config_node_gyp_nodedir", "npm_config_nodedir"
NODE_GYP_OF_ITS_OWN = 11
NO_LOCKFILE = (
    "see the output above; check that the package and its version exist, and whether the registry requires a token"
)


class Manager(Struct, frozen=True):
    """A package manager: its `program` is "npm", "yarn", "pnpm" or "bun".

    `version` is None for the npm that Node.js brings, and `brought` is that one's. `lockfile` is the one it enforces,
    "" for none, `at` its place. `release` is yarn's own program where the app carries it, `linker` how yarn lays out
    packages. `variables` are those that the project's settings for it name: each may be given as a secret.
    `git` is what it clones repositories with, None where no dependency is one.
    """

    kind: Kind
    version: ToolVersion | None = None
    lockfile: str = ""
    release: str = ""
    linker: Linker = "node-modules"
    builds_all: bool = False
    at: Location | None = None
    brought: str = ""
    variables: tuple[str, ...] = ()
    git: GitAccess | None = None

    @property
    def program(self) -> str:
        """The name of its program."""
        return "yarn" if self.kind == "yarn1" else self.kind

    @property
    def node_gyp(self) -> int | None:
        """The major version of an old node-gyp in the package manager's own archive: pnpm 7 and 8 have 9.4.1."""
        major = self.version.value.partition(".")[0] if self.kind == "pnpm" and self.version is not None else ""
        return 9 if major.isdigit() and int(major) < 9 else None

    @property
    def is_of_old_node(self) -> bool:
        """Whether it is a yarn that ends on Node.js 23 and newer: "isDate is not a function". 3.2.0 is the first other.

        Source: https://nodejs.org/api/deprecations.html#dep0047-utilisdate
        """
        return self.kind == "yarn" and self.version is not None and not at_least(self.version.value, "3.2.0")

    @property
    def pnp(self) -> bool:
        """Whether yarn makes no node_modules."""
        return self.linker == "pnp"

    @property
    def links_programs(self) -> bool:
        """Whether packages' programs are linked in `node_modules/.bin`: elsewhere only yarn finds them by name."""
        return self.linker == "node-modules"

    @property
    def major(self) -> int:
        """The major version; of a range the highest that it allows."""
        return major(self.version.value if self.version else self.brought, npm_range)

    @property
    def cache(self) -> CacheMount:
        """Where it keeps what it downloads."""
        return CACHES["yarn-pnpm" if self.linker == "pnpm" else self.kind]

    @property
    def secrets(self) -> tuple[SecretMount, ...]:
        """The secrets it reads registries and tokens from."""
        named = tuple(SecretMount(name, env=name) for name in self.variables)
        return (*((YARNRC,) if self.kind == "yarn" else ()), *SECRETS, *named)


def choose(
    tree: SourceTree, settings: Settings, manifests: tuple[Manifest, ...], node: ToolVersion, usual: str = ""
) -> tuple[Manager, tuple[Warning, ...]]:
    """The package manager of a project: by packageManager, by lockfile, else `usual` or npm. Of several lockfiles that
    counts which other files install by, or which fits.

    `tree` is that of the project's root, `manifests` are the root's and the app's package.json, `node` is the version
    of Node.js that runs it. Raises PlanError for a packageManager we do not know.
    """
    present = lockfiles.present(tree)
    named = declared(tree, manifests)
    name = named[0] if named else ""
    if not name and present:
        name = dict(lockfiles.FILES)[present[0] if len(present) == 1 else chosen(tree, settings, present, manifests[0])]
    if not name:
        name = usual or implied(tree)
    own = next((file for file in lockfiles.OF[name] if file in present), "")
    doubts = lock_warnings(tree, name, own, present, named[1].at if named else None, manifests[0])
    asked = version_asked(tree, settings, name, manifests, named[1] if named else None)
    manager = versioned(tree, name, own, asked, node)
    manager, late = working(manager, node)
    return structs.replace(manager, at=tree.at(own, 1) if own else None, variables=variables(tree)), (*doubts, *late)


def chosen(tree: SourceTree, settings: Settings, present: tuple[str, ...], manifest: Manifest) -> str:
    """The lockfile to use, of several."""
    from frontend.languages.node import lock_choice

    return lock_choice.chosen(tree, settings, present, manifest)


def working(manager: Manager, node: ToolVersion) -> tuple[Manager, tuple[Warning, ...]]:
    """The manager in a version that works on a Node.js, with a warning where that is not the one asked for."""
    version = manager.version
    if version is None or not is_version(version.value):
        return manager, ()
    from frontend.rules import ranges

    for stop in STOPS:
        if (
            stop.name == manager.program
            and at_least(node.value, stop.node)
            and ranges.contains(npm_range(stop.releases), version.value)
        ):
            told = (
                f"{stop.name} {version.value} does not work on Node.js {node.value}: {stop.name} {stop.instead} is used"
            )
            hint = f"set it in packageManager, or NODE_VERSION to a version below {major(stop.node, npm_range)}"
            other = structs.replace(manager, version=structs.replace(version, value=stop.instead))
            return other, (Warning("manager-replaced", told, version.at, hint),)
    return manager, ()


def variables(tree: SourceTree) -> tuple[str, ...]:
    """The variables that the settings of a package manager name, sorted: `//host/:_authToken=${GITHUB_TOKEN}`."""
    files = {".npmrc": VARIABLE, ".yarnrc.yml": VARIABLE, "bunfig.toml": OF_BUNFIG}
    found = {
        one for name, pattern in files.items() if tree.has(name) for one in pattern.findall(tree.read_text(name) or "")
    }
    return tuple(sorted(found - OF_A_STEP))


def declared(tree: SourceTree, manifests: tuple[Manifest, ...]) -> tuple[str, Asked] | None:
    """What `packageManager` names, and its version: `pnpm@10.1.0+sha512.…`. https://nodejs.org/api/corepack.html"""
    for manifest in manifests:
        text = manifest.text("packageManager")
        if text:
            at = line(tree, manifest, "packageManager")
            name, _, version = text.partition("@")
            if name not in VERSIONS:
                raise PlanError(
                    f'unknown package manager "{text}"',
                    at=at,
                    hint=f"known: {', '.join(sorted(VERSIONS))}",
                )
            return name, Asked(version.partition("+")[0], "file", at)
        engines = manifest.data.get("devEngines")
        engine = engines.get("packageManager") if isinstance(engines, dict) else None
        engine = engine[0] if isinstance(engine, list) and engine else engine
        if isinstance(engine, dict) and engine.get("name") in VERSIONS:
            at = line(tree, manifest, "devEngines", "packageManager")
            return engine["name"], Asked(str(engine.get("version") or ""), "file", at)
    return None


def implied(tree: SourceTree) -> str:
    """The manager that other files of its own speak for; npm when none does."""
    if tree.has("pnpm-workspace.yaml"):
        return "pnpm"
    if tree.first(".yarnrc.yml", ".yarnrc"):
        return "yarn"
    if tree.has("bunfig.toml"):
        return "bun"
    return "npm"


def lock_warnings(
    tree: SourceTree, name: str, own: str, present: tuple[str, ...], at: Location | None, manifest: Manifest
) -> tuple[Warning, ...]:
    """The doubts about lockfiles: none, the wrong one, more than one."""
    others = [tree.at(file, 1) for file in present if file not in lockfiles.OF[name]]
    found = warnings.unused(others, own, name)
    if not own and (manifest.data.get("dependencies") or manifest.data.get("devDependencies")):
        lockfile = lockfiles.OF[name][-1 if name == "npm" else 0]
        found += (warnings.missing(name, lockfile, f"{name} install", at or tree.at(manifest.path, 1)),)
    return found


def version_asked(
    tree: SourceTree, settings: Settings, name: str, manifests: tuple[Manifest, ...], named: Asked | None
) -> Asked | None:
    """The version asked for: the setting, packageManager, volta, engines."""
    setting = by_setting(settings, name)
    if setting is not None:
        return setting
    if named is not None and named.text:
        return named
    for manifest in manifests:
        for field in ("volta", "engines"):
            text = manifest.table(field).get(name)
            if text and (name != "npm" or field == "volta" or is_range(text)):
                return Asked(text, "file", line(tree, manifest, field, name))
    return None


NPM_7 = re.compile(r'"lockfileVersion"\s*:\s*3\b')  # a lockfile without what npm 6 reads of one


def versioned(tree: SourceTree, name: str, lockfile: str, asked: Asked | None, node: ToolVersion) -> Manager:
    """The manager in the version asked for, or the one that fits the lockfile."""
    if name == "npm":
        brought = npm_brought(node)
        enough = asked is not None and asked.by == "file" and is_range_with(asked.text, brought)
        own = exact(name, asked, node) if asked is not None and not enough else None
        if asked is None and brought.startswith("6.") and NPM_7.search(tree.read_text(lockfile) or ""):
            newest = next(one.version for one in VERSIONS["npm"] if at_least(node.value, one.runs_on or "0.0.0"))
            own = defaulted(tree, name, newest, lockfile)
        return Manager("npm", own, lockfile, brought=brought)
    if name == "pnpm":
        by_lock = PNPM_LOCKS.get(lockfiles.pnpm_format(tree.read_text(lockfile) or "") if lockfile else "", "")
        version = exact(name, asked, node, by_lock) if asked else defaulted(tree, name, by_lock, lockfile)
        # pnpm 10 runs no install scripts that a project does not approve; one that also allows pnpm 9 expects them
        older = asked is None or is_range_with(asked.text, BEFORE_APPROVALS)
        return Manager("pnpm", version, lockfile, builds_all=older and not approves_builds(tree))
    if name == "bun":
        return Manager("bun", exact(name, asked, node) if asked else defaulted(tree, name, "", ""), lockfile)
    return yarn(tree, lockfile, asked, node)


def yarn(tree: SourceTree, lockfile: str, asked: Asked | None, node: ToolVersion) -> Manager:
    """yarn 1, or a later one: those have another lockfile, and may have no node_modules."""
    settings = yarn_settings(tree)
    text = (tree.read_text(lockfile) or "") if lockfile else ""
    format = lockfiles.yarn_format(text)
    release = settings.get("yarnPath", "")
    by_lock = YARN_LOCKS.get(format, "")
    if format == "8" and "checksum: " in text and "checksum: 10" not in text:
        by_lock = YARN_WITHOUT_CACHE_KEY
    if asked is not None:
        version = exact("yarn", asked, node, by_lock or ("" if tree.has(".yarnrc.yml") else YARN_1))
    elif release:
        number = release.rpartition("yarn-")[2].removesuffix(".cjs").removesuffix(".js")
        at = tree.line_of(".yarnrc.yml", "yarnPath")
        version = ToolVersion(
            "yarn", number if is_version(number) else VERSIONS["yarn"][0].version, release, "file", at
        )
    elif format or tree.has(".yarnrc.yml"):
        version = defaulted(tree, "yarn", by_lock or YARN_LOCKS["10"], lockfile)
    else:
        version = defaulted(tree, "yarn", YARN_1, lockfile)
    first = major(version.value, npm_range)
    if first == 1 and format in ("", "1"):
        return Manager("yarn1", version, lockfile)
    asked_linker = settings.get("nodeLinker", "node-modules" if first == 1 else "pnp")
    linker = next((one for one in get_args(Linker) if one == asked_linker), None)
    if linker is None:
        raise PlanError(
            f'the yarn linker "{asked_linker}" is not known',
            at=tree.line_of(".yarnrc.yml", "nodeLinker"),
            hint=f"known: {', '.join(get_args(Linker))}",
        )
    has_release = release if release and tree.has(release) else ""
    return Manager("yarn", version, lockfile, has_release, linker)


def yarn_settings(tree: SourceTree) -> dict[str, str]:
    """The text settings of .yarnrc.yml. https://yarnpkg.com/configuration/yarnrc"""
    path = ".yarnrc.yml"
    value = tree.read_yaml(path) if tree.has(path) else None
    return {k: str(v) for k, v in value.items() if isinstance(v, str | bool | int)} if isinstance(value, dict) else {}


def approves_builds(tree: SourceTree) -> bool:
    """Whether the project says itself which dependencies may run install scripts, as pnpm 10 asks for."""
    keys = ("onlyBuiltDependencies", "neverBuiltDependencies", "allowBuilds", "ignoredBuiltDependencies")
    path = "pnpm-workspace.yaml"
    listed = tree.read_yaml(path) if tree.has(path) else None
    manifest = tree.read_json("package.json") or {}
    own = manifest.get("pnpm")
    return any(isinstance(place, dict) and key in place for place in (listed, own) for key in keys)


def defaulted(tree: SourceTree, name: str, version: str, lockfile: str) -> ToolVersion:
    """The version that fits a lockfile, or the table's first."""
    if not version:
        return ToolVersion(name, VERSIONS[name][0].version)
    return ToolVersion(name, version, "", "file" if lockfile else "default", tree.at(lockfile, 1) if lockfile else None)


def is_range(text: str) -> bool:
    """Whether npm reads the text as a range: "npm": "please use yarn" is none."""
    try:
        return bool(npm_range(text))
    except ValueError:
        return False


def is_range_with(text: str, version: str) -> bool:
    """Whether the text is a range, not one version, and allows a version."""
    from frontend.rules import ranges

    return not is_version(text.removeprefix("v")) and is_range(text) and ranges.contains(npm_range(text), version)


def exact(name: str, asked: Asked, node: ToolVersion, by_lock: str = "") -> ToolVersion:
    """The version asked for; of a range the one that fits the lockfile, else the first of the table that it allows.

    Raises VersionError.
    """
    found = choose_package(name, VERSIONS[name], asked, npm_range, by_lock, node.value)
    return ToolVersion(name, found, asked.text, asked.by, asked.at)


def setup(manager: Manager, beside: ToolVersion | None = None) -> Exec | None:
    """The program that installs the manager itself, and what the build runs `beside` it; None where the build image or
    the app brings them."""
    package = "@yarnpkg/cli-dist" if manager.kind == "yarn" else manager.program
    own = [] if manager.version is None or manager.release else [(package, manager.program, manager.version)]
    wanted = [*own, *([(beside.tool, beside.tool, beside)] if beside is not None else [])]
    if not wanted:
        return None
    named = (f"{package}@{version.value}" for package, _, version in wanted)
    return Exec(
        args=("npm", "install", "--global", f"--prefix={TOOLS_DIR}", "--no-audit", "--no-fund", *named),
        name=f"install {' and '.join(f'{program} {version.value}' for _, program, version in wanted)}",
        caches=(CACHES["npm"],),
        secrets=SECRETS,
        fetches=True,
        dir="/",
        at=wanted[0][2].at,
    )


def env(manager: Manager) -> tuple[tuple[str, str], ...]:
    """The environment of the manager's programs."""
    tools = () if manager.version is None else (TOOLS_PATH,)
    return (*tools, ("CI", "true"), ("HUSKY", "0"), *ENV[manager.kind])


def whole(manager: Manager) -> tuple[tuple[str, str], ...]:
    """The environment of a build in which programs of another language run the manager, all packages being there.

    They build for production, where an install would take development packages out again. PATH is not in it.
    """
    own = tuple(pair for pair in env(manager) if pair != TOOLS_PATH)
    return (*own, ("NODE_ENV", "production"), *KEEPS_DEVELOPMENT.get(manager.kind, ()))


def install(manager: Manager, *, production: bool, only: tuple[str, ...] = (), roots: bool = True) -> tuple[str, ...]:
    """The arguments that install what package.json and the lockfile name; `only` are the workspaces needed, by name.

    `production` leaves development dependencies out. `roots` says that the root's own dependencies are needed too.
    """
    locked = bool(manager.lockfile)
    match manager.kind:
        case "npm":
            args = ["npm", "ci" if locked else "install", "--no-audit", "--no-fund"]
            args += [f"--workspace={name}" for name in only]
            args += ["--include-workspace-root"] if only and roots else []
            return (*args, *((omit_development(manager),) if production else ()))
        case "yarn1":
            frozen = ("--frozen-lockfile",) if locked else ()
            return ("yarn", "install", "--non-interactive", *frozen, *(("--production",) if production else ()))
        case "pnpm":
            filters = [f"--filter={name}..." for name in only] + (["--filter=."] if only and roots else [])
            frozen = ("--frozen-lockfile",) if locked else ("--no-frozen-lockfile",)
            builds = ("--config.dangerouslyAllowAllBuilds=true",) if manager.builds_all and manager.major >= 10 else ()
            args = ["pnpm", "install", *filters, *frozen, f"--store-dir={PNPM_STORE}", *builds]
            return (*args, *(("--prod",) if production else ()))
        case "bun":
            frozen = ("--frozen-lockfile",) if locked else ()
            filters = [f"--filter={name}" for name in only] + (["--filter=./"] if only and roots else [])
            return ("bun", "install", *frozen, *filters, *(("--production",) if production else ()))
        case "yarn":
            if production and manager.major >= 4:
                return ("yarn", "workspaces", "focus", *(only or ("--all",)), "--production")
            return ("yarn", "install", "--immutable" if locked and not production else "--no-immutable")


def omit_development(manager: Manager) -> str:
    """npm's option that leaves development dependencies out; npm 6 has another."""
    return "--production" if manager.major < 7 else "--omit=dev"


def installing(
    manager: Manager, *, production: bool, native: bool, only: tuple[str, ...] = (), roots: bool = True
) -> Exec:
    """The install as a program of a step. `native` says that some packages are, or may be, compiled."""
    args = install(manager, production=production, only=only, roots=roots)
    own = manager.kind == "npm" and manager.major >= NODE_GYP_OF_ITS_OWN
    headers = ((NODEDIR if own else NODEDIR_OF_NPM, "/usr/local"),) if native else ()
    return Exec(
        args=args,
        name=" ".join(args[:3] if args[1] == "workspaces" else args[:2]) + (" (production)" if production else ""),
        env=headers,
        caches=(manager.cache,),
        secrets=manager.secrets,
        fetches=True,
        at=manager.at,
        hint=HINTS[manager.kind] if manager.lockfile else NO_LOCKFILE,
        git=manager.git,
    )
