"""Commands of other platforms for a container engine, which an image of an app has no use for: `docker-compose up`."""

from collections.abc import Iterator

from msgspec import structs

from frontend.commands.script import parse
from frontend.commands.unwrap import runs
from frontend.deploy.model import Deployment, Stated
from frontend.plan.model import Warning
from frontend.secrets.masking import shown

ENGINES = frozenset(("docker", "docker-compose", "podman", "podman-compose", "buildah"))
PACKAGES = ENGINES | {
    *("docker.io", "docker-ce", "docker-ce-cli", "containerd.io"),
    *("docker-buildx-plugin", "docker-compose-v2", "docker-compose-plugin"),
}


def without(found: Deployment) -> Deployment:
    """What a file states without such commands and the packages for them, and a warning for each command."""
    engine = [one for one in (*found.build, *(command for _, command in found.processes)) if is_for_engine(one)]
    if not engine:
        return found
    return structs.replace(
        found,
        build=tuple(one for one in found.build if one not in engine),
        processes=tuple((name, one) for name, one in found.processes if one not in engine),
        build_packages=tuple(one for one in found.build_packages if one.text not in PACKAGES),
        run_packages=tuple(one for one in found.run_packages if one.text not in PACKAGES),
        warnings=(*found.warnings, *doubts(engine)),
    )


def is_for_engine(command: Stated) -> bool:
    """Whether a command runs a container engine."""
    return runs(parse(command.text, command.at), ENGINES)


def doubts(engine: list[Stated]) -> Iterator[Warning]:
    """The warnings for commands that are not used."""
    for one in engine:
        message = f"not used, because an image has no container engine: {shown(one.text)}"
        yield Warning("container-engine", message, one.at, "set RUN_COMMAND, or PROJECT_PATH to one app's directory")
