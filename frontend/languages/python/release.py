"""What a Dockerfile's command does to a database before it serves, where the image's start is another one."""

from frontend.commands import process as processes
from frontend.commands import script_files
from frontend.commands.does import kind, plain
from frontend.commands.procfile import RELEASE
from frontend.commands.script import exec_form, parse
from frontend.commands.unwrap import SHELLS, nested
from frontend.commands.words import quoted
from frontend.context.tree import SourceTree
from frontend.languages.python import managed
from frontend.languages.python.managed import Scripts
from frontend.plan.model import Process, Warning
from frontend.settings.model import Setting, Settings

SCHEMA = ("migrate", "upgrade")  # of what changes a database; the others fill it


def of_dockerfile(tree: SourceTree, settings: Settings, scripts: Scripts) -> tuple[Process, Warning] | None:
    """The process that migrates as a Dockerfile's command does, or compose.yaml's, itself or in a shell script of the
    app; and the note that says so. None where it does not.

    `scripts` are those of package managers, by name.
    """
    return next((found for one in settings.candidate_texts if (found := of_command(tree, one, scripts))), None)


def of_command(tree: SourceTree, stated: Setting, scripts: Scripts) -> tuple[Process, Warning] | None:
    """The process that migrates as one command does; None where it does not."""
    script = parse(stated.value, stated.at)
    every = [script, *(file.script for file in script_files.run_by(tree, script))]
    found: dict[str, None] = {}
    for one in (inner for each in every for inner in nested(each)):
        for command in managed.without_managers(one, scripts, stated.at).commands:
            words = plain(command)
            if words[:1] and words[0].rpartition("/")[2] in SHELLS:
                continue  # what it is given is one of the scripts
            if kind(words) == "migrates" and any(part in " ".join(words) for part in SCHEMA):
                found[" ".join(map(quoted, words))] = None
    if not found:
        return None
    form = exec_form(parse(" && ".join(found), stated.at))
    note = processes.followed(stated.at.file if stated.at else "", (RELEASE,), stated.at)
    return Process(RELEASE, form.with_env, form.shell, stated.at), note
