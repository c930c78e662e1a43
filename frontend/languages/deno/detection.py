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
    code = of_code(tree)
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


def of_code(tree: SourceTree) -> Evidence | None:
    """An entry that only Deno runs: it uses Deno's own functions, or imports by jsr:, npm: or https:."""
    for path in ENTRIES:
        if not tree.has(path):
            continue
        for number, line in enumerate(tree.read_lines(path) or (), 1):
            if CODE.search(line) and not line.lstrip().startswith(("//", "*")):
                return Evidence("entry", f"{path}: {line.strip()[:80]}", tree.at(path, number))
    return None
