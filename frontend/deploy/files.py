"""The files for other platforms that an app has, read; nothing is imported for those that it has not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.deploy.formats import FORMATS, Format
from frontend.errors import SourceError
from frontend.paths import within
from frontend.plan.model import Warning
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.deploy.merge import Merged
    from frontend.deploy.model import Deployment


Found = tuple[Format, str, str]
"""A file's format, its path in a directory, and that directory."""


def there(tree: SourceTree, app: str) -> tuple[Found, ...]:
    """The files: each with its format and directory; those of the app's directory before those of the root."""
    dirs = dict.fromkeys((app, ""))
    return tuple(
        (one, path, dir) for one in FORMATS for dir in dirs if (path := tree.under(dir).first(*one.paths)) is not None
    )


def apply(tree: SourceTree, settings: Settings, markers: Callable[[str], Sequence[str]]) -> Merged | None:
    """The settings with what the files state of the app; None where there is none of them.

    `markers` are the paths that detection looks at in a directory. Raises BuildError for a file with several services
    that serve, and for a secret in a command.
    """
    app = settings.app.value if settings.app is not None else ""
    found = there(tree, app) if settings.deploy_files else ()
    if not found:
        return None
    from frontend.deploy import merge, services

    deployments, warnings = read(tree, found)
    own = services.chosen(deployments, settings)
    if settings.app is None:
        app = services.app_of(tree, own, markers)
    merged = merge.merge(settings, own, app)
    return structs.replace(merged, warnings=(*warnings, *merged.warnings))


def read(tree: SourceTree, found: Sequence[Found]) -> tuple[list[Deployment], list[Warning]]:
    """What files state, and a warning for each that cannot be read."""
    from frontend.deploy import reading

    deployments: list[Deployment] = []
    warnings: list[Warning] = []
    for format, path, dir in found:
        try:
            services = import_module(f"frontend.deploy.{format.module}").read(reading.read(tree.under(dir), path))
            deployments += (structs.replace(one, dir=within(dir, one.dir)) for one in services)
        except SourceError as error:
            hint = f"fix the file; its settings for {format.title} are not used"
            warnings.append(Warning("unreadable-file", error.message, error.at, hint))
    return deployments, warnings
