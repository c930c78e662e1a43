"""A repository of several apps: which there are, and the setting that builds each."""

from collections.abc import Sequence

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import DetectionError, Location
from frontend.paths import within

SHOWN = 20  # apps that an error lists
# directories of a server's own files: asking each for a manifest is a round trip of every build
OF_SERVERS = frozenset(
    "assets bin build config controllers coverage data db dist docs helpers lib locales middleware middlewares"
    " migrations models prisma public routes scripts server services spec src static templates test tests types"
    " uploads utils views __pycache__ __tests__".split()
)


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


def having(tree: SourceTree, base: str, manifest: str) -> tuple[str, ...]:
    """The directories in one that have a manifest of that name: each may be an app or a front end of its own."""
    names = (one.name for one in tree.entries(base).values() if one.kind != "file")
    dirs = [within(base, name) for name in names if not name.startswith(".") and name not in OF_SERVERS]
    tree.need(*(within(dir, manifest) for dir in dirs))
    return tuple(dir for dir in dirs if tree.has(within(dir, manifest)))
