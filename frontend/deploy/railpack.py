"""railpack.json.

Source: https://railpack.com/config/file
"""

from frontend.deploy.model import Deployment, Stated
from frontend.deploy.nixpacks import DEFAULTS, ordered
from frontend.deploy.reading import Item
from frontend.deploy.shapes import ANY, COMMAND, COMMANDS, TEXT, TEXTS, VARIABLES, Keys
from frontend.deploy.values import processes, variables

SHAPE: Keys = {
    "provider": TEXT,
    "steps": {ANY: {"commands": [(COMMAND, {"cmd": COMMAND})]}},
    "deploy": {"startCommand": COMMANDS, "aptPackages": TEXTS, "variables": VARIABLES},
    "buildAptPackages": TEXTS,
    "packages": {ANY: TEXT},
    "secrets": TEXTS,
}


def read(file: Item) -> tuple[Deployment, ...]:
    """The build that the file plans."""
    deploy = file.get("deploy")
    steps = dict(file.get("steps").pairs)
    provider = file.get("provider").only
    return (
        Deployment(
            file.at.file,
            build=tuple(one for name in ordered(steps, "inputs") for one in commands(steps[name])),
            processes=processes(("web", deploy.get("startCommand"))),
            build_packages=listed(file.get("buildAptPackages")),
            run_packages=listed(deploy.get("aptPackages")),
            versions=tuple((name, one.only) for name, one in file.get("packages").pairs if one.only is not None),
            languages=(provider,) if provider is not None else (),
            env=variables(deploy.get("variables")),
            unset=file.get("secrets").stated,
        ),
    )


def commands(step: Item) -> tuple[Stated, ...]:
    """What a step runs: a text, or the key `cmd` of a table. Copies and paths are left."""
    given = (Stated(one.text, one.at) if one.text else one.get("cmd").only for one in step.get("commands").items)
    return tuple(one for one in given if one is not None and one.text != DEFAULTS)


def listed(item: Item) -> tuple[Stated, ...]:
    """The texts of a list without the builder's own."""
    return tuple(one for one in item.stated if one.text != DEFAULTS)
