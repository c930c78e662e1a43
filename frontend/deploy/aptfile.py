"""An Aptfile: what the apt buildpack of Heroku installs beside an app.

Its packages are those of another distribution's release, so they are told, as a Dockerfile's are.
Source: https://github.com/heroku/heroku-buildpack-apt
"""

from frontend.context.tree import SourceTree
from frontend.deploy.model import Deployment, Stated
from frontend.plan.model import Warning


def read(tree: SourceTree, path: str) -> tuple[Deployment, ...]:
    """The packages that an Aptfile lists, and a warning for those that it names by an address."""
    found: list[Stated] = []
    urls: list[Stated] = []
    for number, line in enumerate(tree.read_lines(path) or (), 1):
        text = line.partition("#")[0].strip()
        if text.startswith(":repo:"):
            continue
        for word in text.split():
            (urls if "://" in word else found).append(Stated(word, tree.at(path, number)))
    told = (
        Warning(
            "aptfile-url",
            f"not installed, although Aptfile has its address: {urls[0].text.rpartition('/')[2]}",
            urls[0].at,
            "if the app needs it, build on an image that has it (RUNTIME_BASE), or add a gem or package that brings it",
        )
        if urls
        else None
    )
    return (Deployment(tree.at(path).file, run_packages=tuple(found), warnings=(told,) if told is not None else ()),)
