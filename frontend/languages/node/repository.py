"""What is known of an app's repository before a word of its scripts is read."""

from collections.abc import Iterator

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import engines, frameworks, lockfiles, package_managers, versions, workspaces
from frontend.languages.node.engines import Choice, Engine
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import line
from frontend.languages.node.package_managers import Manager
from frontend.languages.node.workspaces import Project
from frontend.plan.model import Evidence, ToolVersion, Warning
from frontend.rules import cleanup, credentials, git
from frontend.settings.model import Settings

NAME = "nodejs"


class Repository(Struct, frozen=True):
    """The project and its own tree, what installs it, what its lockfile says, and the version of Node.js it runs on.

    `framework` is that of the app, as the app configures it; None when it has none that is known. `why` are the locked
    packages that chose the version.
    `keep` are the user's exceptions from the clean-up. `engine` is what runs the app where that is not Node.js, and
    `is_forced` says that the user says it is.
    """

    tree: SourceTree
    project: Project
    manager: Manager
    locked: Locked
    version: ToolVersion
    framework: Framework | None = None
    keep: tuple[str, ...] = ()
    why: tuple[Evidence, ...] = ()
    engine: Engine | None = None
    is_forced: bool = False

    def ships(self, path: str) -> bool:
        """Whether a file of the source, relative to the project's root, is in the image."""
        if self.framework is not None and self.framework.ships and not self.framework.bundles:
            return False  # only what its build makes is
        roots = dict.fromkeys(("", self.project.app.dir))
        return self.tree.has(path) and not cleanup.leaves_out(path, cleanup.excludes(NAME, roots, self.keep))

    @property
    def dependencies(self) -> dict[str, str]:
        """The direct dependencies of the app and of the root, with their ranges."""
        return {**self.project.top.dependencies, **self.project.app.dependencies}

    @property
    def packages(self) -> frozenset[str] | None:
        """The names of all packages that an install may bring, the workspaces too; None where no lockfile tells."""
        if self.manager.lockfile.rpartition("/")[2] in ("", "bun.lockb"):
            return None
        direct = (name for one in self.project.manifests for name in one.dependencies)
        return frozenset((*self.locked.versions, *direct, *(one.name for one in self.project.all)))


def read(
    tree: SourceTree, settings: Settings, project: Project, choice: Choice | None = None, *, judged: bool = False
) -> tuple[Repository, tuple[Warning, ...]]:
    """What is known of a project, with the doubts about its package manager.

    `tree` is the whole context: a version file may stand above the project. `choice` gives another engine than Node.js.
    Raises PlanError for a dependency whose URL holds a password, and, if `judged`, OtherLanguageError for an app that
    says it has another engine.
    """
    here = tree.under(project.root)
    if judged and choice is None:
        engines.judge(here, settings, project)
    engine = choice(tree, settings, project) if choice is not None else None
    for manifest in project.manifests:
        for name, spec in manifest.dependencies.items():
            credentials.refuse(spec, line(here, manifest, name), "dependency")
    manifests = tuple({m.dir: m for m in (project.app, project.top)}.values())
    version, older = versions.node_version(tree, settings, tuple(map(project.in_context, manifests)))
    usual = engine.program if engine is not None else ""
    manager, doubts = package_managers.choose(here, settings, tuple(reversed(manifests)), version, usual)
    if engine is not None and manager.kind == engine.program:
        manager = structs.replace(manager, version=engine.version)
    locked = lockfiles.read(here, manager.lockfile) if manager.lockfile else Locked()
    allowed = by_pins(here, project, manager, locked, version) if engine is None else versions.Choice(version)
    if allowed.version is not version:
        version = allowed.version
        manager, doubts = package_managers.choose(here, settings, tuple(reversed(manifests)), version)
    if manager.kind == "npm":
        refuse_other_values(here, project, manager)
    manager = structs.replace(manager, git=git.access(cloned_from(here, project, manager), settings))
    alone = not project.app.dir or here.has(project.app.path)
    framework = frameworks.find(project.app) if alone else frameworks.configured_in(here, project.app)
    if framework is not None:
        from frontend.languages.node import outputs

        framework = outputs.configured(here, project.app, framework, locked)
    found = Repository(
        here,
        project,
        manager,
        locked,
        version,
        framework,
        settings.keep,
        allowed.evidence,
        engine,
        engines.is_forced(settings),
    )
    return found, (*older, *doubts, *allowed.warnings)


def refuse_other_values(here: SourceTree, project: Project, manager: Manager) -> None:
    """Raises PlanError for a dependency that is no text: npm 7 and newer end with "must provide string spec"."""
    if (manager.version.value if manager.version is not None else manager.brought).startswith("6."):
        return
    for manifest in project.manifests:
        for table in ("dependencies", "devDependencies", "optionalDependencies"):
            entries = manifest.data.get(table)
            for name, value in entries.items() if isinstance(entries, dict) else ():
                if not isinstance(value, str):
                    raise PlanError(
                        f"{table}: {name} has no version: it is {'a list' if isinstance(value, list) else 'no text'}",
                        at=line(here, manifest, table, name),
                        hint="write its version as a text, or remove it",
                    )


def by_pins(
    here: SourceTree, project: Project, manager: Manager, locked: Locked, version: ToolVersion
) -> versions.Choice:
    """The Node.js that the packages allow, with what they make doubtful."""
    from frontend.languages.node import breaks

    declared = (name for one in project.manifests for name in (*one.production, *one.development))
    known = set(locked.versions) or set(declared)
    enforced = manager.kind == "yarn1" and any(one.table("engines").get("node") for one in (project.top, *project.all))
    if not (locked.engines or enforced or manager.is_of_old_node) and breaks.NAMES.isdisjoint(known):
        return versions.Choice(version)
    from frontend.languages.node import pins

    return pins.node(here, project, manager, locked, version)


def cloned_from(here: SourceTree, project: Project, manager: Manager) -> Iterator[str]:
    """The texts that name git repositories: the lockfile, and what manifests depend on."""
    if manager.lockfile.rpartition("/")[2] not in ("", "bun.lockb"):
        yield here.read_text(manager.lockfile) or ""
    for manifest in project.manifests:
        for spec in (*manifest.dependencies.values(), *workspaces.replacements(here, manifest)):
            # "owner/name" is a repository on GitHub: https://docs.npmjs.com/cli/configuring-npm/package-json#git-urls-as-dependencies
            yield f"github:{spec}" if spec[:1].isalnum() and spec.count("/") == 1 and ":" not in spec else spec
