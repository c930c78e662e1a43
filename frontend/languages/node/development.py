"""Development dependencies that the image needs, because the app is started by them: they ship as others do."""

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.node import system_packages
from frontend.languages.node.manifest import Manifest, line
from frontend.languages.node.start import Start
from frontend.languages.node.workspaces import Project
from frontend.plan.model import Warning

# what only checks, formats and tests sources: their names, or what these begin with
CHECKERS = ("@types/", "eslint", "@eslint/", "prettier", "@typescript-eslint/", "@tsconfig/", "husky", "lint-staged")
TESTERS = ("jest", "vitest", "mocha", "chai", "supertest", "nodemon", "typescript", "nyc", "c8", "sinon")


def started(project: Project, starts: tuple[Start, ...]) -> tuple[str, ...]:
    """The development dependencies whose programs the processes run."""
    dev = unshipped(project)
    return tuple(dict.fromkeys(name for one in starts for name in one.needs if name in dev))


def used(project: Project) -> tuple[str, ...]:
    """The development dependencies of an app that has no others, and nothing to build: those it runs with.

    Without them nothing of it could start. What only checks and formats sources is left out.
    """
    own = project.app
    if own.production or project.top.production or project.has_workspaces:
        return ()
    return tuple(name for name in own.development if not name.startswith(CHECKERS) and name not in TESTERS)


def unshipped(project: Project) -> set[str]:
    """The development dependencies of the root and of packages that run which are nobody's production dependency."""
    found = {name for m in (project.top, *project.runs, project.app) for name in m.development}
    return found - {name for m in project.manifests for name in m.production}


def warning(tree: SourceTree, project: Project, name: str, imported: Location | None) -> Warning:
    """The warning for a development dependency that the start needs, by a program or where a file imports it."""
    owners = (project.app, project.top, *project.runs)
    owner = next((one for one in owners if name in one.development), project.app)
    at = line(tree, owner, "devDependencies", name)
    move = f'move "{name}" to "dependencies"'
    if imported is None:
        told = f"{name} is a development dependency, but the app needs it to start: it is added to the image"
        return Warning("dev-dependency-started", told, at, move)
    told = f"{name} is a development dependency, but {imported} imports it at the start: it is added to the image"
    return Warning("dev-dependency-imported", told, at, f"{move}, or import it only where it is used: await import()")


def testers(tree: SourceTree, project: Project, moved: tuple[str, ...]) -> tuple[Warning, ...]:
    """The warnings for test tools among the production dependencies, whose browsers an image does not get."""
    return tuple(
        Warning(
            "test-dependency",
            f"{name} is a test tool, but a production dependency: it is installed without its browser",
            line(tree, manifest, "dependencies", name),
            f'move "{name}" to "devDependencies"',
        )
        for manifest in project.manifests
        for name in sorted(system_packages.TESTERS & set(manifest.production) - set(moved))
    )


def shipping(manifest: Manifest, moved: tuple[str, ...], drop_development: bool) -> Manifest:
    """The package.json of the production install: `moved` development dependencies as production ones."""
    own = manifest.table("devDependencies")
    data = dict(manifest.data)
    if any(name in own for name in moved):
        data["dependencies"] = {**manifest.table("dependencies"), **{name: own[name] for name in moved if name in own}}
        data["devDependencies"] = {name: spec for name, spec in own.items() if name not in moved}
    if drop_development:
        data.pop("devDependencies", None)
    return structs.replace(manifest, data=data)
