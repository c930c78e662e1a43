"""Pinned packages that do not run with what they would be installed with: older releases come with them, and a word."""

import pytest

from tests.languages.python import FLASK, Files, codes, plan, runs

ALL = " werkzeug<2 jinja2<3 itsdangerous<2 click<8 markupsafe<2.1"
PINS: list[tuple[str, str]] = [  # the requirements besides gunicorn, what is installed with them
    ("flask==1.0.2", ALL),
    ("Flask==1.1.4", " markupsafe<2.1"),
    ("flask==2.0.3", " werkzeug<3"),
    ("flask==2.0.3\nwerkzeug==2.0.3", ""),
    ("flask==2.3.3", ""),
    ("flask", ""),
    ("flask~=1.1", ""),
    ("flask==x.y", ""),
    ("flask==1.1.4\nflask-sqlalchemy==2.4.4", " markupsafe<2.1 sqlalchemy<1.4"),
    ("flask==2.0.3\nflask-login==0.5.0", " werkzeug<3 werkzeug<2.1"),
    ("flask==2.2.5\nflask-sqlalchemy==2.5.1\nflask-login==0.6.2", " sqlalchemy<2 werkzeug<3"),
]


@pytest.mark.parametrize(("pins", "more"), PINS)
def test_what_a_pinned_package_needs_is_installed_with_it(pins: str, more: str) -> None:
    files: Files = {"requirements.txt": f"gunicorn\n{pins}\n", "app.py": FLASK}
    found = plan(files)
    assert f"pip install -r requirements.txt{more}" in runs(found)
    assert ("companions" in codes(found)) is bool(more)


def test_a_constraint_says_what_it_runs_with() -> None:
    files = {"requirements.txt": "flask==2.0.3\n-c limits.txt\n", "limits.txt": "werkzeug<2.3\n", "app.py": FLASK}
    assert "companions" not in codes(plan(files))


def test_a_lockfile_has_it() -> None:
    manifest = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.9"\nflask = "2.0.3"\n'
    files = {"pyproject.toml": manifest, "poetry.lock": '[[package]]\nname = "flask"\nversion = "2.0.3"\n'}
    assert "companions" not in codes(plan({**files, "app.py": FLASK}))
