"""Ports that an app fixes: the image's PORT holds, or a warning names the place."""

import pytest

from tests.languages.node import codes, plan, tree

OWN = {"http-server": "14", "sirv-cli": "3", "serve": "14", "json-server": "0.17", "express": "5", "some-server": "1"}


@pytest.mark.parametrize(
    ("start", "command"),
    [
        ("http-server public -p 8080", "node node_modules/http-server/bin/http-server public"),
        ("http-server -p8080 -a localhost -c-1", "node node_modules/http-server/bin/http-server -c-1"),
        ("sirv public --port 8080 --host localhost --single", "node_modules/.bin/sirv public --single"),
        ("serve -s build -l 3000", "node node_modules/serve/build/main.js -s build"),
        (
            "json-server --watch db.json --port 3001",
            "/bin/sh -c exec node_modules/.bin/json-server --watch db.json --port $PORT --host 0.0.0.0",
        ),
        ("fastify start -p $PORT app.js", "/bin/sh -c exec fastify start -p $PORT app.js"),
    ],
)
def test_a_server_listens_on_the_port_of_the_image(start: str, command: str) -> None:
    found = plan(tree({"app.js": ""}, dependencies=OWN), run_command=start)
    assert " ".join(found.runtime.processes[0].args) == command
    assert ("fixed-port" in codes(found)) == ("$PORT" not in start)


@pytest.mark.parametrize("start", ["some-server --port 8080", "node server.js -p 8080", "node server.js --port=8080"])
def test_a_port_of_another_program_is_named(start: str) -> None:
    source = tree({"server.js": "listen(3000)"}, scripts={"start": start}, dependencies=OWN)
    warning = next(one for one in plan(source).warnings if one.code == "fixed-port")
    assert "fixes the port 8080" in warning.message
    assert "PORT=8080" in warning.hint
    assert "fixed-port" not in codes(plan(source, port=8080))


@pytest.mark.parametrize(
    ("text", "line", "number"),
    [
        ("const app = express();\napp.listen(3000);", 2, "3000"),
        ("const port = 3000;\napp.listen(port, () => {});", 1, "3000"),
        ("const port: number = 4000;\nawait app.listen({ host: '::', port });\napp.listen(port)", 1, "4000"),
        ("import { serve } from 'x';\nserve({ fetch: app.fetch, port: 8787 });", 2, "8787"),
        ("app.listen(process.env.PORT || 3000)", 0, ""),
        ("app.listen(process.env['PORT'] ?? 3000)", 0, ""),
        ("const { PORT = 3000 } = process.env;\napp.listen(PORT)", 0, ""),
        ("app.listen(config.get('PORT'))", 0, ""),
        ("connect({ port: 5432 });\napp.listen(config.port)", 0, ""),
        ("// app.listen(3000)\nstart()", 0, ""),
        ("app.listen(5000)", 0, ""),
        ("var port = normalizePort(3000);\nserver.listen(port);", 1, "3000"),
        ("var port = normalizePort('3000');\nserver.listen(port);", 1, "3000"),
        ("var port = normalizePort(process.env.PORT || '3000');\nserver.listen(port);", 0, ""),
        ("var port = normalizePort(3000);\napp.set('port', port);\nserver.listen(port);", 1, "3000"),
        ("app.set('port', 3000);\nserver.listen(app.get('port'));", 0, ""),
        ("const port = free(3000);\nserver.listen(port);", 0, ""),
    ],
)
@pytest.mark.parametrize(
    ("start", "path"),
    [
        ("node server.js", "server.js"),
        ("node dist/server.js", "src/server.ts"),
        ("node dist/server", "src/server.ts"),
        ("node ./bin/www", "bin/www"),
    ],
)
def test_a_number_in_the_source_is_named_with_its_line(
    start: str, path: str, text: str, line: int, number: str
) -> None:
    scripts = {"start": start, "build": "tsc"}
    found = plan(tree({path: text}, scripts=scripts, dependencies=OWN))
    told = [one for one in found.warnings if one.code == "fixed-port"]
    assert [(one.at.file, one.at.line) for one in told if one.at] == ([(path, line)] if line else [])
    assert all(f"port {number}," in one.message and f"PORT={number}" in one.hint for one in told)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("app.listen(process.env.HTTP_PORT || 80, go)", "HTTP_PORT"),
        ("app.listen(Number(process.env.SERVER_PORT ?? '3000'))", "SERVER_PORT"),
        ("app.listen(process.env.APP_PORT || process.env.PORT || 3000)", ""),
        ("app.listen(process.env.APP_PORT || 5000)", ""),
        ("const db = process.env.DB_PORT || 5432;\napp.listen(process.env.PORT || 3000)", ""),
    ],
)
def test_another_variable_in_the_place_of_port_is_named(text: str, name: str) -> None:
    source = tree({"server.js": text}, scripts={"start": "node server.js"}, dependencies=OWN)
    told = [one for one in plan(source).warnings if one.code == "fixed-port"]
    assert [f"RUN_ENV_{name}=5000" in one.hint for one in told] == ([True] if name else [])
    if name:
        assert "fixed-port" not in codes(plan(source, run_env=((name, "5000"),)))


EXPRESS = "const app = require('express')();\n"
TABLES: list[tuple[dict[str, str], str]] = [  # files beside the package.json, the place of the port
    ({"app.js": EXPRESS + "const config = { port: 3000 };\napp.listen(config.port);"}, "app.js:2"),
    ({"app.js": "const config = require('./config');\napp.listen(config.port, go)", "config.js": "module.exports = {\n  port: 3000,\n}"}, "config.js:2"),
    ({"app.js": "var c = require('./config/config.json');\nserver.listen(c.port)", "config/config.json": '{\n "port": "3000"}'}, "config/config.json:2"),
    ({"app.js": "import { PORT } from './config/index.js'\napp.listen(PORT)", "config/index.js": "\nexport const PORT = 3000;"}, "config/index.js:2"),
    ({"app.js": "const { port } = require('./settings')\nserver.listen({ port })", "settings/index.js": "exports.port = 3000"}, "settings/index.js:1"),
    ({"app.js": "import config from './config'\napp.listen(config.server.port)", "config.js": "export default {\n db: { port: 5432 },\n server: {\n  port: 3000 } }"}, "config.js:4"),
    ({"app.js": "const c = require('./c')[env]\nconst config = require('./c')\napp.listen(config.port)", "c.js": "exports.development = { port: 3001 }\nexports.production = {\n port: 3000 }"}, "c.js:3"),
    ({"app.js": "const config = require('config');\napp.listen(config.get('port'))", "config/default.json": '{"port": 3000}'}, "config/default.json:1"),
    ({"app.js": "import config from 'config'\napp.listen(config.get<number>('server.port'))", "config/default.json": '{"server": {"port": 1234}}', "config/production.yaml": "server:\n  port: 3000\n"}, "config/production.yaml:2"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "at"), TABLES, ids=[row[1] for row in TABLES])
def test_a_port_in_a_table_of_the_app_is_named(files: dict[str, str], at: str) -> None:
    source = tree({**files}, scripts={"start": "node app.js"}, dependencies=OWN)
    (warning,) = (one for one in plan(source).warnings if one.code == "fixed-port")
    assert (str(warning.at), "PORT=3000" in warning.hint) == (at, True)
    assert "fixed-port" not in codes(plan(source, port=3000))


@pytest.mark.parametrize(
    "files",
    [
        {"app.js": "const config = require('./config')\napp.listen(config.port)", "config.js": "exports.port = process.env.PORT || 3000"},
        {"app.js": "const config = require('config')\napp.listen(config.port)", "config/default.json": '{"port": 3000}', "config/custom-environment-variables.json": '{"port": "PORT"}'},
        {"app.js": "const config = require('./config')\napp.listen(config.port)", "config.js": "module.exports = { port: fromVault() }"},
        {"app.js": "const config = require('./config')\n// app.listen(config.port)", "config.js": "exports.port = 3000"},
        {"app.js": "const config = require('settings')\napp.listen(config.port)"},
        {"app.js": "const config = require('./config')\napp.listen(config.port)"},
        {"app.js": "app.listen(this.port)"},
    ],
)  # fmt: skip
def test_a_port_that_may_be_read_from_the_environment_is_not(files: dict[str, str]) -> None:
    source = tree({**files}, scripts={"start": "node app.js"}, dependencies=OWN)
    assert "fixed-port" not in codes(plan(source))


FASTIFY = "import Fastify from 'fastify'\nconst app = Fastify()\n"
NEST = "const app = await NestFactory.create(M, new FastifyAdapter())\n"
LOCAL: list[tuple[str, str]] = [  # a source, the line that is told
    (FASTIFY + "app.listen({ port: process.env.PORT })", "3"),
    (FASTIFY + "await app.listen({ port: Number(process.env.PORT) || 3000 }, (error) => {\n  done()\n})", "3"),
    (FASTIFY + "app.listen({ port, host: '127.0.0.1' })", "3"),
    (FASTIFY + "app.listen({ port, host: '0.0.0.0' })", ""),
    (FASTIFY + "app.listen({ port, host: config.host })", ""),
    (FASTIFY + "app.listen(options)", ""),
    (FASTIFY + "app.listen({ port, host: process.env.HOST ?? 'localhost' })", ""),
    (NEST + "await app.listen(process.env.PORT ?? 3000)", "2"),
    (NEST + "await app.listen(config.get<number>('port'))", "2"),
    (NEST + "await app.listen(port, address)", ""),
    (NEST + "await app.listen(PORT)", "2"),
    (NEST + "await app.listen(config.port, () => {})", "2"),
    (NEST + "await app.listen(PORT, '0.0.0.0')", ""),
    ("express().listen(process.env.PORT, 'localhost', () => {})", "1"),
    ("serve({ fetch: app.fetch, port, hostname: 'localhost' })", "1"),
    ("// app.listen(3000, 'localhost')\nexpress().listen(process.env.PORT)", ""),
    ("express().listen(process.env.PORT)\nredis.connect('localhost')", ""),
    ("const server = Hapi.server({\n  port: process.env.PORT,\n  host: 'localhost',\n})", "1"),
]


@pytest.mark.parametrize(("text", "line"), LOCAL)
def test_a_server_that_listens_on_localhost_is_told(text: str, line: str) -> None:
    own = {"fastify": "5", "express": "5", "hono": "4"}
    found = plan(tree({"server.js": text}, scripts={"start": "node server.js"}, dependencies=own))
    told = [str(one.at) for one in found.warnings if one.code == "local-host"]
    assert told == ([f"server.js:{line}"] if line else [])


@pytest.mark.parametrize(
    ("start", "main", "file"),
    [
        ("node server", "", "server.js"),
        ("node -r dotenv/config app", "", "app.js"),
        ("node src/server", "", "src/server/index.js"),
        ("node .", "lib/server.js", "lib/server.js"),
        ("node .", "lib", "lib/index.js"),
        ("node .", "", "index.js"),
    ],
)
def test_the_source_of_a_start_without_the_ending_is_looked_at(start: str, main: str, file: str) -> None:
    fields = {"main": main} if main else {}
    source = tree({file: "\napp.listen(3000, 'localhost')"}, scripts={"start": start}, dependencies=OWN, **fields)
    told = {one.code: str(one.at) for one in plan(source).warnings}
    assert (told.get("fixed-port"), told.get("local-host")) == (f"{file}:2", f"{file}:2")


@pytest.mark.parametrize(
    ("apps", "line"),
    [
        ("[{\n script: 'server.js',\n env: {\n  A: '1',\n  PORT: 3000,\n },\n}]", "5"),
        ("[{ script: 'server.js', env_production: { \"PORT\": '8080' } }]", "1"),
        ("[{ script: 'server.js', env: { PORT: 5000 } }]", ""),
        ("[{ script: 'server.js', env_development: { PORT: 3000 } }]", ""),
        ("[{\n script: 'server.js',\n env: {\n  // PORT: 3000,\n  A: 1,\n },\n}]", ""),
    ],
)
def test_a_port_that_the_configuration_of_pm2_sets_is_told(apps: str, line: str) -> None:
    files = {"ecosystem.config.js": f"module.exports = {{ apps: {apps} }}", "server.js": "listen(process.env.PORT)"}
    start = {"start": "pm2-runtime start ecosystem.config.js"}
    found = plan(tree(files, scripts=start, dependencies={**OWN, "pm2": "6"}))
    told = [str(one.at) for one in found.warnings if one.code == "fixed-port"]
    assert told == ([f"ecosystem.config.js:{line}"] if line else [])
