"""What files tell other hosts of a site, as our server is told it."""

import json
from typing import Any

import pytest

from tests.languages.static import PAGE, plan, server

ROUTER = "rewrite @route /index.html"
VERCEL: list[tuple[dict[str, Any], tuple[str, ...]]] = [  # vercel.json, what the server is told
    ({"rewrites": [{"source": "/(.*)", "destination": "/index.html"}]}, (ROUTER,)),
    ({"rewrites": [{"source": "/:path*", "destination": "/"}]}, (ROUTER,)),
    ({"rewrites": [{"source": "/((?!api/).*)", "destination": "/index.html"}]}, (ROUTER, "not path_regexp `^/(?:api/)`")),
    ({"rewrites": {"fallback": [{"source": "/(.*)", "destination": "/app.html"}]}}, ("rewrite @route /app.html",)),
    ({"routes": [{"handle": "filesystem"}, {"src": "/(.*)", "dest": "/index.html"}]}, (ROUTER,)),
    ({"routes": [{"src": "/[^.]+", "dest": "/", "status": 200}]}, ("path_regexp rule1 `^/[^.]+$`",)),
    ({"routes": [{"src": "/old/(.*)", "status": 301, "headers": {"Location": "/new/$1"}}]},
     ("path_regexp rule1 `^/old/(.*)$`", "redir @rule1 `/new/{re.rule1.1}` 301")),
    ({"redirects": [{"source": "/blog/:slug", "destination": "/posts/:slug", "permanent": True}]},
     ("path_regexp rule1 `^/blog/([^/]+)$`", "redir @rule1 `/posts/{re.rule1.1}` 308")),
    ({"redirects": [{"source": "/a/:rest*", "destination": "https://b.example/:rest*", "permanent": False}]},
     ("`^/a(?:/(.*))?$`", "redir @rule1 `https://b.example/{re.rule1.1}` 307")),
    ({"redirects": [{"source": "/x", "destination": "/y", "statusCode": 302}]}, ("`^/x/?$`", "redir @rule1 `/y` 302")),
    ({"headers": [{"source": "/(.*)", "headers": [{"key": "X-Frame-Options", "value": "DENY"}]}]},
     ("@headers1 path_regexp `^/.*$`", "header @headers1 `X-Frame-Options` `DENY`")),
    ({"trailingSlash": False}, ("rewrite @directory {path}/index.html", "redir @slash {re.slash.1} 308")),
]  # fmt: skip


@pytest.mark.parametrize(("data", "told"), VERCEL)
def test_vercel(data: dict[str, Any], told: tuple[str, ...]) -> None:
    found = plan({**PAGE, "vercel.json": json.dumps(data)})
    assert [one for one in told if one not in server(found)] == []
    assert found.warnings == ()
    assert "vercel.json" in {one.at.file for one in found.evidence if one.what == "server" and one.at}


def test_a_rule_behind_files_does_not_hide_them() -> None:
    rewrite = {"rewrites": [{"source": "/user/:id", "destination": "/user.html"}]}
    config = server(plan({**PAGE, "vercel.json": json.dumps(rewrite)}))
    assert config.index("not file {path} {path}/index.html {path}.html") < config.index("rewrite @rule1 `/user.html`")


NETLIFY = [  # netlify.toml, what the server is told
    ('[[redirects]]\nfrom = "/*"\nto = "/index.html"\nstatus = 200\n', (ROUTER,)),
    ('[[redirects]]\nfrom = "/*"\nto = "/"\nstatus = 200\n', (ROUTER,)),
    ('[[redirects]]\nfrom = "/old/*"\nto = "/new/:splat"\nforce = true\n', ("redir @rule1 `/new/{re.rule1.1}` 301",)),
    ('[[redirects]]\nfrom = "/s"\nto = "/p/:id"\nquery = {id = ":id"}\n', ("query `id=*`", "`/p/{query.id}` 301")),
    ('[[headers]]\nfor = "/a/*"\n[headers.values]\nX-Robots-Tag = "noindex"\n', ("header @headers1 `X-Robots-Tag` `noindex`",)),
    ('[[headers]]\nfor = "*"\n[headers.values]\nX-Robots-Tag = "noindex"\n', ("path_regexp `^/.*$`", "`X-Robots-Tag` `noindex`")),
    ('[[headers]]\nfor = "/card*.html"\n[headers.values]\nX-Robots-Tag = "none"\n', ("`^/card.*\\.html/?$`",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), NETLIFY)
def test_netlify(text: str, told: tuple[str, ...]) -> None:
    found = plan({**PAGE, "netlify.toml": text})
    assert [one for one in told if one not in server(found)] == []
    assert found.warnings == ()


FIREBASE: list[tuple[dict[str, Any], tuple[str, ...]]] = [  # `hosting` of firebase.json, what the server is told
    ({"rewrites": [{"source": "**", "destination": "/index.html"}]}, (ROUTER,)),
    ({"rewrites": [{"source": "/app/**", "destination": "/app/index.html"}]}, ("`^/app/.*$`", "`/app/index.html`")),
    ({"redirects": [{"source": "/p/:id", "destination": "/q/:id", "type": 302}]}, ("redir @rule1 `/q/{re.rule1.1}` 302",)),
    ({"headers": [{"source": "**/*.@(jpg|png)", "headers": [{"key": "Cache-Control", "value": "max-age=9"}]}]},
     ("`^/(?:.*/)?[^/]*\\.(?:jpg|png)$`", "header @headers1 `Cache-Control` `max-age=9`")),
]  # fmt: skip


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(("data", "told"), FIREBASE)
def test_firebase(data: dict[str, Any], told: tuple[str, ...], listed: bool) -> None:
    site = {"public": ".", **data}
    found = plan({**PAGE, "firebase.json": json.dumps({"hosting": [site] if listed else site})})
    assert [one for one in told if one not in server(found)] == []
    assert found.warnings == ()


AZURE: list[tuple[dict[str, Any], tuple[str, ...]]] = [  # staticwebapp.config.json, what the server is told
    ({"navigationFallback": {"rewrite": "/index.html", "exclude": ["/img/*.{png,jpg}"]}},
     (ROUTER, "not path_regexp `^/img/.*\\.(?:png|jpg)$`")),
    ({"routes": [{"route": "/old", "redirect": "/new", "statusCode": 301}]}, ("redir @rule1 `/new` 301",)),
    ({"routes": [{"route": "/f/*", "headers": {"cache-control": "max-age=9"}}]}, ("header @headers1 `cache-control` `max-age=9`",)),
    ({"globalHeaders": {"X-Frame-Options": "DENY"}}, ("header @headers1 `X-Frame-Options` `DENY`",)),
    ({"responseOverrides": {"404": {"rewrite": "/lost.html"}}}, ("rewrite @missing /lost.html",)),
    ({"responseOverrides": {"404": {"rewrite": "/index.html", "statusCode": 200}}}, (ROUTER,)),
]  # fmt: skip


@pytest.mark.parametrize(("data", "told"), AZURE)
def test_azure(data: dict[str, Any], told: tuple[str, ...]) -> None:
    found = plan({**PAGE, "staticwebapp.config.json": json.dumps(data)})
    assert [one for one in told if one not in server(found)] == []
    assert found.warnings == ()


DOUBTS: list[tuple[str, str, str, int]] = [  # a file, its text, the code of the warning, its line
    ("netlify.toml", '\n[[redirects]]\nfrom = "/api/*"\nto = "https://a.example/:splat"\nstatus = 200\n', "host-rule", 3),
    ("netlify.toml", '[[redirects]]\nfrom = "/api/*"\nto = "/.netlify/functions/:splat"\nstatus = 200', "host-functions", 2),
    ("netlify.toml", '[[redirects]]\nfrom = "/"\nto = "/de"\nconditions = {Language = ["de"]}', "host-rule", 2),
    ("vercel.json", '{\n"rewrites": [{"source": "/a/:x*",\n"destination": "https://a.example/:x*"}]}', "host-rule", 3),
    ("vercel.json", '{\n"rewrites": [\n{"source": "/a/(.*)", "destination": "/api/$1"}]}', "host-functions", 3),
    ("vercel.json", '{"redirects": [{\n"source": "/a", "destination": "/b", "has": [{"type": "host"}]}]}', "host-rule", 2),
    ("vercel.json", '{"redirects": [{\n"source": "/a/:x(?<y>z)", "destination": "/b"}]}', "host-rule", 2),
    ("firebase.json", '{"hosting": {"rewrites": [\n{"source": "/api/**", "function": "api"}]}}', "host-functions", 2),
    ("staticwebapp.config.json", '{"routes": [\n{"route": "/a/*", "allowedRoles": ["admin"]}]}', "host-rule", 2),
    ("staticwebapp.config.json", '{\n"routes": [', "unreadable-file", 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "code", "line"), DOUBTS)
def test_what_no_site_of_files_can_do_is_told_at_its_line(name: str, text: str, code: str, line: int) -> None:
    found = plan({**PAGE, name: text})
    assert [(one.code, str(one.at)) for one in found.warnings] == [(code, f"{name}:{line}")]
    assert all(one.hint for one in found.warnings)


@pytest.mark.parametrize(
    ("files", "at"),
    [
        ({"netlify.toml": "", "netlify/functions/hello.js": ""}, "netlify/functions"),
        ({"netlify.toml": '[build]\n  functions = "lambda"', "lambda/hello.js": ""}, "netlify.toml:2"),
        ({"vercel.json": "{}", "api/hello.ts": ""}, "api"),
    ],
)
def test_functions_are_no_part_of_a_site(files: dict[str, Any], at: str) -> None:
    assert [(one.code, str(one.at)) for one in plan({**PAGE, **files}).warnings] == [("host-functions", at)]


def test_the_apps_own_files_go_before_those_of_hosts_and_the_first_host_that_says_it_counts() -> None:
    files = {
        "_redirects": "/a /own\n",
        "netlify.toml": '[[redirects]]\nfrom = "/a"\nto = "/netlify"\n',
        "vercel.json": '{"rewrites": [{"source": "/(.*)", "destination": "/app.html"}]}',
        "firebase.json": '{"hosting": {"rewrites": [{"source": "**", "destination": "/index.html"}]}}',
    }
    config = server(plan({**PAGE, **files}))
    assert ("`/own`" in config, "`/netlify`" in config, "rewrite @route /app.html" in config) == (True, False, True)


def test_files_for_hosts_are_not_read_where_the_user_says_so() -> None:
    rewrite = '{"rewrites": [{"source": "/(.*)", "destination": "/index.html"}]}'
    assert ROUTER not in server(plan({**PAGE, "vercel.json": rewrite}, deploy_files=False))


NGINX: list[tuple[str, tuple[str, ...], str]] = [  # what a server has, what ours is told, the line of a warning
    ("location / {\n try_files $uri $uri/ /index.html;\n}", (ROUTER,), ""),
    ("error_page 404 /lost.html;", ("rewrite @missing /lost.html",), ""),
    ("error_page 404 =200 /index.html;", (ROUTER,), ""),
    ('add_header X-Frame-Options "SAMEORIGIN" always;', ("header @headers1 `X-Frame-Options` `SAMEORIGIN`",), ""),
    ("location ~* \\.(?:js|css)$ {\n expires 1y;\n add_header Cache-Control public;\n}", ("`(?i)\\.(?:js|css)$`",), ""),
    ("location /app/ {\n try_files $uri /app/index.html;\n}", ("`^/app/`", "rewrite @rule1 `/app/index.html`"), ""),
    ("location = /old {\n return 301 /new;\n}", ("`^/old$`", "redir @rule1 `/new` 301"), ""),
    ("location / {\n try_files $uri =404;\n}", (), ""),
    ("# a comment }\ngzip on;\nlocation /api {\n proxy_pass http://api:3000;\n}", (), "nginx.conf:5"),
    ('location = /health {\n return 200 "ok";\n}', (), "nginx.conf:3"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told", "line"), NGINX)
def test_nginx(text: str, told: tuple[str, ...], line: str) -> None:
    found = plan({**PAGE, "nginx.conf": f"server {{\n{text}\n}}\n"})
    assert [one for one in told if one not in server(found)] == []
    assert [str(one.at) for one in found.warnings] == ([line] if line else [])


def test_the_configuration_that_a_dockerfile_copies_is_the_one() -> None:
    files = {
        "Dockerfile": "FROM nginx\nCOPY --chown=1 ops/site.conf /etc/nginx/conf.d/default.conf\n",
        "ops/site.conf": "server { location / { try_files $uri /index.html; } }",
        "nginx.conf": "server { location / { try_files $uri /other.html; } }",
    }
    assert ROUTER in server(plan({**PAGE, **files}))


def test_a_configuration_that_is_cut_off_says_what_it_has() -> None:
    text = 'server {\n location / { try_files $uri /index.html; }\n add_header X "a'
    assert ROUTER in server(plan({**PAGE, "nginx.conf": text}))


MISSHAPEN = [  # a file, its text, the line and what is said of it
    ("firebase.json", '{"hosting": {"public": ".",\n"rewrites": {"source": "**"}}}', 2, "hosting.rewrites is not used: it is a mapping"),
    ("staticwebapp.config.json", '{\n"routes": {"route": "/a"}}', 2, "routes is not used: it is a mapping, not a list"),
    ("staticwebapp.config.json", '{"routes": [\n"/a"]}', 2, "routes[0] is not used: it is a string, not a mapping"),
    ("vercel.json", '{\n"rewrites": "/index.html"}', 2, "rewrites is not used: it is a string"),
    ("netlify.toml", '\n[redirects]\nfrom = "/a"\nto = "/b"\n', 2, "redirects is not used: it is a mapping, not a list"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "line", "told"), MISSHAPEN)
def test_a_value_of_another_shape_is_told_at_its_line(name: str, text: str, line: int, told: str) -> None:
    (doubt,) = plan({**PAGE, name: text}).warnings
    assert doubt.message.startswith(told)
    assert (doubt.at.file, doubt.at.line) == (name, line) if doubt.at else False


def test_firebase_names_paths_by_an_expression_too() -> None:
    hosting = {"redirects": [{"regex": "^/old/(.*)$", "destination": "/new", "type": 302}]}
    found = plan({**PAGE, "firebase.json": json.dumps({"hosting": hosting})})
    assert "redir @rule1 `/new` 302" in server(found)
    assert found.warnings == ()
