"""A command must not hold a secret: it would be in the image, its history and its provenance."""

from frontend.commands.script import Script
from frontend.commands.unwrap import nested
from frontend.commands.words import is_name, partition
from frontend.errors import ConfigError, Location, OptionError, PlanError
from frontend.secrets.detection import is_secret, is_secret_value
from frontend.secrets.ids import how_to_give
from frontend.settings.model import Setting

READABLE = "everyone who can pull the image could read it"


def variable(script: Script) -> str | None:
    """The first variable that a script sets, anywhere in it, and that looks like a secret; None when there is none.

    A value that is a variable itself (`A_TOKEN=$B`) is none.
    """
    for one in nested(script):
        for word in (word for command in one.commands for word in command.words):
            name, value = partition(word)
            if value is None or not value.parts or value.parts[0].kind != "literal" or not is_name(name):
                continue
            if value.text and is_secret(name, value.text):
                return name
    return None


def check(text: str, script: Script, at: Location) -> None:
    """Raises PlanError for a command of a file with a secret in it. The line is given in words: no client prints it."""
    name = variable(script)
    if name is None and not is_secret_value(text):
        return
    what = f"the variable {name} looks like a secret" if name else "this command contains a secret"
    raise PlanError(f"{what}; {READABLE} (line {at.line})", at=Location(at.file), hint=how_to_give(name or ""))


def check_setting(key: str, setting: Setting, script: Script) -> None:
    """Raises ConfigError (OptionError for a build-arg) for a command of the settings that sets a secret variable."""
    name = variable(script)
    if name is None:
        return
    if setting.at is None:
        message = f"the variable {name} in the build-arg {key.upper()} looks like a secret; build-args are recorded in "
        raise OptionError(f"{message}the image's provenance", hint=how_to_give(name))
    message = f"the variable {name} in {key} looks like a secret; {READABLE} (line {setting.at.line})"
    raise ConfigError(message, at=Location(setting.at.file), hint=how_to_give(name))
