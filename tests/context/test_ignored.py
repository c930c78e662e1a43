"""What a build does not get: by its ignore file, by default, and always."""

from __future__ import annotations

import pytest

from frontend.context.ignored import ALWAYS, DEFAULTS, FilteredTree, Ignore, patterns
from frontend.context.patterns import parse
from frontend.context.tree import DictTree


@pytest.mark.parametrize(
    "path",
    ".git/HEAD node_modules/x/package.json a/b/node_modules .venv/bin/python app/__pycache__/a.pyc .env .env.local"
    " .env.production .env.dev .env.development .env.test .env.staging .env.sandbox"
    " .env.temp .env.e2e .env.local.old a/.env .env.production.local"
    " .env~ .npmrc sub/.yarnrc.yml .netrc .pypirc pip.conf .DS_Store .idea/x .vscode/settings.json"
    " Dockerfile migetpacks.yaml id_rsa .ssh/config .docker/config.json"
    " .streamlit/secrets.toml a/.streamlit/secrets.toml".split(),
)
def test_the_defaults_leave_out(path: str) -> None:
    assert Ignore(patterns(None)).ignored(path)


@pytest.mark.parametrize(
    "path",
    "package.json .env.example .env.template .env.dist .env.default .env.defaults conf/.env.sample src/env.ts README.md"
    " .streamlit/config.toml secrets.toml .nvmrc bunfig.toml tests/a.py x.pem .gitignore".split(),
)
def test_the_defaults_keep(path: str) -> None:
    assert not Ignore(patterns(None)).ignored(path)


def test_an_ignore_file_replaces_the_defaults_but_secrets_stay_out() -> None:
    ignore = Ignore(patterns("dist\n"))
    assert ignore.ignored("dist/x")
    assert not ignore.ignored(".git/HEAD")
    assert ignore.ignored(".env")
    assert ignore.ignored("packages/a/.npmrc")


def test_an_exception_for_a_whole_directory_does_not_bring_its_secrets_back() -> None:
    ignore = Ignore(patterns("*\n!src\n!**\n"))
    assert not ignore.ignored("src/index.js")
    assert ignore.ignored("src/.env")
    assert not ignore.ignored("src/.env.example")


def test_an_exception_that_names_the_secret_file_does() -> None:
    ignore = Ignore(patterns("*\n!.env.production\n!.streamlit/secrets.toml\n"))
    assert not ignore.ignored(".env.production")
    assert not ignore.ignored(".streamlit/secrets.toml")
    assert ignore.ignored(".env")
    assert ignore.ignored("a/.streamlit/secrets.toml")


def test_the_built_in_patterns_are_as_a_file_would_give_them() -> None:
    for table in (DEFAULTS, ALWAYS):
        assert not any(pattern.startswith("!") for pattern in table)
        assert parse("\n".join(table)) == table


def test_a_filtered_tree_has_what_the_build_gets() -> None:
    files = {"a.js": "1", "src/b.js": "2", "src/c.log": "3", "keep/x/y": "4", "keep/z": "5", ".env": "S"}
    tree = FilteredTree(DictTree(files), parse("**/*.log\nkeep\n!keep/x\n"))
    assert list(tree.entries()) == ["a.js", "keep", "src"]
    assert list(tree.entries("src")) == ["b.js"]
    assert list(tree.entries("keep")) == ["x"]
    assert tree.has("keep/x/y")
    assert not tree.has("keep/z")
    assert tree.read_text(".env") is None
    assert tree.read_text("src/b.js") == "2"
    assert tree.glob("src/*") == ("src/b.js",)
    assert tree.under("src").first("c.log", "b.js") == "b.js"


def test_an_ignored_directory_is_empty() -> None:
    tree = FilteredTree(DictTree({"dist/a.js": "1", "b": "2"}), parse("dist"))
    assert tree.entries("dist") == {}
    assert not tree.is_dir("dist")
    assert not tree.has("dist/a.js")


SHOUT = {".npmrc": lambda text: "".join(line for line in text.splitlines(True) if "Token" not in line)}


@pytest.mark.parametrize(
    ("own", "text", "shown"),
    [
        ((), "_authToken=x\na=b\n", "a=b\n"),  # the setting stays, the token goes
        ((), "_authToken=x\n", None),  # nothing is left
        ((), "a=b\n", "a=b\n"),
        ((".npmrc",), "a=b\n", None),  # the app's own ignore file leaves it out
        (("*", "!.npmrc"), "_authToken=x\na=b\n", "a=b\n"),  # or names it: for its settings
    ],
)
def test_a_file_of_settings_is_shown_without_its_credentials(
    own: tuple[str, ...], text: str, shown: str | None
) -> None:
    tree = FilteredTree(DictTree({".npmrc": text}), own, SHOUT)
    assert tree.has(".npmrc") == (shown is not None)
    assert tree.read_text(".npmrc") == shown
    assert (".npmrc" in tree.revised) == (shown is not None)


def test_a_file_with_nothing_but_credentials_is_not_there() -> None:
    tree = FilteredTree(DictTree({"conf": "Token=x\n", "a": ""}), (), {"conf": SHOUT[".npmrc"]})
    assert not tree.has("conf")
    assert "conf" not in tree.entries()
    assert tree.excluded == (*tree.patterns, "conf")
