"""How a command of the start is executed: by Node.js wherever it can be, without what serves development.

A transpiler becomes a hook of Node.js, a dependency's program the file behind it, a fixed port goes.
"""

from collections.abc import Iterable

from msgspec import Struct, structs

from frontend.commands.options import Option, Split, split_options
from frontend.commands.words import Word, literal
from frontend.errors import Location, PlanError
from frontend.languages.node import bins, engines, env_files, frameworks, options, ports
from frontend.languages.node.engines import Engine
from frontend.languages.node.manifest import read
from frontend.languages.node.repository import Repository
from frontend.languages.node.scripts import BUILD, Command
from frontend.paths import joined
from frontend.plan.model import Evidence, Warning

BUN = "bun"
OF_BUN_IN_DEVELOPMENT = frozenset(  # and what only says how a script is found
    "--watch --hot --no-clear-screen --inspect --inspect-wait --inspect-brk --bun -b --silent --if-present --check"
    " --watch-kill-signal --elide-lines --shell".split()
)
WATCHING = frozenset(("--watch", "--watch-preserve-output", "--watch-path"))
OF_TSX = frozenset(("--tsconfig", "--no-cache", "--clear-screen"))  # what a hook of Node.js cannot be told
TS_NODES = ("ts-node", "ts-node-esm", "ts-node-transpile-only")


class Launched(Struct, frozen=True):
    """A command as it is executed: `words` with the variables `env`, by the program `tool`, given `arguments`.

    `needs` are the packages whose programs are run, `elsewhere` are other places of the program in the first words.
    `inside` are the names of the programs that it runs in turn, `develops` is a development server among them.
    `opaque`, `dir`, `then` are the command's own.
    """

    words: tuple[Word, ...]
    dir: str
    tool: str = ""
    env: tuple[tuple[str, Word], ...] = ()
    arguments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    opaque: str = ""
    then: str = "&&"
    warnings: tuple[Warning, ...] = ()
    elsewhere: tuple[tuple[Word, ...], ...] = ()
    inside: tuple[str, ...] = ()
    develops: str = ""


def launched(repository: Repository, command: Command, at: Location | None) -> Launched:
    """How a command is executed. Raises PlanError for a program that is not installed."""
    env, doubts = without_port(command.env, at)
    common = Launched(
        command.words, command.dir, command.name, env, command.arguments, (), command.opaque, command.then
    )
    name = command.name
    if command.opaque or name == "cd":
        found = common
    elif name == BUILD:
        found = structs.replace(common, words=(literal(repository.manager.program), *command.words[1:]))
    elif name == BUN:
        found = by_bun(repository, common, command, at)
    elif name == "node" or name.endswith("/node"):
        found = by_node(repository, common, at)
    elif name in ("tsx", *TS_NODES) and len(command.words) > 1:
        require_installed(repository, name, at, command.dir)
        found = by_tsx(repository, common, at) if name == "tsx" else by_ts_node(repository, common, command)
    else:
        require_installed(repository, name, at)
        found = by_package(repository, common, command, at)
    found = with_files(repository, found, command, at) if command.env_files else found
    found = by_engine(found, repository.engine) if repository.engine is not None else found
    return structs.replace(found, warnings=(*found.warnings, *doubts))


def with_files(repository: Repository, found: Launched, command: Command, at: Location | None) -> Launched:
    """A program that reads the env files of its command, by Node.js; in other places only where Node.js runs it too."""
    by_node = bool(found.words) and found.words[0].text == "node"
    read = env_files.read(repository, command.env_files, found.dir, by_node, at)
    found = structs.replace(found, warnings=(*found.warnings, *read.warnings))
    if not read.options:
        return found
    given = tuple(word.text for word in read.options)
    return structs.replace(
        found,
        words=(found.words[0], *read.options, *found.words[1:]),
        arguments=(*given, *found.arguments) if found.tool == "node" else found.arguments,
        elsewhere=tuple((w[0], *read.options, *w[1:]) for w in found.elsewhere if w[0].text == "node"),
    )


def require_installed(repository: Repository, name: str, at: Location | None, dir: str = "") -> None:
    """Raises PlanError for a transpiler that is not there: it is often installed globally on developers' machines.

    `dir` is the directory of a package that it is run in, whose own dependencies count as well.
    """
    below = read(repository.tree, dir) if name in ("tsx", "ts-node") and dir else None
    own = below is not None and name in below.dependencies
    if name in ("tsx", "ts-node") and not own and not bins.is_installed(repository, name):
        raise PlanError(
            f"the app is started by {name}, which is not among its dependencies",
            at=at,
            hint=f"npm install {name}; Node.js 22.18 and newer run most TypeScript by themselves",
        )


def split(words: tuple[Word, ...], takes: frozenset[str]) -> tuple[Split, tuple[Word, ...]]:
    """The options of a program, and all words behind them, a `--` too: what follows it may look like an option."""
    found = split_options(words[1:], takes)
    return found, words[1 + sum(len(one.words) for one in found.options) :]


def written(given: Iterable[Option]) -> tuple[Word, ...]:
    """Options as words."""
    return tuple(word for one in given for word in one.words)


def by_node(repository: Repository, common: Launched, at: Location | None) -> Launched:
    """Node.js without watching, and without an env file that does not ship, as .env never does."""
    found, tail = split(common.words, options.NODE)
    kept = []
    warnings = []
    for one in found.options:
        value = one.value.text if one.value is not None else ""
        if one.name in env_files.OPTIONS and not repository.ships(joined(common.dir, value)):
            told = f"{value} is not in the image: set its variables on the container"
            warnings.append(Warning("env-file", told, at, "env files are never copied into the image"))
        elif one.name not in WATCHING and not (one.name in options.PRELOADS and value == "nodemon"):
            kept.append(one)
    words = (common.words[0], *written(kept), *tail)
    return structs.replace(
        common,
        words=words,
        tool="node",
        arguments=tuple(word.text for word in words[1:]),
        needs=preloaded(repository, kept),
        warnings=tuple(warnings),
    )


def by_bun(repository: Repository, common: Launched, command: Command, at: Location | None) -> Launched:
    """What Bun runs: by Bun, without watching and without an env file that does not ship.

    By Node.js where the user says that it is its app, and the file is the server that a framework made for it. Raises
    OtherLanguageError for any other file, where the app is one of Node.js.
    """
    found = split_options(command.words[1:], options.BUN)
    if not found.rest or command.arguments[:1] in (("install",), ("build",), ("test",)):
        return structs.replace(common, tool=BUN)
    if repository.engine is None:
        file = found.rest[0].text
        if not frameworks.is_output(command.manifest, file):
            raise engines.other(Evidence("Bun", f"the start is {' '.join(word.text for word in command.words)}", at))
        node = by_node(repository, structs.replace(common, words=(literal("node"), *found.rest)), at)
        told = f"bun is not in the image: {file}, which the framework made for Node.js, is started by node"
        warning = Warning("bun-runtime", told, at, "set LANGUAGE=bun, or start it by node")
        return structs.replace(node, warnings=(*node.warnings, warning))
    kept: list[Option] = []
    warnings = []
    for one in found.options:
        value = one.value.text if one.value is not None else ""
        if one.name == "--env-file" and not all(
            repository.ships(joined(common.dir, file)) for file in value.split(",")
        ):
            told = f"{value} is not in the image: set its variables on the container"
            warnings.append(Warning("env-file", told, at, "env files are never copied into the image"))
        elif one.name == "--port":
            told = "the start script fixes a port (--port): the app listens on PORT instead"
            warnings.append(Warning("fixed-port", told, at, "remove --port from the script"))
        elif one.name not in OF_BUN_IN_DEVELOPMENT:
            kept.append(one)
    words = (literal(BUN), *written(kept), *found.rest)
    return structs.replace(
        common,
        words=words,
        tool=BUN,
        arguments=tuple(word.text for word in words[1:]),
        needs=tuple(
            package
            for one in kept
            if one.name in options.BUN_PRELOADS and one.value is not None and (package := package_name(one.value.text))
        ),
        warnings=tuple(warnings),
    )


def by_engine(found: Launched, engine: Engine) -> Launched:
    """What Node.js would run, by the engine of the app: it reads TypeScript, and needs no hook for it."""

    def of(words: tuple[Word, ...]) -> tuple[Word, ...]:
        if not words or words[0].text != "node":
            return words
        given = split_options(words[1:], options.NODE)
        kept = [one for one in given.options if one.name not in options.PRELOADS or not is_hook(one)]
        file = given.rest[:1]
        if file and not engines.is_file(file[0].text) and file[0].plain:  # `bun build` is a command of its own
            file = (literal(f"./{file[0].text}"),)
        return (literal(engine.program), *written(kept), *file, *given.rest[1:])

    words = of(found.words)
    if words == found.words and not found.elsewhere:
        return found
    hooked = found.tool in ("node", "tsx", *TS_NODES)
    return structs.replace(
        found,
        words=words,
        elsewhere=tuple(map(of, found.elsewhere)),
        tool=engine.program if hooked else found.tool,
        arguments=tuple(word.text for word in words[1:]) if hooked else found.arguments,
        needs=() if found.tool in ("tsx", *TS_NODES) else found.needs,
    )


def is_hook(one: Option) -> bool:
    """Whether an option of Node.js loads a transpiler."""
    return one.value is not None and package_name(one.value.text) in ("tsx", "ts-node")


def by_tsx(repository: Repository, common: Launched, at: Location | None) -> Launched:
    """tsx as a hook of Node.js."""
    found, tail = split(common.words, options.TSX)
    config = found.value("--tsconfig")
    kept = [one for one in found.options if one.name not in OF_TSX]
    hooked = by_node(
        repository,
        structs.replace(common, words=(literal("node"), literal("--import"), literal("tsx"), *written(kept), *tail)),
        at,
    )
    env = (*common.env, ("TSX_TSCONFIG_PATH", literal(config))) if config else common.env
    return structs.replace(hooked, tool="tsx", env=env)


def by_ts_node(repository: Repository, common: Launched, command: Command) -> Launched:
    """ts-node as a hook of Node.js: types are not checked again, their packages are not in the image."""
    found, tail = split(common.words, options.TS_NODE)
    env = (*common.env, ("TS_NODE_TRANSPILE_ONLY", literal("true")))
    if config := found.value("-P", "--project"):
        env = (*env, ("TS_NODE_PROJECT", literal(config)))
    esm = command.name == "ts-node-esm" or found.option("--esm") is not None or command.manifest.is_module
    hook = ("--loader", "ts-node/esm") if esm else ("-r", "ts-node/register")
    values = [one.value for one in found.options if one.name in ("-r", "--require") and one.value is not None]
    hooks = tuple(word for value in values for word in (literal("-r"), value))
    words = (literal("node"), *map(literal, hook), *hooks, *tail)
    needs = preloaded(repository, split(words, options.NODE)[0].options)
    return structs.replace(
        common, words=words, tool="ts-node", env=env, arguments=tuple(word.text for word in words[1:]), needs=needs
    )


def by_package(repository: Repository, common: Launched, command: Command, at: Location | None) -> Launched:
    """A dependency's program; as it is when it is none."""
    package = bins.package_of(repository, command.name)
    if package is None:
        return structs.replace(common, tool=command.name.rpartition("/")[2])
    rest = command.words[1:]
    warnings: tuple[Warning, ...] = ()
    if command.name in ports.SERVERS:
        rest, warnings = ports.without_ports(command.name, rest, at)
    others = bins.elsewhere(repository, command.name, package, command.manifest)
    if (variable := ports.VARIABLES.get(command.name)) is not None:
        common = structs.replace(
            common, env=(*(one for one in common.env if one[0] != variable), (variable, ports.PORT))
        )
    return structs.replace(
        common,
        words=(*bins.started(repository, command.name, package, command.manifest, at), *rest),
        elsewhere=tuple((*words, *rest) for words in others),
        arguments=tuple(word.text for word in rest),
        needs=(package, *bins.companions(repository, package)),
        warnings=warnings,
    )


def preloaded(repository: Repository, given: Iterable[Option]) -> tuple[str, ...]:
    """The packages that Node.js loads before the app (`-r dotenv/config`), and those they cannot do without."""
    modules = (one.value.text for one in given if one.name in options.PRELOADS and one.value is not None)
    found = [package for module in modules if (package := package_name(module))]
    return tuple(dict.fromkeys(name for one in found for name in (one, *bins.companions(repository, one))))


def package_name(module: str) -> str:
    """The package of a module as it is imported: "dotenv" of "dotenv/config"; "" for a file and what Node.js brings."""
    if not module or module[0] in "./" or ":" in module:
        return ""
    return "/".join(module.split("/")[: 2 if module[0] == "@" else 1])


def without_port(
    env: tuple[tuple[str, Word], ...], at: Location | None
) -> tuple[tuple[tuple[str, Word], ...], tuple[Warning, ...]]:
    """Variables without PORT: the image's own holds. The last value of each counts."""
    fixed = any(name == "PORT" and (value.plain or "PORT" not in value.raw) for name, value in env)
    told = "the start script sets PORT: the port of the image is used instead"
    warnings = (Warning("fixed-port", told, at, "set the build-arg PORT"),) if fixed else ()
    return tuple((name, value) for name, value in dict(env).items() if name != "PORT"), warnings
