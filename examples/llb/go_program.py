"""A Go program built by hand-written LLB: the toolchain is installed, compiles offline, and stays behind.

python examples/llb/go_program.py | buildctl build --local src=DIRECTORY --output type=local,dest=out
"""

import sys

import llb

source = llb.local("src", exclude=[".git"])
toolchain = llb.image("debian:trixie-slim").run(
    llb.shell("apt-get -q update && apt-get -q -y --no-install-recommends install golang-go"),
    mounts=[llb.cache("/var/cache/apt", id="apt", sharing="locked")],
    name="install Go",
)
compiled = (
    toolchain.dir("/src")
    .env("CGO_ENABLED", "0")
    .run(
        ["go", "build", "-trimpath", "-o", "/out/program", "."],
        mounts=[
            llb.bind("/src", source, readonly=True),
            llb.scratch_mount("/out"),
            llb.cache("/root/.cache/go-build", id="go-build"),
        ],
        network="none",
        name="go build",
    )
    .output("/out")
)
image = llb.scratch().file(
    llb.copy(compiled, "/program", "/usr/local/bin/program", create_dest_path=True, mode=0o755),
    name="the program alone",
)

sys.stdout.buffer.write(image.marshal().to_bytes())
