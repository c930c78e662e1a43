"""What says that a directory is a Deno app."""

from __future__ import annotations

import re

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.languages.deno import config as configs
from frontend.languages.deno.config import Config
from frontend.languages.registry import DENO
from frontend.plan.model import Evidence

STARTS = ("start", "serve", "preview", "prod", "production", "dev")
ENTRIES = (
    "main.ts",
    "main.tsx",
    "mod.ts",
    "server.ts",
    "app.ts",
    "index.ts",
    "src/main.ts",
    "src/server.ts",
    "src/index.ts",
)
FOLLOWED = 12  # modules that an entry loads, which are looked at where it says nothing itself
CODE = re.compile(
    r"""\bDeno\.(?:serve|listen|env|readTextFile|openKv|cron)\b|\bfrom\s+['"](?:jsr:|npm:|https?://)|\bimport\s+['"](?:jsr:|npm:|https?://)"""
)
RUNS = re.compile(r"(?:^|[\s;&|(])deno(?=\s)")
OF_TOOLS = frozenset(
    ("fmt", "lint", "test", "exclude", "compilerOptions", "$schema", "lock", "nodeModulesDir", "unstable", "deploy")
)


def detect(tree: SourceTree) -> Detected | None:
    """A deno.json with a start task or an entry file is certain; one beside a Node.js app holds settings of tools."""
    config = configs.read(tree)
    found = config.path or tree.first(configs.LOCK) or ""
    scripts = config.package.get("scripts")
    npm_start = scripts.get("start") if isinstance(scripts, dict) else None
    if config.package and not isinstance(npm_start, str):
        npm_start = ""
    code = of_code(tree, follow=not config.package)
    if not found:
        if config.package:
            return by_script(tree, npm_start or "") if config.package else None
        return Detected(3, Evidence(DENO.title, code.because, code.at)) if code is not None else None
    evidence = [Evidence(DENO.title, found, tree.at(found))]
    task = of_task(config)
    if config.package:
        if npm_start and not RUNS.search(npm_start):
            return Detected(1, *evidence)  # Node.js starts it
        if npm_start or task is not None:
            return Detected(4, *evidence, *((task,) if task is not None else ()))
        if set(config.data) <= OF_TOOLS and code is None:
            return Detected(1, *evidence)
    if task is not None:
        return Detected(3, *evidence, task)
    if code is not None:
        return Detected(3, *evidence, code)
    entry = tree.first(*ENTRIES)
    if entry is not None and not config.package:
        return Detected(3, *evidence, Evidence("entry", entry, tree.at(entry)))
    members = bool(config.data.get("workspace"))
    return Detected(2 if not config.package else 1, *evidence, holds=members)


def of_task(config: Config) -> Evidence | None:
    """The task of deno.json that starts the app; None without one."""
    for name in STARTS:
        value = config.table("tasks").get(name)
        text = value.get("command") if isinstance(value, dict) else value
        if isinstance(text, str):
            return Evidence("tasks", f"{name}: {text}", config.at("tasks", name))
    return None


def by_script(tree: SourceTree, text: str) -> Detected | None:
    """The claim on a package.json whose start script is Deno's."""
    if not RUNS.search(text):
        return None
    at = tree.line_of(configs.PACKAGE, '"scripts"', '"start"')
    return Detected(4, Evidence(DENO.title, configs.PACKAGE, at), Evidence("start", text, at))


def of_code(tree: SourceTree, *, follow: bool) -> Evidence | None:
    """An entry that only Deno runs: it uses Deno's own functions, or imports by jsr:, npm: or https:.

    `follow` says that it may do so in a file that it imports by its whole name: `./deps.ts`.
    """
    there = [path for path in ENTRIES if tree.has(path)]
    found = next(filter(None, (of_file(tree, path) for path in there)), None)
    if found is not None or not follow or not there:
        return found
    from frontend.languages.deno import sources

    loaded = sources.loaded(tree, tuple(there), {}, most=FOLLOWED)
    return next(filter(None, (of_file(tree, one.path) for one in loaded if one.path not in there)), None)


def of_file(tree: SourceTree, path: str) -> Evidence | None:
    """What says in a file that only Deno runs it; None where nothing does."""
    for number, line in enumerate(tree.read_lines(path) or (), 1):
        if CODE.search(line) and not line.lstrip().startswith(("//", "*")):
            return Evidence("entry", f"{path}: {line.strip()[:80]}", tree.at(path, number))
    return None
