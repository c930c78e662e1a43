"""The steps of a Node.js build: the package manager, one install or two side by side, the build."""

from frontend.context.tree import SourceTree
from frontend.languages.node import (
    build_caches,
    dev_certs,
    frameworks,
    handlers,
    install_inputs,
    package_managers,
    system_packages,
)
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.system_packages import BROWSERS
from frontend.languages.node.work import Work
from frontend.plan.model import CacheMount, Exec, FromContext, ImageRef, Input, Step, StepRef, TextFile
from frontend.rules.native import packages as debian_packages

TOOLS, INSTALL, PRODUCTION, BUILD = "tools", "install", "install-production", "build"
INSTALLED = ("node_modules", ".yarn", ".pnp.cjs", ".pnp.loader.mjs")  # what the dependencies layer has
BUILD_CACHES = ("**/.next/cache", "**/.nuxt", "**/.svelte-kit", "**/.turbo", "**/.nx/cache", "**/.angular/cache")


def steps(tree: SourceTree, work: Work) -> tuple[Step, ...]:
    """All steps, each after those it uses; () for an app that has nothing to install or build."""
    if not work.has_steps:
        return ()
    tools = prepare(work)
    base = StepRef(TOOLS) if tools else build_image(work)
    found = [tools] if tools else []
    found.append(install(tree, work, base, full=work.full))
    if work.full and not work.pruned and not work.self_contained and not work.omitted:
        found.append(install(tree, work, base, full=False))
    if work.adds:
        found.append(handlers.step(build_image(work), work.manager))
    if work.builds or work.hooks:
        found.append(build(tree, work))
        if work.full and work.pruned and not work.self_contained:
            found.append(prune(tree, work))
    return tuple(found)


def build_image(work: Work) -> ImageRef:
    """The image that steps run in."""
    return ImageRef(work.tools_image)


def modules_step(work: Work) -> str:
    """The step whose node_modules ships."""
    if work.omitted:
        return INSTALL
    if work.full:
        return PRODUCTION
    return BUILD if work.hooks or work.injected else INSTALL


def app_step(work: Work) -> str | None:
    """The step whose files ship as the application; None when they come from the context as they are."""
    return BUILD if work.builds or work.hooks else None


# --- the steps


def prepare(work: Work) -> Step | None:
    """The build image with Debian packages and the package manager; None when neither is needed."""
    program = package_managers.setup(work.manager, work.beside)
    packages = debian_packages((one.build for one in work.native.values()), work.suite)
    release = work.manager.release
    if program is None and not packages and not release:
        return None
    inputs: tuple[Input, ...] = ()
    if release:
        text = f'#!/bin/sh\nexec node {work.project.home}/{release} "$@"\n'
        inputs = (TextFile(f"{package_managers.TOOLS_DIR}/bin/yarn", text, 0o755),)
    return Step(
        name=TOOLS,
        base=build_image(work),
        why="what both installs need",
        packages=packages,
        inputs=inputs,
        run=() if program is None else (program,),
        dir="/",
    )


def install(tree: SourceTree, work: Work, base: StepRef | ImageRef, *, full: bool) -> Step:
    """An install from manifests and lockfile alone, so that it stays cached while sources change."""
    production = not full
    name = INSTALL if full or not work.full else PRODUCTION
    env = dict(work.env)
    for native in work.native.values():
        env.update(native.install_env)
    env.update(system_packages.without_downloads(work.project, work.moved))
    if work.manager.pnp:
        env["YARN_ENABLE_GLOBAL_CACHE"] = "false"  # the archives are what ships
    run = [checked(work)] if production and not work.full and needs_check(work) else []
    run.append(
        package_managers.installing(
            work.manager,
            production=production,
            native=work.compiled,
            only=only(work, production),
            roots=full
            or bool(work.project.top.production)
            or any(n in work.project.top.development for n in work.moved),
        )
    )
    if production and work.browser and any(name in work.native for name in BROWSERS):
        run.append(browser(work))
    why = "everything, for building" if full else "production dependencies only, for the image"
    return Step(
        name=name,
        base=base,
        why=why,
        inputs=install_inputs.manifest_inputs(tree, work, production=production),
        env=tuple(env.items()),
        run=tuple(run),
        dir=work.project.home,
    )


def only(work: Work, production: bool) -> tuple[str, ...]:
    """The workspaces an install is limited to, by name; () for all."""
    project = work.project
    if not project.has_workspaces or project.app is project.top or not project.app.name:
        return ()
    if project.rooted and not production:
        return ()
    if work.manager.kind == "npm":
        members = project.runs if production else project.builds
        return (project.app.name, *(member.name for member in members))
    return (project.app.name,)


def needs_check(work: Work) -> bool:
    """Whether the production install does not enforce the lockfile itself: yarn's `workspaces focus` does not."""
    return work.manager.kind == "yarn" and bool(work.manager.lockfile)


def checked(work: Work) -> Exec:
    """The lockfile compared with the manifests, nothing installed."""
    skip = "--skip-builds" if work.manager.major < 3 else "--mode=skip-build"
    return Exec(
        args=("yarn", "install", "--immutable", skip),
        name="yarn install (check the lockfile)",
        caches=(work.manager.cache,),
        secrets=work.manager.secrets,
        fetches=True,
        hint=package_managers.HINTS["yarn"],
        git=work.manager.git,
    )


def browser(work: Work) -> Exec:
    """The browser of Playwright's own version, into node_modules."""
    return Exec(
        args=("node_modules/.bin/playwright", "install", "chromium"), name="playwright install chromium", fetches=True
    )


def build(tree: SourceTree, work: Work) -> Step:
    """The sources on top of the full install: the project's install scripts, then its build."""
    framework = work.framework
    caches = build_caches.of(tree, work)
    env = dict(work.env)
    if code := build_caches.of_code(tree, work):
        caches = (*caches, code)
        env["NODE_COMPILE_CACHE"] = code.path
    if not work.nested_installs:  # those would leave out development dependencies
        env["NODE_ENV"] = "production"
    for native in work.native.values() if work.nested else ():
        env.update(native.install_env)
    env.update(framework.build_env if framework else ())
    env.update(work.build_env)
    if frameworks.FOR_NODE in env.items() and work.manager.kind == "pnpm":
        env["npm_config_store_dir"] = package_managers.PNPM_STORE  # pnpm refuses to add to what another store has
    if work.standalone:
        env["NEXT_PRIVATE_STANDALONE"] = "1"  # `output: "standalone"` where the app's config says nothing
    if work.manager.pnp:
        env["YARN_ENABLE_GLOBAL_CACHE"] = "false"
    return Step(
        name=BUILD,
        base=StepRef(INSTALL),
        why="the app is built from its sources",
        inputs=(
            FromContext(root=work.project.root, exclude=install_inputs.NEVER),
            *dev_certs.inputs(tree, work.project.app.dir),
        ),
        env=tuple(env.items()),
        run=tuple(program(work, one, caches) for one in (*work.hooks, *work.builds)),
    )


def program(work: Work, one: BuildCommand, caches: tuple[CacheMount, ...]) -> Exec:
    """A build command. It may fetch: fonts, engines and nested installs are common in builds."""
    if one.injects:
        return copies(work, one)
    args = (work.manager.program, *one.args[1:]) if one.args[0] == "" else one.args
    return Exec(
        args=args,
        name=f"{work.manager.program} {one.name}" if one.args[0] == "" else one.name,
        env=one.env,
        caches=(*((work.manager.cache,) if one.fetches else ()), *caches),
        secrets=work.manager.secrets if one.fetches else (),
        fetches=True,
        dir=work.project.inside(one.dir),
        at=one.at,
        git=work.manager.git if one.fetches else None,
    )


def copies(work: Work, one: BuildCommand) -> Exec:
    """The install again, now that the sources of workspaces are there to be copied."""
    args = package_managers.install(work.manager, production=not work.full, only=only(work, not work.full))
    return Exec(
        args=(*args, "--ignore-scripts", *(("--prod=false",) if work.full else ())),
        name=one.name,
        caches=(work.manager.cache,),
        secrets=work.manager.secrets,
        fetches=True,
        git=work.manager.git,
    )


def prune(tree: SourceTree, work: Work) -> Step:
    """The packages of the build without those for development: install scripts of the app have changed some."""
    manager = work.manager
    match manager.kind:
        case "npm":
            omit = package_managers.omit_development(manager)
            args: tuple[str, ...] = ("npm", "prune", omit, "--ignore-scripts", "--no-audit", "--no-fund")
        case "pnpm":
            args = (*package_managers.install(manager, production=True, only=only(work, True)), "--ignore-scripts")
        case "yarn1":
            frozen = "--frozen-lockfile" if manager.lockfile else "--no-lockfile"
            args = ("yarn", "install", "--production", frozen, "--ignore-scripts", "--non-interactive")
        case _:
            args = package_managers.install(manager, production=True, only=only(work, True))
    run = Exec(
        args=args,
        name=f"{manager.program} (leave out development dependencies)",
        caches=(manager.cache,),
        secrets=manager.secrets,
        fetches=True,
        git=manager.git,
    )
    return Step(
        name=PRODUCTION,
        base=StepRef(BUILD),
        why="production dependencies only, for the image",
        inputs=install_inputs.moved_inputs(tree, work),
        env=package_managers.env(manager),
        run=(run,),
    )
