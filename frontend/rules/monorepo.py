"""A repository of several apps: which there are, and the setting that builds each."""

from collections.abc import Sequence

from frontend.errors import DetectionError, Location

SHOWN = 12  # apps that an error lists


def several(apps: Sequence[tuple[str, str]], at: Location | None = None) -> DetectionError:
    """The error for a repository of more than one app, each its directory in the context ("" is the root) and its
    language's title."""
    shown = apps[:SHOWN]
    more = f" and {len(apps) - SHOWN} more" if len(apps) > SHOWN else ""
    listed = ", ".join(f"{directory or '.'} ({title})" for directory, title in shown)
    settings = [f"PROJECT_PATH={directory or '.'}" for directory, _ in shown]
    *others, last = settings
    return DetectionError(
        f"this repository has {len(apps)} apps: {listed}{more}",
        at=at,
        hint=f"choose one by a build-arg: {', '.join(others)} or {last}; or by app: in migetpacks.yaml",
    )
