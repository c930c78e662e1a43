"""Sites that Hugo makes. The program is Debian's package: there is no official image on Docker Hub.

Sources: https://gohugo.io/getting-started/directory-structure/, https://gohugo.io/configuration/all/
"""

import re
from collections.abc import Iterator
from typing import Any

from frontend.commands import process
from frontend.commands.script import exec_form
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.static.site import BASE, Site, served
from frontend.paths import joined
from frontend.plan.model import Evidence, Exec, FromContext, ImageRef, Plan, Step, Warning
from frontend.settings.model import Settings
from frontend.texts import yaml_root

OWN = (
    *(f"hugo.{end}" for end in ("toml", "yaml", "yml", "json")),
    "config/_default/hugo.toml",
    "config/_default/hugo.yaml",
)
DIRECTORIES = ("layouts", "archetypes", "themes")
SHARED = ("config.toml", "config.yaml", "config.yml", "config/_default/config.toml")  # other tools have these too
BASE_URL = re.compile(r"""^\s*"?base_?url"?\s*[=:]\s*["']?([^"'\s,]+)""", re.IGNORECASE | re.MULTILINE)
PUBLISH = re.compile(r"""^\s*"?publishDir"?\s*[=:]\s*["']?([\w./-]+)""", re.IGNORECASE | re.MULTILINE)
STAND_INS = ("example.org", "example.com", "localhost", "yoursite", "mynewhugosite")  # nobody's own host
NODE_MANIFEST = "package.json"
STYLES = re.compile(r'"(postcss-cli|tailwindcss|@tailwindcss/cli|@babel/cli)"\s*:')
MODULES = ("golang-go", "git", "ca-certificates")  # what Hugo gets modules with


def config(tree: SourceTree) -> str | None:
    """The configuration of a Hugo site in the root of a tree; None for none. `base_url` with a "_" is Zola's.

    One without an address is Hugo's where the directories are, and no `templates`, which are Zola's.
    """
    own = tree.first(*OWN)
    if own is not None:
        return own
    name = tree.first(*SHARED)
    if name is None:
        return None
    found = BASE_URL.search(tree.read_text(name) or "")
    if found:
        return name if "_" not in found[0].partition("rl")[0] else None
    hugos = tree.is_dir("content") and any(map(tree.is_dir, DIRECTORIES)) and not tree.is_dir("templates")
    return name if hugos else None


def content(here: SourceTree, name: str) -> dict[str, Any]:
    """What a configuration says. Raises SourceError, with the line, for one that cannot be read."""
    if name.endswith(".toml"):
        found: Any = here.read_toml(name)
    elif name.endswith(".json"):
        found = here.read_json(name)
    else:
        yaml_root(here.at(name).file, here.read_text(name) or "")
        found = here.read_yaml(name)
    return found if isinstance(found, dict) else {}


def setting(data: dict[str, Any], key: str) -> Any:
    """What a configuration gives a key, which may be of any case; None where it does not."""
    return next((value for name, value in data.items() if str(name).casefold() == key), None)


def themes(data: dict[str, Any]) -> tuple[str, ...]:
    """The directories of the themes that a configuration names."""
    named = setting(data, "theme")
    names = named if isinstance(named, list) else [named]
    place = str(setting(data, "themesdir") or "themes")
    return tuple(joined("", f"{place}/{name}") for name in names if isinstance(name, str) and name)


def plan(tree: SourceTree, settings: Settings, app: str, name: str) -> Plan:
    """The plan of the site with a configuration in a directory of the context. Raises PlanError for a theme that is not
    there, SourceError for a configuration that cannot be read."""
    here = tree.under(app)
    data = content(here, name)
    text = here.read_text(name) or ""
    chosen = themes(data) if not here.has("go.mod") else ()
    for directory in chosen:
        check_theme(here, name, directory)
    url, publish = BASE_URL.search(text), PUBLISH.search(text)
    host, _, path = (url[1] if url else "").partition("://")[2].partition("/")
    stand_in = any(word in host.casefold() for word in STAND_INS)
    at = here.at(name, 1)
    modules = MODULES if here.has("go.mod") else ()
    directory = joined("", publish[1]) if publish else "public"
    before = (directory,) if directory and settings.build_command is None else ()  # pages that Hugo would leave there
    from frontend.languages.static import hugo_version

    build = Step(
        "build",
        ImageRef(BASE),
        "the site is made by Hugo",
        packages=("hugo", *modules),
        inputs=(FromContext(root=app, exclude=before),),
        run=(command(settings, ("hugo", *(("--baseURL", "/") if stand_in else ())), at, fetches=bool(modules)),),
    )
    base = joined("", path) if not stand_in else ""
    return served(
        tree,
        settings,
        app,
        Site("Hugo", build.name, (f"/app/{directory}",), at, base=f"/{base}" if base else ""),
        steps=(build,),
        evidence=(Evidence("site", f"made by Hugo ({name})", at),),
        warnings=(*hugo_version.doubts(here, name, data, chosen), *unstyled(here, settings)),
    )


def unstyled(here: SourceTree, settings: Settings) -> Iterator[Warning]:
    """The warning for programs of Node.js that Hugo runs to make styles, where nothing of the build has them.

    Source: https://gohugo.io/functions/css/postcss/
    """
    lines = here.glance(NODE_MANIFEST).splitlines() if settings.build_command is None else ()
    found = next(((number, one[1]) for number, row in enumerate(lines, 1) if (one := STYLES.search(row))), None)
    if found is not None:
        message = f"Hugo may run {found[1]} for the styles of this site, but its build has no Node.js"
        hint = 'set the build-args BUILD_PACKAGES=npm and BUILD_COMMAND="npm ci && hugo --minify"'
        yield Warning("site-tools", message, here.at(NODE_MANIFEST, found[0]), hint)


def command(settings: Settings, own: tuple[str, ...], at: Location, *, fetches: bool) -> Exec:
    """The program that makes the site: the user's command, else the generator's own."""
    build = settings.build_command
    if build is None:
        return Exec(own, " ".join(own), fetches=fetches, at=at)
    form = exec_form(process.of_setting("build_command", build))
    return Exec(form.with_env, build.value, fetches=True, at=build.at)


def check_theme(here: SourceTree, name: str, directory: str) -> None:
    """Raises PlanError for a theme whose directory is empty: a git submodule that was not fetched. The configuration
    `name` names it."""
    here.need_entries(directory.rpartition("/")[0], directory)
    if directory and not here.entries(directory):
        theme = directory.rpartition("/")[2]
        raise PlanError(
            f"the theme {theme} is not in {directory}",
            at=theme_line(here, name, theme),
            hint="fetch it before the build: git submodule update --init",
        )


def theme_line(here: SourceTree, name: str, theme: str) -> Location:
    """Where a configuration names a theme, as a value or in a list."""
    found = re.search(rf"\btheme\b[^#]*?(?<![\w.-]){re.escape(theme)}\b", here.read_text(name) or "", re.IGNORECASE)
    return here.at(name, found.string.count("\n", 0, found.end()) + 1 if found else 1)
