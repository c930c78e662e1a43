"""Sites without a server: plain files, or what a generator makes of them; Caddy serves them.

`site.py` is what other languages use, whose frameworks make sites too.
"""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.plan.model import Plan
from frontend.settings.model import Settings

NAME = "static"


def detect(tree: SourceTree) -> Detected | None:
    """A file that is for sites alone is certain; an index.html may be a part of any app."""
    from frontend.languages.static import detection

    return detection.detect(tree)


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "") -> Plan:
    """The plan of the site in a directory of the context. Raises BuildError."""
    from frontend.languages.static import files_only, hugo, zola

    config = hugo.config(tree.under(app))
    if config is not None:
        return hugo.plan(tree, settings, app, config)
    own = zola.config(tree.under(app))
    if own is not None:
        return zola.plan(tree, settings, app, own)
    return files_only.plan(tree, settings, app)
