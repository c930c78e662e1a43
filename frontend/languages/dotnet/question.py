"""What MSBuild knows of the projects of a repository: the question, and the answer as values.

All projects are evaluated by one process, which our targets make write down what a plan depends on: what an evaluation
gives, with Directory.Build.props and all that is imported, is not to be had by reading XML. Nothing is restored for it.
"""

import re

from msgspec import Struct

from frontend.errors import Location
from frontend.languages.dotnet import versions
from frontend.plan.model import (
    Exec,
    FromContext,
    ImageRef,
    Question,
    SecretMount,
    Step,
    TextFile,
    ToolVersion,
)

SOURCE = "/src"  # where the app's files are while it is built
ANSWER = "/answer"
DIR = "/run/migetpacks-projects"
# what evaluations read: a change of the code asks nothing again
PATTERNS = (
    "**/*.*proj", "**/*.props", "**/*.targets", "**/*.projitems", "**/*.xml", "**/*.sln", "**/*.slnx",
    "**/global.json", "**/[Nn]u[Gg]et.[Cc]onfig", "**/*.lock.json", "**/dotnet-tools.json", "**/*.rsp",
    "**/paket.dependencies", "**/paket.lock", "**/paket.references",
)  # fmt: skip
NEVER = ("**/.git", "**/node_modules", "**/obj", "**/bin/Debug", "**/bin/Release")
SECRETS = (SecretMount("nuget-config", "/root/.nuget/NuGet/NuGet.Config"), SecretMount("netrc", "/root/.netrc"))
ENV = (
    ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
    ("DOTNET_NOLOGO", "1"),
    ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"),
    ("NUGET_XMLDOC_MODE", "skip"),
    ("MSBUILDDISABLENODEREUSE", "1"),  # no process stays behind
    ("UseSharedCompilation", "false"),
    ("DOTNET_TieredPGO", "0"),  # programs that end after a second gain nothing by being watched
    ("DOTNET_gcConcurrent", "0"),
)
PROPERTIES = (
    "AssemblyName", "TargetFramework", "TargetFrameworks", "OutputType", "UsingMicrosoftNETSdkWeb",
    "UsingMicrosoftNETSdkBlazorWebAssembly", "IsPublishable", "IsTestProject", "IsAspireHost", "SelfContained",
    "PublishSelfContained", "PublishSingleFile", "PublishTrimmed", "PublishAot", "PublishReadyToRun",
    "InvariantGlobalization", "RuntimeIdentifier", "RuntimeIdentifiers", "NuGetLockFilePath",
    "RestorePackagesWithLockFile", "RestoreLockedMode", "SpaRoot", "UseWPF", "UseWindowsForms",
    "UseMaui", "AzureFunctionsVersion", "AWSProjectType",
)  # fmt: skip
ITEMS = {
    "ProjectReference": "FullPath",
    "PackageReference": "Identity",
    "FrameworkReference": "Identity",
    "MissingWorkloadPack": "Identity",
}
TARGETS = "\n".join(
    (
        "<Project>",
        '  <Target Name="MigetpacksFacts">',
        "    <ItemGroup>",
        '      <_MigetpacksFact Include="project=$([MSBuild]::Escape($(MSBuildProjectFullPath)))" />',
        *(
            f"      <_MigetpacksFact Condition=\"'$({name})' != ''\" "
            f"Include=\"{name}=$([MSBuild]::Escape('$({name})'))\" />"
            for name in PROPERTIES
        ),
        *(
            f"      <_MigetpacksFact Condition=\"'@({name})' != ''\" Include=\"{name}=%({name}.{metadata})\" />"
            for name, metadata in ITEMS.items()
        ),
        "    </ItemGroup>",
        '    <WriteLinesToFile File="$(MigetpacksAnswer)" Lines="@(_MigetpacksFact)" />',
        "  </Target>",
        "</Project>\n",
    )
)
HOOKS = tuple(f"CustomAfterMicrosoftCommon{kind}Targets={DIR}/facts.targets" for kind in ("", "CrossTargeting"))
ALL = ";".join(f"{SOURCE}/**/*.{end}" for end in ("csproj", "fsproj", "vbproj"))
LEFT_OUT = ";".join(f"{SOURCE}/**/{name}/**" for name in ("bin", "obj", "node_modules"))
ASK = f"""\
<Project>
  <ItemGroup><App Include="{ALL}" Exclude="{LEFT_OUT}" /></ItemGroup>
  <Target Name="Ask">
    <MSBuild Projects="@(App)" Targets="MigetpacksFacts" SkipNonexistentTargets="true" ContinueOnError="true"
      Properties="{";".join(("Configuration=Release", *HOOKS, f"MigetpacksAnswer={ANSWER}"))}" />
  </Target>
</Project>
"""
SCRIPT = f"""\
set -u
log=/tmp/projects.log out=/tmp/projects.out
find . \\( -name .git -o -name node_modules -o -name bin -o -name obj \\) -prune \\
  -o -type f -printf 'file=%P\\n' |
  LC_ALL=C sort >{ANSWER}
status=0
export MSBUILDLOGIMPORTS=1
dotnet msbuild {DIR}/ask.proj -nologo -m:1 -v:q -t:Ask "-flp:v=detailed;logfile=$log" >$out 2>&1 || status=$?
imported='"\\({SOURCE}/[^"]*\\)"' by='"\\([^"]*\\)"'
sed -n "s|^ *Importing project $imported into project $by at .*|import=\\1>\\2|p" $log 2>/dev/null |
  LC_ALL=C sort -u >>{ANSWER}
grep -E '^[^ ].*: (error|warning) (MSB|NU|NETSDK)' $out | sed 's/^/error=/' | LC_ALL=C sort -u >>{ANSWER}
rm -f $log
if [ "$status" != 0 ] && ! grep -q -E '^(project|error)=' {ANSWER}; then cat $out >&2; exit "$status"; fi
"""
ERROR = re.compile(
    r"(?P<file>[^(]+?) ?(?:\((?P<line>\d+),(?P<column>\d+)[^)]*\))?: (?:error|warning) (?P<text>.*?)(?: \[.*)?"
)


class Project(Struct, frozen=True):
    """A project as MSBuild evaluates it. Paths are relative to the context; `facts` are properties by name,
    `workloads` are packs that it needs and the SDK does not have."""

    path: str
    facts: dict[str, str]
    references: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()

    @property
    def directory(self) -> str:
        """Its directory, "" for the root."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The name of its file, without what says its language."""
        return self.path.rpartition("/")[2].rpartition(".")[0]

    @property
    def assembly(self) -> str:
        """The name of what it builds."""
        return self.facts.get("AssemblyName") or self.name

    def says(self, name: str) -> bool:
        """Whether a property is true."""
        return self.facts.get(name, "").casefold() == "true"

    def denies(self, name: str) -> bool:
        """Whether a property is false, in so many words."""
        return self.facts.get(name, "").casefold() == "false"


class Problem(Struct, frozen=True):
    """A project that cannot be evaluated: MSBuild's words, and where."""

    text: str
    at: Location


class Answered(Struct, frozen=True):
    """The projects by path, the files of the context that evaluations may read, which of them imports which, and what
    cannot be evaluated. An import's second part is "" where what imports it is none of the app's files."""

    projects: dict[str, Project]
    files: tuple[str, ...]
    imports: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


def question(version: ToolVersion, *, whole: bool = False, guess: str = "") -> Question:
    """What is asked in the SDK of a version; with all files of the app there where `whole`."""
    given = FromContext(to=SOURCE, exclude=NEVER, patterns=() if whole else PATTERNS)
    program = Exec(
        ("sh", f"{DIR}/ask"),
        "dotnet msbuild, asked about the projects",
        secrets=SECRETS,
        fetches=True,  # an SDK that a project names comes from the registry
        at=version.at,
        files=(
            TextFile(f"{DIR}/ask", SCRIPT),
            TextFile(f"{DIR}/ask.proj", ASK),
            TextFile(f"{DIR}/facts.targets", TARGETS),
        ),
    )
    step = Step(
        "projects",
        ImageRef(versions.image("sdk", version.value)),
        "what MSBuild knows of the projects",
        inputs=(given,),
        env=ENV,
        run=(program,),
        dir=SOURCE,
    )
    return Question(step, ANSWER, (version,), guess)


def parse(text: str) -> Answered:
    """The answer as values."""
    projects: dict[str, Project] = {}
    files: list[str] = []
    imports: list[tuple[str, str]] = []
    problems: list[Problem] = []
    facts: dict[str, str] = {}
    lists: dict[str, list[str]] = {name: [] for name in ITEMS}
    path = last = ""

    def close() -> None:
        if path:
            listed = (tuple(dict.fromkeys(lists[name])) for name in ITEMS)
            projects[path] = Project(path, dict(facts), *listed)

    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if key == "project":
            close()
            path, facts, lists = ours(value), {}, {name: [] for name in ITEMS}
        elif key in ITEMS and equals:
            lists[key].append(ours(value) if key == "ProjectReference" else value)
        elif key in PROPERTIES and equals:
            facts[key] = value.strip()
        elif key == "file":
            files.append(value)
        elif key == "import":
            imported, _, by = value.partition(">")
            imports.append((ours(imported), ours(by) if by.startswith(f"{SOURCE}/") else ""))
        elif key == "error" and value.startswith(f"{SOURCE}/"):
            problems.append(problem(value))
        elif last in facts:
            facts[last] += line.strip()  # a list that is written on several lines
        last = key if key in PROPERTIES else last
    close()
    return Answered(projects, tuple(files), tuple(imports), tuple(problems))


def ours(path: str) -> str:
    """A path relative to the context, of one in the build environment."""
    from posixpath import relpath

    return relpath(path.replace("\\", "/"), SOURCE)


def problem(line: str) -> Problem:
    """A line of MSBuild: `/src/A.csproj(3,5): error MSB4025: The project file …`."""
    match = ERROR.fullmatch(line)
    if match is None:
        return Problem(line, Location(""))
    return Problem(match["text"], Location(ours(match["file"]), int(match["line"] or 0), int(match["column"] or 0)))
