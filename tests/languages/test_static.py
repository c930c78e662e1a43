"""Sites of plain files, and what the app's own files say of how they are served."""

from typing import Any

import pytest

from frontend import build, detect
from frontend.context.tree import DictTree
from frontend.errors import BuildError, PlanError
from frontend.plan.model import FromContext, FromStep
from frontend.settings import options
from frontend.settings.model import Settings
from tests.errors import fails
from tests.languages.static import PAGE, plan, server

SITE = '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7.1.0"}}'
TOOL = '{"main": "index.js", "dependencies": {"jsdom": "22"}, "scripts": {"test": "echo"}}'
LISTENS = "require('http').createServer(() => 0).listen(process.env.PORT)"
DETECTED: list[tuple[str, dict[str, Any], str]] = [
    ("a page", {"index.html": ""}, "static"),
    ("a page in public", {"public/index.html": ""}, "static"),
    ("a Staticfile", {"Staticfile": "root: www", "www/index.html": ""}, "static"),
    ("a Staticfile of a site that a package makes", {"index.html": "", "Staticfile": "", "package.json": SITE}, "nodejs"),
    ("a Staticfile beside tools", {"Staticfile": "", "package.json": '{"devDependencies": {"prettier": "3"}}'}, "static"),
    ("a page of a Python app", {"index.html": "", "requirements.txt": "flask", "app.py": ""}, "python"),
    ("a page of a Node.js app", {"index.html": "", "package.json": '{"scripts": {"start": "node x.js"}}'}, "nodejs"),
    ("a page beside an app below", {"index.html": "", "api/package.json": '{"scripts": {"start": "node x.js"}}'}, "nodejs"),
    ("a page beside tools", {"index.html": "", "package.json": '{"devDependencies": {"prettier": "3"}}'}, "static"),
    ("a page beside a tool below", {"index.html": "", "t/package.json": TOOL, "t/index.js": ""}, "static"),
    ("a page and its script", {"index.html": '<script src="app.js" defer></script>', "app.js": "x()"}, "static"),
    ("a script that works on the page", {"index.html": "", "main.js": "document.title = 1"}, "static"),
    ("a page's script beside a server", {"index.html": "", "main.js": "document.title = 1", "server.js": ""}, "nodejs"),
    ("a server that sends a page", {"index.html": '<script src="app.js"></script>', "app.js": LISTENS}, "nodejs"),
    ("a script with a module of Node.js", {"index.html": "", "app.js": "import fs from 'fs'\ndocument.a"}, "nodejs"),
    ("a page with a package.json", {"index.html": "", "index.js": "document.title = 1", "package.json": TOOL}, "static"),
    ("a page of a package", {"index.html": "node_modules/", "index.js": "document.a", "package.json": TOOL}, "nodejs"),
    ("a page beside a deep .NET app", {"index.html": "", "src/App/App.csproj": "<Project/>"}, "dotnet"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "language"), [row[1:] for row in DETECTED], ids=[row[0] for row in DETECTED])
def test_a_page_is_a_site_where_nothing_else_is(files: dict[str, Any], language: str) -> None:
    assert detect.choose(DictTree(files), Settings()).language.name == language


def test_a_page_beside_php_is_no_site() -> None:
    with fails(BuildError, "cannot determine the language"):
        detect.choose(DictTree({"index.html": "", "index.php": "<?php"}), Settings())


def test_a_page_in_another_encoding_is_served_and_told() -> None:
    found = plan({"index.html": b"<title>caf\xe9</title>"})
    (told,) = found.warnings
    assert (told.code, str(told.at)) == ("page-encoding", "index.html:1")
    assert "UTF-8" in told.hint


@pytest.mark.parametrize(
    ("links", "missing"),
    [
        ('<link rel="stylesheet" href="dist/style.css?v=1">', "dist/style.css"),
        ("<script src=/js/App.js></script><script src='./js/app.js'></script>", "js/App.js"),
        ('<link href="https://cdn.test/a.css"><script src="//cdn.test/a.js"></script>', ""),
        ('<script src="node_modules/a/a.js"></script><link href="{{ base }}/a.css"><img src="no.png">', ""),
    ],
)
def test_files_that_a_page_names_and_nothing_makes_are_told(links: str, missing: str) -> None:
    files = {"index.html": f"<p>\n{links}", "js/app.js": ""}
    tools = {"package.json": '{"devDependencies": {"tailwindcss": "3"}, "scripts": {"dev": "tailwindcss --watch"}}'}
    told = [one for one in plan({**files, **tools}).warnings if one.code == "page-files"]
    assert [(one.message.rpartition(": ")[2], str(one.at)) for one in told] == (
        [(missing, "index.html:2")] if missing else []
    )
    assert not plan(files).warnings


def test_the_image_of_a_site() -> None:
    found = plan(PAGE)
    assert found.runtime.base == "debian:trixie-slim"
    assert found.runtime.processes[0].args[:2] == ("caddy", "run")
    assert not found.runtime.processes[0].shell
    assert [layer.kind for layer in found.runtime.layers] == ["packages", "application"]
    files, _ = found.runtime.layers[-1].inputs
    assert isinstance(files, FromContext)
    assert (files.root, files.to) == ("", "/app")
    assert "**/.git" in files.exclude


@pytest.mark.parametrize(
    ("files", "settings", "root"),
    [
        ({"public/index.html": ""}, {}, "public"),
        ({"Staticfile": "root: www\n", "www/index.html": ""}, {}, "www"),
        ({"static.json": '{"root": "build/"}', "build/index.html": ""}, {}, "build"),
        ({"site/index.html": "", "index.html": ""}, {"output_dir": "site"}, "site"),
    ],
)
def test_the_directory_of_a_site(files: dict[str, Any], settings: dict[str, Any], root: str) -> None:
    given, _ = plan(files, **settings).runtime.layers[-1].inputs
    assert isinstance(given, FromContext)
    assert given.root == root


BAD: list[tuple[dict[str, Any], dict[str, Any], str, str | None]] = [
    ({"Staticfile": "root: www\n"}, {}, "the directory www has no index.html", "Staticfile:1"),
    (PAGE, {"output_dir": "dist"}, "the directory dist has no index.html", None),
    ({"index.html": '<body>\n<script type="module" src="/src/main.tsx"></script>'}, {}, "source of a page", "index.html:2"),
    ({"index.html": "<link href='%PUBLIC_URL%/favicon.ico'>"}, {}, "source of a page", "index.html:1"),
    ({**PAGE, "Staticfile": "rooot: x\n"}, {}, '"rooot" is not a setting', "Staticfile:1"),
    ({"static.json": '{\n"root": ".",\n"proxies": {"/api": {}}}', **PAGE}, {}, "another server", "static.json:3"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "settings", "told", "at"), BAD)
def test_a_site_that_cannot_be_served(
    files: dict[str, Any], settings: dict[str, Any], told: str, at: str | None
) -> None:
    with fails(PlanError, told, at=at):
        plan(files, **settings)


REDIRECTS = [  # a line, what the server is told
    ("/old /new", ("path_regexp rule1 `^/old/?$`", "redir @rule1 `/new` 301")),
    ("/old/* /new/:splat 302!", ("path_regexp rule1 `^/old(?:/(.*))?$`", "redir @rule1 `/new/{re.rule1.1}` 302")),
    ("/blog/:year/:slug /p/:slug-:year 308", ("`^/blog/([^/]+)/([^/]+)/?$`", "`/p/{re.rule1.2}-{re.rule1.1}` 308")),
    ("/store id=:id /p/:id 301", ("query `id=*`", "redir @rule1 `/p/{query.id}` 301")),
    ("/app/* /app/index.html 200", ("rewrite @rule1 `/app/index.html`",)),
    ("/gone / 410", ("error @rule1 410",)),
    ("/away https://example.org/x  # comment", ("redir @rule1 `https://example.org/x` 301",)),
    ("/* /index.html 200", ("rewrite @route /index.html",)),
    ("/* /app.html 200", ("rewrite @route /app.html",)),
]


@pytest.mark.parametrize(("line", "told"), REDIRECTS)
def test_a_redirect(line: str, told: tuple[str, ...]) -> None:
    config = server(plan({**PAGE, "_redirects": f"# moved\n{line}\n"}))
    assert [one for one in told if one not in config] == []


def test_a_redirect_is_for_what_is_not_there_unless_it_is_forced() -> None:
    assert "not file {path} {path}/index.html {path}.html" in server(plan({**PAGE, "_redirects": "/a /b"}))
    assert "not file {path} {path}/index.html {path}.html" not in server(plan({**PAGE, "_redirects": "/a /b 301!"}))


def test_a_rule_behind_the_one_for_all_paths_names_its_own_groups() -> None:
    config = server(plan({**PAGE, "_redirects": "/* /index.html 200\n/old/* /new/:splat\n"}))
    assert "redir @rule1 `/new/{re.rule1.1}` 301" in config


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/old", "not a redirect"),
        ("old /new", '"old" is not a path'),
        ("/old new", "neither a path nor a URL"),
        ("/old /new 999", "status 999"),
        ("/old /new 301 302", "not a redirect"),
        ("/api/* https://api.example.org/:splat 200", "another server"),
        ("/a/*/b /c", '"*" may stand at the end'),
        ("/a /b/:name", ":name"),
        ("/a /{$HOME}", "would replace"),
    ],
)
def test_a_line_of_redirects_that_means_nothing(line: str, told: str) -> None:
    with fails(PlanError, told, "hint: ", at="_redirects:2"):
        plan({**PAGE, "_redirects": f"/fine /too\n{line}\n"})


def test_a_rule_that_no_server_of_ours_can_decide_is_told() -> None:
    found = plan({**PAGE, "_redirects": "/ /de 302 Language=de\nhttp://blog.example.org/* /blog/:splat\n"})
    assert [(one.code, str(one.at)) for one in found.warnings] == [
        ("redirect-condition", "_redirects:1"),
        ("redirect-host", "_redirects:2"),
    ]


def test_header_fields() -> None:
    config = server(
        plan({**PAGE, "_headers": "/*\n  X-Frame-Options: DENY\n\n/fonts/*\n  Cache-Control: max-age=9, x\n"})
    )
    assert "@headers1 path_regexp `^/.*$`" in config
    assert "header @headers1 `X-Frame-Options` `DENY`" in config
    assert "header @headers2 `Cache-Control` `max-age=9, x`" in config


@pytest.mark.parametrize(
    ("text", "line"), [("  X-A: b\n", 1), ("/a\n  nothing\n", 2), ("/a\n  X A: b\n", 2), ("a\n  X-A: b\n", 1)]
)
def test_a_line_of_headers_that_means_nothing(text: str, line: int) -> None:
    with fails(PlanError, "hint: ", at=f"_headers:{line}"):
        plan({**PAGE, "_headers": text})


def test_a_staticfile() -> None:
    text = "pushstate: enabled\nforce_https: true\nhttp_strict_transport_security: true\ndirectory: visible\n"
    config = server(plan({**PAGE, "Staticfile": text}))
    assert "rewrite @route /index.html" in config
    assert "redir @plain https://{host}{uri} 308" in config
    assert "`Strict-Transport-Security` `max-age=31536000`" in config
    assert "browse" in config


def test_a_static_json() -> None:
    text = """{
      "root": ".", "error_page": "errors/404.html", "https_only": true,
      "routes": {"/assets/*": "no.html", "/**": "index.html"},
      "redirects": {"/old/": {"url": "/", "status": 302}},
      "headers": {"/**.css": {"Cache-Control": "no-store"}}
    }"""
    config = server(plan({**PAGE, "static.json": text}))
    assert "rewrite @route /index.html" in config
    assert "@missing file /errors/404.html" in config
    assert "redir @rule2 `/` 302" in config
    assert "path_regexp rule1 `^/assets/[^/]*$`" in config
    assert "@headers1 path_regexp `^/.*\\.css$`" in config


def test_an_own_caddyfile_is_checked_in_the_build() -> None:
    found = plan({**PAGE, "Caddyfile": ":{$PORT:5000} {\n\tfile_server\n}\n"})
    check = next(one for one in found.steps if one.name == "server-config")
    assert check.run[0].args[:2] == ("caddy", "validate")
    assert str(check.run[0].at) == "Caddyfile:1"
    assert isinstance(found.runtime.layers[1].inputs[1], FromStep)
    assert not found.warnings


def test_an_own_caddyfile_with_a_port_of_its_own_is_told() -> None:
    found = plan({**PAGE, "Caddyfile": ":80\nfile_server\n"})
    assert [(one.code, str(one.at)) for one in found.warnings] == [("caddyfile-port", "Caddyfile:1")]


HUGO = {"hugo.toml": 'baseURL = "https://frost.test/blog/"\n', "content/a.md": ""}


@pytest.mark.parametrize(
    ("files", "language"),
    [
        (HUGO, "static"),
        ({"config.toml": "baseURL = 'https://frost.test/'\n"}, "static"),
        ({"config.yaml": "baseurl: https://frost.test/\n", "go.mod": "module x", "package.json": "{}"}, "static"),
        ({"config.toml": "[tool]\n", "requirements.txt": "flask"}, "python"),
    ],
)
def test_a_site_of_hugo_is_found_by_its_configuration(files: dict[str, Any], language: str) -> None:
    assert detect.choose(DictTree(files), Settings()).language.name == language


def test_a_site_of_hugo() -> None:
    found = plan({**HUGO, "go.mod": "module x"})
    build = next(one for one in found.steps if one.name == "build")
    assert build.packages == ("hugo", "golang-go", "git", "ca-certificates")
    assert [one.args for one in build.run] == [("hugo",)]
    assert "redir / /blog/ 308" in server(found)


def test_a_site_of_hugo_without_a_host_of_its_own_is_made_for_any() -> None:
    found = plan({"hugo.toml": 'baseURL = "https://example.org/"\npublishDir = "out"\n'})
    assert next(one for one in found.steps if one.name == "build").run[0].args == ("hugo", "--baseURL", "/")
    assert "/app/out" in next(one for one in found.steps if one.name == "site").run[0].args


def test_pages_that_hugo_made_before_and_are_committed_are_not_served() -> None:
    (given,) = next(one for one in plan(HUGO).steps if one.name == "build").inputs
    assert getattr(given, "exclude", None) == ("public",)
    own = plan(HUGO, build_command="make")
    assert getattr(next(one for one in own.steps if one.name == "build").inputs[0], "exclude", None) == ()


def test_a_theme_that_was_not_fetched_is_told() -> None:
    with fails(PlanError, "the theme frost", "git submodule", at="hugo.toml:2"):
        plan({"hugo.toml": 'baseURL = "/"\ntheme = "frost"\n'})
    for name, text, line in THEMES:
        with fails(PlanError, "the theme frost", "git submodule", at=f"{name}:{line}"):
            plan({name: text, "themes/other/theme.toml": ""})
    plan({"hugo.toml": 'baseURL = "/"\ntheme = "frost"\nthemesDir = "../"\n', "frost/theme.toml": ""})


THEMES = [  # a configuration, the line that names a theme that is not there
    ("hugo.yaml", "title: frosty\ntheme: frost # the usual\n", 2),
    ("hugo.toml", 'title = "frost"\ntheme = ["other",\n  "frost"]\n', 3),
    ("hugo.json", '{"title": "x",\n"Theme": "frost"}', 2),
]
OF_HUGO: list[tuple[dict[str, Any], str]] = [  # files, where a newer Hugo is asked for
    ({"hugo.toml": 'theme = "frost"\n', "themes/frost/theme.toml": 'tags = [odd]\nmin_version = "0.146.0"\n'}, "themes/frost/theme.toml:2"),
    ({"hugo.toml": "[module.hugoVersion]\nextended = true\nmin = '0.140'\n"}, "hugo.toml:3"),
    ({"hugo.yaml": "module:\n  hugoVersion:\n    min: 0.148.1\n"}, "hugo.yaml:3"),
    ({"netlify.toml": '[build.environment]\n  HUGO_VERSION = "0.150.0"\n'}, "netlify.toml:2"),
    ({".github/workflows/site.yml": "env:\n  HUGO_VERSION: 0.150.0\n"}, ".github/workflows/site.yml:2"),
    ({".github/workflows/site.yml": b"# caf\xe9\nenv:\n  HUGO_VERSION: 0.150.0\n"}, ".github/workflows/site.yml:3"),
    ({"netlify.toml": '[build.environment]\n  HUGO_VERSION = "0.131.0"\n'}, ""),
    ({"hugo.toml": 'theme = "frost"\n', "themes/frost/theme.toml": 'min_version = "0.41"\n'}, ""),
    ({"hugo.toml": 'theme = "frost"\n', "themes/frost/theme.toml": "", "themes/other/theme.toml": 'min_version = "0.150"\n'}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("files", "at"), OF_HUGO)
def test_a_site_for_a_newer_hugo_is_told_where_that_is_asked_for(files: dict[str, Any], at: str) -> None:
    found = plan({"hugo.toml": 'baseURL = "/"\n', **files} if "hugo.yaml" not in files else files)
    assert [str(one.at) for one in found.warnings if one.code == "hugo-version"] == ([at] if at else [])


def test_a_site_of_zola() -> None:
    found = plan({"config.toml": 'base_url = "https://frost.test/blog"\noutput_dir = "site"\n'})
    build = next(one for one in found.steps if one.name == "build")
    assert [one.args for one in build.run] == [("zola", "build")]
    assert getattr(build.inputs[0], "image", "").startswith("ghcr.io/getzola/zola:")
    assert "/app/site" in next(one for one in found.steps if one.name == "site").run[0].args
    assert "redir / /blog/ 308" in server(found)


def test_a_site_of_zola_without_a_host_of_its_own_is_made_for_any() -> None:
    found = plan({"config.toml": 'base_url = "https://example.com"\n'})
    assert next(one for one in found.steps if one.name == "build").run[0].args == ("zola", "build", "--base-url", "/")


def test_a_theme_of_zola_that_was_not_fetched_is_told() -> None:
    with fails(PlanError, "the theme frost", "git submodule", at="config.toml:2"):
        plan({"config.toml": 'base_url = "https://frost.test"\ntheme = "frost"\n'})


LONE: list[tuple[dict[str, Any], str]] = [
    ({"site/index.html": "", "README.md": ""}, "site"),
    ({"docs/index.html": "", "README.md": ""}, "docs"),
    ({"code/index.html": "", "code/about/index.html": "", ".github/index.html": ""}, "code"),
    ({"site/index.html": "", "package.json": '{"devDependencies": {"prettier": "3"}}'}, "site"),
]


@pytest.mark.parametrize(("files", "app"), LONE)
def test_the_only_directory_of_pages_is_the_site(files: dict[str, Any], app: str) -> None:
    found = detect.choose(DictTree(files), Settings())
    assert (found.language.name, found.app) == ("static", app)


def test_of_several_directories_of_pages_none_is_guessed() -> None:
    with fails(BuildError, "2 apps", "PROJECT_PATH=a", "PROJECT_PATH=b"):
        detect.choose(DictTree({"a/index.html": "", "b/index.html": ""}), Settings())


@pytest.mark.parametrize("path", ["main.go", "src/index.php", "site/page.jsp"])
def test_a_page_beside_the_source_of_another_program_is_no_site(path: str) -> None:
    with fails(BuildError, "cannot determine the language"):
        detect.choose(DictTree({"site/index.html": "", path: ""}), Settings())


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("netlify.toml", '[build]\n  publish = "www/site"\n  command = ""\n', 2),
        ("vercel.json", '{\n"outputDirectory": "www/site"}', 2),
        ("firebase.json", '{"hosting": {\n"public": "www/site"}}', 2),
        ("firebase.json", '{"hosting": [\n{"target": "a",\n"public": "www/site"}]}', 3),
    ],
)
def test_a_directory_of_pages_that_a_file_for_another_host_names_is_the_site(name: str, text: str, line: int) -> None:
    tree = DictTree({"www/site/index.html": "", name: text})
    found = build.make_plan(tree, None, options.parse({}), "2026-11-24")
    files, _ = found.runtime.layers[-1].inputs
    assert (found.language, getattr(files, "root", None)) == ("static", "www/site")
    assert next(str(one.at) for one in found.evidence if one.what == "site") == f"{name}:{line}"


def test_a_hugo_site_whose_styles_need_node_is_told() -> None:
    files = {"hugo.toml": 'baseURL = "https://harbour.test"\n', "content/a.md": "", "layouts/index.html": ""}
    styled = {**files, "package.json": '{\n"devDependencies": {"postcss-cli": "11"}}'}
    found = [one for one in plan(styled).warnings if one.code == "site-tools"]
    assert [(str(one.at), "Hugo may run postcss-cli" in one.message) for one in found] == [("package.json:2", True)]
    assert not [one for one in plan(files).warnings if one.code == "site-tools"]
