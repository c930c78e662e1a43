"""A language asks the build environment: a step is solved before there is a plan, and its file is read."""

import llb
from frontend import build, questions
from frontend.errors import GatewayError, PlanError, SolveError
from frontend.languages.dotnet import question
from frontend.plan.model import ToolVersion
from frontend.settings import options
from tests.errors import fails
from tests.fake_gateway import NATIVE, FakeGateway
from tests.languages import dotnet

SDK = "mcr.microsoft.com/dotnet/sdk:10.0-noble"
APP = {
    "Hello.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web" />',
    "Hello.dll": "",
    "answer": dotnet.answer({"Hello.csproj": dotnet.WEB}, {}),
}
PROGRAMS = ("/bin/sh", "/usr/bin/dotnet")
PIN = ToolVersion("dotnet", "10.0", "10.0.100", "file")


def asked(gateway: FakeGateway) -> str:
    """The answer to a question about the app of a gateway."""
    source = build.read(gateway.gateway, options.parse({}))
    return questions.answered(gateway.gateway, options.parse({}), source, NATIVE, question.question(PIN))


def test_it_is_solved_before_the_plan_is_made() -> None:
    gateway = FakeGateway(APP, programs=PROGRAMS)
    build.run(gateway.gateway)
    resolved = [call.what for call in gateway.asked("resolve")]
    assert resolved[:2] == [SDK, "mcr.microsoft.com/dotnet/aspnet:10.0-noble"]
    first, second = (llb.from_definition(call.detail[0]) for call in gateway.asked("solve"))
    assert first != second
    assert gateway.refs == {"": "ref-2"}


def test_other_languages_are_asked_nothing() -> None:
    gateway = FakeGateway({"package.json": "{}", "server.js": ""})
    build.run(gateway.gateway)
    assert len(gateway.asked("solve")) == 1


def test_the_answer_is_the_text_of_its_file() -> None:
    assert asked(FakeGateway(APP)) == APP["answer"]


def test_an_image_that_is_not_there_is_that_of_who_asked_for_it() -> None:
    gateway = FakeGateway(APP, images={SDK: GatewayError("not found")})
    with fails(GatewayError, SDK, "10.0.100"):
        asked(gateway)


def test_a_step_that_fails_or_leaves_no_answer_is_an_error() -> None:
    with fails(SolveError):
        asked(FakeGateway(APP, failure=SolveError("failed", step="[projects] x", exit_code=155)))
    with fails(GatewayError, "/answer"):
        asked(FakeGateway({"Hello.csproj": ""}))


def test_a_plan_without_a_build_environment_is_an_error() -> None:
    gateway = FakeGateway(APP)
    source = build.read(gateway.gateway, options.parse({}))
    with fails(PlanError, "projects"):
        build.make_plan(source.tree, source.config, options.parse({}), "2026-11-24")


# --- a guess ----------------------------------------------------------------------------------------------------------

PROJECT = "<Project Sdk='Microsoft.NET.Sdk.Web'><PropertyGroup><TargetFramework>net10.0</TargetFramework>"
PLAIN = {**APP, "Hello.csproj": PROJECT}


def begun(gateway: FakeGateway) -> list[str]:
    """The names of what BuildKit was asked to solve, in order: that of the last operation of each."""
    build.run(gateway.gateway)
    definitions = [llb.from_definition(call.detail[0]).marshal() for call in gateway.asked("solve")]
    return [one.metadata[one.head].description["llb.customname"] for one in definitions]


def test_while_the_question_is_asked_what_is_fetched_first_is_begun() -> None:
    asked, *first, last = begun(FakeGateway(PLAIN, programs=PROGRAMS))
    assert asked == "[projects] dotnet msbuild, asked about the projects"
    assert first == ["[restore] dotnet restore Hello.csproj -p:Configuration=Release"]
    assert last == "[image] merge layers"


def test_an_answer_that_is_known_needs_no_guess() -> None:
    assert len(begun(FakeGateway(PLAIN, programs=PROGRAMS, quick=True))) == 2


def test_a_wrong_guess_changes_nothing() -> None:
    answer = dotnet.answer({"Hello.csproj": {**dotnet.WEB, "AssemblyName": "Other", "PublishTrimmed": "true"}}, {})
    app = {**PLAIN, "answer": answer, "Other": ""}
    gateway, patient = FakeGateway(app, programs=PROGRAMS), FakeGateway(app, programs=PROGRAMS, quick=True)
    build.run(gateway.gateway)
    build.run(patient.gateway)
    assert gateway.metadata == patient.metadata
    assert gateway.asked("solve")[-1].detail == patient.asked("solve")[-1].detail


def test_a_guess_that_cannot_be_begun_is_told_to_nobody() -> None:
    aspnet = "mcr.microsoft.com/dotnet/aspnet:10.0-noble"
    worker = dotnet.answer({"Hello.csproj": dotnet.WORKER}, {})
    gateway = FakeGateway({**PLAIN, "answer": worker}, programs=PROGRAMS, images={aspnet: GatewayError("not found")})
    assert len(begun(gateway)) == 2
