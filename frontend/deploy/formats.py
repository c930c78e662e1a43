"""The files that are read, in the order they are asked; where two state the same, the first wins."""

from typing import NamedTuple


class Format(NamedTuple):
    """A format: the platform it is of, the module of this package that reads it, and its files' paths."""

    title: str
    module: str
    paths: tuple[str, ...]


FORMATS = (
    Format("Railway", "railway", ("railway.json", "railway.toml")),
    Format("Nixpacks", "nixpacks", ("nixpacks.toml", "nixpacks.json")),
    Format("Render", "render", ("render.yaml", "render.yml")),
)
MARKERS = tuple(path for one in FORMATS for path in one.paths)
"""The paths to be asked for beside those of the languages, in the app's directory and in the root of the context."""
