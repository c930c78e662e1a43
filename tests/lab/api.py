"""The lab as tests use it: `Lab.ensure()` brings it up and gives its parts."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.lab import daemons, frontend, gem_registry, state
from tests.lab import engine as engines
from tests.lab import up as start
from tests.lab.engine import Spec
from tests.lab.machine import find
from tests.lab.place import CA_BUNDLE, MARK, LabError, Place, here
from tests.lab.progress import Line, Progress
from tests.lab.recipe import full_name
from tests.lab.storage import Record

TIMEOUT_S = 900.0
Done = subprocess.CompletedProcess[str]


def run(*command: str | Path, env: dict[str, str], check: bool, timeout: float, text: str | None = None) -> Done:
    """Runs a client. Raises CalledProcessError, with the client's output as a note, when `check` and it failed."""
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, errors="replace", env=env, timeout=timeout, input=text
    )
    if check and done.returncode:
        error = subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
        error.add_note((done.stdout + done.stderr)[-6000:])
        raise error
    return done


@dataclass(frozen=True)
class Engine:
    """A running Docker Engine. `host` is its DOCKER_HOST."""

    lab: Lab
    spec: Spec

    @property
    def host(self) -> str:
        return f"unix://{self.spec.socket(self.lab.place)}"

    @property
    def version(self) -> str:
        """Such as 28.5."""
        return self.spec.version

    @property
    def store(self) -> str:
        """Its image store: overlay2 or containerd."""
        return self.spec.store

    @property
    def environment(self) -> dict[str, str]:
        """The environment for a client of this engine."""
        return {**self.lab.environment, "DOCKER_HOST": self.host}

    def docker(
        self, *args: str | Path, check: bool = True, input: str | None = None, timeout: float = TIMEOUT_S
    ) -> Done:
        """Runs `docker ARGS` against it. Raises CalledProcessError, with the output, when it fails and `check`."""
        program = self.lab.place.bin / "docker"
        return run(program, *args, env=self.environment, check=check, timeout=timeout, text=input)

    def build(self, *args: str | Path, check: bool = True, timeout: float = TIMEOUT_S) -> Done:
        """Runs `docker build ARGS` with plain progress and the machine's CA bundle as the build's secret."""
        secret = f"id=ca-certificates,src={self.lab.ca}"
        return self.docker("build", "--progress=plain", "--secret", secret, *args, check=check, timeout=timeout)

    def kill(self) -> None:
        """Ends it as a crash would."""
        daemons.end(self.lab.place, self.spec.name)

    @contextmanager
    def buildkit(self) -> Iterator[str]:
        """The address of the engine's own BuildKit, for buildctl."""
        with tempfile.TemporaryDirectory(dir=self.lab.place.run) as directory:
            path = Path(directory) / "bk.sock"
            dial = f"EXEC:{self.lab.place.bin / 'docker'} buildx dial-stdio"
            command = [find("socat") or "socat", f"UNIX-LISTEN:{path},fork", dial]
            mark = {MARK: self.lab.place.id, f"{MARK}_DAEMON": "dial"}
            with subprocess.Popen(command, env={**self.environment, **mark}) as bridge:
                try:
                    log = self.lab.place.lab / "log/none"
                    daemons.eventually(path.exists, "socat", log, bridge.pid)
                    yield f"unix://{path}"
                finally:
                    bridge.terminate()


@dataclass(frozen=True)
class Lab:
    """A lab that is up."""

    place: Place

    @classmethod
    def ensure(cls, *, quiet: bool = False) -> Lab:
        """The lab of this checkout, brought up where it is not. Raises LabError when that fails."""
        place = here()
        lab = cls(place)
        if not lab.is_up():
            start.up(place, Progress(quiet=quiet), push_frontend=False)
        return lab

    def is_up(self) -> bool:
        """Whether registry, buildkitd and the default engine answer, and the environment file is there."""
        now = state.read(self.place)
        return (
            self.place.env_file.exists()
            and daemons.registry_up(self.place, now.port)
            and (now.live or gem_registry.is_up(self.place))
            and daemons.buildkit_answers(self.place, self.place.buildkit_socket)
            and engines.answers(engines.DEFAULT.socket(self.place))
        )

    @property
    def env(self) -> dict[str, str]:
        """What `.lab/env` exports, with the whole PATH."""
        own = start.environment(self.place)
        return {**own, "PATH": f"{own['PATH']}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}

    @property
    def environment(self) -> dict[str, str]:
        """The environment of this process with the lab's in it."""
        return {**os.environ, **self.env}

    @property
    def buildkit_host(self) -> str:
        """BUILDKIT_HOST of the lab's own BuildKit."""
        return self.env["BUILDKIT_HOST"]

    @property
    def registry(self) -> str:
        """The registry's host:port."""
        return start.registry(self.place)

    @property
    def ca(self) -> Path:
        """The machine's CA bundle, for `--secret id=ca-certificates,src=…`."""
        return CA_BUNDLE

    @property
    def secrets(self) -> tuple[str, ...]:
        """What a build needs to reach package registries from here, as values of `--secret`."""
        gems = gem_registry.bundle_config(self.place)
        mirror = (f"id=bundle-config,src={gems}",) if gems.exists() else ()
        return (f"id=ca-certificates,src={self.ca}", *mirror)

    @property
    def scratch(self) -> Path:
        """A directory for files of tests; it goes with the lab."""
        path = self.place.lab / "scratch"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def buildctl(
        self, *args: str | Path, check: bool = True, timeout: float = TIMEOUT_S, env: dict[str, str] | None = None
    ) -> Done:
        """Runs `buildctl ARGS`. Raises CalledProcessError, with the output, when it fails and `check`."""
        program = self.place.bin / "buildctl"
        return run(program, *args, env={**self.environment, **(env or {})}, check=check, timeout=timeout)

    def engine(self, version: str = "28.5", store: str = "overlay2") -> Engine:
        """A Docker Engine, started where it does not run. Raises LabError when it does not come up."""
        spec = engines.spec(version, store)
        engines.start(self.place, spec, Line(0, spec.name, 0))
        return Engine(self, spec)

    @contextmanager
    def buildkitd(
        self, fresh: bool = True, registry: int = 0, data: Path | None = None, like: Path | None = None
    ) -> Iterator[str]:
        """The address of a second BuildKit with an empty cache, there until the block ends.

        With `fresh=False` the lab's own. `registry` is the port of another registry than the lab's. Its data is
        kept in `data`, if given, and begins as `like`, that of one that has ended.
        """
        if not fresh:
            yield self.buildkit_host
            return
        with nullcontext(data) if data is not None else self.second() as root:
            name = f"buildkitd-{root.name}"
            path = self.place.run / f"{name}.sock"
            try:
                if like is not None:
                    daemons.copy_data(like, root)
                port = registry or state.read(self.place).port
                daemons.start_buildkit(self.place, port, name, path, root)
                yield f"unix://{path}"
            finally:
                daemons.end(self.place, name)
                path.unlink(missing_ok=True)
                (self.place.lab / f"{name}.toml").unlink(missing_ok=True)

    @contextmanager
    def second(self) -> Iterator[Path]:
        """A directory for the data of a second BuildKit, there until the block ends."""
        with tempfile.TemporaryDirectory(prefix="second-", dir=self.place.lab, ignore_cleanup_errors=True) as directory:
            yield Path(directory)

    def ensure_image(self, name: str) -> Record:
        """Sees to a stand-in base image, e.g. `node:20.19.4-bookworm-slim`. Raises LabError when there is no recipe."""
        return start.builder(self.place).record(name, Line(0, name, 0))

    def push_frontend(self) -> None:
        """Sees to it that `miget/migetpacks` is that of the tree as it is. Raises LabError when it does not build."""
        frontend.push(self.place, start.buildctl(self.place), Line(0, "frontend", 0))

    def load(self, engine: Engine, image: str | Path) -> str:
        """Gets an image into an engine: a tar file, or a reference of the lab's registry; the name it has there."""
        if isinstance(image, Path):
            out = engine.docker("load", "-i", image).stdout
            return out.strip().splitlines()[-1].partition(": ")[2]
        reference = image if image.startswith("127.0.0.1:") else f"{self.registry}/{full_name(image)}"
        engine.docker("pull", "-q", reference)
        return reference


__all__ = ["Done", "Engine", "Lab", "LabError"]
