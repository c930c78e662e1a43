"""What a user adds to any language's plan: packages and environments, and the evidence that chose the language."""

from collections.abc import Iterable, Sequence

from msgspec import structs

from frontend.plan.model import Evidence, Plan, Runtime, Step

Pairs = Sequence[tuple[str, str]]


def overlay(
    plan: Plan,
    *,
    build_packages: Sequence[str] = (),
    build_env: Pairs = (),
    run_packages: Sequence[str] = (),
    run_env: Pairs = (),
    evidence: Iterable[Evidence] = (),
) -> Plan:
    """The plan with the user's additions.

    The packages of the build go to the steps that run a program, its environment to all steps, after their own. The
    image's variables replace those of the plan with the same name; directories to import from come in front of the
    plan's. `evidence` comes before the plan's own; what both say is said once.
    """
    return structs.replace(
        plan,
        steps=tuple(with_build(step, build_packages, build_env) for step in plan.steps),
        runtime=with_run(plan.runtime, run_packages, run_env),
        evidence=tuple(dict.fromkeys((*evidence, *plan.evidence))),
    )


def with_build(step: Step, packages: Sequence[str], env: Pairs) -> Step:
    """A step with the packages and the environment of the build."""
    needs = step.run and packages
    return structs.replace(
        step, packages=joined(step.packages, packages) if needs else step.packages, env=(*step.env, *env)
    )


def with_run(runtime: Runtime, packages: Sequence[str], env: Pairs) -> Runtime:
    """The image with packages and variables."""
    own = dict(runtime.env)
    given = {name: searched(name, value, own.get(name, "")) for name, value in env}
    return structs.replace(runtime, packages=joined(runtime.packages, packages), env=tuple({**own, **given}.items()))


def searched(name: str, value: str, own: str) -> str:
    """A variable's value; of a list of directories to import from, with those behind it that the plan needs."""
    if name == "PATH" or not name.endswith("PATH") or not own:
        return value
    return ":".join(joined(value.split(":"), own.split(":")))


def joined(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Both lists, each name once."""
    return tuple(dict.fromkeys((*first, *second)))
