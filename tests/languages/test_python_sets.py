"""Extras, dependency groups and categories that a command names, or that have the program it runs."""

from typing import Any

import pytest

from frontend.plan.model import FromContext
from frontend.settings.model import Setting
from tests.languages.python import FLASK, Files, codes, error, flask, plan, step

PROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n'
EXTRA = '[project.optional-dependencies]\nweb = ["gunicorn==22.0.0"]\nall = ["shop[web]", "redis"]\n'
GROUPS = '[dependency-groups]\ndev = ["pytest", "gunicorn"]\nprod = [{include-group = "base"}, "redis"]\nbase = ["gunicorn"]\n'
UV = "[tool.uv]\n"
POETRY = '[tool.poetry]\nname = "shop"\nversion = "1"\n[tool.poetry.dependencies]\nflask = "*"\nredis = {version = "*", optional = true}\n'
PDM = "[tool.pdm]\n"
ASKED: list[tuple[str, Files, str, str]] = [  # files, the web command, the install command
    ("uv --group", {"pyproject.toml": f"{PROJECT}{UV}{GROUPS}"}, "uv run --group prod gunicorn app:app", "uv sync --no-dev --no-install-project --group=prod"),
    ("uv --extra", {"pyproject.toml": f"{PROJECT}{EXTRA}{UV}"}, "uv run --extra=web gunicorn app:app", "uv sync --no-dev --no-install-project --extra=web"),
    ("uv --all-extras", {"pyproject.toml": f"{PROJECT}{EXTRA}{UV}"}, "uv run --all-extras gunicorn app:app", "uv sync --no-dev --no-install-project --extra=web --extra=all"),
    ("uv, the group dev", {"pyproject.toml": f"{PROJECT}{UV}{GROUPS}"}, "uv run --group dev gunicorn app:app", "uv sync --no-install-project --group=dev"),
    ("no lockfile, pip", {"pyproject.toml": f"{PROJECT}{GROUPS}"}, "uv run --group prod gunicorn app:app", "pip flask gunicorn redis"),
    ("an extra of an extra", {"pyproject.toml": f"{PROJECT}{EXTRA}"}, "uv run --extra all gunicorn app:app", "pip flask gunicorn==22.0.0 redis"),
]  # fmt: skip
FOUND: list[tuple[str, Files, str, str]] = [
    ("an extra", {"pyproject.toml": f"{PROJECT}{EXTRA}"}, "gunicorn app:app", "pip flask gunicorn==22.0.0"),
    ("a group before the one for development", {"pyproject.toml": f"{PROJECT}{UV}{GROUPS}"}, "gunicorn app:app", "uv sync --no-dev --no-install-project --group=prod"),
    ("an extra of PDM", {"pyproject.toml": f"{PROJECT}{EXTRA}{PDM}"}, "pdm run gunicorn app:app", "pdm install --prod --group=web --no-self --no-editable"),
    ("a group of PDM", {"pyproject.toml": f'{PROJECT}{PDM}[dependency-groups]\nrun = ["gunicorn"]\n'}, "gunicorn app:app", "pdm install --dev --group=run --no-self --no-editable"),
    ("a group of Poetry", {"pyproject.toml": f'{POETRY}[tool.poetry.group.prod.dependencies]\ngunicorn = "*"\n'}, "poetry run gunicorn app:app", "poetry install --only main,prod --no-root --no-ansi"),
    ("Poetry's development dependencies", {"pyproject.toml": f'{POETRY}[tool.poetry.dev-dependencies]\ngunicorn = "*"\n'}, "gunicorn app:app", "poetry install --only main,dev --no-root --no-ansi"),
    ("an extra of Poetry", {"pyproject.toml": f'{POETRY}gunicorn = {{version = "*", optional = true}}\n[tool.poetry.extras]\nweb = ["gunicorn"]\n'}, "gunicorn app:app", "poetry install --only main --extras=web --no-root --no-ansi"),
    ("Pipenv's development packages", {"Pipfile": '[packages]\nflask = "*"\n[dev-packages]\ngunicorn = "*"\n'}, "pipenv run gunicorn app:app", "pipenv install --dev --skip-lock"),
    ("a category of Pipenv", {"Pipfile": '[packages]\nflask = "*"\n[prod]\ngunicorn = "*"\n'}, "gunicorn app:app", "pipenv install --categories=packages prod --skip-lock"),
    ("an extra of setup.py beside requirements.txt", {"requirements.txt": "flask\n", "setup.py": "setup(name='shop', extras_require={'web': ['gunicorn==22.0.0']})"}, "gunicorn app:app", "pip -r requirements.txt gunicorn==22.0.0"),
    ("a requirements file", {"requirements.txt": "flask\n", "requirements-dev.txt": "-r requirements.txt\ngunicorn\n"}, "gunicorn app:app", "pip -r requirements.txt -r requirements-dev.txt"),
    ("not one for development where another has it", {"requirements.txt": "flask\n", "dev-requirements.txt": "gunicorn\n", "requirements/deploy.txt": "gunicorn\n"}, "gunicorn app:app", "pip -r requirements.txt -r requirements/deploy.txt"),
    ("a requirements file of a project", {"pyproject.toml": PROJECT, "requirements_dev.txt": "gunicorn\n"}, "python -m gunicorn app:app", "pip flask -r requirements_dev.txt"),
    ("a program with the name of its package", {"requirements.txt": "flask\n", "requirements-web.txt": "hupper\n"}, "hupper -m app", "pip -r requirements.txt -r requirements-web.txt"),
    ("a worker's", {"pyproject.toml": f'{PROJECT}[project.optional-dependencies]\njobs = ["celery"]\n'}, "python app.py\nworker: celery -A app worker", "pip flask celery"),
]  # fmt: skip


def installed(files: Files, command: str, **settings: Any) -> tuple[str, list[str]]:
    """What installs the dependencies, and the codes of the warnings about sets and servers."""
    made = plan({"app.py": FLASK, **files, "Procfile": f"web: {command}\n"}, **settings)
    (args,) = [
        one.args for one in step(made, "install").run
        if one.args[0] in ("uv", "poetry", "pdm", "pipenv") or one.args[:2] == ("pip", "--python")
    ]  # fmt: skip
    words = ("pip", *args[5:]) if args[0] == "pip" else args
    return " ".join(words), [code for code in codes(made) if code in ("set-installed", "server-added")]


@pytest.mark.parametrize(("files", "command", "run"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_a_set_that_a_command_names_is_installed(files: Files, command: str, run: str) -> None:
    assert installed(files, command) == (run, [])


@pytest.mark.parametrize(("files", "command", "run"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_a_set_that_has_the_program_is_installed_with_a_warning(files: Files, command: str, run: str) -> None:
    assert installed(files, command) == (run, ["set-installed"])


def test_a_group_that_has_the_framework_is_installed_where_nothing_else_has_it() -> None:
    bare = PROJECT.replace('"flask"', "")
    files = {"app.py": FLASK, "pyproject.toml": f'{bare}{UV}[dependency-groups]\ndev = ["flask", "gunicorn"]\n'}
    made = plan(files)
    assert "uv sync --no-install-project --group=dev" in [one.name for one in step(made, "install").run]
    assert [code for code in codes(made) if code in ("set-installed", "server-added")] == ["set-installed"]
    left = plan({**files, "requirements.txt": ""}, skip=("groups",))
    assert "set-installed" not in codes(left)


NONE: list[tuple[str, Files, str]] = [  # nothing besides the dependencies
    ("a dependency of its own", {"pyproject.toml": f'{PROJECT.replace("flask", "gunicorn")}{EXTRA}'}, "gunicorn app:app"),
    ("no such set", {"pyproject.toml": f"{PROJECT}{EXTRA}"}, "uwsgi --module app"),
    ("another command", {"pyproject.toml": f"{PROJECT}{EXTRA}"}, "python app.py"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "command"), [row[1:] for row in NONE], ids=[row[0] for row in NONE])
def test_no_set_is_installed_that_nothing_needs(files: Files, command: str) -> None:
    run, warned = installed(files, command)
    assert len(run.split()) == 2
    assert warned == []


SET: list[tuple[str, Files, str, str]] = [  # files, the setting's names, the install command
    ("uv", {"pyproject.toml": f"{PROJECT}{EXTRA}{GROUPS}{UV}"}, "web prod", "uv sync --no-dev --no-install-project --extra=web --group=prod"),
    ("an extra and a group of one name", {"pyproject.toml": f'{PROJECT}{EXTRA}{GROUPS}web = ["redis"]\n{UV}'}, "web", "uv sync --no-dev --no-install-project --extra=web --group=web"),
    ("the group dev", {"pyproject.toml": f"{PROJECT}{GROUPS}{UV}"}, "dev", "uv sync --no-install-project --group=dev"),
    ("another spelling", {"pyproject.toml": f'{PROJECT}{UV}[dependency-groups]\nWeb_App = ["gunicorn"]\n'}, "web-app", "uv sync --no-dev --no-install-project --group=Web_App"),
    ("Poetry", {"pyproject.toml": f'{POETRY}[tool.poetry.extras]\ncache = ["redis"]\n[tool.poetry.group.prod.dependencies]\ngunicorn = "*"\n'}, "cache prod", "poetry install --only main,prod --extras=cache --no-root --no-ansi"),
    ("PDM, an extra", {"pyproject.toml": f"{PROJECT}{EXTRA}{GROUPS}{PDM}"}, "web", "pdm install --prod --group=web --no-self --no-editable"),
    ("PDM, both", {"pyproject.toml": f"{PROJECT}{EXTRA}{GROUPS}{PDM}"}, "prod web", "pdm install --dev --group=web --group=prod --no-self --no-editable"),
    ("Pipenv", {"Pipfile": '[packages]\nflask = "*"\n[web]\ngunicorn = "*"\n'}, "web", "pipenv install --categories=packages web --skip-lock"),
    ("pip, an extra of pyproject.toml", {"pyproject.toml": f"{PROJECT}{EXTRA}"}, "all", "pip flask gunicorn==22.0.0 redis"),
    ("pip, a file by its name", {"requirements.txt": "flask\n", "requirements-jobs.txt": "rq\n"}, "requirements-jobs.txt", "pip -r requirements.txt -r requirements-jobs.txt"),
    ("pip, a file by a word", {"requirements.txt": "flask\n", "requirements/jobs.txt": "rq\n"}, "jobs", "pip -r requirements.txt -r requirements/jobs.txt"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "names", "run"), [row[1:] for row in SET], ids=[row[0] for row in SET])
def test_a_set_that_the_setting_names_is_installed(files: Files, names: str, run: str) -> None:
    groups = tuple(Setting(name, "build-arg") for name in names.split())
    assert installed(files, "python app.py", dependency_groups=groups) == (run, [])


def test_a_requirements_file_is_there_with_what_it_includes() -> None:
    files = flask(**{"requirements/jobs.txt": "-r base.txt\nrq\n", "requirements/base.txt": "redis\n"})
    found = plan(files, dependency_groups=(Setting("jobs"),))
    (given,) = step(found, "install").inputs
    assert isinstance(given, FromContext)
    assert given.paths == ("requirements.txt", "requirements/jobs.txt", "requirements/base.txt")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"pyproject.toml": f"{PROJECT}{EXTRA}{UV}"}, "no dependency group, extra or category prd"),
        ({"requirements.txt": "flask\n"}, "no dependency group, extra or category prd"),
    ],
)
def test_a_set_that_there_is_not_is_an_error(files: Files, said: str) -> None:
    assert said in error({"app.py": FLASK, **files}, dependency_groups=(Setting("prd"),))


LOCKED: list[tuple[Files, str]] = [  # as `pdm lock` and `pipenv lock` leave sets out that nobody named
    (
        {"pyproject.toml": f"{PROJECT}{EXTRA}", "pdm.lock": '[metadata]\ngroups = ["default", "dev"]\n'},
        "pdm.lock does not have the extra web",
    ),
    (
        {
            "Pipfile": '[packages]\nflask = "*"\n[web]\ngunicorn = "*"\n',
            "Pipfile.lock": '{"default": {}, "develop": {}}',
        },
        "Pipfile.lock does not have the category web",
    ),
]


@pytest.mark.parametrize(("files", "said"), LOCKED)
def test_a_set_that_the_lockfile_lacks_is_an_error(files: Files, said: str) -> None:
    assert said in error({"app.py": FLASK, **files}, dependency_groups=(Setting("web"),))
    assert said in error({"app.py": FLASK, **files, "Procfile": "web: gunicorn app:app\n"})


def test_no_set_is_looked_for_where_the_user_turns_that_off() -> None:
    files = {"pyproject.toml": f"{PROJECT}{EXTRA}"}
    assert installed(files, "gunicorn app:app", skip=("groups",)) == ("pip flask", [])


DOT = {"setup.py": "setup(name='shop', install_requires=['flask'], extras_require={'web': ['gunicorn==22.0.0']})"}


@pytest.mark.parametrize("line", [".[web]", "-e .[web]", "./[web]"])
def test_an_extra_of_the_app_itself_has_its_server(line: str) -> None:
    found = plan({"requirements.txt": f"{line}\n", "shop/__init__.py": FLASK, **DOT})
    assert found.runtime.processes[0].args == ("gunicorn", "shop:app")
    assert codes(found) == []


def test_a_server_is_never_added_over_one_that_may_be_installed() -> None:
    found = plan(flask("flask\n-r https://example.org/more.txt\n"))
    assert "pip install gunicorn" in [one.name for one in step(found, "install").run]
