"""The paths of rules as other hosts write them, as regular expressions of RE2 for our server.

Sources: https://vercel.com/docs/project-configuration#rewrites (path-to-regexp),
https://firebase.google.com/docs/hosting/full-config (globs and segments),
https://learn.microsoft.com/azure/static-web-apps/configuration#wildcards
"""

import re

from msgspec import Struct

from frontend.languages.static.rules import escaped, group_of

NAMED = re.compile(r":([A-Za-z_]\w*)")
BEYOND = re.compile(r"\(\?(?:[=<]|!)|\\[1-9]")  # what RE2 has not: https://github.com/google/re2/wiki/Syntax
SAMPLES = ("/q7", "/q7/z-9", "/q7/z-9/k.w")  # paths of no site: a pattern that matches all of them is for every path


class Paths(Struct, frozen=True):
    """Paths as a regular expression, with the names of its groups, in order ("1" is the first without a name).

    `but` are patterns of paths that are none of them.
    """

    pattern: str
    names: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    @property
    def every(self) -> bool:
        """Whether all paths are meant, apart from those that are left out."""
        return len(self.names) <= 1 and all(re.search(self.pattern, path) for path in SAMPLES)

    def target(self, text: str) -> str | None:
        """A target that names groups (`:slug`, `:path*`, `$1`) for a rule of ours; None where a name is not there."""
        unknown: list[str] = []

        def group(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            if name not in self.names:
                unknown.append(name)
                return ""
            return group_of(self.names.index(name) + 1)

        head, slashes, tail = text.rpartition("://")
        made = re.sub(r":([A-Za-z_]\w*)[*+?]?|\$(\d)", group, tail)
        return None if unknown else head + slashes + made


def of_source(text: str) -> Paths | None:
    """A `source` of Vercel: names, groups and modifiers of path-to-regexp; None for what no expression of ours says."""
    made, names, but, at, unnamed = "", [], [], 0, 0
    while at < len(text):
        named, inner = NAMED.match(text, at), ""
        if named is None and text[at] not in "(*":
            if text[at] == "\\" and at + 1 < len(text):
                at += 1
            made += escaped(text[at]) if text[at] not in "{}" else ""
            at += 1
            continue
        at = named.end() if named else at
        if at < len(text) and text[at] == "(":
            end = closing(text, at)
            if end is None:
                return None
            inner, at = text[at + 1 : end], end + 1
        elif named is None:  # a "*" alone
            inner, at = ".*", at + 1
        while (without := re.match(r"\(\?!", inner)) is not None:
            end = closing(inner, 0)
            if end is None:
                return None
            but.append(f"^{made}(?:{plain(inner[without.end() : end])})")
            inner = inner[end + 1 :]
        modifier = text[at] if at < len(text) and text[at] in "*+?" else ""
        at += len(modifier)
        unnamed += named is None
        names.append(named[1] if named else str(unnamed))
        group = (
            f"({plain(inner)})" if inner else "(.*)" if modifier == "*" else "(.+)" if modifier == "+" else "([^/]+)"
        )
        if not inner and but and made.endswith("/") and not modifier:
            group = "(.*)"
        if modifier in ("*", "?") and made.endswith("/"):
            made = f"{made[:-1]}(?:/{group})?"
        else:
            made += group
    return checked(Paths(f"^{made}/?$" if not names else f"^{made}$", tuple(names), tuple(but)))


def of_expression(text: str) -> Paths | None:
    """A `src` of Vercel's older routes: an expression for the whole path; None likewise."""
    but = tuple(f"^/(?:{plain(found)})" for found in re.findall(r"^\^?/?\(\?!([^()]*)\)", text))
    body = re.sub(r"^\^?(/?)\(\?![^()]*\)", r"\1", text).removeprefix("^").removesuffix("$")
    count = len(re.findall(r"(?<!\\)\((?!\?)", body))
    return checked(Paths(f"^{body}$", tuple(str(number) for number in range(1, count + 1)), but))


def of_glob(text: str, *, deep: bool = False) -> Paths | None:
    """A glob of Firebase, or of Azure where a `*` leads into directories (`deep`); None likewise."""
    path, names, made, at = text if text.startswith("/") else f"/{text}", [], "", 0
    while at < len(path):
        rest = path[at:]
        if (named := NAMED.match(rest)) is not None:
            every = rest[named.end() : named.end() + 1] == "*"
            names.append(named[1])
            made += "(.*)" if every else "([^/]+)"
            at += named.end() + every
        elif rest.startswith("**/"):
            made, at = f"{made}(?:.*/)?", at + 3
        elif rest.startswith("**"):
            made, at = f"{made}.*", at + 2
        elif rest[0] == "*":
            made, at = made + (".*" if deep else "[^/]*"), at + 1
        elif rest[0] == "?":
            made, at = f"{made}[^/]", at + 1
        elif (several := re.match(r"@\(([^()]*)\)|\{([^{}]*)\}", rest)) is not None:
            words = several[1].split("|") if several[1] is not None else several[2].split(",")
            made, at = f"{made}(?:{'|'.join(escaped(word.strip()) for word in words)})", at + several.end()
        elif re.match(r"[!+?*@]\(", rest):
            return None
        else:
            made, at = made + escaped(rest[0]), at + 1
    return checked(Paths(f"^{made}$", tuple(names)))


def checked(found: Paths) -> Paths | None:
    """Paths whose expressions our server reads; None for others."""
    if any(BEYOND.search(one) for one in (found.pattern, *found.but)):
        return None
    try:
        for one in (found.pattern, *found.but):
            re.compile(one)
    except re.error:
        return None
    return found


def plain(text: str) -> str:
    """An expression without groups that a target can name."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", text)


def closing(text: str, start: int) -> int | None:
    """Where the bracket that opens at `start` is closed; None for one that is not."""
    depth = 0
    for at in range(start, len(text)):
        if text[at - 1 : at] == "\\":
            continue
        depth += (text[at] == "(") - (text[at] == ")")
        if depth == 0:
            return at
    return None
