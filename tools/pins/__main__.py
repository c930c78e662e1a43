"""`python -m tools.pins --write` makes the table from the package index, `--check 300` compares it with the index."""

from __future__ import annotations

import argparse
import datetime
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

from frontend.languages.python import releases_table, table
from frontend.languages.python.versions import RELEASES
from tools.pins.index import File, releases
from tools.pins.table import WORKERS, gather, lines

NAMES = Path(__file__).with_name("names.txt")
TARGET = Path(releases_table.__file__)
HEAD = '''"""For which Pythons releases of well-known packages are, as `table.py` reads it. Made by `make pins`.

A line is a package and its break points: `numpy 1.26.0:9-12 2.1.0:10-13` says that 1.26.0 and later have wheels for
Python 3.9 to 3.12, 2.1.0 and later for 3.10 to 3.13. `8-9/8` is for x86_64 / for aarch64 where that differs.
"""

DATE = "{date}"
TABLE = """
{lines}
"""
'''
MINORS = tuple(int(release.line.partition(".")[2]) for release in RELEASES)


def main() -> int:
    """Writes the table, or compares it with the index: 1 where they differ."""
    parser = argparse.ArgumentParser(prog="python -m tools.pins", description=__doc__)
    parser.add_argument("--write", action="store_true", help="make the table")
    parser.add_argument("--check", type=int, metavar="COUNT", help="compare the table for so many exact pins")
    parser.add_argument("--seed", type=int, default=1, help="which pins are drawn")
    args = parser.parse_args()
    if args.write:
        write()
    return check(args.check, args.seed) if args.check else 0


def names() -> list[str]:
    """The packages of the table."""
    rows = NAMES.read_text().splitlines()
    return sorted({name for row in rows if not row.startswith("#") for name in row.split()})


def write() -> None:
    """Makes the table from the index."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    TARGET.write_text(HEAD.format(date=today, lines="\n".join(lines(gather(names())))))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


def check(count: int, seed: int) -> int:
    """Draws releases of the table's packages from the index, and compares what both say; 1 where something differs.

    What the index says is worked out by the tags that pip itself would accept, one interpreter at a time.
    """
    chance = random.Random(seed)
    drawn = [chance.choice(names()) for _ in range(count)]
    with ThreadPoolExecutor(WORKERS) as pool:
        found = dict(zip(set(drawn), pool.map(releases, set(drawn)), strict=True))
    wrong = 0
    for name in drawn:
        version = chance.choice(list(found[name]))
        pure = not any(platform_wheels(files) for other, files in found[name].items() if other >= version)
        expected = {minor for minor in MINORS if installs(found[name][version], minor, pure=pure)}
        known = table.pythons(name, str(version)) if has(name, str(version)) else None
        says = expected if known is None and expected == set(MINORS) else set(known[0] if known else ()) & set(MINORS)
        if says != expected and not tied(name, says, expected):
            wrong += 1
            print(f"{name} {version}: the table says {sorted(says)}, the index {sorted(expected)}")
    print(f"{count} exact pins, {wrong} differ (table of {releases_table.DATE})")
    return 1 if wrong else 0


def has(name: str, version: str) -> bool:
    """Whether the table has a release, and not only newer ones."""
    own, first = table.key(version), next((point for point, _ in table.points(name)), None)
    return own is not None and first is not None and first <= own


def tied(name: str, says: set[int], expected: set[int]) -> bool:
    """Whether a release is for fewer Pythons than its own files, by another that it is tied to."""
    return name in TIED and says < expected


TIED = ("pydantic", "celery", "kombu", "aiosqlite", "firebase-admin", "mysql-connector-python", "python-levenshtein")


def platform_wheels(files: list[File]) -> list[File]:
    """The wheels of a release with compiled parts for x86_64 Linux."""
    return [file for file in files if file.is_wheel and not file.name.endswith("-any.whl") and linux(file)]


def linux(file: File) -> bool:
    """Whether some interpreter of this machine's kind would install a wheel."""
    return any(set(parse_wheel_filename(file.name)[3]) & accepted(minor) for minor in range(2, 20))


def installs(files: list[File], minor: int, *, pure: bool) -> bool:
    """Whether an interpreter can install a release without compiling; a pure package also from its sources."""
    for file in files:
        allowed = file.requires is None or file.requires.contains(f"3.{minor}.30")
        if allowed and (pure or (file.is_wheel and set(parse_wheel_filename(file.name)[3]) & accepted(minor))):
            return True
    return False


def accepted(minor: int) -> frozenset[Tag]:
    """The tags that a CPython 3 on x86_64 Linux with a recent glibc accepts."""
    if minor not in TAGS:
        platforms = [*(f"manylinux_2_{one}_x86_64" for one in range(41, 4, -1)), *OLDER, "linux_x86_64"]
        abi = f"cp3{minor}m" if minor < 8 else f"cp3{minor}"
        tags = [*cpython_tags((3, minor), [abi], platforms), *compatible_tags((3, minor), None, platforms)]
        TAGS[minor] = frozenset(tags)
    return TAGS[minor]


OLDER = ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64")
TAGS: dict[int, frozenset[Tag]] = {}

if __name__ == "__main__":
    sys.exit(main())
