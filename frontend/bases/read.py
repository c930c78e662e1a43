"""What a base image holds, read from its filesystem and its config."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename, join
from typing import TYPE_CHECKING

from frontend.errors import PlanError
from frontend.languages import registry
from frontend.languages.registry import Interpreter
from frontend.lower.target import Base
from frontend.plan.base import BaseFacts, Program
from frontend.plan.model import MIGET, Account, Runtime
from frontend.result.image import cleaned
from frontend.result.start import DEFAULT_PATH

if TYPE_CHECKING:
    from frontend.result.start import Files

SHELLS = tuple(f"{dir}/{name}" for name in ("sh", "bash", "dash", "ash", "busybox") for dir in ("/bin", "/usr/bin"))
GLIBC = {  # loader -> where Debian has the libraries for it
    "/lib64/ld-linux-x86-64.so.2": "/usr/lib/x86_64-linux-gnu",
    "/lib/ld-linux-aarch64.so.1": "/usr/lib/aarch64-linux-gnu",
    "/lib/ld-linux-armhf.so.3": "/usr/lib/arm-linux-gnueabihf",
}
LOADERS = {
    "glibc": tuple(GLIBC),
    "musl": ("/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1", "/lib/ld-musl-armhf.so.1"),
}
ZONES = "/usr/share/zoneinfo/UTC"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
PASSWD, GROUP = "/etc/passwd", "/etc/group"
LARGEST = 1 << 20  # of an account file
NOBODY = ("0", "65534")  # uids that no app is to run as
NO_HOME = "/tmp"  # noqa: S108 - of an account whose home directory is not there


def facts(runtime: Runtime, base: Base, files: Files) -> BaseFacts:
    """What the base image of a plan holds.

    Raises PlanError, at the place of the setting, for an account that an image must not run as, or does not have.
    """
    config = base.config.get("config") or {}
    env = cleaned(base.env)
    path = tuple(env.get("PATH", DEFAULT_PATH).split(":"))
    entrypoint = tuple(map(str, config.get("Entrypoint") or ()))
    accounts = files.read((PASSWD, GROUP), LARGEST)
    tmp = "/tmp"  # noqa: S108 - of the image
    files.ask((*SHELLS, *LOADERS["glibc"], *LOADERS["musl"], *GLIBC.values(), ZONES, CERTIFICATES, tmp))
    shell = next((one for one in SHELLS if files.stat(one) is not None), "")
    libc = next((kind for kind, ones in LOADERS.items() if any(files.stat(one) is not None for one in ones)), "")
    texts = [(accounts[one] or b"").decode("utf-8", "replace") for one in (PASSWD, GROUP)]
    return BaseFacts(
        name=runtime.base,
        account=account(runtime, str(config.get("User") or ""), texts, files, has_shell=bool(shell)),
        shell=shell,
        libc=libc,
        path=path,
        libraries=env.get("LD_LIBRARY_PATH", ""),
        entrypoint=entrypoint,
        zones=files.stat(ZONES) is not None,
        certificates=files.stat(CERTIFICATES) is not None,
        tmp=files.stat(tmp) is not None,
        unsearched=unsearched(files),
        programs=dict(programs(files, path, entrypoint, env)),
    )


def unsearched(files: Files) -> str:
    """Debian's directory for libraries, where the loader of the base is not Debian's: it looks in others alone."""
    place = next((place for loader, place in GLIBC.items() if files.stat(loader) is not None), "")
    return place if place and files.stat(place) is None else ""


# --- the account


def account(runtime: Runtime, configured: str, texts: list[str], files: Files, *, has_shell: bool) -> Account:
    """Whom the app runs as: the account that is asked for, else that of the image's config, by name or number.

    A given base with a shell and root as its user is as a language's own image: it gets our account. Raises PlanError
    for root on another one, and for an account that the image does not have.
    """
    image, asked, at = runtime.base, runtime.user, runtime.base_at
    users = [row for row in rows(texts[0]) if len(row) > 5 and row[2].isdigit() and row[3].isdigit()]
    wanted, _, group = (asked or configured).partition(":")
    if not asked and wanted in ("", "0", "root"):
        if runtime.flavour == "given" and has_shell:
            return MIGET
        others = [row for row in users if row[2] not in NOBODY]
        way = f"set the build-arg RUNTIME_USER={others[0][0]}, or name" if others else "name"
        raise PlanError(
            f"the base image {image} runs as root{'' if wanted else ': its config names no user'}",
            at=at,
            hint=f"{way} an image that has a user of its own, such as one whose tag ends in nonroot",
        )
    row = next((row for row in users if wanted in (row[0], row[2])), None)
    if row is not None and row[2] == "0":
        raise PlanError(f"the user {wanted} of the base image {image} is root", at=at, hint="name another one")
    if row is None:
        if asked and wanted.isdigit() and group.isdigit():
            return Account("", int(wanted), int(group), NO_HOME, made=False)
        known = ", ".join(row[0] for row in users if row[2] not in NOBODY) or "none"
        raise PlanError(
            f"the base image {image} has no user {wanted} in {PASSWD}",
            at=at,
            hint=f"name one that it has by the build-arg RUNTIME_USER ({known}), or UID:GID in numbers",
        )
    gid = group_id(group, row[3], texts[1])
    if gid is None:
        raise PlanError(
            f"the base image {image} has no group {group} in {GROUP}", at=at, hint="name UID:GID in numbers"
        )
    home = row[5] if row[5] not in ("", "/") and files.stat(row[5]) is not None else NO_HOME
    return Account(row[0], int(row[2]), gid, home, made=False)


def rows(text: str) -> list[list[str]]:
    """The fields of an account file's lines. Source: passwd(5), group(5)"""
    return [line.split(":") for line in text.splitlines() if line and not line.startswith("#")]


def group_id(asked: str, usual: str, text: str) -> int | None:
    """The number of a group: the user's own where none is asked for; None for a name that is not there."""
    if not asked:
        return int(usual)
    if asked.isdigit():
        return int(asked)
    return next((int(row[2]) for row in rows(text) if row[0] == asked and len(row) > 2 and row[2].isdigit()), None)


# --- interpreters


def programs(
    files: Files, path: tuple[str, ...], entrypoint: tuple[str, ...], env: dict[str, str]
) -> Iterable[tuple[str, Program]]:
    """The interpreters of all languages that are in the image."""
    for one in (one for entry in registry.ENTRIES for one in entry.interpreters):
        names = [name for name in (one.program, *one.aliases) if not set("*[") & set(name)]
        started = [entrypoint[0]] if entrypoint and is_program(basename(entrypoint[0]), one) else []
        places = [*started, *(join(dir, name) for dir in dict.fromkeys((*path, *one.places)) for name in names)]
        files.ask(places)
        found = next((place for place in places if (info := files.stat(place)) is not None and info.kind == "file"), "")
        if found:
            yield one.program, Program(found, release(files, found, one, env))


def is_program(name: str, interpreter: Interpreter) -> bool:
    """Whether a name is an interpreter's, or another name of it."""
    from fnmatch import fnmatchcase

    return name == interpreter.program or any(fnmatchcase(name, alias) for alias in interpreter.aliases)


def release(files: Files, place: str, interpreter: Interpreter, env: dict[str, str]) -> str:
    """The version of an interpreter: by the image's variable, else by the directory of its own library."""
    variable, prefix = interpreter.release
    told = env.get(variable, "").removeprefix("v")
    if told[:1].isdigit():
        return told
    above, _, start = prefix.rpartition("/")
    lib = join(place.rpartition("/")[0], "..", "lib", above).rstrip("/")
    names = files.names(normal(lib)) if prefix else ()
    versions = [name.removeprefix(start) for name in names if name.startswith(start) and name != start]
    return next((version for version in versions if version.replace(".", "").isdigit() and "." in version), "")


def normal(path: str) -> str:
    """A path without `..` in it."""
    from posixpath import normpath

    return normpath(path)
