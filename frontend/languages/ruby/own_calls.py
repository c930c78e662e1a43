"""What an app's own code starts that an image without a shell cannot: scripts, as Bundler and the programs of gems are,
and texts that Ruby gives to a shell.

Source: https://docs.ruby-lang.org/en/master/Process.html, "Execution Shell"
"""

import re
from collections.abc import Iterable, Iterator
from posixpath import normpath

from frontend.commands.unwrap import SHELLS
from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.registry import RUBY
from frontend.languages.ruby import boot, rack_boot, servers
from frontend.languages.ruby.bundle import Bundle
from frontend.languages.ruby.gemfile import without_comment
from frontend.plan.model import Process, Warning
from frontend.rules import without_shell
from frontend.rules.without_shell import Start
from frontend.settings.model import Settings

HARDENED = "hardened"
WAY_OUT = (
    'start scripts by ruby (system("ruby", "-S", "bundle", "exec", "NAME")), and give programs their arguments '
    'one by one (system("NAME", "ARGUMENT"))'
)
# Sources: https://github.com/thoughtbot/terrapin, https://github.com/markevans/dragonfly (lib/dragonfly/shell.rb)
BY_SHELL = frozenset(("cocaine", "dragonfly", "terrapin"))
MAX_FILES = 120  # of an app's code that are read for it
RAILS = "config/application.rb"
CODE = ("lib", "app")  # directories
NO_CODE = frozenset(("assets", "javascript", "views"))  # in them
SELDOM = tuple(f"app/{name}/" for name in ("controllers", "helpers", "mailers", "policies", "serializers", "views"))
CALL = re.compile(
    r"(?:(?<![\w.:@$])(exec|system|spawn)|\b(?:Kernel|Process)\.(exec|system|spawn)"
    r"|\b(?:Open3|IO|PTY)\.(popen\w*|capture\w+|spawn))(?:\s*\(\s*|[ \t]+)"
)
BEFORE = re.compile(r"(?:\{[^{}]*\}|[A-Za-z_]\w*|ENV\.to_h)\s*,\s*")  # the variables of the program
TEXT = re.compile(r"""(["'])((?:\\.|#\{[^}]*\}|(?!\1).)*)\1""", re.DOTALL)
MORE = re.compile(r"""\s*,\s*(?!\w+:|:\w+\s*=>|["']\w+["']\s*=>|\*\*)""")  # another argument that is no option
BACKTICKS = re.compile(r"(?:(?<=[=({,])|(?<=\breturn)|(?<=\bputs)|^)\s*`([^`\n]+)`", re.MULTILINE)
MAYBE = re.compile(r"""[\s)](if|unless)\s.+$""")
UNKNOWN = "_"  # in place of what a running app fills in
FILLED = re.compile(r"#\{[^}]*\}")
FOR_SHELLS = re.compile(r"[*?{}\[\]<>()~&|\\$;'`\"\n#]")
BUILTINS = frozenset("cd exit export source . if for while case set ulimit trap exec eval type command".split())
PROGRAMS = frozenset((*RUBY.interpreters[0].names, *RUBY.programs, *servers.NAMES)) - {"ruby"}
SCRIPT = re.compile(r"#!\s*(?:/usr)?/bin/(env\s|(?:ba|da|a)?sh\b)")


def doubts(
    tree: SourceTree, settings: Settings, gems: Bundle | None, processes: Iterable[Process]
) -> Iterator[Warning]:
    """The warnings for what the code starts, or a gem, where the image has no shell.

    Raises PlanError for a process whose first file starts such a program in its own place: it has no other way to go.
    """
    if settings.flavour is None or settings.flavour.value != HARDENED:
        return
    processes = tuple(processes)
    for process in processes:
        for path in rack_boot.started(tree, process)[:1]:
            ends = next((one for one in starts(tree, path) if one.ends), None)
            if ends is not None and settings.runtime_base is None:
                raise replaced(ends, process)
    found = [one for path in files(tree, processes) for one in starts(tree, path)]
    yield from without_shell.doubt(found, WAY_OUT)
    if gems is None:
        return
    for gem in sorted(BY_SHELL & gems.names):
        listed = gems.gemfile.get(gem)
        yield Warning(
            "gem-starts-shell",
            f"the gem {gem} gives its commands to a shell, which this image does not have",
            listed.at if listed is not None else gems.at,
            "use a gem that starts programs by themselves, such as image_processing; with FLAVOUR=standard the image "
            "has a shell",
        )


def files(tree: SourceTree, processes: Iterable[Process]) -> list[str]:
    """The files of an app's code that are read for what they start: those that its processes load, then others, those
    that seldom start anything at the end. Of Rails the first are not followed: it boots by files of its own."""
    others = code_files(tree)
    begun: Iterable[str] = ()
    if not tree.has(RAILS):
        begun = (path for process in processes for path in rack_boot.loaded(tree, rack_boot.started(tree, process)))
    others.sort(key=lambda path: path.startswith(SELDOM))
    found = list(dict.fromkeys((*begun, *others)))[:MAX_FILES]
    tree.need(*found)  # in one request, not one for each pattern
    return found


def code_files(tree: SourceTree) -> list[str]:
    """The files of an app's code: of its root, where it is not Rails, which loads nothing of that (scripts of
    developers are there); of lib and app, and below. Names come by one request for each depth."""
    tree.need_entries(*CODE)
    first = inside(tree, CODE)
    tree.need_entries(*first)
    second = inside(tree, [dir for dir in first if dir.startswith("app/")])
    tree.need_entries(*second)
    root = tree.glob("*.rb") if not tree.has(RAILS) else ()
    below = (f"{dir}/{name}" for dir in ("lib", *first, *second) for name in sorted(tree.entries(dir)))
    return [*root, *(path for path in below if path.endswith(".rb") and tree.has(path))]


def inside(tree: SourceTree, dirs: Iterable[str]) -> list[str]:
    """The directories in some, those without Ruby code left out."""
    named = ((dir, entry) for dir in dirs for entry in tree.entries(dir).values())
    return sorted(f"{dir}/{one.name}" for dir, one in named if one.kind == "dir" and one.name not in NO_CODE)


def replaced(start: Start, process: Process) -> PlanError:
    """The error for a process that ends at its start."""
    return PlanError(
        f"{start.at.file} replaces itself with {start.program}, {without_shell.LACKS}",
        at=start.at,
        hint=f"have the process {process.name} start that itself ({process.name}: bundle exec …, in a Procfile or by "
        'RUN_COMMAND), or write exec("ruby", "-S", "bundle", …); with FLAVOUR=standard the image has both',
    )


def starts(tree: SourceTree, path: str) -> list[Start]:
    """The calls of a file that start what needs a shell or /usr/bin/env, in their order."""
    if not tree.has(path):
        return []
    lines = [code(line) for line in boot.text_of(tree, path).splitlines()]
    text = "\n".join(lines)
    if not CALL.search(text) and "`" not in text:
        return []
    always = {number for number, _ in boot.lines(tree, path)}
    found: list[tuple[int, str, bool]] = []
    for call in CALL.finditer(text):
        program = of_call(tree, text, call.end())
        if program:
            ends = "exec" in (call[1], call[2]) and MAYBE.search(statement(text, call.start())) is None
            found.append((call.start(), program, ends))
    for call in BACKTICKS.finditer(text):
        program = of_text(tree, call[1], script_only=True)
        if program:
            found.append((call.start(1), program, False))
    placed = [(text.count("\n", 0, start) + 1, program, ends) for start, program, ends in sorted(found)]
    return [Start(program, tree.at(path, line), ends and line in always) for line, program, ends in placed]


def statement(text: str, start: int) -> str:
    """A call with what follows it on its last line."""
    depth, end = 0, start
    while end < len(text) and (depth or text[end] != "\n"):
        depth += (text[end] in "([{") - (text[end] in ")]}")
        end += 1
    return text[start:end]


def code(line: str) -> str:
    """A line without its comment; one with a command in it, which may have a `#`, only where it is none itself."""
    if "`" in line or "%x" in line:
        return "" if line.lstrip().startswith("#") else line
    return without_comment(line)[0]


def of_call(tree: SourceTree, text: str, start: int) -> str:
    """What a call starts that cannot run, from its first argument on; "" for what can, and what is not known."""
    first = TEXT.match(text, start)
    if first is None and (before := BEFORE.match(text, start)) is not None:
        first = TEXT.match(text, before.end())
    if first is None:
        return ""
    if MORE.match(text, first.end()):
        return named(tree, first[2])
    return of_text(tree, first[2])


def of_text(tree: SourceTree, text: str, *, script_only: bool = False) -> str:
    """What a text starts that cannot run: a script, or a shell for what only that reads; "" for what can run.

    With `script_only` a shell is not counted: what stands in backticks may be no command.
    """
    plain = FILLED.sub(UNKNOWN, text).strip()
    words = plain.split()
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words = words[1:]
    program = named(tree, words[0]) if words else ""
    if program or script_only:
        return program
    if words and (FOR_SHELLS.search(plain) or words[0] in BUILTINS or words != plain.split()):
        return without_shell.shell(words[0])
    return ""


def named(tree: SourceTree, name: str) -> str:
    """A program that is a script of a gem or of the app, or a shell; "" for others."""
    base = name.rpartition("/")[2]
    if base in SHELLS or (name in PROGRAMS and "/" not in name):
        return name
    path = normpath(name.removeprefix("/app/"))
    if "/" not in name or "#{" in name or path.startswith(("/", "..")) or not tree.has(path):
        return ""
    return name if SCRIPT.match(boot.text_of(tree, path)) else ""
