"""The shapes that values of a platform's file may have: each format has a table. Values of another are told and left.

A shape is a kind of scalar, a mapping of keys to shapes, a list with its items' shape, or a tuple of alternatives. Keys
that a table lacks are not looked at; the key `ANY` stands for every one.
"""

from __future__ import annotations

from collections.abc import Mapping

from frontend.deploy.reading import Item
from frontend.plan.model import Warning

TEXT, COMMAND, PATH, ANY = "a string", "a command", "a path", "*"
WORDS = (COMMAND, PATH)  # which no number or boolean is
Shape = str | Mapping[str, "Shape"] | list["Shape"] | tuple["Shape", ...]
Keys = dict[str, Shape]

TEXTS: Shape = (TEXT, [TEXT])
COMMANDS: Shape = (COMMAND, [COMMAND])
VARIABLES: Keys = {ANY: TEXT}


def fitting(item: Item, shape: Shape, name: str = "") -> tuple[Item, tuple[Warning, ...]]:
    """A value without what has another shape than the table says, and a warning for each such part."""
    if item.value is None or item.value == []:  # `processes = []` of an older flyctl
        return Item(None, item.at), ()
    fits = next((one for one in (shape if isinstance(shape, tuple) else (shape,)) if is_of(item, one)), None)
    if fits is None:
        return Item(None, item.at), (wrong(item, shape, name),)
    doubts: list[Warning] = []
    if isinstance(fits, Mapping):
        found = dict(item.pairs)
        for key in found if ANY in fits else [key for key in fits if key in found]:
            found[key], more = fitting(found[key], fits.get(key, fits.get(ANY, ())), f"{name}.{key}" if name else key)
            doubts += more
        return Item(found, item.at), tuple(doubts)
    if isinstance(fits, list):
        parts = [fitting(one, fits[0], f"{name}[{number}]") for number, one in enumerate(item.items)]
        return Item([one for one, _ in parts], item.at), tuple(doubt for _, more in parts for doubt in more)
    return item, ()


def is_of(item: Item, shape: Shape) -> bool:
    """Whether a value is of a shape, as far as its outermost part tells."""
    if isinstance(shape, Mapping):
        return isinstance(item.value, Mapping)
    if isinstance(shape, list):
        return not isinstance(item.value, str | Mapping)
    return isinstance(item.value, str) and not (shape in WORDS and item.scalar)


def wrong(item: Item, shape: Shape, name: str) -> Warning:
    """The warning for a value of another shape."""
    expected = " or ".join(map(kind, shape if isinstance(shape, tuple) else (shape,)))
    return Warning(
        "file-shape",
        f"{name or 'the file'} is not used: it is {is_there(item)}, not {expected}",
        item.at,
        f"write {expected}, or remove it",
    )


def kind(shape: Shape) -> str:
    """The word for a shape."""
    if isinstance(shape, str):
        return shape
    return "a mapping" if isinstance(shape, Mapping) else "a list"


def is_there(item: Item) -> str:
    """The word for what a value is."""
    if isinstance(item.value, str):
        return f"the {item.scalar} {item.value}" if item.scalar else "a string"
    return "a mapping" if isinstance(item.value, Mapping) else "a list"
