"""The ignore file's rules: what a build does not get, as BuildKit itself decides it."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from frontend.context.ignore import (
    ALWAYS,
    DEFAULTS,
    FilteredTree,
    Ignore,
    _compile,
    _Linear,
    _to_python,
    parse,
    patterns,
)
from frontend.context.tree import DictTree
from frontend.errors import ConfigError

GO_PROGRAM = Path(__file__).parent / "ignore_go"


# reading the file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("a\nb\n", ("a", "b")),
        ("\ufeffa\r\nb\r\n", ("a", "b")),
        ("# comment\n #not one\n\n  \na", ("#not one", "a")),
        ("/a\n/a/b/\n./c\na/../d//e", ("a", "a/b", "c", "d/e")),
        ("! /a\n!b/", ("!a", "!b")),
        ("  **/x\t\n", ("**/x",)),
        ("/", ("/",)),
    ],
)
def test_a_file_is_read_as_buildkit_reads_it(text: str, expected: tuple[str, ...]) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a\n!\n", 2, "excepts nothing"),
        ("!/", 1, "excepts nothing"),
        ("\n\n[a", 3, "[ that is not closed"),
        ("a\\", 1, "backslash"),
        ("[]a]", 1, "["),
        ("[z-a]", 1, "range"),
        ("x" * 70_000, 1, "64 KiB"),
        ("a{1001}*", 1, "1000 times"),
        ("a{99999999999999}*", 1, "1000 times"),
        ("a{" + "9" * 5000 + "}*", 1, "1000 times"),
    ],
)
def test_a_malformed_pattern_is_told_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(ConfigError, match=r"\.dockerignore") as caught:
        parse(text)
    assert caught.value.at is not None
    assert (caught.value.at.file, caught.value.at.line) == (".dockerignore", line)
    assert problem in caught.value.message


# matching


@pytest.mark.parametrize(
    ("text", "ignored", "kept"),
    [
        ("node_modules", ["node_modules", "node_modules/a/b"], ["sub/node_modules", "node_modules2"]),
        ("**/node_modules", ["node_modules", "a/node_modules", "a/b/node_modules/c"], ["a/xnode_modules"]),
        ("*.log", ["a.log"], ["sub/a.log", "a.logs"]),
        ("**/*.log", ["a.log", "x/y/a.log"], ["a.log.txt"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs", "docs2"]),
        ("a?c", ["abc"], ["a/c", "ac"]),
        ("[a-c]x", ["ax", "cx"], ["dx"]),
        ("[^a-c]x", ["dx"], ["ax"]),
        ("*\n!src\n", ["a", "b/c"], ["src", "src/a/b"]),
        ("*\n!src\nsrc/tests", ["src/tests/a"], ["src/a"]),
        ("a.b", ["a.b"], ["axb"]),
        ("a\\*b", ["a*b"], ["axb"]),
        ("foo**", ["foo", "foobar", "foo/bar"], ["xfoo"]),
        ("/abs", ["abs"], ["x/abs"]),
        ("a|b*", ["axxx", "b"], ["c"]),
        ("a/*/c", ["a/b/c"], ["a/c", "a/b/b/c"]),
        ("a/**/c", ["a/c", "a/b/c", "a/b/b/c"], ["ac"]),
    ],
)
def test_rules(text: str, ignored: list[str], kept: list[str]) -> None:
    ignore = Ignore(parse(text))
    assert [path for path in ignored if not ignore.ignored(path)] == []
    assert [path for path in kept if ignore.ignored(path)] == []


@pytest.mark.parametrize(
    ("pattern", "name", "ignored"),
    [
        ("a*" * 100 + "b", "a" * 200, False),
        ("a*" * 100 + "b", "a" * 200 + "b", True),
        ("*" * 200, "a" * 200, True),
        ("*" * 200 + "b", "x/" * 200 + "a", False),
        ("**/a" * 50 + "*b", "a/" * 200 + "a", False),
        ("?*" * 100, "a" * 99, False),
        ("a{0,1000}" * 30 + "b*", "a" * 200, False),
        ("[a-c]*" * 30 + "|x*y*z*", "xyz", True),
    ],
)
def test_many_wildcards_take_no_longer(pattern: str, name: str, ignored: bool) -> None:
    began = time.perf_counter()
    assert Ignore(parse(pattern)).ignored(name) is ignored
    assert time.perf_counter() - began < 0.5


def test_both_ways_of_matching_agree() -> None:
    compared = 0
    for seed in range(300):
        case = generated(seed)
        try:
            found = parse(str(case["text"]))
        except ConfigError:
            continue
        for pattern in found:
            kind, regex = _compile(pattern.removeprefix("!"))
            if kind == "regex":
                linear, tried = _Linear(regex), re.compile(_to_python(regex), re.ASCII)
                for path in case["paths"]:  # type: ignore[attr-defined]
                    assert linear.search(path) == bool(tried.search(path)), (pattern, path)
                    compared += 1
    assert compared > 5000


# what every build leaves out


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


# a tree seen through the patterns


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


# the Go implementation

NAMES = ["a", "b", "ab", "foo", "bar.txt", "x.log", ".env", "a*b", "a-b", "é", "node_modules", "[x]", "{y}", "a+", "^c"]
PIECES = [*NAMES, "*", "**", "?", "a*", "*.txt", "*.log", "**.log", "fo?", "[a-c]", "[^a]b", "a**", "**b", "a**b"]
PIECES += [
    "***",
    "[ab]*",
    "\\*",
    "a\\*b",
    "\\a",
    "\\d",
    "[\\]x]",
    "[[]x]",
    "[a\\-c]",
    "..",
    ".",
    "",
    "f[o-p]o",
    "[*]",
    "a$",
]
PIECES += [
    "{y}",
    "a{2}*",
    "a{,2}*",
    "(a)",
    "a|b",
    "[",
    "[]",
    "[-a]",
    "[b-a]",
    "a\\",
    "]",
    "[[:alpha:]]",
    "[é]",
    "\\é",
    "[.]env",
    "[\\w]",
]


def generated(seed: int) -> dict[str, object]:
    """An ignore file and paths, of names and pieces that meet each other often."""
    rng = random.Random(seed)
    lines = []
    for _ in range(rng.randint(1, 6)):
        line = "/".join(rng.choice(PIECES if rng.random() < 0.7 else NAMES) for _ in range(rng.choice((1, 1, 2, 2, 3))))
        line = rng.choice(("", "", "", "!", "!", "/", "! ", "  ", "#", "**/", "!**/", "!/")) + line
        lines.append(line + rng.choice(("", "", "", "/", "  ", "/**", "\r")))
    paths = {"/".join(rng.choice(NAMES) for _ in range(rng.choice((1, 2, 2, 3, 4)))) for _ in range(40)}
    return {"text": rng.choice(("", "\ufeff")) + "\n".join(lines), "paths": sorted(paths)}


@pytest.mark.parity
def test_three_hundred_generated_cases_equal_go() -> None:
    go = shutil.which("go")
    assert go, "Go is needed for this test"
    cases = [generated(seed) for seed in range(300)]
    answered = subprocess.run(
        [go, "run", "."],
        cwd=GO_PROGRAM,
        input="\n".join(json.dumps(case) for case in cases),
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = [json.loads(line) for line in answered.stdout.splitlines()]
    assert len(theirs) == len(cases)
    wrong: list[tuple[object, ...]] = []
    for case, answer in zip(cases, theirs, strict=True):
        text, paths = str(case["text"]), case["paths"]
        assert isinstance(paths, list)
        try:
            found = parse(text)
        except ConfigError as error:
            if not answer["error"]:
                wrong.append((text, error.message, answer["patterns"]))
            continue
        if answer["error"]:
            wrong.append((text, "accepted", answer["error"]))
        elif list(found) != (answer["patterns"] or []):
            wrong.append((text, found, answer["patterns"]))
        else:
            ignore = Ignore(found)
            ours = [ignore.ignored(path) for path in paths]
            wrong += [
                (text, path, our, their)
                for path, our, their in zip(paths, ours, answer["ignored"] or [], strict=True)
                if our != their
            ]
    assert wrong == [], json.dumps(wrong, indent=1, default=str)
    assert sum(not answer["error"] for answer in theirs) > 150  # most files are well-formed
