"""What a file imports when it is loaded, and what the files of a start import and the image lacks."""

import json
from typing import Any

import pytest

from frontend.errors import Location, PlanError
from frontend.languages import node
from frontend.languages.base import Lacking
from frontend.languages.node.imports import top_level
from frontend.plan.model import Imports, Process, Runtime, StepRef, TextFile
from frontend.settings.model import Imported
from tests.languages.node import LOCK, codes, plan, runs, step, tree
from tests.result.test_start import Rootfs

KNOWN = Imports(installed=("app", "express"), spare=("vite", "dotenv"), plain=True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('import a from "a"; import * as b from \'b\'; import c, { d } from "c"; import "e"', "a b c e"),
        ('import{a as b}from"a";import*as c from"c";export*from"d";export{e}from"f";export*as g from "g"', "a c d f g"),
        ("import {\n a, // it's\n b,\n} from 'a'\n", "a"),
        ('import data from "./a.json" with { type: "json" }', "./a.json"),
        ('import type A from "a"; export type { B } from "b"; import type from "c"', "c"),
        ('import a = require("a"); const b = require("b"), c = require(\'c\')', "a b c"),
        ('"use strict";\nvar __d = (this && this.__d) || function (m) { return m ? m : {}; };\n'
         'const a_1 = __d(require("a"));', "a"),
        ('if (dev) { require("a") } else require("b")\nconst c = require("c")', "c"),
        ('if (dev) require("a");\nrequire("b").config()', "b"),
        ('try { require("a") } catch { }\nfunction f() { return require("b") }\nconst g = () => require("c")', ""),
        ('const a = dev ? require("a") : null\ndev && require("b")\nconst c = require("c")', "c"),
        ('const a = dev\n  ? require("a")\n  : require("b")\nlet c = require("c")', "c"),
        ('const a = { b: x ? 1 : 2 }, c = require("c")', "c"),
        ('await import("a"); import.meta.resolve("b"); module.require("c"); import("d").then((e) => e)', ""),
        ('// import a from "a"\n/* import b from "b"\n */ const c = "import d from \'d\'"', ""),
        ('const a = `import b from "b" ${`${require("c")}`} ;`; import d from "d"', "d"),
        ('const a = /["\'`{]/; const b = 4 / 2; const c = require("c") // "', "c"),
        ('const a = b / c; const d = "/"; import e from "e"', "e"),
        ('!function () { require("a") }(); const b = require("b");', "b"),
        ('#!/usr/bin/env node\nimport a from "a"', "a"),
    ],
)  # fmt: skip
def test_the_top_level_imports_of_a_text(text: str, names: str) -> None:
    found = top_level(text)
    assert [one.name for one in found] == names.split()
    assert all(one.sure for one in found)


@pytest.mark.parametrize("text", ['import a from "a"\nconst b = <p>don\'t</p>\n', 'import { type A } from "a"'])
def test_what_is_not_certain_is_not_sure(text: str) -> None:
    assert [(one.name, one.sure) for one in top_level(text)] == [("a", False)]


def test_an_import_has_its_line() -> None:
    assert [one.line for one in top_level('"use strict";\n\nconst a = require("a");\nimport b from "b"')] == [3, 4]


def lacking(files: dict[str, str], *words: str, known: Imports = KNOWN, shell: bool = False) -> Lacking:
    """What the files of the process web import and lack; `files` are relative to /app."""
    rootfs = Rootfs({f"/app/{path}": (text.encode(), 0o644) for path, text in files.items()})
    web = Process("web", words or ("node", "dist/index.js"), shell, Location("package.json", 3))
    worker = Process("worker", ("node", "worker.js"))
    return node.lacking(rootfs, Runtime("node:24", (), (web, worker), imports=known))


LONG = "var a = 1;\n" + "b = 2;" * 30_000  # a bundle
VITE = (Imported("vite", Location("dist/index.js", 2)),)


@pytest.mark.parametrize(
    ("files", "words", "imported"),
    [
        ({"dist/index.js": 'import "express"\nimport { a } from "vite"'}, (), VITE),
        ({"dist/index.js": '"use strict"\nconst v = require("vite/client")'}, (), VITE),
        ({"dist/index.js": 'import "./a.js"', "dist/a.js": '\nimport "vite"'}, (),
         (Imported("vite", Location("dist/a.js", 2)),)),
        ({"dist/index.js": 'require("./a")', "dist/a/index.js": 'require("./b")', "dist/a/b.js": 'require("vite")'}, (),
         (Imported("vite", Location("dist/a/b.js", 1)),)),
        ({"dist/index.js": 'if (dev) { require("./a") }', "dist/a.js": 'require("vite")'}, (), ()),
        ({"dist/index.js": '// import "./a.js"', "dist/a.js": 'import "vite"'}, (), ()),
        ({"dist/index.js": 'const v = await import("vite")'}, (), ()),
        ({"dist/index.js": '// from "vite"\nexport function f() { return require("vite") }'}, (), ()),
        ({"dist/index.js": LONG + '\nimport { a } from "vite"\n  require("dotenv")'}, (),
         (Imported("vite", Location("dist/index.js", 3)),)),
        ({"dist/index.js": ";" * 2000 + 'var a=require("dotenv");import b from"vite";' + LONG}, (),
         (Imported("vite", Location("dist/index.js", 1)),)),
        ({"dist/index.js": 'import "vite"', "node_modules/vite/package.json": "{}"}, (), ()),
        ({"dist/index.js": 'import a from "a"', "dist/node_modules/a/package.json": "{}"}, (), ()),
        ({"dist/index.js": 'import "node:fs"; import "fs/promises"; import "#own"; import "app"; import "./x.json"',
          "dist/x.json": "{}"}, (), ()),
        ({"a.js": '\nrequire("vite")'}, ("node", "a"), (Imported("vite", Location("a.js", 2)),)),
        ({"a.ts": 'import b from "./b.js"', "b.ts": 'import "vite"; import "gone"; import "./gone"'}, ("node", "a.ts"),
         (Imported("vite", Location("b.ts", 1)),)),
        ({"a.js": 'import "gone"; import "./gone.js"'}, ("node", "--import", "./a.mjs", "a.js"), ()),
        ({"build/a.js": '\nimport "vite"; import "gone"'}, ("node", "node_modules/serve/cli.js", "build/a.js", "--x"),
         (Imported("vite", Location("build/a.js", 2)),)),
        ({"a.js": 'import "vite"'}, ("node_modules/.bin/pm2-runtime", "start", "a.js"),
         (Imported("vite", Location("a.js", 1)),)),
        ({"web/a.js": 'import "vite"'}, ("/bin/sh", "-c", "prisma migrate deploy && cd web && exec node a.js"),
         (Imported("vite", Location("web/a.js", 1)),)),
    ],
)  # fmt: skip
def test_development_dependencies_that_a_start_imports(
    files: dict[str, str], words: tuple[str, ...], imported: tuple[Imported, ...]
) -> None:
    assert lacking(files, *words, shell=words[:1] == ("/bin/sh",)) == Lacking(imported)


@pytest.mark.parametrize(
    ("files", "at", "message", "hint"),
    [
        ({"dist/index.js": 'import "express"\nimport a from "left-pad"'}, 2, "left-pad", "add left-pad"),
        ({"dist/index.js": 'import a from "@acme/a/b"'}, 1, "@acme/a/b", "add @acme/a"),
        ({"dist/index.js": 'import { db } from "@/db"'}, 1, "@/db", "path aliases"),
        ({"dist/index.js": 'const a = require("./lib/a")'}, 1, "./lib/a", "ignore file"),
        ({"dist/index.js": 'import "./a"', "dist/a.js": ""}, 1, "./a", "./a.js"),
        ({"dist/index.js": 'import "./a"', "dist/a/index.js": ""}, 1, "./a", "./a/index.js"),
        ({"dist/index.js": 'import "./Db.js"', "dist/db.js": ""}, 1, "./Db.js", "did you mean db.js?"),
        ({"dist/index.js": 'import { Database } from "bun:sqlite"'}, 1, "Bun runtime", "start it with node"),
    ],
)
def test_what_is_nowhere_is_an_error_at_its_line(files: dict[str, str], at: int, message: str, hint: str) -> None:
    with pytest.raises(PlanError) as error:
        lacking(files)
    assert error.value.at == Location("dist/index.js", at)
    assert message in error.value.message
    assert hint in error.value.hint


@pytest.mark.parametrize(
    "files",
    [
        {"dist/index.js": 'require("./a")', "dist/a/package.json": '{"main": "b.js"}'},
        {"dist/index.js": 'import "./a.js?worker"', "dist/a.js": ""},
        {"dist/index.js": 'require("./a.controller")', "dist/a.controller.js": ""},
        {"dist/index.js": 'require("../package")', "package.json": "{}"},
        {"dist/index.js": 'import "./a.wasm"; require("./b.node")', "dist/a.wasm": "", "dist/b.node": ""},
        {"dist/index.js": 'try { require("gone") } catch {}'},
        {"dist/index.js": "x" * (1 << 20) + ';import "gone"'},
    ],
)
def test_what_may_be_found_is_no_error(files: dict[str, str]) -> None:
    assert lacking(files) == Lacking()


def test_a_file_that_the_start_command_makes_is_no_error() -> None:
    files = {"dist/index.js": 'require("./config")', "dist/config.template.js": ""}
    text = "test -f dist/config.js || cp dist/config.template.js dist/config.js; exec node dist/index.js"
    assert lacking(files, "/bin/sh", "-c", text, shell=True) == Lacking()
    with pytest.raises(PlanError):
        lacking(files, "/bin/sh", "-c", "mkdir -p tmp; exec node dist/index.js", shell=True)


def test_what_another_process_misses_is_a_warning() -> None:
    found = lacking({"dist/index.js": "", "worker.js": 'import "gone"'})
    assert [(one.code, one.at) for one in found.warnings] == [("import-not-found", Location("worker.js", 1))]


def test_an_app_with_its_own_resolver_has_no_errors() -> None:
    assert lacking({"dist/index.js": 'import "gone"'}, known=Imports()) == Lacking()


def test_a_long_chain_of_files_ends() -> None:
    files = {f"dist/f{n}.js": f'import "./f{n + 1}.js"' for n in range(150)}
    assert lacking({"dist/index.js": 'import "./f0.js"', **files}) == Lacking()


# --- the plans


APP: dict[str, Any] = {
    "dependencies": {"express": "5"},
    "devDependencies": {"vite": "6", "esbuild": "0.25"},
    "scripts": {"build": "esbuild", "start": "node dist/index.js"},
}


def test_a_plan_tells_what_is_left_out() -> None:
    found = plan(tree({"package-lock.json": LOCK}, **APP)).runtime.imports
    assert found == Imports(installed=("app", "express"), spare=("esbuild", "vite"), plain=True)


def test_nothing_is_looked_for_where_plug_n_play_finds_packages() -> None:
    files = {".yarnrc.yml": "", "yarn.lock": "__metadata:\n  version: 8\n"}
    assert plan(tree(files, **APP)).runtime.imports is None


@pytest.mark.parametrize("framework", ["nuxt", "next"])
def test_nothing_is_taken_for_granted_of_output_that_holds_its_packages(framework: str) -> None:
    found = plan(tree({}, dependencies={framework: "4"}, scripts={"build": f"{framework} build"}))
    assert found.runtime.imports == Imports(plain=True)


def test_output_may_lack_a_package_that_its_build_did_not_find() -> None:
    known = Imports(plain=True)
    files = {"dist/index.js": 'import { h } from "h3"', "dist/node_modules/h3/package.json": "{}"}
    assert lacking(files, known=known) == Lacking()
    with pytest.raises(PlanError, match="@acme/a"):
        lacking({"dist/index.js": 'import { h } from "@acme/a/b"'}, known=known)


@pytest.mark.parametrize(("name", "plain"), [("module-alias", False), ("koa", True)])
def test_a_resolver_among_the_dependencies_makes_misses_uncertain(name: str, plain: bool) -> None:
    found = plan(tree({"server.js": ""}, dependencies={name: "1"})).runtime.imports
    assert found is not None
    assert found.plain == plain


def test_an_imported_package_is_installed_for_the_image_and_told() -> None:
    found = plan(tree({"package-lock.json": LOCK}, **APP), imported=VITE)
    texts = [one.text for one in step(found, "install-production").inputs if hasattr(one, "text")]
    assert '"dependencies": {\n    "express": "5",\n    "vite": "6"\n  }' in texts[0]
    assert '"devDependencies": {\n    "esbuild": "0.25"\n  }' in texts[0]
    assert codes(found) == ["dev-dependency-imported"]
    assert "dist/index.js:2" in found.warnings[0].message
    assert found.warnings[0].at == Location("package.json", 7)
    assert found.runtime.imports == Imports(installed=("app", "express", "vite"), spare=("esbuild",), plain=True)
    assert runs(found, "install-production")[0][:2] == ("npm", "ci")


def test_a_lockfile_of_pnpm_has_the_package_as_one_of_production_for_every_workspace() -> None:
    lock = """\
lockfileVersion: '9.0'
importers:
  .: {}
  web:
    devDependencies:
      vite: {specifier: '6', version: 6.0.0}
      esbuild: {specifier: '0.25', version: 0.25.0}
  docs:
    devDependencies:
      vite: {specifier: '6', version: 6.0.0}
"""
    files: dict[str, Any] = {
        "pnpm-workspace.yaml": "packages: [web, docs]\n",
        "pnpm-lock.yaml": lock,
        "package.json": {"name": "root"},
        "web/package.json": {**APP, "name": "web"},
        "docs/package.json": {"name": "docs", "devDependencies": {"vite": "6"}},
    }
    found = plan(tree(files), imported=VITE)
    inputs = step(found, "install-production").inputs
    texts = {one.path: json.loads(one.text) for one in inputs if isinstance(one, TextFile)}
    importers = texts["/app/pnpm-lock.yaml"]["importers"]
    assert {dir: sorted(one.get("dependencies", {})) for dir, one in importers.items()} == {
        ".": [],
        "web": ["vite"],
        "docs": ["vite"],
    }
    assert sorted(importers["web"]["devDependencies"]) == ["esbuild"]
    assert [sorted(texts[f"/app/{dir}/package.json"]["dependencies"]) for dir in ("web", "docs")] == [
        ["express", "vite"],
        ["vite"],
    ]


def test_packages_that_the_build_changed_keep_what_is_imported() -> None:
    scripts = {**APP["scripts"], "postinstall": "patch-package"}
    app = {**APP, "scripts": scripts, "dependencies": {"express": "5", "patch-package": "8"}}
    found = plan(tree({"package-lock.json": LOCK, "patches/express+5.patch": ""}, **app), imported=VITE)
    pruned = step(found, "install-production")
    assert pruned.base == StepRef("build")
    texts = [json.loads(one.text) for one in pruned.inputs if isinstance(one, TextFile)]
    assert [sorted(one["dependencies"]) for one in texts] == [["express", "patch-package", "vite"]]
