"""The steps of a Node.js build: the package manager, two installs side by side, the build."""

import json
from collections.abc import Iterable

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import development, lifecycle, package_managers, workspaces
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.lockfiles import OF
from frontend.languages.node.manifest import Manifest, line
from frontend.languages.node.system_packages import BROWSERS
from frontend.languages.node.versions import IMAGE
from frontend.languages.node.work import Work
from frontend.paths import joined, relative, within
from frontend.plan.model import Exec, FromContext, ImageRef, Input, Step, StepRef, TextFile
from frontend.rules.base_images import image
from frontend.rules.native import packages as debian_packages
from frontend.secrets.settings_files import WITHOUT_CREDENTIALS

TOOLS, INSTALL, PRODUCTION, BUILD = "tools", "install", "install-production", "build"
# of the user's checkout: what is installed must not be replaced, settings come without their credentials
NEVER = ("**/node_modules", "**/.npmrc", "**/.yarnrc.yml")

INSTALLED = ("node_modules", ".yarn", ".pnp.cjs", ".pnp.loader.mjs")  # what the dependencies layer has
BUILD_CACHES = ("**/.next/cache", "**/.nuxt", "**/.svelte-kit", "**/.turbo", "**/.nx/cache", "**/.angular/cache")

FILES_OF: dict[str, tuple[str, ...]] = {  # beside package.json and the lockfile, what an install reads
    "npm": (),
    "yarn1": (".yarnrc",),
    "yarn": (".yarn/releases", ".yarn/plugins", ".yarn/patches", "patches"),
    "pnpm": ("pnpm-workspace.yaml", ".pnpmfile.cjs", ".pnpmfile.mjs", "patches"),
    "bun": ("bunfig.toml", "patches"),
}
LOCAL = ("file:", "link:", "portal:")


def steps(tree: SourceTree, work: Work) -> tuple[Step, ...]:
    """All steps, each after those it uses; () for an app that has nothing to install or build."""
    if not work.has_steps:
        return ()
    tools = prepare(work)
    base = StepRef(TOOLS) if tools else build_image(work)
    found = [tools] if tools else []
    found.append(install(tree, work, base, full=work.full))
    if work.full and not work.pruned and not work.self_contained:
        found.append(install(tree, work, base, full=False))
    if work.builds or work.hooks:
        found.append(build(work))
        if work.full and work.pruned and not work.self_contained:
            found.append(prune(work))
    return tuple(found)


def build_image(work: Work) -> ImageRef:
    """The image that steps run in: compilers, Python and the usual headers are in it."""
    return ImageRef(image(IMAGE, work.version.value, work.suite))


def modules_step(work: Work) -> str:
    """The step whose node_modules ships."""
    if work.full:
        return PRODUCTION
    return BUILD if work.hooks else INSTALL


def app_step(work: Work) -> str | None:
    """The step whose files ship as the application; None when they come from the context as they are."""
    return BUILD if work.builds or work.hooks else None


# --- the steps


def prepare(work: Work) -> Step | None:
    """The build image with Debian packages and the package manager; None when neither is needed."""
    program = package_managers.setup(work.manager)
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
    env = dict(package_managers.env(work.manager))
    for native in work.native.values():
        env.update(native.install_env)
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
    if production and any(name in work.native for name in BROWSERS):
        run.append(browser(work))
    why = "everything, for building" if full else "production dependencies only, for the image"
    return Step(
        name=name,
        base=base,
        why=why,
        inputs=manifest_inputs(tree, work, production=production),
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
    )


def browser(work: Work) -> Exec:
    """The browser of Playwright's own version, into node_modules."""
    return Exec(
        args=("node_modules/.bin/playwright", "install", "chromium"), name="playwright install chromium", fetches=True
    )


def build(work: Work) -> Step:
    """The sources on top of the full install: the project's install scripts, then its build."""
    framework = work.framework
    env = dict(package_managers.env(work.manager))
    if not work.nested_installs:  # those would leave out development dependencies
        env["NODE_ENV"] = "production"
    env.update(framework.build_env if framework else ())
    if work.standalone:
        env["NEXT_PRIVATE_STANDALONE"] = "1"  # `output: "standalone"` where the app's config says nothing
    if work.manager.pnp:
        env["YARN_ENABLE_GLOBAL_CACHE"] = "false"
    return Step(
        name=BUILD,
        base=StepRef(INSTALL),
        why="the app is built from its sources",
        inputs=(FromContext(root=work.project.root, exclude=NEVER),),
        env=tuple(env.items()),
        run=tuple(program(work, one) for one in (*work.hooks, *work.builds)),
    )


def program(work: Work, one: BuildCommand) -> Exec:
    """A build command. It may fetch: fonts, engines and nested installs are common in builds."""
    args = (work.manager.program, *one.args[1:]) if one.args[0] == "" else one.args
    return Exec(
        args=args,
        name=f"{work.manager.program} {one.name}" if one.args[0] == "" else one.name,
        env=one.env,
        caches=(work.manager.cache,) if one.fetches else (),
        secrets=work.manager.secrets if one.fetches else (),
        fetches=True,
        dir=work.project.inside(one.dir),
        at=one.at,
    )


def prune(work: Work) -> Step:
    """The packages of the build without those for development: install scripts of the app have changed some."""
    manager = work.manager
    match manager.kind:
        case "npm":
            omit = package_managers.omit_development(manager)
            args: tuple[str, ...] = ("npm", "prune", omit, "--ignore-scripts", "--no-audit", "--no-fund")
        case "pnpm":
            frozen = "--frozen-lockfile" if manager.lockfile else "--no-frozen-lockfile"
            store = f"--store-dir={package_managers.PNPM_STORE}"
            args = ("pnpm", "install", "--prod", frozen, "--ignore-scripts", store)
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
    )
    return Step(
        name=PRODUCTION,
        base=StepRef(BUILD),
        why="production dependencies only, for the image",
        env=package_managers.env(manager),
        run=(run,),
    )


# --- what an install sees


def manifest_inputs(tree: SourceTree, work: Work, *, production: bool) -> tuple[Input, ...]:
    """The files an install reads. Manifests with install scripts of their own come without those.

    `production` says that this is the second install, of what the image needs.
    """
    project, manager = work.project, work.manager
    paths: list[str] = []
    texts: list[TextFile] = []
    everything = project.all if manager.kind != "yarn1" or project.app is project.top or project.rooted else ()
    manifests = {m.dir: m for m in (project.top, *everything, *project.manifests)}
    drop = production and work.full and manager.kind == "yarn" and manager.major < 4
    for manifest in manifests.values():
        if not tree.has(manifest.path):
            continue
        changed = development.shipping(manifest, work.moved, drop) if production else manifest
        text = lifecycle.stripped(changed)
        if text is None and changed is not manifest:
            text = json.dumps(changed.data, indent=2, ensure_ascii=False) + "\n"
        if text is None or (changed.data == manifest.data and not any(n in manifest.scripts for n in lifecycle.ORDER)):
            paths.append(manifest.path)
        else:
            texts.append(TextFile(project.inside(manifest.path), text))
    lock = moved_lock(tree, work) if production and work.moved else None
    if lock is not None:
        texts.append(lock)
    elif manager.lockfile:
        paths.append(manager.lockfile)
    paths += [path for path in FILES_OF[manager.kind] if present(tree, path)]
    paths += local_packages(tree, project, manifests.values())
    paths += patch_files(tree, project, manifests.values())
    texts += settings_files(tree, project)
    files = FromContext(paths=tuple(dict.fromkeys(paths)), to=project.home, root=project.root, exclude=NEVER)
    return (files, *texts)


def present(tree: SourceTree, path: str) -> bool:
    """Whether a file or directory is there."""
    return tree.has(path) or tree.is_dir(path)


def local_packages(tree: SourceTree, project: workspaces.Project, manifests: Iterable[Manifest]) -> list[str]:
    """The directories and archives that dependencies name by path: `file:./vendor/x.tgz`."""
    members = {member.dir for member in project.all}
    found = []
    for manifest in manifests:
        for spec in manifest.dependencies.values():
            protocol = next((one for one in LOCAL if spec.startswith(one)), "")
            named = spec[len(protocol) :].partition("#")[0]
            whole = joined(within(project.root, manifest.dir), named)  # in the context
            if protocol and project.root and not f"{whole}/".startswith(f"{project.root}/"):
                raise PlanError(
                    f'the dependency "{spec}" is outside the app\'s directory {project.root}',
                    at=line(tree, manifest, spec),
                    hint="make both packages workspaces of a package.json above them; the whole root is then built",
                )
            path = relative(project.root, whole)
            if protocol and path and path not in members and present(tree, path):
                found.append(path)
    return found


def patch_files(tree: SourceTree, project: workspaces.Project, manifests: Iterable[Manifest]) -> list[str]:
    """The patches of dependencies that pnpm, bun and yarn are told to apply, wherever they are.

    Sources: https://pnpm.io/settings#patcheddependencies, https://yarnpkg.com/protocol/patch
    """
    own = tree.read_yaml(workspaces.PNPM) if tree.has(workspaces.PNPM) else {}
    named: list[str] = []
    for place in (own, project.top.data, project.top.data.get("pnpm")):
        patched = place.get("patchedDependencies") if isinstance(place, dict) else None
        named += [path for path in patched.values() if isinstance(path, str)] if isinstance(patched, dict) else []
    for manifest in manifests:
        for spec in (*manifest.dependencies.values(), *manifest.table("resolutions").values()):
            path = spec.partition("#")[2].partition("::")[0] if spec.startswith("patch:") else ""
            named += [path.removeprefix("~/")] if path and not path.startswith("optional!builtin") else []
    found = (path.removeprefix("./") for path in named)
    return [path for path in found if ".." not in path.split("/") and present(tree, path)]


def settings_files(tree: SourceTree, project: workspaces.Project) -> list[TextFile]:
    """The project's settings for its package manager, without credentials: those are given as build secrets."""
    found = []
    text = tree.read_text(".npmrc") if tree.has(".npmrc") else None
    if text is not None:
        found.append(TextFile(f"{project.home}/.npmrc", npmrc(text)))
    text = tree.read_text(".yarnrc.yml") if tree.has(".yarnrc.yml") else None
    if text is not None:
        found.append(TextFile(f"{project.home}/.yarnrc.yml", yarnrc(text)))
    return found


def npmrc(text: str) -> str:
    """An .npmrc without credentials. A token that is a variable stays, for registries that always want one."""
    kept = WITHOUT_CREDENTIALS[".npmrc"](text)
    for row in text.splitlines():
        key, _, value = row.partition("=")
        variable = value.strip().strip("\"'")
        if key.strip().endswith(":_authToken") and variable.startswith("${") and "registry.npmjs.org" not in key:
            kept += f"{row.strip()}\n"
    return kept


def yarnrc(text: str) -> str:
    """A .yarnrc.yml without credentials; a token that is a variable may be unset, which yarn takes for an error."""
    kept = []
    for row in text.splitlines():
        key, _, value = row.partition(":")
        if key.strip().strip("\"'") in ("npmAuthToken", "npmAuthIdent"):
            variable = value.strip().strip("\"'")
            if not (variable.startswith("${") and variable.endswith("}")):
                continue
            name = variable[2:-1].partition(":")[0].partition("-")[0]
            row = f'{key}: "${{{name}:-}}"'
        kept.append(f"{row}\n")
    return "".join(kept)


def moved_lock(tree: SourceTree, work: Work) -> TextFile | None:
    """pnpm's lockfile with `moved` packages as production ones: it is compared with the manifests by kind.

    None for the other managers, whose lockfiles do not tell the kinds apart in what they enforce.
    JSON is YAML: no serialiser is needed.
    """
    manager, project = work.manager, work.project
    if manager.kind != "pnpm" or not manager.lockfile or manager.lockfile.rpartition("/")[2] not in OF["pnpm"]:
        return None
    data = tree.read_yaml(manager.lockfile)
    importers = data.get("importers") if isinstance(data, dict) else None
    wheres = (project.app.dir or ".", ".")
    places = [importers.get(where) for where in wheres] if isinstance(importers, dict) else [data]
    for place in places:
        if not isinstance(place, dict):
            continue
        for name in work.moved:
            entry = (place.get("devDependencies") or {}).pop(name, None)
            if entry is not None:
                place.setdefault("dependencies", {})[name] = entry
        if not place.get("devDependencies"):
            place.pop("devDependencies", None)
    return TextFile(project.inside(manager.lockfile), json.dumps(data, indent=1, ensure_ascii=False) + "\n")
