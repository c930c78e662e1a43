"""JSON, TOML and YAML files as items: each value with the place where it is written.

The readers are as lenient as the platforms are: comments and trailing commas in JSON, anchors in YAML, keys that nobody
knows. Scalars are texts as written, so that 3.10 stays 3.10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.deploy.model import Stated
from frontend.errors import Location
from frontend.rules.version_files import toml_place
from frontend.texts import too_deep, yaml_root

if TYPE_CHECKING:
    import yaml

NULL = "tag:yaml.org,2002:null"
SCALARS = {
    f"tag:yaml.org,2002:{tag}": kind for tag, kind in (("int", "number"), ("float", "number"), ("bool", "boolean"))
}
MERGE = "<<"
JSON = (".json", "captain-definition")


class Item(Struct, eq=False):
    """A value of a file: a text, a sequence or mapping of items, or None; and where it is.

    `scalar` says of a text that it is written as a "number" or "boolean".
    """

    value: str | Sequence[Item] | Mapping[str, Item] | None
    at: Location
    scalar: str = ""

    def get(self, *keys: str) -> Item:
        """The item at a path of keys; one without a value when there is none."""
        found = self
        for key in keys:
            below = found.value.get(key) if isinstance(found.value, Mapping) else None
            if below is None:
                return Item(None, found.at)
            found = below
        return found

    @property
    def text(self) -> str:
        """The text that the item is, without blanks around it; "" for all else."""
        return self.value.strip() if isinstance(self.value, str) else ""

    @property
    def stated(self) -> tuple[Stated, ...]:
        """The texts that the item is, or holds as a list, each with its place; empty ones are left out."""
        items = self.items or (self,)
        return tuple(Stated(one.text, one.at) for one in items if one.text)

    @property
    def only(self) -> Stated | None:
        """The text that the item is, with its place; None for all else, and for an empty one."""
        return Stated(self.text, self.at) if self.text else None

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of a list; () for all else."""
        return tuple(self.value) if isinstance(self.value, Sequence) and not isinstance(self.value, str) else ()

    @property
    def pairs(self) -> tuple[tuple[str, Item], ...]:
        """The keys and items of a mapping; () for all else."""
        return tuple(self.value.items()) if isinstance(self.value, Mapping) else ()


NOTHING = Item(None, Location(""))


def read(tree: SourceTree, path: str) -> Item:
    """What a file holds, by the end of its name. Raises SourceError with the line for what cannot be read."""
    file, text = tree.at(path).file, tree.read_text(path) or ""
    try:
        if path.endswith(".toml"):
            return _of_toml(tree, path, tree.read_toml(path), ())
        if path.endswith(JSON):
            from frontend.deploy.json_items import Reader

            return Reader(file, text).whole()
        return _of_yaml(file, text)
    except RecursionError as error:
        raise too_deep(file) from error


# --- TOML -------------------------------------------------------------------------------------------------------------


def _of_toml(tree: SourceTree, path: str, value: Any, keys: tuple[str, ...]) -> Item:
    """A value of a TOML file. The items of a list are where the list is."""
    at = toml_place(tree, path, keys) if keys else tree.at(path, 1)
    if isinstance(value, dict):
        return Item({name: _of_toml(tree, path, below, (*keys, name)) for name, below in value.items()}, at)
    if isinstance(value, list):
        return Item([_of_toml(tree, path, below, keys) for below in value], at)
    if isinstance(value, bool):
        return Item(str(value).lower(), at, "boolean")
    return Item(str(value), at, "number" if isinstance(value, int | float) else "")


# --- YAML -------------------------------------------------------------------------------------------------------------


def _of_yaml(file: str, text: str) -> Item:
    """What a YAML file holds. Raises SourceError with the line."""
    root = yaml_root(file, text, several=True)
    return Item(None, Location(file, 1)) if root is None else _of_node(file, root, {})


def _of_node(file: str, node: yaml.Node, known: dict[int, Item]) -> Item:
    """A YAML node. One that an alias repeats is the same item, also within itself."""
    import yaml

    if id(node) in known:
        return known[id(node)]
    found = known[id(node)] = Item(None, Location(file, node.start_mark.line + 1))
    if isinstance(node, yaml.MappingNode):
        named = [(str(key.value), _of_node(file, below, known)) for key, below in node.value]
        merged = [one for name, item in named if name == MERGE for one in item.items or (item,)]
        inherited = {name: item for one in reversed(merged) for name, item in one.pairs}
        found.value = {**inherited, **{name: item for name, item in named if name != MERGE}}
    elif isinstance(node, yaml.SequenceNode):
        found.value = [_of_node(file, below, known) for below in node.value]
    else:
        found.value = None if node.tag == NULL else str(node.value)
        found.scalar = SCALARS.get(node.tag, "")
    return found
