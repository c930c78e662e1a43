"""What a state is to modules that only pass one on: the kind of value that it is."""

from typing import TypeVar

from llb.errors import Frozen, LLBError


class Handle(Frozen):
    """A state, its parts unknown: `llb.state.State` alone is one."""

    __slots__ = ()


H = TypeVar("H", bound=Handle)


def state_in(argument: str, value: H) -> H:
    """The state itself. Raises LLBError for what is none."""
    if not isinstance(value, Handle):
        raise LLBError(f"{argument}: {value!r} is not a state")
    return value
