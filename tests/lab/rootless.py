"""BuildKit for a user without root: its programs, and a stand-in of the image `moby/buildkit:rootless` with them."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.lab import tools
from tests.lab.place import Place
from tests.lab.progress import Line
from tests.lab.recipe import RECIPES, Image, See
from tests.lab.shared import making
from tests.lab.storage import share

NAMES = ("moby/buildkit:rootless", f"moby/buildkit:{tools.BUILDKIT.version}-rootless")
DAEMONLESS = "examples/buildctl-daemonless/buildctl-daemonless.sh"  # in BuildKit's module
PROGRAMS = ("buildctl", "buildkitd", "rootlesskit", "buildctl-daemonless.sh")


def programs(place: Place) -> Path:
    """A directory with PROGRAMS, made when the cache has none."""
    buildkit = tools.compiled(place, tools.BUILDKIT, Line(0, "buildkit", 0))
    rootlesskit = tools.compiled(place, tools.ROOTLESSKIT, Line(0, "rootlesskit", 0))
    target = place.cache / "tools" / f"runner-{buildkit.name}-{rootlesskit.name}"
    with making(target) as partial:
        if partial is not None:
            partial.mkdir()
            for source in (buildkit / "buildctl", buildkit / "buildkitd", rootlesskit / "rootlesskit"):
                share(source, partial / source.name)
            daemonless = tools.module(place, tools.BUILDKIT, "github.com/moby/buildkit") / DAEMONLESS
            shutil.copyfile(daemonless, partial / daemonless.name)
            (partial / daemonless.name).chmod(0o755)
    return target


def image(place: Place, name: str, see: See) -> Image | None:
    """How to build the image of BuildKit's rootless variant, its base being there; None for another image."""
    if name not in NAMES:
        return None
    see("debian:trixie-slim")
    own = programs(place)
    files = {program: own / program for program in PROGRAMS}
    return Image((name, *(each for each in NAMES if each != name)), RECIPES / "moby/rootless.Dockerfile", files=files)
