"""The commands that a start command comes to: scripts, package managers, wrappers and watchers taken away.

The text of a script is cut at `&&` and `;`, and each command is unwrapped until a program is left that runs no other.
What is installed is not known here: which package a program belongs to, and how Node.js runs it, is in `launchers`.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec import Struct, structs

from frontend.commands.options import Option, split_options
from frontend.commands.script import ENDS, Item, Script, parse
from frontend.commands.unwrap import Unwrapped, unwrap
from frontend.commands.words import Word, literal, partition
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node import engines, env_files, moon, nx, options, pm2, tasks
from frontend.languages.node.env_files import EnvFile
from frontend.languages.node.manifest import Manifest, line, read
from frontend.languages.node.runners import (
    BACKGROUND,
    CLIS,
    INSTALLS,
    OF_SYSTEM,
    PARALLEL,
    RUN,
    RUN_BY,
    RUNNERS,
    SEQUENCES,
    STARTS,
    SYSTEMS,
    WATCHERS,
    Watcher,
    words_run,
)
from frontend.languages.node.workspaces import Project
from frontend.paths import joined, within
from frontend.plan.model import Warning

MAX_DEPTH = 16  # of scripts that run scripts
BUILD = "build"  # the name of a command that runs a build script
RECURSIVE = "every package"  # the name of a command that runs a script of all packages
BUILD_ALL = "build of every package"  # the same of a build script
BINS = "node_modules/.bin/"


TYPESCRIPT = (".ts", ".mts", ".cts")


class Command(Struct, frozen=True):
    """A command that runs no other: `words` are its program and arguments, `name` is the program's own.

    It runs in the directory of `manifest`. `workspace` says that an option of a package manager named that package.
    `opaque` is shell text that is not a simple command, kept as written; there are no words then. `then` is what stands
    between it and the next command: "&&" or ";". `env_files` are files that a program around it reads variables from.
    """

    words: tuple[Word, ...]
    manifest: Manifest
    name: str = ""
    env: tuple[tuple[str, Word], ...] = ()
    opaque: str = ""
    then: str = "&&"
    workspace: bool = False
    env_files: tuple[EnvFile, ...] = ()

    @property
    def dir(self) -> str:
        """The directory it runs in, relative to the project's root."""
        return self.manifest.dir

    @property
    def arguments(self) -> tuple[str, ...]:
        """The texts of its arguments."""
        return tuple(word.text for word in self.words[1:])


class Flattened(Struct, frozen=True):
    """The commands that a text runs one after the other, and the doubts about how it does."""

    commands: tuple[Command, ...]
    warnings: tuple[Warning, ...] = ()

    def with_env(self, env: tuple[tuple[str, Word], ...]) -> "Flattened":
        """The same with variables that each command gets, its own ones being stronger."""
        return structs.replace(
            self, commands=tuple(structs.replace(one, env=(*env, *one.env)) for one in self.commands)
        )

    def with_warning(self, warning: Warning) -> "Flattened":
        """The same with one doubt more."""
        return structs.replace(self, warnings=(*self.warnings, warning))

    def with_files(self, files: tuple[EnvFile, ...]) -> "Flattened":
        """The same with files that variables are read from, stronger than those of a program within."""
        return structs.replace(
            self, commands=tuple(structs.replace(one, env_files=(*files, *one.env_files)) for one in self.commands)
        )

    def of_workspace(self, named: bool) -> "Flattened":
        """The same as commands of a workspace, where an option named one."""
        return (
            structs.replace(self, commands=tuple(structs.replace(one, workspace=True) for one in self.commands))
            if named
            else self
        )


class Scope(Struct, frozen=True):
    """Where commands are read: the project and its tree, where the start command is written, the scripts around."""

    tree: SourceTree
    project: Project
    at: Location | None
    trail: tuple[str, ...] = ()

    def warning(self, code: str, message: str, hint: str) -> Warning:
        """A doubt about the start command."""
        return Warning(code, message, self.at, hint)


class Call(Struct, frozen=True):
    """A script that is run: whose, which, with what words behind it, and whether an option named the package.

    `pre` says that the script PRENAME runs before it.
    """

    manifest: Manifest
    script: str
    words: tuple[Word, ...] = ()
    workspace: bool = False
    pre: bool = True


def of_script(tree: SourceTree, project: Project, manifest: Manifest, name: str) -> Flattened:
    """The commands that a script of a package runs. Raises PlanError for one that does not exist or runs itself."""
    return called(Scope(tree, project, line(tree, manifest, "scripts", name)), Call(manifest, name), ())


def of_text(scope: Scope, text: str, manifest: Manifest) -> Flattened:
    """The commands that a text runs in a package's directory; none for a text without words."""
    return flatten(scope, parse(text, scope.at), manifest) if text.strip(" \t\r\n;") else Flattened(())


def flatten(scope: Scope, script: Script, manifest: Manifest) -> Flattened:
    """The commands that a script of the shell runs in a package's directory. Raises PlanError as `of_script` does."""
    opaque, items = for_the_shell(script)
    found = [Command((), manifest, opaque=opaque, then=";")] if opaque else []
    warnings: list[Warning] = []
    here = manifest
    given: tuple[tuple[str, Word], ...] = ()  # by `set NAME=value`, as Windows has it
    for item in items:
        assert item.command is not None
        program = item.command.program
        env = tuple(variable(word, here) for word in item.command.assignments)
        if not program:
            found.append(Command((), here, opaque=script.text[item.start : item.end]))
        elif program[0].text == "cd" and len(program) == 2 and program[1].plain and not env:
            dir, from_root = moved(scope.tree, here, program[1].text)
            if not from_root:
                found.append(Command(program, here, "cd"))
            here = read(scope.tree, dir) or Manifest(dir, {})
        elif program[0].text.casefold() == "set" and len(program) == 2 and program[1].name:
            given = (*given, variable(program[1], here))
        else:
            inner = unwrapped(scope, program, (*given, *env), here)
            found += inner.commands
            warnings += inner.warnings
        if found:
            found[-1] = structs.replace(found[-1], then=";" if item.then in (";", "\n") else "&&")
    return Flattened(pm2.alone(found, script), tuple(warnings))


def moved(tree: SourceTree, here: Manifest, text: str) -> tuple[str, bool]:
    """The directory that `cd TEXT` changes to, and whether it is written from the repository's root: a package's own
    Procfile is run there where each app of a repository has one.

    Source: https://elements.heroku.com/buildpacks/heroku/heroku-buildpack-multi-procfile
    """
    dir, root = joined(here.dir, text), joined("", text)
    from_root = here.dir != "" and not text.startswith(".") and not tree.is_dir(dir) and tree.is_dir(root)
    return (root, True) if from_root else (dir, False)


def for_the_shell(script: Script) -> tuple[str, tuple[Item, ...]]:
    """What only a shell can read of a script, and the simple commands behind it that run one after the other."""
    if all(is_simple(item) for item in script.items):
        return "", script.items
    last = script.last  # of `a || true; node b` what stands in front is the shell's
    if len(last) < len(script.items) and all(map(is_simple, last)) and not (script.defines or script.has_heredoc):
        return script.text[: last[0].start].rstrip(" \t\r\n;"), last
    return script.text, ()


def is_simple(item: Item) -> bool:
    """Whether an item is a command of words alone, and nothing but its success decides on the next."""
    return item.command is not None and not item.command.redirections and item.then in ("&&", *ENDS)


def variable(word: Word, manifest: Manifest) -> tuple[str, Word]:
    """The name and value of a word NAME=value. Those that npm sets, from package.json, have their text."""
    name, value = partition(word)
    value = value or literal("")
    part = value.parts[0] if len(value.parts) == 1 else None
    if part is not None and part.kind == "variable" and part.text.startswith("npm_package_"):
        known = manifest.text(part.text.removeprefix("npm_package_"))
        return name, literal(known) if known else value
    return name, value


# --- one command ------------------------------------------------------------------------------------------------------


def unwrapped(
    scope: Scope, words: tuple[Word, ...], env: tuple[tuple[str, Word], ...], manifest: Manifest
) -> Flattened:
    """The commands that one command comes to, in a package's directory."""
    runner = unwrap(words, RUNNERS)
    if runner is not None:
        return run_by(scope, runner, env, manifest)
    name = bin_name(words[0].text)
    rest = words[1:]
    verb = rest[0].text if rest else ""
    if name in CLIS:
        return managed(scope, name, words, env, manifest)
    if name in tasks.RUNNERS:
        return by_task(scope, name, words, env, manifest)
    if name == "node" and (split := split_options(rest, options.NODE)).value("--run"):
        return called(scope, Call(manifest, split.value("--run"), split.rest, pre=False), env)
    if name in SEQUENCES:
        calls = sequence(scope, name, rest, manifest)
        parts = [called(scope, call, env) for call in calls or ()]
        if parts:
            return merged(parts)
    if name in OF_SYSTEM and (call := of_system(scope, rest, manifest)) is not None:
        return called(scope, call, env)
    if name in WATCHERS and (name != "tsx" or verb == WATCHERS[name].verb):
        return watched(scope, name, rest, manifest).with_env(env)
    if name in BACKGROUND:
        words = tuple(word for word in words if word.text.partition("=")[0] not in BACKGROUND[name])
    if (name == "pm2" and verb == "start") or name == pm2.RUNTIME:
        return by_pm2(scope, name, rest, env, manifest)
    return Flattened((Command(words, manifest, name, env),))


def by_pm2(
    scope: Scope, name: str, rest: tuple[Word, ...], env: tuple[tuple[str, Word], ...], manifest: Manifest
) -> Flattened:
    """PM2 in the foreground; the file that it would run, by Node.js, where it is installed on the developer's machine
    only. Raises PlanError where that file is not known."""
    kept = rest if name == pm2.RUNTIME else tuple(word for word in rest if word.text not in pm2.BACKGROUND)
    owners = (manifest, *scope.project.manifests, scope.project.top)
    if any("pm2" in one.dependencies for one in owners):
        return Flattened((Command((literal(pm2.RUNTIME), *kept), manifest, pm2.RUNTIME, env),))
    words = pm2.program(scope.tree, manifest.dir, kept, scope.at)
    told = f"pm2 is not among the dependencies: {' '.join(word.text for word in words)} is started without it"
    warning = scope.warning("pm2-missing", told, "npm install pm2, if the app needs what it does")
    return unwrapped(scope, words, env, manifest).with_warning(warning)


def bin_name(text: str) -> str:
    """The program's name without the directory of links to dependencies' programs."""
    return text.rpartition(f"/{BINS}")[2].removeprefix(BINS)


def merged(parts: Iterable[Flattened]) -> Flattened:
    """What runs one after the other, as one."""
    all = tuple(parts)
    return Flattened(tuple(c for one in all for c in one.commands), tuple(w for one in all for w in one.warnings))


def run_by(scope: Scope, runner: Unwrapped, env: tuple[tuple[str, Word], ...], manifest: Manifest) -> Flattened:
    """What a program that only runs another comes to. Raises PlanError when it runs none."""
    words = words_run(runner)
    env = (*env, *(variable(word, manifest) for word in runner.assigned))
    named = False
    files: tuple[EnvFile, ...] = ()
    if runner.name in env_files.NAMES:
        given = (one.value for one in runner.options if one.name == "-v" and one.value is not None and one.value.name)
        env = (*env, *(variable(word, manifest) for word in given))
        files = env_files.named(runner, manifest.dir)
    elif runner.name in CLIS:
        manifest, named = placed(scope, runner.name, runner.options, manifest)
    if not words and not runner.text:
        raise starts_nothing(scope, f"{runner.name} {runner.verb}".strip())
    inner = of_text(scope, runner.text, manifest).with_env(env) if runner.text else None
    found = inner or unwrapped(scope, words, env, manifest)
    return found.of_workspace(named).with_files(files)


def starts_nothing(scope: Scope, name: str) -> PlanError:
    """The error for a program that only runs others, and is given none."""
    return PlanError(f'"{name}" in the start command starts no program', at=scope.at, hint="name the program")


# --- package managers -------------------------------------------------------------------------------------------------


def managed(
    scope: Scope, name: str, words: tuple[Word, ...], env: tuple[tuple[str, Word], ...], manifest: Manifest
) -> Flattened:
    """What a package manager's command comes to: a script, the program of a dependency, or itself."""
    if name == "bun" and (program := of_bun(scope, words, env, manifest)) is not None:
        return program
    cli = CLIS[name]
    texts = [word.text for word in words[1:]]
    if not cli.all.isdisjoint(texts):
        if not scope.project.has_workspaces:  # every package is this one
            alone = script_of(scope, name, tuple(word for word in words[1:] if word.text not in cli.all), manifest)
            if alone is not None and alone.script in manifest.scripts:
                return called(scope, alone, env)
        verbs = [text for text in texts if not text.startswith("-")]
        tool = BUILD_ALL if any(map(is_build_script, verbs)) else RECURSIVE
        return Flattened((Command(words, manifest, tool, env),))
    call = script_of(scope, name, words[1:], manifest)
    if call is not None and call.script:
        return called(scope, call, env)
    verb = call.words[0].text if call is not None else ""
    if call is None or cli.own is None or verb in cli.own or verb in RUN:
        return Flattened((Command(words, manifest, name, env),))
    # `yarn next start`: the program of a dependency
    return unwrapped(scope, call.words, env, call.manifest).of_workspace(call.workspace)


def script_of(scope: Scope, name: str, rest: tuple[Word, ...], manifest: Manifest) -> Call | None:
    """The script that a package manager's words name; with the script "" the words of something else it is told.

    None when it is told nothing.
    """
    cli = CLIS[name]
    split = split_options(rest, cli.takes, anywhere=cli.anywhere)
    given, words = split.options, split.rest
    target, named = manifest, False
    if name == "yarn" and len(words) > 2 and words[0].text == "workspace":
        target, named = package(scope, words[1].text, manifest)
        words = words[2:]
    ran = bool(words) and words[0].text in RUN
    if ran and not cli.anywhere:
        more = split_options(words[1:], cli.takes)
        given, words = (*given, *more.options), (words[0], *more.rest)
    if not words or (ran and len(words) < 2):
        return None
    behind = words[1 + ran :]
    if not cli.anywhere:
        more = split_options(behind, cli.takes)
        where = tuple(one for one in more.options if one.name in cli.places)
        others = tuple(word for one in more.options if one not in where for word in one.words)
        given = (*given, *where)
        behind = (*others, *more.rest) if where else behind[1:] if behind and behind[0].text == "--" else behind
    if any(one.name in cli.places for one in given):
        target, named = placed(scope, name, given, target)
    script = words[int(ran)].text
    if ran:
        known = (
            script in target.scripts or name in ("npm", "pnpm") or (name == "yarn" and not is_program(scope, script))
        )
        return Call(target, script if known else "", behind if known else words[1:], named)
    if script in STARTS and name != "bun":
        return Call(target, "start", behind, named)
    if cli.own is not None and script in target.scripts:
        return Call(target, script, behind, named)
    return Call(target, "", words, named)


def placed(scope: Scope, name: str, given: Iterable[Option], manifest: Manifest) -> tuple[Manifest, bool]:
    """The package that a manager's options name, the last of them; and whether it is a workspace."""
    target, named = manifest, False
    for one in given:
        if one.name in CLIS[name].places:
            text = one.value.text if one.value is not None else ""
            target, named = package(scope, text, manifest, by_dir=one.name in CLIS[name].dirs)
    return target, named


def package(scope: Scope, named: str, manifest: Manifest, by_dir: bool = False) -> tuple[Manifest, bool]:
    """The package of a name or directory, and whether it is a workspace. Raises PlanError when there is none."""
    named = named.strip("{}").rstrip(".").rstrip("/") or named
    members = scope.project.all if not by_dir else ()
    exact = [m for m in members if named.removeprefix("./") in (m.name, m.dir)]
    scoped = [m for m in members if m.name.startswith("@") and m.name.partition("/")[2] == named]
    matching = exact or (scoped if len(scoped) == 1 else [])  # pnpm takes a name without its scope
    if matching:
        return matching[0], True
    found = read(scope.tree, joined(manifest.dir, named))
    if found is None:
        raise PlanError(
            f'the start command names the package "{named}", which does not exist',
            at=scope.at,
            hint="check its spelling",
        )
    return found, any(member.dir == found.dir for member in scope.project.all)


def member(scope: Scope, named: str) -> Manifest | None:
    """The workspace that a task runner calls by a name: the package's, with or without its scope, or the directory's.

    None when there is none, or more than one.
    """
    named = named.strip("{}").strip(".").strip("/")
    members = scope.project.all
    full = [m for m in members if named and named in (m.name, m.dir, nx.name(scope.tree, m), moon.name(scope.tree, m))]
    short = [m for m in members if named and named in (m.name.rpartition("/")[2], m.dir.rpartition("/")[2])]
    found = full or short
    return found[0] if len(found) == 1 else None


def by_task(
    scope: Scope, name: str, words: tuple[Word, ...], env: tuple[tuple[str, Word], ...], manifest: Manifest
) -> Flattened:
    """What a task runner's command comes to: the script of the package that it names, else itself.

    A target of Nx that is no script stays a command of Nx, in the directory of its package.
    """
    task = tasks.read(name, words[1:])
    if task is not None and is_build_script(task.name):
        return Flattened((Command(words, manifest, BUILD_ALL, env),))
    target = member(scope, task.package) if task is not None and task.package else None
    if task is None or target is None:
        return Flattened((Command(words, manifest, name, env),))
    if not task.name:
        found = unwrapped(scope, task.words, env, target) if task.words else Flattened(())
    elif name == "moon" and task.name not in target.scripts and (own := moon.tasks(scope.tree, target).get(task.name)):
        found = of_text(scope, own, target).with_env(env)
    elif name == "nx" and task.name not in target.scripts:
        found = Flattened((Command(words, target, name, env),))
    else:
        found = called(scope, Call(target, task.name, task.words), env)
    return found.of_workspace(True)


def is_program(scope: Scope, name: str) -> bool:
    """Whether a name is that of a dependency or of a program known here, which yarn runs as it runs a script."""
    own = {**scope.project.top.dependencies, **scope.project.app.dependencies}
    return name in own or name in RUNNERS or name in WATCHERS or name in RUN_BY


def called(scope: Scope, call: Call, env: tuple[tuple[str, Word], ...]) -> Flattened:
    """The commands of a script, with its pre script, and the words and variables handed down.

    Raises PlanError for a script that does not exist or runs itself.
    """
    target, script = call.manifest, call.script
    key = f"{target.dir}:{script}"
    if key in scope.trail or len(scope.trail) > MAX_DEPTH:
        raise PlanError(f'the script "{script}" runs itself', at=scope.at, hint="replace it with the program to run")
    text = target.scripts.get(script)
    if text is None and script == "start" and scope.tree.has(within(target.dir, "server.js")):
        text = "node server.js"  # npm's own default
    if text is None and target.dir and not scope.tree.is_dir(target.dir):
        raise PlanError(
            f'the start command runs the script "{script}" in {target.dir}, which is not in the build context',
            at=scope.at,
            hint="check the path, and .dockerignore",
        )
    if text is None:
        raise PlanError(
            f'the start command runs the script "{script}", which {target.path} does not have',
            at=scope.at,
            hint=known_scripts(target),
        )
    if is_build_script(script) and scope.trail:
        words = (literal("npm"), literal("run"), literal(script))  # by whichever manager the project has
        return Flattened((Command(words, target, BUILD, workspace=call.workspace),))
    inner = structs.replace(scope, trail=(*scope.trail, key))
    before = of_text(inner, target.scripts.get(f"pre{script}", "") if call.pre else "", target)
    main = of_text(inner, " ".join((text, *(word.raw for word in call.words))), target).with_env(env)
    return merged((before, main)).of_workspace(call.workspace)


def known_scripts(manifest: Manifest) -> str:
    """The hint that lists a package's scripts."""
    return f"known scripts: {', '.join(manifest.scripts) or 'none'}"


def sequence(scope: Scope, name: str, rest: tuple[Word, ...], manifest: Manifest) -> list[Call] | None:
    """The scripts that npm-run-all runs one after the other; None for scripts side by side.

    Raises PlanError for a pattern that no script matches, and for no script at all.
    """
    behind = next((index for index, word in enumerate(rest) if word.text == "--"), len(rest))  # for placeholders
    split = split_options(rest[:behind], SEQUENCES[name], anywhere=True)
    if not split.rest:
        raise starts_nothing(scope, name)
    if split.option(*PARALLEL):
        return None
    calls: list[Call] = []
    for word in split.rest:
        script, *arguments = word.text.split()  # "serve --port 1" hands words on
        pattern = script.replace("**", "*")
        names = [known for known in manifest.scripts if fnmatchcase(known, pattern)] if "*" in script else [script]
        if not names:
            raise PlanError(
                f'the start command runs the scripts "{script}", but no script in package.json matches',
                at=scope.at,
                hint=known_scripts(manifest),
            )
        calls += [Call(manifest, one, tuple(map(literal, arguments))) for one in names]
    return calls


def of_system(scope: Scope, rest: tuple[Word, ...], manifest: Manifest) -> Call | None:
    """The script for Linux that run-script-os runs for the script it stands in; None when there is none.

    Source: https://github.com/charlesguse/run-script-os#readme
    """
    script = scope.trail[-1].partition(":")[2] if scope.trail else ""
    name = next((own for system in SYSTEMS if (own := f"{script}:{system}") in manifest.scripts), None)
    return Call(manifest, name, rest) if name is not None else None


def is_build_script(name: str) -> bool:
    """Whether a script's name says that it builds."""
    return name == "build" or name.startswith(("build:", "build-", "compile"))


def is_install(command: Command) -> bool:
    """Whether a command installs packages."""
    words = [word.text for word in command.words if not word.text.startswith("-")]
    return command.name in CLIS and (words == ["yarn"] or (bool(words[1:]) and words[1] in INSTALLS))


def of_bun(
    scope: Scope, words: tuple[Word, ...], env: tuple[tuple[str, Word], ...], manifest: Manifest
) -> Flattened | None:
    """The file that a command has Bun run, with the options it is run with; None for what is no file.

    Source: https://bun.sh/docs/cli/run
    """
    split = split_options(words[1:], options.BUN)
    ran = bool(split.rest) and split.rest[0].text in RUN
    more = split_options(split.rest[1:], options.BUN) if ran else None
    given, rest = (*split.options, *(more.options if more else ())), more.rest if more else split.rest
    if not rest:
        return None
    word = rest[0].text
    if not engines.is_file(word) and not engines.is_module(scope.tree, manifest, word, ran=ran):
        return None
    where = next((one.value.text for one in given if one.name in CLIS["bun"].dirs and one.value is not None), "")
    dir = joined(manifest.dir, where)
    target = (read(scope.tree, dir) or Manifest(dir, {})) if where else manifest
    kept = tuple(word for one in given if one.name not in CLIS["bun"].places for word in one.words)
    return Flattened((Command((literal("bun"), *kept, *rest), target, "bun", env),))


# --- watchers ---------------------------------------------------------------------------------------------------------


def watched(scope: Scope, name: str, rest: tuple[Word, ...], manifest: Manifest) -> Flattened:
    """What a watcher would run again on each change: `nodemon --exec "tsx a.ts"`, `nodemon server.js`."""
    message = f"the start script uses {name}, which is for development: the app is started without it"
    told = scope.warning("dev-start", message, "start the program itself")
    watcher = WATCHERS[name]
    config = nodemon(scope.tree, manifest) if name == "nodemon" else {}
    behind = rest[1:] if rest and rest[0].text == watcher.verb else rest
    split = split_options(behind, (watcher.takes | watcher.execs | RUN_BY[watcher.by]) - watcher.flags)
    program = split.value(*watcher.execs) or config.get("exec", "")
    handed = [word for one in split.options if is_handed(watcher, one) for word in one.words]
    files = list(split.rest)
    if behind is rest and files and files[0].text == watcher.verb:  # `forever -w start a.js`
        files = files[1:]
    if not files and "script" in config:
        files = [literal(config["script"])]
    if not files and program in ("", watcher.by):
        files = [literal(manifest.text("main") or "index.js")]
    if program in ("", watcher.by) and files[0].text.isdigit():
        raise PlanError(
            f"{name} is given {files[0].text}, which is not a file",
            at=scope.at,
            hint="name the file to start; it listens on process.env.PORT",
        )
    program = program or watcher.by
    if program == "node" and files[0].text.endswith(TYPESCRIPT):
        own = scope.project.app.dependencies
        program = next((tool for tool in ("tsx", "ts-node") if tool in own), program)
    found = of_text(scope, " ".join((program, *(word.raw for word in (*handed, *files)))), manifest)
    return structs.replace(found, warnings=(told, *found.warnings))


def is_handed(watcher: Watcher, option: Option) -> bool:
    """Whether an option is for what the watcher runs; of the long ones that have no value none matters to it."""
    if option.name in watcher.takes | watcher.flags | watcher.execs:
        return False
    return option.name in RUN_BY[watcher.by] or not option.name.startswith("--")


def nodemon(tree: SourceTree, manifest: Manifest) -> dict[str, str]:
    """What nodemon's configuration says of "exec" and "script": nodemon.json, or a key of package.json.

    Raises PlanError, at its line, for what is no text.
    Source: https://github.com/remy/nodemon#config-files
    """
    path = within(manifest.dir, "nodemon.json")
    inside = manifest.data.get("nodemonConfig")
    config = tree.read_json(path) or (inside if isinstance(inside, dict) else {})
    for key in ("exec", "script"):
        if not isinstance(config.get(key, ""), str):
            at = tree.line_of(path, f'"{key}"') if tree.has(path) else line(tree, manifest, "nodemonConfig", key)
            raise PlanError(f'"{key}" of nodemon is not a text', at=at, hint="write the command in quotes")
    return {key: config[key] for key in ("exec", "script") if config.get(key)}
