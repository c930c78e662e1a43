"""What servers are told to write, or to run in, where a container has no place for them."""

import pytest

from frontend.plan.model import Warning
from tests.languages.python import FLASK, Files, flask, plan


def told(files: Files, **settings: str) -> list[Warning]:
    """The warnings about a server's files."""
    return [one for one in plan(files, **settings).warnings if one.code == "server-file"]


CONF = "gunicorn.conf.py"
SUPERVISED = {
    "requirements.txt": "flask\ngunicorn\nsupervisor\n",
    "app.py": FLASK,
    "Procfile": "web: supervisord -n -c conf/supervisord.conf\n",
}
ENDS = "ends in an error"
ROWS: list[tuple[Files, str, str, str]] = [  # an app, the place, parts of the message and of the hint
    (flask(**{CONF: "errorlog = '/var/log/gunicorn/error.log'\n"}), f"{CONF}:1", ENDS, "set errorlog to -"),
    (
        flask(**{CONF: "import os\naccesslog = os.path.join('logs', 'a.log')\n"}),
        f"{CONF}:2",
        "/app/logs is not in",
        "to -",
    ),
    (flask(**{CONF: "accesslog = 'app.log'\n"}), f"{CONF}:1", "may be read-only", "to -"),
    (flask(**{CONF: "accesslog = 'logs/a'\n", "logs/.gitkeep": ""}), f"{CONF}:1", "may be read-only", "to -"),
    (flask(**{CONF: "pidfile = '/run/app.pid'\n"}), f"{CONF}:1", "user cannot", "/tmp/app.pid"),
    (flask(**{CONF: "pidfile = '/tmp/app/app.pid'\n"}), f"{CONF}:1", "/tmp/app is not in the image", "/tmp/app.pid"),
    (flask(**{CONF: "chdir = '/home/ubuntu/shop'\n"}), f"{CONF}:1", "is not in the image", "leave chdir out"),
    (flask(**{CONF: "daemon = True\n"}), f"{CONF}:1", "goes to the background", "leave daemon out"),
    (flask(**{CONF: "user = 'www-data'\n"}), f"{CONF}:1", "www-data", "leave user out"),
    (
        flask(**{CONF: "import os\nerrorlog = os.environ.get('LOG', '/var/log/a.log')\n"}),
        f"{CONF}:2",
        ENDS,
        "set LOG to a path",
    ),
    (
        flask(Procfile="web: gunicorn --error-logfile /var/log/a.log app:app\n"),
        "Procfile:1",
        "--error-logfile is /var/log/a.log",
        "set --error-logfile to -",
    ),
    (
        flask(Procfile="web: gunicorn -c conf.py app:app\n", **{"conf.py": "pidfile='a'\n"}),
        "conf.py:1",
        "read-only",
        "a",
    ),
    (
        flask(**{CONF: "bind = '0.0.0.0:8000'\nerrorlog = 'logs/e'\n"}, Procfile=f"web: gunicorn -c {CONF} app:app\n"),
        f"{CONF}:2",
        "logs",
        "to -",
    ),
    (flask(Procfile="web: gunicorn app:app --daemon\n"), "Procfile:1", "background", "leave --daemon out"),
    (
        flask(Procfile="web: gunicorn app:app\nbeat: celery -A app beat\n"),
        "Procfile:2",
        "read-only",
        "celerybeat-schedule",
    ),
    (
        flask(Procfile="web: gunicorn app:app\nw: celery -A app worker -B -l info\n"),
        "Procfile:2",
        "--schedule",
        "/tmp/",
    ),
    (
        flask(Procfile="web: gunicorn app:app\nw: celery -A app worker --logfile=/var/log/c.log\n"),
        "Procfile:2",
        ENDS,
        "/dev/stdout",
    ),
    (
        flask("flask\nuwsgi\n", Procfile="web: uwsgi --ini u.ini\n", **{"u.ini": "[uwsgi]\nlogto = /var/log/u.log\n"}),
        "u.ini:2",
        ENDS,
        "/dev/stdout",
    ),
    (
        flask("flask\nuwsgi\n", Procfile="web: uwsgi u.ini\n", **{"u.ini": "[uwsgi]\nmaster=1\ndaemonize = u.log\n"}),
        "u.ini:3",
        "background",
        "leave daemonize out",
    ),
    (
        {
            **SUPERVISED,
            "Procfile": "web: supervisord -c conf/supervisord.conf\n",
            "conf/supervisord.conf": "[supervisord]\nlogfile=/dev/null\npidfile=/tmp/s.pid\n"
            "[program:web]\ncommand=gunicorn app:app\nstdout_logfile=/var/log/web.log\n",
        },
        "conf/supervisord.conf:1",
        "nodaemon",
        "set nodaemon=true",
    ),
]


@pytest.mark.parametrize(("files", "at", "message", "hint"), ROWS)
def test_what_a_server_cannot_write(files: Files, at: str, message: str, hint: str) -> None:
    first, *_ = told(files)
    assert str(first.at) == at
    assert message in first.message
    assert hint in first.hint


def test_each_setting_of_supervisord_is_told() -> None:
    conf = "[supervisord]\nuser=root\n[program:web]\ncommand=gunicorn app:app\nstdout_logfile=logs/w.log\n"
    found = told({**SUPERVISED, "conf/supervisord.conf": conf})
    assert [(str(one.at), one.message.partition(":")[0].partition(" is ")[0]) for one in found] == [
        ("conf/supervisord.conf:1", "supervisord's logfile"),
        ("conf/supervisord.conf:1", "supervisord's pidfile"),
        ("conf/supervisord.conf:2", "supervisord's user"),
        ("conf/supervisord.conf:5", "supervisord's stdout_logfile"),
    ]


QUIET: list[Files] = [
    flask(),
    flask(**{CONF: "errorlog = '-'\naccesslog = '/dev/stdout'\npidfile = '/tmp/a.pid'\nworker_tmp_dir = '/dev/shm'\n"}),
    flask(**{CONF: "errorlog = LOG\npidfile = None\ndaemon = False\nchdir = '/app'\n"}),
    flask(**{CONF: "import os\nerrorlog = os.environ.get('LOG')\n"}),
    flask(**{CONF: "accesslog = '/logs/access.log'\n"}),  # somebody's volume
    flask(Procfile="web: gunicorn --access-logfile - --log-file=- app:app\n"),
    flask(Procfile="web: gunicorn --error-logfile $LOG app:app\n"),
    flask(Procfile="web: gunicorn app:app\nbeat: celery -A app beat -s /tmp/beat\n"),
    flask(Procfile="web: gunicorn app:app\nbeat: celery -A app beat --scheduler=django_celery_beat:S\n"),
    flask(Procfile="web: gunicorn app:app\nw: celery -A app worker -l info\n"),
    flask(Procfile="web: python app.py --pid a\n"),
    flask(Procfile="web: gunicorn --chdir /srv app:app\n"),
    {
        **SUPERVISED,
        "conf/supervisord.conf": "[supervisord]\nnodaemon=true\nlogfile=/dev/null\npidfile=/tmp/s.pid\n"
        "[program:web]\ncommand=gunicorn app:app\nstdout_logfile=/dev/stdout\nstderr_logfile=%(here)s/e.log\n",
    },
]


@pytest.mark.parametrize("files", QUIET)
def test_what_works_is_not_told(files: Files) -> None:
    assert told(files) == []


def test_a_directory_may_come_from_a_build_command() -> None:
    files = flask(**{CONF: "errorlog = 'logs/error.log'\n"})
    assert ENDS in told(files)[0].message
    assert "may be read-only" in told(files, build_command="mkdir logs")[0].message
