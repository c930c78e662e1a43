"""What Bundler installs: groups, what the install reads, and lockfiles that cannot be right."""

from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.languages.ruby import gemfile
from frontend.plan.model import FromContext
from frontend.settings.model import Setting
from tests.deploy.common import plan as planned
from tests.languages.ruby import RACK_UP, Files, app, codes, error, lock, plan, rack, step

GEMFILE = """\
source "https://rubygems.org"   # the usual one
git_source(:ours) { |name| "https://git.example/#{name}.git" }
ruby ">= 3.2"

gem "rack", "~> 3.0", ">= 3.0.8"
gem 'pg', group: :production
gem "debug", platforms: %i[mri windows], require: "debug/prelude"
gem("faker", :groups => [:development, :staging])
gem "local", path: "gems/local"
gem "forked", github: "someone/forked", branch: "main"
gem "tzinfo-data", platforms: %i[ windows jruby ]
platforms :jruby do
  gem "jdbc"
end
gem "lazy",
    "1.0", # its last
    require: false

group :development, :test do
  gem "rspec"
  gem "both", group: :production
end
group(:test) { gem "inline" }
path "engines" do
  gem "shop"
end
if ENV["EDGE"]
  gem "edge"
end
=begin
gem "gone"
=end
gem name_of_a_gem
__END__
gem "after"
"""


def test_what_a_gemfile_declares() -> None:
    found = gemfile.read(DictTree({"Gemfile": GEMFILE}))
    assert found is not None
    listed = {gem.name: (gem.requirements, gem.groups) for gem in found.gems}
    assert listed == {
        "rack": (("~> 3.0", ">= 3.0.8"), ()),
        "pg": ((), ("production",)),
        "debug": ((), ()),
        "faker": ((), ("development", "staging")),
        "local": ((), ()),
        "forked": ((), ()),
        "tzinfo-data": ((), ()),
        "jdbc": ((), ()),
        "lazy": (("1.0",), ()),
        "rspec": ((), ("development", "test")),
        "both": ((), ("production", "development", "test")),
        "shop": ((), ()),
        "edge": ((), ()),
    }
    assert found.left_out(frozenset(("development", "test"))) == {"rspec", "tzinfo-data", "jdbc"}
    assert [(gem.name, gem.path) for gem in found.gems if gem.path] == [("local", "gems/local"), ("shop", "engines")]
    assert [(gem.name, gem.git) for gem in found.gems if gem.git] == [
        ("forked", "https://github.com/someone/forked.git")
    ]
    assert [(gem.name, gem.at.line) for gem in found.gems if not gem.required] == [("lazy", 15)]


INPUTS: list[tuple[str, Files, tuple[str, ...]]] = [
    ("manifests alone", rack("puma", lib__a_rb=""), ("Gemfile", "Gemfile.lock")),
    ("a version file", {**rack("puma"), "Gemfile": 'ruby file: ".ruby-version"\ngem "puma"\n', ".ruby-version": "3.3"}, ("Gemfile", "Gemfile.lock", ".ruby-version")),
    ("another Gemfile", {**rack("puma"), "Gemfile": 'eval_gemfile "gems/more.rb"\n', "gems/more.rb": 'gem "puma"\n'}, ("Gemfile", "Gemfile.lock", "gems/more.rb")),
    ("a path gem", {**rack("puma"), "Gemfile": 'gem "puma"\ngem "a", path: "engines/a"\n', "Gemfile.lock": "PATH\n  remote: engines/a\n  specs:\n    a (1.0)\n\n" + lock("puma"), "engines/a/a.gemspec": ""}, ("Gemfile", "Gemfile.lock", "engines/a", "engines/a/a.gemspec")),
    ("the app's own gemspec", {**rack("puma"), "Gemfile": "gemspec\n", "shop.gemspec": 'require_relative "lib/shop/version"\nfiles = File.read("VERSION")\n', "lib/shop/version.rb": "", "VERSION": ""}, ("Gemfile", "Gemfile.lock", "shop.gemspec", "lib/shop/version.rb", "VERSION")),
    ("vendored gems", {**rack("puma"), "vendor/cache/puma-6.6.0.gem": ""}, ("Gemfile", "Gemfile.lock", "vendor/cache")),
    ("gems.rb", {"gems.rb": 'gem "puma"\n', "gems.locked": lock("puma"), "config.ru": RACK_UP}, ("gems.rb", "gems.locked")),
]  # fmt: skip


@pytest.mark.parametrize(("files", "paths"), [row[1:] for row in INPUTS], ids=[row[0] for row in INPUTS])
def test_what_an_install_reads(files: Files, paths: tuple[str, ...]) -> None:
    assert step(plan(files), "install").inputs == (FromContext(paths),)


GROUPS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "development:test", ""),
    ({"dependency_groups": (Setting("development"),)}, "test", "development"),
    ({"dependency_groups": (Setting("development"), Setting("test"))}, "", "development:test"),
    ({"dependency_groups": (Setting("metrics"),)}, "development:test", "metrics"),
    ({"build_env": (("BUNDLE_WITHOUT", "ci development"),)}, "ci:development", ""),
    ({"run_env": (("BUNDLE_WITHOUT", ""),)}, "", ""),
]


@pytest.mark.parametrize(("settings", "without", "optional"), GROUPS)
def test_groups_that_are_left_out(settings: dict[str, Any], without: str, optional: str) -> None:
    found = plan(rack("puma"), **settings)
    for env in (dict(step(found, "install").env), dict(found.runtime.env)):
        assert (env["BUNDLE_WITHOUT"], env.get("BUNDLE_WITH", "")) == (without, optional)


SUMS = "CHECKSUMS\n  puma (6.6.0) sha256=b6a6"
TAKEN: list[tuple[str, Files]] = [
    ("a block in another", {**rack("puma"), "Gemfile": 'source "https://a.example" do\n  group :test do\n    gem "a"\n  end\nend\ngem "puma"\n'}),
    ("what only Ruby reads", {**rack("puma"), "Gemfile": 'gem "puma"\n[1].each do |x|\n  puts x\n'}),
    ("a condition behind a gem", {**rack("puma"), "Gemfile": 'gem "puma" if true\ngem "rack" unless false\n'}),
    ("a condition", {**rack("puma"), "Gemfile": 'if ENV["A"]\n  gem "a"\nelse\n  gem "puma"\nend\n'}),
    ("all checksums", {**rack("puma"), "Gemfile.lock": lock("puma", more=SUMS + "\n  nio4r (1.0)")}),
    ("checksums for an older Bundler", {**rack("puma"), "Gemfile.lock": lock("puma", more=SUMS, bundler="2.5.22")}),
]  # fmt: skip


@pytest.mark.parametrize("files", [row[1] for row in TAKEN], ids=[row[0] for row in TAKEN])
def test_taken(files: Files) -> None:
    assert plan(files).language == "ruby"


REFUSED: list[tuple[str, Files, tuple[str, ...]]] = [
    ("a Mac's lockfile", {**rack("puma"), "Gemfile.lock": lock("puma", platforms=("arm64-darwin-23",))}, ("Gemfile.lock:8", "arm64-darwin-23", "bundle lock --add-platform x86_64-linux aarch64-linux")),
    ("a lockfile for Alpine", {**rack("puma"), "Gemfile.lock": lock("puma", platforms=("x86_64-linux-musl",))}, ("x86_64-linux-musl", "--add-platform")),
    ("an unfinished merge", {**rack("puma"), "Gemfile.lock": "GEM\n<<<<<<< HEAD\n=======\n>>>>>>> x\n"}, ("Gemfile.lock:2", "merge")),
    ("a lockfile alone", {"Gemfile.lock": lock("puma"), "config.ru": RACK_UP}, ("Gemfile.lock", "no Gemfile")),
    ("a string that is never closed", {**rack("puma"), "Gemfile": 'source "https://rubygems.org"\ngem "puma\n'}, ("Gemfile:2", "never closed")),
    ("a block that is never closed", {**rack("puma"), "Gemfile": 'gem "puma"\ngroup :test do\n  gem "rspec"\n'}, ("Gemfile:2", "group", "never closed")),
    ("an end too many", {**rack("puma"), "Gemfile": 'gem "puma"\nend\n'}, ("Gemfile:2", "end")),
    ("a gem that ends in a comma", {**rack("puma"), "Gemfile": 'gem "rack"\ngem "puma",\n'}, ("Gemfile:2", "ends behind ,")),
    ("a checksum that is missing", {**rack("puma"), "Gemfile.lock": lock("puma", more=SUMS)}, ("Gemfile.lock:15", "no checksum of nio4r", "bundle lock --add-checksums")),
    ("a password", {**rack("puma"), "Gemfile": 'source "https://me:secret@gems.example"\ngem "puma"\n'}, ("Gemfile", "bundle-config", "password")),
    ("a gem that was not fetched", {**rack("puma"), "Gemfile": 'gem "a", path: "engines/a"\n', "Gemfile.lock": "PATH\n  remote: engines/a\n  specs:\n    a (1.0)\n\n" + lock("puma"), ".gitmodules": ""}, ("Gemfile.lock:2", "engines/a", "git submodule update --init")),
    ("a gem that is not there", {**rack("puma"), "Gemfile": 'gem "puma"\ngem "a", path: "./engines/a"\n', "Gemfile.lock": lock("puma").replace("GEM", "PATH\n  remote: ./engines/a\n  specs:\n    a (1.0)\n\nGEM")}, ("Gemfile.lock:2", "engines/a", "commit it")),
    ("a gem from outside", {**rack("puma"), "Gemfile": 'gem "a", path: "../a"\n', "Gemfile.lock": "PATH\n  remote: ../a\n  specs:\n    a (1.0)\n\n" + lock("puma")}, ("Gemfile.lock:2", "../a")),
]  # fmt: skip


@pytest.mark.parametrize(("files", "texts"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(files: Files, texts: tuple[str, ...]) -> None:
    told = error(files)
    assert all(text in told for text in texts), told
    assert ":secret@" not in told


PLATFORMS = [("ruby",), ("x86_64-linux",), ("aarch64-linux", "arm64-darwin"), ("x86_64-linux-gnu", "x86_64-darwin-22")]


@pytest.mark.parametrize("platforms", PLATFORMS)
def test_lockfiles_for_linux_are_taken(platforms: tuple[str, ...]) -> None:
    assert not codes(plan({**rack("puma"), "Gemfile.lock": lock("puma", platforms=platforms)}))


def test_without_a_lockfile_the_image_gets_the_one_that_was_made() -> None:
    files = rack("puma")
    del files["Gemfile.lock"]
    found = plan(files)
    assert codes(found) == ["no-lockfile"]
    assert "BUNDLE_DEPLOYMENT" not in dict(step(found, "install").env)
    assert "/app/Gemfile.lock" in [getattr(given, "path", "") for given in found.runtime.layers[-1].inputs]


def test_a_gemfile_without_gems_installs_nothing() -> None:
    found = plan({"Gemfile": "source 'https://rubygems.org'\n", "Gemfile.lock": lock(), "main.rb": ""})
    assert not found.steps
    assert [layer.kind for layer in found.runtime.layers] == ["application"]
    assert "BUNDLE_PATH" not in dict(found.runtime.env)


def test_settings_of_a_checkout_do_not_win() -> None:
    found = plan({**rack("puma"), ".bundle/config": 'BUNDLE_WITHOUT: "x"\n'})
    assert codes(found) == ["bundle-config"]
    assert dict(found.runtime.env)["BUNDLE_APP_CONFIG"] == dict(step(found, "install").env)["BUNDLE_APP_CONFIG"]
    assert ".bundle" in found.runtime.layers[-1].inputs[0].exclude  # type: ignore[union-attr] # from the context


def test_settings_of_a_checkout_are_told_in_a_build_that_hides_them() -> None:
    files = {**rack("puma"), ".bundle/config": 'BUNDLE_PATH: "x"\nBUNDLE_BUILD__PUMA: "--with-x"\n'}
    (told,) = (one for one in planned(files).warnings if one.code == "bundle-config")
    assert (str(told.at), "BUNDLE_BUILD__PUMA" in told.message, "BUNDLE_PATH" in told.message) == (
        ".bundle/config:2",
        True,
        False,
    )


@pytest.mark.parametrize("text", ['BUNDLE_PATH: "vendor/bundle"\n', 'BUNDLE_WITHOUT: "development:test"\n', ""])
def test_settings_of_a_checkout_that_change_nothing_are_not_told(text: str) -> None:
    assert not codes(plan({**rack("puma"), ".bundle/config": text}))


def test_git_gems() -> None:
    files = {**rack("puma"), "Gemfile.lock": "GIT\n  remote: https://github.com/a/b.git\n  revision: abc\n  specs:\n    b (1.0)\n\n" + lock("puma")}  # fmt: skip
    assert step(plan(files), "install").run[-1].git is not None
    assert step(plan(rack("puma")), "install").run[-1].git is None


def test_a_gemspec_that_asks_git_gets_git_in_the_image() -> None:
    spec = "Gem::Specification.new { |s| s.files = `git ls-files -z`.split }\n"
    files = {**rack("puma"), "Gemfile": "gemspec\n", "shop.gemspec": spec}
    assert plan(files).runtime.packages == ("git",)


def test_an_extension_of_a_gem_in_a_directory_is_told() -> None:
    spec = 'Gem::Specification.new do |s|\n  s.extensions = ["ext/extconf.rb"]\nend\n'
    files = {**rack("puma"), "Gemfile": "gemspec\n", "shop.gemspec": spec}
    assert [(one.code, one.at and one.at.line) for one in plan(files).warnings] == [("path-extension", 2)]
    assert not codes(plan(files, build_command="rake compile"))


SYSTEM: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("pg", (), ()),
    ("ruby-vips", (), ("libvips42",)),
    ("rmagick", ("libmagickwand-dev",), ("libmagickcore-7.q16-10-extra",)),
    ("mini_magick", (), ("imagemagick",)),
    ("kt-paperclip", (), ("file", "imagemagick")),
    ("mimemagic", ("shared-mime-info",), ("shared-mime-info",)),
    ("git", (), ("git",)),
    ("tzinfo", (), ("tzdata",)),
    ("execjs", ("nodejs",), ()),
]


@pytest.mark.parametrize(("gem", "build", "run"), SYSTEM)
def test_system_packages(gem: str, build: tuple[str, ...], run: tuple[str, ...]) -> None:
    found = plan(rack("puma", gem))
    assert (step(found, "install").packages, found.runtime.packages) == (build, run)


def test_a_program_that_unpacks_itself_does_so_in_the_build() -> None:
    found = step(plan(rack("puma", "wkhtmltopdf-binary")), "install")
    assert [one.name for one in found.run] == ["bundle install", "unpack wkhtmltopdf"]
    assert found.run[-1].args[-1] == 'system("wkhtmltopdf", "--version")'


def test_time_zones_and_engines_that_gems_bring() -> None:
    assert not plan(rack("puma", "tzinfo", "tzinfo-data")).runtime.packages
    found = plan(rack("puma", "execjs", "react-rails"))
    assert (step(found, "install").packages, found.runtime.packages) == (("nodejs",), ("nodejs",))
    assert dict(plan(rack("puma", "execjs")).runtime.env)["EXECJS_RUNTIME"] == "Disabled"
    assert "EXECJS_RUNTIME" not in dict(plan(rack("puma", "execjs", "mini_racer")).runtime.env)


def test_without_a_lockfile_gems_bring_what_they_are_known_to_bring() -> None:
    files = {"Gemfile": 'gem "rails"\ngem "puma"\ngem "uglifier"\ngem "react-rails"\n', "config.ru": "run App\n"}
    found = plan(files)
    assert (step(found, "install").packages, found.runtime.packages) == (("nodejs",), ("nodejs", "tzdata"))


def test_a_program_that_a_gem_starts_and_the_suite_has_no_more() -> None:
    assert codes(plan(rack("puma", "wicked_pdf"))) == ["package-gone"]
    assert not codes(plan(rack("puma", "wicked_pdf", "wkhtmltopdf-binary")))
    assert plan({**rack("puma", "wicked_pdf"), ".ruby-version": "3.3.8\n"}).runtime.packages == ("wkhtmltopdf",)


IMAGES: list[tuple[str, str, tuple[str, ...]]] = [  # the Gemfile's gems, the app's configuration, packages
    ("image_processing", "", ("libvips42",)),
    ("image_processing", "config.active_storage.variant_processor = :mini_magick\n", ("imagemagick",)),
    ("image_processing mini_magick", "", ("imagemagick", "libvips42")),
]


@pytest.mark.parametrize(("gems", "config", "run"), IMAGES)
def test_one_processor_of_images_is_in_the_image(gems: str, config: str, run: tuple[str, ...]) -> None:
    files = {**rack("puma"), "Gemfile": "".join(f'gem "{one}"\n' for one in (*gems.split(), "puma"))}
    files |= {"Gemfile.lock": lock("puma", "image_processing", "mini_magick", "ruby-vips")}
    assert plan({**files, "config/application.rb": config}).runtime.packages == run


def test_what_only_development_needs_is_not_installed_for_it() -> None:
    files = app("puma", "ruby-vips", config_ru=RACK_UP)
    files["Gemfile"] = 'gem "puma"\ngem "ruby-vips", group: :development\n'
    assert not plan(files).runtime.packages
