"""What the app's own sources start, or load by name, that no package of theirs tells of: Debian packages for the image.

A program in a call (`subprocess.run(["git", …])`, `os.system("ffmpeg …")`, `shutil.which("tesseract")`), a library that
ctypes loads, and Django's GIS, which loads GDAL, GEOS and PROJ.
"""

import ast
from collections.abc import Iterator

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import app_candidates, code, django, modules
from frontend.languages.python.system_packages import GONE, RENAMED
from frontend.languages.started import ITSELF, PROGRAMS, Used
from frontend.plan.model import Warning

LIBRARIES = {  # what a library is called for ctypes -> the Debian package that has it
    "magic": "libmagic1",
    "sodium": "libsodium23",
    "zbar": "libzbar0",
    "cairo": "libcairo2",
    "usb-1.0": "libusb-1.0-0",
    "vips": "libvips42",
    "portaudio": "libportaudio2",
    "sndfile": "libsndfile1",
    "opus": "libopus0",
    "enchant-2": "libenchant-2-2",
    "espeak-ng": "libespeak-ng1",
    "tesseract": "libtesseract5",
    "gs": "libgs10",
    "GL": "libgl1",
    "MagickWand-7.Q16": "libmagickwand-7.q16-10",
    "dmtx": "libdmtx0b",
    "pango-1.0": "libpango-1.0-0",
    "fluidsynth": "libfluidsynth3",
    "hidapi-libusb": "libhidapi-libusb0",
    "openslide": "libopenslide0",
    "gomp": "libgomp1",
}
INSTEAD = dict.fromkeys(("wkhtmltopdf", "wkhtmltoimage"), "WeasyPrint, or Chromium by RUN_PACKAGES=chromium")
GIS, GDAL = "django.contrib.gis", "libgdal36"  # GDAL brings GEOS and PROJ
STARTS = ("run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput", "system", "popen",
          "which", "create_subprocess_exec", "create_subprocess_shell")  # fmt: skip
LOADS = ("CDLL", "LoadLibrary", "find_library")
OWNERS = ("subprocess", "os", "shutil", "asyncio", "ctypes")
MAX_FILES = 60  # read for it: what is deeper in a larger tree is named by RUN_PACKAGES


def used(tree: SourceTree, project: django.Project | None, suite: str) -> tuple[Used, ...]:
    """What the sources of the app in a directory use, each package once, in the order of the files, as a suite calls
    the packages."""
    found = list(of_gis(tree, project)) if project is not None else []
    for path in app_candidates.files(tree)[0][:MAX_FILES]:
        text = tree.read_text(path) or ""
        if any(owner in text for owner in OWNERS) and (module := code.parsed(text)) is not None:
            found += of_calls(tree, path, module)
    first = tuple({one.package: one for one in reversed(found)}.values())[::-1]
    names = RENAMED.get(suite, {})
    return tuple(structs.replace(one, package=names.get(one.package, one.package)) for one in first)


def gone(used: tuple[Used, ...], names: tuple[str, ...], at: Location | None, suite: str) -> Iterator[Warning]:
    """The warnings for programs that the suite does not have: those of `used`, and those that packages start."""
    missing = GONE.get(suite, frozenset())
    starts: list[tuple[str, Location | None, str]]
    starts = [(one.name, one.at, "the sources start it") for one in used if one.package in missing]
    for name, place, why in starts or [(name, at, "a dependency starts it") for name in names]:
        yield Warning(
            "program-missing",
            f"{name} is not in Debian {suite}, but {why}: the image does not have it",
            place,
            f"use another program ({INSTEAD[name]}), or have BUILD_COMMAND put {name} into a directory of the app",
        )


def of_gis(tree: SourceTree, project: django.Project) -> Iterator[Used]:
    """Where the settings of a Django project have its GIS."""
    for path in django.settings_files(tree, project.root, project.settings):
        if GIS in (tree.read_text(path) or ""):
            yield Used(GDAL, GIS, tree.line_of(path, GIS))


def of_calls(tree: SourceTree, path: str, module: ast.Module) -> Iterator[Used]:
    """The programs and libraries in the calls of a module."""
    names = modules.imported(module)
    for node in code.walked(module):
        called = modules.called(node, names) if isinstance(node, ast.Call) and node.args else ""
        owner, _, function = called.partition(".")
        function = function.rpartition(".")[2]
        if owner not in OWNERS or function not in (*STARTS, *LOADS):
            continue
        text = text_of(node.args[0]) if isinstance(node, ast.Call) else ""
        name = text.partition(" ")[0]
        if name == "git" and text[len(name) :].startswith(ITSELF):
            continue
        if function in LOADS:
            name = name.rpartition("/")[2].removeprefix("lib").partition(".so")[0]
        package = (LIBRARIES if function in LOADS else PROGRAMS).get(name)
        if package is not None:
            yield Used(package, name, tree.at(path, getattr(node, "lineno", 0)))


def text_of(value: ast.expr) -> str:
    """The text that an expression is, or begins with: of an f-string, of the words of a list; "" for any other."""
    if isinstance(value, ast.List | ast.Tuple):
        return " ".join(map(text_of, value.elts[:2]))
    if isinstance(value, ast.JoinedStr):
        return text_of(value.values[0]) if value.values else ""
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
