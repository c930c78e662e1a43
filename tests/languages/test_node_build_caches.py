"""The caches that a build keeps for the next one of the same app."""

from typing import Any

import pytest

from frontend.plan.model import CacheMount
from tests.languages.node import LOCK, plan, step, tree

NEXT: dict[str, Any] = {"dependencies": {"next": "15.5.0"}, "scripts": {"build": "next build", "start": "next start"}}


def kept(files: dict[str, Any] | None = None, /, **fields: Any) -> tuple[CacheMount, ...]:
    """The app's own caches while it is built."""
    files = {"package-lock.json": LOCK, **(files or {})}
    (program,) = step(plan(tree(files, **fields)), "build").run
    return tuple(cache for cache in program.caches if cache.of == "app")


@pytest.mark.parametrize(
    ("files", "fields", "paths"),
    [
        ({}, {}, ["/app/.next/cache/webpack"]),
        (
            {"next.config.js": "module.exports = { distDir: 'out' }"},
            {},
            ["/app/out/cache/webpack"],
        ),
        (
            {},
            {"dependencies": {"express": "5"}, "devDependencies": {"babel-loader": "9"}},
            ["/app/node_modules/.cache/babel-loader"],
        ),
        ({}, {"dependencies": {"express": "5"}}, []),
    ],
)
def test_what_is_found_by_its_content_is_kept(files: dict[str, Any], fields: dict[str, Any], paths: list[str]) -> None:
    found = kept(files, **{**NEXT, **fields})
    assert [cache.path for cache in found] == paths
    assert {cache.sharing for cache in found} <= {"private"}


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
    assert [cache for program in found.run for cache in program.caches if cache.of == "app"] == []


def test_nothing_is_kept_without_a_lockfile() -> None:
    (program,) = step(plan(tree(**NEXT)), "build").run
    assert program.caches == ()


def test_another_lockfile_or_another_app_has_a_cache_of_its_own() -> None:
    ids = [
        kept(**NEXT)[0].id,
        kept({"package-lock.json": LOCK + " "}, **NEXT)[0].id,
        kept(**NEXT, name="another")[0].id,
    ]
    assert len(set(ids)) == len(ids)
    assert kept(**NEXT)[0].id == ids[0]
    assert ids[0].startswith("next-webpack/")
