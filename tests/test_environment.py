"""The builder's own environment never reaches a build: KNOWN_BUILDER_VARS of the runtime page, and what it forgets."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from frontend.errors import OptionError
from frontend.settings import build_args, options
from tests.errors import fails

ROOT = Path(__file__).resolve().parent.parent
MARK = "leaked-value-of-"
BUILDER = """
    OUTPUT_IMAGE SOURCE_DIR LANGUAGE BUILD_COMMAND RUN_COMMAND PORT ARCH PROJECT_PATH DOCKERFILE_PATH COMPOSE_FILE
    BUILDPACKS BUILD_VARS TAG_LATEST PUSH_IMAGE RESULT_FILE CUSTOM_DATA DEBUG MIX_ENV BUNDLE_WITHOUT BUILDPACK_DIR
    USE_DHI REGISTRY_MIRROR STORAGE_DRIVER CACHE_IMAGE CACHE_MODE CACHE_FROM CACHE_REGISTRY_INSECURE NO_CACHE CACHE_KEY
    S3_CACHE_BUCKET S3_CACHE_ENDPOINT S3_CACHE_REGION BUILDKIT_HOST GO_INSTALL_PACKAGE_SPEC GO_LINKER_SYMBOL
    GO_LINKER_VALUE GO_BUILD_FLAGS GO_INSTALL_TOOLS_IN_IMAGE GO_SETUP_GOPATH_IN_IMAGE SBT_TASKS SBT_PRE_TASKS
    SBT_PROJECT SBT_CLEAN SBT_OPTS SBT_AT_RUNTIME KEEP_SBT_CACHE LEIN_VERSION LEIN_BUILD_TASK LEIN_INCLUDE_IN_SLUG
    BUILD_EXIT_CODE BUILD_ERROR_MESSAGE DETECTED_LANGUAGE CACHE_FLAGS
""".split()
AWS = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION".split()
DOCKER = "DOCKER_HOST DOCKER_PLATFORM DOCKER_BUILDKIT DOCKER_CONFIG".split()
SHELL = """
    PATH HOME PWD OLDPWD SHLVL _ HOSTNAME TERM SHELL USER LOGNAME LANG LC_ALL LC_CTYPE TZ EDITOR VISUAL PAGER LESS
    LS_COLORS DISPLAY COLORTERM TMPDIR TEMP TMP XDG_CONFIG_HOME XDG_RUNTIME_DIR SSH_AUTH_SOCK GPG_TTY
""".split()
FORGOTTEN = """
    DHI_USERNAME DHI_PASSWORD DHI_MIRROR GITHUB_TOKEN NPM_TOKEN RAILS_MASTER_KEY SECRET_KEY_BASE DATABASE_URL
    AWS_PROFILE AWS_WEB_IDENTITY_TOKEN_FILE BUILD_CACHE_DIR BUILDKIT_CACHE_SIZE USE_CACHE_MOUNTS NODE_OPTIONS RAILS_ENV
    NODE_VERSION PYTHON_VERSION RUBY_VERSION KUBERNETES_SERVICE_HOST HTTP_PROXY HTTPS_PROXY NO_PROXY
""".split()
NAMES = (*BUILDER, *AWS, *DOCKER, *SHELL, *FORGOTTEN)
SET_BY_US = {
    "PATH",
    "HOME",
    "PORT",
    "LANG",
    "RAILS_ENV",
    "BUNDLE_WITHOUT",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
}  # in steps or images, with values of ours
APPS = ("node-express", "python-flask", "ruby-rails")
PROGRAM = """
import json, sys
from pathlib import Path
import llb
from frontend import build
from llb.pb.ops_pb2 import Op
from tests.fake_gateway import PROGRAMS, FakeGateway

told = []
for name in sys.argv[1:]:
    root = Path("tests/apps") / name
    files = {str(p.relative_to(root)): p.read_text() for p in root.rglob("*") if p.is_file() and p.suffix != ".png"}
    gateway = FakeGateway(files, programs=(*PROGRAMS, *map("/usr/local/bin/{}".format, ("bundle", "ruby")),
        "/app/.venv/bin/gunicorn", "/app/.venv/bin/flask", "/app/vendor/bundle/ruby/3.3.0/bin/rails"))
    build.run(gateway.gateway)
    definitions = [call.detail[0] for call in gateway.asked("solve")]
    env = [one for text in definitions for op in map(Op.FromString, llb.read(text).ops) for one in op.exec.meta.env]
    told.append({
        "definitions": [text.hex() for text in definitions], "text": [text.decode("latin-1") for text in definitions],
        "env": env, "metadata": {key: value.decode() for key, value in gateway.metadata.items()},
    })
print(json.dumps(told))
"""


def told(env: dict[str, str]) -> list[dict[str, Any]]:
    """What builds of the apps ask of BuildKit and return, in a process that has this environment alone."""
    made = subprocess.run([sys.executable, "-c", PROGRAM, *APPS], cwd=ROOT, env=env, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    found: list[dict[str, Any]] = json.loads(made.stdout)
    return found


def test_no_variable_of_the_builder_is_in_a_definition_a_config_or_a_label() -> None:
    clean, filled = told({}), told({name: f"{MARK}{name}" for name in NAMES})
    assert filled == clean, "an environment changes a build"
    assert MARK not in json.dumps(filled)
    for build in filled:
        assert len(build["env"]) > 3
        config = json.loads(build["metadata"]["containerimage.config"])["config"]
        names = {one.partition("=")[0] for one in (*build["env"], *config["Env"], *config["Labels"])}
        assert {name for name in NAMES if name in names} <= SET_BY_US


@pytest.mark.parametrize("name", sorted({*NAMES} - {*build_args.SETTINGS}))
def test_none_of_them_is_a_build_arg_that_sets_a_variable(name: str) -> None:
    given = {f"build-arg:{name}": "marked"}
    if name.startswith("BUILDKIT_") or name.endswith("_PROXY"):  # known to BuildKit; for steps that fetch
        assert not options.parse(given).settings
    else:
        with fails(OptionError, name):
            options.parse(given)
