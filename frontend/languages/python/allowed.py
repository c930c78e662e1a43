"""The Python that the pins of an app allow: chosen where nobody states one, checked where somebody does.

A missing wheel counts most, support that has ended next. Of Pythons that are equal in both, the one that would be used
without pins comes first, then the newest.
"""

from collections.abc import Sequence

from frontend.languages.python import table, wheels
from frontend.languages.python.pins import Pin
from frontend.languages.python.versions import PYTHON, RELEASES, Python, python_range
from frontend.plan.model import Evidence, ToolVersion
from frontend.rules import ranges
from frontend.rules.pins import SHOWN, place
from frontend.rules.pins import warning as warned
from frontend.rules.versions import Asked, choose, is_exact, key, plain

SETTING = "PYTHON_VERSION"


def python(asked: Asked | None, pins: Sequence[Pin]) -> Python:
    """The Python for an app with these pins. What is asked for as a version stays, of a range a part is chosen.

    Raises VersionError for a text that is no range.
    """
    usual = choose(PYTHON, asked)
    minor = minor_of(usual.value)
    if minor is None:
        return Python(usual)
    if asked is not None and is_exact(PYTHON, asked):
        return checked(usual, minor, pins)
    best = min(candidates(asked, minor), key=lambda one: rank(one, minor, pins), default=minor)
    deciding = [pin for pin in pins if lacks(pin, minor) and not lacks(pin, best)]
    if best == minor or not deciding:  # another platform's wheels, and what compiles, are no reason by themselves
        return checked(usual, minor, pins)
    first = next((pin for pin in deciding if lacks(pin, best + 1)), deciding[0])
    version = ToolVersion(PYTHON.name, f"3.{best}", first.specifier, "file", first.at)
    found = checked(version, best, pins)
    why = tuple(Evidence(f"Python 3.{best}", reason(pin, minor), pin.at) for pin in deciding[:SHOWN])
    return Python(version, why, found.warnings, found.hint, found.needs)


def candidates(asked: Asked | None, usual: int) -> list[int]:
    """The Pythons to choose from: all known lines, or those of a range that is asked for."""
    allowed = python_range(plain(PYTHON, asked.text)) if asked is not None else ranges.ANY
    found = [release.line for release in RELEASES if ranges.contains(allowed, release.newest)]
    return [one for one in map(minor_of, found) if one is not None] or [usual]


def rank(minor: int, usual: int, pins: Sequence[Pin]) -> tuple[int, bool, int, int, bool, int]:
    """The place of a Python among others, the best lowest."""
    concerned = [pin for pin in pins if pin.concerns(minor)]
    ended = next((one.eol <= PYTHON.date for one in RELEASES if one.line == f"3.{minor}"), False)
    without = [pin for pin in concerned if minor not in pin.wheels]
    return (
        sum(lacks(pin, minor) for pin in concerned),
        ended,
        sum(minor not in pin.others for pin in concerned if pin.name not in table.EASY),
        len(without),
        minor != usual,
        -minor,
    )


def lacks(pin: Pin, minor: int) -> bool:
    """Whether a pin stands against a Python: there is no wheel and compiling is no way out, or it is known to break."""
    if not pin.concerns(minor):
        return False
    broken = pin.broken(minor)
    if broken is not None and not (broken.needs and not broken.below):  # one of all releases is no reason to go back
        return True
    return minor not in pin.wheels and pin.name not in table.EASY


def reason(pin: Pin, minor: int) -> str:
    """Why a pin stands against a Python: "psycopg2 2.9.9 does not compile on Python 3.13"."""
    broken = pin.broken(minor)
    why = broken.why.format(python=f"3.{minor}") if broken is not None else f"has no release for Python 3.{minor}"
    return f"{pin.name} {pin.version} {why}"


def checked(version: ToolVersion, minor: int, pins: Sequence[Pin]) -> Python:
    """A Python with what pins stand against it."""
    broken = [one for pin in pins if pin.concerns(minor) for one in pin.breaks if minor > one.last]
    needs = tuple(dict.fromkeys(one.needs for one in broken if one.needs))
    against = [pin for pin in pins if lacks(pin, minor) and not cured(pin, minor)]
    if not against:
        return Python(version, needs=needs)
    told = [f"{reason(pin, minor)}{place(pin.at)}: it {has(pin)}" for pin in against]
    first = against[0]
    others = [f"{pin.name} {pin.version}{place(pin.at)} {has(pin)}" for pin in pins if stands_for(pin, minor, first)]
    hint = advice(first)
    warning = warned(told, others, first.at or version.at, hint)
    return Python(version, warnings=(warning,), hint=f"{reason(first, minor)}: it {has(first)}; {hint}", needs=needs)


def cured(pin: Pin, minor: int) -> bool:
    """Whether what a pin misses in a Python is given back to it."""
    broken = pin.broken(minor)
    return broken is not None and bool(broken.needs) and minor in pin.wheels


def stands_for(pin: Pin, minor: int, against: Pin) -> bool:
    """Whether a pin is for a Python, and for none that another pin is for."""
    return pin.concerns(minor) and not lacks(pin, minor) and not pin.working & against.working and bool(against.working)


def has(pin: Pin) -> str:
    """What Pythons a pin is for, in words."""
    return f"is for {wheels.in_words(pin.working)}" if pin.working else "has no wheel that can be used"


def advice(pin: Pin) -> str:
    """What to do about a pin that stands against the Python."""
    usable = [release.line for release in RELEASES if minor_of(release.line) in pin.working]
    update = f"update {pin.name}"
    return (
        f"{update}, or set the build-arg {SETTING}={usable[0]}" if usable else f"{update} to a release that has wheels"
    )


def minor_of(version: str) -> int | None:
    """The minor version of a Python 3; None for another."""
    numbers = key(version)
    return numbers[1] if len(numbers) > 1 and numbers[0] == 3 else None
