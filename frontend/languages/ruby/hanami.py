"""Hanami apps: what they read in production, and the assets that nothing here compiles.

Source: https://guides.hanamirb.org/v2.2/assets/overview/
"""

from collections.abc import Iterator

from frontend.commands import process
from frontend.context.tree import SourceTree
from frontend.languages.ruby.bundle import Bundle
from frontend.plan.model import Warning
from frontend.settings.model import Settings

GEM, ASSETS = "hanami", "hanami-assets"
ENV = (("HANAMI_ENV", "production"), ("HANAMI_SERVE_ASSETS", "true"))
COMPILES = "assets compile"


def env(gems: Bundle | None) -> tuple[tuple[str, str], ...]:
    """The variables of a Hanami app; () for another."""
    return ENV if gems is not None and GEM in gems.names else ()


def doubts(tree: SourceTree, settings: Settings, gems: Bundle | None) -> Iterator[Warning]:
    """The warning for assets that are neither committed nor compiled by the user's own command."""
    if gems is None or ASSETS not in gems.names or "assets" not in tree.entries("app"):
        return
    build = settings.build_command
    if build is not None and COMPILES in process.of_setting("build_command", build).text:
        return
    if "assets" not in tree.entries("public"):
        yield Warning(
            "assets-apart",
            "the assets of this Hanami app are not compiled: pages that name one answer with an error",
            tree.at("app/assets"),
            "set BUILD_PACKAGES=nodejs,npm and BUILD_COMMAND='npm ci && bundle exec hanami assets compile && "
            "rm -r node_modules', or commit public/assets",
        )
