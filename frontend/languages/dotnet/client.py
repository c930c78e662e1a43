"""The front end of a .NET app: one that the project itself has a package manager build, which takes Node.js.

A target of the project runs `npm run build`, or it references a project of JavaScript (`.esproj`) whose SDK does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import sources
from frontend.languages.dotnet.question import SOURCE, Answered, Project
from frontend.paths import joined, within
from frontend.plan.model import Evidence
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.front_end import Tools

RUNS = re.compile(r"""<Exec\b[^>]*\bCommand\s*=\s*["'][^"'>]*\b(?:npm|npx|yarn|pnpm|node)\b[^>]*>""")
WORKING = re.compile(r"""\bWorkingDirectory\s*=\s*["']([^"']+)["']""")
SCRIPTED = re.compile(r"""<ProjectReference\b[^>]*\bInclude\s*=\s*["']([^"']+\.esproj)["']""")
OWN_DIRECTORY = re.compile(r"\$\((?:MSBuildProjectDirectory|ProjectDir|MSBuildThisFileDirectory)\)[/\\]?")
PROPERTY = re.compile(r"<(\w+)>([^<\n]*)</\1>")
INSTALLS = re.compile(
    r"\b(?:npm|pnpm)\s+(?:ci|i|install|clean-install)\b|\byarn(?:\s+install\b|\s*[\"'])|\.esproj[\"']"
)  # the SDK of an .esproj installs by itself


def find(
    tree: SourceTree, settings: Settings, closure: tuple[Project, ...], answered: Answered, today: str
) -> tuple[Tools | None, Evidence | None]:
    """Node.js for the build of some projects, and why; None where none of them runs it.

    Packages are installed before, where a project runs a script and leaves their install to its developer.
    """
    dirs: list[str] = []
    bare: list[str] = []
    because: Evidence | None = None
    for project in closure:
        for path in (project.path, *(one for one, _ in answered.imports if one.startswith(f"{project.directory}/"))):
            text = expanded(sources.text(tree, path))
            match = RUNS.search(text) or SCRIPTED.search(text)
            named = directories(project, match) if match is not None else []
            directory = next((one for one in named if tree.has(within(one, "package.json"))), None)
            if match is None or directory is None:
                continue
            dirs.append(directory)
            bare += [directory] if INSTALLS.search(text) is None else []
            at = tree.at(path, text.count("\n", 0, match.start()) + 1)
            because = because or Evidence("front end", f"{path} has {directory or 'its directory'} built", at)
    if not dirs:
        return None, None
    from frontend.languages.node.front_end import tools

    installed = tuple((directory, within(SOURCE, directory)) for directory in dict.fromkeys(bare))
    return tools(tree, settings, dirs[0], today, installed), because


def expanded(text: str) -> str:
    """A project's text with the properties that it sets itself to one line: lines stay where they are."""
    properties = dict(PROPERTY.findall(text))
    return re.sub(r"\$\((\w+)\)", lambda one: properties.get(one[1], one[0]), text)


def directories(project: Project, match: re.Match[str]) -> list[str]:
    """Where the package.json of a front end may be, the likeliest first."""
    root = project.facts.get("SpaRoot", "")
    named = []
    if match.re is SCRIPTED:
        named.append(match[1].replace("\\", "/").rpartition("/")[0])
    elif working := WORKING.search(match[0]):
        named.append(working[1].replace("$(SpaRoot)", root))
    found = [OWN_DIRECTORY.sub("", one).replace("\\", "/") for one in (*named, root, "ClientApp", "")]
    return list(dict.fromkeys(joined(project.directory, one) for one in found if "$(" not in one))
