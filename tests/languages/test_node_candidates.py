"""Candidates of a start: where the install or the build decides what is there."""

import json
from typing import Any

import pytest

from frontend.errors import PlanError
from frontend.plan.model import Plan
from tests.languages.node import LOCK, plan, tree

NEST: dict[str, Any] = {
    "dependencies": {"@nestjs/core": "11"},
    "scripts": {"build": "nest build", "start": "nest start"},
}
Commands = list[str]


def places(files: dict[str, Any] | None = None, app: str = "", **fields: Any) -> Commands:
    """The commands of the web process, in their order, as texts."""
    found = plan(tree({"package-lock.json": LOCK, **(files or {})}, **fields), app).runtime.processes[0]
    return [" ".join(found.args), *(" ".join(one.args) for one in found.otherwise)]


def test_a_nest_app_may_be_compiled_below_src() -> None:
    assert places({"src/main.ts": ""}, **NEST) == ["node dist/main.js", "node dist/src/main.js"]


@pytest.mark.parametrize(
    ("config", "first"),
    [
        ('{"entryFile": "server"}', ["node dist/server.js", "node dist/src/server.js"]),
        ('{"entryFile": "src/main.js"}', ["node dist/src/main.js"]),
        ('{"sourceRoot": "code"}', ["node dist/main.js", "node dist/code/main.js"]),
        (
            '{"root": "apps/api", "projects": {"api": {"root": "apps/api", "entryFile": "boot"}}}',
            ["node dist/apps/api/boot.js", "node dist/apps/api/src/boot.js"],
        ),
    ],
)
def test_the_nest_cli_says_where_the_entry_is(config: str, first: Commands) -> None:
    assert places({"nest-cli.json": config}, **NEST)[: len(first)] == first


def test_the_output_of_a_nest_app_is_what_the_compiler_writes_to() -> None:
    config = '{"compilerOptions": {"outDir": "./build"}}'
    assert places({"tsconfig.json": config}, **NEST)[:2] == ["node build/main.js", "node build/src/main.js"]


@pytest.mark.parametrize(
    ("start", "commands"),
    [
        ("node dist/main", ["node dist/main", "node dist/src/main"]),
        ("NODE_ENV=x node --enable-source-maps dist/main.js a", ["node --enable-source-maps dist/main.js a",
                                                                 "node --enable-source-maps dist/src/main.js a"]),
        ("node dist/src/main", ["node dist/src/main", "node dist/main"]),
        ("node dist/worker", ["node dist/worker", "node dist/src/worker"]),
        ("node main", ["node main"]),
        ("node lib/main", ["node lib/main"]),
        ("node -e 0", ["node -e 0"]),
    ],
)  # fmt: skip
def test_a_compiled_file_that_the_start_names_may_be_elsewhere_in_the_output(start: str, commands: Commands) -> None:
    files = {"main.js": "", "lib/main.js": ""}
    assert places(files, **{**NEST, "scripts": {"build": "tsc", "start": start}}) == commands


def test_a_compiled_file_of_nest_s_own_monorepo_may_be_in_its_project_s_output() -> None:
    config = '{"root": "apps/api", "projects": {"api": {"root": "apps/api"}}}'
    own = {**NEST, "scripts": {"build": "nest build", "start:prod": "node dist/main", "start": "nest start"}}
    assert places({"nest-cli.json": config}, **own)[:3] == [
        "node dist/main",
        "node dist/src/main",
        "node dist/apps/api/main.js",
    ]


@pytest.mark.parametrize(
    ("scripts", "left"),
    [
        ({"build": "nest build"}, "mailer, worker"),
        ({"build": "npm run build:all", "build:all": "nest build && nest build worker"}, "mailer"),
        ({"build": "nest build --all"}, ""),
    ],
)
def test_applications_of_nest_s_own_monorepo_that_are_not_built_are_told(scripts: dict[str, str], left: str) -> None:
    projects = {
        "api": {"type": "application", "root": "apps/api"},
        "mailer": {"type": "application", "root": "apps/mailer", "entryFile": "start"},
        "shared": {"type": "library", "root": "libs/shared"},
        "worker": {"root": "apps/worker"},
    }
    config = json.dumps({"root": "apps/api", "projects": projects}, indent=1)
    own = {**NEST, "scripts": {**scripts, "start:prod": "node dist/apps/api/main"}}
    found = plan(tree({"package-lock.json": LOCK, "nest-cli.json": config}, **own))
    told = [one for one in found.warnings if one.code == "apps-not-built"]
    assert [one.message.rpartition(": ")[2] for one in told] == [left] * bool(left)
    if left:
        assert str(told[0].at) == "nest-cli.json:8"
        assert 'RUN_COMMAND="node dist/apps/mailer/start.js"' in told[0].hint


def test_another_process_keeps_its_variables_wherever_its_file_is() -> None:
    source = tree({"package-lock.json": LOCK, "Procfile": "web: node a.js\nworker: A=1 node dist/w"}, **NEST)
    worker = plan(source).runtime.processes[1]
    assert worker.args == ("env", "A=1", "node", "dist/w")
    assert [one.args for one in worker.otherwise] == [("env", "A=1", "node", "dist/src/w")]


def test_a_typescript_entry_is_started_compiled_where_a_build_compiles_it() -> None:
    files = {"src/index.ts": "", "tsconfig.json": '{"compilerOptions": {"outDir": "out"}}'}
    fields: dict[str, Any] = {"dependencies": {"express": "5"}, "scripts": {"build": "tsc"}}
    assert places(files, **fields) == ["node out/index.js", "node out/src/index.js", "node src/index.ts"]
    assert places({"src/index.ts": ""}, dependencies={"express": "5"}) == ["node src/index.ts"]


def test_a_built_main_may_be_beside_other_sources() -> None:
    fields: dict[str, Any] = {"main": "dist/server.js", "scripts": {"build": "tsc"}, "dependencies": {"express": "5"}}
    assert places(**fields) == ["node dist/server.js", "node dist/src/server.js"]


@pytest.mark.parametrize(
    ("package", "file", "text", "command"),
    [
        ("@sveltejs/kit", "svelte.config.js", "kit: { adapter: adapter({ out: 'dist' }) }", "node dist"),
        ("@sveltejs/kit", "svelte.config.js", "kit: { adapter: adapter({ out: where() }) }", "node build"),
        ("@astrojs/node", "astro.config.mjs", 'outDir: "./site"', "node site/server/entry.mjs"),
        ("@astrojs/node", "astro.config.mjs", 'build: { server: "./dist/node" }', "node dist/node/entry.mjs"),
        ("nuxt", "nuxt.config.ts", "nitro: { output: { dir: 'server-build' } }", "node server-build/server/index.mjs"),
    ],
)
def test_a_framework_starts_from_the_output_that_is_configured(
    package: str, file: str, text: str, command: str
) -> None:
    own = {package: "1", "@sveltejs/adapter-node": "5"} if package == "@sveltejs/kit" else {package: "1"}
    assert places({file: text}, dependencies=own, scripts={"build": "x build"})[0] == command


def test_what_nuxt_puts_elsewhere_is_what_ships() -> None:
    files = {"nuxt.config.ts": "nitro: { output: { dir: 'site' } }"}
    found = plan(tree(files, dependencies={"nuxt": "4"}, scripts={"build": "nuxt build"}))
    assert [one.path for one in found.runtime.layers[1].inputs if hasattr(one, "path")] == ["/app/site"]


WORKSPACES: dict[str, Any] = {"dependencies": {}, "private": True, "packageManager": "pnpm@10.0.0"}


def test_a_program_of_a_workspace_is_its_own_or_the_root_s() -> None:
    api = {"name": "api", "scripts": {"start": "fastify start app.js"}, "dependencies": {"fastify-cli": "7"}}
    source = tree({"pnpm-workspace.yaml": "packages: [apps/*]", "apps/api/package.json": api}, **WORKSPACES)
    found = plan(source, "apps/api").runtime.processes[0]
    commands = [found.args, *(one.args for one in found.otherwise)]
    assert [args[1] if args[0] == "node" else args[0] for args in commands] == [
        "node_modules/fastify-cli/cli.js",
        "/app/node_modules/fastify-cli/cli.js",
        "node_modules/.bin/fastify",
        "/app/node_modules/.bin/fastify",
    ]


def test_in_a_shell_each_place_is_a_candidate_that_needs_its_program() -> None:
    scripts = {"start": "prisma migrate deploy && node server.js"}
    api = {"name": "api", "scripts": scripts, "dependencies": {"prisma": "6"}}
    source = tree(
        {"pnpm-workspace.yaml": "packages: [apps/*]", "apps/api/package.json": api, "apps/api/server.js": ""},
        **WORKSPACES,
    )
    found = plan(source, "apps/api").runtime.processes[0]
    assert [need.paths for need in found.needs] == [("/app/apps/api/node_modules/prisma/build/index.js",)]
    assert found.otherwise[0].needs[0].paths == ("/app/node_modules/prisma/build/index.js",)
    assert (
        found.otherwise[0].args[2]
        == "node /app/node_modules/prisma/build/index.js migrate deploy && exec node server.js"
    )


START = "node --import ./.output/server/preload.mjs .output/server/index.mjs"


@pytest.mark.parametrize(
    ("start", "command", "layers"),
    [
        (START, START, ["/app/.output/server/node_modules", "/app/.output"]),
        ("nuxt preview", "node .output/server/index.mjs", ["/app/.output/server/node_modules", "/app/.output"]),
        (f"{START} --flag", f"{START} --flag", ["/app/.output/server/node_modules", "/app/.output"]),
        ("node --import ./preload.mjs .output/server/index.mjs", "", ["/app/node_modules", "/app"]),
        ("node migrate.js && node .output/server/index.mjs", "", ["/app/node_modules", "/app"]),
    ],
)
def test_the_start_script_of_nuxt_stays_and_what_it_names_ships(start: str, command: str, layers: list[str]) -> None:
    scripts = {"build": "nuxt build", "start": start}
    found = plan(tree({"package-lock.json": LOCK}, dependencies={"nuxt": "4"}, scripts=scripts))
    assert " ".join(found.runtime.processes[0].args).removeprefix("/bin/sh -c ") == (
        command or start.replace("&& node", "&& exec node")
    )
    assert [one.path for layer in found.runtime.layers for one in layer.inputs if hasattr(one, "path")] == layers


BERRY = """__metadata:
  version: 10

"micro@npm:10.0.1":
  version: 10.0.1
  resolution: "micro@npm:10.0.1"
  bin:
    micro: ./dist/bin/micro.js
  checksum: 10c0/00
"""
OTHER = BERRY.replace("10.0.1", "9.4.1").replace("dist/bin", "bin").partition("\n\n")[2]
LINKED, HOISTED = "node node_modules/micro/dist/bin/micro.js", "node /app/node_modules/micro/dist/bin/micro.js"
LAID_OUT: list[tuple[str, str, str, Commands]] = [  # the linker, yarn's settings, its lockfile, the places in their order
    ("node-modules", "nodeLinker: node-modules\n", BERRY, [HOISTED, LINKED]),
    ("limits", "nodeLinker: node-modules\nnmHoistingLimits: workspaces\n", BERRY, [HOISTED, LINKED]),
    ("pnpm", "nodeLinker: pnpm\n", BERRY, [LINKED, HOISTED]),
    ("pnp", "", BERRY, ['node -e import("micro/dist/bin/micro.js") -- micro']),
    ("two files", "nodeLinker: node-modules\n", f"{BERRY}\n{OTHER}", ["/app/node_modules/.bin/micro", "node_modules/.bin/micro"]),
]  # fmt: skip


def of_yarn(settings: str, lockfile: str) -> Plan:
    """The plan of a workspace that a dependency's program starts, and a build that runs one."""
    api = {"name": "api", "scripts": {"start": "micro"}, "dependencies": {"micro": "^10.0.1"}}
    api |= {"devDependencies": {"typescript": "5"}, "main": "dist/a.js"}
    files = {
        ".yarnrc.yml": settings,
        "yarn.lock": lockfile,
        "apps/api/package.json": api,
        "apps/api/tsconfig.json": "{}",
    }
    return plan(tree(files, private=True, workspaces=["apps/*"], scripts={"start": "yarn workspace api start"}))


@pytest.mark.parametrize(
    ("settings", "lock", "expected"), [row[1:] for row in LAID_OUT], ids=[row[0] for row in LAID_OUT]
)
def test_the_linker_of_yarn_says_where_a_program_lies(settings: str, lock: str, expected: Commands) -> None:
    process = of_yarn(settings, lock).runtime.processes[0]
    assert [" ".join(args) for args in (process.args, *(one.args for one in process.otherwise))] == expected


def test_links_to_a_store_are_made_in_the_file_system_of_the_app() -> None:
    found = of_yarn("nodeLinker: pnpm\n", BERRY)
    caches = {cache.path for one in found.steps for run in one.run for cache in run.caches if run.args[0] == "yarn"}
    assert caches == {"/root/.yarn/berry/cache"}
    assert ".bin" not in dict(found.runtime.env).get("PATH", "")


@pytest.mark.parametrize(("linker", "named"), [("pnpm", "nodeLinker: pnpm"), ("pnp", "Plug'n'Play")])
def test_a_program_that_no_lockfile_tells_is_yarn_s_alone(linker: str, named: str) -> None:
    with pytest.raises(PlanError, match=named):
        of_yarn(f"nodeLinker: {linker}\n", f"{BERRY}\n{OTHER}")


def test_an_unknown_linker_is_an_error_at_its_line() -> None:
    with pytest.raises(PlanError, match='"hoisted"') as error:
        of_yarn("enableTelemetry: false\nnodeLinker: hoisted\n", BERRY)
    assert str(error.value.at) == ".yarnrc.yml:2"
