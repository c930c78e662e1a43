"""Words, options and runners of a shell text."""

import pytest

from frontend.commands.options import AllBut, split_options
from frontend.commands.script import parse
from frontend.commands.unwrap import SHELL_RUNNERS, Runner, program, unwrap
from frontend.commands.words import Operator, Part, Redirection, Word, lex, literal, partition, quoted, read_word


def words(text: str) -> tuple[Word, ...]:
    """The words of a text that has nothing else."""
    return tuple(token for token in lex(text) if isinstance(token, Word))


def texts(found: tuple[Word, ...]) -> list[str]:
    """Words with their quotes removed."""
    return [word.text for word in found]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("'$A'$B", (Part("$A", quoted=True), Part("B", "variable"))),
        ('"$A"x', (Part("A", "variable", None, True), Part("x"))),
        ('"a $B c"', (Part("a ", quoted=True), Part("B", "variable", None, True), Part(" c", quoted=True))),
        ("${PORT:-8000}", (Part("PORT", "variable", "8000"),)),
        (":${PORT}", (Part(":"), Part("PORT", "variable"))),
        ("${A:-$B}", (Part("${A:-$B}", "opaque"),)),
        ("${A%.js}", (Part("${A%.js}", "opaque"),)),
        ('"$(cat "x y")"', (Part('$(cat "x y")', "opaque", None, True),)),
        ("$((1+(2)))a", (Part("$((1+(2)))", "opaque"), Part("a"))),
        ("`a 'b`", None),
        ("`a b`", (Part("`a b`", "opaque"),)),
        ("$@", (Part("$@", "opaque"),)),
        ("*.js", (Part("*", "opaque"), Part(".js"))),
        ("A=*.js", (Part("A=*.js"),)),
        ("~/x", (Part("~", "opaque"), Part("/x"))),
        ("a~", (Part("a~"),)),
        ("A=~/x", (Part("A="), Part("~", "opaque"), Part("/x"))),
        ("a\\ b", (Part("a"), Part(" ", quoted=True), Part("b"))),
        ("a\\\nb", (Part("ab"),)),
        ("''", (Part("", quoted=True),)),
    ],
)
def test_a_word_keeps_how_it_was_written(text: str, parts: tuple[Part, ...] | None) -> None:
    if parts is None:
        with pytest.raises(Exception, match="unclosed"):
            read_word(text, 0)
        return
    word, end = read_word(text, 0)
    assert word.parts == parts
    assert (word.raw, end) == (text, len(text))
    assert word.plain == all(part.kind == "literal" for part in parts)


def test_an_assignment_is_a_name_and_a_value_as_it_was_written() -> None:
    word = words("x A='b c'$D")[1]
    assert (word.name, word.value.text, word.value.raw) == ("A", "b c$D", "'b c'$D")
    assert word.value.start == 4
    assert [word.name for word in words("'A=b' A\\=b 1A=b A=b A= --a=b")] == ["", "", "", "A", "A", ""]


def test_a_value_behind_quotes_is_quoted_again() -> None:
    name, value = partition(words('"--a=b c$D"')[0])
    assert name == "--a"
    assert value is not None
    assert (value.text, value.raw) == ("b c$D", "'b c'\"${D}\"")
    assert partition(words("$A=b")[0])[1] is None


def test_redirections_have_their_file_descriptors_and_heredocs_their_bodies() -> None:
    tokens = lex("a 2>&1 >> log 3 <<-'E' | b\n\tc; d\n\tE\nf")
    redirections = [token for token in tokens if isinstance(token, Redirection)]
    assert [(r.fd, r.symbol, r.target and r.target.text, r.body) for r in redirections] == [
        ("2", ">&", "1", ""),
        ("", ">>", "log", ""),
        ("", "<<-", "E", "\tc; d\n"),
    ]
    assert texts(words("a 2>&1 >> log 3")) == ["a", "3"]
    assert [token.symbol for token in tokens if isinstance(token, Operator)] == ["|", "\n", "\n"]
    assert tokens[-1] == Word((Part("f"),), "f", "f", 36)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("a && b || c; d | e & f", ["a", "b", "c", "d", "e", "f"]),
        ("if a b; then c; elif d; else e; fi", ["a b", "c", "d", "e"]),
        ("while a; do b; done; c", ["a", "b", "c"]),
        ("for x in a b; do c; done", ["c"]),
        ("case $x in a|b) c;; (d) e;; esac; f", ["c", "e", "f"]),
        ("f() { a; }; (b; c)", ["a", "b", "c"]),
        ("[[ a && b ]] && c", ["c"]),
        ("A=1 a # b\n\n c", ["A=1 a", "c"]),
        ("! a > b c", ["a c"]),
        ("echo if fi", ["echo if fi"]),
        ("then ) ;; a", ["a"]),  # what no shell takes is read as far as it goes
    ],
)
def test_the_simple_commands_of_a_script(text: str, commands: list[str]) -> None:
    script = parse(text)
    assert [" ".join(texts(command.words)) for command in script.commands] == commands
    assert all(text[one.start : one.end].startswith(one.words[0].raw) for one in script.commands)


def test_the_items_of_a_script_and_what_joins_them() -> None:
    text = "a || true; cd x && (b) && c > d | e;\nf &"
    script = parse(text)
    assert [(text[item.start : item.end], item.command is not None, item.then) for item in script.items] == [
        ("a", True, "||"),
        ("true", True, ";"),
        ("cd x", True, "&&"),
        ("(b)", False, "&&"),
        ("c > d | e", False, ";"),
        ("f", True, "&"),
    ]
    assert parse("a; b && c").last == parse("a; b && c").items[1:]
    assert parse("a;").only is not None
    assert parse("a &").only is None


# options


def test_options_are_read_by_a_table_of_those_that_take_a_value() -> None:
    split = split_options(words("--a b --c=d -ef -g -- -h i")[:-2], {"--a", "-g"}, joined={"-e"})
    assert [(one.name, one.value and one.value.text) for one in split.options] == [
        ("--a", "b"),
        ("--c", "d"),
        ("-e", "f"),
        ("-g", "--"),
    ]
    split = split_options(words("-a b --c d -e"), {"-a"})
    assert (texts(split.rest), split.value("-a"), split.option("--c")) == (["d", "-e"], "b", split.options[1])
    assert split.option("-e") is None
    assert texts(split_options(words("-a -- -b"), ()).rest) == ["-b"]


def test_options_may_stand_behind_arguments() -> None:
    split = split_options(words("app -w 2 --reload --bind=$P -- -x"), AllBut(frozenset(("--reload",))), anywhere=True)
    assert texts(split.rest) == ["app", "-x"]
    assert [option.name for option in split.options] == ["-w", "--reload", "--bind"]
    assert split.options[2].value is not None
    assert split.options[2].value.raw == "$P"


# runners

RUNNERS = {
    **SHELL_RUNNERS,
    "manager": Runner(verbs=("run", "exec"), takes=("--dir", "-C")),
    "vars": Runner(assigns=True),
    "vars-shell": Runner(assigns=True, line=True),
    "runx": Runner(takes=("-p",), text=("-c",)),
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("manager run a b", "a b"),
        ("manager --dir x -q run -C y -- a -C", "a -C"),
        ("manager install", "manager install"),
        ("manager run", "manager run"),
        ("/usr/bin/env A=b manager exec a", "a"),
        ("vars A=b C=$D a", "a"),
        ("vars-shell A=b 'a $A' b", "a $A b"),
        ("runx -p c a", "a"),
        ("exec nohup time a", "a"),
        ("sh -c 'a && exec b c'", "b c"),
        ('bash -lc "manager run a --x"', "a --x"),
        ("bash -euo pipefail -c a", "a"),
        ("sh x.sh", "sh x.sh"),
        ("bash -c 'unclosed \"'", ""),
        ('["sh", "-c", "a $B"]', "a $B"),
        ("migrate && a", "a"),
        ("a | tee log", "a"),
        ("if [ -f x ]; then a; fi", "a"),
        ("A=b a > log &", "a"),
    ],
)
def test_the_program_that_a_command_is_in_the_end(text: str, found: str) -> None:
    assert " ".join(texts(program(parse(text), RUNNERS))) == found


def test_a_runner_gives_its_options_and_what_it_assigns() -> None:
    found = unwrap(words("vars -x A='b c' a"), RUNNERS)
    assert found is not None
    assert [word.value.text for word in found.assigned] == ["b c"]
    assert [option.name for option in found.options] == ["-x"]
    found = unwrap(words("manager run"), RUNNERS)
    assert found is not None
    assert (found.verb, found.is_empty) == ("run", True)
    assert unwrap(words("other a"), RUNNERS) is None


@pytest.mark.parametrize("text", ["a", "a b", "", "it's", "$A", "a=b,c", "ä", "a;b"])
def test_quotes_are_those_of_python(text: str) -> None:
    from shlex import quote

    assert quoted(text) == quote(text)
    assert words(literal(text).raw)[0].text == text
