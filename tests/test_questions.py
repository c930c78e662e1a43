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
