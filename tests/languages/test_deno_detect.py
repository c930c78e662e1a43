"""Which trees hold a Deno app, and which language is the right one where Node.js has files too."""

import pytest

from frontend import detect
from frontend.context.tree import DictTree
from frontend.languages import deno
from frontend.settings.model import Settings
from tests.languages.deno import SERVER, Files, config, lock
from tests.languages.node import package

STRENGTHS: list[tuple[str, Files, int | None]] = [
    ("a start task", {"deno.json": config(start="deno run main.ts")}, 3),
    ("a configuration with comments", {"deno.jsonc": '// x\n{ "tasks": { "start": "deno run a.ts", }, }'}, 3),
    ("an entry", {"deno.json": "{}", "main.ts": ""}, 3),
    ("a configuration alone", {"deno.json": "{}"}, 2),
    ("a lockfile alone", {"deno.lock": lock()}, 2),
    ("an entry that only Deno runs", {"main.ts": SERVER}, 3),
    ("imports of Deno", {"mod.ts": 'import { a } from "jsr:@x/y";\n'}, 3),
    (
        "imports of Deno in a file of their own",
        {
            "main.ts": 'import { oak } from "./deps.ts"\n',
            "deps.ts": 'export * as oak from "https://deno.land/x/oak/a.ts"',
        },
        3,
    ),
    ("a file that is not Deno's", {"main.ts": 'import { a } from "./a.ts"\n', "a.ts": "export const a = 1;\n"}, None),
    (
        "an entry of another name",
        {"index.ts": 'import { a } from "./deps.ts"\n', "deps.ts": 'export { a } from "https://deno.land/x/a/mod.ts"'},
        3,
    ),
    ("another main.ts", {"main.ts": 'import express from "express";\n'}, None),
    ("a comment", {"main.ts": "// Deno.serve would do\n"}, None),
    ("tools beside Node.js", {"deno.json": '{"lint": {}}', "package.json": package(scripts={"start": "node a.js"})}, 1),
    ("nothing", {"README.md": ""}, None),
]


@pytest.mark.parametrize(("files", "strength"), [row[1:] for row in STRENGTHS], ids=[row[0] for row in STRENGTHS])
def test_strength(files: Files, strength: int | None) -> None:
    found = deno.detect(DictTree(dict(files)))
    assert (found.strength if found else None) == strength


EXPRESS = {"express": "5"}
MIXED: list[tuple[str, Files, str]] = [
    ("Node.js' start", {"deno.json": "{}", "package.json": package(scripts={"start": "node a.js"})}, "nodejs"),
    (
        "both have one",
        {"deno.json": config(start="deno run a.ts"), "package.json": package(scripts={"start": "node a.js"})},
        "nodejs",
    ),
    (
        "packages of a Deno app",
        {"deno.json": config(start="deno run a.ts"), "package.json": package(dependencies=EXPRESS)},
        "deno",
    ),
    (
        "a start script of Deno's",
        {"deno.json": "{}", "package.json": package(scripts={"start": "deno run -A a.ts"}, dependencies=EXPRESS)},
        "deno",
    ),
    ("a lint configuration", {"deno.json": '{"fmt": {}}', "package.json": package(dependencies=EXPRESS)}, "nodejs"),
    ("TypeScript by Node.js", {"main.ts": "console.log(1)\n", "package.json": package(dependencies=EXPRESS)}, "nodejs"),
]


@pytest.mark.parametrize(("files", "language"), [row[1:] for row in MIXED], ids=[row[0] for row in MIXED])
def test_the_language(files: Files, language: str) -> None:
    assert detect.choose(DictTree(dict(files)), Settings()).language.name == language
