"""Shell text of a user -> the argument list that is executed."""

import pytest

from frontend.commands import secret
from frontend.commands.script import ExecForm, exec_form, parse
from frontend.errors import Location, PlanError

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
        ("exec -a name node", "exec -a name node"),
        ("node '$(' \\$( ${#A}", "node '$(' \\$( ${#A}"),
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
    ("text", "message"),
    [
        ("", "the command is empty"),
        ("# only a comment", "the command is empty"),
        ("A=b", 'the command "A=b" starts no program'),
        ("node 'x", "the command has a ' that is never closed: node 'x"),
        ('node "x', 'the command has a " that is never closed: node "x'),
        ("node $(x", "the command has a $( that is never closed: node $(x"),
        ('node "$(x"', 'the command has a $( that is never closed: node "$(x"'),
        ("node ${X", "the command has a ${ that is never closed: node ${X"),
        ("node `x", "the command has a ` that is never closed: node `x"),
        ("node a\0b", "the command has a NUL character in it"),
        ('["node", "a\\u0000b"]', "the command has a NUL character in it"),
        ("[]", "the command is empty"),
        ('[""]', 'the command "[""]" starts no program'),
        ("A=b; C=d", 'the command "A=b; C=d" starts no program'),
        ('["node", 8080]', "the command is a list with 8080 in it, which is not a text"),
        ('["node", null]', "the command is a list with null in it, which is not a text"),
        ('["node", {"a": 1}]', 'the command is a list with {"a": 1} in it, which is not a text'),
        ('["node", "a",]', 'the command looks like a JSON list, but is not one: ["node", "a",]'),
        ("node '" + "x" * 300, "the command has a ' that is never closed: node '" + "x" * 74 + "…"),
    ],
)
def test_what_is_no_command_says_so_with_its_place(text: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse(text, Location("Procfile", 3))
    assert caught.value.message == message
    assert caught.value.at == Location("Procfile", 3)
    assert caught.value.hint


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
