"""A script of ours that makes a part of the image: it sees the image so far and writes what is new beside it."""

import llb
from frontend.lower.target import Target

BASE_DIR = "/mnt/base"  # the image so far, read-only: it needs no shell of its own
OUT_DIR = "/mnt/out"


def written(state: llb.State, script: str, *args: str, rootfs: llb.State, name: str, target: Target) -> llb.State:
    """What a script writes to OUT_DIR, run on the filesystem `state`, which has the shell and the tools it uses."""
    ran = state.run(
        ["/bin/sh", "-c", script, *args],
        dir="/",
        mounts=[llb.bind(BASE_DIR, rootfs, readonly=True), llb.scratch_mount(OUT_DIR)],
        network="none",
        name=target.named(name),
        **target.cached(),
    )
    return ran.output(OUT_DIR)
