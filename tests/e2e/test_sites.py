"""What is particular to sites: what their server answers, what a change pushes, and what a browser makes of them."""

import gzip
import json
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError
from typing import NamedTuple

import pytest

from tests.e2e.apps import Built, Container, app, build, started
from tests.e2e.conftest import Images
from tests.lab.api import Engine, Lab
from tests.lab.images import CHROMIUM

pytestmark = pytest.mark.e2e

IMMUTABLE = "public, max-age=31536000, immutable"
LARGEST_BYTES = 30_000_000  # of an image beside its base, compressed


class Answer(NamedTuple):
    """An answer that no redirect was followed for: its status, header fields by lower-case name, and body."""

    status: int
    fields: dict[str, str]
    body: bytes


class Unfollowed(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *args: object) -> None:
        return None


def ask(container: Container, path: str, **fields: str) -> Answer:
    """What a site answers for a path; `fields` are those of the request, with "_" for "-"."""
    container.get("/")
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    request = urllib.request.Request(f"http://127.0.0.1:{container.port}{path}", headers=headers)
    try:
        answer = urllib.request.build_opener(Unfollowed).open(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())


@pytest.fixture
def plain(images: Images, engine: Engine) -> Iterator[Container]:
    """A started site of plain files."""
    with started(engine, images.of(app("static-html")).reference) as container:
        yield container


@pytest.fixture
def react(images: Images, engine: Engine) -> Iterator[Container]:
    """A started site with a client router."""
    with started(engine, images.of(app("node-vite-react")).reference) as container:
        yield container


ANSWERS = [  # path, status, a field and its value
    ("/", 200, "content-type", "text/html; charset=utf-8"),
    ("/", 200, "cache-control", "no-cache"),
    ("/", 200, "x-content-type-options", "nosniff"),
    ("/", 200, "x-frame-options", "DENY"),  # of _headers
    ("/about", 200, "content-type", "text/html; charset=utf-8"),
    ("/about/", 308, "location", "/about"),
    ("/old-about", 301, "location", "/about"),  # of _redirects
    ("/news/2026/frost", 302, "location", "/about?from=2026/frost"),
    ("/css/style.css", 200, "content-type", "text/css; charset=utf-8"),
    ("/css/style.css", 200, "cache-control", "public, max-age=3600"),
    ("/no/such/page", 404, "content-type", "text/html; charset=utf-8"),
    ("/no/such/page", 404, "cache-control", "no-cache"),
    ("/_redirects", 404, "x-content-type-options", "nosniff"),
    ("/.hidden", 404, "x-content-type-options", "nosniff"),
]


@pytest.mark.parametrize(("path", "status", "field", "value"), ANSWERS)
def test_an_answer(plain: Container, path: str, status: int, field: str, value: str) -> None:
    answer = ask(plain, path)
    assert (answer.status, answer.fields.get(field)) == (status, value)
    assert "server" not in answer.fields


def test_a_missing_page_is_the_sites_own(plain: Container) -> None:
    assert b"nothing is here" in ask(plain, "/no/such/page").body


def test_what_did_not_change_is_not_sent_again(plain: Container) -> None:
    first = ask(plain, "/")
    assert ask(plain, "/", If_None_Match=first.fields["etag"]).status == 304


def test_the_log_is_json_on_stdout(plain: Container) -> None:
    ask(plain, "/about")
    rows = [json.loads(row) for row in plain.log().splitlines()]
    assert "/about" in {row.get("request", {}).get("uri") for row in rows}


def test_the_port_is_that_of_the_running_container(images: Images, engine: Engine) -> None:
    with started(engine, images.of(app("static-html")).reference, "--env=PORT=7000", port=7000) as container:
        assert container.get("/").status == 200


def test_a_site_starts_where_nothing_can_be_written_and_ends_when_it_is_told_to(images: Images, engine: Engine) -> None:
    safe = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
    with started(engine, images.of(app("static-html")).reference, *safe, hardened=False) as container:
        assert container.get("/").status == 200
        status, seconds = container.stop()
    assert (status, seconds < 8) == (0, True)


def test_a_client_route_is_the_first_page_and_a_missing_script_is_none(react: Container) -> None:
    first = ask(react, "/")
    assert ask(react, "/depth").body == first.body
    script = re.findall(rb'src="(/assets/[^"]+\.js)"', first.body)[0].decode()
    assert ask(react, script).fields["cache-control"] == IMMUTABLE
    assert ask(react, "/robots.txt").fields["cache-control"] == "no-cache"
    missing = ask(react, "/assets/index-Bx12abcd.js")
    assert (missing.status, missing.fields["cache-control"]) == (404, "no-cache")


def test_answers_are_compressed(react: Container) -> None:
    script = re.findall(rb'src="(/assets/[^"]+\.js)"', ask(react, "/").body)[0].decode()
    packed = ask(react, script, Accept_Encoding="gzip")
    assert packed.fields["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == ask(react, script).body
    assert ask(react, script, Accept_Encoding="zstd").fields["content-encoding"] == "zstd"


def test_a_base_path(context: Path, lab: Lab, engine: Engine) -> None:
    shutil.copytree(app("node-static-site").directory, context, dirs_exist_ok=True)
    (context / "vite.config.js").write_text("export default { base: '/garden/' }\n")
    (context / "Staticfile").write_text("pushstate: enabled\n")
    built = build(lab, context, name="site-base")
    engine.docker("pull", "-q", built.reference)
    with started(engine, built.reference) as container:
        root = ask(container, "/")
        assert (root.status, root.fields["location"]) == (308, "/garden/")
        assert ask(container, "/garden/beds").body == ask(container, "/garden/").body
        assert ask(container, "/beds").status == 404


def test_files_that_are_compressed_already_are_used(context: Path, lab: Lab, engine: Engine) -> None:
    (context / "index.html").write_text("<h1>plain</h1>")
    (context / "data.json").write_text('{"a": 1}')
    (context / "data.json.gz").write_bytes(gzip.compress(b'{"a": "packed"}'))
    built = build(lab, context, name="site-packed")
    engine.docker("pull", "-q", built.reference)
    with started(engine, built.reference) as container:
        packed = ask(container, "/data.json", Accept_Encoding="gzip")
        assert gzip.decompress(packed.body) == b'{"a": "packed"}'


RULES = """\
/* /index.html 200
/forced/* /new/:splat 302!
/store id=:id /p/:id 301
/docs/* /about.html 200
/gone / 410
/news/:year/:slug /n/:slug-:year 308
"""
RULED = [  # path, status, where it leads
    ("/forced/a/b", 302, "/new/a/b"),
    ("/store?id=9", 301, "/p/9"),
    ("/store", 200, None),
    ("/docs/any", 200, None),
    ("/gone", 410, None),
    ("/news/2026/frost", 308, "/n/frost-2026"),
    ("/a/route", 200, None),
    ("/none.js", 404, None),
]


def test_rules_of_all_kinds(context: Path, lab: Lab, engine: Engine) -> None:
    shutil.copytree(app("static-html").directory, context, dirs_exist_ok=True)
    (context / "_redirects").write_text(RULES)
    built = build(lab, context, name="site-rules")
    engine.docker("pull", "-q", built.reference)
    with started(engine, built.reference) as container:
        answers = {path: ask(container, path) for path, _, _ in RULED}
    assert [(path, one.status, one.fields.get("location")) for path, one in answers.items()] == RULED
    assert b"about frost" in answers["/docs/any"].body
    assert b"hello from plain files" in answers["/a/route"].body


# --- the image --------------------------------------------------------------------------------------------------------


def manifest(lab: Lab, built: Built) -> list[dict[str, object]]:
    """The layers of an image as the registry has them, from the base up."""
    url = f"http://{lab.registry}/v2/apps/{built.reference.partition('/apps/')[2].partition(':')[0]}/manifests/test"
    kinds = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": kinds})) as answer:
        found: list[dict[str, object]] = json.loads(answer.read())["layers"]
    return found


def test_one_changed_page_pushes_the_sites_layer_alone(context: Path, lab: Lab) -> None:
    shutil.copytree(app("static-html").directory, context, dirs_exist_ok=True)
    before = manifest(lab, build(lab, context, name="site-changed"))
    (context / "about.html").write_text("<h1>another text</h1>")
    after = manifest(lab, build(lab, context, name="site-changed"))
    changed = [index for index, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert changed == [len(after) - 1]
    assert sum(int(str(layer["size"])) for layer in after[1:]) < LARGEST_BYTES


def test_a_site_on_an_image_without_a_shell(lab: Lab, engine: Engine) -> None:
    lab.ensure_image("gcr.io/distroless/static-debian13:nonroot")
    built = build(lab, app("static-html").directory, name="site-hardened", args={"USE_DHI": "true"})
    engine.docker("pull", "-q", built.reference)
    with started(engine, built.reference) as container:
        assert container.get("/about").status == 200
    assert (built.result["flavour"], built.result["_shell"]) == ("hardened", False)


# --- bad input --------------------------------------------------------------------------------------------------------


def failed(lab: Lab, context: Path, **args: str) -> str:
    """What a build that fails tells."""
    with pytest.raises(CalledProcessError) as error:
        build(lab, context, name="site-failed", args=args)
    return str(error.value.stderr)


def node(context: Path, build_script: str) -> None:
    """An app without packages, whose start is a server of files and whose build is a shell command."""
    scripts = {"build": build_script, "start": "serve -s dist"}
    (context / "package.json").write_text(json.dumps({"name": "site", "scripts": scripts}, indent=1))


def test_a_caddyfile_with_an_error_is_told_with_its_line(context: Path, lab: Lab) -> None:
    (context / "Caddyfile").write_text(":{$PORT:5000} {\n\troot public\n\tfile_sever\n}\n")
    (context / "index.html").write_text("<h1>plain</h1>")
    told = failed(lab, context)
    assert "Caddyfile:3" in told
    assert "file_sever" in told


def test_a_build_that_makes_nothing_is_told_what_there_is(context: Path, lab: Lab) -> None:
    node(context, "mkdir -p web/out && echo hello >web/out/index.html")
    told = failed(lab, context)
    assert "made no index.html" in told
    assert "web/out/index.html" in told


def test_two_sites_are_told(context: Path, lab: Lab) -> None:
    node(context, "mkdir -p dist/a dist/b && touch dist/a/index.html dist/b/index.html")
    told = failed(lab, context, OUTPUT_DIR="dist/*")
    assert "more than one site" in told
    assert "OUTPUT_DIR=dist/b" in told


def test_pages_that_cannot_be_prerendered_are_told_by_the_framework_and_then_by_us(context: Path, lab: Lab) -> None:
    shutil.copytree(app("node-sveltekit-static").directory, context, dirs_exist_ok=True)
    config = context / "svelte.config.js"
    config.write_text(config.read_text().replace("{ fallback: '200.html' }", ""))
    told = failed(lab, context)
    assert "all routes must be fully prerenderable" in told
    assert "hint: adapter-static makes files alone" in told


def test_the_template_of_a_page_that_nothing_builds_is_told(context: Path, lab: Lab) -> None:
    (context / "index.html").write_text('<div id="root"></div>\n<script type="module" src="/src/main.tsx"></script>\n')
    told = failed(lab, context)
    assert "index.html:2" in told
    assert "which a build has to make" in told


def test_a_line_of_redirects_that_means_nothing_is_told(context: Path, lab: Lab) -> None:
    (context / "index.html").write_text("<h1>plain</h1>")
    (context / "_redirects").write_text("/old /new 301\nold-page new-page\n")
    told = failed(lab, context)
    assert "_redirects:2" in told


# --- in a browser -----------------------------------------------------------------------------------------------------

PAGES = [  # an app, a path, what a browser shows there: in `make e2e-all`, for the image of the browser is large
    ("node-vite-react", "/depth", "frost depth"),
    ("node-vite-vue", "/garden/beds", "garden beds"),
    ("node-next-export", "/price", "nine apples"),
    ("node-sveltekit-static", "/post/frost", "post frost"),
    ("node-react-router-spa", "/trees", "twelve trees"),
]

if os.environ.get("MIGETPACKS_APPS") == "all":

    @pytest.mark.parametrize(("name", "path", "shown"), PAGES, ids=[row[0] for row in PAGES])
    def test_a_browser_shows_a_route_and_logs_no_error(
        name: str, path: str, shown: str, images: Images, lab: Lab, engine: Engine
    ) -> None:
        lab.ensure_image(CHROMIUM)
        browser = f"{lab.registry}/{CHROMIUM}"
        engine.docker("pull", "-q", browser)
        with started(engine, images.of(app(name)).reference) as container:
            container.get(path)
            url = f"http://127.0.0.1:5000{path}"
            options = ("--rm", "--network", f"container:{container.id}")
            done = engine.docker("run", *options, browser, "--virtual-time-budget=20000", "--dump-dom", url)
            assert ask(container, f"{path}/no.js").status == 404
        assert shown in re.sub(r"<!--.*?-->", "", done.stdout)
        assert [row for row in done.stderr.splitlines() if "CONSOLE" in row and ("rror" in row or "404" in row)] == []
