"""Servers that are not ASP.NET Core's: what its variables and ours say of a port is nothing to them.

Suave, HttpListener, EmbedIO, Fleck, gRPC's older server and listeners of TCP take their address from the code.
Source: https://suave.io/Suave.html (defaultConfig listens on 127.0.0.1:8080)
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.dotnet import listening
from frontend.plan.model import Warning

HOST = r"""["']?(?P<host>[^\s"'/:;()]+|\([^()]*\))["']?"""
OPENS = re.compile(
    r"\bHttpBinding\.(?:createSimple|mkSimple|create|mk)\s+(?:Protocol\.)?HTTP\s+" + HOST + r"\s+(?P<port>\d+)"
    r"|(?:\bPrefixes\.Add|\bWithUrlPrefix|\bWebSocketServer)\s*\(?\s*[$@]*\"(?:https?|wss?)://"
    + HOST.replace("host", "named")
    + r":(?P<number>\d+)"
    r"|\b(?:TcpListener|ServerPort)\s*\(\s*" + HOST.replace("host", "listens") + r"\s*,\s*(?P<at>\d+)"
)
DEFAULT = re.compile(r"\bstartWebServer(?:Async)?\s+(?:Web\.)?defaultConfig\b")  # of Suave
BINDS = re.compile(r"\b(?:HttpBinding|TcpListener|ServerPort)\b")
NAMED = re.compile(
    r"^[ \t]*(?:static\s+)?let\s+(?:private\s+)?(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(IPAddress\.\w+|\d+)(?:us)?\s*$",
    re.MULTILINE,
)
LOCAL = re.compile(r"\b(?:localhost|127\.0\.0\.1|(?:IPAddress\.)?(?:IPv6)?Loopback)\b")
READS = re.compile(r"""["'](?:\w+_)?PORT["']""")  # a variable: the code decides by itself


class Opened(Struct, frozen=True):
    """An address that the code opens, and where it says so; the port of a default is ""."""

    host: str
    port: str
    at: Location

    @property
    def is_local(self) -> bool:
        """Whether nothing outside of the container reaches it."""
        return LOCAL.search(self.host) is not None


def doubts(tree: SourceTree, directories: Iterable[str], port: int) -> Iterator[Warning]:
    """The warning for the first address that the code of projects opens, where it is not the container's `port`."""
    opened = find(tree, directories)
    if opened is None:
        return
    if opened.is_local:
        yield Warning(
            "local-host",
            f"the app listens on {opened.host} alone: nothing outside of its container reaches it",
            opened.at,
            "listen on 0.0.0.0 there, and on the port that the variable PORT says",
        )
    elif int(opened.port) != port:
        yield Warning(
            "fixed-port",
            f"{opened.at.file} has the app listen on port {opened.port}, but the image's PORT is {port}",
            opened.at,
            f"read the variable PORT there, or set the build-arg PORT={opened.port}",
        )


def find(tree: SourceTree, directories: Iterable[str]) -> Opened | None:
    """The first address that the first source files of projects open; None where none does, or a variable decides."""
    texts = [one for directory in directories for one in listening.code(tree, directory)]
    if any(READS.search(text) for _, text in texts):
        return None
    for path, text in texts:
        match = OPENS.search(with_names(text))
        if match is not None:
            host, port = (
                match["host"] or match["named"] or match["listens"],
                match["port"] or match["number"] or match["at"],
            )
            return Opened(host.strip("()"), port, tree.at(path, text.count("\n", 0, match.start()) + 1))
        default = DEFAULT.search(text)
        if default is not None:
            return Opened("127.0.0.1:8080", "8080", tree.at(path, text.count("\n", 0, default.start()) + 1))
    return None


def with_names(text: str) -> str:
    """Code with the values of what it names on one line (`let port = 8080`), in the lines that open an address."""
    named = dict(NAMED.findall(text))
    if not named:
        return text
    lines = text.split("\n")
    return "\n".join(
        re.sub(r"\b\w+\b", lambda one: named.get(one[0], one[0]), line) if BINDS.search(line) else line
        for line in lines
    )
