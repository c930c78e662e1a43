"""Everything a user can be told, as one exception tree.

BuildError
├── OptionError      a frontend option or build-arg is malformed
├── ConfigError      the app's config file is invalid
├── SourceError      a file is unreadable, or not the JSON/TOML/YAML it should be
├── DetectionError   nothing matched, or several apps did
├── VersionError     no known version satisfies what was asked
├── PlanError        the app is understood, but cannot be built or started as it is
└── GatewayError     BuildKit refused or dropped a call
    ├── NoImageError a registry does not have an image
    └── SolveError   a build step failed
"""

from msgspec import Struct


class Location(Struct, frozen=True, omit_defaults=True):
    """A place in a file of the app: `file` relative to the context root, `line` and `column` 1-based, 0 if unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class BuildError(Exception):
    """An error a user can act on: what is wrong, where, and what to do.

    `snippet` is the offending text of the file at `at`, shown below the message; None when there is none to show.
    """

    def __init__(self, message: str, *, at: Location | None = None, hint: str = "", snippet: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint
        self.snippet = snippet

    def __str__(self) -> str:
        """The whole text a user reads: message, place, hint, each on its own line."""
        lines = [self.message]
        if self.at:
            lines.append(f"  {self.at}  {self.snippet}" if self.snippet else f"  {self.at}")
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class OptionError(BuildError):
    """A frontend option or build-arg is malformed or unknown."""


class ConfigError(BuildError):
    """The app's config file is invalid."""


class SourceError(BuildError):
    """A file of the app is unreadable, or not the JSON, TOML or YAML it should be."""


class DetectionError(BuildError):
    """No language matched, or more than one app did."""


class VersionError(BuildError):
    """No known version satisfies what was asked."""


class PlanError(BuildError):
    """The app is understood, but it cannot be built or started as it is."""


class GatewayError(BuildError):
    """BuildKit refused or dropped a call.

    `method` is the gRPC method, `code` its status (google.rpc.Code), `status` the serialised google.rpc.Status as
    received, to be returned unchanged so that clients keep its details; b"" when there was none.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str = "",
        code: int = 2,
        status: bytes = b"",
        at: Location | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, at=at, hint=hint)
        self.method = method
        self.code = code
        self.status = status


class NoImageError(GatewayError):
    """A registry does not have an image; `name` is as the plan has it."""

    def __init__(self, message: str, name: str, error: GatewayError, *, at: Location | None = None, hint: str) -> None:
        super().__init__(message, method=error.method, code=error.code, status=error.status, at=at, hint=hint)
        self.name = name


class SolveError(GatewayError):
    """A build step failed. `step` is its display name, `exit_code` the program's, when known."""

    def __init__(
        self,
        message: str,
        *,
        method: str = "",
        code: int = 2,
        status: bytes = b"",
        step: str = "",
        exit_code: int | None = None,
        at: Location | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, method=method, code=code, status=status, at=at, hint=hint)
        self.step = step
        self.exit_code = exit_code


def nearest(word: str, known: "list[str] | tuple[str, ...]") -> str | None:
    """The known word closest to `word`, for "did you mean"; None when none is close."""
    from difflib import get_close_matches

    folded = {k.casefold(): k for k in known}
    close = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else None
