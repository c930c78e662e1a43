"""What the app's own files say of how it is served: Caddyfile, Staticfile, static.json, _redirects, _headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.static.rules import Headers, Redirect
from frontend.plan.model import Evidence, Warning

if TYPE_CHECKING:
    from frontend.languages.static.site import Site

CADDYFILE, STATICFILE, STATIC_JSON, NGINX = "Caddyfile", "Staticfile", "static.json", ("nginx.conf", "nginx.conf.erb")
# where frameworks keep the files that they copy to the root of the site as they are
PUBLIC = ("", "public", "static", "src", "assets")
REDIRECTS, HEADERS = "_redirects", "_headers"


class Wishes(Struct, frozen=True):
    """How the app's own files want the site to be served.

    `caddyfile` is where its own Caddyfile is, which takes the place of ours; None for none. `root` is the directory of
    the site that a file names at `root_at`, "" for none; `fallback` the page for all paths that nothing is at, "" for
    none. `missing` is the page for an error 404. `browse` lists directories, `https` redirects what came to a proxy
    without TLS.
    """

    caddyfile: Location | None = None
    root: str = ""
    root_at: Location | None = None
    fallback: str = ""
    missing: str = "404.html"
    browse: bool = False
    https: bool = False
    redirects: tuple[Redirect, ...] = ()
    headers: tuple[Headers, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    warnings: tuple[Warning, ...] = ()

    def of_site(self, site: Site) -> Site:
        """A site as they want it."""
        if self.fallback:
            site = structs.replace(site, fallback=self.fallback)
        if self.root:
            directory = f"/app/{self.root}" if site.step else self.root
            site = structs.replace(site, directories=(directory,), at=self.root_at)
        return site


def read(tree: SourceTree) -> Wishes:
    """The wishes of an app's files. Raises PlanError at a line that means nothing, SourceError for one that is no
    text."""
    files = tuple("/".join(filter(None, (dir, name))) for name in (REDIRECTS, HEADERS) for dir in PUBLIC)
    tree.need(CADDYFILE, STATICFILE, STATIC_JSON, *NGINX, *files)
    if tree.has(CADDYFILE):
        return with_caddyfile(tree)
    redirects = tree.first(*files[: len(PUBLIC)])
    headers = tree.first(*files[len(PUBLIC) :])
    names = (tree.first(STATICFILE), tree.first(STATIC_JSON), redirects, headers)
    if not any(names):
        return with_nginx(tree, Wishes())
    from frontend.languages.static import files as formats

    found = Wishes()
    for name, reader in zip(
        names, (formats.staticfile, formats.static_json, formats.redirects, formats.headers), strict=True
    ):
        if name is not None:
            found = reader(tree, name, found)
            told = Evidence("server", f"{name} says how the site is served", tree.at(name, 1))
            found = structs.replace(found, evidence=(*found.evidence, told))
    return with_nginx(tree, found)


def with_caddyfile(tree: SourceTree) -> Wishes:
    """The app's own Caddyfile, with a doubt about one that does not listen on PORT."""
    at = tree.at(CADDYFILE, 1)
    warnings: tuple[Warning, ...] = ()
    if "PORT" not in (tree.read_text(CADDYFILE) or ""):
        message = "the Caddyfile does not read PORT: a platform that sets it finds nothing there"
        warnings = (Warning("caddyfile-port", message, at, "begin the site's block with :{$PORT:5000}"),)
    return Wishes(caddyfile=at, evidence=(Evidence("server", "the app's own Caddyfile", at),), warnings=warnings)


def with_nginx(tree: SourceTree, wishes: Wishes) -> Wishes:
    """The wishes, with a note that a configuration of nginx is not used."""
    name = tree.first(*NGINX)
    if name is None:
        return wishes
    message = f"{name} is not used: the site is served by Caddy"
    hint = "write what it needs in a Caddyfile, or in _redirects and _headers"
    return structs.replace(wishes, warnings=(*wishes.warnings, Warning("nginx-conf", message, tree.at(name, 1), hint)))
