"""What every other part must know of a language, as data: one `Entry` each.

Options, secrets, settings files, ignore and clean-up patterns, certificates, detection and the reference in docs/ are
made from these entries, so that a language is a module, an entry here and an example. Nothing here imports a language:
a build imports the one that it found. All entries stand in one module because each module costs a build 0.2 ms.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct


class Secret(Struct, frozen=True):
    """A build secret that users know by its id (`--secret id=npmrc,src=$HOME/.npmrc`).

    `what` says what is in it, for the documentation. `file` is the name of the file it is, "" where it is a value;
    `home` is where that file is in a home directory, where that is not just its name. `env` is the variable that has
    the value for the tools that read one. `words` in a refused variable's name say that this is the secret to give.
    """

    id: str
    what: str
    file: str = ""
    home: str = ""
    env: str = ""
    words: tuple[str, ...] = ()


class SettingsFile(Struct, frozen=True):
    """A file that has settings and credentials: a build gets it without the credentials.

    `syntax` says how its lines are read: "ini" KEY=VALUE, "yaml" KEY: VALUE, "words" KEY VALUE, "toml". `keys` are
    patterns of keys whose values are credentials, in lower case, compared with what is behind the last ":" of a key.
    """

    name: str
    syntax: Literal["ini", "yaml", "words", "toml"]
    keys: tuple[str, ...] = ()


class Interpreter(Struct, frozen=True):
    """What runs scripts of a language where nothing else may, such as a shell's first line.

    `program` is the interpreter, `names` are programs that are its scripts, `suffixes` those of files it runs, `prefix`
    is put in front of such a script. How it is given the script it runs (`program [OPTION…] FILE`): `takes` are options
    whose value is a word of its own, `ends` those after which no script follows, `tried` what may be left out at the
    end of the script's path, a file in a directory of that name included. `verbs` are words that may stand between the
    program and all of that: `deno run FILE`.

    For a base image without a shell: `aliases` are other names of the program, `places` directories that have it though
    `PATH` does not. `release` is where its version is read: a variable of the image, and what the name of a directory
    in its `lib` begins with; `same` says how many parts of the version have to be those that the app was built for, 0 that
    an app may do without it. `modules` are programs that it can run by their module (`-m`), `wrappers` words behind
    which another script of it follows, which it loads itself where its first line is one of `loads`, or has its own
    path. `starters` are programs of it that start what is behind them as another process. `shims` is a pattern of the
    line by which a shell script only starts a file of it, relative to its directory.
    """

    program: str
    names: tuple[str, ...]
    suffixes: tuple[str, ...]
    prefix: tuple[str, ...]
    takes: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    release: tuple[str, str] = ("", "")
    same: int = 0
    modules: tuple[tuple[str, str], ...] = ()
    wrappers: tuple[tuple[str, ...], ...] = ()
    starters: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    shims: str = ""
    verbs: tuple[str, ...] = ()


class Token(Struct, frozen=True):
    """How the tokens of a package registry look: what they begin with, how long they are at least, and what is in them
    besides letters and digits."""

    prefix: str
    least: int
    more: str = ""


class Install(Struct, frozen=True):
    """A command that installs an app's dependencies, as every build does by itself.

    `words` are its first words, options left out ("npm", "ci"); `operands` patterns of all that may follow them. With
    others it adds packages; `ships` says that these would be missing in the image.
    """

    words: tuple[str, ...]
    operands: tuple[str, ...] = ()
    ships: bool = False


class Hardened(Struct, frozen=True):
    """The images without a shell and a package manager that run a language.

    `images` are names of standard images, without a tag, each with that of its hardened one below their registry, or
    with a registry, and a tag, of its own. `tag` is made from the version in the standard image's tag. `lines` had images on
    2026-08-22, newest first: a hint for people, the registry decides. Source: https://docs.docker.com/dhi/
    """

    images: tuple[tuple[str, str], ...]
    tag: str = "{version}-debian13"
    lines: tuple[str, ...] = ()


class OwnStep(Struct, frozen=True):
    """Something that a build of ours does and nobody asked for: the setting `skip` takes its name.

    `what` says what it does, `replaced` whether BUILD_COMMAND takes its place, for the documentation.
    """

    name: str
    what: str
    replaced: str = "no"


class Entry(Struct, frozen=True):
    """A language. Paths and patterns (`*` and `?` within a part) are relative to the app's directory.

    `name` is what the setting `language` says and a plan records, `title` what a sentence says, `aliases` are other
    accepted names. `module` is the module that fits the protocol in `base.py`, "" while the language cannot be built;
    `asks` says that its plan needs answers of the build environment, `tells` that it tells its image ahead, `early`
    that it often knows it before its plan is begun.

    Detection: `manifests` make a directory an app, `signs` are further paths without a manifest that may: the module is
    asked for its claim where one of either is there. `reads` is what that claim looks at besides, `wanted` what a plan
    will look at; each comes in one request. `certain` paths beside a manifest are left by no tooling alone (of
    languages that cannot be built). `programs` start apps of the language; one that ends in "/" is all below that
    directory. `installed` directories hold dependencies, and so no app. `deep` patterns are looked for where nothing
    else was found; `whole` says that an app is built from the whole context, wherever in it its manifest is.

    `kin` is the language whose manifests make its apps too, and whose module finds them: it hands them over.

    Settings: `tools` have a version that users may ask for by the build-arg NAME_VERSION and the key `versions`.
    `config_manifest` is a JSON manifest whose key "migetpacks" is a config file.

    `steps` are our own, which users may turn off, `groups` the names that the setting for dependency groups always takes.

    Secrets: `secrets` are build secrets, `settings_files` have settings and credentials, `secret_files` (names, or
    paths' ends) are in no build unless an ignore file names them. `secret_words` in a variable's name make it one,
    `tokens` its value. `public_prefixes` are those of variables that are compiled into what browsers load.

    Files: `ignored` patterns (.dockerignore rules) are left out of a build that has no ignore file. No image gets
    `left` patterns, whatever its language; those of `cleaned` (at any depth) and `cleaned_roots` (of the project and
    its workspaces) an image of this language does not get. `native` patterns are names of files with native code.
    `lockfiles` are names of files that a tool writes: they may be longer than what people write. `lossy` are
    ends of the names of those that their tools read whatever their encoding: U+FFFD stands for what is not UTF-8.

    Commands of users: `installs` are those that a build of this language does by itself.
    `migrates` are words of those that change a database, options left out: none is there when an image is built.
    `run_only` are variables of a running app that would change what an install does. Of the variables of a Dockerfile's image `modes`
    say whether it is one for development, and none is taken whose name begins with one of `tool_env`, which are settings of tools for
    that image, and is not in `kept_env`. `own_locales` says that it needs no locale of the system. `needless` are packages that a
    Dockerfile of this language usually has, and an image has no need of: what the app needs of them is found otherwise.

    `certificates` are variables that name the file of trusted certificates, each with who reads it. `failures` are
    patterns (of grep -E) of a line in a failed program's output, each with the sentence that says what to do; the first
    that matches decides. A third text is of patterns, blanks between, for the app's own place in such an output. `own_failures` are those that
    say so only where a program of this language failed: they come before those of all others. `crashes` are patterns of
    the same kind, or exit statuses (`=139`), of crashes of a tool itself that a second run seldom meets; with a variable, that names the directory which is emptied
    for it: where there is nothing in it, a second run would be as the first. `hardened` is None where there are no hardened images for it.
    """

    name: str
    title: str
    module: str = ""
    asks: bool = False
    tells: bool = False
    early: bool = False
    aliases: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    certain: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    installed: tuple[str, ...] = ()
    deep: tuple[str, ...] = ()
    whole: bool = False
    kin: str = ""
    tools: tuple[str, ...] = ()
    config_manifest: str = ""
    steps: tuple[OwnStep, ...] = ()
    groups: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()
    settings_files: tuple[SettingsFile, ...] = ()
    secret_files: tuple[str, ...] = ()
    secret_words: tuple[str, ...] = ()
    tokens: tuple[Token, ...] = ()
    public_prefixes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    cleaned: tuple[str, ...] = ()
    cleaned_roots: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    lockfiles: tuple[str, ...] = ()
    lossy: tuple[str, ...] = ()
    installs: tuple[Install, ...] = ()
    migrates: tuple[str, ...] = ()
    run_only: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    tool_env: tuple[str, ...] = ()
    kept_env: tuple[str, ...] = ()
    own_locales: bool = False
    needless: tuple[str, ...] = ()
    certificates: tuple[tuple[str, str], ...] = ()
    failures: tuple[tuple[str, str] | tuple[str, str, str], ...] = ()
    own_failures: tuple[tuple[str, str], ...] = ()
    crashes: tuple[tuple[str] | tuple[str, str], ...] = ()
    hardened: Hardened | None = None

    @property
    def markers(self) -> tuple[str, ...]:
        """All that detection looks at: asked for in one request, for all languages."""
        return (*self.manifests, *self.signs, *self.reads, *self.certain)


PROCFILES = ("Procfile", "procfile", "PROCFILE", "ProcFile")  # one that is spelt otherwise is read all the same

NODE = Entry(
    name="nodejs",
    title="Node.js",
    module="frontend.languages.node",
    tells=True,
    early=True,
    aliases=("node", "node.js", "javascript", "typescript"),
    manifests=("package.json",),
    signs=(
        *(f"{stem}.{end}" for stem in ("server", "index", "app", "main") for end in ("js", "mjs", "cjs", "ts", "mts")),
        "project.json", "*/package.json", "*/*/package.json",
    ),
    reads=(*PROCFILES, "bin/www", "pnpm-workspace.yaml", "nx.json"),
    wanted=(
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
        "pnpm-workspace.yaml", ".yarnrc.yml", ".yarnrc", ".npmrc", "bunfig.toml", ".pnpmfile.cjs", ".pnpmfile.mjs",
        ".node-version", ".nvmrc", ".tool-versions", "mise.toml", ".mise.toml", "mise/config.toml", ".config/mise.toml",
        *PROCFILES, "tsconfig.json", "turbo.json", "nx.json", "angular.json",
        "next.config.*", "svelte.config.*", "astro.config.*", "vite.config.*", "nuxt.config.*",
        "src/*.js", "src/*.ts", "src/*.mjs", "server/*.js", "server/*.ts", "app/*.js", "app/*.ts", "bin/*",
    ),
    programs=(
        "node", "tsx", "ts-node", "nest", "next", "nuxt", "remix-serve", "react-router-serve", "fastify",
        "npm", "npx", "yarn", "pnpm",
    ),
    interpreters=(
        Interpreter(
            "node",  # https://nodejs.org/api/cli.html
            ("npm", "npx", "yarn", "pnpm", "next", "nest", "nuxt"),
            (".js", ".cjs", ".mjs"),
            ("node",),
            takes=(
                "-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file",
                "--env-file-if-exists", "--title", "--disable-warning", "--unhandled-rejections", "--dns-result-order",
            ),
            ends=("-e", "--eval", "-p", "--print", "--run", "--test", "-i", "--interactive"),
            tried=(".js", ".json", ".node", "/index.js", "/package.json"),
            aliases=("nodejs",),
            places=("/nodejs/bin", "/usr/local/bin", "/usr/bin"),
            release=("NODE_VERSION", ""),
            same=1,
            shims=r'exec node +"\$basedir/([^"$]+)"',  # of pnpm: https://github.com/pnpm/cmd-shim
        ),
    ),
    hardened=Hardened((("node", "node"),), lines=("26", "24", "22")),
    installed=("node_modules",),
    tools=("node", "npm", "pnpm", "yarn"),
    config_manifest="package.json",
    steps=(
        OwnStep("build", "the build script, the framework's build, those of workspaces the app needs, `tsc`", "yes"),
        OwnStep("install-scripts", "the project's own install scripts, such as `postinstall`"),
        OwnStep("front-end", "the build of a front end that the server serves", "yes"),
        OwnStep("server", "a server that is added where the build makes a fetch handler alone"),
        OwnStep("browser", "`playwright install chromium`, where Playwright is a dependency"),
    ),
    groups=("dev",),
    secrets=(
        Secret("npmrc", "registries and tokens of npm, pnpm and yarn 1", ".npmrc", words=("npm",)),
        Secret("yarnrc.yml", "registries and tokens of yarn 2 and later", ".yarnrc.yml"),
        Secret("npm-token", "a registry token of npm, pnpm and yarn", env="NPM_TOKEN"),
    ),
    settings_files=(
        SettingsFile(
            ".npmrc",  # https://docs.npmjs.com/cli/configuring-npm/npmrc
            "ini",
            ("_authtoken", "_auth", "_password", "username", "email", "certfile", "keyfile", "cert", "key", "otp"),
        ),
        SettingsFile(".yarnrc.yml", "yaml", ("npmauthtoken*", "npmauthident*")),  # https://yarnpkg.com/configuration/yarnrc
        SettingsFile(".yarnrc", "words", ("*_authtoken", "*_auth", "*_password")),  # https://classic.yarnpkg.com/en/docs/yarnrc
        SettingsFile("bunfig.toml", "toml"),
    ),
    secret_files=(".npmrc", ".yarnrc", ".yarnrc.yml"),
    secret_words=("npmrc",),
    tokens=(Token("npm_", 36),),  # npm_config_update_notifier is none
    public_prefixes=(
        "NEXT_PUBLIC_", "VITE_", "REACT_APP_", "NUXT_PUBLIC_", "PUBLIC_", "EXPO_PUBLIC_", "GATSBY_",
    ),
    ignored=(
        "**/node_modules", "**/.pnpm-store", "**/.eslintcache", "**/.nyc_output", "**/.next/cache", "**/.parcel-cache",
        "**/.turbo", "**/.nx/cache", "npm-debug.log*", "yarn-error.log*",
    ),
    left=(".npmrc", ".nyc_output", ".eslintcache", "*.tsbuildinfo"),
    cleaned_roots=("spec", ".turbo", ".nx"),
    native=("*.node",),
    lockfiles=(
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
    ),
    lossy=(
        ".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx", ".vue", ".svelte", ".astro",
    ),
    installs=(
        *(Install((manager, verb)) for manager in ("npm", "pnpm", "yarn", "bun") for verb in ("install", "i", "ci")),
        *(Install((manager, verb), ("npm", "pnpm", "yarn", "bun", "npm@*", "pnpm@*", "yarn@*", "bun@*", "corepack*", "add"))
          for manager in ("npm", "pnpm", "yarn") for verb in ("install", "i", "add", "global")),
        Install(("yarn",)), Install(("npm", "clean-install")), Install(("corepack", "enable"), ("*",)),
        Install(("corepack", "prepare"), ("*",)), Install(("corepack", "use"), ("*",)),
    ),
    migrates=(
        "prisma migrate deploy", "prisma migrate", "prisma db push", "prisma db seed", "sequelize db:migrate",
        "sequelize-cli db:migrate", "knex migrate:latest", "typeorm migration:run", "drizzle-kit migrate",
        "drizzle-kit push", "run migrate", "run db:migrate", "run migrate:deploy", "run db:push", "run db:deploy",
        "run migration:run", "run prisma:migrate", "run seed", "run db:seed", "run migrate:up", "run migration:up",
        "node-pg-migrate up", "db-migrate up", "migrate-mongo up", "mikro-orm migration:up",
        "typeorm-ts-node-commonjs migration:run", "typeorm-ts-node-esm migration:run",
    ),
    run_only=("NODE_ENV", "NPM_CONFIG_PRODUCTION", "YARN_PRODUCTION"),
    modes=("NODE_ENV",),
    own_locales=True,
    tool_env=("NPM_", "YARN_", "PNPM_", "COREPACK_", "NVM_", "PLAYWRIGHT_BROWSERS_PATH", "PUPPETEER_"),
    certificates=(("NODE_EXTRA_CA_CERTS", "Node.js: npm, pnpm, yarn, node-gyp; bun"),),
    # yarn 2 to 4.18.0, where a connection breaks: https://github.com/yarnpkg/berry/pull/7249; npm says so itself; V8, which
    # reads what it compiled before and ends the process where it cannot: https://github.com/marcoroth/herb/pull/1977
    crashes=(
        (r"The `onCancel` handler was attached after the promise settled",),
        (r"npm (ERR!|error) (Exit handler|cb\(\)) never called",),
        (r"^# (Fatal error in|Check failed:) |[Ss]ignal:? SIG(SEGV|TRAP|ILL)|Segmentation fault|Trace/breakpoint trap", "NODE_COMPILE_CACHE"),
        *((f"={128 + signal}", "NODE_COMPILE_CACHE") for signal in (4, 5, 11)),
    ),
    failures=(
        (
            r"npm (ERR!|error) (Exit handler|cb\(\)) never called",
            "npm ended by a fault of its own; set the build-arg NPM_VERSION, or NODE_VERSION, to another release, and check the network of the builder",
        ),
        (
            r"The `onCancel` handler was attached after the promise settled",
            "yarn ends in this where connections to the registry break; run yarn set version 4.18.1 or newer, and check the network of the builder",
        ),
        (
            r"@sveltejs/adapter-static: all routes must be fully prerenderable",
            "adapter-static makes files alone: export const prerender = true in src/routes/+layout.js, a fallback page in svelte.config.js for a client"
            " router, or @sveltejs/adapter-node for a server",
        ),
        (
            r"npm (ERR!|error) (Missing|Invalid): .*(lock file|does not satisfy)",
            "package-lock.json does not fit package.json; run npm install and commit both",
        ),
        (
            r"npm (ERR!|error).*can only install (packages )?(when|with an existing)",
            "package-lock.json does not fit package.json; run npm install and commit both",
        ),
        (
            r"ERR_PNPM_(OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH|FROZEN_LOCKFILE_WITH_OUTDATED_LOCKFILE)",
            "pnpm-lock.yaml does not fit package.json or the settings; run pnpm install and commit it",
        ),
        (
            r"ERR_PNPM_LOCKFILE_BREAKING_CHANGE|ERR_INVALID_THIS",
            "this release of pnpm does not fit the lockfile or Node.js; set PNPM_VERSION, or run pnpm install with a newer one and commit pnpm-lock.yaml",
        ),
        (
            r"YN0028|Your lockfile needs to be updated|The lockfile would have been (modified|created)",
            "yarn.lock does not fit package.json; run yarn install and commit it",
        ),
        (
            r"YN0080.*approvedGitRepositories",
            "yarn clones approved repositories only; add a pattern for this one to approvedGitRepositories in .yarnrc.yml, as yarn install needs it too",
        ),
        (
            r"@workspace:.* failed to resolve|Workspace dependency .* not found",
            "a workspace that a dependency names is not there: check \"workspaces\" of package.json, and that no ignore file leaves it out",
        ),
        (
            r"lockfile had changes, but lockfile is frozen",
            "bun.lock does not fit package.json; run bun install and commit it",
        ),
        (
            r"error \S+@\S+: The engine .node. is incompatible",
            "a package requires another version of Node.js, which yarn 1 enforces; set the build-arg NODE_VERSION to one that it allows, or write --install.ignore-engines true in .yarnrc",
        ),
        (
            r"(npm (ERR!|error)|ERR_PNPM|error ).*(EBADENGINE|UNSUPPORTED_ENGINE|Unsupported engine|engine .?node.? is incompatible)",
            "a package requires another version of Node.js; set the build-arg NODE_VERSION, or engines.node in package.json, to one that it allows",
        ),
        (
            r"npm (ERR!|error) (code )?(ERESOLVE|.*unable to resolve dependency tree)",
            "dependencies require different versions of one package; align them, or set legacy-peer-deps=true in .npmrc if npm install needs it too",
        ),
        (
            r"(npm (ERR!|error).* E?(401|403|ENEEDAUTH)|ERR_PNPM_FETCH_40[13]|YN0041|Invalid authentication)",
            "the registry requires credentials or refused them; give them as the secret npmrc, npm-token or yarnrc.yml",
        ),
        (
            r"npm (ERR!|error) (notarget|404)|ERR_PNPM_(NO_MATCHING_VERSION|FETCH_404)|Couldn't find any versions for|YN0082",
            "the registry has no such package or version; check its name, and give the secret npmrc if it is in a private registry",
        ),
        (
            r"JavaScript heap out of memory|Reached heap limit",
            "Node.js ran out of heap; set the build-arg BUILD_ENV_NODE_OPTIONS=--max-old-space-size=4096 (MiB), and give the builder as much",
        ),
        (
            r"Failed to (set up|download) (Chrome|chrome|Firefox|chrome-headless-shell)|Failed to (set up|download) .* PUPPETEER_SKIP_DOWNLOAD",
            "puppeteer downloads a browser, which failed; set the build-arg BUILD_ENV_PUPPETEER_SKIP_DOWNLOAD=1 if the image needs none",
        ),
        (
            r"Failed to download (Chromium|chromium|Firefox|Webkit).*|playwright.*(download|install) failed|cdn\.playwright\.dev",
            "playwright downloads a browser, which failed; if the image needs none, set SKIP=browser, and where its install script does it the build-arg BUILD_ENV_PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1",
        ),
        (
            r"download\.cypress\.io|The Cypress App could not be downloaded",
            "cypress downloads a program, which failed; set the build-arg BUILD_ENV_CYPRESS_INSTALL_BINARY=0: an image needs none",
        ),
        (
            r"Unknown binaryTarget debian-openssl-3",
            "this release of Prisma does not know the OpenSSL of Debian 13; update prisma and @prisma/client to 4.16 or newer",
        ),
        (
            r"TS2307: .*Cannot find module '(\.|src/|@/|~)|Can't resolve '\.",
            "a file of the app is not found; check that it is committed, and that its name is written as it is: Linux tells Shared/ from shared/",
        ),
        (
            r"binaries\.prisma\.sh",
            "prisma downloads its engines, which failed; check that the builder reaches binaries.prisma.sh, or name a mirror by the build-arg BUILD_ENV_PRISMA_ENGINES_MIRROR",
        ),
        (
            r"Environment variable not found: |Cannot resolve environment variable|PrismaConfigEnvError|[Mm]issing required environment variable|[Ii]nvalid environment variables|environment variables? (is|are) (not (defined|set)|missing|required)|Failed to parse URL from undefined|destination.*does not start with|`?(DATABASE_URL|[A-Z][A-Z0-9]*_(URL|URI|HOST))`? (is|must be|was) (not (set|defined|provided)|set|defined|required|missing)",
            "the build reads an environment variable that is not set; set it by the build-arg BUILD_ENV_NAME=value, with a value that is no secret",
        ),
        (
            r"(^|[ :/])(node|npm|npx|yarn|pnpm|bun): (command )?not found|spawn (node|npm|npx|yarn|pnpm|bun) ENOENT",
            "the build runs a program that comes with Node.js, or beside it, and does not have it; set the build-arg BUILD_PACKAGES=nodejs,npm, or commit what it makes",
        ),
    ),
    own_failures=(
        (
            r"(^|[ :/])bunx?: (command )?not found|spawn bunx? ENOENT",
            "a script runs Bun, which this build does not have; add it to the development dependencies (npm install -D bun) and commit the lockfile",
        ),
        (
            r"(^|[ :/])(yarn|pnpm): (command )?not found|spawn (yarn|pnpm) ENOENT",
            'a script runs another package manager than the one that installs the app; have it run npm, or name that manager as "packageManager" in package.json and commit its lockfile',
        ),
    ),
)  # fmt: skip

PYTHON = Entry(
    name="python",
    title="Python",
    module="frontend.languages.python",
    tells=True,
    aliases=("py", "python3"),
    manifests=(
        "pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "setup.cfg", "manage.py", "uv.lock", "poetry.lock",
        "pdm.lock",
    ),
    signs=(
        "main.py", "app.py", "run.py", "server.py", "wsgi.py", "asgi.py",
        "environment.yml", "environment.yaml", "conda.yml", "pylock.toml", "*.py", "requirements/*.txt",
    ),
    reads=PROCFILES,
    wanted=(
        *PROCFILES,
        "Pipfile.lock", ".python-version", "runtime.txt", ".tool-versions", "mise.toml", ".mise.toml",
        "mise/config.toml", ".config/mise.toml", "uv.toml",
        "package.json", "*/package.json", "*.txt", "*.pip", "*/*.py", "src/*/*.py", "*/settings/*.py", "*/*/settings.py",
        "*.ini",
    ),
    programs=(
        "python", "python3", "gunicorn", "uvicorn", "hypercorn", "waitress-serve", "granian", "daphne", "uwsgi",
        "flask", "fastapi", "django-admin", "streamlit", "celery", "litestar", "sanic", "panel", "chainlit", "pserve",
        "uv", "poetry", "pdm", "pipenv", "hatch",
    ),
    interpreters=(
        Interpreter(
            "python",  # https://docs.python.org/3/using/cmdline.html
            ("gunicorn", "uvicorn", "flask", "celery", "django-admin"),
            (".py",),
            ("python",),
            takes=("-W", "-X", "--check-hash-based-pycs"),
            ends=("-c", "-m", "-i"),
            aliases=("python3", "python3.*[0-9]"),
            places=("/usr/bin", "/usr/local/bin", "/opt/python/bin"),
            release=("PYTHON_VERSION", "python"),
            same=2,
            modules=(
                ("gunicorn", "gunicorn"), ("uvicorn", "uvicorn"), ("hypercorn", "hypercorn"), ("granian", "granian"),
                ("daphne", "daphne"), ("waitress-serve", "waitress"), ("flask", "flask"), ("celery", "celery"),
                ("django-admin", "django"), ("streamlit", "streamlit"),
            ),
        ),
    ),
    hardened=Hardened((("python", "python"),), lines=("3.14", "3.13", "3.12", "3.11", "3.10")),
    installed=("venv", ".venv", "env"),
    tools=("python", "pip", "uv", "poetry", "pdm", "pipenv"),
    needless=(  # what builds, and libraries that compiled packages name: those are copied to the image
        "setuptools", "virtualenv", "wheel", "libpq5", "libmariadb3", "libgomp1", "libffi8", "libxml2", "libxslt1.1",
        "libjpeg62-turbo", "python3-venv",
    ),
    steps=(
        OwnStep("collectstatic", "Django's `manage.py collectstatic`", "where it runs `collectstatic` itself"),
        OwnStep("front-end", "the build script of a front end beside the app", "where it runs npm, yarn or pnpm itself"),
        OwnStep("project", "the installation of the app itself, where it is a package"),
        OwnStep("server", "a server that is added where the app depends on none"),
        OwnStep("groups", "the extra or group that has the program of a command, where no dependency has it"),
        OwnStep("browser", "`playwright install`, and Debian's Chromium for Selenium, where the sources start a browser"),
        OwnStep("bytecode", "the dependencies compiled to bytecode"),
    ),
    secrets=(
        Secret(
            "pip.conf",
            "index URLs of pip with credentials",
            "pip.conf",
            home=".config/pip/pip.conf",
            words=("pip", "pypi", "index"),
        ),
        Secret("uv.toml", "index URLs of uv with credentials", "uv.toml"),
        Secret("poetry-auth", "credentials of Poetry", "auth.toml"),
    ),
    settings_files=(
        SettingsFile("uv.toml", "toml"),
        SettingsFile("poetry.toml", "toml"),
        SettingsFile("auth.toml", "toml"),
    ),
    secret_files=(".pypirc", "pip.conf", "pip.ini", ".streamlit/secrets.toml"),
    secret_words=("pypirc",),
    tokens=(Token("pypi-AgE", 40, "_-"),),
    ignored=(
        "**/.venv", "**/venv", "**/__pycache__", "**/.mypy_cache", "**/.pytest_cache", "**/.ruff_cache", "**/.tox",
        "**/.nox",
    ),
    left=(".pypirc", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox"),
    cleaned=("__pycache__", "*.pyc"),
    cleaned_roots=(".coverage", "htmlcov", ".pdm-build", ".pdm-python", ".poetry", "build/lib", "build/bdist.*"),
    lockfiles=("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"),
    installs=(
        *(Install((*pip, "install"), ("*.txt", ".", "pip", "setuptools", "wheel", "uv", "poetry", "pipenv", "pdm"), True)
          for pip in (("pip",), ("pip3",), ("python", "pip"), ("python3", "pip"), ("uv", "pip"))),
        Install(("uv", "sync")), Install(("poetry", "install")), Install(("poetry", "config"), ("*",)),
        Install(("pipenv", "install")), Install(("pipenv", "sync")), Install(("pdm", "install")),
        Install(("pdm", "sync")), Install(("python", "venv"), ("*",)), Install(("python3", "venv"), ("*",)),
    ),
    migrates=(
        "manage.py migrate", "manage.py createsuperuser", "manage.py loaddata", "manage.py createcachetable",
        "django-admin migrate", "db upgrade", "flask init-db", "alembic upgrade", "alembic upgrade head",
        "aerich upgrade",
    ),
    modes=("FLASK_ENV", "DJANGO_ENV"),
    tool_env=("PIP_", "PIPENV_", "POETRY_", "UV_", "CONDA_", "VIRTUAL_ENV", "PYTHONHOME", "PYTHON_VERSION", "PYENV_"),
    certificates=(("REQUESTS_CA_BUNDLE", "requests: Poetry, Pipenv, PDM"), ("PIP_CERT", "pip")),
    failures=(
        (
            r"lockfile .*(needs to be updated|is outdated)|uv\.lock.* needs to be updated|Unable to find lockfile",
            "uv.lock does not fit pyproject.toml; run uv lock and commit it",
        ),
        (
            r"pyproject\.toml changed significantly|poetry\.lock is not (consistent|up to date)",
            "poetry.lock does not fit pyproject.toml; run poetry lock and commit it",
        ),
        (
            r"Lock ?file hash doesn't match|Lock file does not exist|lockfile is (out of date|outdated)",
            "pdm.lock does not fit pyproject.toml; run pdm lock and commit it",
        ),
        (
            r"Your Pipfile\.lock .*(is )?out of date",
            "Pipfile.lock does not fit Pipfile; run pipenv lock and commit it",
        ),
        (
            r"Your Pipfile requires .*python_(full_)?version",
            "the Pipfile requires another Python; set the build-arg PYTHON_VERSION to that one, or correct [requires] in the Pipfile",
        ),
        (
            r"requires a different Python|Requires-Python|[Cc]urrent Python version.* (is not|does not)|does not satisfy Python|project's Python requirement",
            "a package or the project requires another Python; set the build-arg PYTHON_VERSION, or .python-version, to one that it allows",
        ),
        (
            r"(HTTP error|status code|Client Error|Unauthorized|Forbidden)[^0-9]*40[13]|40[13] (Client )?(Error|Unauthorized|Forbidden)",
            "the package index requires credentials or refused them; give them as the secret pip.conf, uv.toml or poetry-auth",
        ),
        (
            r"No matching distribution found for [^ ]+==[^ ]+\+|satisfies the requirement [^ ]+==[^ ]+\+",
            "a version with a + (torch==2.6.0+cpu) is on no PyPI; name its index in the requirements file (--extra-index-url https://download.pytorch.org/whl/cpu), or remove the + and what follows",
        ),
        (
            r"No matching distribution found for|Could not find a version that satisfies|No solution found when resolving|version solving failed|Unable to find installation candidates",
            "no version of that package fits the others and this Python; check its name, or set the build-arg PYTHON_VERSION to one that it supports",
        ),
        (
            r"No module named '?pkg_resources'?",
            "a package imports pkg_resources, which setuptools has up to 81; add setuptools<82 to the dependencies, or set the build-arg PYTHON_VERSION=3.11",
        ),
        (
            r"No module named '?(distutils|imp|asyncore|asynchat|smtpd|cgi|crypt|telnetlib|imghdr|pipes|audioop)'?",
            "a package imports a module that this Python does not have any more; update the package, or set the build-arg PYTHON_VERSION=3.11",
        ),
        (
            r"^ModuleNotFoundError: No module named",
            "the package of that module is not installed: add it to the dependencies; those for development are left out, so settings for development that import one need a build-arg BUILD_ENV_NAME=value to choose others",
        ),
        (
            r"pg_config executable not found|mysql_config.*not found|Can not find valid pkg-config name",
            "a database's client library is missing; set the build-arg BUILD_PACKAGES=libpq-dev, or default-libmysqlclient-dev for MySQL",
        ),
        (
            r"ImproperlyConfigured: .*(SECRET_KEY|environment variable|DATABASE)|KeyError: '[A-Z][A-Z0-9_]+'|UndefinedValueError: [A-Z]|Field required \[type=missing",
            "the build reads an environment variable that is not set; set it by the build-arg BUILD_ENV_NAME=value, with a value that is no secret",
        ),
        (
            r"setuptools-scm was unable to detect version|unable to detect version for",
            "the version is read from git, which is not in the build: set the build-arg BUILD_ENV_SETUPTOOLS_SCM_PRETEND_VERSION=1.0, or add the line !.git to .dockerignore",
        ),
    ),
)  # fmt: skip

# the app's own place in a backtrace: an initializer that leads to it is the one to guard
RUBY_PLACES = r"config/initializers/[^:]+:[0-9]+ /app/(app|config|lib|engines|packs)/[^:]+\.rb:[0-9]+"
RUBY = Entry(
    name="ruby",
    title="Ruby",
    module="frontend.languages.ruby",
    tells=True,
    manifests=("Gemfile", "config.ru", "gems.rb"),
    signs=("app.rb", "main.rb", "server.rb", "web.rb", "bot.rb"),
    reads=("bin/rails", "config/application.rb", "Gemfile.lock", ".ruby-version", *PROCFILES),
    wanted=(
        *PROCFILES,
        "gems.locked", ".tool-versions", "mise.toml", ".mise.toml", "mise/config.toml", ".config/mise.toml",
        ".bundle/config", "*.gemspec", "*.rb", "bin/jobs", "config/puma.rb", "config/puma/production.rb", "config/unicorn.rb",
        "config/environments/production.rb", "config/database.yml", "package.json", "_config.yml",
        "config/initializers/assets.rb", "bin/yarn", "config/schedule.rb", "db/structure.sql",
    ),
    programs=(
        "bundle", "rails", "rackup", "puma", "ruby", "jekyll", "rake", "unicorn", "falcon", "sidekiq", "hanami", "iodine",
        "bin/rails", "bin/rake", "bin/bundle", "bin/thrust", "bin/jobs",
    ),
    interpreters=(
        Interpreter(
            "ruby",  # https://docs.ruby-lang.org/en/master/ruby/options_md.html
            ("bundle", "rails", "rake", "rackup", "puma"),
            (".rb",),
            ("ruby", "-S"),
            takes=("-C", "-E", "-I", "-r", "--encoding", "--external-encoding", "--internal-encoding"),
            ends=("-e", "-S", "-c", "-h", "-v", "--version", "--help"),
            aliases=("ruby[0-9]*",),
            places=("/usr/local/bin", "/usr/bin"),
            release=("RUBY_VERSION", "ruby/"),
            same=2,
            wrappers=(("bundle", "exec"),),
            starters=("thrust",),
            loads=("#!/usr/bin/env ruby",),
        ),
    ),
    hardened=Hardened((("ruby", "ruby"),), lines=("4.0", "3.4", "3.3")),
    tools=("ruby",),
    steps=(
        OwnStep("assets", "Rails' `assets:precompile`, with the front end that it bundles; `hanami assets compile`", "where it runs that itself"),
        OwnStep("front-end", "the build of a front end beside the app", "yes"),
        OwnStep("bootsnap", "the gems compiled for bootsnap"),
    ),
    groups=("development", "test"),
    secrets=(
        Secret(
            "bundle-config",
            "mirrors of Bundler and logins of gem servers",
            "config",
            home=".bundle/config",
            words=("bundle", "gem"),
        ),
        Secret(
            "rails-master-key",
            "the key of Rails' encrypted credentials, for the programs of the build that load the app",
            env="RAILS_MASTER_KEY",
            words=("rails_master", "master_key"),
        ),
    ),
    secret_files=("config/master.key", "config/credentials/*.key"),
    ignored=(
        "**/.bundle", "vendor/bundle", "**/.byebug_history", "log/*.log", "tmp/cache", "tmp/pids", "tmp/sockets",
        "tmp/storage",
    ),
    cleaned=(".bundle", ".byebug_history", ".rspec", ".rubocop*", ".yardoc"),
    cleaned_roots=(
        "spec", "features", "log/*.log", "tmp/cache", "tmp/pids", "tmp/sockets", "tmp/storage",
        "vendor/cache/*.gem",
    ),
    native=("*.so",),
    lockfiles=("Gemfile.lock", "gems.locked"),
    installs=(
        Install(("bundle", "install"), ("*",)), Install(("bundle",)), Install(("bundle", "config"), ("*",)),
        Install(("gem", "install"), ("bundler", "bundler:*")), Install(("gem", "update"), ("*",)),
    ),
    migrates=(
        "rails db:migrate", "rake db:migrate", "rails db:prepare", "rake db:prepare", "rails db:setup", "rake db:setup",
        "rails db:seed", "rake db:seed", "rails db:create", "rake db:create", "rails db:schema:load", "hanami db migrate",
        "bundle exec rails db:migrate", "bundle exec rake db:migrate", "bundle exec rails db:prepare",
        "bin/rails db:migrate", "bin/rails db:prepare", "./bin/rails db:migrate", "./bin/rails db:prepare",
    ),
    run_only=("RAILS_ENV", "RACK_ENV", "BUNDLE_DEPLOYMENT", "BUNDLE_PATH"),
    modes=("RAILS_ENV", "RACK_ENV", "APP_ENV", "HANAMI_ENV"),
    tool_env=("BUNDLE", "GEM_", "BOOTSNAP_", "RBENV_", "RUBYGEMS_"),
    kept_env=("BUNDLE_WITHOUT",),
    needless=(  # of the Dockerfile that `rails new` writes
        "libjemalloc2", "libvips", "libpq5", "libsqlite3-0", "libyaml-0-2", "sqlite3", "postgresql-client",
        "default-mysql-client", "node-gyp", "python-is-python3",
    ),
    failures=(
        (
            r"There was an error parsing `?(Gemfile|gems\.rb)",
            "the Gemfile is not valid Ruby; run bundle install where it is edited, and see the line above",
        ),
        (
            r"dependencies in your (gemfile|lockfile) changed|lockfile can.t be updated because|your deployment setting is set|gemspecs for path gems changed|You have (added|deleted|changed).*Gemfile",
            "Gemfile.lock does not fit the Gemfile; run bundle lock and commit both",
        ),
        (
            r"Your bundle only supports platforms",
            "Gemfile.lock is not locked for this platform; run bundle lock --add-platform x86_64-linux aarch64-linux and commit it",
        ),
        (
            r"(empty|missing an?) (CHECKSUMS|checksums) entry|checksum.*(lockfile|missing)|lockfile.*checksum",
            "Gemfile.lock lacks checksums; run bundle lock --add-checksums and commit it",
        ),
        (
            r"[Bb]undler found mismatched checksums",
            "a gem is not the one that Gemfile.lock was made with: check where it comes from; if it is right, delete its line below CHECKSUMS and run bundle lock --add-checksums",
        ),
        (
            r"Your Ruby (patchlevel|version) is .*but your Gemfile specified",
            "the Gemfile requires another Ruby; set the build-arg RUBY_VERSION, or .ruby-version, to one that it allows",
        ),
        (
            r"requires (Ruby|ruby) version|required_ruby_version|which is incompatible with the current version, (Ruby|ruby)",
            "a gem requires another Ruby; set the build-arg RUBY_VERSION, or .ruby-version, to one that it allows",
        ),
        (
            r"Missing encryption key to decrypt|MissingKeyError|MessageEncryptor::InvalidMessage|Missing `secret_key_base`",
            "the app reads its encrypted credentials; give their key as the secret rails-master-key (--secret id=rails-master-key,env=RAILS_MASTER_KEY), or leave the assets out by SKIP=assets",
            RUBY_PLACES,
        ),
        (
            r"ActiveRecord::(ConnectionNotEstablished|NoDatabaseError|DatabaseConnectionError|StatementInvalid)|PG::ConnectionBad|Mysql2::Error::ConnectionError|Trilogy::.*Connection",
            "the app asks its database while it is loaded, and a build has none: guard the line that does, or leave the assets out by SKIP=assets",
            RUBY_PLACES,
        ),
        (
            r"Redis::CannotConnectError|RedisClient::CannotConnectError",
            "the app asks Redis while it is loaded, and a build has none: guard the line that does, or leave the assets out by SKIP=assets",
            RUBY_PLACES,
        ),
        (
            r"KeyError: key not found: ",
            "the app reads an environment variable that is not set; set it by the build-arg BUILD_ENV_NAME=value, with a value that is no secret, or leave the assets out by SKIP=assets",
            RUBY_PLACES,
        ),
        (
            r"Authentication is required for|Bad username or password for|Bundler::Fetcher::(Authentication|BadAuthentication)",
            "the gem server requires credentials or refused them; give them as the secret bundle-config (~/.bundle/config)",
        ),
        (
            r"Could not find gem |Could not find .* in (rubygems|locally installed|any of the sources)|Your bundle is locked to ",
            "no source has that gem; check its name and version, and run bundle lock",
        ),
        (
            r"ERROR: Failed to build gem native extension",
            "a gem does not compile: see the lines above for the header or program it misses, and set the build-arg BUILD_PACKAGES to the Debian package that has it",
        ),
    ),
    own_failures=(
        (
            r"(yarn|npm|npx|pnpm|node|bun): (command )?not found|No such file or directory - (yarn|npm|npx|pnpm|node|bun)|(vite|webpack) .*not (found|installed)",
            "the assets are bundled by Node.js, which this build has for jsbundling-rails and cssbundling-rails alone; set the build-arg BUILD_PACKAGES=nodejs,npm, or commit what it makes and set SKIP=assets",
        ),
    ),
)  # fmt: skip

# Those that cannot be built yet. An app of one of them must not be built as something else because it has a
# package.json or a requirements.txt for its tools: the image would start the wrong program, or none.
GO = Entry("go", "Go", manifests=("go.mod",), certain=("main.go", "cmd/*/main.go"), programs=("go",))
PHP = Entry(
    "php",
    "PHP",
    manifests=("composer.json", "artisan", "wp-config.php", "wp-login.php"),
    certain=("artisan", "public/index.php", "wp-login.php"),
    programs=("php", "vendor/", "heroku-php-apache2", "heroku-php-nginx", "frankenphp"),
    installed=("vendor",),
)
RUST = Entry(
    "rust",
    "Rust",
    manifests=("Cargo.toml",),
    certain=("src/main.rs",),
    programs=("cargo",),
    certificates=(("CARGO_HTTP_CAINFO", "cargo, for Python packages built from Rust sources"),),
    failures=(
        (
            r"(cargo|rustc): (command )?not found|[Cc](an't|annot) find (a )?Rust compiler|spawn cargo ENOENT|requires Rust and Cargo",
            "the Rust compiler is missing; set the build-arg BUILD_PACKAGES=cargo, or choose a version that has a wheel",
        ),
    ),
)
JAVA = Entry(
    "java",
    "Java",
    manifests=("pom.xml", "build.gradle", "build.gradle.kts"),
    certain=("src/main/java", "src/main/kotlin", "src/main/resources"),
    programs=("java", "mvn", "mvnw", "gradle", "gradlew"),
)
DOTNET = Entry(
    name="dotnet",
    title=".NET",
    module="frontend.languages.dotnet",
    asks=True,
    aliases=(".net", "csharp", "fsharp", "aspnet"),
    manifests=("*.csproj", "*.fsproj", "*.vbproj", "*.sln", "*.slnx"),
    signs=("global.json", "Directory.Build.props", "Directory.Packages.props", "*.cs"),
    deep=tuple(f"{'*/' * depth}*.{end}" for depth in (1, 2, 3, 4) for end in ("csproj", "fsproj", "vbproj")),
    whole=True,
    reads=PROCFILES,
    wanted=("global.json", "Directory.Build.props", *PROCFILES),
    programs=("dotnet",),
    interpreters=(
        Interpreter(
            "dotnet",  # https://learn.microsoft.com/dotnet/core/tools/dotnet
            (),
            (".dll",),
            ("dotnet",),
            takes=(
                "--additionalprobingpath", "--additional-deps", "--depsfile", "--fx-version", "--roll-forward",
                "--runtimeconfig",
            ),
            ends=("exec", "--info", "--version", "--list-runtimes", "--list-sdks", "-h", "--help"),
        ),
    ),
    hardened=Hardened(
        (("mcr.microsoft.com/dotnet/aspnet", "aspnetcore"), ("mcr.microsoft.com/dotnet/runtime", "dotnet")),
        lines=("10.0", "9.0", "8.0"),
    ),
    tools=("dotnet",),
    steps=(
        OwnStep("tools", "`dotnet tool restore`, where there is a dotnet-tools.json"),
        OwnStep("front-end", "the build of a front end beside the project that serves it"),
    ),
    secrets=(
        Secret(
            "nuget-config",
            "package sources of NuGet and their credentials",
            "NuGet.Config",
            home=".nuget/NuGet/NuGet.Config",
            words=("nuget",),
        ),
    ),
    # what a publish may write besides what runs; Kestrel reads no web.config
    cleaned=("*.pdb", "*.dbg", "*.cs", "*.fs", "*.vb", "*.csproj", "*.fsproj", "*.vbproj", "*.sln", "*.slnx"),
    cleaned_roots=("appsettings.Development.json", "web.config", "obj", "bin/Debug", "bin/Release"),
    failures=(
        (
            r"error NU1301|error NU1101|error NU1102|Unable to load the service index",
            "no package source has that package, or one cannot be reached; check its name and version, and give a private source with its credentials as the secret nuget-config",
        ),
        (
            r"error NU1004",
            "packages.lock.json does not fit the project; run dotnet restore --force-evaluate and commit it",
        ),
        (
            r"error NETSDK1045|A compatible \.NET SDK was not found|Requested SDK version:",
            "the SDK of this build is not one that the project or global.json allows; set rollForward to latestFeature in global.json, or the build-arg DOTNET_VERSION",
        ),
        (
            r"error NETSDK1147|workload restore",
            "a project needs a workload, which the SDK's image does not have, and which could not be installed; see the output above, or build it without",
        ),
        (
            r"error MSB3030",
            "the project copies a file that is not in the build context; commit it (does an ignore file leave it out?), or write Condition=\"Exists('FILE')\" there",
        ),
        (
            r"error (CS|FS|BC)[0-9]+",
            "the code does not compile; dotnet build -c Release has the same errors",
        ),
    ),
    own_locales=True,
    tool_env=(
        "NUGET_", "DOTNET_ROOT", "DOTNET_CLI", "DOTNET_RUNNING_IN_CONTAINER", "DOTNET_URLS", "ASPNETCORE_URLS",
        "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "URLS", "DOTNET_VERSION", "BUILD_CONFIGURATION",
    ),
)  # fmt: skip
ELIXIR = Entry("elixir", "Elixir", manifests=("mix.exs",), certain=("mix.exs",), programs=("mix", "elixir"))
SCALA = Entry("scala", "Scala", manifests=("build.sbt",), certain=("build.sbt",), programs=("sbt",))
CLOJURE = Entry(
    "clojure",
    "Clojure",
    manifests=("project.clj", "deps.edn"),
    certain=("project.clj",),
    programs=("lein", "clojure", "clj"),
)
# Its apps are found as those of Node.js are, by the same files: what starts them decides between the two.
BUN = Entry(
    name="bun",
    title="Bun",
    module="frontend.languages.bun",
    kin="nodejs",
    wanted=NODE.wanted,
    programs=("bun", "bunx"),
    interpreters=(
        Interpreter(
            "bun",  # https://bun.sh/docs/cli/run
            ("bunx",),
            (".ts", ".tsx", ".jsx", ".mts", ".cts"),
            ("bun",),
            takes=(
                "-r", "--preload", "--require", "--import", "--env-file", "--cwd", "-c", "--config", "--port",
                "--conditions", "--main-fields", "--extension-order", "--tsconfig-override", "-d", "--define", "--title",
                "-l", "--loader", "--install", "--max-http-header-size", "--dns-result-order", "--unhandled-rejections",
            ),
            ends=("-e", "--eval", "-p", "--print", "--version", "-v", "--help", "-h", "x", "test", "build"),
            tried=(".tsx", ".ts", ".jsx", ".js", ".mjs", ".json", "/index.tsx", "/index.ts", "/index.js", "/package.json"),
            places=("/usr/local/bin", "/usr/bin"),
            release=("BUN_VERSION", ""),
            same=2,
        ),
    ),
    # a compiled program needs the C library alone
    hardened=Hardened((("oven/bun", "bun"), ("debian", "gcr.io/distroless/cc-debian13:nonroot")), lines=("1.4", "1.3")),
    tools=("bun",),
    steps=NODE.steps,
    groups=NODE.groups,
    cleaned_roots=NODE.cleaned_roots,
    native=NODE.native,
    tool_env=("BUN_INSTALL",),
)  # fmt: skip
DENO = Entry(
    name="deno",
    title="Deno",
    module="frontend.languages.deno",
    manifests=("deno.json", "deno.jsonc", "deno.lock"),
    signs=("main.ts", "main.tsx", "mod.ts", "deps.ts"),
    reads=(*PROCFILES, "package.json", "server.ts", "app.ts", "index.ts", "src/main.ts", "src/server.ts", "src/index.ts"),
    wanted=(
        *PROCFILES, "package.json", "import_map.json", ".npmrc", ".dvmrc", ".tool-versions", "mise.toml", ".mise.toml",
        "mise/config.toml", ".config/mise.toml", "dev.ts", "serve.ts", "src/mod.ts", "src/app.ts", "fresh.gen.ts",
        "fresh.config.ts", "vite.config.*", "*/deno.json", "*/deno.jsonc", "*/package.json",
    ),
    programs=("deno", "deployctl"),
    interpreters=(
        Interpreter(
            "deno",  # https://docs.deno.com/runtime/reference/cli/
            (),
            (),
            ("deno", "run"),
            takes=(
                "-c", "--config", "--cert", "--conditions", "--ext", "--host", "--import-map", "--location", "--port",
                "--preload", "--require", "--seed",
            ),
            ends=("compile", "eval", "task", "test", "x", "--version", "-V", "--help", "-h"),
            places=("/usr/bin", "/usr/local/bin", "/bin"),
            release=("DENO_VERSION", ""),
            same=2,
            verbs=("run", "serve"),
        ),
    ),
    hardened=Hardened((("denoland/deno", "deno"),)),
    installed=("node_modules", "vendor"),
    tools=("deno",),
    steps=(OwnStep("build", "the task `build`, or that of the framework", "yes"),),
    secrets=(
        Secret("deno-auth-tokens", "tokens of hosts that code is imported from (DENO_AUTH_TOKENS)", env="DENO_AUTH_TOKENS", words=("deno",)),
    ),
    ignored=("**/node_modules", "**/.deno"),
    cleaned=("*_test.ts", "*_test.tsx", "*_test.js", "*_bench.ts", "*.test.ts", "*.test.tsx"),
    lockfiles=("deno.lock",),
    installs=(Install(("deno", "install")), Install(("deno", "i")), Install(("deno", "cache"), ("*",))),
    tool_env=("DENO_DIR", "DENO_INSTALL"),
    certificates=(("DENO_CERT", "Deno"),),
    failures=(
        (
            r"The lockfile is out of date",
            "deno.lock does not fit what the app imports; run deno install --frozen=false (and deno cache of the entry) and commit it",
        ),
        (
            r"Unsupported lockfile version|lockfile version.*(newer|unsupported)",
            "deno.lock was written by a newer Deno; set the build-arg DENO_VERSION to one as new, such as that of deno --version",
        ),
    ),
)  # fmt: skip
UNITY = Entry("unity", "Unity", manifests=("ProjectSettings/ProjectVersion.txt",), certain=("Assets",))
# The last: a page may be a part of any app. The plan of a site is its own, whatever language builds it.
STATIC = Entry(
    name="static",
    title="static site",
    module="frontend.languages.static",
    aliases=("staticfile", "html"),
    manifests=("Staticfile", "static.json"),
    signs=(
        "index.html", "public/index.html", "hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config.toml", "zola.toml", "config.yaml",
        "config.yml", "config/_default/hugo.toml", "config/_default/hugo.yaml", "config/_default/config.toml",
    ),
    reads=("index.php",),
    wanted=("go.mod", "Caddyfile", "nginx.conf", "_redirects", "_headers"),
    programs=("caddy", "hugo", "zola"),
    lossy=(".html", ".htm"),
    cleaned_roots=(
        "Staticfile", "static.json", "Caddyfile", "_redirects", "_headers", "README.md", "LICENSE", "Procfile",
        "migetpacks.yaml", "Dockerfile", ".gitattributes", ".editorconfig", ".vscode", ".idea",
    ),
    failures=(
        (
            r"Error: .*Caddyfile:[0-9]+|Caddyfile:[0-9]+: ",
            "correct the Caddyfile; without one, a configuration for sites is used",
            r"Caddyfile:[0-9]+",
        ),
    ),
    hardened=Hardened((("debian", "gcr.io/distroless/static-debian13"),), "nonroot"),
)  # fmt: skip

ENTRIES: tuple[Entry, ...] = (
    *(NODE, BUN, PYTHON, GO, RUBY, PHP, RUST, JAVA, DOTNET, ELIXIR, SCALA, CLOJURE, DENO, UNITY),
    STATIC,
)
"""All languages; the order decides between equally strong claims."""


def built() -> Iterator[Entry]:
    """The languages that can be built."""
    return (entry for entry in ENTRIES if entry.module)


def named(name: str) -> Entry | None:
    """The language of a name or alias, in any case; None when there is none."""
    folded = name.casefold()
    return next((entry for entry in ENTRIES if folded in (entry.name, *entry.aliases)), None)


def of_program(program: str) -> Entry | None:
    """The language whose apps a program starts: "bundle", "vendor/bin/heroku-php-nginx", "./gradlew"; None if none."""
    path = program.removeprefix("./")
    return next(
        (
            entry
            for entry in ENTRIES
            for name in entry.programs
            if path == name or (name.endswith("/") and path.startswith(name))
        ),
        None,
    )


def steps() -> tuple[str, ...]:
    """The names of our own steps, of all languages."""
    return tuple(dict.fromkeys(step.name for entry in ENTRIES for step in entry.steps))


def tools() -> tuple[str, ...]:
    """What has a version that users may set: the build-arg NODE_VERSION, the config file's `versions: {node: …}`."""
    return tuple(tool for entry in ENTRIES for tool in entry.tools)


def setting(tool: str) -> str:
    """The build-arg that sets a tool's version: "pnpm" -> "PNPM_VERSION"."""
    return f"{tool.upper()}_VERSION"
