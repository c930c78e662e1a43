"""What the steps of a Deno app do, what its image is made of, and what is told about both."""

from typing import Any

import pytest

from frontend.errors import PlanError, SourceError, VersionError
from frontend.languages.registry import DENO
from frontend.plan.model import FromStep, TextFile
from frontend.rules import flavour
from frontend.rules.cleanup import leaves_out
from frontend.rules.monorepo import SeveralAppsError
from frontend.settings.model import Setting, Settings
from tests.errors import fails
from tests.languages.deno import SERVER, Files, codes, config, lock, plan, runs, step
from tests.languages.node import package

START = "deno run -A main.ts"
HONO = {"hono": "npm:hono@4"}


def app(**data: object) -> Files:
    """An app of a configuration, with a lockfile."""
    return {"deno.json": config(start=START, **data), "deno.lock": lock(), "main.ts": SERVER}


def test_what_is_imported_is_fetched_before_the_sources_are_there() -> None:
    found = plan(app(imports=HONO))
    assert runs(found, "install") == ["deno install --frozen"]
    assert runs(found, "build") == ["deno cache --frozen main.ts"]
    assert [one.paths for one in step(found, "install").inputs if hasattr(one, "paths")] == [("deno.json", "deno.lock")]


def test_an_app_that_imports_nothing_installs_nothing() -> None:
    assert [one.name for one in plan({"main.ts": SERVER}).steps] == ["build"]


def test_what_is_imported_is_looked_for_without_a_network() -> None:
    found = plan(app(imports=HONO), run_env=(("NPM_CONFIG_REGISTRY", "https://npm.corp/"), ("OTHER", "x")))
    last = step(found, "build").run[-1]
    assert (last.args, last.offline, last.secrets) == (("deno", "cache", "--frozen", "main.ts"), True, ())
    assert last.env == (("NPM_CONFIG_REGISTRY", "https://npm.corp/"),)
    assert not any(one.offline for one in step(plan({"main.ts": SERVER}), "build").run)


def test_the_registries_of_an_npmrc_are_in_the_image_without_its_credentials() -> None:
    npmrc = (
        "registry=https://npm.corp/\n@a:registry = https://a.corp/npm\n//npm.corp/:_authToken=abc\nsave-exact=true\n"
    )
    files = {**app(imports=HONO), ".npmrc": npmrc}
    named = "registry=https://npm.corp/\n@a:registry=https://a.corp/npm\n"
    layer = plan(files).runtime.layers[1]
    for inputs in (step(plan(files), "install").inputs, layer.inputs):
        assert [one.text for one in inputs if isinstance(one, TextFile) and one.path == "/app/.npmrc"] == [named]
    assert "abc" not in str(plan(files))


def test_an_app_without_a_lockfile_is_told() -> None:
    files = {"deno.json": config(start=START, imports=HONO), "main.ts": SERVER}
    assert codes(plan(files)) == ["no-lockfile"]
    assert runs(plan(files), "install") == ["deno install"]
    assert codes(plan({**files, "deno.json": config(start=START, imports=HONO, lock=False)})) == []
    assert codes(plan({"main.ts": SERVER})) == []


def test_what_a_registry_says_is_left_out_and_no_file_of_a_package() -> None:
    (cache,) = plan(app(imports=HONO)).runtime.layers[0].inputs
    assert isinstance(cache, FromStep)
    host = "npm/registry.npmjs.org"
    for path in (f"{host}/hono/registry.json", f"{host}/@a/b/registry.json", "gen/file/app/main.ts.js"):
        assert leaves_out(path, cache.exclude), path
    for path in (
        f"{host}/a/1.0.0/registry.json",
        f"{host}/a/1.0.0/data/json/registry.json",
        f"{host}/@a/b/1.0.0/registry.json",
    ):
        assert not leaves_out(path, cache.exclude), path
    (cache,) = plan({**app(imports=HONO), "deno.lock": lock("4")}).runtime.layers[0].inputs
    assert isinstance(cache, FromStep)
    assert not leaves_out(f"{host}/hono/registry.json", cache.exclude)


def test_packages_are_in_node_modules_where_the_configuration_says_so() -> None:
    def shipped(files: Files) -> list[str]:
        layer = plan(files).runtime.layers[0]
        return [one.path for one in layer.inputs if isinstance(one, FromStep)]

    assert shipped(app(imports=HONO)) == ["/deno-dir"]
    assert shipped(app(imports=HONO, nodeModulesDir="auto")) == ["/deno-dir", "/app/node_modules"]
    beside = {**app(), "package.json": package(dependencies={"hono": "4"})}
    assert shipped(beside) == ["/deno-dir", "/app/node_modules"]
    assert shipped({**beside, "deno.json": config(start=START, nodeModulesDir="none")}) == ["/deno-dir"]


BUILDS: list[tuple[str, dict[str, object], list[str]]] = [
    ("the task build", {"build": "deno run -A b.ts"}, ["deno task build"]),
    ("one that only compiles the app", {"build": "deno compile -o app main.ts"}, []),
    (
        "one that the start runs",
        {"build": "deno run -A b.ts", "start": "deno task build && deno run -A main.ts"},
        ["deno run -A b.ts"],
    ),
    (
        "one that the start depends on",
        {"build:css": "deno run -A css.ts", "start": {"command": START, "dependencies": ["build:css"]}},
        ["deno run -A css.ts"],
    ),
]


@pytest.mark.parametrize(("data", "programs"), [row[1:] for row in BUILDS], ids=[row[0] for row in BUILDS])
def test_the_build(data: dict[str, object], programs: list[str]) -> None:
    found = plan({"deno.json": config(tasks={"start": START, **data}), "main.ts": SERVER})
    assert runs(found, "build") == [*programs, "deno cache main.ts"]
    assert " ".join(found.runtime.processes[0].args).endswith("-A main.ts")


def test_the_users_command_replaces_the_task() -> None:
    found = plan(app(tasks={"build": "deno run -A b.ts"}), build_command="deno run -A c.ts")
    assert runs(found, "build")[0] == "deno run -A c.ts"
    assert runs(plan(app(tasks={"build": "x"}), skip=frozenset({"build"})), "build") == ["deno cache --frozen main.ts"]


def test_a_compiled_app_ships_alone() -> None:
    tasks = {"compile": "deno compile -N --output dist/app main.ts", "start": "./dist/app"}
    found = plan({"deno.json": config(tasks=tasks), "main.ts": SERVER})
    assert found.runtime.base == "debian:trixie-slim"
    assert [one.path for one in found.runtime.layers[0].inputs if isinstance(one, FromStep)] == ["/app/dist/app"]
    assert runs(found, "build") == ["deno task compile"]


MEMBERS: Files = {
    "deno.json": config(workspace=["./api", "./lib"]),
    "deno.lock": lock(),
    "api/deno.json": config(start=START, imports=HONO),
    "api/main.ts": SERVER,
    "lib/deno.json": config(exports="./mod.ts"),
    "lib/mod.ts": "export const a = 1;\n",
}


def test_the_member_of_a_workspace_that_starts_is_the_app() -> None:
    for found in (plan(MEMBERS), plan(MEMBERS, "api")):
        assert found.runtime.dir == "/app/api"
        assert runs(found, "build") == ["deno cache --frozen api/main.ts"]
        assert step(found, "install").inputs[0].paths[-1] == "deno.lock"  # type: ignore[union-attr]


def test_a_process_in_another_directory_is_started_there() -> None:
    files = {**MEMBERS, "Procfile": "web: deno task --cwd api start\nworker: deno run -A lib/mod.ts\n"}
    found = plan(files)
    assert found.runtime.dir == "/app/api"
    assert found.runtime.processes[0].args[-1] == "main.ts"
    assert found.runtime.processes[1].args[-1] == ("cd /app && exec deno run --cached-only --frozen -A lib/mod.ts")


def test_several_members_that_start_are_an_error() -> None:
    with fails(SeveralAppsError, "PROJECT_PATH=api", "PROJECT_PATH=web", at="deno.json:2"):
        plan(
            {
                **MEMBERS,
                "deno.json": config(workspace=["./api", "./web"]),
                "web/deno.json": config(start=START),
                "web/main.ts": SERVER,
            }
        )


def test_of_several_members_the_one_that_serves_is_the_app() -> None:
    files = {
        **MEMBERS,
        "deno.json": config(workspace=["./api", "./cli"]),
        "cli/deno.json": config(start=START),
        "cli/main.ts": "console.log(Deno.args);\n",
    }
    found = plan(files)
    assert (found.runtime.dir, found.evidence[0].what) == ("/app/api", "app")
    assert plan(files, "cli").runtime.dir == "/app/cli"


def test_a_directory_that_deno_deploy_starts_is_the_app() -> None:
    files = {
        "deno.jsonc": config(deploy={"runtime": {"cwd": "./api", "entrypoint": "./main.ts"}}),
        "api/deno.json": config(start=START),
        "api/main.ts": SERVER,
        "site/package.json": package(scripts={"dev": "vite"}),
    }
    assert step(plan(files), "build").inputs[0].root == "api"  # type: ignore[union-attr]


UNUSED: dict[str, Any] = {
    "workspace": {"dependencies": ["npm:hono@4", "npm:zod@4"]},
    "specifiers": {"npm:hono@4": "4.6.0"},
}


def test_a_lockfile_without_what_nothing_imports_is_enforced_where_deno_takes_it() -> None:
    found = plan({**app(imports={**HONO, "zod": "npm:zod@4"}), "deno.lock": lock(**UNUSED)})
    assert runs(found, "install") == ["deno install"]
    assert runs(found, "build") == ["deno cache --frozen main.ts"]
    url = {"a": "https://deno.land/x/a/mod.ts"}
    assert runs(plan({**app(imports=url), "deno.lock": lock()}), "install") == ["deno install"]
    known = lock(remote={url["a"]: "0"})
    assert runs(plan({**app(imports=url), "deno.lock": known}), "install") == ["deno install --frozen"]


def test_a_lockfile_without_a_configuration_is_named() -> None:
    found = plan({"deno.lock": lock(), "main.ts": SERVER})
    assert runs(found, "build") == ["deno cache --lock deno.lock --frozen main.ts"]
    args = found.runtime.processes[0].args
    assert args[:6] == ("deno", "run", "--cached-only", "--lock", "deno.lock", "--frozen")


def test_the_hint_for_a_lockfile_is_what_writes_one() -> None:
    source = f'import "npm:hono@4";\n{SERVER}'
    hints = [
        plan(files).warnings[0].hint
        for files in (
            {"main.ts": source},
            {"main.ts": source, "deno.json": "{}"},
            {"main.ts": source, "deno.json": config(imports=HONO)},
        )
    ]
    assert "{}" in hints[0]
    assert "deno.json and deno.lock" in hints[0]
    assert hints[1].startswith("run deno cache main.ts and")
    assert hints[2].startswith("run deno install && deno cache main.ts and")


def test_modules_of_another_host_are_fetched() -> None:
    found = plan({"main.ts": f'import "https://a.example/b.ts";\n{SERVER}', "deno.json": config(imports=HONO)})
    assert runs(found, "install") == ["deno install --allow-import"]
    assert runs(found, "build") == ["deno cache --allow-import main.ts"]
    trusted = plan({"main.ts": f'import "https://esm.sh/b";\n{SERVER}'})
    assert runs(trusted, "build") == ["deno cache main.ts"]


def test_what_the_app_loads_from_a_directory_of_tests_is_in_the_image() -> None:
    files = {"main.ts": f'import "./tests/[a].ts";\n{SERVER}', "tests/[a].ts": "", "tests/b.ts": ""}
    copied = plan(files).runtime.layers[1].inputs[0]
    assert isinstance(copied, FromStep)
    assert not leaves_out("tests/[a].ts", copied.exclude)
    assert leaves_out("tests/b.ts", copied.exclude)


@pytest.mark.parametrize(
    "line",
    [
        'import a from "./a.json" assert { type: "json" };',
        "const all = await Deno.readAll(file);",
        "new Deno.Buffer();",
    ],
)
def test_sources_that_deno_2_does_not_run_get_deno_1(line: str) -> None:
    found = plan({"main.ts": f"{line}\n{SERVER}", "deno.json": config(imports=HONO), "deno.lock": lock("3")})
    assert found.runtime.base == "denoland/deno:1.46.3"
    assert [one.name for one in found.steps] == ["build"]
    assert next((str(one.at), one.code) for one in found.warnings) == ("main.ts:1", "end-of-life")
    assert "1.46" not in plan({"main.ts": f"// {line}\n{SERVER}"}).runtime.base
    assert "1.46" not in plan({"main.ts": f"{line}\n{SERVER}", "deno.json": "{}", "deno.lock": lock()}).runtime.base


def test_a_dockerfile_of_deno_1_is_the_last_of_deno_1() -> None:
    asked = {"deno": Setting("1.32.2")}
    assert plan({"main.ts": SERVER}, candidate_versions=asked).versions[0].value == "1.46.3"
    assert plan({"main.ts": SERVER, "deno.lock": lock("4")}, candidate_versions=asked).versions[0].value != "1.46.3"


def test_a_site_is_served() -> None:
    lume = {"deno.json": config(imports={"lume/": "https://deno.land/x/lume@v3/"}, tasks={"build": "deno task l"})}
    vite = {"deno.json": config(start="vite", tasks={"build": "vite build"})}
    for files in (lume, vite):
        found = plan(files)
        assert found.language == "static"
        assert runs(found, "build") == ["deno task build"]


def test_imports_that_only_the_network_has_are_told() -> None:
    remote = "const m = await import(`https://esm.sh/${name}`);\n"
    found = plan({"main.ts": f"{SERVER}{remote}"})
    assert [(one.code, one.at.line if one.at else 0) for one in found.warnings] == [("dynamic-import", 2)]
    assert codes(plan({"main.ts": f'{SERVER}await import("./routes/" + name);\n// {remote}'})) == []
    below = {"main.ts": f'import "./a.ts";\n{SERVER}', "a.ts": "await import(moduleUrl);\n"}
    assert [one.at.file for one in plan(below).warnings if one.at] == ["a.ts"]


def test_a_database_in_the_cache_is_told() -> None:
    files = {"main.ts": f"const kv = await Deno.openKv();\n{SERVER}"}
    assert codes(plan(files)) == ["read-only"]
    assert codes(plan(files, run_env=(("DENO_KV_DEFAULT_PATH", "/data/kv"),))) == []
    assert codes(plan({"main.ts": f'await Deno.openKv("https://kv");\n{SERVER}'})) == []


VERSIONS: list[tuple[str, Files, str]] = [
    ("nobody", {}, "2.9.6"),
    ("a line", {".dvmrc": "2.5\n"}, "2.5.7"),
    ("a release", {".dvmrc": "v2.5.3\n"}, "2.5.3"),
    ("asdf", {".tool-versions": "deno 2.4.0\n"}, "2.4.0"),
    ("mise", {"mise.toml": '[tools]\ndeno = "2.6"\n'}, "2.6.10"),
    ("engines", {"package.json": '{"engines": {"deno": "^2.1"}}'}, "2.9.6"),
    ("newer than the table", {".dvmrc": "2.12\n"}, "2.12.0"),
]


@pytest.mark.parametrize(("files", "version"), [row[1:] for row in VERSIONS], ids=[row[0] for row in VERSIONS])
def test_the_version(files: Files, version: str) -> None:
    found = plan({**app(), **files})
    assert found.runtime.base == f"denoland/deno:{version}"
    assert found.versions[0].value == version


def test_versions_that_cannot_be_built_are_errors() -> None:
    with fails(VersionError, "1.46.3", "DENO_VERSION", at=".dvmrc:1"):
        plan({**app(), ".dvmrc": "1.46.3\n"})
    with fails(VersionError, "2.2.0", '"5"', at=".dvmrc:1"):
        plan({**app(), ".dvmrc": "2.2.0\n"})
    with fails(VersionError, '"9"', at="deno.lock:2"):
        plan({**app(), "deno.lock": lock("9")})


def test_broken_files_are_errors_at_their_line() -> None:
    with fails(SourceError, at="deno.jsonc:3"):
        plan({"deno.jsonc": '{ // x\n  "tasks": {},,\n}', "main.ts": SERVER})
    with fails(SourceError, at="deno.lock:2"):
        plan({**app(), "deno.lock": '{ "version": "5",\n<<<<<<< HEAD\n}'})
    with fails(SourceError, "start", at="deno.json:3"):
        plan({"deno.json": '{\n  "tasks": {\n    "start": 1\n  }\n}'})


def test_a_hardened_image_is_that_of_the_version_or_else_of_its_line() -> None:
    hardened = flavour.flavoured(plan(app()), DENO, Settings(flavour=Setting("hardened")))
    assert hardened.runtime.base == "dhi.io/deno:2.9.6-debian13"
    newest = flavour.of_line(hardened)
    assert newest is not None
    assert newest.runtime.base == "dhi.io/deno:2.9-debian13"


def test_a_member_of_a_workspace_that_is_not_there_is_told_at_its_line() -> None:
    files = {"deno.json": '{\n "workspace": ["./api", "./gone"]\n}', "api/deno.json": config(start=START)}
    with fails(PlanError, "gone", "path", at="deno.json:2"):
        plan({**files, "api/main.ts": SERVER})


def test_what_installs_deno_elsewhere_is_no_part_of_the_build() -> None:
    asked = "curl -fsSL https://deno.land/install.sh | sh && /opt/buildhome/.deno/bin/deno task build --location=/a"
    found = plan({**app(imports=HONO), "deno.json": config(start=START)}, build_command=asked)
    assert runs(found, "build")[0] == "deno task build --location=/a"
    kept = plan(app(imports=HONO), build_command="curl -fsSL https://a.example/b.sh | sh && deno task build")
    assert "a.example" in runs(kept, "build")[0]


MAPPED = "deno run -A --import-map=maps/a.json main.ts"


def test_what_the_start_says_of_imports_is_for_the_build_too() -> None:
    files = {
        "deno.json": config(start=MAPPED),
        "main.ts": f'import "hono";\n{SERVER}',
        "maps/a.json": '{"imports": {}}',
    }
    assert runs(plan(files), "build") == ["deno cache --import-map=maps/a.json main.ts"]
    locked = {**files, "deno.lock": lock(), "deno.json": config(start="deno run -A --no-lock --unstable-kv main.ts")}
    assert runs(plan(locked), "build") == ["deno cache --no-lock --unstable-kv main.ts"]
    inner = {"deno.json": config(start="cd api && deno run -A -c d.json main.ts"), "api/main.ts": SERVER}
    assert runs(plan({**inner, "main.ts": SERVER}), "build") == ["deno cache -c api/d.json api/main.ts"]


@pytest.mark.parametrize(
    ("data", "named", "at"),
    [
        ({"start": MAPPED}, "maps/a.json", "deno.json:3"),
        ({"start": START, "importMap": "./maps/a.json"}, "maps/a.json", "deno.json:5"),
        ({"start": "deno run -A mian.ts"}, "main.ts", "deno.json:3"),
    ],
)
def test_a_file_that_is_not_there_is_told_at_the_line_that_names_it(data: dict[str, Any], named: str, at: str) -> None:
    with fails(PlanError, named, at=at):
        plan({"deno.json": config(**data), "main.ts": SERVER})


def test_a_file_that_a_build_makes_may_not_be_there() -> None:
    made = config(start="deno run -A out/server.js", tasks={"build": "deno run -A build.ts"})
    assert "deno task build" in runs(plan({"deno.json": made, "build.ts": ""}), "build")
