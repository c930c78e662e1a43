"""How a Ruby app starts: by which server, on which port, and when nothing says so."""

import pytest

from frontend.errors import Location
from frontend.plan.model import FromStep, TextFile
from frontend.settings.model import Setting
from tests.languages.ruby import RACK_UP, Files, app, codes, error, lock, plan, rack, rails, step, web

SINATRA = 'require "sinatra"\nget("/") { "hi" }\n'
READS_PORT = 'port ENV.fetch("PORT") { 3000 }\n'
FALCON = """\
#!/usr/bin/env falcon-host
service "shop" do
  include Falcon::Environment::Rack
  endpoint Async::HTTP::Endpoint
    .parse("http://0.0.0.0:#{ENV.fetch("PORT", 3000)}")
end
"""
FALCON_3000 = FALCON.replace('#{ENV.fetch("PORT", 3000)}', "3000")
STARTS: list[tuple[str, Files, str]] = [
    ("puma", rack("puma"), "puma -b tcp://0.0.0.0:$PORT"),
    ("puma whose configuration reads PORT", rack("puma", config__puma_rb=READS_PORT), "bundle exec puma"),
    ("puma's configuration without a port", rack("puma", config__puma_rb="workers 2\n"), "puma -b tcp://0.0.0.0:$PORT"),
    ("puma on this machine alone", rack("puma", config__puma_rb='bind "tcp://127.0.0.1:#{ENV["PORT"]}"\n'), "puma -b tcp://0.0.0.0:$PORT"),
    ("an address with PORT", rack("puma", config__puma_rb='bind "tcp://0.0.0.0:#{ENV["PORT"]}"\n'), "bundle exec puma"),
    ("PORT without parentheses", rack("puma", config__puma_rb="port ENV.fetch 'PORT', 3000 # or 3000\n"), "bundle exec puma"),
    ("PORT in a comment", rack("puma", config__puma_rb="# port ENV['PORT']\n"), "puma -b tcp://0.0.0.0:$PORT"),
    ("falcon", rack("falcon"), "falcon serve --bind http://0.0.0.0:$PORT"),
    ("falcon's configuration with PORT", rack("falcon", falcon_rb=FALCON), "bundle exec falcon host falcon.rb"),
    ("falcon's configuration of a Rails app", {**app("rails", "falcon"), "config/application.rb": "", "falcon.rb": FALCON}, "bundle exec falcon host falcon.rb"),
    ("falcon's configuration with a port", rack("falcon", falcon_rb=FALCON_3000), "falcon serve --bind http://0.0.0.0:$PORT"),
    ("unicorn", rack("unicorn"), "unicorn -o 0.0.0.0 -p $PORT"),
    ("unicorn's own configuration", rack("unicorn", config__unicorn_rb='listen ENV["PORT"]\n'), "bundle exec unicorn -c config/unicorn.rb"),
    ("unicorn's workers", rack("unicorn", config__unicorn_rb="worker_processes 2\n"), "unicorn -c config/unicorn.rb -o 0.0.0.0 -p $PORT"),
    ("thin", rack("thin"), "thin start -a 0.0.0.0 -p $PORT"),
    ("WEBrick", rack("webrick", "rackup"), "rackup -s webrick -o 0.0.0.0 -p $PORT"),
    ("WEBrick of Rack 2", rack("webrick", "rack 2.2.9"), "rackup -s webrick -o 0.0.0.0 -p $PORT"),
    ("the first of two servers", rack("puma", "webrick"), "puma -b tcp://0.0.0.0:$PORT"),
    ("Rails", rails(), "bundle exec rails server -b 0.0.0.0"),
    ("a Rack app with a part of Rails", rack("puma", "activerecord"), "puma -b tcp://0.0.0.0:$PORT"),
    ("Sinatra", app("sinatra", "puma", "rackup", app_rb=SINATRA), "bundle exec ruby app.rb"),
    ("Sinatra under another name", app("sinatra", "puma", "rackup", shop_rb=SINATRA, tasks_rb=""), "bundle exec ruby shop.rb"),
    ("a script", app("redis", main_rb="loop { sleep }\n"), "bundle exec ruby main.rb"),
    ("a script that another one controls", app("redis", server_rb="require 'daemons'\nDaemons.run('bot.rb')\n", bot_rb="loop { sleep }\n"), "bundle exec ruby bot.rb"),
    ("WEBrick of Ruby 2", {**app("rack 2.2.9", config_ru=RACK_UP), ".ruby-version": "2.7.8\n"}, "rackup -s webrick -o 0.0.0.0 -p $PORT"),
    ("the only script", app("redis", crawl_rb=""), "bundle exec ruby crawl.rb"),
    ("a script without gems", {"server.rb": ""}, "ruby server.rb"),
    ("a usual script of a gem", app("redis", a_gemspec="", main_rb="loop { sleep }\n"), "bundle exec ruby main.rb"),
    ("the user's own command", rack("puma", Procfile="web: bundle exec puma -t 1:1 -p $PORT\n"), "/bin/sh -c exec bundle exec puma -t 1:1 -p $PORT"),
    ("a worker alone", app("sidekiq", Procfile="worker: bundle exec sidekiq -c 2\n"), "bundle exec sidekiq -c 2"),
    ("a worker beside the default", rack("puma", Procfile="worker: bundle exec sidekiq\n"), "puma -b tcp://0.0.0.0:$PORT"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "command"), [row[1:] for row in STARTS], ids=[row[0] for row in STARTS])
def test_start(files: Files, command: str) -> None:
    assert web(files) == command


ERRORS: list[tuple[str, Files, tuple[str, ...]]] = [
    ("no server", rack("rack"), ("config.ru", "no server", "bundle add puma")),
    ("no Gemfile", {"config.ru": RACK_UP}, ("config.ru", "no Gemfile", "bundle init")),
    ("Sinatra without a Gemfile", {"app.rb": SINATRA}, ("app.rb", "no Gemfile", "bundle init")),
    ("Rails without a server", app("rails", config__application_rb="", config_ru=RACK_UP), ("no server", "puma")),
    ("WEBrick without rackup", rack("webrick", "rack 3.1.20"), ("no server",)),
    ("a bot without a Gemfile", {"bot.rb": "require 'json'\nrequire 'telegram/bot'\n"},
     ("bot.rb:2", "requires telegram/bot", "no Gemfile", "bundle init")),
    ("what it requires", {"app.rb": "require_relative 'lib/x'\n", "lib/x.rb": "require 'redis'\n"}, ("lib/x.rb:1", "redis")),
    ("of a Procfile", {"Procfile": "web: ruby serve.rb\n", "serve.rb": "require 'webrick'\n", "app.rb": ""}, ("serve.rb:1",)),
    ("Sinatra without a server", app("sinatra", app_rb=SINATRA), ("app.rb", "no server", "puma")),
    ("Sinatra without rackup", app("sinatra", "puma", app_rb=SINATRA), ("app.rb", "bundle add rackup")),
    ("Sinatra that is not listed", app("puma", "rackup", app_rb=SINATRA), ("app.rb", "bundle add sinatra")),
    ("a server for development only", {**rack("puma"), "Gemfile": 'gem "puma", group: :development\n'}, ("no server",)),
    ("nothing to start", app("redis", lib__a_rb=""), ("cannot determine the start command",)),
    ("a gem with an old Rails", {**app("rails 4.2.0", shop_gemspec=""), "Gemfile.lock": lock("rails 4.2.0", "railties 4.2.0")}, ("shop.gemspec", "a gem, not an app")),
    ("a gem", app("redis", shop_gemspec="", template_rb="gem 'shop'\n"), ("shop.gemspec", "a gem, not an app", "RUN_COMMAND")),
    ("an engine with an app for its tests", app("rails", shop_gemspec="", test__dummy__config_ru=RACK_UP), ("test/dummy is there for its tests alone",)),
    ("workers alone", app("redis", Procfile="a: x\nb: y\n"), ("Procfile:1", "no web")),
]  # fmt: skip


@pytest.mark.parametrize(("files", "texts"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_without_a_start(files: Files, texts: tuple[str, ...]) -> None:
    told = error(files)
    assert all(text in told for text in texts), told


def test_what_the_user_gave_puma_is_told_where_it_cannot_hold() -> None:
    found = plan(rack("puma", config__puma_rb="workers 2\nport 3000\n"))
    assert codes(found) == ["port-overridden"]
    assert found.warnings[0].at is not None
    assert found.warnings[0].at.line == 2


PORTS: list[tuple[str, Files, str, list[str]]] = [  # a command, files beside it, the command that is run, what is told
    ("bundle exec puma -p 3000", {}, "bundle exec puma -p $PORT", ["fixed-port"]),
    (
        "bundle exec puma -C config/x.rb",
        {"config/x.rb": "bind \"tcp://#{ENV.fetch('HOST', '0.0.0.0')}:#{ENV.fetch('PORT', 3000)}\"\n"},
        "bundle exec puma -C config/x.rb",
        [],
    ),
    ("jemalloc.sh bundle exec puma -p $PORT", {}, "bundle exec puma -p $PORT", ["buildpack-program"]),
    ("bundle exec puma -p 5000", {}, "bundle exec puma -p $PORT", []),
    ("puma -b tcp://0.0.0.0:3000 config.ru", {}, "puma -b tcp://0.0.0.0:$PORT config.ru", ["fixed-port"]),
    ("bundle exec puma -b tcp://0.0.0.0:$PORT", {}, "bundle exec puma -b tcp://0.0.0.0:$PORT", []),
    ("bundle exec puma -t 1:5", {}, "bundle exec puma -t 1:5 -p $PORT", ["port-added"]),
    ("bundle exec puma -C config/puma.rb", {"config/puma.rb": "port ENV['PORT']\n"}, "", []),
    ("bundle exec puma", {"config/puma.rb": "port ENV['PORT']\n"}, "", []),
    ("bundle exec puma", {"config/puma.rb": "port 3000\n"}, "bundle exec puma -p $PORT", ["port-added"]),
    ("bundle exec rackup config.ru", {}, "bundle exec rackup config.ru -o 0.0.0.0 -p $PORT", ["port-added"]),
    ("sh -c 'bundle exec rackup'", {}, "bundle exec rackup -o 0.0.0.0 -p $PORT", ["port-added"]),
    ("bundle exec thin start", {}, "bundle exec thin start -p $PORT", ["port-added"]),
    ("bin/rails server -p 3000 -e production", {}, "bin/rails server -p $PORT -e production", ["fixed-port"]),
    ("ruby bin/rails s -p 3000", {}, "ruby bin/rails s -p $PORT", ["fixed-port"]),
    ("bin/rails server", {}, "", []),
    (
        "bin/thrust bin/rails server",
        {},
        "env HTTP_PORT=$PORT TARGET_PORT=3000 bin/thrust bin/rails server",
        ["port-added"],
    ),
    (
        "bundle exec thrust bin/rails s",
        {},
        "env HTTP_PORT=$PORT TARGET_PORT=3000 bundle exec thrust bin/rails s",
        ["port-added"],
    ),
    ("HTTP_PORT=$PORT bin/thrust bin/rails server", {}, "env HTTP_PORT=$PORT bin/thrust bin/rails server", []),
    ("bundle exec ruby serve.rb -p 3000", {}, "", ["fixed-port"]),
    ("puma -b tcp://127.0.0.1:3000", {}, "puma -b tcp://127.0.0.1:$PORT", ["fixed-port", "local-host"]),
    ("bundle exec rackup -o localhost -p $PORT", {}, "", ["local-host"]),
    ("bin/rails s -b 127.0.0.1", {}, "", ["local-host"]),
    ("bin/rails s -b 0.0.0.0", {}, "", []),
    ("unset PORT && bin/rails server", {}, "/bin/sh -c unset PORT && exec bin/rails server", ["fixed-port"]),
    ("bundle exec falcon serve", {}, "bundle exec falcon serve --bind http://0.0.0.0:$PORT", ["port-added"]),
    (
        "falcon serve --threaded --preload app.rb -b http://0.0.0.0:3000",
        {},
        "falcon serve --threaded --preload app.rb -b http://0.0.0.0:$PORT",
        ["fixed-port"],
    ),
    ("falcon serve -p $PORT", {}, "falcon serve -p $PORT --bind http://0.0.0.0:$PORT", ["port-added"]),
    ("falcon serve -b https://0.0.0.0:3000", {}, "", ["https"]),
    ("bundle exec falcon host", {"falcon.rb": FALCON}, "", []),
    ("bundle exec falcon host", {"falcon.rb": FALCON_3000}, "", ["fixed-port"]),
    ("./falcon.rb", {"falcon.rb": FALCON_3000}, "", ["fixed-port"]),
    ("falcon-host services.rb", {"services.rb": FALCON_3000, "falcon.rb": FALCON}, "", ["fixed-port"]),
]


@pytest.mark.parametrize(("command", "files", "run", "told"), PORTS, ids=[f"{row[0]} {row[3]}" for row in PORTS])
def test_a_command_listens_on_the_containers_port(command: str, files: Files, run: str, told: list[str]) -> None:
    found = plan({**rack("puma", "thin", "rackup", Procfile=f"web: {command}\n"), **files})
    assert " ".join(found.runtime.processes[0].args).removeprefix("/bin/sh -c exec ") == (run or command)
    assert codes(found) == told


def test_a_task_in_the_script_of_a_dockerfile_is_told() -> None:
    script = "#!/bin/sh\nset -e\nbundle exec rake shop:index\nbundle exec puma\n"
    files = {**rack("puma"), "start.sh": script}
    (told,) = plan(files, candidate=Setting("/bin/sh start.sh", "platform", Location("Dockerfile", 9))).warnings
    assert (told.code, str(told.at)) == ("entrypoint-left-out", "start.sh:3")
    assert told.hint.endswith("release: bundle exec rake shop:index")
    named = plan(
        {**files, "Procfile": "web: bundle exec puma -p $PORT\n"}, candidate=Setting("/bin/sh start.sh", "platform")
    )
    assert not named.warnings


def test_falcons_configuration_with_a_port_is_told_at_its_line() -> None:
    told = plan(rack("falcon", falcon_rb=FALCON_3000)).warnings[0]
    assert (told.code, told.at) == ("port-overridden", Location("falcon.rb", 4))
    told = plan(rack("falcon", falcon_rb=FALCON_3000, Procfile="web: bundle exec falcon host\n")).warnings[0]
    assert told.at == Location("falcon.rb", 4)


def test_a_script_of_the_app_listens_on_the_containers_port() -> None:
    text = "#!/usr/bin/env bash\nset -e\n# Sinatra\nbundle exec rackup >&2\n# done\n"
    found = plan({**rack("puma", "rackup", Procfile="web: ./bin/start.sh\n"), "bin/start.sh": text})
    assert codes(found) == ["port-added"]
    assert found.warnings[0].at is not None
    assert found.warnings[0].at.file == "bin/start.sh"
    changed = text.replace("rackup", "rackup -o 0.0.0.0 -p $PORT")
    assert TextFile("/app/bin/start.sh", changed, 0o755) in found.runtime.layers[-1].inputs


NEEDS: list[tuple[Files, tuple[str, ...]]] = [
    (rack("puma"), ("/app/vendor/bundle/ruby/3.4.0/bin/puma", "/usr/local/bin/puma", "/usr/bin/puma")),
    (rack("puma", Procfile="web: bundle exec thin start\n"), ("/app/vendor/bundle/ruby/3.4.0/bin/thin", "/usr/local/bin/thin", "/usr/bin/thin")),
    (rack("puma", Procfile="web: bundle exec bin/serve\n"), ("bin/serve",)),
    (rack("puma", Procfile="web: bundle exec ruby -W0 serve.rb 1\n"), ("serve.rb",)),
]  # fmt: skip


@pytest.mark.parametrize(("files", "paths"), NEEDS)
def test_what_a_start_needs_is_looked_up_in_the_image(files: Files, paths: tuple[str, ...]) -> None:
    process = plan(files).runtime.processes[0]
    assert [need.paths for need in process.needs] == [paths]


def test_the_environment_of_an_image() -> None:
    env = dict(plan(rails()).runtime.env)
    assert {env["RAILS_ENV"], env["RACK_ENV"], env["APP_ENV"]} == {"production"}
    assert env["PIDFILE"].startswith("/tmp/")
    assert "SECRET_KEY_BASE" not in env
    plain = dict(plan(rack("puma")).runtime.env)
    assert "RAILS_ENV" not in plain
    assert plain["BUNDLE_FROZEN"] == "1"


def test_a_hanami_app_is_in_production_and_its_assets_are_told() -> None:
    files = {**rack("hanami", "hanami-assets", "puma"), "app/assets/css/a.css": ""}
    found = plan(files)
    assert dict(found.runtime.env)["HANAMI_ENV"] == "production"
    assert codes(found) == ["assets-apart"]
    assert codes(plan(files, build_command="npm ci && bundle exec hanami assets compile")) == []
    package = {
        "package.json": '{"dependencies": {"hanami-assets": "^2.2"}}',
        "package-lock.json": '{"lockfileVersion": 3}',
    }
    compiled = step(plan({**files, **package}), "build")
    assert [one.name for one in compiled.run] == ["hanami assets compile"]
    assert FromStep("front-end-install", "/app/node_modules", optional=True) in compiled.inputs
    assert not [one for one in plan({**files, **package, "public/assets/a.css": ""}).steps if one.name == "build"]
    assert codes(plan({**files, **package}, skip=("assets",))) == ["assets-apart"]
    assert codes(plan({**files, "public/assets/assets.json": "{}"})) == []
    assert "HANAMI_ENV" not in dict(plan(rack("puma")).runtime.env)


def test_a_lockfile_of_bundler_alone() -> None:
    assert web({"Gemfile": "", "Gemfile.lock": lock(), "app.rb": ""}) == "ruby app.rb"


DAEMON = """\
app_dir = File.expand_path("..", __dir__) # of the server
port ENV.fetch("PORT", 3000)
pidfile "#{app_dir}/tmp/pids/puma.pid"
state_path "#{app_dir}/tmp/pids/puma.state"
stdout_redirect "#{app_dir}/log/out.log",
  "#{app_dir}/log/err.log", true
if ENV["SOCKET"]
  bind "unix://#{app_dir}/tmp/sockets/puma.sock"
end
daemonize
plugin :tmp_restart
"""


def test_what_cannot_work_of_pumas_configuration_is_left_out() -> None:
    found = plan({**rails(), "config/puma.rb": DAEMON})
    text = next(
        i.text for i in found.runtime.layers[-1].inputs if isinstance(i, TextFile) and i.path == "/app/config/puma.rb"
    )
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        'app_dir = File.expand_path("..", __dir__) # of the server',
        'port ENV.fetch("PORT", 3000)',
        'if ENV["SOCKET"]',
        "end",
        "plugin :tmp_restart",
    ]
    told = next(one for one in found.warnings if one.code == "server-config")
    assert told.message.endswith("without it: pidfile, state_path, stdout_redirect, bind unix, daemonize")
    assert (told.at.file, told.at.line) == ("config/puma.rb", 3) if told.at else False


KEPT = [
    'pidfile ENV.fetch("PIDFILE") { "tmp/pids/server.pid" }',
    'pidfile ENV["PIDFILE"] if ENV["PIDFILE"]',
    'pidfile "/tmp/puma.pid"',
    'stdout_redirect "log/out.log" if ENV["LOG_FILE"]',
    'bind "unix:///tmp/puma.sock"',
    "daemonize false",
    'directory "/app"',
    "activate_control_app",
    "# daemonize",
]


@pytest.mark.parametrize("line", KEPT)
def test_what_works_of_pumas_configuration_is_kept(line: str) -> None:
    assert "server-config" not in codes(plan({**rails(), "config/puma.rb": f"{READS_PORT}{line}\n"}))


def test_a_configuration_of_puma_that_makes_tmp_finds_it() -> None:
    makes = 'Bundler.root.join("tmp").then { |path| path.mkdir unless path.exist? }\n'
    found = step(plan(rack("puma", config__puma_rb=f"{READS_PORT}{makes}")), "build")
    assert [one.args for one in found.run] == [("ln", "-sfn", "/tmp", "tmp")]
    assert not plan(rack("puma", config__puma_rb=f"{READS_PORT}{makes}", tmp__data_csv="a")).steps[1:]


def test_what_cannot_work_of_unicorns_configuration_is_left_out() -> None:
    lines = [
        "worker_processes 4",
        "pid = 1",
        "listen 3000, tcp_nopush: true",
        'listen "#{@dir}/tmp/sockets/unicorn.sock", backlog: 64',
        'working_directory "/var/www/app"',
        'pid "#{@dir}/tmp/pids/unicorn.pid"',
        'stderr_path "log/unicorn.log"',
    ]
    found = plan(rack("unicorn", config__unicorn_rb="\n".join(lines)))
    text = next(i.text for i in found.runtime.layers[-1].inputs if isinstance(i, TextFile))
    assert [line for line in text.splitlines() if not line.startswith("#")] == lines[:3]
    told = next(one.message for one in found.warnings if one.code == "server-config")
    assert told.endswith("without it: listen unix, working_directory, pid, stderr_path")


@pytest.mark.parametrize(
    "text",
    [
        "require 'net/http'\nrequire 'open-uri'\n",
        "require './helper'\nrequire 'helper'\n",
        "$: << 'src/x'\nrequire 'tool'\n",
        "begin\n  require 'redis'\nrescue LoadError\nend\n",
        "require 'bundler/inline'\ngemfile { gem 'redis' }\nrequire 'redis'\n",
        "def go\n  require 'redis'\nend\n",
    ],
)
def test_a_script_without_a_gemfile_that_needs_no_gem(text: str) -> None:
    assert web({"app.rb": text, "helper.rb": "", "src/x/tool.rb": ""}) == "ruby app.rb"


@pytest.mark.parametrize("command", ["bundle exec rackup", "bundle exec puma"])
def test_a_server_of_a_dockerfile_without_a_port_listens_on_that_of_the_image(command: str) -> None:
    found = plan(rack("puma", "rackup"), candidate=Setting(command, "platform", Location("Dockerfile", 9)))
    assert found.runtime.processes[0].args[-1].endswith("-p $PORT")
    assert codes(found) == ["deploy-file", "port-added"]
    reads = {**rack("puma"), "config/puma.rb": 'port ENV.fetch("PORT", 3000)\n'}
    own = plan(reads, candidate=Setting("bundle exec puma", "platform", Location("Dockerfile", 9)))
    assert own.runtime.processes[0].args == ("bundle", "exec", "puma")
