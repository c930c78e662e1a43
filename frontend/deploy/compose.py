"""compose.yaml: the commands of the services that are built from the app, as candidates for how it starts.

Source: https://docs.docker.com/reference/compose-file/
"""

from collections.abc import Iterator, Sequence

from frontend.commands.procfile import WEB
from frontend.commands.words import quoted
from frontend.deploy.model import Deployment, Named, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import ANY, COMMANDS, TEXT, Keys, Shape
from frontend.paths import joined

DEPENDS: Shape = ([TEXT], {ANY: {"condition": TEXT}})
SHAPE: Keys = {
    "services": {ANY: {"command": COMMANDS, "build": (TEXT, {"context": TEXT}), "depends_on": DEPENDS}},
}
ENDED = "service_completed_successfully"  # the condition of a service that waits for another one's end
Service = tuple[str, Item]


def read(file: Item) -> tuple[Deployment, ...]:
    """The services that are built from the app and run on, by the directory that they are built from.

    One that only a profile starts is none, nor one whose end another waits for.
    """
    every = file.get("services").pairs
    depends = [pair for _, item in every for pair in item.get("depends_on").pairs]
    ending = {name for name, item in depends if item.get("condition").text == ENDED}
    services = [
        (name, item)
        for name, item in every
        if item.get("build").value and name not in ending and not item.get("profiles").value
    ]
    dirs = dict.fromkeys(context(item) for _, item in services)
    found = (of_directory(file, dir, [one for one in services if context(one[1]) == dir]) for dir in dirs)
    return tuple(one for one in found if one.processes or one.dockerfile is not None)


def of_directory(file: Item, dir: str, services: Sequence[Service]) -> Deployment:
    """What the services of a directory run: "web" is the command of the one that serves, where it has one."""
    served = serving(services)
    images = {item.get("build", "dockerfile").text: item.get("build", "dockerfile").only for _, item in services}
    image = next(iter(images.values())) if len(images) == 1 else None  # of several none is surely the app's
    return Deployment(file.at.file, served, dir=dir, processes=tuple(commands(services, served)), dockerfile=image)


def serving(services: Sequence[Service]) -> str:
    """The service that serves: the first one with ports; without any one that runs what its image does, else the first
    one with a command."""
    ports = [name for name, item in services if item.get("ports").value or item.get("expose").value]
    plain = [name for name, item in services if command_of(item.get("command")) is None]
    return next(iter((*ports, *plain, *(name for name, _ in services))), "")


def commands(services: Sequence[Service], served: str) -> Iterator[Named]:
    """The commands of services that run what the same Dockerfile makes as the one that serves."""
    image = next((item.get("build", "dockerfile").text for name, item in services if name == served), "")
    for name, item in services:
        command = command_of(item.get("command"))
        if command is None or item.get("build", "dockerfile").text != image:
            continue
        if name == served:
            yield WEB, command
        elif name != WEB and not item.get("ports").value:
            yield name, command


def command_of(item: Item) -> Stated | None:
    """A command: a text, or the words of a list."""
    return Stated(" ".join(quoted(one.text) for one in item.items), item.at) if item.items else item.only


def context(service: Item) -> str:
    """The directory that a service is built from."""
    return joined("", service.get("build").text or service.get("build", "context").text)
