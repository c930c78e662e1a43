"""The application's layer, copied from what changed since its sources came, is the one that a copy of all makes."""

import json
import os
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.apps import SOURCE, App, Built, apps, build, started
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


SERVER = """\
const fs = require('fs')
const path = require('path')

function listed(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((one) => {
    const file = path.join(dir, one.name)
    if (one.isDirectory()) return one.name === 'node_modules' ? [] : [`${file}/`, ...listed(file)]
    return [one.isSymbolicLink() ? `${file} -> ${fs.readlinkSync(file)}` : `${file} ${fs.readFileSync(file)}`.trim()]
  })
}
require('http')
  .createServer((request, response) => response.end(JSON.stringify(listed('src').sort())))
  .listen(process.env.PORT)
"""
BUILD = """\
set -e
rm src/removed src/replaced/old.txt && rm -r src/gone src/anew src/linked src/file
mkdir src/anew src/file && echo new > src/anew/new.txt && echo new > src/file/new.txt
ln -s anew src/linked && echo new > src/replaced/new.txt && echo new > src/changed && rm package-lock.json
"""
SOURCES = (
    "removed",
    "changed",
    "file",
    "replaced/old.txt",
    "gone/old.txt",
    "anew/old.txt",
    "linked/old.txt",
    "as-it-is",
)
LISTED = [
    "src/anew/",
    "src/anew/new.txt new",
    "src/as-it-is old",
    "src/changed new",
    "src/file/",
    "src/file/new.txt new",
    "src/linked -> anew",
    "src/replaced/",
    "src/replaced/new.txt new",
]


@pytest.fixture
def changing(tmp_path: Path) -> Path:
    """An app whose build removes and replaces files and directories that were there before it."""
    context = tmp_path / "app"
    manifest = {"name": "changing", "scripts": {"build": "sh build.sh", "start": "node server.js"}}
    (context / "src").mkdir(parents=True)
    (context / "package.json").write_text(json.dumps(manifest))
    lock = {"name": "changing", "lockfileVersion": 3, "requires": True, "packages": {"": {"name": "changing"}}}
    (context / "package-lock.json").write_text(json.dumps(lock))
    (context / "server.js").write_text(SERVER)
    (context / "build.sh").write_text(BUILD)
    for name in SOURCES:
        path = context / "src" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("old\n")
    return context


@pytest.mark.parametrize("store", ["containerd", "overlay2"])
def test_what_a_build_removed_and_replaced_is_so_in_an_engine(
    store: str, changing: Path, lab: Lab, tmp_path: Path
) -> None:
    engine = lab.engine("28.5", store)
    (tmp_path / "app.migetpacks").write_text(f"# syntax={SOURCE}\n")
    built = engine.build("-f", tmp_path / "app.migetpacks", "-t", "layers:local", changing)
    assert ("what changed since" in built.stderr + built.stdout) == (store == "containerd")
    pushed = build(lab, changing, name=f"layers-changing-{store}")
    for image in ("layers:local", lab.load(engine, pushed.reference)):
        with started(engine, image) as container:
            assert json.loads(container.get("/").text) == LISTED
        files = engine.docker("run", "--rm", "--entrypoint=ls", image, "/app").stdout.split()
        assert files == ["build.sh", "package.json", "server.js", "src"]
