"""The doubts about lockfiles, in the same words for every package manager: there is none, or one that is not used."""

from collections.abc import Sequence

from frontend.errors import Location
from frontend.plan.model import Warning


def missing(manager: str, lockfile: str, command: str, at: Location | None) -> Warning:
    """A project has no lockfile; `command` makes the one that its manager enforces."""
    return Warning(
        "no-lockfile",
        f"no lockfile: {manager} resolves versions again on every build",
        at,
        f"run {command} and commit {lockfile}",
    )


def unused(others: Sequence[Location], used: str, manager: str) -> tuple[Warning, ...]:
    """Lockfiles beside the one that is `used`, or of other managers than the one that is set ("" for no lockfile)."""
    because = f"{used} is used" if used else f"the package manager is {manager}"
    names = [at.file.rpartition("/")[2] for at in others]
    hints = [f"delete {name}, or {used}" if used else f"delete {name}" for name in names]
    return tuple(
        Warning("second-lockfile", f"{name} is not used: {because}", at, hint)
        for name, at, hint in zip(names, others, hints, strict=True)
    )
