"""Bun applications: Bun installs them, bundles them, and runs them.

What npm's packages, workspaces, frameworks and scripts are is known to the package of Node.js: here is what differs.
"""

from typing import TYPE_CHECKING

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected, Lacking
from frontend.plan.model import Plan, Runtime
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.reached import Files

NAME = "bun"


def detect(tree: SourceTree) -> Detected | None:
    """The claim of Node.js: the same files make an app of Bun."""
    from frontend.languages import node

    return node.detect(tree)


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "") -> Plan:
    """The build of the app in a directory of the context. Raises BuildError."""
    from frontend.languages import node
    from frontend.languages.bun import engine

    return node.plan_by(engine.choose, tree, settings, app, today)


def begin(files: "Files", runtime: Runtime) -> None:
    """Asks the built image for what `lacking` reads first."""
    from frontend.languages.node import reached

    reached.begin(files, runtime)


def lacking(files: "Files", runtime: Runtime) -> Lacking:
    """What the started files import and the built image lacks. Raises PlanError for what no second plan can add."""
    from frontend.languages.node import missing

    return missing.lacking(files, runtime)
