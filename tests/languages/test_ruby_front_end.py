"""Front ends beside Ruby apps: what builds them, and whose files ship."""

import pytest

from frontend.plan.model import FromImage, FromStep
from tests.deploy.common import plan as planned
from tests.languages.node import package
from tests.languages.ruby import Files, app, codes, plan, rack, rails, step

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


STAGES = """\
FROM node:24 AS client
WORKDIR /client
COPY client/package.json ./
RUN npm install
COPY client ./
RUN npm run build
FROM ruby:3.4
WORKDIR /rails
COPY . .
COPY --from=client /client/dist ./public/shop
"""


def test_a_front_end_that_a_dockerfile_copies_to_public_is_built() -> None:
    found = planned({**rails("propshaft"), "client/package.json": BUILDS, "Dockerfile": STAGES})
    told = next(one for one in found.evidence if one.what == "front end")
    assert (told.because, str(told.at)) == ("Dockerfile copies client/dist to ./public/shop", "Dockerfile:10")
    inputs = next(one for one in found.steps if one.name == "build").inputs
    assert FromStep("front-end-build", "/app/client/dist", "/app/public/shop") in inputs
    bare = planned({**rack("puma"), "client/package.json": BUILDS, "Dockerfile": STAGES})
    assert FromStep("front-end-build", "/app/client/dist", "/app/public/shop") in bare.runtime.layers[-1].inputs


def test_two_front_ends_that_a_dockerfile_copies_to_public_are_built() -> None:
    stage = STAGES.partition("FROM ruby")[0].replace("client", "admin")
    text = f"{stage}{STAGES}COPY --from=admin /admin/dist ./public/admin\n"
    found = planned({**rack("puma"), "client/package.json": BUILDS, "admin/package.json": BUILDS, "Dockerfile": text})
    made = [one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep)]
    assert [(one.path, one.to) for one in made] == [
        ("/app/client/dist", "/app/public/shop"),
        ("/app/admin/dist", "/app/public/admin"),
    ]
    assert {one.step for one in made} <= {one.name for one in found.steps}
    assert len({one.name for one in found.steps}) == len(found.steps)


@pytest.mark.parametrize(
    ("file", "text", "at"),
    [
        ("Makefile", "run:\n\tbin/rails s\nclient:\n\tcd client && npm ci && npm run build\n\tcp -r client/dist/. public/\n", 3),
        ("package.json", '{"scripts": {\n"build": "cd client && npm i && npm run build && cp -a dist/. ../public/"}}', 2),
    ],
)  # fmt: skip
def test_a_command_that_copies_a_front_end_to_public_is_run(file: str, text: str, at: int) -> None:
    found = plan({**rails("propshaft"), "client/package.json": BUILDS, file: text})
    told = next(one for one in found.evidence if one.what == "front end")
    assert str(told.at) == f"{file}:{at}"
    program = next(one for one in found.steps if one.name == "front-end-build").run[-1]
    assert "npm run build" in program.args[-1]
    assert "public/" in program.args[-1]
    other = text.replace("public/", "elsewhere/")
    assert not [
        one for one in plan({**rails(), file: other, "client/package.json": BUILDS}).steps if "front" in one.name
    ]


def test_a_front_end_that_nothing_puts_into_a_rails_app_is_told() -> None:
    files = {**rails("propshaft"), "client/package.json": BUILDS}
    told = next(one for one in plan(files).warnings if one.code == "front-end-apart")
    assert told.at is not None
    assert told.at.file == "client/package.json"
    assert "front-end-apart" not in codes(plan(files, skip=("front-end",)))
    assert "front-end-apart" not in codes(planned({**files, "Dockerfile": STAGES}))


YARN = {"package.json": BUILDS, "yarn.lock": "# yarn lockfile v1\n"}
RUNS_NODE: list[tuple[str, Files, str, str]] = [
    ("a command", rails("propshaft"), "node build.js", "the build command runs node"),
    ("a script of the app", {**rails("propshaft"), **YARN, "bin/build.sh": "set -e\nif true; then\n  yarn build\nfi\n"}, "./bin/build.sh", "bin/build.sh runs yarn"),
    ("a task of Rake", {**rails("propshaft"), **YARN, "Rakefile": 'task :site do\n  sh "yarn build"\nend\n'}, "bundle exec rake site", "Rakefile runs yarn"),
    (
        "a task before the assets",
        {**rails("propshaft"), **YARN, "lib/tasks/js.rake": 'Rake::Task["assets:precompile"].enhance do\n  system("npm run build")\nend\n'},
        "",
        "lib/tasks/js.rake runs npm",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "command", "because"), [row[1:] for row in RUNS_NODE], ids=[row[0] for row in RUNS_NODE]
)
def test_what_runs_node_in_the_build_has_it(files: Files, command: str, because: str) -> None:
    found = plan(files, **({"build_command": command} if command else {}))
    assert because in [one.because for one in found.evidence if one.what == "front end"]
    images = [one for one in step(found, "build").inputs if isinstance(one, FromImage)]
    assert images
    assert images[0].image.startswith("node:")


def test_a_task_that_has_no_part_in_the_assets_brings_no_node() -> None:
    files = {**rails("propshaft"), **YARN, "lib/tasks/dev.rake": 'task(:lint) { sh "yarn lint" }\n'}
    assert not [one for one in step(plan(files), "build").inputs if isinstance(one, FromImage)]


def test_assets_that_bun_builds_beside_yarn_have_it() -> None:
    scripts = {"build": "yarn bundle:js", "bundle:js": "bun bun.config.js", "lint": "eslint"}
    files = {**rails("jsbundling-rails"), **YARN, "package.json": package(scripts=scripts)}
    assert step(plan(files), "front-end-tools").run[0].args[-1].startswith("bun@")
    files["package.json"] = package(scripts={"build": "esbuild", "dev": "bun dev.js"})
    assert not any(one.startswith("bun@") for one in step(plan(files), "front-end-tools").run[0].args)
