"""The application's layer, copied from what changed since its sources came, is the one that a copy of all makes."""

import json
import os
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.apps import App, Built, apps, build
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e

EPOCH = "1700000000"
PROGRAM = Path(__file__).parent / "frontends" / "whole_copies.py"
DOCKERFILE = f"""\
FROM {os.environ.get("MIGETPACKS_IMAGE", "docker.io/miget/migetpacks:latest")}
COPY program.py /opt/migetpacks/program.py
ENTRYPOINT ["/usr/local/bin/python3", "-I", "-S", "-B", "-X", "utf8", "/opt/migetpacks/program.py"]
"""
SOME = ("node-hooks", "python-django")
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Frontend(NamedTuple):
    """A frontend image in an OCI layout."""

    layout: Path
    digest: str


def chosen() -> list[App]:
    """Apps whose layer comes from a build, and ones that change what an install made; all where MIGETPACKS_APPS=all."""
    every = os.environ.get("MIGETPACKS_APPS") == "all"
    return [app for app in apps(every=True) if every or app.name in SOME]


@pytest.fixture(scope="module")
def whole_copies(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Frontend:
    files, layout = tmp_path_factory.mktemp("frontend"), tmp_path_factory.mktemp("layout")
    (files / "Dockerfile").write_text(DOCKERFILE)
    (files / "program.py").write_text(PROGRAM.read_text())
    sources = (f"--local=context={files}", f"--local=dockerfile={files}")
    lab.buildctl("build", "--frontend=dockerfile.v0", *sources, f"--output=type=oci,tar=false,dest={layout}")
    (manifest,) = json.loads((layout / "index.json").read_text())["manifests"]
    return Frontend(layout, manifest["digest"])


def layers(lab: Lab, name: str, built: Built) -> list[str]:
    """The digests of an image's layers: those of tars that hold each file's path, content, owner, mode and time."""
    request = urllib.request.Request(
        f"http://{lab.registry}/v2/apps/{name}/manifests/{built.digest}", headers={"Accept": MANIFEST}
    )
    with urllib.request.urlopen(request) as answer:
        return [layer["digest"] for layer in json.load(answer)["layers"]]


@pytest.mark.parametrize("app", chosen(), ids=lambda app: app.name)
def test_a_copy_of_what_changed_makes_the_layers_of_a_copy_of_all(app: App, whole_copies: Frontend, lab: Lab) -> None:
    name = f"layers-{app.name}"
    push = f"type=image,name={lab.registry}/apps/{name}:test,push=true,registry.insecure=true,rewrite-timestamp=true"
    options = {"build-arg:SOURCE_DATE_EPOCH": EPOCH}
    changed = build(lab, app.directory, name=name, args=app.args, options=options, output=push)
    frontend = {"source": "tests/whole", "context:tests/whole": f"oci-layout://whole@{whole_copies.digest}"}
    extra = (f"--oci-layout=whole={whole_copies.layout}",)
    whole = build(
        lab, app.directory, name=name, args=app.args, options={**options, **frontend}, output=push, extra=extra
    )
    assert layers(lab, name, changed) == layers(lab, name, whole)
    assert changed.digest == whole.digest
