"""What says that a directory is, or holds, a .NET app."""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.languages.dotnet import sources
from frontend.languages.registry import DOTNET
from frontend.plan.model import Evidence

PROJECTS = ("*.csproj", "*.fsproj", "*.vbproj")
SOLUTIONS = ("*.sln", "*.slnx")
SERVER = 'Sdk="Microsoft.NET.Sdk.Web"'


def detect(tree: SourceTree) -> Detected | None:
    """A web project in the root has a place for files of other languages; a project or a solution is certain."""
    project = next((path for pattern in PROJECTS for path in tree.glob(pattern)), None)
    if project is not None:
        strength = 4 if SERVER.casefold() in sources.text(tree, project).casefold() else 3
        return Detected(strength, Evidence(DOTNET.title, project, tree.at(project)))
    solution = next((path for pattern in SOLUTIONS for path in tree.glob(pattern)), None)
    if solution is not None:
        return Detected(3, Evidence(DOTNET.title, solution, tree.at(solution)))
    below = next((path for pattern in DOTNET.deep for path in tree.glob(pattern)), None)
    if below is None:
        from frontend.languages.dotnet import single_file

        alone = single_file.files(tree) if tree.glob(f"*{single_file.ENDING}") else []
        return Detected(2, Evidence(DOTNET.title, alone[0], tree.at(alone[0]))) if alone else None
    sign = tree.first(*(path for path in DOTNET.signs if "*" not in path))
    if sign is not None:  # the whole repository is one of .NET, its projects are in directories
        return Detected(2, Evidence(DOTNET.title, f"{sign}, {below}", tree.at(sign)))
    return Detected(0, Evidence(DOTNET.title, below, tree.at(below)))
