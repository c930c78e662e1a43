"""Shell scripts of the app that its processes run, as the image has them: without what cannot work there.

A package manager is not in the image, and a port that the script fixes is not the one that the container is asked on.
Everything else stays as the user wrote it.
"""

from collections.abc import Sequence

from msgspec import Struct

from frontend.commands.script import Script
from frontend.commands.script_files import ScriptFile, run_by
from frontend.context.tree import SourceTree
from frontend.languages.python import managed, port_options
from frontend.languages.python.managed import Done, Edit, Scripts
from frontend.plan.model import Warning
from frontend.secrets.masking import shown


class Changed(Struct, frozen=True):
    """A script of the app as the image has it, and what there is to say of that."""

    path: str
    text: str
    warnings: tuple[Warning, ...]


def changed(
    tree: SourceTree, processes: Sequence[Script], scripts: Scripts, port: int, done: Done
) -> tuple[Changed, ...]:
    """The scripts that the processes run and that are changed. The first process is the one that listens on `port`.

    Raises PlanError as `managed.without_managers` does.
    """
    found: dict[str, Changed] = {}
    for number, process in enumerate(processes):
        for file in run_by(tree, process):
            if file.path not in found:
                one = _changed(tree, file, scripts, port if number == 0 else None, done)
                if one is not None:
                    found[file.path] = one
    return tuple(found.values())


def _changed(tree: SourceTree, file: ScriptFile, scripts: Scripts, port: int | None, done: Done) -> Changed | None:
    start = file.text.find(file.script.text)
    place = tree.at(file.path)

    def line(offset: int) -> int:
        return file.text.count("\n", 0, start + offset) + 1

    edits = managed.edits(file.script, scripts, place, (), done)
    warnings = [
        Warning("script-changed", told(file, edit), tree.at(file.path, line(edit.start)), hint(edit)) for edit in edits
    ]
    script = managed.without_managers(file.script, scripts, place, (), done)
    if port is not None:
        moved, told_of = port_options.on_port(script, place, port)
        script, warnings = (moved, [*warnings, *told_of]) if told_of else (script, warnings)
    if script is file.script:
        return None
    end = start + len(file.script.text)
    return Changed(file.path, f"{file.text[:start]}{script.text}{file.text[end:]}", tuple(warnings))


def told(file: ScriptFile, edit: Edit) -> str:
    """What is said of a part of a script that the image does not have."""
    text = shown(file.script.text[edit.start : edit.end].rstrip(" &;\n"))
    if edit.is_done:
        return f"{file.path} runs {text}, which the build does: the image's copy of {file.path} leaves it out"
    manager = text.partition(" ")[0]
    return f"{file.path} runs {manager}, which is not in the image: the image's copy of {file.path} does without it"


def hint(edit: Edit) -> str:
    """What the user can write instead."""
    return "remove it" if edit.is_done else "write it without the package manager, whose programs are in PATH"
