"""Private dependencies from git: over https with a login, over SSH with the client's agent; what is said without."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError
from typing import NamedTuple

import pytest

from tests.e2e.apps import build, started
from tests.e2e.git_server import TOKEN, GitServer, git_server
from tests.e2e.test_secrets import contents
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

NPM_PACKAGE = {
    "package.json": json.dumps({"name": "dep", "version": "1.0.0"}),
    "index.js": "module.exports = 'said by dep'\n",
}
PACKAGE = {
    "pyproject.toml": '[project]\nname = "dep"\nversion = "1.0.0"\n'
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    '[tool.setuptools]\npackages = ["dep", "dep.words"]\npackage-data = { "dep.words" = ["*.txt"] }\n',
    "dep/__init__.py": "import pathlib\n\nSAID = (pathlib.Path(__file__).parent / 'words/said.txt').read_text()\n",
}
GEM = {  # its gemspec asks git which files it has, as most do
    "dep.gemspec": "Gem::Specification.new do |spec|\n  spec.name = 'dep'\n  spec.version = '1.0.0'\n"
    "  spec.summary = 'Says something'\n  spec.authors = ['a']\n  spec.files = `git ls-files -z`.split(\"\\0\")\nend\n",
    "lib/dep.rb": "SAID = File.read(File.join(__dir__, 'dep/said.txt'))\n",
    "lib/dep/said.txt": "said by dep",
}
SERVER = "require('http').createServer((_, answer) => answer.end(require('dep'))).listen(process.env.PORT)\n"
APP = """\
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import dep


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(dep.SAID.encode())


HTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
"""


MAIN_RB = """\
require "dep"
require "socket"

trap("TERM") { exit }
server = TCPServer.new("0.0.0.0", Integer(ENV.fetch("PORT")))
loop do
  client = server.accept
  client.gets("\\r\\n\\r\\n")
  client.write("HTTP/1.1 200 OK\\r\\ncontent-length: #{SAID.bytesize}\\r\\nconnection: close\\r\\n\\r\\n#{SAID}")
  client.close
end
"""


class Served(NamedTuple):
    """The git server, with the commits of its repositories by name."""

    server: GitServer
    commits: dict[str, str]


@pytest.fixture(scope="module")
def served(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with git_server(tmp_path_factory.mktemp("git") / "server", lab.ca) as server:
        words = server.repository("words", {"said.txt": "said by dep"})
        package = server.repository("package", PACKAGE, {"dep/words": "words"})
        gem = server.repository("gem", GEM)
        npm = server.repository("npm", NPM_PACKAGE)
        yield Served(server, {"words": words, "pip": package, "npm": npm, "bundle": gem})


def npm_app(directory: Path, url: str, commit: str) -> Path:
    """An app whose lockfile names a repository."""
    directory.mkdir()
    dependencies = {"dep": f"git+{url}/npm.git"}
    manifest = {"name": "app", "version": "1.0.0", "dependencies": dependencies}
    locked = {"version": "1.0.0", "resolved": f"git+{url}/npm.git#{commit}"}
    lock = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": True}
    (directory / "package.json").write_text(json.dumps({**manifest, "scripts": {"start": "node server.js"}}))
    (directory / "package-lock.json").write_text(
        json.dumps({**lock, "packages": {"": manifest, "node_modules/dep": locked}})
    )
    (directory / "server.js").write_text(SERVER)
    return directory


def pip_app(directory: Path, url: str, commit: str) -> Path:
    """An app whose requirements name a repository with a submodule."""
    directory.mkdir()
    (directory / "requirements.txt").write_text(f"dep @ git+{url}/package.git@{commit}\n")
    (directory / "main.py").write_text(APP)
    return directory


def bundle_app(directory: Path, url: str, commit: str) -> Path:
    """An app whose lockfile names a repository. (Bundler clones no submodule whose URL is relative.)"""
    directory.mkdir()
    (directory / "Gemfile").write_text(f'gem "dep", git: "{url}/gem.git"\n')
    (directory / "Gemfile.lock").write_text(
        f"GIT\n  remote: {url}/gem.git\n  revision: {commit}\n  specs:\n    dep (1.0.0)\n\n"
        "GEM\n  specs:\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  dep!\n\nBUNDLED WITH\n   2.5.22\n"
    )
    (directory / ".ruby-version").write_text("3.3\n")
    (directory / "main.rb").write_text(MAIN_RB)
    return directory


MADE = {"npm": npm_app, "pip": pip_app, "bundle": bundle_app}


def given(server: GitServer, *names: str) -> tuple[str, ...]:
    """The client's options that give a build some of the server's files, and the certificate to trust."""
    options = {
        "credentials": f"--secret=id=git-credentials,src={server.credentials}",
        "agent": f"--ssh=default={server.agent}",
        "known hosts": f"--secret=id=known-hosts,src={server.known_hosts}",
    }
    return (f"--secret=id=ca-certificates,src={server.authority}", *(options[name] for name in names))


@pytest.mark.parametrize("over", ["https", "ssh"])
@pytest.mark.parametrize("language", MADE)
def test_a_private_dependency_is_installed(
    lab: Lab, engine: Engine, served: Served, tmp_path: Path, language: str, over: str
) -> None:
    server, commits = served
    url = server.https if over == "https" else server.ssh
    context = MADE[language](tmp_path / "app", url, commits[language])
    archive = tmp_path / "image.tar"
    options = given(server, "credentials") if over == "https" else given(server, "agent", "known hosts")
    built = build(
        lab,
        context,
        name=f"git-{language}-{over}",
        extra=(*options, "--no-cache", "--opt=attest:provenance=mode=max", f"--output=type=oci,dest={archive}"),
    )
    engine.docker("pull", "-q", built.reference)
    with started(engine, built.reference) as container:
        assert container.get().text == "said by dep"
    found = [("what the client printed", built.log.encode()), ("result", json.dumps(built.metadata).encode())]
    found += contents(archive)
    assert any(b"llbDefinition" in data for _, data in found), "no provenance was searched"
    key = (server.authority.parent / "key").read_text().splitlines()[1]
    secrets = {"the token": TOKEN, "the key": key}
    assert [
        f"{what} in {name}" for name, data in found for what, text in secrets.items() if text.encode() in data
    ] == []


@pytest.mark.parametrize(
    ("over", "names", "hint"),
    [
        ("https", (), "hint: a git repository requires credentials.*git-credentials"),
        ("ssh", ("known hosts",), "hint: the git server accepts no SSH key.*--ssh default"),
        ("ssh", ("agent",), "hint: the SSH host key of the git server is unknown.*GIT_KNOWN_HOSTS"),
    ],
)
@pytest.mark.parametrize("language", MADE)
def test_what_is_missing_is_said(
    lab: Lab, served: Served, tmp_path: Path, language: str, over: str, names: tuple[str, ...], hint: str
) -> None:
    server, commits = served
    url = server.https if over == "https" else server.ssh
    context = MADE[language](tmp_path / "app", url, commits[language])
    with pytest.raises(CalledProcessError) as error:
        build(lab, context, name="git-refused", extra=(*given(server, *names), "--no-cache"))
    printed = error.value.stderr
    assert re.search(hint, printed), printed[-3000:]
    assert len(set(re.findall("hint: .*", printed))) == 1


def test_host_keys_of_the_settings_are_known(lab: Lab, served: Served, tmp_path: Path) -> None:
    server, commits = served
    context = npm_app(tmp_path / "app", server.ssh, commits["npm"])
    known = {"GIT_KNOWN_HOSTS": server.known_hosts.read_text()}
    build(lab, context, name="git-known", args=known, extra=(*given(server, "agent"), "--no-cache"))
