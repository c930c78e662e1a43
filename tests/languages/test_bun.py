"""Bun: which apps it runs, how they are started, in which version, and in what they are built."""

from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.errors import BuildError, SourceError, VersionError
from frontend.languages import node
from frontend.languages.base import OtherLanguageError
from frontend.languages.bun.engine import STOP
from frontend.rules.monorepo import SeveralAppsError
from frontend.settings.model import Setting, Settings
from tests.errors import fails
from tests.languages.bun import LOCK, plan, web
from tests.languages.node import LOCK as LOCK_OF_NPM
from tests.languages.node import TODAY, codes, package, runs, step, tree
from tests.languages.node import plan as plan_of_node

SERVE = "Bun.serve({ fetch() { return new Response('a'); } });\n"
NODES = 'import { createServer } from "node:http"\ncreateServer().listen(5000)\n'


@pytest.mark.parametrize(
    ("fields", "files", "because"),
    [
        ({"scripts": {"start": "bun run src/index.ts"}}, {"src/index.ts": NODES}, "the start is bun run src/index.ts"),
        ({"scripts": {"start": "bun index.js"}}, {"index.js": NODES}, "bun index.js"),
        ({"scripts": {"start": "bun dist/main", "build": "tsc"}}, {"src/main.ts": NODES}, "bun dist/main"),
        ({"scripts": {"start": "npm run serve", "serve": "bun ./server.ts"}}, {"server.ts": NODES}, "npm run serve"),
        ({"scripts": {"start": "NODE_ENV=production bun src"}}, {"src/index.ts": NODES}, "bun src"),
        ({"scripts": {"start": "bun run server"}}, {"server.ts": NODES}, "bun run server"),
        ({"scripts": {"start": "NODE_ENV=production bun --smol src/a.tsx"}}, {"src/a.tsx": ""}, "bun --smol"),
        ({"scripts": {"x": "a"}}, {"Procfile": "web: bun server.ts\n", "server.ts": NODES}, "bun server.ts"),
        ({"scripts": {"dev": "bun --watch src/index.ts"}}, {"src/index.ts": NODES}, "src/index.ts is run by bun"),
        ({"scripts": {}}, {"index.ts": SERVE}, "index.ts uses Bun.serve"),
        ({"scripts": {}}, {"index.ts": '\nimport { Database } from "bun:sqlite"\n'}, "index.ts uses bun:sqlite"),
        ({"engines": {"bun": ">=1.2"}}, {"index.ts": NODES}, "engines.bun is >=1.2"),
        ({"scripts": {}}, {"index.ts": NODES, "bun.lock": LOCK}, "bun.lock, and no script that Node.js starts"),
        ({"scripts": {}}, {"index.ts": NODES, "bun.lockb": b"\x00"}, "bun.lockb, and no script"),
    ],
)
def test_what_bun_starts_is_bun_s(fields: dict[str, Any], files: dict[str, Any], because: str) -> None:
    found = plan(tree({"bun.lock": LOCK, **files} if "Procfile" in files else files, **fields))
    assert found.language == "bun"
    assert found.runtime.processes[0].args[0] == "bun"
    assert found.runtime.base == "oven/bun:1.4-slim"
    assert because in found.evidence[0].because


@pytest.mark.parametrize(
    ("build", "language"),
    [
        ("echo no build", "bun"),
        ("bun build index.ts --outdir dist --target bun", "bun"),
        ("bun build index.ts --outdir dist --target node", "nodejs"),
        ("tsc", "nodejs"),
    ],
)
def test_what_is_built_for_node_is_node_s(build: str, language: str) -> None:
    files = {"index.ts": NODES, "bun.lock": LOCK, "tsconfig.json": "{}"}
    scripts = {"dev": "bun --hot index.ts", "build": build}
    assert plan(tree(files, scripts=scripts, devDependencies={"typescript": "5"})).language == language


@pytest.mark.parametrize(
    "fields",
    [
        {"scripts": {"start": "node index.js"}, "packageManager": "bun@1.2.3"},
        {"scripts": {"start": "node index.js"}, "engines": {"bun": ">=1"}},
        {"scripts": {"start": "bun run serve", "serve": "node index.js"}},
        {"scripts": {"start": "bun run next start", "build": "next build"}, "dependencies": {"next": "16"}},
        {"scripts": {"dev": "tsx index.ts", "dev:bun": "bun index.ts"}, "main": "index.js"},
    ],
)
def test_what_only_bun_installs_is_node_s(fields: dict[str, Any]) -> None:
    found = plan(tree({"index.js": NODES, "index.ts": NODES, "bun.lock": LOCK}, **fields))
    assert found.language == "nodejs"
    assert found.runtime.base.startswith("node:")


def test_the_user_s_word_for_the_language_holds() -> None:
    app = tree({"index.js": NODES, "bun.lock": LOCK}, scripts={"start": "bun index.js"})
    with pytest.raises(OtherLanguageError, match="Bun") as error:
        plan(app, language="nodejs")
    assert error.value.at is not None
    assert "LANGUAGE=bun" in error.value.hint
    plain = tree({"index.js": NODES, "bun.lock": LOCK}, scripts={"start": "node index.js"})
    from frontend.languages import bun

    made = bun.plan(plain, Settings(language=Setting("bun", "build-arg")), "", TODAY)
    assert (made.language, made.runtime.processes[0].args) == ("bun", ("bun", "index.js"))


STARTS = [
    ("bun run --watch src/a.ts", ("bun", "src/a.ts")),
    ("bun --hot src/a.ts --flag", ("bun", "src/a.ts", "--flag")),
    ("bun --smol --preload ./src/b.ts run src/a.ts", ("bun", "--smol", "--preload", "./src/b.ts", "src/a.ts")),
    ("bun --cwd src a.ts", ("/bin/sh", "-c", "cd /app/src && exec bun a.ts")),
    ("bun --port 3000 src/a.ts", ("bun", "src/a.ts")),
    ("bun --env-file=.env src/a.ts", ("bun", "src/a.ts")),
    ("bun run src/a", ("bun", "src/a")),
    ("bun install && bun src/a.ts", ("bun", "src/a.ts")),
    ("bunx --bun cowsay hi", ("bun", "node_modules/cowsay/cli.js", "hi")),
    ("bun --bun run other", ("bun", "src/a.ts")),
]


@pytest.mark.parametrize(("script", "args"), STARTS)
def test_how_a_script_of_bun_is_started(script: str, args: tuple[str, ...]) -> None:
    lock = '{"packages": {"cowsay": ["cowsay@1.0.0", "", {"bin": {"cowsay": "cli.js"}}, ""]}}'
    files = {"src/a.ts": NODES, "src/b.ts": "", "bun.lock": lock}
    scripts = {"start": script, "other": "node src/a.ts"}
    assert web(tree(files, scripts=scripts, dependencies={"cowsay": "1"})) == args


def test_a_fixed_port_is_told_with_its_file_and_line() -> None:
    source = "\nexport default {\n  port: 3000,\n  fetch: () => new Response('a'),\n};\n"
    found = plan(tree({"a.ts": source}, scripts={"start": "bun a.ts"}))
    told = next(one for one in found.warnings if one.code == "fixed-port")
    assert told.at is not None
    assert (told.at.file, told.at.line) == ("a.ts", 2)
    reads = source.replace("3000", "process.env.PORT || 3000")
    assert "fixed-port" not in codes(plan(tree({"a.ts": reads}, scripts={"start": "bun a.ts"})))


VERSIONS = [
    ({}, {}, "1.4"),
    ({".bun-version": "1.3.4\n"}, {}, "1.3.4"),
    ({".tool-versions": "nodejs 22.1.0\nbun 1.3.9\n"}, {}, "1.3.9"),
    ({"mise.toml": '[tools]\nbun = "1.3"\n'}, {}, "1.3"),
    ({".prototools": 'bun = "1.3.2"\n'}, {}, "1.3.2"),
    ({}, {"packageManager": "bun@1.3.4+sha256.abc"}, "1.3.4"),
    ({}, {"engines": {"bun": "^1.2.0"}}, "1.4"),
    ({}, {"engines": {"bun": "~1.3.0"}}, "1.3"),
    ({}, {"devEngines": {"runtime": {"name": "bun", "version": "1.2.20"}}}, "1.2.20"),
    ({".bun-version": "latest\n"}, {}, "1.4"),
]


@pytest.mark.parametrize(("files", "fields", "version"), VERSIONS)
def test_which_bun(files: dict[str, Any], fields: dict[str, Any], version: str) -> None:
    found = plan(tree({"a.ts": SERVE, **files}, scripts={"start": "bun a.ts"}, **fields))
    assert found.runtime.base == f"oven/bun:{version}-slim"
    assert (found.versions[0].tool, found.versions[0].value) == ("bun", version)


def test_a_setting_is_the_strongest_word_for_the_version() -> None:
    app = tree({"a.ts": SERVE, ".bun-version": "1.3.4"}, scripts={"start": "bun a.ts"})
    assert plan(app, versions={"bun": Setting("1.2.23", "build-arg")}).runtime.base == "oven/bun:1.2.23-slim"


HEAD = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n"


@pytest.mark.parametrize(
    ("files", "version", "error", "named"),
    [
        ({"bun.lock": '{\n  "lockfileVersion": 2,\n}'}, "1.3.4", VersionError, "1.4.0"),
        ({"bun.lock": '{"lockfileVersion": 1}'}, "1.1.45", VersionError, "1.2.0"),
        ({"bun.lock": '{"lockfileVersion": 9}'}, "1.4.5", SourceError, "format 9"),
        ({"bun.lockb": HEAD + b"\x03\0\0\0"}, "1.1.3", VersionError, "1.2.0"),
        ({"bun.lockb": HEAD + b"\x09\0\0\0"}, "1.4.5", SourceError, "format 9"),
    ],
)
def test_a_lockfile_that_the_version_does_not_read(
    files: dict[str, Any], version: str, error: type[BuildError], named: str
) -> None:
    app = tree({"a.ts": SERVE, **files}, scripts={"start": "bun a.ts"}, packageManager=f"bun@{version}")
    with pytest.raises(error, match=named) as told:
        plan(app)
    assert told.value.at is not None
    assert "bun" in told.value.hint


def test_bun_alone_builds_what_needs_nothing_else() -> None:
    fields = {"dependencies": {"elysia": "1"}, "devDependencies": {"typescript": "5"}}
    app = {"a.ts": SERVE, "bun.lock": LOCK}
    found = plan(
        tree(app, scripts={"start": "bun dist/a.js", "build": "bun build a.ts --outdir dist --target bun"}, **fields)
    )
    assert [one.name for one in found.steps] == ["install", "install-production", "build"]
    assert step(found, "install").base.image == "oven/bun:1.4-debian"  # type: ignore[union-attr]
    assert runs(found, "install-production") == [("bun", "install", "--frozen-lockfile", "--production")]
    assert runs(found, "build") == [("bun", "run", "build")]
    assert [one.tool for one in found.versions] == ["bun"]


@pytest.mark.parametrize(
    "fields",
    [
        {"scripts": {"start": "bun a.ts", "build": "vite build"}, "devDependencies": {"vite": "7"}},
        {"scripts": {"start": "bun a.ts", "postinstall": "prisma generate"}, "dependencies": {"prisma": "6"}},
        {"scripts": {"start": "bun a.ts"}, "dependencies": {"bcrypt": "6"}, "trustedDependencies": ["bcrypt"]},
    ],
)
def test_node_builds_what_is_made_for_it(fields: dict[str, Any]) -> None:
    found = plan(tree({"a.ts": SERVE, "bun.lock": LOCK, ".bun-version": "1.3.14"}, **fields))
    assert found.runtime.base == "oven/bun:1.3.14-slim"
    assert step(found, "tools").base.image == "node:24-trixie"  # type: ignore[union-attr]
    assert runs(found, "tools")[0][-1] == "bun@1.3.14"
    assert {one.tool for one in found.versions} == {"bun", "node"}


def test_an_app_installed_by_npm_is_run_by_bun() -> None:
    files = {"a.ts": SERVE, "package-lock.json": '{"lockfileVersion": 3, "packages": {}}'}
    found = plan(tree(files, scripts={"start": "bun a.ts"}, dependencies={"hono": "4"}))
    assert (found.language, runs(found, "install")[0][:2]) == ("bun", ("npm", "ci"))


def test_a_workspace_s_start_decides() -> None:
    files = {
        "apps/api/package.json": {
            "name": "api",
            "scripts": {"start": "bun src/index.ts"},
            "dependencies": {"lib": "workspace:*"},
        },
        "apps/api/src/index.ts": SERVE,
        "packages/lib/package.json": {"name": "lib"},
        "bun.lock": LOCK,
    }
    found = plan(tree(files, workspaces=["apps/*", "packages/*"], private=True))
    assert (found.language, found.runtime.dir) == ("bun", "/app/apps/api")
    assert found.runtime.processes[0].args == ("bun", "src/index.ts")


def test_an_install_for_a_workspace_has_the_root_s_packages_where_they_are_needed() -> None:
    api = {"name": "api", "scripts": {"start": "bun a.ts", "build": "turbo-ish"}, "dependencies": {"hono": "4"}}
    files = {"apps/api/package.json": api, "apps/api/a.ts": SERVE, "bun.lock": LOCK}
    found = plan(tree(files, workspaces=["apps/*"], devDependencies={"turbo-ish": "1"}))
    assert runs(found, "install") == [("bun", "install", "--frozen-lockfile", "--filter=api", "--filter=./")]
    assert runs(found, "install-production")[0][3:] == ("--filter=api", "--production")


def test_a_lone_file_of_bun_needs_no_package_json() -> None:
    assert web(DictTree({"index.ts": SERVE})) == ("bun", "index.ts")


def test_the_package_of_node_says_whose_app_it_is() -> None:
    with pytest.raises(OtherLanguageError) as error:
        node.plan(DictTree({"package.json": package(scripts={"start": "bun a.ts"}), "a.ts": ""}), Settings())
    assert error.value.language == "bun"


COMPILED = {"build": "bun build --compile --minify src/a.ts --outfile=dist/server", "start": "./dist/server"}


@pytest.mark.parametrize(
    "scripts",
    [
        COMPILED,
        {**COMPILED, "start": "NODE_ENV=production dist/server"},
        {"build": "bun run compile", "compile": COMPILED["build"], "start": "bun run build && ./dist/server"},
        {"build": COMPILED["build"]},
    ],
)
def test_a_compiled_program_ships_alone(scripts: dict[str, str]) -> None:
    found = plan(tree({"src/a.ts": SERVE, "bun.lock": LOCK}, scripts=scripts, dependencies={"hono": "4"}))
    assert (found.language, found.runtime.base) == ("bun", "debian:trixie-slim")
    assert found.runtime.processes[0].args[0].removeprefix("./") == "dist/server"
    (layer,) = found.runtime.layers
    assert [one.path for one in layer.inputs] == ["/app/dist/server", STOP.path]  # type: ignore[union-attr]
    assert [one.name for one in found.steps] == ["install", "build"]


def test_what_is_kept_ships_beside_a_compiled_program() -> None:
    app = tree({"src/a.ts": SERVE, "bun.lock": LOCK, "drizzle/1.sql": ""}, scripts=COMPILED)
    (layer,) = plan(app, keep=("drizzle",)).runtime.layers
    assert layer.inputs[1].paths == ("drizzle",)  # type: ignore[union-attr]


def test_a_program_beside_other_processes_of_bun_has_all_of_the_app() -> None:
    files = {
        "src/a.ts": SERVE,
        "src/b.ts": "",
        "bun.lock": LOCK,
        "Procfile": "web: ./dist/server\nworker: bun src/b.ts\n",
    }
    found = plan(tree(files, scripts=COMPILED))
    assert found.runtime.base == "oven/bun:1.4-slim"
    assert [one.args for one in found.runtime.processes] == [("./dist/server",), ("bun", "src/b.ts")]


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ({"module": "src/main.tsx"}, {"src/main.tsx": NODES}),
        ({"scripts": {"dev": "bun run --watch src/main.tsx"}}, {"src/main.tsx": NODES}),
        ({"module": "gone.js", "scripts": {"dev": "bun --hot src/main.tsx"}}, {"src/main.tsx": NODES}),
    ],
)
def test_the_file_that_bun_init_names(fields: dict[str, Any], files: dict[str, Any]) -> None:
    assert web(tree({"bun.lock": LOCK, **files}, **fields)) == ("bun", "src/main.tsx")


def test_prisma_s_client_is_made_where_no_script_that_runs_makes_it() -> None:
    own = {"dependencies": {"@prisma/client": "6.17.1"}, "devDependencies": {"prisma": "6.17.1"}}
    files = {"a.ts": SERVE, "bun.lock": LOCK, "prisma/schema.prisma": ""}
    found = plan(tree(files, scripts={"start": "bun a.ts", "prisma:generate": "prisma generate"}, **own))
    assert runs(found, "build") == [("prisma", "generate")]
    built = plan(tree(files, scripts={"start": "bun a.ts", "build": "bun run g", "g": "prisma generate"}, **own))
    assert runs(built, "build") == [("bun", "run", "build")]


def test_a_framework_s_server_is_run_by_bun_where_bun_is_asked_for() -> None:
    files = {"app/page.tsx": "", "bun.lock": LOCK}
    scripts = {"build": "next build", "start": "bun --bun next start"}
    found = plan(tree(files, scripts=scripts, dependencies={"next": "16", "react": "19"}))
    assert (found.language, found.runtime.processes[0].args) == ("bun", ("bun", "server.js"))
    svelte = {"@sveltejs/kit": "2", "svelte-adapter-bun": "1", "vite": "7"}
    made = plan(
        tree({"bun.lock": LOCK, "svelte.config.js": ""}, scripts={"build": "vite build"}, devDependencies=svelte)
    )
    assert (made.language, made.runtime.processes[0].args) == ("bun", ("bun", "./build"))


def test_a_server_that_nitro_builds_for_bun_is_run_by_it() -> None:
    config = 'export default defineNuxtConfig({\n  nitro: { preset: "bun" },\n});\n'
    files = {"nuxt.config.ts": config, "bun.lock": LOCK}
    found = plan(tree(files, scripts={"build": "nuxt build"}, dependencies={"nuxt": "4"}))
    assert (found.language, found.runtime.processes[0].args) == ("bun", ("bun", ".output/server/index.mjs"))
    assert "nuxt.config.ts" in str(found.evidence[0].at)


def test_bunfig_has_bun_run_the_programs_of_dependencies() -> None:
    scripts = {"build": "next build", "start": "bun run next start"}
    files = {"app/page.tsx": "", "bun.lock": LOCK, "bunfig.toml": "[run]\nbun = true\n"}
    found = plan(tree(files, scripts=scripts, dependencies={"next": "16", "react": "19"}))
    assert (found.language, found.runtime.processes[0].args) == ("bun", ("bun", "server.js"))


def test_a_token_that_bunfig_names_is_a_secret_of_the_install() -> None:
    scope = '[install.scopes]\nmine = { url = "https://npm.example.com/", token = "$MINE_TOKEN" }\n'
    app = tree({"a.ts": SERVE, "bunfig.toml": scope}, scripts={"start": "bun a.ts"}, dependencies={"@mine/a": "1"})
    assert "MINE_TOKEN" in [one.id for one in step(plan(app), "install").run[0].secrets]


def test_a_site_that_bun_builds_is_a_site() -> None:
    scripts = {"build": "bunx --bun vite build", "start": "bunx --bun vite preview"}
    app = tree({"index.html": "", "bun.lock": LOCK}, scripts=scripts, devDependencies={"vite": "7"})
    assert plan(app).language == "static"


def test_a_dockerfile_s_start_by_bun_decides() -> None:
    from frontend.languages.base import unanswered
    from frontend.languages.registry import NODE as ENTRY

    app = tree({"src/a.ts": NODES, "bun.lock": LOCK}, dependencies={"hono": "4"})
    stated = Settings(candidate=Setting("bun src/a.ts", "platform"))
    from frontend.languages.base import planned

    found = planned(ENTRY, app, stated, "", TODAY, unanswered)
    assert (found.language, found.runtime.processes[0].args) == ("bun", ("bun", "src/a.ts"))


def test_a_bunfig_that_is_no_toml_is_told_at_its_line() -> None:
    files = {"package.json": package(scripts={"start": "bun index.ts"}), "index.ts": "", "bun.lock": "{}"}
    with fails(SourceError, "bunfig.toml", at="bunfig.toml:2"):
        plan(tree({**files, "bunfig.toml": "[install]\nregistry = \n"}))


def test_a_package_that_bun_starts_for_development_alone_is_an_app_too() -> None:
    files = {
        "api/package.json": package(scripts={"dev": "bun --watch src/index.ts"}),
        "api/src/index.ts": "app.listen(3000);\n",
        "web/package.json": package(dependencies={"next": "16"}, scripts={"start": "next start"}),
    }
    with fails(SeveralAppsError, "PROJECT_PATH=api", "PROJECT_PATH=web"):
        plan(DictTree(files))


def test_a_lockfile_with_an_unresolved_merge_is_told_at_its_line() -> None:
    lock = '{\n  "lockfileVersion": 1,\n<<<<<<< HEAD\n  "packages": {}\n=======\n>>>>>>> other\n}\n'
    with fails(SourceError, "merge conflict", at="bun.lock:3"):
        plan(tree({"bun.lock": lock, "index.ts": SERVE}, scripts={"start": "bun index.ts"}, dependencies={"hono": "4"}))


def test_a_build_that_runs_bun_beside_another_package_manager_has_it() -> None:
    scripts = {"start": "bun src/index.ts", "build": "bun build src/index.ts --outdir dist --target bun && tsc"}
    files = {"pnpm-lock.yaml": "lockfileVersion: '9.0'\n", "src/index.ts": SERVE}
    own: dict[str, Any] = {"devDependencies": {"typescript": "5"}, "dependencies": {"elysia": "1"}}
    found = plan(tree(files, scripts=scripts, **own))
    assert [one.rpartition("@")[0] for one in step(found, "tools").run[0].args[-2:]] == ["pnpm", "bun"]
    assert dict(step(found, "build").env)["PATH"].startswith("/opt/tools/bin")
    alone = plan(tree(files, scripts={**scripts, "build": "tsc"}, **own))
    assert [one.rpartition("@")[0] for one in step(alone, "tools").run[0].args[-2:]] != ["pnpm", "bun"]


def test_a_build_of_a_node_app_that_runs_bun_has_it() -> None:
    files = {"package-lock.json": LOCK_OF_NPM, "src/index.ts": NODES}
    scripts = {"start": "node dist/index.js", "build": "npm run js", "js": "bun build src/index.ts --target node"}
    found = plan_of_node(tree(files, scripts=scripts))
    assert step(found, "tools").run[0].args[-1].startswith("bun@")
    brought = plan_of_node(tree(files, scripts=scripts, devDependencies={"bun": "1"}))
    assert "tools" not in [one.name for one in brought.steps]
