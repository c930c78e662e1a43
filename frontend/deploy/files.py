"""The files for other platforms that an app has, read; nothing is imported for those that it has not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.deploy.formats import CANDIDATES, FORMATS, Format
from frontend.errors import Location, SourceError
from frontend.languages.registry import PROCFILES
from frontend.paths import joined, within
from frontend.plan.model import Warning
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.deploy.merge import Merged
    from frontend.deploy.model import Deployment


PROCFILE, MOVES = "procfile", "cd "
DEVELOPS = re.compile(r"(?<![a-z])(?:dev|test|local|debug|ci)", re.IGNORECASE)

Found = tuple[Format, str, str]
"""A file's format, its path in a directory, and that directory."""


def there(tree: SourceTree, app: str, formats: Sequence[Format]) -> tuple[Found, ...]:
    """The files: each with its format and directory; those of the app's directory before those of the root."""
    dirs = dict.fromkeys((app, ""))
    return tuple(
        (one, path, dir) for one in formats for dir in dirs if (path := tree.under(dir).first(*one.paths)) is not None
    )


def apply(
    tree: SourceTree, settings: Settings, markers: Callable[[str], Sequence[str]], nested: str = ""
) -> Merged | None:
    """The settings with what the files state of the app; None where there is none of them.

    `markers` are the paths that detection looks at in a directory, `nested` is the directory that it has found the app
    in, where no setting names one. Raises BuildError for a file with several services
    that serve, and for a secret in a command. The files count even where an ignore file keeps them out of the build.
    """
    app = settings.app.value if settings.app is not None else nested
    tree = tree.unfiltered()
    found = there(tree, app, FORMATS) if settings.deploy_files else ()
    below = there(tree, app, CANDIDATES) if settings.deploy_files else ()
    if not below and not any(
        format.module != PROCFILE or says_more(tree.under(dir), path) for format, path, dir in found
    ):
        return None  # a Procfile is read where processes are
    from frontend.deploy import merge, services

    deployments, warnings = read(tree, found)
    own = services.chosen(deployments, settings)
    if settings.app is None and not nested:
        app = services.app_of(tree, own, markers)
    candidates, doubts = read(tree, there(tree, app, CANDIDATES) if app else below)
    candidates += elsewhere(tree, (*own, *candidates), app)
    warnings += (*doubts, *(doubt for one in candidates if one.dir == app for doubt in one.warnings))
    merged = merge.merge(tree, merge.with_candidates(tree, settings, candidates, app), own, app)
    of_app = [one for one in candidates if one.dir == app and (one.env or one.build_env or one.unset)]
    if of_app:
        from frontend.deploy import image_env

        with_env, of_env = image_env.applied(merged.settings, of_app)
        merged = structs.replace(merged, settings=with_env)
        warnings += of_env
    odd = next((tree.under(dir).at(path) for _, path, dir in found if path in PROCFILES[1:] and dir == app), None)
    warnings += [misspelt(odd)] if odd is not None else []
    return structs.replace(merged, warnings=(*warnings, *merged.warnings))


def has_start(settings: Settings) -> bool:
    """Whether files state how the app is built or started: a platform's, or a Dockerfile."""
    stated = (settings.processes, settings.build_command, settings.candidate_texts, settings.candidate_versions)
    return any(stated)


def elsewhere(tree: SourceTree, stated: Sequence[Deployment], app: str) -> list[Deployment]:
    """What a Dockerfile in another place says, which a file names for the app where it has none of its own
    (`dockerfile: docker/Dockerfile`). Its command is not taken: the paths in it are those of another directory.

    One for development is another image than that which the app runs in.
    """
    docker = CANDIDATES[0]
    here = tree.under(app)
    named = [one.dockerfile.text for one in stated if one.dir == app and one.dockerfile is not None]
    paths = [path for text in named if (path := joined("", text)) and not DEVELOPS.search(path)]
    if not paths or here.first(*docker.paths):
        return []
    here.need(*paths)
    found, _ = read(tree, [(docker, path, app) for path in paths[:1] if here.has(path)])
    return [structs.replace(one, processes=(), copies=()) for one in found]


def says_more(tree: SourceTree, path: str) -> bool:
    """Whether a Procfile has more for us than the processes of its own directory."""
    return path in PROCFILES[1:] or MOVES in (tree.read_text(path) or "")


def misspelt(at: Location) -> Warning:
    """The warning for a Procfile that is spelt otherwise."""
    return Warning("procfile-name", f"{at.file} is read as a Procfile", at, "rename it: others read Procfile only")


def read(tree: SourceTree, found: Sequence[Found]) -> tuple[list[Deployment], list[Warning]]:
    """What files state, and a warning for each that cannot be read."""
    from frontend.deploy import variables

    deployments: list[Deployment] = []
    warnings: list[Warning] = []
    for format, path, dir in found:
        try:
            services, doubts = stated(import_module(f"frontend.deploy.{format.module}"), tree.under(dir), path)
            deployments += (variables.applied(structs.replace(one, dir=within(dir, one.dir))) for one in services)
            warnings += doubts
        except SourceError as error:
            hint = f"fix the file; its settings for {format.title} are not used"
            warnings.append(Warning("unreadable-file", error.message, error.at, hint))
    return deployments, warnings


def stated(module: Any, tree: SourceTree, path: str) -> tuple[tuple[Deployment, ...], tuple[Warning, ...]]:
    """What a file states, and a warning for each value that is not of the shape which its format's module says."""
    shape = getattr(module, "SHAPE", None)
    if shape is None:
        return module.read(tree, path), ()
    from frontend.deploy import reading, shapes

    file, doubts = shapes.fitting(reading.read(tree, path), shape)
    return module.read(file), doubts
