"""What never ships: patterns left out when an application is copied into the runtime image.

Nothing is deleted: the copy leaves it out, so no layer ever held it. Patterns have the rules of a .dockerignore file.
Version control, caches and private files go at any depth. Test directories go at the root of the project and of each
workspace only: deeper down, `tests` may be part of what the app serves.
"""

from collections.abc import Iterable

from frontend.languages import registry
from frontend.paths import escaped

ANY_DEPTH = (
    ".git",
    ".svn",
    ".hg",
    ".DS_Store",
    # secrets: an .env in the source is never shipped
    ".env",
    ".env.local",
    ".env.*.local",
    ".netrc",
    ".cache",
    *(name for entry in registry.ENTRIES for name in entry.left),
)
ROOTS = (".github", ".gitlab-ci.yml", ".gitignore", ".dockerignore", "coverage", "test", "tests", "__tests__")


def excludes(language: str, roots: Iterable[str] = ("",), keep: Iterable[str] = ()) -> tuple[str, ...]:
    """The patterns to leave out, relative to the copied root. `language` is the name of its entry.

    `roots` are the project's directory and its workspaces', "" for the copied root itself. `keep` are the user's
    patterns (.dockerignore rules without "!") that the clean-up must leave alone: they come last, as exceptions.
    """
    own = next((entry for entry in registry.ENTRIES if entry.name == language), None)
    deep, here = (own.cleaned, own.cleaned_roots) if own is not None else ((), ())
    patterns = [f"**/{name}" for name in ANY_DEPTH + deep]
    patterns += [f"{escaped(root)}/{name}" if root else name for root in roots for name in ROOTS + here]
    patterns += [f"!{pattern.lstrip('!')}" for pattern in keep]
    return tuple(patterns)


def directories(language: str) -> tuple[str, ...]:
    """The names at the project's root that an image of a language does not get, and that an app may still read."""
    own = next((entry.cleaned_roots for entry in registry.ENTRIES if entry.name == language), ())
    return tuple(name for name in ROOTS + own if not name.startswith("."))


def leaves_out(path: str, patterns: Iterable[str]) -> bool:
    """Whether these patterns leave out a path, or a directory above it."""
    from frontend.context.ignored import Ignore

    return Ignore(patterns).ignored(path)
