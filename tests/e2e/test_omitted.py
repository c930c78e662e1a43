"""node_modules of an image that is a part of the build's: file by file what `npm ci --omit=dev` installs."""

import os
from pathlib import Path

import pytest

from frontend.languages.node.omitted import HIDDEN_LOCKFILE
from tests.e2e.apps import App, app, build
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e

SOME = ("node-typescript",)
MORE = ("node-adonis", "node-nest", "node-nx", "node-react-router", "node-remix", "node-tanstack-start", "node-vike")
DOCKERFILE = f"""\
FROM node:24-trixie AS second
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=ca-certificates,target=/run/ca NODE_EXTRA_CA_CERTS=/run/ca npm ci --omit=dev --no-audit
FROM node:24-trixie
COPY --from=second /app/node_modules /second
COPY --from=built /app/node_modules /built
RUN rm /second/{HIDDEN_LOCKFILE} && diff -r --no-dereference /second /built
"""


def chosen() -> list[App]:
    """Apps whose packages are so taken; all of them where MIGETPACKS_APPS=all."""
    every = os.environ.get("MIGETPACKS_APPS") == "all"
    return [app(name) for name in (*SOME, *(MORE if every else ()))]


@pytest.mark.parametrize("one", chosen(), ids=lambda one: one.name)
def test_the_image_has_the_packages_of_a_production_install(one: App, lab: Lab, tmp_path: Path) -> None:
    built = build(lab, one.directory, name=f"omitted-{one.name}", args=one.args)
    assert not any("(production)" in step for step in built.steps_run)
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    lab.buildctl(
        "build",
        "--frontend=dockerfile.v0",
        f"--local=context={one.directory}",
        f"--local=dockerfile={tmp_path}",
        f"--opt=context:built=docker-image://{built.reference}@{built.digest}",
        *(f"--secret={secret}" for secret in lab.secrets),
    )
