"""What a start command ends up running, as process 1: without npm, shells and wrappers in between.

The last command becomes process 1. Commands in front of it that build are moved to the build; others are kept, with a
shell that the last one replaces.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct, structs

from frontend.commands.options import split_options
from frontend.commands.script import BUILTINS, Script, parse, with_exec
from frontend.commands.words import Word, literal, quoted
from frontend.errors import Location, PlanError
from frontend.languages.node import frameworks, programs, scripts
from frontend.languages.node.launchers import Launched, launched
from frontend.languages.node.manifest import Manifest, line
from frontend.languages.node.package_managers import BASE_PATH
from frontend.languages.node.repository import Repository
from frontend.languages.node.runners import CLIS, INSTALLS
from frontend.languages.node.scripts import BINS, BUILD, BUILD_ALL, Command, Flattened, Scope
from frontend.paths import joined, within
from frontend.plan.model import Command as Candidate
from frontend.plan.model import Need, Warning

BUILDERS = frozenset(
    "tsc tsup tspc vue-tsc rollup esbuild swc babel webpack parcel ncc tsdown unbuild microbundle gulp grunt sass"
    " tailwindcss postcss copyfiles cpx cpy tsc-alias ttsc lb-tsc".split()
)
BUILD_WORDS = {  # programs that build when this is their first argument
    "bun": ("build",),
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
SIDE_BY_SIDE = {  # program -> its options with a value
    "concurrently": frozenset(
        "-n --names -c --prefix-colors -p --prefix -t --timestamp-format -l --prefix-length -s --success -m"
        " --max-processes --name-separator --kill-signal --restart-tries --restart-after --default-input-target".split()
    )
}
SERVES_FILES = ("remix-serve", "react-router-serve")  # are given the server that the build makes
SHELL = "/bin/sh"
NOT_IN_IMAGE = ("pnpm", "pnpx", "bun", "bunx")
FILE_WORK = frozenset("rm rimraf mkdir cp mv echo shx del-cli cpr mkdirp lb-clean".split())
IGNORED = FILE_WORK | {"true", ":"}  # of shell text that works on files: `rm -r build || true`


class Moved(Struct, frozen=True):
    """A command of the start script that runs in the build instead: in `dir` of the project, `fetches` packages."""

    args: tuple[str, ...]
    dir: str = ""
    fetches: bool = False


class Start(Struct, frozen=True):
    """How the app is started. `args` and `shell` as in a Process, `env` for the image.

    `tool` and `words` are the last program by its own name and its arguments ("next", ["start"]). `builds` are
    commands that run at the end of the build instead. `needs` are the packages whose programs are run. `otherwise` are
    other places of what is run, where the install or the build decides, and `files` what has to be there for `args`.
    `develops` is a development server that is run beside others. `adds` is a package that is none of the app's, and is
    added to the image because it serves the app.
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
    otherwise: tuple[Candidate, ...] = ()
    files: tuple[Need, ...] = ()
    develops: str = ""
    adds: str = ""

    @property
    def with_env(self) -> "Start":
        """The start that sets the variables itself: for a process beside the web one, whose the image has."""
        if not self.env or self.shell:
            return self
        given = ("env", *(f"{name}={value}" for name, value in self.env))
        others = tuple(structs.replace(one, args=(*given, *one.args)) for one in self.otherwise)
        return structs.replace(self, args=(*given, *self.args), otherwise=others)


def of_command(repository: Repository, script: Script, at: Location | None, manifest: Manifest) -> Start:
    """The start that a user's command means in a package's directory.

    Raises PlanError for scripts that do not exist or run in circles, and a command that starts nothing.
    """
    scope = Scope(repository.tree, repository.project, at)
    return assembled(repository, scripts.flatten(scope, script, manifest), at)


def of_script(repository: Repository, name: str, manifest: Manifest | None = None) -> Start:
    """The start that a script means, of the app's package.json where none is given. Raises PlanError likewise."""
    manifest = manifest or repository.project.app
    found = scripts.of_script(repository.tree, repository.project, manifest, name)
    return assembled(repository, found, line(repository.tree, manifest, "scripts", name))


def of_words(repository: Repository, words: tuple[str, ...], at: Location | None) -> Start:
    """The start of a program with these arguments, in the app's directory."""
    return of_command(repository, parse(" ".join(map(quoted, words)), at), at, repository.project.app)


def assembled(repository: Repository, found: Flattened, at: Location | None) -> Start:
    """One program as an argument list, several with a shell that the last one replaces."""
    commands = [one for one in found.commands if not (scripts.is_install(one) and not one.dir)]  # is done already
    count = building(commands)
    every = [side_by_side(repository, command, launched(repository, command, at), at) for command in commands]
    for one in every[count:]:
        require_in_image(repository, one, at)
        require_installed(repository, one, at)
    moved = tuple(
        Moved(tuple(word.text for word in one.words) or (SHELL, "-c", one.opaque), one.dir, scripts.is_install(command))
        for command, one in zip(commands[:count], every, strict=False)
        if (one.words or one.opaque) and one.tool != "cd"
    )
    kept = every[count:]
    if not kept or kept[-1].tool == "cd":
        only = "only builds, and starts nothing" if moved else "starts nothing" if kept else "is empty"
        raise PlanError(f"the start command {only}", at=at, hint="name the program to start")
    last = kept[-1]
    warnings = dict.fromkeys((*found.warnings, *(warning for one in every for warning in one.warnings)))
    common = Start(
        tuple(word.text for word in last.words),
        env=tuple((name, value.text) for name, value in last.env),
        tool=last.tool,
        words=last.arguments,
        builds=moved,
        needs=tuple(dict.fromkeys(need for one in kept for need in one.needs)),
        warnings=tuple(warnings),
        at=at,
        develops=next((one.develops for one in kept if one.develops), ""),
    )
    plain = all(word.plain for word in last.words) and all(value.plain for _, value in last.env)
    inside = (*programs_inside(repository, kept), *served_files(repository, kept))
    if len(kept) == 1 and last.dir == repository.project.app.dir and not last.opaque and plain:
        places = (tuple(word.text for word in words) for words in last.elsewhere)
        others = tuple(Candidate(args, needs=inside) for args in places)
        return structs.replace(common, otherwise=others, files=inside)
    first, *rest = (in_shell(repository, variant, inside, at) for variant in variants(kept))
    args, others, files = first.args, tuple(rest), first.needs
    return structs.replace(common, args=args, shell=True, env=(), otherwise=others, files=files)  # noqa: S604 - data


def variants(commands: list[Launched]) -> Iterator[list[Launched]]:
    """The commands, then the same with the programs in their other places: all in the second, all in the third, …"""
    yield commands
    for index in range(max(len(one.elsewhere) for one in commands)):
        yield [
            structs.replace(one, words=one.elsewhere[min(index, len(one.elsewhere) - 1)]) if one.elsewhere else one
            for one in commands
        ]


def programs_inside(repository: Repository, commands: list[Launched]) -> Iterator[Need]:
    """The programs that are named by the texts which commands run side by side: each has to be in PATH."""
    home = repository.project.inside
    for command in commands:
        places = (*(home(joined(dir, BINS)) for dir in dict.fromkeys((command.dir, ""))), *BASE_PATH.split(":"))
        for name in dict.fromkeys(command.inside):
            if name not in BUILTINS:
                yield Need(f"the program {name}", tuple(within(place, name) for place in places))


def served_files(repository: Repository, commands: list[Launched]) -> Iterator[Need]:
    """The builds that frameworks' servers are given: nothing else looks for them before the image starts."""
    home = repository.project.inside
    for command in commands:
        file = next((word for word in command.arguments if not word.startswith("-")), "")
        if command.tool in SERVES_FILES and file and not file.startswith(("/", "$")):
            path = home(joined(command.dir, file))
            yield Need(f"{file}, which {command.tool} serves,", (path, f"{path}.js"))


def in_shell(
    repository: Repository, commands: list[Launched], inside: tuple[Need, ...], at: Location | None
) -> Candidate:
    """Commands as a shell's, which needs the programs whose place is not certain."""
    home = repository.project.inside
    needs = tuple(
        Need(f"the program {one.tool or one.needs[0]}", (home(joined(one.dir, file)) if file[0] != "/" else file,))
        for one in commands
        if one.elsewhere
        for file in (one.words[1 if one.words[0].text == "node" else 0].text,)
    )
    text = shell_text(repository, commands, at)
    return Candidate(("/bin/sh", "-c", text), shell=True, needs=(*needs, *inside))  # noqa: S604


def side_by_side(repository: Repository, command: Command, whole: Launched, at: Location | None) -> Launched:
    """A program that runs others side by side, with the programs behind the scripts it is given: no image has pnpm.

    Raises PlanError, as `of_script` does, for a script that does not exist.
    Source: https://github.com/open-cli-tools/concurrently#usage
    """
    takes = SIDE_BY_SIDE.get(command.name)
    split = split_options(command.words[1:], takes or (), anywhere=True)
    if takes is None or split.option("-P", "--passthrough-arguments"):
        return whole
    scope = Scope(repository.tree, repository.project, at)
    texts: list[Word] = []
    needs: list[str] = []
    inside: list[str] = []
    warnings: list[Warning] = []
    develops = ""
    for text in (text for word in split.rest for text in spelled_out(word.text, command.manifest)):
        found = scripts.of_text(scope, text, command.manifest)
        inner = [launched(repository, one, at) for one in found.commands]
        for one in inner:
            require_in_image(repository, one, at)
            needs += one.needs
            inside += [word.text for word in one.words[:1] if word.plain and "/" not in word.text]
            warnings += one.warnings
            if frameworks.is_development(repository.framework, one.tool, one.arguments):
                develops = develops or one.tool
        texts.append(literal(shell_text(repository, inner, at, command.dir)))
        warnings += found.warnings
    given = tuple(word for one in split.options for word in one.words)
    start = len(whole.words) - len(command.words) + 1  # behind the program, which may be two words now
    return structs.replace(
        whole,
        words=(*whole.words[:start], *given, *texts),
        elsewhere=tuple((*words[: len(words) - len(command.words) + 1], *given, *texts) for words in whole.elsewhere),
        needs=(*whole.needs, *needs),
        inside=tuple(inside),
        develops=develops,
        warnings=(*whole.warnings, *warnings),
    )


def spelled_out(text: str, manifest: Manifest) -> tuple[str, ...]:
    """`npm:start:*` as the commands that run each of those scripts; another text as it is."""
    name, colon, rest = text.partition(":")
    if not colon or name not in CLIS or " " in name:
        return (text,)
    script, blank, behind = rest.partition(" ")
    names = [one for one in manifest.scripts if fnmatchcase(one, script)] if "*" in script else [script]
    return tuple(f"{name} run {one}{blank}{behind}" for one in names)


def require_in_image(repository: Repository, command: Launched, at: Location | None) -> None:
    """Raises PlanError for a package manager that starts something: no image has pnpm or bun."""
    used = {command.words[0].text} if command.words else set()
    if command.opaque:
        used = {one.program[0].text for one in parse(command.opaque, at).commands if one.program}
    there = {repository.engine.program} if repository.engine is not None else set()
    for name in sorted(used.intersection(NOT_IN_IMAGE) - set(repository.dependencies) - there):
        raise PlanError(
            f"the start command runs {name}, which is not in the image",
            at=at,
            hint=f"start the programs themselves: what the scripts run, without {name}",
        )


def require_installed(repository: Repository, command: Launched, at: Location | None) -> None:
    """Raises PlanError for shell text that installs packages when the container starts: what is in the image has no
    place for them, and a shell decides on it, so that it cannot be done in the build."""
    own = repository.project.app.scripts
    waiting = [command.opaque] if command.opaque else []
    for text in waiting:
        for name, words in programs.programs(text, own):
            verbs = [word for word in words if not word.startswith("-")]
            if name in CLIS and verbs and verbs[0] in INSTALLS:
                raise PlanError(
                    f"the start command installs packages when the container starts: {name} {verbs[0]}",
                    at=at,
                    hint='start what is built: web: node dist/main.js, or RUN_COMMAND="node dist/main.js"',
                )
            called = verbs[1:2] if verbs[:1] == ["run"] else verbs[:1]
            if name in CLIS and called and called[0] in own and own[called[0]] not in waiting:
                waiting.append(own[called[0]])


def building(commands: list[Command]) -> int:
    """How many of the first commands belong to the build; the last one is never of them."""
    count = 0
    for index, command in enumerate(commands[:-1]):
        files = is_file_work(command)
        if is_build(command) or scripts.is_install(command) or (count and files):
            count = index + 1
        elif not files and command.name != "cd":
            break
    return count


def is_file_work(command: Command) -> bool:
    """Whether a command only copies, moves or removes files: `rm -rf dist`, `( cp -r public dist || true )`."""
    if not command.opaque:
        return command.name in FILE_WORK
    return all(one.program and one.program[0].text in IGNORED for one in parse(command.opaque).commands)


def is_build(command: Command) -> bool:
    """Whether a command is part of the build: a compiler, a bundler, a build script."""
    if command.name in (BUILD, BUILD_ALL) or command.name in BUILDERS:
        return True
    return any(word in BUILD_WORDS.get(command.name, ()) for word in command.arguments[:3])


# --- as a shell's text ------------------------------------------------------------------------------------------------


def shell_text(repository: Repository, commands: list[Launched], at: Location | None, dir: str | None = None) -> str:
    """Commands as shell text, each in its directory; the shell starts in `dir`, None for the app's."""
    text = ""
    here = repository.project.app.dir if dir is None else dir
    for index, command in enumerate(commands):
        last = index == len(commands) - 1
        if command.dir != here:  # scripts of another package run in its directory
            text += f"cd {quoted(repository.project.inside(command.dir))} && "
        text += last_text(command, at) if last else inner_text(command)
        text += "" if last else "; " if command.then == ";" else " && "
        here = joined(command.dir, command.words[1].text) if command.tool == "cd" else command.dir
    return text


def last_text(command: Launched, at: Location | None) -> str:
    """The last command, which takes the shell's place where it is a program."""
    if command.opaque:
        return with_exec(parse(command.opaque, at))
    words, env = written(command)
    if command.words[0].text in BUILTINS:
        return " ".join((*env, *words))
    return " ".join(("exec", *(("env", *env) if env else ()), *words))


def inner_text(command: Launched) -> str:
    """A command that others follow."""
    if command.opaque:
        grouped = command.then == "&&" and any(mark in command.opaque for mark in "&;|")
        return f"( {command.opaque} )" if grouped else command.opaque
    words, env = written(command)
    return " ".join((*env, *words))


def written(command: Launched) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a command and its assignments, as a shell reads them."""
    return tuple(map(as_written, command.words)), tuple(f"{name}={as_written(value)}" for name, value in command.env)


def as_written(word: Word) -> str:
    """A word for a shell: as it was, where something in it is to be expanded."""
    return quoted(word.text) if word.plain else word.raw
