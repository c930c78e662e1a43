"""What Paket says of the packages of projects: MSBuild knows nothing of them before a restore.

Source: https://fsprojects.github.io/Paket/references-files.html
"""

import re
from collections.abc import Iterator

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import sources
from frontend.languages.dotnet.question import Answered
from frontend.paths import within

FILE = "paket.references"
OTHER = re.compile(r"(?:group\s|file:|//|#)", re.IGNORECASE)  # lines that name no package


def known(tree: SourceTree, answered: Answered) -> Answered:
    """An answer of MSBuild with the packages that the projects' files of Paket list."""
    listed = {path for path in answered.files if path.rpartition("/")[2] == FILE}
    if not listed:
        return answered
    tree.need(*listed)
    projects = {
        path: structs.replace(one, packages=(*one.packages, *packages(sources.text(tree, own))))
        if (own := within(one.directory, FILE)) in listed
        else one
        for path, one in answered.projects.items()
    }
    return structs.replace(answered, projects=projects)


def packages(text: str) -> Iterator[str]:
    """The packages that a file lists."""
    for line in text.splitlines():
        words = line.split()
        if words and not OTHER.match(line.strip()):
            yield words[0]
