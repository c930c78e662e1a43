"""Where a build puts the file that is started, as far as configuration says: candidates, the likeliest first.

A compiler puts its output below `outDir` at the path that a source has below the common directory of all sources: a
second directory of sources (`prisma/`, `test/`) turns `dist/main.js` into `dist/src/main.js`. Which of them there is,
only the built filesystem tells.
Sources: https://www.typescriptlang.org/tsconfig/#rootDir, https://docs.nestjs.com/cli/monorepo#cli-properties
"""

import re
from typing import Any

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.languages.node import frameworks, programs
from frontend.languages.node.frameworks import ASTRO_CONFIGS, NUXT_CONFIGS, SVELTE_CONFIGS, VITE_CONFIGS, Framework
from frontend.languages.node.lockfiles import Locked
from frontend.languages.node.manifest import BUILD_SCRIPTS, Manifest
from frontend.paths import joined, within

TSCONFIGS = ("tsconfig.build.json", "tsconfig.json", "tsconfig.app.json")
NEST_CONFIGS = ("nest-cli.json", ".nestcli.json", ".nest-cli.json")
REMIX_CONFIGS = ("remix.config.js", "remix.config.mjs", "remix.config.cjs", "remix.config.ts")
COMPILED = {".ts": ".js", ".mts": ".mjs", ".cts": ".cjs"}
# SolidStart from 2 on is built by Vite alone: https://docs.solidjs.com/solid-start/
SOLID_2: dict[str, Any] = {
    "build": ("vite", "build"),
    "start": (),
    "dev": (("vite", ("dev", "preview", "")),),
    "ships": "",
    "bundles": False,
    "handler": ("dist/server/entry-server.js", "dist/server/entry-server.mjs"),
}
TSUP_CONFIGS = ("tsup.config.ts", "tsup.config.js", "tsup.config.mjs", "tsup.config.cjs")
OUT_FILE = re.compile(r"""(?:--outfile[= ]|\boutfile\s*:\s*)["'`]?(?:\./)?([\w@][\w@./-]*\.[cm]?js)\b""")
OUT_DIR = re.compile(r"""(?:--out-?dir[= ]|\boutdir\s*:\s*)["'`]?(?:\./)?([\w@][\w@./-]*)""")
ENDINGS = (".js", ".cjs", ".mjs")
PLAIN = r"""\s*:\s*(['"`])(\.?/?[\w@-][\w./@-]*)\1"""  # a path that is no expression


def out_dir(tree: SourceTree, app: Manifest) -> str:
    """The directory that the TypeScript compiler writes to, relative to the package; "" when no tsconfig has one."""
    for name in TSCONFIGS:
        path = within(app.dir, name)
        text = (tree.read_text(path) or "") if tree.has(path) else ""
        found = re.search(rf'"outDir"{PLAIN}', "\n".join(row for row in text.splitlines() if "//" not in row[:3]))
        if found:
            return joined("", found[2].rstrip("/"))
    return ""


def compiled(tree: SourceTree, app: Manifest, source: str) -> tuple[str, ...]:
    """The files that a TypeScript source may be compiled to, relative to the package; () without an `outDir`."""
    where = out_dir(tree, app)
    stem, dot, end = source.rpartition(".")
    if not where or dot + end not in COMPILED:
        return ()
    file = stem + COMPILED[dot + end]
    _, _, below = file.partition("/")
    return tuple(dict.fromkeys(within(where, path) for path in (below or file, file)))


def bundled(tree: SourceTree, app: Manifest, source: str) -> tuple[str, ...]:
    """The files that a build script makes of a TypeScript source, relative to the package, as it or a file that it
    runs says: `esbuild … --outfile=dist/a.js`, `outdir: "dist"`; () where none says so.

    Sources: https://esbuild.github.io/api/#outfile, https://tsup.egoist.dev/#output-directory
    """
    name = next((name for name in BUILD_SCRIPTS if name in app.scripts), "")
    texts = [app.scripts.get(name, "")]
    tools = set()
    for program, words in programs.programs(texts[0], app.scripts):
        tools.add(program)
        run = (word for word in words if program in ("node", "tsx", "ts-node") and tree.has(joined(app.dir, word)))
        texts += [tree.read_text(joined(app.dir, word)) or "" for word in run]
    stem = source.rpartition("/")[2].rpartition(".")[0]
    found = []
    for text in texts:
        found += [match[1] for match in OUT_FILE.finditer(text)]
        found += [f"{match[1].rstrip('/')}/{stem}{end}" for match in OUT_DIR.finditer(text) for end in ENDINGS]
    if not found and "tsup" in tools:
        where = setting(tree, app, TSUP_CONFIGS, "outDir") or "dist"
        found = [f"{where}/{stem}{end}" for end in ENDINGS]
    if not found and "tsc" in tools:  # without an outDir it writes beside the sources
        found = [source.rpartition(".")[0] + COMPILED["." + source.rpartition(".")[2]]]
    return tuple(dict.fromkeys(joined("", path) for path in found if ".." not in path.split("/")))


def of_main(main: str) -> tuple[str, ...]:
    """Other places of a compiled file: `dist/server.js` may be `dist/src/server.js`, and the reverse."""
    where, slash, file = main.partition("/")
    if not slash or where not in ("dist", "build", "out", "lib"):
        return ()
    return (f"{where}/{file.removeprefix('src/')}",) if file.startswith("src/") else (f"{where}/src/{file}",)


def of_start(tree: SourceTree, app: Manifest, file: str) -> tuple[str, ...]:
    """Other places of a compiled file that a start command names, with or without its `.js`."""
    paths = of_main(file)
    framework = frameworks.find(app)
    if paths and framework is not None and framework.package == "@nestjs/core":
        name = f"{file.rpartition('/')[2].removesuffix('.js')}.js"
        paths = (*paths, *(path for path in of_nest(tree, app) if path.rpartition("/")[2] == name))
    found: dict[str, str] = {}
    for path in (file, *paths):
        found.setdefault(path.removesuffix(".js"), path)
    return tuple(found.values())[1:]


def of_nest(tree: SourceTree, app: Manifest) -> tuple[str, ...]:
    """The files that `nest build` may make of a NestJS app's entry, relative to the package.

    In a monorepo of Nest's own it is the default project's, in `dist/PROJECT`.
    """
    _, config = nest_config(tree, app)
    entry, sources = text_of(config, "entryFile") or "main", text_of(config, "sourceRoot") or "src"
    where = out_dir(tree, app) or "dist"
    files = []
    root = text_of(config, "root")
    own = project_at(config, root)
    if own is not None:
        entry, sources = text_of(own, "entryFile") or entry, text_of(own, "sourceRoot") or f"{root}/src"
        files += [f"dist/{root}/{entry}", f"dist/{root}/src/{entry}", f"dist/{sources}/{entry}"]
    files += [within(where, entry), within(where, joined(sources, entry))]
    files += [within(where, "main"), within(where, "src/main")]
    return tuple(dict.fromkeys(f"{file.removesuffix('.js')}.js" for file in files))


def nest_config(tree: SourceTree, app: Manifest) -> tuple[str, dict[str, Any]]:
    """The configuration of the Nest CLI with its path, empty for none."""
    path = tree.first(*(within(app.dir, name) for name in NEST_CONFIGS)) or ""
    return path, (tree.read_json(path) or {}) if path else {}


def project_at(config: dict[str, Any], root: str) -> dict[str, Any] | None:
    """The project of Nest's own monorepo in a directory; None when there is none."""
    projects = config.get("projects")
    found = projects.values() if isinstance(projects, dict) and root else ()
    return next((one for one in found if isinstance(one, dict) and text_of(one, "root") == root), None)


def text_of(config: object, key: str) -> str:
    """A text of a JSON object, as a path without "./" and the last "/"; "" when it has none."""
    value = config.get(key) if isinstance(config, dict) else None
    return value.removeprefix("./").rstrip("/") if isinstance(value, str) else ""


def configured(tree: SourceTree, app: Manifest, framework: Framework, locked: Locked) -> Framework:
    """A framework with the output directory that the app's configuration sets, where that is plain text.

    Sources: https://svelte.dev/docs/kit/adapter-node#Options-out, https://nitro.build/config#output,
    https://docs.astro.build/en/reference/configuration-reference/#outdir, https://v2.remix.run/docs/file-conventions/remix-config
    """
    if framework.package == "@sveltejs/kit" and frameworks.chooses_adapter(tree, app):
        from frontend.languages.node import adapters

        if adapters.prerendered(tree, app) is not None:
            return framework
        return structs.replace(framework, build_env=(*framework.build_env, frameworks.FOR_NODE))
    if framework.package == "@solidjs/start" and "vinxi" not in app.dependencies:
        return structs.replace(framework, **SOLID_2)
    if framework.package == "vike":
        return of_vike(tree, app, framework)
    if framework.package in ("@builder.io/qwik-city", "@qwik.dev/router"):
        return of_qwik(tree, app, framework)
    if framework.package == "@sveltejs/kit" and (out := setting(tree, app, SVELTE_CONFIGS, "out")):
        return structs.replace(framework, start=("node", out))
    if framework.package == "@astrojs/node":
        out = setting(tree, app, ASTRO_CONFIGS, "outDir") or "dist"
        server = setting(tree, app, ASTRO_CONFIGS, "server") or "server"
        return structs.replace(framework, start=("node", f"{out}/{server.rpartition('/')[2]}/entry.mjs"))
    if framework.package == "@remix-run/serve":
        return of_remix(tree, app, framework)
    if framework.package == "nuxt":
        from frontend.languages.node import adapters

        named = adapters.other_preset(tree, app, framework)
        if (
            named is not None
            and named[0] != "bun"
            and not adapters.is_site(named[0])
            and adapters.presets_by_variable(app, locked)
        ):
            framework = structs.replace(framework, build_env=(*framework.build_env, adapters.FOR_NODE))
    if framework.bundles and (out := nitro_output(tree, app)):
        return structs.replace(framework, start=("node", f"{out}/server/index.mjs"), ships=out)
    return framework


def of_vike(tree: SourceTree, app: Manifest, framework: Framework) -> Framework:
    """Vike, told to make the server that it brings where the app has none of its own.

    Source: https://vike.dev/cli#vike_config
    """
    from frontend.languages.node import adapters

    return structs.replace(framework, build_env=(adapters.VIKE_CONFIG,) * adapters.lacks_server(tree, app))


def of_qwik(tree: SourceTree, app: Manifest, framework: Framework) -> Framework:
    """Qwik City with the server of its adapter, where that is for Node.js."""
    from frontend.languages.node import adapters

    name = adapters.QWIK.get(adapters.qwik_adapter(tree, app)[0])
    return structs.replace(framework, start=("node", f"server/entry.{name}.js")) if name else framework


def of_remix(tree: SourceTree, app: Manifest, framework: Framework) -> Framework:
    """Remix built by Vite, or by the compiler of its own that a remix.config is for."""
    if tree.first(*(within(app.dir, name) for name in REMIX_CONFIGS)) is None:
        out = setting(tree, app, VITE_CONFIGS, "buildDirectory") or "build"
        return structs.replace(framework, start=("remix-serve", f"./{out}/server/index.js"))
    where = setting(tree, app, REMIX_CONFIGS, "serverBuildDirectory") or "build"
    file = setting(tree, app, REMIX_CONFIGS, "serverBuildPath") or f"{where}/index.js"
    return structs.replace(framework, build=("remix", "build"), start=("remix-serve", f"./{file}"))


def setting(tree: SourceTree, app: Manifest, files: tuple[str, ...], key: str) -> str:
    """The path that a configuration file sets for a key, "" for none that is plain text."""
    path = tree.first(*(within(app.dir, name) for name in files))
    rows = ((tree.read_text(path) or "") if path else "").splitlines()
    text = "\n".join(row for row in rows if not row.lstrip().startswith(("//", "*")))
    found = re.search(rf"\b{key}{PLAIN}", text)
    return joined("", found[2]) if found and ".." not in found[2].split("/") else ""


def nitro_output(tree: SourceTree, app: Manifest) -> str:
    """The directory that Nitro's configuration sets for its output: `output: { dir: "dist" }`; "" for none."""
    path = tree.first(*(within(app.dir, name) for name in NUXT_CONFIGS))
    text = (tree.read_text(path) or "") if path else ""
    found = re.search(rf"\boutput\s*:\s*\{{[^{{}}]*\bdir{PLAIN}", text)
    return joined("", found[2]) if found and ".." not in found[2].split("/") else ""
