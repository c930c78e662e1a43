"""Our build beside a careful hand-written Dockerfile for the same app, through both of BuildKit's Dockerfile frontends.

Each frontend has a BuildKit of its own, which has the base images and the frontends and nothing else, and a copy of the
app. There the app is built and pushed to the lab's registry: cold, then with one line changed, another base image, one
dependency added, by the frontends in turn. A time is that of the whole client process. Cold builds are repeated on new
BuildKits. The external Dockerfile frontend has fewer turns, and none with one dependency more: it does what the one
built in does, and is started as ours.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bench import frontends
from bench.cases import Case
from bench.figures import BUILT_IN, EXTERNAL, OURS, SIDES, Figure, Measured, Target
from tests.lab.api import Lab

MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
CHANGED_FILES = "the app's changed files"
LINES = ("line", "pushed", "caches")  # the figures that are measured in builds after a changed line
EMPTY_CACHES = f"{OURS}, empty caches"
EXTERNAL_TURNS = 1
MEMORY_MIB = 60
SMALL_BYTES = 5 * 1024  # what an image is in a registry beside its layers: configuration, manifest, tar headers
Item = TypeVar("Item")


def figures(case: Case) -> list[Figure]:
    """The figures of an app."""

    def figure(kind: str, section: str, meaning: str, turns: int, target: Target) -> Figure:
        return Figure(f"{kind}-{case.name}", section, meaning, turns, target, case.title)

    return [
        figure(
            "cold", "First build",
            "time of a build on a BuildKit that has the base images and the frontends, and nothing else",
            case.cold_turns, Target(0.9),
        ),
        figure(
            "line", "One changed line", "time of the next build, after one line of source changed",
            case.line_turns, Target(case.line_limit),
        ),
        figure(
            "pushed", "Pushed after one changed line",
            "bytes of layers, configuration and manifest that the registry did not have, beside the size of the files "
            "in the image that are not as before",
            case.line_turns, Target(SMALL_BYTES, "excess", to=CHANGED_FILES),
        ),
        *(
            [
                figure(
                    "caches", "One changed line, caches kept",
                    "time of the next build, after one line of source changed, beside the same with empty cache mounts",
                    case.line_turns, Target(0.6, to=EMPTY_CACHES),
                )
            ]
            if case.caches
            else []
        ),
        figure(
            "dependency", "One more dependency",
            "time of the next build, after a package was added to the manifest and the lockfile",
            case.warm_turns, Target(1.0),
        ),
        figure(
            "base", "Another runtime base image",
            "time of the next build, after the image that the app's image starts from has changed, but not the one "
            "that it is built in",
            case.warm_turns, Target(1.0),
        ),
        figure("image", "Size of the image", "compressed, as in a registry", 1, Target(1.0)),
        figure(
            "memory", "Memory of the frontend",
            "the most memory that our frontend's process had resident (VmHWM), in builds after one changed line",
            case.memory_turns, Target(MEMORY_MIB, "value"),
        ),
    ]  # fmt: skip


@dataclass(frozen=True)
class Image:
    """A pushed image: the sizes in bytes of its blobs by digest, its layers in order, the size of its manifest."""

    name: str
    blobs: Mapping[str, int]
    layers: Sequence[str]
    manifest: int

    def new_bytes(self, before: Image) -> int:
        """What had to be pushed after another image."""
        return self.manifest + sum(size for digest, size in self.blobs.items() if digest not in before.blobs)

    def new_layers(self, before: Image) -> list[str]:
        """The layers that another image has not."""
        return [digest for digest in self.layers if digest not in before.layers]


@dataclass
class Bench:
    """A frontend with a BuildKit of its own and a copy of the app. `image` is the last one that it pushed."""

    lab: Lab
    case: Case
    side: str
    address: str
    context: Path
    source: str
    image: Image | None = field(default=None)

    def build(self, *options: str) -> float:
        """Builds the app as it is in the copy, and pushes it; the seconds that took. Raises LabError if it fails."""
        name = f"bench/{self.case.name}-{SIDES.index(self.side)}"
        output = f"--output=type=image,name={self.lab.registry}/{name}:latest,push=true,registry.insecure=true"
        asked = frontends.options(self.lab, self.side, self.context, self.case.dockerfile, self.source)
        began = time.monotonic()
        frontends.build(self.lab, f"{self.case.title}, {self.side}", self.address, *asked, *options, output)
        seconds = time.monotonic() - began
        self.image = pushed(self.lab, name)
        return seconds

    def changed(self, number: int, *options: str) -> float:
        """The same after the source has another line."""
        self.case.change(self.context, number)
        return self.build(*options)

    @property
    def built(self) -> Image:
        """The last image."""
        if self.image is None:
            raise RuntimeError("nothing was built yet")
        return self.image


def alike(cases: Iterable[Case]) -> list[tuple[Case, ...]]:
    """Apps by the base images that they need: those of one kind share a BuildKit that has pulled and unpacked these."""
    found: dict[frozenset[str], list[Case]] = {}
    for case in cases:
        found.setdefault(frozenset(case.images), []).append(case)
    return [tuple(some) for some in found.values()]


def measure(cases: Sequence[Case], lab: Lab, turns: Mapping[str, int], source: str) -> Iterator[tuple[str, Measured]]:
    """The figures by name of apps with the same base images, each as soon as it is measured; of an app that `turns` has
    no figure of none."""
    wanted = [case for case in cases if any(figure.name in turns for figure in figures(case))]
    with lab.second() as stocked:
        with lab.buildkitd(data=stocked) as address:
            stock(lab, wanted[0], address, source)
        for case in wanted:
            yield from measure_app(case, lab, turns, source, stocked)


def measure_app(
    case: Case, lab: Lab, turns: Mapping[str, int], source: str, stocked: Path
) -> Iterator[tuple[str, Measured]]:
    """The figures of an app. `stocked` is the data of a BuildKit that has its base images."""
    colds: dict[str, list[float]] = {side: [] for side in SIDES}
    cold_turns = turns.get(f"cold-{case.name}", 1)
    for turn in range(cold_turns - 1):
        with benches(lab, case, source, stocked, [OURS, BUILT_IN], turn) as sides:
            for side in sides:
                colds[side.side].append(side.build())
    with benches(lab, case, source, stocked, SIDES, cold_turns - 1) as sides:
        for side in sides:
            colds[side.side].append(side.build())
        yield f"cold-{case.name}", Measured("s", colds, files(lab, case, sides))
        sizes = {side.side: [float(sum(side.built.blobs.values()))] for side in sides}
        yield f"image-{case.name}", Measured("bytes", sizes)
        yield from lines(sides, case, {kind: turns.get(f"{kind}-{case.name}", 0) for kind in LINES})
        yield f"memory-{case.name}", memory(lab, case, sides, turns.get(f"memory-{case.name}", 0))
        yield f"base-{case.name}", bases(lab, case, sides, turns.get(f"base-{case.name}", 0))
        yield f"dependency-{case.name}", dependencies(case, sides, turns.get(f"dependency-{case.name}", 0))


def files(lab: Lab, case: Case, sides: Sequence[Bench]) -> dict[str, str | float]:
    """How many files the installed packages are, where that is counted."""
    if not case.counted:
        return {}
    counting = (
        f"\nFROM build AS counting\nRUN find {case.counted} -type f | wc -l > /count\n"
        "FROM scratch AS counted\nCOPY --from=counting /count /\n"
    )
    built_in = next(side for side in sides if side.side == BUILT_IN)
    with tempfile.TemporaryDirectory() as directory:
        dockerfile = Path(directory) / "Dockerfile"
        dockerfile.write_text(case.dockerfile.read_text() + counting)
        options = frontends.options(lab, BUILT_IN, built_in.context, dockerfile, built_in.source)
        output = f"--output=type=local,dest={directory}"
        frontends.build(lab, f"files of {case.title}", built_in.address, *options, "--opt=target=counted", output)
        return {f"files in {case.counted}": int((Path(directory) / "count").read_text())}


@contextmanager
def benches(lab: Lab, case: Case, source: str, stocked: Path, names: Sequence[str], turn: int) -> Iterator[list[Bench]]:
    """The frontends of these names, in another order in each turn, there until the block ends."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = []
        for side in rotated(names, turn):
            context = directory / str(SIDES.index(side))
            shutil.copytree(case.app, context)
            found.append(Bench(lab, case, side, stack.enter_context(lab.buildkitd(like=stocked)), context, source))
        yield found


def stock(lab: Lab, case: Case, address: str, source: str) -> None:
    """Has a BuildKit pull and unpack the base images of an app, and the frontends."""
    images = list(dict.fromkeys(case.images))
    with tempfile.TemporaryDirectory() as directory:
        dockerfile = Path(directory) / "Dockerfile"
        stages = [f"FROM {image} AS stage{number}\nRUN true\n" for number, image in enumerate(images)]
        copies = [f"COPY --from=stage{number} /etc/os-release /{number}\n" for number in range(len(images))]
        dockerfile.write_text("".join([*stages, "FROM scratch\n", *copies]))
        for side in SIDES:
            options = frontends.options(lab, side, Path(directory), dockerfile, source)
            if side != BUILT_IN:
                options.append("--opt=requestid=frontend.subrequests.describe")
            frontends.build(lab, f"base images of {case.title}", address, *options)


def taking_turns(sides: Sequence[Bench], turn: int) -> list[Bench]:
    """The frontends in another order in each turn; the external one in the first turns only."""
    return [side for side in rotated(sides, turn) if side.side != EXTERNAL or turn < EXTERNAL_TURNS]


def rotated(items: Sequence[Item], turn: int) -> list[Item]:
    """Items with another one first in each turn."""
    first = turn % len(items)
    return [*items[first:], *items[:first]]


def lines(sides: Sequence[Bench], case: Case, turns: Mapping[str, int]) -> Iterator[tuple[str, Measured]]:
    """Builds after one changed line: their times, what they push, and the same with empty cache mounts."""
    times: dict[str, list[float]] = {side: [] for side in SIDES}
    sizes: dict[str, list[float]] = {side: [] for side in (*SIDES, CHANGED_FILES)}
    empty: list[float] = []
    notes: dict[str, str | float] = {}
    for turn in range(max(turns.values())):
        for side in taking_turns(sides, turn):
            before = side.built
            times[side.side].append(side.changed(turn))
            sizes[side.side].append(side.built.new_bytes(before))
            if side.side == OURS:
                own, changed = own_files(side.lab, before, side.built)
                sizes[CHANGED_FILES].append(sum(changed.values()))
                notes = {
                    "files in the app's layer": len(own),
                    "their bytes": sum(own.values()),
                    "changed": len(changed),
                }
        if turn < turns["caches"]:
            ours = next(side for side in sides if side.side == OURS)
            namespace = f"--opt=build-arg:BUILDKIT_CACHE_MOUNT_NS={time.time_ns()}"
            empty.append(ours.changed(500 + turn, namespace))
    yield f"line-{case.name}", Measured("s", times)
    yield f"caches-{case.name}", Measured("s", {OURS: times[OURS], EMPTY_CACHES: empty})
    yield f"pushed-{case.name}", Measured("bytes", sizes, notes)


def memory(lab: Lab, case: Case, sides: Sequence[Bench], turns: int) -> Measured:
    """The peak memory of our frontend."""
    ours = next(side for side in sides if side.side == OURS)
    peaks = []
    for turn in range(turns):
        case.change(ours.context, 1000 + turn)
        asked = frontends.options(lab, OURS, ours.context, case.dockerfile, ours.source)
        trace = frontends.traced(lab, f"{case.title}, traced", ours.address, *asked)
        peaks.append(trace["peak_rss_kib"] / 1024)
    return Measured("MiB", {OURS: peaks})


def bases(lab: Lab, case: Case, sides: Sequence[Bench], turns: int) -> Measured:
    """Builds on another runtime base image."""
    times: dict[str, list[float]] = {side: [] for side in SIDES}
    for turn in range(turns):
        other = another_base(lab, case.images[-1], turn)
        for side in taking_turns(sides, turn):
            times[side.side].append(side.build(f"--opt=context:{case.images[-1]}=docker-image://{other}"))
    return Measured("s", times)


def dependencies(case: Case, sides: Sequence[Bench], turns: int) -> Measured:
    """Builds with one more dependency, another one in each turn."""
    compared = [side for side in sides if side.side != EXTERNAL]
    times: dict[str, list[float]] = {side.side: [] for side in compared}
    for turn in range(turns):
        for side in rotated(compared, turn):
            case.depend(case.app, side.context, turn)
            times[side.side].append(side.build())
    return Measured("s", times)


def another_base(lab: Lab, base: str, number: int) -> str:
    """An image in the lab's registry that is a base image with one file more."""
    name = f"{lab.registry}/bench/base:{number}"
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "Dockerfile").write_text(f"FROM {base}\nCOPY stamp /etc/bench-stamp\n")
        (Path(directory) / "stamp").write_text(f"{number} {time.time_ns()}\n")
        options = ("--frontend=dockerfile.v0", f"--local=context={directory}", f"--local=dockerfile={directory}")
        output = f"--output=type=image,name={name},push=true,registry.insecure=true"
        frontends.build(lab, f"another {base}", lab.buildkit_host, *options, output)
    return name


def pushed(lab: Lab, name: str) -> Image:
    """An image of the lab's registry."""
    text = got(lab, f"{name}/manifests/latest", MANIFESTS)
    manifest = json.loads(text)
    parts = [*manifest["layers"], manifest["config"]]
    layers = [layer["digest"] for layer in manifest["layers"]]
    return Image(name, {part["digest"]: part["size"] for part in parts}, layers, len(text))


def got(lab: Lab, path: str, accept: str = "*/*") -> bytes:
    """What the lab's registry answers."""
    request = urllib.request.Request(f"http://{lab.registry}/v2/{path}", headers={"Accept": accept})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def own_files(lab: Lab, before: Image, after: Image) -> tuple[dict[str, int], dict[str, int]]:
    """The files of the layers that changed with a line, and those of them that are other ones now: sizes by path."""
    old = contents(lab, before, before.new_layers(after))
    new = contents(lab, after, after.new_layers(before))
    changed = {path: size for path, (digest, size) in new.items() if path not in old or old[path][0] != digest}
    return {path: size for path, (_, size) in new.items()}, changed


def contents(lab: Lab, image: Image, layers: Sequence[str]) -> dict[str, tuple[str, int]]:
    """The regular files of some layers: digest and size in bytes by path."""
    found = {}
    for layer in layers:
        with tarfile.open(fileobj=io.BytesIO(got(lab, f"{image.name}/blobs/{layer}"))) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is not None:
                    found[member.name] = hashlib.sha256(file.read()).hexdigest(), member.size
    return found
