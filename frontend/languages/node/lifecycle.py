"""The project's own install scripts: `postinstall`, `prepare` and the like in its package.json.

A package manager runs them at the end of an install. Here the install sees only manifests and lockfiles, so that it
stays cached while sources change: these scripts are taken out of the manifests and run once the sources are there.
The scripts of dependencies are left alone; they run in both installs, as native packages need it.
"""

import re
from collections.abc import Iterable
from typing import Literal

from frontend.context.tree import SourceTree
from frontend.languages.node import programs, runners
from frontend.languages.node.manifest import BUILD_SCRIPTS, START_SCRIPTS, Manifest, written
from frontend.paths import joined

ORDER = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
Effect = Literal["none", "files", "modules"]

# set up a developer's checkout, or check the package manager: nothing an image needs
NOTHING = frozenset(
    "husky husky-install simple-git-hooks lefthook only-allow is-ci lint-staged pinst echo exit true :"
    " check-engine check-node-version opencollective opencollective-postinstall playwright".split()
)
# write sources or build output, not node_modules
FILES = frozenset(
    "nuxt nuxi svelte-kit tsc tsup tspc rollup vite esbuild swc nest turbo nx panda react-router remix"
    " astro fumadocs-mdx contentlayer velite graphql-codegen unbuild tsdown webpack babel cp mkdir rm rimraf"
    " copyfiles".split()
)
SCRIPTED = frozenset("node sh bash tsx ts-node bun".split())  # run the file that they are given
HOOKS = re.compile(
    r"(?:^|/)\.husky/|git[-_]?hooks?|(?:^|[-_/])(?:install|setup|init|configure)[-_]?hooks?\b|lefthook|husky",
    re.IGNORECASE,
)
GENERATED = {"prisma": ("node_modules/.prisma",)}  # program -> what it makes in node_modules beside the packages


def hooks(manifest: Manifest) -> tuple[str, ...]:
    """The names of the install scripts that do something an image may need, in the order they run."""
    own = manifest.scripts
    return tuple(name for name in ORDER if name in own and effect(own[name], own) != "none")


def stripped(manifest: Manifest) -> str | None:
    """The package.json without install scripts, as text; None when it has none."""
    own = manifest.data.get("scripts")
    if not isinstance(own, dict) or not any(name in own for name in ORDER):
        return None
    kept = {name: text for name, text in own.items() if name not in ORDER}
    return written({**manifest.data, "scripts": kept})


def effect(text: str, own: dict[str, str], depth: int = 0) -> Effect:
    """What a script may change: nothing that ships, the app's files, or node_modules."""
    found: Effect = "none"
    for name, rest in programs.programs(text, own):
        if name in NOTHING or not name or sets_hooks(name, rest):
            continue
        if name == "prisma" or name in FILES:
            found = "files" if found == "none" else found
        elif (
            name in runners.CLIS
            and rest[:1] in (("run",), ("run-script",))
            and len(rest) > 1
            and rest[1] in own
            and depth < 8
        ):
            inner = effect(own[rest[1]], own, depth + 1)
            found = inner if inner == "modules" or found == "none" else found
        else:
            return "modules"
    return found


def sets_hooks(name: str, arguments: tuple[str, ...]) -> bool:
    """Whether a program sets up git's hooks: `node scripts/install-git-hooks.mjs`, `git config core.hooksPath hooks`.

    A build has no .git.
    """
    if name == "git":
        return "core.hooksPath" in arguments
    file = next((one for one in arguments if not one.startswith("-")), "") if name in SCRIPTED else name
    return HOOKS.search(file) is not None


def makes_client(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether Prisma's client is made when it is installed, from the schema of the app: an install from manifests alone
    does not have that. False where a script of the app makes it.

    Source: https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/generating-prisma-client
    """
    if "@prisma/client" not in manifest.production or "prisma" not in manifest.dependencies:
        return False
    calls = (one for text in run_anyway(manifest) for one in programs.programs(text, manifest.scripts))
    if any(name == "prisma" and "generate" in rest for name, rest in calls):
        return False
    own = manifest.data.get("prisma")
    named = own.get("schema") if isinstance(own, dict) else None
    paths = (named,) if isinstance(named, str) else ("prisma/schema.prisma", "schema.prisma")
    return tree.first(*(joined(manifest.dir, path) for path in paths)) is not None


def run_anyway(manifest: Manifest) -> list[str]:
    """The texts of the scripts that an install, a build or a start runs, and of those that they name in turn."""
    scripts = manifest.scripts
    roots = (*ORDER, *(f"{pre}{name}" for name in (*BUILD_SCRIPTS, *START_SCRIPTS) for pre in ("pre", "", "post")))
    found = {name: scripts[name] for name in roots if name in scripts}
    for text in (waiting := list(found.values())):
        words = frozenset(re.split(r"[\s;&|\"']+", text))
        more = {name: one for name, one in scripts.items() if name in words and name not in found}
        found.update(more)
        waiting += more.values()
    return list(found.values())


def generated(manifests: tuple[Manifest, ...], others: Iterable[str] = ()) -> tuple[str, ...]:
    """What scripts, and `others` that run, make in node_modules beside packages, relative to the app's directory."""
    used = {
        program.name
        for manifest in manifests
        for text in manifest.scripts.values()
        for program in programs.programs(text, manifest.scripts)
    } | {*others}
    return tuple(path for name, paths in GENERATED.items() if name in used for path in paths)
