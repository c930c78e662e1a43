"""A JSR registry with small packages of our own: files over HTTP, for Deno and, as JSR has them, for npm's clients.

Source of the formats: https://jsr.io/docs/api, https://jsr.io/docs/npm-compatibility
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import unquote

TYPES = {".ts": "application/typescript", ".json": "application/json", ".tgz": "application/octet-stream"}


class Package(NamedTuple):
    """A version of a package: its modules by path, the first of which it exports, and what they are for Node.js.

    `needs` are the packages that the latter import, by the names that npm's clients have for them.
    """

    name: str
    version: str
    files: Mapping[str, str]
    script: str
    needs: Mapping[str, str] = {}


PACKAGES = (
    Package(
        "@lab/words",
        "1.0.0",
        {"/mod.ts": "export const capitalize = (text: string): string => text[0].toUpperCase() + text.slice(1);\n"},
        "export const capitalize = (text) => text[0].toUpperCase() + text.slice(1);\n",
    ),
    Package(
        "@lab/words",
        "1.1.0",
        {
            "/mod.ts": 'export * from "./first.ts";\n',
            "/first.ts": "export const capitalize = (text: string): string =>\n"
            "  text.charAt(0).toUpperCase() + text.slice(1);\n",
        },
        "export const capitalize = (text) => text.charAt(0).toUpperCase() + text.slice(1);\n",
    ),
    Package(
        "@lab/greet",
        "2.0.1",
        {
            "/mod.ts": 'import { capitalize } from "jsr:@lab/words@^1.0.0";\n'
            "export const greet = (name: string): string => `Hello, ${capitalize(name)}`;\n"
        },
        'import { capitalize } from "@jsr/lab__words";\nexport const greet = (name) => `Hello, ${capitalize(name)}`;\n',
        {"@jsr/lab__words": "^1.0.0"},
    ),
)


def files(url: str, packages: tuple[Package, ...] = PACKAGES) -> dict[str, bytes]:
    """What the registry at a URL (which ends in "/") serves, by path."""
    found: dict[str, bytes] = {}
    versions: dict[str, dict[str, object]] = {}
    packuments: dict[str, dict[str, object]] = {}
    for one in packages:
        manifest = {path: {"size": len(text), "checksum": f"sha256-{sha256(text)}"} for path, text in one.files.items()}
        exported = {".": f".{next(iter(one.files))}"}
        found[f"/{one.name}/{one.version}_meta.json"] = dumped({"manifest": manifest, "exports": exported})
        found |= {f"/{one.name}/{one.version}{path}": text.encode() for path, text in one.files.items()}
        versions.setdefault(one.name, {})[one.version] = {}
        name = f"@jsr/{one.name[1:].replace('/', '__')}"
        archive = tarball(one, name)
        path = f"/~/{name}/{one.version}.tgz"
        found[path] = archive
        integrity = base64.b64encode(hashlib.sha512(archive).digest()).decode()
        packuments.setdefault(name, {})[one.version] = {
            **described(one, name),
            "dist": {"tarball": f"{url}{path[1:]}", "integrity": f"sha512-{integrity}"},
        }
    for name, known in versions.items():
        scope, _, short = name[1:].partition("/")
        found[f"/{name}/meta.json"] = dumped(
            {"scope": scope, "name": short, "latest": list(known)[-1], "versions": known}
        )
    for name, kept in packuments.items():
        found[f"/{name}"] = dumped({"name": name, "dist-tags": {"latest": list(kept)[-1]}, "versions": kept})
    return found


def described(one: Package, name: str) -> dict[str, object]:
    """The package.json that npm's clients get."""
    return {
        "name": name, "version": one.version, "type": "module", "exports": {".": "./mod.js"},
        "dependencies": dict(one.needs),
    }  # fmt: skip


def tarball(one: Package, name: str) -> bytes:
    """What npm's clients unpack; the same bytes each time."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", compresslevel=0) as archive:
        for path, data in (("package.json", dumped(described(one, name))), ("mod.js", one.script.encode())):
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    data = made.getvalue()
    return data[:4] + bytes(4) + data[8:]  # without gzip's time


def dumped(value: object) -> bytes:
    """JSON, as bytes."""
    return json.dumps(value, sort_keys=True).encode()


def sha256(text: str) -> str:
    """The checksum of a module."""
    return hashlib.sha256(text.encode()).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Answers with the files of its server."""

    protocol_version = "HTTP/1.1"
    found: Mapping[str, bytes] = {}

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        data = self.found.get(path)
        self.send_response(200 if data is not None else 404)
        kind = next((kind for end, kind in TYPES.items() if path.endswith(end)), TYPES[".json"])
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what matters is what the build prints."""


@contextmanager
def served(packages: tuple[Package, ...] = PACKAGES) -> Iterator[str]:
    """The URL of a registry on the loopback, there until the block ends; it ends in "/"."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}/"
    server.RequestHandlerClass = type("Files", (Handler,), {"found": files(url, packages)})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
