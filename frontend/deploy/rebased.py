"""A file's commands as the app's own: without `cd` into its directory, and without what our own steps do already."""

from msgspec import Struct, structs

from frontend.commands.does import kind, plain
from frontend.commands.parts import Part, entered, parts, text
from frontend.commands.script import parse
from frontend.context.tree import SourceTree
from frontend.deploy.model import Stated
from frontend.paths import joined


class Rebased(Struct, frozen=True):
    """A build command in the app's directory, "" for none; and the parts of it that are not run, or in vain.

    `outside` work in another directory, `elsewhere` is these as a command of the context's root. `migrations`, in the
    app's directory like `text`, work on a database, `added` install packages that no manifest names.
    """

    text: str
    outside: tuple[str, ...] = ()
    migrations: str = ""
    added: tuple[str, ...] = ()
    elsewhere: str = ""


def directory(command: Stated, dir: str) -> str:
    """The directory that a command goes into before it starts a program, of the context: `cd backend && uvicorn …`."""
    for item in parse(command.text, command.at).items:
        target = entered(item)
        if target is None:
            break
        dir = joined(dir, target)
    return dir


def started(command: Stated, dir: str, app: str) -> str:
    """A command that starts the app in a directory, as it is written there; "" where it starts another app.

    `dir` is where it runs.
    """
    script = parse(command.text, command.at)
    if dir == app:
        return script.text
    for item in script.items:
        target = entered(item)
        if target is None:
            return ""
        dir = joined(dir, target)
        if dir == app:
            return script.text[item.end :].lstrip().removeprefix("&&").lstrip(";").strip()
    return ""


def built(tree: SourceTree, command: Stated, dir: str, app: str) -> Rebased:
    """A build command, as it is written in the app's directory: `cd` followed, simple scripts read, installs left out.

    `tree` is the whole context.
    """
    kept: list[Part] = []
    others: list[Part] = []
    migrations: list[Part] = []
    outside: list[str] = []
    added: list[str] = []
    for part in parts(tree, parse(command.text, command.at), dir):
        does = kind(plain(part.first.command))
        inside = part.dir == app or f"{part.dir}/".startswith(f"{app}/" if app else "")
        if does == "installs" and (part.dir == app or not inside):
            continue
        if does == "migrates":
            migrations.append(part if inside else structs.replace(part, dir=app))
        elif not inside:
            outside.append(part.text)
            others.append(part)
        else:
            added += [part.text] if does == "adds" else []
            kept.append(part)
    return Rebased(text(kept, app), tuple(outside), text(migrations, app), tuple(added), text(others, ""))
