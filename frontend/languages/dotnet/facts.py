"""All that the steps of a .NET build depend on. Every decision is taken here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct

from frontend.commands import process
from frontend.commands.script import exec_form
from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError, VersionError
from frontend.languages import started as started_programs
from frontend.languages.base import Answer
from frontend.languages.dotnet import (
    client,
    dockerfile,
    doubts,
    inputs,
    listed,
    listening,
    own_programs,
    paket,
    platform_build,
    projects,
    question,
    single_file,
    sources,
    start,
    system_packages,
    unfit,
    versions,
    web_root,
)
from frontend.languages.dotnet.guess import guess
from frontend.languages.dotnet.inputs import Inputs
from frontend.languages.dotnet.listening import Listening
from frontend.languages.dotnet.question import Answered, Project
from frontend.languages.registry import DOTNET
from frontend.plan.model import Evidence, Process, ToolVersion, Warning
from frontend.rules.versions import Asked, end_of_life, key
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.dotnet.web_root import WebRoot
    from frontend.languages.node.front_end import Tools

Kind = Literal["portable", "single-file", "self-contained", "native"]
"""What is published: assemblies for `dotnet`, one file, all with the runtime in it, machine code."""
EVALUATED_FROM = (*DOTNET.manifests, *DOTNET.deep, "Directory.Build.props", "*/Directory.Build.props")


class Facts(Struct, frozen=True):
    """What is known of an app.

    `line` is the line of .NET that runs it, `framework` the target framework to build where the project has several.
    `own` are the assemblies that the repository's projects build. `web` says that it serves by ASP.NET Core,
    `in_browser` that browsers run it, `workloads` that it needs some of the SDK, `listening` that it has an address of
    its own. `node` is for a project that builds its front end itself, `site` has those that are built beside it.
    `settings` are those of the build, with what the project's Dockerfile states.
    """

    project: Project
    sdk: ToolVersion
    line: str
    runtime: str
    framework: str
    kind: Kind
    trimmed: bool
    contained: bool
    ready_to_run: bool
    web: bool
    in_browser: bool
    workloads: bool
    listening: Listening | None
    own: tuple[str, ...]
    inputs: Inputs
    processes: tuple[Process, ...]
    env: tuple[tuple[str, str], ...]
    run_packages: tuple[str, ...]
    node: Tools | None
    site: tuple[WebRoot, ...]
    versions: tuple[ToolVersion, ...]
    build_command: tuple[str, ...]
    build_command_at: Location | None
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...]
    settings: Settings


def inspect(tree: SourceTree, settings: Settings, app: str, today: str, answer: Answer) -> Facts:
    """The facts of the project to publish. Raises BuildError."""
    # long: every decision is taken here, once, and in this order: later ones need earlier ones
    asked = versions.setting(settings)
    answered, whole, project, closure, chosen = chosen_project(tree, settings, app, asked, answer)
    settings, stated = dockerfile.read(tree, settings, app, project)
    line, framework = framework_of(tree, project, answered, asked)
    lines = (versions.framework_line(one) for project in closure for one in unfit.frameworks(project))
    newest = max(lines, key=_key, default=line) or line
    pin = versions.pinned(tree, project.directory)
    sdk = versions.sdk(pin, asked, newest)
    in_browser = unfit.in_browser(project)
    form = kind(tree, project, line) if not in_browser else "portable"
    served = projects.uses_web(closure) or any(one.name == projects.WEB_FRAMEWORK for one in settings.imported)
    web = served and not in_browser
    given = inputs.find(tree, project, closure, answered, whole=whole)
    contained = form in ("self-contained", "native") or (form == "single-file" and is_contained(project))
    trimmed = project.says("PublishTrimmed") or form == "native"
    address = listening.find(tree, project.directory, settings.port) if web else None
    app_start = start.App(tree.under(app), project, form != "portable", web, trimmed, key(line) < (8,), address)
    started = start.find(app_start, settings) if not in_browser else start.in_browser(app_start, settings)
    build = platform_build.rest(settings.build_command)
    node, built_by = client.find(tree, settings, closure, answered, today)
    site = web_root.find(tree, settings, project, today) if (web or in_browser) and node is None else ()
    fronts = (*((node,) if node is not None else ()), *(one.front for one in site))
    unmade = not fronts and build is None and "front-end" not in settings.skip
    check_lock(tree, project, given, form)
    code = own_programs.find(tree, closure, answered) if not in_browser else ()
    used = own_programs.used(code)
    runtime = ToolVersion(versions.TOOL, line, at=framework_at(tree, project, answered))
    late = end_of_life(versions.TITLE, versions.RELEASES, runtime, today)
    return Facts(
        project=project,
        sdk=sdk,
        line=line,
        runtime=exact_runtime(asked, line),
        framework=framework,
        kind=form,
        trimmed=trimmed,
        contained=contained,
        ready_to_run=project.says("PublishReadyToRun") and not in_browser,
        web=web,
        in_browser=in_browser,
        workloads=any(one.workloads for one in closure),
        listening=address,
        own=tuple(sorted({one.assembly for one in closure})),
        inputs=given,
        processes=started.processes,
        env=started.env,
        run_packages=tuple(sorted({*system_packages.needed(closure), *own_programs.packages(used)})),
        node=node,
        site=site,
        versions=tuple(dict.fromkeys((sdk, *(version for one in fronts for version in one.versions)))),
        build_command=exec_form(process.of_setting("build_command", build)).with_env if build is not None else (),
        build_command_at=build.at if build is not None else None,
        evidence=(
            chosen,
            Evidence("target framework", framework or project.facts["TargetFramework"], runtime.at),
            *((Evidence("SDK", f"{sdk.asked}, by {pin.rule or 'latestPatch'}", pin.at),) if pin is not None else ()),
            *((Evidence("start", started.because, started.at),) if not in_browser else ()),
            *((address.because,) if address is not None else ()),
            *((built_by,) if built_by is not None else ()),
            *started_programs.because(used),
            *dict.fromkeys(told for one in fronts for told in one.evidence),
        ),
        settings=settings,
        warnings=(
            *((late,) if late is not None else ()),
            *stated,
            *started.warnings,
            *dict.fromkeys(told for one in fronts for told in one.warnings),
            *(web_root.doubts(tree, project, closure, answered, web=web) if unmade else ()),
            *(doubts.find(tree, closure, given.configs, settings.port, web=web) if not in_browser else ()),
            *(doubts.functions(tree, answered) if in_browser else ()),
            *own_programs.doubts(tree, settings, code, used),
            *doubts.nested(tree, project, answered),
            *(projects.beside(tree, settings, app, closure, answered) if not in_browser else ()),
            *doubts.unpublished(tree, settings, app, closure, answered),
            *(listed.missing(tree, closure) if not fronts and build is None else ()),
        ),
    )


def check_lock(tree: SourceTree, project: Project, given: Inputs, form: Kind) -> None:
    """Raises PlanError for a lock file that knows nothing of the platform which the output is for (NU1004)."""
    path = inputs.lock(project)
    if path not in given.locks or (form == "portable" and not project.says("PublishReadyToRun")):
        return
    locked = (tree.read_json(path) or {}).get("dependencies")
    if not isinstance(locked, dict) or any("/linux-" in name for name in locked):
        return
    raise PlanError(
        f"{path} is not locked for Linux, but {project.path} is published for one platform",
        at=tree.at(path),
        hint="add <RuntimeIdentifiers>linux-x64;linux-arm64</RuntimeIdentifiers> to the project, run dotnet restore, "
        "and commit both",
    )


def _key(line: str) -> tuple[int, ...]:
    return key(line) if line else ()


class Chosen(NamedTuple):
    """What MSBuild knows of the projects, whether it had to see all files of the app for it, the project to publish,
    with those that it references, and why."""

    answered: Answered
    whole: bool
    project: Project
    closure: tuple[Project, ...]
    because: Evidence


def chosen_project(tree: SourceTree, settings: Settings, app: str, asked: Asked | None, answer: Answer) -> Chosen:
    """The project to publish. Raises PlanError.

    An evaluation may read any file (a version, a list): where one fails that matters it is repeated with all of them.
    """
    alone = single_file.find(tree, settings, app)
    if alone is not None:
        one, said, because = alone
        return Chosen(said, single_file.needs_all(tree, one.path), one, (one,), because)
    here = tree.under(app)
    paths = tuple(dict.fromkeys(path for pattern in EVALUATED_FROM for path in here.glob(pattern)))
    here.need(*paths)
    wanted = versions.likely(here, tuple(p for p in paths if not p.endswith((".sln", ".slnx"))))
    sdk = versions.sdk(
        versions.pinned(tree, app), asked, wanted or versions.of_dockerfile(settings) or versions.DEFAULT
    )
    expected = guess(here, paths) if not app else ""
    for whole in (False, True):
        answered = question.parse(answer(question.question(sdk, whole=whole, guess="" if whole else expected)))
        answered = paket.known(tree, answered)
        try:
            project, because = projects.choose(tree, settings, app, answered)
            return Chosen(answered, whole, project, projects.closure(tree, project, answered), because)
        except PlanError:
            if whole or not answered.problems:
                raise
    raise AssertionError("the second round returns or raises")


def framework_of(tree: SourceTree, project: Project, answered: Answered, asked: Asked | None) -> tuple[str, str]:
    """The line of .NET that runs a project; and of several target frameworks the one to build, else "".

    The newest that an image exists for, or the one that the setting asks for. Raises PlanError for one that the project
    is not built for, VersionError for one that no image has.
    """
    known = {versions.framework_line(one): one for one in unfit.frameworks(project)}
    lines = [line for line in known if line] or [versions.FIRST_BLAZOR]
    at = framework_at(tree, project, answered)
    imaged = [line for line in lines if line in versions.LINES]
    line = max(imaged or lines, key=key)
    wanted = versions.line(asked.text.strip()) if asked is not None else ""
    if wanted in lines:
        line = wanted
    elif asked is not None and not versions.is_sdk(asked.text.strip()):
        written = ", ".join(unfit.frameworks(project))
        raise PlanError(
            f"{project.path} is not built for {versions.TITLE} {shown(asked.text)}, but for {written}",
            at=asked.at or at,
            hint=f"set DOTNET_VERSION={line}, or add the target framework net{wanted}",
        )
    if not versions.has_image(line):
        raise VersionError(
            f"{project.path} is built for {known[line]}, which no image has: it is out of support",
            at=at,
            hint=f"move it to a supported release, such as net{versions.DEFAULT}: {versions.PORTING}",
        )
    return line, known.get(line, "") if project.facts.get("TargetFrameworks") else ""


def framework_at(tree: SourceTree, project: Project, answered: Answered) -> Location:
    """Where a project's target framework is written: in it, or in a file that it imports."""
    above = [path for path, _ in answered.imports if tree.has(path)]
    for path in (project.path, *above):
        at = sources.line_of(tree, path, "<TargetFramework")
        if at.line:
            return at
    return tree.at(project.path)


def exact_runtime(asked: Asked | None, line: str) -> str:
    """The version part of the runtime image's tag: a line, or the release of it that the setting asks for."""
    text = asked.text.strip() if asked is not None else ""
    return text if text.count(".") == 2 and not versions.is_sdk(text) and versions.line(text) == line else line


def kind(tree: SourceTree, project: Project, line: str) -> Kind:
    """What a project publishes. Raises PlanError for machine code that its line does not make."""
    if project.says("PublishAot"):
        if key(line) < key(versions.OLDEST_NATIVE):
            raise PlanError(
                f"{project.path} is compiled to machine code (PublishAot), which {versions.TITLE} {line} cannot do",
                at=sources.line_of(tree, project.path, "<PublishAot"),
                hint=f"add the target framework net{versions.DEFAULT}, or remove PublishAot",
            )
        return "native"
    if project.says("PublishSingleFile"):
        return "single-file"
    return "self-contained" if is_contained(project) else "portable"


def is_contained(project: Project) -> bool:
    """Whether the runtime is published with the app."""
    if project.says("PublishTrimmed"):
        return True
    value = project.facts.get("PublishSelfContained") or project.facts.get("SelfContained", "")
    return value.casefold() == "true"
