"""`python3 -m tests.lab VERB`: the lab from the command line."""

from __future__ import annotations

import argparse
import sys

from tests.lab import frontend, images
from tests.lab.place import LabError, here
from tests.lab.progress import Progress
from tests.lab.up import buildctl, registry, up


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("up", help="bring up what is not up")
    verb.add_argument("--live", action="store_true", help="use the real registries, where they answer")
    verb = verbs.add_parser("image", help="add a stand-in image, e.g. node:23.5.0-bookworm-slim")
    verb.add_argument("name")
    verbs.add_parser("push-frontend", help="build the frontend image and push it")
    args = parser.parse_args()
    place, progress = here(), Progress()
    try:
        if args.verb == "up":
            up(place, progress, live=args.live)
            print(progress.table())
        elif args.verb == "image":
            with progress.step(f"image {args.name}") as line:
                record = images.Builder(place, buildctl(place), registry(place)).record(args.name, line)
            print("\n".join(record.names))
        else:
            with progress.step("the frontend image") as line:
                frontend.push(place, buildctl(place), line)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
