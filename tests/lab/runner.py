"""CI runners without root: an ordinary user of this machine, and a container of the image `moby/buildkit:rootless`.

Both have the programs of that image. The user has no capability and no sudo; `newuidmap` gives it the ids that its
files in an image have.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab import daemons, rootless
from tests.lab.api import TIMEOUT_S, Done, Engine, Lab, run
from tests.lab.machine import find
from tests.lab.place import HERE, MARK, Place

# What a container needs that starts a BuildKit, by https://github.com/moby/buildkit/blob/master/docs/rootless.md
OPTIONS = ("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined", "--network", "host")


@dataclass(frozen=True)
class Runner:
    """An ordinary user. `home` is its home directory as this machine sees it, with the app's source in `app`.

    `id` is the user's id, `at` where its home directory is for the user itself.
    """

    place: Place
    home: Path
    id: int = 1001
    at: Path = Path("/mnt/home")

    def put(self, app: Path, files: Mapping[str, str]) -> None:
        """Makes a copy of `app` the source, with more files, texts by name."""
        shutil.rmtree(self.home / "app", ignore_errors=True)
        shutil.copytree(app, self.home / "app", symlinks=True)
        for name, text in files.items():
            (self.home / "app" / name).write_text(text)
        self.own()

    def own(self) -> None:
        """Gives the runner all files that are root's in its home directory."""
        for path in (self.home, *self.home.rglob("*")):
            if path.lstat().st_uid == 0:
                os.lchown(path, self.id, self.id)

    def secrets(self, files: tuple[str, ...]) -> str:
        """Values of `--secret` (`id=ID,src=FILE`) as options whose files the runner can read."""
        options = []
        for each in files:
            ident, _, source = each.removeprefix("id=").partition(",src=")
            shutil.copyfile(source, self.home / ident)
            options.append(f"--secret id={ident},src={self.at / ident}")
        self.own()
        return " ".join(options)

    def run(self, text: str, environment: Mapping[str, str]) -> Done:
        """Runs a shell script in the source's directory. Raises CalledProcessError, with its output, when it fails."""
        own = {
            "HOME": str(self.at), "USER": "runner", "XDG_RUNTIME_DIR": f"{self.at}/run", "LANG": "C.UTF-8",
            "PATH": "/mnt/programs:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            MARK: self.place.id, daemons.DAEMON: "runner", **environment,
        }  # fmt: skip
        unshare = (find("unshare") or "unshare", *daemons.NAMESPACES)
        programs = rootless.programs(self.place)
        command = (*unshare, "sh", HERE / "runner.sh", programs, self.home, "sh", "-e", "-c", text)
        return run(*command, env=own, check=True, timeout=TIMEOUT_S)


@dataclass(frozen=True, kw_only=True)
class ContainerRunner(Runner):
    """A container for each script, of `image` in `engine`: `home` is copied into it, the source directory back."""

    engine: Engine
    image: str
    id: int = 1000
    at: Path = Path("/home/user")

    def run(self, text: str, environment: Mapping[str, str]) -> Done:
        docker = self.engine.docker
        variables = [f"--env={name}={value}" for name, value in environment.items()]
        place = ("--workdir", str(self.at / "app"), "--entrypoint", "sh", self.image)
        ident = docker("create", *OPTIONS, *variables, *place, "-e", "-c", text).stdout.strip()
        try:
            docker("cp", "--archive", f"{self.home}/.", f"{ident}:{self.at}")
            done = docker("start", "--attach", ident)
            docker("cp", f"{ident}:{self.at}/app/.", self.home / "app")
            return done
        finally:
            docker("rm", "-f", "-v", ident)


@contextmanager
def home(lab: Lab) -> Iterator[Path]:
    """A home directory in which BuildKit is told of the lab's registry, there until the block ends."""
    with tempfile.TemporaryDirectory(prefix="runner-", dir=lab.place.lab, ignore_cleanup_errors=True) as name:
        config = Path(name) / ".config/buildkit/buildkitd.toml"
        config.parent.mkdir(parents=True)
        config.write_text(daemons.registries(lab.registry))
        (Path(name) / "run").mkdir(mode=0o700)
        yield Path(name)


@contextmanager
def user(lab: Lab) -> Iterator[Runner]:
    """A user of this machine, whose scripts share their home directory, and so BuildKit's cache."""
    with home(lab) as directory:
        yield Runner(lab.place, directory)


@contextmanager
def container(lab: Lab, engine: Engine) -> Iterator[Runner]:
    """Containers that share nothing."""
    name = rootless.NAMES[-1]
    lab.ensure_image(name)
    with home(lab) as directory:
        yield ContainerRunner(lab.place, directory, engine=engine, image=lab.load(engine, name))
