"""The caches that a build keeps for the next one of the same app."""

from typing import Any

import pytest

from frontend.plan.model import CacheMount
from tests.languages.node import LOCK, plan, step, tree

NEXT: dict[str, Any] = {"dependencies": {"next": "15.5.0"}, "scripts": {"build": "next build", "start": "next start"}}


def kept(files: dict[str, Any] | None = None, /, **fields: Any) -> tuple[CacheMount, ...]:
    """The app's own caches of its sources while it is built."""
    files = {"package-lock.json": LOCK, **(files or {})}
    (program,) = step(plan(tree(files, **fields)), "build").run
    return tuple(cache for cache in program.caches if cache.of == "app" and not cache.by_content)


NOT_NEXT: dict[str, Any] = {"dependencies": {"express": "5"}}
BABEL, CACHED = {**NOT_NEXT, "devDependencies": {"babel-loader": "9"}}, "/app/node_modules/.cache"
FILESYSTEM = "module.exports = { cache: { type: 'filesystem' } }"
WEBPACK = {**NOT_NEXT, "devDependencies": {"webpack": "5"}}


@pytest.mark.parametrize(
    ("files", "fields", "paths"),
    [
        ({}, {}, ["/app/.next/cache"]),
        ({"next.config.js": "module.exports = { distDir: 'out' }"}, {}, ["/app/out/cache"]),
        ({}, NOT_NEXT, []),
        ({}, BABEL, [f"{CACHED}/babel-loader"]),
        ({"babel.config.js": "module.exports = { plugins: ['./mine.js'] }"}, BABEL, []),
        ({".babelrc": '{ "plugins": ["./mine.js"] }'}, BABEL, []),
        ({"webpack.config.js": "plugins: [require('./mine')]"}, BABEL, []),
        ({"webpack.config.js": "entry: './src/index.js'"}, BABEL, [f"{CACHED}/babel-loader"]),
        ({}, {**BABEL, "babel": {"plugins": ["./mine.js"]}}, []),
        ({"webpack.config.js": FILESYSTEM}, WEBPACK, [f"{CACHED}/webpack"]),
        ({"webpack.config.js": "module.exports = {}"}, WEBPACK, []),
        ({"webpack.config.js": f"{FILESYSTEM} // cacheDirectory: '/tmp'"}, WEBPACK, []),
        (
            {},
            {"dependencies": {**NOT_NEXT["dependencies"], "react-scripts": "5.0.1"}},
            [f"{CACHED}/babel-loader"],
        ),
        *(
            (
                {"angular.json": {"cli": {"cache": cache}}},
                {**NOT_NEXT, "devDependencies": {"@angular/build": "20"}},
                found,
            )
            for cache, found in (
                ({"environment": "all"}, ["/app/.angular/cache"]),
                ({"environment": "ci", "enabled": False}, []),
                ({"environment": "all", "path": "elsewhere"}, []),
                ({"environment": "local"}, []),
                ({}, []),
            )
        ),
        ({}, {**NOT_NEXT, "devDependencies": {"parcel": "2"}}, ["/app/.parcel-cache"]),
        ({}, {**NOT_NEXT, "devDependencies": {"astro": "5"}}, ["/app/node_modules/.astro"]),
        (
            {"astro.config.mjs": "export default { image: { service: mine } }"},
            {**NOT_NEXT, "devDependencies": {"astro": "5"}},
            [],
        ),
    ],
)
def test_what_is_found_by_its_content_is_kept(files: dict[str, Any], fields: dict[str, Any], paths: list[str]) -> None:
    found = kept(files, **{**NEXT, **fields})
    assert [cache.path for cache in found] == paths
    assert {cache.sharing for cache in found} <= {"private"}


def test_data_that_was_fetched_is_not_kept() -> None:
    (cache,) = kept(**NEXT)
    assert "webpack" in cache.only
    assert "fetch-cache" not in cache.only


@pytest.mark.parametrize(
    "fields",
    [
        {"scripts": {**NEXT["scripts"], "postinstall": "node patch.js"}},
        {"dependencies": {**NEXT["dependencies"], "patch-package": "8"}},
    ],
)
def test_nothing_is_kept_where_packages_change_without_their_version(fields: dict[str, Any]) -> None:
    files = {"package-lock.json": LOCK, "patch.js": ""}
    found = step(plan(tree(files, **{**NEXT, **fields})), "build")
    caches = (cache for program in found.run for cache in program.caches)
    assert [cache for cache in caches if cache.of == "app" and not cache.by_content] == []


def test_nothing_is_kept_without_a_lockfile() -> None:
    (program,) = step(plan(tree(**NEXT)), "build").run
    assert program.caches == ()


def test_another_app_lockfile_or_configuration_has_a_cache_of_its_own() -> None:
    ids = [
        kept(**NEXT)[0].id,
        kept({"package-lock.json": LOCK + " "}, **NEXT)[0].id,
        kept({"tsconfig.json": "{}"}, **NEXT)[0].id,
        kept({"postcss.config.js": ""}, **NEXT)[0].id,
        kept({"prisma/schema.prisma": ""}, **NEXT)[0].id,
        kept(**NEXT, name="another")[0].id,
    ]
    assert len(set(ids)) == len(ids)
    assert kept(**NEXT)[0].id == kept({"app/page.tsx": ""}, **NEXT)[0].id == ids[0]
    assert ids[0].startswith("next/")


def of_code(files: dict[str, Any] | None = None, /, **fields: Any) -> list[CacheMount]:
    """The cache of compiled tools, where a build has one."""
    build = step(plan(tree(files or {"package-lock.json": LOCK}, **fields)), "build")
    named = dict(build.env).get("NODE_COMPILE_CACHE")
    found = [cache for program in build.run for cache in program.caches if cache.by_content]
    assert [cache.path for cache in found] == [named] * len(found)
    assert bool(found) is bool(named)
    return found


def test_compiled_tools_are_kept_for_each_app() -> None:
    (cache,) = of_code(**NEXT)
    assert (cache.of, cache.sharing) == ("app", "private")
    assert cache.id != of_code({"package-lock.json": LOCK + " "}, **NEXT)[0].id
    assert cache.id != of_code(**NEXT, name="another")[0].id


@pytest.mark.parametrize(("version", "kept"), [("20", False), ("22", True), ("24.1.0", True)])
def test_compiled_tools_are_kept_where_node_js_does_it(version: str, kept: bool) -> None:
    assert bool(of_code({"package-lock.json": LOCK, ".nvmrc": version}, **NEXT)) is kept
