"""A Procfile whose web process is that of an app below its directory: `web: cd backend && gunicorn app:app`.

That of the app's own directory is read where processes are, and is an error where it is none.
"""

from frontend.commands import procfile
from frontend.context.tree import SourceTree
from frontend.deploy.model import Deployment, Stated

MOVES = "cd "


def read(tree: SourceTree, path: str) -> tuple[Deployment, ...]:
    """The app that the Procfile of a directory starts below it; () where no process goes there."""
    if MOVES not in (tree.read_text(path) or ""):
        return ()
    entries = procfile.read(tree)
    stated = tuple((one.name, Stated(one.script.text, one.at)) for one in entries if one.at is not None)
    return (Deployment(tree.at(path).file, processes=stated),)
