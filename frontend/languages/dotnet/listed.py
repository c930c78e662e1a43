"""Files that a project names to be copied beside the app, and that are not in the build: settings with secrets that an
ignore file keeps out, most often. A publish stops at the first of them (MSB3030).

Source: https://learn.microsoft.com/visualstudio/msbuild/common-msbuild-project-items
"""

import re
from collections.abc import Iterable, Iterator

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import sources
from frontend.languages.dotnet.question import Project
from frontend.paths import beside
from frontend.plan.model import Warning

ITEM = re.compile(r"<(None|Content)\s[^<>]*?(?:/>|>.*?</\1\s*>)", re.DOTALL)
NAMED = re.compile(r"""\bInclude\s*=\s*["']([^"'*?$@%;]+)["']""")  # one file, without wildcards and properties
COPIED = re.compile(r"\bCopyTo(?:Output|Publish)Directory\b[^<]*\b(?:Always|PreserveNewest|IfDifferent)\b", re.DOTALL)
CONDITION = re.compile(r"\bCondition\s*=")
GROUP = re.compile(r"<(?:ItemGroup|Target)\b[^<>]*>|</Target\s*>")
ABOVE = "../"  # a path that leads out of the context
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def missing(tree: SourceTree, closure: tuple[Project, ...]) -> Iterator[Warning]:
    """The warning for the first file that some projects copy and the build does not have."""
    texts = [(project, sources.text(tree, project.path)) for project in closure]
    named = [(project, beside(project.path, own), own, line) for project, text in texts for own, line in copied(text)]
    tree.need(*(path for _, path, _, _ in named if not path.startswith(ABOVE)))
    for project, path, own, line in named:
        outside = path.startswith(ABOVE)
        if not outside and (tree.has(path) or tree.is_dir(path)):
            continue
        yield Warning(
            "missing-file",
            f"{project.path} copies {path}, which is not in the build context: dotnet publish stops there (MSB3030)",
            tree.at(project.path, line),
            hint(() if outside else tree.entries(path.rpartition("/")[0]), own),
        )
        return


def hint(names: Iterable[str], own: str) -> str:
    """What to do about a file that is not there; `own` is its path as it is written, `names` are those in its place."""
    name = own.rpartition("/")[2]
    there = next((one for one in names if one.casefold() == name.casefold()), "")
    if there:
        return f"write it as {there} is written: Linux tells upper and lower case apart"
    condition = f"""write Condition="Exists('{own}')" there"""
    if name.startswith(".env"):
        return f"env files are in no build: {condition}, and set their variables on the container"
    return f"commit it without its secrets, or {condition}"


def copied(text: str) -> Iterator[tuple[str, int]]:
    """The files that the text of a project names to be copied, as they are written, each with its line. Left
    out are those of a target, which may make them, and those of a condition."""
    text = COMMENT.sub(lambda one: re.sub(r"[^\n]", " ", one[0]), text)
    for item in ITEM.finditer(text):
        name = NAMED.search(item[0])
        if name is None or COPIED.search(item[0]) is None or CONDITION.search(item[0]):
            continue
        groups = [one[0] for one in GROUP.finditer(text, 0, item.start())]
        targets = [one for one in groups if "Target" in one]
        if CONDITION.search(groups[-1] if groups else "") or (targets and not targets[-1].startswith("</")):
            continue
        yield name[1].replace("\\", "/"), text.count("\n", 0, item.start()) + 1
