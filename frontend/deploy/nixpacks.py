"""nixpacks.toml, and the same plan within Railway's files.

Sources: https://nixpacks.com/docs/configuration/file, https://nixpacks.com/docs/configuration/environment
"""

from frontend.deploy import nix
from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.values import commands, processes, variables

DEFAULTS = "..."  # in a list: what the builder would have done by itself
SETUP = "setup"
FIRST = ("install", "build")  # where no phase says otherwise


def read(file: Item) -> tuple[Deployment, ...]:
    """The build that the file plans."""
    setup = file.get("phases", SETUP)
    apt = tuple(one for name in ("aptPkgs", "aptPackages") for one in setup.get(name).stated if one.text != DEFAULTS)
    packages = nix.packages(tuple(one for one in setup.get("nixPkgs").stated if one.text != DEFAULTS))
    started = file.get("start", "cmd")
    return (
        Deployment(
            file.at.file,
            build=built(file),
            processes=processes(web=(started,)),
            build_packages=(*apt, *packages.build),
            run_packages=(*apt, *packages.run),
            versions=packages.versions,
            env=variables(file.get("variables")),
            warnings=packages.warnings,
        ),
    )


def built(file: Item) -> tuple[Stated, ...]:
    """The commands of all phases but the set-up's, each phase behind those that it depends on."""
    phases = dict(file.get("phases").pairs)
    found = [one for name in ordered(phases) if name != SETUP for one in commands(phases[name].get("cmds"))]
    return tuple(one for one in found if one.text != DEFAULTS)


def ordered(phases: dict[str, Item]) -> tuple[str, ...]:
    """The names of phases in the order they run in."""
    found: dict[str, None] = {}
    left = list(reversed((*(name for name in FIRST if name in phases), *phases)))
    entered: set[str] = set()
    while left:
        name = left[-1]
        needs = [one.text for one in phases[name].get("dependsOn").stated if one.text in phases]
        waiting = [one for one in needs if one not in entered] if name not in entered else []
        entered.add(name)
        left += waiting
        if not waiting:
            found[left.pop()] = None
    return tuple(found)
