"""A plan that fits its base image: what is missing there is shipped, what is there already is not."""

from collections.abc import Iterable

from msgspec import structs

from frontend.bases.read import CERTIFICATES
from frontend.errors import PlanError
from frontend.languages import registry
from frontend.languages.base import load
from frontend.languages.registry import Interpreter
from frontend.plan.base import BaseFacts
from frontend.plan.images import tool_image
from frontend.plan.model import (
    Directory,
    FromImage,
    FromStep,
    ImageRef,
    Layer,
    Plan,
    Runtime,
    SharedLibraries,
    Step,
    Warning,
)

PACKAGES = "packages"  # the step that Debian packages are installed in, for their files to be copied
ZONES = "tzdata"


WITHOUT_INTERPRETER = "debian:"  # what standard image a program stands on that brings all it needs


def fitted(plan: Plan, base: BaseFacts) -> Plan:
    """The plan for what its base image holds. Raises PlanError where the app cannot run on it."""
    runtime = structs.replace(plan.runtime, account=base.account, shell=bool(base.shell))
    layers = with_missing(runtime, base, tool_image(plan))
    runtime = structs.replace(runtime, env=with_path(runtime, base), layers=layers)
    plan = structs.replace(plan, runtime=runtime, warnings=(*plan.warnings, *doubts(plan, base)))
    entry = registry.named(plan.language)
    if entry is not None and entry.module:
        for interpreter in entry.interpreters:
            check_interpreter(plan, base, interpreter)
        fit = getattr(load(entry), "fit", None)
        plan = fit(plan, base) if fit is not None else plan
    return with_libraries(plan, base)


def check_interpreter(plan: Plan, base: BaseFacts, interpreter: Interpreter) -> None:
    """Raises PlanError where the base has no interpreter, or another version than the app is built for."""
    version = next((one for one in plan.versions if one.tool == interpreter.program), None)
    if not interpreter.same or version is None or plan.runtime.standard.startswith(WITHOUT_INTERPRETER):
        return
    program, at = base.programs.get(interpreter.program), plan.runtime.base_at
    same = len(version.value.split(".")) if version.exact else interpreter.same
    if program is None:
        raise PlanError(
            f"the base image {base.name} has no {interpreter.program}",
            at=at,
            hint="name one that has it by the build-arg RUNTIME_BASE",
        )
    built, there = (text.split(".")[:same] for text in (version.value, program.version))
    if program.version and built != there[: len(built)]:
        has = f"{version.tool} {program.version}"
        near = built[: interpreter.same] == there[: interpreter.same]
        raise PlanError(
            f"the base image {base.name} has {has}, but the app is built for {version.value}",
            at=version.at if near else at or version.at,
            hint=f"the app refuses other patch releases: have it allow those of {'.'.join(built[: interpreter.same])}, "
            "or name a base image with its own by the build-arg RUNTIME_BASE"
            if near
            else f"set the build-arg {registry.setting(version.tool)}={'.'.join(there)} if the app runs on it, or name "
            "another base image",
        )


def doubts(plan: Plan, base: BaseFacts) -> Iterable[Warning]:
    """The warning for a shell in an image that is called hardened."""
    if plan.runtime.flavour == "hardened" and base.shell:
        yield Warning(
            "shell-in-base",
            f"the base image {base.name} has a shell ({base.shell}), although a hardened image has none",
            hint="the result says so (_shell is true); choose another image if there must not be one",
        )


def with_path(runtime: Runtime, base: BaseFacts) -> tuple[tuple[str, str], ...]:
    """The variables of the image: in PATH the app's own directories, then the base's, then those of interpreters.

    Libraries that are copied stay in Debian's directory for them: the loader is told of it where it is another's.
    """
    env = dict(runtime.env)
    own = [dir for dir in env.get("PATH", "").split(":") if dir.startswith("/app/")]
    lacking = [place for one in base.programs.values() if (place := one.path.rpartition("/")[0]) not in base.path]
    if own or lacking:
        env["PATH"] = ":".join(dict.fromkeys((*own, *base.path, *lacking)))
    else:
        env.pop("PATH", None)
    if base.unsearched:  # by the loader: it is where the libraries of the build go
        others = env.get("LD_LIBRARY_PATH", base.libraries)
        env["LD_LIBRARY_PATH"] = ":".join(filter(None, (base.unsearched, others)))
    return tuple(env.items())


def with_missing(runtime: Runtime, base: BaseFacts, tools: str) -> tuple[Layer, ...]:
    """The layers, with trusted certificates (of the image `tools`) and a directory for temporary files where the base
    has none."""
    extra = (
        *((FromImage(tools, CERTIFICATES),) if not base.certificates else ()),
        *((Directory("/tmp", 0o1777),) if not base.tmp else ()),  # noqa: S108 - of the image
    )
    *below, last = runtime.layers
    return (*below, structs.replace(last, inputs=(*extra, *last.inputs)))


def with_libraries(plan: Plan, base: BaseFacts) -> Plan:
    """The plan with the Debian packages' files and the libraries of native code copied: the base cannot install them.

    All that the dependencies' layers take from steps is looked through.
    """
    runtime = plan.runtime
    paths: dict[str, list[str]] = {one.step: list(one.paths) for one in runtime.libraries}
    for given in (given for layer in runtime.layers if layer.kind == "dependencies" for given in layer.inputs):
        if isinstance(given, FromStep) and given.path not in paths.setdefault(given.step, []):
            paths[given.step].append(given.path)
    packages = tuple(one for one in runtime.packages if one != ZONES or not base.zones)
    steps = plan.steps
    libraries = [SharedLibraries(step, tuple(ones)) for step, ones in paths.items()]
    if packages:
        why = f"packages that the base image {base.name} cannot install"
        steps = (*steps, Step(PACKAGES, ImageRef(tool_image(plan)), why, packages))
        libraries.append(SharedLibraries(PACKAGES, (), packages))
    return structs.replace(plan, steps=steps, runtime=structs.replace(runtime, packages=(), libraries=tuple(libraries)))
