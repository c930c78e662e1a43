"""What says that a directory is a site without a server."""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.languages.registry import STATIC
from frontend.languages.static import hugo, zola
from frontend.plan.model import Evidence

CERTAIN = ("Staticfile", "static.json")
PAGES = ("index.html", "public/index.html")
OTHERS = ("index.php",)  # a page of these is a part of a program that is none of ours


def detect(tree: SourceTree) -> Detected | None:
    """A Staticfile is as strong as a manifest, a page counts where nothing else is: apps of every language have one.

    A package.json beside a Staticfile may make the site, whose page is then not built yet: it goes first if it can.
    """
    config = hugo.config(tree)
    if config is not None:
        return Detected(3, Evidence("Hugo", config, tree.at(config, 1)))
    made = zola.config(tree)
    if made is not None:
        return Detected(2, Evidence("Zola", made, tree.at(made, 1)))
    name = tree.first(*CERTAIN)
    if name is not None:
        return Detected(1 if tree.has("package.json") else 2, Evidence(STATIC.title, name, tree.at(name, 1)))
    page = tree.first(*PAGES)
    if page is None or tree.first(*OTHERS):
        return None
    return Detected(-1, Evidence(STATIC.title, page, tree.at(page, 1)))
