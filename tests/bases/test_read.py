"""What a base image holds: its account, its shell, its interpreters, what it lacks."""

from typing import Any

import pytest

from frontend.bases.read import facts
from frontend.errors import Location, PlanError
from frontend.lower.target import Base
from frontend.plan.base import BaseFacts, Program
from frontend.plan.model import MIGET, Account, Runtime
from tests.bases.rootfs import HARDENED, Rootfs

AT = Location("migetpacks.yaml", 2)
NONROOT = Account("nonroot", 65532, 65532, "/home/nonroot", made=False)
OWN_HOME = {name: text for name, text in HARDENED.items() if not name.startswith("/home")}


def read(
    config: dict[str, Any] | None = None, files: dict[str, str] | None = None, flavour: Any = "hardened", user: str = ""
) -> BaseFacts:
    runtime = Runtime("acme.test/base:1", (), (), flavour=flavour, user=user, base_at=AT)
    return facts(
        runtime,
        Base("acme.test/base:1", "", {"config": config or {"User": "nonroot"}}),
        Rootfs({**HARDENED, **(files or {})}),
    )


@pytest.mark.parametrize("user", ["nonroot", "65532", "65532:65532", "nonroot:nonroot"])
def test_the_account_is_the_image_s_in_numbers(user: str) -> None:
    found = read({"User": user}).account
    assert found == NONROOT
    assert (found.owner, found.made) == ("65532:65532", False)


def test_a_group_of_the_config_is_that_of_the_account() -> None:
    assert read({"User": "nonroot:web"}).account.gid == 33


def test_a_home_that_is_not_there_is_tmp() -> None:
    runtime = Runtime("acme.test/base:1", (), (), flavour="hardened")
    base = Base("acme.test/base:1", "", {"config": {"User": "65532"}})
    assert facts(runtime, base, Rootfs(OWN_HOME)).account.home == "/tmp"


@pytest.mark.parametrize(
    ("config", "user", "names"),
    [
        ({"User": "root"}, "", ("acme.test/base:1", "root")),
        ({"User": "0:0"}, "", ("root",)),
        ({"Env": []}, "", ("root", "names no user")),
        ({"User": "ghost"}, "", ("ghost", "/etc/passwd")),
        ({"User": "4711"}, "", ("4711",)),
        ({"User": "nonroot:ghosts"}, "", ("ghosts", "/etc/group")),
        ({"User": "nonroot"}, "4711", ("4711",)),
    ],
)
def test_an_account_that_no_image_may_have_is_an_error_with_the_way_out(
    config: dict[str, Any], user: str, names: tuple[str, ...]
) -> None:
    with pytest.raises(PlanError) as error:
        read(config, user=user)
    assert all(name in error.value.message for name in names), error.value.message
    assert error.value.at == AT
    assert error.value.hint


def test_the_user_of_the_setting_comes_before_the_image_s() -> None:
    assert read({"User": "root"}, user="nonroot").account == NONROOT
    assert read({"User": "root"}, user="4711:4712").account == Account("", 4711, 4712, "/tmp", made=False)


def test_a_given_base_with_a_shell_and_root_gets_our_account() -> None:
    assert read({"User": ""}, {"/bin/sh": ""}, "given").account == MIGET
    with pytest.raises(PlanError):
        read({"User": ""}, flavour="given")


@pytest.mark.parametrize("path", ["/bin/sh", "/usr/bin/bash", "/bin/busybox", "/bin/ash"])
def test_a_shell_is_looked_for(path: str) -> None:
    assert read(files={path: ""}).shell == path
    assert read().shell == ""


def test_what_is_missing_is_told() -> None:
    found = read()
    assert (found.libc, found.zones, found.certificates, found.tmp) == ("glibc", True, True, True)
    runtime = Runtime("acme.test/base:1", (), (), flavour="hardened", user="1:1")
    found = facts(runtime, Base("acme.test/base:1", "", {}), Rootfs({"/lib/ld-musl-x86_64.so.1": ""}))
    assert (found.libc, found.zones, found.certificates, found.tmp) == ("musl", False, False, False)


@pytest.mark.parametrize(
    ("config", "files", "name", "program"),
    [
        ({"Env": ["NODE_VERSION=24.1.0"]}, ("/usr/bin/node",), "node", Program("/usr/bin/node", "24.1.0")),
        ({"Env": ["NODE_VERSION=v24.1.0"]}, ("/usr/bin/node",), "node", Program("/usr/bin/node", "24.1.0")),
        ({"Env": ["NODE_VERSION=lts"]}, ("/usr/bin/node",), "node", Program("/usr/bin/node")),
        ({"Entrypoint": ["/nodejs/bin/node"]}, ("/nodejs/bin/node",), "node", Program("/nodejs/bin/node")),
        (
            {"Entrypoint": ["/usr/bin/python3.13"]},
            ("/usr/bin/python3.13", "/usr/bin/python3", "/usr/lib/python3.13/os.py", "/usr/lib/python3/x"),
            "python",
            Program("/usr/bin/python3.13", "3.13"),
        ),
        (
            {"Env": ["PATH=/opt/python/bin:/usr/bin"]},
            ("/opt/python/bin/python3", "/opt/python/lib/python3.12/os.py"),
            "python",
            Program("/opt/python/bin/python3", "3.12"),
        ),
        ({}, ("/usr/local/bin/ruby", "/usr/local/lib/ruby/3.4.0/x"), "ruby", Program("/usr/local/bin/ruby", "3.4.0")),
    ],
)
def test_interpreters_are_found_with_their_version(
    config: dict[str, Any], files: tuple[str, ...], name: str, program: Program
) -> None:
    found = read({"User": "65532", **config}, dict.fromkeys(files, "")).programs
    assert found == {name: program}
