"""Files that hold settings and credentials in one, without their credentials: what a build may see of them."""

from __future__ import annotations

from frontend.secrets.detection import has_credentials, is_harmless, is_secret_name, is_secret_value, logins

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


def _key(line: str) -> str:
    return line.partition(":")[0].strip().strip("\"'")


def toml_settings(text: str) -> str:
    """Settings in TOML (uv.toml, poetry.toml, bunfig.toml, auth.toml) without credentials, other lines as written.

    A line with a key such as `password` or `token` goes, unless its value is a variable ("$TOKEN"); of a URL its user
    and password, for a line without its URL might be none.
    """
    return "".join(_toml_line(line) for line in text.splitlines(keepends=True))


def _toml_line(line: str) -> str:
    for first, last in reversed(list(logins(line))):
        line = line[:first] + line[last:].removeprefix("@")
    for pair in line.replace("{", ",").split(","):  # registry = { url = "https://…", token = "…" }
        key, found, value = pair.partition("=")
        value = value.strip().rstrip("}").strip().strip("\"'")
        name = key.strip().strip("\"'")
        if found and value and not value.startswith("$") and is_secret_name(name) and not is_harmless(value):
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


WITHOUT_CREDENTIALS = {
    ".npmrc": npmrc_settings,
    ".yarnrc.yml": yarnrc_settings,
    ".yarnrc": yarn1_settings,
    "uv.toml": toml_settings,
    "poetry.toml": toml_settings,
    "bunfig.toml": toml_settings,
    "auth.toml": toml_settings,
}
"""A file's name: what makes of its text what is left without credentials."""
