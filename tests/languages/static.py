"""What the tests of sites share: trees as dict literals, and their plans."""

from typing import Any

from frontend.context.tree import DictTree
from frontend.languages import static
from frontend.plan.model import Plan, TextFile
from frontend.settings.model import Setting, Settings

PAGE = {"index.html": "<h1>hello</h1>"}


def plan(files: dict[str, Any], **settings: Any) -> Plan:
    """The plan of a site of these files; texts are settings of the config file."""
    given: dict[str, Any] = {k: Setting(v) if isinstance(v, str) else v for k, v in settings.items()}
    return static.plan(DictTree(files), Settings(**given))


def server(found: Plan) -> str:
    """The configuration of the server of a site."""
    files = (one for layer in found.runtime.layers for one in layer.inputs)
    return next(one.text for one in files if isinstance(one, TextFile))
