"""The frontend image's one file of modules: what is in it, and that its modules are as those of files."""

import marshal
import os
import re
import subprocess
import sys
from pathlib import Path
from re import _compiler  # type: ignore[attr-defined]
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "image"))
import pack  # noqa: E402 - image/ is no package: its files run by path
import patterns  # noqa: E402

IMPORTED = """\
import sys
started = set(sys.modules)
sys.path[:0] = %r
from frontend.gateway import lean
lean.start()
import frontend.build, frontend.languages.node, frontend.languages.python, frontend.context.local, frontend.lower.layers
import frontend.result.image, frontend.result.labels, frontend.result.result, frontend.result.start
for name, module in list(sys.modules.items()):
    spec = None if name in started else getattr(module, "__spec__", None)
    if spec and spec.origin != "frozen" and str(spec.origin).endswith(".py"):
        print(name)
"""
PROGRAM = """\
import os, sys
import frontend.tool.part as part
from frontend import tool, texts
print(__name__, __package__, part.WORD, tool.__path__, part.__file__, texts.__spec__.name)
print(os.path.exists(part.__file__))
import ordinary
print(ordinary.WORD)
try:
    part.fails()
except ZeroDivisionError as error:
    print(error.__traceback__.tb_next.tb_frame.f_code.co_filename)
for name in ("frontend.tool.broken", "frontend.absent", "frontend.out", "ordinary.part"):
    sys.modules["frontend.out"] = None
    try:
        __import__(name)
    except (ImportError, ZeroDivisionError) as error:
        print(type(error).__name__, error, name in sys.modules)
import frontend
import frontend.tool.whole.inner as inner
print(inner.NAME, frontend.tool.whole.inner is inner)
from frontend import replaced
print(replaced)
"""
LOOKED_UP = """\
import re
code = re._compiler._code
def _code(*_): raise AssertionError("compiled")
re._compiler._code = _code
from frontend import told
print(told.DIGITS.fullmatch("12")[0], told.DIGITS.groupindex)
re._compiler._code = code
print(re.compile("[a-c]").findall("abd"))
"""


def test_every_module_of_a_build_is_in_the_one_file() -> None:
    """A module that is not costs each build the search for it: `image/pack.py` names the packages."""
    program = IMPORTED % [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    line = [sys.executable, "-I", "-S", "-c", program]
    names = subprocess.run(line, check=True, capture_output=True, text=True).stdout.split()
    tops = {name.partition(".")[0] for name in names}
    assert "frontend" in tops
    assert tops <= pack.BUNDLED_APP | pack.BUNDLED_LIBRARY


def run(directory: Path, sources: dict[str, str], compiled: dict[str, bytes]) -> list[str]:
    """What a program of the image's shape prints whose modules, all in the one file, have these sources."""
    modules: dict[Path, tuple[str, bytes]] = {}
    for name, text in sources.items():
        source, target = directory / "source.py", directory / "source.pyc"
        source.write_text(text)
        pack.compile_module(source, target, Path("/image", name))
        module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        modules[Path("/image", name).with_suffix(".pyc")] = module, target.read_bytes()[pack.HEADER_BYTES :]
    (directory / "modules").write_bytes(pack.bundle(modules, compiled))
    pack.compile_module(ROOT / "image" / "start.py", directory / "start.pyc", Path("/image/start.py"))
    line = [sys.executable, "-I", "-S", "-B", str(directory / "start.pyc")]
    done = subprocess.run(line, check=False, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_modules_of_the_one_file_are_as_those_of_files(tmp_path: Path) -> None:
    (tmp_path / "ordinary.py").write_text("WORD = 'ordinary'\n")  # beside it
    sources = {
        "frontend/__init__.py": "",
        "frontend/__main__.py": PROGRAM,
        "frontend/texts.py": "",
        "frontend/tool/__init__.py": "",
        "frontend/tool/part.py": "WORD = 'part'\ndef fails(): 1 / 0\n",
        "frontend/tool/broken.py": "1 / 0\n",
        "frontend/out.py": "",
        "frontend/tool/whole/__init__.py": "from frontend.tool.whole import inner\n",
        "frontend/tool/whole/inner.py": "from . import __name__ as NAME\n",
        "frontend/replaced.py": "import sys\nsys.modules[__name__] = 'another'\n",
    }
    assert run(tmp_path, sources, {}) == [
        "__main__ frontend part ['/image/frontend/tool'] /image/frontend/tool/part.pyc frontend.texts",
        "False",
        "ordinary",
        "/image/frontend/tool/part.py",
        "ZeroDivisionError division by zero False",
        "ModuleNotFoundError No module named 'frontend.absent' False",
        "ModuleNotFoundError import of frontend.out halted; None in sys.modules True",
        "ModuleNotFoundError No module named 'ordinary.part'; 'ordinary' is not a package False",
        "frontend.tool.whole True",
        "another",
    ]


def compiled_patterns(names: str, *directories: str) -> patterns.Compiled:
    """What `image/patterns.py` makes of the patterns of modules."""
    line = [sys.executable, "-I", "-S", str(ROOT / "image" / "patterns.py"), *directories]
    done = subprocess.run(line, check=True, capture_output=True, input=names.encode())
    found: patterns.Compiled = marshal.loads(done.stdout)
    return found


def test_patterns_are_compiled_as_re_does() -> None:
    names = ("frontend.rules.ports", "frontend.languages.node.imports", "json.scanner")
    found = compiled_patterns(" ".join(names), str(ROOT), *sys.path)
    assert set(names) <= set(found)
    for own in found.values():
        for (pattern, flags), arguments in own.items():
            assert _compiler._sre.compile(*arguments) == re.compile(pattern, flags)


def test_a_module_finds_its_patterns_compiled(tmp_path: Path) -> None:
    told = 'import re\nDIGITS = re.compile(r"(?P<all>\\d+)", re.ASCII)\n'
    (tmp_path / "told.py").write_text(told)
    own = marshal.dumps(compiled_patterns("told", str(tmp_path))["told"])
    library = {f"re/{file.name}": file.read_text() for file in Path(re.__file__).parent.glob("*.py")}
    sources = {"frontend/__init__.py": "", "frontend/__main__.py": LOOKED_UP, "frontend/told.py": told, **library}
    assert run(tmp_path, sources, {"frontend.told": own}) == ["12 {'all': 1}", "['a', 'b']"]


def test_patterns_that_a_plan_compiles_are_among_them() -> None:
    found = compiled_patterns("frontend.build", str(ROOT), *sys.path)
    assert {"fnmatch", "frontend.context.patterns", "frontend.deploy.dockerfile"} <= set(found)
    assert any(".env" in pattern for pattern, _ in found["frontend.context.patterns"] if isinstance(pattern, str))


TYPED = """\
from __future__ import annotations

from collections.abc import Iterator

def given(a: Missing, /, b: int = 1, *c: Missing, d: "Missing", **e: Missing) -> Iterator[Missing]:
    local: Missing
    def inner(value: Missing) -> None: raise KeyError(value)
    yield inner

class Value:
    name: str
    def method(self, other: Missing) -> Missing: return other
"""


@pytest.mark.parametrize("source", [TYPED, TYPED.partition("\n\n")[2]])  # texts, and what would be evaluated
def test_our_modules_are_compiled_without_the_types_of_functions(tmp_path: Path, source: str) -> None:
    (tmp_path / "typed.py").write_text(source)
    pack.compile_module(tmp_path / "typed.py", tmp_path / "typed.pyc", Path("/opt/migetpacks/frontend/typed.py"))
    namespace: dict[str, Any] = {"__name__": "typed"}
    exec(marshal.loads((tmp_path / "typed.pyc").read_bytes()[pack.HEADER_BYTES :]), namespace)
    given, value = namespace["given"], namespace["Value"]
    (inner,) = given(1, 2, 3, d=4, e=5)
    assert [one.__annotations__ for one in (given, inner, value.method)] == [{}] * 3
    assert list(value.__annotations__) == ["name"]
    with pytest.raises(KeyError) as error:
        inner(1)
    place = error.traceback[-1]
    assert (str(place.path), place.lineno) == ("/opt/migetpacks/frontend/typed.py", inner.__code__.co_firstlineno - 1)


def test_other_modules_keep_them(tmp_path: Path) -> None:
    (tmp_path / "typed.py").write_text("def given(a: int) -> str: ...\n")
    pack.compile_module(tmp_path / "typed.py", tmp_path / "typed.pyc", Path("/opt/migetpacks/pydantic/typed.py"))
    namespace: dict[str, Any] = {"__name__": "typed"}
    exec(marshal.loads((tmp_path / "typed.pyc").read_bytes()[pack.HEADER_BYTES :]), namespace)
    assert namespace["given"].__annotations__ == {"a": int, "return": str}
