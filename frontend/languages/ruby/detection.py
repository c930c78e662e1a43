"""What says that a directory is a Ruby app."""

import re

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.languages.registry import RUBY
from frontend.plan.model import Evidence

FRAMEWORKS = "rails|railties|sinatra|hanami|roda|grape|puma|unicorn|falcon|thin|rack|sidekiq|cuba|padrino"
LISTED = re.compile(rf"""\s*gem[ (]+['"]({FRAMEWORKS})['"]""")  # in a Gemfile: what an app is made with, not tooling
RAILS = ("bin/rails", "config/application.rb")
STARTS = (*RAILS, "config.ru")
SITES = {"bridgetown": "bridgetown.config.yml", "middleman": "config.rb"}  # a gem: the file that its sites have
SITE = re.compile(rf"""\s*gem[ (]+['"]({"|".join(SITES)})['"]""")
SCRIPTS = ("app.rb", "main.rb", "server.rb", "web.rb", "bot.rb")


def detect(tree: SourceTree) -> Detected | None:
    """A Rack file or a framework beside a Gemfile is certain; a Gemfile alone may be tooling's."""
    manifest = tree.first("Gemfile", "gems.rb")
    start = tree.first(*STARTS)
    if manifest is None:
        path = start or tree.first(*SCRIPTS)
        return Detected(3 if start else 2, Evidence(RUBY.title, path, tree.at(path))) if path else None
    at = tree.at(manifest)
    if start is not None:
        strength = 4 if start in RAILS else 3
        return Detected(strength, Evidence(RUBY.title, manifest, at), Evidence("start", start, tree.at(start)))
    lines = list(enumerate(tree.read_lines(manifest) or (), 1))
    for number, line in lines:
        if (site := SITE.match(line)) and tree.has(SITES[site[1]]):  # its front end has a package.json of its own
            given = Evidence(site[1], line.strip(), tree.at(manifest, number))
            return Detected(4, Evidence(RUBY.title, manifest, at), given)
    for number, line in lines:
        if found := LISTED.match(line):
            return Detected(
                3, Evidence(RUBY.title, manifest, at), Evidence(found[1], line.strip(), tree.at(manifest, number))
            )
    script = tree.first(*SCRIPTS)
    return Detected(2 if script is not None else 1, Evidence(RUBY.title, manifest, at))
