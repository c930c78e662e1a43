"""Apps on hardened images: on `dhi.io`, one on each other family; and bases that are not what they say.

Each is started on a read-only root with no capability. There is no shell in these images, so what they hold is read
from the image's own files.
"""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path
from shutil import copytree
from subprocess import CalledProcessError

import pytest

from tests.e2e.apps import App, Built, app, build, started
from tests.lab.api import Engine, Lab

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("hardened_bases")]

SHELLS = frozenset(f"{dir}/{name}" for dir in ("bin", "usr/bin") for name in ("sh", "bash", "dash", "ash", "busybox"))
PACKAGE_MANAGERS = frozenset(f"usr/bin/{name}" for name in ("apt", "apt-get", "dpkg", "apk", "rpm"))
TOOLS = frozenset(f"usr/bin/{name}" for name in ("ls", "cat", "curl", "env", "find"))
WRAPPERS = frozenset(("sh", "bash", "npm", "npx", "yarn", "pnpm", "bundle", "env", "gunicorn", "rails", "puma"))
LOOKED_THROUGH = ("node-express", "python-flask", "ruby-rack")
STARTED = (
    "node-fastify", "node-sharp", "bun-elysia",
    "python-fastapi-uv", "python-psycopg2", "ruby-rails", "dotnet-npgsql", "deno-hono",
)  # fmt: skip
APPS = (  # all of them where every app is built (`make e2e-all`)
    "node-express", "node-fastify", "node-koa", "node-next", "node-pnpm", "node-sharp", "node-gyp", "node-yarn-pnp",
    "node-canvas",
    "bun-elysia", "bun-bundle", "bun-serve",
    "python-flask", "python-django", "python-fastapi-uv", "python-psycopg2", "python-aiohttp", "python-native",
    "python-poetry", "python-procfile", "python-lxml",
    "ruby-rack", "ruby-sinatra", "ruby-native", "ruby-rails", "ruby-roda", "ruby-grape", "ruby-rmagick", "ruby-unicorn",
    "deno-hono", "deno-serve", "deno-express", "deno-procfile",
    "dotnet-web", "dotnet-npgsql", "dotnet-mvc", "dotnet-efcore", "dotnet-razor-pages", "dotnet-fsharp",
    "dotnet-solution", "dotnet-worker", "dotnet-use-urls",
)  # fmt: skip
FITTING = {"cgr.dev/chainguard/python:latest": {"PYTHON_VERSION": "3.14"}}  # whatever is newest
FAMILIES = (  # base, app, its user, whether it has a shell
    ("gcr.io/distroless/nodejs24-debian13:nonroot", "node-express", "65532:65532", False),
    ("gcr.io/distroless/python3-debian13:nonroot", "python-flask", "65532:65532", False),
    ("gcr.io/distroless/cc-debian13:nonroot", "bun-compile", "65532:65532", False),
    ("cgr.dev/chainguard/node:latest", "node-express", "65532:65532", True),
    ("cgr.dev/chainguard/python:latest", "python-flask", "65532:65532", False),
    ("cgr.dev/chainguard/ruby:latest", "ruby-rack", "65532:65532", False),
)
ODD = (  # base, what the error says, what to do
    ("odd/node:24-root", "runs as root", "RUNTIME_USER=node"),
    ("odd/node:24-no-user", "names no user", "RUNTIME_USER=node"),
    ("odd/node:24-unknown-name", "has no user ghost", "RUNTIME_USER"),
    ("odd/node:24-unknown-uid", "has no user 4711", "RUNTIME_USER"),
)
CHISELED: tuple[tuple[str, list[str]], ...] = (
    ("chiseled", ["invariant-base"]),
    ("chiseled-extra", []),
)  # a tag, the warnings
REFUSED = (  # a line of the Procfile, what the error says, what to do
    ("node server.js --name $UNSET", "uses $UNSET, which the image does not set", "RUN_ENV_UNSET"),
    ("node server.js --port $PORT > log", "redirects (>)", "standard output"),
    ("node server.js | tee log", "has a pipe (|)", "BUILD_COMMAND"),
    ("node migrate.js && node server.js", "runs several commands (&&)", "the process release"),
    ("bash start.sh", "start.sh is a shell script", "name the program that it starts"),
    ("./start.sh", "start.sh is a shell script", "name the program that it starts"),
)


def built(lab: Lab, engine: Engine, one: App, name: str, **args: str) -> Built:
    """The image of an app with more build-args, present in the engine."""
    image = build(lab, one.directory, name=f"{one.name}-{name}", args={**one.args, **args})
    engine.docker("pull", "-q", image.reference)
    return image


def answers(engine: Engine, one: App, image: Built) -> None:
    """Starts the image and asks it, as its own user, without a capability, on a read-only root."""
    variables = [f"--env={name}={value}" for name, value in one.run_env.items()]
    port = int(image.result["ports"][0].removesuffix("/tcp"))
    with started(engine, image.reference, *variables, port=port) as container:
        answer = container.get(one.get)
        assert (answer.status, one.answer in answer.text) == (one.status, True), answer


def files(engine: Engine, image: Built, directory: Path) -> frozenset[str]:
    """The paths of all files in an image, without a leading slash."""
    ident = engine.docker("create", image.reference).stdout.strip()
    try:
        engine.docker("export", "-o", directory / "files.tar", ident)
    finally:
        engine.docker("rm", ident)
    with tarfile.open(directory / "files.tar") as archive:
        return frozenset(archive.getnames())


@pytest.mark.parametrize("name", APPS if os.environ.get("MIGETPACKS_APPS") == "all" else STARTED)
def test_an_app_runs_without_a_shell(name: str, lab: Lab, engine: Engine) -> None:
    one = app(name)
    image = built(lab, engine, one, "hardened", USE_DHI="true")
    config = json.loads(engine.docker("inspect", "--format={{json .Config}}", image.reference).stdout)
    assert (image.result["_shell"], image.result["flavour"]) == (False, "hardened")
    assert not config.get("Entrypoint"), "the base's own would take the first word"
    assert (config["User"], config["WorkingDir"]) == (image.result["user"], "/app")
    assert all(part.isdigit() and part != "0" for part in config["User"].split(":"))
    assert config["ExposedPorts"] == {"5000/tcp": {}}
    assert config["Cmd"] == image.result["start"]
    for process in image.result["commands"]:
        assert process["args"][0].rpartition("/")[2] not in WRAPPERS, process
    base = image.result["base_images"][0]
    assert base["name"].startswith("dhi.io/")
    assert base["digest"].startswith("sha256:")
    answers(engine, one, image)


@pytest.mark.parametrize("name", LOOKED_THROUGH)
def test_an_image_has_no_shell_and_no_package_manager(name: str, lab: Lab, engine: Engine, tmp_path: Path) -> None:
    image = built(lab, engine, app(name), "hardened", USE_DHI="true")
    found = files(engine, image, tmp_path)
    assert not found & (SHELLS | PACKAGE_MANAGERS | TOOLS)
    assert "app" in found


@pytest.mark.parametrize("name", LOOKED_THROUGH)
def test_a_second_build_is_fully_cached(name: str, lab: Lab, engine: Engine) -> None:
    first = built(lab, engine, app(name), "hardened", USE_DHI="true")
    again = built(lab, engine, app(name), "hardened", USE_DHI="true")
    assert (again.steps_run, again.digest) == ([], first.digest)


@pytest.mark.parametrize(("base", "name", "user", "shell"), FAMILIES)
def test_what_the_image_holds_decides(base: str, name: str, user: str, shell: bool, lab: Lab, engine: Engine) -> None:
    image = built(lab, engine, app(name), "given", RUNTIME_BASE=base, **FITTING.get(base, {}))
    assert (image.result["user"], image.result["_shell"], image.result["flavour"]) == (user, shell, "given")
    answers(engine, app(name), image)


@pytest.mark.parametrize(("base", "message", "hint"), ODD)
def test_a_base_that_cannot_be_right_is_an_error(base: str, message: str, hint: str, lab: Lab) -> None:
    with pytest.raises(CalledProcessError) as error:
        build(
            lab,
            app("node-express").directory,
            name="node-express-odd",
            args={"USE_DHI": "true", "RUNTIME_BASE": f"{lab.registry}/{base}"},
        )
    assert message in error.value.stderr
    assert hint in error.value.stderr


def test_the_user_of_the_setting_comes_before_root(lab: Lab, engine: Engine) -> None:
    base = {"RUNTIME_BASE": f"{lab.registry}/odd/node:24-root", "RUNTIME_USER": "node"}
    image = built(lab, engine, app("node-express"), "user", USE_DHI="true", **base)
    assert image.result["user"] == "1000:1000"
    answers(engine, app("node-express"), image)


@pytest.mark.parametrize(("command", "message", "hint"), REFUSED)
def test_what_only_a_shell_can_run_is_an_error_at_its_line(
    command: str, message: str, hint: str, lab: Lab, tmp_path: Path
) -> None:
    context = copytree(app("node-express").directory, tmp_path / "app")
    (context / "start.sh").write_text("#!/bin/sh\nexec node server.js\n")
    (context / "start.sh").chmod(0o755)
    (context / "Procfile").write_text(f"worker: node server.js\nweb: {command}\n")
    with pytest.raises(CalledProcessError) as error:
        build(lab, context, name="node-express-shell", args={"USE_DHI": "true"})
    said = error.value.stderr.rpartition("error: failed to solve: ")[2].splitlines()
    assert message in said[0]
    assert said[1].strip().startswith("Procfile:2")
    assert said[2].startswith("hint: ")
    assert hint in said[2]


def test_a_hardened_base_with_a_shell_is_a_warning(lab: Lab, engine: Engine) -> None:
    one = app("node-express")
    image = built(lab, engine, one, "busybox", USE_DHI="true", RUNTIME_BASE=f"{lab.registry}/odd/node:24-busybox")
    assert image.result["_shell"] is True
    assert [warning["code"] for warning in image.result["warnings"]] == ["shell-in-base"]
    answers(engine, one, image)


@pytest.mark.parametrize(("tag", "codes"), CHISELED if os.environ.get("MIGETPACKS_APPS") == "all" else CHISELED[:1])
def test_a_chiseled_base_without_icu_is_a_warning(tag: str, codes: list[str], lab: Lab, engine: Engine) -> None:
    base = f"mcr.microsoft.com/dotnet/aspnet:10.0-noble-{tag}"
    lab.ensure_image(base)
    image = built(lab, engine, app("dotnet-web"), tag, RUNTIME_BASE=base)
    assert [warning["code"] for warning in image.result["warnings"]] == codes
    answers(engine, app("dotnet-web"), image)


def test_native_code_for_glibc_is_an_error_on_a_base_with_musl(lab: Lab) -> None:
    with pytest.raises(CalledProcessError) as error:
        build(
            lab,
            app("node-gyp").directory,
            name="node-gyp-musl",
            args={"USE_DHI": "true", "RUNTIME_BASE": f"{lab.registry}/odd/node:24-musl"},
        )
    assert "is built for glibc, which the base image" in error.value.stderr
    assert "error: failed to solve: native code of the app does not run on the base image" in error.value.stderr


def test_a_base_with_another_version_is_an_error(lab: Lab) -> None:
    args = {"RUNTIME_BASE": "cgr.dev/chainguard/python:latest", "PYTHON_VERSION": "3.13"}
    with pytest.raises(CalledProcessError) as error:
        build(lab, app("python-flask").directory, name="python-flask-other", args=args)
    assert "has python 3.14, but the app is built for 3.13" in error.value.stderr
    assert "PYTHON_VERSION=3.14" in error.value.stderr


def test_a_mirror_s_names(lab: Lab) -> None:
    args = {"USE_DHI": "true", "DHI_MIRROR": f"{lab.registry}/acme/dhi-"}
    with pytest.raises(CalledProcessError) as error:
        build(lab, app("node-express").directory, name="node-express-mirror", args=args)
    assert f"{lab.registry}/acme/dhi-node:24-debian13" in error.value.stderr
