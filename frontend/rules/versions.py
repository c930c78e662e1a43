"""Version rules: which release of a tool is used, and who asked for it.

A language keeps a dated `Tool`: the table of its releases, newest first, and how its range syntax reads. `choose` does
the rest: what was pinned exactly is used exactly, a range takes the best line that is allowed, a range that no known
release satisfies takes the tag of its own line, nothing asked takes the default. No clock decides: support is that of
the table's date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from frontend.errors import Location, VersionError
from frontend.plan.model import ToolVersion, Warning
from frontend.secrets.masking import shown

if TYPE_CHECKING:
    from frontend.rules.ranges import Interval, Point, Range

RANGE = 400  # characters of a range that are looked at for its numbers
DIGITS = 18  # of a part of a version; Python itself refuses to read numbers of thousands


class Release(Struct, frozen=True):
    """A release line, as upstream's images name it.

    `line` is the tag's version part that follows the newest patch ("24", "3.13"); `newest` the newest version known
    when the table was made ("24.11.1"); `eol` the day support ends, ISO 8601; `suites` the Debian suites its images
    exist on, newest first, each with the first version that has it: (("trixie", "24.5.0"), ("bookworm", "24.0.0")).
    """

    line: str
    newest: str
    eol: str
    suites: tuple[tuple[str, str], ...]
    lts: str = ""


class Asked(Struct, frozen=True):
    """A version somebody asked for: the text as written, who wrote it, where."""

    text: str
    by: Literal["file", "platform", "config", "build-arg"]
    at: Location | None = None


class Tool(Struct, frozen=True):
    """What is known of a tool whose images are tagged by version.

    `name` is that of its setting ("node": NODE_VERSION), `title` the one in a sentence. `date` is the day the table was
    made, ISO 8601; `default` a line of `releases`. `read` makes a `Range` of a text and raises ValueError for what is
    none. `aliases` are names of lines ("lts/*"), `prefixes` what stands before a version ("python-"). `older` says that
    lines before the table's oldest have images too.
    """

    name: str
    title: str
    date: str
    default: str
    releases: tuple[Release, ...]
    read: Callable[[str], Range]
    aliases: Mapping[str, str] = {}
    prefixes: tuple[str, ...] = ()
    older: bool = False

    @property
    def depth(self) -> int:
        """How many numbers the tag of a line has: 1 for "24", 2 for "3.13"."""
        return self.default.count(".") + 1


class Package(Struct, frozen=True):
    """A released version of a package manager, and the oldest runtime that runs it ("" for any)."""

    version: str
    runs_on: str = ""


def key(version: str) -> tuple[int, ...]:
    """A version's numbers as a tuple for comparing: "3.13.1" -> (3, 13, 1), "3.16.0rc1" -> (3, 16, 0)."""
    return tuple(int(part[: len(part) - len(part.lstrip("0123456789"))] or 0) for part in version.split("."))


def is_version(text: str) -> bool:
    """Whether the text is one to three numbers with dots."""
    parts = text.split(".")
    return 1 <= len(parts) <= 3 and all(part.isascii() and part.isdigit() and len(part) <= DIGITS for part in parts)


def is_prerelease(text: str) -> bool:
    """Whether the text is an exact version before a release: "3.16.0rc1", "11.0.0-beta.2"."""
    numbers = text.split("-")[0].split(".", 2)
    last = numbers[-1]
    digits = len(last) - len(last.lstrip("0123456789"))
    rest = text[len(".".join(numbers[:-1])) + 1 + digits :] if len(numbers) == 3 else ""
    known = rest.startswith(("-", "a", "b", "rc")) and rest.replace("-", "").replace(".", "").isalnum()
    return known and digits > 0 and is_version(".".join((*numbers[:-1], last[:digits])))


def choose(tool: Tool, asked: Asked | None) -> ToolVersion:
    """The version of a tool to use.

    An exact version, or a line ("22", "3.12"), is used as written, known or not: a tag newer than the table is reached
    by asking for it. Of one for another platform, which takes no less than three numbers, the line is used. Raises
    VersionError for a text that is no range, and for a range that has no version at all.
    """
    if asked is None:
        return ToolVersion(tool.name, tool.default)
    text = plain(tool, asked.text)
    if asked.by == "platform" and is_version(text):
        text = ".".join(text.split(".")[: tool.depth])
    if (is_version(text) and text.count(".") + 1 >= tool.depth) or is_prerelease(text):
        return ToolVersion(tool.name, text, asked.text, asked.by, asked.at)
    try:
        found = best(tool, tool.read(text))
    except ValueError as error:
        raise VersionError(
            f"{quoted(tool.name, asked)} is not a {tool.title} version or range",
            at=asked.at,
            hint=f"write a version such as {tool.default}, or a range such as >={tool.default}",
        ) from error
    if found is None:
        raise VersionError(
            f"no {tool.title} version can satisfy {quoted(tool.name, asked)}",
            at=asked.at,
            hint=f"write a version such as {tool.default}, or a range such as >={tool.default}",
        )
    return ToolVersion(tool.name, found, asked.text, asked.by, asked.at)


def is_exact(tool: Tool, asked: Asked) -> bool:
    """Whether a version or a line is asked for, which is used as it is, not a range."""
    text = plain(tool, asked.text)
    return (is_version(text) and text.count(".") + 1 >= tool.depth) or is_prerelease(text)


def quoted(tool: str, asked: Asked) -> str:
    """What was asked for as an error shows it: "^22", or NODE_VERSION="^22" for a build-arg."""
    return f'{tool.upper()}_VERSION="{shown(asked.text)}"' if asked.by == "build-arg" else f'"{shown(asked.text)}"'


def plain(tool: Tool, text: str) -> str:
    """The text without what only says that it is a version: "python-3.11.4" -> "3.11.4", "lts/iron" -> "20"."""
    text = text.strip()
    line = tool.aliases.get(text.casefold())
    if line is not None:
        return line
    for prefix in tool.prefixes:
        text = text.removeprefix(prefix)
    bare = text.removeprefix("==").removeprefix("=").strip().removeprefix("v")
    return bare if is_version(bare) or is_prerelease(bare) else text


def best(tool: Tool, allowed: Range) -> str | None:
    """The tag to use for a range; None for a range without versions.

    Lines whose newest release is allowed come first, then a part of a line ("22.11" for ">=22.0.0 <22.12.0"), each in
    support before those whose support has ended. The default goes before newer lines: it is what we know works best.
    Where the table has nothing, the tag is that of the highest line the range allows: it may be newer than the table.
    """
    from frontend.rules import ranges

    lines = sorted(tool.releases, key=lambda r: (r.line == tool.default, bool(r.lts), key(r.newest)), reverse=True)
    for supported in (True, False):
        some = [release for release in lines if (release.eol > tool.date) is supported]
        for release in some:
            if ranges.contains(allowed, release.newest):
                return release.line
        for release in some:
            part = tuple(
                one
                for one in ranges.both(allowed, ranges.line(release.line))
                if one.low is None or one.low.key <= ranges.Point(ranges.numbers(release.newest)).key
            )
            if part:
                return tag(ranges.highest(part), tool.depth)
    return tag(ranges.highest(allowed), tool.depth) if allowed else None


def tag(interval: Interval, depth: int) -> str:
    """The most general image tag that surely means a version in an interval. `depth` is that of a line's tag.

    `[20.18.0, 20.19.0)` is "20.18", `[22.0.0, 22.12.0)` "22.11", up to 20.10.0 inclusive that, and from 99.0.0 on "99".
    """
    low, high = interval.low, interval.high
    if high is None:
        return "" if low is None else _start(low, depth)
    if interval.has_high:
        return high.text
    major, minor, patch, *_ = (*high.numbers, 0, 0)
    if patch and minor and (low is None or low.key[0] <= (major, minor - 1)):
        return f"{major}.{minor - 1}"
    if patch:
        return low.text if low is not None and interval.has_low else f"{major}.{minor}.{patch - 1}"
    if minor:
        return f"{major}.{minor - 1}"
    if low is None or (depth == 1 and low.key[0] <= (major - 1,)):
        return str(major - 1)
    return _start(low, depth)


def _start(low: Point, depth: int) -> str:
    """The line that a version begins: of 99.0.0 "99", of 26.99.3 "26.99"."""
    numbers = low.key[0]
    padded = (*numbers, 0, 0, 0)[: max(depth, min(len(numbers), 2))]
    return ".".join(map(str, padded))


def choose_package(name: str, known: Sequence[Package], asked: Asked, read: Callable[[str], Range], prefer: str = "",
                   runtime: str = "") -> str:  # fmt: skip
    """The version of a package manager to install: what is asked for as it is, of a range the best that is known.

    `prefer` is the version that fits the lockfile, taken where it is allowed; of the others those count that run on
    the `runtime`'s version. A range that no known version satisfies is given back as it is, for the registry to
    answer. Raises VersionError for a text that is no range.
    """
    from frontend.rules import ranges

    text = asked.text.strip()
    bare = text.removeprefix("==").removeprefix("=").strip().removeprefix("v")
    if (is_version(bare) and bare.count(".") == 2) or is_prerelease(bare):
        return bare
    try:
        allowed = ranges.ANY if text.casefold() in ("", "latest", "stable") else read(text)
    except ValueError as error:
        raise VersionError(
            f"{quoted(name, asked)} is not a version or range of {name}",
            at=asked.at,
            hint=f"write a version such as {known[0].version}, or a range such as >={known[0].version}",
        ) from error
    if not allowed:
        raise VersionError(
            f"no version of {name} can satisfy {quoted(name, asked)}",
            at=asked.at,
            hint=f"write a version such as {known[0].version}, or a range such as >={known[0].version}",
        )
    running = [one.version for one in known if not runtime or not one.runs_on or at_least(runtime, one.runs_on)]
    newest = [one.version for one in known]
    return next((one for one in (prefer, *running, *newest) if one and ranges.contains(allowed, one)), bare)


def at_least(version: str, minimum: str) -> bool:
    """Whether a version, or the newest of a line, is at least `minimum`: a line is taken for as new as needed."""
    numbers, wanted = key(version), key(minimum)
    return numbers >= wanted[: len(numbers)]


def is_older(version: str, text: str, read: Callable[[str], Range]) -> bool:
    """Whether a version, or all of a line ("8.11"), is older than every version that a range allows."""
    numbers = [int(found) for found in re.findall(r"(?<![\d.])\d+", text[:RANGE])]
    if not is_version(version) or not numbers or key(version)[0] > min(numbers):
        return False
    from frontend.rules import ranges

    try:
        allowed = read(text)
    except ValueError:
        return False
    (line,) = ranges.line(version)
    return bool(allowed) and not ranges.both(allowed, (ranges.Interval(high=line.high),))


def line(version: str, read: Callable[[str], Range]) -> tuple[int, ...]:
    """The first two numbers of a version, or of the highest line that a range surely means: "11.5.x" -> (11, 5).

    () where there is none.
    """
    from frontend.rules import ranges

    if is_version(version) or is_prerelease(version):
        return key(version)[:2]
    text = tag(ranges.highest(read(version)), 1)
    return key(text)[:2] if text else ()


def major(version: str, read: Callable[[str], Range]) -> int:
    """The first number of a version, or of the highest one that a range allows; 0 where there is none."""
    return next(iter(line(version, read)), 0)


def end_of_life(title: str, releases: Sequence[Release], chosen: ToolVersion, today: str) -> Warning | None:
    """A warning when the chosen version's support ended before `today` (ISO 8601); None otherwise."""
    for release in releases:
        if (chosen.value == release.line or chosen.value.startswith(f"{release.line}.")) and release.eol <= today:
            return Warning(
                "end-of-life",
                f"{title} {chosen.value} has been out of support since {release.eol}",
                chosen.at,
                f"use a supported release, such as {releases[0].line}",
            )
    return None
