"""A repository of several apps is told in one form, whichever part of the frontend finds them."""

import pytest

from frontend.context.tree import DictTree
from frontend.detect import choose, listed
from frontend.errors import DetectionError
from frontend.languages import node
from frontend.rules.monorepo import App, SeveralAppsError
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
    names = (f"\n  PROJECT_PATH={prefix}api (Node.js)", f"\n  PROJECT_PATH={prefix}web (Node.js)")
    with fails(DetectionError, "2 apps", *names):
        node.plan(DictTree(dict(REPOSITORIES[kind])), Settings(), "", TODAY)


def test_apps_of_different_languages() -> None:
    files = {"api/requirements.txt": "flask\n", "api/app.py": "", "web/package.json": START, "web/a.js": ""}
    with fails(DetectionError, "2 apps", "PROJECT_PATH=api (Python: ", "PROJECT_PATH=web (Node.js: node a.js)", at=""):
        choose(DictTree(dict(files)), Settings())


def test_apps_of_one_language_that_no_claim_on_the_root_speaks_for() -> None:
    django = {"manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a.settings')\n"}
    files = {f"all/{dir}/{name}": text for dir in ("back", "front") for name, text in django.items()}
    files |= {f"all/{dir}/requirements.txt": "django\n" for dir in ("back", "front")}
    site = {"all/front/package.json": package(scripts={"build": "vite build"}, devDependencies={"vite": "7"})}
    with fails(DetectionError, "2 apps", "PROJECT_PATH=all/back (Python: ", "PROJECT_PATH=all/front (Python: ", at=""):
        choose(DictTree({**files, **site}), Settings())


def test_many_apps_are_told_short() -> None:
    text = str(SeveralAppsError([App(f"app{number}", "Ruby") for number in range(30)]))
    assert "30 apps" in text
    assert "and 10 more" in text


UV = '[project]\nname = "x"\nversion = "0"\n'
FASTAPI = {"backend/pyproject.toml": f'{UV}dependencies = ["fastapi"]\n', "backend/main.py": ""}
NEXT = package(scripts={"start": "next start"}, dependencies={"next": "16"})
TOOLS = package(scripts={"dev": "concurrently a b"}, devDependencies={"concurrently": "9"})
MIXED: list[tuple[str, dict[str, str]]] = [  # the root of a repository that has a FastAPI app and a Next.js app below
    ("a package.json of tools alone", {"package.json": TOOLS}),
    ("workspaces of JavaScript", {"package.json": package(workspaces=["frontend"])}),
    ("workspaces of pnpm", {"package.json": TOOLS, "pnpm-workspace.yaml": "packages: [frontend]\n"}),
    ("a workspace of uv", {"pyproject.toml": f'{UV}[tool.uv.workspace]\nmembers = ["backend"]\n', "uv.lock": ""}),
    ("nothing", {"README.md": ""}),
]


@pytest.mark.parametrize("files", [row[1] for row in MIXED], ids=[row[0] for row in MIXED])
def test_the_apps_of_every_language_are_listed(files: dict[str, str]) -> None:
    lines = (
        "\n  PROJECT_PATH=backend (Python: pyproject.toml, fastapi is a dependency)",
        "\n  PROJECT_PATH=frontend (Node.js: Next.js)",
    )
    with fails(DetectionError, "2 apps", *lines, at=""):
        choose(DictTree({**files, **FASTAPI, "frontend/package.json": NEXT}), Settings())


def test_samples_of_two_languages_deeper_down_are_listed_together() -> None:
    files = {f"js/{name}/package.json": NEXT for name in ("one", "two")} | {"py/three/requirements.txt": "flask\n"}
    with fails(DetectionError, "3 apps", "PROJECT_PATH=js/one", "PROJECT_PATH=js/two", "PROJECT_PATH=py/three", at=""):
        choose(DictTree(dict(files)), Settings())


def test_a_language_s_own_list_gets_the_apps_of_others() -> None:
    files = {"package.json": package(workspaces=["a", "b"]), "a/package.json": START, "b/package.json": NEXT}
    source = DictTree({**files, "c/setup.py": "", "c/main.py": "", "d/api/requirements.txt": "flask\n"})
    with pytest.raises(SeveralAppsError) as raised:
        node.plan(source, Settings(), "", TODAY)
    lines = [app.setting for app in listed(source, "", raised.value).apps]
    assert lines[:2] == ["PROJECT_PATH=a (Node.js: node a.js)", "PROJECT_PATH=b (Node.js: Next.js)"]
    assert [line.partition(" ")[0] for line in lines[2:]] == ["PROJECT_PATH=c", "PROJECT_PATH=d/api"]


def test_the_only_app_below_tools_is_built() -> None:
    detection = choose(DictTree({"package.json": TOOLS, **FASTAPI}), Settings())
    assert (detection.app, detection.language.title) == ("backend", "Python")


def test_apps_of_one_language_below_its_tools_are_listed() -> None:
    with fails(DetectionError, "2 apps", "PROJECT_PATH=api", "PROJECT_PATH=web", at=""):
        choose(DictTree({"package.json": TOOLS, "api/package.json": START, "web/package.json": NEXT}), Settings())
