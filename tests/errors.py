"""What users are told when a build fails or is doubtful: how tests look at it, and how its texts are kept for review.

Tests check an error's class, its place and the names and values in it (`fails`). Its words are kept in
tests/golden/errors/ROOM.txt: an example of every error and warning of frontend/ROOM as a user reads it. They are those
that the unit tests meet: while these run, `Recorder` notes each error with the call that made it. `make golden` writes
them, `make unit` compares them. A call that no unit test reaches is listed in `unreached.txt`: a new one is seen in the
diff.
"""

from __future__ import annotations

import ast
import functools
import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest

from frontend import errors
from frontend.errors import BuildError
from frontend.plan import model

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
GOLDEN = Path(__file__).resolve().parent / "golden" / "errors"
UNREACHED = "unreached.txt"
CLASSES = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, BuildError)}
WARNING = "Warning"
TYPICAL = 160  # characters of an example that reads well
WORDS = 3  # literal words that make a message one and the same whatever its values are


class Caught:
    """The error of a `with fails(…)` block: `error` once the block has ended."""

    error: BuildError

    def __str__(self) -> str:
        return str(self.error)


@contextmanager
def fails(
    kind: type[BuildError] = BuildError, *names: str, at: str | None = None, hides: tuple[str, ...] = ()
) -> Iterator[Caught]:
    """A block that raises an error of that class.

    `names` are file names, values and commands that its text must have, in message or hint: what a user has to know,
    never how it is said. `at` is its place, "FILE", "FILE:LINE", "" for none; None where any will do. `hides` is what
    no part of it may have.
    """
    caught = Caught()
    with pytest.raises(BuildError) as info:
        yield caught
    caught.error = info.value
    check(caught.error, kind, *names, at=at, hides=hides)


def check(
    error: BuildError,
    kind: type[BuildError] = BuildError,
    *names: str,
    at: str | None = None,
    hides: tuple[str, ...] = (),
) -> None:
    """Asserts the same of an error at hand."""
    text = str(error)
    assert isinstance(error, kind), f"{type(error).__name__}: {text}"
    assert at is None or str(error.at or "") == at, f"at {error.at}: {text}"
    missing = [name for name in names if name not in text]
    assert not missing, f"{missing} not in: {text}"
    shown = [secret for secret in hides if secret in text]
    assert not shown, f"{shown} shown in: {text}"


# --- the calls that make errors


class Call(NamedTuple):
    """A call of an error's class in the source: where, and its message with `{…}` for what is filled in."""

    room: str
    kind: str
    template: str
    first: int
    last: int

    @property
    def is_one_text(self) -> bool:
        """Whether its message is always the same but for names and values."""
        return len(re.findall(r"[A-Za-z]{2,}", re.sub(r"\{[^}]*\}", " ", self.template))) >= WORDS

    def __str__(self) -> str:
        return f"{self.room}: {self.kind}: {self.template}"


def room(path: Path) -> str:
    """The room of a module: its directory below frontend, "build" for those beside build.py."""
    return "-".join(path.relative_to(FRONTEND).parent.parts) or "build"


def template(node: ast.expr) -> str:
    """A message as it is written."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"  # type: ignore[attr-defined]
            for part in node.values
        )
    return f"{{{ast.unparse(node)}}}"


@functools.cache
def calls(path: Path) -> tuple[Call, ...]:
    """The calls of a module."""
    text = path.read_text()
    if not re.search(r"(Error|Warning)\(", text):
        return ()
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            kind = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            place = {WARNING: 1}.get(kind, 0)
            if (kind in CLASSES or kind == WARNING) and len(node.args) > place:
                message = " ".join(template(node.args[place]).split())
                found.append(Call(room(path), kind, message, node.lineno, node.end_lineno or node.lineno))
    return tuple(found)


def modules() -> list[Path]:
    """The modules of frontend."""
    return sorted(path for path in FRONTEND.rglob("*.py") if "pb" not in path.parts)


# --- what the tests meet


class Met(NamedTuple):
    """An error or warning that was made: by which line of which file, and its text."""

    file: str
    line: int
    text: str


class Recorder:
    """Notes every error and warning that is made in frontend, while it is installed."""

    def __init__(self) -> None:
        self.met: set[Met] = set()
        self.waiting: list[tuple[str, int, BuildError | model.Warning]] = []

    def install(self) -> None:
        """Starts to note: errors by their constructor, warnings by the name under which modules make them."""
        made, recorder = BuildError.__init__, self

        def init(error: BuildError, *args: Any, **keywords: Any) -> None:
            made(error, *args, **keywords)
            recorder.note(sys._getframe(1), error)

        def warn(*args: Any, **keywords: Any) -> model.Warning:
            warning = model.Warning(*args, **keywords)
            recorder.note(sys._getframe(1), warning)
            return warning

        BuildError.__init__ = init  # type: ignore[method-assign,assignment]
        for path in modules():
            if re.search(r"\bWarning\(\S", path.read_text()) or re.search(
                r"\bWarning\($", path.read_text(), re.MULTILINE
            ):
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                module = importlib.import_module(name)
                if module is not model:
                    vars(module)[WARNING] = warn

    def note(self, frame: FrameType | None, value: BuildError | model.Warning) -> None:
        """Keeps an error with the line that made it, until the test is over: it may be changed on its way out."""
        while frame is not None and frame.f_code.co_filename == errors.__file__:
            frame = frame.f_back  # a class of errors has its own constructor
        if frame is not None and frame.f_code.co_filename.startswith(str(FRONTEND)):
            self.waiting.append((frame.f_code.co_filename, frame.f_lineno, value))

    def end(self, *, kept: bool) -> None:
        """Takes down the texts of a test that has ended, or forgets them."""
        if kept:
            self.met.update(Met(file, line, rendered(value)) for file, line, value in self.waiting)
        self.waiting.clear()


def rendered(value: BuildError | model.Warning) -> str:
    """An error or warning as a user reads it."""
    if isinstance(value, BuildError):
        return f"error: {value}"
    place = f"\n  {value.at}" if value.at else ""
    hint = f"\nhint: {value.hint}" if value.hint else ""
    return f"warning: {value.message}{place}{hint}"


def texts(met: set[Met]) -> dict[str, str]:
    """The golden files by name."""
    examples: dict[tuple[Call, str], str] = {}
    for one in sorted(met):
        call = found(Path(one.file), one.line)
        if call is not None and not re.search(r"/tmp/|/root|/home", one.text):
            hint = one.text.partition("\nhint: ")[2].partition(" ")[0]  # "did you mean", or "known: "
            key = (call._replace(first=0, last=0), hint + ("" if call.is_one_text else skeleton(one.text)))
            examples[key] = min(examples.get(key, one.text), one.text, key=preference)
    rooms: dict[str, set[str]] = {}
    for (call, _), text in examples.items():
        rooms.setdefault(call.room, set()).add(f"# {call.kind}\n{text}\n")
    files = {f"{name}.txt": "\n".join(sorted(entries, key=order)) for name, entries in rooms.items()}
    reached = {call for call, _ in examples}
    every = {call._replace(first=0, last=0) for path in modules() for call in calls(path)}
    files[UNREACHED] = "".join(f"{call}\n" for call in sorted(every - reached))
    return files


def found(path: Path, line: int) -> Call | None:
    """The call at a line, the innermost where there are several; None when the line has none."""
    at = [call for call in calls(path) if call.first <= line <= call.last]
    return min(at, key=lambda call: call.last - call.first, default=None)


def skeleton(text: str) -> str:
    """The words of a text without what is filled in: quoted texts, and words that are no plain words."""
    head = re.sub(r'"[^"\n]*"', '""', text.partition("\n  ")[0].partition("\nhint:")[0])
    return " ".join(word for word in head.split() if re.fullmatch(r"[a-z]+'?[a-z]*[,;:.]?", word))


def preference(text: str) -> tuple[bool, bool, int, str]:
    """Sorts the example that reads best first: with its place, of printable text, neither short nor long."""
    return "\n  " not in text, not text.isascii() or "\\" in text, abs(len(text) - TYPICAL), text


def order(entry: str) -> tuple[str, str]:
    """Sorts by the text below the heading."""
    heading, _, text = entry.partition("\n")
    return text, heading


def differences(files: dict[str, str]) -> list[str]:
    """The golden files that are not as they should be."""
    kept = {path.name: path.read_text() for path in GOLDEN.glob("*.txt")}
    return sorted(name for name in kept.keys() | files.keys() if kept.get(name) != files.get(name))


def write(files: dict[str, str]) -> None:
    """Rewrites the golden files."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for path in GOLDEN.glob("*.txt"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (GOLDEN / name).write_text(text)
