"""The one error of the library, the checks that raise it, and what makes a value one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class LLBError(ValueError):
    """The caller misused the library. The message names the argument, and what is wrong with it."""


class Frozen:
    """A value: its attributes are set by `put` while it is made, or on its `opened` twin, and never again."""

    __slots__ = ()

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be set: it is a value")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be deleted: it is a value")

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        """For `copy` and `pickle`."""
        for name, value in state[1].items():
            put(self, name, value)


put = object.__setattr__


def opened(kind: type[T]) -> type[T]:
    """A class as a frozen one, but open: for values of many attributes, on which `put` would be slow.

    Whoever makes one ends with `value.__class__ = kind`.
    """
    return type(kind.__name__, (kind,), {"__slots__": (), "__setattr__": put, "__delattr__": object.__delattr__})


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


def check_words(argument: str, value: str) -> str:
    """The text itself, for a program to see. Raises LLBError for one with a NUL byte, which ends a text there."""
    if "\0" in check_utf8(argument, value):
        raise LLBError(f"{argument}: {value!r} has a NUL byte")
    return value


def check_bytes(argument: str, value: bytes) -> bytes:
    """The bytes themselves. Raises LLBError for what is none; a bytearray could change."""
    if not isinstance(value, bytes):
        raise LLBError(f"{argument}: it is of type {type(value).__name__}, not bytes")
    return value


def choice(argument: str, value: str, known: dict[str, int]) -> int:
    """The number of a word. Raises LLBError for an unknown one."""
    if not isinstance(value, str) or value not in known:
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


def items(argument: str, value: Iterable[T], *, ordered: bool = True) -> tuple[T, ...]:
    """What a list holds. Raises LLBError for a text, for what is no list, and where the order counts for a set."""
    if type(value) is tuple or type(value) is list:
        return tuple(value)
    if isinstance(value, str):
        raise LLBError(f"{argument}: {value!r} is a text, not a list")
    if ordered and isinstance(value, (set, frozenset)):
        raise LLBError(f"{argument}: a set has no order, which counts here; give a list")
    try:
        found = iter(value)
    except TypeError:
        found = None
    if found is None or isinstance(value, (bytes, bytearray, memoryview)):
        raise LLBError(f"{argument}: {value!r} is not a list")
    return tuple(found)


def pairs(argument: str, value: Mapping[str, T] | Iterable[tuple[str, T]]) -> tuple[tuple[str, T], ...]:
    """What a mapping or a list of pairs holds. Raises LLBError for anything else."""
    if isinstance(value, Mapping):
        return tuple(value.items())
    found = items(argument, value)
    for pair in found:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise LLBError(f"{argument}: {pair!r} is not a pair")
    return found
