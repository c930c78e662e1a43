"""A server that listens only where NODE_ENV is not production: it was made for a platform that imports it.

Started in production such a file ends at once, without a word: `if (process.env.NODE_ENV !== "production")
app.listen(…); export default app`.
Source: https://vercel.com/docs/frameworks/backend/express
"""

import re
from collections.abc import Iterator

from frontend.errors import PlanError
from frontend.languages.node.fixed_ports import source_of
from frontend.languages.node.repository import Repository
from frontend.languages.node.start import Start
from frontend.settings.model import Settings

LISTENS = re.compile(r"(?<![\w$])[\w$]+(?:\.[\w$]+)*\.listen\s*\(")
CONDITION = re.compile(
    r"""(?<![\w$.])if\s*\(\s*process\.env(?:\.NODE_ENV|\[['"]NODE_ENV['"]\])\s*(?P<sign>[!=])==?\s*"""
    r"""(?P<quote>['"])(?P<value>\w+)(?P=quote)\s*\)\s*(?P<block>\{)?"""
)
EXPORTS = re.compile(r"\bexport\s+default\b|\bmodule\.exports\b|\bexport\s*\{")


def check(repository: Repository, web: Start, settings: Settings) -> None:
    """Raises PlanError where the file that is started listens only with another NODE_ENV than the image's."""
    path = source_of(repository, web)
    text = (repository.tree.read_text(path) or "") if path else ""
    if "NODE_ENV" not in text or not EXPORTS.search(text):
        return
    mode = {"NODE_ENV": "production", **dict(web.env), **dict(settings.run_env)}["NODE_ENV"]
    found = next(iter(idle(text, mode)), None)
    if found is not None:
        raise PlanError(
            f'{path} does not listen where NODE_ENV is "{mode}", as it is in the image: it would end at once',
            at=repository.tree.at(path, text.count("\n", 0, found) + 1),
            hint="listen there too, or set the build-arg RUN_ENV_NODE_ENV to a value for which the app listens",
        )


def idle(text: str, mode: str) -> Iterator[int]:
    """The places of conditions that keep a text from listening where NODE_ENV is `mode`: of the only calls that do."""
    try:
        closes, silent = spans(text)
    except ValueError:
        return
    kept = [one for one in CONDITION.finditer(text) if (one["value"] == mode) == (one["sign"] == "!")]
    ends = {one.start(): closes.get(one.end() - 1, 0) if one["block"] else one.end() + 1 for one in kept}
    calls = [one.start() for one in LISTENS.finditer(text) if not any(a <= one.start() < b for a, b in silent)]
    within = [next((start for start, end in ends.items() if start < call < end), None) for call in calls]
    if within and None not in within:
        yield from (start for start in within if start is not None)


def spans(text: str) -> tuple[dict[int, int], list[tuple[int, int]]]:
    """Where each brace is closed, and where comments and texts are. Raises ValueError as `marks` does."""
    from frontend.languages.node.imports import marks

    open_at: dict[int, int] = {}
    closes: dict[int, int] = {}
    silent: list[tuple[int, int]] = []
    for mark, depth in marks(text):
        match mark.lastgroup:
            case "open" if mark[0] == "{":
                open_at[depth] = mark.start()
            case "close" if depth in open_at:
                closes[open_at.pop(depth)] = mark.start()
            case "comment" | "text":
                silent.append(mark.span())
    return closes, silent
