"""The doubt about a site for a newer Hugo than Debian's, which makes it.

Sources: https://gohugo.io/configuration/module/#hugoversion, https://packages.debian.org/trixie/hugo
"""

import re
from collections.abc import Iterator
from typing import Any

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.plan.model import Warning
from frontend.rules.versions import at_least

SHIPPED = "0.131.0"  # of Debian 13
NUMBERS = re.compile(r"0\.\d+(?:\.\d+)?")
STATED = re.compile(r"""\bHUGO_VERSION["']?\s*[:=]\s*["']?v?(0\.\d+(?:\.\d+)?)""")
OF_THEME = re.compile(r"""^\s*min(?:_version)?\s*=\s*["']?v?(0\.\d+(?:\.\d+)?)""")
HOSTS = ("netlify.toml", "vercel.json", "render.yaml", "wrangler.toml", "wrangler.jsonc")
WORKFLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml")


def doubts(here: SourceTree, name: str, data: dict[str, Any], themes: tuple[str, ...]) -> tuple[Warning, ...]:
    """The warning for a site whose configuration `name` (its content: `data`), whose themes (their directories) or
    whose other hosts ask for a newer Hugo; () for none."""
    for who, version, at in asked(here, name, data, themes):
        if not at_least(SHIPPED, version):
            message = f"{who} asks for Hugo {version}, but Debian's Hugo {SHIPPED} makes the site"
            hint = "if the build fails, use an older theme, or have BUILD_COMMAND fetch that Hugo and run it"
            return (Warning("hugo-version", message, at, hint),)
    return ()


def asked(
    here: SourceTree, name: str, data: dict[str, Any], themes: tuple[str, ...]
) -> Iterator[tuple[str, str, Location]]:
    """Who asks for which version of Hugo, and where: what the site cannot do without goes before what others run."""
    if found := least(data):
        yield "the site", found, here.line_of(name, "hugoVersion", "min")
    for directory in themes:
        for file in ("theme.toml", "hugo.toml", "config.toml"):
            for version, at in stated(here, f"{directory}/{file}", OF_THEME):
                yield f"the theme {directory.rpartition('/')[2]}", version, at
    whole = here.unfiltered()
    for path in (*HOSTS, *(path for pattern in WORKFLOWS for path in whole.glob(pattern))):
        for version, at in stated(whole, path, STATED):
            yield path, version, at


def stated(tree: SourceTree, path: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, Location]]:
    """The versions that a file states by a pattern, which need not be the TOML or YAML that it should be."""
    for number, row in enumerate(tree.glance(path).splitlines(), 1):
        if match := pattern.search(row):
            yield match[1], tree.at(path, number)


def least(data: dict[str, Any]) -> str:
    """The oldest Hugo that a configuration allows; "" where it does not say. Its keys are of any case."""
    for key in ("module", "hugoversion", "min"):
        found = {str(one).casefold(): value for one, value in data.items()}.get(key) if isinstance(data, dict) else None
        data = found  # type: ignore[assignment]
    return version_of(data)


def version_of(value: object) -> str:
    """The version in a value: "0.146.0" of "0.146.0", "v0.146.0" and 0.146; "" for none."""
    match = NUMBERS.search(str(value)) if value is not None else None
    return match[0] if match else ""
