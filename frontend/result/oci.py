"""The OCI image configuration, as the specification has it.

These models check every document we write (in the tests) and read other people's in the command line tool. The path of
a build makes the same document from plain values: importing pydantic costs more than all the rest of a build.
Source: https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md; Healthcheck, OnBuild, Shell and ArgsEscaped
are Docker's additions.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Digest = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$")]
PortKey = Annotated[str, Field(pattern=r"^\d{1,5}(?:/(?:tcp|udp|sctp))?$")]


class Document(BaseModel):
    """A part of the document. Unknown fields are kept: the specification allows extensions."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Config(Document):
    """The execution parameters (`config`)."""

    user: str | None = Field(None, alias="User")
    exposed_ports: dict[PortKey, dict[str, Any]] | None = Field(None, alias="ExposedPorts")
    env: list[str] | None = Field(None, alias="Env")
    entrypoint: list[str] | None = Field(None, alias="Entrypoint")
    cmd: list[str] | None = Field(None, alias="Cmd")
    volumes: dict[str, dict[str, Any]] | None = Field(None, alias="Volumes")
    working_dir: str | None = Field(None, alias="WorkingDir")
    labels: dict[str, str] | None = Field(None, alias="Labels")
    stop_signal: str | None = Field(None, alias="StopSignal")

    @field_validator("env")
    @classmethod
    def _assignments(cls, env: list[str] | None) -> list[str] | None:
        """Each entry is NAME=value, each name once."""
        names = [entry.partition("=")[0] for entry in env or ()]
        if any("=" not in entry for entry in env or ()) or not all(names):
            raise ValueError("an entry of Env is not NAME=value")
        if len(set(names)) != len(names):
            raise ValueError("a name stands in Env twice")
        return env


class RootFS(Document):
    """The layers' content addresses."""

    type: Literal["layers"]
    diff_ids: list[Digest]


class History(Document):
    """One step of the image's making."""

    created: datetime | None = None
    author: str | None = None
    created_by: str | None = None
    comment: str | None = None
    empty_layer: bool | None = None


class Image(Document):
    """The whole image configuration, application/vnd.oci.image.config.v1+json."""

    created: datetime | None = None
    author: str | None = None
    architecture: str = Field(min_length=1)
    os: str = Field(min_length=1)
    variant: str | None = None
    config: Config = Field(default_factory=lambda: Config.model_validate({}))
    rootfs: RootFS
    history: list[History] | None = None
