"""The whole build on one page: options, context, settings, language, plan, LLB, result."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, json, structs

from frontend import detect, images
from frontend.context import open as context
from frontend.context.patterns import parse_pattern
from frontend.context.tree import SourceTree
from frontend.deploy import files as deploy
from frontend.errors import BuildError, GatewayError, NoImageError, PlanError, SolveError
from frontend.gateway import trace
from frontend.gateway.client import Gateway, Pending, Ref
from frontend.languages.base import Answer, Lacking, RunsOn, evidence, likely_image, load, nobody, unanswered
from frontend.languages.base import planned as by_language
from frontend.languages.registry import STATIC, Entry
from frontend.lower.platforms import own_platform, parse_platform
from frontend.plan.model import Plan, Question, Warning
from frontend.plan.overlay import overlay
from frontend.rules.monorepo import SeveralAppsError
from frontend.settings import options, precedence
from frontend.settings.model import Imported, Settings
from frontend.settings.options import BuildOptions
from frontend.texts import TextFile

if TYPE_CHECKING:
    from frontend.deploy.merge import Merged
    from frontend.lower.layers import LayerNote, View
    from frontend.lower.target import Images, Target
    from frontend.result.start import Files
    from llb.marshal import Definition

OLDEST_BUILDKIT = "BuildKit v0.10 (Docker Engine 23.0)"  # the first with variables from secrets
STEPS_KNOWN_S = 0.2  # after so long, a solve has its steps at the client


def run(gateway: Gateway) -> None:
    """One request of BuildKit, answered: a build, or a subrequest. Raises BuildError."""
    with trace.span("options"):
        asked = options.parse(gateway.opts, parse_platform)
    if asked.request:
        answer(gateway, asked)
        return
    source = read(gateway, asked)
    build(gateway, asked, source, planned(gateway, source, asked))


def answer(gateway: Gateway, asked: BuildOptions) -> None:
    """A question other than for a build, answered. Raises OptionError for one we do not know."""
    from frontend.result import subrequests

    subrequests.check(asked.request)
    if asked.request == subrequests.DESCRIBE:
        subrequests.answer_describe(gateway)
        return
    plan = planned(gateway, read(gateway, asked), asked)
    tell = subrequests.answer_targets if asked.request == subrequests.TARGETS else subrequests.answer_plan
    tell(gateway, plan)


def read(gateway: Gateway, asked: BuildOptions) -> context.Context:
    """The app in its build context; error messages quote its files from now on."""
    with trace.span("context"):
        app = asked.settings.get("PROJECT_PATH", "").strip("/")
        source = context.open(gateway, asked, detect.markers(app), detect.likely(app), detect.prepare)
        gateway.quote = source.quote
        return source


def planned(
    gateway: Gateway, source: context.Context, asked: BuildOptions, imported: tuple[Imported, ...] = ()
) -> Plan:
    """The plan of the app, as of today: the one place that reads the clock."""

    def answer(question: Question) -> str:
        from frontend import questions

        native = native_platform(gateway)

        def meanwhile() -> None:
            try:
                likely = make_plan(source.tree, source.config, asked, today(), imported, lambda _: question.guess)
                questions.begin(gateway, asked, source, native, likely)
            except BuildError:
                pass  # of a guess nobody is told

        return questions.answered(gateway, asked, source, native, question, meanwhile)

    def detected() -> None:
        if not (asked.request or imported):
            source.begin(native_platform(gateway))

    def runs_on(image: str) -> None:
        if not (asked.request or imported):
            for platform in platforms:
                images.ask(gateway, asked, image, platform)

    with trace.span("plan"):
        platforms = targets(gateway, asked)
        return make_plan(source.tree, source.config, asked, today(), imported, answer, platforms, detected, runs_on)


def today() -> str:
    """The day, ISO 8601."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def make_plan(
    tree: SourceTree,
    config_file: TextFile | None,
    asked: BuildOptions,
    today: str,
    imported: tuple[Imported, ...] = (),
    answer: Answer = unanswered,
    platforms: tuple[str, ...] = (),
    detected: Callable[[], None] = lambda: None,
    runs_on: RunsOn = nobody,
) -> Plan:
    """Settings, language and plan of the app in a tree. `today` (ISO 8601) only decides warnings. Raises BuildError.

    `answer` has the build environment answer what a language asks of it. `imported` are packages that the plan before
    left out, and that the started files import. `platforms` are those that the image is made for, where it is known.
    `detected` is called once the language is known, `runs_on` as soon as a language knows, or has
    reason to think, that the app will run on an image, if it tells that ahead.
    """
    read = precedence.read(asked, config_file, parse_pattern)
    settings = structs.replace(read, imported=imported, platforms=platforms or asked.platforms)
    detection, settings, stated = chosen(tree, settings)
    app = detection.app
    if image := likely_image(detection.language, tree, settings, app):
        runs_on(image)
    detected()
    tree.need(*(f"{app}/{path}" if app else path for path in detection.language.wanted))
    try:
        plan = by_language(detection.language, tree, settings, app, today, answer, runs_on)
    except SeveralAppsError as error:
        raise detect.listed(tree, app, error) from error
    doubts, found = (stated.warnings, stated.evidence) if stated is not None else ((), ())
    if settings.outside is not None:
        from frontend.deploy import merge

        doubts = merge.without_done(doubts, plan)
    beside: tuple[Warning, ...] = ()
    if plan.language == STATIC.name and settings.language is None and settings.app is None:
        beside = detect.left_out(tree, detection)
    elif settings.app is None or (plan.language == STATIC.name and settings.app.by == "platform"):
        beside = detect.apart(tree, detection, plan)
    plan = in_flavour(plan, detection.language, settings)
    for_platform = stated.platform if stated is not None else None
    whole = overlay(
        structs.replace(
            plan, platform=for_platform, warnings=once(*doubts, *detection.warnings, *beside, *plan.warnings)
        ),
        build_packages=settings.build_packages,
        build_env=settings.build_env,
        run_packages=settings.run_packages,
        run_env=settings.run_env,
        evidence=(*found, *evidence(detection.detected, detection.language, plan.language)),
    )
    whole = by_dockerfile(whole, plan, settings)
    if asked.target:
        from frontend.commands import target

        whole = target.of_process(whole, asked.target)
    return whole


def chosen(tree: SourceTree, given: Settings) -> "tuple[detect.Detection, Settings, Merged | None]":
    """The language of the app, and the settings with what files for other platforms state. Raises BuildError.

    Those beside the one app of a repository count as if PROJECT_PATH named its directory, but where those in the root
    say how it is built or started.
    """
    stated = deploy.apply(tree, given, detect.markers)
    settings = stated.settings if stated is not None else given
    detection = detect.choose(tree, settings)
    if detection.app and settings.app is None and not deploy.has_start(settings):
        stated = deploy.apply(tree, given, detect.markers, detection.app)
        settings = structs.replace(stated.settings, app=None) if stated is not None else given
    if stated is not None and not detection.language.own_locales and len(settings.run_env) > len(given.run_env):
        from frontend.deploy import merge

        stated = merge.without_locales(structs.replace(stated, settings=settings), given)
        settings = stated.settings
    return detection, settings, stated


def by_dockerfile(whole: Plan, before: Plan, settings: Settings) -> Plan:
    """The plan with what there is to say of a Dockerfile's packages and variables. `before` is without variables."""
    if settings.candidate_env:
        from frontend.deploy import image_env

        whole = image_env.told(whole, before, settings)
    if settings.candidate_packages:
        from frontend.deploy import packages
        from frontend.languages import registry

        entry = registry.named(whole.language)
        needless = entry.needless if entry is not None else ()
        files = [one.at.file for one in whole.runtime.processes if one.at is not None]
        left_out = packages.doubts(settings.candidate_packages, whole.runtime.packages, needless, files)
        whole = structs.replace(whole, warnings=(*whole.warnings, *left_out))
    return whole


def in_flavour(plan: Plan, entry: Entry, settings: Settings) -> Plan:
    """A plan with the base and the user that the settings ask for; `entry` is the detected language's."""
    if settings.flavour is None and settings.runtime_base is None and settings.runtime_user is None:
        return plan
    from frontend.languages import registry
    from frontend.rules.flavour import flavoured

    return flavoured(plan, registry.named(plan.language) or entry, settings)


def once(*warnings: Warning) -> tuple[Warning, ...]:
    """The warnings, those that say the same only the first time."""
    return tuple({one.message: one for one in reversed(warnings)}.values())[::-1]


def build(gateway: Gateway, asked: BuildOptions, source: context.Context, plan: Plan) -> None:
    """The plan lowered, solved and returned, once per platform.

    A second plan replaces it where the files that are started import packages that the first one leaves out.
    """
    native = native_platform(gateway)
    platforms = targets(gateway, asked)
    plan, resolved = on_images(gateway, asked, plan, platforms, native)
    made = performed(gateway, asked, source, plan, resolved, platforms, ())
    lacked = lacking(gateway, made[0], resolved)
    if lacked.imported:
        plan = planned(gateway, source, asked, lacked.imported)
        plan, resolved = on_images(gateway, asked, plan, platforms, native)
        made = performed(gateway, asked, source, plan, resolved, platforms, made[0].plan.warnings)
    told = metadata(asked, [with_warnings(one, lacked.warnings) for one in made], resolved)
    if asked.multi_platform:
        gateway.return_refs({one.lowered.platform: one.ref for one in made}, told)
    else:
        gateway.return_ref(made[0].ref, told)


def performed(
    gateway: Gateway,
    asked: BuildOptions,
    source: context.Context,
    plan: Plan,
    resolved: "Images",
    platforms: Sequence[str],
    told: Sequence[Warning],
) -> "list[Made]":
    """What a plan makes, for each platform. `told` are warnings that the user has seen."""
    from frontend.lower.target import Target

    native = native_platform(gateway)
    solves: list[Solve] = []
    plans = {platform: on_base(gateway, plan, resolved, platform) for platform in platforms}
    for platform in platforms:
        target = Target.of(asked, platform, native, gateway.caps.llb)
        lowered = lower(plans[platform], target, resolved, source)
        solves.append(solve(gateway, asked, lowered))
    new = tuple(dict.fromkeys(one for each in plans.values() for one in each.warnings if one not in told))
    refs = finish(gateway, plan, new, solves, early=not asked.cache_imports)
    return [
        started(gateway, plans[one.lowered.platform], resolved, one, refs[one.lowered.platform], told) for one in solves
    ]


def on_base(gateway: Gateway, plan: Plan, resolved: "Images", platform: str) -> Plan:
    """The plan for what its base image holds, where that is not the language's own. Raises PlanError, GatewayError."""
    if plan.runtime.flavour == "standard":
        return plan
    from frontend.bases import fit, read
    from frontend.lower.target import Sources
    from frontend.result import direct, image, start
    from llb import scratch

    with trace.span("base"):
        base = resolved[plan.runtime.base, platform]
        state = Sources(resolved, scratch()).image(plan.runtime.base, platform)
        ref = gateway.start_solve(state.marshal(platform=platform).to_bytes(), evaluate=True).result()
        files = start.RefFiles(gateway, ref)
        made = fit.fitted(plan, read.facts(plan.runtime, base, files))
        if not made.runtime.shell:
            direct.check(image.environment(made, base), made.runtime.processes)
        return made


class Lowered(Struct, frozen=True):
    """A plan as LLB for a platform, the image's layers above the base, and the parts that it is looked at by."""

    platform: str
    definition: "Definition"
    layers: "tuple[LayerNote, ...]"
    views: "tuple[View, ...]"


class Made(Struct, frozen=True):
    """A filesystem of a plan, its files, the plan with the processes that it can start, and whether it has a shell."""

    lowered: Lowered
    ref: Ref
    files: "Files"
    plan: Plan
    shell: bool


class Solve(Struct, frozen=True):
    """What BuildKit is at work on, its answer, and the files by the image's parts, None where it has none."""

    lowered: Lowered
    answer: Pending[Ref]
    files: "Files | None"


def native_platform(gateway: Gateway) -> str:
    """Where build steps run by default: what the worker says, or, with BuildKit before v0.9, where we run ourselves."""
    told = next((platform for worker in gateway.workers for platform in worker.platforms), "")
    return told or own_platform()


def targets(gateway: Gateway, asked: BuildOptions) -> tuple[str, ...]:
    """The platforms that the image is made for."""
    return asked.platforms or (native_platform(gateway),)


def on_images(
    gateway: Gateway, asked: BuildOptions, plan: Plan, platforms: Sequence[str], native: str
) -> "tuple[Plan, Images]":
    """The plan with its images resolved; on the hardened image of the version's line where there is none of its own."""
    try:
        return plan, resolve(gateway, asked, plan, platforms, native)
    except NoImageError as error:
        from frontend.rules.flavour import of_line

        other = of_line(plan) if error.name == plan.runtime.base else None
        if other is None:
            raise
        try:
            return other, resolve(gateway, asked, other, platforms, native)
        except NoImageError as second:
            raise (error if second.name == other.runtime.base else second) from None


def resolve(gateway: Gateway, asked: BuildOptions, plan: Plan, platforms: Sequence[str], native: str) -> "Images":
    """The images that the plan names, by (name, platform)."""
    with trace.span("resolve"):
        pending = images.start(gateway, asked, plan, platforms, native)
        from frontend.lower import layers  # noqa: F401 - imported while the registry answers

        return images.finish(pending, plan)


def lower(plan: Plan, target: "Target", resolved: "Images", source: context.Context) -> "Lowered":
    """The plan as LLB. Raises PlanError for what cannot be LLB, GatewayError for what this BuildKit cannot do."""
    from frontend.lower import layers
    from frontend.lower.target import Sources, source_maps
    from llb import LLBError

    with trace.span("lower"):
        try:
            sources = Sources(resolved, source.state, source_maps(plan, source.quote))
            made = layers.lower(plan, target, sources)
            definition = made.state.marshal(platform=target.platform, caps=target.caps)
        except LLBError as error:  # what the app's files say cannot be an operation
            hint = "check the app's file names and commands for NUL bytes"
            raise PlanError(f"the app cannot be built: {error}", hint=hint) from error
        check_capabilities(definition, target.caps)
        return Lowered(target.platform, definition, made.layers, made.views)


def check_capabilities(definition: "Definition", caps: frozenset[str]) -> None:
    """Raises GatewayError when BuildKit cannot do what the graph needs: it would refuse it in words nobody knows."""
    missing = {cap for metadata in definition.metadata.values() for cap in metadata.caps} - caps
    if missing:
        listed = ", ".join(sorted(missing))
        raise GatewayError(
            f"this BuildKit is too old ({listed} missing): {OLDEST_BUILDKIT} or newer is required; with an older "
            "Docker Engine, build on a newer BuildKit through docker buildx"
        )


def solve(gateway: Gateway, asked: BuildOptions, lowered: Lowered) -> Solve:
    """BuildKit at work on a definition, with the caches to import."""
    whole, imports = lowered.definition, asked.cache_imports
    answer = gateway.start_solve(whole.to_bytes(), evaluate=True, cache_imports=imports)
    from frontend.result import apart, image, labels, result, start  # noqa: F401 - imported while BuildKit is at work

    def part(view: "View") -> apart.Part:
        def begun() -> Pending[Ref]:
            return gateway.start_solve(whole.part(view.state).to_bytes(), cache_imports=imports)

        return apart.Part(gateway, view.places, view.beside, begun)

    if not lowered.views:
        return Solve(lowered, answer, None)
    *layers, base = map(part, lowered.views)
    layers[0].begin()  # a start will be looked for in the application and in the base
    base.begin()
    return Solve(lowered, answer, apart.LayerFiles(layers, base))


def finish(
    gateway: Gateway, plan: Plan, warnings: Sequence[Warning], solves: Sequence[Solve], *, early: bool
) -> dict[str, Ref]:
    """The refs by platform, once all solves have ended; the plan's warnings are told with the last one.

    Clients that print plain lines print a step's warnings when it ends: best told while the solve is under way. Not
    `early` with a cache to import, which BuildKit reads before it tells clients of the steps.
    """
    last, answer = solves[-1].lowered, solves[-1].answer
    told = early and bool(warnings) and not answer.ready(STEPS_KNOWN_S)
    if told:
        warn(gateway, last.definition.head, warnings)
    refs = {one.lowered.platform: solved(one.answer, plan) for one in solves}
    if not told:
        warn(gateway, last.definition.head, warnings)
    return refs


def solved(answer: Pending[Ref], plan: Plan) -> Ref:
    """A filesystem, once it is built. Raises SolveError with the place in the app that asked for the failed step."""
    with trace.span("solve"):
        try:
            return answer.result()
        except SolveError as error:
            from frontend.result.explanation import explained

            raise explained(error, plan) from error


def started(gateway: Gateway, plan: Plan, resolved: "Images", made: Solve, ref: Ref, told: Sequence[Warning]) -> Made:
    """What was built, with the processes that it can start. Raises PlanError where that is not the first of them."""
    from frontend.languages import registry
    from frontend.result import image, start

    with trace.span("start"):
        lowered, files = made.lowered, made.files or start.RefFiles(gateway, ref)
        begin = of_language(plan, "begin")
        if begin is not None and plan.runtime.imports is not None:
            begin(files, plan.runtime)
        built = start.Image(
            files,
            plan.runtime.dir,
            image.environment(plan, resolved[plan.runtime.base, lowered.platform]),
            start.Account(plan.runtime.account.uid, plan.runtime.account.gid),
            {one.program: one for entry in registry.ENTRIES for one in entry.interpreters},
        )
        if plan.runtime.flavour == "standard":
            chosen = start.choose(built, plan.runtime.processes)
        else:
            from frontend.result import direct

            chosen = start.choose(built, plan.runtime.processes, direct.rewriting(plan.runtime))
    warn(gateway, lowered.definition.head, [one for one in chosen.warnings if one not in told])
    runtime = structs.replace(plan.runtime, processes=chosen.processes)
    plan = structs.replace(plan, runtime=runtime, warnings=(*plan.warnings, *chosen.warnings))
    found = plan.runtime.shell and plan.runtime.flavour != "standard"  # a busybox without a link is one too
    return Made(lowered, ref, files, plan, chosen.shell or found)


def of_language(plan: Plan, name: str) -> Callable[..., Any] | None:
    """A function that the module of the plan's language may have."""
    from frontend.languages import registry

    entry = registry.named(plan.language)
    return getattr(load(entry), name, None) if entry is not None else None


def with_warnings(made: Made, warnings: Sequence[Warning]) -> Made:
    """What was made, with more warnings in its plan."""
    return structs.replace(made, plan=structs.replace(made.plan, warnings=once(*made.plan.warnings, *warnings)))


def lacking(gateway: Gateway, made: Made, resolved: "Images") -> Lacking:
    """What the started files need and the image lacks, its warnings told. Raises PlanError for what nothing can add.

    The files are the same for every platform.
    """
    if made.plan.runtime.imports is None:
        return Lacking()
    with trace.span("imports"):
        look = of_language(made.plan, "lacking")
        runtime = made.plan.runtime
        inherited = resolved[runtime.base, made.lowered.platform].env
        runtime = structs.replace(runtime, env=(*inherited, *runtime.env))
        found: Lacking = look(made.files, runtime) if look else Lacking()
    told = {one.message for one in made.plan.warnings}
    warn(gateway, made.lowered.definition.head, [one for one in found.warnings if one.message not in told])
    return found


def warn(gateway: Gateway, digest: str, warnings: Sequence[Warning]) -> None:
    """Doubts, shown by the client with the step of this digest: it drops those of steps it has not seen."""
    for doubt in warnings:
        detail = (doubt.hint,) if doubt.hint else ()
        gateway.warn(digest, doubt.message, detail=detail, at=doubt.at)


def metadata(asked: BuildOptions, made: "Sequence[Made]", resolved: "Images") -> dict[str, bytes]:
    """What is returned beside the filesystems: image configs, the platforms, our result."""
    from frontend.result import image, result
    from frontend.result.labels import labels

    told: dict[str, bytes] = {}
    for one in made:
        lowered, plan = one.lowered, one.plan
        suffix = f"/{lowered.platform}" if asked.multi_platform else ""
        base = resolved[plan.runtime.base, lowered.platform]
        described = labels(plan, base, asked)
        config = image.image_config(plan, base, lowered.platform, lowered.layers, described)
        told[f"containerimage.config{suffix}"] = config
        told[f"containerimage.base.config{suffix}"] = json.encode(base.config)
    built = [result.Built(one.lowered.platform, one.shell) for one in made]
    entries = [{"ID": one.platform, "Platform": image.platform_of(one.platform)} for one in built]
    told["refs.platforms"] = json.encode({"Platforms": entries})
    told[result.KEY] = json.encode(result.result(made[0].plan, built, resolved, made[-1].lowered.layers, asked.target))
    if asked.source_date_epoch is not None:
        told["source.date.epoch"] = str(asked.source_date_epoch).encode()
    return told
