"""The parts of docs/configuration.md that are made from the registry. `--write` rewrites them.

Each stands between `<!-- NAME: made by make golden -->` and `<!-- end of NAME -->`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from frontend.languages import registry
from frontend.languages.registry import Entry, Secret
from frontend.secrets.ids import IDS

DOCS = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"


def parts() -> dict[str, str]:
    """The text of each part by its name, without its marks."""
    return {"languages": languages(), "steps": steps(), "files": files(), "secrets": secrets()}


def languages() -> str:
    """What LANGUAGE and the version settings take."""
    rows = (
        (entry.title, coded((entry.name, *entry.aliases)), coded(registry.setting(tool) for tool in entry.tools))
        for entry in registry.built()
    )
    return table(("", "`LANGUAGE`", "versions"), rows)


def steps() -> str:
    """What SKIP takes."""
    rows = ((entry.title, f"`{one.name}`", one.what, one.replaced) for entry in registry.built() for one in entry.steps)
    return table(("", "`SKIP`", "what is left out", "does `BUILD_COMMAND` replace it?"), rows)


def files() -> str:
    """What a build gets of a language's files, or not."""
    head = ("", "left out without an ignore file", "always left out", "built without the credentials in it")
    return table(head, ((entry.title, *patterns(entry)) for entry in registry.built()))


def patterns(entry: Entry) -> tuple[str, str, str]:
    """A language's ignored files, secret files and settings files, for a table."""
    return coded(entry.ignored), coded(entry.secret_files), coded(file.name for file in entry.settings_files)


def secrets() -> str:
    """The build secrets."""
    return table(("id", "what"), ((f"`{secret.id}`", described(secret)) for secret in IDS.values()))


def described(secret: Secret) -> str:
    """A build secret in words: its file, what is in it, its variable."""
    file = f"`{secret.file}`: " if secret.file else ""
    variable = f", as the variable `{secret.env}`" if secret.env else ""
    return f"{file}{secret.what}{variable}"


def coded(names: Iterable[str]) -> str:
    """Names as code, with commas between."""
    return ", ".join(f"`{name}`" for name in names)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = (f"| {' | '.join(row)} |".replace("|  |", "| |") for row in (head, *rows))
    first, *others = lines
    return "\n".join((first, "|---" * len(head) + "|", *others)) + "\n"


def rewritten(text: str) -> str:
    """A document with its parts as they are now. Raises ValueError where a part has no marks in it."""
    for name, part in parts().items():
        start, end = f"<!-- {name}: made by make golden -->\n", f"<!-- end of {name} -->\n"
        if text.count(start) != 1 or text.count(end) != 1:
            raise ValueError(f"{DOCS.name} has no part {name}")
        before, _, rest = text.partition(start)
        text = f"{before}{start}\n{part}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.reference --write")
    DOCS.write_text(rewritten(DOCS.read_text()))
