"""What a verb of `make` starts ends with it, however it ends: `door` runs the verb, a keeper waits for its end.

The keeper is a process of its own session that holds the other end of a pipe: when the verb's process is gone, however,
it ends all that carries the run's id: processes by their environment, containers by their label, the lab if the run has
started it. A lab that was there before, or that `make lab-up` has asked for meanwhile, stays.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from tests.lab import daemons, down, engine, gem_registry, kube
from tests.lab.place import ROOT, RUN, LabError, Place, here
from tests.lab.shared import FAILURES, named

LABEL = "migetpacks.run"
PATIENCE_S = 5.0  # from SIGTERM to SIGKILL
TIMEOUT_S = 30.0
PARENT_DEATH = 1  # PR_SET_PDEATHSIG
WAITING = "import os, sys; os.waitpid(int(sys.argv[1]), 0); os._exit(int(sys.argv[2]))"
STOPPED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def door(part: str, work: Callable[[], int], *, scratch: bool = True) -> int:
    """Runs a verb of `make`; its exit status, 1 after an error told in a line. Nothing that it starts outlives it.

    With `scratch` its temporary files are in a directory that goes with it.
    """
    if RUN in os.environ:  # part of another verb
        return guarded(part, work)
    end_with_make()
    keeper = Keeper(here(), scratch=scratch)
    try:
        return guarded(part, work)
    finally:
        keeper.finish()


def guarded(part: str, work: Callable[[], int]) -> int:
    """What the work returns; 1 when it fails by something else than a fault in it."""
    try:
        return work()
    except FAILURES as error:
        sys.stdout.flush()
        print(named(error, part).told(), file=sys.stderr)
        return 1


def end_with_make() -> None:
    """Has the kernel end this process when make, which has started it, is killed."""
    if "MAKELEVEL" in os.environ:
        ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGTERM)
        if os.getppid() == 1:  # it was killed before
            os.kill(os.getpid(), signal.SIGTERM)


def label() -> tuple[str, ...]:
    """The options of `docker run` that let a container end with the run."""
    return ("--label", f"{LABEL}={os.environ[RUN]}") if RUN in os.environ else ()


class Keeper:
    """The keeper of this process, from its start to `finish`."""

    def __init__(self, place: Place, *, scratch: bool) -> None:
        run = secrets.token_hex(8)
        had_lab = place.env_file.exists()
        directory = tempfile.mkdtemp(prefix="migetpacks-") if scratch else ""
        read, self.write = os.pipe()  # not inherited by what this process starts
        arguments = [str(place.root), str(place.cache), run, "lab" if had_lab else "", directory, str(PATIENCE_S)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.lab.keeper", *arguments],
            stdin=read, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, start_new_session=True,
        )  # fmt: skip
        os.close(read)
        self.ends_lab = not had_lab
        self.place = place
        os.environ[RUN] = run
        if scratch:
            os.environ["TMPDIR"] = tempfile.tempdir = directory
        for number in STOPPED:
            signal.signal(number, self.stop)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Becomes a program that waits for the keeper: no thread is left to try again what the keeper ends."""
        print(f"\nstopped by {signal.Signals(number).name}", file=sys.stderr, flush=True)
        self.last_words()
        environment = {name: value for name, value in os.environ.items() if name != RUN}
        arguments = ("-I", "-S", "-c", WAITING, str(self.process.pid), str(128 + number))
        os.execve(sys.executable, (sys.executable, *arguments), environment)  # closes the pipe

    def finish(self) -> None:
        """Lets the keeper end what is left, and waits for it."""
        self.last_words()
        os.close(self.write)
        _, told = self.process.communicate()
        if told:
            print(told.decode(errors="replace").strip().splitlines()[-1], file=sys.stderr)

    def last_words(self) -> None:
        """Says what is still to come, which no signal stops."""
        for number in STOPPED:
            signal.signal(number, signal.SIG_IGN)
        sys.stdout.flush()
        if self.ends_lab and self.place.lab.exists():
            print("== ending the lab", file=sys.stderr, flush=True)


# --- the keeper's own process


def main(root: str, cache: str, run: str, had_lab: str, scratch: str, patience_s: str) -> int:
    """Waits until the runner is gone, and ends what it has started; 1 when something does not end."""
    for number in STOPPED:
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 1):
        pass
    place = Place(Path(root), Path(cache))
    try:
        end_processes(run, float(patience_s))
        end_containers(place, run)
        if not had_lab and place.lab.exists() and not place.stays_file.exists():
            down.down(place)
        elif place.lab.exists():
            remove_seconds(place)
            remove_cluster(place)
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
    except FAILURES as error:
        print(named(error, "ending what was started").told().replace("\n", " "), file=sys.stderr)
        return 1
    return 0


def standing(name: str) -> bool:
    """Whether a daemon is one of the lab's own, which end with the lab."""
    return name in ("registry", "buildkitd", gem_registry.DAEMON, *(spec.name for spec in engine.ENGINES))


def started(run: str) -> list[int]:
    """The processes of a run, without the lab's own daemons."""
    found = daemons.marked(RUN, run)
    return [pid for pid, environment in found if not standing(environment.get(daemons.DAEMON, ""))]


def end_processes(run: str, patience_s: float) -> None:
    """Ends them: by SIGTERM first, which dpkg and runc need to leave things in order. Raises LabError if one stays."""
    begin = time.monotonic()
    while left := started(run):
        waited = time.monotonic() - begin
        if waited > TIMEOUT_S:
            raise LabError(f"these processes do not end: {left}")
        for pid in left:
            try:
                os.kill(pid, signal.SIGTERM if waited < patience_s else signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.1)


def end_containers(place: Place, run: str) -> None:
    """Removes the run's containers from the lab's engines and from the Docker of the environment."""
    client = str(place.bin / "docker")
    clients = [(client, f"unix://{spec.socket(place)}") for spec in engine.ENGINES if spec.answers(place)]
    if found := shutil.which("docker"):
        clients.append((found, os.environ.get("DOCKER_HOST", "")))
    for program, host in clients:
        docker = [program, *(["--host", host] if host else [])]
        command = [*docker, "ps", "-aq", "--filter", f"label={LABEL}={run}"]
        listed = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT_S)
        if ids := listed.stdout.split():
            subprocess.run([*docker, "rm", "-f", "-v", *ids], check=False, capture_output=True, timeout=TIMEOUT_S)


def remove_seconds(place: Place) -> None:
    """Removes the data of second BuildKits that run no more."""
    alive = {name for _, name in daemons.processes(place)}
    for directory in place.lab.glob("second-*"):
        if f"buildkitd-{directory.name}" not in alive:
            for point in down.mounts(place):
                if Path(point).is_relative_to(directory):
                    down.unmount(point)
            shutil.rmtree(directory, ignore_errors=True)
            (place.lab / f"buildkitd-{directory.name}.toml").unlink(missing_ok=True)
            (place.run / f"buildkitd-{directory.name}.sock").unlink(missing_ok=True)


def remove_cluster(place: Place) -> None:
    """Removes what a cluster that runs no more has left on this machine."""
    if kube.data(place).exists() and not daemons.find_daemon(place, kube.NAME):
        kube.end(place)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
