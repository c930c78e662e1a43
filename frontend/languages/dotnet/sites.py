"""Blazor WebAssembly that no project of the repository serves: what is published of it is a site.

Source: https://learn.microsoft.com/aspnet/core/blazor/host-and-deploy/webassembly
"""

import re

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import sources, steps
from frontend.languages.dotnet.facts import Facts
from frontend.languages.dotnet.web_root import ROOT
from frontend.languages.static.site import Site, configured, served
from frontend.paths import joined, within
from frontend.plan.model import Evidence, Plan

PAGE = "index.html"
BASE = re.compile(r"""<base\s[^>]*?\bhref\s*=\s*["']/([^"':]*)["']""", re.IGNORECASE)
# below a path that the project sets (StaticWebAssetBasePath); and where the previews of .NET Core 3.0 put it
PLACES = tuple(f"{steps.OUTPUT}/{place}" for place in (ROOT, f"{ROOT}/*", "*/dist"))


def plan(tree: SourceTree, facts: Facts, app: str) -> Plan:
    """The plan of the site that a project is published as, for the app in a directory. Files that say how it is served
    are those beside the project, a Caddyfile in the app's directory too. Raises PlanError for a line of these."""
    directory = facts.project.directory
    place = configured(tree, directory, app)
    path = within(directory, f"{ROOT}/{PAGE}")
    base = BASE.search(sources.text(tree, path))
    below = joined("", base[1].rpartition("/")[0]) if base is not None else ""
    at = sources.line_of(tree, path, "<base")
    why = Evidence("site", f"{facts.project.path} is Blazor WebAssembly, which browsers run", at)
    return served(
        tree,
        facts.settings,
        place,
        Site("dotnet publish", steps.PUBLISH, PLACES, at, fallback=PAGE, base=f"/{below}" if below else ""),
        steps=steps.steps(facts, facts.settings),
        versions=facts.versions,
        evidence=(*facts.evidence, why),
        warnings=facts.warnings,
    )
