"""heroku.yml and app.json.

Sources: https://devcenter.heroku.com/articles/build-docker-images-heroku-yml,
https://devcenter.heroku.com/articles/app-json-schema
"""

from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import ANY, COMMAND, COMMANDS, TEXT, TEXTS, VARIABLES, Keys
from frontend.deploy.values import processes, variables

SHAPE: Keys = {
    "run": {ANY: (COMMAND, [COMMAND], {"command": COMMANDS})},
    "release": {"command": COMMANDS},
    "build": {"languages": TEXTS, "docker": {ANY: TEXT}},
    "setup": {"config": VARIABLES},
    "env": ({ANY: (TEXT, {"value": TEXT})}, TEXT),  # a text where app.json is the app's own file
    "buildpacks": [(TEXT, {"url": TEXT})],
}


def read(file: Item) -> tuple[Deployment, ...]:
    """The app that the file describes. The keys of the two files do not overlap; each is read for those that it has."""
    run = [(name, item.get("command") if item.pairs else item) for name, item in file.get("run").pairs]
    required = [Stated(name, item.at) for name, item in file.get("env").pairs if not item.text]
    values = [(name, item.get("value").only) for name, item in file.get("env").pairs]
    given = [(name, one) for name, one in values if one is not None]
    return (
        Deployment(
            file.at.file,
            processes=processes(*run, ("release", file.get("release", "command"))),
            languages=(*file.get("build", "languages").stated, *map(language, bought(file))),
            env=(*variables(file.get("setup", "config")), *variables(file.get("env")), *given),
            unset=tuple(one for one in required if one.text not in dict(given)),
            dockerfile=file.get("build", "docker", "web").only,
        ),
    )


def bought(file: Item) -> tuple[Stated, ...]:
    """The buildpacks, by address or name."""
    return tuple(one for item in file.get("buildpacks").items if (one := item.only or item.get("url").only) is not None)


def language(buildpack: Stated) -> Stated:
    """What a buildpack is for, by its name: "heroku/python", "https://github.com/heroku/heroku-buildpack-nodejs.git"."""
    name = buildpack.text.removesuffix("/").rpartition("/")[2].partition("#")[0].removesuffix(".git")
    return Stated(name.removeprefix("heroku-buildpack-").removesuffix("-buildpack"), buildpack.at)
