"""The image of a Node.js app: its base, its layers, its environment and its processes."""

import re

from msgspec import structs

from frontend.languages.node import development, handlers, lockfiles, package_managers, steps
from frontend.languages.node.facts import Facts
from frontend.languages.node.frameworks import EVERYWHERE
from frontend.languages.node.manifest import Manifest
from frontend.paths import escaped, relative
from frontend.plan.model import FromContext, FromStep, Imports, Input, Layer, Process, Runtime, SharedLibraries
from frontend.rules import cleanup
from frontend.rules.native import packages as debian_packages
from frontend.secrets.detection import is_secret_name, is_secret_value
from frontend.settings.model import Settings

NAME = "nodejs"
# caches, and the notes of package managers on when and how they installed: two builds would differ by them
OF_THE_INSTALL = {
    "npm": (".cache",),
    "pnpm": (".cache", ".modules.yaml", ".pnpm-workspace-state.json", ".pnpm-workspace-state-v1.json"),
    "yarn1": (".cache", ".yarn-integrity"),
    "yarn": (".cache", ".yarn-state.yml"),
    "bun": (".cache",),
}
RESOLVERS = frozenset(  # packages by which an app finds modules in other places than Node.js does
    "module-alias app-module-path tsconfig-paths esm jiti ts-node tsx esbuild-register @swc-node/register"
    " @babel/register @esbuild-kit/cjs-loader @esbuild-kit/esm-loader better-module-alias link-module-alias".split()
)
COMPILED = ("ts", "tsx", "mts", "cts", "jsx", "map")  # by Next.js, and no file that a server reads
PNP_OPTIONS = "--require /app/.pnp.cjs"
ESM_LOADER = "--loader file:///app/.pnp.loader.mjs"


def runtime(facts: Facts, settings: Settings) -> Runtime:
    """The image that ships."""
    processes = (facts.web, *facts.others)
    return Runtime(
        base=facts.work.image,
        layers=layers(facts, settings),
        processes=processes,
        packages=debian_packages((one.run for one in facts.work.native.values()), facts.work.suite),
        libraries=libraries(facts),
        env=environment(facts, processes),
        port=settings.port,
        dir=directory(facts),
        imports=imports(facts),
    )


def imports(facts: Facts) -> Imports | None:
    """What the started files may import; None where Plug'n'Play finds packages by itself.

    Of output that holds its packages nothing is taken for granted: a build leaves out what it cannot resolve.
    """
    work, project = facts.work, facts.work.project
    if work.manager.pnp or work.program:
        return None
    untouched = {"NODE_OPTIONS", "NODE_PATH"}.isdisjoint(dict(facts.env))
    if work.self_contained:
        return Imports(plain=untouched, root=project.root)
    shipped = (project.top, *project.runs, project.app)
    found = {name for one in shipped for name in (one.name, *one.production)} | set(work.moved)
    return Imports(
        installed=tuple(sorted(found - {""})),
        spare=tuple(sorted(development.unshipped(project) - found)) if work.has_steps else (),
        plain=found.isdisjoint(RESOLVERS) and untouched,
        root=project.root,
    )


def directory(facts: Facts) -> str:
    """Where the app runs: its own directory."""
    return facts.work.project.inside(facts.work.project.app.dir)


def environment(facts: Facts, processes: tuple[Process, ...]) -> tuple[tuple[str, str], ...]:
    """The variables of the image."""
    env = {"NODE_ENV": "production", "HOST": EVERYWHERE}  # many listen on localhost only where HOST says nothing
    env.update(facts.work.engine.env if facts.work.engine is not None else ())
    env.update(facts.work.framework.env if facts.work.framework else ())
    for native in facts.work.native.values():
        env.update(native.run_env)
    if facts.work.manager.pnp:
        env["NODE_OPTIONS"] = f"{PNP_OPTIONS} {ESM_LOADER}" if facts.work.project.top.is_module else PNP_OPTIONS
    project = facts.work.project
    env.update(variables(project.app))
    uses_path = any(process.shell or named_by_path(process) for process in processes) and not facts.work.program
    if has_programs(facts) or uses_path:
        places = dict.fromkeys((f"{directory(facts)}/node_modules/.bin", "/app/node_modules/.bin"))
        behind = (facts.work.engine.path,) if facts.work.engine is not None else ()
        env["PATH"] = ":".join((*places, package_managers.BASE_PATH, *behind))
    env.update(facts.env)
    return tuple(env.items())


def has_programs(facts: Facts) -> bool:
    """Whether programs of dependencies are in the image: what runs under npm starts them by their names."""
    return (
        facts.work.has_steps
        and facts.work.installs
        and not facts.work.self_contained
        and facts.work.manager.links_programs
    )


def variables(manifest: Manifest) -> dict[str, str]:
    """The variables of a package.json that npm, yarn and pnpm set for its scripts: name, version and `config`.

    A value that looks like a secret is left out: whoever needs it sets it on the container.
    Source: https://docs.npmjs.com/cli/using-npm/scripts#packagejson-vars
    """
    found = {f"npm_package_{key}": manifest.text(key) for key in ("name", "version")}
    config = manifest.data.get("config")
    for key, value in config.items() if isinstance(config, dict) else ():
        if isinstance(value, str | int | float) and not is_secret_name(key) and not is_secret_value(str(value)):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            found[f"npm_package_config_{re.sub(r'[^A-Za-z0-9_]', '_', key)}"] = text
    return {name: text for name, text in found.items() if text and "\0" not in text}


def named_by_path(process: Process) -> bool:
    """Whether a process's program is looked for in PATH, and may be a dependency's."""
    return "/" not in process.args[0] and process.args[0] not in ("node", "bun")


def libraries(facts: Facts) -> tuple[SharedLibraries, ...]:
    """Where native code is whose shared libraries the image may lack."""
    work = facts.work
    if work.self_contained or not any(native.compiles for native in work.native.values()):
        return ()
    own = (SharedLibraries(steps.modules_step(work), ("/app/node_modules",)),) if work.installs else ()
    below = tuple(f"{work.project.inside(dir)}/node_modules" for dir in work.nested)
    return (*own, *((SharedLibraries(steps.BUILD, below),) if below else ()))


def layers(facts: Facts, settings: Settings) -> tuple[Layer, ...]:
    """Dependencies, then the application, with the front ends that it serves from directories of their own."""
    *below, app = own_layers(facts, settings)
    own = facts.work.engine.files if facts.work.engine is not None else ()
    return (*below, structs.replace(app, inputs=(*app.inputs, *(one.files for one in facts.beside), *own)))


def own_layers(facts: Facts, settings: Settings) -> tuple[Layer, ...]:
    """The layers of the app itself."""
    if facts.work.program:
        return program(facts, settings)
    if facts.work.standalone:
        return standalone(facts, settings)
    if facts.work.framework is not None and facts.work.framework.bundles:
        return nitro(facts, facts.work.framework.ships)
    found = []
    packages = modules(facts)
    if packages and facts.work.manager.lockfile:  # it changes when they do, and is large
        packages = (
            *packages,
            FromContext(paths=(facts.work.manager.lockfile,), to=facts.work.project.home, root=facts.work.project.root),
        )
    if packages:
        found.append(Layer("dependencies", "node_modules" if not facts.work.manager.pnp else "packages", packages))
    found.append(Layer("application", "the app", application(facts, settings)))
    return tuple(found)


def modules(facts: Facts) -> tuple[Input, ...]:
    """The installed packages: the root's, and those of each package that ships."""
    project = facts.work.project
    server = added(facts)
    if not facts.work.has_steps or not facts.work.installs:
        return server
    step = steps.modules_step(facts.work)
    if facts.work.manager.pnp:
        files = [
            FromStep(step, f"/app/{name}", optional=name != ".pnp.cjs") for name in (".pnp.cjs", ".pnp.loader.mjs")
        ]
        dirs = [FromStep(step, f"/app/.yarn/{name}", optional=name != "cache") for name in ("cache", "unplugged")]
        return (*files, *dirs, *server)
    own = project.top.table("dependencies") or project.app.table("dependencies")  # optional ones may not be for us
    certain = bool(own) and not project.has_workspaces
    notes = OF_THE_INSTALL[facts.work.manager.kind]
    exclude = (*notes, *facts.work.omitted)
    found = [FromStep(step, "/app/node_modules", exclude=exclude, optional=not certain)]
    for manifest in (*project.runs, project.app):
        if any(manifest.dir == member.dir for member in project.all):
            path = f"{project.inside(manifest.dir)}/node_modules"
            found.append(FromStep(step, path, exclude=notes, optional=True))
    for dir in facts.linked:
        found.append(FromStep(step, f"{project.inside(dir)}/node_modules", exclude=notes, optional=True))
    if facts.generated and not facts.work.pruned and facts.work.full:
        found += [FromStep(steps.BUILD, f"/app/{path}", optional=True) for path in facts.generated]
    return (*found, *server)


def added(facts: Facts) -> tuple[Input, ...]:
    """The server that is none of the app's packages, beside them."""
    if not facts.work.adds:
        return ()
    path = f"node_modules/{handlers.SERVER}"
    return (FromStep(handlers.STEP, f"{handlers.PLACE}/{path}", to=f"/app/{path}"),)


def application(facts: Facts, settings: Settings) -> tuple[Input, ...]:
    """The app's files, without packages, tests, caches, and workspaces it does not need."""
    project = facts.work.project
    ships = facts.work.framework.ships if facts.work.framework else ""
    step = steps.app_step(facts.work)
    if ships and step:
        path = f"{directory(facts)}/{ships}"
        return (FromStep(step, path, to=directory(facts), exclude=(*excluded(facts, settings), "node_modules")),)
    exclude = (*excluded(facts, settings), *left_out(facts))
    if step is None:
        return (FromContext(root=project.root, exclude=exclude),)
    return (FromStep(step, "/app", exclude=exclude),)


def left_out(facts: Facts) -> tuple[str, ...]:
    """What is in the dependencies layer already, and workspaces that are for others or for building only."""
    project = facts.work.project
    shipped = {member.dir for member in (*project.runs, project.app, project.top)}
    others = [m.dir for m in project.builds if m.dir not in shipped] + list(project.others)
    dirs = [escaped(dir) for dir in sorted(others)]
    if facts.work.manager.lockfile and facts.work.installs:
        dirs.append(escaped(facts.work.manager.lockfile))
    if steps.app_step(facts.work) is None:
        return ("**/node_modules", *steps.INSTALLED[1:], *steps.BUILD_CACHES, *dirs)
    # of what was built only these: a build's output, and installs of the app's own scripts, have packages too
    own = {m.dir for m in (*project.all, project.app)} | set(facts.sites) | set(facts.linked)
    caches = (*steps.BUILD_CACHES, f"**/{facts.dist}/cache") if facts.dist else steps.BUILD_CACHES
    return (*steps.INSTALLED, *(f"{escaped(dir)}/node_modules" for dir in sorted(own) if dir), *caches, *dirs)


def excluded(facts: Facts, settings: Settings) -> tuple[str, ...]:
    """The clean-up of the project's and its workspaces' directories."""
    project = facts.work.project
    roots = ["", *(m.dir for m in (*project.runs, project.app) if m.dir)]
    return cleanup.excludes(NAME, tuple(dict.fromkeys(roots)), settings.keep)


def standalone(facts: Facts, settings: Settings) -> tuple[Layer, ...]:
    """What Next.js traced that its server needs, and the files it serves as they are.

    Source: https://nextjs.org/docs/app/api-reference/config/next-config-js/output
    """
    app = directory(facts)
    own = relative("/app", app).lstrip("/") if app != "/app" else ""
    traced = f"{app}/{facts.dist}/standalone"
    nested = [f"{own}/node_modules"] if own else []
    packages: list[Input] = [FromStep(steps.BUILD, f"{traced}/node_modules", to="/app/node_modules", optional=True)]
    packages += [FromStep(steps.BUILD, f"{traced}/{path}", to=f"/app/{path}", optional=True) for path in nested]
    files: list[Input] = [
        FromStep(steps.BUILD, app, exclude=(*unread(facts), *cleanup.excludes(NAME, keep=kept(own, settings)))),
        FromStep(steps.BUILD, traced, to="/app", exclude=(*excluded(facts, settings), "node_modules", *nested)),
        FromStep(steps.BUILD, f"{app}/{facts.dist}/static", to=f"{app}/{facts.dist}/static"),
        FromStep(steps.BUILD, f"{app}/public", to=f"{app}/public", optional=True),
    ]
    return (
        Layer("dependencies", "packages that the server uses", tuple(packages)),
        Layer("application", "the server, its pages, static files and what it reads", tuple(files)),
    )


def unread(facts: Facts) -> tuple[str, ...]:
    """What of its directory a Next.js app cannot read when it runs: sources that were compiled, packages, the build.

    The rest ships beside the server: what an app reads from its working directory is not always traced.
    """
    return (
        "**/node_modules",
        *(name for name, _ in lockfiles.FILES),
        facts.dist,
        "public",
        *(f"**/*.{end}" for end in COMPILED),
    )


def kept(dir: str, settings: Settings) -> tuple[str, ...]:
    """The user's exceptions from the clean-up, relative to a directory of the project."""
    return tuple(pattern.removeprefix(f"{dir}/") if dir else pattern for pattern in settings.keep)


def program(facts: Facts, settings: Settings) -> tuple[Layer, ...]:
    """The program that the build compiled, and what of the app the user keeps beside it."""
    work = facts.work
    files: list[Input] = [
        FromStep(steps.BUILD, work.project.inside(work.program), to=work.project.inside(work.program))
    ]
    if settings.keep:
        files.append(FromContext(paths=settings.keep, to=work.project.home, root=work.project.root))
    return (Layer("application", "the program that the build compiled", tuple(files)),)


def nitro(facts: Facts, ships: str) -> tuple[Layer, ...]:
    """What Nuxt's build puts together in the directory `ships`: it holds the packages it uses."""
    output = f"{directory(facts)}/{ships}"
    packages = f"{output}/server/node_modules"
    return (
        Layer("dependencies", "packages that the server uses", (FromStep(steps.BUILD, packages, optional=True),)),
        Layer(
            "application",
            "the server and static files",
            (FromStep(steps.BUILD, output, exclude=("server/node_modules",)),),
        ),
    )
