"""What the app's files say of how it is served: Caddyfile, Staticfile, static.json, _redirects, _headers; then what
they tell other hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.static.rules import Headers, Redirect
from frontend.paths import within
from frontend.plan.model import Evidence, Warning

if TYPE_CHECKING:
    from frontend.languages.static.site import Site
    from frontend.settings.model import Settings

CADDYFILE, STATICFILE, STATIC_JSON = "Caddyfile", "Staticfile", "static.json"
# where frameworks keep the files that they copy to the root of the site as they are
PUBLIC = ("", "public", "static", "src", "assets", "wwwroot")
REDIRECTS, HEADERS = "_redirects", "_headers"
PUBLISHED = "staticwebapp.config.json"  # which its host reads in the site too
HOSTS = ("netlify.toml", "vercel.json", "firebase.json", PUBLISHED)
NGINX = tuple(  # where repositories keep the configuration of a site's nginx
    f"{directory}{name}"
    for directory in (
        "",
        "nginx/",
        "nginx/conf.d/",
        "docker/",
        "docker/nginx/",
        ".nginx/",
        "conf/",
        "config/",
        "deploy/",
    )
    for name in ("nginx.conf", "default.conf", "nginx.conf.template", "default.conf.template", "nginx.conf.erb")
)


class Wishes(Struct, frozen=True):
    """How the app's own files want the site to be served.

    `caddyfile` is where its own Caddyfile is, which takes the place of ours; None for none. `root` is the directory of
    the site that a file names at `root_at`, "" for none; `fallback` the page for all paths that nothing is at, "" for
    none, `but` are patterns of paths that it is not for. `slash` is "never" where the address of a directory has no "/"
    at its end. `missing` is the page for an error 404. `browse` lists directories, `https` redirects what came to a
    proxy without TLS.
    """

    caddyfile: Location | None = None
    root: str = ""
    root_at: Location | None = None
    fallback: str = ""
    but: tuple[str, ...] = ()
    slash: str = ""
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


def read(tree: SourceTree, settings: Settings, app: str) -> Wishes:
    """The wishes of the files of the app in a directory. Raises PlanError at a line that means nothing, SourceError for
    one that is no text.

    A file of another host that stands in the root of the context is for the app too.
    """
    here = tree.under(app)
    files = tuple("/".join(filter(None, (dir, name))) for name in (REDIRECTS, HEADERS) for dir in PUBLIC)
    here.need(CADDYFILE, STATICFILE, STATIC_JSON, *files)
    if here.has(CADDYFILE):
        return with_caddyfile(here)
    redirects = here.first(*files[: len(PUBLIC)])
    headers = here.first(*files[len(PUBLIC) :])
    names = (here.first(STATICFILE), here.first(STATIC_JSON), redirects, headers)
    found = Wishes()
    if any(names):
        from frontend.languages.static import files as formats

        readers = (formats.staticfile, formats.static_json, formats.redirects, formats.headers)
        for name, reader in zip(names, readers, strict=True):
            if name is not None:
                found = reader(here, name, found)
                told = Evidence("server", f"{name} says how the site is served", here.at(name, 1))
                found = structs.replace(found, evidence=(*found.evidence, told))
    return with_hosts(tree.unfiltered(), found, app) if settings.deploy_files else found


def with_hosts(tree: SourceTree, wishes: Wishes, app: str) -> Wishes:
    """The wishes with what files tell other hosts: those of the app's directory go before those of the root, and those
    that are copied to the site before both."""
    copied = tuple(f"{dir}/{PUBLISHED}" for dir in PUBLIC if dir)
    tree.under(app).need(*copied, *HOSTS, *NGINX)
    inner = tree.under(app).first(*copied)
    public = (within(app, inner.rpartition("/")[0]),) if inner is not None else ()
    for here in (tree.under(dir) for dir in dict.fromkeys((*public, app, ""))):
        here.need(*HOSTS, *NGINX)
        if here.first(*HOSTS) is not None:
            from frontend.languages.static import hosts

            wishes = hosts.told(here, wishes)
        if here.first("Dockerfile", *NGINX) is not None:
            from frontend.languages.static import nginx

            wishes = nginx.told(here, wishes)
    return wishes


def with_caddyfile(tree: SourceTree) -> Wishes:
    """The app's own Caddyfile, with a doubt about one that does not listen on PORT."""
    at = tree.at(CADDYFILE, 1)
    warnings: tuple[Warning, ...] = ()
    if "PORT" not in (tree.read_text(CADDYFILE) or ""):
        message = "the Caddyfile does not read PORT: a platform that sets it finds nothing there"
        warnings = (Warning("caddyfile-port", message, at, "begin the site's block with :{$PORT:5000}"),)
    return Wishes(caddyfile=at, evidence=(Evidence("server", "the app's own Caddyfile", at),), warnings=warnings)
