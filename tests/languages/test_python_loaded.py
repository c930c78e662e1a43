"""The modules that processes import to start: needed in the image where it is sure which file one is."""

from typing import Any

import pytest

from frontend.plan.model import Need
from frontend.settings.model import Setting
from tests.languages.python import FLASK, Files, flask, plan

SHOP: Files = {"shop/__init__.py": "", "shop/wsgi.py": FLASK, "shop/tasks.py": "", "shop/__main__.py": "print(1)\n"}
NEEDED: list[tuple[str, str]] = [  # a command, the file that is needed
    ("gunicorn shop.wsgi:app", "shop/wsgi.py"),
    ("gunicorn -w 2 shop.wsgi", "shop/wsgi.py"),
    ("gunicorn --chdir shop wsgi:app", "shop/wsgi.py"),
    ("gunicorn -b 0.0.0.0:$PORT 'shop.wsgi:make(1)'", "shop/wsgi.py"),
    ("python -m gunicorn shop.wsgi:app", "shop/wsgi.py"),
    ("uvicorn shop.wsgi:app --port $PORT", "shop/wsgi.py"),
    ("uvicorn --app-dir shop wsgi:app", "shop/wsgi.py"),
    ("hypercorn -b 0.0.0.0:80 asgi:shop.wsgi:app", "shop/wsgi.py"),
    ("granian --interface wsgi shop.wsgi:app", "shop/wsgi.py"),
    ("daphne -p 80 shop.wsgi:app", "shop/wsgi.py"),
    ("waitress-serve --port=80 --call shop.wsgi:app", "shop/wsgi.py"),
    ("celery -A shop.tasks worker", "shop/tasks.py"),
    ("celery --app=shop.tasks:app beat", "shop/tasks.py"),
    ("python -m celery -A shop.tasks worker", "shop/tasks.py"),
    ("python -m shop", "shop/__main__.py"),
    ("python -um shop.tasks", "shop/tasks.py"),
]
NOT_SURE: list[tuple[str, Files, str]] = [  # why, further files, a command
    ("a variable", {}, "gunicorn $APP"),
    ("a place outside", {}, "gunicorn --chdir /srv shop.wsgi:app"),
    ("a place that the shell knows", {}, "cd shop && gunicorn wsgi:app"),
    ("PYTHONPATH", {}, "PYTHONPATH=lib gunicorn other:app"),
    ("a configuration", {"gunicorn.conf.py": "chdir = 'lib'\n"}, "gunicorn shop.wsgi:app"),
    ("Celery's own directory", {}, "celery --workdir shop -A tasks worker"),
    ("Python's own", {}, "python -m http.server"),
    ("a requirement without a name", {"requirements.txt": "gunicorn\ngit+https://example.org/x.git\n"}, "gunicorn other:app"),
    ("a directory that is installed", {"requirements.txt": "gunicorn\n./lib\n", "lib/setup.py": ""}, "gunicorn other:app"),
]  # fmt: skip


def needs(files: Files, command: str, **settings: Any) -> tuple[Need, ...]:
    """What the worker of a Flask app needs."""
    return plan({**flask(), **SHOP, **files, "Procfile": f"worker: {command}\n"}, **settings).runtime.processes[1].needs


@pytest.mark.parametrize(("command", "file"), NEEDED, ids=[row[0] for row in NEEDED])
def test_the_module_is_needed(command: str, file: str) -> None:
    assert [one.paths for one in needs({}, command)] == [(file,)]


@pytest.mark.parametrize(("files", "command"), [row[1:] for row in NOT_SURE], ids=[row[0] for row in NOT_SURE])
def test_nothing_is_needed_where_it_is_not_sure(files: Files, command: str) -> None:
    assert needs(files, command) == ()


def test_a_module_of_a_package_is_looked_for_where_packages_are() -> None:
    (need,) = needs({"requirements.txt": "gunicorn\nflask\ndjango\n"}, "gunicorn django.core.wsgi:get_wsgi_application")
    assert need.what == "the module django.core.wsgi"
    assert "/app/.venv/lib/python3.13/site-packages/django/core/wsgi.py" in need.paths


def test_a_part_of_a_name_may_be_a_variable_for_celery() -> None:
    (need,) = needs({"requirements.txt": "gunicorn\nflask\ncelery\nshop-jobs\n"}, "celery -A jobs.app worker")
    assert {"jobs/app.py", "jobs.py", "jobs/__init__.py", "jobs/app"} <= set(need.paths)


def test_a_build_command_may_put_a_compiled_module_in_its_place() -> None:
    (need,) = needs({}, "gunicorn shop.wsgi:app", build_command=Setting("cythonize shop/wsgi.py"))
    assert {"shop/wsgi.py", "shop/wsgi.cpython-313-x86_64-linux-gnu.so"} <= set(need.paths)


def test_web_needs_its_module() -> None:
    web = plan(flask()).runtime.processes[0]
    assert [one.paths for one in web.needs] == [("app.py",)]
