"""The programs of dependencies: which package one belongs to, and where it lies."""

from frontend.commands.words import Word, literal
from frontend.errors import Location, PlanError
from frontend.languages.node.manifest import Manifest
from frontend.languages.node.repository import Repository

FILES = {  # program -> (package, file), where a lockfile does not tell; files that were the same in all their majors
    "next": ("next", "dist/bin/next"),
    "remix-serve": ("@remix-run/serve", "dist/cli.js"),
    "fastify": ("fastify-cli", "cli.js"),
    "nest": ("@nestjs/cli", "bin/nest.js"),
    "serve": ("serve", "build/main.js"),
    "http-server": ("http-server", "bin/http-server"),
    "prisma": ("prisma", "build/index.js"),
    "strapi": ("@strapi/strapi", "bin/strapi.js"),
    "probot": ("probot", "bin/probot.js"),
    "tsx": ("tsx", "dist/cli.mjs"),
    "ts-node": ("ts-node", "dist/bin.js"),
}
PACKAGES = {  # program -> package, where the names differ and no lockfile tells
    "react-router-serve": "@react-router/serve",
    "nuxi": "nuxt",
    "react-router": "@react-router/dev",
    "remix": "@remix-run/dev",
    "ng": "@angular/cli",
    "vue-cli-service": "@vue/cli-service",
    "pm2-runtime": "pm2",
    "sirv": "sirv-cli",
    "dotenv": "dotenv-cli",
    "sequelize": "sequelize-cli",
    "babel-node": "@babel/node",
    "swc-node": "@swc-node/register",
    "cross-env": "cross-env",
    "moleculer-runner": "moleculer",
    "medusa": "@medusajs/cli",
    "keystone": "@keystone-6/core",
    "sucrase-node": "sucrase",
    "directus": "directus",
    "n8n": "n8n",
}
BABEL = ("@babel/node", "@babel/register")  # load the presets and plugins that a configuration names
BRINGS = {"ts-node": ("ts-node-dev",), "tsx": ()}  # package -> packages that depend on it
COMPANIONS = {  # transpiler -> its peer dependencies
    "ts-node": ("typescript",),
    "@swc-node/register": ("typescript", "@swc/core"),
    "@swc/register": ("@swc/core",),
    "esbuild-register": ("esbuild",),
    "esbuild-runner": ("esbuild",),
}


def package_of(repository: Repository, program: str) -> str | None:
    """The dependency a program belongs to; None when it belongs to none."""
    bins = repository.locked.bins
    known = bins.get(program, ("",))[0] or PACKAGES.get(program) or FILES.get(program, ("",))[0] or program
    return known if known in repository.dependencies or program in bins else None


def is_installed(repository: Repository, package: str) -> bool:
    """Whether a package is installed: as a dependency, or with one."""
    own = repository.dependencies
    return package in own or package in repository.locked.versions or any(one in own for one in BRINGS.get(package, ()))


def companions(repository: Repository, package: str) -> tuple[str, ...]:
    """What a transpiler loads beside itself, without depending on it."""
    own = repository.dependencies
    if package in BABEL:
        return tuple(name for name in own if name.startswith(("@babel/", "babel-")))
    brings = () if package in own else tuple(name for name in BRINGS.get(package, ()) if name in own)
    return (*COMPANIONS.get(package, ()), *brings)


def modules(repository: Repository, package: str, manifest: Manifest) -> str:
    """The node_modules that has a package, from where the program runs: its own, or the root's in a workspace."""
    if not manifest.dir or not (repository.project.has_workspaces or shares_packages(repository, manifest)):
        return "node_modules"
    if shares_packages(repository, manifest):
        return "/app/node_modules"
    if "pnpm" in (repository.manager.kind, repository.manager.linker):
        return "node_modules" if package in manifest.dependencies else "/app/node_modules"
    if f"{manifest.dir}/node_modules/{package}" in repository.locked.places:
        return "node_modules"
    return "/app/node_modules"


def shares_packages(repository: Repository, manifest: Manifest) -> bool:
    """Whether an app in a directory has the root's packages alone: it has no package.json of its own."""
    return not repository.tree.has(manifest.path)


def started(
    repository: Repository, program: str, package: str, manifest: Manifest, at: Location | None
) -> tuple[Word, ...]:
    """A dependency's program as it is started: Node.js with its file where that is known, else the link in .bin.

    Raises PlanError where yarn's linker leaves no file to start.
    """
    found = repository.locked.bins.get(program) or FILES.get(program)
    if found is None and not repository.manager.links_programs:
        linker = "Plug'n'Play" if repository.manager.pnp else f"nodeLinker: {repository.manager.linker}"
        raise PlanError(
            f"with {linker} the program {program} cannot be started without yarn",
            at=at,
            hint='set "nodeLinker: node-modules" in .yarnrc.yml, or start a file of the app with node',
        )
    if repository.manager.pnp and found is not None:
        return tuple(map(literal, ("node", "-e", f'import("{found[0]}/{found[1]}")', "--", program)))
    return at_place(program, found, modules(repository, package, manifest))


def at_place(program: str, found: tuple[str, str] | None, where: str) -> tuple[Word, ...]:
    """A program in a directory of packages: its file where that is `found`, else the link to it."""
    if found is not None:
        return (literal("node"), literal(f"{where}/{found[0]}/{found[1]}"))
    return (literal(f"{where}/.bin/{program}"),)


def elsewhere(repository: Repository, program: str, package: str, manifest: Manifest) -> tuple[tuple[Word, ...], ...]:
    """Other places of a program: the install decides where it is in a repository of several packages, and its file is
    that of the lockfile or of our table. () where the lockfile tells all.
    """
    locked = program in repository.locked.bins
    found = repository.locked.bins.get(program) or FILES.get(program)
    wheres = ["node_modules"]
    if manifest.dir and (repository.project.has_workspaces or shares_packages(repository, manifest)):
        own = modules(repository, package, manifest)
        wheres = [own, *(where for where in ("node_modules", "/app/node_modules") if where != own)]
    elif locked:
        return ()
    if repository.manager.pnp:
        return ()
    files = [at_place(program, found, where) for where in wheres]
    linked = not locked and repository.manager.links_programs
    links = [at_place(program, None, where) for where in wheres] if linked else []
    return tuple(dict.fromkeys((*files, *links)))[1:]
