"""packages.txt: what Streamlit Community Cloud installs by apt beside an app.

Source: https://docs.streamlit.io/deploy/streamlit-community-cloud/deploy-your-app/app-dependencies
"""

import re

from frontend.context.tree import SourceTree
from frontend.deploy.model import Deployment, Stated

MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile", "environment.yml")
NAMED = re.compile(r"\bstreamlit\b", re.IGNORECASE)


def read(tree: SourceTree, path: str) -> tuple[Deployment, ...]:
    """The packages that the file lists, of an app that depends on Streamlit: others use the name for something else."""
    if not any(NAMED.search(tree.read_text(name) or "") for name in MANIFESTS if tree.has(name)):
        return ()
    lines = ((number, line.partition("#")[0]) for number, line in enumerate(tree.read_lines(path) or (), 1))
    found = tuple(Stated(word, tree.at(path, number)) for number, line in lines for word in line.split())
    return (Deployment(tree.at(path).file, run_packages=found),)
