"""What a published app needs of its image, by what it says itself (`App.runtimeconfig.json`).

A package may need ASP.NET Core where no project says so (Serilog.AspNetCore in a worker): a second plan then stands on
the other image. An app that is not invariant needs ICU, which a chiseled or minimal base image may lack.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from msgspec import DecodeError, json

from frontend.errors import Location, PlanError
from frontend.languages.base import Lacking
from frontend.languages.dotnet.projects import WEB_FRAMEWORK
from frontend.plan.model import Imports, Runtime, Warning
from frontend.settings.model import Imported

CONFIG = ".runtimeconfig.json"
LIMIT_BYTES = 1 << 20
INVARIANT, APP_LOCAL = "System.Globalization.Invariant", "System.Globalization.AppLocalIcu"
VARIABLE = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"  # counts where the app says nothing
TRUE = ("true", "1")
ICU = "libicuuc.so"  # the start of its file's name
LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/arm-linux-gnueabihf",
    "/usr/lib64",
    "/usr/lib",
)


class Files(Protocol):
    """The files of a built image."""

    def names(self, path: str) -> tuple[str, ...]:
        """The names in a directory; () where it is absent."""
        ...

    def read(self, paths: Iterable[str], limit: int) -> Mapping[str, bytes | None]:
        """The first `limit` bytes of files; None for what is no file."""
        ...


def lacking(files: Files, runtime: Runtime) -> Lacking:
    """ASP.NET Core, where a published app needs it; the warning for a base without ICU.

    Raises PlanError where an app ends at its start without ICU.
    """
    known = runtime.imports or Imports()
    paths = [f"{runtime.dir}/{name}" for name in files.names(runtime.dir) if name.endswith(CONFIG)]
    configs = [options(data) for data in files.read(paths, LIMIT_BYTES).values()]
    if WEB_FRAMEWORK not in known.installed and any(needs_web(one) for one in configs):
        return Lacking((Imported(WEB_FRAMEWORK, Location(known.root)),))
    if runtime.flavour == "standard" or not configs or not any(needs_icu(one) for one in configs):
        return Lacking()
    if any(name.startswith(ICU) for place in (runtime.dir, *LIBRARIES) for name in files.names(place)):
        return Lacking()
    return Lacking(warnings=(without_icu(runtime, told=any(INVARIANT in properties(one) for one in configs)),))


def options(data: bytes | None) -> dict[str, Any]:
    """The options of a runtimeconfig.json; {} for what is none."""
    try:
        found = json.decode(data or b"{}").get("runtimeOptions", {})
    except (DecodeError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}


def properties(config: dict[str, Any]) -> dict[str, Any]:
    """The properties that an app is configured with."""
    found = config.get("configProperties")
    return found if isinstance(found, dict) else {}


def needs_web(config: dict[str, Any]) -> bool:
    """Whether options name ASP.NET Core."""
    try:
        listed = [*config.get("frameworks", ()), *([config["framework"]] if "framework" in config else ())]
        return any(one.get("name", "").casefold() == WEB_FRAMEWORK for one in listed)
    except (TypeError, AttributeError):
        return False


def needs_icu(config: dict[str, Any]) -> bool:
    """Whether an app is not invariant, and does not bring ICU itself."""
    found = properties(config)
    return str(found.get(INVARIANT, "")).casefold() not in TRUE and APP_LOCAL not in found


def without_icu(runtime: Runtime, *, told: bool) -> Warning:
    """The warning for an app that runs in invariant mode because its base says so; `told` is that the app does not.

    Raises PlanError for one that does not start at all.
    Source: https://learn.microsoft.com/dotnet/core/runtime-config/globalization
    """
    base, other = f"the base image {runtime.base} has no ICU", "name a base image with ICU (Microsoft's end in -extra)"
    if told or dict(runtime.env).get(VARIABLE, "").casefold() not in TRUE:
        raise PlanError(
            f"{base}, without which this app ends at its start",
            at=runtime.base_at,
            hint=f"{other}, or set InvariantGlobalization in the project if the app needs no cultures",
        )
    return Warning(
        "invariant-base",
        f"{base}: the app knows the invariant culture alone, and every other one is an exception",
        runtime.base_at,
        f"{other}; if that is right, set InvariantGlobalization in the project",
    )
