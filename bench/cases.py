"""The apps of the comparison, each with its Dockerfile, the line that changes in it and the dependency it gets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
APPS = HERE / "apps"
TESTS = HERE.parent / "tests" / "apps"
MITT = {  # a package without dependencies, which no other package of the apps needs: version, integrity
    "3.0.1": "sha512-vKivATfr97l2/QBCYAkXYDbrIWPM2IIKEl7YPhjCvKlG3kE2gm+uBo6nEXK3M5/Ffh/FLpKExzOQ3JJoJGFKBw==",
    "3.0.0": "sha512-7dX2/10ITVyqh4aOSVI9gdape+t9l2/8QxHrFmUXu4EEUpdlxl6RudZUPZoc+zuY2hk1j7XxVroIVIan/pD/SQ==",
    "2.1.0": "sha512-ILj2TpLiysu2wkBbWjAmww7TkZb65aiQO+DkVdUTBpBXq+MHYiETENkKFMtsJZX1Lf4pe4QOrTSjIfUwN5lRdg==",
    "2.0.1": "sha512-FhuJY+tYHLnPcBHQhbUFzscD5512HumCPE4URXZUgPi3IvOJi4Xva5IIgy3xX56GqCmw++MAm5UURG6kDBYTdg==",
    "2.0.0": "sha512-MxK9wErRoeNSklOfRT0vYLGQ2edgiG/fooAsbzP2AbS3WiNGDq0XvcaoIQ9ixKGDtowvVtqgCC8h7Y2hAbMzHw==",
}
HUMANIZE = ("4.12.3", "4.12.2", "4.12.1", "4.12.0", "4.11.0")
GEMS = (("tilt", "2.4.0"), ("multi_json", "1.15.0"), ("rouge", "4.5.1"))
NUGET = (("Newtonsoft.Json", "13.0.4"), ("Dapper", "2.1.86"), ("Npgsql", "10.0.3"))


@dataclass(frozen=True)
class Case:
    """An app. `line` is appended to the source file `source`, with a number for `{}`; `depend` adds a dependency by its
    number: from the app as it is, to its copy in a directory.

    `line_limit` is the ratio to reach with a changed line, `counted` a directory in the Dockerfile's stage `build` the
    files in which are counted. `caches` says that its framework keeps caches between builds, which are then measured.
    """

    name: str
    title: str
    app: Path
    source: str
    line: str
    depend: Callable[[Path, Path, int], None]
    cold_turns: int = 2
    line_turns: int = 5
    warm_turns: int = 1
    memory_turns: int = 1
    line_limit: float = 1.0
    counted: str = ""
    caches: bool = False

    @property
    def dockerfile(self) -> Path:
        """The hand-written one."""
        return HERE / "dockerfiles" / f"{self.name}.Dockerfile"

    @property
    def images(self) -> list[str]:
        """The base images, as the Dockerfile names them; the app's image starts from the last one."""
        stages = re.findall(r"^FROM (\S+)(?: AS (\S+))?$", self.dockerfile.read_text(), re.MULTILINE)
        names = {name for _, name in stages}
        return [image for image, _ in stages if image not in names]

    def change(self, app: Path, number: int) -> None:
        """Puts the line of that number into the app in a directory, in the place of the one before."""
        (app / self.source).write_text((self.app / self.source).read_text() + self.line.format(number))


def npm_package(original: Path, app: Path, number: int) -> None:
    """One more package in package.json and package-lock.json."""
    version = tuple(MITT)[number % len(MITT)]
    manifest = json.loads((original / "package.json").read_text())
    manifest["dependencies"]["mitt"] = version
    (app / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    lock = json.loads((original / "package-lock.json").read_text())
    lock["packages"][""]["dependencies"]["mitt"] = version
    lock["packages"]["node_modules/mitt"] = {
        "version": version,
        "resolved": f"https://registry.npmjs.org/mitt/-/mitt-{version}.tgz",
        "integrity": MITT[version],
    }
    (app / "package-lock.json").write_text(json.dumps(lock, indent=2) + "\n")


def pip_package(original: Path, app: Path, number: int) -> None:
    """One more line in requirements.txt."""
    text = (original / "requirements.txt").read_text()
    (app / "requirements.txt").write_text(f"{text}humanize=={HUMANIZE[number % len(HUMANIZE)]}\n")


def gem(original: Path, app: Path, number: int) -> None:
    """One more gem in Gemfile and Gemfile.lock."""
    name, version = GEMS[number % len(GEMS)]
    (app / "Gemfile").write_text((original / "Gemfile").read_text() + f'gem "{name}", "{version}"\n')
    lock = (original / "Gemfile.lock").read_text()
    lock = lock.replace("\n  specs:\n", f"\n  specs:\n    {name} ({version})\n", 1)
    lock = lock.replace("\nDEPENDENCIES\n", f"\nDEPENDENCIES\n  {name} (= {version})\n", 1)
    (app / "Gemfile.lock").write_text(lock)


def nuget_package(original: Path, app: Path, number: int) -> None:
    """One more package in the project."""
    name, version = NUGET[number % len(NUGET)]
    project = next(original.glob("*.csproj"))
    line = f'    <PackageReference Include="{name}" Version="{version}" />\n'
    (app / project.name).write_text(project.read_text().replace("  </ItemGroup>", f"{line}  </ItemGroup>", 1))


CASES = (
    Case(
        "node",
        "Node.js, small TypeScript app",
        APPS / "node",
        "src/server.ts",
        "\nexport const build{0} = {0};\n",
        npm_package,
        counted="/app/node_modules",
    ),
    Case(
        "next",
        "Next.js",
        APPS / "next",
        "lib/builds.ts",
        "\nexport const build{0} = {0};\n",
        npm_package,
        cold_turns=1,
        line_turns=1,
        line_limit=0.6,
        caches=True,
        counted="/app/node_modules",
    ),
    Case(
        "flask",
        "Python, Flask",
        APPS / "python",
        "app.py",
        "\nBUILD_{0} = {0}\n",
        pip_package,
    ),
    Case(
        "django",
        "Python, Django",
        APPS / "django",
        "notes/models.py",
        "\nBUILD_{0} = {0}\n",
        pip_package,
        cold_turns=1,
    ),
    Case(
        "rails",
        "Ruby on Rails",
        TESTS / "ruby-rails",
        "app/models/application_record.rb",
        "\nBUILD_{0} = {0}\n",
        gem,
        cold_turns=1,
    ),
    Case(
        "aspnet",
        ".NET, ASP.NET Core",
        TESTS / "dotnet-efcore",
        "Program.cs",
        "\npublic record Build{0};\n",
        nuget_package,
    ),
)
