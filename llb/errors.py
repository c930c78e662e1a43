"""The one error of the library, and the check that every text needs."""


class LLBError(ValueError):
    """The caller misused the library. The message names the argument, and what is wrong with it."""


def check_utf8(argument: str, value: str) -> str:
    """The text itself. Raises LLBError for what is no text, or cannot be UTF-8, which LLB's texts are."""
    if not isinstance(value, str):
        raise LLBError(f"{argument}: {value!r} is not a text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise LLBError(f"{argument}: {value!r} is not UTF-8") from None
    return value


def choice(argument: str, value: str, known: "dict[str, int]") -> int:
    """The number of a word. Raises LLBError for an unknown one."""
    if value not in known:
        raise LLBError(f"{argument}: {value!r} is not one of {', '.join(known)}")
    return known[value]


def int_in(argument: str, value: int, low: int, high: int) -> int:
    """The number. Raises LLBError when it is outside `low` to `high`."""
    if not isinstance(value, int):
        raise LLBError(f"{argument}: {value!r} is not a whole number")
    if not low <= value <= high:
        raise LLBError(
            f"{argument}: {value} is negative" if value < 0 <= low else f"{argument}: {value} is out of range"
        )
    return value
