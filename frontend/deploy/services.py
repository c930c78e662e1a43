"""Which of the services that files state is the app, and in which directory."""

import re
from collections.abc import Callable, Sequence

from frontend.commands import owner
from frontend.commands.procfile import WEB
from frontend.commands.script import Script, parse
from frontend.context.tree import SourceTree
from frontend.deploy.model import Deployment
from frontend.errors import DetectionError
from frontend.languages import registry
from frontend.paths import joined, parents
from frontend.rules.monorepo import App, SeveralAppsError
from frontend.settings.model import Settings


def chosen(deployments: Sequence[Deployment], settings: Settings) -> tuple[Deployment, ...]:
    """The files' statements on one app: of a file that has several services the one of the app's directory.

    Raises DetectionError for several services that the settings do not choose from.
    """
    found: list[Deployment] = []
    for file in dict.fromkeys(one.file for one in deployments):
        stated = [one for one in deployments if one.file == file]
        serving = [one for one in stated if one.output is None] or stated
        before = next((one for one in found if one.process(WEB) is not None), None)
        app = settings.app.value if settings.app is not None else directory(before) if before is not None else None
        if len(serving) > 1 and app is not None:
            serving = [one for one in serving if directory(one) == app]
        if len(serving) > 1 and (settings.run_command is not None or before is not None):
            continue
        if len(serving) > 1:
            raise ambiguous(serving)
        found += serving
    return tuple(found)


def ambiguous(serving: Sequence[Deployment]) -> DetectionError:
    """The error for a file with several services that serve."""
    first = serving[0]
    at = first.processes[0][1].at if first.processes else None
    if len({directory(one) for one in serving}) == len(serving):
        return SeveralAppsError([App(directory(one), one.name) for one in serving], at)
    names = ", ".join(one.name for one in serving)
    commands = [f'RUN_COMMAND="{web.text}"' for one in serving if (web := one.process(WEB)) is not None]
    return DetectionError(
        f"{first.file} has {len(serving)} services that serve: {names}",
        at=at,
        hint=f"choose one by a build-arg: {' or '.join(commands)}" if commands else "choose one by RUN_COMMAND",
    )


def directory(found: Deployment) -> str:
    """The directory of the context that a service's start command runs in."""
    web = found.process(WEB)
    if web is None:
        return found.dir
    from frontend.deploy import rebased

    return rebased.directory(web, found.dir)


def app_of(tree: SourceTree, deployments: Sequence[Deployment], markers: Callable[[str], Sequence[str]]) -> str:
    """The directory of the app that the first file with a start command names, else that of a Dockerfile which one
    names; "" where none names one.

    `markers` are the paths that detection looks at in a directory.
    """
    for one in deployments:
        web = one.process(WEB)
        if web is None and one.root is None:
            continue
        below = directory(one)
        if below != one.dir and web is not None:
            tree.need(*markers(below))
            if has_app(tree, below, one.dir, parse(web.text, web.at)):
                return below
        return one.dir
    return next(filter(None, (of_dockerfile(tree, one, markers) for one in deployments)), "")


def of_dockerfile(tree: SourceTree, found: Deployment, markers: Callable[[str], Sequence[str]]) -> str:
    """The directory with a manifest above the Dockerfile that a file names: `apps/api/Dockerfile`; "" for none."""
    above = parents(joined(found.dir, found.dockerfile.text)) if found.dockerfile is not None else ()
    dirs = [dir for dir in above if dir]
    tree.need(*(path for dir in dirs for path in markers(dir)))
    manifests = [name for entry in registry.built() for name in entry.manifests]
    return next((dir for dir in dirs if tree.under(dir).first(*manifests) is not None), "")


def has_app(tree: SourceTree, below: str, above: str, script: Script) -> bool:
    """Whether a directory has a manifest, of the language that a script starts, and the one above lacks it: or has one
    that does not name the program, while that below does."""
    named = owner.of_script(script)
    entries = (named[1],) if named is not None else tuple(registry.built())
    manifests = [name for entry in entries for name in entry.manifests]
    if tree.under(below).first(*manifests) is None:
        return False
    if tree.under(above).first(*manifests) is None:
        return True
    program = re.compile(rf"(?<![\w-]){re.escape(named[0] if named is not None else '')}(?![\w-])")
    texts = {dir: [tree.under(dir).read_text(name) or "" for name in manifests] for dir in (below, above)}
    return bool(named) and any(map(program.search, texts[below])) and not any(map(program.search, texts[above]))
