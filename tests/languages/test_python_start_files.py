"""Shell scripts of the app that its processes run: what of them the image has in another way, and what it keeps."""

import pytest

from frontend.errors import PlanError
from frontend.plan.model import Plan, TextFile
from frontend.settings.model import Setting
from tests.languages.python import FLASK, MAIN, Files, codes, plan, runs

PROJECT = """[project]
name = "shop"
version = "1"
dependencies = ["flask"]
[dependency-groups]
prod = ["gunicorn"]
[tool.pdm.scripts]
serve = "gunicorn app:app"
"""
START = "#!/bin/bash\n# starts it\nset -e\n{}\n"


def shipped(found: Plan) -> dict[str, str]:
    """The scripts that the image has in another way."""
    inputs = (one for layer in found.runtime.layers for one in layer.inputs)
    return {one.path: one.text for one in inputs if isinstance(one, TextFile)}


def started(command: str, **scripts: str) -> Plan:
    """The plan of an app whose Procfile has a command, with shell scripts: start_sh is start.sh."""
    named = {name.replace("_", "."): text for name, text in scripts.items()}
    return plan({"pyproject.toml": PROJECT, "app.py": FLASK, "Procfile": f"web: {command}\n", **named})


@pytest.mark.parametrize(
    ("script", "image"),
    [
        ("uv run gunicorn app:app", "gunicorn app:app"),
        ("exec poetry run gunicorn -b :$PORT app:app", "exec gunicorn -b :$PORT app:app"),
        ("uv sync --frozen\nuv run gunicorn app:app", "gunicorn app:app"),
        ("source .venv/bin/activate\ngunicorn app:app", "gunicorn app:app"),
        ("if [ -z $X ]; then\n  pip install -r requirements.txt\nfi\npdm run serve -w 2", "if [ -z $X ]; then\n  :\nfi\ngunicorn app:app -w 2"),
        ("gunicorn -b 0.0.0.0:8000 app:app", "gunicorn -b 0.0.0.0:$PORT app:app"),
        ("gunicorn -b 0.0.0.0:5000 app:app", ""),
        ("echo uv run x\nexec gunicorn app:app", ""),
        ("cat <<END\nuv run x\nEND\nexec gunicorn app:app", ""),
    ],
)  # fmt: skip
def test_a_script_that_is_the_start(script: str, image: str) -> None:
    for command in ("bash start.sh", "./start.sh", "sh -e start.sh x", "/app/start.sh", "bash -c './start.sh'"):
        found = started(command, start_sh=START.format(script))
        assert shipped(found) == ({"/app/start.sh": START.format(image)} if image else {})
        assert ("script-changed" in codes(found) or "fixed-port" in codes(found)) == bool(image)


def test_a_script_that_another_one_runs() -> None:
    found = started("bash start", start=". ./lib.sh\n./serve.sh\n", lib_sh="A=1\nuv sync\n", serve_sh="uv run x.py\n")
    assert shipped(found) == {"/app/serve.sh": "python x.py\n"}
    assert [str(one.at) for one in found.warnings if one.code == "script-changed"] == ["serve.sh:1"]


@pytest.mark.parametrize("text", ["#!/usr/bin/env python3\nuv run x\n", "uv run 'x\n"])
def test_a_file_that_no_shell_reads_stays(text: str) -> None:
    assert shipped(started("./start.sh", start_sh=text)) == {}


def test_a_manager_that_is_to_run_nothing() -> None:
    with pytest.raises(PlanError) as caught:
        started("bash start.sh", start_sh="uv run\n")
    assert (caught.value.message, str(caught.value.at)) == ('"uv run" in the command starts no program', "start.sh")


def test_the_sets_that_a_script_needs_are_installed() -> None:
    for script in ("uv run --group prod gunicorn app:app", "gunicorn app:app"):
        files = {"pyproject.toml": PROJECT, "uv.lock": "version = 1\n", "app.py": FLASK}
        found = plan({**files, "Procfile": "web: bash start\n", "start": script})
        assert "uv sync --no-dev --no-install-project --group=prod --locked" in runs(found)


def test_a_project_is_installed_for_its_program_that_a_script_runs() -> None:
    project = PROJECT + '[project.scripts]\nshop = "app:main"\nother = "app:other"\n'
    files = {"pyproject.toml": project, "requirements.txt": "flask\n", "app.py": FLASK, "start": "exec shop\n"}
    assert "pip install --editable ." in runs(plan({**files, "Procfile": "web: bash start\n"}), "build")


LOOSE: Files = {"requirements.txt": "telethon\n", "many.py": MAIN, "bot/__main__.py": MAIN}


def test_a_script_that_a_dockerfile_starts_comes_before_a_loose_module() -> None:
    files = {**LOOSE, "startup": "if [ $A ]; then python3 many.py; else python3 -m bot; fi\n"}
    dockerfile = Setting("bash startup", "platform")
    assert plan(files, candidate=dockerfile).runtime.processes[0].args == ("bash", "startup")
    # not one that starts nothing of Python, is not there, or has an app object beside it
    assert plan({**files, "startup": "nginx\n"}, candidate=dockerfile).runtime.processes[0].args[0] == "python"
    assert plan(LOOSE, candidate=dockerfile).runtime.processes[0].args[0] == "python"
    flask = {**files, "requirements.txt": "flask\ngunicorn\n", "app.py": FLASK}
    assert plan(flask, candidate=dockerfile).runtime.processes[0].args == ("gunicorn", "app:app")


def test_the_extra_that_a_dockerfiles_program_is_in_is_installed() -> None:
    project = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["falcon"]\n'
    extra = '[project.optional-dependencies]\nserver = ["gunicorn"]\n[project.scripts]\nshop = "shop:main"\n'
    files = {"pyproject.toml": project + extra, "shop.py": ""}
    found = plan(files, candidate=Setting("gunicorn 'shop:make()'", "platform"))
    assert found.runtime.processes[0].args == ("gunicorn", "shop:make()")
    assert "set-installed" in codes(found)
    other = {**files, "Procfile": "web: python shop.py\n"}
    assert "set-installed" not in codes(plan(other, candidate=Setting("gunicorn 'shop:make()'", "platform")))
