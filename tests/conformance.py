"""The runtime page as a suite: every requirement R1-R79, for every language, on a built image in a real Docker Engine.

`make conformance` prints the table, writes it to bench/out/conformance.json and to docs/conformance.md, and fails when
a row that is built does not hold. What is not built yet says so: it never "holds".
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.e2e.apps import App, Built, Container, app, build, started
from tests.lab.api import Engine, Lab
from tests.lab.keeper import door

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "out" / "conformance.json"
PAGE = ROOT / "docs" / "conformance.md"
LANGUAGES = {"nodejs": "node-express", "python": "python-flask", "ruby": "ruby-rack"}  # language -> its app
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
    "coverage/x",
    "features/x",
    "htmlcov/x",
    "pkg/.cache/x",
    "pkg/__pycache__/x.pyc",
    "spec/x",
    "src/kept.txt",
    "test/x",
    "tests/x",
)
TITLES = {"nodejs": "Node.js", "python": "Python", "ruby": "Ruby"}

HOLDS, FAILS, OTHER, LATER = "holds", "fails", "not for this language", "not built yet"


class Subject(NamedTuple):
    """What a check looks at: an app's image, pulled by an engine and tagged my-app:local, and one running container."""

    lab: Lab
    engine: Engine
    language: str
    app: App
    built: Built
    container: Container

    def run(self, *command: str, check: bool = True) -> str:
        """The output of a command in a new container, `docker run --rm IMAGE …`."""
        return self.engine.docker("run", "--rm", IMAGE, *command, check=check).stdout

    def config(self, key: str) -> Any:
        """A value of the image's config, by `docker inspect --format='{{json .Config.KEY}}'`."""
        return json.loads(self.engine.docker("inspect", f"--format={{{{json .Config.{key}}}}}", IMAGE).stdout)

    def absent(self, *paths: str) -> bool:
        """Whether none of the paths is in the image. The shell of the image looks, so that globs work too."""
        script = 'for path; do for found in $path; do [ -e "$found" ] && echo "$found"; done; done; true'
        return self.run("/bin/sh", "-c", script, "sh", *paths) == ""

    def present(self, *paths: str) -> bool:
        """Whether all paths are in the image."""
        return all(self.run("/bin/sh", "-c", '[ -e "$1" ] && echo yes; true', "sh", path) for path in paths)

    def nowhere(self, name: str) -> bool:
        """Whether no file of that name is anywhere below /app."""
        return (
            self.run(
                "find", "/app", "-name", name, "-not", "-path", "*/node_modules/*", "-not", "-path", "/app/.venv/*"
            )
            == ""
        )


IMAGE = "my-app:local"
Check = Callable[[Subject], bool]


class Requirement(NamedTuple):
    """A line of the runtime page. `check` is None for what is not built yet; `only` names the language it is for."""

    id: str
    statement: str
    check: Check | None = None
    only: str = ""


def littered(subject: App, directory: Path) -> Path:
    """A copy of the app with LITTER in it."""
    copy = directory / subject.name
    shutil.copytree(subject.directory, copy, symlinks=True)
    for path in LITTER:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text("litter\n")
    return copy


def at_build(subject: Subject, port: str) -> dict[str, Any]:
    """The config of the same app built with another PORT."""
    built = build(subject.lab, subject.app.directory, name=f"{subject.app.name}-port", args={"PORT": port})
    subject.engine.docker("pull", "-q", built.reference)
    found = json.loads(subject.engine.docker("inspect", "--format={{json .Config}}", built.reference).stdout)
    return dict(found)


def page_read_only(subject: Subject) -> bool:
    """`docker run --read-only --tmpfs /tmp -p 5000:5000 IMAGE`, the page's own command, and HTTP 200."""
    run = subject.engine.docker("run", "-d", "--read-only", "--tmpfs", "/tmp", "-p", "5000:5000", IMAGE)
    ident = run.stdout.strip()
    try:
        return Container(subject.engine, ident, 5000).get(subject.app.get).status == subject.app.status
    except (AssertionError, urllib.error.URLError):
        return False
    finally:
        subject.engine.docker("rm", "-f", ident)


def history_is_readable(subject: Subject) -> bool:
    """Each of our layers says what it is for."""
    lines = subject.engine.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", IMAGE).stdout
    return all(kind in lines for kind in ("application:", "user:"))


def gems_are_there(subject: Subject) -> bool:
    """`bundle exec` loads a gem from /app/vendor/bundle, without a network."""
    script = 'require "rack"; print $LOADED_FEATURES.grep(/rack\\.rb$/)'
    found = subject.engine.docker("run", "--rm", "--network=none", IMAGE, "bundle", "exec", "ruby", "-e", script).stdout
    return "/app/vendor/bundle/" in found


def no_build_tools(subject: Subject) -> bool:
    """No compiler, no headers, no package manager's cache."""
    return subject.absent(
        "/usr/bin/gcc", "/usr/bin/g++", "/usr/bin/make", "/root/.npm", "/root/.cache", "/var/lib/apt/lists/*_*"
    )


def reads_port(subject: Subject) -> bool:
    """The start command binds to the PORT of the running container."""
    with started(subject.engine, IMAGE, "-e", "PORT=8123", port=8123) as container:
        return container.get(subject.app.get).status == subject.app.status


def built_on_the_engine(subject: Subject) -> bool:
    """`docker build -t NAME:local` leaves the image in the engine's store."""
    context = subject.app.directory
    subject.engine.docker(
        "build", "-q", "--build-arg", "BUILDKIT_SYNTAX=miget/migetpacks", "--network=host",
        *(f"--secret={secret}" for secret in subject.lab.secrets), "-t", "conformance:local", str(context),
    )  # fmt: skip
    return "conformance:local" in subject.engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").stdout


def no_secret(subject: Subject) -> bool:
    """No credential-like name in environment, labels or history."""
    text = subject.engine.docker("inspect", IMAGE).stdout + subject.engine.docker("history", "--no-trunc", IMAGE).stdout
    return not any(word in text for word in ("AWS_", "SECRET_ACCESS_KEY", "PASSWORD=", "TOKEN="))


def keeps_the_builders_environment_out(subject: Subject) -> bool:
    """A variable of the client, and one of the frontend's name for settings, are nowhere in the image."""
    secret = "of-the-builder-alone"
    env = {"AWS_SECRET_ACCESS_KEY": secret, "RUN_ENV_LEAK": secret}
    built = build(subject.lab, subject.app.directory, name=f"{subject.app.name}-env", env=env)
    docker = subject.engine.docker
    docker("pull", "-q", built.reference)
    told = docker("inspect", built.reference).stdout + docker("history", "--no-trunc", built.reference).stdout
    script = "env; grep -r of-the-builder-alone /app /etc /home; true"
    return secret not in told + docker("run", "--rm", built.reference, "/bin/sh", "-c", script).stdout


def gone(*names: str) -> Check:
    """A check that these names are not in /app."""
    return lambda s: s.absent(*(f"/app/{name}" for name in names))


ID = "uid=1000(miget) gid=1000(miget) groups=1000(miget)\n"
TABLE = "table {{.Repository}}\t{{.Tag}}\t{{.Size}}"

REQUIREMENTS = (
    Requirement("R1", "runs as a non-root user", lambda s: s.run("id", "-u") != "0\n" and s.config("User") not in ("", "0", "root")),
    Requirement("R2", "two flavours, chosen by USE_DHI"),
    Requirement("R3", "a runtime image, not a build image", no_build_tools),
    Requirement("R4", "user miget, uid 1000", lambda s: s.run("id", "-un") == "miget\n" and s.run("id", "-u") == "1000\n"),
    Requirement("R5", "group miget, gid 1000, the only one", lambda s: s.run("id", "-Gn") == "miget\n" and s.run("id", "-G") == "1000\n"),
    Requirement("R6", "working directory /app", lambda s: s.config("WorkingDir") == "/app" and s.run("pwd") == "/app\n"),
    Requirement("R7", "port 5000/tcp exposed by default", lambda s: s.config("ExposedPorts") == {"5000/tcp": {}}),
    Requirement("R8", "the exposed port follows PORT", lambda s: at_build(s, "3000")["ExposedPorts"] == {"3000/tcp": {}}),
    Requirement("R9", "a shell at /bin/sh", lambda s: s.run("/bin/sh", "-c", "echo yes") == "yes\n"),
    Requirement("R10", "/app holds source and dependencies", lambda s: "package.json" in s.run("ls", "/app") or "requirements.txt" in s.run("ls", "/app") or "Gemfile" in s.run("ls", "/app")),
    Requirement("R11", "dependencies in /app/node_modules", lambda s: s.run("node", "-e", "require('express')") == "", "nodejs"),
    Requirement("R12", "gems in /app/vendor/bundle", gems_are_there, "ruby"),
    Requirement("R13", "the virtualenv is /app/.venv", lambda s: s.run("/app/.venv/bin/python", "-c", "import flask, sys; print(sys.prefix)") == "/app/.venv\n", "python"),
    Requirement("R14", "user, group and a writable home in the runtime image", lambda s: s.run("/bin/sh", "-c", "touch ~/x && echo ~") == "/home/miget\n"),
    Requirement("R15", "config switches to the user and to /app", lambda s: s.config("User") == "1000:1000" and s.config("WorkingDir") == "/app"),
    Requirement("R16", "PORT=N to the builder changes the exposed port", lambda s: at_build(s, "3000")["ExposedPorts"] == {"3000/tcp": {}}),
    Requirement("R17", "PORT is in the image's environment", lambda s: "PORT=5000" in s.config("Env")),
    Requirement("R18", "the app reads PORT at run time", reads_port),
    *(Requirement(f"R{n}", "hardened flavour") for n in range(19, 35)),
    Requirement("R35", ".git/ removed", gone(".git"), "nodejs"),
    Requirement("R36", ".github/ removed", gone(".github"), "nodejs"),
    Requirement("R37", "test/, tests/ removed", gone("test", "tests"), "nodejs"),
    Requirement("R38", "spec/ removed", gone("spec"), "nodejs"),
    Requirement("R39", "__tests__/ removed", gone("__tests__"), "nodejs"),
    Requirement("R40", "coverage/ removed", gone("coverage"), "nodejs"),
    Requirement("R41", ".nyc_output/ removed", gone(".nyc_output"), "nodejs"),
    Requirement("R42", ".cache/ removed", lambda s: s.nowhere(".cache"), "nodejs"),
    Requirement("R43", ".git/ removed", gone(".git"), "ruby"),
    Requirement("R44", ".github/ removed", gone(".github"), "ruby"),
    Requirement("R45", "test/, tests/ removed", gone("test", "tests"), "ruby"),
    Requirement("R46", "spec/ removed", gone("spec"), "ruby"),
    Requirement("R47", "features/ removed", gone("features"), "ruby"),
    Requirement("R48", ".rspec removed", gone(".rspec"), "ruby"),
    Requirement("R49", ".rubocop* removed", gone(".rubocop*"), "ruby"),
    Requirement("R50", "vendor/bundle/*/cache/ removed", gone("vendor/bundle/*/cache", "vendor/bundle/ruby/*/cache"), "ruby"),
    Requirement("R51", ".git/ removed", gone(".git"), "python"),
    Requirement("R52", ".github/ removed", gone(".github"), "python"),
    Requirement("R53", "test/, tests/ removed", gone("test", "tests"), "python"),
    Requirement("R54", "__pycache__/ removed", lambda s: s.nowhere("__pycache__"), "python"),
    Requirement("R55", ".pytest_cache/ removed", gone(".pytest_cache"), "python"),
    Requirement("R56", ".coverage removed", gone(".coverage"), "python"),
    Requirement("R57", "htmlcov/ removed", gone("htmlcov"), "python"),
    *(Requirement(f"R{n}", ".NET clean-up", None, "dotnet") for n in range(58, 66)),
    Requirement("R66", "application source stays", lambda s: s.present("/app/src/kept.txt")),
    Requirement("R67", "docker run --rm IMAGE ls -la /app/", lambda s: "miget" in s.run("ls", "-la", "/app/")),
    Requirement("R68", "docker run --rm IMAGE env", lambda s: "PORT=5000\n" in s.run("env")),
    Requirement("R69", "docker run --rm IMAGE id", lambda s: s.run("id") == ID),
    Requirement("R70", "docker inspect --format='{{json .Config.ExposedPorts}}'", lambda s: s.engine.docker("inspect", "--format={{json .Config.ExposedPorts}}", IMAGE).stdout == '{"5000/tcp":{}}\n'),
    Requirement("R71", "docker inspect --format='{{json .Config.Cmd}}'", lambda s: s.config("Cmd")[0] not in ("sh", "/bin/sh", "npm") and s.config("Cmd") == s.built.result["start"]),
    Requirement("R72", "docker history", history_is_readable),
    Requirement("R73", "docker images --format table", lambda s: "my-app" in s.engine.docker("images", "--format", TABLE).stdout),
    Requirement("R74", "docker build -t NAME:local loads, and pushes nothing", built_on_the_engine),
    Requirement("R75", "no privilege to be gained: runs with none at all", lambda s: s.container.get(s.app.get).status == s.app.status),
    Requirement("R76", "numeric user, no new privileges, no capability, read-only root", lambda s: s.config("User").replace(":", "").isdigit() and s.container.inspect("{{.State.Running}}") == "true"),
    Requirement("R77", "docker run --read-only --tmpfs /tmp -p 5000:5000", page_read_only),
    Requirement("R78", "no credential in the image", no_secret),
    Requirement("R79", "the builder's own environment never reaches the build", keeps_the_builders_environment_out),
)  # fmt: skip


class Row(NamedTuple):
    """A requirement and, by language, what was found."""

    id: str
    statement: str
    found: dict[str, str]


def walk(lab: Lab) -> list[Row]:
    """Every requirement on every language's image."""
    engine = lab.engine()
    rows = [Row(r.id, r.statement, {}) for r in REQUIREMENTS]
    scratch = Path(tempfile.mkdtemp(prefix="conformance-"))
    for language, name in LANGUAGES.items():
        subject = app(name)
        subject = subject._replace(directory=littered(subject, scratch))
        built = build(lab, subject.directory, name=name, args=subject.args)
        engine.docker("pull", "-q", built.reference)
        engine.docker("tag", built.reference, IMAGE)
        with started(engine, IMAGE) as container:
            container.get(subject.get)
            for row, requirement in zip(rows, REQUIREMENTS, strict=True):
                row.found[language] = judge(requirement, Subject(lab, engine, language, subject, built, container))
    shutil.rmtree(scratch)
    return rows


def judge(requirement: Requirement, subject: Subject) -> str:
    """What a requirement is for one language."""
    if requirement.only and requirement.only in LANGUAGES and requirement.only != subject.language:
        return OTHER
    if requirement.check is None:
        return OTHER if requirement.only else LATER
    return HOLDS if requirement.check(subject) else FAILS


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    head = ["| | requirement | " + " | ".join(TITLES[language] for language in LANGUAGES) + " |"]
    head.append("|---|---|" + "---|" * len(LANGUAGES))
    body = [f"| {r.id} | {r.statement} | " + " | ".join(r.found[lang] for lang in LANGUAGES) + " |" for r in rows]
    return "\n".join(head + body) + "\n"


def write(rows: list[Row]) -> None:
    """The table as JSON and as the page of the documentation."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps([{"id": r.id, "statement": r.statement, **r.found} for r in rows], indent=2) + "\n")
    PAGE.write_text(
        "# Conformance\n\nGenerated by `make conformance`: the runtime page's requirements, each checked on a built "
        "image in a real Docker\nEngine (standard flavour). Never edited by hand.\n\n" + table(rows)
    )


def main() -> int:
    """Walks, prints, writes; 1 when a row fails."""
    lab = Lab.ensure()
    lab.push_frontend()
    rows = walk(lab)
    write(rows)
    print(table(rows), end="")
    return int(any(FAILS in row.found.values() for row in rows))


if __name__ == "__main__":
    sys.exit(door("the conformance page", main))
