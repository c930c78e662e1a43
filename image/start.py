"""Starts the frontend of the image, with the modules that most builds import in one file (`image/pack.py` writes it).

Looking a module up in the file system, opening and reading it takes longer than running a small one. Here it is a slice
of a file that is open already. Modules that are not in the file, and extension modules, are imported as always: every
module is also where it would be without this, and `python3 frontend/__main__.pyc` starts the same frontend.
"""

import _frozen_importlib as importing  # of importlib.machinery, which imports much more
import os
import sys
from _frozen_importlib import ModuleSpec
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType
    from typing import Any

APP = os.path.dirname(os.path.abspath(__file__))
HEAD_BYTES = 4


class Modules:
    """Finds and loads the modules of one file: the length of the index (4 bytes, little-endian), the index, the code.

    The index is `{name: (offset in the code, length, length of its patterns, path, is a package)}`; it, each module's
    code and the patterns behind it are as `marshal` writes them. `path` is where the module's own file is: its
    `__file__`, and a package's directory in `__path__`. The patterns are regular expressions that the module compiles
    when it is imported, compiled: what `re` took milliseconds for is looked up (`image/patterns.py` has the format).
    """

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        size = int.from_bytes(os.read(self._fd, HEAD_BYTES), "little")
        self._index: dict[str, tuple[int, int, int, str, bool]] = loads(os.read(self._fd, size))  # noqa: S302 - the image's own
        self._begin = HEAD_BYTES + size
        self._patterns: dict[Any, Any] = {}

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """The import system's question for a module; None for one that is not in the file."""
        entry = self._index.get(name)
        if entry is None:
            return None
        _, _, _, path, is_package = entry
        loader: Any = self  # has what import takes of importlib.abc.Loader, whose import costs more than ours
        spec = ModuleSpec(name, loader, origin=path, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [path.rpartition("/")[0]]
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """The import system makes the module."""

    def exec_module(self, module: "ModuleType") -> None:
        """Runs the code of a module in it."""
        exec(self.get_code(module.__name__), module.__dict__)  # noqa: S102 - what importing is
        if module.__name__ == "re._compiler":
            self._look_up_patterns(module)

    def get_code(self, name: str) -> "CodeType":
        """The code of a module of the file; its patterns are known from now on."""
        offset, size, more, _, _ = self._index[name]
        data = os.pread(self._fd, size + more, self._begin + offset)
        if more:
            self._patterns.update(loads(data[size:]))  # noqa: S302
        code: CodeType = loads(data)  # noqa: S302
        return code

    def find_and_load(
        self, otherwise: "Callable[[str, Callable[[str], Any]], ModuleType]"
    ) -> "Callable[[str, Callable[[str], Any]], ModuleType]":
        """What the interpreter calls to import a module that was not: `otherwise`, but for modules of the file.

        The import system's own way looks for finders, takes a lock for each module and has a dozen calls for each: a
        tenth of the time of importing ours. There is one thread here, so that no module needs a lock.
        """
        index, modules, new = self._index, sys.modules, type(sys)

        def load(name: str, import_: "Callable[[str], Any]") -> "ModuleType":
            if name not in index or name in modules:  # with None there: it cannot be imported, which `otherwise` says
                return otherwise(name, import_)
            parent, _, own = name.rpartition(".")
            if parent and parent not in modules:
                import_(parent)
                if name in modules:  # by the parent
                    return modules[name]
            spec = self.find_spec(name)
            assert spec is not None
            module = new(name)
            module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
            module.__package__ = name if spec.submodule_search_locations else parent
            if spec.submodule_search_locations:
                module.__path__ = spec.submodule_search_locations
            modules[name] = module
            try:
                self.exec_module(module)
            except BaseException:
                del modules[name]
                raise
            module = modules[name]  # what it put there itself
            if parent:
                setattr(modules[parent], own, module)
            return module

        return load

    def _look_up_patterns(self, compiler: "Any") -> None:
        """Has the compiler of `re` take a pattern of the file where it is there."""
        patterns, compile_anew, make = self._patterns, compiler.compile, compiler._sre.compile

        def known_or_new(pattern: object, flags: int = 0) -> object:
            known = patterns.get((pattern, flags))
            return make(*known) if known is not None else compile_anew(pattern, flags)

        compiler.compile = known_or_new


if __name__ == "__main__":
    sys.path.insert(0, APP)
    modules = Modules(f"{APP}/modules")
    sys.meta_path.insert(0, modules)
    system: "Any" = importing  # of C: typed without what is private in it
    system._find_and_load = modules.find_and_load(system._find_and_load)
    __package__ = "frontend"
    exec(modules.get_code("frontend.__main__"), globals())  # noqa: S102 - runs as the program: its __name__ is ours
