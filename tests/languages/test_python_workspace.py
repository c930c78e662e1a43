"""uv workspaces: an app that shares its lockfile with others, at the root of their repository."""

import pytest

from frontend.context.tree import DictTree
from frontend.languages.python import workspace
from frontend.plan.model import FromContext
from tests.languages.python import FASTAPI, Files, codes, plan, runs, step

ROOT = '[tool.uv.workspace]\nmembers = ["apps/*", "libs/*"]\nexclude = ["apps/old"]\n'
API = '[project]\nname = "the-api"\nversion = "1"\nrequires-python = ">=3.12"\ndependencies = ["fastapi", "uvicorn"]\n'
REPOSITORY: Files = {
    "pyproject.toml": ROOT,
    "uv.lock": 'version = 1\nrequires-python = ">=3.12"\n[[package]]\nname = "python-ldap"\n',
    "apps/api/pyproject.toml": API,
    "apps/api/main.py": FASTAPI,
    "libs/common/pyproject.toml": API,
}


def test_a_member_is_installed_from_the_shared_lockfile() -> None:
    found = plan(REPOSITORY, "apps/api")
    assert runs(found) == ["pip install uv==0.13.9", "uv sync --no-dev --package the-api --locked"]
    assert codes(found) == []
    assert str(found.evidence[0].at) == "uv.lock"
    assert "libldap2-dev" in found.steps[0].packages


def test_the_whole_repository_ships_and_the_app_is_started_in_its_directory() -> None:
    found = plan(REPOSITORY, "apps/api")
    copied = [*step(found, "install").inputs, *found.runtime.layers[-1].inputs]
    assert [(one.root, one.paths) for one in copied if isinstance(one, FromContext)] == [("", ()), ("", ())]
    assert found.runtime.dir == "/app/apps/api"
    assert '"main:app"' in found.runtime.processes[0].args[2]


def test_the_sources_of_a_member_are_found_below_it() -> None:
    files = {**REPOSITORY, "apps/api/src/api/web.py": FASTAPI}
    del files["apps/api/main.py"]
    found = plan(files, "apps/api")
    assert ("PYTHONPATH", "/app/apps/api/src") in found.runtime.env


@pytest.mark.parametrize(
    ("more", "version", "where"),
    [
        ({}, "3.13", "apps/api/pyproject.toml:4"),
        ({".python-version": "3.14\n"}, "3.14", ".python-version:1"),
        ({".python-version": "3.14\n", "apps/api/.python-version": "3.12\n"}, "3.12", "apps/api/.python-version:1"),
    ],
)
def test_the_version_is_asked_of_the_member_then_of_the_root(more: Files, version: str, where: str) -> None:
    found = plan({**REPOSITORY, **more}, "apps/api").versions[0]
    assert (found.value, str(found.at)) == (version, where)


ROOTS: list[tuple[str, Files, str, str | None]] = [
    ("a member", REPOSITORY, "apps/api", ""),
    ("an excluded one", {**REPOSITORY, "apps/old/pyproject.toml": API}, "apps/old", None),
    ("one the patterns do not name", {**REPOSITORY, "tools/x/pyproject.toml": API}, "tools/x", None),
    ("one deeper than the patterns", {**REPOSITORY, "apps/a/b/pyproject.toml": API}, "apps/a/b", None),
    ("one with its own lockfile", {**REPOSITORY, "apps/api/uv.lock": ""}, "apps/api", None),
    ("one without a project", {**REPOSITORY, "apps/x/requirements.txt": ""}, "apps/x", None),
    ("the root", REPOSITORY, "", None),
    ("a workspace below the root", {f"back/{k}": v for k, v in REPOSITORY.items()}, "back/apps/api", "back"),
    ("a root that is no workspace", {**REPOSITORY, "pyproject.toml": "[project]\n"}, "apps/api", None),
]


@pytest.mark.parametrize(("files", "app", "root"), [row[1:] for row in ROOTS], ids=[row[0] for row in ROOTS])
def test_the_root_of_a_workspace(files: Files, app: str, root: str | None) -> None:
    assert workspace.root_of(DictTree(dict(files)), app) == root


def test_a_directory_among_the_dependencies_brings_the_sources_and_the_project_itself() -> None:
    lock = '[[package]]\nname = "lib"\nsource = { editable = "lib" }\n'
    manifest = f'{API}[build-system]\nrequires = ["hatchling"]\n'
    found = plan({"pyproject.toml": manifest, "uv.lock": lock, "main.py": FASTAPI})
    assert runs(found)[-1] == "uv sync --no-dev --locked"
    assert [one.name for one in found.steps] == ["install"]
