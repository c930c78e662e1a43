"""Variables by which sources recognise the platform they run on. None is set here: what they switch on stays off."""

import re
from collections.abc import Iterable

from frontend.context.tree import SourceTree
from frontend.plan.model import Warning

PLATFORMS = {
    "DYNO": "Heroku",
    "FLY_APP_NAME": "Fly.io",
    "GAE_ENV": "App Engine",
    "NETLIFY": "Netlify",
    "RAILWAY_ENVIRONMENT": "Railway",
    "RAILWAY_ENVIRONMENT_NAME": "Railway",
    "RENDER": "Render",
    "VERCEL": "Vercel",
    "VERCEL_ENV": "Vercel",
}
NAMED = re.compile(rf"(?:\b|get)[eE]nv(?:iron|Config)?\b.*?(?<![A-Z0-9_])({'|'.join(PLATFORMS)})(?![A-Z0-9_])")
FIRST = re.compile(rf"(?<![A-Z0-9_])({'|'.join(PLATFORMS)})(?![A-Z0-9_])[\"'] (?:not )?in \b.*\benv")
COMMENTS = ("#", "//", "*", "/*")


def doubts(tree: SourceTree, paths: Iterable[str], given: Iterable[str]) -> tuple[Warning, ...]:
    """A warning for each platform that one of some files recognises; `given` are the variables that the image has."""
    found: dict[str, Warning] = {}
    for path in paths:
        for number, line in enumerate(tree.read_lines(path) or (), 1):
            match = None if line.lstrip().startswith(COMMENTS) else FIRST.search(line) or NAMED.search(line)
            if match is not None and match[1] not in given and PLATFORMS[match[1]] not in found:
                name = match[1]
                message = f"{path} recognises {PLATFORMS[name]} by {name}, which is not set here"
                hint = f"for what it switches on there, set the build-arg RUN_ENV_{name}=1, or read another variable"
                found[PLATFORMS[name]] = Warning("platform-variable", message, tree.at(path, number), hint)
    return tuple(found.values())
