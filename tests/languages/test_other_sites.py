"""Sites that Python and Ruby build: MkDocs, Sphinx, Pelican, Jekyll, Middleman."""

from typing import Any

import pytest

from frontend import build
from frontend.context.tree import DictTree
from frontend.errors import BuildError
from frontend.languages import python, ruby
from frontend.plan.model import Plan
from frontend.settings import options
from frontend.settings.model import Setting, Settings
from tests.errors import fails
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
        ("python", "-m", "pelican", "content", "-s", "publishconf.py", "-o", "output"),
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


SITE_OF_ZOLA = {"content/_index.md": "", "templates/index.html": "<h1>x</h1>"}
SITE_OF_HUGO = {"content/_index.md": "", "layouts/index.html": "<h1>x</h1>"}
HEXO = '{"dependencies": {"hexo": "8"}}'
BROKEN: list[tuple[dict[str, str], str, str]] = [  # files, what the error says, where
    ({"config.toml": 'title = "x"\nbase_url = "https://a.b', **SITE_OF_ZOLA}, "not TOML", "config.toml:2"),
    ({"config.toml": 'title = "x"\n[markdown', **SITE_OF_ZOLA}, "not TOML", "config.toml:2"),
    ({"config.toml": 'title = "x"\n', **SITE_OF_ZOLA}, "no base_url", "config.toml:1"),
    ({"hugo.toml": 'title = "x"\nbaseURL = "https://a', **SITE_OF_HUGO}, "not TOML", "hugo.toml:2"),
    ({"hugo.yaml": "title: x\nparams: [a\n", **SITE_OF_HUGO}, "not YAML", "hugo.yaml:3"),
    ({"hugo.json": '{"title":\n', **SITE_OF_HUGO}, "not JSON", "hugo.json:2"),
    ({"config.yaml": 'title: "x\n', **SITE_OF_HUGO}, "not YAML", "config.yaml:2"),
    ({"_config.yml": "title: x\nplugins: [a\n", "index.md": "", "Gemfile": 'gem "jekyll"\n'}, "not YAML", "_config.yml:3"),
    ({"_config.yml": "title: x\nplugins: [a\n", "index.md": ""}, "not YAML", "_config.yml:3"),
    ({"_config.yml": "title: x\n", "_posts/a.md": "", "index.html": "<h1>x"}, "nothing installs Jekyll", "_config.yml:1"),
    ({"_config.yml": "title: x\n", "source/_posts/a.md": ""}, "nothing installs Hexo", "_config.yml:1"),
    ({"nanoc.yaml": "output_dir: out\n", "content/a.md": ""}, "nothing installs nanoc", "nanoc.yaml:1"),
    ({"_config.yml": "title: x\n", "_posts/2026-01-01-a.md": ""}, "nothing installs Jekyll", "_config.yml:1"),
    ({"_config.yml": "title: x\n", "index.html": "---\nlayout: a\n---\n"}, "nothing installs Jekyll", "_config.yml:1"),
    ({"_config.yml": "title: x\nroot: [a\n", "package.json": HEXO}, "not YAML", "_config.yml:3"),
    ({"mkdocs.yml": "site_name: x\nnav: [\n", "requirements.txt": "mkdocs\n"}, "not YAML", "mkdocs.yml:3"),
    ({"mkdocs.yml": "site_name: x\n", "docs/index.md": ""}, "nothing installs MkDocs", "mkdocs.yml:1"),
    ({"docs/conf.py": "x = [\n", "requirements.txt": "sphinx\n"}, "conf.py is not Python", "docs/conf.py:1"),
    ({"pelicanconf.py": "A = 1\nX = {\n", "requirements.txt": "pelican\n"}, "not Python", "pelicanconf.py:2"),
    ({"angular.json": '{"projects":\n', "package.json": '{"dependencies": {"@angular/core": "20"}}'}, "not JSON", "angular.json:2"),
    ({"book.toml": "[book]\n", "src/SUMMARY.md": ""}, "nothing installs mdBook", "book.toml:1"),
    ({"astro.config.mjs": "", "src/pages/index.astro": ""}, "nothing installs Astro", "astro.config.mjs:1"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "told", "at"), BROKEN)
def test_a_configuration_that_is_cut_off_is_an_error_at_its_line(files: dict[str, str], told: str, at: str) -> None:
    with fails(BuildError, told, "hint: ", at=at):
        build.make_plan(DictTree(files), None, options.parse({}), "2026-11-24")


def test_a_configuration_of_mkdocs_may_name_what_only_python_knows() -> None:
    text = "site_name: x\nmarkdown_extensions:\n  - emoji:\n      index: !!python/name:material.x\n"
    tree = DictTree({"mkdocs.yml": text, "requirements.txt": "mkdocs-material\n"})
    assert build.make_plan(tree, None, options.parse({}), "2026-11-24").language == "static"


def test_a_site_of_hugo_without_an_address_is_known_by_its_directories() -> None:
    tree = DictTree({"config.toml": 'title = "x"\n', **SITE_OF_HUGO})
    found = build.make_plan(tree, None, options.parse({}), "2026-11-24")
    assert "Hugo" in next(one.because for one in found.evidence if one.what == "site")


def test_a_library_with_a_site_of_its_documentation_is_told_how_that_is_served() -> None:
    files = {"setup.py": "", "lib/__init__.py": "", "mkdocs.yml": "site_name: x\n"}
    with fails(BuildError, "add mkdocs"):
        build.make_plan(DictTree(files), None, options.parse({}), "2026-11-24")


BESIDE = [  # files beside a finished page at the root, where the doubt is
    ({"mkdocs.yml": "site_name: x\n", "docs/index.md": ""}, ["mkdocs.yml:1"]),
    ({".eleventy.js": "", "src/index.njk": ""}, [".eleventy.js:1"]),
    ({"_config.yml": "theme: jekyll-theme-minimal\n"}, []),  # for the host's own list of files
    ({}, []),
]


@pytest.mark.parametrize(("files", "at"), BESIDE)
def test_a_page_is_served_beside_sources_that_nothing_builds_and_that_is_told(
    files: dict[str, str], at: list[str]
) -> None:
    tree = DictTree({"index.html": "<h1>x</h1>", **files})
    found = build.make_plan(tree, None, options.parse({}), "2026-11-24")
    assert [str(one.at) for one in found.warnings if one.code == "site-unbuilt"] == at
    chosen = build.make_plan(tree, None, options.parse({"build-arg:LANGUAGE": "static"}), "2026-11-24")
    assert chosen.warnings == ()


def test_a_page_that_is_a_source_of_jekyll_is_not_served() -> None:
    files = {"_config.yml": "title: x\n", "index.html": "---\nlayout: default\n---\n{{ site.title }}\n"}
    with fails(BuildError, "Jekyll", "add a Gemfile", at="_config.yml:1"):
        build.make_plan(DictTree(files), None, options.parse({}), "2026-11-24")


def test_what_a_generator_made_that_is_not_built_here_is_served_where_it_is_committed() -> None:
    tree = DictTree({"book.toml": "[book]\n", "src/SUMMARY.md": "", "book/index.html": "<h1>x</h1>"})
    found = build.make_plan(tree, None, options.parse({}), "2026-11-24")
    assert "the pages in book" in {one.because for one in found.evidence}


def test_a_configuration_of_zola_with_its_other_name_is_given_by_it() -> None:
    tree = DictTree({"zola.toml": 'base_url = "https://a.test"\n', "content/_index.md": "", "templates/index.html": ""})
    found = build.make_plan(tree, None, options.parse({}), "2026-11-24")
    assert found.steps[0].run[0].args == ("zola", "--config", "zola.toml", "build")
