"""Configuration files that images get, rendered from the templates beside this module by jinja2.

jinja2 is imported where a file is rendered: no build that needs none pays for it. A value that a template names and is
not given is an error of ours, never an empty text (`StrictUndefined`). Texts are not HTML, so nothing is escaped but by
the filters that the caller brings.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def render(name: str, values: Mapping[str, Any], filters: Mapping[str, Callable[..., str]] | None = None) -> str:
    """The text that the template of a name makes of values."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no HTML
    )
    environment.filters.update(filters or {})
    return environment.from_string((HERE / f"{name}.j2").read_text(encoding="utf-8")).render(values)
