"""What a build can see that will not work in a container as it is written: warnings, each with its line."""

import re
from collections.abc import Iterator

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.dotnet import listening, other_servers, projects, sources, unfit
from frontend.languages.dotnet.question import Answered, Project
from frontend.paths import relative, within
from frontend.plan.model import Warning
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

PROTECTED = re.compile(
    r"\bAdd(?:Antiforgery|Session|Authentication|Identity|DefaultIdentity|RazorPages|ControllersWithViews|Mvc"
    r"|RazorComponents)\b"
)
HTTP2 = re.compile(r"""\bHttpProtocols\.Http2\b|["']Protocols["']\s*:\s*["']Http2["']""")
CLEAR = re.compile(r"""ClearTextPassword["'][^>]*?value\s*=\s*["'][^"'%]+["']""")
FILE = re.compile(
    r"""\b(?:Data ?Source|Filename)\s*=\s*(?!:memory:|/data/|/tmp/)[^;"'{}]+\.(?:db3?|sqlite3?)\b""", re.IGNORECASE
)
GLOBS = (".csproj", ".vbproj")  # languages whose projects take in all code below them
LEFT_OUT = re.compile(r"<Compile\s+Remove=|DefaultItemExcludes|EnableDefault(?:Compile)?Items")
# packages that start a browser, which no image of .NET has, nor the libraries that one loads
BROWSERS = {
    "microsoft.playwright": "have a browser in a container of its own, and reach it by ConnectOverCDPAsync",
    "puppeteersharp": "have a browser in a container of its own, and reach it by Puppeteer.ConnectAsync",
}
DOCKERFILE = "Dockerfile"
PUBLISHES = re.compile(r"""\bdotnet\s+(?:publish|build)\s+["']?([^\s"'&;|$]+)""")
# packages of ways to sign in; those of tokens keep nothing that is encrypted
SIGNS_IN = ("microsoft.aspnetcore.authentication.", "aspnet.security.", "microsoft.identity.web.ui")
BEARER = "microsoft.aspnetcore.authentication.jwtbearer"
COOKIES = re.compile(r"\bAdd(?:Cookie|OpenIdConnect|OAuth|MicrosoftIdentityWebApp|Identity\w*Cookies?)\w*")
SIGN_IN = re.compile(r"AddAuthentication\b")
BY_TOKENS = re.compile(r"AddAuthentication\s*\([^;]*?\b(?:JwtBearerDefaults|AddJwtBearer|AddMicrosoftIdentityWebApi)\b")
KEPT = re.compile(r"\bPersistKeysTo|\bProtectKeysWith")


def find(
    tree: SourceTree, closure: tuple[Project, ...], configs: tuple[str, ...], port: int, *, web: bool
) -> tuple[Warning, ...]:
    """The warnings about the settings and first source files of a project, the first of those given: with it come those
    that it references. `port` is the image's."""
    project = closure[0]
    found = [*credentials(tree, configs), *sqlite(tree, closure), *browsers(tree, closure)]
    if web:
        found += grpc(tree, project)
        found += [*listening.doubts(tree, project.directory), *keys(tree, project.directory, bearer=bearer(closure))]
    else:
        found += other_servers.doubts(tree, [one.directory for one in closure], port)
    return tuple(found)


def nested(tree: SourceTree, project: Project, answered: Answered) -> Iterator[Warning]:
    """The code of a project in a directory of another one, which that takes in too."""
    if not project.path.endswith(GLOBS) or LEFT_OUT.search(sources.text(tree, project.path)):
        return
    for path, other in sorted(answered.projects.items()):
        below = within(project.directory, relative(project.directory, path)) == path
        if below and other.directory != project.directory and path.endswith(GLOBS):
            rest = relative(project.directory, other.directory)
            yield Warning(
                "nested-project",
                f"{path} is in the directory of {project.path}, which compiles its code too",
                tree.at(project.path),
                f'leave it out there: <Compile Remove="{rest}/**" />, and as Content and EmbeddedResource',
            )
            return


def functions(tree: SourceTree, answered: Answered) -> Iterator[Warning]:
    """Functions of a cloud beside a site, whose host would run them."""
    for path, other in answered.projects.items():
        if (reason := unfit.why(other)) is not None and reason in unfit.FUNCTIONS:
            yield Warning(
                "site-server",
                f"{path} is {reason.what}: it is not in this image, which has files alone",
                tree.at(path),
                reason.hint,
            )
            return


def browsers(tree: SourceTree, closure: tuple[Project, ...]) -> Iterator[Warning]:
    """A browser that the app starts, and the image has not."""
    for project, name in ((one, name) for one in closure for name in one.packages):
        if name.casefold() in BROWSERS:
            yield Warning(
                "browser",
                f"{name} starts a browser, which the image does not have",
                sources.line_of(tree, project.path, name),
                f"{BROWSERS[name.casefold()]}; or run the app on a base image that has one (RUNTIME_BASE)",
            )
            return


def unpublished(
    tree: SourceTree, settings: Settings, app: str, closure: tuple[Project, ...], answered: Answered
) -> Iterator[Warning]:
    """Projects that a Dockerfile builds beside the one that is published, as plugins are, and the image has not."""
    here = tree.under(app).unfiltered()
    if not settings.deploy_files or not here.has(DOCKERFILE) or settings.build_command is not None:
        return
    built = {one.path for one in closure}
    left: dict[str, Location] = {}
    for number, line in enumerate(here.read_lines(DOCKERFILE) or (), 1):
        for match in PUBLISHES.finditer(line):
            named = match[1].removeprefix("./").strip("/")
            fit = [
                one
                for one in answered.projects.values()
                if f"/{one.path}".endswith(f"/{named}") or one.directory == named
            ]
            if len(fit) == 1 and fit[0].path not in built and not projects.tests(fit[0]):
                left.setdefault(fit[0].path, here.at(DOCKERFILE, number))
    starts = [path for path in left if answered.projects[path].facts.get("OutputType", "").casefold() == "exe"]
    if left and built_too(here, closure) and not starts:
        names = ", ".join(left)
        yield Warning(
            "unpublished",
            f"the Dockerfile builds projects that the app does not reference: they are not in this image: {names}",
            next(iter(left.values())),
            "reference them (<ProjectReference>), or set BUILD_COMMAND to what builds them below the project",
        )


def built_too(here: SourceTree, closure: tuple[Project, ...]) -> bool:
    """Whether a Dockerfile names the project that is published: it is for this app then."""
    text = here.read_text(DOCKERFILE) or ""
    return closure[0].name in text or f"{closure[0].assembly}.dll" in text


def grpc(tree: SourceTree, project: Project) -> Iterator[Warning]:
    """What gRPC needs where there is no TLS: Kestrel speaks HTTP/1.1 then, or HTTP/2, and never both.

    Source: https://learn.microsoft.com/aspnet/core/grpc/aspnetcore#protocol-negotiation
    """
    names = {name.casefold() for name in project.packages}
    if "grpc.aspnetcore" not in names or "grpc.aspnetcore.web" in names:  # gRPC-Web goes over HTTP/1.1
        return
    texts = [text for _, text in listening.code(tree, project.directory)]
    texts += [sources.text(tree, path) for path in listening.settings(tree, project.directory)]
    at = sources.line_of(tree, project.path, "Grpc.AspNetCore")
    apart = beside(tree, project.directory)
    if apart is not None:
        yield apart
        return
    if any(HTTP2.search(text) for text in texts):
        yield Warning(
            "grpc",
            "the app answers HTTP/2 without TLS on PORT, and HTTP/1.1 there not at all",
            at,
            "have the platform route HTTP/2 in the clear (h2c), and check its health by gRPC or TCP",
        )
        return
    yield Warning(
        "grpc",
        "gRPC needs HTTP/2, but without TLS Kestrel answers HTTP/1.1 alone",
        at,
        "set RUN_ENV_Kestrel__EndpointDefaults__Protocols=Http2, and have the platform route HTTP/2 in the clear (h2c)",
    )


def beside(tree: SourceTree, directory: str) -> Warning | None:
    """The warning that gRPC has an endpoint of its own, beside the one for HTTP/1.1 that follows PORT."""
    points = {name: (url, path) for path, name, url in listening.endpoints(tree, directory)}
    speaks = {name: text.casefold() for name, text in listening.protocols(tree, directory).items()}
    others = [name for name in points if speaks.get(name) == "http2"]
    first = next((name for name in points if not points[name][0].startswith("https:")), "")
    if not others or not first or first in others:
        return None
    name = others[0]
    url, path = points[name]
    port = next(iter(re.findall(r":(\d+)/?$", url)), "8081")
    return Warning(
        "grpc",
        f"gRPC is answered by the endpoint {name} alone, at {shown(url)}: PORT is that of the endpoint {first}",
        tree.line_of(path, f'"{name}"'),
        f"set RUN_ENV_Kestrel__Endpoints__{name}__Url=http://+:{port}, and publish that port too",
    )


def sqlite(tree: SourceTree, closure: tuple[Project, ...]) -> Iterator[Warning]:
    """A database that is a file of the container."""
    if not any("sqlite" in name.casefold() for one in closure for name in one.packages):
        return
    directory = closure[0].directory
    texts = [(path, sources.text(tree, path)) for path in listening.settings(tree, directory)]
    for path, text in (*texts, *listening.code(tree, directory)):
        match = FILE.search(text)
        if match is not None:
            yield Warning(
                "sqlite-file",
                "the database is a SQLite file of the container: it is lost with it, and cannot be written on a "
                "read-only root",
                tree.at(path, text.count("\n", 0, match.start()) + 1),
                "mount a volume at its directory, or give the container another connection string: "
                "ConnectionStrings__NAME",
            )
            return


def bearer(closure: tuple[Project, ...]) -> bool:
    """Whether tokens are the one way to sign in that the packages of some projects have."""
    names = {name.casefold() for one in closure for name in one.packages}
    return {name for name in names if name.startswith(SIGNS_IN)} == {BEARER}


def keys(tree: SourceTree, directory: str, *, bearer: bool) -> Iterator[Warning]:
    """Keys that are lost with the container. Signing in takes none where tokens are the one way to do it (`bearer`).

    Source: https://learn.microsoft.com/aspnet/core/security/data-protection/introduction
    """
    texts = dict(listening.code(tree, directory))
    if any(KEPT.search(text) for text in texts.values()):
        return
    cookies = any(COOKIES.search(text) for text in texts.values())
    tokens = BY_TOKENS if not bearer else SIGN_IN
    for path, text in texts.items():
        found = (match for match in PROTECTED.finditer(text) if cookies or not tokens.match(text, match.start()))
        if match := next(found, None):
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
