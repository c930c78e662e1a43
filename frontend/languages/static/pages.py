"""The first page of a site whose files are in the source."""

import re

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.paths import within

PAGE = "index.html"
# the entry of a page that a bundler reads: no browser runs it
SOURCE = re.compile(r"""<script\b[^>]*\bsrc=["']/?(?:\./)?[\w./-]+\.(?:tsx?|jsx|vue|svelte)["']""")
TEMPLATE = re.compile(r"%PUBLIC_URL%|<%=|\{\{\s*(?:content|site\.|page\.)")
HINT = "add the package.json or the configuration of what builds it; if it is built elsewhere, commit its output"


def is_finished(here: SourceTree, directory: str) -> bool:
    """Whether a directory has a page that no build has to make."""
    rows = here.read_lines(within(directory, PAGE))
    return rows is not None and not any(SOURCE.search(row) or TEMPLATE.search(row) for row in rows)


def check(here: SourceTree, directory: str, at: Location | None) -> None:
    """Raises PlanError for a directory without a page, and for one whose page is the source of one."""
    page = within(directory, PAGE)
    here.need(page)
    if not here.has(page):
        where = f"the directory {directory}" if directory else "the app"
        raise PlanError(f"{where} has no {PAGE} to serve, and nothing builds one", at=at, hint=f"looked for {page}")
    for number, row in enumerate(here.read_lines(page) or (), 1):
        found = SOURCE.search(row) or TEMPLATE.search(row)
        if found:
            message = f"{page} is the source of a page, which a build has to make: {found[0][:60]}"
            raise PlanError(message, at=here.at(page, number), hint=HINT)
