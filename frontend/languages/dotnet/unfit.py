"""What no container of ours runs although it is a program: desktop apps, .NET Framework, functions of a cloud."""

import re

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.dotnet import sources, versions
from frontend.languages.dotnet.question import Project

SCREEN = "a container has no screen: PROJECT names a web or worker project of the repository by its path"
DEVICES = ("-android", "-ios", "-maccatalyst", "-tvos", "-tizen")
WINDOWS = re.compile(r"net[1-4]\d{1,2}")  # net48; netstandard2.0 is a library's
BLAZOR = ("microsoft.aspnetcore.components.webassembly", "microsoft.aspnetcore.blazor")  # packages in a browser's app
OLD_STYLE = "<TargetFrameworkVersion>"
FUNCTIONS_OF = ("AzureFunctionsVersion", "AWSProjectType")  # what only a cloud's own host starts


class Unfit(Struct, frozen=True):
    """What a project is, and what its user can do."""

    what: str
    hint: str


FRAMEWORK = Unfit(
    "a .NET Framework app, which needs Windows",
    f"move it to {versions.TITLE}, such as net{versions.DEFAULT}: {versions.PORTING}",
)
LIBRARY = Unfit(
    "built for .NET Standard, which libraries are: no runtime starts it",
    f"build it for {versions.TITLE}, such as <TargetFramework>net{versions.DEFAULT}</TargetFramework>",
)
# what a project sets, and what it then is
# Sources: https://learn.microsoft.com/dotnet/core/project-sdk/msbuild-props-desktop,
# https://learn.microsoft.com/azure/azure-functions/dotnet-isolated-process-guide, https://github.com/aws/aws-lambda-dotnet
KINDS = {
    "UseMaui": Unfit("a .NET MAUI app", SCREEN),
    "UseWPF": Unfit("a desktop app (WPF)", SCREEN),
    "UseWindowsForms": Unfit("a desktop app (Windows Forms)", SCREEN),
    "AzureFunctionsVersion": Unfit(
        "an Azure Functions app",
        "the host of Azure Functions starts it: build on its image by a Dockerfile "
        "(mcr.microsoft.com/azure-functions/dotnet-isolated), or move the code to a web or worker project",
    ),
    "AWSProjectType": Unfit(
        "an AWS Lambda function",
        "AWS starts it: deploy it with dotnet lambda deploy-function, or have a web project serve it "
        "(the package Amazon.Lambda.AspNetCoreServer.Hosting does both)",
    ),
}
FUNCTIONS = tuple(KINDS[name] for name in FUNCTIONS_OF)


def in_browser(project: Project) -> bool:
    """Whether a project is Blazor WebAssembly, which browsers run. Before .NET 5 it had no SDK of its own."""
    if project.says("UsingMicrosoftNETSdkBlazorWebAssembly"):
        return True
    return for_libraries(project) and any(name.casefold().startswith(BLAZOR) for name in project.packages)


def for_libraries(project: Project) -> bool:
    """Whether a project is built for .NET Standard alone, which libraries are, and apps of the first Blazor."""
    written = frameworks(project)
    return bool(written) and all(one.casefold().startswith("netstandard") for one in written)


def frameworks(project: Project) -> tuple[str, ...]:
    """The target frameworks of a project, as they are written."""
    return versions.frameworks(project.facts.get("TargetFrameworks") or project.facts.get("TargetFramework", ""))


def why(project: Project) -> Unfit | None:
    """Why no container runs a project; None for one that Linux runs."""
    for name, unfit in KINDS.items():
        web = name == "AWSProjectType" and project.says("UsingMicrosoftNETSdkWeb")  # serves HTTP anywhere else
        if project.facts.get(name, "").casefold() not in ("", "false") and not web:
            return unfit
    if in_browser(project):
        return None
    written = frameworks(project)
    if not written:  # a project of the old style
        return FRAMEWORK
    if not any(versions.framework_line(one) for one in written):
        if any(mark in one.casefold() for one in written for mark in DEVICES):
            return Unfit(f"an app for devices ({', '.join(written)})", SCREEN)
        if for_libraries(project):
            return LIBRARY if project.facts.get("OutputType", "").casefold() == "exe" else None
        if not any("-" in one for one in written):
            return FRAMEWORK if any(WINDOWS.fullmatch(one.casefold()) for one in written) else None
        hint = f"add the target framework net{versions.DEFAULT}, if it needs nothing of Windows"
        return Unfit(f"for Windows ({', '.join(written)})", hint)
    if project.facts.get("OutputType", "").casefold() == "winexe":
        hint = f"{SCREEN}; if it opens no window, write <OutputType>Exe</OutputType>"
        return Unfit("a desktop app (OutputType WinExe)", hint)
    return None


def old_style(tree: SourceTree, path: str) -> bool:
    """Whether a project that MSBuild cannot evaluate here is one of .NET Framework: some import files of Windows."""
    return OLD_STYLE in sources.text(tree, path)


def check(tree: SourceTree, project: Project) -> None:
    """Raises PlanError for a project that no container runs."""
    unfit = why(project)
    if unfit is not None:
        raise error(tree, project.path, unfit)


def error(tree: SourceTree, path: str, unfit: Unfit, more: int = 0) -> PlanError:
    """The error for a project that no container runs, and `more` of that kind."""
    others = f", and so are {more} more projects" if more > 1 else ", and so is one more project" if more else ""
    at = sources.line_of(tree, path, "<TargetFramework")
    return PlanError(f"{path} is {unfit.what}{others}", at=at, hint=unfit.hint)
