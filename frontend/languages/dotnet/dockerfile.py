"""The Dockerfile in a project's directory, where the tools of Visual Studio put it.

What it states counts as what one in the app's directory does, but for the front ends that it copies: the context that
their paths are of is not known. Source: https://learn.microsoft.com/visualstudio/containers/container-build
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.languages.dotnet.question import Project
from frontend.languages.registry import DOTNET
from frontend.plan.model import Plan, Warning
from frontend.settings.model import Settings

FILE = "Dockerfile"


class Read(NamedTuple):
    """The settings of an app with what a Dockerfile states, and the doubts about that."""

    settings: Settings
    warnings: tuple[Warning, ...] = ()


def read(tree: SourceTree, settings: Settings, app: str, project: Project) -> Read:
    """What the Dockerfile in a project's directory states, where the app's directory has none."""
    whole = tree.unfiltered()
    directory = project.directory
    if (
        directory == app
        or not settings.deploy_files
        or whole.under(app).has(FILE)
        or not whole.under(directory).has(FILE)
    ):
        return Read(settings)
    from frontend.deploy import files, image_env, merge
    from frontend.deploy.formats import CANDIDATES

    docker = next(one for one in CANDIDATES if FILE in one.paths)
    found, doubts = files.read(whole, [(docker, FILE, directory)])
    own = [one for one in found if one.dir == directory]
    stated = merge.with_candidates(whole, settings, own, directory)
    given = structs.replace(
        settings,
        candidate=settings.candidate or stated.candidate,
        candidate_packages=stated.candidate_packages,
        candidate_runs=stated.candidate_runs,
    )
    told: tuple[Warning, ...] = (*doubts, *(doubt for one in own for doubt in one.warnings))
    if any(one.env or one.build_env or one.unset for one in own):
        given, of_env = image_env.applied(given, own)
        told += of_env
    return Read(given, told)


def applied(plan: Plan, settings: Settings, given: Settings) -> Plan:
    """A plan with the variables of a project's Dockerfile, which `given` are the settings with, and with what there is
    to say of its packages."""
    if given is settings:
        return plan
    from frontend.deploy import image_env, packages
    from frontend.plan.overlay import overlay

    new = [pair for pair in given.build_env if pair not in settings.build_env]
    whole = overlay(plan, build_env=new, run_env=[pair for pair in given.run_env if pair not in settings.run_env])
    whole = image_env.told(whole, plan, given) if given.candidate_env else whole
    left_out = packages.doubts(
        given.candidate_packages, (*whole.runtime.packages, *settings.run_packages), DOTNET.needless
    )
    return structs.replace(whole, warnings=(*whole.warnings, *left_out))
