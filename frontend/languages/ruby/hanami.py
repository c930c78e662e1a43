"""Hanami apps: what they read in production, and their assets, which Node.js compiles.

Source: https://guides.hanamirb.org/v2.2/assets/overview/
"""

from collections.abc import Iterator

from frontend.commands import process
from frontend.context.tree import SourceTree
from frontend.languages.ruby import rack_boot
from frontend.languages.ruby.bundle import Bundle
from frontend.plan.model import Evidence, Exec, Warning
from frontend.settings.model import Settings

GEM, ASSETS = "hanami", "hanami-assets"
ENV = (("HANAMI_ENV", "production"), ("HANAMI_SERVE_ASSETS", "true"))
COMPILES = "assets compile"
CONFIGURATION = "config/assets.js"


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


def compiling(tree: SourceTree, settings: Settings, gems: Bundle | None) -> Exec | None:
    """The program that compiles the assets; None where there is none to run.

    It loads the app, which ends without a setting that has no default. Those that are any text have a value in this
    step alone, unless the assets' configuration has their name: what is compiled may have it too.
    """
    if compiled(tree, settings, gems) is None or gems is None:
        return None
    given = {name for name, _ in settings.build_env}
    source = (tree.read_text(CONFIGURATION) or "") if tree.has(CONFIGURATION) else ""
    lacking = [one for one in rack_boot.required_settings(tree, gems) if one[0] not in given]
    env = tuple((name, value) for name, _, value in lacking if value and name not in source)
    left = [one for one in lacking if one[0] not in dict(env)]
    told = "".join(f"; set BUILD_ENV_{name}" for name, _, _ in left)
    return Exec(
        ("bundle", "exec", "hanami", "assets", "compile"),
        "hanami assets compile",
        env,
        at=left[0][1] if left else gems.at,
        hint=f"see the output above{told}; SKIP=assets leaves this step out",
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
