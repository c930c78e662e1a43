"""App Engine's app.yaml.

Source: https://cloud.google.com/appengine/docs/standard/reference/app-yaml
"""

from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import COMMAND, TEXT, VARIABLES, Keys
from frontend.deploy.tools import tool_of
from frontend.deploy.values import processes, variables

SHAPE: Keys = {
    "runtime": TEXT,
    "runtime_config": {"runtime_version": TEXT},
    "entrypoint": (COMMAND, {"shell": COMMAND}),
    "env_variables": VARIABLES,
    "build_env_variables": VARIABLES,
}


def read(file: Item) -> tuple[Deployment, ...]:
    """The service that the file describes; nothing of a file without the key `runtime`, which every one has."""
    runtime = file.get("runtime").only
    if runtime is None:
        return ()
    tool = tool_of(runtime.text)
    stated = file.get("runtime_config", "runtime_version").only
    version = stated or (Stated(tool[1], runtime.at) if tool is not None and tool[1] else None)
    return (
        Deployment(
            file.at.file,
            name=file.get("service").text,
            processes=processes(("web", file.get("entrypoint")), ("web", file.get("entrypoint", "shell"))),
            versions=((tool[0], version),) if tool is not None and version is not None else (),
            languages=(Stated(runtime.text.rstrip("0123456789"), runtime.at),),
            env=(*variables(file.get("env_variables")), *variables(file.get("build_env_variables"))),
        ),
    )
