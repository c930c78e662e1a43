"""Secrets in messages and quoted lines."""

from __future__ import annotations

import pytest

from frontend.secrets import masking

TOKEN = "npm_" + "a1B2" * 9


def test_lines_that_hold_a_secret_are_masked() -> None:
    text = f'a: 1\nAPI_KEY=abcdef\n"npmAuthToken": "{TOKEN}",\n{TOKEN}\n//r/:_authToken={TOKEN}\nurl: x://u:p@h\nb: 2'
    shown = masking.masked(text)
    assert shown.splitlines() == [
        "a: 1",
        "API_KEY=****",
        '"npmAuthToken":****',
        "****",
        "//r/:_authToken=****",
        "url: x://****@h",
        "b: 2",
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("ENV DB_PASSWORD value", "ENV DB_PASSWORD ****"),
        ("DB_PASSWORD value", "DB_PASSWORD ****"),
        ("web: A=1 DB_PASSWORD=hunter2 node server.js", "web: A=1 DB_PASSWORD=****"),
        ('"//r/:_authToken" "hunter2"', '"//r/:_authToken" ****'),
        ("-----BEGIN PRIVATE KEY-----\nMIIEv\n-----END PRIVATE KEY-----\nb", "****\n****\n****\nb"),
        ("import secrets as s", "import secrets as s"),
        ("port: 8080", "port: 8080"),
    ],
)
def test_a_line_with_a_secret_is_masked(line: str, shown: str) -> None:
    assert masking.masked(line) == shown


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://u:pw@h/x and https://me@h", "https://****@h/x and https://me@h"),
        (f"https://{TOKEN}@github.com/x", "https://****@github.com/x"),
        (f"a {TOKEN} b --t={TOKEN}", "a **** b --t=****"),
        ('get "http://h/x.tgz?token=abc&a=b": refused', 'get "http://h/x.tgz?token=****&a=b": refused'),
        ("https://h/x?X-Amz-Signature=0a1b", "https://h/x?X-Amz-Signature=****"),
        ("nothing here: a=b", "nothing here: a=b"),
    ],
)
def test_a_message_hides_the_secrets_in_it(text: str, hidden: str) -> None:
    assert masking.hidden(text) == hidden
    assert masking.hidden(hidden) == hidden


def test_a_quoted_text_is_on_one_line_and_not_long() -> None:
    assert masking.shown("a" * 80) == "a" * 80
    assert masking.shown("a" * 300_000) == "a" * 80 + "…"
    assert masking.shown("a\nb\0") == "a\\nb\\x00"
    assert masking.shown("?" * 300_000).endswith("…")
