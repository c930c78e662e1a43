"""Paths as Go's `path` package has them: `/` between parts, cleaned by text alone."""


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
