"""The formats of `_redirects`, `_headers`, Staticfile and static.json.

Sources: https://docs.netlify.com/manage/routing/redirects/overview/, https://docs.netlify.com/manage/routing/headers/,
https://developers.cloudflare.com/pages/configuration/redirects/,
https://docs.cloudfoundry.org/buildpacks/staticfile/index.html, https://github.com/heroku/heroku-buildpack-static
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, PlanError
from frontend.languages.static.own import Wishes
from frontend.languages.static.rules import WHOLE, Headers, Redirect, escaped, group_of
from frontend.paths import joined
from frontend.plan.model import Warning

STATUS = re.compile(r"(\d{3})(!?)")
STATUSES = (200, 301, 302, 303, 307, 308, 404, 410)
PARAMETER = re.compile(r"([\w.-]+)=(:?[\w.*-]+)")
CONDITIONS = ("Country", "Language", "Role", "Cookie")  # of Netlify: what it knows of who asks
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # of a header field: RFC 9110, section 5.1
YES = ("enabled", "true", "yes", "on", "visible")
HSTS = "http_strict_transport_security"
STATICFILE_KEYS = (
    *("root", "pushstate", "directory", "force_https", "ssi", "host_dot_files", "location_include", "enable_http2"),
    *(HSTS, f"{HSTS}_include_subdomains", f"{HSTS}_preload"),
)
REPLACED = ("{$", "{env.", "{file.", "{system.")  # what the server would replace by something of the container


def redirects(tree: SourceTree, name: str, wishes: Wishes) -> Wishes:
    """The rules of a `_redirects` file. Raises PlanError at a line that means nothing."""
    found: list[Redirect] = []
    doubts: list[Warning] = []
    for number, row in enumerate(tree.read_lines(name) or (), 1):
        words = re.sub(r"(^|\s)#.*", "", row).split()
        if not words:
            continue
        at = tree.at(name, number)
        if words[0].startswith(("http://", "https://")):
            doubts.append(Warning("redirect-host", f"{name}: a rule for another host is left out", at))
        elif any(word.partition("=")[0] in CONDITIONS for word in words[2:]):
            message = f"{name}: a rule that depends on who asks is left out: only Netlify knows it"
            doubts.append(Warning("redirect-condition", message, at))
        else:
            found.append(redirect(words, at))
    return with_rules(wishes, found, tuple(doubts))


def with_rules(wishes: Wishes, found: Sequence[Redirect], doubts: tuple[Warning, ...] = ()) -> Wishes:
    """The wishes with rules; one that serves a page for all paths says which page that is."""
    rest = tuple(one for one in found if one.pattern != WHOLE or one.status != 200 or not is_page(one.to))
    whole = next((one.to for one in found if one not in rest), "")
    return structs.replace(
        wishes,
        redirects=(*wishes.redirects, *rest),
        fallback=(whole.lstrip("/") or "index.html") if whole else wishes.fallback,
        warnings=(*wishes.warnings, *doubts),
    )


def is_page(target: str) -> bool:
    """Whether a target is a page of the site, whatever path was asked for."""
    return target.startswith("/") and "{" not in target


def redirect(words: list[str], at: Location) -> Redirect:
    """A rule: FROM [QUERY…] TO [STATUS]. Raises PlanError."""
    source, *rest = words
    query = []
    while len(rest) > 1 and (match := PARAMETER.fullmatch(rest[0])) and not rest[0].startswith("/"):
        query.append((match[1], match[2]))
        rest = rest[1:]
    status = STATUS.fullmatch(rest[1]) if len(rest) == 2 else None
    if not source.startswith("/"):
        raise PlanError(f'"{source}" is not a path: it has to begin with "/"', at=at, hint=FORM)
    if not rest or len(rest) > 2 or (len(rest) == 2 and status is None):
        raise PlanError("this line is not a redirect", at=at, hint=FORM)
    code = int(status[1]) if status else 301
    if code not in STATUSES:
        raise PlanError(
            f"a redirect cannot have the status {code}", at=at, hint=f"known: {', '.join(map(str, STATUSES))}"
        )
    target = rest[0]
    if not target.startswith(("/", "http://", "https://", "./")):
        raise PlanError(f'"{target}" is neither a path nor a URL', at=at, hint=FORM)
    if code == 200 and not target.startswith("/"):
        hint = "serve it by a Caddyfile of the app's own (reverse_proxy), or ask the other server by its own URL"
        raise PlanError(f"a site cannot answer in the place of another server ({target})", at=at, hint=hint)
    checked(target, at)
    pattern, names = of_path(source, at)
    for index, group in enumerate(names, 1):
        target = re.sub(rf":{group}\b", group_of(index), target)
    for key, value in query:
        if value.startswith(":"):
            target = target.replace(value, f"{{query.{key}}}")
    if missing := re.search(r"(?<=/):(\w+)", target.partition("://")[2] or target):
        raise PlanError(f'nothing in "{source}" is called :{missing[1]}', at=at, hint=FORM)
    every = tuple((key, "*" if value.startswith(":") else value) for key, value in query)
    return Redirect(pattern, target, code, bool(status and status[2]), every)


FORM = "write FROM TO STATUS, such as /old/* /new/:splat 301"


def of_path(path: str, at: Location) -> tuple[str, tuple[str, ...]]:
    """A path with `:name` and a `*` at its end as a regular expression, and the names of its groups.

    One without a slash in front is taken from the root, as hosts do.
    """
    path = path if "/" in path[:1] or "://" in path else f"/{path}"
    if path == "/*":
        return WHOLE, ()
    names: list[str] = []
    parts = []
    *before, last = path.split("/")[1:]
    for part in before if last == "*" else (*before, last):
        if part.startswith(":") and part[1:].isidentifier():
            names.append(part[1:])
            parts.append("/([^/]+)")
        elif "*" in part and part != last:
            raise PlanError(f'"*" may stand at the end of a path only ({path})', at=at, hint=FORM)
        else:
            parts.append("/" + ".*".join(map(escaped, part.split("*"))))
    if last != "*":
        return f"^{''.join(parts).rstrip('/')}/?$", tuple(names)
    return f"^{''.join(parts)}(?:/(.*))?$", (*names, "splat")


def is_usable(text: str) -> bool:
    """Whether the server takes a text of the user's as it is."""
    return not (any(word in text for word in REPLACED) or ("`" in text and "\\" in text) or "\n" in text)


def is_field(name: str, value: str) -> bool:
    """Whether a text is the name of a header field, and the server takes the other one as its value."""
    return NAME.fullmatch(name) is not None and is_usable(value)


def checked(text: str, at: Location) -> str:
    """A text of the user's that goes into the server's configuration. Raises PlanError for what it would replace."""
    if not is_usable(text):
        raise PlanError("the server would replace a part of this line", at=at, hint=f"write it without {REPLACED[0]}")
    return text


def headers(tree: SourceTree, name: str, wishes: Wishes) -> Wishes:
    """The fields of a `_headers` file. Raises PlanError at a line that means nothing."""
    found: list[Headers] = []
    for number, row in enumerate(tree.read_lines(name) or (), 1):
        text, at = row.strip(), tree.at(name, number)
        if not text or text.startswith("#"):
            continue
        if not row[0].isspace():
            if not text.startswith("/"):
                raise PlanError(f'"{text}" is not a path: it has to begin with "/"', at=at, hint=FIELDS)
            found.append(Headers(of_path(text, at)[0], ()))
            continue
        field, colon, value = text.partition(":")
        if not found or not colon or not NAME.fullmatch(field):
            raise PlanError("this line is not a header field of a path", at=at, hint=FIELDS)
        checked(value, at)
        last = found[-1]
        found[-1] = structs.replace(last, fields=(*last.fields, (field, value.strip())))
    return structs.replace(wishes, headers=(*wishes.headers, *(one for one in found if one.fields)))


FIELDS = 'write a path, and below it lines that are indented, such as "  Cache-Control: no-store"'


def staticfile(tree: SourceTree, name: str, wishes: Wishes) -> Wishes:
    """The settings of a Staticfile. Raises PlanError at one that is not known."""
    data = tree.read_yaml(name) if (tree.read_text(name) or "").strip() else {}
    if not isinstance(data, dict):
        raise PlanError("a Staticfile has lines such as root: public", at=tree.at(name, 1), hint=KNOWN)
    for key in data:
        if key not in STATICFILE_KEYS:
            raise PlanError(f'"{key}" is not a setting of a Staticfile', at=tree.line_of(name, str(key)), hint=KNOWN)
    on = {key for key, value in data.items() if value is True or str(value).casefold() in YES}
    root = joined("", str(data.get("root") or ""))
    strict = "max-age=31536000" + "".join(
        f"; {directive}"
        for key, directive in ((f"{HSTS}_include_subdomains", "includeSubDomains"), (f"{HSTS}_preload", "preload"))
        if key in on
    )
    fields = (Headers(WHOLE, (("Strict-Transport-Security", strict),)),) if HSTS in on else ()
    return structs.replace(
        wishes,
        root=root,
        root_at=tree.line_of(name, "root") if root else None,
        fallback="index.html" if "pushstate" in on else wishes.fallback,
        browse="directory" in on,
        https="force_https" in on,
        headers=(*wishes.headers, *fields),
    )


KNOWN = f"known: {', '.join(STATICFILE_KEYS[:4])}, {HSTS}"


def static_json(tree: SourceTree, name: str, wishes: Wishes) -> Wishes:
    """The settings of a static.json. Raises PlanError for a proxy, SourceError for what is not JSON."""
    data = tree.read_json(name) or {}
    if data.get("proxies"):
        hint = "write a Caddyfile with reverse_proxy, or ask the other server by its own URL"
        raise PlanError(
            "a site cannot answer in the place of another server", at=tree.line_of(name, '"proxies"'), hint=hint
        )
    routes = [(of_glob(path), str(page)) for path, page in table(data, "routes")]
    whole = next((page for pattern, page in routes if pattern == WHOLE), "")
    found = [Redirect(pattern, f"/{page.lstrip('/')}", 200) for pattern, page in routes if pattern != WHOLE]
    for path, value in table(data, "redirects"):
        told = value if isinstance(value, dict) else {"url": value}
        target, status = checked(str(told.get("url", "")), tree.line_of(name, f'"{path}"')), told.get("status", 301)
        found.append(Redirect(of_glob(path), target, status if status in STATUSES else 301, force=True))
    fields = (
        Headers(
            of_glob(path),
            tuple((str(key), checked(str(text), tree.line_of(name, f'"{key}"'))) for key, text in values.items()),
        )
        for path, values in table(data, "headers")
        if isinstance(values, dict) and values
    )
    root = joined("", str(data.get("root") or "public_html"))
    return structs.replace(
        wishes,
        root=root,
        root_at=tree.line_of(name, '"root"'),
        fallback=whole.lstrip("/") or wishes.fallback,
        missing=str(data.get("error_page") or wishes.missing).lstrip("/"),
        https=bool(data.get("https_only")),
        redirects=(*wishes.redirects, *found),
        headers=(*wishes.headers, *fields),
    )


def table(data: dict[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    """The entries of an object in a JSON object; none where it is no object."""
    value = data.get(key)
    yield from value.items() if isinstance(value, dict) else ()


def of_glob(path: str) -> str:
    """A path with `*` (of one part) and `**` as a regular expression."""
    if path in ("/**", "/**/*"):
        return WHOLE
    parts = re.split(r"(\*\*|\*)", path)
    return f"^{''.join('.*' if p == '**' else '[^/]*' if p == '*' else escaped(p) for p in parts)}$"
