"""Manifests, requirements and sources that are not what they should be: told with the line, before anything is built."""

import sys
from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.errors import BuildError, PlanError, SourceError
from frontend.languages import python
from frontend.languages.python import requirements, versions
from frontend.plan.model import FromContext, Plan
from frontend.settings.model import Setting, Settings
from tests.errors import fails
from tests.languages.python import FLASK, TODAY, codes, error, flask, plan, runs, step, web

OURS = f"{sys.version_info[0]}.{sys.version_info[1]}"  # the newest Python whose syntax this run of the tests knows
PROJECT = '[project]\nname = "shop"\nversion = "1"\n'
MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "proj.settings")\n'
SETTINGS = "INSTALLED_APPS = ['django.contrib.staticfiles']\n"
DJANGO = {
    "requirements.txt": "django\ngunicorn\n",
    "manage.py": MANAGE,
    "proj/settings.py": SETTINGS,
    "proj/wsgi.py": "application = None\n",
}
CONFLICT = "<<<<<<< HEAD\nflask==3\n=======\nflask==2\n>>>>>>> x\n"
TOKEN = "s3cr3tV4lue99"


def with_bytes(files: dict[str, str | bytes], **settings: Any) -> Plan:
    """The plan of an app some files of which are given as bytes."""
    return python.plan(DictTree(files), Settings(**settings), "", TODAY)


# --- types of manifests

WRONG: list[tuple[str, str, str, str, str]] = [  # name, file, text, place, words of the error
    ("dependencies a text", "pyproject.toml", f'{PROJECT}dependencies = "flask"\n', "pyproject.toml:4", 'write dependencies = ["flask"]'),
    ("dependencies lines", "pyproject.toml", f'{PROJECT}dependencies = """\nflask\nx>1,<2\n"""\n', "pyproject.toml:4", 'write dependencies = ["flask", "x>1,<2"]'),
    ("dependencies numbers", "pyproject.toml", f'{PROJECT}dependencies = [1, ["flask"]]\n', "pyproject.toml:4", 'write dependencies = ["flask"]'),
    ("dependencies a table", "pyproject.toml", f'{PROJECT}[project.dependencies]\nflask = "*"\n', "pyproject.toml:4", "dependencies of [project] is not a list"),
    ("project a list", "pyproject.toml", 'project = ["flask"]\n', "pyproject.toml:1", "project is not a table"),
    ("project a text", "pyproject.toml", 'project = "flask"\n', "pyproject.toml:1", "write it as a table: [project]"),
    ("project several", "pyproject.toml", '# project\n[[project]]\nname = "a"\n', "pyproject.toml:2", "project is not a table"),
    ("dynamic a number", "pyproject.toml", f"{PROJECT}dynamic = 5\n", "pyproject.toml:4", "dynamic of [project] is not a list"),
    ("scripts a list", "pyproject.toml", f'{PROJECT}scripts = ["a"]\n', "pyproject.toml:4", "scripts of [project] is not a table"),
    ("requires-python a number", "pyproject.toml", f"{PROJECT}requires-python = 3.13\n", "pyproject.toml:4", 'write requires-python = ">=3.13"'),
    ("name a number", "pyproject.toml", "[project]\nname = 5\n", "pyproject.toml:2", "name of [project] is not a string"),
    ("build-system a list", "pyproject.toml", f"build-system = []\n{PROJECT}", "pyproject.toml:1", "build-system is not a table"),
    ("build-system requires", "pyproject.toml", f"{PROJECT}[build-system]\nrequires = 5\n", "pyproject.toml:5", "requires of [build-system]"),
    ("groups a list", "pyproject.toml", f"dependency-groups = [5]\n{PROJECT}", "pyproject.toml:1", "dependency-groups is not a table"),
    ("a group a number", "pyproject.toml", f"{PROJECT}[dependency-groups]\nweb = 5\n", "pyproject.toml:5", "web of [dependency-groups] is not a list of strings"),
    ("a group of lists", "pyproject.toml", f"{PROJECT}[dependency-groups]\nweb = [{{include-group = [1]}}]\n", "pyproject.toml:5", "web of [dependency-groups] is not a list of strings"),
    ("tool a text", "pyproject.toml", f'tool = "x"\n{PROJECT}', "pyproject.toml:1", "tool is not a table"),
    ("poetry a text", "pyproject.toml", '[tool]\npoetry = "flask"\n', "pyproject.toml:2", "poetry of [tool] is not a table"),
    ("uv a text", "pyproject.toml", f'[tool]\nuv = "x"\n{PROJECT}', "pyproject.toml:2", "uv of [tool] is not a table"),
    ("uv groups a number", "pyproject.toml", f"{PROJECT}[tool.uv]\ndefault-groups = 5\n", "pyproject.toml:5", "default-groups of [tool.uv] is not a list"),
    ("uv workspace a text", "pyproject.toml", f'{PROJECT}[tool.uv]\nworkspace = "x"\n', "pyproject.toml:5", "workspace of [tool.uv]"),
    ("pdm a text", "pyproject.toml", f'[tool]\npdm = "x"\n{PROJECT}', "pyproject.toml:2", "pdm of [tool] is not a table"),
    ("hatch a text", "pyproject.toml", f'[tool]\nhatch = "x"\n{PROJECT}', "pyproject.toml:2", "hatch of [tool] is not a table"),
    ("poetry list", "pyproject.toml", '[tool.poetry]\ndependencies = ["flask"]\n', "pyproject.toml:2", "dependencies of [tool.poetry] is not a table"),
    ("poetry extras", "pyproject.toml", '[tool.poetry.dependencies]\nflask = {version = "*", extras = 5}\n', "pyproject.toml:2", "extras that are not a list of strings"),
    ("poetry extra numbers", "pyproject.toml", '[tool.poetry.dependencies]\nflask = {version = "*", extras = [5]}\n', "pyproject.toml:2", "flask of [tool.poetry.dependencies] has extras"),
    ("packages a number", "Pipfile", "packages = 5\n", "Pipfile:1", "packages is not a table"),
    ("requires a text", "Pipfile", 'requires = "x"\n[packages]\nflask = "*"\n', "Pipfile:1", "requires is not a table"),
    ("python_version a number", "Pipfile", '[packages]\nflask = "*"\n[requires]\npython_version = 3.13\n', "Pipfile:4", 'write python_version = "3.13"'),
    ("Pipfile extras", "Pipfile", '[packages]\nflask = {version = "*", extras = 5}\n', "Pipfile:2", 'write extras = ["NAME"]'),
    ("default a number", "Pipfile.lock", '{\n"default": 5}', "Pipfile.lock:2", "default is not a table"),
    ("default a list", "Pipfile.lock", '{"default": ["flask"]}', "Pipfile.lock:1", "default is not a table"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "place", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_type_is_told_with_its_line(file: str, text: str, place: str, words: str) -> None:
    pipfile = {"Pipfile": '[packages]\nflask = "*"\n'} if file == "Pipfile.lock" else {}
    message = error({**pipfile, file: text, "app.py": FLASK})
    assert f"\n  {place}\n" in message
    assert words in message


def test_a_wrong_type_in_a_member_of_a_workspace_is_told_with_its_path() -> None:
    files = {"uv.lock": "", "pyproject.toml": '[tool.uv.workspace]\nmembers = ["api"]\n', "api/app.py": FLASK}
    with pytest.raises(PlanError) as caught:
        plan({**files, "api/pyproject.toml": f'{PROJECT}dependencies = "flask"\n'}, "api")
    assert str(caught.value.at) == "api/pyproject.toml:4"


def test_tables_that_are_empty_or_of_others_are_no_error() -> None:
    manifest = f'{PROJECT}dependencies = ["flask"]\nscripts = {{}}\n[tool.black]\nx = 5\n[tool]\nother = "x"\n'
    assert web({"pyproject.toml": manifest, "app.py": FLASK}) == ("gunicorn", "app:app")


# --- Python that is none

BROKEN: list[tuple[str, str, int, str]] = [  # name, app.py, line, words
    ("a bracket", "import flask\napp = flask.Flask(__name__\n", 2, "app = flask.Flask(__name__"),
    ("a conflict", f"import flask\n{CONFLICT}", 2, ""),
    ("a null byte", "import flask\n\nx = '\0'\n", 3, ""),
    ("Python 2", 'import flask\nprint "x"\n', 2, 'print "x"'),
]


@pytest.mark.parametrize(("text", "line", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_script_that_is_no_python_is_told_with_its_line(text: str, line: int, words: str) -> None:
    message = error(flask(**{"app.py": text}), versions={"python": Setting(OURS)})
    assert f"\n  app.py:{line}" in message
    assert words in message


def test_nesting_that_no_python_reads_is_no_bug_of_ours() -> None:
    text = f"import flask\napp = {'-' * 100_000}1\n"
    assert "app.py" in error(flask(**{"app.py": text}), versions={"python": Setting(OURS)})


@pytest.mark.parametrize(
    "named", [{}, {"Procfile": "web: gunicorn app:app -b 0.0.0.0:$PORT\nother: python -u app.py\n"}]
)
def test_what_a_newer_python_may_read_is_a_warning(named: dict[str, str]) -> None:
    newest = versions.RELEASES[0].line
    broken = flask(**{"app.py": "import flask\nnew syntax\n", **named})
    found = plan(broken, versions={"python": Setting(newest)})
    assert [(one.code, str(one.at)) for one in found.warnings] == [("not-parsed", "app.py:2")]
    assert "app.py" in found.warnings[0].message
    assert "merge conflict" in error(flask(**{"app.py": CONFLICT}), versions={"python": Setting(newest)})


NEWER = [("a = t'{b}'", "3.14"), ("try:\n    a\nexcept A, B:\n    pass", "3.14"), ("lazy import json", "3.15")]


@pytest.mark.parametrize(("text", "python"), NEWER)
def test_what_is_known_of_newer_pythons_is_read(text: str, python: str) -> None:
    files = flask(**{"app.py": f"{FLASK}{text}\n", ".python-version": python})
    found = plan(files)
    assert (found.versions[0].value, found.runtime.processes[0].args) == (python, ("gunicorn", "app:app"))
    assert [one.code for one in found.warnings] == []
    assert f"PYTHON_VERSION={python}" in error(files, versions={"python": Setting(OURS)})


@pytest.mark.parametrize(
    "command",
    [
        "gunicorn app:app",
        "python app.py",
        "exec gunicorn -w 2 app:app --bind 0.0.0.0:$PORT",
        "python -m gunicorn app:app",
    ],
)
def test_a_file_that_the_procfile_starts_is_looked_at(command: str) -> None:
    files = flask(**{"app.py": "def (\n", "Procfile": f"web: {command}\n"})
    assert "app.py:1  def (" in error(files, versions={"python": Setting(OURS)})


@pytest.mark.parametrize("path", ["proj/settings.py", "proj/wsgi.py"])
@pytest.mark.parametrize("procfile", ["", "web: gunicorn proj.wsgi\n", "web: python manage.py runserver\n"])
def test_settings_of_django_that_are_no_python(path: str, procfile: str) -> None:
    files = {**DJANGO, path: f"{DJANGO[path]}def ((\n", **({"Procfile": procfile} if procfile else {})}
    assert f"{path}:2  def ((" in error(files, versions={"python": Setting(OURS)})


def test_a_file_that_is_not_started_may_be_anything() -> None:
    files = {**flask(), "old.py": "print 1\n", "tests/x.py": "def (\n", "lib/broken.py": CONFLICT}
    assert web(files) == ("gunicorn", "app:app")


# --- encodings

LATIN = b"# -*- coding: latin-1 -*-\n" + "NAME = 'Café'\n".encode("latin-1")


def test_a_script_in_the_encoding_it_declares() -> None:
    found = with_bytes({"requirements.txt": "flask\ngunicorn\n", "app.py": LATIN + FLASK.encode()})
    assert found.runtime.processes[0].args == ("gunicorn", "app:app")
    assert found.evidence[-1].at is not None
    assert str(found.evidence[-1].at) == "app.py:4"


def test_a_file_of_an_app_in_a_directory_is_read_in_the_encoding_it_declares() -> None:
    files: dict[str, str | bytes | None] = {
        "api/requirements.txt": "flask\ngunicorn\n",
        "api/app.py": LATIN + FLASK.encode(),
    }
    found = python.plan(DictTree(files), Settings(), "api", TODAY)
    assert found.runtime.processes[0].args == ("gunicorn", "app:app")
    assert str(found.evidence[-1].at) == "api/app.py:4"


def test_the_evidence_for_an_app_in_a_directory_names_its_file() -> None:
    found = python.detect(DictTree({"api/requirements.txt": "flask\n"}).under("api"))
    assert found is not None
    assert str(found.evidence[0].at) == "api/requirements.txt"


@pytest.mark.parametrize("path", ["manage.py", "proj/settings.py", "proj/wsgi.py"])
def test_django_in_the_encoding_it_declares(path: str) -> None:
    files: dict[str, str | bytes] = {**DJANGO, path: LATIN + DJANGO[path].encode()}
    assert with_bytes(files).runtime.processes[0].args == ("gunicorn", "proj.wsgi:application")


@pytest.mark.parametrize("path", ["manage.py", "setup.py", "app.py", "other.py"])
def test_an_app_is_detected_by_a_file_in_the_encoding_it_declares(path: str) -> None:
    found = python.detect(DictTree({path: LATIN + MANAGE.encode()}))
    assert found is not None
    assert str(found.evidence[0].at).startswith(path)


def test_setup_py_in_the_encoding_it_declares() -> None:
    setup = LATIN + b'from setuptools import setup\nsetup(name="a", install_requires=["flask", "gunicorn"])\n'
    assert codes(with_bytes({"setup.py": setup, "app.py": FLASK})) == []


@pytest.mark.parametrize("cookie", ["nonsense", "rot13", "ascii", "unicode_escape"])
def test_an_encoding_that_is_none_is_told_with_the_file(cookie: str) -> None:
    text = f"# coding: {cookie}\nname = '\\ud800é'\n".encode()
    with pytest.raises(BuildError) as caught:
        with_bytes({"requirements.txt": "flask\n", "app.py": text})
    assert str(caught.value.at) == "app.py:1"


UTF16 = "import sqlite3\n".encode("utf-16")  # what PowerShell's `>` writes
LATIN_ALONE = "NAME = 'Café'\n".encode("latin-1")


@pytest.mark.parametrize("script", [UTF16, LATIN_ALONE, b"# coding: nonsense\n"])
def test_a_script_that_no_python_reads_stops_nobody_while_it_is_not_started(script: bytes) -> None:
    found = with_bytes({**flask(), "create_table.py": script, "lib/old.py": script})
    assert found.runtime.processes[0].args == ("gunicorn", "app:app")
    with fails(SourceError, "UTF-8" if b"coding" not in script else "encoding", at="bot.py:1"):
        with_bytes({"requirements.txt": "requests\n", "Procfile": "web: python bot.py\n", "bot.py": script})


# --- packages that nothing installs


@pytest.mark.parametrize(
    ("script", "name", "line"),
    [
        ("import streamlit as st\n", "streamlit", 1),
        ("import os\n\nfrom discord.ext import commands\n", "discord", 3),
        ("import lib.own\n", "requests", 2),  # of lib/own.py
    ],
)
@pytest.mark.parametrize("manifest", [{}, {"requirements.txt": "# none yet\n"}])
def test_a_script_that_imports_what_nothing_installs(
    script: str, name: str, line: int, manifest: dict[str, str]
) -> None:
    files = {**manifest, "bot.py": script + "print(1)\n", "lib/own.py": "import json\nimport requests\n"}
    path = "lib/own.py" if name == "requests" else "bot.py"
    with fails(PlanError, f"{path} imports {name}", "requirements.txt", at=f"{path}:{line}"):
        plan(files)
    assert web(files, build_command="pip install discord")[-1] == "bot.py"


@pytest.mark.parametrize(
    "text",
    [
        "import os, sys, http.server, distutils.util, imp\n",
        "try:\n    import ujson\nexcept ImportError:\n    ujson = None\n",
        "import sys\nif sys.platform == 'win32':\n    import winreg2\n",
        "def later():\n    import requests\n",
        "import lib\nfrom lib import own\nfrom helper import x\nimport native\n",
    ],
)
def test_a_script_whose_imports_are_all_there_or_perhaps_not_needed(text: str) -> None:
    files = {
        "bot.py": f"{text}print(1)\n",
        "lib/own.py": "from . import x\n",
        "src/helper.py": "x = 1\n",
        "native.abi3.so": "",
    }
    assert web(files)[-1] == "bot.py"


def test_the_only_list_of_dependencies_may_be_in_a_subdirectory() -> None:
    files = {"manage.py": MANAGE, "proj/settings.py": SETTINGS, "proj/wsgi.py": "application = None\n",
             "deploy/requirements.txt": "-r more.txt\ngunicorn\n", "deploy/more.txt": "django\n", "deploy/check.py": ""}  # fmt: skip
    found = plan(files)
    assert codes(found) == []
    assert runs(found) == ["pip install -r deploy/requirements.txt"]
    for more in ({"docker/requirements.txt": "django\n"}, {"deploy/main.py": ""}):
        assert "no manifest lists it" in error({**files, **more})


# --- requirements files


def read(**files: str) -> requirements.Requirements:
    """requirements.txt, with what it includes; files by name, with "_" for the dot."""
    return requirements.read(
        DictTree({name.replace("_", "."): text for name, text in files.items()}), "requirements.txt"
    )


@pytest.mark.parametrize(
    "line", ["-c https://x.org/constraints.txt", "-chttps://x.org/c.txt", "--constraint=https://x.org/c"]
)
def test_constraints_at_a_url_are_left_to_pip(line: str) -> None:
    found = read(requirements_txt=f"{line}\nflask\n")
    assert ([one.name for one in found.found], found.files, found.unnamed) == (["flask"], ("requirements.txt",), False)


@pytest.mark.parametrize(
    "line", ["-r https://x.org/more.txt", "--requirement=https://x.org/r?a=b", '-r "https://x.org/r.txt"']
)
def test_requirements_at_a_url_are_left_to_pip(line: str) -> None:
    found = read(requirements_txt=f"{line}\n")
    assert (found.found, found.files, found.unnamed) == ((), ("requirements.txt",), True)


def test_includes_side_by_side_are_not_too_deep() -> None:
    names = [f"w{number}" for number in range(12)]
    files = {f"{name}_txt": f"{name}\n" for name in names}
    found = read(requirements_txt="".join(f"-r {name}.txt\n" for name in names), **files)
    assert [one.name for one in found.found] == names


def test_includes_one_below_the_other_may_be_too_deep() -> None:
    files = {f"w{number}_txt": f"-r w{number + 1}.txt\n" for number in range(12)}
    with fails(PlanError, "w7.txt", at="w6.txt:1"):
        read(requirements_txt="-r w0.txt\n", **files)


@pytest.mark.parametrize("line", ['-r "o t.txt"', "-r 'o t.txt'", '--requirement="o t.txt"', '-r"o t.txt"'])
def test_a_quoted_name_is_that_of_a_file(line: str) -> None:
    found = requirements.read(DictTree({"requirements.txt": f"{line}\n", "o t.txt": "flask\n"}), "requirements.txt")
    assert (found.files, [one.name for one in found.found]) == (("requirements.txt", "o t.txt"), ["flask"])


def test_a_file_that_is_included_twice_is_no_circle() -> None:
    found = read(requirements_txt="-r a.txt\n-r b.txt\n", a_txt="-r c.txt\n", b_txt="-r c.txt\n", c_txt="flask\n")
    assert [one.name for one in found.found] == ["flask"]


LINES: list[tuple[str, dict[str, str], str, str]] = [  # name, files, place, words
    ("a conflict", {"requirements.txt": f"gunicorn\n{CONFLICT}"}, "requirements.txt:2  <<<<<<< HEAD", "requirements.txt"),
    ("itself", {"requirements.txt": "flask\n-r requirements.txt\n"}, "requirements.txt:2", "requirements.txt"),
    ("a circle", {"requirements.txt": "flask\n-r a.txt\n", "a.txt": "-r b.txt\n", "b.txt": "\n-r a.txt\n"}, "b.txt:2", "a.txt"),
    ("a directory", {"requirements.txt": "flask\n/home/me/lib\n"}, "requirements.txt:2", "/home/me/lib"),
    ("an editable one", {"requirements.txt": "-e /home/me/lib\n"}, "requirements.txt:1", "/home/me/lib"),
    ("conda's", {"requirements.txt": "numpy @ file:///croot/numpy_1/work\n"}, "requirements.txt:1", "pip list --format=freeze"),
    ("a Mac's", {"requirements.txt": "x @ file:///Users/me/x\n"}, "requirements.txt:1", "/Users/me/x"),
    ("Windows'", {"requirements.txt": "C:\\lib\\x.whl\n"}, "requirements.txt:1", "C:\\lib\\x.whl"),
    ("no include", {"requirements.txt": "flask\n-r\n"}, "requirements.txt:2", "-r "),
    ("an include", {"requirements.txt": "-r /etc/passwd\n"}, "requirements.txt:1", "/etc/passwd"),
    ("pyproject.toml", {"pyproject.toml": f'{PROJECT}dependencies = ["x @ file:///home/x"]\n'}, "pyproject.toml:4", "/home/x"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "place", "words"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_a_line_that_pip_cannot_read_is_told(files: dict[str, str], place: str, words: str) -> None:
    message = error({"app.py": FLASK, **files})
    assert f"\n  {place}\n" in message
    assert words in message


@pytest.mark.parametrize(
    "line",
    ["./lib", "-e .", "/app/lib", "-e /app", "x @ file:///app/lib", "x @ file:./lib", "${LIBS}/x.whl", "x @ file:///${ROOT}/x",
     'x @ file:///C:/x.whl ; sys_platform == "win32"', "x @ https://host/a@b/c.whl", "git+ssh://git@github.com/me/x.git@v1"],
)  # fmt: skip
def test_other_paths_are_left_to_pip(line: str) -> None:
    assert [one.name for one in read(requirements_txt=f"{line}\nflask\n").found if one.name != "x"] == ["flask"]


def test_lines_that_are_no_requirements_are_left_to_pip() -> None:
    assert [one.name for one in read(requirements_txt="flask\n$(id)\n; rm -rf /\n").found] == ["flask"]


def test_long_lines_are_read_in_no_time() -> None:
    long = "x" * 1_000_000
    assert len(read(requirements_txt=f"{long}\n--index-url {long}\n{'://' * 300_000}\n").found) == 1


# --- nothing that is installed

EMPTY: list[tuple[str, dict[str, str], str]] = [
    (
        "requirements.txt",
        {"requirements.txt": "# none yet\n"},
        "requirements.txt",
    ),
    (
        "an include",
        {"requirements.txt": "-r more.txt\n-c https://x.org/c.txt\n", "more.txt": ""},
        "requirements.txt",
    ),
    ("Pipfile", {"Pipfile": ""}, "Pipfile"),
    ("pyproject.toml", {"pyproject.toml": f"{PROJECT}dependencies = []\n"}, "pyproject.toml"),
    ("uv", {"pyproject.toml": f"{PROJECT}[tool.uv]\n"}, "pyproject.toml"),
    ("none", {}, "requirements.txt"),
]


@pytest.mark.parametrize(("files", "named"), [row[1:] for row in EMPTY], ids=[row[0] for row in EMPTY])
def test_a_framework_that_nothing_installs_is_an_error(files: dict[str, str], named: str) -> None:
    message, _, hint = error({**files, "app.py": FLASK}).partition("\nhint: ")
    assert "app.py:2" in message
    assert "flask" in message
    assert named in hint


MORE: list[tuple[str, dict[str, str]]] = [
    ("a lockfile", {"Pipfile": "", "Pipfile.lock": '{"default": {"flask": {}}}'}),
    ("dynamic", {"pyproject.toml": f'{PROJECT}dynamic = ["dependencies"]\n'}),
    ("code", {"setup.py": "from setuptools import setup\nsetup(install_requires=read())\n"}),
    ("a URL", {"requirements.txt": "git+https://github.com/pallets/flask\n"}),
    ("an include", {"requirements.txt": "-r https://x.org/r.txt\n"}),
    ("the app itself", {"requirements.txt": "-e .\n", "setup.py": "from setuptools import setup\nsetup()\n"}),
    ("another", {"requirements.txt": "flask-restx\n"}),
]


@pytest.mark.parametrize("files", [row[1] for row in MORE], ids=[row[0] for row in MORE])
def test_what_may_install_the_framework_is_believed(files: dict[str, str]) -> None:
    assert web({**files, "app.py": FLASK}) == ("gunicorn", "app:app")


def test_a_build_command_may_install_the_framework() -> None:
    assert web({"requirements.txt": "", "app.py": FLASK}, build_command="pip install flask") == ("gunicorn", "app:app")


# --- static files of Django


@pytest.mark.parametrize("value", ["'/var/www/static'", '"../static"  # beside it', "'/app/../static'"])
def test_a_static_root_outside_of_the_app_is_warned_of(value: str) -> None:
    found = plan({**DJANGO, "proj/settings.py": f"{SETTINGS}STATIC_ROOT = {value}\n"})
    assert [(one.code, str(one.at)) for one in found.warnings] == [("static-left-out", "proj/settings.py:2")]
    assert "BASE_DIR" in found.warnings[0].hint


@pytest.mark.parametrize("value", ["'static'", "BASE_DIR / 'static'", "'/app/static'", "'/var/www' if X else 'static'"])
def test_a_static_root_in_the_app_is_not(value: str) -> None:
    assert codes(plan({**DJANGO, "proj/settings.py": f"{SETTINGS}STATIC_ROOT = {value}\n"})) == []


def test_a_static_root_beside_the_project_is_in_the_app() -> None:
    files = {f"back/{path}": text for path, text in DJANGO.items() if path != "requirements.txt"}
    files |= {
        "requirements.txt": "django\ngunicorn\n",
        "back/proj/settings.py": f"{SETTINGS}STATIC_ROOT = '../static'\n",
    }
    assert codes(plan(files)) == []


# --- credentials

SECRET: list[tuple[str, dict[str, str], str]] = [
    ("git", {"requirements.txt": f"flask\ngit+https://u:{TOKEN}@host/x.git\n"}, "requirements.txt:2"),
    ("editable", {"requirements.txt": f"flask\n-e git+https://u:{TOKEN}@host/x.git#egg=x\n"}, "requirements.txt:2"),
    ("direct", {"requirements.txt": f"x @ https://u:{TOKEN}@host/x.whl\n"}, "requirements.txt:1"),
    ("token", {"requirements.txt": f"flask\nx @ git+https://{TOKEN}@host/x.git\n"}, "requirements.txt"),
    ("include", {"requirements.txt": f"-r https://u:{TOKEN}@host/r.txt\n"}, "requirements.txt:1"),
    ("index", {"requirements.txt": f"--index-url https://u:{TOKEN}@host/simple\nflask\n"}, "requirements.txt:1"),
    ("extra index", {"requirements.txt": f"--extra-index-url=https://u:{TOKEN}@host/simple\nflask\n"}, "requirements.txt:1"),
    ("short", {"requirements.txt": f"-i https://u:{TOKEN}@host/simple\nflask\n"}, "requirements.txt:1"),
    ("project", {"pyproject.toml": f'{PROJECT}dependencies = [\n  "x @ git+https://u:{TOKEN}@host/x.git",\n]\n'}, "pyproject.toml:5"),
    ("Poetry", {"pyproject.toml": f'[tool.poetry.dependencies]\nx = {{git = "https://u:{TOKEN}@host/x.git"}}\n'}, "pyproject.toml:2"),
    ("Pipfile", {"Pipfile": f'[packages]\nx = {{git = "https://u:{TOKEN}@host/x.git"}}\n'}, "Pipfile:2"),
    ("setup.cfg", {"setup.cfg": f"[options]\ninstall_requires =\n  x @ https://u:{TOKEN}@host/x.whl\n"}, "setup.cfg:3"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "place"), [row[1:] for row in SECRET], ids=[row[0] for row in SECRET])
def test_a_password_in_a_requirement_is_refused_and_not_shown(files: dict[str, str], place: str) -> None:
    message = error({**files, "app.py": FLASK})
    assert f"\n  {place}\n" in message
    assert TOKEN not in message
    assert f"--secret id={'pip.conf' if 'index' in message else 'git-credentials'}," in message


def test_a_token_that_no_report_masks_is_told_without_its_line() -> None:
    message = error({"requirements.txt": f"flask\nx @ git+https://{TOKEN}@host/x.git\n", "app.py": FLASK})
    assert "URL" in message


@pytest.mark.parametrize(
    "line",
    ["git+ssh://git@host/x.git", "git+https://git@host/x.git", "git+https://${USER}:${TOKEN}@host/x.git", "git+ssh://me@host/x.git",
     "--index-url https://${TOKEN}@host/simple", "x @ https://host/a@1/x.whl", "--index-url https://host/simple?who=me@x"],
)  # fmt: skip
def test_what_is_no_password_is_left_to_pip(line: str) -> None:
    assert "flask" in [one.name for one in read(requirements_txt=f"{line}\nflask\n").found]


SOURCES: list[tuple[str, dict[str, str], str]] = [
    ("uv", {"pyproject.toml": f'{PROJECT}[[tool.uv.index]]\nurl = "https://u:{TOKEN}@host/simple"\n'}, "pyproject.toml:5"),
    ("uv git", {"pyproject.toml": f'{PROJECT}[tool.uv.sources]\nx = {{git = "https://u:{TOKEN}@h/x.git"}}\n'}, "pyproject.toml:5"),
    ("Poetry", {"pyproject.toml": f'[[tool.poetry.source]]\nurl = "https://u:{TOKEN}@host/simple"\n'}, "pyproject.toml:2"),
    ("PDM", {"pyproject.toml": f'{PROJECT}[[tool.pdm.source]]\nurl = "https://u:{TOKEN}@host/simple"\n'}, "pyproject.toml:5"),
    ("Pipenv", {"Pipfile": f'[[source]]\nurl = "https://u:{TOKEN}@host/simple"\n'}, "Pipfile:2"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "place"), [row[1:] for row in SOURCES], ids=[row[0] for row in SOURCES])
def test_a_password_in_a_source_is_refused_and_not_shown(files: dict[str, str], place: str) -> None:
    message = error({**files, "app.py": FLASK})
    assert "URL" in message
    assert f"\n  {place}\n" in message
    assert TOKEN not in message


@pytest.mark.parametrize("login", ["oauth2accesstoken@", "me@", "$USER:${PASSWORD}@", "user:%TOKEN%@", ""])
def test_a_source_without_a_password_is_left_to_its_manager(login: str) -> None:
    pipfile = f'[[source]]\nurl = "https://{login}host/simple"\n[packages]\nflask = "*"\ngunicorn = "*"\n'
    assert web({"Pipfile": pipfile, "app.py": FLASK}) == ("gunicorn", "app:app")


def test_a_url_among_the_dependencies_is_not_in_the_name_of_the_step() -> None:
    manifest = f'{PROJECT}dependencies = ["flask", "x @ git+https://host/x.git"]\n'
    found = plan({"pyproject.toml": manifest, "app.py": FLASK})
    assert runs(found)[0] == "pip install the dependencies of pyproject.toml"
    assert step(found, "install").run[1].args[-2:] == ("flask", "x @ git+https://host/x.git")


# --- modules that are not there


@pytest.mark.parametrize(
    "command",
    ["gunicorn nope:app", "uvicorn nope.main:app --host 0.0.0.0", "gunicorn -w 4 --reload nope:app -b 0.0.0.0:$PORT",
     "exec uvicorn --app-dir lib nope:app", "python -m gunicorn nope", "gunicorn --chdir=lib 'nope:create_app()'",
     "sleep 1 && gunicorn nope:app > /tmp/log"],
)  # fmt: skip
def test_a_module_that_is_not_there_is_told_with_the_line(command: str) -> None:
    message = error(flask(**{"Procfile": f"# the processes\nweb: {command}\n", "lib/x.py": ""}))
    assert "Procfile:2" in message


def test_a_module_that_is_not_there_in_the_setting() -> None:
    assert "nope.py" in error(flask(), run_command="gunicorn nope:app")


FOUND: list[tuple[str, dict[str, str], str]] = [
    ("a file", {}, "gunicorn app:app"),
    ("src", {"src/nope.py": ""}, "gunicorn nope:app"),
    ("a package", {"nope/x.py": ""}, "gunicorn nope.x:app"),
    ("compiled", {"nope.cpython-313-x86_64-linux-gnu.so": ""}, "gunicorn nope:app"),
    ("--chdir", {"lib/nope.py": ""}, "gunicorn --chdir lib nope:app"),
    ("--app-dir", {"lib/nope.py": ""}, "uvicorn nope:app --app-dir=./lib"),
    ("--pythonpath", {"lib/nope.py": ""}, "gunicorn --pythonpath '/app/x,/app/lib' nope:app"),
    ("PYTHONPATH", {}, "PYTHONPATH=lib gunicorn nope:app"),
    ("outside", {}, "gunicorn --chdir /srv nope:app"),
    ("cd", {"lib/nope.py": ""}, "cd lib && gunicorn nope:app"),
    ("a variable", {}, "gunicorn $OPTIONS nope:app"),
    ("a variable module", {}, "gunicorn $MODULE"),
    ("a configuration", {"gunicorn.conf.py": "chdir = 'lib'\n"}, "gunicorn nope:app"),
    ("a named configuration", {"conf.py": "pythonpath = 'lib'\n"}, "gunicorn -c conf.py nope:app"),
    ("a dependency", {"requirements.txt": "apache-nope\ngunicorn\n"}, "gunicorn nope.app:app"),
    ("a dependency's part", {"requirements.txt": "Nope_Web\ngunicorn\n"}, "gunicorn nope.app:app"),
    ("a local one", {"requirements.txt": "./lib\ngunicorn\n"}, "gunicorn nope.app:app"),
    ("a URL", {"requirements.txt": "git+https://host/y.git\ngunicorn\n"}, "gunicorn nope.app:app"),
    ("the project", {"pyproject.toml": f"{PROJECT}dependencies = ['gunicorn']\n[build-system]\n", "requirements.txt": ""}, "gunicorn nope:app"),
    ("another program", {}, "robyn nope:app"),
    ("a flag that takes no value", {}, "hypercorn --unknown nope:app"),
    ("PYTHONPATH in a shell", {}, "PYTHONPATH=$PWD/lib gunicorn nope:app -b :$PORT"),
    ("Django's own", {"requirements.txt": "wagtail\ngunicorn\n"}, "gunicorn 'django.core.wsgi:get_wsgi_application()'"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "command"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_a_module_that_may_be_there_is_believed(files: dict[str, str], command: str) -> None:
    given = {**flask(), **files, "Procfile": f"web: {command}\n"}
    assert web({path: text for path, text in given.items() if text or path != "requirements.txt"})


def test_an_app_without_modules_may_serve_any_package() -> None:
    assert web({"requirements.txt": "company-website\n", "Procfile": "web: gunicorn portal.wsgi\n"})


def test_a_build_command_may_make_the_module() -> None:
    assert web(flask(Procfile="web: gunicorn nope:app\n"), build_command="make")


def test_the_files_of_an_install_are_those_that_are_included() -> None:
    files = {
        "requirements.txt": '-r "o t.txt"\n-c https://x.org/c.txt\n',
        "o t.txt": "flask\ngunicorn\n",
        "app.py": FLASK,
    }
    assert step(plan(files), "install").inputs == (FromContext(("requirements.txt", "o t.txt")),)
