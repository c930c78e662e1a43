"""What a language is: a module with these names, and an entry in `registry.py`, which says where it is."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.registry import Entry, named
from frontend.plan.model import Evidence, Plan, Question, Warning
from frontend.settings.model import Imported, Settings

Answer = Callable[[Question], str]
"""The answer of the build environment to a question: the text of its file. Raises SolveError, GatewayError."""

RunsOn = Callable[[str], None]
"""Takes the image that the app will run on, from a plan that knows it before all else: a registry takes its time."""

if TYPE_CHECKING:
    from typing import Protocol

    class Language(Protocol):
        """A language's module. It is imported for an app that has one of its entry's manifests or signs, for no other.

        `NAME` is its entry's name, which its plans carry.
        """

        NAME: str

        def detect(self, tree: SourceTree) -> Detected | None:
            """What says that there is an app of this language in the root of `tree`; None if nothing does.

            Looks at its entry's markers only: they have been asked for. Raises SourceError for a file it cannot read.
            """
            ...

        def plan(self, tree: SourceTree, settings: Settings, app: str = "", today: str = "") -> Plan:
            """How the app in the directory `app` of the context ("" is the root) is built and started.

            `tree` is the whole context. `today` (ISO 8601) only decides warnings. Raises BuildError.
            """
            ...

    class Asking(Protocol):
        """The module of a language whose entry says that it `asks`: its plan needs answers of the build environment."""

        def plan(self, tree: SourceTree, settings: Settings, app: str = "", today: str = "", *, answer: Answer) -> Plan:
            """As `Language.plan`. Each question is a solve of its own, cached as any step."""
            ...

    class Telling(Protocol):
        """The module of a language whose entry says that it `tells`."""

        def plan(
            self, tree: SourceTree, settings: Settings, app: str = "", today: str = "", *, runs_on: RunsOn
        ) -> Plan:
            """As `Language.plan`. It is a hint: a plan may have another image."""
            ...

    class Early(Protocol):
        """The module of a language whose entry says that it is `early`."""

        def likely_image(self, tree: SourceTree, settings: Settings, app: str) -> str:
            """The image that the app most likely runs on, by little work; "" where only a plan can say."""
            ...


class Detected:
    """A language's claim: the evidence, and how strong it is.

    `strength`: 4 an app of a framework that has a place for files of other languages, such as those of a front end, 3
    an app is certain (a start script, a framework's entry file), 2 a manifest of dependencies, 1 a file that tooling
    alone might have left, 0 files below the app's directory only, -1 what may be a part of any app: it counts where
    nothing else is found. The strongest claim wins, the registry's order
    decides between equals. `holds`: the directory is no app, but the root of several packages. `by_name`: only the
    name of a file says that something is started.
    """

    __slots__ = ("by_name", "evidence", "holds", "strength")

    def __init__(self, strength: int, *evidence: Evidence, holds: bool = False, by_name: bool = False) -> None:
        self.strength = strength
        self.evidence = evidence
        self.holds = holds
        self.by_name = by_name


def load(entry: Entry) -> Language:
    """The module of a language that can be built, imported now if it has not been."""
    return cast("Language", import_module(entry.module))


def unanswered(question: Question) -> str:
    """No answer: for a plan that is made without a build environment. Raises PlanError."""
    raise PlanError(f"the step {question.step.name} needs a build environment, which is not there")


class OtherLanguageError(PlanError):
    """The app is one of another language, which the same files make: of its name `language`, as `why` says."""

    def __init__(self, language: str, why: Evidence, message: str, *, hint: str) -> None:
        super().__init__(message, at=why.at, hint=hint)
        self.language = language
        self.why = why


def nobody(_image: str) -> None:
    """Takes the image, and asks no registry."""


def likely_image(entry: Entry, tree: SourceTree, settings: Settings, app: str) -> str:
    """The image that a registry can be asked for before the app is planned; "" for none."""
    if not entry.early or not is_standard(settings):
        return ""
    return cast("Early", import_module(entry.module)).likely_image(tree, settings, app)


def is_standard(settings: Settings) -> bool:
    """Whether the image starts from the language's own one."""
    return settings.flavour is None and settings.runtime_base is None


def planned(
    entry: Entry,
    tree: SourceTree,
    settings: Settings,
    app: str,
    today: str,
    answer: Answer,
    runs_on: RunsOn = nobody,
) -> Plan:
    """The plan of an app by its language; `runs_on` is called for a standard image only. Raises BuildError."""
    if entry.asks:
        return cast("Asking", import_module(entry.module)).plan(tree, settings, app, today, answer=answer)
    try:
        if entry.tells and is_standard(settings):
            return cast("Telling", import_module(entry.module)).plan(tree, settings, app, today, runs_on=runs_on)
        return load(entry).plan(tree, settings, app, today)
    except OtherLanguageError as error:
        other = named(error.language)
        if other is None or settings.language is not None:
            raise
        plan = load(other).plan(tree, settings, app, today)
        return structs.replace(plan, evidence=(error.why, *plan.evidence))


def evidence(detected: Detected, entry: Entry, language: str) -> tuple[Evidence, ...]:
    """The evidence of a claim of the language `entry`, in the name of the language that made the plan of it."""
    other = named(language)
    if other is None or other.kin != entry.name:
        return detected.evidence
    return tuple(
        structs.replace(one, what=other.title) if one.what == entry.title else one for one in detected.evidence
    )


class Lacking(Struct, frozen=True):
    """What a language's `lacking(files, runtime)` finds in a built image, if its plan has `imports`.

    Its `begin(files, runtime)`, where it has one, is called before, and waits for no answer.
    `imported` are packages for a second plan. `warnings` are for processes that will miss something.
    """

    imported: tuple[Imported, ...] = ()
    warnings: tuple[Warning, ...] = ()
