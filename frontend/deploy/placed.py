"""Scripts of the context that a Dockerfile copies out of its WORKDIR, and starts there: `/entrypoint.sh`, or
`entrypoint.sh` in /usr/local/bin. Our image has them where the context has them.

Source: https://docs.docker.com/reference/dockerfile/#copy
"""

import re
from collections.abc import Iterator, Sequence
from posixpath import basename, dirname, join, normpath

from frontend.context.tree import SourceTree
from frontend.deploy.copied import words
from frontend.deploy.dockerfile import ARG, filled
from frontend.deploy.model import Stated
from frontend.paths import relative, within

PROGRAMS = ("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin")
WORD = re.compile(r"""(?<![^\s"'])[\w./-]+(?![^\s"';&|])""")


def command(tree: SourceTree, path: str, read: Sequence[tuple[str, Stated]], stated: Stated) -> Stated:
    """The command of a Dockerfile with the paths of such scripts as the app in the Dockerfile's directory has them."""
    wanted = {word for word in WORD.findall(stated.text) if word.startswith("/") or "/" not in word}
    copies = [(to, file) for to, file in copied(tree, path, read) if {to, name_of(to)} & wanted]
    places = {to: relative(dirname(path), file) for to, file in copies if is_script(tree, file)}
    if not places:
        return stated
    named = {**{name_of(to): source for to, source in places.items()}, **places}
    named.pop("", None)
    return Stated(WORD.sub(lambda one: f"./{named[one[0]]}" if one[0] in named else one[0], stated.text), stated.at)


def name_of(place: str) -> str:
    """The name that PATH finds a place by; "" where it is in none of its directories."""
    return basename(place) if dirname(place) in PROGRAMS else ""


def copied(tree: SourceTree, path: str, read: Sequence[tuple[str, Stated]]) -> Iterator[tuple[str, str]]:
    """Where the stages of a Dockerfile have files of the context out of their WORKDIR, and which these are."""
    workdir = "/"
    values: dict[str, str] = {}
    for name, argument in read:
        text = filled(argument.text, values)
        if name in ("ARG", "ENV"):
            values |= [(one[1], one[2].strip("\"'")) for one in ARG.finditer(text)]
        elif name == "FROM":
            workdir = "/"
        elif name == "WORKDIR":
            workdir = normpath(join(workdir, text.strip("\"'")))
        elif name in ("COPY", "ADD"):
            flags, sources, to = words(text)
            place = normpath(join(workdir, to)) if to and "from" not in flags else ""
            if place and (workdir == "/" or not f"{place}/".startswith(f"{workdir}/")):
                found = [file for source in sources for file in files(tree, path, source)]
                into = to.endswith("/") or len(found) > 1 or place in ("/", *PROGRAMS)
                yield from ((join(place, basename(file)) if into else place, file) for file in found)


def files(tree: SourceTree, path: str, source: str) -> Iterator[str]:
    """The files in the Dockerfile's directory that the source of a COPY names."""
    own = dirname(path)
    wanted = normpath(source.strip("\"'").lstrip("/") or ".")
    for file in tree.glob(wanted) if "*" in wanted else (wanted, *([within(own, wanted)] if own else [])):
        if not file.startswith("..") and tree.has(file) and (not own or file.startswith(f"{own}/")):
            yield file


def is_script(tree: SourceTree, file: str) -> bool:
    """Whether a file is a shell script by its name or its first line."""
    if file.endswith((".sh", ".bash")):
        return True
    first = (tree.read_bytes(file) or b"")[:64].partition(b"\n")[0]
    return first.startswith(b"#!") and first.rstrip().endswith(b"sh")
