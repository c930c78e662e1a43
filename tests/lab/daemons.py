"""The processes of the lab: how each is started, found again and ended.

A daemon that makes mounts or children runs in mount and pid namespaces of its own, made by `unshare --kill-child`: when
its first process dies, the kernel ends the rest and its mounts are gone. Nothing needs a record to be found: the lab's
id is in every process's environment, and in the names of cgroups, bridges and the firewall table.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.lab.machine import find
from tests.lab.place import MARK, LabError, Place
from tests.lab.recipe import HOSTS
from tests.lab.shared import ran
from tests.lab.tools import BUILDKIT

PATIENCE_S = 30.0
DAEMON = f"{MARK}_DAEMON"  # names a daemon in its environment
NAMESPACES = ("--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
REGISTRY_CONFIG = """\
version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {storage}, maxthreads: 100}}, delete: {{enabled: true}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def spawn(place: Place, log: Path, *command: str | Path, name: str) -> int:
    """Starts a daemon in a session of its own; its pid. `name` tells the lab's daemons apart in their environment."""
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**place.environment, DAEMON: name}
    environment.pop("TMPDIR", None)  # a verb's own, which goes with it, and is not in an engine's root
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd="/", start_new_session=True
        )
    DAEMONS.append(process)
    return process.pid


DAEMONS: list[subprocess.Popen[bytes]] = []  # kept: what this process started and may have to reap


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def eventually(happens: Callable[[], bool], what: str, log: Path, pid: int = 0, patience_s: float = PATIENCE_S) -> None:
    """Waits until something is so. Raises LabError with the end of the log when the process ends or time runs out."""
    until = time.monotonic() + patience_s
    while not happens():
        ended = pid and not running(pid)
        if ended or time.monotonic() > until:
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise LabError(f"{what} {'ended' if ended else 'does not answer'}; its log is {log}", output=tail)
        time.sleep(0.03)


def running(pid: int) -> bool:
    """Whether a process lives (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def answers(url: str) -> bool:
    """Whether an HTTP server is there, whatever it says."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def registry_up(place: Place, port: int) -> bool:
    """Whether the lab's registry answers."""
    return bool(port) and bool(find_daemon(place, "registry")) and answers(f"http://127.0.0.1:{port}/v2/")


def start_registry(place: Place, port: int) -> None:
    """Starts the registry. Raises LabError when it does not come up."""
    config, log = place.lab / "registry.yml", place.lab / "log/registry.log"
    place.registry_storage.mkdir(parents=True, exist_ok=True)
    config.write_text(REGISTRY_CONFIG.format(storage=place.registry_storage, port=port))
    pid = spawn(place, log, find("docker-registry") or "docker-registry", "serve", config, name="registry")
    eventually(lambda: answers(f"http://127.0.0.1:{port}/v2/"), "the registry", log, pid)


DATABASE_DEPTH = 3  # of BuildKit's databases below its root: runc-overlayfs/snapshots/metadata.db
# Of a BuildKit's cache; what was used in so long a time stays. All apps fill more in that time, and second builds were
# no longer found whole.
KEPT, FOR = "40GB" if os.environ.get("MIGETPACKS_APPS") == "all" else "15GB", "10m"


def buildkit_config(place: Place, port: int) -> str:
    """buildkitd.toml: the registry as mirror, a limit of what is kept, cgroups below the lab's own."""
    return (
        f'[worker.oci]\n  enabled = true\n  defaultCgroupParent = "/{place.name}"\n'
        f'[[worker.oci.gcpolicy]]\n  all = true\n  keepDuration = "{FOR}"\n  maxUsedSpace = "{KEPT}"\n'
        f"[worker.containerd]\n  enabled = false\n{registries(f'127.0.0.1:{port}')}"
    )


def registries(registry: str) -> str:
    """The part of buildkitd.toml that names the lab's registry, and it as the mirror of those that it stands in for."""
    mirrors = "".join(f'[registry."{host}"]\n  mirrors = ["{registry}"]\n' for host in HOSTS)
    return f'{mirrors}[registry."{registry}"]\n  http = true\n  insecure = true\n'


def is_configured(place: Place, port: int, name: str) -> bool:
    """Whether a buildkitd was started with the configuration that it would be given now."""
    config = place.lab / f"{name}.toml"
    return config.exists() and config.read_text() == buildkit_config(place, port)


def start_buildkit(place: Place, port: int, name: str, socket_path: Path, data: Path) -> None:
    """Starts a buildkitd on a socket. Raises LabError when it does not come up."""
    tools = BUILDKIT.directory(place)
    config, log = place.lab / f"{name}.toml", place.lab / f"log/{name}.log"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(buildkit_config(place, port))
    socket_path.parent.mkdir(parents=True, exist_ok=True)
    socket_path.unlink(missing_ok=True)
    command: list[str | Path] = [tools / "buildkitd", "--config", config, "--addr", f"unix://{socket_path}"]
    unshare = [find("unshare") or "unshare", *NAMESPACES]
    pid = spawn(place, log, *unshare, *command, "--root", data, "--oci-worker-net=host", name=name)
    eventually(lambda: buildkit_answers(place, socket_path), name, log, pid)


def copy_data(source: Path, target: Path) -> None:
    """Gives a BuildKit that will be started the data of one that has ended: what neither changes, as hard links.

    Blobs and layers are never written again; the databases and locks above them are files of its own.
    """
    ran("cp", "-al", *source.iterdir(), target)
    for depth in range(1, DATABASE_DEPTH + 1):
        for path in target.glob("/".join("*" * depth)):
            if path.is_file() and not path.is_symlink():
                own = path.read_bytes()
                path.unlink()
                path.write_bytes(own)


def buildkit_answers(place: Place, socket_path: Path) -> bool:
    """Whether a buildkitd has workers."""
    if not socket_path.exists():
        return False
    command = [str(BUILDKIT.directory(place) / "buildctl"), "--addr", f"unix://{socket_path}", "debug", "workers"]
    done = subprocess.run(command, check=False, capture_output=True)
    return done.returncode == 0


def processes(place: Place) -> Iterator[tuple[int, str]]:
    """The lab's processes: pid, and the name of the daemon it is or comes from."""
    for pid, environment in marked(MARK, place.id):
        yield pid, environment.get(DAEMON, "")


def marked(name: str, value: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The processes that were started with a variable of that value, but for this one: pid and environment."""
    mark = f"{name}={value}".encode()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            environment = (path / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        pid = int(path.name)
        if mark in environment and pid != os.getpid() and running(pid):
            parts = (part.decode(errors="replace").partition("=") for part in environment)
            yield pid, {key: text for key, _, text in parts}


def find_daemon(place: Place, name: str) -> list[int]:
    """The pids of a daemon and of what inherited its environment."""
    return [pid for pid, daemon in processes(place) if daemon == name]


def end(place: Place, name: str = "") -> None:
    """Kills a daemon with all that came from it, or all of the lab's. Raises LabError when something survives.

    SIGKILL to the first process of a pid namespace takes the rest of it along, containers included.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        left = [pid for pid, daemon in processes(place) if daemon and name in ("", daemon)]
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for process in DAEMONS:
            process.poll()
        if not left:
            return
        if time.monotonic() > until:
            raise LabError(f"these processes do not end: {left}")
        time.sleep(0.05)
