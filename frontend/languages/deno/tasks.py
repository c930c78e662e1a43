"""Tasks as the commands they run: `deno task start` is looked up, with what it depends on, down to programs.

A task's text is for Deno's own shell, which has the words of POSIX: `&&`, `;`, variables, redirections, `cd`.
Source: https://docs.deno.com/runtime/reference/cli/task/
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from msgspec import Struct, structs

from frontend.commands.options import split_options
from frontend.commands.script import Script, parse
from frontend.commands.unwrap import SHELL_RUNNERS, unwrap
from frontend.commands.words import Word
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError, nearest
from frontend.languages.deno import config as configs
from frontend.languages.deno.config import Config, Task
from frontend.paths import joined

TAKES = ("-c", "--config", "--cwd", "-f", "--filter")
RUNNERS = {"deno": ("task",), "npm": ("run", "start"), "pnpm": ("run", "start"), "yarn": ("run", "start")}


class Run(Struct, frozen=True):
    """A program that a command or a task runs: its words, variables and directory ("" is the app's).

    `task` is the name of the task that it is written in, `inside` those of all that lead to it. `text` is what no
    argument list can be made of (a pipeline, a subshell), and has no words. `then` is the operator behind it.
    """

    words: tuple[Word, ...] = ()
    env: tuple[tuple[str, Word], ...] = ()
    dir: str = ""
    task: str = ""
    inside: tuple[str, ...] = ()
    text: str = ""
    then: str = ""
    at: Location | None = None

    @property
    def plain(self) -> bool:
        """Whether it is an argument list as it is: nothing is left for a shell."""
        values = (value for _, value in self.env)
        return bool(self.words) and all(word.plain for word in (*self.words, *values))

    @property
    def program(self) -> str:
        """The program's name; "" for a text."""
        return self.words[0].text.rpartition("/")[2] if self.words else ""


def of_task(config: Config, name: str, seen: tuple[str, ...] = (), at: Location | None = None) -> tuple[Run, ...]:
    """What a task runs, what it depends on first. Raises PlanError for one that there is not, or that runs itself."""
    tasks = config.tasks
    if "*" in name and name not in tasks:
        found = [run for one in tasks if fnmatchcase(one, name) for run in of_task(config, one, seen, at)]
        if found:
            return tuple(found)
    task = tasks.get(name)
    if task is None:
        raise missing(config, name, at)
    key = f"{config.dir}:{name}"
    if key in seen:
        names = [one.partition(":")[2] for one in (*seen, key)]
        raise PlanError(
            f"the task {name} runs itself: {' → '.join(names)}", at=task.at, hint="have one of them run a program"
        )
    before = [run for one in task.dependencies for run in of_task(config, one, (*seen, key), task.at)]
    runs = [structs.replace(run, then=run.then or "&&") for run in before]
    if task.text:
        runs += of_script(config, parse(task.text, task.at), task.at, (*seen, key), task)
    return tuple(structs.replace(run, inside=(name, *run.inside)) for run in runs)


def missing(config: Config, name: str, at: Location | None) -> PlanError:
    """The error for a task that there is not."""
    names = list(config.tasks)
    close = nearest(name, names)
    where = config.path or configs.PACKAGE
    listed = f"{where} has {', '.join(names)}" if names else f"{where} has no tasks"
    return PlanError(f'there is no task "{name}"', at=at, hint=f"did you mean {close}? {listed}" if close else listed)


def of_script(
    config: Config, script: Script, at: Location | None, seen: tuple[str, ...] = (), task: Task | None = None
) -> tuple[Run, ...]:
    """What a command runs in the directory of a configuration; one in which no program can be told is a text."""
    if script.defines or any(item.command is None or item.then in ("||", "&") for item in script.items):
        return (Run(dir=config.dir, text=script.text, at=at, task=task.name if task is not None else ""),)
    found: list[Run] = []
    here = config
    for item in script.items:
        command = item.command
        assert command is not None
        words, env = command.program, tuple((word.name, word.value) for word in command.assignments)
        while (inner := unwrap(words, SHELL_RUNNERS)) is not None and inner.name in ("env", "exec") and inner.words:
            words = inner.words
            env = (*env, *assigned(inner.assigned))
        if command.redirections:
            text = script.text[item.start : item.end]
            found.append(Run(dir=here.dir, text=text, then=item.then, at=at, task=task.name if task else ""))
        elif words and words[0].text == "cd" and len(words) == 2 and words[1].plain:
            here = configs.read(config.tree, joined(here.dir, words[1].text))
        else:
            found += of_words(here, words, env, item.then, at, seen, task)
    return tuple(found)


def assigned(words: tuple[Word, ...]) -> tuple[tuple[str, Word], ...]:
    """The variables that `env` sets: NAME=value."""
    from frontend.commands.words import partition

    return tuple((name, value) for name, value in map(partition, words) if value is not None)


def of_words(
    config: Config,
    words: tuple[Word, ...],
    env: tuple[tuple[str, Word], ...],
    then: str,
    at: Location | None,
    seen: tuple[str, ...],
    task: Task | None,
) -> tuple[Run, ...]:
    """What one command runs: the task that it names, else itself."""
    named = task_of(config, words)
    if named is None:
        name = task.name if task is not None else ""
        return (Run(words, env, config.dir, name, then=then, at=at),)
    where, name, rest = named
    *before, last = of_task(where, name, seen, at) or (Run(dir=config.dir),)
    given = (
        {"words": (*last.words, *rest)}
        if last.words
        else {"text": " ".join((last.text, *(word.raw for word in rest)))}  # as Deno's shell gets them
    )
    last = structs.replace(last, env=(*env, *last.env), then=then, **given)
    return (*(structs.replace(one, env=(*env, *one.env)) for one in before), last)


def task_of(config: Config, words: tuple[Word, ...]) -> tuple[Config, str, tuple[Word, ...]] | None:
    """The task that a command runs: its configuration, its name, and the arguments it is given; None for none.

    `deno run NAME` runs a task where there is no such file.
    """
    program = words[0].text if words else ""
    verbs = RUNNERS.get(program, ())
    if program == "deno" and len(words) > 1 and words[1].text == "run":
        rest = split_options(words[2:]).rest
        if len(words) == 3 and rest and rest[0].text in config.tasks and not config.tree.has(rest[0].text):
            return config, rest[0].text, ()
    if len(words) < 2 or words[1].text not in verbs:
        return None
    if words[1].text == "start":
        return config, "start", words[2:]
    options, rest = split_options(words[2:], TAKES)
    where = config
    for option in options:
        if option.name in ("--cwd",) and option.value is not None:
            where = configs.read(config.tree, joined(config.dir, option.value.text))
        elif option.name in ("-f", "--filter") and option.value is not None:
            where = member(config, option.value.text)
    if not rest:
        return None
    given = rest[1:]
    return where, rest[0].text, given[1:] if given[:1] and given[0].text == "--" and program != "deno" else given


def member(config: Config, name: str) -> Config:
    """The member of a workspace that has a name; the configuration itself where none has."""
    tree: SourceTree = config.tree
    for dir in config.members:
        found = configs.read(tree, dir)
        if name in (found.text("name"), str(found.package.get("name", "")), dir):
            return found
    return config
