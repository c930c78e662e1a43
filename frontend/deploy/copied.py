"""What the stages of a Dockerfile take from each other: what a build makes in a directory, and where it goes.

`COPY --from=client /web/dist ./wwwroot` says both; which directory of the context /web is, say the COPYs of that stage.
Source: https://docs.docker.com/reference/dockerfile/#copy
"""

import re
from collections.abc import Sequence
from posixpath import dirname, join, normpath

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.deploy.dockerfile import ARG, FROM, filled, listed
from frontend.deploy.model import Stated
from frontend.errors import Location
from frontend.paths import within
from frontend.settings.model import Copied

FLAG = re.compile(r"--(\w+)(?:=(\S+))?$")


class Stage(Struct):
    """A stage that is read: its working directory, and which directory of the context each of its own is."""

    workdir: str
    places: dict[str, str]


def read(tree: SourceTree, path: str, instructions: Sequence[tuple[str, Stated]]) -> tuple[Copied, ...]:
    """What the instructions of a Dockerfile copy from its stages. Its paths are relative to the context's root, or to
    its own directory."""
    stages: dict[str, Stage] = {}
    found: list[Copied] = []
    values: dict[str, str] = {}
    last, count = Stage("/", {}), 0
    for name, argument in instructions:
        text = filled(argument.text, values)
        if name == "ARG":
            values |= [(one[1], one[2].strip("\"'")) for one in ARG.finditer(argument.text)]
        elif name == "FROM" and (made := FROM.match(text)):
            above = stages.get(made[1].casefold(), Stage("/", {}))
            last = Stage(above.workdir, dict(above.places))
            stages |= {f"{count}": last, (made[2] or f"{count}").casefold(): last}
            count += 1
        elif name == "WORKDIR":
            last.workdir = join(last.workdir, text.strip("\"'"))
        elif name == "COPY":
            flags, sources, to = words(text)
            if flags.get("from", "").casefold() in stages:
                stage = stages[flags["from"].casefold()]
                found += [one for source in sources if (one := copied(stage, source, to, argument.at)) is not None]
            elif not flags.get("from"):
                place = normpath(join(last.workdir, to))
                last.places |= [(place, of_context(tree, path, source)) for source in sources]
    return tuple(found)


def words(text: str) -> tuple[dict[str, str], list[str], str]:
    """The flags of a COPY, its sources and its destination."""
    parts = text.split()
    flags = {}
    while parts and (flag := FLAG.match(parts[0])):
        flags[flag[1]] = flag[2] or ""
        parts = parts[1:]
    parts = listed(" ".join(parts)) if parts and parts[0].startswith("[") else parts
    return flags, parts[:-1], parts[-1] if parts else ""


def of_context(tree: SourceTree, dockerfile: str, source: str) -> str:
    """The directory of the context that a source is, or that has it: `web/package*.json` is in `web`."""
    wanted = normpath(source.strip("\"'").lstrip("/") or ".")
    own = dirname(dockerfile)
    for root in ("", own) if own else ("",):
        path = normpath(join(root, wanted))
        if path == "." or tree.is_dir(path):
            return "" if path == "." else path
        if dirname(path) and tree.is_dir(dirname(path)):
            return dirname(path)
    return own if tree.has(within(own, wanted)) else ""


def copied(stage: Stage, source: str, to: str, at: Location) -> Copied | None:
    """What a COPY takes from a stage; None where the stage got nothing of the context there."""
    path = normpath(join(stage.workdir, source.strip("\"'")))
    for place in sorted(stage.places, key=len, reverse=True):
        if f"{path}/".startswith(f"{place.rstrip('/')}/"):
            dir = stage.places[place]
            return Copied(dir, normpath(join(dir, path[len(place) :].strip("/"))), to.strip("\"'"), at)
    return None
