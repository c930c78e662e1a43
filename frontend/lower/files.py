"""A plan's inputs as file actions."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

import llb
from frontend.errors import GatewayError
from frontend.lower import script
from frontend.lower.script import OUT_DIR
from frontend.lower.target import DIFF, MERGE, Made, Sources, Target
from frontend.paths import escaped
from frontend.plan.model import Directory, FromContext, FromImage, FromStep, Input, Link, TextFile

SYMLINK = "file.symlink.create"
SIGNS = frozenset("!*?[\\")  # of a pattern that is no path
SHOWN = 4  # inputs that progress names

# DIR PATH…: writes what a directory has below OUT_DIR, without those paths in it
PICK = f"""\
set -eu
top=$0 out={OUT_DIR}$0 skip=$(printf '\\n%s' "$@" '')
picked() {{
  mkdir -p "$out$1"
  for one in "$top$1"/* "$top$1"/.[!.]* "$top$1"/..?*; do
    if [ ! -e "$one" ] && [ ! -L "$one" ]; then continue; fi
    case "$skip
" in
      *"
${{one#"$top/"}}
"*) ;;
      *"
${{one#"$top/"}}/"*) [ ! -d "$one" ] || [ -L "$one" ] || picked "${{one#"$top"}}" ;;
      *) cp -a "$one" "$out$1/" ;;
    esac
  done
}}
picked ''
"""

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
            if given.step in changed and scans(given, made):
                return [copy_of_step(given, changed[given.step], given.to or given.path, owner)]
            return [without_search(given, made.state, given.to or given.path, owner, target)]
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


def places(given: Input) -> tuple[str, ...]:
    """Where an input's files are after the copy."""
    match given:
        case FromContext():
            known = given.paths and not given.patterns
            return tuple(f"{given.to.rstrip('/')}/{path}" for path in given.paths) if known else (given.to,)
        case FromStep() | FromImage():
            return (given.to or given.path,)
        case TextFile() | Directory() | Link():
            return (given.path,)


def changes(inputs: Iterable[Input], target: Target, sources: Sources) -> dict[str, llb.State]:
    """What inputs copy of steps where a copy would have BuildKit look at all that was installed, by the step's name.

    A copy by patterns, or of what may be absent, has it look at every file of the filesystem, anew with each change of
    a source. What was there before the sources came is looked at once: so what is copied of it is a state of its own,
    with what changed since on top.
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
    since = llb.diff(made.before, made.state, name=target.named("what changed since", step))
    if made.is_first:
        return since
    kept = [there_before(given, made, target) for given in inputs]
    before = llb.scratch().file(*kept, name=target.named("what was there before the app", step), **target.cached())
    return llb.merge([before, since], name=target.named("what the image has of it", step))


def scans(given: FromStep, made: Made) -> bool:
    """Whether a copy has BuildKit look at what was installed before the app's sources came."""
    if made.before is None:
        return False
    return given.optional or (bool(given.exclude) and given.path in made.roots)


def there_before(given: FromStep, made: Made, target: Target) -> llb.FileAction:
    """An input's copy of what a step had before the app's sources came: no file of what was installed is read, where
    the input leaves that out by its path."""
    state, (plain, patterns) = made.before or made.state, plain_paths(given.exclude)
    skipped = (*plain, *names_anywhere(given.exclude))
    above = given.path.rpartition("/")[0]
    if skipped:
        name = f"what was there before the app in {given.path}"
        state = script.written(
            state, PICK, given.path, *skipped, rootfs=None, name=name, target=target, step=given.step
        )
    elif above not in made.roots:  # a path that may be absent has to be in a directory that is not
        made_above = llb.mkdir(above or "/", 0o755, parents=True)
        name = target.named(f"make {above}", given.step)
        state = state.file(made_above, name=name, **target.cached(given.step))
    return copy_of_step(structs.replace(given, exclude=patterns, optional=True), state, given.path, None)


def without_search(given: FromStep, state: llb.State, to: str, owner: Owner, target: Target) -> llb.FileAction:
    """An input's copy for which BuildKit does not look at every file of a step's filesystem.

    By patterns it does: all files of the build image, 40,000 of them, and those of the copied directory once more for
    each directory above them (`includedPaths` and `checksum` in its cache/contenthash): 2 s for a small node_modules,
    0.4 without. So what is left out by its path is removed first, which is in no layer, and where patterns remain, the
    rest is copied apart and chosen from there.
    """
    if given.optional or not given.exclude:
        return copy_of_step(given, state, to, owner)
    plain, patterns = plain_paths(given.exclude)
    rest = state
    if plain:
        removed = [llb.rm(f"{given.path}/{path}", missing_ok=True) for path in plain]
        name = target.named(f"leave out {in_words(plain)}", given.step)
        rest = rest.file(*removed, name=name, **target.cached(given.step))
    if patterns:
        apart = llb.copy(rest, given.path, given.path, dir_contents=True, create_dest_path=True)
        name = target.named(f"copy {given.path}", given.step)
        rest = llb.scratch().file(apart, name=name, **target.cached(given.step))
    return copy_of_step(structs.replace(given, exclude=patterns), rest, to, owner)


def plain_paths(exclude: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Patterns that are paths, and the others. A path that a later exception may lead into is none: the last pattern
    that matches decides."""
    plain = tuple(
        one
        for number, one in enumerate(exclude, 1)
        if SIGNS.isdisjoint(one) and not any(leads_into(later, one) for later in exclude[number:])
    )
    return plain, tuple(pattern for pattern in exclude if pattern not in plain)


def names_anywhere(exclude: tuple[str, ...]) -> tuple[str, ...]:
    """The names that patterns leave out wherever they are (`**/node_modules`), and so in the first directory too."""
    return tuple(
        name
        for number, one in enumerate(exclude, 1)
        if one.startswith("**/")
        and SIGNS.isdisjoint(name := one[3:])
        and "/" not in name
        and not any(leads_into(later, name) for later in exclude[number:])
    )


def leads_into(pattern: str, path: str) -> bool:
    """Whether a pattern is an exception that may match something in a path, as far as its first part tells."""
    first = pattern[1:].partition("/")[0]
    top = path.partition("/")[0]
    return pattern.startswith("!") and (first == top or not SIGNS.isdisjoint(first))


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
    return f"copy {in_words(words)}"


def in_words(names: Sequence[str]) -> str:
    """The first of some names."""
    return f"{', '.join(names[:SHOWN])}{' …' if len(names) > SHOWN else ''}"
