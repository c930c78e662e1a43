"""Commands for an image without a shell: what is expanded, which interpreter is named, what cannot be."""

import pytest

from frontend.commands.hardened import Found, exec_form, expanded
from frontend.commands.process import process, script_of
from frontend.commands.script import parse
from frontend.errors import Location, PlanError
from frontend.languages import registry

ENV = {"PORT": "5000", "HOME": "/home/nonroot", "EMPTY": "", "OPTS": "-w 4  -t 2"}
AT = Location("Procfile", 3)
INTERPRETERS = tuple(one for entry in registry.ENTRIES for one in entry.interpreters)
ENV_RUBY, VENV = "#!/usr/bin/env ruby", "#!/app/.venv/bin/python"


def nothing(_name: str) -> Found | None:
    return None


def args(text: str, files: dict[str, Found] | None = None) -> tuple[str, ...]:
    look = (files or {}).get
    return exec_form(parse(text), env=ENV, interpreters=INTERPRETERS, look=look, at=AT).args


@pytest.mark.parametrize(
    ("text", "words"),
    [  # the table of the runtime container page, to the letter
        ("./bin/rails server", "ruby bin/rails server"),
        ("bundle exec puma", "ruby -S bundle exec puma"),
        ("node server.js --port ${PORT:-5000}", "node server.js --port 5000"),
    ],
)
def test_the_table_of_the_page(text: str, words: str) -> None:
    assert args(text) == tuple(words.split())


def test_the_port_of_a_build_is_in_the_command() -> None:
    form = exec_form(parse("x ${PORT:-5000}"), env={"PORT": "3000"}, interpreters=(), look=nothing)
    assert form.args == ("x", "3000")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x $PORT", ("x", "5000")),
        ('x "${PORT}"', ("x", "5000")),
        ("x a${PORT}b", ("x", "a5000b")),
        ("x '$PORT'", ("x", "$PORT")),
        (r"x \$PORT", ("x", "$PORT")),
        ("x ${NONE:-a}", ("x", "a")),
        ("x ${NONE-a}", ("x", "a")),
        ("x ${NONE:=a}", ("x", "a")),
        ("x ${NONE:-$PORT}", ("x", "5000")),
        ("x ${NONE:-}", ("x",)),
        ('x "${NONE:-}"', ("x", "")),
        ("x ${EMPTY:-a}", ("x", "a")),
        ("x ${EMPTY-a}", ("x",)),
        ('x "${EMPTY-a}"', ("x", "")),
        ("x $OPTS y", ("x", "-w", "4", "-t", "2", "y")),
        ('x "$OPTS"', ("x", "-w 4  -t 2")),
        ("x a$OPTS", ("x", "a-w", "4", "-t", "2")),
        ("x ~/data", ("x", "/home/nonroot/data")),
        ("x --urls http://*:$PORT", ("x", "--urls", "http://*:5000")),
        ("x --urls=http://*:$PORT", ("x", "--urls=http://*:5000")),
        ("exec x", ("x",)),
        ("exec -- x", ("x",)),
        ("sh -c 'exec x $PORT'", ("x", "5000")),
        ("bash -lc \"x 'a b'\"", ("x", "a b")),
        ("set -e; x", ("x",)),
        ("nohup x", ("x",)),
        ('["x", "$PORT"]', ("x", "$PORT")),
    ],
)
def test_what_a_shell_would_expand_is_expanded_once(text: str, words: tuple[str, ...]) -> None:
    assert expanded(parse(text), env=ENV).args == words


@pytest.mark.parametrize(
    ("text", "env", "dir"),
    [
        ("A=1 B=$PORT x", {"A": "1", "B": "5000"}, ""),
        ("env A='b c' x", {"A": "b c"}, ""),
        ("export A=b; x $A", {"A": "b"}, ""),
        ("A=b && x", {"A": "b"}, ""),
        ("cd server && x", {}, "server"),
        ("cd server; A=1 x", {"A": "1"}, "server"),
        ("cd a && cd ../b && x", {}, "b"),
        ("sh -c 'cd a && A=1 x'", {"A": "1"}, "a"),
    ],
)
def test_assignments_and_directories_are_the_process_s_own(text: str, env: dict[str, str], dir: str) -> None:
    form = expanded(parse(text), env=ENV)
    assert (form.args[0], dict(form.env), form.dir) == ("x", env, dir)


def test_the_variables_of_a_process_without_a_shell_are_its_own() -> None:
    worker = process("worker", parse("QUEUE=low COUNT=2 bundle exec resque work"))
    form = expanded(script_of(worker), env=ENV)
    assert (worker.shell, form.args[0], dict(form.env)) == (False, "bundle", {"QUEUE": "low", "COUNT": "2"})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("x | tee log", "pipe"),
        ("x && y", "&&"),
        ("migrate; x", "several commands"),
        ("x || y", "||"),
        ("x &", "background"),
        ("x > log", ">"),
        ("x 2>&1", ">&"),
        ("(cd a; x)", "subshell"),
        ("if true; then x; fi", "shell statements"),
        ("x *.js", "file pattern"),
        ("x $(hostname)", "command substitution"),
        ("x `hostname`", "command substitution"),
        ("x ${A%b}", "${A%b}"),
        ("x $1", "$1"),
        ("x $UNSET", "UNSET"),
        ("x ${UNSET:?no}", "UNSET"),
        ("env -u A x", "env"),
        ("bash start.sh", "start.sh is a shell script"),
        ("foreman start -f Procfile.all", "foreman starts each process by a shell"),
        ("bundle exec foreman start", "foreman starts each process by a shell"),
        ("node_modules/.bin/concurrently 'node a.js' 'node b.js'", "concurrently starts each process by a shell"),
        ("make run", "make runs each command by a shell"),
        ("/usr/bin/just serve", "just runs each command by a shell"),
        ("exec /bin/sh -e ./run", "./run is a shell script"),
    ],
)
def test_what_only_a_shell_can_do_is_an_error_at_the_command_s_line(text: str, what: str) -> None:
    with pytest.raises(PlanError) as error:
        expanded(parse(text), env=ENV, at=AT)
    assert what in error.value.message
    assert (error.value.at, bool(error.value.hint)) == (AT, True)


def script(path: str, line: str, *, bare: bool = False) -> Found:
    return Found(f"/app/{path}", path, line, bare)


@pytest.mark.parametrize(
    ("text", "files", "words"),
    [
        ("gunicorn app:app", {"gunicorn": script(".venv/bin/gunicorn", VENV, bare=True)}, "python -m gunicorn app:app"),
        (
            "celery worker",
            {"celery": script(".venv/bin/celery", VENV, bare=True), "./celery.py": script("celery.py", "")},
            "python .venv/bin/celery worker",
        ),
        ("serve", {"serve": script(".venv/bin/serve", VENV, bare=True)}, "python .venv/bin/serve"),
        ("./manage.py x", {"./manage.py": script("manage.py", "#!/usr/bin/env python3")}, "python manage.py x"),
        ("bin/x -a", {"bin/x": script("bin/x", "#!/usr/bin/env -S ruby -w")}, "ruby -w bin/x -a"),
        ("bin/rails s", {"bin/rails": script("bin/rails", "#!/usr/bin/env ruby.exe")}, "ruby bin/rails s"),
        ("rake x", {"rake": script("vendor/bundle/bin/rake", ENV_RUBY, bare=True)}, "ruby -S rake x"),
        ("bundle exec ./bin/jobs", {"./bin/jobs": script("bin/jobs", ENV_RUBY)}, "ruby -S bundle exec ruby bin/jobs"),
        ("bundle exec puma", {"puma": script("v/puma", ENV_RUBY, bare=True)}, "ruby -S bundle exec puma"),
        ("bundle exec x", {"x": script("v/x", "#!/usr/bin/env ruby3.4", bare=True)}, "ruby -S bundle exec ruby v/x"),
        (
            "bundle exec x",
            {"x": script("v/x", "#!/opt/ruby", bare=True), "ruby": Found("/opt/ruby", "", "", True)},
            "ruby -S bundle exec x",
        ),
        ("bundle exec thrust", {"thrust": script("v/thrust", "", bare=True)}, "ruby -S bundle exec thrust"),
        ("bundle exec y", {"y": script("v/y", "#!/usr/bin/env -S ruby -w", bare=True)}, "ruby -S bundle exec ruby v/y"),
        ("bundle exec thrust ./bin/rails s", {"./bin/rails": script("bin/rails", ENV_RUBY)},
         "ruby -S bundle exec thrust ruby bin/rails s"),
        ("./bin/thrust puma -q",
         {"./bin/thrust": script("bin/thrust", ENV_RUBY), "puma": script("v/puma", ENV_RUBY, bare=True)},
         "ruby bin/thrust ruby -S puma -q"),
        ("next start", {"next": script("node_modules/next/dist/bin/next", "#!/usr/bin/env node", bare=True)},
         "node node_modules/next/dist/bin/next start"),
        ("./server", {"./server": script("server", "")}, "/app/server"),
        ("python3 a.py", {"python3": Found("/usr/bin/python3", "/usr/bin/python3", "", True)}, "python3 a.py"),
        ("node a.js", {"node": Found("/nodejs/bin/node", "/nodejs/bin/node", "", False)}, "/nodejs/bin/node a.js"),
        ("python a.py", {"python3": Found("/usr/bin/python3", "/usr/bin/python3", "", True)}, "python3 a.py"),
    ],
)  # fmt: skip
def test_an_interpreter_is_named(text: str, files: dict[str, Found], words: str) -> None:
    assert args(text, files) == tuple(words.split())


@pytest.mark.parametrize("line", ["#!/bin/sh", "#!/usr/bin/env bash", "exec node server.js"])
def test_a_shell_script_is_an_error(line: str) -> None:
    with pytest.raises(PlanError) as error:
        args("./start.sh", {"./start.sh": script("start.sh", line)})
    assert "./start.sh is a shell script" in error.value.message
    assert error.value.at == AT


@pytest.mark.parametrize("before", ["bundle exec", "bundle exec thrust", "bin/thrust"])
def test_a_shell_script_behind_a_program_that_starts_it_is_an_error(before: str) -> None:
    with pytest.raises(PlanError) as error:
        args(f"{before} bin/start", {"bin/start": script("bin/start", "#!/bin/bash -e")})
    assert "bin/start is a shell script" in error.value.message
