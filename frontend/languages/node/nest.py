"""The applications of Nest's own monorepo: `nest build` builds the default one, or those that it is given.

Source: https://docs.nestjs.com/cli/monorepo
"""

import re
from collections.abc import Iterable, Iterator

from frontend.context.tree import SourceTree
from frontend.languages.node import outputs
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.manifest import Manifest
from frontend.plan.model import Warning

WORD = re.compile(r"[\w@/:.-]+")
ALL = "--all"


def not_built(tree: SourceTree, app: Manifest, commands: Iterable[BuildCommand]) -> Iterator[Warning]:
    """The warning for applications that the build of an app does not make: the image has the others alone."""
    path, config = outputs.nest_config(tree, app)
    projects = config.get("projects")
    if not isinstance(projects, dict) or not outputs.text_of(config, "root"):
        return
    default = outputs.project_at(config, outputs.text_of(config, "root"))
    others = [
        name
        for name, one in projects.items()
        if isinstance(one, dict) and one is not default and one.get("type", "application") == "application"
    ]
    named = words(app, commands)
    left = [name for name in others if name not in named] if ALL not in named else []
    if left:
        first = left[0]
        told = f"not built, beside the default application of {path}: {', '.join(left)}"
        start = f"node {place(config, first)}"
        hint = f'for an image of one, set BUILD_COMMAND="nest build {first}" and RUN_COMMAND="{start}"'
        yield Warning("apps-not-built", told, tree.line_of(path, '"projects"', f'"{first}"'), hint)


def words(app: Manifest, commands: Iterable[BuildCommand]) -> set[str]:
    """The words of what a build runs, and of the scripts that these name."""
    texts = [" ".join(one.args) for one in commands]
    found: set[str] = set()
    while texts:
        new = {word for word in WORD.findall(texts.pop()) if word not in found}
        found |= new
        texts += [app.scripts[word] for word in new if word in app.scripts]
    return found


def place(config: dict[str, object], name: str) -> str:
    """Where the build puts the entry of an application."""
    projects = config.get("projects")
    own = projects.get(name) if isinstance(projects, dict) else None
    root = outputs.text_of(own, "root") or f"apps/{name}"
    return f"dist/{root}/{outputs.text_of(own, 'entryFile') or 'main'}.js"
