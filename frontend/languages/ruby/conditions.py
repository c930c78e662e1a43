"""Conditions in a Ruby file, as far as they can be told without running it: by the environment, which is production,
and by variables of the image.

Source: https://docs.ruby-lang.org/en/master/syntax/control_expressions_rdoc.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from frontend.languages.ruby.gemfile import without_comment

BEHIND = re.compile(r"\s(if|unless)\s+(.+)$")
OPENS = re.compile(r"(if|unless)\s+(.+?)(?:\s+then)?$")
VARIABLE = re.compile(
    r"""ENV(?:\.fetch\(\s*|\.\[\]\(|\[)(['"])(?P<name>\w+)\1\s*(?:,\s*(?P<default>[^()]*?)\s*)?[\])](?:\s*\{\s*(?P<block>[^}]*?)\s*\})?"""
)
OF_RAILS = re.compile(r"\bRails\.env\.(\w+)\?")
ENVIRONMENTS, PRODUCTION = ("RAILS_ENV", "RACK_ENV", "APP_ENV"), "production"
LITERAL = re.compile(r"""(['"])(.*?)\1""")
WORDS = re.compile(r"%w[\[({](.*?)[\])}]")
SUFFIX = re.compile(r"\.(to_s|present\?|to_sym|presence|downcase)")
FALSE = ("", "nil", "false")


def of_line(lines: Sequence[str], number: int) -> str:
    """The condition that a line stands under, of the line itself or of the block around it; "" for none.

    One of `unless` has a "!" in front of it. Lines are numbered from 1.
    """
    text = without_comment(lines[number - 1])[0].rstrip()
    found = BEHIND.search(text)
    if found is not None:
        return condition(found[1], found[2])
    indent = len(text) - len(text.lstrip())
    for above in reversed(lines[: number - 1]):
        line = without_comment(above)[0].rstrip()
        if not line.strip() or len(line) - len(line.lstrip()) >= indent:
            continue
        opened = OPENS.match(line.strip())
        return condition(opened[1], opened[2]) if opened is not None else ""
    return ""


def condition(word: str, text: str) -> str:
    """A condition as `if` would have it."""
    return text.strip() if word == "if" else f"!({text.strip()})"


def variables(text: str) -> Iterator[str]:
    """The variables that a condition asks for, but that of the environment."""
    yield from dict.fromkeys(found["name"] for found in VARIABLE.finditer(text) if found["name"] not in ENVIRONMENTS)


def holds(text: str, given: Mapping[str, str]) -> bool | None:
    """Whether a condition holds in production, with these variables; None where that cannot be told."""
    text = text.strip()
    if text.startswith("!(") and text.endswith(")"):
        return inverse(holds(text[2:-1], given))
    for operators, decides in ((r"\|\||\bor\b", True), (r"&&|\band\b", False)):
        parts = re.split(operators, text)
        if len(parts) > 1:
            found = [holds(part, given) for part in parts]
            return decides if decides in found else None if None in found else not decides
    return of_one(text, given)


def inverse(value: bool | None) -> bool | None:
    """The other of two; None stays None."""
    return None if value is None else not value


def of_one(text: str, given: Mapping[str, str]) -> bool | None:
    """Whether a condition without an operator between conditions holds."""
    text = text.strip()
    if text.startswith(("!", "not ")) and not text.startswith("!="):
        return inverse(of_one(text.removeprefix("!").removeprefix("not "), given))
    if (found := OF_RAILS.search(text)) is not None:
        return found[1] == PRODUCTION if found[1] in (PRODUCTION, "development", "test", "local", "staging") else None
    variable = VARIABLE.search(text)
    if variable is None:
        return PRODUCTION in text if "Rails.env" in text and "==" in text else None
    value = value_of(variable, given)
    rest = SUFFIX.sub("", text[: variable.start()] + text[variable.end() :])
    texts = [one[2] for one in LITERAL.finditer(rest)]
    words = [word for one in WORDS.finditer(rest) for word in one[1].split()]
    if "!=" in rest:
        return value not in texts if texts else None
    if "==" in rest or "include?" in rest:
        return value in (*texts, *words) if (*texts, *words) else None
    return value not in FALSE if not rest.strip("() ") else None


def value_of(variable: re.Match[str], given: Mapping[str, str]) -> str:
    """The value of a variable in the image; "" where it has none."""
    if variable["name"] in ENVIRONMENTS:
        return PRODUCTION
    default = variable["default"] or variable["block"] or ""
    return given.get(variable["name"], default.strip("'\""))
