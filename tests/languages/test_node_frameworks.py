"""Frameworks: what is built, what is started, and which sites have no server."""

from typing import Any

import pytest

from frontend.errors import PlanError
from tests.languages.node import codes, plan, tree, web

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
def test_a_static_site_is_an_error_that_names_the_file(
    maker: str, files: dict[str, Any], fields: dict[str, Any], named: str, at: str
) -> None:
    with pytest.raises(PlanError) as error:
        plan(tree({"index.html": "", **files}, **fields))
    assert error.value.message == f"this is a static site made by {maker} ({named}), with no server in it"
    assert str(error.value.at) == at
    assert "come later" in error.value.hint


@pytest.mark.parametrize(
    ("files", "fields", "message", "at"),
    [
        (
            {"next.config.js": "module.exports = {\n  output: 'export',\n}"},
            {"dependencies": {"next": "15"}, "scripts": {"build": "next build"}},
            "this Next.js app is exported as a static site",
            "next.config.js:2",
        ),
        (
            {"svelte.config.js": "import adapter from '@sveltejs/adapter-static'"},
            {"devDependencies": {"@sveltejs/kit": "2", "@sveltejs/adapter-static": "3"}},
            "this SvelteKit app is built as a static site (@sveltejs/adapter-static)",
            "svelte.config.js:1",
        ),
        (
            {"svelte.config.js": "import adapter from '@sveltejs/adapter-auto'"},
            {"devDependencies": {"@sveltejs/kit": "2", "@sveltejs/adapter-auto": "6"}},
            "this SvelteKit app uses @sveltejs/adapter-auto, which makes no Node.js server",
            "svelte.config.js:1",
        ),
    ],
)
def test_a_framework_told_to_make_no_server(
    files: dict[str, Any], fields: dict[str, Any], message: str, at: str
) -> None:
    with pytest.raises(PlanError) as error:
        plan(tree(files, **fields))
    assert (error.value.message, str(error.value.at)) == (message, at)


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


def test_a_development_server_is_replaced_with_a_warning() -> None:
    source = tree({}, dependencies={"next": "15"}, scripts={"build": "next build", "start": "next dev"})
    assert web(source) == ("node", "server.js")
    assert "dev-start" in codes(plan(source))
