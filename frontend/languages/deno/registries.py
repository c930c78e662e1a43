"""Where packages come from: the app has to say so when it runs too, for Deno's cache is by the registry's host.

Source: https://docs.npmjs.com/cli/configuring-npm/npmrc
"""

import re

from frontend.context.tree import SourceTree
from frontend.plan.model import TextFile
from frontend.secrets.detection import is_secret_value
from frontend.settings.model import Settings

FILE = ".npmrc"
REGISTRY = re.compile(r"\s*((?:@[\w.-]+:)?registry)\s*=\s*(https?://[^\s@$]+)\s*$")
VARIABLES = ("NPM_CONFIG_REGISTRY", "JSR_URL", "DENO_NPM_")


def file(tree: SourceTree) -> TextFile | None:
    """The registries of the app's .npmrc, and nothing else of it; None where it names none."""
    lines = (tree.read_lines(FILE) or ()) if tree.has(FILE) else ()
    named = [
        found for line in lines if (found := REGISTRY.fullmatch(line)) is not None and not is_secret_value(found[2])
    ]
    text = "".join(f"{one[1]}={one[2]}\n" for one in named)
    return TextFile(f"/app/{FILE}", text) if text else None


def of_build(settings: Settings) -> dict[str, str]:
    """The variables of the build that name a registry, for the image: Deno looks for what it imports by its host."""
    own = {name for name, _ in settings.run_env}
    return {name: value for name, value in given(settings.build_env) if name not in own}


def given(env: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Those of the image's variables that name a registry."""
    return tuple((name, value) for name, value in env if name.startswith(VARIABLES))
