"""A Ruby app on a base image that is not Ruby's own: Bundler's program goes with the gems, for such images lack it."""

from msgspec import structs

from frontend.languages.ruby import bundle
from frontend.plan.base import BaseFacts
from frontend.plan.model import FromStep, Layer, Plan, TextFile

PROGRAM = f"{bundle.PATH}/bin/bundle"
# Not executable: Bundler then starts it again by the interpreter's path where another version is locked, and not by
# the first line, which needs /usr/bin/env. `ruby -S` only reads it.
MODE = 0o644
TEXT = """\
#!/usr/bin/env ruby
require "bundler"
require "bundler/cli"
require "bundler/friendly_errors"
Bundler.with_friendly_errors { Bundler::CLI.start(ARGV, debug: true) }
"""


def fit(plan: Plan, _base: BaseFacts) -> Plan:
    """The plan with the program `bundle` in PATH, behind that of a locked Bundler, where the app has gems."""
    runtime = plan.runtime
    layers = tuple(map(with_bundler, runtime.layers))
    if layers == runtime.layers:
        return plan
    env = dict(runtime.env)
    env["PATH"] = f"{env['PATH']}:{PROGRAM.rpartition('/')[0]}"
    return structs.replace(plan, runtime=structs.replace(runtime, layers=layers, env=tuple(env.items())))


def with_bundler(layer: Layer) -> Layer:
    """A layer of gems with Bundler's program; another one as it is."""
    if not any(isinstance(given, FromStep) and given.path == bundle.PATH for given in layer.inputs):
        return layer
    return structs.replace(layer, inputs=(*layer.inputs, TextFile(PROGRAM, TEXT, MODE)))
