"""Frontend options: what the client asked for, checked and typed.

BuildKit passes options as texts by key (`platform`, `build-arg:PORT`). Names and syntax are those of BuildKit's own
Dockerfile frontend, so every client works. An option or build-arg that is not in the tables here is an error that
names the nearest known one. This module is on the path of every build: it imports nothing but the error tree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, json
from msgspec import ValidationError as MsgspecError

from frontend.errors import OptionError, nearest
from frontend.languages import registry
from frontend.secrets.detection import has_credentials, is_secret, is_secret_value
from frontend.secrets.ids import how_to_give
from frontend.secrets.masking import shown


class Ulimit(Struct, frozen=True):
    """A resource limit of the build steps, as `ulimit` names it; -1 is unlimited."""

    name: str
    soft: int
    hard: int


class BuildOptions(Struct, frozen=True):
    """The options of a build; the defaults are those of a client that sent none.

    `cmdline` is not "" when a syntax line started us, or the client's build-arg did (`syntax_arg`). `filename` is ""
    unless the client named a file, `request` a subrequest's name. `context` is a remote context's URL, "" for the
    local one; `contexts` are the named contexts by "NAME" or "NAME::os/arch". `platforms` are normalised
    ("linux/arm64", "linux/arm/v7"), () for the worker's own. `no_cache_steps` are step names in lower case. `proxy`
    has the keys http, https, ftp, no and all, those given. `settings` are our own build-args by name, not empty;
    `config.read` gives them their meaning.
    """

    source: str = ""
    cmdline: str = ""
    syntax_arg: bool = False
    filename: str = ""
    request: str = ""
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

    def ignores_cache(self, step: str) -> bool:
        """Whether the client wants this step run even if it is cached."""
        return self.no_cache or step.casefold() in self.no_cache_steps


# --- tables ---------------------------------------------------------------------------------------------------------

PLAIN = {  # option: the field that holds its text
    "source": "source",
    "cmdline": "cmdline",
    "filename": "filename",
    "requestid": "request",
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
    "target",
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

TOOLS = registry.tools()
SETTINGS = (
    "PORT",
    "RUN_COMMAND",
    "BUILD_COMMAND",
    "PROJECT_PATH",
    "LANGUAGE",
    "BUILD_PACKAGES",
    "RUN_PACKAGES",
    "KEEP",
    *(registry.setting(tool) for tool in TOOLS),
)
BUILD_ENV, RUN_ENV = "BUILD_ENV_", "RUN_ENV_"
TRACE = "MIGETPACKS_TRACE"
EPOCH = "SOURCE_DATE_EPOCH"
LAST_EPOCH = 253_402_300_799  # the end of the year 9999: no later time can be written into an image
LARGEST = 2**63 - 1  # what BuildKit takes for a number
DIGITS = 19  # of that; Python itself refuses to read numbers of thousands
VERSION_END = "_VERSION"
PROXIES = {"http_proxy": "http", "https_proxy": "https", "ftp_proxy": "ftp", "no_proxy": "no", "all_proxy": "all"}
BUILDKIT_PREFIX = "BUILDKIT_"  # BuildKit and its clients add to these; the ones we act on are in _buildkit_args

ARCHITECTURES = {  # architecture: its variants
    "amd64": ("v1", "v2", "v3", "v4"),
    "arm64": ("v8", "v9"),
    "arm": ("v5", "v6", "v7", "v8"),
    "386": (),
    "ppc64le": (),
    "s390x": (),
    "riscv64": (),
    "loong64": (),
    "mips64le": (),
}
ALIASES = {  # spellings that containerd's platform parser takes as well
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "i386": ("386", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
IMPLIED = {"amd64": "v1", "arm64": "v8"}  # the variant that is not written
TRUE, FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")


# --- the whole ------------------------------------------------------------------------------------------------------


def parse(opts: Mapping[str, str]) -> BuildOptions:
    """The options of a build. Raises OptionError for an unknown or malformed one."""
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
    fields.update(_build_args(args))
    if labels:
        fields["labels"] = tuple(labels.items())
    fields.setdefault("multi_platform", len(_tuple(fields.get("platforms"))) > 1)
    options = BuildOptions(**fields)  # type: ignore[arg-type]  # the tables name its fields; a test holds them to it
    _check_attestations(options.attest)
    _check_labels(labels)
    _check_urls(options)
    if len(options.platforms) > 1 and not options.multi_platform:
        raise OptionError(
            f"{len(options.platforms)} platforms are asked for, and multi-platform=false",
            hint="ask for one platform, or leave multi-platform out",
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


# --- options with a syntax of their own -------------------------------------------------------------------------------


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


def _target(text: str) -> dict[str, object]:
    if text:
        raise OptionError(
            f'there is no target "{shown(text)}": an app is built into one image',
            hint="leave the target out; targets are stages of a Dockerfile",
        )
    return {}


def _platforms(text: str) -> dict[str, object]:
    found = [parse_platform(one.strip()) for one in text.split(",")] if text else []
    return {"platforms": tuple(dict.fromkeys(found))}


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
        if not equals or not host or not _is_address(address):
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
        raise OptionError(f"ulimit: {name}: the soft limit {soft} is above the hard limit {hard}", hint="swap them?")
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
    "target": _target,
    "platform": _platforms,
    "multi-platform": _multi_platform,
    "no-cache": _no_cache,
    "image-resolve-mode": _resolve_mode,
    "cache-imports": _cache_imports,
    "add-hosts": _add_hosts,
    "force-network-mode": _network,
    "shm-size": _shm_size,
    "ulimit": _ulimits,
}


def parse_platform(text: str) -> str:
    """A platform in its normal form: "linux/arm64/v8" and "arm64" are "linux/arm64", "linux/arm" is "linux/arm/v7".

    Raises OptionError for what no Linux image can be built for. Source: the containerd platform syntax.
    """
    parts = text.lower().split("/")
    if len(parts) == 1 and parts[0] != "linux":
        parts = ["linux", *parts]
    if len(parts) == 1:
        parts = ["linux", own_architecture()]
    system, written, variant = (*parts, "")[:3]
    if len(parts) > 3 or not all(parts):
        raise OptionError(f'"{shown(text)}" is not a platform', hint="write it as linux/amd64 or linux/arm64")
    if system != "linux":
        known = nearest(system, ("linux",))
        raise OptionError(
            f'platform "{text}": images are built for linux only',
            hint=f"did you mean {known}/{written}?" if known else f"write it as linux/{written}",
        )
    architecture, implied = ALIASES.get(written, (written, ""))
    if architecture not in ARCHITECTURES:
        close = nearest(written, [*ARCHITECTURES, *ALIASES])
        close = ALIASES.get(close, (close, ""))[0] if close else None
        raise OptionError(
            f'unknown platform "{shown(text)}"',
            hint=f"did you mean linux/{close}?"
            if close
            else f"one of {', '.join(f'linux/{a}' for a in ARCHITECTURES)}",
        )
    variant = implied or _variant(text, architecture, variant)
    if architecture == "arm" and not variant:
        variant = "v7"
    if variant == IMPLIED.get(architecture):
        variant = ""
    return "/".join(part for part in ("linux", architecture, variant) if part)


def _variant(text: str, architecture: str, variant: str) -> str:
    """A variant with its "v": arm64's "8" and "v8.0" are "v8"."""
    if not variant:
        return ""
    known = ARCHITECTURES[architecture]
    plain = f"v{variant.removeprefix('v').removesuffix('.0')}"
    if plain not in known:
        close = nearest(plain, known) or (known[0] if known else None)
        raise OptionError(
            f'unknown platform "{text}": {architecture} has no variant {variant}',
            hint=f"did you mean linux/{architecture}/{close}?" if close else f"write it as linux/{architecture}",
        )
    return plain


def own_architecture() -> str:
    """The architecture of this process, which is BuildKit's: "linux" alone means it."""
    import os

    machine = os.uname().machine.lower()
    return ALIASES.get(machine, (machine, ""))[0]


# --- build-args -------------------------------------------------------------------------------------------------------


def _build_args(args: Mapping[str, str]) -> dict[str, object]:
    """The fields that build-args set. An empty one of ours is as good as none: pipelines pass what they do not set."""
    fields: dict[str, object] = {}
    settings: dict[str, str] = {}
    proxy: dict[str, str] = {}
    for name, value in args.items():
        if name.casefold() in PROXIES:
            _check_proxy(name, value)
            proxy[PROXIES[name.casefold()]] = value or proxy.get(PROXIES[name.casefold()], "")
        elif name.startswith(BUILDKIT_PREFIX):
            continue
        elif name == EPOCH:
            fields["source_date_epoch"] = _epoch(value) if value else None
        elif name == TRACE:
            fields["trace"] = value not in ("", "0", "false")
        elif name in SETTINGS or _is_environment(name):
            check_secret(name, value)
            if value or _is_environment(name):
                settings[name] = value
        else:
            raise unknown_build_arg(name, value)
    if settings.get("PORT"):
        parse_port(settings["PORT"], "the build-arg PORT")
    if settings:
        fields["settings"] = settings
    if given := {key: value for key, value in proxy.items() if value}:
        fields["proxy"] = given
    fields.update(_buildkit_args(args))
    return fields


def _is_environment(name: str) -> bool:
    return any(name.startswith(prefix) and len(name) > len(prefix) for prefix in (BUILD_ENV, RUN_ENV))


def _buildkit_args(args: Mapping[str, str]) -> dict[str, object]:
    """The fields of BuildKit's own build-args; each wins over the option that sets the same."""
    fields: dict[str, object] = {}
    if args.get("BUILDKIT_SYNTAX"):
        fields["syntax_arg"] = True
    if text := args.get("BUILDKIT_MULTI_PLATFORM"):
        fields["multi_platform"] = parse_bool("the build-arg BUILDKIT_MULTI_PLATFORM", text)
    if text := args.get("BUILDKIT_SANDBOX_HOSTNAME"):
        fields["hostname"] = text
    if text := args.get("BUILDKIT_CACHE_MOUNT_NS"):
        fields["cache_mount_ns"] = text
    if text := args.get("BUILDKIT_CONTEXT_KEEP_GIT_DIR"):
        fields["keep_git_dir"] = parse_bool("the build-arg BUILDKIT_CONTEXT_KEEP_GIT_DIR", text)
    return fields


def check_secret(name: str, value: str) -> None:
    """Raises OptionError when a build-arg of this name or value is a secret. The value is never shown."""
    variable = name.removeprefix(BUILD_ENV).removeprefix(RUN_ENV)
    if is_secret(variable, value):
        raise OptionError(
            f'the build-arg "{shown(name)}" looks like a secret; build-args are recorded in the image\'s provenance',
            hint=how_to_give(variable),
        )


def _check_proxy(name: str, value: str) -> None:
    if is_secret_value(value):
        folded = "https" if name.casefold().startswith("https") else "http"
        raise OptionError(
            f'the proxy of the build-arg "{name}" has a password; build-args are recorded in the image\'s provenance',
            hint=f"give it as a build secret: --secret id={folded}-proxy,env={name}",
        )


def unknown_build_arg(name: str, value: str) -> OptionError:
    """The error for a build-arg that no table here names. One that is a secret is told so first."""
    try:
        check_secret(name, value)
    except OptionError as error:
        return error
    close = _nearest_build_arg(name)
    meant = f"did you mean {close}? For" if close else "for"
    return OptionError(
        f'unknown build-arg "{shown(name)}"',
        hint=f"{meant} a variable of the build steps write {BUILD_ENV}{shown(name)}=…, of the image "
        f"{RUN_ENV}{shown(name)}=…",
    )


def _nearest_build_arg(name: str) -> str | None:
    """The build-arg that was most likely meant. GO_VERSION is none of a tool here: it has but its end in common."""
    tool = name.upper().removesuffix(VERSION_END)
    if tool == name.upper():
        return nearest(name, [*SETTINGS, *PROXIES, TRACE, EPOCH])
    from difflib import get_close_matches

    close = get_close_matches(tool.casefold(), TOOLS, n=1, cutoff=0.75)
    return registry.setting(close[0]) if close else None


def parse_port(text: str, what: str) -> int:
    """A TCP port, 1 to 65535. Raises OptionError; `what` names the setting in it."""
    plain = text.strip()
    if not _is_number(plain) or not 0 < int(plain) < 65536:
        raise OptionError(
            f'{what} is "{shown(text)}", not a port', hint="write a whole number from 1 to 65535, such as 5000"
        )
    return int(plain)


def _epoch(text: str) -> int:
    if not _is_number(text) or int(text) > LAST_EPOCH:
        raise OptionError(
            f'the build-arg {EPOCH} is "{shown(text)}", not a time',
            hint="write seconds since 1970, such as $(git log -1 --format=%ct)",
        )
    return int(text)


# --- values -----------------------------------------------------------------------------------------------------------


def parse_bool(what: str, text: str) -> bool:
    """A boolean as Go writes one. Raises OptionError."""
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise OptionError(f'{what} is "{shown(text)}", not a boolean', hint="write true or false")


def one_of(what: str, text: str, known: tuple[str, ...]) -> str:
    """The text, one of `known`. Raises OptionError with the nearest."""
    if text in known:
        return text
    named = tuple(word for word in known if word)
    close = nearest(text, named)
    raise OptionError(
        f'{what}: unknown value "{shown(text)}"',
        hint=f"did you mean {close}?" if close else f"one of {', '.join(named)}",
    )


def whole_number(what: str, text: str) -> int:
    """A number above 0. Raises OptionError."""
    if not _is_number(text) or not 0 < int(text) <= LARGEST:
        raise OptionError(f'{what} is "{shown(text)}", not a number above 0', hint="write it in digits, without a unit")
    return int(text)


def _is_number(text: str) -> bool:
    """Whether a text is digits, and not too many of them to be read."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def parse_csv(what: str, text: str) -> list[str]:
    """One CSV record, as Go reads it: fields may stand in double quotes, "" is a quote. [] for an empty text."""
    if '"' not in text:
        return [field.strip() for field in text.split(",") if field.strip()]
    fields, current, quoted, i = [], "", False, 0
    while i < len(text):
        c = text[i]
        if quoted and text[i : i + 2] == '""':
            current += '"'
            i += 1
        elif c == '"':
            quoted = not quoted
        elif c == "," and not quoted:
            fields.append(current)
            current = ""
        else:
            current += c
        i += 1
    if quoted:
        raise OptionError(f"{what}: a quote is not closed in {shown(text)}", hint="close it")
    return [field for field in (*fields, current) if field]


def _is_address(text: str) -> bool:
    """Whether the text is an IP address; `host-gateway` too, which clients put an address in place of."""
    import socket

    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text.strip("[]"))
        except OSError:
            continue
        return True
    return False


def _check_attestations(attest: Mapping[str, str]) -> None:
    for kind in attest:
        one_of("attest", kind, ATTESTATIONS)


def _check_labels(labels: Mapping[str, str]) -> None:
    for name, value in labels.items():
        if is_secret(name.rpartition(".")[2], value):  # names begin with a domain: org.opencontainers.image.source
            raise OptionError(
                f'the label "{shown(name)}" looks like a secret; labels are readable by all who can pull the image',
                hint="leave it out",
            )


def _check_urls(options: BuildOptions) -> None:
    """Raises OptionError for a URL with a password or token. That of the context itself is checked where it is used."""
    for name, url in options.contexts.items():
        if has_credentials(url):
            raise OptionError(
                f"the URL of the named context {shown(name)} holds a password or token; it would be recorded in the "
                "image's provenance",
                hint="give the token as a build secret: --secret id=GIT_AUTH_TOKEN,env=GIT_AUTH_TOKEN",
            )
    for key, url in options.vcs.items():
        if has_credentials(url):
            raise OptionError(
                f"vcs:{shown(key)}, the URL of the git repository, holds a password or token; it would be recorded in "
                "the image's label and provenance",
                hint="take it out: git remote set-url origin URL; or let the client not send it: BUILDX_GIT_INFO=false",
            )


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
