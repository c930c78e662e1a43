"""Shell text of a user -> the argument list that is executed."""

import pytest

from frontend.commands.words import Command, parse, secret_variable, split
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
        ('["node", "a b.js", "$X"]', ("node", "a b.js", "$X")),
    ],
)
def test_words_become_an_argument_list(text: str, args: tuple[str, ...]) -> None:
    assert parse(text) == Command(args)


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
        ("node $(cat x) ${Y:-z} `w`", "node $(cat x) ${Y:-z} `w`"),
        ("node $((1 + (2)))", "node $((1 + (2)))"),
        ('node "$(echo "(")" # it\'s $(', 'node "$(echo "(")" # it\'s $('),
        ("node '$(' \\$( ${#A}", "node '$(' \\$( ${#A}"),
    ],
)
def test_shell_syntax_keeps_a_shell_that_the_program_replaces(text: str, shell: str) -> None:
    assert parse(text) == Command((*SH, shell), (), True)


def test_assignments_in_front_are_the_environment() -> None:
    assert parse("NODE_ENV=production DEBUG='a b' node server.js") == Command(
        ("node", "server.js"), (("NODE_ENV", "production"), ("DEBUG", "a b"))
    )


def test_a_quoted_equals_sign_is_no_assignment() -> None:
    assert parse("'A=b' c").args == ("A=b", "c")


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
        ("node '" + "x" * 300, "the command has a ' that is never closed: node '" + "x" * 74 + "…"),
    ],
)
def test_what_is_no_command_says_so_with_its_place(text: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse(text, Location("Procfile", 3))
    assert caught.value.message == message
    assert caught.value.at == Location("Procfile", 3)
    assert caught.value.hint


def test_split_gives_words_only_where_no_shell_is_needed() -> None:
    assert split("node a.js") == ("node", "a.js")
    assert split("node $A") is None
    assert split("A=b node a.js") is None


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
        ("'unclosed", None),
    ],
)
def test_a_variable_that_is_a_secret_is_found(text: str, variable: str | None) -> None:
    assert secret_variable(text) == variable
