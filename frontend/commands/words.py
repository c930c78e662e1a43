"""The words and operators of a shell text. A word keeps how it was written: what is quoted, and what a shell expands.

Rules: POSIX, Shell Command Language, 2.2 (quoting), 2.3 (tokens), 2.6 (expansions), 2.7 (redirections).
"""

from typing import Literal

from msgspec import Struct, structs

from frontend.errors import Location, PlanError
from frontend.secrets.masking import shown

BLANKS = " \t\r"
CONTROL = ("&&", "||", ";;", "&", "|", ";", "(", ")", "\n")  # between commands; longer ones first
HEREDOCS = ("<<", "<<-")
REDIRECTS = ("<<<", "<<-", "<<", "<&", "<>", ">>", ">&", ">|", "<", ">")
ENDS_WORD = frozenset(" \t\r\n|&;<>()")
SPECIAL = frozenset("'\"\\$`*?[~")  # what ends a run of ordinary characters inside of a word
STOPS = ENDS_WORD | SPECIAL
GLOBS = "*?["
CLOSED_BY = {"$(": ")", "${": "}", "`": "`", '"': '"'}
PARAMETERS = frozenset("@*#?-$!0123456789")  # $@, $1 and the like


class Part(Struct, frozen=True):
    """A piece of a word.

    `text` is, for a "literal", its characters with their quotes removed; for a "variable" its name; for what is
    "opaque" (a command substitution, arithmetic, `${A%b}`, a file pattern, a home directory) the text as written.
    `default` is that of `${NAME:-default}`. `quoted` parts are neither split into words nor seen as patterns.
    """

    text: str
    kind: Literal["literal", "variable", "opaque"] = "literal"
    default: str | None = None
    quoted: bool = False


class Word(Struct, frozen=True):
    """A word: `text` has its quotes removed and its expansions as written, `raw` is all as written.

    `start` is its offset in the text. `name` is the variable that a word NAME=value assigns, "" for other words: a
    quoted or escaped `=` assigns nothing.
    """

    parts: tuple[Part, ...]
    text: str
    raw: str
    start: int = 0
    name: str = ""

    @property
    def end(self) -> int:
        """The offset behind the word, in the text that it was read from."""
        return self.start + len(self.raw)

    @property
    def plain(self) -> bool:
        """Whether `text` is what a program gets: nothing in the word is for a shell to expand."""
        return all(part.kind == "literal" for part in self.parts)

    @property
    def value(self) -> "Word":
        """The value of an assignment, or of an option `--name=value`; an empty word where there is no `=`."""
        return partition(self)[1] or Word((), "", "", self.end)


class Operator(Struct, frozen=True):
    """An operator between commands: one of CONTROL."""

    symbol: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.start + len(self.symbol)


class Redirection(Struct, frozen=True):
    """A redirection: `fd` in front of it ("" for the usual one), its symbol, and what it names.

    `target` is None where the text has none. `body` is a heredoc's text. `end` is behind the target.
    """

    symbol: str
    fd: str
    target: Word | None
    start: int
    end: int
    body: str = ""


Token = Word | Operator | Redirection


def lex(text: str, at: Location | None = None) -> tuple[Token, ...]:
    """The tokens of a shell text. Comments and line continuations are left out, heredocs are in their redirection.

    Raises PlanError for a quote or substitution that is never closed.
    """
    tokens: list[Token] = []
    heredocs: list[int] = []  # indexes of redirections whose bodies begin behind the next line end
    position = 0
    while position < len(text):
        char = text[position]
        if char in BLANKS:
            position += 1
        elif text.startswith("\\\n", position):
            position += 2
        elif char == "#":
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        elif char in "<>":
            tokens.append(redirection := _redirection(text, position, position, at))
            heredocs += [len(tokens) - 1] if redirection.symbol in HEREDOCS else []
            position = redirection.end
        elif char in ENDS_WORD:
            symbol = next(symbol for symbol in CONTROL if text.startswith(symbol, position))
            tokens.append(Operator(symbol, position))
            position += len(symbol)
            if symbol == "\n":
                position = _read_heredocs(text, position, tokens, heredocs)
                heredocs = []
        else:
            word, position = read_word(text, position, at)
            if word.raw.isdigit() and text[position : position + 1] in ("<", ">"):  # the fd of a redirection
                tokens.append(redirection := _redirection(text, word.start, position, at))
                heredocs += [len(tokens) - 1] if redirection.symbol in HEREDOCS else []
                position = redirection.end
            else:
                tokens.append(word)
    return tuple(tokens)


def _redirection(text: str, start: int, position: int, at: Location | None) -> Redirection:
    """The redirection whose fd, if any, is at `start`, and whose symbol is at `position`."""
    symbol = next(symbol for symbol in REDIRECTS if text.startswith(symbol, position))
    end = position + len(symbol)
    after = end
    while text[after : after + 1] in (" ", "\t"):
        after += 1
    if after >= len(text) or text[after] in ENDS_WORD:
        return Redirection(symbol, text[start:position], None, start, end)
    target, end = read_word(text, after, at)
    return Redirection(symbol, text[start:position], target, start, end)


def _read_heredocs(text: str, position: int, tokens: list[Token], indexes: list[int]) -> int:
    """Puts the bodies that begin at an offset into their redirections. Returns the offset behind the last of them."""
    for index in indexes:
        token = tokens[index]
        assert isinstance(token, Redirection)
        start = position
        end = len(text)
        while position < len(text):
            stop = text.find("\n", position)
            stop = len(text) if stop < 0 else stop
            line = text[position:stop].rstrip("\r")
            if (line.lstrip("\t") if token.symbol == "<<-" else line) == (token.target.text if token.target else ""):
                end, position = position, stop
                break
            position = min(stop + 1, len(text))
        tokens[index] = structs.replace(token, body=text[start:end])
        position += text.startswith("\n", position) and index != indexes[-1]
    return position


# --- one word ---------------------------------------------------------------------------------------------------------


def read_word(text: str, start: int, at: Location | None = None) -> tuple[Word, int]:
    """The word that starts at an offset, and the offset behind it."""
    position = start
    while position < len(text) and text[position] not in STOPS:
        position += 1
    if position == len(text) or text[position] in ENDS_WORD:  # as most words are
        plain = text[start:position]
        name = plain.partition("=")[0] if "=" in plain else ""
        return Word((Part(plain),), plain, plain, start, name if is_name(name) else ""), position
    parts: list[Part] = []
    texts: list[str] = []
    position = start
    while position < len(text) and text[position] not in ENDS_WORD:
        if text.startswith("\\\n", position):
            position += 2
            continue
        assigned = _assigned(parts)
        for part, piece in (found := _pieces(text, position, at))[0]:
            if part.kind == "opaque" and not part.quoted and not _is_expanded(piece, assigned, parts):
                part = Part(piece)
            _add(parts, part)
            texts.append(piece)
        position = found[1]
    return Word(tuple(parts), "".join(texts), text[start:position], start, _assigned(parts)), position


def _pieces(text: str, position: int, at: Location | None) -> tuple[list[tuple[Part, str]], int]:
    """What begins at an offset inside of a word: parts, each with its text as a word has it; and the offset behind."""
    char = text[position]
    if char == "'":
        end = text.find("'", position + 1)
        if end < 0:
            raise unfinished(text, "'", at)
        inner = text[position + 1 : end]
        return [(Part(inner, quoted=True), inner)], end + 1
    if char == '"':
        return _double_quoted(text, position + 1, at)
    if char == "\\" and position + 1 < len(text):
        return [(Part(text[position + 1], quoted=True), text[position + 1])], position + 2
    if char in "$`":
        part, end = _expansion(text, position, False, at)
        return [(part, text[position:end])], end
    if char in SPECIAL - {"\\"}:
        return [(Part(char, "opaque"), char)], position + 1
    end = position + 1
    while end < len(text) and text[end] not in SPECIAL and text[end] not in ENDS_WORD:
        end += 1
    return [(Part(text[position:end]), text[position:end])], end


def _is_expanded(piece: str, assigned: str, parts: list[Part]) -> bool:
    """Whether an unquoted piece is for a shell: in an assignment no file names are looked for, `~` begins a word."""
    if piece in GLOBS:
        return not assigned
    if piece == "~":
        return not parts or (bool(assigned) and len(parts) == 1 and parts[0].text == f"{assigned}=")
    return True


def _add(parts: list[Part], part: Part) -> None:
    """Appends a part; two literal ones that are written alike become one."""
    last = parts[-1] if parts else None
    if last is not None and last.kind == part.kind == "literal" and last.quoted == part.quoted:
        parts[-1] = structs.replace(last, text=last.text + part.text)
    else:
        parts.append(part)


def _assigned(parts: list[Part]) -> str:
    """The name of the variable that a word of these parts assigns; "" for none."""
    first = parts[0] if parts else None
    if first is None or first.kind != "literal" or first.quoted or "=" not in first.text:
        return ""
    name = first.text.partition("=")[0]
    return name if is_name(name) else ""


def _double_quoted(text: str, position: int, at: Location | None) -> tuple[list[tuple[Part, str]], int]:
    """The parts up to the closing double quote, each with its text, and the offset behind the quote."""
    found: list[tuple[Part, str]] = []
    literal: list[str] = []

    def flush() -> None:
        if literal or not found:
            inner = "".join(literal)
            found.append((Part(inner, quoted=True), inner))
            literal.clear()

    while position < len(text):
        char = text[position]
        if char == '"':
            flush()
            return found, position + 1
        if char == "\\" and text[position + 1 : position + 2] in ("$", "`", '"', "\\", "\n"):
            literal.append(text[position + 1].strip("\n"))
            position += 2
        elif char in "$`":
            if literal:
                flush()
            part, end = _expansion(text, position, True, at)
            found.append((part, text[position:end]))
            position = end
        else:
            literal.append(char)
            position += 1
    raise unfinished(text, '"', at)


def _expansion(text: str, position: int, quoted: bool, at: Location | None) -> tuple[Part, int]:
    """The expansion that begins with the `$` or backtick at an offset, and the offset behind it."""
    sign = text[position : position + 2] if text[position] == "$" else "`"
    if sign in CLOSED_BY:
        end = _closing(text, position)
        if end < 0:
            raise unfinished(text, sign, at)
        inside = text[position + 2 : end - 1]
        name, dash, default = inside.partition(":-")
        if sign == "${" and is_name(name) and (dash or inside == name) and not set(default) & set("$`\"'\\"):
            return Part(name, "variable", default if dash else None, quoted), end
        return Part(text[position:end], "opaque", None, quoted), end
    end = position + 1
    while end < len(text) and is_name(text[position + 1 : end + 1]):
        end += 1
    if end > position + 1:
        return Part(text[position + 1 : end], "variable", None, quoted), end
    end += text[end : end + 1] in PARAMETERS
    return Part(text[position:end], "opaque", None, quoted), end


def _closing(text: str, position: int) -> int:
    """The offset behind what closes the `$(`, `${` or backtick at an offset; -1 when nothing does."""
    closers: list[str] = []
    while position < len(text):
        char = text[position]
        closing = closers[-1] if closers else ""
        step = 1
        if char == "\\":
            step = 2
        elif closing and char == closing:
            closers.pop()
            if not closers:
                return position + 1
        elif char == "'" and closing != '"':
            end = text.find("'", position + 1)
            step = end + 1 - position if end > 0 else len(text)
        elif char == "#" and closing in (")", "`") and text[position - 1] in "\n \t;&|(":
            end = text.find("\n", position)
            step = end - position if end > 0 else len(text)
        elif text[position : position + 2] in CLOSED_BY:
            closers.append(CLOSED_BY[text[position : position + 2]])
            step = 2
        elif char in CLOSED_BY or (char == "(" and closing == ")"):
            closers.append(CLOSED_BY.get(char, ")"))
        position += step
    return -1


def unfinished(text: str, opening: str, at: Location | None) -> PlanError:
    """The error for a quote or substitution that is never closed."""
    return PlanError(
        f"the command has an unclosed {opening}: {shown(text)}",
        at=at,
        hint=f"add the closing {CLOSED_BY.get(opening, opening)}",
    )


# --- making and taking apart ------------------------------------------------------------------------------------------


def literal(text: str) -> Word:
    """The word that a program gets as this text, whatever is in it."""
    return Word((Part(text, quoted=True),), text, quoted(text))


def partition(word: Word, mark: str = "=") -> tuple[str, Word | None]:
    """The literal text in front of a mark and the word behind it; all of the text and None where there is no mark.

    What is expanded before the mark hides it: what `$A=b` names is not known.
    """
    before = ""
    for index, part in enumerate(word.parts):
        if part.kind != "literal":
            break
        head, found, tail = part.text.partition(mark)
        before += head
        if found:
            rest = (structs.replace(part, text=tail),) if tail or part.quoted else ()
            parts = (*rest, *word.parts[index + 1 :])
            length = len(before) + len(mark)
            as_written = word.raw.startswith(f"{before}{mark}")
            raw = word.raw[length:] if as_written else "".join(map(_written, parts))
            return before, Word(parts, word.text[length:], raw, word.start + length if as_written else word.start)
    return word.text, None


def _written(part: Part) -> str:
    """A part as a shell reads it back."""
    if part.kind == "literal":
        return quoted(part.text) if part.text else ""
    text = part.text
    if part.kind == "variable":
        text = f"${{{text}}}" if part.default is None else f"${{{text}:-{part.default}}}"
    return f'"{text}"' if part.quoted else text


def quoted(text: str) -> str:
    """A text as one word of a shell. The same as Python's shlex.quote, whose module costs an import."""
    safe = text.isascii() and text and all(char.isalnum() or char in "_@%+=:,./-" for char in text)
    return text if safe else "'" + text.replace("'", "'\"'\"'") + "'"


def is_name(text: str) -> bool:
    """Whether a text is the name of a variable."""
    return bool(text) and text.replace("_", "a").isalnum() and text.isascii() and not text[0].isdigit()
