"""What a Rack app, a script or a Hanami app does not boot without: told with its line."""

from typing import Any

import pytest

from tests.languages.ruby import RACK_UP, Files, app, codes, plan, rack, step

SINATRA: Files = {
    **rack("sinatra", "puma", "rackup"),
    "config.ru": "require_relative 'config/boot'\nrequire './web'\nrun Web\n",
    "config/boot.rb": "require File.expand_path('../lib/store', __dir__)\n",
    "lib/store.rb": "STORE = ENV.fetch('STORE_URL')\n",
    "web.rb": "class Web < Sinatra::Base\nend\n",
}


def needed(files: Files, **settings: Any) -> list[tuple[str, str]]:
    """The variables that are told to be needed, and where."""
    found = [one for one in plan(files, **settings).warnings if one.code == "unset-variables"]
    return [(one.message.rpartition(": ")[2], str(one.at)) for one in found]


def test_a_variable_without_a_default_is_told_where_a_required_file_reads_it() -> None:
    assert needed(SINATRA) == [("STORE_URL", "lib/store.rb:1")]
    assert needed(SINATRA, run_env=(("STORE_URL", "x"),)) == []
    unused = {**SINATRA, "config.ru": "require './web'\nrun Web\n"}
    assert needed(unused) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("use Rack::Auth::Basic do\n  ENV.fetch('A')\nend", "A"),
        ("A = ENV['A'] || raise('A is missing')", "A"),
        ("A = ENV['A'] or abort 'A is missing'", "A"),
        ("A = ENV['A']", ""),
        ("A = ENV.fetch('A', 1)", ""),
        ("port = ENV.fetch('PORT')", ""),
        ("def key\n  ENV.fetch('A')\nend", ""),
        ("def key = ENV.fetch('A')\nB = ENV.fetch('B')", "B"),
        ("class Web < Sinatra::Base\n  configure do\n    set :a, ENV.fetch('A')\n  end\nend", "A"),
        ("class Web < Sinatra::Base\n  configure :development do\n    set :a, ENV.fetch('A')\n  end\nend", ""),
        ("class Web < Sinatra::Base\n  get '/' do\n    ENV.fetch('A')\n  end\nend", ""),
    ],
)
def test_what_loading_a_file_evaluates_counts(text: str, names: str) -> None:
    found = needed({**rack("sinatra", "puma", "rackup"), "config.ru": f"{text}\nrun Web\n"})
    assert [name for name, _ in found] == ([names] if names else [])


def test_a_script_is_read_too() -> None:
    assert needed(app("telegram", bot_rb="Client.new(ENV.fetch('BOT_ID'))\n")) == [("BOT_ID", "bot.rb:1")]


def test_a_program_of_the_app_is_read_and_a_stub_of_a_gem_is_not() -> None:
    files = {**SINATRA, "Procfile": "web: bundle exec ruby bin/serve\n", "web.rb": "B = ENV.fetch('B')\n"}
    own = "#!/usr/bin/env ruby\nA = ENV.fetch('A')\n"
    assert needed({**files, "bin/serve": own}) == [("A", "bin/serve:2")]
    stub = "#!/usr/bin/env ruby\nload Gem.bin_path('puma', 'puma')\n"
    assert [name for name, _ in needed({**files, "bin/serve": stub})] == ["B, STORE_URL"]


HANAMI: Files = {
    **app("hanami", "hanami-assets", "puma"),
    "config.ru": RACK_UP,
    "package.json": '{"dependencies": {"hanami-assets": "2"}}',
    "app/assets/js/app.js": "",
    "config/settings.rb": "module A\n  class Settings < Hanami::Settings\n"
    "    setting :database_url, constructor: Types::String\n"
    "    setting :workers, constructor: Types::Params::Integer\n"
    "    setting :level, default: 'info', constructor: Types::String\n"
    "    setting :key, constructor: Types::String.optional\n"
    "    setting :plain\n  end\nend\n",
}


def test_settings_of_hanami_without_a_default_are_told_and_assets_are_compiled_without_them() -> None:
    assert needed(HANAMI) == [("DATABASE_URL, WORKERS", "config/settings.rb:3")]
    program = step(plan(HANAMI), "build").run[-1]
    assert dict(program.env) == {"DATABASE_URL": "none"}
    assert "set BUILD_ENV_WORKERS" in program.hint
    assert "unset-variables" not in codes(plan({**HANAMI, "config/settings.rb": ""}))
