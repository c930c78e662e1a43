"""An image of three layers that do not depend on each other, merged: a change in one leaves the others alone.

PYTHONPATH=. python examples/llb/layers.py | buildctl build --local context=. --output type=local,dest=out
"""

import sys

import llb

base = llb.image("debian:trixie-slim")

# the system's part: what a program changed in the base, and nothing else
accounts = llb.diff(
    base, base.run(["useradd", "--uid", "1000", "app"], network="none", name="add a user"), name="what useradd changed"
)

# the app's part: only Python files are sent by the client, and copied with their owner
context = llb.local("context", include=["**/*.py"], exclude=["**/test_*"], shared_key_hint="layers", name="the app")
app = llb.scratch().file(
    llb.mkdir("/app", owner=(1000, 1000)),
    llb.copy(context, "/", "/app", dir_contents=True, owner=(1000, 1000)),
    name="copy the app",
)

# the part made by hand
settings = llb.scratch().file(
    llb.mkdir("/etc"),
    llb.mkfile("/etc/app.conf", b"port = 5000\n", 0o640, owner=(0, 1000)),
    llb.symlink("app.conf", "/etc/app.default.conf"),
    name="settings",
)

image = llb.merge([accounts, app, settings], name="the three layers")
sys.stdout.buffer.write(image.marshal().to_bytes())
