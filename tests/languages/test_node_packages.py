"""Native packages: what Debian packages and variables they bring to the build and to the image."""

import json
from typing import Any

import pytest

from frontend.languages.node.front_end import front_end
from frontend.plan.model import FromStep, Plan
from frontend.settings.model import Setting, Settings
from tests.languages.node import LOCK, codes, plan, step, tree

START = {"start": "node server.js"}


def using(name: str, version: str = "1.0.0", **fields: Any) -> Plan:
    """The plan of an app with one dependency and no lockfile."""
    return plan(tree({"server.js": ""}, scripts=START, **{"dependencies": {name: version}, **fields}))


def build_packages(found: Plan) -> set[str]:
    """The Debian packages that any step of the build installs."""
    return {name for one in found.steps for name in one.packages}


COMPILED: list[tuple[str, set[str], set[str]]] = [  # dependency, packages to build, packages to run
    ("canvas", {"libcairo2-dev", "libpango1.0-dev", "librsvg2-dev"}, set()),
    ("pg-native", {"libpq-dev"}, {"libpq5"}),
    ("kerberos", {"libkrb5-dev"}, {"libgssapi-krb5-2"}),
    ("bcrypt", set(), set()),
    ("argon2", set(), set()),
    ("better-sqlite3", set(), set()),
    ("sqlite3", set(), set()),
]


@pytest.mark.parametrize(("name", "build", "run"), COMPILED)
def test_a_compiled_package_has_what_it_builds_and_runs_with(name: str, build: set[str], run: set[str]) -> None:
    found = using(name, "^99.0.0")
    assert build <= build_packages(found)
    assert run <= set(found.runtime.packages)
    assert not any(package.endswith("-dev") for package in found.runtime.packages)
    # headers of the build image, not a download; libraries that the addon is linked to come along
    env = {key: value for one in found.steps for run_ in one.run for key, value in run_.env}
    assert env["npm_package_config_node_gyp_nodedir"] == "/usr/local"
    assert found.runtime.libraries[0].paths == ("/app/node_modules",)


@pytest.mark.parametrize(
    ("npm", "variable"), [("10", "npm_config_nodedir"), ("11", "npm_package_config_node_gyp_nodedir")]
)
def test_npm_is_given_no_setting_that_it_warns_of(npm: str, variable: str) -> None:
    found = plan(tree({"server.js": ""}, scripts=START, dependencies={"bcrypt": "5"}), versions={"npm": Setting(npm)})
    env = {key for one in found.steps for run_ in one.run for key, _ in run_.env if key.endswith("nodedir")}
    assert env == {variable}


def test_sharp_brings_its_own_library_and_needs_nothing() -> None:
    found = using("sharp", "0.34.0")
    assert (build_packages(found), found.runtime.packages, found.runtime.libraries) == (set(), (), ())


@pytest.mark.parametrize(
    ("version", "packages"), [("6.19.0", ("openssl",)), ("^5.22.0", ("openssl",)), ("7.1.0", ()), ("^7.0.0", ())]
)
def test_prisma_has_engines_that_need_openssl_until_version_7(version: str, packages: tuple[str, ...]) -> None:
    assert using("@prisma/client", version).runtime.packages == packages


def test_puppeteer_runs_the_browser_of_debian_and_downloads_none() -> None:
    found = using("puppeteer", "24.0.0")
    assert "chromium" in found.runtime.packages
    assert ("PUPPETEER_EXECUTABLE_PATH", "/usr/bin/chromium") in found.runtime.env
    assert ("PUPPETEER_SKIP_DOWNLOAD", "true") in {pair for one in found.steps for pair in one.env} | {
        pair for one in found.steps for run in one.run for pair in run.env
    }


@pytest.mark.parametrize(
    ("name", "package"), [("simple-git", "git"), ("node-poppler", "poppler-utils"), ("ping", "iputils-ping")]
)
def test_a_package_that_starts_a_program_has_it(name: str, package: str) -> None:
    assert using(name, "1.0.0").runtime.packages == (package,)


def test_playwright_s_browser_is_inside_node_modules_with_its_libraries() -> None:
    found = using("playwright", "1.56.0")
    assert {"libnss3", "libgbm1", "fonts-liberation"} <= set(found.runtime.packages)
    assert ("PLAYWRIGHT_BROWSERS_PATH", "/app/node_modules/.playwright") in found.runtime.env


def test_a_native_package_for_development_brings_nothing_to_the_image() -> None:
    found = using("express", devDependencies={"puppeteer": "24.0.0", "pg-native": "3.0.0"})
    assert found.runtime.packages == ()
    assert "PUPPETEER_EXECUTABLE_PATH" not in dict(found.runtime.env)


def test_a_browser_that_only_development_needs_is_not_in_the_image() -> None:
    packages = {"node_modules/puppeteer": {"version": "24.0.0", "dev": True}}
    lock = json.dumps({"lockfileVersion": 3, "packages": packages})
    files = {"server.js": "", "package-lock.json": lock}
    found = plan(tree(files, scripts=START, devDependencies={"@mermaid-js/mermaid-cli": "11", "jest": "30"}))
    assert found.runtime.packages == ()


OWN = {"npm_config_nodedir"}


def test_an_old_pnpm_brings_an_old_node_gyp() -> None:
    lock = "lockfileVersion: '{}'\npackages:\n  bcrypt@5.1.1:\n    requiresBuild: true\n"
    for version, packages in (("6.0", {"python3-setuptools"}), ("9.0", set())):
        files = {"server.js": "", "pnpm-lock.yaml": lock.format(version)}
        assert build_packages(plan(tree(files, scripts=START, dependencies={"bcrypt": "5"}))) == packages


@pytest.mark.parametrize(
    ("node_gyp", "packages", "headers"),
    [
        ("8.4.1", {"python3-setuptools"}, OWN),
        ("11.2.0", set(), OWN),
        ("12.1.0", set(), set()),
        ("", set(), set()),
        (None, {"python3-setuptools"}, OWN),  # no lockfile: sqlite3 brings an old one
    ],
)
def test_an_old_node_gyp_gets_the_headers_and_the_part_of_python_it_needs(
    node_gyp: str | None, packages: set[str], headers: set[str]
) -> None:
    packages_of_lock = {"node_modules/sqlite3": {"version": "5.1.7", "hasInstallScript": True}}
    if node_gyp:
        packages_of_lock["node_modules/node-gyp"] = {"version": node_gyp}
    lock = json.dumps({"lockfileVersion": 3, "packages": packages_of_lock})
    files = {"server.js": "", **({"package-lock.json": lock} if node_gyp is not None else {})}
    found = plan(tree(files, scripts=START, dependencies={"sqlite3": "5"}))
    assert build_packages(found) == packages
    assert {key for one in found.steps for key, _ in one.env if key.endswith("nodedir")} == headers


def test_a_front_end_s_compiled_package_finds_the_headers_of_the_build_image() -> None:
    source = tree(scripts={"build": "vite build"}, dependencies={"bcrypt": "5"}, devDependencies={"vite": "7"})
    found = front_end(source, Settings())
    assert found is not None
    (install,) = [one for step in found.steps if step.name == "front-end-install" for one in step.run]
    assert ("npm_package_config_node_gyp_nodedir", "/usr/local") in install.env


@pytest.mark.parametrize(
    ("fields", "variables"),
    [
        ({"devDependencies": {"cypress": "15"}}, {"CYPRESS_INSTALL_BINARY": "0"}),
        ({"devDependencies": {"@playwright/test": "1"}}, {"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}),
        ({"devDependencies": {"puppeteer": "24"}, "dependencies": {"puppeteer": "24"}}, {}),
        ({"devDependencies": {"eslint": "9"}}, {}),
        ({"dependencies": {"cypress": "15"}}, {"CYPRESS_INSTALL_BINARY": "0"}),
        ({"dependencies": {"playwright": "1"}}, {}),
    ],
)
def test_no_browser_for_tests_is_downloaded(fields: dict[str, Any], variables: dict[str, str]) -> None:
    known = {"CYPRESS_INSTALL_BINARY", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD"}
    own = {"express": "5", **fields.get("dependencies", {})}
    found = plan(
        tree({"server.js": ""}, **{**fields, "dependencies": own}, scripts={"build": "x", "start": "node server.js"})
    )
    for one in found.steps:
        if one.name.startswith("install"):
            assert {k: v for k, v in one.env if k in known} == variables
    assert ("test-dependency" in codes(found)) == ("cypress" in own)


@pytest.mark.parametrize(
    ("text", "keep", "line"),
    [
        ("import 'x';\nread(new URL('./spec/api.yaml', import.meta.url))", (), 2),
        ("read('spec/api.yaml')", ("spec",), 0),
        ("read('spec/other.yaml')", (), 0),
    ],
)
def test_a_file_that_the_source_names_and_the_image_lacks_is_named(text: str, keep: tuple[str, ...], line: int) -> None:
    source = tree({"server.js": text, "spec/api.yaml": ""}, scripts={"start": "node server.js"})
    told = [one for one in plan(source, keep=keep).warnings if one.code == "left-out"]
    assert [(one.at.file, one.at.line) for one in told if one.at] == ([("server.js", line)] if line else [])
    assert all("KEEP=spec" in one.hint for one in told)


PRISMA: dict[str, Any] = {"dependencies": {"@prisma/client": "^5.20.0"}, "devDependencies": {"prisma": "^5.20.0"}}
SCHEMA = {"server.js": "", "package-lock.json": LOCK, "prisma/schema.prisma": "generator client {}"}
GENERATOR = 'generator client {\n  provider = "prisma-client"\n  output = "../made"\n}\n'
PRISMA_7: dict[str, Any] = {"dependencies": {"@prisma/client": "^7.0.0"}, "devDependencies": {"prisma": "^7.0.0"}}
SCRIPTED: dict[str, Any] = {"scripts": {"start": "node server.js", "build": "prisma generate"}}
CLIENTS: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [  # the files, fields of package.json, is it made
    ("by its install script", SCHEMA, {}, True),
    ("another place", {**SCHEMA, "prisma/schema.prisma": None, "db/a.prisma": ""}, {"prisma": {"schema": "db/a.prisma"}}, True),
    ("by a script", SCHEMA, {"scripts": {"start": "node server.js", "build": "npx prisma generate && tsc"}}, False),
    ("by a hook", SCHEMA, {"scripts": {"start": "node server.js", "postinstall": "prisma generate"}}, False),
    ("no schema", {**SCHEMA, "prisma/schema.prisma": None}, {}, False),
    ("no program", SCHEMA, {"devDependencies": {}}, False),
    ("Prisma 7", SCHEMA, {"dependencies": {"@prisma/client": "^7.0.0"}}, False),  # the schema has no generator of it
    ("Prisma 7 without a script", {**SCHEMA, "prisma/schema.prisma": GENERATOR}, PRISMA_7, True),
    ("Prisma 7, its client in the sources", {**SCHEMA, "prisma/schema.prisma": GENERATOR, "made/client.ts": ""}, PRISMA_7, False),
    ("Prisma 7 by a script", {**SCHEMA, "prisma/schema.prisma": GENERATOR}, {**PRISMA_7, **SCRIPTED}, False),
]  # fmt: skip


@pytest.mark.parametrize(("files", "fields", "made"), [row[1:] for row in CLIENTS], ids=[row[0] for row in CLIENTS])
def test_the_client_of_prisma_is_made_from_the_schema(files: Any, fields: dict[str, Any], made: bool) -> None:
    given = {name: text for name, text in files.items() if text is not None}
    found = plan(tree(given, **{"scripts": {"start": "node server.js"}, **PRISMA, **fields}))
    runs = [run.args for one in found.steps if one.name == "build" for run in one.run]
    assert (("prisma", "generate") in runs) == made
    copied = [one.path for layer in found.runtime.layers for one in layer.inputs if isinstance(one, FromStep)]
    assert "/app/node_modules/.prisma" in copied or not made


def test_the_client_is_not_made_where_install_scripts_are_turned_off() -> None:
    found = plan(tree(SCHEMA, scripts={"start": "node server.js"}, **PRISMA), skip=frozenset(("install-scripts",)))
    assert [one.name for one in found.steps] == ["install"]


CONFIG = 'import { defineConfig, env } from "prisma/config"\nexport default defineConfig({\n  datasource: { url: env("DB") },\n})\n'


@pytest.mark.parametrize(
    ("config", "provider", "value"),
    [
        (CONFIG, "postgresql", "postgresql://127.0.0.1:5432/placeholder"),
        (CONFIG, "sqlite", "file:/tmp/placeholder.db"),
        (CONFIG.replace("env(", "env<Env>("), "mysql", "mysql://127.0.0.1:3306/placeholder"),
        (CONFIG.replace('env("DB")', "process.env.DB"), "postgresql", None),
    ],
)
def test_what_prisma_s_configuration_requires_has_a_value_in_the_build(
    config: str, provider: str, value: str | None
) -> None:
    source = f'datasource db {{\n  provider = "{provider}"\n}}\n{GENERATOR}'
    files = {**SCHEMA, "prisma/schema.prisma": source, "prisma.config.ts": config}
    found = plan(tree(files, **PRISMA_7, **SCRIPTED))
    assert dict(step(found, "build").env).get("DB") == value
    told = [f"{one.at}" for one in found.warnings if one.code == "build-placeholder"]
    assert told == ([] if value is None else ["prisma.config.ts:3"])
    assert "DB" not in dict(found.runtime.env)
    own = plan(tree(files, **PRISMA_7, **SCRIPTED), build_env=(("DB", "mysql://db"),))
    assert (dict(step(own, "build").env).get("DB"), "build-placeholder" in codes(own)) == (None, False)
