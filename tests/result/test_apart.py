"""The files of layers side by side are looked up as an overlay filesystem would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from posixpath import join, normpath
from typing import TYPE_CHECKING, cast

import pytest

from frontend.gateway.client import Pending, Ref, Stat
from frontend.result.apart import LayerFiles, Part

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway

Tree = Mapping[str, str]  # what is at a path: a text, or "-> TARGET"
APP: Tree = {
    "/app/server.js": "app",
    "/app/lib": "-> /app/node_modules/shop/lib",
    "/app/node_modules/made/index.js": "app",
    "/app/here": "-> there",
    "/app/there": "-> here",
}
PACKAGES: Tree = {
    "/app/node_modules/made/index.js": "packages",
    "/app/node_modules/made/package.json": "packages",
    "/app/node_modules/shop/lib/a.js": "packages",
    "/app/node_modules/own": "-> ../own",
    "/app/.venv/bin/python": "-> python3",
    "/app/.venv/bin/python3": "-> /usr/local/bin/python3",
}
LIBRARIES: Tree = {"/usr/lib/libpq.so.5": "libraries"}
BASE: Tree = {"/usr/local/bin/python3": "base", "/usr/bin/sh": "base", "/bin": "-> usr/bin"}


class BuildKit:
    """Filesystems by ref; `asked` are the questions, with the ref of each."""

    def __init__(self, *trees: Tree) -> None:
        self.trees = {str(number): dict(tree) for number, tree in enumerate(trees)}
        self.asked: list[tuple[str, str, str]] = []

    def _real(self, tree: Tree, path: str) -> str:
        """A path with its links followed in the filesystem."""
        for _ in range(8):
            words = path.split("/")
            ways = ("/".join(words[:end]) for end in range(2, len(words) + 1))
            way = next((way for way in ways if tree.get(way, "").startswith("-> ")), "")
            if not way:
                return path
            path = normpath(join(way.rpartition("/")[0] or "/", tree[way][3:], path[len(way) + 1 :]))
        return "/nowhere"

    def start_stat_file(self, ref: Ref, path: str) -> Pending[Stat | None]:
        self.asked.append(("stat", ref.id, path))
        tree = self.trees[ref.id]
        real = self._real(tree, path)
        kind = "file" if real in tree else "dir" if any(one.startswith(f"{real.rstrip('/')}/") for one in tree) else ""
        return Pending(lambda: Stat(path, kind, 0o755, len(tree.get(real, "")), "", 0, 0, 0) if kind else None)

    def start_read_dir(self, ref: Ref, path: str = "", *, include: str = "") -> Pending[tuple[Stat, ...] | None]:
        self.asked.append(("names", ref.id, path))
        tree = self.trees[ref.id]
        below = f"{self._real(tree, path).rstrip('/')}/"
        names = sorted({one[len(below) :].split("/")[0] for one in tree if one.startswith(below)})
        found = tuple(
            Stat(name, "link" if text else "file", 0o755, 1, text, 0, 0, 0)
            for name in names
            if include in ("", name)
            for text in [tree.get(below + name, "").partition("-> ")[2]]
        )
        return Pending(lambda: found or None)

    def read_dir(self, ref: Ref, path: str = "", *, include: str = "") -> tuple[Stat, ...] | None:
        return self.start_read_dir(ref, path, include=include).result()

    def start_read_file(
        self, ref: Ref, path: str, *, offset: int | None = None, length: int | None = None
    ) -> Pending[bytes | None]:
        self.asked.append(("read", ref.id, path))
        text = self.trees[ref.id].get(self._real(self.trees[ref.id], path))
        return Pending(lambda: text.encode()[:length] if text is not None else None)


@pytest.fixture
def buildkit() -> BuildKit:
    return BuildKit(APP, PACKAGES, LIBRARIES, BASE)


@pytest.fixture
def files(buildkit: BuildKit) -> LayerFiles:
    def solve(number: int) -> Callable[[], Pending[Ref]]:
        return lambda: Pending(lambda: Ref(str(number)))

    gateway = cast("Gateway", buildkit)
    places = (("/app",), ("/app/node_modules", "/app/.venv"), (), ())
    beside = ("", "", "libraries", "any")
    *layers, base = (
        Part(gateway, *each, solve(number)) for number, each in enumerate(zip(places, beside, strict=True))
    )
    return LayerFiles(layers, base)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/app/server.js", b"app"),
        ("/app/node_modules/made/index.js", b"app"),
        ("/app/node_modules/made/package.json", b"packages"),
        ("/app/lib/a.js", b"packages"),
        ("/app/.venv/bin/python", b"base"),
        ("/bin/sh", b"base"),
        ("/usr/lib/libpq.so.5", b"libraries"),
        ("/usr/local/sbin/python3", None),
        ("/app/node_modules/absent", None),
        ("/app/lib/absent.js", None),
        ("/app/here", None),
    ],
)
def test_the_highest_layer_decides_and_links_lead_on(path: str, text: bytes | None, files: LayerFiles) -> None:
    assert files.read([path], 100)[path] == text
    found = files.stat(path)
    assert (found.kind if found is not None else None) == (None if text is None else "file")
    assert files.head(path) == (text or b"")


def test_a_directory_has_what_each_layer_puts_there(files: LayerFiles) -> None:
    assert files.names("/app/node_modules") == ("made", "own", "shop")
    assert files.names("/app/node_modules/made") == ("index.js", "package.json")
    assert files.names("/app/lib") == ("a.js",)
    assert files.names("/absent") == ()
    for directory in ("/app", "/app/node_modules", "/app/lib", "/usr", "/"):
        found = files.stat(directory)
        assert found is not None, directory
        assert found.kind == "dir", directory


def test_a_link_is_what_its_layer_says(files: LayerFiles) -> None:
    assert files.link("/app/node_modules/own") == "../own"
    assert files.link("/app/.venv/bin/python") == "python3"
    assert files.link("/app/server.js") == files.link("/app/absent") == ""


def test_a_start_asks_only_the_parts_that_it_is_in(files: LayerFiles, buildkit: BuildKit) -> None:
    files.ask(["/app", "/app/server.js", "/bin/sh", "/usr/local/bin/python3"])
    for path in ("/app", "/app/server.js", "/bin/sh", "/usr/local/bin/python3"):
        assert files.stat(path) is not None
    assert [(ref, path) for _, ref, path in buildkit.asked] == [
        ("0", "/app"),
        ("0", "/app/server.js"),
        ("3", "/bin/sh"),
        ("3", "/usr/local/bin/python3"),
    ]


def test_a_program_that_is_nowhere_is_not_looked_for_among_libraries(files: LayerFiles, buildkit: BuildKit) -> None:
    assert files.stat("/usr/local/sbin/python3") is None
    assert {ref for _, ref, _ in buildkit.asked} == {"3"}
    assert files.stat("/usr/lib/libpq.so.6") is None
    assert {ref for _, ref, _ in buildkit.asked} == {"2", "3"}
