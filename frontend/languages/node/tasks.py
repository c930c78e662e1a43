"""Task runners of repositories: which task of which package their words name.

Sources: https://turborepo.com/docs/reference/run, https://nx.dev/reference/nx-commands,
https://lerna.js.org/docs/api-reference/commands, https://moonrepo.dev/docs/commands/run
"""

from msgspec import Struct

from frontend.commands.options import split_options
from frontend.commands.words import Word


class Runner(Struct, frozen=True):
    """How a task runner's words are read.

    A task stands behind one of the `verbs`, or behind none of them where `bare`. `filters` are options that name
    packages, `tasks` those that name tasks, `takes` others with a value. `joint` stands between a package and its task
    in one word. `behind`: the word after the task names the package, and `joint` is for words behind a verb only.
    """

    verbs: frozenset[str]
    bare: bool = True
    filters: frozenset[str] = frozenset()
    tasks: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    joint: str = ""
    behind: bool = False


class Task(Struct, frozen=True):
    """A task: `name` of the script or target, "" where `words` are a command; the `package`, "" for all or none."""

    name: str
    package: str = ""
    words: tuple[Word, ...] = ()


RUNNERS: dict[str, Runner] = {
    "turbo": Runner(
        frozenset(("run",)),
        filters=frozenset(("--filter", "-F")),
        takes=frozenset(
            "--cache --cache-dir --concurrency --cwd --env-mode --log-order --log-prefix --output-logs --team --token"
            " --ui --api --graph --profile".split()
        ),
        joint="#",
    ),
    "nx": Runner(
        frozenset(("run", "run-many")),
        filters=frozenset(("-p", "--projects", "--project")),
        tasks=frozenset(("-t", "--target", "--targets")),
        takes=frozenset("-c --configuration --exclude --output-style --outputStyle --parallel --port --runner".split()),
        joint=":",
        behind=True,
    ),
    "lerna": Runner(
        frozenset(("run", "exec")),
        bare=False,
        filters=frozenset(("--scope",)),
        takes=frozenset("--concurrency --ignore --since --exclude --loglevel".split()),
    ),
    "moon": Runner(
        frozenset(("run", "r")), takes=frozenset("--concurrency -c --log --profile --query".split()), joint=":"
    ),
}


def read(name: str, words: tuple[Word, ...]) -> Task | None:
    """The task that the words behind a runner name; None for what is no task."""
    runner = RUNNERS[name]
    end = next((index for index, word in enumerate(words) if word.text == "--"), len(words))
    split = split_options(words[:end], runner.takes | runner.filters | runner.tasks, anywhere=True)
    named = ",".join(one.value.text for one in split.options if one.name in runner.filters and one.value is not None)
    texts = [word.text for word in split.rest]
    verb = texts.pop(0) if texts and texts[0] in runner.verbs else ""
    if not (verb or runner.bare):
        return None
    if verb == "exec":
        return Task("", named, words[end + 1 :])
    task = split.value(*runner.tasks) or (texts[-1] if texts and not runner.behind else "".join(texts[:1]))
    if runner.joint in task and runner.joint and (verb or not runner.behind):
        package, _, task = task.partition(runner.joint)
        named = package if len(texts) == 1 else ""
        task = task.partition(runner.joint)[0]  # nx: project:target:configuration
    elif runner.behind and verb == "" and len(texts) > 1:
        named = texts[1]
    return Task(task, named if "," not in named else "", words[end + 1 :]) if task else None
