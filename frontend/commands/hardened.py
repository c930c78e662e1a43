"""Commands for an image without a shell: variables expanded, interpreters named, one program and its arguments.

What a shell would have done is done once, when the image is built: a variable gets its value from the image's
environment, `cd DIR &&` becomes the working directory, assignments become variables of the process. What only a shell
can do is an error. No process depends on a `#!` line, for the interpreter it names may be elsewhere.
Rules: POSIX, Shell Command Language, 2.6 (expansions); execve(2) for `#!` lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from posixpath import basename, join, normpath
from typing import NamedTuple

from frontend.commands.script import ENDS, ExecForm, Item, Script, parse
from frontend.commands.unwrap import SHELL_RUNNERS, SHELLS, unwrap
from frontend.commands.words import GLOBS, Part, Word, is_name, lex, partition
from frontend.errors import Location, PlanError
from frontend.languages.registry import Interpreter
from frontend.secrets.masking import shown

RUNS_ON = ("env", "exec", "command", "nohup", *SHELLS)  # runners that are not needed to run what is behind them
IGNORED = ("set", "true", ":", "hash", "umask")  # without an effect on one program
ENV_PROGRAMS = ("/usr/bin/env", "/bin/env")
WAY_OUT = (
    "write one program and its arguments; what comes before it can run in the build (BUILD_COMMAND) or as the process "
    "release; with FLAVOUR=standard the image has a shell"
)
TO_OUTPUT = (
    "let the program write to standard output, which its platform keeps; with FLAVOUR=standard the image has a shell"
)
# they start several processes, each by a shell: those of a Procfile, or those that they are given
OF_PROCFILES = frozenset(("foreman", "honcho", "overmind", "hivemind", "goreman", "concurrently", "run-p"))
RECIPES = frozenset(("make", "gmake", "just", "task"))  # they run what a file of recipes has, each line by a shell
OPERATORS = {
    "&&": "runs several commands (&&)",
    "||": "runs several commands (||)",
    "&": "runs a command in the background (&)",
}


class Found(NamedTuple):
    """A program that a command names: its place, its path from the image's working directory with links followed, and
    its first line where that is text, "" for native code. `bare` says that `PATH` finds it."""

    place: str
    path: str
    first_line: str
    bare: bool = False


Look = Callable[[str], Found | None]
"""What is there under a name or a path; None for nothing."""


def exec_form(
    script: Script,
    *,
    env: Mapping[str, str],
    interpreters: Sequence[Interpreter],
    look: Look,
    at: Location | None = None,
) -> ExecForm:
    """The argument list of a script, with its own variables and its working directory ("" for the image's).

    `env` is the image's environment. Raises PlanError for what only a shell can do, and for a shell script.
    """
    form = expanded(script, env=env, at=at)
    args = interpreted(form.args, interpreters, look, at)
    return ExecForm(placed(args, interpreters, look), form.env, dir=form.dir)


# --- what a shell would do --------------------------------------------------------------------------------------------


def expanded(script: Script, *, env: Mapping[str, str], at: Location | None = None) -> ExecForm:
    """The words of a script with their variables expanded. Raises PlanError for what only a shell can do."""
    known = dict(env)
    own: dict[str, str] = {}
    directory = ""
    for item in script.items[:-1]:
        words = known_words(item, script, known, at)
        if words[:1] == ["cd"] and len(words) == 2:
            directory = normpath(join(directory, words[1]))
        elif words[:1] == ["export"] or (item.command is not None and not item.command.program):
            assert item.command is not None
            exported = dict(assigned(item.command.words, known, at))
            known.update(exported)
            own.update(exported)
        elif words[:1] and words[0] in IGNORED:
            continue
        else:
            raise refused(script, OPERATORS.get(item.then, "runs several commands"), at)
    last = script.items[-1]
    command = last.command
    if command is None or last.then not in ENDS:
        raise refused(script, told(script, last), at)
    if command.redirections:
        raise refused(script, f"redirects ({command.redirections[0].symbol})", at, TO_OUTPUT)
    own.update(assigned(command.assignments, known, at))
    program: tuple[Word, ...] = command.program
    while (runner := unwrap(program, SHELL_RUNNERS)) is not None and runner.name in RUNS_ON and not runner.is_empty:
        if runner.options and runner.text is None:
            raise refused(script, f"gives {runner.name} an option", at)
        own.update(assigned(runner.assigned, known, at))
        if runner.text is not None:
            inner = expanded(parse(runner.text, at), env={**known, **own}, at=at)
            return ExecForm(inner.args, tuple({**own, **dict(inner.env)}.items()), dir=below(directory, inner.dir))
        program = runner.words
    args = tuple(text for word in program for text in fields(word, known, at))
    if not args:
        raise PlanError(f"the command is empty: {shown(script.text)}", at=at, hint="write the program to start")
    if basename(args[0]) in SHELLS:
        raise shell_script(next((arg for arg in args[1:] if not arg.startswith("-")), args[0]), at)
    if basename(args[0]) in RECIPES:
        raise PlanError(
            f"{basename(args[0])} runs each command by a shell, but the image has none",
            at=at,
            hint="name the program that it starts; with FLAVOUR=standard the image has a shell",
        )
    by_shell = next((name for word in args[:3] if (name := basename(word)) in OF_PROCFILES), "")
    if by_shell:
        raise PlanError(
            f"{by_shell} starts each process by a shell, but the image has none",
            at=at,
            hint="list the processes themselves in the Procfile: each is an image of its own (--target NAME); with "
            "FLAVOUR=standard the image has a shell",
        )
    return ExecForm(args, tuple(own.items()), dir=directory)


def below(directory: str, inner: str) -> str:
    """A directory that a command enters from another one; "" for none."""
    return normpath(join(directory, inner)) if inner else directory


def known_words(item: Item, script: Script, env: Mapping[str, str], at: Location | None) -> list[str]:
    """The words of an item that another one follows. Raises PlanError for more than one simple command."""
    if item.command is None or item.command.redirections:
        raise refused(script, told(script, item), at)
    if item.then in ("||", "&"):
        raise refused(script, OPERATORS[item.then], at)
    program = item.command.program
    if not program or program[0].text in ("export", *IGNORED):
        return [word.text for word in program]
    return [text for word in program for text in fields(word, env, at)]


def told(script: Script, item: Item) -> str:
    """What an item is that is no simple command, in words."""
    text = script.text[item.start : item.end]
    if item.command is not None:
        return OPERATORS.get(item.then, "redirects its output")
    operators = [token.symbol for token in lex(text) if hasattr(token, "symbol")]
    return "has a pipe (|)" if "|" in operators else "has a subshell" if "(" in operators else "has shell statements"


def refused(script: Script, what: str, at: Location | None, hint: str = WAY_OUT) -> PlanError:
    """The error for a command that only a shell can run."""
    return PlanError(
        f"the command {what}, but the image has no shell to do so: {shown(without_exec(script))}", at=at, hint=hint
    )


def without_exec(script: Script) -> str:
    """The text of a script without the `exec` that its last command gets for a shell."""
    start = script.items[-1].start
    return f"{script.text[:start]}{script.text[start:].removeprefix('exec ')}"


def shell_script(name: str, at: Location | None) -> PlanError:
    """The error for a script that only a shell can run."""
    return PlanError(
        f"{name} is a shell script, but the image has no shell to run it",
        at=at,
        hint="name the program that it starts; with FLAVOUR=standard the image has a shell",
    )


def assigned(words: Sequence[Word], env: Mapping[str, str], at: Location | None) -> Iterator[tuple[str, str]]:
    """The variables that words NAME=value set; other words set none. Words of an argument list are such words too."""
    for word in words:
        name, value = partition(word)
        if value is not None and is_name(name):
            yield name, "".join(text for text, _ in pieces(value.parts, env, at))


def fields(word: Word, env: Mapping[str, str], at: Location | None) -> list[str]:
    """The arguments that a word becomes: one, or as many as the values of variables outside of quotes have words."""
    found: list[str] = []
    current: str | None = "" if any(part.quoted for part in word.parts) else None
    for text, splits in pieces(word.parts, env, at):
        if not splits:
            current = (current or "") + text
            continue
        parts = text.split()
        if text[:1].isspace() and current:
            found.append(current)
            current = None
        if parts:
            *whole, rest = [(current or "") + parts[0], *parts[1:]]
            found += whole
            current = rest
        if parts and text[-1:].isspace() and current is not None:
            found.append(current)
            current = None
    return [*found, *([current] if current is not None else [])]


def pieces(parts: Sequence[Part], env: Mapping[str, str], at: Location | None) -> Iterator[tuple[str, bool]]:
    """The texts that the parts of a word are, and whether blanks in each end an argument."""
    for index, part in enumerate(parts):
        match part.kind:
            case "literal":
                yield part.text, False
            case "variable":
                mark = ":-" if part.default is not None else ""
                yield value(part.text, mark, part.default or "", env, at), not part.quoted
            case _:
                yield opaque(part.text, parts, index, env, at), not part.quoted and part.text != "~"


def value(name: str, mark: str, default: str, env: Mapping[str, str], at: Location | None) -> str:
    """The value of a variable. Raises PlanError for one that is not set and has no default."""
    found = env.get(name)
    if found is not None and (found or not mark.startswith(":")):
        return found
    if mark.lstrip(":") in ("-", "="):
        words = [word for word in lex(default, at) if isinstance(word, Word)]
        return " ".join("".join(text for text, _ in pieces(word.parts, env, at)) for word in words)
    raise PlanError(
        f"the command uses ${name}, which the image does not set, and which nothing can expand when it starts",
        at=at,
        hint=f"write ${{{name}:-VALUE}}, set it by the build-arg RUN_ENV_{name}, or let the program read the variable",
    )


def opaque(text: str, parts: Sequence[Part], index: int, env: Mapping[str, str], at: Location | None) -> str:
    """The value of an expansion that is not simply a variable. Raises PlanError for most of them."""
    if text.startswith("${") and text.endswith("}"):
        inside = text[2:-1]
        for mark in (":-", ":=", "-", "="):
            name, found, default = inside.partition(mark)
            if found and is_name(name):
                return value(name, mark, default, env, at)
    if text == "~" and index == 0 and (len(parts) == 1 or parts[1].text.startswith("/")):
        return env.get("HOME", "")
    before = "".join(part.text for part in parts[:index])
    if text in GLOBS and "://" in before:  # no file matches it, so a shell leaves it: http://*:5000
        return text
    substituted = text.startswith(("$(", "`"))
    what = "a command substitution" if substituted else f"a file pattern ({text})" if text in GLOBS else text
    raise PlanError(f"the command has {what}, but the image has no shell to expand it", at=at, hint=WAY_OUT)


# --- interpreters -----------------------------------------------------------------------------------------------------


def interpreted(
    words: Sequence[str], interpreters: Sequence[Interpreter], look: Look, at: Location | None = None
) -> tuple[str, ...]:
    """The words with the interpreter in front of a script. Raises PlanError for a script that a shell would run."""
    name, rest = words[0], tuple(words[1:])
    if named(interpreters, basename(name)) is not None:
        return tuple(words)
    for one in interpreters:
        if (behind := started_behind(words, one)) > 0:
            before, after = words[:behind], words[behind:]
            return (*interpreted(before, interpreters, look, at), *interpreted(after, interpreters, look, at))
        wrapper = next((words_ for words_ in one.wrappers if tuple(words[: len(words_)]) == words_), ())
        if wrapper and len(words) > len(wrapper):
            return (*one.prefix, *wrapper, *inside(tuple(words[len(wrapper) :]), one, look, at))
    found = look(name)
    if found is None:
        return absent(tuple(words), interpreters)
    program, options = run_by(found.first_line)
    rule = named(interpreters, program) if program else by_suffix(interpreters, found)
    if rule is None:
        if program in SHELLS or (found.first_line and not program):
            raise shell_script(name, at)
        return tuple(words)
    module = dict(rule.modules).get(name)
    own = [f"./{module}{end}" for end in ("", *rule.suffixes)]  # `-m` looks in the working directory first
    if module is not None and not any(look(path) for path in own):
        return (rule.program, "-m", module, *rest)
    if found.bare and name in rule.names and len(rule.prefix) > 1:
        return (*rule.prefix, name, *rest)
    return (rule.program, *options, found.path, *rest)


def started_behind(words: Sequence[str], rule: Interpreter) -> int:
    """Where the command begins that a program starts as another process; 0 where there is none."""
    wrapped = next((len(one) for one in rule.wrappers if tuple(words[: len(one)]) == one), 0)
    named = words[wrapped : wrapped + 1]
    return wrapped + 1 if named and basename(named[0]) in rule.starters and len(words) > wrapped + 1 else 0


def inside(words: tuple[str, ...], rule: Interpreter, look: Look, at: Location | None) -> tuple[str, ...]:
    """The words behind a wrapper, with the interpreter for a script that it would not load itself.

    Raises PlanError for a script that a shell would run.
    """
    name = words[0]
    found = look(name)
    if found is not None and run_by(found.first_line)[0] in SHELLS:
        raise shell_script(name, at)
    if "/" in name:
        known = found is None or named((rule,), run_by(found.first_line)[0]) is not None or by_suffix((rule,), found)
        return (rule.program, plain(name), *words[1:]) if known else words
    if found is None or not found.first_line or found.first_line in rule.loads:
        return words
    own = look(rule.program)
    if own is not None and found.first_line == f"#!{own.place}":
        return words
    same = named((rule,), run_by(found.first_line)[0]) is not None
    return (rule.program, found.path, *words[1:]) if same else words


def absent(words: tuple[str, ...], interpreters: Sequence[Interpreter]) -> tuple[str, ...]:
    """The words of a command whose program is not there (yet), by its name alone."""
    name = words[0]
    for one in interpreters:
        if "/" in name and (basename(name) in one.names or name.endswith(one.suffixes)):
            return (one.program, plain(name), *words[1:])
        if name in one.names and len(one.prefix) > 1:  # with an option that looks for it
            return (*one.prefix, *words)
    return words


def plain(path: str) -> str:
    """A path without `./` in front of it."""
    return path.removeprefix("./")


def run_by(line: str) -> tuple[str, tuple[str, ...]]:
    """The name of the program that a `#!` line names, and the options it is given; "" for another line."""
    words = line[2:].split() if line.startswith("#!") else []
    if words[:1] and words[0] in ENV_PROGRAMS:
        words = [word for word in words[1:] if word not in ("-S", "-i") and "=" not in word]
    return (basename(words[0]).removesuffix(".exe"), tuple(words[1:])) if words else ("", ())


def named(interpreters: Sequence[Interpreter], name: str) -> Interpreter | None:
    """The interpreter of a program's name; None for other programs."""
    from fnmatch import fnmatchcase

    return next(
        (one for one in interpreters if name == one.program or any(fnmatchcase(name, alias) for alias in one.aliases)),
        None,
    )


def by_suffix(interpreters: Sequence[Interpreter], found: Found) -> Interpreter | None:
    """The interpreter of a file that names none, by its suffix."""
    return next((one for one in interpreters if one.suffixes and found.path.endswith(one.suffixes)), None)


def placed(words: tuple[str, ...], interpreters: Sequence[Interpreter], look: Look) -> tuple[str, ...]:
    """The words with a program that can be found: by PATH under its name, else by its path."""
    name = words[0]
    found = look(name)
    rule = named(interpreters, basename(name))
    if found is None and rule is not None and "/" not in name:
        names = (rule.program, *(alias for alias in rule.aliases if not set("*[") & set(alias)))
        name = next((one for one in names if look(one) is not None), name)
        found = look(name)
    if found is None or found.bare:
        return (name, *words[1:])
    return (found.place, *words[1:])
