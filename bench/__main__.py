"""`make bench`: every measurement, each as a table and as JSON below bench/out."""

import os
import sys

from bench import builds, detection, llb_marshal, noop
from tests.lab.api import Lab
from tests.lab.keeper import door


def main() -> int:
    """Runs the benches in turn, on the lab where BUILDKIT_HOST names no BuildKit; the highest exit status."""
    if "BUILDKIT_HOST" not in os.environ:
        lab = Lab.ensure()
        lab.push_frontend()
        os.environ.update(lab.environment)
    status = 0
    for title, bench in (
        ("No-op build", noop.main),
        ("Time to decide", detection.main),
        ("Marshalling LLB", llb_marshal.main),
        ("Builds beside a Dockerfile", builds.main),
    ):
        print(f"\n== {title}", flush=True)
        status = max(status, bench())
    return status


if __name__ == "__main__":
    sys.exit(door("the bench", main))
