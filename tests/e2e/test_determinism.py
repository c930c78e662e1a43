"""The same app on the lab's BuildKit, whenever that built it, and on one that has never seen it: the same digest."""

import os

import pytest

from tests.e2e.apps import App, apps, build
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e

EPOCH = "1700000000"
OF_EACH_LANGUAGE = ("node-express", "node-pnpm", "bun-elysia", "python-flask", "python-fastapi-uv", "python-django")


def chosen() -> list[App]:
    """A few apps; every one of them where MIGETPACKS_APPS=all (`make e2e-all`)."""
    every = os.environ.get("MIGETPACKS_APPS") == "all"
    return [app for app in apps(every=True) if every or app.name in OF_EACH_LANGUAGE]


@pytest.fixture(scope="module")
def digests(lab: Lab) -> list[dict[str, str]]:
    """The digests of the chosen apps, by name, on the lab's BuildKit and on a new one."""
    found = []
    for fresh in (False, True):
        with lab.buildkitd(fresh=fresh) as host:
            found.append({app.name: digest(lab, app, host, fresh) for app in chosen()})
    return found


def digest(lab: Lab, app: App, host: str, fresh: bool) -> str:
    """The digest of an app's image, with its times cut off."""
    name = f"determinism-{'new' if fresh else 'old'}-{app.name}"
    push = f"type=image,name={lab.registry}/apps/{name}:test,push=true,registry.insecure=true,rewrite-timestamp=true"
    options = {"build-arg:SOURCE_DATE_EPOCH": EPOCH}
    return build(lab, app.directory, name=name, args=app.args, options=options, host=host, output=push).digest


@pytest.mark.parametrize("name", [app.name for app in chosen()])
def test_a_new_builder_makes_the_same_image(name: str, digests: list[dict[str, str]]) -> None:
    old, new = digests
    assert old[name].startswith("sha256:")
    assert old[name] == new[name]
