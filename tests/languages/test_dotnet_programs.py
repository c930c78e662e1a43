"""What the code of .NET projects starts: packages for it, and what a hardened image cannot run."""

import pytest

from frontend.settings.model import Setting
from tests.languages.dotnet import LIBRARY, WEB, plan

USED: list[tuple[str, str, tuple[str, ...]]] = [  # code, the packages for it
    ("a call", 'Process.Start("ffmpeg", $"-i {x}");', ("ffmpeg",)),
    ("a start info", 'var info = new ProcessStartInfo("pdftotext") { A = 1 };', ("poppler-utils",)),
    ("a new one by its type", 'ProcessStartInfo info = new("git");', ("git",)),
    ("a property", 'new ProcessStartInfo\n{\n  FileName = "/usr/bin/convert",\n  A = x,\n};', ("imagemagick",)),
    ("a property of a process", 'p.StartInfo.FileName = "tesseract";', ("tesseract-ocr",)),
    ("a constant", 'const string Tool = "pandoc";\nProcess.Start(Tool, args);', ("pandoc",)),
    ("a condition", 'p.StartInfo.FileName = IsWindows() ? "ffmpeg.exe" : "ffmpeg";', ("ffmpeg",)),
    ("a library for it", 'await Cli.Wrap("qpdf").ExecuteAsync();', ("qpdf",)),
    ("git, of the app itself", 'Process.Start("git", "rev-parse HEAD");', ()),
    ("the name of a file", 'var a = new Attachment { FileName = "zip" };', ()),
    ("another program", 'Process.Start("mine", "ffmpeg");', ()),
    ("a comment", '// Process.Start("ffmpeg");', ()),
    ("an unknown variable", "Process.Start(tool);", ()),
]
HELLO = '<Project Sdk="Microsoft.NET.Sdk.Web">\n'


@pytest.mark.parametrize(("code", "packages"), [row[1:] for row in USED], ids=[row[0] for row in USED])
def test_what_the_code_starts_is_in_the_image(code: str, packages: tuple[str, ...]) -> None:
    found = plan(files={"Services/Run.cs": f"using System;\n{code}\n"})
    assert found.runtime.packages == packages
    assert {one.what for one in found.evidence if one.because.startswith("the code starts")} == {*packages}


def test_code_of_a_referenced_project_counts_and_of_others_not() -> None:
    start = 'Process.Start("{}");\n'
    found = plan(
        {"Web/Web.csproj": WEB, "Core/Core.fsproj": LIBRARY, "Web/Tests/T.csproj": LIBRARY},
        {"Core/Run.fs": start.format("ffmpeg"), "Web/Tests/Run.cs": start.format("pandoc")},
        references={"Web/Web.csproj": ("Core/Core.fsproj",)},
    )
    assert found.runtime.packages == ("ffmpeg",)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ('Process.Start("dotnet", "build x.csproj");', True),
        ('new ProcessStartInfo {\n  FileName = "dotnet",\n  Arguments = $"run --project {x}" };', True),
        ('psi.FileName <- "dotnet"\npsi.Arguments <- "fsi x.fsx"', True),
        ('Process.Start("dotnet", "Other.dll");', False),
        ("Process.Start(tool);", False),
    ],
)
def test_code_that_starts_the_sdk_is_told(code: str, told: bool) -> None:
    found = plan(files={"Run.cs": f"using System.Diagnostics;\nvar psi = new ProcessStartInfo();\n{code}\n"})
    assert ("sdk-started" in [one.code for one in found.warnings]) is told


@pytest.mark.parametrize("name", ["chromium", "yt-dlp"])
def test_what_the_image_cannot_have_is_told(name: str) -> None:
    found = plan(files={"Run.cs": f'\nProcess.Start("{name}", "x");\n'})
    (told,) = (one for one in found.warnings if one.code == "program-missing")
    assert name in told.message
    assert str(told.at) == "Run.cs:2"
    assert found.runtime.packages == ()


SHELLS = [
    ("bash", 'Process.Start("/bin/bash", $"-c \\"{x}\\"");', "/bin/bash"),
    ("by its name", 'p.StartInfo.FileName = "bash";', "bash"),
    ("a constant", 'private const string Shell = "sh";\nvar i = new ProcessStartInfo { FileName = Shell };', "sh"),
    ("a script of the app", 'Process.Start("scripts/deploy.sh");', "scripts/deploy.sh"),
]


@pytest.mark.parametrize(("code", "name"), [row[1:] for row in SHELLS], ids=[row[0] for row in SHELLS])
def test_a_shell_is_told_where_the_image_has_none(code: str, name: str) -> None:
    files = {"Run.cs": code, "scripts/deploy.sh": "#!/bin/sh\n"}
    found = plan(files=files, settings={"flavour": Setting("hardened")})
    (told,) = (one for one in found.warnings if one.code == "code-starts-scripts")
    assert f"starts {name}," in told.message
    assert told.at is not None
    assert told.at.file == "Run.cs"
    assert not [one for one in plan(files=files).warnings if one.code == "code-starts-scripts"]


def test_other_programs_start_on_a_hardened_image() -> None:
    found = plan(files={"Run.cs": 'Process.Start("ffmpeg");'}, settings={"flavour": Setting("hardened")})
    assert found.runtime.packages == ("ffmpeg",)
    assert not found.warnings
