"""What the tests of the Python language share: trees as dict literals, and their plans."""

import ast
from typing import Any

from frontend.context.tree import DictTree
from frontend.errors import BuildError
from frontend.languages import python
from frontend.languages.python.app_object import AppObject, find
from frontend.plan.model import Plan, Step
from frontend.settings.model import Setting, Settings

TODAY = "2026-11-24"
FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
MAIN = "if __name__ == '__main__':\n    print(1)\n"
QUOTE = '"'
Files = dict[str, str]


def plan(files: Files, app: str = "", **settings: Any) -> Plan:
    """The plan of an app; texts are settings of the config file."""
    given: dict[str, Any] = {k: Setting(v) if isinstance(v, str) else v for k, v in settings.items()}
    return python.plan(DictTree(dict(files)), Settings(**given), app, TODAY)


def web(files: Files, app: str = "", **settings: Any) -> tuple[str, ...]:
    """What is executed as the web process."""
    return plan(files, app, **settings).runtime.processes[0].args


def ran(args: tuple[str, ...]) -> str:
    """What a command that we made runs as Python would: "main.py", or "-m shop"; else its words.

    With the function that is made to listen where it is asked in front, if there is one: "web.run_app main.py".
    """
    if args[0] == "python" and args[1] != "-c":
        return " ".join(args[1:])
    if args[:2] != ("python", "-c") or "signal.SIGTERM" not in args[2]:
        return " ".join(args)
    ast.parse(args[2])
    _, _, file = args[2].partition('sys.argv[0] = "')
    _, _, module = args[2].partition('runpy.run_module("')
    _, _, patched = args[2].partition("_run=")
    started = file.partition('"')[0] if file else f"-m {module.partition(QUOTE)[0]}"
    return f"{patched.partition(',')[0]} {started}" if patched else started


def flask(requirements: str = "flask\ngunicorn\n", **files: str) -> Files:
    """A Flask app; `files` by name, with "_" for the dot: app_py."""
    return {"requirements.txt": requirements, "app.py": FLASK, **files}


def step(found: Plan, name: str) -> Step:
    """A step of a plan."""
    return next(one for one in found.steps if one.name == name)


def runs(found: Plan, name: str = "install") -> list[str]:
    """What a step's programs are called in the progress, those of every build left out."""
    return [one.name for one in step(found, name).run if one.name not in ("python -m venv", "compile to bytecode")]


def codes(found: Plan) -> list[str]:
    """The codes of a plan's warnings."""
    return [one.code for one in found.warnings]


def found(files: Files) -> AppObject | None:
    """The app object of an app."""
    return find(DictTree(dict(files)))


def error(files: Files, **settings: Any) -> str:
    """The whole text of the error that an app's plan ends with."""
    try:
        plan(files, **settings)
    except BuildError as problem:
        return str(problem)
    raise AssertionError("no error")
