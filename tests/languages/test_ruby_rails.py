"""Rails apps: what is precompiled, what they get for a read-only root, and what is told."""

from typing import Any

import pytest

from frontend.commands.process import script_of
from frontend.errors import Location
from frontend.languages.ruby import rails as of_rails
from frontend.plan.model import FromImage, FromStep
from frontend.settings.model import Setting
from tests.languages.node import package
from tests.languages.ruby import Files, codes, plan, rack, rails, step

SCRIPTS = package(scripts={"build": "esbuild app", "build:css": "sass app"}, dependencies={"esbuild": "1"})


def runs(files: Files, **settings: Any) -> list[str]:
    """What the build step of an app runs."""
    return [one.name for one in step(plan(files, **settings), "build").run]


PRECOMPILED: list[tuple[str, Files, bool]] = [
    ("propshaft", rails("propshaft"), True),
    ("sprockets", rails("sprockets-rails"), True),
    ("an API", rails(), False),
    ("assets that are committed", {**rails("propshaft"), "public/assets/.manifest.json": "{}"}, False),
    ("those of sprockets", {**rails("sprockets-rails"), "public/assets/.sprockets-manifest-1f.json": "{}"}, False),
]


@pytest.mark.parametrize(("files", "does"), [row[1:] for row in PRECOMPILED], ids=[row[0] for row in PRECOMPILED])
def test_assets_are_precompiled(files: Files, does: bool) -> None:
    assert ("rails assets:precompile" in runs(files)) is does
    assert runs(files)[0] == "tmp is /tmp"


def test_assets_that_are_the_same_each_time_are_a_layer_of_their_own() -> None:
    """Sprockets draws the name of its manifest."""
    of_propshaft, of_sprockets = plan(rails("propshaft")).runtime.layers, plan(rails("sprockets")).runtime.layers
    assert [layer.reason for layer in of_propshaft[-2:]] == ["compiled assets", "the app"]
    (assets,), (app,) = of_propshaft[-2].inputs, of_propshaft[-1].inputs
    assert isinstance(assets, FromStep)
    assert isinstance(app, FromStep)
    assert (assets.step, assets.path, assets.optional) == ("build", "/app/public/assets", True)
    assert "public/assets" in app.exclude
    assert "compiled assets" not in [layer.reason for layer in of_sprockets]


def test_assets_may_be_left_out() -> None:
    assert "rails assets:precompile" not in runs(rails("propshaft"), skip=("assets",))
    own = runs(rails("propshaft"), build_command="bundle exec rake css && bin/rails assets:precompile")
    assert "rails assets:precompile" not in own
    assert runs(rails("propshaft"), build_command="make docs")[-1] == "rails assets:precompile"


ENVS: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
    ("rails 7.2.2", (), {"SECRET_KEY_BASE_DUMMY": "1"}),
    ("rails 8.1.0.beta1", ("sqlite3",), {"SECRET_KEY_BASE_DUMMY": "1"}),
    ("rails 7.1.3", ("pg",), {"SECRET_KEY_BASE_DUMMY": "1", "DATABASE_URL": "postgresql://127.0.0.1:1/none"}),
    ("rails 7.0.8", ("mysql2",), {"SECRET_KEY_BASE": of_rails.OLDER_DUMMY[1], "DATABASE_URL": "mysql2://127.0.0.1:1/none"}),
]  # fmt: skip


@pytest.mark.parametrize(("version", "gems", "env"), ENVS, ids=[row[0] for row in ENVS])
def test_neither_secret_nor_database(version: str, gems: tuple[str, ...], env: dict[str, str]) -> None:
    files = rails("propshaft", *gems)
    files["Gemfile.lock"] = files["Gemfile.lock"].replace("railties (7.2.2.2)", f"railties ({version.split()[1]})")
    found = plan(files)
    assert dict(step(found, "build").run[-1].env) == env
    assert not {"SECRET_KEY_BASE", "SECRET_KEY_BASE_DUMMY", "DATABASE_URL"} & set(dict(found.runtime.env))


def test_a_variable_that_the_user_gives_the_build_stays() -> None:
    found = plan(rails("propshaft", "pg"), build_env=(("DATABASE_URL", "postgresql://db/x"),))
    assert "DATABASE_URL" not in dict(step(found, "build").run[-1].env)


def test_the_key_of_credentials_is_a_secret_of_that_step() -> None:
    text = "Rails.application.configure do\n  # x\n  config.require_master_key = true\nend\n"
    found = plan({**rails("propshaft"), "config/environments/production.rb": text + "STDOUT"})
    program = step(found, "build").run[-1]
    assert [one.id for one in program.secrets] == ["rails-master-key"]
    assert program.at is not None
    assert (program.at.file, program.at.line) == ("config/environments/production.rb", 3)


def test_bootsnap_is_with_the_gems_and_outside_of_tmp() -> None:
    files = rails("bootsnap")
    files["Gemfile.lock"] = files["Gemfile.lock"].replace("bootsnap (1.0)", "bootsnap (1.18.4)")
    found = plan(files)
    assert step(found, "install").run[-1].name == "bootsnap precompile --gemfile"
    env = dict(found.runtime.env)
    assert env["BOOTSNAP_CACHE_DIR"] == of_rails.CACHE_DIR
    assert env["BOOTSNAP_READONLY"] == "1"
    assert "BOOTSNAP_READONLY" not in dict(step(found, "install").env)
    assert FromStep("install", of_rails.CACHE_DIR) in found.runtime.layers[1].inputs
    assert "BOOTSNAP_CACHE_DIR" not in dict(plan(files, skip=("bootsnap",)).runtime.env)
    assert "BOOTSNAP_READONLY" not in dict(plan(rails("bootsnap")).runtime.env)  # 1.0 does not know it


VITE = {"package.json": package(devDependencies={"vite": "5"}), "package-lock.json": '{"lockfileVersion": 3}'}
OLDER = rails("sprockets-rails")
OLDER["Gemfile.lock"] = OLDER["Gemfile.lock"].replace("railties (7.2.2.2)", "railties (7.0.8)")
RUN_NODE: list[tuple[str, Files, str]] = [
    ("Vite", {**rails("vite_rails"), **VITE}, "vite_ruby builds it with Node.js"),
    ("shakapacker", {**rails("shakapacker"), **VITE}, "shakapacker builds it with Node.js"),
    ("webpacker", {**rails("webpacker"), **VITE}, "webpacker builds it with Node.js"),
    ("scripts of package.json", {**rails("propshaft", "jsbundling-rails", "cssbundling-rails"), **VITE}, "jsbundling-rails builds it with Node.js"),
    ("an older Rails with bin/yarn", {**OLDER, **VITE, "bin/yarn": ""}, "the assets are precompiled with bin/yarn"),
    ("packages among the assets", {**rails("propshaft"), **VITE, "config/initializers/assets.rb": "Rails.application.config.assets.paths << 'node_modules'\n"}, "assets are looked for in node_modules"),
    ("a comment", {**rails("propshaft"), **VITE, "config/initializers/assets.rb": "# config.assets.paths << 'node_modules'\n"}, ""),
    ("a newer one", {**rails("propshaft"), **VITE, "bin/yarn": ""}, ""),
    ("no package.json", rails("vite_rails"), ""),
]  # fmt: skip


@pytest.mark.parametrize(("files", "because"), [row[1:] for row in RUN_NODE], ids=[row[0] for row in RUN_NODE])
def test_what_runs_nodejs_itself_has_it_and_the_packages(files: Files, because: str) -> None:
    found = plan(files)
    assert [one.because for one in found.evidence if one.what == "front end"] == ([because] if because else [])
    build = step(found, "build")
    assert any(isinstance(one, FromImage) and one.path == "/usr/local/bin" for one in build.inputs) is bool(because)
    assert (FromStep("front-end-install", "/app/node_modules", optional=True) in build.inputs) is bool(because)
    app = found.runtime.layers[-1].inputs[0]
    assert isinstance(app, FromStep)
    assert ("**/node_modules" in app.exclude) is bool(because)
    assert not [one for one in found.steps if one.name.startswith("front-end") and "build" in one.name]


def test_packages_that_are_there_are_not_installed_again() -> None:
    found = plan({**rails("vite_rails"), **VITE, "package-lock.json": "", "yarn.lock": "# yarn lockfile v1\n"})
    build = step(found, "build")
    assert dict(build.env)["YARN_PRODUCTION"] == "false"
    assert dict(build.env)["PATH"].startswith("/opt/tools/bin:/app/vendor/bundle/ruby/")
    assert dict(build.run[-1].env)["VITE_RUBY_SKIP_ASSETS_PRECOMPILE_INSTALL"] == "true"


def test_bundles_are_built_where_the_packages_own_install_script_has_run() -> None:
    scripts = package(scripts={"build": "esbuild app", "postinstall": "patch-package"}, dependencies={"esbuild": "1"})
    found = plan({**rails("propshaft", "jsbundling-rails"), "package.json": scripts, "package-lock.json": "{}"})
    build = step(found, "build")
    assert [one.name for one in step(found, "front-end-build").run] == ["npm run postinstall"]
    assert isinstance(build.inputs[0], FromStep)
    assert build.inputs[0].step == "front-end-build"
    assert FromStep("front-end-build", "/app/node_modules", optional=True) in build.inputs
    env = {**dict(build.env), **dict(build.run[-1].env)}
    assert (env["NODE_ENV"], env["npm_config_include"], env["SKIP_YARN_INSTALL"]) == ("production", "dev", "1")


OWN: list[tuple[str, bool]] = [
    ("yarn build && bin/rails assets:precompile", True),
    ("npm run build", True),
    ("bundle exec vite build", True),
    ("bundle exec rake bun:css nodes", False),
    ("make", False),
]


@pytest.mark.parametrize(("command", "runs_node"), OWN, ids=[row[0] for row in OWN])
def test_a_build_command_may_run_nodejs(command: str, runs_node: bool) -> None:
    for files in (rails("propshaft"), rack("puma")):
        found = plan({**files, "package.json": SCRIPTS}, build_command=command)
        assert any(isinstance(one, FromImage) for one in step(found, "build").inputs) is runs_node


def test_a_build_command_loads_the_app_without_a_secret() -> None:
    found = plan(rails("propshaft", "pg"), build_command="bin/rails assets:precompile")
    program = step(found, "build").run[-1]
    assert dict(program.env) == {"SECRET_KEY_BASE_DUMMY": "1", "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    assert program.secrets == (of_rails.MASTER_KEY,)
    assert not step(plan(rack("puma"), build_command="make"), "build").run[-1].env


SOLID = {
    "config/environments/production.rb": "STDOUT\nconfig.active_job.queue_adapter = :solid_queue\n",
    "bin/jobs": "",
}
PLUGIN = 'plugin :solid_queue if ENV["SOLID_QUEUE_IN_PUMA"]\n'
JOBS: list[tuple[str, Files, dict[str, Any], list[str], list[str]]] = [
    ("a worker", {**rails("solid_queue"), **SOLID}, {}, ["jobs"], ["jobs-apart"]),
    ("behind a variable of puma", {**rails("solid_queue"), **SOLID, "config/puma.rb": PLUGIN}, {}, ["jobs"], ["jobs-apart"]),
    ("in puma by that variable", {**rails("solid_queue"), **SOLID, "config/puma.rb": PLUGIN}, {"run_env": (("SOLID_QUEUE_IN_PUMA", "1"),)}, [], []),
    ("always in puma", {**rails("solid_queue"), **SOLID, "config/puma.rb": "plugin :solid_queue\n"}, {}, [], []),
    ("always, with a comment", {**rails("solid_queue"), **SOLID, "config/puma.rb": 'plugin :solid_queue # if ENV["SOLID_QUEUE_IN_PUMA"]\n'}, {}, [], []),
    ("in puma in production", {**rails("solid_queue"), **SOLID, "config/puma.rb": PLUGIN.strip() + """ || %w[production staging].include?(ENV.fetch('RAILS_ENV', 'development'))\n"""}, {}, [], []),
    ("in puma of development", {**rails("solid_queue"), **SOLID, "config/puma.rb": "plugin :solid_queue if ENV.fetch('RAILS_ENV', 'development') == 'development'\n"}, {}, ["jobs"], ["jobs-apart"]),
    ("in a block of puma", {**rails("solid_queue"), **SOLID, "config/puma.rb": 'if ENV["JOBS_HERE"] == "true"\n  workers 2\n  plugin :solid_queue\nend\n'}, {}, ["jobs"], ["jobs-apart"]),
    ("in a block that holds", {**rails("solid_queue"), **SOLID, "config/puma.rb": 'unless Rails.env.development?\n  plugin :solid_queue\nend\n'}, {}, [], []),
    ("a commented plugin", {**rails("solid_queue"), **SOLID, "config/puma.rb": "# plugin :solid_queue\n"}, {}, ["jobs"], ["jobs-apart"]),
    ("of the Procfile", {**rails("solid_queue"), **SOLID, "Procfile": "worker: bin/jobs\n"}, {}, ["worker"], []),
    ("by rake", {**rails("solid_queue"), **SOLID, "Procfile": "queue: bundle exec rake solid_queue:start\n"}, {}, ["queue"], []),
    ("another adapter", {**rails("solid_queue"), "config/environments/production.rb": "STDOUT\n"}, {}, [], []),
    ("without the gem", {**rails(), **SOLID}, {}, [], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "settings", "processes", "told"), [row[1:] for row in JOBS], ids=[row[0] for row in JOBS]
)
def test_background_jobs_are_a_process_or_in_puma(
    files: Files, settings: dict[str, Any], processes: list[str], told: list[str]
) -> None:
    found = plan(files, **settings)
    assert [one.name for one in found.runtime.processes[1:]] == processes
    assert codes(found) == told
    for one in found.runtime.processes[1:]:
        if one.name == "jobs":
            assert one.args == ("bundle", "exec", "ruby", "bin/jobs")
            assert (one.at.file, one.at.line) == ("config/environments/production.rb", 2) if one.at else False


def adapter(name: str) -> Files:
    """The configuration of an app whose jobs go to a queue."""
    return {"config/environments/production.rb": f"STDOUT\nconfig.active_job.queue_adapter = :{name}\n"}


ASYNC = {"config/initializers/good_job.rb": "Rails.application.configure { config.good_job.execution_mode = :async }\n"}
QUEUES: list[tuple[str, Files, dict[str, Any], str]] = [
    ("Sidekiq", {**rails("sidekiq"), **adapter("sidekiq")}, {}, "bundle exec sidekiq"),
    ("Sidekiq without an adapter", {**rails("sidekiq"), "config/sidekiq.yml": ""}, {}, "bundle exec sidekiq"),
    ("Sidekiq of the Procfile", {**rails("sidekiq"), **adapter("sidekiq"), "Procfile": "worker: bundle exec sidekiq -c 5\n"}, {}, ""),
    ("Sidekiq, left for another", {**rails("sidekiq"), **adapter("async"), "config/sidekiq.yml": ""}, {}, ""),
    ("the adapter of production", {**rails("sidekiq"), **adapter("async"), "config/application.rb": "config.active_job.queue_adapter = :sidekiq\n"}, {}, ""),
    ("GoodJob", {**rails("good_job"), **adapter("good_job")}, {}, "bundle exec good_job start"),
    ("GoodJob in the web process", {**rails("good_job"), **adapter("good_job"), **ASYNC}, {}, ""),
    ("GoodJob by a variable", {**rails("good_job"), **adapter("good_job")}, {"run_env": (("GOOD_JOB_EXECUTION_MODE", "async"),)}, ""),
    ("Delayed Job", {**rails("delayed_job"), **adapter("delayed_job")}, {}, "bundle exec rake jobs:work"),
    ("Delayed Job of the Procfile", {**rails("delayed_job"), **adapter("delayed_job"), "Procfile": "work: bin/delayed_job run\n"}, {}, ""),
    ("Resque", {**rails("resque"), **adapter("resque")}, {}, "bundle exec rake resque:work QUEUE=*"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "settings", "command"), [row[1:] for row in QUEUES], ids=[row[0] for row in QUEUES])
def test_the_jobs_of_each_queue_are_a_process(files: Files, settings: dict[str, Any], command: str) -> None:
    found = plan(files, **settings)
    assert [" ".join(one.args) for one in found.runtime.processes if one.name == "jobs"] == (
        [command] if command else []
    )
    assert ("jobs-apart" in codes(found)) == bool(command)


ENTRYPOINT = """#!/bin/bash -e

# If running the rails server then create or migrate existing database: rails db:setup
if [ "${@: -2:1}" == "./bin/rails" ] && [ "${@: -1:1}" == "server" ]; then
  ./bin/rails db:prepare
fi

exec "${@}"
"""
WRITTEN = {**rails("puma"), "bin/docker-entrypoint": ENTRYPOINT}
STATED = {"candidate": Setting("docker/start.sh bin/rails server", "platform", Location("Dockerfile", 9))}
PREPARED: list[tuple[str, Files, dict[str, Any], str, Location | None]] = [
    ("by Rails' own script", WRITTEN, {}, "bundle exec rails db:prepare", Location("bin/docker-entrypoint", 5)),
    ("by the script of the Dockerfile", {**rails("puma"), "docker/start.sh": "rm -f tmp/pids/*.pid\nbundle exec rake db:create db:migrate && rake assets\nexec $@\n"}, STATED, "bundle exec rake db:create db:migrate", Location("docker/start.sh", 2)),
    ("twice", {**rails("puma"), "docker/start.sh": "bin/rails db:create; bin/rails db:migrate || exit 1\n"}, STATED, "bundle exec rails db:create db:migrate", Location("docker/start.sh", 1)),
    ("by a script that an entrypoint is given", {**rails("puma"), "bin/enter": "#!/bin/sh\nexec $@\n", "bin/go": "#!/bin/sh\nrails db:migrate\nexec puma\n"}, {"candidate": Setting("bin/enter -- bin/go", "platform", Location("Dockerfile", 9))}, "bundle exec rails db:migrate", Location("bin/go", 2)),
    ("by a script that fixes the port", {**rails("puma"), "start.sh": "rails db:migrate\nrails s -p 3000\n"}, {"candidate": Setting("bundle exec bash ./start.sh", "platform", Location("Dockerfile", 9))}, "bundle exec rails db:migrate", Location("start.sh", 1)),
    ("nothing to the database", {**rails("puma"), "docker/start.sh": "rm -f tmp/pids/server.pid\nexec $@\n"}, STATED, "", None),
    ("what may remove what is there", {**rails("puma"), "docker/start.sh": "RAILS_ENV=production bin/rails db:migrate 2>/dev/null || bin/rails db:setup db:seed\n"}, STATED, "bundle exec rails db:migrate", Location("docker/start.sh", 1)),
    ("that alone", {**rails("puma"), "docker/start.sh": "bin/rails db:schema:load db:seed\n"}, STATED, "", None),
    ("what a shell expands", {**rails("puma"), "docker/start.sh": "rails db:$WHAT\n"}, STATED, "", None),
    ("a script for another interpreter", {**WRITTEN, "bin/docker-entrypoint": "#!/usr/bin/env ruby\nsystem 'rails db:prepare'\n"}, {}, "", None),
    ("a web process of the user's", {**WRITTEN, "Procfile": "web: bundle exec puma\n"}, {}, "", None),
    ("a release process of the user's", {**WRITTEN, "Procfile": "release: bundle exec rails db:migrate\n"}, {}, "", None),
    ("a start that does it", WRITTEN, {"candidate": Setting('sh -c "bin/rails db:prepare && bin/rails server"', "platform", Location("Dockerfile", 9))}, "", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "settings", "command", "place"), [row[1:] for row in PREPARED], ids=[row[0] for row in PREPARED]
)
def test_what_an_entrypoint_does_to_the_database_is_a_process(
    files: Files, settings: dict[str, Any], command: str, place: Location | None
) -> None:
    found = plan(files, **settings)
    told = [one.at for one in found.warnings if one.code == "entrypoint-left-out"]
    assert told == ([place] if place is not None else [])
    if place is not None:
        (own,) = [one for one in found.runtime.processes if one.name == "release"]
        assert (script_of(own).text, own.at) == (command, place)
        assert script_of(found.runtime.processes[0]).text == "bundle exec rails server -b 0.0.0.0"


TOLD: list[tuple[str, Files, list[str]]] = [
    ("a log file", {**rails(), "config/environments/production.rb": "config.log_level = :info\n"}, ["log-file"]),
    ("a log on stdout", {**rails(), "config/environments/production.rb": "config.logger = Logger.new(STDOUT)\n"}, []),
    ("SQLite", {**rails("sqlite3"), "config/database.yml": "default: &default\n  adapter: sqlite3\n\nproduction:\n  <<: *default\n  database: storage/production.sqlite3\n"}, ["sqlite-file"]),
    ("SQLite for several", {**rails("sqlite3"), "config/database.yml": "default: &default\n  adapter: sqlite3\nproduction:\n  primary:\n    <<: *default\n    database: storage/production.sqlite3\n"}, ["sqlite-file"]),
    ("SQLite for development", {**rails("sqlite3", "pg"), "config/database.yml": "development:\n  adapter: sqlite3\n  database: db/x.sqlite3\nproduction:\n  adapter: postgresql\n  database: shop\n"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("files", "found"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_what_a_container_does_not_keep_is_told(files: Files, found: list[str]) -> None:
    assert codes(plan(files)) == found


@pytest.mark.parametrize(
    ("files", "at"),
    [
        ({**rails("whenever"), "config/schedule.rb": "every(:day) {}\n"}, "config/schedule.rb"),
        ({**rails("clockwork"), "clock.rb": "every(1.day, 'x')\n"}, "clock.rb"),
        ({**rails("clockwork"), "clock.rb": "", "Procfile": "web: bin/rails s\nclock: clockwork clock.rb\n"}, ""),
        ({**rails("clockwork"), "clock.rb": "", "Procfile": "web: foreman start -f Procfile.all\n"}, ""),
        ({**rails(), "config/schedule.rb": ""}, ""),
    ],
)
def test_a_schedule_that_nothing_follows_is_told(files: Files, at: str) -> None:
    assert [str(one.at) for one in plan(files).warnings if one.code == "schedule"] == ([at] if at else [])


DATABASE = """\
default: &default
  pool: <%= ENV.fetch("RAILS_MAX_THREADS") { 5 } %>
development:
  host: <%= ENV.fetch("DEV_HOST") %>
production:
  <<: *default
  host: <%= ENV.fetch("DATABASE_HOST") %>
"""


def test_variables_that_the_database_needs_are_there_while_assets_are_precompiled() -> None:
    found = plan({**rails("pg", "propshaft"), "config/database.yml": DATABASE})
    program = step(found, "build").run[-1]
    assert dict(program.env)["DATABASE_HOST"] == "none"
    assert dict(program.env)["DEV_HOST"] == "none"  # the Ruby of the whole file is evaluated
    assert "DATABASE_HOST" not in dict(found.runtime.env)
    told = next(one for one in found.warnings if one.code == "unset-variables")
    assert told.message.endswith("no default: DEV_HOST, DATABASE_HOST")
    assert (told.at.file, told.at.line) == ("config/database.yml", 4) if told.at else False


def test_credentials_that_the_database_needs_are_told() -> None:
    line = 'production:\n  password: "<%= Rails.application.credentials[:db][:password] %>"\n'
    found = plan({**rails("pg", "propshaft"), "config/database.yml": line, "config/credentials.yml.enc": ""})
    assert [str(one.at) for one in found.warnings if one.code == "credentials"] == ["config/database.yml:2"]


BOOTS: list[tuple[str, str, str]] = [
    ("without a default", 'Redis.new(url: ENV.fetch("REDIS_URL"))', "REDIS_URL"),
    ("with a default", 'Redis.new(url: ENV.fetch("REDIS_URL", "redis://localhost"))', ""),
    ("with a block", 'Redis.new(url: ENV.fetch("REDIS_URL") { "redis://localhost" })', ""),
    ("in a condition", 'if Rails.env.test?\n  ENV.fetch("TEST_URL")\nend', ""),
    ("of a worker", 'Sidekiq.configure_server do |config|\n  config.redis = { url: ENV.fetch("REDIS_URL") }\nend', ""),
    ("of each process", 'Sidekiq.configure_client do |config|\n  config.redis = { url: ENV.fetch("REDIS_URL") }\nend', "REDIS_URL"),
    ("for later", 'config.host = lambda do\n  ENV.fetch("HOST_NAME")\nend', ""),
    ("a comment", '# ENV.fetch("A")', ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), [row[1:] for row in BOOTS], ids=[row[0] for row in BOOTS])
def test_variables_that_a_boot_ends_without_are_told(text: str, name: str) -> None:
    found = plan({**rails("propshaft"), "config/initializers/a.rb": f"{text}\n"})
    told = [one.message.rpartition(": ")[2] for one in found.warnings if one.code == "unset-variables"]
    assert told == ([name] if name else [])
    assert dict(step(found, "build").run[-1].env).get("REDIS_URL") == ("redis://127.0.0.1:1" if name else None)


def test_a_variable_that_assets_may_have_in_them_is_for_the_user_to_set() -> None:
    found = plan({**rails("propshaft"), "config/initializers/a.rb": 'HOST = ENV.fetch("ASSET_HOST")\n'})
    program = step(found, "build").run[-1]
    assert "BUILD_ENV_ASSET_HOST" in program.hint
    assert "ASSET_HOST" not in dict(program.env)


CREDENTIALS: list[tuple[str, bool]] = [
    ("config.dsn = Rails.application.credentials.sentry[:dsn]", True),
    ("key = Rails.application.credentials.stripe.secret_key", True),
    ("key = Rails.application.credentials.api_key!", True),
    ("key = Rails.application.credentials.fetch(:api_key)", True),
    ("key = Rails.application.credentials.api_key", False),
    ("key = Rails.application.credentials.dig(:stripe, :key)", False),
    ("key = Rails.application.credentials.stripe&.key", False),
    ("key = Rails.application.credentials[:api_key]", False),
    ("key = Rails.application.credentials[Rails.env.to_sym][:api_key]", True),
    ("key = Rails.application.credentials[:mail].fetch(:key)", True),
    ("key = Rails.application.credentials[:mail].to_h", False),
]


@pytest.mark.parametrize(("line", "strict"), CREDENTIALS)
def test_credentials_that_a_boot_ends_without_are_told(line: str, strict: bool) -> None:
    files = {**rails("propshaft"), "config/initializers/a.rb": f"{line}\n", "config/credentials.yml.enc": ""}
    found = plan(files)
    assert ("credentials" in codes(found)) == strict
    program = step(found, "build").run[-1]
    assert ("rails-master-key" in program.hint) == strict
    assert (str(program.at) == "config/initializers/a.rb:1") == strict
    del files["config/credentials.yml.enc"]
    assert "credentials" not in codes(plan(files))


def test_assets_are_precompiled_with_the_variables_of_the_dockerfile() -> None:
    text = "FROM ruby:3.4\nRUN bundle install && SKIP_REDIS=true \\\n  RAILS_ENV=staging A=$B bundle exec rake assets:precompile key='no op'\n"
    program = step(plan({**rails("propshaft"), "Dockerfile": text}), "build").run[-1]
    assert dict(program.env) == {"SECRET_KEY_BASE_DUMMY": "1", "SKIP_REDIS": "true", "key": "no op"}
