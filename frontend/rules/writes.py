"""Where apps write and a container cannot: its root may be read-only, and its user owns nothing of the system."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from posixpath import join, normpath
from typing import Literal

from msgspec import Struct

from frontend.errors import Location
from frontend.paths import HOME
from frontend.plan.model import Warning

APP = "/app"
WRITABLE = ("/tmp/", "/var/tmp/", "/dev/", "/proc/")  # noqa: S108 - what can be written
SYSTEM = ("/etc/", "/home/", "/opt/", "/root/", "/run/", "/usr/", "/var/log/", "/var/run/", "/var/lib/", "/var/www/")
MOST = 5  # places that are told


class Place(Struct, frozen=True):
    """A directory that is written to, by what is at a line of a file. `variable` is what the app reads it from.

    `kind` is what is written, where that decides what to do about it.
    """

    dir: str
    file: str
    line: int
    variable: str = ""
    kind: Literal["", "log", "database"] = ""


def outermost(found: Iterable[Place], directory: str) -> tuple[Place, ...]:
    """The places of an app that runs in a directory: each directory once, none that is below another, MOST at most."""
    first: dict[str, Place] = {}
    for one in found:
        if not f"{one.dir}/".startswith(WRITABLE):
            first.setdefault(one.dir, one)
    around = tuple(f"{dir}/" for dir in first if dir != directory)
    return tuple(one for one in first.values() if not one.dir.startswith(around))[:MOST]


def is_system(dir: str) -> bool:
    """Whether a directory is of the system: the image's user cannot write there, whatever the root is."""
    return f"{dir}/".startswith(SYSTEM) and not is_home(dir)


def doubts(
    found: Iterable[Place], env: Mapping[str, str], files: Iterable[str], at: Callable[[str, int], Location]
) -> Iterator[Warning]:
    """The warnings about places, but for those that a variable of the image moves out of the app.

    `files` are those of the app that are loaded, as they are called in the image; `at` is the place of a line of one.
    """
    for one in found:
        if not is_moved(env.get(one.variable, "")) and not ("HOME" in env and is_home(one.dir)):
            yield doubt(one, at(one.file, one.line), files)


def is_moved(value: str) -> bool:
    """Whether the value of a variable names another place than the app's own directory, which is as read-only."""
    path = value.removeprefix("file:")
    return bool(path) and ("://" in path or not f"{normpath(join(APP, path))}/".startswith(f"{APP}/"))


def is_home(dir: str) -> bool:
    """Whether a directory is the user's home or below it."""
    return f"{dir}/".startswith(f"{HOME}/")


def doubt(one: Place, at: Location, files: Iterable[str]) -> Warning:
    """The warning about a place."""
    below = f"{one.dir.rstrip('/')}/"
    why = "where the root of the container is read-only"
    hint = f"mount a volume at {one.dir} that the image's user owns, or a tmpfs for what may be lost"
    if is_system(one.dir):
        why = "as the image's user"
        hint = f"write below /tmp, or mount a volume at {one.dir} that the image's user owns"
    elif is_home(one.dir):
        hint = f"mount a volume at {HOME}, or set the build-arg RUN_ENV_HOME=/tmp for what may be lost"
    elif any(file.startswith(below) for file in files):
        hint = "write to a directory that has no code in it, such as /data, and mount a volume there"
    if one.variable:
        hint = f"set {one.variable} to a path on a volume, such as one below /data"
        hint = f"set {one.variable} to a database server, or to a file on a volume" if one.kind == "database" else hint
    if one.kind == "log":
        hint = f"log to standard output or standard error; or {hint}"
    return Warning("read-only", f"the app writes to {one.dir}, which it cannot {why}", at, hint)
