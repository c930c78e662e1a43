"""The runtime page's requirements on built images in a real Docker Engine, and the page of the documentation.

The languages are those that the runtime page names, where MIGETPACKS_APPS=all (`make e2e-all`) all of them.
"""

import os

import pytest

from tests.conformance.page import FAILS, PAGE, Row, shown, told, walk
from tests.conformance.subject import LANGUAGES, PAGE_LANGUAGES
from tests.lab.api import Lab

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("hardened_bases")]


@pytest.fixture(scope="module")
def rows(lab: Lab) -> list[Row]:
    return walk(lab, LANGUAGES if os.environ.get("MIGETPACKS_APPS") == "all" else PAGE_LANGUAGES)


def test_every_requirement_holds_where_the_page_asks_it(rows: list[Row]) -> None:
    assert [(row.id, where) for row in rows for where, found in row.found.items() if found == FAILS] == []


def test_the_page_shows_what_was_found(rows: list[Row]) -> None:
    page = told(PAGE.read_text())
    assert list(page) == [row.id for row in rows], "run `make conformance`"
    for row in rows:
        found = {where: shown(found) for where, found in row.found.items()}
        assert {where: page[row.id].get(where) for where in found} == found, "run `make conformance`"
