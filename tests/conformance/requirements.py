"""R1-R79 of the runtime page, each as a check on an image. The page's own commands are used as they stand there."""

from __future__ import annotations

import urllib.error
from collections.abc import Callable
from typing import NamedTuple

from tests.conformance.subject import HARDENED, IMAGE, STANDARD, Subject
from tests.e2e.apps import Container, started

Check = Callable[[Subject], bool]

PLACES = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/busybox")
SHELLS = ("sh", "bash", "dash", "ash", "zsh", "busybox")
PACKAGE_MANAGERS = ("apt", "apt-get", "dpkg", "apk", "rpm", "dnf", "yum", "microdnf")
DEBUGGING = ("ls", "cat", "curl", "wget", "find", "ps", "vi", "nc", "strace", "gdb", "ping")
TABLE = "table {{.Repository}}\t{{.Tag}}\t{{.Size}}"
ID = "uid=1000(miget) gid=1000(miget) groups=1000(miget)\n"
ELF = b"\x7fELF"


class Requirement(NamedTuple):
    """A line of the runtime page. `languages` and `flavours` are those that the page asks it of, () for all."""

    id: str
    statement: str
    check: Check
    languages: tuple[str, ...] = ()
    flavours: tuple[str, ...] = ()


def programs(*names: str) -> tuple[str, ...]:
    """Where programs of these names would be."""
    return tuple(f"{place}/{name}" for place in PLACES for name in names)


def gone(*names: str) -> Check:
    """A check that these names are not in /app."""
    return lambda s: s.absent(*(f"/app/{name}" for name in names))


def nowhere(*names: str) -> Check:
    """A check that no path below /app has one of these last parts, outside of installed dependencies."""
    outside = ("/app/node_modules/", "/app/.venv/", "/app/vendor/bundle/")
    return lambda s: not any(not p.startswith(outside) for name in names for p in s.files.below("/app", name))


def is_not_root(s: Subject) -> bool:
    """Both what runs and what the config says."""
    return s.account[0] != "0" and s.config("User").partition(":")[0] not in ("", "0", "root")


def flavours_differ(s: Subject) -> bool:
    """`USE_DHI=false` is the standard flavour, `true` the other one: the bases differ."""
    other = s.again("flavour", {"USE_DHI": "false" if s.flavour == HARDENED else "true"})
    return bool(other.result["base_images"][0]["name"] != s.built.result["base_images"][0]["name"])


def no_build_tools(s: Subject) -> bool:
    """No compiler, no headers of ours, no package manager's cache."""
    tools = (*programs("gcc", "g++", "cc", "make"), "/usr/share/dotnet/sdk", "/usr/lib/dotnet/sdk", "/opt/dotnet/sdk")
    return s.absent(*tools, "/root/.npm", "/root/.cache", "/root/.nuget", "/var/lib/apt/lists/*_*")


def port_of_the_builder(s: Subject) -> bool:
    """PORT given to the builder is the one port of the image."""
    built = s.again("port", {"PORT": "3000"})
    found = s.engine.docker("inspect", "--format={{json .Config.ExposedPorts}}", built.reference).stdout
    return found == '{"3000/tcp":{}}\n'


def app_is_there(s: Subject) -> bool:
    """/app holds the application and its dependencies."""
    manifests = ("package.json", "requirements.txt", "Gemfile", "*.deps.json", "deno.json", "deno.jsonc")
    return bool(s.files.named(*(f"/app/{name}" for name in manifests)))


def dependencies_are_there(s: Subject) -> bool:
    """The language's interpreter loads a dependency from where the page says, without a network."""
    word = s.language.interpreter
    if s.flavour == HARDENED and "/" not in word:
        word = s.config("Cmd")[0]  # PATH need not lead to it
    found = s.run(*s.language.checked, options=("--network=none", "--entrypoint", word))
    return found.startswith(s.language.found)


def home_is_writable(s: Subject) -> bool:
    """The user has a home directory and may write there."""
    return s.run("/bin/sh", "-c", "touch ~/x && echo ~") == "/home/miget\n"


def reads_port(s: Subject) -> bool:
    """The start command binds to the PORT of the running container."""
    with started(s.engine, IMAGE, "-e", "PORT=8123", port=8123) as container:
        return container.get(s.app.get).status == s.app.status


def user_of_the_base(s: Subject) -> bool:
    """The numbers that the image's passwd has for an account, and they are what runs."""
    lines = (line.split(":") for line in s.files.read("/etc/passwd").decode().splitlines())
    known = {(fields[2], fields[3]) for fields in lines if len(fields) > 3}
    uid, gid = s.account
    return (uid, gid) in known and uid != "0" and s.config("User") == f"{uid}:{gid}"


def no_shell_wrapper(s: Subject) -> bool:
    """No shell in front of any process."""
    words = [word for command in (s.config("Entrypoint") or [], *s.commands) for word in command[:2]]
    return bool(words) and not any(word.rpartition("/")[2] in SHELLS or word == "-c" for word in words)


def exec_form(s: Subject) -> bool:
    """Every process is a list of words."""
    return len(s.commands) > len(s.language.processes) and all(
        isinstance(word, str) for command in [s.config("Cmd"), *s.commands] for word in command
    )


def native_program(s: Subject) -> bool:
    """Each process begins with a program of machine code: no `#!` line is needed."""
    path = s.env.get("PATH", "")
    return all(s.files.program(command[0], path).startswith(ELF) for command in s.commands)


def no_variable(s: Subject) -> bool:
    """No `$` in what is executed."""
    words = [*(s.config("Entrypoint") or []), *s.config("Cmd"), *(word for command in s.commands for word in command)]
    return not any("$" in word for word in words)


def port_expanded(s: Subject) -> bool:
    """`${PORT:-5000}` is the port of the build: 5000, or the one given to the builder."""
    other = s.again("port", {"PORT": "3000"})
    (worker,) = (process["args"] for process in other.result["commands"] if process["name"] == "worker")
    return s.process("worker")[-1] == "5000" and worker[-1] == "3000"


def transformed(name: str, *words: str) -> Check:
    """A check that a process is executed as a program that ends in the first word, and the rest."""
    return lambda s: (
        s.process(name)[0].rpartition("/")[2] == words[0] and s.process(name)[1 : len(words)] == [*words[1:]]
    )


def history_is_readable(s: Subject) -> bool:
    """Each of our layers says what it is for."""
    lines = s.engine.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", IMAGE).stdout
    kinds = ("application:", "user:") if s.flavour == STANDARD else ("application:",)
    return all(kind in lines for kind in kinds)


def built_and_loaded(s: Subject) -> bool:
    """`docker build -t NAME:local` leaves the image in the engine's store.

    The engine builds it itself where its bases are on Docker Hub: the lab's engine has no mirror of another registry.
    """
    args = {"BUILDKIT_SYNTAX": "miget/migetpacks", **s.app.args, **s.flavour.args}
    options = [
        *(f"--build-arg={name}={value}" for name, value in args.items()),
        *(f"--secret={secret}" for secret in s.lab.secrets),
        "-q", "-t", "conformance:local", str(s.app.directory),
    ]  # fmt: skip
    docker = s.engine.docker
    if all(base["name"].startswith("docker.io/") for base in s.built.result["base_images"]):
        docker("build", "--network=host", *options)
    else:
        builder = "conformance"
        docker("buildx", "create", "--name", builder, "--driver", "remote", s.lab.buildkit_host)
        try:
            docker("buildx", "build", "--builder", builder, "--load", *options)
        finally:
            docker("buildx", "rm", builder)
    return "conformance:local" in docker("images", "--format", "{{.Repository}}:{{.Tag}}").stdout


def page_read_only(s: Subject) -> bool:
    """`docker run --read-only --tmpfs /tmp -p 5000:5000 IMAGE`, the page's own command, and HTTP 200."""
    run = s.engine.docker("run", "-d", "--read-only", "--tmpfs", "/tmp", "-p", "5000:5000", IMAGE)
    ident = run.stdout.strip()
    try:
        return Container(s.engine, ident, 5000).get(s.app.get).status == s.app.status
    except (AssertionError, urllib.error.URLError):
        return False
    finally:
        s.engine.docker("rm", "-f", ident)


def no_secret(s: Subject) -> bool:
    """No credential-like name in environment, labels or history."""
    text = s.engine.docker("inspect", IMAGE).stdout + s.engine.docker("history", "--no-trunc", IMAGE).stdout
    return not any(word in text for word in ("AWS_", "SECRET_ACCESS_KEY", "PASSWORD=", "TOKEN="))


def keeps_the_builders_environment_out(s: Subject) -> bool:
    """A variable of the client, and one of the frontend's name for settings, are nowhere in the image."""
    secret = "of-the-builder-alone"
    built = s.again("env", {}, {"AWS_SECRET_ACCESS_KEY": secret, "RUN_ENV_LEAK": secret})
    docker = s.engine.docker
    told = docker("inspect", built.reference).stdout + docker("history", "--no-trunc", built.reference).stdout
    return secret not in told and built.digest == s.built.digest


def shell_flag(s: Subject) -> bool:
    """The result of every build says whether its image has a shell, and says it right."""
    has = not s.absent(*programs(*SHELLS))
    return s.built.result.get("_shell") is has


NODES = ("nodejs", "bun")
INTERPRETED = (*NODES, "python", "ruby")

REQUIREMENTS = (
    Requirement("R1", "runs as a non-root user", is_not_root),
    Requirement("R2", "two flavours, chosen by USE_DHI", flavours_differ),
    Requirement("R3", "a runtime image, not a build image", no_build_tools),
    Requirement("R4", "user miget, uid 1000", lambda s: s.run("id", "-un") == "miget\n" and s.run("id", "-u") == "1000\n", flavours=("standard",)),
    Requirement("R5", "group miget, gid 1000, the only one", lambda s: s.run("id", "-Gn") == "miget\n" and s.run("id", "-G") == "1000\n", flavours=("standard",)),
    Requirement("R6", "working directory /app", lambda s: s.config("WorkingDir") == "/app" and s.run("pwd") == "/app\n", flavours=("standard",)),
    Requirement("R7", "port 5000/tcp exposed by default", lambda s: s.config("ExposedPorts") == {"5000/tcp": {}}),
    Requirement("R8", "the exposed port follows PORT", port_of_the_builder),
    Requirement("R9", "a shell at /bin/sh", lambda s: s.run("/bin/sh", "-c", "echo yes") == "yes\n", flavours=("standard",)),
    Requirement("R10", "/app holds the app and its dependencies", app_is_there),
    Requirement("R11", "dependencies in /app/node_modules", dependencies_are_there, NODES),
    Requirement("R12", "gems in /app/vendor/bundle", dependencies_are_there, ("ruby",)),
    Requirement("R13", "the virtualenv is /app/.venv", dependencies_are_there, ("python",)),
    Requirement("R14", "user, group and a writable home in the runtime image", home_is_writable, flavours=("standard",)),
    Requirement("R15", "config switches to the user and to /app", lambda s: s.config("User") == "1000:1000" and s.config("WorkingDir") == "/app", flavours=("standard",)),
    Requirement("R16", "PORT=N to the builder changes the exposed port", port_of_the_builder),
    Requirement("R17", "PORT is in the image's environment", lambda s: s.env.get("PORT") == "5000"),
    Requirement("R18", "the app reads PORT at run time", reads_port),
    Requirement("R19", "USE_DHI=true selects images of dhi.io", lambda s: s.built.result["base_images"][0]["name"].startswith("dhi.io/"), flavours=("hardened",)),
    Requirement("R20", "the image's own user, not root, by its numbers", user_of_the_base, flavours=("hardened",)),
    Requirement("R21", "working directory /app", lambda s: s.config("WorkingDir") == "/app", flavours=("hardened",)),
    Requirement("R22", "port 5000/tcp by default, changed by PORT", lambda s: s.config("ExposedPorts") == {"5000/tcp": {}} and port_of_the_builder(s), flavours=("hardened",)),
    Requirement("R23", "no shell", lambda s: s.absent(*programs(*SHELLS)), flavours=("hardened",)),
    Requirement("R24", "no package manager", lambda s: s.absent(*programs(*PACKAGE_MANAGERS)), flavours=("hardened",)),
    Requirement("R25", "the start command never uses a shell wrapper", no_shell_wrapper, flavours=("hardened",)),
    Requirement("R26", "all processes in exec form", exec_form, flavours=("hardened",)),
    Requirement("R27", "no process depends on a #! line", native_program, flavours=("hardened",)),
    Requirement("R28", "no shell variable in a command", no_variable, flavours=("hardened",)),
    Requirement("R29", "no debugging tools", lambda s: s.absent(*programs(*DEBUGGING)), flavours=("hardened",)),
    Requirement("R30", "./bin/rails server becomes ruby bin/rails server", transformed("console", "ruby", "bin/rails", "server"), ("ruby",), ("hardened",)),
    Requirement("R31", "bundle exec puma becomes ruby -S bundle exec puma", transformed("worker", "ruby", "-S", "bundle", "exec", "puma"), ("ruby",), ("hardened",)),
    Requirement("R32", "${PORT:-5000} becomes the port", port_expanded, flavours=("hardened",)),
    Requirement("R33", 'the result has "_shell": false', lambda s: s.built.result["_shell"] is False, flavours=("hardened",)),
    Requirement("R34", "the flag tells how to run commands, for every build", shell_flag),
    Requirement("R35", ".git/ removed", gone(".git"), NODES),
    Requirement("R36", ".github/ removed", gone(".github"), NODES),
    Requirement("R37", "test/, tests/ removed", gone("test", "tests"), NODES),
    Requirement("R38", "spec/ removed", gone("spec"), NODES),
    Requirement("R39", "__tests__/ removed", gone("__tests__"), NODES),
    Requirement("R40", "coverage/ removed", gone("coverage"), NODES),
    Requirement("R41", ".nyc_output/ removed", gone(".nyc_output"), NODES),
    Requirement("R42", ".cache/ removed", nowhere(".cache"), NODES),
    Requirement("R43", ".git/ removed", gone(".git"), ("ruby",)),
    Requirement("R44", ".github/ removed", gone(".github"), ("ruby",)),
    Requirement("R45", "test/, tests/ removed", gone("test", "tests"), ("ruby",)),
    Requirement("R46", "spec/ removed", gone("spec"), ("ruby",)),
    Requirement("R47", "features/ removed", gone("features"), ("ruby",)),
    Requirement("R48", ".rspec removed", gone(".rspec"), ("ruby",)),
    Requirement("R49", ".rubocop* removed", gone(".rubocop*"), ("ruby",)),
    Requirement("R50", "vendor/bundle/*/cache/ removed", gone("vendor/bundle/*/cache", "vendor/bundle/ruby/*/cache"), ("ruby",)),
    Requirement("R51", ".git/ removed", gone(".git"), ("python",)),
    Requirement("R52", ".github/ removed", gone(".github"), ("python",)),
    Requirement("R53", "test/, tests/ removed", gone("test", "tests"), ("python",)),
    Requirement("R54", "__pycache__/ removed", nowhere("__pycache__"), ("python",)),
    Requirement("R55", ".pytest_cache/ removed", gone(".pytest_cache"), ("python",)),
    Requirement("R56", ".coverage removed", gone(".coverage"), ("python",)),
    Requirement("R57", "htmlcov/ removed", gone("htmlcov"), ("python",)),
    Requirement("R58", ".git/, .github/ removed", nowhere(".git", ".github"), ("dotnet",)),
    Requirement("R59", "*.cs removed", nowhere("*.cs"), ("dotnet",)),
    Requirement("R60", "*.csproj removed", nowhere("*.csproj"), ("dotnet",)),
    Requirement("R61", "*.sln, *.slnx removed", nowhere("*.sln", "*.slnx"), ("dotnet",)),
    Requirement("R62", "obj/ removed", nowhere("obj"), ("dotnet",)),
    Requirement("R63", "bin/Release/net*/ removed", nowhere("Release"), ("dotnet",)),
    Requirement("R64", "bin/Debug/ removed", nowhere("Debug"), ("dotnet",)),
    Requirement("R65", "no source file at all", nowhere("*.cs", "*.fs", "*.vb", "*.cshtml", "*.razor", "*.resx"), ("dotnet",)),
    Requirement("R66", "application source stays", lambda s: s.files.read("/app/src/kept.txt") == b"litter\n", (*INTERPRETED, "deno")),
    Requirement("R67", "docker run --rm IMAGE ls -la /app/", lambda s: "miget" in s.run("ls", "-la", "/app/"), flavours=("standard",)),
    Requirement("R68", "docker run --rm IMAGE env", lambda s: "PORT=5000\n" in s.run("env"), flavours=("standard",)),
    Requirement("R69", "docker run --rm IMAGE id", lambda s: s.run("id") == ID, flavours=("standard",)),
    Requirement("R70", "docker inspect --format='{{json .Config.ExposedPorts}}'", lambda s: s.engine.docker("inspect", "--format={{json .Config.ExposedPorts}}", IMAGE).stdout == '{"5000/tcp":{}}\n'),
    Requirement("R71", "docker inspect --format='{{json .Config.Cmd}}'", lambda s: s.config("Cmd")[0] not in ("sh", "/bin/sh", "npm") and s.config("Cmd") == s.built.result["start"]),
    Requirement("R72", "docker history", history_is_readable),
    Requirement("R73", "docker images --format table", lambda s: "my-app" in s.engine.docker("images", "--format", TABLE).stdout),
    Requirement("R74", "docker build -t NAME:local loads, and pushes nothing", built_and_loaded),
    Requirement("R75", "no privilege to be gained: runs with none at all", lambda s: s.container.get(s.app.get).status == s.app.status),
    Requirement("R76", "numeric user, no new privileges, no capability, read-only root", lambda s: s.config("User").replace(":", "").isdigit() and s.container.inspect("{{.State.Running}}") == "true"),
    Requirement("R77", "docker run --read-only --tmpfs /tmp -p 5000:5000", page_read_only),
    Requirement("R78", "no credential in the image", no_secret),
    Requirement("R79", "the builder's own environment never reaches the build", keeps_the_builders_environment_out),
)  # fmt: skip
