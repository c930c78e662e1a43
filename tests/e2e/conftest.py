"""What end-to-end tests stand on: the lab, started once, with the frontend image of this tree in its registry."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import pytest

from tests.e2e.apps import SOURCE, App, Built, apps, build
from tests.e2e.apps import app as named
from tests.lab import dotnet, hardened
from tests.lab.api import Engine, Lab, LabError
from tests.lab.images import BUN, DENO


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The lab, up, with the frontend image of this tree."""
    try:
        lab = Lab.ensure()
        asked = dict.fromkeys(image for app in apps() for image in app.images)
        for name in (*dotnet.STANDARD, *BUN, DENO, *asked):  # a lab may be there without them
            lab.ensure_image(name)
        lab.push_frontend()
    except LabError as error:  # no test would say more
        pytest.exit(error.told(), returncode=1)
    return lab


@pytest.fixture(scope="session")
def hardened_bases(lab: Lab) -> None:
    """The hardened images that apps are put on are in the lab's registry."""
    for name in (*hardened.TESTED, *hardened.DOTNET):
        lab.ensure_image(name)


@pytest.fixture(scope="session", autouse=True)
def environment(lab: Lab) -> Iterator[None]:
    """What `.lab/env` exports, for the clients that tests run."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in lab.env.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def engine(lab: Lab) -> Engine:
    """The default Docker Engine."""
    return lab.engine()


HELD = 12  # images of apps that an engine has at a time: all of them are tens of gigabytes, unpacked


class Images:
    """The apps' images, each built once in a session and pulled by the engine, which keeps those used last; one of
    those that will be `wanted` is built while another is looked at."""

    def __init__(self, lab: Lab, engine: Engine, wanted: Iterable[App] = ()) -> None:
        self.lab = lab
        self.engine = engine
        self.wanted = iter(dict.fromkeys(app.name for app in wanted))
        self.pool = ThreadPoolExecutor(2)
        self.built: dict[str, Future[Built]] = {}
        self.held: dict[str, str] = {}  # references by app, those used last at the end
        self.lock = Lock()

    def of(self, app: App) -> Built:
        """The image of an app, present in the engine. Raises subprocess.CalledProcessError when it cannot be built."""
        built = self.begun(app)
        ahead = next((name for name in self.wanted if name not in self.built), "")
        if ahead:
            self.begun(named(ahead))
        image = built.result()
        self.hold(app.name, image.reference)
        return image

    def settle(self) -> None:
        """Waits for what is built ahead: BuildKit shows a step of two builds at a time as run in both."""
        wait(self.built.values())

    def begun(self, app: App) -> Future[Built]:
        """The build of an app, begun now if it was not."""
        if app.name not in self.built:
            self.built[app.name] = self.pool.submit(self._build, app)
        return self.built[app.name]

    def _build(self, app: App) -> Built:
        built = build(self.lab, app.directory, name=app.name, args=app.args)
        self.hold(app.name, built.reference)
        return built

    def hold(self, name: str, reference: str) -> None:
        """Sees to it that the engine has an image, and no more than it should; one that a container has stays."""
        with self.lock:
            if name not in self.held:
                self.engine.docker("pull", "-q", reference)
            self.held[name] = self.held.pop(name, reference)
            for oldest in list(self.held)[:-HELD]:
                self.engine.docker("rmi", self.held.pop(oldest), check=False)


@pytest.fixture(scope="session")
def images(lab: Lab, engine: Engine, request: pytest.FixtureRequest) -> Iterator[Images]:
    """The apps' images. Those that tests are parametrized by are built ahead."""
    given = (getattr(item, "callspec", None) for item in request.session.items if "images" in item.fixturenames)  # type: ignore[attr-defined]
    found = (spec.params["app"] for spec in given if spec is not None and isinstance(spec.params.get("app"), App))
    images = Images(lab, engine, found)
    yield images
    images.pool.shutdown(cancel_futures=True)


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """An empty directory to be a build context."""
    directory = tmp_path / "context"
    directory.mkdir()
    return directory


class Layout(NamedTuple):
    """An image in an OCI layout."""

    directory: Path
    digest: str


@pytest.fixture(scope="session")
def frontend_layout(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """The frontend image in an OCI layout, as one has it where no registry does."""
    own, layout = tmp_path_factory.mktemp("frontend"), tmp_path_factory.mktemp("layout")
    (own / "Dockerfile").write_text(f"FROM {SOURCE}\n")
    sources = (f"--local=context={own}", f"--local=dockerfile={own}")
    lab.buildctl("build", "--frontend=dockerfile.v0", *sources, f"--output=type=oci,tar=false,dest={layout}")
    (manifest,) = json.loads((layout / "index.json").read_text())["manifests"]
    return Layout(layout, manifest["digest"])
