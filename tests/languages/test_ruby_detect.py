"""Which trees hold a Ruby app, and which language is the right one where several have left files."""

import pytest

from frontend import detect
from frontend.context.tree import DictTree
from frontend.languages import ruby
from frontend.settings.model import Settings
from tests.languages.node import package
from tests.languages.ruby import RACK_UP, Files, gemfile

STARTED = package(scripts={"start": "node server.js"}, dependencies={"express": "5"})
TOOLING = package(devDependencies={"prettier": "3"})

STRENGTHS: list[tuple[str, Files, int | None]] = [
    ("a Rails app", {"Gemfile": gemfile("rails"), "config/application.rb": ""}, 4),
    ("Rails' program", {"Gemfile": "", "bin/rails": ""}, 4),
    ("a Rack file", {"Gemfile": "", "config.ru": RACK_UP}, 3),
    ("a Rack file alone", {"config.ru": RACK_UP}, 3),
    ("a framework in the Gemfile", {"Gemfile": "source 'x'\n  gem 'sinatra', '~> 4'\n"}, 3),
    ("gems.rb", {"gems.rb": gemfile("puma")}, 3),
    ("a framework in a comment", {"Gemfile": "# gem 'rails'\n"}, 1),
    ("a name that only begins as one", {"Gemfile": "gem 'rails-html-sanitizer'\n"}, 1),
    ("a script beside a Gemfile", {"Gemfile": gemfile("redis"), "main.rb": ""}, 2),
    ("a script alone", {"app.rb": ""}, 2),
    ("a site that has a front end", {"Gemfile": gemfile("bridgetown"), "bridgetown.config.yml": ""}, 4),
    ("a site's generator without its file", {"Gemfile": gemfile("middleman")}, 1),
    ("tooling", {"Gemfile": gemfile("fastlane")}, 1),
    ("no Ruby", {"README.md": ""}, None),
    ("a directory of that name", {"Gemfile/x": ""}, None),
]


@pytest.mark.parametrize(("files", "strength"), [row[1:] for row in STRENGTHS], ids=[row[0] for row in STRENGTHS])
def test_strength(files: Files, strength: int | None) -> None:
    found = ruby.detect(DictTree(dict(files)))
    assert (found.strength if found else None) == strength


MIXED: list[tuple[str, Files, str]] = [
    ("Rails with a front end's tooling", {"Gemfile": gemfile("rails"), "bin/rails": "", "package.json": TOOLING}, "ruby"),
    ("Rails with a start script", {"Gemfile": gemfile("rails"), "bin/rails": "", "package.json": STARTED}, "ruby"),
    ("Sinatra with tooling", {"Gemfile": gemfile("sinatra"), "app.rb": "", "package.json": TOOLING}, "ruby"),
    ("Node.js with fastlane", {"Gemfile": gemfile("fastlane"), "package.json": STARTED, "server.js": ""}, "nodejs"),
    ("Rails with a script in Python", {"Gemfile": gemfile("rails"), "bin/rails": "", "requirements.txt": "flask\n", "app.py": ""}, "ruby"),
    ("a site with a start script for development", {"Gemfile": gemfile("bridgetown"), "bridgetown.config.yml": "", "package.json": STARTED}, "ruby"),
    ("a Procfile that decides", {"Gemfile": "", "package.json": STARTED, "Procfile": "web: bundle exec puma\n"}, "ruby"),
    ("a Procfile that decides otherwise", {"Gemfile": gemfile("rails"), "bin/rails": "", "package.json": STARTED, "Procfile": "web: node server.js\n"}, "nodejs"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "language"), [row[1:] for row in MIXED], ids=[row[0] for row in MIXED])
def test_the_right_one_of_several(files: Files, language: str) -> None:
    found = detect.choose(DictTree(dict(files)), Settings())
    assert language == found.language.name
    if "bin/rails" in files and language == "ruby":
        assert not found.warnings
