"""Files for other platforms: what is taken of each, what is told, and what is left."""

import json

import pytest

from frontend.errors import PlanError
from frontend.plan.model import FromImage, FromStep
from tests.deploy.common import EXPRESS, FLASK, Files, built, error, plan, step, text, told, web
from tests.languages.ruby import rack

BIND = "gunicorn app:app --bind 0.0.0.0:$PORT"
BESIDE: Files = {f"backend/{path}": text for path, text in FLASK.items()}
TOOLS = '{"private": true, "devDependencies": {"prettier": "3"}}'


@pytest.mark.parametrize("start", ['["/srv/app/start.sh"]', '["/bin/sh", "-c", "/srv/app/start.sh"]'])
def test_a_script_below_workdir_is_read_by_its_whole_path(start: str) -> None:
    script = "#!/bin/sh\nbundle exec rake shop:index\nbundle exec puma\n"
    docker = f"FROM ruby:3.4\nWORKDIR /srv/app\nCOPY . .\nCMD {start}\n"
    found = plan({**rack("puma"), "start.sh": script, "Dockerfile": docker})
    assert [str(one.at) for one in found.warnings if one.code == "entrypoint-left-out"] == ["start.sh:2"]


def test_what_a_dockerfile_has_for_a_ruby_app_beside_it_is_told() -> None:
    run = "RUN apt-get update && apt-get install -y python3 python3-venv supervisor\n"
    docker = f'FROM ruby:3.4\n{run}CMD ["supervisord", "-n"]\n'
    found = plan({**rack("puma"), "Dockerfile": docker})
    assert [str(one.at) for one in found.warnings if one.code == "start-left-out"] == ["Dockerfile:3"]
    assert "does: python3-venv supervisor" in told(found)["dockerfile-packages"]
    named = plan({**rack("puma"), "Dockerfile": docker, "Procfile": "web: bundle exec puma -p $PORT\n"})
    assert "start-left-out" not in told(named)


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
    assert told(found)["deploy-file"] == f"settings taken from {path}: start command ({path}:2)"
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


RENDERED = "services:\n- type: web\n  buildCommand: {}\n  startCommand: node index.js\n"
WITH_BUILD = {**EXPRESS, "package.json": '{"dependencies": {"express": "5"}, "scripts": {"build": "webpack"}}'}


@pytest.mark.parametrize(
    ("command", "source", "builds"),
    [
        ("npm install", "", False),
        ("npm ci && yarn install", "", False),
        ("npm install", "app.use(express.static('dist'))", True),
        ("npm install && npm run build", "", True),
        ("npm install && node made.js", "", True),
        ("cd web && npm run build", "", True),
    ],
)
def test_a_build_command_that_only_installs_says_that_nothing_is_built(command: str, source: str, builds: bool) -> None:
    files = {**WITH_BUILD, "render.yaml": RENDERED.format(command), "index.js": f"{EXPRESS['index.js']}{source}\n"}
    found = plan(files)
    assert ("build" in [one.name for one in found.steps]) is builds
    if not builds:
        assert "settings taken from render.yaml: build command, which builds nothing" in [
            one.message for one in found.warnings
        ]
    absent = {name: text for name, text in files.items() if name != "index.js"}
    assert "build" in [one.name for one in plan(absent).steps]
    framework = files["package.json"].replace('"express": "5"', '"next": "16"')
    assert "build" in [one.name for one in plan({**files, "package.json": framework}).steps]


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


@pytest.mark.parametrize(
    ("path", "content", "line"),
    [
        ("railway.json", '{"build": {"builder": "DOCKERFILE",\n"dockerfilePath": "apps/api/Dockerfile"}}', 2),
        ("railway.toml", '[build]\ndockerfilePath = "./apps/api/docker/Dockerfile"\n', 2),
        ("heroku.yml", "build:\n  docker:\n    web: apps/api/Dockerfile.web\n    worker: apps/site/Dockerfile\n", 3),
        ("heroku.yml", "build:\n  docker:\n    worker: apps/api/Dockerfile\n", 3),
        ("fly.toml", '[build]\ndockerfile = "apps/api/Dockerfile"\n', 2),
        ("render.yaml", "services:\n- type: web\n  runtime: docker\n  dockerfilePath: ./apps/api/Dockerfile\n", 4),
        (".do/app.yaml", "services:\n- name: api\n  dockerfile_path: apps/api/Dockerfile\n", 3),
    ],
)
def test_the_dockerfile_that_a_file_names_is_beside_the_app(path: str, content: str, line: int) -> None:
    below = {f"apps/{name}/{file}": text for name in ("api", "site") for file, text in EXPRESS.items()}
    found = plan({**below, path: content})
    assert step(found, "install").inputs[0].root == "apps/api"  # type: ignore[union-attr]
    assert str(found.evidence[0].at) == f"{path}:{line}"
    assert "2 apps" in error({**below, path: content.replace("apps/api", "docker")})
    node = plan({**below, path: content, "apps/api/Dockerfile": "FROM node:22\n", "Dockerfile": "FROM node:20\n"})
    assert node.versions[0].value == "22"


def test_a_directory_of_dockerfiles_is_no_app() -> None:
    found = plan({**EXPRESS, "docker/Dockerfile": "FROM node", "fly.toml": '[build]\ndockerfile = "docker/Dockerfile"'})
    assert step(found, "install").inputs[0].root == ""  # type: ignore[union-attr]


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


def test_variables_of_googles_builder_are_its_own_and_those_of_the_app_are_set() -> None:
    rows = "".join(f"  - {{key: {key}, value: {value}}}\n" for key, value in GOOGLES)
    found = plan({**FLASK, "render.yaml": f"services:\n- type: web\n  startCommand: {BIND}\n  envVars:\n{rows}"})
    assert ("GOOGLE_CLIENT_ID", "12-ab.apps.test") in found.runtime.env
    names = {name for name, _ in found.runtime.env}
    assert names.isdisjoint(("GOOGLE_BUILDABLE", "TOOL"))
    (doubt,) = (one for one in found.warnings if one.code == "platform-path")
    assert (str(doubt.at), "TOOL names /opt/render/project/" in doubt.message) == ("render.yaml:7", True)


GOOGLES = (
    ("GOOGLE_CLIENT_ID", "12-ab.apps.test"),
    ("GOOGLE_BUILDABLE", "./cmd"),
    ("TOOL", "/opt/render/project/src/bin/tool"),
)


def test_several_services_are_an_error_that_lists_them() -> None:
    two = f"{RENDER}  - {{type: web, name: api, rootDir: api, startCommand: gunicorn app:app}}\n"
    files = {**BESIDE, **{f"api/{path}": text for path, text in FLASK.items()}, "render.yaml": two}
    assert "\n  PROJECT_PATH=backend (harbour)\n  PROJECT_PATH=api (api)" in error(files)
    assert web(plan(files, PROJECT_PATH="api")) == "gunicorn app:app"
    same = "services:\n" + "".join(f"- {{type: web, name: {n}, startCommand: gunicorn app:{n}}}\n" for n in "ab")
    assert 'RUN_COMMAND="gunicorn app:a" or RUN_COMMAND="gunicorn app:b"' in error({**FLASK, "render.yaml": same})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "render.yaml",
            "services:\n"
            "- {type: worker, name: gull bot, buildCommand: pip install x, startCommand: python gull.py}\n"
            "- {type: worker, name: tide, startCommand: python tide.py}\n"
            "- {type: cron, name: clean, startCommand: python clean.py}\n",
        ),
        (
            ".do/app.yaml",
            "workers:\n- {name: gull bot, run_command: python gull.py}\n- {name: tide, run_command: python tide.py}\n",
        ),
    ],
)
def test_workers_beside_which_nothing_serves_are_processes(path: str, text: str) -> None:
    bots = {"requirements.txt": "discord.py\n", "gull.py": "print(1)\n", "tide.py": "print(2)\n", "poetry.lock": ""}
    assert "cannot determine the start command" in error({**bots, path: text})
    found = plan({**bots, path: text, "bot.py": "print(3)\n"})
    assert {one.name: " ".join(one.args) for one in found.runtime.processes[1:]} == {
        "gull-bot": "python gull.py",
        "tide": "python tide.py",
    }
    one = (
        "\n".join(line for line in text.splitlines() if "tide" not in line)
        if path == "render.yaml"
        else ("workers:\n- {name: gull bot, run_command: python gull.py}\n")
    )
    assert web(plan({**bots, path: one})) == "python gull.py"


def test_a_directory_of_its_own_is_chosen_where_workers_are_in_several() -> None:
    below = {f"{dir}/{path}": text for dir in ("gulls", "tides") for path, text in FLASK.items()}
    workers = "".join(
        f"- {{type: worker, name: {dir}, rootDir: {dir}, startCommand: python app.py}}\n" for dir in ("gulls", "tides")
    )
    assert "PROJECT_PATH=gulls (gulls)\n  PROJECT_PATH=tides (tides)" in error(
        {**below, "render.yaml": f"services:\n{workers}"}
    )


@pytest.mark.parametrize(("name", "version"), [("python39", "3.9"), ("python27", "2.7"), ("python312", "3.12")])
def test_a_version_of_two_digits_is_a_major_and_a_minor_one(name: str, version: str) -> None:
    nixpacks = f'[phases.setup]\nnixPkgs = ["{name}"]\n'
    files = {**FLASK, "nixpacks.toml": nixpacks}
    assert version == "2.7" or plan(files).versions[0].value == version
    assert version != "2.7" or "Python 2.7 is too old" in error(files)
    node = plan({**EXPRESS, "nixpacks.toml": '[phases.setup]\nnixPkgs = ["nodejs22"]\n'})
    assert node.versions[0].value == "22"


BACKEND = {f"backend/{path}": text for path, text in FLASK.items()}
FRONT_END = {"frontend/package.json": '{"dependencies": {"react": "19"}}'}


@pytest.mark.parametrize(
    ("path", "text", "start"),
    [
        (
            "Dockerfile",
            "FROM python:3.11\nENV PLACE=Sund\nWORKDIR /app\nCOPY . .\nCMD gunicorn app:app -w 3\n",
            "gunicorn app:app -w 3",
        ),
        ("railway.json", '{"deploy": {"startCommand": "gunicorn app:app -w 4"}}', "gunicorn app:app -w 4"),
        (
            "render.yaml",
            "services:\n- {type: web, name: a, startCommand: gunicorn app:app -w 5}\n",
            "gunicorn app:app -w 5",
        ),
    ],
)
def test_files_in_the_directory_that_an_app_is_found_in_count(path: str, text: str, start: str) -> None:
    files = {**BACKEND, **FRONT_END, f"backend/{path}": text}
    found, named = plan(files), plan(files, PROJECT_PATH="backend")
    assert web(found) == web(named) == start
    assert (found.runtime.base, dict(found.runtime.env)) == (named.runtime.base, dict(named.runtime.env))
    assert "app-left-out" in told(found)
    assert "app-left-out" not in told(named)
    assert web(plan(files, DEPLOY_FILES="off")) == "gunicorn app:app"
    root = plan({**files, "Dockerfile": "FROM python:3.12\nWORKDIR /app\nCOPY backend .\n"})
    assert "python:3.12" in root.runtime.base


def test_a_dockerfile_in_lower_case_counts() -> None:
    text = "FROM python:3.11\nWORKDIR /app\nCOPY . .\nCMD python manager.py\n"
    found = plan({"requirements.txt": "requests\n", "manager.py": "print(1)\n", "other.py": "", "dockerfile": text})
    assert web(found) == "python manager.py"
    assert "python:3.11" in found.runtime.base


def test_packages_of_nixpacks() -> None:
    nixpacks = """\
[phases.setup]
nixPkgs = ["...", "python312", "python312Packages.pip", "ffmpeg", "gcc", "cowsay", "xcowsay"]
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
    assert "gcc" in step(found, "build").packages
    assert "gcc" not in found.runtime.packages
    assert told(found)["nix-packages"] == (
        "not installed, for their Debian packages are not known: cowsay, xcowsay of Nix (nixpacks.toml:2)"
    )


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


@pytest.mark.parametrize(
    ("path", "text", "key", "kind", "line"),
    [
        ("render.yaml", "services: 3\n", "services", "the number 3", 1),
        ("render.yaml", "services:\n  a: {type: web}\n", "services", "a mapping", 2),
        ("render.yaml", "services:\n- web\n", "services[0]", "a string", 2),
        ("render.yaml", "services:\n- type: web\n  startCommand: 3000\n", "startCommand", "the number 3000", 3),
        ("render.yaml", "services:\n- type: web\n  startCommand: yes\n", "startCommand", "the boolean yes", 3),
        ("railway.json", '{"deploy":\n{"startCommand": 1.5}}', "deploy.startCommand", "the number 1.5", 2),
        ("railway.json", '{"build": {"buildCommand":\n["a", {}]}}', "build.buildCommand[1]", "a mapping", 2),
        ("railway.toml", "[deploy]\nstartCommand = 5000\n", "deploy.startCommand", "the number 5000", 2),
        ("fly.toml", "app = 'a'\nprocesses = 'web'\n", "processes", "a string", 2),
        ("app.json", '{"buildpacks":\n"heroku/python"}', "buildpacks", "a string", 2),
        ("heroku.yml", "run:\n  web: 1\n", "run.web", "the number 1", 2),
        (".do/app.yaml", "services:\n  name: a\n", "services", "a mapping", 2),
        ("nixpacks.toml", "phases = [1]\n", "phases", "a list", 1),
        ("nixpacks.toml", "[start]\ncmd = true\n", "start.cmd", "the boolean true", 2),
        ("vercel.json", '{"outputDirectory":\n["a"]}', "outputDirectory", "a list", 2),
        ("netlify.toml", "[build]\ncommand = 1\n", "build.command", "the number 1", 2),
    ],
)  # fmt: skip
def test_a_value_of_another_shape_is_told_and_not_used(path: str, text: str, key: str, kind: str, line: int) -> None:
    found = plan({**FLASK, path: text})
    assert web(found).startswith("gunicorn app:app")
    warning = told(found)["file-shape"]
    assert warning.partition(": ")[0].endswith(f"{key} is not used")
    assert f" {kind}, not " in warning
    assert warning.endswith(f"({path}:{line})")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.yaml", "apiVersion: v1\nkind: Service\nspec: {ports: [1]}\n"),
        ("app.json", '{"name": "app", "expo": {"slug": "a"}}'),
        ("app.json", '{"env": "production"}'),
        ("fly.toml", 'app = "a"\nprocesses = []\n'),
        ("vercel.json", '{"buildCommand": null, "env": {"A": 1}}'),
        ("render.yaml", "services:\n- type: web\n  name: 3\n  envVars:\n  - {key: A, value: 1}\n"),
    ],
)  # fmt: skip
def test_files_of_others_and_what_platforms_take_are_not_told(path: str, text: str) -> None:
    assert "file-shape" not in told(plan({**FLASK, path: text}))


def test_a_secret_in_a_command_is_an_error() -> None:
    files = {**FLASK, "railway.json": '{"deploy": {"startCommand": "API_TOKEN=abcdefabcdef gunicorn app:app"}}'}
    assert "the variable API_TOKEN looks like a secret" in error(files)


SCRIPT = """\
#!/usr/bin/env bash
# exit on error
set -o errexit

pip install -r requirements.txt
python made.py
cd tools && python more.py
python manage.py migrate
"""


@pytest.mark.parametrize("command", ["./build.sh", "bash build.sh", "chmod +x build.sh && ./build.sh"])
def test_a_script_of_the_app_is_read_as_a_build_command(command: str) -> None:
    files = {
        **FLASK,
        "build.sh": SCRIPT,
        "tools/more.py": "",
        "railway.json": f'{{"build": {{"buildCommand": "{command}"}}}}',
    }
    found = plan(files)
    assert built(found)[-1].endswith("python made.py && cd tools && exec python more.py")
    assert told(found)["build-migrates"] == (
        "not run in the build, which has no database: cd tools && python manage.py migrate (railway.json:1)"
    )
    released = [(one.name, text(one)) for one in found.runtime.processes][1:]
    assert released == [("release", "cd tools && exec python manage.py migrate")]


@pytest.mark.parametrize("script", ["if true; then python made.py; fi\n", "f() { :; }\nf\n", "python $1\n", "exit 0\n"])
def test_a_script_with_more_than_a_list_is_run_as_it_is(script: str) -> None:
    files = {**FLASK, "build.sh": script, "railway.json": '{"build": {"buildCommand": "bash build.sh"}}'}
    assert built(plan(files)) == ("bash build.sh",)


def test_the_release_command_of_the_file_stays() -> None:
    railway = '{"build": {"buildCommand": "flask db upgrade"}, "deploy": {"preDeployCommand": "python migrate.py"}}'
    found = plan({**FLASK, "railway.json": railway})
    assert built(found) == ()
    assert [text(one) for one in found.runtime.processes][1:] == ["python migrate.py"]


def test_a_database_is_changed_in_the_directory_that_the_build_command_is_in() -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "web/app.py": FLASK["app.py"], "web/other.py": ""}
    railway = '{"build": {"buildCommand": "cd web && flask db upgrade && python other.py"}}'
    found = plan({**files, "Procfile": "web: gunicorn --chdir web app:app\n", "railway.json": railway})
    assert [text(one) for one in found.runtime.processes][1:] == ["cd web && exec flask db upgrade"]


def test_what_a_build_command_does_elsewhere_is_told() -> None:
    railway = """{
        "build": {"buildCommand": "cd frontend && npm ci && npm run build && cd ../backend && python made.py"},
        "deploy": {"startCommand": "cd backend && gunicorn app:app --bind 0.0.0.0:$PORT"}}"""
    found = plan({**BESIDE, "frontend/package.json": TOOLS, "railway.json": railway})
    assert built(found) == ("python made.py",)
    assert told(found)["build-outside"].startswith(
        "not run, because it works outside of the app's directory backend: npm run build"
    )


def test_packages_that_a_build_command_adds_are_told() -> None:
    found = plan({**FLASK, "railway.json": '{"build": {"buildCommand": "pip install whitenoise"}}'})
    assert (
        told(found)["build-installs"]
        == "what this installs is not in the image: pip install whitenoise (railway.json:1)"
    )


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("pip3 install yt-dlp && npm run build", "npm run build"),
        ("npm run build; python3 -m pip install x", "npm run build"),
    ],
)
def test_what_pip_installs_is_no_part_of_a_build_by_node(command: str, left: str) -> None:
    scripted = {**EXPRESS, "package.json": '{"dependencies": {"express": "5"}, "scripts": {"build": "node index.js"}}'}
    found = plan({**scripted, "railway.json": json.dumps({"build": {"buildCommand": command}})})
    assert built(found)[-1] == left
    assert "build-installs" in told(found)


FRONT = {
    "package.json": '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
}


def front(dir: str = "") -> Files:
    """A Flask app with a front end in a directory."""
    return {**FLASK, **{f"{dir}{name}": text for name, text in FRONT.items()}}


@pytest.mark.parametrize(
    ("dir", "command", "made", "own"),
    [
        ("", "pip install -r requirements.txt", (), ()),
        ("client/", "./build.sh", (), ()),
        ("", "pip install -r requirements.txt && npm ci && npm run build", ("npm run build",), ()),
        ("web/", "cd web && npm ci && npm run build && cd .. && python m.py", ("npm run build",), ("python m.py",)),
        ("shop/", "cd shop; npx vite; npx x; cd /app; python m.py", ("npx vite && npx x",), ("python m.py",)),
    ],
)  # fmt: skip
def test_a_stated_build_says_whether_a_front_end_is_built(
    dir: str, command: str, made: tuple[str, ...], own: tuple[str, ...]
) -> None:
    build = "#!/bin/sh\nset -e\npip install -r requirements.txt\n"
    files = {**front(dir), "build.sh": build}
    found = plan({**files, "railway.json": f'{{"build": {{"buildCommand": "{command}"}}}}'})
    steps = [one for one in found.steps if one.name == "front-end-build"]
    assert tuple(one.name for step in steps for one in step.run) == made
    assert built(found) == own
    assert ("front-end-left" in told(found)) is (made == ())
    if made[:1] not in ((), ("npm run build",)):
        assert steps[0].run[0].dir == f"/app/{dir}".rstrip("/")


MIXED: list[tuple[Files, str, str]] = [  # the app, its build command, a program that runs before it
    (front(), "if true; then npm ci && npm run build; fi", ""),
    (front("web/"), "pip install -r requirements.txt && (cd web && npm ci && npm run build)", ""),
    (front("web/"), "cd web && npm ci || npm install && npm run build", ""),
    (front("web/"), "[ -d web ] && npm --prefix web run build", ""),
    (front("shop/"), "for x in shop; do npm --prefix $x run build; done", ""),
    (front(), "bash other.sh", ""),
    (FLASK, "if true; then npx tailwindcss -o static/a.css; fi", ""),
    (
        {**front(), "package.json": '{"packageManager": "pnpm@10.34.9"}', "pnpm-lock.yaml": ""},
        "true || pnpm x",
        "pnpm 10",
    ),
    ({**front(), "yarn.lock": "# yarn lockfile v1\n"}, "if true; then yarn build; fi", "install yarn 1.22"),
]


@pytest.mark.parametrize(("files", "command", "before"), MIXED)
def test_a_build_command_that_a_shell_decides_on_has_node_beside_it(files: Files, command: str, before: str) -> None:
    files = {k: v for k, v in files.items() if before in ("", "pnpm 10") or k != "package-lock.json"}
    found = plan(
        {**files, "other.sh": "for x in 1; do npm run build; done\n"}
        | {"railway.json": json.dumps({"build": {"buildCommand": command}})}
    )
    assert [one.name for one in found.steps] == ["install", "build"]
    build = found.steps[1]
    assert [one.path for one in build.inputs if isinstance(one, FromImage)] == [
        "/usr/local/bin/node",
        "/usr/local/lib/node_modules",
    ]
    *programs, own = build.run
    assert [before in one.name for one in programs] == ([True] if before else [])
    assert command.removeprefix("pip install -r requirements.txt && ") in own.name.replace("exec ", "")
    assert "npmrc" in [one.id for one in own.secrets]
    assert dict(build.env)["PATH"].startswith("/opt/tools/bin:/app/.venv/bin:")
    application = found.runtime.layers[-1].inputs[0]
    assert isinstance(application, FromStep)
    assert "**/node_modules" in application.exclude
    assert [one.tool for one in found.versions][:2] == ["python", "node"]


def test_what_depends_on_a_condition_stays_with_it() -> None:
    command = "[ -d web ] && npm ci && npm run build; pip install -r requirements.txt; python m.py"
    found = plan({**front(), "render.yaml": f"services:\n- {{type: web, buildCommand: '{command}'}}\n"})
    assert built(found) == ("if [ -d web ]; then npm ci && npm run build; fi && exec python m.py",)


def test_a_build_command_without_node_has_none() -> None:
    found = plan({**front(), "railway.json": '{"build": {"buildCommand": "if true; then python m.py; fi"}}'})
    assert [one for step in found.steps for one in step.inputs if isinstance(one, FromImage)] == []
    assert "front-end-left" in told(found)


def test_a_front_end_that_a_stated_build_leaves_out_is_told() -> None:
    found = plan(
        {**front("ui/"), "render.yaml": "services:\n- type: web\n  buildCommand: pip install -r requirements.txt\n"}
    )
    message = (
        "the build script of ui/package.json is not run: render.yaml states the whole build, which does without it"
    )
    assert told(found)["front-end-left"] == f"{message} (ui/package.json:1)"


def test_files_that_differ_are_told() -> None:
    railway = f'{{"deploy": {{"startCommand": "{BIND}"}}}}'
    other = "services:\n- {type: web, startCommand: gunicorn app:other}\n"
    found = plan({**FLASK, "railway.json": railway, "render.yaml": other})
    assert told(found)["files-differ"] == (
        "render.yaml states another start command than railway.json, whose is used: gunicorn app:other (render.yaml:2)"
    )
    found = plan({**FLASK, "railway.json": railway, "Procfile": "web: gunicorn app:app\n"})
    assert told(found)["files-differ"].startswith(
        "railway.json states another start command than Procfile, whose is used"
    )
    assert "deploy-file" not in told(found)
    assert "files-differ" not in told(plan({**FLASK, "railway.json": railway, "Procfile": f"web:  {BIND}\n"}))


def test_variables_for_a_builder_are_followed() -> None:
    render = """services:
- type: web
  startCommand: other
  envVars:
  - {key: NIXPACKS_START_CMD, value: gunicorn app:app}
  - {key: NIXPACKS_APT_PKGS, value: "jq, file"}
  - {key: NIXPACKS_PYTHON_VERSION, value: 3.12}
  - {key: NIXPACKS_NO_CACHE, value: 1}
"""
    found = plan({**FLASK, "render.yaml": render})
    assert web(found) == "gunicorn app:app"
    assert {"jq", "file"} <= set(found.runtime.packages)
    assert found.versions[0].value == "3.12"
    assert not [name for name, _ in found.runtime.env if name.startswith("NIXPACKS")]


@pytest.mark.parametrize("name", ["procfile", "PROCFILE", "ProcFile"])
def test_a_procfile_that_is_spelt_otherwise_is_read(name: str) -> None:
    found = plan({**FLASK, name: "web: gunicorn app:app\n"})
    assert web(found) == "gunicorn app:app"
    assert told(found)["procfile-name"] == f"{name} is read as a Procfile ({name})"


def test_a_procfile_names_the_app_below_it() -> None:
    found = plan({**BESIDE, "Procfile": "web: cd backend && gunicorn app:app\ntide: cd backend && python tide.py\n"})
    assert [(one.name, text(one)) for one in found.runtime.processes] == [
        ("web", "gunicorn app:app"),
        ("tide", "python tide.py"),
    ]
    assert str(found.runtime.processes[0].at) == "Procfile:1"


@pytest.mark.parametrize(("above", "program"), [("streamlit\n", True), ("streamlit\nuvicorn\n", False), (None, True)])
def test_the_directory_whose_manifest_names_the_program_is_the_app(above: str | None, program: bool) -> None:
    files = {
        "backend/requirements.txt": "fastapi\nuvicorn[standard]\n",
        "backend/app.py": "app = 1\n",
        "app.py": "x()\n",
    }
    root = {} if above is None else {"requirements.txt": above}
    found = plan({**files, **root, "Procfile": "web: cd backend && uvicorn app:app\n"})
    served = "uvicorn app:app --host 0.0.0.0 --port $PORT"
    assert web(found) == (served if program else f"cd backend && exec {served}")


def test_a_procfile_is_not_read_either() -> None:
    assert web(plan({**FLASK, "Procfile": "web: python x.py\n"}, DEPLOY_FILES="off")) == web(plan(FLASK))


def test_the_language_that_a_file_names_is_chosen() -> None:
    both = {**EXPRESS, **FLASK}
    assert plan(both).language == "nodejs"
    render = "services:\n- {type: web, runtime: python}\n"
    found = plan({**both, "render.yaml": render})
    assert found.language == "python"
    assert "two-languages" not in told(found)
    assert plan({**EXPRESS, "render.yaml": render}).language == "nodejs"


def test_a_variable_of_the_running_app_is_not_given_to_installs() -> None:
    render = "services:\n- {type: web, envVars: [{key: NODE_ENV, value: staging}, {key: LEVEL, value: 3}]}\n"
    found = plan({**EXPRESS, "render.yaml": render})
    assert dict(found.runtime.env)["NODE_ENV"] == "staging"
    assert all("NODE_ENV" not in dict(one.env) or dict(one.env)["NODE_ENV"] != "staging" for one in found.steps)
    assert all(dict(one.env)["LEVEL"] == "3" for one in found.steps)


def test_an_earlier_file_chooses_among_services() -> None:
    two = "services:\n- {type: web, name: a, rootDir: backend}\n- {type: web, name: b, rootDir: frontend}\n"
    files = {**BESIDE, **{f"frontend/{path}": text for path, text in EXPRESS.items()}, "render.yaml": two}
    assert "\n  PROJECT_PATH=backend (a)\n  PROJECT_PATH=frontend (b)" in error(files)
    railway = '{"deploy": {"startCommand": "cd backend && gunicorn app:app"}}'
    assert web(plan({**files, "railway.json": railway})) == "gunicorn app:app"
    root = "services:\n- {type: web, name: a, startCommand: node server.js}\n- {type: web, name: b, rootDir: backend}\n"
    files = {**BESIDE, **EXPRESS, "render.yaml": root}
    assert "\n  PROJECT_PATH=. (a)\n  PROJECT_PATH=backend (b)" in error(files)
    assert web(plan(files, PROJECT_PATH=".")) == "node server.js"
    assert plan(files, PROJECT_PATH="backend").language == "python"


@pytest.mark.parametrize(
    ("command", "started", "option"),
    [
        ("uvicorn app:app --host 0.0.0.0 --port 10000", "uvicorn app:app --host 0.0.0.0 --port $PORT", "--port"),
        ("gunicorn app:app --bind 0.0.0.0:10000", "gunicorn app:app --bind 0.0.0.0:$PORT", "--bind"),
        ("gunicorn -b :10000 app:app", "gunicorn -b :$PORT app:app", "-b"),
        ("gunicorn -b:10000 app:app", "gunicorn -b:$PORT app:app", "-b"),
        ('gunicorn --bind="[::]:10000" app:app', 'gunicorn --bind="[::]:$PORT" app:app', "--bind"),
        ("python -m hypercorn -b 0.0.0.0:10000 app:app", "python -m hypercorn -b 0.0.0.0:$PORT app:app", "-b"),
        ("streamlit run app.py --server.port=10000", "streamlit run app.py --server.port=$PORT", "--server.port"),
        ("waitress-serve --listen=*:10000 app:app", "waitress-serve --listen=*:$PORT app:app", "--listen"),
        ("FLASK_APP=app exec flask run -p 10000", "exec flask run -p $PORT", "-p"),
    ],
)
def test_a_port_that_a_command_fixes_gives_way(command: str, started: str, option: str) -> None:
    files = {**FLASK, "render.yaml": f"services:\n- {{type: web, startCommand: '{command}'}}\n"}
    message = f"the start command fixes the port 10000 ({option}): the app listens on PORT instead (render.yaml:2)"
    found = plan(files)
    assert started.removeprefix("exec ") in web(found)
    assert told(found).get("fixed-port") == message
    assert "fixed-port" not in told(plan(files, PORT="10000"))


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("python app.py --port 10000", "--port"),
        ("gunicorn -b :10000 -b :10001 app:app", "-b"),
        ("gunicorn app:app --bind 0.0.0.0:$PORT", ""),
        ("gunicorn app:app --bind 0.0.0.0:${PORT:-10000}", ""),
        ("gunicorn app:app --bind unix:/tmp/app.sock", ""),
        ("gunicorn app:app --timeout 10000", ""),
    ],
)
def test_a_port_that_a_command_fixes_is_told(command: str, option: str) -> None:
    files = {**FLASK, "render.yaml": f"services:\n- {{type: web, startCommand: '{command}'}}\n"}
    message = f"the start command fixes the port 10000 ({option}), but the image's PORT is 5000 (render.yaml:2)"
    found = plan(files)
    assert command in web(found)
    assert told(found).get("fixed-port") == (message if option else None)
    assert "fixed-port" not in told(plan(files, PORT="10000"))


@pytest.mark.parametrize("command", ["docker-compose up --build", "docker compose up", "docker run -p 80:80 shop"])
def test_a_start_by_a_container_engine_is_passed_over(command: str) -> None:
    text = '[phases.setup]\naptPkgs = ["docker.io", "docker-compose-plugin", "jq"]\n'
    text += f'[phases.build]\ncmds = ["docker compose build"]\n[start]\ncmd = "{command}"\n'
    found = plan({**FLASK, "nixpacks.toml": text})
    warnings = [str(one.at) for one in found.warnings if one.code == "container-engine"]
    assert (web(found), built(found), warnings) == (
        web(plan(FLASK)),
        (),
        ["nixpacks.toml:4", "nixpacks.toml:6"],
    )
    assert f"no container engine: {command}" in " ".join(one.message for one in found.warnings)
    packages = [word for one in found.steps for word in " ".join(str(one).split()).split("'") if "docker" in word]
    assert packages == []


def test_the_build_of_a_site_is_not_that_of_an_app() -> None:
    docs = '[build]\ncommand = "cd docs && pip install mkdocs && mkdocs build"\npublish = "docs/site"\n'
    found = plan({**FLASK, "netlify.toml": docs})
    assert built(found) == ()
    assert not set(told(found)) & {"build-outside", "build-installs", "deploy-file"}
    found = plan({**EXPRESS, "vercel.json": '{"buildCommand": "node more.js && npx more"}'})
    assert built(found)[-1].startswith("node more.js")
    served = {"railway.json": '{"deploy": {"startCommand": "node server.js"}}'}
    found = plan(
        {**EXPRESS, **served, "vercel.json": '{"buildCommand": "esbuild api.ts", "outputDirectory": "public"}'}
    )
    assert web(found) == "node server.js"
    assert built(found) == ()
    assert "files-differ" not in told(found)


DOCKERFILE = """\
# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM python:3.12-slim AS base
WORKDIR /code
RUN pip install \\
    # a comment
    -r requirements.txt
FROM base
COPY . .
ENTRYPOINT ["tini", "--"]
CMD ["python", "/code/serve.py", "a b"]
"""


def test_a_dockerfile_says_what_nothing_else_says() -> None:
    files = {**FLASK, "serve.py": "", "Dockerfile": DOCKERFILE}
    found = plan(files)
    assert found.runtime.processes[0].args == ("python", "serve.py", "a b")
    assert told(found)["deploy-file"] == "settings taken from Dockerfile: start command (Dockerfile:10)"
    assert (found.versions[0].value, str(found.versions[0].at)) == ("3.12", "Dockerfile:2")
    assert web(plan(files, DEPLOY_FILES="off")).startswith("gunicorn")
    assert web(plan({**files, ".dockerignore": "Dockerfile\n"})) == web(found)
    assert plan({**files, ".python-version": "3.14\n"}).versions[0].value == "3.14"
    node = {**EXPRESS, "Dockerfile": 'FROM node:22\nCMD ["node", "server.js"]\n'}
    assert web(plan(node)) == "node index.js"
    assert plan(node).versions[0].value == "22"
    assert web(plan({**node, "package.json": '{"dependencies": {"express": "5"}}'})) == "node server.js"


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("FROM node:12-alpine\n", "12"),
        ("FROM node:240\n", "24"),
        ("ARG NODE_VERSION=22.11.0\nFROM node:${NODE_VERSION}-slim AS base\nFROM base\n", "22"),
        ('ARG A=1 NODE="20"\nFROM node:$NODE\n', "20"),
        ("FROM node:${NODE:-22}-alpine\n", "22"),
        ("ARG NODE\nFROM node:${NODE}\n", "24"),
        ("FROM node:18 AS base\nARG NODE=20\nFROM base\n", "18"),
    ],
)
def test_the_arguments_before_the_first_stage_name_the_image(text: str, node: str) -> None:
    assert plan({**EXPRESS, "Dockerfile": text}).versions[0].value == node


def test_an_image_that_is_too_old_to_be_built_is_told_at_its_line() -> None:
    old = {**FLASK, "Dockerfile": "FROM debian\nFROM python:3.6-slim\n"}
    said = "Python 3.6 of the Dockerfile is too old to be built: 3.13 is used (Dockerfile:2)"
    assert told(plan(old))["version-too-old"] == said
    hints = [one.hint for one in plan(old).warnings if one.code == "version-too-old"]
    assert hints == ["the oldest that can be built is 3.7: if the app needs it, set the build-arg PYTHON_VERSION=3.7"]
    pinned = plan({**old, "requirements.txt": "flask==1.1.2\nnumpy==1.21.0\n", "Dockerfile": "FROM python:2.7\n"})
    assert told(pinned)["version-too-old"].startswith("Python 2.7 of the Dockerfile is too old to be built: 3.9 is")
    assert "version-too-old" not in told(plan({**old, ".python-version": "3.12\n"}))
    assert "version-too-old" not in told(plan({**FLASK, "Dockerfile": "FROM python:3\n"}))
    ruby = {"Gemfile": 'gem "puma"\n', "config.ru": "run App\n", "Dockerfile": "FROM ruby:2.3-slim\nCMD puma\n"}
    assert told(plan(ruby))["version-too-old"] == (
        "Ruby 2.3 of the Dockerfile is too old to be built: 3.4 is used (Dockerfile:1)"
    )
    assert "version-too-old" not in told(plan({**EXPRESS, "Dockerfile": "FROM node:6.2\n"}))


@pytest.mark.parametrize("tag", ["2.7.1", "alpine-2.7.1", "debian-2.7.1"])
def test_a_command_of_denos_own_image_starts_by_a_verb(tag: str) -> None:
    text = f'FROM denoland/deno:{tag}\nWORKDIR /app\nCOPY . .\nCMD ["run", "-A", "/app/serve.ts"]\n'
    found = plan({"deno.json": "{}", "serve.ts": "", "main.ts": "", "Dockerfile": text})
    assert found.runtime.processes[0].args[-2:] == ("-A", "serve.ts")
    assert found.versions[0].value == "2.7.14"  # the newest of its line


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.12\nCMD uvicorn app:app --port 80\n",
        "FROM python:3.12\nCMD gunicorn --bind=unix:/sock/app.sock app:app\n",
        "FROM python:3.12\nCMD python manage.py runserver 0.0.0.0:8000\n",
        "FROM python:3.12\nCMD gunicorn absent:app\n",
        "FROM python:3.12\nCMD hypercorn app:app\n",  # which nothing installs
        "FROM python:3.12\nCMD python absent.py\n",
        "FROM nginx\nCMD nginx\n",
        "FROM python:3.12\nCMD API_TOKEN=abcdefabcdef gunicorn app:app\n",
        "FROM python:3.6\n",
        'CMD ["x"]\n',
        'FROM python\nCMD ["unclosed\n',
        "",
    ],
)
def test_a_command_of_a_container_that_does_not_serve_here_is_left(text: str) -> None:
    assert web(plan({**FLASK, "Dockerfile": text})) == web(plan(FLASK))


@pytest.mark.parametrize(
    ("build", "installs"),
    [
        ("pip install -r requirements.txt", "pip install -r requirements.txt"),
        ("pip install --upgrade pip && pip install -r ./requirements.txt", "pip install -r requirements.txt"),
        ("./build.sh", "pip install -r requirements.txt"),
        ("pip install -r other.txt", "pipenv install --deploy"),  # which is not there
        ("pip install pipenv && pipenv install", "pipenv install --deploy"),
        ("python manage.py collectstatic", "pipenv install --deploy"),
    ],
)
def test_the_requirements_that_another_platform_installs_go_before_a_lockfile(build: str, installs: str) -> None:
    files = {
        **FLASK,
        "Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\n',
        "Pipfile.lock": '{"default": {"flask": {"version": "==3.1.0"}, "gunicorn": {"version": "==23.0.0"}}}',
        "build.sh": "set -e\npip install -r requirements.txt\n",
        "render.yaml": f"services:\n- type: web\n  runtime: python\n  buildCommand: {build}\n",
    }
    found = plan(files)
    names = [one.name for one in step(found, "install").run]
    assert installs in names
    assert ("second-lockfile" in told(found)) == installs.startswith("pip ")


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("fly.toml", '[mounts]\nsource = "data"\ndestination = "/data"\n', "/data at fly.toml:3"),
        ("fly.toml", '[[mounts]]\nsource = "data"\ndestination = "/data"\n', "/data at fly.toml:3"),
        (
            "render.yaml",
            "services:\n- type: web\n  runtime: python\n  disk:\n    name: d\n    mountPath: /var/data\n",
            "/var/data at render.yaml:6",
        ),
        (
            "render.yaml",
            "services:\n- type: web\n  runtime: python\n  disk: {mountPath: /opt/render/project/src/media}\n",
            "/app/media at render.yaml:4",
        ),
        ("railway.json", '{"deploy": {\n"requiredMountPath": "/app/uploads"}}', "/app/uploads at railway.json:2"),
        ("fly.toml", "[env]\nA = '1'\n", ""),
    ],
)
def test_a_volume_that_another_platform_mounts_is_told(path: str, text: str, place: str) -> None:
    said = [one for one in plan({**FLASK, path: text}).warnings if one.code == "platform-volume"]
    found = [f"{one.message.rpartition(' ')[2]} at {one.at}" for one in said]
    assert found == ([place] if place else [])


OF_RENDER = (
    "services:\n- type: web\n  runtime: python\n- type: cron\n{}  schedule: 0 5 * * *\n  startCommand: python a.py\n"
)
SCHEDULED = [  # a file, what it says, what is told, where
    ("render.yaml", OF_RENDER.format(""), "python a.py", "render.yaml:6"),
    ("render.yaml", OF_RENDER.format("  rootDir: jobs\n"), "", ""),
    ("railway.json", '{"deploy": {\n"cronSchedule": "0 5 * * *"}}', "the start command", "railway.json:2"),
    ("vercel.json", '{"crons": [\n{"path": "/api/a", "schedule": "0 5 * * *"}]}', "/api/a", "vercel.json:2"),
]


@pytest.mark.parametrize(("path", "text", "what", "at"), SCHEDULED)
def test_what_another_platform_runs_on_a_schedule_is_told(path: str, text: str, what: str, at: str) -> None:
    said = told(plan({**FLASK, path: text})).get("platform-schedule", "")
    message = f"{path} runs {what} on a schedule (0 5 * * *), which nothing in the image does ({at})"
    assert said == (message if at else "")


def test_a_dockerfile_without_from_is_told() -> None:
    said = "nothing of Dockerfile is used: it has no FROM that can be read (Dockerfile:2)"
    assert (
        told(plan({**FLASK, "Dockerfile": "# later\nWORKDIR /app\nCMD gunicorn app:app\n"}))["dockerfile-from"] == said
    )
    assert "dockerfile-from" in told(plan({**FLASK, "Dockerfile": "FROM python:3.13 of today\nRUN ls\n"}))
    for empty in ("", "# syntax=docker/dockerfile:1\n", "# syntax=x\nport: 8080\n"):
        assert "dockerfile-from" not in told(plan({**FLASK, "Dockerfile": empty}))


@pytest.mark.parametrize(
    ("files", "value", "kept", "said"),
    [
        (FLASK, "en_US.UTF-8", False, False),
        (FLASK, "de_DE.UTF-8", False, True),
        (FLASK, "C.UTF-8", True, False),
        (EXPRESS, "de_DE.UTF-8", True, False),
    ],
)
def test_a_locale_that_no_image_has_is_not_set(files: Files, value: str, kept: bool, said: bool) -> None:
    found = plan({**files, "app.json": f'{{"env": {{\n"LANG": "{value}"}}}}'})
    assert (dict(found.runtime.env).get("LANG") == value) is kept
    assert ("deploy-file" in told(found)) is kept
    assert (str(next((one.at for one in found.warnings if one.code == "platform-locale"), "")) == "app.json:2") is said
    assert "LANG" not in {key for step in found.steps for key, text in step.env if text == value} or kept
    asked = plan({**files, "app.json": f'{{"env": {{"LANG": "{value}"}}}}'}, RUN_ENV_LANG="fr_FR.UTF-8")
    assert dict(asked.runtime.env)["LANG"] == "fr_FR.UTF-8"


SERVES = 'FROM base AS {}\nEXPOSE 5000\nCMD ["python", "serve.py"]\n'
WORKS = 'FROM base AS {}\nCMD ["python", "work.py"]\n'


@pytest.mark.parametrize(
    ("stages", "started"),
    [
        (SERVES.format("web") + WORKS.format("worker"), "serve.py"),
        (WORKS.format("worker") + SERVES.format("web"), "serve.py"),
        (SERVES.format("dev") + WORKS.format("app"), "work.py"),
        (SERVES.format("web") + SERVES.format("other") + WORKS.format("worker"), "work.py"),
        (SERVES.format("web") + "FROM web AS debug\n" + WORKS.format("worker").replace("base", "web"), "work.py"),
    ],
)
def test_of_several_targets_the_one_that_listens_is_the_app(stages: str, started: str) -> None:
    files = {**FLASK, "serve.py": "", "work.py": "", "Dockerfile": f"FROM python:3.13 AS base\n{stages}"}
    assert web(plan(files)) == f"python {started}"


def test_an_entrypoint_is_given_the_command_of_its_own_stage() -> None:
    before = 'FROM python:3.13\nCMD ["serve.py"]\nENTRYPOINT ["python"]\n'
    assert web(plan({**FLASK, "serve.py": "", "Dockerfile": before})) == "python serve.py"
    above = 'FROM python:3.13 AS base\nCMD ["other.py"]\nFROM base\nENTRYPOINT ["python", "serve.py"]\n'
    assert web(plan({**FLASK, "serve.py": "", "Dockerfile": above})) == "python serve.py"


@pytest.mark.parametrize(
    ("volumes", "places"),
    [
        ('VOLUME ["/srv/uploads", "/var/lib/other"]', ["/app/uploads"]),
        ("VOLUME /srv/data /srv/media/", ["/app/data", "/app/media"]),
        ("VOLUME $DATA", []),
        ("VOLUME /srv", []),
    ],
)
def test_a_dockerfile_s_volumes_in_the_app_s_directory_are_where_it_writes(volumes: str, places: list[str]) -> None:
    dockerfile = f"FROM node:24 AS build\nVOLUME /srv/of-another-stage\nFROM node:24\nWORKDIR /srv\n{volumes}\n"
    found = plan({**EXPRESS, "Dockerfile": dockerfile})
    doubts = [one for one in found.warnings if one.code == "read-only"]
    assert [one.message.split()[4].rstrip(",") for one in doubts] == places
    assert all(str(one.at) == "Dockerfile:5" for one in doubts)
    assert "read-only" not in told(plan({**EXPRESS, "Dockerfile": dockerfile}, DEPLOY_FILES="off"))


def test_an_entrypoint_that_only_prepares_a_container_hands_on_to_the_command() -> None:
    files = {
        "requirements.txt": "cheroot\n",
        "Tidal.py": "print(1)\n",
        "lib/other.py": "print(1)\n",
        "start.sh": '#!/bin/bash\nif [ "$IN_DOCKER" ]; then usermod x; exec gosu x "$@"; fi\n./Tidal\n',
        "Dockerfile": 'FROM python:3.13\nCMD ["python", "Tidal.py", "--data", "/config"]\nENTRYPOINT ["./start.sh"]\n',
    }
    found = plan(files)
    assert web(found) == "python Tidal.py --data /config"
    assert told(found)["script-left-out"] == (
        "./start.sh, which the Dockerfile runs in front of it, is not run: the image starts python Tidal.py --data "
        "/config (Dockerfile:2)"
    )
    migrates = plan({**files, "start.sh": '#!/bin/sh\npython lib/other.py\nexec "$@"\n'})
    assert web(migrates).startswith("./start.sh python Tidal.py")
    more = {"more.py": "print(2)\n", "start.sh": "exec gosu x\n"}  # of two scripts none is surely the one
    with pytest.raises(PlanError):
        plan({**files, **more})


def test_a_service_of_compose_that_others_wait_for_to_end_is_not_the_app() -> None:
    waits = "    depends_on: {first: {condition: service_completed_successfully}}\n"
    first = "  first: {build: ., command: python first.py}\n"
    compose = f"services:\n{first}  api:\n    build: .\n    command: python serve.py\n{waits}"
    assert web(plan({**FLASK, "serve.py": "", "first.py": "", "compose.yaml": compose})) == "python serve.py"


def test_the_command_of_a_service_that_compose_builds() -> None:
    compose = "services:\n  db: {image: postgres}\n  api:\n    build: {context: .}\n    command: [python, serve.py]\n"
    found = plan({**FLASK, "serve.py": "", "compose.yaml": compose})
    assert (web(found), str(found.runtime.processes[0].at)) == ("python serve.py", "compose.yaml:5")
    assert web(plan({**FLASK, "serve.py": "", "compose.yaml": compose.replace("[python, serve.py]", "x")})) != web(
        found
    )


APP: Files = {"app.py": FLASK["app.py"]}


@pytest.mark.parametrize(
    ("files", "run", "installs", "said"),
    [
        (
            {"requirements.txt": "flask\n", "requirements-prod.txt": "-r requirements.txt\ngunicorn\n"},
            "pip install --no-cache-dir -r requirements-prod.txt",
            "requirements-prod.txt",
            "settings taken from Dockerfile: requirements-prod.txt (Dockerfile:2)",
        ),
        (
            {"deps.txt": "flask\ngunicorn\n"},
            "pip install -r /tmp/deps.txt",
            "deps.txt",
            "settings taken from Dockerfile: deps.txt (Dockerfile:2)",
        ),
        (
            {"requirements.txt": "flask\ngunicorn\n", "docker.txt": "flask\n"},
            "pip install -r docker.txt",
            "requirements.txt",
            "requirements.txt is installed, not docker.txt as in the Dockerfile (Dockerfile:2)",
        ),
        ({"requirements.txt": "flask\ngunicorn\n"}, "pip install -r requirements.txt", "requirements.txt", ""),
        (
            {"requirements.txt": "flask\ngunicorn\n", "requirements-dev.txt": "-r requirements.txt\n"},
            "pip install -r requirements.txt -r requirements-dev.txt",
            "requirements.txt",
            "",
        ),
    ],
)
def test_the_requirements_that_a_dockerfile_installs(files: Files, run: str, installs: str, said: str) -> None:
    found = plan({**APP, **files, "Dockerfile": f"FROM python:3.13\nRUN {run}\n"})
    assert f"pip install -r {installs}" in [one.name for one in step(found, "install").run]
    messages = told(found)
    assert messages.get("dockerfile-requirements", messages.get("deploy-file", "")) == said


QUOTE = '"'
QUEUE: Files = {
    "requirements.txt": "flask\ngunicorn\ncelery\n",
    "app.py": FLASK["app.py"],
    "jobs.py": "from celery import Celery\ncelery = Celery('jobs')\n",
    "work.py": "print(1)\n",
}
SERVICES = """\
services:
  db: {image: postgres}
  api:
    build: .
    ports: ["8000:8000"]
  worker:
    build: {context: ., dockerfile: Dockerfile}
    command: celery -A jobs worker
  own: {build: ., command: [python, work.py]}
  watched: {build: ., command: celery -A jobs worker --reload}
  migrate: {build: ., command: python migrate.py}
  tests: {build: ., command: pytest}
  absent: {build: ., command: python absent.py}
  flower: {build: ., command: celery -A jobs flower, ports: ["5555:5555"]}
  manual: {build: ., command: celery -A jobs beat, profiles: [manual]}
"""


def test_the_services_beside_the_one_that_serves_are_processes() -> None:
    compose = SERVICES.replace("{context: ., dockerfile: Dockerfile}", ".")
    found = plan({**QUEUE, "compose.yaml": compose})
    assert {one.name: text(one) for one in found.runtime.processes} == {
        "web": "gunicorn app:app",
        "worker": "celery -A jobs worker",
        "own": "python work.py",
    }
    assert told(found)["deploy-file"] == "settings taken from compose.yaml: worker, own (compose.yaml:8)"
    assert "jobs-apart" not in told(found)
    other = plan({**QUEUE, "compose.yaml": SERVICES.replace("dockerfile: Dockerfile", "dockerfile: Other")})
    assert [one.name for one in other.runtime.processes] == ["web", "own", "worker"]  # Celery's own
    named = plan({**QUEUE, "compose.yaml": compose, "Procfile": "web: gunicorn app:app\nclock: python work.py\n"})
    assert [one.name for one in named.runtime.processes] == ["web", "clock", "worker"]


SOURCES = "FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt .\nCOPY src/ ./\n"
BOT: Files = {"requirements.txt": "discord.py\n", "src/bot.py": "import discord\n", "src/web/api.py": ""}


@pytest.mark.parametrize(
    ("dockerfile", "command"),
    [
        (f'{SOURCES}CMD ["python", "bot.py"]\n', "cd src && exec python bot.py"),
        (f"{SOURCES}CMD python -m web.api\n", "cd src && exec python -m web.api"),
        (f'{SOURCES.replace("./", "/app/")}CMD ["python", "/app/bot.py"]\n', "cd src && exec python bot.py"),
        (
            f"{SOURCES.replace('COPY src/ ./', 'ADD [%ssrc%s, %s/app%s]' % (4 * (QUOTE,)))}CMD python bot.py\n",
            "cd src && exec python bot.py",
        ),
        (f"{SOURCES}COPY . .\nCMD python src/bot.py\n", "python src/bot.py"),
        (f"{SOURCES.replace('src/ ./', 'src/ ./src')}CMD python src/bot.py\n", "python src/bot.py"),
    ],
)
def test_a_command_runs_in_the_directory_that_a_dockerfile_copies_to_its_own(dockerfile: str, command: str) -> None:
    assert web(plan({**BOT, "Dockerfile": dockerfile})) == command


@pytest.mark.parametrize(
    "command",
    [
        'CMD ["sh", "-c", "alembic upgrade head && uvicorn app:app --port 8000"]',
        "CMD alembic upgrade head && uvicorn app:app --host 0.0.0.0 --port 8000",
        "CMD uv run alembic upgrade head && uv run fastapi dev --port 8000",
        'CMD ["./start.sh"]',
        'ENTRYPOINT ["sh", "start.sh"]',
    ],
)
def test_a_migration_of_a_dockerfile_s_command_is_the_release_where_the_start_is_another(command: str) -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\nalembic\n",
        "app.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "start.sh": "set -e\nwhile ! nc -z db 1; do sleep 1; done\nalembic upgrade head\nexec uvicorn app:app\n",
        "Dockerfile": f"FROM python:3.13\n{command}\n",
    }
    found = plan(files)
    dev = "fastapi dev" in command  # of development: nothing of it is used
    names = {one.name: text(one) for one in found.runtime.processes}
    assert names.get("release") == (None if dev else "alembic upgrade head")
    assert dev or told(found)["deploy-file"] == "settings taken from Dockerfile: release (Dockerfile:2)"
    stated = plan({**files, "Procfile": "web: uvicorn app:app --port $PORT\n"})
    assert [one.name for one in stated.runtime.processes] == ["web"]
    if not dev:
        whole = (
            "services:\n  api:\n    build: .\n    command: sh -c 'alembic upgrade head && uvicorn app:app --port 80'\n"
        )
        plain = "FROM python:3.13\nCMD uvicorn app:app --port 8000\n"
        names = {
            one.name: text(one) for one in plan({**files, "Dockerfile": plain, "compose.yaml": whole}).runtime.processes
        }
        assert names["release"] == "alembic upgrade head"


def test_the_service_that_serves_has_ports_or_what_its_image_runs() -> None:
    worker = "  worker: {build: ., command: python work.py}\n"
    api = "  api: {build: ., command: python serve.py, expose: [8000]}\n"
    files = {**FLASK, "serve.py": "", "work.py": ""}
    assert web(plan({**files, "compose.yaml": f"services:\n{worker}{api}"})) == "python serve.py"
    plain = f"services:\n{worker}  api:\n    build: .\n"
    assert web(plan({**files, "compose.yaml": plain})) == "gunicorn app:app"
    front = "  site: {build: site, command: npm start, ports: [80]}\n"
    assert web(plan({**files, "compose.yaml": f"services:\n{front}{worker}{api}"})) == "python serve.py"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("DEBUG = 'RENDER' not in os.environ", "RENDER"),
        ('live = bool(os.environ.get("DYNO"))', "DYNO"),
        ("live = os.getenv('RAILWAY_ENVIRONMENT') == 'production'", "RAILWAY_ENVIRONMENT"),
        ("live = env.bool('FLY_APP_NAME', False)", "FLY_APP_NAME"),
        ("# os.environ.get('DYNO')", ""),
        ("RENDER = environ['RENDERER']", ""),
    ],
)
def test_a_variable_by_which_sources_recognise_a_platform_is_told(line: str, name: str) -> None:
    files = {**FLASK, "config.py": f"import os\n{line}\n"}
    message = told(plan(files)).get("platform-variable", "")
    assert message.endswith(f"by {name}, which is not set here (config.py:2)") if name else not message
    if name:
        assert "platform-variable" not in told(plan(files, **{f"RUN_ENV_{name}": "1"}))


def test_a_variable_of_a_platform_in_the_source_that_node_starts() -> None:
    files = {**EXPRESS, "index.js": "if (process.env.RENDER) { live() }\n"}
    assert told(plan(files))["platform-variable"] == (
        "index.js recognises Render by RENDER, which is not set here (index.js:1)"
    )


@pytest.mark.parametrize(
    ("run", "names"),
    [
        (
            "apt-get update && apt-get install -y --no-install-recommends ffmpeg libpq-dev gcc python3-pip nodejs",
            "ffmpeg",
        ),
        ("--mount=type=cache,target=/var/cache/apt apt install -qy ghostscript=10.0 tesseract-ocr", "tesseract-ocr"),
        (
            "set -ex; sudo apt-get install -y poppler-utils curl \\\n  # for reports\n  graphviz",
            "poppler-utils graphviz",
        ),
        ("apt-get install -y $PACKAGES", ""),
        ("apt-get remove -y ffmpeg", ""),
        ("<<EOF\napt-get install -y ffmpeg\nEOF", ""),
        ("echo 'unclosed", ""),
    ],
)
def test_the_packages_that_a_dockerfile_installs_are_told(run: str, names: str) -> None:
    files = {**FLASK, "Dockerfile": f"FROM python:3.13\nRUN {run}\nCMD gunicorn app:app\n"}
    said = f"not installed, although a Dockerfile does: {names} (Dockerfile:2)" if names else None
    assert told(plan(files)).get("dockerfile-packages") == said
    assert "dockerfile-packages" not in told(plan(files, RUN_PACKAGES=names or "jq"))


@pytest.mark.parametrize(
    ("run", "names"),
    [
        (
            "pip install --no-cache-dir -r requirements.txt && pip install celery==5.4 'uvicorn[standard]'",
            "celery uvicorn",
        ),
        ("python -m pip install --index-url https://download.pytorch.org/whl/cpu torch", "torch"),
        ("--mount=type=cache,target=/root/.cache/pip pip3 install Gunicorn Flask", ""),
        ("pip install --upgrade pip setuptools wheel uv", ""),
        ("pip install -e . -c constraints.txt && pip install ./lib $MORE", ""),
        ("pip download celery", ""),
    ],
)
def test_the_packages_that_pip_installs_in_a_dockerfile_are_told(run: str, names: str) -> None:
    files = {**FLASK, "Dockerfile": f"FROM python:3.13\nRUN {run}\nCMD gunicorn app:app\n"}
    said = f"not installed, although a Dockerfile does: {names} (Dockerfile:2)" if names else None
    assert told(plan(files)).get("dockerfile-python-packages") == said
    assert "dockerfile-python-packages" not in told(plan(files, BUILD_COMMAND=f"pip install {names or 'x'}"))


@pytest.mark.parametrize(
    ("run", "names"),
    [
        ("apk update && apk add --no-cache ffmpeg imagemagick ca-certificates", "ffmpeg imagemagick"),
        ("apk add --no-cache python3 py3-pip make g++ libc6-compat vips-dev cairo jpeg dumb-init tini openssl git", ""),
        ("apk add --no-cache --virtual .build-deps ffmpeg", ""),
        ("apk --no-cache add -X https://dl.test/edge ttf-freefont exiftool sqlite=3.50-r0 postgresql17-client 'jq>1'",
         "fonts-freefont-ttf libimage-exiftool-perl sqlite3 postgresql-client jq"),
        ("apk add libreoffice openjdk17-jre tesseract-ocr-data-deu font-noto-cjk",
         "libreoffice-nogui default-jre-headless tesseract-ocr-deu fonts-noto-cjk"),
        ("apk del ffmpeg", ""),
    ],
)  # fmt: skip
def test_the_packages_that_a_dockerfile_on_alpine_installs_are_told_as_debian_calls_them(run: str, names: str) -> None:
    files = {**FLASK, "Dockerfile": f"FROM python:3.13-alpine\nRUN {run}\nCMD gunicorn app:app\n"}
    said = f"not installed, although a Dockerfile does: {names} (Dockerfile:2)" if names else None
    assert told(plan(files)).get("dockerfile-packages") == said
    assert "dockerfile-packages" not in told(plan(files, RUN_PACKAGES=names or "jq"))


def test_packages_of_a_stage_that_does_not_run_are_not_told() -> None:
    stages = "FROM node:24 AS build\nRUN apt-get install -y ffmpeg\nFROM python:3.13\nCOPY --from=build /a /a\n"
    assert "dockerfile-packages" not in told(plan({**FLASK, "Dockerfile": stages}))
    inherited = "FROM python:3.13 AS base\nRUN apt-get install -y ffmpeg\nFROM base\nCMD gunicorn app:app\n"
    assert "ffmpeg" in told(plan({**FLASK, "Dockerfile": inherited}))["dockerfile-packages"]


@pytest.mark.parametrize(
    ("stages", "names"),
    [
        ("FROM python:3.13 AS build\nRUN true\nFROM python:3.13-slim\nRUN apt-get install -y git zip openssh-client\n",
         "git zip openssh-client"),
        ("FROM python:3.13\nRUN apt-get install -y git zip\n", ""),
        ("FROM python:3.13 AS base\nRUN apt-get install -y git\nFROM base\nRUN true\n", ""),
        ("FROM python:3.13 AS build\nFROM python:3.13-slim\nRUN apt install -y git zip && git clone https://x.test/a\n",
         "zip"),
        ("FROM python:3.13 AS build\nFROM python:3.13\nRUN apt install -y git\nRUN pip install git+https://x\n", ""),
    ],
)  # fmt: skip
def test_tools_that_the_last_stage_installs_and_does_not_use_are_for_the_app(stages: str, names: str) -> None:
    found = told(plan({**FLASK, "Dockerfile": f"{stages}CMD x\n"})).get("dockerfile-packages", "")
    assert found.partition(": ")[2].partition(" (")[0] == names


def test_packages_that_an_image_of_the_language_needs_none_of_are_not_told() -> None:
    rails = "RUN apt-get install -y curl libjemalloc2 libvips sqlite3 libpq5 postgresql-client ghostscript"
    files = {"Gemfile": 'gem "puma"\n', "config.ru": "run App\n", "Dockerfile": f"FROM ruby:3.4\n{rails}\nCMD puma\n"}
    assert told(plan(files))["dockerfile-packages"].startswith(
        "not installed, although a Dockerfile does: ghostscript ("
    )
    flask = "RUN apt-get install -y netcat libpq5 libgomp1 gcc"
    assert "dockerfile-packages" not in told(plan({**FLASK, "Dockerfile": f"FROM python:3.13\n{flask}\n"}))


# --- a front end beside the app

SITE = {f"frontend/{name}": text for name, text in FRONT.items()}
EXPRESS_BELOW = {f"backend/{path}": text for path, text in EXPRESS.items()}
BUILDS = "cd frontend && npm ci && npm run build"
STACKS: list[tuple[str, Files, str, tuple[str, str], str]] = [  # what, the app, its build, what ships where, is run
    (
        "copied",
        BESIDE,
        f"{BUILDS} && cp -r dist ../backend/static",
        ("/app/backend/static", "/app/static"),
        "cp -r dist",
    ),
    (
        "copied from the root",
        BESIDE,
        f"{BUILDS} && cd .. && cp -r frontend/dist backend/web",
        ("/app/backend/web", "/app/web"),
        "cp -r",
    ),
    (
        "moved, by a prefix",
        BESIDE,
        "npm --prefix frontend run build && mv frontend/dist backend/web",
        ("/app/backend/web", "/app/web"),
        "mv",
    ),
    (
        "copied twice",
        BESIDE,
        f"{BUILDS} && cp dist/a ../backend/web/a && cp dist/b ../backend/web/b",
        ("/app/backend/web", "/app/web"),
        "cp",
    ),
    (
        "copied, Node.js",
        EXPRESS_BELOW,
        f"{BUILDS} && cp -r dist ../backend/public",
        ("/app/backend/public", "/app/public"),
        "cp -r dist",
    ),
    (
        "written by the bundler",
        {**BESIDE, "frontend/vite.config.js": "export default { build: { outDir: '../backend/static' } }"},
        BUILDS,
        ("/app/backend/static", "/app/static"),
        "npm run build",
    ),
    (
        "served from where it is",
        {**BESIDE, "backend/app.py": "import flask\napp = flask.Flask(__name__, static_folder='../frontend/dist')\n"},
        f"{BUILDS} && cd ../backend && pip install -r requirements.txt",
        ("/app/frontend/dist", "/frontend/dist"),
        "npm run build",
    ),
    (
        "served from where it is, Node.js",
        {**EXPRESS_BELOW, "backend/server.js": "app.use(express.static('../frontend/dist'))"},
        f"{BUILDS} && cd ../backend && npm ci",
        ("/app/frontend/dist", "/frontend/dist"),
        "npm run build",
    ),
]


@pytest.mark.parametrize(
    ("files", "command", "ships", "runs"), [row[1:] for row in STACKS], ids=[row[0] for row in STACKS]
)
def test_a_front_end_that_the_build_command_puts_beside_or_into_the_app_ships(
    files: Files, command: str, ships: tuple[str, str], runs: str
) -> None:
    start = "gunicorn app:app" if "backend/app.py" in files else "node server.js"
    railway = {"build": {"buildCommand": command}, "deploy": {"startCommand": f"cd backend && {start}"}}
    found = plan({**files, **SITE, "railway.json": json.dumps(railway)})
    (made,) = [one for one in found.runtime.layers[-1].inputs if isinstance(one, FromStep) and one.path == ships[0]]
    assert (made.step, made.to) == ("front-end-build", ships[1])
    assert runs in " ".join(one.name for one in step(found, "front-end-build").run)
    assert ships[1] in [path for need in found.runtime.processes[0].needs for path in need.paths]
    assert "build-outside" not in told(found)
    render = (
        f"services:\n- {{type: web, rootDir: backend, startCommand: {start}, buildCommand: 'cd .. && {command}'}}\n"
    )
    assert "build-outside" not in told(plan({**files, **SITE, "render.yaml": render}))


@pytest.mark.parametrize(
    "command",
    [
        BUILDS,  # nothing serves it
        f"{BUILDS} && cp -r dist /srv",
        f"{BUILDS} && cp -r dist ../backend/static && python ../made.py",  # needs more than Node.js
        "python made.py && cp -r out backend/static",
    ],
)
def test_one_that_does_not_get_into_the_app_is_told(command: str) -> None:
    railway = {"build": {"buildCommand": command}, "deploy": {"startCommand": "cd backend && gunicorn app:app"}}
    found = plan({**BESIDE, **SITE, "made.py": "", "railway.json": json.dumps(railway)})
    assert "build-outside" in told(found)
    assert "front-end-build" not in [one.name for one in found.steps]


def test_what_an_aptfile_lists_is_told() -> None:
    text = "# fonts\nfonts-noto jq\n:repo:deb http://example.com stable main\nhttps://example.com/a_1.deb\nlibpq-dev\n"
    found = told(plan({**FLASK, "Aptfile": text}))
    assert found["dockerfile-packages"] == "not installed, although Aptfile lists them: fonts-noto jq (Aptfile:2)"
    assert found["aptfile-url"].endswith(": a_1.deb (Aptfile:4)")
    assert "dockerfile-packages" not in told(plan({**FLASK, "Aptfile": text}, RUN_PACKAGES="fonts-noto jq"))


def test_what_packages_txt_lists_is_told_of_an_app_of_streamlit() -> None:
    board = {"requirements.txt": "streamlit\n", "app.py": "import streamlit as st\nst.title('A')\n"}
    found = told(plan({**board, "packages.txt": "# for audio\nffmpeg\nportaudio19-dev jq\n"}))
    assert found["dockerfile-packages"] == "not installed, although packages.txt lists them: ffmpeg jq (packages.txt:2)"
    assert "dockerfile-packages" not in told(plan({**FLASK, "packages.txt": "hyprland\n"}))


INSTALLS, LAST = "RUN pip install -r requirements.txt polars\n", "FROM python:3.13-slim\n"


@pytest.mark.parametrize(
    ("stages", "left"),
    [
        (f"FROM python:3.13 AS wheels\n{INSTALLS}{LAST}", "polars (Dockerfile:2)"),
        (f"FROM python:3.13\n{INSTALLS}{LAST}", "polars (Dockerfile:2)"),
        (f"FROM python:3.13 AS tests\n{INSTALLS}FROM python:3.13-slim AS wheels\n{LAST}", ""),
    ],
)
def test_what_a_stage_that_is_copied_from_installs_is_told(stages: str, left: str) -> None:
    name = "wheels" if "wheels" in stages else "0"
    text = f"{stages}WORKDIR /app\nCOPY . .\nCOPY --from={name} /usr/local/lib /usr/local/lib\nCMD gunicorn app:app\n"
    found = told(plan({**FLASK, "Dockerfile": text})).get("dockerfile-python-packages", "")
    assert found == (f"not installed, although a Dockerfile does: {left}" if left else "")


def test_a_script_that_an_entrypoint_is_given_is_read() -> None:
    copies = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCOPY wait.sh /wait.sh\nCOPY serve.sh /serve.sh\n"
    files = {
        **FLASK,
        "requirements.txt": "flask\ngunicorn\nflask-migrate\n",
        "Dockerfile": f'{copies}ENTRYPOINT ["/wait.sh"]\nCMD ["/serve.sh"]\n',
        "wait.sh": '#!/bin/sh\necho waits\nexec "$@"\n',
        "serve.sh": "#!/bin/sh\nflask db upgrade\nexec gunicorn -b :80 app:app\n",
    }
    found = plan(files)
    assert {one.name: text(one) for one in found.runtime.processes}["release"] == "flask db upgrade"
    other = plan({**files, "wait.sh": "#!/bin/sh\necho waits\n"})
    assert [one.name for one in other.runtime.processes] == ["web"]


COMPOSED = "services:\n  web:\n    build: {context: ., dockerfile: docker/Dockerfile}\n    ports: ['80:80']\n"


@pytest.mark.parametrize(
    ("more", "version"),
    [
        ({"compose.yaml": COMPOSED}, "3.11"),
        ({"railway.json": '{"build": {"dockerfilePath": "docker/Dockerfile"}}'}, "3.11"),
        ({"compose.yaml": f"{COMPOSED}  other:\n    build: {{context: ., dockerfile: other/Dockerfile}}\n"}, "3.13"),
        ({"compose.yaml": COMPOSED.replace("docker/Dockerfile", "docker/Dockerfile.dev")}, "3.13"),
        ({"compose.yaml": COMPOSED, "Dockerfile": "FROM python:3.12\n"}, "3.12"),
        ({}, "3.13"),
    ],
)
def test_a_dockerfile_that_a_file_names_counts(more: Files, version: str) -> None:
    text = "FROM python:3.11\nENV PLACE=Sund\nWORKDIR /app\nCOPY . .\nRUN apt-get install -y jq\nCMD python other.py\n"
    files = {**FLASK, "docker/Dockerfile": text, "docker/Dockerfile.dev": text, "other.py": "", **more}
    found = plan(files)
    assert found.runtime.base.startswith(f"python:{version}-")
    assert web(found) == "gunicorn app:app"
    assert (dict(found.runtime.env).get("PLACE") == "Sund") == (version == "3.11")
    assert ("dockerfile-packages" in told(found)) == (version == "3.11")


def test_packages_that_start_what_are_processes_or_that_others_bring_are_not_told() -> None:
    installs = "RUN apt-get install -y supervisor tesseract-ocr tesseract-ocr-eng jq\n"
    text = f"FROM python:3.13\nWORKDIR /app\n{installs}COPY . .\nCMD supervisord -c supervisord.conf\n"
    files = {**FLASK, "requirements.txt": "flask\ngunicorn\npytesseract\n", "Dockerfile": text, "gull.py": "print(1)\n"}
    stated = "[supervisord]\nnodaemon=true\n[program:gull]\ncommand=python gull.py\n"
    assert "does: jq (" in told(plan({**files, "supervisord.conf": stated}))["dockerfile-packages"]
    assert (
        "does: supervisor jq (" in told(plan({**files, "supervisord.conf": "[supervisord]\n"}))["dockerfile-packages"]
    )


@pytest.mark.parametrize("name", ["bash", "/bin/bash"])
@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("python bot.py", ("python", "bot.py")),
        ("python bot.py $A", ("/bin/sh", "-c", "exec python bot.py $A")),
        ("[[ -n $A ]] && python bot.py", ("bash", "-c", "[[ -n $A ]] && python bot.py")),
    ],
)
def test_a_dockerfiles_text_for_bash_is_run_by_it(name: str, text: str, started: tuple[str, ...]) -> None:
    dockerfile = f'FROM python:3.13\nCMD ["{name}", "-lc", "{text}"]\n'
    files = {"requirements.txt": "requests\n", "bot.py": "import requests\n", "Dockerfile": dockerfile}
    assert plan(files).runtime.processes[0].args == started


@pytest.mark.parametrize(
    ("text", "version", "start"),
    [
        ('{\t"schemaVersion": 2, "templateId": "python-django/3.11.4"}', "python:3.11-slim", "gunicorn app:app"),
        ('{"schemaVersion": 2, "dockerfilePath": "./docker/Web"}', "python:3.12-slim", "gunicorn app:app"),
        (
            '{"dockerfileLines": [\n"FROM python:3.12",\n"COPY . .",\n"CMD [\\"python\\", \\"serve.py\\"]"]}',
            "python:3.12-slim",
            "python serve.py",
        ),
        ('{"schemaVersion": 2, "imageName": "nginx"}', "python:3.13-slim", "gunicorn app:app"),
    ],
)
def test_a_definition_of_caprover_is_a_dockerfile_or_names_one(text: str, version: str, start: str) -> None:
    others = {"docker/Web": "FROM python:3.12\nENV TZ=UTC\n", "serve.py": ""}
    found = plan(
        {"requirements.txt": "flask\ngunicorn\n", **others, "app.py": FLASK["app.py"], "captain-definition": text}
    )
    assert found.runtime.base.startswith(version)
    assert web(found) == start
    assert ("TZ" in dict(found.runtime.env)) == ("docker/Web" in text)


def test_a_line_of_a_definition_of_caprover_is_told_where_it_is() -> None:
    lines = '{\n "dockerfileLines": [\n  "FROM python:3.12",\n  "RUN apt-get install -y \\\\",\n  " pandoc"\n]}'
    found = plan({**FLASK, "captain-definition": lines})
    assert told(found)["dockerfile-packages"].endswith("(captain-definition:4)")
    assert "a list" in told(plan({**FLASK, "captain-definition": '{"dockerfileLines": "FROM x"}'}))["file-shape"]
    numbers = told(plan({**FLASK, "captain-definition": '{\n"dockerfileLines": [1, {"a": 2}]}'}))
    assert "no instruction" in numbers["dockerfile-from"]
    assert "captain-definition:2" in numbers["dockerfile-from"]


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        ("WORKDIR /code\nCOPY . .\nWORKDIR /code/src\n", "cd src && exec python ./go.py"),
        ("WORKDIR /code\nCOPY . /code/\nWORKDIR src\n", "cd src && exec python ./go.py"),
        ("COPY . /\nWORKDIR /src\n", "cd src && exec python ./go.py"),
        ("WORKDIR /code\nCOPY . .\nWORKDIR /other\n", ""),
    ],
)
def test_a_working_directory_below_the_copied_context_is_entered(lines: str, start: str) -> None:
    files = {"requirements.txt": "requests\n", "src/go.py": "import requests\nprint(requests)\n"}
    dockerfile = {"Dockerfile": f'FROM python:3.13\n{lines}CMD ["python", "./go.py"]\n'}
    if start:
        assert web(plan({**files, **dockerfile})) == start
    else:
        assert "cannot determine the start command" in error({**files, **dockerfile})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("railway.json", '{"deploy": {"healthcheckPath": "/up", "startCommand": "gunicorn app:app"}}'),
        ("railway.toml", '[environments.production.deploy]\nhealthcheckPath = "/up"\n'),
        ("render.yaml", "services:\n- {type: web, name: a, healthCheckPath: /up}\n"),
        (".do/app.yaml", "services:\n- {name: a, health_check: {http_path: /up}}\n"),
        ("fly.toml", '[http_service]\ninternal_port = 8080\n[[http_service.checks]]\npath = "/up"\n'),
        ("fly.toml", '[[services]]\n[[services.http_checks]]\npath = "/up"\n'),
        ("fly.toml", '[checks.alive]\ntype = "http"\npath = "/up"\n'),
    ],
)
def test_the_path_of_a_health_check_is_for_the_platform(path: str, text: str) -> None:
    app_json = {"app.json": '{"formation": {"web": {"quantity": 2}}}'}
    for files in ({}, app_json):
        found = plan({**FLASK, **files, path: text}).platform
        assert found is not None
        assert found.health_path == "/up"
        assert len(found.formation) == len(files)


def test_a_build_command_that_runs_a_script_which_is_not_there_is_an_error() -> None:
    def stated(command: str) -> Files:
        text = json.dumps({"build": {"buildCommand": command}, "deploy": {"startCommand": "node server.js"}})
        return {**EXPRESS, "railway.json": text}

    assert 'the script "more", which package.json does not have' in error(stated("npm ci && npm run more"))
    below = {f"api/{path}": text for path, text in EXPRESS.items()}
    root = {"package.json": '{"workspaces": ["api"], "scripts": {"more": "node more.js"}}'}
    render = (
        "services:\n- {type: web, name: a, rootDir: api, buildCommand: npm run more, startCommand: node server.js}\n"
    )
    assert "the package.json in the root has it" in error({**below, **root, "render.yaml": render})
    assert "railway.json:1" in error(stated("pnpm run more -- --fast"))
    for command in ("npm run more --if-present", "npm run more -w a", "cd a && npm run more", "yarn run more"):
        assert any("run more" in one for one in built(plan(stated(command))))


def test_a_script_of_the_root_is_run_for_a_package_of_it() -> None:
    files = {f"api/{path}": text for path, text in EXPRESS.items()}
    files["package.json"] = '{"workspaces": ["api"], "scripts": {"db:migrate": "node scripts/m.js"}}'
    files |= {"package-lock.json": EXPRESS["package-lock.json"], "scripts/m.js": ""}
    stated = {"startCommand": "npm run start -w api", "preDeployCommand": "npm run db:migrate"}
    found = plan({**files, "railway.json": json.dumps({"deploy": stated})})
    assert [text(one) for one in found.runtime.processes][1].endswith("cd /app && exec node scripts/m.js")
    docker = 'FROM node:22\nCOPY . .\nCMD ["sh", "-c", "npm run db:migrate && npm run start -w api"]\n'
    found = plan({**files, "Dockerfile": docker})
    assert [text(one) for one in found.runtime.processes][1].endswith("cd /app && exec node scripts/m.js")


def test_a_program_without_a_manifest_is_told_where_one_is() -> None:
    files = {f"back/{path}": text for path, text in FLASK.items()}
    found = error({**files, "package.json": "{}", "heroku.yml": "run:\n  web: gunicorn app:app\n"})
    assert "if the app is in back, set PROJECT_PATH=back" in found
