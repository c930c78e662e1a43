"""Files for other platforms: what is taken of each, what is told, and what is left."""

import pytest

from tests.deploy.common import EXPRESS, FLASK, Files, built, error, plan, step, text, told, web

BIND = "gunicorn app:app --bind 0.0.0.0:$PORT"
BESIDE: Files = {f"backend/{path}": text for path, text in FLASK.items()}
TOOLS = '{"private": true, "devDependencies": {"prettier": "3"}}'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("railway.json", f'{{"deploy": {{\n"startCommand": "{BIND}"}}}}'),
        ("railway.json", f'{{// comments\n"deploy": {{"startCommand": "{BIND}",}},}}'),
        ("railway.toml", f'[deploy]\nstartCommand = "{BIND}"\n'),
        ("nixpacks.toml", f'[start]\ncmd = "{BIND}"\n'),
        ("render.yaml", f"services:\n- {{type: web, startCommand: '{BIND}'}}\n"),
        ("render.yaml", f"projects: [{{environments: [{{services: [\n{{type: web, startCommand: '{BIND}'}}]}}]}}]\n"),
    ],
)
def test_the_start_command_is_that_of_the_file(path: str, text: str) -> None:
    found = plan({**FLASK, path: text})
    assert web(found) == BIND
    assert str(found.runtime.processes[0].at) == f"{path}:2"
    assert told(found)["deploy-file"] == f"{path} decides: start command ({path}:2)"
    assert web(plan({**FLASK, path: text}, DEPLOY_FILES="off")) != BIND
    assert web(plan({**FLASK, path: text, "Procfile": "web: gunicorn app:app\n"})) == "gunicorn app:app"
    assert web(plan({**FLASK, path: text}, RUN_COMMAND="gunicorn app:app")) == "gunicorn app:app"


def test_a_start_command_goes_before_the_start_script() -> None:
    found = plan({**EXPRESS, "railway.json": '{"deploy": {"startCommand": "node server.js"}}'})
    assert web(found) == "node server.js"


def test_the_first_of_two_files_wins() -> None:
    render = "services:\n- type: web\n  startCommand: gunicorn app:other\n  buildCommand: python made.py\n"
    found = plan({**FLASK, "render.yaml": render, "railway.json": f'{{"deploy": {{"startCommand": "{BIND}"}}}}'})
    assert web(found) == BIND
    assert built(found) == ("python made.py",)


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("pip install -r requirements.txt && python made.py", ("python made.py",)),
        ("pip install --upgrade pip && python -m pip install -r requirements.txt; python made.py", ("python made.py",)),
        ("pip install -r requirements.txt", ()),
        ("python -m venv v && pip install poetry && poetry install --no-root", ()),
    ],
)
def test_an_install_that_our_own_step_does_is_left_out(command: str, left: tuple[str, ...]) -> None:
    assert built(plan({**FLASK, "railway.json": f'{{"build": {{"buildCommand": "{command}"}}}}'})) == left


def test_the_directory_that_commands_go_into_is_the_app() -> None:
    railway = """{
        "build": {"buildCommand": "cd backend && pip install -r requirements.txt && python made.py"},
        "deploy": {"startCommand": "cd backend && gunicorn app:app --bind 0.0.0.0:$PORT"}}"""
    found = plan({**BESIDE, "package.json": TOOLS, "railway.json": railway})
    assert found.language == "python"
    assert web(found) == BIND
    assert built(found) == ("python made.py",)
    assert step(found, "install").inputs[0].root == "backend"  # type: ignore[union-attr]
    assert str(found.evidence[0].at) == "railway.json:3"
    same = plan({**BESIDE, "package.json": TOOLS, "railway.json": railway}, PROJECT_PATH="backend")
    assert (web(same), built(same)) == (web(found), built(found))


def test_a_directory_without_a_manifest_is_no_app() -> None:
    railway = '{"deploy": {"startCommand": "cd src && gunicorn app:app"}}'
    found = plan({**FLASK, "src/app.py": FLASK["app.py"], "railway.json": railway})
    assert web(found) == "cd src && exec gunicorn app:app"


RENDER = """\
services:
  - type: web
    name: harbour
    rootDir: backend
    buildCommand: pip install -r requirements.txt && python made.py
    startCommand: gunicorn app:app --bind 0.0.0.0:$PORT
    preDeployCommand: python migrate.py
    envVars:
      - {key: PYTHON_VERSION, value: 3.14.0}
      - {key: PORT, value: 10000}
      - {key: PLACE, value: Sund}
      - {key: API_TOKEN, value: abcdefabcdefabcdef}
      - {key: SECRET_KEY, generateValue: true}
      - {key: DATABASE_URL, fromDatabase: {name: db, property: connectionString}}
  - {type: worker, name: pilot, rootDir: backend, startCommand: python pilot.py}
  - {type: worker, name: other, startCommand: python other.py}
  - {type: web, name: site, runtime: static, buildCommand: npm run build, staticPublishPath: dist}
"""


def test_a_service_of_render() -> None:
    found = plan({**BESIDE, "render.yaml": RENDER})
    assert [(one.name, text(one)) for one in found.runtime.processes] == [
        ("web", BIND),
        ("release", "python migrate.py"),
        ("pilot", "python pilot.py"),
    ]
    assert built(found) == ("python made.py",)
    version = found.versions[0]
    assert (version.value, version.asked, version.by, str(version.at)) == (
        "3.14",
        "3.14.0",
        "platform",
        "render.yaml:9",
    )
    assert dict(found.runtime.env)["PLACE"] == "Sund"
    assert dict(step(found, "build").env)["PLACE"] == "Sund"
    assert not {"PORT", "API_TOKEN", "SECRET_KEY", "PYTHON_VERSION"} & set(dict(found.runtime.env))
    assert told(found)["unset-variables"] == (
        "not set in the image, secret or without a value in render.yaml: SECRET_KEY, DATABASE_URL, API_TOKEN "
        "(render.yaml:13)"
    )
    assert any(one.what == "PLACE" and str(one.at) == "render.yaml:11" for one in found.evidence)


def test_several_services_are_an_error_that_lists_them() -> None:
    two = f"{RENDER}  - {{type: web, name: api, rootDir: api, startCommand: gunicorn app:app}}\n"
    files = {**BESIDE, **{f"api/{path}": text for path, text in FLASK.items()}, "render.yaml": two}
    assert "backend (harbour), api (api)" in error(files)
    assert web(plan(files, PROJECT_PATH="api")) == "gunicorn app:app"
    same = "services:\n" + "".join(f"- {{type: web, name: {n}, startCommand: gunicorn app:{n}}}\n" for n in "ab")
    assert 'RUN_COMMAND="gunicorn app:a" or RUN_COMMAND="gunicorn app:b"' in error({**FLASK, "render.yaml": same})


def test_packages_of_nixpacks() -> None:
    nixpacks = """\
[phases.setup]
nixPkgs = ["...", "python312", "ffmpeg", "cowsay"]
aptPkgs = ["...", "tesseract-ocr"]
[phases.build]
cmds = ["...", "python made.py"]
[variables]
PLACE = "Sund"
"""
    found = plan({**FLASK, "nixpacks.toml": nixpacks})
    assert {"ffmpeg", "tesseract-ocr"} <= set(found.runtime.packages)
    assert {"ffmpeg", "tesseract-ocr"} <= set(step(found, "build").packages)
    assert found.versions[0].value == "3.12"
    assert built(found) == ("python made.py",)
    assert dict(found.runtime.env)["PLACE"] == "Sund"
    assert told(found)["nix-package"].startswith("the Nix package cowsay is not installed")


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("railway.json", '{"deploy":\n{"startCommand": }}', 2),
        ("railway.json", '{"deploy": {}}\nmore', 2),
        ("railway.toml", "[deploy]\nstartCommand =\n", 2),
        ("nixpacks.toml", "[start\n", 1),
        ("render.yaml", "services:\n  - type: [web\n", 3),
        ("render.yaml", "services: &a\n  - *b\n", 2),
    ],
)
def test_a_broken_file_is_a_warning_with_its_line(path: str, text: str, line: int) -> None:
    found = plan({**FLASK, path: text})
    assert web(found).startswith("gunicorn app:app")
    assert told(found)["unreadable-file"].endswith(f"({path}:{line})")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("railway.json", "[]"),
        ("railway.json", '{"build": "x", "deploy": [1, {"startCommand": "y"}]}'),
        ("railway.toml", "build = 1\n"),
        ("nixpacks.toml", "phases = [1]\nstart = 2\n[variables]\nA = [1]\n"),
        ("render.yaml", ""),
        ("render.yaml", "services:\n  a: {type: web}\n"),
        ("render.yaml", "services: &a\n  - {type: web, envVars: *a}\n"),
        ("render.yaml", "[1, 2]"),
    ],
)
def test_a_file_of_another_shape_states_nothing(path: str, text: str) -> None:
    found = plan({**FLASK, path: text})
    assert web(found).startswith("gunicorn app:app")
    assert "deploy-file" not in told(found)


def test_a_secret_in_a_command_is_an_error() -> None:
    files = {**FLASK, "railway.json": '{"deploy": {"startCommand": "API_TOKEN=abcdefabcdef gunicorn app:app"}}'}
    assert "the variable API_TOKEN looks like a secret" in error(files)
