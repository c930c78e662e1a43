"""The program that finds a site in what was built, and copies it to a place of its own."""

from frontend.errors import Location
from frontend.plan.model import Exec, TextFile

COLLECTED = "/site"
PATH = "/run/migetpacks-site/collect"
FOUND_NONE, FOUND_SEVERAL = 66, 65  # exit codes; sysexits.h: no input, bad data

SCRIPT = f"""#!/bin/sh
# collect WHO BASE KEPT DIRECTORY…: the first of the directories that has an index.html, copied to {COLLECTED}BASE, or
# below {COLLECTED} to where it is in the app. A directory may be a pattern.
set -eu
who=$1 base=$2 kept=$3
shift 3
found=
for pattern; do
  for dir in $pattern; do
    [ -f "$dir/index.html" ] || continue
    if [ -n "$found" ]; then
      echo "error: $who made more than one site: $found and $dir" >&2
      echo "hint: name the one to serve by the build-arg OUTPUT_DIR=${{dir#/app/}}" >&2
      exit {FOUND_SEVERAL}
    fi
    found=$dir
  done
  [ -z "$found" ] || break
done
if [ -z "$found" ]; then
  echo "error: $who made no index.html; looked in $*" >&2
  others=$(find . -name node_modules -prune -o -name index.html -print 2>/dev/null | head -n 5 | sed 's,^\\./,,')
  if [ -n "$others" ]; then
    echo "hint: name its directory by the build-arg OUTPUT_DIR; there is" $others >&2
  else
    echo "hint: the build command has to make the site; name its directory by the build-arg OUTPUT_DIR" >&2
  fi
  exit {FOUND_NONE}
fi
to={COLLECTED}$base
[ -z "$kept" ] || to={COLLECTED}/${{found#/app}}
mkdir -p "$to"
cp -R "$found/." "$to/"
# of the app's own directory the packages are no part of the site, unless a page names them
[ "${{found%/}}" != /app ] || grep -qs node_modules/ /app/*.html || rm -rf "$to/node_modules"
echo "the site is $found"
"""


def finding(directories: tuple[str, ...], base: str, who: str, at: Location | None, *, kept: bool) -> Exec:
    """The program's run for candidates in order. It fails where none has an index.html, and where a pattern leads to
    several that do."""
    args = ("/bin/sh", PATH, who, base, "kept" if kept else "", *directories)
    return Exec(args, "find the site", offline=True, at=at, files=(TextFile(PATH, SCRIPT),))
