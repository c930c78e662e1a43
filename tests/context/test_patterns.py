"""The syntax of ignore patterns, as BuildKit itself reads them."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from frontend.context import patterns
from frontend.context.ignored import Ignore
from frontend.context.patterns import parse
from frontend.errors import ConfigError

Case = dict[str, Any]  # the text of an ignore file, and paths

GO_PROGRAM = Path(__file__).parent / "patterns_go"


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
        ("a\n!\n", 2, "after"),
        ("!/", 1, "after"),
        ("\n\n[a", 3, "unclosed"),
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
        ("a{0,30}" * 30 + "b*", "a" * 200, False),
        ("[a-c]*" * 30 + "|x*y*z*", "xyz", True),
    ],
)
def test_many_wildcards_take_no_longer(pattern: str, name: str, ignored: bool) -> None:
    began = time.process_time()
    assert Ignore(parse(pattern)).ignored(name) is ignored
    assert time.process_time() - began < 0.5


# what every build leaves out


# a tree seen through the patterns


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


def generated(seed: int) -> Case:
    """An ignore file and paths, of names and pieces that meet each other often."""
    rng = random.Random(seed)
    lines = []
    for _ in range(rng.randint(1, 6)):
        line = "/".join(rng.choice(PIECES if rng.random() < 0.7 else NAMES) for _ in range(rng.choice((1, 1, 2, 2, 3))))
        line = rng.choice(("", "", "", "!", "!", "/", "! ", "  ", "#", "**/", "!**/", "!/")) + line
        lines.append(line + rng.choice(("", "", "", "/", "  ", "/**", "\r")))
    paths = {"/".join(rng.choice(NAMES) for _ in range(rng.choice((1, 2, 2, 3, 4)))) for _ in range(40)}
    return {"text": rng.choice(("", "\ufeff")) + "\n".join(lines), "paths": sorted(paths)}


WILD = [*"ab/*?[]^-\\{},012|+()$.:é!#", "**/", "/**", "[[:alpha:]]", "[^[:^alpha:]]", "[^a]", "[a-c]", "[\\d]"]
WILD += "\\d \\w \\S \\b \\z \\pL \\p{Greek} \\Q \\E \\x41 \\x{e9} \\101 \\n \\A \\Z \\1 \\C".split()
WILD += ["{2}", "{1,}", "{0,2}", "{30}", "{1001}"]


def wild(seed: int) -> Case:
    """Patterns of whatever may mean something, and paths of the same characters."""
    rng = random.Random(f"wild {seed}")
    lines = ["".join(rng.choice(WILD) for _ in range(rng.randint(1, 8))) for _ in range(rng.randint(1, 2))]
    paths = {"".join(rng.choice("ab/ab/-{}0129|+()$:é^[]!dwAα") for _ in range(rng.randint(1, 8))) for _ in range(30)}
    cleaned = {"/".join(part for part in path.split("/") if part) for path in paths} - {""}
    return {"text": "\n".join(line for line in lines if not line.startswith("!!")), "paths": sorted(cleaned)}


def differences(case: Case, answer: dict[str, Any]) -> list[tuple[object, ...]]:
    """Where what Go makes of a case is not what we do."""
    text, paths = case["text"], case["paths"]
    try:
        found = parse(text)
    except ConfigError as error:
        return [] if answer["error"] else [(text, error.message, answer["patterns"])]
    if answer["error"]:
        return [(text, "accepted", answer["error"])]
    if list(found) != (answer["patterns"] or []):
        return [(text, found, answer["patterns"])]
    ignore, theirs = Ignore(found), answer["ignored"] or []
    ours = [ignore.ignored(path) for path in paths]
    return [(text, *row) for row in zip(paths, ours, theirs, strict=True) if row[1] != row[2]]


@pytest.mark.parity
def test_generated_cases_equal_go() -> None:
    go = shutil.which("go")
    assert go, "Go is needed for this test"
    cases = [*map(generated, range(1800)), *map(wild, range(1500))]
    answered = subprocess.run(
        [go, "run", "."],
        cwd=GO_PROGRAM,
        input="\n".join(json.dumps(case) for case in cases),
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = [json.loads(line) for line in answered.stdout.splitlines()]
    wrong = [row for case, answer in zip(cases, theirs, strict=True) for row in differences(case, answer)]
    assert wrong == [], json.dumps(wrong, indent=1, default=str)
    assert sum(not answer["error"] for answer in theirs) > 1800  # most files are well-formed


def test_a_plain_pattern_is_read_alike_without_re2(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [(pattern, case["paths"]) for case in map(generated, range(300)) for pattern in well_formed(case)]
    ours = [[patterns.compiled(pattern)(path) for path in paths] for pattern, paths in cases]
    assert sum(patterns._is_plain(pattern) for pattern, _ in cases) > 200
    monkeypatch.setattr(patterns, "_is_plain", lambda _pattern: False)
    assert [[patterns.compiled(pattern)(path) for path in paths] for pattern, paths in cases] == ours


def test_many_patterns_are_told_apart_as_one_by_one() -> None:
    told = 0
    for case in map(generated, range(300)):
        found = [patterns.Pattern(pattern) for pattern in well_formed(case)]
        found += [patterns.Pattern(f"**/{one.text}") for one in found if patterns._is_plain(one.text)]
        any_of = patterns.AnyOf(found)
        for path in case["paths"]:
            assert any_of.matches(path) is any(one.matches(path) for one in found), (path, [one.text for one in found])
            told += any_of.matches(path)
    assert told > 500


def well_formed(case: Case) -> list[str]:
    """The patterns of a generated case, none where one of them is malformed."""
    try:
        return [pattern.removeprefix("!") for pattern in parse(case["text"])]
    except ConfigError:
        return []
