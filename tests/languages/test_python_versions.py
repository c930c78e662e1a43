"""Which Python is used, who asked for it, and that its images exist."""

import pytest

from frontend.errors import VersionError
from frontend.languages.python import versions
from frontend.plan.model import ImageRef, ToolVersion
from frontend.rules.base_images import suite
from frontend.settings.model import Setting
from tests.errors import fails
from tests.languages.python import codes, flask, plan, runs


def chosen(files: dict[str, str], settings: dict[str, Setting] | None = None) -> ToolVersion:
    return plan({**flask(), **files}, versions=settings or {}).versions[0]


ASKED: list[tuple[str, str]] = [  # a PEP 440 text in .python-version, the version used
    ("3.12", "3.12"),
    ("3.12.4", "3.12.4"),
    ("3.99.1", "3.99.1"),
    ("python-3.11.9", "3.11.9"),
    ("cpython-3.11", "3.11"),
    ("3", "3.13"),
    ("3.*", "3.13"),
    ("3.11.x", "3.11"),
    ("3.11.*", "3.11"),
    ("==3.11.*", "3.11"),
    ("==3.12.4", "3.12.4"),
    (">=3.9", "3.13"),
    (">=3.9,<3.12", "3.11"),
    (">3.13", "3.13"),  # 3.13.15 is more than 3.13
    (">3.13.99", "3.15"),
    (">=3.14", "3.15"),
    ("<3.10", "3.9"),
    ("~=3.11", "3.13"),
    ("~=3.11.2", "3.11"),
    ("!=3.13.*,>=3.12", "3.15"),
    ("^3.10", "3.13"),
    ("^3.14", "3.15"),
    ("~3.12", "3.12"),
    ("~3", "3.13"),
    ("~3.11 || ~3.12", "3.12"),
    ("*", "3.13"),
    ("# ours\n3.12 # the newest that works", "3.12"),
    ("\n\n3.12\n3.11\n", "3.12"),
    ("", "3.13"),
    ("latest", "3.15"),
    ("cpython-3.12.4", "3.12.4"),
    ("system\n3.12", "3.12"),
    (">=3.9  <3.12", "3.11"),
    ("3.16.0rc1", "3.16.0rc1"),
]


@pytest.mark.parametrize(("text", "version"), ASKED)
def test_a_text_and_the_version_it_means(text: str, version: str) -> None:
    assert chosen({".python-version": f"{text}\n"}).value == version


PROJECT = '[project]\nname = "a"\nrequires-python = "%s"\n'
POETRY = '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\npython = "%s"\n'


@pytest.mark.parametrize(
    ("files", "version", "where"),
    [
        ({}, "3.13", "None"),
        ({".python-version": "3.12\n", "runtime.txt": "python-3.11.9\n"}, "3.12", ".python-version:1"),
        ({"runtime.txt": "python-3.11.9\n", ".tool-versions": "python 3.12.1\n"}, "3.11.9", "runtime.txt:1"),
        ({".tool-versions": "nodejs 24\npython 3.12.1 3.11.0\n"}, "3.12.1", ".tool-versions:2"),
        ({".tool-versions": "python system\n", "pyproject.toml": PROJECT % "3.12.*"}, "3.12", "pyproject.toml:3"),
        ({"mise.toml": '[tools]\npython = "3.11"\n'}, "3.11", "mise.toml:2"),
        ({".mise.toml": "[tools]\npython = '3.11'\n"}, "3.11", ".mise.toml:2"),
        ({"mise.toml": '[tools]\npython = ["3.14", "3.13"]\n'}, "3.14", "mise.toml:2"),
        ({"mise.toml": '[tools]\npython = {version = "3.14", virtualenv = ".venv"}\n'}, "3.14", "mise.toml:2"),
        ({"mise.toml": '[tools]\npython = "3"\n'}, "3.13", "mise.toml:2"),
        ({"mise.toml": '[tools]\npython = "prefix:3.12"\n'}, "3.12", "mise.toml:2"),
        ({"mise.toml": '[tools]\npython = "latest"\n'}, "3.15", "mise.toml:2"),
        ({".config/mise.toml": '[tools]\n"python" = "3.12"\n'}, "3.12", ".config/mise.toml:2"),
        ({"mise.toml": '[env]\npython = "3.11"\n'}, "3.13", "None"),
        ({".tool-versions": "python system 3.12.1\n"}, "3.12.1", ".tool-versions:1"),
        (
            {"pyproject.toml": '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\npython = {version = "~3.12"}\n'},
            "3.12",
            "pyproject.toml:4",
        ),
        ({".python-version": "3.12\n", "pyproject.toml": PROJECT % ">=3.11"}, "3.12", ".python-version:1"),
        ({"pyproject.toml": PROJECT % ">=3.10,<3.13"}, "3.12", "pyproject.toml:3"),
        ({"pyproject.toml": POETRY % "^3.10,<3.12"}, "3.11", "pyproject.toml:4"),
        ({"pyproject.toml": POETRY % ">=3.12,<4.0"}, "3.13", "pyproject.toml:4"),
        ({"Pipfile": '[packages]\nflask = "*"\n[requires]\npython_version = "3.12"\n'}, "3.12", "Pipfile:4"),
        (
            {
                "Pipfile": '[requires]\npython_version = "3.12"\npython_full_version = "3.12.4"\n[packages]\nflask = "*"\n'
            },
            "3.12.4",
            "Pipfile:3",
        ),
        ({"uv.lock": 'version = 1\nrequires-python = ">=3.14"\n'}, "3.15", "uv.lock:2"),
        (
            {"uv.lock": 'requires-python = ">=3.14"\n', "pyproject.toml": PROJECT % "==3.12.*"},
            "3.12",
            "pyproject.toml:3",
        ),
        ({"setup.cfg": "[options]\npython_requires = >=3.10,<3.12\n"}, "3.11", "setup.cfg:2"),
        ({"setup.py": 'from setuptools import setup\nsetup(\n  python_requires="<3.13",\n)\n'}, "3.12", "setup.py:3"),
        ({".python-version": "", "pyproject.toml": PROJECT % "~=3.12.0"}, "3.12", "pyproject.toml:3"),
    ],
)
def test_the_file_that_decides(files: dict[str, str], version: str, where: str) -> None:
    found = chosen(files)
    assert (found.value, str(found.at)) == (version, where)


def test_a_build_arg_and_the_config_file_come_before_every_file() -> None:
    found = chosen({".python-version": "3.11\n"}, {"python": Setting("3.12.1", "build-arg")})
    assert (found.value, found.asked, found.by) == ("3.12.1", "3.12.1", "build-arg")


@pytest.mark.parametrize("text", ["newest", "pypy3.10", ">=", "3.x.1.2.3", "^three"])
def test_a_text_that_is_no_version_is_told_with_its_place(text: str) -> None:
    with fails(VersionError, f'"{text}"', "Python", "3.13", ">=3.13", at=".python-version:2"):
        plan(flask(**{".python-version": f"\n{text}\n"}))


def test_a_range_that_nothing_known_satisfies_is_the_tag_of_its_line() -> None:
    found = chosen({"pyproject.toml": PROJECT % ">=3.99"})
    assert (found.value, found.asked, str(found.at)) == ("3.99", ">=3.99", "pyproject.toml:3")


def test_a_range_without_any_version_is_told_with_its_place() -> None:
    with fails(VersionError, "Python", '">=3.12,<3.10"', at="pyproject.toml:3"):
        chosen({"pyproject.toml": PROJECT % ">=3.12,<3.10"})


@pytest.mark.parametrize(
    ("version", "date"),
    [
        ("3.9", "2025-10-31"),
        ("3.8.20", "2024-10-07"),
        ("3.10", "2026-10-31"),
    ],
)
def test_a_version_out_of_support_is_warned_of_with_its_date(version: str, date: str) -> None:
    found = plan({**flask(), "runtime.txt": f"python-{version}\n"})
    assert [(w.code, str(w.at)) for w in found.warnings] == [("end-of-life", "runtime.txt:1")]
    assert all(text in found.warnings[0].message for text in (f"Python {version}", date))
    assert "3.15" in found.warnings[0].hint


@pytest.mark.parametrize(("version", "line"), [("3.9.0", "3.9"), ("3.8.2", "3.8"), ("3.7.2", "3.7")])
def test_a_release_whose_image_is_on_no_known_debian_gives_way_to_its_lines_newest(version: str, line: str) -> None:
    found = plan({**flask(), "runtime.txt": f"python-{version}\n"})
    assert found.runtime.base.startswith(f"python:{line}-slim-")
    (told,) = (one for one in found.warnings if one.code == "python-without-image")
    assert version in told.message
    assert str(told.at) == "runtime.txt:1"


@pytest.mark.parametrize(
    ("file", "requires", "line"),
    [("3.6.5", ">=3.8", "3.13"), ("3.9", ">=3.11,<3.13", "3.12"), ("3.9", ">=3.9", ""), ("3.12", "<3.12", ""), ("3.9", "?", "")],
)  # fmt: skip
def test_a_version_file_that_is_older_than_the_project_allows_gives_way(file: str, requires: str, line: str) -> None:
    project = f'[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\nrequires-python = "{requires}"\n'
    found = plan({"pyproject.toml": project, "runtime.txt": f"python-{file}\n", "app.py": flask()["app.py"]})
    assert found.versions[0].value == (line or file)
    assert [str(one.at) for one in found.warnings if one.code == "version-file"] == (["runtime.txt:1"] if line else [])


@pytest.mark.parametrize("version", ["2.7.18", "3.6", "3.6.15"])
def test_a_python_without_a_pip_that_installs_into_a_virtualenv_is_refused(version: str) -> None:
    with fails(VersionError, version, versions.OLDEST, "PYTHON_VERSION", at="runtime.txt:1"):
        plan({**flask(), "runtime.txt": f"python-{version}\n"})


@pytest.mark.parametrize(
    ("version", "pip"),
    [
        ("3.7.16", "24.0"), ("3.7.17", ""), ("3.7", ""), ("3.8.13", "25.0.1"), ("3.9.13", "25.0.1"), ("3.9.17", ""),
        ("3.10.4", "26.3"), ("3.10.9", ""), ("3.9", ""), ("3.11.0", ""), ("3.13", ""),
    ],
)  # fmt: skip
def test_an_image_whose_pip_is_too_old_gets_a_newer_one(version: str, pip: str) -> None:
    added = [one for one in runs(plan({**flask(), ".python-version": version})) if one.startswith("pip install pip==")]
    assert added == ([f"pip install pip=={pip}"] if pip else [])


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14", "3.15.1"])
def test_a_version_in_support_is_not_warned_of(version: str) -> None:
    assert codes(plan({**flask(), ".python-version": version})) == []


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("3.13", "trixie"),
        ("3.14.0", "trixie"),
        ("3.13.6", "trixie"),
        ("3.13.5", "bookworm"),
        ("3.12.0", "bookworm"),
        ("3.11.3", "bullseye"),
        ("3.11", "trixie"),
        ("3.10.2", "bullseye"),
        ("3.8", "bookworm"),
        ("3.8.12", "bullseye"),
        ("3.16", "trixie"),
        ("3.7", "bookworm"),
        ("3.7.12", "bullseye"),
    ],
)
def test_the_suite_whose_image_exists(version: str, name: str) -> None:
    assert suite(versions.RELEASES, version) == name
    found = plan({**flask(), ".python-version": version})
    assert found.runtime.base == f"python:{version}-slim-{name}"
    assert found.steps[0].base == ImageRef(f"python:{version}-{name}")
