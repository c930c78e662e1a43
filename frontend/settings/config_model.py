"""The shape of `migetpacks.yaml`. Imported only where there is a config file: pydantic is slow to import."""

import os
from typing import Annotated, Any, Literal

# zoneinfo, which pydantic imports, asks Python's build configuration where it is unless it is told: that is slow, and
# the frontend image does without that configuration
os.environ.setdefault("PYTHONTZPATH", "/usr/share/zoneinfo")

from pydantic import BaseModel, ConfigDict, Field

from frontend.languages import registry

EXAMPLE = registry.tools()[0]
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Packages(_Strict):
    """Debian packages, by where they are installed."""

    build: list[Text] = Field(default=[], description="for the build steps only")
    run: list[Text] = Field(default=[], description="in the image")


class Environment(_Strict):
    """Environment variables, by where they are set. Never a secret: an image and its history are readable."""

    build: dict[str, str] = Field(default={}, description="for the build steps only")
    run: dict[str, str] = Field(default={}, description="in the image")


class ConfigModel(_Strict):
    """How migetpacks builds the app. Every key is optional; a build-arg of the same name wins."""

    language: Text | None = Field(default=None, description="the app's language, where detection finds another")
    app: Text | None = Field(
        default=None, description="the app's directory, relative to the root of the build context (PROJECT_PATH)"
    )
    project: Text | None = Field(
        default=None, description="which project of the app is built: its file, directory or name (PROJECT)"
    )
    port: int | None = Field(default=None, ge=1, le=65535, description="the port the app listens on; 5000 if not set")
    run_command: Text | None = Field(default=None, description="how the app is started")
    build_command: Text | None = Field(default=None, description="what is run instead of the language's build step")
    output_dir: Text | None = Field(
        default=None,
        description="the directory of what a build makes that is served as a site, relative to the app (OUTPUT_DIR)",
    )
    versions: dict[str, Text] = Field(
        default={},
        description=f"versions or ranges by tool, such as {EXAMPLE}: 24",
        examples=[{EXAMPLE: "24"}],
    )
    packages: Packages = Field(default=Packages(), description="Debian packages to install")
    keep: list[Text] = Field(
        default=[], description="patterns (.dockerignore rules) of files that the clean-up would leave out of the image"
    )
    deploy_files: bool = Field(
        default=True, description="whether files for other platforms are read, such as render.yaml and Procfile"
    )
    git_known_hosts: Text | None = Field(
        default=None, description="SSH host keys of git servers, as lines of an OpenSSH known_hosts file"
    )
    dependency_groups: list[Text] = Field(
        default=[], description="extras, dependency groups and categories to install besides the dependencies"
    )
    skip: list[Text] = Field(default=[], description="the names of our own steps to leave out")
    env: Environment = Field(default=Environment(), description="environment variables")
    flavour: Literal["standard", "hardened"] | None = Field(
        default=None,
        description="the images that the app runs in: with a shell and packages, or hardened ones (USE_DHI)",
    )
    runtime_base: Text | None = Field(default=None, description="an image of any kind for the app to run in")
    runtime_user: Text | None = Field(
        default=None, description="the account of that image that the app runs as: a name, a uid, or UID:GID"
    )
    dhi_mirror: Text | None = Field(
        default=None,
        description="what the names of hardened images begin with, such as docker.io/ORG/dhi-; dhi.io if not set",
    )


KEYS = {  # where: the keys that may stand there
    (): tuple(ConfigModel.model_fields),
    ("packages",): tuple(Packages.model_fields),
    ("env",): tuple(Environment.model_fields),
}


def json_schema(tools: tuple[str, ...]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the config file; `tools` are the names `versions` takes."""
    schema = ConfigModel.model_json_schema()
    schema["title"] = "migetpacks.yaml"
    schema["properties"]["versions"]["propertyNames"] = {"enum": list(tools)}
    # a version may be written without quotes: YAML then has a number, which is read as it is written
    schema["properties"]["versions"]["additionalProperties"] = {
        "anyOf": [{"minLength": 1, "type": "string"}, {"type": "number"}]
    }
    schema["properties"]["skip"]["items"]["enum"] = list(registry.steps())
    for part in ("build", "run"):
        schema["$defs"]["Environment"]["properties"][part]["additionalProperties"] = {
            "type": ["string", "number", "boolean"]
        }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
