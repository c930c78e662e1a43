"""The one error of the library."""


class LLBError(ValueError):
    """The caller misused the library. The message names the argument, and what is wrong with it."""
