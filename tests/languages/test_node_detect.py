"""Which trees hold a Node.js app, and how strong the claim is; near misses too."""

from typing import Any

import pytest

from frontend import detect
from frontend.context.tree import DictTree
from frontend.errors import DetectionError, Location, PlanError, SourceError
from frontend.languages import node
from frontend.settings.model import Setting, Settings
from tests.errors import fails
from tests.languages.node import package, tree

STRENGTHS: list[tuple[str, dict[str, Any], int | None]] = [
    ("a start script of node", {"package.json": package(scripts={"start": "node server.js"})}, 3),
    ("a server library", {"package.json": package(dependencies={"express": "5"})}, 3),
    ("a framework", {"package.json": package(dependencies={"next": "15"})}, 3),
    ("a start script of something else", {"package.json": package(scripts={"start": "./run.sh"})}, 2),
    ("a main file", {"package.json": package(dependencies={"x": "1"}), "index.js": ""}, 2),
    ("workspaces", {"package.json": package(workspaces=["a"])}, 2),
    ("tooling only", {"package.json": package(devDependencies={"prettier": "3"})}, 0),
    ("tooling beside a script", {"package.json": package(devDependencies={"prettier": "3"}), "index.js": ""}, 1),
    ("a front end", {"package.json": package(scripts={"build": "vite build"}, devDependencies={"vite": "7"})}, 1),
    ("a development server", {"package.json": package(scripts={"start": "vite"}, devDependencies={"vite": "7"})}, 1),
    (
        "a Procfile of others",
        {"package.json": package(dependencies={"express": "5"}), "Procfile": "web: gunicorn a:b"},
        1,
    ),
    (
        "a Procfile of its own",
        {"package.json": package(dependencies={"express": "5"}), "Procfile": "web: npm start"},
        3,
    ),
    ("a lone server", {"server.js": ""}, 1),
    ("a lone TypeScript server", {"main.ts": ""}, 1),
    ("an app in a directory", {"api/package.json": package(scripts={"start": "node a.js"})}, 0),
    ("a package in node_modules only", {"README.md": "", "server.json": "{}"}, None),
    ("another language", {"main.py": ""}, None),
    ("a directory of that name", {"server.js/x.txt": ""}, None),
]


@pytest.mark.parametrize(("files", "strength"), [row[1:] for row in STRENGTHS], ids=[row[0] for row in STRENGTHS])
def test_strength(files: dict[str, Any], strength: int | None) -> None:
    found = node.detect(DictTree(files))
    assert (found.strength if found else None) == strength


def test_evidence_names_the_line() -> None:
    found = node.detect(tree(scripts={"start": "node server.js"}))
    assert found is not None
    assert [str(e.at) for e in found.evidence] == ["package.json:2", "package.json:4"]


MIXED: list[tuple[str, dict[str, Any], str]] = [
    (
        "a Node.js app with a tooling requirements.txt",
        {
            "package.json": package(scripts={"start": "node server.js"}),
            "server.js": "",
            "requirements.txt": "pre-commit",
        },
        "nodejs",
    ),
    (
        "a Node.js app with a Rakefile, a project directory and a .csproj of a dependency",
        {
            "package.json": package(dependencies={"express": "5"}),
            "Rakefile": "",
            "project/build.properties": "",
            "node_modules/x/y.csproj": "",
            "deno.lock": "{}",
        },
        "nodejs",
    ),
    (
        "a Node.js app with two lockfiles, one of bun",
        {"package.json": package(dependencies={"hono": "4"}), "bun.lock": "{}", "package-lock.json": "{}"},
        "nodejs",
    ),
    (
        "a Node.js app with an index.php of another age",
        {"package.json": package(scripts={"start": "node server.js"}), "server.js": "", "index.php": ""},
        "nodejs",
    ),
    (
        "a Node.js app with a pyproject.toml that configures tools",
        {"package.json": package(dependencies={"express": "5"}), "pyproject.toml": "[tool.ruff]\nline-length = 100\n"},
        "nodejs",
    ),
    (
        "a Python app whose package.json has tools only",
        {"package.json": package(devDependencies={"prettier": "3"}), "requirements.txt": "flask", "app.py": ""},
        "python",
    ),
    (
        "a Python app with a front end",
        {
            "package.json": package(scripts={"build": "vite build"}, devDependencies={"vite": "7"}),
            "requirements.txt": "flask\ngunicorn",
            "app.py": "from flask import Flask\napp = Flask(__name__)\n",
        },
        "python",
    ),
    (
        "a Node.js app with a Dockerfile",
        {"package.json": package(dependencies={"koa": "3"}), "Dockerfile": ""},
        "nodejs",
    ),
]


@pytest.mark.parametrize(("files", "language"), [row[1:] for row in MIXED], ids=[row[0] for row in MIXED])
def test_mixed_repositories(files: dict[str, Any], language: str) -> None:
    assert language == detect.choose(DictTree(files), Settings()).language.name


@pytest.mark.parametrize("name", ["nodejs", "node", "Node.js", "NODE"])
def test_names_of_the_language_setting(name: str) -> None:
    source = tree(devDependencies={"prettier": "3"})
    assert detect.choose(source, Settings(language=Setting(name))).language.name == "nodejs"


def test_a_byte_order_mark_is_no_error() -> None:
    assert node.detect(DictTree({"package.json": "\ufeff" + package(scripts={"start": "node a.js"})})) is not None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "package.json"),
        (b"[]", "package.json"),
        ("{}".encode("utf-16"), "package.json is UTF-16"),
        (b'{"name": "\xff"}', "package.json"),
    ],
)
def test_a_broken_package_json_is_an_error_that_says_so(content: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        node.detect(DictTree({"package.json": content}))


def test_fields_of_other_types_are_as_good_as_absent() -> None:
    source = DictTree({"package.json": '{"scripts": [], "dependencies": "x", "main": 1, "engines": {"node": 20}}'})
    found = node.detect(source)
    assert found is not None
    assert found.strength == 0


TOOLS = package(devDependencies={"prettier": "3", "vite": "7"})
SERVED = package(dependencies={"express": "5"})
FLASK = {"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
FOREIGN: list[tuple[dict[str, Any], str]] = [  # files, the language that the error names
    ({"go.mod": "", "requirements.txt": "x", "main.py": ""}, "Go"),
    ({"go.mod": "", "main.go": "", **FLASK}, "Go"),
    ({"composer.json": "{}", "package.json": TOOLS}, "PHP"),
    ({"Cargo.toml": "", "package.json": package(scripts={"start": "vitepress dev"})}, "Rust"),
    ({"pom.xml": "", "mock/server.js": "", "package.json": TOOLS}, "Java"),
    ({"build.gradle.kts": "", "frontend/package.json": SERVED}, "Java"),
    ({"mix.exs": "", "package.json": TOOLS}, "Elixir"),
    ({"ProjectSettings/ProjectVersion.txt": "", "Assets/A.cs": "", "Game.sln": ""}, "Unity"),
    ({"go.mod": ""}, "Go"),
    ({"Procfile": "web: bundle exec puma\n", "package.json": SERVED}, "Ruby"),
    ({"Procfile": "web: bundle exec rake db:migrate && ./server\n", "package.json": SERVED}, "Ruby"),
    ({"Procfile": "web: env A=1 sh -c 'exec bundle exec puma -p $PORT'\n", "package.json": SERVED}, "Ruby"),
    ({"Procfile": "release: x\nweb: A=1 java -jar app.jar\n", "package.json": TOOLS}, "Java"),
    ({"Procfile": "web: vendor/bin/heroku-php-apache2 public/\n", "package.json": TOOLS}, "PHP"),
]


@pytest.mark.parametrize(("files", "title"), FOREIGN, ids=[" ".join(row[0]) for row in FOREIGN])
def test_an_app_of_another_language_is_not_built_as_something_else(files: dict[str, Any], title: str) -> None:
    with fails(DetectionError, title, "hint: ") as error:
        detect.choose(DictTree(files), Settings())
    assert error.error.at is not None


NATIVE: list[tuple[dict[str, Any], str]] = [  # files of others beside an app of ours, its language
    ({"Gemfile": "", "fastlane/Fastfile": "", "package.json": SERVED}, "nodejs"),
    ({"Gemfile": "", "package.json": TOOLS}, "nodejs"),
    ({"Gemfile": "", "bin/rails": "", "package.json": SERVED}, "ruby"),
    ({"Gemfile": "", "Procfile": "web: bundle exec puma\n", "package.json": SERVED}, "ruby"),
    ({"Shop.sln": "", "requirements.txt": ""}, "dotnet"),
    ({"Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web" />', "Program.cs": "", "package.json": SERVED}, "dotnet"),
    ({"go.mod": "", "package.json": SERVED}, "nodejs"),
    ({"Cargo.toml": "", "src/lib.rs": "", **FLASK}, "python"),
    ({"deno.json": "{}", "package.json": package(scripts={"start": "node server.js"})}, "nodejs"),
    ({"Procfile": "web: gunicorn app:app\n", "package.json": SERVED, **FLASK}, "python"),
    ({"Procfile": "web: npm start\n", "package.json": TOOLS, **FLASK}, "nodejs"),
    ({"Procfile": "web: bash -c 'gunicorn app:app'\n", "package.json": SERVED, **FLASK}, "python"),
    (
        {"Procfile": "web: node assets.js && exec venv/bin/gunicorn app:app\n", "package.json": SERVED, **FLASK},
        "python",
    ),
    ({"Procfile": 'web: ["gunicorn", "app:app"]\n', "package.json": SERVED, **FLASK}, "python"),
    ({"Procfile": "web: cd api && gunicorn app:app\n", "package.json": SERVED}, "nodejs"),
    ({"Procfile": "web: cd api && npm start\n", "package.json": SERVED, **FLASK}, "nodejs"),
    ({"Procfile": "web: ./start.sh\n", "package.json": SERVED}, "nodejs"),
]


@pytest.mark.parametrize(("files", "language"), NATIVE, ids=[" ".join(row[0]) for row in NATIVE])
def test_files_of_other_languages_beside_an_app(files: dict[str, Any], language: str) -> None:
    assert language == detect.choose(DictTree(files), Settings()).language.name


def test_a_language_that_is_named_is_built_whatever_else_is_there() -> None:
    files = {"go.mod": "", "main.go": "", **FLASK}
    assert detect.choose(DictTree(files), Settings(language=Setting("python"))).language.name == "python"
    assert detect.choose(DictTree(files), Settings(run_command=Setting("python x.py"))).language.name == "python"


def test_a_procfile_that_starts_what_nothing_installs_is_an_error_at_its_line() -> None:
    files = {"Procfile": "worker: x\nweb: gunicorn app:app\n", "package.json": SERVED}
    with pytest.raises(DetectionError, match="Python") as error:
        detect.choose(DictTree(files), Settings())
    assert error.value.at == Location("Procfile", 2)


def test_two_apps_at_the_root_are_a_warning() -> None:
    (doubt,) = detect.choose(DictTree({"package.json": SERVED, **FLASK}), Settings()).warnings
    assert (doubt.code, "LANGUAGE=python" in doubt.hint) == ("two-languages", True)


BACKEND = {f"backend/{name}": text for name, text in FLASK.items()}
NEXT = {"frontend/package.json": package(scripts={"build": "next build"}, dependencies={"next": "16"})}


def test_apps_of_two_languages_in_directories_are_an_error_that_lists_them() -> None:
    with pytest.raises(DetectionError, match="2 apps") as error:
        detect.choose(DictTree({**BACKEND, **NEXT, "README.md": ""}), Settings())
    assert "PROJECT_PATH=backend (Python: " in error.value.hint


def test_a_package_below_that_starts_nothing_is_named() -> None:
    with fails(PlanError, "PROJECT_PATH=site", at="site/package.json:1"):
        node.plan(DictTree({"site/package.json": "{}", "main.py": ""}), Settings(), "")


@pytest.mark.parametrize(("files", "app"), [(BACKEND, "backend"), (NEXT, "frontend")])
def test_the_only_app_of_a_repository_is_found_in_its_directory(files: dict[str, str], app: str) -> None:
    assert detect.choose(DictTree({**files, "README.md": ""}), Settings()).app == app
