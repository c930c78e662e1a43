"""Programs: the exec operation, its mounts, secrets and limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from llb import wire
from llb.errors import Frozen, LLBError, check_utf8, check_words, choice, int_in, opened, pairs
from llb.graph import Filesystem, Marshalling, Output, Vertex
from llb.handles import state_in
from llb.meta import MAX_INT64, Meta
from llb.platforms import Platform
from llb.values import Record

Network = Literal["sandbox", "host", "none"]
Security = Literal["sandbox", "insecure"]
Sharing = Literal["shared", "private", "locked"]
ContentCache = Literal["default", "on", "off"]

NETWORKS: dict[str, int] = {"sandbox": 0, "host": 1, "none": 2}
SECURITIES: dict[str, int] = {"sandbox": 0, "insecure": 1}
SHARINGS: dict[str, int] = {"shared": 0, "private": 1, "locked": 2}
CONTENT_CACHES: dict[str, int] = {"default": 0, "on": 1, "off": 2}
BIND, SECRET, SSH, CACHE, TMPFS = range(5)
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ULIMITS = frozenset(
    "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split()
)
NO_INPUT = b"\x08" + wire.MINUS_ONE  # Mount.input -1
NO_OUTPUT = b"\x20" + wire.MINUS_ONE  # Mount.output -1
ROOT_MOUNT = wire.field(2, wire.text(3, "/"))  # input 0, output 0


class Mount(Frozen):
    """A filesystem a program sees at `dest`. Made by `bind`, `scratch_mount`, `cache` and `tmpfs`."""

    __slots__ = (
        "cache_id", "content_cache", "dest", "no_output", "output", "readonly", "selector", "sharing", "size", "source",
        "tmpfs",
    )  # fmt: skip

    dest: str
    source: Filesystem | None
    output: Output | None
    selector: str
    readonly: bool
    no_output: bool
    cache_id: str
    sharing: int
    tmpfs: bool
    size: int
    content_cache: int

    @property
    def keeps_output(self) -> bool:
        """Whether what the program writes there is an output of the operation."""
        return not (self.no_output or self.readonly or self.cache_id or self.tmpfs)


OpenMount = opened(Mount)


def mount_of(
    dest: str,
    source: Filesystem | None = None,
    *,
    selector: str = "",
    readonly: bool = False,
    no_output: bool = False,
    cache_id: str = "",
    sharing: int = 0,
    tmpfs: bool = False,
    size: int = 0,
    content_cache: int = 0,
) -> Mount:
    """A mount of arguments that were checked."""
    mount = OpenMount()
    mount.dest = dest
    mount.source = source
    mount.output = None if source is None else source.output_
    mount.selector = selector
    mount.readonly = readonly
    mount.no_output = no_output
    mount.cache_id = cache_id
    mount.sharing = sharing
    mount.tmpfs = tmpfs
    mount.size = size
    mount.content_cache = content_cache
    mount.__class__ = Mount
    return mount


class SecretMount(Record):
    """A secret: as a file at `dest` unless None, as the environment variable `env` unless None."""

    __slots__ = ()

    id: str
    dest: str | None
    env: str | None
    uid: int
    gid: int
    mode: int
    optional: bool


class SSHMount(Record):
    """The user's SSH agent, as a socket at `dest` ("": a default place)."""

    __slots__ = ()

    id: str
    dest: str
    uid: int
    gid: int
    mode: int
    optional: bool


class Device(Record):
    """A device by its CDI name, e.g. "vendor.com/gpu=0" (BuildKit v0.20)."""

    __slots__ = ()

    name: str
    optional: bool = False


class Ulimit(Record):
    """A resource limit by its name in setrlimit(2) without RLIMIT_, lower case; -1 is unlimited."""

    __slots__ = ()

    name: str
    soft: int
    hard: int


class Proxy(Record):
    """Proxy settings: upper and lower case variables at run time, never part of the cache key."""

    __slots__ = ()

    http: str = ""
    https: str = ""
    ftp: str = ""
    no: str = ""
    all: str = ""


AnyMount = Mount | SecretMount | SSHMount | Device


def dest_of(dest: str, argument: str = "dest") -> str:
    """A mount's place. Raises LLBError unless it is an absolute path."""
    if not isinstance(dest, str) or not dest.startswith("/"):
        raise LLBError(f"{argument}: {dest!r} is not an absolute path")
    return check_words(argument, dest)


def bind(
    dest: str,
    state: Filesystem,
    *,
    source_path: str = "",
    readonly: bool = False,
    no_output: bool = False,
    content_cache: ContentCache = "default",
) -> Mount:
    """Another filesystem, or its `source_path`, at `dest`. What is written is an output, `state.output(dest)`, unless
    `readonly` or `no_output`. `content_cache` says whether the cache may go by the mount's content."""
    return mount_of(
        dest_of(dest),
        state_in("state", state),
        selector=check_utf8("source_path", source_path),
        readonly=readonly,
        no_output=no_output,
        content_cache=choice("content_cache", content_cache, CONTENT_CACHES),
    )


def scratch_mount(dest: str) -> Mount:
    """An empty filesystem at `dest` whose content is kept as the output `state.output(dest)`."""
    return mount_of(dest_of(dest))


def cache(
    dest: str,
    *,
    id: str,
    sharing: Sharing = "shared",
    source: Filesystem | None = None,
    source_path: str = "",
    readonly: bool = False,
    content_cache: ContentCache = "default",
) -> Mount:
    """A directory kept between builds, in no output. Builds with the same `id` share it, as `sharing` says.

    `source`, or its `source_path`, is what it holds at first; `content_cache` as of `bind`.
    """
    if not check_utf8("id", id):
        raise LLBError("id: a cache mount needs one")
    return mount_of(
        dest_of(dest),
        None if source is None else state_in("source", source),
        selector=check_utf8("source_path", source_path),
        readonly=readonly,
        cache_id=id,
        sharing=choice("sharing", sharing, SHARINGS),
        content_cache=choice("content_cache", content_cache, CONTENT_CACHES),
    )


def tmpfs(dest: str, *, size_bytes: int = 0, readonly: bool = False) -> Mount:
    """Memory at `dest`, gone afterwards; `size_bytes` 0 is the kernel's limit."""
    size = int_in("size_bytes", size_bytes, 0, MAX_INT64)
    return mount_of(dest_of(dest), tmpfs=True, size=size, readonly=readonly)


def secret(
    dest: str | None = None,
    *,
    id: str = "",
    env: str | None = None,
    optional: bool = False,
    uid: int = 0,
    gid: int = 0,
    mode: int = 0o400,
) -> SecretMount:
    """A secret of the client's, by `id` (default: the path or the variable's name): a file at `dest`, or the
    variable `env`, or both. Its value is never part of the definition."""
    if dest is None and not env:
        raise LLBError("dest, env: a secret needs a path or a variable")
    if dest is not None:
        dest_of(dest)
    if env is not None:
        variable_name("env", env)
    check_file(uid, gid, mode)
    return SecretMount(check_utf8("id", id) or dest or env or "", dest, env, uid, gid, mode, optional)


def ssh(
    dest: str = "", *, id: str = "", optional: bool = False, uid: int = 0, gid: int = 0, mode: int = 0o600
) -> SSHMount:
    """The client's SSH agent, by `id` ("": the one the client calls "default"), as a socket at `dest` ("": a place
    that BuildKit's clients agree on). Programs find it by SSH_AUTH_SOCK."""
    if dest:
        dest_of(dest)
    check_file(uid, gid, mode)
    return SSHMount(check_utf8("id", id), dest, uid, gid, mode, optional)


def check_file(uid: int, gid: int, mode: int) -> None:
    """Raises LLBError for what a mounted file cannot be."""
    for name, value in (("uid", uid), ("gid", gid), ("mode", mode)):
        int_in(name, value, 0, 0xFFFFFFFF)


def variable_name(argument: str, name: str) -> str:
    """The name of an environment variable. Raises LLBError for what is none."""
    if not check_utf8(argument, name) or "=" in name or "\0" in name:
        raise LLBError(f"{argument}: {name!r} is not the name of a variable")
    return name


def ulimit(name: str, soft: int, hard: int | None = None) -> Ulimit:
    """A resource limit; `hard` is `soft` if not given. Raises LLBError for an unknown name or soft above hard."""
    hard = soft if hard is None else hard
    if check_utf8("name", name) not in ULIMITS:
        raise LLBError(f"name: {name!r} is not one of {', '.join(sorted(ULIMITS))}")
    for argument, value in (("soft", soft), ("hard", hard)):
        int_in(argument, value, -1, MAX_INT64)
    if hard != -1 and (soft > hard or soft == -1):
        raise LLBError(f"soft: {soft} is above hard, {hard}")
    return Ulimit(name, soft, hard)


def listed_ulimit(limit: Ulimit) -> Ulimit:
    """A limit of a list, which may be a plain tuple. Raises LLBError for what is none."""
    if not isinstance(limit, (tuple, list)) or not 2 <= len(limit) <= 3:
        raise LLBError(f"ulimits: {limit!r} is not a limit: (name, soft, hard)")
    return ulimit(*limit)


def device_of(device: Device) -> Device:
    """The device. Raises LLBError for one with no name."""
    if not check_utf8("mounts: name", device.name):
        raise LLBError("mounts: a device has a name")
    return device


def proxy_of(proxy: Proxy | Mapping[str, str]) -> Proxy:
    """The settings from their names: http, https, ftp, no, all."""
    if not isinstance(proxy, Proxy):
        given = pairs("proxy", proxy)
        for name, _ in given:
            if name not in Proxy._fields:
                raise LLBError(f"proxy: {name!r} is not one of {', '.join(Proxy._fields)}")
        proxy = Proxy(**dict(given))
    for value in proxy:
        check_utf8("proxy", value)
    return proxy


def ip_text(ip: str) -> str:
    """An address in its canonical form, as Go prints it. Raises LLBError for none."""
    import ipaddress

    try:
        address = ipaddress.ip_address(ip)
        if "%" in ip:
            raise ValueError
    except (ValueError, TypeError):
        raise LLBError(f"ip: {ip!r} is not an IP address") from None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped if mapped is not None else address)


class ExecVertex(Frozen, Vertex):
    """A program to run."""

    __slots__ = (
        "args", "cgroup_parent", "cwd", "devices", "env", "exit_codes", "hostname", "hosts", "mounts", "network",
        "platform", "proxy", "secrets", "security", "sockets", "ulimits", "user",
    )  # fmt: skip

    args: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    cwd: str
    user: str
    hostname: str
    cgroup_parent: str
    hosts: tuple[tuple[str, str], ...]
    ulimits: tuple[Ulimit, ...]
    network: int
    security: int
    proxy: Proxy | None
    exit_codes: tuple[int, ...]  # none: 0 alone
    mounts: tuple[Mount, ...]  # sorted by dest, the root among them
    secrets: tuple[SecretMount, ...]
    sockets: tuple[SSHMount, ...]
    devices: tuple[Device, ...]
    platform: Platform | None
    meta: Meta

    def inputs(self) -> list[Output]:
        found: list[Output] = []
        for mount in self.mounts:
            if mount.output is not None and mount.output not in found:
                found.append(mount.output)
        return found

    def own_platform(self) -> Platform | None:
        return self.meta.platform or self.platform

    def index_of(self, key: str) -> int:
        index = 0
        for mount in self.mounts:
            if mount.dest == key:
                return index
            index += mount.keeps_output
        raise LLBError(f"{key!r} is not a mount of this operation")

    def body(self, marshalling: Marshalling) -> tuple[Iterable[Output], bytes, Iterable[str]]:
        mounts = self.mounts
        if len(mounts) == 1 and mounts[0].output is not None and self._is_plain(mounts[0]):
            caps: set[str] = {"exec.meta.base", "exec.mount.bind"}
            out = wire.field(1, self.encoded_meta(marshalling, caps)) + ROOT_MOUNT + self.encoded_rest(caps)
            return (mounts[0].output,), wire.field(2, out), caps
        caps = {"exec.meta.base"}
        inputs: list[Output] = []
        encoded = self.encoded_mounts(marshalling, inputs, caps)
        out = wire.field(1, self.encoded_meta(marshalling, caps)) + encoded + self.encoded_rest(caps)
        return inputs, wire.field(2, out), caps

    def _is_plain(self, mount: Mount) -> bool:
        return not (mount.readonly or mount.selector or self.secrets or self.sockets or mount.content_cache)

    def encoded_meta(self, marshalling: Marshalling, caps: set[str]) -> bytes:
        """The message `Meta`."""
        env = self.environment(marshalling, caps)
        out = [wire.field(1, arg.encode()) for arg in self.args]
        if env:
            out += [wire.field(2, f"{name}={value}".encode()) for name, value in env]
        out.append(wire.text(3, self.cwd))
        if self.user:
            out.append(wire.text(4, self.user))
        if self.proxy is not None:
            caps.add("exec.meta.proxyenv")
            values = enumerate(self.proxy, 1)
            out.append(wire.field(5, b"".join([wire.text(tag, value) for tag, value in values])))
        for host, ip in self.hosts:
            out.append(wire.field(6, wire.text(1, host) + wire.text(2, ip)))
        if self.hostname:
            out.append(wire.text(7, self.hostname))
        for limit in self.ulimits:
            caps.add("exec.meta.ulimit")
            encoded = wire.text(1, limit.name) + wire.number(2, limit.soft) + wire.number(3, limit.hard)
            out.append(wire.field(9, encoded))
        if self.cgroup_parent:
            out.append(wire.text(10, self.cgroup_parent))
        out.append(b"\x58\x01")  # removeMountStubsRecursive
        if self.exit_codes:
            caps.add("exec.validexitcode")
            out.append(wire.packed(12, self.exit_codes))
        return b"".join(out)

    def environment(self, marshalling: Marshalling, caps: set[str]) -> tuple[tuple[str, str], ...]:
        """The variables as written: with the agent's socket, and PATH where this BuildKit does not set it itself."""
        env = self.env
        if self.sockets and not any(name == "SSH_AUTH_SOCK" for name, _ in env):
            env = (*env, ("SSH_AUTH_SOCK", socket_dest(0, self.sockets[0])))
        if marshalling.caps is not None:
            if "exec.meta.setsdefaultpath" in marshalling.caps:
                caps.add("exec.meta.setsdefaultpath")
            elif marshalling.platform[0] != "windows" and not any(name == "PATH" for name, _ in env):
                env = (*env, ("PATH", DEFAULT_PATH))
        return env

    def encoded_mounts(self, marshalling: Marshalling, inputs: list[Output], caps: set[str]) -> bytes:
        """The mounts, collecting the inputs they use and the capabilities they need."""
        out = []
        position: dict[tuple[bytes, int], int] = {}
        outputs = 0
        for mount in self.mounts:
            encoded = NO_INPUT
            if mount.output is not None:
                edge = (marshalling.digests[mount.output.vertex], mount.output.index)
                if edge not in position:
                    position[edge] = len(inputs)
                    inputs.append(mount.output)
                encoded = wire.number(1, position[edge])
            encoded += wire.text(2, mount.selector) + wire.text(3, mount.dest)
            if mount.keeps_output:
                encoded += wire.number(4, outputs)
                outputs += 1
            else:
                encoded += NO_OUTPUT
            encoded += wire.flag(5, mount.readonly) + self.encoded_kind(mount, caps)
            out.append(wire.field(2, encoded + wire.number(24, mount.content_cache)))
        for secret_mount in self.secrets:
            caps.add("exec.mount.secret")
            if secret_mount.dest is not None:
                out.append(wire.field(2, encoded_file(SECRET, 21, secret_mount, secret_mount.id, secret_mount.dest)))
        for number, socket in enumerate(self.sockets):
            caps.add("exec.mount.ssh")
            out.append(wire.field(2, encoded_file(SSH, 22, socket, socket.id, socket_dest(number, socket))))
        return b"".join(out)

    def encoded_kind(self, mount: Mount, caps: set[str]) -> bytes:
        """The fields of a mount that its kind adds."""
        if mount.selector:
            caps.add("exec.mount.selector")
        if mount.content_cache:
            caps.add("exec.mount.cache.content")
        if mount.cache_id:
            caps.update(("exec.mount.cache", "exec.mount.cache.sharing"))
            return wire.number(6, CACHE) + wire.field(20, wire.text(1, mount.cache_id) + wire.number(2, mount.sharing))
        if mount.tmpfs:
            caps.add("exec.mount.tmpfs")
            if mount.size:
                caps.add("exec.mount.tmpfs.size")
            return wire.number(6, TMPFS) + wire.field(19, wire.number(1, mount.size))
        if mount.output is not None:
            caps.add("exec.mount.bind")
        return b""

    def encoded_rest(self, caps: set[str]) -> bytes:
        """What follows the mounts in the message `ExecOp`."""
        out = b""
        if self.network:
            caps.add("exec.meta.network")
            out += wire.number(3, self.network)
        if self.security:
            caps.add("exec.meta.security")
            out += wire.number(4, self.security)
        for secret_mount in self.secrets:
            if secret_mount.env is not None:
                caps.add("exec.secretenv")
                named = wire.text(1, secret_mount.id) + wire.text(2, secret_mount.env)
                out += wire.field(5, named + wire.flag(3, secret_mount.optional))
        for device in self.devices:
            caps.add("exec.meta.cdi")
            out += wire.field(6, wire.text(1, device.name) + wire.flag(2, device.optional))
        if self.meta.resources is not None:
            caps.add("exec.meta.linux.resources")
        return out


OpenExecVertex = opened(ExecVertex)


def encoded_file(kind: int, tag: int, mount: SecretMount | SSHMount, ident: str, dest: str) -> bytes:
    """The message `Mount` of a secret or an agent's socket."""
    options = (
        wire.text(1, ident)
        + wire.number(2, mount.uid)
        + wire.number(3, mount.gid)
        + wire.number(4, mount.mode)
        + wire.flag(5, mount.optional)
    )
    return NO_INPUT + wire.text(3, dest) + wire.number(6, kind) + wire.field(tag, options)


def socket_dest(number: int, socket: SSHMount) -> str:
    """Where an agent's socket is: the n-th has a place of its own."""
    return socket.dest or f"/run/buildkit/ssh_agent.{number}"
