"""The frontend image's one file of modules: what is in it, and that its modules are as those of files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "image"))
import pack  # noqa: E402 - image/ is no package: its files run by path

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
"""


def test_every_module_of_a_build_is_in_the_one_file() -> None:
    """A module that is not costs each build the search for it: `image/pack.py` names the packages."""
    program = IMPORTED % [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    line = [sys.executable, "-I", "-S", "-c", program]
    names = subprocess.run(line, check=True, capture_output=True, text=True).stdout.split()
    tops = {name.partition(".")[0] for name in names}
    assert "frontend" in tops
    assert tops <= pack.BUNDLED_APP | pack.BUNDLED_LIBRARY


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A program of the image's shape, whose modules are in the one file; `ordinary` is beside it."""
    modules: dict[Path, tuple[str, bytes]] = {}
    sources = {
        "frontend/__init__.py": "",
        "frontend/__main__.py": PROGRAM,
        "frontend/texts.py": "",
        "frontend/tool/__init__.py": "",
        "frontend/tool/part.py": "WORD = 'part'\ndef fails(): 1 / 0\n",
    }
    for name, text in sources.items():
        source, compiled = tmp_path / "source.py", tmp_path / "source.pyc"
        source.write_text(text)
        pack.compile_module(source, compiled, Path("/image", name))
        module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        modules[Path("/image", name).with_suffix(".pyc")] = module, compiled.read_bytes()[pack.HEADER_BYTES :]
    (tmp_path / "modules").write_bytes(pack.bundle(modules))
    (tmp_path / "ordinary.py").write_text("WORD = 'ordinary'\n")
    pack.compile_module(ROOT / "image" / "start.py", tmp_path / "start.pyc", Path("/image/start.py"))
    return tmp_path


def test_modules_of_the_one_file_are_as_those_of_files(app: Path) -> None:
    line = [sys.executable, "-I", "-S", "-B", str(app / "start.pyc")]
    done = subprocess.run(line, check=False, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "__main__ frontend part ['/image/frontend/tool'] /image/frontend/tool/part.pyc frontend.texts",
        "False",
        "ordinary",
        "/image/frontend/tool/part.py",
    ]
