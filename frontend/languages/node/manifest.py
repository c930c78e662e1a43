"""package.json, read once and asked by name. What is not of the documented type counts as absent, as npm treats it."""

from typing import Any

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.paths import within

FILE = "package.json"
BUN_LOCKS = ("bun.lock", "bun.lockb")
OF_BUN = (*BUN_LOCKS, "bunfig.toml", ".bun-version")
PRODUCTION = ("dependencies", "optionalDependencies")
BUILD_SCRIPTS = ("heroku-postbuild", "build")
START_SCRIPTS = (
    "start",
    "start:prod",
    "start:production",
    "serve:prod",
    "production",
    "prod",
    "start:server",
    "serve",
    "server",
)


class Manifest(Struct, frozen=True):
    """A package.json: the directory it is in, relative to the tree it was read from ("" is the tree's own), and its
    content.

    Source: https://docs.npmjs.com/cli/configuring-npm/package-json
    """

    dir: str
    data: dict[str, Any]

    @property
    def path(self) -> str:
        """The file's path, relative to the same tree."""
        return within(self.dir, FILE)

    @property
    def name(self) -> str:
        """The package's name; "" when it has none."""
        return self.text("name")

    @property
    def scripts(self) -> dict[str, str]:
        """The scripts by name."""
        return self.table("scripts")

    @property
    def production(self) -> dict[str, str]:
        """The dependencies an image gets, with their ranges."""
        return {name: spec for key in PRODUCTION for name, spec in self.table(key).items()}

    @property
    def development(self) -> dict[str, str]:
        """The dependencies for building and testing only, with their ranges."""
        shipped = self.production
        return {name: spec for name, spec in self.table("devDependencies").items() if name not in shipped}

    @property
    def dependencies(self) -> dict[str, str]:
        """All direct dependencies, with their ranges."""
        return {**self.table("peerDependencies"), **self.table("devDependencies"), **self.production}

    @property
    def is_module(self) -> bool:
        """Whether its .js files are ES modules."""
        return self.text("type") == "module"

    def text(self, key: str) -> str:
        """A text value; "" when it is absent or no text."""
        value = self.data.get(key)
        return value if isinstance(value, str) else ""

    def table(self, key: str) -> dict[str, str]:
        """An object's text values; {} when it is absent or no object."""
        value = self.data.get(key)
        return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def read(tree: SourceTree, dir: str) -> Manifest | None:
    """The package.json of a directory; None when there is none. Raises SourceError if it is not a JSON object."""
    data = tree.read_json(within(dir, FILE))
    return None if data is None else Manifest(dir, data)


def line(tree: SourceTree, manifest: Manifest, *keys: str) -> Location:
    """Where a key stands in the file: `line(tree, manifest, "engines", "node")`; the last of `keys` that is there.

    Only keys count: `"start": "vite"` is not where "vite" is a dependency.
    """
    text = tree.read_text(manifest.path) or ""
    position = found = -1
    for key in keys:
        position = key_position(text, f'"{key}"', position + 1)
        if position < 0:
            break
        found = position
    return tree.at(manifest.path, text.count("\n", 0, found) + 1 if found >= 0 else 0)


def key_position(text: str, quoted: str, start: int) -> int:
    """The offset of a quoted text that is followed by a colon; -1 when there is none."""
    position = text.find(quoted, start)
    while position >= 0 and text[position + len(quoted) :].lstrip()[:1] != ":":
        position = text.find(quoted, position + 1)
    return position


def written(data: object, indent: int = 2) -> str:
    """JSON as npm writes it."""
    import json

    return json.dumps(data, indent=indent, ensure_ascii=False) + "\n"
