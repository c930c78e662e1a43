"""`up`: from a machine with Debian and root to a running lab, each part only where it is not there yet."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.lab import daemons, frontend, gem_registry, images, machine, state, storage, tools
from tests.lab import engine as engines
from tests.lab.place import CA_BUNDLE, LabError, Place, locked
from tests.lab.progress import Line, Progress
from tests.lab.recipe import full_name
from tests.lab.roots import base_tars

LIVE_PROBE = "https://registry-1.docker.io/v2/"


def up(place: Place, progress: Progress, *, live: bool = False, push_frontend: bool = True) -> None:
    """Brings up what is not up. Raises LabError, with what could be started left running."""
    machine.require()
    place.lab.mkdir(parents=True, exist_ok=True)
    with locked(place.lab / "lock"):
        if live and not daemons.answers(LIVE_PROBE):
            raise LabError("--live: the real registry docker.io does not answer; without --live stand-ins are used")
        with progress.step("Debian packages on this machine") as line:
            machine.prepare(line)
        with ThreadPoolExecutor(8) as pool:
            try:
                gathered = gather(place, progress, pool, standard=not live)
                start(place, progress, gathered, live=live)
                if not live:
                    fill(place, progress, pool)
                for part in gathered.values():
                    part.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)  # what has begun is still waited for
                raise
        write_environment(place)
    with progress.step(f"Docker Engine {engines.DEFAULT.version}, {engines.DEFAULT.store}") as line:
        engines.start(place, engines.DEFAULT, line)
    if push_frontend:
        with progress.step("the frontend image, miget/migetpacks") as line:
            frontend.push(place, buildctl(place), line)


def gather(place: Place, progress: Progress, pool: ThreadPoolExecutor, *, standard: bool) -> dict[str, Future[None]]:
    """Starts to compile, to make root filesystems and to download, all at once; the parts by name."""

    def run(what: str, make: Callable[[Line], object]) -> Callable[[], None]:
        def work() -> None:
            with progress.step(what) as line:
                make(line)

        return work

    def compile_both() -> None:  # one after the other: each uses all cores
        for tool in (tools.BUILDKIT, tools.BUILDX):
            run(f"{tool.name} {tool.version}, compiled", lambda line, t=tool: tools.compiled(place, t, line))()  # type: ignore[misc]

    def roots() -> None:  # one after the other: apt waits for the network, dpkg for the disk
        for suite in ("trixie", "forky") if standard else ():
            if images.cached(place, f"library/debian:{suite}-slim") is None:
                run(f"Debian {suite}, root filesystem", lambda line, s=suite: base_tars(place, s, line))()  # type: ignore[misc]
        spec = engines.DEFAULT
        run(f"Docker Engine {spec.version}, root filesystem", lambda line: spec.tree(place, line))()

    return {"tools": pool.submit(compile_both), "roots": pool.submit(roots)}


def start(place: Place, progress: Progress, gathered: dict[str, Future[None]], *, live: bool) -> None:
    """Starts registry and buildkitd; the latter as soon as it is compiled."""
    with progress.step("registry") as line:
        port = state.read(place).port
        if daemons.registry_up(place, port):
            line.reuse()
        else:
            daemons.end(place, "registry")
            port = daemons.free_port()
            daemons.start_registry(place, port)
            daemons.end(place, "buildkitd")  # its mirror has moved
            state.change(place, port=port, live=live, frontend="")
    wait_for_tools(place, gathered)
    with progress.step("buildkitd") as line:
        configured = daemons.is_configured(place, port, "buildkitd")
        if configured and daemons.buildkit_answers(place, place.buildkit_socket):
            line.reuse()
        else:
            daemons.end(place, "buildkitd")
            daemons.start_buildkit(place, port, "buildkitd", place.buildkit_socket, place.lab / "buildkit")


def wait_for_tools(place: Place, gathered: dict[str, Future[None]]) -> None:
    """Waits until BuildKit is compiled; buildx may still be."""
    directory = tools.BUILDKIT.directory(place)
    while not directory.exists() and not gathered["tools"].done():
        time.sleep(0.2)
    if gathered["tools"].done():
        gathered["tools"].result()


def fill(place: Place, progress: Progress, pool: ThreadPoolExecutor) -> None:
    """Puts the standard stand-ins into the registry, building those that the cache lacks; starts the gem registry."""
    wanted = images.standard()
    known = {name: images.cached(place, full_name(name)) for name in wanted}
    if all(known.values()):
        with progress.step(f"{len(known)} stand-in base images") as line:
            for record in known.values():
                if record is not None:
                    storage.install(record, place.cache, place.registry_storage)
            line.reuse()
        return gems(place, progress)
    maker = builder(place)
    bases, *others = image_groups(wanted)
    all_of(pool.submit(one_image, maker, name, progress) for name in bases)
    registry = pool.submit(gems, place, progress)
    for group in others:
        all_of(pool.submit(one_image, maker, name, progress) for name in group)
    return registry.result()


def all_of(futures: Iterable[Future[None]]) -> None:
    """Waits for them, all begun; raises what the first that failed raised."""
    for future in list(futures):
        future.result()


def gems(place: Place, progress: Progress) -> None:
    """Starts the gem registry."""
    with progress.step("gem registry") as line:
        gem_registry.ensure(place, buildctl(place), line)


def image_groups(names: Iterable[str]) -> list[list[str]]:
    """The images in an order in which those of one group do not wait for each other's bases."""
    names = list(names)
    bases = [name for name in names if name.startswith("debian:")]
    slim = [name for name in names if "slim" in name and name not in bases]
    return [bases, slim, [name for name in names if name not in bases and name not in slim]]


def one_image(builder: images.Builder, name: str, progress: Progress) -> None:
    """Builds one stand-in."""
    with progress.step(f"image {name}") as line:
        builder.record(name, line)


def builder(place: Place) -> images.Builder:
    """What builds images with the lab's BuildKit."""
    return images.Builder(place, buildctl(place), registry(place))


def registry(place: Place) -> str:
    """The registry's host:port."""
    return f"127.0.0.1:{state.read(place).port}"


def buildctl(place: Place) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs buildctl against the lab's buildkitd; raises LabError with the end of its output when it fails."""
    program = tools.BUILDKIT.directory(place) / "buildctl"

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = [str(program), "--addr", f"unix://{place.buildkit_socket}", *args]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise LabError("the build failed", output=(done.stdout + done.stderr)[-4000:])
        return done

    return run


def environment(place: Place) -> dict[str, str]:
    """What `.lab/env` exports. PATH is made of the additions only."""
    return {
        "BUILDKIT_HOST": f"unix://{place.buildkit_socket}",
        "DOCKER_HOST": f"unix://{engines.DEFAULT.socket(place)}",
        "DOCKER_CONFIG": str(place.lab / "docker"),
        "LAB_REGISTRY": registry(place),
        "LAB_CA": str(CA_BUNDLE),
        **({"LAB_GEMS": gem_registry.url(place)} if state.read(place).gems else {}),
        "PATH": str(place.bin),
    }


def write_environment(place: Place) -> None:
    """Writes `.lab/env`, and the programs it names."""
    place.bin.mkdir(parents=True, exist_ok=True)
    directory = tools.BUILDKIT.directory(place)
    for program in tools.BUILDKIT.programs:
        link(place.bin / program, directory / program)
    buildx = tools.BUILDX.directory(place) / "buildx"
    link(place.lab / "docker/cli-plugins/docker-buildx", buildx)
    link(place.bin / "buildx", buildx)
    (place.lab / "docker/config.json").write_text("{}\n")
    (place.bin / "docker").write_text(engines.docker_script(place))
    (place.bin / "docker").chmod(0o755)
    lines = [
        f'export PATH={shlex.quote(value)}:"$PATH"' if key == "PATH" else f"export {key}={shlex.quote(value)}"
        for key, value in environment(place).items()
    ]
    place.env_file.write_text("\n".join(lines) + "\n")


def link(path: Path, target: Path) -> None:
    """Makes a symbolic link, in the place of an older one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)
