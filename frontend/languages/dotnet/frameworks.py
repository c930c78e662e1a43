"""What a published app needs of the runtime: a package may need ASP.NET Core where no project says so.

Serilog.AspNetCore in a worker is such a one. What is published says it (`App.runtimeconfig.json`); a second plan then
stands on the other image.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import DecodeError, json

from frontend.errors import Location
from frontend.languages.base import Lacking
from frontend.languages.dotnet.projects import WEB_FRAMEWORK
from frontend.plan.model import Runtime
from frontend.settings.model import Imported

CONFIG = ".runtimeconfig.json"
LIMIT_BYTES = 1 << 20


class Files(Protocol):
    """The files of a built image."""

    def names(self, path: str) -> tuple[str, ...]:
        """The names in a directory; () where it is absent."""
        ...

    def read(self, paths: Iterable[str], limit: int) -> Mapping[str, bytes | None]:
        """The first `limit` bytes of files; None for what is no file."""
        ...


def lacking(files: Files, runtime: Runtime) -> Lacking:
    """ASP.NET Core, where a published app needs it."""
    paths = [f"{runtime.dir}/{name}" for name in files.names(runtime.dir) if name.endswith(CONFIG)]
    root = runtime.imports.root if runtime.imports is not None else ""
    if any(needs_web(data) for data in files.read(paths, LIMIT_BYTES).values()):
        return Lacking((Imported(WEB_FRAMEWORK, Location(root)),))
    return Lacking()


def needs_web(data: bytes | None) -> bool:
    """Whether a runtimeconfig.json names ASP.NET Core."""
    try:
        options = json.decode(data or b"{}").get("runtimeOptions", {})
        listed = [*options.get("frameworks", ()), *([options["framework"]] if "framework" in options else ())]
        return any(one.get("name", "").casefold() == WEB_FRAMEWORK for one in listed)
    except (DecodeError, AttributeError):
        return False
