"""What a language is: a module with these names. The registry in `frontend.languages` is a tuple of such modules."""

from typing import Protocol

from frontend.context.tree import SourceTree
from frontend.plan.model import Evidence, Plan
from frontend.settings.model import Settings


class Language(Protocol):
    """A language module.

    `NAME` is what the setting `language` says, `TITLE` what a sentence says. `ALIASES` are other accepted names.
    `MARKERS` are the paths and patterns `detect` looks at: all languages' markers come in one request. `WANTED` are
    those `plan` will look at: asked for in one request once the language is chosen. `PROGRAMS` are what a Procfile
    starts apps of this language by, `MANIFESTS` the files that make a directory an app.
    """

    NAME: str
    TITLE: str
    ALIASES: tuple[str, ...]
    MARKERS: tuple[str, ...]
    WANTED: tuple[str, ...]
    PROGRAMS: frozenset[str]
    MANIFESTS: tuple[str, ...]

    def detect(self, tree: SourceTree) -> "Detected | None":
        """Whether the tree holds an app of this language; None if not."""
        ...

    def plan(self, tree: SourceTree, settings: Settings, app: str = "", today: str = "") -> Plan:
        """How the app in the directory `app` of the context ("" is the root) is built and started.

        `tree` is the whole context. `today` (ISO 8601) only decides warnings. Raises BuildError.
        """
        ...


class Detected:
    """A language's claim: the evidence, and how strong it is.

    `strength`: 3 an app is certain (a start script, a framework's entry file), 2 a manifest of dependencies,
    1 a file that tooling alone might have left. The strongest claim wins, the registry's order decides between equals.
    """

    __slots__ = ("evidence", "strength")

    def __init__(self, strength: int, *evidence: Evidence) -> None:
        self.strength = strength
        self.evidence = evidence
