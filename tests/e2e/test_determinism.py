"""The same app on two BuildKits that have never seen it: the same digest."""

import os
from concurrent.futures import ThreadPoolExecutor

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
    """The digests of the chosen apps, by name, on each of two new BuildKits."""

    def all_of(number: int) -> dict[str, str]:
        with lab.buildkitd() as host:
            return {app.name: digest(lab, app, host, number) for app in chosen()}

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(all_of, (1, 2)))


def digest(lab: Lab, app: App, host: str, number: int) -> str:
    """The digest of an app's image, with its times cut off."""
    name = f"determinism-{number}-{app.name}"
    push = f"type=image,name={lab.registry}/apps/{name}:test,push=true,registry.insecure=true,rewrite-timestamp=true"
    options = {"build-arg:SOURCE_DATE_EPOCH": EPOCH}
    return build(lab, app.directory, name=name, args=app.args, options=options, host=host, output=push).digest


@pytest.mark.parametrize("name", [app.name for app in chosen()])
def test_two_new_builders_make_the_same_image(name: str, digests: list[dict[str, str]]) -> None:
    first, second = digests
    assert first[name].startswith("sha256:")
    assert first[name] == second[name]
