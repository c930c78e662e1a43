"""An entry that is none: of the Bun runtime, of a library, of an app whose package.json is elsewhere."""

from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.errors import Location, PlanError
from frontend.languages.node.entry_source import only_declares
from tests.languages.node import package, plan, tree, web

SERVES = 'import { createServer } from "node:http"\ncreateServer().listen(5000)\n'
BUN_LOCK = '{"lockfileVersion": 1, "packages": {}}'


def refused(files: dict[str, Any], **fields: Any) -> PlanError:
    with pytest.raises(PlanError) as error:
        plan(tree(files, **fields))
    return error.value


@pytest.mark.parametrize(
    ("scripts", "source", "at"),
    [
        ({"dev": "bun --watch index.ts"}, SERVES, Location("package.json", 4)),
        ({"test": "bun test", "dev": "bun run --hot ./index.ts"}, SERVES, Location("package.json", 5)),
        ({}, 'import a from "a"\nimport { Database } from "bun:sqlite"\n', Location("index.ts", 2)),
        ({}, 'import { serve } from "bun"\n', Location("index.ts", 1)),
        ({}, "\nconst server = Bun.serve({ fetch })\n", Location("index.ts", 2)),
    ],
)
def test_an_app_of_the_bun_runtime_is_refused_at_the_line_that_says_so(
    scripts: dict[str, str], source: str, at: Location
) -> None:
    error = refused({"index.ts": source}, scripts=scripts)
    assert "Bun runtime" in error.message
    assert error.at == at


@pytest.mark.parametrize(
    ("scripts", "source"),
    [
        ({"dev": "bun index.ts", "dev:node": "tsx index.ts"}, SERVES),
        ({"start": "node index.ts"}, 'if (typeof Bun !== "undefined") Bun.serve({})\n' + SERVES),
        ({"start": "node index.ts"}, "// Bun.servers\n" + SERVES),
    ],
)
def test_an_app_that_only_has_bun_beside_it_is_one_of_node(scripts: dict[str, str], source: str) -> None:
    found = web(tree({"index.ts": source, "bun.lock": BUN_LOCK}, scripts=scripts))
    assert found == ("node", "index.ts")


@pytest.mark.parametrize(
    "files",
    [
        {"index.ts": 'export * from "./a";\nexport const b = { c: () => 1 };\n', "a.ts": "export function f() {}\n"},
        {"index.ts": 'import { z } from "zod"\nexport type A = (b: string) => void\nexport class C {}\n'},
        {"index.js": '"use strict";\nmodule.exports = { f() {} };\nexports.g = function () {};\n'},
        {"index.js": 'exports.a = require("./a");\nexports.b = require("./b");\n', "a.js": "", "b/index.js": ""},
        {"index.mjs": "export default async function handler(request) {}\n"},
    ],
)
def test_a_library_is_no_server(files: dict[str, str]) -> None:
    error = refused(dict(files), name="lib")
    assert "only exports" in error.message
    assert error.at == Location(next(iter(files)), 1)
    assert "RUN_COMMAND" in error.hint


@pytest.mark.parametrize(
    "files",
    [
        {"index.js": 'const app = require("express")();\napp.listen(5000);\nmodule.exports = app;\n'},
        {"index.js": "if (require.main === module) { main() }\nmodule.exports = {}\n"},
        {"index.js": 'export * from "./a.js"\n', "a.js": SERVES},
        {"index.js": 'import "./a.js"\nexport const a = 1\n', "a.js": SERVES},
        {"index.js": 'export * from "./gone.js"\n'},
        {"index.js": "export const server = new Server()\n"},
        {"index.js": "export default await start()\n"},
        {"index.js": "(() => { listen() })();\nexport const a = 1\n"},
        {"index.js": "export const a = `${listen()}`\n"},
        {"index.js": "export const a = <p>don't</p>\n"},
    ],
)
def test_what_may_run_is_started(files: dict[str, str]) -> None:
    assert not only_declares(DictTree(dict(files)), "index.js", set())
    assert web(tree(dict(files), name="app")) == ("node", "index.js")


@pytest.mark.parametrize(
    ("files", "message", "hint"),
    [
        (
            {"install/package.json": package(dependencies={"nconf": "1"})},
            "app.js imports nconf",
            "PROJECT_PATH=install",
        ),
        ({}, "app.js imports nconf", "add a package.json that names nconf"),
    ],
)
def test_packages_that_no_manifest_names_are_not_installed(files: dict[str, str], message: str, hint: str) -> None:
    error = refused({"app.js": "'use strict';\nconst nconf = require('nconf');\n", **files})
    assert message in error.message
    assert hint in error.hint
    assert error.at == Location("app.js", 2)


def test_a_file_that_needs_no_package_needs_no_manifest() -> None:
    assert web(tree({"server.js": 'const http = require("http")\nrequire("./lib")\n'})) == ("node", "server.js")
