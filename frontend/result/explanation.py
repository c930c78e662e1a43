"""What went wrong in a build, with the place in the app that asked for it and what to do."""

from frontend.errors import GatewayError, NoImageError, SolveError
from frontend.lower.closure import WRONG
from frontend.lower.failures import STATUSES
from frontend.lower.libraries import SHARED
from frontend.plan.model import Exec, Plan, ToolVersion

REFUSED = ("401 ", "403 ", "unauthorized", "authorization", "failed to authorize", "access denied", "forbidden")


def explained(error: SolveError, plan: Plan) -> SolveError:
    """The error with the place in the app that asked for the failed step.

    A program of the plan has printed its hint at the end of its output; any other operation gets one here.
    """
    if plan.runtime.flavour != "standard" and error.step.endswith(SHARED) and error.exit_code == WRONG:
        return unfit(error, plan)
    program = failed(error.step, plan)
    hint = "" if program else STATUSES.get(error.exit_code or 0, "") or error.hint
    return SolveError(
        error.message,
        method=error.method,
        code=error.code,
        status=error.status,
        step=error.step,
        exit_code=error.exit_code,
        at=program.at if program else error.at,
        hint=hint,
    )


def unfit(error: SolveError, plan: Plan) -> SolveError:
    """The error for native code that was built for another C library than the base has."""
    return SolveError(
        f"native code of the app does not run on the base image {plan.runtime.base}: the output above names the files",
        method=error.method,
        code=error.code,
        status=error.status,
        step=error.step,
        exit_code=error.exit_code,
        at=plan.runtime.base_at,
        hint="choose a base image with the C library of the build: glibc, that of Debian 13 or a newer one",
    )


def failed(shown: str, plan: Plan) -> Exec | None:
    """The plan's program that progress shows as `shown`; None for an operation of ours."""
    named = ((f"{step.name}] {program.name}", program) for step in plan.steps for program in step.run)
    return next((program for name, program in named if shown.endswith(name)), None)


def unresolved(name: str, registry: str, error: GatewayError, plan: Plan) -> GatewayError:
    """The error for a base image that is not there, or a registry that is not, or that requires a login."""
    asked = next((v for v in plan.versions if f":{v.value}-" in name and v.by != "default"), None)
    if any(word in error.message.casefold() for word in REFUSED):
        message = f"the registry {registry} refuses the base image {name}: it requires a login that may pull it"
        hint = f"log in where the client runs: docker login {registry}"
    elif "not found" in error.message or "MANIFEST_UNKNOWN" in error.message:
        message, hint = missing(name, asked)
        if plan.runtime.flavour == "hardened" and name == plan.runtime.base:
            message, hint = without_hardened(name, asked, plan)
        return NoImageError(message, name, error, at=asked.at if asked else None, hint=hint)
    else:
        message = f"the base image {name} cannot be loaded: {error.message}"
        hint = "check that the builder can reach the registry"
    at = asked.at if asked else plan.runtime.base_at if name == plan.runtime.base else None
    return GatewayError(message, method=error.method, code=error.code, status=error.status, at=at, hint=hint)


def missing(name: str, asked: ToolVersion | None) -> tuple[str, str]:
    """Message and hint for an image that a registry does not have; `asked` is who wanted that version."""
    if asked is None:
        return f"there is no image {name}", "check the registry and the mirror in front of it"
    return (
        f"there is no image {name}; check that {asked.tool} {asked.value} exists",
        asked.absent
        or f'the version requested is "{asked.asked or asked.value}"; '
        f"set the build-arg {asked.tool.upper()}_VERSION to choose another",
    )


def without_hardened(name: str, asked: ToolVersion | None, plan: Plan) -> tuple[str, str]:
    """Message and hint for a hardened image that does not exist: versions out of support have none."""
    from frontend.languages import registry

    entry = registry.named(plan.language)
    lines = ", ".join(entry.hardened.lines) if entry is not None and entry.hardened is not None else ""
    version, newer = "", ""
    if asked is not None:
        version = f" for {asked.tool} {asked.value}"
        newer = f"set the build-arg {asked.tool.upper()}_VERSION to one that has ({lines}), "
    return (
        f"there is no hardened image{version}: the registry has no {name}",
        f"{newer}name another base image by the build-arg RUNTIME_BASE, or build with FLAVOUR=standard",
    )
