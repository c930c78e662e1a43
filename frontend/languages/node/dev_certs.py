"""The certificate for development that Visual Studio's templates for Vite want, in a build too.

Their vite.config.js has `dotnet dev-certs` make one where it is not there, for the development server alone. A build
finds one with nothing in it: beside Node.js there is no dotnet, and .NET 9 and newer make no directory for it.
Source: https://learn.microsoft.com/visualstudio/javascript/tutorial-asp-net-core-with-react
"""

import re

from frontend.context.tree import SourceTree
from frontend.paths import within
from frontend.plan.model import TextFile

CONFIGS = tuple(f"vite.config.{end}" for end in ("js", "ts", "mjs", "mts"))
ASKS = "dev-certs"
NAME = re.compile(r"""\bcertificateName\s*=[^;]*?["']([\w@.-]+)["']\s*;""")
DIRECTORY = "/root/.aspnet/https"
ENDINGS = ("pem", "key")


def inputs(tree: SourceTree, dir: str) -> tuple[TextFile, ...]:
    """The files of the certificate, for the build of a package in a directory; () where it wants none."""
    path = tree.first(*(within(dir, name) for name in CONFIGS))
    text = (tree.read_text(path) or "") if path is not None else ""
    name = NAME.search(text) if ASKS in text else None
    return tuple(TextFile(f"{DIRECTORY}/{name[1]}.{end}", "") for end in ENDINGS) if name is not None else ()
