"""The runtime page's requirements on built images in a real Docker Engine, and the page of the documentation."""

import pytest

from tests.conformance.page import FAILS, PAGE, Row, table, walk
from tests.lab.api import Lab

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("hardened_bases")]


@pytest.fixture(scope="module")
def rows(lab: Lab) -> list[Row]:
    return walk(lab)


def test_every_requirement_holds_where_the_page_asks_it(rows: list[Row]) -> None:
    assert [(row.id, where) for row in rows for where, found in row.found.items() if found == FAILS] == []


def test_the_page_shows_what_was_found(rows: list[Row]) -> None:
    assert table(rows) in PAGE.read_text(), "run `make conformance`"
