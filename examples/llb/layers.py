"""Three layers made side by side and merged: a change in one rebuilds and pushes that one only.

python examples/llb/layers.py | buildctl build --local app=DIRECTORY --output type=local,dest=out
"""

import sys

import llb

base = llb.image("debian:trixie-slim")
packages = base.run(
    llb.shell("mkdir -p /layer/etc && dpkg-query -W > /layer/etc/packages"),
    mounts=[llb.scratch_mount("/layer")],
    network="none",
    name="the list of packages",
).output("/layer")
app = llb.scratch().copy(
    llb.local("app"), "/", "/app", dir_contents=True, create_dest_path=True, owner=(1000, 1000), name="the app"
)
image = llb.merge([llb.scratch().file(llb.mkdir("/data")), packages, app], name="merge layers")

sys.stdout.buffer.write(image.marshal().to_bytes())
