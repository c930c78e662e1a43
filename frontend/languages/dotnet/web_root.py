"""A front end beside the project that serves it: its build writes into wwwroot, or a Dockerfile copies it there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import listening, unfit
from frontend.languages.dotnet.projects import starts, tests
from frontend.languages.dotnet.question import Answered, Project
from frontend.paths import parents, relative, within
from frontend.plan.model import Evidence, Warning
from frontend.rules import monorepo
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.front_end import FrontEnd

ROOT = "wwwroot"
MANIFEST = "package.json"
NAMED = re.compile(r"front|client|web|\bui\b|spa\b|apps?\b", re.IGNORECASE)  # directories of front ends
FABLE = frozenset(("fable.core", "fable.elmish", "fable.elmish.react", "fable.remoting.client", "feliz"))
SERVED = re.compile(r"""\bMapFallbackToFile\s*\(\s*"/?(index\.html)"|\bUseSpa\s*\(""")


class WebRoot(Struct, frozen=True):
    """How a front end is built, the directory of the context that its build makes, and where the project has it."""

    front: FrontEnd
    output: str
    to: str


def find(tree: SourceTree, settings: Settings, project: Project, today: str) -> tuple[WebRoot, ...]:
    """The front ends that a project serves from its wwwroot; () where there is none to build."""
    if "front-end" in settings.skip:
        return ()
    return written(tree, settings, project, today) or copied(tree, settings, project, today)


def written(tree: SourceTree, settings: Settings, project: Project, today: str) -> tuple[WebRoot, ...]:
    """Front ends below or beside the project, or beside a directory above it, whose bundler writes into it."""
    from frontend.languages.node.front_end import writing_into

    above = (project.directory, *parents(project.directory))
    dirs = tuple(dict.fromkeys(dir for place in above for dir in monorepo.having(tree, place, MANIFEST)))
    found = writing_into(tree, settings, "", project.directory, dirs, today)
    return tuple(WebRoot(front, to, to) for front, to in found)


def copied(tree: SourceTree, settings: Settings, project: Project, today: str) -> tuple[WebRoot, ...]:
    """Front ends that a Dockerfile builds in stages of their own, and copies into wwwroot."""
    from frontend.languages.node.front_end import front_end, numbered

    made: list[WebRoot] = []
    for one in settings.candidate_copies:
        before, mark, below = f"{one.to}/".partition(f"{ROOT}/")
        near = next((dir for dir in (one.dir, *parents(one.output)) if tree.has(within(dir, MANIFEST))), None)
        if not mark or near is None or (before and not before.endswith("/")):
            continue
        front = front_end(tree, settings, "", near, today, prefix=numbered(len(made)))
        if front is not None:
            because = Evidence("front end", f"{one.at.file} copies {one.output} to {one.to}", one.at)
            to = within(project.directory, f"{ROOT}/{below}".strip("/"))
            told = structs.replace(front, evidence=(because, *front.evidence))
            made.append(WebRoot(told, one.output, to))
    return tuple(made)


def doubts(
    tree: SourceTree, project: Project, closure: tuple[Project, ...], answered: Answered, *, web: bool
) -> tuple[Warning, ...]:
    """The warning about a page that the code serves, and nothing makes, or a front end that is beside the app, which
    serves by ASP.NET Core where `web`."""
    return (
        tuple(in_browser(tree, closure, answered))
        or (unmade(tree, project, closure) if web else ())
        or (unbuilt(tree, project, closure) if web else ())
        or (apart(tree, project, closure) if web else ())
        or tuple(compiled(tree, project, closure, answered))
    )


def in_browser(tree: SourceTree, closure: tuple[Project, ...], answered: Answered) -> Iterator[Warning]:
    """The warning about Blazor WebAssembly that no project serves."""
    if any(unfit.in_browser(one) for one in closure):
        return
    hosted = {path for one in answered.projects.values() if not tests(one) for path in one.references}
    for path, other in answered.projects.items():
        if unfit.in_browser(other) and starts(other) and path not in hosted:
            yield Warning(
                "front-end-apart",
                f"{path} is Blazor WebAssembly that no project serves: it is not in this image",
                tree.at(path),
                f"build its own image by PROJECT={path}, or reference it from {closure[0].path} and serve it there; "
                "SKIP=front-end silences this warning",
            )
            return


def compiled(tree: SourceTree, project: Project, closure: tuple[Project, ...], answered: Answered) -> Iterator[Warning]:
    """The warning about a front end in F#, which only a tool compiles: no build of the project that serves it does.

    Source: https://fable.io/docs/
    """
    for path, other in answered.projects.items():
        names = {name.casefold() for name in other.packages}
        if other not in closure and path.endswith(".fsproj") and not FABLE.isdisjoint(names) and not tests(other):
            yield Warning(
                "front-end-apart",
                f"{path} is a front end that Fable compiles to JavaScript: it is not in this image",
                tree.at(path),
                "set BUILD_COMMAND to what compiles it and puts it where the project publishes it, and BUILD_PACKAGES="
                "'nodejs npm' if that takes Node.js; SKIP=front-end silences this warning",
            )
            return


def apart(tree: SourceTree, project: Project, closure: tuple[Project, ...]) -> tuple[Warning, ...]:
    """The warning about a front end beside the app, which its image does not have."""
    if any(unfit.in_browser(one) for one in closure):
        return ()
    for place in (project.directory, *parents(project.directory)):
        below = (within(place, name) for name in sorted(tree.entries(place)) if NAMED.search(name))
        inner = (dir for one in below if tree.is_dir(one) for dir in monorepo.having(tree, one, MANIFEST))
        for dir in (*monorepo.having(tree, place, MANIFEST), *inner):
            path = within(dir, MANIFEST)
            scripts = (tree.read_json(path) or {}).get("scripts")
            named = NAMED.search(relative(place, dir)) is not None
            if named and dir != project.directory and isinstance(scripts, dict) and "build" in scripts:
                message = f"{dir} has a front end that is built by itself: it is not in this image"
                hint = (
                    f"build its own image by PROJECT_PATH={dir}, or have its bundler write to "
                    f"{within(project.directory, ROOT)}; SKIP=front-end silences this warning"
                )
                return (Warning("front-end-apart", message, tree.line_of(path, '"build"'), hint),)
    return ()


def unbuilt(tree: SourceTree, project: Project, closure: tuple[Project, ...]) -> tuple[Warning, ...]:
    """The warning about a project without static files beside the build script that makes them, which nothing runs."""
    path = within(project.directory, MANIFEST)
    if not tree.has(path) or any(tree.is_dir(within(one.directory, ROOT)) for one in closure):
        return ()
    scripts = (tree.read_json(path) or {}).get("scripts")
    if not isinstance(scripts, dict) or "build" not in scripts:
        return ()
    message = f"the script build of {path} is not run: what it makes is not in this image"
    hint = (
        "set BUILD_COMMAND to what installs its packages and runs it, and BUILD_PACKAGES='nodejs npm' if that takes "
        "Node.js; SKIP=front-end silences this warning"
    )
    return (Warning("front-end", message, tree.line_of(path, '"build"'), hint),)


def unmade(tree: SourceTree, project: Project, closure: tuple[Project, ...]) -> tuple[Warning, ...]:
    """The warning about a page that the code serves, and nothing makes."""
    page = within(project.directory, f"{ROOT}/index.html")
    if tree.has(page) or any(unfit.in_browser(one) for one in closure):
        return ()
    for path, text in listening.code(tree, project.directory):
        match = SERVED.search(text)
        if match is not None:
            at = tree.at(path, text.count("\n", 0, match.start()) + 1)
            message = (
                f"{path} serves the page of a front end, but {page} is not there, and nothing in the build makes it"
            )
            hint = (
                f"have its bundler write to {within(project.directory, ROOT)}, or set BUILD_COMMAND to what builds it"
            )
            return (Warning("front-end", message, at, hint),)
    return ()
