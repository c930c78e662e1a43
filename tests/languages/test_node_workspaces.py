"""Repositories of several packages: which is the app, what is installed and built for it, what ships."""

import json
from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.errors import DetectionError, PlanError
from frontend.plan.model import FromStep, Plan
from tests.languages.node import plan, runs, tree, web

EXPRESS = {"express": "5"}
SERVER: dict[str, Any] = {"name": "server", "scripts": {"start": "node index.js"}, "dependencies": EXPRESS}
SITE: dict[str, Any] = {"name": "client", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}
LOCK = '{"lockfileVersion": 3, "packages": {}}'
FILES: dict[str, Any] = {
    "package-lock.json": LOCK,
    "server/package.json": SERVER,
    "server/index.js": "",
    "client/package.json": SITE,
    "client/vite.config.js": "",
}


def repository(files: dict[str, Any] | None = None, **root: Any) -> Plan:
    """The plan of a repository with the workspaces server and client, and these fields of the root's package.json."""
    return plan(tree({**FILES, **(files or {})}, workspaces=["server", "client"], **root))


def shipped(found: Plan) -> tuple[str, ...]:
    """The patterns that the application layer leaves out."""
    (given,) = [one for one in found.runtime.layers[-1].inputs if not isinstance(one, FromStep) or one.path == "/app"]
    return given.exclude  # type: ignore[union-attr]


STARTS: list[tuple[str, list[str]]] = [  # the root's start script, what is executed
    ("npm start -w server", ["node", "index.js"]),
    ("npm start --workspace=server", ["node", "index.js"]),
    ("npm run start -w server", ["node", "index.js"]),
    ("npm --workspace server run start", ["node", "index.js"]),
    ("npm run -w ./server start", ["node", "index.js"]),
    ("yarn workspace server start", ["node", "index.js"]),
    ("pnpm --filter server start", ["node", "index.js"]),
    ("pnpm -F ./server run start", ["node", "index.js"]),
    ("node server/index.js", ["node", "server/index.js"]),
    ("cd server && npm start", ["/bin/sh", "-c", "cd server && exec node index.js"]),
    ("npm --prefix server start", ["node", "index.js"]),
]


@pytest.mark.parametrize(("script", "args"), STARTS, ids=[row[0] for row in STARTS])
def test_the_root_s_start_script_says_what_is_started(script: str, args: list[str]) -> None:
    found = repository(scripts={"start": script})
    assert list(found.runtime.processes[0].args) == args
    assert any(layer.kind == "dependencies" for layer in found.runtime.layers), "nothing is installed"


def test_a_name_without_its_scope_is_enough_where_only_one_has_it() -> None:
    scoped = {"server/package.json": {**SERVER, "name": "@acme/server"}}
    found = repository(scoped, scripts={"start": "pnpm --filter server start"})
    assert found.runtime.dir == "/app/server"


def test_the_root_s_build_script_builds_with_all_workspaces_and_the_site_ships_with_the_server() -> None:
    found = repository(scripts={"start": "npm start -w server", "build": "npm run build -w client"})
    assert runs(found, "build") == [("npm", "run", "build")]
    assert [one.dir for one in found.steps if one.name == "build"] == ["/app"]
    assert runs(found, "install") == [("npm", "ci", "--no-audit", "--no-fund")]
    (production,) = runs(found, "install-production")
    assert "--workspace=server" in production
    assert "--workspace=client" not in production
    assert "client" not in shipped(found)


def test_without_a_build_script_of_the_root_only_what_the_app_needs_ships() -> None:
    found = repository(scripts={"start": "npm start -w server"})
    assert "client" in shipped(found)
    assert not any(one.name == "build" for one in found.steps)


def test_a_root_that_starts_a_file_of_a_workspace_installs_all_of_them() -> None:
    found = repository(scripts={"start": "node server/index.js", "build": "npm run build -w client"})
    assert runs(found, "install") == [("npm", "ci", "--no-audit", "--no-fund")]
    assert runs(found, "install-production") == [("npm", "ci", "--no-audit", "--no-fund", "--omit=dev")]
    assert runs(found, "build") == [("npm", "run", "build")]
    assert found.runtime.dir == "/app"


def test_a_tool_of_the_root_that_starts_the_app_is_in_the_image() -> None:
    server = {**SERVER, "scripts": {"start": "tsx index.ts"}}
    files = {"server/package.json": server, "server/index.ts": ""}
    found = repository(files, scripts={"start": "npm start -w server"}, devDependencies={"tsx": "4"})
    (production,) = runs(found, "install")
    assert "--include-workspace-root" in production


@pytest.mark.parametrize("root", [{"start": "cd backend && npm start"}, {"start": "npm --prefix backend run start"}])
def test_a_root_without_packages_that_starts_what_is_below_it(root: dict[str, str]) -> None:
    below = {"scripts": {"start": "node src/index.js"}, "dependencies": EXPRESS}
    files = {"backend/package.json": below, "backend/package-lock.json": LOCK, "backend/src/index.js": ""}
    found = plan(tree(files, scripts=root))
    assert list(found.runtime.processes[0].args) == ["node", "src/index.js"]
    assert runs(found, "install") == [("npm", "ci", "--no-audit", "--no-fund", "--omit=dev")]


def test_a_root_that_installs_what_is_below_it_builds_the_whole() -> None:
    below = {"scripts": {"start": "node index.js"}, "dependencies": EXPRESS}
    scripts = {"postinstall": "npm --prefix server install", "start": "npm --prefix server start"}
    files = {"server/package.json": below, "server/package-lock.json": LOCK, "server/index.js": ""}
    found = plan(tree(files, scripts=scripts))
    assert list(found.runtime.processes[0].args) == ["/bin/sh", "-c", "cd /app/server && exec node index.js"]
    assert ("npm", "run", "postinstall") in runs(found, "build")


def test_a_procfile_of_the_root_runs_the_root_s_scripts() -> None:
    files = {"Procfile": "web: npm run serve\n"}
    found = repository(files, scripts={"serve": "npm start -w server"})
    assert list(found.runtime.processes[0].args) == ["node", "index.js"]
    assert found.runtime.dir == "/app/server"


def test_a_tool_that_only_the_workspace_has_starts_it() -> None:
    server = {**SERVER, "scripts": {"start": "tsx index.ts"}, "devDependencies": {"tsx": "4"}}
    found = repository({"server/package.json": server, "server/index.ts": ""}, scripts={"start": "npm start -w server"})
    assert list(found.runtime.processes[0].args) == ["node", "--import", "tsx", "index.ts"]


def test_a_workspace_that_the_start_script_only_builds_is_not_the_app() -> None:
    found = repository(scripts={"start": "npm run build -w client && node server/index.js"})
    assert list(found.runtime.processes[0].args) == ["node", "server/index.js"]
    assert found.runtime.dir == "/app"


def test_variables_with_blanks_reach_what_a_root_starts_below_it() -> None:
    below = {"scripts": {"start": "A='x y' node index.js"}, "dependencies": EXPRESS}
    found = plan(tree({"api/package.json": below, "api/index.js": ""}, scripts={"start": "npm --prefix api start"}))
    assert dict(found.runtime.env)["A"] == "x y"


def test_a_repository_with_two_apps_is_an_error_that_lists_them() -> None:
    files = {"client/package.json": {**SERVER, "name": "client"}, "client/index.js": ""}
    with pytest.raises(DetectionError, match="2"):
        repository(files)


def test_an_app_that_is_named_gets_what_it_needs_alone() -> None:
    shared = {"shared/package.json": {"name": "shared", "scripts": {"build": "tsc"}}}
    server = {**SERVER, "dependencies": {**EXPRESS, "shared": "*"}}
    source = tree({**FILES, **shared, "server/package.json": server}, workspaces=["server", "client", "shared"])
    found = plan(source, "server")
    assert web(source, "server") == ("node", "index.js")
    assert [args[:3] for args in runs(found, "build")] == [("npm", "run", "build")]
    assert "client" in shipped(found)
    assert "shared" not in shipped(found)


DELEGATING: list[tuple[str, dict[str, Any]]] = [  # the Procfile, the root's package.json (none for {})
    ("web: cd backend && npm start", {}),
    ("web: npm start --prefix backend", {}),
    ("web: node backend/src/index.js", {}),
    ("web: cd backend && npm start", {"scripts": {"dev": "concurrently"}}),
]


@pytest.mark.parametrize(("procfile", "root"), DELEGATING, ids=str)
def test_a_procfile_that_starts_what_is_below_the_root(procfile: str, root: dict[str, Any]) -> None:
    below = {"scripts": {"start": "node src/index.js"}, "dependencies": EXPRESS}
    files = {"Procfile": procfile, "backend/package.json": below, "backend/src/index.js": ""}
    found = plan(tree({**files, "backend/package-lock.json": LOCK}, **root))
    assert list(found.runtime.processes[0].args) == ["node", "src/index.js"]
    assert runs(found, "install") == [("npm", "ci", "--no-audit", "--no-fund", "--omit=dev")]


def test_a_dependency_outside_of_the_app_s_directory_is_an_error_at_its_line() -> None:
    files = {"server/package.json": {**SERVER, "dependencies": {"shared": "file:../shared"}}, "server/index.js": ""}
    with pytest.raises(PlanError, match="app's") as error:
        plan(tree({**files, "shared/package.json": {"name": "shared"}}), "server")
    assert error.value.at is not None
    assert error.value.at.file == "server/package.json"


@pytest.mark.parametrize(
    "script", ["pnpm -r start", "pnpm -r --stream start", "npm start --workspaces", "lerna run start"]
)
def test_a_root_that_starts_every_package_starts_the_only_one_that_can_be(script: str) -> None:
    found = repository(scripts={"start": script}, devDependencies={"lerna": "9"})
    assert list(found.runtime.processes[0].args) == ["node", "index.js"]


@pytest.mark.parametrize(
    "script", ["turbo run start --filter api", "turbo run start --filter=./api", "lerna run start --scope=api"]
)
def test_a_tool_that_starts_packages_names_the_app(script: str) -> None:
    files = {"api/package.json": {**SERVER, "name": "api"}, "api/index.js": ""}
    own = {"turbo": "2", "lerna": "9"}
    source = tree({**FILES, **files}, workspaces=["server", "api"], scripts={"start": script}, devDependencies=own)
    assert plan(source).runtime.dir == "/app/api"
    below = DictTree({f"repository/{path}": text for path, text in source.files.items()})
    assert plan(below, "repository").runtime.dir == "/app/api"


NX: dict[str, Any] = {"projectType": "application", "targets": {"build": {"options": {"outputPath": "dist/apps/api"}}}}


def nx(*names: str) -> dict[str, str]:
    return {"nx.json": "{}", **{f"apps/{name}/project.json": json.dumps({**NX, "name": name}) for name in names}}


def test_the_only_application_of_an_nx_repository_is_the_app() -> None:
    found = plan(tree(nx("api"), dependencies=EXPRESS, devDependencies={"nx": "22"}))
    assert runs(found, "build") == [("node_modules/.bin/nx", "build", "api")]
    with pytest.raises(DetectionError, match=r"apps/api \(Node.js\), apps/web"):
        plan(tree(nx("api", "web"), dependencies=EXPRESS, devDependencies={"nx": "22"}))


def test_an_nx_application_may_be_configured_in_its_package_json() -> None:
    target = {"options": {"outputPath": "{projectRoot}/dist"}}
    api = {"name": "@org/api", "nx": {"targets": {"build": target}}, "dependencies": EXPRESS}
    files = {"nx.json": "{}", "apps/api/package.json": api, "apps/api/src/main.ts": "", "package-lock.json": LOCK}
    found = plan(tree(files, workspaces=["apps/*"], devDependencies={"nx": "22"}))
    assert runs(found, "build") == [("node_modules/.bin/nx", "build", "@org/api")]
    assert list(found.runtime.processes[0].args) == ["node", "/app/apps/api/dist/main.js"]


def test_a_root_whose_start_goes_into_a_workspace_is_built_by_its_own_script() -> None:
    web = {"name": "web", "scripts": {"build": "esbuild a.js", "start": "node dist/a.js"}}
    scripts = {"build": "turbo build", "start": "cd apps/web && npm start"}
    source = tree(
        {"turbo.json": "{}", "apps/web/package.json": web},
        workspaces=["apps/*"],
        scripts=scripts,
        devDependencies={"turbo": "2"},
    )
    found = plan(source)
    assert runs(found, "build") == [("npm", "run", "build")]
    assert found.runtime.processes[0].args[2] == "cd apps/web && exec node dist/a.js"


def test_a_root_may_start_a_workspace_by_another_script() -> None:
    server = {"name": "server", "scripts": {"prod": "node server.js"}, "dependencies": {"express": "5"}}
    files = {"pnpm-workspace.yaml": "packages: [src, bin]", "src/package.json": server, "src/server.js": ""}
    files["bin/package.json"] = {"name": "bin", "scripts": {"start": "node cli.js"}}
    found = plan(tree(files, scripts={"dev": "x", "prod": "pnpm --filter server run prod"}))
    assert found.runtime.dir == "/app/src"
    assert found.runtime.processes[0].args == ("node", "server.js")


@pytest.mark.parametrize(
    ("packages", "app"),
    [
        ({"web": {"dependencies": {"next": "15", "routes": "*"}}, "routes": {"name": "routes", "dependencies": {"next": "15"}}}, "web"),
        ({"web": {"scripts": {"start": "node a.js"}, "dependencies": {"api": "*"}},
          "api": {"name": "api", "dependencies": {"express": "5"}}}, "web"),
        ({"api": {"name": "api", "dependencies": {"express": "5"}}, "end": {"devDependencies": {"api": "*"}}}, "api"),
        ({"api": {"name": "api", "dependencies": {"express": "5"}}, "lib": {"dependencies": {"api": "*"}}}, "api"),
    ],
    ids=["a framework's library", "a server's library", "tested by another", "the only one"],
)  # fmt: skip
def test_a_package_that_another_is_made_with_is_no_app(packages: dict[str, Any], app: str) -> None:
    files = {f"{dir}/package.json": fields for dir, fields in packages.items()}
    files |= {f"{dir}/{name}": "" for dir in packages for name in ("index.js", "a.js")}
    found = plan(tree(files, private=True, workspaces=list(packages)))
    assert found.runtime.dir == f"/app/{app}"


TOOL: dict[str, Any] = {"name": "cli", "bin": {"acme": "bin.js"}, "scripts": {"start": "node dist/cli.js"}}


@pytest.mark.parametrize(
    ("tool", "files", "is_app"),
    [
        (TOOL, {}, False),
        ({**TOOL, "scripts": {"start": "node cli.js"}}, {"cli/cli.js": "run()"}, False),
        ({**TOOL, "scripts": {"start": "node cli.js"}}, {"cli/cli.js": "http.createServer(f).listen(1)"}, True),
        ({**TOOL, "dependencies": EXPRESS}, {}, True),
        ({**TOOL, "private": True}, {}, True),
        (TOOL, {"cli/Procfile": "web: node dist/cli.js"}, True),
    ],
    ids=["compiled", "its file serves nothing", "its file serves", "has a server", "not published", "has a Procfile"],
)
def test_a_command_line_tool_alone_is_no_app(tool: dict[str, Any], files: dict[str, str], is_app: bool) -> None:
    packages: dict[str, Any] = {"cli/package.json": tool, "cli/dist/cli.js": "", "lib/package.json": {"name": "lib"}}
    source = tree({**packages, **files}, private=True, workspaces=["cli", "lib"])
    if is_app:
        assert plan(source).runtime.dir == "/app/cli"
        return
    with pytest.raises(PlanError, match="only a command-line tool") as error:
        plan(source)
    assert error.value.at is not None
    assert error.value.at.file == "cli/package.json"
    assert "PROJECT_PATH=cli" in (error.value.hint or "")
    assert plan(source, "cli").runtime.dir == "/app/cli"


def test_a_command_line_tool_is_not_listed_beside_the_app() -> None:
    files = {"cli/package.json": TOOL, "api/package.json": SERVER, "api/index.js": ""}
    assert plan(tree(files, private=True, workspaces=["cli", "api"])).runtime.dir == "/app/api"
