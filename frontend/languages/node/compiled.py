"""Programs that a build compiles: `bun build --compile` makes one file, with the runtime and all that it imports.

Source: https://bun.sh/docs/bundler/executables
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from frontend.commands.options import split_options
from frontend.commands.words import literal
from frontend.languages.node import programs
from frontend.languages.node.manifest import BUILD_SCRIPTS, Manifest
from frontend.paths import joined

if TYPE_CHECKING:
    from frontend.languages.node.start import Start

COMPILE, OUTFILE = "--compile", "--outfile"
TAKES = frozenset(
    "--outfile --outdir --target --define -d --external -e --minify-level --sourcemap --entry-naming --asset-naming"
    " --loader -l --conditions --root --public-path --env --banner --footer --compile-exec-argv".split()
)
MAX_DEPTH = 8  # of scripts that run scripts
BASE = "debian:{suite}-slim"  # the program needs the C library alone


def made(manifest: Manifest) -> tuple[str, ...]:
    """The programs that a package's build script makes, relative to the project's root."""
    name = next((name for name in BUILD_SCRIPTS if name in manifest.scripts), None)
    if name is None or COMPILE not in " ".join(manifest.scripts.values()):
        return ()
    return tuple(joined(manifest.dir, one) for one in outputs(manifest, manifest.scripts[name]))


def outputs(manifest: Manifest, text: str, depth: int = 0) -> Iterator[str]:
    """The programs that a text makes, relative to where it runs."""
    for name, words in programs.programs(text, manifest.scripts):
        if name != "bun" or not words or depth > MAX_DEPTH:
            continue
        inner = words[1:2] if words[0] == "run" else words[:1]
        if inner and inner[0] in manifest.scripts and words[0] != "build":
            yield from outputs(manifest, manifest.scripts[inner[0]], depth + 1)
        if words[0] != "build" or COMPILE not in words:
            continue
        split = split_options(tuple(map(literal, words[1:])), TAKES, anywhere=True)
        entry = split.rest[0].text.rpartition("/")[2] if split.rest else ""
        file = split.value(OUTFILE) or entry.partition(".")[0]
        if file:
            yield file


def started(manifest: Manifest, starts: "Iterable[Start]") -> str:
    """The compiled program that all processes of an app are; "" where one is anything else."""
    files = made(manifest)
    found = {joined(manifest.dir, one.args[0]) if not one.shell and not one.otherwise else "" for one in starts}
    return found.pop() if len(found) == 1 and found <= set(files) else ""
