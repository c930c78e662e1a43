"""How an app starts: what the user says, an app object, a script; and the errors where nothing says so."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from frontend.errors import Location, PlanError
from frontend.languages.python import servers
from frontend.settings.model import Setting
from tests.errors import fails
from tests.languages.python import FASTAPI, FLASK, MAIN, Files, codes, flask, plan, ran, web

PROJECT = '[project]\nname = "shop"\nversion = "1"\n'


DEEP = {
    "pyproject.toml": '[project]\nname = "tidal"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n',
    "tidal.py": MAIN, "lib/__init__.py": "", "lib/web/__init__.py": "", "lib/web/app.py": FLASK,
}  # fmt: skip

STARTS: list[tuple[str, Files, str]] = [
    ("a Procfile", flask(Procfile="# x\nworker: python w.py\nweb: gunicorn -w 2 app:app\n"), "gunicorn -w 2 app:app"),
    ("a Procfile's variables", flask(Procfile="web: gunicorn -b :$PORT app:app\n"), "/bin/sh -c exec gunicorn -b :$PORT app:app"),
    ("a Procfile's list", flask(Procfile="web: python m.py && gunicorn app:app\n"), "/bin/sh -c python m.py && exec gunicorn app:app"),
    ("a Procfile without web", flask(Procfile="worker: python w.py\n"), "gunicorn app:app"),
    ("the only process of a Procfile, which is no web", {"requirements.txt": "x\n", "bot/__main__.py": MAIN, "config.py": MAIN, "Procfile": "bot: python -m bot\nrelease: python config.py\n"}, "-m bot"),
    ("an app object before a script", {**flask(), "main.py": MAIN}, "gunicorn app:app"),
    ("main.py", {"main.py": MAIN}, "main.py"),
    ("main.py before app.py", {"main.py": MAIN, "app.py": MAIN}, "main.py"),
    ("not a main.py that does nothing", {"main.py": "def main():\n    pass\n", "app.py": MAIN}, "app.py"),
    ("main.py that imports what runs", {"requirements.txt": "x\n", "main.py": "import serving\n", "serving.py": "import x\nx.run()\n"}, "main.py"),
    ("bot.py", {"requirements.txt": "discord.py\n", "bot.py": "import discord\ndiscord.Client().run('x')\n"}, "bot.py"),
    ("src/main.py", {"requirements.txt": "x\n", "src/main.py": MAIN}, "src/main.py"),
    ("src/main.py with relative imports", {"requirements.txt": "x\n", "src/main.py": f"from . import db\n{MAIN}"}, "-m src.main"),
    ("the script of the project's name", DEEP, "tidal.py"),
    ("not one that imports the object", {**DEEP, "tidal.py": f"from lib.web.app import app\n{MAIN}"}, "gunicorn lib.web.app:app"),
    ("not one of another name", {**DEEP, "pyproject.toml": DEEP["pyproject.toml"].replace("tidal", "other")}, "gunicorn lib.web.app:app"),
    ("the only file", {"requirements.txt": "x\n", "zebra.py": MAIN, "setup.py": "", "conftest.py": ""}, "zebra.py"),
    ("the only file but for settings", {"requirements.txt": "x\n", "zebra.py": MAIN, "config.py": MAIN, "settings.py": MAIN}, "zebra.py"),
    ("manage.py of another framework", flask("flask\ngunicorn\n", **{"manage.py": f"from shop import cli\n{MAIN}", "wsgi.py": "import app\n"}), "gunicorn app:app"),
    ("the only file, which calls", {"requirements.txt": "x\n", "zebra.py": "import x\nx.run()\n"}, "zebra.py"),
    ("the only script", {"pyproject.toml": f'{PROJECT}[project.scripts]\nanything = "shop:main"\n', "shop.py": ""}, "anything"),
    ("Poetry's only script", {"pyproject.toml": '[tool.poetry]\nname = "a"\n[tool.poetry.scripts]\nrun-it = "a:b"\n'}, "run-it"),
    ("the project's own of several", {"pyproject.toml": f'{PROJECT}[project.scripts]\nshop = "a:b"\nadmin = "a:c"\n'}, "shop"),
    ("one that serves of several", {"pyproject.toml": f'{PROJECT}[project.scripts]\nshop = "a:b"\nserve = "a:c"\n'}, "serve"),
    ("a script of setup.cfg", {"setup.cfg": "[metadata]\nname = a\n[options.entry_points]\nconsole_scripts =\n  a-serve = a:main\n", "setup.py": "setup()"}, "a-serve"),
    ("a script of setup.py", {"setup.py": "setup(name='a', entry_points={'console_scripts': ['a-serve = a:main']})"}, "a-serve"),
    ("a script of PDM", {"pyproject.toml": f'{PROJECT}[tool.pdm.scripts]\nstart = "hypercorn -b 0.0.0.0 shop:x"\n'}, "hypercorn -b 0.0.0.0 shop:x"),
    ("a script of Pipenv", {"Pipfile": '[packages]\n[scripts]\nserve = "pipenv run python -m shop"\n'}, "-m shop"),
    ("a file rather than one of several", {"pyproject.toml": f'{PROJECT}[project.scripts]\nshop = "a:b"\nx = "a:c"\n', "main.py": MAIN}, "main.py"),
    ("a package that runs", {"requirements.txt": "x\n", "shop/__init__.py": "", "shop/__main__.py": MAIN}, "-m shop"),
    ("a package that runs, below src", {"requirements.txt": "x\n", "src/shop/__main__.py": MAIN}, "-m shop"),
    ("a package's main.py, below src", {"requirements.txt": "x\n", "src/shop/__init__.py": "", "src/shop/main.py": MAIN}, "-m shop.main"),
    ("a package's main.py", {"requirements.txt": "x\n", "shop/main.py": MAIN, "shop/other.py": MAIN}, "-m shop.main"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "run"), [row[1:] for row in STARTS], ids=[row[0] for row in STARTS])
def test_the_command(files: Files, run: str) -> None:
    assert ran(web(files)) == run


SERVING = "import uvicorn\n\ndef run():\n    uvicorn.run('shop.web:site', host='127.0.0.1', port=8001)\n"


@pytest.mark.parametrize(("entry", "listens"), [("shop.cli:run", True), ("shop.other:run", False), ("shop.cli", False)])
def test_an_installed_script_that_serves_listens_where_the_container_is_asked(entry: str, listens: bool) -> None:
    project = f'{PROJECT}dependencies = ["uvicorn"]\n[project.scripts]\nshop = "{entry}"\n'
    args = web({"pyproject.toml": project, "shop/__init__.py": "", "shop/cli.py": SERVING, "shop/other.py": MAIN})
    assert (args[:2] == ("python", "-c")) is listens
    if listens:
        ast.parse(args[2])
        assert args[2].endswith("from shop.cli import run; sys.exit(run())")


def test_a_package_below_src_can_be_imported() -> None:
    found = plan({"requirements.txt": "x\n", "src/shop/main.py": MAIN})
    assert ("PYTHONPATH", "/app/src") in found.runtime.env


SHOWN = (
    "import atexit, sys, threading\n"
    "if __name__ == '__main__':\n"
    "    main = sys.modules['__main__']\n"
    "    print([main.__name__, main.__file__, main.__spec__ if 'x.py' in sys.argv[0] else '', sys.argv, sys.path[0]])\n"
    "    _run, port, threading = 1, 2, 3\n"
)


@pytest.mark.parametrize(
    ("made", "plain"),
    [
        (servers.run_file("sub/x.py", "pass; "), ("python", "sub/x.py")),
        (servers.run_module("pkg", "pass; "), ("python", "-m", "pkg")),
        (servers.run_module("pkg.mod", "pass; "), ("python", "-m", "pkg.mod")),
    ],
)
def test_a_script_sees_what_it_would_without_us(made: tuple[str, ...], plain: tuple[str, ...], tmp_path: Path) -> None:
    for path in ("sub/x.py", "pkg/__main__.py", "pkg/mod.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(SHOWN)

    def shown(args: tuple[str, ...]) -> str:
        done = subprocess.run((sys.executable, *args[1:], "a", "b"), cwd=tmp_path, capture_output=True, text=True)
        assert done.stderr == ""
        return done.stdout

    assert shown(made) == shown(plain)


def test_a_script_that_is_made_to_listen_ends_at_sigterm(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("import threading\nprint('up', flush=True)\nthreading.Event().wait()\n")
    args = (sys.executable, *servers.run_file("x.py", "pass; ")[1:])
    with subprocess.Popen(args, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.terminate()
        assert "KeyboardInterrupt" in process.communicate(timeout=5)[1]


def test_run_command_comes_before_all() -> None:
    files = flask(Procfile="web: gunicorn app:app\nworker: python w.py\n")
    found = plan(files, run_command=Setting('python serve.py --title "a b"', "build-arg"))
    assert [(p.name, p.args) for p in found.runtime.processes] == [
        ("web", ("python", "serve.py", "--title", "a b")),
        ("worker", ("python", "w.py")),
    ]


def test_every_process_of_a_procfile_is_there() -> None:
    found = plan(flask(Procfile="worker: celery -A a worker\nrelease: python manage.py migrate\n"))
    assert [p.name for p in found.runtime.processes] == ["web", "worker", "release"]


def test_a_procfile_variable_becomes_the_images_environment() -> None:
    found = plan(flask(Procfile="web: MODE=prod gunicorn app:app\n"))
    assert found.runtime.processes[0].args == ("gunicorn", "app:app")
    assert ("MODE", "prod") in found.runtime.env


def test_the_evidence_names_the_line() -> None:
    said = {one.what: (one.because, str(one.at)) for one in plan(flask()).evidence}
    assert said == {"pip": ("requirements.txt", "requirements.txt"), "start": ("flask app app:app", "app.py:2")}


def test_an_app_in_a_directory_is_read_there_and_is_the_root_of_the_image() -> None:
    files = {f"services/api/{name}": text for name, text in flask().items()}
    found = plan({**files, "main.py": FASTAPI, "requirements.txt": "fastapi\n"}, "services/api")
    assert found.runtime.processes[0].args == ("gunicorn", "app:app")
    assert str(found.runtime.processes[0].at) == "services/api/app.py:2"
    roots = [getattr(one, "root", "") for one in (*found.steps[0].inputs, *found.runtime.layers[-1].inputs)]
    assert roots == ["services/api", "services/api"]


ERRORS: list[tuple[str, Files, str, tuple[str, ...]]] = [  # name, files, place, what is named
    (
        "nothing starts it",
        {"requirements.txt": "requests\n", "a.py": "", "b.py": ""},
        "",
        ("Procfile", "[project.scripts]", "main.py, app.py, run.py, server.py", "RUN_COMMAND"),
    ),
    (
        "several scripts",
        {"pyproject.toml": f'{PROJECT}[project.scripts]\na = "x:a"\nb = "x:b"\n'},
        "",
        ("pyproject.toml", "a, b", "RUN_COMMAND"),
    ),
    (
        "a script that does nothing",
        {"requirements.txt": "requests\n", "main.py": "def main():\n    pass\n"},
        "main.py",
        ("main.py", "RUN_COMMAND"),
    ),
    (
        "a Procfile without web",
        {
            "requirements.txt": "requests\n",
            "a.py": "",
            "b.py": "",
            "Procfile": "worker: python a.py\nclock: python b.py\n",
        },
        "Procfile:1",
        ("worker, clock", "web"),
    ),
    (
        "an app in a directory",
        {"requirements.txt": "requests\n", "backend/requirements.txt": "flask\n"},
        "",
        ("PROJECT_PATH=backend",),
    ),
    (
        "conda",
        {"environment.yml": "name: x\n", "main.py": MAIN},
        "environment.yml",
        ("conda", "requirements.txt", "pyproject.toml"),
    ),
    (
        "a framework that nothing installs",
        {"web.py": "import flask\n\napp = flask.Flask('')\n"},
        "web.py:3",
        ("flask", "requirements.txt", "pyproject.toml"),
    ),
    (
        "a framework in a file of another name",
        {"web.py": FLASK, "requirments.txt": "# pip freeze\nFlask==3.1\n"},
        "web.py:2",
        ("flask", "requirments.txt"),
    ),
    (
        "a framework that setup.py does not list",
        {"web.py": FLASK, "setup.py": "from setuptools import setup\nsetup(name='shop', packages=['shop'])\n"},
        "web.py:2",
        ("flask", "setup.py"),
    ),
    (
        "a package of another name that nothing installs",
        {"main.py": "from fasthtml.common import *\napp, rt = fast_app()\n"},
        "main.py:2",
        ("python-fasthtml",),
    ),
    ("a Procfile that is none", flask(Procfile="web: gunicorn app:app\ngunicorn\n"), "Procfile:2", ("gunicorn",)),
    ("a quote that is never closed", flask(Procfile="web: gunicorn 'app:app\n"), "Procfile:1", ("gunicorn 'app:app",)),
    ("an include that does not exist", flask("flask\n-r base.txt\n"), "requirements.txt:2", ("base.txt",)),
]


@pytest.mark.parametrize(("files", "at", "named"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_an_error_says_where_and_what_to_do(files: Files, at: str, named: tuple[str, ...]) -> None:
    with fails(PlanError, *named, "hint: ", at=at):
        plan(files)


def test_an_app_whose_framework_is_not_declared_is_still_found() -> None:
    assert web({"requirements.txt": "-r missing-from-names.txt\n", "missing-from-names.txt": "rich\n", "app.py": FLASK}) == (
        "gunicorn", "app:app",
    )  # fmt: skip


def test_a_project_is_installed_beside_its_requirements_when_its_script_is_started() -> None:
    manifest = f'{PROJECT}[project.scripts]\nshop = "shop:main"\nadmin = "shop:admin"\n'
    files = {"requirements.txt": "requests\n", "pyproject.toml": manifest, "shop.py": ""}
    found = plan({**files, "Procfile": "web: shop --serve\n"})
    assert found.runtime.processes[0].args == ("shop", "--serve")
    assert [one.name for one in found.steps] == ["install", "build"]
    assert found.steps[1].run[0].name == "pip install --editable ."
    plain = plan({**files, "Procfile": "web: python shop.py\n"})
    assert [one.name for one in plain.steps] == ["install"]


@pytest.mark.parametrize("path", ["streamlit_app.py", "Home.py", "board.py", "app/main.py", "src/app.py"])
def test_a_streamlit_script_is_found_where_it_is(path: str) -> None:
    files = {"requirements.txt": "streamlit\n", path: "import streamlit as st\n", "pages/one.py": "import streamlit\n"}
    assert f'"run", "{path}"' in web(files)[2]


OPTIONS = "import argparse\n\n\ndef main():\n    argparse.ArgumentParser().parse_args()\n    app.run()\n"


@pytest.mark.parametrize(
    ("text", "entry", "place"),
    [
        (FLASK + OPTIONS, "shop:main", "shop.py:7"),
        (FLASK, "cli:main", "cli.py:4"),
        (FLASK, "shop:main", ""),
        (FLASK + OPTIONS, "other:main", ""),
    ],
)
def test_a_program_whose_options_the_server_does_not_read_is_told(text: str, entry: str, place: str) -> None:
    project = f'{PROJECT}dependencies = ["flask", "gunicorn"]\n[project.scripts]\nshop-web = "{entry}"\n'
    click = "import click\nfrom shop import app\n\n@click.argument('file')\ndef main(file):\n    app.run()\n"
    found = plan({"pyproject.toml": project, "shop.py": text, "cli.py": click, "other.py": "import x\n"})
    assert found.runtime.processes[0].args == ("gunicorn", "shop:app")
    places = [str(one.at) for one in found.warnings if one.code == "program-left-out"]
    assert places == ([place] if place else [])


SHOWS = "import streamlit as st\nst.title('A')\n"


@pytest.mark.parametrize(
    ("files", "starts", "hint"),
    [
        ({"api.py": FASTAPI, "streamlit_app.py": SHOWS}, "streamlit_app.py", "uvicorn api:app --host 0.0.0.0 --port $PORT"),
        ({"api/main.py": FLASK, "streamlit_app.py": SHOWS}, "streamlit_app.py", "gunicorn api.main:app --bind 0.0.0.0:$PORT"),
        ({"main.py": FASTAPI, "streamlit_app.py": SHOWS}, "main:app",
         "streamlit run streamlit_app.py --server.address 0.0.0.0 --server.port $PORT"),
        ({"api.py": FASTAPI, "view.py": SHOWS}, "api:app",
         "streamlit run view.py --server.address 0.0.0.0 --server.port $PORT"),
    ],
)  # fmt: skip
def test_an_app_object_beside_a_streamlit_script(files: dict[str, str], starts: str, hint: str) -> None:
    given = {"requirements.txt": "fastapi\nflask\nuvicorn\ngunicorn\nstreamlit\n", **files}
    found = plan(given)
    assert starts in " ".join(found.runtime.processes[0].args)
    told = [one.hint for one in found.warnings if one.code == "other-app"]
    assert len(told) == 1
    assert f"RUN_COMMAND='{hint}'" in told[0]
    other = plan(given, run_command=Setting(hint))
    assert hint.split()[2 if hint[0] == "s" else 1] in " ".join(other.runtime.processes[0].args)
    alone = plan({"requirements.txt": "streamlit\n", "streamlit_app.py": SHOWS})
    assert "other-app" not in codes(alone)


@pytest.mark.parametrize(
    ("paths", "other"),
    [
        (("app/board_dev.py", "app/board_v2.py"), "app/board_v2.py"),
        (("board.py", "chart.py"), "chart.py"),
        (("app.py", "chart.py"), ""),
        (("streamlit_app.py", "chart.py"), ""),
        (("board.py", "pages/chart.py"), ""),
    ],
)
def test_two_scripts_that_are_as_likely_are_told(paths: tuple[str, ...], other: str) -> None:
    found = plan({"requirements.txt": "streamlit\n", **dict.fromkeys(paths, SHOWS)})
    assert f'"{paths[0]}"' in found.runtime.processes[0].args[2]
    told = [(str(one.at), one.hint) for one in found.warnings if one.code == "other-app"]
    hint = f"to start that one, set RUN_COMMAND='streamlit run {other}'"
    assert told == ([(f"{other}:1", hint)] if other else [])


def test_a_directory_with_an_empty_manifest_is_not_named_as_the_app() -> None:
    files = {"requirements.txt": "torch\n", "train/net.py": "x = 1\n", "docker/requirements.txt": "\n"}
    with pytest.raises(PlanError) as caught:
        plan(files)
    assert "docker" not in caught.value.hint
    with pytest.raises(PlanError) as caught:
        plan({**files, "docker/requirements.txt": "torch\n"})
    assert "PROJECT_PATH=docker" in caught.value.hint


OWN_PORT = (
    FASTAPI
    + 'import uvicorn\nif __name__ == "__main__":\n    uvicorn.run("main:app", host="0.0.0.0", port=8000, reload=True)\n'
)


def test_a_file_that_a_dockerfile_runs_listens_on_port() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": OWN_PORT}
    found = plan(files, candidate=Setting("python main.py", "platform", Location("Dockerfile", 2)))
    text = found.runtime.processes[0].args[-1]
    assert 'os.environ["PORT"]' in text
    assert "main.py" in text
    assert "fixed-port" not in codes(found)


def test_a_module_that_a_dockerfile_runs_listens_on_port() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "api/server.py": OWN_PORT}
    found = plan(files, candidate=Setting("python -m api.server", "platform", Location("Dockerfile", 2)))
    text = found.runtime.processes[0].args[-1]
    assert 'os.environ["PORT"]' in text
    assert 'run_module("api.server"' in text
    other = plan(files, candidate=Setting("python -m http.server 80", "platform", Location("Dockerfile", 2)))
    assert other.runtime.processes[0].args[:3] == ("python", "-m", "http.server")


@pytest.mark.parametrize(
    ("command", "source", "line"),
    [
        ("python main.py", OWN_PORT, 5),
        ("python -m main", OWN_PORT, 5),
        ("alembic upgrade head && python main.py", OWN_PORT, 5),
        ("python main.py", OWN_PORT.replace(", port=8000", ""), 5),
        ("python main.py", OWN_PORT.replace("8000", 'int(os.environ["PORT"])'), 0),
        ("python main.py", OWN_PORT.replace("8000", "5000"), 0),
        ("python main.py", "print(1)\n", 0),
    ],
)
def test_a_port_that_the_source_of_the_users_command_fixes_is_told(command: str, source: str, line: int) -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\nalembic\n", "main.py": source, "Procfile": f"web: {command}\n"}
    told = [one.at.line for one in plan(files).warnings if one.code == "fixed-port" and one.at is not None]
    assert told == ([line] if line else [])


@pytest.mark.parametrize(
    ("command", "started"),
    [
        ("uvicorn main:app", "uvicorn main:app --host 0.0.0.0 --port $PORT"),
        ("uvicorn main:app --host 0.0.0.0", "uvicorn main:app --host 0.0.0.0 --port $PORT"),
        ("uvicorn main:app --port $PORT", "uvicorn main:app --port $PORT --host 0.0.0.0"),
        ("python -m uvicorn main:app", "python -m uvicorn main:app --host 0.0.0.0 --port $PORT"),
        ("true && flask --app main run", "true && exec flask --app main run --host 0.0.0.0 --port $PORT"),
        ("flask run -h 0.0.0.0 -p8000", "flask run -h 0.0.0.0 -p$PORT"),
        ("streamlit run main.py -- --x", "streamlit run main.py --server.port $PORT -- --x"),
        ("hypercorn main:app", "hypercorn main:app --bind 0.0.0.0:$PORT"),
        ("daphne main:app", "daphne main:app -b 0.0.0.0 -p $PORT"),
        ("waitress-serve main:app", "waitress-serve main:app --port $PORT"),
        ("fastapi run main.py", "fastapi run main.py --port $PORT"),
        ("waitress-serve --listen=*:$PORT main:app", ""),
        ("uvicorn main:app --uds /tmp/app.sock", ""),
        ("hypercorn -c hypercorn.toml main:app", ""),
        ("gunicorn main:app", ""),
        ("flask routes", ""),
        ("uvicorn main:app & streamlit run main.py", ""),
        ("python main.py", ""),
    ],
)
def test_a_server_that_is_told_no_place_to_listen_listens_on_port(command: str, started: str) -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI}
    for found in (
        plan({**files, "Procfile": f"web: {command}\n"}),
        plan({**files, "Procfile": "web: sh start.sh\n", "start.sh": f"set -e\n{command}\n"}),
    ):
        told = [one.message for one in found.warnings if one.code in ("port-added", "fixed-port")]
        assert bool(told) == bool(started)
    web = plan({**files, "Procfile": f"web: {command}\n"}).runtime.processes[0]
    assert not started or web.args[2].removeprefix("exec ") == started


@pytest.mark.parametrize(
    ("command", "started"),
    [
        ("sh -c 'uvicorn main:app'", "exec uvicorn main:app --host 0.0.0.0 --port $PORT"),
        ('bash -lc "cd . && uvicorn main:app --port 8000"',
         "cd . && exec uvicorn main:app --port $PORT --host 0.0.0.0"),
        ("bash -ec 'uvicorn main:app'", "uvicorn main:app --host 0.0.0.0 --port $PORT"),
        ('true && bash -c "uvicorn main:app --log-level $L"',
         'true && exec bash -c "uvicorn main:app --log-level $L --host 0.0.0.0 --port $PORT"'),
        ("true && bash -c 'true && uvicorn --reload main:app'",
         "true && exec bash -c 'true && uvicorn --reload main:app --host 0.0.0.0 --port $PORT'"),
    ],
)  # fmt: skip
def test_a_server_in_a_text_for_a_shell_listens_on_port(command: str, started: str) -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI}
    for found in (
        plan({**files, "Procfile": f"web: {command}\n"}),
        plan(files, run_command=Setting(command)),
    ):
        assert found.runtime.processes[0].args[2] == started
        assert "port-added" in codes(found)


def test_a_text_for_a_shell_whose_quotes_have_no_place_for_a_port_is_told() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI}
    command = r'true && bash -c "uvicorn main:app --log-level \"$L\""'
    (told,) = plan({**files, "Procfile": f"web: {command}\n"}).warnings
    assert told.message == (
        "the start command does not tell uvicorn where to listen: its text for bash has quotes in quotes, and is left "
        "as it is"
    )
    assert told.hint == "write --host 0.0.0.0 --port $PORT in the command"


def test_a_server_in_a_text_for_a_shell_is_not_bound_by_its_configuration() -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK, "gunicorn.conf.py": 'bind = "0.0.0.0:8000"\n'}
    found = plan({**files, "Procfile": "web: bash -ec 'gunicorn app:app'\n"})
    assert found.runtime.processes[0].args == ("bash", "-ec", 'gunicorn --bind "0.0.0.0:$PORT" app:app')
    assert codes(found) == ["port-overridden"]


def test_a_dockerfiles_server_that_is_told_no_place_to_listen_listens_on_port() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI}
    found = plan(files, candidate=Setting("uvicorn main:app --host 0.0.0.0", "platform", Location("Dockerfile", 2)))
    assert found.runtime.processes[0].args[2] == "exec uvicorn main:app --host 0.0.0.0 --port $PORT"


NEEDS = """\
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("place")
parser.add_argument("more", nargs="*")
parser.add_argument("--level", required=True)
parser.add_argument("--quiet", action="store_true")
print(parser.parse_args())
"""


def test_a_script_that_needs_arguments_is_told() -> None:
    files = {"requirements.txt": "requests\n", "main.py": NEEDS}
    (told,) = (one for one in plan(files).warnings if one.code == "no-arguments")
    assert (told.message, str(told.at)) == (
        "main.py ends unless it is given place, --level: the image starts it without arguments",
        "main.py:3",
    )
    assert "no-arguments" not in codes(plan({**files, "Procfile": "web: python main.py here --level 1\n"}))
    given = NEEDS.replace('"place"', '"place", nargs="?"').replace(", required=True", "")
    assert "no-arguments" not in codes(plan({**files, "main.py": given}))


def test_a_module_in_the_shadow_of_a_package_is_not_imported() -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": f"{FLASK}if __name__ == '__main__':\n    app.run()\n"}
    assert plan(files).runtime.processes[0].args == ("gunicorn", "app:app")
    shadowed = plan({**files, "app/__init__.py": ""}).runtime.processes[0].args
    assert "gunicorn" not in shadowed
    assert "app.py" in shadowed[-1]
    assert plan({**files, "app/views.py": ""}).runtime.processes[0].args == ("gunicorn", "app:app")


def test_a_module_at_the_root_that_imports_by_a_leading_dot_is_not_served() -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "main.py": f"from .tasks import x\n{FLASK}",
        "tasks.py": "x = 1\n",
    }
    assert "gunicorn" not in plan({**files, "app.py": "print(1)\n"}).runtime.processes[0].args
    assert plan({**files, "shop.py": FLASK}).runtime.processes[0].args == ("gunicorn", "shop:app")


def test_the_spiders_of_a_scrapy_project_are_the_hint() -> None:
    files = {
        "requirements.txt": "scrapy\n",
        "scrapy.cfg": "",
        "tides/spiders/a.py": "class A(Spider):\n    name = 'gulls'\n",
    }
    with pytest.raises(PlanError) as caught:
        plan(files)
    assert caught.value.hint == "set RUN_COMMAND to the spider that it runs: scrapy crawl gulls"


def test_a_streamlit_script_below_has_a_conventional_name_first() -> None:
    files = {
        "requirements.txt": "streamlit\n",
        "board/agent.py": "import streamlit as st\n",
        "board/main.py": "import streamlit as st\n",
    }
    assert '"board/main.py"' in plan(files).runtime.processes[0].args[2]


CLICK = "import click\n@click.group()\ndef cli():\n    pass\n"
ARGUMENT = "from click import argument, command\n@command()\n@argument('place')\ndef cli(place):\n    pass\n"
TYPER = "import typer\napp = typer.Typer()\n@app.command()\ndef a():\n    pass\n@app.command()\ndef b():\n    pass\n"
PARSER = "import argparse\ndef main():\n    parser = argparse.ArgumentParser()\n"
PROGRAMS: list[tuple[Files, str, str]] = [  # modules, the entry, what is told of the program `shop`
    ({"shop/cli.py": CLICK}, "shop.cli:cli", "ends unless it is given a command"),
    ({"shop/cli.py": CLICK.replace("()", "(invoke_without_command=True)", 1)}, "shop.cli:cli", ""),
    ({"shop/cli.py": ARGUMENT}, "shop.cli:cli", "ends unless it is given place"),
    ({"shop/cli.py": ARGUMENT.replace("'place'", "'place', default='x'")}, "shop.cli:cli", ""),
    ({"src/shop/cli.py": TYPER}, "shop.cli:app", "ends unless it is given a command"),
    ({"shop/cli.py": TYPER.partition("@app.command()\ndef b")[0]}, "shop.cli:app", ""),
    ({"shop/cli.py": f"{PARSER}    parser.add_subparsers(required=True)\n"}, "shop.cli:main",
     "ends unless it is given a command"),
    ({"shop/cli.py": f"{PARSER}    print(parser.parse_args())\n"}, "shop.cli:main",
     "reads options of the command line"),
    ({"shop/cli.py": f"{PARSER}    parser.parse_args()\n    parser.print_help()\n"}, "shop.cli:main",
     "ends unless it is given options"),
    ({"shop/__main__.py": "from shop import cli\ndef main():\n    cli.main()\n",
      "shop/cli.py": f"{PARSER}    parser.add_argument('url')\n"}, "shop.__main__:main",
     "ends unless it is given url"),
    ({"shop/cli.py": "import time\ndef main():\n    time.sleep(9)\n"}, "shop.cli:main", ""),
]  # fmt: skip


@pytest.mark.parametrize(("modules", "entry", "told"), PROGRAMS)
def test_a_program_of_the_command_line_that_is_started_without_arguments_is_told(
    modules: Files, entry: str, told: str
) -> None:
    manifest = f'[project]\nname = "shop"\ndependencies = ["click", "typer"]\n[project.scripts]\nshop = "{entry}"\n'
    base = {"pyproject.toml": manifest, "shop/__init__.py": "", "src/shop/__init__.py": ""}
    found = plan({**base, **modules})
    (started,) = found.runtime.processes
    said = [one for one in found.warnings if one.code == "no-arguments"]
    assert started.args == ("shop",)
    assert [one.message for one in said] == ([f"shop {told}: the image starts it without arguments"] if told else [])
    assert all(one.hint == "set RUN_COMMAND='shop …'" for one in said)


def test_a_dockerfiles_script_that_ends_in_a_daemon_is_not_the_start() -> None:
    script = "#!/bin/sh\npython job.py\nexec /usr/sbin/crond -f\n"
    files = {"requirements.txt": "requests\n", "job.py": f"import requests\n{MAIN}", "start.sh": script}
    stated = Setting("./start.sh", "platform", Location("Dockerfile", 3))
    assert web(files, candidate=stated, candidate_texts=(stated,)) == ("python", "job.py")
    served = {**files, "start.sh": "#!/bin/sh\nexec python job.py\n"}
    assert web(served, candidate=stated, candidate_texts=(stated,)) == ("./start.sh",)
