"""Front ends that a server serves from folders of their own: they are built, and shipped to where the path leads."""

from typing import Any

import pytest

from frontend.build import make_plan
from frontend.context.tree import DictTree
from frontend.languages.node import served
from frontend.plan.model import FromStep, Plan
from frontend.settings import options
from tests.languages.node import package

LOCK = '{"lockfileVersion": 3, "packages": {}}'
SITE = {
    "package.json": package(scripts={"build": "vite build"}, devDependencies={"vite": "7"}),
    "package-lock.json": LOCK,
}
SERVER = package(scripts={"start": "node index.js"}, dependencies={"express": "5"})
FLASK = "from flask import Flask\nfrom pathlib import Path\n"
APP = "app = Flask(__name__, static_folder={})\n"


def planned(files: dict[str, Any], **settings: str) -> Plan:
    given = options.parse({f"build-arg:{name}": value for name, value in settings.items()})
    return make_plan(DictTree(files), None, given, "2026-11-28")


def site(dir: str) -> dict[str, Any]:
    return {f"{dir}/{name}": text for name, text in SITE.items()}


def node(dir: str, source: str) -> dict[str, Any]:
    prefix = f"{dir}/" if dir else ""
    return {f"{prefix}package.json": SERVER, f"{prefix}package-lock.json": LOCK, f"{prefix}index.js": f"{source}\n"}


def python(dir: str, source: str) -> dict[str, Any]:
    prefix = f"{dir}/" if dir else ""
    return {f"{prefix}requirements.txt": "flask\ngunicorn\n", f"{prefix}app.py": f"{FLASK}{source}"}


SERVED: list[tuple[str, dict[str, Any], str, str]] = [  # what it is, the server, the front end's directory, in the image
    ("another manager's", {**node("", "static('shop/dist')"), "shop/pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}, "shop", "/app/shop/dist"),
    ("by parts", node("api", "path.join(__dirname, '..', 'web', 'dist')"), "web", "/web/dist"),
    ("beside the app", node("api", 'app.use(express.static("../shop/build"))'), "shop", "/shop/build"),
    ("a file of it", node("api", "res.sendFile(here, `../shop/dist/index.html`)"), "shop", "/shop/dist"),
    ("a folder of its output", node("api", "static('../shop/dist/shop/browser')"), "shop", "/shop/dist"),
    ("two levels up", node("services/api", "static('../../shop/dist')"), "shop", "/shop/dist"),
    ("in the app", node("", "express.static('shop/dist')"), "shop", "/app/shop/dist"),
    ("in lines of their own", node("", "path.join(\n  __dirname,\n  'shop',\n  'build',\n)"), "shop", "/app/shop/build"),
    ("from a variable", node("", "static(`${__dirname}/shop/out`)"), "shop", "/app/shop/out"),
    ("above the source", node("", "sendFile(path.resolve(__dirname, '../shop/dist/index.html'))"), "shop", "/app/shop/dist"),
    ("above the output", node("api", "static(join(__dirname, '../../../shop/dist'))"), "shop", "/shop/dist"),
    ("in a module", {**node("", "require('./a/b')"), "a/b.js": "import './c/'", "a/c/index.ts": "static('../../shop/dist')"}, "shop", "/app/shop/dist"),
    ("in a folder of its sources", {**node("", "static('shop/public/build')"), "shop/public/a.png": ""}, "shop", "/app/shop/public"),
    ("after a list", node("", "const DIRS = ['x', 'shop/dist']"), "shop", "/app/shop/dist"),
    ("Flask", python("api", APP.format("'../front-end/build'")), "front-end", "/front-end/build"),
    ("pathlib", python("api", APP.format('Path(__file__).parent.parent / "shop" / "dist"')), "shop", "/shop/dist"),
    ("Flask, a folder in the app", python("", APP.format("'storefront/dist'")), "storefront", "/app/storefront/dist"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "dir", "place"), [row[1:] for row in SERVED], ids=[row[0] for row in SERVED])
def test_a_front_end_that_the_source_names_is_built_and_shipped(files: dict[str, Any], dir: str, place: str) -> None:
    settings = {"PROJECT_PATH": "services/api"} if "services/api/index.js" in files else {}
    found = planned({**files, **site(dir)}, **settings)
    build = next(one for one in found.steps if one.name == "front-end-build")
    assert [run.args[1:] for run in build.run] == [("run", "build")]
    (copied,) = [
        one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep) and one.step == "front-end-build"
    ]
    assert copied.to == place
    assert any(path.startswith(place) for need in found.runtime.processes[0].needs for path in need.paths)


LEFT: list[tuple[str, dict[str, Any]]] = [
    ("in the source", {**node("", "express.static('shop/dist')"), "shop/dist/index.html": ""}),
    ("a folder of its sources", {**node("", "static('shop/public/uploads')"), "shop/public/a.png": ""}),
    ("a comment", node("", "// express.static('shop/dist')")),
    ("no such front end", node("", "express.static('../other/dist')")),
    ("a module", node("", "require('./shop')")),
    ("a module in it", node("", "import App from './shop/src/App'")),
    ("a page", node("", "fetch('http://shop/distance')")),
    ("nothing", node("", "static('public')")),
    ("no build", {**node("", "static('shop/dist')"), "shop/package.json": package(scripts={"start": "vite"})}),
    ("a system's directory", {**node("api", "static('../lib/dist')"), **site("lib")}),
    (
        "built by the app itself",
        {
            **node("", "express.static('shop/dist')"),
            "package.json": package(
                scripts={"start": "node index.js", "build": "npm run shop", "shop": "cd shop && npm i && npm run build"}
            ),
        },
    ),
]


@pytest.mark.parametrize("files", [row[1] for row in LEFT], ids=[row[0] for row in LEFT])
def test_what_needs_no_build_of_ours(files: dict[str, Any]) -> None:
    assert not any(one.name.startswith("front-end") for one in planned({**site("shop"), **files}).steps)


@pytest.mark.parametrize(
    ("row", "paths"),
    [
        ("join(__dirname, '..', \"web\", `dist`)", ["../web/dist"]),
        ('static_folder="a/b", template_folder="c"', ["a/b", "c"]),
        ('BASE / "web" / "dist"', ["web/dist"]),
        ("['x', 'web/dist']", ["x/web/dist", "web/dist"]),
        ("from './web/x'", []),
        ("nothing", []),
    ],
)
def test_the_paths_that_a_line_spells(row: str, paths: list[str]) -> None:
    assert [path for path, _ in served.texts(row)] == paths


def test_the_line_that_names_it_is_the_evidence() -> None:
    found = planned({**node("", "\n\nstatic('shop/dist')"), **site("shop")})
    assert [(one.at.file, one.at.line) for one in found.evidence if one.what == "front end" and one.at] == [
        ("index.js", 3)
    ]


def test_each_front_end_that_is_served_is_built() -> None:
    source = "static('shop/dist'); static('admin/build')"
    found = planned({**node("", source), **site("shop"), **site("admin")})
    assert [one.name for one in found.steps if one.name.endswith("-build")] == ["front-end-build", "front-end-2-build"]
    assert [need.paths for need in found.runtime.processes[0].needs] == [("/app/shop/dist",), ("/app/admin/build",)]


@pytest.mark.parametrize(
    ("scripts", "run"),
    [
        ({"generate": "nuxt generate"}, "generate"),
        ({"generate": "graphql-codegen", "build": "vite build"}, "build"),
        ({"generate": "nuxt generate", "build": "nuxt build"}, "generate"),
    ],
)
def test_a_front_end_of_static_pages_is_generated(scripts: dict[str, str], run: str) -> None:
    dependencies = {"nuxt": "3"} if "nuxt build" in scripts.values() else {}
    files = {"shop/package.json": package(scripts=scripts, dependencies=dependencies)}
    found = planned({**node("", "static('shop/dist')"), **files})
    assert [run.args for run in next(one for one in found.steps if one.name == "front-end-build").run] == [
        ("npm", "run", run)
    ]


OWN: list[
    tuple[str, dict[str, str], str]
] = [  # what it is, the app's scripts, the script that builds; "" for steps of ours
    ("called by nobody", {"client": "cd shop && npm ci && npm run build"}, "client"),
    ("by an option", {"web": "npm i --prefix ./shop && npm run build --prefix ./shop"}, "web"),
    ("it only starts", {"client": "cd shop && npm start"}, ""),
    ("another directory", {"setup": "cd shop2 && npm ci && npm run build"}, ""),
    ("by a script that it calls", {"build": "npm run ui", "ui": "npm run build --prefix shop"}, "build"),
    ("a build of something else", {"build": "tsc"}, ""),
    ("besides a build", {"build": "tsc", "client": "cd shop && npm ci && npm run build"}, "client"),
    ("a hook", {"postinstall": "cd shop && npm install && npm run build"}, "postinstall"),
    ("a hook that only installs", {"postinstall": "cd shop && npm install"}, ""),
]


@pytest.mark.parametrize(("scripts", "script"), [row[1:] for row in OWN], ids=[row[0] for row in OWN])
def test_the_app_s_own_script_is_what_builds_it(scripts: dict[str, str], script: str) -> None:
    manifest = package(scripts={"start": "node index.js", **scripts}, dependencies={"express": "5"})
    found = planned({**node("", "static('shop/dist')"), "package.json": manifest, **site("shop")})
    ours = [one.name for one in found.steps if one.name.startswith("front-end")]
    own = [run.args for one in found.steps if one.name == "build" for run in one.run]
    assert bool(ours) == (script == "")
    assert own.count(("npm", "run", script)) == bool(script)
    needs = [need.paths for need in found.runtime.processes[0].needs]
    assert needs == ([("/app/shop/dist",)] if script in ("", "client", "web") else [])
    copied = [one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep) and one.step == "build"]
    assert all("shop/node_modules" in one.exclude for one in copied if any("install" in t for t in scripts.values()))


def test_a_build_command_replaces_it() -> None:
    found = planned({**node("", "static('shop/dist')"), **site("shop")}, BUILD_COMMAND="make site")
    assert [one.name for one in found.steps] == ["install", "build"]


def test_the_setting_that_leaves_it_out() -> None:
    found = planned({**node("", "static('shop/dist')"), **site("shop")}, SKIP="front-end")
    assert [one.name for one in found.steps] == ["install"]


VITE_OUT = "export default defineConfig({\n  build: {\n    outDir: %s,\n  },\n})\n"
WRITTEN: list[tuple[str, dict[str, Any], str, str]] = [  # the configuration, its files, the place, the output
    ("Vite", {"vite.config.ts": VITE_OUT % "'../shop/static/ui/'"}, "shelf/vite.config.ts:3", "shop/static/ui"),
    ("Vite, resolved", {"vite.config.js": VITE_OUT % 'resolve(__dirname, "..", "shop", "static")'}, "shelf/vite.config.js:3", "shop/static"),
    ("Vue CLI", {"vue.config.js": "module.exports = { outputDir: '../shop/dist' }\n"}, "shelf/vue.config.js:1", "shop/dist"),
    ("webpack", {"webpack.config.js": "module.exports = {\n  output: {\n    path: path.resolve(__dirname, '../shop/js'),\n"}, "shelf/webpack.config.js:3", "shop/js"),
    ("Angular", {"angular.json": '{"projects": {"ui": {"outputPath": "../shop/ng"}}}\n'}, "shelf/angular.json:1", "shop/ng"),
    ("a script", {"package.json": package(scripts={"build": "vite build --outDir ../shop/x"})}, "shelf/package.json:4", "shop/x"),
]  # fmt: skip
WITHIN: list[tuple[str, dict[str, Any]]] = [
    ("in its own directory", {"shelf/vite.config.ts": VITE_OUT % "'dist'"}),
    ("its own directory from above", {"shelf/vite.config.ts": VITE_OUT % "'../shelf/dist'"}),
    ("in a comment", {"shelf/vite.config.ts": "// outDir: '../shop/static'\n"}),
    ("committed", {"shelf/vite.config.ts": VITE_OUT % "'../shop/static'", "shop/static/main.js": ""}),
    ("no configuration", {}),
]


@pytest.mark.parametrize(("config", "at", "output"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_a_front_end_that_writes_into_the_app_is_built(config: dict[str, Any], at: str, output: str) -> None:
    files = {
        **python("", "app = Flask(__name__)\n"),
        **site("shelf"),
        **{f"shelf/{name}": text for name, text in config.items()},
    }
    found = planned(files)
    build = next(one for one in found.steps if one.name == "front-end-build")
    assert build.run[-1].dir == "/app/shelf"
    assert FromStep("front-end-build", "/app", exclude=found.runtime.layers[-1].inputs[0].exclude) in (  # type: ignore[union-attr]
        found.runtime.layers[-1].inputs
    )
    told = next(one for one in found.evidence if one.what == "front end")
    assert (told.because, str(told.at)) == (f"its build writes to {output}", at)


@pytest.mark.parametrize(
    ("dir", "files", "output", "place"),
    [
        ("", {"web/vite.config.ts": VITE_OUT % "'../public'"}, "public", "/app/public"),
        ("api", {"web/vite.config.ts": VITE_OUT % "'../api/public'"}, "api/public", "/app/public"),
    ],
)
def test_a_front_end_that_writes_into_a_node_app_is_built(dir: str, files: Any, output: str, place: str) -> None:
    found = planned({**node(dir, "static('public')"), **site("web"), **files}, **({"PROJECT_PATH": dir} if dir else {}))
    build = next(one for one in found.steps if one.name == "front-end-build")
    assert [(run.args, run.dir) for run in build.run] == [(("npm", "run", "build"), "/app/web")]
    copied = next(one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep))
    assert (copied.path, copied.to) == (f"/app/{output}", place)
    assert found.runtime.processes[0].needs[0].paths == (place,)


@pytest.mark.parametrize("files", [row[1] for row in WITHIN], ids=[row[0] for row in WITHIN])
def test_one_that_writes_nothing_into_the_app_is_not(files: dict[str, Any]) -> None:
    for app in (python("", "app = Flask(__name__)\n"), node("", "listen()")):
        found = planned({**app, **site("shelf"), **files})
        assert not any(one.name.startswith("front-end") for one in found.steps)


ROOT: list[tuple[str, dict[str, Any], str, str, str]] = [  # what it is, files, the app, where the site is, what is named
    ("in server/", node("server", "static(path.join(__dirname, '../dist'))"), "", "/dist", "/dist"),
    ("named", node("server", "static(path.join(__dirname, '../dist'))"), "server", "/dist", "/dist"),
    ("a file of it", node("backend", "sendFile('../build/index.html')"), "", "/build", "/build"),
    ("into the server", {**node("server", "static(join(__dirname, 'public'))"), "vite.config.js": "outDir: 'server/public'"},
     "", "/app/public", "/app/public"),
    ("of Flask", python("api", APP.format("'../dist'")), "api", "/dist", "/dist"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "app", "place", "named"), [row[1:] for row in ROOT], ids=[row[0] for row in ROOT])
def test_a_site_whose_server_is_below_it(files: dict[str, Any], app: str, place: str, named: str) -> None:
    found = planned({**SITE, **files}, **({"PROJECT_PATH": app} if app else {}))
    assert found.language != "static"
    copied = [one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep)]
    assert [one.to for one in copied if one.step == "front-end-build"] == [place]
    assert any(named in need.paths for need in found.runtime.processes[0].needs)


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        (node("server", "static('public')"), {}),
        (node("server", "save(path.join(__dirname, '../uploads'))"), {}),
        ({**node("server", "static('../dist')"), **node("mail", "static('../dist')")}, {}),
        (node("server", "static('../dist')"), {"LANGUAGE": "nodejs"}),
    ],
    ids=["its own files", "another folder", "two of them", "what the user says"],
)
def test_a_site_with_another_server_below_it_is_a_site(files: dict[str, Any], settings: dict[str, str]) -> None:
    found = planned({**SITE, **files}, **settings)
    assert found.language == "static"
    assert ("app-left-out" in {one.code for one in found.warnings}) != bool(settings)


@pytest.mark.parametrize(
    ("scripts", "place"),
    [
        ({"build": "rm -rf ../pages && vite build && mv dist ../pages"}, "/app/pages"),
        ({"build": "vite build && cp -r dist/* ../pages/"}, "/app/pages"),
        ({"build": "vite build && shx cp -R dist ../web/"}, "/app/web/dist"),
        ({"build": "vite build", "postbuild": "cp -r ./dist ../pages"}, "/app/pages"),
        ({"build": "vite build && mv dist ../other"}, ""),
    ],
)
def test_a_build_script_that_puts_the_site_into_the_server(scripts: dict[str, str], place: str) -> None:
    site = {
        "client/package.json": package(scripts=scripts, devDependencies={"vite": "7"}),
        "client/package-lock.json": LOCK,
    }
    found = planned({**node("", "app.use(express.static(folder))"), **site, "other/a.txt": "", "other/dist/b.txt": ""})
    copied = [one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep)]
    assert [one.to for one in copied if one.step == "front-end-build"] == ([place] if place else [])
