"""Steps of our own that the setting `skip` leaves out, each of them; the dependency groups of Node.js."""

from typing import Any

import pytest

from frontend.errors import PlanError
from frontend.languages import registry
from frontend.plan.model import Plan, TextFile
from frontend.settings.model import Setting
from tests.languages import dotnet, node, python, ruby

FRONT_END = node.package(scripts={"build": "vite build"}, devDependencies={"vite": "7"})
PACKAGE = (
    '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n[build-system]\nrequires = ["setuptools"]\n'
)
DJANGO = {
    "requirements.txt": "django\ngunicorn\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/settings.py": "INSTALLED_APPS = ['django.contrib.staticfiles']\nSTATIC_ROOT = 'x'\n",
    "shop/wsgi.py": "application = 1\n",
}
WEB = {"Procfile": "web: gunicorn app:app\n"}
NODE_APP = node.tree(
    {"server.js": ""},
    scripts={"build": "tsc", "postinstall": "node patch.js", "start": "node server.js"},
    dependencies={"express": "5", "playwright": "1"},
    devDependencies={"typescript": "6"},
)
BROWSER = {"scripts": {"start": "node server.js"}, "dependencies": {"playwright": "1"}}
PYTHON: dict[str, tuple[python.Files, str]] = {  # step: an app that has it, and what is run then
    "collectstatic": (DJANGO, "manage.py collectstatic"),
    "front-end": ({**python.flask(), "frontend/package.json": FRONT_END}, "npm run build"),
    "project": ({"pyproject.toml": PACKAGE, "app.py": python.FLASK}, "pip install --editable ."),
    "server": ({"requirements.txt": "flask\n", "app.py": python.FLASK}, "pip install gunicorn==27.0.1"),
    "groups": (
        {"requirements.txt": "flask\n", "requirements-dev.txt": "gunicorn\n", "app.py": python.FLASK, **WEB},
        "pip install -r requirements.txt -r requirements-dev.txt",
    ),
    "bytecode": (python.flask(), "compile to bytecode"),
}
NODE = {"build": "npm run build", "install-scripts": "npm run postinstall", "browser": "playwright install chromium"}


RAILS = {
    **ruby.rails("propshaft", "bootsnap"),
    "Gemfile.lock": ruby.lock("rails", "puma", "propshaft", "bootsnap 1.18.4"),
}
RUBY = {"assets": "rails assets:precompile", "bootsnap": "bootsnap precompile --gemfile"}
DOTNET = {"tools": "dotnet tool restore"}


def ran(found: Plan) -> list[str]:
    """What all steps run."""
    return [one.name for step in found.steps for one in step.run]


def test_every_step_is_here() -> None:
    assert set(registry.steps()) == {*PYTHON, *NODE, *RUBY, *DOTNET}


@pytest.mark.parametrize(("name", "files", "program"), [(name, *row) for name, row in PYTHON.items()])
def test_a_step_of_python_is_left_out(name: str, files: python.Files, program: str) -> None:
    assert program in ran(python.plan(files))
    assert program not in ran(python.plan(files, skip=(name,)))


@pytest.mark.parametrize(("name", "program"), NODE.items())
def test_a_step_of_node_is_left_out(name: str, program: str) -> None:
    source = NODE_APP if name != "browser" else node.tree({"server.js": ""}, **BROWSER)
    assert program in ran(node.plan(source))
    assert program not in ran(node.plan(source, skip=(name,)))


@pytest.mark.parametrize(("name", "program"), RUBY.items())
def test_a_step_of_ruby_is_left_out(name: str, program: str) -> None:
    assert program in ran(ruby.plan(RAILS))
    assert program not in ran(ruby.plan(RAILS, skip=(name,)))


@pytest.mark.parametrize(("name", "program"), DOTNET.items())
def test_a_step_of_dotnet_is_left_out(name: str, program: str) -> None:
    files = {".config/dotnet-tools.json": "{}"}
    assert program in ran(dotnet.plan(files=files))
    assert program not in ran(dotnet.plan(files=files, settings={"skip": (name,)}))


def test_a_front_end_that_a_node_server_serves_is_left_out() -> None:
    source = node.tree(
        {
            "server.js": "app.use(express.static('client/dist'))\n",
            "client/package.json": {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}},
        },
        scripts={"start": "node server.js"},
        dependencies={"express": "5"},
    )
    assert "npm run build" in " ".join(ran(node.plan(source)))
    assert "npm run build" not in " ".join(ran(node.plan(source, skip=("front-end",))))


def test_a_build_command_replaces_the_build_and_stays_where_that_is_skipped() -> None:
    command: dict[str, Any] = {"build_command": Setting("make site")}
    for skip in ((), ("build",)):
        found = ran(node.plan(NODE_APP, skip=skip, **command))
        assert ("make site" in found, "npm run build" in found) == (True, False)


def test_the_development_dependencies_of_node_stay_where_the_setting_names_them() -> None:
    found = node.plan(NODE_APP, dependency_groups=(Setting("dev"),))
    assert [one.name for one in found.steps] == ["install", "build"]
    (text,) = (one.text for one in node.step(found, "install").inputs if isinstance(one, TextFile))
    assert '"typescript"' in text.partition('"dependencies"')[2].partition("}")[0]
    assert node.codes(found) == node.codes(node.plan(NODE_APP))


def test_another_group_of_node_is_an_error() -> None:
    with pytest.raises(PlanError, match="no dependency group test"):
        node.plan(NODE_APP, dependency_groups=(Setting("test"),))
