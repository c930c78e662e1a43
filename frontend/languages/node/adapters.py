"""What a framework is told to make: a server for Node.js, a site, or what another platform starts."""

import re

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.node import engines, frameworks, programs, sites
from frontend.languages.node.frameworks import Framework
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import START_SCRIPTS, Manifest, line
from frontend.languages.node.runners import RUN_BY
from frontend.paths import joined, within
from frontend.plan.model import Evidence, Warning
from frontend.rules.versions import key

NODE_SINCE = "3.2.0"  # of adapter-auto, which knows of no platform that runs Node.js before
# `preset` of Nitro, in a configuration of its own or below `nitro`; what it makes for Node.js
# https://nitro.build/deploy
PRESET = r"""\bpreset['"]?\s*:\s*(['"])(?P<name>[\w-]+)\1"""
NODE_PRESETS = ("node", "node-server", "node_server", "node-cluster", "node_cluster")
SITE_PRESETS = ("static", "github-pages", "github_pages", "gitlab-pages", "gitlab_pages")
FOR_NODE = ("NITRO_PRESET", "node-server")
HONO = "@hono/vite-build"
VERCEL = {"@react-router/serve": "@vercel/react-router", "@remix-run/serve": "@vercel/remix"}  # that have its preset
OF_CLOUDFLARE = "@nuxthub/core"  # reads bindings of Cloudflare when it runs
NITRO = ("nuxt", "nitropack", "nitro")
VINXI_CONFIGS = tuple(f"app.config.{end}" for end in ("ts", "js", "mts", "mjs"))
CLIENTS = {  # framework -> the files whose `ssr: false` leaves it without a server
    "@react-router/serve": tuple(f"react-router.config.{end}" for end in ("ts", "js", "mts", "mjs")),
    "@remix-run/serve": frameworks.VITE_CONFIGS,
}


# adapters of Astro for other platforms, and what of an app is rendered on demand, which needs one
# https://docs.astro.build/en/guides/on-demand-rendering/
ASTRO_ADAPTER = re.compile(
    r"""from\s*['"](?P<name>@astrojs/(?:vercel|netlify|cloudflare|deno)|@[\w-]+/astro-(?:adapter|bun|deno)"""
    r"""|[\w-]*astro[\w-]*-adapter|astro-adapter-[\w-]+|astro-sst)(?:/[\w-]+)*['"]"""
)
OUTPUT = re.compile(r"""\boutput['"]?\s*:(?!\s*(?:['"`]static\b|[{[]))""")
ON_DEMAND = re.compile(r"^\s*export\s+const\s+prerender\s*=\s*false|\bserver:defer\b", re.MULTILINE)
ON_DEMAND_PACKAGES = ("@keystatic/astro", "@sanity/astro", "@clerk/astro", "auth-astro", "emdash", "tinacms")
# what makes a page of SvelteKit a server's: https://svelte.dev/docs/kit/page-options#prerender
NOT_PRERENDERED = re.compile(
    r"^\s*export\s+const\s+prerender\s*=\s*(?:false|['\"]auto)|^\s*export\s+const\s+actions\b", re.M
)
PRERENDERED = re.compile(r"^\s*export\s+const\s+prerender\s*=\s*true", re.MULTILINE)
# programs that Vite runs for a platform, in whose place srvx serves what is built
FOR_PLATFORMS = {"@cloudflare/vite-plugin": "Cloudflare Workers", "vite-plugin-vercel": "Vercel"}
# adapters of Qwik City that make a program for Node.js, by their directories; the file each makes
QWIK = {"node-server": "node-server", "express": "express", "fastify": "fastify", "cloud-run": "cloud-run"}
VIKE_CONFIG = ("VIKE_CONFIG", "{server:true}")  # of the build: https://vike.dev/cli#vike_config
PREVIEW = "preview"  # the script by which apps of Vike's generator start their own server as it is in production
VIKE_SERVER = "0.4.255"  # the release that brings a server of its own: https://vike.dev/server
MOST = 400  # files of an app that are looked at


def check(
    tree: SourceTree,
    manifest: Manifest,
    framework: Framework | None,
    locked: Locked,
    *,
    named: bool = False,
    by_bun: bool = False,
) -> None:
    """Raises NoServerError where a framework is told to make what has no server, PlanError for what it makes for a
    platform that is not this one, OtherLanguageError for what it makes for Bun. `named` says that the user names the
    build command, `by_bun` that Bun runs the app."""
    if "astro" in manifest.dependencies and (framework is None or framework.package == "@astrojs/node"):
        astro(tree, manifest, framework)
    if framework is None:
        return
    if framework.handler:
        platform(tree, manifest, framework)
    if framework.package in ("@builder.io/qwik-city", "@qwik.dev/router"):
        qwik(tree, manifest, framework)
    if framework.package == HONO:
        hono(tree, manifest, framework, by_bun=by_bun)
    if framework.package == "vike":
        vike(tree, manifest, locked)
    if framework.package == "waku" and not named:
        waku(tree, manifest)
    if framework.package == "@analogjs/platform":
        analog(tree, manifest)
    if framework.package == "next":
        exported(tree, manifest)
    for path in CLIENTS.get(framework.package, ()):
        found = frameworks.setting_line(tree, within(manifest.dir, path), "ssr", "false")
        if found:
            told = f"this {framework.name} app is built for the browser alone (ssr: false)"
            raise sites.NoServerError(sites.EXPORTS[framework.package], told, found)
    vercel(tree, manifest, framework)
    if framework.package == "@remix-run/serve":
        remix(tree, manifest)
    if framework.package == "@sveltejs/kit":
        adapter(tree, manifest, locked)
    if framework.bundles and framework.package != "@analogjs/platform":
        preset(tree, manifest, framework, by_bun=by_bun)
    if framework.package == "nuxt" and "nuxt generate" in manifest.scripts.get("build", ""):
        told, at = "this Nuxt app is generated as a static site", line(tree, manifest, "scripts", "build")
        raise sites.NoServerError(sites.EXPORTS["nuxt"], told, at)


def exported(tree: SourceTree, manifest: Manifest) -> None:
    """Raises NoServerError for a Next.js app that is told to make files alone: `output: "export"`."""
    path = tree.first(*(within(manifest.dir, name) for name in frameworks.NEXT_CONFIGS))
    found = frameworks.setting_line(tree, path, "output", "export") if path else None
    if found:
        raise sites.NoServerError(sites.EXPORTS["next"], "this Next.js app is exported as a static site", found)


def doubts(tree: SourceTree, manifest: Manifest, framework: Framework | None) -> tuple[Warning, ...]:
    """The warnings for a SvelteKit app whose adapter its build installs, and for a Vike app that gets a server."""
    if framework is not None and dict(framework.build_env).get(VIKE_CONFIG[0]):
        told = "nothing of this Vike app serves it: it is built with the server that Vike brings (server: true)"
        return (
            Warning("vike-server", told, line(tree, manifest, "vike"), "set server: true in +config to silence this"),
        )
    if framework is not None and FOR_NODE in framework.build_env:
        name, at = other_preset(tree, manifest, framework) or ("", None)
        told = f'the configuration names the preset "{name}": it is built for Node.js (NITRO_PRESET=node-server)'
        return (Warning("nitro-preset", told, at, "remove the preset: platforms set their own when they build"),)
    if framework is None or framework.package != "@sveltejs/kit" or not frameworks.chooses_adapter(tree, manifest):
        return ()
    return (
        Warning(
            "sveltekit-adapter",
            "adapter-auto installs @sveltejs/adapter-node during the build, in a version that no lockfile has",
            line(tree, manifest, frameworks.ADAPTER_AUTO),
            "npm install -D @sveltejs/adapter-node, and use it in svelte.config.js",
        ),
    )


def vercel(tree: SourceTree, manifest: Manifest, framework: Framework) -> None:
    """Raises PlanError for an app whose build is cut for Vercel's functions: no bundle of it has all routes for sure.

    Source: https://vercel.com/docs/frameworks/full-stack/react-router
    """
    if VERCEL.get(framework.package) not in manifest.dependencies:
        return
    names = (*(f"react-router.config.{end}" for end in ("ts", "js", "mjs", "mts")), *frameworks.VITE_CONFIGS)
    for path in filter(tree.has, (within(manifest.dir, name) for name in names)):
        for number, row in enumerate(tree.read_lines(path) or (), 1):
            used = re.search(r"\bvercelPreset\(", row.partition("//")[0])
            if used is not None and "process.env" not in row:
                raise PlanError(
                    f"this {framework.name} app is built for the functions of Vercel (vercelPreset): no server of it",
                    at=tree.at(path, number),
                    hint="use it where Vercel builds alone: presets: process.env.VERCEL ? [vercelPreset()] : []",
                )


def remix(tree: SourceTree, manifest: Manifest) -> None:
    """Raises PlanError for a Remix app whose compiler builds a server entry for another platform: a function that
    nothing here calls.

    Source: https://v2.remix.run/docs/file-conventions/remix-config#server
    """
    from frontend.languages.node.outputs import REMIX_CONFIGS

    path = tree.first(*(within(manifest.dir, name) for name in REMIX_CONFIGS))
    for number, row in enumerate((tree.read_lines(path) or ()) if path else (), 1):
        found = re.match(r"""\s*server\s*:.*["']([^"']+\.[cm]?[jt]sx?)["']""", row)
        text = (tree.read_text(joined(manifest.dir, found[1])) or "") if found else ""
        other = re.search(r"""["']@remix-run/(vercel|netlify|architect|cloudflare(?:-\w+)?|deno)["']""", text)
        if path and found and other:
            raise PlanError(
                f"this Remix app is built for {other[1]}: {found[1]} is a function that its platform calls",
                at=tree.at(path, number),
                hint="remove server and serverBuildTarget there: remix-serve starts what is built then",
            )


def preset(tree: SourceTree, manifest: Manifest, framework: Framework, *, by_bun: bool) -> None:
    """Raises OtherLanguageError where Nitro's configuration names the preset for Bun, NoServerError where it names one
    for sites, PlanError for one of another platform, which makes no server for Node.js.

    The one that is written wins over NITRO_PRESET, but with newer releases of Nuxt.
    """
    found = other_preset(tree, manifest, framework)
    if found is None:
        return
    name, at = found
    if name == engines.BUN and by_bun:
        return
    if name == engines.BUN:
        raise engines.other(Evidence("Bun", f'{framework.name} is built by the preset "{name}"', at))
    if is_site(name):
        told = f"this {framework.name} app is generated as a static site"
        raise sites.NoServerError(sites.EXPORTS[framework.package], told, at)
    if FOR_NODE in framework.build_env:
        return
    raise PlanError(
        f'this {framework.name} app is built for another platform (preset "{name}"): no Node.js server',
        at=at,
        hint="remove the preset, and set the variable NITRO_PRESET where that platform builds",
    )


def is_site(preset: str) -> bool:
    """Whether a preset of Nitro makes files alone."""
    return preset in SITE_PRESETS or preset.endswith("static")


def other_preset(tree: SourceTree, manifest: Manifest, framework: Framework) -> tuple[str, Location] | None:
    """The preset that Nitro's configuration names, with its place, where it is none of Node.js; None for none."""
    files = frameworks.NUXT_CONFIGS if framework.package in NITRO else VINXI_CONFIGS
    for path in (within(manifest.dir, name) for name in files):
        text = "\n".join(row.partition("//")[0] for row in tree.read_lines(path) or ())
        before = (
            r"" if "nitro.config" in path else r"\b(?:nitro|server)['\"]?\s*:\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*?"
        )
        found = re.search(before + PRESET, text)
        if found is not None and found["name"] not in NODE_PRESETS:
            return found["name"], tree.at(path, text.count("\n", 0, found.start("name")) + 1)
    return None


def presets_by_variable(manifest: Manifest, locked: Locked) -> bool:
    """Whether NITRO_PRESET wins over the configuration of a Nuxt app, which needs nothing of its platform to run.

    Since @nuxt/cli is what builds: its build command puts the variable in front of the configuration.
    """
    return bool(locked.version("@nuxt/cli")) and OF_CLOUDFLARE not in manifest.dependencies


def adapter(tree: SourceTree, manifest: Manifest, locked: Locked) -> None:
    """Raises PlanError when a SvelteKit app has another adapter than adapter-node, or an adapter-auto that has none."""
    if "@sveltejs/adapter-node" in manifest.dependencies or "svelte-adapter-bun" in manifest.dependencies:
        return
    if frameworks.chooses_adapter(tree, manifest):
        at = prerendered(tree, manifest)
        if at is not None:
            told = "this SvelteKit app needs no server: all of its pages are prerendered"
            raise sites.NoServerError(sites.SVELTE_AUTO, told, at)
        version = locked.version(frameworks.ADAPTER_AUTO)
        if version and key(version) < key(NODE_SINCE):
            raise PlanError(
                f"adapter-auto {version} of this SvelteKit app makes no Node.js server",
                at=line(tree, manifest, frameworks.ADAPTER_AUTO),
                hint="npm install -D @sveltejs/adapter-node, and use it in svelte.config.js",
            )
        return
    others = frameworks.adapters(tree, manifest)
    path = tree.first(*(within(manifest.dir, name) for name in frameworks.SVELTE_CONFIGS))
    at = tree.line_of(path, others[0]) if path and others else tree.at(manifest.path)
    if "@sveltejs/adapter-static" in others:
        told = "this SvelteKit app is built as a static site (@sveltejs/adapter-static)"
        raise sites.NoServerError(sites.EXPORTS["@sveltejs/kit"], told, at)
    using, config = others[0] if others else "no adapter", (path or frameworks.SVELTE_CONFIGS[0]).rpartition("/")[2]
    raise PlanError(
        f"this SvelteKit app uses {using}, which does not produce a Node.js server",
        at=at,
        hint=f"npm install -D @sveltejs/adapter-node, and use it in {config}",
    )


def astro(tree: SourceTree, manifest: Manifest, framework: Framework | None) -> None:
    """Raises PlanError for an Astro app with pages rendered on demand by an adapter for another platform, and
    NoServerError for one with the adapter for Node.js that has no such page: its build makes no server."""
    path = tree.first(*(within(manifest.dir, name) for name in frameworks.ASTRO_CONFIGS))
    if path is None:
        return
    text = "\n".join(row.partition("//")[0] for row in tree.read_lines(path) or ())
    other = ASTRO_ADAPTER.search(text)
    if framework is None and other is None:
        return
    output = OUTPUT.search(text)  # of an expression nobody knows the value: there may be a server
    needs = tree.at(path, text.count("\n", 0, output.start()) + 1) if output else on_demand(tree, manifest)
    if "@astrojs/node" in text or other is None:
        if needs is None and "@astrojs/node" in text and "adapter" in text:
            told = "this Astro app has the adapter for Node.js, but no page that is rendered on demand"
            raise sites.NoServerError(sites.ASTRO, told, tree.line_of(path, "@astrojs/node"))
        return
    if needs is None:
        raise sites.NoServerError(
            sites.ASTRO, f"this Astro app has no page that {other['name']} renders", tree.at(path)
        )
    raise PlanError(
        f"this Astro app renders pages on demand by {other['name']}, which makes no server for Node.js",
        at=tree.at(path, text.count("\n", 0, other.start("name")) + 1),
        hint='npx astro add node, and adapter: node({ mode: "standalone" }) in '
        f"{path.rpartition('/')[2]}; without pages on demand ({needs}) it is a static site",
    )


def on_demand(tree: SourceTree, manifest: Manifest) -> Location | None:
    """What of an Astro app is rendered on demand, where its configuration does not say it; None for nothing."""
    package = next((name for name in ON_DEMAND_PACKAGES if name in manifest.dependencies), None)
    if package is not None:
        return line(tree, manifest, package)
    src = within(manifest.dir, "src")
    actions = tree.first(*(f"{src}/actions{end}" for end in (".ts", ".js", "/index.ts", "/index.js")))
    if actions is not None:
        return tree.at(actions, 1)
    return first_line(tree, src, (".astro", ".ts", ".js", ".tsx", ".jsx", ".mdx", ".md"), ON_DEMAND)


def first_line(tree: SourceTree, directory: str, ends: tuple[str, ...], pattern: re.Pattern[str]) -> Location | None:
    """The first place of a pattern in the sources of a directory; None for none."""
    for path in sources(tree, directory, ends):
        text = tree.read_text(path) or ""
        found = pattern.search(text)
        if found is not None:
            return tree.at(path, text.count("\n", 0, found.end()) + 1)
    return None


def sources(tree: SourceTree, directory: str, ends: tuple[str, ...]) -> list[str]:
    """The files below a directory whose names end so, at most MOST of them."""
    found: list[str] = []
    level = [directory]
    while level and len(found) <= MOST:
        tree.need_entries(*level)
        below = []
        for here in level:
            for name, entry in tree.entries(here).items():
                if entry.kind == "dir":
                    below.append(within(here, name))
                elif name.endswith(ends):
                    found.append(within(here, name))
        level = below
    tree.need(*found[:MOST])
    return found[:MOST]


def prerendered(tree: SourceTree, manifest: Manifest) -> Location | None:
    """What says that all pages of a SvelteKit app are made by its build, and nothing needs a server; None where not."""
    routes, src = within(manifest.dir, "src/routes"), within(manifest.dir, "src")
    layouts = (f"{routes}/+layout{kind}.{end}" for kind in ("", ".server") for end in ("js", "ts"))
    layout = tree.first(*layouts)
    text = (tree.read_text(layout) or "") if layout else ""
    found = PRERENDERED.search(text)
    hooks = tree.first(*(f"{src}/hooks.server{end}" for end in (".js", ".ts", "/index.js", "/index.ts")))
    if layout is None or found is None or hooks is not None:
        return None
    code = sources(tree, routes, (".js", ".ts"))
    names = [path.rpartition("/")[2] for path in code]
    if len(code) == MOST or any(name.startswith("+server.") or ".remote." in name for name in names):
        return None
    if any(NOT_PRERENDERED.search(tree.read_text(path) or "") for path in code):
        return None
    return tree.at(layout, text.count("\n", 0, found.end()) + 1)


def platform(tree: SourceTree, manifest: Manifest, framework: Framework) -> None:
    """Raises PlanError for an app whose Vite builds for another platform: its handler is not for Node.js."""
    path = tree.first(*(within(manifest.dir, name) for name in frameworks.VITE_CONFIGS))
    for package, title in FOR_PLATFORMS.items() if path else ():
        text = "\n".join(row.partition("//")[0] for row in tree.read_lines(path or "") or ())
        if package in text:
            raise PlanError(
                f"this {framework.name} app is built for {title} ({package}): no Node.js server",
                at=tree.line_of(path or "", package),
                hint=f"leave the plugin out where {title} does not build it; srvx serves what is built without it",
            )


def hono(tree: SourceTree, manifest: Manifest, framework: Framework, *, by_bun: bool) -> None:
    """Raises PlanError for a Hono app that Vite builds for another platform, where nothing of it listens, and
    OtherLanguageError for Bun; nothing for one that a script of its own starts.

    Source: https://github.com/honojs/vite-plugins/tree/main/packages/build
    """
    start = manifest.scripts.get("start", "")
    if start and not frameworks.is_development(framework, *programs.started(start, manifest.scripts)):
        return
    path = tree.first(*(within(manifest.dir, name) for name in frameworks.VITE_CONFIGS)) or ""
    text = "\n".join(row.partition("//")[0] for row in (tree.read_lines(path) or ())) if path else ""
    found = re.search(rf"{HONO}/([\w-]+)", text)
    if found is None or f"{HONO}/node" in text or (by_bun and found[1] == engines.BUN):
        return
    at = tree.line_of(path, found[0])
    if found[1] == engines.BUN:
        raise engines.other(Evidence("Bun", f"{found[0]} builds it", at))
    raise PlanError(
        f"this Hono app is built for another platform ({found[0]}): no Node.js server",
        at=at,
        hint=f"import build from {HONO}/node there, and add @hono/node-server to the dependencies",
    )


def vite_setting(tree: SourceTree, manifest: Manifest, key: str, value: str) -> Location | None:
    """Where the configuration of Vite sets a key; None for nowhere."""
    path = tree.first(*(within(manifest.dir, name) for name in frameworks.VITE_CONFIGS))
    return frameworks.setting_line(tree, path, key, value) if path else None


def waku(tree: SourceTree, manifest: Manifest) -> None:
    """Raises PlanError for a Waku app that is built for another platform: `waku build --with-cloudflare`."""
    found = re.search(r"\bwaku build\b[^&|;]*\s--with-([\w-]+)", manifest.scripts.get("build", ""))
    if found is not None:
        raise PlanError(
            f"this Waku app is built for another platform (--with-{found[1]}): no Node.js server",
            at=line(tree, manifest, "scripts", "build"),
            hint='set the build-arg BUILD_COMMAND="npx waku build", or leave the option out of the build script',
        )


def analog(tree: SourceTree, manifest: Manifest) -> None:
    """Raises NoServerError for an Analog app that is told to make files alone: `static: true`."""
    at = vite_setting(tree, manifest, "static", "true")
    if at is not None:
        raise sites.NoServerError(sites.EXPORTS["@analogjs/platform"], "this Analog app is a static site", at)


def vike(tree: SourceTree, manifest: Manifest, locked: Locked) -> None:
    """Raises NoServerError for a Vike app whose pages are all made by its build: `prerender: true`, and PlanError for
    one with a release that makes no server.

    Source: https://vike.dev/self-host
    """
    at = vike_prerenders(tree, manifest)
    if at is not None:
        raise sites.NoServerError(sites.EXPORTS["vike"], "this Vike app is prerendered (prerender)", at)
    version = locked.version("vike")
    if lacks_server(tree, manifest) and version and key(version) < key(VIKE_SERVER):
        raise PlanError(
            f"vike {version} of this app makes no server, and nothing of the app serves it",
            at=line(tree, manifest, "vike"),
            hint="update vike, prerender all pages (prerender: true in +config), or start your server by a script",
        )


def vike_prerenders(tree: SourceTree, manifest: Manifest) -> Location | None:
    """Where a Vike app says that its build makes all pages; None for nowhere."""
    paths = vike_configs(tree, manifest)
    config = tree.first(*(within(manifest.dir, name) for name in frameworks.VITE_CONFIGS))
    for path in (*paths, *((config,) if config else ())):
        for number, text in enumerate(tree.read_lines(path) or (), 1):
            if re.search(r"\bprerender['\"]?\s*:\s*(?:true\b|\{)", text.partition("//")[0]):
                return tree.at(path, number)
    return None


def vike_configs(tree: SourceTree, manifest: Manifest) -> list[str]:
    """The configurations of Vike for all pages of an app."""
    dirs = ("", "pages", "src", "src/pages", "renderer", "src/renderer")
    names = (f"+config.{end}" for end in ("ts", "js", "mts", "mjs"))
    paths = [within(within(manifest.dir, dir), name) for name in names for dir in dirs]
    return [path for path in paths if tree.has(path)]


def serves_itself(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether the build of a Vike app makes a program that serves it."""
    if {"vike-photon", "vike-server"} & set(manifest.dependencies):
        return True
    dirs = ("", "pages", "src", "src/pages", "server", "src/server", "renderer")
    files = (f"+{name}.{end}" for name in ("server", "serverEntry") for end in ("ts", "js", "mts", "mjs"))
    if tree.first(*(within(within(manifest.dir, dir), file) for file in files for dir in dirs)):
        return True
    return any(frameworks.setting_line(tree, path, "server", "true") for path in vike_configs(tree, manifest))


def lacks_server(tree: SourceTree, manifest: Manifest) -> bool:
    """Whether nothing serves a Vike app: neither its build, nor a file that one of its scripts starts."""
    scripts = (manifest.scripts[name] for name in (*START_SCRIPTS, PREVIEW) if name in manifest.scripts)
    own = any(programs.started(text, manifest.scripts).name in RUN_BY for text in scripts)
    return not own and not serves_itself(tree, manifest) and vike_prerenders(tree, manifest) is None


def qwik(tree: SourceTree, manifest: Manifest, framework: Framework) -> None:
    """Raises NoServerError for a Qwik City app that is built as a static site, PlanError for one without an adapter, or
    with one for another platform.

    Source: https://qwik.dev/docs/deployments/
    """
    name, path = qwik_adapter(tree, manifest)
    if not name:
        raise PlanError(
            "this Qwik City app has no adapter, so its build makes no server",
            at=line(tree, manifest, framework.package),
            hint="npm run qwik add node-server (or express, fastify; static for a site without a server)",
        )
    if name in ("static", "static-site"):
        told = "this Qwik City app is built as a static site (adapters/static)"
        raise sites.NoServerError(sites.EXPORTS[framework.package], told, tree.at(path, 1))
    if name not in QWIK:
        raise PlanError(
            f"this Qwik City app is built for another platform (adapters/{name}): no Node.js server",
            at=tree.at(path, 1),
            hint="npm run qwik add node-server, and its script build.server",
        )


def qwik_adapter(tree: SourceTree, manifest: Manifest) -> tuple[str, str]:
    """The adapter of a Qwik City app by the name of its directory, and its configuration; ("", "") for none.

    It is the one that the script `build.server` names, else one for Node.js, else any.
    """
    files = tree.glob(within(manifest.dir, "adapters/*/vite.config.*"))
    there = {path.rpartition("/")[0].rpartition("/")[2]: path for path in files}
    named = re.search(r"adapters/([\w-]+)/", manifest.scripts.get("build.server", ""))
    if named and named[1] in there:
        return named[1], there[named[1]]
    name = next((one for one in (*QWIK, *there) if one in there), "")
    return name, there.get(name, "")
