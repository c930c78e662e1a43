"""Node.js applications: npm, yarn, pnpm or bun install them, Node.js runs them."""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.languages.node import frameworks, lifecycle
from frontend.languages.node.manifest import FILE, Manifest, read
from frontend.plan.model import Evidence, Plan
from frontend.settings.model import Settings

NAME = "nodejs"
TITLE = "Node.js"
ALIASES = ("node", "node.js", "javascript", "typescript")
LONE = tuple(
    f"{name}{suffix}"
    for name in ("server", "index", "app", "main")
    for suffix in (".js", ".mjs", ".cjs", ".ts", ".mts")
)
MARKERS = (FILE, *LONE, "project.json", "Procfile", "bin/www", "*/package.json", "*/*/package.json")
WANTED = (
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
    "pnpm-workspace.yaml", ".yarnrc.yml", ".yarnrc", ".npmrc", "bunfig.toml", ".pnpmfile.cjs", ".pnpmfile.mjs",
    ".node-version", ".nvmrc", ".tool-versions", "mise.toml", ".mise.toml", "mise/config.toml", ".config/mise.toml",
    "Procfile", "tsconfig.json", "turbo.json", "nx.json", "angular.json",
    "next.config.*", "svelte.config.*", "astro.config.*", "vite.config.*", "nuxt.config.*",
    "src/*.js", "src/*.ts", "src/*.mjs", "server/*.js", "server/*.ts", "app/*.js", "app/*.ts", "bin/*",
)  # fmt: skip
PROGRAMS = frozenset(
    "node tsx ts-node nest next nuxt remix-serve react-router-serve fastify npm npx yarn pnpm bun".split()
)
MANIFESTS = (FILE,)


def detect(tree: SourceTree) -> Detected | None:
    """A package.json is a claim as strong as what it says of a server; a lone server.js is a weak one."""
    manifest = read(tree, "")
    if manifest is None:
        return without_manifest(tree)
    found = [Evidence(TITLE, FILE, tree.line_of(FILE, '"name"'))]
    if foreign_procfile(tree, manifest):
        return Detected(1, *found)
    text = manifest.scripts.get("start", "")
    program, rest = lifecycle.program(tuple(text.split()))
    framework = frameworks.find(manifest)
    named = frameworks.title(manifest)
    if named is not None and named[1] in manifest.production:
        found.append(
            Evidence(named[0], f"{named[1]} is a dependency", tree.line_of(FILE, "ependencies", f'"{named[1]}"'))
        )
        return Detected(3, *found)
    if text and not frameworks.is_development(framework, program, rest):
        found.append(Evidence("start", text, tree.line_of(FILE, '"scripts"', '"start"')))
        return Detected(3 if program in PROGRAMS or program in lifecycle.MANAGERS else 2, *found)
    if framework is not None or "workspaces" in manifest.data:
        return Detected(2, *found)
    if tree.first(manifest.text("main") or "server.js", *LONE) and (manifest.production or not manifest.development):
        return Detected(2, *found)
    return Detected(1, *found)


def without_manifest(tree: SourceTree) -> Detected | None:
    """The claim on a directory that has no package.json."""
    lone = tree.first(*LONE)
    if lone is not None:
        return Detected(1, Evidence(TITLE, lone))
    if tree.has("project.json"):
        return Detected(2, Evidence(TITLE, "project.json"))
    below = next((path for pattern in MARKERS[-2:] for path in tree.glob(pattern)), None)
    return Detected(0, Evidence(TITLE, below)) if below else None


def foreign_procfile(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a Procfile starts the app with a program that is neither Node.js nor a dependency's."""
    for words in tree.read_lines("Procfile") or () if tree.has("Procfile") else ():
        name, colon, text = words.partition(":")
        if colon and name.strip() == "web":
            program, _ = lifecycle.program(tuple(text.split()))
            known = program in PROGRAMS or program in lifecycle.MANAGERS or program in manifest.dependencies
            return not known and not text.strip().startswith((".", "/", "sh ", "bash "))
    return False


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "") -> Plan:
    """The build of the app in a directory of the context. Raises BuildError."""
    from frontend.languages.node import facts, image, steps

    known = facts.inspect(tree, settings, app, today)
    versions = (known.version, *((known.manager.version,) if known.manager.version else ()))
    return Plan(
        language=NAME,
        runtime=image.runtime(known, settings),
        steps=steps.steps(tree.under(known.project.root), known),
        evidence=known.evidence,
        versions=versions,
        warnings=known.warnings,
    )
