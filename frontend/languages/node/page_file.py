"""Whether a file is the code of a page: a browser runs it, and no server."""

import re

from frontend.context.tree import SourceTree
from frontend.paths import within

PAGE = "index.html"
LISTENS = re.compile(r"\b(?:listen|serve|createServer|start)\s*\(")
SERVES = re.compile(r"\b(?:listen|createServer)\s*\(|\bmodule\.exports\b|\bprocess\.env\b")
# an import of what renders to the page of a browser, or of a file that only a bundler reads
BROWSER = re.compile(
    r"""^\s*import\s(?:[^'";]*\sfrom\s*)?['"](?:vue|react-dom(?:/client)?|svelte|solid-js/web|preact|inferno"""
    r"""|@angular/platform-browser(?:-dynamic)?|[^'"]+\.(?:css|scss|sass|less|styl|vue|svelte))['"]""",
    re.MULTILINE,
)
DOCUMENT = re.compile(r"(?<![\w$.])(?:document|window)\.[a-zA-Z]")


def is_of_page(tree: SourceTree, path: str) -> bool:
    """Whether a file is the code of a page: it puts components on the page or imports a stylesheet, for a bundler, or
    the page beside it loads it or is what it works on; and it listens on nothing."""
    text = tree.glance(path)
    if BROWSER.search(text):
        return not LISTENS.search(text)
    dir, _, name = path.rpartition("/")
    page = within(dir, PAGE)
    if SERVES.search(text) or not tree.has(page):
        return False
    from frontend.languages.node.imports import top_level

    if any(one.name[0] not in "./" and "://" not in one.name for one in top_level(text)):
        return False  # a package, or a module of Node.js
    loads = re.compile(rf"""<script\b[^>]*\bsrc\s*=\s*["']?(?:\./|/)?{re.escape(name)}["'?\s>]""", re.IGNORECASE)
    return DOCUMENT.search(text) is not None or loads.search(tree.glance(page)) is not None
