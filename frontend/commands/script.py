"""A user's text as commands: what runs after what, what needs a shell, and the argument list that is executed.

Text that only needs words and quotes becomes an argument list, so the program itself is process 1. Text that uses the
shell (a variable, a pipe, `&&`) becomes `/bin/sh -c`, with `exec` put in front of its last command: the shell is then
replaced by the program, which gets the signals. Rules: POSIX, Shell Command Language, 2.9 (commands), 2.4 (reserved
words).
"""

from collections.abc import Iterable

from msgspec import Struct, structs

from frontend.commands.words import HEREDOCS, Operator, Redirection, Token, Word, lex, literal
from frontend.errors import Location, PlanError
from frontend.secrets.masking import shown

CLOSERS = {"if": "fi", "while": "done", "until": "done", "for": "done", "select": "done", "case": "esac", "{": "}"}
CONTINUES = frozenset(("then", "elif", "else", "do", "!"))  # a command follows
RESERVED = frozenset((*CLOSERS, *CLOSERS.values(), *CONTINUES, "[[", "function"))
BUILTINS = frozenset(  # of the shell itself, and no programs in an image: none could take the shell's place
    (
        *(".", ":", "[", "source", "alias", "bg", "break", "builtin", "cd", "command", "continue", "declare", "eval"),
        *("exec", "exit", "export", "fg", "getopts", "hash", "jobs", "kill", "let", "local", "popd", "pushd", "read"),
        *("readonly", "return", "set", "shift", "shopt", "test", "times", "trap", "type", "typeset", "ulimit", "umask"),
        *("unalias", "unset", "wait"),
    )
)
PATTERN = "a pattern of case"  # what a `)` ends inside of `case … esac`
OPENED_BY = {")": "(", "esac": "case", "fi": "if", "done": "do", "}": "{", "]]": "[["}
JOINS = ("&&", "||", "|")  # operators that need a command behind them
LONGEST_BYTES = 131_071  # of one argument of a program: Linux refuses longer ones (MAX_ARG_STRLEN)
SHELL = ("/bin/sh", "-c")
ENV_PROGRAMS = ("/usr/bin/env", "/bin/env")
ENDS = ("", ";", "\n")  # what may stand behind the last command of a text


class Command(Struct, frozen=True):
    """A simple command. `words` are its assignments, then its program and arguments; `end` is behind all of it."""

    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...]
    start: int
    end: int

    @property
    def assignments(self) -> tuple[Word, ...]:
        """The words NAME=value in front of the program."""
        count = next((index for index, word in enumerate(self.words) if not word.name), len(self.words))
        return self.words[:count]

    @property
    def program(self) -> tuple[Word, ...]:
        """The program and its arguments; () for assignments alone."""
        return self.words[len(self.assignments) :]


class Item(Struct, frozen=True):
    """What stands between two of the operators `&&`, `||`, `;`, `&` and line end, outside of compound commands.

    `command` is None for what is more than one simple command: a pipeline, a subshell, a compound command. `then` is
    the operator behind it, "" at the end of the text.
    """

    start: int
    end: int
    command: Command | None
    then: str = ""


class Script(Struct, frozen=True):
    """A text as a shell reads it.

    `commands` are all simple commands in their order, also those inside of pipelines and compound commands. `defines`
    says that there is a function. Of a JSON list `text` is the words as a shell would be given them.
    """

    text: str
    items: tuple[Item, ...]
    commands: tuple[Command, ...]
    defines: bool = False

    @property
    def only(self) -> Command | None:
        """The one simple command that the text is; None when it is anything else."""
        return self.items[0].command if len(self.items) == 1 and self.items[0].then in ENDS else None

    @property
    def last(self) -> tuple[Item, ...]:
        """The last list: the items behind the last `;` or line end, which `&&`, `||` and `&` join."""
        first = len(self.items) - 1
        while first > 0 and self.items[first - 1].then not in ENDS:
            first -= 1
        return self.items[first:]

    @property
    def has_heredoc(self) -> bool:
        """Whether a command has a heredoc: its body stands behind the command's line, outside of its offsets."""
        return any(one.symbol in HEREDOCS for command in self.commands for one in command.redirections)


class ExecForm(Struct, frozen=True):
    """What is executed. `env` are assignments in front of the program; `shell` says that args is `/bin/sh -c …`.

    `dir` is the working directory that a `cd` in front of the program enters, "" for none.
    """

    args: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    shell: bool = False
    dir: str = ""

    @property
    def with_env(self) -> tuple[str, ...]:
        """The argument list that sets the variables itself, by `env`."""
        return ("env", *(f"{name}={value}" for name, value in self.env), *self.args) if self.env else self.args


def parse(text: str, at: Location | None = None) -> Script:
    """The script of a user's text; of a JSON list the one command it holds, as a Dockerfile's CMD has it.

    Raises PlanError, at the place of the text, for an empty one, a quote, substitution or compound command that is
    never closed, an operator with nothing behind it, variables without a program, a NUL character, and a list of
    anything but texts.
    """
    text = _stripped(text)
    listed = _argument_list(text, at)
    if "\0" in text or any("\0" in word for word in listed or ()):
        raise PlanError("the command contains a NUL character", at=at, hint="remove it: arguments cannot contain NUL")
    script = of_words(map(literal, listed)) if listed is not None else structured(text, lex(text, at), at)
    if not script.items:
        raise PlanError("the command is empty", at=at, hint="write the program and its arguments")
    programs = [command.program for command in script.commands]
    if not any(programs) or (listed is not None and not listed[0]):
        hint = "write the program after the variables"
        raise PlanError(f'the command "{shown(text)}" starts no program', at=at, hint=hint)
    return script


def of_command(text: str, at: Location | None = None) -> Script:
    """The script of a text that a process or a build step is given as one argument at most.

    Raises PlanError as `parse` does, and for one that is too long to be an argument: it would never start.
    """
    size = len(text.encode("utf-8", "replace"))
    if size > LONGEST_BYTES:
        raise PlanError(
            f"the command is {size:,} bytes long; Linux starts no program with an argument of more than "
            f"{LONGEST_BYTES:,} bytes",
            at=at,
            hint="write it into a script of the app, and name that",
        )
    return parse(text, at)


def of_words(words: Iterable[Word]) -> Script:
    """The script of one command whose words are these; no item for no words."""
    placed: list[Word] = []
    position = 0
    for word in words:
        placed.append(structs.replace(word, start=position))
        position += len(word.raw) + 1
    if not placed:
        return Script("", (), ())
    command = Command(tuple(placed), (), 0, position - 1)
    return Script(" ".join(word.raw for word in placed), (Item(0, position - 1, command),), (command,))


def exec_form(script: Script) -> ExecForm:
    """The argument list of a script that is only words; `/bin/sh -c` of any other."""
    command = script.only
    if command is not None and not command.redirections and all(word.plain for word in command.words):
        program = command.program
        if program[0].text == "exec" and len(program) > 1 and not program[1].text.startswith("-"):
            program = program[1:]
        if program[0].text not in BUILTINS or is_listed(script):
            env = tuple((word.name, word.value.text) for word in command.assignments)
            return ExecForm(tuple(word.text for word in program), env)
    return ExecForm((*SHELL, with_exec(script)), (), True)


def without_env(args: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
    """A command without the `env NAME=value` in front of it, and what that sets."""
    if args[0] not in ("env", *ENV_PROGRAMS):
        return args, {}
    given: dict[str, str] = {}
    for index, word in enumerate(args[1:], 1):
        name, equals, value = word.partition("=")
        if not equals:
            return (args[index:], given) if not word.startswith("-") else (args, {})
        given[name] = value
    return args, {}


def is_listed(script: Script) -> bool:
    """Whether a script is of a JSON list, or of words in quotes: no word has a meaning for the shell."""
    return all(part.quoted for command in script.commands for word in command.words for part in word.parts)


def with_exec(script: Script) -> str:
    """The text, with `exec` before its last command where that is one simple command.

    Of a text that ends in a pipeline, a compound command, or a list with `||` or a background job nothing is changed:
    none of them is one program that could take the shell's place. A function is none, either.
    """
    last = script.items[-1].command
    if last is None or script.defines or script.items[-1].then not in ENDS:
        return script.text
    if any(item.then in ("||", "&") for item in script.last):
        return script.text
    if not last.program or last.program[0].text in BUILTINS:
        return script.text
    # `exec env A=b program`: assignments before exec itself would not reach the program in every shell
    place = last.words[0].start
    return f"{script.text[:place]}exec {'env ' if last.assignments else ''}{script.text[place:]}"


def _stripped(text: str) -> str:
    """A text without the blanks around it, and without line continuations at its end."""
    short = text.strip()
    backslashes = len(short) - len(short.rstrip("\\"))
    continued = backslashes % 2 == 1 and text.lstrip()[len(short) :].startswith("\n")
    return _stripped(short[:-1]) if continued else short


def _argument_list(text: str, at: Location | None) -> tuple[str, ...] | None:
    """The texts of a JSON list; None for what is none: `[ -f x ] && y` is a shell's."""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        if not text[1:].lstrip().startswith('"'):
            return None
        hint = 'write it as: ["PROGRAM", "ARGUMENT"], or without the brackets'
        raise PlanError(
            f"the command looks like a JSON list, but is not valid JSON: {shown(text)}", at=at, hint=hint
        ) from error
    wrong = next((word for word in value if not isinstance(word, str)), None) if isinstance(value, list) else None
    if wrong is not None or (isinstance(value, list) and None in value):
        hint = (
            f'write each word in double quotes: "{shown(json.dumps(wrong))}"'
            if not isinstance(wrong, list | dict)
            else ""
        )
        raise PlanError(
            f"the command list contains {shown(json.dumps(wrong))}, which is not a string",
            at=at,
            hint=hint or "write each word in double quotes",
        )
    return tuple(value) if isinstance(value, list) else None


# --- the grammar ------------------------------------------------------------------------------------------------------


def structured(text: str, tokens: tuple[Token, ...], at: Location | None) -> Script:
    """The script of a text's tokens. Raises PlanError for one that ends before its last command does.

    What else no shell would accept is read as far as it goes: the shell tells of it.
    """
    reader = _Reader()
    for index, token in enumerate(tokens):
        if isinstance(token, Word):
            reader.word(token)
        elif isinstance(token, Redirection):
            reader.touch(token.start, token.end)
            reader.redirections.append(token)
        else:
            reader.operator(token, tokens[index + 1] if index + 1 < len(tokens) else None)
    reader.end_item("")
    last = next((one for one in reversed(tokens) if not (isinstance(one, Operator) and one.symbol == "\n")), None)
    if isinstance(last, Operator) and last.symbol in JOINS:
        message = f"the command ends in {last.symbol}: {shown(text)}"
        raise PlanError(message, at=at, hint=f"add the command behind {last.symbol}, or remove it")
    if reader.closers:
        closer = "esac" if reader.closers[-1] == PATTERN else reader.closers[-1]
        message = f"the command has an unclosed {OPENED_BY[closer]}: {shown(text)}"
        raise PlanError(message, at=at, hint=f"add the closing {closer}")
    return Script(text, tuple(reader.items), tuple(reader.commands), reader.defines)


class _Reader:
    """Where in the grammar a text is, token by token."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.commands: list[Command] = []
        self.defines = False
        self.words: list[Word] = []  # of the command that is being read
        self.redirections: list[Redirection] = []
        self.closers: list[str] = []  # of the compound commands around, innermost last
        self.header = ""  # the word that ends the head of a `for` or `case`; none of its words is a command
        self.skip = 0  # words that are no command: a function's name
        self.start = self.end = -1  # of the item
        self.mixed = False  # the item is more than one simple command

    def touch(self, start: int, end: int) -> None:
        """Notes that the item reaches from here to there."""
        self.start = start if self.start < 0 else self.start
        self.end = end

    def word(self, word: Word) -> None:
        """A word: of a command, or a reserved one where a command may begin."""
        self.touch(word.start, word.end)
        top = self.closers[-1] if self.closers else ""
        if self.header:
            self.closers += [PATTERN] * (self.header == "in" == word.text)
            self.header = "" if word.text == self.header else self.header
        elif top == "]]" or top == PATTERN:
            ends = word.text == ("]]" if top == "]]" else "esac")
            self.closers = self.closers[: len(self.closers) - ends * (1 if top == "]]" else 2)]
        elif self.skip:
            self.skip -= 1
        elif not self.words and word.raw in RESERVED:
            self.reserved(word.raw)
        else:
            self.words.append(word)

    def reserved(self, text: str) -> None:
        """A reserved word where a command may begin."""
        self.mixed = True
        if text in CLOSERS:
            self.closers.append(CLOSERS[text])
            self.header = {"for": "do", "select": "do", "case": "in"}.get(text, "")
        elif text == "[[":
            self.closers.append("]]")
        elif text == "function":
            self.defines, self.skip = True, 1
        elif self.closers and self.closers[-1] == text:
            self.closers.pop()

    def operator(self, operator: Operator, following: Token | None) -> None:
        """An operator ends a command, and an item where no compound command is open."""
        symbol = operator.symbol
        top = self.closers[-1] if self.closers else ""
        if self.header or top == "]]":
            self.touch(operator.start, operator.end)
        elif symbol == "(":
            self.opened(operator, following)
        elif symbol == ")":
            self.mixed = True
            self.end_command()
            if top in (PATTERN, ")"):
                self.closers.pop()
            self.touch(operator.start, operator.end)
        elif symbol in ("|", ";;") or top:
            self.end_command()
            self.mixed = True
            self.closers += [PATTERN] * (symbol == ";;" and top == "esac")
            self.touch(operator.start, operator.end)
        else:
            self.end_item(symbol)

    def opened(self, operator: Operator, following: Token | None) -> None:
        """A `(`: of a subshell, of a function's `name()`, or in front of a pattern of `case`."""
        self.touch(operator.start, operator.end)
        self.mixed = True
        if self.closers[-1:] == [PATTERN]:
            return
        if len(self.words) == 1 and isinstance(following, Operator) and following.symbol == ")":
            self.words.clear()
            self.defines = True
        self.end_command()
        self.closers.append(")")

    def end_command(self) -> None:
        """Ends the simple command that is being read, if there is one."""
        if self.words:
            start = min([self.words[0].start, *(one.start for one in self.redirections[:1])])
            end = max([self.words[-1].end, *(one.end for one in self.redirections[-1:])])
            self.commands.append(Command(tuple(self.words), tuple(self.redirections), start, end))
        self.words.clear()
        self.redirections.clear()

    def end_item(self, then: str) -> None:
        """Ends an item, if there is one."""
        count = len(self.commands)
        self.end_command()
        if self.start >= 0:
            command = self.commands[-1] if len(self.commands) > count and not self.mixed else None
            self.items.append(Item(self.start, self.end, command, then))
        self.start = self.end = -1
        self.mixed = False
