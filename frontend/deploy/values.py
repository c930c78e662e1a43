"""What several of the formats have alike: commands, processes by name, variables."""

from frontend.deploy.model import Named, Stated
from frontend.deploy.reading import Item


def commands(*items: Item) -> tuple[Stated, ...]:
    """The commands of the first item that has any: a text, or a list of texts."""
    return next((found for item in items if (found := item.stated)), ())


def processes(**named: tuple[Item, ...]) -> tuple[Named, ...]:
    """The processes whose commands are stated; of each the first item that has one. A list runs one after the other."""
    found = {name: commands(*items) for name, items in named.items()}
    return tuple((name, joined(texts)) for name, texts in found.items() if texts)


def joined(texts: tuple[Stated, ...]) -> Stated:
    """Commands as one, at the place of the first."""
    return Stated(" && ".join(one.text for one in texts), texts[0].at)


def variables(item: Item) -> tuple[Named, ...]:
    """The variables of a mapping of names to texts."""
    return tuple((name, below.only) for name, below in item.pairs if below.only is not None)
