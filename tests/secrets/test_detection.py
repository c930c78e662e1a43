"""What is taken for a secret, by its name or its looks."""

from __future__ import annotations

import pytest

from frontend.secrets import detection as secrets

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


def test_a_token_for_browsers_is_none_by_its_prefix() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJlLW9mLXRoaXM"
    assert not secrets.is_secret("VITE_SUPABASE_ANON_KEY", token)
    assert secrets.is_secret("SUPABASE_SERVICE_KEY", token)
    assert secrets.is_secret("VITE_TOKEN", "ghp_" + "a1B2" * 9)
