"""Packs Python, its standard library and the frontend into a root filesystem that holds nothing else.

    python image/pack.py OUT --app DIR...

Run in an image that has Python and the app's dependencies. OUT gets:

    /usr/local/bin/python3, /usr/local/lib/python3.N/   the interpreter, compiled standard library, extension modules
    /opt/migetpacks/                                    the contents of each --app DIR, compiled
    /opt/migetpacks/start.pyc, modules                  the program, and what most builds import, in one file
    /opt/migetpacks/first                               the first requests of a build, ready to be sent
    the shared libraries all of that needs, and the loader, at the loader's own paths
    /etc/passwd, /etc/group, /tmp                       the user the image runs as where BuildKit does not start it

Modules are stored as bytecode only (`x.pyc` in place of `x.py`): nothing is compiled, checked or looked up beside it at
start. Works for an interpreter under /usr/local (the Docker Official Image) as for one under /usr (Debian's).
"""

from __future__ import annotations

import argparse
import marshal
import os
import py_compile
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

import bare

# What of the standard library no frontend can use: test suites, other programs, GUI, build tools, TLS (BuildKit is
# reached by pipe), databases; `_test*` extensions. A name is a module, a package or an extension module.
LEFT_OUT_NAMES = (
    "__phello__ _ctypes _curses _curses_panel _dbm _gdbm _hashlib _pyrepl _sqlite3 _ssl _sysconfigdata _tkinter "
    "_xxtestfuzz antigravity cProfile ctypes curses dbm dist-packages ensurepip idlelib imaplib lib2to3 mailbox "
    "msilib nis nntplib ossaudiodev poplib profile pstats pydoc pydoc_data readline site-packages sitecustomize "
    "smtplib spwd sqlite3 ssl tabnanny telnetlib test this tkinter turtle turtledemo unittest venv webbrowser "
    "wsgiref xmlrpc xxlimited xxlimited_35 xxsubtype"
)
LEFT_OUT = frozenset(LEFT_OUT_NAMES.split())
# What of the image is also in the one file that `image/start.py` reads: packages (whole) and modules by their top name.
# Each is imported by every build, or stands in a package that is; a test compares.
OURS = frozenset(("frontend", "llb"))
BUNDLED_APP = OURS | {"google", "msgspec"}
BUNDLED_LIBRARY_NAMES = (
    "__future__ _weakrefset collections contextlib copyreg datetime enum fnmatch functools hashlib importlib json "
    "keyword operator re reprlib threading types typing warnings"
)
BUNDLED_LIBRARY = frozenset(BUNDLED_LIBRARY_NAMES.split())
HEADER_BYTES = 16  # of a .pyc, before its code
UNCHECKED = 1  # in that header: it has a hash of the source, which is never compared
HEAD_BYTES = 4  # of that file: the length of its index
SKIPPED_SUFFIXES = (".pyi", ".exe", ".a", ".md", ".rst", ".txt", ".c", ".h", ".pyx", ".pxd", ".proto")
SKIPPED_DIRS = frozenset(("__pycache__", "tests", "test", "bin"))
APP = Path("/opt/migetpacks")
PREFIX = Path("/usr/local")
USER_ID = 65532
PASSWD = f"nonroot:x:{USER_ID}:{USER_ID}:nonroot:/:/sbin/nologin\n"
GROUP = f"nonroot:x:{USER_ID}:\n"
OPTIMIZE = 2  # without docstrings and asserts: a third less to read at start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--app", type=Path, action="append", required=True)
    args = parser.parse_args()
    root = Root(args.out)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = PREFIX / "lib" / version
    stdlib = Path(sysconfig.get_path("stdlib"))
    binaries = [root.copy(interpreter(), PREFIX / "bin/python3")]
    binaries += root.add_tree(stdlib, library, skip=is_left_out)
    binaries += root.add_tree(stdlib / "lib-dynload", library / "lib-dynload", skip=is_left_out)
    for directory in args.app:
        binaries += root.add_tree(directory, APP, skip=lambda _name: False)
    start = Path(__file__).with_name("start.py")
    compile_module(start, root.inside(APP / "start.pyc"), APP / "start.py")
    modules = {**root.modules(library, BUNDLED_LIBRARY), **root.modules(APP, BUNDLED_APP)}
    patterns = compiled_patterns(args.app, (name for name, _ in modules.values()))
    root.inside(APP / "modules").write_bytes(bundle(modules, patterns))
    root.inside(APP / "first").write_bytes(made("first.py", args.app))
    for needed in shared_libraries(binaries):
        root.copy(needed.resolve(), needed_path(needed))
    root.write("/etc/passwd", PASSWD)
    root.write("/etc/group", GROUP)
    root.directory("/tmp", 0o1777)  # noqa: S108 - of the image


def interpreter() -> Path:
    """The interpreter's program: of a virtual environment, the one it was made with."""
    return Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}").resolve()


class Root:
    """A root filesystem under `path`; the methods take paths as they will be inside it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def inside(self, path: Path | str) -> Path:
        """Where a path of the image is now; its parent directory is made."""
        target = self.path / str(path).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def copy(self, source: Path, path: Path) -> Path:
        """Copies a file, stripped of debug symbols if it is a program or library and `strip` is there; the source."""
        target = self.inside(path)
        shutil.copyfile(source, target)
        target.chmod(0o755)
        if shutil.which("strip"):
            subprocess.run(["strip", "--strip-unneeded", target], check=False, stderr=subprocess.DEVNULL)
        return source

    def write(self, path: str, text: str) -> None:
        target = self.inside(path)
        target.write_text(text)
        target.chmod(0o644)

    def directory(self, path: str, mode: int) -> None:
        target = self.inside(path)
        target.mkdir(exist_ok=True)
        target.chmod(mode)

    def add_tree(self, source: Path, path: Path, *, skip: Callable[[str], bool]) -> Iterator[Path]:
        """Adds a directory's modules (compiled), extension modules and data files; yields the extension modules."""
        for file in sorted(files_of(source, skip)):
            place = path / file.relative_to(source)
            if file.suffix == ".py":
                compile_module(file, self.inside(place.with_suffix(".pyc")), place)
            elif ".so" in file.suffixes:
                yield self.copy(file, place)
            elif not file.name.endswith(SKIPPED_SUFFIXES):
                shutil.copyfile(file, self.inside(place))

    def modules(self, directory: Path, tops: frozenset[str]) -> dict[Path, tuple[str, bytes]]:
        """The compiled modules in a directory of the image whose top names are these, as {path: (name, code)}."""
        found = {}
        for file in sorted(self.inside(directory).rglob("*.pyc")):
            relative = file.relative_to(self.inside(directory)).with_suffix("")
            if relative.parts[0] in tops:
                parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
                place = directory / file.relative_to(self.inside(directory))
                found[place] = ".".join(parts), file.read_bytes()[HEADER_BYTES:]
        return found


def files_of(directory: Path, skip: Callable[[str], bool]) -> Iterator[Path]:
    """The files below a directory that are wanted; `skip` judges the names at the top."""
    for top in directory.iterdir():
        if skip(top.name):
            continue
        if top.is_file():
            yield top
        elif top.is_dir() and top.name not in SKIPPED_DIRS and not top.name.endswith(".dist-info"):
            yield from below(top)


def below(directory: Path) -> Iterator[Path]:
    for path, names, files in os.walk(directory):
        names[:] = [name for name in names if name not in SKIPPED_DIRS]
        yield from (Path(path) / name for name in files)


def is_left_out(name: str) -> bool:
    """Whether a top-level entry of the standard library stays out."""
    module = name.partition(".")[0]
    return module in LEFT_OUT or module.startswith(("_test", "_sysconfigdata", "config-", "lib-dynload", "_xxtest"))


def compile_module(source: Path, target: Path, place: Path) -> None:
    """Compiles a module to bytecode that is never checked against its source; tracebacks name its place."""
    if not OURS.isdisjoint(place.parts):
        text = source.read_bytes()
        code = bare.compiled(text, str(place), OPTIMIZE)
        head = MAGIC_NUMBER + UNCHECKED.to_bytes(4, "little") + source_hash(text)
        target.write_bytes(head + marshal.dumps(code))
    else:
        py_compile.compile(
            str(source),
            cfile=str(target),
            dfile=str(place),
            doraise=True,
            optimize=OPTIMIZE,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    target.chmod(0o644)


def compiled_patterns(directories: Iterable[Path], names: Iterable[str]) -> dict[str, bytes]:
    """The regular expressions of our modules, and of those that they import, compiled: `{module: its patterns}`."""
    ours = [name for name in names if name.partition(".")[0] in OURS and not name.endswith("__main__")]
    compiled = marshal.loads(made("patterns.py", directories, "\n".join(ours)))  # noqa: S302 - made here
    return {name: marshal.dumps(patterns) for name, patterns in compiled.items()}


def made(program: str, directories: Iterable[Path], text: str = "") -> bytes:
    """What a program beside this one writes, given the directories with our modules, and a text to read."""
    line = [sys.executable, "-I", "-S", str(Path(__file__).with_name(program)), *map(str, directories)]
    return subprocess.run(line, check=True, input=text.encode(), stdout=subprocess.PIPE).stdout


def bundle(modules: Mapping[Path, tuple[str, bytes]], patterns: Mapping[str, bytes]) -> bytes:
    """The file that `image/start.py` reads (`Modules` there has the format)."""
    index: dict[str, tuple[int, int, int, str, bool]] = {}
    code = bytearray()
    for path, (name, module) in modules.items():
        own = patterns.get(name, b"")
        index[name] = (len(code), len(module), len(own), str(path), path.stem == "__init__")
        code += module + own
    head = marshal.dumps(index)
    return len(head).to_bytes(HEAD_BYTES, "little") + head + code


def shared_libraries(binaries: Iterable[Path]) -> list[Path]:
    """The shared libraries that programs and libraries load, and the loader, as `ldd` finds them here."""
    found: set[Path] = set()
    for binary in binaries:
        answer = subprocess.run(["ldd", binary], check=False, capture_output=True, text=True)
        for line in answer.stdout.splitlines():
            name, _, rest = line.strip().partition(" => ")
            path = (rest or name).partition(" (")[0]
            if path == "not found":
                raise SystemExit(f"{binary}: {name} is not found")
            if path.startswith("/"):
                found.add(Path(path))
    return sorted(found)


def needed_path(library: Path) -> Path:
    """Where a library goes: the loader stays, the others go where it looks without a cache."""
    if library.name.startswith("ld-"):
        return library
    return Path("/lib") / str(sysconfig.get_config_var("MULTIARCH")) / library.name


if __name__ == "__main__":
    main()
