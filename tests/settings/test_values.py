"""Values that users write."""

from __future__ import annotations

import pytest

from frontend.errors import OptionError
from frontend.settings.values import parse_csv
from tests.errors import fails


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("", []),
        ("a, b,,c", ["a", "b", "c"]),
        ('a,"b,c","d""e"', ["a", "b,c", 'd"e']),
        ('"",a', ["a"]),
        ('"type=registry,ref=x"', ["type=registry,ref=x"]),
        ('" a ",b', [" a ", "b"]),
    ],
)
def test_csv_is_read_as_go_reads_it(text: str, fields: list[str]) -> None:
    assert parse_csv("x", text) == fields


@pytest.mark.parametrize("text", ['"a', 'a"b"', '"a"b', 'a,"', 'a, "b"', '"a""'])
def test_quotes_that_do_not_match_are_told(text: str) -> None:
    with fails(OptionError, "x: ", text):
        parse_csv("x", text)
