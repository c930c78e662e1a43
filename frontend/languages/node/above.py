"""Compiler configurations above the project: its build gets those that its own extend, in the same place beside it.

Source: https://www.typescriptlang.org/tsconfig/#extends
"""

import re
from collections.abc import Container, Iterator, Sequence
from posixpath import relpath

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.node import steps
from frontend.languages.node.launchers import package_name
from frontend.languages.node.manifest import BUILD_SCRIPTS
from frontend.languages.node.outside import is_below
from frontend.languages.node.workspaces import Project
from frontend.paths import beside, joined, within
from frontend.plan.model import FromContext, Step, Warning

USUAL = "tsconfig.json"
NAMED = re.compile(r"[\w./-]*tsconfig[\w.-]*\.json")
EXTENDS = re.compile(r"""^(?!\s*//).*?"extends"\s*:\s*("[^"]*"|\[[^\]]*\])""", re.MULTILINE)
DEEPEST = 8  # configurations that extend each other


def provided(
    tree: SourceTree, project: Project, made: Sequence[Step], packages: Container[str] | None
) -> tuple[tuple[Step, ...], tuple[Warning, ...]]:
    """The steps of a project whose build has the configurations above it, and the doubt about those that are not there.

    `tree` is the whole context. `packages` are all that are installed, None where no lockfile tells.
    """
    if not any(step.name == steps.BUILD for step in made):
        return tuple(made), ()
    inputs: list[FromContext] = []
    missing: list[Warning] = []
    for name, path, at in extended(tree, project):
        if not path:
            missing += not_found(name, at, packages)
            continue
        outside = path.startswith("../")
        if not outside and is_below(path, project.root):
            continue  # or it is made there: `.svelte-kit/tsconfig.json`
        if outside or not tree.has(path):
            hint = "build the whole repository, with PROJECT_PATH for the app" if outside else "commit it"
            told = f"{at.file} extends a file that is not in the build: {path}"
            missing.append(Warning("configuration-missing", told, at, hint))
        else:
            dir, _, name = path.rpartition("/")
            place = joined(project.home.strip("/"), relpath(dir or ".", project.root))  # nothing is above "/"
            inputs.append(FromContext(paths=(name,), to=f"/{place}", root=dir))
    with_inputs = (
        structs.replace(step, inputs=(*step.inputs, *inputs)) if step.name == steps.BUILD else step for step in made
    )
    return tuple(with_inputs), tuple(missing)


def not_found(name: str, at: Location, packages: Container[str] | None) -> Iterator[Warning]:
    """The doubt about a configuration that is no file of the app: of a package, or one with an absolute path."""
    package = package_name(name)
    if name.startswith("/"):
        told = f"{at.file} extends an absolute path, which the build does not have: {name}"
        yield Warning("configuration-missing", told, at, f"write it relative to {at.file}")
    elif package and packages is not None and package not in packages:
        told = f"{at.file} extends a file of a package that is not installed: {name}"
        hint = f"add {package} to the development dependencies, or write ./{name} for a file"
        yield Warning("configuration-missing", told, at, hint)


def extended(tree: SourceTree, project: Project) -> Iterator[tuple[str, str, Location]]:
    """The configurations that those of the app extend, directly or not: as they are written, relative to the context
    ("../x" above it), and the place that says so. What is no file of the context has the path ""."""
    app = within(project.root, project.app.dir)
    named = (match for name in BUILD_SCRIPTS for match in NAMED.findall(project.app.scripts.get(name, "")))
    waiting = list(dict.fromkeys((within(app, USUAL), *(joined(app, name) for name in named))))
    seen = set(waiting)
    while waiting and len(seen) < DEEPEST:
        path = waiting.pop(0)
        text = tree.glance(path)  # compilers read more encodings than we do
        found = EXTENDS.search(text)
        for name in re.findall(r'"([^"]*)"', found[1]) if found else ():
            at = tree.at(path, text.count("\n", 0, found.start(1)) + 1 if found else 0)
            file = name if name.endswith(".json") else f"{name}.json"
            home = f"{project.home.rstrip('/')}/"
            if name.startswith("."):
                whole = beside(path, file)
            elif name.startswith(home):
                whole = within(project.root, file.removeprefix(home))
            else:
                yield name, "", at
                continue
            if whole not in seen:
                seen.add(whole)
                waiting.append(whole)
                yield name, whole, at
