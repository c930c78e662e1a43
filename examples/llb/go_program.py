"""A Go program, from its source to a directory that holds nothing but the binary.

PYTHONPATH=. python examples/llb/go_program.py | buildctl build --output type=local,dest=out && out/hello
"""

import sys

import llb

MODULE = b"module example.com/hello\n\ngo 1.24\n"
MAIN = b"""package main

import (
	"fmt"
	"runtime"
)

func main() {
	fmt.Printf("hello from %s/%s\\n", runtime.GOOS, runtime.GOARCH)
}
"""

# what changes least comes first; apt's archives stay in cache mounts, not in a layer
toolchain = llb.image("debian:trixie").run(
    llb.shell("apt-get -q update && apt-get -q -y --no-install-recommends install golang-go"),
    mounts=[
        llb.cache("/var/cache/apt", id="example/apt/cache", sharing="locked"),
        llb.cache("/var/lib/apt/lists", id="example/apt/lists", sharing="locked"),
    ],
    env={"DEBIAN_FRONTEND": "noninteractive"},
    name="install Go",
)

# one call is one operation: three actions, one layer
source = toolchain.dir("/src").file(
    llb.mkdir("/src"), llb.mkfile("go.mod", MODULE), llb.mkfile("main.go", MAIN), name="write the program"
)

# the program may not use the network; what it writes to /out is an output of its own
build = source.run(
    ["go", "build", "-trimpath", "-o", "/out/hello", "."],
    mounts=[llb.scratch_mount("/out"), llb.cache("/root/.cache/go-build", id="example/go-build")],
    env={"CGO_ENABLED": "0"},
    network="none",
    name="go build",
)

sys.stdout.buffer.write(build.output("/out").marshal().to_bytes())
