"""What started files run: by a shell, or by a script that needs /usr/bin/env, and programs that the image lacks.

Source: https://nodejs.org/api/child_process.html: `exec` and the option `shell` run /bin/sh.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from frontend.commands.unwrap import SHELLS
from frontend.errors import Location
from frontend.languages import started
from frontend.languages.started import Used
from frontend.plan.model import Warning
from frontend.rules import without_shell
from frontend.rules.without_shell import Start

MODULE = "child_process"
TEXT = r"""\s*(?:(?P<quote>['"`])(?P<text>[^'"`\n]*))?"""
# as it is written, and as compilers write it: (0, child_process_1.exec)("…")
EXEC = re.compile(rf"(?:(?<![\w.$])|\b(?:\w*child_process\w*|childProcess|cp)\.)(?:exec|execSync)\)?\s*\({TEXT}")
PROMISED = re.compile(r"\bpromisify\(\s*(?:\w+\.)?exec\s*\)")
STARTS = re.compile(rf"(?<![\w$])(?:spawn|spawnSync|execFile|execFileSync)\)?\s*\({TEXT}")
ARGUMENT = re.compile(r"""['"`]\s*,\s*\[\s*['"`]([^'"`\n ]*)""")
OPTION = re.compile(r"\bshell\s*:\s*true\b")
DEFINES = re.compile(r"\bfunction\s*$|\basync\s*$")
SCRIPTS = frozenset(("npm", "npx", "yarn", "pnpm", "pnpx", "corepack", *SHELLS))
NOT_SHIPPED = ("pnpm", "pnpx")  # package managers that install an app and are in no image of Node.js
BY_NODE = "start what its script runs by process.execPath, or by npm run, which the image has"
OF_PACKAGES = "node_modules/.bin/"
LONG_LINE = 1000  # characters of a line that no one wrote
WAY_OUT = (
    "start programs by spawn or execFile with their arguments in a list, those of packages by "
    'spawn(process.execPath, ["FILE"])'
)


def doubts(texts: Mapping[str, str], at: Callable[[str, int], Location]) -> tuple[Warning, ...]:
    """The warning for what files start that needs a shell; `at` is the place of a line of one."""
    found = [
        Start(program, at(file, text.count("\n", 0, start) + 1))
        for file, text in texts.items()
        if MODULE in text
        for start, program in sorted(starts(text))
    ]
    return without_shell.doubt(found, WAY_OUT)


def programs(texts: Mapping[str, str], at: Callable[[str, int], Location], there: Iterable[str]) -> Iterator[Warning]:
    """The warnings for programs that files start and the image does not have; `there` are its Debian packages."""
    found: list[Used] = []
    managers: dict[str, Warning] = {}
    for file, text in texts.items():
        for match in (*EXEC.finditer(text), *STARTS.finditer(text)) if MODULE in text else ():
            name, behind = match["text"] or "", ARGUMENT.match(text, match.end())
            place = at(file, text.count("\n", 0, match.start()) + 1)
            if not is_code(text, match.start()):
                continue
            program = name.partition(" ")[0]
            if program in NOT_SHIPPED:
                told = f"the code starts {program}, which the image does not have"
                managers.setdefault(program, Warning("program-missing", told, place, BY_NODE))
            one = started.needed(f"{name} {behind[1]}" if behind is not None else name, place)
            found += [one] if one is not None else []
    yield from started.lacking(started.first(found), there)
    yield from managers.values()


def starts(text: str) -> Iterator[tuple[int, str]]:
    """Where a text starts what needs a shell, and what that is."""
    for match in (*EXEC.finditer(text), *PROMISED.finditer(text), *OPTION.finditer(text)):
        if is_code(text, match.start()):
            yield match.start(), without_shell.shell(match["text"] or "" if "text" in match.re.groupindex else "")
    for match in STARTS.finditer(text):
        name = match["text"] or ""
        if is_code(text, match.start()) and (name.rpartition("/")[2] in SCRIPTS or OF_PACKAGES in name):
            yield match.start(), name


def is_code(text: str, start: int) -> bool:
    """Whether a place is in a line that someone wrote, is no comment, and defines nothing."""
    begin, end = text.rfind("\n", 0, start) + 1, text.find("\n", start)
    line = text[begin : end if end >= 0 else None]
    before = text[begin:start]
    written = len(line) <= LONG_LINE and "//" not in before.replace("://", "")
    return written and not before.lstrip().startswith("*") and DEFINES.search(before) is None
