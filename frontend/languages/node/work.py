"""What the steps of a build do: what is installed, and what is run once the sources are there."""

from msgspec import Struct

from frontend.languages.node import package_managers, versions
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.engines import Engine
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.workspaces import Project
from frontend.plan.model import ToolVersion
from frontend.rules.base_images import image, suite
from frontend.rules.native import Native


class Work(Struct, frozen=True):
    """The work of a build. `builds` are what is run to build, `hooks` the project's own install scripts before that.

    `full` says that development dependencies are installed too, for the build. `pruned` says that the packages of
    the image are those of the build without development dependencies: a hook changed them. `standalone` is
    Next.js's own selection of what its server needs. `moved` are development dependencies that ship. `browser` says
    that Playwright's is installed where it ships. `injected` says that node_modules has copies of workspaces, which
    are made again as these are built. `adds` says that a server is added to the packages of the image. `native` is
    what native packages need, `compiled` says that one is compiled when it is installed, or may be. `omitted` is
    what the full install has more than the image, as patterns relative to node_modules, where that is known.
    `nested` are the directories of packages below that are installed on their own and ship.
    `beside` is the engine where the build runs it, and neither its image nor the package manager brings it.
    `build_env` are variables of the build alone. `engine` is what runs the app where that is not Node.js, `by_node`
    says whether Node.js installs and builds it. `program` is what the build compiles of all of it, relative to the
    project.
    """

    project: Project
    manager: Manager
    version: ToolVersion
    framework: Framework | None
    builds: tuple[BuildCommand, ...]
    hooks: tuple[BuildCommand, ...]
    full: bool
    pruned: bool
    native: dict[str, Native]
    compiled: bool
    standalone: bool = False
    moved: tuple[str, ...] = ()
    build_env: tuple[tuple[str, str], ...] = ()
    browser: bool = True
    injected: bool = False
    engine: Engine | None = None
    by_node: bool = True
    adds: bool = False
    program: str = ""
    omitted: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()
    beside: ToolVersion | None = None

    @property
    def suite(self) -> str:
        """The Debian suite of its images."""
        own = suite(versions.RELEASES, self.version.value)
        if self.engine is None:
            return own
        line = self.version.value.partition(".")[0]
        there = {name for one in versions.RELEASES if one.line == line for name, _ in one.suites}
        return self.engine.suite if not self.by_node or self.engine.suite in there else own

    @property
    def tools_image(self) -> str:
        """The image that installs and builds: compilers, Python and the usual headers are in that of Node.js."""
        if self.engine is not None and not self.by_node:
            return self.engine.tools
        return image(versions.IMAGE, self.version.value, self.suite)

    @property
    def image(self) -> str:
        """The image that ships."""
        if self.program:
            from frontend.languages.node import compiled

            return compiled.BASE.format(suite=self.suite)
        if self.engine is not None:
            return self.engine.image
        return versions.image(self.version)

    @property
    def env(self) -> tuple[tuple[str, str], ...]:
        """The environment of the package manager's programs."""
        found = package_managers.env(self.manager)
        tools = package_managers.TOOLS_PATH
        return found if self.beside is None or tools in found else (tools, *found)

    @property
    def has_steps(self) -> bool:
        """Whether anything is installed or built."""
        return bool(self.builds or self.hooks or self.installs)

    @property
    def installs(self) -> bool:
        """Whether there are dependencies at all."""
        declared = any(one.production or (self.full and one.development) for one in self.project.manifests)
        return declared or bool(self.moved)

    @property
    def nested_installs(self) -> bool:
        """Whether a program of the build installs packages itself."""
        return any(one.fetches for one in (*self.hooks, *self.builds))

    @property
    def self_contained(self) -> bool:
        """Whether the build's output holds the packages it needs."""
        return self.standalone or bool(self.program) or bool(self.framework and self.framework.bundles)

    @property
    def versions(self) -> tuple[ToolVersion, ...]:
        """The versions that a plan records: of Node.js, and of the manager where it is not the one Node.js brings."""
        own = (self.engine.version,) if self.engine is not None else ()
        manager = self.manager.version if self.manager.version not in own else None
        return (*own, *((self.version,) if self.by_node else ()), *((manager,) if manager else ()))
