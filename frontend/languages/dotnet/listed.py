"""Files that a project names to be copied beside the app, and that are not in the build: settings with secrets that an
ignore file keeps out, most often. A publish stops at the first of them (MSB3030).

Source: https://learn.microsoft.com/visualstudio/msbuild/common-msbuild-project-items
"""

import re
from collections.abc import Iterator

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
    named = [(project, path, line) for project, text in texts for path, line in copied(text, project)]
    tree.need(*(path for _, path, _ in named if not path.startswith(ABOVE)))
    for project, path, line in named:
        outside = path.startswith(ABOVE)
        if not outside and (tree.has(path) or tree.is_dir(path)):
            continue
        directory, _, name = path.rpartition("/")
        there = tree.entries(directory) if not outside else {}
        other = next((one for one in there if one.casefold() == name.casefold()), "")
        yield Warning(
            "missing-file",
            f"{project.path} copies {path}, which is not in the build context: dotnet publish stops there (MSB3030)",
            tree.at(project.path, line),
            f"write it as {other} is written: Linux tells upper and lower case apart"
            if other
            else f"""commit it without its secrets, or write Condition="Exists('{name}')" there""",
        )
        return


def copied(text: str, project: Project) -> Iterator[tuple[str, int]]:
    """The files that the text of a project names to be copied, each with its line. Left out are those of a target,
    which may make them, and those of a condition."""
    text = COMMENT.sub(lambda one: re.sub(r"[^\n]", " ", one[0]), text)
    for item in ITEM.finditer(text):
        name = NAMED.search(item[0])
        if name is None or COPIED.search(item[0]) is None or CONDITION.search(item[0]):
            continue
        groups = [one[0] for one in GROUP.finditer(text, 0, item.start())]
        targets = [one for one in groups if "Target" in one]
        if CONDITION.search(groups[-1] if groups else "") or (targets and not targets[-1].startswith("</")):
            continue
        yield beside(project.path, name[1].replace("\\", "/")), text.count("\n", 0, item.start()) + 1
