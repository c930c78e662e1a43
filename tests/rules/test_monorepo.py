"""A repository of several apps is told in one form, whichever part of the frontend finds them."""

import pytest

from frontend.context.tree import DictTree
from frontend.detect import choose
from frontend.errors import DetectionError
from frontend.languages import node
from frontend.rules.monorepo import several
from frontend.settings.model import Settings
from tests.errors import fails
from tests.languages.node import TODAY, package

START = package(scripts={"start": "node a.js"})
REPOSITORIES = {
    "directories": {"api/package.json": START, "web/package.json": START},
    "workspaces": {"package.json": package(workspaces=["*"]), "api/package.json": START, "web/package.json": START},
    "nx": {
        "nx.json": "{}",
        "package.json": package(),
        **{
            f"apps/{name}/project.json": '{"projectType": "application", "targets": {"build": {}}}'
            for name in ("api", "web")
        },
    },
}


@pytest.mark.parametrize("kind", REPOSITORIES)
def test_the_apps_are_listed_with_their_language_and_the_setting_of_each(kind: str) -> None:
    prefix = "apps/" if kind == "nx" else ""
    names = (
        f"{prefix}api (Node.js)",
        f"{prefix}web (Node.js)",
        f"PROJECT_PATH={prefix}api",
        f"PROJECT_PATH={prefix}web",
    )
    with fails(DetectionError, "2 apps", *names):
        node.plan(DictTree(dict(REPOSITORIES[kind])), Settings(), "", TODAY)


def test_apps_of_different_languages() -> None:
    files = {"api/requirements.txt": "flask\n", "api/app.py": "", "web/package.json": START, "web/a.js": ""}
    with fails(
        DetectionError, "2 apps", "api (Python)", "web (Node.js)", "PROJECT_PATH=api", "PROJECT_PATH=web", at=""
    ):
        choose(DictTree(dict(files)), Settings())


def test_many_apps_are_told_short() -> None:
    text = str(several([(f"app{number}", "Ruby") for number in range(30)]))
    assert "30 apps" in text
    assert "and 18 more" in text
