"""Paths as Go's `path` package has them: `/` between parts, cleaned by text alone; and patterns of paths."""

from llb.errors import LLBError


def clean(path: str) -> str:
    """The shortest path that means the same: "a//b/../c/" is "a/c", "" is ".", "/.." is "/"."""
    if not path:
        return "."
    rooted = path.startswith("/")
    out: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            out.append(part)
        elif out and out[-1] != "..":
            out.pop()
        elif not rooted:
            out.append(part)
    text = "/".join(out)
    return f"/{text}" if rooted else text or "."


def join(*parts: str) -> str:
    """The parts that are not empty, joined and cleaned; "" when all are."""
    given = [part for part in parts if part]
    return clean("/".join(given)) if given else ""


def in_dir(directory: str, path: str) -> str:
    """A path of an image seen from a directory of it: always below "/", the trailing slash lost."""
    return clean(path) if path.startswith("/") else join("/", directory, path)


def destination(directory: str, path: str) -> str:
    """The same, with a trailing "/" or "/." kept: it says that the destination is a directory."""
    found = in_dir(directory, path)
    if path.endswith("/.") and path != ".":
        return found.rstrip("/") + "/."
    if path.endswith("/"):
        return found.rstrip("/") + "/"
    return found


def check_pattern(argument: str, pattern: str) -> None:
    """Raises LLBError for a pattern of the .dockerignore kind that BuildKit does not take: Go's `filepath.Match`."""
    text = pattern.strip()
    if text == "!":
        raise LLBError(f"{argument}: '!' excepts nothing")
    if "[" not in text and "\\" not in text:
        return
    i: int | None = 0
    while i is not None and i < len(text):
        i = end_of_class(text, i + 1) if text[i] == "[" else i + (2 if text[i] == "\\" else 1)
    if i is None or i > len(text):
        raise LLBError(f"{argument}: {pattern!r} is malformed")


def end_of_class(pattern: str, i: int) -> int | None:
    """Where the class whose content begins at `i` ends; None when it is malformed."""
    if pattern[i : i + 1] == "^":
        i += 1
    members = 0
    while not (members and pattern[i : i + 1] == "]"):
        for _ in range(2):  # a character, or two with "-" between
            if pattern[i : i + 1] in ("", "-", "]"):
                return None
            i += 2 if pattern[i] == "\\" else 1
            if i >= len(pattern):
                return None
            if pattern[i] != "-":
                break
            i += 1
        members += 1
    return i + 1
