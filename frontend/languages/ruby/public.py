"""A front end whose build a Dockerfile, a Makefile or a script of package.json puts into the app's `public`.

Rails and Rack serve what is there, and neither builds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.paths import parents, relative, within
from frontend.plan.model import Evidence, FromStep, Warning
from frontend.settings.model import Setting, Settings

if TYPE_CHECKING:
    from frontend.languages.node.front_end import FrontEnd

PUBLIC, MANIFEST = "public", "package.json"
MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
TARGET = re.compile(r"([\w./-]+)\s*:(?!=)")
BUILDS = re.compile(r"\b(?:npm|yarn|pnpm|npx|bun)\b")


def find(tree: SourceTree, settings: Settings, app: str, today: str) -> FrontEnd | None:
    """The front end that something puts into the `public` of the app in a directory; None for none."""
    return copied(tree, settings, app, today) or commanded(tree, settings, app, today)


def copied(tree: SourceTree, settings: Settings, app: str, today: str) -> FrontEnd | None:
    """The front ends, as one, that a Dockerfile builds in stages of their own, and copies into `public`."""
    from frontend.languages.node.front_end import front_end, numbered

    made: FrontEnd | None = None
    for number, one in enumerate(settings.candidate_copies):
        before, mark, below = f"{one.to}/".partition(f"{PUBLIC}/")
        own = within(app, PUBLIC)
        if not mark or (before and not before.endswith("/")) or f"{one.output}/".startswith(f"{own}/"):
            continue
        near = next((dir for dir in (one.dir, *parents(one.output)) if tree.has(within(dir, MANIFEST))), None)
        prefix = numbered(number if made is not None else 0)
        front = (
            front_end(tree, settings, app, near, today, prefix=prefix)
            if near is not None and one.output != app
            else None
        )
        if front is not None:
            because = Evidence("front end", f"{one.at.file} copies {one.output} to {one.to}", one.at)
            to = f"/app/{PUBLIC}/{below.strip('/')}".rstrip("/")
            files = FromStep(front.built, f"/app/{relative(app, one.output)}", to)
            front = structs.replace(front, built="", files=(files,), evidence=(because, *front.evidence))
            made = front if made is None else joined(made, front)
    return made


def joined(first: FrontEnd, other: FrontEnd) -> FrontEnd:
    """Two front ends of which files are taken, as one."""
    return structs.replace(
        first,
        steps=(*first.steps, *other.steps),
        files=(*first.files, *other.files),
        versions=tuple(dict.fromkeys((*first.versions, *other.versions))),
        evidence=tuple(dict.fromkeys((*first.evidence, *other.evidence))),
        warnings=tuple(dict.fromkeys((*first.warnings, *other.warnings))),
    )


def commanded(tree: SourceTree, settings: Settings, app: str, today: str) -> FrontEnd | None:
    """A front end that a command of the app builds in its own directory, and copies into `public`."""
    if app:
        return None
    from frontend.languages.node.front_end import by_command

    for text, at in commands(tree):
        front = by_command(tree, settings, PUBLIC, Setting(text, "platform", at), today)
        if front is not None:
            return front
    return None


def commands(tree: SourceTree) -> Iterator[tuple[str, Location]]:
    """The commands that may build a front end: the recipes of a Makefile, and the build script of package.json."""
    path = tree.first(*MAKEFILES)
    name, lines, first = "", list[str](), 0
    for number, line in enumerate([*(tree.read_lines(path) or ()), "end:"] if path is not None else (), 1):
        if line.startswith("\t"):
            lines.append(line.strip().lstrip("@-+"))
            continue
        target = TARGET.match(line)
        if target is not None:
            text = " && ".join(entered(one) for one in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines() if one)
            if path is not None and name and BUILDS.search(text) and PUBLIC in text and "$" not in text:
                yield text, tree.at(path, first)
            name, lines, first = target[1], [], number
    scripts = (tree.read_json(MANIFEST) or {}).get("scripts") if tree.has(MANIFEST) else None
    script = scripts.get("build") if isinstance(scripts, dict) else None
    if isinstance(script, str) and BUILDS.search(script) and PUBLIC in script:
        yield script, tree.line_of(MANIFEST, '"build"')


def apart(tree: SourceTree, dirs: Sequence[str]) -> Iterator[Warning]:
    """The warning about a front end in one of some directories of the app, which nothing builds into it."""
    for dir in dirs:
        path = within(dir, MANIFEST)
        scripts = (tree.read_json(path) or {}).get("scripts") if tree.has(path) else None
        if isinstance(scripts, dict) and "build" in scripts:
            yield Warning(
                "front-end-apart",
                f"{dir} has a front end that is built by itself: it is not in this image",
                tree.line_of(path, '"build"'),
                f"build its own image by PROJECT_PATH={dir}, or have its bundler write to {PUBLIC}; "
                "SKIP=front-end silences this warning",
            )
            return


def entered(line: str) -> str:
    """A line of a recipe: make runs each from the directory of its Makefile."""
    moved = re.match(r"cd\s+([\w./-]+)\s*&&", line)
    back = "/".join(".." for part in moved[1].split("/") if part not in ("", ".")) if moved is not None else ""
    return f"{line} && cd {back}" if back else line
