"""What only the build environment knows of an app: a step that is solved before there is a plan; its file is read.

It is a step like those of a plan, so BuildKit's cache answers for an app whose files in it did not change.
"""

from collections.abc import Callable

from msgspec import structs

from frontend import images
from frontend.context.open import Context
from frontend.errors import GatewayError, PlanError, SolveError
from frontend.gateway import trace
from frontend.gateway.client import Gateway
from frontend.lower import steps
from frontend.lower.target import Sources, Target, source_maps
from frontend.plan.model import ImageRef, Plan, Question, Runtime
from frontend.result.explanation import explained
from frontend.settings.options import BuildOptions
from llb import LLBError

KNOWN_S = 0.05  # after so long, the answer is not one that BuildKit's cache has


def answered(
    gateway: Gateway,
    asked: BuildOptions,
    source: Context,
    platform: str,
    question: Question,
    meanwhile: Callable[[], None] = lambda: None,
) -> str:
    """The text of the file that a question's step leaves. `platform` is that of the build environment.

    `meanwhile` is called where the answer takes time and there is a guess.

    Raises SolveError with the place in the app that asked for a program which failed, GatewayError for an image that is
    not there and for a file that is not.
    """
    step = question.step
    base = step.base.image if isinstance(step.base, ImageRef) else ""
    plan = Plan("", Runtime(base, (), ()), steps=(step,), versions=question.versions)
    with trace.span("question"):
        resolved = images.finish(images.start(gateway, asked, plan, (platform,), platform), plan)
        target = Target.of(asked, platform, platform, gateway.caps.llb)
        sources = Sources(resolved, source.state, source_maps(plan, source.quote))
        try:
            definition = steps.lowered(step, target, sources).state.marshal(platform=platform, caps=target.caps)
        except LLBError as error:
            hint = "check the app's file names for NUL bytes"
            raise PlanError(f"the app cannot be looked at: {error}", hint=hint) from error
        pending = gateway.start_solve(definition.to_bytes(), evaluate=True, cache_imports=asked.cache_imports)
        if question.guess and not pending.ready(KNOWN_S):
            meanwhile()
        try:
            data = gateway.read_file(pending.result(), question.file)
        except SolveError as error:
            raise explained(error, plan) from error
    if data is None:
        raise GatewayError(f"the step {step.name} left no {question.file}")
    return data.decode(errors="replace")


def begin(gateway: Gateway, asked: BuildOptions, source: Context, platform: str, plan: Plan) -> None:
    """Has BuildKit begin with the steps of a guessed plan that stand on an image and fetch: nobody waits for what they
    make. The others would take the processor from them.

    Where the plan that is built has the same, BuildKit finds them begun. Raises BuildError.
    """
    first = tuple(
        step for step in plan.steps if isinstance(step.base, ImageRef) and any(one.fetches for one in step.run)
    )
    plan = structs.replace(plan, steps=first)
    resolved = images.finish(images.start(gateway, asked, plan, (platform,), platform), plan)
    target = Target.of(asked, platform, platform, gateway.caps.llb)
    sources = Sources(resolved, source.state, source_maps(plan, source.quote))
    for step in first:
        definition = steps.lowered(step, target, sources).state.marshal(platform=platform, caps=target.caps)
        gateway.start_solve(definition.to_bytes(), evaluate=True, cache_imports=asked.cache_imports)
