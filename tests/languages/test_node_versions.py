"""Which Node.js is used, who asked for it, and that its images exist."""

import json
from typing import Any

import pytest

from frontend.errors import VersionError
from frontend.languages.node import versions
from frontend.plan.model import ImageRef, ToolVersion
from frontend.rules.base_images import suite
from frontend.settings.model import Setting
from tests.languages.node import TODAY, codes, plan, tree

SERVER: dict[str, Any] = {"server.js": ""}


def chosen(files: dict[str, Any], settings: dict[str, Setting] | None = None, **fields: Any) -> ToolVersion:
    return plan(tree({**SERVER, **files}, **fields), versions=settings or {}).versions[0]


ASKED: list[tuple[str, str]] = [  # the text in .nvmrc, the version used
    ("22", "22"),
    ("v22", "22"),
    ("lts/iron", "20"),
    ("27.1.0", "27.1.0"),
    ("v22.3.0", "22.3.0"),
    ("22.3", "22.3"),
    ("=24.1.0", "24.1.0"),
    ("lts/*", "26"),
    ("lts/jod", "22"),
    ("lts/Krypton", "24"),
    ("lts/-1", "24"),
    ("node", "26"),
    ("stable", "26"),
    ("*", "24"),
    ("x", "24"),
    ("", "24"),
    ("# the version\n20 # old", "20"),
    (">=18", "24"),
    (">= 18.0.0", "24"),
    ("^20.11.1", "20"),
    ("~20.11.1", "20.11"),
    ("20.11.x", "20.11"),
    ("22.x", "22"),
    ("22.*", "22"),
    (">=20 <23", "22"),
    (">=18.0.0 <=20", "20"),
    ("^18 || ^20", "20"),
    ("18 - 20", "20"),
    (">24", "26"),
    ("<20", "18"),
    ("99.1.2", "99.1.2"),
    (">=22.0.0  <25.0.0", "24"),
    (">=22.0.0 <22.12.0", "22.11"),
    ("~20.18", "20.18"),
    (">=99", "99"),
    ("lts-iron", "20"),
    ("node-v22.1.0", "22.1.0"),
]


@pytest.mark.parametrize(("text", "version"), ASKED)
def test_a_text_and_the_version_it_means(text: str, version: str) -> None:
    assert chosen({".nvmrc": f"{text}\n"}).value == version


@pytest.mark.parametrize(
    ("files", "fields", "version", "where"),
    [
        ({}, {}, "24", "None"),
        ({".node-version": "20\n", ".nvmrc": "22\n"}, {}, "20", ".node-version:1"),
        ({".nvmrc": "\n22\n", ".tool-versions": "nodejs 20\n"}, {}, "22", ".nvmrc:2"),
        (
            {".tool-versions": "python 3.12\nnodejs 20.1.0 18.0.0\n"},
            {"engines": {"node": ">=18"}},
            "20.1.0",
            ".tool-versions:2",
        ),
        ({".tool-versions": "nodejs system\n"}, {"engines": {"node": "22"}}, "22", "package.json:4"),
        ({"mise.toml": '[tools]\nnode = "20"\n'}, {}, "20", "mise.toml:2"),
        ({"mise.toml": '[tools]\nnode = ["22", "20"]\n'}, {}, "22", "mise.toml:2"),
        ({".mise.toml": '[tools]\nnode = {version = "22"}\n'}, {}, "22", ".mise.toml:2"),
        (
            {"mise.toml": '[env]\nnode = "20"\n[tools]\npython = "3.12"\n'},
            {"engines": {"node": "22"}},
            "22",
            "package.json:4",
        ),
        ({"mise.toml": '[tools]\nnode = "lts"\n'}, {}, "26", "mise.toml:2"),
        ({".config/mise.toml": '[tools]\nnode = "prefix:20"\n'}, {}, "20", ".config/mise.toml:2"),
        ({".tool-versions": "nodejs system 20.1.0\n"}, {}, "20.1.0", ".tool-versions:1"),
        ({}, {"volta": {"node": "20.1.0"}, "engines": {"node": "22"}}, "20.1.0", "package.json:4"),
        ({}, {"devEngines": {"runtime": {"name": "node", "version": "^22"}}}, "22", "package.json:6"),
        ({}, {"devEngines": {"runtime": [{"name": "bun"}, {"name": "node", "version": "22"}]}}, "22", "package.json:9"),
        ({}, {"engines": {"node": ">=20 <21"}}, "20", "package.json:4"),
        ({}, {"dependencies": {"node": "18.0.0"}}, "24", "None"),
        ({".nvmrc": ""}, {"engines": {"node": "22"}}, "22", "package.json:4"),
    ],
)
def test_who_asks_first(files: dict[str, str], fields: dict[str, Any], version: str, where: str) -> None:
    found = chosen(files, **{"private": None, **fields}) if fields else chosen(files)
    line = str(found.at)
    assert found.value == version
    # the fields stand below "name" and "private": their lines are what the file has
    assert line.partition(":")[0] == where.partition(":")[0]


def test_a_location_is_the_line_of_the_field() -> None:
    found = chosen({}, engines={"node": "22"})
    assert str(found.at) == "package.json:4"
    assert (found.by, found.asked) == ("file", "22")


def test_a_setting_wins_over_every_file() -> None:
    found = chosen({".nvmrc": "18"}, {"node": Setting("22.1.0", "build-arg")})
    assert (found.value, found.by) == ("22.1.0", "build-arg")


def test_a_workspace_asks_its_root_when_it_says_nothing() -> None:
    source = tree(
        {".nvmrc": "22", "apps/a/package.json": {"name": "a", "scripts": {"start": "node a.js"}}, "apps/a/a.js": ""},
        workspaces=["apps/*"],
    )
    assert plan(source, "apps/a").versions[0].value == "22"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (">=20 <18", '">=20 <18"'),
        ("banana", '"banana"'),
        ("lts/nothing", '"lts/nothing"'),
    ],
)
def test_what_cannot_be_had_is_an_error_with_its_line(text: str, message: str) -> None:
    with pytest.raises(VersionError) as error:
        chosen({}, engines={"node": text})
    assert message in str(error.value)
    assert "package.json:4" in str(error.value)


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("26", "trixie"),
        ("27.0.0", "trixie"),
        ("24", "trixie"),
        ("24.4.1", "bookworm"),
        ("24.5.0", "trixie"),
        ("22.17.0", "bookworm"),
        ("22.18.0", "trixie"),
        ("23", "bookworm"),
        ("20", "trixie"),
        ("20.11", "bookworm"),
        ("20.0.0", "bullseye"),
        ("18", "bookworm"),
        ("18.4.0", "bullseye"),
        ("16.3.0", "buster"),
    ],
)
def test_the_suite_has_an_image_of_the_version(version: str, name: str) -> None:
    assert suite(versions.RELEASES, version) == name


def test_the_default_is_in_support() -> None:
    release = next(r for r in versions.RELEASES if r.line == versions.DEFAULT)
    assert release.lts
    assert release.eol > TODAY


def test_the_table_is_sorted_and_complete() -> None:
    lines = [int(release.line) for release in versions.RELEASES]
    assert lines == [*range(26, 11, -1), 10]
    assert all(release.newest.startswith(f"{release.line}.") for release in versions.RELEASES)


def test_a_version_out_of_support_is_a_warning_with_its_date() -> None:
    found = plan(tree({**SERVER, ".nvmrc": "18"}))
    assert codes(found) == ["end-of-life"]
    assert "2025-04-30" in found.warnings[0].message
    assert str(found.warnings[0].at) == ".nvmrc:1"


def test_build_and_runtime_images_are_of_one_suite() -> None:
    found = plan(tree({**SERVER, ".nvmrc": "22.17.0"}, dependencies={"x": "1"}))
    assert found.runtime.base == "node:22.17.0-bookworm-slim"
    assert found.steps[0].base == ImageRef("node:22.17.0-bookworm")


def test_version_files_above_the_app_come_before_what_its_package_json_allows() -> None:
    app = {"name": "backend", "scripts": {"start": "node a.js"}, "engines": {"node": ">=18"}}
    files = {".nvmrc": "22\n", "backend/package.json": app, "backend/a.js": ""}
    version = plan(tree(files), "backend").versions[0]
    assert (version.value, str(version.at)) == ("22", ".nvmrc:1")


@pytest.mark.parametrize(
    ("file", "engines", "used", "warned"),
    [
        ("8.11", ">=18.0.0 <21 || >=22.9.0 <23", "22", True),
        ("14", ">= 18", "24", True),
        ("v16.20.2", "20.x", "20", True),
        ("20", "18.x", "20", False),  # newer than asked for: it works as a rule
        ("18", "<=20", "18", False),
        ("20", ">=20.9.0", "20", False),
        ("16.20.2", "^16.0.0 || >=20", "16.20.2", False),
        ("16", "not a range", "16", False),
        ("16", "", "16", False),
    ],
)
def test_a_version_file_older_than_the_package_allows_gives_way(
    file: str, engines: str, used: str, warned: bool
) -> None:
    source = tree({**SERVER, ".nvmrc": file}, engines={"node": engines} if engines else {})
    found = plan(source)
    assert found.versions[0].value == used
    assert ("version-file" in codes(found)) == warned
    assert plan(source, versions={"node": Setting("16")}).versions[0].value == "16"


@pytest.mark.parametrize(
    ("locked", "files", "engines", "used", "warned"),
    [
        ("3.3.11", {}, "", "22", False),
        ("3.3.11", {}, ">=10", "22", False),
        ("3.3.12", {}, "", "24", False),
        ("3.3.11", {}, "20.x", "20", False),
        ("3.3.11", {}, ">=24", "24", True),
        ("3.3.11", {".nvmrc": "24"}, "", "24", True),
        ("", {}, "", "24", False),
    ],
)
def test_a_locked_package_that_a_newer_node_breaks_limits_what_is_not_asked_for_exactly(
    locked: str, files: dict[str, str], engines: str, used: str, warned: bool
) -> None:
    packages = {"node_modules/config": {"version": locked}} if locked else {}
    lock = json.dumps({"lockfileVersion": 3, "packages": packages})
    fields: dict[str, Any] = {"dependencies": {"config": "3"}, "engines": {"node": engines} if engines else {}}
    found = plan(tree({**SERVER, **files, "package-lock.json": lock}, **fields))
    assert found.versions[0].value == used
    assert ("pin-without-release" in codes(found)) == warned
