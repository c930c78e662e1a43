"""A CI runner without root: an ordinary user with the programs that BuildKit's own rootless image has.

They are `rootlesskit`, `buildkitd`, `buildctl` and the script `buildctl-daemonless.sh`, which starts a BuildKit for one
build. The user has no capability and no sudo; `newuidmap` of Debian gives it the ids that its files in an image have.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab import daemons, state, tools
from tests.lab.api import Done, run
from tests.lab.machine import find
from tests.lab.place import HERE, MARK, Place
from tests.lab.progress import Line
from tests.lab.shared import making, ran, tried
from tests.lab.storage import share

ID = 1001
HOME = Path("/mnt/home")  # where the runner has its home directory, as runner.sh makes it
DAEMONLESS = "examples/buildctl-daemonless/buildctl-daemonless.sh"  # in BuildKit's module
TIMEOUT_S = 900.0


def programs(place: Place) -> Path:
    """A directory with the programs, made when the cache has none."""
    buildkit = tools.compiled(place, tools.BUILDKIT, Line(0, "buildkit", 0))
    rootlesskit = tools.compiled(place, tools.ROOTLESSKIT, Line(0, "rootlesskit", 0))
    target = place.cache / "tools" / f"runner-{buildkit.name}-{rootlesskit.name}"
    with making(target) as partial:
        if partial is not None:
            partial.mkdir()
            for source in (buildkit / "buildctl", buildkit / "buildkitd", rootlesskit / "rootlesskit"):
                share(source, partial / source.name)
            daemonless = script(place)
            shutil.copyfile(daemonless, partial / daemonless.name)
            (partial / daemonless.name).chmod(0o755)
    return target


def script(place: Place) -> Path:
    """The file of `buildctl-daemonless.sh`, in the module that BuildKit is compiled from."""
    command = (
        tools.go_program(place),
        "mod",
        "download",
        "-json",
        f"github.com/moby/buildkit@{tools.BUILDKIT.version}",
    )
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    answer = tried("BuildKit's module", lambda: ran(*command, cwd=tools.BUILDKIT.source, env=environment))
    return Path(json.loads(answer)["Dir"]) / DAEMONLESS


@dataclass(frozen=True)
class Runner:
    """A runner: `home` is its home directory as this machine sees it, with the app's source in `app`."""

    place: Place
    programs: Path
    home: Path

    def put(self, app: Path) -> None:
        """Makes `app` the source."""
        shutil.rmtree(self.home / "app", ignore_errors=True)
        shutil.copytree(app, self.home / "app", symlinks=True)
        self.own()

    def own(self) -> None:
        """Gives the runner all files that are root's in its home directory."""
        for path in (self.home, *self.home.rglob("*")):
            if path.lstat().st_uid == 0:
                os.lchown(path, ID, ID)

    def secrets(self, files: tuple[str, ...]) -> str:
        """Values of `--secret` (`id=ID,src=FILE`) as options whose files the runner can read."""
        options = []
        for each in files:
            ident, _, source = each.removeprefix("id=").partition(",src=")
            shutil.copyfile(source, self.home / ident)
            options.append(f"--secret id={ident},src={HOME / ident}")
        self.own()
        return " ".join(options)

    def run(self, text: str, environment: Mapping[str, str]) -> Done:
        """Runs a shell script in the source's directory. Raises CalledProcessError, with its output, when it fails."""
        own = {
            "HOME": str(HOME), "USER": "runner", "XDG_RUNTIME_DIR": f"{HOME}/run", "LANG": "C.UTF-8",
            "PATH": "/mnt/programs:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            MARK: self.place.id, daemons.DAEMON: "runner", **environment,
        }  # fmt: skip
        unshare = (find("unshare") or "unshare", *daemons.NAMESPACES)
        command = (*unshare, "sh", HERE / "runner.sh", self.programs, self.home, "sh", "-e", "-c", text)
        return run(*command, env=own, check=True, timeout=TIMEOUT_S)


@contextmanager
def runner(place: Place) -> Iterator[Runner]:
    """A runner whose BuildKit knows the lab's registry, there until the block ends."""
    with tempfile.TemporaryDirectory(prefix="runner-", dir=place.lab, ignore_cleanup_errors=True) as name:
        home = Path(name)
        config = home / ".config/buildkit/buildkitd.toml"
        config.parent.mkdir(parents=True)
        config.write_text(daemons.registries(state.read(place).port))
        (home / "run").mkdir(mode=0o700)
        made = Runner(place, programs(place), home)
        made.own()
        yield made
