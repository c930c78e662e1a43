"""Which trees hold a Python app, and which language is the right one where several have left files."""

import pytest

from frontend import detect
from frontend.context.tree import DictTree
from frontend.errors import DetectionError, SourceError
from frontend.languages import python
from frontend.languages.python import servers
from frontend.settings.model import Setting, Settings
from tests.errors import fails
from tests.languages.node import package
from tests.languages.python import FASTAPI, FLASK, Files

DJANGO = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a.settings')\n"
EXPRESS = package(scripts={"start": "node server.js"}, dependencies={"express": "5"})
TOOLING = package(devDependencies={"prettier": "3"})
VITE = package(scripts={"build": "vite build"}, devDependencies={"vite": "7"})

STRENGTHS: list[tuple[str, Files, int | None]] = [
    ("a framework in requirements.txt", {"requirements.txt": "flask==3.1\n"}, 3),
    ("a framework in pyproject.toml", {"pyproject.toml": '[project]\ndependencies = ["fastapi[all]>=0.1"]\n'}, 3),
    ("a framework in a Pipfile", {"Pipfile": '[packages]\ndjango = "*"\n'}, 3),
    ("a framework in setup.py", {"setup.py": 'setup(install_requires=["aiohttp"])\n'}, 3),
    ("a framework in setup.cfg", {"setup.cfg": "[options]\ninstall_requires =\n  sanic\n"}, 3),
    ("a Django project", {"manage.py": DJANGO}, 3),
    ("a script beside its requirements", {"requirements.txt": "requests\n", "main.py": ""}, 2),
    ("requirements alone", {"requirements.txt": "requests\n"}, 1),
    ("tooling", {"requirements.txt": "mkdocs\npre-commit\n"}, 1),
    ("a name that only contains a framework's", {"requirements.txt": "flask-tools-x\nnot_django\n"}, 1),
    ("a framework in a comment", {"requirements.txt": "requests # not flask\n"}, 1),
    ("a lone script", {"main.py": "print(1)\n"}, 2),
    ("a lone script of another name", {"report.py": "print(1)\n"}, 0),
    ("a server of notebooks", {"pyproject.toml": '[project]\ndependencies = ["jupyter_server>=2"]\n'}, 3),
    ("requirements in a directory", {"requirements/base.txt": "flask\n"}, 1),
    ("conda's environment", {"environment.yml": "dependencies: [python]\n"}, 1),
    ("no Python", {"README.md": "", "server.js": ""}, None),
    ("a directory of that name", {"main.py/x.txt": ""}, None),
]


@pytest.mark.parametrize(("files", "strength"), [row[1:] for row in STRENGTHS], ids=[row[0] for row in STRENGTHS])
def test_strength(files: Files, strength: int | None) -> None:
    found = python.detect(DictTree(dict(files)))
    assert (found.strength if found else None) == strength


MIXED: list[tuple[str, Files, str]] = [
    ("Node.js with tooling in Python", {"package.json": EXPRESS, "server.js": "", "requirements.txt": "mkdocs\n"}, "nodejs"),
    ("Node.js with a script in Python", {"package.json": EXPRESS, "server.js": "", "convert.py": ""}, "nodejs"),
    ("Node.js with a pyproject of tools", {"package.json": EXPRESS, "pyproject.toml": "[tool.ruff]\n"}, "nodejs"),
    ("Node.js with a main.py", {"package.json": EXPRESS, "server.js": "", "main.py": ""}, "nodejs"),
    ("Flask with tooling in Node.js", {"package.json": TOOLING, "requirements.txt": "flask\n", "app.py": FLASK}, "python"),
    ("Flask with a Vite front end", {"package.json": VITE, "requirements.txt": "flask\n", "app.py": FLASK}, "python"),
    (
        "Flask with a front end's development server",
        {"package.json": package(scripts={"start": "vite", "build": "vite build"}, devDependencies={"vite": "7"}), "requirements.txt": "flask\n", "app.py": FLASK},
        "python",
    ),
    ("Django with Tailwind", {"package.json": VITE, "manage.py": DJANGO, "requirements.txt": "django\n"}, "python"),
    ("a Python script with tooling in Node.js", {"package.json": TOOLING, "main.py": "", "requirements.txt": "requests\n"}, "python"),
    ("a Procfile that decides", {"package.json": EXPRESS, "requirements.txt": "flask\n", "Procfile": "web: gunicorn a:b\n"}, "python"),
    ("Python with a Dockerfile", {"Dockerfile": "FROM x\n", "requirements.txt": "flask\n", "app.py": FLASK}, "python"),
    ("Python with the directory project/", {"project/x.txt": "", "requirements.txt": "flask\n", "app.py": FLASK}, "python"),
    ("Python with node_modules", {"node_modules/x/package.json": EXPRESS, "main.py": FASTAPI}, "python"),
    (
        "a Jupyter server with workspaces of its front end",
        {"package.json": package(workspaces=["packages/*"]), "pyproject.toml": '[project]\ndependencies = ["jupyter_server"]\n'},
        "python",
    ),
    ("manage.py alone", {"manage.py": DJANGO}, "python"),
    ("main.py alone", {"main.py": "print(1)\n"}, "python"),
    ("uv.lock alone with a project", {"uv.lock": "", "pyproject.toml": '[project]\nname = "a"\n', "main.py": ""}, "python"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "language"), [row[1:] for row in MIXED], ids=[row[0] for row in MIXED])
def test_the_right_one_of_several(files: Files, language: str) -> None:
    assert language == detect.choose(DictTree(dict(files)), Settings()).language.name


def test_the_evidence_of_the_winner_and_the_runner_up() -> None:
    tree = DictTree({"package.json": VITE, "requirements.txt": "requests\nflask\n", "app.py": FLASK})
    found = detect.choose(tree, Settings())
    assert found.detected.evidence[0].because == "requirements.txt, flask is a dependency"
    assert [claim.language.name for claim in found.others] == ["nodejs"]


@pytest.mark.parametrize("name", ["python", "Python", "py", "python3"])
def test_the_setting_decides(name: str) -> None:
    tree = DictTree({"package.json": EXPRESS, "server.js": "", "requirements.txt": "requests\n", "main.py": "print(1)"})
    found = detect.choose(tree, Settings(language=Setting(name, "build-arg")))
    assert found.language.name == "python"
    assert python.plan(tree, Settings()).runtime.processes[0].args == servers.run_file("main.py")


def test_an_app_in_a_directory() -> None:
    tree = DictTree({"package.json": EXPRESS, "api/requirements.txt": "flask\n", "api/app.py": FLASK})
    assert detect.choose(tree, Settings(app=Setting("api"))).language.name == "python"


def test_an_app_below_comes_before_loose_scripts_at_the_root() -> None:
    files = {"backend_test.py": "print(1)\n", "backend/requirements.txt": "fastapi\n", "backend/server.py": FASTAPI}
    assert detect.choose(DictTree(dict(files)), Settings()).app == "backend"


def test_apps_of_one_language_side_by_side_are_listed() -> None:
    files = {"api/requirements.txt": "fastapi\n", "api/main.py": FASTAPI, "front/requirements.txt": "streamlit\n"}
    with fails(DetectionError, "2 apps", "PROJECT_PATH=api (Python: ", "PROJECT_PATH=front (Python: "):
        detect.choose(DictTree(dict(files)), Settings())


@pytest.mark.parametrize("front", [{"frontend/package.json": VITE, "frontend/index.html": ""}, {"README.md": ""}])
def test_an_app_without_a_manifest_beside_a_front_end(front: Files) -> None:
    app = {"backend/main.py": FASTAPI, "backend/app/api.py": ""}
    with fails(
        DetectionError, "backend has a Python app (main.py), but no manifest that lists its", "requirements.txt"
    ):
        detect.choose(DictTree({**front, **app}), Settings())


def test_no_app_is_missed_where_the_root_is_one_or_below_tests() -> None:
    root = detect.choose(DictTree({"package.json": EXPRESS, "server.js": "", "backend/main.py": FASTAPI}), Settings())
    assert (root.language.name, root.app) == ("nodejs", "")
    files = {"frontend/package.json": VITE, "tests/main.py": "", "public/index.js": ""}
    assert detect.choose(DictTree(dict(files)), Settings()).language.name == "nodejs"


def test_nothing_is_found_in_an_empty_directory() -> None:
    with fails(DetectionError, "README.md", "notes.txt"):
        detect.choose(DictTree({"README.md": "", "notes.txt": ""}), Settings())


def test_a_manifest_that_cannot_be_read_is_an_error_with_its_line() -> None:
    tree = DictTree({"pyproject.toml": '[project]\nname = "a\n', "app.py": FLASK})
    with pytest.raises(SourceError) as problem:
        python.plan(tree, Settings())
    assert str(problem.value).splitlines()[1].strip().startswith("pyproject.toml:2")
