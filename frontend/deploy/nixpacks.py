"""nixpacks.toml, and the same plan within Railway's files.

Sources: https://nixpacks.com/docs/configuration/file, https://nixpacks.com/docs/configuration/environment
"""

from frontend.deploy import nix
from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import ANY, COMMAND, COMMANDS, TEXTS, VARIABLES, Keys
from frontend.deploy.values import commands, processes, variables

DEFAULTS = "..."  # in a list: what the builder would have done by itself
SETUP = "setup"
FIRST = ("install", "build")  # where no phase says otherwise
PHASE: Keys = {**dict.fromkeys(("nixPkgs", "aptPkgs", "aptPackages", "dependsOn"), TEXTS), "cmds": COMMANDS}
PLAN: Keys = {
    "phases": {ANY: PHASE},
    "start": {"cmd": COMMAND},
    "providers": TEXTS,
    "variables": VARIABLES,
}
SHAPE = PLAN


def read(file: Item) -> tuple[Deployment, ...]:
    """The build that the file plans."""
    return (planned(file),)


def planned(file: Item) -> Deployment:
    """The build that a plan describes."""
    setup = file.get("phases", SETUP)
    apt = tuple(one for name in ("aptPkgs", "aptPackages") for one in setup.get(name).stated if one.text != DEFAULTS)
    packages = nix.packages(tuple(one for one in setup.get("nixPkgs").stated if one.text != DEFAULTS))
    return Deployment(
        file.at.file,
        build=built(file),
        processes=processes(("web", file.get("start", "cmd"))),
        build_packages=(*apt, *packages.build),
        run_packages=(*apt, *packages.run),
        versions=packages.versions,
        languages=tuple(one for one in reversed(file.get("providers").stated) if one.text != DEFAULTS),
        env=variables(file.get("variables")),
        warnings=packages.warnings,
    )


def built(file: Item) -> tuple[Stated, ...]:
    """The commands of all phases but the set-up's, each phase behind those that it depends on."""
    phases = dict(file.get("phases").pairs)
    found = [one for name in ordered(phases) if name != SETUP for one in commands(phases[name].get("cmds"))]
    return tuple(one for one in found if one.text != DEFAULTS)


def ordered(phases: dict[str, Item], before: str = "dependsOn") -> tuple[str, ...]:
    """The names of phases in the order they run in; the key `before` names those that go first."""
    found: dict[str, None] = {}
    left = list(reversed((*(name for name in FIRST if name in phases), *phases)))
    entered: set[str] = set()
    while left:
        name = left[-1]
        listed = phases[name].get(before).items
        needs = [text for one in listed if (text := one.text or one.get("step").text) in phases]
        waiting = [one for one in needs if one not in entered] if name not in entered else []
        entered.add(name)
        left += waiting
        if not waiting:
            found[left.pop()] = None
    return tuple(found)
