"""npm's version ranges, by the library semantic-version.

The library asks for its own version when it is imported, which needs its metadata files and costs more than the library
itself: while it is imported, nobody answers.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from semantic_version import NpmSpec, Version

METADATA = "importlib.metadata"


def library() -> "tuple[type[NpmSpec], type[Version]]":
    """The library's classes for a range and for a version."""
    if "semantic_version" not in sys.modules:
        held = sys.modules.get(METADATA)
        silent = ModuleType(METADATA)
        silent.version = lambda _name: ""  # type: ignore[attr-defined]
        sys.modules[METADATA] = silent
        try:
            import semantic_version  # noqa: F401
        finally:
            del sys.modules[METADATA]
            if held is not None:
                sys.modules[METADATA] = held
    from semantic_version import NpmSpec, Version

    return NpmSpec, Version
