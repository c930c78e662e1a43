"""The variables of a Dockerfile's image: which the app and its build have too, which are told, and which are left."""

import pytest

from frontend.plan.model import Plan
from tests.deploy.common import EXPRESS, FLASK, Files, plan, step, told

STAGES = """\
ARG POOL=7
FROM python:3.13-slim AS base
WORKDIR /code
ENV PYTHONPATH=${PYTHONPATH}:/code/src:/code TZ="Europe/Berlin" \\
    PIP_NO_CACHE_DIR=1 PATH="/code/bin:$PATH" PORT=8000
FROM base AS build
ARG API=https://api.example
ENV VITE_API=$API SECRET_STAND_IN=dummy
RUN <<END
ENV INSIDE=1
END
FROM node:24 AS apart
ENV APART=1
FROM base
ARG POOL
ARG COMMIT
ENV POOL_SIZE=${POOL} COMMIT_SHA=$COMMIT WORKERS=${COUNT:-2} GREETING="say \\"hi\\"" PLAIN='$5'
ENV MODULE app.settings of production
COPY --from=build /code /code
"""


def given(dockerfile: str, files: Files = FLASK, **args: str) -> Plan:
    """The plan of an app with a Dockerfile."""
    return plan({**files, "Dockerfile": dockerfile}, **args)


def test_the_image_has_the_variables_of_the_last_stage_and_of_what_it_begins_with() -> None:
    env = dict(given(STAGES).runtime.env)
    assert env["PYTHONPATH"] == "/app/src:/app"
    assert (env["TZ"], env["POOL_SIZE"], env["WORKERS"]) == ("Europe/Berlin", "7", "2")
    assert (env["GREETING"], env["MODULE"]) == ('say "hi"', "app.settings of production")
    assert not {"PIP_NO_CACHE_DIR", "PORT", "VITE_API", "INSIDE", "APART", "COMMIT_SHA"} & set(env)
    assert "/code/bin" not in env["PATH"]


def test_the_build_has_those_of_the_stages_that_the_last_one_copies_from() -> None:
    env = dict(step(given(STAGES), "install").env)
    assert (env["VITE_API"], env["SECRET_STAND_IN"], env["TZ"]) == ("https://api.example", "dummy", "Europe/Berlin")
    assert "APART" not in env


def test_what_is_taken_is_told_and_what_only_a_build_arg_has_too() -> None:
    found = given(STAGES)
    said = next(one for one in found.warnings if "TZ" in one.message)
    assert (said.code, str(said.at)) == ("deploy-file", "Dockerfile:4")
    assert ("TZ", "Dockerfile:4") in [(one.what, str(one.at)) for one in found.evidence]
    assert told(found)["unset-variables"] == (
        "not set in the image, secret or without a value in Dockerfile: COMMIT_SHA (Dockerfile:17)"
    )
    assert not [one for one in given(STAGES, DEPLOY_FILES="off").warnings if "Dockerfile" in one.message]


@pytest.mark.parametrize(
    ("instruction", "mark"),
    [
        ('ENV GREETING="hello TZ=UTC', '"'),
        ("ENV GREETING='it''s' TZ='UTC", "'"),
        ("ENV GREETING it's here", "'"),
        ('ENV GREETING="a\\" TZ=UTC', '"'),
        ('ENV GREETING="it\'s" TZ=UTC', ""),
        ("ENV GREETING=it\\'s TZ=UTC", ""),
    ],
)
def test_a_quote_that_is_not_closed_is_told_and_its_variables_are_left(instruction: str, mark: str) -> None:
    found = given(f"FROM python:3.13\n{instruction}\nENV KEPT=1\n")
    env = dict(found.runtime.env)
    assert env["KEPT"] == "1"
    assert ("GREETING" in env) == (not mark)
    said = f"an ENV of the Dockerfile has a {mark} that is not closed: its variables are not used (Dockerfile:2)"
    assert told(found).get("dockerfile-env") == (said if mark else None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "placeholder"),
        ("API_TOKEN", "abcdefghijklmnop"),
        ("DATABASE_URL", "postgres://app:hunter22@db/a"),
    ],
)
def test_a_secret_is_never_taken(name: str, value: str) -> None:
    found = given(f"FROM python:3.13\nENV {name}={value}\n")
    assert name not in dict(found.runtime.env)
    assert told(found)["unset-variables"].endswith(f"in Dockerfile: {name} (Dockerfile:2)")
    assert value not in str(found.warnings)


@pytest.mark.parametrize(
    ("value", "more", "kept"),
    [
        ("/data/app.db", "VOLUME /data", True),
        ("/data/app.db", "RUN mkdir /data/app.db", False),
        ("/opt/tool/lib", "", False),
        ("/tmp/cache", "", True),
        ("/code/cache", "", True),
    ],
)
def test_a_path_that_only_the_dockerfile_has_is_told(value: str, more: str, kept: bool) -> None:
    found = given(f"FROM python:3.13\nWORKDIR /code\nENV STORE_PATH={value}\n{more}\n")
    assert ("STORE_PATH" in dict(found.runtime.env)) is kept
    assert ("dockerfile-paths" in told(found)) is not kept
    if not kept:
        assert told(found)["dockerfile-paths"].endswith("STORE_PATH (Dockerfile:3)")


@pytest.mark.parametrize(
    ("variable", "expose", "fixed"),
    [
        ("API_PORT=8000", "EXPOSE 8000", True),
        ("GUNICORN_CMD_ARGS=--bind=0.0.0.0:8000", "EXPOSE 8000/tcp", True),
        ("STREAMLIT_SERVER_PORT=8501", "", True),
        ("DB_PORT=5432", "EXPOSE 8000", False),
        ("DB_PORT=5432", "", False),
    ],
)
def test_a_port_that_the_dockerfile_fixes_is_told(variable: str, expose: str, fixed: bool) -> None:
    found = given(f"FROM python:3.13\nENV {variable}\n{expose}\n")
    name = variable.partition("=")[0]
    assert (name in dict(found.runtime.env)) is not fixed
    assert told(found).get("dockerfile-port", "").endswith(f"{name} (Dockerfile:2)") is fixed


def test_a_path_in_a_volume_is_told_to_be_mounted() -> None:
    found = given('FROM python:3.13\nENV STORE_PATH=/data/app.db\nVOLUME ["/data"]\n')
    assert told(found)["dockerfile-volume"].endswith("STORE_PATH (Dockerfile:2)")


def test_a_working_directory_may_be_a_variable() -> None:
    text = "FROM python:3.13\nENV HERE=/srv/app\nWORKDIR $HERE\nENV CONF=$HERE/conf\n"
    env = dict(given(text).runtime.env)
    assert (env["HERE"], env["CONF"]) == ("/app", "/app/conf")


@pytest.mark.parametrize(
    ("image", "value", "kept", "said"),
    [
        ("ruby:3.4", "C.UTF-8", True, False),
        ("ruby:3.4", "en_US.UTF-8", False, False),
        ("ruby:3.4", "pt_BR.UTF-8", False, True),
        ("mcr.microsoft.com/dotnet/runtime:10.0", "pt_BR.UTF-8", True, False),
        ("node:24", "de_DE.UTF-8", True, False),
    ],
)
def test_a_locale_that_the_image_lacks_is_told(image: str, value: str, kept: bool, said: bool) -> None:
    found = given(f"FROM {image}\nENV LC_ALL={value}\n")
    assert (dict(found.runtime.env).get("LC_ALL") == value) is kept
    assert ("dockerfile-locale" in told(found)) is said


def test_groups_that_a_dockerfile_leaves_out_are_evidence() -> None:
    files = {"Gemfile": 'gem "puma"\n', "config.ru": "run App\n"}
    found = given("FROM ruby:3.4\nENV BUNDLE_WITHOUT=development\n", files)
    assert dict(found.runtime.env)["BUNDLE_WITHOUT"] == "development"
    assert ("groups left out", "development", "Dockerfile:2") in [
        (one.what, one.because, str(one.at)) for one in found.evidence
    ]


def test_a_path_of_an_address_is_none_of_files() -> None:
    assert dict(given("FROM python:3.13\nENV BASE_PATH=/shop\n").runtime.env)["BASE_PATH"] == "/shop"


def test_of_a_dockerfile_for_development_no_variable_is_taken() -> None:
    found = given("FROM node:24\nENV NODE_ENV=development\nENV LEVEL=debug\n", EXPRESS)
    env = dict(found.runtime.env)
    assert ("LEVEL" in env, env["NODE_ENV"]) == (False, "production")
    assert told(found)["dockerfile-development"] == (
        "the Dockerfile is one for development (NODE_ENV=development): its variables are not used (Dockerfile:2)"
    )


def test_other_files_and_the_user_go_before_a_dockerfile() -> None:
    files = {**FLASK, "fly.toml": '[env]\nLEVEL = "fly"\n'}
    text = "FROM python:3.13\nENV LEVEL=docker OTHER=docker\n"
    env = dict(given(text, files, RUN_ENV_OTHER="mine").runtime.env)
    assert (env["LEVEL"], env["OTHER"]) == ("fly", "mine")


def test_what_the_image_has_anyway_is_not_told() -> None:
    found = given("FROM node:24\nENV NODE_ENV=production\n", EXPRESS)
    assert "deploy-file" not in told(found)


# --- programs and processes

MANAGED = 'FROM python:3.13\nENTRYPOINT ["bin/prepare"]\nCMD ["foreman", "start", "-f", "Procfile.prod"]\n'


def test_processes_of_the_file_that_a_dockerfile_has_started_are_the_apps() -> None:
    files = {**FLASK, "Procfile.prod": "web: gunicorn app:app\nclock: python clock.py\n", "clock.py": ""}
    found = given(MANAGED, files).runtime.processes
    assert [(one.name, one.args[0], str(one.at)) for one in found] == [
        ("web", "gunicorn", "Procfile.prod:1"),
        ("clock", "python", "Procfile.prod:2"),
    ]
    own = given(MANAGED, {**files, "Procfile": "web: gunicorn app:app --threads 2\n"}).runtime.processes
    assert [one.name for one in own] == ["web"]
    assert len(given(MANAGED, files, DEPLOY_FILES="off").runtime.processes) == 1


GET = "curl -fsSL https://example.com/releases"


@pytest.mark.parametrize(
    ("run", "names"),
    [
        (f"{GET}/v1/yt-dlp_linux -o /usr/local/bin/yt-dlp && chmod +x /usr/local/bin/yt-dlp", "yt-dlp"),
        (f"{GET}/ffprobe-1.2-x86_64.tgz | tar xz -C /usr/local/bin", "ffprobe-"),
        (f"{GET}/ffprobe-1.2.tgz | tar -xzC /usr/local/bin --strip-components=1", "ffprobe"),
        (f"{GET}/tini -o /usr/bin/tini", ""),
        (f"{GET}/key.gpg | gpg --dearmor", ""),
        ("chmod +x /usr/local/bin/tool", ""),
    ],
)
def test_programs_that_a_dockerfile_downloads_are_told(run: str, names: str) -> None:
    text = told(given(f"FROM python:3.13\nRUN {run}\n")).get("dockerfile-programs")
    said = f"not in the image, although the Dockerfile downloads it: {names.rstrip('-')} (Dockerfile:2)"
    assert text == (said if names else None)
    apart = given(f"FROM python:3.13 AS build\nRUN {run}\nFROM python:3.13\n")
    assert "dockerfile-programs" not in told(apart)


def test_an_address_that_nothing_outside_of_a_container_reaches_is_told() -> None:
    env = "HOST=localhost APP_HOST=127.0.0.1:80 DB_HOST=localhost SMTP_HOST=127.0.0.1 BIND=0.0.0.0"
    text = f"FROM python:3.13\nENV {env}\n"
    found = given(text)
    own = dict(found.runtime.env)
    assert own.get("HOST") != "localhost"
    assert "APP_HOST" not in own
    assert (own["DB_HOST"], own["SMTP_HOST"], own["BIND"]) == ("localhost", "127.0.0.1", "0.0.0.0")
    assert told(found)["dockerfile-host"].endswith("reaches localhost: HOST, APP_HOST (Dockerfile:2)")
    assert dict(given(text, RUN_ENV_HOST="localhost").runtime.env)["HOST"] == "localhost"


def test_a_place_for_temporary_files_is_that_of_the_image() -> None:
    found = given("FROM python:3.13\nWORKDIR /app\nENV TMPDIR=/app/temp TEMP=/tmp/x\n")
    assert "TMPDIR" not in dict(found.runtime.env)
    assert dict(found.runtime.env)["TEMP"] == "/tmp/x"
    assert "TMPDIR" in told(found)["dockerfile-paths"]
