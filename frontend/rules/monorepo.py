"""A repository of several apps: which there are, and the setting that builds each."""

from collections.abc import Sequence

from msgspec import Struct

from frontend.errors import DetectionError, Location

SHOWN = 20  # apps that an error lists


class App(Struct, frozen=True):
    """An app of a repository: its directory in the context ("" is the root), its language's title, and what it is made
    with, if that is known."""

    dir: str
    title: str
    made_with: str = ""

    @property
    def setting(self) -> str:
        """The build-arg that builds it, and what it is."""
        return f"PROJECT_PATH={self.dir or '.'} ({': '.join(filter(None, (self.title, self.made_with)))})"


class SeveralAppsError(DetectionError):
    """There is more than one app, and nothing says which is meant. `apps` are those that are known of."""

    def __init__(self, apps: Sequence[App], at: Location | None = None) -> None:
        self.apps = tuple(apps)
        shown = [f"\n  {app.setting}" for app in self.apps[:SHOWN]]
        more = [f"\n  and {len(self.apps) - SHOWN} more"] if len(self.apps) > SHOWN else []
        super().__init__(
            f"this repository has {len(self.apps)} apps, and nothing says which one is meant",
            at=at,
            hint="".join(("choose one by a build-arg, or by app: in migetpacks.yaml", *shown, *more)),
        )
