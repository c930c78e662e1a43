"""What the tests of the Ruby language share: trees as dict literals, lockfiles, and their plans."""

from typing import Any

from frontend.context.tree import DictTree
from frontend.errors import BuildError
from frontend.languages import ruby
from frontend.plan.model import Plan, Step
from frontend.settings.model import Setting, Settings

TODAY = "2026-11-28"
LINUX = ("ruby", "x86_64-linux")
RACK_UP = "run ->(env) { [200, {}, ['ok']] }\n"
Files = dict[str, str]
NEEDS = {  # what gems of the tests depend on
    "puma": ("nio4r",),
    "thin": ("rack",),
    "rackup": ("rack",),
    "rails": ("railties", "rack"),
    "sinatra": ("rack",),
    "sprockets-rails": ("sprockets",),
    "vite_rails": ("vite_ruby",),
}
VERSIONS = {
    "activerecord": "7.2.2.2",
    "puma": "6.6.0",
    "rack": "3.1.20",
    "rails": "7.2.2.2",
    "railties": "7.2.2.2",
    "sinatra": "4.1.1",
}


def lock(*gems: str, platforms: tuple[str, ...] = LINUX, more: str = "", bundler: str = "2.6.7") -> str:
    """A Gemfile.lock of some gems: names, or "NAME VERSION"; with what they depend on."""
    versions: dict[str, str] = {}
    todo = list(gems)
    while todo:
        name, _, version = todo.pop(0).partition(" ")
        versions.setdefault(name, version or VERSIONS.get(name, "1.0"))
        todo += [one for one in NEEDS.get(name, ()) if one not in versions]
    lines = ["GEM", "  remote: https://rubygems.org/", "  specs:"]
    for name, version in sorted(versions.items()):
        lines += [f"    {name} ({version})", *(f"      {need}" for need in NEEDS.get(name, ()))]
    lines += ["", "PLATFORMS", *(f"  {one}" for one in platforms), "", "DEPENDENCIES"]
    lines += [f"  {gem.split()[0]}" for gem in sorted(gems)]
    return "\n".join((*lines, "", *((more, "") if more else ()), "BUNDLED WITH", f"   {bundler}", ""))


def gemfile(*gems: str, head: str = "") -> str:
    """A Gemfile that lists gems by their names."""
    return "".join((head, *(f'gem "{gem.split()[0]}"\n' for gem in gems)))


def app(*gems: str, head: str = "", **files: str) -> Files:
    """An app of some gems, locked; `files` by name, with "_" for the dot: config_ru."""
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    return {"Gemfile": gemfile(*gems, head=head), "Gemfile.lock": lock(*gems), **named}


def rack(*gems: str, **files: str) -> Files:
    """A Rack app of some gems."""
    return app(*gems, config_ru=RACK_UP, **files)


def rails(*gems: str, **files: str) -> Files:
    """A Rails app with puma."""
    given = app("rails", "puma", *gems, **files)
    return {"config/application.rb": "require 'rails/all'\n", "bin/rails": "", "config.ru": RACK_UP, **given}


def plan(files: Files, app: str = "", **settings: Any) -> Plan:
    """The plan of an app; texts are settings of the config file."""
    given: dict[str, Any] = {k: Setting(v) if isinstance(v, str) else v for k, v in settings.items()}
    return ruby.plan(DictTree(dict(files)), Settings(**given), app, TODAY)


def web(files: Files, **settings: Any) -> str:
    """What is executed as the web process; of Ruby that loads a program, that and its arguments: "puma -b …"."""
    args = plan(files, **settings).runtime.processes[0].args
    if args[:4] != ("bundle", "exec", "ruby", "-e"):
        return " ".join(args)
    given, _, program = args[4].removeprefix("ARGV.replace([").partition("]); load Gem.bin_path(")
    return (
        f"{program.rstrip(')').split()[-1]} {given}".replace('"', "")
        .replace(",", "")
        .replace("+ ENV.fetch(PORT)", "$PORT")
        .replace(": $PORT", ":$PORT")
        .replace("ENV.fetch(PORT)", "$PORT")
    )


def step(found: Plan, name: str) -> Step:
    """A step of a plan."""
    return next(one for one in found.steps if one.name == name)


def codes(found: Plan) -> list[str]:
    """The codes of a plan's warnings."""
    return [one.code for one in found.warnings]


def error(files: Files, **settings: Any) -> str:
    """The whole text of the error that an app's plan ends with."""
    try:
        plan(files, **settings)
    except BuildError as problem:
        return str(problem)
    raise AssertionError("no error")
