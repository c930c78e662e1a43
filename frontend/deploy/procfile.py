"""A Procfile as a file that names an app's directory: `web: cd backend && gunicorn app:app`.

Its processes are read where every app's are.
"""

from frontend.commands import procfile
from frontend.context.tree import SourceTree
from frontend.deploy.model import Deployment, Stated


def read(tree: SourceTree, path: str) -> tuple[Deployment, ...]:
    """The app that a Procfile starts. Raises PlanError where it is none."""
    entries = procfile.read(tree)
    stated = tuple((one.name, Stated(one.script.text, one.at)) for one in entries if one.at is not None)
    return (Deployment(tree.at(path).file, processes=stated),)
