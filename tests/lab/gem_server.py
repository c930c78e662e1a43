"""A RubyGems registry as static files over HTTP: `python3 gemserver.py DIRECTORY PORT`."""

from __future__ import annotations

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Handler(SimpleHTTPRequestHandler):
    """Files as they are: what Bundler reads has no file name extension."""

    protocol_version = "HTTP/1.1"
    extensions_map: dict[str, str] = {"": "application/octet-stream"}  # noqa: RUF012 (as the standard library has it)


def main(directory: str, port: str) -> None:
    """Serves until it is killed."""
    ThreadingHTTPServer(("127.0.0.1", int(port)), partial(Handler, directory=directory)).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
