"""Where filesystems come from: images, local directories, git, http, OCI layouts, single blobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, Unpack

from llb import paths, wire
from llb.errors import LLBError
from llb.graph import Output, Vertex
from llb.marshal import check_utf8
from llb.meta import Meta, MetaOptions, make

if TYPE_CHECKING:
    from llb.marshal import Marshaller
    from llb.state import State

ResolveMode = Literal["default", "pull", "local"]
Differ = Literal["none", "metadata"]
DIGITS = frozenset("0123456789abcdef")
# Go's JSON encoder escapes these, for pages that embed it
ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class SourceVertex(Vertex):
    """A source: its identifier, and attributes that are written sorted by name."""

    __slots__ = ("attrs", "caps", "has_platform", "identifier", "is_local")

    def __init__(
        self, identifier: str, attrs: Mapping[str, str], caps: Iterable[str], meta: Meta, *, has_platform: bool = False
    ) -> None:
        self.identifier = identifier
        self.attrs = attrs
        self.caps = tuple(caps)
        self.meta = meta
        self.has_platform = has_platform
        self.is_local = identifier.startswith("local://") and "local.session" not in attrs

    def inputs(self) -> tuple[Output, ...]:
        return ()

    def body(self, marshaller: Marshaller) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        attrs, caps = self.attrs, self.caps
        if self.is_local and marshaller.unique_id:
            attrs = {**attrs, "local.unique": marshaller.unique_id}
            caps = (*caps, "source.local.unique")
        return (), wire.field(3, wire.text(1, self.identifier) + wire.text_map(2, attrs)), caps


def state_of(vertex: SourceVertex) -> State:
    """A state that stands on a source."""
    from llb.state import State

    platform = vertex.meta.platform if vertex.has_platform else None
    return State(Output(vertex), platform=platform.normalized if platform else None)


class Reference(NamedTuple):
    """An image reference in full."""

    name: str
    tag: str
    digest: str

    @property
    def text(self) -> str:
        """name[:tag][@digest]"""
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def parse_reference(text: str, argument: str = "ref") -> Reference:
    """A reference with its defaults: `docker.io`, `library/`; `latest` where there is neither tag nor digest.

    Raises LLBError naming `argument`. Source: https://github.com/distribution/reference (ParseNormalizedNamed)
    """
    name, _, digest = check_utf8(argument, text).partition("@")
    tag = ""
    if ":" in name.rpartition("/")[2]:
        name, _, tag = name.rpartition(":")
    first, slash, rest = name.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        first, rest = "docker.io", name
    if first == "index.docker.io":
        first = "docker.io"
    if first == "docker.io" and "/" not in rest:
        rest = f"library/{rest}"
    allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-"
    parts = rest.split("/")
    if not all(part and part[0].isalnum() and part[-1].isalnum() and set(part) <= set(allowed) for part in parts):
        hint = " (it must be lower case)" if rest != rest.lower() else ""
        raise LLBError(f"{argument}: {text!r} is not an image reference{hint}")
    if tag and (len(tag) > 128 or not all(c.isalnum() or c in "_.-" for c in tag) or tag[0] in ".-"):
        raise LLBError(f"{argument}: {text!r} has a malformed tag {tag!r}")
    if "@" in text:
        check_digest(digest, argument)
    if (":" in name.rpartition("/")[2] and "/" not in name) or text.endswith(":"):
        raise LLBError(f"{argument}: {text!r} is not an image reference")
    return Reference(f"{first}/{rest}", tag or ("" if digest else "latest"), digest)


def check_digest(digest: str, argument: str) -> str:
    """The digest. Raises LLBError unless it is sha256:, sha384: or sha512: and as many hexadecimal digits."""
    algorithm, _, digits = digest.partition(":")
    sizes = {"sha256": 64, "sha384": 96, "sha512": 128}
    if len(digits) != sizes.get(algorithm) or not set(digits) <= DIGITS:
        raise LLBError(f"{argument}: {digest!r} is not a digest such as sha256:…")
    return digest


def json_list(argument: str, values: Iterable[str]) -> str:
    """A list of texts as Go's JSON encoder writes it; "" for none. Raises LLBError for a text in place of a list."""
    if isinstance(values, str):
        raise LLBError(f"{argument}: {values!r} is a text, not a list")
    listed = [check_utf8(argument, value) for value in values]
    if not listed:
        return ""
    return "[" + ",".join([quoted(value) for value in listed]) + "]"


def quoted(value: str) -> str:
    """A JSON text, as Go writes it."""
    out = []
    for char in value:
        if char in '"\\':
            out.append("\\" + char)
        elif char >= " ":
            out.append(char)
        else:
            short = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
            out.append(short.get(char) or f"\\u{ord(char):04x}")
    return '"' + "".join(out).translate(ESCAPES) + '"'


def image(
    ref: str,
    *,
    resolve_mode: ResolveMode = "default",
    record_type: str = "",
    layer_limit: int | None = None,
    checksum: str = "",
    **meta: Unpack[MetaOptions],
) -> State:
    """An image of a registry: "node:24-slim" is docker.io/library/node:24-slim.

    `resolve_mode` "pull" asks the registry even where the image is known, "local" prefers the one that is. Of
    `layer_limit` layers only the first are used. `checksum` is what its manifest's digest must be. Its config is not
    read: environment and directory of the state are empty.
    """
    if resolve_mode not in ("default", "pull", "local"):
        raise LLBError(f"resolve_mode: {resolve_mode!r} is not default, pull or local")
    if record_type not in ("", "internal", "frontend"):
        raise LLBError(f"record_type: {record_type!r} is not internal or frontend")
    attrs: dict[str, str] = {}
    caps = ["source.image"]
    if resolve_mode != "default":
        attrs["image.resolvemode"] = resolve_mode
        if resolve_mode == "pull":
            caps.append("source.image.resolvemode")
    if record_type:
        attrs["image.recordtype"] = record_type
    if layer_limit is not None:
        attrs["image.layerlimit"] = str(not_negative("layer_limit", layer_limit))
        caps.append("source.image.layerlimit")
    if checksum:
        attrs["image.checksum"] = check_digest(checksum, "checksum")
        caps.append("source.image.checksum")
    identifier = f"docker-image://{parse_reference(ref).text}"
    return state_of(SourceVertex(identifier, attrs, caps, make(meta), has_platform=True))


def local(
    name: str,
    /,
    *,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    follow: Iterable[str] = (),
    shared_key_hint: str = "",
    session_id: str = "",
    differ: Differ | None = None,
    differ_required: bool = True,
    metadata_only: bool = False,
    metadata_except: Iterable[str] = (),
    **meta: Unpack[MetaOptions],
) -> State:
    """A directory of the client, by the name it gave it.

    `include` and `exclude` are patterns with the rules of a .dockerignore file; `follow` are paths whose symbolic links
    are followed within the directory. Directories with the same `shared_key_hint` reuse each other's transfer.
    `differ` "none" sends all, "metadata" what differs in size or time. `metadata_only` sends names and sizes, with
    content only for `metadata_except`.
    """
    if not name or "/" in name:
        raise LLBError(f"name: {name!r} is not the name of a local directory of the client")
    attrs: dict[str, str] = {}
    caps = ["source.local"]
    if session_id:
        attrs["local.session"] = session_id
        caps.append("source.local.sessionid")
    for key, cap, argument, values in (
        ("local.includepattern", "source.local.includepatterns", "include", include),
        ("local.followpaths", "source.local.followpaths", "follow", follow),
        ("local.excludepatterns", "source.local.excludepatterns", "exclude", exclude),
    ):
        listed = json_list(argument, values)
        if listed:
            attrs[key] = listed
            caps.append(cap)
    if shared_key_hint:
        attrs["local.sharedkeyhint"] = shared_key_hint
        caps.append("source.local.sharedkeyhint")
    if differ is not None:
        if differ not in ("none", "metadata"):
            raise LLBError(f"differ: {differ!r} is not none or metadata")
        attrs["local.differ"] = differ
        if differ_required:
            caps.append("source.local.differ")
    if metadata_only:
        attrs["local.metadatatransfer"] = "true"
        caps.append("source.local.metadatatransfer")
        listed = json_list("metadata_except", metadata_except)
        if listed:
            attrs["local.metadatatransferexclude"] = listed
    return state_of(SourceVertex(f"local://{name}", attrs, caps, make(meta)))


class Remote(NamedTuple):
    """A git remote: as written, its place (host/path), whether it is reached by ssh, and what its fragment names."""

    url: str
    place: str
    ssh: bool


def parse_remote(remote: str) -> Remote:
    """A git URL with a scheme, or as scp has it (`user@host:path`); with neither https is meant.

    A fragment in the URL is dropped: `ref` and `subdir` are arguments. Raises LLBError for a scheme git does not have.
    """
    text = check_utf8("remote", remote).partition("#")[0]
    scheme, found, rest = text.partition("://")
    if found:
        if scheme not in ("http", "https", "ssh", "git"):
            raise LLBError(f"remote: {remote!r} has the scheme {scheme!r}, not http, https, ssh or git")
        host, _, path = rest.rpartition("@")[2].partition("/") if "@" in rest.partition("/")[0] else rest.partition("/")
        place = f"{host}/{path}" if path else host
        return Remote(text, place.partition("?")[0], scheme == "ssh")
    host, colon, path = text.partition(":")
    if colon and "@" in host and "/" not in host:
        return Remote(text, f"{host.rpartition('@')[2]}/{path.lstrip('/')}", True)
    return Remote(f"https://{text}", text, False)


def git(
    remote: str,
    ref: str = "",
    *,
    subdir: str = "",
    keep_git_dir: bool = False,
    skip_submodules: bool = False,
    fetch_by_commit: bool = False,
    checksum: str = "",
    mtime: str = "",
    bundle: str = "",
    checkout_bundle: bool = False,
    auth_token_secret: str | None = None,
    auth_header_secret: str | None = None,
    known_ssh_hosts: str = "",
    mount_ssh_sock: str = "",
    **meta: Unpack[MetaOptions],
) -> State:
    """A git repository at `ref` (a branch, tag or commit; the default branch if empty).

    `checksum` is what its commit must be. `mtime` "commit" gives files the commit's time. The secrets are the ids of
    the token and of the whole header for http, "" for none. `known_ssh_hosts` are lines of a known_hosts file: for ssh
    they must be given, nothing is asked of the network here. `mount_ssh_sock` is the id of the client's agent.
    """
    parsed = parse_remote(remote)
    attrs, caps = {"git.fullurl": parsed.url}, ["source.git", "source.git.fullurl"]
    identifier = f"git://{parsed.place}"
    inside = paths.join("/", subdir).lstrip("/") if subdir else ""
    if ref or inside:
        identifier += f"#{check_utf8('ref', ref)}"
    if inside:
        identifier += f":{inside}"
    for name, on in (
        ("keepgitdir", keep_git_dir),
        ("skipsubmodules", skip_submodules),
        ("fetchbycommit", fetch_by_commit),
        ("checkoutbundle", checkout_bundle),
    ):
        if on:
            attrs[f"git.{name}"] = "true"
            caps.append(f"source.git.{name}")
    for name, default, given in (
        ("authtokensecret", "GIT_AUTH_TOKEN", auth_token_secret),
        ("authheadersecret", "GIT_AUTH_HEADER", auth_header_secret),
    ):
        if given != "":
            attrs[f"git.{name}"] = default if given is None else given
            if given is not None:
                caps.append("source.git.httpauth")
    if parsed.ssh:
        hosts = known_ssh_hosts
        if hosts:
            attrs["git.knownsshhosts"] = hosts if hosts.endswith("\n") else hosts + "\n"
            caps.append("source.git.knownsshhosts")
        attrs["git.mountsshsock"] = mount_ssh_sock or "default"
        caps.append("source.git.mountsshsock")
    if checksum:
        attrs["git.checksum"] = checksum
        caps.append("source.git.checksum")
    if mtime:
        if mtime not in ("checkout", "commit"):
            raise LLBError(f"mtime: {mtime!r} is not checkout or commit")
        attrs["git.mtime"] = mtime
        caps.append("source.git.mtime")
    if bundle:
        if not checksum:
            raise LLBError("bundle: a bundle needs a checksum")
        attrs["git.bundle"] = bundle
        caps.append("source.git.bundle")
    return state_of(SourceVertex(identifier, attrs, caps, make(meta)))


def http(
    url: str,
    *,
    checksum: str = "",
    filename: str = "",
    mode: int = 0,
    uid: int = 0,
    gid: int = 0,
    header: Mapping[str, str] | None = None,
    auth_header_secret: str = "",
    signature: tuple[str, str] | None = None,
    **meta: Unpack[MetaOptions],
) -> State:
    """A file of a web server, named `filename` or as the server says.

    `header` may give `accept` and `user-agent`. `auth_header_secret` is the id of the secret that is the whole
    Authorization header. `signature` is (armored public key, armored signature).
    """
    if not url.startswith(("http://", "https://")):
        raise LLBError(f"url: {url!r} is not an http or https URL")
    attrs: dict[str, str] = {}
    caps = ["source.http"]
    if checksum:
        attrs["http.checksum"] = check_digest(checksum, "checksum")
        caps.append("source.http.checksum")
    caps += file_attrs(attrs, filename, mode, uid, gid, of_http=True)
    if auth_header_secret:
        attrs["http.authheadersecret"] = auth_header_secret
        caps.append("source.http.auth")
    for name, value in (header or {}).items():
        if name.lower() not in ("accept", "user-agent"):
            raise LLBError(f"header: {name!r} is not accept or user-agent, the ones BuildKit sends")
        if value:
            attrs[f"http.header.{name.lower()}"] = value
            caps.append("source.http.header")
    if signature is not None:
        attrs["http.sig.pubkey"], attrs["http.sig.signature"] = signature
        caps.append("source.http.signatureverify")
    return state_of(SourceVertex(check_utf8("url", url), attrs, caps, make(meta)))


def file_attrs(attrs: dict[str, str], filename: str, mode: int, uid: int, gid: int, *, of_http: bool) -> list[str]:
    """Sets how a single file is placed; the capabilities it needs."""
    caps = []
    if filename:
        attrs["http.filename"] = filename
    if mode:
        attrs["http.perm"] = f"0{not_negative('mode', mode) & 0o777:o}"
        if of_http:
            caps.append("source.http.perm")
    for name, value in (("uid", uid), ("gid", gid)):
        if value:
            attrs[f"http.{name}"] = str(not_negative(name, value))
            if of_http and "soruce.http.uidgid" not in caps:
                caps.append("soruce.http.uidgid")  # spelt so in every release
    return caps


def oci_layout(
    ref: str, *, session_id: str = "", store_id: str = "", layer_limit: int | None = None, **meta: Unpack[MetaOptions]
) -> State:
    """An image of an OCI layout of the client, by reference and digest; `store_id` is the client's name for it."""
    if "@" not in ref:
        raise LLBError(f"ref: {ref!r} has no digest; an image of an OCI layout needs one")
    check_digest(ref.partition("@")[2], "ref")
    attrs: dict[str, str] = {}
    if session_id:
        attrs["oci.session"] = session_id
    if store_id:
        attrs["oci.store"] = store_id
    if layer_limit is not None:
        attrs["oci.layerlimit"] = str(not_negative("layer_limit", layer_limit))
    return state_of(SourceVertex(f"oci-layout://{ref}", attrs, ["source.ocilayout"], make(meta), has_platform=True))


def image_blob(
    ref: str, *, filename: str = "", mode: int = 0, uid: int = 0, gid: int = 0, **meta: Unpack[MetaOptions]
) -> State:
    """One blob of an image repository as a file: name@digest (BuildKit v0.28)."""
    attrs: dict[str, str] = {}
    file_attrs(attrs, filename, mode, uid, gid, of_http=False)
    identifier = f"docker-image+blob://{blob_reference(ref)}"
    return state_of(SourceVertex(identifier, attrs, ["source.imageblob"], make(meta)))


def oci_blob(
    ref: str,
    *,
    session_id: str = "",
    store_id: str = "",
    filename: str = "",
    mode: int = 0,
    uid: int = 0,
    gid: int = 0,
    **meta: Unpack[MetaOptions],
) -> State:
    """One blob of an OCI layout of the client as a file: name@digest (BuildKit v0.28)."""
    attrs: dict[str, str] = {}
    if session_id:
        attrs["oci.session"] = session_id
    if store_id:
        attrs["oci.store"] = store_id
    file_attrs(attrs, filename, mode, uid, gid, of_http=False)
    identifier = f"oci-layout+blob://{blob_reference(ref)}"
    return state_of(SourceVertex(identifier, attrs, ["source.imageblob"], make(meta)))


def blob_reference(ref: str) -> str:
    """A blob's reference in full. Raises LLBError for a tag, or no digest."""
    parsed = parse_reference(ref)
    if parsed.tag or not parsed.digest:
        raise LLBError(f"ref: {ref!r} is not name@digest, as a blob needs it")
    return parsed.text


def not_negative(argument: str, value: int) -> int:
    """The number. Raises LLBError when it is negative."""
    if value < 0:
        raise LLBError(f"{argument}: {value} is negative")
    return value
