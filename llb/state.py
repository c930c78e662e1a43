"""A state: one filesystem in the making, and what programs run on it will see.

States are values. Every method gives a new one; nobody else's changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Unpack

from llb import exec as execs
from llb import file as files
from llb import marshal as marshalling
from llb import paths
from llb.errors import LLBError, check_utf8, check_words, choice, int_in, items, pairs, put
from llb.exec import AnyMount, Device, ExecVertex, Mount, Network, Proxy, SecretMount, Security, SSHMount, Ulimit
from llb.file import FileAction, FileActions, FileVertex
from llb.graph import Filesystem, Output
from llb.handles import state_in
from llb.marshal import Definition
from llb.merge import BuildVertex, DiffVertex, MergeVertex, PassthroughVertex
from llb.meta import CommonOptions, MetaOptions, make
from llb.platforms import Platform, parse
from llb.values import Record

Pairs = tuple[tuple[str, str], ...]


class Settings(Record):
    """What programs run on a state get, unless they are told otherwise."""

    __slots__ = ()

    env: Pairs = ()
    directory: str = "/"
    user: str = ""
    hostname: str = ""
    cgroup_parent: str = ""
    network: int = 0
    security: int = 0
    hosts: Pairs = ()
    ulimits: tuple[Ulimit, ...] = ()
    platform: Platform | None = None


DEFAULTS = Settings()


class State(Filesystem):
    """A filesystem (`output_`, None: empty) and the settings of programs run on it.

    Two states are equal when the digests of what they stand on, and their settings, are.
    """

    __slots__ = ("output_", "settings")

    output_: Output | None
    settings: Settings

    def __init__(self, output: Output | None = None, settings: Settings = DEFAULTS) -> None:
        put(self, "output_", output)
        put(self, "settings", settings)

    # --- values

    @property
    def directory(self) -> str:
        """The working directory."""
        return self.settings.directory

    def _with(self, **changes: Any) -> State:
        return State(self.output_, self.settings._replace(**changes))

    def on(self, output: Output | None) -> State:
        """The same settings on another filesystem, and its platform if it has one."""
        return State(output, on_platform(self.settings, output))

    def reset(self, other: State) -> State:
        """This filesystem with the settings of another state; the directory is "/" unless the filesystem has a platform
        of its own, as with Go's client."""
        state_in("other", other)
        if self.output_ is None or self.output_.platform is None:
            return State(self.output_, other.settings._replace(directory="/"))
        return other.on(self.output_)

    def dir(self, path: str) -> State:
        """With another working directory; a relative one is within the present one."""
        return self._with(directory=directory_of(self.settings.directory, path))

    def env(self, name: str, value: str | None) -> State:
        """With a variable set, or removed by None. The order is that of the last setting of each."""
        return self._with(env=with_variable(self.settings.env, name, value))

    def user(self, user: str) -> State:
        """With programs run as a user: "name", "uid", "name:group" or "uid:gid"."""
        return self._with(user=check_utf8("user", user))

    def hostname(self, name: str) -> State:
        """With a host name."""
        return self._with(hostname=check_utf8("name", name))

    def cgroup_parent(self, name: str) -> State:
        """With a parent for the programs' cgroups."""
        return self._with(cgroup_parent=check_utf8("name", name))

    def network(self, mode: Network) -> State:
        """With a network mode for programs: "sandbox", "host" or "none"."""
        return self._with(network=choice("mode", mode, execs.NETWORKS))

    def security(self, mode: Security) -> State:
        """With a security mode for programs: "sandbox" or "insecure"."""
        return self._with(security=choice("mode", mode, execs.SECURITIES))

    def host(self, name: str, ip: str) -> State:
        """With one more line in the programs' /etc/hosts."""
        return self._with(hosts=(*self.settings.hosts, host_line(name, ip)))

    def ulimit(self, name: str, soft: int, hard: int | None = None) -> State:
        """With one more resource limit."""
        return self._with(ulimits=(*self.settings.ulimits, execs.ulimit(name, soft, hard)))

    def platform(self, platform: str | Platform) -> State:
        """With a platform for programs run on it."""
        given = platform if isinstance(platform, Platform) else parse(platform)
        return self._with(platform=given.normalized)

    def image_config(self, config: Mapping[str, Any]) -> State:
        """With environment, directory and platform of an OCI image configuration (parsed JSON)."""
        inner = mapping_in("config", config).get("config") or {}
        state = self
        for entry in items("config: Env", mapping_in("config", inner).get("Env") or ()):
            name, _, value = check_utf8("config: Env", entry).partition("=")
            if name:
                state = state.env(name, value)
        if inner.get("WorkingDir"):
            state = state.dir(inner["WorkingDir"])
        os, architecture, variant, version = (
            str(config.get(key) or "") for key in ("os", "architecture", "variant", "os.version")
        )
        if os and architecture:
            features = tuple(map(str, items("config: os.features", config.get("os.features") or ())))
            state = state.platform(Platform((os, architecture, variant, version, features)))
        return state

    def with_(self, change: Callable[[State], State]) -> State:
        """What a function makes of it: for chains of calls."""
        return change(self)

    # --- operations

    def run(
        self,
        args: Iterable[str],
        *,
        mounts: Iterable[AnyMount] = (),
        env: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        dir: str = "",
        user: str = "",
        hostname: str = "",
        network: Network | None = None,
        security: Security | None = None,
        hosts: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        ulimits: Iterable[Ulimit] = (),
        cgroup_parent: str = "",
        proxy: Proxy | Mapping[str, str] | None = None,
        valid_exit_codes: Iterable[int] | None = None,
        readonly_root: bool = False,
        root_source: str = "",
        **meta: Unpack[MetaOptions],
    ) -> ExecState:
        """The filesystem after a program has run. `args` is an argument list: for a shell see `llb.shell`.

        The options hold for this program alone. `env` is set after the state's own. `valid_exit_codes` are those that
        are no failure ({0} if None). `readonly_root` mounts the state read-only: only mounts are written to.
        `root_source` is the path of the state that is the root. Raises LLBError for two mounts at one place.
        """
        listed = arguments(args)
        own = self.settings
        vertex = execs.OpenExecVertex()
        vertex.meta = make(meta)
        vertex.args = listed
        variables = own.env
        for name, value in pairs("env", env) if env != () else ():
            variables = with_variable(variables, name, value)
        vertex.env = variables
        vertex.cwd = directory_of(own.directory, dir) if dir else own.directory
        vertex.user = check_utf8("user", user) or own.user
        vertex.hostname = check_utf8("hostname", hostname) or own.hostname
        vertex.cgroup_parent = check_utf8("cgroup_parent", cgroup_parent) or own.cgroup_parent
        vertex.network = own.network if network is None else choice("network", network, execs.NETWORKS)
        vertex.security = own.security if security is None else choice("security", security, execs.SECURITIES)
        vertex.hosts = (*own.hosts, *[host_line(*row) for row in pairs("hosts", hosts)]) if hosts != () else own.hosts
        vertex.ulimits = own.ulimits
        if ulimits != ():
            vertex.ulimits = (*own.ulimits, *map(execs.listed_ulimit, items("ulimits", ulimits)))
        vertex.proxy = None if proxy is None else execs.proxy_of(proxy)
        vertex.exit_codes = () if valid_exit_codes is None else exit_codes(valid_exit_codes)
        vertex.platform = own.platform
        root = execs.mount_of("/", self, readonly=readonly_root, selector=check_utf8("root_source", root_source))
        vertex.mounts, vertex.secrets, vertex.sockets, vertex.devices = (root,), (), (), ()
        if mounts != () and (listed_mounts := items("mounts", mounts)):
            sort_mounts(vertex, root, listed_mounts)
        vertex.__class__ = ExecVertex
        return ExecState(vertex, self)

    def file(self, *actions: FileAction, **meta: Unpack[MetaOptions]) -> State:
        """The filesystem after actions, all in one operation: one layer."""
        if not actions:
            raise LLBError("actions: a file operation needs at least one")
        files.check_actions(actions, named_owners=self.output_ is not None)
        return self.on(Output(FileVertex(self, actions, make(meta))))

    def actions(self, *actions: FileAction) -> FileActions:
        """Actions on this state, for `llb.copy` to copy from within its own operation."""
        if not actions:
            raise LLBError("actions: at least one is needed")
        files.check_actions(actions, named_owners=self.output_ is not None)
        return FileActions(self, actions)

    def copy(self, source: State, path: str, dest: str, **options: Any) -> State:
        """The filesystem with a copy in it: one operation. The options are those of `llb.copy` and of an operation."""
        named = {key: options.pop(key) for key in MetaOptions.__annotations__ if key in options}
        return self.file(files.copy(source, path, dest, **options), **named)

    def build(self, *, filename: str = "", **meta: Unpack[MetaOptions]) -> State:
        """The result of the Definition in the file `filename` of this filesystem."""
        if self.output_ is None:
            raise LLBError("build: an empty filesystem holds no definition")
        return self.on(Output(BuildVertex(self.output_, check_utf8("filename", filename), make(meta))))

    def requires(self, ident: str, states: Iterable[State], **meta: Unpack[MetaOptions]) -> State:
        """The same filesystem, once those of `states` have been made (BuildKit v0.31)."""
        given = states_in("states", states)
        if not given:
            make(meta)
            return self
        if self.output_ is None:
            raise LLBError("requires: an empty filesystem requires nothing")
        return self.on(passthrough(ident, [self, *given], keep=(0,), **meta)[0].output_)

    # --- results

    def marshal(
        self,
        *,
        platform: str = "linux/amd64",
        caps: Iterable[str] | None = None,
        unique_id: str | None = None,
        worker: str | Iterable[str] = (),
        **meta: Unpack[CommonOptions],
    ) -> Definition:
        """The Definition.

        `platform` is that of operations with none of their own. `caps` are the capabilities BuildKit reported, where
        they are known. `unique_id` marks local sources that have no session, so that two builds do not take one
        directory for the other's: a random one by default, "" for none. `worker` filters and the other options are for
        every operation; an operation's own come after them. Raises LLBError for a platform that is none.
        """
        if "at" in meta:
            raise LLBError("at: it is for one operation, not for all of them")
        return marshalling.marshal(
            self.output_, platform=platform, caps=caps, unique_id=unique_id, worker=worker, meta=make(meta)
        )

    def _key(self) -> tuple[bytes, int, Settings]:
        if self.output_ is None:
            return b"", 0, self.settings
        return marshalling.digest_of(self.output_.vertex), self.output_.index, self.settings

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        return self.settings == other.settings and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"<llb.State {self._key()[0][:19].decode() or 'scratch'}>"


class ExecState(State):
    """The filesystem after a program; `output` gives what it wrote to a mount."""

    __slots__ = ("base", "vertex")

    vertex: ExecVertex
    base: State

    def __init__(self, vertex: ExecVertex, base: State) -> None:
        put(self, "vertex", vertex)
        put(self, "base", base)
        root = vertex.mounts[0]  # "/" sorts first
        output = self._output_at(root)
        super().__init__(output, on_platform(base.settings, output))

    def output(self, dest: str) -> State:
        """What the program left at a mount, with the settings of the state mounted there; that state itself where the
        mount is read-only. Raises LLBError for a mount that keeps nothing, or that is not there."""
        for mount in self.vertex.mounts:
            if mount.dest == dest:
                source = mount.source if isinstance(mount.source, State) else State()
                return source.on(self._output_at(mount))
        raise LLBError(f"dest: there is no mount at {dest}")

    def _output_at(self, mount: Mount) -> Output | None:
        if mount.readonly:
            return mount.output
        if not mount.keeps_output:
            raise LLBError(f"dest: the mount at {mount.dest} keeps no output")
        platform = self.vertex.meta.platform
        return Output(self.vertex, mount.dest, None if platform is None else platform.normalized)


def sort_mounts(vertex: ExecVertex, root: Mount, mounts: Iterable[AnyMount]) -> None:
    """Puts the mounts of a program into their kinds. Raises LLBError for two at one place."""
    binds = [root]
    secrets: list[SecretMount] = []
    sockets: list[SSHMount] = []
    devices: list[Device] = []
    for mount in mounts:
        match mount:
            case Mount():
                binds.append(mount)
            case SecretMount():
                secrets.append(mount)
            case SSHMount():
                sockets.append(mount)
            case Device():
                devices.append(execs.device_of(mount))
            case _:
                raise LLBError(f"mounts: {mount!r} is not a mount")
    places = [mount.dest for mount in binds] + [secret.dest for secret in secrets if secret.dest is not None]
    places += [execs.socket_dest(number, socket) for number, socket in enumerate(sockets)]
    seen: set[str] = set()
    for place in map(paths.clean, places):
        if place in seen:
            raise LLBError(f"mounts: two mounts at {place}")
        seen.add(place)
    binds.sort(key=lambda mount: mount.dest.encode())
    vertex.mounts, vertex.secrets, vertex.sockets = tuple(binds), tuple(secrets), tuple(sockets)
    vertex.devices = tuple(devices)


def arguments(args: Iterable[str]) -> tuple[str, ...]:
    """An argument list. Raises LLBError for a text, an empty list, or what is not text."""
    if isinstance(args, str):
        raise LLBError(f"args: {args!r} is a text; write a list, or llb.shell(text)")
    listed = items("args", args)
    if not listed:
        raise LLBError("args: the list is empty")
    for arg in listed:
        check_words("args", arg)
    return listed


def mapping_in(argument: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping itself. Raises LLBError for what is none."""
    if not isinstance(value, Mapping):
        raise LLBError(f"{argument}: {value!r} is not a mapping, parsed JSON")
    return value


def states_in(argument: str, values: Iterable[State]) -> tuple[State, ...]:
    """The states of a list. Raises LLBError for what is none."""
    return tuple([state_in(argument, state) for state in items(argument, values)])


def directory_of(present: str, path: str) -> str:
    """A working directory: an absolute one as given, a relative one joined to the present one."""
    if not path:
        raise LLBError("path: a working directory cannot be empty")
    check_words("path", path)
    return path if path.startswith("/") else paths.join(present, path)


def with_variable(env: Pairs, name: str, value: str | None) -> Pairs:
    """The environment with one variable set last, or removed."""
    execs.variable_name("name", name)
    rest = tuple([pair for pair in env if pair[0] != name]) if env else ()
    return rest if value is None else (*rest, (name, check_words("value", value)))


def host_line(name: str, ip: str) -> tuple[str, str]:
    """A line of /etc/hosts. Raises LLBError for an empty name or no address."""
    if not check_utf8("name", name):
        raise LLBError("name: a host has a name")
    return name, execs.ip_text(ip)


def exit_codes(codes: Iterable[int]) -> tuple[int, ...]:
    """Exit codes that are no failure. Raises LLBError for what a program cannot exit with."""
    return tuple([int_in("valid_exit_codes", code, 0, (1 << 31) - 1) for code in items("valid_exit_codes", codes)])


def on_platform(settings: Settings, output: Output | None) -> Settings:
    """Settings with the platform of a filesystem, if it has one."""
    if output is None or output.platform is None:
        return settings
    return settings._replace(platform=output.platform)


def fresh(output: Output | None) -> State:
    """A state that nothing was set on yet."""
    return State(output, on_platform(DEFAULTS, output))


def scratch() -> State:
    """The empty filesystem."""
    return State()


def shell(text: str) -> list[str]:
    """The argument list that runs shell text."""
    check_words("text", text)
    return ["/bin/sh", "-c", text]


def merge(states: Iterable[State], **meta: Unpack[MetaOptions]) -> State:
    """Filesystems laid over each other, later ones on top, each keeping its own layers (BuildKit v0.10).

    Empty ones are left out; the settings are those of the first that is not.
    """
    made = make(meta)
    kept = [state for state in states_in("states", states) if state.output_ is not None]
    if not kept:
        return State()
    if len(kept) == 1:
        return kept[0]
    outputs = tuple(state.output_ for state in kept if state.output_ is not None)
    return kept[0].on(Output(MergeVertex(outputs, made)))


def diff(lower: State, upper: State, **meta: Unpack[MetaOptions]) -> State:
    """What turns `lower` into `upper` (BuildKit v0.10); `upper` itself where lower is empty."""
    made = make(meta)
    state_in("lower", lower)
    state_in("upper", upper)
    if lower.output_ is None:
        return upper
    return lower.on(Output(DiffVertex(lower.output_, upper.output_, made)))


def passthrough(
    ident: str, states: Iterable[State], *, keep: Iterable[int] = (), **meta: Unpack[MetaOptions]
) -> list[State]:
    """Those of the `states` that `keep` numbers, in the states' order, once all have been made (BuildKit v0.31).

    Empty ones are left out. The settings of the states are not carried over.
    """
    if not check_utf8("ident", ident):
        raise LLBError("ident: a passthrough needs one")
    given = states_in("states", states)
    wanted = set(items("keep", keep, ordered=False))
    if not wanted <= set(range(len(given))):
        raise LLBError(f"keep: there are {len(given)} states, counted from 0")
    outputs: list[Output] = []
    kept: list[int] = []
    for number, state in enumerate(given):
        if state.output_ is None:
            continue
        if number in wanted:
            kept.append(len(outputs))
        outputs.append(state.output_)
    if not kept:
        raise LLBError("keep: none of the states is kept")
    vertex = PassthroughVertex(ident, tuple(outputs), tuple(kept), make(meta))
    return [fresh(Output(vertex, number)) for number in range(len(kept))]


def op_digest(state: State, *, platform: str = "linux/amd64", unique_id: str = "") -> str:
    """The digest of the operation a state stands on; "" for an empty one."""
    return state.marshal(platform=platform, unique_id=unique_id).head
