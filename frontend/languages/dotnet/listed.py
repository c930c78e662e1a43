"""Files that a project names, and that are not in the build: to be copied beside the app, which are settings with
secrets that an ignore file keeps out, most often (MSB3030); or to be compiled. A publish stops at the first of them.

Source: https://learn.microsoft.com/visualstudio/msbuild/common-msbuild-project-items
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import sources
from frontend.languages.dotnet.question import Project
from frontend.paths import beside
from frontend.plan.model import Warning

ITEM = re.compile(
    r"<(None|Content|Compile|EmbeddedResource|Protobuf|OpenApiReference)\s[^<>]*?(?:/>|>.*?</\1\s*>)", re.DOTALL
)
COPIES = ("None", "Content")
NAMED = re.compile(r"""\bInclude\s*=\s*["']([^"'*?$@%;]+)["']""")  # one file, without wildcards and properties
COPIED = re.compile(r"\bCopyTo(?:Output|Publish)Directory\b[^<]*\b(?:Always|PreserveNewest|IfDifferent)\b", re.DOTALL)
CONDITION = re.compile(r"\bCondition\s*=")
GROUP = re.compile(r"<(?:ItemGroup|Target)\b[^<>]*>|</Target\s*>")
TARGET = re.compile(r"<(?:Target|Import|UsingTask)\b")  # what may make files before they are compiled
ABOVE = "../"  # a path that leads out of the context
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def missing(tree: SourceTree, closure: tuple[Project, ...]) -> Iterator[Warning]:
    """The warning for the first file that some projects copy and the build does not have."""
    texts = [(project, sources.text(tree, project.path)) for project in closure]
    named = [(project, beside(project.path, one.path), one) for project, text in texts for one in listed(text)]
    tree.need(*(path for _, path, _ in named if not path.startswith(ABOVE)))
    for project, path, one in named:
        outside = path.startswith(ABOVE)
        if not outside and (tree.has(path) or tree.is_dir(path)):
            continue
        does = "copies" if one.copied else "compiles"
        code = " (MSB3030)" if one.copied else ""
        yield Warning(
            "missing-file",
            f"{project.path} {does} {path}, which is not in the build context: dotnet publish stops there{code}",
            tree.at(project.path, one.line),
            hint(() if outside else tree.entries(path.rpartition("/")[0]), one.path, copied=one.copied),
        )
        return


def hint(names: Iterable[str], own: str, *, copied: bool) -> str:
    """What to do about a file that is not there; `own` is its path as it is written, `names` are those in its place,
    `copied` says that the app can do without it."""
    name = own.rpartition("/")[2]
    there = next((one for one in names if one.casefold() == name.casefold()), "")
    if there:
        return f"write it as {there} is written: Linux tells upper and lower case apart"
    if not copied:
        return "commit it (does an ignore file leave it out?), or build from a directory that holds both"
    condition = f"""write Condition="Exists('{own}')" there"""
    if name.startswith(".env"):
        return f"env files are in no build: {condition}, and set their variables on the container"
    return f"commit it without its secrets, or {condition}"


class Listed(NamedTuple):
    """A file that a project names: its path as it is written, its line, and whether it is copied, or else compiled."""

    path: str
    line: int
    copied: bool


def listed(text: str) -> Iterator[Listed]:
    """The files that the text of a project names to be copied or compiled. Left out are those of a target, which may
    make them, and those of a condition; and what is compiled, where the project has targets of its own."""
    text = COMMENT.sub(lambda one: re.sub(r"[^\n]", " ", one[0]), text)
    for item in ITEM.finditer(text):
        name = NAMED.search(item[0])
        copies = item[1] in COPIES
        if name is None or CONDITION.search(item[0]):
            continue
        if COPIED.search(item[0]) is None if copies else TARGET.search(text):
            continue
        groups = [one[0] for one in GROUP.finditer(text, 0, item.start())]
        targets = [one for one in groups if "Target" in one]
        if CONDITION.search(groups[-1] if groups else "") or (targets and not targets[-1].startswith("</")):
            continue
        yield Listed(name[1].replace("\\", "/"), text.count("\n", 0, item.start()) + 1, copies)
