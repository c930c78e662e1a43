"""Commands that name a package manager, which is not in the image."""

import pytest

from frontend.errors import PlanError
from frontend.settings.model import Setting
from tests.languages.python import FASTAPI, FLASK, Files, plan, step, web

PROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n'
SCRIPTS = """[tool.pdm.scripts]
serve = "gunicorn app:app"
quiet = {cmd = ["gunicorn", "app:app", "--name", "my shop"]}
made = {shell = "python make.py && gunicorn -b :$PORT app:app"}
called = {call = "shop.cli:main"}
both = {composite = ["serve", "quiet"]}
again = "pdm run serve"
mode = "MODE=1 gunicorn app:app"
given = {cmd = "gunicorn app:app", env = {MODE = "a b"}}
other = {shell = "python make.py || gunicorn app:app"}
[tool.hatch.envs.default.scripts]
prod = ["python make.py", "gunicorn app:app"]
"""
SH = "/bin/sh -c "

COMMANDS: list[tuple[str, str]] = [  # what the Procfile says, what is run
    ("uv run gunicorn app:app", "gunicorn app:app"),
    ("uv run gunicorn app:app --bind 0.0.0.0:$PORT", SH + "exec gunicorn app:app --bind 0.0.0.0:$PORT"),
    ("uv run main.py --verbose", "python main.py --verbose"),
    ("uv run -m shop.cli --serve", "python -m shop.cli --serve"),
    ("uv run -m shop.cli -p $PORT", SH + "exec python -m shop.cli -p $PORT"),
    ("uv run -s tool", "python tool"),
    ("uv run --no-dev --extra web --with rich==1 -p 3.13 -- gunicorn app:app", "gunicorn app:app"),
    ("uv run --env-file=.env python main.py", "python main.py"),
    ("uv --quiet --directory x run gunicorn app:app", "gunicorn app:app"),
    ("poetry run gunicorn -w 2 app:app", "gunicorn -w 2 app:app"),
    ("poetry -C . run gunicorn app:app", "gunicorn app:app"),
    ("rye run gunicorn app:app", "gunicorn app:app"),
    ("hatch -e prod run gunicorn app:app", "gunicorn app:app"),
    ("hatch run prod:gunicorn app:app", "gunicorn app:app"),
    ("hatch run prod", SH + "python make.py && exec gunicorn app:app"),
    ("pdm run main.py", "python main.py"),
    ("pdm run serve", "gunicorn app:app"),
    ("pdm run serve -w 2", "gunicorn app:app -w 2"),
    ("pdm run quiet", "gunicorn app:app --name my shop"),
    ("pdm run made", SH + "python make.py && exec gunicorn -b :$PORT app:app"),
    ("pdm run made 'a b'", SH + "python make.py && exec gunicorn -b :$PORT app:app 'a b'"),
    ("pdm run called", "python -c from shop.cli import main; main()"),
    ("pdm run both", SH + "gunicorn app:app && exec gunicorn app:app --name 'my shop'"),
    ("x || pdm run made -w 2", SH + "x || ( python make.py && gunicorn -b :$PORT app:app -w 2 )"),
    ("x || pdm run other -w 2; y", SH + "x || ( python make.py || gunicorn app:app -w 2 ); exec y"),
    ("A=1 pdm run made", SH + "export A=1 && python make.py && exec gunicorn -b :$PORT app:app"),
    ("pdm run given", "gunicorn app:app"),
    ("pdm run again", "gunicorn app:app"),
    ("exec pdm run serve", "gunicorn app:app"),
    ("bash -c 'exec poetry run gunicorn app:app'", "gunicorn app:app"),
    ("bash -ec 'exec poetry run gunicorn app:app'", "bash -ec exec gunicorn app:app"),
    ('bash -lc "poetry run gunicorn -b :$PORT app:app"', SH + "exec gunicorn -b :$PORT app:app"),
    ('["uv", "run", "gunicorn", "app:create(\'a b\')"]', "gunicorn app:create('a b')"),
    ("pdm run made > $LOG 2>&1", SH + "python make.py && exec gunicorn -b :$PORT app:app > $LOG 2>&1"),
    ("pipenv run gunicorn app:app", "gunicorn app:app"),
    ("pipenv run web", "gunicorn -w 3 app:app"),
    ("A=1 pipenv run web", "gunicorn -w 3 app:app"),
    ("uv run flask db upgrade && uv run gunicorn app:app", SH + "flask db upgrade && exec gunicorn app:app"),
    ("uv run flask db upgrade && exec uv run gunicorn app:app", SH + "flask db upgrade && exec gunicorn app:app"),
    ("cd shop && A=1 uv run gunicorn $APP", SH + "cd shop && exec env A=1 gunicorn $APP"),
    ("if true; then pdm run serve; fi", SH + "if true; then gunicorn app:app; fi"),
    # what the build does
    ("uv sync --frozen && uv run gunicorn app:app", "gunicorn app:app"),
    ("pip install -r requirements.txt; gunicorn app:app", "gunicorn app:app"),
    ("python -m pip install --upgrade pip && poetry install && gunicorn app:app", "gunicorn app:app"),
    (". venv/bin/activate && gunicorn app:app", "gunicorn app:app"),
    ("if [ $X ]; then uv sync; fi; gunicorn app:app", SH + "if [ $X ]; then :; fi; exec gunicorn app:app"),
    ("uv sync || true; gunicorn app:app", SH + ": || true; exec gunicorn app:app"),
    # what is left as it is
    ("gunicorn app:app", "gunicorn app:app"),
    ("uv sync", "uv sync"),
    ("pip install colours && gunicorn app:app", SH + "pip install colours && exec gunicorn app:app"),
    ("pip install -r more.txt && gunicorn app:app", SH + "pip install -r more.txt && exec gunicorn app:app"),
    ("npm ci && gunicorn app:app", SH + "npm ci && exec gunicorn app:app"),
    ("echo uv run $X", SH + "exec echo uv run $X"),
    ("python uv run x", "python uv run x"),
]


@pytest.mark.parametrize(("command", "run"), COMMANDS)
def test_a_command_without_its_manager(command: str, run: str) -> None:
    files = {"pyproject.toml": PROJECT + SCRIPTS, "app.py": FLASK, "Procfile": f"web: {command}\nw: {command}\n"}
    pipfile = {"Pipfile": '[scripts]\nweb = "gunicorn -w 3 app:app"\n'}
    found = plan({**files, **pipfile}).runtime
    assert " ".join(found.processes[0].args) == run
    assert found.processes[0].shell == run.startswith(SH)
    assert " ".join(found.processes[1].args).removeprefix("env A=1 ").removeprefix("env MODE=a b ") == run


def test_the_setting_is_read_like_a_procfile() -> None:
    found = plan({"pyproject.toml": PROJECT, "app.py": FLASK}, run_command=Setting("uv run gunicorn app:app"))
    assert found.runtime.processes[0].args == ("gunicorn", "app:app")


def test_a_project_is_installed_for_a_script_that_a_manager_runs() -> None:
    files = {"pyproject.toml": f'{PROJECT}[project.scripts]\nshop = "a:b"\nx = "a:c"\n', "requirements.txt": "flask\n"}
    found = plan({**files, "Procfile": "web: poetry run shop --serve\n"})
    assert found.runtime.processes[0].args == ("shop", "--serve")
    assert step(found, "build").run[0].name == "pip install --editable ."


@pytest.mark.parametrize(
    ("command", "message", "at"),
    [
        ("pdm run a", 'the script "a" runs itself', "pyproject.toml:6"),
        ("uv run", '"uv run" in the command starts no program', "Procfile:2"),
        ("x && poetry run -- && y", '"poetry run" in the command starts no program', "Procfile:2"),
        ("pdm run open", "the command has an unclosed ': gunicorn 'a", "pyproject.toml:7"),
        ("pdm run secret", "the variable DB_PASSWORD looks like a secret; everyone who can pull the image could read it (line 8)", "pyproject.toml"),
    ],
)  # fmt: skip
def test_what_a_manager_cannot_run_is_told_with_its_line(command: str, message: str, at: str) -> None:
    scripts = """[tool.pdm.scripts]\na = "pdm run a"\nopen = "gunicorn 'a"\nsecret = "DB_PASSWORD=s3cr3t-value x"\n"""
    files: Files = {"pyproject.toml": PROJECT + scripts, "app.py": FASTAPI, "Procfile": f"\nweb: {command}\n"}
    with pytest.raises(PlanError) as caught:
        web(files)
    assert (caught.value.message, str(caught.value.at)) == (message, at)


def test_the_variables_of_a_script_are_those_of_the_image() -> None:
    files: Files = {"pyproject.toml": PROJECT + SCRIPTS, "app.py": FLASK}
    for name, value in (("mode", "1"), ("given", "a b")):
        found = plan({**files, "Procfile": f"web: B=2 pdm run {name}\nw: pdm run {name}\n"}).runtime
        assert found.processes[0].args == ("gunicorn", "app:app")
        assert {("B", "2"), ("MODE", value)} <= set(found.env)
        assert found.processes[1].args == ("env", f"MODE={value}", "gunicorn", "app:app")


def test_the_build_command_keeps_its_variables() -> None:
    found = plan({"pyproject.toml": PROJECT, "app.py": FLASK}, build_command=Setting("FOO=1 make all"))
    assert [one.args for one in step(found, "build").run if "make" in one.args] == [("env", "FOO=1", "make", "all")]
