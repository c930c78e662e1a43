"""An app that is one file of C# without a project: `dotnet run app.cs`, from .NET 10 on.

Its directives say what a project would. Source: https://learn.microsoft.com/dotnet/core/sdk/file-based-apps
"""

import re
from collections.abc import Iterator

from frontend.commands import process
from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.dotnet import inputs, sources, versions
from frontend.languages.dotnet.question import PROPERTIES, Answered, Project
from frontend.languages.registry import DOTNET
from frontend.paths import parents, within
from frontend.plan.model import Evidence
from frontend.rules.versions import key
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

ENDING = ".cs"
OLDEST = "10.0"
DIRECTIVE = re.compile(r"^#:(\w+)[ \t]+(.+?)\s*$", re.MULTILINE)
SHEBANG = re.compile(r"#!.*\bdotnet\b")
COMMENT = re.compile(r"//.*|/\*.*?\*/", re.DOTALL)
# what a file begins with whose statements are in types: one of a project, a plugin or a game
IN_TYPES = re.compile(
    r"(?:\s|#\w+.*|(?:global\s+)?using\s[^;(]*;|\[[^\]]*\])*"
    r"(?:namespace|(?:(?:public|internal|private|static|abstract|sealed|partial|readonly|unsafe|file)\s+)*"
    r"(?:class|struct|interface|record|enum|delegate)\s)"
)
MAIN = re.compile(r"\bstatic\s+(?:async\s+)?[\w<>.]+\s+Main\s*\(")
RUN = re.compile(r"\bdotnet\s+(?:run\s+)?(?:--file\s+)?([\w./-]+\.cs)\b")
BESIDE = ("Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", *inputs.ABOVE, *inputs.TOOLS)
FRAMEWORKS = ("Microsoft.NETCore.App", "Microsoft.AspNetCore.App")


def is_one(project: Project) -> bool:
    """Whether a project is a file of code."""
    return project.path.endswith(ENDING)


def files(tree: SourceTree) -> list[str]:
    """The files in the root of a tree that are apps: with a directive or `#!`, else the only one with statements."""
    found = sorted(tree.glob(f"*{ENDING}"))
    stated = [path for path in found if is_stated(sources.text(tree, path))]
    if stated or len(found) != 1:
        return stated
    return [path for path in found if runs(sources.text(tree, path))]


def is_stated(text: str) -> bool:
    """Whether a file says that it is an app."""
    return SHEBANG.match(text) is not None or DIRECTIVE.search(text) is not None


def runs(text: str) -> bool:
    """Whether a file has statements of its own, or a method Main."""
    code = COMMENT.sub("", text)
    return bool(code.strip()) and (MAIN.search(code) is not None or IN_TYPES.match(code) is None)


def find(tree: SourceTree, settings: Settings, app: str) -> tuple[Project, Answered, Evidence] | None:
    """The app in a directory that is one file, what MSBuild would say of it, and why; None where it has projects.

    Raises PlanError for several of them, and for a global.json with an older SDK.
    """
    here = tree.under(app)
    if any(here.glob(pattern) for pattern in DOTNET.manifests):
        return None
    beside = any(here.glob(pattern) for pattern in DOTNET.deep)  # a script of a repository of projects
    listed = [] if beside else files(here)
    named = settings.project.value.strip().removeprefix("./").strip("/") if settings.project is not None else ""
    stated = [entry.script.text for entry in process.read(here, settings)]
    stated += [settings.candidate.value] if settings.candidate is not None else []
    started = [match[1] for text in stated for match in RUN.finditer(text)]
    chosen = [one for one in (named.removeprefix(f"{app}/"), *started) if one.endswith(ENDING) and here.has(one)]
    if not listed and not chosen:
        return None
    if not chosen and len(listed) > 1:
        raise PlanError(
            f"{len(listed)} files of this repository are apps, and nothing says which one is meant",
            at=here.at(listed[0]),
            hint="choose one by a build-arg, or by project: in migetpacks.yaml"
            + "".join(f"\n  PROJECT={within(app, one)}" for one in listed),
        )
    path = within(app, (chosen or listed)[0])
    pin = versions.pinned(tree, path.rpartition("/")[0])
    if pin is not None and key(versions.line(pin.version)) < key(OLDEST) and "ajor" not in pin.rule:
        raise PlanError(
            f"{path} is an app without a project, which the SDK {shown(pin.version)} cannot build",
            at=pin.at,
            hint=f"write the version of an SDK from {OLDEST}.100 on, or make a project of it: dotnet project convert",
        )
    because = Evidence("project", f"{path}, an app of one file", tree.at(path))
    return project(tree, path), answered(tree, path), because


def project(tree: SourceTree, path: str) -> Project:
    """A file as the project that the SDK makes of it."""
    directives = [(one[1], one[2]) for one in DIRECTIVE.finditer(sources.text(tree, path))]
    web = any(name == "sdk" and text.startswith("Microsoft.NET.Sdk.Web") for name, text in directives)
    given = dict(pair for name, text in directives if name == "property" for pair in properties(text))
    facts = {
        "AssemblyName": path.rpartition("/")[2].removesuffix(ENDING),
        "TargetFramework": f"net{OLDEST}",
        "OutputType": "Exe",
        "IsPublishable": "true",
        **({"UsingMicrosoftNETSdkWeb": "true"} if web else {}),
        **{name: value for name, value in given.items() if name in PROPERTIES},
    }
    packages = (re.split(r"[@\s]", text)[0] for name, text in directives if name == "package")
    return Project(path, facts, packages=tuple(packages), frameworks=FRAMEWORKS[: 1 + web])


def properties(text: str) -> Iterator[tuple[str, str]]:
    """The name and value of a directive: `PublishAot=false`, or with a blank, as previews had it."""
    name, _, value = text.replace("=", " ", 1).partition(" ")
    yield name.strip(), value.strip()


def answered(tree: SourceTree, path: str) -> Answered:
    """What an evaluation would read besides: what is looked for in its directory and above."""
    dirs = dict.fromkeys((path.rpartition("/")[0], *parents(path.rpartition("/")[0]), ""))
    there = [one for dir in dirs for name in BESIDE if tree.has(one := within(dir, name))]
    return Answered({}, (path, *there), tuple((one, "") for one in there if one.endswith((".props", ".targets"))), ())


def needs_all(tree: SourceTree, path: str) -> bool:
    """Whether its build reads more of the context than itself: projects, or files that properties name."""
    return any(name in ("project", "include", "ref") for name, _ in DIRECTIVE.findall(sources.text(tree, path)))
