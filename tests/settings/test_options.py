"""Frontend options: what clients send, what is refused, and how that is told."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from frontend.errors import OptionError
from frontend.lower.platforms import parse_platform
from frontend.settings import options
from frontend.settings.options import BuildOptions, Ulimit, parse
from tests.errors import check


def refused(opts: dict[str, str]) -> OptionError:
    with pytest.raises(OptionError) as caught:
        parse(opts)
    assert caught.value.hint, "an error says what to do"
    return caught.value


def test_no_options_are_the_defaults() -> None:
    assert parse({}) == BuildOptions()


def test_the_tables_name_fields() -> None:
    fields = set(BuildOptions.__struct_fields__)
    assert {*options.PLAIN.values(), *options.KEYED.values()} <= fields
    assert set(options.READERS) <= set(options.PARSED)


@pytest.mark.parametrize(
    ("opts", "expected"),
    [
        ({"source": "miget/migetpacks", "cmdline": "miget/migetpacks x"}, {"source": "miget/migetpacks"}),
        ({"filename": "app.yaml"}, {"filename": "app.yaml"}),
        ({"requestid": "frontend.outline"}, {"request": "frontend.outline"}),
        ({"context": "https://x/y.git"}, {"context": "https://x/y.git"}),
        ({"contextkey": "where", "context": "a", "where": "https://x/y.git"}, {"context": "https://x/y.git"}),
        ({"dockerfilekey": "df"}, {"dockerfile_local": "df", "dockerfile_given": True}),
        ({"contextsubdir": "a/b"}, {"context_subdir": "a/b"}),
        ({"context:base": "docker-image://x"}, {"contexts": {"base": "docker-image://x"}}),
        (
            {"context:base::linux/arm64": "local:x"},
            {"contexts": {"base::linux/arm64": "local:x"}},
        ),
        ({"input-metadata:k": "{}"}, {"input_metadata": {"k": "{}"}}),
        ({"input:context": "https://x"}, {}),
        ({"local-sessionid:context": "s"}, {"local_sessions": {"context": "s"}}),
        ({"sharedkey:localdir:x": "k"}, {"shared_keys": {"x": "k"}}),
        ({"vcs:source": "git@x:y", "vcs:revision": "abc"}, {"vcs": {"source": "git@x:y", "revision": "abc"}}),
        ({"frontend.caps": "moby.buildkit.frontend.inputs+forward"}, {}),
        ({"attest:sbom": "generator=x"}, {"attest": {"sbom": "generator=x"}}),
        ({"attest:provenance": "mode=min,inline-only=true"}, {"attest": {"provenance": "mode=min,inline-only=true"}}),
        ({"label:b": "2", "label:a": "1"}, {"labels": (("a", "1"), ("b", "2"))}),
        ({"target": ""}, {}),
        ({"target": "worker-2"}, {"target": "worker-2"}),
        ({"no-cache": ""}, {"no_cache": True}),
        ({"no-cache": "Install,build"}, {"no_cache_steps": ("install", "build")}),
        ({"image-resolve-mode": "local"}, {"resolve_mode": "local"}),
        (
            {"cache-imports": '[{"Type":"registry","Attrs":{"ref":"x"}}]', "cache-from": "y,z"},
            {"cache_imports": tuple(("registry", {"ref": ref}) for ref in "xyz")},
        ),
        ({"add-hosts": "DB=10.0.0.5,v6=::1"}, {"add_hosts": (("db", "10.0.0.5"), ("v6", "::1"))}),
        ({"hostname": "h"}, {"hostname": "h"}),
        ({"hostname": "h", "build-arg:BUILDKIT_SANDBOX_HOSTNAME": "i"}, {"hostname": "i"}),
        ({"shm-size": "67108864"}, {"shm_size_bytes": 67108864}),
        ({"ulimit": "nofile=1024:4096,core=-1"}, {"ulimits": (Ulimit("nofile", 1024, 4096), Ulimit("core", -1, -1))}),
        ({"cgroup-parent": "x"}, {"cgroup_parent": "x"}),
        ({"force-network-mode": "host"}, {"network": "host"}),
        (
            {"memory": "1000", "memswap": "-1", "cpusetcpus": "0-3,5"},
            {"resources": {"memory": 1000, "memswap": -1, "cpusetcpus": "0-3,5"}},
        ),
        ({"build-arg:HTTP_PROXY": "http://p", "build-arg:no_proxy": "x"}, {"proxy": {"http": "http://p", "no": "x"}}),
        ({"build-arg:http_proxy": "", "build-arg:HTTP_PROXY": "http://p"}, {"proxy": {"http": "http://p"}}),
        ({"build-arg:SOURCE_DATE_EPOCH": "1700000000"}, {"source_date_epoch": 1700000000}),
        ({"build-arg:SOURCE_DATE_EPOCH": ""}, {}),
        ({"build-arg:BUILDKIT_CACHE_MOUNT_NS": "n"}, {"cache_mount_ns": "n"}),
        ({"build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR": "1"}, {"keep_git_dir": True}),
        ({"build-arg:BUILDKIT_INLINE_CACHE": "1", "build-arg:BUILDKIT_SOME_FUTURE_ARG": "x"}, {}),
        ({"build-arg:BUILDKIT_SYNTAX": "x"}, {"syntax_arg": True}),
        ({"build-arg:MIGETPACKS_TRACE": "1"}, {"trace": True}),
        (
            {
                "build-arg:PORT": "80",
                "build-arg:NODE_VERSION": "22",
                "build-arg:RUN_COMMAND": "",
                "build-arg:KEEP": "a",
            },
            {"settings": {"PORT": "80", "NODE_VERSION": "22", "KEEP": "a"}},
        ),
        ({"build-arg:RUN_ENV_TZ": "UTC"}, {"settings": {"RUN_ENV_TZ": "UTC"}}),
    ],
)
def test_what_clients_send_is_accepted(opts: dict[str, str], expected: dict[str, Any]) -> None:
    found = parse(opts)
    assert {name: getattr(found, name) for name in expected} == expected


def test_everything_buildx_sends_by_itself_is_accepted() -> None:
    found = parse(
        {
            "attest:provenance": "mode=min,inline-only=true,builder-id=https://x",
            "build-arg:BUILDKIT_MULTI_PLATFORM": "1",
            "cmdline": "miget/migetpacks",
            "filename": "migetpacks.yaml",
            "frontend.caps": "moby.buildkit.frontend.contexts+forward",
            "image-resolve-mode": "local",
            "local-sessionid:context": "s",
            "local-sessionid:dockerfile": "s",
            "platform": "linux/amd64",
            "source": "docker.io/miget/migetpacks:latest",
            "vcs:localdir:context": ".",
            "vcs:localdir:dockerfile": ".",
            "vcs:revision": "abc-dirty",
            "vcs:source": "https://example.org/r.git",
        }
    )
    assert found.multi_platform
    assert found.platforms == ("linux/amd64",)


# platforms


def test_several_platforms_are_a_multi_platform_build() -> None:
    found = parse({"platform": "linux/amd64,linux/arm64/v8,amd64"}, parse_platform)
    assert found.platforms == ("linux/amd64", "linux/arm64")
    assert found.multi_platform
    assert parse({"platform": "linux/amd64", "multi-platform": "true"}).multi_platform
    assert not parse({"platform": "linux/amd64"}).multi_platform
    error = refused({"platform": "linux/amd64,linux/arm64", "multi-platform": "false"})
    assert "2" in error.message


# what is refused


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("platfrom", "platform"),
        ("no-chache", "no-cache"),
        ("buildarg:PORT", "build-arg:NAME"),
        ("build-args:PORT", "build-arg:NAME"),
        ("labels:x", "label:NAME"),
        ("port", "build-arg:PORT"),
        ("NODE_VERSION", "build-arg:NODE_VERSION"),
    ],
)
def test_an_unknown_option_is_told_with_the_nearest(key: str, nearest: str) -> None:
    error = refused({key: "x"})
    check(error, OptionError, f'"{key}"', f" {nearest}?")


def test_an_option_like_no_other_is_unknown_too() -> None:
    check(refused({"zzz": ""}), OptionError, '"zzz"')


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("NODE_VERSON", "NODE_VERSION"),
        ("PYTHON_VERSIONS", "PYTHON_VERSION"),
        ("RUN_COMAND", "RUN_COMMAND"),
        ("port", "PORT"),
        ("node_version", "NODE_VERSION"),
        ("PROJECTPATH", "PROJECT_PATH"),
        ("NODEJS_VERSION", "NODE_VERSION"),
        ("PYTHN_VERSION", "PYTHON_VERSION"),
    ],
)
def test_an_unknown_build_arg_is_told_with_the_nearest(name: str, nearest: str) -> None:
    error = refused({f"build-arg:{name}": "x"})
    check(error, OptionError, f'"{name}"', f" {nearest}?")


def test_a_build_arg_meant_as_a_variable_is_told_how_to_be_one() -> None:
    error = refused({"build-arg:VITE_API_URL": "https://x"})
    assert "BUILD_ENV_VITE_API_URL" in error.hint
    assert "RUN_ENV_VITE_API_URL" in error.hint


@pytest.mark.parametrize("name", ["GO_VERSION", "PHP_VERSION", "JAVA_VERSION", "ELIXIR_VERSION"])
def test_the_version_of_what_we_do_not_know_is_not_near_to_another(name: str) -> None:
    assert refused({f"build-arg:{name}": "1"}).hint.startswith("")


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "80.5", "65536", "8O", "٣", "1e3"])
def test_a_port_that_is_none(port: str) -> None:
    error = refused({"build-arg:PORT": port})
    check(error, OptionError, f'PORT is "{port}"', "1 to 65535")


@pytest.mark.parametrize(
    ("opts", "message"),
    [
        ({"multi-platform": "yes"}, ""),
        ({"image-resolve-mode": "pul"}, '"pul"'),
        ({"force-network-mode": "hots"}, '"hots"'),
        ({"cache-imports": "{}"}, "JSON"),
        ({"cache-imports": "[{]"}, "JSON"),
        ({"add-hosts": "db"}, "HOST=ADDRESS"),
        ({"add-hosts": "db=nowhere"}, "HOST=ADDRESS"),
        ({"shm-size": "64m"}, "0"),
        ({"ulimit": "nofiles=1"}, '"nofiles"'),
        ({"ulimit": "nofile=x"}, "NAME=SOFT"),
        ({"ulimit": "nofile=5:1"}, ""),
        ({"memory": "0"}, "0"),
        ({"cpusetcpus": "a-b"}, ""),
        ({"attest:sbon": ""}, '"sbon"'),
        ({"build-arg:SOURCE_DATE_EPOCH": "yesterday"}, ""),
        ({"build-arg:SOURCE_DATE_EPOCH": "9" * 25}, ""),
        ({"build-arg:SOURCE_DATE_EPOCH": "9" * 5000}, ""),
        ({"build-arg:SOURCE_DATE_EPOCH": "253402300800"}, ""),
        ({"build-arg:PORT": "1" * 5000}, ""),
        ({"shm-size": "1" * 5000}, "0"),
        ({"memory": "9" * 19}, "0"),
        ({"ulimit": "nofile=" + "9" * 25}, "NAME=SOFT"),
        ({"no-cache": '"a'}, ""),
    ],
)
def test_a_malformed_option_is_an_error(opts: dict[str, str], message: str) -> None:
    assert message in refused(opts).message


# secrets

MARK = "s3cr3t-value"


@pytest.mark.parametrize(
    "name",
    "NPM_TOKEN GITHUB_TOKEN DB_PASSWORD API_KEY SECRET_KEY_BASE AWS_SECRET_ACCESS_KEY NPM_AUTH_TOKEN"
    " BUILD_ENV_API_TOKEN RUN_ENV_DATABASE_PASSWORD npmToken PIP_PASSWORD".split(),
)
def test_a_secret_looking_build_arg_is_refused_with_the_way_to_do_it(name: str) -> None:
    error = refused({f"build-arg:{name}": MARK})
    assert isinstance(error, OptionError)
    assert "--secret id=" in error.hint
    assert MARK not in str(error)


@pytest.mark.parametrize(
    "value",
    [
        "postgres://user:" + MARK + "@db/x",
        "ghp_" + "a1" * 18,
        "-----BEGIN RSA PRIVATE KEY-----\n" + MARK,
        "npm_" + "b" * 36,
        "https://ghp_" + "a1" * 18 + "@github.com/me/app.git",
        "node server.js --token=ghp_" + "a1" * 18,
        "curl -H 'Authorization: Bearer " + MARK + "' https://h",
    ],
)
@pytest.mark.parametrize("name", ["RUN_ENV_DATABASE_URL", "RUN_COMMAND", "ANYTHING"])
def test_a_value_that_is_a_secret_is_refused_whatever_its_name(name: str, value: str) -> None:
    error = refused({f"build-arg:{name}": value})
    assert isinstance(error, OptionError)
    assert value not in str(error)


@pytest.mark.parametrize(
    "name",
    "RUN_ENV_KEYCLOAK_URL RUN_ENV_MONKEY BUILD_ENV_NEXT_PUBLIC_API_KEY RUN_ENV_AUTH_URL RUN_ENV_PASSENGER_APP"
    " RUN_ENV_DB_PASSWORD_FILE RUN_ENV_JWT_EXPIRES_IN RUN_ENV_CACHE_KEY RUN_ENV_STRIPE_PUBLISHABLE_KEY".split(),
)
def test_a_harmless_name_is_no_secret(name: str) -> None:
    assert parse({f"build-arg:{name}": "x"}).settings == {name: "x"}


def test_a_label_with_a_secret_is_refused() -> None:
    check(refused({"label:x": "https://u:pw@host/"}), OptionError, '"x"', hides=("pw",))
    for name in ("db_password", "com.example.deploy-token"):
        check(refused({f"label:{name}": MARK}), OptionError, f'"{name}"', hides=(MARK,))


def test_other_labels_are_none() -> None:
    labels = {"org.opencontainers.image.source": "https://me@host/", "com.example.auth.mode": "x", "token-count": "3"}
    assert parse({f"label:{name}": value for name, value in labels.items()}).labels == tuple(sorted(labels.items()))


@pytest.mark.parametrize("key", ["vcs:source", "context:base", "context:base::linux/arm64"])
@pytest.mark.parametrize("login", ["ghp_" + "a1" * 18, f"me:{MARK}"])
def test_a_url_with_a_password_or_token_is_refused(key: str, login: str) -> None:
    error = refused({key: f"https://{login}@github.com/me/app.git"})
    assert isinstance(error, OptionError)
    assert login not in str(error)


# small things


def test_steps_whose_cache_is_not_wanted() -> None:
    assert parse({"no-cache": ""}).no_cache
    assert parse({"no-cache": "Install"}).no_cache_steps == ("install",)


def test_the_module_loads_nothing_of_its_own() -> None:
    code = (
        "import sys; sys.path.insert(0, '.'); import frontend.errors; before = set(sys.modules);"
        "import frontend.settings.options; print(*sorted(set(sys.modules) - before))"
    )
    found = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert set(found.stdout.split()) <= {
        "__future__",
        "frontend.languages",
        "frontend.languages.registry",
        "frontend.settings",
        "frontend.settings.build_args",
        "frontend.settings.options",
        "frontend.settings.values",
        "frontend.secrets",
        "frontend.secrets.detection",
        "frontend.secrets.ids",
        "frontend.secrets.masking",
    }
