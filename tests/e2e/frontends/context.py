"""Takes the place of the frontend's build: tells what it finds in the build context, and returns the context itself.

The option `build-arg:RUN_ENV_ASK` holds the paths to read, with spaces between.
"""

import json
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from frontend.context import open as context
from frontend.context.patterns import parse_pattern
from frontend.context.tree import SourceTree
from frontend.errors import BuildError
from frontend.gateway.client import Gateway
from frontend.settings import options, precedence

MARKERS = ("package.json", "requirements.txt", "Procfile", "*.py", "*/package.json")


def run(gateway: Gateway) -> None:
    """Answers a build."""
    asked = options.parse(gateway.opts)
    begin_s = perf_counter()
    app = context.open(gateway, asked, MARKERS)
    gateway.quote = app.quote
    found = app.tree.has("package.json")
    decided_s = perf_counter() - begin_s
    settings = precedence.read(asked, app.config, parse_pattern)
    if not app.tree.listing():
        raise app.tree.nothing_left()
    told = {
        "package.json": found,
        "decided_s": decided_s,
        "requests": len(getattr(app.tree.whole, "_parts", ())),
        "config": app.config.path if app.config else None,
        "port": settings.port,
        "ignore_file": app.tree.ignore_file.path if app.tree.ignore_file else "",
        "listing": app.tree.listing(),
        "files": list(walk(app.tree)),
        "programs": app.tree.glob("*.py"),
        "manifests": app.tree.glob("*/package.json"),
        "read": {path: attempt(app.tree, path) for path in dict(settings.run_env).get("ASK", "").split()},
    }
    ref = gateway.solve(app.state.marshal().to_bytes(), evaluate=True)
    gateway.return_ref(ref, {"frontend.told": json.dumps(told).encode()})


def walk(tree: SourceTree, path: str = "") -> Iterator[str]:
    """All files a language can see, sorted by directory."""
    for name, entry in tree.entries(path).items():
        whole = f"{path}/{name}" if path else name
        if entry.kind == "dir":
            yield from walk(tree, whole)
        else:
            yield whole


def attempt(tree: SourceTree, path: str) -> Any:
    """What reading a file gives: its text, null, or an error's message."""
    try:
        return tree.read_text(path)
    except BuildError as error:
        return {"error": error.message}
