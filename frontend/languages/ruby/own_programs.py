"""What an app's own code starts that no gem of its tells of: `system("convert …")`, backticks, Open3.

Source: https://docs.ruby-lang.org/en/master/Process.html, "Process Creation"
"""

import re
from collections.abc import Iterable, Iterator

from frontend.context.tree import SourceTree
from frontend.languages import started
from frontend.languages.ruby import boot, own_calls
from frontend.languages.ruby.own_calls import BACKTICKS, BEFORE, CALL, FILLED, TEXT, UNKNOWN
from frontend.languages.started import Used
from frontend.plan.model import Process

LINES = re.compile(r"\b(?:Terrapin|Cocaine)::CommandLine\.new\s*\(?\s*")  # a gem's way to start a program
PERCENT = re.compile(r"%x([\[({|!])(.*?)[\])}|!]", re.DOTALL)
LISTED = re.compile(r"%[wW][\[({]([^\])}]*)[\])}]")
NEXT = re.compile(r"\s*,\s*")
NAME = re.compile(r"\*?((?:@{1,2}|\$)?[A-Za-z_]\w*)\b(?!\s*[.(:])")  # a variable, or a constant
SCHEMA = "db/structure.sql"
LOADS = {"pg": "psql", "mysql2": "mysql", "trilogy": "mysql", "sqlite3": "sqlite3"}  # gem -> the database's program
OF_PROGRAM = re.compile(r"(.+)[-_](?:bin|binary|static|heroku)")
MAX_FILES = 60  # read for it: what is deeper in a larger app is named by RUN_PACKAGES
APART = re.compile(r"&&|\|\||[;|]")
RUNNERS = ("which", "nice", "nohup", "exec", "command", "-v", "sudo", "time")


def used(tree: SourceTree, gems: frozenset[str], processes: Iterable[Process]) -> tuple[Used, ...]:
    """What the code of the app in the root of a tree starts, each package once; without what a gem is the program of
    ("pandoc_binary"), which Bundler has in front."""
    found = list(of_schema(tree, gems))
    for path in own_calls.files(tree, processes)[:MAX_FILES]:
        lines = [own_calls.code(line) for line in boot.text_of(tree, path).splitlines()]
        text = "\n".join(lines)
        for start, command in sorted(commands(text)):
            at = tree.at(path, text.count("\n", 0, start) + 1)
            found += (one for part in APART.split(command) if (one := started.needed(behind(part), at)) is not None)
    own = {match[1] for gem in gems if (match := OF_PROGRAM.fullmatch(gem)) is not None}
    return started.first(one for one in found if one.name not in own)


def of_schema(tree: SourceTree, gems: frozenset[str]) -> Iterator[Used]:
    """The program that loads a schema which is SQL, as db:prepare does: that of the database which the gems are for.

    Source: https://guides.rubyonrails.org/active_record_migrations.html#types-of-schema-dumps
    """
    tree.need(SCHEMA)
    program = next((name for gem, name in LOADS.items() if gem in gems), "")
    if program and tree.has(SCHEMA) and (one := started.needed(program, tree.at(SCHEMA))) is not None:
        yield one


def commands(text: str) -> Iterator[tuple[int, str]]:
    """The commands that a file starts, each with its place: a program, and what is written behind it."""
    for pattern in (CALL, LINES):
        for call in pattern.finditer(text):
            yield from ((call.start(), command) for command in of_argument(text, call.end()))
    for match in BACKTICKS.finditer(text):
        yield match.start(1), filled(match[1])
    for match in PERCENT.finditer(text):
        yield match.start(), filled(match[2])


def of_argument(text: str, start: int) -> Iterator[str]:
    """What a call starts by its first argument: that itself, or what the file gives its variable."""
    whole = words(text, start)
    if not whole and (before := BEFORE.match(text, start)) is not None:
        whole = words(text, before.end())
    if whole:
        yield whole
    elif (name := NAME.match(text, start)) is not None:
        for given in re.finditer(rf"(?<![\w.@$]){re.escape(name[1])}\s*=\s*", text):
            yield words(text, given.end())


def words(text: str, start: int) -> str:
    """A literal at a place with the one behind it: `"git", "log"`, `["git", "log"]`, `%w[git log]`; "" for others."""
    start += text.startswith(("[", "*"), start)
    listed = LISTED.match(text, start)
    if listed is not None:
        return filled(listed[1])
    first = TEXT.match(text, start)
    if first is None:
        return ""
    comma = NEXT.match(text, first.end())
    second = TEXT.match(text, comma.end()) if comma is not None else None
    return filled(first[2] if second is None else f"{first[2]} {second[2]}")


def filled(text: str) -> str:
    """A text without what a running app fills in."""
    return FILLED.sub(UNKNOWN, text)


def behind(command: str) -> str:
    """A command without variables and programs that only start another one in front of it."""
    words = command.strip("() \n").split()
    while words and (words[0] in RUNNERS or re.fullmatch(r"[A-Z_]+=\S*", words[0])):
        words = words[1:]
    return " ".join(words)
