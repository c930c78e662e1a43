"""Shell text of a user -> the argument list that is executed."""

import pytest

from frontend.commands import secret
from frontend.commands.script import ExecForm, exec_form, parse
from frontend.errors import Location, PlanError
from tests.errors import fails

SH = ("/bin/sh", "-c")


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("node server.js", ("node", "server.js")),
        ("  node   server.js  ", ("node", "server.js")),
        ("node 'a b.js' \"c d\"", ("node", "a b.js", "c d")),
        ("echo a\\ b", ("echo", "a b")),
        ("node --flag=x=y", ("node", "--flag=x=y")),
        ('python -c "print(1)"', ("python", "-c", "print(1)")),
        ("exec node server.js", ("node", "server.js")),
        ("node server.js # the web process", ("node", "server.js")),
        ("node \\\n  server.js", ("node", "server.js")),
        ("gunicorn 'app:create()'", ("gunicorn", "app:create()")),
        ("run ''", ("run", "")),
        ("node server.js;", ("node", "server.js")),
        ("node server.js \\\n", ("node", "server.js")),
        ("node x\\\\\n", ("node", "x\\")),
        ("node a\\\nb", ("node", "ab")),
        ("node 'a\\\nb'", ("node", "a\\\nb")),
        ("echo if", ("echo", "if")),
        ('["A=b", "cd", "["]', ("A=b", "cd", "[")),
        ('["node", "a b.js", "$X"]', ("node", "a b.js", "$X")),
    ],
)
def test_words_become_an_argument_list(text: str, args: tuple[str, ...]) -> None:
    assert exec_form(parse(text)) == ExecForm(args)


@pytest.mark.parametrize(
    ("text", "shell"),
    [
        ("node server.js --port $PORT", "exec node server.js --port $PORT"),
        ('node "$MAIN"', 'exec node "$MAIN"'),
        ("./migrate && node server.js", "./migrate && exec node server.js"),
        ("cd api && node server.js", "cd api && exec node server.js"),
        ("./migrate; node server.js", "./migrate; exec node server.js"),
        ("./migrate && A=$B node x", "./migrate && exec env A=$B node x"),
        ("node a.js > /tmp/log", "exec node a.js > /tmp/log"),
        # nothing to put `exec` in front of: these do not end in one program
        ("node a.js | tee log", "node a.js | tee log"),
        ("node a.js & node b.js", "node a.js & node b.js"),
        ("node a.js || node b.js", "node a.js || node b.js"),
        ("if true; then node a.js; fi", "if true; then node a.js; fi"),
        ("cat *.txt", "exec cat *.txt"),
        ("ls ~/x", "exec ls ~/x"),
        ("[ -f x ] && node x", "[ -f x ] && exec node x"),
        ("node $(cat x) ${Y:-z} `w`", "exec node $(cat x) ${Y:-z} `w`"),
        ("node $((1 + (2)))", "exec node $((1 + (2)))"),
        ('node "$(echo "(")" # it\'s $(', 'exec node "$(echo "(")" # it\'s $('),
        ("node a.js > /tmp/log 2>&1", "exec node a.js > /tmp/log 2>&1"),
        ("(./migrate) && node x", "(./migrate) && exec node x"),
        ("if [ -f m ]; then ./m; fi; node x", "if [ -f m ]; then ./m; fi; exec node x"),
        ("echo if && node x", "echo if && exec node x"),
        ("cat <<EOF\nnode; x && y\nEOF", "exec cat <<EOF\nnode; x && y\nEOF"),
        ("cat > f <<-'E' && node x\n\tA $(\n\tE\n", "cat > f <<-'E' && exec node x\n\tA $(\n\tE"),
        ("cat <<A <<B\na\nA\nb\nB\nnode x", "cat <<A <<B\na\nA\nb\nB\nexec node x"),
        ("node $X;", "exec node $X;"),
        ("run() { node x; }; run", "run() { node x; }; run"),
        ("function run { node x; }; run", "function run { node x; }; run"),
        ("case $A in (b|c) node b;; *) node x;; esac", "case $A in (b|c) node b;; *) node x;; esac"),
        ("for x in a b; do ./m $x; done; node x", "for x in a b; do ./m $x; done; exec node x"),
        ("! node x", "! node x"),
        ("cd x", "cd x"),
        ("node a & node b &\nwait", "node a & node b &\nwait"),
        ("command node $X", "command node $X"),
        ("exec -a name node", "exec -a name node"),
        ("node '$(' \\$\\( ${#A}", "exec node '$(' \\$\\( ${#A}"),
    ],
)
def test_shell_syntax_keeps_a_shell_that_the_program_replaces(text: str, shell: str) -> None:
    assert exec_form(parse(text)) == ExecForm((*SH, shell), (), True)


def test_assignments_in_front_are_the_environment() -> None:
    assert exec_form(parse("NODE_ENV=production DEBUG='a b' node server.js")) == ExecForm(
        ("node", "server.js"), (("NODE_ENV", "production"), ("DEBUG", "a b"))
    )


def test_a_quoted_equals_sign_is_no_assignment() -> None:
    assert exec_form(parse("'A=b' c")).args == ("A=b", "c")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("# only a comment", ""),
        ("A=b", '"A=b"'),
        ("node 'x", "node 'x"),
        ('node "x', 'node "x'),
        ("node $(x", "node $(x"),
        ('node "$(x"', 'node "$(x"'),
        ("node ${X", "node ${X"),
        ("node `x", "node `x"),
        ("node a\0b", "NUL"),
        ('["node", "a\\u0000b"]', "NUL"),
        ("[]", ""),
        ('[""]', '"[""]"'),
        ("A=b; C=d", '"A=b; C=d"'),
        ('["node", 8080]', "8080"),
        ('["node", null]', "null"),
        ('["node", {"a": 1}]', '{"a": 1}'),
        ('["node", "a",]', '["node", "a",]'),
        ("node '" + "x" * 300, "node '" + "x" * 74 + "…"),
    ],
)
def test_what_is_no_command_says_so_with_its_place(text: str, shown: str) -> None:
    with fails(PlanError, shown, "hint: ", at="Procfile:3"):
        parse(text, Location("Procfile", 3))


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("DB_PASSWORD=hunter2 node server.js", "DB_PASSWORD"),
        ("A=1 && DB_PASSWORD='hunter2' node server.js --port $PORT", "DB_PASSWORD"),
        ("export API_TOKEN=abcdef; node x", "API_TOKEN"),
        ("DB=postgres://u:pw@h/d node x", "DB"),
        ("DB_PASSWORD=$OTHER node x", None),
        ('DB_PASSWORD="$(cat /run/secrets/x)" node x', None),
        ("SECRET_KEY=dummy python manage.py collectstatic", None),
        ("DB_PASSWORD= node x", None),
        ("NODE_ENV=production node --token-file=x", None),
    ],
)
def test_a_variable_that_is_a_secret_is_found(text: str, variable: str | None) -> None:
    assert secret.variable(parse(text)) == variable
