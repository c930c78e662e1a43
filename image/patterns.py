"""Compiles the regular expressions of modules; `image/pack.py` puts them beside the modules' code.

    python -I -S image/patterns.py DIR... < NAMES

Imports the named modules from the directories, and plans small apps. Writes, as `marshal` does, what `re` makes of each
pattern that a module compiles meanwhile: `{module: {(pattern, flags): arguments of _sre.compile}}`.
"""

import marshal
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from re import _compiler  # type: ignore[attr-defined]  # where a pattern becomes code for `_sre`
from types import SimpleNamespace
from typing import Any

APPS = (  # of which most builds have a part: their plans compile the patterns of what is ignored and looked for
    {
        "package.json": '{"scripts": {"start": "node server.js"}}',
        "server.js": "",
        "Dockerfile": 'FROM node:24\nWORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]\n',
        **dict.fromkeys(("docker-compose.yml", "docker-compose.yaml", "npm-debug.log", "yarn-error.log"), ""),
        **dict.fromkeys((".env.local", ".env.test.local", "log/production.log"), ""),
    },
    {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"},
    {"Gemfile": 'source "https://rubygems.org"\ngem "rackup"\n', "config.ru": "run ->(_) { [200, {}, []] }\n"},
)

Compiled = dict[str, dict[tuple[str | bytes, int], tuple[Any, ...]]]


def compiled(names: Iterable[str]) -> Compiled:
    """The patterns of modules, and of those that these import."""
    found: Compiled = {}
    sre = _compiler._sre

    def compile(pattern: str | bytes, flags: int, code: list[int], *groups: Any) -> Any:
        asked = frame = sys._getframe(1)
        while frame.f_back and frame.f_globals["__name__"] in ("re", "re._compiler"):
            frame = frame.f_back
        patterns = found.setdefault(frame.f_globals["__name__"], {})
        patterns[pattern, int(asked.f_locals["flags"])] = (pattern, int(flags), [int(one) for one in code], *groups)
        return sre.compile(pattern, flags, code, *groups)

    _compiler._sre = SimpleNamespace(**{**vars(sre), "compile": compile})
    try:
        for name in names:
            import_module(name)
        if "frontend.build" in sys.modules:
            plan_apps()
    finally:
        _compiler._sre = sre
    return found


def plan_apps() -> None:
    """Plans each of the apps; one that cannot be planned has compiled its patterns all the same."""
    from frontend import build
    from frontend.context import open as context
    from frontend.context.tree import DictTree
    from frontend.errors import BuildError
    from frontend.settings import options

    asked = options.parse({})
    for files in APPS:
        source = context.seen(DictTree(files), asked)
        with suppress(BuildError):
            build.make_plan(source.tree, source.config, asked, "2026-11-29")


if __name__ == "__main__":
    sys.path[:0] = sys.argv[1:]
    sys.stdout.buffer.write(marshal.dumps(compiled(sys.stdin.read().split())))
