"""Front ends beside Ruby apps: what builds them, and whose files ship."""

import pytest

from frontend.plan.model import FromStep
from tests.languages.node import package
from tests.languages.ruby import Files, app, plan, rack, rails

BUILDS = package(scripts={"build": "vite build"}, dependencies={"vite": "5"})
SERVES = "require 'sinatra'\nset :public_folder, 'client/dist'\n"
WRITES = {
    "ui-src/package.json": BUILDS,
    "ui-src/vite.config.js": 'export default { build: { outDir: "../public/ui" } }',
}
BUILT: list[tuple[str, Files, list[str]]] = [
    ("beside a Rack app", {**rack("puma"), "package.json": BUILDS}, ["package.json"]),
    ("in a directory", {**rack("puma"), "frontend/package.json": BUILDS}, ["frontend/package.json"]),
    ("of a Sinatra app", {**app("sinatra", "puma", "rackup", app_rb=SERVES), "client/package.json": BUILDS}, ["client/package.json"]),
    ("for a platform", {**rails(), "package.json": package(scripts={"heroku-postbuild": "npm run build --prefix client"})}, ["package.json"]),
    ("that writes into a Rails app", {**rails(), **WRITES}, ["ui-src/vite.config.js", "ui-src/package.json"]),
    ("of a Rails app that serves no such thing", {**rails(), "package.json": BUILDS, "client/package.json": BUILDS}, []),
    ("without a build", {**rack("puma"), "package.json": package(scripts={"test": "jest"})}, []),
    ("of a library", {"Gemfile": 'gem "rake"\n', "package.json": BUILDS, "Procfile": "web: bundle exec rake serve\n"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("files", "places"), [row[1:] for row in BUILT], ids=[row[0] for row in BUILT])
def test_a_front_end_is_built(files: Files, places: list[str]) -> None:
    found = plan(files)
    assert [one.at and one.at.file for one in found.evidence if one.what == "front end"] == places
    assert any(one.name == "front-end-build" for one in found.steps) is bool(places)
    layer = found.runtime.layers[-1].inputs[0]
    if places and not any(one.name == "build" for one in found.steps):
        assert isinstance(layer, FromStep)
        assert (layer.step, layer.path) == ("front-end-build", "/app")
        assert "**/node_modules" in layer.exclude


def test_a_front_end_may_be_left_out() -> None:
    files = {**rack("puma"), "package.json": BUILDS}
    assert not [one for one in plan(files, skip=("front-end",)).steps if one.name.startswith("front-end")]
    own = plan(files, build_command="make site").steps
    assert not [one for one in own if one.name.startswith("front-end")]
