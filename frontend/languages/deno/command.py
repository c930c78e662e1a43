"""Deno's own command line: `deno run [OPTION…] FILE [ARGUMENT…]`, and how it is in an image.

In an image nothing is fetched (`--cached-only`), the lockfile is what was built with (`--frozen`), and a module of ours
runs first: it gives the app's server the address that PORT says, whatever the code has. What only development needs is
left out.
"""

from __future__ import annotations

from msgspec import Struct

from frontend.commands.options import Option, split_options
from frontend.commands.words import Part, Word, literal
from frontend.paths import joined

PROGRAM = "deno"
RUN, SERVE = "run", "serve"
TAKES = (
    "-c", "--config", "--cert", "--conditions", "--ext", "--host", "--import-map", "--location",
    "--node-modules-linker", "--port", "--preload", "--require", "--seed",
)  # fmt: skip
DEVELOPMENT = (
    "--watch", "--watch-hmr", "--hmr", "--watch-exclude", "--no-clear-screen", "--open", "--inspect", "--inspect-brk",
    "--inspect-wait", "--inspect-publish-uid", "-r", "--reload", "--check", "--coverage", "--lock-write",
)  # fmt: skip
# what decides which module an import is: `deno cache` needs it too
MAPS = ("--import-map", "-c", "--config")
RESOLVES = (
    *MAPS, "--no-config", "--no-lock", "--lock", "--no-npm", "--no-remote", "--node-modules-dir", "--vendor",
    "--conditions", "--cert", "--unstable",
)  # fmt: skip
OURS = ("--cached-only", "--frozen", "--frozen-lockfile")
LISTENING = ("--port", "--host")  # of `deno serve`: PORT decides
PORT = Word((Part("PORT", "variable"),), "$PORT", "$PORT")
ENV_FILE = ("--env-file", "--env")
ALL = ("-A", "--allow-all")
SETS = ("-P", "--permission-set")
PERMISSIONS = ("allow", "deny", "ignore")
SHORT = dict(zip("RWINES", ("read", "write", "import", "net", "env", "sys"), strict=True))
# what Deno's own images start an app with, where nobody says: https://github.com/denoland/deno_docker
LEAST = ("--allow-net", "--allow-env", "--allow-read")


class Invocation(Struct, frozen=True):
    """A command line of Deno that runs a file. `verb` is "run" or "serve"."""

    verb: str
    options: tuple[Option, ...]
    script: Word
    args: tuple[Word, ...]

    def text(self, *names: str) -> str:
        """The value of the first of these options, as text; "" without one."""
        return next((one.value.text for one in self.options if one.name in names and one.value is not None), "")

    def resolving(self, dir: str) -> tuple[str, ...]:
        """The options that decide what is imported, as words for the app's root; `dir` is the command's directory."""
        found: list[str] = []
        for one in self.options:
            if one.name in MAPS and one.value is not None and "://" not in one.value.text:
                found.append(f"{one.name}={joined(dir, one.value.text)}" if one.name[1] == "-" else one.name)
                found += [joined(dir, one.value.text)] if one.name[1] != "-" else []
            elif one.name in RESOLVES or one.name.startswith("--unstable-"):
                found += [word.text for word in one.words]
        return tuple(found)

    def has(self, *names: str) -> bool:
        """Whether one of these options is given, with a value or without."""
        return any(one.name in names for one in self.options)

    @property
    def permissions(self) -> tuple[str, ...]:
        """The kinds of permission that are named: ("net", "env"); "all" for all of them, "set" for one of the
        configuration. `-NE` names two."""
        found: list[str] = []
        for one in self.options:
            if one.name in ALL:
                found.append("all")
            elif one.name in SETS:
                found.append("set")
            elif one.name.startswith("--allow-"):
                found.append(one.name.removeprefix("--allow-"))
            elif one.name[:1] == "-" and one.name[1:2] != "-":
                letters = one.name[1:]
                found += [SHORT[letter] for letter in letters if letter in SHORT]
                found += ["all"] * ("A" in letters) + ["set"] * ("P" in letters)
        return tuple(found)

    @property
    def allows_env(self) -> bool:
        """Whether every variable may be read and set."""
        if "all" in self.permissions:
            return True
        return any(one.name == "--allow-env" and one.value is None for one in self.options) or any(
            one.name[:1] == "-" and one.name[1:2] != "-" and "E" in one.name and one.value is None
            for one in self.options
        )


def read(words: tuple[Word, ...]) -> Invocation | None:
    """The command line that runs a file; None for another of Deno's, and for other programs."""
    if not words or words[0].text.rpartition("/")[2] != PROGRAM:
        return None
    rest = words[1:]
    verb = rest[0].text if rest and rest[0].text in (RUN, SERVE) else ""
    found = split_options(rest[1:] if verb else rest, TAKES)
    if not found.rest or (not verb and not is_file(found.rest[0].text)):
        return None
    return Invocation(verb or RUN, found.options, found.rest[0], found.rest[1:])


def is_permission(option: Option) -> bool:
    """Whether an option allows or denies something."""
    name = option.name
    if name.startswith("--"):
        return name in (*ALL, *SETS) or name[2:].partition("-")[0] in PERMISSIONS
    return bool(set(name[1:]) & {*SHORT, "A", "P"})


def is_file(text: str) -> bool:
    """Whether a word behind `deno` names a module, and no verb of it."""
    return "/" in text or ":" in text or text.endswith((".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs"))


class Adapted(Struct, frozen=True):
    """A command line as the image has it, the variables it needs, and the options that are not in it.

    `granted` are permissions that it does not name itself, `enabled` unstable features, as options. `follows` says that
    our module may set the server's address.
    """

    words: tuple[Word, ...]
    env: tuple[tuple[str, str], ...] = ()
    dropped: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    follows: bool = False
    enabled: tuple[str, ...] = ()


class Image(Struct, frozen=True):
    """What a command line is adapted for.

    `lock` are the options that enforce the app's lockfile, () without one; `first` is the path of our module, "" where
    Deno runs none before the app's. `moves` says that the module is to set where the server listens. `features` are
    unstable features that the app's modules use and its configuration does not enable, `imports` says that they are
    imported from hosts that need a permission.
    """

    lock: tuple[str, ...]
    first: str = ""
    moves: bool = False
    features: tuple[str, ...] = ()
    imports: bool = False


def adapted(one: Invocation, image: Image) -> Adapted:
    """A command line for the image."""
    serves = one.verb == SERVE
    run = serves and bool(image.first) and not one.has("--parallel")  # `deno run` serves a default export too
    named = set(one.permissions)
    granted: list[str] = []
    if not named:
        granted += LEAST  # `deno serve` may listen by itself, and asks nothing else of the network
    elif run and not {"all", "set", "net"} & named:
        granted.append("--allow-net=0.0.0.0")  # as `deno serve` itself may listen where it is told to
    moves = bool(image.first) and (image.moves or run) and (run or not serves)
    if moves and "set" in named and not one.allows_env:
        moves = False  # a set of permissions takes no others beside it
    elif moves and not one.allows_env and "--allow-env" not in granted:
        granted.append("--allow-env=PORT,DENO_SERVE_ADDRESS")
    if image.imports and not {"all", "set", "import"} & named:
        granted.append("--allow-import")  # of what is in the image: nothing is fetched
    enabled = tuple(f"--unstable-{name}" for name in image.features if not one.has(f"--unstable-{name}"))
    kept = [
        word
        for option in one.options
        if option.name not in (*DEVELOPMENT, *ENV_FILE, *OURS) and not (serves and option.name in LISTENING)
        for word in option.words
    ]
    ours = ["--cached-only", *(image.lock if not one.has("--no-lock", "--lock") else ())]
    ours += ["--preload", image.first] if image.first and (run or not serves) else []
    if serves and not run:
        ours += ["--host", "0.0.0.0"]  # noqa: S104 - a container has to
    listening = (literal("--port"), PORT) if serves and not run else ()
    verb = SERVE if serves and not run else RUN
    given = (*map(literal, (PROGRAM, verb, *ours)), *listening, *map(literal, (*enabled, *granted)))
    words = (*given, *kept, one.script, *one.args)
    dropped = tuple(option.name for option in one.options if option.name in (*DEVELOPMENT, *ENV_FILE))
    env = (("DENO_AUTO_SERVE", "1"),) if run else ()
    return Adapted(words, env, dropped, tuple(granted), moves, enabled)
