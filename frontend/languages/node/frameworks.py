"""The frameworks: how each is built and served, and which sites have no server at all."""

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node import sites
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import Manifest, line
from frontend.paths import joined, within
from frontend.plan.model import Warning
from frontend.rules.versions import key

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a container is reached from outside


class Framework(Struct, frozen=True):
    """A framework with a server of its own.

    `package` is the dependency that tells. `build` is run when there is no build script. `start` is what serves the
    build when no script does, "" in its place of a program of the package. `dev` are its programs' words that are for
    development only. `ships` is the only directory the image needs, "" for the whole app; `bundles` says that it holds
    the packages it needs too.
    """

    name: str
    package: str
    build: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    dev: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ships: str = ""
    bundles: bool = False
    env: tuple[tuple[str, str], ...] = ()
    build_env: tuple[tuple[str, str], ...] = ()


FRAMEWORKS = (  # the first whose package is a dependency; those that contain others come first
    Framework(
        "Next.js",
        "next",
        build=("next", "build"),
        start=("next", "start"),
        dev=(("next", ("dev", "")),),
        env=(("HOSTNAME", EVERYWHERE), ("NEXT_TELEMETRY_DISABLED", "1")),
        build_env=(("NEXT_TELEMETRY_DISABLED", "1"),),
    ),
    Framework(
        "Nuxt",
        "nuxt",
        build=("nuxt", "build"),
        start=("node", ".output/server/index.mjs"),
        dev=(("nuxt", ("dev", "start", "preview", "")), ("nuxi", ("dev", "start", "preview", ""))),
        ships=".output",
        bundles=True,
        build_env=(("NUXT_TELEMETRY_DISABLED", "1"),),
    ),
    *(
        Framework(
            "Nitro",
            package,
            build=build,
            start=("node", ".output/server/index.mjs"),
            dev=(("nitro", ("dev", "preview", "")), ("vite", ("dev", "preview", ""))),
            ships=".output",
            bundles=True,
        )
        for package, build in (("nitropack", ("nitro", "build")), ("nitro", ("vite", "build")))
    ),
    Framework(
        "SvelteKit",
        "@sveltejs/kit",
        build=("vite", "build"),
        start=("node", "build"),
        dev=(("vite", ("dev", "preview", "")),),
    ),
    Framework(
        "React Router",
        "@react-router/serve",
        build=("react-router", "build"),
        start=("react-router-serve", "./build/server/index.js"),
        dev=(("react-router", ("dev", "")),),
    ),
    Framework(
        "Remix",
        "@remix-run/serve",
        build=("remix", "vite:build"),
        start=("remix-serve", "./build/server/index.js"),
        dev=(("remix", ("dev", "vite:dev", "")),),
    ),
    Framework(
        "Astro",
        "@astrojs/node",
        build=("astro", "build"),
        start=("node", "dist/server/entry.mjs"),
        dev=(("astro", ("dev", "preview", "start", "")),),
        build_env=(("ASTRO_TELEMETRY_DISABLED", "1"),),
    ),
    Framework(
        "AdonisJS",
        "@adonisjs/core",
        build=("node", "ace", "build"),
        start=("node", "bin/server.js"),
        ships="build",
    ),
    Framework(
        "NestJS",
        "@nestjs/core",
        build=("nest", "build"),
        start=("node", "dist/main.js"),
        dev=(("nest", ("start", "")),),
    ),
    Framework("Angular", "@angular/ssr", build=("ng", "build"), dev=(("ng", ("serve", "")),)),
)
STANDALONE = "/standalone/server.js"  # of Next.js, below the directory it builds into
SERVERS = {  # libraries an app serves HTTP with: a sign that it has a server
    "express": "Express",
    "fastify": "Fastify",
    "koa": "Koa",
    "@hono/node-server": "Hono",
    "hono": "Hono",
    "@hapi/hapi": "hapi",
    "restify": "Restify",
    "polka": "Polka",
    "h3": "h3",
    "socket.io": "Socket.IO",
    "ws": "ws",
    "@apollo/server": "Apollo Server",
    "graphql-yoga": "GraphQL Yoga",
    "@trpc/server": "tRPC",
    "@feathersjs/feathers": "Feathers",
    "@strapi/strapi": "Strapi",
    "probot": "Probot",
    "micro": "micro",
    "sails": "Sails",
}
DEV_TOOLS: dict[str, tuple[str, ...]] = {  # program -> first words that start a development server; () for any
    "vite": ("dev", "serve", "preview", ""),
    "react-scripts": (),
    "react-app-rewired": (),
    "craco": (),
    "ng": (),
    "vue-cli-service": (),
    "gatsby": (),
    "parcel": (),
    "webpack-dev-server": (),
    "webpack": (),  # without `serve` it only bundles, or watches
    "rollup": (),
    "vitepress": (),
    "docusaurus": (),
    "eleventy": (),
    "hexo": ("server", "s", ""),
    "vuepress": ("dev", "serve", ""),
    "slidev": (),
    "start-storybook": (),
    "astro": ("dev", "preview", "start", ""),
    "rsbuild": (),
    "live-server": (),
    "nx": (),
    "expo": (),
    "react-native": (),
    "storybook": (),
    "snowpack": (),
    "lite-server": (),
    "browser-sync": (),
    "quasar": ("dev", "serve"),
    "ionic": (),
    "ember": ("serve", "server", "s"),
    "rspack": ("serve", "server", "dev"),
    "vinxi": ("dev",),
    "wrangler": ("dev",),
    "netlify": ("dev",),
    "vercel": ("dev",),
    "firebase": ("serve", "emulators:start"),
}
ASTRO_CONFIGS = ("astro.config.mjs", "astro.config.ts", "astro.config.js", "astro.config.mts")
NUXT_CONFIGS = ("nuxt.config.ts", "nuxt.config.js", "nuxt.config.mjs", "nitro.config.ts", "nitro.config.js")
NEXT_CONFIGS = ("next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs", "next.config.mts")
ADAPTER_AUTO = "@sveltejs/adapter-auto"
# what adapter-auto takes for a platform that runs Node.js: it then installs and uses adapter-node
# https://github.com/sveltejs/kit/blob/main/packages/adapter-auto/adapters.js
FOR_NODE = ("GCP_BUILDPACKS", "1")
NODE_SINCE = "3.2.0"  # of adapter-auto, which knows of no platform that runs Node.js before
# `preset` of Nitro, in a configuration of its own or below `nitro`; what it makes for Node.js
# https://nitro.build/deploy
PRESET = r"""\bpreset['"]?\s*:\s*(['"])(?P<name>[\w-]+)\1"""
NODE_PRESETS = ("node", "node-server", "node_server", "node-cluster", "node_cluster")
SITE_PRESETS = ("static", "github-pages", "github_pages", "gitlab-pages", "gitlab_pages")
SVELTE_CONFIGS = ("svelte.config.js", "svelte.config.ts", "vite.config.ts", "vite.config.js")
VITE_CONFIGS = tuple(f"vite.config.{end}" for end in ("ts", "js", "mts", "mjs"))
CLIENTS = {  # framework -> the files whose `ssr: false` leaves it without a server
    "@react-router/serve": tuple(f"react-router.config.{end}" for end in ("ts", "js", "mts", "mjs")),
    "@remix-run/serve": VITE_CONFIGS,
}
CONFIGS = {
    "next": NEXT_CONFIGS,
    "nuxt": NUXT_CONFIGS,
    "@sveltejs/kit": SVELTE_CONFIGS[:2],
    "@astrojs/node": ASTRO_CONFIGS,
}


def configured_in(tree: SourceTree, manifest: Manifest) -> Framework | None:
    """The framework whose configuration is in an app's directory: its packages are those of a whole repository."""
    there = (one for one, files in CONFIGS.items() if tree.first(*(within(manifest.dir, file) for file in files)))
    package = next((one for one in there if one in manifest.dependencies), "")
    return next((framework for framework in FRAMEWORKS if framework.package == package), None)


def find(manifest: Manifest) -> Framework | None:
    """The framework of an app; None when it has none of the table."""
    return next((framework for framework in FRAMEWORKS if framework.package in manifest.dependencies), None)


def is_output(manifest: Manifest, file: str) -> bool:
    """Whether a file is the server that an app's framework makes for Node.js, where it makes one by default."""
    framework, path = find(manifest), joined("", file)
    if framework is None:
        return False
    if framework.package == "next":
        return path.endswith(STANDALONE)
    made = joined("", framework.start[1]) if framework.start[:1] == ("node",) else ""
    return bool(made) and (path == made or path.startswith(f"{made}/"))


def title(manifest: Manifest) -> tuple[str, str] | None:
    """The framework or server library of an app, as (its name, the dependency that tells)."""
    framework = find(manifest)
    if framework is not None:
        return framework.name, framework.package
    own = manifest.dependencies
    return next(((name, package) for package, name in SERVERS.items() if package in own), None)


def is_development(framework: Framework | None, tool: str, words: tuple[str, ...]) -> bool:
    """Whether a start command runs a development server."""
    first = next((word for word in words if not word.startswith("-")), "")
    if framework is not None:
        for program, starts in framework.dev:
            if tool == program:
                return first in starts
    starts = DEV_TOOLS.get(tool, ("-",))
    return not starts or first in starts


def check(tree: SourceTree, manifest: Manifest, framework: Framework | None, locked: Locked) -> None:
    """Raises NoServerError where a framework is told to make what has no server, PlanError for what it makes for a
    platform that is not this one."""
    if framework is None:
        return
    if framework.package == "next":
        path = tree.first(*(within(manifest.dir, name) for name in NEXT_CONFIGS))
        found = setting_line(tree, path, "output", "export") if path else None
        if found:
            raise sites.NoServerError(sites.EXPORTS["next"], "this Next.js app is exported as a static site", found)
    for path in CLIENTS.get(framework.package, ()):
        found = setting_line(tree, within(manifest.dir, path), "ssr", "false")
        if found:
            told = f"this {framework.name} app is built for the browser alone (ssr: false)"
            raise sites.NoServerError(sites.EXPORTS[framework.package], told, found)
    if framework.package == "@sveltejs/kit":
        adapter(tree, manifest, locked)
    if framework.package in ("nuxt", "nitropack", "nitro"):
        preset(tree, manifest, framework)
    if framework.package == "nuxt" and "nuxt generate" in manifest.scripts.get("build", ""):
        told, at = "this Nuxt app is generated as a static site", line(tree, manifest, "scripts", "build")
        raise sites.NoServerError(sites.EXPORTS["nuxt"], told, at)


def chooses_adapter(manifest: Manifest) -> bool:
    """Whether a SvelteKit app has adapter-auto alone, which picks the adapter by the platform that builds."""
    return {name for name in manifest.dependencies if name.startswith("@sveltejs/adapter-")} == {ADAPTER_AUTO}


def doubts(tree: SourceTree, manifest: Manifest, framework: Framework | None) -> tuple[Warning, ...]:
    """The warning for a SvelteKit app whose adapter is installed by its build."""
    if framework is None or framework.package != "@sveltejs/kit" or not chooses_adapter(manifest):
        return ()
    return (
        Warning(
            "sveltekit-adapter",
            "adapter-auto installs @sveltejs/adapter-node during the build, in a version that no lockfile has",
            line(tree, manifest, ADAPTER_AUTO),
            "npm install -D @sveltejs/adapter-node, and use it in svelte.config.js",
        ),
    )


def preset(tree: SourceTree, manifest: Manifest, framework: Framework) -> None:
    """Raises PlanError when Nitro's configuration names a preset for another platform, which makes no server for
    Node.js: the one that is written wins over NITRO_PRESET."""
    import re

    for path in (within(manifest.dir, name) for name in NUXT_CONFIGS):
        text = "\n".join(row.partition("//")[0] for row in tree.read_lines(path) or ())
        before = r"" if "nitro.config" in path else r"\bnitro['\"]?\s*:\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*?"
        found = re.search(before + PRESET, text)
        if found is None or found["name"] in NODE_PRESETS:
            continue
        at = tree.at(path, text.count("\n", 0, found.start("name")) + 1)
        if found["name"] in SITE_PRESETS:
            told = f"this {framework.name} app is generated as a static site"
            raise sites.NoServerError(sites.EXPORTS[framework.package], told, at)
        raise PlanError(
            f'this {framework.name} app is built for another platform (preset "{found["name"]}"): no Node.js server',
            at=at,
            hint="remove the preset, and set the variable NITRO_PRESET where that platform builds",
        )


def adapter(tree: SourceTree, manifest: Manifest, locked: Locked) -> None:
    """Raises PlanError when a SvelteKit app has another adapter than adapter-node, or an adapter-auto that has none."""
    if "@sveltejs/adapter-node" in manifest.dependencies or "svelte-adapter-bun" in manifest.dependencies:
        return
    if chooses_adapter(manifest):
        version = locked.version(ADAPTER_AUTO)
        if version and key(version) < key(NODE_SINCE):
            raise PlanError(
                f"adapter-auto {version} of this SvelteKit app makes no Node.js server",
                at=line(tree, manifest, ADAPTER_AUTO),
                hint="npm install -D @sveltejs/adapter-node, and use it in svelte.config.js",
            )
        return
    others = [name for name in manifest.dependencies if name.startswith("@sveltejs/adapter-")]
    path = tree.first(*(within(manifest.dir, name) for name in SVELTE_CONFIGS))
    at = tree.line_of(path, others[0]) if path and others else tree.at(manifest.path)
    if "@sveltejs/adapter-static" in others:
        told = "this SvelteKit app is built as a static site (@sveltejs/adapter-static)"
        raise sites.NoServerError(sites.EXPORTS["@sveltejs/kit"], told, at)
    using = others[0] if others else "no adapter"
    raise PlanError(
        f"this SvelteKit app uses {using}, which does not produce a Node.js server",
        at=at,
        hint=f"npm install -D @sveltejs/adapter-node, and use it in {(path or SVELTE_CONFIGS[0]).rpartition('/')[2]}",
    )


def static_site(tree: SourceTree, manifest: Manifest, *, last: bool = False, replaced: str = "") -> PlanError | None:
    """The error for an app that nothing serves: a site, naming the file that told us; None when nothing says it is one.

    `last` says that nothing else is known of the app: what makes sites among other things counts too. `replaced` is the
    command of the app that is no server for production.
    """
    if "@tanstack/react-start" in manifest.dependencies:
        at = line(tree, manifest, "@tanstack/react-start")
        hint = "add nitro, which makes one: npm install nitro, and nitro() in the plugins of vite.config.ts"
        return PlanError("this TanStack Start app has no server to start", at=at, hint=hint)
    found = sites.at_last(tree, manifest) if last else sites.generator(manifest)
    return sites.of_app(tree, manifest, found, replaced)


def next_dist(tree: SourceTree, manifest: Manifest) -> str:
    """The directory that Next.js builds into; "" where its configuration has one that is no plain text."""
    import re

    path = tree.first(*(within(manifest.dir, name) for name in NEXT_CONFIGS))
    text = (tree.read_text(path) or "") if path else ""
    found = re.search(r"""\bdistDir['"]?\s*:\s*(['"`])([\w./-]+)\1""", text)
    if found and ".." not in found[2]:
        return found[2].removeprefix("./").rstrip("/")
    return "" if "distDir" in text else ".next"


def setting_line(tree: SourceTree, path: str, key: str, value: str) -> Location | None:
    """Where a config file has `key: "value"`, or the word without quotes, comments left out; None when nowhere."""
    import re

    pattern = re.compile(rf"""(^|[\s{{,(]){key}['"]?\s*[:=]\s*(?:['"`]{value}['"`]|{value}\b)""")
    for number, text in enumerate(tree.read_lines(path) or (), 1):
        if pattern.search(text.partition("//")[0]):
            return tree.at(path, number)
    return None
