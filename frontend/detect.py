"""Which language an app is written in: every language is asked for evidence, the strongest claim wins."""

from typing import NamedTuple

from frontend.context.tree import SourceTree
from frontend.errors import DetectionError, Location, PlanError, nearest
from frontend.languages import Detected, Language, foreign, languages
from frontend.plan.model import Warning
from frontend.settings.model import Settings

SHOWN = 12  # entries of the context an error lists
CERTAIN = 3  # the strength of a claim that names a server
PROCFILE = "Procfile"
SKIPPED = ("node_modules", "vendor", "venv", ".venv", "env", "test", "tests", "docs", "examples", "scripts")


class Detection(NamedTuple):
    """The chosen language, its evidence, and the claims that lost, strongest first.

    `app` is the app's directory in the context, "" for all of it.
    """

    language: Language
    detected: Detected
    others: tuple[tuple[Language, Detected], ...] = ()
    app: str = ""

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """The doubt about a choice between equally strong claims."""
        for language, detected in self.others:
            if detected.strength == self.detected.strength == CERTAIN:
                told = detected.evidence[-1]
                message = f"this is built as a {self.language.TITLE} app, and looks like a {language.TITLE} app too"
                hint = (
                    f"LANGUAGE={language.NAME} (build-arg) builds the other; {self.language.NAME} says that it is right"
                )
                return (Warning("two-languages", f"{message}: {told.because}", told.at, hint),)
        return ()


def markers(app: str = "") -> tuple[str, ...]:
    """The paths and patterns all languages look at, for an app in the directory `app`."""
    found = dict.fromkeys(marker for language in languages() for marker in language.MARKERS)
    found |= dict.fromkeys((*foreign.MARKERS, *(f"*/{name}" for name in manifests())))
    return tuple(f"{app}/{marker}" if app else marker for marker in found)


def manifests() -> tuple[str, ...]:
    """The files that make a directory an app, of all languages."""
    return tuple(dict.fromkeys(name for language in languages() for name in language.MANIFESTS))


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
        return forced(here, settings)._replace(app=app)
    claims = [(language, claim) for language in languages() if (claim := language.detect(here)) is not None]
    claims.sort(key=lambda claim: -claim[1].strength)
    strength = claims[0][1].strength if claims else -1
    if settings.run_command is None:
        claims = started(here, app, claims)
        other = foreign.found(here, certain=strength >= CERTAIN)
        if other is not None:
            raise unknown(here, other, claims)
    if strength <= 0:
        below = nested(here, app)
        if below is not None:
            return below
    if not claims:
        raise nothing(tree, app)
    (language, detected), *others = claims
    return Detection(language, detected, tuple(others), app)


def started(here: SourceTree, app: str, claims: list[tuple[Language, Detected]]) -> list[tuple[Language, Detected]]:
    """The claims, that of the language whose program the Procfile's web process is first.

    Raises DetectionError when it is a program of a language that cannot be built yet, or that claims nothing.
    """
    for number, line in enumerate(here.read_lines(PROCFILE) or () if here.has(PROCFILE) else (), 1):
        name, colon, text = line.partition(":")
        words = [word for word in text.split() if "=" not in word] if colon and name.strip() == "web" else []
        if not words:
            continue
        at = Location(f"{app}/{PROCFILE}" if app else PROCFILE, number)
        other = foreign.of_program(words[0])
        if other is not None:
            raise DetectionError(
                f"the Procfile starts the app by {words[0]}, of {other.title}, and {other.title} cannot be built yet",
                at=at,
                hint="RUN_COMMAND names another command for the parts that can be built",
            )
        owner = next((one for one in languages() if words[0] in one.PROGRAMS), None)
        if owner is None:
            return claims
        mine = [claim for claim in claims if claim[0] is owner]
        if not mine and claims:
            raise DetectionError(
                f"the Procfile starts a {owner.TITLE} program ({words[0]}), and nothing says what it is installed from",
                at=at,
                hint=f"looked for {', '.join(owner.MARKERS[:4])}",
            )
        return mine + [claim for claim in claims if claim[0] is not owner]
    return claims


def nested(here: SourceTree, app: str) -> Detection | None:
    """The one app in a directory of a repository whose root has none; None for none, and for several of one language.

    A language that looks below itself says more of several. Raises DetectionError for apps of different languages.
    """
    found: list[tuple[str, Language, Detected]] = []
    paths = [path for name in manifests() for path in here.glob(f"*/{name}")]
    for name in sorted({path.rpartition("/")[0] for path in paths} - set(SKIPPED)):
        for language in languages():
            claim = language.detect(here.under(name))
            if claim is not None and claim.strength > 1:
                found.append((f"{app}/{name}" if app else name, language, claim))
    kinds = {language.NAME for _, language, _ in found}
    if len(kinds) > 1:
        listed = ", ".join(f"{directory} ({language.TITLE})" for directory, language, _ in found)
        raise DetectionError(
            f"this repository has {len(found)} apps: {listed}",
            hint=f"name one: PROJECT_PATH={found[0][0]} (build-arg), or app: {found[0][0]} in migetpacks.yaml",
        )
    if len(found) != 1:
        return None
    directory, language, claim = found[0]
    return Detection(language, claim, (), directory)


def unknown(
    here: SourceTree, other: tuple[foreign.Foreign, str], claims: list[tuple[Language, Detected]]
) -> DetectionError:
    """The error for an app of a language that cannot be built yet."""
    language, manifest = other
    message = f"{manifest} says that this app is written in {language.title}, and {language.title} cannot be built yet"
    if not claims:
        return DetectionError(message, at=here.line_of(manifest), hint="an app in a directory is named by PROJECT_PATH")
    (mine, detected), *_ = claims
    told = detected.evidence[0].because if detected.evidence else mine.TITLE
    return DetectionError(
        message,
        at=here.line_of(manifest),
        hint=f"LANGUAGE={mine.NAME} (build-arg) builds its {mine.TITLE} part: {told}",
    )


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
    nothing_left = getattr(tree, "nothing_left", None)
    if not names and nothing_left is not None:
        found: DetectionError = nothing_left(app)  # an ignore file may have left it all out
        return found
    if not names:
        return DetectionError(f"{where} is empty", hint="name the directory of the app, e.g. --local context=.")
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    looked = "; ".join(f"{language.TITLE}: {', '.join(language.MARKERS[:4])}" for language in languages())
    return DetectionError(
        f"nothing in {where} says what the app is written in; it holds: {shown}",
        hint=f"looked for {looked}. An app in a directory of its own is named by PROJECT_PATH",
    )
