"""What a container's entrypoint does in front of the server: the image starts without it."""

import re
from collections.abc import Iterator

from frontend.commands.procfile import RELEASE
from frontend.commands.script import Script, parse
from frontend.commands.script_files import ScriptFile, read, run_by
from frontend.context.tree import SourceTree
from frontend.errors import BuildError
from frontend.languages.ruby.servers import EXEC
from frontend.plan.model import Process, Warning
from frontend.settings.model import Settings

OF_RAILS = "bin/docker-entrypoint"  # that `rails new` writes, and its Dockerfile starts
COMMAND = re.compile(r"(?:^|[\s/;&|])(rails|rake|hanami)((?:\s+(?:--\S+|[\w:]+))+)")
# what a new version needs; others (db:setup, db:schema:load, db:seed) may remove what is there, or add it again
TASKS = ("db:create", "db:migrate", "db:prepare")
OWN_TASK = re.compile(r"(?!(?:db|assets|tmp|log|cache|about|webpacker|yarn|jobs|solid_\w+):)[a-z]\w*(?::\w+)+")
HANAMI = ("db", "migrate")


def release(tree: SourceTree, settings: Settings, started: tuple[Process, ...]) -> tuple[Process, Warning] | None:
    """The process for what an entrypoint does to the database, and the warning that the image's start does not.

    None where nothing does it there, or a process of the app does. `started` are these, web first.
    """
    if any(one.name == RELEASE or list(migrations(" ".join(one.args))) for one in started):
        return None
    for file in entrypoints(tree, settings):
        lines = enumerate(file.text.splitlines(), 1)
        found = [(args, number) for number, line in lines for args in migrations(line)]
        if found:
            (program, *_), number = found[0]
            tasks = dict.fromkeys(task for args, _ in found if args[0] == program for task in args[1:])
            args, at = (*EXEC, program, *tasks), tree.at(file.path, number)
            text = " ".join(args)
            doubt = Warning(
                "entrypoint-left-out",
                f"the image starts without {file.path}, which runs {' '.join((program, *tasks))}: that is the process "
                f"{RELEASE}",
                at,
                f"run it before a new version serves: build its image with --target {RELEASE}, or start a container "
                f"with {text}",
            )
            return Process(RELEASE, args, at=at), doubt
    return None


def tasks(tree: SourceTree, settings: Settings) -> Iterator[Warning]:
    """The warning for a task of the app's own in a script that the Dockerfile starts: the image starts without it."""
    for file in entrypoints(tree, settings):
        for number, line in enumerate(file.text.splitlines(), 1):
            for program, rest in COMMAND.findall(line.partition("#")[0]):
                own = [word for word in rest.split() if OWN_TASK.fullmatch(word)]
                if own and program in ("rake", "rails"):
                    text = " ".join((*EXEC, program, *own))
                    yield Warning(
                        "entrypoint-left-out",
                        f"the image starts without {file.path}, which runs {program} {' '.join(own)}",
                        tree.at(file.path, number),
                        f"if the app needs it, add a line to a Procfile: release: {text}",
                    )
                    return


def entrypoints(tree: SourceTree, settings: Settings) -> Iterator[ScriptFile]:
    """The scripts that the app's Dockerfile starts, and the one that Rails writes."""
    stated = settings.candidate
    try:
        files = started(tree, parse(stated.value, stated.at)) if stated is not None else ()
    except BuildError:
        files = ()
    yield from files
    own = read(tree, OF_RAILS) if OF_RAILS not in [file.path for file in files] else None
    if own is not None:
        yield own


def started(tree: SourceTree, script: Script) -> tuple[ScriptFile, ...]:
    """The shell scripts of the app that a command runs, by Bundler or without it."""
    words = " ".join(EXEC)
    text = script.text.removeprefix(f"{words} ")
    script = script if text == script.text else parse(text, None)
    files = {one.path: one for one in run_by(tree, script)}
    given = [
        word.text for command in script.commands for word in command.program[1:] if word.plain and "/" in word.text
    ]
    others = (read(tree, path.removeprefix("./")) for path in given if files)  # an entrypoint runs what it is given
    return tuple((files | {one.path: one for one in others if one is not None}).values())


def migrations(line: str) -> Iterator[tuple[str, ...]]:
    """The programs that a line runs to bring a database up to date, each with its tasks."""
    for program, rest in COMMAND.findall(line.partition("#")[0]):
        words = tuple(word for word in rest.split() if not word.startswith("-"))
        tasks = (words if words == HANAMI else ()) if program == "hanami" else [one for one in words if one in TASKS]
        if tasks:
            yield (program, *tasks)
