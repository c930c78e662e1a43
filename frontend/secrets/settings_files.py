"""Files that hold settings and credentials in one, without their credentials: what a build may see of them.

The registry says which files these are, how their lines are read and which of their keys are credentials. Lines are
taken out whole, the others stay as they are written; so does one whose value is a variable (`${NPM_TOKEN}`): it names a
secret without being one.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial

from frontend.languages import registry
from frontend.languages.registry import SettingsFile
from frontend.secrets.detection import has_credentials, is_harmless, is_secret_name, is_secret_value, logins

QUOTES = "\"'"


def without_credentials(file: SettingsFile, text: str) -> str:
    """The text of such a file without its credentials; "" when nothing else is in it."""
    if file.syntax == "toml":
        return "".join(_toml_line(line) for line in text.splitlines(keepends=True))
    keeps = {"ini": _keeps_ini, "yaml": _keeps_yaml, "words": _keeps_words}[file.syntax]
    return "".join(f"{line}\n" for line in text.splitlines() if keeps(file, line))


def _keeps_ini(file: SettingsFile, line: str) -> bool:
    """Whether a line KEY=VALUE stays. Comments go: a token that was commented out is one still."""
    key, _, value = line.partition("=")
    if key.lstrip().startswith(("#", ";")):
        return False
    value = value.strip().strip(QUOTES)
    return _is_variable(value) or not (_is_credential(file, key) or has_credentials(value))


def _keeps_yaml(file: SettingsFile, line: str) -> bool:
    """Whether a line KEY: VALUE stays."""
    return "${" in line or not (_is_credential(file, line.partition(":")[0]) or is_secret_value(line))


def _keeps_words(file: SettingsFile, line: str) -> bool:
    """Whether a line KEY VALUE, either in quotes, stays."""
    key = next(iter(line.split(None, 1)), "")
    return ("${" in line or not _is_credential(file, key)) and not has_credentials(line.replace('"', " "))


def _toml_line(line: str) -> str:
    """A line of TOML; "" where one of its keys is a secret's name. Of a URL only its user and password go: a table
    without its URL might be none."""
    for first, last in reversed(list(logins(line))):
        line = line[:first] + line[last:].removeprefix("@")
    for pair in line.replace("{", ",").split(","):  # registry = { url = "https://…", token = "…" }
        key, found, value = pair.partition("=")
        value = value.strip().rstrip("}").strip().strip(QUOTES)
        name = key.strip().strip(QUOTES)
        if found and value and not value.startswith("$") and is_secret_name(name) and not is_harmless(value):
            return ""
    return "" if is_secret_value(line) else line


def _is_credential(file: SettingsFile, key: str) -> bool:
    """Whether the value of a key is a credential."""
    last = key.strip().strip(QUOTES).rpartition(":")[2].casefold()
    return any(fnmatchcase(last, pattern) for pattern in file.keys)


def _is_variable(value: str) -> bool:
    """Whether a value is nothing but a variable: ${NAME}."""
    return value.startswith("${") and value.endswith("}") and value.count("{") == 1


WITHOUT_CREDENTIALS: dict[str, Callable[[str], str]] = {
    file.name: partial(without_credentials, file) for entry in registry.ENTRIES for file in entry.settings_files
}
"""A file's name: what makes of its text what is left without credentials."""
