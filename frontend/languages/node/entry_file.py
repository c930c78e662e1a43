"""The file an app is started by, where no script says so."""

import re

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.node import programs
from frontend.languages.node.manifest import BUILD_SCRIPTS, Manifest
from frontend.languages.node.page_file import LISTENS, is_of_page
from frontend.languages.node.runners import RUN_BY, WATCHERS
from frontend.paths import joined, within

SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
ENTRIES = tuple(
    f"{dir}{name}" for dir in ("", "src/", "server/", "app/") for name in ("server", "index", "app", "main")
)
BUN = "bun"
RUNS = frozenset((*RUN_BY, *WATCHERS, BUN))
STARTING = frozenset("start dev develop development serve server watch".split())  # words of scripts' names
DEVELOPING = frozenset("dev develop development watch debug local".split())
COMMAND = re.compile(r"[a-z][a-z0-9:_-]*")
APART = frozenset("test tests e2e docs storybook".split())


class DevelopmentFile(Struct, frozen=True):
    """A file that a script of package.json runs, the script's name, and the program that runs it.

    `words` are the app's own commands behind it: ("start",) of `bun --watch src/cli.ts start`.
    """

    file: str
    script: str
    program: str
    words: tuple[str, ...] = ()


def development_file(tree: SourceTree, manifest: Manifest) -> DevelopmentFile | None:
    """The app's file in a script such as `"dev": "nodemon backend/app.ts"`, of the first that runs one.

    One that Bun runs counts where no other does. A file that the build runs too (`node esbuild.config.mjs production`)
    builds: it is none of these.
    """
    of_bun = None
    called = (one for name in BUILD_SCRIPTS for one in programs.programs(manifest.scripts.get(name, "")))
    building = {word for one in called if one.name in RUNS for word in one.arguments[:1]}
    for script, text in manifest.scripts.items():
        words = set(re.split(r"[:_-]", script))
        program, arguments = programs.started(text, manifest.scripts)
        if not words & STARTING or words & APART or program not in RUNS:
            continue
        texts = [word for argument in arguments if argument not in building for word in argument.split()]
        for index, word in enumerate(text.removeprefix("./") for text in texts):
            known = (*SUFFIXES, ".tsx", ".jsx") if program == BUN else SUFFIXES
            if word.endswith(known) and tree.has(within(manifest.dir, word)):
                found = DevelopmentFile(word, script, program, commands(texts[index + 1 :]))
                if program != BUN:
                    return found
                of_bun = of_bun or found
    return of_bun


def commands(words: list[str]) -> tuple[str, ...]:
    """The words behind a file that tell it what to do, where none of them is about development."""
    return tuple(words) if all(map(COMMAND.fullmatch, words)) and not DEVELOPING.intersection(words) else ()


def program_file(tree: SourceTree, manifest: Manifest, main: str) -> str | None:
    """The package's program, where `main` is what others import: it listens on nothing; None for none.

    Source: https://docs.npmjs.com/cli/configuring-npm/package-json#bin
    """
    value = manifest.data.get("bin")
    named = manifest.table("bin")
    bin = value if isinstance(value, str) else named.get(manifest.name.rpartition("/")[2], "") if named else ""
    file = joined("", bin)
    if not file.endswith(SUFFIXES) or file == main or not tree.has(within(manifest.dir, file)):
        return None
    return None if LISTENS.search(tree.read_text(within(manifest.dir, main)) or "") else file


def entry_file(tree: SourceTree, manifest: Manifest, *, by_bun: bool = False) -> str | None:
    """The file to start: `main` where it exists or is built, what is run in development, else one of the usual names.

    It is relative to the package. `by_bun` says that Bun runs it, whose `bun init` names the file as `module`.
    Source: https://bun.sh/docs/cli/init
    """
    main = manifest.text("main").removeprefix("./").rstrip("/")
    if main:
        for path in (main, f"{main}.js", f"{main}/index.js"):
            if tree.has(within(manifest.dir, path)) and not is_of_page(tree, within(manifest.dir, path)):
                return program_file(tree, manifest, path) or path
        if main.startswith(("dist/", "build/", "lib/", "out/")) and (
            "build" in manifest.scripts or "typescript" in manifest.dependencies
        ):
            return main
    developed = development_file(tree, manifest)
    if developed is not None:
        return developed.file
    module = joined("", manifest.text("module")) if by_bun else ""
    if module and tree.has(within(manifest.dir, module)):
        return module
    if tree.has(within(manifest.dir, "bin/www")):
        return "bin/www"
    if tree.has(within(manifest.dir, "bin/server.js")):
        return "bin/server.js"
    usual = [entry + suffix for entry in ENTRIES for suffix in ((*SUFFIXES, ".tsx") if by_bun else SUFFIXES)]
    tree.need(*(within(manifest.dir, path) for path in usual))
    there = (path for path in usual if tree.has(within(manifest.dir, path)))
    return next((path for path in there if not is_of_page(tree, within(manifest.dir, path))), None)
