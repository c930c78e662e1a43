"""What a JavaScript or TypeScript file imports when it is loaded, whatever happens then: its top-level imports.

An import in a function, a condition, `import()` or a comment is none. The text is searched for what opens and closes,
and for the words that matter; all else is passed over. Where a text cannot be followed to its end (JSX, a regular
expression taken for a division), what was found is not `sure`.
Sources: https://tc39.es/ecma262/#sec-imports, https://nodejs.org/api/modules.html#requireid
"""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

MARK = re.compile(  # what the search stops at
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<open>[{`])|(?P<close>\})|(?P<slash>/)|(?P<end>;)|(?P<broken>["'])
    |(?P<branch>\?|&&|\|\||=>(?!\s*\{)|(?<![\w$.])(?:if|else|for|while|switch|case|with|do)(?![\w$]))
    |(?P<declares>\n\s*(?=(?:const|let|var|function|class)\b))
    |(?P<word>(?<![\w$.\#])(?:import|export|require)(?![\w$]))""",
    re.VERBOSE | re.DOTALL,
)
CLAUSE = r"(?:[\w$\s,*{}]|//[^\n]*\n|/\*.*?\*/)*?"  # `a, { b as c }`, `* as d`
NAMED = r"""(?P<quote>["'])(?P<name>[^"'\n\\]+)(?P=quote)"""
IMPORT = re.compile(
    rf"import\s*(?:(?P<type>type\b(?!\s*(?:,|from\b)))?(?P<clause>{CLAUSE})(?<![\w$])from\s*)?{NAMED}", re.DOTALL
)
EXPORT = re.compile(
    r"export\s*(?P<type>type\s+)?(?P<clause>\*(?:\s*as\s+(?:[\w$]+|\"[^\"]*\"|'[^']*'))?|\{[^{}]*\})\s*from\s*" + NAMED
)
REQUIRE = re.compile(rf"require\s*\(\s*{NAMED}\s*\)")
TYPES_ONLY = re.compile(r"\s*\{(?:\s*type\s+[^,{}]+,?)+\s*\}\s*")
REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)
BEFORE_REGEX = frozenset("return typeof case in of delete void throw new do else instanceof await yield".split())
AFTER_VALUE = re.compile(r"(?:[\w$)\]}\"'`])\Z")
CONTINUED = re.compile(r"\s*[),;:.?&|=\]]")  # behind a `}` that ends an object, not a statement
JOINED = re.compile(r"[=,(\[{?:&|+<>!~%^*/-]\s*\Z|(?<![\w$])(?:await|new|typeof|void)\s*\Z")  # a line that goes on


class Import(Struct, frozen=True):
    """A top-level import: `name` as it is written, `line` from 1. `static` is `import` and `export … from`, which
    Node.js resolves in its own way; others are `require`. `sure` says that the file cannot be loaded without it."""

    name: str
    line: int
    static: bool
    sure: bool = True


@cache
def top_level(text: str) -> tuple[Import, ...]:
    """The top-level imports of a text, in their order. A template's `${}` counts as what is not top-level."""
    found: list[Import] = []
    conditional = False  # within a statement: behind `?`, `&&`, `if`, an arrow
    try:
        for mark, depth in marks(text):
            match mark.lastgroup:
                case "close" | "end" | "branch" | "declares" if depth:
                    pass
                case "branch":
                    conditional = True
                case "end":
                    conditional = False
                case "close":
                    conditional = conditional and CONTINUED.match(text, mark.end()) is not None
                case "declares":
                    goes_on = JOINED.search(text[max(0, mark.start() - 40) : mark.start()])
                    conditional = conditional and goes_on is not None
                case "word" if not depth and (one := imported(text, mark, conditional=conditional)) is not None:
                    found.append(one)
    except ValueError:
        return tuple(Import(one.name, one.line, one.static, sure=False) for one in found)
    return tuple(found)


def marks(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """What a text has of MARK, outside of regular expressions and templates, and how deep in braces it is: the brace
    that opens is outside, as is the one that closes. Raises ValueError for a text that does not end as it should."""
    nested: list[str] = []  # "{" or, of a template's `${`, "`"
    position = 0
    while (mark := MARK.search(text, position)) is not None:
        position = mark.end()
        depth = len(nested)
        if mark.lastgroup == "broken":
            raise ValueError("a text without an end")
        if mark.lastgroup == "slash":
            regex = REGEX.match(text, mark.start()) if begins_regex(text, mark.start()) else None
            position = regex.end() if regex else position
            continue
        closed = nested.pop() if mark[0] == "}" and nested else ""
        if mark[0] == "`" or closed == "`":
            position = template(text, position, nested)
        elif mark[0] == "{":
            nested.append("{")
        yield mark, depth - bool(closed)
    if nested:
        raise ValueError("a brace without an end")


def imported(text: str, mark: re.Match[str], *, conditional: bool) -> Import | None:
    """What an `import`, `export` or `require` loads; None for nothing, or where it may not be run."""
    start = mark.start()
    line = text.count("\n", 0, start) + 1
    if mark[0] == "require":
        call = REQUIRE.match(text, start)
        return Import(call["name"], line, static=False) if call is not None and not conditional else None
    statement = (IMPORT if mark[0] == "import" else EXPORT).match(text, start)
    if statement is None or statement["type"]:
        return None
    sure = TYPES_ONLY.fullmatch(statement["clause"] or "") is None  # whether it is erased is a setting
    return Import(statement["name"], line, static=True, sure=sure)


def skeleton(text: str) -> str:
    """What a text has outside of braces, comments and texts. Raises ValueError as `marks` does."""
    kept: list[str] = []
    position = 0
    for mark, depth in marks(text):
        if not depth:
            kept.append(text[position : mark.start()])
            kept.append({"comment": " ", "text": '""'}.get(mark.lastgroup or "", mark[0]))
        position = mark.end()
    kept.append(text[position:])
    return "".join(kept)


def template(text: str, position: int, nested: list[str]) -> int:
    """The position behind a piece of a template that begins here: its end, or `${`, which `nested` then has.

    Raises ValueError for a template without an end.
    """
    piece = TEMPLATE.match(text, position)
    end = piece.end() if piece else position
    if text.startswith("${", end):
        nested.append("`")
        return end + 2
    if not text.startswith("`", end):
        raise ValueError("a template without an end")
    return end + 1


def begins_regex(text: str, position: int) -> bool:
    """Whether a "/" begins a regular expression: it does where no value can stand in front of it."""
    before = text[max(0, position - 80) : position].rstrip()
    if not AFTER_VALUE.search(before):
        return True
    word = re.search(r"(?<![\w$.])[a-z]+\Z", before)
    return word is not None and word[0] in BEFORE_REGEX
