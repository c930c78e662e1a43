"""What a build can see that will not work in a container as it is written: warnings, each with its line."""

import re
from collections.abc import Iterator

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import sources
from frontend.languages.dotnet.question import Project
from frontend.languages.dotnet.versions import lenient
from frontend.paths import within
from frontend.plan.model import Warning
from frontend.secrets.masking import shown

SETTINGS = ("appsettings.json", "appsettings.Production.json")
SOURCES = ("Program.cs", "Startup.cs", "Program.fs", "Startup.fs", "Program.vb", "Startup.vb")
FIXED = re.compile(
    r"""\bUseUrls\s*\(\s*"([^"]+)"|\bapp\.Run\s*\(\s*"(http[^"]+)"|\b(?:app\.)?Urls\.Add\s*\(\s*"([^"]+)\""""
)
PROTECTED = re.compile(
    r"\bAdd(?:Antiforgery|Session|Authentication|Identity|DefaultIdentity|RazorPages|ControllersWithViews|Mvc"
    r"|RazorComponents)\b"
)
COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
CLEAR = re.compile(r"""ClearTextPassword["'][^>]*?value\s*=\s*["'][^"'%]+["']""")
KEPT = re.compile(r"\bPersistKeysTo|\bProtectKeysWith")


def find(tree: SourceTree, project: Project, configs: tuple[str, ...], *, web: bool) -> tuple[Warning, ...]:
    """The warnings about a project's settings and first source files."""
    found = [*credentials(tree, configs)]
    if web:
        found += [*endpoints(tree, project.directory), *in_code(tree, project.directory)]
    return tuple(found)


def endpoints(tree: SourceTree, directory: str) -> Iterator[Warning]:
    """Addresses that are set in the app's settings: they win over every variable of the port."""
    for name in SETTINGS:
        path = within(directory, name)
        table = (tree.read_json(path, lenient) if tree.has(path) else None) or {}
        points = in_any_case(in_any_case(table, "kestrel"), "endpoints")  # .NET reads keys in any case
        for key, point in points.items() if isinstance(points, dict) else ():
            url = in_any_case(point, "url")
            if isinstance(url, str):
                yield Warning(
                    "fixed-port",
                    f"{path} has the app listen on {shown(url)}, not on PORT",
                    tree.line_of(path, f'"{key}"'),
                    f"remove Kestrel:Endpoints, or set RUN_ENV_Kestrel__Endpoints__{key}__Url=http://+:5000",
                )
        urls = in_any_case(table, "urls")
        if isinstance(urls, str):
            yield Warning(
                "fixed-port",
                f"{path} has the app listen on {shown(urls)}, not on PORT",
                tree.line_of(path, urls),
                "remove it: the port of a container comes from PORT",
            )


def in_any_case(table: object, name: str) -> object:
    """The value of a key of a table, whatever its letters; None without one, and for what is no table."""
    return next((table[key] for key in table if key.casefold() == name), None) if isinstance(table, dict) else None


def in_code(tree: SourceTree, directory: str) -> Iterator[Warning]:
    """Addresses in the code, and keys that are lost with the container."""
    paths = (within(directory, name) for name in SOURCES)
    texts = {path: COMMENT.sub("", sources.text(tree, path)) for path in paths if tree.has(path)}
    for path, text in texts.items():
        if match := FIXED.search(text):
            yield Warning(
                "fixed-port",
                f"{path} has the app listen on {shown(next(filter(None, match.groups())))}, not on PORT",
                tree.at(path, text.count("\n", 0, match.start()) + 1),
                "remove the address there: the port of a container comes from PORT",
            )
    if any(KEPT.search(text) for text in texts.values()):
        return
    for path, text in texts.items():
        if match := PROTECTED.search(text):
            yield Warning(
                "data-protection",
                f"{match[0]} encrypts cookies and forms with keys that are lost when the container ends",
                tree.at(path, text.count("\n", 0, match.start()) + 1),
                "keep them: AddDataProtection().PersistKeysTo… a database, Redis or a volume",
            )
            return


def credentials(tree: SourceTree, configs: tuple[str, ...]) -> Iterator[Warning]:
    """Passwords in the clear in NuGet's configuration."""
    for path in configs:
        for number, line in enumerate(sources.lines(tree, path), 1):
            if CLEAR.search(line):
                yield Warning(
                    "credentials",
                    f"{path} has a password in the clear, which everyone with the repository can read",
                    tree.at(path, number),
                    "remove it, change the password, and give the file with it as the secret nuget-config",
                )
