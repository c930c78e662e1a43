"""What never ships: patterns left out when an application is copied into the runtime image.

Nothing is deleted: the copy leaves it out, so no layer ever held it. Patterns have the rules of a .dockerignore file.
Version control, caches and private files go at any depth. Test directories go at the root of the project and of each
workspace only: deeper down, `tests` may be part of what the app serves.
"""

from collections.abc import Iterable

from frontend.paths import escaped

ANY_DEPTH = (
    ".git",
    ".svn",
    ".hg",
    ".DS_Store",
    # secrets: an .env or .npmrc in the source is never shipped
    ".env",
    ".env.local",
    ".env.*.local",
    ".npmrc",
    ".netrc",
    ".pypirc",
    # caches
    ".cache",
    ".nyc_output",
    ".eslintcache",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    "*.tsbuildinfo",
)
ROOTS = (".github", ".gitlab-ci.yml", ".gitignore", ".dockerignore", "coverage", "test", "tests", "__tests__")
LANGUAGES = {  # what a language's own tools leave: (at any depth, at the roots)
    "nodejs": ((), ("spec", ".turbo", ".nx")),
    "python": (("__pycache__", "*.pyc"), (".coverage", "htmlcov")),
}


def excludes(language: str, roots: Iterable[str] = ("",), keep: Iterable[str] = ()) -> tuple[str, ...]:
    """The patterns to leave out, relative to the copied root.

    `roots` are the project's directory and its workspaces', "" for the copied root itself. `keep` are the user's
    patterns (.dockerignore rules without "!") that the clean-up must leave alone: they come last, as exceptions.
    """
    deep, here = LANGUAGES.get(language, ((), ()))
    patterns = [f"**/{name}" for name in ANY_DEPTH + deep]
    patterns += [f"{escaped(root)}/{name}" if root else name for root in roots for name in ROOTS + here]
    patterns += [f"!{pattern.lstrip('!')}" for pattern in keep]
    return tuple(patterns)
