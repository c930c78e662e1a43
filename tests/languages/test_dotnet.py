"""Plans of .NET apps: which project, which version, which image, and how it starts."""

import json

import pytest

from frontend import detect
from frontend.context.tree import DictTree
from frontend.errors import GatewayError, Location, PlanError, VersionError
from frontend.languages import dotnet as language
from frontend.languages.dotnet import question
from frontend.plan.model import FromContext, ImageRef, Plan, Question
from frontend.result import explanation
from frontend.rules import jsonc
from frontend.settings.model import Setting, Settings
from tests.errors import fails
from tests.languages import dotnet
from tests.languages.dotnet import LIBRARY, WEB, WORKER

SHOP = {"src/Api/Api.csproj": WEB, "src/Core/Core.csproj": LIBRARY}
PIN = '{\n  "sdk": { "version": "%s"%s }\n}\n'


def pin(version: str, rule: str = "") -> dict[str, str]:
    """A global.json."""
    return {"global.json": PIN % (version, f', "rollForward": "{rule}"' if rule else "")}


def command(found: Plan) -> str:
    """How the app is started."""
    return " ".join(found.runtime.processes[0].args)


# --- detection --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [("Hello.csproj",), ("Hello.fsproj",), ("Hello.vbproj",), ("Shop.sln",), ("Shop.slnx",), ("src/Api/Api.csproj",),
     ("src/Api/Api.csproj", "src/Core/Core.csproj"), ("Api/Api.csproj", "Core/Core.csproj"),
     ("src/back/Api/Api.csproj",), ("a/b/c/d/Api.fsproj",), ("Shop.sln", "package.json"),
     ("src/Api/Api.csproj", "README.md"), ("global.json", "src/Api/Api.csproj", "backend/Shop.sln")],
    ids=" ".join,
)  # fmt: skip
def test_an_app_is_found_wherever_its_project_is(files: tuple[str, ...]) -> None:
    tree = DictTree({path: "{}" if path.endswith(".json") else "<Project />" for path in files})
    found = detect.choose(tree, Settings())
    assert (found.language.name, found.app) == ("dotnet", "")


@pytest.mark.parametrize("start", ["webpack --watch --config build.js", "rollup -w"])
def test_a_root_of_net_projects_is_no_node_app_because_it_bundles_a_front_end(start: str) -> None:
    package = json.dumps({"scripts": {"start": start, "build": "webpack"}, "devDependencies": {"webpack": "5"}})
    files = {"package.json": package, "global.json": "{}", "src/Shop/Shop.csproj": "<Project />"}
    assert detect.choose(DictTree(files), Settings()).language.name == "dotnet"
    served = json.dumps({"dependencies": {"express": "5"}})
    assert detect.choose(DictTree({**files, "package.json": served}), Settings()).language.name == "nodejs"


def test_a_directory_of_net_beside_tools_is_built() -> None:
    files = {"package.json": '{"devDependencies": {"husky": "9"}}', "back/global.json": "{}", "back/src/a/A.csproj": ""}
    assert detect.choose(DictTree(files), Settings()).language.name == "dotnet"


# --- which project ----------------------------------------------------------------------------------------------------


def test_a_library_and_tests_are_not_started() -> None:
    tests = {"tests/T/T.csproj": WORKER, "host/Host.csproj": {**WORKER, "IsAspireHost": "true"}}
    marked = {"it/It.csproj": {**WEB, "IsTestProject": "true"}, "b/B.csproj": {**WORKER, "IsPublishable": "false"}}
    found = dotnet.plan({**SHOP, **tests, **marked}, packages={"tests/T/T.csproj": ("xunit.v3",)})
    assert found.runtime.processes[0].args == ("dotnet", "Api.dll")


def test_a_web_project_that_holds_its_tests_is_started() -> None:
    packages = {"Shop.csproj": ("xunit",), "Shop.Tests.csproj": ("xunit",)}
    found = dotnet.plan({"Shop.csproj": WEB, "Shop.Tests.csproj": WEB}, packages=packages)
    assert command(found) == "dotnet Shop.dll"


@pytest.mark.parametrize(
    "path",
    [
        "samples/Try/Try.csproj",
        "src/Shop.Test.Dummy/Shop.Test.Dummy.csproj",
        "demo/D.csproj",
        "src/Shop.MockPay/Shop.MockPay.csproj",
    ],
)
@pytest.mark.parametrize("kind", [WEB, WORKER])
def test_what_is_beside_the_app_is_not_chosen(path: str, kind: dict[str, str]) -> None:
    assert command(dotnet.plan({"src/Api/Api.csproj": kind, path: kind})) == "dotnet Api.dll"
    assert command(dotnet.plan({path: kind})).startswith("dotnet ")
    assert command(dotnet.plan({"src/Cli/Cli.csproj": WORKER, path: WEB})) != "dotnet Cli.dll"


def test_the_one_web_project_wins() -> None:
    found = dotnet.plan({**SHOP, "src/Jobs/Jobs.csproj": WORKER})
    assert found.evidence[0].because == "src/Api/Api.csproj, the only web project"


def test_programs_that_the_solution_has_beside_the_app_are_told() -> None:
    listed = {
        "Shop.slnx": "".join(
            f'<Project Path="{path}" />\n'
            for path in ("src/Api/Api.csproj", "src/Jobs/Jobs.csproj", "src/Tool/Tool.csproj")
        )
    }
    projects = {
        **SHOP,
        "src/Jobs/Jobs.csproj": WORKER,
        "src/Tool/Tool.csproj": WORKER,
        "src/Other/Other.csproj": WORKER,
        "tests/Try/Try.csproj": LIBRARY,
    }
    uses = {"src/Api/Api.csproj": ("src/Tool/Tool.csproj",), "tests/Try/Try.csproj": ("src/Jobs/Jobs.csproj",)}
    (told,) = (one for one in dotnet.plan(projects, listed, references=uses).warnings if one.code == "app-left-out")
    assert told.message.endswith("without the programs beside it: src/Jobs/Jobs.csproj")
    assert "PROJECT=src/Api/Api.csproj silences" in told.hint
    chosen = dotnet.plan(projects, listed, references=uses, settings={"project": Setting("src/Api")})
    assert "app-left-out" not in [one.code for one in chosen.warnings]


def test_a_reference_into_a_submodule_that_was_not_fetched_says_so() -> None:
    files = {".gitmodules": '[submodule "lib"]\n\tpath = lib\n\turl = x\n'}
    with fails(PlanError, "lib/Core/Core.csproj", "git submodule update --init"):
        dotnet.plan({"Api/Api.csproj": WEB}, files, references={"Api/Api.csproj": ("lib/Core/Core.csproj",)})


def test_several_are_an_error_that_lists_them() -> None:
    with fails(PlanError, "PROJECT=src/Admin/Admin.csproj (web)", "PROJECT=src/Api/Api.csproj (web)"):
        dotnet.plan({**SHOP, "src/Admin/Admin.csproj": WEB})


@pytest.mark.parametrize(
    "solution",
    [
        {"Shop.sln": 'Project("{9A}") = "Api", "src\\Api\\Api.csproj", "{8F}"\nEndProject\n'},
        {"Shop.slnx": '<Solution>\n <Folder Name="/a/"><Project Path="src/Api/Api.csproj" /></Folder>\n</Solution>'},
    ],
    ids=list,
)
def test_what_a_solution_lists_comes_before_others(solution: dict[str, str]) -> None:
    found = dotnet.plan({**SHOP, "tools/Try/Try.csproj": WEB}, solution)
    assert command(found) == "dotnet Api.dll"
    with fails(PlanError, "PROJECT=tools/Try/Try.csproj"):
        dotnet.plan({**SHOP, "tools/Try/Try.csproj": WEB}, {"Empty.sln": ""})


@pytest.mark.parametrize("text", ["src/Admin/Admin.csproj", "src/Admin", "./src/Admin/", "Admin"])
def test_the_setting_names_one(text: str) -> None:
    found = dotnet.plan({**SHOP, "src/Admin/Admin.csproj": WEB}, settings={"project": Setting(text)})
    assert found.runtime.processes[0].args == ("dotnet", "Admin.dll")


@pytest.mark.parametrize("text", ["src/Nope", "Shop.sln"])
def test_a_setting_that_names_none_is_an_error(text: str) -> None:
    with fails(PlanError, text, "PROJECT=src/Api/Api.csproj"):
        dotnet.plan(SHOP, settings={"project": Setting(text)})


def test_a_dockerfile_chooses_among_several() -> None:
    docker = Setting("dotnet Admin.dll", "platform")
    found = dotnet.plan({**SHOP, "src/Admin/Admin.csproj": WEB}, settings={"candidate": docker})
    assert found.runtime.processes[0].args == ("dotnet", "Admin.dll")


def test_the_app_is_below_its_directory() -> None:
    found = dotnet.plan({**SHOP, "other/Api/Other.csproj": WEB}, app="src")
    assert found.runtime.processes[0].args == ("dotnet", "Api.dll")
    assert dotnet.program(found, "publish").dir == "/src/src/Api"


def test_what_nothing_can_start_is_an_error() -> None:
    with fails(PlanError, "src/Core/Core.csproj (a library)", at="src/Core/Core.csproj"):
        dotnet.plan({"src/Core/Core.csproj": LIBRARY})
    with fails(PlanError):
        dotnet.plan({}, {"Shop.sln": ""})


def test_a_project_that_is_not_xml_is_an_error_at_its_line() -> None:
    line = "/src/Hello.csproj(3,5): error MSB4025: The project file could not be loaded. [/src/Hello.csproj]"
    with fails(PlanError, "Hello.csproj", "MSB4025", at="Hello.csproj:3"):
        dotnet.plan({}, {"Hello.csproj": "<Project"}, errors=(line,))
    with fails(PlanError, "MSB4025", at="Hello.csproj:3"):
        dotnet.plan({}, {"Hello.csproj": ""}, errors=(line,), settings={"project": Setting("Hello.csproj")})
    with fails(PlanError, "MSB4025", at="Hello.csproj:3"):
        dotnet.plan(SHOP, {"Hello.csproj": ""}, errors=(line,), references={"src/Api/Api.csproj": ("Hello.csproj",)})


def test_a_reference_to_a_project_that_is_not_there_is_an_error_at_its_line() -> None:
    text = '<Project>\n  <ProjectReference Include="..\\Gone\\Gone.csproj" />\n</Project>\n'
    with fails(PlanError, "src/Gone/Gone.csproj", at="src/Api/Api.csproj:2"):
        dotnet.plan(SHOP, {"src/Api/Api.csproj": text}, references={"src/Api/Api.csproj": ("src/Gone/Gone.csproj",)})


def test_a_reference_in_other_letters_is_told() -> None:
    with fails(PlanError, "src/Core/Core.csproj", at="src/Api/Api.csproj"):
        dotnet.plan(SHOP, references={"src/Api/Api.csproj": ("src/core/Core.csproj",)})


def test_an_evaluation_that_needs_other_files_is_repeated_with_all() -> None:
    asked: list[Question] = []

    def answer(given: Question) -> str:
        asked.append(given)
        error = "/src/Hello.csproj(3,5): error MSB4184: The expression cannot be evaluated."
        return dotnet.answer({} if len(asked) == 1 else {"Hello.csproj": WEB}, {}, errors=(error,) * (2 - len(asked)))

    tree = DictTree({"Hello.csproj": "<Project>"})
    found = language.plan(tree, Settings(), "", dotnet.TODAY, answer=answer)
    files = [one for given in asked for one in given.step.inputs if isinstance(one, FromContext)]
    assert [bool(one.patterns) for one in files] == [True, False]
    assert dotnet.step(found, "restore").inputs == (FromContext(to="/src", exclude=question.NEVER),)


# --- which version ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "settings", "sdk", "base"),
    [
        ({}, {}, "10.0-noble", "aspnet:10.0-noble"),
        ({"TargetFramework": "net8.0"}, {}, "8.0-noble", "aspnet:8.0-noble"),
        ({"TargetFramework": "net6.0"}, {}, "6.0-jammy", "aspnet:6.0-jammy"),
        ({"TargetFramework": "net11.0"}, {}, "11.0-resolute", "aspnet:11.0-resolute"),
        ({"TargetFramework": "netcoreapp3.1"}, {}, "3.1-focal", "aspnet:3.1-focal"),
        ({"TargetFrameworks": "net8.0;net10.0"}, {}, "10.0-noble", "aspnet:10.0-noble"),
        ({"TargetFrameworks": "net8.0;net10.0;net48"}, {"dotnet": "8"}, "8.0-noble", "aspnet:8.0-noble"),
        ({}, {"dotnet": "10.0.302"}, "10.0.302-noble", "aspnet:10.0-noble"),
        ({}, {"dotnet": "10.0.5"}, "10.0-noble", "aspnet:10.0.5-noble"),
    ],
)
def test_the_images_are_of_the_target_framework(
    facts: dict[str, str], settings: dict[str, str], sdk: str, base: str
) -> None:
    given = {"versions": {name: Setting(text) for name, text in settings.items()}}
    project = {**WEB, **facts}
    if "TargetFrameworks" in facts:
        del project["TargetFramework"]
    found = dotnet.plan({"Hello.csproj": project}, settings=given)
    image = dotnet.step(found, "restore").base
    assert getattr(image, "image", "") == f"mcr.microsoft.com/dotnet/sdk:{sdk}"
    assert found.runtime.base == f"mcr.microsoft.com/dotnet/{base}"


def test_one_of_several_target_frameworks_is_built() -> None:
    found = dotnet.plan({"Hello.csproj": {**WEB, "TargetFramework": "", "TargetFrameworks": "net10.0"}})
    args = dotnet.program(found, "publish").args
    assert args[args.index("-f") + 1] == "net10.0"


@pytest.mark.parametrize(
    ("facts", "what", "hint"),
    [
        ({"TargetFramework": "net48"}, ".NET Framework app, which needs Windows", "net10.0"),
        ({"TargetFramework": ""}, ".NET Framework app, which needs Windows", "net10.0"),
        ({"TargetFramework": "net10.0-windows"}, "for Windows (net10.0-windows)", "net10.0"),
        ({"UseWPF": "true"}, "a desktop app (WPF)", "no screen"),
        ({"UseWindowsForms": "true"}, "a desktop app (Windows Forms)", "no screen"),
        ({"OutputType": "WinExe"}, "a desktop app (OutputType WinExe)", "<OutputType>Exe</OutputType>"),
        ({"UseMaui": "true", "TargetFramework": "net10.0-android"}, "a .NET MAUI app", "no screen"),
        ({"TargetFramework": "net10.0-ios"}, "an app for devices (net10.0-ios)", "no screen"),
        ({"AzureFunctionsVersion": "v4"}, "an Azure Functions app", "azure-functions/dotnet-isolated"),
        ({"AzureFunctionsVersion": "v4", "OutputType": "Library"}, "an Azure Functions app", "azure-functions"),
        ({"AWSProjectType": "Lambda", "OutputType": "Library"}, "an AWS Lambda function", "dotnet lambda"),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"project": Setting("Hello")}])
def test_what_no_container_runs_is_an_error(
    facts: dict[str, str], what: str, hint: str, settings: dict[str, Setting]
) -> None:
    text = {"Hello.csproj": "<TargetFramework>x</TargetFramework>"}
    with fails(PlanError, f"Hello.csproj is {what}" if what[0] == "a" else what, hint, at="Hello.csproj:1"):
        dotnet.plan({"Hello.csproj": {**WORKER, **facts}}, text, settings=settings)


def test_what_no_container_runs_is_not_chosen() -> None:
    desktop = {**WORKER, "UseWPF": "true", "TargetFramework": "net10.0-windows"}
    assert command(dotnet.plan({"Desk.csproj": desktop, "Host.csproj": WORKER})) == "dotnet Host.dll"
    with fails(PlanError, "A.csproj is a desktop app (WPF), and so is one more project"):
        dotnet.plan({"A.csproj": desktop, "B.csproj": desktop, "C.csproj": {**WORKER, "TargetFramework": "net48"}})
    with fails(PlanError, "2 more projects"):
        dotnet.plan({"A.csproj": desktop, "B.csproj": desktop, "C.csproj": desktop})


def test_a_function_that_serves_http_elsewhere_is_started() -> None:
    assert command(dotnet.plan({"Api.csproj": {**WEB, "AWSProjectType": "Lambda"}})) == "dotnet Api.dll"


def test_a_project_of_the_old_style_that_only_windows_evaluates_is_an_error_that_says_so() -> None:
    text = "<Project>\n<TargetFrameworkVersion>v4.5</TargetFrameworkVersion>\n"
    with fails(PlanError, "Old.csproj is a .NET Framework app"):
        dotnet.plan({"Old.csproj": {"OutputType": "Library"}})
    with fails(PlanError, "no project of this repository starts anything: Core.csproj (a library)"):
        dotnet.plan({"Core.csproj": {"OutputType": "Library", "TargetFramework": "netstandard2.0"}})
    error = (
        '/src/Site.csproj(9,3): error MSB4019: The imported project "Microsoft.WebApplication.targets" was not found.'
    )
    with fails(PlanError, "Site.csproj is a .NET Framework app", "porting", at="Site.csproj:2"):
        dotnet.plan({}, {"Site.csproj": text}, errors=(error,))


@pytest.mark.parametrize("framework", ["netcoreapp2.2", "netcoreapp3.0"])
def test_a_framework_that_no_image_has_is_an_error(framework: str) -> None:
    text = {"Hello.csproj": f"\n<TargetFramework>{framework}</TargetFramework>"}
    with fails(VersionError, framework, "which no image has", "net10.0", at="Hello.csproj:2"):
        dotnet.plan({"Hello.csproj": {**WEB, "TargetFramework": framework}}, text)


def test_projects_of_a_framework_without_an_image_are_asked_about_with_an_sdk_that_has_one() -> None:
    asked: list[Question] = []
    text = {"Hello.csproj": "\n<TargetFramework>netcoreapp2.2</TargetFramework>"}
    for given in ({}, {"candidate_versions": {"dotnet": Setting("2.2", "platform", Location("Dockerfile", 1))}}):
        with fails(VersionError, "netcoreapp2.2"):
            dotnet.plan(
                {"Hello.csproj": {**WEB, "TargetFramework": "netcoreapp2.2"}}, text, settings=given, questions=asked
            )
    assert {one.step.base for one in asked} == {ImageRef("mcr.microsoft.com/dotnet/sdk:10.0-noble")}


def test_projects_with_a_project_json_are_an_error_that_says_so() -> None:
    files = {
        "Note.sln": "",
        "lib/Db/Db.xproj": "",
        "src/Note/Note.xproj": "",
        "src/Note/Program.cs": "",
        "Db.csproj": "",
    }
    known = {"Db.csproj": {"OutputType": "Library"}}
    with fails(PlanError, "src/Note/Note.xproj", "project.json", "porting", at="src/Note/Note.xproj"):
        dotnet.plan(known, files)
    with fails(PlanError, "lib/Db/Db.xproj"):
        dotnet.plan({}, {"Note.sln": "", "lib/Db/Db.xproj": ""})


def test_an_sdk_that_no_package_source_has_is_told_with_the_way_to_it() -> None:
    error = "/src/Host/Host.csproj : error MSB4236: The SDK 'Acme.Sdk/1.0.0' specified could not be found."
    with fails(PlanError, "Acme.Sdk/1.0.0", "nuget-config"):
        dotnet.plan({}, {"Host/Host.csproj": ""}, errors=(error,))


def test_a_file_of_paket_that_is_not_committed_is_told_with_what_makes_it() -> None:
    path = "/src/.paket/Paket.Restore.targets"
    error = f'/src/Api/Api.fsproj(21,3): error MSB4019: The imported project "{path}" was not found.'
    with fails(PlanError, "Api/Api.fsproj", "dotnet paket restore", at="Api/Api.fsproj:21"):
        dotnet.plan({}, {"Api/Api.fsproj": "", "paket.dependencies": ""}, errors=(error,))


def test_projects_of_a_solution_that_are_not_committed_are_named() -> None:
    solution = (
        'Project("{1}") = "docker-compose", "docker-compose.dcproj", "{2}"\nProject("{1}") = "Api", "Api\\Api.csproj"\n'
    )
    with fails(PlanError, "Shop.sln lists Api/Api.csproj, which is not in the build context", at="Shop.sln:2"):
        dotnet.plan({}, {"Shop.sln": solution})


def test_a_project_that_a_solution_anywhere_lists_comes_before_samples() -> None:
    solution = {"src/Shop.slnx": '<Project Path="Api/Api.csproj" />\n'}
    assert command(dotnet.plan({"src/Api/Api.csproj": WEB, "clients/Try.csproj": WEB}, solution)) == "dotnet Api.dll"


def test_a_setting_that_the_project_is_not_built_for_is_an_error() -> None:
    with fails(PlanError, "net10.0", "DOTNET_VERSION=10.0"):
        dotnet.plan(settings={"versions": {"dotnet": Setting("9.0")}})
    with fails(VersionError, "latest"):
        dotnet.plan(settings={"versions": {"dotnet": Setting("latest")}})


def test_a_line_out_of_support_is_told_with_its_date() -> None:
    found = dotnet.plan({"Hello.csproj": {**WEB, "TargetFramework": "net9.0"}}, {"Hello.csproj": "\n<TargetFramework>"})
    (warning,) = found.warnings
    assert ("2026-11-10" in warning.message, str(warning.at)) == (True, "Hello.csproj:2")


@pytest.mark.parametrize(
    ("version", "rule", "tag"),
    [
        ("10.0.401", "", "10.0.401"),
        ("10.0.400", "", "10.0.401"),
        ("10.0.400", "patch", "10.0.401"),
        ("10.0.400", "disable", "10.0.400"),
        ("10.0.302", "", "10.0.302"),
        ("10.0.302", "latestPatch", "10.0.302"),
        ("10.0.302", "feature", "10.0"),
        ("10.0.302", "latestFeature", "10.0"),
        ("10.0.302", "latestMinor", "10.0"),
        ("9.0.100", "latestMajor", "10.0"),
        ("9.0.100", "major", "9.0"),
        ("5.1.100", "major", "10.0"),
        ("8.0.100", "", "8.0.100"),
        ("10.0.0", "latestMinor", "10.0"),
        ("8.0.4", "latestFeature", "8.0"),
        ("9.0.4", "latestMajor", "10.0"),
        ("10.0.100-preview.3.25201.16", "latestFeature", "10.0"),
        ("10.0.100-preview.3.25201.16", "", "10.0.100"),
        ("10.0.400-rc.1.25201.16", "latestPatch", "10.0.401"),
        ("10.0.100-preview.3.25201.16", "disable", "10.0.100-preview.3"),
    ],
)
def test_global_json_chooses_the_sdk(version: str, rule: str, tag: str) -> None:
    found = dotnet.plan(files=pin(version, rule))
    assert found.versions[0].value == tag
    assert str(found.versions[0].at) == "global.json:2"


def test_the_nearest_global_json_counts_and_may_have_comments() -> None:
    files = {**pin("9.0.100"), "src/global.json": '{ // ours\n "sdk": /* x */ { "version": "10.0.401" } }'}
    found = dotnet.plan(SHOP, files)
    assert found.versions[0].value == "10.0.401"
    assert set(dotnet.step(found, "restore").inputs[0].paths) == {  # type: ignore[union-attr]
        "global.json", "src/Api/Api.csproj", "src/global.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "rule", "told"),
    [
        ("10.0.302", "", "of 10.0.3xx an SDK from 10.0.302 on fits"),
        ("10.0.302", "disable", "that SDK alone fits"),
        ("9.0.999", "patch", "of 9.0.9xx an SDK from 9.0.999 on fits"),
    ],
)
def test_an_sdk_without_an_image_is_told_with_those_that_fit(version: str, rule: str, told: str) -> None:
    sdk = dotnet.plan(files=pin(version, rule)).versions[0]
    assert sdk.absent.startswith(f'{told}; in global.json "rollForward": "latestFeature"')
    missing = GatewayError("sdk: not found", method="ResolveImageConfig")
    plan = dotnet.plan(files=pin(version, rule))
    image = f"mcr.microsoft.com/dotnet/sdk:{sdk.value}-noble"
    error = explanation.unresolved(image, "mcr.microsoft.com", missing, plan)
    assert (error.hint, str(error.at)) == (sdk.absent, "global.json:2")


@pytest.mark.parametrize(
    ("version", "rule"),
    [("2.2.100", ""), ("2.1.300", "latestFeature"), ("3.0.100", "minor"), ("2.1.4", ""), ("2.0.0", "disable"),
     ("1.0.0-preview2-003121", ""), ("1.0.0-rc4-004771", "")],
)  # fmt: skip
def test_an_sdk_that_is_out_of_support_is_an_error(version: str, rule: str) -> None:
    with fails(VersionError, version, "out of support", "net10.0", "latestFeature", at="global.json:2"):
        dotnet.plan(files=pin(version, rule))


def test_a_rule_that_allows_a_newer_sdk_than_one_out_of_support_has_an_image() -> None:
    assert dotnet.plan(files=pin("2.1.300", "latestMajor")).versions[0].value == "10.0"
    exact = Setting("10.0.401")
    assert dotnet.plan(files=pin("2.2.100"), settings={"versions": {"dotnet": exact}}).versions[0].value == "10.0.401"


@pytest.mark.parametrize("rule", ["latestFeature", "latestMajor", "minor"])
def test_a_rule_that_takes_a_line_has_an_image(rule: str) -> None:
    assert dotnet.plan(files=pin("10.0.302", rule)).versions[0].absent == ""


def test_a_global_json_that_says_nothing_of_the_sdk_is_no_pin() -> None:
    assert dotnet.plan(files={"global.json": '{ "msbuild-sdks": {} }'}).versions[0].value == "10.0"


@pytest.mark.parametrize("version", ["10.0.5", "10.0", "10", "10.0.x", "latest"])
def test_a_global_json_with_another_version_is_an_error(version: str) -> None:
    with fails(VersionError, version, at="global.json:2"):
        dotnet.plan(files=pin(version))


def test_a_global_json_with_another_rule_is_an_error() -> None:
    with fails(VersionError, "latestFeature", at="global.json:2"):
        dotnet.plan(files=pin("10.0.100", "latestFeatures"))
    with fails(VersionError, "latestMajor", at="global.json:2"):
        dotnet.plan(files=pin("10.0.100", "zzzzzz"))


def test_jsons_with_comments_keep_their_lines() -> None:
    text = '{ // a, "b"\n "u": "http://x", /* , \n } */ "l": [1, 2,], }'
    assert jsonc.lenient(text).count("\n") == 2
    assert jsonc.lenient('{"a": "x//y", "b": 1,}') == '{"a": "x//y", "b": 1}'


def test_what_a_plan_says_of_an_app_in_a_directory_is_at_its_files() -> None:
    found = dotnet.plan({"src/Api/Api.csproj": WEB}, app="src/Api")
    assert {str(one.at) for one in found.evidence if one.what in ("project", "start")} == {"src/Api/Api.csproj"}
