"""Blazor WebAssembly: a site where no project serves it, and which project is published where there are others."""

from typing import Any

import pytest

from frontend.errors import PlanError
from frontend.plan.model import FromContext, FromStep, Plan, TextFile
from frontend.settings.model import Setting
from tests.errors import fails
from tests.languages import dotnet
from tests.languages.dotnet import LIBRARY, WEB, WORKER

BROWSER = {
    "OutputType": "Exe",
    "TargetFramework": "net10.0",
    "UsingMicrosoftNETSdkBlazorWebAssembly": "true",
    "SelfContained": "true",
    "PublishTrimmed": "true",
    "RuntimeIdentifier": "browser-wasm",
}
FIRST = {"OutputType": "Exe", "TargetFramework": "netstandard2.1", "UsingMicrosoftNETSdkWeb": "true"}
CLIENT, SERVER, TOOL = "Client/Client.csproj", "Server/Server.csproj", "Tool/Tool.csproj"
PAGE = {
    CLIENT: '<Project Sdk="Microsoft.NET.Sdk.BlazorWebAssembly" />',
    "Client/wwwroot/index.html": '<!DOCTYPE html>\n<base href="/" />\n',
}


def chosen(found: Plan) -> str:
    """The project that is published."""
    return next(one.because for one in found.evidence if one.what == "project").partition(",")[0]


def caddyfile(found: Plan) -> str:
    """The configuration of the server."""
    return next(one.text for one in found.runtime.layers[-1].inputs if isinstance(one, TextFile))


def site(files: dict[str, str] = PAGE, **more: Any) -> Plan:
    """The plan of one site."""
    return dotnet.plan({CLIENT: BROWSER}, files, **more)


def test_what_browsers_run_is_a_site() -> None:
    found = site()
    assert (found.language, found.runtime.processes[0].args[0]) == ("static", "caddy")
    assert [one.name for one in found.steps] == ["restore", "publish", "site", "server"]
    assert dotnet.program(found, "restore").args == ("dotnet", "restore", "Client.csproj", "-p:Configuration=Release")
    assert dotnet.program(found, "publish").args == (
        *("dotnet", "publish", "Client.csproj", "-c", "Release", "-o", "/app"),
    )
    assert "/app/wwwroot" in dotnet.program(found, "site").args
    files = found.runtime.layers[-1].inputs[0]
    assert isinstance(files, FromStep)
    assert (files.step, files.to) == ("site", "/app")
    assert "rewrite @route /index.html" in caddyfile(found)
    assert found.warnings == ()


def test_a_site_for_a_path_is_served_below_it() -> None:
    found = site({"Client/wwwroot/index.html": '<html>\n<base href="/shop/" />'})
    assert "rewrite @route /shop/index.html" in caddyfile(found)
    why = next(one for one in found.evidence if one.what == "site")
    assert str(why.at) == "Client/wwwroot/index.html:2"


AZURE = '{ "globalHeaders": { "X-Frame-Options": "DENY" } }'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Client/wwwroot/_headers", "/*\n  X-Frame-Options: DENY\n"),
        ("Client/_headers", "/*\n  X-Frame-Options: DENY\n"),
        ("Client/wwwroot/staticwebapp.config.json", AZURE),
        ("staticwebapp.config.json", AZURE),
    ],
)
def test_files_for_hosts_say_how_it_is_served(path: str, text: str) -> None:
    assert "X-Frame-Options" in caddyfile(site({**PAGE, path: text}))


def test_a_caddyfile_of_the_app_is_used() -> None:
    found = site({**PAGE, "Caddyfile": ":{$PORT}\nroot * /app/wwwroot\nfile_server\n"})
    check = dotnet.step(found, "server-config").inputs[0]
    assert isinstance(check, FromContext)
    assert (check.paths, check.root) == (("Caddyfile",), "")


def test_the_first_blazor_is_a_site_by_the_last_sdk_that_builds_it() -> None:
    packages = {CLIENT: ("Microsoft.AspNetCore.Components.WebAssembly",)}
    found = dotnet.plan({CLIENT: FIRST}, PAGE, packages=packages)
    assert (found.language, found.versions[0].value) == ("static", "3.1")


def test_workloads_that_it_needs_are_installed_before_the_restore() -> None:
    packs = {CLIENT: ("Microsoft.NET.Runtime.WebAssembly.Sdk",)}
    found = dotnet.step(site(workloads=packs), "restore")
    assert [one.args[:3] for one in found.run] == [
        ("dotnet", "workload", "restore"), ("dotnet", "restore", "Client.csproj"),
    ]  # fmt: skip
    assert found.packages == ("python3",)
    hosted = dotnet.plan({CLIENT: BROWSER, SERVER: WEB}, references={SERVER: (CLIENT,)}, workloads=packs)
    assert dotnet.step(hosted, "restore").run[0].args == ("dotnet", "workload", "restore", "Server.csproj")


def test_what_a_project_serves_is_no_site() -> None:
    both = {CLIENT: BROWSER, SERVER: WEB}
    hosted = dotnet.plan(both, references={SERVER: (CLIENT,)})
    assert (chosen(hosted), hosted.language, hosted.warnings) == (SERVER, "dotnet", ())
    first = {CLIENT: FIRST, SERVER: {**WEB, "TargetFramework": "netcoreapp3.1"}}
    old = dotnet.plan(
        first, references={SERVER: (CLIENT,)}, packages={CLIENT: ("Microsoft.AspNetCore.Components.WebAssembly",)}
    )
    assert (chosen(old), old.language) == (SERVER, "dotnet")
    worker = dotnet.plan({CLIENT: BROWSER, SERVER: WORKER}, references={SERVER: (CLIENT,)})
    assert (chosen(worker), worker.language) == (SERVER, "dotnet")


def test_a_site_that_a_server_does_not_serve_is_told() -> None:
    both = {CLIENT: BROWSER, SERVER: WEB}
    (told,) = dotnet.plan(both).warnings
    assert (told.code, str(told.at), f"PROJECT={CLIENT}" in (told.hint or "")) == ("front-end-apart", CLIENT, True)
    assert dotnet.plan(both, settings={"skip": ("front-end",)}).warnings == ()
    named = dotnet.plan(both, PAGE, settings={"project": Setting("Client")})
    assert (chosen(named), named.language) == (CLIENT, "static")


def test_a_site_comes_before_tools_and_several_are_an_error() -> None:
    found = dotnet.plan({CLIENT: BROWSER, TOOL: WORKER}, PAGE)
    assert (chosen(found), found.language) == (CLIENT, "static")
    with fails(PlanError, f"PROJECT={CLIENT}", "PROJECT=Other/Other.csproj"):
        dotnet.plan({CLIENT: BROWSER, "Other/Other.csproj": BROWSER})


def test_functions_beside_a_site_are_told() -> None:
    functions = {**WORKER, "AzureFunctionsVersion": "v4"}
    (told,) = dotnet.plan({CLIENT: BROWSER, "Api/Api.csproj": functions}, PAGE).warnings
    assert (told.code, str(told.at)) == ("site-server", "Api/Api.csproj")


def test_a_command_that_starts_a_site_is_the_server_s() -> None:
    assert site({**PAGE, "Procfile": "web: dotnet run --project Client\n"}).language == "static"
    with fails(PlanError, CLIENT, "serve.sh", at="Procfile:1"):
        site({**PAGE, "Procfile": "web: ./serve.sh\n"})
    platform = Setting("./serve.sh", "platform")
    (told,) = site(settings={"run_command": platform}).warnings
    assert told.code == "start-left-out"


def test_a_program_for_net_standard_is_an_error() -> None:
    with fails(PlanError, "Hello.csproj", "net10.0"):
        dotnet.plan({"Hello.csproj": {**WORKER, "TargetFramework": "netstandard2.0"}})
    with fails(PlanError, "Core.csproj", "PROJECT"):
        dotnet.plan({"Core.csproj": {**LIBRARY, "TargetFramework": "netstandard2.0"}})


# --- commands of other platforms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("dotnet publish -c Release -o out", ""),
        ("cd src && dotnet restore && dotnet build -c Release", ""),
        ("curl -sSL https://dot.net/v1/dotnet-install.sh > dotnet-install.sh; chmod +x dotnet-install.sh; "
         "./dotnet-install.sh -c 8.0 -InstallDir ./dotnet; ./dotnet/dotnet publish -c Release -o output", ""),
        ("npm ci && npm run build && dotnet publish -c Release -o out", "npm ci && exec npm run build"),
        ("make assets", "make assets"),
    ],
)  # fmt: skip
def test_a_publish_for_another_platform_is_not_done_twice(text: str, left: str) -> None:
    found = dotnet.plan(settings={"build_command": Setting(text, "platform", None)})
    names = [one.name for one in dotnet.step(found, "publish").run]
    assert names[:-1] == ([left] if left else [])
    own = dotnet.plan(settings={"build_command": Setting(text)})
    assert len(dotnet.step(own, "publish").run) == 2


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("dotnet out/Api.dll", "src/Api/Api.csproj"),
        ("./out/Web --urls http://*:$PORT", "src/Web/Web.csproj"),
        ("dotnet run --project src/Web", "src/Web/Web.csproj"),
        ("cd src/Api && dotnet run", "src/Api/Api.csproj"),
    ],
)
def test_a_command_chooses_among_several(text: str, path: str) -> None:
    both = {"src/Api/Api.csproj": WEB, "src/Web/Web.csproj": WEB}
    found = dotnet.plan(both, {"Procfile": f"web: {text}\n"})
    assert (chosen(found), str(found.evidence[0].at)) == (path, "Procfile:1")
    built = {"build_command": Setting(f"dotnet publish {path} -o out", "platform", None)}
    assert chosen(dotnet.plan(both, settings=built)) == path
    with fails(PlanError, "PROJECT=src/Api/Api.csproj"):
        dotnet.plan(both, {"Procfile": "web: dotnet out/Other.dll\n"})
