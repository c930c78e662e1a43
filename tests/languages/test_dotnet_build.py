"""Plans of .NET apps: what is restored, published, shipped and started, and what is doubtful."""

from typing import Any

import pytest
from msgspec import structs

from frontend.commands.procfile import WEB as PROCESS
from frontend.context.tree import DictTree
from frontend.errors import Location, PlanError
from frontend.languages import dotnet as language
from frontend.languages.base import Lacking
from frontend.languages.dotnet import client
from frontend.plan.model import FromContext, FromStep, Plan
from frontend.settings.model import Copied, Setting, Settings
from tests.errors import fails
from tests.languages import dotnet
from tests.languages.dotnet import LIBRARY, WEB, WORKER

KESTREL = '{\n // ours\n "Kestrel": { "Endpoints": {\n  "Http": { "Url": "http://localhost:7777" },\n } } }\n'
TLS = '{ "kestrel": { "endpoints": { "Http": { "url": "http://*:80" },\n"Https": { "url": "https://*" } } } }'
ONE = "Hello.csproj"


def of(facts: dict[str, str], base: dict[str, str] = WEB, **more: Any) -> Plan:
    """The plan of one project with more properties."""
    return dotnet.plan({ONE: {**base, **facts}}, **more)


def command(found: Plan, name: str = PROCESS) -> str:
    """How a process is started."""
    return " ".join(next(one for one in found.runtime.processes if one.name == name).args)


def env(found: Plan) -> dict[str, str]:
    """The image's variables."""
    return dict(found.runtime.env)


def published(found: Plan) -> str:
    """The command that publishes."""
    return dotnet.program(found, "publish").name


# --- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "base", "image", "start"),
    [
        ({}, WEB, "aspnet", "dotnet Hello.dll"),
        ({}, WORKER, "runtime", "dotnet Hello.dll"),
        ({"AssemblyName": "Acme.Hello"}, WEB, "aspnet", "dotnet Acme.Hello.dll"),
        ({"SelfContained": "true"}, WEB, "runtime-deps", "./Hello"),
        ({"PublishSelfContained": "true"}, WORKER, "runtime-deps", "./Hello"),
        ({"PublishSingleFile": "true"}, WORKER, "runtime", "./Hello"),
        ({"PublishSingleFile": "true", "SelfContained": "true"}, WORKER, "runtime-deps", "./Hello"),
        ({"PublishSingleFile": "true"}, WEB, "aspnet", "./Hello"),
        ({"PublishTrimmed": "true"}, WORKER, "runtime-deps", "./Hello"),
    ],
)
def test_the_image_and_the_start_are_of_what_is_published(
    facts: dict[str, str], base: dict[str, str], image: str, start: str
) -> None:
    found = of(facts, base)
    assert (found.runtime.base.partition(":")[0].rpartition("/")[2], command(found)) == (image, start)


def test_what_is_for_one_platform_is_restored_for_it() -> None:
    found = of({"SelfContained": "true"})
    assert dotnet.program(found, "restore").args[2:] == (ONE, "-p:Configuration=Release", "--use-current-runtime")
    assert published(found).endswith("-o /app --use-current-runtime --self-contained true")
    assert "--self-contained false" in published(of({"PublishSingleFile": "true"}))
    ready = of({"PublishReadyToRun": "true"})
    assert published(ready).endswith("--use-current-runtime -p:UseAppHost=false")
    assert published(of({})).endswith("dotnet publish Hello.csproj -c Release -o /app -p:UseAppHost=false --no-restore")


def test_machine_code_is_compiled_where_an_image_has_clang() -> None:
    found = of({"PublishAot": "true"})
    assert getattr(dotnet.step(found, "restore").base, "image", "").endswith("dotnet/sdk:10.0-noble-aot")
    assert published(found).endswith("-o /app --use-current-runtime")
    assert "/runtime-deps:" in found.runtime.base
    assert command(found) == "/bin/sh -c export ASPNETCORE_HTTP_PORTS=$PORT; exec ./Hello"
    older = dotnet.step(of({"PublishAot": "true", "TargetFramework": "net8.0"}), "restore")
    assert getattr(older.base, "image", "").endswith("dotnet/sdk:8.0-noble")
    assert older.packages == ("clang", "zlib1g-dev")
    with fails(PlanError, "PublishAot", "6.0", at="Hello.csproj:1"):
        of({"PublishAot": "true", "TargetFramework": "net6.0"}, files={ONE: "<PublishAot>true</PublishAot>"})


def test_a_library_that_needs_asp_net_decides_the_image() -> None:
    library = {"Core/Core.csproj": {**LIBRARY, "UsingMicrosoftNETSdkWeb": "true"}}
    found = dotnet.plan({ONE: WORKER, **library}, references={ONE: ("Core/Core.csproj",)})
    assert "/aspnet:" in found.runtime.base


class Built:
    """Files of a built image."""

    def __init__(self, **files: bytes) -> None:
        self.files = {f"/app/{name.replace('_', '.')}": data for name, data in files.items()}

    def names(self, path: str) -> tuple[str, ...]:
        return tuple(one.removeprefix(f"{path}/") for one in self.files)

    def read(self, paths: Any, limit: int) -> dict[str, bytes | None]:
        return {path: self.files.get(path) for path in paths}


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        (b'{"runtimeOptions": {"frameworks": [{"name": "Microsoft.AspNetCore.App"}]}}', True),
        (b'{"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App"}}}', False),
        (b"{", False),
        (b"[]", False),
    ],
)
def test_a_package_that_needs_asp_net_decides_the_image_once_it_is_published(text: bytes, needs: bool) -> None:
    found = of({}, WORKER)
    assert found.runtime.imports is not None
    lacking = language.lacking(Built(Hello_dll=b"", Hello_runtimeconfig_json=text), found.runtime)
    assert bool(lacking.imported) is needs
    if needs:
        again = of({}, WORKER, settings={"imported": lacking.imported})
        assert "/aspnet:" in again.runtime.base
        assert again.runtime.imports is None


NO_ICU = b'{"runtimeOptions": {"configProperties": {"System.Globalization.Invariant": false}}}'
INVARIANT = b'{"runtimeOptions": {"configProperties": {"System.Globalization.Invariant": true}}}'
OWN_ICU = b'{"runtimeOptions": {"configProperties": {"System.Globalization.AppLocalIcu": "72.1"}}}'
SILENT = b'{"runtimeOptions": {}}'
OF_BASE = (("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "true"),)


def on_base(config: bytes, *files: str, env: tuple[tuple[str, str], ...] = (), **settings: Any) -> Lacking:
    """What is said of a web app that is published, on a base image with these files."""
    asked = {"runtime_base": Setting("acme.test/net:1", "config", Location("migetpacks.yaml", 2)), **settings}
    runtime = of({}, settings=asked).runtime
    runtime = structs.replace(
        runtime, base="acme.test/net:1", flavour="given", env=env, base_at=Location("migetpacks.yaml", 2)
    )
    built = Built(Hello_dll=b"", Hello_runtimeconfig_json=config)
    built.files |= dict.fromkeys(files, b"")
    return language.lacking(built, runtime)


@pytest.mark.parametrize(
    ("config", "files", "env"),
    [
        (INVARIANT, (), ()),
        (OWN_ICU, (), ()),
        (SILENT, ("/usr/lib/x86_64-linux-gnu/libicuuc.so.74",), ()),
        (NO_ICU, ("/usr/lib/libicuuc.so.77.1",), OF_BASE),
        (b"{", (), (("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),)),
    ],
)
def test_a_base_with_icu_or_an_app_without_need_of_it(
    config: bytes, files: tuple[str, ...], env: tuple[tuple[str, str], ...]
) -> None:
    codes = [one.code for one in on_base(config, *files, env=env).warnings]
    assert codes == (["invariant-base"] if config == b"{" else [])


def test_an_app_that_is_invariant_by_its_base_alone_is_a_warning() -> None:
    found = on_base(SILENT, env=OF_BASE)
    assert [(one.code, one.at) for one in found.warnings] == [("invariant-base", Location("migetpacks.yaml", 2))]
    assert found.imported == ()


@pytest.mark.parametrize(("config", "env"), [(SILENT, ()), (NO_ICU, OF_BASE)])
def test_an_app_that_ends_without_icu_is_an_error(config: bytes, env: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(PlanError, match=r"acme\.test/net:1 has no ICU") as error:
        on_base(config, env=env)
    assert error.value.at == Location("migetpacks.yaml", 2)
    assert "InvariantGlobalization" in error.value.hint


def test_nothing_is_looked_for_where_asp_net_is_there() -> None:
    assert of({}).runtime.imports is None
    assert of({"SelfContained": "true"}, WORKER).runtime.imports is None


# --- what is restored -------------------------------------------------------------------------------------------------


def restored(found: Plan) -> tuple[str, ...]:
    """The files that the restore is given."""
    (given,) = dotnet.step(found, "restore").inputs
    assert isinstance(given, FromContext)
    return given.paths


def test_a_restore_has_what_it_reads_and_no_more() -> None:
    projects = {"src/Api/Api.csproj": WEB, "src/Core/Core.csproj": LIBRARY, "tests/T/T.csproj": LIBRARY}
    files = dict.fromkeys(
        ("Directory.Build.props", "src/Directory.Build.props", "tests/Directory.Build.props", "build/a.xml",
         "Directory.Packages.props", "nuget.config", "src/Api/packages.lock.json", "tests/T/packages.lock.json",
         "src/Core/Core.targets", "Shop.sln", "Directory.Build.rsp"),
        "{}",
    )  # fmt: skip
    sdk = "/usr/share/dotnet/sdk/Microsoft.Common.props"
    imports = (
        ("src/Directory.Build.props", sdk), ("tests/Directory.Build.props", sdk), ("Directory.Packages.props", sdk),
        ("Directory.Build.props", "/src/src/Directory.Build.props"), ("build/a.xml", "/src/Directory.Build.props"),
        ("src/Core/Core.targets", "/src/src/Core/Core.csproj"),
    )  # fmt: skip
    found = dotnet.plan(projects, files, imports=imports, references={"src/Api/Api.csproj": ("src/Core/Core.csproj",)})
    assert restored(found) == (
        "Directory.Build.props", "Directory.Build.rsp", "Directory.Packages.props", "build/a.xml", "nuget.config",
        "src/Api/Api.csproj", "src/Api/packages.lock.json", "src/Core/Core.csproj", "src/Core/Core.targets",
        "src/Directory.Build.props",
    )  # fmt: skip


PLAIN = '<Project Sdk="Microsoft.NET.Sdk.Web">{}</Project>'
GUARDED = "<ItemGroup Condition=\"Exists('{}')\" />"


@pytest.mark.parametrize(
    ("facts", "files", "once"),
    [
        ({}, {ONE: PLAIN.format("")}, True),
        ({}, {ONE: PLAIN.format(GUARDED.format("Program.cs"))}, False),
        ({}, {ONE: PLAIN.format("<X>$([System.IO.File]::ReadAllText('VERSION'))</X>")}, False),
        ({}, {ONE: PLAIN.format("<ItemGroup><PackageReference Include='@(Used)' /></ItemGroup>")}, False),
        ({}, {ONE: PLAIN.format("").replace("Sdk.Web", "Sdk.BlazorWebAssembly")}, False),
        ({}, {ONE: PLAIN.format(""), "a/b/c/d/App.razor": ""}, False),
        ({}, {ONE: PLAIN.format(""), "packages.lock.json": "{}"}, False),
        ({"PublishReadyToRun": "true"}, {ONE: PLAIN.format("")}, False),
        ({"SelfContained": "true"}, {ONE: PLAIN.format("")}, False),
    ],
)
def test_a_publish_restores_again_where_the_code_may_need_another_package(
    facts: dict[str, str], files: dict[str, str], once: bool
) -> None:
    assert published(of(facts, files=files)).endswith("--no-restore") == once


def test_a_condition_in_an_imported_file_is_one_of_the_project() -> None:
    files = {ONE: PLAIN.format(""), "Directory.Build.props": f"<Project>{GUARDED.format('x')}</Project>"}
    found = dotnet.plan({ONE: WEB}, files, imports=(("Directory.Build.props", "/usr/share/dotnet/sdk/x.props"),))
    assert not published(found).endswith("--no-restore")


def test_a_build_command_may_write_what_a_restore_reads() -> None:
    found = of({}, files={ONE: PLAIN.format("")}, settings={"build_command": Setting("make all")})
    assert not published(found).endswith("--no-restore")


def test_components_are_told_to_the_restore() -> None:
    found = dotnet.plan({"Board/Board.csproj": WEB}, {"Board/Components/App.razor": ""})
    assert "-p:RequiresAspNetWebAssets=true" in dotnet.program(found, "restore").args
    assert "-p:RequiresAspNetWebAssets=true" not in dotnet.program(dotnet.plan(), "restore").args


def test_a_lock_file_is_enforced_where_all_files_are_there() -> None:
    lock = {"packages.lock.json": '{ "dependencies": { "net10.0": {} } }'}
    found = dotnet.plan(files=lock)
    assert dotnet.program(found, "restore").args[-1] == "-p:RestoreLockedMode=false"
    assert dotnet.program(found, "publish").args[-1] == "-p:RestoreLockedMode=true"
    assert "-p:RestoreLockedMode=true" not in published(of({"RestoreLockedMode": "false"}, files=lock))
    other = of({"NuGetLockFilePath": "locks\\a.lock.json"}, files={"locks/a.lock.json": "{}"})
    assert restored(other) == (ONE, "locks/a.lock.json")
    absolute = of({"NuGetLockFilePath": "/src/b.lock.json"}, files={"b.lock.json": "{}"})
    assert restored(absolute) == (ONE, "b.lock.json")


def test_a_lock_file_without_the_platform_is_an_error_where_one_is_needed() -> None:
    lock = {"packages.lock.json": '{ "dependencies": { "net10.0": {} } }'}
    with fails(PlanError, "packages.lock.json", "RuntimeIdentifiers", at="packages.lock.json"):
        of({"SelfContained": "true"}, files=lock)
    both = {"packages.lock.json": '{ "dependencies": { "net10.0": {}, "net10.0/linux-x64": {} } }'}
    assert of({"SelfContained": "true"}, files=both).runtime.processes
    assert of({"SelfContained": "true"}, files={"packages.lock.json": "{}"}).runtime.processes


def test_sources_of_packages_in_the_repository_and_their_credentials() -> None:
    config = """<configuration><packageSources>
      <add key="nuget" value="https://api.nuget.org/v3/index.json" />
      <add key="acme" value="https://pkgs.acme.test/index.json" protocolVersion="3" />
      <add key="two words" value="https://pkgs.acme.test/other.json" />
      <add key="ours" value=".\\packages" /><add key="env" value="%FEED%" /><add key="abs" value="/usr/feed" />
    </packageSources><packageSourceCredentials><acme>
      <add key="ClearTextPassword" value="s3cret" /><add key="ClearTextPassword" value="%TOKEN%" />
    </acme></packageSourceCredentials></configuration>"""
    found = dotnet.plan(files={"nuget.config": config})
    assert restored(found) == (ONE, "nuget.config", "packages")
    ids = [one.id for one in dotnet.program(found, "restore").secrets]
    assert ids == ["nuget-config", "netrc", "NuGetPackageSourceCredentials_acme"]
    (warning,) = found.warnings
    assert (warning.code, str(warning.at), "s3cret" in warning.message) == ("credentials", "nuget.config:7", False)


def test_local_tools_are_restored_beside_their_list() -> None:
    found = dotnet.plan({"src/Api/Api.csproj": WEB}, {"src/.config/dotnet-tools.json": "{}"})
    tools, _ = dotnet.step(found, "restore").run
    assert (tools.args, tools.dir) == (("dotnet", "tool", "restore"), "/src/src")
    assert "src/.config/dotnet-tools.json" in restored(found)


# --- what ships -------------------------------------------------------------------------------------------------------


def test_the_repositorys_own_assemblies_are_the_application() -> None:
    projects = {ONE: {**WEB, "AssemblyName": "Acme.[Web]"}, "Core/Core.csproj": LIBRARY}
    found = dotnet.plan(projects, references={ONE: ("Core/Core.csproj",)})
    libraries, app = found.runtime.layers
    assert libraries.inputs[0].exclude[:8] == (  # type: ignore[union-attr]
        "*", "!*.dll", "!*.so", "!*.a", "!createdump", "!runtimes", "Acme.\\[Web\\].dll", "Core.dll",
    )  # fmt: skip
    assert "!Core.dll" in app.inputs[0].exclude  # type: ignore[union-attr]
    left = set(app.inputs[0].exclude)  # type: ignore[union-attr]
    assert {
        "**/*.cs",
        "**/*.csproj",
        "**/*.sln",
        "**/*.slnx",
        "**/*.pdb",
        "obj",
        "appsettings.Development.json",
    } <= left


def test_a_restore_by_paket_reads_paket_s_files() -> None:
    files = dict.fromkeys(("paket.dependencies", "paket.lock", "src/Api/paket.references", "test/paket.references"), "")
    found = dotnet.plan({"src/Api/Api.fsproj": WEB}, files)
    assert dotnet.step(found, "restore").inputs[0].paths == (  # type: ignore[union-attr]
        "paket.dependencies",
        "paket.lock",
        "src/Api/Api.fsproj",
        "src/Api/paket.references",
    )


def test_libraries_that_packages_load_by_name_are_in_the_image() -> None:
    packages = {ONE: ("SkiaSharp", "SkiaSharp.NativeAssets.Linux", "System.Drawing.Common")}
    assert of({}, packages=packages).runtime.packages == ("libfontconfig1", "libgdiplus")
    assert of({}, packages={ONE: ("SkiaSharp.NativeAssets.Linux.NoDependencies",)}).runtime.packages == ()
    assert of({}, packages={ONE: ("Xabe.FFmpeg",)}).runtime.packages == ("ffmpeg",)


def test_packages_that_paket_lists_are_those_of_a_project() -> None:
    lines = "group Main\n// ours\nfile: Extra.fs\n  FFMpegCore content: none\n\nSystem.Drawing.Common\n"
    files = {"paket.dependencies": "", "src/Api/paket.references": lines, "src/Core/paket.references": "SkiaSharp"}
    projects = {"src/Api/Api.fsproj": WEB, "src/Core/Core.fsproj": LIBRARY}
    found = dotnet.plan(projects, files, references={"src/Api/Api.fsproj": ("src/Core/Core.fsproj",)})
    assert found.runtime.packages == ("ffmpeg", "libgdiplus")
    tests = {"test/paket.references": "Expecto\n"}
    among = dotnet.plan({"Hello.fsproj": WORKER, "test/All.fsproj": WORKER}, tests)
    assert command(among) == "dotnet Hello.dll"


def test_a_build_command_comes_before_the_publish() -> None:
    found = of({}, settings={"build_command": Setting("./generate.sh && true")})
    first, last = dotnet.step(found, "publish").run
    assert (first.name, last.name.split()[1]) == ("./generate.sh && exec true", "publish")
    assert dotnet.step(of({}, settings={"build_command": Setting("make all")}), "publish").run[0].args == (
        "make",
        "all",
    )


# --- how it starts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("dotnet Hello.dll", "dotnet Hello.dll"),
        ("dotnet bin/Release/net10.0/publish/Hello.dll --fast", "dotnet Hello.dll --fast"),
        ("dotnet exec out/Hello.dll", "dotnet Hello.dll"),
        ("./Hello", "dotnet Hello.dll"),
        ("cd bin/Release/net10.0/publish && ./Hello", "dotnet Hello.dll"),
        ("cd out; exec ./Hello --a", "dotnet Hello.dll --a"),
        ("dotnet run", "dotnet Hello.dll"),
        ("dotnet run --project Hello -c Release -- --name Ada", "dotnet Hello.dll --name Ada"),
        ("dotnet watch run", "dotnet Hello.dll"),
        ("dotnet watch", "dotnet Hello.dll"),
        ("dotnet Other.dll", "dotnet Other.dll"),
        ("cd data && dotnet Hello.dll", "/bin/sh -c cd data && exec dotnet Hello.dll"),
        ("./Hello --urls http://*:$PORT", "/bin/sh -c exec dotnet Hello.dll --urls http://*:$PORT"),
    ],
)
def test_a_command_is_what_it_is_in_the_image(text: str, start: str) -> None:
    found = of({}, files={"Procfile": f"web: {text}\n"})
    assert command(found) == start


def test_variables_in_front_of_a_command_are_the_images() -> None:
    found = of({}, files={"Procfile": "web: ASPNETCORE_ENVIRONMENT=Staging dotnet run\njob: dotnet run -- job\n"})
    assert (command(found), command(found, "job")) == ("dotnet Hello.dll", "dotnet Hello.dll job")
    assert env(found)["ASPNETCORE_ENVIRONMENT"] == "Staging"
    contained = of({"SelfContained": "true"}, files={"Procfile": "web: dotnet out/Hello.dll\n"})
    assert command(contained) == "./Hello"


def test_the_port_is_set_before_the_first_line() -> None:
    found = of({}, settings={"port": 8000})
    assert env(found)["DOTNET_STARTUP_HOOKS"] == "/opt/migetpacks/Migetpacks.Port.dll"
    assert env(found)["ASPNETCORE_HTTP_PORTS"] == "8000"
    script, source = dotnet.program(found, "publish").files
    assert 'Built = "8000"' in source.text
    assert (source.path in script.text, dotnet.program(found, "publish").args[:2]) == (True, ("sh", script.path))


def test_a_trimmed_app_gets_its_port_from_a_shell() -> None:
    found = of({"PublishTrimmed": "true"})
    assert command(found) == "/bin/sh -c export ASPNETCORE_HTTP_PORTS=$PORT; exec ./Hello"
    assert "DOTNET_STARTUP_HOOKS" not in env(found)
    assert [one.name for one in found.steps] == ["restore", "publish"]


@pytest.mark.parametrize(
    ("files", "endpoint", "taken", "at"),
    [
        ({"appsettings.json": KESTREL}, "Http", "", "appsettings.json:4"),
        ({"appsettings.json": TLS}, "Http", "", "appsettings.json:1"),
        ({"appsettings.json": TLS.replace("https://*", "http://*:5000")}, "Https", "", "appsettings.json:2"),
        (
            {"appsettings.Production.json": '{ "Urls": "http://*:81" }'},
            "Migetpacks",
            "",
            "appsettings.Production.json:1",
        ),
        ({"appsettings.json": '{\n"urls": "http://*:81" }'}, "Migetpacks", "", "appsettings.json:2"),
        ({"Program.cs": 'var a = 1;\nb.UseUrls("http://*:81");\n'}, "Migetpacks", "", "Program.cs:2"),
        ({"Program.cs": 'app.Run("http://localhost:3000");\n'}, "Migetpacks", "", "Program.cs:1"),
        ({"Program.fs": 'host.UseUrls([| "http://localhost:3000" |])\n'}, "Migetpacks", "", "Program.fs:1"),
        ({"Program.cs": 'web.UseUrls(new string[] { "http://*:81" });\n'}, "Migetpacks", "", "Program.cs:1"),
        ({"Program.cs": "o.ListenAnyIP(8080);\no.Listen(IPAddress.Any, 81)"}, "Migetpacks", "8080 81", "Program.cs:1"),
        ({"Program.cs": "const int Port = 81;\no.Listen(IPAddress.Any, Port, x);"}, "Migetpacks", "81", "Program.cs:2"),
        ({"Program.cs": "\nb.WebHost.UseUrls(config.Address);\n"}, "Migetpacks", "", "Program.cs:2"),
        ({"Program.cs": 'application.Run("http://localhost:3000");\n'}, "Migetpacks", "", "Program.cs:1"),
    ],
)
def test_an_address_of_the_app_itself_is_no_obstacle_to_port(
    files: dict[str, str], endpoint: str, taken: str, at: str
) -> None:
    found = of({}, files=files)
    source = dotnet.program(found, "publish").files[1].text
    assert f'Endpoint = "{endpoint}";' in source
    assert f'Taken = " {taken} ";' in source
    assert [str(one.at) for one in found.evidence if one.what == "port"] == [at]
    trimmed = of({"PublishTrimmed": "true"}, files=files)
    assert command(trimmed) == f"/bin/sh -c export Kestrel__Endpoints__{endpoint}__Url=http://+:$PORT; exec ./Hello"


FSHARP = """<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup>
  <Compile Include="Views.fs" />
  <Compile Include="Server.fs" />
</ItemGroup></Project>
"""


@pytest.mark.parametrize(
    ("code", "taken"),
    [
        ('let app = application {\n    url "http://0.0.0.0:8085/"\n}\n', ""),
        ('let app = application {\n    url (sprintf "http://0.0.0.0:%d" port)\n}\n', ""),
        ('host\n  .UseUrls "http://0.0.0.0:8085"\n', ""),
        ('wapp\n  .Run("http://0.0.0.0:8085")\n', ""),
        ("let port = 8085\noptions.ListenAnyIP(port)\n", "8085"),
    ],
)
def test_an_address_in_f_sharp_is_no_obstacle_to_port(code: str, taken: str) -> None:
    files = {"Hello.fsproj": FSHARP, "Server.fs": code, "Views.fs": 'a [ _href "http://localhost:1" ] []\n'}
    found = dotnet.plan({"Hello.fsproj": WEB}, files)
    assert [str(one.at) for one in found.evidence if one.what == "port"] == ["Server.fs:2"]
    assert f'Taken = " {taken} ";' in dotnet.program(found, "publish").files[1].text


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ('let c = { defaultConfig with bindings = [ HttpBinding.createSimple HTTP "0.0.0.0" 8080 ] }\n', "fixed-port"),
        ("let port = 8080\nlet c = HttpBinding.create HTTP IPAddress.Any port\n", "fixed-port"),
        ('let c = HttpBinding.mk HTTP (IPAddress.Parse "0.0.0.0") 5000us\n', ""),
        ("let c = HttpBinding.create HTTP IPAddress.Loopback 5000us\n", "local-host"),
        ("let ip = IPAddress.Loopback\nlet c = HttpBinding.mk HTTP ip 5000\n", "local-host"),
        ("startWebServer defaultConfig app\n", "local-host"),
        (
            'let p = Environment.GetEnvironmentVariable "PORT"\nlet c = HttpBinding.createSimple HTTP "127.0.0.1" 80\n',
            "",
        ),
        ('listener.Prefixes.Add "http://*:8080/"\n', "fixed-port"),
        ('listener.Prefixes.Add("http://localhost:8080/")\n', "local-host"),
        ("let l = TcpListener(IPAddress.Any, 7000)\n", "fixed-port"),
        ('let s = new WebSocketServer("ws://0.0.0.0:8181")\n', "fixed-port"),
        ('Server.Ports.Add(new ServerPort("localhost", 50051, x))\n', "local-host"),
        ('printfn "hello"\n', ""),
    ],
)
def test_a_server_other_than_asp_net_cores_is_told_its_address(code: str, told: str) -> None:
    files = {"Hello.fsproj": FSHARP.replace(".Web", ""), "Server.fs": code, "Views.fs": ""}
    found = dotnet.plan({"Hello.fsproj": WORKER}, files)
    assert [one.code for one in found.warnings] == ([told] if told else [])


def test_a_server_in_a_referenced_project_is_told() -> None:
    projects = {"App/App.fsproj": WORKER, "Web/Web.fsproj": LIBRARY}
    files = {"Web/Program.fs": 'let c = HttpBinding.createSimple HTTP "0.0.0.0" 8080\n', "App/Program.fs": ""}
    found = dotnet.plan(projects, files, references={"App/App.fsproj": ("Web/Web.fsproj",)})
    assert [str(one.at) for one in found.warnings if one.code == "fixed-port"] == ["Web/Program.fs:1"]


def test_the_port_of_another_server_is_right_where_it_is_the_images() -> None:
    files = {"Program.cs": "var l = new TcpListener(IPAddress.Any, 7000);\n"}
    assert [str(one.at) for one in of({}, WORKER, files=files).warnings] == ["Program.cs:1"]
    assert not of({}, WORKER, files=files, settings={"port": 7000}).warnings


def test_a_worker_has_no_port_to_set() -> None:
    assert set(env(of({}, WORKER))) == {"DOTNET_EnableDiagnostics_IPC", "DOTNET_EnableDiagnostics_Debugger"}
    old = of({"TargetFramework": "net6.0"}, WORKER)
    assert env(old) == {"DOTNET_EnableDiagnostics": "0"}
    assert env(of({"PublishSingleFile": "true"}, WORKER))["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] == "/tmp/.net"


# --- doubts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "code", "at"),
    [
        ({"Program.cs": 'new WebHostBuilder().UseKestrel()\n.UseUrls("http://*:81");\n'}, "fixed-port", "Program.cs:2"),
        ({"appsettings.json": TLS}, "https", "appsettings.json:2"),
        ({"Program.cs": "\nbuilder.Services.AddAntiforgery();\n"}, "data-protection", "Program.cs:2"),
        ({"Startup.cs": "services.AddSession();\n"}, "data-protection", "Startup.cs:1"),
    ],
)
def test_what_will_not_work_in_a_container_is_told(files: dict[str, str], code: str, at: str) -> None:
    (warning,) = of({}, files=files).warnings
    assert (warning.code, str(warning.at)) == (code, at)


JWT, OPEN_ID = "Microsoft.AspNetCore.Authentication.JwtBearer", "Microsoft.AspNetCore.Authentication.OpenIdConnect"
TOKENS = "\nservices.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();\n"


@pytest.mark.parametrize(
    ("code", "packages", "at"),
    [
        (TOKENS, (JWT,), None),
        ("services.AddAuthentication();", (JWT, "Npgsql"), None),  # its schemes are added elsewhere
        (TOKENS, (JWT, OPEN_ID), None),  # as the template of Microsoft.Identity.Web has it
        (
            "services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)\n.AddMicrosoftIdentityWebApi(c);",
            (),
            None,
        ),
        ("\nservices.AddAuthentication();", (JWT, OPEN_ID), "Program.cs:2"),
        (f"{TOKENS}services.AddAuthentication().AddCookie();", (JWT,), "Program.cs:2"),
        (f"{TOKENS}services.AddRazorPages();", (JWT,), "Program.cs:3"),
        ("services.AddAuthentication().AddCookie();", (), "Program.cs:1"),
    ],
)
def test_an_app_that_people_sign_in_to_by_tokens_keeps_no_keys(
    code: str, packages: tuple[str, ...], at: str | None
) -> None:
    projects = {ONE: WEB, "Auth/Auth.csproj": LIBRARY}
    files = {"Program.cs": code, ONE: '<Compile Remove="Auth/**" />'}
    related = {ONE: ("Auth/Auth.csproj",)}
    found = dotnet.plan(projects, files, references=related, packages={"Auth/Auth.csproj": packages})
    assert [str(one.at) for one in found.warnings if one.code == "data-protection"] == ([at] if at else [])


LISTS = "<Project>\n<ItemGroup>\n%s\n</ItemGroup>\n</Project>\n"
SECRETS = '<Content Include="Config.json" CopyToOutputDirectory="PreserveNewest" />'


@pytest.mark.parametrize(
    ("item", "path"),
    [
        (SECRETS, "Config.json"),
        ('<None Include="data\\a.db"><CopyToOutputDirectory>Always</CopyToOutputDirectory></None>', "data/a.db"),
        ("<None Include='../.env'\n  CopyToPublishDirectory='IfDifferent'></None>", "../.env"),
    ],
)
def test_a_file_that_is_copied_and_not_there_is_told(item: str, path: str) -> None:
    (told,) = of({}, WORKER, files={ONE: LISTS % item}).warnings
    assert (told.code, str(told.at)) == ("missing-file", f"{ONE}:3")
    assert f"copies {path}," in told.message
    assert of({}, WORKER, files={ONE: LISTS % item}, settings={"build_command": Setting("make")}).warnings == ()


@pytest.mark.parametrize(
    "item",
    [
        '<Content Include="Config.json" />',  # nothing copies it
        '<None Update="Config.json" CopyToOutputDirectory="Always" />',  # nothing is added
        SECRETS.replace("Config.json", "conf/*.json"),
        SECRETS.replace("Config.json", "$(Conf).json"),
        SECRETS.replace("PreserveNewest", "Never"),
        SECRETS.replace("<Content ", "<Content Condition=\"Exists('Config.json')\" "),
        f"<!-- {SECRETS} -->",
        f"</ItemGroup><ItemGroup Condition=\"'$(CI)' == ''\">{SECRETS}",
        f'</ItemGroup><Target Name="Made"><ItemGroup>{SECRETS}</ItemGroup></Target><ItemGroup>',
        SECRETS.replace("Config.json", "there.json"),
        SECRETS.replace("Config.json", "data"),
    ],
)
def test_a_file_that_is_not_needed_is_not_told(item: str) -> None:
    files = {ONE: LISTS % item, "there.json": "{}", "data/a.csv": ""}
    assert of({}, WORKER, files=files).warnings == ()


@pytest.mark.parametrize(
    "item",
    [
        '<Compile Include="Config.fs" />',
        '<EmbeddedResource Include="Config.fs" />',
        '<Protobuf Include="Config.fs" GrpcServices="Server" />',
        '<OpenApiReference Include="Config.fs"><ClassName>Api</ClassName></OpenApiReference>',
    ],
)
def test_a_file_that_is_compiled_and_not_there_is_told(item: str) -> None:
    (told,) = of({}, WORKER, files={ONE: LISTS % item}).warnings
    assert (told.code, str(told.at)) == ("missing-file", f"{ONE}:3")
    assert "commit it" in told.hint
    assert of({}, WORKER, files={ONE: LISTS % item, "Config.fs": ""}).warnings == ()
    made = LISTS.replace("<Project>", '<Project><Target Name="Made" />')
    assert of({}, WORKER, files={ONE: made % item}).warnings == ()


def test_a_file_that_is_not_there_is_told_with_the_way_out() -> None:
    (told,) = of({}, WORKER, files={ONE: LISTS % SECRETS, "config.json": "{}"}).warnings
    assert told.hint.startswith("write it as config.json")
    env = SECRETS.replace("Config.json", "../.env")
    (told,) = of({}, WORKER, files={ONE: LISTS % env}).warnings
    assert "Exists('../.env')" in told.hint
    assert "on the container" in told.hint


@pytest.mark.parametrize(
    ("files", "packages", "message"),
    [
        ({}, ("Grpc.AspNetCore",), "gRPC needs HTTP/2"),
        (
            {"appsettings.json": '{"Kestrel": {"EndpointDefaults": {"Protocols": "Http2"}}}'},
            ("Grpc.AspNetCore",),
            "h2c",
        ),
        (
            {"Program.cs": "o.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2);"},
            ("Grpc.AspNetCore",),
            "h2c",
        ),
        (
            {
                "appsettings.json": '{"Kestrel": {"Endpoints": {"Api": {"Url": "http://localhost:5001", "Protocols": '
                '"Http1"}, "Rpc": {"Url": "http://localhost:5002", "Protocols": "Http2"}}}}'
            },
            ("Grpc.AspNetCore",),
            "RUN_ENV_Kestrel__Endpoints__Rpc__Url=http://+:5002",
        ),
        ({}, ("Grpc.AspNetCore", "Grpc.AspNetCore.Web"), ""),
        ({}, ("Grpc.Net.Client",), ""),
    ],
)
def test_what_grpc_needs_is_told(files: dict[str, str], packages: tuple[str, ...], message: str) -> None:
    found = of(
        {},
        files={"Hello.csproj": "\n<PackageReference Include='Grpc.AspNetCore' />", **files},
        packages={ONE: packages},
    )
    texts = [f"{one.message} {one.hint}" for one in found.warnings if one.code == "grpc"]
    assert [message in text for text in texts] == ([True] if message else [])


@pytest.mark.parametrize(
    ("files", "at"),
    [
        (
            {"appsettings.json": '{"ConnectionStrings":\n{"Db": "Data Source=db/shop.db;Cache=Shared"}}'},
            "appsettings.json:2",
        ),
        ({"Program.cs": 'o.UseSqlite("DataSource=app.sqlite3");'}, "Program.cs:1"),
        ({"appsettings.json": '{"ConnectionStrings": {"Db": "Data Source=/data/shop.db"}}'}, ""),
        ({"Program.cs": 'o.UseSqlite("Data Source=:memory:");'}, ""),
    ],
)
def test_a_database_that_is_a_file_of_the_container_is_told(files: dict[str, str], at: str) -> None:
    packages = {ONE: ("Microsoft.EntityFrameworkCore.Sqlite",)}
    found = [str(one.at) for one in of({}, files=files, packages=packages).warnings if one.code == "sqlite-file"]
    assert found == ([at] if at else [])
    assert not of({}, files=files).warnings
    shared = {ONE: WEB, "Data/Data.csproj": LIBRARY}
    given = {**files, ONE: '<Compile Remove="Data/**" />'}
    related, held = {ONE: ("Data/Data.csproj",)}, {"Data/Data.csproj": packages[ONE]}
    by_other = dotnet.plan(shared, given, references=related, packages=held)
    assert [str(one.at) for one in by_other.warnings] == found


def test_code_of_a_project_below_another_is_told() -> None:
    inner = {"Mvc/Mvc.csproj": WEB}
    solution = {"Shop.sln": 'Project("{A}") = "Hello", "Hello.csproj", "{B}"\n'}
    found = dotnet.plan({ONE: WEB, **inner}, solution)
    assert [one.code for one in found.warnings] == ["nested-project"]
    assert "Mvc/**" in found.warnings[0].hint
    assert not dotnet.plan({ONE: WEB, **inner}, {**solution, ONE: '<Compile Remove="Mvc/**" />'}).warnings


def test_a_front_end_beside_an_app_is_told() -> None:
    files = {"frontend/package.json": '{"scripts": {\n"build": "vite build"}}'}
    found = dotnet.plan({"backend/Api.csproj": WEB}, files)
    assert [(one.code, str(one.at)) for one in found.warnings] == [("front-end-apart", "frontend/package.json:2")]
    assert "PROJECT_PATH=frontend" in found.warnings[0].hint
    inner = {f"apps/web/{path.partition('/')[2]}": text for path, text in files.items()}
    assert "PROJECT_PATH=apps/web" in dotnet.plan({"backend/Api.csproj": WEB}, inner).warnings[0].hint
    assert not dotnet.plan({"backend/Api.csproj": WEB}, {"docs/package.json": '{"scripts": {"build": "x"}}'}).warnings


def test_what_works_is_not_told() -> None:
    kept = "services.AddSession(); services.AddDataProtection().PersistKeysToDbContext<Keys>();"
    settings = '{ "Kestrel": { "Limits": {} }, "ConnectionStrings": {} }'
    launch = {"Properties/launchSettings.json": '{ "applicationUrl": "http://localhost:5123" }'}
    assert of({}, files={"Program.cs": kept, "appsettings.json": settings, **launch}).warnings == ()
    assert of({}, files={"Program.cs": '// app.Run("http://localhost:80");\n'}).warnings == ()
    assert of({}, WORKER, files={"Program.cs": "AddSession", "appsettings.json": KESTREL}).warnings == ()


# --- a front end beside the project ------------------------------------------------------------------------------------

WEB_FILES = {"web/package.json": '{ "scripts": { "build": "vite build" } }', "web/package-lock.json": "{}"}
VITE = {"web/vite.config.ts": 'export default {\n build: { outDir: "../server/wwwroot" } }\n'}
COPIES = (Copied("web", "web/dist", "/app/wwwroot/site", Location("Dockerfile", 9)),)
SERVER = "server/Server.csproj"


@pytest.mark.parametrize(
    ("files", "settings", "made", "place"),
    [
        (VITE, {}, "/app/server/wwwroot", "/src/server/wwwroot"),
        ({}, {"candidate_copies": COPIES}, "/app/web/dist", "/src/server/wwwroot/site"),
    ],
)
def test_a_front_end_is_built_into_the_web_root(
    files: dict[str, str], settings: dict[str, Any], made: str, place: str
) -> None:
    found = dotnet.plan({SERVER: WEB}, {**WEB_FILES, **files}, settings=settings)
    assert [one.name for one in found.steps][:2] == ["front-end-install", "front-end-build"]
    last = dotnet.step(found, "publish").inputs[-1]
    assert isinstance(last, FromStep)
    assert (last.step, last.path, last.to) == ("front-end-build", made, place)
    assert [tool.tool for tool in found.versions] == ["dotnet", "node"]
    left = dotnet.plan({SERVER: WEB}, {**WEB_FILES, **files}, settings={**settings, "skip": ("front-end",)})
    assert [one.name for one in left.steps] == ["restore", "publish"]


def test_two_front_ends_are_built_into_the_web_root() -> None:
    other = {
        path.replace("web/", "admin/"): text.replace("wwwroot", "wwwroot/admin")
        for path, text in (WEB_FILES | VITE).items()
    }
    found = dotnet.plan({SERVER: WEB}, {**WEB_FILES, **VITE, **other})
    taken = [(one.step, one.to) for one in dotnet.step(found, "publish").inputs if isinstance(one, FromStep)]
    assert taken == [("front-end-build", "/src/server/wwwroot/admin"), ("front-end-2-build", "/src/server/wwwroot")]
    assert len({one.name for one in found.steps}) == len(found.steps)


def test_a_front_end_in_a_directory_for_front_ends_is_told() -> None:
    files = {f"server/ClientApp/{path}": text for path, text in WEB_FILES.items()}
    told = next(one for one in dotnet.plan({SERVER: WEB}, files).warnings if one.code == "front-end-apart")
    assert str(told.at) == "server/ClientApp/web/package.json:1"


@pytest.mark.parametrize("package", ["Microsoft.Playwright", "PuppeteerSharp"])
def test_a_browser_that_the_app_starts_is_told(package: str) -> None:
    text = f'<Project Sdk="Microsoft.NET.Sdk.Web">\n<PackageReference Include="{package}" />\n'
    found = dotnet.plan({"A.csproj": WEB}, {"A.csproj": text}, packages={"A.csproj": (package,)})
    assert [(one.code, str(one.at)) for one in found.warnings] == [("browser", "A.csproj:2")]


def test_a_script_that_a_dockerfile_starts_is_told_not_to_run() -> None:
    stated = Setting("./start.sh", "platform", Location("Dockerfile", 5))
    found = dotnet.plan(settings={"candidate": stated})
    assert [(one.code, str(one.at)) for one in found.warnings] == [("entrypoint-left-out", "Dockerfile:5")]
    plain = dotnet.plan(settings={"candidate": Setting("dotnet Hello.dll", "platform")})
    assert plain.warnings == ()


def test_projects_that_only_a_dockerfile_builds_are_told() -> None:
    plugin = "plugins/Tax/Tax.csproj"
    text = f"FROM sdk\nRUN dotnet publish {SERVER} -o /out\nRUN dotnet build plugins/Tax -o /out/plugins\n"
    known = {SERVER: WEB, plugin: LIBRARY}
    found = dotnet.plan(known, {"Dockerfile": text})
    told = next(one for one in found.warnings if one.code == "unpublished")
    assert (str(told.at), told.message.rpartition(": ")[2]) == ("Dockerfile:3", plugin)
    used = dotnet.plan(known, {"Dockerfile": text}, references={SERVER: (plugin,)})
    assert "unpublished" not in [one.code for one in used.warnings]
    off = dotnet.plan(known, {"Dockerfile": text}, settings={"deploy_files": False})
    assert "unpublished" not in [one.code for one in off.warnings]


VISUAL_STUDIO = """\
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS base
ENV TZ=Asia/Tokyo ASPNETCORE_URLS=http://+:8080
RUN apt-get update && apt-get install -y ffmpeg libgdiplus
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
COPY ["src/Api/Api.csproj", "src/Api/"]
RUN dotnet publish src/Api -o /out
FROM base
COPY --from=build /out .
ENTRYPOINT ["sh", "entrypoint.sh"]
"""
BESIDE = {"src/Api/Dockerfile": VISUAL_STUDIO}


def test_a_dockerfile_in_the_directory_of_the_project_counts() -> None:
    found = dotnet.plan({"src/Api/Api.csproj": WEB}, BESIDE, settings={"run_packages": ("libgdiplus",)})
    assert env(found)["TZ"] == "Asia/Tokyo"
    assert "ASPNETCORE_URLS" not in env(found)
    assert ("TZ", "src/Api/Dockerfile:2") in [(one.what, str(one.at)) for one in found.evidence]
    told = {one.code: one for one in found.warnings}
    assert set(told) == {"deploy-file", "dockerfile-packages", "entrypoint-left-out"}
    assert (str(told["dockerfile-packages"].at), told["dockerfile-packages"].message.rpartition(": ")[2]) == (
        "src/Api/Dockerfile:3",
        "ffmpeg",
    )
    below = dotnet.plan({"src/Api/Api.csproj": WEB}, BESIDE, app="src")
    assert env(below)["TZ"] == "Asia/Tokyo"
    own = dotnet.plan({"src/Api/Api.csproj": WEB}, BESIDE, settings={"run_env": (("TZ", "UTC"),)})
    assert "TZ" not in [one.what for one in own.evidence]


@pytest.mark.parametrize(
    ("files", "app", "settings"),
    [
        ({"Dockerfile": "FROM scratch\n"}, "", {}),  # which is read before
        ({}, "src/Api", {}),
        ({}, "", {"deploy_files": False}),
    ],
)
def test_a_dockerfile_in_the_directory_of_the_project_does_not_count(
    files: dict[str, str], app: str, settings: dict[str, Any]
) -> None:
    found = dotnet.plan({"src/Api/Api.csproj": WEB}, {**BESIDE, **files}, app=app, settings=settings)
    assert "TZ" not in env(found)
    assert found.warnings == ()


@pytest.mark.parametrize("to", ["/app/public", "/app/mywwwroot", "/app/static"])
def test_what_a_dockerfile_copies_elsewhere_is_no_web_root(to: str) -> None:
    copies = (Copied("web", "web/dist", to, Location("Dockerfile", 9)),)
    found = dotnet.plan({SERVER: WEB}, WEB_FILES, settings={"candidate_copies": copies})
    assert found.steps[0].name == "restore"


def test_a_page_that_nothing_makes_is_told() -> None:
    code = {"Program.cs": '\napp.MapFallbackToFile("index.html");\n'}
    (warning,) = of({}, files=code).warnings
    assert (warning.code, str(warning.at)) == ("front-end", "Program.cs:2")
    assert of({}, files={**code, "wwwroot/index.html": ""}).warnings == ()
    assert of({}, files=code, settings={"build_command": Setting("make web")}).warnings == ()
    blazor = {"Client/Client.csproj": {**WEB, "UsingMicrosoftNETSdkBlazorWebAssembly": "true"}}
    hosted = dotnet.plan(
        {ONE: WEB, **blazor},
        {**code, ONE: '<Compile Remove="Client/**" />'},
        references={ONE: ("Client/Client.csproj",)},
    )
    assert hosted.warnings == ()


def test_a_build_script_that_nothing_runs_is_told() -> None:
    package = {"package.json": '{ "scripts": {\n "build": "bun run build.ts" } }'}
    (told,) = of({}, files=package).warnings
    assert (told.code, str(told.at)) == ("front-end", "package.json:2")
    assert of({}, files={**package, "wwwroot/site.js": ""}).warnings == ()
    assert of({}, WORKER, files=package).warnings == ()
    assert of({}, files=package, settings={"build_command": Setting("bun run build")}).warnings == ()


def test_a_front_end_that_fable_compiles_is_told() -> None:
    server, client, shared = "src/Server/Server.fsproj", "src/Client/Client.fsproj", "src/Shared/Shared.fsproj"
    known = {server: WEB, client: LIBRARY, shared: LIBRARY}
    related = {server: (shared,), client: (shared,)}
    (told,) = dotnet.plan(known, references=related, packages={client: ("Fable.Core",)}).warnings
    plain = {**known, server: WORKER}
    assert dotnet.plan(plain, references=related, packages={client: ("Fable.Core",)}).warnings == (told,)
    assert (told.code, str(told.at)) == ("front-end-apart", client)
    paket = {"src/Client/paket.references": "group Client\n  Feliz\n"}
    assert dotnet.plan(known, paket, references=related).warnings == (told,)
    for given in ({"skip": ("front-end",)}, {"build_command": Setting("dotnet fable src/Client")}):
        assert dotnet.plan(known, paket, references=related, settings=given).warnings == ()
    shares = {shared: ("Fable.Core",)}
    assert dotnet.plan(known, references=related, packages=shares).warnings == ()


# --- a front end that the project has built ---------------------------------------------------------------------------

RUNS = '<Project>\n<Exec WorkingDirectory="{}" Command="npm ci" />\n</Project>'
PACKAGE = {"ClientApp/package.json": '{ "engines": { "node": "22" } }', "ClientApp/package-lock.json": "{}"}


@pytest.mark.parametrize(
    ("project", "root"),
    [
        (RUNS.format("ClientApp"), ""),
        (RUNS.format("$(SpaRoot)"), "ClientApp\\"),
        (RUNS.format("$(MSBuildProjectDirectory)/ClientApp"), ""),
        ('<Project>\n<Exec Command="cd ClientApp && npm ci" />\n</Project>', ""),
        ('<Project>\n<ProjectReference Include="..\\Web\\ClientApp\\client.esproj" />\n</Project>', ""),
    ],
)
def test_node_is_there_for_a_project_that_runs_npm(project: str, root: str) -> None:
    files = {f"Web/{path}": text for path, text in PACKAGE.items()} | {"Web/Web.csproj": project}
    found = dotnet.plan({"Web/Web.csproj": {**WEB, "SpaRoot": root}}, files)
    images = [one.image for one in dotnet.step(found, "publish").inputs if hasattr(one, "image")]
    assert images == ["node:22-trixie-slim", "node:22-trixie-slim"]
    assert [one.id for one in dotnet.program(found, "publish").caches] == ["nuget/http", "npm"]
    assert [one.tool for one in found.versions] == ["dotnet", "node"]


def test_a_command_that_a_property_has_is_one() -> None:
    project = """<Project>
<AssetsRestore>npm i</AssetsRestore>
<Assets>assets\\</Assets>
<Exec Command="$(AssetsRestore)" WorkingDirectory="$(Assets)" /></Project>"""
    files = {"Ui/Ui.csproj": project, "Ui/assets/package.json": "{}"}
    projects = {"Web/Web.csproj": WEB, "Ui/Ui.csproj": LIBRARY}
    found = dotnet.plan(projects, files, references={"Web/Web.csproj": ("Ui/Ui.csproj",)})
    assert [str(one.at) for one in found.evidence if one.what == "front end"] == ["Ui/Ui.csproj:4"]
    assert [one.name.split()[0] for one in dotnet.step(found, "publish").run] == ["dotnet"]


def test_packages_are_installed_for_a_project_that_only_runs_a_script() -> None:
    script = '<Project>\n<Exec Command="npm run package" />\n</Project>'
    files = {"Web/Web.csproj": script, "Web/package.json": "{}", "Web/package-lock.json": "{}"}
    files |= {"Ui/Ui.csproj": script, "Ui/package.json": "{}"}
    projects = {"Web/Web.csproj": WEB, "Ui/Ui.csproj": LIBRARY}
    found = dotnet.plan(projects, files, references={"Web/Web.csproj": ("Ui/Ui.csproj",)})
    run = dotnet.step(found, "publish").run
    assert [(one.name.split()[:2], one.dir) for one in run] == [
        (["npm", "ci"], "/src/Web"),
        (["npm", "install"], "/src/Ui"),
        (["dotnet", "publish"], "/src/Web"),
    ]


def test_a_package_manager_that_node_does_not_bring_is_installed() -> None:
    files = {ONE: RUNS.format("ClientApp"), "ClientApp/package.json": '{ "packageManager": "pnpm@10.2.0" }'}
    found = dotnet.plan(files=files)
    assert "pnpm@10.2.0" in dotnet.step(found, "publish").run[0].args


def test_a_front_end_that_builds_with_an_old_webpack_is_given_the_hashes_it_needs() -> None:
    package = '{\n"devDependencies": { "@angular-devkit/build-angular": "~12.0.3" } }'
    found = dotnet.plan(files={ONE: RUNS.format("ClientApp"), "ClientApp/package.json": package})
    assert ("NODE_OPTIONS", "--openssl-legacy-provider") in dotnet.step(found, "publish").env
    assert "NODE_OPTIONS" not in env(found)
    assert ("legacy-hashes", "ClientApp/package.json:2") in [(one.code, str(one.at)) for one in found.warnings]
    new = dotnet.plan(files={ONE: RUNS.format("ClientApp"), "ClientApp/package.json": package.replace("12", "13")})
    assert "NODE_OPTIONS" not in dict(dotnet.step(new, "publish").env)


def test_a_project_that_only_names_npm_gets_none() -> None:
    assert client.RUNS.search('<Exec Command="echo no npms" />') is None
    assert len(dotnet.step(dotnet.plan(files={ONE: RUNS.format("ClientApp")}), "publish").inputs) == 1


def test_projects_and_code_may_be_in_other_encodings() -> None:
    project = "<Project>\n<!-- caf\xe9 --><TargetFramework>net9.0</TargetFramework>\n</Project>"
    for data in (
        project.encode("latin-1"),
        b"\xff\xfe" + project.encode("utf-16-le"),
        b"\xef\xbb\xbf" + project.encode(),
    ):
        tree = DictTree({ONE: data, "Program.cs": b"// caf\xe9\nAddSession();\n"})
        assert language.detect(tree) is not None
        answer = dotnet.asked(dotnet.answer({ONE: {**WEB, "TargetFramework": "net9.0"}}, {}))
        found = language.plan(tree, Settings(), "", dotnet.TODAY, answer=answer)
        assert [str(one.at) for one in found.warnings] == ["Hello.csproj:2", "Program.cs:2"]
