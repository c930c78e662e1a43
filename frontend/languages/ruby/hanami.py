"""Hanami apps: what they read in production, and their assets, which Node.js compiles.

Source: https://guides.hanamirb.org/v2.2/assets/overview/
"""

from collections.abc import Iterator

from frontend.commands import process
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.ruby.bundle import Bundle
from frontend.plan.model import Evidence, Exec, Warning
from frontend.settings.model import Settings

GEM, ASSETS = "hanami", "hanami-assets"
ENV = (("HANAMI_ENV", "production"), ("HANAMI_SERVE_ASSETS", "true"))
COMPILES = "assets compile"


def env(gems: Bundle | None) -> tuple[tuple[str, str], ...]:
    """The variables of a Hanami app; () for another."""
    return ENV if gems is not None and GEM in gems.names else ()


def compiled(tree: SourceTree, settings: Settings, gems: Bundle | None) -> Evidence | None:
    """What compiles the assets of the app in the root of a tree; None where it has none, or they are compiled."""
    if (
        not to_compile(tree, settings, gems)
        or gems is None
        or not tree.has("package.json")
        or "assets" in settings.skip
    ):
        return None
    return Evidence("front end", f"{ASSETS} builds it with Node.js", gems.at)


def compiling(at: Location | None) -> Exec:
    """The program that compiles the assets."""
    return Exec(
        ("bundle", "exec", "hanami", "assets", "compile"),
        "hanami assets compile",
        at=at,
        hint="see the output above; SKIP=assets leaves this step out",
    )


def to_compile(tree: SourceTree, settings: Settings, gems: Bundle | None) -> bool:
    """Whether there are assets that are neither committed nor compiled by the user's own command."""
    if gems is None or ASSETS not in gems.names or "assets" not in tree.entries("app"):
        return False
    build = settings.build_command
    if build is not None and COMPILES in process.of_setting("build_command", build).text:
        return False
    return "assets" not in tree.entries("public")


def doubts(tree: SourceTree, settings: Settings, gems: Bundle | None) -> Iterator[Warning]:
    """The warning for assets that nothing compiles."""
    if to_compile(tree, settings, gems) and compiled(tree, settings, gems) is None:
        yield Warning(
            "assets-apart",
            "the assets of this Hanami app are not compiled: pages that name one answer with an error",
            tree.at("app/assets"),
            "commit the package.json that names the package hanami-assets, or commit public/assets",
        )
