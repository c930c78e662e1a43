"""Version rules: what is a version, and how one is told that is none."""

import pytest

from frontend.errors import Location, VersionError
from frontend.rules.versions import Asked, Release, choose, is_version

RELEASES = (Release("24", "24.1.0", "2028-04-30", (("trixie", "24.0.0"),)),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("24", True), ("3.13.1", True), ("1.2.3.4", False), ("", False), ("٣", False), ("9" * 5000, False)],
)
def test_what_is_a_version(text: str, expected: bool) -> None:
    assert is_version(text) is expected


@pytest.mark.parametrize("text", ["9" * 5000, "x" * 300_000])
def test_a_long_text_is_told_short(text: str) -> None:
    asked = Asked(text, "file", Location(".nvmrc", 1))
    with pytest.raises(VersionError) as caught:
        choose("node", "Node.js", RELEASES, "24", asked, lambda wanted, version: int(wanted) < 0)
    assert len(caught.value.message) < 150
    assert caught.value.at == Location(".nvmrc", 1)
