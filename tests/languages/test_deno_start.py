"""How Deno apps are started: tasks, entries, permissions, the port."""

import pytest

from frontend.errors import PlanError
from tests.errors import fails
from tests.languages.deno import EXPORTED, FIRST, LEAST, SERVER, Files, codes, config, plan, web
from tests.languages.node import package

RUN = "deno run -A main.ts"
STARTS: list[tuple[str, Files, str]] = [
    ("a task", {"deno.json": config(start=RUN), "main.ts": SERVER}, RUN),
    ("a task of a task", {"deno.json": config(start="deno task go", tasks={"go": RUN}), "main.ts": SERVER}, RUN),
    ("arguments", {"deno.json": config(start="deno task go --x", tasks={"go": RUN}), "main.ts": SERVER}, f"{RUN} --x"),
    ("no permissions", {"deno.json": config(start="deno run main.ts"), "main.ts": SERVER}, f"deno run {LEAST} main.ts"),
    ("an entry", {"main.ts": SERVER}, f"deno run {LEAST} main.ts"),
    ("an entry below src", {"deno.json": "{}", "src/main.ts": SERVER}, f"deno run {LEAST} src/main.ts"),
    ("a Procfile", {"Procfile": f"web: {RUN}\n", "deno.json": "{}", "main.ts": SERVER}, RUN),
    ("for development", {"deno.json": config(start="deno run -A --watch main.ts"), "main.ts": SERVER}, RUN),
    (
        "an environment file",
        {"deno.json": config(start="deno run -A --env-file=.env main.ts"), "main.ts": SERVER},
        RUN,
    ),
    (
        "a development server gives way",
        {
            "deno.json": config(start="deno run -A --watch=static/ dev.ts", tasks={"preview": RUN}),
            "main.ts": SERVER,
            "dev.ts": "",
        },
        RUN,
    ),
    (
        "a server among parts of a start",
        {
            "deno.json": config(
                tasks={"build": "deno run -A npm:vite build", "dev": "deno task dev:web & deno task dev:server"}
                | {"dev:web": "deno run -A npm:vite", "preview:web": "deno run -A npm:vite preview"}
                | {"dev:server": "deno run -A --watch api/entry.ts", "preview:server": "deno run -A api/entry.ts"}
            ),
            "api/entry.ts": SERVER,
        },
        "deno run -A api/entry.ts",
    ),
    (
        "a file that is watched",
        {"deno.json": config(tasks={"dev": "deno run --watch -N=:8000 -E src/go.ts"}), "main.ts": "", "src/go.ts": ""},
        "deno run -N=:8000 -E src/go.ts",
    ),
    (
        "one that builds",
        {"deno.json": config(tasks={"dev": "deno run -A build.ts"}), "main.ts": SERVER, "build.ts": ""},
        f"deno run {LEAST} main.ts",
    ),
    (
        "one that is not there",
        {"deno.json": config(tasks={"dev": "deno run --watch -A gone.ts"}), "main.ts": SERVER},
        f"deno run {LEAST} main.ts",
    ),
    (
        "few variables",
        {"deno.json": config(start="deno run -N --allow-env=A main.ts"), "main.ts": SERVER},
        "deno run --allow-env=PORT,DENO_SERVE_ADDRESS -N --allow-env=A main.ts",
    ),
    (
        "a default export",
        {"deno.json": "{}", "main.ts": EXPORTED},
        "deno run --allow-net --allow-env --allow-read main.ts",
    ),
    (
        "a port of its own",
        {"deno.json": config(start="deno serve -A --port 3000 --host 127.0.0.1 main.ts"), "main.ts": EXPORTED},
        RUN,
    ),
    (
        "a file that serves what the entry makes",
        {
            "server.ts": 'import { Application } from "x";\nconst app = new Application();\nexport default app;\n',
            "run.ts": 'import app from "./server.ts"\nawait app.listen({ port: 8000 });\n',
            "server_test.ts": 'import app from "./server.ts"\napp.listen({ port: 1 });\n',
            "deno.json": "{}",
        },
        f"deno run {LEAST} run.ts",
    ),
    (
        "an entry of Deno Deploy",
        {"deno.json": config(deploy={"entrypoint": "./api/go.ts"}), "main.ts": SERVER, "api/go.ts": SERVER},
        f"deno run {LEAST} api/go.ts",
    ),
    (
        "one that is not there",
        {"deno.json": config(deploy={"runtime": {"entrypoint": "gone.ts"}}), "main.ts": SERVER},
        f"deno run {LEAST} main.ts",
    ),
    (
        "a database that nothing enables",
        {"deno.json": config(start=RUN), "main.ts": f"const kv = await Deno.openKv('/d');\n{SERVER}"},
        "deno run --unstable-kv -A main.ts",
    ),
    (
        "a database that the command enables",
        {"deno.json": config(start="deno run --unstable-kv -A main.ts"), "main.ts": f"Deno.openKv('/d');\n{SERVER}"},
        "deno run --unstable-kv -A main.ts",
    ),
    (
        "a database that the configuration enables",
        {"deno.json": config(start=RUN, unstable=["kv", "cron"]), "main.ts": f"Deno.openKv('/d');\n{SERVER}"},
        RUN,
    ),
    (
        "modules of another host",
        {"deno.json": config(start="deno run -N main.ts"), "main.ts": f'import "https://a.example/b.ts";\n{SERVER}'},
        "deno run --allow-env=PORT,DENO_SERVE_ADDRESS --allow-import -N main.ts",
    ),
    (
        "several workers",
        {"deno.json": config(start="deno serve -A --parallel main.ts"), "main.ts": EXPORTED},
        "exec deno serve --cached-only --host 0.0.0.0 --port $PORT -A --parallel main.ts",
    ),
    (
        "a variable",
        {"deno.json": config(start="deno run -A main.ts --name $NAME"), "main.ts": SERVER},
        "exec deno run --cached-only --preload /usr/local/share/migetpacks/first.js -A main.ts --name $NAME",
    ),
]


@pytest.mark.parametrize(("files", "command"), [row[1:] for row in STARTS], ids=[row[0] for row in STARTS])
def test_start(files: Files, command: str) -> None:
    assert web(files) == command


def test_permissions_that_nobody_wrote_are_told() -> None:
    told = [one.because for one in plan({"main.ts": SERVER}).evidence if one.what == "permissions"]
    assert [one.partition(":")[0] for one in told] == [LEAST]
    assert not any(
        one.what == "permissions" for one in plan({"deno.json": config(start=RUN), "main.ts": SERVER}).evidence
    )


def test_options_of_development_are_told() -> None:
    files = {"deno.json": config(start="deno run -A --watch --env-file main.ts"), "main.ts": SERVER}
    assert codes(plan(files)) == ["development-option", "env-file"]


def test_an_app_that_reads_port_keeps_its_address() -> None:
    reads = 'Deno.serve({ port: Number(Deno.env.get("PORT")) }, () => new Response(""));\n'
    files = {"deno.json": config(start="deno run -N --allow-env=PORT main.ts"), "main.ts": reads}
    assert web(files) == "deno run -N --allow-env=PORT main.ts"
    assert "DENO_SERVE_ADDRESS" not in str(plan(files))
    moved = {**files, "main.ts": reads.replace("{ port", '{ hostname: "localhost", port')}
    assert "--allow-env=PORT,DENO_SERVE_ADDRESS" in web(moved)


def test_an_older_deno_listens_where_the_image_says() -> None:
    files = {"deno.json": config(start=RUN), "main.ts": SERVER, ".dvmrc": "2.3.7\n"}
    assert dict(plan(files).runtime.env)["DENO_SERVE_ADDRESS"] == "tcp:0.0.0.0:5000"
    assert web(files) == RUN


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("run -A app.ts", "deno run -A app.ts"),
        ("deno task go", RUN),
        ("serve -A app.ts", "deno run -A app.ts"),
        ("node app.js", f"deno run {LEAST} main.ts"),
    ],
)
def test_a_dockerfile_says_how_the_app_starts(text: str, command: str) -> None:
    files = {"deno.json": config(tasks={"go": RUN}), "main.ts": SERVER, "app.ts": EXPORTED}
    assert web(files, candidate=text) == command


def test_a_program_of_a_package_is_run_by_deno() -> None:
    packages = package(dependencies={"sirv-cli": "3"}, scripts={"start": "tsc -b && A=1 sirv public"})
    found = plan({"deno.json": "{}", "package.json": packages})
    process = found.runtime.processes[0]
    assert process.args == ("sirv", "public")
    (other,) = process.otherwise
    assert other.args == ("deno", "run", "--cached-only", *FIRST, "-A", "/app/node_modules/.bin/sirv", "public")
    assert found.steps[-1].run[0].args == ("deno", "task", "--eval", "tsc -b")
    assert dict(found.runtime.env)["A"] == "1"


FIXED: list[tuple[str, str, dict[str, str], list[str]]] = [
    ("a module follows it", RUN, {}, []),
    ("before modules", RUN, {".dvmrc": "2.3.7"}, ["end-of-life", "fixed-port"]),
    ("before addresses", RUN, {".dvmrc": "2.1.4"}, ["end-of-life", "fixed-port"]),
    ("a set of permissions", "deno run -P main.ts", {}, ["fixed-port"]),
    ("a shell script", "./start.sh", {}, []),
]


@pytest.mark.parametrize(("start", "more", "expected"), [row[1:] for row in FIXED], ids=[row[0] for row in FIXED])
def test_a_port_that_stays_is_told(start: str, more: dict[str, str], expected: list[str]) -> None:
    found = plan({"deno.json": config(start=start), "main.ts": SERVER, **more})
    assert codes(found) == expected
    assert all(one.at is not None for one in found.warnings)
    assert ("DENO_SERVE_ADDRESS" in dict(found.runtime.env)) == ("fixed-port" in expected and "2.1.4" not in str(more))


def test_a_start_that_is_nowhere_is_an_error() -> None:
    with fails(PlanError, "start", at="deno.json"):
        plan({"deno.json": "{}", "lib.ts": ""})


def test_a_task_that_is_not_there_is_an_error() -> None:
    with fails(PlanError, "serv", "did you mean serve", at="deno.json:4"):
        plan({"deno.json": config(start="deno task serv", tasks={"serve": RUN}).replace('"tasks": {', '"tasks": {\n')})


def test_tasks_that_run_each_other_are_an_error() -> None:
    with fails(PlanError, "start → go → start", at="deno.json:3"):
        plan({"deno.json": config(start="deno task go", tasks={"go": "deno task start"})})
