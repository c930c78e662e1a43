"""Version rules: which release of a tool is used, and who asked for it.

A language keeps a dated table of `Release`s, newest first, and says how its own range syntax matches (npm's semver,
PEP 440). `choose` does the rest: what was pinned exactly is used exactly, a range takes the newest release that is in
support and allowed, nothing asked takes the table's default.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from frontend.errors import Location, VersionError
from frontend.plan.model import ToolVersion, Warning
from frontend.secrets.masking import shown

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
    by: Literal["file", "config", "build-arg"]
    at: Location | None = None


def key(version: str) -> tuple[int, ...]:
    """A numeric version as a tuple for comparing: "3.13.1" -> (3, 13, 1)."""
    return tuple(int(part) for part in version.split("."))


def is_version(text: str) -> bool:
    """Whether the text is one to three numbers with dots."""
    parts = text.split(".")
    return 1 <= len(parts) <= 3 and all(part.isascii() and part.isdigit() and len(part) <= DIGITS for part in parts)


def choose(
    tool: str,
    title: str,
    releases: Sequence[Release],
    default: str,
    asked: Asked | None,
    allows: Callable[[str, str], bool],
    *,
    today: str = "",
) -> ToolVersion:
    """The version of `tool` to use.

    `title` is the tool's name in a sentence; `default` a line of the table; `allows(text, version)` says whether a
    range allows a version, raising ValueError if the text is no range. An exact version, or a line ("22", "3.12"), is
    used as written, known or not: a tag newer than the table is reachable by asking for it.
    Raises VersionError when nothing known satisfies the range, or the text is none.
    """
    if asked is None:
        return ToolVersion(tool, default)
    text = asked.text.strip()
    told = f'{tool.upper()}_VERSION="{shown(asked.text)}"' if asked.by == "build-arg" else f'"{shown(asked.text)}"'
    plain = text.removeprefix("v").removeprefix("=").strip()
    if is_version(plain):
        return ToolVersion(tool, plain, asked.text, asked.by, asked.at)
    try:
        # a default that is allowed wins over a newer release: the default is what we know works best
        lines = sorted(releases, key=lambda r: (r.line == default, bool(r.lts), key(r.newest)), reverse=True)
        for release in lines:
            if allows(text, release.newest):
                return ToolVersion(tool, release.line, asked.text, asked.by, asked.at)
    except ValueError as error:
        raise VersionError(
            f"{told} is not a {title} version or range",
            at=asked.at,
            hint=f"write a version such as {default}, or a range such as >={default}",
        ) from error
    newest = max(releases, key=lambda r: key(r.newest))
    raise VersionError(
        f"no known {title} version satisfies {told}",
        at=asked.at,
        hint=f"the newest known is {newest.newest}; set the build-arg {tool.upper()}_VERSION to choose another",
    )


def suite(releases: Sequence[Release], version: str) -> str:
    """The Debian suite whose image exists for `version` (a line or an exact version).

    A version of a line the table does not know gets the newest suite if it is newer than all, the oldest if older.
    """
    for release in releases:
        if version == release.line or version.startswith(f"{release.line}."):
            exact = key(version) if version.count(".") == 2 else None
            shorter = key(version) if version.count(".") == 1 and version != release.line else None
            for name, since in release.suites:
                if (exact or shorter) is None or (exact or shorter or ()) >= key(since)[: len(exact or shorter or ())]:
                    return name
            return release.suites[-1][0]
    newest = max(releases, key=lambda r: key(r.newest))
    oldest = min(releases, key=lambda r: key(r.newest))
    return newest.suites[0][0] if key(version) > key(newest.newest)[: version.count(".") + 1] else oldest.suites[-1][0]


def end_of_life(title: str, releases: Sequence[Release], chosen: ToolVersion, today: str) -> Warning | None:
    """A warning when the chosen version's support ended before `today` (ISO 8601); None otherwise."""
    for release in releases:
        if (chosen.value == release.line or chosen.value.startswith(f"{release.line}.")) and release.eol <= today:
            return Warning(
                "end-of-life",
                f"{title} {chosen.value} has been out of support since {release.eol}",
                chosen.at,
                f"move to a release in support, such as {releases[0].line}",
            )
    return None
