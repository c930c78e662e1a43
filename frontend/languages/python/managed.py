"""Commands of a user that name a package manager: `uv run gunicorn app:app` is `gunicorn app:app` in the image.

The manager is not there, nor needed: the virtualenv's programs come first in PATH. Names of scripts that the manager
has in a manifest are replaced by what they run. What installs the dependencies (`uv sync && …`) or enters a virtual
environment is left out: the build does that.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from frontend.commands import given_text, secret
from frontend.commands.does import kind, plain
from frontend.commands.script import ENDS, Command, Script, parse
from frontend.commands.unwrap import SHELL_RUNNERS, Runner, Unwrapped, nothing_to_run, unwrap
from frontend.commands.words import Word, quoted
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.python import manifests
from frontend.languages.python.requirements import MAIN
from frontend.plan.model import Warning
from frontend.secrets.masking import shown

# the options of `MANAGER run` that take a value of their own word; all others stand alone, or have theirs after "="
TAKES: dict[str, frozenset[str]] = {
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
RUNNERS = {manager: Runner(verbs=("run",), takes=takes) for manager, takes in TAKES.items()}
MANAGERS = frozenset((*TAKES, "pip", "pip3", "python", "python3"))
RUNS_FILES = ("uv", "pdm", "rye")  # `MANAGER run x.py` is `python x.py`
MODES = {"-m": ("python", "-m"), "--module": ("python", "-m"), "-s": ("python",), "--script": ("python",)}  # uv's


class Named(NamedTuple):
    """A script of a manifest, as shell text, and where it is written."""

    text: str
    at: Location


Scripts = dict[str, Named]
Done = Callable[[Sequence[str]], bool]  # whether the build has done what a program with its arguments does


class Managed(Struct, frozen=True):
    """What `MANAGER run …` runs: the words `lead`, or the script `name` of a manifest, and behind it `rest`.

    `end` is the offset behind the words that these take the place of, where there is no rest.
    """

    lead: tuple[str, ...]
    name: str
    rest: tuple[Word, ...]
    end: int


class Edit(Struct, frozen=True):
    """A part of a text, and what is written in its place; `is_done` says that the build does it."""

    start: int
    end: int
    text: str
    is_done: bool = False


def is_install(words: Sequence[str]) -> bool:
    """Whether a program installs dependencies, as the build has done, or enters a virtual environment."""
    if len(words) == 2 and words[0] in (".", "source") and words[1].endswith("/bin/activate"):
        return True
    listed = all(word.removeprefix("./") in MAIN for word in words if word.endswith(".txt"))
    return kind(words) == "installs" and words[0].rpartition("/")[2] in MANAGERS and listed


def without_managers(
    script: Script, scripts: Scripts, at: Location | None, trail: tuple[str, ...] = (), done: Done = is_install
) -> Script:
    """A script without managers and what the build has `done`, the names of a manifest's scripts replaced by what they
    run.

    `trail` are the scripts it is written in. Raises PlanError for a script that runs itself, and for a manager that is
    to run nothing.
    """
    text = script.text
    changes = edits(script, scripts, at, trail, done)
    for edit in reversed(changes):
        text = f"{text[: edit.start]}{edit.text}{text[edit.end :]}"
    return parse(text, at) if changes else script


def edits(
    script: Script, scripts: Scripts, at: Location | None, trail: tuple[str, ...] = (), done: Done = is_install
) -> list[Edit]:
    """What `without_managers` changes in a script, in the order of its text."""
    found = (_without(script, one, done) or _edit(script, one, scripts, at, trail) for one in script.commands)
    return [edit for edit in found if edit is not None]


def _without(script: Script, command: Command, done: Done) -> Edit | None:
    """What is written in the place of a command that does what the build has done; None for others.

    One that is all of the script, or its last command, stays: nothing else is started.
    """
    if not done(plain(command)):
        return None
    place = next((index for index, item in enumerate(script.items) if item.command is command), -1)
    if place < 0:
        return Edit(command.start, command.end, ":", is_done=True)  # inside of `if … fi`
    before = script.items[place - 1].then if place else ""
    item = script.items[place]
    if place + 1 == len(script.items):
        return None
    if before in ("&&", *ENDS) and item.then in ("&&", ";", "\n") and not command.redirections:
        return Edit(item.start, script.items[place + 1].start, "", is_done=True)
    return Edit(command.start, command.end, ":", is_done=True)


def left_out(script: Script, at: Location | None, done: Done = is_install) -> tuple[Warning, ...]:
    """The warnings for the commands of a script that are left out, because the build does what they do."""
    changes = edits(script, {}, at, (), done)
    left = (script.text[edit.start : edit.end] for edit in changes if edit.is_done)
    return tuple(
        Warning(
            "start-left-out",
            f"the start command runs {shown(text.rstrip(' &;').strip())}, which the build does: it is left out",
            at,
            "remove it",
        )
        for text in left
    )


def _edit(
    script: Script, command: Command, scripts: Scripts, at: Location | None, trail: tuple[str, ...]
) -> Edit | None:
    """What is written in the place of a command, or of its first words; None where it names no manager."""
    words = command.program
    around: list[Unwrapped] = []  # `env A=b`, `exec` and the like in front of the manager
    while (found := unwrap(words, SHELL_RUNNERS)) is not None and found.words:
        around.append(found)
        words = found.words
    if found is not None and found.text is not None:
        return _edit_of_text(found, scripts, at, trail)
    run = managed(words, scripts, at)
    if run is None:
        return None
    end = run.rest[0].start if run.rest else run.end
    if not run.name:
        lead = " ".join(map(quoted, run.lead))
        return Edit(words[0].start, end, f"{lead} " if lead and run.rest else lead)
    if run.name in trail:
        raise PlanError(f'the script "{run.name}" runs itself', at=at, hint="replace it with the program to run")
    inner = script_of(run.name, scripts, trail)
    only = inner.only
    if only is not None and not inner.has_heredoc:
        text = inner.text[only.start : only.end]
        by_env = only.assignments and around and around[-1].name != "env"
        return Edit(words[0].start, end, f"{'env ' if by_env else ''}{text}{' ' if run.rest else ''}")
    variables = (*command.assignments, *(word for one in around for word in one.assigned))
    text = f"export {' '.join(word.raw for word in variables)} && {inner.text}" if variables else inner.text
    if stands_last(script, command, inner):
        return Edit(command.words[0].start, end, f"{text}{' ' if run.rest else ''}")
    arguments = "".join(f" {word.raw}" for word in run.rest)
    return Edit(command.words[0].start, command.words[-1].end, f"( {text}{arguments} )")


def _edit_of_text(found: Unwrapped, scripts: Scripts, at: Location | None, trail: tuple[str, ...]) -> Edit | None:
    """The text that a shell is given as an argument, without managers; None where nothing is to be changed."""
    given = given_text.of_unwrapped(found)
    if given.fixed:
        return None
    try:
        inner = parse(given.inside, at)
    except PlanError:  # the shell will tell
        return None
    text = without_managers(inner, scripts, at, trail).text
    word = given.written(text) if text != given.inside.strip() else None
    return Edit(given.word.start, given.word.end, word) if word is not None else None


def script_of(name: str, scripts: Scripts, trail: tuple[str, ...] = ()) -> Script:
    """A manifest's script without managers. Raises PlanError as `without_managers` does, and for a secret in it."""
    text, at = scripts[name]
    script = parse(text, at)
    secret.check(text, script, at)
    return without_managers(script, scripts, at, (*trail, name))


def stands_last(script: Script, command: Command, inner: Script) -> bool:
    """Whether a script of several commands may be written where a command is, and end with what takes its place."""
    if script.items[-1].command is not command:
        return False
    before = script.items[-2].then if len(script.items) > 1 else ""
    return before in (*ENDS, "&") or (before == "&&" and all(item.then in ("&&", *ENDS) for item in inner.items))


def managed(words: Sequence[Word], scripts: Scripts, at: Location | None) -> Managed | None:
    """What a manager is told to run; None where the program is no manager, or it is told something else.

    Raises PlanError where nothing is behind its `run`.
    Source: https://docs.astral.sh/uv/reference/cli/#uv-run, and the documentation of the others
    """
    run: Managed | None = None
    while (found := unwrap(words, RUNNERS)) is not None:
        if found.is_empty:
            raise nothing_to_run(found, at)
        words = found.words
        name = words[0].text
        if found.name == "hatch":  # ENV:PROGRAM
            name = name.rpartition(":")[2]
        mode = next((MODES[one.name] for one in found.options if found.name == "uv" and one.name in MODES), ())
        if mode[1:]:
            return Managed(mode, "", tuple(words), 0)
        if name in scripts:
            return Managed((), name, tuple(words[1:]), words[0].end)
        if mode or (name.endswith(".py") and found.name in RUNS_FILES):
            return Managed(("python",), "", tuple(words), 0)
        if name != words[0].text:
            return Managed((name,), "", tuple(words[1:]), words[0].end)
        run = Managed((), "", tuple(words), 0)
    return run


def scripts_of(tree: SourceTree, data: dict[str, Any]) -> Scripts:
    """The scripts of PDM, hatch and Pipenv as shell text, by name; what needs the manager itself is left out."""
    tool = manifests.table(data, "tool")
    hatch = (((tool.get("hatch") or {}).get("envs") or {}).get("default") or {}).get("scripts")
    pipfile = manifests.pipfile(tree).get("scripts") if tree.has("Pipfile") else None
    tables = (
        ("pyproject.toml", (tool.get("pdm") or {}).get("scripts")),
        ("pyproject.toml", hatch),
        ("Pipfile", pipfile),
    )
    listed = [(file, *item) for file, table in tables if isinstance(table, dict) for item in table.items()]
    return {
        name: Named(text, tree.line_of(file, "scripts", name))
        for file, name, value in listed
        if (text := script_text(value))
    }


def script_text(value: Any) -> str:
    """A script as shell text: a text, a list of commands, or a table; "" for others.

    A table has one of `cmd`, `shell`, `call` (a function) and `composite` (other scripts, or commands); `env` with it.
    Source: https://pdm-project.org/latest/usage/scripts/
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " && ".join(one for one in value if isinstance(one, str))
    text = _command_of(value) if isinstance(value, dict) else ""
    env = value.get("env") if text else None
    if not env or not isinstance(env, dict):
        return text
    variables = " ".join(f"{name}={quoted(str(one))}" for name, one in env.items())
    return f"{variables} {text}" if "cmd" in value or "call" in value else f"export {variables} && {text}"


def _command_of(table: dict[str, Any]) -> str:
    """The shell text of a script that is a table."""
    cmd = table.get("cmd", table.get("shell"))
    if isinstance(cmd, list):
        return " ".join(quoted(str(word)) for word in cmd)
    composite = table.get("composite")
    if isinstance(composite, list):
        return " && ".join(f"pdm run {one}" for one in composite if isinstance(one, str))
    module, colon, function = str(table.get("call", "")).partition(":")
    if colon:
        call = function if function.endswith(")") else f"{function}()"
        name = call.partition("(")[0]
        return f"python -c {quoted(f'from {module} import {name}; {call}')}"
    return str(cmd or "")
