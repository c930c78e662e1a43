"""compose.yaml: the command of the service that is built from the app, as a candidate for how it starts.

Source: https://docs.docker.com/reference/compose-file/
"""

from frontend.commands.words import quoted
from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import ANY, COMMANDS, TEXT, Keys, Shape
from frontend.paths import joined

DEPENDS: Shape = ([TEXT], {ANY: {"condition": TEXT}})
SHAPE: Keys = {
    "services": {ANY: {"command": COMMANDS, "build": (TEXT, {"context": TEXT}), "depends_on": DEPENDS}},
}
ENDED = "service_completed_successfully"  # the condition of a service that waits for another one's end


def read(file: Item) -> tuple[Deployment, ...]:
    """The services that are built from the app, name a command, and run on: nothing waits for their end."""
    every = file.get("services").pairs
    depends = [pair for _, item in every for pair in item.get("depends_on").pairs]
    ending = {name for name, item in depends if item.get("condition").text == ENDED}
    services = [(name, item) for name, item in every if item.get("build").value and name not in ending]
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
