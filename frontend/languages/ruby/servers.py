"""Servers of Rack apps, and how each is told to listen on the container's port.

None but Rails' own command reads PORT, and an argument list cannot name a variable: where a server's configuration
does not read it either, the server's program is loaded by a line of Ruby that gives it the port when the container
starts. Nothing stands between: the process is the server, and gets the signals.
"""

import re

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.ruby.gemfile import without_comment

EXEC = ("bundle", "exec")
PORT = 'ENV.fetch("PORT")'
READS_PORT = re.compile(r"""ENV(?:\.fetch[\s(]|\[)\s*['"]PORT['"]""")
LOCAL = re.compile(r"127\.0\.0\.1|localhost")
ADDRESS = re.compile(r"(?:\w+://)?(?:localhost|127\.0\.0\.1|\[?::1\]?)(?::[^:]*)?")


class Server(Struct, frozen=True):
    """A server: its gem and its program, the arguments (as Ruby) that make it listen on PORT, the gem that has the
    program, and its configuration files, with what a line of one begins with that says where it listens.

    `option` is in front of the configuration's path, "" where the server finds it by itself. One that is a command (of
    falcon) has that path alone behind it.
    """

    gem: str
    program: str
    listen: str
    owner: str
    configs: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()
    option: str = ""


FALCON = Server(
    "falcon",
    "falcon",
    f'"serve", "--bind", "http://0.0.0.0:" + {PORT}',
    "falcon",
    ("falcon.rb",),
    ("url", "port", "endpoint", "(::)?Async::HTTP::Endpoint", r"\.parse"),
    "host",
)
SERVERS = (  # the first one that is installed serves
    Server(
        "puma",
        "puma",
        f'"-b", "tcp://0.0.0.0:" + {PORT}',
        "puma",
        ("config/puma/production.rb", "config/puma.rb"),
        ("port", "bind", "ssl_bind"),
    ),
    FALCON,
    Server("iodine", "iodine", f'"-b", "0.0.0.0", "-p", {PORT}', "iodine"),
    Server(
        "unicorn",
        "unicorn",
        f'"-o", "0.0.0.0", "-p", {PORT}',
        "unicorn",
        ("config/unicorn.rb", "unicorn.rb"),
        ("listen",),
        "-c",
    ),
    Server("thin", "thin", f'"start", "-a", "0.0.0.0", "-p", {PORT}', "thin"),
)
WEBRICK = Server("webrick", "rackup", f'"-s", "webrick", "-o", "0.0.0.0", "-p", {PORT}', "rackup")
NAMES = (*(server.gem for server in SERVERS), WEBRICK.gem)


class Served(Struct, frozen=True):
    """How a server is started; `loads` is its program where Ruby is made to load that.

    `bound` is the line of its configuration that says another port, or the host alone.
    """

    server: Server
    args: tuple[str, ...]
    loads: str = ""
    bound: Location | None = None


def choose(gems: frozenset[str]) -> Server | None:
    """The server among the gems that are installed; None for none. WEBrick is started by the program of rackup."""
    return next((server for server in (*SERVERS, WEBRICK) if server.gem in gems), None)


def serve(tree: SourceTree, server: Server) -> Served:
    """The command that serves config.ru, by the server's own configuration where that reads PORT."""
    config = tree.first(*server.configs)
    if config is None:
        return Served(server, loaded(server), server.program)
    options = f'"{server.option}", "{config}", ' if server.option.startswith("-") else ""
    lines = [line.strip() for line in tree.read_lines(config) or ()]
    bound = binding(server, lines)
    if any(reads(line) for line in lines) and not any(LOCAL.search(lines[number - 1]) for number in bound):
        own = (server.option, config) if server.option else ()
        return Served(server, (*EXEC, server.program, *own))
    return Served(server, loaded(server, options), server.program, tree.at(config, bound[0]) if bound else None)


def binding(server: Server, lines: list[str]) -> list[int]:
    """The lines of a server's configuration that say where it listens, numbered."""
    return [n for n, line in enumerate(lines, 1) if re.match(rf"({'|'.join(server.binds)})\b", line)]


def is_local(address: str) -> bool:
    """Whether an address, with a port or a scheme or neither, is of the container alone."""
    return ADDRESS.fullmatch(address) is not None


def reads(line: str) -> bool:
    """Whether a line of a configuration reads PORT: `bind "tcp://0.0.0.0:#{ENV["PORT"]}"`."""
    return READS_PORT.search(without_comment(line)[0]) is not None


def loaded(server: Server, options: str = "") -> tuple[str, ...]:
    """The command that loads a server's program with the arguments that make it listen on PORT."""
    text = f'ARGV.replace([{options}{server.listen}]); load Gem.bin_path("{server.owner}", "{server.program}")'
    return (*EXEC, "ruby", "-e", text)
