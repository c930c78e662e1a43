"""Which language an app is written in: each that the root's names speak for is asked, the strongest claim wins.

The registry decides which languages are asked, so that the modules of the others are not imported.
"""

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.deploy.formats import MARKERS
from frontend.errors import DetectionError, PlanError, nearest
from frontend.languages import registry
from frontend.languages.base import Detected, load
from frontend.languages.registry import STATIC, Entry
from frontend.paths import within
from frontend.plan.model import FromContext, Plan, Warning
from frontend.rules.monorepo import App, SeveralAppsError
from frontend.settings.model import Setting, Settings

SHOWN = 12  # entries of the context an error lists
PAGE = "index.html"
CERTAIN = 3  # the strength of a claim that names a server
SITE_APART = "site-apart"  # the code of a language's own warning about a directory
LIKELY = 2  # of one that has more than what tooling may have left
GATHERED = ("apps", "packages", "services")  # directories that hold the packages of a repository
SKIPPED = ("test", "tests", "docs", "examples", "scripts")  # directories whose manifests are of no app


class Claim(Struct, frozen=True):
    """A language, and why an app may be one of it."""

    language: Entry
    detected: Detected


class Detection(Struct, frozen=True):
    """The chosen language, its evidence, and the claims that lost, strongest first.

    `app` is the app's directory in the context, "" for all of it.
    """

    language: Entry
    detected: Detected
    others: tuple[Claim, ...] = ()
    app: str = ""

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """The doubt about a choice between equally strong claims."""
        for other in self.others:
            if other.detected.strength == self.detected.strength == CERTAIN:
                told, language = other.detected.evidence[-1], other.language
                message = f"building as {self.language.title}, although it also looks like {language.title}"
                hint = (
                    f"LANGUAGE={language.name} (build-arg) builds the other; "
                    f"LANGUAGE={self.language.name} silences this warning"
                )
                return (Warning("two-languages", f"{message}: {told.because}", told.at, hint),)
        return ()


def prepare() -> None:
    """Imports what every language uses, while the client loads what detection looks at."""
    from frontend.commands import options, procfile, script, unwrap  # noqa: F401
    from frontend.rules import version_files, versions  # noqa: F401


def markers(app: str = "") -> tuple[str, ...]:
    """The paths and patterns all languages look at, for an app in the directory `app`, and files for platforms."""
    found = dict.fromkeys(marker for entry in registry.ENTRIES for marker in entry.markers)
    found |= dict.fromkeys(f"*/{name}" for name in manifests())
    found |= dict.fromkeys(MARKERS)
    return (*(f"{app}/{marker}" if app else marker for marker in found), *(MARKERS if app else ()))


def likely(app: str = "") -> tuple[str, ...]:
    """The paths and patterns that the plan of some language looks at, for an app in the directory `app`."""
    found = dict.fromkeys(path for entry in registry.built() for path in entry.wanted)
    return tuple(within(app, path) for path in found)


def manifests() -> tuple[str, ...]:
    """The files that make a directory an app, of all languages that can be built."""
    return tuple(dict.fromkeys(name for entry in registry.built() for name in entry.manifests))


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
        return forced(here, app, settings.language)
    every = likely_first(claimed(here), settings)
    claims = [claim for claim in every if claim.detected.strength >= 0]
    spare = [claim for claim in every if claim not in claims]
    strength = max((claim.detected.strength for claim in claims), default=-1)
    if settings.run_command is None:
        claims = started(here, claims, settings)
        other = unbuilt(here, certain=strength >= CERTAIN)
        if other is not None:
            raise unknown(here, other, claims)
    if strength <= 0:
        inside = nested(here, app, claims, with_page=any(claim.language is STATIC for claim in spare))
        if inside is not None:
            return inside
        if (deep := further_down(here, app)) is not None:  # a claim of no strength is one of tools
            return deep
        refuse_unlisted(here, app, claims)
        if not spare and settings.run_command is None and (alone := pages(here, app, settings)) is not None:
            return alone
        claims = [*spare, *claims] if settings.run_command is None else [*claims, *spare]
    if claims and claims[0].detected.holds:
        refuse_others(here, app, claims[0].language)
    if not claims:
        raise nothing(tree, app)
    first, *others = claims
    if settings.likely is not None and registry.named(settings.likely.value) is first.language:
        others = []  # the choice is no guess
    return Detection(first.language, first.detected, tuple(others), app)


def claimed(tree: SourceTree) -> list[Claim]:
    """The claims on a directory, the strongest first. A language of which nothing is there is not imported."""
    asked = (entry for entry in registry.built() if any(there(tree, path) for path in (*entry.manifests, *entry.signs)))
    claims = [Claim(entry, claim) for entry in asked if (claim := load(entry).detect(tree)) is not None]
    return sorted(claims, key=lambda claim: -claim.detected.strength)


def likely_first(claims: list[Claim], settings: Settings) -> list[Claim]:
    """The claims, that of the language which a file for another platform names first, unless it is below the app."""
    entry = registry.named(settings.likely.value) if settings.likely is not None else None
    own = [claim for claim in claims if claim.language is entry and claim.detected.strength]
    return own + [claim for claim in claims if claim not in own]


def there(tree: SourceTree, pattern: str) -> str | None:
    """The first file of a pattern or path; None when there is none."""
    if "*" in pattern:
        return next(iter(tree.glob(pattern)), None)
    return pattern if tree.has(pattern) else None


def unbuilt(tree: SourceTree, *, certain: bool) -> tuple[Entry, str] | None:
    """The first language that cannot be built whose manifest is there, with that file; None for none.

    `certain` asks for a path beside it that only an app of this language has.
    """
    for entry in registry.ENTRIES:
        found = None if entry.module else next(filter(None, (there(tree, path) for path in entry.manifests)), None)
        if found is not None and (not certain or any(tree.is_dir(path) or there(tree, path) for path in entry.certain)):
            return entry, found
    return None


def started(here: SourceTree, claims: list[Claim], settings: Settings) -> list[Claim]:
    """The claims, that of the language whose program the web process is in the end first.

    Raises DetectionError when it is a program of a language that cannot be built yet, or that claims nothing.
    """
    if not here.first(*registry.PROCFILES) and not settings.processes:
        return claims
    from frontend.commands import owner as owners
    from frontend.commands import process, unwrap

    web = process.web(here, settings)
    named = owners.of_script(web.script) if web is not None else None
    if web is None or named is None:
        return claims
    name, owner = named
    file = "the Procfile" if web.at is None or web.at.file.rpartition("/")[2] in registry.PROCFILES else web.at.file
    if not owner.module:
        raise DetectionError(
            f"{file} starts the app with {name}, but {owner.title} cannot be built yet",
            at=web.at,
            hint="set RUN_COMMAND to start another part of the repository",
        )
    mine = [claim for claim in claims if claim.language is owner or claim.language.name == owner.kin]
    if not mine and claims and not unwrap.runs(web.script, unwrap.MOVES):
        below = sorted({path.rpartition("/")[0] for one in owner.manifests for path in here.glob(f"*/{one}")})
        inside = (
            f"; if the app is in {below[0]}, set PROJECT_PATH={within(here.at('').file, below[0])}" if below else ""
        )
        raise DetectionError(
            f"{file} starts {name} ({owner.title}), but the app has no {owner.title} manifest to install it from",
            at=web.at,
            hint=f"looked for {', '.join(owner.markers[:4])}{inside}",
        )
    return mine + [claim for claim in claims if claim not in mine]


def nested(here: SourceTree, app: str, claims: list[Claim], *, with_page: bool) -> Detection | None:
    """The one app in a directory of a repository whose root has none; None for none, and for several of one language.

    A language that looks below itself (it is among the root's `claims`) says more of several. Beside a page in the root
    what only the name of a file speaks for is no app, but a tool. Raises SeveralAppsError for apps of different
    languages, for several that no claim speaks for, and for those below tools of their language.
    """
    found = {dir: claim for dir, claim in below(here).items() if not (with_page and claim.detected.by_name)}
    languages = {claim.language.name: claim.language for claim in found.values()}
    if len(languages) == 1 and (first := next(iter(found.values()))).language.whole:
        return Detection(first.language, first.detected, (), app)
    below_tools = any(there(here, path) for entry in languages.values() for path in entry.manifests)
    claimed_above = any(claim.language.name in languages for claim in claims)
    if len(found) > 1 and (len(languages) > 1 or below_tools or not claimed_above):
        raise SeveralAppsError([described(within(app, dir), claim) for dir, claim in found.items()])
    if len(found) != 1:
        return None
    ((dir, claim),) = found.items()
    return Detection(claim.language, claim.detected, (), within(app, dir))


def further_down(here: SourceTree, app: str) -> Detection | None:
    """A language whose apps may be deep in a directory that nothing else claims for sure; None for none."""
    for entry in registry.built():
        if any(there(here, pattern) for pattern in entry.deep):
            return Detection(entry, load(entry).detect(here) or Detected(0), (), app)
    return None


def pages(here: SourceTree, app: str, settings: Settings) -> Detection | None:
    """The site in a directory of a repository where nothing else is; None for none. Raises SeveralAppsError, and
    DetectionError for a site that nothing here builds."""
    from frontend.languages.static import lone, unbuilt

    unbuilt.check(here)
    found = lone.find(here, settings)
    return Detection(STATIC, found[1], (), within(app, found[0])) if found is not None else None


def refuse_others(here: SourceTree, app: str, language: Entry) -> None:
    """Raises SeveralAppsError where a directory beside the packages of a language has an app of another one."""
    names = [name for entry in registry.built() if entry is not language for name in entry.manifests]
    dirs = {path.rpartition("/")[0] for name in names for path in here.glob(f"*/{name}")}
    if any(
        one.language is not language and one.detected.strength >= CERTAIN
        for dir in sorted(dirs - set(SKIPPED))
        for one in claimed(here.under(dir))[:1]
    ):
        raise SeveralAppsError([described(within(app, dir), claim) for dir, claim in below(here).items()])


def left_out(tree: SourceTree, detection: Detection) -> tuple[Warning, ...]:
    """The doubt about apps with a server in directories beside a site, which is all that the image has."""
    here = tree.under(detection.app)
    skipped = {*SKIPPED, *(name for entry in registry.ENTRIES for name in entry.installed)}
    places = ("*", *(f"{dir}/*" for dir in GATHERED if here.is_dir(dir)))
    paths = [path for name in manifests() for place in places for path in here.glob(f"{place}/{name}")]
    dirs = sorted({path.rpartition("/")[0] for path in paths} - skipped)
    found = {
        dir: claim
        for dir in dirs
        for claim in claimed(here.under(dir))[:1]
        if claim.detected.strength >= CERTAIN
        and (claim.language is not detection.language or not (claim.language.whole or "/" in dir))
    }
    if not found:
        return ()
    apps = [described(within(detection.app, dir), claim) for dir, claim in found.items()]
    first = next(iter(found.values())).detected.evidence[-1]
    shown = ", ".join(f"{app.dir} ({': '.join(filter(None, (app.title, app.made_with)))})" for app in apps[:SHOWN])
    message = f"the image has the site alone, without what has a server beside it: {shown}"
    hint = f"PROJECT_PATH={apps[0].dir} builds that; LANGUAGE={detection.language.name} silences this warning"
    return (Warning("app-left-out", message, first.at, hint),)


def apart(tree: SourceTree, detection: Detection, plan: Plan) -> tuple[Warning, ...]:
    """The doubt about what is in directories beside the one that was chosen for its app: a front end, another app.

    What the plan takes from there is in the image, or helps to build it.
    """
    roots = {one.root for step in plan.steps for one in step.inputs if isinstance(one, FromContext)}
    if not detection.app or "" in roots:
        return ()
    first = detection.app.partition("/")[0]
    known = {*SKIPPED, *(name for entry in registry.ENTRIES for name in entry.installed)}
    known |= {root.partition("/")[0] for root in (*roots, first)}
    known |= {one.at.file.partition("/")[0] for one in plan.warnings if one.code == SITE_APART and one.at is not None}
    dirs: dict[str, None] = {}
    for place in ("*", "*/*"):
        more = {path.rpartition("/")[0] for name in manifests() for path in tree.glob(f"{place}/{name}")}
        above = {*known, *dirs}  # what is below one of them is a part of that
        dirs |= dict.fromkeys(sorted(dir for dir in more if above.isdisjoint((dir, *dir.split("/")))))
    found = {dir: claim for dir in dirs for claim in claimed(tree.under(dir))[:1] if claim.detected.strength > 0}
    shown = [f"{dir} ({claim.language.title})" for dir, claim in found.items()]
    page = tree.first(PAGE) if detection.language is not STATIC else None
    if not shown and page is None:
        return ()
    listed = ", ".join((*((page,) if page is not None else ()), *shown[:SHOWN]))
    at = next(iter(found.values())).detected.evidence[0].at if found else tree.at(PAGE, 1)
    other = f"PROJECT_PATH={next(iter(found))}" if found else f"LANGUAGE={STATIC.name}"
    message = f"the image has {detection.app} alone, without what is beside it: {listed}"
    hint = f"{other} builds that; PROJECT_PATH={detection.app} silences this warning"
    return (Warning("app-left-out", message, at, hint),)


def refuse_unlisted(here: SourceTree, app: str, claims: list[Claim]) -> None:
    """Raises DetectionError where nothing claims the root for sure, and a directory has an app without a manifest."""
    entries = [entry for entry in registry.built() if not entry.whole]  # such a one has its manifests further down
    names = [(entry, sign) for entry in entries for sign in entry.signs if "*" not in sign and "/" not in sign]
    here.need(*(f"*/{sign}" for _, sign in names))
    for entry, path in ((entry, path) for entry, sign in names for path in here.glob(f"*/{sign}")):
        dir, _, sign = path.rpartition("/")
        own = here.under(dir)
        if dir in SKIPPED or own.first(*manifests()) or (claims and claims[0].language is entry):
            continue
        if any(one.language is entry and one.detected.strength >= LIKELY for one in claimed(own)):
            raise DetectionError(
                f"{within(app, dir)} has a {entry.title} app ({sign}), but no manifest that lists its dependencies",
                at=here.at(path),
                hint=f"add {' or '.join(entry.manifests[:2])} to it, or set PROJECT_PATH to build another directory",
            )


def below(here: SourceTree) -> dict[str, Claim]:
    """The apps in the directories of a repository, with what claims them: two levels down those that are certain."""
    here.need(*(f"*/*/{name}" for name in manifests()))
    near = [path.rpartition("/")[0] for name in manifests() for path in here.glob(f"*/{name}")]
    far = [path.rpartition("/")[0] for name in manifests() for path in here.glob(f"*/*/{name}")]
    skipped = {*SKIPPED, *(name for entry in registry.ENTRIES for name in entry.installed)}
    found: dict[str, Claim] = {}
    for dir in (*sorted(set(near)), *sorted(set(far))):
        first = dir.partition("/")[0]
        if skipped & set(dir.split("/")) or first in found:
            continue
        least = CERTAIN if first != dir else LIKELY
        claim = next((one for one in claimed(here.under(dir)) if one.detected.strength >= least), None)
        if claim is not None:
            found[dir] = claim
    return dict(sorted(found.items()))


def described(dir: str, claim: Claim) -> App:
    """An app as an error lists it, with what its last evidence says: a framework, a dependency, a file."""
    title = claim.language.title
    last = claim.detected.evidence[-1] if claim.detected.evidence else None
    return App(dir, title, "" if last is None else last.because if last.what in (title, "start") else last.what)


def listed(tree: SourceTree, app: str, error: SeveralAppsError) -> SeveralAppsError:
    """The error of a language for its several apps, with what they are made with, and the apps of other languages."""
    here = tree.under(app)
    others = {within(app, dir): described(within(app, dir), claim) for dir, claim in below(here).items()}
    titles = {one.title for one in error.apps}
    own = {
        one.dir: others[one.dir] if getattr(others.get(one.dir), "title", "") == one.title else one
        for one in error.apps
    }
    more = {dir: one for dir, one in others.items() if dir not in own and one.title not in titles}
    return SeveralAppsError(tuple(one for _, one in sorted({**own, **more}.items())), error.at)


def unknown(here: SourceTree, other: tuple[Entry, str], claims: list[Claim]) -> DetectionError:
    """The error for an app of a language that cannot be built yet."""
    language, manifest = other
    message = f"the app is written in {language.title} ({manifest}), which cannot be built yet"
    if not claims:
        return DetectionError(
            message, at=here.line_of(manifest), hint="if the app is in a subdirectory, set PROJECT_PATH"
        )
    mine, detected = claims[0].language, claims[0].detected
    told = detected.evidence[0].because if detected.evidence else mine.title
    hint = f"set the build-arg LANGUAGE={mine.name} to build its {mine.title} part ({told})"
    apps = [described(dir, claim) for dir, claim in below(here).items()] if detected.strength < LIKELY else []
    for app in apps[:SHOWN]:
        hint += f"; PROJECT_PATH={app.dir} to build that ({': '.join(filter(None, (app.title, app.made_with)))})"
    return DetectionError(message, at=here.line_of(manifest), hint=hint)


def forced(here: SourceTree, app: str, setting: Setting) -> Detection:
    """The language that the setting names, with its own evidence if it finds any."""
    entry = registry.named(setting.value)
    listed = ", ".join(entry.name for entry in registry.built())
    if entry is None:
        known = [name for entry in registry.built() for name in (entry.name, *entry.aliases)]
        close = nearest(setting.value, known)
        raise DetectionError(
            f'unknown language "{setting.value}"',
            at=setting.at,
            hint=f"did you mean {close}? Known: {listed}" if close else f"known: {listed}",
        )
    if not entry.module:
        raise DetectionError(f"{entry.title} cannot be built yet", at=setting.at, hint=f"these can: {listed}")
    return Detection(entry, load(entry).detect(here) or Detected(0), (), app)


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
        return DetectionError(f"{where} is empty", hint="pass the directory of the app, e.g. --local context=.")
    left_out = getattr(tree, "left_out", None)
    manifests = (name for entry in registry.built() for name in entry.manifests if "/" not in name)
    if left_out is not None and (ignored := left_out(app, manifests)) is not None:
        of_ignore_file: DetectionError = ignored
        return of_ignore_file
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    looked = "; ".join(
        f"{entry.title}: {', '.join(entry.markers[:4])}" for entry in registry.built() if entry.manifests
    )
    return DetectionError(
        f"cannot determine the language of the app; {where} contains: {shown}",
        hint=f"looked for {looked}. If the app is in a subdirectory, set PROJECT_PATH",
    )
