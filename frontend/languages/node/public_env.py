"""The variables of an app's `.env.production`, where all of them are public: the build compiles them into its pages.

The file itself is in no build, as no file of that name is: what it says is given to the build step. One variable that
is not public by its framework's own definition leaves the whole file out, for it may be a secret. What `.env` and the
files for one machine say is given to no build, for it is what a developer has: the public names in them are told.
Sources: https://vite.dev/guide/env-and-mode, https://nextjs.org/docs/app/guides/environment-variables
"""

import re
from collections.abc import Collection, Iterator

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.paths import within
from frontend.plan.model import Evidence, Warning
from frontend.secrets.detection import PUBLIC_PREFIXES, is_secret

FILE = ".env.production"
OTHERS = (".env", ".env.local", ".env.production.local")
ROW = re.compile(r"""\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#]*?))\s*(?:#.*)?""")
HARMLESS = frozenset(("NODE_ENV", "GENERATE_SOURCEMAP", "INLINE_RUNTIME_CHUNK", "PUBLIC_URL", "BROWSER"))
HINT = "set what the build needs by the build-arg BUILD_ENV_NAME=value, or env.build in migetpacks.yaml"


class PublicEnv(Struct, frozen=True):
    """Variables for the build, and what there is to say of the file."""

    env: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    warnings: tuple[Warning, ...] = ()


def of_build(tree: SourceTree, directory: str, given: Collection[str]) -> PublicEnv:
    """What a build in a directory of a tree gets of its files, with warnings for what it does not.

    `given` are names of variables that the user gives the build.
    """
    found = read(tree, directory)
    unused = left_out(tree, directory, (*dict(found.env), *given))
    return structs.replace(found, warnings=(*found.warnings, *unused))


def read(tree: SourceTree, directory: str) -> PublicEnv:
    """The variables of the file in a directory of a tree; none without it."""
    path = within(directory, FILE)
    whole = tree.unfiltered()
    whole.need(path)
    found: dict[str, str] = {}
    for row in rows(whole, path):
        if not row.public:
            what = f"{row.name} is not public" if row.name else "a line is no variable"
            message = f"{FILE} is not used: {what}"
            return PublicEnv(warnings=(Warning("env-production", message, tree.at(path, row.number), HINT),))
        found[row.name] = row.value
    if not found:
        return PublicEnv()
    why = Evidence("environment", f"{FILE}: {', '.join(found)}, public variables of the build", tree.at(path, 1))
    return PublicEnv(tuple(found.items()), (why,))


def left_out(
    tree: SourceTree, directory: str, given: Collection[str], files: tuple[str, ...] = OTHERS
) -> tuple[Warning, ...]:
    """The warnings for files in a directory of a tree that are in no build, though public variables are in them.

    `given` are names of variables that the build has. A file that the ignore file names (`!.env`) is in the build.
    """
    whole = tree.unfiltered()
    paths = [path for path in (within(directory, file) for file in files) if whole.has(path) and not tree.has(path)]
    whole.need(*paths)
    found = []
    told = {*given, *HARMLESS}
    for path in paths:
        lacking = {one.name: one.number for one in rows(whole, path) if one.public and one.name not in told}
        if lacking:
            names, first = ", ".join(lacking), min(lacking.values())
            message = f"the build does not get {names}: {path.rpartition('/')[2]} is in no build"
            found.append(Warning("env-not-used", message, tree.at(path, first), HINT))
            told |= lacking.keys()
    return tuple(found)


class Row(Struct, frozen=True):
    """A variable of a file, "" for a line that is none; `public` where browsers may have it."""

    number: int
    name: str
    value: str
    public: bool


def rows(tree: SourceTree, path: str) -> Iterator[Row]:
    """The variables of a file, in its order; none where it is absent."""
    for number, row in enumerate(tree.read_lines(path) or () if tree.has(path) else (), 1):
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        match = ROW.fullmatch(row)
        name, value = (match[1], match[2] or match[3] or match[4] or "") if match else ("", "")
        public = name.startswith(PUBLIC_PREFIXES) or name in HARMLESS
        yield Row(number, name, value, public and "$" not in value and not is_secret(name, value))
