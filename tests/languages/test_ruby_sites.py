"""Sites that Ruby builds: by which command, with what of Node.js, and those that have a server after all."""

import pytest

from frontend.errors import Location
from frontend.settings.model import Setting
from tests.languages.ruby import RACK_UP, Files, app, plan, step, web

BRIDGETOWN = {
    **app("bridgetown", "puma", config_ru=RACK_UP),
    "bridgetown.config.yml": "url: x\n",
    "server/roda_app.rb": "r.bridgetown\n",
}
FRONT = {"package.json": '{"scripts": {"build": "webpack", "deploy": "yarn build"}}', "yarn.lock": ""}
NANOC = {**app("nanoc"), "nanoc.yaml": "output_dir: output\n"}
SITES: list[tuple[str, Files, str]] = [
    ("Bridgetown", BRIDGETOWN, "bundle exec bridgetown build"),
    ("its Rakefile", {**BRIDGETOWN, "Rakefile": 'task :deploy => [:clean, "frontend:build"] do\nend\n'}, "bundle exec rake deploy"),
    ("its package.json", {**BRIDGETOWN, **FRONT}, "yarn run deploy"),
    ("nanoc", NANOC, "bundle exec nanoc compile"),
    ("nanoc with a front end", {**NANOC, **FRONT}, "/bin/sh -c yarn run build && exec bundle exec nanoc compile"),
    ("a script that builds both", {**NANOC, "package.json": '{"scripts": {"build": "webpack && nanoc"}}'}, "npm run build"),
    ("a package.json without a build", {**NANOC, "package.json": '{"scripts": {"lint": "eslint ."}}'}, "bundle exec nanoc compile"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "command"), [row[1:] for row in SITES], ids=[row[0] for row in SITES])
def test_a_site_is_built_with_its_front_end(files: Files, command: str) -> None:
    found = plan(files)
    assert found.language == "static"
    assert " ".join(step(found, "build").run[-1].args) == command
    assert any(one.tool == "node" for one in found.versions) == ("npm" in command or "yarn" in command)


def test_a_bridgetown_site_without_a_front_end_of_its_own_name_gets_node_for_its_rakefile() -> None:
    files = {**BRIDGETOWN, "Rakefile": "task :deploy do\nend\n", "package.json": '{"scripts": {"esbuild": "x"}}'}
    assert any(one.tool == "node" for one in plan(files).versions)
    assert dict(step(plan(files), "build").env)["BRIDGETOWN_ENV"] == "production"


SERVERS = [
    {"server/routes/hello.rb": "class Routes::Hello\nend\n"},
    {"server/roda_app.rb": "class RodaApp < Roda\n  plugin :bridgetown_ssr\nend\n"},
    {"config/initializers.rb": "Bridgetown.configure do |config|\n  init :ssr\nend\n"},
]


@pytest.mark.parametrize("files", SERVERS)
def test_a_bridgetown_site_with_routes_is_served_by_its_server(files: Files) -> None:
    found = plan({**BRIDGETOWN, **files})
    assert found.language == "ruby"
    assert "puma" in web({**BRIDGETOWN, **files})
    assert " ".join(step(found, "build").run[-1].args) == "bundle exec bridgetown build"
    assert plan({**BRIDGETOWN, "server/routes/hello.rb.sample": ""}).language == "static"


@pytest.mark.parametrize("command", ["bundle exec middleman server", "jekyll serve --host 0.0.0.0"])
def test_the_server_of_a_generator_in_a_dockerfile_is_for_those_who_write_the_site(command: str) -> None:
    stated = Setting(command, "platform", Location("Dockerfile", 9))
    found = plan({**app("middleman"), "config.rb": "activate :x\n"}, candidate=stated)
    assert found.language == "static"
    assert " ".join(step(found, "build").run[-1].args) == "bundle exec middleman build"
