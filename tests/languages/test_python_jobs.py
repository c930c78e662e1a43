"""Background jobs: the processes that run them, where the user named none."""

from typing import Any

import pytest

from frontend.settings.model import Setting
from tests.languages.python import FASTAPI, FLASK, Files, codes, plan

MADE = "from celery import Celery\napp = Celery('shop')\n"
FACTORY = "from app import create_app, make_celery\nflask_app = create_app()\ncelery = make_celery(flask_app)\n"
KEPT = "from app import create_app\nflask_app = create_app()\ncelery_app = flask_app.extensions['celery']\n"
PUSHED = "from app import celery, create_app\ncreate_app().app_context().push()\n"
BASE: Files = {"requirements.txt": "flask\ngunicorn\ncelery[redis]\n", "app.py": FLASK}
DJANGO: Files = {
    "requirements.txt": "django\ngunicorn\ncelery\n",
    "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/settings.py": "WSGI_APPLICATION = 'shop.wsgi.application'\n",
    "shop/wsgi.py": "application = get_wsgi_application()\n",
}


def workers(files: Files, **settings: Any) -> dict[str, str]:
    """What is executed besides the web process, by name."""
    return {one.name: " ".join(one.args) for one in plan(files, **settings).runtime.processes[1:]}


@pytest.mark.parametrize(
    ("files", "app"),
    [
        ({"tasks.py": MADE}, "tasks:app"),
        ({"shop/worker/celery_app.py": MADE}, "shop.worker.celery_app:app"),
        ({"shop/__init__.py": MADE, "celery_worker.py": PUSHED}, "celery_worker:celery"),
        ({"make_celery.py": KEPT}, "make_celery:celery_app"),
        ({"celery_worker.py": FACTORY}, "celery_worker:celery"),
        ({"jobs/__init__.py": "import celery\nqueue = celery.Celery('x')\n"}, "jobs:queue"),
        ({"shop/queue.py": MADE, "shop/celery.py": MADE}, "shop.celery:app"),
        ({"tests/test_tasks.py": MADE, "tests/celery.py": MADE}, ""),
        ({"tasks.py": "from celery import shared_task\n"}, ""),
        ({"tasks.py": "def build():\n    app = Celery()\n"}, ""),
    ],
)
def test_an_app_of_celery_has_a_worker(files: Files, app: str) -> None:
    found = plan({**BASE, **files})
    assert workers({**BASE, **files}) == ({"worker": f"celery -A {app} worker --loglevel=INFO"} if app else {})
    assert ("jobs-apart" in codes(found)) == bool(app)
    if app:
        (said,) = (one for one in found.warnings if one.code == "jobs-apart")
        assert said.message == "the image's start runs no background jobs: they are the process worker"
        assert "--target worker" in said.hint
        assert f"celery -A {app} worker" in said.hint


def test_a_schedule_has_its_own_process_which_keeps_its_state_where_it_can_write() -> None:
    files = {**DJANGO, "shop/celery.py": MADE}
    assert workers({**files, "shop/settings.py": "CELERY_BEAT_SCHEDULE = {}\n"})["beat"] == (
        "celery -A shop.celery:app beat --loglevel=INFO --schedule=/tmp/celerybeat-schedule"
    )
    assert workers({**files, "shop/celery.py": MADE + "app.conf.beat_schedule = {}\n"}).keys() == {"worker", "beat"}
    (said,) = (
        one.message
        for one in plan({**files, "shop/settings.py": "CELERY_BEAT_SCHEDULE = {}\n"}).warnings
        if one.code == "jobs-apart"
    )
    assert said == "the image's start runs no background jobs: they are the processes worker and beat"
    stored = {**files, "requirements.txt": "django\ngunicorn\ncelery\ndjango-celery-beat\n"}
    assert workers(stored)["beat"].endswith(
        "beat --loglevel=INFO --scheduler=django_celery_beat.schedulers:DatabaseScheduler"
    )
    assert "read-only" not in codes(plan({**files, "shop/celery.py": MADE + "app.conf.beat_schedule = {}\n"}))


def test_a_project_in_a_directory_is_imported_from_there() -> None:
    below = {f"backend/{path}" if path != "requirements.txt" else path: text for path, text in DJANGO.items()}
    files = {**below, "backend/shop/celery.py": MADE}
    assert workers(files) == {"worker": "celery -A shop.celery:app worker --loglevel=INFO"}
    assert [one.dir for one in plan(files).runtime.processes] == ["/app/backend", "/app/backend"]


@pytest.mark.parametrize(
    "more",
    [
        {"Procfile": "web: gunicorn app:app\nqueue: celery -A tasks worker\n"},
        {"Procfile": "web: gunicorn app:app\nworker: python other.py\n", "other.py": ""},
        {"Procfile": "web: sh start.sh\n", "start.sh": "celery -A tasks worker &\nexec gunicorn app:app -b :$PORT\n"},
        {"Procfile": "web: gunicorn app:app\nback: python tasks.py worker -B\n"},
        {"Procfile": "web: supervisord -c supervisord.conf\n", "supervisord.conf": "[supervisord]\nnodaemon=true\n"},
    ],
)
def test_nothing_is_added_where_something_works(more: Files) -> None:
    found = plan({**BASE, "tasks.py": MADE, **more})
    assert "jobs-apart" not in codes(found)
    assert all("-A tasks:app" not in " ".join(one.args) for one in found.runtime.processes)


@pytest.mark.parametrize(
    ("package", "named", "subcommand"),
    [
        ("django-q2", "django_q", "qcluster"),
        ("django-rq", "django_rq", "rqworker"),
        ("django-dramatiq", "django_dramatiq", "rundramatiq"),
        ("huey", "huey.contrib.djhuey", "run_huey"),
        ("django-background-tasks", "background_task", "process_tasks"),
    ],
)
def test_a_subcommand_of_manage_py_is_the_worker(package: str, named: str, subcommand: str) -> None:
    files = {**DJANGO, "requirements.txt": f"django\ngunicorn\n{package}\n"}
    assert workers({**files, "shop/settings.py": f"INSTALLED_APPS = ['{named}']\n"}) == {
        "worker": f"python manage.py {subcommand}"
    }
    assert workers(files) == {}


def test_the_settings_of_arq_name_its_worker() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\narq\n", "main.py": FASTAPI}
    assert workers({**files, "jobs/worker.py": "class WorkerSettings:\n    functions = []\n"}) == {
        "worker": "arq jobs.worker.WorkerSettings"
    }
    assert workers(files) == {}


@pytest.mark.parametrize(
    ("command", "taken"),
    [
        ("celery -A tasks worker -Q mail", True),
        ("poetry run celery -A tasks worker", True),
        ("python work.py", True),
        ("python -u work.py", True),
        ("python -m work", True),
        ("python -m download_all", True),
        ("python -m absent", False),
        ("celery -A absent worker", False),
        ("celery --app tasks.app beat", True),
        ("python absent.py", False),
        ("python manage.py migrate", False),
        ("celery -A tasks worker && true", False),
        ("python -m celery -A tasks worker", True),
        ("python -u -m celery -A tasks beat", True),
        ("python -m celery -A absent worker", False),
        ("huey_consumer.py tasks.huey -w 2", True),
        ("python -m huey.bin.huey_consumer tasks.huey", True),
        ("python manage.py rqworker default", True),
        ("dramatiq tasks", False),  # which nothing installs
        ("python -m dramatiq tasks", False),
        ("nginx", False),
    ],
)
def test_a_service_of_compose_is_a_process_where_the_image_has_its_program(command: str, taken: bool) -> None:
    files = {**BASE, "work.py": "", "manage.py": "", "tasks.py": "", "download_all.py": ""}
    files["requirements.txt"] = "flask\ngunicorn\ncelery[redis]\nhuey\ndjango-rq\n"
    found = workers(files, candidate_processes=(("mail", Setting(command, "platform")),))
    assert found == ({"mail": command.removeprefix("poetry run ")} if taken else {})


SUPERVISORD = """\
[supervisord]
nodaemon=true
[program:site]
command=python manage.py runserver 0.0.0.0:8000  ; what serves
directory=/app
[program:serves]
command=gunicorn app:app
[program:bot]
command=python manage.py runbot  ; beside it
[program:mail]
command = /usr/local/bin/celery -A tasks worker
[program:other]
command=python absent.py
[program:filled]
command=python %(ENV_FILE)s
[eventlistener:watch]
command=python manage.py watch
"""


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("supervisord.conf", "/usr/bin/supervisord -c /etc/supervisor/conf.d/supervisord.conf -n"),
        ("deploy/app.conf", "supervisord --configuration /etc/app.conf"),
        ("supervisord.conf", "supervisord"),
    ],
)
def test_what_supervisord_runs_beside_what_serves_is_a_process(path: str, command: str) -> None:
    files = {**BASE, "manage.py": "", "tasks.py": "", path: SUPERVISORD}
    stated = Setting(command, "platform")
    found = plan(files, candidate_texts=(stated,))
    assert workers(files, candidate_texts=(stated,)) == {
        "bot": "python manage.py runbot",
        "mail": "celery -A tasks worker",
    }
    assert [str(one.at) for one in found.warnings if one.code == "deploy-file"] == [f"{path}:9"]
    named = {**files, "Procfile": "web: gunicorn app:app\nclock: python manage.py clock\n"}
    assert list(workers(named, candidate_texts=(stated,))) == ["clock"]


def test_a_command_of_supervisord_or_compose_that_cannot_be_read_is_told_and_the_image_is_made() -> None:
    files = {**BASE, "tasks.py": "", "supervisord.conf": '[program:mail]\ncommand=celery "tasks worker\n'}
    found = plan(files, candidate_texts=(Setting("supervisord", "platform"),))
    (told,) = (one for one in found.warnings if one.code == "jobs-unread")
    assert (str(told.at), told.message[:28]) == ("supervisord.conf:2", "the command has an unclosed ")
    assert [one.name for one in found.runtime.processes] == ["web"]
    stated = (("mail", Setting('celery "tasks worker', "platform")), ("bot", Setting("python bot.py", "platform")))
    found = plan({**BASE, "bot.py": ""}, candidate_processes=stated)
    assert "jobs-unread" in {one.code for one in found.warnings}
    assert [one.name for one in found.runtime.processes] == ["web", "bot"]
