"""netlify.toml and vercel.json: a build, and the directory of what is served.

Sources: https://docs.netlify.com/build/configure-builds/file-based-configuration/,
https://vercel.com/docs/project-configuration
"""

from frontend.context.tree import SourceTree
from frontend.deploy import reading
from frontend.deploy.model import Deployment, Stated
from frontend.deploy.values import commands, variables
from frontend.paths import joined


def read(tree: SourceTree, path: str) -> tuple[Deployment, ...]:
    """The site that the file describes. The keys of the two files do not overlap; each is read for those it has."""
    file = reading.read(tree, path)
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
        ),
    )
