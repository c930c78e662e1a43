"""What is taken for a secret: names of variables, and values by their looks.

A build-arg or an environment variable that looks like a secret is refused: BuildKit records build-args in the
provenance of every image.
"""

from __future__ import annotations

from collections.abc import Iterator

from frontend.languages import registry

# A name is cut at "_", "-", "." and "/"; one of these words in it makes it a secret's name.
WORDS = frozenset(
    (
        *("authtoken", "credential", "credentials", "pat", "pwd"),
        *("pass", "passphrase", "passwd", "password", "passwords"),
        *("secret", "secrets", "token", "tokens", "apikey", "accesskey", "privatekey", "secretkey"),
        "netrc",
        *(word for entry in registry.ENTRIES for word in entry.secret_words),
    )
)
LAST_WORDS = frozenset(("auth", "jwt"))  # a secret at the end of a name only: NPM_AUTH, not AUTH_CLIENT_ID
ENDINGS = ("password", "passwd", "secret", "token", "apikey")
HARMLESS_LAST = frozenset(  # what is said about a secret without telling it: DB_PASSWORD_FILE, TOKEN_URL
    (
        *("file", "path", "dir", "url", "uri", "host", "port", "sock", "name", "type", "header", "dummy", "enabled"),
        *("expires", "expiry", "expiration", "timeout", "ttl", "length", "count", "min", "max"),
    )
)
UNITS = frozenset(("in", "ms", "seconds", "minutes", "hours", "days"))  # behind one of these: JWT_EXPIRES_IN
HARMLESS_KEYS = frozenset(("publishable", "public", "cache", "partition", "primary", "sort", "foreign"))
PUBLIC_PREFIXES = tuple(prefix for entry in registry.ENTRIES for prefix in entry.public_prefixes)
SWITCHES = frozenset(("true", "false", "yes", "no", "on", "off", "none", "null"))
DUMMIES = frozenset(("dummy", "fake", "placeholder", "unused", "build", "x"))  # SECRET_KEY=dummy, of build commands
NUMBER_LENGTH = 9  # a longer one may be a secret
# What tokens of well-known services begin with, how long they are at least, and what is in them besides letters and
# digits: enough that no ordinary word is one.
TOKENS = (
    *((prefix, 20, "") for prefix in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk_live_", "rk_live_", "AKIA", "ASIA")),
    *((prefix, 20, "_-") for prefix in ("glpat-", "xoxb-", "xoxp-", "xapp-", "sk-proj-", "sk-ant-")),
    *((prefix, 23, "_-") for prefix in ("github_pat_", "dckr_pat_")),
    ("hf_", 30, ""),
    ("SG.", 60, "._-"),
    ("eyJhbGciOi", 30, "._-"),
    *((token.prefix, token.least, token.more) for entry in registry.ENTRIES for token in entry.tokens),
)
BEARER, BEARER_LENGTH = "bearer ", 8  # of an Authorization header


def is_secret(name: str, value: str) -> bool:
    """Whether a variable is a secret: by its value, or by its name where the value may well be one."""
    if name.startswith(PUBLIC_PREFIXES) and value.startswith("eyJ"):
        return False  # a token for browsers, such as VITE_SUPABASE_ANON_KEY
    return is_secret_value(value) or (is_secret_name(name) and not is_harmless(value))


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name contains a secret: NPM_TOKEN, DB_PASSWORD, awsSecretKey; not KEYCLOAK_URL."""
    if name.startswith(PUBLIC_PREFIXES):  # compiled into what browsers load: public by the framework's own definition
        return False
    words = _words(name)
    while len(words) > 1 and words[-1] in UNITS:
        words.pop()
    if not words or words[-1] in HARMLESS_LAST:
        return False
    if len(words) > 1 and words[-1] == "key":
        return words[-2] not in HARMLESS_KEYS
    return words[-1] in LAST_WORDS or any(word in WORDS or word.endswith(ENDINGS) for word in words)


def is_secret_value(text: str) -> bool:
    """Whether there is a secret in a value by its looks: a private key, a service's token, a URL with a password."""
    return "PRIVATE KEY-----" in text or next(secrets_in(text), None) is not None


def has_credentials(url: str) -> bool:
    """Whether the text holds a URL with a user's password in it, or a token: postgres://user:pass@host/db."""
    return next(logins(url), None) is not None


def is_harmless(value: str) -> bool:
    """Whether a value is none of a secret, whatever its name: a number, a switch, a dummy, the path of a file."""
    digits = value.removeprefix("-").replace(".", "", 1)
    if digits.isdigit() and len(digits) <= NUMBER_LENGTH:
        return True
    plain = value.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return value.casefold() in SWITCHES | DUMMIES or (value.startswith("/") and plain.isalnum())


def _words(name: str) -> list[str]:
    """A name's words in lower case: "awsSecret_KEY" -> ["aws", "secret", "key"]."""
    spread = "".join(
        f" {c}" if c.isupper() and i and (name[i - 1].islower() or name[i - 1].isdigit()) else c
        for i, c in enumerate(name)
    )
    for mark in "_-.:/":
        spread = spread.replace(mark, " ")
    return spread.casefold().split()


def secrets_in(text: str) -> Iterator[tuple[int, int]]:
    """Where in a text something looks like a secret: first and last offset."""
    yield from _tokens(text)
    yield from logins(text)
    yield from _bearers(text)


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    """The tokens of well-known services in a text, wherever in it: `--token=ghp_…`."""
    for prefix, least, more in TOKENS:
        start = text.find(prefix)
        while start >= 0:
            end = start + len(prefix)
            while end < len(text) and (text[end].isalnum() or text[end] in more):
                end += 1
            inside = text[start - 1 : start].isalnum() or text[start - 1 : start] == "_"
            capital = text[start:end].isupper() or not (prefix.isalpha() and prefix.isupper())  # AKIA
            if end - start >= least and capital and not inside:
                yield start, end
            start = text.find(prefix, end)


def logins(text: str) -> Iterator[tuple[int, int]]:
    """The user and password of each URL in a text that has a password, or a token for a user."""
    scheme = text.find("://")
    while scheme >= 0:
        start = end = scheme + 3
        while end < len(text) and text[end] not in "/\"'" and not text[end].isspace():
            end += 1
        login, at, _ = text[start:end].rpartition("@")
        user, _, password = login.partition(":")
        told = bool(password and not _is_placeholder(password)) or next(_tokens(user), None) is not None
        if at and told and text[scheme - 1 : scheme].isalnum():
            yield start, start + len(login)
        scheme = text.find("://", scheme + 3)


def _bearers(text: str) -> Iterator[tuple[int, int]]:
    """The tokens behind "Bearer" in a text."""
    folded = text.lower() if text.isascii() else ""  # a text of other letters may get longer
    start = folded.find(BEARER)
    while start >= 0:
        start = end = start + len(BEARER)
        while end < len(text) and (text[end].isalnum() or text[end] in "._-+/=~"):
            end += 1
        if end - start >= BEARER_LENGTH and any(c.isdigit() for c in text[start:end]):
            yield start, end
        start = folded.find(BEARER, end)


def parameters(text: str) -> Iterator[tuple[int, int]]:
    """The values of parameters of URLs whose names are those of secrets: ?private_token=…&X-Amz-Signature=…"""
    for mark in "?&":
        start = text.find(mark)
        while start >= 0:
            end = start + 1
            while end < len(text) and text[end] not in "?&#\"'" and not text[end].isspace():
                end += 1
            name, found, value = text[start + 1 : end].partition("=")
            if found and value and (is_secret_name(name) or name.casefold().endswith(("signature", "sig"))):
                yield end - len(value), end
            start = text.find(mark, start + 1)


def _is_placeholder(password: str) -> bool:
    """Whether something else is put in the place of a text later, or it was hidden."""
    return (
        password.startswith(("$", "{{", "<", "%("))
        or (password[0] == password[-1] == "%" and len(password) > 1)
        or not password.strip("*")
    )
