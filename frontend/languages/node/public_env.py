"""The variables of a site's `.env.production`, where all of them are public: the build compiles them into its pages.

The file itself is in no build, as no file of that name is: what it says is given to the build step. One variable that
is not public by its framework's own definition leaves the whole file out, for it may be a secret.
Sources: https://vite.dev/guide/env-and-mode, https://nextjs.org/docs/app/guides/environment-variables
"""

import re

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.paths import within
from frontend.plan.model import Evidence, Warning
from frontend.secrets.detection import PUBLIC_PREFIXES, is_secret

FILE = ".env.production"
ROW = re.compile(r"""\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#]*?))\s*(?:#.*)?""")
HARMLESS = frozenset(("NODE_ENV", "GENERATE_SOURCEMAP", "INLINE_RUNTIME_CHUNK", "PUBLIC_URL", "BROWSER"))
HINT = "set what the build needs by the build-arg BUILD_ENV_NAME=value, or env.build in migetpacks.yaml"


class PublicEnv(Struct, frozen=True):
    """Variables for the build, and what there is to say of the file."""

    env: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    warnings: tuple[Warning, ...] = ()


def read(tree: SourceTree, directory: str) -> PublicEnv:
    """The variables of the file in a directory of a tree; none without it."""
    path = within(directory, FILE)
    whole = tree.unfiltered()
    whole.need(path)
    found: dict[str, str] = {}
    for number, row in enumerate(whole.read_lines(path) or () if whole.has(path) else (), 1):
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        match = ROW.fullmatch(row)
        name, value = (match[1], match[2] or match[3] or match[4] or "") if match else ("", "")
        public = name.startswith(PUBLIC_PREFIXES) or name in HARMLESS
        if not public or "$" in value or is_secret(name, value):
            what = f"{name} is not public" if name else "a line is no variable"
            message = f"{FILE} is not used: {what}"
            return PublicEnv(warnings=(Warning("env-production", message, tree.at(path, number), HINT),))
        found[name] = value
    if not found:
        return PublicEnv()
    why = Evidence("environment", f"{FILE}: {', '.join(found)}, public variables of the build", tree.at(path, 1))
    return PublicEnv(tuple(found.items()), (why,))
