"""What is a secret: the ids a user gives build secrets by, and what must never be a plain value.

A secret's value is in no LLB, image config, label, history, log or provenance. It reaches a build step as a BuildKit
secret mount under one of the well-known ids below. A build-arg or an environment variable that looks like a secret is
refused: BuildKit records build-args in the provenance of every image.
"""

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

# A name is cut at "_", "-" and "."; one of these words, or of these pairs, in it makes it a secret's name.
WORDS = frozenset(
    (
        *("auth", "authtoken", "credential", "credentials", "jwt", "pat", "pwd"),
        *("pass", "passphrase", "passwd", "password", "passwords"),
        *("secret", "secrets", "token", "tokens", "apikey", "accesskey", "privatekey", "secretkey"),
        *("netrc", "npmrc", "pypirc"),
    )
)
ENDINGS = ("password", "passwd", "secret", "token", "apikey")
HARMLESS_PAIRS = frozenset(("auth url", "auth host", "auth port", "auth mode", "auth enabled", "auth provider"))
PUBLIC_PREFIXES = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "NUXT_PUBLIC_", "PUBLIC_", "EXPO_PUBLIC_", "GATSBY_")

# What tokens of well-known services begin with; each is long enough that no ordinary value does.
TOKEN_PREFIXES = (
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "npm_",
    "pypi-",
    "xoxb-",
    "xoxp-",
    "xapp-",
    "sk_live_",
    "rk_live_",
    "sk-proj-",
    "sk-ant-",
    "dckr_pat_",
    "hf_",
    "SG.",
    "AKIA",
    "ASIA",
    "eyJhbGciOi",
)
TOKEN_LENGTH = 20  # shorter texts with such a beginning are words


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret: NPM_TOKEN, DB_PASSWORD, awsSecretKey; not KEYCLOAK_URL."""
    if name.startswith(PUBLIC_PREFIXES):  # compiled into what browsers load: public by the framework's own definition
        return False
    words = _words(name)
    pairs = {f"{word} {words[i + 1]}" for i, word in enumerate(words[:-1])}
    if not pairs.isdisjoint(HARMLESS_PAIRS):
        words = [word for word in words if word != "auth"]
    if len(words) > 1 and words[-1] == "key":
        return True
    return any(word in WORDS or word.endswith(ENDINGS) for word in words)


def is_secret_value(text: str) -> bool:
    """Whether a value is a secret by its own looks: a private key, a service's token, a URL with a password."""
    if "PRIVATE KEY-----" in text:
        return True
    if any(text.startswith(prefix) and len(text) >= max(TOKEN_LENGTH, len(prefix) + 12) for prefix in TOKEN_PREFIXES):
        return " " not in text
    return has_credentials(text)


def has_credentials(url: str) -> bool:
    """Whether the text holds a URL with a user's password in it: postgres://user:pass@host/db."""
    for piece in url.split():
        scheme, found, rest = piece.partition("://")
        authority = rest.partition("/")[0]
        login, at, _ = authority.rpartition("@")
        password = login.partition(":")[2]
        if found and scheme and at and password and not password.startswith(("$", "%", "{{", "<")):
            return True
    return False


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
        if not _key(line).casefold().startswith(("npmauthtoken", "npmauthident")) or "${" in line
    )
    return "".join(kept)


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
    return "".join(_masked(line) for line in text.splitlines(keepends=True))


def _masked(line: str) -> str:
    for mark in ("=", ":"):
        key, found, value = line.partition(mark)
        name = key.strip().strip("\"'").rpartition(":")[2]
        bare = value.strip().strip("\"',")
        if found and bare and (is_secret_value(bare) or (len(bare) > 3 and name and is_secret_name(name))):
            return f"{key}{mark}****\n" if line.endswith("\n") else f"{key}{mark}****"
    return "****\n" if is_secret_value(line.strip()) else line


def _key(line: str) -> str:
    return line.partition(":")[0].strip().strip("\"'")
