"""Unstable features of Deno that an app uses: each has to be enabled, by its configuration or the command.

Deno Deploy enables them for all, so apps made for it often name none. Source:
https://docs.deno.com/runtime/reference/cli/unstable_flags/
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from frontend.errors import Location
from frontend.languages.deno import sources
from frontend.languages.deno.config import Config
from frontend.plan.model import Evidence

FEATURES = {"kv": re.compile(r"\bDeno\.openKv\b"), "cron": re.compile(r"\bDeno\.cron\b")}


class Used(Struct, frozen=True):
    """A feature that a module of the app uses: its name, the module and its line."""

    name: str
    path: str
    at: Location


def lacking(configs: tuple[Config, ...], loaded: tuple[sources.Source, ...]) -> tuple[Used, ...]:
    """The features that the modules use and none of the configurations enables."""
    enabled = {name for one in configs for name in features(one)}
    found = []
    for name, pattern in FEATURES.items():
        place = sources.first(pattern, loaded) if name not in enabled else None
        if place is not None:
            source, line = place
            found.append(Used(name, source.path, configs[0].tree.at(source.path, line)))
    return tuple(found)


def features(one: Config) -> tuple[str, ...]:
    """The unstable features that a configuration enables."""
    value = one.data.get("unstable")
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def evidence(used: tuple[Used, ...], enabled: tuple[str, ...]) -> Iterator[Evidence]:
    """What is told of the options that a start command got for them."""
    for one in used:
        if f"--unstable-{one.name}" in enabled:
            yield Evidence("unstable", f"--unstable-{one.name}: {one.path} uses it", one.at)
