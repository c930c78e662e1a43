"""The processes a user named: by the setting `run_command`, in a Procfile, or in a file for another platform."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from frontend.commands import given_text, procfile, secret
from frontend.commands.procfile import RELEASE, WEB
from frontend.commands.script import Script, exec_form, of_command, of_words, parse
from frontend.commands.words import literal
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.plan.model import Process, Warning
from frontend.settings.model import Setting, Settings

# Source: https://ddollar.github.io/foreman/
MANAGER = re.compile(
    r"(?:^|\s)(?<!bundle exec )(?:foreman|overmind|hivemind|goreman)\s[^;&|]*?(?:-f|--procfile)[ =]([\w./-]+)"
)


def read(tree: SourceTree, settings: Settings) -> tuple[procfile.Entry, ...]:
    """The processes that the user names for the app in a directory, "web" first, then in the file's order.

    `run_command` replaces "web", and each process of the Procfile that of another file; the others stay. Without a
    Procfile a Dockerfile's may count, the last of all: `foreman start -f Procfile.prod`. () when the
    user named none; no "web" when no file has one: the language's default is used then, and for an image of one process
    that process. Raises BuildError as the Procfile and `of_setting` do.
    """
    stated = {name: procfile.Entry(name, of_command(one.value, one.at), one.at) for name, one in settings.processes}
    named = procfile.read(tree) if settings.deploy_files else ()
    managed = procfile.read(tree, path) if not named and (path := of_manager(tree, settings)) else ()
    entries = tuple({**dict(by_name(managed)), **stated, **dict(by_name(named))}.values())
    if settings.run_command is not None:
        web = procfile.Entry(WEB, of_setting("run_command", settings.run_command), settings.run_command.at)
        entries = (web, *(entry for entry in entries if entry.name != WEB))
    entries = tuple(entry._replace(script=given_text.unwrapped(entry.script, entry.at)) for entry in entries)
    only = next((entry for entry in entries if entry.name == settings.target), None)
    if only is not None and all(entry.name != WEB for entry in entries):
        entries = (only._replace(name=WEB), *entries)
    return tuple(sorted(entries, key=lambda entry: entry.name != WEB))


def by_name(entries: Iterable[procfile.Entry]) -> Iterator[tuple[str, procfile.Entry]]:
    """Processes with their names."""
    return ((entry.name, entry) for entry in entries)


def of_manager(tree: SourceTree, settings: Settings) -> str:
    """The file of processes that a Dockerfile has another program start; "" for none."""
    one = settings.candidate if settings.deploy_files else None
    found = MANAGER.search(one.value) if one is not None else None
    path = found[1].removeprefix("./") if found is not None else ""
    return path if path and tree.has(path) else ""


def web(tree: SourceTree, settings: Settings) -> procfile.Entry | None:
    """The web process that the user names for the app in a directory; None without one. Raises as `read` does."""
    return next((entry for entry in read(tree, settings) if entry.name == WEB), None)


def only(named: tuple[Process, ...]) -> Process | None:
    """The one process that a user named to run, where there is no "web": a bot's, or a worker's; None for several."""
    running = [process for process in named if process.name not in (WEB, RELEASE)]
    return running[0] if len(running) == 1 else None


def candidate(settings: Settings, language: str, inside: SourceTree | None = None) -> procfile.Entry | None:
    """How a Dockerfile starts the app, where its program is one of a language; None for others, and without one.

    With `inside`, the app's directory, it is one that runs a shell script there, which starts such a program.
    """
    one = settings.candidate
    if one is None:
        return None
    from frontend.commands import owner, script_files

    script = parse(one.value, one.at)
    scripts = (script,) if inside is None else tuple(file.script for file in script_files.run_by(inside, script))
    owners = [named[1].name for each in scripts if (named := owner.of_script(each)) is not None]
    return procfile.Entry(WEB, script, one.at) if owners[:1] == [language] else None


def followed(file: str, parts: Iterable[str], at: Location | None) -> Warning:
    """The note that says what a file for another platform decides."""
    hint = "the build-arg DEPLOY_FILES=off ignores files for other platforms"
    return Warning("deploy-file", f"settings taken from {file}: {', '.join(parts)}", at, hint)


def supervised(settings: Settings) -> tuple[Warning, ...]:
    """The warning that what a Dockerfile has supervisord run is not started beside the app."""
    one = settings.candidate
    if one is None or "supervisord" not in one.value:
        return ()
    told = "the Dockerfile starts supervisord: the image starts the app alone, and nothing else that supervisord runs"
    return (Warning("start-left-out", told, one.at, "name what it runs beside the app in a Procfile, a line for each"),)


def of_setting(key: Literal["run_command", "build_command"], setting: Setting) -> Script:
    """The script of a command that is a setting. Raises PlanError for what is none, ConfigError or OptionError for one
    that sets a variable which looks like a secret."""
    script = of_command(setting.value, setting.at)
    secret.check_setting(key, setting, script)
    return script


def web_env(entries: tuple[procfile.Entry, ...]) -> tuple[tuple[str, str], ...]:
    """The variables in front of the web process's program: they are those of the image."""
    return exec_form(entries[0].script).env if entries and entries[0].name == WEB else ()


def process(name: str, script: Script, at: Location | None = None) -> Process:
    """A process of a script. A worker's own variables are set by `env`: an image has one environment, that of web."""
    form = exec_form(script)
    return Process(name, form.args if name == WEB else form.with_env, form.shell, at)


def script_of(process: Process) -> Script:
    """The script that a process is: its shell text, or the one command that its argument list is."""
    return parse(process.args[2], process.at) if process.shell else of_words(map(literal, process.args))
