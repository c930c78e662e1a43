"""`make bench`: every measurement, each as a table and as JSON below bench/out."""

import sys

from bench import builds, detection, llb_marshal, noop


def main() -> int:
    """Runs the benches in turn; the highest exit status."""
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
    sys.exit(main())
