"""The app's files, Python's own among them read in the encoding that they declare."""

from frontend.context import readers
from frontend.context.tree import SourceTree, SubTree
from frontend.errors import Location, SourceError
from frontend.texts import is_utf8

UNREADABLE = (
    "\0"  # stands for a Python file in no encoding that Python reads: no module, like any text that is not Python
)


class CodeTree(SubTree):
    """Another tree, whose Python files are read in the encoding that they declare.

    One in no encoding that Python reads is UNREADABLE: nothing imports it, and what is started is read by `strict`.
    Source: https://peps.python.org/pep-0263/
    """

    def __init__(self, whole: SourceTree) -> None:
        super().__init__(whole, "")

    def read_text(self, path: str) -> str | None:
        data = self.read_bytes(path) if path.endswith(".py") else None
        if data is None:
            return super().read_text(path)
        try:
            return strict(self.at(path, 1), data)
        except SourceError:
            return UNREADABLE


def strict(at: Location, data: bytes) -> str:
    """The text of a Python file, whose first line is `at`. Raises SourceError where Python cannot read it."""
    return decoded(at, data) if declares_encoding(data) else readers.text(at.file, data)


def declares_encoding(data: bytes) -> bool:
    """Whether the first two lines may declare an encoding other than UTF-8."""
    head = b"\n".join(data.split(b"\n", 2)[:2]).lower()
    return b"coding" in head and b"utf-8" not in head


def decoded(at: Location, data: bytes) -> str:
    """The text of a Python file, whose first line is `at`, in the encoding that it declares.

    Raises SourceError when it is not in that.
    """
    from io import BytesIO
    from tokenize import detect_encoding

    try:
        text = data.decode(detect_encoding(BytesIO(data).readline)[0])
        if not is_utf8(text):
            raise ValueError("an unpaired surrogate")
    except (SyntaxError, LookupError, ValueError) as error:
        raise SourceError(
            f"{at.file} is not in the encoding it declares: {error}", at=at, hint="save it as UTF-8"
        ) from error
    return text
