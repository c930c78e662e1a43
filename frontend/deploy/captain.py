"""captain-definition of CapRover: a Dockerfile by its path or its lines, or a template's language and version.

Source: https://caprover.com/docs/reference/captain-definition
"""

from collections.abc import Iterator

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.deploy import dockerfile, reading, shapes
from frontend.deploy.model import Deployment, Named, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import TEXT, Keys
from frontend.plan.model import Warning

SHAPE_OF_FILE: Keys = {"dockerfilePath": TEXT, "dockerfileLines": [TEXT], "templateId": TEXT}


def read(tree: SourceTree, path: str) -> tuple[Deployment, ...]:
    """What the file says of the image: candidates, as a Dockerfile's are."""
    file, doubts = shapes.fitting(reading.read(tree, path), SHAPE_OF_FILE)
    if file.get("dockerfileLines").items:
        found = dockerfile.of_instructions(tree, path, dockerfile.instructions(tree, path, rows(file)))
        found = found or (without_instruction(file.get("dockerfileLines")),)
    else:
        version = of_template(file.get("templateId").only)
        found = (
            Deployment(
                file.at.file,
                versions=(version,) if version is not None else (),
                dockerfile=file.get("dockerfilePath").only,
            ),
        )
    return tuple(structs.replace(one, warnings=(*doubts, *one.warnings)) for one in found)


def without_instruction(lines: Item) -> Deployment:
    """The warning for lines of a Dockerfile that have no instruction."""
    message = f"nothing of {lines.at.file} is used: its dockerfileLines have no instruction"
    hint = "begin them with FROM and an image, as a Dockerfile begins"
    return Deployment(lines.at.file, warnings=(Warning("dockerfile-from", message, lines.at, hint),))


def rows(file: Item) -> tuple[tuple[int, str], ...]:
    """The lines of the Dockerfile, each with the line of the file that it is in."""
    return tuple(each(file.get("dockerfileLines").items))


def each(items: tuple[Item, ...]) -> Iterator[tuple[int, str]]:
    """The lines of texts, of which one may hold several."""
    for one in items:
        yield from ((one.at.line or 0, line) for line in one.text.splitlines())


def of_template(template: Stated | None) -> Named | None:
    """The tool and the version that a template is for, which begins with the name of its image and may go on with that
    of a framework: "node/24"; None for others."""
    if template is None:
        return None
    name, _, version = template.text.partition("/")
    return dockerfile.of_image(Stated(f"{name.partition('-')[0]}:{version}", template.at))
