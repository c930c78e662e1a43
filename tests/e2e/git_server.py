"""A git server on loopback: over https with a login, by git's own CGI program, and over SSH with a key, by sshd.

The lab's builds have the machine's network, so that they reach it.
"""

from __future__ import annotations

import base64
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from tests.lab.machine import find
from tests.lab.place import LabError

USER, TOKEN = "builder", "planted-git-token-planted"
BACKEND = "/usr/lib/git-core/git-http-backend"
START_TIMEOUT_S = 20
NOBODY = {  # git without the settings of whoever runs the tests
    "PATH": os.defpath,
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "file",
    **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


class GitServer(NamedTuple):
    """The running server: URLs of its root without a scheme's prefix, and the files that a client gives to a build.

    `agent` is the socket of an SSH agent that holds the key, `known_hosts` the server's host key.
    """

    root: Path
    https: str
    ssh: str
    authority: Path
    credentials: Path
    known_hosts: Path
    agent: Path

    def repository(self, name: str, files: Mapping[str, str], submodules: Mapping[str, str] | None = None) -> str:
        """A repository of one commit; the commit. `submodules` are other repositories of the server, by path."""
        work, bare = self.root / f"{name}.work", self.root / f"{name}.git"
        work.mkdir()
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text)
        git(work, "init", "-q", "-b", "main")
        for path, other in (submodules or {}).items():
            git(work, "submodule", "--quiet", "add", f"{self.root}/{other}.git", path)
            git(work, "config", "-f", ".gitmodules", f"submodule.{path}.url", f"../{other}.git")
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", "first")
        git(work, "clone", "-q", "--bare", ".", str(bare))
        git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
        return git(work, "rev-parse", "HEAD").strip()


def git(directory: Path, *args: str) -> str:
    """Runs git; its output."""
    done = subprocess.run(["git", "-C", directory, *args], env=NOBODY, check=True, capture_output=True, text=True)
    return done.stdout


class Backend(BaseHTTPRequestHandler):
    """git-http-backend behind a login. Source: https://git-scm.com/docs/git-http-backend"""

    root: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, body: bytes) -> None:
        login = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {login}":
            self.reply(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
            return
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.defpath,
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "REMOTE_USER": USER,
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run([BACKEND], env=environment, input=body, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        rows = [tuple(row.split(": ", 1)) for row in head.decode().splitlines()]
        status = next((int(row[1].split()[0]) for row in rows if row[0] == "Status"), 200)
        self.reply(status, [(row[0], row[1]) for row in rows if row[0] != "Status"], content)

    def reply(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what matters is what the build prints."""


@contextmanager
def git_server(directory: Path, trusted: Path) -> Iterator[GitServer]:
    """The server with its files in a new directory, there until the block ends. `trusted` are the machine's CAs."""
    root = directory / "root"
    root.mkdir(parents=True)
    with https(directory, root) as https_port, sshd(directory) as ssh_port, agent(directory) as socket_file:
        authority, credentials = directory / "ca.pem", directory / "git-credentials"
        authority.write_text(trusted.read_text() + (directory / "server.pem").read_text())
        credentials.write_text(f"https://{USER}:{TOKEN}@127.0.0.1:{https_port}\n")
        known_hosts = directory / "known_hosts"
        known_hosts.write_text(f"[127.0.0.1]:{ssh_port} {(directory / 'host.pub').read_text()}")
        yield GitServer(
            root,
            f"https://127.0.0.1:{https_port}",
            f"ssh://root@127.0.0.1:{ssh_port}{root}",
            authority,
            credentials,
            known_hosts,
            socket_file,
        )


@contextmanager
def https(directory: Path, root: Path) -> Iterator[int]:
    """The port of the server that speaks https, with a certificate of its own."""
    pem = directory / "server.pem"
    subject = ("-subj", "/CN=git", "-addext", "subjectAltName=IP:127.0.0.1")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject)
    subprocess.run([*made, "-keyout", directory / "server.key", "-out", pem], check=True, capture_output=True)
    handler = type("Backend", (Backend,), {"root": root})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, directory / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def sshd(directory: Path) -> Iterator[int]:
    """The port of an sshd with a host key of its own that lets one key in."""
    for name in ("host", "key"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", directory / name]
        subprocess.run(made, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": directory / "host",
        "AuthorizedKeysFile": directory / "key.pub",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
    }
    (directory / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in options.items()))
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it separates its privileges
    program = find("sshd") or "sshd"
    log = directory / "sshd.log"
    with subprocess.Popen([program, "-D", "-E", log, "-f", directory / "sshd_config"]) as process:
        try:
            until = time.monotonic() + START_TIMEOUT_S
            while not answers(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise LabError(f"sshd does not answer: {log.read_text()}")
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def agent(directory: Path) -> Iterator[Path]:
    """The socket of an SSH agent that holds the key."""
    path = directory / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + START_TIMEOUT_S
            while not path.exists() and time.monotonic() < until:
                time.sleep(0.05)
            environment = {**os.environ, "SSH_AUTH_SOCK": str(path)}
            subprocess.run(["ssh-add", "-q", directory / "key"], env=environment, check=True, capture_output=True)
            yield path
        finally:
            process.terminate()
