"""What of the app's directory takes no part in a build: what its ignore file leaves out, and what no build gets.

BuildKit's client filters the context by the same patterns when it sends it. Here they decide what a language sees, so
that plan and build agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from frontend.context.patterns import FILE, AnyOf, Pattern, clean, parse
from frontend.context.tree import Entry, SourceTree
from frontend.languages import registry
from frontend.paths import escaped

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
    "**/.cache",
    *(pattern for entry in registry.ENTRIES for pattern in entry.ignored),
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
    ".netrc",
    "_netrc",
    ".git-credentials",
    ".htpasswd",
    ".ssh",
    ".aws",
    ".kube",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    *(name for entry in registry.ENTRIES for name in entry.secret_files if "/" not in name),
)
SECRET_FILES = (  # secrets by a name that others' files have too
    ".docker/config.json",
    *(path for entry in registry.ENTRIES for path in entry.secret_files if "/" in path),
)
ALWAYS = (*(f"**/{name}" for name in SECRET_NAMES), *(f"**/{name}" for name in SECRET_FILES))
"""What no build gets, whatever the ignore file says in general: it has to name it (`!.env.production`) to have it."""


def patterns(text: str | None, file: str = FILE) -> tuple[str, ...]:
    """All patterns of a build: those of the app's ignore file (None: it has none), and what no build gets."""
    return complete(DEFAULTS if text is None else parse(text, file))


def complete(own: tuple[str, ...]) -> tuple[str, ...]:
    """The app's patterns, and what no build gets.

    A secret's file that the app excepts by name is kept; that `!src` excepts all below it is not enough.
    """
    return (*own, *ALWAYS, *(pattern for pattern in own if _names_a_secret(pattern)))


def line_of(text: str, path: str) -> int:
    """The line of an ignore file that leaves a path out: the last that matches it; 0 where none does."""
    found = 0
    for number, line in enumerate(text.split("\n"), 1):
        for pattern in parse(line):
            if Ignore((pattern.removeprefix("!"),)).ignored(path):
                found = 0 if pattern.startswith("!") else number
    return found


def _names_a_secret(pattern: str) -> bool:
    """Whether it is an exception whose last part is written like the name of a secret's file."""
    if not pattern.startswith("!"):
        return False
    last = pattern.rpartition("/")[2].removeprefix("!")
    named = last.startswith(".env.") or any(Pattern(name).matches(last) for name in SECRET_NAMES)
    return named or pattern.endswith(SECRET_FILES)


class Ignore:
    """Tells which paths a list of patterns leaves out. Patterns are as `parse` gives them."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(patterns)
        self._known: dict[str, tuple[bool, ...]] = {"": ()}  # of a directory: which rules matched it, () for none

    @cached_property
    def _rules(self) -> list[Pattern]:
        return [Pattern(clean(pattern)) for pattern in self._patterns]  # cleaned with its "!", as Go does

    @cached_property
    def _any(self) -> AnyOf:
        return AnyOf(self._rules)

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
        above = self._known[parent]
        if not above and not self._any.matches(path):
            return False, ()
        above = above or (False,) * len(self._rules)
        matched = False
        by_rule = []
        for rule, inherited in zip(self._rules, above, strict=True):
            # a rule that would change nothing is not asked, and so does not count as matched for what is below
            match = inherited or (rule.exception == matched and rule.matches(path))
            by_rule.append(match)
            if match:
                matched = not rule.exception
        return matched, tuple(by_rule) if any(by_rule) else ()


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

    def unfiltered(self) -> SourceTree:
        return self.whole

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

    def need_entries(self, *directories: str) -> None:
        self.whole.need_entries(*directories)

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
