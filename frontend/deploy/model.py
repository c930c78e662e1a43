"""What a file says of how an app is built and started, whichever platform it was written for."""

from msgspec import Struct

from frontend.errors import Location
from frontend.plan.model import ForPlatform, Warning
from frontend.settings.model import Copied


class Stated(Struct, frozen=True):
    """A text that a file states, and where."""

    text: str
    at: Location


Named = tuple[str, Stated]


class Deployment(Struct, frozen=True):
    """What one file says of one app. Every list keeps the order of the file.

    `dir` is the directory of the context that its commands run in, and `root` the place that names one other than the
    file's own. `build` are shell texts, run one after the other, `whole` all of them as they are written, `outside`
    what of them works outside of the app's directory; those of `processes` are by name, "web" is what serves and
    "release" runs before a new version serves. `build_packages` and `run_packages` are Debian packages, `versions`
    those of tools by name ("python"); `languages` are named in any way, the one of what serves last. `env` are
    variables with values, `build_env` those of a build alone, `unset` those that the file only names. `output` is the
    directory that a static site is built into, None for what serves. `name` is that of the service. `dockerfile` is the
    Dockerfile that the file names, whose path tells the app's directory, `copies` what a Dockerfile copies from its
    stages, `runs` the RUN instructions of its last stage and of those that it copies from.
    `health` is the path of its health check, `platform` what else no build does anything by.
    """

    file: str
    name: str = ""
    dir: str = ""
    root: Stated | None = None
    build: tuple[Stated, ...] = ()
    whole: Stated | None = None
    outside: Stated | None = None
    processes: tuple[Named, ...] = ()
    build_packages: tuple[Stated, ...] = ()
    run_packages: tuple[Stated, ...] = ()
    runs: tuple[Stated, ...] = ()
    versions: tuple[Named, ...] = ()
    languages: tuple[Stated, ...] = ()
    env: tuple[Named, ...] = ()
    build_env: tuple[Named, ...] = ()
    unset: tuple[Stated, ...] = ()
    output: Stated | None = None
    dockerfile: Stated | None = None
    copies: tuple[Copied, ...] = ()
    warnings: tuple[Warning, ...] = ()
    health: Stated | None = None
    platform: ForPlatform | None = None

    def process(self, name: str) -> Stated | None:
        """The command of a process; None when the file has none of this name."""
        return next((command for known, command in self.processes if known == name), None)
