"""What MSBuild will most likely say: where there is a guess, the plan by it is the plan by the answer."""

import pytest

from frontend import build
from frontend.context import open as context
from frontend.context.tree import DictTree, DirTree
from frontend.languages.base import Answer
from frontend.languages.dotnet.guess import guess
from frontend.plan.model import Plan, Question
from frontend.settings import options
from tests import golden_plans

WEB = '<Project Sdk="Microsoft.NET.Sdk.Web">\n  <PropertyGroup><TargetFramework>net10.0</TargetFramework>'
GUESSED = (
    *("dotnet-efcore", "dotnet-fsharp", "dotnet-grpc", "dotnet-kestrel", "dotnet-mvc", "dotnet-npgsql"),
    *("dotnet-swagger", "dotnet-use-urls", "dotnet-vb", "dotnet-web", "dotnet-worker"),
)


def planned(name: str, answer: Answer) -> Plan:
    """The plan of an app of the tests."""
    given = options.parse(
        {f"build-arg:{key}": value for key, value in golden_plans.described(name).get("args", {}).items()}
    )
    source = context.seen(DirTree(golden_plans.APPS / name), given)
    return build.make_plan(source.tree, source.config, given, golden_plans.TODAY, answer=answer)


@pytest.mark.parametrize("name", GUESSED)
def test_the_plan_by_a_guess_begins_as_the_plan_by_the_answer(name: str) -> None:
    guesses: list[str] = []
    recorded = golden_plans.recorded(name)

    def noted(question: Question) -> str:
        guesses.append(question.guess)
        return recorded(question)

    found = planned(name, noted)
    assert guesses[0]
    assert planned(name, lambda question: question.guess).steps == found.steps


@pytest.mark.parametrize(
    "files",
    [
        {"A.csproj": WEB, "b/B.csproj": WEB},
        {"src/A.csproj": WEB},
        {"A.csproj": WEB, "Directory.Build.props": "<Project />"},
        {"A.csproj": f'{WEB}<Import Project="more.props" />'},
        {"A.csproj": WEB.replace("<TargetFramework>", "<TargetFramework Condition=\"'$(CI)' != ''\">")},
        {"A.csproj": WEB.replace("net10.0", "$(Line)")},
        {"A.csproj": WEB.replace(".Web", ".BlazorWebAssembly")},
        {"A.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web" />'},
    ],
    ids=["several", "below", "props", "import", "condition", "property", "another SDK", "no framework"],
)
def test_nothing_is_guessed_where_more_than_a_project_s_text_decides(files: dict[str, str]) -> None:
    assert guess(DictTree(files), tuple(files)) == ""
