"""What Python sources write where a container cannot: which lines name a place, and which do not."""

import pytest

from frontend.plan.model import Warning
from tests.languages.python import FLASK, Files, flask, plan

HOME = "/home/miget"


def told(files: Files, **settings: str) -> list[Warning]:
    """The warnings about what an app writes."""
    return [one for one in plan(files, **settings).warnings if one.code == "read-only"]


def dirs(files: Files) -> list[str]:
    """The directories that an app is told it cannot write to."""
    return [one.message.split(" writes to ")[1].partition(",")[0] for one in told(files)]


WRITTEN: list[tuple[str, str]] = [  # a source at /app/app.py, the directory
    ("os.makedirs('data', exist_ok=True)", "/app/data"),
    ("os.mkdir(os.path.join(os.path.dirname(__file__), 'data'))", "/app/data"),
    ("B = os.path.abspath(os.path.dirname(__file__))\nos.makedirs(os.path.join(B, 'data'))", "/app/data"),
    ("from pathlib import Path\nB = Path(__file__).resolve().parent\n(B / 'data').mkdir()", "/app/data"),
    ("import pathlib\npathlib.Path(__file__).parents[0].joinpath('data').mkdir()", "/app/data"),
    ("from pathlib import Path\nPath('data/a').touch()", "/app/data"),
    ("os.makedirs(os.path.join(os.getcwd(), 'data'))", "/app/data"),
    ("D = 'data'\nos.makedirs(f'{D}/{name}')", "/app/data"),
    ("os.makedirs('data/%s' % name)", "/app/data"),
    ("os.makedirs('data/{}'.format(name))", "/app/data"),
    ("def save(x):\n    with open('data/x.json', 'w') as f:\n        f.write(x)", "/app/data"),
    ("with open('x.json', mode='a') as f: pass", "/app"),
    ("from pathlib import Path\nPath('data', 'a').write_text('b')", "/app/data"),
    ("from pathlib import Path\nwith Path('data/a').open('w') as f: pass", "/app/data"),
    ("class S:\n    def __init__(self):\n        self.d = 'data'\n        os.makedirs(self.d)", "/app/data"),
    ("class C:\n    D = 'data'\nos.makedirs(C.D)", "/app/data"),
    ("import sqlite3\nsqlite3.connect('data/app.db')", "/app/data"),
    ("import sqlite3\ndef db():\n    return sqlite3.connect(database='app.db')", "/app"),
    ("from tinydb import TinyDB\nTinyDB('data/db.json')", "/app/data"),
    ("from sqlalchemy import create_engine\ncreate_engine('sqlite:///data/app.db?timeout=3')", "/app/data"),
    ("from sqlalchemy import create_engine\ncreate_engine('sqlite+aiosqlite:////app/data/app.db')", "/app/data"),
    ("U = os.environ.get('DB') or 'sqlite:///' + os.path.join(os.getcwd(), 'data', 'a.db')", "/app/data"),
    ("import flask_sqlalchemy\napp.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///a.db'", "/app/instance"),
    ("import logging\nlogging.basicConfig(level=1, filename='data/app.log')", "/app/data"),
    ("from logging import FileHandler\nFileHandler('app.log')", "/app"),
    ("import logging.handlers\nlogging.handlers.RotatingFileHandler(filename='data/a.log')", "/app/data"),
    ("from loguru import logger\nlogger.add('data/{time}.log')", "/app/data"),
    ("L = {'handlers': {'f': {'class': 'logging.FileHandler', 'filename': '/var/log/a.log'}}}", "/var/log"),
    ("app.config['UPLOAD_FOLDER'] = 'static/uploads'", "/app/static/uploads"),
    ("UPLOAD_FOLDER = os.path.join(app.root_path, 'uploads')", "/app/uploads"),
    ("app.config.update(UPLOAD_FOLDER='uploads')", "/app/uploads"),
    ("app.config.from_mapping(DEBUG=False, UPLOAD_FOLDER='up')", "/app/up"),
    ("env = os.getenv\nUPLOAD_FOLDER = env('UPLOADS', './uploads')", "/app/uploads"),
    (
        "def env(name, default=None):\n    return os.environ.get(name, default)\nUPLOAD_FOLDER = env('UPLOADS', './uploads')",
        "/app/uploads",
    ),
    ("app.config['SESSION_TYPE'] = 'filesystem'", "/app/flask_session"),
    ("os.makedirs(os.path.expanduser('~/.config/App'))", f"{HOME}/.config/App"),
    ("from pathlib import Path\nD = Path.home() / '.app'\nD.mkdir(exist_ok=True)", f"{HOME}/.app"),
    ("from pathlib import Path\nPath('~/.app').expanduser().mkdir()", f"{HOME}/.app"),
    ("os.makedirs(os.path.join(os.environ['HOME'], '.app'))", f"{HOME}/.app"),
    ("D = os.environ.get('DIR', 'data')\nos.makedirs(D)", "/app/data"),
    ("from decouple import config\nD = config('DIR', default='data')\nos.makedirs(D)", "/app/data"),
    ("try:\n    os.makedirs('data')\nexcept OSError:\n    raise SystemExit(1)", "/app/data"),
]
LEFT = [
    "os.makedirs('/tmp/data')",
    "os.makedirs('/data')",
    "import tempfile\nos.makedirs(os.path.join(tempfile.gettempdir(), 'data'))",
    "os.makedirs(os.path.join(root, 'data'))",
    "os.makedirs(os.path.dirname(path))",
    "os.makedirs(os.environ['DIR'])",
    "os.makedirs(os.environ.get('DIR'))",
    "os.makedirs(os.path.join(os.environ.get('DIR'), 'data'))",
    "d = 'a'\nd = 'b'\nos.makedirs(d)",
    "def make(d):\n    os.makedirs(d)\nd = 'data'",
    "try:\n    os.makedirs(app.instance_path)\nexcept OSError:\n    pass",
    "from contextlib import suppress\nwith suppress(OSError):\n    os.makedirs('data')",
    "if __name__ == '__main__':\n    os.makedirs('data')",
    "open('data/x.json')",
    "open('data/x.json', 'rb')",
    "import sqlite3\nsqlite3.connect(':memory:')",
    "import sqlite3\nsqlite3.connect(path)",
    "from sqlalchemy import create_engine\ncreate_engine('sqlite://')",
    "from sqlalchemy import create_engine\ncreate_engine('sqlite:///:memory:')",
    "from sqlalchemy import create_engine\ncreate_engine('sqlite:///file:a?mode=memory&uri=true')",
    "from sqlalchemy import create_engine\ncreate_engine('postgresql://db/app')",
    "import logging\nlogging.basicConfig(level=1)",
    "import logging\nlogging.FileHandler('/dev/stdout')",
    "from loguru import logger\nlogger.add(print)",
    "app.config['SESSION_TYPE'] = 'redis'",
    "class DevelopmentConfig:\n    URI = os.environ.get('DEV_URL') or 'sqlite:///data/app.db'",
    "sftp.mkdir('data')",
    "shutil.copy('a', 'data/b')",
    "# os.makedirs('data')",
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_a_directory_that_a_source_writes_to(text: str, expected: str) -> None:
    assert dirs(flask(**{"app.py": f"import os\n{FLASK}{text}\n"})) == [expected]


@pytest.mark.parametrize("text", LEFT)
def test_what_is_elsewhere_or_not_spelled_out(text: str) -> None:
    assert dirs(flask(**{"app.py": f"import os, shutil\n{FLASK}{text}\n"})) == []


DJANGO = {
    "requirements.txt": "django\ngunicorn\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/__init__.py": "",
    "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
}
BASE = "from pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent.parent\n"
SQLITE = "DATABASES = {'default': {\n 'ENGINE': 'django.db.backends.sqlite3',\n 'NAME': BASE_DIR / 'db.sqlite3'}}\n"
PLACES: list[tuple[Files, dict[str, str], str, str, str]] = [  # an app, settings, the directory, the place, a hint
    (flask(**{"app.py": f"import os\n{FLASK}\nos.makedirs('up')\n"}), {}, "/app/up", "app.py:5", "user owns"),
    (
        flask(**{"app.py": f"import os\n{FLASK}UP = os.getenv('UP', 'up')\nos.makedirs(UP)\n"}),
        {},
        "/app/up",
        "app.py:5",
        "set UP to a path",
    ),
    (
        flask(
            **{
                "app.py": f"import config\n{FLASK}config.C.D.mkdir()\n",
                "config.py": "from pathlib import Path\nclass C:\n D = Path('a')\n",
            }
        ),
        {},
        "/app/a",
        "app.py:4",
        "/app/a",
    ),
    (
        flask(**{"app.py": f"import store\n{FLASK}", "store.py": "open('a/b', 'w')\n"}),
        {},
        "/app/a",
        "store.py:1",
        "/app/a",
    ),
    (
        flask(**{"app.py": f"import os\n{FLASK}os.mkdir(os.path.expanduser('~/.a'))\n"}),
        {},
        f"{HOME}/.a",
        "app.py:4",
        f"a volume at {HOME}, or set the build-arg RUN_ENV_HOME=/tmp",
    ),
    (
        flask(**{"app.py": f"import logging\n{FLASK}logging.FileHandler('/var/log/a.log')\n"}),
        {},
        "/var/log",
        "app.py:4",
        "log to standard output",
    ),
    ({**DJANGO, "shop/settings.py": BASE + SQLITE}, {}, "/app", "shop/settings.py:5", "such as /data"),
    (
        {
            **DJANGO,
            "shop/settings.py": f"{BASE}MEDIA_ROOT = BASE_DIR / 'media'\n",
            "blog/__init__.py": "",
            "blog/models.py": "picture = models.ImageField()\n",
        },
        {},
        "/app/media",
        "shop/settings.py:3",
        "/app/media",
    ),
    (
        {
            "main.py": "import os\nif __name__ == '__main__':\n    os.makedirs('data')\n    serve()\n",
            "requirements.txt": "",
        },
        {},
        "/app/data",
        "main.py:3",
        "/app/data",
    ),
]


@pytest.mark.parametrize(("files", "settings", "directory", "at", "hint"), PLACES)
def test_the_place_and_what_to_do(files: Files, settings: dict[str, str], directory: str, at: str, hint: str) -> None:
    (one,) = told(files, **settings)
    assert (f" writes to {directory}," in one.message, str(one.at)) == (True, at)
    assert hint in one.hint


QUIET: list[Files] = [
    flask(**{"seed.py": "open('a/b', 'w')\n"}),  # no process imports it
    flask(**{"tests/test_a.py": "open('a/b', 'w')\n"}),
    {**DJANGO, "shop/settings.py": f"{BASE}{SQLITE}import dj_database_url\n"},
    {**DJANGO, "shop/settings.py": "", "bump.py": "open('shop/version.py', 'w')\n"},
    {**DJANGO, "shop/settings.py": f"{BASE}MEDIA_ROOT = BASE_DIR / 'media'\n"},
    {**DJANGO, "shop/settings.py": f"{BASE}{SQLITE}if X:\n    DATABASES = {{}}\n"},
]


@pytest.mark.parametrize("files", QUIET)
def test_what_is_not_loaded_or_not_used_is_not_told(files: Files) -> None:
    assert told(files) == []


def test_a_variable_of_the_image_moves_a_place() -> None:
    files = flask(
        **{"app.py": f"import os\n{FLASK}os.makedirs(os.getenv('UP', 'up'))\nos.mkdir(os.path.expanduser('~/a'))\n"}
    )
    assert len(told(files)) == 2
    found = plan(files, run_env=(("UP", "/data"), ("HOME", "/tmp"))).warnings
    assert [one for one in found if one.code == "read-only"] == []


def test_the_app_of_a_directory_is_told_by_its_place_in_the_context() -> None:
    files = {f"api/{path}": text for path, text in flask(**{"app.py": f"import os\n{FLASK}os.mkdir('up')\n"}).items()}
    (one,) = [one for one in plan(files, "api").warnings if one.code == "read-only"]
    assert (str(one.at), "/app/up," in one.message) == ("api/app.py:4", True)


@pytest.mark.parametrize(
    ("command", "written", "dir"),
    [
        ("cd backend && uvicorn main:app --host 0.0.0.0 --port $PORT", "../data", "/app/data"),
        ("cd backend && uvicorn main:app --host 0.0.0.0 --port $PORT", "logs", "/app/backend/logs"),
        ("cd /app/backend && exec python main.py", "./data", "/app/backend/data"),
        ("cd backend; cd .. && python backend/main.py", "data", "/app/data"),
        ("python backend/main.py", "backend/../data", "/app/data"),
        ("cd backend && . ./env.sh && python main.py", "data", ""),
    ],
)
def test_a_start_that_enters_a_directory_writes_from_there(command: str, written: str, dir: str) -> None:
    text = f"import os\nfrom fastapi import FastAPI\napp = FastAPI()\nos.makedirs('{written}', exist_ok=True)\n"
    files = {"requirements.txt": "fastapi\nuvicorn\n", "backend/main.py": text, "Procfile": f"web: {command}\n"}
    said = [one.message for one in plan(files).warnings if one.code == "read-only"]
    assert [one.partition(",")[0] for one in said] == ([f"the app writes to {dir}"] if dir else [])
