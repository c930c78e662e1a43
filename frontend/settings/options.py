"""Frontend options: what the client asked for, checked and typed.

BuildKit passes options as texts by key (`platform`, `build-arg:PORT`). Names and syntax are those of BuildKit's own
Dockerfile frontend, so every client works. An option that is not in the tables here is an error that names the nearest
known one. This module is on the path of every build: it imports nothing but the error tree and its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, json
from msgspec import ValidationError as MsgspecError

from frontend.errors import OptionError, nearest
from frontend.secrets.detection import has_credentials, is_secret
from frontend.secrets.masking import shown
from frontend.settings import build_args
from frontend.settings.build_args import EPOCH, SETTINGS, TRACE
from frontend.settings.values import LARGEST, is_address, one_of, parse_bool, parse_csv, whole_number


class Ulimit(Struct, frozen=True):
    """A resource limit of the build steps, as `ulimit` names it; -1 is unlimited."""

    name: str
    soft: int
    hard: int


class BuildOptions(Struct, frozen=True):
    """The options of a build; the defaults are those of a client that sent none.

    `cmdline` is not "" when a syntax line started us, or the client's build-arg did (`syntax_arg`). `filename` is ""
    unless the client named a file, `request` a subrequest's name, `target` the
    process that the image is for, "" for all of them. `context` is a remote context's URL, "" for the
    local one; `contexts` are the named contexts by "NAME" or "NAME::os/arch". `platforms` are normalised
    ("linux/arm64", "linux/arm/v7"), () for the worker's own. `no_cache_steps` are step names in lower case. `proxy`
    has the keys http, https, ftp, no and all, those given. `settings` are our own build-args by name, not empty;
    `precedence.read` gives them their meaning.
    """

    source: str = ""
    cmdline: str = ""
    syntax_arg: bool = False
    filename: str = ""
    request: str = ""
    target: str = ""
    context: str = ""
    context_subdir: str = ""
    dockerfile_local: str = "dockerfile"
    dockerfile_given: bool = False
    contexts: dict[str, str] = {}
    input_metadata: dict[str, str] = {}
    local_sessions: dict[str, str] = {}
    shared_keys: dict[str, str] = {}
    platforms: tuple[str, ...] = ()
    multi_platform: bool = False
    no_cache: bool = False
    no_cache_steps: tuple[str, ...] = ()
    resolve_mode: str = ""
    cache_imports: tuple[tuple[str, dict[str, str]], ...] = ()
    add_hosts: tuple[tuple[str, str], ...] = ()
    hostname: str = ""
    network: str = ""
    shm_size_bytes: int = 0
    ulimits: tuple[Ulimit, ...] = ()
    cgroup_parent: str = ""
    resources: dict[str, int | str] = {}
    cache_mount_ns: str = ""
    keep_git_dir: bool = False
    source_date_epoch: int | None = None
    labels: tuple[tuple[str, str], ...] = ()
    proxy: dict[str, str] = {}
    attest: dict[str, str] = {}
    vcs: dict[str, str] = {}
    trace: bool = False
    settings: dict[str, str] = {}


PLAIN = {  # option: the field that holds its text
    "source": "source",
    "cmdline": "cmdline",
    "filename": "filename",
    "requestid": "request",
    "target": "target",
    "contextsubdir": "context_subdir",
    "hostname": "hostname",
    "cgroup-parent": "cgroup_parent",
}
KEYED = {  # prefix: the field that holds the texts by what follows it
    "context:": "contexts",
    "input-metadata:": "input_metadata",
    "local-sessionid:": "local_sessions",
    "sharedkey:localdir:": "shared_keys",
    "attest:": "attest",
    "vcs:": "vcs",
}
PARSED = (  # options with a syntax of their own, each read by a function below
    "platform",
    "multi-platform",
    "no-cache",
    "image-resolve-mode",
    "cache-imports",
    "cache-from",
    "add-hosts",
    "force-network-mode",
    "shm-size",
    "ulimit",
    "context",
    "contextkey",
    "dockerfilekey",
)
UNREAD = ("frontend.caps", "cache-to", "syntax")  # checked by BuildKit before we start, or meant for the client
UNREAD_PREFIXES = ("input:",)  # where an input came from: for the provenance, which BuildKit writes
RESOURCES = ("memory", "memswap", "cpushares", "cpuperiod", "cpuquota", "cpusetcpus", "cpusetmems")
KNOWN = frozenset((*UNREAD, *PARSED, *RESOURCES))
ATTESTATIONS = ("sbom", "provenance")
RESOLVE_MODES = ("", "default", "pull", "local")
NETWORKS = ("", "sandbox", "host", "none")
ULIMITS = (
    *("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice"),
    *("nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"),
)


def parse(opts: Mapping[str, str], parse_platform: Callable[[str], str] = str) -> BuildOptions:
    """The options of a build. Raises OptionError for an unknown or malformed one.

    `parse_platform` gives a platform its normal form, and raises OptionError for what is none.
    """
    fields: dict[str, object] = {}
    keyed: dict[str, dict[str, str]] = {}
    args: dict[str, str] = {}
    labels: dict[str, str] = {}
    for key, value in sorted(opts.items()):
        name, colon, rest = key.partition(":")
        if name == "build-arg" and colon:
            args[rest] = value
        elif name == "label" and colon:
            labels[rest] = value
        elif key in PLAIN:
            fields[PLAIN[key]] = value
        elif (prefix := next((p for p in KEYED if key.startswith(p)), None)) is not None:
            keyed.setdefault(KEYED[prefix], {})[key.removeprefix(prefix)] = value
        elif key in KNOWN or key.startswith(UNREAD_PREFIXES) or key == opts.get("contextkey"):
            continue
        else:
            raise unknown_option(key)
    fields.update(keyed)
    fields.update(_parsed(opts))
    if platforms := opts.get("platform"):
        fields["platforms"] = tuple(dict.fromkeys(parse_platform(one.strip()) for one in platforms.split(",")))
    fields.update(build_args.parse(args))
    if labels:
        fields["labels"] = tuple(labels.items())
    fields.setdefault("multi_platform", len(_tuple(fields.get("platforms"))) > 1)
    options = BuildOptions(**fields)  # type: ignore[arg-type]  # the tables name its fields; a test holds them to it
    _check_attestations(options.attest)
    _check_labels(labels)
    _check_urls(options)
    if len(options.platforms) > 1 and not options.multi_platform:
        raise OptionError(
            f"{len(options.platforms)} platforms are requested, but multi-platform=false",
            hint="request one platform, or remove multi-platform",
        )
    return options


def unknown_option(key: str) -> OptionError:
    """The error for an option that no table here names."""
    known = [*PLAIN, *PARSED, *UNREAD, *RESOURCES, *(f"{p}NAME" for p in (*KEYED, "build-arg:", "label:"))]
    if key.upper() in SETTINGS or key.upper() in (TRACE, EPOCH):
        return OptionError(f'unknown option "{shown(key)}"', hint=f"did you mean build-arg:{key.upper()}?")
    close = nearest(key, known)
    prefix = key.partition(":")[0]
    if close is None and key != prefix:
        close = nearest(f"{prefix}:NAME", known)
    return OptionError(
        f'unknown option "{shown(key)}"',
        hint=f"did you mean {close}?" if close else "options are those of BuildKit's Dockerfile frontend",
    )


def _parsed(opts: Mapping[str, str]) -> dict[str, object]:
    """The fields of the options in PARSED and RESOURCES."""
    fields: dict[str, object] = {}
    for key, read in READERS.items():
        if key in opts:
            fields.update(read(opts[key]))
    imports = (*_tuple(fields.get("cache_imports")), *_cache_from(opts.get("cache-from", "")))
    if imports:
        fields["cache_imports"] = imports
    context = opts.get(opts.get("contextkey", "context"), "")
    if context:
        fields["context"] = context
    if "dockerfilekey" in opts:
        fields["dockerfile_local"], fields["dockerfile_given"] = opts["dockerfilekey"], True
    resources = {key: _resource(key, opts[key]) for key in RESOURCES if opts.get(key)}
    if resources:
        fields["resources"] = resources
    return fields


def _multi_platform(text: str) -> dict[str, object]:
    return {"multi_platform": parse_bool("multi-platform", text)} if text else {}


def _no_cache(text: str) -> dict[str, object]:
    """Present and empty is all steps; else their names."""
    names = tuple(name.casefold() for name in parse_csv("no-cache", text))
    return {"no_cache_steps": names} if names else {"no_cache": True}


def _resolve_mode(text: str) -> dict[str, object]:
    return {"resolve_mode": one_of("image-resolve-mode", text, RESOLVE_MODES)}


def _network(text: str) -> dict[str, object]:
    return {"network": one_of("force-network-mode", text, NETWORKS)}


def _shm_size(text: str) -> dict[str, object]:
    return {"shm_size_bytes": whole_number("shm-size", text)} if text else {}


class _CacheImport(Struct):
    Type: str
    Attrs: dict[str, str] = {}


def _cache_imports(text: str) -> dict[str, object]:
    if not text:
        return {}
    try:
        rows = json.decode(text, type=list[_CacheImport])
    except (MsgspecError, ValueError) as error:
        raise OptionError(
            f"cache-imports is not a JSON list of cache sources: {error}",
            hint='write it as [{"Type":"registry","Attrs":{"ref":"IMAGE"}}], or use the client\'s --import-cache',
        ) from error
    return {"cache_imports": tuple((row.Type, row.Attrs) for row in rows)}


def _cache_from(text: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """The older form: image references, comma separated."""
    return tuple(("registry", {"ref": ref}) for ref in parse_csv("cache-from", text))


def _add_hosts(text: str) -> dict[str, object]:
    found = []
    for row in parse_csv("add-hosts", text):
        host, equals, address = row.partition("=")
        if not equals or not host or not is_address(address):
            raise OptionError(f'add-hosts: "{shown(row)}" is not HOST=ADDRESS', hint="write it as db.local=10.0.0.5")
        found.append((host.lower(), address))
    return {"add_hosts": tuple(found)}


def _ulimits(text: str) -> dict[str, object]:
    return {"ulimits": tuple(_ulimit(row) for row in parse_csv("ulimit", text))}


def _ulimit(row: str) -> Ulimit:
    name, _, limits = row.partition("=")
    if name not in ULIMITS:
        close = nearest(name, ULIMITS)
        raise OptionError(
            f'ulimit: unknown limit "{shown(name)}"',
            hint=f"did you mean {close}?" if close else f"one of {', '.join(ULIMITS)}",
        )
    first, colon, second = limits.partition(":")
    try:
        soft = int(first)
        hard = int(second) if colon else soft
        if max(soft, hard) > LARGEST:
            raise ValueError
    except ValueError as error:
        raise OptionError(
            f'ulimit: "{shown(row)}" is not NAME=SOFT[:HARD]', hint="write it as nofile=1024:4096; -1 is unlimited"
        ) from error
    if hard != -1 and (soft > hard or soft == -1):
        raise OptionError(
            f"ulimit: {name}: the soft limit {soft} is above the hard limit {hard}",
            hint="write SOFT:HARD, with SOFT not above HARD",
        )
    return Ulimit(name, soft, hard)


def _resource(key: str, text: str) -> int | str:
    if key.startswith("cpuset"):
        if not all(part.isdigit() for piece in text.split(",") for part in piece.split("-", 1)):
            raise OptionError(f'{key}: "{shown(text)}" is not a list of numbers', hint="write it as 0-3,5")
        return text
    if key == "memswap" and text == "-1":
        return -1
    return whole_number(key, text)


READERS: dict[str, Callable[[str], dict[str, object]]] = {
    "multi-platform": _multi_platform,
    "no-cache": _no_cache,
    "image-resolve-mode": _resolve_mode,
    "cache-imports": _cache_imports,
    "add-hosts": _add_hosts,
    "force-network-mode": _network,
    "shm-size": _shm_size,
    "ulimit": _ulimits,
}


def _check_attestations(attest: Mapping[str, str]) -> None:
    for kind in attest:
        one_of("attest", kind, ATTESTATIONS)


def _check_labels(labels: Mapping[str, str]) -> None:
    for name, value in labels.items():
        if is_secret(name.rpartition(".")[2], value):  # names begin with a domain: org.opencontainers.image.source
            raise OptionError(
                f'the label "{shown(name)}" looks like a secret; everyone who can pull the image can read its labels',
                hint="leave it out",
            )


def _check_urls(options: BuildOptions) -> None:
    """Raises OptionError for a URL with a password or token. That of the context itself is checked where it is used."""
    for name, url in options.contexts.items():
        if has_credentials(url):
            raise OptionError(
                f"the URL of the named context {shown(name)} contains a password or token, which would be recorded "
                "in the image's provenance",
                hint="pass the token as a build secret: --secret id=GIT_AUTH_TOKEN,env=GIT_AUTH_TOKEN",
            )
    for key, url in options.vcs.items():
        if has_credentials(url):
            raise OptionError(
                f"the git repository's URL (vcs:{shown(key)}) contains a password or token, which would be "
                "recorded in the image's label and provenance",
                hint="remove it (git remote set-url origin URL), or set BUILDX_GIT_INFO=false for the client",
            )


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
