"""Apps that `deno compile` makes one program of: nothing but that program ships.

Source: https://docs.deno.com/runtime/reference/cli/compile/
"""

from msgspec import Struct

from frontend.commands.options import split_options
from frontend.languages.deno.config import Config
from frontend.languages.deno.tasks import Run, of_task
from frontend.paths import joined

TASKS = ("build", "compile")
TAKES = (
    "-o", "--output", "--target", "--include", "--exclude", "--icon", "-c", "--config", "--import-map", "--cert",
    "--ext", "--env-file", "--preload", "--seed", "--location",
)  # fmt: skip


class Program(Struct, frozen=True):
    """A program that a task compiles: its path relative to the app's root, the task, and the module it is made of."""

    path: str
    task: str
    entry: str


def made(config: Config) -> dict[str, Program]:
    """The programs that the tasks of an app compile, by path."""
    found: dict[str, Program] = {}
    for name in (one for one in TASKS if one in config.tasks):
        for run in of_task(config, name):
            one = program(run, name)
            if one is not None:
                found.setdefault(one.path, one)
    return found


def program(run: Run, task: str) -> Program | None:
    """What a run compiles: to `--output`, else to the name of the module; None for another run."""
    if run.program != "deno" or len(run.words) < 3 or run.words[1].text != "compile":
        return None
    split = split_options(run.words[2:], TAKES, anywhere=True)
    named = split.value("-o", "--output")
    entry = split.rest[0].text if split.rest else ""
    named = named or entry.rpartition("/")[2].rpartition(".")[0]
    return Program(joined(run.dir, named), task, joined(run.dir, entry)) if named else None


def started(config: Config, run: Run) -> Program | None:
    """The compiled program that a run starts; None for another."""
    path = joined(run.dir, run.words[0].text.removeprefix("/app/")) if run.words and "/" in run.words[0].text else ""
    return made(config).get(path) if path else None
