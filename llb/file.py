"""Files: copy, mkdir, mkfile, rm and symlink, one or more of them in one operation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llb import paths, wire
from llb.errors import LLBError, check_utf8, int_in
from llb.graph import Output, Vertex

if TYPE_CHECKING:
    from llb.marshal import Marshaller
    from llb.meta import Meta
    from llb.state import State

OwnerPair = tuple[int | str | None, int | str | None]
Owner = tuple[int, int] | OwnerPair | str
MINUS_ONE = wire.MINUS_ONE
MAX_MODE = 0o177777
MAX_TIME_NS = (1 << 63) - 1


class FileAction:
    """One change to a filesystem. `encode` gives its message for the directory it is done in."""

    __slots__ = ()
    tag = 0
    source: State | FileActions | None = None

    def encode(self, directory: str, source_directory: str, base: int) -> bytes:
        """The action's message, for the directories of its state and of its source.

        `base` is the input that names of users are looked up in, -1 for none.
        """
        raise NotImplementedError


class FileActions:
    """Actions on a state, not yet an operation: what a copy may copy from within its own operation."""

    __slots__ = ("actions", "state")

    def __init__(self, state: State, actions: tuple[FileAction, ...]) -> None:
        self.state = state
        self.actions = actions


def owner_message(tag: int, owner: OwnerPair | None, base: int) -> bytes:
    """The field of type `ChownOpt`; nothing when no owner is given."""
    if owner is None:
        return b""
    encoded = b""
    for number, who in enumerate(owner, 1):
        if isinstance(who, int):  # a negative one, which Go takes in a text, wraps around
            encoded += wire.field(number, wire.explicit(2, who & 0xFFFFFFFF))
        elif who is not None:
            encoded += wire.field(number, wire.field(1, wire.text(1, who) + wire.number(2, base)))
    return wire.field(tag, encoded)


def owner_of(owner: Owner | None) -> OwnerPair | None:
    """An owner given as (user, group), or as text: "user" or "user:group", names or numbers.

    With a user alone the group stays as it is; so does what is None in a pair. Raises LLBError for a negative number.
    """
    if owner is None:
        return None
    if isinstance(owner, str):
        user, colon, group = check_utf8("owner", owner).partition(":")
        return user_of(user), user_of(group) if colon else None
    if len(owner) != 2:
        raise LLBError(f"owner: {owner!r} is not a pair of user and group")
    return one_owner(owner[0]), one_owner(owner[1])


def one_owner(who: int | str | None) -> int | str | None:
    """A user or a group of a pair."""
    if who is None:
        return None
    return user_of(check_utf8("owner", who)) if isinstance(who, str) else int_in("owner", who, 0, 0xFFFFFFFF)


def user_of(text: str) -> int | str:
    """A user's number, or name; "" and root are 0. A signed 32-bit number is a number, as in Go."""
    if text in ("", "root"):
        return 0
    digits = text[1:] if text[0] in "+-" else text
    if digits.isascii() and digits.isdigit() and -(1 << 31) <= int(text) < 1 << 31:
        return int(text)
    return text


def timestamp_of(time_ns: int | None) -> int:
    """Nanoseconds since the epoch, -1 for none."""
    return -1 if time_ns is None else time_ns


class Mkdir(FileAction):
    """Makes a directory."""

    __slots__ = ("mode", "owner", "parents", "path", "time_ns")
    tag = 6

    def __init__(self, path: str, mode: int, parents: bool, owner: OwnerPair | None, time_ns: int | None) -> None:
        self.path = path
        self.mode = mode
        self.parents = parents
        self.owner = owner
        self.time_ns = time_ns

    def encode(self, directory: str, source_directory: str, base: int) -> bytes:
        return (
            wire.text(1, paths.in_dir(directory, self.path))
            + wire.number(2, self.mode & 0o777)
            + wire.flag(3, self.parents)
            + owner_message(4, self.owner, base)
            + wire.number(5, timestamp_of(self.time_ns))
        )


class Mkfile(FileAction):
    """Writes a file."""

    __slots__ = ("content", "mode", "owner", "path", "time_ns")
    tag = 5

    def __init__(self, path: str, content: bytes, mode: int, owner: OwnerPair | None, time_ns: int | None) -> None:
        self.path = path
        self.content = content
        self.mode = mode
        self.owner = owner
        self.time_ns = time_ns

    def encode(self, directory: str, source_directory: str, base: int) -> bytes:
        return (
            wire.text(1, paths.in_dir(directory, self.path))
            + wire.number(2, self.mode & 0o777)
            + wire.data(3, self.content)
            + owner_message(4, self.owner, base)
            + wire.number(5, timestamp_of(self.time_ns))
        )


class Rm(FileAction):
    """Removes a file or a directory with all in it."""

    __slots__ = ("missing_ok", "path", "wildcard")
    tag = 7

    def __init__(self, path: str, missing_ok: bool, wildcard: bool) -> None:
        self.path = path
        self.missing_ok = missing_ok
        self.wildcard = wildcard

    def encode(self, directory: str, source_directory: str, base: int) -> bytes:
        named = wire.text(1, paths.in_dir(directory, self.path))
        return named + wire.flag(2, self.missing_ok) + wire.flag(3, self.wildcard)


class Symlink(FileAction):
    """Makes a symbolic link; both paths as given."""

    __slots__ = ("new", "old", "owner", "time_ns")
    tag = 8

    def __init__(self, old: str, new: str, owner: OwnerPair | None, time_ns: int | None) -> None:
        self.old = old
        self.new = new
        self.owner = owner
        self.time_ns = time_ns

    def encode(self, directory: str, source_directory: str, base: int) -> bytes:
        return (
            wire.text(1, self.old)
            + wire.text(2, self.new)
            + owner_message(3, self.owner, base)
            + wire.number(4, timestamp_of(self.time_ns))
        )


class Copy(FileAction):
    """Copies from another state, or from actions of the same operation."""

    __slots__ = ("dest", "exclude", "flags", "include", "mode", "mode_text", "owner", "path", "replace", "required",
                 "source", "time_ns")  # fmt: skip
    tag = 4

    def __init__(self, source: State | FileActions, path: str, dest: str) -> None:
        self.source = source
        self.path = path
        self.dest = dest
        self.owner: OwnerPair | None = None
        self.mode = -1
        self.mode_text = ""
        self.flags = b""
        self.replace = False
        self.time_ns: int | None = None
        self.include: tuple[str, ...] = ()
        self.exclude: tuple[str, ...] = ()
        self.required: tuple[str, ...] = ()

    def encode(self, directory: str, source_directory: str, base: int) -> bytes:
        return (
            wire.text(1, paths.in_dir(source_directory, self.path))
            + wire.text(2, paths.destination(directory, self.dest))
            + owner_message(3, self.owner, base)
            + wire.number(4, self.mode)
            + self.flags
            + wire.number(11, timestamp_of(self.time_ns))
            + wire.texts(12, self.include)
            + wire.texts(13, self.exclude)
            + wire.flag(14, self.replace)
            + wire.text(15, self.mode_text)
            + wire.texts(16, self.required)
        )


def mkdir(
    path: str,
    mode: int = 0o755,
    *,
    parents: bool = False,
    owner: Owner | None = None,
    time_ns: int | None = None,
) -> FileAction:
    """A directory. `parents` makes those above it too, and is no error where it exists."""
    return Mkdir(path_of(path), mode_of(mode), parents, owner_of(owner), time_of(time_ns))


def mkfile(
    path: str, content: bytes, mode: int = 0o644, *, owner: Owner | None = None, time_ns: int | None = None
) -> FileAction:
    """A file with this content; its directory must exist."""
    if not isinstance(content, bytes):
        raise LLBError("content: it is not bytes; encode the text")
    return Mkfile(path_of(path), content, mode_of(mode), owner_of(owner), time_of(time_ns))


def rm(path: str, *, missing_ok: bool = False, wildcard: bool = False) -> FileAction:
    """Removes a path; with `wildcard` all that match the pattern."""
    return Rm(path_of(path), missing_ok, wildcard)


def symlink(old: str, new: str, *, owner: Owner | None = None, time_ns: int | None = None) -> FileAction:
    """A symbolic link at `new` that leads to `old` (BuildKit v0.19)."""
    return Symlink(path_of(old, "old"), path_of(new, "new"), owner_of(owner), time_of(time_ns))


def copy(
    source: State | FileActions,
    path: str,
    dest: str,
    *,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    owner: Owner | None = None,
    mode: int | str | None = None,
    follow_symlinks: bool = False,
    dir_contents: bool = False,
    unpack: bool = False,
    create_dest_path: bool = False,
    allow_wildcard: bool = False,
    allow_empty_wildcard: bool = False,
    replace_existing: bool = False,
    required_paths: Iterable[str] = (),
    time_ns: int | None = None,
) -> FileAction:
    """Copies `path` of `source` to `dest`; a relative path is seen from its state's directory.

    `include` and `exclude` are patterns with the rules of a .dockerignore file, relative to `path`. `mode` is a number,
    or text as chmod(1) has it. `dir_contents` copies what is in a directory, not the directory. `unpack` unpacks an
    archive. `create_dest_path` makes the directories above `dest`, with the same owner. `replace_existing` lets a file
    take the place of a directory. `required_paths` must exist although `include` is a pattern.
    """
    action = Copy(source, path_of(path), path_of(dest, "dest"))
    action.owner = owner_of(owner)
    if isinstance(mode, str):
        action.mode, action.mode_text = 0, check_utf8("mode", mode)
    elif mode is not None:
        action.mode = mode_of(mode)
    action.include = patterns("include", include)
    action.exclude = patterns("exclude", exclude)
    action.required = patterns("required_paths", required_paths)
    given = (follow_symlinks, dir_contents, unpack, create_dest_path, allow_wildcard, allow_empty_wildcard)
    action.flags = b"".join([wire.flag(number, on) for number, on in enumerate(given, 5)])
    action.replace = replace_existing
    action.time_ns = time_of(time_ns)
    return action


def path_of(path: str, argument: str = "path") -> str:
    """A path as given. Raises LLBError for one with a NUL byte, or no text."""
    if "\0" in check_utf8(argument, path):
        raise LLBError(f"{argument}: {path!r} is not a path")
    return path


def time_of(time_ns: int | None) -> int | None:
    """Nanoseconds since the epoch. Raises LLBError for a negative number, which would mean "none"."""
    return None if time_ns is None else int_in("time_ns", time_ns, 0, MAX_TIME_NS)


def mode_of(mode: int) -> int:
    """Permission bits. Raises LLBError for a negative number."""
    return int_in("mode", mode, 0, MAX_MODE)


def patterns(argument: str, given: Iterable[str]) -> tuple[str, ...]:
    """Copy patterns. Raises LLBError for a text in place of a list, and for an absolute pattern: it matches nothing."""
    if isinstance(given, str):
        raise LLBError(f"{argument}: {given!r} is a text, not a list of patterns")
    found = tuple(given)
    for pattern in found:
        if check_utf8(argument, pattern).lstrip("!").startswith("/"):
            raise LLBError(f"{argument}: {pattern!r} is absolute; patterns are relative to the copied path")
    return found


class FileVertex(Vertex):
    """Actions in order, each on the result of the one before, the first on `state`."""

    __slots__ = ("actions", "state")
    has_platform = False

    def __init__(self, state: State, actions: tuple[FileAction, ...], meta: Meta) -> None:
        self.state = state
        self.actions = actions
        self.meta = meta

    def inputs(self) -> list[Output]:
        """From the last action to the first: its base, then its source; the order of Go's walk."""
        found: dict[Output, None] = {}
        collect(self.state, self.actions, found)
        return list(found)

    def body(self, marshaller: Marshaller) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        encoder = ActionEncoder(marshaller)
        encoder.add(self.state, self.actions)
        return encoder.inputs, encoder.encoded(), FILE_CAPS


FILE_CAPS = ("file.base",)


def collect(state: State, actions: tuple[FileAction, ...], found: dict[Output, None]) -> None:
    """The outputs that actions stand on, last action first."""
    for action in reversed(actions):
        if state.output_ is not None:
            found.setdefault(state.output_)
        source = action.source
        if isinstance(source, FileActions):
            collect(source.state, source.actions, found)
        elif source is not None and source.output_ is not None:
            found.setdefault(source.output_)


class ActionEncoder:
    """The actions of one operation in the order they are written, with the inputs they use."""

    def __init__(self, marshaller: Marshaller) -> None:
        self.marshaller = marshaller
        self.inputs: list[Output] = []
        self.position: dict[tuple[bytes, int], int] = {}
        # (message of the action, its tag, input, secondary input): True marks a number relative to the actions
        self.rows: list[tuple[bytes, int, tuple[int, bool], tuple[int, bool]]] = []
        self.sub_chains: dict[int, int] = {}

    def add(self, state: State, actions: tuple[FileAction, ...]) -> int:
        """Adds a chain of actions; the number of its last one."""
        last = -1
        for action in actions:
            previous = last
            base = -1 if state.output_ is None else self.input(state.output_)
            source = action.source
            secondary, directory = (-1, False), "/"
            if isinstance(source, FileActions):
                if id(source) not in self.sub_chains:
                    self.sub_chains[id(source)] = self.add(source.state, source.actions)
                secondary, directory = (self.sub_chains[id(source)], True), source.state.directory
            elif source is not None:
                directory = source.directory
                if source.output_ is not None:
                    secondary = (self.input(source.output_), False)
            encoded = action.encode(state.directory, directory, base)
            first = (base, False) if previous < 0 else (previous, True)
            last = len(self.rows)
            self.rows.append((encoded, action.tag, first, secondary))
        return last

    def input(self, output: Output) -> int:
        """The number of an input, added at its first use."""
        edge = (self.marshaller.digests[output.vertex], output.index)
        if edge not in self.position:
            self.position[edge] = len(self.inputs)
            self.inputs.append(output)
        return self.position[edge]

    def encoded(self) -> bytes:
        """The field of type `FileOp`."""
        offset = len(self.inputs)
        out = []
        for number, (action, tag, first, second) in enumerate(self.rows):
            numbers = wire.number(1, first[0] + offset if first[1] else first[0])
            numbers += wire.number(2, second[0] + offset if second[1] else second[0])
            if number < len(self.rows) - 1:
                numbers += b"\x18" + MINUS_ONE
            out.append(wire.field(2, numbers + wire.field(tag, action)))
        return wire.field(4, b"".join(out))
