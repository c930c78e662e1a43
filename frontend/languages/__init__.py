"""The languages, in the order that decides between equally strong claims. A new one is a module and a line here.

A module is imported when it is first needed: what was not asked for costs no build any time.
"""

from importlib import import_module
from typing import cast

from frontend.languages.base import Detected, Language

MODULES = ("node", "python")

__all__ = ["MODULES", "Detected", "Language", "languages"]


def languages() -> tuple[Language, ...]:
    """All language modules, in order."""
    return tuple(cast(Language, import_module(f"frontend.languages.{name}")) for name in MODULES)
