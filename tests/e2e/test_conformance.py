"""The runtime page's requirements on built images in a real Docker Engine, and the page of the documentation."""

import pytest

from tests.conformance import FAILS, HOLDS, LATER, PAGE, Row, table, walk
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def rows(lab: Lab) -> list[Row]:
    return walk(lab)


def test_no_requirement_that_is_built_fails(rows: list[Row]) -> None:
    assert [row for row in rows if FAILS in row.found.values()] == []


def test_what_this_release_promises_holds_without_exception(rows: list[Row]) -> None:
    later = [row.id for row in rows if LATER in row.found.values()]
    assert later == ["R2", *(f"R{n}" for n in range(19, 35))]
    assert all(HOLDS in row.found.values() for row in rows if row.id in ("R1", "R16", "R69", "R71", "R77", "R79"))


def test_the_page_shows_what_was_found(rows: list[Row]) -> None:
    assert table(rows) in PAGE.read_text(), "run `make conformance`"
