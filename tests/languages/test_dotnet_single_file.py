"""Apps of one file without a project (`dotnet run app.cs`): which file, what it says, and how it is built."""

import pytest

from frontend.errors import BuildError
from frontend.plan.model import Plan
from tests.deploy.common import Files, error, plan, web
from tests.languages.dotnet import program

WEB = """#!/usr/bin/env dotnet
#:sdk Microsoft.NET.Sdk.Web
#:package Serilog.AspNetCore@10.0.0
using System;
var app = WebApplication.CreateBuilder(args).Build();
app.Run();
"""
PLAIN = 'using System;\n\n// says so\nConsole.WriteLine("at work");\n'
TYPES = 'using UnityEngine;\n\n[AddComponentMenu("A")]\npublic class Player : MonoBehaviour { }\n'


def base(found: Plan) -> str:
    """The kind of the runtime image."""
    return found.runtime.base.rpartition("/")[2]


def test_a_file_with_directives_is_published_as_dotnet_run_runs_it() -> None:
    found = plan({"app.cs": WEB, "lib.txt": ""})
    assert (web(found), base(found)) == ("dotnet app.dll", "aspnet:10.0-noble")
    publish = program(found, "publish").args
    assert publish[2:5] == ("dotnet", "publish", "app.cs")
    assert "-p:PublishAot=false" in publish
    assert "-p:PublishAot=false" in program(found, "restore").args
    assert [one.because for one in found.evidence if one.what == "project"] == ["app.cs, an app of one file"]


def test_a_file_of_statements_is_an_app_and_one_of_types_is_none() -> None:
    assert base(plan({"job.cs": PLAIN})) == "runtime:10.0-noble"
    assert "Main" in (main := "class P { static async Task Main(string[] args) { } }")
    assert web(plan({"job.cs": main})) == "dotnet job.dll"
    assert "cannot determine the language" in error({"Player.cs": TYPES})
    assert "cannot determine the language" in error({"a.cs": PLAIN, "b.cs": PLAIN})


def test_of_several_files_one_has_to_be_named() -> None:
    files = {"api.cs": WEB, "job.cs": f"#:property A=B\n{PLAIN}"}
    said = error(files)
    assert "2 files of this repository are apps" in said
    assert "PROJECT=job.cs" in said
    assert web(plan(files, PROJECT="job.cs")) == "dotnet job.dll"
    assert web(plan({**files, "Procfile": "web: dotnet run api.cs --level 1\n"})) == "dotnet api.dll"
    assert web(plan({**files, "Procfile": "web: dotnet job.cs\n"})) == "dotnet job.dll"


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"app.cs": f"#:property PublishAot=true\n{PLAIN}"}, "runtime-deps:10.0-noble"),
        ({"app.cs": f"#:property TargetFramework=net11.0\n{PLAIN}"}, "runtime:11.0-resolute"),
    ],
)
def test_its_properties_count(files: Files, wanted: str) -> None:
    assert base(plan(files)) == wanted


def test_an_older_sdk_cannot_build_it() -> None:
    said = error({"app.cs": WEB, "global.json": '{"sdk": {\n"version": "9.0.100"}}'})
    assert "global.json:2" in said
    assert "dotnet project convert" in said


def test_a_script_beside_projects_is_none() -> None:
    with pytest.raises(BuildError, match="the step projects"):  # MSBuild is asked about them
        plan({"build.cs": WEB, "src/Api/Api.csproj": "<Project/>"})
