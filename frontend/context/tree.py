"""What a language may ask about the app, wherever the app comes from.

A path is relative to the app's root, parts joined by "/". Absent is a value (None, False, ()); unreadable is an error.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

from frontend.context import readers
from frontend.errors import Location, SourceError
from frontend.languages import registry
from frontend.paths import relative, within

MAX_BYTES = 8 << 20  # no manifest or source file a human wrote is larger
MAX_LOCKFILE_BYTES = 64 << 20  # those of large repositories reach 15 MiB
LOCKFILES = frozenset(name for entry in registry.ENTRIES for name in entry.lockfiles)


class Entry(Struct, frozen=True, order=True):
    """A directory entry. `kind` is "file", "dir", "link" or "other"; `size` in bytes, of a link its text's."""

    name: str
    kind: str
    size: int


class SourceTree:
    """The app's files, read lazily: one listing per directory, one read per file, both remembered.

    A subclass gives `_list` and `_read`, and `need` where asking for many paths at once is cheaper than one by one.
    """

    def __init__(self) -> None:
        self._listings: dict[str, dict[str, Entry]] = {}
        self._contents: dict[str, bytes | None] = {}

    # what a subclass provides
    def _list(self, path: str) -> Iterable[Entry]:
        """The entries of a directory ("" is the root); none when it is absent or no directory."""
        raise NotImplementedError

    def _read(self, path: str) -> bytes:
        """A file's bytes, symbolic links followed. Raises SourceError when it cannot be read."""
        raise NotImplementedError

    def need(self, *patterns: str) -> None:
        """Announces paths (`*` and `?` within a part allowed) that will be asked for, so they come in one request."""

    def need_entries(self, *directories: str) -> None:
        """Announces directories whose entries will be asked for, so their names come in one request."""

    def skip(self, left_out: Callable[[str], bool]) -> None:
        """Announces which directories no pattern has to go into: nothing in them will be asked for."""

    def unfiltered(self) -> "SourceTree":
        """The tree with what is left out of the build: for files that are read, and in no step."""
        return self

    # what a language asks
    def entries(self, path: str = "") -> dict[str, Entry]:
        """The entries of a directory by name, sorted by name; {} when it is absent."""
        if path not in self._listings:
            self._listings[path] = {e.name: e for e in sorted(self._list(path))}
        return self._listings[path]

    def entry(self, path: str) -> Entry | None:
        """The entry at `path`, itself never followed; None when absent."""
        parent, _, name = path.strip("/").rpartition("/")
        return self.entries(parent).get(name)

    def has(self, path: str) -> bool:
        """Whether there is something other than a directory at `path`."""
        found = self.entry(path)
        return found is not None and found.kind != "dir"

    def is_dir(self, path: str) -> bool:
        """Whether `path` is a directory that has been asked for by `need`, or holds something that was."""
        if path in ("", "."):
            return True
        found = self.entry(path)
        return found is not None and found.kind == "dir"

    def first(self, *paths: str) -> str | None:
        """The first of `paths` that exists."""
        return next((path for path in paths if self.has(path)), None)

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Files that match, sorted. `*` and `?` match within one part; there is no `**`."""
        self.need(pattern)
        found = [""]
        parts = pattern.split("/")
        for depth, part in enumerate(parts):
            last = depth == len(parts) - 1
            found = [
                f"{base}/{e.name}" if base else e.name
                for base in found
                for e in self.entries(base).values()
                if (e.kind != "dir") == last and fnmatchcase(e.name, part)
            ]
        return tuple(sorted(found))

    def read_bytes(self, path: str) -> bytes | None:
        """A file's bytes; None when absent. Raises SourceError for a directory, a dangling link, too long a file."""
        path = path.strip("/")
        if path not in self._contents:
            self._contents[path] = self._checked(path)
        return self._contents[path]

    def _checked(self, path: str) -> bytes | None:
        found = self.entry(path)
        if found is None:
            return None
        if found.kind == "dir":
            raise is_directory(path)
        if found.kind == "other":
            raise SourceError(f"{path} is not a regular file", at=Location(path), hint="replace it by a regular file")
        limit = MAX_LOCKFILE_BYTES if path.rpartition("/")[2] in LOCKFILES else MAX_BYTES
        if found.size > limit:
            raise SourceError(
                f"{path} is too large: {found.size / 2**20:.1f} MiB, the limit is {limit >> 20} MiB",
                at=Location(path),
                hint="check that this is the right file; generated data does not belong in it",
            )
        data = self._read(path)
        if len(data) > limit:
            raise SourceError(
                f"{path} is too large: the limit is {limit >> 20} MiB",
                at=Location(path),
                hint="check that this is the right file",
            )
        return data

    def read_text(self, path: str) -> str | None:
        """A file's text, a byte order mark dropped; None when absent. Raises SourceError if it is not UTF-8.

        A `.txt`, a Procfile and a version file may be UTF-16 with a byte order mark.
        """
        data = self.read_bytes(path)
        return None if data is None else readers.text(self.at(path).file, data)

    def glance(self, path: str) -> str:
        """A file's text where it decides a doubt alone, which must not end a build: "" for none that can be read, and
        what is not UTF-8 is replaced."""
        try:
            return (self.read_bytes(path) or b"").decode(errors="replace") if self.has(path) else ""
        except SourceError:
            return ""

    def read_lines(self, path: str) -> list[str] | None:
        """A file's lines without line ends (CRLF too); None when absent."""
        text = self.read_text(path)
        return None if text is None else text.splitlines()

    def read_json(self, path: str, clean: Callable[[str], str] = str) -> dict[str, Any] | None:
        """A JSON file's top-level object; None when absent. Raises SourceError with line and column otherwise.

        `clean` makes JSON, with the same lines, of a text that is nearly that.
        """
        text = self.read_text(path)
        return None if text is None else readers.json_object(self.at(path).file, clean(text))

    def read_toml(self, path: str) -> dict[str, Any] | None:
        """A TOML file's table; None when absent. Raises SourceError with the line."""
        text = self.read_text(path)
        return None if text is None else readers.toml_table(self.at(path).file, text)

    def read_yaml(self, path: str) -> Any:
        """A YAML file's value; None when absent or empty. Raises SourceError with the line.

        Plain types only, those of JSON: a date is a text.
        """
        text = self.read_text(path)
        return None if text is None else readers.yaml_value(self.at(path).file, text)

    def line_of(self, path: str, *needles: str) -> Location:
        """Where `needles` stand in a file, each after the one before: `line_of("package.json", '"engines"', '"node"')`.

        The line of the last one found; the file alone when none is.
        """
        text = self.read_text(path) or ""
        position = found = -1
        for needle in needles:
            position = text.find(needle, position + 1)
            if position < 0:
                break
            found = position
        return self.at(path, text.count("\n", 0, found) + 1 if found >= 0 else 0)

    def at(self, path: str, line: int = 0, column: int = 0) -> Location:
        """A place in a file of this tree; 0 for a line or column that is not known."""
        return Location(path, line, column)

    def under(self, path: str) -> "SourceTree":
        """The same tree seen from a directory of it; error locations stay relative to the context root."""
        return SubTree(self, path) if path.strip("/") else self


class SubTree(SourceTree):
    """A directory of another tree as a root of its own."""

    def __init__(self, whole: SourceTree, path: str) -> None:
        super().__init__()
        self.whole = whole
        self.path = path.strip("/")

    def _full(self, path: str) -> str:
        return within(self.path, path)

    def unfiltered(self) -> SourceTree:
        return self.whole.unfiltered().under(self.path)

    def entries(self, path: str = "") -> dict[str, Entry]:
        return self.whole.entries(self._full(path))

    def entry(self, path: str) -> Entry | None:
        return self.whole.entry(self._full(path.strip("/")))

    def glob(self, pattern: str) -> tuple[str, ...]:
        return tuple(relative(self.path, path) for path in self.whole.glob(self._full(pattern)))

    def read_bytes(self, path: str) -> bytes | None:
        return self.whole.read_bytes(self._full(path))

    def read_text(self, path: str) -> str | None:
        return self.whole.read_text(self._full(path))  # which may decode it in a way of its own

    def at(self, path: str, line: int = 0, column: int = 0) -> Location:
        return self.whole.at(self._full(path), line, column)

    def need(self, *patterns: str) -> None:
        self.whole.need(*(self._full(pattern) for pattern in patterns))

    def need_entries(self, *directories: str) -> None:
        self.whole.need_entries(*(self._full(directory) for directory in directories))


class DictTree(SourceTree):
    """An app given as a mapping of path to text or bytes; a value None makes an empty directory. For tests."""

    def __init__(self, files: Mapping[str, str | bytes | None]) -> None:
        super().__init__()
        self.files = dict(files)

    def _list(self, path: str) -> Iterable[Entry]:
        prefix = f"{path}/" if path else ""
        found: dict[str, Entry] = {}
        for name, value in self.files.items():
            if not name.startswith(prefix):
                continue
            head, slash, _ = name[len(prefix) :].partition("/")
            if slash or value is None:
                found[head] = Entry(head, "dir", 0)
            elif head:
                found[head] = Entry(head, "file", len(value))
        return found.values()

    def _read(self, path: str) -> bytes:
        value = self.files.get(path)
        if value is None:
            raise SourceError(f"{path} cannot be read", at=Location(path))
        return value.encode() if isinstance(value, str) else value


class DirTree(SourceTree):
    """An app in a local directory, for tests and tools; symbolic links may not lead out of it."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        super().__init__()
        self.root = os.path.realpath(root)

    def _list(self, path: str) -> Iterable[Entry]:
        try:
            with os.scandir(os.path.join(self.root, path)) as found:
                return [Entry(e.name, _kind(e), e.stat(follow_symlinks=False).st_size) for e in found]
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def _read(self, path: str) -> bytes:
        full = os.path.realpath(os.path.join(self.root, path))
        if not full.startswith(self.root + os.sep):
            raise SourceError(
                f"{path} is a link that leads out of the app's directory",
                at=Location(path),
                hint="replace the link by the file",
            )
        try:
            with open(full, "rb") as file:
                return file.read()
        except FileNotFoundError as error:
            raise dangling(path) from error
        except IsADirectoryError as error:
            raise is_directory(path) from error
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror}", at=Location(path)) from error


def is_directory(path: str) -> SourceError:
    """The error for a directory where a file should be."""
    return SourceError(
        f"{path} is a directory, not a file", at=Location(path), hint=f"put a file named {path} in its place"
    )


def dangling(path: str) -> SourceError:
    """The error for a symbolic link whose target is not in the context."""
    return SourceError(
        f"{path} is a symbolic link whose target is not in the build context",
        at=Location(path),
        hint="replace the link by the file",
    )


def _kind(entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_dir():
        return "dir"
    return "file" if entry.is_file() else "other"
