"""A plan's inputs as file actions."""

from collections.abc import Iterable, Mapping

from msgspec import structs

import llb
from frontend.errors import GatewayError
from frontend.lower.target import DIFF, MERGE, Made, Sources, Target
from frontend.paths import escaped
from frontend.plan.model import Directory, FromContext, FromImage, FromStep, Input, Link, TextFile

SYMLINK = "file.symlink.create"
SHOWN = 4  # inputs that progress names

Owner = tuple[int, int] | None
"""(uid, gid); None for root."""


def actions(inputs: Iterable[Input], owner: Owner, target: Target, sources: Sources) -> list[llb.FileAction]:
    """The file actions of inputs, in order. Raises GatewayError for one that this BuildKit cannot do."""
    inputs = tuple(inputs)
    changed = changes(inputs, target, sources)
    return [action for given in inputs for action in of_input(given, owner, target, sources, changed)]


def of_input(
    given: Input, owner: Owner, target: Target, sources: Sources, changed: Mapping[str, llb.State]
) -> list[llb.FileAction]:
    """The file actions of an input; `changed` is what `changes` says of it."""
    match given:
        case FromContext():
            source = f"/{given.root}" if given.root else "/"
            paths = (*(escaped(path) for path in given.paths), *given.patterns)
            return [copy(sources.context, source, given.to, owner, given.exclude, paths)]
        case FromStep():
            made = sources.steps[given.step]
            state = changed[given.step] if given.step in changed and scans(given, made) else made.state
            return [copy_of_step(given, state, given.to or given.path, owner)]
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


def changes(inputs: Iterable[Input], target: Target, sources: Sources) -> dict[str, llb.State]:
    """What inputs copy of steps where a copy would have BuildKit scan installed dependencies, by the step's name.

    BuildKit scans the directory that a copy is from, whatever its patterns leave out. Where the app's sources came to,
    that is all that was installed, anew with each change of a source. What was there before them is scanned once: so
    what is copied of it is a state of its own, with what changed since on top.
    """
    if not target.caps >= {DIFF, MERGE}:
        return {}
    found: dict[str, list[FromStep]] = {}
    for given in inputs:
        if isinstance(given, FromStep) and scans(given, sources.steps[given.step]):
            found.setdefault(given.step, []).append(given)
    return {step: changed(step, copied, target, sources) for step, copied in found.items()}


def changed(step: str, inputs: Iterable[FromStep], target: Target, sources: Sources) -> llb.State:
    """What inputs copy of what was there before the app's sources came to a step, under what changed since."""
    made = sources.steps[step]
    if made.before is None:
        return made.state
    kept = [copy_of_step(structs.replace(given, optional=True), made.before, given.path, None) for given in inputs]
    before = llb.scratch().file(*kept, name=target.named("what was there before the app", step), **target.cached())
    since = llb.diff(made.before, made.state, name=target.named("what changed since", step))
    return llb.merge([before, since], name=target.named("what the image has of it", step))


def scans(given: FromStep, made: Made) -> bool:
    """Whether a copy has BuildKit scan a directory that the app's sources came to: for the files that patterns leave
    out, or the names beside a path that may be absent."""
    return (bool(given.exclude) and given.path in made.roots) or (
        given.optional and given.path.rpartition("/")[0] in made.roots
    )


def parent(path: str, owner: Owner) -> llb.FileAction:
    """The directory that a file is in."""
    return llb.mkdir(path.rpartition("/")[0] or "/", 0o755, parents=True, owner=owner)


def copy_of_step(given: FromStep, state: llb.State, to: str, owner: Owner) -> llb.FileAction:
    """An input's copy from a filesystem."""
    return copy(state, given.path, to, owner, given.exclude, optional=given.optional)


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
