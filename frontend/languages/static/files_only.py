"""A site that nothing builds: its files are in the source."""

from frontend.context.tree import SourceTree
from frontend.languages.static import own, unbuilt
from frontend.languages.static.detection import PAGES
from frontend.languages.static.site import Site, served
from frontend.plan.model import Evidence, Plan
from frontend.settings.model import Settings


def plan(tree: SourceTree, settings: Settings, app: str) -> Plan:
    """The plan of the site in a directory of the context. Raises PlanError where there is no page to serve."""
    here = tree.under(app)
    page = here.first(*PAGES) or PAGES[0]
    directory, at = page.rpartition("/")[0], here.at(page, 1) if here.has(page) else None
    if settings.output_dir is not None:
        directory, at = settings.output_dir.value, settings.output_dir.at
    asked = settings.language is not None or settings.output_dir is not None
    warnings = () if asked or directory else unbuilt.beside(here)
    evidence = (Evidence("site", "files as they are", at),)
    return served(
        tree,
        settings,
        app,
        Site("the app", "", (directory,), at),
        wishes=own.read(tree, settings, app),
        evidence=evidence,
        warnings=warnings,
    )
