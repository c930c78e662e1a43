"""Falcon's own programs: where `falcon serve` listens is said by its options, for `falcon host` by falcon.rb.

Sources: https://socketry.github.io/falcon/guides/deployment/, https://socketry.github.io/falcon/source/Falcon/Command/Serve/
"""

import re

from frontend.commands.options import Split
from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.ruby.servers import FALCON, binding, reads
from frontend.plan.model import Warning

CONFIG = FALCON.configs[0]
PROGRAMS = ("falcon", "falcon-host", CONFIG)  # the file is a program itself: #!/usr/bin/env falcon-host
COMMANDS = ("serve", "host", "virtual", "proxy", "redirect", "supervisor", "top")
BIND = "--bind http://0.0.0.0:$PORT"


def on_port(tree: SourceTree, name: str, given: Split, at: Location | None) -> tuple[str, tuple[Warning, ...]]:
    """What a command that runs one of PROGRAMS lacks to listen on the container's port, "" for nothing, and the doubts.

    `given` are its options and other words.
    """
    said = next((word.text for word in given.rest if word.text in COMMANDS), "serve")
    command = said if name == "falcon" else "host"
    if command == "host":
        named = next((word.text for word in given.rest if word.text.endswith(".rb")), CONFIG)
        return "", tuple(fixed(tree, named.removeprefix("./")))
    address = given.value("-b", "--bind")
    if command != "serve":
        return "", ()
    if not address:
        told = "the start command gives falcon no address, whose default is https://localhost:9292: it listens on PORT"
        return BIND, (Warning("port-added", told, at, f"write {BIND} in the start command"),)
    if address.startswith("https:"):
        told = "falcon answers TLS alone, with a certificate that it signs itself"
        return "", (Warning("https", told, at, f"write {BIND}: TLS ends in front of the container"),)
    return "", ()


def fixed(tree: SourceTree, path: str) -> list[Warning]:
    """The warning for a configuration that says where falcon listens without PORT; [] for one that is not there."""
    lines = [line.strip() for line in tree.read_lines(path) or ()] if tree.has(path) else []
    if not lines or any(map(reads, lines)):
        return []
    found = binding(FALCON, lines)
    where = re.search(r"\w+://[\w.\[\]:*-]+", lines[found[0] - 1]) if found else None
    told = where[0] if where is not None else "a port of its own" if found else "port 9292"
    hint = 'read it there: url "http://0.0.0.0:#{ENV.fetch("PORT", 3000)}"'
    return [Warning("fixed-port", f"{path} has falcon listen on {told}, not on PORT", tree.at(path, *found[:1]), hint)]
