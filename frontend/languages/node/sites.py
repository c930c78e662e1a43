"""Sites that Node.js builds and nothing of it serves: which tools make them, and where their builds put them.

The steps are those of a Node.js app; the files that they make go to the image of every site (`languages/static`).
"""

from __future__ import annotations

from msgspec import Struct, structs

from frontend.commands.options import split_options
from frontend.commands.words import literal
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node import lenient
from frontend.languages.node.manifest import Manifest, line
from frontend.paths import joined, within

CODE = ("ts", "js", "mjs", "mts", "cjs", "cts")
# packages that route in the browser: their paths are no files, and a server has to give the first page for them
ROUTERS = frozenset(
    "react-router react-router-dom vue-router @tanstack/react-router @tanstack/solid-router @tanstack/vue-router wouter"
    " @solidjs/router solid-app-router preact-router preact-iso svelte-routing svelte-navigator svelte-spa-router"
    " routify @roxi/routify @reach/router @angular/router @ionic/react-router @ionic/vue-router @vaadin/router page"
    " navigo universal-router found @lit-labs/router react-admin @refinedev/core".split()
)


class Generator(Struct, frozen=True):
    """What makes a site.

    `package` is the dependency that tells, `files` are its configuration: with the dependency alone it is one too.
    `build` is run when there is no build script; one of `scripts` goes before that, and then one that runs `program`
    with one of its words as its first argument. `directories` are where it puts the
    site, relative to the package: patterns, in order; `output` is the option by which its configuration says otherwise,
    `out` those of its program.
    `base` is the option for the path that the site is served below, `at` those of its program. `router` says that it
    always has a client router, which the first page answers for, `prerenders` that all pages are files in any case.
    `spa` is the option of its configuration that names another page for that, `pages` are patterns of a configuration
    with the page that they ask for, "" for none.
    `immutable` and `hashed` are paths of the site whose files have a hash in their names, as in `Site`. `env` are
    variables of the build. `merged` are directories whose files are put together in the first of `directories`.
    `in_place` says that it may build files beside a page of the source.
    """

    title: str
    package: str
    files: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    program: tuple[str, ...] = ()
    directories: tuple[str, ...] = ("dist",)
    output: str = ""
    out: tuple[str, ...] = ()
    base: str = ""
    at: tuple[str, ...] = ()
    router: bool = False
    prerenders: bool = False
    spa: str = ""
    pages: tuple[tuple[str, str], ...] = ()
    immutable: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    merged: tuple[str, ...] = ()
    in_place: bool = False

    @property
    def run(self) -> tuple[str, ...]:
        """The program that builds, and the words of which one is its first argument; none for any."""
        return self.program or self.build[:2] or (self.package,)


def configs(*stems: str) -> tuple[str, ...]:
    """The files of a configuration that may be written in any language of Node.js."""
    return tuple(f"{stem}.{end}" for stem in stems for end in CODE)


GENERATORS = (  # the first whose dependency an app has; those that contain others come first
    Generator(
        "Create React App",
        "react-scripts",
        build=("react-scripts", "build"),
        directories=("build",),
        immutable=("/static/js", "/static/css", "/static/media"),
        env=(lenient.LENIENT,),
    ),
    Generator(
        "Angular",
        "@angular/core",
        ("angular.json",),
        build=("ng", "build"),
        directories=("dist/*/browser", "dist/browser", "dist/*", "dist", "www"),
        out=("--output-path",),
        at=("--base-href",),
        hashed=("", "/media"),
    ),
    Generator(
        "Astro",
        "astro",
        configs("astro.config"),
        build=("astro", "build"),
        output="outDir",
        out=("--outDir",),
        base="base",
        at=("--base",),
        prerenders=True,
        immutable=("/_astro",),
    ),
    Generator(
        "Gatsby",
        "gatsby",
        configs("gatsby-config"),
        build=("gatsby", "build"),
        directories=("public",),
        base="pathPrefix",
        prerenders=True,
    ),
    Generator(
        "Vue CLI",
        "@vue/cli-service",
        configs("vue.config"),
        build=("vue-cli-service", "build"),
        output="outputDir",
        out=("--dest",),
        base="publicPath",
        hashed=("/js", "/css", "/img", "/fonts"),
    ),
    Generator(
        "Docusaurus",
        "@docusaurus/core",
        configs("docusaurus.config"),
        build=("docusaurus", "build"),
        directories=("build",),
        out=("--out-dir",),
        base="baseUrl",
        prerenders=True,
        hashed=("/assets",),
    ),
    Generator(
        "VitePress",
        "vitepress",
        configs(".vitepress/config", "docs/.vitepress/config"),
        build=("vitepress", "build"),
        directories=("docs/.vitepress/dist", ".vitepress/dist", "*/.vitepress/dist"),
        output="outDir",
        out=("--outDir",),
        base="base",
        at=("--base",),
        hashed=("/assets",),
    ),
    Generator(
        "Eleventy",
        "@11ty/eleventy",
        (*configs("eleventy.config"), ".eleventy.js"),
        build=("eleventy",),
        program=("eleventy",),
        directories=("_site",),
        output="output",
        out=("--output",),
    ),
    Generator(
        "VuePress",
        "vuepress",
        configs("docs/.vuepress/config", ".vuepress/config", "src/.vuepress/config"),
        build=("vuepress", "build"),
        scripts=("docs:build",),
        directories=("docs/.vuepress/dist", ".vuepress/dist", "*/.vuepress/dist"),
        base="base",
        prerenders=True,
        hashed=("/assets",),
    ),
    Generator(
        "Hexo",
        "hexo",
        ("_config.yml",),
        build=("hexo", "generate"),
        program=("hexo", "generate", "g"),
        directories=("public",),
    ),
    *(
        Generator(
            "Quasar",
            package,
            configs("quasar.config", "quasar.conf"),
            build=("quasar", "build"),
            directories=("dist/spa", "dist/pwa"),
            output="distDir",
            base="publicPath",
            router=True,
            hashed=("/assets", "/js", "/css"),
        )
        for package in ("@quasar/app-vite", "@quasar/app-webpack")
    ),
    Generator(
        "Ember",
        "ember-cli",
        ("ember-cli-build.js",),
        build=("ember", "build", "--environment=production"),
        out=("--output-path",),
        router=True,
        hashed=("/assets",),
    ),
    Generator("Slidev", "@slidev/cli", build=("slidev", "build"), out=("--out",), at=("--base",), router=True),
    Generator("Rsbuild", "@rsbuild/core", configs("rsbuild.config"), build=("rsbuild", "build"), hashed=("/static",)),
    Generator(
        "Parcel", "parcel", program=("parcel", "build"), out=("--dist-dir", "-d"), at=("--public-url",), hashed=("",)
    ),
    Generator(
        "Vite",
        "vite",
        configs("vite.config"),
        build=("vite", "build"),
        output="outDir",
        out=("--outDir",),
        base="base",
        at=("--base",),
        hashed=("/assets",),
    ),
)
# those that an app may have for something else: they count where nothing starts it, and there is a page for them
OTHERS = (
    Generator(
        "Expo",
        "expo",
        ("app.json", "app.config.js", "app.config.ts"),
        build=("expo", "export", "--platform", "web"),
        program=("expo", "export", "export:web"),
        scripts=("build:web", "export:web", "web:build"),
        directories=("dist", "web-build"),
        out=("--output-dir",),
        router=True,
        pages=((r"""['"]?output['"]?\s*:\s*['"](static|server)""", ""),),
        immutable=("/_expo/static",),
    ),
    Generator(
        "Webpack",
        "webpack",
        configs("webpack.config", "webpack.prod", "webpack.config.prod", "config/webpack.prod"),
        build=("webpack", "--mode=production"),
        program=("webpack",),
        scripts=("build:prod", "build:production"),
        directories=("dist", "public"),
        output="path",
        out=("--output-path",),
        base="publicPath",
        hashed=("",),
    ),
    Generator(
        "Rspack",
        "@rspack/core",
        configs("rspack.config"),
        build=("rspack", "build"),
        program=("rspack", "build", "b"),
        hashed=("",),
    ),
    Generator(
        "Rollup",
        "rollup",
        configs("rollup.config"),
        build=("rollup", "--config"),
        program=("rollup",),
        directories=("dist", "public"),
    ),
    Generator("esbuild", "esbuild", directories=("dist", "public"), in_place=True),
    Generator(
        "Storybook",
        "storybook",
        build=("storybook", "build"),
        scripts=("build-storybook", "storybook:build"),
        directories=("storybook-static",),
        out=("--output-dir", "-o"),
        hashed=("/assets",),
    ),
    *(  # pages of the source, whose styles are made beside them
        Generator(title, package, program=(program,), directories=("dist", "public", "build"), in_place=True)
        for title, package, program in (
            ("Tailwind CSS", "@tailwindcss/cli", "tailwindcss"),
            ("Tailwind CSS", "tailwindcss", "tailwindcss"),
            ("Sass", "sass", "sass"),
            ("PostCSS", "postcss-cli", "postcss"),
        )
    ),
)
PAGES = ("index.html", "src/index.html", "public/index.html", "app/index.html", "src/index.ejs", "static/index.html")
MAKE_PAGES = frozenset(  # packages that make the page of an app
    "html-webpack-plugin html-rspack-plugin @rollup/plugin-html @web/rollup-plugin-html react-native-web"
    " storybook".split()
)
# what frameworks with a server of their own make without one, by the package that tells. Sources:
# https://nextjs.org/docs/app/guides/static-exports, https://svelte.dev/docs/kit/single-page-apps,
# https://nuxt.com/docs/getting-started/deployment#client-side-only-rendering, https://reactrouter.com/how-to/spa
EXPORTS = {
    "next": Generator(
        "Next.js",
        "next",
        configs("next.config"),
        build=("next", "build"),
        directories=("out",),
        output="distDir",
        base="basePath",
        prerenders=True,
        immutable=("/_next/static",),
    ),
    "@analogjs/platform": Generator(
        "Analog",
        "@analogjs/platform",
        configs("vite.config"),
        build=("vite", "build"),
        directories=("dist/analog/public", "dist/client"),
        router=True,
        hashed=("/assets",),
    ),
    "vike": Generator(
        "Vike",
        "vike",
        configs("vite.config"),
        build=("vike", "build"),
        directories=("dist/client",),
        base="base",
        prerenders=True,
        hashed=("/assets",),
    ),
    **dict.fromkeys(
        ("@builder.io/qwik-city", "@qwik.dev/router"),
        Generator(
            "Qwik City",
            "@builder.io/qwik-city",
            configs("vite.config"),
            build=("qwik", "build"),
            prerenders=True,
            immutable=("/build",),
            hashed=("/assets",),
        ),
    ),
    **{
        package: Generator(
            title,
            package,
            configs("app.config"),
            build=("vinxi", "build"),
            directories=(".output/public",),
            base="baseURL",
            prerenders=True,
            immutable=("/_build",),
        )
        for title, package in (
            ("TanStack Start", "@tanstack/start"),
            ("SolidStart", "@solidjs/start"),
            ("Vinxi", "vinxi"),
        )
    },
    **dict.fromkeys(
        ("nuxt", "nitropack", "nitro"),
        Generator(
            "Nuxt",
            "nuxt",
            configs("nuxt.config"),
            build=("nuxt", "generate"),
            scripts=("generate",),
            directories=(".output/public", "dist"),
            base="baseURL",
            pages=((r"\bssr\s*:\s*false\b", "200.html"),),
            prerenders=True,
            immutable=("/_nuxt",),
        ),
    ),
    "@sveltejs/kit": Generator(
        "SvelteKit",
        "@sveltejs/kit",
        configs("svelte.config"),
        build=("vite", "build"),
        directories=("build",),
        output="pages",
        base="base",
        spa="fallback",
        prerenders=True,
        immutable=("/_app/immutable",),
    ),
    **{
        package: Generator(
            title,
            package,
            configs(config),
            build=build,
            directories=("build/client",),
            base="basename",
            router=True,
            pages=((r"\bprerender\b", "__spa-fallback.html"),),
            hashed=("/assets",),
        )
        for title, package, config, build in (
            ("React Router", "@react-router/serve", "react-router.config", ("react-router", "build")),
            ("Remix", "@remix-run/serve", "vite.config", ("remix", "vite:build")),
        )
    },
}
# without any adapter the build leaves a site in two places: pages, and what browsers load
# https://svelte.dev/docs/kit/writing-adapters
SVELTE_AUTO = structs.replace(
    EXPORTS["@sveltejs/kit"],
    directories=(".svelte-kit/site",),
    output="",
    merged=(
        ".svelte-kit/output/prerendered/dependencies",
        ".svelte-kit/output/prerendered/pages",
        ".svelte-kit/output/client",
    ),
)
ASTRO = structs.replace(
    next(one for one in GENERATORS if one.package == "astro"),
    directories=("dist", "dist/client", ".vercel/output/static"),
)
FILES = Generator("the app", "", directories=(".",))  # files as they are


class FileServer(Struct, frozen=True):
    """A program that serves files alone: its options with a value, those by which it serves one page for all paths, and
    the directory that it serves where none is named."""

    takes: frozenset[str]
    single: tuple[str, ...] = ()
    usual: str = "."


FILE_SERVERS = {
    "serve": FileServer(
        frozenset("-l --listen -p --port -c --config --ssl-cert --ssl-key --ssl-pass".split()), ("-s", "--single")
    ),
    "http-server": FileServer(
        frozenset("-p --port -a -P --proxy -t --username --password -c -C -K -e --ext -b".split()), usual="public"
    ),
    "sirv": FileServer(
        frozenset("-p --port -H --host -m --maxage -i --ignores --cert --key --cacert --pass".split()),
        ("-s", "--single"),
    ),
    "live-server": FileServer(frozenset(("--entry-file", "--mount", "--proxy", "--middleware"))),
    "lite-server": FileServer(frozenset(("-c", "--config"))),
}


class NoServerError(PlanError):
    """An app is a site without a server, which `generator` makes.

    `directories` are where a command says that it is, `router` says that the command serves one page for all paths.
    `replaced` is that command, in whose place the site is served, "" for none.
    """

    def __init__(
        self,
        generator: Generator,
        message: str,
        at: Location | None,
        directories: tuple[str, ...] = (),
        *,
        router: bool = False,
        replaced: str = "",
    ) -> None:
        super().__init__(message, at=at, hint=HINT)
        self.generator = generator
        self.directories = directories
        self.router = router
        self.replaced = replaced


HINT = "a site is served by Caddy where it is the app that is built; here something else has to serve it"


def generator(manifest: Manifest) -> Generator | None:
    """What makes a site of an app, unless it has a server, as its dependencies say; None for nothing."""
    return next((one for one in GENERATORS if one.package in manifest.dependencies), None)


def at_last(tree: SourceTree, manifest: Manifest) -> Generator | None:
    """What makes a site of an app that nothing starts; None where it is no site."""
    scripted = (one for one in OTHERS if not manifest.scripts.keys().isdisjoint(one.scripts))
    own = next((one for one in scripted if one.package in manifest.dependencies), None)
    found = own if own is not None and "build" not in manifest.scripts else generator(manifest)
    if found is not None:
        return found
    page = tree.first(*(within(manifest.dir, page) for page in PAGES))
    pages = page is not None or not MAKE_PAGES.isdisjoint(manifest.dependencies)
    return next((one for one in OTHERS if pages and one.package in manifest.dependencies), None)


def of_app(tree: SourceTree, manifest: Manifest, found: Generator | None, replaced: str = "") -> NoServerError | None:
    """The site that `found` makes of an app, naming the file that told us; None for none."""
    if found is None:
        return None
    path = tree.first(*(within(manifest.dir, file) for file in found.files))
    where = tree.at(path) if path else line(tree, manifest, found.package)
    told = (path or manifest.path).rpartition("/")[2]
    message = f"this is a static site made by {found.title} ({told}), without a server"
    return NoServerError(found, message, where, replaced=replaced)


def of_file_server(
    tree: SourceTree, manifest: Manifest, tool: str, words: tuple[str, ...], at: Location | None
) -> None:
    """Raises NoServerError for a program that serves files alone: its directory is the site.

    Without one it is the working directory, http-server's `public` where there is one.
    """
    server = FILE_SERVERS.get(tool)
    if server is None:
        return
    split = split_options(tuple(map(literal, words)), server.takes, anywhere=True)
    usual = server.usual if tree.is_dir(within(manifest.dir, server.usual)) else "."
    directory = joined("", next((word.text for word in split.rest), "")) or usual
    replaced, router = " ".join((tool, *words)), split.option(*server.single) is not None
    exported = next((EXPORTS[package] for package in EXPORTS if package in manifest.dependencies), None)
    raise NoServerError(
        at_last(tree, manifest) or exported or FILES,
        f"{tool} serves files alone",
        at,
        (directory,),
        router=router,
        replaced=replaced,
    )
