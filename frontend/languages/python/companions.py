"""Releases that do not run with newer releases of what they depend on, although they ask for no older ones."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from frontend.errors import Location
from frontend.languages.python.requirements import Requirement
from frontend.plan.model import Warning
from frontend.rules.versions import key


class Companions(Struct, frozen=True):
    """What releases below `below` run with: requirements that they do not state."""

    name: str
    below: str
    needs: tuple[str, ...]


# Run on 2026-11-30 with CPython 3.9, the releases on both sides of each limit: an app with a template, a session and a
# table works with these, and not without. SQLAlchemy 1.4 is that of Flask-SQLAlchemy 2.5 by its changes.
# Flask 1.1.3 and 1.1.4 state the others of Flask 1 themselves.
KNOWN = (
    Companions("flask", "1.1.3", ("werkzeug<2", "jinja2<3", "itsdangerous<2", "click<8", "markupsafe<2.1")),
    Companions("flask", "2.0", ("markupsafe<2.1",)),
    Companions("flask", "2.2.5", ("werkzeug<3",)),
    Companions("flask-login", "0.6.0", ("werkzeug<2.1",)),
    Companions("flask-login", "0.6.3", ("werkzeug<3",)),
    Companions("flask-sqlalchemy", "2.5", ("sqlalchemy<1.4",)),
    Companions("flask-sqlalchemy", "3.0.2", ("sqlalchemy<2",)),
)


class Found(Struct, frozen=True):
    """Requirements that a pinned package needs besides, and where it is pinned."""

    pin: str
    needs: tuple[str, ...]
    at: Location | None


def find(direct: Iterable[Requirement], named: frozenset[str]) -> Iterator[Found]:
    """What the pinned packages need besides what is `named`, of an app without a lockfile."""
    for one in direct:
        known = next((row for row in KNOWN if row.name == one.name and key(one.pin) < key(row.below)), None)
        needs = tuple(need for need in known.needs if need.partition("<")[0] not in named) if known else ()
        if needs and one.pin[:1].isdigit():
            yield Found(f"{one.name} {one.pin}", needs, one.at)


def told(found: Iterable[Found]) -> Iterator[Warning]:
    """The warnings that say what is installed."""
    for one in found:
        needs = ", ".join(one.needs)
        message = f"{one.pin} does not run with the newest releases of what it depends on: {needs} is installed"
        yield Warning("companions", message, one.at, "list them beside it, or update it")
