"""Ranges, against the tools that define them: npm's own library by a table it made, PEP 440 by `packaging`."""

import random
from pathlib import Path

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from frontend.rules import ranges

TABLE = Path(__file__).parent / "data" / "npm-ranges.tsv"  # made by npm-ranges.js beside it
GEMS = Path(__file__).parent / "data" / "gem-ranges.tsv"  # made by gem-ranges.rb beside it
PYTHONS = (
    "2.7.18 3.0.0 3.1.4 3.8.20 3.9.0 3.9.25 3.10.0 3.10.1 3.11.0 3.11.17 3.12.0 3.12.4 3.13.0 3.13.15 3.14.0 4.1.0"
).split()


def test_semver_s_ranges_are_what_semver_says() -> None:
    head, *rows = TABLE.read_text().removesuffix("\n").split("\n")
    versions = head.removeprefix("# ").split()
    assert len(rows) > 800
    for row in rows:
        bits, text = row.split("\t", 1)
        expected = None if bits == "-" else [bit == "1" for bit in f"{int(bits, 16):0{len(versions)}b}"]
        try:
            allowed = ranges.semver(text)
            answer = [ranges.contains(allowed, version) for version in versions]
        except ValueError:
            answer = None
        assert answer == expected, text


def test_gem_requirements_are_what_rubygems_says() -> None:
    head, *rows = GEMS.read_text().removesuffix("\n").split("\n")
    versions = head.removeprefix("# ").split()
    assert len(rows) > 500
    for row in rows:
        bits, text = row.split("\t", 1)
        try:
            allowed = ranges.gem(text)
            answer = "".join("1" if ranges.contains(allowed, version) else "0" for version in versions)
        except ValueError:
            answer = "-"
        assert answer == bits, text


def specifier(dice: random.Random) -> str:
    operator = dice.choice([">=", ">=", ">", "<", "<", "<=", "==", "!=", "~="])
    version = dice.choice(
        "3 4 3.8 3.9 3.10 3.11 3.12 3.13 3.9.0 3.11.4 3.13.15 3.14.0rc1 3.13.0.dev1 3.12.4.post1 v3.11".split()
    )
    wild = operator in ("==", "!=") and dice.random() < 0.5 and version.replace(".", "").isdigit()
    return f"{operator}{dice.choice(['', ' ', '  '])}{version}{'.*' if wild else ''}"


def test_pep_440_s_specifiers_are_what_packaging_says() -> None:
    dice = random.Random(440)
    for _ in range(1500):
        text = dice.choice([",", " , "]).join(specifier(dice) for _ in range(dice.randint(1, 3)))
        try:
            known = SpecifierSet(text)
            expected = [known.contains(version) for version in PYTHONS]
        except InvalidSpecifier:
            expected = None
        try:
            allowed = ranges.pep440(text)
            answer = [ranges.contains(allowed, version) for version in PYTHONS]
        except ValueError:
            answer = None
        assert answer == expected, text


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [  # https://python-poetry.org/docs/dependency-specification/#version-constraints
        ("^3.10", "3.14.0", "4.0.0"),
        ("^0.2.3", "0.2.9", "0.3.0"),
        ("~3.12", "3.12.9", "3.13.0"),
        ("~3", "3.13.0", "4.0.0"),
        ("~3.11.2", "3.11.9", "3.12.0"),
        ("3.12", "3.12.4", "3.13.0"),
        ("^3.9 || ^4.0", "4.1.0", "3.8.0"),
        ("~3.9|~3.11", "3.11.0", "3.10.0"),
        (">=3.9   <3.12", "3.11.9", "3.12.0"),
        (">= 3.9,!=3.10.*", "3.11.0", "3.10.4"),
        ("*", "3.0.0", ""),
        ("", "3.0.0", ""),
        ("3.x", "3.0.0", "4.0.0"),
    ],
)
def test_poetry_s_constraints(text: str, inside: str, outside: str) -> None:
    allowed = ranges.pep440(text)
    assert ranges.contains(allowed, inside)
    assert not outside or not ranges.contains(allowed, outside)


@pytest.mark.parametrize("text", ["^three", ">=", "3.8 - 3.11", "pypy3.10", "3.x.1", ">=3.11.*", "~=3", "=>3.9"])
def test_what_is_no_constraint(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        ranges.pep440(text)


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("^2.1", ">=2.1,<3"),
        ("~1.7", ">=1.7,<1.8"),
        (">=1,<2 || >=3,<4", ">=3,<4"),
        ("*", ""),
        ("1.8.3", ">=1.8.3,<=1.8.3"),
    ],
)
def test_a_range_as_pip_takes_it(text: str, requirement: str) -> None:
    assert ranges.requirement(ranges.pep440(text)) == requirement
