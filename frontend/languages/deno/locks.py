"""How an app's lockfile is enforced, and what writes one.

Source: https://docs.deno.com/runtime/fundamentals/modules/#integrity-checking-and-lock-files
"""

from frontend.languages.deno import config
from frontend.languages.deno.config import Config, Lock
from frontend.plan.model import Warning
from frontend.rules import lockfiles


def missing(top: Config, entry: str) -> Warning:
    """The warning for an app without a lockfile. Deno writes one, and looks for one, only beside a configuration."""
    configured = bool(top.path or top.package)
    commands = [] if configured else ["echo '{}' > deno.json"]
    there = bool(entry) and top.tree.has(entry)
    commands += ["deno install"] if not there or top.imports else []
    commands += [f"deno cache {entry}"] if there else []
    written = config.LOCK if configured else f"{config.FILES[0]} and {config.LOCK}"
    return lockfiles.missing("Deno", written, " && ".join(commands), top.at())


def enforced(top: Config, lock: Lock | None) -> tuple[str, ...]:
    """The options that have Deno refuse a lockfile that does not fit: it finds one beside a configuration alone."""
    if lock is None:
        return ()
    return ("--frozen",) if top.path or top.package else ("--lock", lock.path, "--frozen")


def left_open(top: Config, lock: Lock) -> bool:
    """Whether a lockfile lacks what the configuration names and nothing imports: `deno cache` leaves that out."""
    urls = (value for key, value in top.imports.items() if value.startswith(("http:", "https:")) and key[-1:] != "/")
    return bool(lock.unused) or any(one not in lock.remote for one in urls)
