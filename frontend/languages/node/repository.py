"""What is known of an app's repository before a word of its scripts is read."""

from typing import NamedTuple

from frontend.context.tree import SourceTree
from frontend.languages.node import frameworks
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.workspaces import Project
from frontend.plan.model import ToolVersion


class Repository(NamedTuple):
    """The project and its own tree, what installs it, what its lockfile says, and the version of Node.js it runs on."""

    tree: SourceTree
    project: Project
    manager: Manager
    locked: Locked
    version: ToolVersion

    @property
    def framework(self) -> Framework | None:
        """The framework of the app; None when it has none that is known."""
        return frameworks.find(self.project.app)

    @property
    def dependencies(self) -> dict[str, str]:
        """The direct dependencies of the app and of the root, with their ranges."""
        return {**self.project.top.dependencies, **self.project.app.dependencies}
