"""The pages of a repository whose root has none, and no app of any language: a site in one of its directories."""

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.base import Detected
from frontend.languages.registry import STATIC
from frontend.languages.static import pages
from frontend.paths import within
from frontend.plan.model import Evidence
from frontend.rules.monorepo import App, SeveralAppsError
from frontend.settings.model import Settings

APART = ("test", "tests", "examples", "example", "coverage", "node_modules", "vendor")
# sources of programs that are none of ours: a page beside one may be its template
PROGRAMS = tuple(".php .go .java .jsp .aspx .cs .rb .py .rs .pl .kt .dart .swift .cfm .lua .ex".split())


def find(tree: SourceTree, settings: Settings) -> tuple[str, Detected] | None:
    """The directory of the site, and what says so; None for none. Raises SeveralAppsError for more than one.

    A directory that the user or a file for another host names is looked at below the app itself, which is then "".
    """
    named = settings.output_dir
    if named is not None and pages.is_finished(tree, named.value):
        return "", Detected(0, evidence(named.value, named.at or tree.at(within(named.value, pages.PAGE), 1)))
    dirs = [path.rpartition("/")[0] for path in tree.glob(f"*/{pages.PAGE}")]
    dirs = [dir for dir in dirs if not dir.startswith(".") and dir not in APART and pages.is_finished(tree, dir)]
    if not dirs or has_programs(tree):
        return None
    if len(dirs) > 1:
        raise SeveralAppsError([App(tree.at(dir).file, STATIC.title) for dir in dirs])
    return dirs[0], Detected(0, evidence(dirs[0], tree.at(within(dirs[0], pages.PAGE), 1)))


def evidence(dir: str, at: Location) -> Evidence:
    """What says that a directory is the site."""
    return Evidence(STATIC.title, f"the pages in {dir}", at)


def has_programs(tree: SourceTree) -> bool:
    """Whether the root or a directory in it has the source of a program."""
    dirs = [name for name, entry in tree.entries().items() if entry.kind == "dir" and not name.startswith(".")]
    tree.need_entries(*dirs)
    return any(name.endswith(PROGRAMS) for dir in ("", *dirs) for name in tree.entries(dir))
