"""Angular's production build, which `ng build` alone does not make in projects of Angular 11 and older.

Sources: https://angular.dev/reference/configs/workspace-config#alternate-build-configurations,
https://github.com/angular/angular-cli/blob/v1.7.4/docs/documentation/build.md
"""

from typing import Any

from frontend.context.tree import SourceTree
from frontend.languages.node import programs
from frontend.languages.node.manifest import BUILD_SCRIPTS, Manifest, line
from frontend.paths import within
from frontend.plan.model import Warning

WORKSPACE, OLD = "angular.json", ".angular-cli.json"
CHOOSING = ("--prod", "-prod", "--configuration", "-c", "--target", "-t", "--environment", "-e", "--env")


def production(tree: SourceTree, app: Manifest) -> tuple[str, ...]:
    """The words that `ng build` needs to build for production; () where it does so by itself, or has no such build."""
    if tree.has(within(app.dir, OLD)):
        return ("--prod",)
    path = within(app.dir, WORKSPACE)
    data = tree.read_json(path) if tree.has(path) else None
    targets = [build(one) for one in table(data, "projects").values()]
    builds = [one for one in targets if "production" in table(one, "configurations")]
    if not builds or any("defaultConfiguration" in one for one in builds):
        return ()
    return ("--configuration", "production")


def build(project: Any) -> dict[str, Any]:
    """The build target of a project."""
    return table(table(project, "architect") or table(project, "targets"), "build")


def table(data: Any, key: str) -> dict[str, Any]:
    """The object that a key of an object has; {} for none."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def doubts(tree: SourceTree, app: Manifest) -> tuple[Warning, ...]:
    """The warning for a build script that builds for development, as it always did; () for none."""
    name = next((one for one in BUILD_SCRIPTS if one in app.scripts), "")
    if not name:
        return ()
    for program in programs.programs(app.scripts[name], app.scripts):
        words = program.arguments
        if program.name == "ng" and words[:1] == ("build",) and not chooses(words[1:]):
            missing = production(tree, app)
            if missing:
                told = "the build script makes a development build: ng build makes another only if it is told"
                hint = f'write "{name}": "{" ".join(("ng", *words, *missing))}"'
                return (Warning("development-build", told, line(tree, app, "scripts", name), hint),)
    return ()


def chooses(words: tuple[str, ...]) -> bool:
    """Whether words of `ng build` choose what it builds for."""
    return any(word.partition("=")[0] in CHOOSING for word in words)
