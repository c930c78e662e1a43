"""The programs that run others, and how their words are read: package managers, wrappers, sequences and watchers."""

from collections.abc import Mapping

from msgspec import Struct

from frontend.commands.unwrap import SHELL_RUNNERS, Runner, Unwrapped
from frontend.commands.words import Word
from frontend.languages.node import options


class Cli(Struct, frozen=True):
    """How the words of a package manager name a script: its options with a value, which of them name a package.

    `anywhere`: its options may stand behind the script's name. `own` are its commands, which neither scripts nor
    programs of dependencies are started by; None for a manager that starts scripts by `run` alone.
    """

    takes: frozenset[str]
    workspaces: frozenset[str] = frozenset()
    dirs: frozenset[str] = frozenset()
    all: frozenset[str] = frozenset()
    anywhere: bool = False
    own: frozenset[str] | None = None

    @property
    def places(self) -> frozenset[str]:
        """The options that name a package."""
        return self.workspaces | self.dirs


CLIS: dict[str, Cli] = {
    "npm": Cli(  # https://docs.npmjs.com/cli/using-npm/config
        takes=frozenset(
            ("-w", "--workspace", "--prefix", "-C", "--loglevel", "--registry", "--cache", "--userconfig",
             "--script-shell", "--node-options")
        ),
        workspaces=frozenset(("-w", "--workspace")),
        dirs=frozenset(("--prefix", "-C")),
        all=frozenset(("-ws", "--workspaces")),
        anywhere=True,
    ),
    "yarn": Cli(  # https://yarnpkg.com/cli, https://classic.yarnpkg.com/en/docs/cli
        takes=frozenset(("--cwd", "--cache-folder", "--modules-folder", "--registry")),
        dirs=frozenset(("--cwd",)),
        all=frozenset(("workspaces",)),
        own=frozenset(
            "add audit autoclean bin cache check config constraints create dedupe explain global help import info init"
            " install licenses link list login logout npm outdated owner pack patch plugin policies publish rebuild"
            " remove search set stage stop tag team test unlink unplug up upgrade upgrade-interactive version versions"
            " why workspace".split()
        ),
    ),
    "pnpm": Cli(  # https://pnpm.io/pnpm-cli
        takes=frozenset(
            ("--filter", "-F", "--filter-prod", "-C", "--dir", "--reporter", "--loglevel", "--workspace-concurrency")
        ),
        workspaces=frozenset(("--filter", "-F")),
        dirs=frozenset(("-C", "--dir")),
        all=frozenset(("-r", "--recursive", "recursive")),
        own=frozenset(
            "add approve-builds audit bin cache config create dedupe deploy doctor env fetch help i import init install"
            " install-test it licenses link list ln ls outdated pack patch patch-commit prune publish rb rebuild remove"
            " rm root self-update server setup stop store t test unlink up update upgrade why".split()
        ),
    ),
    "bun": Cli(  # https://bun.sh/docs/cli/run
        takes=frozenset(("--filter", "-F", "--cwd", "--config")),
        workspaces=frozenset(("--filter", "-F")),
        dirs=frozenset(("--cwd",)),
        own=frozenset(("install", "i", "add", "ci", "test")),
    ),
}  # fmt: skip
RUN = ("run", "run-script")
STARTS = ("start", "restart")  # commands of npm, yarn and pnpm for the script "start"
INSTALLS = ("install", "i", "ci")

RUNNERS: Mapping[str, Runner] = {
    "env": SHELL_RUNNERS["env"],
    "exec": SHELL_RUNNERS["exec"],
    "cross-env": Runner(assigns=True),  # https://github.com/kentcdodds/cross-env
    "cross-env-shell": Runner(assigns=True, line=True),
    # https://github.com/entropitor/dotenv-cli, https://dotenvx.com/docs/cli, https://github.com/toddbluhm/env-cmd
    "dotenv": Runner(takes=frozenset(("-e", "-v", "-c", "-p"))),
    "dotenvx": Runner(
        verbs=("run",), takes=frozenset(("-f", "--env-file", "-fv", "--env-vault-file", "-e", "--env", "--convention"))
    ),
    "env-cmd": Runner(takes=frozenset(("-e", "--environments", "-f", "--file", "-r", "--rc-file"))),
    "npx": Runner(takes=options.NPX, text=frozenset(("-c", "--call"))),
    "pnpx": Runner(takes=options.NPX),
    "bunx": Runner(takes=options.NPX),
    "npm": Runner(verbs=("exec", "x"), takes=CLIS["npm"].takes | options.NPX, text=frozenset(("-c", "--call"))),
    "yarn": Runner(verbs=("exec", "dlx"), takes=CLIS["yarn"].takes | options.NPX),
    "pnpm": Runner(verbs=("exec", "dlx"), takes=CLIS["pnpm"].takes | {"--package"}),
    "bun": Runner(verbs=("x",), takes=CLIS["bun"].takes),
}

SEQUENCES = dict.fromkeys(  # https://github.com/mysticatea/npm-run-all/blob/master/docs/npm-run-all.md
    ("run-s", "npm-run-all", "npm-run-all2"), frozenset(("--max-parallel", "--npm-path", "--node-path"))
)
PARALLEL = ("-p", "--parallel", "-pl")
OF_SYSTEM = ("run-script-os", "run-os")  # run `start:linux` for `start`
SYSTEMS = ("linux", "nix", "default")  # behind the script's name, those that are run on Linux


BACKGROUND = {"egg-scripts": ("--daemon",)}  # options by which a program leaves a container without process 1
# https://www.eggjs.org/core/deployment


class Watcher(Struct, frozen=True):
    """A program that runs a file again on each change: what it runs the file `by`, and which options are its own.

    `takes` have a value, `flags` none. `execs` are those that name what is run. `verb` may stand in front of the file.
    """

    by: str
    takes: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    execs: frozenset[str] = frozenset()
    verb: str = ""


_TS_NODE_DEV = Watcher("ts-node", frozenset(("--debounce", "--interval", "--watch", "--ignore-watch", "--exec-check")))
WATCHERS: dict[str, Watcher] = {
    "nodemon": Watcher(  # https://github.com/remy/nodemon/blob/main/doc/cli/options.txt
        "node",
        takes=frozenset("-w --watch -e --ext -i --ignore -d --delay -s --signal --config --cwd".split()),
        flags=frozenset("-L --legacy-watch -q --quiet -V --verbose -I --no-stdin -C --on-change-only".split()),
        execs=frozenset(("-x", "--exec")),
    ),
    "node-dev": Watcher("node", takes=frozenset(("--debounce", "--interval", "--ignore"))),
    "supervisor": Watcher(
        "node",
        takes=frozenset("-w --watch -i --ignore -e --extensions -p --poll-interval -t --non-interactive".split()),
        flags=frozenset("-q --quiet -V --verbose -n --no-restart-on -k --instant-kill -s --timestamp".split()),
        execs=frozenset(("-x", "--exec")),
    ),
    "forever": Watcher(
        "node",
        takes=frozenset(
            "-m -l -o -e --append --pidFile --sourceDir --workingDir --minUptime --spinSleepTime --uid --id"
            " --watchDirectory --watchIgnore".split()
        ),
        flags=frozenset(("-w", "-v", "-s", "-a", "-d", "-f", "-t")),
        execs=frozenset(("-c",)),
        verb="start",
    ),
    "ts-node-dev": _TS_NODE_DEV,
    "tsnd": _TS_NODE_DEV,
    "tsx": Watcher("tsx", takes=frozenset(("--include", "--exclude", "--ignore")), verb="watch"),
}
RUN_BY = {"node": options.NODE, "tsx": options.TSX, "ts-node": options.TS_NODE}  # programs that a watcher runs files by


def words_run(runner: Unwrapped) -> tuple[Word, ...]:
    """The words of the program that a runner runs; the first word of env-cmd was its file, before version 9."""
    words = runner.words
    is_file = runner.name == "env-cmd" and len(words) > 1 and words[0].text.startswith(".") and not runner.options
    return words[1:] if is_file else words
