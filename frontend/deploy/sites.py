"""netlify.toml, vercel.json and firebase.json: a build, and the directory of what is served.

Sources: https://docs.netlify.com/build/configure-builds/file-based-configuration/,
https://vercel.com/docs/project-configuration, https://firebase.google.com/docs/hosting/full-config
"""

from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import COMMANDS, PATH, TEXT, VARIABLES, Keys
from frontend.deploy.values import commands, scheduled, variables
from frontend.paths import joined

BUILD: Keys = {"command": COMMANDS, "publish": PATH, "base": PATH, "environment": VARIABLES, "env": VARIABLES}
HOSTING: Keys = {"public": PATH}
SHAPE: Keys = {
    "build": BUILD,
    "context": {"production": BUILD},
    "buildCommand": COMMANDS,
    "outputDirectory": PATH,
    "env": VARIABLES,
    "hosting": (HOSTING, [HOSTING]),
    "crons": [{"path": TEXT, "schedule": TEXT}],
}


def read(file: Item) -> tuple[Deployment, ...]:
    """The site that the file describes. The keys of the files do not overlap; each is read for those it has."""
    hosting = file.get("hosting")
    if hosting.value is not None:
        public = next(filter(None, (one.get("public").only for one in hosting.items or (hosting,))), None)
        return (Deployment(file.at.file, output=public),) if public is not None else ()
    if file.at.file.endswith("firebase.json"):
        return ()
    build, live = file.get("build"), file.get("context", "production")
    output = live.get("publish").only or build.get("publish").only or file.get("outputDirectory").only
    return (
        Deployment(
            file.at.file,
            dir=joined("", build.get("base").text),
            root=build.get("base").only,
            build=commands(live.get("command"), build.get("command"), file.get("buildCommand")),
            env=(
                *variables(live.get("environment")),
                *variables(build.get("environment")),
                *variables(build.get("env")),
                *variables(file.get("env")),
            ),
            output=output or Stated("", file.at),
            warnings=tuple(scheduled(*((one.get("path"), one.get("schedule")) for one in file.get("crons").items))),
        ),
    )
