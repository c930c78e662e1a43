"""Commands: shell text of a user, as the argument list that is executed.

Text that only needs words and quotes becomes an argument list, so the program itself is process 1. Text that uses the
shell (a variable, a pipe, `&&`) becomes `/bin/sh -c`, with `exec` put in front of its last command: the shell is then
replaced by the program, which gets the signals. Rules: POSIX, Shell Command Language, 2.2 (quoting) and 2.9 (commands).
"""

import json

from msgspec import Struct

from frontend.errors import Location, PlanError
from frontend.secrets.detection import is_secret
from frontend.secrets.masking import shown

OPERATORS = "|&;<>()"
EXPANDS = "$`"
GLOBS = "*?["
SUBSTITUTIONS = ("$(", "${", "`")
CLOSED_BY = {"$(": ")", "${": "}", "`": "`", '"': '"'}
RESERVED = frozenset(("if", "for", "while", "until", "case", "{", "!", "[[", "function", "then", "do"))
BUILTINS = frozenset(
    (".", "source", "cd", "export", "set", "unset", "ulimit", "umask", "trap", "eval", "exec", "exit", "test", "[")
)


class Command(Struct, frozen=True):
    """What is executed. `env` are assignments in front of the program; `shell` says that args is `/bin/sh -c …`."""

    args: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    shell: bool = False


class Word(Struct, frozen=True):
    """A word with its quotes removed. `plain` says that nothing in it is for the shell; `start` is its offset."""

    text: str
    plain: bool
    start: int
    assigns: bool = False


def parse(text: str, at: Location | None = None) -> Command:
    """The command that the text means: of a JSON list the words it holds, as a Dockerfile's CMD has them.

    Raises PlanError for an empty text, or a quote or substitution that is never closed.
    """
    text = text.replace("\\\n", " ").strip()
    listed = argument_list(text)
    if "\0" in text or any("\0" in word for word in listed or ()):
        raise PlanError("the command contains a NUL character", at=at, hint="remove it: arguments cannot contain NUL")
    if listed:
        return Command(listed)
    words, operators = lex("" if listed is not None else text, at)
    if not words:
        raise PlanError("the command is empty", at=at, hint="write the program and its arguments")
    env = assignments(words)
    program = words[len(env) :]
    if not program:
        raise PlanError(
            f'the command "{shown(text)}" starts no program', at=at, hint="write the program after the variables"
        )
    if not operators and all(word.plain for word in words) and program[0].text not in RESERVED | BUILTINS:
        return Command(tuple(word.text for word in program), env)
    if not operators and program[0].text == "exec" and len(program) > 1 and all(word.plain for word in words):
        return Command(tuple(word.text for word in program[1:]), env)
    if (opened := unclosed(text)) is not None:
        raise unfinished(text, opened, at)
    return Command(("/bin/sh", "-c", replaced_by_last(text, at)), (), True)


def argument_list(text: str) -> tuple[str, ...] | None:
    """The texts of a JSON list; None for what is none: `[ -f x ] && y` is a shell's."""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return tuple(value) if isinstance(value, list) and all(isinstance(word, str) for word in value) else None


def secret_variable(text: str) -> str | None:
    """The first variable that a command sets, anywhere in it, and that looks like a secret; None when there is none.

    A value that is a variable itself (`A_TOKEN=$B`) is none. What is no command is `parse`'s to tell.
    """
    if "=" not in text:
        return None
    try:
        words, _ = lex(text.replace("\\\n", " "))
    except PlanError:
        return None
    for word in words:
        name, _, value = word.text.partition("=")
        if word.assigns and value and not value.startswith(("$", "`")) and is_secret(name, value):
            return name
    return None


def split(text: str, at: Location | None = None) -> tuple[str, ...] | None:
    """The words of a text that needs no shell; None when it needs one. Raises PlanError as `parse` does."""
    command = parse(text, at)
    return None if command.shell or command.env else command.args


def assignments(words: list[Word]) -> tuple[tuple[str, str], ...]:
    """The `NAME=value` words in front of the program."""
    found = []
    for word in words:
        if not word.assigns:
            break
        name, _, value = word.text.partition("=")
        found.append((name, value))
    return tuple(found)


def replaced_by_last(text: str, at: Location | None = None) -> str:
    """The shell text, with `exec` before its last command where that is one simple command.

    Of a text that ends in a pipeline, a background job, a list with `||` or a compound command nothing is changed: none
    of them is one program that could take the shell's place.
    """
    words, operators = lex(text, at)
    tail = operators[last_list(operators) :]
    if any(symbol not in ("&&", ";", "\n") and not symbol.startswith((">", "<", "2>")) for symbol, _ in tail):
        return text
    joints = [(symbol, end) for symbol, end in operators if symbol in ("&&", ";", "\n")]
    start = joints[-1][1] if joints else 0
    if any(word.text in RESERVED for word in words if word.plain):
        return text
    last = [word for word in words if word.start >= start]
    assigned = 0
    for word in last:
        if not word.assigns:
            break
        assigned += 1
    if assigned == len(last) or last[assigned].text in BUILTINS:
        return text
    # `exec env A=b program`: assignments before exec itself would not reach the program in every shell
    place = last[0].start
    return f"{text[:place]}exec {'env ' if assigned else ''}{text[place:]}"


def last_list(operators: list[tuple[str, int]]) -> int:
    """The index of the first operator of a text's last list: those after the last `;` or line end outside of ( )."""
    depth = begin = 0
    for index, (symbol, _) in enumerate(operators):
        depth += {"(": 1, ")": -1}.get(symbol, 0)
        if symbol in (";", "\n") and depth == 0:
            begin = index + 1
    return begin


def lex(text: str, at: Location | None = None) -> tuple[list[Word], list[tuple[str, int]]]:
    """The words of a shell text, and its operators as (symbol, offset after it). Comments are dropped."""
    words: list[Word] = []
    operators: list[tuple[str, int]] = []
    position = 0
    while position < len(text):
        char = text[position]
        if char in " \t\r":
            position += 1
        elif char == "#":
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        elif char == "\n" or char in OPERATORS:
            symbol = (
                text[position : position + 2]
                if text[position : position + 2] in ("&&", "||", ">>", "<<", ";;")
                else char
            )
            position += len(symbol)
            operators.append((symbol, position))
        else:
            word, position = read_word(text, position, at)
            words.append(word)
    return words, operators


def read_word(text: str, start: int, at: Location | None) -> tuple[Word, int]:
    """The word that starts at an offset, and the offset after it."""
    parts: list[str] = []
    plain = True
    assigns_at = -1
    quoted = False
    position = start
    while position < len(text):
        char = text[position]
        if char in " \t\r\n" or char in OPERATORS:
            break
        if char == "'":
            end = text.find("'", position + 1)
            if end < 0:
                raise unfinished(text, "'", at)
            parts.append(text[position + 1 : end])
            position, quoted = end + 1, True
        elif char == '"':
            inner, expands, position = double_quoted(text, position + 1, at)
            parts.append(inner)
            plain, quoted = plain and not expands, True
        elif char == "\\" and position + 1 < len(text):
            parts.append(text[position + 1])
            position, quoted = position + 2, True
        else:
            if char == "=" and assigns_at < 0 and not quoted and is_name("".join(parts)):
                assigns_at = position
            # in an assignment no file names are looked for
            if (
                char in EXPANDS
                or (char in GLOBS and assigns_at < 0)
                or (char == "~" and position in (start, assigns_at + 1))
            ):
                plain = False
            parts.append(char)
            position += 1
    return Word("".join(parts), plain, start, assigns_at >= 0), position


def double_quoted(text: str, position: int, at: Location | None) -> tuple[str, bool, int]:
    """The text up to the closing quote, whether the shell would expand it, and the offset after the quote."""
    parts: list[str] = []
    expands = False
    while position < len(text):
        char = text[position]
        if char == '"':
            return "".join(parts), expands, position + 1
        if char == "\\" and text[position + 1 : position + 2] in ("$", "`", '"', "\\"):
            parts.append(text[position + 1])
            position += 2
            continue
        expands = expands or char in EXPANDS
        parts.append(char)
        position += 1
    raise unfinished(text, '"', at)


def unclosed(text: str) -> str | None:
    """The first `$(`, `${` or backtick that a shell text does not close; None when all are."""
    if not any(sign in text for sign in SUBSTITUTIONS):
        return None
    opened: list[tuple[str, str]] = []  # what was opened, what closes it
    position = 0
    while position < len(text):
        char = text[position]
        closing = opened[-1][1] if opened else ""
        step = 1
        if char == "\\":
            step = 2
        elif closing and char == closing:
            opened.pop()
        elif char == "'" and closing != '"':
            end = text.find("'", position + 1)
            step = end + 1 - position if end > 0 else len(text)
        elif char == "#" and closing != '"' and text[position - 1 : position] in (*"\n \t;&|(", ""):
            end = text.find("\n", position)
            step = end - position if end > 0 else len(text)
        elif text[position : position + 2] in CLOSED_BY:
            opened.append((text[position : position + 2], CLOSED_BY[text[position : position + 2]]))
            step = 2
        elif char in CLOSED_BY or (char == "(" and closing == ")"):
            opened.append((char, CLOSED_BY.get(char, ")")))
        position += step
    return next((sign for sign, _ in opened if sign in SUBSTITUTIONS), None)


def unfinished(text: str, quote: str, at: Location | None) -> PlanError:
    closing = CLOSED_BY.get(quote, quote)
    return PlanError(f"the command has an unclosed {quote}: {shown(text)}", at=at, hint=f"add the closing {closing}")


def is_name(text: str) -> bool:
    """Whether the text is a variable name."""
    return bool(text) and text.replace("_", "a").isalnum() and text.isascii() and not text[0].isdigit()
