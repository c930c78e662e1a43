"""Prisma from version 7 on: nothing makes its client but `prisma generate`, and what configures that may ask for
variables that a build does not have.

Sources: https://www.prisma.io/docs/orm/reference/prisma-config-reference#env,
https://www.prisma.io/docs/orm/prisma-schema/overview/generators
"""

import re
from collections.abc import Iterable

from frontend.context.tree import SourceTree
from frontend.languages.node.manifest import Manifest
from frontend.paths import joined, within
from frontend.plan.model import Warning

CONFIGS = tuple(
    f"{place}.{end}"
    for place in ("prisma.config", ".config/prisma")
    for end in ("ts", "mts", "cts", "js", "mjs", "cjs")
)
ASKED = re.compile(r"""(?<![\w$.])env(?:<\w+>)?\(\s*["'`](\w+)["'`]\s*\)""")
SCHEMAS = ("prisma/schema.prisma", "schema.prisma")
GENERATOR = re.compile(r"(?ms)^generator\s+\w+\s*\{(.*?)^\}")
CLIENT = re.compile(r'\bprovider\s*=\s*"prisma-client(?:-js)?"')
OUTPUT = re.compile(r'\boutput\s*=\s*"([^"]+)"')
PROVIDER = re.compile(r'(?ms)^datasource\s+\w+\s*\{.*?\bprovider\s*=\s*"(\w+)"')
VALUES = {  # provider -> an address that is none of a database: making a client connects to nothing
    "sqlite": "file:/tmp/placeholder.db",
    "mysql": "mysql://127.0.0.1:3306/placeholder",
    "mongodb": "mongodb://127.0.0.1:27017/placeholder",
    "sqlserver": "sqlserver://127.0.0.1:1433;database=placeholder",
}
USUAL = "postgresql://127.0.0.1:5432/placeholder"


def schema(tree: SourceTree, manifest: Manifest) -> tuple[str, str]:
    """The path and the text of a package's schema; "" for both where it has none."""
    path = tree.first(*(within(manifest.dir, one) for one in SCHEMAS)) or ""
    return path, (tree.read_text(path) or "") if path else ""


def is_missing(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether the client that a schema describes is not among the sources: its `output` is no directory of theirs."""
    path, text = schema(tree, manifest)
    for block in GENERATOR.findall(text):
        if CLIENT.search(block):
            output = OUTPUT.search(block)
            where = joined(path.rpartition("/")[0], output[1]) if output is not None else ""
            return not where or not tree.is_dir(where)
    return False


def placeholders(
    tree: SourceTree, manifests: Iterable[Manifest], given: Iterable[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[Warning, ...]]:
    """Values of the build's own for the variables that configurations of Prisma require, and the note that says so.

    `given` are the names of variables that the build has.
    """
    values: dict[str, str] = {}
    notes = []
    for manifest in manifests:
        path = tree.first(*(within(manifest.dir, one) for one in CONFIGS))
        text = (tree.read_text(path) or "") if path else ""
        asked = [one for one in ASKED.finditer(text) if one[1] not in values and one[1] not in given]
        if not path or not asked:
            continue
        provider = PROVIDER.search(schema(tree, manifest)[1])
        values |= dict.fromkeys((one[1] for one in asked), VALUES.get(provider[1] if provider else "", USUAL))
        names = ", ".join(dict.fromkeys(one[1] for one in asked))
        message = f"{path} requires {names}, which the build does not have: it has an address without a database there"
        hint = f"if the build reads the database, set the build-arg BUILD_ENV_{asked[0][1]}"
        notes.append(Warning("build-placeholder", message, tree.at(path, line_of(text, asked[0])), hint))
    return tuple(values.items()), tuple(notes)


def line_of(text: str, match: re.Match[str]) -> int:
    """The line that a match begins on."""
    return text.count("\n", 0, match.start()) + 1
