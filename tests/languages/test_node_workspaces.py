"""Repositories of several packages: which is the app, what is installed and built for it, what ships."""

import json
from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.errors import DetectionError, PlanError
from frontend.plan.model import FromStep, Plan
from tests.errors import fails
from tests.languages.node import codes, plan, runs, step, tree, web

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
    assert runs(found, "build") == [("nx", "build", "api")]
    with pytest.raises(DetectionError, match=r"PROJECT_PATH=apps/api \(Node.js\)\n  PROJECT_PATH=apps/web"):
        plan(tree(nx("api", "web"), dependencies=EXPRESS, devDependencies={"nx": "22"}))


def application(name: str, executor: str = "@nx/webpack:webpack", **options: str) -> str:
    """A project.json."""
    build = {"executor": executor, "options": {"outputPath": f"dist/apps/{name}", **options}}
    return json.dumps({"name": name, "projectType": "application", "targets": {"build": build, "serve": {}}})


MAIN = ("node", "/app/dist/apps/api/main.js")
OF_NX: list[tuple[str, dict[str, Any], dict[str, str], tuple[str, ...], str]] = [
    # the root's start script, files beside two servers, packages, what is started, what is built
    ("nx serve api", {}, {}, MAIN, "api"),
    ("npx nx run api:serve:production", {}, {}, MAIN, "api"),
    ("nx run-many -t serve -p api", {}, {}, MAIN, "api"),
    ("nx serve", {"nx.json": '{"defaultProject": "api"}'}, {}, MAIN, "api"),
    ("nx serve", {"apps/web/project.json": application("web", "@nx/vite:build")}, {}, MAIN, "api"),
    ("nx serve api", {"Procfile": "web: npx nx serve web\n"}, {}, ("node", "/app/dist/apps/web/main.js"), "web"),
    ("nx serve api", {}, {"@nestjs/core": "11", "next": "16"}, MAIN, "api"),
    (
        "nx serve web",
        {"apps/web/project.json": application("web", "@nx/next:build"), "apps/web/next.config.js": ""},
        {"next": "16"},
        ("node", "/app/node_modules/next/dist/bin/next", "start", "/app/dist/apps/web"),
        "web",
    ),
]


@pytest.mark.parametrize(("start", "files", "packages", "args", "name"), OF_NX, ids=[row[0] for row in OF_NX])
def test_what_nx_would_serve_is_built_and_its_output_is_started(
    start: str, files: dict[str, Any], packages: dict[str, str], args: tuple[str, ...], name: str
) -> None:
    apps = {f"apps/{one}/project.json": application(one) for one in ("api", "web")}
    fields = {"scripts": {"start": start}, "dependencies": {**EXPRESS, **packages}, "devDependencies": {"nx": "22"}}
    found = plan(tree({"nx.json": "{}", "package-lock.json": LOCK, **apps, **files}, **fields))
    assert found.runtime.processes[0].args == args
    assert runs(found, "build") == [("nx", "build", name)]


BY_PLUGINS: dict[str, Any] = {
    "nx.json": "{}",
    "package-lock.json": LOCK,
    "apps/api/project.json": json.dumps({"name": "api", "projectType": "application", "targets": {"serve": {}}}),
    "apps/api/webpack.config.js": "module.exports = { target: 'node' }",
    "apps/web/project.json": json.dumps(
        {"name": "web", "projectType": "application", "targets": {"build": {"x": "1"}}}
    ),
    "apps/web/vite.config.ts": "export default { build: { outDir: '../../dist/apps/web' } }",
    "apps/web/index.html": "",
}


def test_a_page_that_a_plugin_of_nx_builds_is_a_site_and_the_server_is_the_app() -> None:
    dockerfile = 'FROM node:24\nCOPY --from=build /app/dist/apps/api /app/dist\nCMD ["node", "dist/main"]\n'
    scripts = {"start:prod": "docker compose up -d"}
    own: dict[str, Any] = {"scripts": scripts, "dependencies": {"@nestjs/core": "11"}, "devDependencies": {"nx": "22"}}
    found = plan(tree({**BY_PLUGINS, "Dockerfile": dockerfile}, **own))
    assert found.runtime.processes[0].args == MAIN
    assert runs(found, "build") == [("nx", "build", "api")]
    assert [one.hint for one in found.warnings if one.code == "site-apart"] == ["PROJECT_PATH=apps/web builds it"]
    assert "site-apart" not in codes(plan(tree(BY_PLUGINS, **own), "apps/api"))
    site = plan(tree(BY_PLUGINS, **own), "apps/web")
    assert site.language == "static"
    assert step(site, "site").run[0].args[-2:] == ("/app/dist/apps/web", "/app/apps/web/dist")


def test_a_server_that_only_a_production_script_starts_is_the_app() -> None:
    own = {**SERVER, "scripts": {"start:production": "node index.js", "dev": "nodemon index.js"}, "dependencies": {}}
    found = repository({"server/package.json": own})
    assert found.language == "nodejs"
    assert found.runtime.dir == "/app/server"
    assert "site-apart" in codes(found)


def test_a_server_whose_types_another_takes_is_an_app_of_its_own() -> None:
    files = {
        "apps/api/package.json": {"name": "@shop/api", "dependencies": EXPRESS},
        "apps/api/server.js": "",
        "apps/web/package.json": {
            "name": "@shop/web",
            "scripts": {"start": "node a.js"},
            "dependencies": {"@shop/api": "*"},
        },
        "apps/web/a.js": "",
    }
    assert plan(tree(files, workspaces=["apps/*"])).runtime.dir == "/app/apps/web"
    with pytest.raises(DetectionError, match=r"PROJECT_PATH=apps/api \(Node.js\)\n  PROJECT_PATH=apps/web"):
        plan(tree({**files, "apps/api/Dockerfile": "FROM node:24\n"}, workspaces=["apps/*"]))


def test_a_start_in_a_directory_that_is_not_there_is_told() -> None:
    with fails(PlanError, "packages/server, which is not in the build context", ".dockerignore", at="package.json:4"):
        plan(tree({}, scripts={"start": "cd packages/server; npm run start"}))


def test_a_procfile_of_a_package_that_is_run_at_the_root() -> None:
    own = {**SERVER, "scripts": {"start": "node index.js"}}
    files = {"server/package.json": own, "server/Procfile": "web: cd server && npm start\n"}
    found = repository(files)
    assert found.runtime.processes[0].args == ("node", "index.js")
    assert found.runtime.dir == "/app/server"


def test_nx_itself_is_an_application_of_one_package() -> None:
    files = {"nx.json": "{}", "project.json": application("app"), "src/main.ts": "", "package-lock.json": LOCK}
    found = plan(tree(files, scripts={"start": "nx serve"}, dependencies=EXPRESS, devDependencies={"nx": "22"}))
    assert found.runtime.processes[0].args == ("node", "/app/dist/apps/app/main.js")
    assert "dev-start" in codes(found)


def test_a_site_that_nx_builds_is_served_from_where_it_builds_it() -> None:
    files = {"nx.json": "{}", "apps/web/project.json": application("web", "@nx/vite:build"), "package-lock.json": LOCK}
    found = plan(tree(files, scripts={"start": "nx serve web"}, dependencies=EXPRESS, devDependencies={"nx": "22"}))
    why = next(one for one in found.evidence if one.what == "site")
    assert (found.language, str(why.at)) == ("static", "apps/web/project.json:1")
    assert "/app/dist/apps/web" in step(found, "site").run[0].args


def test_the_names_that_nx_may_build_are_candidates() -> None:
    files = {**nx(), "apps/api/project.json": application("api", "@nx/js:tsc", main="apps/api/src/server.ts")}
    found = plan(tree(files, dependencies=EXPRESS, devDependencies={"nx": "22"}))
    others = {one.args[-1] for one in found.runtime.processes[0].otherwise}
    assert {"/app/dist/apps/api/server.cjs", "/app/dist/apps/api/src/server.js", "/app/apps/api/dist/main.js"} <= others


TASKS: list[tuple[str, list[str]]] = [  # the root's start script, what is executed in the workspace api
    ("turbo run serve:it --filter=api", ["node", "it.js"]),
    ("turbo run api#start", ["node", "index.js"]),
    ("turbo start -F ./api -- --quiet", ["node", "index.js", "--quiet"]),
    ("nx start api", ["node", "index.js"]),
    ("nx run api:serve:it", ["node", "index.js"]),
    ("nx run-many --target=start --projects=api", ["node", "index.js"]),
    ("lerna exec --scope api -- node it.js", ["node", "it.js"]),
    ("moon run backend:start", ["node", "index.js"]),
    ("moon api:tasks", ["node", "of-moon.js"]),
]


@pytest.mark.parametrize(("script", "args"), TASKS, ids=[row[0] for row in TASKS])
def test_a_task_of_a_package_is_what_is_executed(script: str, args: list[str]) -> None:
    scripts = {"start": "node index.js", "serve:it": "node it.js", "serve": "node index.js"}
    files = {
        "api/package.json": {**SERVER, "name": "@acme/api", "scripts": scripts},
        "api/index.js": "",
        "api/it.js": "",
        "api/of-moon.js": "",
        "api/moon.yml": "tasks:\n  tasks:\n    command: [node]\n    args: of-moon.js\n",
        ".moon/workspace.yml": "projects:\n  backend: api\n",
    }
    source = tree({**FILES, **files}, workspaces=["server", "api"], scripts={"start": script})
    found = plan(source)
    assert (list(found.runtime.processes[0].args), found.runtime.dir) == (args, "/app/api")


def test_a_package_that_moon_builds() -> None:
    moon = "tasks:\n  build:\n    command: tsc\n  start:\n    script: node dist/a.js\n"
    files = {
        "api/package.json": {"name": "api", "dependencies": EXPRESS},
        "api/moon.yml": moon,
        ".moon/workspace.yml": "",
    }
    found = plan(tree({**FILES, **files}, workspaces=["server", "api"], scripts={"start": "moon run api:start"}))
    assert runs(found, "build") == [("moon", "run", "api:build")]
    assert found.runtime.processes[0].args == ("node", "dist/a.js")


def test_the_build_finds_programs_wherever_the_install_put_them() -> None:
    web = {"name": "web", "dependencies": {"next": "16"}}
    files = {
        "web/package.json": web,
        "pnpm-workspace.yaml": "packages: [web]\n",
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    }
    (build,) = step(plan(tree(files, private=True), "web"), "build").run
    assert build.args == ("next", "build")
    assert dict(build.env)["PATH"].startswith("/app/web/node_modules/.bin:/app/node_modules/.bin:")


INJECTED: list[tuple[dict[str, Any], str, bool]] = [  # of the app's package.json, pnpm-workspace.yaml, injected or not
    ({"dependenciesMeta": {"lib": {"injected": True}}}, "", True),
    ({}, "injectWorkspacePackages: true\n", True),
    ({"dependenciesMeta": {"other": {"injected": True}}}, "", False),
    ({}, "", False),
]


@pytest.mark.parametrize(("fields", "settings", "injected"), INJECTED)
def test_copies_of_workspaces_are_made_again_once_these_are_built(
    fields: dict[str, Any], settings: str, injected: bool
) -> None:
    api = {
        "name": "api",
        "scripts": {"start": "node a.js", "build": "tsc"},
        "dependencies": {"lib": "workspace:*"},
        **fields,
    }
    files = {
        "lib/package.json": {"name": "lib", "scripts": {"build": "tsc"}, "devDependencies": {"typescript": "5"}},
        "api/package.json": api,
        "pnpm-workspace.yaml": f"packages: [lib, api]\n{settings}",
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    }
    found = plan(tree(files, private=True), "api")
    assert [run[:2] for run in runs(found, "build")] == (
        [("pnpm", "install"), ("pnpm", "run"), ("pnpm", "install"), ("pnpm", "run")]
        if injected
        else [("pnpm", "run"), ("pnpm", "run")]
    )
    production = step(found, "install-production")
    assert getattr(production.base, "step", "") == ("build" if injected else "tools")


def test_an_nx_application_may_be_configured_in_its_package_json() -> None:
    target = {"options": {"outputPath": "{projectRoot}/dist"}}
    api = {"name": "@org/api", "nx": {"targets": {"build": target}}, "dependencies": EXPRESS}
    files = {"nx.json": "{}", "apps/api/package.json": api, "apps/api/src/main.ts": "", "package-lock.json": LOCK}
    found = plan(tree(files, workspaces=["apps/*"], devDependencies={"nx": "22"}))
    assert runs(found, "build") == [("nx", "build", "@org/api")]
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
        ({"api": {"dependencies": {"express": "5"}}, "adapter": {"files": ["dist"], "devDependencies": {"express": "5"}}}, "api"),
        ({"api": {"dependencies": {"express": "5"}}, "module": {"exports": {}, "dependencies": {"@nestjs/core": "11"}}}, "api"),
    ],
    ids=["a framework's library", "a server's library", "tested by another", "the only one", "an adapter", "a module"],
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


@pytest.mark.parametrize("root", [".", "./"])
def test_a_root_that_lists_itself_is_an_app(root: str) -> None:
    found = plan(tree({"server.js": ""}, workspaces=[root], scripts={"start": "node server.js"}))
    assert found.runtime.processes[0].args == ("node", "server.js")
    assert not any("--workspace" in word for one in found.steps for run in one.run for word in run.args)


WEBPACK = "new NxAppWebpackPlugin({{ target: {}, main: './src/main.ts' }})"
INFERRED: dict[str, Any] = {"private": True, "nx": {"targets": {"serve": {"executor": "@nx/js:node"}}}}


def of_plugins(**kinds: str) -> DictTree:
    """A repository whose applications Nx builds by what a plugin makes of their configurations, of these kinds."""
    files: dict[str, Any] = {"nx.json": "{}", "package-lock.json": LOCK}
    for name, kind in kinds.items():
        files[f"apps/{name}/package.json"] = {**INFERRED, "name": f"@shop/{name}"}
        files |= {f"apps/{name}/webpack.config.js": WEBPACK.format(kind), f"apps/{name}/src/main.ts": ""}
    return tree(files, workspaces=["apps/*"], dependencies=EXPRESS, devDependencies={"nx": "22"})


def test_a_plugin_of_nx_builds_a_package_without_a_build_target() -> None:
    found = plan(of_plugins(api="'node'", shop="'web'"))
    assert runs(found, "build") == [("nx", "build", "@shop/api")]
    assert ("node", "/app/apps/api/dist/main.js") in [one.args for one in found.runtime.processes[0].otherwise]
    with pytest.raises(
        DetectionError, match=r"PROJECT_PATH=apps/api \(Node.js\)\n  PROJECT_PATH=apps/mail \(Node.js\)$"
    ):
        plan(of_plugins(api="'node'", mail='"node"', shop="'web'"))


def test_what_a_plugin_of_nx_builds_for_a_browser_alone_is_a_site() -> None:
    files = {"nx.json": "{}", "apps/shop/project.json": '{"name": "shop", "projectType": "application", "targets": {}}'}
    files["apps/shop/webpack.config.js"] = "new NxAppWebpackPlugin({ main: 'a.tsx' })"
    found = plan(tree(files, dependencies=EXPRESS, devDependencies={"nx": "22"}))
    assert (found.language, runs(found, "build")) == ("static", [("nx", "build", "shop")])


LIBRARY: dict[str, Any] = {"name": "contracts", "main": "./dist/index.js", "scripts": {"dev": "tsc --watch"}}
OUT = '{"compilerOptions": {"outDir": "dist"}}'


@pytest.mark.parametrize(
    ("library", "files", "turbo", "expected"),
    [
        ({}, {}, None, [("tsc",), ("npm", "run", "build")]),
        ({}, {}, '{"tasks": {"build": {"dependsOn": ["^build"]}}} // ours', [("tsc",), ("turbo", "run", "build", "--filter=api")]),
        ({"scripts": {"compile": "tsc"}}, {}, '{"tasks": {"build": {"dependsOn": ["^compile"]}}}', [("turbo", "run", "build", "--filter=api")]),
        ({"main": "src/index.ts"}, {}, None, [("npm", "run", "build")]),
        ({}, {"contracts/dist/index.js": ""}, None, [("npm", "run", "build")]),
        ({"scripts": {"build": "tsup"}}, {}, None, [("npm", "run", "build"), ("npm", "run", "build")]),
    ],
)  # fmt: skip
def test_a_workspace_that_others_import_compiled_is_compiled(
    library: dict[str, Any], files: dict[str, str], turbo: str | None, expected: list[tuple[str, ...]]
) -> None:
    api = {
        "name": "api",
        "scripts": {"build": "tsc", "start": "node dist/a.js"},
        "dependencies": {**EXPRESS, "contracts": "*"},
    }
    written = {
        "package-lock.json": LOCK,
        "api/package.json": api,
        "api/src/a.ts": "",
        "contracts/package.json": {**LIBRARY, **library},
        "contracts/tsconfig.json": OUT,
        "contracts/src/index.ts": "",
        **files,
        **({"turbo.json": turbo} if turbo else {}),
    }
    development = {"typescript": "5", **({"turbo": "2"} if turbo else {})}
    found = plan(tree(written, workspaces=["api", "contracts"], devDependencies=development))
    assert runs(found, "build") == expected


def test_a_stand_in_for_a_server_is_not_the_app() -> None:
    fake = {"name": "x", "scripts": {"start": "node index.js"}, "dependencies": EXPRESS}
    web = {"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}
    files = {"package-lock.json": LOCK, "apps/fake-server/package.json": fake, "apps/fake-server/index.js": ""}
    alone = plan(tree(files, workspaces=["apps/*"]))
    assert alone.runtime.dir == "/app/apps/fake-server"
    beside = plan(tree({**files, "apps/web/package.json": web, "apps/web/index.html": ""}, workspaces=["apps/*"]))
    assert beside.language == "static"
    real = {"apps/api/package.json": {**fake, "name": "api"}, "apps/api/index.js": ""}
    assert plan(tree({**files, **real}, workspaces=["apps/*"])).runtime.dir == "/app/apps/api"
