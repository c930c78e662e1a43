"""What the image needs for native packages that others depend on, as each package manager's lockfile tells it."""

import json
from typing import Any

import pytest

from frontend.languages.node import lock_graph, lockfiles
from frontend.languages.node.manifest import Manifest
from tests.languages.node import plan, tree

NEEDED = {"cards": "1"}
TOOLS = {"jest": "1"}


def npm(**flags: Any) -> str:
    """npm's lockfile of an app whose `cards` needs `canvas`."""
    places = {"": {}, "node_modules/cards": {"version": "1.0.0"}, "node_modules/canvas": {"version": "2.11.2", **flags}}
    return json.dumps({"lockfileVersion": 3, "packages": places}, indent=1)


def yarn_1(owner: str, section: str = "dependencies") -> str:
    return f"""# yarn lockfile v1


canvas@^2.9.0:
  version "2.11.2"

{owner}@1:
  version "1.0.0"
  {section}:
    canvas "^2.9.0"
"""


def yarn_4(owner: str) -> str:
    return f"""__metadata:
  version: 8
  cacheKey: 10c0

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  dependencies:
    {owner}: "npm:1"
  languageName: unknown
  linkType: soft

"canvas@npm:^2.9.0, canvas@npm:^2.11.0":
  version: 2.11.2
  resolution: "canvas@npm:2.11.2"
  languageName: node
  linkType: hard

"{owner}@npm:1":
  version: 1.0.0
  resolution: "{owner}@npm:1.0.0"
  dependencies:
    canvas: "npm:^2.11.0"
  languageName: node
  linkType: hard
"""


def pnpm_9(owner: str, section: str = "dependencies") -> str:
    kind = "dependencies" if owner == "cards" else "devDependencies"
    return f"""lockfileVersion: '9.0'

importers:

  .:
    {kind}:
      {owner}:
        specifier: '1'
        version: 1.0.0

packages:

  canvas@2.11.2:
    resolution: {{integrity: sha512-x}}

  {owner}@1.0.0:
    resolution: {{integrity: sha512-x}}

snapshots:

  canvas@2.11.2: {{}}

  {owner}@1.0.0:
    {section}:
      canvas: 2.11.2
"""


def pnpm_6(mark: str) -> str:
    return f"""lockfileVersion: '6.0'

dependencies:
  cards:
    specifier: '1'
    version: 1.0.0

packages:

  /canvas@2.11.2:
    resolution: {{integrity: sha512-x}}
    {mark}

  /cards@1.0.0:
    resolution: {{integrity: sha512-x}}
    dev: false
"""


def packages(file: str, lock: str) -> tuple[str, ...]:
    """The Debian packages of the image of an app with this lockfile."""
    files = {"server.js": "", file: lock}
    return plan(
        tree(files, scripts={"start": "node server.js"}, dependencies=NEEDED, devDependencies=TOOLS)
    ).runtime.packages


@pytest.mark.parametrize(
    ("file", "lock"),
    [
        ("package-lock.json", npm()),
        ("package-lock.json", npm(peer=True)),
        ("yarn.lock", yarn_1("cards")),
        ("yarn.lock", yarn_4("cards")),
        ("pnpm-lock.yaml", pnpm_9("cards")),
        ("pnpm-lock.yaml", pnpm_6("dev: false")),
    ],
)
def test_what_a_package_of_production_needs_is_in_the_image(file: str, lock: str) -> None:
    assert "fontconfig" in packages(file, lock)


@pytest.mark.parametrize(
    ("file", "lock"),
    [
        ("package-lock.json", npm(dev=True)),
        ("package-lock.json", npm(optional=True)),
        ("package-lock.json", npm(devOptional=True, peer=True)),
        ("yarn.lock", yarn_1("jest")),
        ("yarn.lock", yarn_1("cards", "optionalDependencies")),
        ("yarn.lock", yarn_4("jest")),
        ("pnpm-lock.yaml", pnpm_9("jest")),
        ("pnpm-lock.yaml", pnpm_9("cards", "optionalDependencies")),
        ("pnpm-lock.yaml", pnpm_6("dev: true")),
        ("pnpm-lock.yaml", pnpm_6("optional: true")),
    ],
)
def test_what_only_development_or_nothing_needs_is_not(file: str, lock: str) -> None:
    assert not packages(file, lock)


def test_a_range_that_a_resolution_replaced_is_followed_by_name() -> None:
    text = yarn_1("cards").replace('canvas "^2.9.0"', 'canvas "^1.0.0"')
    assert lock_graph.by_ranges(text, [("cards", "1")]) == {"cards", "canvas"}


def test_it_is_not_known_of_a_lockfile_without_a_graph() -> None:
    assert lock_graph.needed(lockfiles.Locked({"canvas": ("2.0.0",)}), [Manifest("", {})]) is None
