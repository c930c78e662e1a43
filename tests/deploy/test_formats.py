"""What each format states: a file's text -> what is taken of it, with the lines."""

from importlib import import_module

import pytest

from frontend.context.tree import DictTree
from frontend.deploy import files
from frontend.deploy.formats import FORMATS
from frontend.deploy.model import Deployment, Stated

RAILPACK = """{
  "provider": "python",
  "packages": {"python": "3.12"},
  "buildAptPackages": ["...", "cmake"],
  "steps": {
    "late": {"inputs": [{"step": "build"}], "commands": ["python late.py"]},
    "build": {"commands": ["...", {"cmd": "python made.py"}, {"src": ".", "dest": "."}]}
  },
  "deploy": {"startCommand": "gunicorn app:app", "aptPackages": ["ffmpeg"], "variables": {"PLACE": "Sund"}},
  "secrets": ["STRIPE_KEY"]
}
"""
NIXPACKS = """
[phases.late]
dependsOn = ["build"]
cmds = ["python late.py"]
[phases.build]
dependsOn = ["...", "early"]
cmds = ["python made.py"]
[phases.early]
cmds = ["python early.py"]
"""
HEROKU = """\
setup:
  config: {PLACE: Sund}
build:
  languages: [python]
run:
  web: gunicorn app:app
  worker: {command: [python worker.py], image: web}
release: {image: web, command: [python migrate.py, python seed.py]}
"""
APP_JSON = """{
  "env": {
    "PLACE": "Sund",
    "LEVEL": {"description": "how deep", "value": "3"},
    "KEY_OF_APP": {"generator": "secret"},
    "OTHER": {"required": true}
  },
  "buildpacks": [{"url": "https://github.com/heroku/heroku-buildpack-apt.git"}, {"url": "heroku/python"}]
}
"""
FLY = """\
app = "harbour"
[deploy]
  release_command = "python migrate.py"
[env]
  PLACE = "Sund"
  PORT = "8080"
[processes]
  tide = "python tide.py"
  app = "gunicorn app:app"
[http_service]
  internal_port = 8080
  processes = ["app"]
"""
DIGITALOCEAN = """\
envs:
  - {key: SHARED, value: all}
services:
  - name: harbour
    source_dir: /backend
    environment_slug: node-js
    build_command: npm run build
    run_command: node server.js
    http_port: 8080
    envs:
      - {key: PLACE, value: Sund, scope: RUN_TIME}
      - {key: KEY_OF_APP, value: "EV[1:abc]", type: SECRET}
      - {key: DB, value: "${db.DATABASE_URL}"}
workers:
  - {name: tide, source_dir: backend, run_command: node tide.js}
jobs:
  - {name: m, kind: PRE_DEPLOY, source_dir: backend, run_command: node migrate.js}
static_sites:
  - {name: site, source_dir: site, build_command: npm run build, output_dir: dist}
"""
APP_ENGINE = """\
runtime: python312
entrypoint: gunicorn -b :$PORT app:app
env_variables:
  PLACE: Sund
"""
PROJECT = """\
[_]
schema-version = "0.2"
[[io.buildpacks.group]]
uri = "heroku/nodejs"
[[io.buildpacks.build.env]]
name = "BP_NODE_VERSION"
value = "22.1.0"
"""


def read(path: str, text: str) -> tuple[Deployment, ...]:
    """What a file states."""
    module = next(one.module for one in FORMATS if path in one.paths)
    return files.stated(import_module(f"frontend.deploy.{module}"), DictTree({path: text}), path)[0]


def shown(found: Deployment) -> dict[str, object]:
    """What a file states as texts with their lines; what it does not state is left out."""

    def texts(stated: tuple[Stated, ...]) -> list[str]:
        return [f"{one.text} @{one.at.line}" for one in stated]

    def named(pairs: tuple[tuple[str, Stated], ...]) -> list[str]:
        return [f"{name}: {one.text} @{one.at.line}" for name, one in pairs]

    fields = {
        "name": found.name,
        "dir": found.dir,
        "build": texts(found.build),
        "processes": named(found.processes),
        "build_packages": texts(found.build_packages),
        "run_packages": texts(found.run_packages),
        "versions": named(found.versions),
        "languages": texts(found.languages),
        "env": named(found.env),
        "unset": texts(found.unset),
        "output": texts((found.output,)) if found.output is not None else None,
    }
    return {name: value for name, value in fields.items() if value}


@pytest.mark.parametrize(
    ("path", "text", "stated"),
    [
        (
            "railpack.json",
            RAILPACK,
            {
                "build": ["python made.py @7", "python late.py @6"],
                "processes": ["web: gunicorn app:app @9"],
                "build_packages": ["cmake @4"],
                "run_packages": ["ffmpeg @9"],
                "versions": ["python: 3.12 @3"],
                "languages": ["python @2"],
                "env": ["PLACE: Sund @9"],
                "unset": ["STRIPE_KEY @10"],
            },
        ),
        ("nixpacks.toml", NIXPACKS, {"build": ["python early.py @9", "python made.py @7", "python late.py @4"]}),
        (
            "heroku.yml",
            HEROKU,
            {
                "processes": [
                    "web: gunicorn app:app @6",
                    "worker: python worker.py @7",
                    "release: python migrate.py && python seed.py @8",
                ],
                "languages": ["python @4"],
                "env": ["PLACE: Sund @2"],
            },
        ),
        (
            "app.json",
            APP_JSON,
            {
                "languages": ["apt @8", "python @8"],
                "env": ["PLACE: Sund @3", "LEVEL: 3 @4"],
                "unset": ["KEY_OF_APP @5", "OTHER @6"],
            },
        ),
        (
            "fly.toml",
            FLY,
            {
                "processes": ["tide: python tide.py @8", "web: gunicorn app:app @9", "release: python migrate.py @3"],
                "env": ["PLACE: Sund @5", "PORT: 8080 @6"],
            },
        ),
        ("fly.toml", 'app = "x"\n[processes]\nweb = "node a.js"\n', {"processes": ["web: node a.js @3"]}),
        (
            ".do/app.yaml",
            DIGITALOCEAN,
            {
                "name": "harbour",
                "dir": "backend",
                "build": ["npm run build @7"],
                "processes": ["web: node server.js @8", "tide: node tide.js @15", "release: node migrate.js @17"],
                "languages": ["nodejs @6"],
                "env": ["SHARED: all @2", "PLACE: Sund @11", "DB: ${db.DATABASE_URL} @13"],
                "unset": ["KEY_OF_APP @12"],
            },
        ),
        (
            "app.yaml",
            APP_ENGINE,
            {
                "processes": ["web: gunicorn -b :$PORT app:app @2"],
                "versions": ["python: 3.12 @1"],
                "languages": ["python @1"],
                "env": ["PLACE: Sund @4"],
            },
        ),
        ("project.toml", PROJECT, {"languages": ["nodejs @4"], "env": ["BP_NODE_VERSION: 22.1.0 @7"]}),
        (
            "netlify.toml",
            '[build]\nbase = "site"\ncommand = "npm run build"\npublish = "dist"\n'
            '[build.environment]\nNODE_VERSION = "22"\n',
            {"dir": "site", "build": ["npm run build @3"], "output": ["dist @4"], "env": ["NODE_VERSION: 22 @6"]},
        ),
        (
            "vercel.json",
            '{"buildCommand": "npm run build",\n"outputDirectory": "dist", "installCommand": "npm ci"}',
            {"build": ["npm run build @1"], "output": ["dist @2"]},
        ),
        (
            "railway.json",
            '{"environments": {"production": {"deploy": {"startCommand": "live"}}},'
            '"deploy": {"startCommand": "all",\n'
            '"preDeployCommand": ["one", "two"]},'
            '"build": {"nixpacksPlan": {"phases": {"setup": {"aptPkgs": ["jq"]}}}}}',
            {
                "processes": ["web: live @1", "release: one && two @2"],
                "build_packages": ["jq @2"],
                "run_packages": ["jq @2"],
            },
        ),
    ],
)
def test_what_a_file_states(path: str, text: str, stated: dict[str, object]) -> None:
    assert shown(read(path, text)[0]) == stated


@pytest.mark.parametrize("path", [path for one in FORMATS for path in one.paths if "." in path])
def test_a_file_of_another_shape_states_nothing(path: str) -> None:
    """Whatever is where a mapping, a list or a text is expected."""
    keys = "build deploy services env envs phases steps run processes io setup envVars envVarGroups".split()
    texts = {
        "json": [f'{{"{key}": {value}}}' for key in keys for value in ("1", "null", "[1, [], {}]", '{"a": []}', '""')],
        "toml": [f"{key} = {value}\n" for key in keys for value in ("1", "[1, []]", "{a = []}")],
        "ml": [f"{key}: {value}\n" for key in keys for value in ("1", "", "[1, [], {}]", "{a: []}", "{1: {}}")],
    }
    for text in next(texts for end, texts in texts.items() if path.endswith(end)):
        for found in read(path, text):
            assert not any(command.text == "" for _, command in found.processes), text


def test_of_several_documents_the_first_is_read() -> None:
    assert read("app.yaml", "kind: Deployment\n---\nkind: Service\n") == ()


def test_an_anchor_of_yaml_is_followed() -> None:
    text = "x: &env\n  - {key: PLACE, value: Sund}\nservices:\n- {type: web, envVars: *env}\n"
    assert shown(read("render.yaml", text)[0]) == {"env": ["PLACE: Sund @2"]}
    merged = "x: &all {type: web, startCommand: node a.js}\nservices:\n- {<<: *all, name: b}\n"
    assert shown(read("render.yaml", merged)[0]) == {"name": "b", "processes": ["web: node a.js @1"]}
