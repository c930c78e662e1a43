"""What packages of a language need of Debian: to be compiled, and to run. The tables are the languages'."""

from collections.abc import Iterable, Mapping

from msgspec import Struct


class Native(Struct, frozen=True):
    """What a package needs: Debian packages to build (beyond what the build image has) and to run, in the names of the
    newest suite; variables for its install and for the image.

    `compiles` says that it is compiled, or may be.
    """

    build: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    compiles: bool = True
    install_env: tuple[tuple[str, str], ...] = ()
    run_env: tuple[tuple[str, str], ...] = ()


def packages(
    lists: Iterable[tuple[str, ...]], suite: str, renamed: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[str, ...]:
    """The lists as one, as a suite calls them, sorted, each name once.

    `renamed` has, by suite, the names of packages that have another one there.
    """
    names = (renamed or {}).get(suite, {})
    return tuple(sorted({names.get(name, name) for one in lists for name in one}))
