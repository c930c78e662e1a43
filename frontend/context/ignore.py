"""What of the app's directory takes no part in a build: `.dockerignore`, by BuildKit's exact rules.

BuildKit's client filters the context by the same patterns when it sends it. Here they decide what a language sees, so
that plan and build agree. A test compares every rule with the Go implementation.
Source: github.com/moby/patternmatcher, and its use in github.com/tonistiigi/fsutil
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from frontend.context.tree import Entry, SourceTree
from frontend.errors import ConfigError, Location
from frontend.paths import escaped

if TYPE_CHECKING:
    from re import Pattern

    Search = Callable[[str], object]

FILE = ".dockerignore"
LINE_BYTES = 64 << 10  # a longer line is an error in BuildKit's reader
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))  # Go's

DEFAULTS = (
    # version control and what only people and CI read
    "**/.git",
    "**/.svn",
    "**/.hg",
    ".github",
    ".gitlab-ci.yml",
    ".circleci",
    "**/.DS_Store",
    "**/.idea",
    "**/.vscode",
    # how the image is made: a change there is no change of the app
    ".dockerignore",
    "*.dockerignore",
    "Dockerfile*",
    "docker-compose*.yml",
    "docker-compose*.yaml",
    "compose.yml",
    "compose.yaml",
    "migetpacks.yaml",
    "migetpacks.yml",
    # what the build makes itself
    "**/node_modules",
    "**/.pnpm-store",
    "**/.venv",
    "**/venv",
    "**/__pycache__",
    "**/.mypy_cache",
    "**/.pytest_cache",
    "**/.ruff_cache",
    "**/.tox",
    "**/.nox",
    "**/.cache",
    "**/.eslintcache",
    "**/.nyc_output",
    "**/.next/cache",
    "**/.parcel-cache",
    "**/.turbo",
    "**/.nx/cache",
    "npm-debug.log*",
    "yarn-error.log*",
)
"""The patterns of an app that has no ignore file of its own."""

# .env.* but .env.example, .env.sample, .env.template, .env.dist and .env.default(s). It is put without exceptions,
# for BuildKit's client walks through all that is ignored as soon as one exception has a wildcard; and with few
# wildcards, for the client tries each of them on each file.
ENV_ENDS = (
    *("db", "debug", "demo", "deploy", "dev", "develop", "development", "docker", "e2e", "edge"),
    *("sandbox", "save", "secret", "secrets", "server", "shared", "stage", "staging", "stg"),
    *("temp", "test", "testing", "tests", "tmp"),
)
ENV_NAMES = (".env", ".env~", ".envrc", ".env.[^dest]*", ".env.*.*", *(f".env.{end}" for end in ENV_ENDS))
SECRET_NAMES = (
    *ENV_NAMES,
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".netrc",
    "_netrc",
    ".pypirc",
    "pip.conf",
    "pip.ini",
    ".git-credentials",
    ".htpasswd",
    ".ssh",
    ".aws",
    ".kube",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
)
SECRET_FILES = (".docker/config.json", ".streamlit/secrets.toml")  # secrets by a name that others' files have too
ALWAYS = (*(f"**/{name}" for name in SECRET_NAMES), *(f"**/{name}" for name in SECRET_FILES))
"""What no build gets, whatever the ignore file says in general: it has to name it (`!.env.production`) to have it."""


def parse(text: str, file: str = FILE) -> tuple[str, ...]:
    """The patterns of an ignore file, cleaned, in order, as BuildKit reads it.

    Raises ConfigError with the line of a malformed one.
    """
    found = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if len(line.encode()) >= LINE_BYTES:
            raise _malformed(file, number, line[:40], "is longer than 64 KiB")
        if line.startswith("#"):
            continue
        pattern = line.strip(SPACE)
        if not pattern:
            continue
        exception = pattern.startswith("!")
        if exception:
            pattern = pattern[1:].strip(SPACE)
        pattern = _clean(pattern) if pattern else "/"
        if exception and pattern == "/":
            raise _malformed(file, number, line, "excepts nothing")
        if len(pattern) > 1:
            pattern = pattern.removeprefix("/")
        if (problem := _problem(pattern)) is not None:
            raise _malformed(file, number, line.strip(SPACE), problem)
        found.append(f"!{pattern}" if exception else pattern)
    return tuple(found)


def line_of(text: str, path: str) -> int:
    """The line of an ignore file that leaves a path out: the last that matches it; 0 where none does."""
    found = 0
    for number, line in enumerate(text.split("\n"), 1):
        for pattern in parse(line):
            if Ignore((pattern.removeprefix("!"),)).ignored(path):
                found = 0 if pattern.startswith("!") else number
    return found


def patterns(text: str | None, file: str = FILE) -> tuple[str, ...]:
    """All patterns of a build: those of the app's ignore file (None: it has none), and what no build gets."""
    return complete(DEFAULTS if text is None else parse(text, file))


def complete(own: tuple[str, ...]) -> tuple[str, ...]:
    """The app's patterns, and what no build gets.

    A secret's file that the app excepts by name is kept; that `!src` excepts all below it is not enough.
    """
    return (*own, *ALWAYS, *(pattern for pattern in own if _names_a_secret(pattern)))


class Ignore:
    """Tells which paths a list of patterns leaves out. Patterns are as `parse` gives them."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules = [_Rule(_clean(pattern)) for pattern in patterns]  # cleaned with its "!", as Go does
        self._known: dict[str, tuple[bool, ...]] = {"": ()}  # of a directory: which rules matched it

    def ignored(self, path: str) -> bool:
        """Whether `path`, relative to the context root, is left out. The last rule that matches decides.

        A rule that matches a directory matches all below it.
        """
        matched, by_rule = self._match(path)
        self._known[path] = by_rule
        return matched

    def reaches(self, path: str) -> bool:
        """Whether a directory that is left out may still be there, for what an exception keeps below it."""
        return any(rule.exception and rule.reaches(path) for rule in self._rules)

    def _match(self, path: str) -> tuple[bool, tuple[bool, ...]]:
        parent = path.rpartition("/")[0]
        if parent not in self._known:
            self._known[parent] = self._match(parent)[1]
        above = self._known[parent] or (False,) * len(self._rules)
        matched = False
        by_rule = []
        for rule, inherited in zip(self._rules, above, strict=True):
            # a rule that would change nothing is not asked, and so does not count as matched for what is below
            match = inherited or (rule.exception == matched and rule.matches(path))
            by_rule.append(match)
            if match:
                matched = not rule.exception
        return matched, tuple(by_rule)


class FilteredTree(SourceTree):
    """Another tree without what is ignored, `own` being the app's patterns.

    Some tools keep both settings and credentials in one file. `revise` maps its name to a function that takes the
    credentials out: such a file is shown without them, and not at all where nothing is left. Of those met so far
    `revised` are the shown ones, with what they hold now, and `withheld` the others.
    """

    def __init__(
        self, whole: SourceTree, own: tuple[str, ...], revise: Mapping[str, Callable[[str], str]] | None = None
    ) -> None:
        super().__init__()
        self.whole = whole
        self.patterns = complete(own)
        self.revise = dict(revise or {})
        self.revised: dict[str, bytes] = {}
        self.withheld: set[str] = set()
        self._ignore = Ignore(self.patterns)
        self._own = Ignore(own)
        self._asked: set[str] = set()

    def hides(self, path: str) -> bool:
        """Whether the build does not get what is at this path."""
        if path.rpartition("/")[2] in self.revise:
            self._revise(path)
        return path not in self.revised and (path in self.withheld or self._ignore.ignored(path))

    @property
    def excluded(self) -> tuple[str, ...]:
        """The patterns of all that the build does not get as it is: what is revised has to be put back."""
        return (*self.patterns, *(escaped(path) for path in sorted({*self.revised, *self.withheld})))

    def entries(self, path: str = "") -> dict[str, Entry]:
        prefix = f"{path}/" if path else ""
        if path and self.entry(path) is None:
            return {}
        found = self.whole.entries(path)
        return {name: entry for name, entry in found.items() if self._shows(prefix + name, entry)}

    def entry(self, path: str) -> Entry | None:
        path = path.strip("/")
        found = self.whole.entry(path)
        return found if found is not None and self._shows(path, found) else None

    def glob(self, pattern: str) -> tuple[str, ...]:
        return tuple(path for path in self.whole.glob(pattern) if not self.hides(path))

    def need(self, *patterns: str) -> None:
        self.whole.need(*patterns)

    def read_bytes(self, path: str) -> bytes | None:
        path = path.strip("/")
        hidden = self.hides(path)
        if path in self.revised:
            return self.revised[path]
        return None if hidden else self.whole.read_bytes(path)

    def leaves_out(self, directory: str) -> bool:
        """Whether the build gets nothing of what is in a directory."""
        return self._ignore.ignored(directory) and not self._ignore.reaches(directory)

    def _shows(self, path: str, entry: Entry) -> bool:
        return not self.hides(path) or (entry.kind == "dir" and self._ignore.reaches(path))

    def _revise(self, path: str) -> None:
        """Takes the credentials out of a file, unless the app's ignore file leaves it out."""
        if path in self._asked:
            return
        self._asked.add(path)
        secret = self._ignore.ignored(path)
        if self._own.ignored(path) or (text := self.whole.read_text(path)) is None:
            return
        left = self.revise[path.rpartition("/")[2]](text)
        if left == text and not secret:
            return
        if left.strip():
            self.revised[path] = left.encode()
        else:
            self.withheld.add(path)


class _Rule:
    """One pattern. `exception` says that it began with "!"; what it is compared by is found out at first use."""

    def __init__(self, pattern: str) -> None:
        self.exception = pattern.startswith("!")
        self.text = pattern[1:] if self.exception else pattern
        self._search: Search | None = None
        self._kind = ""

    def matches(self, path: str) -> bool:
        if not self._kind:
            self._kind, source = _compile(self.text)
            if self._kind == "regex":
                self._search = _search(source)
        if self._search is not None:
            return bool(self._search(path))
        if self._kind == "prefix":
            return path.startswith(self.text[:-2])
        if self._kind == "suffix":
            suffix = self.text[2:]
            return path.endswith(suffix) or (suffix[:1] == "/" and path == suffix[1:])
        return path == self.text

    def reaches(self, directory: str) -> bool:
        """Whether it may match something below a directory: surely not where its literal beginning leads elsewhere."""
        literal = self.text
        for mark in "*?[\\":
            literal = literal.partition(mark)[0]
        if literal != self.text:
            literal = literal.rpartition("/")[0]
        below = f"{directory}/"
        return not literal or f"{literal}/".startswith(below) or below.startswith(f"{literal}/")


# --- a pattern's syntax -----------------------------------------------------------------------------------------------

REGEX_MARKS = ".+()$"  # characters of a regular expression that have no meaning in a pattern; Go's table lacks |{}
CLASSES = {"d": "0-9", "s": "\\t\\n\\f\\r ", "w": "0-9A-Za-z_"}  # RE2's; Python's \s has a vertical tab more
POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
CONTROLS = {"a": "\\x07", "f": "\\f", "n": "\\n", "r": "\\r", "t": "\\t", "v": "\\v"}


def _compile(pattern: str) -> tuple[str, str]:
    """How a pattern is compared: "exact", "prefix" or "suffix", or by the regular expression (Go's syntax) given.

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


ABOVE = "(.*/)?"  # what "**" in front of something becomes: the one group there is
POINTS = frozenset(("^", "\\Z", "\\A", "\\b", "\\B"))  # what matches a place, no character
FEW = 2  # wildcards behind a leading "**/" that `re` may try in all ways
REPEATS = 1000  # Go's limit


def _search(regex: str) -> Search:
    """Whether a path has a match of a regular expression (Go's syntax).

    Go's time is linear in the path; that of `re` is a power of it, of the number of wildcards: `a*a*a*b` on a name of
    200 letters would take for ever. With more than a few they are followed all at once.
    """
    wildcards = regex.count("*") + regex.count("{") - regex.startswith(f"^{ABOVE}")
    if wildcards > FEW:
        return _Linear(regex).search
    import re

    return re.compile(_to_python(regex), re.ASCII).search


class _Linear:
    """A regular expression (Go's syntax) matched in linear time: by the set of places reached, as bits of a number."""

    def __init__(self, regex: str) -> None:
        import re

        self._alternatives: list[list[tuple[str, int, int | None]]] = [[]]  # what has to follow each other, how often
        self._compiled: dict[str, Pattern[str]] = {}
        for piece in _pieces(regex):
            steps = self._alternatives[-1]
            if piece == "|":
                self._alternatives.append([])
            elif piece == "*":
                steps[-1] = (steps[-1][0], 0, None)
            elif piece[0] == "{":
                low, comma, high = piece[1:-1].partition(",")
                steps[-1] = (steps[-1][0], int(low), (int(high) if high else None) if comma else int(low))
            elif piece != ABOVE or steps[-1:] != [(ABOVE, 1, 1)]:  # "****" is no more than "**"
                steps.append((piece, 1, 1))
                for one in (".", "/") if piece == ABOVE else (piece,):
                    self._compiled[one] = re.compile(one, re.ASCII)

    def search(self, path: str) -> bool:
        at = {
            piece: sum(1 << found.start() for found in compiled.finditer(path))
            for piece, compiled in self._compiled.items()
        }
        return any(self._follow(steps, at, (2 << len(path)) - 1) for steps in self._alternatives)

    def _follow(self, steps: list[tuple[str, int, int | None]], at: Mapping[str, int], reached: int) -> int:
        """The places reached behind all steps from those reached before; `at` tells where each piece matches."""
        for piece, low, high in steps:
            if piece == ABOVE:
                reached |= (_run(reached, at["."]) & at["/"]) << 1
            elif piece in POINTS:
                reached &= at[piece]
            else:
                for _ in range(low):
                    reached = (reached & at[piece]) << 1
                if high is None:
                    reached = _run(reached, at[piece])
                else:
                    for _ in range(high - low):
                        reached |= (reached & at[piece]) << 1
            if not reached:
                break
        return reached


def _run(reached: int, matching: int) -> int:
    """The places reached from some over any number of characters that match: a carry runs through each row of them."""
    return reached | (((reached & matching) + matching) ^ matching)


def _to_python(regex: str) -> str:
    """A regular expression of Go's in Python's syntax. Raises ValueError where Go's is malformed."""
    return "".join(_pieces(regex))


def _pieces(regex: str) -> Iterator[str]:
    """A regular expression of Go's in Python's syntax, cut into what matches one character or a place, what says how
    often ("*", "{2}"), "|" and ABOVE. Raises ValueError where Go's is malformed."""
    i = 0
    while i < len(regex):
        c = regex[i]
        if c == "[":
            text, i = _class(regex, i + 1)
        elif c == "\\":
            text = _escape(regex[i + 1 : i + 2])
            i += 2
        elif c == "(":
            text = ABOVE
            i += len(ABOVE)
        elif c == "{" and _repeats(regex, i):
            text = regex[i : regex.index("}", i) + 1]
            i += len(text)
        else:
            text = "\\Z" if c == "$" else "\\{" if c == "{" else c
            i += 1
        yield text


def _repeats(regex: str, i: int) -> bool:
    """Whether the brace at `i` begins a repetition ({2}, {2,}, {2,3}) rather than standing for itself.

    Raises ValueError for one that is more often than Go allows.
    """
    end = regex.find("}", i)
    low, comma, high = regex[i + 1 : max(end, i + 1)].partition(",")
    if end < 0 or not _is_number(low) or not (not comma or not high or _is_number(high)):
        return False
    if any(len(one.lstrip("0")) > len(str(REPEATS)) or int(one or 0) > REPEATS for one in (low, high)):
        raise ValueError(f"repeats something more than {REPEATS} times")
    return True


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _escape(c: str) -> str:
    """A backslash and `c` outside a class."""
    if c in ("b", "B", "A"):
        return "\\" + c
    if c == "z":
        return "\\Z"
    if c.casefold() in CLASSES and c:
        return f"[{'^' if c.isupper() else ''}{CLASSES[c.casefold()]}]"
    return _literal(c)


def _literal(c: str) -> str:
    """An escaped character that stands for itself, or for a control character."""
    if c in CONTROLS and c:
        return CONTROLS[c]
    if not c or (c.isascii() and c.isalnum()) or not c.isascii():
        raise ValueError(f"has an unknown escape \\{c}")
    return "\\" + c


def _class(regex: str, i: int) -> tuple[str, int]:
    """The character class whose first character is at `i`, and where it ends."""
    out = "["
    if regex[i : i + 1] == "^":
        out += "^"
        i += 1
    start = i
    while i < len(regex) and (regex[i] != "]" or i == start):
        if regex.startswith("[:", i) and (end := regex.find(":]", i)) > 0:
            name = regex[i + 2 : end]
            if name.lstrip("^") not in POSIX or name.startswith("^"):
                raise ValueError(f"has an unknown class [:{name}:]")
            out += POSIX[name]
            i = end + 2
            continue
        if regex[i] == "\\" and (escaped := regex[i + 1 : i + 2]).casefold() in CLASSES and escaped:
            out += CLASSES[escaped] if escaped in CLASSES else "\\" + escaped
            i += 2
            continue
        low, i = _member(regex, i)
        out += low[1]
        if regex[i : i + 1] == "-" and regex[i + 1 : i + 2] not in ("]", ""):
            high, i = _member(regex, i + 1)
            if high[0] < low[0]:
                raise ValueError(f"has an empty range {low[0]}-{high[0]}")
            out += f"-{high[1]}"
    if i == len(regex):
        raise ValueError("has a [ that is not closed")
    return out + "]", i + 1


def _member(regex: str, i: int) -> tuple[tuple[str, str], int]:
    """One character of a class, as it is and as Python writes it, and where the next begins."""
    if regex[i] == "\\":
        text = _literal(regex[i + 1 : i + 2])
        return (text.encode().decode("unicode_escape") if text in CONTROLS.values() else text[1:], text), i + 2
    return (regex[i], regex[i] if regex[i].isalnum() else "\\" + regex[i]), i + 1


def _problem(pattern: str) -> str | None:
    """What is wrong with a pattern, None if nothing: Go's filepath.Match and regexp both have to take it."""
    i = 0
    while i < len(pattern):
        c = pattern[i]
        i += 1
        if c == "\\":
            if i == len(pattern):
                return "ends with a backslash"
            i += 1
        elif c == "[":
            end = _end_of_class(pattern, i)
            if end is None:
                return "has a [ that is not closed, or an empty or incomplete one"
            i = end
    kind, regex = _compile(pattern)
    if kind == "regex":
        import re

        try:
            translated = _to_python(regex)
            if "{" in translated:
                re.compile(translated)
        except (ValueError, re.error) as error:
            return "repeats nothing" if isinstance(error, re.error) else str(error)
    return None


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


def _clean(path: str) -> str:
    """Go's filepath.Clean: normpath, which alone keeps two leading slashes."""
    return normpath(f"/{path.lstrip('/')}" if path.startswith("/") else path)


def _names_a_secret(pattern: str) -> bool:
    """Whether it is an exception whose last part is written like the name of a secret's file."""
    if not pattern.startswith("!"):
        return False
    last = pattern.rpartition("/")[2].removeprefix("!")
    named = last.startswith(".env.") or any(_Rule(name).matches(last) for name in SECRET_NAMES)
    return named or pattern.endswith(SECRET_FILES)


def _malformed(file: str, line: int, text: str, problem: str) -> ConfigError:
    snippet: Any = text or None
    return ConfigError(
        f"{file}: the pattern {problem}", at=Location(file, line), hint="fix or remove the line", snippet=snippet
    )
