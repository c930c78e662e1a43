"""Migrations in a Dockerfile's start, which the image starts without: the process `release`, and a warning."""

import json

import pytest

from frontend.plan.model import Plan
from tests.test_build import plan

MIGRATES = "#!/bin/sh\nset -e\nnpx prisma migrate deploy\n"
APP = {
    "package.json": json.dumps(
        {"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "prisma": "6"}}
    ),
    "server.js": "require('express')().listen(process.env.PORT)\n",
}
HEAD = "FROM node:24\nWORKDIR /app\nCOPY . .\n"


def release(found: Plan) -> list[str]:
    return [" ".join(one.args) for one in found.runtime.processes if one.name == "release"]


def left_out(found: Plan) -> list[str]:
    return [str(one.at) for one in found.warnings if one.code == "entrypoint-left-out"]


ROWS: list[tuple[str, str, dict[str, str], str]] = [
    ("a script that is handed on to", 'ENTRYPOINT ["./start.sh"]\nCMD ["node", "server.js"]\n',
     {"start.sh": f'{MIGRATES}exec "$@"\n'}, "start.sh:3"),
    ("a script of its own", 'CMD ["sh", "start.sh"]\n', {"start.sh": f"{MIGRATES}node server.js\n"}, "start.sh:3"),
    ("a copy at the root", 'COPY docker/*.sh /\nENTRYPOINT ["/start.sh"]\nCMD ["node", "server.js"]\n',
     {"docker/start.sh": f'{MIGRATES}exec "$@"\n', "docker/other.sh": ""}, "docker/start.sh:3"),
    ("the command itself", 'CMD ["sh", "-c", "npx prisma migrate deploy && node server.js"]\n', {}, "Dockerfile:4"),
]  # fmt: skip


@pytest.mark.parametrize(("tail", "files", "at"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_migration_that_the_start_leaves_out_is_the_process_release(
    tail: str, files: dict[str, str], at: str
) -> None:
    found = plan({**APP, "Dockerfile": HEAD + tail, **files})
    assert [" ".join(one.args) for one in found.runtime.processes if one.name == "web"] == ["node server.js"]
    assert release(found) == ["node node_modules/prisma/build/index.js migrate deploy"]
    assert left_out(found) == [at]


@pytest.mark.parametrize(
    ("package", "command"),
    [
        ("node-pg-migrate", "./node_modules/.bin/node-pg-migrate up -m migrations"),
        ("migrate-mongo", "npx migrate-mongo up"),
        ("db-migrate", "npx db-migrate up -e prod"),
        ("express", "npm run migrate:up"),
    ],
)
def test_migrations_of_other_programs_are_known(package: str, command: str) -> None:
    scripts = {"start": "node server.js", "migrate:up": "node m.js"}
    own = json.dumps({"scripts": scripts, "dependencies": {"express": "4", package: "1"}})
    files = {**APP, "package.json": own, "m.js": "", "start.sh": f"{command}\nnode server.js\n"}
    found = plan({**files, "Dockerfile": f'{HEAD}CMD ["sh", "start.sh"]\n'})
    assert len(release(found)) == 1
    assert left_out(found) == ["start.sh:1"]


def test_what_is_started_with_it_or_stated_elsewhere_is_not_told() -> None:
    docker = {"Dockerfile": f'{HEAD}CMD ["sh", "start.sh"]\n', "start.sh": f"{MIGRATES}node server.js\n"}
    scripts = {"scripts": {"start": "npx prisma migrate deploy && node server.js"}, "dependencies": {"prisma": "6"}}
    inside = plan({**APP, "package.json": json.dumps(scripts), **docker})
    named = plan({**APP, **docker, "Procfile": "web: node server.js\nrelease: node migrate.js\n"})
    seeds = plan({**APP, **docker, "start.sh": "#!/bin/sh\nnpx prisma db seed\nnode server.js\n"})
    off = plan({**APP, **docker}, {"DEPLOY_FILES": "off"})
    assert [left_out(one) for one in (inside, named, seeds, off)] == [[], [], [], []]
    assert [release(one) for one in (named, seeds, off)] == [["node migrate.js"], [], []]
