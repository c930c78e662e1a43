"""Apps that only their own program sets up: when it is started, refused, or passed over for the app object."""

import ast

import pytest

from frontend.errors import PlanError
from tests.errors import fails
from tests.languages.python import Files, plan, web

PROJECT = (
    '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n[project.scripts]\nshop = "shop.cli:main"\n'
)
APP = "from flask import Flask\napp = Flask(__name__)\n"
OPTIONS = (
    "import argparse\nfrom shop.web import app\ndef main():\n    p = argparse.ArgumentParser()\n"
    "    p.add_argument('--host', default='127.0.0.1')\n    p.add_argument('-p', '--port', type=int)\n"
)
SERVES = "    app.run(host=args.host, port=args.port)\n"


def files(cli: str, project: str = PROJECT, **more: str) -> Files:
    """A package with an app object in shop/web.py and a program in shop/cli.py."""
    return {"pyproject.toml": project, "shop/__init__.py": "", "shop/web.py": APP, "shop/cli.py": cli, **more}


SETS_UP = "    args = p.parse_args()\n    app.config['DATA'] = load()\n" + SERVES
STARTED: list[tuple[str, Files, str, tuple[str, ...]]] = [  # what, an app, the place, parts of what is run
    ("a configuration", files(OPTIONS + SETS_UP), "shop/cli.py:8", ("from shop.cli import main", 'argv[0] = "shop"')),
    (
        "an attribute",
        files(OPTIONS + "    args = p.parse_args()\n    app.state.model = load()\n" + SERVES),
        "shop/cli.py:8",
        ('["--host", "0.0.0.0", "--port", os.environ["PORT"]]',),
    ),
    (
        "a method of the configuration",
        files(OPTIONS + "    app.config.from_object(load())\n" + SERVES),
        "shop/cli.py:7",
        ("main",),
    ),
    (
        "a name of the app's module",
        files(
            OPTIONS.replace("from shop.web import app", "from shop import web")
            + "    web.DATA = 1\n    web.app.run()\n"
        ),
        "shop/cli.py:7",
        ("main",),
    ),
    (
        "a global of its own module",
        {
            "pyproject.toml": PROJECT.replace("shop.cli", "shop.web"),
            "shop/__init__.py": "",
            "shop/web.py": APP
            + OPTIONS.replace("from shop.web import app\n", "")
            + "    global D\n    D = 1\n"
            + SERVES,
        },
        "shop/web.py:9",
        ("from shop.web import main",),
    ),
    (
        "an argument that may be left out",
        files(OPTIONS + "    p.add_argument('data', nargs='?')\n" + SETS_UP),
        "shop/cli.py:9",
        ("main",),
    ),
    (
        "click, served by waitress",
        files(
            "import click\nfrom waitress import serve\nfrom .web import app\n@click.command()\n"
            "@click.option('--address')\n@click.option('--port')\n@click.argument('data', default='a')\n"
            "def main(address, port, data):\n    app.config.update(DATA=data)\n    serve(app, host=address, port=port)\n",
            PROJECT.replace('["flask"]', '["flask", "waitress", "click"]'),
        ),
        "shop/cli.py:9",
        ('"--address", "0.0.0.0"',),
    ),
    (
        "a script",
        {
            "requirements.txt": "flask\n",
            "app.py": APP
            + "if __name__ == '__main__':\n    p.add_argument('--host')\n    p.add_argument('--port')\n"
            + "    app.config['A'] = load()\n    app.run(args.host, args.port)\n",
        },
        "app.py:6",
        ('sys.argv[0] = "app.py"', 'sys.argv[1:] = ["--host"'),
    ),
]


@pytest.mark.parametrize(("app", "at", "parts"), [row[1:] for row in STARTED], ids=[row[0] for row in STARTED])
def test_a_program_that_sets_up_its_app_is_started_on_the_containers_port(
    app: Files, at: str, parts: tuple[str, ...]
) -> None:
    found = plan(app)
    args = found.runtime.processes[0].args
    assert args[:2] == ("python", "-c")
    ast.parse(args[2])
    assert [part for part in parts if part not in args[2]] == []
    assert [str(one.at) for one in found.evidence if one.what == "start"] == [at]
    assert [one.code for one in found.warnings if one.code in ("program-left-out", "server-added")] == []


PASSED_OVER: list[tuple[str, Files]] = [
    ("nothing is set up", files(OPTIONS + "    args = p.parse_args()\n" + SERVES)),
    ("only debug is", files(OPTIONS + "    app.config['DEBUG'] = True\n    app.debug = True\n" + SERVES)),
    ("no option for a host", files(OPTIONS.replace("--host", "--home") + SETS_UP)),
    ("it serves nothing", files(OPTIONS + SETS_UP.replace("app.run", "print"))),
    ("it has commands", files(OPTIONS + "    p.add_subparsers()\n" + SETS_UP)),
    ("a server is meant for the object", files(OPTIONS + SETS_UP, PROJECT.replace('["flask"', '["gunicorn", "flask"'))),
    ("another app's", files(OPTIONS.replace("shop.web", "store.web") + SETS_UP)),
]


@pytest.mark.parametrize("app", [row[1] for row in PASSED_OVER], ids=[row[0] for row in PASSED_OVER])
def test_the_app_object_is_served_where_no_program_has_to_set_it_up(app: Files) -> None:
    assert web(app)[:2] == ("gunicorn", "shop.web:app")


@pytest.mark.parametrize(
    ("declared", "name"),
    [("p.add_argument('data')", "DATA"), ("p.add_argument('-d', '--data', required=True)", "--data")],
)
def test_a_program_that_needs_arguments_is_refused_with_the_way_out(declared: str, name: str) -> None:
    app = files(OPTIONS + f"    {declared}\n" + SETS_UP)
    with fails(PlanError, "shop", name, 'RUN_COMMAND="shop … --host 0.0.0.0 --port $PORT"', at="shop/cli.py:9"):
        plan(app)
    assert web(app, run_command=f"shop {name} x --port 80")[0] == "shop"
    assert web({**app, "Procfile": "web: gunicorn shop.web:app\n"})[0] == "gunicorn"
