"""Which project is published: one that starts something. Tests, libraries and hosts of developers are never chosen."""

import re
from collections.abc import Iterator

from frontend.commands import process as processes
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.dotnet import sources, unfit, versions
from frontend.languages.dotnet.question import Answered, Problem, Project
from frontend.paths import joined, within
from frontend.plan.model import Evidence, Warning
from frontend.secrets.masking import shown
from frontend.settings.model import Setting, Settings

SHOWN, SHOWN_BESIDE = 20, 4
# Sources: https://learn.microsoft.com/visualstudio/extensibility/internals/solution-dot-sln-file, and that of .slnx
LISTED = re.compile(
    r"""^Project\("[^"]*"\)\s*=\s*"[^"]*",\s*"([^"]+)"|<Project\s[^>]*?\bPath\s*=\s*"([^"]+)\"""", re.MULTILINE
)
# packages that make a project one of tests; xunit's, NUnit's and MSTest's all come with the first or are its like
TESTS = ("microsoft.net.test.sdk", "xunit", "nunit", "mstest", "tunit", "bunit", "expecto", "benchmarkdotnet")
APP_HOST = "aspire.hosting.apphost"
ASIDE = ("test", "sample", "example", "benchmark", "demo", "mock", "fake")
EXECUTABLE = ("exe", "winexe")
WEB_FRAMEWORK = "microsoft.aspnetcore.app"
PAKET = ".paket/Paket.Restore.targets"  # https://fsprojects.github.io/Paket/paket-and-dotnet-cli.html
SUBMODULES = ".gitmodules"
NO_SDK = "MSB4236"  # the SDK that a project names is not found
PROJECTS = (".csproj", ".fsproj", ".vbproj")


def choose(tree: SourceTree, settings: Settings, app: str, answered: Answered) -> tuple[Project, Evidence]:
    """The project to publish, and why. Raises PlanError where none can be started, and for several."""
    known = [one for one in answered.projects.values() if not app or one.path.startswith(f"{app}/")]
    if settings.project is not None:
        return named(tree, known, settings.project, answered)
    candidates = [one for one in known if starts(one)] or [one for one in known if starts_with_tests(one)]
    fit = [one for one in candidates if unfit.why(one) is None]
    if candidates and not fit:
        raise none_fits(tree, candidates)
    candidates = fit
    hosted = {path for one in candidates for path in one.references if path != one.path}
    candidates = [one for one in candidates if not (unfit.in_browser(one) and one.path in hosted)]
    if not candidates:
        raise nothing(tree, known, answered)
    near, anywhere = solutions(tree, app, answered)
    for listed in (near, anywhere):
        candidates = [one for one in candidates if one.path in listed] or candidates
    sites = [one for one in candidates if unfit.in_browser(one)]
    web = [one for one in candidates if one.says("UsingMicrosoftNETSdkWeb") and one not in sites]
    pool = web or sites or candidates
    main = [one for one in pool if not aside(one)] or pool
    if len(main) == 1:
        kind = "the only one that starts something" if len(candidates) == 1 else "the only web project"
        because = kind if len(pool) == 1 else "the only one that is no test or sample"
        return main[0], Evidence("project", f"{main[0].path}, {because}", tree.at(main[0].path))
    for command in commands(tree.under(app), settings):
        started = [one for one in candidates if named_in(command.value, one)]
        if len(started) == 1:
            by = f"the command in {command.at.file}" if command.at is not None else "the start command"
            return started[0], Evidence("project", f"{started[0].path}, which {by} names", command.at)
    raise several(tree, main)


def commands(here: SourceTree, settings: Settings) -> Iterator[Setting]:
    """The commands that start or build the app, as the user and files for other platforms have them."""
    web = processes.web(here, settings)
    if web is not None:
        yield Setting(web.script.text, at=web.at)
    yield from (one for one in (settings.candidate, settings.build_command) if one is not None)


def named_in(text: str, project: Project) -> bool:
    """Whether a command names a project: by its assembly (`dotnet out/Api.dll`, `./out/Api`), its file, or its
    directory (`dotnet run --project src/Api`)."""
    text = text.replace("\\", "/")
    if re.search(rf"(?<!\S)\./(?:\S*/)?{re.escape(project.assembly)}(?!\S)", text):
        return True
    names = filter(None, (f"{project.assembly}.dll", project.path.rpartition("/")[2], project.directory))
    return any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-]|/\w)", text) for name in names)


def solutions(tree: SourceTree, app: str, answered: Answered) -> tuple[set[str], set[str]]:
    """The projects that the solutions in the app's directory list, and those of all solutions below it: what else is
    in a repository may be samples."""
    near: set[str] = set()
    anywhere: set[str] = set()
    for path in answered.files:
        if path.endswith((".sln", ".slnx")) and (not app or path.startswith(f"{app}/")):
            own = path.rpartition("/")[0]
            anywhere |= (listed := {project for project, _ in listing(tree, path)})
            near |= listed if own == app else set()
    return near, anywhere


def listing(tree: SourceTree, path: str) -> list[tuple[str, Location]]:
    """The projects that a solution lists, each with its line."""
    text = sources.text(tree, path)
    own = path.rpartition("/")[0]
    return [
        (joined(own, (one[1] or one[2]).replace("\\", "/")), tree.at(path, text.count("\n", 0, one.start()) + 1))
        for one in LISTED.finditer(text)
    ]


def aside(project: Project) -> bool:
    """Whether a project's name or directory says that it is beside the app: `Shop.Test.Dummy`, `samples/Api`,
    `Shop.MockPayments`."""
    parts = re.split(r"[/._-]|(?<=[a-z])(?=[A-Z])", project.path)
    return any(part.casefold().removesuffix("s") in ASIDE for part in parts)


def starts(project: Project) -> bool:
    """Whether a project starts something that people run in a container."""
    return runs(project) and not tests(project)


def starts_with_tests(project: Project) -> bool:
    """Whether a web project starts something although it has its tests in it."""
    return runs(project) and project.says("UsingMicrosoftNETSdkWeb") and "test" not in project.name.casefold()


def runs(project: Project) -> bool:
    """Whether a project is a program, of the kind that is published."""
    return (
        project.facts.get("OutputType", "").casefold() in EXECUTABLE
        and not project.denies("IsPublishable")
        and not project.says("IsTestProject")
        and not host(project)
    )


def tests(project: Project) -> bool:
    """Whether a project is one of tests: only packages say so, before they are restored."""
    return project.says("IsTestProject") or any(name.casefold().startswith(TESTS) for name in project.packages)


def host(project: Project) -> bool:
    """Whether a project starts others on a developer's machine."""
    return project.says("IsAspireHost") or APP_HOST in map(str.casefold, project.packages)


def named(tree: SourceTree, known: list[Project], setting: Setting, answered: Answered) -> tuple[Project, Evidence]:
    """The project that the setting names: by its path, its directory or its name. Raises PlanError for none."""
    text = setting.value.strip().removeprefix("./").strip("/")
    found = [one for one in known if text in (one.path, one.directory, one.name)]
    if len(found) == 1:
        unfit.check(tree, found[0])
        return found[0], Evidence("project", f"{found[0].path}, as PROJECT says", setting.at)
    failed = next((one for one in answered.problems if one.at.file == text), None)
    if failed is not None:
        raise unreadable(failed)
    listed = "".join(f"\n  PROJECT={one.path}" for one in known[:SHOWN])
    what = "is a solution, not a project" if text.endswith((".sln", ".slnx")) else "names no project"
    if len(found) > 1:
        what = f"names {len(found)} projects"
    raise PlanError(f'PROJECT="{shown(setting.value)}" {what}', at=setting.at, hint=f"these are there:{listed}")


def unreadable(problem: Problem) -> PlanError:
    """The error for a project that MSBuild cannot evaluate."""
    hint = "correct it there: dotnet build has the same error"
    if PAKET in problem.text:
        hint = f"Paket makes {PAKET}: run dotnet paket restore, and commit it (does an ignore file leave it out?)"
    if problem.text.startswith(NO_SDK):
        hint = (
            "such an SDK is a package: check that the builder reaches its source, and give a private one with its "
            "credentials as the secret nuget-config"
        )
    return PlanError(
        f"{problem.at.file or 'a project'} cannot be evaluated: {shown(problem.text)}",
        at=problem.at if problem.at.file else None,
        hint=hint,
    )


def none_fits(tree: SourceTree, candidates: list[Project]) -> PlanError:
    """The error where no container runs any of the programs of a repository."""
    first = next((one for one in candidates if one.says("UsingMicrosoftNETSdkWeb")), candidates[0])
    reason = unfit.why(first)
    assert reason is not None
    more = sum(unfit.why(one) == reason for one in candidates) - 1
    return unfit.error(tree, first.path, reason, more)


def nothing(tree: SourceTree, known: list[Project], answered: Answered) -> PlanError:
    """The error where no project can be started."""
    if (before := project_json(tree, answered)) is not None:
        raise before
    reasons = [unfit.why(one) for one in known]
    for one, reason in zip(known, reasons, strict=True):  # functions are libraries, and so are old web apps
        if reason is not None and (reason in unfit.KINDS.values() or all(each is unfit.FRAMEWORK for each in reasons)):
            return unfit.error(tree, one.path, reason)
    if answered.problems:
        old = next((one.at.file for one in answered.problems if unfit.old_style(tree, one.at.file)), "")
        return unfit.error(tree, old, unfit.FRAMEWORK) if old else unreadable(answered.problems[0])
    if not known and (absent := absent_projects(tree, answered)) is not None:
        return absent
    listed = ", ".join(f"{one.path} ({kind(one)})" for one in known[:SHOWN])
    return PlanError(
        f"no project of this repository starts anything: {listed}" if listed else "there is no project to publish",
        at=tree.at(known[0].path) if known else None,
        hint="an app has <OutputType>Exe</OutputType>, or the SDK Microsoft.NET.Sdk.Web; PROJECT names one by its path",
    )


def project_json(tree: SourceTree, answered: Answered) -> PlanError | None:
    """The error for projects of the first .NET Core (`.xproj` and project.json); None where there are none.

    Source: https://learn.microsoft.com/dotnet/core/tools/dotnet-migrate
    """
    old = [path for path in answered.files if path.endswith(".xproj")]
    if not old:
        return None
    path = next((one for one in old if tree.has(within(one.rpartition("/")[0], "Program.cs"))), old[0])
    return PlanError(
        f"{path} is a project with a project.json, which no SDK builds any more",
        at=tree.at(path),
        hint=f"make a .csproj of it for a supported release, such as net{versions.DEFAULT} (dotnet migrate of an SDK "
        f"before 3.0 begins it): {versions.PORTING}",
    )


def absent_projects(tree: SourceTree, answered: Answered) -> PlanError | None:
    """The error for a solution whose projects are not there; None where no solution lists one."""
    for path in answered.files:
        for project, at in listing(tree, path) if path.endswith((".sln", ".slnx")) else ():
            if project.endswith(PROJECTS) and project not in answered.files:
                return PlanError(
                    f"{path} lists {project}, which is not in the build context",
                    at=at,
                    hint="commit it (does an ignore file leave it out?), or build the directory that has it",
                )
    return None


def kind(project: Project) -> str:
    """What a project is, in a word or two."""
    if tests(project):
        return "tests"
    if host(project):
        return "an AppHost"
    if unfit.in_browser(project):
        return "Blazor WebAssembly"
    if project.says("UsingMicrosoftNETSdkWeb"):
        return "web"
    return "a program" if project.facts.get("OutputType", "").casefold() in EXECUTABLE else "a library"


def several(tree: SourceTree, candidates: list[Project]) -> PlanError:
    """The error for several projects that start something."""
    listed = "".join(f"\n  PROJECT={one.path} ({kind(one)})" for one in candidates[:SHOWN])
    more = f"\n  and {len(candidates) - SHOWN} more" if len(candidates) > SHOWN else ""
    return PlanError(
        f"this repository has {len(candidates)} projects that start something, and nothing says which one is meant",
        at=tree.at(candidates[0].path),
        hint=f"choose one by a build-arg, or by project: in migetpacks.yaml{listed}{more}",
    )


def closure(tree: SourceTree, project: Project, answered: Answered) -> tuple[Project, ...]:
    """A project and those it references, each once. Raises PlanError for one that is not there, or cannot be read."""
    found: dict[str, Project] = {project.path: project}
    waiting = [project]
    while waiting:
        one = waiting.pop()
        for path in one.references:
            if path in found:
                continue
            other = answered.projects.get(path)
            if other is not None:
                found[path] = other
                waiting.append(other)
                continue
            failed = next((each for each in answered.problems if each.at.file == path), None)
            if failed is not None:
                raise unreadable(failed)
            if path not in answered.files:
                raise missing(tree, one, path, answered.files)
    return tuple(found.values())


def missing(tree: SourceTree, project: Project, path: str, files: tuple[str, ...]) -> PlanError:
    """The error for a reference to a project that is not there; on Windows one of other letters is."""
    name = path.rpartition("/")[2]
    meant = next((one for one in files if one.casefold() == path.casefold()), "")
    at: Location = sources.line_of(tree, project.path, "<ProjectReference", name)
    submodules = sources.text(tree.unfiltered(), SUBMODULES)
    if any(f"{path}/".startswith(f"{one}/") for one in re.findall(r"^\s*path\s*=\s*(\S+)", submodules, re.MULTILINE)):
        hint = "it is of a git submodule: fetch it before the build (git submodule update --init)"
        return PlanError(f"{project.path} references {path}, which is not in the build context", at=at, hint=hint)
    return PlanError(
        f"{project.path} references {path}, which is not in the build context",
        at=at,
        hint=f"write it as {meant} is written: Linux tells upper and lower case apart"
        if meant
        else "correct its path, commit the project, or build from a directory that holds both",
    )


def beside(
    tree: SourceTree, settings: Settings, app: str, closure: tuple[Project, ...], answered: Answered
) -> Iterator[Warning]:
    """The warning about programs that the solutions list beside the project that is published: workers, other servers,
    migrations. One that the user has chosen by PROJECT has been looked for among them."""
    if settings.project is not None:
        return
    near, anywhere = solutions(tree, app, answered)
    built = {one.path for one in closure}
    users = (one for one in answered.projects.values() if not (tests(one) or host(one) or aside(one)))
    used = {path for one in users for path in one.references}
    others = [
        path
        for path, one in answered.projects.items()
        if path in (near or anywhere)
        and path not in built | used
        and starts(one)
        and not aside(one)
        and unfit.why(one) is None
        and not unfit.in_browser(one)
    ]
    if others:
        named = ", ".join(others[:SHOWN_BESIDE]) + (" and others" if others[SHOWN_BESIDE:] else "")
        yield Warning(
            "app-left-out",
            f"the image has {closure[0].path} alone, without the programs beside it: {named}",
            tree.at(others[0]),
            f"PROJECT={others[0]} builds that; PROJECT={closure[0].path} silences this warning",
        )


def uses_web(projects: tuple[Project, ...]) -> bool:
    """Whether any of them needs ASP.NET Core at run time; of several target frameworks only the SDK says so here."""
    return any(
        one.says("UsingMicrosoftNETSdkWeb") or WEB_FRAMEWORK in map(str.casefold, one.frameworks) for one in projects
    )
