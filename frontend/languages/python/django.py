"""Django projects: the settings module, the WSGI and ASGI modules, and whether there are static files to collect."""

import ast

from msgspec import Struct

from frontend.errors import Location
from frontend.source import SourceTree

MANAGE = "manage.py"


class Project(Struct, frozen=True):
    """A Django project. Modules are dotted; "" where there is none. `root` is the directory of manage.py.

    `static` is the place of STATIC_ROOT in the settings when there is something to collect.
    """

    root: str
    settings: str
    wsgi: str
    asgi: str
    at: Location
    static: Location | None = None


def find(tree: SourceTree) -> Project | None:
    """The Django project of the app in a directory, by its manage.py; None when there is none."""
    manage = tree.first(MANAGE, f"src/{MANAGE}") or next(iter(tree.glob(f"*/{MANAGE}")), None)
    if manage is None:
        return None
    root = manage.removesuffix(MANAGE).strip("/")
    settings = settings_of(tree, manage)
    package = settings.partition(".")[0]
    below = f"{root}/{package}" if root else package
    files = {name: f"{package}.{name}" for name in ("wsgi", "asgi") if tree.has(f"{below}/{name}.py")}
    at = tree.line_of(manage, "DJANGO_SETTINGS_MODULE")
    return Project(root, settings, files.get("wsgi", ""), files.get("asgi", ""), at, static_root(tree, root, settings))


def settings_of(tree: SourceTree, manage: str) -> str:
    """The settings module that manage.py names; "" when it names none."""
    text = tree.read_text(manage) or ""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError):
        return ""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            if "DJANGO_SETTINGS_MODULE" in values:
                rest = [value for value in values if value != "DJANGO_SETTINGS_MODULE" and isinstance(value, str)]
                if rest:
                    return str(rest[0])
    return ""


def static_root(tree: SourceTree, root: str, settings: str) -> Location | None:
    """Where the settings set STATIC_ROOT, when `django.contrib.staticfiles` is installed; None otherwise.

    Settings split into a package are read whole: a value may be set in any of its modules.
    """
    path = settings.replace(".", "/")
    full = f"{root}/{path}" if root else path
    candidates = [f"{full}.py"]
    package = full if tree.is_dir(full) else full.rpartition("/")[0]
    if package and package.rpartition("/")[2] == "settings":
        candidates += [f"{package}/{name}" for name in tree.entries(package) if name.endswith(".py")]
    place, installed = None, False
    for candidate in dict.fromkeys(candidates):
        text = tree.read_text(candidate) if tree.has(candidate) else None
        if text is None:
            continue
        installed = installed or "django.contrib.staticfiles" in text
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith("STATIC_ROOT") and "=" in line and place is None:
                place = Location(tree.line_of(candidate).file, number)
    return place if installed else None
