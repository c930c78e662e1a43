"""What the base image of a plan's runtime holds, where it is not the language's own: read from it, never assumed."""

from msgspec import Struct

from frontend.plan.model import Account


class Program(Struct, frozen=True):
    """An interpreter in the base image: where it is, and its version ("3.13.1", "3.13"), "" where nothing tells."""

    path: str
    version: str = ""


class BaseFacts(Struct, frozen=True):
    """What was found in a base image.

    `name` is as the user knows it. `shell` is its shell, "" for none; `libc` is "glibc", "musl", or "" for none. `path`
    is where it looks for programs, `libraries` its LD_LIBRARY_PATH, `entrypoint` what it starts by itself. `zones` and
    `certificates` say whether it has time zones and trusted certificates, `tmp` a directory for temporary files.
    `unsearched` is the directory of Debian's libraries where its loader does not look there, "" where it does.
    `programs` are the interpreters in it, by the name that the language calls them.
    """

    name: str
    account: Account
    shell: str
    libc: str
    path: tuple[str, ...]
    libraries: str
    entrypoint: tuple[str, ...]
    zones: bool
    certificates: bool
    tmp: bool
    unsearched: str
    programs: dict[str, Program]
