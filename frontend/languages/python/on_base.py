"""A Python app on a base image that is not Python's own: its virtualenv leads to the interpreter that is there."""

from msgspec import structs

from frontend.languages.python.steps import VENV
from frontend.plan.base import BaseFacts, Program
from frontend.plan.model import FromStep, Input, Layer, Link, Plan, TextFile

PROGRAM = "python"
ZONES = "tzdata"  # zoneinfo reads them


def fit(plan: Plan, base: BaseFacts) -> Plan:
    """The plan with its virtualenv made for the base's interpreter, and time zones where it has none."""
    runtime, program = plan.runtime, base.programs[PROGRAM]
    version = next(one.value for one in plan.versions if one.tool == PROGRAM)
    line = ".".join((program.version or version).split(".")[:2])
    layers = tuple(on_interpreter(layer, program, line) for layer in runtime.layers)
    packages = runtime.packages if base.zones else tuple(dict.fromkeys((*runtime.packages, ZONES)))
    return structs.replace(plan, runtime=structs.replace(runtime, layers=layers, packages=packages))


def on_interpreter(layer: Layer, program: Program, line: str) -> Layer:
    """A layer whose virtualenv's links and configuration name the interpreter at a place, of a line such as "3.13".

    Source: https://docs.python.org/3/library/site.html (pyvenv.cfg), https://peps.python.org/pep-0405/
    """
    inputs: list[Input] = []
    for given in layer.inputs:
        if not isinstance(given, FromStep) or given.path != VENV:
            inputs.append(given)
            continue
        names = ("python", "python3", f"python{line}")
        inputs.append(structs.replace(given, exclude=(*given.exclude, *(f"bin/{one}" for one in names), "pyvenv.cfg")))
        inputs += [Link(f"{VENV}/bin/{one}", program.path if one == PROGRAM else PROGRAM) for one in names]
        home = program.path.rpartition("/")[0]
        text = f"home = {home}\ninclude-system-site-packages = false\nversion = {line}\n"
        inputs.append(TextFile(f"{VENV}/pyvenv.cfg", text))
    return structs.replace(layer, inputs=tuple(inputs))
