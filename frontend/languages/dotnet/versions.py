"""Which .NET: a dated table of its lines, target frameworks, and the SDK that global.json allows."""

import re

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location, VersionError, nearest
from frontend.languages.dotnet import sources
from frontend.paths import parents, within
from frontend.plan.model import ToolVersion
from frontend.rules import base_images
from frontend.rules.jsonc import without_comments
from frontend.rules.version_files import by_candidate, by_setting
from frontend.rules.versions import Asked, Release, Tool, key
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

TITLE = ".NET"
TOOL = "dotnet"
REGISTRY = "mcr.microsoft.com/dotnet"
# Sources: https://dotnet.microsoft.com/platform/support/policy and the tags of mcr.microsoft.com/dotnet/sdk. A suite's
# first version is an SDK's: older ones have images on the suite before. From .NET 10 on there are none on Debian.
TABLE_DATE = "2026-11-29"
RELEASES = (
    Release("11.0", "11.0", "2028-11-14", (("resolute", "11.0.100"),)),
    Release("10.0", "10.0", "2028-11-14", (("noble", "10.0.100"),), "lts"),
    Release("9.0", "9.0", "2026-11-10", (("noble", "9.0.100"),)),
    Release("8.0", "8.0", "2026-11-10", (("noble", "8.0.300"), ("jammy", "8.0.100")), "lts"),
    Release("7.0", "7.0", "2024-05-14", (("jammy", "7.0.100"),)),
    Release("6.0", "6.0", "2024-11-12", (("jammy", "6.0.300"), ("focal", "6.0.100")), "lts"),
    Release("5.0", "5.0", "2022-05-10", (("focal", "5.0.100"),)),
    Release("3.1", "3.1", "2022-12-13", (("focal", "3.1.100"),), "lts"),
)
LINES = tuple(release.line for release in RELEASES)
DEFAULT = "10.0"
FIRST_BLAZOR = "3.1"  # the line whose SDK builds WebAssembly of .NET Standard, of before .NET 5
OLDEST_NATIVE = "7.0"  # the first line that compiles to machine code
NATIVE_IMAGES = "10.0"  # the first line with an image that can: sdk:10.0-noble-aot
NATIVE = (
    "clang",
    "zlib1g-dev",
)  # what the others lack. Source: https://learn.microsoft.com/dotnet/core/deploying/native-aot/#prerequisites
# what the compiler of the workload wasm-tools runs by. Source: https://emscripten.org/docs/building_from_source/
COMPILES_FOR_BROWSERS = ("python3",)
NEWEST_SDK = {"10.0": "10.0.401"}  # of a line, when the table was made
FRAMEWORK = re.compile(r"net(?:coreapp)?(\d+\.\d+)(-[a-z]+[\d.]*)?", re.IGNORECASE)
WRITTEN = re.compile(r"<TargetFrameworks?(?:\s[^>]*)?>([^<]*)<")
PORTING = "https://learn.microsoft.com/dotnet/core/porting"
RELEASE = re.compile(r"\d+\.\d+\.\d.*")  # of an SDK before 2.1.300, whose third number has fewer digits, too
SDK_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d{3})(-(?:preview|rc|alpha|beta)\.\d+)?(?:[-.+].*)?")
OWN_BAND = ("", "patch", "latestPatch", "disable")  # rules that allow no other feature band than the version's own
GLOBAL_JSON = "global.json"
RULES = (
    "patch", "feature", "minor", "major", "latestPatch", "latestFeature", "latestMinor", "latestMajor", "disable",
)  # fmt: skip


class Pinned(Struct, frozen=True):
    """The SDK that a global.json asks for: its version, the rule for others ("" for the default), and where."""

    version: str
    rule: str
    at: Location


def line(version: str) -> str:
    """The line of a version: "10.0.302" -> "10.0", "10" -> "10.0"."""
    major, _, rest = version.partition(".")
    return f"{major}.{rest.partition('.')[0] or '0'}"


def has_image(version: str) -> bool:
    """Whether a line has images: those that came before the first in the table have none, a newer one may."""
    return key(version) >= key(LINES[-1])


def is_sdk(version: str) -> bool:
    """Whether a version is one of an SDK: its third number is of three digits."""
    return SDK_VERSION.fullmatch(version) is not None


def suite(version: str) -> str:
    """The release of Ubuntu whose images exist for a version of an SDK or a line."""
    return base_images.suite(RELEASES, version.partition("-")[0])


def image(kind: str, version: str) -> str:
    """The name of an image, its suite named: ("sdk", "10.0") -> mcr.microsoft.com/dotnet/sdk:10.0-noble."""
    return f"{REGISTRY}/{kind}:{version}-{suite(version)}"


def frameworks(text: str) -> tuple[str, ...]:
    """The target frameworks in a list, as they are written: "net8.0; net10.0" -> ("net8.0", "net10.0")."""
    return tuple(one.strip() for one in text.split(";") if one.strip())


def framework_line(framework: str) -> str:
    """The line of .NET that runs a target framework: "net10.0" -> "10.0"; "" for one that Linux does not run."""
    match = FRAMEWORK.fullmatch(framework)
    if match is None or match[2]:
        return ""
    return match[1] if key(match[1]) >= (5, 0) or framework.casefold().startswith("netcoreapp") else ""


def setting(settings: Settings) -> Asked | None:
    """The version that the user's setting asks for. Raises VersionError for what is none."""
    asked = by_setting(settings, TOOL)
    if asked is not None and not re.fullmatch(r"\d{1,3}(\.\d{1,3}){0,2}(-[a-z]+\.\d+)?", asked.text.strip()):
        raise VersionError(
            f'"{shown(asked.text)}" is not a {TITLE} version',
            at=asked.at,
            hint=f"write a line such as {DEFAULT}, or the version of an SDK such as {NEWEST_SDK[DEFAULT]}",
        )
    return asked


def pinned(tree: SourceTree, directory: str) -> Pinned | None:
    """What the nearest global.json asks for, in a directory or above it; None for none, and for one that asks nothing.

    Raises VersionError for a version or a rule that is none. Source:
    https://learn.microsoft.com/dotnet/core/tools/global-json
    """
    path = tree.first(*(within(above, GLOBAL_JSON) for above in (directory, *parents(directory))))
    if path is None:
        return None
    table = (tree.read_json(path, without_comments) or {}).get("sdk")
    version = table.get("version") if isinstance(table, dict) else None
    rule = table.get("rollForward") if isinstance(table, dict) else None
    if isinstance(rule, str) and rule.casefold() not in map(str.casefold, RULES):
        close = nearest(rule, RULES)
        raise VersionError(
            f'"{shown(rule)}" is not a rule of rollForward',
            at=tree.line_of(path, '"rollForward"'),
            hint=f"did you mean {close}?" if close else f"one of {', '.join(RULES)}",
        )
    if not isinstance(version, str) or not version.strip():
        return None
    at = tree.line_of(path, '"sdk"', '"version"')
    known = next((one for one in RULES if isinstance(rule, str) and one.casefold() == rule.casefold()), "")
    version = version.strip()
    runtime = re.fullmatch(r"\d+\.\d+\.\d{1,2}", version) is not None and known not in OWN_BAND  # it rolls forward
    if not is_sdk(version) and not runtime:
        old = RELEASE.fullmatch(version) is not None and not has_image(line(version))
        raise too_old(version, at) if old else not_an_sdk(version, at)
    return Pinned(version, known, at)


def not_an_sdk(version: str, at: Location) -> VersionError:
    """The error for a global.json whose version is none of an SDK."""
    match = re.fullmatch(r"(\d+\.\d+)(?:\.\d{1,2})?", version)
    if match is None:
        hint = f"write one such as {NEWEST_SDK[DEFAULT]}; there are no wildcards, see rollForward"
    else:
        what = "a version of the runtime" if version.count(".") == 2 else "a line"
        hint = f'{version} is {what}: write "version": "{match[1]}.100" with "rollForward": "latestFeature"'
    return VersionError(f'"{shown(version)}" is not a version of the {TITLE} SDK', at=at, hint=hint)


def too_old(version: str, at: Location) -> VersionError:
    """The error for a global.json that asks for an SDK without an image."""
    return VersionError(
        f"{at.file} requests the {TITLE} SDK {shown(version)}, which no image has: it is out of support",
        at=at,
        hint=f'move the projects to a supported release, such as net{DEFAULT}, and write "version": '
        f'"{DEFAULT}.100" with "rollForward": "latestFeature": {PORTING}',
    )


def sdk(pin: Pinned | None, asked: Asked | None, wanted: str) -> ToolVersion:
    """The SDK to build with, as the version part of its image's tag.

    A global.json decides within its rule; else the setting, else the line of the target framework, `wanted`. An exact
    version stands where no other is allowed: the image of a line moves to another feature band. Raises VersionError for
    a global.json that allows none with an image.
    """
    if asked is not None and is_sdk(asked.text.strip()):
        return ToolVersion(TOOL, asked.text.strip(), asked.text, asked.by, asked.at)
    if pin is not None:
        value = allowed(pin, wanted)
        if not has_image(line(value)):
            raise too_old(pin.version, pin.at)
        return ToolVersion(TOOL, value, pin.version, "file", pin.at, absent=others(pin, value))
    if asked is not None:
        return ToolVersion(TOOL, line(asked.text.strip()), asked.text, asked.by, asked.at)
    return ToolVersion(TOOL, wanted)


def others(pin: Pinned, value: str) -> str:
    """What to do where no image has the SDK that a global.json allows: the SDKs that fit, and the rule for more."""
    own = line(value)
    if value == own:  # a line's newest, which exists
        return ""
    newest = f", such as {NEWEST_SDK[own]}" if own in NEWEST_SDK else ""
    band = f"{own}.{value.split('.')[2][:1]}xx"
    fit = "that SDK alone fits" if pin.rule == "disable" else f"of {band} an SDK from {shown(pin.version)} on fits"
    return f'{fit}; in {pin.at.file} "rollForward": "latestFeature" allows each newer one of {own}{newest}'


def allowed(pin: Pinned, wanted: str) -> str:
    """The tag of an SDK that the rule of a global.json allows."""
    own = line(pin.version)
    match = SDK_VERSION.fullmatch(pin.version)
    # a release of the line comes after each of its previews, and rules that allow a later SDK allow it
    preview = match is not None and bool(match[4]) and own not in LINES
    if pin.rule in ("feature", "minor", "latestFeature", "latestMinor") and not preview:
        return own
    if pin.rule == "major" and not preview:
        return own if own in LINES else max(wanted, own, key=key)
    if pin.rule == "latestMajor" and not preview:
        return max(wanted, own, key=key)
    kept = (match[4] or "") if match is not None and (own not in LINES or pin.rule == "disable") else ""
    exact = f"{own}.{match[3]}{kept}" if match is not None else pin.version
    newest = NEWEST_SDK.get(own, "")
    if pin.rule != "disable" and newest[:-2] == exact[:-2] and key(newest) >= key(exact):
        return newest  # of the same feature band
    return exact


def likely(tree: SourceTree, paths: tuple[str, ...]) -> str:
    """The newest line with an image among the target frameworks that these files name, "" for none: to choose an SDK to
    ask."""
    found = {
        framework_line(one)
        for path in paths
        for text in WRITTEN.findall(sources.text(tree, path))
        for one in frameworks(text)
    }
    return max(filter(has_image, found - {""}), key=key, default="")


def of_dockerfile(settings: Settings) -> str:
    """The line of the images of a Dockerfile, "" without one, and for one that is no longer to be had."""
    tool = Tool(TOOL, TITLE, TABLE_DATE, DEFAULT, RELEASES, lambda _: ())
    asked = by_candidate(settings, tool)
    found = line(asked.text) if asked is not None else ""
    return found if found and has_image(found) else ""
