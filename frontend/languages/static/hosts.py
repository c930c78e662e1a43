"""What an app's files tell other hosts of how its site is served: netlify.toml, vercel.json, firebase.json and
staticwebapp.config.json.

What none of ours can do, a function or another server in the place of a path, is a warning at its line.
Sources: https://docs.netlify.com/build/configure-builds/file-based-configuration/#redirects,
https://vercel.com/docs/project-configuration, https://firebase.google.com/docs/hosting/full-config,
https://learn.microsoft.com/azure/static-web-apps/configuration
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from frontend.context.tree import SourceTree
from frontend.deploy.reading import Item, read
from frontend.deploy.shapes import TEXT, TEXTS, VARIABLES, Keys, Shape, fitting
from frontend.errors import Location, PlanError, SourceError
from frontend.languages.static import files, globs
from frontend.languages.static.globs import Paths
from frontend.languages.static.own import HOSTS, Wishes
from frontend.languages.static.rules import WHOLE, Headers, Redirect
from frontend.plan.model import Evidence, Warning

INDEX = "index.html"
PAIRS: Keys = {"headers": [{"key": TEXT, "value": TEXT}]}
GLOB: Keys = dict.fromkeys(("source", "glob", "regex"), TEXT)
HOSTING: Keys = {
    "redirects": [{**GLOB, "destination": TEXT, "type": TEXT}],
    "rewrites": [{**GLOB, "destination": TEXT}],
    "headers": [{**GLOB, **PAIRS}],
    "trailingSlash": TEXT,
}
REWRITES: Shape = [{"source": TEXT, "destination": TEXT}]
SHAPES: tuple[Keys, ...] = (  # of HOSTS, as far as they are read here
    {
        "redirects": [{"from": TEXT, "to": TEXT, "status": TEXT, "force": TEXT, "query": VARIABLES}],
        "headers": [{"for": TEXT, "values": VARIABLES}],
        "functions": {"directory": TEXT},
    },
    {
        "redirects": [{"source": TEXT, "destination": TEXT, "statusCode": TEXT, "permanent": TEXT}],
        "rewrites": (REWRITES, dict.fromkeys(("beforeFiles", "afterFiles", "fallback"), REWRITES)),
        "routes": [{"src": TEXT, "dest": TEXT, "status": TEXT, "headers": VARIABLES}],
        "headers": [{"source": TEXT, **PAIRS}],
        "trailingSlash": TEXT,
    },
    {"hosting": (HOSTING, [HOSTING])},
    {
        "routes": [
            {"route": TEXT, "rewrite": TEXT, "redirect": TEXT, "statusCode": TEXT}
            | {"allowedRoles": TEXTS, "headers": VARIABLES}
        ],
        "navigationFallback": {"rewrite": TEXT, "exclude": [TEXT]},
        "globalHeaders": VARIABLES,
        "responseOverrides": {"404": {"rewrite": TEXT, "statusCode": TEXT}},
        "trailingSlash": TEXT,
    },
)


def told(tree: SourceTree, wishes: Wishes) -> Wishes:
    """The wishes with what the files of other hosts add, each where nothing before it said the same; a warning for each
    value that is of another shape than the host wants."""
    for name, reader, shape in zip(HOSTS, (of_netlify, of_vercel, of_firebase, of_azure), SHAPES, strict=True):
        if not tree.has(name):
            continue
        try:
            file, doubts = fitting(read(tree, name), shape)
            found = reader(tree, file)
            found = structs.replace(found, warnings=(*doubts, *found.warnings))
        except SourceError as error:
            found = Wishes(warnings=(Warning("unreadable-file", error.message, error.at, "fix the file"),))
        wishes = added(wishes, found, Evidence("server", f"{name} says how the site is served", tree.at(name, 1)))
    return wishes


def added(wishes: Wishes, more: Wishes, why: Evidence) -> Wishes:
    """The wishes with those of another file that are not there yet; `why` is shown where one of them is used."""
    values = {
        name: getattr(more, name)
        for name in ("fallback", "redirects", "headers", "slash", "missing")
        if getattr(more, name) != getattr(Wishes(), name) and getattr(wishes, name) == getattr(Wishes(), name)
    }
    if "fallback" in values:
        values["but"] = more.but
    evidence = (*wishes.evidence, why) if values else wishes.evidence
    return structs.replace(wishes, **values, evidence=evidence, warnings=(*wishes.warnings, *more.warnings))


# --- rules ------------------------------------------------------------------------------------------------------------


def rule(wishes: Wishes, paths: Paths | None, source: Item, to: Item, status: int, *, force: bool = False) -> Wishes:
    """The wishes with a rule; a warning for one that our server cannot follow."""
    target = to.text
    if paths is None:
        return doubted(wishes, f"the rule for {source.text} is left out: its pattern is not supported", source.at)
    if status == 200 and target.startswith(("http://", "https://", "//")):
        return doubted(wishes, f"{source.text} is not answered by another server ({target})", to.at, PROXY)
    if status == 200 and paths.every and (page := page_of(target)) is not None:
        if wishes.fallback:
            return wishes
        return structs.replace(wishes, fallback=page, but=paths.but)
    whole = paths.target(target if target.startswith(("/", "http://", "https://")) else f"/{target}")
    if whole is None or paths.but or not files.is_usable(whole):
        return doubted(wishes, f"the rule for {source.text} is left out: its target is not supported", to.at)
    if status == 200 and whole == paths.target(source.text):
        return wishes  # a path as it is
    found = Redirect(paths.pattern, whole, status if status in files.STATUSES else 301, force)
    return structs.replace(wishes, redirects=(*wishes.redirects, found))


def page_of(target: str) -> str | None:
    """The page of a site that a target is: "/" is the first one; None for a target with parts of the path in it."""
    path = target.strip("/")
    if "$" in path or ":" in path or (path and not path.endswith((".html", ".htm"))):
        return None
    return path or INDEX


def fields(wishes: Wishes, paths: Paths | None, source: Item, pairs: Sequence[tuple[Item, Item]]) -> Wishes:
    """The wishes with header fields for paths."""
    if paths is None or paths.but:
        return doubted(
            wishes, f"the header fields for {source.text} are left out: their pattern is not supported", source.at
        )
    good = tuple((name.text, value.text) for name, value in pairs if files.is_field(name.text, value.text))
    pattern = WHOLE if paths.every else paths.pattern
    return structs.replace(wishes, headers=(*wishes.headers, Headers(pattern, good))) if good else wishes


PROXY = "ask the other server by its own URL, or write a Caddyfile with reverse_proxy"
FUNCTIONS = "the site is files alone: run the functions as an app of their own, and ask them by its URL"


def doubted(wishes: Wishes, message: str, at: Location, hint: str = "write it in _redirects or _headers") -> Wishes:
    """The wishes with a doubt about a rule."""
    return structs.replace(wishes, warnings=(*wishes.warnings, Warning("host-rule", message, at, hint)))


def without_functions(wishes: Wishes, what: str, at: Location) -> Wishes:
    """The wishes with the warning that functions are no part of the image; one for all of a file."""
    if any(one.code == "host-functions" for one in wishes.warnings):
        return wishes
    message = f"the functions in {what} are not in the image"
    return structs.replace(wishes, warnings=(*wishes.warnings, Warning("host-functions", message, at, FUNCTIONS)))


def number(item: Item, usual: int) -> int:
    """The number that a value is, else the usual one."""
    return int(item.text) if item.text.isdigit() else usual


def is_true(item: Item) -> bool:
    """Whether a value is true."""
    return item.text == "true"


# --- the files --------------------------------------------------------------------------------------------------------


def of_netlify(tree: SourceTree, file: Item) -> Wishes:
    """netlify.toml: its rules are those of `_redirects` and `_headers`, which go before them."""
    wishes = Wishes()
    rules: list[Redirect] = []
    for one in file.get("redirects").items:
        source, to, at = one.get("from"), one.get("to"), key_place(tree, one, "from")
        if any(one.get(key).value for key in ("conditions", "country", "language", "role", "signed")):
            wishes = doubted(wishes, f"the rule for {source.text} is left out: only Netlify knows who asks", at)
            continue
        if "/.netlify/" in to.text:
            wishes = without_functions(wishes, to.text, at)
            continue
        query = (f"{name}={value.text}" for name, value in one.get("query").pairs)
        status = f"{number(one.get('status'), 301)}{'!' * is_true(one.get('force'))}"
        if source.text == "/*" and page_of(to.text) == INDEX and to.text == "/":
            to = Item(f"/{INDEX}", to.at)
        try:
            rules.append(files.redirect([source.text, *query, to.text, status], at))
        except PlanError as error:
            wishes = doubted(wishes, f"the rule for {source.text} is left out: {error.message}", at, error.hint or "")
    wishes = files.with_rules(wishes, rules)
    for one in file.get("headers").items:
        pairs = [(Item(name, value.at), value) for name, value in one.get("values").pairs]
        try:
            paths = Paths(files.of_path(one.get("for").text, file.at)[0]) if one.get("for").text else None
        except PlanError:
            paths = globs.of_glob(one.get("for").text, deep=True)
        wishes = fields(wishes, paths, one.get("for"), pairs)
    directory = file.get("functions", "directory").text or file.get("build", "functions").text or "netlify/functions"
    tree.need_entries(directory)
    if tree.entries(directory):
        named = (file.get("functions", "directory"), file.get("build", "functions"))
        at = next((one.at for one in named if one.text), tree.at(directory))
        wishes = without_functions(wishes, directory, at)
    return wishes


def key_place(tree: SourceTree, item: Item, key: str) -> Location:
    """Where a table of a TOML list is: by the value of a key, for the list has one place for all of it."""
    at, value = item.get(key).at, item.get(key).text
    name = at.file.rpartition("/")[2]
    rows = tree.read_lines(name) or ()
    return next(
        (
            tree.at(name, index)
            for index, row in enumerate(rows, 1)
            if row.strip().startswith(key) and f'"{value}"' in row
        ),
        at,
    )


def of_vercel(tree: SourceTree, file: Item) -> Wishes:
    """vercel.json: redirects go before files, rewrites behind them."""
    wishes = Wishes()
    for one in file.get("redirects").items:
        source = one.get("source")
        if has_conditions(one):
            wishes = doubted(wishes, f"the rule for {source.text} is left out: it depends on who asks", source.at)
            continue
        status = number(one.get("statusCode"), 307 if one.get("permanent").text == "false" else 308)
        wishes = rule(wishes, globs.of_source(source.text), source, one.get("destination"), status, force=True)
    rewrites = file.get("rewrites")
    for one in rewrites.items or tuple(below for _, group in rewrites.pairs for below in group.items):
        source, to = one.get("source"), one.get("destination")
        if has_conditions(one):
            wishes = doubted(wishes, f"the rule for {source.text} is left out: it depends on who asks", source.at)
        elif to.text.startswith("/api/") or to.text == "/api":
            wishes = without_functions(wishes, to.text, to.at)
        else:
            wishes = rule(wishes, globs.of_source(source.text), source, to, 200)
    for one in file.get("routes").items:
        wishes = older_route(wishes, one)
    for one in file.get("headers").items:
        pairs = [(pair.get("key"), pair.get("value")) for pair in one.get("headers").items]
        if has_conditions(one):
            continue
        wishes = fields(wishes, globs.of_source(one.get("source").text), one.get("source"), pairs)
    if has_functions(tree, "api"):
        wishes = without_functions(wishes, "api", tree.at("api"))
    slash = file.get("trailingSlash").text
    return structs.replace(wishes, slash="never" if slash == "false" else "")


def has_conditions(item: Item) -> bool:
    """Whether a rule of Vercel is for some requests only."""
    return bool(item.get("has").items or item.get("missing").items)


def older_route(wishes: Wishes, one: Item) -> Wishes:
    """The wishes with an entry of `routes`, which Vercel had before `redirects` and `rewrites`."""
    source, to, status = one.get("src"), one.get("dest"), number(one.get("status"), 200)
    if not source.text:
        return wishes
    paths = globs.of_expression(source.text)
    pairs = [(Item(name, value.at), value) for name, value in one.get("headers").pairs]
    location = next((value for name, value in pairs if name.text.casefold() == "location"), None)
    if location is not None and 300 <= status < 400:
        return rule(wishes, paths, source, location, status, force=True)
    if pairs:
        wishes = fields(wishes, paths, source, pairs)
    if to.text.startswith("/api"):
        return without_functions(wishes, to.text, to.at)
    return rule(wishes, paths, source, to, 200) if to.text and status == 200 else wishes


def has_functions(tree: SourceTree, directory: str) -> bool:
    """Whether a directory has programs that a host runs."""
    tree.need_entries(directory)
    ends = (".js", ".ts", ".mjs", ".mts", ".py", ".go", ".rb", ".php")
    return any(name.endswith(ends) for name in tree.entries(directory))


def of_firebase(tree: SourceTree, file: Item) -> Wishes:
    """firebase.json: the first site of `hosting` that has files."""
    wishes = Wishes()
    hosting = file.get("hosting")
    site = next((one for one in hosting.items if one.get("public").text), hosting)
    for one in site.get("redirects").items:
        source, paths = firebase_paths(one)
        status = number(one.get("type"), 301)
        wishes = rule(wishes, paths, source, one.get("destination"), status, force=True)
    for one in site.get("rewrites").items:
        source, paths = firebase_paths(one)
        backend = next((key for key in ("function", "run", "dynamicLinks") if one.get(key).value is not None), "")
        if backend:
            wishes = without_functions(wishes, f"the rewrite of {source.text}", source.at)
        elif one.get("destination").text and source.text:
            wishes = rule(wishes, paths, source, one.get("destination"), 200)
    for one in site.get("headers").items:
        source, paths = firebase_paths(one)
        pairs = [(pair.get("key"), pair.get("value")) for pair in one.get("headers").items]
        wishes = fields(wishes, paths, source, pairs)
    return structs.replace(wishes, slash="never" if site.get("trailingSlash").text == "false" else "")


def firebase_paths(one: Item) -> tuple[Item, Paths | None]:
    """What names the paths of a rule, and the paths."""
    named = next((one.get(key) for key in ("source", "glob") if one.get(key).text), None)
    if named is not None:
        return named, globs.of_glob(named.text)
    return one.get("regex"), globs.of_expression(one.get("regex").text) if one.get("regex").text else None


def of_azure(tree: SourceTree, file: Item) -> Wishes:
    """staticwebapp.config.json: routes go before files, the fallback behind them."""
    wishes = Wishes()
    for one in file.get("routes").items:
        wishes = azure_route(wishes, one)
    fallback = file.get("navigationFallback")
    page = page_of(fallback.get("rewrite").text) if fallback.get("rewrite").text else None
    if page is not None:
        excluded = (globs.of_glob(one.text, deep=True) for one in fallback.get("exclude").items)
        wishes = structs.replace(wishes, fallback=page, but=tuple(one.pattern for one in excluded if one is not None))
    pairs = [(Item(name, value.at), value) for name, value in file.get("globalHeaders").pairs]
    wishes = fields(wishes, Paths(WHOLE), file, pairs)
    missing = file.get("responseOverrides", "404")
    instead = page_of(missing.get("rewrite").text) if missing.get("rewrite").text else None
    if instead is not None and number(missing.get("statusCode"), 404) == 200 and not wishes.fallback:
        wishes = structs.replace(wishes, fallback=instead)
    elif instead is not None:
        wishes = structs.replace(wishes, missing=instead)
    if has_functions(tree, "api") or tree.has("api/host.json"):
        wishes = without_functions(wishes, "api", tree.at("api"))
    return structs.replace(wishes, slash="never" if file.get("trailingSlash").text == "never" else "")


def azure_route(wishes: Wishes, one: Item) -> Wishes:
    """The wishes with an entry of `routes`."""
    source, roles = one.get("route"), [role.text for role in one.get("allowedRoles").items]
    if not source.text:
        return wishes
    if roles and "anonymous" not in roles:
        return doubted(
            wishes,
            f"{source.text} is open to everyone: only Azure knows the roles {', '.join(roles)}",
            source.at,
            ROLES,
        )
    paths = globs.of_glob(source.text, deep=True)
    pairs = [(Item(name, value.at), value) for name, value in one.get("headers").pairs]
    if pairs:
        wishes = fields(wishes, paths, source, pairs)
    if one.get("redirect").text:
        return rule(wishes, paths, source, one.get("redirect"), number(one.get("statusCode"), 302), force=True)
    if one.get("rewrite").text:
        return rule(wishes, paths, source, one.get("rewrite"), 200, force=True)
    return wishes


ROLES = "put what asks for a login in front of the image"
