"""An app that says itself where it listens: an endpoint of Kestrel's configuration makes it follow PORT all the same.

Such an endpoint wins over `UseUrls`, `Urls` and the address of `Run`, and is added to those that the code opens
(`ListenAnyIP`). Source: https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/endpoints
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.dotnet import sources
from frontend.paths import within
from frontend.plan.model import Evidence, Warning
from frontend.rules.jsonc import lenient
from frontend.secrets.masking import shown

OWN = "Migetpacks"  # the name of an endpoint of ours
SETTINGS = ("appsettings.json", "appsettings.Production.json")
SOURCES = ("Program.cs", "Startup.cs", "Program.fs", "Startup.fs", "Program.vb", "Startup.vb", "app.cs", "main.cs")
COMPILED = re.compile(r"""<Compile\s+Include\s*=\s*["']([^"'*;]+\.fs)["']""")
MAX_LISTED = 20
# an address that is known to a running app alone; one that it makes of the variable PORT is right already
MADE = re.compile(r"\b(?:UseUrls|Urls\.Add)\s*\(\s*(?![)\s])([^;\n]*?)\)")
READS = ('"PORT"', '"ASPNETCORE_URLS"', '"ASPNETCORE_HTTP_PORTS"')
COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
FIXED = re.compile(
    r"""\bUseUrls\s*\(?\s*(?:new\b[^"{(]*\{\s*|\[\|?\s*)?"([^"]+)"|\w\s*\.Run(?:Async)?\s*\(?\s*"(http[^"]+)\""""
    r"""|\bUrls\.Add\s*\(?\s*"([^"]+)"|^[ \t]*url\s*\(?\s*(?:sprintf\s+|\$)?"(https?:[^"]+)\"""",  # of Saturn
    re.MULTILINE,
)
OPENED = re.compile(r"\bListen(?:AnyIP\s*\(|Localhost\s*\(|\s*\(\s*IPAddress\.\w+\s*,)\s*(\d+)")
CONSTANT = re.compile(
    r"\b(?:const|readonly)\s+(?:int|ushort)\s+(\w+)\s*=\s*(\d+)\s*;"
    r"|^[ \t]*let\s+(?:private\s+)?(\w+)(?:\s*:\s*\w+)?\s*=\s*(\d+)\s*$",
    re.MULTILINE,
)
LISTENS = re.compile(r"(\bListen(?:AnyIP|Localhost)?\s*\((?:\s*IPAddress\.\w+\s*,)?\s*)(\w+)")
NAME = re.compile(r"[\w.-]+", re.ASCII)  # of an endpoint that a variable can name
BARE = re.compile(r"\bnew\s+WebHostBuilder\s*\(")  # reads no configuration of Kestrel


class Listening(Struct, frozen=True):
    """What makes an app follow PORT that has an address of its own.

    `endpoint` is the name of the endpoint that gets PORT, `taken` are ports that the code opens itself. `address` is
    the app's own, which `at` names.
    """

    endpoint: str
    address: str
    at: Location
    taken: tuple[str, ...] = ()

    @property
    def because(self) -> Evidence:
        """What a plan says of it."""
        path = self.at.file
        return Evidence("port", f"{path} says {shown(self.address)}, an endpoint of Kestrel follows PORT", self.at)

    @property
    def variable(self) -> str:
        """The variable that has the address of the endpoint."""
        return f"Kestrel__Endpoints__{self.endpoint}__Url"


def find(tree: SourceTree, directory: str, port: int) -> Listening | None:
    """The address that a project's settings or first source files fix, None for none.

    Of several endpoints the one of the image's port is moved, else the first without TLS.
    """
    taken = tuple(dict.fromkeys(port for _, text in code(tree, directory) for port in OPENED.findall(text)))
    points = sorted(endpoints(tree, directory), key=lambda one: not one[2].endswith(f":{port}"))
    for path, name, url in points:
        return Listening(name, url, tree.line_of(path, f'"{name}"'), taken)
    for path, text in code(tree, directory):
        made = MADE.search(text) if not any(name in text for name in READS) else None
        match = FIXED.search(text) or OPENED.search(text) or made
        if match is not None and not BARE.search(text):
            at = tree.at(path, text.count("\n", 0, match.start(match.lastindex or 0)) + 1)
            return Listening(OWN, next(filter(None, match.groups())), at, taken)
    for path in settings(tree, directory):
        urls = in_any_case(table(tree, path), "urls")
        if isinstance(urls, str):
            return Listening(OWN, urls, tree.line_of(path, urls), taken)
    return None


def doubts(tree: SourceTree, directory: str) -> Iterator[Warning]:
    """Addresses that stay: of a host without configuration, and of TLS that has no certificate."""
    for path, name, url in endpoints(tree, directory)[1:]:
        if url.startswith("https:"):
            yield Warning(
                "https",
                f"{path} has Kestrel listen on {shown(url)}, which needs a certificate",
                tree.line_of(path, f'"{name}"'),
                "remove the endpoint: TLS ends in front of the container",
            )
    for path, text in code(tree, directory):
        match = FIXED.search(text)
        if match is not None and BARE.search(text):
            yield Warning(
                "fixed-port",
                f"{path} has the app listen on {shown(next(filter(None, match.groups())))}, not on PORT",
                tree.at(path, text.count("\n", 0, match.start()) + 1),
                "remove the address there: the port of a container comes from PORT",
            )


def endpoints(tree: SourceTree, directory: str) -> list[tuple[str, str, str]]:
    """The endpoints of the settings, those without TLS first: file, name, address."""
    found = []
    for path in settings(tree, directory):
        points = in_any_case(in_any_case(table(tree, path), "kestrel"), "endpoints")
        for name, point in points.items() if isinstance(points, dict) else ():
            url = in_any_case(point, "url")
            if isinstance(url, str) and NAME.fullmatch(name):
                found.append((path, name, url))
    return sorted(found, key=lambda one: one[2].casefold().startswith("https:"))


def protocols(tree: SourceTree, directory: str) -> dict[str, str]:
    """The protocols that the settings give endpoints, by their names: {"Grpc": "Http2"}."""
    found: dict[str, str] = {}
    for path in settings(tree, directory):
        points = in_any_case(in_any_case(table(tree, path), "kestrel"), "endpoints")
        for name, point in points.items() if isinstance(points, dict) else ():
            said = in_any_case(point, "protocols")
            found |= {name: said} if isinstance(said, str) else {}
    return found


def settings(tree: SourceTree, directory: str) -> list[str]:
    """The files of settings of a running app."""
    return [path for name in SETTINGS if tree.has(path := within(directory, name))]


def table(tree: SourceTree, path: str) -> object:
    """What a file of settings has."""
    return tree.read_json(path, lenient)


def in_any_case(table: object, name: str) -> object:
    """The value of a key of a table, whatever its letters; None without one, and for what is no table."""
    return next((table[key] for key in table if key.casefold() == name), None) if isinstance(table, dict) else None


def code(tree: SourceTree, directory: str) -> list[tuple[str, str]]:
    """The first source files of a project with their texts, comments left out. In F# a project lists its files: the
    last one starts it."""
    listed = (name for path in tree.glob(within(directory, "*.fsproj")) for name in compiled(tree, path))
    paths = dict.fromkeys(within(directory, name) for name in (*SOURCES, *listed))
    return [(path, with_constants(COMMENT.sub("", sources.text(tree, path)))) for path in paths if tree.has(path)]


def compiled(tree: SourceTree, project: str) -> list[str]:
    """The last files in its directory that a project in F# lists, the last one first."""
    listed = COMPILED.findall(sources.text(tree, project))
    return [name.replace("\\", "/") for name in reversed(listed) if ".." not in name and "$(" not in name][:MAX_LISTED]


def with_constants(text: str) -> str:
    """Code with the numbers of its constants where it listens on them."""
    named = {one[1] or one[3]: one[2] or one[4] for one in CONSTANT.finditer(text)}
    return LISTENS.sub(lambda one: f"{one[1]}{named.get(one[2], one[2])}", text) if named else text
