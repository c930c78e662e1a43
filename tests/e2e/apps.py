"""The test apps under tests/apps, built by a real BuildKit through a real client, and started by a real engine.

`tests/apps/NAME/` is the build context; `tests/apps/NAME.json` beside it says how it is built and asked, see
tests/apps/README.md.
"""

from __future__ import annotations

import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.lab.api import Engine, Lab
from tests.lab.keeper import label

APPS = Path(__file__).resolve().parent.parent / "apps"
SOURCE = "miget/migetpacks"
START_TIMEOUT_S = 60
RESULT = "frontend.migetpacks.result"
STEP = re.compile(r"^#(\d+) (CACHED|DONE|ERROR)", re.MULTILINE)


class App(NamedTuple):
    """A test app. `args` are build-args; `get`, `status` and `answer` the request and what must come back.

    `error` is the text of the message with which its build fails, "" for one that can be built. `sigterm` says that the
    app ends when it is told to, at least once in so many `stops`. `images` are those that its version asks for, which a
    lab has not by itself.
    """

    name: str
    directory: Path
    args: Mapping[str, str]
    get: str
    status: int
    answer: str
    started: bool
    run_env: Mapping[str, str]
    error: str
    sigterm: bool
    stops: int
    images: tuple[str, ...]


def app(name: str) -> App:
    """The app of that name."""
    spec = json.loads((APPS / f"{name}.json").read_text())
    return App(
        name,
        APPS / name,
        spec.get("args", {}),
        spec.get("get", "/"),
        spec.get("status", 200),
        spec.get("answer", ""),
        spec.get("started", False),
        spec.get("run_env", {}),
        spec.get("error", ""),
        spec.get("sigterm", True),
        spec.get("stops", 1),
        tuple(spec.get("images", ())),
    )


def apps(language: str = "", *, every: bool | None = None) -> list[App]:
    """The apps that are started: those marked so, or all of them where MIGETPACKS_APPS=all (`make e2e-all`)."""
    every = os.environ.get("MIGETPACKS_APPS") == "all" if every is None else every
    return [one for one in _all(language) if not one.error and (every or one.started)]


def failing() -> list[App]:
    """The apps whose build fails."""
    return [one for one in _all("") if one.error]


def _all(language: str) -> list[App]:
    return [app(path.stem) for path in sorted(APPS.glob(f"{language}*.json"))]


class Built(NamedTuple):
    """A built image: its reference in the lab's registry, its digest, the client's metadata and its output."""

    reference: str
    digest: str
    metadata: dict[str, Any]
    log: str
    seconds: float

    @property
    def result(self) -> dict[str, Any]:
        """The result JSON of the build."""
        value: dict[str, Any] = json.loads(self.metadata[RESULT])
        return value

    @property
    def steps_run(self) -> list[str]:
        """The steps of the build that were not cached: execs and copies, by name."""
        names = dict(re.findall(r"^#(\d+) (\[.*)$", self.log, re.MULTILINE))
        ended = dict(STEP.findall(self.log))
        return [
            name for number, name in names.items() if not name.startswith("[internal]") and ended.get(number) == "DONE"
        ]


def build(
    lab: Lab,
    context: Path,
    *,
    name: str,
    args: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    host: str = "",
    extra: tuple[str, ...] = (),
    output: str = "",
    env: Mapping[str, str] | None = None,
) -> Built:
    """Builds a context with `buildctl build --frontend gateway.v0`, pushed to the lab's registry. `env` is for the
    client.

    Raises subprocess.CalledProcessError with the client's output when the build fails.
    """
    reference = f"{lab.registry}/apps/{name}:test"
    metadata = lab.scratch / f"{name}.metadata.json"
    metadata.unlink(missing_ok=True)
    opts = {"source": SOURCE, **(options or {}), **{f"build-arg:{k}": v for k, v in (args or {}).items()}}
    began = time.monotonic()
    done = lab.buildctl(
        *(("--addr", host) if host else ()),
        "build",
        "--progress=plain",
        "--frontend=gateway.v0",
        *(f"--opt={key}={value}" for key, value in opts.items()),
        f"--local=context={context}",
        *(f"--secret={secret}" for secret in lab.secrets),
        f"--metadata-file={metadata}",
        f"--output={output or f'type=image,name={reference},push=true,registry.insecure=true'}",
        *extra,
        env=dict(env or {}),
    )
    seconds = time.monotonic() - began
    told = json.loads(metadata.read_text())
    return Built(reference, told.get("containerimage.digest", ""), told, done.stderr + done.stdout, seconds)


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    text: str


class Container(NamedTuple):
    """A started container of an engine: its id, and the port of this machine that leads to it."""

    engine: Engine
    id: str
    port: int

    def get(self, path: str = "/") -> Answer:
        """Asks the app, again and again until it answers. Raises AssertionError with its log when it never does."""
        url = f"http://127.0.0.1:{self.port}{path}"
        until = time.monotonic() + START_TIMEOUT_S
        last: Exception | None = None
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return Answer(answer.status, answer.read().decode(errors="replace"))
            except urllib.error.HTTPError as error:
                return Answer(error.code, error.read().decode(errors="replace"))
            except OSError as error:
                last = error
            if self.inspect("{{.State.Running}}") != "true":
                break
            time.sleep(0.1)
        raise AssertionError(f"no answer at {url}: {last}\n{self.log()}")

    def inspect(self, template: str) -> str:
        """A value of `docker inspect`."""
        return self.engine.docker("inspect", "-f", template, self.id).stdout.strip()

    def log(self) -> str:
        """What the app has written."""
        done = self.engine.docker("logs", self.id)
        return done.stdout + done.stderr

    def wait_for(self, text: str) -> None:
        """Waits until its log has a text. Raises AssertionError with the log when it ends, or takes too long."""
        until = time.monotonic() + START_TIMEOUT_S
        while text not in self.log():
            assert self.inspect("{{.State.Running}}") == "true" or text in self.log(), self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.2)

    def stop(self, grace_s: int = 10) -> tuple[int, float]:
        """Ends it by SIGTERM; its exit status, and how long it took in seconds (`grace_s` and more: it was killed)."""
        began = time.monotonic()
        self.engine.docker("stop", "-t", str(grace_s), self.id)
        return int(self.inspect("{{.State.ExitCode}}")), time.monotonic() - began


HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


@contextmanager
def started(
    engine: Engine, image: str, *options: str, port: int = 5000, hardened: bool = True, command: tuple[str, ...] = ()
) -> Iterator[Container]:
    """A container on a read-only root with no capability, removed at the end."""
    safe = HARDENED if hardened else ()
    run = engine.docker("run", "-d", *label(), *safe, "-p", f"127.0.0.1::{port}", *options, image, *command)
    ident = run.stdout.strip().splitlines()[-1]
    try:
        published = engine.docker("port", ident, f"{port}/tcp", check=False).stdout.split()
        yield Container(engine, ident, int(published[0].rpartition(":")[2]) if published else 0)
    finally:
        engine.docker("rm", "-f", "-v", ident)
