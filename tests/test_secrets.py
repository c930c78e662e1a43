"""What is taken for a secret, and files of settings without theirs."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from frontend import languages, secrets
from frontend.plan import SecretMount

DOCS = Path(__file__).parent.parent / "docs" / "configuration.md"
TOKEN = "npm_" + "a1B2" * 9


@pytest.mark.parametrize(
    "name",
    "TOKEN NPM_TOKEN npmToken GH_PAT PASSWORD DB_PASS pgpassword MYSQL_PWD CLIENT_SECRET SECRET_KEY_BASE API_KEY apiKey"
    " awsSecretAccessKey STRIPE_KEY PRIVATE_KEY NPM_AUTH AUTH_TOKEN GOOGLE_CREDENTIALS JWT my.service-token".split(),
)
def test_names_of_secrets(name: str) -> None:
    assert secrets.is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    "PORT PATH KEY KEYBOARD_LAYOUT MONKEY TOKENIZERS_PARALLELISM PASSENGER_ENV SECRETARY KEYCLOAK_URL AUTH_URL AUTHOR"
    " COMPASS NEXT_PUBLIC_API_KEY VITE_STRIPE_KEY NODE_ENV PATTERN".split(),
)
def test_names_of_other_things(name: str) -> None:
    assert not secrets.is_secret_name(name)


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        "ghp_" + "x" * 36,
        "github_pat_" + "x" * 30,
        "glpat-" + "x" * 20,
        "AKIA" + "X" * 16,
        "sk_live_" + "x" * 24,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nx",
        "postgres://user:pass@db/x",
        "run --db mysql://u:p@h/d --more",
    ],
)
def test_values_that_are_secrets(value: str) -> None:
    assert secrets.is_secret_value(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "npm_config",
        "npm_execpath of the script",
        "https://example.org/a:b@c",
        "https://user@host/x",
        "postgres://user:${PASSWORD}@db/x",
        "node server.js --port 80",
        "-----BEGIN CERTIFICATE-----",
        "git@github.com:a/b.git",
    ],
)
def test_values_that_are_not(value: str) -> None:
    assert not secrets.is_secret_value(value)


@pytest.mark.parametrize(
    ("name", "known"),
    [("NPM_TOKEN", "npmrc"), ("PIP_PASSWORD", "pip.conf"), ("GITHUB_TOKEN", "netrc"), ("X_KEY", "npmrc")],
)
def test_the_hint_names_a_secret_to_give_it_by(name: str, known: str) -> None:
    assert f"--secret id={known}" in secrets.how_to_give(name)


def test_an_npmrc_without_credentials() -> None:
    text = (
        "# settings\n;//r/:_authToken=old\nlegacy-peer-deps=true\nregistry=https://r.example.org/\n@me:registry=https://npm.me/\n"
        f"//r.example.org/:_authToken={TOKEN}\n//npm.me/:_authToken=${{NPM_TOKEN}}\n_auth = YTpi\n//r/:_password=x\n"
        "//r/:username=me\nproxy=http://me:pw@proxy:80\nemail=me@example.org\n"
    )
    assert secrets.npmrc_settings(text) == (
        "legacy-peer-deps=true\nregistry=https://r.example.org/\n@me:registry=https://npm.me/\n"
        "//npm.me/:_authToken=${NPM_TOKEN}\n"
    )


def test_a_yarnrc_without_credentials() -> None:
    text = (
        "nodeLinker: node-modules\nnpmScopes:\n  me:\n    npmRegistryServer: https://npm.me\n"
        f"    npmAuthToken: {TOKEN}\n    npmAuthIdent: a:b\nnpmAuthToken: ${{NPM_TOKEN}}\n"
    )
    assert TOKEN not in secrets.yarnrc_settings(text)
    assert secrets.yarnrc_settings(text).splitlines() == [
        "nodeLinker: node-modules",
        "npmScopes:",
        "  me:",
        "    npmRegistryServer: https://npm.me",
        "npmAuthToken: ${NPM_TOKEN}",
    ]


def test_a_yarn_1_rc_without_credentials() -> None:
    text = (
        f'registry "https://r"\n\n"//r/:_authToken" "{TOKEN}"\n"//r/:_password" x\nproxy "http://u:p@h"\nyarn-path x\n'
    )
    assert secrets.yarn1_settings(text) == 'registry "https://r"\n\nyarn-path x\n'


def test_lines_that_hold_a_secret_are_masked() -> None:
    text = f'a: 1\nAPI_KEY=abcdef\n"npmAuthToken": "{TOKEN}",\n{TOKEN}\n//r/:_authToken={TOKEN}\nurl: x://u:p@h\nb: 2'
    shown = secrets.masked(text)
    assert shown.splitlines() == [
        "a: 1",
        "API_KEY=****",
        '"npmAuthToken":****',
        "****",
        "//r/:_authToken=****",
        "url:****",
        "b: 2",
    ]


def test_the_documentation_lists_every_id() -> None:
    rows = [
        line.split("`")[1]
        for line in DOCS.read_text().partition("## Secrets")[2].splitlines()
        if line.startswith("| `")
    ]
    assert rows == list(secrets.IDS)


def test_every_secret_a_language_mounts_is_a_known_one() -> None:
    mounted: set[str] = set()
    for found in pkgutil.walk_packages(languages.__path__, "frontend.languages."):
        values = vars(importlib.import_module(found.name)).values()
        mounted |= {value.id for value in values if isinstance(value, SecretMount)}
    assert "npmrc" in mounted
    assert mounted <= set(secrets.IDS)
