"""The background jobs of a Rails app: which gem runs them, and in which process, where the user named none."""

import re
from collections.abc import Iterator

from msgspec import Struct

from frontend.commands.hardened import OF_PROCFILES
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.ruby import boot, conditions
from frontend.languages.ruby.gemfile import without_comment
from frontend.languages.ruby.servers import EXEC
from frontend.plan.model import Process, Warning
from frontend.settings.model import Settings

JOBS = "jobs"
CRON = "config/schedule.rb"  # of the gem whenever: https://github.com/javan/whenever
CLOCKS = ("config/clock.rb", "clock.rb", "lib/clock.rb", "app/clock.rb")  # of clockwork, which is a process of its own
PUMA_RB = "config/puma.rb"
CONFIGS = ("config/environments/production.rb", "config/application.rb")  # the first that names an adapter decides
ADAPTER = re.compile(r"\s*config\.active_job\.queue_adapter\s*=\s*:(\w+)")
IN_PUMA = re.compile(r"\s*plugin\s*\(?:solid_queue\b")
# GoodJob's own threads in the web process, by its configuration or a variable
IN_WEB = re.compile(r"[^#]*\bexecution_mode\b[^#]*\basync")
IN_WEB_SWITCH = "GOOD_JOB_EXECUTION_MODE"


class Queue(Struct, frozen=True):
    """A gem that runs jobs: its name, that of its adapter, its program, and what says in a command that it is run.

    `files` are files that only an app has that uses the gem without an adapter.
    """

    title: str
    gem: str
    adapter: str
    program: tuple[str, ...]
    runs: tuple[str, ...]
    files: tuple[str, ...] = ()


class Worker(Struct, frozen=True):
    """The process that runs jobs, and the warning that the image's start does not."""

    process: Process
    doubt: Warning


QUEUES = (
    Queue("Solid Queue", "solid_queue", "solid_queue", ("rake", "solid_queue:start"), ("bin/jobs", "solid_queue")),
    Queue("Sidekiq", "sidekiq", "sidekiq", ("sidekiq",), ("sidekiq",), ("config/sidekiq.yml",)),
    Queue("GoodJob", "good_job", "good_job", ("good_job", "start"), ("good_job",)),
    Queue("Delayed Job", "delayed_job", "delayed_job", ("rake", "jobs:work"), ("jobs:work", "delayed_job")),
    Queue("Resque", "resque", "resque", ("rake", "resque:work", "QUEUE=*"), ("resque",)),
    Queue("Que", "que", "que", ("que",), ("que",)),
)


def find(tree: SourceTree, settings: Settings, gems: frozenset[str], processes: tuple[Process, ...]) -> Worker | None:
    """The process that runs the app's jobs, where neither the web process nor another that is known does."""
    commands = [" ".join(one.args) for one in processes]
    if JOBS in {one.name for one in processes}:
        return None
    for queue in QUEUES:
        at = used(tree, queue) if queue.gem in gems else None
        if at is None:
            continue
        known = any(
            re.search(rf"(?<![\w-]){re.escape(text)}\b", command) for command in commands for text in queue.runs
        )
        if known or is_in_web(tree, settings, queue):
            return None
        own = queue.gem == "solid_queue" and tree.has("bin/jobs")
        process = Process(JOBS, (*EXEC, *(("ruby", "bin/jobs") if own else queue.program)), at=at)
        return Worker(process, nobody_works(tree, queue, process))
    return None


def schedules(tree: SourceTree, gems: frozenset[str], processes: tuple[Process, ...]) -> Iterator[Warning]:
    """The warning for a schedule that nothing in the image follows."""
    if "whenever" in gems and tree.has(CRON):
        yield Warning(
            "schedule",
            f"{CRON} is a schedule for cron, which is not in the image: nothing starts its jobs",
            tree.at(CRON),
            "have the platform that runs the image start them: bundle exec whenever lists their times and commands",
        )
    clock = tree.first(*CLOCKS) if "clockwork" in gems else None
    words = {word.rpartition("/")[2] for one in processes for word in " ".join(one.args).split()}
    if clock is not None and not words & {"clockwork", clock.rpartition("/")[2], *OF_PROCFILES}:
        yield Warning(
            "schedule",
            f"no process follows the schedule {clock}",
            tree.at(clock),
            f"add one to a Procfile: clock: bundle exec clockwork {clock}",
        )


def used(tree: SourceTree, queue: Queue) -> Location | None:
    """Where the app says that it uses a queue: its adapter, or a file of its own; None where nothing does."""
    adapter = next(
        (
            (found[1], tree.at(path, number))
            for path in CONFIGS
            for number, line in enumerate(boot.text_of(tree, path).splitlines(), 1)
            if (found := ADAPTER.match(line)) is not None
        ),
        None,
    )
    if adapter is not None:
        return adapter[1] if adapter[0] == queue.adapter else None
    path = tree.first(*queue.files) if queue.files else None
    return tree.at(path, 1) if path is not None else None


def is_in_web(tree: SourceTree, settings: Settings, queue: Queue) -> bool:
    """Whether the web process runs the jobs: Solid Queue by puma's plugin, which a condition may decide on, GoodJob."""
    given = dict(settings.run_env)
    if queue.gem == "solid_queue":
        asked = plugin(tree)
        return asked is not None and (not asked or bool(conditions.holds(asked, given)))
    if queue.gem == "good_job":
        if IN_WEB_SWITCH in given:
            return given[IN_WEB_SWITCH].startswith("async")
        paths = (*CONFIGS, "config/initializers/good_job.rb")
        return any(IN_WEB.match(line) for path in paths if tree.has(path) for line in tree.read_lines(path) or ())
    return False


def plugin(tree: SourceTree) -> str | None:
    """The condition of puma's plugin that runs jobs, "" for none; None without the plugin."""
    lines = boot.text_of(tree, PUMA_RB).splitlines()
    number = next((number for number, line in enumerate(lines, 1) if IN_PUMA.match(without_comment(line)[0])), 0)
    return conditions.of_line(lines, number) if number else None


def nobody_works(tree: SourceTree, queue: Queue, process: Process) -> Warning:
    """The warning that the image's start runs no background jobs."""
    asked = plugin(tree) if queue.gem == "solid_queue" else None
    switch = next(
        (name for name in conditions.variables(asked or "") if conditions.holds(asked or "", {name: "1"})), ""
    )
    in_web = f", or set RUN_ENV_{switch}=1 to have puma run them" if switch else ""
    if queue.gem == "good_job":
        in_web = f", or set RUN_ENV_{IN_WEB_SWITCH}=async to have the web process run them"
    return Warning(
        "jobs-apart",
        f"the image's start runs no background jobs: {queue.title} is the process {JOBS}",
        process.at,
        f"build its image with --target {JOBS}, or start a second container with {' '.join(process.args)}{in_web}",
    )
