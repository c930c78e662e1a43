"""A language of three files, added to the frontend image without a change to any other: detected, built and started."""

import json
from pathlib import Path

import pytest

from tests.e2e.apps import SOURCE, Built, build, started
from tests.e2e.conftest import Layout
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

TOY = Path(__file__).resolve().parent.parent / "toy"
START = (
    "import os, sys; sys.path[:0] = ['/opt/migetpacks', '/toy']; from tests.toy.entry import register; register(); "
    "from frontend.__main__ import main; code = main(); sys.stderr.flush(); os._exit(code)"
)
ENTRYPOINT = ["/usr/local/bin/python3", "-I", "-S", "-B", "-X", "utf8", "-c", START]
DOCKERFILE = f"""\
FROM {SOURCE}
COPY entry.py language.py /toy/tests/toy/
ENTRYPOINT {json.dumps(ENTRYPOINT)}
"""
TOKEN = "toy-" + "a1b2" * 5


@pytest.fixture(scope="module")
def frontend(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """The frontend image with Toy in it, in an OCI layout."""
    own, layout = tmp_path_factory.mktemp("frontend"), tmp_path_factory.mktemp("layout")
    (own / "Dockerfile").write_text(DOCKERFILE)
    sources = (f"--local=context={TOY}", f"--local=dockerfile={own}")
    lab.buildctl("build", "--frontend=dockerfile.v0", *sources, f"--output=type=oci,tar=false,dest={layout}")
    (manifest,) = json.loads((layout / "index.json").read_text())["manifests"]
    return Layout(layout, manifest["digest"])


@pytest.fixture(scope="module")
def built(lab: Lab, frontend: Layout, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The image of the example app."""
    token = tmp_path_factory.mktemp("secret") / "token"
    token.write_text(TOKEN)
    return build(
        lab,
        TOY / "app",
        name="toy",
        args={"TOY_VERSION": "2"},
        options={"source": "toy/frontend", "context:toy/frontend": f"oci-layout://frontend@{frontend.digest}"},
        extra=(f"--oci-layout=frontend={frontend.directory}", f"--secret=id=toy-token,src={token}"),
    )


def test_it_is_detected_and_its_version_is_a_setting(built: Built) -> None:
    assert built.result["language"] == "toy"
    assert [(one["tool"], one["value"], one["by"]) for one in built.result["versions"]] == [("toy", "2", "build-arg")]
    assert "app.toy" in json.dumps(built.result["evidence"])


def test_it_starts_and_answers_and_ships_no_secret(built: Built, engine: Engine) -> None:
    engine.docker("pull", "-q", built.reference)
    with started(engine, built.reference) as container:
        answer = container.get("/")
        assert (answer.status, answer.text) == (200, f"Hello from Toy 2, ann; a token of {len(TOKEN)} characters")
        files = engine.docker("exec", container.id, "ls", "-A", "/app").stdout.split()
        assert files == ["app.json", "serve.py"]
        assert container.stop()[0] == 0
