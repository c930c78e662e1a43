"""Commands of a user that name a package manager: `uv run gunicorn app:app` is `gunicorn app:app` in the image.

The manager is not there, nor needed: the virtualenv's programs come first in PATH. Names of scripts that the manager
has in a manifest are replaced by what they run.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, structs

from frontend.commands.shell import Word, lex, parse, replaced_by_last
from frontend.context.tree import SourceTree
from frontend.languages.python import manifests
from frontend.plan.model import Process

# the options of `MANAGER run` that take a value of their own word; all others stand alone, or have theirs after "="
TAKES_VALUE = {
    "uv": frozenset(
        ("--with", "--with-editable", "--with-requirements", "-w", "--python", "-p", "--extra", "--no-extra", "--group",
         "--no-group", "--only-group", "--package", "--project", "--directory", "--env-file", "--index", "-i",
         "--default-index", "--index-url", "--extra-index-url", "--find-links", "-f", "--config-file", "--cache-dir",
         "--refresh-package", "--reinstall-package", "--upgrade-package", "-P", "--color", "--link-mode",
         "--prerelease", "--resolution", "--config-setting", "-C", "--index-strategy", "--keyring-provider",
         "--exclude-newer", "--allow-insecure-host", "--no-build-package", "--no-binary-package", "--python-platform")
    ),
    "poetry": frozenset(("--directory", "-C", "--project", "-P")),
    "pdm": frozenset(("--project", "-p", "--venv", "--config", "-c")),
    "pipenv": frozenset(("--python", "--pypi-mirror")),
    "hatch": frozenset(("--env", "-e", "--project", "-p", "--data-dir", "--cache-dir", "--config")),
    "rye": frozenset(("--pyproject", "-p")),
}  # fmt: skip
RUNS_FILES = ("uv", "pdm", "rye")  # `MANAGER run x.py` is `python x.py`
MAX_DEPTH = 4  # scripts that run scripts
ENDS = ("&&", "||", ";", "|", "&", "\n", "(", ")", ";;")  # operators between commands; the others redirect
BEFORE = ("exec", "env", "time", "if", "then", "else", "do", "while", "until", "!", "{")  # words before a program
Scripts = dict[str, str]


class Managed(Struct, frozen=True):
    """What `MANAGER run …` runs: the words from `skip` on, after `lead`; or the text of a manifest's script."""

    skip: int
    lead: tuple[str, ...] = ()
    script: str = ""


def unwrapped(processes: tuple[Process, ...], scripts: Scripts) -> tuple[Process, ...]:
    """The processes without their managers, the names of a manifest's scripts replaced by what they run."""
    return tuple(one_unwrapped(process, scripts) for process in processes)


def one_unwrapped(process: Process, scripts: Scripts) -> Process:
    """A process without its manager."""
    for _ in range(MAX_DEPTH):
        changed = in_shell(process, scripts) if process.shell else in_words(process, scripts)
        if changed == process:
            break
        process = changed
    return process


def in_words(process: Process, scripts: Scripts) -> Process:
    """A process that needs no shell, without its manager."""
    args = process.args
    start = next((i for i, word in enumerate(args) if i and "=" not in word), 0) if args[0] == "env" else 0
    found = managed(args[start:], scripts)
    if found is None:
        return process
    before, rest = args[:start], args[start:][found.skip :]
    if not found.script:
        return structs.replace(process, args=(*before, *found.lead, *rest))
    command = parse(found.script, process.at)
    if command.shell:
        text = " ".join((command.args[2], *map(quoted, rest)))
        if before:  # the variables that "env" sets
            text = " ".join(("export", *map(quoted, before[1:]), "&&", text))
        return structs.replace(process, args=("/bin/sh", "-c", text), shell=True)  # noqa: S604  # a flag of the plan
    env = tuple(f"{key}={value}" for key, value in command.env)
    return structs.replace(process, args=(*(before or ("env",) * bool(env)), *env, *command.args, *rest))


def in_shell(process: Process, scripts: Scripts) -> Process:
    """A process that is shell text, without the managers in its commands."""
    text = process.args[2]
    for words, stops in reversed(list(commands(text))):
        found = managed(tuple(word.text for word in words), scripts)
        if found is None:
            continue
        after = (words[found.skip].start,) if found.skip < len(words) else ()
        rest = text[min(place for place in (*after, *stops) if place > words[found.skip - 1].start) :]
        before = text[: words[0].start]
        if found.script:  # more than one command may be in it: exec comes before the last
            before = before.removesuffix("exec ")
        lead = found.script or " ".join(found.lead)
        text = f"{before}{lead}{' ' if lead and rest[:1] not in ('', ';', ')') else ''}{rest}"
    return structs.replace(process, args=(*process.args[:2], replaced_by_last(text)))


def commands(text: str) -> Iterator[tuple[list[Word], list[int]]]:
    """The simple commands of a shell text, from their programs on, each with the offsets of operators and its end."""
    words, operators = lex(text)
    stops = [*(end - len(symbol) for symbol, end in operators), len(text)]
    ends = [end - len(symbol) for symbol, end in operators if symbol in ENDS]
    start = 0
    for end in (*ends, len(text)):
        inside = [word for word in words if start <= word.start < end]
        while inside and (inside[0].assigns or inside[0].text in BEFORE):
            inside.pop(0)
        if inside:
            yield inside, stops
        start = end


def managed(words: tuple[str, ...], scripts: Scripts) -> Managed | None:
    """What a manager is told to run; None where the program is no manager, or it is told something else.

    Source: https://docs.astral.sh/uv/reference/cli/#uv-run, and the documentation of the others
    """
    manager = words[0] if words else ""
    found = program(manager, words)
    if found is None or found[0] >= len(words):
        return None
    position, mode = found
    name = words[position].rpartition(":")[2] if manager == "hatch" else words[position]  # hatch's "ENV:PROGRAM"
    if mode == "module":
        return Managed(position, ("python", "-m"))
    if name in scripts:
        return Managed(position + 1, script=scripts[name])
    if mode == "script" or (name.endswith(".py") and manager in RUNS_FILES):
        return Managed(position, ("python",))
    return Managed(position) if name == words[position] else Managed(position + 1, (name,))


MODES = {"-m": "module", "--module": "module", "-s": "script", "--script": "script"}  # uv's


def program(manager: str, words: tuple[str, ...]) -> tuple[int, str] | None:
    """Where the program stands after a manager's `run`, and uv's mode ("" for none); None where there is no `run`."""
    takes = TAKES_VALUE.get(manager)
    position, ran, mode = 1, False, ""
    while takes is not None and position < len(words):
        word = words[position]
        if word == "--" and ran:
            return position + 1, mode
        if not ran and word == "run":
            ran = True
        elif ran and manager == "uv" and word in MODES:
            mode = MODES[word]
        elif word in takes:
            position += 1
        elif not word.startswith("-"):
            return (position, mode) if ran else None
        position += 1
    return None


def quoted(word: str) -> str:
    """A word as a shell reads it back."""
    return (
        word if word and all(c.isalnum() or c in "-_./=:,@%+" for c in word) else "'" + word.replace("'", "'\\''") + "'"
    )


def scripts_of(tree: SourceTree, data: dict[str, Any]) -> Scripts:
    """The scripts of PDM, hatch and Pipenv as shell text, by name; what needs the manager itself is left out."""
    tool = manifests.table(data, "tool")
    hatch = (((tool.get("hatch") or {}).get("envs") or {}).get("default") or {}).get("scripts")
    pipfile = manifests.pipfile(tree).get("scripts") if tree.has("Pipfile") else None
    tables = ((tool.get("pdm") or {}).get("scripts"), hatch, pipfile)
    listed = [item for table in tables if isinstance(table, dict) for item in table.items()]
    return {name: text for name, value in listed if (text := script_text(value))}


def script_text(value: Any) -> str:
    """A script as shell text: a text, a list of commands, or a table with `cmd`, `shell` or `call`; "" for others.

    Source: https://pdm-project.org/latest/usage/scripts/
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " && ".join(one for one in value if isinstance(one, str))
    if not isinstance(value, dict):
        return ""
    cmd = value.get("cmd", value.get("shell"))
    if isinstance(cmd, list):
        return " ".join(quoted(str(word)) for word in cmd)
    module, colon, function = str(value.get("call", "")).partition(":")
    if colon:
        call = function if function.endswith(")") else f"{function}()"
        name = call.partition("(")[0]
        return f"python -c {quoted(f'from {module} import {name}; {call}')}"
    return str(cmd or "")
