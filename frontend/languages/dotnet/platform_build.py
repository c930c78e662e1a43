"""Build commands of files for other platforms (render.yaml, netlify.toml): there the SDK may have to be installed, and
the project is published to a directory that no image of ours is made of.

Such parts are left out: they would build everything twice, and the next publish takes in what is in a directory of the
project (`-o out`). What else a command does is kept. Source: https://learn.microsoft.com/dotnet/core/tools/dotnet-publish
"""

import re

from msgspec import structs

from frontend.settings.model import Setting

PARTS = re.compile(r"\s*(?:&&|;|\n)\s*")
OURS = re.compile(r"(?:\S*/)?dotnet\s+(?:restore|build|publish|clean|tool\s+restore|--version|--info)\b")
INSTALLS = re.compile(r"\bdotnet-install\.sh\b|^(?:export\s+)?(?:PATH|DOTNET_ROOT)=")
MOVES = re.compile(r"cd\s|mkdir\s|rm\s|set\s|echo\s")  # what does nothing alone


def rest(setting: Setting | None) -> Setting | None:
    """What is left to do of a build command; None for nothing. A user's own is kept as it is."""
    if setting is None or setting.by != "platform":
        return setting
    parts = [part for part in PARTS.split(setting.value.strip()) if part]
    kept = [part for part in parts if not OURS.match(part) and not INSTALLS.search(part)]
    if len(kept) == len(parts):
        return setting
    if all(MOVES.match(part) for part in kept):
        return None
    return structs.replace(setting, value=" && ".join(kept))
