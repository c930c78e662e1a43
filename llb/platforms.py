"""Platforms as text: `os[(version)]/arch[/variant]`, with containerd's rules for aliases and defaults.

Source: https://github.com/containerd/platforms (the forms of Parse and Normalize)
"""

from llb import wire
from llb.errors import LLBError

OSES = frozenset(
    "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows zos".split()
)
ARCHES = frozenset(
    "386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32"
    " mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm".split()
)
ALIASES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"}
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")


class Platform(tuple[str, str, str, str, tuple[str, ...]]):
    """(os, architecture, variant, os version, os features), as given; `normalized` as compared."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The canonical text."""
        os, arch, variant, version, features = self
        names = sorted({feature for feature in features if feature})
        extra = f"({'+'.join(map(escaped, (version, *names)))})" if version or names else ""
        return "/".join(part for part in (os + extra, arch, variant) if part)

    @property
    def normalized(self) -> "Platform":
        """The same platform as BuildKit compares it: arm is arm/v7, arm64/v8 is arm64, amd64/v1 is amd64."""
        os, arch, variant, version, features = self
        arch, variant = normal_arch(arch, variant)
        return Platform((normal_os(os), arch, variant, version, tuple(sorted(set(features))) if features else ()))

    def encoded(self) -> bytes:
        """The message `Platform`."""
        os, arch, variant, version, features = self
        return (
            wire.text(1, arch)
            + wire.text(2, os)
            + wire.text(3, variant)
            + wire.text(4, version)
            + wire.texts(5, features)
        )


def escaped(text: str) -> str:
    """A version or feature with the characters escaped that a platform's text is made of."""
    return text.translate({ord(char): f"%{ord(char):02X}" for char in "%+()/"})


def percent_decoded(text: str) -> str:
    """The text with its %xx decoded. Raises ValueError for a malformed one."""
    if "%" not in text:
        return text
    first, *rest = text.encode().split(b"%")
    if any(len(part) < 2 for part in rest):
        raise ValueError("truncated %xx")
    return (first + b"".join([bytes.fromhex(part[:2].decode()) + part[2:] for part in rest])).decode()


def normal_os(os: str) -> str:
    """An operating system by its usual name."""
    return {"macos": "darwin"}.get(os.lower(), os.lower())


def normal_arch(arch: str, variant: str) -> tuple[str, str]:
    """An architecture and variant by their usual names."""
    arch, variant = arch.lower(), variant.lower()
    if arch == "i386":
        return "386", ""
    arch = ALIASES.get(arch, arch)
    if arch == "amd64":
        return arch, "" if variant == "v1" else variant
    if arch == "arm64":
        return arch, {"8": "", "v8": "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9"}.get(variant, variant)
    if arch == "armhf":
        return "arm", "v7"
    if arch == "armel":
        return "arm", "v6"
    if arch == "arm":
        return arch, {"": "v7", "7": "v7", "5": "v5", "6": "v6", "8": "v8"}.get(variant, variant)
    return arch, variant


def parse(text: str, argument: str = "platform") -> Platform:
    """The platform a text means: "linux/arm64", "linux/arm/v7", "amd64" (Linux is meant).

    Raises LLBError naming `argument` for anything else.
    """
    if not isinstance(text, str) or not text:
        raise LLBError(f"{argument}: {text!r} is not a platform such as linux/amd64")
    first, *rest = text.split("/")
    version, features = "", tuple[str, ...]()
    if first.endswith(")") and "(" in first:
        first, _, inside = first[:-1].partition("(")
        version, *found = inside.split("+")
        if not all(found) or not set(inside) <= LETTERS | set("+%"):
            raise LLBError(f"{argument}: {text!r} has a malformed version or feature")
        try:
            version, *found = [percent_decoded(part) for part in (version, *found)]
        except ValueError:
            raise LLBError(f"{argument}: {text!r} has a malformed %xx") from None
        features = tuple(found)
    if len(rest) > 2 or any(not part or not set(part) <= LETTERS for part in (first, *rest)):
        raise LLBError(f"{argument}: {text!r} is not a platform: write os/arch or os/arch/variant")
    if not rest:
        arch, variant = normal_arch(first, "")
        if arch not in ARCHES:
            raise LLBError(f"{argument}: {text!r} is not a platform: write it as os/arch, e.g. linux/amd64")
        return Platform(("linux", arch, "" if (arch, variant) == ("arm", "v7") else variant, "", ()))
    os = normal_os(first)
    arch, variant = normal_arch(rest[0], rest[1] if len(rest) == 2 else "")
    if os not in OSES:
        raise LLBError(f"{argument}: {text!r} has an unknown operating system {first!r}")
    if arch not in ARCHES:
        raise LLBError(f"{argument}: {text!r} has an unknown architecture {rest[0]!r}")
    if len(rest) == 1 and (arch, variant) == ("arm", "v7"):
        variant = ""
    if len(rest) == 2 and arch == "arm64" and not variant:
        variant = "v8"
    return Platform((os, arch, variant, version, tuple(features)))
