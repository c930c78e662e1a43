"""Background jobs of Python apps: an image of the worker alone, started on a read-only root, does a job and ends."""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest

from tests.e2e.apps import APPS, build, started
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

GRACE_S = 30  # of Kubernetes: Celery looks for what ends it each two seconds, then ends its processes


class Worker(NamedTuple):
    """A process of a test app that works: what it writes once it runs, a command that gives it a job (none for one that
    only plans them), and what it writes when that is done."""

    app: str
    process: str
    ready: str
    asks: tuple[str, ...] = ()
    done: str = ""
    always: bool = True

    @property
    def id(self) -> str:
        """The name of its test."""
        return f"{self.app}-{self.process}"


CALL = ("celery", "-A", "tasks:queue", "call", "tasks.add", "--args=[2,3]")
SHELL = ("python", "manage.py", "shell", "-c", "from parcels.tasks import weigh; weigh(250)")
WORKERS = (
    Worker("python-celery", "worker", "ready.", CALL, "ForkPoolWorker"),
    Worker("python-celery", "beat", "beat: Starting..."),
    Worker("python-huey", "worker", "Huey consumer started", SHELL, "a parcel of 0.25 kg", always=False),
)


def chosen() -> list[Worker]:
    """The workers that are started; all of them where MIGETPACKS_APPS=all."""
    every = os.environ.get("MIGETPACKS_APPS") == "all"
    return [worker for worker in WORKERS if every or worker.always]


@pytest.mark.parametrize("worker", chosen(), ids=lambda worker: worker.id)
def test_it_does_a_job_and_ends(worker: Worker, lab: Lab, engine: Engine) -> None:
    built = build(lab, APPS / worker.app, name=worker.id, options={"target": worker.process})
    engine.docker("pull", "-q", built.reference)
    with started(engine, built.reference) as container:
        container.wait_for(worker.ready)
        assert engine.docker("exec", container.id, "id", "-u").stdout == "1000\n"
        if worker.asks:
            engine.docker("exec", container.id, *worker.asks)
            container.wait_for(worker.done)
        status, seconds = container.stop(GRACE_S)
        assert status == 0, f"{status} after {seconds:.1f} s: {container.log()}"
