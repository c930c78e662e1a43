"""An image for one of an app's processes: the option `target`, as `docker build --target NAME` sends it."""

from msgspec import structs

from frontend.commands.script import without_env
from frontend.errors import OptionError, nearest
from frontend.plan.model import Command, Evidence, Plan, Process
from frontend.secrets.masking import shown


def of_process(plan: Plan, name: str) -> Plan:
    """The plan of the image that starts one process and names no other. Raises OptionError for one that there is not.

    Its layers are those of the app's image. The variables that the process sets for itself become the image's.
    """
    process = next((one for one in plan.runtime.processes if one.name == name), None)
    if process is None:
        raise unknown(plan.runtime.processes, name)
    process, env = with_image_env(process)
    runtime = structs.replace(plan.runtime, processes=(process,), env=tuple({**dict(plan.runtime.env), **env}.items()))
    return structs.replace(
        plan,
        runtime=runtime,
        evidence=(*plan.evidence, Evidence(f"process {name}", "target", process.at)),
        warnings=tuple(dict.fromkeys(plan.warnings)),
    )


def with_image_env(process: Process) -> tuple[Process, dict[str, str]]:
    """A process without the `env NAME=value` in front of its program, and those variables; as it is where its
    candidates set different ones."""
    candidates = [Command(process.args, process.shell), *process.otherwise]
    parts = [({}, one.args) if one.shell else without_env(one.args)[::-1] for one in candidates]
    if any(env != parts[0][0] for env, _ in parts):
        return process, {}
    others = [structs.replace(one, args=args) for one, (_, args) in zip(process.otherwise, parts[1:], strict=True)]
    return structs.replace(process, args=parts[0][1], otherwise=tuple(others)), dict(parts[0][0])


def unknown(processes: tuple[Process, ...], name: str) -> OptionError:
    """The error for a target that is no process of the app."""
    names = [one.name for one in processes]
    close = nearest(name, names)
    meant = f"did you mean {close}? " if close else ""
    return OptionError(
        f'there is no process "{shown(name)}" to build an image of', hint=f"{meant}The app has: {', '.join(names)}"
    )
