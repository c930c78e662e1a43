"""What the started files need and the image lacks: a development dependency is added, another import is an error, and a
directory to write to is a warning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from frontend.errors import Location, PlanError
from frontend.languages.base import Lacking
from frontend.languages.node import engines, reached, shells
from frontend.languages.node.reached import Lacked
from frontend.languages.node.writes import places
from frontend.paths import relative, within
from frontend.plan.model import Evidence, Imports, Process, Runtime, Warning
from frontend.rules import writes
from frontend.settings.model import Imported

if TYPE_CHECKING:
    from frontend.languages.node.reached import Files

HOME = "/app"
ALIAS = "Node.js does not know the path aliases of tsconfig.json: use relative imports, a bundler, or tsc-alias"


def lacking(files: Files, runtime: Runtime) -> Lacking:
    """What is missing. Raises PlanError for the process `web`; of another one it is a warning."""
    known = runtime.imports or Imports()
    imported: dict[str, Imported] = {}
    warnings: dict[tuple[str, Location], Warning] = {}
    for process in runtime.processes:
        walk = reached.walked(files, runtime, process)
        warnings.update(((one.code, one.at), one) for one in unwritable(walk.texts, runtime) if one.at is not None)
        found = shells.programs(walk.texts, lambda file, line: place(known, file, line), runtime.packages)
        warnings.update(((one.code, one.at), one) for one in found if one.at is not None)
        if not runtime.shell:
            by_shell = shells.doubts(walk.texts, lambda file, line: place(known, file, line))
            warnings.update(((one.code, one.at), one) for one in by_shell if one.at is not None)
        for one in walk.lacked():
            at = place(known, one.file, one.line)
            if one.package in known.spare:
                imported.setdefault(one.package, Imported(one.package, at))
            elif one.sure and not made_first(process, runtime.dir, one):
                error = refused(files, one, at)
                if process is runtime.processes[0]:
                    raise error
                told = Warning("import-not-found", error.message, at, error.hint)
                warnings[told.code, at] = told
    return Lacking(tuple(imported.values()), tuple(warnings.values()))


def made_first(process: Process, directory: str, one: Lacked) -> bool:
    """Whether a start command may make a file before it starts the app: `cp template.js config.js; node …`."""
    if not process.shell or one.package:
        return False
    path = relative(directory, reached.target(one.file, one.name))
    words = process.args[-1].rpartition("exec ")[0].replace(";", " ").split()
    return any(f"{path}{end}" in words for end in ("", *reached.TRIED))


def place(known: Imports, file: str, line: int) -> Location:
    """A line of a file in the image, as it is called in the context."""
    return Location(within(known.root, relative(HOME, file)), line)


def unwritable(texts: Mapping[str, str], runtime: Runtime) -> Iterator[Warning]:
    """The warnings for what files write where a container cannot."""
    known = runtime.imports or Imports()
    found = places(texts, runtime.dir)
    return writes.doubts(found, dict(runtime.env), texts, lambda file, line: place(known, file, line))


def refused(files: Files, one: Lacked, at: Location) -> PlanError:
    """The error for an import that finds nothing."""
    if one.package == "bun" or one.package.startswith("bun:"):
        return engines.other(Evidence("Bun", f"{at.file} imports {one.name}", at))
    message = f"{at.file} imports {one.name}, which is not in the image"
    if not one.package:
        return PlanError(message, at=at, hint=hint_of_file(files, one))
    if one.package.startswith(("@/", "~")):
        return PlanError(message, at=at, hint=ALIAS)
    return PlanError(message, at=at, hint=f"add {one.package} to the dependencies of package.json")


def hint_of_file(files: Files, one: Lacked) -> str:
    """What to do about a file of the app that is not there."""
    if one.instead:
        return f"an import names the whole file: {one.name.rstrip('/')}{ending(one)}"
    directory, _, name = reached.target(one.file, one.name).rpartition("/")
    other = next(
        (
            there
            for there in files.names(directory)
            if there.casefold().partition(".")[0] == name.casefold().partition(".")[0]
        ),
        "",
    )
    if other:
        return f"did you mean {other}?"
    return "check that the file is committed, that no ignore file leaves it out, and what the build makes"


def ending(one: Lacked) -> str:
    """What a relative import lacks at its end: ".js", "/index.js"."""
    return one.instead.removeprefix(reached.target(one.file, one.name))
