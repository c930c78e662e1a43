"""What a requirement's environment marker means: what is not for the image is no dependency of the app."""

import pytest

from frontend.languages.python import markers
from tests.languages.python import FLASK, Files, plan, runs, web

APPLIES: list[tuple[str, str, bool]] = [  # a requirement, the Python, whether the image gets it
    ("gunicorn", "3.13", True),
    ('gunicorn; sys_platform == "win32"', "3.13", False),
    ("gunicorn ; sys_platform != 'win32'", "3.13", True),
    ('gunicorn==23.0; platform_system == "Linux" and python_version >= "3.9"', "3.13", True),
    ('gunicorn; python_version < "3.10"', "3.13", False),
    ('gunicorn; python_version < "3.10"', "3.9", True),
    ('gunicorn; python_full_version >= "3.12.4"', "3.12.3", False),
    ('gunicorn; python_full_version >= "3.12.4"', "3.12", True),
    ('gunicorn; platform_python_implementation == "PyPy"', "3.13", False),
    ('gunicorn; platform_machine == "aarch64"', "3.13", True),
    ('gunicorn; platform_machine == "s390x"', "3.13", False),
    ('gunicorn; extra == "server"', "3.13", False),
    ('gunicorn==23.0 ; sys_platform == "darwin" --hash=sha256:ab', "3.13", False),
    ('gunicorn @ https://example.com/g.whl?a;b ; os_name == "nt"', "3.13", False),
    ("gunicorn @ https://example.com/g.whl?a;b", "3.13", True),
    ("gunicorn; nonsense", "3.13", True),
]


@pytest.mark.parametrize(("text", "python", "expected"), APPLIES, ids=[row[0] for row in APPLIES])
def test_whether_a_requirement_is_for_the_image(text: str, python: str, expected: bool) -> None:
    assert markers.applies(markers.of_line(text), python) is expected


PROJECT = '[project]\nname = "a"\nversion = "1"\ndependencies = ["flask", "waitress; sys_platform == \'win32\'", "gunicorn; os_name == \'posix\'"]\n'
POETRY = '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\npython = "^3.12"\nflask = "*"\n%s\n'
PIPFILE = '[packages]\nflask = "*"\n%s\n'
ON_WINDOWS: list[Files] = [
    {"requirements.txt": 'flask\nwaitress\ngunicorn; sys_platform == "win32"\n'},
    {"pyproject.toml": POETRY % 'waitress = "*"\ngunicorn = {version = "*", markers = "sys_platform == \'win32\'"}'},
    {"pyproject.toml": POETRY % 'waitress = "*"\ngunicorn = {version = "*", platform = "win32"}'},
    {"pyproject.toml": POETRY % 'waitress = "*"\ngunicorn = {version = "*", python = "<3.12"}'},
    {
        "pyproject.toml": POETRY
        % 'waitress = "*"\ngunicorn = [{version = "1", python = "<3.10"}, {version = "2", platform = "darwin"}]'
    },
    {"Pipfile": PIPFILE % 'waitress = "*"\ngunicorn = {version = "*", sys_platform = "== \'win32\'"}'},
    {"Pipfile": PIPFILE % 'waitress = "*"\ngunicorn = {version = "*", markers = "python_version < \'3\'"}'},
]


@pytest.mark.parametrize("files", ON_WINDOWS, ids=[next(iter(files.values()))[-70:] for files in ON_WINDOWS])
def test_a_server_for_another_platform_is_not_started(files: Files) -> None:
    assert "waitress" in " ".join(web({**files, "app.py": FLASK}))


def test_a_server_for_this_platform_is_started() -> None:
    assert web({"pyproject.toml": PROJECT, "app.py": FLASK}) == ("gunicorn", "app:app")


def test_a_server_is_added_where_the_only_one_is_for_another_platform() -> None:
    found = plan({"requirements.txt": 'flask\ngunicorn; sys_platform == "win32"\n', "app.py": FLASK})
    assert "pip install gunicorn==27.0.1" in runs(found)
