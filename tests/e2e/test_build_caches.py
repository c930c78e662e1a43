"""A build keeps something for the next one of the same app: it is used, and makes what a build without it makes."""

import hashlib
import io
import json
import os
import re
import shutil
import struct
import tarfile
import urllib.request
import zlib
from pathlib import Path
from typing import NamedTuple

import pytest

from frontend.lower.kept import SEEN
from tests.e2e.apps import APPS, Built, build
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e

TIME = 1_700_000_000
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
# Next.js draws the keys of its preview mode and of server actions for each build
RANDOM = re.compile(rb"\b[0-9a-f]{32,64}\b|(?<=encryptionKey)[^,}]+")


class Case(NamedTuple):
    """An app, files that it gets, the directory of its cache and a name that is kept in it, and a source with a text
    that is changed in it. `command` is what builds it. `heavy` leaves it to `make e2e-all`."""

    app: str
    files: dict[str, str | bytes]
    cache: str
    kept: str
    source: str
    text: str
    command: str = "npm run build"
    heavy: bool = True

    @property
    def name(self) -> str:
        """The app, and the tool where it is not its usual one."""
        return f"{self.app}-{self.command.rpartition('-')[2]}" if " --" in self.command else self.app


def png(side: int) -> bytes:
    """A grey square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress((b"\0" + b"\x80" * side) * side)
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


NEXT_CONFIG = "module.exports = { generateBuildId: () => 'build', output: 'standalone' };\n"
WEBPACK_CONFIG = """\
const path = require('path')
const HtmlWebpackPlugin = require('html-webpack-plugin')

module.exports = {
  cache: { type: 'filesystem' },
  output: { path: path.resolve(__dirname, 'public'), filename: 'main.[contenthash].js', clean: true },
  plugins: [new HtmlWebpackPlugin({ title: 'Packed' })],
}
"""
ASTRO_PAGE = """\
---
import { Image } from 'astro:assets'
import square from '../square.png'
---
<html lang="en">
  <head><title>Notes</title></head>
  <body><h1>hello from notes</h1><Image src={square} alt="grey" width={40} /></body>
</html>
"""
ANGULAR = json.loads((APPS / "node-angular" / "angular.json").read_text()) | {"cli": {"cache": {"environment": "all"}}}
CASES = (
    Case("node-babel", {}, "node_modules/.cache/babel-loader", "", "src/greeting.js", "hello from babel", heavy=False),
    Case(
        "node-webpack",
        {"webpack.config.js": WEBPACK_CONFIG},
        "node_modules/.cache/webpack",
        "default-production",
        "src/index.js",
        "hello from the pack",
        heavy=False,
    ),
    Case("node-next", {"next.config.js": NEXT_CONFIG}, ".next/cache", "webpack", "app/page.js", "hello from Next.js"),
    Case(
        "node-cra",
        {},
        "node_modules/.cache/babel-loader",
        "",
        "src/index.js",
        "nine loaves",
    ),
    Case("node-parcel", {}, ".parcel-cache", "data.mdb", "src/main.js", "opened"),
    Case(
        "node-astro-static",
        {"src/pages/index.astro": ASTRO_PAGE, "src/square.png": png(80)},
        "node_modules/.astro",
        "assets",
        "src/pages/index.astro",
        "hello from notes",
    ),
    Case(
        "node-angular",
        {"angular.json": json.dumps(ANGULAR)},
        ".angular/cache",
        "",
        "src/main.ts",
        "hello from the shop",
    ),
)
EVERY = os.environ.get("MIGETPACKS_APPS") == "all"


def files(lab: Lab, name: str, built: Built) -> dict[str, str]:
    """The files of an image's last layer, the application's, by path: the digest of each, but for what is random."""
    at = f"http://{lab.registry}/v2/apps/{name}"
    request = urllib.request.Request(f"{at}/manifests/{built.digest}", headers={"Accept": MANIFEST})
    with urllib.request.urlopen(request) as answer:
        layer = json.load(answer)["layers"][-1]["digest"]
    with (
        urllib.request.urlopen(f"{at}/blobs/{layer}") as answer,
        tarfile.open(fileobj=io.BytesIO(answer.read())) as tar,
    ):
        contents = {one.name: tar.extractfile(one) if one.isfile() else None for one in tar}
        return {
            path: hashlib.sha256(RANDOM.sub(b"", content.read())).hexdigest() if content else ""
            for path, content in contents.items()
        }


@pytest.mark.parametrize("case", [one for one in CASES if EVERY or not one.heavy], ids=lambda case: case.name)
def test_with_the_cache_of_another_commit_the_same_is_built(case: Case, lab: Lab, tmp_path: Path) -> None:
    context = tmp_path / "app"
    shutil.copytree(APPS / case.app, context)
    for path, content in case.files.items():
        (context / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    package = json.loads((context / "package.json").read_text())
    package["name"] = tmp_path.name  # an app that no build has kept anything for
    (context / "package.json").write_text(json.dumps(package))
    listing = f"echo kept: $(ls -A {case.cache} 2>/dev/null) && {case.command}"
    source = context / case.source
    text = source.read_text()
    assert case.text in text

    def built(number: int, at: int, **options: str) -> tuple[list[str], dict[str, str]]:
        source.write_text(text.replace(case.text, f"commit {'x' * number}"))
        os.utime(source, (at, at))
        name = f"caches-{case.name}"
        found = build(lab, context, name=name, args={"BUILD_COMMAND": listing}, options=options)
        (kept,) = re.findall(r"^#\d+ [\d.]+ kept:(.*)$", found.log, re.MULTILINE)
        return [one for one in kept.split() if one != SEEN], files(lab, name, found)

    kept_at_first, first = built(1, TIME)
    kept_then, second = built(2, TIME + 60)
    kept_without_cache, again = built(2, TIME + 60, **{"no-cache": "build"})
    assert kept_at_first == kept_without_cache == []
    assert case.kept in kept_then if case.kept else kept_then
    assert second != first
    assert second == again
    assert not [path for path in second if f"app/{case.cache}" in path or SEEN in path]

    kept_at_same_time, third = built(3, TIME + 60)  # a checkout that gives all files one time
    _, once_more = built(3, TIME + 60, **{"no-cache": "build"})
    assert kept_at_same_time == []
    assert third != second
    assert third == once_more
