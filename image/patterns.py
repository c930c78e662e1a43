"""Compiles the regular expressions of modules; `image/pack.py` puts them beside the modules' code.

    python -I -S image/patterns.py DIR... < NAMES

Imports the named modules from the directories. Writes, as `marshal` does, what `re` makes of each pattern that a module
compiles while it is imported: `{module: {(pattern, flags): arguments of _sre.compile}}`.
"""

import marshal
import sys
from collections.abc import Iterable
from importlib import import_module
from re import _compiler  # type: ignore[attr-defined]  # where a pattern becomes code for `_sre`
from types import SimpleNamespace
from typing import Any

Compiled = dict[str, dict[tuple[str | bytes, int], tuple[Any, ...]]]


def compiled(names: Iterable[str]) -> Compiled:
    """The patterns of modules, and of those that these import."""
    found: Compiled = {}
    sre = _compiler._sre

    def compile(pattern: str | bytes, flags: int, code: list[int], *groups: Any) -> Any:
        asked = frame = sys._getframe(1)
        while frame.f_back and frame.f_globals["__name__"] in ("re", "re._compiler"):
            frame = frame.f_back
        patterns = found.setdefault(frame.f_globals["__name__"], {})
        patterns[pattern, int(asked.f_locals["flags"])] = (pattern, int(flags), [int(one) for one in code], *groups)
        return sre.compile(pattern, flags, code, *groups)

    _compiler._sre = SimpleNamespace(**{**vars(sre), "compile": compile})
    try:
        for name in names:
            import_module(name)
    finally:
        _compiler._sre = sre
    return found


if __name__ == "__main__":
    sys.path[:0] = sys.argv[1:]
    sys.stdout.buffer.write(marshal.dumps(compiled(sys.stdin.read().split())))
