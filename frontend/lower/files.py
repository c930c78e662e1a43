"""A plan's inputs as file actions."""

from collections.abc import Iterable

import llb
from frontend.errors import GatewayError
from frontend.lower.target import Sources, Target
from frontend.paths import escaped
from frontend.plan.model import Directory, FromContext, FromImage, FromStep, Input, Link, TextFile

SYMLINK = "file.symlink.create"
SHOWN = 4  # inputs that progress names

Owner = tuple[int, int] | None
"""(uid, gid); None for root."""


def actions(given: Input, owner: Owner, target: Target, sources: Sources) -> list[llb.FileAction]:
    """The file actions of an input. Raises GatewayError for one that this BuildKit cannot do."""
    match given:
        case FromContext():
            source = f"/{given.root}" if given.root else "/"
            paths = (*(escaped(path) for path in given.paths), *given.patterns)
            return [copy(sources.context, source, given.to, owner, given.exclude, paths)]
        case FromStep():
            source, to = given.path, given.to or given.path
            return [copy(sources.steps[given.step], source, to, owner, given.exclude, optional=given.optional)]
        case FromImage():
            image = sources.image(given.image, target.platform)
            return [copy(image, given.path, given.to or given.path, owner)]
        case TextFile():
            return [parent(given.path, owner), llb.mkfile(given.path, given.text.encode(), given.mode, owner=owner)]
        case Directory():
            return [llb.mkdir(given.path, given.mode, parents=True, owner=owner)]
        case Link():
            if SYMLINK not in target.caps:
                raise GatewayError(
                    f"this BuildKit cannot make the symbolic link {given.path}", hint="BuildKit v0.19 or newer can"
                )
            return [parent(given.path, owner), llb.symlink(given.target, given.path, owner=owner)]


def parent(path: str, owner: Owner) -> llb.FileAction:
    """The directory that a file is in."""
    return llb.mkdir(path.rpartition("/")[0] or "/", 0o755, parents=True, owner=owner)


def copy(
    source: llb.State,
    path: str,
    to: str,
    owner: Owner,
    exclude: tuple[str, ...] = (),
    include: tuple[str, ...] = (),
    *,
    optional: bool = False,
) -> llb.FileAction:
    """A copy of a file, or of a directory's contents; where it is `optional` it may be absent."""
    return llb.copy(
        source,
        wildcard(path) if optional else path,
        to,
        include=include,
        exclude=exclude,
        owner=owner,
        dir_contents=True,
        create_dest_path=True,
        allow_wildcard=optional,
        allow_empty_wildcard=optional,
    )


def wildcard(path: str) -> str:
    """A pattern that matches exactly `path`, or nothing: a copy of it is no error where the path is absent."""
    return f"{escaped(path[:-1])}[{path[-1]}]"


def copied(inputs: Iterable[Input]) -> str:
    """The inputs of a step in a few words."""
    words: list[str] = []
    for given in inputs:
        match given:
            case FromContext(paths=(), patterns=()):
                words.append("the app")
            case FromContext():
                words += (*given.paths, *given.patterns)
            case FromStep():
                words.append(f"{given.path} of {given.step}")
            case FromImage():
                words.append(f"{given.path} of {given.image}")
            case TextFile() | Link() | Directory():
                words.append(given.path)
    return f"copy {', '.join(words[:SHOWN])}{' …' if len(words) > SHOWN else ''}"
