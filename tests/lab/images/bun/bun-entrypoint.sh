#!/bin/sh
# An option, a script or what is no program at all is for bun; anything else is the program to run.
set -e
case "$1" in
    -*) set -- /usr/local/bin/bun "$@" ;;
    *) if ! command -v "$1" >/dev/null || { [ -f "$1" ] && [ ! -x "$1" ]; }; then set -- /usr/local/bin/bun "$@"; fi ;;
esac
exec "$@"
