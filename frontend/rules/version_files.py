"""Files that say which version of a tool an app wants, whatever the language: each reader gives the first that does.

A file that is absent, empty, or only about other tools asks for nothing: None.
"""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.plan.model import ToolVersion, Warning
from frontend.rules.versions import Asked, Tool, key
from frontend.settings.model import Settings

ASDF_FILES = (".tool-versions",)
MISE_FILES = ("mise.toml", ".mise.toml", "mise/config.toml", ".config/mise.toml")
TOOL_FILES = (*ASDF_FILES, *MISE_FILES)
NOT_OURS = ("system", "none")  # what is on the developer's machine
ELSEWHERE = ("ref:", "path:", "sub-", "branch:", "tag:", "rev:")  # a source tree or a directory, not a release
PREFIXED = ("prefix:", "latest:")  # the newest of a line


class Rule(Struct, frozen=True):
    """A place that may ask for a version. A language lists its rules; the first that answers decides."""

    read: Callable[[SourceTree, Settings], Asked | None]
    paths: tuple[str, ...] = ()

    @staticmethod
    def setting(*tools: str) -> "Rule":
        """The user's setting of a tool, under one of its names: NODE_VERSION, `versions: {node: …}`."""
        return Rule(lambda _, settings: next(filter(None, (by_setting(settings, tool) for tool in tools)), None))

    @staticmethod
    def line(path: str) -> "Rule":
        """The first line of a plain version file."""
        return Rule(lambda tree, _: next(lines(tree, path), None), (path,))

    @staticmethod
    def tools(*names: str) -> "Rule":
        """asdf's and mise's files, under one of the tool's names there: "node", "nodejs"."""
        readers = [(asdf, path) for path in ASDF_FILES] + [(mise, path) for path in MISE_FILES]
        return Rule(
            lambda tree, _: next(filter(None, (read(tree, path, names) for read, path in readers)), None), TOOL_FILES
        )

    @staticmethod
    def match(path: str, pattern: str) -> "Rule":
        """The first line of a file that matches a regular expression; its group is the version."""
        return Rule(lambda tree, _: match(tree, path, pattern), (path,))

    @staticmethod
    def toml(path: str, *keys: str) -> "Rule":
        """A text in a TOML file: Rule.toml("pyproject.toml", "project", "requires-python")."""
        return Rule(lambda tree, _: toml(tree, path, keys), (path,))


def first(rules: tuple[Rule, ...], trees: tuple[SourceTree, ...], settings: Settings) -> Asked | None:
    """What the first rule that answers asks for, in the nearest of some directories; None when none does."""
    return next((asked for tree in trees for rule in rules if (asked := rule.read(tree, settings)) is not None), None)


def by_setting(settings: Settings, tool: str) -> Asked | None:
    """What the user's setting of a tool's version asks for."""
    setting = settings.versions.get(tool)
    return None if setting is None else Asked(setting.value, setting.by, setting.at)


def by_candidate(settings: Settings, tool: Tool) -> Asked | None:
    """What a Dockerfile's image says of a tool's version; None for a line that has no image as far as is known."""
    setting = settings.candidate_versions.get(tool.name)
    if setting is None:
        return None
    line = key(".".join(setting.value.split(".")[: tool.depth]))
    known = {key(release.line) for release in tool.releases}
    if line not in known and not (tool.older and line < min(known)):
        return None
    return Asked(setting.value, setting.by, setting.at)


def too_old(settings: Settings, tool: Tool, used: ToolVersion) -> Iterator[Warning]:
    """The warning that a Dockerfile's image is of a line before the oldest that can be built, where `used` is the
    version of a tool that nothing else asks for."""
    setting = settings.candidate_versions.get(tool.name)
    if setting is None or tool.older or "." not in setting.value:
        return
    oldest = tool.releases[-1].line
    if key(setting.value)[: tool.depth] < key(oldest):
        message = f"{tool.title} {setting.value} of the Dockerfile is too old to be built: {used.value} is used"
        hint = f"the oldest that can be built is {oldest}: if the app needs it, set the build-arg"
        yield Warning("version-too-old", message, setting.at, f"{hint} {tool.name.upper()}_VERSION={oldest}")


def lines(tree: SourceTree, path: str) -> Iterator[Asked]:
    """The lines of a plain version file without comments; `.python-version` may have several, the first one counts."""
    for number, raw in enumerate((tree.read_lines(path) or ()) if tree.has(path) else (), 1):
        text = raw.partition("#")[0].strip()
        if text and text not in NOT_OURS:
            yield Asked(text, "file", tree.at(path, number))


def asdf(tree: SourceTree, path: str, names: tuple[str, ...]) -> Asked | None:
    """asdf's file: `nodejs 22.1.0 20.1.0`, the first usable version of a line. https://asdf-vm.com/manage/configuration.html"""
    for line in lines(tree, path):
        name, *versions = line.text.split()
        if name in names:
            return _first_usable(versions, line)
    return None


def mise(tree: SourceTree, path: str, names: tuple[str, ...]) -> Asked | None:
    """mise's table `[tools]`: a text, a table with a version, or a list of either. https://mise.jdx.dev/configuration.html"""
    tools = (tree.read_toml(path) or {}).get("tools") if tree.has(path) else None
    if not isinstance(tools, dict):
        return None
    for name in (*names, *(f"core:{name}" for name in names)):
        value = tools.get(name)
        values = value if isinstance(value, list) else [value]
        texts = [one.get("version") if isinstance(one, dict) else one for one in values]
        found = [str(text) for text in texts if isinstance(text, str | int | float) and not isinstance(text, bool)]
        asked = _first_usable(found, Asked("", "file", toml_place(tree, path, ("tools", name))))
        if asked is not None:
            return asked
    return None


def match(tree: SourceTree, path: str, pattern: str) -> Asked | None:
    """What the group of a regular expression has in the first line that matches."""
    import re

    for number, text in enumerate((tree.read_lines(path) or ()) if tree.has(path) else (), 1):
        found = re.search(pattern, text)
        if found:
            return Asked(found[1], "file", tree.at(path, number))
    return None


def toml(tree: SourceTree, path: str, keys: tuple[str, ...]) -> Asked | None:
    """A text of a TOML file; None where there is none at the keys."""
    value: Any = tree.read_toml(path) if tree.has(path) else None
    for name in keys:
        value = value.get(name) if isinstance(value, dict) else None
    return Asked(value, "file", toml_place(tree, path, keys)) if isinstance(value, str) and value.strip() else None


def toml_place(tree: SourceTree, path: str, keys: tuple[str, ...]) -> Location:
    """Where a TOML file gives a key its value: in its table, or inline in one above it."""
    table: tuple[str, ...] = ()
    best, depth = 0, 0
    for number, raw in enumerate(tree.read_lines(path) or (), 1):
        text = raw.strip()
        if text.startswith("["):
            table = _keys(text.strip("[] \t"))
            written = table
        else:
            written = (*table, *_keys(text.partition("=")[0]))
        if len(written) > depth and written == keys[: len(written)]:
            best, depth = number, len(written)
    return tree.at(path, best)


def _keys(text: str) -> tuple[str, ...]:
    """A dotted key as its parts: `tool."a.b"` has two."""
    parts: list[str] = []
    quote, current = "", ""
    for char in text.strip():
        if quote:
            quote = "" if char == quote else quote
            current += "" if not quote else char
        elif char in "\"'":
            quote = char
        elif char == ".":
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return (*parts, current.strip())


def _first_usable(versions: list[str], line: Asked) -> Asked | None:
    for text in versions:
        if not text or text in NOT_OURS or text.startswith(ELSEWHERE):
            continue
        for prefix in PREFIXED:
            text = text.removeprefix(prefix)
        return Asked(text, line.by, line.at)
    return None
