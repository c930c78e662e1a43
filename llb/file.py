"""Files: copy, mkdir, mkfile, rm and symlink, one or more of them in one operation."""

from __future__ import annotations

from collections.abc import Iterable

from llb import paths, wire
from llb.errors import Frozen, LLBError, check_utf8, int_in, items, opened, put
from llb.graph import Filesystem, Marshalling, Output, Vertex
from llb.handles import state_in
from llb.meta import Meta

OwnerPair = tuple[int | str | None, int | str | None]
Owner = tuple[int, int] | OwnerPair | str
MINUS_ONE = wire.MINUS_ONE
MAX_MODE = 0o177777
MAX_TIME_NS = (1 << 63) - 1
ID_DIGITS = len("2147483648")


class FileAction(Frozen):
    """One change to a filesystem. `encode` gives its message for the directory it is done in."""

    __slots__ = ()
    tag = 0
    source: Filesystem | FileActions | None = None
    owner: OwnerPair | None = None

    def encode(self, directory: str, source_directory: str, base: int) -> bytes:
        """The action's message, for the directories of its state and of its source.

        `base` is the input that names of users are looked up in, -1 for none.
        """
        raise NotImplementedError


class FileActions(Frozen):
    """Actions on a state, not yet an operation: what a copy may copy from within its own operation."""

    __slots__ = ("actions", "state")

    state: Filesystem
    actions: tuple[FileAction, ...]

    def __init__(self, state: Filesystem, actions: tuple[FileAction, ...]) -> None:
        put(self, "state", state)
        put(self, "actions", actions)


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
    if not isinstance(owner, (tuple, list)) or len(owner) != 2:
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
    sign, digits = (text[0], text[1:]) if text[0] in "+-" else ("", text)
    if digits.isascii() and digits.isdigit() and len(digits.lstrip("0")) <= ID_DIGITS:
        number = int(sign + digits[-ID_DIGITS:])
        if -(1 << 31) <= number < 1 << 31:
            return number
    return text


def timestamp_of(time_ns: int | None) -> int:
    """Nanoseconds since the epoch, -1 for none."""
    return -1 if time_ns is None else time_ns


class Mkdir(FileAction):
    """Makes a directory."""

    __slots__ = ("mode", "owner", "parents", "path", "time_ns")
    tag = 6

    path: str
    mode: int
    parents: bool
    owner: OwnerPair | None
    time_ns: int | None

    def __init__(self, path: str, mode: int, parents: bool, owner: OwnerPair | None, time_ns: int | None) -> None:
        put(self, "path", path)
        put(self, "mode", mode)
        put(self, "parents", parents)
        put(self, "owner", owner)
        put(self, "time_ns", time_ns)

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

    path: str
    content: bytes
    mode: int
    owner: OwnerPair | None
    time_ns: int | None

    def __init__(self, path: str, content: bytes, mode: int, owner: OwnerPair | None, time_ns: int | None) -> None:
        put(self, "path", path)
        put(self, "content", content)
        put(self, "mode", mode)
        put(self, "owner", owner)
        put(self, "time_ns", time_ns)

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

    path: str
    missing_ok: bool
    wildcard: bool

    def __init__(self, path: str, missing_ok: bool, wildcard: bool) -> None:
        put(self, "path", path)
        put(self, "missing_ok", missing_ok)
        put(self, "wildcard", wildcard)

    def encode(self, directory: str, source_directory: str, base: int) -> bytes:
        named = wire.text(1, paths.in_dir(directory, self.path))
        return named + wire.flag(2, self.missing_ok) + wire.flag(3, self.wildcard)


class Symlink(FileAction):
    """Makes a symbolic link; both paths as given."""

    __slots__ = ("new", "old", "owner", "time_ns")
    tag = 8

    old: str
    new: str
    owner: OwnerPair | None
    time_ns: int | None

    def __init__(self, old: str, new: str, owner: OwnerPair | None, time_ns: int | None) -> None:
        put(self, "old", old)
        put(self, "new", new)
        put(self, "owner", owner)
        put(self, "time_ns", time_ns)

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

    source: Filesystem | FileActions
    path: str
    dest: str
    owner: OwnerPair | None
    mode: int
    mode_text: str
    flags: bytes
    replace: bool
    time_ns: int | None
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    required: tuple[str, ...]

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


OpenCopy = opened(Copy)


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
    source: Filesystem | FileActions,
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
    if not isinstance(source, FileActions):
        state_in("source", source)
    action = OpenCopy()
    action.source = source
    action.path = path_of(path)
    action.dest = path_of(dest, "dest")
    action.owner = owner_of(owner)
    action.mode_text = mode_text(mode) if isinstance(mode, str) else ""
    action.mode = 0 if isinstance(mode, str) else -1 if mode is None else mode_of(mode)
    action.include = patterns("include", include)
    action.exclude = patterns("exclude", exclude)
    action.required = relative("required_paths", required_paths)
    given = (follow_symlinks, dir_contents, unpack, create_dest_path, allow_wildcard, allow_empty_wildcard)
    action.flags = b"".join([wire.flag(number, on) for number, on in enumerate(given, 5)])
    action.replace = replace_existing
    action.time_ns = time_of(time_ns)
    action.__class__ = Copy
    return action


def path_of(path: str, argument: str = "path") -> str:
    """A path as given. Raises LLBError for one with a NUL byte, or no text."""
    if "\0" in check_utf8(argument, path):
        raise LLBError(f"{argument}: {path!r} is not a path")
    return path


def time_of(time_ns: int | None) -> int | None:
    """Nanoseconds since the epoch. Raises LLBError for -1, which would mean "none"."""
    if time_ns == -1:
        raise LLBError("time_ns: -1 is negative one, which in LLB stands for no time")
    return None if time_ns is None else int_in("time_ns", time_ns, -MAX_TIME_NS - 1, MAX_TIME_NS)


def mode_of(mode: int) -> int:
    """Permission bits. Raises LLBError for a negative number."""
    return int_in("mode", mode, 0, MAX_MODE)


def mode_text(mode: str) -> str:
    """A mode as chmod(1) has it: octal digits, or clauses such as u=rwX,go-w. Raises LLBError for anything else.

    Source: https://github.com/tonistiigi/dchapes-mode (ParseWithUmask)
    """
    if check_utf8("mode", mode)[:1].isdecimal():
        well = set(mode) <= OCTAL and int(mode, 8) <= MAX_TEXT_MODE
    else:
        well = all(map(is_clause, mode.split(",")))
    if not well:
        raise LLBError(f"mode: {mode!r} is not a mode such as u=rwX,go=rX")
    return mode


def is_clause(clause: str) -> bool:
    """Whether it is a clause of a mode: who, then at least one operator, each with what it gives."""
    what = clause.lstrip("augo")
    return what[:1] in OPERATORS and set(what) <= GIVEN


OCTAL = frozenset("01234567")
MAX_TEXT_MODE = 0o7777
OPERATORS = ("+", "-", "=")
GIVEN = frozenset("+-=rwxXstugo")


def patterns(argument: str, given: Iterable[str]) -> tuple[str, ...]:
    """Copy patterns. Raises LLBError for a text in place of a list, for a malformed pattern, and for an absolute one:
    it matches nothing."""
    found = relative(argument, given)
    for pattern in found:
        paths.check_pattern(argument, pattern)
    return found


def relative(argument: str, given: Iterable[str]) -> tuple[str, ...]:
    """Paths and patterns that are relative to the copied path. Raises LLBError for others."""
    if given == ():
        return ()
    if isinstance(given, str):
        raise LLBError(f"{argument}: {given!r} is a text, not a list of patterns")
    found = items(argument, given)
    for pattern in found:
        if check_utf8(argument, pattern).lstrip("!").startswith("/"):
            raise LLBError(f"{argument}: {pattern!r} is absolute; patterns are relative to the copied path")
    return found


def check_actions(actions: tuple[FileAction, ...], *, named_owners: bool) -> None:
    """Raises LLBError for what is no action, and unless `named_owners` for an owner with a name: it is looked up in
    the filesystem that the actions start from, which an empty one has no file for."""
    for action in actions:
        if not isinstance(action, FileAction):
            raise LLBError(f"actions: {action!r} is not a file action")
        if not named_owners and action.owner is not None:
            for who in action.owner:
                if isinstance(who, str):
                    raise LLBError(f"owner: {who!r} is a name, and an empty filesystem knows none; give a number")


class FileVertex(Vertex):
    """Actions in order, each on the result of the one before, the first on `state`."""

    __slots__ = ("actions", "state")
    has_platform = False

    def __init__(self, state: Filesystem, actions: tuple[FileAction, ...], meta: Meta) -> None:
        self.state = state
        self.actions = actions
        self.meta = meta

    def inputs(self) -> list[Output]:
        """From the last action to the first: its base, then its source; the order of Go's walk."""
        found: dict[Output, None] = {}
        seen: set[FileActions] = set()
        stack = [(self.state, reversed(self.actions))]
        while stack:
            state, pending = stack[-1]
            for action in pending:
                if state.output_ is not None:
                    found.setdefault(state.output_)
                source = action.source
                if isinstance(source, FileActions):
                    if source not in seen:
                        seen.add(source)
                        stack.append((source.state, reversed(source.actions)))
                        break
                elif source is not None and source.output_ is not None:
                    found.setdefault(source.output_)
            else:
                stack.pop()
        return list(found)

    def body(self, marshalling: Marshalling) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        encoder = ActionEncoder(marshalling)
        encoder.add(FileActions(self.state, self.actions))
        return encoder.inputs, encoder.encoded(), FILE_CAPS


FILE_CAPS = ("file.base",)


class ActionEncoder:
    """The actions of one operation in the order they are written, with the inputs they use."""

    def __init__(self, marshalling: Marshalling) -> None:
        self.marshalling = marshalling
        self.inputs: list[Output] = []
        self.position: dict[tuple[bytes, int], int] = {}
        # (message of the action, its tag, input, secondary input): True marks a number relative to the actions
        self.rows: list[tuple[bytes, int, tuple[int, bool], tuple[int, bool]]] = []
        self.last: dict[FileActions, int] = {}  # the number of each chain's last action so far

    def add(self, chain: FileActions) -> None:
        """Adds a chain of actions. One that an action copies from is added before that action, and once."""
        stack = [(chain, 0)]
        while stack:
            chain, number = stack.pop()
            if number == len(chain.actions):
                continue
            action, state = chain.actions[number], chain.state
            base = -1 if state.output_ is None else self.input(state.output_)
            source = action.source
            if isinstance(source, FileActions) and source not in self.last:
                stack += [(chain, number), (source, 0)]
                continue
            secondary, directory = self.copied(source)
            previous = self.last.get(chain)
            first = (base, False) if previous is None else (previous, True)
            self.last[chain] = len(self.rows)
            self.rows.append((action.encode(state.directory, directory, base), action.tag, first, secondary))
            stack.append((chain, number + 1))

    def copied(self, source: Filesystem | FileActions | None) -> tuple[tuple[int, bool], str]:
        """What an action copies from: its number, and the directory it is seen from."""
        if isinstance(source, FileActions):
            return (self.last[source], True), source.state.directory
        if source is None or source.output_ is None:
            return (-1, False), "/" if source is None else source.directory
        return (self.input(source.output_), False), source.directory

    def input(self, output: Output) -> int:
        """The number of an input, added at its first use."""
        edge = (self.marshalling.digests[output.vertex], output.index)
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
