"""The program behind a start script: what `npm start` ends up running, without npm, shells and wrappers in between.

The text of a script is cut at `&&`, each command is unwrapped until a program is left that is no runner of others, and
the last one becomes process 1. Commands in front of it that build are moved to the build; others are kept with a shell.
"""

from fnmatch import fnmatchcase
from typing import NamedTuple

from frontend.commands.shell import RESERVED, Word, last_list, lex, replaced_by_last
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import Manifest, line, read
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.workspaces import Project
from frontend.paths import joined, within
from frontend.plan.model import Process, Warning

MAX_DEPTH = 16  # of scripts that run scripts

BINS = {  # program -> (package, file), where a lockfile does not tell; files that were the same in all their majors
    "next": ("next", "dist/bin/next"),
    "remix-serve": ("@remix-run/serve", "dist/cli.js"),
    "fastify": ("fastify-cli", "cli.js"),
    "nest": ("@nestjs/cli", "bin/nest.js"),
    "serve": ("serve", "build/main.js"),
    "http-server": ("http-server", "bin/http-server"),
    "prisma": ("prisma", "build/index.js"),
    "strapi": ("@strapi/strapi", "bin/strapi.js"),
    "probot": ("probot", "bin/probot.js"),
    "tsx": ("tsx", "dist/cli.mjs"),
    "ts-node": ("ts-node", "dist/bin.js"),
}
PACKAGES = {  # program -> package, where the names differ and no lockfile tells
    "react-router-serve": "@react-router/serve",
    "nuxi": "nuxt",
    "react-router": "@react-router/dev",
    "remix": "@remix-run/dev",
    "ng": "@angular/cli",
    "vue-cli-service": "@vue/cli-service",
    "pm2-runtime": "pm2",
    "dotenv": "dotenv-cli",
    "sequelize": "sequelize-cli",
    "babel-node": "@babel/node",
    "swc-node": "@swc-node/register",
    "cross-env": "cross-env",
    "moleculer-runner": "moleculer",
    "medusa": "@medusajs/cli",
    "keystone": "@keystone-6/core",
    "sucrase-node": "sucrase",
    "directus": "directus",
    "n8n": "n8n",
}
BUILDERS = frozenset(
    "tsc tsup tspc vue-tsc rollup esbuild swc babel webpack parcel ncc tsdown unbuild microbundle gulp grunt sass"
    " tailwindcss postcss copyfiles cpx cpy tsc-alias ttsc".split()
)
BUILD_WORDS = {  # programs that build when this is their first argument
    "vite": ("build",),
    "next": ("build",),
    "nuxt": ("build", "prepare"),
    "nuxi": ("build", "prepare"),
    "astro": ("build",),
    "nest": ("build",),
    "remix": ("build", "vite:build"),
    "react-router": ("build",),
    "turbo": ("build",),
    "nx": ("build",),
    "prisma": ("generate",),
    "ng": ("build",),
    "react-scripts": ("build",),
}
FILE_WORK = frozenset("rm rimraf mkdir cp mv echo shx del-cli cpr mkdirp".split())

DROPPED_NODE = ("--watch", "--watch-preserve-output")
WATCHERS = ("nodemon", "node-dev", "supervisor", "forever", "ts-node-dev", "tsnd")
WATCHED = {"tsx": "tsx", "ts-node-dev": "ts-node", "tsnd": "ts-node"}  # what a watcher of this name runs files by
SEQUENCES = ("run-s", "npm-run-all", "npm-run-all2")
PARALLEL = ("-p", "--parallel", "-pl")
PORT_FLAGS = ("-p", "--port", "-H", "--hostname", "--host", "-l", "--listen")
SERVERS_BY_ENV = ("next", "nuxt", "astro", "remix-serve", "react-router-serve", "serve")  # read PORT, need no flag


class Arg(NamedTuple):
    """A word of a command: its text, how it was written, and whether nothing in it is for the shell."""

    text: str
    raw: str
    plain: bool = True


class Segment(NamedTuple):
    """A command of a script. `tool` is the program's own name; `builds` says that it belongs to the build.

    `opaque` is shell text that is no simple command, kept as written. `dir` is where it runs, in the project. `then` is
    what stands between it and the next one: "&&" or ";".
    """

    args: tuple[Arg, ...]
    env: tuple[tuple[str, str], ...] = ()
    tool: str = ""
    dir: str = ""
    opaque: str = ""
    needs: tuple[str, ...] = ()
    then: str = "&&"


class Raw(str):
    """A variable's value as it is written, for the shell to expand."""

    __slots__ = ()


class Moved(NamedTuple):
    """A command of the start script that runs in the build instead: in `dir` of the project, `fetches` packages."""

    args: tuple[str, ...]
    dir: str = ""
    fetches: bool = False


class Start(NamedTuple):
    """How the app is started. `args` and `shell` as in a Process, `env` for the image.

    `tool` and `words` are the last program by its own name and its arguments ("next", ["start"]). `builds` are
    commands that run at the end of the build instead. `needs` are the packages whose programs are run.
    """

    args: tuple[str, ...]
    shell: bool = False
    env: tuple[tuple[str, str], ...] = ()
    tool: str = ""
    words: tuple[str, ...] = ()
    builds: tuple[Moved, ...] = ()
    needs: tuple[str, ...] = ()
    warnings: tuple[Warning, ...] = ()
    at: Location | None = None
    workspace: str = ""


class Resolver:
    """Resolves the commands of one app. `warnings` and `workspace` (the one a command names) collect on the way."""

    def __init__(self, tree: SourceTree, project: Project, manager: Manager, locked: Locked) -> None:
        self.tree = tree
        self.project = project
        self.manager = manager
        self.locked = locked
        self.warnings: list[Warning] = []
        self.at: Location | None = None
        self.workspace = ""

    def resolve(self, text: str, at: Location | None, manifest: Manifest | None = None) -> Start:
        """The start that a command's text means, in the directory of `manifest`, the app's if None.

        Raises PlanError for scripts that do not exist or run in circles.
        """
        self.at = at
        segments = self.flatten(text, manifest or self.project.app, ())
        segments = [s for s in segments if not (is_install(s) and not s.dir)]  # is done already
        builds = 0
        for index, segment in enumerate(segments[:-1]):
            if is_build(segment) or is_install(segment) or (builds and segment.tool in FILE_WORK):
                builds = index + 1
            elif segment.tool not in (*FILE_WORK, "cd"):
                break
        moved = tuple(
            Moved(tuple(arg.text for arg in s.args), s.dir, is_install(s))
            for s in segments[:builds]
            if s.args and s.tool != "cd"
        )
        return self.assemble(segments[builds:], moved)

    def script(self, name: str) -> Start:
        """The start that a script of the app's package.json means."""
        at = line(self.tree, self.project.app, "scripts", name)
        return self.resolve(f"npm run {name}", at)

    def segments(self, name: str) -> list[Segment]:
        """The commands that a script of the app's package.json runs."""
        self.at = line(self.tree, self.project.app, "scripts", name)
        return self.flatten(f"npm run {name}", self.project.app, ())

    # --- one text

    def flatten(self, text: str, manifest: Manifest, trail: tuple[str, ...]) -> list[Segment]:
        """The commands a text runs one after the other, scripts replaced by what they run."""
        words, operators = lex(text, self.at)
        if not words:
            return []
        begin = last_list(operators)
        compound = any(w.text in RESERVED for w in words)
        if any(symbol not in ("&&", ";", "\n") for symbol, _ in operators) or compound:
            if compound or not begin or any(symbol not in ("&&",) for symbol, _ in operators[begin:]):
                return [Segment((), opaque=text, dir=manifest.dir)]
            cut = operators[begin - 1][1]  # `a || true; node b`: what stands in front is the shell's
            before = Segment((), opaque=text[: cut - 1].strip(), dir=manifest.dir, then=";")
            return [before, *self.flatten(text[cut:], manifest, trail)]
        found: list[Segment] = []
        here = manifest
        given: tuple[tuple[str, str], ...] = ()  # by `set NAME=value`, as Windows has it
        starts = [0, *(end for _, end in operators)]
        ends = [*(end - len(symbol) for symbol, end in operators), len(text)]
        joints = [*("&&" if symbol == "&&" else ";" for symbol, _ in operators), "&&"]
        for start, end, joint in zip(starts, ends, ["&&", *joints], strict=False):  # `joint` is what stands before it
            if found:
                found[-1] = found[-1]._replace(then=joint)
            inside = [word for word in words if start <= word.start < end]
            if not inside:
                continue
            bounds = [word.start for word in inside[1:]] + [end]
            args = [Arg(w.text, text[w.start : stop].strip(), w.plain) for w, stop in zip(inside, bounds, strict=True)]
            if args[0].text == "cd" and len(args) == 2 and args[1].plain:
                moved = read(self.tree, joined(here.dir, args[1].text))
                found.append(Segment(tuple(args), dir=here.dir, tool="cd"))
                here = moved or Manifest(joined(here.dir, args[1].text), {})
                continue
            if args[0].text.casefold() == "set" and len(args) == 2 and is_assignment(args[1].text):
                given = (*given, assigned_value(args[1], here))
                continue
            assigned = len(assignments(inside))
            if assigned == len(args):
                found.append(Segment((), opaque=text[start:end].strip(), dir=here.dir))
                continue
            env = (*given, *(assigned_value(arg, here) for arg in args[:assigned]))
            found += self.simple(args[assigned:], env, here, trail)
        return found

    def simple(
        self, args: list[Arg], env: tuple[tuple[str, str], ...], manifest: Manifest, trail: tuple[str, ...]
    ) -> list[Segment]:
        """One command, unwrapped."""
        while True:
            name = args[0].text.rpartition("/node_modules/.bin/")[2].removeprefix("node_modules/.bin/")
            rest = args[1:]
            if name in ("cross-env", "cross-env-shell", "env", "exec"):
                while rest and (rest[0].text.startswith("-") or is_assignment(rest[0].text)):
                    if is_assignment(rest[0].text):
                        env = (*env, assigned_value(rest[0], manifest))
                    rest = rest[1:]
            elif name in ("dotenv", "dotenvx", "env-cmd"):
                rest, given = after_dotenv(name, rest)
                env = (*env, *given)
                self.warn(
                    "env-file",
                    f"{name} reads its variables from a file that is not in the image: give them to the container",
                    "secrets never ship",
                )
            elif name in ("yarn", "pnpm") and rest[:1] and rest[0].text == "node":
                pass
            elif name in ("npx", "pnpx", "bunx") or (name, *(a.text for a in rest[:1])) in EXECUTES:
                rest = rest if name in ("npx", "pnpx", "bunx") else rest[1:]
                while rest and rest[0].text.startswith("-"):
                    rest = rest[2:] if rest[0].text in ("-p", "--package") else rest[1:]
            elif any(word in ALL_PACKAGES.get(name, ()) for word in (arg.text for arg in rest)):
                verbs = [arg.text for arg in rest if not arg.text.startswith("-")]
                tool = "build" if any(is_build_script(verb) for verb in verbs) else RECURSIVE
                return [self.segment(args, env, manifest, tool)]
            elif name in ("npm", "yarn", "pnpm", "bun"):
                called = self.called(name, rest, manifest)
                if called is not None:
                    target, script, extra = called
                    return self.nested(script, target, extra, env, trail)
                if name in ("yarn", "pnpm") and rest and self.package_of(rest[0].text):
                    pass  # `yarn next start`: the program of a dependency
                elif name == "bun" and rest:
                    raise only_bun(self.at)
                else:
                    return [self.segment(args, env, manifest, name)]
            elif (names := self.sequence(name, rest, manifest)) is not None:
                found = [one for script in names for one in self.nested(script, manifest, [], env, trail)]
                return found or [self.segment(args, env, manifest, name)]
            elif name in WATCHERS or (name == "tsx" and rest[:1] and rest[0].text == "watch"):
                return self.unwatched(name, rest, env, manifest, trail)
            elif name == "pm2" and rest[:1] and rest[0].text == "start":  # it would go to the background
                kept = [arg for arg in rest if arg.text != "--no-daemon"]
                return [self.program("pm2-runtime", [Arg("pm2-runtime", "pm2-runtime"), *kept], env, manifest)]
            else:
                return [self.program(name, args, env, manifest)]
            if not rest:
                raise PlanError(f'"{name}" in the start command starts no program', at=self.at, hint="name the program")
            args = rest

    def sequence(self, name: str, rest: list[Arg], manifest: Manifest) -> list[str] | None:
        """The scripts that npm-run-all runs one after the other; None for other programs, and for scripts side by side.

        Source: https://github.com/mysticatea/npm-run-all/blob/master/docs/npm-run-all.md
        """
        words = [arg.text for arg in rest]
        if name not in SEQUENCES or any(word in PARALLEL for word in words):
            return None
        names: list[str] = []
        for word in words:
            if not word.startswith("-"):
                pattern = word.replace("**", "*")
                matching = [known for known in manifest.scripts if fnmatchcase(known, pattern)]
                names += matching if "*" in pattern else [word]
        return names

    def called(self, name: str, rest: list[Arg], manifest: Manifest) -> tuple[Manifest, str, list[Arg]] | None:
        """The script a package manager is told to run: whose, which, with what arguments; None when it is none."""
        target = manifest
        kept: list[Arg] = []
        index = 0
        after = False
        while index < len(rest):
            text = rest[index].text
            following = rest[index + 1].text if index + 1 < len(rest) else ""
            flag, equals, value = text.partition("=")
            if text == "--" and not after:
                after = True
            elif after or (len(kept) > 1 and name != "npm"):
                kept.append(rest[index])  # yarn, pnpm and bun hand on all that follows a script's name
            elif flag in WORKSPACE_FLAGS[name] or (flag in DIR_FLAGS[name]):
                value = value if equals else following
                index += 0 if equals else 1
                target = self.package(value, manifest, by_dir=flag in DIR_FLAGS[name])
            elif text in ("workspace",) and name == "yarn" and not kept:
                target = self.package(following, manifest)
                index += 1
            elif text.startswith("-") and (
                name == "npm" or not kept or (kept[0].text in ("run", "run-script") and len(kept) == 1)
            ):
                pass
            else:
                kept.append(rest[index])
            index += 1
        if not kept:
            return None
        verb = kept[0].text
        if verb in ("run", "run-script") and len(kept) > 1:
            if name == "bun" and kept[1].text not in target.scripts:
                return None  # `bun run server.ts`: a file
            return target, kept[1].text, kept[2:]
        if verb in ("start", "restart") and name in ("npm", "yarn", "pnpm"):
            return target, "start", kept[1:]
        if name in ("yarn", "pnpm", "bun") and verb in target.scripts:
            return target, verb, kept[1:]
        return None

    def package(self, named: str, manifest: Manifest, by_dir: bool = False) -> Manifest:
        """The package a flag names, by name or by directory. Raises PlanError when there is none."""
        named = named.strip("{}").rstrip(".").rstrip("/") or named
        members = self.project.all if not by_dir else ()
        exact = [m for m in members if named.removeprefix("./") in (m.name, m.dir)]
        scoped = [m for m in members if m.name.startswith("@") and m.name.partition("/")[2] == named]
        matching = exact or (scoped if len(scoped) == 1 else [])  # pnpm takes a name without its scope
        if matching:
            self.workspace = matching[0].dir
            return matching[0]
        found = read(self.tree, joined(manifest.dir, named))
        if found is None:
            raise PlanError(
                f'the start command names the package "{named}", which does not exist',
                at=self.at,
                hint="check its spelling",
            )
        if any(member.dir == found.dir for member in self.project.all):
            self.workspace = found.dir
        return found

    def nested(
        self, script: str, target: Manifest, extra: list[Arg], env: tuple[tuple[str, str], ...], trail: tuple[str, ...]
    ) -> list[Segment]:
        """The commands of a script, with its pre script, and the arguments and environment handed down."""
        key = f"{target.dir}:{script}"
        if key in trail or len(trail) > MAX_DEPTH:
            raise PlanError(f'the script "{script}" runs itself', at=self.at, hint="name the program it is to run")
        text = target.scripts.get(script)
        if text is None and script == "start" and self.tree.has(within(target.dir, "server.js")):
            text = "node server.js"  # npm's own default
        if text is None:
            raise PlanError(
                f'the start command runs the script "{script}", which package.json does not have',
                at=self.at,
                hint=f"known scripts: {', '.join(target.scripts) or 'none'}",
            )
        if is_build_script(script) and trail:
            return [
                Segment(tuple(Arg(w, w) for w in (self.manager.program, "run", script)), tool="build", dir=target.dir)
            ]
        before = target.scripts.get(f"pre{script}")
        found = self.flatten(before, target, (*trail, key)) if before else []
        inner = self.flatten(" ".join((text, *(arg.raw for arg in extra))), target, (*trail, key))
        given = self.without_port(env)
        return found + [one._replace(env=(*given, *one.env)) for one in inner]

    def unwatched(
        self,
        name: str,
        rest: list[Arg],
        env: tuple[tuple[str, str], ...],
        manifest: Manifest,
        trail: tuple[str, ...],
    ) -> list[Segment]:
        """The commands a watcher would run again on each change: `nodemon --exec "tsx a.ts"`, `nodemon server.js`."""
        self.warn(
            "dev-start",
            f"the start script uses {name}, which is for development: the app is started without it",
            "start the program itself",
        )
        text = self.watched(name, rest, manifest)
        return [one._replace(env=(*env, *one.env)) for one in self.flatten(text, manifest, trail)]

    def watched(self, name: str, rest: list[Arg], manifest: Manifest) -> str:
        """The text of the command that a watcher's arguments, and nodemon's configuration, mean."""
        config = self.nodemon(manifest) if name == "nodemon" else {}
        program = str(config.get("exec") or "")
        kept: list[Arg] = []
        skip = False
        for index, arg in enumerate(rest):
            flag, equals, value = arg.text.partition("=")
            if skip:
                skip = False
            elif flag in ("-x", "--exec"):
                program = value if equals else rest[index + 1].text if index + 1 < len(rest) else ""
                skip = not equals
            elif flag in ("-w", "--watch", "-e", "--ext", "-i", "--ignore", "--delay", "--signal", "--config"):
                skip = not equals
            elif arg.text in ("-L", "-q", "-V", "-I", "-C"):  # nodemon's own
                pass
            elif arg.text not in ("watch", "start") and not (arg.text.startswith("--") and not kept):
                kept.append(arg)
        if not kept and config.get("script"):
            kept = [Arg(str(config["script"]), str(config["script"]))]
        if not kept and not program:
            kept = [Arg(main, main) for main in [manifest.text("main") or "index.js"]]
        program = program or WATCHED.get(name, "node")
        if program == "node" and kept[0].text.endswith((".ts", ".mts", ".cts")):
            program = next((tool for tool in ("tsx", "ts-node") if tool in self.project.app.dependencies), program)
        return " ".join((program, *(arg.raw for arg in kept)))

    def nodemon(self, manifest: Manifest) -> dict[str, object]:
        """nodemon's configuration: nodemon.json, or a key of package.json. {} when there is none.

        Source: https://github.com/remy/nodemon#config-files
        """
        own = manifest.data.get("nodemonConfig")
        return self.tree.read_json(within(manifest.dir, "nodemon.json")) or (own if isinstance(own, dict) else {})

    # --- one program

    def program(self, name: str, args: list[Arg], env: tuple[tuple[str, str], ...], manifest: Manifest) -> Segment:
        """The program itself: Node.js with a file, wherever it is one."""
        if name == "node" or name.endswith("/node"):
            kept = self.node(args)
            return self.segment(kept, env, manifest, "node", self.preloaded(kept))
        if name in ("tsx", "ts-node") and not self.is_there(name):
            raise PlanError(
                f"the app is started by {name}, which is not among its dependencies",
                at=self.at,
                hint=f"npm install {name}; Node.js 22.18 and newer run most TypeScript by themselves",
            )
        if name == "tsx" and len(args) > 1:
            options, rest = split_options(args[1:])
            env = (*env, *((("TSX_TSCONFIG_PATH", value),) if (value := option(options, "--tsconfig")) else ()))
            flags = [a for a in options if a.text not in ("--tsconfig", value, "--no-cache", "--clear-screen=false")]
            flags = [a for a in flags if not a.text.startswith(("--tsconfig=", "--env-file"))]
            new = [Arg("node", "node"), Arg("--import", "--import"), Arg("tsx", "tsx"), *flags, *rest]
            return self.segment(new, env, manifest, "tsx", self.preloaded(new))
        if name in ("ts-node", "ts-node-esm", "ts-node-transpile-only") and len(args) > 1:
            return self.ts_node(name, args, env, manifest)
        package = self.package_of(name)
        if package is None:
            return self.segment(args, env, manifest, name.rpartition("/")[2])
        rest = list(args[1:])
        if name in SERVERS_BY_ENV:
            rest = self.without_ports(rest)
        needs = (package, *self.companions(package))
        return self.segment([*self.bin(name, package, manifest), *rest], env, manifest, name, needs)

    def is_there(self, package: str) -> bool:
        """Whether a package is installed: as a dependency, or with one."""
        own = {**self.project.top.dependencies, **self.project.app.dependencies}
        return package in own or package in self.locked.versions or any(package in own for package in BRINGS[package])

    def ts_node(self, name: str, args: list[Arg], env: tuple[tuple[str, str], ...], manifest: Manifest) -> Segment:
        """ts-node as a hook of Node.js: types are not checked again, their packages are not in the image."""
        options, rest = split_options(args[1:])
        env = (*env, ("TS_NODE_TRANSPILE_ONLY", "true"))
        if project := option(options, "-P") or option(options, "--project"):
            env = (*env, ("TS_NODE_PROJECT", project))
        hooks: list[str] = []
        for index, arg in enumerate(options):
            if arg.text in ("-r", "--require") and index + 1 < len(options):
                hooks += ["-r", options[index + 1].text]
        esm = name == "ts-node-esm" or any(a.text == "--esm" for a in options) or manifest.is_module
        own = ["--loader", "ts-node/esm"] if esm else ["-r", "ts-node/register"]
        new = [Arg(word, word) for word in ("node", *own, *hooks)] + rest
        return self.segment(new, env, manifest, "ts-node", self.preloaded(new))

    def preloaded(self, args: list[Arg]) -> tuple[str, ...]:
        """The packages that Node.js loads before the app (`-r dotenv/config`), and those they cannot do without."""
        found: list[str] = []
        for index, arg in enumerate(args[1:], 1):
            flag, equals, value = arg.text.partition("=")
            if flag in PRELOADS:
                package = package_name(value if equals else args[index + 1].text if index + 1 < len(args) else "")
                found += [package, *self.companions(package)] if package else []
        return tuple(dict.fromkeys(found))

    def companions(self, package: str) -> tuple[str, ...]:
        """What a transpiler loads beside itself, without depending on it."""
        own = {**self.project.top.dependencies, **self.project.app.dependencies}
        if package in BABEL:
            return tuple(name for name in own if name.startswith(("@babel/", "babel-")))
        brings = () if package in own else tuple(name for name in BRINGS.get(package, ()) if name in own)
        return (*COMPANIONS.get(package, ()), *brings)

    def node(self, args: list[Arg]) -> list[Arg]:
        """Node.js without what only serves development: watching, and the .env file, which never ships."""
        kept: list[Arg] = []
        skip = False
        for index, arg in enumerate(args):
            flag, equals, value = arg.text.partition("=")
            if skip:
                skip = False
            elif kept[1:] and not kept[-1].text.startswith("-") and index > 1 and kept[-1].text not in VALUES:
                kept.append(arg)
            elif flag in ("--env-file", "--env-file-if-exists"):
                file = value if equals else args[index + 1].text if index + 1 < len(args) else ""
                self.warn(
                    "env-file",
                    f"{file} is not in the image: its variables must be given to the container",
                    "secrets never ship",
                )
                skip = not equals
            elif flag in DROPPED_NODE or flag == "--watch-path":
                skip = flag == "--watch-path" and not equals
            elif (
                flag in ("-r", "--require", "--import")
                and (value or (args[index + 1].text if index + 1 < len(args) else "")) == "nodemon"
            ):
                skip = not equals
            else:
                kept.append(arg)
        return kept

    def without_ports(self, rest: list[Arg]) -> list[Arg]:
        """A server's arguments without a fixed port or host: it reads PORT, and listens on all addresses."""
        kept: list[Arg] = []
        skip = False
        for index, arg in enumerate(rest):
            flag, equals, _ = arg.text.partition("=")
            if skip:
                skip = False
            elif flag in PORT_FLAGS:
                skip = not equals
                value = arg if equals else rest[index + 1] if index + 1 < len(rest) else arg
                if flag in ("-p", "--port", "-l", "--listen") and value.plain:
                    self.warn(
                        "fixed-port",
                        "the start script fixes a port: the app listens on PORT instead",
                        "leave the port out of the script",
                    )
            else:
                kept.append(arg)
        return kept

    def package_of(self, name: str) -> str | None:
        """The dependency a program belongs to; None when it belongs to none."""
        known = self.locked.bins.get(name, ("",))[0] or PACKAGES.get(name) or BINS.get(name, ("",))[0] or name
        own = {**self.project.top.dependencies, **self.project.app.dependencies}
        if known in own:
            return known
        return known if name in self.locked.bins else None

    def bin(self, name: str, package: str, manifest: Manifest) -> list[Arg]:
        """A dependency's program: Node.js with its file where that is known, else the link in .bin."""
        modules = self.modules(package, manifest)
        found = self.locked.bins.get(name) or BINS.get(name)
        if self.manager.pnp:
            if found is None:
                raise PlanError(
                    f"with Plug'n'Play the program {name} cannot be started without yarn",
                    at=self.at,
                    hint='set "nodeLinker: node-modules" in .yarnrc.yml, or start a file of the app with node',
                )
            return [Arg(word, word) for word in ("node", "-e", f'import("{found[0]}/{found[1]}")', "--", name)]
        if found is not None:
            file = f"{modules}/{found[0]}/{found[1]}"
            return [Arg("node", "node"), Arg(file, file)]
        link = f"{modules}/.bin/{name}"
        return [Arg(link, link)]

    def modules(self, package: str, manifest: Manifest) -> str:
        """The node_modules that has a package, from where the program runs: its own, or the root's in a workspace."""
        if not self.project.has_workspaces or not manifest.dir:
            return "node_modules"
        if self.manager.kind == "pnpm":
            return "node_modules" if package in manifest.dependencies else "/app/node_modules"
        if f"{manifest.dir}/node_modules/{package}" in self.locked.places:
            return "node_modules"
        return "/app/node_modules"

    def segment(
        self,
        args: list[Arg],
        env: tuple[tuple[str, str], ...],
        manifest: Manifest,
        tool: str,
        needs: tuple[str, ...] = (),
    ) -> Segment:
        """A command, its variables without those the image sets itself."""
        return Segment(tuple(args), self.without_port(env), tool, manifest.dir, needs=needs)

    def without_port(self, env: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Variables without PORT: the image's own holds."""
        if any(name == "PORT" and not (isinstance(value, Raw) and "PORT" in value) for name, value in env):
            self.warn(
                "fixed-port",
                "the start script sets PORT: the port of the image is used instead",
                "set the build-arg PORT",
            )
        return tuple((name, value) for name, value in dict(env).items() if name != "PORT")

    # --- the whole

    def assemble(self, segments: list[Segment], moved: tuple[Moved, ...]) -> Start:
        """One program as an argument list, several with a shell that the last one replaces."""
        if not segments or segments[-1].tool == "cd":
            only = "only builds, and starts nothing" if moved else "starts nothing" if segments else "is empty"
            raise PlanError(f"the start command {only}", at=self.at, hint="name the program to start")
        last = segments[-1]
        needs = tuple(dict.fromkeys(need for s in segments for need in s.needs))
        words = tuple(arg.text for arg in last.args)
        common = Start((), tool=last.tool, builds=moved, needs=needs, warnings=tuple(self.warnings), at=self.at)
        common = common._replace(words=self.own_words(last), workspace=self.workspace)
        here = self.project.app.dir
        plain = all(arg.plain for arg in last.args) and not any(isinstance(value, Raw) for _, value in last.env)
        if len(segments) == 1 and last.dir == here and not last.opaque and plain:
            return common._replace(args=words, env=last.env)
        text = ""
        for segment in segments:
            if segment.dir != here:  # scripts of another package run in its directory
                text += f"cd {quoted(self.project.inside(segment.dir))} && "
            text += self.shell_text(segment, last=segment is last)
            text += "" if segment is last else "; " if segment.then == ";" else " && "
            here = joined(segment.dir, segment.args[1].text) if segment.tool == "cd" else segment.dir
        return common._replace(args=("/bin/sh", "-c", text), shell=True)  # noqa: S604 - data, nothing is run here

    def own_words(self, segment: Segment) -> tuple[str, ...]:
        """The arguments a program was given by the user."""
        texts = [arg.text for arg in segment.args]
        if segment.tool in BINS or (segment.needs and segment.tool not in ("node", "tsx", "ts-node")):
            return tuple(texts[2:] if texts[:1] == ["node"] else texts[1:])
        return tuple(texts[1:])

    def shell_text(self, segment: Segment, *, last: bool) -> str:
        """A command as shell text; the last one takes the shell's place."""
        if segment.opaque:
            return (
                replaced_by_last(segment.opaque, self.at)
                if last
                else f"( {segment.opaque} )"
                if segment.then == "&&" and needs_group(segment.opaque)
                else segment.opaque
            )
        words = [arg.raw if not arg.plain else quoted(arg.text) for arg in segment.args]
        env = [f"{name}={value if isinstance(value, Raw) else quoted(value)}" for name, value in segment.env]
        if last and segment.tool != "cd":
            return " ".join(["exec", *(["env", *env] if env else []), *words])
        return " ".join([*env, *words])

    def warn(self, code: str, message: str, hint: str) -> None:
        """A doubt, once each."""
        found = Warning(code, message, self.at, hint)
        if found not in self.warnings:
            self.warnings.append(found)


RECURSIVE = "every package"  # the tool of a command that runs a script of all packages
ALL_PACKAGES = {  # package manager -> words that say so
    "pnpm": ("-r", "--recursive", "recursive"),
    "npm": ("-ws", "--workspaces"),
    "yarn": ("workspaces",),
}
EXECUTES = {
    ("yarn", "exec"),
    ("pnpm", "exec"),
    ("npm", "exec"),
    ("npm", "x"),
    ("pnpm", "dlx"),
    ("yarn", "dlx"),
    ("bun", "x"),
}
WORKSPACE_FLAGS: dict[str, tuple[str, ...]] = {
    "npm": ("-w", "--workspace"),
    "pnpm": ("--filter", "-F"),
    "yarn": (),
    "bun": ("--filter", "-F"),
}
DIR_FLAGS: dict[str, tuple[str, ...]] = {
    "npm": ("--prefix", "-C"),
    "pnpm": ("-C", "--dir"),
    "yarn": ("--cwd",),
    "bun": ("--cwd",),
}
PRELOADS = ("-r", "--require", "--import", "--loader", "--experimental-loader")  # options of node that load a module
BABEL = ("@babel/node", "@babel/register")  # load the presets and plugins that a configuration names
BRINGS = {"ts-node": ("ts-node-dev",), "tsx": ()}  # package -> packages that depend on it
COMPANIONS = {  # transpiler -> its peer dependencies
    "ts-node": ("typescript",),
    "@swc-node/register": ("typescript", "@swc/core"),
    "@swc/register": ("@swc/core",),
    "esbuild-register": ("esbuild",),
    "esbuild-runner": ("esbuild",),
}
VALUES = (
    *PRELOADS,
    "-C",
    "--conditions",
    "-e",
    "--eval",
    "-p",
)


def shell_text(process: Process) -> str:
    """A process as the text it was written as, in the words a shell understands."""
    if process.shell:
        return process.args[2].replace("\\\n", " ")
    return " ".join(quoted(word) for word in process.args)


def assignments(words: list[Word]) -> list[Word]:
    """The assignments in front of a command."""
    found = []
    for word in words:
        if not word.assigns:
            break
        found.append(word)
    return found


def assigned_value(arg: Arg, manifest: Manifest) -> tuple[str, str]:
    """The name and value of a NAME=value word; a Raw value where the shell has to expand it."""
    name, _, value = arg.text.partition("=")
    if arg.plain:
        return name, value
    raw = arg.raw.partition("=")[2]
    of_npm = raw.strip("\"'${}").removeprefix("npm_package_")  # npm sets these from package.json
    known = manifest.text(of_npm) if raw.strip("\"'").startswith(("$npm_package_", "${npm_package_")) else ""
    return (name, known) if known else (name, Raw(raw))


def is_assignment(text: str) -> bool:
    """Whether a word is NAME=value."""
    name, equals, _ = text.partition("=")
    return bool(equals) and name.replace("_", "a").isalnum() and not name[0].isdigit()


def after_dotenv(name: str, rest: list[Arg]) -> tuple[list[Arg], tuple[tuple[str, str], ...]]:
    """What dotenv-cli, dotenvx and env-cmd run, and the variables given to them in words; their files never ship."""
    env: list[tuple[str, str]] = []
    takes = ("-e", "-f", "-v", "-c", "-p", "--file", "--env-file", "--environments", "-r", "--rc-file")
    if name == "dotenvx" and rest and rest[0].text == "run":
        rest = rest[1:]
    while rest and (rest[0].text.startswith("-") or (name == "env-cmd" and rest[0].text.startswith("."))):
        text = rest[0].text
        if text == "--":
            return rest[1:], tuple(env)
        if text == "-v" and len(rest) > 1 and is_assignment(rest[1].text):
            key, _, value = rest[1].text.partition("=")
            env.append((key, value))
        rest = rest[2:] if text in takes else rest[1:]
    return rest, tuple(env)


def split_options(args: list[Arg]) -> tuple[list[Arg], list[Arg]]:
    """The options in front of the first file, with their values, and the rest."""
    takes = (
        "--tsconfig",
        "-r",
        "--require",
        "--import",
        "-P",
        "--project",
        "-O",
        "--compiler-options",
        "--env-file",
        "--loader",
    )
    index = 0
    while index < len(args) and args[index].text.startswith("-"):
        index += 2 if args[index].text in takes else 1
    return args[:index], args[index:]


def option(args: list[Arg], name: str) -> str:
    """An option's value, `--name value` or `--name=value`; "" when it is not there."""
    for index, arg in enumerate(args):
        if arg.text == name and index + 1 < len(args):
            return args[index + 1].text
        if arg.text.startswith(f"{name}="):
            return arg.text.partition("=")[2]
    return ""


def is_build(segment: Segment) -> bool:
    """Whether a command is part of the build: a compiler, a bundler, a build script."""
    words = [arg.text for arg in segment.args]
    if segment.tool == "build" or segment.tool in BUILDERS:
        return True
    return segment.tool in BUILD_WORDS and any(word in BUILD_WORDS[segment.tool] for word in words[1:4])


def is_install(segment: Segment) -> bool:
    """Whether a command installs packages."""
    words = [arg.text for arg in segment.args if not arg.text.startswith("-")]
    return segment.tool in WORKSPACE_FLAGS and (words[1:2] in (["install"], ["i"], ["ci"]) or words == ["yarn"])


def is_build_script(name: str) -> bool:
    """Whether a script's name says that it builds."""
    return name == "build" or name.startswith(("build:", "build-", "compile"))


def needs_group(text: str) -> bool:
    """Whether shell text must be kept together when something follows it."""
    return any(mark in text for mark in ("||", "&", ";", "|"))


def only_bun(at: Location | None) -> PlanError:
    """The error for an app of the Bun runtime."""
    return PlanError(
        "the app is started by the Bun runtime, which cannot be built yet",
        at=at,
        hint="start it with node, or tsx for TypeScript; bun as a package manager is supported",
    )


def package_name(module: str) -> str:
    """The package of a module as it is imported: "dotenv" of "dotenv/config"; "" for a file and what Node.js brings."""
    if not module or module[0] in "./" or ":" in module:
        return ""
    return "/".join(module.split("/")[: 2 if module[0] == "@" else 1])


def quoted(text: str) -> str:
    """A word for the shell."""
    from shlex import quote

    return quote(text)
