"""What messages quote of the app's files."""

import pytest

from frontend.texts import AROUND_LINES, LINE_BYTES, WHOLE_FILE_BYTES, excerpt, until

LINES = [b"line %d" % number for number in range(1, 10_001)]
LONG = b"\n".join(LINES)


@pytest.mark.parametrize("text", [b"", b"a", b"a\nb\n", b"a\nb"])
def test_a_short_file_is_shown_whole(text: bytes) -> None:
    assert excerpt(text, (1,)) == until(text, 1) == text


def test_an_excerpt_ends_a_few_lines_after_the_last_place() -> None:
    lockfile = b"lockfileVersion: 9\n" + b"  resolution: {integrity: sha512-x}\n" * 1000
    assert excerpt(lockfile, (1,)).count(b"\n") == 1 + AROUND_LINES
    assert excerpt(lockfile, (1, 20)).count(b"\n") == 20 + AROUND_LINES
    assert excerpt(LONG, (3,)).split(b"\n")[:-1] == LINES[: 3 + AROUND_LINES]


def test_a_long_file_is_shown_around_the_places_at_their_own_numbers() -> None:
    shown = excerpt(LONG, (5000, 9000)).split(b"\n")
    assert len(b"\n".join(shown)) < WHOLE_FILE_BYTES
    assert shown[4997:5002] == LINES[4997:5002]
    assert shown[8999] == b"line 9000"
    assert not any(shown[:4900])
    assert not any(shown[5100:8900])


def test_a_minified_file_is_cut() -> None:
    assert excerpt(b"x" * (20 << 20), (1,)) == b"x" * LINE_BYTES
