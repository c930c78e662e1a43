"""Toy applications: app.toy has a line PATH = TEXT for each page, and is compiled into the table that is served.

`{version}` in a text is the version of Toy, `{name}` what .toyrc says, `{length}` that of the registry's token.
"""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.plan.model import (
    Evidence,
    Exec,
    FromContext,
    FromStep,
    ImageRef,
    Layer,
    Plan,
    Process,
    Runtime,
    SecretMount,
    Step,
    TextFile,
    ToolVersion,
)
from frontend.rules import cleanup
from frontend.settings.model import Settings

NAME = "toy"
MANIFEST = "app.toy"
IMAGE = "python:3.13-slim-trixie"  # what Toy itself is written in
COMPILE = """\
import json, os, sys
settings = dict(line.split("=", 1) for line in open(".toyrc").read().split())
token = settings.get("token") or os.environ.get("TOY_TOKEN", "")
values = {"version": sys.argv[1], "name": settings["name"], "length": len(token)}
rows = (line.split("=", 1) for line in open("app.toy").read().splitlines() if "=" in line)
json.dump({path.strip(): text.strip().format(**values) for path, text in rows}, open("app.json", "w"))
"""
SERVE = """\
import json, os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
PAGES = json.load(open("/app/app.json"))
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        text = PAGES.get(self.path)
        self.send_response(404 if text is None else 200)
        self.end_headers()
        self.wfile.write((text or "no such page").encode())
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""


def detect(tree: SourceTree) -> Detected | None:
    """An app.toy is certain."""
    return Detected(3, Evidence("Toy", MANIFEST, tree.line_of(MANIFEST))) if tree.has(MANIFEST) else None


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "") -> Plan:
    """The build of the app in a directory of the context."""
    asked = settings.versions.get("toy")
    version = ToolVersion("toy", asked.value, asked.value, asked.by, asked.at) if asked else ToolVersion("toy", "1")
    compiling = Exec(
        ("python", "-c", COMPILE, version.value),
        f"compile {MANIFEST}",
        secrets=(SecretMount("toy-token", env="TOY_TOKEN"),),
        offline=True,
    )
    source = FromContext(root=app, exclude=cleanup.excludes(NAME, keep=settings.keep))
    compiled = FromStep("compile", "/app", exclude=(MANIFEST, ".toyrc"))
    return Plan(
        language=NAME,
        steps=(Step("compile", ImageRef(IMAGE), f"{MANIFEST} is compiled", inputs=(source,), run=(compiling,)),),
        runtime=Runtime(
            base=IMAGE,
            layers=(Layer("application", "the pages and their server", (TextFile("/app/serve.py", SERVE), compiled)),),
            processes=(Process("web", ("python", "/app/serve.py")),),
            env=(("PORT", str(settings.port)),),
            port=settings.port,
        ),
        versions=(version,),
    )
