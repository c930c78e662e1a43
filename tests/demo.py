"""`make demo`: builds an example app, starts the image, and shows its user, ports, command, layers and HTTP answer.

What is there is used first: a BuildKit named by BUILDKIT_HOST with buildctl, or a Docker with buildx. Only where
neither is, the project's own lab is started.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "examples" / "hello-node"
IMAGE = "migetpacks-demo:local"
NAME = "migetpacks-demo"


def say(text: str) -> None:
    """A headline."""
    print(f"\n== {text}", flush=True)


def answers(*args: str) -> bool:
    """Whether a program is there and succeeds."""
    return shutil.which(args[0]) is not None and subprocess.run(args, capture_output=True, check=False).returncode == 0


def main() -> int:
    """Builds and starts the example; 0 when it answered."""
    if answers("docker", "buildx", "version") and answers("docker", "info"):
        say("a Docker with buildx is here: using it")
        return with_docker()
    say("no Docker here: starting the lab (BuildKit, a registry with stand-in base images, a Docker Engine)")
    from tests.lab.api import Lab

    lab = Lab.ensure()
    lab.push_frontend()
    os.environ.update(lab.env)
    os.environ["LAB_CA"] = str(lab.ca)
    return with_lab(lab)


def with_docker() -> int:
    """Builds frontend and app with the Docker that is here."""
    frontend = "migetpacks-demo/frontend:local"
    run("docker", "build", "-q", "-t", frontend, str(ROOT))
    say(f"building {APP.relative_to(ROOT)}")
    run("docker", "build", "--build-arg", f"BUILDKIT_SYNTAX={frontend}", "-t", IMAGE, str(APP))
    return show(IMAGE)


def with_lab(lab: "object") -> int:
    """Builds with the lab's BuildKit, as anyone would by hand, and loads the image into the lab's engine."""
    registry = os.environ["LAB_REGISTRY"]
    image = f"{registry}/demo:latest"
    metadata = ROOT / ".lab" / "demo.metadata.json"
    say(f"building {APP.relative_to(ROOT)} with buildctl")
    run(
        "buildctl",
        "build",
        "--frontend=gateway.v0",
        "--opt=source=miget/migetpacks",
        f"--local=context={APP}",
        f"--secret=id=ca-certificates,src={os.environ['LAB_CA']}",
        f"--output=type=image,name={image},push=true,registry.insecure=true",
        f"--metadata-file={metadata}",
    )
    result = json.loads(metadata.read_text())["frontend.migetpacks.result"]
    if isinstance(result, str):
        result = json.loads(result)
    say("the result, as the client's metadata file has it")
    print(json.dumps({key: result[key] for key in ("language", "versions", "start", "ports", "layers")}, indent=2))
    run("docker", "pull", "-q", image)
    run("docker", "tag", image, IMAGE)
    return show(IMAGE)


def show(image: str) -> int:
    """What is in the image's config, its layers, and what it answers."""
    say("the image")
    for what in ("User", "ExposedPorts", "Cmd", "WorkingDir"):
        print(f"  {what:13}", output("docker", "inspect", "-f", f"{{{{json .Config.{what}}}}}", image))
    print(output("docker", "history", "--format", "table {{.Size}}\t{{.CreatedBy}}", image))
    say("starting it: read-only root, no capabilities, no new privileges")
    subprocess.run(["docker", "rm", "-f", NAME], capture_output=True, check=False)
    hardened = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    run("docker", "run", "-d", "--name", NAME, *hardened, "-p", "127.0.0.1::5000", image)
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
    """A command, shown, its output passed on."""
    print(f"$ {' '.join(args)}", flush=True)
    subprocess.run(args, check=True)


def output(*args: str) -> str:
    """A command's output."""
    return subprocess.run(args, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
