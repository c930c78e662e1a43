"""Plans for base images that are not the language's own: a virtualenv's links, Bundler's program."""

import pytest
from msgspec import structs

from frontend.languages.python import on_base as python
from frontend.languages.ruby import on_base as ruby
from frontend.plan.base import BaseFacts, Program
from frontend.plan.model import MIGET, FromContext, FromStep, Layer, Link, Plan, Runtime, TextFile, ToolVersion

APP = Layer("application", "the app", (FromContext(),))
VENV = Layer("dependencies", "venv", (FromStep("install", "/app/.venv"),))
PYTHON = Plan("python", Runtime("acme.test/python", (VENV, APP), ()), versions=(ToolVersion("python", "3.13.5"),))
GEMS = Layer("dependencies", "gems", (FromStep("install", "/app/vendor/bundle"),))
RUBY = Plan("ruby", Runtime("acme.test/ruby:3.4", (GEMS, APP), (), env=(("PATH", "/app/x:/usr/bin"),)))


def base(*programs: tuple[str, Program], zones: bool = True) -> BaseFacts:
    return BaseFacts("acme.test/x", MIGET, "", "glibc", (), "", (), zones, True, True, "", dict(programs))


@pytest.mark.parametrize("version", ["", "3.13", "3.13.9"])
def test_a_virtualenv_names_the_base_s_interpreter(version: str) -> None:
    made = python.fit(PYTHON, base(("python", Program("/usr/bin/python3", version)))).runtime
    names = ("bin/python", "bin/python3", "bin/python3.13", "pyvenv.cfg")
    first, *others = made.layers[0].inputs
    assert first == FromStep("install", "/app/.venv", exclude=names)
    assert {one.path: one.target for one in others if isinstance(one, Link)} == {
        "/app/.venv/bin/python": "/usr/bin/python3",
        "/app/.venv/bin/python3": "python",
        "/app/.venv/bin/python3.13": "python",
    }
    assert [one.text.splitlines()[0] for one in others if isinstance(one, TextFile)] == ["home = /usr/bin"]
    assert (made.layers[1], made.packages) == (APP, ())


def test_python_gets_time_zones_where_the_base_has_none() -> None:
    assert python.fit(PYTHON, base(("python", Program("/usr/bin/python3")), zones=False)).runtime.packages == (
        "tzdata",
    )


def test_bundle_is_in_path_behind_the_locked_one() -> None:
    runtime = ruby.fit(RUBY, base()).runtime
    assert dict(runtime.env)["PATH"] == "/app/x:/usr/bin:/app/vendor/bundle/bin"
    assert TextFile("/app/vendor/bundle/bin/bundle", ruby.TEXT, 0o644) in runtime.layers[0].inputs
    assert runtime.layers[1] == APP


def test_a_ruby_app_without_gems_needs_no_bundle() -> None:
    plan = structs.replace(RUBY, runtime=structs.replace(RUBY.runtime, layers=(APP,)))
    assert ruby.fit(plan, base()) == plan
