"""Python applications: pip, uv, Poetry, PDM or Pipenv install them into a virtualenv at /app/.venv."""

from frontend.context.tree import SourceTree
from frontend.languages.base import Detected
from frontend.languages.python.code_tree import CodeTree
from frontend.plan.model import Evidence, Plan
from frontend.settings.model import Settings

NAME = "python"
TITLE = "Python"
ALIASES = ("py", "python3")
MANIFESTS = (
    "pyproject.toml",
    "requirements.txt",
    "Pipfile",
    "setup.py",
    "setup.cfg",
    "manage.py",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
)
LONE = ("main.py", "app.py", "run.py", "server.py", "wsgi.py", "asgi.py")
CONDA = ("environment.yml", "environment.yaml", "conda.yml")
MARKERS = (*MANIFESTS, *LONE, *CONDA, "*.py", "Procfile", "requirements/*.txt")
WANTED = (
    "Pipfile.lock", ".python-version", "runtime.txt", ".tool-versions", "mise.toml", ".mise.toml", "uv.toml",
    "package.json", "*/package.json", "*.txt", "*/*.py", "src/*/*.py", "*/settings/*.py", "*/*/settings.py",
    "*.ini",
)  # fmt: skip
PROGRAMS = frozenset(
    "python python3 gunicorn uvicorn hypercorn waitress-serve granian daphne uwsgi flask fastapi django-admin streamlit"
    " celery litestar sanic panel chainlit pserve uv poetry pdm pipenv hatch".split()
)
SERVED = ("flask", "django", "fastapi", "starlette", "litestar", "sanic", "aiohttp", "quart", "falcon", "bottle",
          "streamlit", "gradio", "dash", "gunicorn", "uvicorn", "hypercorn", "waitress", "granian", "daphne",
          "python-fasthtml", "uwsgi", "tornado", "pyramid", "panel", "shiny", "marimo", "nicegui")  # fmt: skip


def detect(tree: SourceTree) -> Detected | None:
    """A Django project or a web framework among the dependencies is certain; a bare manifest may be tooling alone."""
    tree = CodeTree(tree)
    manifest = tree.first(*MANIFESTS)
    if tree.has("manage.py") and "DJANGO_SETTINGS_MODULE" in (tree.read_text("manage.py") or ""):
        return Detected(3, Evidence(TITLE, "manage.py of Django", tree.line_of("manage.py", "DJANGO_SETTINGS_MODULE")))
    if manifest is None:
        lone = tree.first(*LONE)
        if lone is not None:
            return Detected(2, Evidence(TITLE, lone, tree.line_of(lone)))
        conda = tree.first(*CONDA)
        if conda is not None:
            return Detected(1, Evidence(TITLE, conda, tree.line_of(conda)))
        below = next(iter(tree.glob("requirements/*.txt")), None) or next(iter(tree.glob("*.py")), None)
        return Detected(1, Evidence(TITLE, below, tree.line_of(below))) if below is not None else None
    at = tree.line_of(manifest)
    served = next((name for name in SERVED if mentions(tree, name)), None)
    if served is not None:
        return Detected(3, Evidence(TITLE, f"{manifest}, {served} is a dependency", at))
    return Detected(2 if tree.first(*LONE) else 1, Evidence(TITLE, manifest, at))


def mentions(tree: SourceTree, name: str) -> bool:
    """Whether a manifest names a package, by a word of its own."""
    for path in ("requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py"):
        text = (tree.read_text(path) or "") if tree.has(path) else ""
        for line in text.lower().splitlines():
            words = line.partition("#")[0]
            for mark in "\"'=<>~![],;()":
                words = words.replace(mark, " ")
            if name in words.split():
                return True
    return False


def plan(tree: SourceTree, settings: Settings, app: str = "", today: str = "") -> Plan:
    """The build of the app in a directory of the context. Raises BuildError."""
    from frontend.languages.python import facts, steps

    known = facts.inspect(CodeTree(tree), settings, app, today)
    manager = known.manager
    return Plan(
        language=NAME,
        runtime=steps.runtime(known, settings),
        steps=steps.steps(known),
        evidence=known.evidence,
        versions=(
            known.version,
            *((manager.version,) if manager is not None and manager.version is not None else ()),
            *(known.front_end.versions if known.front_end is not None else ()),
        ),
        warnings=known.warnings,
    )
