"""Django: the project, the settings that are served, the interface, the static files."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.errors import Location
from frontend.languages.python import collect, django
from frontend.languages.python.django import Project
from frontend.paths import within
from frontend.settings.model import Setting
from tests.languages.python import Files, codes, plan, runs, step, web

MANAGE = "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '%s')\n"
WSGI = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '%s')\napplication = get_wsgi_application()\n"
ASGI = WSGI.replace("wsgi", "asgi")
STATIC = "INSTALLED_APPS = ['django.contrib.staticfiles']\nSTATIC_ROOT = BASE_DIR / 'static'\n"


def shop(requirements: str = "django\ngunicorn\n", **files: str) -> Files:
    """A project as `django-admin startproject` makes it."""
    made = {
        "requirements.txt": requirements,
        "manage.py": MANAGE % "shop.settings",
        "shop/settings.py": "",
        "shop/wsgi.py": WSGI % "shop.settings",
    }
    return {**made, **files}


def project(files: Files) -> Project:
    found = django.find(DictTree(dict(files)))
    assert found is not None
    return found


PROJECTS: list[tuple[str, Files, tuple[str, str, str, str]]] = [  # root, settings, WSGI module, ASGI module
    ("as made", shop(), ("", "shop.settings", "shop.wsgi", "")),
    ("with ASGI", shop(**{"shop/asgi.py": ASGI % "shop.settings"}), ("", "shop.settings", "shop.wsgi", "shop.asgi")),
    ("below src", {f"src/{name}": text for name, text in shop().items()}, ("src", "shop.settings", "shop.wsgi", "")),
    ("in a directory", {f"back/{name}": text for name, text in shop().items()}, ("back", "shop.settings", "shop.wsgi", "")),
    ("two directories down", {f"code/back/{name}": text for name, text in shop().items()}, ("code/back", "shop.settings", "shop.wsgi", "")),
    (
        "the nearest, and not a test's",
        {f"{dir}/{name}": text for dir in ("a/b", "back", "tests", "a/examples") for name, text in shop().items()},
        ("back", "shop.settings", "shop.wsgi", ""),
    ),
    (
        "settings of their own for serving",
        {"manage.py": MANAGE % "config.settings.local", "config/settings/local.py": "", "config/settings/production.py": "", "config/wsgi.py": WSGI % "config.settings.production"},
        ("", "config.settings.production", "config.wsgi", ""),
    ),
    (
        "an assignment to the environment",
        {"manage.py": MANAGE % "shop.dev", "shop/dev.py": "", "shop/wsgi.py": "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.live'\n"},
        ("", "shop.live", "shop.wsgi", ""),
    ),
    (
        "a WSGI module that the settings name",
        {"manage.py": MANAGE % "settings", "settings.py": "WSGI_APPLICATION = 'web.entry.application'\n", "web/entry.py": "", "wsgi.py": ""},
        ("", "settings", "web.entry", ""),
    ),
    ("all at the root", {"manage.py": MANAGE % "settings", "settings.py": "", "wsgi.py": ""}, ("", "settings", "wsgi", "")),
    ("a package beside", {"manage.py": MANAGE % "settings", "settings.py": "", "web/wsgi.py": WSGI % "settings"}, ("", "settings", "web.wsgi", "")),
    ("none", {"manage.py": MANAGE % "shop.settings", "shop/settings.py": ""}, ("", "shop.settings", "", "")),
]  # fmt: skip


NAMED: list[tuple[str, dict[str, str], dict[str, Any]]] = [  # where the user names the settings
    ("Procfile", {"Procfile": "web: DJANGO_SETTINGS_MODULE=shop.live gunicorn shop.wsgi\n"}, {}),
    ("Procfile, with a shell", {"Procfile": "web: DJANGO_SETTINGS_MODULE=shop.live gunicorn -b :$PORT shop.wsgi"}, {}),
    ("the image's environment", {}, {"run_env": (("DJANGO_SETTINGS_MODULE", "shop.live"),)}),
    ("the build's environment", {}, {"build_env": (("DJANGO_SETTINGS_MODULE", "shop.live"),)}),
]


@pytest.mark.parametrize(("more", "settings"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_static_files_are_collected_with_the_settings_that_the_user_names(
    more: dict[str, str], settings: dict[str, Any]
) -> None:
    made = plan({**shop(), "shop/live.py": STATIC, **more}, **settings)
    (collect,) = [one for one in step(made, "build").run if "collectstatic" in one.name]
    assert dict(collect.env)["DJANGO_SETTINGS_MODULE"] == "shop.live"


@pytest.mark.parametrize(("files", "parts"), [row[1:] for row in PROJECTS], ids=[row[0] for row in PROJECTS])
def test_the_project(files: Files, parts: tuple[str, str, str, str]) -> None:
    found = project(files)
    assert (found.root, found.settings, found.wsgi, found.asgi) == parts


SPLIT = {
    "manage.py": MANAGE % "shop.settings.dev",
    "shop/settings/dev.py": "",
    "shop/wsgi.py": WSGI % "shop.settings.dev",
}
DOUBTS: list[tuple[Files, dict[str, Any], str]] = [  # files, settings, what the warning's hint names
    ({**SPLIT, "shop/settings/production.py": ""}, {}, "RUN_ENV_DJANGO_SETTINGS_MODULE=shop.settings.production"),
    ({**SPLIT, "shop/settings/production.py": ""}, {"run_env": ((django.SETTINGS, "shop.settings.dev"),)}, ""),
    (SPLIT, {}, ""),
    ({**SPLIT, "shop/wsgi.py": WSGI % "shop.settings.production", "shop/settings/production.py": ""}, {}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("files", "settings", "hint"), DOUBTS)
def test_settings_for_development_are_warned_of_where_there_are_others(
    files: Files, settings: dict[str, Any], hint: str
) -> None:
    found = plan({"requirements.txt": "django\ngunicorn\n", **files}, **settings)
    assert codes(found) == (["development-settings"] if hint else [])
    assert all(hint in one.hint for one in found.warnings)


def test_a_project_two_directories_down_is_served_from_there() -> None:
    files = {f"code/back/{name}" if name != "requirements.txt" else name: text for name, text in shop().items()}
    found = plan(files)
    assert (web(files), dict(found.runtime.env)["PYTHONPATH"]) == (
        ("gunicorn", "shop.wsgi:application"),
        "/app/code/back",
    )


def test_a_command_that_names_the_package_below_its_own_directory_is_started_as_manage_py_imports_it() -> None:
    files = {f"shop/{name}" if name != "requirements.txt" else name: text for name, text in shop().items()}
    files["shop/shop/__init__.py"] = ""
    found = plan({**files, "Procfile": "web: gunicorn shop.shop.wsgi:application --bind 0.0.0.0:$PORT\n"})
    assert found.runtime.processes[0].args[-1].endswith("gunicorn shop.wsgi:application --bind 0.0.0.0:$PORT")
    assert [str(one.at) for one in found.warnings if one.code == "module-renamed"] == ["Procfile:1"]
    other = plan({**files, "Procfile": "web: gunicorn shop.wsgi:application --bind 0.0.0.0:$PORT\n"})
    assert "module-renamed" not in codes(other)


def test_no_manage_py_is_no_project() -> None:
    assert django.find(DictTree({"shop/settings.py": ""})) is None


BOTH = {"shop/asgi.py": ASGI % "shop.settings"}
ASGI_APPLICATION = "ASGI_APPLICATION = 'shop.asgi.application'\n"
INTERFACES: list[tuple[str, dict[str, str], str]] = [  # requirements, more files, what the command has
    ("django\ngunicorn\n", BOTH, "shop.wsgi:application"),
    ("django\ngunicorn\nuvicorn\n", BOTH, "shop.wsgi:application"),
    ("django\n", BOTH, "shop.wsgi:application"),
    ("django\nuvicorn\n", BOTH, "shop.asgi:application"),
    ("django\ndaphne\n", BOTH, "shop.asgi:application"),
    ("django\nchannels[daphne]\n", BOTH, "shop.asgi:application"),
    ("django\nhypercorn\n", BOTH, "shop.asgi:application"),
    ("django\nuvicorn\n", {}, "shop.wsgi:application"),
    ("django\nwaitress\n", BOTH, "from shop.wsgi import application"),
    ("django\nchannels\ngunicorn\nuvicorn\n", BOTH, "shop.asgi:application"),
    ("django\nchannels\ngunicorn\n", BOTH, "shop.asgi:application"),
    ("django\nchannels\ngunicorn\n", {}, "shop.wsgi:application"),
    ("django\ngunicorn\nuvicorn\n", {**BOTH, "shop/settings.py": ASGI_APPLICATION}, "shop.asgi:application"),
    ("django\ngunicorn\n", {**BOTH, "shop/settings.py": ASGI_APPLICATION}, "shop.wsgi:application"),
]


@pytest.mark.parametrize(("requirements", "more", "part"), INTERFACES)
def test_the_interface_is_that_of_the_server(requirements: str, more: dict[str, str], part: str) -> None:
    assert part in " ".join(web(shop(requirements, **more)))


def test_asgi_alone_is_served() -> None:
    files = shop("django\n", **BOTH)
    del files["shop/wsgi.py"]
    found = plan(files)
    assert '"shop.asgi:application"' in found.runtime.processes[0].args[2]
    assert "ASGI" in found.warnings[0].message
    assert "uvicorn" in found.warnings[0].message


def test_a_project_without_modules_is_served_by_djangos_own() -> None:
    files = shop()
    del files["shop/wsgi.py"]
    found = plan(files)
    assert found.runtime.processes[0].args == ("gunicorn", "django.core.wsgi:get_wsgi_application()")
    assert ("DJANGO_SETTINGS_MODULE", "shop.settings") in found.runtime.env


def test_a_project_in_a_directory_can_be_imported() -> None:
    found = plan({"requirements.txt": "django\ngunicorn\n", **{f"back/{k}": v for k, v in shop().items()}})
    assert ("PYTHONPATH", "/app/back") in found.runtime.env
    assert found.runtime.processes[0].args == ("gunicorn", "shop.wsgi:application")


STATICS: list[tuple[str, dict[str, str], str | None]] = [
    ("as made", {}, None),
    ("collected", {"shop/settings.py": STATIC}, "shop/settings.py:2"),
    ("in an if", {"shop/settings.py": f"{STATIC.splitlines()[0]}\nif not DEBUG:\n    STATIC_ROOT = 'x'\n"}, "shop/settings.py:3"),
    ("staticfiles not installed", {"shop/settings.py": "STATIC_ROOT = 'x'\n"}, None),
    ("in a comment", {"shop/settings.py": f"{STATIC.splitlines()[0]}\n# STATIC_ROOT = 'x'\n"}, None),
    (
        "split settings",
        {
            "manage.py": MANAGE % "shop.settings.prod", "shop/wsgi.py": WSGI % "shop.settings.prod",
            "shop/settings/__init__.py": "", "shop/settings/base.py": STATIC, "shop/settings/prod.py": "from .base import *\n",
        },
        "shop/settings/base.py:2",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("more", "at"), [row[1:] for row in STATICS], ids=[row[0] for row in STATICS])
def test_static_files_are_collected_when_there_is_somewhere_to_put_them(more: dict[str, str], at: str | None) -> None:
    files = shop(**more)
    if "shop/settings/base.py" in more:
        del files["shop/settings.py"]
    found = plan(files)
    assert [one.name for one in found.steps] == (["install", "build"] if at else ["install"])
    if at:
        assert runs(found, "build") == ["manage.py collectstatic"]
        assert str(step(found, "build").run[0].at) == at


ROOTS = (  # how STATIC_ROOT is written, the directory of the layer
    ("BASE_DIR / 'static'", "/app/static"),
    ('os.path.join(BASE_DIR, "staticfiles")', "/app/staticfiles"),
    ("str(BASE_DIR / 'var/static')  # collected", ""),
    ("'public'", "/app/public"),
    ("'/srv/static'", ""),
    ("BASE_DIR / '../static'", ""),
    ("os.environ.get('STATIC_ROOT')", ""),
    ("BASE_DIR / 'shop'", ""),  # which the sources have
)


@pytest.mark.parametrize(("written", "place"), ROOTS, ids=[row[0] for row in ROOTS])
def test_collected_files_are_a_layer_of_their_own_where_their_place_is_known(written: str, place: str) -> None:
    settings = f"INSTALLED_APPS = ['django.contrib.staticfiles']\nSTATIC_ROOT = {written}\n"
    found = plan(shop(**{"shop/settings.py": settings}))
    *_, own, app = found.runtime.layers
    assert [getattr(one, "path", "") for one in own.inputs] == [place or "/app/.venv"]
    assert (place.removeprefix("/app/") in getattr(app.inputs[0], "exclude", ())) is bool(place)


def test_collected_files_of_a_project_in_a_directory_are_in_it() -> None:
    files = shop(**{"shop/settings.py": STATIC})
    found = plan(
        {f"back/{name}": text for name, text in files.items() if name != "requirements.txt"}
        | {"requirements.txt": "django\ngunicorn\n"}
    )
    assert "/app/back/static" in [getattr(one.inputs[0], "path", "") for one in found.runtime.layers]


def test_collectstatic_has_no_real_secret_and_the_settings_that_are_served() -> None:
    files = shop(**{"shop/settings.py": STATIC})
    run = step(plan(files), "build").run[0]
    env = dict(run.env)
    assert run.args == ("python", "/run/migetpacks-programs/collectstatic.py")
    assert [file.path for file in run.files] == [run.args[1]]
    assert env["SECRET_KEY"] == env["DJANGO_SECRET_KEY"] == "not-a-secret-for-collectstatic"
    assert env["DJANGO_SETTINGS_MODULE"] == "shop.settings"
    assert run.secrets == ()
    assert "SKIP=collectstatic" in run.hint
    assert "BUILD_ENV_DATABASE_URL=sqlite://" in run.hint


TURNED_OFF: list[tuple[str, dict[str, Any], bool]] = [
    ("for the build", {"build_env": (("DISABLE_COLLECTSTATIC", "1"),)}, True),
    ("for the image", {"run_env": (("DISABLE_COLLECTSTATIC", "true"),)}, True),
    ("set to 0", {"build_env": (("DISABLE_COLLECTSTATIC", "0"),)}, False),
    ("skipped", {"skip": ("collectstatic",)}, True),
    ("in the build command", {"build_command": Setting("python manage.py collectstatic --clear --noinput")}, True),
    ("another build command", {"build_command": Setting("python manage.py compilemessages")}, False),
]


@pytest.mark.parametrize(("settings", "off"), [row[1:] for row in TURNED_OFF], ids=[row[0] for row in TURNED_OFF])
def test_collectstatic_can_be_turned_off(settings: dict[str, Any], off: bool) -> None:
    found = plan(shop(**{"shop/settings.py": STATIC}), **settings)
    names = [one.name for made in found.steps if made.name == "build" for one in made.run]
    assert ("manage.py collectstatic" in names) is not off


FAKE_DJANGO = {  # as much of Django as the step meets: settings that are imported late, and a command
    "django/__init__.py": "",
    "django/conf.py": (
        "import importlib, os\n"
        "class Lazy:\n"
        "    def __getattr__(self, name):\n"
        "        return getattr(importlib.import_module(os.environ['DJANGO_SETTINGS_MODULE']), name)\n"
        "settings = Lazy()\n"
    ),
    "django/core/__init__.py": "",
    "django/core/management.py": "def execute_from_command_line(argv):\n    print('ran', *argv)\n",
    "manage.py": (
        "import sys\nif __name__ == '__main__':\n"
        "    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n"
    ),
}
COLLECTED: list[tuple[str, str, list[str], bool]] = [  # settings, what is said, whether it ends well
    ("a place", "STATIC_ROOT = 'x'\n", ["ran manage.py collectstatic --noinput"], True),
    ("no place", "STATIC_ROOT = None\n", ["collectstatic is left out: these settings have no STATIC_ROOT"], True),
    (
        "variables",
        "import os\nA = os.environ['PGDATABASE']\nB = int(os.environ['WORKERS'])\nSTATIC_ROOT = 'x'\n",
        [
            "PGDATABASE has a stand-in value for this step alone: it is not set",
            "WORKERS has a stand-in value for this step alone: it is not set",
            "ran manage.py collectstatic --noinput",
        ],
        True,
    ),
    (
        "a library for settings",
        "import os\nif 'API_KEY' not in os.environ:\n    raise ValueError('Set the API_KEY environment variable')\n"
        "STATIC_ROOT = 'x'\n",
        [
            "API_KEY has a stand-in value for this step alone: it is not set",
            "ran manage.py collectstatic --noinput",
        ],
        True,
    ),
    (
        "a storage that tells of its variable",
        "import os\nif not os.getenv('CLOUDINARY_URL', '').startswith('cloudinary://'):\n    raise ValueError('you need to "
        "provide API_KEY in the settings or set CLOUDINARY_URL variable')\nSTATIC_ROOT = 'x'\n",
        [
            "CLOUDINARY_URL has a stand-in value for this step alone: it is not set",
            "ran manage.py collectstatic --noinput",
        ],
        True,
    ),
    (
        "fields of pydantic",
        "import os\nclass ValidationError(ValueError):\n    def errors(self):\n        return [{'type': 'missing', 'loc': (n,)} for n in "
        "('database_url', 'salt')] + [{'type': 'int_parsing', 'loc': ('port',)}]\n"
        "if 'SALT' not in os.environ:\n    raise ValidationError()\nSTATIC_ROOT = 'x'\n",
        [
            "DATABASE_URL has a stand-in value for this step alone: it is not set",
            "SALT has a stand-in value for this step alone: it is not set",
            "ran manage.py collectstatic --noinput",
        ],
        True,
    ),
    (
        "a variable that only the traceback tells of",
        "import os\nOTHER = os.getenv('OTHER')\nPORT = int(\n    os.environ.get('PORT')\n)\nSIZE = os.getenv('SIZE')\n"
        "WIDTH = int(SIZE)\nSTATIC_ROOT = 'x'\n",
        [
            "PORT has a stand-in value for this step alone: it is not set",
            "SIZE has a stand-in value for this step alone: it is not set",
            "ran manage.py collectstatic --noinput",
        ],
        True,
    ),
    (
        "an error of a stand-in",
        "import os\nA = os.getenv('A')\nint(A) / (int(A) - 1)\n",
        ["A has a stand-in value for this step alone: it is not set"],
        False,
    ),
    ("another error", "{}['Database']\n", [], False),
    ("a key that is a number", "{}[5]\n", [], False),
    ("a key that is no variable of ours", "import os\nos.environ['HOME']\n{}['HOME']\n", [], False),
]


@pytest.mark.parametrize(("settings", "said", "well"), [r[1:] for r in COLLECTED], ids=[r[0] for r in COLLECTED])
def test_what_the_step_does_is_asked_of_the_settings(
    settings: str, said: list[str], well: bool, tmp_path: Path
) -> None:
    for name, text in {
        **{f"app/{name}": text for name, text in {**FAKE_DJANGO, "shop.py": settings}.items()},
        "program/collectstatic.py": collect.PROGRAM.text,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    env = {"DJANGO_SETTINGS_MODULE": "shop", "HOME": "/root"}
    program = [sys.executable, str(tmp_path / "program/collectstatic.py")]
    ended = subprocess.run(program, cwd=tmp_path / "app", env=env, capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines() == said
    assert (ended.returncode == 0) is well


def test_the_secret_of_collectstatic_is_not_in_the_image() -> None:
    found = plan(shop(**{"shop/settings.py": STATIC}))
    assert "not-a-secret" not in str(found.runtime)


def test_a_procfile_replaces_the_command_and_keeps_the_path() -> None:
    files = {f"back/{k}": v for k, v in shop().items()}
    found = plan({"requirements.txt": "django\ngunicorn\n", "Procfile": "web: gunicorn shop.wsgi\n", **files})
    assert found.runtime.processes[0].args == ("gunicorn", "shop.wsgi")
    assert ("PYTHONPATH", "/app/back") in found.runtime.env


LIBRARIES = "django\ngunicorn\nflask\ncairosvg\npsycopg\npytesseract\npyodbc\n"


@pytest.mark.parametrize(
    ("files", "settings", "packages"),
    [
        (shop(LIBRARIES, **{"shop/settings.py": STATIC}), {}, ("libcairo2", "unixodbc-dev")),
        (shop(LIBRARIES, **{"shop/settings.py": STATIC}), {"skip": ("collectstatic",)}, ("unixodbc-dev",)),
        (shop(LIBRARIES), {}, ("unixodbc-dev",)),
        (shop(LIBRARIES), {"build_command": Setting("python made.py")}, ("libcairo2", "unixodbc-dev")),
    ],
)
def test_a_build_that_imports_the_app_has_the_libraries_that_it_loads(
    files: Files, settings: dict[str, Any], packages: tuple[str, ...]
) -> None:
    """Not the programs, nor what the build image has."""
    found = plan(files, **settings)
    assert step(found, "install").packages == packages
    assert "tesseract-ocr" in found.runtime.packages


@pytest.mark.parametrize(
    ("modules", "settings", "told"),
    [
        ({"production.py": STATIC, "base.py": ""}, "shop.settings.production", ": shop.settings.production is used"),
        ({"prod.py": STATIC, "__init__.py": "# split\n"}, "shop.settings.prod", ": shop.settings.prod is used"),
        ({"base.py": STATIC}, "", ", and no variable names another module"),
        ({"__init__.py": "from .base import *\n", "production.py": "", "base.py": ""}, "", ""),
    ],
)
def test_a_settings_package_without_settings(modules: dict[str, str], settings: str, told: str) -> None:
    split = {f"shop/settings/{name}": text for name, text in modules.items()}
    files = {name: text for name, text in shop().items() if name != "shop/settings.py"}
    found = plan({**files, "shop/settings/__init__.py": "", **split})
    assert dict(found.runtime.env).get(django.SETTINGS, "") == settings
    messages = [one.message for one in found.warnings if one.code == "empty-settings"]
    assert messages == ([f"shop.settings is a package without settings{told}"] if told else [])
    if settings:
        assert dict(step(found, "build").run[0].env)[django.SETTINGS] == settings
        given = plan({**files, "shop/settings/__init__.py": "", **split}, run_env=((django.SETTINGS, "shop.other"),))
        assert "empty-settings" not in codes(given)


BRANCH = "INSTALLED_APPS = ['django.contrib.staticfiles']\nif X:\n    STATIC_ROOT = 'static'\n"
COLLECTS = "python manage.py collectstatic --noinput && A=1 gunicorn shop.wsgi"


@pytest.mark.parametrize(
    ("settings", "requirements", "more", "kept"),
    [
        (STATIC, "django\ngunicorn\n", {}, False),
        (BRANCH, "django\ngunicorn\n", {}, True),
        (STATIC, "django\ngunicorn\ndjango-storages\n", {}, True),
        (STATIC, "django\ngunicorn\n", {"skip": ("collectstatic",)}, True),
        ("", "django\ngunicorn\n", {}, True),
    ],
)
def test_static_files_that_the_build_collects_are_not_collected_at_the_start(
    settings: str, requirements: str, more: dict[str, Any], kept: bool
) -> None:
    files = shop(requirements, **{"shop/settings.py": settings, "Procfile": f"web: {COLLECTS}\n"})
    found = plan(files, **more)
    started = " ".join(found.runtime.processes[0].args)
    assert started == (
        "/bin/sh -c python manage.py collectstatic --noinput && exec env A=1 gunicorn shop.wsgi"
        if kept
        else "env A=1 gunicorn shop.wsgi"
    )
    assert ("start-left-out" in codes(found)) is not kept
    script = plan({**files, "Procfile": "web: ./start.sh\n", "start.sh": COLLECTS.replace(" && ", "\n")}, **more)
    assert ("script-changed" in codes(script)) is not kept


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("ALLOWED_HOSTS = []\n", "localhost"),
        ("DEBUG = True\nALLOWED_HOSTS = ['localhost', '127.0.0.1']\n", "localhost, 127.0.0.1"),
        ("ALLOWED_HOSTS = ('shop.herokuapp.com',)\n", "shop.herokuapp.com"),
        ("ALLOWED_HOSTS = ['*']\n", ""),
        ("ALLOWED_HOSTS = ['shop.example.com', 'localhost']\n", ""),
        ("ALLOWED_HOSTS = []\nALLOWED_HOSTS.append(HOST)\n", ""),
        ("ALLOWED_HOSTS = []\nif not DEBUG:\n    ALLOWED_HOSTS = ['*']\n", ""),
        ("ALLOWED_HOSTS = []\nALLOWED_HOSTS += HOSTS\n", ""),
        ("ALLOWED_HOSTS = os.environ['HOSTS'].split(',')\n", ""),
        ("ALLOWED_HOSTS = []\nimport django_heroku\ndjango_heroku.settings(locals())\n", ""),
        ("ALLOWED_HOSTS = []\nfrom .local import *\n", ""),
        ("DEBUG = False\n", ""),
    ],
)
def test_hosts_that_a_container_has_not_are_told(settings: str, told: str) -> None:
    found = plan(shop(**{"shop/settings.py": settings}))
    line = settings[: settings.find("ALLOWED_HOSTS")].count("\n") + 1
    message = f"Django refuses every request for another host than {told}: ALLOWED_HOSTS names no other"
    assert [(one.message, str(one.at)) for one in found.warnings if one.code == "allowed-hosts"] == (
        [(message, f"shop/settings.py:{line}")] if told else []
    )


def test_hosts_of_settings_in_several_files_are_not_told() -> None:
    files = {"shop/settings/__init__.py": "", "shop/settings/base.py": "ALLOWED_HOSTS = []\n"}
    made = {path: text for path, text in shop().items() if path != "shop/settings.py"}
    other = {"shop/settings/production.py": "from .base import *\nALLOWED_HOSTS = ['*']\n"}
    assert "allowed-hosts" not in codes(plan({**made, **files, **other}))


BELOW: Files = {f"back/{name}" if name != "requirements.txt" else name: text for name, text in shop().items()}
PLACES: list[tuple[Files, str, list[str]]] = [  # files, where the web process runs, codes
    ({}, "/app/back", []),
    ({"gunicorn.conf.py": "workers = 2\n"}, "", []),  # of who starts it from here
    ({"back/gunicorn.conf.py": "workers = 2\n"}, "/app/back", []),
    ({"back/gunicorn.conf.py": "bind = '0.0.0.0:8000'\n"}, "/app/back", ["port-overridden"]),
    ({"Procfile": "web: gunicorn shop.wsgi\n"}, "/app/back", ["start-directory"]),
    ({"Procfile": "web: python manage.py migrate && gunicorn shop.wsgi\n"}, "/app/back", ["start-directory"]),
    ({"Procfile": "web: gunicorn back.shop.wsgi\n"}, "", []),
    ({"Procfile": "web: cd back && gunicorn shop.wsgi\n"}, "", []),
    ({"Procfile": "web: gunicorn --chdir back shop.wsgi\n"}, "", []),
    ({"Procfile": "web: gunicorn -c conf.py shop.wsgi\n", "conf.py": "workers = 2\n"}, "", []),
    ({"Procfile": "web: ./start.sh\n", "start.sh": "cd back\nexec gunicorn shop.wsgi\n"}, "", []),
]


@pytest.mark.parametrize(("more", "dir", "told"), PLACES)
def test_a_project_in_a_directory_runs_beside_its_manage_py(more: Files, dir: str, told: list[str]) -> None:
    found = plan({**BELOW, **more})
    assert found.runtime.processes[0].dir == dir
    assert codes(found) == told


def test_what_a_project_in_a_directory_writes_is_told_from_there() -> None:
    found = plan({**BELOW, "back/shop/settings.py": "LOG = open('logs/app.log', 'a')\n"})
    assert "the app writes to /app/back/logs," in found.warnings[0].message


@pytest.mark.parametrize(("inside", "dir"), [("", "/app/back"), ("api", "/app/back")])
def test_a_migration_of_a_dockerfile_runs_beside_manage_py(inside: str, dir: str) -> None:
    stated = Setting("sh -c 'python manage.py migrate && ./serve'", "platform", Location("Dockerfile", 3))
    files = {within(inside, name): text for name, text in BELOW.items()}
    found = plan(files, app=inside, candidate=stated, candidate_texts=(stated,))
    assert [(one.name, one.dir) for one in found.runtime.processes] == [("web", dir), ("release", dir)]
