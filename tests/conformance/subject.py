"""What the requirements are checked on: the image of a small app with things in it that no image should have."""

from __future__ import annotations

import io
import json
import posixpath
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from tests.e2e.apps import App, Built, Container, build
from tests.lab.api import Engine, Lab
from tests.lab.keeper import label

IMAGE = "my-app:local"  # as the page calls it
LINKS = 16  # followed at most


class Language(NamedTuple):
    """A language of the page. `title` as a sentence names it, `app` below tests/apps.

    `interpreter` runs `checked` in the image, a program that loads a dependency of the app and prints `found`: the
    place that the page says dependencies are at. `processes` are lines of a Procfile without a web process. `files` are
    added to the app besides LITTER, by path.
    """

    name: str
    title: str
    app: str
    interpreter: str
    checked: tuple[str, ...]
    found: str
    processes: tuple[str, ...]
    files: Mapping[str, str] = {}


LANGUAGES = (
    Language(
        "nodejs", "Node.js", "node-express", "node",
        ("-e", "console.log(require.resolve('express'))"), "/app/node_modules/",
        ("worker: node server.js --port ${PORT:-5000}",),
    ),
    Language(
        "bun", "Bun", "bun-elysia", "bun",
        ("-e", "console.log(require.resolve('elysia'))"), "/app/node_modules/",
        ("worker: bun src/index.ts --port ${PORT:-5000}",),
    ),
    Language(
        "python", "Python", "python-flask", "/app/.venv/bin/python",
        ("-c", "import flask, sys; print(sys.prefix)"), "/app/.venv",
        ("worker: python app.py --port ${PORT:-5000}",),
    ),
    Language(
        "ruby", "Ruby", "ruby-rack", "ruby",
        ("-S", "bundle", "exec", "ruby", "-e", "require 'rack'; puts $LOADED_FEATURES.grep(/rack.rb$/)"),
        "/app/vendor/bundle/",
        ("worker: bundle exec puma --port ${PORT:-5000}", "console: ./bin/rails server"),
        {"bin/rails": "#!/usr/bin/env ruby\nputs 'rails'\n"},
    ),
    Language(
        "deno", "Deno", "deno-express", "deno", (), "",
        ("worker: deno run -A server.ts --port ${PORT:-5000}",),
    ),
    Language(
        "dotnet", ".NET", "dotnet-web", "", (), "",
        ("worker: dotnet Hello.dll --port ${PORT:-5000}",),
        {"Areas/Admin/Controllers/Deep.cs": "namespace Areas;\n\npublic class Deep { }\n"},
    ),
)  # fmt: skip

PAGE_LANGUAGES = tuple(one for one in LANGUAGES if one.name in ("nodejs", "python", "ruby", "dotnet"))


class Flavour(NamedTuple):
    """A kind of image of the page: its name and the build-args that ask for it."""

    name: str
    args: Mapping[str, str]


STANDARD = Flavour("standard", {})
HARDENED = Flavour("hardened", {"USE_DHI": "true"})
FLAVOURS = (STANDARD, HARDENED)

LITTER = (  # what the clean-up removes, and what it must not, added to each app before it is built
    ".git/HEAD",
    ".github/workflows/ci.yml",
    ".cache/x",
    ".coverage",
    ".nyc_output/x",
    ".pytest_cache/x",
    ".rspec",
    ".rubocop.yml",
    ".rubocop_todo.yml",
    "__pycache__/x.pyc",
    "__tests__/x",
    "bin/Debug/net10.0/x",
    "bin/Release/net10.0/x",
    "coverage/x",
    "features/x",
    "htmlcov/x",
    "obj/x",
    "pkg/.cache/x",
    "pkg/__pycache__/x.pyc",
    "spec/x",
    "src/kept.txt",
    "test/x",
    "tests/x",
)


def littered(language: Language, subject: App, directory: Path) -> Path:
    """A copy of a language's app with LITTER, its own files and its Procfile in it."""
    copy = directory / subject.name
    shutil.copytree(subject.directory, copy, symlinks=True)
    procfile = "".join(f"{line}\n" for line in language.processes)
    for path, text in {**dict.fromkeys(LITTER, "litter\n"), **language.files, "Procfile": procfile}.items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text)
    return copy


class Files:
    """The files of an image, as `docker export` gives them: nothing in the image is needed to look at them."""

    def __init__(self, archive: bytes) -> None:
        self.tar = tarfile.TarFile(fileobj=io.BytesIO(archive))
        self.members = {f"/{member.name.strip('/')}": member for member in self.tar.getmembers()}

    def named(self, *patterns: str) -> list[str]:
        """The paths that match one of the patterns, `*` within a part and `**` across them."""
        return [path for path in self.members if any(matches(path, pattern) for pattern in patterns)]

    def below(self, directory: str, name: str) -> list[str]:
        """The paths below a directory whose last part matches."""
        return [p for p in self.members if p.startswith(f"{directory}/") and fnmatchcase(posixpath.basename(p), name)]

    def real(self, path: str) -> str:
        """Where a path leads, through links of its directories and of its own; the path itself where there is none."""
        for _ in range(LINKS):
            parts = path.strip("/").split("/")
            for end in range(1, len(parts) + 1):
                front = "/" + "/".join(parts[:end])
                member = self.members.get(front)
                if member is not None and member.issym():
                    rest = parts[end:]
                    path = posixpath.normpath(posixpath.join(posixpath.dirname(front), member.linkname, *rest))
                    break
            else:
                return path
        return path

    def read(self, path: str) -> bytes:
        """A file's content, through links; b"" where it is not there."""
        member = self.members.get(self.real(path))
        if member is None:
            return b""
        found = self.tar.extractfile(member)
        return found.read() if found is not None else b""

    def program(self, word: str, path: str) -> bytes:
        """The content of the program that a command's first word means, with the PATH of an image."""
        places = [word] if "/" in word else [posixpath.join(place, word) for place in path.split(":")]
        return next((content for place in places if (content := self.read(place))), b"")


def matches(path: str, pattern: str) -> bool:
    """Whether a path matches a pattern of as many parts, each with `*` and `?`."""
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


class Subject(NamedTuple):
    """What a check looks at: an app's image, pulled by an engine and tagged my-app:local, and one running container."""

    lab: Lab
    engine: Engine
    language: Language
    flavour: Flavour
    app: App
    built: Built
    container: Container
    files: Files
    others: dict[str, Built]  # by what they are called

    def run(self, *command: str, options: tuple[str, ...] = (), check: bool = True) -> str:
        """The output of a command in a new container, `docker run --rm IMAGE …`."""
        return self.engine.docker("run", "--rm", *options, IMAGE, *command, check=check).stdout

    def config(self, key: str) -> Any:
        """A value of the image's config, by `docker inspect --format='{{json .Config.KEY}}'`."""
        return json.loads(self.engine.docker("inspect", f"--format={{{{json .Config.{key}}}}}", IMAGE).stdout)

    @property
    def env(self) -> dict[str, str]:
        """The environment of the image's config."""
        return dict(entry.partition("=")[::2] for entry in self.config("Env"))

    @property
    def account(self) -> tuple[str, str]:
        """The uid and gid of the running process 1, as the engine's machine sees them."""
        lines = self.engine.docker("top", self.container.id, "-o", "pid,uid,gid").stdout.splitlines()
        _, uid, gid = lines[1].split()
        return uid, gid

    @property
    def commands(self) -> list[list[str]]:
        """What each process executes, by the result."""
        return [list(process["args"]) for process in self.built.result["commands"]]

    def process(self, name: str) -> list[str]:
        """What a process executes, by the result; [] where there is none of that name."""
        found = [process["args"] for process in self.built.result["commands"] if process["name"] == name]
        return list(found[0]) if found else []

    def again(self, suffix: str, args: Mapping[str, str], env: Mapping[str, str] | None = None) -> Built:
        """The same app built with other build-args or another environment of the client, pulled by the engine, once."""
        if suffix in self.others:
            return self.others[suffix]
        every = {**self.app.args, **self.flavour.args, **args}
        built = build(self.lab, self.app.directory, name=f"{self.app.name}-{suffix}", args=every, env=env)
        self.engine.docker("pull", "-q", built.reference)
        self.others[suffix] = built
        return built

    def absent(self, *patterns: str) -> bool:
        """Whether nothing in the image matches one of the patterns."""
        return self.files.named(*patterns) == []


def exported(engine: Engine, image: str) -> Files:
    """The files of an image. Raises CalledProcessError where the engine does not give them."""
    ident = engine.docker("create", *label(), image).stdout.strip()
    try:
        program = engine.lab.place.bin / "docker"
        done = subprocess.run([program, "export", ident], check=True, capture_output=True, env=engine.environment)
        return Files(done.stdout)
    finally:
        engine.docker("rm", "-v", ident)
