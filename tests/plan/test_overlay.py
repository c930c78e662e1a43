"""What users add to a plan, whatever its language."""

from msgspec import structs

from frontend.plan import Evidence, Exec, ImageRef, Layer, Plan, Process, Runtime, Step, StepRef
from frontend.plan.overlay import overlay

INSTALL = Step(
    "install",
    ImageRef("ruby:3.4"),
    "the gems",
    packages=("libpq-dev",),
    env=(("CI", "1"),),
    run=(Exec(("bundle", "install"), "bundle install"),),
)
SOURCES = Step("sources", StepRef("install"), "the app")
PLAN = Plan(
    "ruby",
    Runtime(
        "ruby:3.4-slim",
        (Layer("application", "the app", ()),),
        (Process("web", ("ruby", "app.rb")),),
        packages=("libpq5",),
        env=(("RACK_ENV", "production"), ("LANG", "C.UTF-8")),
    ),
    (INSTALL, SOURCES),
    (Evidence("ruby", "Gemfile"),),
)


def test_nothing_added_changes_nothing() -> None:
    assert overlay(PLAN) == PLAN


def test_packages_of_the_build_go_where_a_program_runs() -> None:
    install, sources = overlay(PLAN, build_packages=("git", "libpq-dev")).steps
    assert install.packages == ("libpq-dev", "git")
    assert sources.packages == ()


def test_the_environment_of_the_build_comes_after_a_step_s_own() -> None:
    install, sources = overlay(PLAN, build_env=(("CI", "0"),)).steps
    assert install.env == (("CI", "1"), ("CI", "0"))
    assert sources.env == (("CI", "0"),)


def test_the_image_gets_packages_and_variables_each_once() -> None:
    runtime = overlay(PLAN, run_packages=("ffmpeg", "libpq5"), run_env=(("LANG", "C"), ("TZ", "UTC"))).runtime
    assert runtime.packages == ("libpq5", "ffmpeg")
    assert runtime.env == (("RACK_ENV", "production"), ("LANG", "C"), ("TZ", "UTC"))


def test_evidence_of_the_choice_comes_first_and_once() -> None:
    chosen = Evidence("ruby", "the setting LANGUAGE")
    assert overlay(PLAN, evidence=(chosen, *PLAN.evidence)).evidence == (chosen, *PLAN.evidence)


def test_directories_to_import_from_are_added_to_those_of_the_plan() -> None:
    own = structs.replace(PLAN.runtime, env=(("PYTHONPATH", "/app/src"), ("PATH", "/bin")))
    given = (("PYTHONPATH", "/app/deps:/app/src"), ("PATH", "/usr/bin"))
    assert overlay(structs.replace(PLAN, runtime=own), run_env=given).runtime.env == given
    other = overlay(structs.replace(PLAN, runtime=own), run_env=(("PYTHONPATH", "/app/deps"),)).runtime.env
    assert other == (("PYTHONPATH", "/app/deps:/app/src"), ("PATH", "/bin"))
