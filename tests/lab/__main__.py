"""`python3 -m tests.lab VERB`: the lab from the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.lab import daemons, frontend, gem_registry, state
from tests.lab import down as ending
from tests.lab import engine as engines
from tests.lab.place import RUN, LabError, Place, here
from tests.lab.progress import Progress
from tests.lab.recipe import host_of
from tests.lab.up import buildctl, builder, up

Args = argparse.Namespace


def main() -> int:
    """Runs a verb; 1 when it could not do what it says."""
    args = parser().parse_args()
    try:
        return int(VERBS[args.verb](here(), Progress(), args) or 0)
    except LabError as error:
        print(error.told(), file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("up", help="bring up what is not up, and write .lab/env")
    verb.add_argument("--live", action="store_true", help="use the real registries, where they answer")
    verbs.add_parser("down", help="end all of it; the cache stays")
    verb = verbs.add_parser("image", help="add a stand-in base image: node:23.5.0-bookworm-slim, dhi.io/node:24")
    verb.add_argument("name")
    verb = verbs.add_parser("lock", help="write the Gemfile.lock of a Ruby app, with the gems that the lab has")
    verb.add_argument("directory", type=Path)
    verb = verbs.add_parser("engine", help="start another Docker Engine")
    verb.add_argument("version", choices=sorted({spec.version for spec in engines.ENGINES}))
    verb.add_argument("store", nargs="?", default="overlay2", choices=("overlay2", "containerd"))
    verbs.add_parser("push-frontend", help="build the frontend image of the tree as it is now, and push it")
    verbs.add_parser("status", help="what is up; exit status 1 when there is no whole lab")
    verbs.add_parser("env", help="print .lab/env")
    return parser


def do_up(place: Place, progress: Progress, args: Args) -> None:
    up(place, progress, live=args.live)
    if RUN not in os.environ:
        place.stays_file.touch()
    print(f"{progress.table()}\n{status(place)}\nnow: . {place.env_file.relative_to(place.root)}")


def do_down(place: Place, progress: Progress, args: Args) -> None:
    with progress.step("ending the lab"):
        ending.down(place)


def do_image(place: Place, progress: Progress, args: Args) -> None:
    needs_lab(place)
    with progress.step(f"image {args.name}") as line:
        record = builder(place).record(args.name, line)
    print("\n".join(f"{host_of(args.name)}/{name}" for name in record.names))


def do_lock(place: Place, progress: Progress, args: Args) -> None:
    needs_lab(place)
    with progress.step(f"{args.directory}/Gemfile.lock"):
        gem_registry.lock(place, buildctl(place), args.directory)


def do_engine(place: Place, progress: Progress, args: Args) -> None:
    needs_lab(place)
    spec = engines.spec(args.version, args.store)
    with progress.step(f"Docker Engine {spec.version}, {spec.store}") as line:
        engines.start(place, spec, line)
    print(f"export DOCKER_HOST=unix://{spec.socket(place)}")


def do_push_frontend(place: Place, progress: Progress, args: Args) -> None:
    needs_lab(place)
    with progress.step("the frontend image, miget/migetpacks") as line:
        frontend.push(place, buildctl(place), line)


def do_status(place: Place, progress: Progress, args: Args) -> int:
    print(status(place))
    return 0 if place.env_file.exists() and daemons.buildkit_answers(place, place.buildkit_socket) else 1


def do_env(place: Place, progress: Progress, args: Args) -> None:
    needs_lab(place)
    print(place.env_file.read_text(), end="")


def needs_lab(place: Place) -> None:
    """Raises LabError where there is no lab."""
    if not place.env_file.exists():
        raise LabError("there is no lab", hint="run `make lab-up`")


def status(place: Place) -> str:
    """What is up, as a table."""
    port = state.read(place).port
    rows = [
        ("registry", f"127.0.0.1:{port}", daemons.registry_up(place, port)),
        ("gem registry", gem_registry.url(place), gem_registry.is_up(place)),
        ("buildkitd", f"unix://{place.buildkit_socket}", daemons.buildkit_answers(place, place.buildkit_socket)),
    ]
    for spec in engines.ENGINES:
        rows.append((f"engine {spec.version}/{spec.store}", f"unix://{spec.socket(place)}", spec.answers(place)))
    return "\n".join(
        f"  {name:24} {'up  ' if is_up else 'down'}  {where if is_up else ''}" for name, where, is_up in rows
    )


VERBS: dict[str, Callable[[Place, Progress, Args], int | None]] = {
    "up": do_up,
    "down": do_down,
    "image": do_image,
    "lock": do_lock,
    "engine": do_engine,
    "push-frontend": do_push_frontend,
    "status": do_status,
    "env": do_env,
}

if __name__ == "__main__":
    sys.exit(main())
