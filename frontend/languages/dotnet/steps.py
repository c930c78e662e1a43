"""The steps of a .NET build, and the image: what `dotnet publish` writes, as two layers, and nothing of the sources."""

from frontend.languages.dotnet import single_file, versions
from frontend.languages.dotnet.facts import Facts
from frontend.languages.dotnet.projects import WEB_FRAMEWORK
from frontend.languages.dotnet.question import ENV, NEVER, SECRETS, SOURCE
from frontend.languages.dotnet.start import HOOK
from frontend.paths import escaped, within
from frontend.plan.model import (
    CacheMount,
    Exec,
    FromContext,
    FromStep,
    ImageRef,
    Imports,
    Input,
    Layer,
    Runtime,
    SecretMount,
    SharedLibraries,
    Step,
    StepRef,
    TextFile,
)
from frontend.rules import cleanup
from frontend.rules.versions import key
from frontend.settings.model import Settings

RESTORE, PUBLISH = "restore", "publish"
OUTPUT = "/app"
HTTP_CACHE = "/var/cache/nuget"
# Packages stay in the step's filesystem: with them in a cache mount, a restore cached elsewhere would leave a publish
# without them (NETSDK1064). What is kept are downloads alone.
DOWNLOADS = CacheMount(HTTP_CACHE, "nuget/http", "locked")
NUGET = (*ENV, ("NUGET_HTTP_CACHE_PATH", HTTP_CACHE))
LIBRARIES = ("*.dll", "*.so", "*.a", "createdump", "runtimes")  # of packages and of the runtime: they change seldom
PORT_DIR = "/run/migetpacks-port"
PORT_SOURCE = """\
using System;

// Has ASP.NET Core listen on the container's port, before the app's first line, unless its own variables say where.
internal static class StartupHook
{
    private const string Built = "@PORT@";
    private const string Endpoint = "@ENDPOINT@"; // of an app that has an address of its own
    private const string Endpoints = "Kestrel__Endpoints__";
    private const string Taken = "@TAKEN@"; // ports that its code opens

    public static void Initialize()
    {
        string port = Environment.GetEnvironmentVariable("PORT");
        string ports = Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS");
        if (string.IsNullOrEmpty(port) || (!string.IsNullOrEmpty(ports) && ports != Built)) return;
        foreach (string name in new[] { "ASPNETCORE_URLS", "DOTNET_URLS", "URLS", "ASPNETCORE_HTTPS_PORTS" })
            if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) return;
        foreach (object name in Environment.GetEnvironmentVariables().Keys)
            if (((string)name).StartsWith(Endpoints, StringComparison.OrdinalIgnoreCase)) return;
        if (Taken.Contains(" " + port + " ")) return;
        string variable = Endpoint == "" ? "ASPNETCORE_URLS" : Endpoints + Endpoint + "__Url";
        Environment.SetEnvironmentVariable(variable, "http://+:" + port);
        Environment.SetEnvironmentVariable("ASPNETCORE_HTTP_PORTS", null);
    }
}
"""
# A compiler takes 0.6 s to start, `dotnet build` of one file 3. The one that compiles ours stays, as the server that
# the project's compilation finds started: MSBuild evaluates on one processor meanwhile. The SDK has reference
# assemblies of .NET Standard, for MSBuild's inline tasks: what is compiled with them runs on every line of .NET.
# Source: https://github.com/dotnet/roslyn/blob/main/docs/compilers/Compiler%20Server.md
SERVER = "migetpacks"
PUBLISH_SCRIPT = f"""\
root=$(dirname "$(readlink -f "$(command -v dotnet)")")
for sdk in "$root"/sdk/*/Roslyn/; do :; done
mkdir -p {HOOK.rpartition("/")[0]}
dotnet exec "$sdk"bincore/csc.dll -shared:{SERVER} -noconfig -nologo -nostdlib -deterministic -optimize \\
  -target:library -reference:"$sdk"../ref/netstandard.dll -out:{HOOK} {PORT_DIR}/Port.cs &
"$@" -p:UseSharedCompilation=true -p:SharedCompilationId={SERVER} || exit
wait $!
"""


def steps(facts: Facts, settings: Settings) -> tuple[Step, ...]:
    """All steps, each after those it uses."""
    front = (step for one in facts.site for step in one.front.steps)
    return (*front, restore(facts, settings), publish(facts, settings))


def hooked(facts: Facts) -> bool:
    """Whether an assembly of ours sets the port."""
    return any(name == "DOTNET_STARTUP_HOOKS" and value == HOOK for name, value in facts.env)


def restore(facts: Facts, settings: Settings) -> Step:
    """The packages, from the files that name them: a change of the code restores nothing.

    What it cannot know without the code, `publish` restores.
    """
    given = facts.inputs
    tools: tuple[Exec, ...] = ()
    if given.tools and "tools" not in settings.skip:
        directory = given.tools.rpartition("/")[0].removesuffix(".config").rstrip("/")
        tools = (
            Exec(
                ("dotnet", "tool", "restore"),
                "dotnet tool restore",
                caches=(DOWNLOADS,),
                secrets=secrets(facts),
                fetches=True,
                dir=within(SOURCE, directory),
                hint=f"see the output above; the tools are those of {given.tools}, which SKIP=tools leaves out",
            ),
        )
    workloads: tuple[Exec, ...] = ()
    if facts.workloads:
        found = ("dotnet", "workload", "restore", name_of(facts))
        workloads = (Exec(found, " ".join(found), secrets=secrets(facts), fetches=True, dir=directory_of(facts)),)
    assets = ("-p:RequiresAspNetWebAssets=true",) if given.razor and not facts.in_browser else ()
    unlocked = ("-p:RestoreLockedMode=false",) if given.locks else ()  # the publish is what compares
    args = ("dotnet", "restore", name_of(facts), "-p:Configuration=Release", *options(facts), *assets, *unlocked)
    program = Exec(
        args,
        " ".join(args),
        caches=(DOWNLOADS,),
        secrets=secrets(facts),
        fetches=True,
        dir=directory_of(facts),
        hint="see the output above; credentials of a package source are the secret nuget-config",
    )
    compiles = facts.kind == "native"
    has_image = key(versions.line(facts.sdk.value)) >= key(versions.NATIVE_IMAGES)
    return Step(
        RESTORE,
        ImageRef(f"{versions.image('sdk', facts.sdk.value)}{'-aot' if compiles and has_image else ''}"),
        "the packages of the project and of those it references",
        packages=(
            *(versions.NATIVE if compiles and not has_image else ()),
            *(versions.COMPILES_FOR_BROWSERS if workloads else ()),
        ),
        inputs=(FromContext(given.paths, to=SOURCE, exclude=NEVER),),
        env=NUGET,
        run=(*workloads, *tools, program),
        dir=SOURCE,
        native=portable(facts),
    )


def secrets(facts: Facts) -> tuple[SecretMount, ...]:
    """The secrets that NuGet reads: its configuration, and a login for each source of the app's own configuration.

    Source: https://learn.microsoft.com/nuget/reference/nuget-config-file#using-environment-variables
    """
    named = (f"NuGetPackageSourceCredentials_{name}" for name in facts.inputs.servers)
    return (*SECRETS, *(SecretMount(name, env=name) for name in named))


def publish(facts: Facts, settings: Settings) -> Step:
    """What is published. It restores again unless nothing can be new: components, and files that only evaluations of
    the code see, add packages without a word in a project file. A project that runs a package manager of a front end
    finds it. The assembly that sets the port is compiled beside it."""
    node = facts.node
    run = [*node.setup] if node is not None else list[Exec]()
    given: tuple[SecretMount, ...] = (*secrets(facts), *(node.secrets if node is not None else ()))
    if facts.build_command:
        args = facts.build_command
        shown = args[2] if args[:2] == ("/bin/sh", "-c") else " ".join(args)
        at = facts.build_command_at
        run.append(Exec(args, shown, secrets=given, fetches=True, at=at, dir=directory_of(facts)))
    locked = facts.inputs.locks and not facts.project.denies("RestoreLockedMode")
    args = (
        *("dotnet", "publish", name_of(facts), "-c", "Release", "-o", OUTPUT),
        *(*framework(facts), *options(facts), *form(facts)),
        *(("-p:RestoreLockedMode=true",) if locked else ()),
        *(("--no-restore",) if restored(facts) else ()),
    )
    beside = ("sh", f"{PORT_DIR}/publish") if hooked(facts) else ()
    program = Exec(
        (*beside, *args),
        " ".join(args),
        caches=(DOWNLOADS, *(node.caches if node is not None else ())),
        secrets=tuple(dict.fromkeys(given)),
        fetches=True,
        dir=directory_of(facts),
        hint="see the output above: dotnet publish -c Release has to work in the project's directory",
        files=port(facts, settings) if hooked(facts) else (),
    )
    return Step(
        PUBLISH,
        StepRef(RESTORE),
        "what the project publishes",
        inputs=(*(node.inputs if node is not None else ()), FromContext(to=SOURCE, exclude=NEVER), *site(facts)),
        env=(*NUGET, *(node.env if node is not None else ())),
        run=(*run, program),
        dir=SOURCE,
        native=portable(facts),
    )


def restored(facts: Facts) -> bool:
    """Whether a publish needs no package that the restore before it has not: for neither a runtime nor a compiler."""
    given = facts.inputs
    return given.settled and portable(facts) and not (given.razor or given.locks or facts.build_command)


def site(facts: Facts) -> tuple[Input, ...]:
    """What front ends beside the project make, where the project has it: published as its other static files."""
    return tuple(
        FromStep(one.front.built, within(OUTPUT, one.output), within(SOURCE, one.to), exclude=one.front.exclude)
        for one in facts.site
    )


def port(facts: Facts, settings: Settings) -> tuple[TextFile, ...]:
    """The program that publishes, and beside it compiles the assembly that sets the port; and the source of that."""
    own = facts.listening
    source = (
        PORT_SOURCE.replace("@PORT@", str(settings.port))
        .replace("@ENDPOINT@", own.endpoint if own is not None else "")
        .replace("@TAKEN@", f" {' '.join(own.taken)} " if own is not None else "")
    )
    return (TextFile(f"{PORT_DIR}/publish", PUBLISH_SCRIPT), TextFile(f"{PORT_DIR}/Port.cs", source))


def directory_of(facts: Facts) -> str:
    """The project's directory in a step: global.json and nuget.config are looked for from there up."""
    return within(SOURCE, facts.project.directory)


def name_of(facts: Facts) -> str:
    """The project's file in its directory."""
    return facts.project.path.rpartition("/")[2]


def framework(facts: Facts) -> tuple[str, ...]:
    """The option that chooses one of several target frameworks."""
    return ("-f", facts.framework) if facts.framework else ()


def options(facts: Facts) -> tuple[str, ...]:
    """What a restore and a publish have to agree on: the platform, where the output is for one.

    One file is compiled to machine code unless it says otherwise, which `dotnet run` does not do.
    """
    jitted = ("-p:PublishAot=false",) if single_file.is_one(facts.project) and facts.kind != "native" else ()
    return (*(() if portable(facts) else ("--use-current-runtime",)), *jitted)


def portable(facts: Facts) -> bool:
    """Whether the output is for every platform: then it is made on that of the build, for the SDK does not work where
    another one is emulated."""
    return facts.kind == "portable" and not facts.ready_to_run


def form(facts: Facts) -> tuple[str, ...]:
    """What is published: for `dotnet` no program of its own, for browsers what their SDK makes."""
    if facts.in_browser:
        return ()
    if facts.kind == "portable":
        return ("-p:UseAppHost=false",)
    if facts.kind == "native":
        return ()
    return ("--self-contained", "true" if facts.contained else "false")


def looked_at(facts: Facts, settings: Settings) -> Imports | None:
    """What the published app is asked for: a framework that its image may lack, and ICU on a base of another's."""
    has_web = facts.web or facts.contained
    own_base = settings.runtime_base is None and (settings.flavour is None or settings.flavour.value == "standard")
    if has_web and own_base:
        return None
    return Imports(root=facts.project.directory, installed=(WEB_FRAMEWORK,) if has_web else ())


def runtime(facts: Facts, settings: Settings) -> Runtime:
    """The image: libraries as one layer, what the repository's own projects build as another."""
    cleaned = cleanup.excludes("dotnet", keep=settings.keep)
    own = tuple(f"{escaped(name)}.dll" for name in facts.own)
    hook: tuple[Input, ...] = (FromStep(PUBLISH, HOOK, HOOK),) if hooked(facts) else ()
    libraries = FromStep(PUBLISH, OUTPUT, exclude=("*", *(f"!{name}" for name in LIBRARIES), *own, *cleaned))
    app = FromStep(PUBLISH, OUTPUT, exclude=(*LIBRARIES, *(f"!{name}" for name in own), *cleaned))
    layers = (
        Layer("dependencies", "libraries of packages", (libraries, *hook)),
        Layer("application", "the app", (app,)),
    )
    return Runtime(
        base=versions.image(base(facts), facts.runtime),
        layers=layers,
        processes=facts.processes,
        packages=facts.run_packages,
        imports=looked_at(facts, settings),
        libraries=(SharedLibraries(PUBLISH, (OUTPUT,)),),
        env=facts.env,
        port=settings.port,
    )


def base(facts: Facts) -> str:
    """The kind of image that runs it."""
    if facts.contained:
        return "runtime-deps"
    return "aspnet" if facts.web else "runtime"
