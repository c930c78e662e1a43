"""What of an app's sources would fail in a container: imports that only the network has, places that are read-only."""

import re
from collections.abc import Iterator

from frontend.context.tree import SourceTree
from frontend.languages.deno.sources import COMPUTED, Source, is_comment
from frontend.plan.model import Warning

REMOTE = re.compile(r"https?:|jsr:|npm:")
NAMED = re.compile(r"ur[il]|href|remote|cdn|specifier", re.IGNORECASE)
KV = re.compile(r"\bDeno\.openKv\(\s*\)")


def found(tree: SourceTree, loaded: tuple[Source, ...], env: frozenset[str]) -> Iterator[Warning]:
    """The warnings about the modules that an app loads. `env` are the variables that the user gives the image."""
    yield from imports(tree, loaded)
    for source in loaded:
        match = KV.search(source.text)
        if match is not None and not is_comment(source, match.start()) and "DENO_KV_DEFAULT_PATH" not in env:
            yield Warning(
                "read-only",
                "Deno.openKv() keeps its data in Deno's cache, which cannot be written where the container's root is "
                "read-only",
                tree.at(source.path, source.line(match.start())),
                "mount a volume at /data and set the build-arg RUN_ENV_DENO_KV_DEFAULT_PATH=/data/kv.sqlite3, or name "
                "a database that is served",
            )


def imports(tree: SourceTree, loaded: tuple[Source, ...]) -> Iterator[Warning]:
    """The warnings about imports of modules that are named when the app runs: nothing is fetched then."""
    for source in loaded:
        for match in COMPUTED.finditer(source.text):
            text = match[1]
            remote = REMOTE.search(text) if text.startswith("`") else NAMED.search(text)
            if remote is None or is_comment(source, match.start()):
                continue
            yield Warning(
                "dynamic-import",
                f"{source.path} imports a module by a computed name ({text[:60]}): nothing is fetched at run time",
                tree.at(source.path, source.line(match.start())),
                "import it by a literal name, so that the build fetches it",
            )
