"""Servers that listen on localhost alone: nothing outside of their container reaches them.

Sources: https://fastify.dev/docs/latest/Reference/Server/#listen, https://docs.nestjs.com/techniques/performance#adapter
"""

import re

from frontend.languages.node import fixed_ports
from frontend.languages.node.repository import Repository
from frontend.languages.node.start import Start
from frontend.plan.model import Warning

LOCAL = re.compile(r"""['"`](?:localhost|127\.0\.0\.1|::1)['"`]""")
CALL = re.compile(r"(?:\.listen|\bserve|\b[Hh]api\.[Ss]erver)\s*\(")
ANYWHERE = ("0.0.0.0", '"::"', "'::'", "HOST")  # noqa: S104 - a source with one of them decides by itself
FASTIFY, ADAPTER = "fastify", "FastifyAdapter"
PORT_ALONE = re.compile(  # and a function that is called then
    r"\(\s*(?:\{[^{}]*\bport\b[^{}]*\}|[^,{}]*(?:port|\d{2,5})[^,{}]*?)\s*(?:,\s*(?:async\b|function\b|\()|\)\Z)",
    re.IGNORECASE,
)
HINT = 'listen on all addresses: listen({ port: process.env.PORT, host: "0.0.0.0" })'


def doubts(repository: Repository, web: Start) -> tuple[Warning, ...]:
    """The warning for a server that is told to listen on localhost, or that does so where it is told nothing."""
    path = fixed_ports.source_of(repository, web)
    text = (repository.tree.read_text(path) or "") if path else ""
    if not text or any(sign in text for sign in ANYWHERE):
        return ()
    by_default = ADAPTER in text or (FASTIFY in repository.dependencies and imports_fastify(text))
    for call in CALL.finditer(text):
        begin = text.rfind("\n", 0, call.start()) + 1
        arguments = text[call.end() - 1 : closing(text, call.end() - 1)]
        if text[begin : call.start()].lstrip().startswith(("//", "*", "/*")):
            continue
        told = LOCAL.search(arguments) is not None
        if told or (by_default and "host" not in arguments and PORT_ALONE.match(arguments)):
            why = "" if told else ", as Fastify does where no host is given"
            message = f"the app listens on localhost{why}: nothing outside of its container reaches it"
            at = repository.tree.at(path, text.count("\n", 0, call.start()) + 1)
            return (Warning("local-host", message, at, HINT),)
    return ()


def imports_fastify(text: str) -> bool:
    """Whether a source makes its server by Fastify."""
    return re.search(r"""(?:from|require\()\s*['"]fastify['"]""", text) is not None


def closing(text: str, position: int) -> int:
    """Where the arguments end that begin at a position, for what is written as usual."""
    depth = 0
    for index in range(position, min(len(text), position + 400)):
        depth += (text[index] in "({") - (text[index] in ")}")
        if not depth:
            return index + 1
    return position
