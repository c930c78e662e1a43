"""Sites that Zola makes. The program is that of its own image: Debian has no package of it.

Sources: https://www.getzola.org/documentation/getting-started/configuration/,
https://www.getzola.org/documentation/deployment/docker-image/
"""

import re

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.static import hugo
from frontend.languages.static.site import BASE, Site, served
from frontend.paths import joined, within
from frontend.plan.model import Evidence, FromContext, FromImage, ImageRef, Plan, Step, ToolVersion
from frontend.settings.model import Settings

CONFIGS = ("config.toml", "zola.toml")
IMAGE = "ghcr.io/getzola/zola"
VERSION = "0.21.0"
PROGRAM = "/bin/zola"
BASE_URL = re.compile(r"""^\s*base_url\s*=\s*["']([^"']*)["']""", re.MULTILINE)
OUTPUT = re.compile(r"""^\s*output_dir\s*=\s*["']([\w./-]+)["']""", re.MULTILINE)
THEME = re.compile(r"""^\s*theme\s*=\s*["']([\w./-]+)["']""", re.MULTILINE)


def config(tree: SourceTree) -> str | None:
    """The configuration of a Zola site in the root of a tree: it has a `base_url`, as no other's; None for none.

    Without one, as where it is cut off, it is Zola's beside the directories of its pages and templates.
    """
    found = [name for name in CONFIGS if tree.has(name)]
    with_url = (name for name in found if BASE_URL.search(tree.read_text(name) or ""))
    own = found[:1] if tree.is_dir("content") and tree.is_dir("templates") else []
    return next(iter((*with_url, *own)), None)


def plan(tree: SourceTree, settings: Settings, app: str, name: str) -> Plan:
    """The plan of the site with a configuration in a directory of the context. Raises PlanError for a theme that is not
    there, SourceError for a configuration that cannot be read."""
    here = tree.under(app)
    if not (here.read_toml(name) or {}).get("base_url"):
        hint = (
            'add base_url = "https://example.org": https://www.getzola.org/documentation/getting-started/configuration/'
        )
        raise PlanError(f"{name} has no base_url, which Zola requires", at=here.at(name, 1), hint=hint)
    text = here.read_text(name) or ""
    if theme := THEME.search(text):
        hugo.check_theme(here, name, within("themes", theme[1]))
    url, output = BASE_URL.search(text), OUTPUT.search(text)
    host, _, path = (url[1] if url else "").partition("://")[2].partition("/")
    stand_in = any(word in host.casefold() for word in hugo.STAND_INS)
    at = here.line_of(name, "base_url")
    options = ("--base-url", "/") if stand_in else ()
    named = ("--config", name) if name != CONFIGS[0] else ()
    build = Step(
        "build",
        ImageRef(BASE),
        "the site is made by Zola",
        inputs=(FromImage(f"{IMAGE}:v{VERSION}", PROGRAM, to="/usr/local/bin/zola"), FromContext(root=app)),
        run=(hugo.command(settings, ("zola", *named, "build", *options), at, fetches=True),),
    )
    base = joined("", path) if not stand_in else ""
    directory = joined("", output[1]) if output else "public"
    return served(
        tree,
        settings,
        app,
        Site("Zola", build.name, (f"/app/{directory}",), at, base=f"/{base}" if base else ""),
        steps=(build,),
        evidence=(Evidence("site", f"made by Zola ({name})", at),),
        versions=(ToolVersion("zola", VERSION),),
    )
