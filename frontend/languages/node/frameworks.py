"""The frameworks: how each is built and served, and which sites have no server at all."""

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node import sites
from frontend.languages.node.manifest import Manifest
from frontend.paths import joined, within

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a container is reached from outside


class Framework(Struct, frozen=True):
    """A framework with a server of its own.

    `package` is the dependency that tells. `build` is run when there is no build script. `start` is what serves the
    build when no script does, "" in its place of a program of the package. `dev` are its programs' words that are for
    development only. `ships` is the only directory the image needs, "" for the whole app; `bundles` says that it holds
    the packages it needs too. `handler` are the files, in order, of which the build makes one that exports a fetch
    handler and listens nowhere; `assets` is where the files for browsers are, as it sees them. `makes` are directories
    that it makes when it starts, where a read-only root refuses that.
    """

    name: str
    package: str
    build: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    dev: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ships: str = ""
    bundles: bool = False
    handler: tuple[str, ...] = ()
    assets: str = "../client"
    makes: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    build_env: tuple[tuple[str, str], ...] = ()


FRAMEWORKS = (  # the first whose package is a dependency; those that contain others come first
    Framework(
        "Analog",  # https://analogjs.org/docs/features/deployment/providers
        "@analogjs/platform",
        build=("vite", "build"),
        start=("node", "dist/analog/server/index.mjs"),
        dev=(("vite", ("dev", "preview", "")), ("ng", ("serve", "dev", ""))),
        ships="dist/analog",
        bundles=True,
    ),
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
    *(
        Framework(  # on Vinxi, which builds as Nitro does: https://vinxi.vercel.app/api/cli.html
            title,
            package,
            build=("vinxi", "build"),
            start=("node", ".output/server/index.mjs"),
            dev=(("vinxi", ("dev", "start", "serve", "")),),
            ships=".output",
            bundles=True,
        )
        for title, package in (
            ("TanStack Start", "@tanstack/start"),
            ("SolidStart", "@solidjs/start"),
            ("Vinxi", "vinxi"),
        )
    ),
    *(
        Framework(  # https://tanstack.com/start/latest/docs/framework/react/guide/hosting
            "TanStack Start",
            f"@tanstack/{library}-start",
            build=("vite", "build"),
            dev=(("vite", ("dev", "preview", "start", "")),),
            handler=("dist/server/server.js", "dist/server/server.mjs"),
        )
        for library in ("react", "solid", "vue")
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
    *(
        Framework(  # the server is that of its adapter: https://qwik.dev/docs/deployments/
            "Qwik City",
            package,
            build=("qwik", "build"),
            dev=(("vite", ("dev", "preview", "")),),
        )
        for package in ("@builder.io/qwik-city", "@qwik.dev/router")
    ),
    Framework(  # https://vike.dev/self-host
        "Vike",
        "vike",
        build=("vike", "build"),
        start=("node", "dist/server/index.mjs"),
        dev=(("vike", ("dev", "preview", "")), ("vite", ("dev", "preview", ""))),
    ),
    Framework(  # https://waku.gg/#deployment
        "Waku", "waku", build=("waku", "build"), start=("waku", "start"), dev=(("waku", ("dev", "")),)
    ),
    Framework(  # https://docs.strapi.io/cms/deployment
        "Strapi",
        "@strapi/strapi",
        build=("strapi", "build"),
        start=("strapi", "start"),
        dev=(("strapi", ("develop", "dev", "")),),
        makes=("database/migrations", "public/uploads"),
        env=(("STRAPI_TELEMETRY_DISABLED", "true"),),
        build_env=(("STRAPI_TELEMETRY_DISABLED", "true"),),
    ),
    Framework(  # https://docs.medusajs.com/learn/build
        "Medusa",
        "@medusajs/medusa",
        build=("medusa", "build"),
        dev=(("medusa", ("develop", "dev", "")),),
    ),
    Framework(  # https://keystonejs.com/docs/guides/cli
        "Keystone",
        "@keystone-6/core",
        build=("keystone", "build"),
        start=("keystone", "start"),
        dev=(("keystone", ("dev", "")),),
        env=(("KEYSTONE_TELEMETRY_DISABLED", "1"),),
    ),
    Framework(  # https://github.com/honojs/vite-plugins/tree/main/packages/build
        "Hono",
        "@hono/vite-build",
        build=("vite", "build"),
        start=("node", "dist/index.js"),
        dev=(("vite", ("dev", "preview", "")),),
    ),
    Framework("n8n", "n8n", start=("n8n", "start")),  # https://docs.n8n.io/hosting/
    Framework("Node-RED", "node-red", start=("node-red",)),  # https://nodered.org/docs/getting-started/local
    Framework("Directus", "directus", start=("directus", "start")),  # https://docs.directus.io/self-hosted/cli
)
STANDALONE = "/standalone/server.js"  # of Next.js, below the directory it builds into
SERVERS = {  # libraries an app serves HTTP with: a sign that it has a server
    "express": "Express",
    "fastify": "Fastify",
    "koa": "Koa",
    "@hono/node-server": "Hono",
    "hono": "Hono",
    "elysia": "Elysia",
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
    **dict.fromkeys(("sass", "node-sass", "lessc", "tailwindcss", "postcss"), ()),  # make styles, or watch them
    "wrangler": ("dev", "pages"),
    "netlify": ("dev",),
    "vercel": ("dev",),
    "firebase": ("serve", "emulators:start"),
}
TAKES = ("-p", "--port", "-H", "--host", "--hostname", "-m", "--mode", "-c", "--config", "--base", "--open-page")
ASTRO_CONFIGS = ("astro.config.mjs", "astro.config.ts", "astro.config.js", "astro.config.mts")
NUXT_CONFIGS = ("nuxt.config.ts", "nuxt.config.js", "nuxt.config.mjs", "nitro.config.ts", "nitro.config.js")
NEXT_CONFIGS = ("next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs", "next.config.mts")
ADAPTER_AUTO = "@sveltejs/adapter-auto"
# what adapter-auto takes for a platform that runs Node.js: it then installs and uses adapter-node
# https://github.com/sveltejs/kit/blob/main/packages/adapter-auto/adapters.js
FOR_NODE = ("GCP_BUILDPACKS", "1")
SVELTE_CONFIGS = ("svelte.config.js", "svelte.config.ts", "vite.config.ts", "vite.config.js")
VITE_CONFIGS = tuple(f"vite.config.{end}" for end in ("ts", "js", "mts", "mjs"))
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
    first = first_word(words)
    if framework is not None:
        for program, starts in framework.dev:
            if tool == program:
                return first in starts
    starts = DEV_TOOLS.get(tool, ("-",))
    return not starts or first in starts


def first_word(words: tuple[str, ...]) -> str:
    """The first of a tool's arguments that is neither an option nor its value; "" for none."""
    before = ("", *words)
    pairs = zip(before, words, strict=False)
    return next((word for last, word in pairs if not word.startswith("-") and last not in TAKES), "")


def adapters(tree: SourceTree, manifest: Manifest) -> list[str]:
    """The adapters that a SvelteKit app uses: of those among its dependencies, what its configuration names."""
    found = [name for name in manifest.dependencies if name.startswith("@sveltejs/adapter-")]
    paths = [within(manifest.dir, name) for name in SVELTE_CONFIGS] if len(found) > 1 else []
    text = "\n".join(tree.read_text(path) or "" for path in paths)
    return [name for name in found if name in text] or found


def chooses_adapter(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether a SvelteKit app has adapter-auto alone, which picks the adapter by the platform that builds."""
    return adapters(tree, manifest) == [ADAPTER_AUTO]


def static_site(tree: SourceTree, manifest: Manifest, *, last: bool = False, replaced: str = "") -> PlanError | None:
    """The error for an app that nothing serves: a site, naming the file that told us; None when nothing says it is one.

    `last` says that nothing else is known of the app: what makes sites among other things counts too. `replaced` is the
    command of the app that is no server for production.
    """
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
