"""The platforms that images are built for."""

from __future__ import annotations

from frontend.errors import OptionError, nearest
from frontend.secrets.masking import shown

ARCHITECTURES = {  # architecture: its variants
    "amd64": ("v1", "v2", "v3", "v4"),
    "arm64": ("v8", "v9"),
    "arm": ("v5", "v6", "v7", "v8"),
    "386": (),
    "ppc64le": (),
    "s390x": (),
    "riscv64": (),
    "loong64": (),
    "mips64le": (),
}
SPELLINGS = ("x86_64", "x86-64", "i386", "aarch64", "armhf", "armel")  # that llb.platforms takes as well


def parse_platform(text: str) -> str:
    """A platform in its normal form: "linux/arm64/v8" and "arm64" are "linux/arm64", "linux/arm" is "linux/arm/v7".

    Raises OptionError for what no Linux image can be built for.
    """
    from llb import LLBError, platforms

    parts = text.lower().split("/")
    if len(parts) == 1:
        parts = ["linux", _own_architecture() if parts == ["linux"] else parts[0]]
    if len(parts) > 3 or not all(parts):
        raise OptionError(f'"{shown(text)}" is not a platform', hint="write it as linux/amd64 or linux/arm64")
    system, architecture, *variant = parts
    if system != "linux":
        known = nearest(system, ("linux",))
        raise OptionError(
            f'platform "{shown(text)}": images are built for linux only',
            hint=f"did you mean {known}/{architecture}?" if known else f"write it as linux/{architecture}",
        )
    try:
        platform = platforms.parse("/".join(parts)).normalized
    except LLBError as error:
        raise _unknown(text, architecture) from error
    if platform[1] not in ARCHITECTURES:
        raise _unknown(text, architecture)
    if platform[2] and platform[2] not in ARCHITECTURES[platform[1]]:
        raise _unknown_variant(text, platform[1], "".join(variant))
    return platform.text


def own_platform() -> str:
    """The platform of this process, which is BuildKit's."""
    return f"linux/{_own_architecture()}"


def _own_architecture() -> str:
    """The architecture of this process."""
    import os

    from llb import platforms

    return platforms.normal_arch(os.uname().machine, "")[0]


def _unknown(text: str, architecture: str) -> OptionError:
    from llb import platforms

    close = nearest(architecture, (*ARCHITECTURES, *SPELLINGS))
    known = ", ".join(f"linux/{name}" for name in ARCHITECTURES)
    return OptionError(
        f'unknown platform "{shown(text)}"',
        hint=f"did you mean linux/{platforms.normal_arch(close, '')[0]}?" if close else f"one of {known}",
    )


def _unknown_variant(text: str, architecture: str, variant: str) -> OptionError:
    known = ARCHITECTURES[architecture]
    close = nearest(f"v{variant.removeprefix('v')}", known) or (known[0] if known else None)
    return OptionError(
        f'unknown platform "{shown(text)}": {architecture} has no variant {shown(variant)}',
        hint=f"did you mean linux/{architecture}/{close}?" if close else f"write it as linux/{architecture}",
    )
