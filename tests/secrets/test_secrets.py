"""What is taken for a secret, and files of settings without theirs."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from frontend import languages
from frontend.plan.model import SecretMount
from frontend.secrets import detection as secrets

DOCS = Path(__file__).parent.parent.parent / "docs" / "configuration.md"
TOKEN = "npm_" + "a1B2" * 9


@pytest.mark.parametrize(
    "name",
    "TOKEN NPM_TOKEN npmToken GH_PAT PASSWORD DB_PASS pgpassword MYSQL_PWD CLIENT_SECRET SECRET_KEY_BASE API_KEY apiKey"
    " awsSecretAccessKey STRIPE_KEY PRIVATE_KEY NPM_AUTH AUTH_TOKEN GOOGLE_CREDENTIALS JWT my.service-token"
    " JWT_SECRET TOKEN_KEY DB_PASSWORD_2 SMTP_PASSWORD_OLD".split(),
)
def test_names_of_secrets(name: str) -> None:
    assert secrets.is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    "PORT PATH KEY KEYBOARD_LAYOUT MONKEY TOKENIZERS_PARALLELISM PASSENGER_ENV SECRETARY KEYCLOAK_URL AUTH_URL AUTHOR"
    " COMPASS NEXT_PUBLIC_API_KEY VITE_STRIPE_KEY NODE_ENV PATTERN"
    " DB_PASSWORD_FILE SESSION_SECRET_FILE JWT_EXPIRES_IN TOKEN_URL TOKEN_EXPIRY PASSWORD_MIN_LENGTH"
    " PASSWORD_RESET_TIMEOUT CACHE_KEY PARTITION_KEY PRIMARY_KEY SORT_KEY SSH_AUTH_SOCK SECRET_KEY_BASE_DUMMY"
    " STRIPE_PUBLISHABLE_KEY AUTH_CLIENT_ID SECRET_NAME JWT_TTL_SECONDS IN".split(),
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
        f"https://{TOKEN}@github.com/me/app.git",
        f"curl --token={TOKEN} https://h",
        "curl -H 'Authorization: Bearer s3cr3tV4lue99' https://h",
        f"gunicorn --env A={TOKEN}",
        "https://u:%21abc@h/",
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
        "npm_config_update_notifier=false node server.js",
        "-H 'Authorization: Bearer $TOKEN_NUMBER_1'",
        "bearer authentication",
        "ASIA-NORTHEAST-REGION-1",
        "https://0123456789abcdef0123456789abcdef@o0.ingest.sentry.io/1",
        "https://****@h/ x://u:****@h",
        "postgres://u:%(password)s@h",
    ],
)
def test_values_that_are_not(value: str) -> None:
    assert not secrets.is_secret_value(value)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DB_PASSWORD", "hunter2", True),
        ("DB_PASSWORD", "", True),
        ("API_TOKEN", "/9j4AAQSkZJRg+x=", True),
        ("DB_PASSWORD", "1234567890123", True),
        ("DB_PASSWORD_FILE", "postgres://u:pw@h/d", True),
        ("VITE_KEY", TOKEN, True),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/run/x.json", False),
        ("MAX_TOKENS", "4096", False),
        ("DISABLE_AUTH", "1", False),
        ("USE_TOKENS", "False", False),
        ("DB_PASSWORD_FILE", "/run/secrets/db", False),
        ("JWT_EXPIRES_IN", "7d", False),
        ("SECRET_KEY", "dummy", False),
    ],
)
def test_a_variable_is_a_secret_by_its_name_and_its_value(name: str, value: str, secret: bool) -> None:
    assert secrets.is_secret(name, value) is secret


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


def test_a_yarnrc_whose_registry_has_a_password() -> None:
    assert secrets.yarnrc_settings("a: b\nnpmRegistryServer: https://u:pw@h\n") == "a: b\n"


def test_toml_settings_without_credentials() -> None:
    text = (
        '[[index]]\nname = "x"\nurl = "https://u:pw@h/simple"\n[http-basic.x]\nusername = "me"\npassword = "pw"\n'
        '[install]\nregistry = { url = "https://r", token = "t0ken" }\nscope = { token = "$T" }\nmax-tokens = 5\n'
    )
    assert secrets.toml_settings(text) == (
        '[[index]]\nname = "x"\nurl = "https://h/simple"\n[http-basic.x]\nusername = "me"\n'
        '[install]\nscope = { token = "$T" }\nmax-tokens = 5\n'
    )


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
        "url: x://****@h",
        "b: 2",
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("ENV DB_PASSWORD value", "ENV DB_PASSWORD ****"),
        ("DB_PASSWORD value", "DB_PASSWORD ****"),
        ("web: A=1 DB_PASSWORD=hunter2 node server.js", "web: A=1 DB_PASSWORD=****"),
        ('"//r/:_authToken" "hunter2"', '"//r/:_authToken" ****'),
        ("-----BEGIN PRIVATE KEY-----\nMIIEv\n-----END PRIVATE KEY-----\nb", "****\n****\n****\nb"),
        ("import secrets as s", "import secrets as s"),
        ("port: 8080", "port: 8080"),
    ],
)
def test_a_line_with_a_secret_is_masked(line: str, shown: str) -> None:
    assert secrets.masked(line) == shown


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://u:pw@h/x and https://me@h", "https://****@h/x and https://me@h"),
        (f"https://{TOKEN}@github.com/x", "https://****@github.com/x"),
        (f"a {TOKEN} b --t={TOKEN}", "a **** b --t=****"),
        ('get "http://h/x.tgz?token=abc&a=b": refused', 'get "http://h/x.tgz?token=****&a=b": refused'),
        ("https://h/x?X-Amz-Signature=0a1b", "https://h/x?X-Amz-Signature=****"),
        ("nothing here: a=b", "nothing here: a=b"),
    ],
)
def test_a_message_hides_the_secrets_in_it(text: str, hidden: str) -> None:
    assert secrets.hidden(text) == hidden
    assert secrets.hidden(hidden) == hidden


def test_a_quoted_text_is_on_one_line_and_not_long() -> None:
    assert secrets.shown("a" * 80) == "a" * 80
    assert secrets.shown("a" * 300_000) == "a" * 80 + "…"
    assert secrets.shown("a\nb\0") == "a\\nb\\x00"
    assert secrets.shown("?" * 300_000).endswith("…")


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


def test_a_token_for_browsers_is_none_by_its_prefix() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJlLW9mLXRoaXM"
    assert not secrets.is_secret("VITE_SUPABASE_ANON_KEY", token)
    assert secrets.is_secret("SUPABASE_SERVICE_KEY", token)
    assert secrets.is_secret("VITE_TOKEN", "ghp_" + "a1B2" * 9)
