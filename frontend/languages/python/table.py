"""What is known of the releases of well-known packages: the Pythons they are for, and where some do not work.

The module is imported for an app that pins packages; the table itself is `releases_table.py`.
"""

from msgspec import Struct

from frontend.languages.python import wheels
from frontend.languages.python.releases_table import TABLE
from frontend.languages.python.versions import SETUPTOOLS
from frontend.languages.python.wheels import Minors
from frontend.rules import ranges
from frontend.rules.ranges import Range

OF_SETUPTOOLS = "imports pkg_resources, which Python {python} does not have"
COLLECTIONS = "imports names from collections that Python {python} has in collections.abc"
FINDERS = "has modules that only finders of before Python 3.12 find"
GONE = "imports {module}, which Python {python} does not have"
# Packages that are compiled in seconds, or go without their compiled parts where that fails: no Python is chosen for a
# wheel of theirs that leaves support.
EASY = frozenset(
    "billiard charset-normalizer coverage crcmod lazy-object-proxy markupsafe msgpack peewee psutil pyrsistent "
    "setproctitle simplejson sqlalchemy tornado websockets wrapt zope-interface".split()
)


class Break(Struct, frozen=True):
    """Releases that need an older Python than their files say: those below `below`, and from `since` on, and the last
    Python that has what they need. `needs` is a package that gives it back."""

    name: str
    below: str
    last: int
    why: str
    needs: str = ""
    since: str = ""


# Looked up in the sources of the releases until 2026-11-29; psycopg2's 2.9.10 is from public reports of its failing
# build. Those of django, future, jinja2, six, urllib3 and werkzeug were run with CPython 3.9 to 3.13: Django with
# migrations, a login and a translated page. `below` "" is for all releases.
BREAKS: tuple[Break, ...] = (
    *(Break(name, "2.8", 7, "does not compile on Python {python}") for name in ("psycopg2", "psycopg2-binary")),
    *(Break(name, "2.8.6", 10, "does not compile on Python {python}") for name in ("psycopg2", "psycopg2-binary")),
    Break("psycopg2", "2.9.10", 12, "does not compile on Python {python}"),
    Break("eth-account", "0.5.8", 9, "needs a bitarray that does not compile on Python {python}"),
    Break("sqlalchemy", "2.0.31", 12, "refuses attributes that classes of Python {python} have", since="2.0.0"),
    Break("django", "2.2", 10, "calls gettext as Python {python} does not allow"),
    Break("apscheduler", "3.6.0", 9, COLLECTIONS),
    Break("flask", "1.0.3", 9, COLLECTIONS),
    Break("flask-wtf", "0.14.3", 9, COLLECTIONS),
    Break("django", "2.1", 9, COLLECTIONS),
    Break("jinja2", "2.10.2", 9, COLLECTIONS),
    Break("werkzeug", "0.15.0", 9, COLLECTIONS),
    Break("six", "1.16.0", 11, FINDERS),
    Break("urllib3", "1.26.5", 11, FINDERS),
    *(
        Break(name, below, 11, OF_SETUPTOOLS, SETUPTOOLS)
        for name, below in (
            ("apscheduler", "3.10.2"),
            ("djangorestframework-simplejwt", "5.3.1"),
            ("drf-yasg", "1.21.8"),
            ("fs", ""),
            ("google-api-core", "2.7.2"),
            ("google-cloud-storage", "2.3.0"),
            ("gunicorn", "21.0.0"),
            ("humanize", "3.12.0"),
            ("pyramid", "2.1"),
            ("razorpay", "2.0.0"),
            ("supervisor", "4.3.0"),
        )
    ),
    *(
        Break(name, below, last, GONE.format(module=module, python="{python}"))
        for name, below, last, module in (
            ("django", "3.2.9", 11, "distutils"),
            ("django", "4.1", 12, "cgi"),
            ("eventlet", "0.34.1", 11, "distutils"),
            ("future", "1.0.0", 11, "imp"),
            ("google-cloud-storage", "2.8.0", 12, "cgi"),
            ("gunicorn", "19.8.0", 12, "cgi"),
            ("jieba", "0.41", 11, "imp"),
            ("pyramid", "1.10.8", 11, "imp"),
            ("python-telegram-bot", "20.0", 12, "imghdr"),
            ("supervisor", "4.2.5", 11, "asynchat"),
            ("tweepy", "4.15.0", 12, "imghdr"),
        )
    ),
)


def pythons(name: str, version: str) -> tuple[Minors, Minors] | None:
    """The Pythons that a release is for, on x86_64 and on aarch64; None where nothing is known, or no limit is.

    An older release than the table has is for no newer Python than the first of those that it has.
    """
    known, wanted = points(name), key(version)
    if not known or wanted is None:
        return None
    own = [text for point, text in known if point <= wanted]
    first, slash, second = (own[-1] if own else known[0][1]).partition("/")
    x86_64, aarch64 = wheels.of_text(first), wheels.of_text(second if slash else first)
    if own:
        return x86_64, aarch64
    return (wheels.up_to(x86_64), wheels.up_to(aarch64)) if x86_64 else None


def ended(specifier: str) -> Range | None:
    """The versions that a specifier allows; None for one without an end, and one that cannot be read."""
    try:
        allowed = ranges.pep440(specifier)
    except ValueError:
        return None
    return allowed if allowed and ranges.highest(allowed).high is not None else None


def pythons_of_range(name: str, allowed: Range) -> tuple[Minors, Minors] | None:
    """The Pythons that some release in a range is for, on x86_64 and on aarch64; None where nothing is known."""
    known = points(name)
    if not known:
        return None
    ends = [*(point for point, _ in known[1:]), None]
    found = [text for (point, text), end in zip(known, ends, strict=True) if between(allowed, point, end)]
    if not found:
        return None
    pairs = [text.partition("/") for text in found]
    x86_64 = [wheels.of_text(first) for first, _, _ in pairs]
    aarch64 = [wheels.of_text(second if slash else first) for first, slash, second in pairs]
    return wheels.NONE.union(*x86_64), wheels.NONE.union(*aarch64)


def between(allowed: Range, first: tuple[object, ...], end: tuple[object, ...] | None) -> bool:
    """Whether a range has something of the releases from `first` on, before `end`; None for all that follow."""
    return any(
        (one.high is None or one.high.key > first or (one.high.key == first and one.has_high))
        and (end is None or one.low is None or one.low.key < end)
        for one in allowed
    )


def points(name: str) -> list[tuple[tuple[object, ...], str]]:
    """The break points of a package: the release that each begins with, and its Pythons as text."""
    start = TABLE.find(f"\n{name} ")
    if start < 0:
        return []
    entries = TABLE[start + len(name) + 2 : TABLE.index("\n", start + 1)].split(" ")
    pairs = ((key(since), text) for since, _, text in (entry.partition(":") for entry in entries))
    return [(point, text) for point, text in pairs if point is not None]


def breaks(name: str, version: str) -> tuple[Break, ...]:
    """The known breaks of a release."""
    wanted = key(version)
    if wanted is None:
        return ()
    return tuple(
        one
        for one in BREAKS
        if one.name == name
        and (not one.below or wanted < ranges.release_key(one.below))
        and (not one.since or wanted >= ranges.release_key(one.since))
    )


def breaks_of_range(name: str, allowed: Range) -> tuple[Break, ...]:
    """The known breaks of all releases in a range."""
    end = ranges.highest(allowed).high
    found = []
    for one in BREAKS:
        if one.name == name and one.below and end is not None and not one.since:
            last, has = ranges.release_key(one.below), ranges.highest(allowed).has_high
            found += [one] if end.key < last or (end.key == last and not has) else []
    return tuple(found)


def key(version: str) -> tuple[object, ...] | None:
    """A version for comparing (PEP 440); None for a pre-release and for what is no version."""
    try:
        return ranges.release_key(version)
    except ValueError:
        return None
