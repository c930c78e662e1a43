"""Redirects and headers by path, as a server gets them."""

import re

from msgspec import Struct, structs

WHOLE = "^/.*$"  # the pattern of all paths
OWN = "{re.rule."  # what the name of a group of the rule's own pattern begins with


class Redirect(Struct, frozen=True):
    """What a path leads to. `pattern` is a regular expression of RE2, whose groups `to` may name (`group_of(1)`).

    A `status` of 200 serves `to` in its place, one of 4xx is an error. `query` are parameters that have to be there,
    each with its value, "*" for any. Not `force`: only where the site has no file at the path.
    """

    pattern: str
    to: str
    status: int = 301
    force: bool = False
    query: tuple[tuple[str, str], ...] = ()


def group_of(number: int) -> str:
    """How a rule's target names what a group of its pattern matches; `numbered` makes it a name for the server."""
    return f"{OWN}{number}}}"


def numbered(rule: Redirect, number: int) -> Redirect:
    """The rule of a number, whose pattern the server knows by it."""
    return structs.replace(rule, to=rule.to.replace(OWN, f"{{re.rule{number}."))


class Headers(Struct, frozen=True):
    """The header fields that answers for the paths of a pattern get."""

    pattern: str
    fields: tuple[tuple[str, str], ...]


def escaped(text: str) -> str:
    """A text as a regular expression of RE2."""
    return re.sub(r"([^\w\s/%~@:,;=&!'-])", r"\\\1", text)
