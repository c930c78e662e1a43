"""Sites that Node.js builds: what makes them, where their builds put them, what is served in whose place."""

import json
from typing import Any

import pytest

from frontend.context.ignored import DEFAULTS, FilteredTree
from frontend.errors import Location, PlanError
from frontend.settings.model import Copied, Setting
from tests.errors import fails
from tests.languages.node import LOCK, codes, plan, step, tree
from tests.languages.static import server

VITE: dict[str, Any] = {"devDependencies": {"vite": "7"}, "scripts": {"build": "vite build"}}
CRA: dict[str, Any] = {"dependencies": {"react-scripts": "5"}, "scripts": {"build": "react-scripts build"}}


def directories(files: dict[str, Any], **fields: Any) -> list[str]:
    """Where a site is looked for, in order, relative to the app."""
    found = plan(tree({"package-lock.json": LOCK, **files}, **fields))
    return [word.removeprefix("/app/") for word in step(found, "site").run[0].args[5:]]


def angular(**options: Any) -> str:
    """An angular.json whose build has these options."""
    own = {"projectType": "application", "architect": {"build": {"options": options}}}
    return json.dumps({"projects": {"shop": own}})


PLACES: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"vite.config.js": "export default {}"}, VITE, ["dist", "build", "out", "www"]),
    ({"vite.config.ts": "export default { build: { outDir: 'public/app' } }"}, VITE, ["public/app"]),
    ({"vite.config.ts": "export default { root: 'web', build: { outDir: '../dist' } }"}, VITE, ["dist"]),
    ({"vite.config.ts": "export default { root: 'web' }"}, VITE, ["web/dist"]),
    ({"vite.config.ts": "build: { outDir: path.resolve(__dirname, 'site') }"}, VITE, ["site"]),
    ({"vite.config.ts": "// outDir: 'no'\nbuild: { outDir }"}, VITE, ["dist", "build", "out", "www"]),
    ({}, {**VITE, "scripts": {"build": "tsc && vite build --outDir=site"}}, ["site"]),
    ({}, CRA, ["build", "dist", "out", "www"]),
    ({}, {**CRA, "scripts": {"build": "BUILD_PATH='./site' react-scripts build"}}, ["site"]),
    ({"angular.json": angular()}, {"dependencies": {"@angular/core": "20"}}, ["dist/shop/browser", "dist/shop"]),
    ({"angular.json": angular(outputPath="dist/x")}, {"dependencies": {"@angular/core": "17"}}, ["dist/x/browser", "dist/x"]),
    ({"angular.json": angular(outputPath={"base": "out", "browser": ""})}, {"dependencies": {"@angular/core": "20"}}, ["out"]),
    ({"astro.config.mjs": "export default { outDir: './site' }"}, {"dependencies": {"astro": "5"}}, ["site"]),
    ({"next.config.js": "module.exports = { output: 'export' }"}, {"dependencies": {"next": "15"}}, ["out", "dist", "build", "www"]),
    ({"next.config.js": "module.exports = { output: 'export', distDir: 'site' }"}, {"dependencies": {"next": "15"}}, ["site"]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "fields", "expected"), PLACES)
def test_where_a_build_puts_a_site(files: dict[str, Any], fields: dict[str, Any], expected: list[str]) -> None:
    assert list(dict.fromkeys(directories(files, **fields))) == expected


STARTS = [  # a start script, where the site is looked for first, whether one page answers for all paths
    ("vite preview", "/app/dist", False),
    ("vite preview --host", "/app/dist", False),
    ("serve -s build", "/app/build", True),
    ("npx serve dist -l 3000", "/app/dist", False),
    ("http-server ./site -p 8080 -c-1", "/app/site", False),
    ("sirv public/app --single", "/app/public/app", True),
    ("vite build && serve -s out", "/app/out", True),
    ("live-server www", "/app/www", False),
]


@pytest.mark.parametrize(("start", "first", "router"), STARTS)
def test_a_server_of_files_is_replaced(start: str, first: str, router: bool) -> None:
    fields = {**VITE, "scripts": {"build": "vite build", "start": start}}
    found = plan(tree({"package-lock.json": LOCK, "index.html": ""}, **fields))
    assert step(found, "site").run[0].args[5] == first
    assert ("rewrite @route" in server(found)) == router
    replaced = next(one for one in found.evidence if one.what == "start")
    assert start.rpartition("&& ")[2].removeprefix("npx ").split()[0] in replaced.because


def test_files_that_nothing_builds_are_served_as_they_are() -> None:
    found = plan(tree({"public/index.html": "x"}, scripts={"start": "http-server"}, dependencies={"http-server": "14"}))
    assert (found.language, [one.name for one in found.steps]) == ("static", ["server"])
    assert getattr(found.runtime.layers[-1].inputs[0], "root", None) == "public"


def test_the_directory_of_a_server_of_files_is_the_only_one_where_nothing_known_builds() -> None:
    found = plan(tree({"index.html": ""}, scripts={"start": "serve -s dist", "build": "node build.js"}))
    assert step(found, "site").run[0].args[5:] == ("/app/dist",)


def test_a_server_of_the_app_is_never_replaced() -> None:
    scripts = {"build": "next build", "start": "node server.js"}
    files = {"next.config.js": "module.exports = { output: 'export' }", "server.js": ""}
    found = plan(tree(files, scripts=scripts, dependencies={"next": "15", "express": "5"}))
    assert found.runtime.processes[0].args == ("node", "server.js")


def test_a_command_of_the_user_is_never_replaced() -> None:
    found = plan(tree({}, dependencies={"serve": "14"}), run_command="serve -s build")
    assert found.runtime.processes[0].args[:2] == ("node", "node_modules/serve/build/main.js")


@pytest.mark.parametrize(
    ("dependencies", "router"),
    [({"react-router-dom": "7"}, True), ({"vue-router": "4"}, True), ({"react": "19"}, False)],
)
def test_one_page_answers_for_all_paths_where_there_is_a_client_router(
    dependencies: dict[str, str], router: bool
) -> None:
    found = plan(tree({"package-lock.json": LOCK}, **{**VITE, "dependencies": dependencies}))
    assert ("rewrite @route /index.html" in server(found)) == router


BASES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"vite.config.js": "export default { base: '/docs/' }"}, VITE, "/docs"),
    ({"vite.config.js": "export default { base: './' }"}, VITE, ""),
    ({"vite.config.js": "export default { ...(process.env.CI && { base: '/docs' }) }"}, VITE, ""),
    ({"vite.config.js": "export default { ...(process.env.CI ? { base: '/a' } : {}), base: '/b' }"}, VITE, "/b"),
    ({"vite.config.js": "export default { base: 'https://cdn.example.org/x/' }"}, VITE, "/x"),
    ({}, {**VITE, "scripts": {"build": "vite build --base=/app/"}}, "/app"),
    ({}, {**CRA, "homepage": "https://me.github.io/shop"}, "/shop"),
    ({}, {**CRA, "homepage": "."}, ""),
    ({"next.config.js": "module.exports = { output: 'export', basePath: '/d' }"}, {"dependencies": {"next": "15"}}, "/d"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "fields", "base"), BASES)
def test_a_site_is_served_below_the_path_that_it_was_built_for(
    files: dict[str, Any], fields: dict[str, Any], base: str
) -> None:
    found = plan(tree({"package-lock.json": LOCK, **files}, **fields))
    assert step(found, "site").run[0].args[3] == base
    assert (f"redir / {base}/ 308" in server(found)) == bool(base)
    assert found.runtime.processes[0].needs[0].paths == (f"/app{base}/index.html",)


def test_a_site_is_built_once_for_all_platforms() -> None:
    found = plan(tree({"package-lock.json": LOCK}, **VITE))
    assert {one.name: one.native for one in found.steps} == {
        "install": True, "build": True, "site": True, "server": False,
    }  # fmt: skip


def test_warnings_are_no_errors_in_a_build_of_create_react_app() -> None:
    assert dict(step(plan(tree({"package-lock.json": LOCK}, **CRA)), "build").env)["CI"] == "false"


def test_a_site_without_a_build_script_is_built_by_its_generator() -> None:
    found = plan(tree({"package-lock.json": LOCK}, devDependencies={"vite": "7"}, scripts={"dev": "vite"}))
    assert [one.args for one in step(found, "build").run] == [("vite", "build")]


def test_the_directory_that_the_user_names_is_the_only_one() -> None:
    found = plan(tree({"package-lock.json": LOCK}, **VITE), output_dir="site/web")
    assert step(found, "site").run[0].args[5:] == ("/app/site/web",)


MAKERS: list[tuple[dict[str, Any], dict[str, Any], str, list[tuple[str, ...]], str]] = [
    # files, package.json, what makes it, what builds it, where it is
    ({"docs/.vitepress/config.ts": ""}, {"devDependencies": {"vitepress": "1"}, "scripts": {"build": "vitepress build docs"}},
     "VitePress", [("npm", "run", "build")], "docs/.vitepress/dist"),
    ({}, {"devDependencies": {"vuepress": "2", "vite": "7"}, "scripts": {"docs:build": "vuepress build docs"}},
     "VuePress", [("npm", "run", "docs:build")], "docs/.vuepress/dist"),
    ({}, {"dependencies": {"hexo": "8"}, "scripts": {"server": "hexo server"}}, "Hexo", [("hexo", "generate")], "public"),
    ({}, {"dependencies": {"@11ty/eleventy": "3"}, "scripts": {"start": "eleventy --serve"}},
     "Eleventy", [("eleventy",)], "_site"),
    ({}, {"dependencies": {"gatsby": "5"}, "scripts": {"build": "gatsby build"}},
     "Gatsby", [("npm", "run", "build")], "public"),
    ({}, {"dependencies": {"@docusaurus/core": "3"}, "scripts": {"build": "docusaurus build", "start": "docusaurus start"}},
     "Docusaurus", [("npm", "run", "build")], "build"),
    ({}, {"dependencies": {"quasar": "2"}, "devDependencies": {"@quasar/app-vite": "2"}}, "Quasar",
     [("quasar", "build")], "dist/spa"),
    ({"app.json": "{}"}, {"dependencies": {"expo": "54", "react-native-web": "0.21"}, "scripts": {"start": "expo start"}},
     "Expo", [("expo", "export", "--platform", "web")], "dist"),
    ({"webpack.config.js": "module.exports = { output: { path: path.join(__dirname, 'www') } }", "src/index.html": ""},
     {"devDependencies": {"webpack": "5"}, "scripts": {"build": "webpack", "start": "webpack serve"}},
     "Webpack", [("npm", "run", "build")], "www"),
    ({}, {"devDependencies": {"storybook": "9", "vite": "7"}, "scripts": {"build-storybook": "storybook build"}},
     "Storybook", [("npm", "run", "build-storybook")], "storybook-static"),
    ({"src/index.html": ""}, {"devDependencies": {"parcel": "2"}, "scripts": {"build": "parcel build src/index.html --dist-dir web"}},
     "Parcel", [("npm", "run", "build")], "web"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "fields", "title", "commands", "directory"), MAKERS, ids=[row[2].lower() for row in MAKERS]
)
def test_what_makes_a_site(
    files: dict[str, Any], fields: dict[str, Any], title: str, commands: list[tuple[str, ...]], directory: str
) -> None:
    found = plan(tree({"package-lock.json": LOCK, **files}, **fields))
    assert title in next(one for one in found.evidence if one.what == "site").because
    assert [one.args for one in step(found, "build").run] == commands
    assert step(found, "site").run[0].args[5] == f"/app/{directory}"


def test_a_bundler_without_a_page_is_no_site() -> None:
    source = tree({}, devDependencies={"webpack": "5"}, scripts={"build": "webpack"})
    with fails(PlanError, "cannot determine the start command"):
        plan(source)


FALLBACKS: list[tuple[dict[str, Any], dict[str, Any], str]] = [  # files, package.json, the page for client routes
    ({"svelte.config.js": "import adapter from '@sveltejs/adapter-static'\nadapter({ fallback: 'app.html' })"},
     {"devDependencies": {"@sveltejs/kit": "2", "@sveltejs/adapter-static": "3"}}, "app.html"),
    ({"svelte.config.js": "import adapter from '@sveltejs/adapter-static'"},
     {"devDependencies": {"@sveltejs/kit": "2", "@sveltejs/adapter-static": "3"}}, ""),
    ({"react-router.config.ts": "export default {\n  ssr: false,\n  prerender: ['/'],\n}"},
     {"dependencies": {"@react-router/serve": "7"}}, "__spa-fallback.html"),
    ({"react-router.config.ts": "export default { ssr: false }"}, {"dependencies": {"@react-router/serve": "7"}}, "index.html"),
    ({"app.json": '{"expo": {"web": {"output": "static"}}}'}, {"dependencies": {"expo": "54", "react-native-web": "0"}}, ""),
    ({"next.config.js": "module.exports = { output: 'export' }"}, {"dependencies": {"next": "15", "wouter": "3"}}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("files", "fields", "page"), FALLBACKS)
def test_the_page_that_answers_for_client_routes(files: dict[str, Any], fields: dict[str, Any], page: str) -> None:
    config = server(plan(tree({"package-lock.json": LOCK, **files}, **fields)))
    assert (f"rewrite @route /{page}" in config) == bool(page)
    assert ("rewrite @route" in config) == bool(page)


WEB = {"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}


def test_the_only_site_of_a_workspace_is_the_app() -> None:
    files = {"apps/web/package.json": WEB, "packages/ui/package.json": {"name": "ui"}, "package-lock.json": LOCK}
    found = plan(tree(files, workspaces=["apps/*", "packages/*"]))
    assert step(found, "build").run[0].dir == "/app/apps/web"
    assert step(found, "site").run[0].args[5] == "/app/apps/web/dist"


def test_a_site_below_a_server_is_not_the_app() -> None:
    api = {"name": "api", "scripts": {"start": "node index.js"}, "dependencies": {"express": "5"}}
    files = {
        "apps/web/package.json": WEB,
        "apps/api/package.json": api,
        "apps/api/index.js": "",
        "package-lock.json": LOCK,
    }
    assert plan(tree(files, workspaces=["apps/*"])).language == "nodejs"


def test_the_only_site_in_a_directory_is_the_app() -> None:
    found = plan(tree({"client/package.json": WEB, "client/package-lock.json": LOCK, "README.md": ""}))
    assert (found.language, step(found, "site").run[0].args[5]) == ("static", "/app/dist")


def test_public_variables_of_the_production_are_the_builds() -> None:
    text = '# of the site\nVITE_API=https://api.test/v1\nexport VITE_NAME="a b" # name\n'
    found = plan(tree({"package-lock.json": LOCK, ".env.production": text}, **VITE))
    assert {("VITE_API", "https://api.test/v1"), ("VITE_NAME", "a b")} <= set(step(found, "build").env)
    assert "VITE_API, VITE_NAME" in next(one for one in found.evidence if one.what == "environment").because


@pytest.mark.parametrize(
    "row", ["DATABASE_URL=postgres://u:p@h/d", "API=x", "VITE_X=ghp_0123456789012345678901234567", "?"]
)
def test_a_file_with_a_variable_that_is_not_public_is_not_used(row: str) -> None:
    found = plan(tree({"package-lock.json": LOCK, ".env.production": f"VITE_API=x\n{row}\n"}, **VITE))
    assert "VITE_API" not in dict(step(found, "build").env)
    assert [str(one.at) for one in found.warnings if one.code == "env-production"] == [".env.production:2"]


NEXT: dict[str, Any] = {"dependencies": {"next": "16"}, "scripts": {"build": "next build", "start": "next start"}}


@pytest.mark.parametrize(
    ("file", "fields", "other"),
    [
        (".env", VITE, ""),
        (".env", NEXT, ""),
        (".env.local", NEXT, ""),
        (".env", NEXT, "DATABASE_URL=postgres://u:p@h/d\n"),
    ],
)
def test_public_variables_that_the_build_does_not_get_are_told(file: str, fields: dict[str, Any], other: str) -> None:
    text = f"# of the pages\n{other}VITE_API=https://api.test/v1\nNEXT_PUBLIC_NAME=harbour\n"
    files = {"package-lock.json": LOCK, file: text}
    source = FilteredTree(tree(files, **fields), DEFAULTS)
    told = [one for one in plan(source).warnings if one.code == "env-not-used"]
    assert [(str(one.at), one.message) for one in told] == [
        (f"{file}:{3 if other else 2}", f"the build does not get VITE_API, NEXT_PUBLIC_NAME: {file} is in no build")
    ]
    given = (("VITE_API", "x"), ("NEXT_PUBLIC_NAME", "y"))
    assert "env-not-used" not in codes(plan(source, build_env=given))
    assert "env-not-used" not in codes(plan(FilteredTree(tree(files, **fields), (*DEFAULTS, f"!{file}"))))


def test_a_file_without_public_names_is_left_out_without_a_word() -> None:
    files = {"package-lock.json": LOCK, ".env": "DATABASE_URL=postgres://u:p@h/d\nNODE_ENV=production\n"}
    assert "env-not-used" not in codes(plan(FilteredTree(tree(files, **NEXT), DEFAULTS)))


@pytest.mark.parametrize(("row", "used"), [("", True), ("API_KEY=x\n", False)])
def test_an_app_with_a_server_is_built_with_public_variables_too(row: str, used: bool) -> None:
    files = {"package-lock.json": LOCK, ".env.production": f"NEXT_PUBLIC_NAME=harbour\n{row}"}
    found = plan(FilteredTree(tree(files, **NEXT), DEFAULTS))
    assert ("NEXT_PUBLIC_NAME" in dict(step(found, "build").env)) is used
    assert [str(one.at) for one in found.warnings if one.code == "env-production"] == [".env.production:2"] * (not used)


def test_public_variables_of_a_front_end_that_the_root_builds_are_told() -> None:
    root = {"workspaces": ["web"], "scripts": {"build": "npm run build -w web", "start": "node server.js"}}
    root["dependencies"] = {"express": "5", "web": "*"}
    files = {"package-lock.json": LOCK, "server.js": "", "web/package.json": WEB, "web/.env.production": "VITE_API=y\n"}
    found = plan(FilteredTree(tree({**files, "package.json": root}), DEFAULTS))
    told = [str(one.at) for one in found.warnings if one.code == "env-not-used"]
    assert told == ["web/.env.production:1"]


def test_what_the_file_of_the_production_gives_is_not_told_again() -> None:
    files = {"package-lock.json": LOCK, ".env": "VITE_API=x\n", ".env.production": "VITE_API=y\n"}
    found = plan(FilteredTree(tree(files, **VITE), DEFAULTS))
    assert dict(step(found, "build").env)["VITE_API"] == "y"
    assert "env-not-used" not in codes(found)


def test_public_variables_of_the_production_are_the_builds_of_a_site_in_a_directory() -> None:
    files = {"client/package.json": WEB, "client/package-lock.json": LOCK, "client/.env.production": "VITE_API=y\n"}
    found = plan(FilteredTree(tree(files), DEFAULTS))
    assert dict(step(found, "build").env)["VITE_API"] == "y"


DEVELOPS: list[dict[str, Any]] = [  # scripts of an app whose start is for development, and what of it might serve
    {"start": "vite --port 3000"},
    {"start": "vite --mode staging --host 0.0.0.0"},
    {"docusaurus": "docusaurus", "start": "npm run docusaurus -- start", "serve": "npm run docusaurus -- serve"},
    {"start": "npm run dev", "dev": "npm-run-all clean -p dev:*", "dev:site": "eleventy --serve", "dev:css": "sass -w"},
    {"start": "vite", "serve": "http-server dist"},
]


@pytest.mark.parametrize("scripts", DEVELOPS)
def test_a_start_for_development_gives_way_to_the_site(scripts: dict[str, str]) -> None:
    own = {"vite": "7", "@docusaurus/core": "3", "@11ty/eleventy": "3", "npm-run-all": "4", "http-server": "14"}
    found = plan(
        tree({"index.html": "", "package-lock.json": LOCK}, scripts={"build": "b", **scripts}, devDependencies=own)
    )
    assert (found.language, found.runtime.processes[0].args[0]) == ("static", "caddy")


def test_scripts_side_by_side_that_start_a_server_are_kept() -> None:
    scripts = {"start": "run-p start:*", "start:api": "node server.js", "start:watch": "node worker.js"}
    found = plan(tree({"server.js": "", "worker.js": ""}, scripts=scripts, dependencies={"npm-run-all": "4"}))
    assert found.language == "nodejs"


def test_a_page_of_the_source_is_the_last_place_that_is_looked_at_where_files_are_built_beside_it() -> None:
    fields = {"scripts": {"build": "sh build.sh"}, "devDependencies": {"esbuild": "0.28"}}
    assert directories({"index.html": "<script src='/app.js'></script>"}, **fields)[-1] == "/app"
    template = {"index.html": '<script type="module" src="/src/main.ts"></script>'}
    assert "/app" not in directories(template, **fields)


NAMED: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, ...]]]] = [  # files, package.json, what builds it
    ({"docs/.vitepress/config.mts": ""}, {"devDependencies": {"vitepress": "1"},
     "scripts": {"docs:dev": "vitepress dev docs", "docs:build": "vitepress build docs"}}, [("npm", "run", "docs:build")]),
    ({"docs/.vitepress/config.mts": ""}, {"devDependencies": {"vitepress": "1"}}, [("vitepress", "build", "docs")]),
    ({".vitepress/config.mts": ""}, {"devDependencies": {"vitepress": "1"}}, [("vitepress", "build")]),
    ({"webpack.config.js": "", "src/index.html": ""}, {"devDependencies": {"webpack": "5"}, "scripts": {
        "dev": "webpack serve", "compile": "webpack --config webpack.prod.js", "watch": "webpack --watch"}},
     [("npm", "run", "compile")]),
    ({"webpack.config.js": "", "src/index.html": ""}, {"devDependencies": {"webpack": "5"}, "scripts": {
        "pack:dev": "webpack", "pack": "webpack", "pack:production": "webpack --mode production"}},
     [("npm", "run", "pack:production")]),
    ({"webpack.config.js": "", "src/index.html": ""}, {"devDependencies": {"webpack": "5"}, "scripts": {
        "dev": "webpack serve --open"}}, [("webpack", "--mode=production")]),
    ({}, {"dependencies": {"vite": "7"}, "scripts": {"bundle": "npm run types && vite build", "types": "tsc"}},
     [("npm", "run", "bundle")]),
    ({}, {"dependencies": {"vite": "7"}, "scripts": {"bundle": "vite build && vite preview"}}, [("vite", "build")]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "fields", "commands"), NAMED)
def test_a_script_that_runs_the_build_is_run_whatever_its_name_is(
    files: dict[str, Any], fields: dict[str, Any], commands: list[tuple[str, ...]]
) -> None:
    found = plan(tree({"package-lock.json": LOCK, **files}, **fields))
    assert [one.args for one in step(found, "build").run] == commands


def test_a_site_of_a_workspace_without_a_build_script_is_built_after_what_it_needs() -> None:
    ui = {"name": "ui", "scripts": {"build": "tsc"}}
    docs = {"name": "docs", "dependencies": {"ui": "*", "vitepress": "1"}, "scripts": {"site": "vitepress build"}}
    files = {"docs/package.json": docs, "ui/package.json": ui, "package-lock.json": LOCK}
    found = plan(tree(files, workspaces=["docs", "ui"]))
    assert [(one.args, one.dir) for one in step(found, "build").run] == [
        (("npm", "run", "build"), "/app/ui"),
        (("npm", "run", "site"), "/app/docs"),
    ]


@pytest.mark.parametrize("to", ["/usr/share/nginx/html", "/var/www/html/", "/srv"])
def test_the_directory_that_a_dockerfile_copies_to_a_server_of_files_is_looked_at_first(to: str) -> None:
    copied = Copied("", "dist/app", to, Location("Dockerfile", 6))
    found = plan(tree({"package-lock.json": LOCK}, **VITE), candidate_copies=(copied,))
    assert step(found, "site").run[0].args[5:7] == ("/app/dist/app", "/app/dist")


def test_a_directory_that_a_file_for_another_host_names_is_the_first_of_several() -> None:
    named = Setting("site", "platform", Location("netlify.toml", 3))
    found = plan(tree({"package-lock.json": LOCK}, **VITE), output_dir=named)
    assert step(found, "site").run[0].args[5:7] == ("/app/site", "/app/dist")
    template = {"package-lock.json": LOCK, "public/index.html": "<h1>Welcome</h1>"}
    other = plan(tree(template, **VITE), output_dir=Setting("public", "platform"))
    assert step(other, "site").run[0].args[5:] == (
        *("/app/dist", "/app/build", "/app/out", "/app/www"),
        "/app/public",
    )


def test_the_code_of_a_page_is_no_server_whatever_else_the_app_depends_on() -> None:
    page = "import { createApp } from 'vue'\nimport App from './App.vue'\ncreateApp(App).mount('#app')\n"
    fields = {
        "main": "background.js",
        "dependencies": {"express": "4", "vue": "3"},
        "devDependencies": {"@vue/cli-service": "5"},
        "scripts": {"build": "vue-cli-service build"},
    }
    found = plan(tree({"package-lock.json": LOCK, "src/main.js": page}, **fields))
    assert (found.language, step(found, "site").run[0].args[5]) == ("static", "/app/dist")
    server_too = "import './style.css'\nimport express from 'express'\nexpress().listen(3000)\n"
    other = plan(tree({"package-lock.json": LOCK, "src/main.js": server_too}, **fields))
    assert other.runtime.processes[0].args == ("node", "src/main.js")


@pytest.mark.parametrize(("script", "told"), [("sass a b & vite build", True), ("sass a b && vite build", False)])
def test_a_command_in_the_background_of_a_build_is_told(script: str, told: bool) -> None:
    found = plan(tree({"package-lock.json": LOCK}, **{**VITE, "scripts": {"build": script}}))
    assert [one.code for one in found.warnings if one.code == "build-background"] == ["build-background"] * told
    server_too = tree(
        {"server.js": ""}, scripts={"build": script, "start": "node server.js"}, devDependencies={"vite": "7"}
    )
    assert ("build-background" in {one.code for one in plan(server_too).warnings}) == told


@pytest.mark.parametrize(
    ("handler", "told"), [("auth/login.post.ts", 1), ("[id].delete.js", 1), ("posts.get.ts", 0), ("posts.ts", 0)]
)
def test_what_answers_requests_in_a_generated_nuxt_app_is_told(handler: str, told: int) -> None:
    fields: dict[str, Any] = {"scripts": {"build": "nuxt generate"}, "dependencies": {"nuxt": "4"}}
    found = plan(tree({"package-lock.json": LOCK, "nuxt.config.ts": "", f"server/api/{handler}": ""}, **fields))
    assert [str(one.at) for one in found.warnings if one.code == "site-server"] == [f"server/api/{handler}:1"] * told


def test_what_of_gatsby_needs_its_server_is_told() -> None:
    fields: dict[str, Any] = {"scripts": {"build": "gatsby build"}, "dependencies": {"gatsby": "5", "react": "18"}}
    files = {"src/pages/live.tsx": "//\nexport async function getServerData() {}\n", "src/api/hello.ts": ""}
    found = plan(tree({"package-lock.json": LOCK, "src/pages/index.js": "", **files}, **fields))
    told = [str(one.at) for one in found.warnings if one.code == "site-server"]
    assert told == ["src/pages/live.tsx:2", "src/api/hello.ts:1"]


@pytest.mark.parametrize(
    ("package", "scripts"),
    [
        ("tailwindcss", {"build": "tailwindcss -i in.css -o css/out.css"}),
        ("sass", {"build": "sass scss:css", "start": "sass --watch scss:css"}),
        ("postcss-cli", {"build": "postcss in.css -o css/out.css", "start": "postcss in.css -o css/out.css -w"}),
    ],
)
def test_a_page_whose_styles_are_built_beside_it_is_a_site(package: str, scripts: dict[str, str]) -> None:
    source = tree({"package-lock.json": LOCK, "index.html": "<p>"}, scripts=scripts, devDependencies={package: "3"})
    found = plan(source)
    assert found.language == "static"
    assert step(found, "build").run[-1].args == ("npm", "run", "build")
    assert "/app" in step(found, "site").run[0].args
