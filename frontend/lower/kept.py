"""What a program that has caches of its app is started by: it takes out of them what could make the build wrong.

Many tools take a source for unchanged while its time of modification is the same. A checkout may set all times to one
value, and then they would build what was there before. So each cache has a list of the sources that it has seen:
times, digests and names. Where one is there with a time that it had before, and with another content, the cache is
emptied. The list has all builds, failed ones too, since a tool may know a file from any of them; when it becomes too
long, the cache begins anew. Directories of packages are not looked at, which change with their versions alone: these
are in the cache's id.

Of a cache that a tool shares with others, or with what it fetched, the names to keep are given; others are removed.
"""

import re
from collections.abc import Iterable, Sequence

import llb
from frontend.lower import wrapper
from frontend.plan.model import CacheMount

DIR = "/run/migetpacks-kept"  # read-only: the program below
SEEN = ".migetpacks-sources"  # in each cache: what it has seen, a line for each file: time in seconds, digest, name
MAX_BYTES = 16 << 20  # of it: the files of a large app many times over

# PATTERN ROOT… -- [CACHE NAMES]… -- PROGRAM…; NAMES have commas between, or are empty. PATTERN is of the paths of
# directories that are not looked at.
START = f"""#!/bin/sh
step_work={wrapper.WORK_DIR}/kept
mkdir -p "$step_work"
step_listed() (
  export LC_ALL=C
  cd "$step_work" && sort -zu found >names && xargs -0 -r stat -L -c %Y -- <names >times &&
    xargs -0 -r sha256sum -- <names >digests && paste -d ' ' times digests | sort -u >now
)
: >"$step_work/found"
step_known=1
step_pattern=$1
shift
while [ "$1" != -- ]; do
  find "$1" -regextype posix-extended \\( -regex "$step_pattern" -o -type d -exec test -e '{{}}/{SEEN}' \\; \\) \\
    -prune -o -type f -print0 >>"$step_work/found" || step_known=
  shift
done
shift
step_listed || step_known=
while [ "$1" != -- ]; do
  for step_entry in "$1"/* "$1"/.[!.]*; do
    case ,${{2:-${{step_entry##*/}}}},{SEEN}, in
      *,"${{step_entry##*/}}",*) ;;
      *) rm -rf -- "$step_entry" ;;
    esac
  done
  cat "$1/{SEEN}" 2>/dev/null | LC_ALL=C sort -u - "$step_work/now" >"$step_work/all" || step_known=
  if [ -z "$step_known" ] || [ "$(wc -c <"$step_work/all")" -gt {MAX_BYTES} ] ||
    cut -d ' ' -f 1,3- "$step_work/all" | LC_ALL=C sort | uniq -d | grep -q .; then
    rm -rf -- "$1"/* "$1"/.[!.]*
    cat "$step_work/now" >"$1/{SEEN}"
  else
    cat "$step_work/all" >"$1/{SEEN}"
  fi
  shift 2
done
shift
rm -rf "$step_work"
unset step_work step_known step_pattern step_entry
exec "$@"
"""


def started(args: tuple[str, ...], roots: Iterable[str], caches: Sequence[CacheMount]) -> tuple[str, ...]:
    """The argument list that runs `args` with caches that are as described above; the sources are below `roots`."""
    left_out = sorted({".git", *(name for cache in caches for name in cache.packages)})
    pattern = f".*/({'|'.join(map(re.escape, left_out))})"
    named = (word for cache in caches for word in (cache.path, ",".join(cache.only)))
    return ("/bin/sh", f"{DIR}/start", pattern, *roots, "--", *named, "--", *args)


def mount() -> llb.Mount:
    """What a program that is started so needs."""
    state = llb.scratch().file(llb.mkfile("/start", START.encode(), 0o644), name="[internal] what checks caches")
    return llb.bind(DIR, state, readonly=True)
