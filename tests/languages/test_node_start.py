"""The program behind a start command."""

import json
from contextlib import nullcontext
from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.errors import PlanError
from frontend.languages import node as language
from frontend.languages.node import bins
from frontend.settings.model import Settings
from tests.errors import fails
from tests.languages.node import LOCK, TODAY, codes, package, plan, runs, tree, web

FILES: dict[str, Any] = {"server.js": "", "src/index.ts": "", "dist/app.js": "", "worker.js": "", "main.js": ""}
DEPENDENCIES = {
    "express": "5", "next": "15", "tsx": "4", "ts-node": "10", "typescript": "5", "cross-env": "10", "dotenv-cli": "10",
    "env-cmd": "10", "nodemon": "3", "prisma": "6", "serve": "14", "@remix-run/serve": "2", "some-server": "1",
}  # fmt: skip

SCRIPTS: list[tuple[dict[str, str], list[str]]] = [
    ({"start": "node server.js"}, ["node", "server.js"]),
    ({"start": "node ./server.js --a 'b c'"}, ["node", "./server.js", "--a", "b c"]),
    ({"start": "NODE_ENV=production node server.js"}, ["node", "server.js"]),
    ({"start": "npm run serve", "serve": "node server.js"}, ["node", "server.js"]),
    ({"start": "npm run serve -- --port 1", "serve": "node server.js"}, ["node", "server.js", "--port", "1"]),
    ({"start": "yarn serve", "serve": "yarn run prod", "prod": "node server.js"}, ["node", "server.js"]),
    ({"start": "pnpm serve --x", "serve": "node server.js"}, ["node", "server.js", "--x"]),
    ({"start": "npm run -s serve", "serve": "node server.js"}, ["node", "server.js"]),
    ({"start": "cross-env A=1 B='c d' node server.js"}, ["node", "server.js"]),
    ({"start": "npx cross-env A=1 npm run serve", "serve": "node server.js"}, ["node", "server.js"]),
    ({"start": "dotenv -e .env -- node server.js"}, ["node", "server.js"]),
    ({"start": "dotenv node server.js"}, ["node", "server.js"]),
    ({"start": "env-cmd -f .env.production node server.js"}, ["node", "server.js"]),
    ({"start": "dotenvx run -f .env -- node server.js"}, ["node", "server.js"]),
    ({"start": "exec node server.js"}, ["node", "server.js"]),
    ({"start": "env A=b node server.js"}, ["node", "server.js"]),
    ({"start": "node --env-file=.env server.js"}, ["node", "server.js"]),
    ({"start": "node --env-file .env --enable-source-maps server.js"}, ["node", "--enable-source-maps", "server.js"]),
    ({"start": "node -r dotenv/config server.js"}, ["node", "-r", "dotenv/config", "server.js"]),
    ({"start": "node --watch server.js"}, ["node", "server.js"]),
    ({"start": "nodemon server.js"}, ["node", "server.js"]),
    ({"start": "nodemon --watch src -e ts --exec 'tsx src/index.ts'"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "tsx src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "tsx watch src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "tsx --tsconfig tsconfig.prod.json src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "npx tsx src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "node --import tsx src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "ts-node src/index.ts"}, ["node", "-r", "ts-node/register", "src/index.ts"]),
    ({"start": "ts-node -r tsconfig-paths/register src/index.ts"},
     ["node", "-r", "ts-node/register", "-r", "tsconfig-paths/register", "src/index.ts"]),
    ({"start": "ts-node --esm src/index.ts"}, ["node", "--loader", "ts-node/esm", "src/index.ts"]),
    ({"start": "node src/index.ts"}, ["node", "src/index.ts"]),
    ({"start": "remix-serve build/index.js"}, ["node", "node_modules/@remix-run/serve/dist/cli.js", "build/index.js"]),
    ({"start": "some-server --x"}, ["node_modules/.bin/some-server", "--x"]),
    ({"start": "./run.sh"}, ["./run.sh"]),
    ({"start": "tsc && node dist/app.js"}, ["node", "dist/app.js"]),
    ({"start": "rm -rf dist && tsc && node dist/app.js"}, ["node", "dist/app.js"]),
    ({"start": "npm run build && node dist/app.js", "build": "tsc"}, ["node", "dist/app.js"]),
    ({"prestart": "npm run build", "start": "node dist/app.js", "build": "tsc"}, ["node", "dist/app.js"]),
    ({"start": "node server.js && node worker.js"}, ["/bin/sh", "-c", "node server.js && exec node worker.js"]),
    ({"prestart": "node migrate.js", "start": "node server.js"},
     ["/bin/sh", "-c", "node migrate.js && exec node server.js"]),
    ({"start": "npm run migrate && npm run serve", "migrate": "prisma migrate deploy", "serve": "A=1 node server.js"},
     ["/bin/sh", "-c", "node node_modules/prisma/build/index.js migrate deploy && exec env A=1 node server.js"]),
    ({"start": "node server.js --port $PORT"}, ["/bin/sh", "-c", "exec node server.js --port $PORT"]),
    ({"start": "cd dist && node app.js"}, ["/bin/sh", "-c", "cd dist && exec node app.js"]),
    ({"start": "node worker.js & node server.js"}, ["/bin/sh", "-c", "node worker.js & node server.js"]),
    ({"start": "sleep 1; node server.js"}, ["/bin/sh", "-c", "sleep 1; exec node server.js"]),
    ({"start": "FLAG=$X node server.js"}, ["/bin/sh", "-c", "exec env FLAG=$X node server.js"]),
    ({"start": "cross-env FLAG=\"$X y\" node server.js"}, ["/bin/sh", "-c", 'exec env FLAG="$X y" node server.js']),
    ({"start": "A=$npm_package_name node server.js"}, ["node", "server.js"]),
    ({"start": "PORT=${PORT:-3000} tsx src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "DEBUG=app:* nodemon server.js"}, ["node", "server.js"]),
    ({"start": "npm run migrate || true; node server.js", "migrate": "x"},
     ["/bin/sh", "-c", "npm run migrate || true; exec node server.js"]),
    ({"start": "(node a.js || true); node server.js"}, ["/bin/sh", "-c", "(node a.js || true); exec node server.js"]),
    ({"start": "SET NODE_ENV=production&& node server.js"}, ["node", "server.js"]),
    ({"start": "yarn node server.js"}, ["node", "server.js"]),
    ({"start": "pnpm node server.js"}, ["node", "server.js"]),
    ({"start": "nodemon -L -q server.js"}, ["node", "server.js"]),
    ({"start": "mkdir data; npm run serve && node worker.js", "serve": "sleep 1; node main.js"},
     ["/bin/sh", "-c", "mkdir data; sleep 1; node main.js && exec node worker.js"]),
    ({"start": "run-s clean serve", "clean": "rm -rf tmp", "serve": "node server.js"},
     ["/bin/sh", "-c", "rm -rf tmp && exec node server.js"]),
    ({"start": "npm-run-all build serve", "build": "tsc", "serve": "node dist/app.js"}, ["node", "dist/app.js"]),
    ({"start": "run-s serve:*", "serve:one": "node worker.js", "serve:two": "node server.js"},
     ["/bin/sh", "-c", "node worker.js && exec node server.js"]),
    ({"start": "forever start server.js"}, ["node", "server.js"]),
    ({"start": "run-script-os", "start:windows": "x", "start:linux": "node worker.js", "start:default": "node main.js"},
     ["node", "worker.js"]),
    ({"start": "npx run-script-os -- --x", "start:default": "npm run serve --", "serve": "node main.js"},
     ["node", "main.js", "--", "--x"]),
    ({"start": "ts-node-dev --respawn src/index.ts"}, ["node", "-r", "ts-node/register", "src/index.ts"]),
    ({"start": "npm install && node server.js"}, ["node", "server.js"]),
    ({"start": "tsc && cp -r src/views dist && node dist/app.js"}, ["node", "dist/app.js"]),
    ({"start": "node --run serve -- --port 1", "preserve": "x", "serve": "node server.js"},
     ["node", "server.js", "--port", "1"]),
    ({"start": "cross-env-shell A=1 \"node server.js --x $A\""}, ["/bin/sh", "-c", "exec env A=1 node server.js --x $A"]),
    ({"start": "env -u DEBUG node server.js"}, ["node", "server.js"]),
    ({"start": "env-cmd -r .env-cmdrc ./run.sh"}, ["./run.sh"]),
    ({"start": "nodemon --require dotenv/config server.js"}, ["node", "--require", "dotenv/config", "server.js"]),
    ({"start": "nodemon -C server.js start"}, ["node", "server.js", "start"]),
    ({"start": "forever -w start server.js"}, ["node", "server.js"]),
    ({"start": "tsx watch --include x src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "tsx --env-file .env src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
    ({"start": "ts-node --require=dotenv/config src/index.ts"},
     ["node", "-r", "ts-node/register", "-r", "dotenv/config", "src/index.ts"]),
    ({"start": "yarn serve-it"}, ["serve-it"]),
    ({"start": "npm --loglevel error run serve", "serve": "node server.js"}, ["node", "server.js"]),
    ({"start": "run-s 'serve --port 1'", "serve": "node server.js"}, ["node", "server.js", "--port", "1"]),
    ({"start": "bun install && node server.js"}, ["node", "server.js"]),
    ({"start": "set A=1 && node server.js > log"}, ["/bin/sh", "-c", "set A=1 && exec node server.js > log"]),
]  # fmt: skip


@pytest.mark.parametrize(("scripts", "args"), SCRIPTS, ids=[row[0]["start"] for row in SCRIPTS])
def test_a_start_script_and_what_is_executed(scripts: dict[str, str], args: list[str]) -> None:
    plain = {k: v for k, v in DEPENDENCIES.items() if k != "next"}
    assert list(web(tree(FILES, scripts=scripts, dependencies=plain))) == args


@pytest.mark.parametrize(
    ("script", "env"),
    [
        ("A=1 node server.js", {"A": "1"}),
        ("cross-env A=1 B=2 node server.js", {"A": "1", "B": "2"}),
        ("cross-env PORT=3000 A=1 node server.js", {"A": "1"}),
        ("dotenv -v A=1 -- node server.js", {"A": "1"}),
        ("ts-node -P tsconfig.server.json src/index.ts", {"TS_NODE_PROJECT": "tsconfig.server.json"}),
        ("tsx --tsconfig tsconfig.server.json src/index.ts", {"TSX_TSCONFIG_PATH": "tsconfig.server.json"}),
    ],
)
def test_variables_of_the_command_become_the_image_s(script: str, env: dict[str, str]) -> None:
    plain = {k: v for k, v in DEPENDENCIES.items() if k != "next"}
    found = dict(plan(tree(FILES, scripts={"start": script}, dependencies=plain)).runtime.env)
    assert env.items() <= found.items()
    assert "PORT" not in found


@pytest.mark.parametrize(
    ("config", "args"),
    [
        ({"exec": "tsx src/index.ts"}, ["node", "--import", "tsx", "src/index.ts"]),
        ({"exec": "ts-node", "script": "src/index.ts"}, ["node", "-r", "ts-node/register", "src/index.ts"]),
        ({"script": "server.js", "watch": ["src"]}, ["node", "server.js"]),
        ({"exec": "tsc && node dist/app.js"}, ["node", "dist/app.js"]),
        ({"watch": ["src"]}, ["node", "main.js"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("where", ["nodemon.json", "package.json"])
def test_a_watcher_s_configuration_says_what_it_runs(config: dict[str, Any], args: list[str], where: str) -> None:
    plain = {k: v for k, v in DEPENDENCIES.items() if k != "next"}
    files = {**FILES, "nodemon.json": json.dumps(config)} if where == "nodemon.json" else FILES
    own = {"nodemonConfig": config} if where == "package.json" else {}
    app = tree(files, scripts={"start": "nodemon"}, main="main.js", dependencies=plain, **own)
    assert list(web(app)) == args


@pytest.mark.parametrize(
    ("script", "moved"),
    [
        ("node -r dotenv/config server.js", ["dotenv"]),
        ("node --require=tsconfig-paths/register server.js", ["tsconfig-paths"]),
        ("node --import tsx src/index.ts", ["tsx"]),
        ("node --import ./instrument.mjs server.js", []),
        ("node -r ts-node/register -r tsconfig-paths/register src/index.ts", ["ts-node", "typescript", "tsconfig-paths"]),
        ("ts-node -r tsconfig-paths/register src/index.ts", ["ts-node", "typescript", "tsconfig-paths"]),
        ("tsx -r dotenv/config src/index.ts", ["tsx", "dotenv"]),
        ("node -r @swc-node/register src/index.ts", ["@swc-node/register", "typescript", "@swc/core"]),
        ("babel-node src/index.js", ["@babel/node", "@babel/core", "@babel/preset-env", "babel-plugin-x"]),
        ("node server.js", []),
    ],
)  # fmt: skip
def test_what_is_loaded_before_the_app_is_in_the_image(script: str, moved: list[str]) -> None:
    names = "dotenv tsx ts-node typescript tsconfig-paths @swc-node/register @swc/core eslint @babel/node @babel/core"
    own = dict.fromkeys((*names.split(), "@babel/preset-env", "babel-plugin-x"), "1")
    found = plan(tree(FILES, scripts={"start": script}, dependencies={"express": "5"}, devDependencies=own))
    told = [w.message.partition(" ")[0] for w in found.warnings if w.code == "dev-dependency-started"]
    assert told == moved


def test_a_port_in_the_script_is_a_warning() -> None:
    found = plan(tree(FILES, scripts={"start": "PORT=3000 node server.js"}, dependencies={"express": "5"}))
    assert "fixed-port" in codes(found)


def test_building_commands_of_the_start_script_run_in_the_build() -> None:
    found = plan(tree(FILES, scripts={"start": "tsc -p . && node dist/app.js"}, devDependencies={"typescript": "5"}))
    assert runs(found, "build") == [("tsc", "-p", ".")]
    assert list(found.runtime.processes[0].args) == ["node", "dist/app.js"]


def test_a_build_script_in_the_start_script_runs_once() -> None:
    scripts = {"start": "npm run build && node dist/app.js", "build": "tsc"}
    found = plan(tree(FILES, scripts=scripts, devDependencies={"typescript": "5"}))
    assert runs(found, "build") == [("npm", "run", "build")]


def test_a_shell_finds_the_programs_of_dependencies() -> None:
    found = plan(tree(FILES, scripts={"start": "some-server | node server.js"}, dependencies={"some-server": "1"}))
    assert dict(found.runtime.env)["PATH"].startswith("/app/node_modules/.bin:")


def test_the_lockfile_tells_where_a_program_is() -> None:
    lock = (
        '{"lockfileVersion": 3, "packages": {"node_modules/some-server": '
        '{"version": "1.0.0", "bin": {"serve-it": "./lib/cli.js"}}}}'
    )
    source = tree({"package-lock.json": lock}, scripts={"start": "serve-it"}, dependencies={"some-server": "1"})
    assert web(source) == ("node", "node_modules/some-server/lib/cli.js")


def test_a_program_of_a_development_dependency_is_put_into_the_image() -> None:
    source = tree(
        {**FILES, "package-lock.json": LOCK}, scripts={"start": "tsx src/index.ts"}, devDependencies={"tsx": "4"}
    )
    found = plan(source)
    manifest = next(i for i in found.steps[-1].inputs if getattr(i, "path", "") == "/app/package.json")
    assert '"dependencies": {\n    "tsx": "4"' in getattr(manifest, "text", "")
    assert "dev-dependency-started" in codes(found)


@pytest.mark.parametrize(
    ("files", "fields", "args"),
    [
        ({"app.js": ""}, {"main": "app.js"}, ["node", "app.js"]),
        ({"lib/index.js": ""}, {"main": "lib"}, ["node", "lib/index.js"]),
        ({"lib/a.js": ""}, {"main": "./lib/a"}, ["node", "lib/a.js"]),
        ({"server.js": "", "index.js": ""}, {}, ["node", "server.js"]),
        ({"index.mjs": ""}, {}, ["node", "index.mjs"]),
        ({"src/server.js": ""}, {}, ["node", "src/server.js"]),
        ({"bin/www": "", "app.js": ""}, {}, ["node", "bin/www"]),
        ({"index.ts": ""}, {}, ["node", "index.ts"]),
        ({"index.ts": ""}, {"dependencies": {"tsx": "4"}}, ["node", "--import", "tsx", "index.ts"]),
        ({"index.ts": "", ".nvmrc": "22.6.0"}, {}, ["node", "--experimental-strip-types", "index.ts"]),
        ({"x.js": ""}, {"scripts": {"start:prod": "node x.js"}}, ["node", "x.js"]),
        ({"src/app.js": "", "src/main.js": ""}, {"scripts": {"server:start": "A=1 nodemon src/main.js"}},
         ["node", "src/main.js"]),
        ({"backend/api.ts": ""}, {"main": "gone.js", "scripts": {"dev": "nodemon -e ts -x 'ts-node ./backend/api.ts'"},
         "dependencies": {"ts-node": "10"}}, ["node", "-r", "ts-node/register", "./backend/api.ts"]),
        ({"lib/app.js": "module.exports = app", "bin/app.js": ""}, {"main": "lib/app", "bin": {"app": "./bin/app.js"}},
         ["node", "bin/app.js"]),
        ({"a.js": "module.exports = app", "run.js": ""}, {"main": "a.js", "bin": "run.js"}, ["node", "run.js"]),
        ({"a.js": "app.listen(port)", "run.js": ""}, {"main": "a.js", "bin": "run.js"}, ["node", "a.js"]),
        ({"a.js": "", "run.sh": ""}, {"main": "a.js", "bin": {"app": "run.sh"}}, ["node", "a.js"]),
        ({"a.js": "", "x.js": ""}, {"main": "a.js", "bin": {"tool": "x.js"}}, ["node", "a.js"]),
        ({"app.js": "", "a.js": ""}, {"scripts": {"test:server": "nodemon a.js", "dev": "vite a.js"}}, ["node", "app.js"]),
        ({"app.js": "", "a.js": ""}, {"main": "app.js", "scripts": {"dev": "nodemon a.js"}}, ["node", "app.js"]),
    ],
)  # fmt: skip
def test_without_a_start_script_a_file_is_started(
    files: dict[str, Any], fields: dict[str, Any], args: list[str]
) -> None:
    assert list(web(tree(files, private=True, **fields))) == args


def test_a_lone_server_file_needs_no_package_json_and_no_steps() -> None:
    found = plan(tree({"server.js": ""}))
    assert found.steps == ()
    assert [layer.kind for layer in found.runtime.layers] == ["application"]


def test_the_run_command_wins_over_procfile_and_script() -> None:
    source = tree(
        {**FILES, "Procfile": "web: node worker.js\nclock: node main.js"}, scripts={"start": "node server.js"}
    )
    found = plan(source, run_command="npm start")
    assert [(p.name, p.args) for p in found.runtime.processes] == [
        ("web", ("node", "server.js")),
        ("clock", ("node", "main.js")),
    ]
    assert web(source) == ("node", "worker.js")


def test_a_worker_s_variables_are_its_own() -> None:
    source = tree({**FILES, "Procfile": "web: node server.js\nworker: QUEUE=a node worker.js"})
    found = plan(source)
    assert found.runtime.processes[1].args == ("env", "QUEUE=a", "node", "worker.js")
    assert "QUEUE" not in dict(found.runtime.env)


ERRORS: list[tuple[dict[str, Any], dict[str, Any], str, tuple[str, ...]]] = [  # files, fields, place, what is named
    ({}, {"dependencies": {"left-pad": "1"}}, "package.json:1", ("Procfile", "server.js")),
    ({}, {"scripts": {"start": "npm run a", "a": "npm start"}}, "package.json:4", ('"start"',)),
    ({}, {"scripts": {"start": "npm run serve"}}, "package.json:4", ('"serve"',)),
    ({}, {"scripts": {"start": "node dist/a.js"}}, "package.json:4", ("dist/a.js", "package.json")),
    ({}, {"scripts": {"start": "bun run server.ts"}}, "package.json:4", ("Bun",)),
    ({"a.js": ""}, {"scripts": {"start": "node 'a.js"}}, "package.json:4", ("node 'a.js",)),
    ({"a.ts": "", ".nvmrc": "20"}, {"scripts": {"start": "node a.ts"}}, ".nvmrc:1", ("Node.js 20", "TypeScript")),
    ({}, {"scripts": {"start": "run-s serve:*"}}, "package.json:4", ("serve:*",)),
    ({}, {"scripts": {"start": "run-s"}}, "package.json:4", ("run-s",)),
    ({}, {"scripts": {"start": "npm-run-all --parallel"}}, "package.json:4", ("npm-run-all",)),
    ({"index.js": ""}, {"scripts": {"start": "nodemon 3000"}}, "package.json:4", ("nodemon", "3000")),
    ({"nodemon.json": '{"exec": 1}'}, {"scripts": {"start": "nodemon"}}, "nodemon.json:1", ('"exec"',)),
    ({}, {"scripts": {"start": "nodemon"}, "nodemonConfig": {"script": 1}}, "package.json:7", ('"script"',)),
]


SHOP: dict[str, Any] = {"src/shop.ts": "", "tsconfig.json": "{}", "scripts/build.mjs": "", "package-lock.json": LOCK}


@pytest.mark.parametrize(
    ("build", "files", "commands"),
    [
        ("esbuild src/shop.ts --bundle --outfile=out/shop.cjs", {}, ["out/shop.cjs"]),
        ("esbuild src/shop.ts --outdir=out", {}, ["out/shop.js", "out/shop.cjs", "out/shop.mjs"]),
        ("node scripts/build.mjs", {"scripts/build.mjs": 'build({ outfile: "./dist/shop.js" })'}, ["dist/shop.js"]),
        ("tsx scripts/build.mjs", {"scripts/build.mjs": "build({ outdir: `dist` })"}, ["dist/shop.js", "dist/shop.cjs", "dist/shop.mjs"]),
        ("tsup src/shop.ts", {}, ["dist/shop.js", "dist/shop.cjs", "dist/shop.mjs"]),
        ("tsup", {"tsup.config.ts": 'defineConfig({ outDir: "out" })'}, ["out/shop.js", "out/shop.cjs", "out/shop.mjs"]),
        ("tsc", {}, ["src/shop.js"]),
        ("tsc", {"tsconfig.json": '{"compilerOptions": {"outDir": "out"}}'}, ["out/shop.js", "out/src/shop.js"]),
    ],
)  # fmt: skip
def test_a_build_script_says_where_it_puts_a_source(build: str, files: dict[str, Any], commands: list[str]) -> None:
    found = plan(
        tree(
            {**SHOP, **files},
            scripts={"build": build, "dev": "nodemon src/shop.ts"},
            dependencies={"express": "5", "typescript": "5"},
        )
    )
    first = found.runtime.processes[0]
    made = [first.args[-1], *(one.args[-1] for one in first.otherwise)]
    assert [one for one in made if one != "src/shop.ts"] == commands


@pytest.mark.parametrize(
    ("dev", "packages", "command"),
    [
        ("ts-node-dev -r tsconfig-paths/register --poll --respawn --ignore-watch node_modules src/shop.ts",
         {"ts-node-dev": "2", "tsconfig-paths": "4"}, "node -r ts-node/register -r tsconfig-paths/register src/shop.ts"),
        ("tsx watch --tsconfig a.json src/shop.ts", {"tsx": "4"}, "node --import tsx src/shop.ts"),
        ("nodemon --exec 'ts-node --files' src/shop.ts", {"ts-node": "10"}, "node -r ts-node/register src/shop.ts"),
        ("nodemon src/shop.ts", {}, "node src/shop.ts"),
    ],
)  # fmt: skip
def test_sources_run_as_in_development_where_nothing_builds_them(
    dev: str, packages: dict[str, str], command: str
) -> None:
    found = plan(tree(SHOP, scripts={"dev": dev}, devDependencies={**packages, "typescript": "5"}))
    assert " ".join(found.runtime.processes[0].args) == command
    assert "dev-start" not in codes(found)


@pytest.mark.parametrize(
    ("files", "at"),
    [
        ({"src/shop.ts": 'import express from "express"\nimport { a } from "./a"\n', "src/a.ts": ""}, "src/shop.ts:2"),
        ({"src/shop.ts": 'import { a } from "./a.js"\n', "src/a.ts": ""}, "src/shop.ts:1"),
        ({"src/shop.ts": 'import { a } from "./a.ts"\n', "src/a.ts": "\nexport enum Kind { A }\n"}, "src/a.ts:2"),
        ({"src/shop.ts": "@Entity()\nexport class A {}\n"}, "src/shop.ts:1"),
        ({"src/shop.ts": "class A {\n  constructor(private readonly a: string) {}\n}\n"}, "src/shop.ts:2"),
        ({"src/shop.ts": 'import "@/a"\n', "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}'},
         "src/shop.ts:1"),
    ],
)  # fmt: skip
def test_typescript_that_node_does_not_run_is_told_at_its_line(files: dict[str, Any], at: str) -> None:
    app = tree({**SHOP, **files}, scripts={"start": "node src/shop.ts"}, dependencies={"express": "5"})
    with fails(PlanError, "tsx", at=at):
        plan(app)
    with_types = 'import type { a } from "./a"\nimport { type b } from "./b"\nconst c = "enum x"\n'
    assert web(tree({**SHOP, "src/shop.ts": with_types}, scripts={"start": "node src/shop.ts"})) == (
        "node",
        "src/shop.ts",
    )


@pytest.mark.parametrize(("files", "fields", "at", "named"), ERRORS)
def test_what_cannot_be_started_is_an_error_at_its_line(
    files: dict[str, Any], fields: dict[str, Any], at: str, named: tuple[str, ...]
) -> None:
    with fails(PlanError, *named, "hint: ", at=at):
        plan(tree(files, **fields))


def test_programs_known_by_file_have_a_package() -> None:
    assert all(package and file and not file.startswith((".", "/")) for package, file in bins.FILES.values())


MOVED: list[tuple[dict[str, str], list[tuple[str, ...]]]] = [  # scripts, what the build runs
    (
        {"clean": "rimraf dist", "build": "tsc", "start": "npm run clean && npm run build && node dist/app.js"},
        [("rimraf", "dist"), ("npm", "run", "build")],
    ),
    (
        {"build": "vite build", "build:server": "tsc", "start": "npm run build:server && node dist/app.js"},
        [("npm", "run", "build"), ("npm", "run", "build:server")],
    ),
    ({"start": "tsc && cp -r src/views dist && node dist/app.js"}, [("tsc",), ("cp", "-r", "src/views", "dist")]),
    ({"start": "next build && next start"}, [("next", "build")]),
    (
        {
            "clean": "rm -r ./dist || true",
            "copy": "cp -r data dist || :",
            "start": "npm run clean && tsc && npm run copy && node dist/app.js",
        },
        [("sh", "-c", "rm -r ./dist || true"), ("tsc",), ("sh", "-c", "cp -r data dist || :")],
    ),
]


@pytest.mark.parametrize(("scripts", "commands"), MOVED, ids=[row[0]["start"] for row in MOVED])
def test_what_a_start_script_builds_is_built_once_and_in_its_order(
    scripts: dict[str, str], commands: list[tuple[str, ...]]
) -> None:
    needs = {"typescript": "5", "rimraf": "6", "vite": "7"}
    own = {"next": "15"} if "next" in scripts["start"] else {"express": "5"}
    found = plan(tree(FILES, scripts=scripts, dependencies=own, devDependencies=needs))
    words = [[word for word in args if word != "node"] for args in runs(found, "build")]
    assert [(first.rpartition("/")[2], *rest) for first, *rest in words] == commands


@pytest.mark.parametrize("script", ["tsx src/index.ts", "npx tsx src/index.ts", "ts-node src/index.ts"])
def test_a_tool_that_is_not_installed_is_an_error_at_its_line(script: str) -> None:
    with fails(PlanError, script.removeprefix("npx ").split()[0]) as error:
        plan(tree(FILES, scripts={"start": script}, dependencies={"express": "5"}))
    assert error.error.at is not None


@pytest.mark.parametrize(
    ("start", "command"),
    [
        ("pm2 start server.js --name x && pm2 logs", "node_modules/.bin/pm2-runtime start server.js --name x"),
        ("npx pm2 delete all; npx pm2 start server.js; npx pm2 save", "node_modules/.bin/pm2-runtime start server.js"),
    ],
)
def test_what_is_asked_of_pm2_s_daemon_goes(start: str, command: str) -> None:
    assert " ".join(web(tree(FILES, scripts={"start": start}, dependencies={"pm2": "6"}))) == command


@pytest.mark.parametrize(
    ("start", "command"),
    [
        ("pm2 start server.js -i max --name x && pm2 logs", "node server.js"),
        ("pm2-runtime server.js -- --quiet", "node server.js --quiet"),
        ("pm2 start ./server", "node ./server"),
        ("pm2 start ecosystem.config.js --env production && pm2 monit", "node ./worker.js"),
        ("pm2 start dist/app.js", "node dist/app.js"),
    ],
)
def test_pm2_of_the_developers_machine_is_left_out(start: str, command: str) -> None:
    files = {
        **FILES,
        "ecosystem.config.js": 'module.exports = {apps: [{\n  // script: "old.js",\n  script: "./worker.js"}]}',
    }
    found = plan(tree(files, scripts={"start": start}, dependencies={"express": "5"}))
    assert (" ".join(found.runtime.processes[0].args), codes(found)) == (command, ["no-lockfile", "pm2-missing"])


@pytest.mark.parametrize(
    "start", ["pm2 start ecosystem.config.js", "pm2 start gone.js", "pm2 start a.config.js", "pm2 start"]
)
def test_pm2_that_is_not_installed_and_starts_no_file_of_the_app(start: str) -> None:
    files = {**FILES, "a.config.js": "script: 'server.js'\nscript: 'worker.js'"}
    with fails(PlanError, "pm2", at="package.json:4"):
        plan(tree(files, scripts={"start": start}, dependencies={"express": "5"}))


def test_a_configuration_of_pm2_that_is_not_there_is_named() -> None:
    files = {"bin/server.js": "", "app.js": ""}
    with fails(PlanError, "ecosystem.config.js", "node bin/server.js", at="package.json:4"):
        plan(tree(files, scripts={"start": "pm2 start ecosystem.config.js && pm2 logs"}, dependencies={"express": "5"}))


def test_pm2_stays_in_the_foreground_and_writes_where_it_can() -> None:
    found = plan(tree(FILES, scripts={"start": "pm2 start server.js --no-daemon"}, dependencies={"pm2": "6"}))
    assert list(found.runtime.processes[0].args) == ["node_modules/.bin/pm2-runtime", "start", "server.js"]
    assert ("PM2_HOME", "/tmp/.pm2") in found.runtime.env


def test_an_app_with_development_dependencies_alone_ships_those_it_runs_with() -> None:
    own = {"express": "5", "tsx": "4", "typescript": "5", "@types/node": "24", "eslint": "9", "vitest": "3"}
    found = plan(tree(FILES, scripts={"start": "tsx src/index.ts"}, devDependencies=own))
    told = [w.message.partition(" ")[0] for w in found.warnings if w.code == "dev-dependency-started"]
    assert told == ["tsx", "express"]


def test_a_program_that_no_table_knows_is_found_by_path() -> None:
    found = plan(tree(FILES, scripts={"start": "my-runner services"}, dependencies={"express": "5"}))
    assert dict(found.runtime.env)["PATH"].startswith("/app/node_modules/.bin:")


def test_a_variable_that_npm_would_set_has_its_value() -> None:
    found = plan(tree(FILES, scripts={"start": "A=$npm_package_version node server.js"}, version="1.2.3"))
    assert dict(found.runtime.env)["A"] == "1.2.3"


def test_a_port_that_the_script_takes_from_the_environment_is_no_doubt() -> None:
    found = plan(tree(FILES, scripts={"start": "PORT=${PORT:-3000} node server.js"}))
    assert codes(found) == []


def test_a_start_that_installs_where_only_a_shell_decides_is_told() -> None:
    procfile = "web: [ $KIND = prod ] && npm run deploy || npm run deploy:dev\n"
    own = {"deploy": "npm run fresh && node server.js", "fresh": "npm ci", "deploy:dev": "node server.js"}
    with fails(PlanError, "npm ci", at="Procfile:1"):
        plan(tree({**FILES, "Procfile": procfile}, scripts=own, dependencies={"express": "5"}))
    done = plan(
        tree({**FILES, "Procfile": procfile}, scripts={**own, "fresh": "node a.js"}, dependencies={"express": "5"})
    )
    assert done.runtime.processes[0].shell
    cut = {**FILES, "Procfile": "web: node server.js --port \\\n"}
    with fails(PlanError, "web", at="Procfile:1"):
        plan(tree(cut, dependencies={"express": "5"}))


@pytest.mark.parametrize(
    "script", ["make run", "docker-compose up", "python manage.py runserver", "dumb-init node a.js"]
)
def test_a_program_that_no_node_image_has_is_an_error_at_its_line(script: str) -> None:
    app = tree(FILES, scripts={"start": script}, dependencies={"express": "5"})
    with fails(PlanError, "RUN_PACKAGES") as error:
        plan(app)
    assert error.error.at is not None
    assert plan(app, run_packages=("make",)).language == "nodejs"


def test_the_bun_runtime_is_told_where_nothing_but_the_file_says_it() -> None:
    files = {"index.ts": "Bun.serve({ fetch() {} });\n", "bun.lock": '{"packages": {}}'}
    with pytest.raises(PlanError, match="Bun"):
        plan(tree(files, dependencies={"hono": "4"}))


@pytest.mark.parametrize("main", [{}, {"main": "src/index.ts"}])
def test_the_bun_runtime_is_told_where_a_development_script_says_it(main: dict[str, str]) -> None:
    scripts = {"dev": "bun --watch src/index.ts"}
    with fails(PlanError, "Bun", at="package.json:4"):
        plan(tree({"src/index.ts": ""}, scripts=scripts, **main))
    built = {"scripts": {**scripts, "build": "tsc"}, "devDependencies": {"typescript": "5"}, **main}
    assert web(tree({"src/index.ts": "", "tsconfig.json": "{}"}, **built))[0] == "node"


@pytest.mark.parametrize(
    ("script", "package", "args"),
    [
        ("bun .next/standalone/server.js", "next", ["node", "server.js"]),
        ("bun run .output/server/index.mjs", "nuxt", ["node", ".output/server/index.mjs"]),
        ("HOST=:: bun ./build/index.js", "@sveltejs/kit", ["node", "./build/index.js"]),
    ],
)
def test_what_a_framework_made_for_node_is_started_by_it(script: str, package: str, args: list[str]) -> None:
    own = {package: "2", **({"@sveltejs/adapter-node": "5"} if "svelte" in package else {})}
    files = {"svelte.config.js": "import a from '@sveltejs/adapter-node'\n", "bun.lock": '{"packages": {}}'}
    found = plan(tree(files, scripts={"start": script, "build": "x"}, dependencies=own), language="nodejs")
    assert list(found.runtime.processes[0].args) == args
    assert "bun-runtime" in codes(found)


@pytest.mark.parametrize("script", ["", "npm ci", ";;", "cd dist"])
def test_a_start_script_that_starts_nothing_is_an_error(script: str) -> None:
    with fails(PlanError, "hint: ", at="package.json:4"):
        plan(tree({}, scripts={"start": script}, dependencies={"express": "5"}))


@pytest.mark.parametrize(
    ("start", "files", "command", "warned"),
    [
        (
            "node --env-file=config/app.env server.js",
            {"config/app.env": ""},
            "node --env-file=config/app.env server.js",
            [],
        ),
        ("node --env-file config/app.env server.js", {}, "node server.js", ["env-file"]),
        ("node --env-file=.env server.js", {".env": ""}, "node server.js", ["env-file"]),
        ("node --env-file=test/app.env server.js", {"test/app.env": ""}, "node server.js", ["env-file"]),
        ("tsx --env-file=app.env server.ts", {"app.env": ""}, "node --import tsx --env-file=app.env server.ts", []),
        ("tsx --env-file=app.env server.ts", {}, "node --import tsx server.ts", ["env-file"]),
        ("dotenv -e app.env -- node a.js", {"app.env": "A=1\n"}, "node --env-file=app.env a.js", []),
        (
            "dotenv -e a.env -e b.env node a.js",
            {"a.env": "", "b.env": ""},
            "node --env-file=b.env --env-file=a.env a.js",
            [],
        ),
        ("dotenv -e a.env -e b.env node a.js", {"b.env": ""}, "node --env-file=b.env a.js", []),
        ("dotenv -c prod node a.js", {".env.prod": "", ".env": ""}, "node --env-file=.env.prod a.js", []),
        ("dotenv node a.js", {".env": ""}, "node a.js", ["env-file"]),
        ("dotenvx run -f .env.prod -- tsx a.ts", {".env.prod": ""}, "node --env-file=.env.prod --import tsx a.ts", []),
        ("dotenvx run -f .env.prod -- node a.js", {".env.prod": 'A="encrypted:B"\n'}, "node a.js", ["env-file"]),
        ("env-cmd -f app.env --no-override node a.js", {"app.env": ""}, "node --env-file=app.env a.js", []),
        ("env-cmd ./app.env node a.js", {"app.env": ""}, "node --env-file=app.env a.js", ["env-file"]),
        ("env-cmd -e prod node a.js", {".env-cmdrc": "{}"}, "node a.js", ["env-file"]),
        ("dotenv -o -e app.env node a.js", {"app.env": ""}, "node --env-file=app.env a.js", ["env-file"]),
        ("dotenv -e app.env node a.js", {"app.env": "A=1\nB=${A}/b\n"}, "node --env-file=app.env a.js", ["env-file"]),
        ("dotenv -e app.env ./run.sh", {"app.env": "", "run.sh": ""}, "./run.sh", ["env-file"]),
        ("dotenv -e app.env -- npm run b", {"app.env": ""}, "node --env-file=app.env b.js", []),
        (
            "dotenv -e a.env -- dotenv -e b.env -- node a.js",
            {"a.env": "", "b.env": ""},
            "node --env-file=b.env --env-file=a.env a.js",
            [],
        ),
    ],
)
def test_an_env_file_that_ships_is_read(start: str, files: dict[str, str], command: str, warned: list[str]) -> None:
    given = {
        "package-lock.json": LOCK,
        **dict.fromkeys(("server.js", "server.ts", "a.js", "a.ts", "b.js"), ""),
        **files,
    }
    found = plan(tree(given, scripts={"start": start, "b": "node b.js"}, dependencies={"tsx": "4"}))
    assert " ".join(found.runtime.processes[0].args) == command
    assert codes(found) == warned


@pytest.mark.parametrize(("wrapper", "command"), [("", "node server.js"), ("dotenv -e .env.live -- ", "node --env-file=.env.live node_modules/next/dist/bin/next start")])  # fmt: skip
def test_next_is_started_with_its_env_file(wrapper: str, command: str) -> None:
    files = {"package-lock.json": LOCK, ".env.live": "A=1\n"}
    scripts = {"build": "next build", "start": f"{wrapper}next start"}
    found = plan(tree(files, scripts=scripts, dependencies={"next": "15", "dotenv-cli": "10"}))
    assert " ".join(found.runtime.processes[0].args) == command


def test_an_old_node_reads_no_env_file() -> None:
    files = {"package-lock.json": LOCK, "a.js": "", "app.env": "", ".nvmrc": "20.5.1"}
    found = plan(tree(files, scripts={"start": "dotenv -e app.env node a.js"}, dependencies={"dotenv-cli": "10"}))
    assert " ".join(found.runtime.processes[0].args) == "node a.js"
    assert "Node.js 20.5.1 does not read app.env" in found.warnings[0].message + found.warnings[-1].message


def test_the_line_of_a_file_that_refers_to_a_variable() -> None:
    files = {"package-lock.json": LOCK, "a.js": "", "app.env": "# $X\nA=1\nB=${A}/b\n"}
    found = plan(tree(files, scripts={"start": "dotenv -e app.env node a.js"}, dependencies={"dotenv-cli": "10"}))
    assert [str(one.at) for one in found.warnings] == ["app.env:3"]


def test_what_npm_sets_for_a_start_script_is_in_the_image() -> None:
    config = {"region": "eu", "max-age": 5, "debug": False, "api_token": "x"}
    own = {
        "version": "3.4.5",
        "config": config,
        "dependencies": {"cowsay": "1"},
        "scripts": {"start": "node server.js"},
    }
    env = dict(plan(tree({"server.js": ""}, **own)).runtime.env)
    assert {name: text for name, text in env.items() if name.startswith("npm_")} == {
        "npm_package_name": "app",
        "npm_package_version": "3.4.5",
        "npm_package_config_region": "eu",
        "npm_package_config_max_age": "5",
        "npm_package_config_debug": "false",
    }
    assert env["PATH"].startswith("/app/node_modules/.bin:")


def test_without_packages_no_programs_of_packages_are_looked_for() -> None:
    assert "PATH" not in dict(plan(tree({"server.js": ""}, scripts={"start": "node server.js"})).runtime.env)


@pytest.mark.parametrize(
    ("scripts", "behind"),
    [
        (
            {"start": 'concurrently -k -n a,b "pnpm start:a" "pnpm run start:b"'},
            "-k -n a,b|exec node a.js|exec node b.js",
        ),
        ({"start": "concurrently 'pnpm:start:*'"}, "|exec node a.js|exec node b.js"),
        ({"start": "concurrently npm:start:a 'X=1 nodemon b.js'"}, "|exec node a.js|exec env X=1 node b.js"),
    ],
)
def test_programs_side_by_side_need_no_package_manager(scripts: dict[str, str], behind: str) -> None:
    every = {**scripts, "start:a": "node a.js", "start:b": "node b.js"}
    own = {"packageManager": "pnpm@10.0.0", "dependencies": {"concurrently": "9"}}
    args = plan(tree({"a.js": "", "b.js": ""}, scripts=every, **own)).runtime.processes[0].args
    options, *texts = behind.split("|")
    assert list(args) == ["node_modules/.bin/concurrently", *options.split(), *texts]


def test_programs_side_by_side_have_to_be_in_the_image() -> None:
    scripts = {"start": "concurrently 'hugo server' 'node a.js' 'wait'"}
    process = plan(tree({"a.js": ""}, scripts=scripts, dependencies={"concurrently": "9"})).runtime.processes[0]
    hugo, node = process.needs
    assert hugo.what == "the program hugo"
    assert hugo.paths[0] == "/app/node_modules/.bin/hugo"
    assert "/usr/local/bin/node" in node.paths


@pytest.mark.parametrize(
    ("script", "develops"), [("vite", True), ("vite build --watch", False), ("npm run web", True), ("node a.js", False)]
)
def test_a_development_server_side_by_side_is_an_error_at_its_script(script: str, develops: bool) -> None:
    scripts = {"start": f"concurrently '{script}' 'node a.js'", "web": "react-scripts start"}
    own = {"concurrently": "9", "vite": "7", "react-scripts": "5"}
    source = tree({"a.js": ""}, scripts=scripts, dependencies=own)
    with fails(PlanError, "development server by concurrently") if develops else nullcontext():
        plan(source)


def test_a_production_script_goes_before_development_servers_side_by_side() -> None:
    scripts = {"start": "concurrently vite 'node a.js'", "start:prod": "node a.js", "build": "vite build"}
    own = {"dependencies": {"concurrently": "9", "vite": "7"}, "scripts": scripts}
    found = plan(tree({"a.js": ""}, **own))
    assert found.runtime.processes[0].args == ("node", "a.js")
    assert "dev-start" in codes(found)
    with fails(PlanError, "development server by concurrently"):
        plan(tree({"a.js": ""}, **{**own, "scripts": {**scripts, "start:prod": "concurrently vite 'node a.js'"}}))


def test_every_package_is_the_one_that_there_is() -> None:
    scripts = {"start": "pnpm -r run build && node dist/app.js", "build": "tsc"}
    found = plan(
        tree({**FILES, "Procfile": "web: pnpm -r run start\n"}, scripts=scripts, dependencies={"express": "5"})
    )
    assert found.runtime.processes[0].args == ("node", "dist/app.js")
    assert runs(found, "build") == [("npm", "run", "build")]


def test_a_program_stays_in_the_foreground() -> None:
    scripts = {"start": "egg-scripts start --daemon --title=shop", "stop": "egg-scripts stop"}
    found = plan(tree(FILES, scripts=scripts, dependencies={"egg": "3", "egg-scripts": "3"}))
    assert found.runtime.processes[0].args[1:] == ("start", "--title=shop")


def test_a_script_that_starts_containers_starts_nothing_in_an_image() -> None:
    scripts = {"start:prod": "docker compose up -d", "server": "node server.js"}
    assert web(tree(FILES, scripts=scripts, dependencies={"express": "5"})) == ("node", "server.js")


@pytest.mark.parametrize(
    ("dev", "args"),
    [
        ("nodemon server.js start", ("node", "server.js", "start")),
        ("nodemon server.js", ("node", "server.js")),
        ("nodemon server.js --verbose", ("node", "server.js")),
        ("nodemon server.js dev", ("node", "server.js")),
    ],
)
def test_a_command_behind_the_file_of_a_development_script_is_kept(dev: str, args: tuple[str, ...]) -> None:
    assert web(tree(FILES, scripts={"dev": dev}, dependencies={"express": "5"})) == args


def test_a_file_that_the_build_runs_is_not_what_is_started() -> None:
    scripts = {"build": "node bundle.mjs production", "dev": "node bundle.mjs"}
    assert web(tree({**FILES, "bundle.mjs": ""}, scripts=scripts, dependencies={"express": "5"})) == (
        "node",
        "server.js",
    )


@pytest.mark.parametrize("start", ["concurrently 'pnpm -r dev'", "pnpm a & pnpm b", "(pnpm a || true); node server.js"])
def test_a_manager_that_no_image_has_is_an_error(start: str) -> None:
    own = {"packageManager": "pnpm@10.0.0", "dependencies": {"concurrently": "9"}}
    source = tree({"server.js": ""}, scripts={"start": start, "a": "node a.js", "b": "node b.js"}, **own)
    with fails(PlanError, "pnpm"):
        plan(source)


@pytest.mark.parametrize(
    ("start", "scripts", "hint"),
    [
        ("electron .", {}, "RUN_COMMAND"),
        ('DISPLAY="${DISPLAY:=:0}" ./node_modules/.bin/electron main.js', {"server": "node s.js"}, "npm run server"),
        ("electron-forge start", {}, "RUN_COMMAND"),
    ],
)
def test_a_desktop_program_is_an_error(start: str, scripts: dict[str, str], hint: str) -> None:
    with fails(PlanError, "a container has no display", hint, at="package.json:4"):
        web(tree({"main.js": ""}, scripts={"start": start, **scripts}, devDependencies={"electron": "40"}))


@pytest.mark.parametrize(
    ("scripts", "told"),
    [
        ({"start-bot": "node src/bot.js", "start-server": "node src/server.js"}, "start-server"),
        ({"start:bot": "node bot.js", "start:worker": "tsx src/worker.ts", "start:api": "node api.js"}, "start:worker, start:api"),
        ({"start:dev": "node dev.js", "start:debug": "node --inspect x.js"}, ""),
        ({"start": "node bot.js", "start:worker": "node worker.js"}, ""),
    ],
)  # fmt: skip
def test_scripts_that_start_other_files_are_told_where_none_is_the_start(scripts: dict[str, str], told: str) -> None:
    found = plan(tree({"bot.js": "listen()"}, main="bot.js", scripts=scripts, dependencies={"telegraf": "4"}))
    assert found.runtime.processes[0].args == ("node", "bot.js")
    warnings = [one for one in found.warnings if one.code == "start-several"]
    assert [one.message.rpartition(": ")[2] for one in warnings] == [told] * bool(told)


def test_the_build_in_front_of_the_start_of_loopback_is_in_the_build() -> None:
    scripts = {
        "build": "lb-tsc",
        "clean": "lb-clean dist *.tsbuildinfo",
        "rebuild": "npm run clean && npm run build",
        "prestart": "npm run rebuild",
        "start": "node -r source-map-support/register .",
    }
    own = {
        "dependencies": {"@loopback/rest": "14", "source-map-support": "0.5"},
        "devDependencies": {"@loopback/build": "11"},
    }
    found = plan(tree({"package-lock.json": LOCK, "src/index.ts": ""}, main="dist/index.js", scripts=scripts, **own))
    assert found.runtime.processes[0].args == ("node", "-r", "source-map-support/register", ".")
    assert runs(found, "build")[-1] == ("npm", "run", "build")


def test_a_transpiler_of_a_package_below_the_root_is_found() -> None:
    server = package(scripts={"start": "tsx index.js"}, dependencies={"express": "5", "tsx": "4"})
    files = {
        "package.json": package(scripts={"start": "cd server && npm start"}, dependencies={"dotenv": "16"}),
        "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        "server/package.json": server,
        "server/package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        "server/index.js": "",
    }
    found = language.plan(DictTree(files), Settings(), "", TODAY)
    assert "node --import tsx index.js" in " ".join(found.runtime.processes[0].args)
