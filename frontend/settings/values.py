"""Values that users write: booleans, numbers, lists, ports, addresses, packages, variables and directories."""

from __future__ import annotations

from posixpath import normpath

from frontend.errors import BuildError, ConfigError, Location, OptionError, nearest
from frontend.secrets.masking import shown

TRUE, FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")
LARGEST = 2**63 - 1  # what BuildKit takes for a number
DIGITS = 19  # of that; Python itself refuses to read numbers of thousands
PACKAGE_MARKS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+-.:=~_")
KEY_TYPES = ("ssh-", "ecdsa-", "sk-")
PACKAGE_HINT = "write Debian package names, such as libpq5"
VARIABLE_HINT = "use letters, digits and underscores, no digit first"
IMAGE_HINT = "write it as registry.example.com/name:tag"
USER_HINT = "write a name, a uid, or UID:GID, such as 65532:65532"
FLAVOUR_HINT = "write standard or hardened"
KNOWN_HOSTS_HINT = "write lines as ssh-keyscan HOST prints them: HOST ssh-ed25519 AAAA…"
PATTERN_HINT = "patterns have the rules of a .dockerignore file"


def parse_bool(what: str, text: str) -> bool:
    """A boolean as Go writes one. Raises OptionError."""
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise OptionError(f'{what} is "{shown(text)}", not a boolean', hint="write true or false")


def parse_switch(what: str, text: str) -> bool:
    """A switch: on or off, or a boolean. Raises OptionError."""
    if text in ("on", "off"):
        return text == "on"
    return parse_bool(what, text)


def one_of(what: str, text: str, known: tuple[str, ...]) -> str:
    """The text, one of `known`. Raises OptionError with the nearest."""
    if text in known:
        return text
    words = tuple(word for word in known if word)
    close = nearest(text, words)
    raise OptionError(
        f'{what}: unknown value "{shown(text)}"',
        hint=f"did you mean {close}?" if close else f"one of {', '.join(words)}",
    )


def whole_number(what: str, text: str) -> int:
    """A number above 0. Raises OptionError."""
    if not is_number(text) or not 0 < int(text) <= LARGEST:
        raise OptionError(f'{what} is "{shown(text)}", not a number above 0', hint="write it in digits, without a unit")
    return int(text)


def is_number(text: str) -> bool:
    """Whether a text is digits, and not too many of them to be read."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def parse_csv(what: str, text: str) -> list[str]:
    """One CSV record, as Go reads it: fields may stand in double quotes, "" is a quote. [] for an empty text.

    Raises OptionError for a quote that is not closed, or in a field that does not begin with one: Python reads that.
    """
    if '"' not in text:
        return [field.strip() for field in text.split(",") if field.strip()]
    import csv
    import re

    field = '(?:[^",\\r\\n]*|"(?:[^"]|"")*")'
    if not re.fullmatch(f"{field}(?:,{field})*", text):
        raise OptionError(
            f"{what}: the quotes in {shown(text)} do not match",
            hint='put a value with a comma in quotes, all of it; a quote in it is written twice: a,"b,c","d""e"',
        )
    return [value for row in csv.reader([text], strict=True) for value in row if value]


def is_address(text: str) -> bool:
    """Whether the text is an IP address; `host-gateway` too, which clients put an address in place of."""
    import socket

    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text.strip("[]"))
        except OSError:
            continue
        return True
    return False


def parse_port(text: str, what: str) -> int:
    """A TCP port, 1 to 65535. Raises OptionError; `what` names the setting in it."""
    plain = text.strip()
    if not is_number(plain) or not 0 < int(plain) < 65536:
        raise OptionError(
            f'{what} is "{shown(text)}", not a port', hint="write a whole number from 1 to 65535, such as 5000"
        )
    return int(plain)


def words(text: str) -> tuple[str, ...]:
    """A list in one text: its parts, between spaces or commas, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def package_problem(name: str) -> str | None:
    """Why a text is no Debian package (`name`, `name:arch`, `name=version`); None if it is one."""
    if name.startswith("-"):
        return "is an option, not a package"
    if not set(name.partition("=")[0]) <= PACKAGE_MARKS or not set(name.casefold()) <= PACKAGE_MARKS or len(name) < 2:
        return "is not the name of a Debian package"
    return None


def known_hosts_problem(text: str) -> str | None:
    """Why a text is no OpenSSH known_hosts file; None if it is one.

    Source: https://man.openbsd.org/sshd#SSH_KNOWN_HOSTS_FILE_FORMAT
    """
    for line in text.splitlines():
        words = line.split()
        if words and words[0] in ("@cert-authority", "@revoked"):
            words = words[1:]
        if words and words[0][0] != "#" and (len(words) < 3 or not words[1].startswith(KEY_TYPES)):
            return f'"{shown(line.strip())}" is not a host and its key'
    return None


def step_problem(name: str, known: tuple[str, ...]) -> tuple[str, str] | None:
    """What is wrong with the name of a step of ours, and what to write; None for one of `known`."""
    if name in known:
        return None
    close = nearest(name, known)
    return f'unknown step "{shown(name)}"', f"did you mean {close}?" if close else f"one of {', '.join(known)}"


def is_variable(name: str) -> bool:
    """Whether an environment variable may have this name."""
    return name.isascii() and name.isidentifier()


def variable_problem(name: str, value: str, part: str) -> tuple[str, str] | None:
    """What is wrong with a variable of the build steps or the image (`part` is "build" or "run"), and what to do."""
    if "\0" in value:
        return "has a value with a NUL character", "remove it: variables cannot contain NUL"
    if name == "PATH":
        return (
            "would replace PATH, so that no program would be found",
            "remove it, and call programs by their full path",
        )
    if name == "PORT" and part == "run":
        return (
            "would differ from the port that the image exposes",
            "set the port by the build-arg PORT, or the key port",
        )
    return None


APP_HINT = "write it as apps/web; the context has to hold all that the app needs"
OUTPUT_HINT = "write it relative to the app's directory, as dist"


def app_path(text: str, at: Location | None, hint: str = APP_HINT) -> str:
    """A directory relative to the context's root, or the app's own: no "/" around it, "" for that one itself.

    Raises ConfigError (OptionError where `at` is None) when it leads out of the context.
    """
    path = normpath(text.strip().strip("/") or ".")
    if ".." in path.split("/") or "\\" in path or any(c < " " or c == "\x7f" for c in text):
        wrong: type[BuildError] = OptionError if at is None else ConfigError
        raise wrong(
            f'"{shown(text)}" is not a directory below the root of the build context',
            at=at,
            hint=hint,
        )
    return "" if path == "." else path


def image_problem(text: str) -> str | None:
    """What is wrong with the name of an image, or what it begins with; None where nothing is."""
    if "://" in text:
        return "begins with a protocol"
    if not text.isascii() or not all(char.isalnum() or char in "-._/:@" for char in text):
        return "contains a character that no image's name has"
    return "has no name" if not text.strip("-._/:@") else None


def user_problem(text: str) -> str | None:
    """What is wrong with a user NAME, UID or UID:GID; None where nothing is."""
    user, colon, group = text.partition(":")
    if not user or (colon and not group):
        return "names no user"
    if not all(char.isalnum() or char in "-._" for char in f"{user}{group}") or not text.isascii():
        return "is not a name or a number"
    if user in ("0", "root"):
        return "is root: images run as another user"
    return None
