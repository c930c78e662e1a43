"""heroku.yml and app.json.

Sources: https://devcenter.heroku.com/articles/build-docker-images-heroku-yml,
https://devcenter.heroku.com/articles/app-json-schema
"""

from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import ANY, COMMAND, COMMANDS, TEXT, TEXTS, VARIABLES, Keys
from frontend.deploy.values import processes, variables
from frontend.plan.model import AddOn, Formation, ForPlatform, Task
from frontend.secrets.detection import is_secret
from frontend.secrets.masking import hidden
from frontend.settings.values import is_number

SHAPE: Keys = {
    "run": {ANY: (COMMAND, [COMMAND], {"command": COMMANDS})},
    "release": {"command": COMMANDS},
    "build": {"languages": TEXTS, "docker": {ANY: TEXT}},
    "setup": {"config": VARIABLES},
    "env": ({ANY: (TEXT, {"value": TEXT, "required": TEXT})}, TEXT),  # a text where app.json is the app's own file
    "buildpacks": [(TEXT, {"url": TEXT})],
    "formation": {ANY: {"quantity": TEXT, "size": TEXT}},
    "scripts": {ANY: (COMMAND, {"command": COMMAND, "size": TEXT})},
    "addons": [(TEXT, {"plan": TEXT, "as": TEXT, "options": VARIABLES})],
}
FOR_PLATFORM = ("env", "formation", "scripts", "addons")


def read(file: Item) -> tuple[Deployment, ...]:
    """The app that the file describes. The keys of the two files do not overlap; each is read for those that it has."""
    run = [(name, item.get("command") if item.pairs else item) for name, item in file.get("run").pairs]
    variables_of_app = file.get("env").pairs
    required = [Stated(n, i.at) for n, i in variables_of_app if not i.text and i.get("required").text != "false"]
    values = [(name, item.get("value").only) for name, item in variables_of_app]
    given = [(name, one) for name, one in values if one is not None]
    return (
        Deployment(
            file.at.file,
            processes=processes(*run, ("release", file.get("release", "command"))),
            languages=(*file.get("build", "languages").stated, *map(language, bought(file))),
            env=(*variables(file.get("setup", "config")), *variables(file.get("env")), *given),
            unset=tuple(one for one in required if one.text not in dict(given)),
            dockerfile=image_of(file.get("build", "docker")),
            platform=for_platform(file) if any(file.get(key).value for key in FOR_PLATFORM) else None,
        ),
    )


def image_of(docker: Item) -> Stated | None:
    """The Dockerfile of what serves, or of the only process that has one."""
    named = [one for _, item in docker.pairs if (one := item.only) is not None]
    return docker.get("web").only or (named[0] if len(named) == 1 else None)


def for_platform(file: Item) -> ForPlatform:
    """What the file says to the platform that runs the image, without secrets."""
    env = {name: item.only or item.get("value").only for name, item in file.get("env").pairs}
    return ForPlatform(
        {
            name: value.text if value is not None and not is_secret(name, value.text) else None
            for name, value in env.items()
        },
        tuple(
            Formation(name, quantity(item.get("quantity")), item.get("size").text or None)
            for name, item in file.get("formation").pairs
        ),
        tuple(
            Task(name, hidden(command.text), item.get("size").text or None)
            for name, item in file.get("scripts").pairs
            if (command := item.only or item.get("command").only) is not None
        ),
        tuple(
            AddOn(plan.text, item.get("as").text or None, options(item))
            for item in file.get("addons").items
            if (plan := item.only or item.get("plan").only) is not None
        ),
    )


def quantity(item: Item) -> int:
    """How many containers of a process there are to be, where that is a number."""
    return int(item.text) if is_number(item.text) else 1


def options(item: Item) -> dict[str, str | None]:
    """The options of an add-on, None for a secret."""
    pairs = item.get("options").pairs
    return {name: None if is_secret(name, below.text) else below.text for name, below in pairs}


def bought(file: Item) -> tuple[Stated, ...]:
    """The buildpacks, by address or name."""
    return tuple(one for item in file.get("buildpacks").items if (one := item.only or item.get("url").only) is not None)


def language(buildpack: Stated) -> Stated:
    """What a buildpack is for, by its name: "heroku/python", "https://github.com/heroku/heroku-buildpack-nodejs.git"."""
    name = buildpack.text.removesuffix("/").rpartition("/")[2].partition("#")[0].removesuffix(".git")
    return Stated(name.removeprefix("heroku-buildpack-").removesuffix("-buildpack"), buildpack.at)
