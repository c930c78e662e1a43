"""project.toml of Cloud Native Buildpacks.

Source: https://buildpacks.io/docs/reference/config/project-descriptor/
"""

from frontend.deploy.heroku import language
from frontend.deploy.model import Deployment
from frontend.deploy.reading import Item
from frontend.deploy.shapes import TEXT, Keys, Shape

ENTRIES: Shape = [{"name": TEXT, "value": TEXT}]
GROUP: Shape = [{"id": TEXT, "uri": TEXT}]
BUILD: Keys = {"env": ENTRIES, "build": {"env": ENTRIES}, "group": GROUP, "buildpacks": GROUP}
SHAPE: Keys = {"io": {"buildpacks": BUILD}, "build": BUILD}


def read(file: Item) -> tuple[Deployment, ...]:
    """The variables of the build, and the buildpacks as the languages that they are for."""
    parts = (file.get("io", "buildpacks"), file.get("build"))
    entries = [one for part in parts for item in (part.get("build", "env"), part.get("env")) for one in item.items]
    groups = [one for part in parts for name in ("group", "buildpacks") for one in part.get(name).items]
    named = (one.get("id").only or one.get("uri").only for one in groups)
    values = ((one.get("name").text, one.get("value").only) for one in entries)
    return (
        Deployment(
            file.at.file,
            languages=tuple(language(one) for one in named if one is not None),
            env=tuple((name, value) for name, value in values if name and value is not None),
        ),
    )
