"""What the own code of projects starts: `Process.Start("ffmpeg", …)`, `FileName = "/bin/bash"`.

Source: https://learn.microsoft.com/dotnet/api/system.diagnostics.processstartinfo.filename
"""

import re
from collections.abc import Iterator
from posixpath import normpath

from msgspec import Struct

from frontend.commands.unwrap import SHELLS
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages import started
from frontend.languages.dotnet import listening, sources
from frontend.languages.dotnet.question import Answered, Project
from frontend.languages.started import Used
from frontend.paths import within
from frontend.plan.model import Warning
from frontend.rules import without_shell
from frontend.rules.without_shell import Start
from frontend.settings.model import Settings

HARDENED = "hardened"
WAY_OUT = "start the program itself, with its arguments in ProcessStartInfo.ArgumentList"
MAX_FILES = 60  # of a project and those that it references; what is deeper in a larger one is named by RUN_PACKAGES
SELDOM = re.compile(  # directories whose code seldom starts anything: it is read last
    r"(?:^|/)(?:Controllers|Data|Domain|DTOs?|Entities|Migrations|Models|Pages|Properties|ViewModels|Views)/",
    re.IGNORECASE,
)
DEPTHS = ("", "*/", "*/*/")
STARTS = re.compile(r"\b(?:ProcessStartInfo|StartInfo|Process\.Start)\b|\bCli\.Wrap\b")
CALL = re.compile(r"\bProcess\.Start\s*\(|\bProcessStartInfo\s*\(|\bFileName\s*(?:=(?!=)|<-)|\bCli\.Wrap\s*\(")
NEW = re.compile(r"\bProcessStartInfo\s+\w+\s*=\s*new\s*\(")
ARGUMENT = re.compile(r"""(?:"(?:\\.|[^"\\\n])*"|[^,;"\n])*""")
TEXT = re.compile(r'"((?:\\.|[^"\\\n])*)"')
NEXT = re.compile(r'\s*,\s*(?:\w+:\s*)?[$@]*"([^"\n ]*)')
ARGUMENTS = re.compile(r'[^{}"]{0,200}?\bArguments\s*(?:=|<-)\s*[$@]*"([^"\n ]*)')  # beside a FileName
NAME = re.compile(r"\s*([A-Za-z_]\w*)[\s)}]*$")  # a variable, or a constant
OF_SDK = re.compile(r"dotnet\s+(?:fsi|build|run|new|publish|restore|test|ef|tool|msbuild|watch|format)\b")
NOT_PACKAGED = frozenset(("chromium",))  # Ubuntu's package only installs a snap


class Started(Struct, frozen=True):
    """A program that a file starts, with the word behind it if it is known: "git rev-parse"."""

    command: str
    at: Location


def find(tree: SourceTree, closure: tuple[Project, ...], answered: Answered) -> tuple[Started, ...]:
    """What the code of projects starts, in the order of the files."""
    return tuple(one for path in files(tree, closure, answered) for one in of_file(tree, path))


def files(tree: SourceTree, closure: tuple[Project, ...], answered: Answered) -> list[str]:
    """The source files of projects, those of others in their directories left out."""
    patterns: dict[str, None] = {}
    for project in closure:
        suffix = project.path.rpartition(".")[2].removesuffix("proj")
        patterns |= dict.fromkeys(within(project.directory, f"{depth}*.{suffix}") for depth in DEPTHS)
    tree.need(*patterns)
    own = {one.path for one in closure}
    others = tuple(f"{one.directory}/" for one in answered.projects.values() if one.path not in own and one.directory)
    found = dict.fromkeys(path for pattern in patterns for path in tree.glob(pattern) if not path.startswith(others))
    chosen = sorted(found, key=lambda path: SELDOM.search(path) is not None)[:MAX_FILES]
    tree.need(*chosen)  # in one request, not one for each pattern
    return chosen


def of_file(tree: SourceTree, path: str) -> Iterator[Started]:
    """What a file starts."""
    text = sources.text(tree, path)
    if not STARTS.search(text):
        return
    text = listening.COMMENT.sub("", text)
    for call in sorted((*CALL.finditer(text), *NEW.finditer(text)), key=lambda one: one.start()):
        argument = ARGUMENT.match(text, call.end())
        written = argument[0] if argument is not None else ""
        names = TEXT.findall(written)
        end = argument.end() if argument is not None else 0
        behind = (NEXT.match(text, end) or ARGUMENTS.match(text, end)) if end and len(names) == 1 else None
        if not names and (name := NAME.match(written)) is not None:
            names = re.findall(rf'\b{name[1]}\s*=>?\s*[$@]*"([^"\n]*)"', text)
        at = tree.at(path, text.count("\n", 0, call.start()) + 1)
        yield from (Started(f"{name} {behind[1]}" if behind is not None else name, at) for name in names)


def used(found: tuple[Started, ...]) -> tuple[Used, ...]:
    """The packages that have what the code starts, each once."""
    return started.first(one for it in found if (one := started.needed(it.command, it.at)) is not None)


def packages(used: tuple[Used, ...]) -> frozenset[str]:
    """Those of them that the image can have."""
    return frozenset(one.package for one in used if one.package) - NOT_PACKAGED


def doubts(
    tree: SourceTree, settings: Settings, found: tuple[Started, ...], used: tuple[Used, ...]
) -> Iterator[Warning]:
    """The warnings for what the image does not have: programs, and a shell where it is a hardened one."""
    yield from started.doubts(used, settings, NOT_PACKAGED)
    tool = next((one for one in found if OF_SDK.match(one.command)), None)
    if tool is not None:
        yield Warning(
            "sdk-started",
            f"the code starts {tool.command.strip()}, which is of the SDK: the image has the runtime alone",
            tool.at,
            "have a base image with the SDK (RUNTIME_BASE), or do that in the build",
        )
    if settings.flavour is not None and settings.flavour.value == HARDENED:
        by_shell = (Start(it.command.partition(" ")[0], it.at) for it in found if needs_shell(tree, it))
        yield from without_shell.doubt(tuple(by_shell), WAY_OUT)


def needs_shell(tree: SourceTree, one: Started) -> bool:
    """Whether a program is a shell, or a shell script of the app."""
    path = one.command.partition(" ")[0]
    if path.rpartition("/")[2] in SHELLS:
        return True
    beside = normpath(within(one.at.file.rpartition("/")[0], path)) if "/" not in path[:1] else ""
    return path.endswith(".sh") and any(tree.has(place) for place in (normpath(path), beside) if place[:1] not in "./")
