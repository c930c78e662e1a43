"""Ports that an app fixes in its start command or its code, where nobody asks for it: the image has another PORT."""

import re
from collections.abc import Mapping, Sequence

from frontend.languages.node.entry_file import SUFFIXES
from frontend.languages.node.repository import Repository
from frontend.languages.node.start import Start
from frontend.languages.registry import NODE
from frontend.paths import joined
from frontend.plan.model import Warning
from frontend.rules import ports

LISTENS = re.compile(
    r"\b(?:export\s+default|(?:listen|serve|[Hh]api\.[Ss]erver)\()\s*(?:\{[^{}]*?\bport\s*:\s*)?(?:(\d{3,5})|([A-Za-z_$][\w$]*))\b"
)
READS = re.compile(r"""\benv\b[^;\n]{0,12}PORT\b|(?<!set\()['"]PORT['"]|\{[^{}]*\bPORT\b[^{}]*\}\s*=""", re.IGNORECASE)
# a variable of the app's own in the place of PORT: listen(process.env.HTTP_PORT || 8080)
OTHER = re.compile(
    r"""\blisten\(\s*(?:Number\(|parseInt\(|\+)?\s*process\.env\.([A-Z][A-Z0-9_]*PORT)"""
    r"""\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})\b"""
)
IMAGE_PORT = re.compile(r"""\benv\??\.PORT\b|\benv\??\.?\[?['"]PORT['"]|\{[^{}]*\bPORT\b[^{}]*\}\s*=""")
PM2 = "pm2-runtime"
OF_PM2 = re.compile(  # of every app, and for `--env production`; a line that is a comment is none
    r"""\benv(?:_production)?['"]?\s*:\s*\{(?:[^{}\n]*\n(?!\s*//))*?[^{}\n]*?\bPORT['"]?\s*:\s*['"]?(\d{2,5})"""
)
VALUE = r"""\s*(?::\s*\w+\s*)?=\s*(?:(?:normalizePort|Number|parseInt)\(\s*)?['"]?(\d{3,5})\b"""
SCRIPTS = "bin/"  # express-generator starts bin/www
OUTPUTS = ("dist/", "build/", "out/", "lib/")


def doubts(repository: Repository, web: Start, port: int, env: Mapping[str, str]) -> tuple[Warning, ...]:
    """The warning for another port than the image's in the start command, or in the source of what it starts.

    `env` is what is set in the image.
    """
    option = ports.fixed(" ".join(web.args))
    if option is not None:
        name, number = option
        return (Warning("fixed-port", ports.told(name, number, port), web.at, hint(number)),) * (int(number) != port)
    if web.tool == PM2:
        return of_pm2(repository, web, port)
    path = source_of(repository, web)
    text = (repository.tree.read_text(path) or "") if path else ""
    other = None if IMAGE_PORT.search(text) else next(OTHER.finditer(text), None)
    if other is not None and other[1] not in env and int(other[2]) != port:
        told = f"the app listens on the port of {other[1]}, {other[2]} without it, but the image's PORT is {port}"
        way_out = f"listen on process.env.PORT, or set the build-arg RUN_ENV_{other[1]}={port}"
        return (Warning("fixed-port", told, repository.tree.at(path, text.count("\n", 0, other.start()) + 1), way_out),)
    number, line = listening(text)
    if not number and text:
        path, number, line = of_table(repository, path, text)
    if not number or int(number) == port:
        return ()
    told = f"the app listens on the port {number}, but the image's PORT is {port}"
    return (Warning("fixed-port", told, repository.tree.at(path, line), hint(number)),)


def of_pm2(repository: Repository, web: Start, port: int) -> tuple[Warning, ...]:
    """The warning for a configuration of PM2 that sets PORT: its variables go before those of the container."""
    tree = repository.tree
    paths = (joined(repository.project.app.dir, word) for word in web.args if word.endswith((".js", ".cjs", ".json")))
    for path in filter(tree.has, paths):
        text = tree.read_text(path) or ""
        for found in OF_PM2.finditer(text):
            if int(found[1]) != port:
                told = f"{path} sets PORT to {found[1]} for the app, but the image's PORT is {port}"
                way_out = f"leave PORT out there, or set the build-arg PORT={found[1]}"
                at = tree.at(path, text.count("\n", 0, found.start(1)) + 1)
                return (Warning("fixed-port", told, at, way_out),)
    return ()


def of_table(repository: Repository, path: str, text: str) -> tuple[str, str, int]:
    """The file, number and line of a port that a source reads from a table of the app's own; the number "" for none."""
    from frontend.languages.node import config_ports

    found = config_ports.found(repository.tree, repository.project.app.dir, path, text)
    return (found.file, found.number, found.line) if found is not None else (path, "", 0)


def hint(number: str) -> str:
    """What to do about a fixed port."""
    return f"listen on process.env.PORT, or set the build-arg PORT={number}"


def source_of(repository: Repository, web: Start) -> str:
    """The source of the file that Node.js starts, relative to the project's root; "" when none is found."""
    if web.shell or web.tool not in ("node", "tsx", "ts-node", "bun"):
        return ""
    words = [word.removeprefix("./") for word in web.args[1:]]
    named = (word for word in words if word.endswith(SUFFIXES) or word.startswith((*OUTPUTS, SCRIPTS)))
    file = next(named, "") or script_of(words)
    if file in (".", "./"):
        file = joined("", repository.project.app.text("main")) or "index"
    if file.startswith(SCRIPTS) and repository.tree.has(joined(repository.project.app.dir, file)):
        return joined(repository.project.app.dir, file)
    output = next((one for one in OUTPUTS if file.startswith(one)), "")
    stem = file.rpartition(".")[0] if file.endswith(SUFFIXES) else file
    below = stem.removeprefix(output).removeprefix("src/")
    stems = (stem, f"src/{below}", below, f"server/{below}") if output else (stem, f"{stem}/index")
    where = repository.project.app.dir
    paths = [joined(where, f"{one}{end}") for one in dict.fromkeys(stems) for end in SUFFIXES]
    return repository.tree.first(*paths) or ""


def script_of(words: Sequence[str]) -> str:
    """The script among the arguments of Node.js, without those of its options; "" for none."""
    takes = next(one.takes for one in NODE.interpreters)
    before = ("", *words)
    pairs = zip(before, words, strict=False)
    return next((word for last, word in pairs if word and not word.startswith("-") and last not in takes), "")


def listening(text: str) -> tuple[str, int]:
    """The number that a source listens on, and its line; ("", 0) where it reads PORT, or no number is seen."""
    if READS.search(text):
        return "", 0
    for found in LISTENS.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        row = text[text.rfind("\n", 0, found.start()) + 1 : found.start()].lstrip()
        if row.startswith(("//", "*", "/*")):
            continue
        if found[1]:
            return found[1], line
        named = re.search(rf"\b(?:const|let|var)\s+{re.escape(found[2])}{VALUE}", text)
        if named:
            return named[1], text.count("\n", 0, named.start()) + 1
    return "", 0
