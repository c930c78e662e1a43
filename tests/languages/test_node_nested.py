"""Packages in directories below a root that are no workspaces: installed, and what their native packages need."""

from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.errors import Location, PlanError
from frontend.rules.monorepo import SeveralAppsError
from frontend.settings.model import Setting
from tests.errors import fails
from tests.languages.node import LOCK, plan, runs, step, tree, web

API: dict[str, Any] = {
    "name": "api",
    "scripts": {"start": "node server.js", "dev": "nodemon server.js"},
    "dependencies": {"express": "5"},
    "devDependencies": {"nodemon": "3"},
}
SITE: dict[str, Any] = {
    "name": "web",
    "scripts": {"dev": "vite", "build": "vite build"},
    "dependencies": {"react": "19"},
    "devDependencies": {"vite": "7"},
}
FILES = {"api/package.json": API, "api/server.js": "app.listen(process.env.PORT)", "web/package.json": SITE}
NPM = ("npm", "install", "--no-audit", "--no-fund")


def root(dependencies: dict[str, str] | None = None, files: dict[str, Any] | None = None, **scripts: Any) -> DictTree:
    own = {"scripts": scripts, "dependencies": dependencies}
    return tree({**FILES, **(files or {}), "package.json": own})


def installs(source: DictTree) -> list[tuple[str, tuple[str, ...]]]:
    """The installs of the step "build", each with its directory."""
    return [(one.dir, one.args) for one in step(plan(source), "build").run if one.args[1] in ("install", "ci")]


# --- what nothing installs


@pytest.mark.parametrize(
    "start",
    [
        "cd api && npm start",
        "npm start --prefix api",
        "npm --prefix ./api run start",
        "node api/server.js",
        "node ./api/server",
    ],
)
def test_a_package_that_the_start_runs_is_installed(start: str) -> None:
    assert installs(root({"dotenv": "16"}, start=start)) == [("/app/api", (*NPM, "--omit=dev"))]


def test_it_is_installed_beside_what_the_build_script_installs() -> None:
    source = root(build="cd web && npm install && npm run build", start="node api/server.js")
    assert runs(plan(source), "build") == [(*NPM, "--omit=dev"), ("npm", "run", "build")]
    assert web(source) == ("node", "api/server.js")


def test_a_package_that_the_build_script_builds_is_installed_with_its_tools() -> None:
    source = root({"dotenv": "16"}, build="npm run build --prefix web", start="npm start --prefix api")
    assert installs(source) == [("/app/api", (*NPM, "--omit=dev")), ("/app/web", NPM)]


def test_a_lockfile_of_the_package_is_enforced() -> None:
    source = root({"dotenv": "16"}, {"api/package-lock.json": LOCK}, start="node api/server.js")
    assert [args[1] for _, args in installs(source)] == ["ci"]


def test_another_package_manager_of_the_package_is_installed_first() -> None:
    source = root({"dotenv": "16"}, {"api/yarn.lock": "# yarn lockfile v1\n"}, start="node api/server.js")
    first, second = step(plan(source), "build").run
    assert first.args[:3] == ("npm", "install", "--global")
    assert second.args == ("yarn", "install", "--non-interactive", "--frozen-lockfile", "--production")
    assert dict(second.env)["PATH"].startswith("/opt/tools/bin:")


@pytest.mark.parametrize(
    "scripts",
    [
        {"postinstall": "cd api && npm install"},
        {"postinstall": "npm install --prefix api"},
        {"build": "npm ci --prefix ./api && npm ci --prefix web && npm run build --prefix web"},
        {"build": "npm run setup && npm run build --prefix web", "setup": "cd web && npm i && cd ../api && npm i"},
        {"heroku-postbuild": "(cd api && npm install); (cd web && npm install && npm run build)"},
    ],
)
def test_what_a_script_installs_is_left_to_it(scripts: dict[str, Any]) -> None:
    assert not installs(root({"dotenv": "16"}, start="node api/server.js", **scripts))


@pytest.mark.parametrize(
    ("own", "api"),
    [
        ({"express": "5"}, API),  # all that it names is the root's too
        ({"dotenv": "16"}, {"type": "module"}),
    ],
)
def test_a_package_without_dependencies_of_its_own_is_not_installed(own: dict[str, str], api: dict[str, Any]) -> None:
    found = plan(root(own, {"api/package.json": api}, start="node api/server.js"))
    assert [one.name for one in found.steps] == ["install"]


def test_a_build_command_of_the_user_is_all_that_is_run() -> None:
    found = plan(root({"dotenv": "16"}, start="cd api && npm start"), build_command="npm install --prefix api")
    assert [one[:2] for one in runs(found, "build")] == [("npm", "install")]


def test_a_package_that_nothing_builds_is_told() -> None:
    api = {**API, "scripts": {"build": "tsc", "start": "node dist/server.js"}}
    source = root({"dotenv": "16"}, {"api/package.json": api}, start="cd api && npm start")
    with fails(
        PlanError, "the package in api, which nothing installs or builds", "PROJECT_PATH=api", at="package.json:4"
    ):
        plan(source)


@pytest.mark.parametrize("own", [None, {"dotenv": "16"}])
def test_commands_of_another_platform_for_the_root_are_run_there(own: dict[str, str] | None) -> None:
    build = Setting("npm ci --prefix api && npm run build --prefix web", "platform", Location("render.yaml", 4))
    start = Setting("npm start --prefix api", "platform", Location("render.yaml", 5))
    found = plan(root(own, start="npm start --prefix api"), build_command=build, processes=(("web", start),))
    assert found.runtime.processes[0].args[-1] == "cd /app/api && exec node server.js"
    (command,) = step(found, "build").run
    assert (command.dir, command.args[-1]) == ("/app", "npm ci --prefix api && exec npm run build --prefix web")


def test_what_a_build_command_of_another_platform_leaves_out_is_installed() -> None:
    build = Setting("npm install --prefix web && npm run build --prefix web", "platform", Location("render.yaml", 4))
    found = plan(root(start="npm start --prefix api"), build_command=build)
    assert next((one.dir, one.args[:2]) for one in step(found, "build").run) == ("/app/api", ("npm", "install"))


# --- native packages of it


@pytest.mark.parametrize(
    "scripts",
    [
        {"postinstall": "cd api && npm install", "start": "cd api && npm start"},
        {"build": "npm install --prefix api", "start": "npm start --prefix api"},
        {"start": "npm start --prefix api"},
        {"start": "npm start --prefix api", "build_command": Setting("npm install --prefix api", "platform")},
    ],
)
def test_the_image_has_what_native_packages_below_need(scripts: dict[str, Any]) -> None:
    api = {**API, "dependencies": {"@prisma/client": "5", "canvas": "2", "puppeteer": "24"}}
    settings: dict[str, Any] = {name: one for name, one in scripts.items() if isinstance(one, Setting)}
    own = {name: one for name, one in scripts.items() if name not in settings}
    found = plan(root({"dotenv": "16"}, {"api/package.json": api}, **own), **settings)
    assert {"openssl", "fontconfig", "chromium"} <= {*found.runtime.packages}
    assert "libcairo2-dev" in step(found, "tools").packages
    assert dict(step(found, "build").env)["PUPPETEER_SKIP_DOWNLOAD"] == "true"
    assert [(one.step, one.paths) for one in found.runtime.libraries][-1] == ("build", ("/app/api/node_modules",))


def test_a_site_below_needs_nothing_in_the_image() -> None:
    site = {**SITE, "dependencies": {"canvas": "2"}}
    scripts = {"build": "cd web && npm install && npm run build", "start": "node server.js"}
    found = plan(root({"express": "5"}, {"web/package.json": site, "server.js": ""}, **scripts))
    assert not found.runtime.packages


# --- roots that start nothing of their own


@pytest.mark.parametrize(
    "own",
    [
        {"dependencies": {"axios": "1"}},  # by chance
        {"dependencies": {"axios": "1"}, "main": "index.js", "scripts": {"test": "exit 1"}},
        {"scripts": {"server": "cd api && npm run dev", "dev": "concurrently npm:server npm:client"}},
        {"scripts": {"dev": "nodemon api/server.js"}, "dependencies": {"nodemon": "3"}},
    ],
)
def test_the_app_below_such_a_root_is_built(own: dict[str, Any]) -> None:
    found = plan(tree({**FILES, "package.json": own}))
    assert found.runtime.processes[0].args == ("node", "server.js")
    assert found.runtime.imports is not None
    assert found.runtime.imports.root == "api"


def test_a_build_command_for_such_a_root_is_told() -> None:
    source = tree({**FILES, "package.json": {"dependencies": {"axios": "1"}}})
    command = Setting("cd api && npm install", "platform", Location("render.yaml", 5))
    with fails(PlanError, "the app is in api", "PROJECT_PATH=api", at="render.yaml:5"):
        plan(source, build_command=command)


def test_several_apps_below_such_a_root_are_listed() -> None:
    files = {
        **FILES,
        "bot/package.json": {**API, "name": "bot"},
        "bot/server.js": "",
        "package.json": {"dependencies": {"axios": "1"}},
    }
    with pytest.raises(SeveralAppsError) as raised:
        plan(tree(files))
    assert {one.dir for one in raised.value.apps} == {"api", "bot"}


@pytest.mark.parametrize(
    "own",
    [
        {"dependencies": {"express": "5"}, "scripts": {"server": "node index.js"}},
        {"dependencies": {"ws": "8"}, "main": "index.js"},
        {"dependencies": {"axios": "1"}, "scripts": {"start": "node index.js"}},
    ],
)
def test_a_root_with_a_file_of_its_own_is_the_app(own: dict[str, Any]) -> None:
    assert web(tree({**FILES, "index.js": "app.listen(1)", "package.json": own}))[-1] == "index.js"


@pytest.mark.parametrize("dir", ["examples/api", "docs", "test/app"])
def test_an_example_below_a_library_is_no_app(dir: str) -> None:
    with pytest.raises(PlanError, match="start command"):
        plan(
            tree({"package.json": {"dependencies": {"axios": "1"}}, f"{dir}/package.json": API, f"{dir}/server.js": ""})
        )


def test_a_published_package_is_not_what_is_below_it() -> None:
    own = {"dependencies": {"axios": "1"}, "files": ["lib"]}
    with pytest.raises(PlanError, match="start command"):
        plan(tree({**FILES, "package.json": own}))
