"""The port that a user's command gives a server: where it is fixed, or there is none, the container's PORT holds."""

from collections.abc import Iterator

from frontend.commands import given_text, listening
from frontend.commands.listening import Servers, Words
from frontend.commands.options import AllBut, split_options
from frontend.commands.script import Script, parse
from frontend.commands.unwrap import SHELL_RUNNERS, Runner
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.registry import RUBY
from frontend.languages.ruby import falcon
from frontend.languages.ruby.servers import SERVERS, is_local, reads
from frontend.plan.model import Warning

_PORT = ("-p", "--port")
_BIND = (*_PORT, "-b", "--bind")
OPTIONS = {  # program -> its options for a port, or for an address with one
    **dict.fromkeys(("puma", "falcon"), _BIND),
    **dict.fromkeys(("rails", "rackup", "thin", "unicorn", "iodine", "hanami"), _PORT),
}
HOSTS = {  # program -> its options for an address alone
    "rails": ("-b", "--binding"),
    "rackup": ("-o", "--host"),
    "thin": ("-a", "--address"),
    "unicorn": ("-o", "--host"),
    "iodine": ("-b", "--address"),
    "hanami": ("--host",),
}
FLAGS = frozenset(
    "-d --daemon -q --quiet -v --version --preload --silent -D --daemonize --verbose --debug --warn --ssl --threaded "
    "--forked --hybrid --cache --early-hints --prune-bundler --redirect-append --no-config --no-default-middleware "
    "--log-to-stdout --no-log-to-stdout --code-reloading --no-code-reloading".split()
)
CONFIG = ("-C", "--config", "-c", "--config-file")
RUNNERS: dict[str, Runner] = {
    **SHELL_RUNNERS,
    "bundle": Runner(verbs=("exec",), takes=("--gemfile",)),
}
PORTLESS = {  # programs that listen on a port of their own where they are given none -> what gives them one
    "puma": "-p $PORT",
    "rackup": "-o 0.0.0.0 -p $PORT",
    "thin": "-p $PORT",
    "unicorn": "-p $PORT",
}

# a proxy in front of the server that it starts: by itself it takes a port that only root may, and the server gets PORT
PROXY = "thrust"
PROXY_PORTS = {"HTTP_PORT": "HTTP_PORT=$PORT", "TARGET_PORT": "TARGET_PORT=3000"}


def interpreted(words: Words) -> Words:
    """The words behind `ruby`, where that is given a script: `ruby bin/rails server`."""
    ruby = RUBY.interpreters[0]
    if not words or words[0].text != ruby.program:
        return words
    options, rest = split_options(words[1:], ruby.takes, ends=ruby.ends)
    return words if any(one.name in ruby.ends for one in options) else rest


KNOWN = Servers(OPTIONS, AllBut(FLAGS), interpreted, RUNNERS)


def on_port(tree: SourceTree, script: Script, at: Location | None, port: int) -> tuple[Script, tuple[Warning, ...]]:
    """A command on the container's port, whatever port it gives a server of OPTIONS, and the warning that says so; and
    so the texts that it gives to a shell."""
    return given_text.each(script, at, lambda one: _on_port(tree, one, at, port))


def _on_port(tree: SourceTree, script: Script, at: Location | None, port: int) -> tuple[Script, tuple[Warning, ...]]:
    moved, warnings = listening.on_port(script, at, port, KNOWN)
    last = moved.items[-1].command
    if last is None:
        return moved, warnings
    words = listening.server(last, KNOWN)
    warnings += tuple(local(words, at))
    name = words[0].text.rpartition("/")[2] if words else ""
    if name in falcon.PROGRAMS:
        given = split_options(words[1:], AllBut(FLAGS), joined=_BIND, anywhere=True)
        added, doubts = falcon.on_port(tree, name, given, at)
        text = f"{moved.text[: last.words[-1].end]} {added}{moved.text[last.words[-1].end :]}"
        return (parse(text, at) if added else moved), (*warnings, *doubts)
    if moved is not script or any(True for _ in listening.ports(last, KNOWN)):
        return moved, warnings
    if name == PROXY and moved.only is not None and not any(word.name in PROXY_PORTS for word in last.words):
        told = f"the start command sets no port for {PROXY}, whose default is 80: it listens on PORT instead"
        hint = f"write {' '.join(PROXY_PORTS.values())} in front of the start command, or start the server itself"
        return parse(f"{' '.join(PROXY_PORTS.values())} {moved.text}", at), (Warning("port-added", told, at, hint),)
    if name not in PORTLESS or reads_port(tree, name, words):
        return moved, warnings
    end = last.words[-1].end
    told = f"the start command sets no port for {name}: it listens on PORT"
    hint = f"write {PORTLESS[name]} in the start command"
    text = f"{moved.text[:end]} {PORTLESS[name]}{moved.text[end:]}"
    return parse(text, at), (*warnings, Warning("port-added", told, at, hint))


def local(words: Words, at: Location | None) -> Iterator[Warning]:
    """The warning for a server that is told to listen on localhost alone."""
    name = words[0].text.rpartition("/")[2] if words else ""
    names = (*HOSTS.get(name, ()), *(() if name in HOSTS else OPTIONS.get(name, ())))
    for one in split_options(words[1:], AllBut(FLAGS), joined=names, anywhere=True).options if names else ():
        if one.name in names and one.value is not None and is_local(one.value.text):
            told = f"{name} listens on localhost ({one.name}): nothing outside of its container reaches it"
            yield Warning("local-host", told, at, "write 0.0.0.0 in its place")


def reads_port(tree: SourceTree, name: str, words: Words) -> bool:
    """Whether the configuration of a server reads PORT: the one that it is given, else its own."""
    options = split_options(words[1:], AllBut(FLAGS), joined=CONFIG[::2], anywhere=True)
    server = next((one for one in SERVERS if one.program == name), None)
    given = options.value(*CONFIG)
    path = given or (tree.first(*server.configs) if server is not None and not server.option else None)
    text = tree.read_text(path.removeprefix("./")) if path and tree.has(path.removeprefix("./")) else None
    return any(reads(line) for line in (text or "").splitlines())
