"""Path arithmetic for every module. Parts are joined by "/"; "" is the directory that paths are relative to."""

HOME = "/home/miget"  # of the image's user


def within(dir: str, path: str) -> str:
    """A path of a directory, relative to what that directory is relative to: ("a", "b/c") -> "a/b/c"."""
    return f"{dir}/{path}" if dir and path else dir or path


def relative(dir: str, path: str) -> str:
    """A path, relative to a directory above it; "" for the directory itself. ("a", "a/b/c") -> "b/c"."""
    return path[len(dir) :].lstrip("/") if dir else path


def joined(dir: str, path: str) -> str:
    """A path as it is written in a directory, without "." and "..": ("a/b", "../c") -> "a/c". None leads above ""."""
    parts = dir.split("/") if dir else []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def beside(file: str, name: str) -> str:
    """A path as a file names it, relative to that file's directory: ("a/b.txt", "c.txt") -> "a/c.txt".

    What leads above "" keeps its "..", and so names nothing: ("b.txt", "../c.txt") -> "../c.txt".
    """
    from posixpath import dirname, join, normpath

    return normpath(join(dirname(file), name))


def parents(dir: str) -> tuple[str, ...]:
    """The directories above a directory, the nearest first, "" last; () for "" itself."""
    parts = dir.split("/") if dir else []
    return tuple("/".join(parts[:count]) for count in range(len(parts) - 1, -1, -1))


def escaped(path: str, also: str = "*?") -> str:
    """A path as a pattern that matches it alone; the signs of `also` are escaped too."""
    signs = {*"[]\\", *also}
    return path if signs.isdisjoint(path) else "".join(f"\\{c}" if c in signs else c for c in path)
