"""Which Pythons the files of a release are for, by their names, and sets of minor versions as text.

A Python 3 is its minor version: 12 is 3.12. A set that goes on for ever ends with LAST.
Source: https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
"""

from collections.abc import Iterable

FIRST, LAST = 7, 39  # older ones cannot be built
X86_64, AARCH64 = "x86_64", "aarch64"
Minors = frozenset[int]
NONE: Minors = frozenset()
ALL: Minors = frozenset(range(FIRST, LAST + 1))


def minors(names: Iterable[str], machine: str) -> Minors:
    """The Pythons that a release has wheels for, on Linux with glibc, by the names of its files."""
    found = NONE
    for name in names:
        if name.endswith(".whl"):
            found |= of_wheel(name, machine)
    return found


def of_wheel(name: str, machine: str) -> Minors:
    """The Pythons that a wheel is for: `x-1.0-cp312-cp312-manylinux_2_17_x86_64.whl` for 3.12."""
    parts = name.removesuffix(".whl").rsplit("-", 3)
    if len(parts) != 4 or not any(fits(platform, machine) for platform in parts[3].split(".")):
        return NONE
    found = NONE
    for abi in parts[2].split("."):
        for python in parts[1].split("."):
            found |= of_tag(python, abi)
    return found


def fits(platform: str, machine: str) -> bool:
    """Whether a platform tag is that of a machine: `manylinux2014_x86_64`, `linux_x86_64`, `any`."""
    return platform == "any" or (platform.startswith(("manylinux", "linux")) and platform.endswith(f"_{machine}"))


def of_tag(python: str, abi: str) -> Minors:
    """The Pythons of a pair of tags: (cp312, cp312) and (cp312, none) 3.12, (cp38, abi3) 3.8 and later, (py3, none)."""
    kind, number = python[:2], python[3:]
    if python[2:3] != "3" or not (number.isdigit() or (kind == "py" and not number)):
        return NONE
    minor = int(number or 0)
    if (kind == "cp" and abi == "abi3") or (kind == "py" and abi == "none"):
        return frozenset(range(max(minor, FIRST), LAST + 1))
    own = kind == "cp" and abi in ("none", python, f"{python}m") and minor >= FIRST
    return frozenset((minor,)) if own else NONE


def text_of(found: Minors) -> str:
    """A set as text: "8-12", "9-" up to whatever comes, "8,10-11", "" for none."""
    parts: list[str] = []
    for minor in sorted(found):
        if minor - 1 in found:
            continue
        end = next(one for one in range(minor, LAST + 2) if one + 1 not in found)
        parts.append(str(minor) if end == minor else f"{minor}-" if end == LAST else f"{minor}-{end}")
    return ",".join(parts)


def of_text(text: str) -> Minors:
    """The set that `text_of` wrote."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, dash, last = part.partition("-")
        found.update(range(int(first), (int(last or LAST) if dash else int(first)) + 1))
    return frozenset(found)


def up_to(found: Minors) -> Minors:
    """All Pythons that are not newer than the newest of a set."""
    return frozenset(range(FIRST, max(found, default=FIRST - 1) + 1))


def in_words(found: Minors) -> str:
    """A set for a sentence: "Python 3.8 to 3.12", "Python 3.9 and later", "no Python from 3.8 on"."""
    parts = []
    for part in text_of(found).split(","):
        first, dash, last = part.partition("-")
        rest = "" if not dash else f" to 3.{last}" if last else " and later"
        parts.append(f"3.{first}{rest}" if first else "")
    return f"Python {', '.join(parts)}" if found else f"no Python from 3.{FIRST} on"
