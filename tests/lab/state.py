"""What a lab remembers between commands: its port, whether it uses real registries, and its frontend image.

Losing the record loses nothing else: `down` finds everything without it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from tests.lab.place import Place, locked
from tests.lab.shared import write_text


@dataclass(frozen=True)
class State:
    """`port` of the registry and `gems`, that of the gem registry: 0 when there is none.

    `frontend` is the digest of the frontend image's inputs.
    """

    port: int = 0
    live: bool = False
    frontend: str = ""
    gems: int = 0


def read(place: Place) -> State:
    """The record; an empty one when there is none or it was cut off while it was written."""
    try:
        value = json.loads(place.state_file.read_text())
        return State(int(value["port"]), bool(value["live"]), str(value["frontend"]), int(value.get("gems", 0)))
    except (OSError, ValueError, KeyError, TypeError):
        return State()


def change(place: Place, **changes: object) -> State:
    """Writes the record with some fields changed."""
    with locked(place.lab / "state.lock"):
        state = replace(read(place), **changes)  # type: ignore[arg-type]
        write_text(place.state_file, json.dumps(asdict(state)) + "\n")
    return state
