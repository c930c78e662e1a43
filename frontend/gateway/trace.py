"""Where the time of a run goes: named spans, kept in a list, told only when asked for.

The clock is `time.perf_counter`, in seconds since this module was imported, the first thing a run does.
"""

from time import perf_counter, process_time

OPTION = "build-arg:MIGETPACKS_TRACE"  # any value but "" and "0" asks for the trace
METADATA_KEY = "frontend.migetpacks.trace"  # keys of this prefix reach `--metadata-file`

started_s = perf_counter()
before_s = process_time()  # CPU time before our first line: loading and starting the interpreter
spans: list[tuple[str, float, float]] = []  # (name, begin, end)


class span:  # noqa: N801 - used as a function: `with span("detect"):`
    """Records the time a `with` block takes, under a name."""

    __slots__ = ("begin_s", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.begin_s = 0.0

    def __enter__(self) -> None:
        self.begin_s = perf_counter()

    def __exit__(self, *_error: object) -> None:
        record(self.name, self.begin_s)


def record(name: str, begin_s: float) -> None:
    """Records a span that began at `begin_s` (of `perf_counter`) and ends now."""
    spans.append((name, begin_s - started_s, perf_counter() - started_s))


def wanted(opts: dict[str, str]) -> bool:
    """Whether the options of a build ask for the trace."""
    return opts.get(OPTION, "0") not in ("", "0")


def report() -> bytes:
    """The trace as JSON: start_ms, total_ms, peak_rss_kib, and spans, each with name, begin_ms, took_ms."""
    from msgspec.json import encode

    return encode(
        {
            "start_ms": _ms(before_s),
            "total_ms": _ms(perf_counter() - started_s),
            "peak_rss_kib": peak_rss_kib(),
            "spans": [
                {"name": name, "begin_ms": _ms(begin), "took_ms": _ms(end - begin)} for name, begin, end in spans
            ],
        }
    )


def peak_rss_kib() -> int:
    """The most memory this process has had resident, in KiB: Linux's VmHWM."""
    with open("/proc/self/status", "rb") as file:
        _, _, rest = file.read().partition(b"VmHWM:")
    return int(rest.split()[0])


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
