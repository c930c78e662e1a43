"""Plans of .NET apps, with answers of MSBuild that a test writes."""

from collections.abc import Callable, Mapping
from typing import Any

from frontend.context.tree import DictTree
from frontend.languages import dotnet
from frontend.plan.model import Exec, Plan, Question, Step
from frontend.settings.model import Settings

TODAY = "2026-11-24"
WEB = {"OutputType": "Exe", "UsingMicrosoftNETSdkWeb": "true", "TargetFramework": "net10.0"}
WORKER = {"OutputType": "Exe", "TargetFramework": "net10.0"}
LIBRARY = {"OutputType": "Library", "TargetFramework": "net10.0"}
ASP = ("FrameworkReference", "Microsoft.AspNetCore.App")
Facts = Mapping[str, str]
Projects = Mapping[str, Facts]


def answer(
    projects: Projects,
    files: Mapping[str, str],
    *,
    references: Mapping[str, tuple[str, ...]] = {},
    packages: Mapping[str, tuple[str, ...]] = {},
    workloads: Mapping[str, tuple[str, ...]] = {},
    imports: tuple[tuple[str, str], ...] = (),
    errors: tuple[str, ...] = (),
) -> str:
    """What MSBuild would say of projects by path, with their properties. Web projects reference ASP.NET Core."""
    lines = [f"file={path}" for path in sorted({*files, *projects})]
    for path, facts in projects.items():
        lines.append(f"project=/src/{path}")
        lines += [f"{name}={value}" for name, value in facts.items()]
        lines += [f"ProjectReference=/src/{other}" for other in references.get(path, ())]
        lines += [f"PackageReference={name}" for name in packages.get(path, ())]
        lines += [f"MissingWorkloadPack={name}" for name in workloads.get(path, ())]
        lines += [f"{ASP[0]}={ASP[1]}"] if facts.get("UsingMicrosoftNETSdkWeb") else []
    lines += [f"import=/src/{one}>{by}" for one, by in imports]
    return "\n".join((*lines, *(f"error={line}" for line in errors), ""))


def asked(text: str, questions: list[Question] | None = None) -> Callable[[Question], str]:
    """An answer that is always the same; the questions are noted."""

    def give(question: Question) -> str:
        if questions is not None:
            questions.append(question)
        return text

    return give


def plan(
    projects: Projects | None = None,
    files: Mapping[str, str] = {},
    *,
    app: str = "",
    settings: Mapping[str, Any] = {},
    questions: list[Question] | None = None,
    **said: Any,
) -> Plan:
    """The plan of an app of some projects and other files; `said` as `answer` takes it."""
    known = {"Hello.csproj": WEB} if projects is None else projects
    whole = {**dict.fromkeys(known, '<Project Sdk="Microsoft.NET.Sdk.Web">\n'), **files}
    text = answer(known, files, **said)
    given = asked(text, questions)
    return dotnet.plan(DictTree(whole), Settings(**settings), app, TODAY, answer=given)


def step(found: Plan, name: str) -> Step:
    """A step of a plan by its name."""
    return next(one for one in found.steps if one.name == name)


def program(found: Plan, name: str) -> Exec:
    """The last program of a step."""
    return step(found, name).run[-1]
