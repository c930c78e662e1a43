"""Which Ruby an app gets, and who asked for it."""

import pytest

from frontend.settings.model import Setting
from tests.languages.ruby import RACK_UP, Files, codes, error, gemfile, lock, plan


def app(ruby: str = "", more: str = "", **files: str) -> Files:
    """A Rack app whose Gemfile says `ruby`; `files` are version files: ruby_version, tool_versions, mise_toml."""
    names = {"ruby_version": ".ruby-version", "tool_versions": ".tool-versions", "mise_toml": "mise.toml"}
    named = {names[name]: text for name, text in files.items()}
    head = f"{ruby}\n" if ruby else ""
    return {
        "Gemfile": gemfile("puma", head=head),
        "Gemfile.lock": lock("puma", more=more),
        "config.ru": RACK_UP,
        **named,
    }


def framework(version: str, ruby: str = "") -> Files:
    """An app of a version of Rails."""
    return {**app(ruby), "Gemfile.lock": lock("puma", f"railties {version}")}


def unlocked(rails: str) -> Files:
    """An app without a lockfile that asks for a Rails."""
    return {"config.ru": RACK_UP, "Gemfile": f"gem 'rails', '{rails}'\ngem 'puma'\n"}


VERSIONS: list[tuple[str, Files, str]] = [
    ("nothing", app(), "3.4-slim-trixie"),
    (".ruby-version", app(ruby_version="3.3.9\n"), "3.3.9-slim-trixie"),
    ("with a prefix", app(ruby_version="ruby-3.3.7\n"), "3.3.7-slim-bookworm"),
    ("a patch level", app(ruby_version="2.7.8-p225\n"), "2.7.8-slim-bullseye"),
    ("a line", app(ruby_version="3.3\n"), "3.3-slim-trixie"),
    (".tool-versions", app(tool_versions="nodejs 22\nruby 3.2.9\n"), "3.2.9-slim-trixie"),
    ("mise.toml", app(mise_toml='[tools]\nruby = "3.3"\n'), "3.3-slim-trixie"),
    ("the Gemfile", app('ruby "3.2.11"'), "3.2.11-slim-trixie"),
    ("a version of two numbers is exact", app('ruby "3.3"'), "3.3.0-slim-bookworm"),
    ("~> of a line", app('ruby "~> 3.3.0"'), "3.3-slim-trixie"),
    ("~> of a major version", app("ruby '~> 3.2'"), "3.4-slim-trixie"),
    ("several requirements", app("ruby '>= 3.2.0', '< 3.4'"), "3.3-slim-trixie"),
    ("a list of requirements", app("ruby ['>= 3.2.0', '< 3.4.0']"), "3.3-slim-trixie"),
    ("open at the top", app('ruby ">= 3.0"'), "3.4-slim-trixie"),
    ("not one of them", app('ruby "~> 3.3.0", "!= 3.3.0"'), "3.3-slim-trixie"),
    ("a new line only", app('ruby ">= 4"'), "4.0-slim-trixie"),
    ("the lockfile's within the Gemfile's", app('ruby ">= 3.2"', "RUBY VERSION\n   ruby 3.3.10p183"), "3.3-slim-trixie"),
    ("the lockfile's alone", app("", "RUBY VERSION\n   ruby 3.2.2p53"), "3.2-slim-trixie"),
    ("an old Rails", framework("7.0.8"), "3.3-slim-trixie"),
    ("an older Rails", framework("6.0.6.1"), "2.7-slim-bullseye"),
    ("an old Rails within a range", framework("6.1.7", 'ruby ">= 2.6"'), "3.0-slim-bookworm"),
    ("a new Rails", framework("8.1.0"), "3.4-slim-trixie"),
    ("an old Rails without a lockfile", unlocked("~> 6.0.3"), "2.7-slim-bullseye"),
    ("an old Rails of several requirements", unlocked(">= 6.1', '< 7"), "3.0-slim-bookworm"),
    ("a Rails that may be a new one", unlocked(">= 6.1"), "3.4-slim-trixie"),
    ("a lockfile that is behind", app('ruby "~> 3.4"', "RUBY VERSION\n   ruby 3.3.6p108"), "3.4-slim-trixie"),
    ("a file that the Gemfile reads", app('ruby file: ".ruby-version"', ruby_version="ruby-3.3.7\n"), "3.3.7-slim-bookworm"),
    ("tools that the Gemfile reads", app("ruby file: '.tool-versions'", tool_versions="ruby 3.3.9\n"), "3.3.9-slim-trixie"),
    ("mise that the Gemfile reads", app('ruby file: "mise.toml"', mise_toml='[tools]\nruby = "3.3.9"\n'), "3.3.9-slim-trixie"),
    ("the file by Ruby", app('ruby File.read(".ruby-version").strip', ruby_version="3.3.9\n"), "3.3.9-slim-trixie"),
    ("a requirement on the file's", app('ruby "~> #{File.read(File.join(__dir__, \'.ruby-version\')).strip}"', ruby_version="3.3.9\n"), "3.3.9-slim-trixie"),
    ("a requirement on another file's", {**app('ruby "~> #{File.read("RUBY").strip}"'), "RUBY": "ruby-3.3.9\n"}, "3.3-slim-trixie"),
    ("gems of an old Bundler", {**app(""), "Gemfile.lock": lock("puma", bundler="1.13.6")}, "2.7-slim-bullseye"),
    ("gems of another old Bundler", {**app(""), "Gemfile.lock": lock("puma", bundler="2.0.2")}, "2.7-slim-bullseye"),
    ("gems from before Ruby 3.2", {**app(""), "Gemfile.lock": lock("puma", bundler="2.1.4")}, "3.1-slim-bookworm"),
    ("gems from before Ruby 3.4", {**app(""), "Gemfile.lock": lock("puma", bundler="2.4.22")}, "3.3-slim-trixie"),
    ("gems of a later Bundler", {**app(""), "Gemfile.lock": lock("puma", bundler="2.5.9")}, "3.4-slim-trixie"),
    ("a Bundler that the lockfile does not say", {**app(""), "Gemfile.lock": lock("puma").partition("BUNDLED")[0]},
     "3.4-slim-trixie"),
    ("Active Record alone", {**app(""), "Gemfile.lock": lock("puma", "activerecord 7.0.8")}, "3.3-slim-trixie"),
    ("Active Support alone", {**app(""), "Gemfile.lock": lock("puma", "activesupport 4.2.11.3")}, "2.7-slim-bullseye"),
    ("Active Support for development alone",
        {
            **app(""),
            "Gemfile": 'gem "puma"\ngem "activesupport", group: :development\n',
            "Gemfile.lock": lock("puma", "activesupport 6.0.3"),
        },
        "3.4-slim-trixie"),
    ("a new Active Record, an old Bundler",
     {**app(""), "Gemfile.lock": lock("puma", "activerecord 7.1.2", bundler="2.4.22")}, "3.3-slim-trixie"),
    ("before the images of a suite", app(ruby_version="2.7.1\n"), "2.7.1-slim-buster"),
    ("before those of a later line", app(ruby_version="3.0.0\n"), "3.0.0-slim-buster"),
    ("a line that the Gemfile narrows", app('ruby "3.3.10"', ruby_version="3.3\n"), "3.3.10-slim-trixie"),
    ("a line within a range", app('ruby ">= 3.2"', ruby_version="3.3\n"), "3.3-slim-trixie"),
    ("an option of Bundler", app('ruby "3.3.9", engine: "ruby"'), "3.3.9-slim-trixie"),
    ("a comment", app('# ruby "2.0"'), "3.4-slim-trixie"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "tag"), [row[1:] for row in VERSIONS], ids=[row[0] for row in VERSIONS])
def test_version(files: Files, tag: str) -> None:
    found = plan(files)
    assert found.runtime.base == f"ruby:{tag}"
    assert found.steps[0].base.image == f"ruby:{tag.replace('-slim', '')}"  # type: ignore[union-attr] # an ImageRef


REFUSED: list[tuple[str, Files, tuple[str, ...]]] = [
    ("a contradiction", app('ruby ">= 3.2.0"', ruby_version="3.1\n"), (".ruby-version:1", "Gemfile:1", ">= 3.2.0")),
    ("an exact contradiction", app('ruby "3.3.9"', ruby_version="3.3.7\n"), (".ruby-version:1", "Gemfile:1", "3.3.9")),
    ("a missing file", app('ruby file: ".ruby-version"'), ("Gemfile:1", ".ruby-version")),
    ("another engine", app('ruby "3.1.4", engine: "jruby", engine_version: "9.4"'), ("Gemfile:1", "jruby")),
    ("another engine in a file", app(ruby_version="jruby-9.4.8\n"), (".ruby-version:1", "jruby")),
    ("a Rails for older ones alone", framework("4.2.11"), ("Gemfile.lock:7", "4.2.11", "2.7")),
    ("that Rails without a lockfile", unlocked("4.2.11"), ("Gemfile:1", "4.2.11", "2.7")),
    ("no version at all", app('ruby ">= 3.4", "< 3.3"'), ("Gemfile:1", ">= 3.4, < 3.3")),
    ("a version that is too old", app(ruby_version="2.3.8\n"), (".ruby-version:1", "2.7")),
]


@pytest.mark.parametrize(("files", "texts"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(files: Files, texts: tuple[str, ...]) -> None:
    told = error(files)
    assert all(text in told for text in texts), told


def test_a_setting_has_to_be_one_that_the_gemfile_allows() -> None:
    asked = {"ruby": Setting("3.2", "build-arg")}
    assert plan(app('ruby ">= 3.2"'), versions=asked).runtime.base == "ruby:3.2-slim-trixie"
    assert "Gemfile:1" in error(app('ruby ">= 3.3"'), versions=asked)


def test_a_ruby_out_of_support_is_told() -> None:
    assert "end-of-life" in codes(plan(app(ruby_version="3.1\n")))
    assert "end-of-life" not in codes(plan(app(ruby_version="3.3\n")))


@pytest.mark.parametrize(
    ("files", "exact"),
    [
        (app('ruby "3.3.9"'), True),
        (app('ruby file: ".ruby-version"', ruby_version="3.3.9\n"), True),
        (app(ruby_version="3.3.9\n"), False),
        (app('ruby "~> 3.3.9"', ruby_version="3.3.9\n"), False),
        (app('ruby "~> 3.3.0"'), False),
    ],
)
def test_a_patch_release_that_the_gemfile_alone_allows(files: Files, exact: bool) -> None:
    assert plan(files).versions[0].exact is exact
