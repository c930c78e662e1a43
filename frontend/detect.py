"""Which language an app is written in: every language is asked for evidence, the strongest claim wins."""

from typing import NamedTuple

from frontend.errors import DetectionError, PlanError, nearest
from frontend.languages import Detected, Language, languages
from frontend.settings import Settings
from frontend.source import SourceTree

SHOWN = 12  # entries of the context an error lists


class Detection(NamedTuple):
    """The chosen language, its evidence, and the claims that lost, strongest first."""

    language: Language
    detected: Detected
    others: tuple[tuple[Language, Detected], ...] = ()


def markers(app: str = "") -> tuple[str, ...]:
    """The paths and patterns all languages look at, for an app in the directory `app`."""
    found = dict.fromkeys(marker for language in languages() for marker in language.MARKERS)
    return tuple(f"{app}/{marker}" if app else marker for marker in found)


def choose(tree: SourceTree, settings: Settings) -> Detection:
    """The language of the app. Raises DetectionError when nothing matches, or the setting names no language."""
    app = settings.app.value if settings.app else ""
    here = tree.under(app)
    if app and not tree.is_dir(app):
        raise PlanError(
            f"there is no directory {app} in the build context",
            at=settings.app.at if settings.app else None,
            hint="PROJECT_PATH is relative to the root of the context",
        )
    if settings.language is not None:
        return forced(here, settings)
    claims = [(language, claim) for language in languages() if (claim := language.detect(here)) is not None]
    if not claims:
        raise nothing(tree, app)
    claims.sort(key=lambda claim: -claim[1].strength)
    (language, detected), *others = claims
    return Detection(language, detected, tuple(others))


def forced(tree: SourceTree, settings: Settings) -> Detection:
    """The language that the setting names, with its own evidence if it finds any."""
    setting = settings.language
    assert setting is not None
    known = {name: language for language in languages() for name in (language.NAME, *language.ALIASES)}
    language = known.get(setting.value.casefold())
    if language is None:
        close = nearest(setting.value, tuple(known))
        listed = ", ".join(language.NAME for language in languages())
        raise DetectionError(
            f'unknown language "{setting.value}"',
            at=setting.at,
            hint=f"did you mean {close}? Known: {listed}" if close else f"known: {listed}",
        )
    return Detection(language, language.detect(tree) or Detected(0))


def nothing(tree: SourceTree, app: str) -> DetectionError:
    """The error for an app no language knows: what was looked for, and what is there."""
    listing = getattr(tree, "listing", None)
    names = list(listing(app)) if listing is not None else sorted(tree.entries(app))
    where = f"the directory {app}" if app else "the build context"
    if not names:
        return DetectionError(f"{where} is empty", hint="name the directory of the app, e.g. --local context=.")
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    looked = "; ".join(f"{language.TITLE}: {', '.join(language.MARKERS[:4])}" for language in languages())
    return DetectionError(
        f"nothing in {where} says what the app is written in; it holds: {shown}",
        hint=f"looked for {looked}. An app in a directory of its own is named by PROJECT_PATH",
    )
