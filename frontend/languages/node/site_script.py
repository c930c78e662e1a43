"""The script that builds a site under a name of its own: `docs:build`, `compile`, `build:prod`."""

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import scripts
from frontend.languages.node.manifest import BUILD_SCRIPTS
from frontend.languages.node.scripts import Command
from frontend.languages.node.sites import Generator
from frontend.languages.node.workspaces import Project

# words of a command that serves, watches, or builds for development, and names of scripts that do more than build
IDLE = frozenset("serve server dev develop watch start preview --watch -w --serve --open -o".split())
FOR_DEVELOPMENT = ("dev", "development", "staging", "test", "watch", "serve", "start", "preview", "deploy", "analyze")
PRODUCTION = ("prod", "production")


def find(tree: SourceTree, project: Project, generator: Generator) -> str | None:
    """The script of the app that runs the build of a generator and nothing that stays; None for none.

    Of several the one for production, then the first that is not named for another use.
    """
    named = [name for name in project.app.scripts if name not in BUILD_SCRIPTS and runs(tree, project, generator, name)]
    production = (name for name in named if set(parts(name)) & set(PRODUCTION))
    others = (name for name in named if not set(parts(name)) & set(FOR_DEVELOPMENT))
    return next(production, None) or next(others, None)


def parts(name: str) -> list[str]:
    """The words of a script's name: `build:prod` has two."""
    return name.replace("-", ":").replace("_", ":").replace(".", ":").split(":")


def runs(tree: SourceTree, project: Project, generator: Generator, name: str) -> bool:
    """Whether a script runs a generator's build, and all of its commands end."""
    try:
        commands = scripts.of_script(tree, project, project.app, name).commands
    except PlanError:  # a script that is not there, or a text that no shell reads
        return False
    return any(is_build(one, generator) for one in commands) and not any(stays(one) for one in commands)


def is_build(command: Command, generator: Generator) -> bool:
    """Whether a command is the build of a generator."""
    program, *rest = generator.run
    first = next((word for word in command.arguments if not word.startswith("-")), "")
    return command.name == program and (not rest or first in rest)


def stays(command: Command) -> bool:
    """Whether a command serves or watches files."""
    return command.name in ("webpack-dev-server", "nodemon") or not IDLE.isdisjoint(command.arguments)
