"""What the app's sources import of that which comes with Python's own image, and which a virtual environment lacks."""

import re
from typing import NamedTuple

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import app_candidates
from frontend.languages.python.versions import SETUPTOOLS

MODULES = {"pip": "pip", "pkg_resources": SETUPTOOLS, "setuptools": SETUPTOOLS, "distutils": SETUPTOOLS}
IMPORT = re.compile(r"(?:import|from)\s+(pip|pkg_resources|setuptools|distutils)(?![\w])")
MAX_FILES = 60  # read for it


class Imported(NamedTuple):
    """A requirement that has a module which the sources import at `at`."""

    requirement: str
    module: str
    at: Location


def needed(tree: SourceTree, names: frozenset[str], *, has_setuptools: bool) -> tuple[Imported, ...]:
    """What is to be installed for imports that a file begins a line with: others may be tried. Each once.

    `names` are the packages that are installed.
    """
    found: dict[str, Imported] = {}
    for path in app_candidates.files(tree)[0][:MAX_FILES]:
        text = tree.read_text(path) or ""
        for number, row in enumerate(text.splitlines(), 1) if any(name in text for name in MODULES) else ():
            match = IMPORT.match(row)
            if match is not None:
                requirement = MODULES[match[1]]
                found.setdefault(requirement, Imported(requirement, match[1], tree.at(path, number)))
    there = {"pip": "pip" in names, SETUPTOOLS: "setuptools" in names or has_setuptools}
    return tuple(one for one in found.values() if not there[one.requirement])
