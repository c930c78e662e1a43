"""Extras, dependency groups and categories that a command names, or that have the program it runs."""

import pytest

from tests.languages.python import FLASK, Files, codes, flask, plan, step

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
    ("a worker's", {"pyproject.toml": f'{PROJECT}[project.optional-dependencies]\njobs = ["celery"]\n'}, "python app.py\nworker: celery -A app worker", "pip flask celery"),
]  # fmt: skip


def installed(files: Files, command: str) -> tuple[str, list[str]]:
    """What installs the dependencies, and the codes of the warnings about sets and servers."""
    made = plan({"app.py": FLASK, **files, "Procfile": f"web: {command}\n"})
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


DOT = {"setup.py": "setup(name='shop', install_requires=['flask'], extras_require={'web': ['gunicorn==22.0.0']})"}


@pytest.mark.parametrize("line", [".[web]", "-e .[web]", "./[web]"])
def test_an_extra_of_the_app_itself_has_its_server(line: str) -> None:
    found = plan({"requirements.txt": f"{line}\n", "shop/__init__.py": FLASK, **DOT})
    assert found.runtime.processes[0].args == ("gunicorn", "shop:app")
    assert codes(found) == []


def test_a_server_is_never_added_over_one_that_may_be_installed() -> None:
    found = plan(flask("flask\n-r https://example.org/more.txt\n"))
    assert "pip install gunicorn" in [one.name for one in step(found, "install").run]
