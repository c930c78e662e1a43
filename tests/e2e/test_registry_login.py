"""A base image whose registry requires a login: who refuses what, and what to do; with the login it builds."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.e2e.apps import app, build
from tests.lab import daemons
from tests.lab.api import Lab
from tests.lab.machine import find

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("hardened_bases")]

USER, PASSWORD = "builder", "password"
HASH = "$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu"  # of PASSWORD, by bcrypt
CONFIG = """\
version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {storage}}}}}
http: {{addr: "127.0.0.1:{port}"}}
auth: {{htpasswd: {{realm: lab, path: {users}}}}}
"""
Guarded = Callable[[Lab, Path], AbstractContextManager[str]]


@contextmanager
def by_password(lab: Lab, directory: Path) -> Iterator[str]:
    """A registry with the lab's images that asks for a user and a password; its host and port."""
    port, log = daemons.free_port(), directory / "registry.log"
    (directory / "users").write_text(f"{USER}:{HASH}\n")
    settings = {"storage": lab.place.registry_storage, "port": port, "users": directory / "users"}
    (directory / "registry.yml").write_text(CONFIG.format(**settings))
    command = (find("docker-registry") or "docker-registry", "serve", directory / "registry.yml")
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            answers = lambda: daemons.answers(f"http://127.0.0.1:{port}/v2/")  # noqa: E731
            daemons.eventually(answers, "the registry", log, process.pid)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


class Tokens(BaseHTTPRequestHandler):
    """A registry that asks for a token, as dhi.io does, and gives nobody one."""

    def do_GET(self) -> None:
        self.send_response(401)
        if not self.path.startswith("/token"):
            realm = f"http://{self.headers['Host']}/token"
            self.send_header("WWW-Authenticate", f'Bearer realm="{realm}",service="lab"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what matters is what the build prints."""


@contextmanager
def by_token(lab: Lab, directory: Path) -> Iterator[str]:
    """A registry of the second kind; its host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("guarded", [by_password, by_token])
def test_a_base_that_requires_a_login_is_an_error_with_what_to_do(lab: Lab, tmp_path: Path, guarded: Guarded) -> None:
    with guarded(lab, tmp_path) as registry:
        mirror = {"USE_DHI": "true", "DHI_MIRROR": f"{registry}/"}
        with pytest.raises(CalledProcessError) as error:
            build(lab, app("node-express").directory, name="node-express-login", args=mirror)
    image = f"{registry}/node:24-debian13"
    assert f"the registry {registry} refuses the base image {image}: it requires a login" in error.value.stderr
    assert f"hint: log in where the client runs: docker login {registry}" in error.value.stderr


def test_a_base_that_requires_a_login_is_built_on_with_it(lab: Lab, tmp_path: Path) -> None:
    with by_password(lab, tmp_path) as registry:
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        (tmp_path / "config.json").write_text(json.dumps({"auths": {registry: {"auth": login}}}))
        mirror, client = {"USE_DHI": "true", "DHI_MIRROR": f"{registry}/"}, {"DOCKER_CONFIG": str(tmp_path)}
        built = build(lab, app("node-express").directory, name="node-express-login", args=mirror, env=client)
    assert built.result["base_images"][0]["name"] == f"{registry}/node:24-debian13"
