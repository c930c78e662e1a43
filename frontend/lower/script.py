"""A script of ours that makes a part of the image: it may see the image so far, and writes what is new beside it."""

import llb
from frontend.lower.target import IMAGE, Target

BASE_DIR = "/mnt/base"  # the image so far, read-only: it needs no shell of its own
OUT_DIR = "/mnt/out"


def written(
    state: llb.State,
    script: str,
    *args: str,
    rootfs: llb.State | None,
    name: str,
    target: Target,
    step: str = IMAGE,
) -> llb.State:
    """What a script writes to OUT_DIR, run on the filesystem `state`, which has the shell and the tools it uses; with
    the image so far where it is given."""
    base = [llb.bind(BASE_DIR, rootfs, readonly=True)] if rootfs is not None else []
    ran = state.run(
        ["/bin/sh", "-c", script, *args],
        dir="/",
        mounts=[*base, llb.scratch_mount(OUT_DIR)],
        network="none",
        name=target.named(name, step),
        **target.cached(step),
    )
    return ran.output(OUT_DIR)
