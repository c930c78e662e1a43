"""`make conformance`."""

from __future__ import annotations

import sys

from tests.conformance.page import FAILS, table, walk, write
from tests.lab import dotnet, hardened
from tests.lab.api import Lab
from tests.lab.keeper import door


def main() -> int:
    """Walks, prints, writes; 1 when a row fails."""
    lab = Lab.ensure()
    for name in (*hardened.TESTED[:5], *hardened.DOTNET, *dotnet.STANDARD):
        lab.ensure_image(name)
    lab.push_frontend()
    rows = walk(lab)
    write(rows)
    print(table(rows), end="")
    return int(any(FAILS in row.found.values() for row in rows))


if __name__ == "__main__":
    sys.exit(door("the conformance page", main))
