"""The git repositories that manifests and lockfiles name, in the words of each package manager."""

import time

import pytest

from frontend.plan.model import GitAccess
from frontend.rules.git import Remote, access, remotes
from frontend.settings.model import Settings

SSH, HTTPS = Remote(True, "git@git.acme.test"), Remote(False, "git.acme.test")
GITHUB = Remote(False, "github.com")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAMED = [  # a text, the repositories in it
    ('"dep": "git+https://git.acme.test/o/dep.git#v1"', {HTTPS}),
    ('"dep": "git+ssh://git@git.acme.test/o/dep.git#semver:^1"', {SSH}),
    ('"dep": "git@git.acme.test:o/dep.git"', {SSH}),
    ('"dep": "https://git.acme.test/o/dep.git"', {HTTPS}),
    ('"dep": "github:o/dep#v1"', {GITHUB}),
    ('"dep": "gitlab:o/dep"', {Remote(False, "gitlab.com")}),
    ('"dep": "git+ssh://git@git.acme.test:2222/o/dep.git"', {Remote(True, "git@git.acme.test", "2222")}),
    ('"dep": "git+https://${TOKEN}@git.acme.test:8443/o/dep.git"', {Remote(False, "git.acme.test", "8443")}),
    # lockfiles of npm, yarn 1, yarn 2 and later, pnpm, bun
    (f'      "resolved": "git+ssh://git@github.com/o/dep.git#{COMMIT}",', {Remote(True, "git@github.com")}),
    (f'"dep@git+https://git.acme.test/o/dep.git":\n  resolved "git+https://git.acme.test/o/dep.git#{COMMIT}"', {HTTPS}),
    (f'  resolution: "dep@git@git.acme.test:o/dep.git#commit={COMMIT}"', {SSH}),
    (f'  resolution: "@o/dep@https://git.acme.test/o/dep.git#commit={COMMIT}"', {HTTPS}),
    (f"    resolution: {{commit: {COMMIT}, repo: git@git.acme.test:o/dep.git, type: git}}", {SSH}),
    (f'    "dep": ["dep@git+ssh://git@git.acme.test/o/dep.git#{COMMIT}", {{}}, "{COMMIT}"],', {SSH}),
    (f'    "dep": ["dep@github:o/dep#{COMMIT[:7]}", {{}}],', {GITHUB}),
    # pip, uv, Poetry, PDM, Pipenv
    ("dep @ git+https://git.acme.test/o/dep.git@v1#subdirectory=python", {HTTPS}),
    ("-e git+ssh://git@git.acme.test/o/dep@main#egg=dep", {SSH}),
    (f'source = {{ git = "https://git.acme.test/o/dep?rev=v1#{COMMIT}" }}', {HTTPS}),
    ('[package.source]\ntype = "git"\nurl = "https://git.acme.test/o/dep"\nreference = "main"', {HTTPS}),
    ('[package.source]\ntype = "git"\nurl = "git@git.acme.test:o/dep.git"', {SSH}),
    ('name = "dep"\ngit = "ssh://git@git.acme.test/o/dep"', {SSH}),
    ('        "dep": {\n            "git": "https://git.acme.test/o/dep",\n', {HTTPS}),
]
OTHERS = [
    '"resolved": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz",',
    '"funding": {"url": "https://github.com/sponsors/someone"}',
    '"resolved": "https://codeload.github.com/o/dep/tar.gz/abc"',
    '"dep": "npm:@o/dep@^1.0.0"',
    "  '@scope/pkg@1.0.0':\n    resolution: {integrity: sha512-abc}",
    '"dep": "workspace:*"',
    "hooks = ['.git', '.github/workflows']",
    '"git-url-parse": "^16.0.0"',
    "gitpython==3.1.44",
    "someone@example.com: wrote it",
    '"path": "file:../dep.git"',
    "github:",
    "",
]


@pytest.mark.parametrize(("text", "expected"), NAMED, ids=[text.strip()[:60] for text, _ in NAMED])
def test_repositories_are_found(text: str, expected: set[Remote]) -> None:
    assert set(remotes(text)) == expected


@pytest.mark.parametrize("text", OTHERS)
def test_other_texts_name_none(text: str) -> None:
    assert list(remotes(text)) == []


def test_what_a_program_gets() -> None:
    settings = Settings(git_known_hosts="git.acme.test ssh-ed25519 AAAA")
    assert access(["flask==3.1.0"], settings) is None
    texts = ["git+ssh://git@b.test/o/n.git", "git+ssh://git@b.test:22/o/n", "git@a.test:o/n.git", "github:o/n"]
    assert access(texts, settings) == GitAccess(settings.git_known_hosts, ("git@a.test", "git@b.test"))


def test_a_long_lockfile_is_read_quickly() -> None:
    text = '"node_modules/x": {"resolved": "https://registry.npmjs.org/x/-/x-1.0.0.tgz", "funding": "https://github.com/x"},\n'
    began = time.process_time()
    assert list(remotes(text * 130_000)) == []
    assert time.process_time() - began < 0.5
