"""Build-args: our settings, the variables of steps and image, proxies, and those of BuildKit.

One that is not in the tables here is an error that names the nearest known one; one that looks like a secret is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from frontend.errors import OptionError, nearest
from frontend.languages import registry
from frontend.secrets.detection import is_secret, is_secret_value
from frontend.secrets.ids import how_to_give
from frontend.secrets.masking import shown
from frontend.settings.values import is_number, parse_bool, parse_port

TOOLS = registry.tools()
STEPS = registry.steps()
SETTINGS = (
    "PORT",
    "RUN_COMMAND",
    "BUILD_COMMAND",
    "OUTPUT_DIR",
    "PROJECT_PATH",
    "PROJECT",
    "LANGUAGE",
    "BUILD_PACKAGES",
    "RUN_PACKAGES",
    "KEEP",
    "DEPLOY_FILES",
    "GIT_KNOWN_HOSTS",
    "DEPENDENCY_GROUPS",
    "SKIP",
    "USE_DHI",
    "FLAVOUR",
    "RUNTIME_BASE",
    "RUNTIME_USER",
    "DHI_MIRROR",
    *(registry.setting(tool) for tool in TOOLS),
)
BUILD_ENV, RUN_ENV = "BUILD_ENV_", "RUN_ENV_"
TRACE = "MIGETPACKS_TRACE"
EPOCH = "SOURCE_DATE_EPOCH"
LAST_EPOCH = 253_402_300_799  # the end of the year 9999: no later time can be written into an image
VERSION_END = "_VERSION"
PROXIES = {"http_proxy": "http", "https_proxy": "https", "ftp_proxy": "ftp", "no_proxy": "no", "all_proxy": "all"}
BUILDKIT_PREFIX = "BUILDKIT_"  # BuildKit and its clients add to these; the ones we act on are in _buildkit_args


def parse(args: Mapping[str, str]) -> dict[str, object]:
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
            hint=f"pass it as a build secret: --secret id={folded}-proxy,env={name}",
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


def _epoch(text: str) -> int:
    if not is_number(text) or int(text) > LAST_EPOCH:
        raise OptionError(
            f'the build-arg {EPOCH} is "{shown(text)}", not a time',
            hint="write seconds since 1970, such as $(git log -1 --format=%ct)",
        )
    return int(text)
