"""Whether a directory has a Node.js app, and how sure that is."""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.languages.node import frameworks, lifecycle, page_file, programs, runners, sites
from frontend.languages.node.manifest import BUILD_SCRIPTS, FILE, OF_BUN, START_SCRIPTS, Manifest, read
from frontend.languages.registry import NODE, PROCFILES
from frontend.plan.model import Evidence

LONE = tuple(path for path in NODE.signs if path.endswith(("js", "ts")))  # an app without a package.json
BELOW = tuple(path for path in NODE.signs if "*" in path)


def detect(tree: SourceTree) -> Detected | None:
    """A package.json is a claim as strong as what it says of a server; a lone server.js is a weak one."""
    manifest = read(tree, "")
    if manifest is None:
        return without_manifest(tree)
    found = [Evidence(NODE.title, FILE, tree.line_of(FILE, '"name"'))]
    if foreign_procfile(tree, manifest):
        return Detected(1, *found)
    text = manifest.scripts.get("start", "")
    program, rest = programs.started(text, manifest.scripts)
    framework = frameworks.find(manifest)
    named = frameworks.title(manifest)
    if named is not None and named[1] in manifest.production:
        found.append(
            Evidence(named[0], f"{named[1]} is a dependency", tree.line_of(FILE, "ependencies", f'"{named[1]}"'))
        )
        return Detected(3, *found)
    if text and not frameworks.is_development(framework, program, rest):
        found.append(Evidence("start", text, tree.line_of(FILE, '"scripts"', '"start"')))
        return Detected(3 if program in NODE.programs or program in runners.CLIS else 2, *found)
    if framework is not None or "workspaces" in manifest.data or tree.has("pnpm-workspace.yaml"):
        return Detected(2, *found, holds=framework is None and not tree.first(*PROCFILES, *LONE))
    entry = tree.first(manifest.text("main") or "server.js", *LONE)
    if entry is not None and is_page_alone(tree, manifest, entry):
        return Detected(0, *found)
    if entry is not None and (manifest.production or not manifest.development):
        return Detected(2, *found, by_name=True)
    return Detected(0 if is_for_tools(tree, manifest) else 1, *found)


def is_server(tree: SourceTree) -> bool:
    """Whether the start script runs Node.js itself, or a framework's server, and nothing is of Bun."""
    manifest = read(tree, "")
    if manifest is None or manifest.dir or tree.first(*OF_BUN):
        return False
    program, rest = programs.started(manifest.scripts.get("start", ""), manifest.scripts)
    framework = frameworks.find(manifest)
    if framework is None:
        return program in NODE.programs
    return (
        bool(framework.start)
        and program == framework.start[0]
        and not frameworks.is_development(framework, program, rest)
    )


def is_page_alone(tree: SourceTree, manifest: Manifest, entry: str) -> bool:
    """Whether a package.json is beside a finished page whose code is in `entry`: nothing starts or builds anything, and
    the page needs no installed package."""
    if {*START_SCRIPTS, *BUILD_SCRIPTS} & set(manifest.scripts) or sites.generator(manifest) or tree.first(*PROCFILES):
        return False
    return page_file.is_of_page(tree, entry) and "node_modules/" not in tree.glance(page_file.PAGE)


def is_for_tools(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a package.json holds tools and scripts for what is in directories below it, and no app."""
    scripts = {*START_SCRIPTS, *BUILD_SCRIPTS, *lifecycle.ORDER}
    whole = tree.first(*PROCFILES, "pnpm-workspace.yaml", "nx.json", *LONE)
    return not (whole or manifest.production or sites.generator(manifest) or scripts & set(manifest.scripts))


def without_manifest(tree: SourceTree) -> Detected | None:
    """The claim on a directory that has no package.json."""
    lone = next((path for path in LONE if tree.has(path) and not page_file.is_of_page(tree, path)), None)
    if lone is not None:
        return Detected(1, Evidence(NODE.title, lone))
    if tree.has("project.json"):
        return Detected(2, Evidence(NODE.title, "project.json"))
    below = next((path for pattern in BELOW for path in tree.glob(pattern)), None)
    return Detected(0, Evidence(NODE.title, below)) if below else None


def foreign_procfile(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a Procfile starts the app with a program that is neither Node.js nor a dependency's."""
    if tree.first(*PROCFILES) is None:
        return False
    from frontend.commands import procfile, unwrap

    web = procfile.web(tree)
    words = unwrap.program(web.script) if web is not None else ()
    if not words or words[0].text.startswith((".", "/")) or words[0].text in unwrap.SHELLS:
        return False  # nothing, or a script of the app
    program = programs.program(words, manifest.scripts).name
    return not (program in NODE.programs or program in runners.CLIS or program in manifest.dependencies)
