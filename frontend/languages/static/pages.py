"""The first page of a site whose files are in the source."""

import re
from collections.abc import Iterator, Sequence

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.static import unbuilt
from frontend.paths import joined, within
from frontend.plan.model import Warning

PAGE = "index.html"
# the entry of a page that a bundler reads: no browser runs it
SOURCE = re.compile(r"""<script\b[^>]*\bsrc=["']?/?(?:\./)?[\w./-]+\.(?:tsx?|jsx|vue|svelte)\b""")
# what a program puts its own text for: of bundlers, Jekyll, Jinja, Twig; "---" begins what a generator reads of a page
TEMPLATE = re.compile(
    r"%PUBLIC_URL%|<%=|\{\{-?\s*(?:content|site\.|page\.)|\{%-?\s*(?:include|extends|block|for|if|assign|set|load)\b"
)
FRONT_MATTER = "---"
# a style or a script of the site's own: what begins with a scheme or "//", or has what a program replaces, is none
LINKED = re.compile(
    r"""<(?:link|script)\b[^>]*?\b(?:href|src)=["']?(?![\w+.-]*:|//)([^"'?#\s>{}<]+\.(?:css|js|mjs))(?=["'?#\s>])"""
)
MODULES = "node_modules/"
HINT = "add the package.json or the configuration of what builds it; if it is built elsewhere, commit its output"


def is_finished(here: SourceTree, directory: str) -> bool:
    """Whether a directory has a page that no build has to make."""
    rows = here.read_lines(within(directory, PAGE))
    return rows is not None and next(sources(rows), None) is None


def sources(rows: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines of a page that a build replaces, by number, and what of them says so."""
    if rows and rows[0].rstrip() == FRONT_MATTER:
        yield 1, FRONT_MATTER
    for number, row in enumerate(rows, 1):
        found = SOURCE.search(row) or TEMPLATE.search(row)
        if found:
            yield number, found[0]


def check(here: SourceTree, directory: str, at: Location | None) -> None:
    """Raises PlanError for a directory without a page, and for one whose page is the source of one; DetectionError
    where that is a generator's which nothing installs."""
    page = within(directory, PAGE)
    here.need(page)
    if not here.has(page):
        where = f"the directory {directory}" if directory else "the app"
        raise PlanError(f"{where} has no {PAGE} to serve, and nothing builds one", at=at, hint=f"looked for {page}")
    for number, found in sources(here.read_lines(page) or ()):
        unbuilt.check(here)
        message = f"{page} is the source of a page, which a build has to make: {found[:60]}"
        raise PlanError(message, at=here.at(page, number), hint=HINT)


def in_other_encoding(here: SourceTree, directory: str) -> tuple[Warning, ...]:
    """The doubt about a page that is not UTF-8: Caddy says that all pages are, and browsers take its word, not that of
    the page's `<meta charset>`. Source: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
    """
    page = within(directory, PAGE)
    data = here.read_bytes(page) if here.has(page) else None
    try:
        (data or b"").decode()
    except UnicodeDecodeError:
        pass
    else:
        return ()
    told = f"{page} is not UTF-8, but pages are served as UTF-8: its accented letters are shown as \ufffd"
    hint = "save the pages as UTF-8, and correct their <meta charset>"
    return (Warning("page-encoding", told, here.at(page, 1), hint),)


def not_there(here: SourceTree, directory: str) -> tuple[Warning, ...]:
    """The doubt about styles and scripts that a page names, and that are not in the source: nothing makes them."""
    page = within(directory, PAGE)
    rows = here.read_lines(page) if here.has(page) else None
    named = {
        path: number
        for number, row in enumerate(rows or (), 1)
        for one in LINKED.findall(row)
        if MODULES not in one and "%" not in one and is_inside(path := joined(directory, one.lstrip("/")), directory)
    }
    here.need(*named)
    missing = [path for path in named if not here.has(path)]
    if not missing:
        return ()
    told = f"{page} names files that are not in the source, and nothing makes them: {', '.join(missing)}"
    hint = 'add a "build" script that makes them to package.json, or commit them'
    return (Warning("page-files", told, here.at(page, named[missing[0]]), hint),)


def is_inside(path: str, directory: str) -> bool:
    """Whether a path is below a directory."""
    return not directory or path.startswith(f"{directory}/")
