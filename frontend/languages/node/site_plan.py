"""The plan of a site that Node.js builds: the steps of its build, and where its configuration puts what it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.node import (
    above,
    angular,
    builds,
    facts,
    front_end,
    legacy_hashes,
    locate,
    public_env,
    repository,
    site_script,
    steps,
    versions,
)
from frontend.languages.node.builds import BuildCommand
from frontend.languages.node.manifest import BUILD_SCRIPTS, Manifest, line
from frontend.languages.node.repository import Repository
from frontend.languages.node.sites import ROUTERS, Generator, NoServerError
from frontend.languages.node.start import Start
from frontend.languages.node.workspaces import Project
from frontend.languages.registry import NODE
from frontend.languages.static.site import Site, has_page, served
from frontend.paths import joined, relative, within
from frontend.plan.model import Evidence, Plan, Warning
from frontend.rules.versions import end_of_life
from frontend.settings.model import Settings

GENERAL = ("dist", "build", "out", "www")  # where a build puts a site whose configuration does not say it in plain text
# a text that is no expression, or one that is found from where the configuration is
VALUE = (
    r"""\s*[:=]\s*(?P<from>"""
    r"""(?:[\w.]*\b(?:resolve|join)\(\s*(?:__dirname|import\.meta\.dirname|process\.cwd\(\))\s*,\s*)"""
    r"""|(?:fileURLToPath\(\s*)?new URL\(\s*)?(?P<quote>['"`])(?P<text>[^'"`$\n]*)(?P=quote)"""
)


CONDITIONAL = re.compile(r"(?:&&|\?)\s*\(?\s*\{[^{}]*\Z")  # what decides on the object that a text is in


class Places(Struct, frozen=True):
    """Where a build puts a site, relative to the package or as a path of the image, and the path that it is served
    below; `at` says where."""

    directories: tuple[str, ...]
    base: str = ""
    at: Location | None = None


def plan(tree: SourceTree, settings: Settings, app: str, today: str, found: NoServerError) -> Plan:
    """The plan of the site of the app in a directory of the context. Raises BuildError."""
    here, doubts = repository.read(tree, settings, locate.locate(tree, settings, app))
    project = here.project
    home = project.inside(project.app.dir)
    commands = building(here, settings, found.generator)
    places = settled(here.tree, project.app, found, served_by(settings, project))
    hashes = facts.old_webpack(here, ()) if commands else ()
    given = dict(settings.build_env)
    public = public_env.of_build(here.tree, project.app.dir, given) if commands else public_env.PublicEnv()
    env = (*found.generator.env, *((legacy_hashes.OPTIONS,) if hashes else ()), *public.env)
    work = front_end.work_of(here.tree, project, here, commands, env)
    every = [one for one in steps.steps(here.tree, work) if one.name != steps.PRODUCTION] if commands else []
    made, missing = above.provided(tree, project, every, here.packages)
    site = Site(
        found.generator.title,
        made[-1].name if made else "",
        tuple(inside(home, one) if made else one.removeprefix(".") for one in places.directories),
        places.at or found.at,
        fallback=fallback(here, found),
        base=places.base,
        immutable=found.generator.immutable,
        hashed=found.generator.hashed if made else (),
        home=home,
    )
    late = end_of_life(versions.TITLE, versions.RELEASES, here.version, today)
    return served(
        tree,
        settings,
        within(project.root, project.app.dir),
        site,
        steps=made,
        versions=work.versions if made else (),
        evidence=(*here.why, *evidence(here, found, commands), *public.evidence),
        warnings=(
            *doubts,
            *missing,
            *builds.left_running(here, commands),
            *hashes,
            *public.warnings,
            *(angular.doubts(here.tree, project.app) if commands and found.generator.package == ANGULAR else ()),
            *(gatsby_server(here.tree, project.app) if found.generator.package == GATSBY else ()),
            *(nuxt_server(here.tree, project.app) if found.generator.package == NUXT else ()),
            *((late,) if late and made else ()),
        ),
    )


GATSBY, ANGULAR, NUXT = "gatsby", "@angular/core", "nuxt"
SCRIPTS = (".js", ".jsx", ".ts", ".tsx")
WRITES = re.compile(r"\.(?:post|put|patch|delete)\.[cm]?[jt]s$")  # a handler of requests that no file can answer


def gatsby_server(tree: SourceTree, app: Manifest) -> Iterator[Warning]:
    """The warnings for what of a Gatsby app needs its server: functions, and pages that it renders on request.

    Source: https://www.gatsbyjs.com/docs/reference/rendering-options/server-side-rendering/
    """
    hint = "the site is files alone: fetch the data in the browser, and run functions as an app of their own"
    pages = [path for dir in ("pages", "pages/*", "templates") for path in tree.glob(within(app.dir, f"src/{dir}/*"))]
    tree.need(*pages)
    for path in (one for one in pages if one.endswith(SCRIPTS)):
        rows = tree.read_lines(path) or ()
        line = next(
            (number for number, row in enumerate(rows, 1) if re.search(r"\bexport\b.*\bgetServerData\b", row)), 0
        )
        if line:
            yield Warning(
                "site-server", f"{path} is rendered by a server, which a site has not", tree.at(path, line), hint
            )
    functions = [one for one in tree.glob(within(app.dir, "src/api/*")) if one.endswith(SCRIPTS)]
    if functions:
        yield Warning("site-server", "the functions in src/api are not in the image", tree.at(functions[0], 1), hint)


def nuxt_server(tree: SourceTree, app: Manifest) -> Iterator[Warning]:
    """The warning for what answers requests in a Nuxt app that is generated: handlers of GET may be for its build.

    Source: https://nuxt.com/docs/guide/directory-structure/server#matching-http-method
    """
    dirs = [within(app.dir, f"server/{dir}{below}") for dir in ("api", "routes") for below in ("", "/*", "/*/*")]
    tree.need(*(f"{dir}/*" for dir in dirs))
    first = next((path for dir in dirs for path in tree.glob(f"{dir}/*") if WRITES.search(path)), None)
    if first is not None:
        told = f"{first}, which answers requests, is not in the image: nuxt generate makes files alone"
        yield Warning("site-server", told, tree.at(first, 1), 'for a server, write "build": "nuxt build"')


def fallback(here: Repository, found: NoServerError) -> str:
    """The page that answers for the paths of a client router; "" for a site that has none."""
    generator, app = found.generator, here.project.app
    path = here.tree.first(*(within(app.dir, file) for file in generator.files))
    text = without_comments(here.tree.read_text(path) or "") if path else ""
    named = value(text, generator.spa)
    if named is not None:
        return named["text"]
    told = next((page for pattern, page in generator.pages if re.search(pattern, text)), None)
    if told is not None:
        return told
    routes = not generator.prerenders and not ROUTERS.isdisjoint(here.dependencies)
    return "index.html" if found.router or generator.router or routes else ""


def inside(home: str, directory: str) -> str:
    """A directory of the package that is in `home`, or of the image, as a path of the image."""
    return directory if directory.startswith("/") else f"{home}/{directory}".removesuffix("/.")


def building(here: Repository, settings: Settings, generator: Generator) -> tuple[BuildCommand, ...]:
    """What builds a site: the user's command, the scripts of the project, else its generator's own."""
    if generator.merged:
        return (*built(here, settings, generator), merging(here.project, generator))
    return built(here, settings, generator)


def merging(project: Project, generator: Generator) -> BuildCommand:
    """The copy of the parts of a site into one directory."""
    site, parts = generator.directories[0], " ".join(generator.merged)
    text = f'mkdir -p {site} && for part in {parts}; do [ ! -d "$part" ] || cp -R "$part/." {site}/ || exit 1; done'
    return BuildCommand(("/bin/sh", "-c", text), project.app.dir, name=f"put the site together in {site}")


def built(here: Repository, settings: Settings, generator: Generator) -> tuple[BuildCommand, ...]:
    """What builds a site, as `building`, without what puts its parts together."""
    project, manager = here.project, here.manager
    script = next((name for name in generator.scripts if name in project.app.scripts), None)
    if script is not None and settings.build_command is None and builds.builds(settings):
        before = builds.workspace_builds(here.tree, project, manager)
        return (*before, builds.script_command(here.tree, project, project.app, script))
    commands = builds.everything(here, settings, Start(()))
    if settings.build_command is not None or not builds.builds(settings):
        return commands
    before = builds.workspace_builds(here.tree, project, manager)
    if commands and (commands != before or any(one.dir == project.app.dir or one.args[0] for one in before)):
        return commands
    script = site_script.find(here.tree, project, generator)
    if script is not None:
        return (*before, builds.script_command(here.tree, project, project.app, script))
    if not generator.build:
        return commands
    at = line(here.tree, project.app, generator.package)
    words = (*generator.build, *below(here.tree, project.app, generator))
    if generator.package == ANGULAR:
        words = (*words, *angular.production(here.tree, project.app))
    return (*before, builds.installed(project, manager, words, project.app.dir, at))


def below(tree: SourceTree, app: Manifest, generator: Generator) -> tuple[str, ...]:
    """The directory of a site whose configuration is in a hidden directory of it: `docs` of docs/.vitepress/config.ts.

    () for the package's own.
    """
    path = tree.first(*(within(app.dir, file) for file in generator.files))
    directory, hidden, _ = relative(app.dir, path).partition("/.") if path else ("", "", "")
    return (directory,) if hidden and directory else ()


def evidence(here: Repository, found: NoServerError, commands: tuple[BuildCommand, ...]) -> tuple[Evidence, ...]:
    """What says that the app is a site, and what is served in whose place."""
    title = found.generator.title
    told = [Evidence(NODE.title, here.project.app.path, here.tree.line_of(here.project.app.path, '"name"'))]
    told.append(Evidence("site", found.message, found.at))
    told += [Evidence("build", one.name, one.at) for one in commands[-1:]]
    if found.replaced:
        told.append(Evidence("start", f"Caddy serves what {title} makes, in place of {found.replaced}", found.at))
    return tuple(told)


# --- where it is


HTML = ("/usr/share/nginx/html", "/var/www", "/usr/local/apache2/htdocs", "/srv", "/usr/share/caddy")


def served_by(settings: Settings, project: Project) -> tuple[str, ...]:
    """The directories that a Dockerfile copies to where servers of files look, relative to the app."""
    copies = (one for one in settings.candidate_copies if one.to.startswith(HTML))
    own = within(project.root, project.app.dir)
    return tuple(relative(own, one.output) for one in copies if not own or f"{one.output}/".startswith(f"{own}/"))


def settled(tree: SourceTree, app: Manifest, found: NoServerError, copied: tuple[str, ...] = ()) -> Places:
    """Where a site is: what a command names, what a Dockerfile copies from there, then what its build command and the
    configuration say, then what is usual.

    What is plain in a configuration decides alone; else the directories of other tools come behind the usual one.
    """
    generator = found.generator
    named = tuple(one for one in found.directories if one != ".")
    own = configured(tree, app, generator)
    script = " && ".join(app.scripts.get(name, "") for name in BUILD_SCRIPTS)
    option = of_script(script, generator.out)
    base = of_script(script, generator.at) or own.base
    directories = (*named, option) if option else (*named, *own.directories)
    if not option and own.at is None and (generator.package or not directories):
        directories = (*directories, *generator.directories, *(GENERAL if generator.package else ()))
        directories = (*directories, *((".",) if generator.in_place and has_page(tree, app.dir) else ()))
    directories = (*(copied if not named else ()), *directories)
    places = dict.fromkeys(one if one.startswith("/") else joined("", one) or "." for one in directories)
    return Places(tuple(places), url_path(base), own.at)


def of_script(text: str, options: tuple[str, ...]) -> str:
    """The value that a build script gives an option; "" for none that is plain text."""
    for option in options:
        match = re.search(rf"(?:^|\s){re.escape(option)}[= ]+(['\"]?)([\w@./:*-]+)\1", text)
        if match:
            return match[2]
    return ""


def configured(tree: SourceTree, app: Manifest, generator: Generator) -> Places:
    """What the configuration of a generator says; `at` is None where it does not name a directory in plain text."""
    if generator.package == "react-scripts":
        return of_create_react_app(tree, app)
    if generator.package == ANGULAR:
        return of_angular(tree, app)
    if generator.package == "hexo":
        return of_hexo(tree, app)
    path = tree.first(*(within(app.dir, file) for file in generator.files))
    if path is None:
        return Places(())
    text = without_comments(tree.read_text(path) or "")
    base = value(text, generator.base)
    root = value(text, "root") if generator.package == "vite" else None
    below = joined("", root["text"]) if root is not None else ""
    out = value(text, generator.output)
    if out is None and below:
        return Places((within(below, generator.directories[0]),), base["text"] if base else "", tree.at(path))
    if out is None or (out["text"].startswith("/") and not out["from"]):
        return Places((), base["text"] if base else "")
    at = tree.at(path, text.count("\n", 0, out.start()) + 1)
    directory = joined("" if out["from"] else below, out["text"])
    return Places((directory,), base["text"] if base else "", at)


def value(text: str, key: str) -> re.Match[str] | None:
    """The value of a key in a configuration that is a program, where it is plain text, and no condition decides on it:
    `...(ci && { base: "/x" })`."""
    if not key:
        return None
    every = re.finditer(rf"(?<![\w.$])['\"]?{re.escape(key)}['\"]?{VALUE}", text)
    return next((one for one in every if not CONDITIONAL.search(text, 0, one.start())), None)


def without_comments(text: str) -> str:
    """A program without the comments that are lines of their own; its lines stay where they are."""
    block = re.compile(r"^[ \t]*/\*.*?\*/", re.DOTALL | re.MULTILINE)
    text = block.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    return "\n".join("" if row.lstrip().startswith("//") else row for row in text.split("\n"))


def of_create_react_app(tree: SourceTree, app: Manifest) -> Places:
    """The variable BUILD_PATH of the build, and `homepage`, whose path the build puts into its pages.

    Source: https://create-react-app.dev/docs/advanced-configuration/
    """
    script = app.scripts.get("build", "")
    homepage = app.text("homepage")
    public = re.search(r"\bPUBLIC_URL=(\S*)", script)
    path = re.search(r"\bBUILD_PATH=['\"]?([\w./-]+)", script)
    at = line(tree, app, "scripts", "build") if path else None
    return Places((path[1],) if path else (), public[1] if public else homepage, at)


def of_hexo(tree: SourceTree, app: Manifest) -> Places:
    """`public_dir` and `root` of _config.yml. Raises SourceError, with the line, for one that cannot be read.

    Source: https://hexo.io/docs/configuration
    """
    path = within(app.dir, "_config.yml")
    data = table(tree.read_yaml(path) if tree.has(path) else None)
    directory, base = data.get("public_dir"), str(data.get("root") or "")
    named = isinstance(directory, str) and bool(directory)
    return Places((str(directory),), base, tree.line_of(path, "public_dir:")) if named else Places((), base)


def of_angular(tree: SourceTree, app: Manifest) -> Places:
    """The output of the project that `ng build` builds: of the application builder it is in `browser`.

    Source: https://angular.dev/reference/configs/workspace-config
    """
    path = within(app.dir, "angular.json")
    data = tree.read_json(path) if tree.has(path) else None
    projects = table(data, "projects")
    name = str((data or {}).get("defaultProject") or "") or next(
        (key for key, one in projects.items() if table(one).get("projectType") == "application"), ""
    )
    project = table(projects, name)
    build = table(table(project, "architect") or table(project, "targets"), "build")
    options = table(build, "options")
    output = options.get("outputPath")
    base = str(options.get("baseHref") or "")
    where = output if isinstance(output, str) else table(options, "outputPath").get("base")
    if not name or not build:
        return Places((), base)
    if not isinstance(where, str):  # the application builder's own: https://angular.dev/tools/cli/build
        return Places((f"dist/{name}/browser", f"dist/{name}"), base, tree.line_of(path, '"build"'))
    browser = table(options, "outputPath").get("browser", "browser")
    below = within(joined("", where), str(browser))
    return Places(tuple(dict.fromkeys((below, joined("", where)))), base, tree.line_of(path, '"outputPath"'))


def table(data: Any, key: str | None = None) -> dict[str, Any]:
    """An object of a JSON document, or the one that its key has; an empty one for anything else."""
    found = data.get(key) if key is not None and isinstance(data, dict) else data
    return found if isinstance(found, dict) else {}


def url_path(base: str) -> str:
    """The path that a site is served below, of a path or a URL: "/docs" of "/docs/" and "https://x.org/docs".

    "" for the root, and for a base that is relative.
    """
    path = re.sub(r"^\w+://[^/]*|[?#].*", "", base)
    clean = joined("", path) if path.startswith("/") else ""
    return f"/{clean}" if re.fullmatch(r"[\w.~/@-]+", clean) else ""
