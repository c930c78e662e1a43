"""What an install sees: manifests, lockfile, settings without credentials, local packages and patches."""

from collections.abc import Iterable

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.node import development, lifecycle, workspaces
from frontend.languages.node.lockfiles import OF
from frontend.languages.node.manifest import Manifest, line, written
from frontend.languages.node.work import Work
from frontend.paths import joined, relative, within
from frontend.plan.model import FromContext, Input, TextFile
from frontend.secrets.settings_files import WITHOUT_CREDENTIALS

# of the user's checkout: what is installed must not be replaced, settings come without their credentials
NEVER = ("**/node_modules", "**/.npmrc", "**/.yarnrc.yml")
FILES_OF: dict[str, tuple[str, ...]] = {  # beside package.json and the lockfile, what an install reads
    "npm": (),
    "yarn1": (".yarnrc",),
    "yarn": (".yarn/releases", ".yarn/plugins", ".yarn/patches", "patches"),
    "pnpm": ("pnpm-workspace.yaml", ".pnpmfile.cjs", ".pnpmfile.mjs", "patches"),
    "bun": ("bunfig.toml", "patches"),
}
OF_YARNRC = ("yarn-path", "yarn-offline-mirror")  # settings of yarn 1 whose value is a path
LOCAL = ("file:", "link:", "portal:")


def manifest_inputs(tree: SourceTree, work: Work, *, production: bool) -> tuple[Input, ...]:
    """The files an install reads. Manifests with install scripts of their own come without those.

    `production` says that this is the second install, of what the image needs.
    """
    project, manager = work.project, work.manager
    paths: list[str] = []
    texts: list[TextFile] = []
    everything = project.all if manager.kind != "yarn1" or project.app is project.top or project.rooted else ()
    manifests = {m.dir: m for m in (project.top, *everything, *project.manifests)}
    for manifest in manifests.values():
        if not tree.has(manifest.path):
            continue
        changed = shipping(work, manifest) if production else manifest
        text = lifecycle.stripped(changed)
        if text is None and changed is not manifest:
            text = written(changed.data)
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
    paths += named_files(tree, manager.kind)
    paths += local_packages(tree, project, manifests.values())
    paths += patch_files(tree, project, manifests.values())
    texts += settings_files(tree, project)
    files = FromContext(paths=tuple(dict.fromkeys(paths)), to=project.home, root=project.root, exclude=NEVER)
    return (files, *texts)


def shipping(work: Work, manifest: Manifest) -> Manifest:
    """A package.json as the install for the image sees it."""
    drop = work.full and work.manager.kind == "yarn" and work.manager.major < 4
    return development.shipping(manifest, work.moved, drop)


def moved_inputs(tree: SourceTree, work: Work) -> tuple[Input, ...]:
    """The files that differ from the app's own where an install for the image follows its build, and packages moved."""
    project = work.project
    if not work.moved:
        return ()
    texts = [
        TextFile(project.inside(one.path), written(shipping(work, one).data))
        for one in {m.dir: m for m in (project.top, *project.all, *project.manifests)}.values()
        if tree.has(one.path) and shipping(work, one).data != one.data
    ]
    lock = moved_lock(tree, work)
    return (*texts, *((lock,) if lock is not None else ()))


def named_files(tree: SourceTree, kind: str) -> list[str]:
    """The files and directories that a manager's settings name: its own release, offline mirrors, a pnpmfile.

    Sources: https://classic.yarnpkg.com/en/docs/yarnrc, https://pnpm.io/settings#pnpmfile
    """
    named: list[str] = []
    if kind == "yarn1" and (text := tree.read_text(".yarnrc")):
        rows = (row.split(None, 1) for row in text.replace('"', "").splitlines() if row.strip())
        named = [row[1].strip() for row in rows if len(row) == 2 and row[0] in OF_YARNRC]
    if kind == "pnpm":
        own = tree.read_yaml(workspaces.PNPM) if tree.has(workspaces.PNPM) else None
        value = own.get("pnpmfile") if isinstance(own, dict) else None
        named = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one]
        pairs = (row.partition("=") for row in (tree.read_text(".npmrc") or "").splitlines())
        named += [value.strip() for key, _, value in pairs if key.strip() == "pnpmfile"]
    found = (joined("", path) for path in named if path[:1] not in "/~" and ".." not in path.split("/"))
    return [path for path in found if present(tree, path)]


def present(tree: SourceTree, path: str) -> bool:
    """Whether a file or directory is there."""
    return tree.has(path) or tree.is_dir(path)


def local_packages(tree: SourceTree, project: workspaces.Project, manifests: Iterable[Manifest]) -> list[str]:
    """The directories and archives that dependencies name by path: `file:./vendor/x.tgz`."""
    members = {member.dir for member in project.all}
    found = []
    for manifest in manifests:
        for spec in (*manifest.dependencies.values(), *workspaces.replacements(tree, manifest)):
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
    for place in importers.values() if isinstance(importers, dict) else [data]:
        if not isinstance(place, dict):
            continue
        for name in work.moved:
            entry = (place.get("devDependencies") or {}).pop(name, None)
            if entry is not None:
                place.setdefault("dependencies", {})[name] = entry
        if not place.get("devDependencies"):
            place.pop("devDependencies", None)
    return TextFile(project.inside(manager.lockfile), written(data, indent=1))
