"""Sites that Python and Ruby build: MkDocs, Sphinx, Pelican, Jekyll, Middleman."""

from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.languages import python, ruby
from frontend.plan.model import Plan
from frontend.settings.model import Setting, Settings
from tests.languages.node import runs, step
from tests.languages.ruby import app
from tests.languages.static import server

PYTHON: list[tuple[dict[str, Any], tuple[str, ...], str]] = [  # files, what builds, where the site is
    ({"requirements.txt": "mkdocs", "mkdocs.yml": "site_name: x\n"}, ("mkdocs", "build"), "/app/site"),
    ({"requirements.txt": "mkdocs-material", "mkdocs.yml": "site_dir: out/web\n"}, ("mkdocs", "build"), "/app/out/web"),
    (
        {"requirements.txt": "sphinx", "docs/source/conf.py": ""},
        ("sphinx-build", "-b", "html", "docs/source", "_build/html"),
        "/app/_build/html",
    ),
    (
        {"requirements.txt": "pelican", "pelicanconf.py": "", "publishconf.py": ""},
        ("pelican", "content", "-s", "publishconf.py", "-o", "output"),
        "/app/output",
    ),
]


def check(found: Plan, args: tuple[str, ...], directory: str) -> None:
    """The site is built by a program in the build step, and served from a directory."""
    assert (found.language, found.runtime.processes[0].args[0]) == ("static", "caddy")
    assert args in runs(found, "build")
    assert step(found, "site").run[0].args[5:] == (directory,)
    assert [one.what for one in found.evidence][-1] == "site"
    assert not [one for one in found.warnings if "port" in one.code]


@pytest.mark.parametrize(("files", "args", "directory"), PYTHON)
def test_a_site_that_python_builds(files: dict[str, Any], args: tuple[str, ...], directory: str) -> None:
    check(python.plan(DictTree(files), Settings()), args, directory)


def test_a_site_of_python_is_built_by_the_users_command() -> None:
    files = {"requirements.txt": "mkdocs", "mkdocs.yml": ""}
    found = python.plan(DictTree(files), Settings(build_command=Setting("mkdocs build --strict")))
    check(found, ("mkdocs", "build", "--strict"), "/app/site")


RUBY: list[tuple[str, dict[str, Any], tuple[str, ...], str, str]] = [
    ("jekyll", {"_config.yml": "title: x\n"}, ("bundle", "exec", "jekyll", "build"), "/app/_site", ""),
    ("jekyll", {"_config.yml": "baseurl: /blog\ndestination: public\n"}, ("bundle", "exec", "jekyll", "build"), "/app/public", "/blog"),
    ("middleman", {"config.rb": "set :build_dir, 'out'\n"}, ("bundle", "exec", "middleman", "build"), "/app/out", ""),
]  # fmt: skip


@pytest.mark.parametrize(("gem", "files", "args", "directory", "base"), RUBY)
def test_a_site_that_ruby_builds(
    gem: str, files: dict[str, Any], args: tuple[str, ...], directory: str, base: str
) -> None:
    found = ruby.plan(DictTree({**app(gem), **files}), Settings())
    check(found, args, directory)
    assert step(found, "site").run[0].args[3] == base
    assert ("JEKYLL_ENV", "production") in step(found, "build").env or gem != "jekyll"
    assert (f"redir / {base}/ 308" in server(found)) == bool(base)
