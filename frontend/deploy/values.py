"""What several of the formats have alike: commands, processes by name, variables."""

from collections.abc import Iterator

from frontend.deploy.model import Named, Stated
from frontend.deploy.reading import Item
from frontend.plan.model import Warning


def commands(*items: Item) -> tuple[Stated, ...]:
    """The commands of the first item that has any: a text, or a list of texts."""
    return next((found for item in items if (found := item.stated)), ())


def processes(*named: tuple[str, Item]) -> tuple[Named, ...]:
    """The processes whose commands are stated, of one name the first. A list of commands runs one after the other."""
    found = [(process_name(name), texts) for name, item in named if (texts := commands(item))]
    return tuple({name: joined(texts) for name, texts in reversed(found)}.items())[::-1]


def process_name(text: str) -> str:
    """A name as a Procfile may have it."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text).strip("-") or "worker"


def joined(texts: tuple[Stated, ...]) -> Stated:
    """Commands as one, at the place of the first."""
    return Stated(" && ".join(one.text for one in texts), texts[0].at)


def variables(item: Item) -> tuple[Named, ...]:
    """The variables of a mapping of names to texts."""
    return tuple((name, below.only) for name, below in item.pairs if below.only is not None)


def volumes(*items: Item, home: str = "") -> Iterator[Warning]:
    """The warnings for the places where a platform mounts a volume. `home` is where it has the app."""
    for one in (item.only for item in items):
        if one is not None:
            path = one.text.rstrip("/")
            path = f"/app{path.removeprefix(home)}" if home and f"{path}/".startswith(f"{home}/") else path
            message = f"{one.at.file} mounts a volume, which an image has not, at {path}"
            hint = f"mount one that the image's user owns at {path} where the image runs"
            yield Warning("platform-volume", message, one.at, hint)


def scheduled(*jobs: tuple[Item, Item]) -> Iterator[Warning]:
    """The warnings for what a platform runs on a schedule: what is run, and when."""
    for run, schedule in jobs:
        if schedule.only is not None:
            command = joined(run.stated) if run.stated else None
            what = command.text if command is not None else "the start command"
            at = (command or schedule.only).at
            message = f"{at.file} runs {what} on a schedule ({schedule.text}), which nothing in the image does"
            yield Warning("platform-schedule", message, at, "have the platform that runs the image do it")
