"""fly.toml.

Source: https://fly.io/docs/reference/configuration/
"""

from frontend.commands.procfile import WEB
from frontend.deploy.model import Deployment
from frontend.deploy.reading import Item
from frontend.deploy.shapes import ANY, COMMAND, TEXT, TEXTS, VARIABLES, Keys
from frontend.deploy.values import processes, variables, volumes

SERVES = ("web", "app")  # names of the process that serves, where no service names one
CHECK: Keys = {"path": TEXT}
SERVICE: Keys = {"processes": TEXTS, "checks": [CHECK], "http_checks": [CHECK]}
MOUNT: Keys = {"destination": TEXT}
SHAPE: Keys = {
    "build": {"dockerfile": TEXT},
    "processes": {ANY: COMMAND},
    "deploy": {"release_command": COMMAND},
    "env": VARIABLES,
    "http_service": SERVICE,
    "checks": {ANY: CHECK},
    "services": [SERVICE],
    "mounts": (MOUNT, [MOUNT]),
}


def read(file: Item) -> tuple[Deployment, ...]:
    """The app that the file describes."""
    started = [name for name, item in file.get("processes").pairs if item.text]
    serving = [one.text for part in served(file) for one in part.get("processes").stated]
    first = next((name for name in (*serving, *SERVES) if name in started), "")
    given = ((WEB if name == first else name, item) for name, item in file.get("processes").pairs)
    mounts = file.get("mounts")
    checks = (one for part in served(file) for key in ("checks", "http_checks") for one in part.get(key).items)
    named = (one for _, one in file.get("checks").pairs)
    released = ("release", file.get("deploy", "release_command"))
    return (
        Deployment(
            file.at.file,
            processes=processes(*given, released),
            env=variables(file.get("env")),
            dockerfile=file.get("build", "dockerfile").only,
            health=next((path for one in (*checks, *named) if (path := one.get("path").only) is not None), None),
            warnings=tuple(volumes(*(one.get("destination") for one in (mounts, *mounts.items)))),
        ),
    )


def served(file: Item) -> tuple[Item, ...]:
    """The services of the app."""
    return (file.get("http_service"), *file.get("services").items)
