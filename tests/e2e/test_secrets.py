"""Secrets planted wherever one can come from, and searched for in all that a build leaves behind."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.apps import APPS, SOURCE
from tests.lab.api import Lab

pytestmark = pytest.mark.e2e

IN_SOURCE = {  # files of the app's source, and what is secret in them
    ".npmrc": "fund=false\n//registry.example.com/:_authToken={}\n",
    ".env": "DATABASE_PASSWORD={}\n",
    ".env.local": "STRIPE={}\n",
    ".netrc": "machine git.example.com login me password {}\n",
    ".pypirc": "[pypi]\npassword = {}\n",
    ".git-credentials": "https://me:{}@git.example.com\n",
    "id_ed25519": "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
    ".env~": "DATABASE_PASSWORD={}\n",
    ".yarnrc.yml": "nodeLinker: node-modules\nnpmRegistryServer: https://me:{}@registry.example.com\n",
    "sub/.yarnrc.yml": "npmAuthToken: {}\n",
    "bunfig.toml": '[install]\nregistry = {{ url = "https://registry.example.com", token = "{}" }}\n',
    "auth.toml": '[http-basic.private]\nusername = "me"\npassword = "{}"\n',
    "deploy/.ssh/key": "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
}
GIVEN = {  # build secrets
    "npmrc": "//registry.example.com/:_authToken={}\n",
    "npm-token": "{}",
    "netrc": "machine git.example.com login me password {}\n",
    "pip.conf": "[global]\nextra-index-url = https://pypi.org/simple\n# {}\n",
    "uv.toml": "# {}\n",
    "poetry-auth": "# {}\n",
    "git-credentials": "https://me:{}@git.example.com\n",
}
OF_THE_CLIENT = ("AWS_SECRET_ACCESS_KEY", "NPM_TOKEN", "GITHUB_TOKEN")


class Planted(NamedTuple):
    """An app with secrets in its source: `secrets` are the values by where they are, `files` those to be given."""

    context: Path
    secrets: dict[str, str]
    files: dict[str, Path]


def marker(place: str) -> str:
    """A value that is nowhere else."""
    return f"planted-{place.encode().hex()}-planted"


def plant(app: str, directory: Path) -> Planted:
    """A copy of an app with every secret in its place."""
    context = directory / "context"
    shutil.copytree(APPS / app, context)
    secrets = {}
    for path, text in IN_SOURCE.items():
        secrets[path] = marker(path)
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        (context / path).write_text(text.format(secrets[path]))
    files = {}
    for ident, text in GIVEN.items():
        secrets[ident] = marker(ident)
        files[ident] = directory / ident
        files[ident].write_text(text.format(secrets[ident]))
    return Planted(context, secrets, files)


def contents(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Every blob of an OCI archive: as it is, unpacked, and each file in it with its name."""
    with tarfile.open(archive) as image:
        for member in image:
            file = image.extractfile(member)
            if file is None:
                continue
            data = file.read()
            yield member.name, data
            plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            if plain is not data:
                yield f"{member.name}, unpacked", plain
            if plain[257:262] == b"ustar":
                with tarfile.open(fileobj=io.BytesIO(plain)) as layer:
                    for inner in layer:
                        yield f"{member.name}, the name of a file", inner.name.encode()


@pytest.mark.parametrize("app", ["node-express", "node-pnpm", "python-flask", "python-fastapi-uv", "python-poetry"])
def test_no_planted_secret_is_left_anywhere(lab: Lab, app: str, tmp_path: Path) -> None:
    planted = plant(app, tmp_path)
    before = {path: path.read_bytes() for path in planted.context.rglob("*") if path.is_file()}
    archive, metadata = tmp_path / "image.tar", tmp_path / "metadata.json"
    client = {name: marker(name) for name in OF_THE_CLIENT}
    done = lab.buildctl(
        *("build", "--progress=plain", "--no-cache", "--frontend=gateway.v0", f"--opt=source={SOURCE}"),
        *(f"--secret=id={ident},src={path}" for ident, path in planted.files.items()),
        *("--opt=attest:provenance=mode=max", f"--secret=id=ca-certificates,src={lab.ca}"),
        *(f"--local=context={planted.context}", f"--output=type=oci,dest={archive}", f"--metadata-file={metadata}"),
        env=client,
    )
    secrets = {**planted.secrets, **client}
    assert len(secrets) >= 12
    found = [("what the client printed", (done.stdout + done.stderr).encode()), ("result", metadata.read_bytes())]
    found += contents(archive)
    names = [name for name, _ in found]
    assert any("unpacked" in name for name in names)
    assert any(b"llbDefinition" in data for _, data in found), "no provenance was searched"
    assert [
        f"{place} in {name}" for name, data in found for place, value in secrets.items() if value.encode() in data
    ] == []
    assert {path: path.read_bytes() for path in planted.context.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("build-arg:NPM_TOKEN", "{}"),
        ("build-arg:RUN_ENV_DB_PASSWORD", "{}"),
        ("build-arg:BUILD_ENV_API_TOKEN", "{}"),
        ("build-arg:RUN_ENV_DATABASE_URL", "postgres://me:{}@db.example.com/x"),
        ("build-arg:HTTPS_PROXY", "http://me:{}@proxy.example.com:3128"),
        ("label:deploy", "postgres://me:{}@db.example.com/x"),
        ("label:db_password", "{}"),
        ("build-arg:RUN_COMMAND", "DB_PASSWORD={} node server.js"),
        ("build-arg:BUILD_COMMAND", "curl -H 'Authorization: Bearer {}' https://deploy.example.com"),
        ("vcs:source", "https://me:{}@git.example.com/app.git"),
        ("context", "https://me:{}@git.example.com/app.git"),
        ("context:base", "https://me:{}@git.example.com/app.git"),
    ],
)
def test_a_secret_where_it_would_be_recorded_is_refused(lab: Lab, option: str, value: str) -> None:
    given = value.format(marker(option))
    done = lab.buildctl(
        *("build", "--progress=plain", "--frontend=gateway.v0", f"--opt=source={SOURCE}", f"--opt={option}={given}"),
        f"--local=context={APPS / 'node-express'}",
        check=False,
    )
    printed = done.stdout + done.stderr
    assert done.returncode != 0
    assert "hint: " in printed
    assert marker(option) not in printed


def test_a_config_file_with_a_secret_is_refused_and_not_quoted(lab: Lab, tmp_path: Path) -> None:
    context = tmp_path / "context"
    shutil.copytree(APPS / "node-express", context)
    (context / "migetpacks.yaml").write_text(f"env:\n  run:\n    API_TOKEN: {marker('config')}\n")
    done = lab.buildctl(
        *("build", "--progress=plain", "--frontend=gateway.v0", f"--opt=source={SOURCE}"),
        f"--local=context={context}",
        check=False,
    )
    printed = done.stdout + done.stderr
    assert done.returncode != 0
    assert re.search(r"\(line 3\)\n\s+migetpacks\.yaml", printed)
    assert marker("config") not in printed


def test_a_procfile_with_a_secret_is_refused_and_not_quoted(lab: Lab, tmp_path: Path) -> None:
    context = tmp_path / "context"
    shutil.copytree(APPS / "node-express", context)
    (context / "Procfile").write_text(f"web: DB_PASSWORD={marker('procfile')} node server.js\n")
    done = lab.buildctl(
        *("build", "--progress=plain", "--frontend=gateway.v0", f"--opt=source={SOURCE}"),
        f"--local=context={context}",
        check=False,
    )
    printed = done.stdout + done.stderr
    assert done.returncode != 0
    assert re.search(r"DB_PASSWORD looks like a secret.*\(line 1\)\n\s+Procfile", printed)
    assert marker("procfile") not in printed


def test_a_secret_reaches_the_step_that_needs_it(lab: Lab, tmp_path: Path) -> None:
    """What is hidden is also there: an install script sees the file, and the variable."""
    context = tmp_path / "context"
    context.mkdir()
    (context / "server.js").write_text("require('http').createServer().listen(process.env.PORT)\n")
    (context / "need").mkdir()
    script = "node -e \"const t = require('fs').readFileSync(process.env.HOME + '/.npmrc', 'utf8'); "
    script += "if (!t.includes('registry.example.com') || !process.env.NPM_TOKEN) process.exit(9)\""
    (context / "need/package.json").write_text(
        json.dumps({"name": "need", "version": "1.0.0", "scripts": {"install": script}})
    )
    (context / "package.json").write_text(
        json.dumps({"name": "app", "scripts": {"start": "node server.js"}, "dependencies": {"need": "file:./need"}})
    )
    files = {"npmrc": "//registry.example.com/:_authToken=x\n", "npm-token": "y"}
    for ident, text in files.items():
        (tmp_path / ident).write_text(text)
    lab.buildctl(
        *("build", "--progress=plain", "--no-cache", "--frontend=gateway.v0", f"--opt=source={SOURCE}"),
        *(f"--secret=id={ident},src={tmp_path / ident}" for ident in files),
        *(f"--local=context={context}", f"--secret=id=ca-certificates,src={lab.ca}"),
    )
