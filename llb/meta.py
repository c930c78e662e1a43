"""What goes with an operation and is not in its bytes: name, caching, progress, the place in a file it comes from."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from llb import wire
from llb.errors import LLBError, check_utf8, int_in, items, pairs
from llb.places import Location, locations_of
from llb.platforms import Platform, parse
from llb.values import Record

CUSTOM_NAME = "llb.customname"
MAX_INT64, MAX_UINT64 = (1 << 63) - 1, (1 << 64) - 1


class ProgressGroup(Record):
    """Operations with the same `id` are shown as one, named `name`. A weak group shows while a strong member runs."""

    __slots__ = ()

    id: str
    name: str = ""
    weak: bool = False


class Resources(Record):
    """Limits of an exec (BuildKit v0.31).

    Memory is in bytes; shares, period and quota are those of cgroups; sets are like "0-3,5". A swap or quota of -1 is
    no limit.
    """

    __slots__ = ()

    memory: int = 0
    memory_swap: int = 0
    cpu_shares: int = 0
    cpu_period: int = 0
    cpu_quota: int = 0
    cpuset_cpus: str = ""
    cpuset_mems: str = ""


LIMITS = {
    "memory": MAX_INT64,
    "memory_swap": MAX_INT64,
    "cpu_shares": MAX_UINT64,
    "cpu_period": MAX_UINT64,
    "cpu_quota": MAX_INT64,
}


class CommonOptions(TypedDict, total=False):
    """The options that an operation takes, and `State.marshal` for all operations at once.

    `name` is what progress shows. `description` are other texts for clients. `ignore_cache` runs it again.
    `export_cache` forces it into (True) or out of (False) the exported cache. `progress` folds operations into one.
    `resources` limit programs.
    """

    name: str
    description: Mapping[str, str]
    ignore_cache: bool
    export_cache: bool | None
    progress: ProgressGroup | None
    resources: Resources | None


class MetaOptions(CommonOptions, total=False):
    """The keyword options that every operation takes.

    `at` are places in a file, one or more. `platform` is the operation's own, as text. `worker` are filters that choose
    a worker. `caps` are capabilities to demand beside those the operation needs.
    """

    at: Location | Iterable[Location] | None
    platform: str | None
    worker: str | Iterable[str]
    caps: Iterable[str]


class Meta:
    """The options of an operation, parsed. Empty ones are shared: `NONE`."""

    __slots__ = (
        "caps",
        "description",
        "export_cache",
        "ignore_cache",
        "locations",
        "platform",
        "progress",
        "resources",
        "workers",
    )

    def __init__(
        self,
        name: str = "",
        description: Mapping[str, str] | None = None,
        ignore_cache: bool = False,
        export_cache: bool | None = None,
        progress: ProgressGroup | None = None,
        resources: Resources | None = None,
        at: Location | Iterable[Location] | None = None,
        platform: str | None = None,
        worker: str | Iterable[str] = (),
        caps: Iterable[str] = (),
    ) -> None:
        texts: dict[str, str] = {}
        if description:
            for key, value in pairs("description", description):
                texts[check_utf8("description", key)] = check_utf8("description", value)
        if name:
            texts[CUSTOM_NAME] = check_utf8("name", name)
        if progress is not None:
            check_group(progress)
        if resources is not None:
            check_resources(resources)
        self.description = texts
        self.ignore_cache = ignore_cache
        self.export_cache = export_cache
        self.progress = progress
        self.resources = resources
        self.locations = () if at is None else locations_of(at)
        self.platform: Platform | None = None if platform is None else parse(platform)
        self.workers = worker_filters(worker) if worker else ()
        self.caps = capabilities(caps) if caps else NO_CAPS


NO_CAPS: frozenset[str] = frozenset()
NONE = Meta()


def worker_filters(worker: str | Iterable[str]) -> tuple[str, ...]:
    """Filters that choose a worker. Raises LLBError for an empty one."""
    filters = (worker,) if isinstance(worker, str) else items("worker", worker)
    for given in filters:
        if not given:
            raise LLBError("worker: a filter is empty")
        check_utf8("worker", given)
    return filters


def make(options: MetaOptions | CommonOptions) -> Meta:
    """The parsed options. Raises LLBError naming the one that is wrong."""
    if not options:
        return NONE
    try:
        return Meta(**options)
    except TypeError:
        unknown = [name for name in options if name not in MetaOptions.__annotations__]
        if not unknown:
            raise
        raise LLBError(f"this operation takes no unexpected keyword argument {unknown[0]!r}") from None


def capabilities(caps: Iterable[str]) -> frozenset[str]:
    """The ids of capabilities. Raises LLBError for what is no id."""
    found = items("caps", caps, ordered=False)
    for cap in found:
        if not check_utf8("caps", cap):
            raise LLBError("caps: the id of a capability is empty")
    return frozenset(found)


def check_group(progress: ProgressGroup) -> None:
    """Raises LLBError for what is no group."""
    if not isinstance(progress, ProgressGroup):
        raise LLBError(f"progress: {progress!r} is not a ProgressGroup")
    check_utf8("progress: id", progress.id)
    check_utf8("progress: name", progress.name)


def check_resources(resources: Resources) -> None:
    """Raises LLBError for a limit that is none."""
    if not isinstance(resources, Resources):
        raise LLBError(f"resources: {resources!r} is not a Resources")
    for name, highest in LIMITS.items():
        int_in(f"resources: {name}", getattr(resources, name), -MAX_INT64, highest)
    for name in ("cpuset_cpus", "cpuset_mems"):
        check_utf8(f"resources: {name}", getattr(resources, name))
    for name in ("memory", "cpu_shares", "cpu_period"):
        if getattr(resources, name) < 0:
            raise LLBError(f"resources: {name} is negative")
    for name in ("memory_swap", "cpu_quota"):
        if getattr(resources, name) < -1:
            raise LLBError(f"resources: {name} is below -1, which is no limit")


class OpMetadata:
    """The metadata of an operation in a Definition; several operations with the same bytes share one."""

    __slots__ = ("caps", "description", "export_cache", "ignore_cache", "progress", "resources")

    def __init__(self) -> None:
        self.ignore_cache = False
        self.description: dict[str, str] = {}
        self.export_cache: bool | None = None
        self.caps: set[str] = set()
        self.progress: ProgressGroup | None = None
        self.resources: Resources | None = None

    def add(self, meta: Meta, caps: Iterable[str]) -> None:
        """Joins the options of an operation: later texts win, caching is ignored if anyone says so."""
        self.caps.update(caps)
        if meta is NONE:
            return
        self.ignore_cache = self.ignore_cache or meta.ignore_cache
        if meta.description:
            self.description.update(meta.description)
        if meta.export_cache is not None:
            self.export_cache = meta.export_cache
        self.caps.update(meta.caps)
        if meta.progress is not None:
            self.progress = meta.progress
        if meta.resources is not None:
            self.resources = meta.resources

    def join(self, other: "OpMetadata") -> None:
        """Adds the metadata of another Definition's operation."""
        self.ignore_cache = self.ignore_cache or other.ignore_cache
        self.description.update(other.description)
        self.caps.update(other.caps)
        self.export_cache = self.export_cache if other.export_cache is None else other.export_cache
        self.progress = other.progress or self.progress
        self.resources = other.resources or self.resources

    def encoded(self) -> bytes:
        """The message `OpMetadata`."""
        out = wire.flag(1, self.ignore_cache) + wire.text_map(2, self.description)
        if self.export_cache is not None:
            out += wire.field(4, wire.flag(1, self.export_cache))
        out += b"".join([cap_entry(cap) for cap in sorted(self.caps)])
        if self.progress is not None:
            group = self.progress
            out += wire.field(6, wire.text(1, group.id) + wire.text(2, group.name) + wire.flag(3, group.weak))
        if self.resources is not None:
            limits = self.resources
            numbers = (limits.memory, limits.memory_swap, limits.cpu_shares, limits.cpu_period, limits.cpu_quota)
            encoded = b"".join([wire.number(tag, value) for tag, value in enumerate(numbers, 1)])
            out += wire.field(7, encoded + wire.text(6, limits.cpuset_cpus) + wire.text(7, limits.cpuset_mems))
        return out


_entries: dict[str, bytes] = {}


def cap_entry(cap: str) -> bytes:
    """The entry of the map `caps` that demands a capability."""
    found = _entries.get(cap)
    if found is None:
        found = _entries[cap] = wire.field(5, wire.text(1, cap) + wire.number(2, 1))
    return found
