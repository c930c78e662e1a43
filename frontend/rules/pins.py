"""What pins say of a runtime's version, in words: shared by the languages that choose one by them."""

from collections.abc import Sequence

from frontend.errors import Location
from frontend.plan.model import Warning

SHOWN = 4  # pins in a message


def place(at: Location | None) -> str:
    """A place in a sentence: " (requirements.txt:7)"."""
    if at is None:
        return ""
    return f" ({at.file}:{at.line})" if at.line else f" ({at.file})"


def warning(against: Sequence[str], others: Sequence[str], at: Location | None, hint: str) -> Warning:
    """The warning for pins `against` the version that is used; `others` are for it, and for none that those are for."""
    told = "; ".join(against[:SHOWN])
    more = f"; and {len(against) - SHOWN} more" if len(against) > SHOWN else ""
    because = "".join(f"; {one}" for one in others[:SHOWN])
    return Warning("pin-without-release", f"{told}{more}{because}", at, hint)
