"""The files that a restore reads: projects, what they import, and NuGet's own. Changed code restores nothing."""

import re
from collections.abc import Sequence

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import sources
from frontend.languages.dotnet.question import SOURCE, Answered, Project
from frontend.paths import joined, parents, within

# looked for in a project's directory and in all above it, in each of their spellings
CONFIGS = ("nuget.config", "NuGet.config", "NuGet.Config")
PAKET = ("paket.dependencies", "paket.lock", "paket.references")  # https://fsprojects.github.io/Paket/
ABOVE = ("global.json", "Directory.Build.rsp", *CONFIGS, *PAKET)
TOOLS = (".config/dotnet-tools.json", "dotnet-tools.json")
LOCK = "packages.lock.json"
SOURCE_LINE = re.compile(r"""<add\s[^>]*?key\s*=\s*["']([^"']+)["'][^>]*?value\s*=\s*["']([^"']+)["']""")
RAZOR = tuple(f"{'*/' * depth}*.razor" for depth in range(6))
# SDKs whose packages follow from properties alone, and what makes an evaluation depend on more files than it imports
PLAIN = re.compile(r"""<Project\s[^>]*?\bSdk\s*=\s*["']Microsoft\.NET\.Sdk(?:\.Web|\.Worker)?["']""", re.IGNORECASE)
LOOKS = re.compile(r"\bExists\s*\(|\[System\.IO\.|\[MSBuild\]::Get\w*Above\b|@\(|<Sdk\b", re.IGNORECASE)


class Inputs(Struct, frozen=True):
    """What a restore needs. `paths` are relative to the context, () for all of it. `tools` is the nearest list of local
    tools, "" without one, `configs` are NuGet's, the nearest first. `locked` says that there is a lock file. `razor`
    says that the project has components, for which a restore adds a package that no project file names. `servers` are
    the names of package sources that may ask for credentials. `settled` says that a restore of them is the restore of
    the whole app: no evaluation depends on files that are not among them."""

    paths: tuple[str, ...]
    tools: str
    configs: tuple[str, ...]
    locks: tuple[str, ...]
    razor: bool
    servers: tuple[str, ...] = ()
    settled: bool = False


def find(
    tree: SourceTree, project: Project, closure: tuple[Project, ...], answered: Answered, *, whole: bool
) -> Inputs:
    """What the restore of a project and those it references reads."""
    there = set(answered.files)
    above = ("", *sorted({dir for one in closure for dir in (one.directory, *parents(one.directory)) if dir}))
    shared = [path for dir in above for name in ABOVE if (path := within(dir, name)) in there]
    nearest = (project.directory, *parents(project.directory)) if project.directory else ("",)
    tools = next((path for dir in nearest for name in TOOLS if (path := within(dir, name)) in there), "")
    locks = [path for one in closure if (path := lock(one)) in there]
    configs = tuple(path for dir in nearest for name in CONFIGS if (path := within(dir, name)) in there)
    feeds, servers = package_sources(tree, configs)
    evaluated = imported(closure, answered)
    paths = (*(one.path for one in closure), *evaluated, *shared, *locks, *feeds)
    return Inputs(
        paths=() if whole else tuple(sorted({*paths, *((tools,) if tools else ())})),
        tools=tools,
        configs=configs,
        locks=tuple(locks),
        razor=any(tree.glob(within(project.directory, pattern)) for pattern in RAZOR),
        servers=servers,
        settled=whole or settled(tree, closure, evaluated),
    )


def settled(tree: SourceTree, closure: tuple[Project, ...], evaluated: Sequence[str]) -> bool:
    """Whether the packages of some projects follow from their text, and that of what they import, alone."""
    if not all(PLAIN.search(sources.text(tree, one.path)) for one in closure):
        return False
    return not any(LOOKS.search(sources.text(tree, path)) for path in (*(one.path for one in closure), *evaluated))


def package_sources(tree: SourceTree, configs: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The directories of the app that are sources of packages, and the names of sources on servers but NuGet's own."""
    feeds: list[str] = []
    servers: list[str] = []
    for config in configs:
        text = sources.text(tree, config)
        listed = text.partition("<packageSources>")[2].partition("</packageSources>")[0]
        for name, value in SOURCE_LINE.findall(listed):
            if value.startswith("http"):
                servers += [name] if "api.nuget.org" not in value and re.fullmatch(r"\w+", name) else []
            elif "%" not in value and not value.startswith(("/", "~")):
                feeds.append(joined(config.rpartition("/")[0], value.replace("\\", "/")))
    return tuple(dict.fromkeys(feeds)), tuple(dict.fromkeys(servers))


def lock(project: Project) -> str:
    """The lock file of a project, as it is called or would be."""
    named = project.facts.get("NuGetLockFilePath", "").replace("\\", "/")
    if named.startswith(f"{SOURCE}/"):
        return named.removeprefix(f"{SOURCE}/")
    return joined(project.directory, named or LOCK)


def imported(closure: tuple[Project, ...], answered: Answered) -> list[str]:
    """The files of the app that some projects import, directly or not: those that MSBuild itself looks for in the
    directories above a project are imported by files of the SDK."""
    found = {one.path for one in closure}
    dirs = {dir for one in closure for dir in (one.directory, *parents(one.directory))} | {""}
    start = {path for path, by in answered.imports if not by and path.rpartition("/")[0] in dirs}
    waiting = [*found, *start]
    found |= start
    while waiting:
        one = waiting.pop()
        for path, by in answered.imports:
            if by == one and path not in found:
                found.add(path)
                waiting.append(path)
    return sorted(found - {one.path for one in closure})
