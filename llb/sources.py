"""Where filesystems come from: images, local directories, git, http, OCI layouts, single blobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, Unpack

from llb import paths, wire
from llb.errors import LLBError, check_utf8, int_in, items, pairs
from llb.graph import Marshalling, Output, Vertex
from llb.meta import Meta, MetaOptions, make
from llb.platforms import percent_decoded
from llb.state import State, fresh
from llb.values import Record

ResolveMode = Literal["default", "pull", "local"]
Differ = Literal["none", "metadata"]
DIGITS = frozenset("0123456789abcdef")
HEXADECIMAL = DIGITS | frozenset("ABCDEF")
MAX_INT = (1 << 31) - 1
# Go's JSON encoder escapes these, for pages that embed it
ESCAPES: dict[str, str | int | None] = {
    char: f"\\u{ord(char):04x}" for char in (*map(chr, range(32)), *"<>&\u2028\u2029")
}
ESCAPES |= {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


class SourceVertex(Vertex):
    """A source: its identifier, and attributes that are written sorted by name."""

    __slots__ = ("attrs", "caps", "has_platform", "identifier", "needs_unique")

    def __init__(
        self, identifier: str, attrs: Mapping[str, str], caps: Iterable[str], meta: Meta, *, has_platform: bool = False
    ) -> None:
        self.identifier = identifier
        self.attrs = attrs
        self.caps = tuple(caps)
        self.meta = meta
        self.has_platform = has_platform
        # the directories of two clients are not one source: without a session something else must tell them apart
        named = "local.session" in attrs or "local.unique" in attrs
        self.needs_unique = identifier.startswith("local://") and not named

    def inputs(self) -> tuple[Output, ...]:
        return ()

    def body(self, marshalling: Marshalling) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        attrs, caps = self.attrs, self.caps
        if self.needs_unique and marshalling.unique_id:
            attrs = {**attrs, "local.unique": marshalling.unique_id}
            caps = (*caps, "source.local.unique")
        return (), wire.field(3, wire.text(1, self.identifier) + wire.text_map(2, attrs)), caps


def state_of(vertex: SourceVertex) -> State:
    """A state that stands on a source; it has the platform given to the source, also where the wire has none."""
    platform = vertex.meta.platform
    return fresh(Output(vertex, platform=None if platform is None else platform.normalized))


class Reference(Record):
    """An image reference in full."""

    __slots__ = ()

    name: str
    tag: str
    digest: str

    @property
    def text(self) -> str:
        """name[:tag][@digest]"""
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
ALNUM = LOWER | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
TAG = ALNUM | frozenset("_.-")
MAX_NAME, MAX_TAG = 255, 128
SEPARATORS = ("", ".", "_", "__")  # or any number of dashes


def parse_reference(text: str, argument: str = "ref") -> Reference:
    """A reference with its defaults: `docker.io`, `library/`; `latest` where there is neither tag nor digest.

    Raises LLBError naming `argument`. Source: https://github.com/distribution/reference (ParseNormalizedNamed)
    """
    if len(check_utf8(argument, text)) == 64 and set(text) <= DIGITS:
        raise LLBError(f"{argument}: {text!r} is the id of an image, not a reference")
    name, at, digest = text.partition("@")
    tag, colon = "", ""
    if ":" in name.rpartition("/")[2]:
        name, colon, tag = name.rpartition(":")
    domain, slash, rest = name.partition("/")
    if not slash or not ("." in domain or ":" in domain or domain == "localhost" or domain != domain.lower()):
        domain, rest = "docker.io", name
    if domain == "index.docker.io":
        domain = "docker.io"
    if domain == "docker.io" and "/" not in rest:
        rest = f"library/{rest}"
    path = rest if is_domain(domain) else f"{domain}/{rest}"  # in_dex.io/a: a path of two parts on no domain
    if len(path) > MAX_NAME or not all(map(is_component, path.split("/"))):
        hint = " (it must be lower case)" if rest != rest.lower() else ""
        raise LLBError(f"{argument}: {text!r} is not an image reference{hint}")
    if colon and (not tag or len(tag) > MAX_TAG or not set(tag) <= TAG or tag[0] in ".-"):
        raise LLBError(f"{argument}: {text!r} has a malformed tag {tag!r}")
    if at:
        check_digest(digest, argument)
    return Reference(f"{domain}/{rest}", tag or ("" if digest else "latest"), digest)


def is_component(part: str) -> bool:
    """Whether it is a part of a path: words of small letters and digits, one of SEPARATORS or dashes between them."""
    separator = ""
    for char in part:
        if char not in LOWER:
            separator += char
        elif separator in SEPARATORS or not separator.strip("-"):
            separator = ""
        else:
            return False
    return part[:1] in LOWER and not separator and bool(part)


def is_domain(domain: str) -> bool:
    """Whether it is a host with or without a port."""
    host, colon, port = domain.rpartition(":") if not domain.endswith("]") else (domain, "", "")
    if not colon:
        host = domain
    if colon and not (port.isascii() and port.isdigit()):
        return False
    if host.startswith("[") and host.endswith("]"):
        return len(host) > 2 and set(host[1:-1]) <= HEXADECIMAL | {":"}
    return all(part and part[0] != "-" != part[-1] and set(part) <= ALNUM | {"-"} for part in host.split("."))


def check_digest(digest: str, argument: str) -> str:
    """The digest. Raises LLBError unless it is sha256:, sha384: or sha512: and as many hexadecimal digits."""
    algorithm, _, digits = check_utf8(argument, digest).partition(":")
    sizes = {"sha256": 64, "sha384": 96, "sha512": 128}
    if len(digits) != sizes.get(algorithm) or not set(digits) <= DIGITS:
        raise LLBError(f"{argument}: {digest!r} is not a digest such as sha256:…")
    return digest


def json_list(argument: str, values: Iterable[str]) -> str:
    """A list of texts as Go's JSON encoder writes it; "" for none. Raises LLBError for a text in place of a list."""
    listed = [check_utf8(argument, value) for value in items(argument, values)]
    if not listed:
        return ""
    return "[" + ",".join([quoted(value) for value in listed]) + "]"


def quoted(value: str) -> str:
    """A JSON text, as Go writes it."""
    return '"' + (value if ESCAPES.keys().isdisjoint(value) else value.translate(str.maketrans(ESCAPES))) + '"'


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
        attrs["image.layerlimit"] = str(int_in("layer_limit", layer_limit, 0, MAX_INT))
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
    unique_id: str = "",
    differ: Differ | None = None,
    differ_required: bool = True,
    metadata_only: bool = False,
    metadata_except: Iterable[str] = (),
    **meta: Unpack[MetaOptions],
) -> State:
    """A directory of the client, by the name it gave it.

    `include` and `exclude` are patterns with the rules of a .dockerignore file; `follow` are paths whose symbolic links
    are followed within the directory. Directories with the same `shared_key_hint` reuse each other's transfer.
    `session_id` is the client's session; without one `unique_id`, or that of `State.marshal`, marks the source as this
    build's own. `differ` "none" sends all, "metadata" what differs in size or time; `differ_required` demands a
    BuildKit that knows it. `metadata_only` sends names and sizes, with content only for `metadata_except`.
    """
    if not check_utf8("name", name):
        raise LLBError("name: a local directory of the client has a name")
    attrs: dict[str, str] = {}
    caps = ["source.local"]
    if session_id:
        attrs["local.session"] = check_utf8("session_id", session_id)
        caps.append("source.local.sessionid")
    elif unique_id:
        attrs["local.unique"] = check_utf8("unique_id", unique_id)
        caps.append("source.local.unique")
    set_local_paths(attrs, caps, include, follow, exclude)
    if shared_key_hint:
        attrs["local.sharedkeyhint"] = check_utf8("shared_key_hint", shared_key_hint)
        caps.append("source.local.sharedkeyhint")
    if differ is not None:
        if differ not in ("none", "metadata"):
            raise LLBError(f"differ: {differ!r} is not none or metadata")
        attrs["local.differ"] = differ
        if differ_required:
            caps.append("source.local.differ")
    excepted = json_list("metadata_except", metadata_except)
    if excepted and not metadata_only:
        raise LLBError("metadata_except: it is for metadata_only")
    if metadata_only:
        attrs["local.metadatatransfer"] = "true"
        caps.append("source.local.metadatatransfer")
        if excepted:
            attrs["local.metadatatransferexclude"] = excepted
    return state_of(SourceVertex(f"local://{name}", attrs, caps, make(meta)))


def set_local_paths(
    attrs: dict[str, str], caps: list[str], include: Iterable[str], follow: Iterable[str], exclude: Iterable[str]
) -> None:
    """Sets what of a local directory is sent. Raises LLBError for a malformed pattern."""
    for key, cap, argument, values in (
        ("local.includepattern", "source.local.includepatterns", "include", include),
        ("local.followpaths", "source.local.followpaths", "follow", follow),
        ("local.excludepatterns", "source.local.excludepatterns", "exclude", exclude),
    ):
        values = items(argument, values)
        listed = json_list(argument, values)
        if argument != "follow":
            for pattern in values:
                paths.check_pattern(argument, pattern)
        if listed:
            attrs[key] = listed
            caps.append(cap)


class Remote(Record):
    """A git remote: as git is to be given it, its place (host/path), whether it is reached by ssh."""

    __slots__ = ()

    url: str
    place: str
    ssh: bool


GIT_SCHEMES = ("http", "https", "ssh", "git")


def parse_remote(remote: str) -> Remote:
    """A git URL with a scheme, or as scp has it (`user@host:path`); with neither https is meant.

    A fragment or query in the URL is dropped: `ref` and `subdir` are arguments. It is escaped as Go does. Raises
    LLBError for a scheme BuildKit has no git for, and for what is no URL, or has a host of other characters than names
    and addresses are made of. Source: https://github.com/moby/buildkit (util/gitutil), Go's net/url
    """
    text = check_utf8("remote", remote)
    if not text or any(char <= " " or char == "\x7f" for char in text):
        raise LLBError(f"remote: {remote!r} is not a git URL")
    text, _, fragment = text.partition("#")
    text, asked, query = text.partition("?")
    unquoted(remote, fragment)
    scheme, found, rest = text.partition("://")
    if not found:
        user, at, behind = text.partition("@")
        host, colon, path = behind.partition(":")
        if at and colon and user and host and set(user) <= ALNUM | set("-_") and set(host) <= ALNUM | set("-."):
            return Remote(text, host + paths.join("/", path), True)
        scheme, rest = "https", text
    scheme = scheme.lower()
    if scheme not in GIT_SCHEMES:
        raise LLBError(f"remote: {remote!r} has the scheme {scheme!r}, not {', '.join(GIT_SCHEMES)}")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    check_host(remote, host)
    found_path = unquoted(remote, path)
    if not set(path) <= PATH_AS_GIVEN:
        path = escaped(found_path, PATH_UNESCAPED)
    url = f"{scheme}://{userinfo_of(remote, user)}{at}{host}{slash}{path}{'' if query else asked}"
    return Remote(url, host + paths.join("/", found_path), scheme == "ssh")


UNRESERVED = ALNUM | frozenset("-_.~")
PATH_UNESCAPED = UNRESERVED | frozenset("$&+,/:;=@")
PATH_AS_GIVEN = PATH_UNESCAPED | frozenset("!'()*[]%")
USER_UNESCAPED = UNRESERVED | frozenset("$&+,;=")
USER_AS_GIVEN = USER_UNESCAPED | frozenset("!'()*:@%")


def check_host(remote: str, host: str) -> None:
    """Raises LLBError unless it is a name or an address, with or without a port."""
    name, colon, port = host.rpartition(":")
    if not colon or port.endswith("]"):
        name, port = host, ""
    if not name:
        raise LLBError(f"remote: {remote!r} names no host")
    if port and not (port.isascii() and port.isdigit()):
        raise LLBError(f"remote: {remote!r} has a malformed port {port!r}")
    if not (is_address(name[1:-1]) if name.startswith("[") and name.endswith("]") else set(name) <= UNRESERVED):
        raise LLBError(f"remote: {remote!r} has a malformed host {name!r}")


def is_address(text: str) -> bool:
    """Whether it is an IPv6 address."""
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def userinfo_of(remote: str, user: str) -> str:
    """The user of a URL, and the password, escaped as Go does."""
    if not set(user) <= USER_AS_GIVEN:
        raise LLBError(f"remote: {remote!r} has a malformed user")
    name, colon, password = user.partition(":")
    return colon.join([escaped(unquoted(remote, part), USER_UNESCAPED) for part in (name, password)][: 1 + len(colon)])


def escaped(text: str, kept: frozenset[str]) -> str:
    """A part of a URL with all but some characters as %xx."""
    return "".join([c if c in kept else "".join([f"%{byte:02X}" for byte in c.encode()]) for c in text])


def unquoted(remote: str, path: str) -> str:
    """A part of a URL with its %xx decoded. Raises LLBError where they are malformed."""
    try:
        return percent_decoded(path)
    except ValueError:
        raise LLBError(f"remote: {remote!r} has a malformed %xx") from None


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
    bundle_session_id: str = "",
    bundle_store_id: str = "",
    checkout_bundle: bool = False,
    auth_token_secret: str | None = None,
    auth_header_secret: str | None = None,
    known_ssh_hosts: str = "",
    mount_ssh_sock: str = "",
    **meta: Unpack[MetaOptions],
) -> State:
    """A git repository at `ref` (a branch, tag or commit; the default branch if empty), or its directory `subdir`.

    `ref` may be `ref:subdir`, as in the fragment of a URL. `checksum` is what the commit must be. `mtime` "commit"
    gives files the commit's time. `bundle` is the locator of a git bundle, a blob, to take the commits from; one in an
    OCI layout may have a session and a store. `checkout_bundle` makes a bundle in place of a checkout. The secrets are
    the ids of the token and of the whole header for http, "" for none. `known_ssh_hosts` are lines of a known_hosts
    file: nothing is asked of the network here. `mount_ssh_sock` is the id of the client's agent.
    """
    # long: each keyword of BuildKit's git source, and what it excludes
    parsed = parse_remote(remote)
    if fetch_by_commit and not checksum and not is_commit(check_utf8("ref", ref).partition(":")[0]):
        raise LLBError("fetch_by_commit: it needs a checksum, or a commit as ref")
    attrs, caps = {"git.fullurl": parsed.url}, ["source.git", "source.git.fullurl"]
    ref, colon, inside = check_utf8("ref", ref).partition(":")
    inside = check_utf8("subdir", subdir) or (paths.join("/", inside).lstrip("/") if colon else "")
    if checkout_bundle and (keep_git_dir or inside):
        raise LLBError(f"checkout_bundle: it goes with no {'keep_git_dir' if keep_git_dir else 'subdir'}")
    identifier = f"git://{parsed.place}"
    if ref or inside:
        identifier += f"#{ref}:{inside}" if inside else f"#{ref}"
    for name, on in (
        ("keepgitdir", keep_git_dir),
        ("skipsubmodules", skip_submodules),
        ("fetchbycommit", fetch_by_commit),
        ("checkoutbundle", checkout_bundle),
    ):
        if on:
            attrs[f"git.{name}"] = "true"
            caps.append(f"source.git.{name}")
    set_git_auth(attrs, caps, auth_token_secret, auth_header_secret)
    if parsed.ssh:
        if known_ssh_hosts:
            attrs["git.knownsshhosts"] = check_utf8("known_ssh_hosts", known_ssh_hosts).removesuffix("\n") + "\n"
        attrs["git.mountsshsock"] = check_utf8("mount_ssh_sock", mount_ssh_sock) or "default"
        caps += ["source.git.knownsshhosts", "source.git.mountsshsock"]
    if checksum:
        attrs["git.checksum"] = check_commit(checksum)
        caps.append("source.git.checksum")
    if mtime:
        if mtime not in ("checkout", "commit"):
            raise LLBError(f"mtime: {mtime!r} is not checkout or commit")
        attrs["git.mtime"] = mtime
        caps.append("source.git.mtime")
    set_git_bundle(attrs, caps, bundle, bundle_session_id, bundle_store_id)
    return state_of(SourceVertex(identifier, attrs, caps, make(meta)))


def set_git_auth(attrs: dict[str, str], caps: list[str], token: str | None, header: str | None) -> None:
    """Sets the ids of the secrets that git authenticates by over http; None is the usual one, "" none."""
    secrets = (
        ("git.authtokensecret", "GIT_AUTH_TOKEN", "auth_token_secret", token),
        ("git.authheadersecret", "GIT_AUTH_HEADER", "auth_header_secret", header),
    )
    for attr, default, argument, given in secrets:
        if given != "":
            attrs[attr] = default if given is None else check_utf8(argument, given)
    if attrs.keys() & {row[0] for row in secrets} and any(row[3] is not None for row in secrets):
        caps.append("source.git.httpauth")


def set_git_bundle(attrs: dict[str, str], caps: list[str], bundle: str, session_id: str, store_id: str) -> None:
    """Sets the bundle that commits are taken from. Raises LLBError for one without a checksum, or of another scheme."""
    if bundle:
        if "git.checksum" not in attrs:
            raise LLBError("bundle: a bundle needs a checksum")
        if not check_utf8("bundle", bundle).startswith(BUNDLE_SCHEMES):
            raise LLBError(f"bundle: {bundle!r} does not begin with {' or '.join(BUNDLE_SCHEMES)}")
        attrs["git.bundle"] = bundle
        caps.append("source.git.bundle")
        store_attrs(attrs, session_id, store_id)
    elif session_id or store_id:
        raise LLBError("bundle_session_id, bundle_store_id: they are for a bundle, and there is none")


BUNDLE_SCHEMES = ("docker-image+blob://", "oci-layout+blob://")


def is_commit(ref: str) -> bool:
    """Whether it is the whole name of a commit."""
    return len(ref) in (40, 64) and set(ref) <= DIGITS


def check_commit(checksum: str) -> str:
    """A commit, whole or its beginning. Raises LLBError for what is no hexadecimal number."""
    if not set(check_utf8("checksum", checksum)) <= DIGITS:
        raise LLBError(f"checksum: {checksum!r} is not a commit")
    return checksum


def store_attrs(attrs: dict[str, str], session_id: str, store_id: str) -> None:
    """Sets which OCI layout of which client is meant."""
    if session_id:
        attrs["oci.session"] = check_utf8("session_id", session_id)
    if store_id:
        attrs["oci.store"] = check_utf8("store_id", store_id)


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
    if not check_utf8("url", url).startswith(("http://", "https://")):
        raise LLBError(f"url: {url!r} is not an http or https URL")
    if any(char < " " or char == "\x7f" for char in url):
        raise LLBError(f"url: {url!r} has a control character")
    attrs: dict[str, str] = {}
    caps = ["source.http"]
    if checksum:
        attrs["http.checksum"] = check_digest(checksum, "checksum")
        caps.append("source.http.checksum")
    caps += file_attrs(attrs, filename, mode, uid, gid, of_http=True)
    if auth_header_secret:
        attrs["http.authheadersecret"] = check_utf8("auth_header_secret", auth_header_secret)
        caps.append("source.http.auth")
    for name, value in pairs("header", header) if header else ():
        if check_utf8("header", name).lower() not in ("accept", "user-agent"):
            raise LLBError(f"header: {name!r} is not accept or user-agent, the ones BuildKit sends")
        if check_utf8("header", value):
            attrs[f"http.header.{name.lower()}"] = value
    if header is not None:
        caps.append("source.http.header")
    if signature is not None:
        if not isinstance(signature, (tuple, list)) or len(signature) != 2:
            raise LLBError("signature: it is not a pair, of a public key and a signature")
        for attr, text in zip(("http.sig.pubkey", "http.sig.signature"), signature, strict=True):
            if check_utf8("signature", text):
                attrs[attr] = text
        caps.append("source.http.signatureverify")
    return state_of(SourceVertex(url, attrs, caps, make(meta)))


def file_attrs(attrs: dict[str, str], filename: str, mode: int, uid: int, gid: int, *, of_http: bool) -> list[str]:
    """Sets how a single file is placed; the capabilities it needs."""
    caps = []
    if filename:
        attrs["http.filename"] = check_utf8("filename", filename)
    if int_in("mode", mode, 0, MAX_INT) & 0o777:
        attrs["http.perm"] = f"0{mode & 0o777:o}"
        if of_http:
            caps.append("source.http.perm")
    for name, value in (("uid", uid), ("gid", gid)):
        if int_in(name, value, 0, MAX_INT):
            attrs[f"http.{name}"] = str(value)
            if of_http and "soruce.http.uidgid" not in caps:
                caps.append("soruce.http.uidgid")  # spelt so in every release
    return caps


def oci_layout(
    ref: str, *, session_id: str = "", store_id: str = "", layer_limit: int | None = None, **meta: Unpack[MetaOptions]
) -> State:
    """An image of an OCI layout of the client, by reference and digest; `store_id` is the client's name for it."""
    name, at, digest = check_utf8("ref", ref).partition("@")
    if not at:
        raise LLBError(f"ref: {ref!r} has no digest; an image of an OCI layout needs one")
    if not name:
        raise LLBError(f"ref: {ref!r} has no name")
    check_digest(digest, "ref")
    attrs: dict[str, str] = {}
    store_attrs(attrs, session_id, store_id)
    if layer_limit is not None:
        attrs["oci.layerlimit"] = str(int_in("layer_limit", layer_limit, 0, MAX_INT))
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
    store_attrs(attrs, session_id, store_id)
    file_attrs(attrs, filename, mode, uid, gid, of_http=False)
    identifier = f"oci-layout+blob://{blob_reference(ref)}"
    return state_of(SourceVertex(identifier, attrs, ["source.imageblob"], make(meta)))


def blob_reference(ref: str) -> str:
    """A blob's reference in full. Raises LLBError for a tag, or no digest."""
    parsed = parse_reference(ref)
    if parsed.tag or not parsed.digest:
        raise LLBError(f"ref: {ref!r} is not name@digest, as a blob needs it")
    return parsed.text
