"""Frameworks: what is built, what is started, and which sites have no server."""

import json
from typing import Any

import pytest

from frontend.errors import PlanError
from frontend.plan.model import FromStep
from tests.errors import fails
from tests.languages.node import LOCK, codes, plan, step, tree, web

SITES: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [  # made by, files, fields, file named, error at
    ("Vite", {"vite.config.ts": ""}, {"devDependencies": {"vite": "7"}}, "vite.config.ts", "vite.config.ts"),
    ("Vite", {}, {"scripts": {"start": "vite"}, "devDependencies": {"vite": "7"}}, "package.json", "package.json:7"),
    (
        "Create React App",
        {},
        {"scripts": {"start": "react-scripts start"}, "dependencies": {"react-scripts": "5"}},
        "package.json",
        "package.json:7",
    ),
    (
        "Angular",
        {"angular.json": "{}"},
        {"scripts": {"start": "ng serve"}, "dependencies": {"@angular/core": "20"}},
        "angular.json",
        "angular.json",
    ),
    (
        "Astro",
        {"astro.config.mjs": ""},
        {"scripts": {"start": "astro dev"}, "dependencies": {"astro": "5"}},
        "astro.config.mjs",
        "astro.config.mjs",
    ),
]


@pytest.mark.parametrize(("maker", "files", "fields", "named", "at"), SITES)
def test_a_static_site_is_served_by_the_server_of_sites(
    maker: str, files: dict[str, Any], fields: dict[str, Any], named: str, at: str
) -> None:
    found = plan(tree({"index.html": "", **files}, **fields))
    assert (found.language, found.runtime.processes[0].args[0]) == ("static", "caddy")
    why = next(one for one in found.evidence if one.what == "site")
    assert maker in why.because
    assert f"({named})" in why.because
    assert str(why.at) == at


@pytest.mark.parametrize(
    ("files", "fields", "named", "at"),
    [
        (
            {"next.config.js": "module.exports = {\n  output: 'export',\n}"},
            {"dependencies": {"next": "15"}, "scripts": {"build": "next build"}},
            "Next.js",
            "next.config.js:2",
        ),
        (
            {"react-router.config.ts": "export default {\n  ssr: false, // a page for browsers\n};"},
            {
                "dependencies": {"@react-router/serve": "7"},
                "scripts": {"start": "react-router-serve build/server/index.js"},
            },
            "React Router",
            "react-router.config.ts:2",
        ),
        (
            {"vite.config.ts": "export default { plugins: [remix({ ssr: false })] };"},
            {"dependencies": {"@remix-run/serve": "2"}, "scripts": {"start": "remix-serve build/server/index.js"}},
            "Remix",
            "vite.config.ts:1",
        ),
        (
            {"svelte.config.js": "import adapter from '@sveltejs/adapter-static'"},
            {"devDependencies": {"@sveltejs/kit": "2", "@sveltejs/adapter-static": "3"}},
            "(@sveltejs/adapter-static)",
            "svelte.config.js:1",
        ),
        (
            {"nuxt.config.ts": "export default {\n  nitro: { preset: 'static' } }"},
            {"dependencies": {"nuxt": "4"}, "scripts": {"build": "nuxt build"}},
            "Nuxt",
            "nuxt.config.ts:2",
        ),
    ],
)
def test_a_framework_told_to_make_no_server(files: dict[str, Any], fields: dict[str, Any], named: str, at: str) -> None:
    found = plan(tree(files, **fields))
    why = next(one for one in found.evidence if one.what == "site")
    assert found.language == "static"
    assert named in why.because
    assert str(why.at) == at


def test_an_adapter_of_another_platform_makes_no_server() -> None:
    files = {"svelte.config.js": "import adapter from '@sveltejs/adapter-vercel'"}
    with fails(PlanError, "@sveltejs/adapter-vercel", at="svelte.config.js:1"):
        plan(tree(files, devDependencies={"@sveltejs/kit": "2", "@sveltejs/adapter-vercel": "6"}))


SERVED: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    ("Koa", {"app.js": ""}, {"dependencies": {"koa": "3"}, "main": "app.js"}, ("node", "app.js")),
    (
        "Hono",
        {"src/index.ts": ""},
        {"dependencies": {"hono": "4", "@hono/node-server": "1"}, "scripts": {"start": "node src/index.ts"}},
        ("node", "src/index.ts"),
    ),
    (
        "AdonisJS",
        {"adonisrc.ts": "", "bin/server.ts": ""},
        {
            "dependencies": {"@adonisjs/core": "6"},
            "scripts": {"build": "node ace build", "start": "node bin/server.js", "dev": "node ace serve --hmr"},
        },
        ("node", "bin/server.js"),
    ),
    (
        "NestJS",
        {"src/main.ts": ""},
        {"dependencies": {"@nestjs/core": "11"}, "scripts": {"build": "nest build", "start": "nest start"}},
        ("node", "dist/main.js"),
    ),
    (
        "Astro",
        {"astro.config.mjs": ""},
        {"dependencies": {"astro": "5", "@astrojs/node": "9"}, "scripts": {"build": "astro build"}},
        ("node", "dist/server/entry.mjs"),
    ),
]


@pytest.mark.parametrize(("name", "files", "fields", "args"), SERVED, ids=[row[0] for row in SERVED])
def test_a_framework_is_named_and_started_by_node(
    name: str, files: dict[str, Any], fields: dict[str, Any], args: tuple[str, ...]
) -> None:
    found = plan(tree(files, **fields))
    assert found.runtime.processes[0].args == args
    assert name in {one.what for one in found.evidence}


DEVELOPMENT = (
    "expo start --web", "react-native start", "storybook dev", "wrangler dev", "quasar dev", "ember serve", "rspack serve",
    "netlify dev", "firebase emulators:start", "vinxi dev", "vite preview --host", "npx vite preview",
)  # fmt: skip


@pytest.mark.parametrize("start", DEVELOPMENT)
def test_a_development_server_is_never_what_an_image_starts(start: str) -> None:
    tool = start.removeprefix("npx ").partition(" ")[0]
    with fails(PlanError, tool, at="package.json:4"):
        plan(tree({"server.ts": ""}, scripts={"start": start}, dependencies={"react": "19"}))


def test_adonis_ships_its_build_directory_as_the_app() -> None:
    found = plan(
        tree(
            {"bin/server.ts": ""},
            dependencies={"@adonisjs/core": "6"},
            scripts={"build": "node ace build", "start": "node bin/server.js"},
        )
    )
    shipped = found.runtime.layers[-1].inputs
    assert [(one.path, one.to) for one in shipped if hasattr(one, "path") and hasattr(one, "to")] == [
        ("/app/build", "/app")
    ]


@pytest.mark.parametrize("start", ["cd build && node bin/server.js", "node build/bin/server.js"])
def test_a_start_that_names_the_build_directory_of_adonis_finds_it(start: str) -> None:
    scripts = {"build": "node ace build", "start": start}
    found = plan(tree({"bin/server.ts": ""}, dependencies={"@adonisjs/core": "6"}, scripts=scripts))
    paths = [one.path for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep)]
    assert paths == ["/app"]


def test_an_env_file_that_the_build_leaves_behind_is_not_read() -> None:
    scripts = {"build": "node ace build", "start": "node --env-file=live.env bin/server.js"}
    found = plan(tree({"live.env": "", "bin/server.ts": ""}, dependencies={"@adonisjs/core": "6"}, scripts=scripts))
    assert found.runtime.processes[0].args == ("node", "bin/server.js")
    assert "env-file" in codes(found)


def test_a_development_server_is_replaced_with_a_warning() -> None:
    source = tree({}, dependencies={"next": "15"}, scripts={"build": "next build", "start": "next dev"})
    assert web(source) == ("node", "server.js")
    assert "dev-start" in codes(plan(source))


NEXT_START = {"build": "next build", "start": "next start"}


@pytest.mark.parametrize(
    ("config", "dist"),
    [
        ("", ".next"),
        ("module.exports = { distDir: 'build' }", "build"),
        ('export default { "distDir": "./out" }', "out"),
    ],
)
def test_next_ships_from_where_it_builds(config: str, dist: str) -> None:
    found = plan(tree({"next.config.js": config}, scripts=NEXT_START, dependencies={"next": "15"}))
    paths = [one.path for layer in found.runtime.layers for one in layer.inputs if isinstance(one, FromStep)]
    assert f"/app/{dist}/standalone" in paths
    assert f"/app/{dist}/static" in paths


ALL_OF_NEXT: list[tuple[str, dict[str, Any]]] = [  # a start script that needs more than Next.js selects
    ("NODE_OPTIONS='--require ./instrument.js' next start", {"instrument.js": ""}),
    ("NODE_OPTIONS=--import=./instrument.mjs next start", {"instrument.mjs": ""}),
    ("node -r ./instrument.js node_modules/.bin/next start", {"instrument.js": ""}),
    ("node -r ./instrument.js .next/standalone/server.js", {"instrument.js": ""}),
    ("next start --keepAliveTimeout 70000", {}),
    ("next start ./web", {}),
    ("node server.js", {"server.js": ""}),
    ("next start", {"Procfile": "web: next start\nworker: node worker.js\n", "worker.js": ""}),
]


@pytest.mark.parametrize(("start", "files"), ALL_OF_NEXT, ids=[row[0] for row in ALL_OF_NEXT])
def test_next_ships_whole_where_its_own_selection_would_lose_something(start: str, files: dict[str, Any]) -> None:
    found = plan(tree(files, scripts={**NEXT_START, "start": start}, dependencies={"next": "15"}))
    paths = [one.path for layer in found.runtime.layers for one in layer.inputs if isinstance(one, FromStep)]
    assert not any("/standalone" in path for path in paths)
    assert "/app" in paths


@pytest.mark.parametrize(
    "start", ["next start", "next start -p ${PORT:-3000}", "NODE_OPTIONS=--no-warnings next start"]
)
def test_the_files_that_a_next_app_may_read_ship_beside_what_it_selects(start: str) -> None:
    found = plan(tree({}, scripts={**NEXT_START, "start": start}, dependencies={"next": "15"}))
    own, traced, *_ = [one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep)]
    assert (own.path, traced.path, traced.to) == ("/app", "/app/.next/standalone", "/app")
    assert {"**/node_modules", ".next", "**/*.tsx"} <= set(own.exclude)
    assert not {"**/*.md", "**/*.json", "**/*.js", "**/*.css"} & set(own.exclude)


def test_next_with_a_directory_that_is_computed_ships_the_app() -> None:
    config = {"next.config.js": "module.exports = { distDir: process.env.OUT }"}
    found = plan(tree(config, scripts=NEXT_START, dependencies={"next": "15"}))
    assert found.runtime.processes[0].args[-1] == "start"


def test_packages_inside_a_build_s_output_ship() -> None:
    found = plan(
        tree({"src/a.ts": ""}, scripts={"build": "rollup -c", "start": "node dist/a.js"}, dependencies={"x": "1"})
    )
    (app,) = [one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep)]
    assert "node_modules" in app.exclude
    assert "**/node_modules" not in app.exclude


@pytest.mark.parametrize(("files", "start"), [({"server.mjs": ""}, ["node", "server.mjs"]), ({}, None)])
def test_astro_as_middleware_is_started_by_the_app_s_own_server(files: dict[str, str], start: list[str] | None) -> None:
    config = {"astro.config.mjs": "export default defineConfig({\n  adapter: node({ mode: 'middleware' }),\n});\n"}
    app = tree({**files, **config}, scripts={"build": "astro build"}, dependencies={"astro": "5", "@astrojs/node": "9"})
    if start is not None:
        assert list(plan(app).runtime.processes[0].args) == start
    else:
        with fails(PlanError, "Astro", at="astro.config.mjs:2"):
            plan(app)


def test_nitro_and_what_is_built_on_it_ship_their_output() -> None:
    own = {"@tanstack/react-start": "1", "nitro": "3", "vite": "7"}
    found = plan(tree({"vite.config.ts": ""}, scripts={"build": "vite build"}, dependencies=own))
    assert list(found.runtime.processes[0].args) == ["node", ".output/server/index.mjs"]
    del own["nitro"]
    handled = plan(tree({"vite.config.ts": ""}, scripts={"build": "vite build"}, dependencies=own))
    assert handled.runtime.processes[0].args[-1] == "dist/server/server.js"


def test_a_sveltekit_app_as_it_is_generated_is_built_for_node() -> None:
    auto = {"@sveltejs/kit": "2", "@sveltejs/adapter-auto": "7", "vite": "7"}
    found = plan(tree({"package-lock.json": LOCK}, devDependencies=auto, scripts={"build": "vite build"}))
    assert found.runtime.processes[0].args == ("node", "build")
    assert dict(step(found, "build").env)["GCP_BUILDPACKS"] == "1"
    assert codes(found) == ["sveltekit-adapter"]


@pytest.mark.parametrize(("version", "built"), [("1.0.3", False), ("3.1.1", False), ("3.2.0", True), ("", True)])
def test_an_adapter_auto_that_knows_no_platform_for_node_is_an_error(version: str, built: bool) -> None:
    entry = {"node_modules/@sveltejs/adapter-auto": {"version": version}} if version else {}
    lock = json.dumps({"lockfileVersion": 3, "packages": entry})
    auto = {"@sveltejs/kit": "1", "@sveltejs/adapter-auto": "*"}
    source = tree({"package-lock.json": lock}, devDependencies=auto, scripts={"build": "vite build"})
    if built:
        assert plan(source).runtime.processes[0].args == ("node", "build")
    else:
        with fails(PlanError, f"adapter-auto {version}", "hint: ", at="package.json:5"):
            plan(source)


PRESETS = [  # configuration, what the error says, where
    ('export default {\n  nitro: {\n    preset: "cloudflare-pages",\n  },\n}', "cloudflare-pages", 3),
    ("export default {\n  'nitro': { routeRules: { '/': {} }, 'preset': 'vercel' } }", '(preset "vercel")', 2),
    ("export default {\n  nitro: { preset: 'node-server' } }", "", 0),
    ("export default {\n  nitro: { // preset: 'vercel'\n  } }", "", 0),
    ("export default {\n  nitro: { preset: process.env.PRESET || 'node-server' } }", "", 0),
    ("export default {\n  primevue: { preset: 'Aura' },\n  nitro: {} }", "", 0),
]


@pytest.mark.parametrize(("config", "told", "line"), PRESETS)
def test_a_preset_for_another_platform_is_an_error(config: str, told: str, line: int) -> None:
    source = tree({"nuxt.config.ts": config}, dependencies={"nuxt": "4"}, scripts={"build": "nuxt build"})
    if told:
        with fails(PlanError, told, "hint: ", at=f"nuxt.config.ts:{line}"):
            plan(source)
    else:
        assert plan(source).runtime.processes[0].args == ("node", ".output/server/index.mjs")


def test_a_preset_of_nitro_alone() -> None:
    source = tree({"nitro.config.ts": "export default {\n preset: 'deno' }"}, dependencies={"nitropack": "2"})
    with fails(PlanError, "another platform", "hint: ", at="nitro.config.ts:2"):
        plan(source)


@pytest.mark.parametrize(
    ("files", "file"),
    [
        ({}, "./build/server/index.js"),
        ({"vite.config.ts": 'plugins: [remix({ buildDirectory: "out" })]'}, "./out/server/index.js"),
        ({"remix.config.js": "module.exports = {\n  // serverBuildPath: 'x/y.js',\n}"}, "./build/index.js"),
        ({"remix.config.js": 'serverBuildDirectory: "api/_build",'}, "./api/_build/index.js"),
        ({"remix.config.mjs": "serverBuildPath: 'server/main.js'"}, "./server/main.js"),
    ],
)
def test_remix_serves_what_its_configuration_says_is_built(files: dict[str, str], file: str) -> None:
    process = plan(tree(files, dependencies={"@remix-run/serve": "2"})).runtime.processes[0]
    assert process.args[-1] == file
    assert process.needs[-1].paths[0] == f"/app/{file[2:]}"
