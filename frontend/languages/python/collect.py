"""`manage.py collectstatic`: a step that nobody asked for, so it runs only where it can, and can be turned off.

Whether there is a STATIC_ROOT is asked of Django itself: settings may set it in a branch. Variables that the settings
read, and that nobody set, get a stand-in value for this one process, each said by name in the step's output.
"""

import re
from collections.abc import Sequence

from frontend.context.tree import SourceTree
from frontend.languages.python import django
from frontend.paths import within
from frontend.plan.model import Exec
from frontend.rules.programs import written
from frontend.settings.model import Settings

OFF = "DISABLE_COLLECTSTATIC"  # as Heroku calls it: https://devcenter.heroku.com/articles/django-assets
NO = ("", "0", "false")
STORAGES = frozenset(  # packages that keep static files in another place than the app's directory
    ("django-storages", "django-s3-storage", "django-cloudinary-storage", "dj3-cloudinary-storage", "collectfast",
     "collectfasta", "django-minio-storage", "django-gcloud-storage")
)  # fmt: skip
# the directory of STATIC_ROOT = BASE_DIR / "staticfiles", os.path.join(BASE_DIR, "staticfiles") and their like
NAMED = re.compile(r"""(?!.*env)STATIC_ROOT\s*=[^"'#]*["'](\w[\w./-]*)["']\W*""")
STAND_IN = "not-a-secret-for-collectstatic"
HINT = (
    "to build without this step, set the build-arg SKIP=collectstatic; a value that the settings need is a "
    "build-arg too, e.g. BUILD_ENV_DATABASE_URL=sqlite://, or under env.build in migetpacks.yaml"
)
# It stands for manage.py, whose directory it imports from. It starts itself again with each variable that is found
# missing. What the libraries for settings say of one: Python's os.environ, django-environ, python-decouple, environs,
# pydantic-settings (all of them at once, by the names of its fields), django-cloudinary-storage. Where an error says
# nothing of one, it is one that was asked for and stands in a line of the traceback:
# dj_database_url.parse(os.environ.get("DATABASE_URL")).
PROGRAM = written(
    "collectstatic.py",
    '''\
import os, re, runpy, sys, traceback

asked = []

def read(self, key, read=type(os.environ).__getitem__):
    try:
        return read(self, key)
    except KeyError:
        asked.append(key)
        raise

type(os.environ).__getitem__ = read
sys.argv, sys.path[0] = ["manage.py", "collectstatic", "--noinput"], os.getcwd()
from django.conf import settings
from django.core import management

def collect(argv=None, run=management.execute_from_command_line):
    if settings.STATIC_ROOT:
        run(argv)
    else:
        print("collectstatic is left out: these settings have no STATIC_ROOT")

def missing(error):
    lines = "\\n".join(frame.line or "" for frame in traceback.extract_tb(error.__traceback__))
    words = set(re.findall("[A-Z][A-Z0-9_]*", lines))
    while error is not None:
        if type(error) is KeyError:
            named = [str(one) for one in error.args[:1]]
        elif type(error).__name__ == "ValidationError" and callable(getattr(error, "errors", None)):
            named = [str(one["loc"][0]).upper() for one in error.errors() if one["type"] == "missing" and one["loc"]]
        else:
            named = re.findall(
                r"[Ss]et (?:the )?(\\w+) (?:environment )?variable"
                r"|^(\\w+) not found\\. Declare it"
                r"""|variable "(\\w+)" not set""",
                str(error),
            )
        names = ["".join(one) for one in named]
        names = [name for name in names if re.fullmatch("[A-Z][A-Z0-9_]*", name) and name not in os.environ]
        if names:
            return names
        error = error.__cause__ or error.__context__
    return [name for name in dict.fromkeys(asked) if name in words]

def stand_in(name):
    if "DATABASE" in name or name.endswith("DB_URL"):
        return "sqlite://:memory:"
    if name == "CLOUDINARY_URL":
        return "cloudinary://1:1@localhost"
    if "REDIS" in name:
        return "redis://localhost"
    if name.endswith(("URL", "URI", "ENDPOINT", "DSN", "ORIGIN")):
        return "http://localhost"
    return "0" if "DEBUG" in name else "1"

management.execute_from_command_line = collect
try:
    runpy.run_path("manage.py", run_name="__main__")
except Exception as error:
    names = missing(error)
    if not names:
        raise
    for name in names:
        print(f"{name} has a stand-in value for this step alone: it is not set", flush=True)
        os.environ[name] = stand_in(name)
    os.execv(sys.executable, [sys.executable, __file__])
''',
)


def is_off(settings: Settings) -> bool:
    """Whether the user turns the step off, or runs it in a build command of their own."""
    if "collectstatic" in settings.skip:
        return True
    if settings.build_command is not None and "collectstatic" in settings.build_command.value:
        return True
    return {**dict(settings.run_env), **dict(settings.build_env)}.get(OFF, "").lower() not in NO


def is_sure(tree: SourceTree, project: django.Project, names: frozenset[str]) -> bool:
    """Whether the build collects all that the app would: into a STATIC_ROOT that no branch of the settings decides on,
    and that is no storage elsewhere. `names` are the packages of the app."""
    line = project.static.line if project.static is not None else 0
    files = django.settings_files(tree, project.root, project.settings) if line and not names & STORAGES else ()
    path = next(
        (path for path in files if project.static is not None and tree.at(path).file == project.static.file), ""
    )
    return bool(path) and (tree.read_lines(path) or ())[line - 1].startswith("STATIC_ROOT")


def collected(tree: SourceTree, project: django.Project) -> str:
    """The directory of the app that the files are collected in, where the settings name it on one line and the sources
    have none of that name; "" where they do not. It may be another one: nothing but the layer of the files follows."""
    at = project.static
    if at is None or not at.line:
        return ""
    files = django.settings_files(tree, project.root, project.settings)
    path = next((path for path in files if tree.at(path).file == at.file), "")
    lines = (tree.read_lines(path) or ()) if path else ()
    found = NAMED.fullmatch(lines[at.line - 1].strip()) if len(lines) >= at.line else None
    name = within(project.root, found[1].strip("/")) if found is not None else ""
    return "" if ".." in name or (name and tree.is_dir(name)) else name


def is_run(words: Sequence[str]) -> bool:
    """Whether a program with its arguments collects the static files."""
    return "collectstatic" in words and any(word.endswith(("manage.py", "django-admin")) for word in words)


def step(project: django.Project, directory: str) -> Exec:
    """The program that collects the static files of a project, whose manage.py is in a directory of the image."""
    return Exec(
        ("python", PROGRAM.path),
        "manage.py collectstatic",
        files=(PROGRAM,),
        # a secret that is none: the settings of most apps read one of these
        env=(
            ("SECRET_KEY", STAND_IN),
            ("DJANGO_SECRET_KEY", STAND_IN),
            ("DJANGO_SETTINGS_MODULE", project.settings),
        ),
        dir=directory,
        at=project.static,
        hint=HINT,
    )
