"""The config file and the build-args: what they mean, which wins, and how a mistake is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from frontend.context.config_file import in_manifest, in_root
from frontend.context.patterns import parse_pattern
from frontend.context.tree import DictTree
from frontend.errors import BuildError, ConfigError, Location, OptionError, SourceError
from frontend.settings import config_model, precedence
from frontend.settings.build_args import TOOLS
from frontend.settings.model import Setting, Settings
from frontend.settings.options import parse
from frontend.texts import TextFile
from tests.errors import fails

ROOT = Path(__file__).parent.parent.parent
YAML = "migetpacks.yaml"


def settings(
    text: str | None = None, path: str = YAML, files: dict[str, str | bytes | None] | None = None, **args: str
) -> Settings:
    file = in_manifest(DictTree(dict(files or {}))) if text is None else TextFile(path, text)
    return precedence.read(parse({f"build-arg:{k}": v for k, v in args.items()}), file, parse_pattern)


def refused(text: str | None = None, path: str = YAML, **args: str) -> BuildError:
    with pytest.raises((ConfigError, OptionError, SourceError)) as caught:
        settings(text, path, None, **args)
    assert caught.value.hint, "an error says what to do"
    return caught.value


def at(line: int, path: str = YAML) -> Location:
    return Location(path, line)


WHOLE = """\
# everything
language: python
app: apps/web
port: 8080
run_command: node server.js --flag
build_command: npm run build:prod
versions:
  python: 3.10
  node: ">=22 <25"
packages:
  build: [libpq-dev]
  run:
    - libpq5
    - "tzdata=2024a-0+deb12u1"
keep: [tests, "**/fixtures"]
deploy_files: off
git_known_hosts: git.acme.test ssh-ed25519 AAAA
dependency_groups:
  - prod
skip: [collectstatic]
env:
  build:
    CI: true
    LEVEL: 1.10
  run: {TZ: UTC, EMPTY: ""}
flavour: hardened
runtime_base: registry.acme.test/node:24
runtime_user: 65532:65532
dhi_mirror: docker.io/acme/dhi-
project: src/Api
output_dir: ./dist/
"""


def test_every_key() -> None:
    assert settings(WHOLE) == Settings(
        language=Setting("python", "config", at(2)),
        app=Setting("apps/web", "config", at(3)),
        port=8080,
        run_command=Setting("node server.js --flag", "config", at(5)),
        build_command=Setting("npm run build:prod", "config", at(6)),
        versions={"python": Setting("3.10", "config", at(8)), "node": Setting(">=22 <25", "config", at(9))},
        build_packages=("libpq-dev",),
        run_packages=("libpq5", "tzdata=2024a-0+deb12u1"),
        keep=("tests", "**/fixtures"),
        deploy_files=False,
        git_known_hosts="git.acme.test ssh-ed25519 AAAA",
        dependency_groups=(Setting("prod", "config", at(19)),),
        skip=("collectstatic",),
        build_env=(("CI", "true"), ("LEVEL", "1.10")),
        run_env=(("TZ", "UTC"), ("EMPTY", "")),
        flavour=Setting("hardened", "config", at(26)),
        runtime_base=Setting("registry.acme.test/node:24", "config", at(27)),
        runtime_user=Setting("65532:65532", "config", at(28)),
        dhi_mirror="docker.io/acme/dhi-",
        project=Setting("src/Api", "config", at(30)),
        output_dir=Setting("dist", "config", at(31)),
    )


def test_the_image_that_an_app_runs_in_by_build_args() -> None:
    assert settings(USE_DHI="true").flavour == Setting("hardened", "build-arg")
    assert settings("flavour: hardened\n", USE_DHI="false").flavour == Setting("standard", "build-arg")
    assert settings(FLAVOUR="hardened", USE_DHI="1", DHI_MIRROR="acme/dhi-").dhi_mirror == "acme/dhi-"
    found = settings(RUNTIME_BASE="acme.test/app:1", RUNTIME_USER="app")
    assert (found.runtime_base, found.runtime_user) == (
        Setting("acme.test/app:1", "build-arg"),
        Setting("app", "build-arg"),
    )


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ({"USE_DHI": "maybe"}, ("USE_DHI", "maybe")),
        ({"USE_DHI": "false", "FLAVOUR": "hardened"}, ("USE_DHI", "FLAVOUR")),
        ({"FLAVOUR": "harden"}, ("FLAVOUR", "harden")),
        ({"RUNTIME_BASE": "https://acme.test/x"}, ("RUNTIME_BASE", "protocol")),
        ({"RUNTIME_BASE": "a b"}, ("RUNTIME_BASE", "a b")),
        ({"DHI_MIRROR": "::"}, ("DHI_MIRROR",)),
        ({"RUNTIME_USER": "root"}, ("RUNTIME_USER", "root")),
        ({"RUNTIME_USER": "1000:"}, ("RUNTIME_USER", "1000:")),
    ],
)
def test_what_is_no_image_and_no_user_is_an_error(args: dict[str, str], names: tuple[str, ...]) -> None:
    message = refused(**args).message
    assert all(name in message for name in names), message


@pytest.mark.parametrize(
    "text", ["flavour: hard\n", "runtime_base: a b\n", "runtime_user: root\n", "dhi_mirror: https://x\n"]
)
def test_what_is_no_image_and_no_user_in_the_file_is_an_error_at_its_line(text: str) -> None:
    assert refused(f"port: 80\n{text}").at == at(2)


def test_every_key_of_the_model_is_in_the_example() -> None:
    assert set(config_model.json_schema(TOOLS)["properties"]) == {
        line.split(":")[0] for line in WHOLE.splitlines() if line[0] not in " #"
    }


@pytest.mark.parametrize("text", ["", "# syntax=x\n", "\ufeff# syntax=x\r\n\r\n# more\r\n", "---\n", "// syntax=x\n"])
def test_a_file_with_nothing_but_comments_sets_nothing(text: str) -> None:
    assert settings(text, "Dockerfile") == Settings()


@pytest.mark.parametrize(
    "top", ["# syntax=x\n", "#!/bin/x\n# syntax=x\n", "// syntax=x\n", "# check=skip=all\n# syntax=x y\n"]
)
def test_what_follows_the_syntax_line_is_config(top: str) -> None:
    assert settings(f"{top}port: 81\n", "any.file").port == 81


def test_a_key_without_a_value_is_not_set() -> None:
    assert settings("port:\nrun_command: ~\nversions:\n  node:\n") == Settings()


@pytest.mark.parametrize("text", ['{"port": 81}', "{port: 81}", '# c\n{"port": 81,\n "keep": ["a"]}'])
def test_json_in_a_yaml_file_is_config(text: str) -> None:
    assert settings(text).port == 81


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: " + "[" * 100_000, YAML),
        ("a: " + "[" * 400 + "]" * 400, YAML),
        ('{"migetpacks": ' + '{"a":' * 900 + "1" + "}" * 901, "package.json"),
        ('{"migetpacks": ' + "[" * 100_000, "package.json"),
    ],
)
def test_a_file_that_is_nested_too_deeply_is_told(text: str, path: str) -> None:
    with pytest.raises(BuildError) as caught:
        settings(text, path)
    assert isinstance(caught.value, SourceError | ConfigError)
    assert caught.value.at is not None
    assert caught.value.at.file == path


# the manifest


MANIFEST = """\
{
  "name": "a",
  "syntax": "miget/migetpacks",
  "migetpacks": {
    "port": 82,
    "versions": {"node": 22}
  }
}
"""


@pytest.mark.parametrize("as_file", [True, False], ids=["syntax file", "no config file"])
def test_a_key_of_the_manifest_is_config(as_file: bool) -> None:
    found = settings(MANIFEST, "package.json") if as_file else settings(files={"package.json": MANIFEST})
    assert found.port == 82
    assert found.versions == {"node": Setting("22", "config", at(6, "package.json"))}


def test_a_manifest_without_the_key_is_no_config() -> None:
    assert settings('{"syntax": "x", "port": "not ours"}', "package.json") == Settings()
    assert settings(files={"package.json": '{"name": "about-migetpacks"}'}) == Settings()


def test_a_config_file_stands_before_the_manifest() -> None:
    assert settings("port: 1", files={"package.json": MANIFEST}).port == 1


def test_a_mistake_in_the_manifest_has_its_line() -> None:
    error = refused(MANIFEST.replace('"port"', '"prot"'), "package.json")
    assert error.at == at(5, "package.json")
    assert "port" in error.hint
    error = refused('{"migetpacks": []}', "package.json")
    assert "not an object" in error.message


# precedence


def test_a_build_arg_wins_over_the_config_file() -> None:
    found = settings(
        WHOLE,
        LANGUAGE="nodejs",
        PROJECT_PATH="./apps/api/",
        PORT="9",
        RUN_COMMAND="a",
        BUILD_COMMAND="b",
        PYTHON_VERSION="3.14",
        RUN_PACKAGES="curl, git  curl",
        KEEP="docs",
        GIT_KNOWN_HOSTS="# git\n[git.test]:22 ecdsa-sha2-nistp256 B\n\n@cert-authority *.test ssh-rsa C\n",
        RUN_ENV_TZ="CET",
        BUILD_ENV_MORE="1",
    )
    assert found.language == Setting("nodejs", "build-arg")
    assert found.app == Setting("apps/api", "build-arg")
    assert found.port == 9
    assert (found.run_command, found.build_command) == (Setting("a", "build-arg"), Setting("b", "build-arg"))
    assert found.versions["python"] == Setting("3.14", "build-arg")
    assert found.versions["node"].by == "config"
    assert (found.build_packages, found.run_packages) == (("libpq-dev",), ("curl", "git"))
    assert found.keep == ("docs",)
    assert found.git_known_hosts.startswith("# git\n[git.test]:22")
    assert found.run_env == (("TZ", "CET"), ("EMPTY", ""))
    assert found.build_env == (("CI", "true"), ("LEVEL", "1.10"), ("MORE", "1"))


def test_an_empty_build_arg_sets_nothing() -> None:
    assert settings("port: 7\nrun_command: a", PORT="", RUN_COMMAND="", NODE_VERSION="").port == 7


# the app's directory


@pytest.mark.parametrize(
    ("text", "expected"),
    [("apps/web", "apps/web"), ("/apps//web/", "apps/web"), ("./a", "a"), (".", ""), ("/", ""), ("a/../b", "b")],
)
def test_the_apps_directory_is_relative_to_the_context(text: str, expected: str) -> None:
    for found in (settings(f"app: {text}"), settings(PROJECT_PATH=text)):
        assert (found.app.value if found.app else "") == expected


@pytest.mark.parametrize("text", ["../x", "a/../../x", "..", "a\\b"])
def test_a_directory_outside_the_context_is_refused(text: str) -> None:
    assert refused(f"app: {text}").at == at(1)
    assert "not a directory below the root" in refused(PROJECT_PATH=text).message


# mistakes


@pytest.mark.parametrize(
    ("text", "line", "shown", "hint"),
    [
        ("language: x\nprot: 80", 2, '"prot"', "port?"),
        ("start: node x", 1, '"start"', "run_command?"),
        ("run-command: x", 1, '"run-command"', "run_command?"),
        ("node_version: 22", 1, '"node_version"', "versions"),
        ("zzz: 1", 1, '"zzz"', "language, app, project"),
        ("env:\n  runtime:\n    A: 1", 2, '"env.runtime"', "run?"),
        ("packages:\n  buld: [a]", 2, '"packages.buld"', "build?"),
        ("versions:\n  nod: 22", 2, '"nod"', "node?"),
        ("port: abc", 1, '"abc"', "1 to 65535"),
        ("port: 0", 1, '"0"', "1 to 65535"),
        ("port: 70000", 1, '"70000"', "1 to 65535"),
        ("port: [80]", 1, "port", "1 to 65535"),
        ("port: 5000.0", 1, '"5000.0"', "1 to 65535"),
        ("port: 5_000", 1, '"5_000"', "1 to 65535"),
        ("port: " + "9" * 5000, 1, f'"{"9" * 80}…"', "1 to 65535"),
        ("language: x\n? [a, b]\n: 1", 2, "", ""),
        ("env:\n  run: {PORT: 1234}", 2, "env.run.PORT", "build-arg PORT"),
        ("env:\n  run: {PATH: /x}", 2, "env.run.PATH", ""),
        ("env:\n  build: {PATH: /x}", 2, "env.build.PATH", ""),
        ('env:\n  run: {A: "x\\0y"}', 2, "env.run.A", ""),
        ('app: "a\\nb"', 1, '"a\\nb"', "apps/web"),
        ("{prot: 1}", 1, '"prot"', "port?"),
        ("keep: tests", 1, "keep", "[one, two]"),
        ("skip: [colectstatic]", 1, "colectstatic", "collectstatic?"),
        ("skip:\n- zzz", 2, "zzz", "collectstatic, project"),
        ("groups: [web]", 1, '"groups"', "dependency_groups?"),
        ("versions: 22", 1, "versions", "NAME: value"),
        ("packages: [a]", 1, "packages", "NAME: value"),
        ("a: 1\nlanguage: [python]", 1, '"a"', "app"),
        ("language: [python]", 1, "language", ""),
        ("language: ''", 1, "language", ""),
        ("versions:\n  node: [1]", 2, "versions.node", ""),
        ("packages:\n  run:\n  - a b", 3, '"a b"', "libpq5"),
        ("packages:\n  run: ['-oX=y']", 2, '"-oX=y"', "libpq5"),
        ("git_known_hosts: |\n  a.test ssh-rsa B\n  b.test", 1, '"b.test"', "ssh-keyscan"),
        ("keep:\n- a\n- '[b'", 3, 'keep: "[b"', ".dockerignore"),
        ("env:\n  run:\n    A-B: 1", 3, '"A-B"', ""),
        ("port: 1\n\nport: 2", 3, '"port"', "1"),
        ("env:\n  run: &x {A: b}\n  build: *x", 3, "", ""),
        ("- a\n- b", 1, "", "8080"),
        ("just words", 1, "", "8080"),
        ("port: 1\n\tlanguage: x", 2, "YAML", ""),
        ("a: [", 2, "YAML", ""),
        ("# c\nFROM node:22\nRUN npm ci", 2, "Dockerfile", ""),
        ("# c\n\nfrom node", 3, "Dockerfile", ""),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, shown: str, hint: str) -> None:
    error = refused(text)
    assert error.at == at(line)
    assert shown in error.message
    assert hint in error.hint


def test_the_line_is_shown() -> None:
    assert refused("language: x\nprot: 80").snippet == "prot: 80"


@pytest.mark.parametrize(
    "args",
    [
        {"RUN_PACKAGES": "-y"},
        {"BUILD_PACKAGES": "a;b"},
        {"KEEP": "[x"},
        {"GIT_KNOWN_HOSTS": "git.acme.test"},
        {"GIT_KNOWN_HOSTS": "/root/.ssh/known_hosts"},
        {"SKIP": "tests"},
        {"RUN_ENV_A.B": "1"},
        {"RUN_ENV_PORT": "1"},
        {"RUN_ENV_PATH": "/x"},
        {"BUILD_ENV_PATH": "/x"},
        {"PROJECT_PATH": "a\nb"},
        {"PROJECT_PATH": "a\x7fb"},
    ],
)
def test_a_mistake_in_a_build_arg_names_it(args: dict[str, str]) -> None:
    assert isinstance(refused(**args), OptionError)


MARK = "s3cr3t-value"


@pytest.mark.parametrize(
    "text",
    [
        f"port: 1\nenv:\n  run:\n    API_TOKEN: {MARK}\n",
        f"port: 1\nenv:\n  build:\n    URL: https://me:{MARK}@host/\n",
        f"port: 1\n\n\nrun_command: app --db postgres://u:{MARK}@h/d\n",
    ],
)
def test_a_secret_is_refused_without_being_shown(text: str) -> None:
    error = refused(text)
    assert MARK not in str(error)
    assert "4)" in error.message
    assert error.at == Location(YAML), "no line, for no client to print it"
    assert "--secret id=" in error.hint


def test_a_mistake_next_to_a_secret_does_not_show_it() -> None:
    assert refused(f"{{prot: 1, api_token: {MARK}}}").snippet == "{prot: 1, api_token:****"


# which file


def test_the_config_file_of_a_tree() -> None:
    assert in_root(DictTree({"a": ""})) is None
    assert in_root(DictTree({"migetpacks.yml": "port: 1"})) == TextFile("migetpacks.yml", "port: 1")
    with fails(ConfigError, "migetpacks.yaml", at="migetpacks.yml"):
        in_root(DictTree({"migetpacks.yaml": "", "migetpacks.yml": ""}))


# the schema


def test_the_published_schema_is_that_of_the_code() -> None:
    published = (ROOT / "docs" / "config.schema.json").read_text()
    assert published == json.dumps(config_model.json_schema(TOOLS), indent=2) + "\n"


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({}, True),
        ({"port": 8080, "versions": {"node": "22", "python": 3.12}, "keep": ["a"]}, True),
        ({"packages": {"run": ["libpq5"]}, "env": {"run": {"A": "b", "N": 1, "YES": True}}}, True),
        ({"port": 0}, False),
        ({"port": "x"}, False),
        ({"prot": 1}, False),
        ({"versions": {"nod": "1"}}, False),
        ({"keep": "a"}, False),
        ({"packages": {"runtime": []}}, False),
    ],
)
def test_the_schema_takes_what_the_code_takes(value: dict[str, Any], valid: bool) -> None:
    validator = jsonschema.Draft202012Validator(config_model.json_schema(TOOLS))
    assert validator.is_valid(value) is valid
    if valid:
        settings(json.dumps({"migetpacks": value}), "package.json")
    else:
        refused(json.dumps({"migetpacks": value}), "package.json")
