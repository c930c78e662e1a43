"""Processes of an image without a shell: each command as one program and its arguments, as the built files have it."""

from __future__ import annotations

import re
from posixpath import join, normpath, relpath
from typing import TYPE_CHECKING

from msgspec import structs

from frontend.commands.hardened import Found, exec_form, expanded
from frontend.commands.process import script_of
from frontend.commands.unwrap import SHELLS
from frontend.errors import Location, PlanError
from frontend.plan.model import Command, Process, Runtime
from frontend.result.start import Image, Missing, Rewrite, absolute, as_written, executable, places

if TYPE_CHECKING:
    from frontend.result.start import Files

SHIM_BYTES = 1 << 12  # of a shell script that only starts another file


def check(image_env: dict[str, str], processes: tuple[Process, ...]) -> None:
    """Raises PlanError for a process that has no command which can do without a shell, before anything is built."""
    for process in processes:
        errors = []
        for one in candidates(process):
            try:
                expanded(
                    script_of(structs.replace(process, args=one.args, shell=one.shell)), env=image_env, at=process.at
                )
                break
            except PlanError as error:
                errors.append(error)
        else:
            raise errors[0]


def candidates(process: Process) -> tuple[Command, ...]:
    """The commands of a process, in order."""
    return (Command(process.args, process.shell, process.needs, env=process.env, dir=process.dir), *process.otherwise)


def rewriting(runtime: Runtime) -> Rewrite:
    """How commands are rewritten for the base of an image: a hardened one may have a shell all the same."""
    if runtime.shell:
        return as_written if runtime.flavour == "given" else where_possible
    return direct


def where_possible(image: Image, command: Command, at: Location | None) -> Command:
    """A command without a shell, where it needs none."""
    made = direct(image, command, at)
    return command if isinstance(made, Missing) else made


def direct(image: Image, command: Command, at: Location | None) -> Command | Missing:
    """A command without a shell, its interpreter named; what is said where only a shell could run it."""
    image = structs.replace(image, directory=command.dir or image.directory)
    script = script_of(Process("", command.args, command.shell, at))
    try:
        form = exec_form(
            script,
            env={**image.env, **dict(command.env)},
            interpreters=tuple(dict.fromkeys(image.scripts.values())),
            look=lambda name: look(image, name),
            at=at,
        )
    except PlanError as error:
        return Missing(error.message, error.hint)
    dir = absolute(image.directory, form.dir) if form.dir else command.dir
    return structs.replace(
        command, args=form.args, shell=False, env=tuple({**dict(command.env), **dict(form.env)}.items()), dir=dir
    )


def look(image: Image, name: str) -> Found | None:
    """What a name or path of a command leads to in the image; None for nothing that can be run."""
    files = image.files
    paths = places(image, name)
    if "/" not in name:
        files.ask(paths[:2])
        paths = [
            path
            for path in paths
            if (info := files.stat(path)) is not None and info.kind == "file" and executable(info, image.account)
        ][:1]
    if not paths or (info := files.stat(paths[0])) is None or info.kind != "file":
        return None
    place = paths[0]
    real = followed(image, place)
    return Found(place, from_directory(image, real), first_line(files, real), bare="/" not in name)


def followed(image: Image, place: str) -> str:
    """A file of the app where links to it lead, and shell scripts that only start it: packages' programs are such."""
    files = image.files
    if not place.startswith("/app/"):
        return place
    target = files.link(place)
    if target:
        place = normpath(join(place.rpartition("/")[0], target))
    rules = [one.shims for one in image.scripts.values() if one.shims]
    if rules and any(f"/{shell}" in first_line(files, place) for shell in SHELLS):
        text = (files.read((place,), SHIM_BYTES)[place] or b"").decode("utf-8", "replace")
        for rule in rules:
            if (found := re.search(rule, text)) is not None:
                return normpath(join(place.rpartition("/")[0], found[1].lstrip("/")))
    return place


def from_directory(image: Image, path: str) -> str:
    """A path as a process in the working directory writes it: relative to it where it is below."""
    return relpath(path, image.directory) if path.startswith(f"{image.directory}/") else path


def first_line(files: Files, path: str) -> str:
    """The first line of a text, "" of native code."""
    head = files.head(path)
    line = head.partition(b"\n")[0]
    return "" if b"\0" in line or head.startswith(b"\x7fELF") else line.decode("utf-8", "replace").rstrip("\r")
