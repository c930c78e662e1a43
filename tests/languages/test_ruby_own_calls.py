"""What the code of a Ruby app starts that a hardened image cannot run."""

import pytest

from frontend.context.tree import DictTree
from frontend.languages import ruby
from frontend.settings.model import Setting, Settings
from tests.languages.ruby import TODAY, Files, app, codes, error, plan, rack, rails

STUB = "#!/usr/bin/env ruby\nload Gem.bin_path('x', 'x')\n"
SERVES = """\
#!/usr/bin/env ruby
require_relative "../lib/settings"
exec(
  "bundle",
  "exec",
  "puma",
  "--bind",
  "tcp://0.0.0.0:#{Settings.port}"
)
"""
TOLD: list[tuple[str, str, str]] = [  # what the code of a Rack app says, and what it starts that cannot run
    ("a list", 'system("bundle", "exec", "rake")', "bundle"),
    ("a text", "system 'bundle exec rake'", "bundle"),
    ("with variables", 'spawn({ "A" => "1" }, "sidekiq", "-C", "x.yml")', "sidekiq"),
    ("variables of a name", 'system(env, "rake db:seed")', "rake"),
    ("an output that is read", 'out = `bundle exec rake -T`', "bundle"),
    ("a pipe to a program", 'Open3.capture3("bin/report", "x")', "bin/report"),
    ("a shell script", 'IO.popen("./tools/run.sh")', "./tools/run.sh"),
    ("a shell", 'system("sh", "-c", "x")', "sh"),
    ("what a shell reads", 'system("convert a.png b.png > log")', "a shell (convert)"),
    ("a filled text", 'system("#{tool} a | b")', "a shell"),
    ("a builtin", 'exec "cd x"', "a shell (cd)"),
]  # fmt: skip
FINE = [
    ("a program", 'system("convert", "a.png", "b > c.png")'),
    ("a text without marks", 'system("convert a.png b.png", out: File::NULL)'),
    ("Ruby", 'system("ruby", "-S", "bundle", "exec", "rake")'),
    ("a comment", '# system("bundle exec rake")'),
    ("a method of that name", 'client.exec("bundle exec rake")'),
    ("a column in backticks", 'query("SELECT `id` FROM `rake`")'),
    ("a script of native code", 'system("bin/native", "x")'),
    ("what is not known", "system(command)"),
]


def with_code(line: str) -> Files:
    files = {
        "bin/report": STUB,
        "tools/run.sh": "echo\n",
        "bin/native": "\x7fELF",
        "lib/work.rb": f"def go\n  {line}\nend\n",
    }
    files["tools/run.sh"] = "#!/bin/sh\necho\n"
    return {**rack("puma"), **files}


@pytest.mark.parametrize(("line", "name"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_what_a_hardened_image_cannot_run_is_told(line: str, name: str) -> None:
    (told,) = (one for one in plan(with_code(line), flavour="hardened").warnings if one.code == "code-starts-scripts")
    assert told.message.startswith(f"the code starts {name}, which this image cannot run")
    assert (told.at.file, told.at.line) == ("lib/work.rb", 2) if told.at is not None else False
    assert "code-starts-scripts" not in codes(plan(with_code(line)))


@pytest.mark.parametrize("line", [row[1] for row in FINE], ids=[row[0] for row in FINE])
def test_what_it_can_run_is_not(line: str) -> None:
    assert "code-starts-scripts" not in codes(plan(with_code(line), flavour="hardened"))


def test_a_process_that_replaces_itself_by_bundler_is_an_error_at_its_line() -> None:
    files = {
        **rack("puma"),
        "Procfile": "web: bundle exec ruby bin/serve\n",
        "bin/serve": SERVES,
        "lib/settings.rb": "",
    }
    told = error(files, flavour="hardened")
    assert "bin/serve replaces itself with bundle" in told
    assert "bin/serve:3" in told
    assert "web: bundle exec" in told
    assert "code-starts-scripts" not in codes(plan(files))


@pytest.mark.parametrize(
    "script",
    [
        'def go\n  exec("bundle", "exec", "puma")\nend\n',
        'exec("bundle", "exec", "puma") if ARGV.empty?\n',
        'exec(\n  "bundle",\n  "exec"\n) unless ENV["X"]\n',
    ],
)
def test_one_that_may_do_so_is_told(script: str) -> None:
    files = {**app("puma"), "Procfile": "web: bundle exec ruby serve.rb\n", "serve.rb": script}
    assert codes(plan(files, flavour="hardened")) == ["code-starts-scripts"]


def test_code_of_rails_is_looked_through() -> None:
    files = {
        **rails(),
        "app/jobs/report_job.rb": 'class ReportJob\n  system("bin/rails runner x")\nend\n',
        "bin/rails": STUB,
    }
    (told,) = (one for one in plan(files, flavour="hardened").warnings if one.code == "code-starts-scripts")
    assert told.at is not None
    assert told.at.file == "app/jobs/report_job.rb"
    assert "bin/rails" in told.message


@pytest.mark.parametrize("flavour", ["standard", "hardened"])
def test_files_in_another_encoding_and_native_programs_are_no_error(flavour: str) -> None:
    other = "# coding: iso-8859-1\nNAME = 'caf\xe9'\n".encode("latin-1")
    files: dict[str, str | bytes] = {
        **rack("puma"),
        "Procfile": "web: bundle exec ./bin/native\n",
        "bin/native": b"\x7fELF\xff\xfe",
        "config.ru": "require './lib/other'\nrun 1\n",
        "lib/other.rb": other,
        "lib/work.rb": b"# \xe9\nsystem('bin/native')\n",
    }
    found = ruby.plan(DictTree(files), Settings(flavour=Setting(flavour)), "", TODAY)
    assert "code-starts-scripts" not in codes(found)


def test_a_gem_that_starts_programs_by_a_shell_is_told() -> None:
    files = rails("kt-paperclip", "terrapin")
    (told,) = (one for one in plan(files, flavour="hardened").warnings if one.code == "gem-starts-shell")
    assert "terrapin" in told.message
    assert str(told.at) == "Gemfile:4"
    assert "gem-starts-shell" not in codes(plan(files))
    assert "gem-starts-shell" not in codes(plan(rails("mini_magick"), flavour="hardened"))
