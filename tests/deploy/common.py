"""What the tests of files for other platforms share: apps as dict literals, and their plans."""

from frontend import build
from frontend.context import open as context
from frontend.context.tree import DictTree
from frontend.errors import BuildError
from frontend.plan.model import Plan, Process, Step
from frontend.settings import options

TODAY = "2026-11-24"
Files = dict[str, str]
FLASK: Files = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
EXPRESS: Files = {
    "package.json": '{"dependencies": {"express": "5"}, "scripts": {"start": "node index.js"}}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
    "index.js": "require('express')().listen(process.env.PORT)\n",
    "server.js": "require('express')().listen(process.env.PORT)\n",
}


def plan(files: Files, **args: str) -> Plan:
    """The plan of an app as a build makes it, with build-args."""
    given = options.parse({f"build-arg:{name}": value for name, value in args.items()})
    source = context.seen(DictTree(dict(files)), given)
    return build.make_plan(source.tree, source.config, given, TODAY)


def error(files: Files, **args: str) -> str:
    """The whole text of the error that an app's plan ends with."""
    try:
        plan(files, **args)
    except BuildError as problem:
        return str(problem)
    raise AssertionError("no error")


def text(process: Process) -> str:
    """What a process executes, in one text; of a shell's what it is given."""
    return process.args[2].removeprefix("exec ") if process.shell else " ".join(process.args)


def web(found: Plan) -> str:
    """What is executed as the web process."""
    return text(found.runtime.processes[0])


def built(found: Plan) -> tuple[str, ...]:
    """What the build steps run besides the install."""
    return tuple(one.name for step in found.steps if step.name == "build" for one in step.run)


def step(found: Plan, name: str) -> Step:
    """A step of a plan."""
    return next(one for one in found.steps if one.name == name)


def told(found: Plan) -> dict[str, str]:
    """The warnings by code, each with its place."""
    return {one.code: f"{one.message} ({one.at})" for one in found.warnings}
