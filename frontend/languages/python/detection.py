"""Whether a directory has a Python app, and how sure that is."""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.languages.python import manifests, workspace
from frontend.languages.python.code_tree import CodeTree
from frontend.languages.registry import PYTHON
from frontend.plan.model import Evidence

LONE = tuple(path for path in PYTHON.signs if path.endswith(".py") and "*" not in path)
CONDA = tuple(path for path in PYTHON.signs if path.endswith((".yml", ".yaml")))
NAMING = ("requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py")  # manifests that name packages
MARKS = str.maketrans(dict.fromkeys("\"'=<>~![],;()", " "))
SERVED = ("flask", "django", "fastapi", "starlette", "litestar", "sanic", "aiohttp", "quart", "falcon", "bottle",
          "streamlit", "gradio", "dash", "gunicorn", "uvicorn", "hypercorn", "waitress", "granian", "daphne",
          "python-fasthtml", "uwsgi", "tornado", "pyramid", "panel", "shiny", "marimo", "nicegui",
          "jupyter-server", "jupyterlab", "notebook", "voila")  # fmt: skip


def detect(tree: SourceTree) -> Detected | None:
    """A Django project or a web framework among the dependencies is certain; a bare manifest may be tooling alone.

    Loose scripts without a manifest are the weakest claim: an app below them comes first.
    """
    tree = CodeTree(tree)
    manifest = tree.first(*PYTHON.manifests)
    if tree.has("manage.py") and "DJANGO_SETTINGS_MODULE" in (tree.read_text("manage.py") or ""):
        at = tree.line_of("manage.py", "DJANGO_SETTINGS_MODULE")
        return Detected(3, Evidence(PYTHON.title, "manage.py of Django", at))
    if manifest is None:
        lone = tree.first(*LONE)
        if lone is not None:
            return Detected(2, Evidence(PYTHON.title, lone, tree.at(lone)))
        conda = tree.first(*CONDA)
        if conda is not None:
            return Detected(1, Evidence(PYTHON.title, conda, tree.at(conda)))
        listed, loose = (next(iter(tree.glob(pattern)), None) for pattern in ("requirements/*.txt", "*.py"))
        sign = listed or loose
        return Detected(1 if listed else 0, Evidence(PYTHON.title, sign, tree.at(sign))) if sign is not None else None
    at = tree.at(manifest)
    words = named(tree)
    served = next((name for name in SERVED if name in words), None)
    if served is not None:
        return Detected(3, Evidence(PYTHON.title, f"{manifest}, {served} is a dependency", at))
    lone = tree.first(*LONE)
    if lone is None and workspace.table(manifests.pyproject(tree)):
        return Detected(0, Evidence(PYTHON.title, manifest, at))  # its projects are the apps
    return Detected(2 if lone else 1, Evidence(PYTHON.title, manifest, at))


def named(tree: SourceTree) -> frozenset[str]:
    """The words of the manifests, in lower case: the names of packages are among them, each a word of its own."""
    lines = (line for path in NAMING if tree.has(path) for line in (tree.read_text(path) or "").lower().splitlines())
    plain = (line.partition("#")[0].translate(MARKS).replace("_", "-") for line in lines)
    return frozenset(word for line in plain for word in line.split())
