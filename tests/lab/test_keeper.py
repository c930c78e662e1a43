"""A verb of `make` that is killed leaves nothing behind: it is started, killed, and looked for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.lab import daemons
from tests.lab.place import ROOT

# A verb whose child runs in a session of its own with a child of its own, and whose thread starts a program again and
# again while the verb goes on.
VERB = """
import os, subprocess, sys, tempfile, threading, time
from tests.lab import keeper, place
keeper.PATIENCE_S = 0.3
keeper.here = lambda: place.Place(place.Path(sys.argv[1]), place.Path(sys.argv[1]))
def again():
    subprocess.run(["sleep", "1000"])
    while sys.argv[2] == "wait":
        subprocess.run(["sleep", "1000"])
def work():
    subprocess.Popen(["sh", "-c", "trap '' TERM; sleep 1000 & sleep 1000"], start_new_session=True)
    threading.Thread(target=again, daemon=sys.argv[2] != "wait").start()
    print(os.environ["MIGETPACKS_RUN"], tempfile.mkdtemp(), flush=True)
    if sys.argv[2] == "wait":
        time.sleep(1000)
    if sys.argv[2] == "fail":
        raise keeper.LabError("no network", part="download of yarn")
    return 7
os._exit(keeper.door("the demo", work))
"""


def verb(tmp_path: Path, what: str) -> "tuple[subprocess.Popen[str], str, Path]":
    """A verb that has begun: its process, its run's id, its directory of temporary files."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MIGETPACKS_RUN", "MAKELEVEL")}
    command = [sys.executable, "-c", VERB, str(tmp_path), what]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    run, scratch = process.stdout.readline().split()
    return process, run, Path(scratch)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """A verb's exit status and what it said last. Its pipes may be held by what it has started."""
    status = process.wait(timeout=60)
    assert process.stderr is not None
    assert process.stdout is not None
    told = process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    return status, told


def left(runs: list[tuple[str, Path]]) -> list[object]:
    """What is left of some runs, in the end."""
    until = time.monotonic() + 30
    while True:
        found: list[object] = [one for run, _ in runs for one in daemons.marked("MIGETPACKS_RUN", run)]
        found += [scratch for _, scratch in runs if scratch.exists()]
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.05)


def test_a_killed_verb_leaves_nothing(tmp_path: Path) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
    verbs = [verb(tmp_path, "wait") for _ in numbers]
    for (process, run, _), number in zip(verbs, numbers, strict=True):
        assert len(list(daemons.marked("MIGETPACKS_RUN", run))) >= 3
        process.send_signal(number)
    answers = [ended(process) for process, _, _ in verbs]
    assert [status for status, _ in answers] == [130, 143, 129, -signal.SIGKILL]
    assert not any("Traceback" in told for _, told in answers)
    assert left([(run, scratch) for _, run, scratch in verbs]) == []


def test_a_verb_that_ends_leaves_nothing(tmp_path: Path) -> None:
    verbs = [verb(tmp_path, what) for what in ("end", "fail")]
    line = "error: download of yarn: no network\nhint: run it again: what is done is kept\n"
    assert [ended(process) for process, _, _ in verbs] == [(7, ""), (1, line)]
    assert left([(run, scratch) for _, run, scratch in verbs]) == []
