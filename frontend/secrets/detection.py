"""What is a secret: the ids a user gives build secrets by, and what must never be a plain value.

A secret's value is in no LLB, image config, label, history, log or provenance. It reaches a build step as a BuildKit
secret mount under one of the well-known ids below. A build-arg or an environment variable that looks like a secret is
refused: BuildKit records build-args in the provenance of every image.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct


class Secret(Struct, frozen=True):
    """A build secret users know. `file` is the name its content has at home ("" where it is a value), `env` the
    variable that carries the value for the tools that read one, `what` is for the documentation."""

    id: str
    what: str
    file: str = ""
    env: str = ""


IDS = {
    secret.id: secret
    for secret in (
        Secret("npmrc", "npm, pnpm and yarn 1: registries and their tokens", ".npmrc"),
        Secret("yarnrc.yml", "yarn 2 and later: registries and their tokens", ".yarnrc.yml"),
        Secret("netrc", "any tool that reads it: host, login and password", ".netrc"),
        Secret("pip.conf", "pip: index URLs with credentials", "pip.conf"),
        Secret("uv.toml", "uv: index URLs with credentials", "uv.toml"),
        Secret("poetry-auth", "Poetry: its auth.toml", "auth.toml"),
        Secret("npm-token", "npm, pnpm, yarn: a registry token", env="NPM_TOKEN"),
        Secret("git-credentials", "git dependencies over https", ".git-credentials"),
        Secret("http-proxy", "a proxy with a password, for http"),
        Secret("https-proxy", "a proxy with a password, for https"),
        Secret("ca-certificates", "PEM bundle that fetching steps trust", "ca-certificates.crt"),
    )
}

# A name is cut at "_", "-", "." and "/"; one of these words in it makes it a secret's name.
WORDS = frozenset(
    (
        *("authtoken", "credential", "credentials", "pat", "pwd"),
        *("pass", "passphrase", "passwd", "password", "passwords"),
        *("secret", "secrets", "token", "tokens", "apikey", "accesskey", "privatekey", "secretkey"),
        *("netrc", "npmrc", "pypirc"),
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
PUBLIC_PREFIXES = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "NUXT_PUBLIC_", "PUBLIC_", "EXPO_PUBLIC_", "GATSBY_")
SWITCHES = frozenset(("true", "false", "yes", "no", "on", "off", "none", "null"))
DUMMIES = frozenset(("dummy", "fake", "placeholder", "unused", "build", "x"))  # SECRET_KEY=dummy, of build commands
NUMBER_LENGTH = 9  # a longer one may be a secret

# What tokens of well-known services begin with, how long they are at least, and what is in them besides letters and
# digits: enough that no ordinary word is one, such as npm_config_update_notifier.
TOKENS = (
    *((prefix, 20, "") for prefix in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk_live_", "rk_live_", "AKIA", "ASIA")),
    *((prefix, 20, "_-") for prefix in ("glpat-", "xoxb-", "xoxp-", "xapp-", "sk-proj-", "sk-ant-")),
    *((prefix, 23, "_-") for prefix in ("github_pat_", "dckr_pat_")),
    ("npm_", 36, ""),
    ("hf_", 30, ""),
    ("pypi-AgE", 40, "_-"),
    ("SG.", 60, "._-"),
    ("eyJhbGciOi", 30, "._-"),
)
BEARER, BEARER_LENGTH = "bearer ", 8  # of an Authorization header
HIDDEN = "****"
SHOWN, MARGIN = 80, 1000  # characters of a text that a message quotes; so many more are looked at


def is_secret(name: str, value: str) -> bool:
    """Whether a variable is a secret: by its value, or by its name where the value may well be one."""
    if name.startswith(PUBLIC_PREFIXES) and value.startswith("eyJ"):
        return False  # a token for browsers, such as VITE_SUPABASE_ANON_KEY
    return is_secret_value(value) or (is_secret_name(name) and not _is_harmless(value))


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret: NPM_TOKEN, DB_PASSWORD, awsSecretKey; not KEYCLOAK_URL."""
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
    return "PRIVATE KEY-----" in text or next(_secrets_in(text), None) is not None


def has_credentials(url: str) -> bool:
    """Whether the text holds a URL with a user's password in it, or a token: postgres://user:pass@host/db."""
    return next(_logins(url), None) is not None


def hidden(text: str) -> str:
    """A text for a message, with what looks like a secret in it made unreadable, and parameters of URLs that do."""
    out: list[str] = []
    end = 0
    for first, last in sorted((*_secrets_in(text), *_parameters(text))):
        if last > end:
            out += (text[end:first], HIDDEN) if first >= end else ()
            end = last
    return "".join((*out, text[end:]))


def shown(text: str, most: int = SHOWN) -> str:
    """A text as a message quotes it: on one line, cut where it is long, secrets in it hidden."""
    text = hidden(text[: most + MARGIN])
    text = text if len(text) <= most else f"{text[:most]}…"
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _is_harmless(value: str) -> bool:
    """Whether a value is none of a secret, whatever its name: a number, a switch, a dummy, the path of a file."""
    digits = value.removeprefix("-").replace(".", "", 1)
    if digits.isdigit() and len(digits) <= NUMBER_LENGTH:
        return True
    plain = value.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return value.casefold() in SWITCHES | DUMMIES or (value.startswith("/") and plain.isalnum())


def _secrets_in(text: str) -> Iterator[tuple[int, int]]:
    """Where in a text something looks like a secret: first and last offset."""
    yield from _tokens(text)
    yield from _logins(text)
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


def _logins(text: str) -> Iterator[tuple[int, int]]:
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


def _parameters(text: str) -> Iterator[tuple[int, int]]:
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


def how_to_give(name: str) -> str:
    """The hint for a refused secret: which id to give it by."""
    folded = name.casefold()
    if "npm" in folded:
        known = "npmrc"
    elif "pip" in folded or "pypi" in folded or "index" in folded:
        known = "pip.conf"
    elif "git" in folded:
        known = "netrc"
    else:
        return (
            "give what a build step needs as a build secret (--secret id=npmrc,src=$HOME/.npmrc; also "
            f"{', '.join(key for key in IDS if key != 'npmrc')}), what the app needs when the container is started"
        )
    return f"give it as a build secret: --secret id={known},src=$HOME/{_home(known)}"


NPMRC_SECRETS = ("_authtoken", "_auth", "_password", "username", "email", "certfile", "keyfile", "cert", "key", "otp")


def npmrc_settings(text: str) -> str:
    """An .npmrc without its credentials: what a build may see of the file in an app's source.

    Lines such as `//registry.example/:_authToken=…` go, settings (`legacy-peer-deps=true`) stay, as written, and so
    does a line whose value is a variable (`${NPM_TOKEN}`): it names a secret without being one. Comments go: a token
    that was commented out is one still.
    Source: https://docs.npmjs.com/cli/configuring-npm/npmrc
    """
    kept = []
    for line in text.splitlines():
        key, _, value = line.partition("=")
        last = key.strip().rpartition(":")[2].casefold()
        secret = last in NPMRC_SECRETS or has_credentials(value.strip().strip("\"'"))
        if not key.lstrip().startswith(("#", ";")) and (not secret or _is_variable(value)):
            kept.append(line)
    return "".join(f"{line}\n" for line in kept)


def _is_variable(value: str) -> bool:
    """Whether a value is nothing but a variable: ${NAME}."""
    text = value.strip().strip("\"'")
    return text.startswith("${") and text.endswith("}") and text.count("{") == 1


def _home(known: str) -> str:
    return ".config/pip/pip.conf" if known == "pip.conf" else IDS[known].file


def _words(name: str) -> list[str]:
    """A name's words in lower case: "awsSecret_KEY" -> ["aws", "secret", "key"]."""
    spread = "".join(
        f" {c}" if c.isupper() and i and (name[i - 1].islower() or name[i - 1].isdigit()) else c
        for i, c in enumerate(name)
    )
    for mark in "_-.:/":
        spread = spread.replace(mark, " ")
    return spread.casefold().split()


def yarnrc_settings(text: str) -> str:
    """A .yarnrc.yml without its credentials, lines as written; a value that names a variable (`${TOKEN}`) stays.

    Source: https://yarnpkg.com/configuration/yarnrc
    """
    kept = (
        line
        for line in text.splitlines(keepends=True)
        if "${" in line
        or not (_key(line).casefold().startswith(("npmauthtoken", "npmauthident")) or is_secret_value(line))
    )
    return "".join(kept)


def toml_settings(text: str) -> str:
    """Settings in TOML (uv.toml, poetry.toml, bunfig.toml, auth.toml) without credentials, other lines as written.

    A line with a key such as `password` or `token` goes, unless its value is a variable ("$TOKEN"); of a URL its user
    and password, for a line without its URL might be none.
    """
    return "".join(_toml_line(line) for line in text.splitlines(keepends=True))


def _toml_line(line: str) -> str:
    for first, last in reversed(list(_logins(line))):
        line = line[:first] + line[last:].removeprefix("@")
    for pair in line.replace("{", ",").split(","):  # registry = { url = "https://…", token = "…" }
        key, found, value = pair.partition("=")
        value = value.strip().rstrip("}").strip().strip("\"'")
        name = key.strip().strip("\"'")
        if found and value and not value.startswith("$") and is_secret_name(name) and not _is_harmless(value):
            return ""
    return "" if is_secret_value(line) else line


def yarn1_settings(text: str) -> str:
    """A .yarnrc of yarn 1 without its credentials, lines as written: KEY VALUE, either in quotes.

    Source: https://classic.yarnpkg.com/en/docs/yarnrc
    """
    marks = ("_authtoken", "_auth", "_password")
    kept = (
        line
        for line in text.splitlines(keepends=True)
        if not line.split(None, 1)[:1]
        or not line.split(None, 1)[0].strip("\"'").casefold().endswith(marks)
        or "${" in line
    )
    return "".join(line for line in kept if not has_credentials(line.replace('"', " ")))


def masked(text: str) -> str:
    """A text in which the value of each line that looks like a secret is made unreadable: for error messages."""
    out = []
    key = False  # in the lines of a private key
    for line in text.splitlines(keepends=True):
        key = key or "PRIVATE KEY-----" in line
        end = "\n" if line.endswith("\n") else ""
        out.append(f"{HIDDEN}{end}" if key else _masked(line.removesuffix("\n")) + end)
        key = key and "-----END" not in line
    return "".join(out)


def _masked(line: str) -> str:
    """A line whose value is made unreadable: behind `=` or `:`, or a blank (`ENV DB_PASSWORD value`)."""
    start = 0
    for position, mark in enumerate(line):
        if mark in "=:":
            name = line[start:position].strip().strip("\"'").rpartition(" ")[2]
            bare = line[position + 1 :].strip().strip("\"',") if name and is_secret_name(name) else ""
            if len(bare) > 3:
                return f"{line[: position + 1]}{HIDDEN}"
            start = position + 1
    words = line.split(None, 3)
    for count, word in enumerate(words[:2], 1):
        if (word.isupper() or ":_" in word) and is_secret_name(word.strip("\"'")) and len(words) > count:
            return f"{line[: line.index(word) + len(word)]} {HIDDEN}"
    return hidden(line) if is_secret_value(line) else line


def _key(line: str) -> str:
    return line.partition(":")[0].strip().strip("\"'")
