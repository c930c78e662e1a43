"""What a configuration of nginx says of a site: the page for all paths, the one for errors, header fields, redirects.

Source: https://nginx.org/en/docs/http/ngx_http_core_module.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.static import files
from frontend.languages.static.own import NGINX, Wishes
from frontend.languages.static.rules import WHOLE, Headers, Redirect, escaped
from frontend.plan.model import Evidence, Warning

TOKEN = re.compile(
    r"""\s+|#[^\n]*|(?P<mark>[{};])|(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)|(?P<word>(?:\$\{\w+\}|[^\s{};])+)""",
    re.DOTALL,
)
COPIED = re.compile(r"^\s*(?:COPY|ADD)\s+(?:--\S+\s+)*(?:\./)?(\S+)\s+/etc/nginx/", re.IGNORECASE)
# what changes no answer of a site: how nginx runs, what our server does too
PLAIN = re.compile(
    r"listen|server_name|root|index|include|default_type|sendfile|tcp_\w+|keepalive_\w+|worker_\w+|multi_accept|user|pid"
    r"|daemon|error_log|access_log|log_\w+|gzip\w*|brotli\w*|types\w*|charset\w*|client_\w+|send_timeout|server_tokens"
    r"|open_file_cache\w*|expires|etag|if_modified_since|absolute_redirect|port_in_redirect|server_name_in_redirect"
    r"|autoindex|internal|allow|resolver\w*|use|load_module|large_client_header_buffers|disable_symlinks|aio|directio"
    r"|reset_timedout_connection|output_buffers|rewrite_log|merge_slashes|real_ip_\w+|set_real_ip_from|http2|ssl_\w+"
)


class Directive(Struct, frozen=True):
    """A directive: its words, the line it is at, and those within its braces."""

    words: tuple[str, ...]
    line: int
    inner: tuple[Directive, ...] = ()

    @property
    def name(self) -> str:
        """Its first word."""
        return self.words[0] if self.words else ""


def told(tree: SourceTree, wishes: Wishes) -> Wishes:
    """The wishes with what a configuration of nginx adds, and a note where it says more than that."""
    name = path_of(tree)
    if name is None:
        return wishes
    directives = tuple(read(tree.read_text(name) or ""))
    found = Wishes()
    beyond: list[Directive] = []
    for one in within_server(directives):
        found = of_directive(found, one, tree.at(name, one.line), beyond)
    from frontend.languages.static.hosts import added

    why = Evidence("server", f"{name} says how the site is served", tree.at(name, 1))
    wishes = added(wishes, found, why)
    if not beyond:
        return wishes
    first = min(beyond, key=lambda one: one.line)
    message = f"{name}: {shown(first)} is not followed: the site is served by Caddy"
    note = Warning("nginx-conf", message, tree.at(name, first.line), "write what it needs in a Caddyfile")
    return structs.replace(wishes, warnings=(*wishes.warnings, note))


def path_of(tree: SourceTree) -> str | None:
    """The configuration of a site: the file that a Dockerfile copies to where nginx looks, else one of the usual
    names that has a server."""
    rows = tree.read_lines("Dockerfile") or ()
    copied = [found[1] for row in rows if (found := COPIED.match(row)) is not None]
    name = tree.first(*(one for one in copied if "*" not in one and not one.startswith("/")))
    if name is not None:
        return name
    return next((one for one in NGINX if tree.has(one) and "server" in (tree.read_text(one) or "")), None)


def read(text: str) -> Iterator[Directive]:
    """The directives of a configuration; one that is cut off ends where its text does."""
    stack: list[tuple[tuple[str, ...], int, list[Directive]]] = [((), 0, [])]
    words: list[str] = []
    start = 1
    at = line = 0
    line = 1
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:  # a quote that is not closed
            break
        if found["mark"] is None and (found["word"] is not None or found["text"] is not None):
            start = line if not words else start
            words.append(found["word"] if found["word"] is not None else found["text"])
        elif found["mark"] == ";":
            if words:
                stack[-1][2].append(Directive(tuple(words), start))
            words = []
        elif found["mark"] == "{":
            stack.append((tuple(words), start, []))
            words = []
        elif found["mark"] == "}" and len(stack) > 1:
            head, place, inner = stack.pop()
            stack[-1][2].append(Directive(head, place, tuple(inner)))
            words = []
        line += text.count("\n", at, found.end())
        at = found.end()
    while len(stack) > 1:
        head, place, inner = stack.pop()
        stack[-1][2].append(Directive(head, place, tuple(inner)))
    yield from stack[0][2]


def within_server(directives: tuple[Directive, ...]) -> Iterator[Directive]:
    """What is said of the server: within `http` and the last `server` with files, or at the top of a part of one."""
    servers = [one for one in every(directives) if one.name == "server" and one.inner]
    with_files = [one for one in servers if any(inner.name in ("root", "try_files") for inner in every(one.inner))]
    chosen = (with_files or servers)[-1:]
    if chosen:
        yield from chosen[0].inner
        return
    yield from directives


def every(directives: tuple[Directive, ...]) -> Iterator[Directive]:
    """Directives with all that are within them."""
    for one in directives:
        yield one
        yield from every(one.inner)


def of_directive(wishes: Wishes, one: Directive, at: Location, beyond: list[Directive]) -> Wishes:
    """The wishes with a directive of the server; what is more than they can say is added to `beyond`."""
    if one.name == "location":
        return of_location(wishes, one, at, beyond)
    if one.name == "try_files":
        return with_page(wishes, one)
    if one.name == "error_page":
        return with_error(wishes, one)
    if one.name == "add_header" and len(one.words) > 2:
        return with_field(wishes, WHOLE, one)
    if not PLAIN.fullmatch(one.name):
        beyond.append(one)
    return wishes


def of_location(wishes: Wishes, one: Directive, at: Location, beyond: list[Directive]) -> Wishes:
    """The wishes with a `location`: all of it counts for "/", of others redirects and header fields."""
    pattern = pattern_of(one.words[1:])
    if one.words[-1].startswith("@"):
        return wishes  # what `try_files` of another one names
    for inner in one.inner:
        if pattern == WHOLE and inner.name in ("try_files", "error_page", "add_header"):
            wishes = of_directive(wishes, inner, at, beyond)
        elif inner.name == "try_files":
            page = inner.words[-1]
            if not page.startswith("=") and pattern and page.startswith("/") and page.endswith(".html"):
                rule = Redirect(pattern, page, 200)
                wishes = structs.replace(wishes, redirects=(*wishes.redirects, rule))
        elif inner.name == "add_header" and len(inner.words) > 2 and pattern:
            wishes = with_field(wishes, pattern, inner)
        elif inner.name == "return" and is_redirect(inner) and pattern and pattern != WHOLE:
            rule = Redirect(pattern, inner.words[2], int(inner.words[1]), force=True)
            wishes = structs.replace(wishes, redirects=(*wishes.redirects, rule))
        elif not PLAIN.fullmatch(inner.name) and inner.name not in ("deny", "error_page"):
            beyond.append(inner)
    return wishes


def pattern_of(words: tuple[str, ...]) -> str:
    """The paths of a `location` as a regular expression; "" for one that RE2 does not read."""
    if len(words) == 1:
        return WHOLE if words[0] == "/" else f"^{escaped(words[0])}"
    sign, path = words[0], words[-1]
    if sign in ("=", "^~"):
        return WHOLE if path == "/" and sign == "^~" else f"^{escaped(path)}" + ("$" if sign == "=" else "")
    from frontend.languages.static.globs import Paths, checked

    found = checked(Paths(path))
    return "" if found is None else f"(?i){path}" if sign == "~*" else path


def is_redirect(one: Directive) -> bool:
    """Whether a `return` sends the browser to a place that has nothing of the request in it."""
    plain = len(one.words) == 3 and one.words[1] in ("301", "302", "303", "307", "308")
    return plain and "$" not in one.words[2] and files.is_usable(one.words[2])


def with_page(wishes: Wishes, one: Directive) -> Wishes:
    """The wishes with the page that `try_files` gives for paths without a file; "=404" is what ours does too."""
    page = one.words[-1].partition("?")[0]
    if not page.startswith("/") or not page.endswith(".html") or "$" in page or wishes.fallback:
        return wishes
    return structs.replace(wishes, fallback=page.lstrip("/"))


def with_error(wishes: Wishes, one: Directive) -> Wishes:
    """The wishes with the page for errors 404; `error_page 404 =200 /x.html` makes it the answer for all paths."""
    page = one.words[-1]
    if "404" not in one.words[1:-1] or not page.startswith("/") or "$" in page:
        return wishes
    if {"=200", "="} & set(one.words):
        return structs.replace(wishes, fallback=wishes.fallback or page.lstrip("/"))
    return structs.replace(wishes, missing=page.lstrip("/"))


def with_field(wishes: Wishes, pattern: str, one: Directive) -> Wishes:
    """The wishes with a field of `add_header`."""
    name, value = one.words[1:3]
    if "$" in value or not files.is_field(name, value):
        return wishes
    return structs.replace(wishes, headers=(*wishes.headers, Headers(pattern, ((name, value),))))


def shown(one: Directive) -> str:
    """A directive as a message shows it."""
    return " ".join(one.words[:3])
