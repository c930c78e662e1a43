"""What a Rack app, or a script, reads while it boots and ends without: variables without a default, settings of Hanami.

From the file that is started on, the app's own files that it requires are read as far as loading them evaluates them:
what is in a method or a block for later does not count.
"""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.ruby import boot
from frontend.languages.ruby.bundle import Bundle
from frontend.languages.ruby.gemfile import without_comment
from frontend.plan.model import Process, Warning
from frontend.settings.model import Settings

RACK_UP, PUMA = "config.ru", "config/puma.rb"
MAX_FILES = 60  # that are followed
SUFFIXES = (".rb", ".ru")
SCRIPT_NAME = re.compile(r"[\w./-]*(?:/[\w.-]+|\.r[bu])")  # a path, or a file of Ruby's
OF_RUBY = re.compile(r"#!.*\bruby\b")
LOADS_PROGRAM = re.compile(r"""\bGem\.(?:activate_)?bin_path\b|\brequire\s*\(?["']rails/commands\b""")
REQUIRED = re.compile(
    r"""^\s*(?:require|require_relative|load)\s*\(?\s*(?:File\.(?:expand_path|join)\s*\(?\s*(?:__dir__\s*,\s*)?)?(['"])([\w./-]+)\1(.*)"""
)
SETTING = re.compile(r"^\s*setting\s*\(?\s*:(\w+)\b(.*)")
OPTIONAL = re.compile(r"\bdefault:|\.optional\b|\.default\b|\bNil\b")
SETTINGS = "config/settings.rb"
TEXT = re.compile(r"constructor:\s*Types::(?:Coercible::|Strict::|Params::)?String\s*$")
# of the container, or of the image
THERE = frozenset("PORT HOME PATH USER PWD HOSTNAME LANG TZ RACK_ENV APP_ENV RAILS_ENV HANAMI_ENV PIDFILE".split())
PLACEHOLDER = "none"


def doubts(tree: SourceTree, settings: Settings, gems: Bundle | None, web: Process) -> Iterator[Warning]:
    """The warning for the variables that the web process of the app in the root of a tree does not boot without."""
    given = {*dict(settings.run_env), *dict(web.env), *THERE}
    left = [(name, at) for name, at in needed(tree, gems, web).items() if name not in given]
    yield from boot.unset(left)


def needed(tree: SourceTree, gems: Bundle | None, web: Process) -> dict[str, Location]:
    """The variables without a default that are read while the app boots, each with its place."""
    found: dict[str, Location] = {}
    for path in loaded(tree, started(tree, web)):
        for name, at in boot.fetched(tree, path):
            found.setdefault(name, at)
    for name, at, _ in required_settings(tree, gems):
        found.setdefault(name, at)
    return found


def started(tree: SourceTree, web: Process) -> list[str]:
    """The files that a process begins with: the scripts that its command names, else config.ru and its server's own."""
    named = [
        word.removeprefix("./") for word in re.split(r"[\s;&|]+", " ".join(web.args)) if SCRIPT_NAME.fullmatch(word)
    ]
    scripts = [path for path in named if tree.has(path) and (path.endswith(SUFFIXES) or is_script(tree, path))]
    served = not scripts or all(path.startswith("config/") for path in scripts)
    return list(dict.fromkeys((*scripts, *((RACK_UP, PUMA) if served and tree.has(RACK_UP) else ()))))


def is_script(tree: SourceTree, path: str) -> bool:
    """Whether a file is Ruby of the app by its first line, and not a stub that loads a gem's program."""
    first, _, rest = boot.text_of(tree, path).partition("\n")
    return OF_RUBY.match(first) is not None and LOADS_PROGRAM.search(rest) is None


def loaded(tree: SourceTree, paths: list[str]) -> Iterator[str]:
    """These files and those of the app that loading them requires, in the order of a boot as far as it is known."""
    todo, seen = list(paths), set(paths)
    while todo and len(seen) <= MAX_FILES:
        path = todo.pop(0)
        if not tree.has(path):
            continue
        yield path
        for _, line in boot.lines(tree, path):
            match = REQUIRED.match(line)
            found = resolved(tree, path, line, match) if match is not None else None
            if found is not None and found not in seen:
                seen.add(found)
                todo.append(found)


def resolved(tree: SourceTree, path: str, line: str, match: re.Match[str]) -> str | None:
    """The file of the app that a line requires; None for a gem, and for what only a running app knows."""
    name, rest = match[2], match[3]
    if re.search(r"\b(if|unless)\b", without_comment(rest)[0]):
        return None
    if "__FILE__" in rest:  # relative to the file, not to its directory
        places = [normpath(join(path, name))]
    elif "require_relative" in line or "__dir__" in line:
        places = [normpath(join(dirname(path), name))]
    elif name.startswith("./"):
        places = [normpath(name)]
    else:
        places = [name, join("lib", name)]
    for place in places:
        for file in (place, f"{place}.rb"):
            if file.endswith(".rb") and not file.startswith(("..", "/")) and tree.has(file):
                return file
    return None


def required_settings(tree: SourceTree, gems: Bundle | None) -> list[tuple[str, Location, str]]:
    """The settings of a Hanami app whose value is checked, and has no default: variable, place, and what stands in for
    it where nothing asks for it, "" for nothing.

    Source: https://guides.hanamirb.org/v2.2/app/settings/
    """
    if gems is None or "hanami" not in gems.names or not tree.has(SETTINGS):
        return []
    found = []
    for number, line in enumerate(tree.read_lines(SETTINGS) or (), 1):
        text = without_comment(line)[0].rstrip()
        match = SETTING.match(text)
        if match is not None and "constructor:" in match[2] and not OPTIONAL.search(match[2]):
            stand_in = PLACEHOLDER if TEXT.search(match[2].rstrip(") ")) else ""
            found.append((match[1].upper(), tree.at(SETTINGS, number), stand_in))
    return found
