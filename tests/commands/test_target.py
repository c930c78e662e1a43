"""An image for one of an app's processes."""

import pytest

from frontend.commands.target import of_process
from frontend.errors import Location, OptionError
from frontend.plan.model import Command, Plan, Process, Runtime, Warning
from tests.errors import fails

DOUBT = Warning("a", "b")
AT = Location("Procfile", 2)
WEB = Process("web", ("puma",))
WORKER = Process("worker", ("env", "B=2", "sidekiq"), at=AT)


def plan(*processes: Process) -> Plan:
    return Plan(
        "ruby", Runtime("ruby:3.4", (), (WEB, *processes), env=(("A", "1"), ("B", "1"))), warnings=(DOUBT, DOUBT)
    )


def test_it_starts_that_process_with_its_variables_in_the_image() -> None:
    found = of_process(plan(WORKER), "worker")
    assert found.runtime.processes == (Process("worker", ("sidekiq",), at=AT),)
    assert found.runtime.env == (("A", "1"), ("B", "2"))
    assert found.evidence[-1].at == AT
    assert found.warnings == (DOUBT,)


def test_only_web_exposes_the_port() -> None:
    assert plan(WORKER).runtime.ports == ("5000/tcp",)
    assert of_process(plan(WORKER), "web").runtime.ports == ("5000/tcp",)
    assert of_process(plan(WORKER), "worker").runtime.ports == ()


def test_candidates_lose_the_same_variables() -> None:
    worker = Process("worker", ("env", "B=2", "a"), otherwise=(Command(("env", "B=2", "b")),))
    found = of_process(plan(worker), "worker").runtime.processes[0]
    assert (found.args, found.otherwise[0].args) == (("a",), ("b",))


def test_candidates_with_different_variables_stay_as_they_are() -> None:
    worker = Process("worker", ("env", "B=2", "a"), otherwise=(Command(("b",)),))
    assert of_process(plan(worker), "worker").runtime.processes == (worker,)


def test_a_shell_stays_as_it_is() -> None:
    worker = Process("worker", ("/bin/sh", "-c", "exec env B=$A b"), shell=True)
    assert of_process(plan(worker), "worker").runtime.processes == (worker,)


@pytest.mark.parametrize(("name", "meant"), [("Worker", "did you mean worker"), ("production", "web, worker")])
def test_a_process_that_there_is_not_is_an_error_that_lists_those_there_are(name: str, meant: str) -> None:
    with fails(OptionError, f'"{name}"', meant, "web, worker"):
        of_process(plan(WORKER), name)
