"""What runs an app of npm's packages where that is not Node.js, and what says so before a source is read."""

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from frontend.commands import process
from frontend.commands.options import split_options
from frontend.commands.words import literal
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.base import OtherLanguageError
from frontend.languages.node import options, programs
from frontend.languages.node.manifest import BUN_LOCKS, OF_BUN, START_SCRIPTS, Manifest, line
from frontend.languages.node.package_managers import VERSIONS
from frontend.languages.node.runners import CLIS, RUN, STARTS
from frontend.languages.node.workspaces import Project
from frontend.languages.registry import NODE, named
from frontend.paths import joined, within
from frontend.plan.model import Evidence, TextFile, ToolVersion
from frontend.settings.model import Settings

BUN, DENO = "bun", "deno"
SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
DENO_START = re.compile(r"\s*(?:\w+=\S+\s+)*deno\s")
FORCED = re.compile(r"\bbunx?\s(?:[^&|;]*\s)?--bun\b|\bbun\s+-b\b")  # the program of a dependency is run by Bun too
RUNNING = (*START_SCRIPTS, "dev", "develop", "watch", "test")  # scripts that are no part of a build
BUILDING = re.compile(r"(?:pre|post)?(?:build|bundle|compile|generate)\b|heroku-postbuild$")
RUNS = re.compile(r"""(?:^|[\s"'&;|(])bunx?\s""")  # in a script or a target
FOR_NODE = re.compile(r"--target[= ]node\b")
ADAPTERS = ("svelte-adapter-bun",)  # make a server for Bun alone
OUTPUTS = ("dist/", "build/", "out/", "lib/")
COMMANDS = frozenset(("build", "install", "i", "test", "pm", "x"))  # of Bun itself
OF_SHELL = frozenset("rm mkdir cp mv echo cd true test [ : touch chmod cat ln set export".split())
MAX_DEPTH = 8  # of scripts that run scripts


class Engine(Struct, frozen=True):
    """A runtime that takes the place of Node.js: `name` is that of its language, `program` what runs a file.

    `tools` is the image that installs and builds, `image` the one that ships, both of the Debian suite `suite`. `path`
    is a directory that PATH has in these images, after the usual ones; `env` are variables of the image, `files` what
    it has for them.
    """

    name: str
    title: str
    program: str
    version: ToolVersion
    tools: str
    image: str
    suite: str
    path: str = ""
    env: tuple[tuple[str, str], ...] = ()
    files: tuple[TextFile, ...] = ()


Choice = Callable[[SourceTree, Settings, Project], Engine]
"""The engine of a project in the tree of the whole context."""


def other(why: Evidence) -> OtherLanguageError:
    """The error for an app that Bun runs, where it is planned as one of Node.js; `why` says it."""
    return OtherLanguageError(
        BUN,
        why,
        f"the app is one of the Bun runtime ({why.because}), which Node.js does not stand in for",
        hint="set LANGUAGE=bun, or start it with node, or tsx for TypeScript",
    )


def is_forced(settings: Settings) -> bool:
    """Whether the user says that the app is one of Node.js."""
    return settings.language is not None and named(settings.language.value) is NODE


def judge(tree: SourceTree, settings: Settings, project: Project) -> None:
    """Raises OtherLanguageError where the app says that Bun or Deno runs it. `tree` is that of the project's root."""
    if is_forced(settings):
        return
    start = project.app.scripts.get("start", "") if settings.run_command is None else ""
    if DENO_START.match(start):
        raise OtherLanguageError(
            DENO,
            Evidence("start", start, line(tree, project.app, "scripts", "start")),
            "the start script runs Deno",
            hint="set LANGUAGE=deno, or start the app with node",
        )
    if not is_mentioned(tree, settings, project):
        return
    why = next(signs(tree, settings, project), None)
    if why is not None:
        raise other(why)


def is_mentioned(tree: SourceTree, settings: Settings, project: Project) -> bool:
    """Whether anything names Bun at all."""
    if tree.first(*OF_BUN) or settings.candidate is not None or settings.run_command is not None or settings.processes:
        return True
    return any(BUN in (tree.read_text(one.path) or "") for one in (project.top, project.app) if tree.has(one.path))


def signs(tree: SourceTree, settings: Settings, project: Project) -> Iterator[Evidence]:
    """What says that Bun runs the app, the most deliberate first; nothing where its start says that Node.js does."""
    app = project.app
    web = process.web(tree.under(app.dir), settings) or process.web(tree, settings)
    script = next((name for name in START_SCRIPTS if name in app.scripts), None) if web is None else None
    if project.started and web is None:
        app, script = project.top, project.started
    if web is not None:
        text, at = web.script.text, web.at
    elif script is not None:
        text, at = app.scripts[script], line(tree, app, "scripts", script)
    elif settings.candidate is not None:
        text, at = settings.candidate.value, settings.candidate.at
    else:
        text, at = "", None
    if text and runs(tree, app, text):
        yield Evidence("Bun", f"the start is {text}", at)
        return
    if compiles(app) and (not text or is_path(programs.started(text).name, text)):
        why = "the build script compiles a program (bun build --compile)"
        yield Evidence("Bun", why, line(tree, app, "scripts", "build"))
        return
    if text and programs.started(text, app.scripts).name in ("node", "tsx", "ts-node", "nodemon"):
        return
    for name in ADAPTERS:
        if name in app.dependencies:
            yield Evidence("Bun", f"{name} makes a server for Bun", line(tree, app, name))
    for manifest in (app, project.top):
        engines = manifest.table("engines")
        if BUN in engines and "node" not in engines:
            yield Evidence("Bun", f"engines.bun is {engines[BUN]}", line(tree, manifest, "engines", BUN))


def runs(tree: SourceTree, manifest: Manifest, text: str, depth: int = 0) -> bool:
    """Whether a command of a package runs a file by Bun, or the program of a dependency by `bun --bun`."""
    if FORCED.search(text):
        return True
    name, words = programs.started(text, manifest.scripts)
    if name not in CLIS or depth > MAX_DEPTH:
        return False
    split = split_options(tuple(map(literal, words)), options.BUN if name == BUN else CLIS[name].takes)
    rest = [word.text for word in split.rest]
    ran = rest[:1] in ([one] for one in RUN)
    if ran:
        more = split_options(tuple(map(literal, rest[1:])), options.BUN if name == BUN else CLIS[name].takes)
        rest = [word.text for word in more.rest]
    first = rest[0] if rest else ""
    script = "start" if first in STARTS and name != BUN else first
    if script in manifest.scripts:
        return runs(tree, manifest, manifest.scripts[script], depth + 1)
    if name != BUN or not first:
        return False
    return is_file(first) or is_module(tree, manifest, first, ran=ran) or (first not in COMMANDS and is_set(tree))


def is_set(tree: SourceTree) -> bool:
    """Whether bunfig.toml has Bun take the place of Node.js in all that it runs.

    Source: https://bun.sh/docs/runtime/bunfig#run-bun-auto-alias-node-to-bun
    """
    run = (tree.read_toml("bunfig.toml") or {}).get("run") if tree.has("bunfig.toml") else None
    return isinstance(run, dict) and run.get("bun") is True


def compiles(manifest: Manifest) -> bool:
    """Whether the build script of a package compiles a program."""
    if not any("--compile" in one for one in manifest.scripts.values()):
        return False
    from frontend.languages.node import compiled

    return bool(compiled.made(manifest))


def is_path(name: str, text: str) -> bool:
    """Whether the program of a text, by its name, is one that is named by its path there."""
    return bool(name) and f"/{name}" in text


def is_file(word: str) -> bool:
    """Whether Bun takes a word for a file: it has a file's ending, or begins like a path."""
    return word.endswith(SUFFIXES) or word.startswith(("./", "../", "/")) or word == "."


def is_module(tree: SourceTree, manifest: Manifest, word: str, *, ran: bool) -> bool:
    """Whether Bun takes a word for a file of a package without its ending, or for a directory with an index: `bun src`.

    `ran` says that it stands behind `bun run`. Source: https://bun.sh/docs/cli/run#resolution-order
    """
    if word in manifest.scripts or (not ran and word in COMMANDS):
        return False
    if word.startswith(OUTPUTS):  # what a build makes
        return True
    path = joined(manifest.dir, word)
    return tree.first(*(path + end for end in SUFFIXES), *(f"{path}/index{end}" for end in SUFFIXES)) is not None


def of_source(tree: SourceTree, path: str, number: int, what: str) -> OtherLanguageError:
    """The error for a file that only Bun runs."""
    return other(Evidence("Bun", f"{path} {what}", Location(tree.at(path).file, number)))


def unstarted(tree: SourceTree, manifest: Manifest) -> Evidence | None:
    """What says that a file which no script starts is Bun's: the lockfile of Bun, and no other; None for nothing."""
    lock = tree.first(*BUN_LOCKS)
    others = tree.first("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
    if lock is None or others is not None or "node" in manifest.table("engines"):
        return None
    return Evidence("Bun", f"{lock}, and no script that Node.js starts", tree.at(lock, 1))


def needs_node(project: Project, commands: Iterable[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether a build runs anything but Bun: programs of dependencies are written for Node.js, and start by its name.

    `commands` are the directories and the words of what is run; a word "" is the package manager.
    """
    manifests = {one.dir: one for one in (*project.manifests, project.app)}
    for dir, words in commands:
        manifest = manifests.get(dir) or project.app
        text = " ".join((BUN, *words[1:]) if words[:1] == ("",) else words)
        if not only_bun(manifest, text, set()):
            return True
    return False


def beside_node(tree: SourceTree, project: Project, engine: Engine | None, manager: str) -> ToolVersion | None:
    """The version of Bun for a build in an image of Node.js, whose scripts or targets of Nx run it; None for others,
    and where it is the package manager or comes with the packages."""
    if engine is None and manager != BUN and not any(BUN in one.dependencies for one in project.manifests):
        built = (text for one in project.manifests for text in building(one.scripts))
        return ToolVersion(BUN, VERSIONS[BUN][0].version) if any(map(RUNS.search, built)) else None
    if engine is None or manager == engine.program:
        return None
    paths = [within(one.dir, "project.json") for one in project.manifests]
    scripts = ((name.partition(":")[0], text) for one in project.manifests for name, text in one.scripts.items())
    texts = [text for name, text in scripts if name not in RUNNING]
    texts += map(tree.glance, paths)
    return engine.version if any(map(RUNS.search, texts)) else None


def building(scripts: dict[str, str]) -> Iterator[str]:
    """The scripts of a package that build something, by their names (`build:css`, `postbuild`), and those that these
    run."""
    todo = [name for name in scripts if BUILDING.match(name)]
    for name in todo:
        yield scripts[name]
        todo += [one for one in re.findall(r"[\w:.-]+", scripts[name]) if one in scripts and one not in todo]


def builds_for_node(manifest: Manifest) -> bool:
    """Whether the build script of a package may make what Node.js runs: it runs more than Bun, or is told so."""
    text = manifest.scripts.get("build", "")
    return bool(text) and (bool(FOR_NODE.search(text)) or not only_bun(manifest, text, set()))


def only_bun(manifest: Manifest, text: str, seen: set[str]) -> bool:
    """Whether a command of a package runs Bun alone, and what every shell has."""
    for name, words in programs.programs(text, manifest.scripts):
        given = [word for word in words if not word.startswith("-")]
        if name in CLIS:
            ran = given[:1] in ([one] for one in RUN)
            first = given[1] if ran and len(given) > 1 else given[0] if given else ""
            if first in manifest.scripts and (ran or first not in COMMANDS):
                inner = manifest.scripts[first]
                if first not in seen and not only_bun(manifest, inner, {*seen, first}):
                    return False
                continue
            if name == BUN and ((not ran and first in COMMANDS) or is_file(first)):
                continue
            return False
        if name not in OF_SHELL:
            return False
    return True
