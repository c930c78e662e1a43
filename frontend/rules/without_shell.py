"""What an app's own code starts that an image without a shell cannot: shells, and scripts whose `#!` line needs
/usr/bin/env.

Commands of processes have their interpreter named when the image is built (frontend/commands/hardened.py); code that
starts a program by itself has not.
"""

from collections.abc import Sequence

from msgspec import Struct

from frontend.errors import Location
from frontend.plan.model import Warning

LACKS = "which this image cannot run: it has no shell and no /usr/bin/env"


class Start(Struct, frozen=True):
    """A call that starts a program: which, as it is told, where, and whether the caller ends by it."""

    program: str
    at: Location
    ends: bool = False


def shell(text: str) -> str:
    """How a shell is told that runs a text, "" or some words."""
    words = text.split()
    return f"a shell ({words[0]})" if words and words[0].replace("/", "").replace("-", "").isalnum() else "a shell"


def doubt(found: Sequence[Start], way_out: str) -> tuple[Warning, ...]:
    """The warning for such calls, at the first of them; () for none. `way_out` is how the code can do without."""
    if not found:
        return ()
    names = ", ".join(dict.fromkeys(one.program for one in found))
    hint = f"{way_out}; with FLAVOUR=standard the image has both"
    return (Warning("code-starts-scripts", f"the code starts {names}, {LACKS}", found[0].at, hint),)
