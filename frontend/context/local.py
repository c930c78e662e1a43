"""The files of a directory of the client, asked for piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from posixpath import normpath
from typing import TYPE_CHECKING

from msgspec import Struct

from frontend.context.load import LocalLoad
from frontend.context.solved import NamesTree, RefTree
from frontend.context.tree import Entry, SourceTree, dangling
from frontend.errors import SourceError
from frontend.paths import escaped, within

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway

METADATA_ONLY = "source.local.metadatatransfer"


class _Part(Struct, frozen=True):
    """What one request asked for, and its answer: names, and the contents of `held` paths and patterns; None: of all.

    `dirs` are the directories that it leads through, `globs` what it asked for in directories named by a pattern.
    """

    asked: frozenset[str]
    dirs: frozenset[str]
    globs: tuple[str, ...]
    tree: RefTree
    held: frozenset[str] | None

    @classmethod
    def of(cls, asked: Iterable[str], tree: RefTree, held: frozenset[str] | None) -> _Part:
        """The part of a request. The paths are as we write them."""
        paths = frozenset(asked)
        dirs, globs = {""}, []
        for path in paths:
            above = path.rpartition("/")[0]
            if _is_glob(above):
                globs.append(path)
            while above not in dirs:
                dirs.add(above)
                above = above.rpartition("/")[0]
        return cls(paths, frozenset(dirs), tuple(globs), tree, held)

    def holds(self, path: str) -> bool:
        """Whether it has a path's contents, if it has the path."""
        held = self.held
        return held is None or path in held or any(_is_glob(one) and _matches(path, one) for one in held)

    def tells_of(self, directory: str) -> bool:
        """Whether it asked for something in a directory or further down."""
        return directory in self.dirs or any(_leads_into(glob, directory) for glob in self.globs)


class LocalTree(SourceTree):
    """A directory of the client, loaded piece by piece: what `need` announces comes in one request.

    Every question is answered right; one about a path that was not announced is a request of its own. The client finds
    a plain path at once, and all names in a directory; for any other pattern it would walk through the whole app, so
    patterns are answered from names, level by level. Those announced are asked for when the first of them is used.
    """

    def __init__(self, gateway: Gateway, load: LocalLoad) -> None:
        super().__init__()
        self._gateway = gateway
        self._load = load
        self._parts: list[_Part] = []
        self._started = 0  # so many of them are being loaded
        self._paths: set[str] = set()  # asked for, with contents
        self._root_globs: list[str] = []  # patterns in the root asked for, with contents
        self._listed: set[str] = set()  # directories all names of which were asked for
        self._found: dict[str, tuple[str, ...]] = {}  # a path that a glob found by name: all it found
        self._into: dict[str, tuple[int, list[_Part]]] = {}  # directory: (answers looked at, those that tell of it)
        self._merged: dict[str, tuple[int, dict[str, Entry]]] = {}  # directory: (answers that are in it, entries)
        self._following: set[str] = set()  # links on the way to what is being asked for
        self._announced: list[str] = []  # patterns not asked for yet
        self._left_out: Callable[[str], bool] = lambda _path: False

    def skip(self, left_out: Callable[[str], bool]) -> None:
        self._left_out = left_out

    def look(self, *patterns: str, names: Iterable[str] = ()) -> None:
        """Asks for all that is announced in one request, where this BuildKit can: paths and patterns in the root with
        their contents, all names in the root, and those in the directories that other patterns begin with. `names` are
        further paths and patterns, of which paths come with contents.

        The links of such an answer are followed by requests of their own.
        """
        if not self._gateway.caps.supports(METADATA_ONLY):
            self.need(*patterns)
            self.ask_announced()
            return
        wanted = dict.fromkeys(filter(None, map(_normal, patterns)))
        likely = dict.fromkeys(filter(None, map(_normal, names)))
        paths = [path for path in wanted | likely if not _is_glob(path) and escaped(path) == path]
        root = [glob for glob in wanted if _is_glob(glob) and "/" not in glob]
        inner = map(_before_glob, (glob for glob in wanted | likely if _is_glob(glob)))
        dirs = [dir for dir in dict.fromkeys(inner) if dir and escaped(dir) == dir]
        self._paths.update(paths)
        self._root_globs += root
        self._listed.update(("", *dirs))
        held = (*paths, *root)
        self._request([*held, "*", *(f"{dir}/*" for dir in dirs)], [], all_but(paths, dirs), held=held)
        self.need(*wanted)  # what has a pattern's sign in its name goes apart

    def need(self, *patterns: str) -> None:
        wanted = dict.fromkeys(normal for pattern in patterns if (normal := _normal(pattern)))
        self._ask([path for path in wanted if not _is_glob(path) and (not self._known(path) or self._is_name(path))])
        self._announced += [path for path in wanted if _is_glob(path)]

    def need_entries(self, *directories: str) -> None:
        self._list_names(path for path in map(_normal, directories) if not path or self._is_directory(path))

    def entries(self, path: str = "") -> dict[str, Entry]:
        path = _normal(path)
        own = self.entry(path) if path else None
        if path and (own is None or own.kind not in ("dir", "link")):
            return {}
        if own is not None and own.kind == "link":
            target = self._target(path)
            return self.entries(target) if target is not None else {}
        self._list_names([path])
        return self._seen(path)

    def entry(self, path: str) -> Entry | None:
        path = _normal(path)
        found = self._look(path)
        if found is None:
            answers = len(self._parts)
            if not self._known(path):
                self._ask([path])
            if len(self._parts) > answers:
                found = self._look(path)
        if found is None and (other := self._past_links(path)) is not None and other not in self._following:
            self._following.add(other)
            try:
                return self.entry(other)
            finally:
                self._following.discard(other)
        return found

    def glob(self, pattern: str) -> tuple[str, ...]:
        from fnmatch import fnmatchcase

        pattern = _normal(pattern)
        if _is_glob(pattern):
            self._announced.append(pattern)
        self.ask_announced()
        found = [""]
        parts = pattern.split("/")
        for depth, part in enumerate(parts, 1):
            found = [base for base in found if not base or not self._left_out(base)]
            if not _is_glob(part):
                found = [within(base, part) for base in found]
                continue
            if "/" in pattern:
                found = [base for base in found if base in self._listed or not base or self._is_walkable(base)]
                self._list_names(found)
            sign = part.replace("[", "[[]")
            found = [
                within(base, e.name)
                for base in found
                for e in self._seen(base).values()
                if fnmatchcase(e.name, sign) and (e.kind == "dir" or depth == len(parts))
            ]
        by_name = "/" in pattern or pattern not in self._root_globs
        if not _is_glob(parts[-1]):
            self._ask([path for path in found if not self._known(path)])
            by_name = False
        files = tuple(sorted(path for path in found if self.has(path)))
        if by_name:
            self._found.update(dict.fromkeys(files, files))
        return files

    def _list(self, path: str) -> Iterable[Entry]:
        return self.entries(path).values()

    def _read(self, path: str) -> bytes:
        part = self._holding(path)
        if part is None and path not in self._paths:  # known by name only
            self._ask(dict.fromkeys((path, *self._found.get(path, ()))))
            part = self._holding(path)
        problem = dangling(path)
        if part is not None:
            try:
                return part.tree._read(path)
            except SourceError as error:
                problem = error
        # a link whose target did not come with it
        other = self._target(path) or self._past_links(path)
        if other is None or other in self._following:
            raise problem
        self._following.add(other)
        try:
            data = self.read_bytes(other)
        finally:
            self._following.discard(other)
        if data is None:
            raise problem
        return data

    def _ask(self, paths: Iterable[str]) -> None:
        """Asks for paths with their contents, those not asked for yet. One whose name has a pattern's sign goes apart:
        the client takes it for a pattern."""
        new = [path for path in paths if path not in self._paths]
        self._paths.update(new)
        plain = [path for path in new if escaped(path) == path]
        if plain:
            self._request(plain, plain, [_deeper(plain)])
        for path in new:
            if escaped(path) != path:
                self._request([path], [escaped(path)], [_deeper([path])])

    def ask_announced(self) -> None:
        """Asks for the patterns announced: those in the root with contents, else for the names they begin with."""
        globs = list(dict.fromkeys(self._announced))
        self._announced.clear()
        root = [glob for glob in globs if "/" not in glob and glob not in self._root_globs]
        if root and "" not in self._listed:
            self._root_globs += root
            self._request(root, [escaped(glob, "") for glob in root], ["*/*"])
        self._list_names(_before_glob(glob) for glob in globs if "/" in glob)

    def _list_names(self, directories: Iterable[str]) -> None:
        """Asks for all names in directories, without contents where this BuildKit can."""
        new = [path for path in dict.fromkeys(directories) if path not in self._listed]
        self._listed.update(new)
        bare = self._gateway.caps.supports(METADATA_ONLY) if new else False
        for group in ([path for path in new if not path], [path for path in new if path]):
            if group:
                inside = [within(escaped(path), "*") for path in group]
                asked = [within(path, "*") for path in group]
                cut = [f"{pattern}/*" for pattern in inside]
                self._request(asked, inside, cut, held=() if bare else None)

    def _request(
        self, asked: list[str], follow: list[str], exclude: list[str], *, held: tuple[str, ...] | None = None
    ) -> None:
        """Sends a request; nothing waits for the answer here. `asked` are the paths as we write them.

        `exclude` cuts off what is below: a directory that is asked for comes without what is in it. Names come, and the
        contents of what is `held`; None: of all.
        """
        pending = self._load.start(
            follow=tuple(follow),
            exclude=tuple(exclude),
            number=len(self._parts) + 1,
            contents=held is None,
            held=tuple(escaped(path, "") for path in held or ()),
        )
        name = self._load.name
        tree = RefTree(self._gateway, pending, name) if held is None else NamesTree(self._gateway, pending, name, held)
        self._parts.append(_Part.of(asked, tree, None if held is None else frozenset(held)))

    def _known(self, path: str) -> bool:
        """Whether what is at a path, or that nothing is, has been told by an answer or will be by one under way."""
        parent = path.rpartition("/")[0]
        if path in self._paths or parent in self._listed:
            return True
        if not parent and any(_matches(path, glob) for glob in self._announced if "/" not in glob):
            self.ask_announced()
        if not parent and any(_matches(path, glob) for glob in self._root_globs):
            return True
        if not parent or not self._known(parent):
            return False
        above = self.entry(parent)
        return above is None or above.kind not in ("dir", "link")

    def _is_name(self, path: str) -> bool:
        """Whether an answer that came has a file by its name alone, without contents."""
        found = self._merged.get(path.rpartition("/")[0], (0, {}))[1].get(path.rpartition("/")[2])
        return found is not None and found.kind == "file" and self._holding(path) is None

    def _is_directory(self, path: str) -> bool:
        found = self.entry(path)
        return found is not None and found.kind == "dir"

    def _is_walkable(self, path: str) -> bool:
        found = self.entry(path)
        return found is not None and found.kind in ("dir", "link")

    def _start(self) -> None:
        """Has BuildKit load all that was asked for, at the same time, before one of the answers is waited for."""
        for part in self._parts[self._started :]:
            part.tree.start()
        self._started = len(self._parts)

    def _look(self, path: str) -> Entry | None:
        """What is at a path as far as is known, from the first answer that tells."""
        self._start()
        parent, _, name = path.rpartition("/")
        for part in self._telling(parent):
            found = part.tree.entries(parent).get(name)
            if found is not None or path in part.asked:
                return found
        return None

    def _telling(self, directory: str) -> list[_Part]:
        """The answers that tell of something in a directory or further down, in order."""
        count, found = self._into.get(directory, (0, []))
        if count < len(self._parts):
            found += [part for part in self._parts[count:] if part.tells_of(directory)]
            self._into[directory] = (len(self._parts), found)
        return found

    def _seen(self, directory: str) -> dict[str, Entry]:
        """What is known of a directory so far, from all answers."""
        self._start()
        telling = self._telling(directory)
        count, found = self._merged.get(directory, (0, {}))
        for part in telling[count:]:
            found = dict(sorted((found | part.tree.entries(directory)).items()))
        self._merged[directory] = (len(telling), found)
        return found

    def _holding(self, path: str) -> _Part | None:
        """The answer that has a file's contents."""
        parts = (part for part in self._telling(path.rpartition("/")[0]) if part.holds(path))
        return next((part for part in parts if part.tree.entry(path) is not None), None)

    def _target(self, path: str) -> str | None:
        """Where the link at a path leads, relative to the root; None when it is no link or leads out of the app."""
        link = next((part.tree.links[path] for part in self._parts if path in part.tree.links), "")
        if not link or link.startswith("/"):
            return None
        target = normpath(within(path.rpartition("/")[0], link))
        return None if target.split("/")[0] == ".." or target == "." else target

    def _past_links(self, path: str) -> str | None:
        """The path with the first link among the directories it leads through replaced; None when there is none."""
        parts = path.split("/")
        for depth in range(1, len(parts)):
            if (target := self._target("/".join(parts[:depth]))) is not None:
                return "/".join((target, *parts[depth:]))
        return None


def _before_glob(glob: str) -> str:
    """The directory in front of a glob's first wildcard: "apps" of "apps/*/x"; "" for the root."""
    parts = glob.split("/")
    return "/".join(parts[: next(i for i, part in enumerate(parts) if _is_glob(part))])


def _deeper(paths: Iterable[str]) -> str:
    """The pattern of all that lies deeper than any of the paths."""
    return "/".join("*" * (max(path.count("/") for path in paths) + 2))


def all_but(paths: Iterable[str], dirs: Iterable[str]) -> list[str]:
    """The patterns that leave out what is below the root, but for paths, and for the names in some directories.

    No exception has a wildcard in front of its last part: for one the client would walk through all that is left out.
    """
    kept = [*paths, *(f"{dir}/*" for dir in dirs)]
    rows: list[str] = []
    for depth in range(2, max((path.count("/") for path in kept), default=0) + 3):
        rows.append("/".join("*" * depth))
        rows += [f"!{path}" for path in kept if path.count("/") + 1 == depth]
    return rows


def _is_glob(path: str) -> bool:
    return "*" in path or "?" in path


def _matches(path: str, glob: str) -> bool:
    """Whether a path matches a glob, part by part."""
    from fnmatch import fnmatchcase

    parts, patterns = path.split("/"), glob.replace("[", "[[]").split("/")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))


def _leads_into(asked: str, directory: str) -> bool:
    """Whether a glob names something in a directory or further down."""
    depth = directory.count("/") + 1
    head = "/".join(asked.split("/")[:depth])
    return _is_glob(head) and asked.count("/") >= depth and _matches(directory, head)


def _normal(path: str) -> str:
    """A path without "." parts, doubled and outer slashes; "" for the root and for what is above it."""
    if "//" in path or "." in (path[:1], path[-1:]) or "/." in path:
        path = normpath(path.strip("/") or ".")
        return "" if path == "." or path.split("/")[0] == ".." else path
    return path.strip("/")
