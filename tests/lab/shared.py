"""Files that several threads, processes and checkouts may make at the same time, and work that is tried again.

A file or directory appears under its name when it is whole: it is made under a name of its own beside it, and renamed.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.lab.place import LabError, locked

ATTEMPTS = 4
PAUSE_S = 1.0  # before the second attempt; doubled before each further one
SUFFIX = ".part"
# What a network, a disk or a program that is killed may do at any time, and may not do the next time.
FAILURES = (LabError, OSError, http.client.HTTPException, subprocess.SubprocessError)
Made = TypeVar("Made")


class FinalError(LabError):
    """A failure that another attempt will not mend, or that enough attempts were made at."""


def tried(part: str, work: Callable[[], Made], *, attempts: int = ATTEMPTS) -> Made:
    """What `work` makes, tried again with growing pauses when it fails.

    Raises FinalError naming the part, after the last attempt or the first FinalError.
    """
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except FAILURES as error:
            if attempt == attempts or isinstance(error, FinalError):
                raise named(error, part, f" ({attempt} attempts)" if attempt > 1 else "") from error
        time.sleep(PAUSE_S * 2 ** (attempt - 1) * random.uniform(0.75, 1.25))
    raise AssertionError("the last attempt returns or raises")


def named(error: Exception, part: str, note: str = "") -> FinalError:
    """A failure as that of a part. One that names a part keeps it: the innermost says most."""
    if isinstance(error, LabError):
        note = "" if error.part else note
        return FinalError(error.why + note, part=error.part or part, output=error.output, hint=error.hint)
    return FinalError((str(error) or type(error).__name__) + note, part=part)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to make `target` at, which takes its place when the block ends, and is gone when the block raises.

    Nothing is at the path yet: the block makes a file or a directory there. A directory does not replace another.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{target.name[:64]}.", suffix=SUFFIX, dir=target.parent))
    room.chmod(0o755)  # apt downloads as another user
    try:
        yield room / target.name
        (room / target.name).replace(target)
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def making(target: Path) -> Iterator[Path | None]:
    """As `replacing`, by one at a time in all processes of this machine; None when `target` is there already."""
    with locked(target.parent / ".locks" / target.name):
        if target.exists():
            yield None
            return
        for left in target.parent.glob(f".{target.name[:64]}.*{SUFFIX}"):  # of a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        with replacing(target) as partial:
            yield partial


def write_text(target: Path, text: str) -> None:
    """Writes a file that others read at any time: they find the old content or the new one."""
    with replacing(target) as partial:
        partial.write_text(text)


def ran(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Runs a program; what it printed. Raises LabError, with the end of that, when it fails."""
    name = os.path.basename(command[0])
    try:
        done = subprocess.run(
            command, check=False, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise FinalError(f"cannot run {name}: {error.strerror or error}") from error
    if done.returncode:
        raise LabError(f"{name} failed with exit status {done.returncode}", output=done.stdout[-3000:])
    return done.stdout
