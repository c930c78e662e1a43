"""What frameworks are told to make: a server for Node.js, a site, or what another platform starts."""

from typing import Any

import pytest

from frontend.errors import PlanError
from tests.errors import fails
from tests.languages.node import LOCK, codes, plan, runs, step, tree, web

ASTRO: dict[str, Any] = {"dependencies": {"astro": "5", "@astrojs/vercel": "9", "@astrojs/node": "9"}}
SERVERLESS = "import vercel from '@astrojs/vercel';\nexport default { adapter: vercel(),\n output: 'server' }"
STATIC = "import vercel from '@astrojs/vercel';\nexport default { adapter: vercel() }"
NODE = "import node from '@astrojs/node';\nexport default { adapter: node({ mode: 'standalone' }) }"
DEMAND = "---\nexport const prerender = false;\n---\n<p/>"


@pytest.mark.parametrize("adapter", ["@astrojs/vercel", "@astrojs/netlify", "@astrojs/cloudflare", "@astrojs/deno"])
def test_an_adapter_of_astro_for_another_platform_is_named(adapter: str) -> None:
    files = {"astro.config.mjs": SERVERLESS.replace("@astrojs/vercel", adapter)}
    with fails(PlanError, adapter, "npx astro add node", at="astro.config.mjs:1"):
        plan(tree(files, dependencies={"astro": "5", adapter: "9"}))


def test_a_page_on_demand_needs_the_adapter() -> None:
    files = {"astro.config.mjs": STATIC, "src/pages/blog/now.astro": DEMAND}
    with fails(PlanError, "@astrojs/vercel", "src/pages/blog/now.astro:2", at="astro.config.mjs:1"):
        plan(tree(files, dependencies={"astro": "5", "@astrojs/vercel": "9"}))


BUNDLED = STATIC.replace("adapter:", "vite: { build: { rollupOptions: { output: {} } } }, adapter:")


@pytest.mark.parametrize(
    ("config", "named"),
    [(STATIC, "@astrojs/vercel"), (BUNDLED, "@astrojs/vercel"), (NODE, "adapter for Node.js")],
)
def test_an_astro_app_without_pages_on_demand_is_a_site(config: str, named: str) -> None:
    found = plan(tree({"astro.config.mjs": config, "src/pages/index.astro": "<p/>"}, **ASTRO))
    assert found.language == "static"
    assert named in next(one.because for one in found.evidence if one.what == "site")


@pytest.mark.parametrize(
    "files",
    [
        {"astro.config.mjs": NODE.replace("adapter", "output: 'server', adapter")},
        {"astro.config.mjs": NODE.replace("adapter", "output: process.env.OUTPUT, adapter")},
        {"astro.config.mjs": NODE, "src/pages/index.astro": DEMAND},
        {"astro.config.mjs": NODE, "src/actions/index.ts": ""},
        {"astro.config.mjs": NODE, "src/pages/index.astro": "<Avatar server:defer />"},
    ],
)
def test_an_astro_app_with_pages_on_demand_has_a_server(files: dict[str, Any]) -> None:
    assert web(tree(files, **ASTRO)) == ("node", "dist/server/entry.mjs")


KIT: dict[str, Any] = {"devDependencies": {"@sveltejs/kit": "2", "@sveltejs/adapter-auto": "6"}}
LAYOUT = {"src/routes/+layout.ts": "export const prerender = true"}


def test_a_sveltekit_app_whose_pages_are_all_prerendered_is_a_site() -> None:
    found = plan(tree({"package-lock.json": LOCK, "src/routes/+page.svelte": "", **LAYOUT}, **KIT))
    assert found.language == "static"
    assert "GCP_BUILDPACKS" not in dict(step(found, "build").env)
    assert ".svelte-kit/output/prerendered/pages" in runs(found, "build")[-1][-1]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {**LAYOUT, "src/hooks.server.ts": ""},
        {**LAYOUT, "src/routes/api/+server.ts": ""},
        {**LAYOUT, "src/routes/login/+page.server.ts": "export const actions = {}"},
        {**LAYOUT, "src/routes/now/+page.ts": "export const prerender = false"},
    ],
)
def test_another_sveltekit_app_has_a_server(files: dict[str, Any]) -> None:
    found = plan(tree({"package-lock.json": LOCK, **files}, **KIT))
    assert found.runtime.processes[0].args == ("node", "build")
    assert dict(step(found, "build").env)["GCP_BUILDPACKS"] == "1"


@pytest.mark.parametrize("library", ["react", "solid", "vue"])
def test_a_fetch_handler_is_served_by_a_server_that_is_added(library: str) -> None:
    fields = {"dependencies": {f"@tanstack/{library}-start": "1"}, "scripts": {"start": "vite preview"}}
    found = plan(tree({"package-lock.json": LOCK, "vite.config.ts": ""}, **fields))
    assert found.runtime.processes[0].args == (
        "node", "node_modules/srvx/bin/srvx.mjs", "--prod", "-s", "../client", "dist/server/server.js",
    )  # fmt: skip
    assert "server-added" in codes(found)
    assert any(word.startswith("srvx@") for word in runs(found, "server")[0])


def test_the_apps_own_srvx_is_used() -> None:
    fields = {"dependencies": {"@tanstack/react-start": "1", "srvx": "1"}, "scripts": {"build": "vite build"}}
    found = plan(tree({"package-lock.json": LOCK, "vite.config.ts": ""}, **fields))
    assert "srvx" in " ".join(found.runtime.processes[0].args)
    assert "server" not in {one.name for one in found.steps}
    assert "server-added" not in codes(found)


def test_no_server_is_added_where_that_is_skipped() -> None:
    found = plan(tree({"vite.config.ts": ""}, dependencies={"@tanstack/react-start": "1"}), skip=("server",))
    assert "server" not in {one.name for one in found.steps}
    assert "server-added" not in codes(found)


def test_a_handler_for_cloudflare_is_none_for_nodejs() -> None:
    files = {"vite.config.ts": "import a from 'a'\nimport { cloudflare } from '@cloudflare/vite-plugin'"}
    with fails(PlanError, "Cloudflare Workers", at="vite.config.ts:2"):
        plan(tree(files, dependencies={"@tanstack/react-start": "1"}))


def test_solidstart_is_built_by_vinxi_or_by_vite_alone() -> None:
    old = {"dependencies": {"@solidjs/start": "1", "vinxi": "0.5"}}
    assert web(tree({"app.config.ts": ""}, **old)) == ("node", ".output/server/index.mjs")
    new = web(tree({"vite.config.ts": ""}, dependencies={"@solidjs/start": "2"}))
    assert new[-1] == "dist/server/entry-server.js"


def test_a_preset_of_vinxi_for_another_platform() -> None:
    files = {"app.config.ts": "export default defineConfig({\n  server: { preset: 'vercel' } })"}
    fields = {"dependencies": {"@solidjs/start": "1", "vinxi": "0.5"}}
    with fails(PlanError, 'preset "vercel"', at="app.config.ts:2"):
        plan(tree(files, **fields))
    static = {"app.config.ts": "export default defineConfig({ server: { preset: 'static' } })"}
    assert plan(tree(static, **fields)).language == "static"


QWIK: dict[str, Any] = {
    "devDependencies": {"@builder.io/qwik-city": "1", "vite": "7"},
    "scripts": {"build": "qwik build", "start": "vite --open --mode ssr"},
}


@pytest.mark.parametrize("name", ["node-server", "express", "fastify"])
def test_qwik_city_is_served_by_its_adapter(name: str) -> None:
    assert web(tree({f"adapters/{name}/vite.config.ts": ""}, **QWIK)) == ("node", f"server/entry.{name}.js")


def test_qwik_city_without_a_server_for_nodejs() -> None:
    with fails(PlanError, "no adapter", "npm run qwik add", at="package.json:4"):
        plan(tree({"vite.config.ts": ""}, **QWIK))
    with fails(PlanError, "adapters/vercel-edge", at="adapters/vercel-edge/vite.config.ts:1"):
        plan(tree({"adapters/vercel-edge/vite.config.ts": ""}, **QWIK))
    assert plan(tree({"adapters/static/vite.config.ts": ""}, **QWIK)).language == "static"


def test_the_adapter_that_the_build_names() -> None:
    both = {"adapters/express/vite.config.ts": "", "adapters/static/vite.config.ts": ""}
    scripts = {**QWIK["scripts"], "build.server": "vite build -c adapters/static/vite.config.ts"}
    assert plan(tree(both, **{**QWIK, "scripts": scripts})).language == "static"


VIKE: dict[str, Any] = {"dependencies": {"vike": "^0.4"}, "scripts": {"build": "vike build", "dev": "vike dev"}}


def test_vike_is_built_with_its_own_server_where_the_app_has_none() -> None:
    found = plan(tree({"package-lock.json": LOCK, "pages/+config.js": ""}, **VIKE))
    assert found.runtime.processes[0].args == ("node", "dist/server/index.mjs")
    assert dict(step(found, "build").env)["VIKE_CONFIG"] == "{server:true}"
    assert "vike-server" in codes(found)


@pytest.mark.parametrize(
    ("files", "scripts"),
    [
        ({"pages/+server.ts": ""}, {}),
        ({"pages/+config.ts": "export default { server: true }"}, {}),
        ({"server/index.js": ""}, {"start": "node server/index.js"}),
        ({"server/index.js": ""}, {"prod": "NODE_ENV=production node server/index.js"}),
    ],
)
def test_vike_with_a_server_is_built_as_it_is(files: dict[str, Any], scripts: dict[str, str]) -> None:
    fields = {**VIKE, "scripts": {**VIKE["scripts"], **scripts}}
    found = plan(tree({"package-lock.json": LOCK, **files}, **fields))
    assert "VIKE_CONFIG" not in dict(step(found, "build").env)
    assert "vike-server" not in codes(found)


@pytest.mark.parametrize("value", ["true", "{ partial: true }"])
def test_prerendered_vike_is_a_site(value: str) -> None:
    files = {"package-lock.json": LOCK, "pages/+config.ts": f"export default {{\n  prerender: {value} }}"}
    found = plan(tree(files, **VIKE))
    why = next(one for one in found.evidence if one.what == "site")
    assert (found.language, str(why.at)) == ("static", "pages/+config.ts:2")
    assert "/app/dist/client" in step(found, "site").run[0].args


def test_a_vike_that_brings_no_server_is_told() -> None:
    lock = '{"lockfileVersion": 3, "packages": {"node_modules/vike": {"version": "0.4.200"}}}'
    with fails(PlanError, "vike 0.4.200", "prerender", at="package.json:4"):
        plan(tree({"package-lock.json": lock}, **VIKE))


def test_analog_ships_what_nitro_makes_of_it() -> None:
    fields = {"dependencies": {"@angular/core": "21", "@analogjs/platform": "2"}, "scripts": {"start": "ng serve"}}
    assert web(tree({"vite.config.ts": "analog()"}, **fields)) == ("node", "dist/analog/server/index.mjs")
    assert plan(tree({"vite.config.ts": "analog({ static: true })"}, **fields)).language == "static"


def test_servers_that_do_not_read_port_are_given_it() -> None:
    waku = web(tree(dependencies={"waku": "0.27"}, scripts={"start": "waku start"}))
    assert waku[-1] == "exec node_modules/.bin/waku start --port $PORT --host 0.0.0.0"
    n8n = web(tree(dependencies={"n8n": "2"}, scripts={"start": "n8n start"}))
    assert n8n[-1] == "exec env N8N_PORT=$PORT node_modules/.bin/n8n start"


@pytest.mark.parametrize("scripts", [{"build": "medusa build", "start": "medusa start"}, {"build": "medusa build"}])
def test_medusa_starts_from_what_its_build_makes(scripts: dict[str, str]) -> None:
    own = {"@medusajs/medusa": "2", "@medusajs/cli": "2"}
    text = web(tree({"package-lock.json": LOCK}, dependencies=own, scripts=scripts))[-1]
    assert text == "cd .medusa/server && exec /app/node_modules/.bin/medusa start"


def test_a_start_script_that_migrates_medusa_first_is_run_there_too() -> None:
    own = {"@medusajs/medusa": "2", "@medusajs/cli": "2"}
    scripts = {"build": "medusa build", "start": "medusa db:migrate && medusa start"}
    program = "/app/node_modules/.bin/medusa"
    text = web(tree({"package-lock.json": LOCK}, dependencies=own, scripts=scripts))[-1]
    assert text == f"cd .medusa/server && {program} db:migrate && exec {program} start"


@pytest.mark.parametrize(
    ("package", "args"),
    [
        ("@strapi/strapi", ("node", "node_modules/@strapi/strapi/bin/strapi.js", "start")),
        ("directus", ("node_modules/.bin/directus", "start")),
        ("node-red", ("node_modules/.bin/node-red",)),
        ("@keystone-6/core", ("node_modules/.bin/keystone", "start")),
    ],
)
def test_a_cms_without_scripts(package: str, args: tuple[str, ...]) -> None:
    assert web(tree(dependencies={package: "5"})) == args


STATE = [  # dependencies, what ends with the container
    ({"@strapi/strapi": "5", "better-sqlite3": "12"}, ["public/uploads", "SQLite"]),
    ({"@strapi/strapi": "5", "@strapi/provider-upload-aws-s3": "5", "pg": "8"}, []),
    ({"next": "16", "payload": "3", "@payloadcms/db-sqlite": "3", "@payloadcms/storage-s3": "3"}, ["SQLite"]),
    ({"directus": "12"}, ["uploads/"]),
]


@pytest.mark.parametrize(("dependencies", "kept"), STATE)
def test_what_a_cms_keeps_in_files_is_told(dependencies: dict[str, str], kept: list[str]) -> None:
    told = [one.message for one in plan(tree(dependencies=dependencies)).warnings if one.code == "state"]
    assert [word for word, text in zip(kept, told, strict=True) if word in text] == kept


def test_the_adapter_is_the_one_that_the_configuration_names() -> None:
    own = {"@sveltejs/kit": "2", "@sveltejs/adapter-auto": "6", "@sveltejs/adapter-vercel": "5"}
    vercel = {"svelte.config.js": "import vercel from '@sveltejs/adapter-vercel'"}
    with fails(PlanError, "@sveltejs/adapter-vercel", at="svelte.config.js:1"):
        plan(tree(vercel, devDependencies=own))
    inside = {"vite.config.js": "import vercel from '@sveltejs/adapter-vercel'"}
    with fails(PlanError, "@sveltejs/adapter-vercel"):
        plan(tree(inside, devDependencies=own))
    auto = {"svelte.config.js": "import adapter from '@sveltejs/adapter-auto'"}
    assert web(tree(auto, devDependencies=own)) == ("node", "build")


def test_a_vike_app_is_started_by_the_server_that_its_preview_runs() -> None:
    scripts = {"dev": "tsx ./server.ts", "preview": "cross-env NODE_ENV=production tsx ./server.ts"}
    fields = {"dependencies": {"vike": "0.4", "tsx": "4"}, "scripts": {**VIKE["scripts"], **scripts}}
    assert web(tree({"server.ts": ""}, **fields)) == ("node", "--import", "tsx", "./server.ts")


def test_a_waku_app_that_is_built_for_another_platform_is_told() -> None:
    scripts = {"build": "waku build --with-cloudflare", "start": "wrangler dev ./dist/worker.js"}
    with fails(PlanError, "--with-cloudflare", "BUILD_COMMAND", at="package.json:7"):
        plan(tree(dependencies={"waku": "0.23"}, scripts=scripts))
    own = {"build": scripts["build"], "start": "waku start"}
    found = plan(tree(dependencies={"waku": "0.23"}, scripts=own), build_command="npx waku build")
    assert "waku start" in found.runtime.processes[0].args[-1]


NUXT_LOCK = '{"lockfileVersion": 3, "packages": {"node_modules/@nuxt/cli": {"version": "3.28.0"}}}'
VERCEL = "export default {\n  nitro: { preset: 'vercel' } }"


def test_a_preset_that_a_variable_replaces_is_replaced() -> None:
    found = plan(tree({"package-lock.json": NUXT_LOCK, "nuxt.config.ts": VERCEL}, dependencies={"nuxt": "4"}))
    assert dict(step(found, "build").env)["NITRO_PRESET"] == "node-server"
    told = next(one for one in found.warnings if one.code == "nitro-preset")
    assert ('"vercel"' in told.message, str(told.at)) == (True, "nuxt.config.ts:2")


@pytest.mark.parametrize(("lock", "more"), [(LOCK, {}), (NUXT_LOCK, {"@nuxthub/core": "0.8"})])
def test_a_preset_that_nothing_replaces_is_an_error(lock: str, more: dict[str, str]) -> None:
    with fails(PlanError, 'preset "vercel"', at="nuxt.config.ts:2"):
        plan(tree({"package-lock.json": lock, "nuxt.config.ts": VERCEL}, dependencies={"nuxt": "4", **more}))


def test_a_preset_for_sites_stays() -> None:
    static = VERCEL.replace("vercel", "vercel-static")
    found = plan(tree({"package-lock.json": NUXT_LOCK, "nuxt.config.ts": static}, dependencies={"nuxt": "4"}))
    assert found.language == "static"
    assert "NITRO_PRESET" not in dict(step(found, "build").env)


def test_the_directories_that_strapi_starts_with_are_in_the_image() -> None:
    scripts = {"build": "strapi build", "start": "strapi start"}
    found = plan(tree({"package-lock.json": LOCK}, dependencies={"@strapi/strapi": "5"}, scripts=scripts))
    assert runs(found, "build")[-1] == ("mkdir", "-p", "database/migrations", "public/uploads")


@pytest.mark.parametrize("platform", ["vercel", "netlify", "architect", "cloudflare-workers"])
def test_a_remix_app_whose_server_is_a_function_of_another_platform_is_told(platform: str) -> None:
    config = 'module.exports = {\n  serverBuildTarget: "x",\n  server: isDev ? undefined : "./server.js",\n};\n'
    own: dict[str, Any] = {"dependencies": {"@remix-run/serve": "1.19.3", "@remix-run/react": "1.19.3"}}
    server = f'import {{ createRequestHandler }} from "@remix-run/{platform}";\n'
    with fails(PlanError, platform, "./server.js", "serverBuildTarget", at="remix.config.js:3"):
        plan(tree({"remix.config.js": config, "server.js": server}, **own))
    plan(tree({"remix.config.js": config, "server.js": 'import express from "express";\n'}, **own))


HONO: dict[str, Any] = {
    "scripts": {"dev": "vite", "build": "vite build"},
    "dependencies": {"hono": "4"},
    "devDependencies": {"vite": "7", "@hono/vite-build": "1"},
}
BUILD = "import build from '@hono/vite-build/%s'\nexport default { plugins: [build()] }"


def test_a_hono_app_that_vite_builds_for_node_is_started_as_built() -> None:
    source = tree({"package-lock.json": LOCK, "vite.config.ts": BUILD % "node", "src/index.tsx": ""}, **HONO)
    assert web(source) == ("node", "dist/index.js")
    assert runs(plan(source), "build") == [("npm", "run", "build")]


@pytest.mark.parametrize("scripts", [{}, {"start": "wrangler pages dev dist"}])
@pytest.mark.parametrize("platform", ["cloudflare-pages", "cloudflare-workers", "netlify-functions", "deno"])
def test_a_hono_app_that_vite_builds_for_another_platform_is_an_error(platform: str, scripts: dict[str, str]) -> None:
    own = {**HONO, "scripts": {**HONO["scripts"], **scripts}}
    with fails(PlanError, platform, "@hono/vite-build/node", at="vite.config.ts:1"):
        plan(tree({"vite.config.ts": BUILD % platform, "src/index.tsx": ""}, **own))


def test_a_hono_app_with_a_server_of_its_own_is_started_by_it() -> None:
    own = {**HONO, "scripts": {**HONO["scripts"], "start": "node server.js"}}
    assert web(tree({"vite.config.ts": BUILD % "cloudflare-pages", "server.js": ""}, **own)) == ("node", "server.js")


PRESET = "import { vercelPreset } from '@vercel/react-router/vite'\nexport default {\n  presets: %s,\n}"
ROUTER: dict[str, Any] = {
    "scripts": {"build": "react-router build", "start": "react-router-serve ./build/server/index.js"},
    "dependencies": {"@react-router/serve": "7", "@vercel/react-router": "1"},
}


def test_bundles_for_the_functions_of_vercel_are_an_error() -> None:
    with fails(PlanError, "vercelPreset", "process.env.VERCEL", at="react-router.config.ts:3"):
        plan(tree({"react-router.config.ts": PRESET % "[vercelPreset()]"}, **ROUTER))


@pytest.mark.parametrize("presets", ["process.env.VERCEL ? [vercelPreset()] : []", "[] // [vercelPreset()]"])
def test_bundles_that_vercel_alone_makes_are_none(presets: str) -> None:
    served = web(tree({"react-router.config.ts": PRESET % presets}, **ROUTER))
    assert served[-1] == "./build/server/index.js"
