"""What pip installs in a Dockerfile by name and no manifest names: told, for only dependencies are installed."""

import re
from collections.abc import Collection, Iterator

from frontend.commands import run_instruction
from frontend.languages.python.requirements import normal
from frontend.plan.model import Warning
from frontend.settings.model import Settings

PIP = ("pip", "pip3")
REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[\w,.-]*\])?(?:[=<>!~].*)?")
VALUES = frozenset(  # options that a value follows
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target "
    "--upgrade-strategy --python --prefix --root --cache-dir --timeout --retries --trusted-host --platform "
    "--progress-bar".split()
)
TOOLS = frozenset("pip setuptools wheel uv poetry pipenv pdm pip-tools virtualenv build".split())  # they install others


def left_out(settings: Settings, known: Collection[str]) -> Iterator[Warning]:
    """The warning for packages that a Dockerfile's last stage has and the image has not. `known` are those that it has,
    by their normal names."""
    built = settings.build_command.value.split() if settings.build_command is not None else ()
    left = [
        (name, run.at)
        for run in settings.candidate_runs
        for name in dict.fromkeys(installed(run.value))
        if normal(name) not in known and name not in built
    ]
    if left:
        message = f"not installed, although a Dockerfile does: {' '.join(dict.fromkeys(name for name, _ in left))}"
        hint = "add what the app needs to its dependencies: only those are installed"
        yield Warning("dockerfile-python-packages", message, left[0][1], hint)


def installed(run: str) -> Iterator[str]:
    """The packages that a RUN instruction installs by name, not the tools that install others."""
    for words in run_instruction.commands(run, None):
        tool = next((index for index, word in enumerate(words) if word in PIP), len(words))
        if words[tool + 1 : tool + 2] != ["install"]:
            continue
        named = words[tool + 2 :]
        for before, word in zip(("", *named), named, strict=False):
            requirement = REQUIREMENT.fullmatch(word) if before not in VALUES else None
            if requirement is not None and requirement[1].lower() not in TOOLS:
                yield requirement[1]
