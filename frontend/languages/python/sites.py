"""Sites that Python builds and nothing of it serves: MkDocs, Sphinx, Pelican."""

import re

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError, SourceError
from frontend.languages.python import code
from frontend.languages.static.site import Site, served
from frontend.paths import joined, within
from frontend.plan.model import Evidence, Plan
from frontend.settings.model import Setting, Settings
from frontend.texts import snippet, yaml_root

IDLE = "python -m http.server"  # a start for the plan of the build: the site's own takes its place


class Generator(Struct, frozen=True):
    """What makes a site: the dependency that tells, the files of its configuration (the directory of one is `{dir}` in
    the command that builds), where it puts the site, and the key of the configuration that says otherwise."""

    title: str
    package: str
    files: tuple[str, ...]
    build: str
    directory: str
    output: str = ""


GENERATORS = (
    Generator(
        "MkDocs", "mkdocs", ("mkdocs.yml", "mkdocs.yaml"), "mkdocs build", "site", r"^site_dir:\s*['\"]?([\w./-]+)"
    ),
    Generator(
        "Sphinx",
        "sphinx",
        ("docs/conf.py", "docs/source/conf.py", "doc/conf.py", "doc/source/conf.py", "source/conf.py", "conf.py"),
        "sphinx-build -b html {dir} _build/html",
        "_build/html",
    ),
    Generator(
        "Pelican",
        "pelican",
        ("publishconf.py", "pelicanconf.py"),
        "python -m pelican content -s {file} -o output",
        "output",
    ),
)
BRINGS = {
    "mkdocs-material": "mkdocs",
    "mkdocs-awesome-pages-plugin": "mkdocs",
    "furo": "sphinx",
    "sphinx-rtd-theme": "sphinx",
}


class NoServerError(PlanError):
    """An app is a site without a server, which `generator` makes by the configuration `file`."""

    def __init__(self, generator: Generator, file: str, at: Location) -> None:
        super().__init__(f"this is a static site made by {generator.title} ({file}), without a server", at=at)
        self.generator = generator
        self.file = file


def of_app(tree: SourceTree, names: frozenset[str]) -> NoServerError | None:
    """The site that an app of these dependencies is; None for none. Its configuration has to be there."""
    brought = names | {BRINGS[name] for name in names & BRINGS.keys()}
    for one in GENERATORS:
        if one.package in brought:
            tree.need(*one.files)
            file = tree.first(*one.files)
            if file is not None:
                check(tree, file)
                return NoServerError(one, file, tree.at(file))
    return None


def undeclared(tree: SourceTree) -> str:
    """How a site is built whose configuration is there, but no dependency that makes it; "" without one."""
    tree.need(*(file for one in GENERATORS for file in one.files))
    found = next(((one, file) for one in GENERATORS for file in one.files if tree.has(file)), None)
    if found is None:
        return ""
    one, file = found
    return f"to serve the site of {file}, add {one.package} and what its configuration uses to the dependencies"


def check(tree: SourceTree, file: str) -> None:
    """Raises SourceError, with the line, for a configuration that cannot be read: YAML with any tags, or Python."""
    text = tree.read_text(file) or ""
    if not file.endswith(".py"):
        yaml_root(tree.at(file).file, text)
        return
    try:
        code.parse(text)
    except code.BROKEN as error:
        if code.parsed_newer(text)[0] is not None:
            return
        line, what, _ = code.trouble(text, error)
        raise SourceError(
            f"{file} is not Python: {what}",
            at=tree.at(file, line),
            hint="fix the syntax error",
            snippet=snippet(text, line),
        ) from error


def configures(names: frozenset[str], args: tuple[str, ...]) -> bool:
    """Whether a command runs the configuration of a site's generator, which starts nothing."""
    brought = names | {BRINGS[name] for name in names & BRINGS.keys()}
    return any(one.package in brought and args[-1] in one.files for one in GENERATORS)


def building(found: NoServerError, settings: Settings) -> Settings:
    """The settings for the build of a site: by the user's command, else by its generator."""
    directory = found.file.rpartition("/")[0] or "."
    text = found.generator.build.format(dir=directory, file=found.file)
    return structs.replace(
        settings,
        build_command=settings.build_command or Setting(text, "platform", found.at),
        run_command=Setting(IDLE, "platform", found.at),
    )


def plan(tree: SourceTree, settings: Settings, app: str, built: Plan, found: NoServerError) -> Plan:
    """The plan of a site, whose build is that of an app."""
    text = tree.read_text(within(app, found.file)) or "" if found.generator.output else ""
    named = re.search(found.generator.output, text, re.MULTILINE) if text else None
    below = found.file.rpartition("/")[0]
    directory = joined(below, named[1]) if named else found.generator.directory
    site = Site(found.generator.title, built.steps[-1].name, (f"/app/{directory}",), found.at)
    why = Evidence("site", found.message, found.at)
    return served(
        tree,
        settings,
        app,
        site,
        steps=built.steps,
        versions=built.versions,
        evidence=(*(one for one in built.evidence if one.what != "start"), why),
        warnings=built.warnings,
    )
