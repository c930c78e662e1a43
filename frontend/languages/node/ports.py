"""Servers among dependencies whose options fix a port, where the image's PORT should hold."""

from msgspec import Struct

from frontend.commands.options import split_options
from frontend.commands.words import Part, Word, literal
from frontend.errors import Location
from frontend.languages.node.frameworks import EVERYWHERE
from frontend.plan.model import Warning


class Server(Struct, frozen=True):
    """A server's options for its port and host. `reads`: without them it reads PORT and listens on all addresses."""

    ports: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    reads: bool = True


_FRAMEWORK = Server(("-p", "--port"), ("-H", "--hostname", "--host"))
SERVERS = {
    **dict.fromkeys(("next", "nuxt", "astro", "remix-serve", "react-router-serve"), _FRAMEWORK),
    "serve": Server(("-p", "--port", "-l", "--listen")),  # https://github.com/vercel/serve
    "http-server": Server(("-p", "--port"), ("-a",)),  # https://github.com/http-party/http-server
    "sirv": Server(("-p", "--port"), ("-H", "--host")),  # https://github.com/lukeed/sirv/tree/master/packages/sirv-cli
    "json-server": Server(("-p", "--port"), ("-H", "--host"), reads=False),  # https://github.com/typicode/json-server
    "waku": Server(("-p", "--port"), ("-h", "--host"), reads=False),  # https://waku.gg/guides/quick-start
}
# servers that read their port from another variable
VARIABLES = {
    "n8n": "N8N_PORT",  # https://docs.n8n.io/hosting/configuration/environment-variables/deployment/
}
PORT = Word((Part("PORT", "variable"),), "$PORT", "$PORT")


def without_ports(
    name: str, rest: tuple[Word, ...], at: Location | None
) -> tuple[tuple[Word, ...], tuple[Warning, ...]]:
    """The arguments of one of SERVERS without a fixed port or host: it listens on PORT, on all addresses."""
    server = SERVERS[name]
    kept: list[Word] = []
    warnings: list[Warning] = []
    words = rest
    while words:
        found = split_options(words, (*server.ports, *server.hosts), joined=("-p",))
        for one in found.options:
            if one.name not in (*server.ports, *server.hosts):
                kept += one.words
            elif one.name in server.ports and all(word.plain for word in one.words):
                told = f"the start script fixes a port ({one.name}): the app listens on PORT instead"
                warnings.append(Warning("fixed-port", told, at, f"remove {one.name} from the script"))
        behind = words[sum(len(one.words) for one in found.options) :]
        kept += behind[:1]
        words = behind[1:]
    if not server.reads:
        kept += (literal(server.ports[-1]), PORT, literal(server.hosts[-1]), literal(EVERYWHERE))
    return tuple(kept), tuple(warnings)
