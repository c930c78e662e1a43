"""The syntax of ignore patterns, by BuildKit's exact rules: reading a file of them, and what a pattern matches.

A test compares every rule with the Go implementation.
Source: github.com/moby/patternmatcher, and its use in github.com/tonistiigi/fsutil
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from posixpath import normpath

from frontend.errors import ConfigError, Location

Matches = Callable[[str], bool]

FILE = ".dockerignore"
WILD = "*?[]\\"  # the characters by which a pattern is more than a path
SHOWN = 120  # characters of a line that an error quotes
LINE_BYTES = 64 << 10  # a longer line is an error in BuildKit's reader
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))  # Go's


def parse(text: str, file: str = FILE) -> tuple[str, ...]:
    """The patterns of an ignore file, cleaned, in order, as BuildKit reads it.

    Raises ConfigError with the line of a malformed one.
    """
    patterns = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        try:
            pattern = "" if line.startswith("#") else parse_pattern(line)
        except ValueError as error:
            raise ConfigError(
                f"{file}: the pattern {error}",
                at=Location(file, number),
                hint="fix or remove the line",
                snippet=line.strip(SPACE)[:SHOWN] or None,
            ) from error
        if pattern:
            patterns.append(pattern)
    return tuple(patterns)


def parse_pattern(line: str) -> str:
    """A pattern, cleaned; "" for a blank line. Raises ValueError that says what is wrong with a malformed one."""
    if len(line.encode()) >= LINE_BYTES:
        raise ValueError("is longer than 64 KiB")
    pattern = line.strip(SPACE)
    if not pattern:
        return ""
    exception = pattern.startswith("!")
    if exception:
        pattern = pattern[1:].strip(SPACE)
    pattern = clean(pattern) if pattern else "/"
    if exception and pattern == "/":
        raise ValueError("has nothing after '!'")
    if len(pattern) > 1:
        pattern = pattern.removeprefix("/")
    check(pattern)
    return f"!{pattern}" if exception else pattern


def clean(path: str) -> str:
    """Go's filepath.Clean: normpath, which alone keeps two leading slashes."""
    return normpath(f"/{path.lstrip('/')}" if path.startswith("/") else path)


class Pattern:
    """One cleaned pattern. `exception` says that it began with "!", `text` is what follows."""

    def __init__(self, pattern: str) -> None:
        self.exception = pattern.startswith("!")
        self.text = pattern[1:] if self.exception else pattern

    @cached_property
    def matches(self) -> Matches:
        """Whether it matches a path itself; what is below a directory that it matches is for the caller."""
        return compiled(self.text)

    def reaches(self, directory: str) -> bool:
        """Whether it may match something below a directory: surely not where its literal beginning leads elsewhere."""
        literal = literal_head(self.text)
        if literal != self.text:
            literal = literal.rpartition("/")[0]
        below = f"{directory}/"
        return not literal or f"{literal}/".startswith(below) or below.startswith(f"{literal}/")


class AnyOf:
    """Whether one of many patterns matches a path itself. Few are tried: most are a path, or begin with what a path or
    the name at its end would have to begin with."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._paths: set[str] = set()
        self._names: set[str] = set()  # at any depth
        self._path_heads: tuple[str, ...] = ()
        self._name_heads: tuple[str, ...] = ()
        self._with_head: list[Pattern] = []
        self._others: list[Pattern] = []
        for pattern in patterns:
            rest = pattern.text.removeprefix("**/")
            deep = rest != pattern.text
            head = literal_head(rest)
            if not head or (deep and "/" in rest):
                self._others.append(pattern)
            elif head == rest:
                (self._names if deep else self._paths).add(rest)
            elif "**" in rest or not _is_plain(rest):
                self._others.append(pattern)
            else:
                self._with_head.append(pattern)
                if deep:
                    self._name_heads += (head,)
                else:
                    self._path_heads += (head,)

    def matches(self, path: str) -> bool:
        """Whether one of them does."""
        name = path.rpartition("/")[2]
        if path in self._paths or name in self._names or any(pattern.matches(path) for pattern in self._others):
            return True
        begins = path.startswith(self._path_heads) or name.startswith(self._name_heads)
        return begins and any(pattern.matches(path) for pattern in self._with_head)


def literal_head(pattern: str) -> str:
    """What a pattern begins with, up to its first wildcard or backslash."""
    for mark in WILD:
        pattern = pattern.partition(mark)[0]
    return pattern


def compiled(pattern: str) -> Matches:
    """What tells whether a pattern without "!" matches a path. Raises ValueError where its regex is malformed."""
    kind, regex = translated(pattern)
    if kind == "regex":
        return _regex(pattern, regex)
    if kind == "prefix":
        return lambda path: path.startswith(pattern[:-2])
    if kind == "suffix":
        suffix = pattern[2:]
        return lambda path: path.endswith(suffix) or (suffix[:1] == "/" and path == suffix[1:])
    return lambda path: path == pattern


REGEX_MARKS = ".+()$"  # characters of a regular expression that have no meaning in a pattern; Go's table lacks |{}


def translated(pattern: str) -> tuple[str, str]:
    """How a pattern is compared: "exact", "prefix" or "suffix", or by the "regex" given.

    It follows the Go code in all it does, the odd parts too: a "**" at the beginning makes a suffix of what follows
    unless that has a wildcard; "a**" matches by prefix; a backslash before a letter has that letter's regex meaning;
    next to a wildcard, "|" and "{2}" have theirs.
    """
    regex = "^"
    kind = "exact"
    i = 0
    while i < len(pattern):
        c = pattern[i]
        first = i == 0
        i += 1
        if c == "*" and pattern[i : i + 1] == "*":
            i += 1
            if pattern[i : i + 1] == "/":
                i += 1
            if i == len(pattern):
                if kind == "exact":
                    kind = "prefix"
                else:
                    regex += ".*"
                    kind = "regex"
            else:
                regex += "(.*/)?"
                kind = "regex"
            if first:
                kind = "suffix"
        elif c in "*?":
            regex += "[^/]*" if c == "*" else "[^/]"
            kind = "regex"
        elif c in REGEX_MARKS:
            regex += "\\" + c
        elif c == "\\":
            regex += "\\" + pattern[i : i + 1]
            if i < len(pattern):
                i += 1
                kind = "regex"
        else:
            regex += c
            if c in "[]":
                kind = "regex"
    return kind, regex + "$"


REPETITIONS = 1000  # Go's limit for one of them; RE2 takes half a second to compile so many, so here it is for all
MAX_BYTES = 64 << 20  # RE2's own limit is 8 MiB: less than some patterns that Go takes need
FEW = 2  # wildcards behind a leading "**/" that `re` may try in all ways
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _-./~@%,=*?")


def _regex(pattern: str, regex: str) -> Matches:
    """What tells whether a path matches a regular expression of Go's. Raises ValueError where it is malformed.

    Go's regular expressions are those of RE2, and so is the time they take: linear in the path, where `re` would try
    `a*a*a*b` in all ways. It is loaded where a pattern needs it: `re`, which is there already, reads a plain one alike.
    """
    if _is_plain(pattern) and regex.count("*") - regex.startswith("^(.*/)?") <= FEW:
        import re

        full = re.compile(regex[1:-1]).fullmatch
        return lambda path: full(path) is not None
    if "{" in pattern and _repetitions(regex) > REPETITIONS:
        raise ValueError(f"has a quantifier of more than {REPETITIONS} times")
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MAX_BYTES
    try:
        search = re2.compile(regex, options).search
    except re2.error as error:
        problem = error.args[0]
        problem = problem.decode() if isinstance(problem, bytes) else problem
        raise ValueError(f"is malformed: {problem}") from error
    return lambda path: search(path.encode("utf-8", "surrogateescape")) is not None


def _is_plain(pattern: str) -> bool:
    """Whether a pattern has only wildcards, classes such as [cod] or [^0-9], and characters without a meaning."""
    first, *classes = pattern.split("[")
    rest = first
    for text in classes:
        members, closed, after = text.removeprefix("^").partition("]")
        low, dash, high = members.partition("-")
        if not (closed and members.isascii() and (low + high).isalnum() and (not dash or len(low) == len(high) == 1)):
            return False
        if dash and low > high:
            return False
        rest += after
    return PLAIN.issuperset(rest)


def check(pattern: str) -> None:
    """Raises ValueError for a malformed pattern: Go's filepath.Match and regexp both have to take it."""
    i = 0
    quoted = False  # between \Q and \E
    while i < len(pattern):
        c = pattern[i]
        i += 1
        if c == "\\":
            if i == len(pattern):
                raise ValueError("ends with a backslash")
            quoted = pattern[i] == "Q" or (quoted and pattern[i] != "E")
            if pattern[i] == "C" and not quoted:
                raise ValueError("has an unknown escape \\C")  # RE2 has it, for a byte; Go has not
            i += 1
        elif c == "[":
            end = _end_of_class(pattern, i)
            if end is None:
                raise ValueError("has an unclosed, empty or incomplete [ ]")
            i = end
    compiled(pattern)


def _repetitions(regex: str) -> int:
    """How often a regular expression's `{2}` and `{2,3}` repeat something, in all."""
    import re

    plain = re.sub(r"\\Q.*?(?:\\E|$)|\\.", "", regex, flags=re.DOTALL)  # without what is escaped
    pairs = re.findall(r"\{(\d+)(?:,(\d*))?\}", plain, re.ASCII)
    return sum(int(count[:9]) for pair in pairs for count in pair if count)


def _end_of_class(pattern: str, i: int) -> int | None:
    """Where the class whose content begins at `i` ends, as filepath.Match reads it; None when it is malformed."""
    if pattern[i : i + 1] == "^":
        i += 1
    members = 0
    while True:
        if members and pattern[i : i + 1] == "]":
            return i + 1
        for _ in range(2):  # a character, or two with "-" between
            if pattern[i : i + 1] in ("", "-", "]"):
                return None
            i += 2 if pattern[i] == "\\" else 1
            if i >= len(pattern):
                return None
            if pattern[i] != "-":
                break
            i += 1
        members += 1
