"""Version rules: what is a version, which tag a range takes, and how a text is told that is none."""

import pytest

from frontend.errors import Location, VersionError
from frontend.rules import ranges
from frontend.rules.versions import Asked, Package, Release, Tool, choose, choose_package, is_version, major

RELEASES = (
    Release("26", "26.12.1", "2029-04-30", (("trixie", "26.0.0"),), "lithium"),
    Release("25", "25.9.0", "2026-06-01", (("trixie", "25.0.0"),)),
    Release("24", "24.22.3", "2028-04-30", (("trixie", "24.0.0"),), "krypton"),
    Release("22", "22.23.5", "2027-04-30", (("trixie", "22.0.0"),), "jod"),
    Release("20", "20.20.2", "2026-04-30", (("trixie", "20.0.0"),), "iron"),
)
NODE = Tool("node", "Node.js", "2026-11-28", "24", RELEASES, ranges.semver, {"lts/*": "26"})
PYTHON = Tool(
    "python",
    "Python",
    "2026-11-28",
    "3.13",
    (
        Release("3.14", "3.14.10", "2030-10-31", (("trixie", "3.14.0"),)),
        Release("3.13", "3.13.15", "2029-10-31", (("trixie", "3.13.0"),)),
        Release("3.9", "3.9.25", "2025-10-31", (("bookworm", "3.9.0"),)),
    ),
    ranges.pep440,
)


def asked(text: str) -> Asked:
    return Asked(text, "file", Location(".nvmrc", 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("24", True), ("3.13.1", True), ("1.2.3.4", False), ("", False), ("٣", False), ("9" * 5000, False)],
)
def test_what_is_a_version(text: str, expected: bool) -> None:
    assert is_version(text) is expected


@pytest.mark.parametrize("text", ["9" * 5000, "x" * 300_000])
def test_a_long_text_is_told_short(text: str) -> None:
    with pytest.raises(VersionError) as caught:
        choose(NODE, asked(text))
    assert len(caught.value.message) < 150
    assert caught.value.at == Location(".nvmrc", 1)


TAGS: list[tuple[Tool, str, str]] = [
    (NODE, ">=22.0.0  <25.0.0", "24"),
    (NODE, "  >=  18 ", "24"),
    (NODE, "~20.18", "20.18"),
    (NODE, "~20.18.3", "20.18"),
    (NODE, "20.18.x", "20.18"),
    (NODE, ">=22.0.0 <22.12.0", "22.11"),
    (NODE, ">=22.3.1 <22.12.4", "22.11"),
    (NODE, ">=20.5.1 <20.5.9", "20.5.1"),
    (NODE, "<=20.10.0 >=20", "20.10.0"),
    (NODE, "20.18.0 || 22.12.0", "22.12.0"),
    (NODE, ">=18 <22.12.0", "22.11"),  # 20 is out of support
    (NODE, ">=18 <22", "20"),
    (NODE, "^24.99.0", "24.99"),
    (NODE, ">=99", "99"),
    (NODE, ">=99.1", "99.1"),
    (NODE, "^27.0.0 || ^28.0.0", "28"),
    (NODE, "<16", "15"),
    (NODE, "lts/*", "26"),
    (NODE, "27.0.0-rc.1", "27.0.0-rc.1"),
    (PYTHON, ">=3.9,<3.13.4", "3.13"),  # the part of a line that is in support
    (PYTHON, "3", "3.13"),
    (PYTHON, "3.11.x", "3.11"),
    (PYTHON, "==3.11.*", "3.11"),
    (PYTHON, ">=3.10,<3.12", "3.11"),
    (PYTHON, "~=3.11.2", "3.11"),
    (PYTHON, ">=3.16", "3.16"),
    (PYTHON, ">=4", "4.0"),
    (PYTHON, "<3.8", "3.7"),
    (PYTHON, ">=3.9  <3.10", "3.9"),
    (PYTHON, "^3.9 || ^4.0", "3.13"),
    (PYTHON, "3.16.0rc1", "3.16.0rc1"),
]


@pytest.mark.parametrize(("tool", "text", "tag"), TAGS, ids=[row[1] for row in TAGS])
def test_the_tag_of_a_range(tool: Tool, text: str, tag: str) -> None:
    assert choose(tool, asked(text)).value == tag


@pytest.mark.parametrize("text", [">=20 <18", "banana", "lts/nothing", ">=18,<20", ">=18 && <20"])
def test_what_is_no_range_is_told_at_its_line(text: str) -> None:
    with pytest.raises(VersionError) as caught:
        choose(NODE, asked(text))
    assert caught.value.at == Location(".nvmrc", 1)


PNPM = (Package("10.34.9", "18.12.0"), Package("11.28.11", "22.13.0"), Package("8.15.9", "16.14.0"))
PACKAGES: list[tuple[str, str, str, str]] = [  # the text, the version that fits the lockfile, Node.js, the choice
    ("11.5.3", "", "24", "11.5.3"),
    ("v11.5.3", "", "24", "11.5.3"),
    ("12.0.0-beta.1", "", "24", "12.0.0-beta.1"),
    ("11.5.x", "", "24", "11.5.x"),
    (">=11.5.0  <11.6", "", "24", ">=11.5.0  <11.6"),
    (">=8", "", "24", "10.34.9"),
    (">=8", "8.15.9", "24", "8.15.9"),
    (">=8", "", "16", "8.15.9"),  # 10 does not run there
    (">=11", "", "20", "11.28.11"),
    ("9", "", "24", "9"),
    ("latest", "", "24", "10.34.9"),
]


@pytest.mark.parametrize(("text", "by_lock", "node", "version"), PACKAGES, ids=[str(row) for row in PACKAGES])
def test_the_version_of_a_package_manager(text: str, by_lock: str, node: str, version: str) -> None:
    assert choose_package("pnpm", PNPM, asked(text), ranges.semver, by_lock, node) == version


@pytest.mark.parametrize(
    ("version", "first"), [("11.5.x", 11), (">=8 <10", 9), ("10.34.9", 10), ("^9.1", 9), (">=8", 8), ("", 0)]
)
def test_the_major_that_options_depend_on(version: str, first: int) -> None:
    assert major(version, ranges.semver) == first
