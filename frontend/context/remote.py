"""Build contexts that are not a directory of the client: git and http URLs, images, OCI layouts, build inputs.

The forms and their order are those of BuildKit's Dockerfile frontend. Imported only where such a context is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

import llb
from frontend.errors import DetectionError, GatewayError, OptionError, nearest
from frontend.secrets.detection import has_credentials
from frontend.secrets.masking import hidden, shown

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway
    from frontend.settings.options import BuildOptions

FILENAME = "context"  # what a downloaded file is called
HEAD_BYTES = 1024
MAGIC = (b"BZh", b"\x1f\x8b\x08", b"\xfd7zXZ\x00")
TAR_MAGIC = slice(257, 262), b"ustar"
QUERY = ("ref", "tag", "branch", "subdir", "checksum", "commit", "mtime")
QUERY_FLAGS = ("keep-git-dir", "submodules", "fetch-by-commit")
URL_SHOWN = 300  # characters of a URL that a message quotes
IMAGE, OCI, LOCAL, INPUT, TARGET = "docker-image:", "oci-layout:", "local:", "input:", "target:"


class Git(Struct, frozen=True):
    """A git context: where it is, and what of it. `ref` and `subdir` are "" for the default branch and the root."""

    remote: str
    ref: str = ""
    subdir: str = ""
    checksum: str = ""
    keep_git_dir: bool = False
    skip_submodules: bool = False
    mtime: str = ""
    fetch_by_commit: bool = False


def local_name(value: str) -> str | None:
    """The local's name where a named context is one; None for all other forms."""
    return value.removeprefix(LOCAL) if value.startswith(LOCAL) else None


def load(gateway: Gateway, options: BuildOptions, value: str) -> llb.State:
    """The whole filesystem of a context. Raises OptionError for a form that is none, or a password in a URL."""
    if has_credentials(value):
        raise OptionError(
            "the build context's URL contains a password or token, which would be recorded in the image's provenance",
            hint="pass the token as a build secret: --secret id=GIT_AUTH_TOKEN,env=GIT_AUTH_TOKEN",
        )
    try:
        return scoped(_state(gateway, options, value), options.context_subdir)
    except llb.LLBError as error:
        raise OptionError(
            f'"{shown(value)}" is not a build context: {hidden(str(error))}',
            hint="check its spelling and the option contextsubdir",
        ) from error


def _state(gateway: Gateway, options: BuildOptions, value: str) -> llb.State:
    """The source that a context's text names. Raises LLBError for one that is malformed."""
    if (git := parse_git(value)) is not None:
        return _git(git, value, options)
    if value.startswith(("http://", "https://")):
        return _http(gateway, value)
    if value.startswith(IMAGE):
        return _image(gateway, options, value.removeprefix(IMAGE).removeprefix("//"))
    if value.startswith(OCI):
        return _oci_layout(gateway, value.removeprefix(OCI).removeprefix("//"))
    if value.startswith(INPUT):
        return _input(gateway, value.removeprefix(INPUT))
    raise OptionError(
        f'"{shown(value)}" is not a build context',
        hint="give a git or http URL, docker-image://REF, oci-layout://STORE@DIGEST, local:NAME or input:NAME",
    )


def not_loaded(value: str, error: GatewayError) -> GatewayError:
    """The error for a context that BuildKit cannot load. What it says itself goes on only where no secret is in it."""
    message = hidden(error.message)
    return GatewayError(
        f"the build context {shown(value, URL_SHOWN)} cannot be loaded: {message}",
        method=error.method,
        code=error.code,
        status=error.status if message == error.message else b"",
        hint="check that it exists and that the builder can reach it",
    )


def scoped(state: llb.State, subdir: str) -> llb.State:
    """A directory of a filesystem as its root; the whole of it for ""."""
    path = subdir.strip("/")
    if not path:
        return state
    action = llb.copy(state, f"/{path}", "/", dir_contents=True)
    return llb.scratch().file(action, name=f"[internal] take {path} of the build context")


def filtered(state: llb.State, patterns: tuple[str, ...]) -> llb.State:
    """A filesystem without what is ignored, for contexts that BuildKit does not filter while it loads them."""
    action = llb.copy(state, "/", "/", dir_contents=True, exclude=patterns)
    return llb.scratch().file(action, name="[internal] leave out what is ignored")


def _git(git: Git, value: str, options: BuildOptions) -> llb.State:
    return llb.git(
        git.remote,
        git.ref,
        subdir=git.subdir,
        checksum=git.checksum,
        keep_git_dir=git.keep_git_dir or options.keep_git_dir,
        skip_submodules=git.skip_submodules,
        mtime=git.mtime or ("commit" if options.source_date_epoch is not None else ""),
        fetch_by_commit=git.fetch_by_commit,
        name=f"[internal] load git source {hidden(value)}",
    )


def _http(gateway: Gateway, url: str) -> llb.State:
    """An archive, unpacked. Raises DetectionError for any other file: an app is more than one."""
    downloaded = llb.http(url, filename=FILENAME, name="[internal] load remote build context")
    try:
        ref = gateway.solve(downloaded.marshal().to_bytes())
        head = gateway.read_file(ref, FILENAME, offset=0, length=HEAD_BYTES) or b""
    except GatewayError as error:
        raise not_loaded(url, error) from error
    if not is_archive(head):
        raise DetectionError(
            f"the build context {shown(url, URL_SHOWN)} is a single file, not an archive",
            hint="serve the app as a tar archive (.tar, .tar.gz, .tar.bz2, .tar.xz), or name a git repository (….git)",
        )
    action = llb.copy(downloaded, f"/{FILENAME}", "/", unpack=True)
    return llb.scratch().file(action, name="[internal] unpack the build context")


def is_archive(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a tar archive, as it is or compressed."""
    place, magic = TAR_MAGIC
    return head.startswith(MAGIC) or head[place] == magic


def _image(gateway: Gateway, options: BuildOptions, ref: str) -> llb.State:
    if ref == "scratch":
        return llb.scratch()
    name = ref if "/" in ref else f"docker.io/library/{ref}"
    first = name.partition("/")[0]
    if "." not in first and ":" not in first and first != "localhost":
        name = f"docker.io/{name}"
    if "@" not in name and ":" not in name.rpartition("/")[2]:
        name += ":latest"
    resolved = gateway.resolve_image(
        name, resolve_mode=options.resolve_mode, log_name=f"[context context] load metadata for {name}"
    )
    name = resolved.identifier.removeprefix("docker-image://")  # a source policy may have put another in its place
    pinned = name if "@" in name or not resolved.digest else f"{name}@{resolved.digest}"
    return llb.image(pinned, name=f"[context context] {name}")


def _oci_layout(gateway: Gateway, text: str) -> llb.State:
    store, _, digest = text.partition("@")
    if not digest.startswith("sha256:"):
        raise OptionError(f'the OCI layout "{text}" has no digest', hint="write it as oci-layout://STORE@sha256:…")
    return llb.oci_layout(
        f"docker.io/library/context@{digest}",
        session_id=gateway.session_id,
        store_id=store.partition(":")[0],
        name="[context context] OCI load from client",
    )


def _input(gateway: Gateway, key: str) -> llb.State:
    inputs = gateway.inputs()
    if key not in inputs:
        close = nearest(key, tuple(inputs))
        raise OptionError(
            f'the build has no input "{key}"',
            hint=f"did you mean {close}?" if close else f"its inputs are: {', '.join(inputs) or 'none'}",
        )
    return llb.from_definition(inputs[key])


# --- git URLs ---------------------------------------------------------------------------------------------------------


def parse_git(text: str) -> Git | None:
    """A git context's URL taken apart; None when it is none. Raises OptionError for a malformed query.

    `https://host/path.git`, `git://`, `ssh://`, `git@host:path` and `github.com/owner/name`, then `?ref=…&subdir=…`,
    then `#ref:subdir`. An http URL is git only where its path ends in ".git".
    Source: https://docs.docker.com/build/concepts/context/#git-repositories
    """
    if text.startswith(("./", "../", "/")):
        return None
    rest, _, fragment = text.partition("#")
    base, _, query = rest.partition("?")
    scheme, found, after = base.partition("://")
    if found:
        path = after.partition("/")[2]
        if scheme.lower() in ("http", "https"):
            if not path.endswith(".git"):
                return None
        elif scheme.lower() not in ("git", "ssh"):
            return None
    elif not base.startswith("github.com/") and not _is_scp(base):
        return None
    ref, _, subdir = fragment.partition(":")
    return _with_query(Git(base, ref, subdir.strip("/")), query)


def _is_scp(text: str) -> bool:
    """Whether the text is user@host:path, as ssh's copy program writes it."""
    user, at, rest = text.partition("@")
    host, colon, path = rest.partition(":")
    return bool(at and colon and user and host and path) and not set(user + host) & set("/ ")


def _with_query(git: Git, query: str) -> Git:
    if not query:
        return git
    from urllib.parse import parse_qsl

    given: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key not in QUERY and key not in QUERY_FLAGS:
            close = nearest(key, (*QUERY, *QUERY_FLAGS))
            raise OptionError(
                f'git context: unknown query key "{shown(key)}"',
                hint=f"did you mean {close}?" if close else f"known: {', '.join((*QUERY, *QUERY_FLAGS))}",
            )
        if key in given:
            raise OptionError(f'git context: "{key}" is set twice', hint="give it once")
        if not value and key not in QUERY_FLAGS:
            raise OptionError(f'git context: "{key}" has no value', hint=f"write it as {key}=VALUE")
        given[key] = value
    if given.get("mtime", "commit") not in ("commit", "checkout"):
        raise OptionError(f'git context: mtime is "{shown(given["mtime"])}"', hint="write commit or checkout")
    ref = git.ref
    for key, prefix in (("ref", ""), ("tag", "refs/tags/"), ("branch", "refs/heads/")):
        if key in given:
            named = prefix + given[key].removeprefix(prefix)
            if ref and ref != named:
                raise OptionError(f'git context: both "{ref}" and "{named}" are requested', hint="name one of them")
            ref = named
    subdir = given.get("subdir", git.subdir).strip("/")
    if git.subdir and subdir != git.subdir:
        raise OptionError(f'git context: both "{git.subdir}" and "{subdir}" are requested', hint="name one of them")
    return structs.replace(
        git,
        ref=ref,
        subdir=subdir,
        checksum=given.get("checksum", given.get("commit", "")),
        keep_git_dir=_flag(given, "keep-git-dir", False),
        skip_submodules=not _flag(given, "submodules", True),
        mtime=given.get("mtime", ""),
        fetch_by_commit=_flag(given, "fetch-by-commit", False),
    )


def _flag(given: dict[str, str], key: str, default: bool) -> bool:
    from frontend.settings.values import parse_bool

    if key not in given:
        return default
    return not given[key] or parse_bool(f"git context: {key}", given[key])
