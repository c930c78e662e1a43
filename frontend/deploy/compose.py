"""compose.yaml: the command of the service that is built from the app, as a candidate for how it starts.

Source: https://docs.docker.com/reference/compose-file/
"""

from frontend.commands.words import quoted
from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import ANY, COMMANDS, TEXT, Keys
from frontend.paths import joined

SHAPE: Keys = {"services": {ANY: {"command": COMMANDS, "build": (TEXT, {"context": TEXT})}}}


def read(file: Item) -> tuple[Deployment, ...]:
    """The services that are built from the app and name a command."""
    services = [(name, item) for name, item in file.get("services").pairs if item.get("build").value]
    return tuple(
        Deployment(file.at.file, name, dir=context(item), processes=(("web", command),))
        for name, item in services
        if (command := command_of(item.get("command"))) is not None
    )[:1]


def command_of(item: Item) -> Stated | None:
    """A command: a text, or the words of a list."""
    return Stated(" ".join(quoted(one.text) for one in item.items), item.at) if item.items else item.only


def context(service: Item) -> str:
    """The directory that a service is built from."""
    return joined("", service.get("build").text or service.get("build", "context").text)
