"""What a program that clones git repositories is given, tried with the machine's own sh and git."""

from __future__ import annotations

import os
import socket
import subprocess
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec import structs

from frontend.lower import git
from frontend.plan.model import Exec, GitAccess
from llb.pb import ops_pb2 as pb
from tests.lower.test_lower import PLAN, execs, lowered, ops

HOST_KEY = "git.acme.test ssh-ed25519 AAAA"
ACCESS = GitAccess(known_hosts=HOST_KEY, over_ssh=("git@github.com", "git@git.acme.test"))
URLS = ("ssh://git@github.com/o/n.git", "git@git.acme.test:o/n.git", "ssh://git@git.acme.test:2222/o/n.git")


class Machine:
    """The files that a step of git has, in a directory: places of a step are moved there."""

    def __init__(self, directory: Path, access: GitAccess = ACCESS) -> None:
        self.directory = directory
        self.secrets, self.settings, self.ssh = (directory / name for name in ("secrets", "config/git", "ssh"))
        for made in (self.secrets, self.settings, self.ssh, directory / "files"):
            made.mkdir(parents=True)
        for name, text, mode in git.files(access):
            (directory / "files" / name).write_text(self.moved(text))
            (directory / "files" / name).chmod(mode)

    def moved(self, text: str) -> str:
        places = {
            git.DIR: self.directory / "files",
            git.CONFIG_DIR: self.settings,
            git.SSH_DIR: self.ssh,
            "/run/secrets": self.secrets,
        }
        for place, there in places.items():
            text = text.replace(place, str(there))
        return text

    def run(self, *args: str, input: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "XDG_CONFIG_HOME": str(self.directory / "config"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "SSH_AUTH_SOCK": str(self.directory / "agent"),
            **env,
        }
        command = ["/bin/sh", str(self.directory / "files/start"), *args]
        return subprocess.run(command, env=environment, input=input, capture_output=True, text=True, check=True)

    def urls(self) -> list[str]:
        """Where git goes for each of URLS."""
        return [self.run("git", "ls-remote", "--get-url", url).stdout.strip() for url in URLS]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_an_agent_repositories_of_ssh_are_read_over_https_and_it_is_said(machine: Machine) -> None:
    assert machine.urls() == ["https://github.com/o/n.git", "https://git.acme.test/o/n.git", URLS[2]]
    said = machine.run("true").stderr.splitlines()
    assert [line.rpartition(": ")[2] for line in said] == [f"{login} is read over https" for login in ACCESS.over_ssh]
    assert all("--ssh default" in line for line in said)


def test_with_an_agent_urls_are_kept(machine: Machine) -> None:
    with socket.socket(socket.AF_UNIX) as agent:
        agent.bind(str(machine.directory / "agent"))
        assert machine.urls() == list(URLS)
        ran = machine.run("/bin/sh", "-c", "echo $SSH_AUTH_SOCK")
    assert (ran.stdout, ran.stderr) == (f"{machine.directory}/agent\n", "")


def test_credentials_are_read_and_never_written(machine: Machine) -> None:
    file = machine.secrets / "git-credentials"
    file.write_text("https://me:t0ken@git.acme.test\n")
    asked = "protocol=https\nhost=git.acme.test\n\n"
    assert "password=t0ken" in machine.run("git", "credential", "fill", input=asked).stdout
    for verb in ("approve", "reject"):
        answered = machine.run("git", "credential", verb, input="protocol=https\nhost=x\nusername=a\npassword=b\n\n")
        assert (answered.stdout, answered.stderr.count("credential")) == ("", 0)
    assert file.read_text() == "https://me:t0ken@git.acme.test\n"
    written = [path for path in machine.directory.rglob("*") if path.is_file() and path != file]
    assert not [path for path in written if "t0ken" in path.read_text()]


def test_host_keys_are_those_of_services_settings_and_the_secret_and_are_checked(machine: Machine) -> None:
    (machine.secrets / "known-hosts").write_text("other.test ssh-rsa BBBB\n")
    ran = machine.run("/bin/sh", "-c", "echo $GIT_SSH_COMMAND; echo $GIT_TERMINAL_PROMPT")
    known = (machine.ssh / "known_hosts").read_text()
    assert [line.split()[0] for line in known.splitlines()] == [
        "github.com", "gitlab.com", "bitbucket.org", "git.acme.test", "other.test",
    ]  # fmt: skip
    assert "StrictHostKeyChecking=yes" in ran.stdout
    assert "StrictHostKeyChecking yes\n" in (machine.ssh / "config").read_text()
    assert machine.run("/bin/sh", "-c", "echo $GIT_SSH_COMMAND", GIT_SSH_COMMAND="mine").stdout == "mine\n"


def test_the_host_keys_of_services_are_those_of_the_published_fingerprints() -> None:
    rows = (line.split() for line in git.PUBLIC_HOSTS.splitlines())
    found = {host: b64encode(sha256(b64decode(key)).digest()).decode().rstrip("=") for host, _, key in rows}
    assert found == {
        "github.com": "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
        "gitlab.com": "eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8",
        "bitbucket.org": "ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
    }


def test_a_program_that_clones_gets_agent_and_secrets_and_others_do_not() -> None:
    install, *others = PLAN.steps
    npm = structs.replace(install.run[0], git=ACCESS)
    plan = structs.replace(PLAN, steps=(structs.replace(install, run=(npm, Exec(("ls",), "ls"))), *others))
    steps = execs(ops(lowered(plan)))
    (cloning,) = [one for one in steps if "ci" in one.meta.args]
    rest = [one for one in steps if one != cloning]
    assert list(cloning.meta.args) == [
        "/bin/sh", "/run/migetpacks-step/start", "/bin/sh", "/run/migetpacks-git/start", "npm", "ci",
    ]  # fmt: skip
    (agent,) = [mount.SSHOpt for mount in cloning.mounts if mount.mountType == pb.SSH]
    assert (agent.ID, agent.optional) == ("", True)
    secrets = {mount.secretOpt.ID: mount.secretOpt.optional for mount in cloning.mounts if mount.mountType == pb.SECRET}
    assert secrets["git-credentials"]
    assert secrets["known-hosts"]
    assert not [m for one in rest for m in one.mounts if m.mountType == pb.SSH or "git" in m.dest]
