"""A Gemfile, as far as its declarations say: it is Ruby, which is read here and never run.

Gems, groups, paths and the Ruby version are written as literals in nearly all Gemfiles. What is computed is left to
Bundler: the lockfile has its result. Source: https://bundler.io/man/gemfile.5.html
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location, SourceError
from frontend.paths import within

NAMES = (("Gemfile", "Gemfile.lock"), ("gems.rb", "gems.locked"))  # a manifest and its lockfile
STRING = re.compile(r"""(['"])((?:\\.|(?!\1).)*)\1""")
WORD = re.compile(r""":(\w+)|['"]([\w-]+)['"]|%[iIwW][\[({]([^\])}]*)[\])}]""")
OPTION = re.compile(
    r"""(?::(\w+)\s*=>|\b(\w+):(?!:))\s*(\[[^\]]*\]|%[iIwW][\[({][^\])}]*[\])}]|"[^"]*"|'[^']*'|[^,\s)]+)"""
)
INTERPOLATED = re.compile(r'"([^"#]*)#\{([^}]*)\}')  # "~> #{File.read(".ruby-version").strip}"
READS = re.compile(r"\b(?:File|IO)\.read\b|\.read\b")
CALL = re.compile(r"(\w+)\b[ \t(]*")
OPENS = re.compile(r"\bdo\s*(?:\|[^|]*\|)?$")
HERE = re.compile(
    r"(ruby|mri)(_\d+)?"
)  # platforms of a gem that are ours: https://bundler.io/man/gemfile.5.html#PLATFORMS
COMPOUND = frozenset(("if", "unless", "case", "while", "until", "begin", "def", "class", "module", "for"))
CONTINUES = (",", "\\", "(", "[", "{", "&&", "||", "=>")
DECLARES = (
    "gem",
    "source",
    "ruby",
    "group",
    "path",
    "git",
    "github",
    "gemspec",
    "eval_gemfile",
    "platforms",
    "platform",
)
BRANCHES = ("if", "unless", "else", "elsif", "install_if", "end")  # with DECLARES, what needs no reader of all of Ruby
MAX_FILES = 20  # Gemfiles that one reads in turn


class Gem(Struct, frozen=True):
    """A gem that a Gemfile lists: its requirements, the groups it is in (() for the default), its `path` or "".

    `git` is the URL of its repository. `required` says that Bundler.require loads it. `platforms` are those that it is
    limited to, as Bundler calls them; () for none.
    """

    name: str
    requirements: tuple[str, ...]
    groups: tuple[str, ...]
    at: Location
    path: str = ""
    git: str = ""
    required: bool = True
    platforms: tuple[str, ...] = ()

    def is_in(self, groups: frozenset[str]) -> bool:
        """Whether it is installed where these groups are left out."""
        here = not self.platforms or any(HERE.fullmatch(one) for one in self.platforms)
        return here and (not self.groups or not set(self.groups) <= groups)


class RubyVersion(Struct, frozen=True):
    """The Ruby that a Gemfile requires: requirements with commas between, or the `file` that has the version.

    `text` is then the operator in front of what the file has, "" for none.
    """

    text: str
    at: Location
    file: str = ""
    engine: str = ""


class Gemfile(Struct, frozen=True):
    """What a Gemfile declares. `reads` are files of the app that it reads, those of other Gemfiles among them.

    `gemspecs` are the directories whose gemspec it takes ("" for its own).
    """

    path: str
    lockfile: str
    gems: tuple[Gem, ...] = ()
    ruby: RubyVersion | None = None
    reads: tuple[str, ...] = ()
    gemspecs: tuple[str, ...] = ()

    def get(self, name: str) -> Gem | None:
        """The gem of a name; None for one that is not listed."""
        return next((gem for gem in self.gems if gem.name == name), None)

    def left_out(self, groups: frozenset[str]) -> frozenset[str]:
        """The names of the gems that are in no other group than these, or for other platforms alone."""
        kept = {gem.name for gem in self.gems if gem.is_in(groups)}
        return frozenset(gem.name for gem in self.gems) - kept


class Statement(Struct, frozen=True):
    """A statement of one line or several, without comments; `line` is where it begins, `first` its first word."""

    text: str
    line: int

    @property
    def first(self) -> str:
        """The name of the method that is called, or the keyword."""
        found = CALL.match(self.text)
        return found[1] if found is not None else ""

    @property
    def arguments(self) -> str:
        """What stands behind that name."""
        found = CALL.match(self.text)
        return self.text[found.end() :] if found is not None else ""


def find(tree: SourceTree) -> tuple[str, str] | None:
    """The manifest of an app, and what its lockfile is called; None without one. Bundler prefers gems.rb."""
    found = [(manifest, lock) for manifest, lock in NAMES if tree.has(manifest)]
    return found[-1] if found else None


def read(tree: SourceTree) -> Gemfile | None:
    """The Gemfile in the root of a tree; None without one. Raises SourceError for one that Ruby would not read."""
    found = find(tree)
    if found is None:
        return None
    path, lock = found
    parts = list(_parts(tree, path, set()))
    return Gemfile(
        path,
        lock,
        tuple(gem for part in parts for gem in part.gems),
        next((part.ruby for part in parts if part.ruby is not None), None),
        tuple(dict.fromkeys(name for part in parts for name in (part.path, *part.reads) if name != path)),
        tuple(dict.fromkeys(dir for part in parts for dir in part.gemspecs)),
    )


def _parts(tree: SourceTree, path: str, seen: set[str]) -> Iterator[Gemfile]:
    """What a Gemfile declares, and those that it evaluates."""
    if path in seen or len(seen) >= MAX_FILES or not tree.has(path):
        return
    seen.add(path)
    part, evaluated = _part(tree, path)
    yield part
    for other in evaluated:
        yield from _parts(tree, other, seen)


def _part(tree: SourceTree, path: str) -> tuple[Gemfile, list[str]]:
    gems: list[Gem] = []
    ruby: RubyVersion | None = None
    reads: list[str] = []
    gemspecs: list[str] = []
    evaluated: list[str] = []
    blocks: list[Statement] = []
    base = path.rpartition("/")[0]
    found = tuple(statements(tree, path))
    plain = all(statement.first in (*DECLARES, *BRANCHES) for statement in found)
    for statement in found:
        if statement.first == "end":
            if plain and not blocks:
                raise unbalanced("unexpected end, which closes no block", tree.at(path, statement.line))
            blocks = blocks[:-1]
            continue
        at = tree.at(path, statement.line)
        match statement.first:
            case "gem" if gem := _gem(statement, at, blocks):
                gems.append(gem)
            case "ruby":
                ruby = ruby or _ruby(statement, at)
            case "gemspec":
                gemspecs.append(within(base, option(statement.arguments, "path")))
            case "eval_gemfile":
                evaluated += [within(base, text) for text in strings(statement.text)[:1]]
        reads += [within(base, text) for text in literals(statement.text) if is_file(tree, within(base, text))]
        if OPENS.search(statement.text) or (statement.first in COMPOUND and not statement.text.endswith(" end")):
            blocks.append(statement)
    if plain and blocks:
        raise unbalanced(f"{blocks[-1].first} is never closed by end", tree.at(path, blocks[-1].line))
    return Gemfile(path, "", tuple(gems), ruby, tuple(reads), tuple(gemspecs)), evaluated


def _gem(statement: Statement, at: Location, blocks: list[Statement]) -> Gem | None:
    """The gem that a statement lists, with what the blocks around say of it; None where its name is computed."""
    arguments = statement.arguments
    name = STRING.match(arguments)
    if name is None:
        return None
    rest = arguments[name.end() :]
    listed = re.match(rf"(?:\s*,\s*\[?\s*{STRING.pattern}(?!\s*(?:=>|:))\s*\]?)*", rest)
    groups = [word for key in ("group", "groups") for word in words(option(rest, key, raw=True))]
    groups += [word for block in blocks if block.first == "group" for word in words(block.arguments)]
    path = option(rest, "path") or next((first(one.arguments) for one in blocks if one.first == "path"), "")
    github = option(rest, "github")
    around = next((first(one.arguments) for one in blocks if one.first == "git"), "")
    git = option(rest, "git") or (f"https://github.com/{github}.git" if github else around)
    requirements = strings(listed[0]) if listed is not None else []
    required = option(rest, "require", raw=True) != "false"
    platforms = [word for key in ("platform", "platforms") for word in words(option(rest, key, raw=True))]
    platforms += [word for one in blocks if one.first in ("platform", "platforms") for word in words(one.arguments)]
    return Gem(name[2], tuple(requirements), tuple(groups), at, path, git, required, tuple(platforms))


def _ruby(statement: Statement, at: Location) -> RubyVersion | None:
    """The version that a statement requires: its literals that are versions, or the file that it reads."""
    file = option(statement.arguments, "file")
    engine = option(statement.arguments, "engine", raw=True).strip("'\":")
    plain = statement.arguments.partition("engine")[0]
    found = [text for text in strings(plain) if re.match(r"[<>=~! ]*\d", text)]
    computed = next((one for one in INTERPOLATED.finditer(plain)), None)
    if not file and READS.search(plain):
        file = first(computed[2] if computed is not None else plain)
        found = [computed[1].strip()] if computed is not None else []
    if not found and not file:
        return None
    return RubyVersion(", ".join(found), at, file, engine if engine != "ruby" else "")


def is_file(tree: SourceTree, path: str) -> bool:
    """Whether a string of a Gemfile names a file of the app."""
    plain = path and not path.startswith(("/", "..", "~")) and not set(path) & set("*?#{}$<>= \t\n")
    return bool(plain) and ("." in path or "/" in path) and "://" not in path and tree.has(path)


def option(text: str, name: str, *, raw: bool = False) -> str:
    """The value of an option, "" without it: `path: "x"`, `:path => "x"`; `raw` as it is written."""
    value = next((found[3] for found in OPTION.finditer(text) if name in (found[1], found[2])), "")
    return value if raw else first(value)


def strings(text: str) -> list[str]:
    """The literals of a text, in order."""
    return [found[2] for found in STRING.finditer(text)]


def literals(text: str) -> list[str]:
    """The literals of a text, with those in what is computed inside of one."""
    return [*strings(text), *(inner for found in INTERPOLATED.finditer(text) for inner in strings(found[2]))]


def first(text: str) -> str:
    """The first literal of a text, "" without one."""
    return next(iter(strings(text)), "")


def words(text: str) -> list[str]:
    """The symbols and strings of a text: `:a, :b`, `%i[a b]`, `["a"]`."""
    found = (one[1] or one[2] or one[3] for one in WORD.finditer(text))
    return [word.strip(":\"',") for some in found for word in some.split()]


# --- statements


def statements(tree: SourceTree, path: str) -> Iterator[Statement]:
    """The statements of a file of Ruby's declarations, without comments, each on one line.

    Raises SourceError for a declaration whose string is never closed.
    """
    text, start = "", 0
    hidden = False  # between =begin and =end
    for number, raw in enumerate(tree.read_lines(path) or (), 1):
        if raw.startswith("__END__"):
            break
        if hidden or raw.startswith("=begin"):
            hidden = not raw.startswith("=end")
            continue
        line, closed = without_comment(raw)
        if not closed and raw.split(None, 1)[0].rstrip("(") in DECLARES:
            raise SourceError(
                f"a string in line {number} of {path} is never closed",
                at=tree.at(path, number),
                hint="close it: Bundler cannot read the file either",
            )
        line = line.strip()
        if not line:
            continue
        start = start if text else number
        text = f"{text} {line}".strip()
        if text.endswith(CONTINUES) and not OPENS.search(text):
            text = text.removesuffix("\\").strip()
            continue
        yield Statement(text, start)
        text = ""
    if text:
        if text.split(None, 1)[0].rstrip("(") in DECLARES:
            raise unbalanced(f"the file ends behind {text[-1]}", tree.at(path, start))
        yield Statement(text, start)


def unbalanced(message: str, at: Location) -> SourceError:
    """The error for a Gemfile that Ruby would not read."""
    return SourceError(f"{at.file} is not valid Ruby: {message}", at=at, hint="Bundler cannot read the file either")


def without_comment(line: str) -> tuple[str, bool]:
    """A line without its comment, and whether all its strings are closed."""
    quote, escaped = "", False
    for index, char in enumerate(line):
        if escaped:
            escaped = False
        elif quote:
            escaped = char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#":
            return line[:index], True
    return line, not quote
