"""`make demo`: builds an example app, starts the image, and shows its user, ports, command, layers and HTTP answer.

What is there is used first: a BuildKit named by BUILDKIT_HOST with buildctl, or a Docker with buildx. Only where
neither is, the project's own lab is started, and ended with the demo.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.lab.keeper import door, label
from tests.lab.place import LabError

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
APP = EXAMPLES / (os.environ.get("APP") or "hello-node")
IMAGE = "migetpacks-demo:local"
NAME = f"migetpacks-demo-{os.getpid()}"


def say(text: str) -> None:
    """A headline."""
    print(f"\n== {text}", flush=True)


def answers(*args: str) -> bool:
    """Whether a program is there and succeeds."""
    return shutil.which(args[0]) is not None and subprocess.run(args, capture_output=True, check=False).returncode == 0


def main() -> int:
    """Builds and starts the example that APP names; 0 when it answered. Raises LabError for one that is not there."""
    if not APP.is_dir():
        known = ", ".join(sorted(path.name for path in EXAMPLES.glob("hello-*")))
        raise LabError(f"there is no example {APP.name}", hint=f"APP is one of {known}")
    if os.environ.get("BUILDKIT_HOST") and answers("buildctl", "debug", "workers"):
        say(f"using the BuildKit at {os.environ['BUILDKIT_HOST']}")
        return with_buildkit()
    if answers("docker", "buildx", "version") and answers("docker", "info"):
        say("using the Docker that is here")
        return with_docker()
    say("no BuildKit and no Docker here: starting the lab (BuildKit, a registry with base images, a Docker Engine)")
    from tests.lab.api import Lab

    os.environ.update(Lab.ensure().environment)
    return with_buildkit()


def secret() -> list[str]:
    """The option that gives builds this machine's certificates, for networks that inspect TLS."""
    bundle = os.environ.get("LAB_CA") or os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt"
    return [f"--secret=id=ca-certificates,src={bundle}"] if os.path.exists(bundle) else []


def with_docker() -> int:
    """Builds frontend and app with Docker; the frontend is only a local tag."""
    frontend = "migetpacks-demo/frontend:local"
    say("building the frontend image from this tree")
    run("docker", "build", "-q", *secret(), "-t", frontend, str(ROOT))
    say(f"building {APP.relative_to(ROOT)}")
    run("docker", "build", f"--build-arg=BUILDKIT_SYNTAX={frontend}", *secret(), "-t", IMAGE, str(APP))
    return show(IMAGE)


def with_buildkit() -> int:
    """Builds frontend and app with buildctl; the frontend stays an OCI layout, no registry is needed for it."""
    with tempfile.TemporaryDirectory(prefix="migetpacks-demo-") as scratch:
        layout, tar, metadata = (Path(scratch) / name for name in ("frontend", "image.tar", "metadata.json"))
        say("building the frontend image from this tree")
        build = ["buildctl", "build", "--progress=plain", *secret()]
        tree = ["--frontend=dockerfile.v0", f"--local=dockerfile={ROOT}", f"--local=context={ROOT}"]
        quiet(*build, *tree, f"--output=type=oci,dest={layout},tar=false")
        digest = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
        say(f"building {APP.relative_to(ROOT)}")
        run(
            *build,
            "--frontend=gateway.v0",
            "--opt=source=miget/migetpacks",
            f"--opt=context:miget/migetpacks=oci-layout://frontend@{digest}",
            f"--oci-layout=frontend={layout}",
            f"--local=context={APP}",
            f"--output=type=docker,name={IMAGE},dest={tar}",
            f"--metadata-file={metadata}",
        )
        result = json.loads(json.loads(metadata.read_text())["frontend.migetpacks.result"])
        say("the result, from the client's metadata file")
        print(json.dumps({key: result[key] for key in ("language", "versions", "start", "ports", "layers")}, indent=2))
        if not answers("docker", "info"):
            say("there is no Docker to start it with; this is its config")
            with tarfile.open(tar) as archive:
                manifest = json.loads(read(archive, "manifest.json"))[0]
                print(json.dumps(json.loads(read(archive, manifest["Config"]))["config"], indent=2))
            return 0
        run("docker", "load", "-q", "-i", str(tar))
    return show(IMAGE)


def read(archive: tarfile.TarFile, name: str) -> bytes:
    """A file of an archive."""
    file = archive.extractfile(name)
    return file.read() if file is not None else b""


def show(image: str) -> int:
    """What is in the image's config, its layers, and what it answers."""
    say("the image")
    for what in ("User", "ExposedPorts", "Cmd", "WorkingDir"):
        print(f"  {what:13}", output("docker", "inspect", "-f", f"{{{{json .Config.{what}}}}}", image))
    print(output("docker", "history", "--format", "table {{.Size}}\t{{.CreatedBy}}", image))
    say("starting it: read-only root, no capabilities, no new privileges")
    hardened = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    run("docker", "run", "-d", "--name", NAME, *label(), *hardened, "-p", "127.0.0.1::5000", image)
    try:
        print("  id:    ", output("docker", "exec", NAME, "id"))
        port = output("docker", "port", NAME, "5000/tcp").splitlines()[0].rpartition(":")[2]
        print(f"  GET /:  {ask(f'http://127.0.0.1:{port}/')}")
    finally:
        subprocess.run(["docker", "rm", "-f", NAME], capture_output=True, check=False)
    say("done")
    return 0


def ask(url: str) -> str:
    """The answer of the app, which may need a moment to start."""
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return f"{answer.status} {answer.read().decode()}"
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def run(*args: str) -> None:
    """A command, shown, its output passed on. Raises LabError when it fails."""
    print(f"$ {' '.join(args)}", flush=True)
    status = subprocess.run(args, check=False).returncode
    if status:
        raise LabError(f"{args[0]} failed with exit status {status}", hint="its output is above")


def quiet(*args: str) -> None:
    """A command, shown; its output only when it fails. Raises LabError then."""
    print(f"$ {' '.join(args)}", flush=True)
    done = subprocess.run(args, check=False, capture_output=True, text=True)
    if done.returncode:
        raise LabError(f"{args[0]} failed with exit status {done.returncode}", output=done.stdout + done.stderr)


def output(*args: str) -> str:
    """A command's output. Raises LabError when it fails."""
    done = subprocess.run(args, check=False, capture_output=True, text=True)
    if done.returncode:
        raise LabError(f"{' '.join(args)} failed with exit status {done.returncode}", output=done.stdout + done.stderr)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(door("the demo", main))
