"""A build keeps something for the next one of the same app: it is used, and makes what a build without it makes."""

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.apps import APPS, Built, build
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
# Next.js draws the keys of its preview mode and of server actions for each build
RANDOM = re.compile(rb"\b[0-9a-f]{32,64}\b|(?<=encryptionKey)[^,}]+")


class Case(NamedTuple):
    """An app, files that it gets, the directory of its cache, and a source with a text that is changed in it."""

    app: str
    files: dict[str, str]
    cache: str
    source: str
    text: str


NEXT_CONFIG = "module.exports = { generateBuildId: () => 'build', output: 'standalone' };\n"
CASES = (
    Case("node-next", {"next.config.js": NEXT_CONFIG}, ".next/cache", "app/page.js", "hello from Next.js"),
    Case("node-babel", {}, "node_modules/.cache", "src/greeting.js", "hello from babel"),
)


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


@pytest.mark.parametrize(
    "case", CASES if os.environ.get("MIGETPACKS_APPS") == "all" else CASES[-1:], ids=lambda case: case.app
)
def test_with_the_cache_of_another_commit_the_same_is_built(case: Case, lab: Lab, tmp_path: Path) -> None:
    context = tmp_path / "app"
    shutil.copytree(APPS / case.app, context)
    for path, content in case.files.items():
        (context / path).write_text(content)
    package = json.loads((context / "package.json").read_text())
    package["name"] = tmp_path.name  # an app that no build has kept anything for
    (context / "package.json").write_text(json.dumps(package))
    counting = f"echo kept $(find {case.cache} -type f 2>/dev/null | wc -l) && npm run build"
    source = context / case.source
    text = source.read_text()

    def built(number: int, **options: str) -> tuple[int, dict[str, str]]:
        source.write_text(text.replace(case.text, f"commit {number}"))
        name = f"caches-{case.app}"
        found = build(lab, context, name=name, args={"BUILD_COMMAND": counting}, options=options)
        (kept,) = re.findall(r"^#\d+ [\d.]+ kept (\d+)$", found.log, re.MULTILINE)
        return int(kept), files(lab, name, found)

    kept_at_first, first = built(1)
    kept_then, second = built(2)
    kept_without_cache, again = built(2, **{"no-cache": "build"})
    assert kept_at_first == kept_without_cache == 0
    assert kept_then > 0
    assert second != first
    assert second == again
    assert not [path for path in second if path.startswith(f"app/{case.cache}")]
